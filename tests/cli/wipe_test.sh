#!/usr/bin/env bash
# A laptop that was revoked: told so, it removes its data and says that it did; whatever happens on the way it goes on
# where it was; every command says what has happened; and with --keep, or where it was only retired, everything stays.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
exits 0 client add name=Перша territory=14 --db hub
start_hub hub
hub=$started
for laptop in anna petro keeper spare watch later; do
    exits 0 hub invite --db hub --user $laptop --role representative --territory 14 -o $laptop.txt
    joins $laptop "Ноутбук-$laptop"
done

state_of() { # LAPTOP: revoked, wipe, wiped
    exits 0 device list --db hub --json
    state=$(printf '%s' "$out" | tr '{' '\n' | grep "\"user\":\"$1\"")
}
is_empty() { # DIR
    local left
    left=$(find "$1" -mindepth 1 ! -name revoked.txt ! -name syncd.lock ! -name syncd.sock -printf '%f ')
    [ -z "$left" ] || fail "$1 still holds: $left"
}
is_wiped() { # DIR
    is_empty "$1"
    grep -q '^told ' "$1/revoked.txt" || fail "$1: head office was not told"
}

# ---- asked first, with what is known to be lost ----
exits 0 client set Перша note=надіслане --db anna
exits 0 sync --db anna
exits 0 client set Перша note=ненадіслане --db anna
exits 2 device revoke anna --db hub
says 'will remove its data as soon as it comes'
says 'had 1 change still to send then'
says 'karto device revoke anna --keep -y --db hub'
exits 2 device revoke anna --keep --db hub --lang uk
says 'його дані лишаться на ньому'
exits 0 device revoke anna -y -n --db hub
exits 0 status --db anna

# ---- told by karto sync ----
mkdir -p anna/replaced-20261127-101500 anna/restoring anna/making
cp anna/data.mdb anna/replaced-20261127-101500/data.mdb
cp anna/device.key anna/restoring/device.key
echo mine >anna/mine.txt
exits 0 device revoke anna -y --db hub --json
has '"state":"revoked"'
has '"wipe":true,"wiped":null'
state_of anna
case $state in *'"revoked":"20'*'"wipe":true,"wiped":null'*) ;; *) fail "list: $state" ;; esac
exits 0 device list --db hub --tsv --columns name,state,wipe,wiped
has $'Ноутбук-anna\trevoked\ttrue\t'
out=$(script -qec "'$KARTO' device list --db hub" /dev/null </dev/null 2>&1)
has 'revoked, not wiped yet'
exits 6 sync --db anna
says 'This device was revoked on '
says 'its data have been removed'
says 'Talk to your administrator'
says E-REVOKED
[ "$(cat anna/mine.txt)" = mine ] || fail 'what a person had put there is gone'
rm anna/mine.txt
is_wiped anna
state_of anna
case $state in *'"wipe":true,"wiped":"20'*) ;; *) fail "list: $state" ;; esac
out=$(script -qec "'$KARTO' device list --db hub" /dev/null </dev/null 2>&1)
has 'revoked, wiped '
for words in status 'client list' 'client add name=Нова' 'find Перша' check doctor 'conflict list' 'log' 'undo --list' \
    'backup copy' 'export client' 'quarantine list' 'init' 'sync' 'sync --watch' 'sync -n'; do
    # shellcheck disable=SC2086
    exits 6 $words --db anna
    says 'This device was revoked on '
    # shellcheck disable=SC2086
    exits 6 $words --db anna --json --lang uk
    says '"id":"E-REVOKED","message":"Цей пристрій відкликано '
    says 'його дані стерто.'
done
[ ! -e copy ] || fail 'a backup of nothing was made'
exits 0 help sync --db anna
exits 0 version --db anna
"$KARTO_SYNCD" --db anna >anna.log 2>&1
code=$?
[ "$code" -eq 6 ] || fail 'the daemon of a wiped store does not end with 6'

