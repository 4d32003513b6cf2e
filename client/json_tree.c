#include "client/json_tree.h"

#include "core/base/character.h"
#include "core/base/reader.h"

#include <string.h>

struct reading {
    struct karto_arena *arena;
    struct karto_slice text;
    size_t at;
    unsigned depth;
};

static int byte_at(const struct reading *r)
{
    return r->at < r->text.size ? r->text.data[r->at] : -1;
}

static void skip_blanks(struct reading *r)
{
    while (byte_at(r) == ' ' || byte_at(r) == '\t' || byte_at(r) == '\n' || byte_at(r) == '\r')
        r->at++;
}

static bool take(struct reading *r, char byte)
{
    skip_blanks(r);
    if (byte_at(r) != byte)
        return false;
    r->at++;
    return true;
}

/* ---- leaves ---- */

static bool read_word(struct reading *r, const char *word, enum karto_json_type type, struct karto_json *value)
{
    size_t size = strlen(word);
    if (r->text.size - r->at < size || memcmp(r->text.data + r->at, word, size) != 0)
        return false;
    value->type = type;
    value->text = karto_slice_str(word);
    r->at += size;
    return true;
}

static size_t skip_digits(struct reading *r)
{
    size_t begin = r->at;
    while (byte_at(r) >= '0' && byte_at(r) <= '9')
        r->at++;
    return r->at - begin;
}

static bool read_number(struct reading *r, struct karto_json *value)
{
    size_t begin = r->at;
    r->at += byte_at(r) == '-';
    bool zero = byte_at(r) == '0';
    size_t digits = skip_digits(r);
    bool right = digits == 1 || (digits > 1 && !zero);
    if (byte_at(r) == '.') {
        r->at++;
        right = skip_digits(r) > 0 && right;
    }
    if (byte_at(r) == 'e' || byte_at(r) == 'E') {
        r->at++;
        r->at += byte_at(r) == '-' || byte_at(r) == '+';
        right = skip_digits(r) > 0 && right;
    }
    value->type = KARTO_JSON_NUMBER;
    value->text = karto_slice(r->text.data + begin, r->at - begin);
    return right;
}

static bool read_hex(struct reading *r, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        int byte = byte_at(r), lower = byte | 0x20;
        bool is_digit = byte >= '0' && byte <= '9';
        if (!is_digit && (lower < 'a' || lower > 'f'))
            return false;
        *code = *code << 4 | (uint32_t)(is_digit ? byte - '0' : lower - 'a' + 10);
    }
    return true;
}

/* Behind "\u": one character, or two halves of one. */
static bool read_code(struct reading *r, struct karto_buf *out)
{
    uint32_t code, low;
    if (!read_hex(r, &code) || (code >= 0xDC00 && code <= 0xDFFF))
        return false;
    if (code >= 0xD800 && code <= 0xDBFF) {
        if (byte_at(r) != '\\' || (r->at++, byte_at(r) != 'u') || (r->at++, !read_hex(r, &low)) || low < 0xDC00 ||
            low > 0xDFFF)
            return false;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    karto_character_add(out, code);
    return true;
}

static bool read_escape(struct reading *r, struct karto_buf *out)
{
    static const char letters[] = "bfnrt\"\\/", bytes[] = "\b\f\n\r\t\"\\/";
    int letter = byte_at(r);
    const char *found = letter > 0 ? strchr(letters, letter) : NULL;
    r->at++;
    if (letter == 'u')
        return read_code(r, out);
    if (found)
        karto_buf_add_byte(out, (uint8_t)bytes[found - letters]);
    return found != NULL;
}

static bool read_letters(struct reading *r, struct karto_buf *out)
{
    for (;;) {
        int byte = byte_at(r);
        if (byte < 0x20)
            return false;
        r->at++;
        if (byte == '"')
            return true;
        if (byte != '\\')
            karto_buf_add_byte(out, (uint8_t)byte);
        else if (!read_escape(r, out))
            return false;
    }
}

static bool read_string(struct reading *r, struct karto_slice *text)
{
    struct karto_buf out = KARTO_BUF_EMPTY;
    bool right = take(r, '"') && read_letters(r, &out) && karto_utf8_valid(karto_buf_slice(&out));
    *text = karto_arena_copy(r->arena, karto_buf_slice(&out));
    karto_buf_fini(&out);
    return right;
}

/* ---- what holds others ---- */

static bool read_value(struct reading *r, struct karto_json *value);

/* Elements are gathered in a buffer: how many there are is known at the end. */
static bool read_items(struct reading *r, char end, struct karto_json *value)
{
    struct karto_buf items = KARTO_BUF_EMPTY;
    bool right = true, first = true;
    while (right && !take(r, end)) {
        struct karto_json item = {.type = KARTO_JSON_NULL};
        right = first || take(r, ',');
        if (right && end == '}')
            right = read_string(r, &item.key) && take(r, ':');
        right = right && read_value(r, &item);
        karto_buf_add(&items, &item, sizeof item);
        first = false;
    }
    value->type = end == '}' ? KARTO_JSON_OBJECT : KARTO_JSON_ARRAY;
    value->count = items.size / sizeof *value->items;
    value->items = karto_arena_array(r->arena, value->count, sizeof *value->items);
    if (items.size)
        memcpy(value->items, items.data, items.size);
    karto_buf_fini(&items);
    return right;
}

static bool read_nested(struct reading *r, char end, struct karto_json *value)
{
    if (r->depth == KARTO_JSON_DEPTH_MAX)
        return false;
    r->at++;
    r->depth++;
    bool right = read_items(r, end, value);
    r->depth--;
    return right;
}

static bool read_value(struct reading *r, struct karto_json *value)
{
    skip_blanks(r);
    switch (byte_at(r)) {
    case '{': return read_nested(r, '}', value);
    case '[': return read_nested(r, ']', value);
    case '"': value->type = KARTO_JSON_STRING; return read_string(r, &value->text);
    case 't': return read_word(r, "true", KARTO_JSON_BOOL, value);
    case 'f': return read_word(r, "false", KARTO_JSON_BOOL, value);
    case 'n': return read_word(r, "null", KARTO_JSON_NULL, value);
    default: return read_number(r, value);
    }
}

bool karto_json_read(struct karto_arena *arena, struct karto_slice text, size_t *at, struct karto_json *value)
{
    struct reading r = {.arena = arena, .text = text, .at = *at};
    *value = (struct karto_json){.type = KARTO_JSON_NULL};
    bool right = read_value(&r, value);
    *at = r.at < text.size ? r.at : text.size;
    return right;
}

bool karto_json_more(struct karto_slice text, size_t *at)
{
    struct reading r = {.text = text, .at = *at};
    skip_blanks(&r);
    *at = r.at;
    return r.at < text.size;
}

const struct karto_json *karto_json_member(const struct karto_json *object, const char *key)
{
    for (size_t i = object->type == KARTO_JSON_OBJECT ? object->count : 0; i-- > 0;)
        if (karto_slice_is(object->items[i].key, key))
            return object->items[i].type == KARTO_JSON_NULL ? NULL : &object->items[i];
    return NULL;
}
