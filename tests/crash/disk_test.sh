#!/usr/bin/env bash
# A full disk under each part in turn: the error says so, nothing that was acknowledged is lost, and all goes on once
# there is room. Needs to mount a small file system; skipped (77) where that is not allowed.
# shellcheck source=tests/crash/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

mkdir small
mount -t tmpfs -o size=8m,mode=700 none small 2>/dev/null || exit 77
mounts=$home/small

fill() {
    head -c 100m /dev/zero >"small/filler" 2>/dev/null
}
make_room() {
    rm -f small/filler
}
whole() {
    exits 0 check --db "$1" --json
    has '"problems":[]'
}

# ---- making a store ----
port=$(free_port)
fill
exits 1 init --db small/alone
says E-DISK-FULL
exits 1 hub init --db small/hub --listen "127.0.0.1:$port"
says E-DISK-FULL
make_room
exits 0 init --db small/alone
whole small/alone

# ---- entering a table ----
{
    echo 'name,territory,note'
    note=$(head -c 2500 /dev/zero | tr '\0' 'n')
    for i in $(seq 5000); do
        echo "Клієнт $i,14,$note"
    done
} >table.csv
karto import table.csv --kind client --match - --db small/alone
[ "$code" -eq 1 ] || fail "$last: wanted 1"
says E-DISK-FULL
whole small/alone
kept=$(printf '%s' "$out" | sed -n 's/.*"records":\([0-9]*\).*/\1/p')
mount -o remount,size=200m small
exits 0 import table.csv --kind client --db small/alone --match name
whole small/alone
printf '%s' "$out" | grep -q '"records":5000' || fail 'not each row once'
[ "$kept" -le 5000 ] || fail 'more than there was'
rm -r small/alone
mount -o remount,size=8m small

# ---- the store of head office ----
found small/hub "$port" # where it did not fit before
start_hub small/hub
hub=$started
invite small/hub olena olena.txt
exits 0 join olena.txt --db olena
exits 0 sync --db olena
edit olena 1 40 || fail 'no edits'
fill
exits 1 sync --db olena
says E-DISK-FULL
kill -0 "$hub" || fail 'the hub ended'
karto status --db olena --json
has '"pending":{"changes":'
make_room
exits 0 sync --db olena
agrees olena small/hub || fail 'the hub lacks something'

# ---- joining, and the first synchronisation ----
edit small/hub 2 40 || fail 'no edits'
stop "$hub"
mv small/hub roomy # the device has the small disk to itself
exits 0 hub recovered --db roomy -y # carried to another disk: a copy, and nothing is missing from it
invite roomy petro petro.txt # those of before are withdrawn
head -n 400 table.csv >part.csv # a megabyte
exits 0 import part.csv --kind client --db roomy --match -
start_hub roomy
hub=$started
fill
exits 1 join petro.txt --db small/petro
says E-DISK-FULL
make_room
exits 0 join petro.txt --db small/petro
fill
for _ in 1 2; do # no room, and then too little
    exits 1 sync --db small/petro
    says E-DISK-FULL
    whole small/petro
    truncate -s -200k small/filler
done
make_room
exits 0 sync --db small/petro
agrees small/petro roomy || fail 'the device lacks something'

# ---- a person's edits ----
fill
karto client add name=Ромашка territory=14 --db small/petro
for i in $(seq 2000); do # what is free inside of the file is used first
    [ "$code" -eq 0 ] || break
    karto client add "name=Ромашка $i" territory=14 "note=$(printf '%060000d' 0)" --db small/petro
done
[ "$code" -eq 1 ] || fail 'the disk never was full'
says E-DISK-FULL
whole small/petro
make_room
mount -o remount,size=24m small # the store itself may fill nearly all of the 8
exits 0 client add name=Волошка territory=14 --db small/petro
exits 0 sync --db small/petro
agrees small/petro roomy || fail 'the hub lacks an edit'
stop "$hub"
whole roomy
whole small/petro
finish
