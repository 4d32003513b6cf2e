#include "client/in_use.h"

#include "client/suggest.h"
#include "core/base/text.h"
#include "core/model/rights.h"
#include "core/model/schema.h"
#include "core/store/device.h"
#include "core/store/hub.h"
#include "core/store/query.h"

#include <stdlib.h>
#include <string.h>

enum { OFFERED = 8 };

struct reading {
    struct karto_in_use *in_use;
    uint32_t field;
    int64_t day;
    struct karto_slice typed;
    uint32_t last; /* the name that was met last: the next client often has it too */
};

/* ---- reading ---- */

static struct karto_used_name *name_of(struct reading *r, struct karto_slice name)
{
    struct karto_in_use *in_use = r->in_use;
    if (r->last < in_use->count && karto_slice_equal(in_use->names[r->last].name, name))
        return &in_use->names[r->last];
    for (r->last = 0; r->last < in_use->count; r->last++)
        if (karto_slice_equal(in_use->names[r->last].name, name))
            return &in_use->names[r->last];
    if (in_use->count == KARTO_IN_USE_MAX)
        return NULL;
    in_use->names[in_use->count] = (struct karto_used_name){karto_arena_copy(&in_use->arena, name), 0};
    return &in_use->names[in_use->count++];
}

static void add(struct reading *r, struct karto_slice name, bool client)
{
    if (name.size == 0)
        return;
    struct karto_used_name *used = name_of(r, name);
    r->in_use->has = r->in_use->has || karto_slice_equal(name, r->typed);
    if (used)
        used->clients += client;
}

static enum karto_err visit_client(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct reading *r = context;
    const struct karto_field *field = karto_record_field(&entry->view, r->field);
    (void)tx;
    for (uint32_t i = 0; field && i < field->count; i++)
        add(r, karto_value_text_of(karto_winner(&field->registers[i])->value), false);
    add(r, karto_text_at(&entry->view, r->field, r->day), true);
    return KARTO_OK;
}

static void add_territories(struct reading *r, const struct karto_rights *rights)
{
    for (uint32_t i = 0; i < rights->territory_count; i++)
        add(r, rights->territories[i], false);
}

static enum karto_err visit_device(struct karto_tx *tx, const struct karto_device *device, void *context)
{
    (void)tx;
    if (!device->revoked)
        add_territories(context, &device->scope);
    return KARTO_OK;
}

static enum karto_err visit_user(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    (void)tx;
    add(context, karto_text_of(&entry->view, KARTO_F_USER), false);
    return KARTO_OK;
}

static enum karto_err read_territories(struct reading *r, struct karto_tx *tx)
{
    struct karto_rights rights;
    if (tx->ledger.role == KARTO_ON_HUB)
        return karto_hub_each_device(tx, visit_device, r);
    enum karto_err err = tx->ledger.role == KARTO_ON_DEVICE ? karto_device_rights(tx, &rights) : KARTO_E_NOT_FOUND;
    if (err == KARTO_OK)
        add_territories(r, &rights);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err read_users(struct reading *r, struct karto_tx *tx)
{
    struct karto_slice user;
    enum karto_err err = karto_user(tx, &user);
    if (err != KARTO_OK)
        return err;
    add(r, user, false);
    return karto_each(tx, KARTO_DEVICE, (struct karto_rid){{0}}, visit_user, r);
}

enum karto_err karto_in_use_read(struct karto_in_use *in_use, struct karto_tx *tx, uint32_t field, int64_t day,
                                 struct karto_slice typed)
{
    struct reading r = {.in_use = in_use, .field = field, .day = day, .typed = typed};
    memset(in_use, 0, sizeof *in_use);
    karto_arena_init(&in_use->arena);
    in_use->names = karto_arena_array(&in_use->arena, KARTO_IN_USE_MAX, sizeof *in_use->names);
    enum karto_err err = karto_each(tx, KARTO_CLIENT, (struct karto_rid){{0}}, visit_client, &r);
    if (err == KARTO_OK)
        err = field == KARTO_F_TERRITORY ? read_territories(&r, tx) : read_users(&r, tx);
    return err;
}

void karto_in_use_fini(struct karto_in_use *in_use)
{
    karto_arena_fini(&in_use->arena);
}

/* ---- offering ---- */

static int most_first(const void *a, const void *b)
{
    const struct karto_used_name *x = a, *y = b;
    if (x->clients != y->clients)
        return x->clients < y->clients ? 1 : -1;
    return karto_slice_compare(x->name, y->name);
}

static void offer(struct karto_cli *cli, const struct karto_used_name *used)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    KARTO_SAY(&text, cli->lang, KARTO_M_ASSIGN_HOLDS, karto_arg_int("n", (int64_t)used->clients));
    karto_problem_candidate(&cli->problem, used->name, karto_buf_slice(&text));
    karto_buf_fini(&text);
}

static bool is_near(struct karto_arena *arena, const char *typed, struct karto_slice name)
{
    struct karto_suggestion suggestion;
    karto_suggest_init(&suggestion, typed);
    karto_suggest_try(&suggestion, karto_arena_string(arena, karto_text_fold(arena, name)));
    return suggestion.best != NULL;
}

void karto_in_use_offer(const struct karto_in_use *in_use, struct karto_cli *cli, struct karto_slice typed)
{
    struct karto_arena *arena = &cli->settings.arena;
    const char *folded = karto_arena_string(arena, karto_text_fold(arena, typed));
    uint32_t near = 0;
    if (in_use->count > 1)
        qsort(in_use->names, in_use->count, sizeof *in_use->names, most_first);
    for (uint32_t i = 0; i < in_use->count && near < OFFERED; i++)
        if (is_near(arena, folded, in_use->names[i].name)) {
            offer(cli, &in_use->names[i]);
            near++;
        }
    for (uint32_t i = 0; i < in_use->count && i < OFFERED && near == 0; i++)
        offer(cli, &in_use->names[i]);
}
