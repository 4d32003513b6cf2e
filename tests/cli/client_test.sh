#!/usr/bin/env bash
# A client from the first word to the last: added, changed, shown, listed, hidden and brought back; and what is said of
# each kind of mistake.
# shellcheck disable=SC1091,SC2154 # lib.sh is found beside this file, and sets what is not set here
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
exits 0 init -q

# ---- add ----
exits 0 client add name=Ромашка edrpou=14360570 phone='067 123-45-67' phone=0441234567 tag=HoReCa address.city=Львів \
    territory=14 credit_limit='1 234,5 грн' attr.площа=120 status=Customer since=01.12.2020 --json
has '"kind":"changed","records":["'
has '"changes":1,"undo":"'
has '"warnings":[]'
id=$(printf '%s' "$out" | sed -n 's/.*"records":\["\([0-9a-f]*\)".*/\1/p')
short=${id: -8}
[ ${#id} -eq 32 ] || fail 'no id in the answer'

exits 0 client show "$short" --json
has "\"kind\":\"client\",\"id\":\"$id\",\"short\":\"$short\",\"hidden\":null,\"fields\":{\"name\":\"Ромашка\""
has '"territory":[{"since":null,"value":"14"}]'
has '"phone":["0441234567","067 123-45-67"]'
has '"credit_limit":{"amount":"1234.50","currency":"UAH"}'
has '"status":"customer"'
has '"since":"2020-12-01"'
has '"attr":{"площа":"120"}'
has '"address.city":"Львів"'
has '"conflicts":[],"created":{"user":"oksana","device":"'
has '"pending":false,"counts":{"persons":0,"activities":0,"purchases":0},"persons":[],"activities":[],"purchases":[]}'

# What is doubtful is written, and said.
exits 0 client add name='Мак' edrpou=14360571 phone=123-45-67 phone=none email=foo iban=UA1 --json
for id_of in E-EDRPOU-CHECK E-PHONE-LOCAL E-PHONE-SHAPE E-EMAIL-SHAPE E-IBAN-SHAPE; do
    has "\"id\":\"$id_of\""
done
exits 0 client add name='Дивний' vat=1 address.index=1234 postal_address.index=79-000 since=2999-01-01 --json
for id_of in E-VAT-SHAPE E-INDEX-SHAPE E-DATE-FUTURE; do
    has "\"id\":\"$id_of\""
done
lacks '"field":"postal_address.index"'
exits 0 client set Дивний vat=143605712345 address.index='79 000' since=2020-01-01 --json
has '"warnings":[]'
exits 0 client add name='Нуль' edrpou=32106
says E-EDRPOU-PADDED
exits 0 client show 00032106 --tsv
has $'edrpou\t00032106'
exits 0 client add name=РОМАШКА phone=380671234567
says E-SIMILAR
says "$short"
exits 0 client add name=ФОП edrpou=3184710691 --json
has '"warnings":[]'

# ---- which client ----
exits 4 client show ромашка --json
says '"id":"E-AMBIGUOUS"'
says "\"candidates\":[{\"value\":\""
says "\"value\":\"$short\",\"text\":\"Ромашка, Львів, 14360570\""
exits 4 client show nobody
says E-NOT-FOUND
for name in "$id" "$short" 14360570 '(044) 123 45 67'; do
    exits 0 client show "$name" --tsv
    has $'name\tРомашка'
done

# ---- set ----
exits 0 client set "$short" phone+=0501234567 phone-=+380671234567 territory@2999-12-01=15 --reason 'moved' --json
exits 0 client show "$short" --json
has '"phone":["0441234567","0501234567"]'
has '"territory":[{"since":null,"value":"14"},{"since":"2999-12-01","value":"15"}]'
exits 0 client set "$short" phone=0441234567 phone=0931234567 note=$'two\nlines' --json
exits 0 client show "$short" --json
has '"phone":["0441234567","0931234567"]'
has '"note":"two\nlines"'
exits 0 client set "$short" phone= note= attr.площа=
exits 0 client show "$short" --json
has '"phone":[]'
has '"note":null'
has '"attr":{}'
has '"legal_address.city":null'
lacks 'площа'
exits 0 client show "$short" --tsv
lacks $'note\t'
exits 0 client set "$short" name=Ромашка territory=14 --json
has '"records":[],"changes":0,"undo":null'
exits 0 client set "$short" name=Інша -n --json
has '"changes":1,"undo":null'
says 'nothing was written'
exits 0 client show "$short" --tsv
has $'name\tРомашка'

# ---- parts of a card ----
exits 0 client show "$short" --columns name,territory --tsv
[ "$out" = $'name\tРомашка\nterritory\t[{"since":null,"value":"14"},{"since":"2999-12-01","value":"15"}]' ] ||
    fail 'just these two'
exits 0 client show "$short" --columns name --color never
lacks oksana
exits 2 client show "$short" --columns name,foo
says '“foo”'
exits 0 status --columns user,records.client
lacks node
has oksana
exits 2 status --columns foo
KARTO_COLUMNS=short,city KARTO_SORT=name exits 0 client list --tsv
has $'short\tcity'
KARTO_COLUMNS=short,city KARTO_SORT=name exits 0 status
has node
KARTO_COLUMNS=short,city KARTO_SORT=name exits 0 log
has name

# ---- several values ----
exits 2 client add name=Х name=У
says 'name: there are two values, “Х” and “У”, and only one fits'
exits 2 client set "$short" note=a note=b
exits 2 client set "$short" territory=5 territory=6
exits 0 client set "$short" note=a note=a territory@2030-01-01=5 territory@2031-01-01=6 -n
exits 0 client set "$short" 'phone=067 123 45 67,050 111 22 33; 0441112233' --json
has '"warnings":[]'
exits 0 client show "$short" --json
has '"phone":["0441112233","050 111 22 33","067 123 45 67"]'
exits 0 client set "$short" 'phone-=067 123 45 67,050 111 22 33'
exits 0 client set "$short" 'phone=0441234567, 12' 'phone+=093 123 45 67' --json
has '"id":"E-PHONE-LOCAL"'
exits 0 client set "$short" phone=
exits 0 client add name='Двічі той самий' phone=0671112200 -q
exits 0 client add name='двічі той самий' phone=0671112200 --json
[ "$(grep -o E-SIMILAR <<<"$out" | wc -l)" -eq 1 ] || fail 'one client is similar once'

# ---- mistakes ----
exits 2 client add
says 'karto client add FIELD=VALUE'
exits 7 client add edrpou=14360570
says 'needs a name'
exits 7 client set "$short" name=
exits 2 client add nmae=x
says 'Did you mean name? [E-FIELD]'
case $err in *'    name'*) fail 'once is enough' ;; esac
exits 2 client add Ромашка
says '    ^'
exits 2 client add Ромашка --json
case $err in *'^'* | *'\n'*) fail 'no picture for programs' ;; esac
exits 2 client set "$short" attr=5
says attr.area=120
exits 2 client set "$short" hidden=true
exits 2 client set "$short" name+=x
says 'write name=x'
exits 2 client set "$short" name@2020-01-01=x
exits 2 client set "$short" territory@2020-02-30=x
exits 4 client set "$short" phone-=0999999999
says 'nothing to take away'
exits 7 client set "$short" status=custommer
says 'Did you mean customer?'
for money in 1,234 ten 5. 1.2.3 99999999999999999999; do
    exits 7 client set "$short" credit_limit="$money"
    says 'is not an amount'
