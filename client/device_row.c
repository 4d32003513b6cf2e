#include "client/device_row.h"

#include "client/field_show.h"
#include "client/person.h"
#include "core/base/harmless.h"
#include "core/base/text.h"
#include "core/model/schema.h"
#include "core/store/entry.h"
#include "core/store/hub_admit.h"
#include "core/store/hub_held.h"
#include "core/store/query.h"

#include <string.h>

const struct karto_column karto_device_columns[KARTO_DEVICE_COLUMNS] = {
    {"name", true}, {"user", true},   {"role", true}, {"territories", true}, {"state", true}, {"gave", false},
    {"seen", true}, {"unsent", true}, {"id", true},   {"revoked", false},    {"wipe", false}, {"wiped", false},
};

/* ---- rows ---- */

struct walk {
    struct karto_recovery recovery;
    karto_device_row_visit *visit;
    void *context;
};

static enum karto_err fill(struct karto_tx *tx, const struct karto_recovery *recovery,
                           const struct karto_device *device, struct karto_device_row *row)
{
    struct karto_entry entry;
    struct karto_held_tally tally = {.count = 0};
    enum karto_err err = karto_entry_load(tx, device->id, &entry);
    if (err == KARTO_OK)
        err = karto_hub_held_tally(tx, device->id, &tally);
    *row = (struct karto_device_row){.device = *device,
                                     .says = karto_hub_is_claimed(device) ? device->claims : device->scope,
                                     .restored = recovery->ever,
                                     .gave = !karto_hub_wants(tx, recovery, device)};
    row->held = !row->gave && tally.full;
    row->some_held = !row->gave && tally.count > 0;
    if (err == KARTO_OK && entry.exists)
        row->name = karto_text_of(&entry.view, KARTO_F_NAME);
    return err;
}

static enum karto_err visit_device(struct karto_tx *tx, const struct karto_device *device, void *context)
{
    const struct walk *walk = context;
    struct karto_device_row row;
    enum karto_err err = fill(tx, &walk->recovery, device, &row);
    return err == KARTO_OK ? walk->visit(tx, &row, walk->context) : err;
}

enum karto_err karto_device_rows(struct karto_tx *tx, karto_device_row_visit *visit, void *context)
{
    struct walk walk = {.visit = visit, .context = context};
    enum karto_err err = karto_hub_recovery_state(tx, &walk.recovery);
    return err == KARTO_OK ? karto_hub_each_device(tx, visit_device, &walk) : err;
}

enum karto_err karto_device_row_of(struct karto_tx *tx, struct karto_rid id, struct karto_device_row *row)
{
    struct karto_recovery recovery;
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, id, &device);
    if (err == KARTO_OK)
        err = karto_hub_recovery_state(tx, &recovery);
    return err == KARTO_OK ? fill(tx, &recovery, &device, row) : err;
}

/* ---- for programs, and for people ---- */

static const char *state_name(const struct karto_device *device)
{
    return device->retired                ? "retired"
           : device->revoked              ? "revoked"
           : karto_hub_is_claimed(device) ? "claimed"
                                          : "admitted";
}

static void add_state(struct karto_cli *cli, const struct karto_device_row *row, struct karto_buf *out)
{
    enum karto_message word = row->device.wiped_ms                 ? KARTO_M_DEVICE_WIPED
                              : row->device.wipe                   ? KARTO_M_DEVICE_TO_WIPE
                              : row->device.retired                ? KARTO_M_DEVICE_RETIRED
                              : row->device.revoked                ? KARTO_M_DEVICE_REVOKED
                              : karto_hub_is_claimed(&row->device) ? KARTO_M_DEVICE_CLAIMED
                              : !row->restored                     ? KARTO_M_DEVICE_ADMITTED
                              : row->gave                          ? KARTO_M_DEVICE_GAVE
                              : row->held                          ? KARTO_M_DEVICE_HELD
                              : row->some_held                     ? KARTO_M_DEVICE_SOME_HELD
                                                                   : KARTO_M_DEVICE_LACKING;
    struct karto_buf time = KARTO_BUF_EMPTY;
    if (row->device.wiped_ms)
        karto_person_time(row->device.wiped_ms, &time);
    KARTO_SAY(out, cli->lang, word, karto_arg_str("db", karto_cli_on_db(cli)),
              karto_arg_text("time", karto_buf_slice(&time)));
    karto_buf_fini(&time);
}

static void show_time(struct karto_out *out, const char *key, int64_t ms)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_out_key(out, key);
    if (ms && karto_out_form(out) == KARTO_FORM_TABLE) {
        karto_person_time(ms, &text);
        karto_out_text(out, karto_buf_slice(&text));
    } else if (ms) {
        karto_out_time(out, ms);
    } else {
        karto_out_null(out);
    }
    karto_buf_fini(&text);
}

void karto_seen_show(struct karto_out *out, int64_t ms)
{
    show_time(out, "seen", ms);
}

/* What becomes of the data of one that was turned out. Null: it was not, or by a program that did not say. */
static void show_data(struct karto_out *out, const struct karto_device *device)
{
    show_time(out, "revoked", device->revoked_ms);
    karto_out_key(out, "wipe");
    if (device->revoked_ms)
        karto_out_bool(out, device->wipe);
    else
        karto_out_null(out);
    show_time(out, "wiped", device->wiped_ms);
}

static void show_state(struct karto_cli *cli, const struct karto_device_row *row)
{
    struct karto_out *out = karto_cli_out(cli);
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_out_key(out, "state");
    if (karto_out_form(out) == KARTO_FORM_TABLE) {
        add_state(cli, row, &text);
        karto_out_text(out, karto_buf_slice(&text));
    } else {
        karto_out_str(out, state_name(&row->device));
    }
    karto_buf_fini(&text);
}

