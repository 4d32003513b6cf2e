#!/usr/bin/env bash
# The map of the tree in docs/DESIGN.md names each source file, and no other: map.sh [ROOT].
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}"

# A header and its source are one line: their path without the ending.
there() {
    find core proto syncd client tools -type f \( -name '*.c' -o -name '*.h' -o -name '*.inc' \) | sed 's/\.[a-z]*$//' | sort -u
}

named() {
    awk -F '\140' '/^[|] \140(core|proto|syncd|client|tools)\// { print $2 }' docs/DESIGN.md | sort -u
}

found=0
while read -r name; do
    echo "map.sh: docs/DESIGN.md does not name $name" >&2
    found=1
done < <(comm -23 <(there) <(named))
while read -r name; do
    echo "map.sh: docs/DESIGN.md names $name, which is not there" >&2
    found=1
done < <(comm -13 <(there) <(named))
exit "$found"
