#include "client/record_row.h"

#include "client/field_show.h"
#include "core/base/fatal.h"
#include "core/base/heading.h"
#include "core/store/query.h"

#include <string.h>

/* ---- columns ---- */

static const struct karto_column client_columns[] = {
    {"kind", false},     {"id", false},     {"short", true},  {"name", true},      {"edrpou", true},  {"city", true},
    {"territory", true}, {"manager", true}, {"match", false}, {"conflicts", true}, {"hidden", false}, {NULL, false},
};

static const struct karto_column person_columns[] = {
    {"kind", false},      {"id", false},    {"short", true},      {"name", true},        {"role", true},
    {"phone", true},      {"email", false}, {"client", false},    {"client.name", true}, {"client.short", false},
    {"client.id", false}, {"match", false}, {"conflicts", false}, {"hidden", false},     {NULL, false},
};

static const struct karto_column activity_columns[] = {
    {"kind", false},    {"id", false},         {"short", true},         {"date", true},       {"type", true},
    {"client", false},  {"client.name", true}, {"client.short", false}, {"client.id", false}, {"text", true},
    {"outcome", false}, {"next", false},       {"next_date", true},     {"match", false},     {"conflicts", false},
    {"hidden", false},  {NULL, false},
};

static const struct karto_column purchase_columns[] = {
    {"kind", false},   {"id", false},         {"short", true},         {"date", true},       {"number", true},
    {"client", false}, {"client.name", true}, {"client.short", false}, {"client.id", false}, {"total", true},
    {"status", true},  {"match", false},      {"conflicts", false},    {"hidden", false},    {NULL, false},
};

static const struct karto_column *base_columns(uint32_t kind)
{
    switch (kind) {
    case KARTO_PERSON: return person_columns;
    case KARTO_ACTIVITY: return activity_columns;
    case KARTO_PURCHASE: return purchase_columns;
    default: return client_columns;
    }
}

static bool is_base(uint32_t kind, const char *name)
{
    for (const struct karto_column *column = base_columns(kind); column->name; column++)
        if (strcmp(column->name, name) == 0)
            return true;
    return false;
}

static void add_column(struct karto_row *row, struct karto_column column)
{
    KARTO_ASSERT(row->column_count < KARTO_ROW_COLUMNS_MAX);
    row->columns[row->column_count++] = column;
}

void karto_row_init(struct karto_row *row, struct karto_out *out, uint32_t kind, int64_t today, const char *asked)
{
    *row = (struct karto_row){.out = out, .kind = kind, .today = today, .asked = asked};
    for (const struct karto_column *column = base_columns(kind); column->name; column++)
        add_column(row, *column);
    for (const struct karto_field_def *def = karto_kind(kind)->fields; def->name; def++)
        if (!is_base(kind, def->name) && def->number != KARTO_F_MERGED)
            add_column(row, (struct karto_column){def->name, false});
}

const char *karto_row_field(const char *column)
{
    return strcmp(column, "city") == 0 ? "address.city" : column;
}

/* Whether --columns names this field, or, of a map, one of its keys. */
static bool asked_for(const struct karto_row *row, const struct karto_field_def *def)
{
    size_t size = strlen(def->name);
    const char *at = row->asked;
    while (at && (at = strstr(at, def->name)) != NULL) {
        bool begins = at == row->asked || at[-1] == ',' || at[-1] == ' ';
        char end = at[size];
        if (begins && (end == 0 || end == ',' || end == ' ' || (end == '.' && def->shape == KARTO_MAP)))
            return true;
        at += size;
    }
    return false;
}

/* ---- cells ---- */

/* For people: "Назва, початок". */
static void say_match(struct karto_out *out, const struct karto_why *hit)
{
    struct karto_buf text = KARTO_BUF_EMPTY, how = KARTO_BUF_EMPTY;
    karto_buf_printf(&how, "match.%s", hit->how);
    karto_buf_add_slice(&text, karto_heading(karto_out_lang(out), karto_slice_str(hit->field)));
    karto_buf_add_str(&text, ", ");
    karto_buf_add_slice(&text, karto_heading(karto_out_lang(out), karto_buf_slice(&how)));
    karto_out_text(out, karto_buf_slice(&text));
    karto_buf_fini(&how);
    karto_buf_fini(&text);
}

