#!/usr/bin/env bash
# Tables: how columns find their fields, how rows find their records, what becomes of rows that are wrong, and that the
# same once more changes nothing.
# shellcheck disable=SC1112 # quotation marks as typed
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

printf 'name,edrpou\nРомашка,14360570\n' >first.csv
exits 10 import first.csv --kind client
says E-NO-STORE
exits 0 init

# What is wrong with a command is said before anything is done.
exits 2 import first.csv
says '--kind client'
exits 2 import first.csv --kind clent
says 'it takes client, person'
exits 4 import none.csv --kind client
says 'There is no file none.csv'
exits 2 import first.csv --kind client --encoding koi7
says 'windows-1251'
exits 2 import first.csv --kind client --separator ';;'
exits 2 import first.csv --kind client --new-only --update
exits 2 import first.csv --kind client --match site
says 'there are id, external_id, edrpou, phone, name'
exits 2 import first.csv --kind client --match phone
says 'no such column'
exits 2 import first.csv --kind client --errors first.csv
exits 2 import first.csv --kind client --map 'Назва=name'
says '«Назва=name»'
exits 1 import . --kind client
: >empty.csv
exits 7 import empty.csv --kind client
exits 0 status --json
has '"client":0'

# Columns: by field names, by headings of either language, by --map; all that are unknown are named at once.
printf 'Назва;Код ЄДРПОУ;nmae;Phone;error\nМак;1;2;3;4\n' >columns.csv
exits 2 import columns.csv --kind client
says '«Код ЄДРПОУ», «nmae» (Did you mean name?)'
says '--map'
exits 2 import columns.csv --kind client --map 'Код ЄДРПОУ=edrpou' --map nmae=name
says 'only one is taken: «nmae»'
printf 'Назва;Код;Phone;telefon;Мітка;Місто;attr.площа;territory@2026-01-01\n' >columns.csv
printf 'ТОВ "Мак";М-1;067 111-22-33;"0502223344;0631112233";"а;""б;в""";Львів;120;14\n' >>columns.csv
exits 0 import columns.csv --kind client --map Код=external_id --map telefon=phone --json
has '"changes":1,"undo":"'
has '"warnings":[],"added":1,"updated":0,"same":0,"skipped":0,"rejected":0,"errors":null,"encoding":"utf-8","separator":";","doubtful":0,"rejections":[]}'
exits 0 client show М-1 --json
has '"name":"ТОВ \"Мак\""'
has '"phone":["0502223344","0631112233","067 111-22-33"]'
has '"tag":["а","б;в"]'
has '"attr":{"площа":"120"}'
has '"address.city":"Львів"'
has '"territory":[{"since":"2026-01-01","value":"14"}]'

# A trial writes nothing and shows what it would.
exits 0 import first.csv --kind client -n --json
has '"changes":0,"undo":null,"warnings":[],"added":1'
has '"samples":["+ 14360570: name=Ромашка edrpou=14360570"]'
exits 0 import first.csv --kind client --update --json
has '"added":0,"updated":0,"same":0,"skipped":1'
exits 0 import first.csv --kind client --json
has '"added":1'
exits 0 import first.csv --kind client --json
has '"changes":0,"undo":null,"warnings":[],"added":0,"updated":0,"same":1'

# Only what is different is written; an empty cell is no news; a set gains and does not lose.
printf 'edrpou,name,site,phone\n14360570,Ромашка,romashka.ua,0671234567\n' >second.csv
exits 0 import second.csv --kind client --new-only --json
has '"skipped":1'
exits 0 import second.csv --kind client --json
has '"updated":1'
exits 0 log 14360570 --limit 1 --json
has '"via":"import"'
has '"sets":[{"field":"phone","key":"380671234567","old":null,"new":"0671234567"},{"field":"site","key":null,"old":null,"new":"romashka.ua"}]'
printf 'edrpou,name,site,phone\n14360570,,,+38 (067) 123-45-67;0509998877\n' >third.csv
exits 0 import third.csv --kind client --json
has '"updated":1'
exits 0 client show 14360570 --json
has '"phone":["0509998877","0671234567"]'
has '"site":"romashka.ua"'

