#!/usr/bin/env bash
# What a hub bears: KARTO_ATTEMPTS (320) attempts to come in, of eight kinds at once, each refused and in the log with its address,
# while a laptop that may goes on as ever; afterwards the hub has no more memory and open files than before, and its log a few
# lines. KARTO_ATTEMPT names the program that knocks.
# shellcheck source=tests/crash/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
: "${KARTO_ATTEMPT:?knocks at a hub}" "${KARTO_ATTEMPTS:=320}"
kinds=8                  # of attempts
half=$((KARTO_ATTEMPTS / 2 / kinds * kinds))
first_max_kb=16384       # what the first half may leave in the heap: as much as was needed at once, 512 handshakes at most
grown_max_kb=2048        # and what the second half, which is the same again, may add
slow_max_s=20            # a synchronisation of the laptop in the middle of it
lines_max=$((kinds + 3)) # a minute: what the eight are refused for, silence in three ways

port=$(free_port)
found hub "$port"
start_hub hub
hub=$started
invite hub olena olena.txt
joins olena laptop
invite hub petro petro.txt
joins petro laptop
exits 0 device list --db hub --json
exits 0 device revoke petro -y --keep --db hub # its keys are needed still
exits 6 sync --db petro # it is told once

knock() {
    "$KARTO_ATTEMPT" "$1" "$hub" hub "$port" petro olena.txt
}
anonymous_kb() {
    awk '$1 == "RssAnon:" { print $2 }' "/proc/$hub/status"
}
open_files() {
    local all=("/proc/$hub/fd"/*)
    printf '%s' "${#all[@]}"
}
closed_again() {
    [ "$(open_files)" -le "$1" ]
}

# Half of the attempts, and an honest laptop meanwhile.
synced=0 slowest=0
knock_and_sync() {
    local at knocking
    knock "$half" >knock.txt 2>&1 &
    knocking=$!
    until ended "$knocking"; do
        edit olena "$((2 + synced))" 1
        at=$SECONDS
        exits 0 sync --db olena
        [ $((SECONDS - at)) -le "$slowest" ] || slowest=$((SECONDS - at))
        synced=$((synced + 1))
    done
    wait "$knocking" || fail "not refused as it should be: $(cat knock.txt)"
    within 30 closed_again "$files_idle" || fail "open files: $(open_files), before $files_idle"
}

edit olena 1 5
exits 0 sync --db olena
files_idle=$(open_files)
kb_idle=$(anonymous_kb)
began=$SECONDS
knock_and_sync
kb_first=$(anonymous_kb)
knock_and_sync
kb_second=$(anonymous_kb) files_after=$(open_files)
took=$((SECONDS - began))
[ "$synced" -ge 4 ] || fail "only $synced synchronisations meanwhile"
[ "$slowest" -le "$slow_max_s" ] || fail "a synchronisation took $slowest s"
[ $((kb_first - kb_idle)) -le "$first_max_kb" ] || fail "memory: $kb_first KB, before $kb_idle KB"
[ $((kb_second - kb_first)) -le "$grown_max_kb" ] || fail "memory grows: $kb_second KB, before $kb_first KB"
agrees olena hub || fail 'the device has not what the hub has'
stop "$hub"

# ---- what the log says ----
refused() {
    sed -n "s/^<4>warning .* D-REFUSED refused \([0-9]*\) from 127\.0\.0\.1: $1.*/\1/p" hub.log | awk '{ sum += $1 } END { print sum + 0 }'
}
each=$((2 * half / kinds))
says_refused() {
    local got
    got=$(refused "$1")
    if [ "$got" -lt "$each" ] || [ "$got" -gt $((each + $2)) ]; then
        fail "the log has $got of $each: $1"
    fi
}
says_refused 'its certificate is not of this authority' 0
says_refused 'its certificate has expired' 0
says_refused 'it showed no certificate' 0
says_refused 'its certificate was revoked' 2 # and petro himself, who asks what becomes of his data
says_refused 'its invitation is unknown, used or expired' 0
says_refused 'what it sent is not TLS' 0
says_refused 'another program of this machine dialled the inner port' 0
says_refused '\(it did not say in time\|it made room\)' 0
lines=$(grep -c D-REFUSED hub.log)
[ "$lines" -le $((lines_max * (2 + SECONDS / 60))) ] || fail "$lines lines in the log"
grep -v -e D-REFUSED -e D-LISTEN hub.log && fail 'the log says something else'
for store in hub olena; do
    exits 0 check --db "$store" --json
    has '"problems":[]'
done
printf '%s attempts in %s s, %s synchronisations meanwhile, the slowest %s s\n' "$((2 * half))" "$took" "$synced" "$slowest"
printf 'memory: %s KB, after half %s, after all %s; open files: %s, then %s; in the log: %s lines\n' \
    "$kb_idle" "$kb_first" "$kb_second" "$files_idle" "$files_after" "$lines"
finish
