#!/usr/bin/env bash
# The Northwind sample at head office and on two laptops, as real processes over TLS: laptop a has the territories of
# employees 1 to 4, laptop b those of 5 to 9. Each gets its own clients with what hangs on them, and nothing else; both
# agree with head office to the last value. KARTO_DATA/northwind holds the tables.
# shellcheck source=tests/cli/hub.sh
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -d "${KARTO_DATA:-/nonexistent}/northwind" ] || { echo 'SKIPPED: KARTO_DATA names no northwind'; exit 77; }
. "$tests/hub.sh"
port=$(free_port)

mkdir nw
LC_ALL=C awk -v out=nw -f "$tests/../../tools/csv.awk" -f "$tests/../../tools/northwind.awk" \
    "$KARTO_DATA"/northwind/*.csv
exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Northwind
for file in clients managers persons purchases; do
    kind=${file%s}
    [ "$file" = managers ] && kind=client
    exits 0 import "nw/$file.csv" --kind "$kind" --db hub --json
    has '"rejected":0'
done

# territories FIRST LAST: those of the employees with these numbers, as options.
territories() {
    awk -F, -v first="$1" -v last="$2" 'NR > 1 && $1 >= first && $1 <= last { print "--territory=" $2 }' \
        "$KARTO_DATA/northwind/employee_territories.csv" | tr -d '\r' | sort -u
}
mapfile -t north < <(territories 1 4)
mapfile -t south < <(territories 5 9)
exits 0 hub invite --db hub --user nancy --role representative "${north[@]}" -o a.txt
exits 0 hub invite --db hub --user steven --role representative "${south[@]}" -o b.txt
start_hub hub
for device in a b; do
    joins "$device" "laptop $device"
done

# number KIND DB: how many records of a kind a store has.
number() {
    exits 0 status --db "$2" --json
    grep -o "\"$1\":[0-9]*" <<<"$out" | cut -d: -f2
}
for pair in client:91 person:91 purchase:830; do
    kind=${pair%:*} all=${pair#*:}
    a=$(number "$kind" a) b=$(number "$kind" b) hub=$(number "$kind" hub)
    [ "$hub" -eq "$all" ] || fail "head office has $hub of $all: $kind"
    if [ $((a + b)) -ne "$all" ] || [ "$a" -eq 0 ] || [ "$b" -eq 0 ]; then
        fail "the laptops have $a and $b of $all: $kind"
    fi
    echo "$kind: head office $hub, laptop a $a, laptop b $b"
done
for device in a b; do
    exits 0 export --kind purchase --db "$device"
    printf '%s\n' "$out" | tail -n +2
done >lines
[ "$(wc -l <lines)" -eq 2155 ] || fail "the laptops have $(wc -l <lines) lines of purchases, not 2155"

# The digest of each territory on a laptop is head office's.
exits 0 status --db hub --json
office=$out
for device in a b; do
    exits 0 status --db "$device" --json
    grep -o '"[0-9]\{5\}":"[0-9a-f]\{32\}"' <<<"$out" | while read -r digest; do
        [[ $office == *"$digest"* ]] || echo "laptop $device differs: $digest"
    done >differ
    [ ! -s differ ] || fail "$(cat differ)"
    exits 0 check --db "$device"
done
exits 0 check --db hub
finish
