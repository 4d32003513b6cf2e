#include "core/base/reader.h"

enum { DEPTH_MAX = 8 };

/* What stands at the cursor: its type, the bytes of its head, and of its body (an array's body is its elements: 0
 * here). */
struct token {
    enum karto_wire_type type;
    size_t head, body;
    uint64_t number; /* of UINT, the bits of INT, 0 or 1 of BOOL, elements of ARRAY */
    int8_t ext;
};

void karto_reader_init(struct karto_reader *reader, struct karto_slice bytes)
{
    static const uint8_t none[1]; /* C knows no NULL + 0 */
    const uint8_t *begin = bytes.size ? bytes.data : none;
    *reader = (struct karto_reader){begin, begin, begin + bytes.size, NULL, 0, false, NULL};
}

void karto_reader_fail(struct karto_reader *reader, const char *why)
{
    if (reader->error)
        return;
    reader->error = why;
    reader->error_at = (size_t)(reader->at - reader->begin);
    reader->at = reader->end;
}

void karto_reader_flaw(struct karto_reader *reader, const char *why)
{
    if (!reader->forgiving)
        karto_reader_fail(reader, why);
    else if (!reader->flaw)
        reader->flaw = why;
}

enum karto_err karto_reader_end(struct karto_reader *reader)
{
    if (!reader->error && reader->at != reader->end)
        karto_reader_fail(reader, "bytes behind the end");
    return reader->error ? KARTO_E_CORRUPT : KARTO_OK;
}

static uint64_t big_endian(const uint8_t *p, size_t size)
{
    uint64_t v = 0;
    for (size_t i = 0; i < size; i++)
        v = v << 8 | p[i];
    return v;
}

static const char *token_number(const uint8_t *p, struct token *t)
{
    static const uint64_t shortest[] = {0x80, 0x100, 0x10000, 0x100000000};
    unsigned power = p[0] & 3;
    t->head = 1 + ((size_t)1 << power);
    t->number = big_endian(p + 1, (size_t)1 << power);
    if (p[0] <= 0xcf) {
        t->type = KARTO_WIRE_UINT;
        return t->number < shortest[power] ? "a number that is not in its shortest form" : NULL;
    }
    unsigned bits = 8u << power;
    uint64_t sign = (uint64_t)1 << (bits - 1);
    if (!(t->number & sign))
        return "a number that is not in its shortest form";
    uint64_t ones = bits < 64 ? ~(uint64_t)0 << bits : 0;
    int64_t value = (int64_t)(t->number | ones);
    static const int64_t least[] = {-32, INT8_MIN, INT16_MIN, INT32_MIN};
    t->type = KARTO_WIRE_INT;
    t->number = (uint64_t)value;
    return value >= least[power] ? "a number that is not in its shortest form" : NULL;
}

/* str, bin, ext and array with a length in 1, 2 or 4 bytes; least is the smallest length that needs this form. */
static void token_sized(const uint8_t *p, struct token *t, enum karto_wire_type type, size_t length_size)
{
    t->type = type;
    t->head = 1 + length_size + (type == KARTO_WIRE_EXT);
    t->number = big_endian(p + 1, length_size);
    t->body = type == KARTO_WIRE_ARRAY ? 0 : (size_t)t->number;
    if (type == KARTO_WIRE_EXT)
        t->ext = (int8_t)p[1 + length_size];
}

static bool ext_is_fixed(uint64_t size)
{
    return size == 1 || size == 2 || size == 4 || size == 8 || size == 16;
}

static const char *shortest_length(uint8_t first, uint64_t n)
{
    bool fine;
    switch (first) {
    case 0xd9: fine = n > 31; break;
    case 0xc4: fine = true; break;
    case 0xc7: fine = !ext_is_fixed(n); break;
    case 0xc5:
    case 0xc8:
    case 0xda: fine = n > 0xff; break;
    case 0xdc: fine = n > 15; break;
    default: fine = n > 0xffff; break;
    }
    return fine ? NULL : "a length that is not in its shortest form";
}

/* How many bytes of head the first byte asks for: so that no byte is looked at before it is known to be there. */
static size_t head_size(uint8_t first)
{
    if (first < 0xc0 || first >= 0xe0)
        return 1;
    static const uint8_t sizes[32] = {/* c0 */ 1,     0, 1, 1,
                                      /* bin */ 2,    3, 5,
                                      /* ext */ 3,    4, 6,
                                      /* float */ 0,  0,
                                      /* uint */ 2,   3, 5, 9,
                                      /* int */ 2,    3, 5, 9,
                                      /* fixext */ 2, 2, 2, 2, 2,
                                      /* str */ 2,    3, 5,
                                      /* array */ 3,  5,
                                      /* map */ 0,    0};
    return sizes[first - 0xc0];
}

