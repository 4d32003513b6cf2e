#!/usr/bin/env bash
# Words of other programs: what our commands and fields are called instead; and what a broken pager does not hide.
# shellcheck disable=SC1091,SC2154 # lib.sh is found beside this file, and sets what is not set here
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
exits 0 init -q

# suggests WHAT WORDS...: karto does not know the words, and asks, once, whether this was meant.
suggests() {
    exits 2 "${@:2}"
    says "Did you mean $1?"
    [ "$(grep -c -F "$1" <<<"$err")" -eq 1 ] || fail "$last: once is enough"
}
suggests 'client set' client edit x
for word in delete del remove; do
    suggests 'client hide' client "$word" x
done
for word in find search ls; do
    suggests 'client list' client "$word"
done
suggests 'client show' client get x
suggests 'conflict list' conflict ls
suggests 'client show' show x
suggests 'client add' add
suggests 'client list' list
suggests 'client list' ls
suggests 'client set' set
suggests 'client list' list client
suggests 'hub invite' invite
suggests client clients
suggests client clinet
suggests 'client list' client lits
suggests 'karto version' --version
suggests 'karto version' -V
suggests client export --kind clients
suggests client import x.csv --kind clients
suggests address.city client add city=Львів
suggests address.street client add address=Зелена
suggests phone client add tel=1
suggests name client add Name=Х
suggests email client add e-mail=x@y.ua
suggests phone client add Телефон=1
suggests name client add nmae=x
suggests phone client add phnoe=x
suggests address.city client add cty=Львів

# In a question too.
suggests address.city client list cty:Львів
suggests territory client list teritory:14

# Settings.
mkdir -p config/kartoteka
echo 'lnag = uk' >config/kartoteka/karto.conf
exits 0 status
says 'Did you mean lang?'
echo 'lang = ua' >config/kartoteka/karto.conf
exits 0 status
says 'does not know the language “ua”'
printf '%s\n' 'lang = en' 'немає знака' >config/kartoteka/karto.conf
exits 2 status
says 'line 2'
for words in help version 'help client' 'client list -h' doctor; do
    # shellcheck disable=SC2086 # words
    exits 0 $words
    says 'line 2'
done
KARTO_LANG=uk exits 2 status
says 'рядок 2'
exits 2 status --lang uk
says 'рядок 2'
rm config/kartoteka/karto.conf
for words in help 'status -h' version 'client list'; do
    # shellcheck disable=SC2086 # words
    KARTO_LANG=ua exits 0 $words
    says 'KARTO_LANG: the program does not know the language “ua”'
done
KARTO_LANG=ua exits 0 version --lang uk
says 'KARTO_LANG: мови «ua» програма не знає'
exits 2 version --lang ua

# Help begins with what is typed every day.
exits 0 help
head=${out%%hub init*}
case $head in *'client add'*'sync'*) ;; *) fail 'head office comes late' ;; esac
exits 0 client -h
has 'karto client set 14360570 site=romashka.ua'
exits 0 help fields --lang uk
has 'customer (покупець)'
finish