# Rows that are wrong end in a file, with the reason; mended, they go in from there.
printf 'external_id,name,since,credit_limit\nA1,Добрий,01.12.2025,100\nA2,Поганий,31.02.2025,100\nA3,,,\n,Безкода,,\nA5,Зайве,,,,x\nA6,"Ромашка" і Ко,,\n"A7" x,Лапки,,\n' >bad.csv
exits 3 import bad.csv --kind client
says 'row 3: since: “31.02.2025” is not a date'
says 'row 4: A new client needs a name'
says 'row 5: external_id: it is empty'
says 'row 6: The row has 6 values'
says '6 rows with the reasons: bad.csv.errors.csv'
[ "$(stat -c %a bad.csv.errors.csv)" = 600 ] || fail 'others can read the errors'
grep -q '^A2,Поганий,31.02.2025,100,since: ' bad.csv.errors.csv || fail 'the row is not in the file of errors'
exits 0 status --json
has '"client":3'
sed -e 's/31.02/28.02/' -e 2q bad.csv.errors.csv >mended.csv
exits 0 import mended.csv --kind client --json
has '"added":1'
exits 3 import bad.csv --kind client --errors other.csv --json
has '"added":0,"updated":0,"same":1,"skipped":0,"rejected":6,"errors":"other.csv"'
[ -z "$err" ] || fail 'the answer is JSON, and nothing else is to be said'

# Who is meant: several of a name are nobody's guess.
printf 'name,external_id\nДві,D1\nДві,D2\n' >twins.csv
exits 0 import twins.csv --kind client
printf 'name,site\nДві,dvi.ua\n' >twin.csv
exits 2 import twin.csv --kind client
says '--match name'
exits 3 import twin.csv --kind client --match name
says '“Дві” fits 2 records'
exits 0 import twin.csv --kind client --match - --json
has '"added":1'

# What hangs on a client names it as CLIENT does.
printf 'external_id,client,name,role\nP1,14360570,Олена,директорка\nP2,М-1,Іван,\nP3,Дві,Ніхто,\nP4,Нема,Ніхто,\nP5,,Ніхто,\n' >persons.csv
exits 3 import persons.csv --kind person --json
has '"added":2,"updated":0,"same":0,"skipped":0,"rejected":3'
grep -q 'P3.*fits 3 clients' persons.csv.errors.csv || fail 'ambiguous clients are not said'
grep -q 'P4.*no client “Нема” here' persons.csv.errors.csv || fail 'unknown clients are not said'
grep -q 'P5.*whose record' persons.csv.errors.csv || fail 'missing clients are not said'

# Lines of a purchase, also where they do not stand together; numbers of lines stay when a row comes again alone.
{
    echo 'external_id,client,date,lines.product,lines.quantity,lines.price,lines.discount'
    printf '%s\n' 'Z1,М-1,2026-01-02,Чай,2,10,0' 'Z1,М-1,2026-01-02,Кава,1.5,20.50,5' 'Z2,М-1,2026-01-03,Чай,1,10,' \
        'Z1,М-1,2026-01-02,Цукор,багато,5,'
} >purchases.csv
exits 3 import purchases.csv --kind purchase --json
has '"added":2,"updated":0,"same":0,"skipped":0,"rejected":1'
sed -i 's/багато/3/' purchases.csv.errors.csv
exits 0 import purchases.csv.errors.csv --kind purchase --json
has '"updated":1'
exits 0 export --kind purchase
has ',Z1,,2026-01-02,64.21 UAH,,1,Чай,2,10.00 UAH,0'
has ',Z1,,2026-01-02,64.21 UAH,,2,Кава,1.5,20.50 UAH,5'
has ',Z1,,2026-01-02,64.21 UAH,,3,Цукор,3,5.00 UAH,'
has ',Z2,,2026-01-03,10.00 UAH,,1,Чай,1,10.00 UAH,'
sed -i 's/багато/3/' purchases.csv
exits 0 import purchases.csv --kind purchase --json
has '"changes":0'