static const char *token_long(const uint8_t *p, struct token *t)
{
    switch (p[0]) {
    case 0xc0: t->type = KARTO_WIRE_NIL; return NULL;
    case 0xc2:
    case 0xc3:
        t->type = KARTO_WIRE_BOOL;
        t->number = p[0] & 1;
        return NULL;
    case 0xc4:
    case 0xc5:
    case 0xc6: token_sized(p, t, KARTO_WIRE_BIN, (size_t)1 << (p[0] - 0xc4)); break;
    case 0xc7:
    case 0xc8:
    case 0xc9: token_sized(p, t, KARTO_WIRE_EXT, (size_t)1 << (p[0] - 0xc7)); break;
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf:
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3: return token_number(p, t);
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8: *t = (struct token){KARTO_WIRE_EXT, 2, (size_t)1 << (p[0] - 0xd4), 0, (int8_t)p[1]}; return NULL;
    case 0xd9:
    case 0xda:
    case 0xdb: token_sized(p, t, KARTO_WIRE_STR, (size_t)1 << (p[0] - 0xd9)); break;
    case 0xdc:
    case 0xdd: token_sized(p, t, KARTO_WIRE_ARRAY, (size_t)2 << (p[0] - 0xdc)); break;
    default: return "a type that is never used";
    }
    return shortest_length(p[0], t->number);
}

static const char *token_parse(const uint8_t *p, size_t left, struct token *t)
{
    *t = (struct token){KARTO_WIRE_END, 1, 0, 0, 0};
    size_t head = left ? head_size(p[0]) : 1;
    if (head == 0)
        return "a type that is never used";
    if (left < head)
        return "the bytes end too early";
    const char *error = NULL;
    if (p[0] < 0x80)
        *t = (struct token){KARTO_WIRE_UINT, 1, 0, p[0], 0};
    else if (p[0] < 0x90)
        error = "a type that is never used";
    else if (p[0] < 0xa0)
        *t = (struct token){KARTO_WIRE_ARRAY, 1, 0, p[0] & 15, 0};
    else if (p[0] < 0xc0)
        *t = (struct token){KARTO_WIRE_STR, 1, p[0] & 31, p[0] & 31, 0};
    else if (p[0] >= 0xe0)
        *t = (struct token){KARTO_WIRE_INT, 1, 0, (uint64_t)(int64_t)(int8_t)p[0], 0};
    else
        error = token_long(p, t);
    if (!error && (left - t->head < t->body || (t->type == KARTO_WIRE_ARRAY && left - t->head < t->number)))
        error = "the bytes end too early";
    return error;
}

/* Takes one token of the wanted type, head and body, or fails. */
static bool take(struct karto_reader *reader, enum karto_wire_type type, struct token *t)
{
    if (reader->error)
        return false;
    const char *error = token_parse(reader->at, (size_t)(reader->end - reader->at), t);
    if (!error && t->type != type)
        error = "another type than expected";
    if (error) {
        karto_reader_fail(reader, error);
        return false;
    }
    reader->at += t->head + t->body;
    return true;
}

static struct karto_slice take_bytes(struct karto_reader *reader, enum karto_wire_type type, struct token *t,
                                     size_t size_max)
{
    if (!take(reader, type, t))
        return karto_slice(NULL, 0);
    const uint8_t *body = reader->at - t->body;
    if (t->body > size_max)
        karto_reader_flaw(reader, "longer than allowed");
    return reader->error ? karto_slice(NULL, 0) : karto_slice(body, t->body);
}

enum karto_wire_type karto_reader_peek(const struct karto_reader *reader)
{
    struct token t;
    if (reader->error || reader->at == reader->end)
        return KARTO_WIRE_END;
    return token_parse(reader->at, (size_t)(reader->end - reader->at), &t) ? KARTO_WIRE_END : t.type;
}

bool karto_read_nil(struct karto_reader *reader)
{
    if (reader->error || reader->at == reader->end || *reader->at != 0xc0)
        return false;
    reader->at++;
    return true;
}

bool karto_read_bool(struct karto_reader *reader)
{
    struct token t;
    return take(reader, KARTO_WIRE_BOOL, &t) && t.number;
}

uint64_t karto_read_uint(struct karto_reader *reader, uint64_t max)
{
    struct token t;
    if (!take(reader, KARTO_WIRE_UINT, &t))
        return 0;
    if (t.number > max) {
        karto_reader_fail(reader, "a number over its limit");
        return 0;
    }
    return t.number;
}

