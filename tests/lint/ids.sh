#!/usr/bin/env bash
# Whoever reads a log or the answer of karto doctor finds every id explained: ids.sh [ROOT]. Each line that the daemon logs names
# its level and id in the source, and docs/SYNCD.md has a row for the pair, and for no other; the daemon prints nothing to
# standard error besides. docs/JSON.md names each id that karto doctor gives, and no other. Ends with 1 where it is not so.
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}"
faults=0
fault() {
    echo "ids.sh: $1" >&2
    faults=$((faults + 1))
}

# One call a line, however it is broken into lines, and the pairs "ID level" in calls and in words that go there by other ways.
calls() {
    cat syncd/*.c | tr '\n' ' ' | grep -oE '(^|[^a-z_])karto_log\([^"]{0,80}"[^"]*"' | grep -v 'enum karto_log_level' || true
}
logged() {
    {
        calls | sed -nE 's/.*\(KARTO_LOG_([A-Z]+), *"(D-[A-Z-]+)"$/\2 \L\1/p'
        grep -ohE '"<[0-9]>[a-z]+ D-[A-Z-]+' syncd/*.c | sed -E 's/"<[0-9]>([a-z]+) (.*)/\2 \1/' || true
    } | LC_ALL=C sort -u
}
explained() {
    # shellcheck disable=SC2016 # signs of the document
    sed -nE 's/^\| `(D-[A-Z-]+)` \| `([a-z]+)` \|.*/\1 \2/p' docs/SYNCD.md | LC_ALL=C sort -u
}
unnamed=$(calls | grep -cvE '\(KARTO_LOG_[A-Z]+, *"D-[A-Z-]+"$' || true)
[ "$unnamed" -eq 0 ] || fault "$unnamed calls of karto_log do not name level and id"
diff <(logged) <(explained) >&2 || fault 'what is logged (<) and docs/SYNCD.md (>) do not name the same'
if grep -nE 'stderr|perror\(' syncd/*.c | grep -vE '^syncd/(log\.c|main\.c:.*options_print)' >&2; then
    fault 'something else goes to standard error'
fi

# Ids of doctor: those in its sources, and those in its section of the document.
found() {
    cat client/doctor*.c | grep -oE '"D-[A-Z-]+"' | tr -d '"' | LC_ALL=C sort -u
}
told() {
    # shellcheck disable=SC2016 # signs of the document
    awk '/^## / { inside = $2 == "doctor" } inside' docs/JSON.md | grep -oE '`D-[A-Z-]+`' | tr -d '`' | LC_ALL=C sort -u
}
diff <(found) <(told) >&2 || fault 'karto doctor (<) and docs/JSON.md (>) do not name the same'
echo "ids.sh: $(logged | wc -l) in the log, $(found | wc -l) of doctor, $faults faults"
[ "$faults" -eq 0 ] && [ "$(logged | wc -l)" -gt 0 ] && [ "$(found | wc -l)" -gt 0 ]