void karto_device_row_show(struct karto_cli *cli, const struct karto_device_row *row)
{
    struct karto_out *out = karto_cli_out(cli);
    const struct karto_device *device = &row->device;
    bool for_people = karto_out_form(out) == KARTO_FORM_TABLE;
    const char *role = karto_role_name(row->says.role);
    char id[KARTO_RID_TEXT], short_id[KARTO_SHORT_TEXT];
    karto_rid_print(device->id, id);
    karto_rid_print_short(device->id, short_id);
    karto_text_show_as(out, "name", row->name);
    karto_text_show_as(out, "user", device->user);
    karto_out_key(out, "role"), karto_out_str(out, for_people ? karto_person_role(karto_out_lang(out), role) : role);
    karto_out_key(out, "territories");
    karto_out_array(out);
    for (uint32_t i = 0; i < row->says.territory_count; i++)
        karto_out_text(out, row->says.territories[i]);
    karto_out_array_end(out);
    show_state(cli, row);
    karto_out_key(out, "gave");
    if (row->restored)
        karto_out_bool(out, row->gave);
    else
        karto_out_null(out);
    karto_seen_show(out, device->contact_ms);
    karto_out_key(out, "unsent"), karto_out_int(out, (int64_t)device->unsent);
    karto_out_key(out, "id"), karto_out_str(out, for_people ? short_id : id);
    show_data(out, device);
}

static void add_territories(const struct karto_rights *rights, struct karto_buf *out)
{
    for (uint32_t i = 0; i < rights->territory_count; i++) {
        karto_buf_add_str(out, i == 0 ? ": " : ", ");
        karto_buf_add_slice(out, rights->territories[i]);
    }
}

void karto_device_row_say(struct karto_cli *cli, const struct karto_device_row *row, struct karto_buf *out)
{
    enum karto_lang lang = cli->lang;
    struct karto_buf name = KARTO_BUF_EMPTY, role = KARTO_BUF_EMPTY, state = KARTO_BUF_EMPTY, seen = KARTO_BUF_EMPTY;
    char id[KARTO_SHORT_TEXT];
    karto_harmless(&name, row->name, " "); /* one line for each */
    karto_rid_print_short(row->device.id, id);
    karto_buf_add_str(&role, karto_person_role(lang, karto_role_name(row->says.role)));
    add_territories(&row->says, &role);
    add_state(cli, row, &state);
    if (row->device.contact_ms)
        karto_person_time(row->device.contact_ms, &seen);
    KARTO_SAY(out, lang, seen.size ? KARTO_M_DEVICE_LINE : KARTO_M_DEVICE_LINE_NEVER,
              karto_arg_text("name", karto_buf_slice(&name)), karto_arg_text("user", row->device.user),
              karto_arg_text("role", karto_buf_slice(&role)), karto_arg_text("state", karto_buf_slice(&state)),
              karto_arg_text("time", karto_buf_slice(&seen)), karto_arg_str("id", id));
    karto_buf_fini(&name);
    karto_buf_fini(&role);
    karto_buf_fini(&state);
    karto_buf_fini(&seen);
}

/* ---- which ---- */

struct picking {
    struct karto_cli *cli;
    const char *text;
    struct karto_slice folded;
    uint32_t count;
    struct karto_rid id; /* of the last that fits */
};

static bool ends_with(const char *id, const char *text)
{
    size_t size = strlen(text);
    return size >= 4 && size < KARTO_RID_TEXT && strcmp(id + KARTO_RID_TEXT - 1 - size, text) == 0;
}

static enum karto_err look_at(struct karto_tx *tx, const struct karto_device_row *row, void *context)
{
    struct picking *p = context;
    struct karto_buf line = KARTO_BUF_EMPTY;
    char id[KARTO_RID_TEXT], short_id[KARTO_SHORT_TEXT];
    karto_rid_print(row->device.id, id);
    karto_rid_print_short(row->device.id, short_id);
    bool fits = ends_with(id, p->text) || karto_slice_equal(karto_text_fold(&tx->arena, row->name), p->folded) ||
                karto_slice_equal(karto_text_fold(&tx->arena, row->device.user), p->folded);
    if (!fits)
        return KARTO_OK;
    p->count++;
    p->id = row->device.id;
    karto_device_row_say(p->cli, row, &line);
    karto_problem_candidate(&p->cli->problem, karto_slice_str(short_id), karto_buf_slice(&line));
    karto_buf_fini(&line);
    return KARTO_OK;
}

static enum karto_err fail(struct picking *p)
{
    struct karto_cli *cli = p->cli;
    if (p->count > 1) /* its candidates stay */
        return KARTO_E_AMBIGUOUS;
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_FOUND, KARTO_M_DEVICE_NOT_FOUND,
                  karto_arg_str("text", p->text));
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_DEVICE_NOT_FOUND_HINT, karto_arg_str("db", karto_cli_on_db(cli)));
    return KARTO_E_NOT_FOUND;
}

enum karto_err karto_device_pick(struct karto_cli *cli, struct karto_tx *tx, const char *text,
                                 struct karto_device_row *row)
{
    struct picking p = {.cli = cli, .text = text, .folded = karto_text_fold(&tx->arena, karto_slice_str(text))};
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_AMBIGUOUS, KARTO_M_DEVICE_AMBIGUOUS, karto_arg_str("text", text));
    enum karto_err err = karto_device_rows(tx, look_at, &p);
    if (err != KARTO_OK || p.count != 1)
        return err == KARTO_OK ? fail(&p) : err;
    karto_problem_begin(&cli->problem, KARTO_OK);
    return karto_device_row_of(tx, p.id, row);
}
