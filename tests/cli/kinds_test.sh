#!/usr/bin/env bash
# What hangs on a client, from the first word to the last: persons, activities and purchases are added, changed, shown,
# listed, hidden and brought back; and a client's card has the last of them.
# shellcheck disable=SC1091,SC2154 # lib.sh is found beside this file, and sets what is not set here
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
exits 0 init -q
today=$(date +%F)

# added WORDS...: adds with these words; its id is in $id, its short id in $short.
added() {
    exits 0 "$@" --json
    has '"kind":"changed","records":["'
    has '"changes":1,"undo":"'
    id=$(printf '%s' "$out" | sed -n 's/.*"records":\["\([0-9a-f]*\)".*/\1/p')
    short=${id: -8}
}
added client add name='Нова Пошта' edrpou=14360570 address.city=Львів
client=$id client_short=$short
whose="\"client\":{\"id\":\"$client\",\"short\":\"$client_short\",\"name\":\"Нова Пошта\"}"
added client add name='Інша'
other=$short

# ---- persons ----
added person add 14360570 name='Олена Коваль' role=директорка phone='067 123-45-67' email=olena@np.ua external_id=P1
olena=$short
has '"warnings":[]'
exits 0 person show "$olena" --json
has "\"kind\":\"person\",\"id\":\"$id\",\"short\":\"$olena\",$whose,\"hidden\":null,\"fields\":{\"name\":\"Олена Коваль\""
has '"phone":["067 123-45-67"]'
has '"conflicts":[],"created":{"user":"oksana","device":"'
has '"pending":false}'
for name in "$id" "$olena" P1 '+380 67 1234567' 'олена коваль'; do
    exits 0 person show "$name" --tsv
    has $'name\tОлена Коваль'
done
added person add "$other" name='Олена Коваль' left=01.12.25
second=$short
exits 4 person show 'Олена Коваль' --json
says '"id":"E-AMBIGUOUS"'
says "\"value\":\"$olena\",\"text\":\"Олена Коваль, директорка, 067 123-45-67, Нова Пошта\""
says "\"value\":\"$second\",\"text\":\"Олена Коваль, Інша\""
exits 0 person set "$second" role=бухгалтерка phone+=0501234567 note=після\ обіду --reason 'вона сказала' --json
has '"changes":1'
exits 0 person show "$second" --json
has '"left":"2025-12-01"'
has '"role":"бухгалтерка"'
exits 0 log "$second" --json
has '"reason":"вона сказала"'
exits 0 person set "$second" role=бухгалтерка --json
has '"records":[],"changes":0,"undo":null'
exits 0 person add 14360570 name=Двічі phone=0671234567
says E-SIMILAR
says "$olena"
exits 0 person add "$other" name=Там phone=0671234567 -n --json
has '"warnings":[]'
exits 7 person add 14360570 role=завгосп
says 'name='
exits 7 person set "$olena" name=

# ---- activities ----
added activity add 14360570 type=visit text='замовлення 20 ящ.' next=2026-12-05
visit=$short
exits 0 activity show "$visit" --json
has "$whose"
has "\"type\":\"visit\",\"date\":\"$today\",\"text\":\"замовлення 20 ящ.\","
has '"next":null,"next_date":"2026-12-05"'
added activity add 14360570 text='просили каталог' next='надіслати каталог' external_id=A1
exits 0 activity show A1 --json
has "\"type\":\"note\",\"date\":\"$today\""
has '"next":"надіслати каталог"'
exits 0 activity set A1 next=01.12.26 next= outcome=надіслано
exits 0 activity show A1 --json
has '"outcome":"надіслано","next":null,"next_date":"2026-12-01"'
added activity add 14360570 type=Дзвінок date=1.12.2025 text=давно
call=$short
exits 0 activity show "$call" --tsv
has $'type\tcall'
has $'date\t2025-12-01'
added activity add "$other" text='в іншого'
exits 0 activity add "$other" date=вчора next=tomorrow text=дні -n
exits 0 activity set "$call" next=завтра
exits 0 activity show "$call" --tsv
has "next_date	$(date -d tomorrow +%F)"
exits 7 activity set "$call" next_date=2026-12

