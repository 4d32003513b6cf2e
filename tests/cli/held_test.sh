#!/usr/bin/env bash
# karto hub held: what laptops brought to a head office that was put back, and that its administrator decides on: he sees
# whose word it is and what it would change, accepts or drops it by record or by laptop, and is told what he typed wrong.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

held() {
    exits 0 hub held --db hub --json
    printf '%s' "$out" | grep -o '"record":' | wc -l
}

# Two representatives. After the backup head office gives a client to their territory, and one away and back.
exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
for user in oksana petro; do
    exits 0 hub invite --db hub --user "$user" --role representative --territory 01 --address "127.0.0.1:$port" -o "$user.txt"
done
exits 0 hub invite --db hub --user petro --role representative --territory 01 --address "127.0.0.1:$port" -o second.txt
exits 0 client add name=Мак territory=01 --db hub
exits 0 client add name=Волошка territory=01 --db hub
start_hub hub
hub=$started
joins oksana Оксанин
joins petro Петрів
joins second Другий
exits 0 hub held list --db hub --json
has '"kind":"held","items":[],"next":null'
exits 2 hub held accept --db hub
exits 4 hub held accept oksana --db hub
says 'Nothing from “oksana”'
stop "$hub"
exits 0 backup copy --db hub
for name in Мак Волошка; do
    exits 0 client set "$name" territory=02 --db hub
    exits 0 client set "$name" territory=01 --db hub
done
start_hub hub
hub=$started
exits 0 person add Мак name=Іван --db petro
exits 0 sync --db petro
exits 0 sync --db oksana
exits 0 sync --db second
stop "$hub"
exits 0 restore copy --db hub -y
start_hub hub
hub=$started
for user in oksana petro; do
    exits 20 sync --db "$user"
    says 'being restored'
    [ "$user" = oksana ] || continue
    out=$(script -qec "'$KARTO' hub held --db hub" /dev/null </dev/null 2>&1)
    has 'Іван' # who is petro's to give back; the client by its name, not by its id
    printf '%s' "$out" | grep -qE 'there Мак.* \([0-9a-f]{8}\)' || fail "the client has no name in: $out"
    exits 1 hub recovered --db hub # petro is missing, and something is held already
    says 'not yet given back'
    says 'for your decision, too: karto hub held --db hub'
    says 'vanish from laptops'
done

# ---- seeing ----
[ "$(held)" -eq 4 ] || fail 'four states are not held'
exits 0 hub held --db hub --json
has '"of":"client","name":"Мак","here":true,"user":"oksana"'
has '"field":"territory","here":[{"since":null,"value":"01"}],"held":[{"since":null,"value":"01"},{"since":"'
exits 0 hub held list --db hub --columns name,user --limit 1
has $'oksana'
says 'There is more'
exits 0 status --db hub --json
has '"karto hub held"'
has '"held":4'
exits 0 doctor --db hub --json
has '"next":"karto hub held --db hub"'
exits 1 hub recovered --db hub
says '4 records that were given back wait'
says 'karto hub recovered -y --db hub'
exits 0 hub recovered --db hub -y --json
has '"held":4,"full":0'
says 'karto hub held --db hub'
exits 0 doctor --db hub --json # which it still has to be told of
has '"id":"D-HELD"'
has '(karto hub held --db hub)'

# ---- deciding ----
exits 0 sync --db second # petro has another laptop: his name is no decision on what both say
[ "$(held)" -eq 6 ] || fail 'two states more are not held'
for word in accept drop; do
    exits 4 hub held $word petro --db hub -y
    says 'could be more than one of what waits'
    says 'Другий'
    says 'Петрів'
