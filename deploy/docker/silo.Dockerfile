# syntax=docker/dockerfile:1
# The control plane. Built from the root of the repository: docker build -f deploy/docker/silo.Dockerfile -t vivit-silo .
# Runs with a read-only root. It writes to /run/vivit (its token, unless one is mounted) and /tmp (sockets of .NET's diagnostics).
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS build
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 UseStandIns=false
WORKDIR /source

# The packages first: this layer stays until a project file changes.
COPY Directory.Build.props Directory.Build.targets Directory.Packages.props global.json ./
COPY deploy/docker/publish.sh deploy/docker/
COPY src/Contracts/Contracts.csproj src/Contracts/
COPY src/Storage/Storage.csproj src/Storage/
COPY src/Grains/Grains.csproj src/Grains/
COPY src/Silo/Silo.csproj src/Silo/
RUN deploy/docker/publish.sh restore Silo

COPY BannedSymbols.txt .editorconfig ./
COPY tools/Sbom/ tools/Sbom/
COPY src/Contracts/ src/Contracts/
COPY src/Storage/ src/Storage/
COPY src/Grains/ src/Grains/
COPY src/Silo/ src/Silo/
ARG REVISION=
RUN deploy/docker/publish.sh publish Silo /app && mkdir /empty

FROM mcr.microsoft.com/dotnet/aspnet:10.0.12-noble-chiseled
ARG REVISION=
LABEL org.opencontainers.image.title="vivit-silo" \
      org.opencontainers.image.description="The control plane of ViViT: HTTP API, scheduler, metrics" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /app /app
COPY --from=build --chown=1654:1654 /empty /run/vivit
ENV VIVIT_MANAGEMENT=http://0.0.0.0:9464 \
    VIVIT_TOKEN_FILE=/run/vivit/token
USER 1654:1654
EXPOSE 5860 9464 11111 30000
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s CMD ["/app/ViViT.Silo", "health"]
ENTRYPOINT ["/app/ViViT.Silo"]
