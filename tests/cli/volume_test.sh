#!/usr/bin/env bash
# A laptop's store on a disk that is not encrypted: who sits there is asked, a script is warned, an administrator can forbid it,
# and what was let pass is told of from then on. On the disk that is here, and on made-up ones.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)
in_memory=''
after_all() { [ -z "$in_memory" ] || rm -rf "$in_memory"; }

exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка -q
invite() {
    exits 0 hub invite --db hub --user "$1" --role representative --territory 14 -o "$1.txt" -q
}
start_hub hub

# finds STATE ID: doctor has this of the store's disk.
finds() {
    has "\"id\":\"$2\",\"area\":\"store\",\"state\":\"$1\""
}
silent() {
    [ -z "$err" ] || fail "$last: something was said"
}
# What a store says that was let pass, or not: noted STORE, unnoted STORE
noted() {
    exits 0 status --db "$1" --json
    has '"unencrypted":"20'
    silent
}
unnoted() {
    exits 0 status --db "$1" --json
    has '"unencrypted":null'
}

# ---- the disk that is here ----
exits 0 init --db alone -q
exits 0 doctor --db alone --offline --json
volume=$(grep -o 'D-VOLUME[A-Z-]*' <<<"$out")
invite ivan
exits 0 join ivan.txt --db ivan -q
case $volume in
D-VOLUME-PLAIN)
    says '[E-UNENCRYPTED]'
    noted ivan
    exits 0 doctor --db ivan --offline --json
    finds warn D-VOLUME-PLAIN
    ;;
D-VOLUME | D-VOLUME-UNKNOWN)
    silent
    unnoted ivan
    exits 0 doctor --db ivan --offline --json
    finds ok "$volume"
    ;;
*) fail 'doctor does not tell of the disk' ;;
esac

# ---- memory ----
if in_memory=$(mktemp -d -p /dev/shm 2>/dev/null) && [ "$(stat -f -c %T "$in_memory")" = tmpfs ]; then
    invite maria
    KARTO_REQUIRE_ENCRYPTION=yes exits 0 join maria.txt --db "$in_memory/maria" --unencrypted -q
    silent
    unnoted "$in_memory/maria"
    exits 0 doctor --db "$in_memory/maria" --offline --json
    finds ok D-VOLUME
else
    echo 'no tmpfs in /dev/shm: a store in memory is not tried'
fi

if [ -z "${KARTO_SYSTEM-}" ]; then
    echo 'a sanitizer: no other disk than this one is tried'
    finish
    exit
fi

# ---- made-up disks: on DISK COMMAND... ----
mkdir -p plain/dev/block/8:1/device luks/dev/block/8:1/dm unknown
echo CRYPT-LUKS2-0a3f6e5f0d2c4c0c9e7c3a0d5a6b7c8d-home >luks/dev/block/8:1/dm/uuid
on() {
    LD_PRELOAD=$KARTO_SYSTEM KARTO_TEST_FILE_SYSTEM=ef53 KARTO_TEST_SYS=$home/$1 "${@:2}"
}

# A script goes on, and is told, also where it wants to hear nothing; in both languages.
invite oksana
on plain exits 0 join oksana.txt --db oksana --dry-run -q
says '[E-UNENCRYPTED]'
[ ! -e oksana ] || fail 'a trial has made something'
on plain exits 0 join oksana.txt --db oksana -q --lang uk
says 'Диск, де має лежати картотека, не зашифровано'
says '[E-UNENCRYPTED]'
noted oksana
on plain exits 0 doctor --db oksana --offline --json
finds warn D-VOLUME-PLAIN
has '"next":"man karto-security"'
on luks exits 0 doctor --db oksana --offline --json
finds ok D-VOLUME
on unknown exits 0 doctor --db oksana --offline --json
finds warn D-VOLUME-UNKNOWN

