#!/usr/bin/env bash
# What head office refuses comes back with its reason, and stays in its author's list until he dismisses it; the log keeps
# it. In both languages.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
exits 2 refused list --db hub
says 'E-STORE-ROLE'
exits 0 hub invite --db hub --user oksana --role representative --territory 14 -o laptop.txt
start_hub hub
hub=$started

# ---- what was written before there was somebody to say what may be ----
exits 0 init --db laptop
exits 0 refused list --db laptop --json
has '{"schema":1,"kind":"refused","items":[],"next":null}'
exits 0 client add name=Перша site=persha.example territory=14 --db laptop
exits 0 client set Перша credit_limit=5000 --db laptop --reason 'добре платить'
exits 0 client set Перша manager=petro --db laptop
exits 0 client set Перша note=можна --db laptop
joins laptop Ноутбук
says 'head office refused 2 changes: karto refused list --db laptop'
exits 0 client show Перша --json --db laptop
has '"credit_limit":null'

# ---- the list ----
exits 0 status --db laptop --json
has '"refused":2,'
has '"karto refused list"'
exits 0 refused list --db laptop --json
has '{"schema":1,"kind":"refused","items":[{"number":3,"time":"'
has '"of":"client","name":"Перша","sets":[{"field":"manager"'
has '"new":{"amount":"5000.00","currency":"UAH"}}]'
has '"refusal":{"id":"E-NOT-PERMITTED","text":"Your role or territories do not allow this."},"reason":"добре платить","via":"cli"'
has '"next":null}'
lacks 'можна'
exits 0 refused list --db laptop --lang uk --columns number,refusal --json
has '"text":"Ваша роль або територія цього не дозволяє."'
exits 0 refused list --db laptop --columns number,name,sets --tsv
has $'3\tПерша\tmanager'
has $'2\tПерша\tcredit_limit: '
exits 0 refused list --db laptop --limit 1 --json
has '"next":"3"}'
exits 0 refused list --db laptop --limit 1 --after 3 --json
has '"items":[{"number":2,'
has '"next":null}'
exits 2 refused list --db laptop --after x
exits 0 doctor --db laptop --offline
has 'karto refused list'

# ---- dismissed ----
exits 2 refused dismiss --db laptop
says '--all'
exits 2 refused dismiss 2 --all --db laptop
exits 4 refused dismiss 4 --db laptop
says 'karto refused list --db laptop'
exits 4 refused dismiss 2 77 --db laptop --lang uk
says 'Відхиленої зміни 77 у списку немає.'
exits 0 refused dismiss 2 --db laptop -n
exits 0 refused list --db laptop --columns number --tsv
has $'number\n3\n2'
exits 0 refused dismiss 2 2 --db laptop --json
has '{"schema":1,"kind":"dismissed","changes":1,"refused":1}'
exits 0 status --db laptop --json
has '"refused":1,'
exits 0 log Перша --db laptop --json
has '"state":"refused","refusal":{"id":"E-NOT-PERMITTED"'
has '"5000.00"'
exits 0 sync --db laptop
exits 0 refused list --db laptop --columns number --tsv
[ "$out" = $'number\n3' ] || fail 'what was dismissed is back'

# ---- and by who takes a copy of the store for it ----
exits 0 backup copy --db laptop
exits 0 restore copy --db again
exits 0 refused list --db again --columns number --tsv
[ "$out" = $'number\n3' ] || fail 'the copy does not know what is dismissed'
exits 0 refused dismiss --all --db laptop --lang uk
says 'Прибрано зі списку: 1'
exits 0 status --db laptop --json
has '"refused":0,'
lacks 'karto refused list'
exits 0 refused list --db laptop --lang uk
says 'Нічого з вашого не відхилено.'
exits 0 check --db laptop
exits 0 check --db again
stop "$hub"
exits 0 check --db hub
finish
