#!/usr/bin/env bash
# A tired person types commands, options, questions and files that are not there: each answer says what to type, and it works.
# shellcheck disable=SC1091,SC2154 # lib.sh and tired.sh are found beside this file, and set what is not set here
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"
. "$here/tired.sh" || exit 1
first_clients

# Commands in Ukrainian, in plural, in the wrong order, of other programs.
tired 2 E-USAGE 'client add' '{додати клієнта} name=Лілея'
tired 2 E-USAGE 'person add' '{додати людину} 14360570 name=Іван'
tired 2 E-USAGE find '{знайти} ромашка'
tired 2 E-USAGE 'client list' '{клієнти список}'
tired 2 E-USAGE 'client show' '{show client} 14360570'
tired 2 E-USAGE 'client show' '{показати клієнта} 14360570'
tired 2 E-USAGE 'client list' '{client список}'
tired 2 E-USAGE 'client hide' '{client видалити} 14360570 --reason закрилися'
tired 2 E-USAGE 'client set' '{client edit} 14360570 note=так'
tired 2 E-USAGE 'person list' '{persons list}'
tired 2 E-USAGE 'activity list' '{візити list}'
tired 2 E-USAGE 'client show 14360570' '{client 14360570}'
tired 2 E-USAGE 'client list' '{client lits}'
tired 2 E-USAGE 'karto client -h' 'client'
tired 2 E-USAGE 'client list' '{сдшуте дшіе}'
tired 2 E-USAGE status '{іефегі}'
tired 2 E-USAGE help '{допомога}'
tired 2 E-USAGE fields 'help {поля}'
tired 2 E-USAGE 'client add' 'help {client ad}'
tired 2 E-USAGE 'karto help' 'help погода'
tired 2 E-USAGE 'karto help' 'зробити каву'

# Options.
tired 2 E-USAGE --limit 'client list {--limt} 5'
tired 2 E-USAGE --limit 'client list {-limit} 5'
tired 2 E-USAGE --hidden 'client list {—hidden}'
tired 2 E-USAGE --reason 'client hide 14360570 {--причина} закрилися'
tired 2 E-USAGE --reason 'client hide 14360570 {-r} закрилися'
tired 2 E-USAGE 'karto client list -h' 'client list --limit'
tired 2 E-USAGE 'karto client list -h' 'client list --limit багато'
tired 2 E-USAGE uk 'client list --lang {ua}'
tired 2 E-FIELD name 'client list --sort {назва}'
tired 2 E-FIELD address.city 'client list --sort {cty}'
tired 2 E-USAGE name 'client list --columns {назва},edrpou'
tired 2 E-USAGE city 'client list --columns name,{cty}'

# Questions.
understood "$activity" 'activity list type:візит --columns short'
understood Ромашка 'client list місто:Львів'
tired 2 E-USAGE visit 'activity list type:{візти}'
tired 2 E-USAGE market 'client list status:{активний}'
tired 2 E-USAGE address.city 'client list {cty}:Львів'
tired 2 E-USAGE is:hidden 'client list {is:сховані}'
tired 2 E-USAGE 60d 'client list "last_contact>{60}"'
tired 2 E-USAGE 2026-11 'purchase list date:{2026-13}'
tired 2 E-USAGE 1000 'client list "credit_limit>{багато}"'
tired 2 E-USAGE 'karto help query' 'client list city:'
tired 2 E-USAGE 'karto help query' 'client list "(city:Львів"'
tired 2 E-USAGE client 'find --kind {клієнти} Ромашка'
understood Ромашка 'find Hjvfirf'

# Files.
printf 'Назва,Телефон\nЛілея,0671112233\n' >clients.csv
printf 'Назва;Колір\nЛілея;синій\n' >colours.csv
echo зайнято >taken.csv
tired 4 E-NOT-FOUND ls 'import нема.csv --kind client'
tired 2 E-USAGE client 'import clients.csv --match - --kind {клієнти}'
tired 2 E-USAGE --match\ - 'import clients.csv --kind client {}'
tired 2 E-USAGE 'karto import -h' 'import'
tired 2 E-USAGE person 'export --kind {люди}'
tired 2 E-USAGE 'karto export --kind client' 'export clients'
tired 2 E-USAGE 'karto export -o out.csv' 'export out.csv'
tired 2 E-USAGE 'karto export --excel -o out.csv' 'export -o out.xlsx'
tired 2 E-USAGE csv 'export --format {exel}'
tired 1 E-EXISTS --yes 'export -o taken.csv {}'
[ "$(cat taken.csv)" = зайнято ] || fail 'a file was replaced'
tired 1 E-IO ls 'export -o нема/out.csv'

# Conditions typed as options, and options with one dash.
tired 2 E-USAGE territory:14 'find Ромашка {--territory 14}'
tired 2 E-USAGE territory:14 'client list {-territory 14}'
tired 2 E-USAGE address.city:Львів 'client list {-місто Львів}'
tired 2 E-USAGE '"address.city:\"Біла Церква\""' 'client list {--city "Біла Церква"}'
tired 2 E-USAGE --hidden 'find {-hidden} Ромашка'

# Stores.
tired 10 E-NO-STORE "karto init --db другий" '--db другий status'
tired 10 E-NO-STORE "karto hub init --db другий" '--db другий hub invite --user taras --role office'
tired 1 E-EXISTS "karto status --db $home/data/kartoteka" 'init'

typed_at_least 50
finish
