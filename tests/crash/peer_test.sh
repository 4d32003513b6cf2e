#!/usr/bin/env bash
# Whom hub and devices turn away, and that everybody else goes on: no TLS, no certificate, another authority's,
# invitations that are damaged, used or expired, a second daemon on the same store; and how a daemon ends.
# shellcheck source=tests/crash/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

port=$(free_port)
found hub "$port"
edit hub 1 10
start_hub hub
hub=$started
invite hub olena olena.txt
exits 0 join olena.txt --db olena
exits 0 sync --db olena --json
has '"kind":"sync"'
agrees olena hub || fail 'the device has not what the hub has'

# ---- invitations ----
turned_away() {
    exits 12 join "$1" --db "$2"
    says E-INVITATION
    exits 10 status --db "$2"
}
turned_away olena.txt petro # used
text=$(cat olena.txt)
printf '%s\n' "${text%?????}" >cut.txt
printf '%s0\n' "$text" >long.txt
printf 'karto1://127.0.0.1:%s/%064d/%032d\n' "$port" 0 0 >made_up.txt
printf '\n' >blank.txt
head -c 100000 /dev/zero >zeros.txt
for file in cut.txt long.txt blank.txt; do
    turned_away "$file" petro
done
karto join zeros.txt --db petro
if [ "$code" -eq 0 ] || [ "$code" -ge 128 ]; then
    fail 'an invitation of zeros'
fi
exits 12 join made_up.txt --db petro
exits 10 status --db petro
last=${text: -1}
[ "$last" = 0 ] && other=1 || other=0
printf '%s%s\n' "${text%?}" "$other" >guess.txt
turned_away guess.txt petro
invite hub petro late.txt
"$KARTO_HARM" expire hub late.txt || fail 'not expired'
turned_away late.txt petro
invite hub petro petro.txt
exits 0 join petro.txt --db petro # after all that
exits 2 join petro.txt --db petro
says E-STORE-ROLE

# ---- bytes that are no TLS ----
for garbage in 'GET / HTTP/1.1\r\n\r\n' '\0SP\0\0\060\0\0' '\026\003\001\377\377garbage' ''; do
    (exec 3<>"/dev/tcp/127.0.0.1/$port" && printf '%b' "$garbage" >&3) 2>/dev/null
done
for _ in $(seq 50); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port" && head -c 2000 /dev/urandom >&3) 2>/dev/null
done
exits 0 sync --db olena

# ---- TLS without a certificate, and with that of another authority ----
other_port=$((port + 1))
found other "$other_port"
start_hub other
other=$started
invite other maria maria.txt
exits 0 join maria.txt --db maria
exits 0 sync --db maria
if command -v openssl >/dev/null; then
    err=$(sleep 2 | timeout 20 openssl s_client -connect "127.0.0.1:$port" -tls1_3 2>&1)
    case $err in *'alert'*) ;; *) fail 'no certificate: not turned away' ;; esac
    err=$(sleep 2 | timeout 20 openssl s_client -connect "127.0.0.1:$port" -tls1_3 -cert maria/device.crt -key maria/device.key 2>&1)
    case $err in *'alert'*) ;; *) fail 'a foreign certificate: not turned away' ;; esac
    err=$(sleep 2 | timeout 20 openssl s_client -connect "127.0.0.1:$port" -tls1_2 -cert olena/device.crt -key olena/device.key 2>&1)
    case $err in *'alert protocol version'*) ;; *) fail 'TLS 1.2: not turned away' ;; esac
fi
stop "$other"

# A device that finds another organisation's hub at the place of its own tells it nothing.
edit maria 2 3
stop "$hub"
start_hub hub --listen "127.0.0.1:$other_port"
exits 12 sync --db maria
says E-CERTIFICATE
karto status --db maria --json
lacks '"pending":{"changes":0,'
stop "$started"
exits 20 sync --db maria
says E-OFFLINE
start_hub other
other=$started
exits 0 sync --db maria
agrees maria other || fail 'its own hub did not get what was kept'
stop "$other"

# ---- one daemon for a store ----
start_hub hub
hub=$started
refused_by_daemon 11 E-BUSY hub
start olena
device=$started
within 20 test -S olena/syncd.sock || fail 'the daemon of the device does not answer'
refused_by_daemon 11 E-BUSY olena
timeout 20 "$KARTO_SYNCD" --db olena --once | grep -q 'err E-BUSY' || fail 'two synchronise at once'
synced() {
    [ "$(grep -c D-SYNCED olena.log)" -gt "$1" ]
}
within 20 synced 0 || fail 'the daemon of the device does not synchronise'
before=$(grep -c D-SYNCED olena.log)
exits 0 sync --db olena --json # by the daemon that runs
synced "$before" || fail 'karto sync did not use the daemon'

# ---- and how it ends ----
edit hub 3 5
within 20 agrees olena hub || fail 'what was made at head office did not come by itself'
stop "$hub" # with a request of the device parked
grep -q E-TIMEOUT olena.log && fail 'the parked request was not answered'
exits 20 sync --db olena
start_hub hub
hub=$started
edit hub 4 5
within 60 agrees olena hub || fail 'the device did not come back to the hub'
stop "$device"
[ ! -S olena/syncd.sock ] || exits 0 sync --db olena
stop "$hub"
for store in hub olena petro maria other; do
    exits 0 check --db "$store" --json
    has '"problems":[]'
done
finish
