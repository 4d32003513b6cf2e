#!/usr/bin/env bash
# Roles: which there are, and a bookkeeper's laptop, on which there is nothing of what a bookkeeper may not have: not in an
# answer, not in an export, not in the file of the store; and which changes what it may.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

exits 0 role list
has $'office\teverywhere'
has $'representative\tterritories'
exits 0 role list --json
has '{"name":"accountant","where":"everywhere"}'
exits 0 role show accountant
has 'role accountant'
has 'purchase write all'
lacks ' note'
exits 0 role show analyst --json
has '{"of":"person","read":["hidden","client","merged","external_id","note"'
exits 4 role show acountant
says 'Did you mean accountant?'
exits 2 role show

# ---- written by hand ----
printf 'role caller\nwhere territories\nclient read hidden territory merged name phone\nclient write phone\n' > caller.txt
exits 0 role check caller.txt
has 'client write phone'
printf 'role caller\nwhere territories\nclient read hidden territory merged name\nclient write phne\n' > wrong.txt
exits 7 role check wrong.txt
says 'Line 4: client: there is no field “phne”'
says 'karto help role edit'
printf 'role caller\nwhere territories\nclient read hidden territory merged name\nclient write phone\n' | exits 7 role check -
says 'client: whoever changes phone has to see it'
exits 7 role check wrong.txt --lang uk
says 'Рядок 4: client: поля «phne» немає'
exits 4 role check none.txt
exits 4 role edit accountant --db hub
says 'karto role show accountant --db hub > accountant.txt'
printf 'role caller\nwhere territories\n' | exits 7 role check -
says 'the role sees nothing: add at least client read'
head -c 70000 /dev/zero | tr '\0' '#' > large.txt
exits 7 role check large.txt
says 'the role is too long'
exits 7 role check - < large.txt
says 'the role is too long'
exits 1 role check - < .
says 'could not be read'
exits 10 role list --db none
exits 10 role show office --db none
exits 0 init --db alone
exits 2 role edit caller.txt --db alone

exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
exits 2 hub invite --db hub --user ira --role acountant
says 'Did you mean accountant?'
exits 2 hub invite --db hub --user ira --role accountant --territory 14
says 'works in all territories'
exits 2 hub invite --db hub --user ira --role lead
says 'add --territory 14'
exits 0 hub invite --db hub --user ira --role accountant -o ira.txt
exits 0 hub invite --db hub --user taras --role lead --territory 14 -o taras.txt
exits 0 client add name=Перша edrpou=14360570 territory=14 note=канаркан tag=канаркат phone=0671234567 --db hub
exits 0 client add name=Друга territory=15 --db hub
exits 0 person add Перша name=канаркао --db hub
exits 0 activity add Перша type=call text=канаркад --db hub
exits 0 purchase add Перша number=17 total=100 --db hub
start_hub hub
hub=$started
joins ira Бухгалтерія
joins taras Керівник

# ---- what is there ----
exits 0 client show Перша --json --db ira
has '"edrpou":"14360570"'
has '"phone":["+380671234567"]'
lacks 'канарка'
exits 0 client list --json --db ira
has 'Друга'
exits 0 find канаркан --db ira
lacks 'Перша'
exits 0 log --json --db ira
lacks 'канарка'
exits 0 export --db ira
has 'Перша'
lacks 'канарка'
exits 0 person list --db ira
lacks 'канарка'
exits 0 purchase list --db ira
has '17'
exits 0 activity list --db ira
lacks 'канарка'
if grep -q канарка ira/data.mdb; then fail 'the file of the store has it'; fi
if ! grep -q канарка taras/data.mdb; then fail 'the search finds nothing in a file that has it'; fi
exits 0 check --db ira

