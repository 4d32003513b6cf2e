#!/usr/bin/env bash
# How much karto sync would move: what it says is what then moves, and nothing is changed by asking, on neither side;
# without a network the half that is here is told all the same.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

number() { # KEY: of $out, JSON
    printf '%s' "$out" | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"
}
part() { # send|receive KEY
    printf '%s' "$out" | sed "s/.*\"$1\":{\([^}]*\)}.*/\1/" | sed -n "s/.*\"$2\":\([0-9]*\).*/\1/p"
}
same() { # GOT WANTED WHAT
    [ "$1" = "$2" ] || fail "$3: $1, not $2"
}

exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
for i in 1 2 3 4 5; do
    exits 0 client add "name=Фірма-$i" territory=14 --db hub
done
start_hub hub
hub=$started
exits 0 hub invite --db hub --user anna --role representative --territory 14 -o anna.txt
exits 0 hub invite --db hub --user petro --role representative --territory 14 -o petro.txt
exits 0 join anna.txt --db anna --name Ноутбук

# ---- the first time: at most everything ----
exits 0 sync --preview --db anna --json
has '{"schema":1,"kind":"sync-preview","send":{"changes":0,"records":0,"bytes":0,"requests":0},"receive":{"bound":"most","changes":null,'
[ "$(part receive records)" -ge 5 ] || fail 'fewer records than there are'
most=$(part receive bytes)
exits 0 status --db anna --json
has '"state":"never"'
exits 0 client list --db anna --tsv
lacks Фірма
exits 0 sync --db anna --json
[ "$(number bytes_received)" -lt $((most + 1000)) ] || fail "more came than $most bytes"
exits 0 sync --preview --db anna --json
has '"receive":{"bound":"exact","changes":0,"records":0,"bytes":0}}'
out=$(script -qec "'$KARTO' sync --preview --db anna" /dev/null </dev/null 2>&1)
has 'to send: nothing, head office has everything'
has 'to receive: nothing, there is no news'

# ---- both ways; nothing moves by it ----
joins petro Другий
for i in 1 2 3; do # and that there is his laptop is news, too
    exits 0 client set "Фірма-$i" note="від Петра $i" --db petro
    exits 0 client set "Фірма-$i" status=customer --db petro
done
exits 0 client set Фірма-4 note='від Анни' --db anna
exits 0 client set Фірма-4 status=archive --db anna
exits 0 client set Фірма-5 note='теж від Анни' --db anna
exits 0 sync --db petro
before=$(sha256sum <anna/data.mdb)
devices=$("$KARTO" device list --db hub --json | sed 's/"seen":"[^"]*"//g; s/"unsent":[0-9]*//g')
for round in 1 2; do
    exits 0 sync --preview --db anna --json
    same "$(part send changes) $(part send records) $(part send requests)" '3 2 1' "to send, $round"
    same "$(part receive changes) $(part receive records)" '7 4' "to receive, $round"
done
sent=$(part send bytes)
received=$(part receive bytes)
same "$(sha256sum <anna/data.mdb)" "$before" 'the laptop has changed'
same "$("$KARTO" device list --db hub --json | sed 's/"seen":"[^"]*"//g; s/"unsent":[0-9]*//g')" "$devices" 'head office has changed'
exits 0 log --db hub --limit 20 --json
lacks 'від Анни'
out=$(script -qec "'$KARTO' sync --preview --db anna" /dev/null </dev/null 2>&1)
has 'to send: 3 changes of 2 records, '
has 'to receive: 7 changes of 4 records, '
out=$(script -qec "'$KARTO' sync --preview --db anna --lang uk" /dev/null </dev/null 2>&1)
has 'буде надіслано: змін 3, у записах: 2; '
has 'буде отримано: змін 7, у записах: 4; '
exits 0 sync --preview --db anna --tsv
has "send.bytes	$sent"
exits 2 sync --preview --watch --db anna
says 'together they make no sense'
exits 2 sync --preview --db hub

# ---- without a network ----
stop "$hub"
exits 20 sync --preview --db anna --json
has '"send":{"changes":3,"records":2,"bytes":'"$sent"',"requests":1},"receive":null}'
says '"exit":20,"id":"E-OFFLINE"'
start_hub hub
hub=$started

# ---- it is what then moves: with the greeting, the question and the answers to what is sent, which are small ----
exits 0 sync --db anna --json
same "$(number sent) $(number received)" '3 7' 'what has moved'
over=$(($(number bytes_sent) - sent))
if [ "$over" -lt 0 ] || [ "$over" -ge 400 ]; then fail "sent $(number bytes_sent), foretold $sent"; fi
over=$(($(number bytes_received) - received))
if [ "$over" -lt 0 ] || [ "$over" -ge 400 ]; then fail "received $(number bytes_received), foretold $received"; fi

# ---- rights that change meanwhile: what was made under the former ones still goes through after it ----
exits 0 client set Фірма-1 note='ще під старими правами' --db anna
exits 0 device admit anna --role representative --territory 15 --db hub
for round in 1 2; do
    exits 0 sync --preview --db anna --json
    same "$(part send changes)" 1 "to send, $round"
    has '"bound":"most"'
done
exits 0 sync --db anna --json
has '"sent":1,"refused":0'
exits 0 log --db hub --limit 20 --json
has 'ще під старими правами'

# ---- beside the daemon; and of one that was turned out ----
start petro
daemon=$started
within 20 grep -q D-SYNCED petro.log || fail 'the daemon has not synchronised'
exits 0 sync --preview --db petro --json
stop "$daemon"
exits 0 device revoke petro -y --db hub
exits 6 sync --preview --db petro
says E-REVOKED
exits 0 client list --db petro # it is only asked
for store in hub anna petro; do
    exits 0 check --db $store
done
finish
