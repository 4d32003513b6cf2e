#!/usr/bin/env bash
# The laptops of head office: who there is, who is turned out and stays out, and that a laptop which joined after the
# backup that head office was put back from loses nothing, gets nothing before it is admitted, and is not believed to be
# more than it is.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

invites() { # DEVICE USER ROLE WORDS...
    exits 0 hub invite --db hub --user "$2" --role "$3" "${@:4}" -o "$1.txt"
}
runs() {
    start_hub hub
    hub=$started
}

exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
says 'karto hub invite --db hub'
exits 0 client add name=Перша territory=14 --db hub
exits 0 device list --db hub --json
has '{"schema":1,"kind":"devices","items":[]}'
invites anna anna representative --territory 14
runs
joins anna Ноутбук-anna
exits 2 device list --db anna
exits 0 device list --db hub --json
has '"name":"Ноутбук-anna","user":"anna","role":"representative","territories":["14"],"state":"admitted","gave":null,"seen":"20'
exits 0 device admit anna --db hub --json
says 'does not wait to be admitted'
says 'nothing to do'
has '"user":"anna","role":"representative","territories":["14"],"state":"admitted"'
exits 4 device revoke Хтось --db hub -y
says 'karto device list'
invites used olha representative --territory 14
exits 0 hub invite --db hub --user olha --role office -o unused.txt
exits 0 backup day-1 --db hub
joins used Ольжин

# ---- two join after the backup, with work; and one is turned out ----
invites late petro representative --territory 14
invites second petro representative --territory 14
invites chief olena office
invites lost thief representative --territory 14
joins late Новий
joins second Другий
joins chief Головний
joins lost Загублений
exits 0 hub invite --db hub --user ivan --role representative --territory 14 -o odd.txt
joins odd $'Дивний\e[31m\nпристрій'
out=$(script -qec "'$KARTO' device revoke ivan -y --db hub" /dev/null </dev/null 2>&1)
case $out in *$'\e[31m'* | *Дивний*$'\n'*пристрій*) fail 'a name commands the terminal, or is two lines' ;; esac
has 'пристрій (ivan, representative: 14; '
exits 0 client add name=Пізня territory=14 --db late
exits 0 client set Перша note='від Петра' --db late
exits 0 client set Перша status=archive --db chief
exits 0 sync --db late
exits 0 sync --db chief
exits 0 client set Пізня note='ще не надіслано' --db late
exits 4 device revoke petro --db hub -y
says 'could be more than one device'
says 'Новий (petro, representative: 14; '
exits 2 device revoke Загублений --db hub
says 'karto device revoke Загублений -y --db hub'
exits 4 device revoke ніхто --db hub -y
says 'karto device list --db hub'
exits 2 hub invite --user olha --role office --address 127.0.0.1 --db hub
says 'HOST:PORT'
exits 0 device revoke Загублений --db hub -y -n
exits 0 sync --db lost
exits 0 device revoke загублений --db hub -y --json
has '"state":"revoked"'
exits 6 sync --db lost
says 'E-REVOKED'
grep -q '^revoked ' hub/hub.journal || fail 'that it was turned out is not in the journal'

# ---- head office is put back to before they were ----
stop "$hub"
exits 0 restore day-1 --db hub -y
says 'The backup had 2 unused invitations: they are good no more'
says 'karto hub invite --db hub'
runs
for invitation in used unused; do # by whoever has found it
    exits 12 join $invitation.txt --db again-$invitation
    says 'E-INVITATION'
done
exits 6 sync --db lost
says 'E-REVOKED'
for device in late second chief; do
    exits 6 sync --db $device
    says 'Nothing is lost'
    says 'Call your administrator'
    says 'karto device list'
    says 'E-NOT-ADMITTED'
