#!/usr/bin/env bash
# man understands the pages of the manual: manual_format.sh MANUAL. Each is shown without a warning, at two widths, and mandb
# finds what it is for. Ends with 77, skipped, where man or groff is not there.
set -euo pipefail
export LC_ALL=C.UTF-8

for program in man groff preconv lexgrog; do
    if ! command -v "$program" >/dev/null; then
        echo "manual_format.sh: no $program: skipped"
        exit 77
    fi
done
failures=0 pages=0
while IFS= read -r -d '' page; do
    pages=$((pages + 1))
    said=$(MANWIDTH=80 man --warnings -E UTF-8 -l "$page" 2>&1 >/dev/null) || true
    shown=$(MANWIDTH=100 man --warnings -E UTF-8 -l "$page" 2>/dev/null | wc -l)
    if [ -n "$said" ] || [ "$shown" -lt 5 ]; then
        printf 'manual_format.sh: %s (%d lines):\n%s\n' "$page" "$shown" "$said" >&2
        failures=$((failures + 1))
    fi
    if ! lexgrog -m -E UTF-8 "$page" >/dev/null 2>&1; then
        echo "manual_format.sh: lexgrog does not find the name in $page" >&2
        failures=$((failures + 1))
    fi
done < <(find "$1/man" -type f -print0)
echo "manual_format.sh: $pages pages, $failures faults"
[ "$pages" -ge 40 ] && [ "$failures" -eq 0 ]
