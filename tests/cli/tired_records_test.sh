#!/usr/bin/env bash
# A tired person names a client, a person, a visit or a purchase, and not quite: each answer says what to type, and it works.
# shellcheck disable=SC1091,SC2154 # lib.sh and tired.sh are found beside this file, and set what is not set here
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"
. "$here/tired.sh" || exit 1
first_clients

# Half a name, another name, the other alphabet or layout.
tired 4 E-AMBIGUOUS 'karto client show НОМЕР|karto client show ID' 'client show "Аптека 24"'
tired 4 E-NOT-FOUND 'karto client show НОМЕР|karto client show ID' 'client show Ромашка'
tired 4 E-NOT-FOUND "karto client set $client tag+=опт" 'client set "Ромашка Львів" tag+=опт'
tired 4 E-NOT-FOUND 'karto client show НОМЕР|karto client show ID' 'client show Ромашкка'
tired 4 E-NOT-FOUND 'karto client show НОМЕР|karto client show ID' 'client show Hjvfirf'
tired 4 E-NOT-FOUND 'karto activity add НОМЕР text=був|karto activity add ID text=був' 'activity add Romashka text=був'
tired 4 E-NOT-FOUND "karto person set $person role=завгосп" 'person set Коваль role=завгосп'
tired 4 E-NOT-FOUND "karto person show $person" 'person show Jktyf'
tired 4 E-NOT-FOUND 'karto client show ????????' 'client show "Нова пошт"'
tired 2 E-USAGE 'karto client show "Нова Пошта"' 'client show Нова Пошта'
tired 2 E-USAGE 'karto person add "Нова Пошта" name=Іван' 'person add Нова Пошта name=Іван'
tired 4 E-NOT-FOUND 'karto find Барвінок' 'client show Барвінок'
tired 4 E-NOT-FOUND 'karto client add name=Барвінок' 'client show Барвінок'
tired 4 E-NOT-FOUND 'karto find Коваль' 'person list Коваль'
tired 4 E-NOT-FOUND 'karto person list КЛІЄНТ|karto person list CLIENT' 'person show Барвінок'

# Half a phone, half a code, half an id; an id of something else.
tired 4 E-NOT-FOUND "karto client show $client" 'client show 1234567'
tired 4 E-NOT-FOUND "karto client show $client" 'client show "(067) 123"'
tired 4 E-NOT-FOUND "karto client show $client" 'client show 1436057'
tired 4 E-NOT-FOUND "karto client show $client" 'client show 14360571'
tired 4 E-NOT-FOUND "karto client show $client" "client show ${client%??}"
tired 4 E-NOT-FOUND "karto person set $person role=завгосп" "person set ${person#?} role=завгосп"
tired 4 E-NOT-FOUND 'karto client list' 'client show 99999'
tired 4 E-NOT-FOUND "$client" "activity add {$person} text=був"
tired 4 E-NOT-FOUND "karto activity show $activity" "person show $activity"
tired 4 E-NOT-FOUND "$person" 'person set {14360570} role=завгосп'
tired 4 E-NOT-FOUND 'karto purchase list КЛІЄНТ|karto purchase list CLIENT' 'purchase set 99 total=1'

# People, visits and purchases.
tired 2 E-USAGE 'karto person add 14360570 name=Іван' 'person add 14360570 Іван'
tired 2 E-USAGE 'karto activity add 14360570 text="замовлення 20"' 'activity add 14360570 замовлення 20'
tired 2 E-USAGE 'karto person add -h' 'person add name=Іван'
tired 7 E-INVALID 'name=завгосп|name=storekeeper' 'person add 14360570 {role=завгосп}'
tired 7 E-INVALID visit 'activity add 14360570 type={візти}'
tired 7 E-INVALID call 'activity add 14360570 type={дзвнок}'
tired 7 E-INVALID visit 'activity add 14360570 type={vizit}'
tired 7 E-INVALID paid 'purchase set 17 status={оплачено}'
tired 7 E-INVALID customer 'client set 14360570 status={активний}'
tired 2 E-USAGE 'lines.1="молоко; 20; 35.50 UAH; 0%"|lines.1="milk; 20; 35.50 UAH; 0%"' 'purchase add 14360570 {lines=молоко}'
tired 2 E-FIELD lines.1 'purchase add 14360570 {line.1}="молоко; 20; 35,50"'
tired 2 E-FIELD lines.1.quantity "purchase set 17 {lines.1.qty}=5"
tired 2 E-FIELD lines.1.price "purchase set 17 {lines.1.ціна}=40"
tired 7 E-INVALID '12,5|12.5' 'purchase add 14360570 lines.1="молоко; {20 шт}; 35,50"'
tired 7 E-INVALID '1234,50|1234.50' 'purchase add 14360570 lines.1="молоко; 20; {дорого}"'
warned E-LINE-SHORT 'lines.1="молоко; 20; 35.50 UAH; 0%"|lines.1="milk; 20; 35.50 UAH; 0%"' \
    'purchase add 14360570 {lines.1="молоко, 20, 35"} -n'
warned E-CLIENT-HIDDEN 'karto client restore *' 'person add "Стара крамниця" name=Іван -n'
understood '"changes":1' 'activity add 14360570 type=візит text=був -n --json'

# Hidden, and back again; taken back, and what cannot be.
tired 2 E-USAGE '--reason "закрилися"|--reason "closed down"' 'client hide 14360570 {}'
tired 2 E-USAGE 'karto client hide 14360570 --reason закрилися' 'client hide 14360570 закрилися'
tired 2 E-USAGE 'karto client hide -h' 'client hide 14360570 --reason'
tired 4 E-NOT-FOUND "karto client hide $client --reason закрилися" 'client hide "Ромашка Львів" --reason закрилися'
understood '"changes":0' 'client restore 14360570 --json'
tired 4 E-NOT-FOUND 'karto undo --list' 'undo deadbeef'
tired 4 E-NOT-FOUND 'karto undo --list' "undo ${undo%?}"
tired 2 E-USAGE 'karto undo --list' 'undo останнє'
tired 2 E-USAGE undo '{скасувати} --list'
tired 4 E-NOT-FOUND vip 'client set 14360570 tag-={опт}'
tired 4 E-NOT-FOUND += 'client set "Нова Пошта" tag{-=}опт'
warned E-SIMILAR 'karto undo' 'client add name="Нова Пошта" -n'

typed_at_least 50
finish
