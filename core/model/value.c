#include "core/model/value.h"

#include "core/base/limits.h"
#include "core/base/pack.h"
#include "core/base/reader.h"

#include <string.h>

#define DAY_MS (24 * 60 * 60 * 1000LL)

enum { EXT_MONEY = 1, EXT_DATE, EXT_INSTANT, EXT_REFERENCE, EXT_ENUM, EXT_TUPLE };

struct karto_value karto_value_nil(void)
{
    return (struct karto_value){.type = KARTO_NIL};
}

struct karto_value karto_value_text(struct karto_slice utf8)
{
    return (struct karto_value){.type = KARTO_TEXT, .text = utf8};
}

struct karto_value karto_value_integer(int64_t v)
{
    return (struct karto_value){.type = KARTO_INTEGER, .integer = v};
}

struct karto_value karto_value_bool(bool v)
{
    return (struct karto_value){.type = KARTO_BOOL, .integer = v};
}

struct karto_value karto_value_money(int64_t minor, const char currency[4])
{
    struct karto_value value = {.type = KARTO_MONEY, .integer = minor};
    memcpy(value.currency, currency, 3);
    return value;
}

struct karto_value karto_value_date(int64_t days)
{
    return (struct karto_value){.type = KARTO_DATE, .integer = days};
}

struct karto_value karto_value_instant(int64_t ms)
{
    return (struct karto_value){.type = KARTO_INSTANT, .integer = ms};
}

struct karto_value karto_value_reference(struct karto_rid rid)
{
    return (struct karto_value){.type = KARTO_REFERENCE, .rid = rid};
}

struct karto_value karto_value_enum(struct karto_slice name)
{
    return (struct karto_value){.type = KARTO_ENUM, .text = name};
}

static void encode_number(struct karto_buf *out, int8_t type, const char *prefix, size_t prefix_size, int64_t number)
{
    struct karto_buf body = KARTO_BUF_EMPTY;
    karto_buf_add(&body, prefix, prefix_size);
    karto_pack_int(&body, number);
    karto_pack_ext(out, type, karto_buf_slice(&body));
    karto_buf_fini(&body);
}

void karto_value_encode(struct karto_value value, struct karto_buf *out)
{
    switch (value.type) {
    case KARTO_NIL: karto_pack_nil(out); return;
    case KARTO_TEXT: karto_pack_str(out, value.text); return;
    case KARTO_INTEGER: karto_pack_int(out, value.integer); return;
    case KARTO_BOOL: karto_pack_bool(out, value.integer != 0); return;
    case KARTO_MONEY: encode_number(out, EXT_MONEY, value.currency, 3, value.integer); return;
    case KARTO_DATE: encode_number(out, EXT_DATE, NULL, 0, value.integer); return;
    case KARTO_INSTANT: encode_number(out, EXT_INSTANT, NULL, 0, value.integer); return;
    case KARTO_REFERENCE: karto_pack_ext(out, EXT_REFERENCE, karto_rid_slice(&value.rid)); return;
    case KARTO_ENUM: karto_pack_ext(out, EXT_ENUM, value.text); return;
    case KARTO_TUPLE: karto_pack_ext(out, EXT_TUPLE, value.text); return;
    case KARTO_UNKNOWN: karto_buf_add_slice(out, value.text); return;
    }
}

struct karto_slice karto_value_bytes(struct karto_arena *arena, struct karto_value value)
{
    struct karto_buf buf = KARTO_BUF_EMPTY;
    karto_value_encode(value, &buf);
    struct karto_slice bytes = karto_arena_copy(arena, karto_buf_slice(&buf));
    karto_buf_fini(&buf);
    return bytes;
}

static void decode_number(struct karto_reader *outer, struct karto_slice body, int64_t least, int64_t most,
                          int64_t *number)
{
    struct karto_reader reader;
    karto_reader_init(&reader, body);
    *number = karto_read_int(&reader);
    if (karto_reader_end(&reader) != KARTO_OK)
        karto_reader_fail(outer, "a number in a value is damaged");
    else if (*number < least || *number > most)
        karto_reader_fail(outer, "a date out of the years 1 to 9999");
}

static void decode_money(struct karto_reader *reader, struct karto_slice body, struct karto_value *value)
{
    if (body.size < 4) {
        karto_reader_fail(reader, "money without currency");
        return;
    }
    for (int i = 0; i < 3; i++)
        if (body.data[i] < 'A' || body.data[i] > 'Z')
            karto_reader_fail(reader, "a currency of other than three letters");
    memcpy(value->currency, body.data, 3);
    decode_number(reader, karto_slice(body.data + 3, body.size - 3), INT64_MIN, INT64_MAX, &value->integer);
}

/* Asked before an element is decoded, so that a hostile peer cannot nest tuples. */
static bool is_tuple(struct karto_slice bytes)
{
    struct karto_reader reader;
    int8_t ext = 0;
    karto_reader_init(&reader, bytes);
    if (karto_reader_peek(&reader) == KARTO_WIRE_EXT)
        karto_read_ext(&reader, &ext, SIZE_MAX);
    return ext == EXT_TUPLE;
}

static void decode_tuple(struct karto_reader *outer, struct karto_value *value)
{
    struct karto_reader reader;
    karto_reader_init(&reader, value->text);
    for (uint32_t count = 0; reader.at < reader.end; count++) {
        struct karto_value element;
        if (count == KARTO_TUPLE_MAX || karto_reader_peek(&reader) == KARTO_WIRE_ARRAY) {
            karto_reader_fail(outer, "a tuple of what it cannot hold");
            return;
        }
        struct karto_slice bytes = karto_read_any(&reader, KARTO_VALUE_SIZE_MAX);
        if (reader.error || is_tuple(bytes) || karto_value_decode(bytes, &element) != KARTO_OK) {
            karto_reader_fail(outer, "a tuple of what it cannot hold");
            return;
        }
    }
}

