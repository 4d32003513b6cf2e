# What the tests of refusals share: the command line's helpers, and daemons beside them. KARTO, KARTO_SYNCD, KARTO_EDIT
# and KARTO_HARM name the programs.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh"
: "${KARTO_SYNCD:?the daemon}" "${KARTO_EDIT:?makes edits}" "${KARTO_HARM:?harms stores}"

daemons=''
mounts=''
clean_up() {
    local each
    for each in $daemons; do
        kill -9 "$each" 2>/dev/null
    done
    wait
    for each in $mounts; do
        umount "$each"
    done
    rm -rf "$home"
}
trap clean_up EXIT

# Tries a command 20 times a second, for at most so many seconds: within SECONDS COMMAND...
within() {
    local left=$(($1 * 20))
    shift
    until "$@"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || return 1
        sleep 0.05
    done
}

# Starts the daemon of a store; its words go to STORE.log, its number into $started.
start() {
    local store=$1
    shift
    "$KARTO_SYNCD" --db "$store" "$@" >>"$store.log" 2>&1 &
    started=$!
    daemons="$daemons $started"
}
listens() {
    [ "$(grep -c D-LISTEN "$1.log")" -ge "$2" ]
}
start_hub() {
    local before
    before=$(grep -sc D-LISTEN "$1.log")
    start "$@"
    within 20 listens "$1" "$((before + 1))" || fail "the hub in $1 does not listen"
}
ended() {
    ! kill -0 "$1" 2>/dev/null
}
# Waits for a daemon, which must end by itself with this code: ends_with CODE PID
ends_with() {
    within 20 ended "$2" || fail "the daemon $2 does not end"
    wait "$2"
    code=$?
    [ "$code" -eq "$1" ] || fail "the daemon ended with $code, not $1"
}
# SIGTERM: ends with 0.
stop() {
    kill -TERM "$1"
    ends_with 0 "$1"
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

# A port that nobody listens at, below those that connections get.
free_port() {
    local port=$((15000 + $$ % 10000))
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
        port=$((port + 1))
    done
    printf '%s' "$port"
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