# What does not fit into a record is found by the store, and the rows around it go in all the same.
{
    echo 'external_id,client,lines.product'
    echo 'Y1,М-1,Чай'
    awk 'BEGIN { for (i = 0; i < 6000; i++) s = s "0123456789"; for (i = 0; i < 20; i++) print "Y2,М-1," s }'
    echo 'Y3,М-1,Кава'
} >large.csv
exits 3 import large.csv --kind purchase --json
has '"added":2,"updated":0,"same":0,"skipped":0,"rejected":20'
exits 3 import large.csv --kind purchase --json
has '"added":0,"updated":0,"same":2,"skipped":0,"rejected":20'

# What is doubtful goes in and is said, with its row; what is wrong says which field; both also in JSON.
printf 'external_id,name,edrpou,phone\nW1,Сумнів,14360571,невідомо\nW2,Нулі,130694,\n' >doubt.csv
exits 0 import doubt.csv --kind client --json
has '{"id":"E-EDRPOU-CHECK","field":"edrpou","text":"EDRPOU “14360571”: the check digit does not fit.","row":2}'
has '{"id":"E-PHONE-SHAPE","field":"phone",'
has '"row":2}'
has '"doubtful":3,'
exits 0 client show W2 --json
has '"edrpou":"00130694"'
exits 0 import doubt.csv --kind client --json
has '"warnings":[],'
has '"doubtful":0,'
printf 'external_id,name,edrpou\nW3,Ще один,14360572\n' >doubt.csv
exits 0 import doubt.csv --kind client
says 'note, row 2: EDRPOU'
exits 3 import bad.csv --kind client --json
has '"rejections":[{"row":3,"text":"since: '
awk 'BEGIN { s = "x"; for (i = 0; i < 13; i++) s = s s; print "external_id,name\n" s ",Довгий" }' >long.csv
exits 3 import long.csv --kind client
says 'external_id: the value is too long'

# Rows of one file that contradict each other: the first counts, each time.
printf 'edrpou,name,site\n11111111,Перша назва,\n11111111,Друга назва,\n11111111,,one.ua\n' >twice.csv
exits 3 import twice.csv --kind client --json
has '"added":1,"updated":1,"same":0,"skipped":0,"rejected":1'
has '{"row":3,"text":"name: row 2 says something else of the same record.","column":"name","id":"E-INVALID"}'
exits 3 import twice.csv --kind client --json
has '"changes":0,'
has '"updated":0,"same":2,"skipped":0,"rejected":1'

# Each mistake of --map says what it is.
exits 2 import first.csv --kind client --map name
says '--map «name»: it should be COLUMN=FIELD'
exits 2 import first.csv --kind client --map nmae=name
says 'the file has no column «nmae» (Did you mean name?)'
exits 2 import first.csv --kind client --map name=nmae
says 'there is no field «nmae» (Did you mean name?)'

# What tells who is here already is not advised where it is not there.
printf 'client,text\nМ-1,Дзвінок\n' >calls.csv
exits 2 import calls.csv --kind activity
says 'Add a column id, external_id'
case $err in *'phone'*) fail 'an activity has no phone' ;; esac
printf 'client,number,date\n14360570,N-7,2026-01-02\n' >numbers.csv
exits 0 import numbers.csv --kind purchase --match number --json
has '"added":1'
exits 0 import numbers.csv --kind purchase --match number --json
has '"same":1'

# In TSV each record has a line.
printf 'external_id,name\nT1,Раз\nT2,Два\n' >tsv.csv
exits 0 import tsv.csv --kind client --tsv
[ "$(printf '%s\n' "$out" | grep -c '^records')" -eq 2 ] || fail 'a line for each record'