done
exits 7 client set "$short" since=31.02.2020
exits 2 client set "$short" name=$'\xff'
says 'not UTF-8'
exits 2 client set "$short" note=x --reason $'\xff'
exits 7 client set "$short" 'territory=*'
exits 7 client set "$short" note="$(head -c 70000 /dev/zero | tr '\0' x)"
says E-LIMIT
exits 0 client show "$short" --tsv
lacks $'note\t'

# ---- hide and restore ----
exits 2 client hide "$short"
says '--reason'
exits 0 client hide "$short" --reason 'closed down'
exits 0 client show "$short" --json
has '"hidden":{"reason":"closed down","user":"oksana","time":"'
exits 0 client hide "$short" --reason again --json
has '"changes":0'
exits 0 client list 14360570 --tsv
lacks Ромашка
exits 0 client list 14360570 --hidden --json
has '"hidden":true'
exits 0 client restore "$short"
exits 0 client restore "$short" --json
has '"changes":0'
exits 0 client list 14360570 --json
has '"match":{"field":"edrpou","how":"exact"},"conflicts":0,"hidden":false'

# ---- as it was ----
exits 0 client show "$short" --as-of 2999-12-31 --json
has '"as_of":"2999-12-31","hidden":null,"fields":{"name":"Ромашка"'
has '"complete_since":null}'
has '"territory":[{"since":null,"value":"14"},{"since":"2999-12-01","value":"15"}]'
has '"conflicts":[],"created":{"user":"oksana","device":"'
has '"changed":{"user":"oksana","device":"'
has '"pending":false'
exits 0 client show "$short" --as-of 2999-11-30 --tsv
has $'territory\t14\n'
exits 0 client show "$short" --as-of 2999-12-01 --tsv
has $'territory\t15\n'
exits 4 client show "$short" --as-of 2001-01-01
says 'no such client yet'
exits 2 client show "$short" --as-of someday
exits 0 check --json
has '"problems":[]'
finish
