#!/usr/bin/env bash
# Handing clients over: a whole territory from one laptop to another, with all that hangs on its clients; from a day to
# come; by name, by query, to another manager; tried only, taken back, run again, interrupted; what must not be guessed.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

# Clients in DB, one name a line: names DB QUERY...
names() {
    local db=$1
    shift
    exits 0 client list "$@" --db "$db" --tsv --columns name
    out=$(printf '%s\n' "$out" | tail -n +2 | LC_ALL=C sort | tr '\n' ' ')
}
is() {
    [ "$out" = "$1" ] || fail "$last: not '$1'"
}

# ---- one store, no network ----
exits 0 init
printf 'name,territory,manager,address.city\nМак,14,petro,Львів\nКлен,14,petro,Київ\nДуб,15,olena,Львів\nЯсен,,,Львів\n' >c.csv
exits 0 import c.csv --kind client --match - -q
exits 0 client set Клен territory@2099-01-01=16 -q

# Tried: numbers and a sample, nothing else.
exits 0 assign territory 15 --of 14 -n --json
has '"changes":2,"undo":null'
has '"field":"territory","to":"15","since":"'
has '"changed":2,"unchanged":0,"refused":0,"later":1,"left":0,"dry_run":true,"refusals":[],"samples":["'
has ' · territory: 14 → 15"'
exits 0 client list territory:14 --tsv --columns name
has Мак
has Клен
exits 0 undo --list --limit 1 --json
lacks '"changes":2'

# Done, as one batch; again, and nothing changes.
exits 0 assign territory 15 --of 14 --reason 'петро пішов' --json
has '"kind":"changed","records":["'
has '"changes":2,"undo":"'
has '"changed":2,"unchanged":0,"refused":0,"later":1,"left":0,"dry_run":false,"refusals":[]}'
batch=$(field undo)
exits 0 client list territory:15 --json
has '"name":"Клен"'
has '"name":"Мак"'
exits 0 log Мак --limit 1 --json
has '"reason":"петро пішов","undo":"'"$batch"'"'
exits 0 assign territory 15 --of 14 --json
has '"records":[],"changes":0,"undo":null'
has '"changed":0,"unchanged":2,'
exits 0 undo --list --limit 1 --json
has '"undo":"'"$batch"'"'
has '"changes":2,"records":2,'
exits 0 undo --json
has '"changes":2,'
has '"undoes":"'"$batch"'"'
exits 0 client list territory:14 --json
has '"name":"Клен"'
has '"name":"Мак"'

# By name, more than one, and the same twice; by a query; to another manager.
exits 0 assign territory 15 --client Мак --client Ясен --client Мак --json
has '"changed":2,"unchanged":0,'
exits 0 undo -q
exits 0 assign territory 15 --query 'territory:14 city:Київ' --json
has '"changed":1,'
exits 0 undo -q
exits 0 assign territory 15 --query=-has:territory --json
has '"changed":1,'
exits 0 undo -q
exits 0 assign territory 15 --query city:Одеса --json
has '"changed":0,"unchanged":0,'
exits 0 assign manager olena --of petro --json
has '"field":"manager","to":"olena",'
has '"changed":2,'
exits 0 client list manager:olena --json
has '"name":"Мак"'
exits 0 client list territory:14 --json
has '"name":"Мак"'
exits 0 undo -q

# From a day that has been, and from one to come: today it is as it was.
exits 0 assign manager olena --of petro --since 2099-12-01 --json
has '"since":"2099-12-01","changed":2,'
exits 0 client list manager:petro --json
has '"name":"Мак"'
exits 0 client list manager@2099-12-01:olena --json
has '"name":"Мак"'
exits 0 assign manager olena --of petro --since 2099-12-01 --json
has '"changed":0,"unchanged":2,'
exits 0 undo -q

# Hidden ones go along with their territory.
exits 0 client hide Мак --reason зачинено -q
exits 0 assign territory 15 --of 14 -n --json
has '"changed":2,'
exits 0 client restore Мак -q

