#!/usr/bin/env bash
# karto doctor: each thing that can be wrong is made so, and must be found, said in both languages, and be gone when it is put
# right; and it answers within ten seconds, whatever it meets.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mounted=''
after_all() { [ -z "$mounted" ] || umount "$mounted"; }

# doctor DB WORDS...: its answer as JSON is in $out. finds STATE ID [NEXT]: it has this check. quiet ID: it has it not.
doctor() {
    local db=$1
    shift
    karto doctor --json --db "$db" "$@"
    [ -z "$err" ] || fail "$last: something else was said"
    # The disk of whoever tests is encrypted or not, as it may be: volume_test.sh.
    out=$(printf '%s' "$out" | sed 's/{"id":"D-VOLUME-PLAIN",[^{}]*},//')
}
finds() {
    local found
    found=$(grep -o "{\"id\":\"$2\",[^{}]*}" <<<"$out")
    case $found in *"\"state\":\"$1\""*) ;; *) fail "$last: no $2 that is $1" ;; esac
    case $found in *'"detail":""'*) fail "$last: $2 has nothing to say" ;; esac
    case ${3+x}$found in x*"\"next\":\"${3-}\""* | '{'* | '') ;; *) fail "$last: $2 does not advise '$3'" ;; esac
    case $1$found in ok* | *'"next":"'*) ;; *) fail "$last: $2 advises nothing" ;; esac
    case $1$code in fail[!1]) fail "$last: $2 and code 0" ;; esac
}
quiet() {
    lacks "\"id\":\"$1\""
}
# Nothing fails, nothing is to be minded.
all_fine() {
    doctor "$@"
    [ "$code" -eq 0 ] || fail "$last: code $code"
    lacks '"state":"warn"'
    lacks '"state":"fail"'
}
# One run in a system that is not as it is: in_system VARIABLE=VALUE doctor ...
in_system() {
    local assignment=$1
    shift
    export "${assignment?}" LD_PRELOAD=$KARTO_SYSTEM
    "$@"
    unset LD_PRELOAD "${assignment%%=*}"
}

# ---- all is well ----
exits 0 hub init --db hub --listen "127.0.0.1:$port"
exits 0 hub invite --db hub --user oksana --role representative --territory 14 --address "localhost:$port" -o laptop.txt
start_hub hub
hub=$started
joins laptop notebook
exits 0 client add name=Мак --db laptop
exits 0 sync --db laptop
all_fine laptop
for id in D-DISK D-MEMORY D-OPEN D-CHECK D-WRITE D-KEY D-CERTIFICATE D-HUB D-CLOCK D-DAEMON D-SYNC D-PENDING; do
    finds ok $id
done
case $out in '{"schema":1,"kind":"doctor","checks":[{"id":'*']}') ;; *) fail 'the answer has another form' ;; esac
all_fine hub
finds ok D-DAEMON
finds ok D-PORT
quiet D-HUB
exits 0 init --db alone
all_fine alone
quiet D-SYNC
before=$(sha256sum laptop/data.mdb)
all_fine laptop --offline
quiet D-HUB
[ "$before" = "$(sha256sum laptop/data.mdb)" ] || fail 'it has changed the store'
exits 0 doctor --db laptop --columns id,state
has D-OPEN
exits 2 doctor --db laptop --columns nonsense
exits 0 help doctor

# ---- the store ----
doctor none
finds fail E-NO-STORE 'karto join FILE --db none'
has 'With an invitation: karto join FILE --db none'
finds ok D-DISK
exits 10 hub held --db none # at head office a backup comes before anything new
says 'With a backup: karto restore BACKUP --db none.'
mkdir -m 700 foreign
echo 'something else altogether' >foreign/data.mdb
doctor foreign
finds fail E-NOT-A-STORE
chmod 755 alone
doctor alone
finds fail E-STORE-EXPOSED 'chmod 700 alone'
finds ok D-DISK
chmod 700 alone
all_fine alone

# patch FILE AT BYTES: writes into the middle of a file
patch() {
    printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
cp -a alone newer
while IFS=: read -r at _; do
    patch newer/data.mdb $((at + 6)) '\0\0\0\2'
done < <(LC_ALL=C grep -aobP 'format\x00\x00\x00\x01' newer/data.mdb)
doctor newer
finds fail E-NEWER-FORMAT 'karto version'
cp -a alone cut
truncate -s 9000 cut/data.mdb
doctor cut
finds fail E-CORRUPT 'karto restore BACKUP --db cut'
finds ok D-DISK
exits 1 check --db cut
says 'karto restore BACKUP'
case $err in *'karto check'*) fail 'check sends to check' ;; esac

