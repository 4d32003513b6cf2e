#include "core/base/token.h"

#include "core/base/buf.h"
#include "core/base/character.h"
#include "core/base/fatal.h"
#include "core/base/text.h"

#include <string.h>

/* To be raised when the words of a text change by what stands in this file or in the folding that it calls, or the
 * terms that a store makes of its records. */
enum { CUTTING_VERSION = 3 };

enum { TOKENS_MIN = 8 };

/* What a character does to the word before it. SLOW ones are left to karto_text_fold, together with their word. */
enum class {
    CLASS_SEPARATOR,
    CLASS_LATIN,
    CLASS_CYRILLIC,
    CLASS_DIGIT,
    CLASS_APOSTROPHE,
    CLASS_SLOW,
};

struct character {
    enum class class;
    uint8_t size;
    uint8_t folded[2]; /* of a letter or digit: as many bytes as it has */
};

/* Letters and digits; the apostrophe is ' or `. */
static inline struct character ascii(uint8_t c)
{
    uint8_t small = c | 0x20;
    if (small >= 'a' && small <= 'z')
        return (struct character){CLASS_LATIN, 1, {small, 0}};
    if (c >= '0' && c <= '9')
        return (struct character){CLASS_DIGIT, 1, {c, 0}};
    return (struct character){c == '\'' || c == '`' ? CLASS_APOSTROPHE : CLASS_SEPARATOR, 1, {0, 0}};
}

static inline struct character cyrillic(const uint8_t *p)
{
    unsigned c = (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
    if (c >= 0x482 && c <= 0x489)
        return (struct character){CLASS_SLOW, 2, {0, 0}};
    c = karto_character_small_cyrillic(c);
    return (struct character){CLASS_CYRILLIC, 2, {(uint8_t)(0xC0 | c >> 6), (uint8_t)(0x80 | (c & 0x3F))}};
}

/* U+00A0 to U+00BF without those that fold into letters, digits or nothing; the common signs of U+2010 to U+2027, the
 * hryvnia, and the numero sign, which is no word. */
static bool separates(const uint8_t *p, size_t left)
{
    if (p[0] == 0xC2)
        return p[1] >= 0xA0 && !memchr("\xA8\xAA\xAD\xAF\xB2\xB3\xB4\xB5\xB8\xB9\xBA\xBC\xBD\xBE", p[1], 14);
    return left >= 3 && p[0] == 0xE2 &&
           ((p[1] == 0x80 && p[2] >= 0x90 && p[2] <= 0xA7 && p[2] != 0x98 && p[2] != 0x99) ||
            (p[1] == 0x82 && p[2] == 0xB4) || (p[1] == 0x84 && p[2] == 0x96));
}

static bool is_apostrophe(const uint8_t *p, size_t left)
{
    return (p[0] == 0xC2 && p[1] == 0xB4) || (p[0] == 0xCA && p[1] == 0xBC) ||
           (left >= 3 && p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0x98 || p[2] == 0x99 || p[2] == 0xB2));
}

static inline struct character character_at(struct karto_slice text, size_t at)
{
    const uint8_t *p = text.data + at;
    size_t left = text.size - at;
    if ((*p == '"' || *p == '*') && karto_text_is_old_apostrophe(text, at))
        return (struct character){CLASS_APOSTROPHE, 1, {0, 0}};
    if (*p < 0x80)
        return ascii(*p);
    uint8_t size = *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : 4;
    if (size > left)
        size = (uint8_t)left;
    if (size >= 2 && *p >= 0xD0 && *p <= 0xD3)
        return cyrillic(p);
    if (size >= 2 && is_apostrophe(p, left))
        return (struct character){CLASS_APOSTROPHE, size, {0, 0}};
    return (struct character){size >= 2 && separates(p, left) ? CLASS_SEPARATOR : CLASS_SLOW, size, {0, 0}};
}

/* ---- words ---- */

struct cutting {
    struct karto_arena *arena;
    struct karto_tokens tokens;
    uint32_t room;
    bool touches; /* the next word, the one before */
    uint8_t *out; /* where the next folded word goes */
};