# What it is on now counts; that it was let pass stays known to programs.
if command -v script >/dev/null; then
    shown() { # DISK LANG
        out=$(on "$1" script -qec "'$KARTO' status --db oksana --lang $2" /dev/null </dev/null 2>&1)
        last="karto status on $1, $2"
    }
    shown plain en
    has 'the disk is not encrypted, which is known since'
    shown plain uk
    has 'диск не зашифровано, про це знають від'
    shown unknown en
    has 'the disk is not encrypted'
    shown luks en
    lacks 'encrypted'
fi
on luks exits 0 status --db oksana --json
has '"unencrypted":"20'

# The answer is what it is on any disk.
invite petro
on plain exits 0 join petro.txt --db petro --json -q
[ "$out" = "{\"schema\":1,\"kind\":\"joined\",\"user\":\"petro\",\"hub\":\"Ромашка\",\"role\":\"representative\"}" ] ||
    fail "$last: another answer"
says '[E-UNENCRYPTED]'

# An administrator forbids it; who knows better says so.
mkdir -p "$XDG_CONFIG_HOME/kartoteka"
echo 'require_encryption = yes' >"$XDG_CONFIG_HOME/kartoteka/karto.conf"
invite olena
on plain exits 6 join olena.txt --db olena
says '[E-UNENCRYPTED]'
says 'karto join FILE --unencrypted --db olena'
on plain exits 6 join olena.txt --db olena --lang uk
says 'Нічого не змінено, запрошення ще діє'
on plain exits 6 join olena.txt --db olena --dry-run
on plain exits 6 join olena.txt --db olena --json
says '"exit":6,"id":"E-UNENCRYPTED"'
[ ! -e olena ] || fail 'what was refused has made something'
on plain exits 0 join olena.txt --db olena --unencrypted -q
says '[E-UNENCRYPTED]'
noted olena

# An encrypted disk needs no word, and one that cannot be told none either; what somebody says of that one is noted.
invite taras
on luks exits 0 join taras.txt --db taras --unencrypted -q
silent
unnoted taras
on luks exits 0 doctor --db taras --offline --json
finds ok D-VOLUME
on plain exits 0 doctor --db taras --offline --json # it was moved to another
finds warn D-VOLUME-PLAIN
on unknown exits 0 doctor --db taras --offline --json
finds ok D-VOLUME-UNKNOWN
invite roman
on unknown exits 0 join roman.txt --db roman -q
silent
unnoted roman
invite iryna
on unknown exits 0 join iryna.txt --db iryna --unencrypted -q
says '[E-UNENCRYPTED]'
noted iryna
rm "$XDG_CONFIG_HOME/kartoteka/karto.conf"

# The rule is for laptops.
on plain exits 0 doctor --db hub --offline --json
finds ok D-VOLUME-PLAIN
on plain exits 0 doctor --db alone --offline --json
finds ok D-VOLUME-PLAIN

# Who sits there is asked, and has to say yes.
if command -v script >/dev/null; then
    answers() { # CODE ANSWER WORDS...
        out=$(printf '%s\n' "$2" | on plain script -qec "'$KARTO' join bohdan.txt --db bohdan ${*:3}" /dev/null 2>&1)
        code=$? last="join, answered '$2', ${*:3}"
        [ "$code" -eq "$1" ] || fail "$last: wanted $1"
    }
    invite bohdan
    for no in '' n ні yess 'no, yes'; do
        answers 6 "$no"
        has 'Go on? [y/N]'
        has '[E-UNENCRYPTED]'
    done
    answers 6 '' --lang uk
    has 'Робити? [т/Н]'
    has 'Диск, де має лежати картотека, не зашифровано'
    [ ! -e bohdan ] || fail 'no was an answer, too'
    answers 0 так --lang uk
    has 'Вітаємо, bohdan'
    noted bohdan
    invite nina
    out=$(on plain script -qec "'$KARTO' join nina.txt --db nina --no-input" /dev/null </dev/null 2>&1)
    lacks 'Go on?'
    has '[E-UNENCRYPTED]'
    noted nina
fi
finish