int64_t karto_read_int(struct karto_reader *reader)
{
    struct token t;
    if (karto_reader_peek(reader) == KARTO_WIRE_UINT)
        return (int64_t)karto_read_uint(reader, INT64_MAX);
    return take(reader, KARTO_WIRE_INT, &t) ? (int64_t)t.number : 0;
}

struct karto_slice karto_read_str(struct karto_reader *reader, size_t size_max)
{
    struct token t;
    struct karto_slice text = take_bytes(reader, KARTO_WIRE_STR, &t, size_max);
    if (karto_utf8_valid(text))
        return text;
    karto_reader_flaw(reader, "text that is not UTF-8");
    return reader->error ? karto_slice(NULL, 0) : text;
}

struct karto_slice karto_read_bin(struct karto_reader *reader, size_t size_max)
{
    struct token t;
    return take_bytes(reader, KARTO_WIRE_BIN, &t, size_max);
}

struct karto_slice karto_read_ext(struct karto_reader *reader, int8_t *type, size_t size_max)
{
    struct token t = {KARTO_WIRE_END, 0, 0, 0, 0};
    struct karto_slice bytes = take_bytes(reader, KARTO_WIRE_EXT, &t, size_max);
    *type = reader->error ? 0 : t.ext;
    return bytes;
}

uint32_t karto_read_array(struct karto_reader *reader, uint32_t max)
{
    struct token t;
    if (!take(reader, KARTO_WIRE_ARRAY, &t))
        return 0;
    if (t.number > max) {
        karto_reader_fail(reader, "more elements than allowed");
        return 0;
    }
    return (uint32_t)t.number;
}

static bool skip(struct karto_reader *reader, int depth)
{
    enum karto_wire_type type = karto_reader_peek(reader);
    struct token t;
    if (type == KARTO_WIRE_STR) {
        karto_read_str(reader, SIZE_MAX);
        return !reader->error;
    }
    if (!take(reader, type, &t))
        return false;
    if (type != KARTO_WIRE_ARRAY)
        return true;
    if (depth == 0) {
        karto_reader_fail(reader, "nested too deep");
        return false;
    }
    for (uint64_t i = 0; i < t.number; i++)
        if (!skip(reader, depth - 1))
            return false;
    return true;
}

struct karto_slice karto_read_any(struct karto_reader *reader, size_t size_max)
{
    const uint8_t *begin = reader->at;
    if (reader->at == reader->end)
        karto_reader_fail(reader, "an element is missing");
    if (reader->error || !skip(reader, DEPTH_MAX))
        return karto_slice(NULL, 0);
    size_t size = (size_t)(reader->at - begin);
    if (size > size_max)
        karto_reader_flaw(reader, "longer than allowed");
    return reader->error ? karto_slice(NULL, 0) : karto_slice(begin, size);
}

static size_t utf8_length(const uint8_t *p, size_t left)
{
    if (p[0] < 0x80)
        return p[0] != 0;
    size_t size = p[0] >= 0xc2 && p[0] <= 0xdf ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : p[0] >= 0xf0 && p[0] <= 0xf4 ? 4 : 0;
    if (size == 0 || left < size)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
    bool beyond = (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf4 && p[1] > 0x8f);
    return overlong || beyond ? 0 : size;
}

/* Eight bytes that are all ASCII but NUL, or all pairs of a Cyrillic, Greek or Latin letter: most of what there is. */
static bool eight_are_plain(const uint8_t *p)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    const uint64_t pair_ones = 0x0001000100010001u, pair_tops = 0x8000800080008000u;
    uint64_t w = 0;
    for (unsigned i = 0; i < 8; i++)
        w |= (uint64_t)p[i] << 8 * i;
    if (!(w & tops))
        return !((w - ones) & tops);
    uint64_t leads = w & 0x001E001E001E001Eu; /* not 0 in any pair: C0 and C1 are no leads */
    return (w & 0xC0E0C0E0C0E0C0E0u) == 0x80C080C080C080C0u && !((leads - pair_ones) & pair_tops);
}

/* One and two bytes, which is nearly all text of ours, are looked at here: every record that is read comes by. */
bool karto_utf8_valid(struct karto_slice text)
{
    for (size_t i = 0; i < text.size;) {
        const uint8_t *p = text.data + i;
        if (text.size - i >= 8 && eight_are_plain(p)) {
            i += 8;
            continue;
        }
        size_t size = p[0] - 1u < 0x7F ? 1 : 0;
        if (p[0] >= 0xC2 && p[0] <= 0xDF && text.size - i > 1 && (p[1] & 0xC0) == 0x80)
            size = 2;
        else if (size == 0)
            size = utf8_length(p, text.size - i);
        if (size == 0)
            return false;
        i += size;
    }
    return true;
}