# ---- what must not be guessed ----
exits 0 log --limit 1 --json
before=$out
exits 2 assign territory 15
says 'karto assign territory 15 --of 14'
exits 2 assign territory 15 --of 14 --client Мак
exits 2 assign territory 15 --query ''
says '--query has:name'
exits 2 assign territory 15 --query '   '
exits 2 assign territory 15 --of ''
says '--query=-has:territory'
exits 2 assign territory '' --of 14
says 'karto client set CLIENT territory='
exits 2 assign territory 15 --query "cty:Львів"
says city
exits 2 assign territory 15 --of 14 --since завтрашнього
says 'is no day'
exits 2 assign territory 15 14
exits 2 assign teritory 15 --of 14
says 'assign territory'
exits 7 assign territory '*' --of 14
exits 7 assign territory "$(printf '1%.0s' $(seq 65))" --of 14
exits 4 assign manager olena --of petor
says petro
exits 4 assign manager olena --of petor --json
case $err in *'"exit":4,"id":"E-NOT-FOUND"'*'"candidates":[{"value":"petro"'*) ;; *) fail 'no near one' ;; esac
exits 4 assign territory 15 --client Мка
exits 2 assign manager olnea --of petro
says 'karto assign manager olnea --of petro -y'
says olena
says E-ASSIGN-UNKNOWN
exits 2 assign territory 99 --client Мак --json
case $err in *'"id":"E-ASSIGN-UNKNOWN"'*'"candidates":[{"value":"14"'*) ;; *) fail 'no territories to choose from' ;; esac
KARTO_LANG=uk exits 2 assign territory 99 --of 14
says 'Нічого не змінено. Якщо це не помилка: karto assign territory 99 --of 14 -y'
KARTO_LANG=uk exits 2 assign territory 15 --query ''
says 'Порожній запит'
exits 0 log --limit 1 --json
[ "$out" = "$before" ] || fail 'a mistake has changed something'
exits 0 assign territory 99 --of 14 -n --json
has '"warnings":[{"id":"E-ASSIGN-UNKNOWN","field":"territory","text":"'
exits 0 assign territory 99 --of 14 -y --json
has '"warnings":[{"id":"E-ASSIGN-UNKNOWN"'
has '"changed":2,'
# One that is known, though nobody has it today, is no mistake.
exits 0 assign territory 15 --of 16 --json
has '"changed":0,'
exits 0 assign territory 15 --of 16
says 'nobody has it'
exits 0 undo -q

# ---- many, and Ctrl-C, which mostly comes between two pages; if it comes late, all is done ----
many=20000
{
    echo name,territory
    for i in $(seq $many); do echo "Крамниця $i,20"; done
} >many.csv
exits 0 import many.csv --kind client --match - -q
"$KARTO" assign territory 15 --of 20 --json >many.json 2>many.err &
running=$!
written() {
    ended $running || ! "$KARTO" undo --list --limit 1 --json | grep -q '"via":"import"'
}
tries=2000
until written || [ $((tries -= 1)) -eq 0 ]; do :; done
kill -INT $running 2>/dev/null
wait $running
code=$?
out=$(<many.json)
last='karto assign, interrupted'
[ $code -eq 130 ] || [ $code -eq 0 ] || fail "$last"
changed=$(printf '%s' "$out" | sed -n 's/.*"changed":\([0-9]*\).*/\1/p')
has "\"left\":$((many - changed)),"
[ $((changed % 2000)) -eq 0 ] || fail "$last: not whole pages"
[ $code -eq 0 ] || grep -q E-INTERRUPTED many.err || fail "$last: not said"
exits 0 client list territory:20 --limit 1 --json
exits 0 assign territory 15 --of 20 --json
has "\"changed\":$((many - changed)),\"unchanged\":$changed,"
exits 0 client list territory:20 --json
has '"items":[]'
exits 0 undo --list --limit 1 --json
exits 0 check --json
has '"problems":[]'

# ---- head office, petro with territory 14, olena with 15, maria of the office ----
exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Office -q
printf 'name,territory,manager\nМак,14,petro\nКлен,14,petro\nБук,14,petro\nДуб,15,olena\n' >c.csv
exits 0 import c.csv --kind client --match - --db hub -q
exits 0 person add Мак name=Іван role=завгосп --db hub -q
exits 0 activity add Мак type=visit text='домовилися' --db hub -q
exits 0 purchase add Мак number=17 total=100 --db hub -q
exits 0 hub invite --db hub --user petro --role representative --territory 14 -o petro.txt -q
exits 0 hub invite --db hub --user olena --role representative --territory 15 -o olena.txt -q
exits 0 hub invite --db hub --user maria --role office -o maria.txt -q
start_hub hub
hub_daemon=$started
for user in petro olena maria; do
    joins $user "laptop of $user"
