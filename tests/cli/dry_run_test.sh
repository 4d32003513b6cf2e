#!/usr/bin/env bash
# -n everywhere: it says what would be done, says that nothing was, and leaves everything as it was.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

# tries WORDS...: karto with -n, which is fine and says so.
tries() {
    exits 0 "$@" -n
    says 'only a trial'
}
same() {
    [ "$(find . -type f ! -name stderr ! -name '*lock*' -exec cksum {} + | sort)" = "$before" ] || fail "$last: something was written"
}
look() {
    before=$(find . -type f ! -name stderr ! -name '*lock*' -exec cksum {} + | sort)
}

look
tries init --json
has '"kind":"init","dir":"'
tries hub init --db hub --json
has '"fingerprint":null'
same
[ ! -e data ] || fail 'init -n made a directory'
exits 0 init -q
exits 1 init -n
exits 0 client add name=Ромашка -q
exits 0 hub init --db hub --listen "127.0.0.1:$port" -q
look
tries hub invite --db hub --user oksana --role representative --territory 14 -o oksana.txt --json
has '"file":"oksana.txt","user":"oksana"'
tries hub invite --db hub --user oksana --role representative --territory 14 --json
has '"invitation":null,"user":"oksana"'
exits 2 hub invite --db hub --user oksana --role representative -n
same

exits 0 hub invite --db hub --user oksana --role representative --territory 14 -o oksana.txt -q
look
tries join oksana.txt --db laptop --json
has "\"hub\":\"127.0.0.1:$port\""
exits 12 join /dev/stdin --db laptop -n <<<nonsense
exits 2 sync -n
exits 2 sync -n --db hub
exits 2 join oksana.txt --db hub -n
same
start_hub hub
exits 0 join oksana.txt --db laptop -q
exits 0 client add name=Мак --db laptop -q
stop "$started"
look
tries sync --db laptop --json
has '"kind":"sync","sent":1,"refused":null'
tries sync --watch --db laptop
same
finish