# Pages behind the first two, whatever is in them: it may crash who reads them, but not the doctor.
for seed in 1 2 3 4 5; do
    rm -rf turned
    cp -a laptop turned
    pages=$(($(stat -c %s turned/data.mdb) / 4096))
    for page in $(seq 2 $((pages - 1))); do
        patch turned/data.mdb $((page * 4096 + 16 + seed * 8)) '\xff\x3f\x77\x88\xff\xff'
    done
    doctor turned --offline
    [ "$code" -eq 1 ] || fail "$last: a damaged store passes"
    finds ok D-DISK
done

# ---- keys and certificates ----
# with_file NAME COMMAND...: the command changes that file beside the laptop's store, which is put back behind the look.
with_file() {
    cp -a laptop kept
    "${@:2}" "laptop/$1"
    doctor laptop --offline
    rm -rf laptop
    mv kept laptop
}
exits 0 hub init --db other --listen "127.0.0.1:$port"
from_other() { cp other/hub.key "$1" && chmod 600 "$1"; }
from_other_authority() { cp other/authority.crt "$1"; }
from_other_certificate() { cp other/hub.crt "$1"; }
empty() { : >"$1"; }
with_file device.key rm
finds fail D-KEY-MISSING 'karto help join'
has 'with a backup: karto restore BACKUP'
with_file device.key chmod 640
finds fail D-KEY-EXPOSED 'chmod 600 laptop/device.key'
with_file device.key empty
finds fail D-KEY-DAMAGED
with_file device.key from_other
finds fail D-KEY-OTHER
finds fail D-CERTIFICATE-OTHER
with_file device.crt rm
finds fail D-KEY-MISSING
with_file device.crt empty
finds fail D-KEY-DAMAGED
with_file device.crt from_other_certificate
finds fail D-CERTIFICATE-OTHER
finds fail D-CERTIFICATE-FOREIGN
with_file authority.crt from_other_authority
finds fail D-CERTIFICATE-FOREIGN
cp -a other sealed
rm sealed/authority.key
doctor sealed
finds fail D-KEY-MISSING 'karto restore BACKUP --db sealed'
lacks 'new invitation'
cp other/hub.key sealed/authority.key
doctor sealed
finds fail D-CERTIFICATE-OTHER
finds ok D-CERTIFICATE
rm -rf sealed
# What cannot be read by its owner, which root always can: as nobody, for whom all of it is.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
    mkdir -m 755 nobody
    cp "$KARTO" "$KARTO_SYNCD" nobody
    cp -a laptop nobody/laptop
    chown -R 65534:65534 nobody/laptop
    chmod 711 "$home"
    chmod 000 nobody/laptop/device.key
    printf '#!/bin/sh\nexec setpriv --reuid 65534 --regid 65534 --clear-groups %s "$@"\n' "$home/nobody/karto" >as_nobody
    chmod +x as_nobody
    as_root=$KARTO KARTO=$home/as_nobody
    doctor nobody/laptop --offline
    finds fail D-KEY-UNREADABLE 'ls -l nobody/laptop/device.key'
    chmod 600 nobody/laptop/device.key
    all_fine nobody/laptop --offline
    chmod 400 nobody/laptop/data.mdb
    doctor nobody/laptop --offline
    finds fail E-READ-ONLY 'ls -la nobody/laptop'
    chmod 600 nobody/laptop/data.mdb
    chown 0:0 nobody/laptop
    doctor nobody/laptop --offline
    finds fail E-READ-ONLY 'sudo -u#0 karto doctor --db nobody/laptop'
    KARTO=$as_root
else
    echo 'not as root: who may not read a file is not tried'
fi

# ---- disk and memory ----
if [ -n "${KARTO_SYSTEM-}" ]; then # a sanitizer needs more itself
    out=$(ulimit -v 8000000 && "$KARTO" doctor --json --offline --db alone) && fail 'no limit is found'
    code=1
    finds fail D-MEMORY-LIMIT 'ulimit -v unlimited'
    finds fail E-MEMORY
fi
mkdir small
if mount -t tmpfs -o size=40m,mode=700 none small 2>/dev/null; then
    mounted=$home/small
    cp -a alone small/alone
    doctor small/alone
    finds warn D-DISK-LOW 'df -h small/alone'
    [ "$code" -eq 0 ] || fail 'to be minded is not yet to be mended'
    head -c 200m /dev/zero >small/ballast 2>/dev/null
    truncate -s -1m small/ballast
    doctor small/alone
    finds fail D-DISK-FULL 'df -h small/alone'
    finds ok D-OPEN
    mount -o remount,ro small
    doctor small/alone
    finds fail D-DISK-READ-ONLY
    mount -o remount,rw,size=400m small
    all_fine small/alone
