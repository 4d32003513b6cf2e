#!/usr/bin/env bash
# A tired person writes what is not quite a field, a day or an amount: each answer says what to type, and it works.
# shellcheck disable=SC1091,SC2154 # lib.sh and tired.sh are found beside this file, and set what is not set here
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"
. "$here/tired.sh" || exit 1
first_clients

# Fields by their Ukrainian names, by those of other programs, mistyped.
tired 2 E-FIELD name 'client add {назва}=Лілея'
tired 2 E-FIELD name 'client add {Назва}="Кафе Лілея"'
tired 2 E-FIELD name 'client add {Name}=Лілея'
tired 2 E-FIELD name 'client add {nmae}=Лілея'
tired 2 E-FIELD phone 'client set 14360570 {тел}=0671112233'
tired 2 E-FIELD phone 'client set 14360570 {Телефон}+=0671112233'
tired 2 E-FIELD phone 'client set 14360570 {tel}=0671112233'
tired 2 E-FIELD phone 'client set 14360570 {phoen}+=0671112233'
tired 2 E-FIELD email 'client set 14360570 {e-mail}=olena@romashka.ua'
tired 2 E-FIELD email 'client set 14360570 {пошта}=olena@romashka.ua'
tired 2 E-FIELD address.city 'client set 14360570 {місто}="Біла Церква"'
tired 2 E-FIELD address.city 'client set 14360570 {city}=Львів'
tired 2 E-FIELD address.city 'client set 14360570 {address.місто}=Львів'
tired 2 E-FIELD address.street 'client set 14360570 {адреса}="Зелена 5"'
tired 2 E-FIELD edrpou 'client add name=Лілея {код}=00130694'
tired 2 E-FIELD note 'client set 14360570 {коментар}="дзвонити зранку"'
tired 2 E-FIELD role "person set $person {посада}=завгосп"
tired 2 E-FIELD type 'activity add 14360570 {тип}=візит'
tired 2 E-FIELD date 'activity add 14360570 text=був {дата}=2026-11-01'
tired 2 E-FIELD total 'purchase add 14360570 {сума}=100'
tired 2 E-FIELD name 'client add {yfpdf}=Лілея'
tired 2 E-FIELD phone 'client set 14360570 {зрщту}=0671112233'
tired 2 E-USAGE name 'client add {nаme}=Лілея' # the а is Cyrillic
tired 2 E-FIELD 'karto person add -h' 'client set 14360570 role=завгосп'
tired 2 E-FIELD 'karto purchase add -h' 'client set 14360570 lines.1=молоко'
tired 2 E-USAGE 'karto help fields' 'client set 14360570 щось=так'

# The = forgotten, or with spaces around; quotes forgotten; a field as an option.
tired 2 E-USAGE 'karto client add name="ТОВ Лілея"' 'client add name=ТОВ Лілея'
tired 2 E-USAGE 'karto client add name="ТОВ Лілея" phone=0671112233' 'client add name=ТОВ Лілея phone=0671112233'
tired 2 E-USAGE 'karto client add name=Лілея phone=0671112233' 'client add name=Лілея телефон 0671112233'
tired 2 E-USAGE 'karto client add name=Лілея email=o@lileia.ua' 'client add name=Лілея пошта o@lileia.ua'
tired 2 E-USAGE 'karto client add name="Лілея телефон плюс"' 'client add name=Лілея телефон плюс'
tired 2 E-USAGE 'karto client add name=Лілея' 'client add Лілея'
tired 2 E-USAGE 'karto client add name=Лілея' 'client add name Лілея'
tired 2 E-USAGE 'karto client add name=Лілея' 'client add name = Лілея'
tired 2 E-USAGE 'karto client add name=Лілея' 'client add name= Лілея'
tired 2 E-USAGE 'karto client add name=Лілея' 'client add name =Лілея'
tired 2 E-USAGE 'karto client add name=Лілея' 'client add name:Лілея'
tired 2 E-USAGE name=Лілея 'client add {--name Лілея}'
tired 2 E-USAGE name=Лілея 'client add {--назва=Лілея}'
tired 2 E-USAGE 'karto client set 14360570 phone=0671112233' 'client set 14360570 phone 0671112233'
tired 2 E-USAGE 'karto client set 14360570 phone=0671112233' 'client set 14360570 телефон 0671112233'
tired 2 E-USAGE 'karto client set 14360570 phone+=0671112233' 'client set 14360570 phone + 0671112233'
tired 2 E-USAGE 'karto client set 14360570 note=стара phone=0671112233' 'client set 14360570 note=стара phone 0671112233'
tired 2 E-USAGE 'karto help fields' 'client set 14360570 phone'
tired 2 E-USAGE 'karto help fields' 'client set 14360570 phone+='
tired 2 E-USAGE name=Лілея 'client set 14360570 {name+=Лілея}'
tired 2 E-USAGE 'karto help fields' 'client set 14360570 name=А name=Б'
tired 2 E-USAGE 'karto client set -h' 'client set 14360570'
tired 2 E-USAGE 'karto client set -h' 'client set phone=0671112233'
tired 7 E-INVALID 'name=Ромашка|name=Romashka' 'client add {name=}'
tired 7 E-INVALID 'name=Ромашка|name=Romashka' 'client add {} phone=0671112233'
understood '"changes":1' 'client add "name = Лілея" -n --json'

# A day that is none.
tired 7 E-INVALID 01.12.2026 'activity add 14360570 text=був date={31.02.2026}'
tired 7 E-INVALID 2026-12-01 'activity add 14360570 text=був date={2026-13-01}'
tired 7 E-INVALID 2026-12-01 'activity add 14360570 text=був date="{5 листопада}"'
tired 7 E-INVALID 2026-12-01 'activity add 14360570 text=був date={5/11/2026}'
tired 7 E-INVALID 2026-12-01 'activity add 14360570 text=був date={05.11}'
tired 7 E-INVALID 2026-12-01 'activity add 14360570 text=був next_date={31.11.2026}'
tired 7 E-INVALID 01.12.2026 'client set 14360570 since={2030}'
tired 2 E-USAGE 2026-12-01 'client set 14360570 territory@{31.02.2026}=14'
tired 2 E-USAGE 'вчора|yesterday' 'log --since {позавчора}'
tired 2 E-USAGE 01.12.2026 'client show 14360570 --as-of {31.02.2026}'
tired 4 E-NOT-FOUND 'karto client show 14360570' 'client show 14360570 --as-of 01.01.2020'
understood '"changes":1' 'activity add 14360570 text=був date=вчора -n --json'
understood '"changes":1' 'activity add 14360570 text=був date=5.11.26 next=завтра -n --json'
understood '"kind":"log"' 'log --since вчора --json'

# Money.
understood '"changes":1' 'client set 14360570 credit_limit="1 234,50 грн" -n --json'
understood '"changes":1' 'client set 14360570 credit_limit=1000гривень -n --json'
understood '"changes":1' 'client set 14360570 credit_limit=100usd -n --json'
warned E-CURRENCY UAH 'client set 14360570 credit_limit=1234{UAN} -n'
tired 7 E-INVALID '1234,50|1234.50' 'client set 14360570 credit_limit={12,5,0}'
tired 7 E-INVALID '1234,50|1234.50' 'client set 14360570 credit_limit={1,234}'
tired 7 E-INVALID '1234,50|1234.50' 'purchase add 14360570 total="{дві тисячі}"'
tired 7 E-INVALID '1234,50|1234.50' 'purchase set 17 total={12.345,678}'

typed_at_least 60
finish
