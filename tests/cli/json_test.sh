#!/usr/bin/env bash
# There and back in JSON: what karto export writes in either form, karto import reads, with timelines and maps, into a
# store that then exports the same.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

exits 0 init --db first
exits 0 client add name='ТОВ "Ромашка"' external_id=A1 edrpou=14360570 territory=14 attr.площа=120 'attr.а б=1;2' \
    phone=0671234567 phone=0509998877 tag='а;б' tag='"ц"' credit_limit='1234.50 USD' address.city=Львів since=2020-01-02 \
    'note=рядок
другий, 😀' status=customer manager=петро --db first
exits 0 client set A1 territory@2026-12-01=15 manager@2020-01-01=олена manager@2021-05-05=іван --db first
exits 0 client add name=Мак --db first
printf 'external_id,client,date,lines.product,lines.quantity,lines.price,lines.discount\nZ1,A1,2026-01-02,Чай,2.5,10,5\nZ1,A1,2026-01-02,Кава,1,20,\nZ2,A1,2026-01-03,,,,\n' >p.csv
exits 0 import p.csv --kind purchase --db first
printf 'client,name,phone,external_id\nA1,Олена,0671112233;0671112244,P1\n' >h.csv
exits 0 import h.csv --kind person --db first
for kind in client person purchase; do
    exits 0 export --kind "$kind" --format json -o "$kind.json" --db first
    exits 0 export --kind "$kind" --json --db first
    printf '%s\n' "$out" >"$kind-one.json"
done

# Both forms, from a file and from standard input; what is there already is the same.
exits 0 import client.json --db first --json
has '"changes":0,'
has '"same":2'
has '"encoding":"utf-8","separator":null'
exits 0 init --db second
exits 0 import client.json --db second --json
has '"added":2'
exits 0 import - --db second <person-one.json
exits 0 import purchase-one.json --kind purchase --db second --json
has '"added":2'
for kind in client person purchase; do
    exits 0 import "$kind-one.json" --db second --json
    has '"changes":0,'
    exits 0 export --kind "$kind" --format json -o "$kind-2.json" --db second
    cmp "$kind.json" "$kind-2.json" || fail "the second store is another: $kind"
done
grep -q '"manager":\[{"since":null,"value":"петро"},{"since":"2020-01-01","value":"олена"},{"since":"2021-05-05","value":"іван"}\]' client-2.json ||
    fail 'a timeline lost something'

# What is wrong says where.
exits 7 import client.json --kind person --db second
says 'line 1'
says 'another kind'
{ head -n 1 client.json; echo '{"kind":"client","fields":{"name":"Три"}'; } >cut.json
exits 7 import cut.json --db second
says 'line 2'
echo '{"schema":1,"kind":"export","of":"client","items":[]}' >empty.json
exits 7 import empty.json --db second
says 'no record'
echo '{"kind":"client","fields":{"name":"Так","nmae":"Ні"}}' >unknown.json
exits 2 import unknown.json --match - --db second
says '«nmae» (Did you mean name?)'
printf '{"kind":"client","fields":{"name":"Добрий","external_id":"B1"}}\n{"kind":"client","fields":{"name":"Поганий","external_id":"B2","since":"2025-02-31"}}\n' >bad.json
exits 3 import bad.json --match external_id --db second
says 'row 2: since'
exits 2 import p.csv --db second
says '--kind client'
exits 0 check --db second
finish
