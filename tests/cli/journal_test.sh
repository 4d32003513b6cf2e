#!/usr/bin/env bash
# The logs of head office and of laptops, which go through synchronisations, conflicts, refusals, errors and damage with clients
# whose data is marked: every line has level, time and id as docs/SYNCD.md has them, and none has anything of a client.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# Everything that is a client's here, as typed or as kept, in small letters.
marks=(зоряниця zorianytsia 38067123 0671234599 14360570 ua2130 дзвіночок барвінок кульбаба 'ромен' a-17-9931
    гостинець 'хутро' околиця '@квітка' kvitka)
logs=()

# logged LOG LEVEL ID: it has come to this.
logged() {
    grep -q "^<[0-7]>$2 [^ ]* $3 " "$1.log" || fail "$1.log has no $2 $3"
}
# A laptop's daemon, until it has synchronised once more: run DEVICE
run() {
    local before
    touch "$1.log"
    before=$(grep -c -e D-SYNCED -e D-FAILED "$1.log")
    start "$1"
    device=$started
    within 20 synced_since "$1" "$before" || fail "$1 does not synchronise"
}
synced_since() {
    [ "$(grep -c -e D-SYNCED -e D-FAILED "$1.log")" -gt "$2" ]
}

exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Квітка
for name in first second; do
    exits 0 hub invite --db hub --user $name --role representative --territory околиця -o $name.txt
done
start_hub hub
hub=$started
joins first Барвінок
joins second Кульбаба

# ---- work ----
exits 0 client add name='ТОВ «Зоряниця»' edrpou=14360570 phone=0671234599 email=zorianytsia@kvitka.ua \
    iban=UA213223130000026007233566001 note='дзвіночок на дверях' address.street=Хутро tag=гостинець --db first
id=$(sed -n 's/^records\t\([0-9a-f]*\).*/\1/p' <<<"$out")
[ ${#id} -eq 32 ] || fail 'there is no id'
marks+=("$id" "${id:24}")
exits 0 person add 14360570 name='Ромен Дзвіночок' phone=0671234599 --db first
exits 0 purchase add 14360570 number=A-17-9931 lines.1='гостинець; 2; 35.50 UAH' --db first
run first
logged first info D-SYNCED
stop "$device"
exits 0 sync --db second
exits 0 client set 14360570 site=first.kvitka.ua --db first
exits 0 client set 14360570 site=second.kvitka.ua --db second
exits 0 client set 14360570 note='барвінок' --db first
run first
stop "$device"
run second
exits 5 conflict list --fail-if-any --db second
stop "$device"
run first
stop "$device"

# ---- what is refused: a client that has been elsewhere for longer than is waited for ----
if [ -n "${KARTO_SYSTEM-}" ]; then
    exits 0 client set 14360570 territory=хутро --db hub
    stop "$hub"
    export LD_PRELOAD=$KARTO_SYSTEM KARTO_TEST_CLOCK=$((40 * 24 * 60 * 60))
    start_hub hub
    hub=$started
    exits 0 person add 14360570 name=Барвінок --db first
    exits 0 client set 14360570 note='кульбаба' --db first
    run first
    grep -q 'D-SYNCED .* [1-9][0-9]* refused' first.log || fail 'nothing is refused'
    exits 0 doctor --json --offline --db first
    has '"id":"D-REFUSED","area":"sync","state":"warn"'
    stop "$device"
    stop "$hub"
    unset LD_PRELOAD KARTO_TEST_CLOCK
    start_hub hub
    hub=$started
else
    echo 'a sanitizer: refusals are not tried'
fi

# ---- errors ----
exits 12 join - --db third <<<'karto1://зоряниця'
exits 0 client add name='Зоряниця друга' note=гостинець --db second
stop "$hub"
run second
logged second warning D-FAILED
stop "$device"
cp -a second copied
start_hub hub
hub=$started
run copied
logged copied warning D-COPIED
stop "$device"
exits 0 hub init --db other --listen "127.0.0.1:$port"
stop "$hub"
start_hub other
run second
logged second warning D-FAILED
stop "$device"
stop "$started" 2>/dev/null
truncate -s 9000 copied/data.mdb
start copied
ends_with 1 "$started"
logged copied error D-EXIT

# ---- what was said ----
for store in hub other first second copied; do
    logs+=("$store.log")
done
lines=$(cat "${logs[@]}" | wc -l)
[ "$lines" -ge 10 ] || fail "only $lines lines were logged"
while read -r line; do
    if [[ $line =~ ^\<[0-7]\>(error|warning|info|debug)\ [0-9T:.-]+Z\ (D-[A-Z-]+)\  ]]; then
        grep -qF "| \`${BASH_REMATCH[2]}\` | \`${BASH_REMATCH[1]}\` |" "$root/docs/SYNCD.md" ||
            fail "docs/SYNCD.md does not know: $line"
    else
        fail "no level, time and id: $line"
    fi
done < <(cat "${logs[@]}")
# The marks are in the stores, so that they could have been said.
for mark in зоряниця zorianytsia "${id:24}"; do
    "$KARTO" client list --db hub 2>/dev/null | cat - <("$KARTO" export --db hub 2>/dev/null) | grep -qiF "$mark" ||
        fail "the mark $mark is nowhere"
done
for mark in "${marks[@]}"; do
    grep -iF -e "$mark" "${logs[@]}" >&2 && fail "the log has '$mark'"
done
finish