void karto_match_show(struct karto_out *out, const struct karto_why *hit)
{
    if (!hit || !hit->field) {
        karto_out_null(out);
        return;
    }
    if (karto_out_form(out) == KARTO_FORM_TABLE) {
        say_match(out, hit);
        return;
    }
    karto_out_object(out);
    karto_out_key(out, "field");
    karto_out_str(out, hit->field);
    karto_out_key(out, "how");
    karto_out_str(out, hit->how);
    karto_out_object_end(out);
}

static void show_id(struct karto_out *out, struct karto_rid id)
{
    char text[KARTO_RID_TEXT];
    karto_rid_print(id, text);
    karto_out_str(out, text);
}

static void show_short(struct karto_out *out, struct karto_rid id)
{
    char text[KARTO_SHORT_TEXT];
    karto_rid_print_short(id, text);
    karto_out_str(out, text);
}

enum karto_err karto_client_show(struct karto_out *out, struct karto_tx *tx, const struct karto_record *view)
{
    struct karto_rid id = karto_client_of(view);
    struct karto_entry client;
    if (karto_rid_is_zero(id)) {
        karto_out_null(out);
        return KARTO_OK;
    }
    enum karto_err err = karto_entry_load(tx, id, &client);
    karto_out_object(out);
    karto_out_key(out, "id");
    show_id(out, id);
    karto_out_key(out, "short");
    show_short(out, id);
    karto_out_key(out, "name");
    karto_text_show(out, err == KARTO_OK ? karto_text_of(&client.view, KARTO_F_NAME) : karto_slice(NULL, 0));
    karto_out_object_end(out);
    return err;
}

static void show_field(const struct karto_row *row, const char *column, const struct karto_record *view)
{
    const struct karto_field_def *def = karto_field_named(row->kind, karto_slice_str(karto_row_field(column)));
    if (def->shape == KARTO_TIMELINE)
        karto_text_show(row->out, karto_text_at(view, def->number, row->today));
    else
        karto_field_show(row->out, def, view);
}

static enum karto_err show_cell(const struct karto_row *row, struct karto_tx *tx, const char *column,
                                const struct karto_record *view, const struct karto_why *hit)
{
    struct karto_out *out = row->out;
    karto_out_key(out, column);
    if (strcmp(column, "kind") == 0)
        karto_out_str(out, karto_kind(row->kind)->name);
    else if (strcmp(column, "id") == 0)
        show_id(out, view->id);
    else if (strcmp(column, "short") == 0)
        show_short(out, view->id);
    else if (strcmp(column, "client") == 0)
        return karto_client_show(out, tx, view);
    else if (strcmp(column, "match") == 0)
        karto_match_show(out, hit);
    else if (strcmp(column, "conflicts") == 0)
        karto_out_int(out, karto_record_conflicts(view));
    else if (strcmp(column, "hidden") == 0)
        karto_out_bool(out, karto_record_hidden(view));
    else
        show_field(row, column, view);
    return KARTO_OK;
}

enum karto_err karto_row_show(const struct karto_row *row, struct karto_tx *tx, const struct karto_record *view,
                              const struct karto_why *hit)
{
    enum karto_err err = KARTO_OK;
    karto_out_object(row->out);
    for (const struct karto_column *column = base_columns(row->kind); column->name && err == KARTO_OK; column++)
        if (strncmp(column->name, "client.", 7) != 0) /* a part of the column client */
            err = show_cell(row, tx, column->name, view, hit);
    for (const struct karto_field_def *def = karto_kind(row->kind)->fields; def->name && err == KARTO_OK; def++) {
        if (is_base(row->kind, def->name) || !asked_for(row, def))
            continue;
        karto_out_key(row->out, def->name);
        karto_field_show(row->out, def, view);
    }
    karto_out_object_end(row->out);
    return err;
}
