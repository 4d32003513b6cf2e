#!/usr/bin/env bash
# Head office dies, and is put back from a backup: whatever the laptops had is in it again, what nobody had is gone and
# told, and everybody on the way is told what it means for him. So with karto restore, once and twice; with a directory
# copied by hand; and with a disk that was put back as a whole, of which only the administrator can tell.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)
laptops=(anna bohdan maria)

# on_screen WORDS...: what karto shows on a terminal.
on_screen() {
    out=$(script -qec "'$KARTO' $*" /dev/null </dev/null 2>&1)
    last="karto $* on a terminal"
}
digest_of() {
    exits 0 status --db "$1" --json
    printf '%s' "$out" | sed 's/.*"digest":{\([^}]*\)}.*/\1/'
}
# Names and values of all clients, hidden ones too.
clients_of() {
    exits 0 client list --hidden --db "$1" --tsv --columns id,name,note,site,status,territory,hidden
    printf '%s' "$out"
}
# What a client's field is at head office, as JSON: at_hub CLIENT FIELD VALUE
at_hub() {
    exits 0 client show "$1" --hidden --db hub --json
    has "\"$2\":$3"
}
syncs() {
    local device
    for device in "$@"; do exits 0 sync --db "$device"; done
}
# While head office takes and gives nothing: gives_back DEVICE...
gives_back() {
    local device
    for device in "$@"; do
        exits 20 sync --db "$device"
        says 'Head office is being restored from a backup'
        says 'Your work is safe here'
        says 'E-RECOVERING'
    done
}
# What maria, who has everything, holds is what head office holds; nothing waits, nothing is in conflict, all is sound.
all_equal() {
    local db
    syncs "${laptops[@]}" "${laptops[@]}"
    [ "$(digest_of hub)" = "$(digest_of maria)" ] || fail "$1: head office and maria differ"
    [ "$(clients_of hub)" = "$(clients_of maria)" ] || fail "$1: the clients differ"
    for db in hub "${laptops[@]}"; do
        exits 0 check --db "$db"
        exits 0 status --db "$db" --json
        has '"pending":{"changes":0,'
    done
    exits 0 conflict list --fail-if-any --db maria
}
dies() {
    kill -KILL "$hub"
    wait "$hub" 2>/dev/null
}
runs() {
    start_hub hub
    hub=$started
}

# ---- a head office with three laptops, one of which joins with work of its own, and a backup ----
exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
for name in Перша Друга Спільна; do exits 0 client add name=$name territory=14 --db hub; done
exits 0 client add name=Третя territory=21 --db hub
exits 0 hub invite --db hub --user anna --role representative --territory 14 -o anna.txt
exits 0 hub invite --db hub --user bohdan --role representative --territory 21 -o bohdan.txt
exits 0 hub invite --db hub --user maria --role office -o maria.txt
runs
exits 0 init --db bohdan
exits 0 client add name=Заможна credit_limit=100 --db bohdan
exits 0 join bohdan.txt --db bohdan --name Ноутбук-bohdan
for device in anna maria; do joins "$device" "Ноутбук-$device"; done
exits 0 backup day-1 --db hub
exits 0 hub recovered --db hub --json # though it never was
has '"recovering":false,"since":null'

# ---- work goes on, and head office dies ----
exits 0 client set Перша note='від Анни' --db anna
exits 0 client add name=Нова territory=14 --db anna
exits 0 activity add Нова type=visit text='перший візит' --db anna
exits 0 client set Друга note='перед тим' --db anna
syncs anna bohdan # whose limit of credit is refused
exits 0 status --db bohdan --json
has '"refused":1,'
on_screen log --db bohdan --lang uk
has 'відхилено: Ваша роль або територія цього не дозволяє.'
on_screen log --db bohdan --columns name,state
has 'refused: Your role or territories do not allow this.'
exits 0 log --db bohdan --tsv --columns state
lacks 'refused:'
exits 0 client set Третя note='від Богдана' --db bohdan
exits 0 client set Перша status=archive --db maria
exits 0 client set Спільна note='від офісу' --db hub
syncs maria
exits 0 client hide Друга --reason 'закрилась' --db hub
exits 0 client set Третя territory=14 --db hub
syncs anna bohdan maria anna
before=$(clients_of maria)
exits 0 client set Спільна site=лише.офіс --db hub # of which nobody hears
exits 0 client set Нова note='ще не надіслано' --db anna
dies

