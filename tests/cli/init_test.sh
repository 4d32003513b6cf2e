#!/usr/bin/env bash
# A store for one person: how it begins, what it says of itself, and what is said where there is none.
# shellcheck disable=SC1091,SC2154 # lib.sh is found beside this file, and sets what is not set here
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

exits 10 status
says E-NO-STORE
says "$home/data/kartoteka"
says 'karto init'
KARTO_LANG=uk exits 10 client list
says 'ще немає картотеки'
exits 10 check --json
says '"exit":10,"id":"E-NO-STORE"'

exits 0 init --json
has "\"kind\":\"init\",\"dir\":\"$home/data/kartoteka\",\"user\":\"oksana\""
says 'karto client add'
[ "$(stat -c %a data/kartoteka)" = 700 ] || fail 'the directory can be read by others'
[ "$(stat -c %a data/kartoteka/device.key)" = 600 ] || fail 'the key can be read by others'
exits 1 init
says E-EXISTS

exits 0 status --tsv --columns role,history
exits 0 status --json
has '"kind":"status","role":"local"'
has '"user":"oksana","records":{"client":0,"person":0,"activity":0,"purchase":0}'
has '"pending":{"changes":0,"oldest":null},"refused":0,"waiting":0,"quarantined":0,"conflicts":0'
has '"sync":{"state":"never","hub":null,"last":null,"error":null'
has '"next":["karto help client add"]'
exits 0 check --json
has '"problems":[],"records":0'

mkdir -m 755 exposed
exits 1 init --db exposed
says E-STORE-EXPOSED
says 'chmod 700'
exits 0 init --db other/deep
exits 0 status --db other/deep
touch file
exits 10 status --db file
exits 2 init extra
says E-USAGE
# A directory of everybody's has no store that could be exposed; one that has, does.
mkdir -m 755 theirs
exits 10 status --db theirs
says 'Directory: theirs'
exits 10 hub invite --user x --role office --db theirs
says 'Directory: theirs'
exits 0 init --db ours -q
exits 0 status --db ours -v
says 'store: ours'
exits 0 help config
has PAGER
lacks EDITOR
chmod 755 ours
exits 1 status --db ours
says E-STORE-EXPOSED

# A store that somebody else may not look into is there: nobody is to be told to make one.
nobody='setpriv --reuid 65534 --regid 65534 --clear-groups'
chmod 700 ours
chmod 711 "$home"
if [ "$(id -u)" -eq 0 ] && $nobody test -x "$KARTO" 2>/dev/null; then
    # shellcheck disable=SC2016 # for the script
    printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$nobody" "$KARTO" >as_nobody
    chmod 700 as_nobody
    KARTO=./as_nobody exits 1 status --db "$home/ours"
    says E-READ-ONLY
    says 'sudo -u kartoteka'
fi
finish
