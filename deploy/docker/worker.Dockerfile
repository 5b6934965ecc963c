# syntax=docker/dockerfile:1
# A worker for CPUs. Built from the root of the repository: docker build -f deploy/docker/worker.Dockerfile -t vivit-worker .
# Runs with a read-only root. It writes to /data (data sets), /checkpoints and /tmp; /dev/shm may stay small.
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS build
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 UseStandIns=false
WORKDIR /source

# The packages first: this layer stays until a project file changes.
COPY Directory.Build.props Directory.Build.targets Directory.Packages.props global.json ./
COPY deploy/docker/publish.sh deploy/docker/
COPY src/Contracts/Contracts.csproj src/Contracts/
COPY src/Data/Data.csproj src/Data/
COPY src/Models/Models.csproj src/Models/
COPY src/Training/Training.csproj src/Training/
COPY src/Worker/Worker.csproj src/Worker/
RUN deploy/docker/publish.sh restore Worker

COPY BannedSymbols.txt .editorconfig ./
COPY tools/Sbom/ tools/Sbom/
COPY src/Contracts/ src/Contracts/
COPY src/Data/ src/Data/
COPY src/Models/ src/Models/
COPY src/Training/ src/Training/
COPY src/Worker/ src/Worker/
ARG REVISION=
RUN deploy/docker/publish.sh publish Worker /app && mkdir /empty

FROM mcr.microsoft.com/dotnet/aspnet:10.0.12-noble-chiseled
ARG REVISION=
LABEL org.opencontainers.image.title="vivit-worker" \
      org.opencontainers.image.description="A worker of ViViT that trains on the CPU" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /app /app
COPY --from=build --chown=1654:1654 /empty /data
COPY --from=build --chown=1654:1654 /empty /checkpoints
ENV VIVIT_MANAGEMENT=http://0.0.0.0:9464 \
    VIVIT_TOKEN_FILE=/run/vivit/token \
    VIVIT_DATA=/data \
    VIVIT_CHECKPOINTS=/checkpoints \
    HOME=/tmp
USER 1654:1654
EXPOSE 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s CMD ["/app/ViViT.Worker", "health"]
ENTRYPOINT ["/app/ViViT.Worker"]
CMD ["agent"]
