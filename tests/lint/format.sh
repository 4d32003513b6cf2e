#!/usr/bin/env bash
# All C files are as clang-format and .clang-format leave them: format.sh [ROOT]. Ends with 77, skipped, where there is no
# clang-format.
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}"

# Versions differ in details: that of Debian 12 is the one that counts.
for program in clang-format-14 clang-format; do
    if command -v "$program" >/dev/null; then
        find . \( -name .git -o -name 'build*' -o -name node_modules \) -prune -o -type f -name '*.[ch]' -print0 |
            LC_ALL=C sort -z | xargs -0 "$program" --dry-run --Werror || exit 1
        exit 0
    fi
done
echo "format.sh: no clang-format: skipped"
exit 77
