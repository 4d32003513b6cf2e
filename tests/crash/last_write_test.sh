#!/usr/bin/env bash
# A disk that fails at each write and sync of a commit in turn, under the real programs. At the last write, which puts a
# transaction into effect, LMDB gives the whole store up until it is opened anew: a daemon then ends with 1, for its
# service manager to start it again, and a command says what has happened. Wherever else it fails the daemon goes on.
# shellcheck source=tests/crash/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
: "${KARTO_FAILING_SYNCD:?the daemon on a failing disk}" "${KARTO_FAILING_KARTO:?the same of karto}"
healthy=$KARTO
sound_daemon=$KARTO_SYNCD

whole() {
    exits 0 check --db "$1" --json
    has '"problems":[]'
}
# failing STORE "HOW N" START: starts the daemon of STORE, whose disk fails so.
failing() {
    KARTO_SYNCD=$KARTO_FAILING_SYNCD
    export KARTO_FAILING_STORE=$1 KARTO_FAILING=$2
    : >"$1.log"
    "$3" "$1"
    daemon=$started
    KARTO_SYNCD=$sound_daemon
    unset KARTO_FAILING_STORE KARTO_FAILING
}
# Ends the daemon, unless it has ended by itself, with 1 and words in its log: whoever has its answer comes too late to
# stop it before it does. survived or over: one more.
end_daemon() {
    kill -TERM "$daemon" 2>/dev/null
    within 20 ended "$daemon" || fail "the daemon of $1 does not end"
    wait "$daemon"
    case $? in
        0) survived=$((survived + 1)) ;;
        1)
            over=$((over + 1))
            grep -q 'D-EXIT.*E-IO' "$1.log" || fail "$1: nothing in the log"
            ;;
        *) fail "the daemon of $1 has ended otherwise" ;;
    esac
}
# each_answer HOW SAYS WORDS...: until it is done, by head office whose disk fails at one write after another.
each_answer() {
    local how=$1 says=$2 nth before=$failures
    shift 2
    over=0 survived=0
    for nth in $(seq 60); do
        failing hub "$how $nth" start_hub
        karto "$@"
        end_daemon hub
        [ "$code" -ne 0 ] || break
        [ "$code" -eq 20 ] || says "$says" # 20: the daemon was gone before its answer had left
        whole hub
        [ "$failures" -eq "$before" ] || break
    done
    [ "$code" -eq 0 ] || fail "$last: never done"
    [ "$survived" -gt 1 ] || fail 'no write failed'
    printf '%3d s %-5s %2d survived, %2d ended: %.50s\n' "$SECONDS" "$how" "$survived" "$over" "$*"
}

port=$(free_port)
found hub "$port"
exits 0 client add name=Ромашка territory=14 --db hub
invite hub olena olena.txt
each_answer full E-DISK-FULL-HUB join olena.txt --db olena
[ "$over" -gt 0 ] || fail 'the last write did not fail'
invite hub petro petro.txt
each_answer sync E-HUB-FAILS join petro.txt --db petro

# ---- a laptop's daemon, which synchronises when it starts ----
heard() {
    grep -q 'D-FAILED\|D-SYNCED' olena.log
}
start_hub hub
office=$started
over=0 survived=0
for nth in $(seq 60); do
    failing olena "full $nth" start
    within 20 heard || fail 'a laptop that does not synchronise'
    end_daemon olena
    ! grep -q D-SYNCED olena.log || break
    grep -q 'D-FAILED.*E-DISK-FULL ' olena.log || fail 'a laptop that does not say why'
    whole olena
done
printf '%3d s full  %2d survived, %2d ended: a laptop\n' "$SECONDS" "$survived" "$over"
[ "$survived" -gt 1 ] || fail 'no write of data failed'
[ "$over" -gt 0 ] || fail 'the last write did not fail'
exits 0 sync --db olena
agrees olena hub || fail 'the laptop lacks something'
stop "$office"

# ---- a command that commits many times ----
{
    echo 'name,territory'
    seq -f 'Клієнт %g,14' 2500
} >table.csv
exits 0 init --db alone
refused=0
export KARTO_FAILING_STORE=alone
for nth in $(seq 60); do
    KARTO_FAILING="full $nth"
    export KARTO_FAILING
    KARTO=$KARTO_FAILING_KARTO
    karto import table.csv --kind client --match name --db alone
    KARTO=$healthy
    [ "$code" -eq 0 ] && break
    [ "$code" -eq 1 ] || fail "$last, write $nth: wanted 1"
    says E-DISK-FULL
    whole alone
    refused=$((refused + 1))
done
unset KARTO_FAILING_STORE KARTO_FAILING
[ "$refused" -gt 5 ] || fail 'few writes failed'
printf "%3d s full  %2d refused: an import\n" "$SECONDS" "$refused"
exits 0 import table.csv --kind client --match name --db alone --json
has '"same":2500'
whole alone
finish
