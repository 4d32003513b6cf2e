#!/usr/bin/env bash
# The people of head office: who there is, and turning somebody out with two laptops and an invitation, at once and for
# good; what he leaves behind; who is not there, and who is oneself.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

invites() { # FILE USER WORDS...
    exits 0 hub invite --db hub --user "$2" "${@:3}" -o "$1.txt"
}

exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
exits 0 user list --db hub --json
has '{"schema":1,"kind":"users","items":[]}'
printf 'name,territory,manager\nМак,14,anna\nКлен,14,\nДуб,15,anna\nЯсен,16,petro\nСхована,14,anna\n' >c.csv
exits 0 import c.csv --kind client --match - -q --db hub
exits 0 client hide Схована --reason закрилася --db hub -q
invites one anna --role representative --territory 14
invites two anna --role representative --territory 14 --territory 15
invites open anna --role representative --territory 14
invites his petro --role representative --territory 15 --territory 16
invites chief oksana --role office
invites boss olena --role office
invites soon stepan --role office
start_hub hub
joins one Перший
joins two Другий
joins his Ноутбук-petro
joins chief Головний
joins boss Ноутбук-olena

exits 0 user list --db hub --json
has '{"user":"anna","roles":["representative"],"territories":["14","15"],"devices":2,"claimed":0,"revoked":0,"seen":"20'
has '"unsent":0,"invitations":1},{"user":"oksana","roles":["office"],"territories":[],"devices":1,"claimed":0,"revoked":0,'
has '{"user":"stepan","roles":[],"territories":[],"devices":0,"claimed":0,"revoked":0,"seen":null,"unsent":0,"invitations":1}]}'
exits 0 client set Мак note=пишу --db one
exits 0 sync --db one
exits 0 user list --db hub --tsv --columns user,devices,unsent
[ "$out" = $'user\tdevices\tunsent\nanna\t2\t1\noksana\t1\t0\nolena\t1\t0\npetro\t1\t0\nstepan\t0\t0' ] || fail "$last: not that"
exits 2 user list --db hub --columns хто
exits 2 user list --db one
says E-STORE-ROLE
exits 2 user disable anna --db one -y
says E-STORE-ROLE

# ---- looked at ----
exits 4 user disable ana --db hub -y --json
says 'Did you mean anna?'
says '"candidates":[{"value":"anna"'
exits 4 user disable зовсім-інший --db hub -y
says 'karto user list --db hub'
exits 2 user disable anna --db hub --json
has '{"schema":1,"kind":"user-disabled","user":"anna","devices":[{"name":'
has '"invitations":1,"manages":2,"territories":[{"territory":"14","clients":2,"others":0},{"territory":"15","clients":1,"others":1}],"dry_run":true}'
says '2 laptops of anna would be turned out for good, and 1 unused invitation withdrawn'
says 'karto user disable anna -y --db hub'
exits 0 user disable ANNA --db hub -n -y
exits 0 sync --db one
exits 0 user list --db hub --tsv --columns user,devices,invitations
has $'anna\t2\t1'
[ ! -e hub/hub.journal ] || ! grep -q '^revoked ' hub/hub.journal || fail 'a trial has turned somebody out'

# ---- turned out ----
out=$(script -qec "'$KARTO' user disable anna -y --db hub" /dev/null </dev/null 2>&1)
has 'Перший (anna, representative: 14; '
has 'Manager of 2 clients; to hand over: karto assign manager NEW --of anna --db hub'
has 'Territory 14: 2 clients, and nobody else has it; to hand over: karto assign territory NEW --of 14 --db hub'
has 'Territory 15: 1 client, and somebody else has it too'
has 'anna was turned out: 2 laptops revoked, 1 unused invitation withdrawn.'
for laptop in one two; do
    exits 6 sync --db $laptop
    says E-REVOKED
done
exits 12 join open.txt --db third
says E-INVITATION
exits 0 sync --db his
[ "$(grep -c '^revoked ' hub/hub.journal)" -eq 2 ] || fail 'not both are in the journal'
exits 0 user list --db hub --tsv --columns user,roles,territories,devices,revoked,invitations
has $'anna\t\t\t0\t2\t0'
exits 0 user disable anna --db hub
says 'there is nothing to do'
exits 0 assign manager petro --of anna --db hub # as it was told
exits 0 user disable anna --db hub --json
has '"devices":[],"invitations":0,"manages":0,"territories":[],"dry_run":true}'

# ---- oneself, another of head office, and somebody who never joined ----
exits 0 user disable oksana --db hub -n
says 'oksana is yourself'
exits 0 user disable oksana --db hub -y
says 'oksana is yourself'
exits 6 sync --db chief
exits 0 client add name=Тут --db hub
exits 2 user disable olena --db hub
says 'has a laptop of head office'
exits 0 user disable stepan --db hub -y -q
[ -z "$err" ] || fail "$last: it is not quiet"
exits 12 join soon.txt --db fourth
exits 0 user list --db hub --json
lacks stepan
exits 0 check --db hub
exits 0 check --db his
finish
