# syntax=docker/dockerfile:1
# A worker for NVIDIA GPUs: libtorch 2.10 for CUDA 12.8 comes with the package, the driver (570 or newer) with the machine, through NVIDIA's container toolkit.
# Built from the root of the repository: docker build -f deploy/docker/worker-cuda.Dockerfile -t vivit-worker-cuda .
# Not chiseled: the toolkit wants a loader cache to enter the driver's libraries into; Google's clusters put them into /usr/local/nvidia. Otherwise as worker.Dockerfile.
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS build
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 UseStandIns=false
ENV TorchPackage=TorchSharp-cuda-linux
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

FROM mcr.microsoft.com/dotnet/aspnet:10.0.12-noble
ARG REVISION=
LABEL org.opencontainers.image.title="vivit-worker-cuda" \
      org.opencontainers.image.description="A worker of ViViT that trains on NVIDIA GPUs" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /app /app
COPY --from=build --chown=1654:1654 /empty /data
COPY --from=build --chown=1654:1654 /empty /checkpoints
ENV VIVIT_MANAGEMENT=http://0.0.0.0:9464 \
    VIVIT_TOKEN_FILE=/run/vivit/token \
    VIVIT_DATA=/data \
    VIVIT_CHECKPOINTS=/checkpoints \
    HOME=/tmp \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    LD_LIBRARY_PATH=/usr/local/nvidia/lib64 \
    PATH=$PATH:/usr/local/nvidia/bin
USER 1654:1654
EXPOSE 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s CMD ["/app/ViViT.Worker", "health"]
ENTRYPOINT ["/app/ViViT.Worker"]
CMD ["agent"]
