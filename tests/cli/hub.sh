# What the tests with head office and laptops share: the command line's helpers, and daemons beside them, which end with
# the test. KARTO names the program; KARTO_SYNCD the daemon, where it is not beside it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
: "${KARTO_SYNCD:=$(dirname "$KARTO")/karto-syncd}"

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
ended() {
    ! kill -0 "$1" 2>/dev/null
}

# The leak checker of the address sanitizer looks at a process that ends by tracing it, and now and then never comes back
# where threads end at the same moment. Such a process has closed everything: it is in exit().
in_leak_checker() {
    grep -qs '^TracerPid:[[:space:]]*[1-9]' "/proc/$1"/task/*/status
}
# Whatever was started here and still runs, stopped or not, must end by SIGTERM; a test where it does not has failed.
end_started() {
    local each status=0
    for each in $(jobs -rp); do
        kill -TERM "$each" 2>/dev/null
        kill -CONT "$each" 2>/dev/null
    done
    for each in $(jobs -rp); do
        within 20 ended "$each" && continue
        if in_leak_checker "$each"; then
            echo "the leak checker does not come back from $each" >&2
            kill -KILL "$each"
            continue
        fi
        echo "FAILED: $each does not end" >&2
        kill -KILL "$each"
        status=1
    done
    wait
    return "$status"
}
after_all() { :; } # once nothing runs any more; for who has more to clear away
clean_up() {
    local status=$?
    end_started || status=1
    after_all
    rm -rf "$home"
    exit "$status"
}
trap clean_up EXIT

# A port that nobody listens at, below those that connections get.
free_port() {
    local port=$((15000 + $$ % 10000))
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
        port=$((port + 1))
    done
    printf '%s' "$port"
}

# Starts the daemon of a store; its words go to STORE.log, its number into $started: start STORE WORDS...
start() {
    local store=$1
    shift
    "$KARTO_SYNCD" --db "$store" "$@" >>"$store.log" 2>&1 &
    started=$!
}
# The same of head office, which then listens.
start_hub() {
    local before
    : >>"$1.log"
    before=$(grep -c D-LISTEN "$1.log")
    start "$@"
    within 20 listens "$1" "$((before + 1))" || fail "the hub in $1 does not listen"
}
listens() {
    [ "$(grep -c D-LISTEN "$1.log")" -ge "$2" ]
}
# Waits for a process, which must end by itself with this code: ends_with CODE PID
ends_with() {
    within 20 ended "$2" || fail "the process $2 does not end"
    wait "$2"
    code=$?
    [ "$code" -eq "$1" ] || fail "the process $2 ended with $code, not $1"
}
# SIGTERM: ends with 0.
stop() {
    kill -TERM "$1"
    ends_with 0 "$1"
}

# A laptop joins by the invitation in DEVICE.txt, and gets what is its own: joins DEVICE NAME
joins() {
    exits 0 join "$1.txt" --db "$1" --name "$2"
    exits 0 sync --db "$1"
}
