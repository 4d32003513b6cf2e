#!/usr/bin/env bash
# What a representative reads on a laptop of what head office has done: moved a client away, brought one back by a rule.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

exits 0 hub init --db hub --listen "127.0.0.1:$port" -q
exits 0 hub invite --db hub --user oksana --role representative --territory 14 -o oksana.txt -q
start_hub hub
exits 0 join oksana.txt --db laptop -q
export KARTO_DB=laptop
exits 0 client add name=Мак phone=0671112233 -q
exits 0 client add name=Клен -q
exits 0 sync -q

# A laptop is no news to its user.
exits 0 log --json
lacks '"of":"device"'
exits 0 log --db hub --json
has '"of":"device"'

# Everybody knows when a client was made, and by whom.
exits 0 client show Мак --json
created=$(printf '%s' "$out" | grep -o '"created":{[^}]*}')
exits 0 client show Мак --db hub --json
has "$created"
has '"created":{"user":"oksana","device":"'

# One that has left keeps its name in the log.
exits 0 client set Мак territory=15 --db hub -q
exits 0 sync -q
exits 4 client show Мак
exits 0 log --json
has '"name":"Мак"'
lacks '"name":null'

# A rule has a name too: who hides a card that somebody else is changing gets it back.
exits 0 client hide Клен --reason зачинено --db hub -q
exits 0 client set Клен note='а відчинено' -q
exits 0 sync -q
exits 0 log Клен --db hub --json
has '"user":"rule"'

# The daemon looks for the store where karto does: the later of karto.conf, KARTO_DB and --db.
daemon_says() {
    local wanted=$1
    shift
    out=$("$KARTO_SYNCD" --once "$@" 2>/dev/null)
    [[ $out == "$wanted"* ]] || fail "karto-syncd --once $*: wanted $wanted"
}
mkdir -p "$XDG_CONFIG_HOME/kartoteka"
echo 'db = nowhere' >"$XDG_CONFIG_HOME/kartoteka/karto.conf"
daemon_says 'ok '
export KARTO_DB=nowhere
daemon_says 'ok ' --db laptop
unset KARTO_DB
daemon_says 'err E-NO-STORE'
echo 'db = laptop' >"$XDG_CONFIG_HOME/kartoteka/karto.conf"
daemon_says 'ok '
finish