else
    echo 'nothing can be mounted: full disks are not tried'
fi

# ---- the disk of head office, which a greeting does not take for this one's ----
if [ -n "${KARTO_SYSTEM-}" ]; then
    stop "$hub"
    in_system KARTO_TEST_FULL="$home/full" start_hub hub
    hub=$started
    exits 0 client add name=Волошка --db laptop # that it has something unsent is written down there
    touch full
    doctor laptop
    finds fail E-DISK-FULL-HUB 'karto status --db laptop'
    quiet E-DISK-FULL
    has 'This computer is fine'
    rm full
    exits 0 sync --db laptop
    all_fine laptop
    stop "$hub"
    start_hub hub
    hub=$started
fi

# ---- an address where head office cannot listen ----
cannot_listen() { # CODE WORDS...
    start other "${@:2}"
    ends_with "$1" "$started"
}
cannot_listen 1
grep -q "error .* D-ADDRESS cannot listen at 127.0.0.1 port $port: another program listens there" other.log ||
    fail 'a port that is taken is not told of'
cannot_listen 1 --listen "192.0.2.1:$port"
grep -q 'D-ADDRESS cannot listen at 192.0.2.1 port .*: this machine has no such address' other.log ||
    fail 'an address that is not here is not told of'
[ "$(grep -c 'D-EXIT.* E-ADDRESS' other.log)" -eq 2 ] || fail 'it ends with another error'
start laptop --listen "127.0.0.1:$port"
ends_with 2 "$started"

# ---- the network ----
before=$SECONDS
kill -STOP "$hub"
doctor laptop
finds fail D-HUB-SILENT 'ping -c 3 localhost'
[ $((SECONDS - before)) -le 10 ] || fail 'it took longer than ten seconds'
kill -CONT "$hub"
stop "$hub"
doctor laptop
finds fail D-HUB-REFUSED
finds ok D-OPEN
doctor hub
finds fail D-DAEMON-OFF 'sudo systemctl start karto-hub'
finds ok D-PORT
exits 20 sync --db laptop
doctor laptop --offline
finds warn E-OFFLINE 'karto sync --db laptop'
[ "$code" -eq 0 ] || fail 'what went wrong before is not wrong now'
exits 0 status --db laptop --json
has '"karto doctor"'
start_hub other
doctor laptop
finds fail D-HUB-FOREIGN
doctor hub # whose place it has taken
finds fail D-PORT-TAKEN "sudo ss -ltnp sport = :$port"
doctor hub --offline
quiet D-PORT-TAKEN
stop "$started"
start_hub hub --listen "127.0.0.1:$((port + 1))"
doctor hub
finds warn D-PORT-NOBODY
stop "$started"
exits 0 hub init --db far --listen 192.0.2.1:7420
doctor far
finds fail D-PORT-ELSEWHERE
start_hub hub
hub=$started
all_fine_again() {
    exits 0 sync --db laptop
    all_fine laptop
}
all_fine_again
exits 0 status --db laptop --json
lacks 'karto doctor'

# What a hub can say that has none of it here: a karto-syncd that says it, each word of link.c among them.
mkdir stub
cp "$KARTO" stub/karto
says_of_hub() {
    printf '#!/bin/sh\nprintf "%s"\n' "$1" >stub/karto-syncd
    chmod +x stub/karto-syncd
    real=$KARTO KARTO=$home/stub/karto
    doctor laptop
    KARTO=$real
}
words=0
while read -r word; do
    case $word in never | up | revoked) continue ;; esac
    words=$((words + 1))
    says_of_hub "link $word\\\\nerr E-OFFLINE\\\\n"
    case $out in *'"id":"D-HUB-'*) ;; *) fail "the link $word is not told of" ;; esac
    [ "$code" -eq 1 ] || fail "the link $word is no failure"
done < <(sed -n 's/.*\[KARTO_LINK_[A-Z_]*\] = {"\([a-z-]*\)".*/\1/p' "$root/syncd/link.c")
[ "$words" -ge 13 ] || fail 'the words of link.c are not found'
for id in E-REVOKED E-NOT-ADMITTED E-DISK-FULL-HUB E-HUB-FAILS E-VERSION E-OLD-HUB E-HUB-BEHIND E-TIMEOUT E-PROTOCOL; do
    says_of_hub "link up\\\\nerr $id\\\\n"
    finds fail $id
