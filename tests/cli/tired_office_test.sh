#!/usr/bin/env bash
# Tired people between a laptop and head office: invitations, exchange, rights, conflicts. Each answer says what to type, and
# it works.
# shellcheck disable=SC1091,SC2034,SC2154 # hub.sh and tired.sh are found beside this file, and share these
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/hub.sh"
. "$here/tired.sh" || exit 1
port=$(free_port)
exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
exits 0 hub invite --db hub --user oksana --role representative --territory 14 -o laptop.txt
exits 0 hub invite --db hub --user petro --role representative --territory 14 -o other.txt
exits 0 hub invite --db hub --user maria --role office -o spare.txt
exits 0 client add --db hub name='ТОВ «Ромашка»' edrpou=14360570 site=romashka.ua territory=14 -q
start_hub hub
joins laptop оксана
joins other петро

# The store that is worked with from here on.
at() {
    export KARTO_DB=$home/$1
    begin_sessions
}

# Two write the same field without knowing of each other.
exits 0 client set --db laptop 14360570 site=romashka.com.ua -q
exits 0 client set --db other 14360570 site=romashka.org -q
exits 0 sync --db laptop -q
exits 0 sync --db other -q
exits 0 sync --db laptop -q
exits 5 conflict list --db laptop --fail-if-any --json

# ---- invited, not yet joined ----
file=$home/spare.txt
at new
tired 10 E-NO-STORE 'karto join ФАЙЛ --db *|karto join FILE --db *' 'status'
tired 4 E-NOT-FOUND 'karto join ФАЙЛ|karto join FILE' 'join spare'
tired 4 E-NOT-FOUND 'karto join ФАЙЛ|karto join FILE' 'join KARTO-ABCDE-FGHIJ'
tired 2 E-USAGE 'karto join ФАЙЛ|karto join FILE' 'join --no-input'
tired 2 E-USAGE join '{приєднатися} spare.txt'
echo 'Добрий день! Ось запрошення.' >letter.txt
tired 12 E-INVITATION '' 'join letter.txt'

# ---- at head office ----
at hub
tired 2 E-USAGE '--role representative' 'hub invite --user taras {} --territory 15'
tired 2 E-USAGE '--role representative' 'hub invite --user taras {--role торговий} --territory 15'
tired 2 E-USAGE '--territory 14' 'hub invite --user taras --role representative {}'
tired 2 E-USAGE '--user oksana' 'hub invite {} --role office'
tired 2 E-USAGE '--expires' 'hub invite --user taras --role office {--expire} 3d'
tired 2 E-USAGE 24h 'hub invite --user taras --role office --expires {завтра}'
tired 2 E-USAGE 'karto hub invite -h' 'hub invite taras'
tired 2 E-USAGE 'hub invite' '{запросити} --user taras --role office'
tired 2 E-STORE-ROLE "karto status --db $KARTO_DB" 'sync'
tired 2 E-STORE-ROLE "karto status --db $KARTO_DB" 'join spare.txt'

# ---- on the laptop ----
at laptop
tired 6 E-NOT-PERMITTED '' 'client set 14360570 credit_limit=5000'
tired 6 E-NOT-PERMITTED 'territory=14' 'client add name=Лілея {territory=15}'
tired 2 E-STORE-ROLE "karto sync --db $KARTO_DB" 'join spare.txt'
tired 2 E-STORE-ROLE 'karto status' 'hub invite --user taras --role office'
tired 2 E-USAGE 'karto sync -h' 'sync зараз'
tired 2 E-USAGE sync '{обмін}'
tired 4 E-NOT-FOUND 'karto conflict list' 'conflict show 14360570'
tired 4 E-NOT-FOUND 'karto conflict list' 'conflict show 14360570/phone'
tired 4 E-NOT-FOUND 'karto conflict list' 'conflict resolve 14360579x/site --take 1'
tired 2 E-USAGE 'karto conflict show *' 'conflict resolve 14360570/site --take 3'
tired 2 E-USAGE 'karto conflict show *' 'conflict resolve 14360570/site --take romashka.org'
tired 2 E-USAGE 'karto conflict show 14360570/site' 'conflict resolve 14360570/site'
tired 2 E-USAGE 'karto conflict resolve -h' 'conflict resolve'
tired 2 E-USAGE 'conflict resolve' '{conflict вибрати} 14360570/site --take 1'
tired 2 E-USAGE 'conflict list' '{конфлікти list}'

# ---- and head office is closed for the night ----
stop "$started"
tired 20 E-OFFLINE '' 'sync'
understood '"kind":"status"' 'status --json'
typed_at_least 30
finish
