# What the tests of refusals share, beside what all tests with head office and laptops do. KARTO, KARTO_SYNCD,
# KARTO_EDIT and KARTO_HARM name the programs.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/../cli/hub.sh"
: "${KARTO_EDIT:?makes edits}" "${KARTO_HARM:?harms stores}"

mounts=''
after_all() {
    local each
    for each in $mounts; do
        umount "$each"
    done
}

# A daemon that must refuse this store at once: refused_by_daemon CODE ID STORE WORDS...
refused_by_daemon() {
    local wanted=$1 id=$2
    shift 2
    last="karto-syncd --db $*"
    err=$(timeout 20 "$KARTO_SYNCD" --db "$@" 2>&1 >/dev/null)
    code=$?
    [ "$code" -eq "$wanted" ] || fail "$last: wanted $wanted"
    says "$id"
}

# found STORE PORT; invite HUB USER FILE
found() {
    exits 0 hub init --db "$1" --listen "127.0.0.1:$2" --name Romashka -q
}
invite() {
    exits 0 hub invite --db "$1" --user "$2" --role representative --territory 14 -o "$3" -q
}
# edit STORE SEED COUNT: edits that were acknowledged are in STORE.acks.
edit() {
    "$KARTO_EDIT" "$1" "$1" "$2" "$3" "$1.acks" 14 2>>"$1.log"
}
# The digest of a territory.
digest() {
    karto status --db "$1" --json
    printf '%s' "$out" | sed -n 's/.*"digest":{[^}]*"14":"\([0-9a-f]*\)".*/\1/p'
}
# Whether a device holds what the hub does, and nothing of its own is pending.
agrees() {
    karto status --db "$1" --json
    case $out in *'"pending":{"changes":0,'*) ;; *) return 1 ;; esac
    [ -n "$(digest "$1")" ] && [ "$(digest "$1")" = "$(digest "$2")" ]
}
