#!/usr/bin/env bash
# Words in all the ways in which people in Ukraine write them: legal forms, apostrophes, look-alikes, the wrong keyboard
# layout, letters of the other language, Latin letters, the order of the alphabet. Each is asked of the command line:
# of records that are only noted, and of such that are in the index of words.
# shellcheck disable=SC1091,SC2154,SC1112,SC1003 # lib.sh is found beside this file, and sets what is not set here; as typed
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
exits 0 init -q

# quoted TEXT: as JSON has it.
quoted() {
    local text=${1//\\/\\\\}
    printf '"%s"' "${text//\"/\\\"}"
}
# names NAME...: clients of these names.
names() {
    { echo name && printf '%s\n' "$@" | sed 's/"/""/g; s/.*/"&"/'; } >names.csv
    exits 0 import names.csv --kind client --match - -q
}
# finds NAME HOW QUERY: what is found first, and how; - is among others.
finds() {
    if [ "$2" = - ]; then
        exits 0 find --json -- "$3"
    else
        exits 0 find --json --limit 1 -- "$3"
        has "\"how\":\"$2\""
    fi
    has "\"name\":$(quoted "$1")"
}

# ---- what there is ----
forms=(ТОВ ТзОВ ТДВ ПП ФОП АТ ПАТ ПрАТ ДП КП КНП ФГ СФГ СТОВ СК ПСП ОСББ ГО БО БФ ВК філія ООО ЗАО ОАО ЧП СПД КФХ LLC JSC PE)
letters=(а б в г ґ д е є ж з и і ї й к л м н о п р с т у ф х ц ч ш щ ь ю я)
capitals=(А Б В Г Ґ Д Е Є Ж З И І Ї Й К Л М Н О П Р С Т У Ф Х Ц Ч Ш Щ Ь Ю Я)
apostrophes=("'" '’' 'ʼ' '‘' '`' '´' '′' '"' '*')
look_latin=(a c e i o p x y A B C E H I K M O P T X)
look_cyrillic=(а с е і о р х у А В С Е Н І К М О Р Т Х)
stored=()
for i in "${!forms[@]}"; do
    stored+=("${forms[i]} «Сонях${letters[i]}»")
done
for i in "${!apostrophes[@]}"; do
    stored+=("Слов${apostrophes[i]}я${letters[i]}нка")
done
for letter in "${look_cyrillic[@]}"; do
    stored+=("Щу${letter}бж")
done

# NAME|HOW|QUERY
cat >asked <<'TABLE'
Kиїв готель|exact|Київ готель
Kиїв готель|exact|київ ГОТЕЛЬ
Львiв вокзал|exact|Львів вокзал
Xаркiв ринок|exact|Харків ринок
TОВ Глобус|exact|Глобус
TОВ Глобус|exact|ТОВ Глобус
Вежа Київ|word|Kиїв вежа
Вежа Львів|exact|вежа Львiв
Вежа Харків|word|Xаркiв вежа
ABC|exact|ABC
ABC|exact|АВС
OOO|exact|OOO
ТОВ «Нова Пошта»|layout|Yjdf Gjinf
ТОВ «Їжак»|layout|NJD };fr
ПриватБанк|layout|Ghbdfn<fyr
Єва|layout|"df
ФОП Юрій|layout|>hsq
Щедрик|layout|Otlhbr
Lviv|layout|Дмшм
Ґалаґан|typo|галаган
Галичина|typo|Ґаличина
Зимівник|typo|зімивник
Їдальня|typo|идальня
Їдальня|typo|ыдальня
Мышкин|typo|мишкін
Підсумковий|typo|підсумкавии
Єлизавета|typo|Элизавета
Єлизавета|typo|елизавета
Семён|typo|семен
Підйом|typo|підйомь
Подъезд|typo|подезд
Мельник|typo|мелник
Геннадій|typo|генадій
Одеса|typo|Одесса
Клієнт Київ|-|Клієнт kiev
Клієнт Київ|-|Клієнт киев
Клієнт Kyiv|-|Kyiv Клієнт
Клієнт Харків|-|Клієнт kharkov
Клієнт Харків|-|Клієнт kharkiv
Клієнт Харків|-|Клієнт харьков
Сергій|-|Сергей
Сергій|exact|Сергій
Сергей Петрович|-|Сергій
Сергей Петрович|prefix|Сергей
Сергій|-|Sergey
Миколаїв|-|Николаев
Миколаїв|-|nikolaev
Николаев Олег|typo|Миколаїв Олег
Kharkov Hotel|typo|kharkiv hotel
Згорани|latin|Zghorany
Розгон|latin|Rozghon
Єнакієве|latin|Yenakiieve
Короп'є|latin|Koropie
Їжакевич|latin|Yizhakevych
Кадиївка|latin|Kadyivka
Мар'їне|latin|Marine
Йосипівка|latin|Yosypivka
Стрий|latin|Stryi
Олексій|latin|Oleksii
ФОП Юрій|latin|Yurii
Крюківка|latin|Kriukivka
Яготин|latin|Yahotyn
Костянтин|latin|Kostiantyn
Знам'янка|latin|Znamianka
Феодосія|latin|Feodosiia
Щербухи|latin|Shcherbukhy
Ґалаґан|latin|Galagan
Запоріжжя|latin|Zaporizhzhia
Щедрик|latin|SHCHEDRYK
TABLE
while IFS='|' read -r name _; do
    [[ " ${stored[*]} " = *" $name "* ]] || stored+=("$name")
