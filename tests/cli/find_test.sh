#!/usr/bin/env bash
# Finding: words in whatever way a tired person types them, conditions, and both; mistakes are shown with their place.
# shellcheck disable=SC1091,SC2154,SC1112 # lib.sh is found beside this file, and sets what is not set here; quotes as typed
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
exits 0 init -q
exits 0 client add name='ТОВ «Нова Пошта»' edrpou=31316718 phone='(044) 323-02-03' address.city=Київ tag=vip industry=53.20
exits 0 client add name="Мар'яна Ґудзь, ФОП" address.city='Біла Церква' industry=47.11 note='молоко, сир' credit_limit='1500 UAH'
exits 0 client add name='Київхліб' address.city=Київ industry=10.71
exits 0 client add name='Закритий магазин' address.city=Київ
exits 0 client hide 'Закритий магазин' --reason банкрут
exits 0 person add 'Київхліб' name='Іван Петренко' phone='050 765 43 21'
exits 0 activity add "Мар'яна Ґудзь, ФОП" type=visit date="$(date -d '10 days ago' +%F)" text='замовлення сметани'
exits 0 activity add 'Київхліб' type=call date="$(date -d '100 days ago' +%F)" text='передзвонити'
exits 0 purchase add 'Київхліб' number=A-17 date="$(date +%Y)-01-15" total='120000 UAH'

# finds NAME WORDS...: the first that is found has this name.
finds() {
    local name=$1
    shift
    exits 0 find --json "$@"
    case $out in *'"items":[{"kind":'*'"name":"'"$name"'"'*) ;; *) fail "$last: not $name" ;; esac
}
nova='ТОВ «Нова Пошта»'
maria="Мар'яна Ґудзь, ФОП"

# ---- words, however they are typed ----
finds "$nova" нова пошта
finds "$nova" НОВА пош
finds "$nova" ошта
finds "$nova" пошат
finds "$nova" Yjdf
has '"read_as":"Нова'
has '"how":"layout"'
finds "$nova" Nova Poshta
has '"how":"latin"'
finds "$nova" 0203
finds "$nova" 044 3230203
finds "$nova" 31316718
finds "$nova" HOBA
finds "$maria" марʼяна
finds "$maria" 'мар’яна ґудзь'
finds "$maria" сир
finds 'Іван Петренко' петренко
has '"client":{"id":'
has '"name":"Київхліб"'
finds 'Іван Петренко' 4321
finds 'Іван Петренко' київхліб іван
finds 'Іван Петренко' ПП київхліб іван
finds 'Іван Петренко' Gtnhtyrj Rb]d[ks,
has '"read_as":"Петренко Київхліб"'
finds 'замовлення сметани' ґудзь замовлення
finds 'замовлення сметани' сметани
finds 'A-17' A-17
exits 0 find --json немаєтакого
has '"items":[],"next":null'
exits 0 find --json закритий
has '"items":[]'
finds 'Закритий магазин' закритий --hidden

# ---- conditions ----
exits 0 client list --tsv --columns name 'industry:47 city:церк'
has "$maria"
lacks "$nova"
exits 0 client list --tsv --columns name 'last_contact>60d' -tag:vip
has 'Київхліб'
lacks "$maria"
lacks "$nova"
exits 0 client list --tsv --columns name "bought($(date +%Y))>100000"
has 'Київхліб'
lacks "$maria"
exits 0 client list --tsv --columns name 'credit_limit:1000..2000 OR tag:vip'
has "$maria"
has "$nova"
lacks 'Київхліб'
exits 0 client list --tsv --columns name is:hidden
has 'Закритий'
lacks 'Київхліб'
exits 0 client list --tsv --columns name місто:Київ has:person
has 'Київхліб'
lacks "$nova"
finds 'Іван Петренко' петренко city:Київ
exits 0 find --json петренко city:Львів
has '"items":[]'
exits 0 purchase list --tsv --columns number 'city:Київ total>1000'
has 'A-17'
exits 0 export --kind activity 'type:visit' -o -
has 'сметани'
lacks 'передзвонити'

# ---- pages ----
exits 0 find --json київ --limit 1
has '"next":"1"'
exits 0 find --json київ --limit 1 --after 1
has '"name":"'
# By conditions alone there may be more than words ever find.
exits 0 find --json city:Київ --after 1050
has '"items":[],"next":null'
exits 2 find --json city:Київ --after 4294967296

# Words end at a thousand, and say so.
{ printf 'name\n' && seq -f 'Крамниця %g' 1001; } >shops.csv
exits 0 import shops.csv --kind client --match - -q
exits 0 find --json крамниця --limit 1000
says 'More than 1'
says 'Add a word or a condition'
exits 0 find --json крамниця --limit 999
case $err in *'Add a word'*) fail 'there was a next page' ;; esac
exits 0 find --json нова пошта
case $err in *'Add a word'*) fail 'there are no more' ;; esac

# ---- mistakes ----
exits 2 client list 'ціти:Львів' --json
says '"id":"E-USAGE"'
exits 2 client list 'city:Київ since>2026-13-01'
says 'since>2026-13-01'
says '              ^'
exits 2 client list 'status:клієнт' --lang uk
says 'market (ринок), prospect (потенційний), customer (покупець), archive (архів)'
exits 2 client list '(tag:vip'
says 'parenthesis'
exits 2 find
exits 0 check
finish