# ---- purchases ----
added purchase add 14360570 number=17 lines.1='молоко; 20; 35.50 UAH; 0%' lines.2='сир; 1,5; 100; 10%' lines.10='доставка;;50'
exits 0 purchase show 17 --json
has "$whose"
has '"total":{"amount":"895.00","currency":"UAH"}'
has "\"date\":\"$today\""
has '"lines":[{"key":"1","product":"молоко","quantity":"20","price":{"amount":"35.50","currency":"UAH"},"discount":"0"},{"key":"2"'
has '{"key":"10","product":"доставка","quantity":null,"price":{"amount":"50.00","currency":"UAH"},"discount":null}]}'
has '"lines":{"1":{"product":"молоко","quantity":"20","price":{"amount":"35.50","currency":"UAH"},"discount":"0"},"10":{'
exits 0 export --kind purchase --format json
has '"2":{"product":"сир","quantity":"1.5",'
exits 0 log 17 --json
has '{"field":"lines","key":"1","old":null,"new":{"product":"молоко","quantity":"20","price":'
exits 0 log 17
has 'lines.2: сир; 1.5; 100.00 UAH; 10%'
exits 0 purchase show "$short" --tsv
has $'lines.1\tмолоко; 20; 35.50 UAH; 0%\nlines.2\tсир; 1.5; 100.00 UAH; 10%\nlines.10\tдоставка; ; 50.00 UAH\n'
exits 0 purchase set 17 lines.1.quantity=10 lines.10= --json
has '"warnings":[]'
exits 0 purchase show 17 --json
has '"total":{"amount":"490.00","currency":"UAH"}'
lacks доставка
exits 0 purchase set 17 total=500 --json
has '"id":"E-TOTAL","field":"total","text":"The lines come to 490.00 UAH'
exits 0 purchase set 17 lines.3='чай;1;1' --json
has '"id":"E-TOTAL"'
exits 0 purchase show 17 --json
has '"total":{"amount":"500.00","currency":"UAH"}'
exits 0 purchase set 17 total=491 --json
has '"warnings":[]'
exits 0 purchase set 17 lines.3='чай;2;1' --json
exits 0 purchase show 17 --json
has '"total":{"amount":"492.00","currency":"UAH"}'
exits 0 purchase add 14360570 number=18 lines.1='чай; 1; 5 EUR' lines.2='кава; 1; 5 USD' --json
has E-LINES-CURRENCY
exits 0 purchase add 14360570 number=19 lines.1='молоко, 20, 35.50' date=2025-01-02 -n --json
has E-LINE-SHORT
exits 0 purchase add 14360570 number=17 total=1 --json
has E-SIMILAR
exits 4 purchase show 17 --json
says E-AMBIGUOUS
exits 7 purchase set 18 lines.1='чай; 1; 5; 0; зайве'
says 'too many parts'
exits 7 purchase set 18 lines.1='чай; багато; 5'
says quantity
exits 2 purchase set 18 lines='чай; 1; 5'
says 'lines.1='
exits 2 purchase set 18 lines.1+=чай
exits 0 purchase set 18 lines.1='"чай; зелений"; 1; 5 EUR' lines.2= --json
exits 0 log 18 --limit 1 --tsv
has '"lines.1: чай; 1; 5.00 EUR → ""чай; зелений""; 1; 5.00 EUR"'
exits 0 purchase show 18 --tsv
has $'lines.1\t"чай; зелений"; 1; 5.00 EUR\n'
has $'total\t5.00 EUR\n'

