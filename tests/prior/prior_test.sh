#!/usr/bin/env bash
# Stores that earlier programs have made, which people still have: prior_test.sh FOLDER. They open, for reading and for
# writing, are whole, have the lists that they had, can be edited, and a laptop's synchronises. KARTO_MEET brings laptop
# and head office together.
# shellcheck source=tests/prior/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
: "${KARTO_MEET:?meet}"
prior=${1:?the folder of an earlier program}

tar xzf "$prior/stores.tar.gz" || fail 'no stores'

# Kinds that came later have lists now, and nothing in them: what stood in the lists before must.
as_before() {
    lists "$1" >now.tsv
    [ "$(wc -l <"$prior/$1.tsv")" -gt 1 ] || fail "$prior/$1.tsv has nothing in it"
    diff "$prior/$1.tsv" <(head -n "$(wc -l <"$prior/$1.tsv")" now.tsv) >&2 || fail "the lists of $1 are others"
    lines=$(tail -n "+$(($(wc -l <"$prior/$1.tsv") + 1))" now.tsv | grep -c "^01")
    [ "$lines" -eq 0 ] || fail "$1 has more than it had"
}

# ---- for reading, where nothing can be made new ----
for store in hub device local; do
    as_before "$store"
    exits 0 client show 'Крамниця 10' --db "$store" --json
    has '"name":"Крамниця 10"'
    exits 0 status --db "$store" --json
    has '"format":1'
    exits 0 log --db "$store" --json
    has 'Крамниця'
    whole "$store"
done
exits 0 status --db device --json
lacks '"pending":{"changes":0,'

exits 0 device list --db hub --json
has '"user":"olena","role":"representative","territories":["14"],"state":"admitted"'
if [ "$(basename "$prior")" = roles ]; then
    has '"user":"ira","role":"accountant"'
    has '"user":"petro","role":"analyst","territories":[],"state":"retired"'
fi

# ---- for writing ----
for store in hub device local; do
    exits 0 client set 'Крамниця 20' note="Новий запис у $store" --db "$store"
    whole "$store"
    exits 0 find 'Новий запис' --db "$store" --json
    has 'Крамниця 20'
    exits 0 find '0671000022' --db "$store" --json
    has 'Крамниця 22'
    exits 0 undo --db "$store"
    whole "$store"
    as_before "$store"
    exits 0 client add name='Після оновлення' territory=14 --db "$store"
    exits 0 activity add 'Після оновлення' type=call text='Перший дзвінок' --db "$store"
    exits 0 client list 'Після оновлення' --db "$store" --json
    has '"name":"Після оновлення"'
    whole "$store"
done

# ---- and together ----
if [ -e hub/hub.journal ]; then
    exits 0 hub recovered --db hub -y # a head office that was unpacked elsewhere takes itself for one put back
fi
"$KARTO_MEET" hub device || fail 'head office and the laptop do not come together'
whole hub
whole device
exits 0 client show 'Чекає на дорозі' --db hub --json
exits 0 client show 'Крамниця 18' --db hub --json
has 'ще не надіслано'
exits 0 client show 'Крамниця 40' --db device --json # was entered at head office meanwhile
exits 0 log 'Крамниця 10' --db device --json
has 'з ноутбука'
lists hub | awk -F '\t' '$3 == 14' >of_hub.tsv
lists device | awk -F '\t' '$3 == 14' >of_device.tsv
diff of_hub.tsv of_device.tsv >&2 || fail 'their lists are not the same'
finish
