#!/usr/bin/env bash
# Stores that must be refused, by the command line and by the daemon, with a reason and without harm: exposed, read-only,
# truncated, garbage, of a newer version.
# shellcheck source=tests/crash/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

found whole "$(free_port)"
edit whole 1 20 || fail 'no edits'
exits 0 check --db whole --json
has '"problems":[]'

# ---- others may look into it ----
for mode in 755 710 702; do
    chmod "$mode" whole
    exits 1 status --db whole
    says E-STORE-EXPOSED
    exits 1 client add name=Ромашка territory=14 --db whole
    says E-STORE-EXPOSED
    refused_by_daemon 1 E-STORE-EXPOSED whole
done
chmod 700 whole
exits 0 status --db whole

# ---- no store at all ----
mkdir -m 700 empty
for dir in empty nowhere; do
    exits 10 status --db "$dir"
    says E-NO-STORE
    refused_by_daemon 10 E-NO-STORE "$dir"
done
touch file
exits 10 status --db file
refused_by_daemon 10 E-NO-STORE file
[ ! -e nowhere ] || fail 'a directory was made by looking for it'

# ---- read-only: tried as somebody whom permissions stop ----
as_nobody=''
owner=$(id -u)
if [ "$owner" -eq 0 ] && command -v setpriv >/dev/null; then
    as_nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
    chmod 711 "$home"
fi
if [ "$owner" -ne 0 ] || $as_nobody test -x "$KARTO" 2>/dev/null; then
    cp -r whole locked
    [ -z "$as_nobody" ] || chown -R 65534:65534 locked
    chmod 400 locked/*.mdb
    chmod 500 locked
    for words in "$KARTO client add name=Ромашка territory=14" "$KARTO_SYNCD"; do
        last="$words, read-only"
        # shellcheck disable=SC2086 # words, and perhaps none
        err=$(timeout 20 $as_nobody $words --db "$home/locked" 2>&1)
        code=$?
        [ "$code" -eq 1 ] || fail "$last: wanted 1"
        says E-READ-ONLY
    done
    chmod 700 locked
fi

# ---- shorter than it was ----
cut_to() {
    rm -rf short
    cp -r whole short
    truncate -s "$1" short/data.mdb
}
refused_short() {
    exits 1 status --db short
    says E-CORRUPT
    refused_by_daemon 1 E-CORRUPT short
    [ "$(stat -c %s short/data.mdb)" -eq "$1" ] || fail "a file of $1 bytes was written to"
}
size=$(stat -c %s whole/data.mdb)
for keep in 0 1 4095 4096 8192 $((size / 2)); do
    cut_to "$keep"
    refused_short "$keep"
done
# Pages at the very end may be free, and are not missed: the last one in use is.
for free in $(seq 16); do
    keep=$((size - free * 4096))
    cut_to "$keep"
    karto check --db short --json
    [ "$code" -eq 0 ] || break
    has '"problems":[]'
done
cut_to "$keep"
refused_short "$keep"

# ---- something else altogether ----
rm -rf other
cp -r whole other
head -c 100000 /dev/zero | tr '\0' 'k' >other/data.mdb
exits 10 status --db other
says E-NOT-A-STORE
refused_by_daemon 10 E-NOT-A-STORE other
exits 10 init --db other
[ "$(tr -d k <other/data.mdb | wc -c)" -eq 0 ] || fail 'a foreign file was written to'

# ---- damaged in the middle: said, not crashed on ----
for page in 2 3 5 8 13 21; do
    rm -rf hurt
    cp -r whole hurt
    head -c 4096 /dev/zero | tr '\0' '\377' | dd of=hurt/data.mdb bs=4096 seek="$page" conv=notrunc status=none
    karto check --db hurt
    [ "$code" -lt 128 ] || fail "page $page damaged: karto check ended by a signal"
    err=$(timeout 5 "$KARTO_SYNCD" --db hurt 2>&1)
    code=$?
    [ "$code" -lt 128 ] || fail "page $page damaged: the daemon ended by a signal"
done

# ---- a few bytes, anywhere: LMDB may follow them into memory that is not there ----
for i in $(seq 1 60); do
    rm -rf hurt
    cp -r whole hurt
    printf '\377\177\003' | dd of=hurt/data.mdb bs=1 seek=$(((i * 104729) % size)) conv=notrunc status=none
    for words in check 'client list' "client add name=Ромашка$i territory=14"; do
        # shellcheck disable=SC2086 # words
        karto $words --db hurt
        [ "$code" -lt 128 ] || fail "damage $i: karto $words ended by a signal"
    done
done

# ---- of a newer version ----
cp -r whole newer
"$KARTO_HARM" format newer 2 || fail 'no newer format'
exits 1 status --db newer
says E-NEWER-FORMAT
exits 1 client add name=Ромашка territory=14 --db newer
says E-NEWER-FORMAT
refused_by_daemon 1 E-NEWER-FORMAT newer

exits 0 check --db whole --json
has '"problems":[]'
finish