done
second=$(printf '%s' "$err" | grep Другий | grep -oE '[0-9a-f]{8}' | head -1)
exits 0 hub held drop "$second" --db hub -y
exits 2 hub held drop petro --db hub
says '2 records'
says 'karto hub held drop petro -y --db hub'
[ "$(held)" -eq 4 ] || fail 'something was dropped without a yes'
exits 0 hub held drop petro --db hub -y --dry-run
[ "$(held)" -eq 4 ] || fail 'a trial has dropped something'
exits 0 client list --db hub --json
mak=$(printf '%s' "$out" | grep -o '"short":"[0-9a-f]*","name":"Мак"' | cut -d'"' -f4)
[ -n "$mak" ] || mak=$(printf '%s' "$out" | grep -o '"short":"[0-9a-f]*"' | head -1 | cut -d'"' -f4)
exits 4 hub held accept "$mak" --db hub --json # both say something of it, and not the same perhaps
says '"id":"E-AMBIGUOUS"'
says "\"value\":\"$mak/"
exits 4 hub held drop "$mak" --db hub -y
says 'could be more than one of what waits'
says 'from oksana, laptop'
says 'from petro, laptop'
exits 4 hub held accept "$mak/ivan" --db hub
[ "$(held)" -eq 4 ] || fail 'something was decided by a name that fits several'
exits 0 hub held accept "$mak/oksana" --db hub --json
has '"kind":"held-decided","decision":"accepted","states":1'
[ "$(held)" -eq 2 ] || fail 'what petro said of the same client, and is so now, still waits'
exits 0 log "$mak" --db hub --json # the changes of head office came without their lines
has '"complete_since":"2'
exits 0 log "$mak" --db hub
says 'came with whole records'
exits 4 hub held accept "$mak" --db hub
says 'karto hub held --db hub'
exits 0 hub held drop petro --db hub -y
says 'Dropped'
[ "$(held)" -eq 1 ] || fail 'petro still has something held'
exits 0 hub held accept oksana --db hub
says 'Accepted'
[ "$(held)" -eq 0 ] || fail 'oksana still has something held'
exits 2 hub held acept oksana --db hub
says 'accept'
exits 2 hub held --db oksana
exits 0 sync --db oksana
exits 0 sync --db petro
exits 0 check --db hub
KARTO_LANG=uk exits 0 hub held --db hub

# ---- a laptop that has more than is held for it: it waits for its administrator, not he for it ----
many=$(free_port)
clients_in() { # TERRITORY: one client more than is held of a laptop
    awk -v territory="$1" 'BEGIN { print "external_id,name,territory"; while (n++ <= 10000) printf "n%d,Клієнт %d,%s\n", n, n, territory }' >many.csv
    exits 0 import many.csv --kind client --match external_id --db many
}
exits 0 hub init --db many --listen "127.0.0.1:$many" --name Ромашка
exits 0 hub invite --db many --user ivan --role representative --territory 01 --address "127.0.0.1:$many" -o ivan.txt
clients_in 01
start_hub many
joins ivan Іванів
exits 0 backup many-copy --db many
clients_in 02
clients_in 01
exits 0 sync --db ivan
stop "$started"
exits 0 restore many-copy --db many -y
start_hub many
exits 20 sync --db ivan
says 'E-HELD'
exits 1 hub recovered --db many
says '10,000 records that were given back wait for your decision'
out=$(script -qec "'$KARTO' device list --db many" /dev/null </dev/null 2>&1)
has 'waits for a decision: karto hub held'
lacks 'still to give back'
exits 0 hub held drop ivan --db many -y
out=$(script -qec "'$KARTO' device list --db many" /dev/null </dev/null 2>&1)
has 'still to give back'
stop "$started"

# ---- a laptop whose own change hangs on another's: it has not given everything, though what it has lies there ----
exits 0 hub init --db new --listen "127.0.0.1:$many" --name Ромашка
for user in iryna ostap; do
    exits 0 hub invite --db new --user $user --role representative --territory 01 --address "127.0.0.1:$many" -o $user.txt
done
start_hub new
joins iryna Іринин
joins ostap Остапів
exits 0 backup new-copy --db new
exits 0 client add name=Нова note=Остапова --db ostap
exits 0 sync --db ostap
exits 0 sync --db iryna
exits 0 client set Нова note=Іринина --db iryna
exits 0 sync --db iryna
stop "$started"
exits 0 restore new-copy --db new -y
start_hub new
exits 20 sync --db iryna
out=$(script -qec "'$KARTO' hub recovered --db new" /dev/null </dev/null 2>&1)
has 'some of what it gave back waits for a decision (karto hub held --db new)'
has 'Остапів (ostap, representative: 01; '
exits 0 hub recovered -y --db new
exits 0 sync --db iryna # which gives the rest, and has the record no more
says '1 record is no longer here'
says 'waits there for a decision of your administrator'
case $err in *'gone to other territories'*) fail 'a record is said to have moved that is held' ;; esac
exits 0 hub held accept iryna --db new
exits 0 sync --db iryna
exits 0 client show Нова --db iryna
stop "$started"
finish
