#include "client/user_row.h"

#include "client/device_row.h"
#include "client/person.h"
#include "client/suggest.h"
#include "core/base/text.h"
#include "core/store/hub_admit.h"

#include <stdlib.h>
#include <string.h>

const struct karto_column karto_user_columns[KARTO_USER_COLUMNS] = {
    {"user", true},    {"roles", true}, {"territories", true}, {"devices", true},     {"claimed", false},
    {"revoked", true}, {"seen", true},  {"unsent", true},      {"invitations", true},
};

/* ---- reading ---- */

/* One laptop or one invitation; of a row of the store nothing is left once it was visited. */
struct sighting {
    struct karto_slice user;
    struct karto_rights rights; /* of an admitted laptop: the territories */
    const char *role;           /* and the role's name; NULL: it is none */
    bool head_office;
    enum { ADMITTED, CLAIMED, REVOKED, INVITED } what;
    int64_t seen_ms;
    uint64_t unsent;
};

struct reading {
    struct karto_arena *arena;
    struct karto_buf sightings;
};

static void add(struct reading *r, struct sighting *sighting)
{
    const struct karto_slice *from = sighting->rights.territories;
    uint32_t count = sighting->rights.territory_count;
    struct karto_slice *territories = karto_arena_array(r->arena, count, sizeof *territories);
    for (uint32_t i = 0; i < count; i++)
        territories[i] = karto_arena_copy(r->arena, from[i]);
    sighting->rights.territories = territories;
    if (sighting->rights.role)
        sighting->role = karto_arena_string(r->arena, karto_slice_str(karto_role_name(sighting->rights.role)));
    sighting->head_office = karto_role_is_head_office(sighting->rights.role);
    sighting->user = karto_arena_copy(r->arena, sighting->user);
    karto_buf_add(&r->sightings, sighting, sizeof *sighting);
}

static enum karto_err visit_device(struct karto_tx *tx, const struct karto_device *device, void *context)
{
    struct sighting sighting = {.user = device->user, .seen_ms = device->contact_ms};
    (void)tx;
    sighting.what = device->revoked ? REVOKED : karto_hub_is_claimed(device) ? CLAIMED : ADMITTED;
    if (sighting.what == ADMITTED)
        sighting.rights = device->scope;
    if (sighting.what != REVOKED)
        sighting.unsent = device->unsent;
    if (device->user.size) /* else known by the journal alone */
        add(context, &sighting);
    return KARTO_OK;
}

static enum karto_err visit_invite(struct karto_tx *tx, const struct karto_invite *invite, void *context)
{
    struct sighting sighting = {.user = invite->user, .what = INVITED};
    if (karto_hub_is_open(tx, invite))
        add(context, &sighting);
    return KARTO_OK;
}

/* ---- one row for each ---- */

static int by_user(const void *a, const void *b)
{
    return karto_slice_compare(((const struct sighting *)a)->user, ((const struct sighting *)b)->user);
}

static void add_role(struct karto_user_row *row, const char *role)
{
    for (uint32_t i = 0; i < row->role_count; i++)
        if (strcmp(row->roles[i], role) == 0)
            return;
    row->roles[row->role_count++] = role;
}

static void count_in(struct karto_user_row *row, const struct sighting *sighting)
{
    const struct karto_rights *rights = &sighting->rights;
    if (sighting->role)
        add_role(row, sighting->role);
    row->head_office = row->head_office || sighting->head_office;
    row->devices += sighting->what == ADMITTED;
    row->claimed += sighting->what == CLAIMED;
    row->revoked += sighting->what == REVOKED;
    row->invitations += sighting->what == INVITED;
    row->unsent += sighting->unsent;
    if (sighting->seen_ms > row->seen_ms)
        row->seen_ms = sighting->seen_ms;
    for (uint32_t i = 0; i < rights->territory_count; i++)
        row->territories[row->territory_count++] = rights->territories[i];
}

/* From the first of somebody's sightings to the next one's first; how many those are. */
static size_t make_row(struct karto_arena *arena, const struct sighting *first, size_t left, struct karto_user_row *row)
{
    size_t count = 0, territories = 0;
    for (; count < left && karto_slice_equal(first[count].user, first->user); count++)
        territories += first[count].rights.territory_count;
    *row = (struct karto_user_row){.user = first->user,
                                   .roles = karto_arena_array(arena, count, sizeof *row->roles),
                                   .territories = karto_arena_array(arena, territories, sizeof *row->territories)};
    for (size_t i = 0; i < count; i++)
        count_in(row, &first[i]);
    row->territory_count = karto_territories_once(row->territories, row->territory_count);
    return count;
}

