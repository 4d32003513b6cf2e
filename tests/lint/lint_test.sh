#!/usr/bin/env bash
# The other scripts of this folder find what they are for: each gets a small tree with one fault, and must name it.
set -euo pipefail
lint=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# A tree without a fault.
plant() {
    rm -rf "${tree:?}"/*
    mkdir -p "$tree"/{core/{base,model,store},proto,syncd,client,tools,tests/unit}
    cp "$lint/../../.clang-format" "$tree"
    echo '#include <stdint.h>' | tee "$tree"/{core/{base,model,store},proto,syncd,client,tools,tests}/a.h >/dev/null
    printf '#!/usr/bin/env bash\necho fine\n' >"$tree/tools/fine"
    chmod +x "$tree/tools/fine"
}

# put FILE LINE: one more line at the end of a file.
put() {
    mkdir -p "$(dirname "$tree/$1")"
    printf '%s\n' "$2" >>"$tree/$1"
}

# says STATUS SCRIPT TEXT: the script ends so, and its output (in $output) holds TEXT.
says() {
    local status=0
    output=$("$lint/$2" "$tree" 2>&1) || status=$?
    if [ "$status" -ne "$1" ] || [[ $output != *"$3"* ]]; then
        printf '%s ended with %d, not %d with "%s":\n%s\n' "$2" "$status" "$1" "$3" "$output" >&2
        exit 1
    fi
}

plant
says 0 layers.sh ' 0 breaches'
says 0 words.sh ''
says 0 shell.sh ' 1 scripts'

# The arrows: every pair of folders, in a tree of those that are allowed, then in one of all others.
declare -A sees=(
    [core/base]='core/base'
    [core/model]='core/base core/model'
    [core/store]='core/base core/model core/store'
    [proto]='core/base core/model proto'
    [syncd]='core/base core/model core/store proto syncd'
    [client]='core/base core/model core/store proto client'
    [tools]='core/base core/model core/store proto syncd client tools'
    [tests]='core/base core/model core/store proto syncd client tools tests'
)
plant
for from in "${!sees[@]}"; do
    for to in ${sees[$from]}; do
        put "$from/b.c" "#include \"$to/a.h\""
    done
done
says 0 layers.sh ' 42 includes, 0 breaches'
plant
for from in "${!sees[@]}"; do
    for to in "${!sees[@]}"; do
        if [[ " ${sees[$from]} " != *" $to "* ]]; then
            put "$from/b.c" "#include \"$to/a.h\""
        fi
    done
done
says 1 layers.sh ' 30 breaches'
[[ $output == *'client/b.c:1: client may not include "'* ]]

# From the root, to what is there, and only in folders that have a place.
plant
put core/base/b.c '#include "a.h"'
put core/model/b.c '#include "../base/a.h"'
put core/model/b.c '#include "core/base/../store/a.h"'
put core/base/b.c '#include "core/base/gone.h"'
put core/base/b.c '#  include MACRO'
put core/other/b.c '#include <stdint.h>'
says 1 layers.sh ' 6 breaches'

# Each header and an owner of it: no other file of the product may include it, any test may.
plant
headers=0 others=()
while read -r header owner; do
    put "$owner" "#include <$header>"
    put tests/unit/b.c "#include <$header>"
    others+=("  #  include <$header> // why")
    headers=$((headers + 1))
done <<'END'
lmdb.h core/store/kv.c
zlib.h proto/deflate.c
msgpack.h core/base/pack.c
msgpack/pack.h core/base/pack.c
nng/nng.h syncd/transport_nng.c
nng/protocol/reqrep0/req.h syncd/transport_nng.c
openssl/ssl.h syncd/tls.c
openssl/x509.h proto/authority.c
openssl/pem.h proto/authority.c
openssl/evp.h core/base/hash.c
unicode/ucol.h core/base/text.c
xxhash.h core/base/hash.c
sys/epoll.h syncd/tunnel.c
sys/vfs.h core/base/os_posix.c
sys/file.h core/base/os_posix.c
sys/un.h core/base/os_socket.c
sys/socket.h core/base/os_socket.c
netinet/in.h syncd/net.c
END
says 0 layers.sh ' 0 breaches'
plant
for folder in core/base core/model core/store proto syncd client tools; do
    for line in "${others[@]}"; do
        put "$folder/b.h" "$line"
    done
done
says 1 layers.sh " $((7 * headers)) breaches"

# Words. They are written in two halves here, so that this file has none of them.
for text in 'TO''DO: later' 'FIX''ME' '(X''XX)' 'is not imple''mented' '/wo''rk/a' '/tmp/w''t/a' \
    '<<<<''<<< HEAD' '>>>>''>>> man'; do
    plant
    put docs/page.md "$text"
    says 1 words.sh 'docs/page.md:1:'
    put build/page.md "$text"
    rm "$tree/docs/page.md"
    says 0 words.sh ''
done
plant
put tests/unit/b.c 'char path[] = "/tmp/karto-XX''XX''XX";'
says 0 words.sh ''

# Scripts.
put tools/broken '#!/bin/sh'
echo 'if' >>"$tree/tools/broken"
chmod +x "$tree/tools/broken"
says 1 shell.sh 'tools/broken'
plant
put tools/tame.sh '#!/usr/bin/env bash'
says 1 shell.sh 'tools/tame.sh: may not be executed'

# Format.
plant
if command -v clang-format >/dev/null; then
    says 0 format.sh ''
    put core/base/b.c 'int a( void );'
    says 1 format.sh 'core/base/b.c:1:'
else
    says 77 format.sh 'skipped'
fi

# Documents in two languages: what they name, in which section, and how many rows.
translate() {
    plant
    mkdir "$tree/docs"
    printf '\n## Files\n\nSee \140a.conf\140.\n\n    karto sync\n\n| \140--db\140 | where |\n' >"$tree/docs/page.md"
    printf '\n## Файли\n\nДив. \140a.conf\140.\n\n    karto sync\n\n| \140--db\140 | де |\n' >"$tree/docs/page.uk.md"
}
translate
says 0 translations.sh '1 documents, 0 faults'
for fault in 's/a\.conf/b.conf/' 's/^## .*//' 's/karto sync/karto обмін/' 's/^| .*/&\n&/' 's/.--db./--db/' 's/conf./conf/'; do
    translate
    sed -i "$fault" "$tree/docs/page.uk.md"
    says 1 translations.sh '1 documents, 1 faults'
done
rm "$tree/docs/page.md"
says 1 translations.sh 'page.uk.md is of no document'
plant
says 1 translations.sh '0 documents'

# Ids in the log and of karto doctor: each in the source and in its document.
explain() {
    plant
    mkdir "$tree/docs"
    put syncd/b.c 'karto_log(KARTO_LOG_INFO,'
    put syncd/b.c '          "D-ONE", "one %d", 1);'
    put syncd/main.c 'watch("<3>error D-TWO words");'
    put client/doctor_a.c 'find("D-DISK");'
    put docs/SYNCD.md '| \140D-ONE\140 | \140info\140 | one |'
    put docs/SYNCD.md '| \140D-TWO\140 | \140error\140 | two |'
    put docs/JSON.md '## doctor'
    put docs/JSON.md 'There is \140D-DISK\140.'
    sed -i 's/\\140/\o140/g' "$tree"/docs/*.md
}
explain
says 0 ids.sh '2 in the log, 1 of doctor, 0 faults'
while read -r file line; do
    explain
    put "$file" "$line"
    says 1 ids.sh ' 1 faults'
done <<'END'
syncd/b.c karto_log(KARTO_LOG_ERROR, "D-ONE", "another level");
syncd/b.c karto_log(KARTO_LOG_INFO, "D-THREE", "not explained");
syncd/b.c karto_log(KARTO_LOG_INFO, id, "%s: not named", "D-ONE");
syncd/b.c fprintf(stderr, "something");
client/doctor_a.c find("D-CLOCK");
docs/JSON.md There is `D-CLOCK`, too.
END
explain
sed -i '/D-TWO/d' "$tree/syncd/main.c"
says 1 ids.sh '> D-TWO error'

# Units.
plant
mkdir "$tree/tools/systemd"
cp "$lint"/../../tools/systemd/*.{service,timer} "$tree/tools/systemd"
if command -v systemd-analyze >/dev/null; then
    says 0 units.sh ''
    put tools/systemd/karto-syncd.service 'NoSuch=key'
    says 1 units.sh 'NoSuch'
    cp "$lint"/../../tools/systemd/*.{service,timer} "$tree/tools/systemd"
    sed -i '/^Restrict/d; /^Protect/d; /^SystemCallFilter/d' "$tree/tools/systemd/karto-hub.service"
    says 1 units.sh 'exposure'
else
    says 77 units.sh 'skipped'
fi
echo "lint_test.sh: all found"
