#!/usr/bin/env bash
# Persons, activities and purchases there and back: what is exported makes an equal store, whatever the cells hold, and
# comes back into its own as no change.
# shellcheck disable=SC1091,SC2154 # lib.sh is found beside this file, and sets what is not set here
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
exits 0 init -q
exits 0 client add name='ТОВ "Нова; Пошта"' edrpou=14360570 external_id=К-1 -q
exits 0 client add name='Без коду' -q
exits 0 person add К-1 name='Олена "Лена" Коваль' role='директорка; власниця' phone='067 123-45-67' phone='+48 22 123 45 67' \
    email=olena@np.ua since=01.12.2020 left=31.12.25 note=$'перший рядок\nдругий; "так"' external_id=P1 -q
exits 0 person add 'Без коду' name="Мар'яна" -q
exits 0 activity add К-1 type=visit date=2026-11-01 text=$'замовлення\n20 ящ.' outcome='=1+1' next=2026-12-05 -q
exits 0 activity add 'Без коду' next='не дата; а слова' external_id=A1 -q
exits 0 purchase add К-1 number='№ 17/а' date=2026-11-02 status=shipped lines.1='"чай; ""зелений"""; 1,5; 20 USD; 2.5%' \
    lines.10='доставка;;-5 USD' lines.2='мед' lines.ящик='тара; 3; 1 USD' -q
exits 0 purchase add 'Без коду' total='1 234,50 EUR' external_id=З1 -q
exits 0 purchase set З1 lines.1='сир; 1; 5' --reason 'потім' -q
exits 0 purchase set З1 lines.1= -q

for kind in client person activity purchase; do
    exits 0 export --kind $kind -o $kind.csv
    exits 0 export --kind $kind --format json -o $kind.json
    exits 0 import $kind.csv --kind $kind --json
    has '"changes":0'
done
grep -q ',1,"чай; ""зелений""",1.5,20.00 USD,2.5' purchase.csv || fail 'the line of tea'

exits 0 init --db other -q
for kind in client person activity purchase; do
    exits 0 import $kind.csv --kind $kind --db other --json
    has '"added":2,'
    has '"rejected":0'
    exits 0 export --kind $kind --db other -o again.csv --yes
    cmp $kind.csv again.csv || fail "the second store has another $kind"
    exits 0 export --kind $kind --format json --db other -o again.json --yes
    cmp $kind.json again.json || fail "the second store has another $kind in JSON"
done
exits 0 purchase show '№ 17/а' --tsv
lines=$(printf '%s' "$out" | grep '^lines\|^total')
exits 0 purchase show '№ 17/а' --db other --tsv
[ "$(printf '%s' "$out" | grep '^lines\|^total')" = "$lines" ] || fail 'the second store has other lines'
[ "$(printf '%s' "$lines" | cut -f 1 | tr '\n' ' ')" = 'lines.1 lines.2 lines.10 lines.ящик ' ] || fail "lines: $lines"

# What is shown can be typed again.
exits 0 purchase set '№ 17/а' "lines.1=$(printf '%s' "$lines" | sed -n 's/^lines.1\t//p')" --json
has '"changes":0'

# Dates in three notations in one column; a choice in Ukrainian, under headings in Ukrainian.
printf 'Клієнт;Вид;Дата;Текст\nК-1;візит;01.12.26;а\nК-1;call;2026-12-02;б\nК-1;Дзвінок;3.12.2026;в\n' >dates.csv
exits 0 import dates.csv --kind activity --match - --json
has '"added":3'
exits 0 activity list К-1 --tsv --columns date,type,text
has $'2026-12-03\tcall\tв\n2026-12-02\tcall\tб\n2026-12-01\tvisit\tа\n'
exits 0 check --db other --json
has '"problems":[]'
finish
