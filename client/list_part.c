#include "client/list_part.h"

#include "client/field_show.h"

#include <stdio.h>
#include <stdlib.h>

enum { POSITION_TEXT = 24 };

static const char *print(uint64_t position, char out[POSITION_TEXT])
{
    snprintf(out, POSITION_TEXT, "%llu", (unsigned long long)position);
    return out;
}

enum karto_err karto_list_after(struct karto_cli *cli, uint64_t *position)
{
    const char *after = cli->settings.after;
    char *end = NULL;
    *position = after ? strtoull(after, &end, 10) : 0;
    if (after && (*after < '1' || *after > '9' || *end))
        return KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_AFTER_FORM,
                             karto_arg_str("value", after));
    return KARTO_OK;
}

void karto_list_next(struct karto_out *out, bool more, uint64_t last)
{
    char text[POSITION_TEXT];
    karto_text_show_as(out, "next", karto_slice_str(more ? print(last, text) : NULL));
}

void karto_list_note(struct karto_cli *cli, bool more, uint64_t last)
{
    char text[POSITION_TEXT];
    if (more && karto_out_form(karto_cli_out(cli)) != KARTO_FORM_JSON)
        KARTO_NOTE(cli, KARTO_M_MORE, karto_arg_str("cursor", print(last, text)));
}
