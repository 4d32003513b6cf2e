#include "client/out_form.h"

#include "client/json.h"

enum { FLUSH_SIZE = 64 * 1024 };

static void json_begin(struct karto_out *out, enum karto_out_shape shape)
{
    (void)shape;
    karto_buf_add_byte(&out->text, '{');
}

static void json_end(struct karto_out *out)
{
    karto_buf_add_str(&out->text, "}\n");
}

static void json_key(struct karto_out *out, struct karto_slice key)
{
    karto_json_comma(
        &out->text); /* what is flushed is followed by a value or a closing bracket: a last byte is there */
    karto_json_text(&out->text, key);
    karto_buf_add_byte(&out->text, ':');
}

static void json_open(struct karto_out *out, bool is_array)
{
    karto_json_comma(&out->text);
    karto_buf_add_byte(&out->text, is_array ? '[' : '{');
}

static void json_close(struct karto_out *out, bool is_array)
{
    if (out->text.size > FLUSH_SIZE)
        karto_out_flush(out);
    karto_buf_add_byte(&out->text, is_array ? ']' : '}');
}

static void json_leaf(struct karto_out *out, enum karto_leaf kind, struct karto_slice text)
{
    karto_json_comma(&out->text);
    if (out->text.size > FLUSH_SIZE)
        karto_out_flush(out);
    switch (kind) {
    case KARTO_LEAF_TEXT: karto_json_text(&out->text, text); break;
    case KARTO_LEAF_NUMBER:
    case KARTO_LEAF_BOOL: karto_buf_add_slice(&out->text, text); break;
    case KARTO_LEAF_NULL: karto_buf_add_str(&out->text, "null"); break;
    }
}

static void json_rows(struct karto_out *out)
{
    json_open(out, true);
}

static void json_rows_end(struct karto_out *out)
{
    json_close(out, true);
}

const struct karto_form_ops karto_out_json = {
    .begin = json_begin,
    .end = json_end,
    .key = json_key,
    .open = json_open,
    .close = json_close,
    .leaf = json_leaf,
    .rows = json_rows,
    .rows_end = json_rows_end,
};
