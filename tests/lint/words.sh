#!/usr/bin/env bash
# What has no place in a finished product: words.sh [ROOT]. Notes to oneself, paths of one developer's machine, and what
# a merge has left.
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}"

# Whole words; and text anywhere.
words='TODO|FIXME|XXX'
texts='not implemented|/work/|/tmp/wt|^(<<<<<<<|>>>>>>>)( |$)'

# Build directories, and this file, which has to name them.
files() {
    find . \( -name .git -o -name 'build*' -o -name node_modules \) -prune -o -type f ! -path ./tests/lint/words.sh -print0
}

found=0
files | xargs -0 grep -nIwE -e "$words" -- && found=1
files | xargs -0 grep -nIE -e "$texts" -- && found=1
if [ "$found" -ne 0 ]; then
    echo "words.sh: the lines above do not belong into the product" >&2
fi
exit "$found"