static struct karto_slice cut_to_size(struct karto_slice word)
{
    if (word.size <= KARTO_TOKEN_SIZE_MAX)
        return word;
    size_t size = KARTO_TOKEN_SIZE_MAX;
    while (size && (word.data[size] & 0xC0) == 0x80)
        size--;
    return karto_slice(word.data, size);
}

static void add(struct cutting *c, struct karto_slice word, bool digits)
{
    if (word.size == 0)
        return;
    if (c->tokens.count == c->room) {
        uint32_t room = c->room ? 2 * c->room : TOKENS_MIN;
        struct karto_token *all = karto_arena_array(c->arena, room, sizeof *all);
        if (c->room)
            memcpy(all, c->tokens.all, c->room * sizeof *all);
        c->tokens.all = all;
        c->room = room;
    }
    c->tokens.all[c->tokens.count++] = (struct karto_token){cut_to_size(word), digits, c->touches};
    c->touches = true;
}

/* A word that is to be folded by the book; folding may also make several words of it, or none. */
static void add_slowly(struct cutting *c, struct karto_slice word)
{
    struct karto_slice text = karto_text_fold(c->arena, word);
    size_t begin = 0;
    enum karto_text_class running = KARTO_TEXT_OTHER;
    for (size_t at = 0, here = 0; here < text.size; here = at) {
        enum karto_text_class class = karto_text_class(text, &at);
        if (class == KARTO_TEXT_MARK && running != KARTO_TEXT_OTHER)
            class = running;
        if (class == running)
            continue;
        if (running != KARTO_TEXT_OTHER)
            add(c, karto_slice(text.data + begin, here - begin), running == KARTO_TEXT_DIGIT);
        else if (here > begin)
            c->touches = false;
        running = class == KARTO_TEXT_MARK ? KARTO_TEXT_OTHER : class;
        begin = here;
    }
    if (running != KARTO_TEXT_OTHER)
        add(c, karto_slice(text.data + begin, text.size - begin), running == KARTO_TEXT_DIGIT);
}

/* A run of letters from begin on, or of digits: added; where it ends. Folded bytes are never more than those given. */
static size_t take_run(struct cutting *c, struct karto_slice text, size_t begin)
{
    unsigned seen = 0;
    uint8_t *out = c->out;
    struct character next = character_at(text, begin);
    bool digits = next.class == CLASS_DIGIT;
    size_t end = begin;
    while (next.class != CLASS_SEPARATOR && (next.class == CLASS_DIGIT) == digits) {
        seen |= 1u << next.class;
        if (next.class != CLASS_APOSTROPHE && next.class != CLASS_SLOW) {
            out[0] = next.folded[0];
            out[next.size - 1] = next.folded[next.size - 1];
            out += next.size;
        }
        end += next.size;
        if (end == text.size)
            break;
        next = character_at(text, end);
    }
    unsigned mixed = 1u << CLASS_LATIN | 1u << CLASS_CYRILLIC;
    if (seen & 1u << CLASS_SLOW || (seen & mixed) == mixed) {
        add_slowly(c, karto_slice(text.data + begin, end - begin));
        return end;
    }
    add(c, karto_slice(c->out, (size_t)(out - c->out)), digits);
    c->out = out;
    return end;
}

struct karto_tokens karto_tokens_of(struct karto_arena *arena, struct karto_slice text)
{
    struct cutting c = {.arena = arena, .out = karto_arena_alloc(arena, text.size)};
    for (size_t at = 0; at < text.size;) {
        struct character next = character_at(text, at);
        if (next.class == CLASS_SEPARATOR || next.class == CLASS_APOSTROPHE) {
            c.touches = false;
            at += next.size;
        } else {
            at = take_run(&c, text, at);
        }
    }
    return c.tokens;
}

uint64_t karto_token_version(void)
{
    return (uint64_t)karto_text_unicode_version() << 32 | CUTTING_VERSION;
}
