#!/bin/sh
# What the images are built by, and what runs just as well without a container:
#   deploy/docker/publish.sh restore PROJECT         fetches the packages; in the images a layer of its own
#   deploy/docker/publish.sh publish PROJECT FOLDER  builds the program into FOLDER
# From the environment: TorchPackage (what brings libtorch, see src/Worker), REVISION (what --version shows), UseStandIns (false in the images).
# One system is named because the packages of libtorch hold several, and the image wants one.
set -eu
cd "$(dirname "$0")/../.."
project="src/${2:?which project}/$2.csproj"
case $1 in
restore) exec dotnet restore "$project" --runtime linux-x64 ;;
publish) exec dotnet publish "$project" --configuration Release --runtime linux-x64 --no-self-contained --no-restore --output "${3:?where to}" ${REVISION:+"-p:SourceRevisionId=$REVISION"} ;;
esac
echo "'$1' is no step. Give restore or publish." >&2
exit 2
