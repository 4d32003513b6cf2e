#!/usr/bin/env bash
# Each command on a disk with no page left, then with one, two, ..., until it gets through: every refusal says whose disk
# is full and what to do, leaves the store whole and readable, and loses nothing; daemons go on. Needs to mount a small
# file system; skipped (77) where that is not allowed.
# shellcheck source=tests/crash/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly page=4096
readonly ours='The disk of this computer is full' theirs='The disk of head office is full'

mkdir small
mount -t tmpfs -o size=8m,mode=700 none small 2>/dev/null || exit 77
mounts=$home/small

# The filler takes what is free. Of what a refused command has left in the store's own file nothing is counted as free
# again: the filler gives up one page after each refusal, so no amount of room is left out.
fill() {
    local size
    size=$(stat -c %s small/filler 2>/dev/null) || size=0
    fallocate -l $((size + $(stat -f -c %a small) * page)) small/filler || fail 'the disk cannot be filled'
}
one_page_more() {
    [ -s small/filler ] && truncate -s "-$page" small/filler
}
make_room() {
    rm -f small/filler
}

# every_page SAYS AFTER WORDS...: karto with these words, which is refused by saying that; AFTER is looked at each time.
# A command that can be said again and again is, $again times, until it has used up what was free inside of the store.
again=0
every_page() {
    local says=$1 after=$2 before=$failures left=$again
    shift 2
    pages=0
    fill
    while [ "$failures" -eq "$before" ]; do # one page that fails tells enough
        karto "$@"
        if [ "$code" -eq 0 ]; then
            if [ "$pages" -gt 0 ] || [ "$left" -eq 0 ]; then
                break
            fi
            left=$((left - 1))
            continue
        fi
        [ "$code" -eq 1 ] || fail "$last, $pages pages: wanted 1"
        says "$says"
        says E-DISK-FULL
        says ree # "Free some space", "to free some space"
        $after
        one_page_more || fail "$last: refused on a disk that has room"
        pages=$((pages + 1))
    done
    [ "$pages" -gt 0 ] || fail "$last: the disk never was full"
    printf '%3d s %4d pages: %.60s\n' "$SECONDS" "$pages" "$*"
    make_room
}

# ---- what must be so after a refusal ----
whole() {
    exits 0 check --db "$1" --json
    has '"problems":[]'
}
# A store whose clients are known: whole, and all that reads works.
sound() {
    whole "$1"
    exits 0 client list "$known" --db "$1" --json
    has "$known"
    exits 0 find "$known" --db "$1" --json
    has "$known"
    exits 0 status --db "$1" --json
}
nothing_there() {
    exits 10 status --db "$new"
}
alone_is_sound() {
    sound small/alone
}
hub_and_no_laptop() {
    hub_is_sound
    nothing_there
}
hub_and_laptop() {
    hub_is_sound
    sound olena
    lacks '"pending":{"changes":0'
}

# ---- a store, and who works alone ----
port=$(free_port)
note=$(printf '%020000d' 0)

new=small/alone
every_page "$ours" nothing_there init --db small/alone
new=small/office
every_page "$ours" nothing_there hub init --db small/office --listen "127.0.0.1:$port" --name Romashka
exits 0 hub invite --db small/office --user olena --role representative --territory 14
rm -r small/office

known=Ромашка
exits 0 client add name=$known territory=14 --db small/alone --json
client=$(printf '%s' "$out" | sed -n 's/.*"records":\["\([0-9a-f]*\)".*/\1/p')
every_page "$ours" alone_is_sound client add name=Волошка territory=14 "note=$note" --db small/alone
every_page "$ours" alone_is_sound client set "$client" "note=$note" --db small/alone
exits 0 client show "$client" --db small/alone --json
has "$note"

# ---- backups, of the full disk and onto it ----
fill
exits 0 backup copy --db small/alone # what is read from it needs no room
make_room
whole copy
new=small/copy
every_page 'The disk is too full for the backup' nothing_there backup small/copy --db small/alone
whole small/copy
rm -r small/copy
new=small/again
every_page 'The disk is too full to restore' nothing_there restore copy --db small/again
sound small/again
rm -r small/again

# ---- a table, and taking it back ----
{
    echo 'name,territory,note'
    for i in $(seq 200); do
        echo "Клієнт $i,14,стоїть біля дороги $i"
    done
} >table.csv
every_page "$ours" alone_is_sound import table.csv --kind client --match name --db small/alone --json
exits 0 import table.csv --kind client --match name --db small/alone --json # all is there, each row once
has '"added":0,"updated":0,"same":200'
exits 0 undo --list --db small/alone --json
import=$(printf '%s' "$out" | sed -n 's/.*"undo":"\([0-9a-f]*\)"[^}]*"via":"import".*/\1/p')
every_page "$ours" alone_is_sound undo "$import" --db small/alone
exits 0 client list name=Клієнт --db small/alone --json
has '"items":[]'

rm -r small/alone

# ---- a laptop: joining, the first synchronisation, what happened before ----
found roomy "$port"
edit roomy 1 12 || fail 'no edits'
exits 0 client add name=$known territory=14 --db roomy
head -n 40 table.csv >part.csv
exits 0 import part.csv --kind client --match name --db roomy
start_hub roomy
office=$started
invite roomy petro petro.txt
new=small/petro
every_page "$ours" nothing_there join petro.txt --db small/petro
petro_is_whole() {
    whole small/petro
    exits 0 client list --db small/petro
    exits 0 status --db small/petro
}
KARTO_HISTORY_DAYS=0 every_page "$ours" petro_is_whole sync --db small/petro
agrees small/petro roomy || fail 'the laptop lacks something'
petro_agrees() {
    petro_is_whole
    agrees small/petro roomy || fail 'the laptop lacks something'
}
every_page "$ours" petro_agrees sync --db small/petro
exits 0 status --db small/petro --json
has '"history":{"state":"complete"'

# ---- a laptop's own daemon ----
petro_is_sound() {
    sound small/petro
    kill -0 "$daemon" || fail 'the daemon ended'
}
start small/petro
daemon=$started
within 20 test -S small/petro/syncd.sock || fail 'no daemon'
fill
exits 0 client add name=Незабудка territory=14 "note=$note" --db roomy
every_page "$ours" petro_is_sound sync --db small/petro
agrees small/petro roomy || fail 'the laptop lacks something'
stop "$daemon"
stop "$office"
rm -r small/petro

# ---- head office ----
found small/hub "$port"
exits 0 client add name=$known territory=14 --db small/hub
invite small/hub olena olena.txt
start_hub small/hub
office=$started
hub_is_sound() {
    sound small/hub
    kill -0 "$office" || fail 'the daemon of head office ended'
}
again=500
every_page "$ours" hub_is_sound hub invite --db small/hub --user ivan --role representative --territory 14 -o ivan.txt -y
again=0
new=olena
every_page "$theirs" hub_and_no_laptop join olena.txt --db olena
exits 0 sync --db olena
edit olena 2 20 || fail 'no edits'
every_page "$theirs" hub_and_laptop sync --db olena
agrees olena small/hub || fail 'head office lacks something'
stop "$office"
whole small/hub
finish
