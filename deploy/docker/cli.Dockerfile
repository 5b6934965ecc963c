# syntax=docker/dockerfile:1
# The vivit command. Built from the root of the repository: docker build -f deploy/docker/cli.Dockerfile -t vivit-cli .
# Runs with a read-only root; it writes to /tmp only (data sets too, unless VIVIT_DATA says where). It has no server inside: set VIVIT_SERVER and VIVIT_TOKEN_FILE.
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS build
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 UseStandIns=false
WORKDIR /source

# The packages first: this layer stays until a project file changes.
COPY Directory.Build.props Directory.Build.targets Directory.Packages.props global.json ./
COPY deploy/docker/publish.sh deploy/docker/
COPY src/Contracts/Contracts.csproj src/Contracts/
COPY src/Data/Data.csproj src/Data/
COPY src/Cli/Cli.csproj src/Cli/
RUN deploy/docker/publish.sh restore Cli

COPY BannedSymbols.txt .editorconfig ./
COPY tools/Sbom/ tools/Sbom/
COPY src/Contracts/ src/Contracts/
COPY src/Data/ src/Data/
COPY src/Cli/ src/Cli/
ARG REVISION=
RUN deploy/docker/publish.sh publish Cli /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0.12-noble-chiseled
ARG REVISION=
LABEL org.opencontainers.image.title="vivit-cli" \
      org.opencontainers.image.description="The vivit command" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /app /app
ENV HOME=/tmp
USER 1654:1654
ENTRYPOINT ["/app/vivit"]
