#!/usr/bin/env bash
# Tables as offices really have them: broken quotes, ragged rows, zero bytes, titles and headings twice, codes and dates
# that a spreadsheet has changed, encodings mixed up. Each is named by row and column, the rest goes in, and the file of
# errors, mended, gives with the command that is said what a right table would have given.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# A new store; with two clients to hang others on.
fresh() {
    rm -rf "$home/data" ./*.errors*
    exits 0 init -q
    printf 'name,external_id\nМак,M1\nПак,M2\n' >base.csv
    exits 0 import base.csv --kind client -q
}

# What is in a store, without what is new each time.
contents() {
    local kind
    for kind in client person activity purchase; do
        "$KARTO" export --kind "$kind" | sed -E -e 's/[0-9a-f]{32}/ID/g' | LC_ALL=C sort
    done
}

# rejects ROW COLUMN ID: in an answer of JSON.
rejects() {
    case $out in
    *"{\"row\":$1,\"text\":"*) ;;
    *) fail "$last: row $1 is not named" ;;
    esac
    printf '%s' "$out" | tr '{' '\n' | grep -F "\"row\":$1,\"text\"" | grep -qF "\"column\":$2,\"id\":\"$3\"}" ||
        fail "$last: row $1 is not of column $2, $3"
}

# exits, for an import, whose answer is remembered.
answer=''
imports() {
    local wanted=$1
    shift
    exits "$wanted" import "$@" --json
    answer=$out
}

# The command that the answer of the last import says, run as it stands.
run_next() {
    local command
    command=$(printf '%s' "$answer" | sed -n 's/.*"next":\["karto \([^]]*\)"\]}.*/\1/p' | sed 's/\\\(.\)/\1/g')
    [ -n "$command" ] || fail "$last: no command is said"
    out=$(eval "\"\$KARTO\" $command --json" 2>"$home/stderr")
    code=$?
    err=$(cat "$home/stderr")
    last="karto $command"
}

# comes_right FILE RIGHT KIND SED [OPTIONS...]: the file of errors of what was just imported, mended, gives what RIGHT
# gives; and what was entered stays the same when both files come again.
comes_right() {
    local file=$1 right=$2 kind=$3 mend=$4
    shift 4
    sed -i "$mend" "$file.errors.csv"
    run_next
    [ "$code" -eq 0 ] || fail "$last: wanted 0"
    exits 0 import "$file.errors.csv" --kind "$kind" "$@" --json
    has '"changes":0,'
    contents >mended.txt
    fresh
    exits 0 import "$right" --kind "$kind" "$@" --json
    contents >right.txt
    cmp -s mended.txt right.txt || fail "$file: $(diff mended.txt right.txt | head -n 6)"
}

# ---- rows that are broken ----
fresh
{
    printf 'external_id;name;phone;note\n'
    printf 'K1;"Мак і син;0671112233;раз\n'       # a quote that is never closed
    printf 'K2;Добрий;0671112234;два\n'
    printf 'K3;Зайве;0671112235;три;ще;одне\n'    # too many cells
    printf 'K4;Бракує\n'                          # too few
    printf 'K5;"ТОВ "Роза"";0671112236;п'"'"'ять\n' # quotes that are not doubled
    printf 'K6;Нуль\0ь;0671112237;шість\n'        # a zero byte
    printf '\n;;;\n;;;;;\n'                       # nothing
    printf 'K7;\xCB\xFC\xE2\xB3\xE2;0671112238;\xF1\xB3\xEC\n' # a row of another encoding
    printf 'K8;Хвіст;0671112239;вісім;;;\n'       # separators behind it
    printf 'K9;"Рядок\nдругий";;"так;""ні"""\n'   # as it should be
} >broken.csv
imports 3 broken.csv --kind client
has '"added":3,"updated":0,"same":0,"skipped":0,"rejected":6,"errors":"broken.csv.errors.csv"'
rejects 2 '"name"' E-INVALID
rejects 4 null E-INVALID
rejects 5 null E-INVALID
rejects 6 '"name"' E-INVALID
rejects 7 '"name"' E-INVALID
rejects 11 '"name"' E-INVALID
has 'row 2, column 2 (name): A quote is opened'
has 'row 4: The row has 6 values, but there are 4 columns'
has 'row 5: The row has 2 values, but there are 4 columns'
has 'row 7, column 2 (name): There is a zero byte'
has 'row 11, column 2 (name): The text is not UTF-8'
exits 0 client show K9 --json
has '"name":"Рядок\nдругий"'
has '"note":"так;\"ні\""'
# The whole row is in the file of errors, whatever was wrong with it.
head -n 1 broken.csv.errors.csv | grep -qF 'external_id;name;phone;note;error' || fail 'the heading of the errors'
for row in 'K1;"""Мак і син";0671112233;раз;"row 2' 'K3;Зайве;0671112235;три;"row 4' 'K4;Бракує;;;"row 5' \
    'K5;"""ТОВ ""Роза""""";' 'K6;Нульь;0671112237;шість;' 'K7;Львів;0671112238;сім;"row 11'; do
    grep -qF "$row" broken.csv.errors.csv || fail "not in the file of errors: $row"