done
[ "$(grep -c D-CLAIMED hub.log)" -eq 3 ] || fail 'the log does not tell of each laptop once'
exits 0 status --db hub --json
has 'karto device list'
exits 20 sync --db anna
exits 0 doctor --db hub --json
has '"next":"karto hub recovered --db hub"'
has '"id":"D-CLAIMED"'
has '"next":"karto device list --db hub"'
exits 1 doctor --db late --json
has '"id":"E-NOT-ADMITTED","area":"hub","state":"fail"'
has 'Call your administrator'
lacks E-RECOVERING
exits 0 doctor --db anna --json
has '"id":"E-RECOVERING","area":"hub","state":"warn"'
exits 1 hub recovered --db hub
says 'Admit the laptops that the backup did not know yet: karto device list'
exits 0 device list --db hub --json
has '"name":"Новий","user":"petro","role":"representative","territories":["14"],"state":"claimed","gave":false'
has '"name":"Головний","user":"olena","role":"office","territories":[],"state":"claimed","gave":false'
exits 0 client show Пізня --db hub # what is proved is there
exits 2 device admit olena --db hub
says 'not taken at its word'
says 'karto device admit olena --role office'
exits 2 device admit olena --role office --territory 14 --db hub
exits 2 device admit Новий --db hub --json # whatever it says, a person must have said yes
says 'Новий (petro, representative: 14; '
says 'karto device admit Новий -y --db hub'
says 'karto device admit Новий --role representative --territory 14 --db hub'
exits 2 device admit Новий --db hub --user ivan -y
says 'its user is petro'
exits 0 device admit Новий --db hub -y -n
exits 6 sync --db late
exits 0 device admit Новий --db hub --role representative --territory 21 # which is wrong
says 'karto device admit Новий --role representative --territory 14 --db hub'
exits 0 device admit Новий --db hub -y --user petro
says 'nothing to do'
exits 0 device admit Новий --db hub --role representative --territory 14 --json
says 'Changed: Новий (petro, representative: 14; '
has '"territories":["14"],"state":"admitted"'
exits 0 device admit Новий --db hub --role representative --territory 14
says 'nothing to do'
exits 0 device admit olena --role office --db hub
says 'Admitted: Головний (olena, office; '
exits 0 device admit olena --role office --db hub
says 'nothing to do'
for device in late chief; do
    exits 20 sync --db $device
    says 'E-RECOVERING'
done
exits 0 device revoke Другий --db hub -y # nobody knows whose that is
exits 6 sync --db second
exits 0 hub recovered --db hub
for device in late chief anna late; do exits 0 sync --db $device; done
for db in hub late chief anna; do
    exits 0 client show Пізня --db "$db" --json
    has '"note":"ще не надіслано"'
    exits 0 client show Перша --db "$db" --json
    has '"note":"від Петра"'
    has '"status":"archive"'
    exits 0 check --db "$db"
    exits 0 conflict list --fail-if-any --db "$db"
done

# ---- and once more: who was turned out after the backup stays out, whoever the backup knew ----
exits 0 device revoke anna --db hub -y
stop "$hub"
exits 0 restore day-1 --db hub -y
exits 0 device list --db hub --tsv --columns name,state
has $'Ноутбук-anna\trevoked'
runs
exits 6 sync --db anna
says 'E-REVOKED'
exits 6 sync --db second
says 'E-REVOKED'
exits 0 check --db hub

# ---- a disk put back as a whole does not know a laptop at all, which is how one knows ----
exits 0 hub recovered --db hub -y
stop "$hub"
mkdir disk && cp hub/data.mdb hub/hub.journal disk
runs
invites last maria representative --territory 14
joins last Останній
exits 0 client set Перша site=остання.ua --db last
exits 0 sync --db last
stop "$hub"
cp disk/data.mdb disk/hub.journal hub
runs
exits 1 sync --db last
says 'E-HUB-BEHIND'
says 'karto hub restored'
exits 0 hub restored --db hub -y
exits 6 sync --db last
exits 0 device admit Останній --db hub -y
exits 20 sync --db last
exits 0 hub recovered --db hub -y
exits 0 sync --db last
exits 0 client show Перша --db hub --json
has '"site":"остання.ua"'
exits 0 check --db hub
exits 0 check --db last
finish