# ---- put back ----
exits 0 restore day-1 --db hub -y
says 'karto hub recovered'
runs
gives_back anna
exits 0 status --db anna --json
has '"error":"E-RECOVERING"'
has '"pending":{"changes":1,'
on_screen status --db anna
has 'Head office is being restored from a backup.'
has 'Your work is safe here'
exits 0 client set Нова site=далі.працюю --db anna # which nothing hinders
exits 0 status --db hub --json
has 'karto hub recovered'
on_screen status --db hub
has 'devices give back what they have (1 of 3)'
exits 1 hub recovered --db hub --json
has '"kind":"recovery","recovering":true'
says '"exit":1,"id":"E-NOT-YET"'
has '"gave":1,"lacking":2,"claimed":0'
has '"name":"Ноутбук-anna","user":"anna","role":"representative","territories":["14"],"state":"admitted","gave":true'
has '"name":"Ноутбук-maria","user":"maria","role":"office","territories":[],"state":"admitted","gave":false'
on_screen hub recovered --db hub
has 'Ноутбук-maria (maria, office; '
has 'still to give back'
gives_back bohdan maria anna # once more does no harm
exits 0 hub recovered --db hub
says '3 devices have given back'
says 'and no laptop had got it, it is gone: enter it again'
case $err in *'For now without'*) fail 'somebody is missing' ;; esac
exits 0 hub recovered --db hub
says 'not being restored'
says 'nothing to do. How it is: karto status --db hub'
exits 0 hub recovered --db hub --json
has '"kind":"recovery","recovering":false,"since":"20'
[ "$(clients_of hub)" = "$before" ] || fail 'what laptops had is not all there'
at_hub Спільна note '"від офісу"'
at_hub Спільна site null
at_hub Перша note '"від Анни"'
at_hub Друга hidden '{"reason":"закрилась"'
at_hub Третя territory '[{"since":null,"value":"21"},{"since":'
exits 4 client show Заможна --db hub
all_equal 'put back'
at_hub Нова note '"ще не надіслано"'
at_hub Нова site '"далі.працюю"'
exits 0 client show Нова --db hub --json
has '"activities":1'
exits 0 status --db bohdan --json
has '"refused":1,'

# ---- put back twice: the second time before all had given back after the first; and one never comes ----
exits 0 client set Перша note='ще раз' --db anna
exits 0 client set Третя note='у понеділок' --db maria
syncs anna maria
before=$(clients_of hub)
dies
exits 0 restore day-1 --db hub -y
runs
gives_back anna
dies
exits 0 restore day-1 --db hub -y
runs
gives_back anna maria # whose note on Третя builds on what only Bohdan can prove
exits 1 hub recovered --db hub
says '2 devices have not yet given back'
exits 0 hub recovered --db hub -y
says 'For now without 2 devices: Ноутбук-bohdan (bohdan), Ноутбук-maria (maria)'
syncs maria
[ "$(clients_of hub)" = "$before" ] || fail 'put back twice, something is missing'
all_equal 'put back twice'
[ "$(clients_of hub)" = "$before" ] || fail 'put back twice, who came last has undone something'

# ---- an older directory, copied by hand ----
cp -a hub older
exits 0 client set Нова note='після копії' --db anna
syncs anna
dies
rm -rf hub && cp -r older hub && rm -rf older
chmod 700 hub
runs
gives_back "${laptops[@]}"
exits 0 hub recovered --db hub
at_hub Нова note '"після копії"'
all_equal 'copied by hand'

# ---- a disk put back as a whole: the same file, and the journal beside it is as old ----
mkdir disk && cp hub/data.mdb hub/hub.journal disk
exits 0 client set Нова note='після знімка' --db anna
exits 0 client set Перша note='і це' --db maria
syncs anna maria
dies
cp disk/data.mdb disk/hub.journal hub
runs
exits 1 sync --db anna
says 'E-HUB-BEHIND'
says 'Nothing is lost'
says 'Call your administrator'
says 'karto hub restored'
on_screen status --db anna
has 'Nothing is lost'
exits 2 hub restored --db hub
says 'karto hub restored -y'
exits 0 hub restored --db hub -y -n
exits 1 sync --db anna
exits 0 hub restored --db hub -y --json
has '"recovering":true'
says '3 devices have to give back'
exits 0 hub restored --db hub # is known by now
[ "$(grep -c '^epoch ' hub/hub.journal)" -eq 6 ] || fail 'the journal lacks an epoch, or has one too many'
gives_back "${laptops[@]}"
exits 0 hub recovered --db hub
at_hub Нова note '"після знімка"'
at_hub Перша note '"і це"'
all_equal 'a whole disk'
exits 2 hub restored --db maria
finish
