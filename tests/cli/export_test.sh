#!/usr/bin/env bash
# Parts of an export: columns, so many records, the next ones, tabs; and that -n writes no file.
# shellcheck disable=SC1091,SC2154 # lib.sh is found beside this file, and sets what is not set here
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
exits 0 init -q
for name in Ромашка Мак Клен; do
    exits 0 client add name="$name" edrpou=14360570 attr.площа=120 -q
done
exits 0 purchase add Мак number=17 lines.1='молоко; 20; 35.50' -q

exits 0 export --columns name,attr.площа,edrpou
[ "$out" = $'name,attr.площа,edrpou\r\nРомашка,120,14360570\r\nМак,120,14360570\r\nКлен,120,14360570\r' ] ||
    [ "$out" = $'name,attr.площа,edrpou\nРомашка,120,14360570\nМак,120,14360570\nКлен,120,14360570' ] || fail 'columns'
exits 2 export --columns nmae
says 'Did you mean name?'
exits 0 export --kind purchase --columns number
lacks lines
exits 0 export --kind purchase --columns number,lines
has 'number,lines.key,lines.product'
exits 0 export --tsv --columns name,edrpou
has $'Мак\t14360570'

exits 0 export --limit 2 --columns name
has Мак
lacks Клен
says 'There is more: --after '
after=${err##* }
exits 0 export --limit 2 --columns name --after "$after"
has Клен
lacks Мак
[ -z "$err" ] || fail 'there is no more'
exits 0 export --limit 1 --json
has '"next":"0'
exits 0 export --json
has '"next":null'
exits 2 export --after x
exits 2 export --sort name
exits 0 export --sort id

exits 0 export -o clients.csv -n
says '3 rows would be written: clients.csv'
says 'only a trial'
[ ! -e clients.csv ] || fail 'a file was written'
exits 0 export -o clients.csv --limit 1
exits 1 export -o clients.csv -n
finish