done
names olena
is 'Дуб '

# A representative may not: each is named, and nothing happens.
exits 6 assign territory 15 --of 14 --db petro --json
has '"changed":0,"unchanged":0,"refused":3,'
has '"refusals":[{"record":"'
has '"id":"E-NOT-PERMITTED","text":"Only head office changes this: territory."}'
case $err in *'"exit":6,"id":"E-NOT-PERMITTED"'*) ;; *) fail 'a representative' ;; esac
exits 6 assign manager olena --client Мак --db petro
says 'Мак'
exits 0 status --db petro --json
has '"pending":{"changes":0,'

# A day to come: nothing moves. Taken back before it comes.
exits 0 assign territory 15 --of 14 --since +5d --db hub --json
has '"changed":3,'
for user in petro olena; do exits 0 sync --db $user -q; done
names olena
is 'Дуб '
names petro
is 'Бук Клен Мак '
exits 0 undo --db hub -q

# On the road petro goes on working; the handover comes from a laptop of the office.
exits 0 client set Мак note='ключ у сусіда' --db petro -q
exits 0 activity add Мак type=call text='передзвонити' --db petro -q
exits 0 client set Клен manager=stepan --db hub -q
exits 0 assign territory 15 --of 14 --db maria --json
has '"changed":3,"unchanged":0,"refused":0,"later":0,'
batch=$(field undo)
exits 0 sync --db maria -q
exits 0 sync --db olena -q
names olena
is 'Бук Дуб Клен Мак '
exits 0 sync --db petro -q
exits 0 client list --db petro --json
has '"items":[]'
exits 0 status --db petro --json
has '"records":{"client":0,"person":0,"activity":0,"purchase":0}'
has '"pending":{"changes":0,'
has '"refused":0'
exits 0 sync --db olena -q
exits 0 client show Мак --db olena --json
has '"note":"ключ у сусіда"'
has '"counts":{"persons":1,"activities":2,"purchases":1}'
exits 0 log Мак --db olena --json
has '"user":"petro"'
has '"user":"maria"'
has '"undo":"'"$batch"'"'
has '"complete_since":null'
exits 0 purchase show 17 --db olena --json
has '"total":{"amount":"100.00"'
for db in petro olena maria hub; do
    exits 0 check --db $db --json
    has '"problems":[]'
done

# A second run changes nothing anywhere.
exits 0 sync --db maria -q
exits 0 assign territory 15 --of 14 --db hub --json
has '"changed":0,"unchanged":3,'
exits 0 assign territory 15 --of 14 --db maria --json
has '"changed":0,"unchanged":3,'

# One undo gives all of them back to petro, whole.
exits 0 undo "$batch" --db hub --json
has '"changes":3,'
for user in olena petro; do exits 0 sync --db $user -q; done
names olena
is 'Дуб '
names petro
is 'Бук Клен Мак '
exits 0 client show Мак --db petro --json
has '"counts":{"persons":1,"activities":2,"purchases":1}'

# Head office and maria give the same client away without knowing of each other: a conflict, which the next handover
# settles.
exits 0 sync --db maria -q
exits 0 assign territory 15 --client Бук --db maria -q
exits 0 assign territory 16 --client Бук --db hub -y -q
exits 0 sync --db maria -q
exits 5 conflict list --db hub --fail-if-any --json
has '"field":"territory"'
exits 0 assign territory 15 --client Бук --db hub --json
has '"changed":1,'
exits 0 conflict list --db hub --json
has '"items":[]'

# ---- the day comes ----
if [ -n "${KARTO_SYSTEM-}" ]; then
    exits 0 assign territory 15 --of 14 --since +2d --db hub --json
    has '"changed":2,'
    for user in petro olena; do exits 0 sync --db $user -q; done
    names petro
    is 'Клен Мак '
    stop "$hub_daemon"
    export LD_PRELOAD=$KARTO_SYSTEM KARTO_TEST_CLOCK=$((2 * 24 * 60 * 60))
    start_hub hub
    for user in petro olena; do exits 0 sync --db $user -q; done
    names olena
    is 'Бук Дуб Клен Мак '
    exits 0 client list --db petro --json
    has '"items":[]'
    exits 0 check --db hub --json
    has '"problems":[]'
    unset LD_PRELOAD KARTO_TEST_CLOCK
fi
finish
