#!/usr/bin/env bash
# Makes the stores of one program for prior_test.sh: KARTO=... KARTO_SYNCD=... make.sh FOLDER. Head office, a laptop that
# has something to send and something to fetch, and somebody's own store, all of made-up clients; and what their lists
# are. README.md says which program made which FOLDER. What a program did not have yet is left out.
# shellcheck source=tests/prior/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
into=${1:?the folder that gets them: a path from the root}

knows() {
    "$KARTO" help "$@" >/dev/null 2>&1
}

# table FIRST LAST: clients of two territories, with what is kept of clients.
table() {
    echo 'external_id,name,territory,phone,email,tag,note'
    for i in $(seq "$1" "$2"); do
        echo "K$i,Крамниця $i,$((14 + i % 2)),+38067$((1000000 + i)),k$i@example.com,роздріб;група $((i % 4)),Дзвонити о $((8 + i % 10)) годині"
    done
}
table 1 30 >first.csv
table 31 40 >second.csv

exits 0 init --db local
exits 0 import first.csv --kind client --match external_id --db local
exits 0 client set 'Крамниця 7' note='Мала кава, великий борг' phone+=+380501112233 --db local
exits 0 client hide 'Крамниця 8' --reason 'закрилася' --db local

port=$(free_port)
exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
exits 0 import first.csv --kind client --match external_id --db hub
exits 0 hub invite --db hub --user olena --role representative --territory 14 -o device.txt
start_hub hub
hub=$started
exits 0 join device.txt --db device
exits 0 sync --db device
exits 0 client set 'Крамниця 10' note='з ноутбука' --db device
exits 0 sync --db device
if knows purchase add; then
    exits 0 person add 'Крамниця 10' name='Марія Коваль' --db device
    exits 0 activity add 'Крамниця 10' type=call text='Запитала про ціни' date=2026-11-20 --db device
    exits 0 purchase add 'Крамниця 10' number=77 date=2026-11-21 total=1250.50 --db device
    exits 0 sync --db device
fi
# both write without knowing of each other, and one client leaves the laptop
exits 0 client set 'Крамниця 12' note='з контори' --db hub
exits 0 client set 'Крамниця 12' note='з дороги' --db device
exits 0 client set 'Крамниця 14' territory=15 --db hub
exits 0 sync --db device
if knows undo; then
    exits 0 client set 'Крамниця 16' note='помилка' --db hub
    exits 0 undo --db hub
fi
if knows device retire; then
    exits 0 hub invite --db hub --user ira --role accountant -o books.txt
    exits 0 join books.txt --db books --unencrypted
    exits 0 sync --db books
    exits 0 hub invite --db hub --user petro --role analyst -o analyst.txt
    exits 0 join analyst.txt --db analyst --unencrypted
    exits 0 sync --db analyst
    exits 0 device retire petro --db hub -y
    exits 0 device list --db hub --json
    has '"role":"accountant"'
    has '"state":"retired"'
fi
# what is still to be exchanged
exits 0 import second.csv --kind client --match external_id --db hub
exits 0 client add name='Чекає на дорозі' territory=14 --db device
exits 0 client set 'Крамниця 18' note='ще не надіслано' tag+=терміново --db device
stop "$hub"

mkdir -p "$into"
for store in hub device local; do
    whole "$store"
    lists "$store" >"$into/$store.tsv"
    rm -f "$store"/lock.mdb "$store"/*.sock "$store"/*.lock
done
tar --sort=name --owner=0 --group=0 --numeric-owner -cf - hub device local | gzip -9n >"$into/stores.tar.gz"
finish
