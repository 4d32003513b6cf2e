#!/usr/bin/env bash
# Every shell script parses, and shellcheck, where it is installed, finds nothing: shell.sh [ROOT].
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}"

scripts=()
while IFS= read -r -d '' file; do
    first=
    IFS= read -r first <"$file" || true
    case $first in
    '#!'*bash | '#!'*/sh | '#!'*' sh') scripts+=("$file") ;;
    esac
done < <(find . \( -name .git -o -name 'build*' -o -name node_modules \) -prune -o -type f \( -name '*.sh' -o ! -name '*.*' \) \
    -print0 | LC_ALL=C sort -z)

if [ ${#scripts[@]} -eq 0 ]; then
    echo "shell.sh: no scripts in $PWD" >&2
    exit 2
fi
failed=0
for script in "${scripts[@]}"; do
    bash -n "$script" || failed=1
    if [ ! -x "$script" ]; then
        echo "$script: may not be executed" >&2
        failed=1
    fi
done
if command -v shellcheck >/dev/null; then
    shellcheck -x "${scripts[@]}" || failed=1
else
    echo "shell.sh: no shellcheck: only parsed"
fi
echo "shell.sh: ${#scripts[@]} scripts"
exit "$failed"
