#!/usr/bin/env bash
# What somebody tired types at night about people, visits and purchases: each answer says what to type, and nothing is
# written.
# shellcheck disable=SC1091,SC2154 # lib.sh is found beside this file, and sets what is not set here
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
exits 0 init -q
exits 0 client add name='Нова Пошта' edrpou=14360570 phone='067 123-45-67' --json
client=$(printf '%s' "$out" | sed -n 's/.*"records":\["[0-9a-f]*\([0-9a-f]\{8\}\)".*/\1/p')
exits 0 client add name=Ромашка -q
exits 0 person add 14360570 name='Олена Коваль' phone=0501112233 -q
exits 0 person list --tsv --columns short
person=${out##*$'\n'}
exits 0 activity add 14360570 type=visit text='був' -q
exits 0 activity list --tsv --columns short
activity=${out##*$'\n'}
exits 0 log --limit 1 --json
before=$out

# A client's name of several words, and values of several.
exits 2 activity add Нова Пошта type=visit text='два слова' --json
says '"id":"E-USAGE"'
says 'karto activity add \"Нова Пошта\" type=visit text=\"два слова\"'
exits 2 client hide Нова Пошта --reason 'закрилися вчора'
says 'karto client hide "Нова Пошта" --reason "закрилися вчора"'
exits 2 person show Олена Коваль
says 'karto person show "Олена Коваль"'
exits 2 activity add 14360570 text=замовлення 20 ящ. type=visit
says 'text="замовлення 20 ящ."'
exits 2 activity add 14360570 замовлення 20
says 'text="замовлення 20"'
exits 2 person add 14360570 Іван role=завгосп
says 'name=Іван'
exits 2 client set 14360570 сайт
says '^'

# Whose it is was forgotten, or all that there is to say.
exits 2 activity add type=visit text=x
says 'karto activity add CLIENT FIELD=VALUE'
exits 2 activity add 14360570
says 'karto activity add CLIENT FIELD=VALUE'
exits 2 person hide "$person"
says '--reason'

# An id of something else.
exits 4 activity add "$person" type=visit --json
says '"id":"E-NOT-FOUND"'
says "is a person: Олена Коваль"
says "\"candidates\":[{\"value\":\"$client\",\"text\":\"Нова Пошта, 14360570\"}]"
says "Do it again with $client"
exits 4 activity add 0501112233 type=visit
says "Do it again with $client"
exits 4 person list "$activity"
says "is an activity"
says "Do it again with $client"
exits 4 person set 14360570 role=x
says "$person  Олена Коваль"
exits 4 purchase show Ромашка
says 'karto purchase add'
exits 4 activity show "$person"
says "karto person show $person"

# Half a phone, half a name.
for part in 12345 '(067) 123' 4567 Пошт 'нова '; do
    exits 4 activity add "$part" type=visit
    says "$client  Нова Пошта, 14360570"
done
exits 4 person show Коваль
says "$person  Олена Коваль"
exits 4 person show 99
says 'karto person list CLIENT'
exits 4 client show Нема
says 'karto find Нема'

# Words that are nearly right, and values.
exits 7 activity add 14360570 type=vizit
says 'Did you mean visit?'
exits 7 activity add 14360570 type=візт --lang uk
says 'visit (візит)'
says 'Може, visit?'
exits 2 activity add 14360570 dat=2026-12-01
says 'Did you mean date?'
exits 7 activity add 14360570 date=31.11.2026
says 'is not a date; write 2026-12-01'
exits 7 purchase add 14360570 lines.1='молоко; 20 шт; 35'
says 'quantity: “20 шт” is not a number'
exits 7 purchase add 14360570 total=багато
says 'is not an amount'
exits 2 activity lst
says 'Did you mean activity list?'
exits 2 activiti add 14360570 text=x
says 'Did you mean activity?'

exits 0 log --limit 1 --json
[ "$out" = "$before" ] || fail 'something was written'

# A client that is hidden: that is said, and it is written all the same.
exits 0 client hide 14360570 --reason закрилися
exits 0 activity add 14360570 text='а вони відкриті' --json
has '"id":"E-CLIENT-HIDDEN"'

# A day that is none: help is that of the command which was typed.
exits 2 person show "$person" --as-of колись
says 'karto person show -h'
finish
