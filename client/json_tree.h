/* json_tree.h - a value of JSON (RFC 8259) as it was read. */
#ifndef KARTO_CLIENT_JSON_TREE_H
#define KARTO_CLIENT_JSON_TREE_H

#include "core/base/arena.h"
#include "core/base/slice.h"

enum karto_json_type {
    KARTO_JSON_NULL,
    KARTO_JSON_BOOL,   /* text is true or false */
    KARTO_JSON_NUMBER, /* text is as written: no digit gets lost */
    KARTO_JSON_STRING,
    KARTO_JSON_ARRAY,
    KARTO_JSON_OBJECT,
};

enum { KARTO_JSON_DEPTH_MAX = 16 }; /* arrays and objects in each other: twice what an export has */

struct karto_json {
    enum karto_json_type type;
    struct karto_slice text;  /* UTF-8 */
    struct karto_slice key;   /* of a member of an object */
    struct karto_json *items; /* elements, or members */
    size_t count;
};

/* Reads the value that begins at *at, blanks before it apart, into the arena, and moves *at behind it. False: what is
 * there is no JSON, nests too deep, or is no UTF-8; *at is where. */
bool karto_json_read(struct karto_arena *arena, struct karto_slice text, size_t *at, struct karto_json *value);

/* Moves *at over blanks; false: nothing is left. */
bool karto_json_more(struct karto_slice text, size_t *at);

/* The last member of an object with this key; NULL: there is none, or it is null. */
const struct karto_json *karto_json_member(const struct karto_json *object, const char *key);

#endif
