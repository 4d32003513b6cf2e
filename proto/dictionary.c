/* The preset dictionary of deflate, version 1: what small change sets and single records are made of, as it stands in
 * their bytes, the most frequent last (a short distance takes fewer bits). It is part of the protocol: never change a
 * byte of it; a second one would get another name. */
#include "proto/deflate.h"

#define ENUM_8(name) "\xd7\x05" name /* a value of type enum: MessagePack's head and the name */

static const char words[] =
    /* what an answer or a hello says */
    "E-INVALID E-REVOKED E-NOT-PERMITTED E-STALE administrator accountant office representative kartoteka 0.1.0 "
    /* what is written about a visit or a call */
    "конкурент, знижка, відстрочка, борг, оплата, рахунок, договір, комерційна пропозиція, доставка, "
    "Переговори з директором. Зустріч з бухгалтером. Телефонував, просив передзвонити. Домовились про зустріч. "
    "Надіслати пропозицію на пошту. Цікавиться, зацікавлений у співпраці. Замовлення підтверджено. Уточнити адресу. "
    "комерційний директор головний бухгалтер менеджер із закупівель начальник відділу постачання головний інженер "
    "власник "
    "Україна Захід Центр Сервіс Груп Плюс Трейд Буд Агро Транс Пром "
    /* places: the regions, then their towns */
    "Вінницька Волинська Дніпропетровська Донецька Житомирська Закарпатська Запорізька Івано-Франківська Київська "
    "Кіровоградська Луганська Львівська Миколаївська Одеська Полтавська Рівненська Сумська Тернопільська Харківська "
    "Херсонська "
    "Хмельницька Черкаська Чернівецька Чернігівська область обл. район р-н "
    "м. Херсон м. Миколаїв м. Суми м. Чернігів м. Кропивницький м. Черкаси м. Чернівці м. Хмельницький "
    "м. Тернопіль м. Ужгород м. Луцьк м. Рівне м. Житомир м. Івано-Франківськ м. Полтава м. Вінниця м. Запоріжжя м. "
    "Одеса "
    "м. Дніпро м. Харків м. Львів м. Київ "
    /* streets */
    "наб. бул. Лесі Українки пл. Ринок просп. Свободи шосе пров. Шкільний вул. Садова "
    "вул. Центральна вул. Соборна вул. Миру вул. Незалежності вул. Київська вул. Героїв України "
    "вул. Степана Бандери вул. Михайла Грушевського вул. Богдана Хмельницького вул. Івана Франка вул. Тараса Шевченка "
    "буд. корп. літ. кв. оф. прим. пов. "
    /* names of people */
    "Олександр Сергій Андрій Володимир Микола Олена Наталія Тетяна Оксана Ірина івна ович Мельник Шевченко Коваленко "
    /* legal forms */
    "Товариство з обмеженою відповідальністю \" Приватне підприємство \" Фізична особа-підприємець ФГ \" АТ \" КНП \" "
    "ПрАТ \" ДП \" ФОП ПП \" ТОВ \" "
    /* the net */
    "www. .ua/ https://www. http:// .com.ua .in.ua .kiev.ua .lviv.ua .org.ua sales@ zakupivli@ buh@ director@ office@ "
    "info@ "
    "@meta.ua @i.ua @outlook.com @ukr.net @gmail.com "
    /* accounts, phones: the codes of operators and towns */
    "UA213223130000026007UA903052990000026001UAHEUR+38032+38044+38056+38057+38048+38039+38091+38094+38092+38070+38077+"
    "38089+38062"
    "+38066+38095+38099+38050+38096+38097+38098+38068+38093+38073+38063+38067"
    "(044) (032) (057) (050) (095) (099) (066) (093) (063) (073) (096) (097) (098) (068) (067) "
    "+380 44 +380 50 +380 95 +380 66 +380 99 +380 93 +380 63 +380 73 +380 96 +380 97 +380 98 +380 68 +380 67 "
    /* the choices, as values */
    "\xd6\x05"
    "call"
    "\xc7\x05\x05"
    "visit"
    "\xc7\x06\x05"
    "letter"
    "\xc7\x07\x05"
    "meeting"
    "\xc7\x07\x05"
    "shipped"
    "\xd6\x05"
    "paid"
    "\xc7\x09\x05"
    "confirmed"
    "\xc7\x06\x05"
    "market" ENUM_8("prospect") ENUM_8("customer")
    /* a client alone: how its fields differ in number, and the heads of what is in them */
    "\xd8\x04"
    "\xc7\x08\x06\x73\xc3"
    "\xc7\x03\x02\xcd\x4a"
    "\x93\xc0\xc4\x19info@"
    "\xd9\x21https://www."
    "\x00\x00\x10\x02\x0e\x01\x01\x02\x01\x02\x04\x02\x02\x01\x08\x01\x01\x01\x01\x93\xc0\xc4\x04\x00\x00\x00\x00\xa8UA"
    "-"
    "\xb1+380 67 "
    "\x93\xc0\xc4\x0d+380"
    /* a change alone: clock, kind, record; via, reason, counts; context, set */
    "\xcf\x00\x00\x01\x9b"
    "\x00\x00\xa6"
    "\x01\xcf\x00\x00\x01\x9b"
    "\x00\xc4\x0a"
    "\x01\x00\xa0\x01\x00\x10\x00\x01\x02"
    "\x02\x00\xa0\x01\x00\x2b\x01\x01\xcf"
    "\x01\x02\xb1+380"
    "\x00\x00\x02\x00\x00\x00\x00\x00\x01\x01";

struct karto_slice karto_dictionary(void)
{
    return karto_slice(words, sizeof words - 1);
}
