#!/usr/bin/env bash
# Lists of clients: order, pages, words, columns.
# shellcheck disable=SC1091,SC2154 # lib.sh is found beside this file, and sets what is not set here
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
exits 0 init -q

exits 0 client list --json
has '"kind":"find","query":"","read_as":null,"items":[],"next":null'
exits 0 client add name='Ґанок 10' address.city=Львів credit_limit=5 -q
exits 0 client add name='Ґанок 2' address.city=Київ address.street='вул. Зелена' credit_limit=20 -q
exits 0 client add name="м'ята" phone=0501234567 -q
exits 0 client add name='Яблуко' external_id=A-7 credit_limit=-3 attr.площа=120 -q
exits 0 client add name='Вишня' address.city=Львів -q

names() {
    karto client list --tsv --columns name "$@"
    printf '%s' "$out" | tail -n +2 | tr '\n' '|'
}
is() {
    local got
    got=$(names "${@:2}")
    [ "$got" = "$1" ] || fail "client list ${*:2}: $got"
}

is "Вишня|Ґанок 2|Ґанок 10|м'ята|Яблуко"
is "Яблуко|м'ята|Ґанок 10|Ґанок 2|Вишня" --sort -name
is "Яблуко|Ґанок 10|Ґанок 2" --sort credit_limit --limit 3
is "Ґанок 2|Ґанок 10|Яблуко" --sort -credit_limit --limit 3
is "Ґанок 2|Вишня|Ґанок 10" --sort city --limit 3
is "Ґанок 10" ґанок львів
is "Ґанок 2" зелен
is "м'ята" мʼята
is "м'ята" "+38 (050) 123-45-67"
is "Яблуко" A-7
is "" нічого

# Pages meet without a gap, in either order.
for order in name -name credit_limit -credit_limit city id -id short conflicts -hidden; do
    all='' after=()
    for _ in 1 2 3; do
        exits 0 client list --json --sort "$order" --limit 2 "${after[@]}"
        all+=$(printf '%s' "$out" | grep -o '"name":"[^"]*"' | sed 's/"name":"//; s/"$/|/' | tr -d '\n')
        after=(--after "$(field next)")
    done
    [ "$all" = "$(names --sort "$order")|" ] || fail "pages by $order: $all"
done
has '"next":null'

exits 0 client list --tsv --columns 'short,address.street,attr.площа,phone' --sort -name --limit 1
has $'short\taddress.street\tattr.площа\tphone\n'
has $'\t\t120\t'
says 'There is more: --after '
exits 2 client list --columns nam
says 'The usual columns: short, name, edrpou, '
[ ${#err} -lt 250 ] || fail 'too much to read'
says 'Did you mean name?'
exits 2 client list --sort nme
says 'Did you mean name?'
exits 2 client list --after zz
exits 2 client list --limit 0
exits 2 client list $'\xff'
finish