static void make_rows(struct karto_users *users, struct sighting *sightings, size_t count)
{
    if (count == 0)
        return;
    qsort(sightings, count, sizeof *sightings, by_user);
    users->rows = karto_arena_array(&users->arena, count, sizeof *users->rows);
    for (size_t at = 0; at < count; users->count++)
        at += make_row(&users->arena, &sightings[at], count - at, &users->rows[users->count]);
}

enum karto_err karto_users_read(struct karto_users *users, struct karto_tx *tx)
{
    struct reading r = {.arena = &users->arena, .sightings = KARTO_BUF_EMPTY};
    *users = (struct karto_users){.count = 0};
    karto_arena_init(&users->arena);
    enum karto_err err = karto_hub_each_device(tx, visit_device, &r);
    if (err == KARTO_OK)
        err = karto_hub_each_invite(tx, visit_invite, &r);
    if (err == KARTO_OK)
        make_rows(users, (struct sighting *)r.sightings.data, r.sightings.size / sizeof(struct sighting));
    karto_buf_fini(&r.sightings);
    return err;
}

void karto_users_fini(struct karto_users *users)
{
    karto_arena_fini(&users->arena);
}

/* ---- which ---- */

static enum karto_err fail(const struct karto_users *users, struct karto_cli *cli, const char *text, const char *folded)
{
    struct karto_arena *arena = &cli->settings.arena;
    struct karto_suggestion suggestion;
    const struct karto_user_row *nearest = NULL;
    karto_suggest_init(&suggestion, folded);
    for (uint32_t i = 0; i < users->count; i++) {
        const char *word = karto_arena_string(arena, karto_text_fold(arena, users->rows[i].user));
        karto_suggest_try(&suggestion, word);
        nearest = suggestion.best == word ? &users->rows[i] : nearest;
    }
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_FOUND, KARTO_M_USER_NOT_FOUND, karto_arg_str("text", text));
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_USER_NOT_FOUND_HINT, karto_arg_str("db", karto_cli_on_db(cli)));
    if (nearest)
        karto_problem_suggest(&cli->problem, cli->lang, karto_arena_string(arena, nearest->user));
    return KARTO_E_NOT_FOUND;
}

enum karto_err karto_users_pick(const struct karto_users *users, struct karto_cli *cli, const char *text,
                                const struct karto_user_row **row)
{
    struct karto_arena *arena = &cli->settings.arena;
    struct karto_slice folded = karto_text_fold(arena, karto_slice_str(text));
    uint32_t count = 0;
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_AMBIGUOUS, KARTO_M_USER_AMBIGUOUS, karto_arg_str("text", text));
    for (uint32_t i = 0; i < users->count; i++) {
        const struct karto_user_row *each = &users->rows[i];
        bool exact = karto_slice_is(each->user, text);
        if (!exact && !karto_slice_equal(karto_text_fold(arena, each->user), folded))
            continue;
        *row = each;
        count = exact ? 1 : count + 1;
        karto_problem_candidate(&cli->problem, each->user, karto_slice_str(""));
        if (exact)
            break;
    }
    if (count > 1)
        return KARTO_E_AMBIGUOUS;
    if (count == 0)
        return fail(users, cli, text, karto_arena_string(arena, folded));
    karto_problem_begin(&cli->problem, KARTO_OK);
    return KARTO_OK;
}

/* ---- for programs, and for people ---- */

static void show_roles(struct karto_out *out, const struct karto_user_row *row)
{
    bool for_people = karto_out_form(out) == KARTO_FORM_TABLE;
    karto_out_key(out, "roles");
    karto_out_array(out);
    for (uint32_t i = 0; i < row->role_count; i++)
        karto_out_str(out, for_people ? karto_person_role(karto_out_lang(out), row->roles[i]) : row->roles[i]);
    karto_out_array_end(out);
}

void karto_user_row_show(struct karto_out *out, const struct karto_user_row *row)
{
    karto_out_key(out, "user"), karto_out_text(out, row->user);
    show_roles(out, row);
    karto_out_key(out, "territories");
    karto_out_array(out);
    for (uint32_t i = 0; i < row->territory_count; i++)
        karto_out_text(out, row->territories[i]);
    karto_out_array_end(out);
    karto_out_key(out, "devices"), karto_out_int(out, (int64_t)row->devices);
    karto_out_key(out, "claimed"), karto_out_int(out, (int64_t)row->claimed);
    karto_out_key(out, "revoked"), karto_out_int(out, (int64_t)row->revoked);
    karto_seen_show(out, row->seen_ms);
    karto_out_key(out, "unsent"), karto_out_int(out, (int64_t)row->unsent);
    karto_out_key(out, "invitations"), karto_out_int(out, (int64_t)row->invitations);
}
