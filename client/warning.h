/* warning.h - what somebody should be told of a value that was taken all the same: never a wall. */
#ifndef KARTO_CLIENT_WARNING_H
#define KARTO_CLIENT_WARNING_H

#include "client/cli.h"

struct karto_warning {
    const char *id;    /* "E-EDRPOU-CHECK", as karto_message_find takes it */
    const char *field; /* NULL: of no field */
    struct karto_slice value;
    uint64_t row; /* of a table, as a spreadsheet shows it; 0: of none */
};

struct karto_warnings {
    struct karto_arena arena;
    struct karto_warning *items;
    size_t count, capacity;
    uint64_t row; /* of those that are added next */
    size_t most;  /* that are kept; 0: all */
    uint64_t dropped;
};

void karto_warnings_init(struct karto_warnings *warnings);
void karto_warnings_clear(struct karto_warnings *warnings);
void karto_warnings_fini(struct karto_warnings *warnings);

/* id and field live for ever; value is copied. */
void karto_warnings_add(struct karto_warnings *warnings, const char *id, const char *field, struct karto_slice value);

/* Whether it has this one, of any field. */
bool karto_warnings_has(const struct karto_warnings *warnings, const char *id, struct karto_slice value);

/* "warnings": an array of {"id","field","text"}, with "row" where it comes from one. */
void karto_warnings_show(struct karto_out *out, enum karto_lang lang, const struct karto_warnings *warnings);

/* Tells the person, a line for each, on standard error: where the answer is JSON they stand in that. */
void karto_warnings_tell(struct karto_cli *cli, const struct karto_warnings *warnings);

#endif
