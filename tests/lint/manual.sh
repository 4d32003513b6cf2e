#!/usr/bin/env bash
# The manual tells of everything there is: manual.sh MANUAL KARTO SYNCD ROOT. Each command, each option of it, each topic and
# each example that the programs themselves tell of stands in its page, in both languages, which have the same pages; each
# answer and key in karto-json.
set -euo pipefail
manual=$1 karto=$2 syncd=$3 root=$4
export LC_ALL=C.UTF-8
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export HOME=$home XDG_CONFIG_HOME=$home

failures=0 looked=0
fail() {
    echo "manual.sh: $1" >&2
    failures=$((failures + 1))
}

# The page $text, with characters in place of escapes; that of LANG, NAME and SECTION.
read_page() {
    local dir=man$3/$2.$3
    [ "$1" = en ] || dir=$1/$dir
    page=$dir text=''
    if [ -s "$manual/man/$dir" ]; then
        text=$(sed 's/\\-/-/g; s/\\(aq/'\''/g; s/\\(dq/"/g; s/\\(rs/\\/g; s/\\(ti/~/g; s/\\(ha/^/g; s/\\(ga/`/g; s/^\\&//' \
            "$manual/man/$dir")
    else
        fail "there is no page $dir"
    fi
}

# wants TEXT: it stands in the page.
wants() {
    looked=$((looked + 1))
    [[ $text == *"$1"* ]] || fail "$page has no '$1'"
}

# What --help tells of: options, and command lines (usage, examples), of which blanks at the ends do not count.
told() {
    sed -n 's/^  \(-[a-zA-Z], \)\{0,1\}\(--[a-z-]*\).*/\2/p; s/^  \(karto .*[^ ]\) *$/\1/p' <<<"$1"
}

# enough LEAST LIST: so that a list that was not found is no fine one.
enough() {
    [ "$("$2" | wc -l)" -ge "$1" ] || fail "too few $2 were found"
}

commands() {
    "$karto" help --lang en | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\( [a-z]*\)\{0,1\}\)  .*/\1/p'
}
topics() {
    "$karto" help --lang en | sed -n '/^Topics:/,/^$/s/^  \([a-z-]*\)  .*/\1/p'
}

for lang in en uk; do
    while read -r command; do
        # shellcheck disable=SC2086 # words
        help=$("$karto" help $command --lang $lang)
        read_page $lang "karto-${command%% *}" 1
        while IFS= read -r line; do
            wants "$line"
        done < <(head -n 1 <<<"$help"; told "$help")
        read_page $lang karto 1
        wants "$(head -n 1 <<<"$help")"
    done < <(commands)
    while IFS= read -r line; do
        wants "$line"
    done < <(told "$("$karto" help everywhere --lang $lang)")
    while read -r topic; do
        case $topic in
        everywhere) continue ;;
        config) read_page $lang "karto-$topic" 5 ;;
        *) read_page $lang "karto-$topic" 7 ;;
        esac
        wants "karto-$topic"
    done < <(topics)
done
enough 40 commands
enough 5 topics

# What the daemon tells of, and answers and keys as the sources write them.
daemon_words() {
    "$syncd" --help | grep -oE -e '--[a-z]+|KARTO_[A-Z_]+|history_[a-z]+' | sort -u
}
kinds() {
    sed -n 's/.*karto_out_begin([^"]*, "\([a-z-]*\)".*/"\1"/p' "$root"/client/*.c
}
keys() {
    grep -ohE '(karto_out_key|show_(text|number|moment|count))\([a-z>-]*, "[a-z_]+"' "$root"/client/*.c | sed 's/.*"\(.*\)"/\1/'
}
enough 8 daemon_words
enough 10 kinds
enough 60 keys
for lang in en uk; do
    read_page $lang karto-syncd 8
    while read -r word; do
        wants "$word"
    done < <(daemon_words)
    read_page $lang karto-json 5
    while read -r kind; do
        [[ $text == *"$kind"* || $text == *"${kind//\"/}"[,\ \|]* ]] || fail "$page has no answer $kind"
    done < <(kinds | sort -u)
    while read -r key; do
        grep -qwF -- "$key" <<<"$text" || fail "$page has no key $key"
    done < <(keys | sort -u)
done

# Pages of one language alone.
pages() {
    (cd "$manual/man/$1" && find man* -type f | sort)
}
while read -r page; do
    fail "only one language has the page $page"
done < <(comm -3 <(pages .) <(pages uk))

echo "manual.sh: looked for $looked things, $failures are missing"
[ "$failures" -eq 0 ]
