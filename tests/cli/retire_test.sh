#!/usr/bin/env bash
# An honest laptop of head office: it gets another name, which everybody hears of and which can be taken back; it is taken
# out of service, but not before it has said that all was sent, unless somebody insists; and it stays out when head office
# is put back to before.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
exits 0 client add name=Перша territory=14 --db hub
for laptop in anna petro spare stays; do
    exits 0 hub invite --db hub --user $laptop --role representative --territory 14 -o $laptop.txt
done
start_hub hub
hub=$started
joins anna Ноутбук-anna
joins petro Ноутбук-petro
joins stays Вірний
exits 0 client set Перша note=пишу --db petro
exits 0 sync --db petro
exits 0 sync --db anna

# ---- another name ----
for name in '' '   ' $'\n' $'Два\nрядки' $'Таб\tуляція' $'Червоний\e[31m' "$(printf 'Д%.0s' {1..101})" $'\xd0'; do
    exits 2 device rename anna "$name" --db hub --json
    says 'karto device rename anna \"Laptop of Maria\" --db hub'
done
exits 4 device rename ніхто Нова --db hub
exits 2 device rename anna Нова --db anna
says E-STORE-ROLE
exits 0 device rename anna Складський --db hub -n --json
has '"name":"Ноутбук-anna"'
says 'This was only a trial'
exits 0 device rename ноутбук-ANNA "  $(printf 'Д%.0s' {1..100})  " --db hub -q # 200 bytes without the blanks
[ -z "$err" ] || fail "$last: it is not quiet"
exits 0 device rename anna Складський --db hub --json
has '"kind":"device","name":"Складський","user":"anna"'
says 'Складський (anna, representative: 14; '
exits 0 device rename anna Складський --db hub --json
has '"name":"Складський"'
says 'is called that already'
exits 0 log --db hub --limit 1 --json
has '"user":"oksana","device":"Ромашка","via":"rule","reason":null'
has '"sets":[{"field":"name","key":null,"old":"ДДД'
has '"new":"Складський"}]'
renamed=$(field undo)
exits 0 log Перша --db petro --json
lacks Складський
exits 0 client set Перша note=знову --db anna
exits 0 sync --db anna
exits 0 sync --db petro
exits 0 log Перша --db petro --json
has '"user":"anna","device":"Складський"'
exits 0 undo --list --user oksana --limit 1 --db hub --json
has '"undo":"'"$renamed"'"'
exits 0 undo --db hub --json
has '"undoes":"'"$renamed"'"'
exits 0 device list --db hub --tsv --columns name
lacks Складський
exits 0 device rename anna Ноутбук-anna --db hub
for laptop in anna petro; do
    exits 0 sync --db $laptop
    exits 0 check --db $laptop
done
exits 0 check --db hub

# ---- out of service ----
exits 0 hub invite --db hub --user maria --role representative --territory 14 -o never.txt
exits 0 join never.txt --db never --name Німий
exits 2 device retire Німий --db hub
says 'has never been seen yet'
exits 0 backup day-1 --db hub
joins spare Запасний # which the backup does not know
exits 0 client set Перша note=втретє --db petro
exits 0 sync --db petro
exits 0 device list --db hub --tsv --columns name,state,unsent
has $'Ноутбук-petro\tadmitted\t1'
for more in '' -n; do
    exits 2 device retire petro --db hub $more
    says 'it had 1 change still to send'
    says 'On that laptop, once more: karto sync'
    says 'karto device retire petro -y --db hub'
done
exits 0 device retire petro --db hub -y -n
exits 0 sync --db petro # it was only a trial; and now it has said that all was sent
exits 0 device list --db hub --tsv --columns name,state,unsent
has $'Ноутбук-petro\tadmitted\t0'
exits 0 device retire petro --db hub --json
has '"name":"Ноутбук-petro","user":"petro","role":"representative","territories":["14"],"state":"retired"'
says 'Retired: Ноутбук-petro'
exits 6 sync --db petro
says 'has revoked this device, or retired it'
says E-REVOKED
exits 0 status --db petro # which keeps what it has
exits 0 client show Перша --db petro
exits 0 device retire petro --db hub
says 'does not exchange anything with head office any more'
exits 2 device admit petro --role office --db hub
says 'was retired'
exits 0 device retire spare --db hub
exits 6 sync --db spare
exits 0 client set Перша note=пропаде --db anna
exits 0 sync --db anna
exits 2 device retire anna --db hub
exits 0 device retire anna --db hub -y
exits 6 sync --db anna
exits 0 device list --db hub --tsv --columns name,state
has $'Ноутбук-anna\tretired'
exits 0 check --db hub

# ---- head office is put back to before ----
stop "$hub"
exits 0 restore day-1 --db hub -y
start_hub hub
exits 0 device list --db hub --tsv --columns name,state
has $'Ноутбук-anna\tretired'
has $'Ноутбук-petro\tretired'
for laptop in anna petro spare; do
    exits 6 sync --db $laptop
    says E-REVOKED
done
exits 2 device retire Вірний --db hub
says 'has not given back yet what the restored backup lacks'
exits 20 sync --db stays
exits 0 device retire Вірний --db hub
exits 6 sync --db stays
exits 0 check --db hub
finish
