#!/usr/bin/env bash
# A company as large as it gets, with real names and codes: 5,823 organisations with 27,972 payments go into head office,
# and from there to an office's laptop and to a representative's, as real processes over TLS. What they come to, payer by
# payer and month by month, is what an independent script counts. KARTO_DATA/ua-treasury-payments holds the tables.
# shellcheck source=tests/cli/hub.sh
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=${KARTO_DATA:-/nonexistent}/ua-treasury-payments
[ -d "$data" ] || { echo 'SKIPPED: KARTO_DATA names no ua-treasury-payments'; exit 77; }
. "$tests/hub.sh"
port=$(free_port)

mkdir t
LC_ALL=C awk -v out=t -f "$tests/../../tools/csv.awk" -f "$tests/../../tools/treasury.awk" \
    "$data/organizations.csv" "$data/payments.csv"
sort -o t/sums.csv t/sums.csv
exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Казначейство

# ---- in, and once more ----
SECONDS=0
exits 0 import t/clients.csv --kind client --db hub --json
has '"added":5823,"updated":0,"same":0,"skipped":0,"rejected":0'
lacks E-EDRPOU
echo "5,823 clients imported in $SECONDS s"
SECONDS=0
exits 0 import t/purchases.csv --kind purchase --db hub --json
has '"added":27972,"updated":0,"same":0,"skipped":0,"rejected":0'
echo "27,972 purchases imported in $SECONDS s"
exits 0 log --db hub --limit 1 --json
before=$out
exits 0 import t/clients.csv --kind client --db hub --json
has '"changes":0,"undo":null,"warnings":[],"added":0,"updated":0,"same":5823'
exits 0 import t/purchases.csv --kind purchase --db hub --json
has '"changes":0,"undo":null,"warnings":[],"added":0,"updated":0,"same":27972'
exits 0 log --db hub --limit 1 --json
[ "$out" = "$before" ] || fail 'the second import has changed something'

# ---- out to the laptops ----
region=13
exits 0 hub invite --db hub --user olena --role office -o office.txt
exits 0 hub invite --db hub --user petro --role representative --territory "$region" -o representative.txt
start_hub hub
for device in office representative; do
    SECONDS=0
    joins "$device" "$device"
    echo "$device synchronised in $SECONDS s"
done
clients=$(awk -F, -v region="$region" '$1 == region { print $2 }' t/territories.csv)
payments=$(awk -F, -v region="$region" '$1 == region { print $3 }' t/territories.csv)
exits 0 status --db office --json
has '"client":5823,"person":0,"activity":0,"purchase":27972'
exits 0 status --db representative --json
has "\"client\":$clients,\"person\":0,\"activity\":0,\"purchase\":$payments"

# ---- what they come to ----
# The sums of an export, in the form of t/sums.csv: once by the totals, once by the lines.
cat >sums.awk <<'AWK'
{
    amount = cell[column[by]]
    month = cell[column["client"]] "," (cell[column["date"]] == "" ? "-" : substr(cell[column["date"]], 1, 7))
    if (amount !~ /^[0-9]+\.[0-9][0-9] UAH/)
        print "no amount: " $0
    number[month]++
    split(amount, part, /[. ]/)
    whole[month] += part[1]
    hundredths[month] += part[2]
}
END {
    for (month in number) {
        carry = int(hundredths[month] / 100)
        printf "%s,%d,%.0f.%02d\n", month, number[month], whole[month] + carry, hundredths[month] - carry * 100
    }
}
AWK
sums() { LC_ALL=C awk -v by="$1" -f "$tests/../../tools/csv.awk" -f sums.awk "$2" | sort; }
for store in hub office representative; do
    exits 0 export --kind purchase --db "$store" -o "$store.csv"
done
for store in hub office; do
    for by in total lines.price; do
        sums "$by" "$store.csv" | cmp - t/sums.csv || fail "$store: the sums by $by are not those of the payments"
    done
done
cmp hub.csv office.csv || fail 'the office has other purchases than head office'
sums total representative.csv >own.csv
awk -F, -v region="$region" 'NR == FNR { if ($NF == region) own[$1]; next } $1 in own' t/clients.csv t/sums.csv |
    cmp - own.csv || fail 'the representative has other sums than the payments of the region'

# Queries find the same: the payer who paid most often, the one with the largest sum, and one of the region with little.
# found STORE CODE QUERY 0|1: whether the query finds the client.
found() {
    exits 0 client list "edrpou=$2 $3" --db "$1" --json
    case $out in *"\"edrpou\":\"$2\""*) code=1 ;; *) code=0 ;; esac
    [ "$code" -eq "$4" ] || fail "$1: $3 of $2: wanted $4, found $code"
}
# cent SUM MORE: a sum of 123.45 and so many hundredths.
cent() {
    local all=$((10#${1/./} + $2))
    printf '%d.%02d' $((all / 100)) $((all % 100))
}
# asked STORE ROW: bought() of the month, at its sum and a hundredth beside it.
asked() {
    IFS=, read -r code month count sum <<<"$2"
    local payer=$code
    found "$1" "$payer" "bought($month)>=$sum" 1
    found "$1" "$payer" "bought($month)>$sum" 0
    found "$1" "$payer" "bought($month)>$(cent "$sum" -1)" 1
    found "$1" "$payer" "bought($month)<$(cent "$sum" 1)" 1
    found "$1" "$payer" "purchases($month)=$count" 1
    found "$1" "$payer" "bought(2026-03)>0" 0
}
often=$(grep ',2025-08,' t/sums.csv | sort -t, -k3,3nr | head -n 1)
largest=$(grep ',2025-08,' t/sums.csv | sort -t, -k4,4nr | head -n 1)
earlier=$(grep ',2025-07,' t/sums.csv | sort -t, -k3,3nr | head -n 1)
little=$(grep ',2025-08,' own.csv | awk -F, '$4 > 1' | sort -t, -k4,4n | head -n 1)
for row in "$often" "$largest" "$earlier" "$little"; do
    echo "asked for: $row"
    asked hub "$row"
    asked office "$row"
done
asked representative "$little"

# Several at once: as many as the script counts.
many=$(awk -F, '$2 == "2025-08" && $4 > 100000000 { count++ } END { print count }' t/sums.csv)
for store in hub office; do
    exits 0 client list 'bought(2025-08)>100000000' --db "$store" --limit 1000 --tsv
    listed=$(($(printf '%s\n' "$out" | wc -l) - 1))
    [ "$listed" -eq "$many" ] || fail "$store: $listed payers of more than 100 million, not $many"
done

# ---- the stores ----
for store in hub office representative; do
    exits 0 check --db "$store"
done
finish
