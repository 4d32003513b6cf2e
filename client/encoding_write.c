#include "client/encoding_write.h"

#include "core/base/character.h"

/* What stands for a character where there is none: the first that the encoding has all of. A table is written already:
 * nothing may become a quotation mark of its cells. */
static const struct {
    uint32_t character;
    const char *instead[2];
} substitutes[] = {
    {0xFEFF, {""}},       {0x20B4, {"грн"}},                                                    /* ₴ */
    {0x02BC, {"’", "'"}},                                                                       /* ʼ */
    {0x2019, {"'"}},      {0x2018, {"'"}},   {0x2032, {"'"}}, {0x00B4, {"'"}}, {0x00AB, {"'"}}, /* « */
    {0x00BB, {"'"}},      {0x201E, {"'"}},                                                      /* „ */
    {0x201C, {"'"}},      {0x201D, {"'"}},   {0x2013, {"-"}}, {0x2014, {"-"}}, {0x2026, {"..."}},
    {0x00A0, {" "}},      {0x202F, {" "}},   {0x2116, {"N"}}, /* № */
    {u'І', {"I"}},                                            /* a Latin I */
    {u'і', {"i"}},        {u'Ґ', {"Г"}},     {u'ґ', {"г"}},
};

bool karto_encoder_init(struct karto_encoder *encoder, enum karto_encoding encoding)
{
    *encoder = (struct karto_encoder){.encoding = encoding};
    if (encoding >= KARTO_WINDOWS_1251)
        karto_encoding_page(encoding, encoder->page);
    return encoding == KARTO_UTF_8 || encoding >= KARTO_WINDOWS_1251;
}

/* The byte of a character; -1: the encoding lacks it. */
static int byte_of(const struct karto_encoder *encoder, uint32_t character)
{
    if (character < 0x80)
        return (int)character;
    for (int i = 0; i < 128; i++)
        if (encoder->page[i] == character && character != 0xFFFD)
            return 0x80 + i;
    return -1;
}

static bool has_all(const struct karto_encoder *encoder, struct karto_slice text)
{
    uint32_t character;
    for (size_t at = 0; at < text.size;) {
        at += karto_character_at(text, at, &character);
        if (byte_of(encoder, character) < 0)
            return false;
    }
    return true;
}

static struct karto_slice instead_of(const struct karto_encoder *encoder, uint32_t character)
{
    for (size_t i = 0; i < sizeof substitutes / sizeof *substitutes; i++)
        for (int j = 0; j < 2 && substitutes[i].character == character && substitutes[i].instead[j]; j++)
            if (has_all(encoder, karto_slice_str(substitutes[i].instead[j])))
                return karto_slice_str(substitutes[i].instead[j]);
    return karto_slice("?", 1);
}

void karto_encoder_add(struct karto_encoder *encoder, struct karto_slice text, struct karto_buf *out)
{
    if (encoder->encoding == KARTO_UTF_8) {
        karto_buf_add_slice(out, text);
        return;
    }
    for (size_t at = 0; at < text.size;) {
        uint32_t character;
        at += karto_character_at(text, at, &character);
        int byte = byte_of(encoder, character);
        struct karto_slice instead = byte < 0 ? instead_of(encoder, character) : karto_slice(NULL, 0);
        encoder->lost += byte < 0 && karto_slice_is(instead, "?");
        if (byte >= 0)
            karto_buf_add_byte(out, (uint8_t)byte);
        else
            karto_encoder_add(encoder, instead, out);
    }
}
