#!/usr/bin/env bash
# Taking back: a change, the last one, an import that updates and adds, whole; an undo itself; what a colleague has
# written since stays, with exit 3; and what is said of a number that the log here does not have.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"

exits 10 undo
exits 0 init
exits 4 undo
says 'nothing to take back'
exits 0 undo --list --json
[ "$out" = '{"schema":1,"kind":"undo-list","complete_since":null,"items":[],"next":null}' ] || fail 'there is nothing yet'

# ---- one change ----
exits 0 client add name=Ромашка edrpou=14360570 phone='067 123-45-67' territory=14 --json
exits 0 client set Ромашка site=a.ua
exits 0 client set Ромашка site=b.ua phone-=0671234567 phone+=0501112233 territory@2026-01-01=15 attr.площа=119x --json
change=$(field undo)
exits 0 undo "$change" -n --json
has '"changes":1,"undo":null'
has '"samples":["Ромашка · territory@2026-01-01: 15 → (empty)"'
exits 0 client show Ромашка --tsv
has b.ua
exits 0 undo "$change" --json
has '"kind":"changed","records":["'
has '"changes":1,"undo":"'
has '"warnings":[],"undoes":"'"$change"'","registers":5,"left_count":0,"left":[],"complete":true}'
undo=$(field undo)
exits 0 client show Ромашка --json
has '"site":"a.ua"'
has '"phone":["067 123-45-67"]'
lacks 119x
exits 0 undo "$change" --json
has '"records":[],"changes":0,"undo":null'
exits 0 undo "$undo" --reason 'було правильно' --json
exits 0 client show Ромашка --json
has '"site":"b.ua"'
has '"phone":["0501112233"]'
exits 0 log Ромашка --limit 1 --json
has '"reason":"було правильно"'

# The last, and the one before it.
exits 0 client set Ромашка note=перша
exits 0 client set Ромашка note=друга
exits 0 undo
exits 0 client show Ромашка --tsv
has перша
exits 0 undo
exits 0 client show Ромашка --tsv
lacks перша
exits 0 undo --list --limit 2 --json
has '"undone":false,"undone_by":null,"undoes":"'
next=$(field next)
exits 0 undo --list --after "$next" --json
has '"user":"oksana","device":"'
has '"via":"cli","changes":1,"records":1,"names":["Ромашка"],"reason":null,"undone":true,"undone_by":"'
exits 0 undo --list --tsv --columns undo,names
has $'undo\tnames'

# ---- an import ----
exits 0 client add name=Мак edrpou=22859846 address.city=Львів
exits 0 export --format json -o before.json
printf 'edrpou,name,phone,address.city\n14360570,Ромашка,0671110000,Київ\n22859846,Мак,,Одеса\n' >clients.csv
for i in $(seq 100 400); do printf ',Клієнт %s,,Дніпро\n' "$i"; done >>clients.csv
exits 0 import clients.csv --kind client --match edrpou,name --json
has '"added":301,"updated":2'
import=$(field undo)
exits 0 undo "$import" -n --json
has '"changes":303,"undo":null'
exits 0 undo "$import" --json
has '"changes":303,"undo":"'
has '"left_count":0,"left":[]'
undo=$(field undo)
exits 0 export --format json -o after.json
cmp -s before.json after.json || fail 'the import was not taken back whole'
exits 0 client list 'Клієнт 100' --hidden --json
has '"hidden":true'
short=$(field short)
exits 0 client show "$short" --json
has "\"hidden\":{\"reason\":\"undo of $import\""
exits 0 undo "$undo" --json
exits 0 client list 'Клієнт 100' --json
has '"hidden":false'
exits 0 client show Ромашка --json
has '"0671110000"'
exits 0 undo --list --limit 3 --json
has '"changes":303,"records":303,"names":["'
exits 0 check --json
has '"problems":[]'

# ---- what nobody understands ----
exits 2 undo zzz
says E-USAGE
exits 2 undo 7f3a00120
exits 2 undo --list "$import"
exits 2 undo --user petro
exits 4 undo 12345678 --json
case $err in *'"exit":4,"id":"E-NOT-FOUND"'*) ;; *) fail 'an unknown number' ;; esac
exits 2 undo --list --columns sute

# ---- two laptops and head office ----
port=$(free_port)
exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Office
for user in oksana petro; do
    exits 0 hub invite --db hub --user $user --role representative --territory 14 -o $user.txt
done
start_hub hub
for user in oksana petro; do
    exits 0 join $user.txt --db $user --name "laptop of $user"
done
printf 'edrpou,name,site,territory\n14360570,Ромашка,a.ua,14\n22859846,Мак,m.ua,14\n' >clients.csv
exits 0 import clients.csv --kind client --db oksana --json
first=$(field undo)
exits 0 sync --db oksana
exits 0 sync --db petro
exits 0 client set Мак site=petro.ua --db petro
exits 0 sync --db petro
exits 0 sync --db oksana
exits 3 undo "$first" --db oksana --json
has '"changes":1,"undo":"'
has '"left_count":1,"left":[{"record":"'
has '"of":"client","name":"Мак","field":"site","key":null,"now":{"value":"petro.ua","user":"petro","device":"laptop of petro","time":"'
has '"winner":true},"would":null,"why":"changed"}]'
exits 0 sync --db oksana
exits 0 sync --db petro
exits 0 client list --db petro --tsv
has Мак
lacks Ромашка

# At head office, of what a laptop did; and on the other laptop, as far as it is there.
exits 0 client set Мак note=petro --db petro --json
second=$(field undo)
exits 0 sync --db petro
exits 4 undo "$second" --db oksana
says 'at head office'
exits 0 sync --db oksana
exits 0 undo "$second" --db oksana --json -n
has '"complete":false'
exits 0 undo "$second" --db hub --json
has '"changes":1'
exits 0 sync --db petro
exits 0 client show Мак --db petro --json
has '"note":null'

# A conflict that is settled for what stood there leaves nothing to take back: the change before is meant.
exits 0 client set Мак note=перед --db oksana --json
third=$(field undo)
exits 0 client set Мак site=p2.ua --db petro
exits 0 sync --db petro
exits 0 client set Мак site=h2.ua --db hub
exits 0 client set Мак site=o2.ua --db petro
exits 0 sync --db petro
exits 0 sync --db oksana
exits 0 client show Мак --db oksana --json
shown=$(field site)
exits 0 conflict resolve 22859846/site --value "$shown" --db oksana --json
passed=$(field undo)
exits 0 undo --db oksana -n
says "($passed)"
says "before it, $third"
exits 0 undo --db oksana --json
has '"undoes":"'"$third"'"'
has '"changes":1'
for store in hub oksana petro; do
    exits 0 check --db $store
done
finish
