#!/usr/bin/env bash
# Whatever people and programs put into cells goes through import, store, synchronisation and export and comes out as it
# was: the files of csv-spectrum, the big list of naughty strings, and what would be a formula. What is changed on purpose
# (outer white space, NFC, ends of lines) is all that is changed; what is refused is refused with its row and column.
# KARTO_DATA holds both collections.
# shellcheck source=tests/cli/hub.sh
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=${KARTO_DATA:-/nonexistent}
if [ ! -d "$data/csv-spectrum" ] || [ ! -d "$data/big-list-of-naughty-strings" ]; then
    echo 'SKIPPED: KARTO_DATA names no csv-spectrum and no big-list-of-naughty-strings'
    exit 77
fi
. "$tests/hub.sh"
port=$(free_port)

# ---- csv-spectrum ----
# What comes out is the table as it stands: its rows, in whichever order, each on one line.
rows() {
    tr -d '\r' | awk '{ row = row == "" ? $0 : row "\\n" $0 } gsub(/"/, "&", row) % 2 == 0 { print row; row = "" }' | sort
}
for file in "$data"/csv-spectrum/csvs/*.csv; do
    name=$(basename "$file" .csv)
    IFS=, read -r -a columns < <(head -n 1 "$file" | tr -d '\r')
    maps=(--map "${columns[0]}=name")
    wanted=name
    for column in "${columns[@]:1}"; do
        maps+=(--map "$column=attr.$column")
        wanted+=,attr.$column
    done
    exits 0 init --db "$name" -q
    exits 0 import "$file" --kind client --match - "${maps[@]}" --db "$name" --json
    has '"rejected":0'
    exits 0 export --db "$name" --columns "$wanted" -o "$name.csv"
    case $name in
    empty*) printf '1,,\n2,3,4\n' ;;
    location_coordinates) # a quotation mark in the midst of a cell, which was not quoted
        awk 'NR > 1' "$file" | sed -e "s/,\(37[^,]*\)\"N \([^,]*\)\"W,/,\"\1\"\"N \2\"\"W\",/" ;;
    *) awk 'NR > 1' "$file" ;;
    esac | rows >"$name.wanted"
    tail -n +2 "$name.csv" | rows | cmp - "$name.wanted" || fail "csv-spectrum: $name"
done

# ---- the naughty strings ----
# Each as a client's name, note and attribute, a person's name, an activity's text and a line's product.
grep -av -e '^#' -e '^$' "$data/big-list-of-naughty-strings/blns.txt" >naughty.txt
count=$(wc -l <naughty.txt)
[ "$count" -gt 500 ] || fail "only $count strings"
# Not a name, even with all white space of Unicode in it.
printf '%s\n' $'\u0438\u0306\u0456\u0308 м’яч' $'\u00a0\u2003з країв\u3000' "'=1" "''@x" '=1+1' '+380671234567' '@SUM(A1)' \
    "'" "'а" >>naughty.txt
table() {
    LC_ALL=C awk -v head="$1" -v form="$2" '
        BEGIN { print head }
        {
            cell = $0
            gsub(/"/, "\"\"", cell)
            row = form
            gsub(/N/, NR, row)
            at = 0
            while ((at = index(row, "%")) > 0) {
                printf "%s\"%s\"", substr(row, 1, at - 1), cell
                row = substr(row, at + 1)
            }
            print row
        }' naughty.txt
}
table external_id,name,note,attr.x CN,%,%,% >client.csv
table external_id,client,name PN,CN,% >person.csv
table external_id,client,date,text AN,CN,2026-11-01,% >activity.csv
table external_id,client,date,lines.product,lines.quantity,lines.price BN,CN,2026-11-01,%,1,2 >purchase.csv

# White space of Unicode around them is gone, decomposed letters are one, and one apostrophe before a formula; nothing else.
spaces='[\x09-\x0d\x20]|\xc2\x85|\xc2\xa0|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80'
LC_ALL=C sed -E -e "s/^($spaces)+//; s/($spaces)+\$//" -e "s/^'('*[-=+@])/\\1/" \
    -e 's/\xd0\xb8\xcc\x86\xd1\x96\xcc\x88/\xd0\xb9\xd1\x97/' naughty.txt >wanted
changed=$(LC_ALL=C diff naughty.txt wanted | grep -ac '^<')
echo "$(wc -l <naughty.txt) strings, of which $changed are changed on purpose"

exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Капосні
for kind in client person activity purchase; do
    karto import $kind.csv --kind $kind --db hub --encoding utf-8 --json
    blank=$(grep -ac '^$' wanted)
    has '"skipped":0'
    # Nothing but white space is no name, and then nothing hangs on the client.
    has "\"rejected\":$blank,"
    [ "$code" -eq $((blank ? 3 : 0)) ] || fail "$last"
done
exits 0 hub invite --db hub --user olena --role office -o office.txt
start_hub hub
joins office office

# cells FILE COLUMN: what stands in it, a line for each row, by the number in external_id.
echo '{ print substr(cell[column["external_id"]], 2) " " cell[column[want]] }' >cells.awk
cells() {
    LC_ALL=C awk -v want="$2" -f "$tests/../../tools/csv.awk" -f cells.awk "$1" | sort -n | cut -d ' ' -f 2-
}
grep -av '^$' wanted >present
for store in hub office; do
    for kind in client person activity purchase; do
        exits 0 export --kind $kind --db $store -o "$store-$kind.csv"
    done
    # As programs read it: a string that only an apostrophe parts from a formula has one more.
    LC_ALL=C sed -e "s/^\\('\\+[-=+@]\\)/'\\1/" present >written
    for cell in client:name client:note client:attr.x person:name activity:text purchase:lines.product; do
        cells "$store-${cell%%:*}.csv" "${cell#*:}" | cmp - written || fail "$store: $cell"
    done
    exits 0 check --db $store
done

# ---- for Excel ----
exits 0 init --db excel -q
for kind in client person activity purchase; do
    exits 0 export --kind $kind --db office --excel -o "excel-$kind.csv"
    [ "$(head -c 3 "excel-$kind.csv" | od -An -tx1)" = ' ef bb bf' ] || fail "$kind: no UTF-8 mark"
    LC_ALL=C grep -anE '(^|;)"?[-=+@]' "excel-$kind.csv" | grep -av '"[^"]*;' >formulas
    [ ! -s formulas ] || fail "$kind: a formula: $(head -n 3 formulas)"
    for guarded in "'=1+1" "'+380671234567" "'@SUM(A1)" "''@x"; do
        grep -aqF ";$guarded" "excel-$kind.csv" || fail "$kind: no $guarded"
    done
    exits 0 import "excel-$kind.csv" --kind $kind --db office --json
    has '"changes":0'
    exits 0 import "excel-$kind.csv" --kind $kind --db excel --json
    has '"rejected":0'
    exits 0 export --kind $kind --db excel -o "again-$kind.csv"
    cmp "office-$kind.csv" "again-$kind.csv" || fail "$kind is different by way of Excel"
done

# ---- what is refused ----
# refused FILE WHERE WHAT: one row, and the others go in.
refused() {
    exits 3 import "$1" --kind client --encoding utf-8 --db excel
    says "$2"
    says "$3"
    exits 3 import "$1" --kind client --encoding utf-8 --db excel --json
    has '"same":2,"skipped":0,"rejected":1'
}
printf 'external_id,name,note\nR1,a,b\nR2,c,d\0e\nR3,f,g\n' >nul.csv
refused nul.csv 'row 3, column 3' 'zero byte'
printf 'external_id,name,note\nR4,a,b\nR5,c,\xff\nR6,f,g\n' >utf8.csv
refused utf8.csv 'row 3, column 3' 'not UTF-8'
printf 'external_id,name,note\nR7,a,b\nR8,\xed\xa0\x80,d\nR9,f,g\n' >surrogate.csv
refused surrogate.csv 'row 3, column 2' 'not UTF-8'
printf 'external_id,name,note\nS1,a,b\nS2,\u3000,d\nS3,f,g\n' >blank.csv
refused blank.csv 'row 3' 'name is empty'
{
    printf 'external_id,name,note\nS4,a,b\nS5,c,'
    head -c 70000 /dev/zero | tr '\0' x
    printf '\nS6,f,g\n'
} >long.csv
refused long.csv 'row 3' 'note'

# Ends of lines: CR LF inside of a cell is LF; what was quoted stays together.
printf 'external_id,name,note\r\nT1,a,"one\r\ntwo"\r\n' >lines.csv
exits 0 import lines.csv --kind client --db excel
exits 0 client show T1 --db excel --json
has '"note":"one\ntwo"'
exits 0 check --db excel
finish