done
says_of_hub 'link up\\nerr E-RECOVERING\\n'
finds warn E-RECOVERING
says_of_hub 'link up\\nok 2500 0\\n'
finds warn D-HUB-SLOW
says_of_hub 'link up\\nok 25 90000\\n'
finds ok D-HUB
finds warn D-CLOCK-OFF
says_of_hub 'link up\\nok 25 -900000000\\n'
finds fail D-CLOCK-OFF
rm stub/karto-syncd
before=$PATH real=$KARTO KARTO=$home/stub/karto PATH=/usr/bin:/bin
doctor laptop
PATH=$before KARTO=$real
finds fail D-SYNCD-MISSING

# ---- what is owed ----
exits 0 hub invite --db hub --user petro --role representative --territory 14 -o second.txt
exits 0 join second.txt --db second --name second
doctor second
finds warn D-SYNC-NEVER 'karto sync --db second'
exits 0 sync --db second
start second
within 20 test -S second/syncd.sock || fail 'the daemon of the laptop does not answer'
all_fine second
has 'karto-syncd runs'
stop "$started"
exits 0 client set Мак site=a.ua --db laptop
doctor laptop
finds ok D-PENDING
exits 0 client set Мак site=b.ua --db second
exits 0 sync --db laptop
exits 0 sync --db second
doctor second
finds warn D-CONFLICTS 'karto conflict list --db second'
doctor hub
finds warn D-CONFLICTS

# ---- another time ----
if [ -n "${KARTO_SYSTEM-}" ]; then
    exits 0 sync --db laptop
    exits 0 conflict list --db laptop --json
    exits 0 conflict resolve "$(field id)" --take 1 --db laptop
    day=$((24 * 60 * 60))
    in_system KARTO_TEST_FILE_SYSTEM=6969 doctor alone
    finds fail E-NETWORK-FS 'df -T alone'
    in_system KARTO_TEST_NO_NAME=localhost doctor laptop
    finds fail D-HUB-NAME 'getent hosts localhost'
    in_system KARTO_TEST_CLOCK=-1000000000 doctor alone
    finds fail D-CLOCK-YEAR
    in_system KARTO_TEST_CLOCK=-7200 doctor laptop --offline
    finds warn D-CLOCK-BACK
    in_system KARTO_TEST_CLOCK=7200 doctor laptop
    finds warn D-CLOCK-OFF 'sudo timedatectl set-ntp true'
    quiet D-CLOCK-BACK
    quiet D-UNSENT
    in_system KARTO_TEST_CLOCK=$((3 * day)) doctor laptop --offline
    finds warn D-UNSENT 'karto sync --db laptop'
    quiet D-SYNC-OLD
    in_system KARTO_TEST_CLOCK=$((10 * day)) doctor laptop --offline
    finds warn D-SYNC-OLD
    in_system KARTO_TEST_CLOCK=$((350 * day)) doctor laptop --offline
    finds warn D-CERTIFICATE-SOON
    in_system KARTO_TEST_CLOCK=$((400 * day)) doctor laptop
    finds fail D-CERTIFICATE-EXPIRED
    in_system KARTO_TEST_CLOCK=$((-2 * day)) doctor laptop
    finds fail D-CERTIFICATE-EARLY
    finds fail D-HUB-EARLY date
    in_system KARTO_TEST_CLOCK=$((900 * day)) doctor hub
    finds fail D-CERTIFICATE-EXPIRED
    in_system KARTO_TEST_CLOCK=0 doctor laptop
    quiet D-CLOCK-OFF
    quiet D-UNSENT
    finds ok D-CERTIFICATE
else
    echo 'a sanitizer: no other system than this one is tried'
fi

# ---- a hub that was put back ----
exits 0 backup copy --db hub
stop "$hub"
exits 0 restore copy --db hub -y
doctor hub
finds warn D-RECOVERING 'karto hub recovered --db hub'
start_hub hub
hub=$started
doctor laptop
finds warn E-RECOVERING

# ---- on a terminal: what is wrong, in the reader's language ----
if command -v script >/dev/null; then
    chmod 755 alone
    out=$(script -qc "'$KARTO' doctor --db alone --lang uk" /dev/null)
    has 'chmod 700 alone'
    has 'Решта гаразд'
    lacks D-DISK
    out=$(script -qc "'$KARTO' doctor --db alone -v --lang uk" /dev/null)
    has '[D-DISK]'
fi
finish