done
grep -q ';ще;одне.$' broken.csv.errors.csv || fail 'what was too many is lost'
grep -q 'K9\|K8' broken.csv.errors.csv && fail 'a good row is in the file of errors'
printf '%s\n' 'external_id;name;phone;note' 'K1;Мак і син;0671112233;раз' 'K2;Добрий;0671112234;два' \
    'K3;Зайве;0671112235;три' 'K4;Бракує;;' 'K5;"ТОВ ""Роза""";0671112236;п'"'"'ять' 'K6;Нульь;0671112237;шість' \
    'K7;Львів;0671112238;сім' 'K8;Хвіст;0671112239;вісім' 'K9;"Рядок' 'другий";;"так;""ні"""' >right.csv
comes_right broken.csv right.csv client \
    's/"""Мак і син"/Мак і син/; s/;ще;одне//; s/"""ТОВ ""Роза"""""/"ТОВ ""Роза"""/'

# The reasons do not hide which character is between the columns, however many the rows had.
fresh
printf 'external_id;name\nR1;a;b\nR2;a;b;c\nR3;a;b;c;d\nR4;a;b;c;d;e\n' >ragged.csv
imports 3 ragged.csv --kind client
sed -i 's/^\(R.;a\);\("[^"]*"\).*/\1;\2/' ragged.csv.errors.csv
run_next
has '"added":4,'
has '"separator":";"'

# A trial says the same, writes nothing, and where the rest will be; a table says it too, in both languages.
fresh
imports 3 broken.csv --kind client -n
has '"changes":0,"undo":null,'
has '"rejected":6,"errors":null,'
exits 3 import broken.csv --kind client -n
says 'row 2, column 2 (name): A quote is opened'
says '6 rows in all cannot be entered; without -n all of them come into broken.csv.errors.csv'
[ ! -e broken.csv.errors.csv ] || fail 'a trial wrote a file'
exits 3 import broken.csv --kind client --lang uk
says 'рядок 2, стовпець 2 (name): Лапки відкрито'
says '6 рядків з поясненнями: broken.csv.errors.csv'
says 'внесіть: karto import broken.csv.errors.csv --kind client --lang uk'

# A quote may swallow no more than its line, also where it finds an end.
fresh
printf 'name;external_id;note\n"Мак;S1;а\nТак;S2";б\nДо;S3;в\n' >swallow.csv
imports 3 swallow.csv --kind client
has '"added":2,"updated":0,"same":0,"skipped":0,"rejected":1'
has 'row 2, column 1 (name): A quote is opened'
# Where it cannot be told, the row goes in and is named.
printf 'external_id;name;note\nS4;"Мак;а\nS5;Як";б\n' >joined.csv
exits 0 import joined.csv --kind client --json
has '{"id":"E-ROWS-JOINED","field":null,"text":"Several lines of the file (2)'
has '"row":2}'

# ---- titles, headings twice, columns without names ----
fresh
printf 'Звіт про клієнтів\nза листопад, усі;;\n;;\nКод в обліку;Назва;Телефон;;\nT1;Один;0671110001;;\n' >title.csv
printf 'external_id;name;phone\nКод в обліку;Назва;Телефон\nT2;Два;0671110002\nexternal_id;name;phone\nT3;Три;\n' \
    >>title.csv
