#!/usr/bin/env bash
# The log: what was changed, from what to what, by whom and why; that it can be asked for less; and that a laptop has what
# happened before it was there.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"

exits 10 log
exits 0 init
exits 0 log --json
[ "$out" = '{"schema":1,"kind":"log","complete_since":null,"items":[],"next":null}' ] || fail 'nothing has happened yet'
exits 0 client add name=Ромашка edrpou=14360570 phone=0671234567
exits 0 client add name=Мак address.city=Львів
exits 0 client set Ромашка site=romashka.ua --reason 'нова адреса'
exits 0 client set Ромашка site=romashka.com.ua phone-=0671234567 attr.площа=120 manager@2026-01-01=petro

exits 0 log --limit 1 --json
has '{"schema":1,"kind":"log","complete_since":null,"items":[{"dot":"'
has '"user":"oksana","device":"'
has '"via":"cli","reason":null,"undo":"'
has '"of":"client","name":"Ромашка","state":"confirmed","refusal":null,"sets":['
has '{"field":"manager","key":"2026-01-01","old":null,"new":"petro"}'
has '{"field":"phone","key":"380671234567","old":"0671234567","new":null}'
has '{"field":"site","key":null,"old":"romashka.ua","new":"romashka.com.ua"}'
has '{"field":"attr","key":"площа","old":null,"new":"120"}'
next=$(field next)
exits 0 log --limit 1 --after "$next" --json
has '"reason":"нова адреса"'
lacks petro
exits 0 log --after 1 --json
has '"items":[],"next":null'

# Less: of one client, one field, one person, one device, of some time.
exits 0 log 14360570
has 'site: romashka.ua → romashka.com.ua'
has 'phone: 0671234567 → (empty)'
lacks Мак
exits 0 log --tsv --lang en
english=$out
exits 0 log --tsv --lang uk
[ "$out" = "$english" ] || fail 'a table for programs changes with the language'
exits 0 log --field site --json
has '"sets":[{"field":"site","key":null,"old":"romashka.ua","new":"romashka.com.ua"}]'
lacks Львів
exits 0 log --field address
has 'address.city: Львів'
lacks Ромашка
exits 0 log --field attr.площа
has 'attr.площа: 120'
exits 0 log --user OKSANA --columns name --tsv
has Мак
exits 0 log --user petro --json
has '"items":[]'
exits 0 log --device "$(uname -n)" --since 2020-01-01 --json
has Мак
exits 0 log --device elsewhere --json
has '"items":[]'
exits 0 log --since 01.01.2999 --json
has '"items":[]'
exits 0 log Мак --tsv --columns time,user,sets
has $'time\tuser\tsets'

# What is no plain value has names, and words for people.
exits 0 client hide Мак --reason закрилися
exits 0 log Мак --limit 1 --json
has '{"field":"hidden","key":null,"old":null,"new":{"hidden":true,"reason":"закрилися"}}'
exits 0 log Мак --limit 1
has 'hidden: yes, закрилися'
exits 0 client restore Мак
exits 0 log Мак --limit 1
has 'hidden: yes, закрилися → no'
exits 0 log Мак --limit 1 --json
has '"new":{"hidden":false,"reason":null}'

# What nobody understands.
exits 2 log --field sute
says 'site'
exits 2 log --sort name
exits 0 log --sort -time
exits 0 log --limit 1 --tsv
says 'There is more: --after '
exits 2 log --since колись
says '2026-12-01'
exits 2 log --after zzz
exits 2 log --columns sute
exits 4 log Тюльпан
says 'E-NOT-FOUND'
exits 2 log Мак Ромашка
exits 2 conflict
exits 0 conflict list --fail-if-any
exits 4 conflict show 018f/site
exits 4 conflict resolve 018f/site --take 1
says 'karto conflict list'

# A laptop that joins has the whole of its clients' history, as head office tells it, and nothing of others.
port=$(free_port)
exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Офіс
exits 0 client add name=Тополя territory=14 site=a.ua --db hub
exits 0 client add name=Верба territory=15 --db hub
for site in b c d; do
    exits 0 client set Тополя "site=$site.ua" --reason "сайт $site" --db hub
    exits 0 client set Верба "site=$site.ua" --db hub
done
exits 0 client set Верба territory@1900-01-01=14 --db hub
exits 0 hub invite --db hub --user maria --role representative --territory 14 -o maria.txt
start_hub hub
exits 0 join maria.txt --db laptop

# dots DB WORDS...: the changes that a log tells of, one a line, without those of devices' records.
dots() {
    exits 0 log --db "$@" --json --limit 1000
    printf '%s' "$out" | grep -o '"dot":"[0-9a-f-]*"[^}]*"of":"client"' | grep -o '"dot":"[^"]*"' | sort
}

KARTO_HISTORY_DAYS=0 exits 0 sync --db laptop
KARTO_HISTORY_DAYS=0 exits 0 status --db laptop --json
has '"history":{"state":"off","complete_since":null,"days":0,"mb":200,"changes":0,"bytes":0}'
exits 0 status --db laptop --json
has '"history":{"state":"waiting",'
exits 0 status --db hub --json
has '"history":null'
[ -z "$(dots laptop)" ] || fail 'there is history, and none was to be fetched'
exits 0 log --db laptop --json
has '"complete_since":"'

mkdir -p "$XDG_CONFIG_HOME/kartoteka"
echo 'history_mb = many' >"$XDG_CONFIG_HOME/kartoteka/karto.conf"
exits 2 status --db laptop
says 'history_mb'
printf '%s\n' '# as much as there is' 'history_days = 3650' 'history_mb = 50' >"$XDG_CONFIG_HOME/kartoteka/karto.conf"
exits 0 sync --db laptop
exits 0 log --db laptop --json
has '"complete_since":null'
has '"reason":"сайт d"'
has '{"field":"site","key":null,"old":"c.ua","new":"d.ua"}'
diff <(dots hub) <(dots laptop) >differ || fail "the laptop tells another history: $(cat differ)"
[ "$(dots laptop Верба | wc -l)" -eq 5 ] || fail 'what happened in another territory is missing'
exits 0 status --db laptop --json
has '"history":{"state":"complete","complete_since":null,"days":3650,"mb":50,"changes":'
exits 0 check --db laptop

# By pages, the newest first, across what was fetched and what came since.
exits 0 client set Тополя note=нове --db laptop
next='' pages=0 walked=''
while [ "$pages" -lt 50 ]; do
    # shellcheck disable=SC2086
    exits 0 log Тополя --db laptop --json --limit 2 ${next:+--after $next}
    walked+=$(printf '%s' "$out" | grep -o '"dot":"[^"]*"')$'\n'
    next=$(field next)
    pages=$((pages + 1))
    [ -n "$next" ] || break
done
[ "$(grep -c dot <<<"$walked")" -eq 5 ] || fail "pages of the log: $walked"
[ "$(sort -u <<<"$walked" | grep -c dot)" -eq 5 ] || fail "a page tells what another has told: $walked"

# What leaves takes its history with it.
exits 0 sync --db laptop
exits 0 client set Верба territory@1900-01-01=15 --db hub
exits 0 sync --db laptop
exits 0 log --db laptop --json
lacks "$(dots hub Верба | head -n 1)"
exits 0 check --db laptop
finish
