#!/bin/sh
# build.sh OUTPUT: builds libtorchshim.so into the folder OUTPUT. Called by native.targets; safe to call twice at once.
set -eu
source=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
output=$(cd "$1" && pwd)

missing=
command -v cmake >/dev/null || missing="$missing cmake"
command -v g++ >/dev/null || missing="$missing g++"
command -v make >/dev/null || command -v ninja >/dev/null || missing="$missing make"
echo '#include <torch/nn/functional.h>' |
    g++ -std=c++17 -E -x c++ -I"${LIBTORCH:-/usr}/include" -I"${LIBTORCH:-/usr}/include/torch/csrc/api/include" - >/dev/null 2>&1 ||
    missing="$missing libtorch-dev"
if [ -n "$missing" ]; then
    # MSBuild reads this form and shows it as the build's error.
    echo "build.sh : error TS0001: the TorchSharp stand-in's native library cannot be built. Install what is missing: apt-get install --no-install-recommends$missing libopenblas0-openmp" >&2
    exit 1
fi

exec 9>"$output/.lock"
flock 9
# Another build may have finished while this one waited.
if [ -f "$output/libtorchshim.so" ] && [ -z "$(find "$source" -type f -newer "$output/libtorchshim.so")" ]; then exit 0; fi

cmake -S "$source" -B "$output/build" -DCMAKE_BUILD_TYPE=Release -DLIBTORCH="${LIBTORCH:-}"
cmake --build "$output/build" --parallel
# Renamed into place, so that a process that has the old one loaded keeps it.
cp "$output/build/libtorchshim.so" "$output/.libtorchshim.so.new"
mv "$output/.libtorchshim.so.new" "$output/libtorchshim.so"