static void decode_ext(struct karto_reader *reader, struct karto_slice bytes, struct karto_value *value)
{
    int8_t ext = 0;
    struct karto_slice body = karto_read_ext(reader, &ext, KARTO_VALUE_SIZE_MAX);
    switch (ext) {
    case EXT_MONEY:
        value->type = KARTO_MONEY;
        decode_money(reader, body, value);
        break;
    case EXT_DATE:
        value->type = KARTO_DATE;
        decode_number(reader, body, KARTO_DATE_MIN, KARTO_DATE_MAX, &value->integer);
        break;
    case EXT_INSTANT:
        value->type = KARTO_INSTANT;
        decode_number(reader, body, KARTO_DATE_MIN * DAY_MS, (KARTO_DATE_MAX + 1) * DAY_MS - 1, &value->integer);
        break;
    case EXT_REFERENCE:
        value->type = KARTO_REFERENCE;
        if (body.size != 16)
            karto_reader_fail(reader, "a reference of other than 16 bytes");
        else
            value->rid = karto_rid_read(body.data);
        break;
    case EXT_ENUM:
        value->type = KARTO_ENUM;
        value->text = body;
        if (!karto_utf8_valid(body))
            karto_reader_fail(reader, "text that is not UTF-8");
        break;
    case EXT_TUPLE:
        value->type = KARTO_TUPLE;
        value->text = body;
        decode_tuple(reader, value);
        break;
    default: value->type = KARTO_UNKNOWN; value->text = bytes;
    }
}

/* The most frequent of all, whose head is one byte. */
static bool is_short_text(struct karto_slice bytes)
{
    return bytes.size > 0 && (bytes.data[0] & 0xE0) == 0xA0 && bytes.size == 1u + (bytes.data[0] & 0x1F) &&
           karto_utf8_valid(karto_slice(bytes.data + 1, bytes.size - 1));
}

enum karto_err karto_value_decode(struct karto_slice bytes, struct karto_value *value)
{
    struct karto_reader reader;
    if (is_short_text(bytes)) {
        *value = karto_value_text(karto_slice(bytes.data + 1, bytes.size - 1));
        return KARTO_OK;
    }
    karto_reader_init(&reader, bytes);
    *value = karto_value_nil();
    switch (karto_reader_peek(&reader)) {
    case KARTO_WIRE_NIL: karto_read_nil(&reader); break;
    case KARTO_WIRE_STR: *value = karto_value_text(karto_read_str(&reader, KARTO_VALUE_SIZE_MAX)); break;
    case KARTO_WIRE_BOOL: *value = karto_value_bool(karto_read_bool(&reader)); break;
    case KARTO_WIRE_UINT:
    case KARTO_WIRE_INT: *value = karto_value_integer(karto_read_int(&reader)); break;
    case KARTO_WIRE_EXT: decode_ext(&reader, bytes, value); break;
    case KARTO_WIRE_BIN:
    case KARTO_WIRE_ARRAY:
    case KARTO_WIRE_END: karto_reader_fail(&reader, "not a value"); break;
    }
    return karto_reader_end(&reader);
}

/* str of up to 31 bytes, or with a size of 1 or 2: no value is longer. */
struct karto_slice karto_value_text_of(struct karto_slice bytes)
{
    size_t head = 0;
    if (bytes.size > 1 && bytes.data[0] >= 0xa0 && bytes.data[0] <= 0xbf)
        head = 1;
    else if (bytes.size > 2 && (bytes.data[0] == 0xd9 || bytes.data[0] == 0xda))
        head = bytes.data[0] == 0xd9 ? 2 : 3;
    return head ? karto_slice(bytes.data + head, bytes.size - head) : karto_slice(NULL, 0);
}

struct karto_slice karto_tuple_bytes(struct karto_arena *arena, const struct karto_slice *elements, uint32_t count)
{
    struct karto_buf body = KARTO_BUF_EMPTY;
    for (uint32_t i = 0; i < count; i++)
        karto_buf_add_slice(&body, elements[i]);
    struct karto_slice bytes =
        karto_value_bytes(arena, (struct karto_value){.type = KARTO_TUPLE, .text = karto_buf_slice(&body)});
    karto_buf_fini(&body);
    return bytes;
}

enum karto_err karto_tuple_decode(struct karto_value tuple, struct karto_slice *elements, uint32_t max, uint32_t *count)
{
    struct karto_reader reader;
    karto_reader_init(&reader, tuple.text);
    for (*count = 0; reader.at < reader.end && *count < max; ++*count)
        elements[*count] = karto_read_any(&reader, KARTO_VALUE_SIZE_MAX);
    return karto_reader_end(&reader);
}

bool karto_value_is_nil(struct karto_slice bytes)
{
    return bytes.size == 0 || (bytes.size == 1 && bytes.data[0] == 0xc0);
}

/* Hinnant's days_from_civil, for years from 1 on. */
static int64_t days_from_civil(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

bool karto_date_make(int year, int month, int day, int64_t *days)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    *days = days_from_civil(year, month, day);
    int y, m, d;
    karto_date_split(*days, &y, &m, &d);
    return y == year && m == month && d == day;
}

void karto_date_split(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097, day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}
