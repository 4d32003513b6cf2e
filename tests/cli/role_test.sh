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
stop "$hub"
exits 0 check --db hub
