#!/usr/bin/env bash
# The log: what was changed, from what to what, by whom and why; and that it can be asked for less.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

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
exits 2 log --since вчора
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
finish
