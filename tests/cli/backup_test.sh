#!/usr/bin/env bash
# karto backup and karto restore, beside real daemons: what is in a backup, that nothing is ever overwritten, that a backup
# which is cut, damaged or of a later version is refused, and that copies and restored stores go on without losing or
# doubling anything.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

node_of() {
    exits 0 status --db "$1" --json
    field node
}

# ---- a store of one's own: there and back ----
exits 0 init --db own
exits 0 client add name=Ромашка --db own
exits 0 backup copies-1 --db own --json
has '"kind":"backup","dir":"copies-1","records":1,"changes":1'
has '"restore":"karto restore copies-1 --db own"'
[ "$(stat -c %a copies-1)" = 700 ] || fail 'others may enter the backup'
[ -z "$(find copies-1 -type f ! -perm 600)" ] || fail 'others may read the backup'
for rest in copies-1.making copies-1/lock.mdb; do
    [ ! -e "$rest" ] || fail "$rest is left behind"
done
exits 1 backup copies-1 --db own
says 'E-EXISTS'
exits 2 backup own/inside --db own
says 'inside of the store'
exits 1 backup nowhere/copy --db own
says 'no such directory'
exits 10 backup copies-none --db none
exits 0 backup copies-dry --db own --dry-run
[ ! -e copies-dry ] || fail 'a trial has made a backup'

exits 0 restore copies-1 --db again --json
has '"role":"local"'
has '"aside":null'
exits 0 client list --db again
has Ромашка
[ "$(node_of own)" != "$(node_of again)" ] || fail 'the restored store writes as the original'
exits 0 check --db again

# ---- what stands there is moved aside, and only when that was said ----
exits 0 client add name=Пізніша --db again
exits 1 restore copies-1 --db again
says 'karto restore copies-1 --db again -y'
exits 0 client list --db again
has Пізніша
exits 0 restore copies-1 --db again -y --json
aside=$(field aside)
exits 0 client list --db again
lacks Пізніша
exits 0 client list --db "$aside"
has Пізніша

# ---- but never another store, whatever was said ----
exits 0 init --db other
exits 1 restore copies-1 --db other -y
says 'another store'
says 'mv other other.other'
exits 0 client list --db other
lacks Ромашка
printf x | dd of=other/data.mdb bs=1 seek=100 conv=notrunc status=none # one that nobody can read is no store any more
truncate -s 4096 other/data.mdb
exits 0 restore copies-1 --db other -y

# ---- backups that are no good change nothing ----
mkdir empty
exits 4 restore empty --db fresh
says 'karto check --db DIR'
cp -a copies-1 cut && truncate -s -1 cut/data.mdb
exits 1 restore cut --db fresh
says 'data.mdb is not what it was'
cp -a copies-1 turned && printf x | dd of=turned/device.key bs=1 seek=40 conv=notrunc status=none
exits 1 restore turned --db fresh
says 'device.key is not what it was'
cp -a copies-1 headless && sed -i '/^end/d' headless/backup.txt
exits 1 restore headless --db fresh
says 'backup.txt is not what it was'
cp -a copies-1 lost && rm lost/data.mdb
exits 1 restore lost --db fresh
cp -a copies-1 newer && sed -i 's/^format 1/format 2/' newer/backup.txt
exits 1 restore newer --db fresh
says 'newer version'
cp -a copies-1 later && sed -i '1s/1$/2/' later/backup.txt
exits 1 restore later --db fresh
says 'newer version'
[ ! -e fresh ] || fail 'a bad backup has left something'

# ---- somebody who was killed has left the half of one; that of somebody at work stays ----
mkdir -m 700 copies-2.making && : >copies-2.making/data.mdb
(
    exec 9<copies-2.making
    flock -n 9
    KARTO_LANG=en "$KARTO" backup copies-2 --db own 2>busy.err
    [ $? -eq 11 ]
) || fail 'a backup that is just being made was disturbed'
exits 0 backup copies-2 --db own
[ ! -e copies-2.making ] || fail 'the half of a backup is still there'