# ---- what may be changed ----
exits 6 client set Перша note=сліпа --db ira
says 'Your role (accountant) does not change this: note.'
says 'karto role show accountant'
exits 6 client add name=Третя --db ira
says 'does not enter such records'
exits 6 person add Перша name=Іван --db ira
exits 0 client set Перша credit_limit=5000 --db ira
exits 0 purchase add Перша number=18 total=50 --db ira
exits 0 client set Перша territory=14 manager=taras --db taras
exits 6 client set Перша territory=15 --db taras
says '14'
exits 6 client set Перша credit_limit=1 --db taras
exits 0 sync --db ira
exits 0 sync --db taras
exits 0 sync --db ira
exits 0 client show Перша --json --db hub
has '"credit_limit":{"amount":"5000.00","currency":"UAH"}'
has '"value":"taras"'
exits 0 client show Перша --json --db ira
has '"value":"taras"'

# ---- another role ----
exits 0 device admit ira --db hub --role office
exits 0 sync --db ira
exits 0 client show Перша --json --db ira
has 'канаркан'
exits 0 person list --db ira
has 'канаркао'
exits 0 device admit ira --db hub --role accountant
exits 0 sync --db ira
exits 0 client show Перша --json --db ira
lacks 'канарка'
exits 0 person list --db ira
lacks 'канарка'
exits 0 log --json --db ira
lacks 'канарка'
exits 0 check --db ira

# ---- a role of their own, and one made anew ----
exits 0 role edit caller.txt --db hub -n
says 'nothing was written'
exits 4 role show caller --db hub
exits 0 role edit caller.txt --db hub --json
has '{"schema":1,"kind":"role_edited","name":"caller","changed":true,"devices":0,"nowhere":0}'
exits 0 role edit caller.txt --db hub
says 'was like this already'
exits 0 role list --db hub --json
has '{"name":"caller","where":"territories"}'
exits 0 role show caller --db hub
has 'client write phone'
exits 0 hub invite --db hub --user olha --role caller --territory 14 -o olha.txt
joins olha Дзвінки
exits 0 client show Перша --json --db olha
has '+380671234567'
lacks 'канарка'
lacks '14360570'
exits 0 role show caller --db olha
has 'client write phone'
exits 0 user list --json --db hub
has '"user":"olha","roles":["caller"]'
exits 6 client set Перша note=сліпа --db olha
says 'Your role (caller) does not change this: note.'
exits 0 client set Перша phone=0501112233 --db olha
exits 0 sync --db olha
printf 'role caller\nwhere territories\nclient read hidden territory merged name edrpou\n' > caller2.txt
exits 0 client set Перша phone=0509998877 --db olha
exits 0 role edit caller2.txt --db hub
says 'laptops for which it changes something: 1'
exits 0 sync --db olha
exits 0 client show Перша --json --db olha
has '14360570'
lacks '+38050'
exits 0 client show Перша --json --db hub
has '+380509998877' # which was written before she could hear of it
exits 6 client set Перша phone=1 --db olha
printf 'role administrator\nwhere everywhere\nclient read all\n' > administrator.txt
exits 6 role edit administrator.txt --db hub
says 'has everything and stays so'
printf 'role accountant\nwhere everywhere\nother read all\nother write all\nother make\n' > accountant.txt
exits 0 role edit accountant.txt --db hub
exits 0 sync --db ira
exits 0 client show Перша --json --db ira
has 'канаркан'
exits 0 role show бухгалтер --db ira
has 'other write all'
exits 0 check --db olha

# ---- more laptops than one ----
exits 0 hub invite --db hub --user vira --role caller --territory 14 -o vira.txt
exits 0 hub invite --db hub --user zoya --role caller --territory 14 -o zoya.txt
joins vira Віра
exits 0 role edit caller.txt --db hub
says 'laptops for which it changes something: 2'
joins zoya Зоя # who was invited to what it was before
for laptop in olha vira zoya; do
    exits 0 sync --db $laptop
    exits 0 client show Перша --json --db $laptop
    has '+38050'
    lacks '14360570'
    exits 0 check --db $laptop
done
stop "$hub"
exits 0 check --db hub
