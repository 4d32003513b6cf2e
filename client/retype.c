#include "client/retype.h"

#include "client/typed_word.h"

#include <string.h>

static void add_options(const struct karto_cli *cli, struct karto_buf *out)
{
    for (size_t i = 0; i < cli->args.given_count; i++) {
        const struct karto_given *given = &cli->args.given[i];
        karto_buf_printf(out, " --%s", given->option->name);
        if (given->value) {
            karto_buf_add_byte(out, ' ');
            karto_typed_word(out, karto_slice_str(given->value));
        }
    }
}

static void add_words(const struct karto_cli *cli, size_t from, size_t to, struct karto_buf *out)
{
    for (size_t i = from; i < to; i++) {
        karto_buf_add_byte(out, ' ');
        karto_typed_word(out, karto_slice_str(cli->args.words[i]));
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