exits 0 import title.csv --kind client --json
has '"added":3,"updated":0,"same":0,"skipped":3,"rejected":0'
has '"heading":4,"repeated":[6,7,9]}'
exits 0 import title.csv --kind client --json
has '"changes":0,'
exits 0 import title.csv --kind client
says 'the names of columns are those in row 4'
says '3 rows say the names of columns once more, and were passed over: 6, 7, 9'
exits 0 import title.csv --kind client --lang uk
says 'назви стовпців узято з рядка 4'
# What is no heading by half is none, and the row that is nearest is what is complained of.
printf 'Звіт\nназва фірми;ЄДРПОУ;тел.\nРаз;14360570;\n' >headless.csv
exits 2 import headless.csv --kind client
says '«назва фірми», «тел.»'
# A client may be called as its column is, where nothing else says that it is a heading.
printf 'external_id,name\nT4,Назва\nT5,name\n' >named.csv
exits 0 import named.csv --kind client --json
has '"added":2,"updated":0,"same":0,"skipped":0'
printf 'external_id;;name\nT6;;Шість\nT7;зайве;Сім\n' >nameless.csv
imports 3 nameless.csv --kind client
has '"added":1,'
has 'Column 2 has no name, but in this row there is “зайве”'
printf 'external_id;name;name\nT8;а;б\n' >double.csv
exits 2 import double.csv --kind client
says 'Where two columns have the same name, rename one in the file'
printf 'sep=^\r\nexternal_id^name\r\nT9^Дев'"'"'ять\r\n' >sep.csv
exits 0 import sep.csv --kind client --json
has '"added":1,'
has '"separator":"^"'
printf 'external_id;name;note\rTA;Мак;1,5\rTB;Пак;2,5\r' >cr.csv
exits 0 import cr.csv --kind client --json
has '"added":2,'

# ---- what spreadsheets do to values ----
fresh
{
    echo 'external_id;name;edrpou;phone;since;credit_limit'
    echo 'V1;Наукова;1,43606E+07;;;'
    echo 'V2;Нулі;130694;;;'
    echo 'V3;Телефон;;"0671112233; 3,80671E+11";;'
    echo '1.2E+05;Код;;;;'
    echo 'V4;Крапки;;;05.11.2025;1 234,50 ₴'
    printf 'V5;Риски;;;2025-11-06;1\xC2\xA0234,50\n'
    printf 'V6;Дробом;;;25/12/25;1\xE2\x80\xAF234,5 грн\n'
    echo 'V7;Двозначно;;;03/04/2025;'
    echo 'V8;Числом;;;45967;"1,234.50"'
    echo 'V9;З часом;;;25.12.2025 0:00:00;₴1 234'
    echo 'VA;По-їхньому;;;12/31/2025;'
    echo 'VB;Однаково;;;05/05/2025;1,234'
    echo 'VC;Ні те ні се;;;31.02.2025;'
    echo 'VD;Мілісекунди;;;2025-11-06T10:20:30.000Z;'
    echo 'VE;Далеко;;;12345;'
} >values.csv
imports 3 values.csv --kind client
has '"added":8,"updated":0,"same":0,"skipped":0,"rejected":7'
rejects 2 '"edrpou"' E-CODE-SHORTENED
rejects 4 '"phone"' E-CODE-SHORTENED
rejects 5 '"external_id"' E-CODE-SHORTENED
rejects 9 '"since"' E-DATE-AMBIGUOUS
rejects 13 '"credit_limit"' E-INVALID
rejects 14 '"since"' E-INVALID
rejects 16 '"since"' E-INVALID
has '{"id":"E-EDRPOU-PADDED","field":"edrpou"'
has '{"id":"E-DATE-NUMBER","field":"since","text":"Date 45967 = 2025-11-06'
exits 0 export --columns external_id,edrpou,since,credit_limit -o values.out
for row in 'V2,00130694,,' 'V4,,2025-11-05,1234.50 UAH' 'V5,,2025-11-06,1234.50 UAH' 'V6,,2025-12-25,1234.50 UAH' \
    'V8,,2025-11-06,1234.50 UAH' 'V9,,2025-12-25,1234.00 UAH' 'VA,,2025-12-31,' 'VD,,2025-11-06,'; do
    grep -qxF "$row"$'\r' values.out || fail "not in the store: $row"
done
sed -e 's/1,43606E+07/14360570/; s/3,80671E+11/0671234567/; s/1.2E+05/120000/; s/03\/04\/2025/03.04.2025/' \
    -e 's/;1,234$/;1234/; s/31.02/28.02/; s/;12345;$/;12.03.2024;/' values.csv >right.csv
