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
finish
