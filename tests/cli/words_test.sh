#!/usr/bin/env bash
# That somebody at a terminal who reads Ukrainian reads Ukrainian everywhere, and programs never do; and that what was
# read can be typed.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# on_screen WORDS...: what karto shows on a terminal, in Ukrainian.
on_screen() {
    out=$(script -qec "KARTO_LANG=uk '$KARTO' $*" /dev/null </dev/null 2>&1)
    code=$?
    last="karto $* on a terminal"
}

exits 0 init
exits 0 client add name=Мак status=покупець
exits 0 client show Мак --json
has '"status":"customer"'
on_screen client show Мак
has "покупець"
lacks 'customer'
on_screen client list --columns name,status
has 'покупець'
exits 0 client list --columns name,status
has 'customer'
exits 0 client set Мак status=Архів
exits 0 client show Мак --json
has '"status":"archive"'
exits 7 client set Мак status=кліент
exits 0 hub init --db hub --listen 127.0.0.1:7420
on_screen hub invite --db hub --user olena --role office
has 'Запрошення'
has 'Роль'
has 'головний офіс'
has 'Діє до'
for word in invitation expires Посада; do
    lacks "$word"
done
exits 0 hub invite --db hub --user olena --role office --json
has '"role":"office","expires":"20'
finish