done <asked
names "${stored[@]}"

# ---- asked ----
ask_forms() {
    local i
    for i in "${!forms[@]}"; do
        finds "${forms[i]} «Сонях${letters[i]}»" exact "сонях${letters[i]}"
        finds "${forms[i]} «Сонях${letters[i]}»" exact "Сонях${letters[i]} ${forms[i]}"
        finds "${forms[i]} «Сонях${letters[i]}»" exact "ПП Сонях${capitals[i]}"
    done
}
ask_apostrophes() {
    local i apostrophe
    for i in "${!apostrophes[@]}"; do
        for apostrophe in "${apostrophes[@]}"; do
            finds "Слов${apostrophes[i]}я${letters[i]}нка" exact "слов${apostrophe}я${letters[i]}нка"
        done
    done
}
ask_lookalikes() {
    local i
    for i in "${!look_latin[@]}"; do
        exits 0 find --json --limit 1 -- "Щу${look_latin[i]}бж"
        has '"how":"exact"'
    done
}
ask_table() {
    local name how query
    while IFS='|' read -r name how query; do
        finds "$name" "$how" "$query"
    done <asked
}
ask_table
finds 'ТОВ «Соняха»' exact 'соняха тов'
finds 'Слов*яжнка' exact 'слов’яжнка'
# More than 128 notes go into the index with the next write.
mapfile -t fillers < <(seq -f 'Запас %g' 300)
names "${fillers[@]}"
exits 0 client add name=Останній -q
ask_table
ask_forms
ask_apostrophes
ask_lookalikes

# What it was taken for is said.
export KARTO_LANG=uk
exits 0 find Yjdf Gjinf
says 'Показано для «Нова Пошта»'
export KARTO_LANG=en
exits 0 find --json Yjdf Gjinf
has '"read_as":"Нова Пошта"'
# Of the same name, the one of the legal form that was asked for comes first.
names 'ПП «Барвінок»' 'ТОВ «Барвінок»' 'Барвінок, ФОП'
finds 'ТОВ «Барвінок»' exact 'ТОВ Барвінок'
finds 'Барвінок, ФОП' exact 'барвінок фоп'
exits 0 client list --tsv --columns name 'тов барвінок'
[ "$(tail -n +2 <<<"$out")" = 'ТОВ «Барвінок»' ] || fail 'in a list each word counts'

# ---- who is here already ----
for i in "${!forms[@]}"; do
    exits 0 client add "name=СОНЯХ${letters[i]}" -n --json
    has "there is a similar one already: ${forms[i]} «Сонях${letters[i]}»"
