/* out_form.h - what a form of output is to the printer; for out*.c only. */
#ifndef KARTO_CLIENT_OUT_FORM_H
#define KARTO_CLIENT_OUT_FORM_H

#include "client/out.h"

enum karto_leaf { KARTO_LEAF_TEXT, KARTO_LEAF_NUMBER, KARTO_LEAF_BOOL, KARTO_LEAF_NULL };

struct karto_form_ops {
    void (*begin)(struct karto_out *out, enum karto_out_shape shape);
    void (*end)(struct karto_out *out);
    void (*key)(struct karto_out *out, struct karto_slice key);
    void (*open)(struct karto_out *out, bool is_array);
    void (*close)(struct karto_out *out, bool is_array);
    void (*leaf)(struct karto_out *out, enum karto_leaf kind, struct karto_slice text);
    void (*rows)(struct karto_out *out); /* columns are in out->columns */
    void (*rows_end)(struct karto_out *out);
    void (*say)(struct karto_out *out, struct karto_slice lines); /* NULL: leaves it out */
    void (*free)(struct karto_out *out);
};

enum { KARTO_OUT_DEPTH_MAX = 16 };

struct karto_out {
    const struct karto_form_ops *ops;
    struct karto_out_options options;
    FILE *file, *pager; /* pager: where file leads to while a list is shown in one */
    bool failed;        /* writing did; *err tells */
    enum karto_err err;
    struct karto_buf text; /* what is written next */

    /* Nesting: what is open, and whether a key waits for its value. */
    bool is_array[KARTO_OUT_DEPTH_MAX];
    unsigned depth;
    bool has_key;

    /* Of the list: those that are shown, in order. */
    struct karto_slice columns[KARTO_COLUMNS_MAX];
    unsigned column_count;

    void *form; /* the form's own */
};

extern const struct karto_form_ops karto_out_json, karto_out_table, karto_out_tsv;

void karto_out_flush(struct karto_out *out); /* text to the file */

#endif