comes_right values.csv right.csv client \
    's/;1,43606E+07/;14360570/; s/3,80671E+11/0671234567/; s/^1.2E+05/120000/; s/;03\/04\/2025/;03.04.2025/; s/;1,234;/;1234;/; s/;31.02.2025/;28.02.2025/; s/;12345;/;12.03.2024;/'
exits 3 import values.csv --kind client --lang uk
says 'edrpou: «1,43606E+07» вже не код'
# The column is named as the table has it.
printf 'Код в обліку;Назва;З якого дня\nW1;Раз;03/04/2025\n' >headed.csv
imports 3 headed.csv --kind client
rejects 2 '"З якого дня"' E-DATE-AMBIGUOUS
has 'column “З якого дня”: since: “03/04/2025”'

# ---- encodings ----
fresh
printf 'Код в обліку;Назва;Місто\nЕ1;Їжак;Львів\nЕ2;Ґава;Київ\nЕ3;Бджола;Одеса;зайве\n' >utf8.csv
for encoding in WINDOWS-1251 KOI8-U CP1125 UTF-16LE UTF-16BE; do
    iconv -f UTF-8 -t "$encoding" utf8.csv >"$encoding.csv" || fail "iconv does not know $encoding"
    fresh
    imports 3 "$encoding.csv" --kind client --encoding "${encoding%[LB]E}"
    rejects 4 null E-INVALID
    # It is UTF-8 and says so: the options of before do no harm.
    exits 0 client list --json
    sed -i 's/;зайве//' "$encoding.csv.errors.csv"
    exits 0 import "$encoding.csv.errors.csv" --kind client --encoding "${encoding%[LB]E}" --json
    has '"added":1,'
    has '"encoding":"utf-8"'
    exits 0 client show Е3 --json
    has '"name":"Бджола"'
done
fresh
exits 2 import WINDOWS-1251.csv --kind client --encoding koi8-u
says 'the file is read as koi8-u, but looks like windows-1251'
printf 'external_id;name\nЯ1;Їжак\n' | iconv -f UTF-8 -t WINDOWS-1251 >wrong.csv
exits 3 import wrong.csv --kind client --encoding utf-8
says 'row 2, column 1 (external_id): The text is not UTF-8'
says 'looks like windows-1251'
grep -qF 'Я1;Їжак;' wrong.csv.errors.csv || fail 'it is readable in the file of errors'
# A byte that is no letter of the encoding is not taken for one.
printf 'external_id;name\nB1;\xCB\xFC\xE2\x98\xE2\nB2;\xCB\xFC\xE2\xB3\xE2\n' >lost.csv
imports 3 lost.csv --kind client --encoding windows-1251
has '"added":1,'
rejects 2 '"name"' E-INVALID
# Two files in one: rows of the other encoding are named, and are readable among the errors.
{
    printf 'external_id;name\nC1;Крамниця на розі\nC2;Аптека\n'
    printf 'C3;Продукти біля ринку\n' | iconv -f UTF-8 -t WINDOWS-1251
} >mixed.csv
imports 3 mixed.csv --kind client
has '"added":2,'
rejects 4 '"name"' E-INVALID
grep -qF 'C3;Продукти біля ринку;' mixed.csv.errors.csv || fail 'the row of another encoding'
run_next
has '"added":1,'
# A zero byte in front does not hide which encoding it is.
printf 'external_id;name\nD1;a\0b\nD2;\xCB\xFC\xE2\xB3\xE2\n' >zero.csv
imports 3 zero.csv --kind client
has '"added":1,'
has '"encoding":"windows-1251"'

# ---- sizes ----
fresh
awk 'BEGIN {
    s = "0123456789"; for (i = 0; i < 13; i++) s = s s
    print "external_id;name;note"
    print "L1;Довге;" substr(s, 1, 70000)
    for (i = 0; i < 14; i++) t = t s
    print "L2;Надто довгий рядок;" t
    print "L3;Добре;" substr(s, 1, 60000)
}' >long.csv
imports 3 long.csv --kind client
has '"added":1,"updated":0,"same":0,"skipped":0,"rejected":2'
rejects 2 '"note"' E-LIMIT
has 'row 3, column 3 (note): The row is longer than 1 MB'

