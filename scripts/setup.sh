# Sourced by ./vivit and ./test with $root set. Says what it does on stderr; quiet when nothing is to do.

vivit_say() { printf 'vivit: %s\n' "$*" >&2; }

# Where dotnet is; .NET's own programs find it through DOTNET_ROOT.
vivit_dotnet() {
    if ! command -v dotnet >/dev/null 2>&1; then
        vivit_say "the .NET SDK 10 is missing. Install it (https://dotnet.microsoft.com/download/dotnet/10.0, or your system's package dotnet-sdk-10.0) and put dotnet on PATH."
        return 1
    fi
    : "${DOTNET_ROOT:=$(dirname -- "$(readlink -f -- "$(command -v dotnet)")")}"
    export DOTNET_ROOT DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
}

# Which Debian packages are missing, one word each; with the word "tests", also those that only tests need.
vivit_missing() {
    [ -n "$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null)" ] || command -v postgres >/dev/null 2>&1 || [ -n "${VIVIT_POSTGRES:-}" ] || printf 'postgresql '
    command -v setsid >/dev/null 2>&1 || printf 'util-linux '
    if [ "${UseStandIns:-}" = true ]; then
        command -v g++ >/dev/null 2>&1 || printf 'g++ '
        command -v cmake >/dev/null 2>&1 || printf 'cmake '
        command -v make >/dev/null 2>&1 || printf 'make '
        [ -e /usr/include/torch/script.h ] || printf 'libtorch-dev '
        ls /usr/lib/*/openblas-openmp/libblas.so.3 >/dev/null 2>&1 || printf 'libopenblas0-openmp '
    fi
    if [ "${1:-}" = tests ]; then
        { command -v prometheus && command -v promtool; } >/dev/null 2>&1 || printf 'prometheus '
    fi
}

# Whether the package feed has everything that a stand-in stands for; the answer is kept with the build.
vivit_choose_packages() {
    [ -z "${UseStandIns:-}" ] || { export UseStandIns; return 0; }
    answer="$root/artifacts/use-standins"
    if [ ! -s "$answer" ]; then
        mkdir -p "$root/artifacts/probe" || return 1
        cat >"$root/artifacts/probe/probe.csproj" <<'PROBE'
<Project Sdk="Microsoft.NET.Sdk">
  <ItemGroup>
    <PackageReference Include="Microsoft.Orleans.Server" />
    <PackageReference Include="Microsoft.Orleans.Serialization.SystemTextJson" />
    <PackageReference Include="OpenTelemetry.Extensions.Hosting" />
    <PackageReference Include="OpenTelemetry.Exporter.Prometheus.AspNetCore" />
    <PackageReference Include="TorchSharp-cpu" />
  </ItemGroup>
</Project>
PROBE
        log="$root/artifacts/probe/restore.log"
        if UseStandIns=false dotnet restore "$root/artifacts/probe/probe.csproj" --artifacts-path "$root/artifacts/probe/out" >"$log" 2>&1; then
            echo false >"$answer"
        elif grep -q 'NU1101\|NU1102\|NU1103' "$log"; then
            vivit_say "the package feed lacks Orleans, TorchSharp or OpenTelemetry's exporter ($(grep -o 'Unable to find package [A-Za-z.-]*[A-Za-z]' "$log" | grep 'Orleans\|TorchSharp\|OpenTelemetry' | sort -u | head -n 1)); building on standins/ instead"
            echo true >"$answer"
        else
            vivit_say "the package feed cannot be asked; its last words:"
            tail -n 5 "$log" >&2
            return 1
        fi
    fi
    UseStandIns=$(cat "$answer")
    export UseStandIns
}

# Everything that building and running needs; with the word "tests", testing too.
vivit_setup() {
    vivit_dotnet && vivit_choose_packages || return 1
    missing=$(vivit_missing "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        vivit_say "installing by apt: $missing"
        mkdir -p "$root/artifacts"
        log="$root/artifacts/apt.log"
        # Services are ours to start, none by its installation. Debian's own database cluster is not wanted.
        mkdir -p /etc/postgresql-common/createcluster.d && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/vivit.conf
        # So is Prometheus: masked, it does not start at boot either.
        case $missing in
        *prometheus*) mkdir -p /etc/systemd/system && { [ -e /etc/systemd/system/prometheus.service ] || ln -s /dev/null /etc/systemd/system/prometheus.service; } ;;
        esac
        policy=/usr/sbin/policy-rc.d
        if [ -e $policy ]; then policy=''; else printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy; fi
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing; } >"$log" 2>&1
        installed=$?
        [ -z "$policy" ] || rm -f "$policy"
        [ $installed = 0 ] && [ -z "$(vivit_missing "$@")" ] && return 0
        vivit_say "that failed; the end of $log:"
        tail -n 10 "$log" >&2
        return 1
    fi
    vivit_say "missing: $missing. Install it as root: apt-get install --no-install-recommends $missing"
    return 1
}

# Builds the given projects in Release unless nothing changed since the last time.
vivit_build() {
    stamp="$root/artifacts/built-$(printf '%s' "$*-$UseStandIns" | tr -c 'A-Za-z0-9\n' '-')"
    if [ -e "$stamp" ] && [ -z "$(find "$root/src" "$root/standins" "$root/tests" "$root/bench" "$root/deploy/grafana/generator" "$root/deploy/grafana/preview" "$root"/Directory.* "$root/global.json" "$root/.editorconfig" "$root/BannedSymbols.txt" \
        -newer "$stamp" ! -name '*.md' -print 2>/dev/null | head -n 1)" ]; then
        return 0
    fi
    mkdir -p "$root/artifacts" || return 1
    (
        flock 9 || exit 1
        vivit_say "building (Release); the first time takes a few minutes"
        # The compiler stays behind to serve the next build, and must not keep the lock.
        for project in "$@"; do
            dotnet build "$root/$project" -c Release -v quiet -nologo -clp:NoSummary 1>&2 9>&- || { vivit_say "the build of $project failed"; exit 1; }
        done
    ) 9>"$root/artifacts/build.lock" || return 1
    touch "$stamp"
}
