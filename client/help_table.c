#include "client/help.h"

/* clang-format off */
const struct karto_help karto_help_table[] = {
{"init", "karto init",
 {"karto init", "karto init --db ~/clients"},
 {{"картотека для однієї людини, без головного офісу", {"завести картотеку", "в іншій теці"},
   "До головного офісу її можна приєднати й пізніше: karto join; усе внесене поїде туди."},
  {"a store for one person, with no head office", {"make a store", "in another directory"},
   "It can join a head office later: karto join; everything that was entered goes there."}}},

{"hub init", "karto hub init [--listen HOST:PORT] [--name TEXT]",
 {"karto hub init --name \"ТОВ Ромашка\"", "karto hub init --listen 0.0.0.0:7420"},
 {{"завести головний офіс на цьому комп'ютері", {"з назвою, яку побачать на ноутбуках", "чекати на пристрої на всіх адресах"},
   "Далі запустіть karto-syncd і запросіть людей: karto hub invite."},
  {"make this computer the head office", {"with the name that laptops will see", "wait for devices at every address"},
   "Then start karto-syncd and invite people: karto hub invite."}}},

{"hub invite", "karto hub invite --user NAME --role ROLE [--territory T]... [--expires 24h] [--address HOST:PORT] [-o FILE|-]",
 {"karto hub invite --user oksana --role representative --territory 14", "karto hub invite --user maria --role office --expires 3d -o maria.txt"},
 {{"запросити людину: одне запрошення на один ноутбук", {"торговий представник території 14", "запрошення у файл, діє три дні"},
   "Запрошення діє раз. Хто його має, той стане цією людиною, тож передавайте з рук у руки.\nРолі: representative (торговий представник, хоча б одна територія), office (головний офіс, без територій)."},
  {"invite somebody: one invitation for one laptop", {"the representative of territory 14", "an invitation in a file, good for three days"},
   "An invitation works once. Who holds it becomes that person, so hand it over in person.\nRoles: representative (of at least one territory), office (head office, of none)."}}},

{"hub restored", "karto hub restored [-y]",
 {"karto hub restored", "karto hub restored -y"},
 {{"сказати, що картотеку головного офісу повернули з копії", {"спитати, чи це вже відомо", "так, повернули"},
   "Потрібно лише там, де з копії повернули весь диск або всю віртуальну машину: решту помітить і сам головний офіс.\nДалі так само, як після karto restore: ноутбуки віддадуть новіше, тоді karto hub recovered."},
  {"say that the store of head office was put back from a copy", {"ask whether that is known already", "yes, it was"},
   "Only needed where a whole disk or virtual machine was put back: everything else head office notices by itself.\nThen it goes on as after karto restore: laptops give back what is newer, then karto hub recovered."}}},

{"hub recovered", "karto hub recovered [-y]",
 {"karto hub recovered", "karto hub recovered -y"},
 {{"сказати, що відновлений із копії головний офіс знову працює", {"коли всі пристрої віддали своє", "коли декого вже не дочекатися"},
   "Поки цього не сказано, головний офіс лише приймає від пристроїв те, чого немає в копії, і нічого не роздає.\nПристрій, що з'явиться пізніше, однаково спершу віддасть своє."},
  {"say that a head office restored from a backup is well again", {"when all devices have given what they had", "when some will not come any more"},
   "Until that is said, head office only takes from devices what the backup lacks, and gives nothing out.\nA device that comes later gives what it has first, all the same."}}},

{"device list", "karto device list",
 {"karto device list", "karto device list --json"},
 {{"ноутбуки, що належать до цього головного офісу", {"хто вони, що їм можна, коли були", "те саме для програм"},
   "Стан: допущено; чекає на допуск (karto help device admit); відкликано, і чи дані стерто; виведено з роботи. «Не надіслано» і «Востаннє був» – з останнього вітання ноутбука: що він надіслав відразу після нього, видно з наступного.\nПісля відновлення з копії: чи пристрій уже віддав своє."},
  {"the laptops of this head office", {"whose they are, what they may, when they were here", "the same for programs"},
   "State: admitted; to be admitted (karto help device admit); revoked, and whether its data are removed; retired. What is not sent and when it was seen is of its last greeting: what it sent right after that shows with the next one.\nAfter head office was restored: whether it has given back what it had."}}},

{"role list", "karto role list",
 {"karto role list"},
 {{"ролі: ким може бути людина", {"усі ролі"},
   "Роль каже, що людина бачить і що змінює, на своїх територіях чи всюди. Її дають запрошенням: karto hub invite --role ROLE."},
  {"the roles that people may have", {"all of them"},
   "A role says what somebody sees and changes, in territories of their own or everywhere. It comes with the invitation: karto hub invite --role ROLE."}}},

{"role show", "karto role show ROLE",
 {"karto role show accountant", "karto role show representative --json"},
 {{"що роль бачить і що змінює, поле за полем", {"бухгалтер", "те саме для програм, усі поля поіменно"},
   "read: що бачить; write: що змінює; make: чи заводить нові записи; other: решта видів записів. all but: усе, крім названого.\nЧого роль не бачить, того на її ноутбуці немає зовсім: ні в пошуку, ні в експорті, ні у файлі картотеки.\nХто заводить клієнта, дає йому територію й менеджера, навіть коли потім не може їх змінити."},
  {"what a role sees and changes, field by field", {"who keeps the books", "the same for programs, each field by its name"},
   "read: what it sees; write: what it changes; make: whether it enters new records; other: all other kinds of records. all but: everything except those.\nWhat a role may not see is not on its laptop at all: not in a search, not in an export, not in the store's file.\nWho enters a client gives it territory and manager, even if he may not change them later."}}},

{"role check", "karto role check FILE|-",
 {"karto role check роль.txt", "karto role check -"},
 {{"чи правильно написано роль; нічого не змінює", {"роль із файлу", "зі стандартного вводу"},
   "Показує роль так, як її було б збережено; помилку називає за рядком. Як пишуть роль: karto help role edit."},
  {"whether a role is well written; changes nothing", {"a role in a file", "from standard input"},
   "Shows the role as it would be kept; a mistake is named by its line. How a role is written: karto help role edit."}}},

{"role edit", "karto role edit FILE|- [-n]",
 {"karto role show accountant > роль.txt", "karto role edit роль.txt -n", "karto role edit роль.txt"},
 {{"завести роль або змінити наявну", {"узяти за зразок наявну", "лише спробувати: скільки ноутбуків це зачепить", "увести в дію"},
   "Працює в головному офісі. Файл:\n  role НАЗВА                    латинські малі літери й дефіс\n  where everywhere              або territories: лише на своїх територіях\n  client read all but note      ВИД read ПОЛЯ: що бачить\n  client write phone email      ВИД write ПОЛЯ: що змінює\n  activity make                 ВИД make: заводить нові записи\n  other read nothing            решта видів\nПОЛЯ: all, nothing, all but ПОЛЯ або назви; address.* – усі, що так починаються. # – примітка до кінця рядка. Чого не названо, того роль не має.\nІз назвою наявної ролі – змінює її: ноутбуки з цією роллю дістануть чи втратять поля, коли вийдуть на зв'язок; незбережене в офісі під старими правами ще приймуть. Роль administrator не змінюють."},
  {"make a role, or change one that there is", {"take one that there is as a pattern", "only try: how many laptops it concerns", "put it into force"},
   "Works at head office. The file:\n  role NAME                     a-z and hyphens\n  where everywhere              or territories: only in territories of their own\n  client read all but note      KIND read FIELDS: what it sees\n  client write phone email      KIND write FIELDS: what it changes\n  activity make                 KIND make: enters new records\n  other read nothing            all other kinds\nFIELDS: all, nothing, all but FIELDS, or names; address.* are all that begin so. # begins a remark. What is not named, the role has not.\nUnder the name of a role that there is it changes that: its laptops get or lose fields at their next contact; what they had not sent still goes through under the old rights. The role administrator is not changed."}}},

{"device admit", "karto device admit NAME [-y] [--user NAME] [--role ROLE [--territory T]...]",
 {"karto device admit Ноутбук-Марії", "karto device admit Ноутбук-Марії -y", "karto device admit maria --role office", "karto device admit 7f3a90c1 --role representative --territory 14"},
 {{"допустити ноутбук, якого немає у відновленій копії", {"подивитися, що він про себе каже", "таким, як каже", "із роллю, якої без вас йому не дадуть", "з іншими територіями"},
   "Ноутбук, що приєднався після копії, має посвідчення, але хто він, каже лише сам. Спитайте в людини, чи це її ноутбук.\nNAME: назва ноутбука, його користувач або кінець номера. ROLE: karto role list.\nЩо він належить до головного офісу, на слово не віриться: додайте --role office. Чужий чи вкрадений: karto device revoke.\nДопущеному з --role дістаються інші роль і території: так і виправляють помилку."},
  {"let in a laptop that the restored backup does not know", {"see what it says of itself", "as it says it is", "with a role that it gets from you alone", "with other territories"},
   "A laptop that joined after the backup has a certificate, but whose it is only it says. Ask the person whether it is theirs.\nNAME: the laptop's name, its user, or the end of its id. ROLE: karto role list.\nThat it is one of head office's is never believed: add --role office. A stranger's, or stolen: karto device revoke.\nOne that is admitted gets another role and other territories by --role: that is how a mistake is put right."}}},

{"device revoke", "karto device revoke NAME [--keep] [-y]",
 {"karto device revoke Ноутбук-Марії", "karto device revoke Ноутбук-Марії -y", "karto device revoke Ноутбук-Марії --keep -y"},
 {{"назавжди закрити ноутбукові доступ: загублено, вкрадено", {"подивитися, про який мова", "закрити", "і нічого на ньому не стирати"},
   "NAME: назва ноутбука, його користувач або кінець номера.\nДіє відразу, і копія, зроблена раніше, його не поверне. Щойно він озветься, він стирає свої дані й каже про це: karto device list. Чого не надіслав, того не буде ніде; з --keep усе лишається на ньому.\nСвій ноутбук, який просто більше не потрібен: karto device retire. Людині з новим потрібне нове запрошення: karto hub invite."},
  {"turn a laptop out for good: lost, stolen", {"see which one is meant", "turn it out", "and leave its data on it"},
   "NAME: the laptop's name, its user, or the end of its id.\nWorks at once, and no backup of before lets it in again. As soon as it comes it removes its data, and says so: karto device list. What it has not sent will be nowhere; with --keep everything stays on it.\nOne of ours that is just not needed any more: karto device retire. Somebody with a new laptop needs a new invitation: karto hub invite."}}},

{"device retire", "karto device retire NAME [-y]",
 {"karto device retire Ноутбук-Марії", "karto device retire Ноутбук-Марії -y"},
 {{"вивести свій ноутбук з роботи: замінено, списано", {"коли він надіслав усе", "коли його вже не дочекатися"},
   "NAME: назва ноутбука, його користувач або кінець номера.\nПерше спрацює лише тоді, коли ноутбук востаннє сказав, що все надіслав: обміняйтеся на ньому двічі, karto sync. Далі доступу немає, як і у відкликаного.\nЗагублено чи вкрадено: karto device revoke, він не чекає. Людині з новим ноутбуком потрібне нове запрошення: karto hub invite."},
  {"take a laptop of ours out of service: replaced, worn out", {"once it has sent everything", "when it will not come any more"},
   "NAME: the laptop's name, its user, or the end of its id.\nThe first only works if the laptop last said that everything was sent: synchronise on it twice, karto sync. Then it is turned away as a revoked one is.\nLost or stolen: karto device revoke, which does not wait. Somebody with a new laptop needs a new invitation: karto hub invite."}}},

{"device rename", "karto device rename NAME NEW",
 {"karto device rename Ноутбук-Марії \"Ноутбук складу\"", "karto device rename 7f3a90c1 \"Ноутбук Марії\""},
 {{"дати ноутбукові іншу назву", {"його тепер має склад", "за кінцем номера, коли назва не одна"},
   "NAME: назва ноутбука, його користувач або кінець номера. NEW: нова назва, до 100 українських літер.\nУсі побачать її після наступного обміну; хто перейменував, каже karto log."},
  {"give a laptop another name", {"the warehouse has it now", "by the end of its id, where two have one name"},
   "NAME: the laptop's name, its user, or the end of its id. NEW: the new name, up to 200 bytes.\nEverybody sees it after the next synchronisation; karto log says who renamed it."}}},

{"user list", "karto user list",
 {"karto user list", "karto user list --columns user,devices,claimed", "karto user list --json"},
 {{"люди цього головного офісу", {"ролі, території, скільки ноутбуків, коли були", "лише ці стовпці", "те саме для програм"},
   "Тут ті, хто має ноутбук або запрошення. Ролі й території – з ноутбуків, які мають доступ. «Без доступу» – відкликані й виведені з роботи.\n«Не надіслано» – разом, як кожен ноутбук сказав востаннє. «Запрошення» – ті, якими ще можна приєднатися."},
  {"the people of this head office", {"roles, territories, how many laptops, when they were seen", "these columns only", "the same for programs"},
   "Those who have a laptop or an invitation. Roles and territories are those of laptops that are let in. Turned out: revoked or retired.\nNot sent: together, as each laptop said last. Invitations: those by which one can still join."}}},

{"user disable", "karto user disable USER [--keep] [-y]",
 {"karto user disable oksana", "karto user disable oksana -y", "karto user disable oksana --keep -y"},
 {{"закрити людині доступ: усім її ноутбукам разом", {"подивитися, кого це стосується", "закрити", "і нічого там не стирати"},
   "Ноутбуки відкликаються, невикористані запрошення теж. Сказано буде й те, скільки в людини лишилося клієнтів і як їх передати: karto help assign.\nДіє відразу й назавжди, як karto device revoke: ноутбуки стирають свої дані, щойно озвуться; з --keep усе лишається на них."},
  {"turn somebody out: all of their laptops at once", {"see who and what is meant", "turn out", "and leave the data there"},
   "The laptops are revoked, unused invitations withdrawn. It is told how many clients are left with that person, and how to hand them over: karto help assign.\nWorks at once and for good, as karto device revoke: the laptops remove their data as soon as they come; with --keep everything stays on them."}}},

{"hub held", "karto hub held [list] | accept DEVICE|ID[/DEVICE] | drop DEVICE|ID[/DEVICE] [-y]",
 {"karto hub held", "karto hub held accept oksana", "karto hub held accept 7f3a90c1", "karto hub held drop petro -y"},
 {{"вирішити, що з повернутого ноутбуками після відновлення правда", {"що чекає на рішення: чиє це слово і що воно змінило б", "прийняти все з ноутбука людини", "прийняти один запис", "відкинути все від людини"},
   "Після відновлення з копії ноутбуки повертають записи. Чого людина сама не могла б написати, або що написав хтось інший,\nхто ще може це повернути, чекає тут. Коли той повернув своє, зайве зникає звідси саме.\nDEVICE: користувач або короткий номер його ноутбука. ID: короткий номер запису; якщо про нього кажуть кілька ноутбуків,\nID/DEVICE. Відкинуте не повертається."},
  {"decide what is true of what laptops gave back after a restore", {"what waits: whose word it is, and what it would change", "accept all from somebody's laptop", "accept one record", "drop all from somebody"},
   "After a restore from a backup laptops bring records back. What their user could not have written himself, or what somebody\nelse wrote who may still give it back, waits here. When that one has, what is needless goes by itself.\nDEVICE: a user, or the short id of his laptop. ID: the short id of a record; where several laptops say something of it,\nID/DEVICE. What is dropped does not come back."}}},

{"proposal list", "karto proposal list",
 {"karto proposal list", "karto proposal list --json"},
 {{"чого хотіли ноутбуки, але не мали права", {"усе, що чекає на рішення: хто, коли, що там тепер і що пропонує", "для програми"},
   "Зміни, які головний офіс відхилив через роль або територію автора. Автор того не знає: він бачить лише відмову.\nЗ одного ноутбука чекає щонайбільше 200 пропозицій; решта лишається в його журналі."},
  {"what laptops wanted to write and may not", {"all that waits for a decision: who, when, what is there now and what is proposed", "for a program"},
   "Changes that head office refused because of their author's role or territories. He does not know: he sees the refusal alone.\nOf one laptop 200 proposals wait at the most; the rest stays in its log."}}},

{"proposal show", "karto proposal show ID",
 {"karto proposal show 4711"},
 {{"одна пропозиція", {"за номером; відхилена теж: ким і чому"}, ""},
  {"one proposal", {"by its number; a rejected one too: by whom and why"}, ""}}},

{"proposal accept", "karto proposal accept ID... [-n]",
 {"karto proposal accept 4711-3fa9c2d1", "karto proposal accept 4711-3fa9c2d1 4712-00c1d2e3 -n"},
 {{"прийняти пропозиції", {"одну, з номером так, як його показує список", "дві, лише спробувати"},
   "Записує це від вашого імені, як звичайну зміну, і воно приїде всім, авторові теж. У номері зазначено, що ви бачили: якщо там відтоді\nщось змінилося, нічого не буде записано, і про це буде сказано."},
  {"accept proposals", {"one, by its id as the list has it", "two, only to try"},
   "It is written in your name, as any change, and comes to everybody, its author included. The id says what you were shown: if that has\nchanged since, nothing is written, and you are told."}}},

{"proposal reject", "karto proposal reject ID... [--reason TEXT]",
 {"karto proposal reject 4711", "karto proposal reject 4711 4712 --reason \"вже домовлено інакше\""},
 {{"відхилити пропозиції", {"одну", "дві, і чому"}, "Записи лишаються, які були. Хто й чому відхилив, показує karto proposal show; авторові про це не кажуть."},
  {"reject proposals", {"one", "two, and why"}, "Records stay as they are. Who rejected it and why is shown by karto proposal show; its author is not told."}}},

{"join", "karto join FILE|- [--unencrypted]",
 {"karto join oksana.txt", "karto join -"},
 {{"приєднати цей ноутбук за запрошенням", {"запрошення з файла", "вставити запрошення з клавіатури"},
   "Запрошення читається з файла, зі стандартного вводу або з запитання, але ніколи з командного рядка.\n"
   "Картотека має лежати на зашифрованому диску. Якщо він не зашифрований, на терміналі про це спитають, скрипт попередять;\n"
   "з require_encryption = yes пропустить лише --unencrypted. Докладно: man karto-security"},
  {"join this laptop by an invitation", {"an invitation in a file", "paste the invitation"},
   "An invitation is read from a file, from standard input or a prompt, never from the command line.\n"
   "The store should be on an encrypted disk. Where it is not, a person is asked and a script is warned; with\n"
   "require_encryption = yes only --unencrypted passes. More: man karto-security"}}},

{"client add", "karto client add FIELD=VALUE...",
 {"karto client add name=Ромашка edrpou=14360570 phone=\"067 123-45-67\"", "karto client add name=Мак territory=14 address.city=Львів tag=HoReCa"},
 {{"внести клієнта", {"назва, код і телефон", "з територією, містом і міткою"},
   "Поля: karto help fields. Схожих, які вже є, буде показано, але записати це не завадить.\nУ представника з однією територією клієнт потрапляє на неї, а менеджером стає він сам."},
  {"enter a client", {"a name, a code and a phone", "with a territory, a city and a tag"},
   "Fields: karto help fields. Similar ones that are here already are shown; that is a note, not a wall.\nA representative of one territory has the client there, and is its manager, without saying so."}}},

{"client set", "karto client set CLIENT FIELD=VALUE... FIELD+=VALUE FIELD-=VALUE [--reason TEXT]",
 {"karto client set 14360570 site=romashka.ua", "karto client set 7f3a90c1 phone+=0501234567 phone-=0671234567", "karto client set Ромашка territory@2026-12-01=15 --reason \"переїхали\"", "karto client set 14360570 note="},
 {{"змінити клієнта", {"записати сайт", "додати один телефон, прибрати інший", "інша територія з 1 грудня", "стерти примітку"},
   "CLIENT: короткий номер, ЄДРПОУ, телефон, код в обліку або точна назва. Якщо підходить кілька, буде список, а не здогад."},
  {"change a client", {"write the site", "add one phone, take away another", "another territory from 1 December", "empty the note"},
   "CLIENT: a short id, an EDRPOU, a phone, an external id or the exact name. Where several match there is a list, not a guess."}}},

{"client show", "karto client show CLIENT [--as-of DATE] [--hidden]",
 {"karto client show 14360570", "karto client show Ромашка --as-of 2026-01-01", "karto client show 7f3a90c1 --json"},
 {{"картка клієнта", {"за ЄДРПОУ", "якою вона була на Новий рік", "для програми"},
   "Внизу люди, контакти й покупки, останні спершу; --limit N показує по N, --hidden і сховані.\nІсторія на ноутбуці може починатися пізніше за самого клієнта; тоді про це сказано."},
  {"a client's card", {"by its EDRPOU", "as it was on New Year's Day", "for a program"},
   "Below it people, activities and purchases, the last first; --limit N shows N of each, --hidden the hidden ones too.\nThe history on a laptop may begin later than the client itself; where it does, that is said."}}},

{"client list", "karto client list [QUERY] [--hidden]",
 {"karto client list", "karto client list ромашка", "karto client list Львів --sort name --columns short,name,phone", "karto client list --tsv > clients.tsv"},
 {{"список клієнтів", {"усі", "за словом", "упорядкований, з потрібними стовпцями", "у файл для таблиці"},
   "Слова або їх початки шукають по всій картці, від телефону досить кількох цифр; умови: karto help query.\nНа терміналі видно перші сто, деінде всіх."},
  {"a list of clients", {"all of them", "by a word", "sorted, with the columns that you want", "into a file for a spreadsheet"},
   "Words or their beginnings are looked for in the whole card, of a phone some digits are enough; conditions: karto help query.\nA terminal shows the first hundred, anything else gets all."}}},

{"client hide", "karto client hide CLIENT --reason TEXT",
 {"karto client hide 14360570 --reason \"закрилися\""},
 {{"сховати клієнта, якого більше немає", {"з причиною, яку побачать усі"},
   "Нічого не стирається: karto client restore повертає. Якщо хтось тим часом щось дописав, клієнт повернеться сам."},
  {"hide a client who is no more", {"with the reason that everybody will see"},
   "Nothing is erased: karto client restore brings it back. Where somebody wrote something meanwhile, it comes back by itself."}}},

{"client restore", "karto client restore CLIENT",
 {"karto client restore 7f3a90c1"},
 {{"повернути схованого клієнта", {"за коротким номером"}, ""}, {"bring back a hidden client", {"by its short id"}, ""}}},

{"person add", "karto person add CLIENT FIELD=VALUE...",
 {"karto person add 14360570 name=\"Олена Коваль\" role=директорка phone=0671234567", "karto person add Ромашка name=Іван role=завгосп note=\"після обіду\""},
 {{"внести людину клієнта", {"ім'я, посада, телефон", "з приміткою"},
   "CLIENT: короткий номер, ЄДРПОУ, телефон, код в обліку або точна назва; назву з кількох слів беруть у лапки.\nПоля: name role phone* email* since left note."},
  {"enter a person of a client", {"name, role, phone", "with a note"},
   "CLIENT: a short id, an EDRPOU, a phone, an external id or the exact name; one of several words in quotation marks.\nFields: name role phone* email* since left note."}}},

{"person set", "karto person set PERSON FIELD=VALUE... FIELD+=VALUE FIELD-=VALUE [--reason TEXT]",
 {"karto person set 7f3a90c1 role=директорка", "karto person set 0671234567 phone+=0501234567", "karto person set \"Олена Коваль\" left=01.12.2026 --reason \"звільнилася\""},
 {{"змінити людину", {"інша посада", "ще один телефон", "більше там не працює"},
   "PERSON: короткий номер, телефон, код в обліку або точне ім'я. Якщо підходить кілька, буде список, а не здогад."},
  {"change a person", {"another role", "one more phone", "works there no more"},
   "PERSON: a short id, a phone, an external id or the exact name. Where several match there is a list, not a guess."}}},

{"person show", "karto person show PERSON [--as-of DATE]",
 {"karto person show 7f3a90c1", "karto person show \"Олена Коваль\" --json"},
 {{"картка людини", {"за коротким номером", "за ім'ям, для програми"}, ""}, {"a person's card", {"by its short id", "by name, for a program"}, ""}}},

{"person list", "karto person list [CLIENT] [--hidden]",
 {"karto person list 14360570", "karto person list --sort role --columns short,name,role,client.name"},
 {{"люди клієнта або всі", {"одного клієнта", "усі, за посадою"}, ""}, {"the people of a client, or all", {"of one client", "all, by their roles"}, ""}}},

{"person hide", "karto person hide PERSON --reason TEXT",
 {"karto person hide 7f3a90c1 --reason \"внесено двічі\""},
 {{"сховати людину", {"з причиною, яку побачать усі"}, "Хто лише перейшов деінде, тому пишуть left: karto person set 7f3a90c1 left=01.12.2026."},
  {"hide a person", {"with the reason that everybody will see"}, "For who has only gone elsewhere there is left: karto person set 7f3a90c1 left=01.12.2026."}}},

{"person restore", "karto person restore PERSON",
 {"karto person restore 7f3a90c1"},
 {{"повернути сховану людину", {"за коротким номером"}, ""}, {"bring back a hidden person", {"by its short id"}, ""}}},

{"activity add", "karto activity add CLIENT FIELD=VALUE...",
 {"karto activity add 14360570 type=visit text=\"замовлення 20 ящ.\" next=2026-12-05", "karto activity add Ромашка text=\"просили зателефонувати\"", "karto activity add \"Нова Пошта\" type=call date=30.11.26 outcome=домовилися"},
 {{"записати візит, дзвінок, примітку", {"візит сьогодні, далі 5 грудня", "примітка сьогодні", "дзвінок того дня"},
   "Без date це сьогодні, без type примітка. type: visit (візит), call (дзвінок), letter (лист), meeting (зустріч), note (примітка).\n"
   "next приймає дату (тоді це next_date) або слова. Назву чи значення з кількох слів беруть у лапки."},
  {"write down a visit, a call, a note", {"a visit today, the next on 5 December", "a note of today", "a call of that day"},
   "Without date it is of today, without type a note. type: visit, call, letter, meeting, note.\n"
   "next takes a date (which is next_date) or words. A name or a value of several words stands in quotation marks."}}},

{"activity set", "karto activity set ACTIVITY FIELD=VALUE... [--reason TEXT]",
 {"karto activity set c0da6e0f outcome=\"замовили 20 ящ.\"", "karto activity set c0da6e0f next="},
 {{"змінити запис про контакт", {"дописати підсумок", "далі вже нічого"}, "ACTIVITY: короткий номер із karto activity list або код в обліку."},
  {"change an activity", {"add the outcome", "nothing is to follow"}, "ACTIVITY: a short id of karto activity list, or an external id."}}},

{"activity show", "karto activity show ACTIVITY [--as-of DATE]",
 {"karto activity show c0da6e0f"},
 {{"один контакт", {"за коротким номером"}, ""}, {"one activity", {"by its short id"}, ""}}},

{"activity list", "karto activity list [CLIENT] [--hidden]",
 {"karto activity list 14360570", "karto activity list --limit 20", "karto activity list --sort next_date"},
 {{"контакти з клієнтом або всі, останні спершу", {"одного клієнта", "двадцять останніх", "за тим, коли далі"}, ""},
  {"activities with a client, or all, the last first", {"of one client", "the last twenty", "by what is to follow when"}, ""}}},

{"activity hide", "karto activity hide ACTIVITY --reason TEXT",
 {"karto activity hide c0da6e0f --reason \"не той клієнт\""},
 {{"сховати контакт", {"з причиною"}, ""}, {"hide an activity", {"with the reason"}, ""}}},

{"activity restore", "karto activity restore ACTIVITY",
 {"karto activity restore c0da6e0f"},
 {{"повернути схований контакт", {"за коротким номером"}, ""}, {"bring back a hidden activity", {"by its short id"}, ""}}},

{"purchase add", "karto purchase add CLIENT FIELD=VALUE...",
 {"karto purchase add 14360570 number=17 lines.1=\"молоко; 20; 35.50 UAH; 0%\" lines.2=\"сир; 1,5; 210\"", "karto purchase add Ромашка total=\"1 234,50\" date=01.12.26 status=paid"},
 {{"внести покупку", {"з рядками; суму складе програма", "лише сума"},
   "Рядок: товар; кількість; ціна; знижка. Чого немає, те лишають порожнім; без кількості це один. Товар, де є ;, беруть у лапки.\n"
   "Без date це сьогодні. Якщо вписано іншу суму, ніж дають рядки, про це буде сказано. status: new confirmed shipped paid cancelled."},
  {"enter a purchase", {"with lines; the total is added up", "a total alone"},
   "A line: product; quantity; price; discount. What there is not stays empty; without a quantity it is one. A product with a ; in it\n"
   "stands in quotation marks. Without date it is of today. A total other than that of the lines is taken, and said.\n"
   "status: new confirmed shipped paid cancelled."}}},

{"purchase set", "karto purchase set PURCHASE FIELD=VALUE... [--reason TEXT]",
 {"karto purchase set 17 lines.2=\"сир; 2; 210\"", "karto purchase set 17 lines.1.quantity=25", "karto purchase set 17 lines.2=", "karto purchase set 8145f2bf status=paid"},
 {{"змінити покупку", {"інший другий рядок", "лише кількість у першому", "стерти другий рядок", "оплачено"},
   "PURCHASE: номер, короткий номер або код в обліку. Сума йде за рядками, доки вона не своя."},
  {"change a purchase", {"another second line", "only the quantity of the first", "empty the second line", "paid"},
   "PURCHASE: its number, a short id or an external id. The total follows the lines unless it is one of your own."}}},

{"purchase show", "karto purchase show PURCHASE [--as-of DATE]",
 {"karto purchase show 17", "karto purchase show 8145f2bf --json"},
 {{"покупка з рядками", {"за номером", "за коротким номером, для програми"}, ""}, {"a purchase with its lines", {"by its number", "by its short id, for a program"}, ""}}},

{"purchase list", "karto purchase list [CLIENT] [--hidden]",
 {"karto purchase list 14360570", "karto purchase list --sort -total --limit 20"},
 {{"покупки клієнта або всі, останні спершу", {"одного клієнта", "двадцять найбільших"}, ""},
  {"purchases of a client, or all, the last first", {"of one client", "the twenty largest"}, ""}}},

{"purchase hide", "karto purchase hide PURCHASE --reason TEXT",
 {"karto purchase hide 17 --reason \"внесено двічі\""},
 {{"сховати покупку", {"з причиною"}, ""}, {"hide a purchase", {"with the reason"}, ""}}},

{"purchase restore", "karto purchase restore PURCHASE",
 {"karto purchase restore 8145f2bf"},
 {{"повернути сховану покупку", {"за коротким номером"}, ""}, {"bring back a hidden purchase", {"by its short id"}, ""}}},

{"conflict list", "karto conflict list [CLIENT] [--fail-if-any]",
 {"karto conflict list", "karto conflict list 14360570", "karto conflict list --fail-if-any -q"},
 {{"де двоє написали різне", {"усі конфлікти", "одного клієнта", "для програми: код 5, якщо є хоч один"},
   "Обидва значення на місці, нічого не пропало; треба лише вибрати."},
  {"where two people wrote different things", {"all conflicts", "of one client", "for a program: exit 5 if there is any"},
   "Both values are there, nothing was lost; somebody just has to choose."}}},

{"conflict show", "karto conflict show CONFLICT",
 {"karto conflict show 018f…7f3a90c1/site"},
 {{"хто, коли і що написав", {"номер зі списку"}, ""}, {"who wrote what, and when", {"an id from the list"}, ""}}},

{"conflict resolve", "karto conflict resolve CONFLICT --take N | --value V",
 {"karto conflict resolve 018f…7f3a90c1/site --take 2", "karto conflict resolve 018f…7f3a90c1/site --value romashka.ua"},
 {{"вибрати значення", {"друге з показаних", "або якесь інше"}, "--value \"\" стирає."},
  {"choose a value", {"the second of those shown", "or another one"}, "--value \"\" empties."}}},

{"refused list", "karto refused list",
 {"karto refused list", "karto refused list --json"},
 {{"що з вашого головний офіс відхилив і чому", {"усе, чого ви ще не прибрали", "для програми"},
   "Тут лише змінене на цьому ноутбуці. У записах цього немає, а в журналі воно лишається: karto log.\nЧого не дозволяє ваша роль або територія, те в головному офісі бачать як пропозицію і можуть прийняти: тоді воно приїде сюди саме."},
  {"what head office has refused of yours, and why", {"all that you have not dismissed", "for a program"},
   "It is of changes made on this laptop. The records do not have it, and the log keeps it: karto log.\nWhat your role or territory does not allow is a proposal at head office, which may be accepted there: then it comes here by itself."}}},

{"refused dismiss", "karto refused dismiss N... | --all",
 {"karto refused dismiss 41 43", "karto refused dismiss --all"},
 {{"прибрати відхилене зі списку", {"дві зміни за номерами зі списку", "усе"}, "Журнал і записи лишаються, які були; пропозицію в головному офісі це не відкликає."},
  {"take what was refused off the list", {"two changes, by their numbers in the list", "all of it"}, "Log and records stay as they are; it does not withdraw the proposal at head office."}}},

{"log", "karto log [CLIENT] [--field F] [--user U] [--device D] [--since DATE]",
 {"karto log 14360570", "karto log 14360570 --field phone", "karto log --user oksana --since 2026-11-01"},
 {{"хто, коли і що змінив", {"усе про клієнта", "лише його телефони", "усе від однієї людини за листопад"}, ""},
  {"who changed what, and when", {"everything about a client", "only its phones", "everything by one person in November"}, ""}}},

{"undo", "karto undo [UNDO] [--list] [-n] [--reason TEXT] [--user U]",
 {"karto undo", "karto undo 7f3a0012", "karto undo 7f3a0012 -n", "karto undo --list"},
 {{"скасувати те, що зробила одна команда", {"останнє з вашого", "зміну чи імпорт за номером", "спершу подивитися, що повернеться", "що можна скасувати"},
   "Номер називає кожна команда, що щось змінила, а також karto log. Імпорт скасовується весь. Де хтось уже написав інше, там лишається\n"
   "його, і про це сказано (код 3). Нові записи ховаються. Саме скасування теж можна скасувати за його номером; перерване запускають ще раз."},
  {"take back what one command did", {"the last that you did", "a change or an import by its number", "first see what would come back", "what can be taken back"},
   "The number is told by every command that changed something, and by karto log. An import is taken back whole. Where somebody has\n"
   "written something else since, that stays, and is told (exit 3). New records are hidden. An undo can be undone by its own number;\n"
   "one that was broken off is simply run again."}}},

{"assign territory", "karto assign territory NEW --of OLD | --client CLIENT... | --query QUERY [--since DATE] [-n] [-y] [--reason TEXT]",
 {"karto assign territory 15 --of 14 -n", "karto assign territory 15 --of 14 --since 2026-12-01", "karto assign territory 15 --client Ромашка --client 22859846", "karto assign territory 15 --query \"territory:14 city:Львів\""},
 {{"передати клієнтів на іншу територію", {"скільки їх і хто це", "усю територію 14, від того дня", "двох клієнтів", "лише тих із території 14, хто у Львові"},
   "Хто має територію, той отримає клієнтів з усім, що до них внесено, під час наступного обміну; у попереднього вони зникнуть.\n"
   "Без --since це сьогодні; майбутній день настане сам. --of бере й схованих. Те, що в клієнта вписано на пізніші дні, лишається.\n"
   "Усе разом скасовує один karto undo. Перерване запускають ще раз. Територія, якої досі не має ніхто, потребує -y."},
  {"hand clients over to another territory", {"how many, and who", "all of territory 14, from that day on", "two clients", "only those of territory 14 in Lviv"},
   "Who has the territory gets the clients with all that was entered for them at his next synchronisation; they leave the one before.\n"
   "Without --since it is today; a day to come takes effect by itself. --of takes hidden ones too. What a client has for later days stays.\n"
   "One karto undo takes all of it back. What was broken off is run again. A territory that nobody has so far needs -y."}}},

{"assign manager", "karto assign manager NEW --of OLD | --client CLIENT... | --query QUERY [--since DATE] [-n] [-y] [--reason TEXT]",
 {"karto assign manager petro --of oksana --since 2026-12-01 -n", "karto assign manager petro --of oksana", "karto assign manager petro --client Ромашка --reason \"хворіє\""},
 {{"передати клієнтів іншому менеджерові", {"скільки їх буде від того дня", "усіх, від сьогодні", "одного, і чому"},
   "Менеджер – це ім'я користувача. Кому видно клієнта, вирішує його територія: karto assign territory.\n"
   "Решта так само, як у karto help assign territory."},
  {"hand clients over to another manager", {"how many it would be from that day on", "all of them, from today", "one, and why"},
   "A manager is the name of a user. Who sees a client is decided by its territory: karto assign territory.\n"
   "All else is as karto help assign territory says."}}},

{"import",
 "karto import FILE [--kind KIND] [--map COLUMN=FIELD]... [--match FIELD,...] [--new-only|--update] [--encoding E] [--separator C] [--errors FILE] [-n]",
 {"karto import prospects.csv --kind client -n", "karto import prospects.csv --kind client --match edrpou --errors bad.csv", "karto import old.csv --kind client --encoding windows-1251 --map \"Назва фірми=name\"", "karto import clients.json"},
 {{"внести таблицю з файла", {"спершу подивитися, що буде", "оновити тих, хто вже є; відхилені рядки у файл", "файл з Excel, зі своєю назвою стовпця", "те, що записав karto export"},
   "Стовпці звуться як поля (karto help fields) або як заголовки в програмі; інший стовпець призначає --map СТОВПЕЦЬ=ПОЛЕ,\n"
   "зайвий пропускає --map СТОВПЕЦЬ=-. Тих, хто вже є, впізнає --match: id, external_id, edrpou, phone або name; --match - вносить\n"
   "усі рядки як нові. Порожня клітинка нічого не змінює. Кілька телефонів чи міток в одній клітинці ділить ; або новий рядок;\n"
   "значення, де є ;, стоїть у лапках. Вони лише додаються. Територія чи менеджер з певного дня: --map СТОВПЕЦЬ=manager@2026-12-01\n"
   "або стовпець manager.since. Рядки покупки: lines.product lines.quantity lines.price lines.discount (у відсотках), кожен окремим\n"
   "рядком таблиці; за порядком у файлі або за lines.key. Стовпець client приймає те саме, що CLIENT.\n"
   "Рядок, що не підійшов, не зупиняє решти: він цілий опиниться у файлі --errors з поясненням, а код буде 3. Виправлений файл вносить\n"
   "команда, яку програма підкаже. Ще раз той самий файл нічого не змінить, тож перерване просто запускають знову.\n"
   "Дати бувають 2026-12-01, 01.12.2026, 31/12/2026, числом з Excel; 03/04/2026 може бути двома днями, тож не підійде. Не підійде і\n"
   "код, який таблиця скоротила: 1,43606E+07. Заголовок над назвами стовпців і назви ще раз посеред таблиці пропускаються.\n"
   "Кодування і знак між стовпцями програма впізнає сама; --encoding і --separator вказують інше. Файл .json, який записав\n"
   "karto export, вноситься так само, з усіма датами; --kind тоді не потрібен."},
  {"enter a table from a file", {"first see what would happen", "update who is here already; rejected rows into a file", "a file from Excel, with a column name of its own", "what karto export wrote"},
   "Columns are named as fields (karto help fields) or as headings here; another one is placed by --map COLUMN=FIELD and left\n"
   "out by --map COLUMN=-. Who is here already is told by --match: id, external_id, edrpou, phone or name; --match - enters every\n"
   "row as new. An empty cell changes nothing. Several phones or tags in one cell are apart by ; or a line break; a value with a ;\n"
   "in it stands in quotes. They are only added. A territory or manager from some day on: --map COLUMN=manager@2026-12-01, or a\n"
   "column manager.since. Lines of a purchase: lines.product lines.quantity lines.price lines.discount (in per cent), each in a row\n"
   "of its own, known by their order in the file or by lines.key. A column client takes what CLIENT does.\n"
   "A row that does not fit stops none of the others: all of it ends up in the --errors file with the reason, and the exit code is 3.\n"
   "Mended, that file is entered by the command that is told. The same file once more changes nothing, so what was interrupted is\n"
   "simply run again. Dates are 2026-12-01, 01.12.2026, 31/12/2026, or a number of Excel; 03/04/2026 could be either of two days and\n"
   "does not fit. Neither does a code that a spreadsheet has shortened: 1,43606E+07. A title above the names of columns is passed\n"
   "over, and so are the names once more in the midst of the table.\n"
   "The encoding and the character between columns are found out; --encoding and --separator overrule that. A .json file that\n"
   "karto export wrote is entered alike, with all of its dates, and needs no --kind."}}},

{"find", "karto find TEXT|QUERY [--kind KIND] [--hidden]",
 {"karto find нова пошт", "karto find 4567", "karto find 'хліб city:Львів last_contact>60d'"},
 {{"знайти будь-що за словами", {"слова або їх початки, де б вони не були", "останні цифри телефону", "слова й умови разом"},
   "Шукає в назвах, людях, адресах, контактах, покупках, примітках; байдуже до правової форми, апострофів, розкладки, латинки, однієї помилки в слові.\n"
   "Умови: karto help query."},
  {"find anything by words", {"words or their beginnings, wherever they are", "the last digits of a phone", "words and conditions together"},
   "Looks into names, people, addresses, activities, purchases, notes; the legal form, apostrophes, keyboard layout, Latin letters and one mistyped letter do not matter.\n"
   "Conditions: karto help query."}}},

{"export", "karto export [QUERY] [--kind KIND] [--format csv|json] [--excel] [--encoding E] [-o FILE|-]",
 {"karto export -o clients.csv", "karto export --excel -o excel.csv", "karto export Львів --kind purchase --format json -o -"},
 {{"записати таблицю у файл", {"усі клієнти", "так, щоб відкрив Excel", "покупки зі Львова, на стандартний вивід"}, "Таблицю і json можна внести назад: karto import. Територія й менеджер у ній такі, як сьогодні; усі дати є в json, по одному запису\n"
   "в рядку. Сховані записи не виходять. Клієнта в інших таблицях названо кодом в обліку, ЄДРПОУ або номером.\n"
   "Для старих програм: --encoding windows-1251, cp1125, cp866, koi8-u; чого там немає, те замінено: ₴ на грн, ʼ на ’ або '."},
  {"write a table into a file", {"all clients", "so that Excel opens it", "purchases in Lviv, to standard output"}, "The table and the json can be entered again: karto import. Territory and manager are as they are today; json has all of their dates, a\n"
   "record a line. Hidden records stay out. Other tables name a client by its external id, EDRPOU or id.\n"
   "For old programs: --encoding windows-1251, cp1125, cp866, koi8-u; what these lack is replaced: ₴ by грн, ʼ by ’ or '."}}},

{"sync", "karto sync [--watch | --preview]",
 {"karto sync", "karto sync --watch", "karto sync --preview"},
 {{"обмінятися змінами з головним офісом", {"один раз", "і далі, щойно щось з'явиться", "скільки було б надіслано й отримано, нічого не змінюючи"},
   "Можна перервати будь-коли: нічого не пропаде і двічі не запишеться. Без мережі код 20, а робота лишається тут."},
  {"exchange changes with head office", {"once", "and on, as soon as there is something", "how much would be sent and received, with nothing changed"},
   "It can be broken off at any time: nothing gets lost or written twice. Without a network the exit code is 20, and the work stays here."}}},

{"status", "karto status",
 {"karto status", "karto status --json"},
 {{"що тут є, що ще не надіслано, чи є конфлікти", {"для людини", "для програми"}, ""},
  {"what is here, what has not been sent, whether there are conflicts", {"for people", "for a program"}, ""}}},

{"backup", "karto backup DIR",
 {"karto backup ~/kartoteka-2026-12-01", "sudo -u kartoteka karto backup /var/backups/kartoteka/2026-12-01 --db /var/lib/kartoteka"},
 {{"копія картотеки разом із ключами", {"цього ноутбука, у нову теку", "головного офісу, поки він працює"},
   "Теки DIR ще не має бути. Копію перевірено, перш ніж вона дістане свою назву; відновити з неї: karto restore DIR.\nУ ній люди, телефони й ключі: тримайте її так само, як саму картотеку."},
  {"a copy of the store with its keys", {"of this laptop, into a new directory", "of head office, while it runs"},
   "DIR must not be there yet. The copy is verified before it gets its name; to restore it: karto restore DIR.\nThere are people, phones and keys in it: keep it as you keep the store."}}},

{"restore", "karto restore BACKUP [-y]",
 {"karto restore ~/kartoteka-2026-12-01", "sudo -u kartoteka karto restore /var/backups/kartoteka/2026-12-01 --db /var/lib/kartoteka -y"},
 {{"відновити картотеку з копії", {"там, де її немає", "головний офіс, де картотека вже є: її буде відсунуто вбік"},
   "Нічого не стирається: те, що стоїть на місці, лежатиме в її ж теці, у теці replaced-…, і буде сказано де; глянути: karto status --db ТЕКА/replaced-….\nВідновлене пише під новим номером вузла. Головний офіс далі: karto help hub recovered."},
  {"restore a store from a backup", {"where there is none", "head office, where a store stands already: it is moved aside"},
   "Nothing is erased: what stands there goes into a directory replaced-… inside of the store's, and that is named; to look: karto status --db DIR/replaced-….\nWhat was restored writes under a new node id. Head office goes on with: karto help hub recovered."}}},

{"check", "karto check",
 {"karto check"},
 {{"перевірити, чи все в картотеці ціле", {"прочитати все від початку до кінця"}, "Нічого не змінює."},
  {"see whether everything in the store is whole", {"read all of it from beginning to end"}, "It changes nothing."}}},

{"doctor", "karto doctor [--offline]",
 {"karto doctor", "karto doctor -v", "karto doctor --offline --json", "sudo -u kartoteka karto doctor --db /var/lib/kartoteka"},
 {{"що не так із картотекою, диском, годинником, посвідченням чи мережею, і що робити", {"лише те, що не гаразд", "і те, що гаразд", "для програми, без мережі", "головного офісу"},
   "Нічого не змінює і працює навіть тоді, коли картотека не відкривається. Не більш як десять секунд.\nКод 1: щось треба лагодити; 0: усе гаразд або є лише зауваження."},
  {"what is wrong with store, disk, clock, certificate or network, and what to do", {"only what is not well", "also what is", "for a program, without the network", "head office's"},
   "It changes nothing, and works even where the store does not open. It takes ten seconds at most.\nExit code 1: something has to be mended; 0: all is well, or there are only remarks."}}},
{"quarantine list", "karto quarantine list",
 {"karto quarantine list", "karto quarantine list --json"},
 {{"що прийшло й не вдалося прочитати", {"усе, що відкладено", "для програми"},
   "Таке лежить окремо, цілим, і не заважає решті. Зазвичай це пошкоджений файл або програма з вадою: покажіть адміністраторові."},
  {"what came and could not be read", {"all that is set aside", "for a program"},
   "It lies apart, whole, and does not hold up the rest. As a rule it is a damaged file or a faulty program: show it to your administrator."}}},

{"quarantine show", "karto quarantine show N [-o FILE|-]",
 {"karto quarantine show 3", "karto quarantine show 3 -o damaged.bin"},
 {{"одне з відкладеного", {"що це, чиє й чому", "його байти, у файл"}, "На екран байти не потрапляють: у них може бути що завгодно."},
  {"one of what is set aside", {"what it is, whose and why", "its bytes, into a file"}, "The bytes never go to the screen: there may be anything in them."}}},

{"quarantine remove", "karto quarantine remove N",
 {"karto quarantine remove 3"},
 {{"прибрати відкладене назавжди", {"коли воно вже не потрібне"}, "Записів і історії це не змінює."},
  {"take away for good what is set aside", {"when nobody needs it any more"}, "It changes no records and no history."}}},

{"quarantine retry", "karto quarantine retry [N]",
 {"karto quarantine retry", "karto quarantine retry 3"},
 {{"спробувати відкладене ще раз, скажімо, після оновлення програми", {"усе", "одне"},
   "Що тепер читається, більше не відкладено, і наступна синхронізація його привезе.\nУ головному офісі відхилене лишається відхиленим."},
  {"try again what is set aside, say after the program was updated", {"all of it", "one"},
   "What can be read now is set aside no longer, and the next synchronisation brings it.\nAt head office what was refused stays refused."}}},

{"help", "karto help [TOPIC]",
 {"karto help", "karto help client set", "karto help fields"},
 {{"ця довідка", {"усі команди", "одна команда", "тема"}, ""}, {"this help", {"all commands", "one command", "a topic"}, ""}}},

{"version", "karto version",
 {"karto version"},
 {{"яка це версія", {"номер"}, ""}, {"which version this is", {"its number"}, ""}}},

{"fields", NULL,
 {"karto client set 14360570 phone+=0501234567", "karto client set 14360570 attr.площа=120"},
 {{"які бувають поля", {"ще один телефон", "власна ознака"},
   "Клієнт:    name full_name legal_form edrpou vat external_id status industry site phone* email* iban* tag*\n"
   "           address.index .region .city .street .house .office, так само legal_address і postal_address\n"
   "           territory@ manager@ credit_limit note since attr.НАЗВА\n"
   "Людина:    name role phone* email* since left note\n"
   "Контакт:   type (visit, call, letter, meeting, note) date text outcome next next_date\n"
   "Покупка:   number date lines total status\n"
   "Рядки:     lines.1=\"молоко; 20; 35.50 UAH; 0%\", частина lines.1.quantity=25, стерти lines.1=\n\n"
   "*  кілька значень: += додає, -= прибирає, = замінює всі\n"
   "@  з якого дня: territory@2026-12-01=15; без дати від сьогодні\n"
   "status клієнта:  market (ринок), prospect (потенційний), customer (покупець), archive (архів)\n"
   "status покупки:  new (нова), confirmed (підтверджена), shipped (відвантажена), paid (оплачена), cancelled (скасована)\n"
   "Порожнє значення (note=) стирає. Дати: 2026-12-01, 01.12.2026 або 01.12.26."},
  {"the fields that there are", {"one more phone", "an attribute of your own"},
   "Client:    name full_name legal_form edrpou vat external_id status industry site phone* email* iban* tag*\n"
   "           address.index .region .city .street .house .office, and legal_address and postal_address alike\n"
   "           territory@ manager@ credit_limit note since attr.NAME\n"
   "Person:    name role phone* email* since left note\n"
   "Activity:  type (visit, call, letter, meeting, note) date text outcome next next_date\n"
   "Purchase:  number date lines total status\n"
   "Lines:     lines.1=\"milk; 20; 35.50 UAH; 0%\", a part lines.1.quantity=25, empty lines.1=\n\n"
   "*  several values: += adds, -= takes away, = replaces all of them\n"
   "@  from which day on: territory@2026-12-01=15; without a date, from today\n"
   "status of a client:    market, prospect, customer, archive\n"
   "status of a purchase:  new, confirmed, shipped, paid, cancelled\n"
   "An empty value (note=) empties. Dates: 2026-12-01, 01.12.2026 or 01.12.26."}}},

{"query", NULL,
 {"karto client list 'industry:47 city:Львів last_contact>60d'", "karto client list 'bought(2026)>100000 -tag:vip'", "karto export --kind purchase 'city:Львів date:2026-11' -o nov.csv"},
 {{"як питати: слова й умови", {"роздріб зі Львова, до якого давно не навідувались", "хто багато купив і ще не vip", "покупки львівських клієнтів за листопад"},
   "нова пошта           обидва слова або слова, що так починаються, будь-де в картці; \"у лапках\": саме так підряд\n"
   "city:Львів           поле має ці слова; = дорівнює цілком, != ні, < <= > >= для чисел і дат, 1000..5000 від і до\n"
   "-tag:vip             не; a OR b: одне з двох; дужки групують\n"
   "has:phone has:conflict has:person is:hidden is:pending\n"
   "Поля: karto help fields; city, street, house як в address; місто:Львів теж. created changed changed_by\n"
   "Рахує: last_contact last_purchase contacts(ДНІ) purchases(ДНІ) bought(ДНІ) persons\n"
   "Дні: 2026-11-25, 2026-11, 2026, today, -30d..today; 60d у порівнянні означає «стільки тому» (d w m y)\n"
   "Запит із < > ( | & беріть у прості лапки '…', бо інакше їх прочитає оболонка."},
  {"how to ask: words and conditions", {"retail in Lviv that nobody has visited for long", "who has bought much and is not vip", "November's purchases of clients in Lviv"},
   "nova poshta          both words, or words that begin so, anywhere in the record; \"in quotation marks\": in this order\n"
   "city:Lviv            the field has these words; = is this, all of it, != is not, < <= > >= for numbers and dates, 1000..5000\n"
   "-tag:vip             not; a OR b: one or the other; parentheses group\n"
   "has:phone has:conflict has:person is:hidden is:pending\n"
   "Fields: karto help fields; city, street, house are those of address. created changed changed_by\n"
   "Counted: last_contact last_purchase contacts(DAYS) purchases(DAYS) bought(DAYS) persons\n"
   "Days: 2026-11-25, 2026-11, 2026, today, -30d..today; 60d in a comparison is so long ago (d w m y)\n"
   "A query with < > ( | & goes into single quotes '…', or the shell reads them."}}},

{"everywhere", NULL,
 {"karto client list --limit 20 --sort -name", "karto status --json"},
 {{"параметри, що є в кожної команди", {"перші двадцять, від Я до А", "для програми"},
   "На терміналі список виходить таблицею, деінде стовпцями через табуляцію з англійськими назвами.\n"
   "Дані йдуть на стандартний вивід, усе інше на стандартний потік помилок."},
  {"options that every command has", {"the first twenty, from Z to A", "for a program"},
   "On a terminal a list is a table, elsewhere tab-separated columns with English names.\n"
   "Data goes to standard output, everything else to standard error."}}},

{"config", NULL,
 {"db = /home/oksana/clients", "lang = uk"},
 {{"налаштування, щоб не писати їх щоразу", {"рядок файла: де картотека", "рядок файла: мова"},
   "Пізніше в цьому списку важить більше:\n"
   "  /etc/kartoteka/karto.conf, $XDG_CONFIG_HOME/kartoteka/karto.conf, змінні KARTO_*, параметри\n"
   "У файлах рядки «назва = значення»; # починає примітку. Назви: db lang color limit columns sort json tsv no-input quiet verbose\n"
   "history_days history_mb (скільки давнішої історії тримати на ноутбуці: 730 днів, 200 МБ; 0 днів: ніскільки);\n"
   "require_encryption (yes: не приєднувати ноутбук, якщо диск не зашифровано);\n"
   "змінні так само: KARTO_DB, KARTO_LANG, KARTO_NO_INPUT. Ще зважаємо на NO_COLOR і PAGER."},
  {"settings, so as not to type them each time", {"a line of the file: where the store is", "a line of the file: the language"},
   "What is later in this list counts for more:\n"
   "  /etc/kartoteka/karto.conf, $XDG_CONFIG_HOME/kartoteka/karto.conf, variables KARTO_*, options\n"
   "The files have lines “name = value”; # begins a comment. Names: db lang color limit columns sort json tsv no-input quiet verbose\n"
   "history_days history_mb (how much older history to keep on a laptop: 730 days, 200 MB; 0 days: none);\n"
   "require_encryption (yes: no laptop joins whose disk is not encrypted);\n"
   "variables alike: KARTO_DB, KARTO_LANG, KARTO_NO_INPUT. NO_COLOR and PAGER are respected."}}},

{"exit-codes", NULL, {NULL},
 {{"коди завершення", {NULL},
   "  0  зроблено                     7  значення не прийнято\n"
   "  1  не вдалося                  10  тут немає картотеки\n"
   "  2  команду не зрозуміло        11  з картотекою працює хтось інший\n"
   "  3  зроблено частково           12  не той ключ\n"
   "  4  не знайдено або кілька      20  немає зв'язку (робота лишається тут)\n"
   "  5  є конфлікти                130  перервано\n"
   "  6  не дозволено"},
  {"exit codes", {NULL},
   "  0  done                         7  a value was refused\n"
   "  1  failure                     10  no store here\n"
   "  2  the command makes no sense  11  another session or daemon runs on it\n"
   "  3  done in part                12  wrong key\n"
   "  4  not found, or ambiguous     20  head office cannot be reached (the work is safe here)\n"
   "  5  there are conflicts        130  interrupted\n"
   "  6  not permitted"}}},
};

const unsigned karto_help_count = sizeof karto_help_table / sizeof *karto_help_table;
