#!/usr/bin/env bash
# What a laptop wanted and may not is a proposal at head office: listed with what stands there now, accepted against what
# was shown, so that the laptop gets it as any change, or rejected. In both languages, with daemons that run.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
exits 0 proposal list --db hub --json
has '{"schema":1,"kind":"proposals","items":[],"missed":0,"next":null}'
exits 0 proposal list --db hub --lang uk
says 'Пропозицій немає.'
exits 0 hub invite --db hub --user oksana --role representative --territory 14 -o laptop.txt
start_hub hub
hub=$started

exits 0 init --db laptop
exits 2 proposal list --db laptop
says 'E-STORE-ROLE'
exits 0 client add name=Перша territory=14 --db laptop
exits 0 client set Перша credit_limit=5000 --db laptop --reason 'добре платить'
exits 0 client set Перша manager=petro --db laptop
exits 0 client set Перша credit_limit=7000 --db laptop
exits 0 client add name=Друга territory=15 --db laptop
exits 0 person add Друга name=Іван --db laptop
joins laptop Ноутбук
exits 0 status --db hub --json
has '"proposals":5,'
has '"next":["karto proposal list"]'

# ---- the list ----
exits 0 proposal list --db hub --json
has '"user":"oksana","device":"Ноутбук","of":"client","name":"Перша","creates":false,"sets":[{"field":"credit_limit","key":null,"old":null,"new":{"amount":"5000.00","currency":"UAH"}}],"reason":"добре платить"'
has '"refusal":{"id":"E-NOT-PERMITTED","text":"the author'"'"'s role or territories do not allow it"},"rejected":null'
has '"name":"Друга","creates":true'
has '"name":"Іван","creates":true'
exits 0 proposal list --db hub --lang uk --json
has '"text":"роль або територія автора цього не дозволяє"'
exits 0 proposal list --db hub --columns id,name,sets --tsv
mapfile -t ids < <(tail -n +2 <<<"$out" | cut -f 1)
[ "${#ids[@]}" -eq 5 ] || fail 'there are not five'
exits 0 proposal list --db hub --limit 2 --json
next=$(field next)
[ "$next" = "${ids[1]%-*}" ] || fail 'the cursor is not the last number'
exits 0 proposal list --db hub --after "$next" --columns id --tsv
[ "$(tail -n +2 <<<"$out")" = "$(printf '%s\n' "${ids[@]:2}")" ] || fail 'the next page is another'
exits 0 proposal show "${ids[0]%-*}" --db hub --json
has '{"schema":1,"kind":"proposal","id":"'"${ids[0]}"'","number":'
exits 4 proposal show 99999 --db hub --lang uk
says 'Пропозиції 99999 немає, або її вже вирішено.'
exits 4 proposal show 1x --db hub

exits 0 backup copy --db hub
exits 0 restore copy --db restored
exits 0 proposal list --db restored --columns id --tsv
[ "$(tail -n +2 <<<"$out")" = "$(printf '%s\n' "${ids[@]}")" ] || fail 'a backup has other proposals'
exits 0 check --db restored

# ---- accepted ----
exits 2 proposal accept "${ids[0]%-*}" --db hub
says 'takes the whole id'
exits 2 proposal accept --db hub
exits 0 proposal accept "${ids[0]}" --db hub -n
exits 0 client show Перша --db hub --json
has '"credit_limit":null'
exits 0 proposal accept "${ids[0]}" --db hub --json
has '"changes":1,'
has '"accepted":1}'
exits 0 client show Перша --db hub --json
has '"credit_limit":{"amount":"5000.00","currency":"UAH"}'
exits 0 log Перша --db hub --json
has '"reason":"proposal of oksana"'
exits 4 proposal accept "${ids[0]}" --db hub
exits 0 sync --db laptop
exits 0 client show Перша --db laptop --json
has '"credit_limit":{"amount":"5000.00","currency":"UAH"}'
exits 0 refused list --db laptop --json
lacks '"new":{"amount":"5000.00"'
has '"7000.00"'
exits 0 status --db laptop --json
has '"refused":4,'

# ---- what has moved since it was shown ----
exits 1 proposal accept "${ids[1]}" "${ids[2]}" --db hub
says 'E-CHANGED-MEANWHILE'
says "${ids[2]%-*}-"
says 'Credit limit: 5,000.00 UAH'
exits 0 client show Перша --db hub --json
has '"manager":[]'
exits 0 proposal list --db hub --columns id --tsv
[ "$(wc -l <<<"$out")" -eq 5 ] || fail 'one of two was accepted'
exits 0 proposal accept "${ids[1]}" --db hub --lang uk
exits 0 log Перша --db hub --json
has '"reason":"пропозиція користувача oksana"'
exits 0 proposal list --db hub --columns id --tsv
fresh=$(grep "^${ids[2]%-*}-" <<<"$out")
exits 0 proposal accept "$fresh" --db hub --json
undo=$(field undo)
exits 0 client show Перша --db hub --json
has '"7000.00"'
has '"value":"petro"'

# ---- what hangs on what is proposed; and no ----
exits 4 proposal accept "${ids[4]}" --db hub
says 'first accept the proposal that makes it'
exits 0 proposal accept "${ids[3]}" "${ids[4]}" --db hub
exits 0 person list Друга --db hub
has 'Іван'
exits 0 client set Перша note=ні --db hub
exits 0 sync --db laptop
exits 0 init --db spare
exits 0 client add name=Третя territory=15 --db spare
exits 0 hub invite --db hub --user petro --role representative --territory 14 -o spare.txt
joins spare Другий
exits 0 proposal list --db hub --columns number --tsv
number=$(tail -n 1 <<<"$out")
exits 0 proposal reject "$number" --db hub --reason 'вже є' --lang uk
says 'Відхилено 1 пропозицію.'
exits 0 proposal show "$number" --db hub --json
has '"id":null,'
has '"rejected":{"user":"'
has '"reason":"вже є"}'
lacks 'Третя'
exits 4 proposal reject "$number" --db hub
exits 0 status --db hub --json
has '"proposals":0,'
exits 0 sync --db spare
exits 0 refused list --db spare --json
has '"name":"Третя"'
lacks 'вже є'

# ---- taken back, checked ----
exits 0 undo "$undo" --db hub
exits 0 client show Перша --db hub --json
has '"5000.00"'
exits 0 sync --db laptop
exits 0 client show Перша --db laptop --json
has '"5000.00"'
exits 0 check --db hub
stop "$hub"
exits 0 check --db hub
exits 0 check --db laptop
exits 0 check --db spare
finish