# ---- lists ----
# is WANTED WORDS...: the texts of a list, in order.
is() {
    local wanted=$1 column=$2 got
    shift 2
    karto "$@" --tsv --columns "$column"
    got=$(printf '%s\n' "$out" | tail -n +2 | tr '\n' '|')
    [ "$got" = "${wanted%|}|" ] || fail "$*: $got"
}
is 'в іншого|просили каталог|замовлення 20 ящ.|давно' text activity list
is 'просили каталог|замовлення 20 ящ.|давно' text activity list 14360570
is 'просили каталог|замовлення 20 ящ.|давно' text activity list Нова Пошта
is 'давно|замовлення 20 ящ.|просили каталог' text activity list 14360570 --sort date
is 'в іншого|просили каталог' text activity list --limit 2
is 'Двічі|Олена Коваль|Олена Коваль' name person list
is '17|18|17' number purchase list
is 'Олена Коваль' name person list "$other"
exits 0 person list 14360570 --json
has "\"kind\":\"find\",\"query\":\"14360570\",\"read_as\":null,\"items\":[{\"kind\":\"person\""
has "\"name\":\"Олена Коваль\",\"role\":\"директорка\",\"phone\":[\"067 123-45-67\"],\"email\":[\"olena@np.ua\"],$whose,\"match\":null,\"conflicts\":0,\"hidden\":false"
exits 0 activity list --tsv
has $'short\tdate\ttype\tclient.name\ttext\tnext_date'
exits 0 purchase list --tsv --columns short,lines,client.short --limit 1 --sort number
has $'\tмолоко; 10; 35.50 UAH; 0% сир;'
exits 2 person list --columns nmae
says 'Did you mean name?'
exits 2 purchase list --sort client
case $err in *'mean client'*) fail 'it proposes what was typed' ;; esac
exits 2 purchase list 'client:14360570'
says 'karto purchase list CLIENT'
exits 2 activity list --sort dat
says 'Did you mean date?'

# Pages meet without a gap.
for n in 1 2 3 4 5 6; do
    exits 0 activity add "$other" date=2025-02-0$((n % 3 + 1)) text="n$n" -q
done
for words in '' "$other" '--sort text' '--sort -next_date'; do
    all='' after=()
    for _ in 1 2 3 4 5; do
        # shellcheck disable=SC2086 # several words
        exits 0 activity list $words --json --limit 2 "${after[@]}"
        all+=$(printf '%s' "$out" | grep -o '"text":"[^"]*"' | sed 's/"text":"//; s/"$/|/' | tr -d '\n')
        [ -n "$(field next)" ] || break
        after=(--after "$(field next)")
    done
    # shellcheck disable=SC2086
    is "$all" text activity list $words
done

# ---- hide and restore ----
exits 2 person hide "$olena"
says '--reason'
exits 0 person hide "$olena" --reason 'звільнилася'
exits 0 person show "$olena" --json
has '"hidden":{"reason":"звільнилася","user":"oksana","time":"'
is 'Двічі' name person list 14360570
exits 0 person list 14360570 --hidden --json
has '"hidden":true'
exits 0 client show 14360570 --json
has '"counts":{"persons":1,"activities":3,"purchases":3}'
lacks "$olena"
exits 0 client show 14360570 --hidden --json
has '"counts":{"persons":2,'
has "$olena"
exits 0 person restore "$olena"
exits 0 activity hide "$call" --reason 'не той клієнт'
exits 0 activity restore "$call" --json
exits 0 purchase hide 18 --reason 'внесено двічі' --json
exits 0 purchase restore 18

# ---- the client's card ----
exits 0 client show 14360570 --json
has '"persons":[{"kind":"person"'
has '"purchases":[{"kind":"purchase"'
card=$(printf '%s' "$out" | sed 's/.*"activities":\[//; s/\],"purchases".*//' | grep -o '"text":"[^"]*"' | tr '\n' '|')
[ "$card" = '"text":"просили каталог"|"text":"замовлення 20 ящ."|"text":"давно"|' ] || fail "activities of the card: $card"
exits 0 client show "$other" --limit 2 --json
has '"counts":{"persons":1,"activities":7,"purchases":0}'
[ "$(printf '%s' "$out" | grep -o '"kind":"activity"' | wc -l)" -eq 2 ] || fail 'the card has the last two'

# As it was: no children of another day.
exits 0 activity show "$visit" --as-of 2999-12-31 --json
has '"kind":"activity"'
exits 4 activity show "$visit" --as-of 2001-01-01
says 'no such record yet'
exits 0 check --json
has '"problems":[]'
finish