# ---- told while the daemon waits; and the network goes before head office has heard ----
start watch
watch=$started
within 20 grep -q 'D-SYNCED' watch.log || fail 'the daemon has not synchronised'
exits 0 device revoke watch -y --db hub
ends_with 6 "$watch"
grep -q 'D-WIPED' watch.log || fail 'the daemon has not said that data were removed'
is_wiped watch

# ---- the answer to the report was lost, or nobody was there to hear it ----
exits 0 device revoke later -y --db hub
cp later/device.key later/device.crt later/authority.crt .
exits 6 sync --db later
is_wiped later
mv device.key device.crt authority.crt later # as if that had been before the answer came
sed -i '/^told /d' later/revoked.txt
stop "$hub"
exits 6 status --db later
says 'Head office has not heard of it yet'
says 'karto sync --db later'
exits 6 sync --db later
says 'Head office has not heard of it yet'
start later
late=$started
state_of later
before=$state
start_hub hub
hub=$started
ends_with 6 "$late"
is_wiped later
state_of later
[ "$state" = "$before" ] || fail 'the time is not that of the first report'

# ---- everything stays ----
exits 0 client set Перша note=своє --db keeper
exits 0 device revoke keeper --keep -y --db hub --json
has '"wipe":false,"wiped":null'
exits 6 sync --db keeper
says 'has revoked this device, or retired it'
exits 0 client show Перша --db keeper
has своє
exits 2 device revoke keeper --db hub # now its data are to go as well: that is asked
says 'will remove its data'
exits 0 device retire spare --db hub -y
exits 6 sync --db spare
exits 0 client show Перша --db spare

# ---- and goes after all; also behind a backup of before ----
exits 0 backup day-1 --db hub
exits 0 device revoke keeper -y --db hub
exits 0 device revoke petro -y --db hub
exits 0 device revoke petro --keep -y --db hub # another word, before it has come
stop "$hub"
exits 0 restore day-1 --db hub -y
start_hub hub
hub=$started
exits 6 sync --db petro
exits 0 client show Перша --db petro
exits 6 sync --db keeper
says 'its data have been removed'
is_wiped keeper
state_of keeper
case $state in *'"wipe":true,"wiped":"20'*) ;; *) fail "list: $state" ;; esac
state_of anna
case $state in *'"wipe":true,"wiped":"20'*) ;; *) fail "list: $state" ;; esac
exits 0 check --db hub

# ---- a copy elsewhere is not reached before it comes itself ----
exits 6 join petro.txt --db anna
says 'This device was revoked on '

# ---- the disk does not take it: nothing goes without a mark, and nobody says that all is gone before it is ----
exits 0 hub recovered --db hub -y
exits 0 hub invite --db hub --user vira --role representative --territory 14 -o vira.txt
joins vira Вірин
exits 0 device revoke vira -y --db hub
mkdir -p vira/revoked.txt vira/making/a/b/c
exits 6 sync --db vira
says 'has revoked this device, or retired it'
exits 0 client show Перша --db vira
rmdir vira/revoked.txt
exits 6 sync --db vira
says 'its data are to be removed, and that has not worked yet'
[ ! -e vira/data.mdb ] || fail 'what could be removed was not'
state_of vira
case $state in *'"wipe":true,"wiped":null'*) ;; *) fail "list: $state" ;; esac
rm -r vira/making/a/b
exits 6 sync --db vira
says 'its data have been removed'
is_wiped vira

# ---- somebody is turned out with all laptops ----
exits 0 hub invite --db hub --user olha --role representative --territory 14 -o olha.txt
joins olha Ольжин
exits 2 user disable olha --db hub
says 'they remove their data'
says 'karto user disable olha --keep -y --db hub'
exits 0 user disable olha -y --db hub
exits 6 sync --db olha
is_wiped olha
exits 0 check --db hub
finish
