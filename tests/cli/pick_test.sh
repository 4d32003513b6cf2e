#!/usr/bin/env bash
# Which client is meant: every way of naming one counts alike, and where they name different ones nobody guesses.
# shellcheck disable=SC1091,SC2154 # lib.sh is found beside this file, and sets what is not set here
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
exits 0 init -q

add() {
    exits 0 client add "$@" --json
    id=$(printf '%s' "$out" | sed -n 's/.*"records":\["\([0-9a-f]*\)".*/\1/p')
}
shows() {
    exits 0 client show "$2" --tsv
    has $'name\t'"$1"
}

# Digits in a code or a name make no phone of it.
add name=Перший external_id=EXT-1
add name=Другий phone=1
add name='Кафе 24' phone=24
add name='Школа 24' phone=0441112233
shows Перший EXT-1
shows 'Школа 24' 'школа 24'
shows 'Школа 24' '(044) 111-22-33'
shows 'Школа 24' $'044\u00a0111 22 33'
exits 0 client set EXT-1 tag+=c
exits 0 client show Перший --json
has '"tag":["c"]'
exits 4 client show 1
exits 0 export EXT-1
has Перший
lacks Другий
exits 0 client list EXT-1 --tsv --columns name
[ "$out" = $'name\nПерший' ] || fail 'only one has this code'

# One text, four clients: all are told, each with what fits.
add name=Код edrpou=14360570
whole=$id
add name=14360570
add name=Облік external_id=14360570
add name=Дзвінок phone=14360570
exits 4 client show 14360570 --json
says '"id":"E-AMBIGUOUS"'
says 'fits 4 clients'
for match in edrpou name external_id phone; do
    says "\"match\":\"$match\""
done
exits 4 client set 14360570 note=x
says ' · EDRPOU'
says ' · External id'
exits 0 client show "$whole" --tsv
lacks note
shows Код "${whole: -8}"

# A short id that is somebody else's name: then the whole id, which always names one.
exits 0 client add name="${whole: -8}" external_id="$whole"
exits 4 client show "${whole: -8}" --json
says "\"value\":\"$whole\",\"text\":\"Код, 14360570\",\"match\":\"short\""
shows Код "$whole"

# One client in several ways is one client.
add name=0501234567 phone=0501234567 external_id=0501234567
shows 0501234567 0501234567
finish
