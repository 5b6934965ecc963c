#!/bin/sh
# Runs the built test projects one after the other and adds up their closing summaries.
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
# A shell in the background ignores Ctrl-C and passes that on; tests that interrupt a program need the default back.
fresh='env --default-signal=INT'
$fresh true 2>/dev/null || fresh=''
total=0 failed=0 skipped=0 broken=''
for program in "$root"/artifacts/bin/*.Tests/release/ViViT.*.Tests; do
    name=$(basename "$program")
    if [ $# -gt 0 ]; then
        wanted=''
        for word in "$@"; do case $name in *"$word"*) wanted=yes ;; esac; done
        [ -n "$wanted" ] || continue
    fi
    echo "== $name"
    log="$root/artifacts/test-logs/$name.log"
    mkdir -p "$(dirname "$log")"
    { $fresh "$program" -noColor; echo "exit code $?" >"$log.status"; } 2>&1 | tee "$log"
    summary=$(grep -E 'Total: *[0-9]+, *Errors: *[0-9]+, *Failed: *[0-9]+, *Skipped: *[0-9]+' "$log" | tail -n 1)
    if [ -z "$summary" ]; then
        broken="$broken $name"
        failed=$((failed + 1))
        continue
    fi
    number() { printf '%s' "$summary" | sed -E "s/.*$1: *([0-9]+).*/\1/"; }
    total=$((total + $(number Total)))
    failed=$((failed + $(number Failed) + $(number Errors)))
    skipped=$((skipped + $(number Skipped)))
    # A runner that counts no failure and yet ends badly has failed.
    if [ "$(cat "$log.status")" != 'exit code 0' ] && [ "$(number Failed)" = 0 ] && [ "$(number Errors)" = 0 ]; then
        broken="$broken $name"
        failed=$((failed + 1))
    fi
done
[ -z "$broken" ] || echo "ended without a result:$broken"
passed=$((total - failed - skipped))
[ "$passed" -ge 0 ] || passed=0
if [ "$skipped" -gt 0 ]; then echo "$skipped skipped (each says above what it lacks)"; fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