# Encodings and separators: found out, by their mark, or said.
printf '\xCD\xE0\xE7\xE2\xE0;\xCA\xEE\xE4 \xE2 \xEE\xE1\xEB\xB3\xEA\xF3\n\xAF\xE6\xE0\xEA;K1\n' >1251.csv
exits 0 import 1251.csv --kind client -n
says 'read as windows-1251'
exits 0 import 1251.csv --kind client --json
has '"added":1'
has '"encoding":"windows-1251","separator":";"'
[ -z "$err" ] || fail 'the answer is JSON, and nothing else is to be said'
exits 0 import 1251.csv --kind client --encoding windows-1251 --json
has '"same":1'
exits 2 import 1251.csv --kind client --encoding koi8-u
for encoding in KOI8-U CP1125 UTF-16LE UTF-16BE; do
    printf 'name|external_id|address.city\nЇжак і Ґава|%s|Чернівці\n' "$encoding" |
        iconv -f UTF-8 -t "$encoding" >"$encoding.csv" || fail "iconv does not know $encoding"
    exits 0 import "$encoding.csv" --kind client --json
    has "\"encoding\":\"$(echo "$encoding" | tr '[:upper:]' '[:lower:]' | sed 's/utf-16le/utf-16/')\",\"separator\":\"|\""
    exits 0 client show "$encoding" --json
    has '"name":"Їжак і Ґава"'
    has '"address.city":"Чернівці"'
done
# Plain cp866 has neither і nor ґ: what was written with a Latin i is found all the same.
printf 'name|external_id\nЄва та Їжак, Кi Кiровець|CP866\n' | iconv -f UTF-8 -t CP866 >CP866.csv
exits 0 import CP866.csv --kind client --encoding cp866 --json
has '"encoding":"cp866"'
exits 0 find --json кіровець їжак
has '"name":"Єва та Їжак, Кi Кiровець"'
# cp1251 has ’ and №, and a file of it keeps them.
printf 'name|external_id\nМ’ята №5 Ґава|CP1251\n' | iconv -f UTF-8 -t CP1251 >CP1251.csv
exits 0 import CP1251.csv --kind client --json
exits 0 client show CP1251 --json
has '"name":"М’ята №5 Ґава"'

# Written for old programs: what the encoding has goes there and back, what it lacks is written as without it.
for encoding in windows-1251 koi8-u cp1125; do
    exits 0 export 'external_id=CP1251 OR external_id=KOI8-U' --columns name,external_id --encoding "$encoding" -o old.csv --yes
    case $err in *lacks*) fail 'that is all there' ;; esac
    iconv -f "$encoding" -t UTF-8 old.csv | grep -q '^Їжак і Ґава,' || fail "$encoding is not what was written"
done
exits 0 client add name='Мʼята ₴100 №7 „Ґрунт“ і ще' external_id=LACKS -q
# wrote ENCODING TEXT: the name of that client as the file has it.
wrote() {
    exits 0 export external_id=LACKS --columns name,external_id --encoding "$1" -o old.csv --yes
    iconv -f "$1" -t UTF-8 old.csv | grep -qF "$2" || fail "$1 has not $2"
}
wrote windows-1251 'М’ята грн100 №7 „Ґрунт“ і ще'
wrote koi8-u "М'ята грн100 N7 'Ґрунт' і ще"
wrote cp1125 "М'ята грн100 №7 'Ґрунт' і ще"
wrote cp866 "М'ята грн100 №7 'Грунт' i ще"
exits 0 client set LACKS name='漢字' -q
exits 0 export external_id=LACKS --encoding windows-1251 -o old.csv --yes
says 'lacks 2 characters'
exits 2 export --encoding utf-16 -o old.csv
says 'windows-1251'
exits 2 export --encoding windows-1251 --format json -o old.json
exits 2 export --encoding windows-1251 --excel -o old.csv
printf 'PK\3\4 and more' >book.xlsx
exits 7 import book.xlsx --kind client
says 'save it as CSV'
exits 0 client show K1 --json
has '"name":"Їжак"'
printf '\xFF\xFEn\0a\0m\0e\0\t\0e\0x\0t\0e\0r\0n\0a\0l\0_\0i\0d\0\n\0U\0\t\0U\x001\0\n\0' >utf16.csv
exits 0 import utf16.csv --kind client --json
has '"added":1'
printf 'name|external_id\nPipe|V1\n' >pipe.csv
exits 0 import pipe.csv --kind client --json
has '"added":1'
printf 'name^external_id\nCaret^V2\n' >caret.csv
exits 0 import caret.csv --kind client --separator '^' --json
has '"separator":"^"'
exits 0 import - --kind client --json <first.csv
has '"same":1'

