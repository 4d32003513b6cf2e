#!/usr/bin/env bash
# The Northwind sample, as a company would bring its old tables: everything arrives, a second time changes nothing, and
# what is exported makes an equal store. KARTO_DATA/northwind holds the tables; without them there is nothing to test.
# shellcheck source=tests/cli/lib.sh
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -d "${KARTO_DATA:-/nonexistent}/northwind" ] || { echo 'SKIPPED: KARTO_DATA names no northwind'; exit 77; }
. "$tests/lib.sh"

mkdir nw
LC_ALL=C awk -v out=nw -f "$tests/../../tools/northwind.awk" "$KARTO_DATA"/northwind/*.csv
exits 0 init

import_all() {
    exits 0 import nw/clients.csv --kind client --json
    has "\"added\":$1,\"updated\":0"
    exits 0 import nw/managers.csv --kind client --json
    has '"rejected":0'
    exits 0 import nw/persons.csv --kind person --json
    has "\"added\":$1,\"updated\":0"
    exits 0 import nw/purchases.csv --kind purchase --json
    has "\"added\":$2,\"updated\":0"
}

import_all 91 830
exits 0 status --json
has '"client":91,"person":91,"activity":0,"purchase":830'
exits 0 export --kind purchase
[ "$(printf '%s\n' "$out" | wc -l)" -eq 2156 ] || fail 'there should be 2155 lines of purchases'
has ',10248,1996-07-04,,,1,Queso Cabrales,12,14.00 USD,0'

# Timelines: who had the client when.
exits 0 client show VINET --json
has '"manager":[{"since":"1996-07-04","value":"Buchanan"}'
exits 0 client show PARIS --json
has '"territory":[{"since":null,"value":"06897"}]'

# Once more: nothing is different, and nothing is written.
exits 0 log --limit 1 --json
before=$out
import_all 0 0
exits 0 log --limit 1 --json
[ "$out" = "$before" ] || fail 'the second import has changed something'

# There and back: a second store made of what was exported exports the same.
for kind in client person purchase; do
    exits 0 export --kind $kind -o $kind.csv
    exits 0 export --kind $kind --format json -o $kind.json
    cp $kind.csv $kind.first
done
exits 0 init --db other
for kind in client person purchase; do
    exits 0 import $kind.csv --kind $kind --db other --json
    has '"rejected":0'
    exits 0 export --kind $kind --db other -o $kind.csv --yes
    cmp $kind.first $kind.csv || fail "the second store has another $kind"
done
exits 0 status --db other --json
has '"client":91,"person":91,"activity":0,"purchase":830'
exits 0 check --db other
finish