# ---- a store copied by hand is noticed when it is first written to ----
cp -a own byhand
[ "$(node_of byhand)" = "$(node_of own)" ] || fail 'reading has changed a copy'
exits 0 client add name=Мак --db byhand
says 'copied or restored'
[ "$(node_of byhand)" != "$(node_of own)" ] || fail 'a copy writes as the original'
exits 0 client add name=Волошка --db byhand
case $err in *'copied or restored'*) fail 'it is said twice' ;; esac

# ---- for people there is a word for each of it ----
on_screen() {
    out=$(KARTO_LANG=uk script -qec "'$KARTO' $*" /dev/null </dev/null 2>&1)
    last="karto $* on a terminal"
}
on_screen backup shown-copy --db own
has 'Файлів'
has 'Як відновити'
on_screen restore shown-copy --db shown
has 'Коли зроблено'
[[ $out == *Вид*'для однієї людини'* ]] || fail 'a store is no kind of store'
lacks Посада
on_screen restore shown-copy --db shown -y
has 'Попереднє тепер тут'

# ---- beside daemons: head office and a laptop ----
exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
exits 0 hub invite --db hub --user petro --role office --address "127.0.0.1:$port" -o laptop.txt
start_hub hub
hub=$started
joins laptop Ноутбук
exits 0 client add name=Перша --db laptop
exits 0 sync --db laptop
exits 0 backup hub-copy --db hub --json
has '"records":'
for key in authority.key authority.crt hub.key hub.crt hub.journal; do
    [ -s "hub-copy/$key" ] || fail "$key is not in the backup"
done
exits 11 restore hub-copy --db hub -y
says 'karto-syncd is running'

# A laptop's image of before, put back by cp: what it had sent comes again, what it had not is sent once.
exits 0 client add name=Друга --db laptop
exits 0 backup laptop-copy --db laptop
exits 0 sync --db laptop
exits 0 client add name=Третя --db laptop
exits 0 sync --db laptop
exits 0 client add name=Зайва --db laptop # which is nowhere else
exits 1 restore laptop-copy --db laptop
says '1 change there has not been sent: karto sync --db laptop first'
exits 0 restore laptop-copy --db laptop -y --json
says 'from head office: karto sync --db laptop'
says '1 change there has not been sent'
aside=$(field aside)
says "karto sync --db $aside"
exits 0 sync --db "$aside"
exits 0 client show Зайва --db hub
exits 0 client hide Зайва --reason зайва --db hub
exits 0 client add name=Четверта --db laptop
exits 0 sync --db laptop
exits 0 client list --db laptop
for name in Перша Друга Третя Четверта; do
    has "$name"
done
exits 0 client list --db hub --json
[ "$(printf '%s' "$out" | grep -o '"name":' | wc -l)" -eq 4 ] || fail 'head office has something twice, or not at all'
exits 0 conflict list --fail-if-any --db laptop
exits 0 check --db hub
exits 0 check --db laptop
stop "$hub"

# ---- head office put back: another epoch, written down beside it, and nothing is given until somebody says so ----
exits 0 hub recovered --db hub
says 'not being restored'
epochs() { grep -c '^epoch ' hub/hub.journal; }
[ "$(epochs)" -eq 1 ] || fail 'the journal has not the one epoch'
before=$(node_of hub)
exits 0 restore hub-copy --db hub -y
[ "$(node_of hub)" != "$before" ] || fail 'head office writes as the one before'
[ "$(epochs)" -eq 2 ] || fail 'the journal lacks the new epoch'
exits 0 status --db hub --json
has 'karto hub recovered'
exits 1 hub recovered --db hub
says '1 device has not yet given back'
exits 0 hub recovered --db hub -y --json
has '"kind":"recovery","recovering":false'
has '"lacking":1'
exits 0 hub recovered --db hub -y

# An older data file written over the present one, in place: the journal knows better.
cp hub-copy/data.mdb hub/data.mdb
exits 0 client add name=Пʼята --db hub
says 'copied or restored'
[ "$(epochs)" -eq 3 ] || fail 'a store put back in place was not noticed'
exits 0 check --db hub
finish