# There and back, with everything that cells can hold.
exits 0 client set М-1 'note=рядок
другий, "у лапках"; так' tag+='"ц"' 'attr.а б=1'
exits 0 export -o one.csv
says 'rows written: one.csv'
[ "$(stat -c %a one.csv)" = 600 ] || fail 'others can read what was exported'
cp one.csv first-one.csv
exits 0 import one.csv --kind client --json
has '"changes":0'
exits 0 init --db second
exits 0 import one.csv --kind client --db second
exits 0 export --db second -o one.csv --yes
cmp first-one.csv one.csv || fail 'the second store is another'
exits 0 export Львів --format json
[ "$(printf '%s\n' "$out" | wc -l)" -eq 1 ] || fail 'one client is in Львів'
has '{"schema":1,"kind":"client","id":"'
has '"fields":{"name":"ТОВ \"Мак\""'
exits 0 export Львів --kind purchase
[ "$(printf '%s\n' "$out" | wc -l)" -eq 7 ] || fail 'the purchases of the client in Львів'
exits 2 export clients.csv
says 'karto export -o clients.csv'
exits 0 export Львів --excel -o excel.csv
[ "$(head -c 3 excel.csv)" = "$(printf '\xEF\xBB\xBF')" ] || fail 'Excel needs the mark'
head -n 1 excel.csv | grep -q 'id;territory;name' || fail 'Excel here takes ; between columns'
exits 0 import excel.csv --kind client --json
has '"changes":0,'
# There 1.5 would be the first of May, and "35.50 UAH" has no sum.
exits 0 purchase add М-1 number=Е-1 lines.1='сир; 1.5; 35.50; 2.5' lines.2='чай; 2; 4' --json
exits 0 export number=Е-1 --kind purchase --excel -o excel-lines.csv --columns number,total,lines
for line in 'Е-1;59,92;1;сир;1,5;35,50;2,5' 'Е-1;59,92;2;чай;2;4,00;'; do
    grep -q "^$line" excel-lines.csv || fail "Excel would misread: $(<excel-lines.csv)"
done
exits 0 purchase add М-1 number=Е-2 lines.1='чай; 2; 4 EUR' --json
exits 0 export number=Е-2 --kind purchase --excel --columns total,lines
has '8,00 EUR;1;чай;2;4,00 EUR;'
exits 0 import excel-lines.csv --kind purchase --match number --json
has '"same":1,'
exits 2 export --format xls
says 'csv, json'
exits 1 export -o none/file.csv
says 'none/file.csv'
exits 0 client hide М-1 --reason 'закрилися'
exits 0 export Львів
[ "$(printf '%s\n' "$out" | wc -l)" -eq 1 ] || fail 'a hidden client was exported'

# Ctrl-C stops between rows; what was done stays, and the same again goes on.
exits 0 init --db third
awk 'BEGIN { print "external_id,name"; for (i = 1; i <= 20000; i++) print "C" i ",Клієнт номер " i }' >big.csv
mkfifo pipe
"$KARTO" import - --kind client --db third <pipe >stopped.out 2>stopped.err &
pid=$!
exec 3>pipe
head -n 5000 big.csv >&3
for _ in $(seq 100); do
    karto status --db third --json
    case $out in *'"client":0'*) sleep 0.1 ;; *) break ;; esac
done
kill -INT "$pid"
wait "$pid"
code=$?
exec 3>&-
[ "$code" -eq 130 ] || fail 'Ctrl-C ends with 130'
grep -q 'E-INTERRUPTED' stopped.err || fail 'Ctrl-C is not said'
exits 0 import big.csv --kind client --db third --json
lacks '"same":0,'
exits 0 status --db third --json
has '"client":20000'
exits 0 check --db third
finish
