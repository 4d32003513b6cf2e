#!/usr/bin/env bash
# karto join and karto sync, with karto-syncd as real processes: what is said where there is nobody to exchange with, that
# --watch ends cleanly with what it started, and that somebody who waits is told for what.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

said() { grep -q -- "$1" "$2"; }
daemon_of() { tr -d ' ' <"/proc/$1/task/$1/children"; }
has_daemon() { [ -n "$(daemon_of "$1")" ]; }

# ---- nobody to exchange with ----
exits 0 init --db alone
exits 2 sync --db alone
says 'E-STORE-ROLE'
says 'karto join FILE'
exits 2 sync --watch --db alone --json
case $err in '{"schema":1,"kind":"error","exit":2,"id":"E-STORE-ROLE"'*) ;; *) fail 'the error is no JSON' ;; esac
exits 10 sync --db none
exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
exits 2 sync --db hub
says 'This is head office'
exits 2 sync --watch --db hub

# ---- invitations ----
exits 4 join /nonexist --db laptop
says 'There is no file /nonexist'
says 'karto join FILE'
lacks 'client list'
exits 4 join karto1-ABCDE --db laptop
says 'paste the invitation'
exits 2 join --no-input --db laptop
says 'There was no invitation'
exits 2 join - --db laptop </dev/null
echo 'karto1://nonsense' >bad.txt
exits 12 join bad.txt --db laptop
head -c 3000 /dev/zero | tr '\0' a >long.txt
exits 12 join long.txt --db laptop
says 'E-INVITATION'
exits 0 hub invite --db hub --user oksana --role representative --territory 14 -o oksana.txt
exits 20 join oksana.txt --db laptop
says "127.0.0.1:$port does not answer"
says 'the invitation is still good'
case $err in *'Your work'*) fail 'nobody has any work here' ;; esac

exits 2 hub invite --db hub --user petro --role represntative --territory 14
says 'representative'
exits 2 hub invite --db hub --user petro --role office --territory 14
says 'leave --territory out'
exits 2 hub invite --db hub --user petro --role representative
says 'add --territory 14'
exits 2 hub invite --db hub --user petro
says 'It does not say what that person will be'
territories=()
for territory in $(seq 1001); do territories+=(--territory "$territory"); done
exits 2 hub invite --db hub --user petro --role representative "${territories[@]}"
says 'Too many territories: “1001” does not fit'
exits 0 help hub invite
lacks 'analyst'

# ---- a laptop ----
start_hub hub
hub=$started
exits 0 join oksana.txt --db laptop --json
has '{"schema":1,"kind":"joined","user":"oksana","hub":"Ромашка","role":"representative"}'
exits 2 join oksana.txt --db laptop
says 'joined a head office already'
exits 2 join oksana.txt --db hub
says 'head office itself'
exits 0 sync --db laptop --json
has '{"schema":1,"kind":"sync","sent":0,'
has '"gone":0,"unlisted":0,"conflicts":0}'

# ---- what hub invite prints is read back, as a table or as JSON ----
"$KARTO" hub invite --db hub --user petro --role representative --territory 14 -o - >printed.txt 2>/dev/null
exits 0 join printed.txt --db printed --json
has '"user":"petro"'
"$KARTO" hub invite --db hub --user petro --role representative --territory 14 --json 2>/dev/null |
    "$KARTO" join - --db piped >/dev/null 2>&1 || fail 'the invitation is not found in JSON'

# ---- --watch: an answer for each exchange, and a clean end ----
watch() {
    : >watch.out
    "$KARTO" sync --watch --db laptop "$@" >watch.out 2>watch.err &
    watching=$!
    within 20 has_daemon "$watching" || fail 'nothing was started'
    child=$(daemon_of "$watching")
}
watch --json
within 20 said '"kind":"sync"' watch.out || fail 'the first exchange is not said'
exits 0 client add name=Мак --db laptop
within 20 said '"sent":1' watch.out || fail 'a change is not said'
exits 11 sync --watch --db laptop
says 'karto-syncd runs on it'
exits 11 sync --watch --db laptop --json
case $err in '{"schema":1,"kind":"error","exit":11,"id":"E-BUSY","message":'*) ;; *) fail 'the error is no JSON' ;; esac
stop "$watching"
ended "$child" || fail 'the daemon lives on after SIGTERM'
if grep -v ' sent, .* received$' watch.err; then fail 'something else was said'; fi

watch
kill -INT "$watching"
ends_with 130 "$watching"
ended "$child" || fail 'the daemon lives on after Ctrl-C'
said E-INTERRUPTED watch.err || fail 'Ctrl-C is not said'

watch
kill -KILL "$watching"
wait "$watching" 2>/dev/null
within 20 ended "$child" || fail 'the daemon outlives whom it works for'

# ---- a client who would be nowhere today ----
exits 7 client add name=Завтра territory@2999-01-01=14 --db laptop
says 'territory begins on 2999-01-01'
says 'territory=TERRITORY'
exits 0 client add name=Завтра territory=14 territory@2999-01-01=14 -n --db laptop

# ---- what left says so ----
exits 0 client set Мак territory=15 --db hub
exits 0 sync --db laptop --json
has '"gone":1,"unlisted":0,'
exits 0 client add name=Два --db laptop
exits 0 sync --db laptop
exits 0 client set Два territory=15 --db hub
exits 0 sync --db laptop
says '1 record has gone to other territories'

# ---- head office is silent ----
start laptop
within 20 test -S laptop/syncd.sock || fail 'the daemon of the laptop does not answer'
exits 0 sync --db laptop
kill -STOP "$hub"
"$KARTO" sync --db laptop >sync.out 2>sync.err &
syncing=$!
within 20 said "waiting for head office 127.0.0.1:$port" sync.err || fail 'nobody says what is waited for'
kill -INT "$syncing"
ends_with 130 "$syncing" # while it waits
kill -CONT "$hub"
finish
