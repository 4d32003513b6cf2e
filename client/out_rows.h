/* out_rows.h - answers as lines and cells, for the two forms that have no nesting; for out_*.c only. */
#ifndef KARTO_CLIENT_OUT_ROWS_H
#define KARTO_CLIENT_OUT_ROWS_H

#include "client/out_form.h"

enum { KARTO_PATH_SIZE_MAX = 512 };

/* What has been said of the value or row at hand. */
struct karto_rows {
    enum karto_out_shape shape;
    bool in_rows;
    unsigned row_depth; /* depth inside of a row of the list; 0: not in one */

    char path[KARTO_PATH_SIZE_MAX];            /* keys with dots, of the value at hand */
    size_t path_size[KARTO_OUT_DEPTH_MAX + 2]; /* what of it belongs to each level */
    unsigned array_depth; /* level of the outermost open array, behind which no key counts; 0: none */
    bool element_begins;  /* the next leaf is the first one of an array's element */

    /* Arrays that a program can take apart again: see array_text of out_rows.c. */
    bool exact;
    struct karto_buf nested; /* the array at hand as JSON */
    bool has_objects;        /* in it */

    struct karto_buf value;                    /* the array at hand, of a card or exact */
    struct karto_buf cells[KARTO_COLUMNS_MAX]; /* of the row at hand */
    bool is_number[KARTO_COLUMNS_MAX];

    void (*fact)(struct karto_out *out, struct karto_slice name, enum karto_leaf kind, struct karto_slice value);
    void (*row)(struct karto_out *out);
};

/* The operations key, open, close and leaf of both forms, where out->form begins with a struct karto_rows. */
void karto_rows_key(struct karto_out *out, struct karto_slice key);
void karto_rows_open(struct karto_out *out, bool is_array);
void karto_rows_close(struct karto_out *out, bool is_array);
void karto_rows_leaf(struct karto_out *out, enum karto_leaf kind, struct karto_slice text);
void karto_rows_begin(struct karto_rows *rows, enum karto_out_shape shape);
void karto_rows_list(struct karto_rows *rows, bool in_rows); /* the rows of the list begin, or end */
void karto_rows_fini(struct karto_rows *rows);

#endif