# ---- what hangs on clients ----
fresh
{
    printf 'Люди\nexternal_id;client;Назва;phone;since;Прим.\nP1;M1;Олена;0671234567;25/12/25;\n'
    printf 'P2;1,43606E+07;Іван;;;\nP3;Нема;Хто;;;\nP4;M2;"Пе"тро;;;\nP5;M1;Коля;0501112233;12/11/2025;"так\n'
} >person.csv
imports 3 person.csv --kind person --map 'Прим.=note'
has '"added":1,"updated":0,"same":0,"skipped":0,"rejected":4'
rejects 4 '"client"' E-CODE-SHORTENED
rejects 5 '"client"' E-NOT-FOUND
rejects 6 '"Назва"' E-INVALID
rejects 7 '"Прим."' E-INVALID
sed -e 1d -e 's/1,43606E+07/M2/; s/Нема/M1/; s/"Пе"/Пе/; s/12\/11\/2025/2025-11-12/; s/"так/так/' person.csv >right.csv
comes_right person.csv right.csv person \
    's/;1,43606E+07/;M2/; s/;Нема/;M1/; s/"""Пе""тро"/Петро/; s/;12\/11\/2025/;2025-11-12/; s/"""так"/так/' \
    --map 'Прим.=note'

fresh
printf 'Код в обліку;Клієнт;Дата;Вид;Текст\nA1;M1;2026-11-01;візит;були\nA2;M1;45967;дзвінок;"ок\n' >activity.csv
printf 'A3;M1;01/02/2026;call;x\nA4;M1;1.2.26 9:30;лист;y\nA5;M2;2026-11-02;танець;z\n' >>activity.csv
imports 3 activity.csv --kind activity
has '"added":2,"updated":0,"same":0,"skipped":0,"rejected":3'
rejects 3 '"Текст"' E-INVALID
rejects 4 '"Дата"' E-DATE-AMBIGUOUS
rejects 6 '"Вид"' E-INVALID
sed -e 's/"ок/ок/; s/01\/02\/2026/01.02.2026/; s/танець/зустріч/' activity.csv >right.csv
comes_right activity.csv right.csv activity 's/"""ок"/ок/; s/;01\/02\/2026/;01.02.2026/; s/;танець/;зустріч/'

# Lines keep their number in their purchase, also where they were broken; a day in two notations is one day.
fresh
{
    echo 'external_id;client;date;lines.product;lines.quantity;lines.price'
    printf '%s\n' 'Z1;M1;2026-01-02;Чай;2;10' 'Z1;M1;02.01.2026;"Кава;1,5;20,50 ₴' 'Z1;M1;45659;Цукор;багато;5' \
        'Z1;M1;46024;Сіль;1;5' 'Z2;M1;2026-13-02;Чай;1;10' 'Z2;M1;2026-12-02;Мед;1;10' 'Z3;M2;2026-12-02;Сир;1;5;x' \
        'Z3;M2;2026-12-02;Хліб;1;1 000,00'
} >purchase.csv
imports 3 purchase.csv --kind purchase
has '"added":3,"updated":0,"same":0,"skipped":0,"rejected":4'
rejects 3 '"lines.product"' E-INVALID
rejects 4 '"date"' E-INVALID
has 'date: row 2 says something else'
rejects 6 '"date"' E-INVALID
rejects 8 null E-INVALID
sed -e 's/"Кава/Кава/; s/45659/46024/; s/багато/3/; s/2026-13-02/2026-12-02/; s/;x$//' purchase.csv >right.csv
comes_right purchase.csv right.csv purchase \
    's/"""Кава"/Кава/; s/45659/46024/; s/багато/3/; s/2026-13-02/2026-12-02/; s/;x\(.\)$/\1/'
exits 0 export --kind purchase
has ',Z1,,2026-01-02,70.75 UAH,,2,Кава,1.5,20.50 UAH,'

# ---- headings that no field has: what they may be, ready to be typed ----
printf 'client,ПІБ,Тел.,"Про що, і як"\n14360570,Іван,0671234567,x\n' >called.csv
exits 2 import called.csv --kind person --match - --lang uk
says ' --map ПІБ=name --map Тел.=phone'
exits 2 import called.csv --kind person --match - --map ПІБ=name --map Тел.=phone
says '«Про що, і як»'
# Headings that are usual elsewhere come with the option that says what they mean.
printf 'Найменування;Ел. пошта;Електронна адреса\nМак;a@b.ua;c@d.ua\n' >usual.csv
exits 2 import usual.csv --kind client --json
for column in Найменування=name '\"Ел. пошта=email\"' '\"Електронна адреса=email\"'; do
    case $err in *"--map $column"*) ;; *) fail "no proposal: $column" ;; esac
done
finish
