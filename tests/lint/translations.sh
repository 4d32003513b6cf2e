#!/usr/bin/env bash
# Documents in two languages name the same things: translations.sh [ROOT]. Section by section docs/NAME.uk.md has the same
# `code`, the same indented lines and as many rows of tables as docs/NAME.md: what is typed, printed or stored is never
# translated, and nothing is left out. Ends with 1 where it is not so.
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}"

# What a document names, one thing a line, each behind the number of its section.
named() {
    awk -F '\140' '
    /^## / { section++ }
    /^    / { print section + 0 ": " $0; next }
    /^[|]/ { rows[section + 0]++ }
    { for (i = 2; i < NF; i += 2) print section + 0 ": `" $i "`" }
    END { for (i = 0; i <= section; i++) print i ": " rows[i] + 0 " rows" }' "$1" | LC_ALL=C sort -u
}

# Code begins and ends on one line, or it would not be seen here.
whole() {
    awk -F '\140' 'NF && NF % 2 == 0 { print FILENAME ":" FNR ": code that ends on another line"; torn = 1 }
        END { exit torn }' "$1" >&2
}

documents=0 faults=0
for translated in docs/*.uk.md; do
    [ -e "$translated" ] || break
    original=${translated%.uk.md}.md
    documents=$((documents + 1))
    if [ ! -e "$original" ]; then
        echo "translations.sh: $translated is of no document" >&2
        faults=$((faults + 1))
    elif ! whole "$original" || ! whole "$translated"; then
        faults=$((faults + 1))
    elif ! diff <(named "$original") <(named "$translated") >&2; then
        echo "translations.sh: $original (<) and $translated (>) do not name the same" >&2
        faults=$((faults + 1))
    fi
done
echo "translations.sh: $documents documents, $faults faults"
[ "$documents" -gt 0 ] && [ "$faults" -eq 0 ]
