#!/usr/bin/env bash
# Two laptops and head office, as real processes: a visit, a person and a purchase written down without a network on one
# laptop appear on the other; they follow their client into another territory; and what a representative may not reach
# he cannot write on.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/hub.sh"
port=$(free_port)

exits 0 hub init --db hub --listen "127.0.0.1:$port" --name Ромашка
exits 0 client add name='Нова Пошта' edrpou=14360570 territory=14 --db hub
exits 0 client add name='Південна' external_id=P territory=15 --db hub
exits 0 hub invite --db hub --user oksana --role representative --territory 14 -o a.txt
exits 0 hub invite --db hub --user petro --role representative --territory 14 --territory 15 -o b.txt
start_hub hub
for device in a b; do
    joins "$device" "laptop $device"
done

# On the road: nobody is asked but the laptop.
exits 0 activity add 14360570 type=visit text='замовлення 20 ящ.' next=2026-12-05 --db a
exits 0 person add 14360570 name=Іван role=завгосп phone=0671234567 --db a
exits 0 purchase add 14360570 number=17 lines.1='молоко; 20; 35.50 UAH' date=2026-11-02 --db a
exits 0 client show 14360570 --db a --json
has '"counts":{"persons":1,"activities":1,"purchases":1}'
exits 0 status --db a --json
has '"pending":{"changes":3,'
exits 4 activity add P text='чужий' --db a
exits 0 client show 14360570 --db b --json
has '"counts":{"persons":0,"activities":0,"purchases":0}'

exits 0 sync --db a
exits 0 sync --db b
for db in hub b; do
    exits 0 client show 14360570 --db "$db" --json
    has '"counts":{"persons":1,"activities":1,"purchases":1}'
    exits 0 purchase show 17 --db "$db" --json
    has '"total":{"amount":"710.00","currency":"UAH"}'
    has '"name":"Нова Пошта"'
    has '"changed":{"user":"oksana","device":"laptop a"'
    exits 0 activity list 14360570 --db "$db" --tsv --columns text,next_date
    has $'замовлення 20 ящ.\t2026-12-05'
    exits 0 person show 0671234567 --db "$db" --tsv
    has $'role\tзавгосп'
done

# Two write one line of the purchase: both are shown, and one is chosen as it is typed.
exits 0 purchase set 17 lines.1.quantity=25 --db a
exits 0 purchase set 17 lines.1='молоко; 30; 34' --db b
for db in a b a; do exits 0 sync --db $db; done
exits 5 conflict list 14360570 --fail-if-any --db a --json
conflict=$(printf '%s' "$out" | grep -o '"id":"[0-9a-f]*/lines/1"' | cut -d '"' -f 4)
exits 0 conflict resolve "$conflict" --value 'молоко; 28; 35.50 UAH' --db a
exits 0 purchase set 17 total=994 --db a --json
has '"warnings":[]'
for db in a b; do exits 0 sync --db $db; done
exits 0 purchase show 17 --db b --tsv
has $'lines.1\tмолоко; 28; 35.50 UAH\ntotal\t994.00 UAH'
exits 0 conflict list --db b --json
has '"items":[]'

# The other answers, and head office gives the client away: what hangs on it goes along.
exits 0 person set Іван note='після обіду' --db b
exits 0 sync --db b
exits 0 client set 14360570 territory=15 --db hub
exits 0 sync --db b
exits 0 sync --db a
exits 0 person show Іван --db b --tsv
has $'note\tпісля обіду'
exits 4 person show Іван --db a
exits 4 purchase show 17 --db a
exits 0 activity list --db a --json
has '"items":[]'
exits 0 activity list P --db b --json
has '"items":[]'
exits 0 status --db a --json
has '"client":0,"person":0,"activity":0,"purchase":0'
for db in a b; do
    exits 0 check --db "$db" --json
    has '"problems":[]'
done
stop "$started"
exits 0 check --db hub --json
has '"problems":[]'
finish