done
for name in 'Нова Пошта' '"Нова Пошта"' 'ФОП „нова пошта“' "ПП ''Нова-Пошта''" 'ТОВ “НОВА ПОШТА”' 'Нoва Пoшта, ТОВ'; do
    exits 0 client add "name=$name" -n --json
    has E-SIMILAR
done
for name in 'Нова' 'Пошта Нова' 'ТОВ' 'Нова Пошта Плюс'; do
    exits 0 client add "name=$name" -n --json
    lacks E-SIMILAR
done

# ---- in the wrong layout from the beginning ----
exits 0 init -q --db typed
export KARTO_DB=$PWD/typed
names 'Yjdf Gjinf' 'NJD };fr' 'Ghbdfn<fyr' '"df' '>hsq' 'Otlhbr' 'Дмшм'
finds 'Yjdf Gjinf' layout 'Нова Пошта'
finds 'NJD };fr' layout 'ТОВ Їжак'
finds 'Ghbdfn<fyr' layout ПриватБанк
finds '"df' layout Єва
finds '>hsq' layout Юрій
finds Otlhbr layout Щедрик
finds Дмшм layout Lviv
unset KARTO_DB

# ---- in Latin letters from the beginning ----
exits 0 init -q --db latin
export KARTO_DB=$PWD/latin
awk -F'|' '$2 == "latin" { print $3 }' asked >latin_names
mapfile -t latin <latin_names
names "${latin[@]}"
while IFS='|' read -r name how query; do
    [ "$how" = latin ] && finds "$query" latin "${name#ФОП }"
done <asked
unset KARTO_DB

# ---- the alphabet ----
exits 0 init -q --db alphabet
export KARTO_DB=$PWD/alphabet
order=()
for i in "${!letters[@]}"; do
    order+=("${letters[i]}" "${capitals[i]}" "${letters[i]}я" "${capitals[i]}я")
done
names "${order[@]:66}" "${order[@]:0:66}"
exits 0 client list --tsv --columns name
[ "$(tail -n +2 <<<"$out")" = "$(printf '%s\n' "${order[@]}")" ] || fail 'the alphabet has another order'
exits 0 client list --tsv --columns name --sort -name
[ "$(tail -n +2 <<<"$out")" = "$(printf '%s\n' "${order[@]}" | tac)" ] || fail 'the alphabet has another order backwards'
exits 0 init -q --db lists
export KARTO_DB=$PWD/lists
# in_order NAME...: as a list has them, whichever came first.
in_order() {
    mapfile -t shuffled < <(printf '%s\n' "$@" | sort)
    names "${shuffled[@]}"
    exits 0 client list --tsv --columns name
    [ "$(tail -n +2 <<<"$out")" = "$(printf '%s\n' "$@")" ] || fail 'the list has another order'
    exits 0 undo -q
}
# Digits by their value, then Cyrillic, with Russian letters beside or behind ours, then Latin; apostrophes and marks
# count for nothing.
in_order 'буд. 2' 'буд. 2/1' 'буд. 2а' 'буд. 10' 'буд. 100'
in_order 2 10 Ева Ёлка Ель Єва Иній Іній Їжак Йод Объект Ольга Щука Ъ Ы Ь Эмма Юрій Яна Apple Zoria
in_order Галина «Ганна» Гнат Ґава Дім Ірпінь Мюллер "м'ята" мʼяч 'М’ячик' '„Яна“'

# ---- letters in two parts ----
exits 0 client add name=$'\u041a\u0438\u0456\u0308\u0432 \u041b\u0438\u0441\u0438\u0438\u0306' -q
exits 0 client list --tsv --columns name
has 'Київ Лисий'
finds 'Київ Лисий' exact $'\u043a\u0438\u0456\u0308\u0432 \u043b\u0438\u0441\u0438\u0438\u0306'
finds 'Київ Лисий' exact 'Київ Лисий'
unset KARTO_DB
finish
