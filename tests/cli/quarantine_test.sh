#!/usr/bin/env bash
# One record of twenty is damaged in head office's file: a laptop gets the other nineteen, sets the one aside with its
# very bytes and says so; it asks for it no second time; and no daemon says anything of clients in its log.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
: "${KARTO_HARM:?harms stores}"
port=$(free_port)

# ---- nothing is set aside ----
exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
exits 0 quarantine list --db hub --json
has '{"schema":1,"kind":"quarantine","items":[]}'
exits 4 quarantine show 1 --db hub
says 'E-NOT-FOUND'
says 'karto quarantine list'
exits 4 quarantine remove 1x --db hub
exits 2 quarantine retry --db hub
says 'what was refused stays refused'

# ---- a damaged file ----
for n in $(seq 20); do
    exits 0 client add name="Strumok-$n" site="strumok$n.example" territory=14 --db hub
done
exits 0 hub invite --db hub --user oksana --role representative --territory 14 -o laptop.txt
"$KARTO_HARM" text hub 'strumok7.' || fail 'the file was not harmed'
exits 1 check --db hub
start_hub hub
hub=$started
exits 0 join laptop.txt --db laptop --name laptop
start laptop
within 20 test -S laptop/syncd.sock || fail 'the daemon of the laptop does not answer'
exits 0 sync --db laptop
says 'could not be read, and set aside: 1; karto quarantine list --db laptop'
exits 0 client list --db laptop --columns name --tsv
[ "$(grep -c '^Strumok-' <<<"$out")" -eq 19 ] || fail 'there are not nineteen'
lacks 'Strumok-7'

# ---- it shows ----
exits 0 status --db laptop --json
has '"quarantined":1,'
has '"next":["karto quarantine list"'
exits 0 quarantine list --db laptop --json
has '"items":[{"number":1,"time":"'
has '"of":"state","from":"hub","user":null,"record":"'
has '"what":"not the bytes of a record"'
has '"error":"E-UNREADABLE"'
has '"readable":false}]}'
exits 0 quarantine show 1 --db laptop -o bytes
LC_ALL=C grep -qa $'\xfftrumok7.example' bytes || fail 'these are not its very bytes'
[ "$(stat -c %a bytes)" = 600 ] || fail 'others may read the bytes'
"$KARTO" quarantine show 1 --db laptop -o - >again || fail 'no bytes on standard output'
cmp bytes again || fail 'standard output has other bytes'
exits 0 check --db laptop

# ---- and no more comes of it ----
for n in 1 2 3; do
    exits 0 sync --db laptop --json
done
has '"received":0,"requests":1,'
exits 0 client add name=Нова territory=14 --db laptop
exits 0 sync --db laptop
exits 0 client show Нова --db hub
exits 0 quarantine list --db laptop --columns number --tsv
[ "$out" = $'number\n1' ] || fail 'it was set aside again'
exits 0 quarantine retry --db laptop
says 'cannot read any of the 1'
exits 0 sync --db laptop
exits 0 quarantine remove 1 --db laptop
exits 0 status --db laptop --json
has '"quarantined":0,'

# ---- and the others go on ----
exits 0 client set Strumok-8 note=goes --db laptop
exits 0 sync --db laptop
exits 0 client show Strumok-8 --db hub
has 'goes'

# ---- a change of a record that head office cannot read any more ----
laptop=$started
stop "$hub"
"$KARTO_HARM" text hub 'strumok9.' || fail 'the file was not harmed'
start_hub hub
exits 0 client set Strumok-9 note=Таємниця --db laptop
refused() {
    karto status --db laptop --json
    case $out in *'"refused":1,'*) ;; *) return 1 ;; esac
}
within 20 refused || fail 'the change was not refused'
exits 0 log Strumok-9 --db laptop --json
has '"state":"refused","refusal":{"id":"E-UNREADABLE","text":"Head office could not read this'
has 'Таємниця'
exits 0 client set Strumok-10 note=further --db laptop
within 20 "$KARTO" client show Strumok-10 --db hub >/dev/null || fail 'there is no such client'
exits 0 status --db hub --json
has '"quarantined":1,'
exits 0 quarantine list --db hub --json
has '"of":"change","from":"'
has '"user":"oksana","record":"'
has '"what":"the record here cannot be read"'
has '"readable":true}'
exits 0 quarantine show 1 --db hub -o change
LC_ALL=C grep -qa 'Таємниця' change || fail 'the change is not in its bytes'
exits 0 sync --db laptop
exits 0 client show Strumok-10 --db hub
has 'further'
exits 0 client show Strumok-9 --db laptop # the good copy stays
stop "$laptop"
grep -q 'D-QUARANTINE.*1 changes of a device' hub.log || fail 'the log of head office does not say it'
grep -q 'D-QUARANTINE.*1 entries' laptop.log ||
    fail 'the log of the laptop does not say it'
if grep -qi 'strumok\|Нова\|Таємниця' laptop.log hub.log; then fail 'a log has something of clients'; fi
finish
