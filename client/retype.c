#include "client/retype.h"

#include <string.h>

static bool is_plain(uint8_t byte)
{
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') ||
           (byte && strchr("+,-./:=@_%^", byte));
}

void karto_retype_word(struct karto_buf *out, struct karto_slice word)
{
    const uint8_t *equals = word.size ? memchr(word.data, '=', word.size) : NULL;
    size_t begin = equals ? (size_t)(equals - word.data) + 1 : 0, at = begin;
    while (at < word.size && is_plain(word.data[at]))
        at++;
    if (at == word.size && word.size) {
        karto_buf_add_slice(out, word);
        return;
    }
    karto_buf_add(out, word.data, begin);
    karto_buf_add_byte(out, '"');
    for (at = begin; at < word.size; at++) {
        if (word.data[at] && strchr("\"\\$`", word.data[at]))
            karto_buf_add_byte(out, '\\');
        karto_buf_add_byte(out, word.data[at]);
    }
    karto_buf_add_byte(out, '"');
}

static void add_options(const struct karto_cli *cli, struct karto_buf *out)
{
    for (size_t i = 0; i < cli->args.given_count; i++) {
        const struct karto_given *given = &cli->args.given[i];
        karto_buf_printf(out, " --%s", given->option->name);
        if (given->value) {
            karto_buf_add_byte(out, ' ');
            karto_retype_word(out, karto_slice_str(given->value));
        }
    }
}

static void add_words(const struct karto_cli *cli, size_t from, size_t to, struct karto_buf *out)
{
    for (size_t i = from; i < to; i++) {
        karto_buf_add_byte(out, ' ');
        karto_retype_word(out, karto_slice_str(cli->args.words[i]));
    }
}

void karto_retype(const struct karto_cli *cli, size_t from, size_t to, struct karto_slice instead,
                  struct karto_buf *out)
{
    karto_buf_add_str(out, "karto ");
    karto_command_name(cli->args.command, out);
    add_words(cli, 0, from, out);
    karto_buf_add_str(out, instead.size ? " " : "");
    karto_buf_add_slice(out, instead);
    add_words(cli, to, cli->args.word_count, out);
    add_options(cli, out);
}
