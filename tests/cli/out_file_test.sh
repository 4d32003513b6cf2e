#!/usr/bin/env bash
# What is written to files that a person names: never the store, never what a link leads to, never over a file that is
# there unless that was agreed to; and that what is printed instead commands no terminal.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

exits 0 init --db store
exits 0 client add name=Ромашка edrpou=14360570 --db store
printf 'external_id,name\n,Безкода\n' >bad.csv

# The store itself, by any name of its directory.
cp store/data.mdb before.mdb
ln -s store alias
for path in store/data.mdb ./store/../store/data.mdb "$PWD/store/new.csv" alias/data.mdb; do
    exits 2 export -o "$path" --db store
    says 'in the directory of the store'
    exits 2 export -o "$path" --db store --yes
    exits 2 import bad.csv --kind client --errors "$path" --db store --yes
done
(cd store && exits 2 export -o data.mdb --db . --yes && finish) || failures=1
cmp -s store/data.mdb before.mdb || fail 'the store was written to'
[ ! -e store/new.csv ] || fail 'a file was made in the store'
exits 0 check --db store

# What is there stays, until --yes.
echo precious >there.csv
exits 1 export -o there.csv --db store
says 'E-EXISTS'
says '--yes'
exits 1 import bad.csv --kind client --errors there.csv --db store
[ "$(cat there.csv)" = precious ] || fail 'a file was overwritten'
exits 0 export -o there.csv --db store --yes
grep -q Ромашка there.csv || fail '--yes did not replace the file'
exits 1 export -o . --db store --yes
exits 1 export -o none/there.csv --db store

# A link is not followed, also with --yes: it is the link that gives way.
echo target >target.txt
ln -s target.txt link.csv
exits 1 export -o link.csv --db store
exits 0 export -o link.csv --db store --yes
[ "$(cat target.txt)" = target ] || fail 'what a link led to was overwritten'
ln -sf target.txt link.csv
exits 3 import bad.csv --kind client --errors link.csv --db store --yes
[ "$(cat target.txt)" = target ] || fail 'what a link led to was overwritten by --errors'

# The errors of a run before are somebody's work: the next ones get a name of their own.
exits 3 import bad.csv --kind client --db store
says 'bad.csv.errors.csv'
exits 3 import bad.csv --kind client --db store --json
has '"errors":"bad.csv.errors-2.csv"'
[ "$(find . -name '*.part-*' | wc -l)" -eq 0 ] || fail 'a part of a file was left'

# The form of a file is that of the file; the answer says what became of it.
exits 0 export -o one.csv --json --db store
has '{"schema":1,"kind":"exported","file":"one.csv","format":"csv","of":"client","records":1,"rows":1}'
head -n 1 one.csv | grep -q '^id,territory,name' || fail '--json changed the form of the file'
exits 0 export -o one.json --db store
grep -q '^{"schema":1,"kind":"client",' one.json || fail 'a file called .json is JSON'
exits 0 client add name=Мак --db store
exits 0 export --json --db store
[ "$(printf '%s\n' "$out" | wc -l)" -eq 1 ] || fail 'an answer is one object on one line'
has '{"schema":1,"kind":"export","of":"client","items":[{"kind":"client","id":"'
exits 0 export --format json --db store
[ "$(printf '%s\n' "$out" | grep -c '^{"schema":1,"kind":"client",')" -eq 2 ] || fail 'a record a line'

# What others wrote commands no terminal: not as a table, nor as JSON.
exits 0 client add "name=$(printf 'Зло\033]0;x\a\302\233 31m\342\200\256')" --db store
for form in '--format csv' '--format json' '--json'; do
    script -qec "'$KARTO' export $form --db store" /dev/null </dev/null >screen 2>&1
    grep -q Зло screen || fail "nothing was printed: $form"
    if LC_ALL=C grep -q "$(printf '\033\|\302\233\|\342\200\256')" screen; then
        fail "a terminal was commanded: $form"
    fi
done
exits 0 client list --tsv --db store
has '\x1b]0;x\x07\xc2\x9b 31m\xe2\x80\xae'

# What the system says of a file is said in the reader's language.
exits 1 export -o /dev/full --db store --lang uk
says 'там уже щось є'

# An invitation goes to a file as carefully, and is not shown besides.
exits 0 hub init --db hub --listen 127.0.0.1:7420
exits 2 hub invite --db hub --user olena --role office -o hub/data.mdb --yes
exits 1 hub invite --db hub --user olena --role office -o there.csv
exits 0 hub invite --db hub --user olena --role office -o olena.txt --json
has '{"schema":1,"kind":"invitation","file":"olena.txt","user":"olena","role":"office","expires":"'
grep -q '^karto1:' olena.txt || fail 'no invitation in the file'
finish
