#!/usr/bin/env bash
# Command lines are completed: completion.sh SHELL MANUAL KARTO. Each line below is given to the shell's script as somebody who
# presses the key would, and it must offer what is meant. Ends with 77, skipped, where the shell is not there.
set -euo pipefail
shell=$1 manual=$2 karto=$3
if ! command -v "$shell" >/dev/null; then
    echo "completion.sh: no $shell: skipped"
    exit 77
fi
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export HOME=$home XDG_CONFIG_HOME=$home XDG_DATA_HOME=$home LC_ALL=C.UTF-8
cp -r "$manual/completion" "$home/made"
cd "$home"
touch clients.csv
mkdir clues

# Asks for what the line can become; the cursor is at its end. One offer a line, in $offers.
ask_bash() {
    # As readline does it: in a shell of its own, words taken to pieces at the signs of COMP_WORDBREAKS.
    bash --norc -c '
        source "$1/made/karto"
        COMP_LINE=$2 COMP_POINT=${#2}
        line=$2 COMP_WORDS=()
        while [[ $line =~ ^\ *([=:@]|[^\ =:@]+)(.*)$ ]]; do
            COMP_WORDS+=("${BASH_REMATCH[1]}") line=${BASH_REMATCH[2]}
        done
        [[ $2 == *" " ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _karto
        printf "%s\n" "${COMPREPLY[@]}"' - "$home" "$1"
}
ask_zsh() {
    # The words that compadd is given; which of them fit is the business of zsh.
    zsh -f -c '
        compadd() { shift $argv[(I)--]; print -rl -- "$@" }
        compset() { : }
        _files() { print -rl -- *(N) }
        words=("${(@s: :)2}") CURRENT=${#words}
        source "$1/made/_karto"' - "$home" "$1" 2>&1 | awk -v word="${1##* }" '
        word ~ /^(--)?[a-z]+=/ { sub(/^[^=]*=/, "", word) }
        index($0, word) == 1'
}
ask_fish() {
    # shellcheck disable=SC2016 # for fish
    fish --no-config -c 'source $argv[1]/made/karto.fish; complete -C $argv[2]' "$home" "$1" | sed 's/\t.*//; s/^--*[a-z]*=//'
}

failures=0
# offers LINE WORD...: these and no others, in any order.
offers() {
    local line=$1 got wanted
    shift
    got=$("ask_$shell" "$line" | sed 's/^[a-z_]*=\(.\)/\1/; /^$/d' | sort)
    wanted=$(printf '%s\n' "$@" | sed '/^$/d' | sort)
    if [ "$got" != "$wanted" ]; then
        printf '%s: "%s" offers:\n%s\nnot:\n%s\n' "$shell" "$line" "$got" "$wanted" >&2
        failures=$((failures + 1))
    fi
}

if [ "$shell" = bash ]; then
    bash -n "$home/made/karto"
elif [ "$shell" = zsh ]; then
    zsh -n "$home/made/_karto"
else
    fish --no-execute "$home/made/karto.fish"
fi

offers 'karto cli' client
offers 'karto client ' add set show list hide restore
offers 'karto --json cli' client
offers 'karto --db clients cli' client
offers 'karto client set X na' name=
offers 'karto client set X pho' phone= phone+= phone-=
offers 'karto client set X name=Mak terr' territory= territory@
offers 'karto client set X --reason moved na' name=
offers 'karto client set na' ''
offers 'karto client add na' name=
offers 'karto purchase set X status=p' paid
offers 'karto client set X status=p' prospect
offers 'karto client set X --re' --reason
offers 'karto client set X --reason na' ''
offers 'karto conflict list --fa' --fail-if-any
offers 'karto hub invite --role re' representative
offers 'karto hub he' held
offers 'karto hub held a' accept
offers 'karto --lang=u' uk
offers 'karto --color ' auto always never
offers 'karto export --kind p' person purchase
offers 'karto import cli' clients.csv
offers 'karto help exi' exit-codes
offers 'karto sync x' ''
offers 'karto nonsense x' ''

# Every command that there is.
known=0
for command in $("$karto" help --lang en | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\).*/\1/p' | sort -u); do
    known=$((known + 1))
    "ask_$shell" "karto $command" | grep -qx "$command" || {
        echo "completion.sh: $shell does not know karto $command" >&2
        failures=$((failures + 1))
    }
done
echo "completion.sh: $shell: $failures faults, $known commands"
[ "$known" -ge 15 ] && [ "$failures" -eq 0 ]
