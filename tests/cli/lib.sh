# What the tests of the command line share. KARTO names the program.
set -u
: "${KARTO:?the program to test}"

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export HOME=$home XDG_DATA_HOME=$home/data XDG_CONFIG_HOME=$home/config
export LC_ALL=C.UTF-8 TZ=UTC USER=oksana KARTO_LANG=en
unset KARTO_DB NO_COLOR PAGER COLUMNS
cd "$home" || exit 1

failures=0
out='' err='' code=0

fail() {
    printf 'FAILED: %.500s\n  code %s\n  out: %.2000s\n  err: %.2000s\n' "$1" "$code" "$out" "$err" >&2
    failures=$((failures + 1))
}

# Runs karto with these words; its answer is in $out, $err and $code.
karto() {
    out=$("$KARTO" "$@" 2>"$home/stderr")
    code=$?
    err=$(<"$home/stderr")
    last="karto $*"
}

# The same, and what it should end with: exits CODE WORDS...
exits() {
    local wanted=$1
    shift
    karto "$@"
    [ "$code" -eq "$wanted" ] || fail "$last: wanted $wanted"
}

# Whether the answer, or what was said besides, holds this text.
has() {
    case $out in *"$1"*) ;; *) fail "$last: no '$1' in the answer" ;; esac
}
lacks() {
    case $out in *"$1"*) fail "$last: '$1' in the answer" ;; esac
}
says() {
    case $err in *"$1"*) ;; *) fail "$last: did not say '$1'" ;; esac
}

# The value of a text key in an answer of JSON: field KEY.
field() {
    printf '%s' "$out" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

finish() {
    [ "$failures" -eq 0 ] || exit 1
}
