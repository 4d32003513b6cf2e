#include "client/register_name.h"

#include "client/person.h"
#include "core/base/heading.h"
#include "core/base/reader.h"
#include "core/store/query.h"

#include <string.h>

static void add_day(struct karto_buf *out, int64_t days)
{
    int year, month, day;
    karto_date_split(days, &year, &month, &day);
    karto_buf_printf(out, "%04d-%02d-%02d", year, month, day);
}

static void add_field(struct karto_buf *out, const struct karto_field_def *def, uint32_t field)
{
    if (def)
        karto_buf_add_str(out, def->name);
    else
        karto_buf_printf(out, "%u", field);
}

static void add_key(struct karto_buf *out, const struct karto_field_def *def, struct karto_slice key)
{
    int64_t days;
    if (def && def->shape == KARTO_TIMELINE && karto_date_of_key(key, &days)) {
        add_day(out, days);
    } else if (karto_utf8_valid(key)) {
        karto_buf_add_slice(out, key);
    } else {
        for (size_t i = 0; i < key.size; i++)
            karto_buf_printf(out, "%02x", key.data[i]);
    }
}

void karto_register_name(struct karto_buf *out, const struct karto_record *record, uint32_t field,
                         struct karto_slice key)
{
    char id[KARTO_RID_TEXT];
    const struct karto_field_def *def = karto_field_def(record->kind, field);
    karto_rid_print(record->id, id);
    karto_buf_add_str(out, id);
    karto_buf_add_byte(out, '/');
    add_field(out, def, field);
    if (key.size) {
        karto_buf_add_byte(out, '/');
        add_key(out, def, key);
    }
}

enum karto_err karto_register_name_split(struct karto_slice name, struct karto_rid *id, struct karto_slice *rest)
{
    enum { DIGITS = KARTO_RID_TEXT - 1 };
    if (name.size < DIGITS + 2 || name.data[DIGITS] != '/')
        return KARTO_E_INVALID;
    *rest = karto_slice(name.data + DIGITS + 1, name.size - DIGITS - 1);
    return karto_rid_parse(karto_slice(name.data, DIGITS), id);
}

void karto_register_label(struct karto_buf *out, uint32_t kind, uint32_t field, struct karto_slice key)
{
    const struct karto_field_def *def = karto_field_def(kind, field);
    int64_t days;
    add_field(out, def, field);
    if (key.size == 0 || (def && def->shape == KARTO_SET))
        return;
    if (def && def->shape == KARTO_TIMELINE && karto_date_of_key(key, &days) && days == KARTO_DATE_MIN)
        return;
    karto_buf_add_byte(out, def && def->shape == KARTO_TIMELINE ? '@' : '.');
    add_key(out, def, key);
}

void karto_register_heading(struct karto_buf *out, enum karto_lang lang, uint32_t kind, uint32_t field,
                            struct karto_slice key)
{
    const struct karto_field_def *def = karto_field_def(kind, field);
    struct karto_buf label = KARTO_BUF_EMPTY, name = KARTO_BUF_EMPTY;
    karto_register_label(&label, kind, field, key);
    add_field(&name, def, field);
    /* Only an attribute has a key that says it all. */
    bool is_attribute = def && def->shape == KARTO_MAP && def->type == KARTO_TEXT;
    struct karto_slice whole = karto_buf_slice(&label), plain = karto_buf_slice(&name);
    karto_buf_add_slice(out, karto_heading(lang, is_attribute ? whole : plain));
    if (!is_attribute && whole.size > plain.size) {
        int64_t days;
        karto_buf_add_byte(out, ' ');
        if (def && def->shape == KARTO_TIMELINE && karto_date_of_key(key, &days))
            karto_person_day(days, out);
        else
            karto_buf_add(out, whole.data + plain.size + 1, whole.size - plain.size - 1);
    }
    karto_buf_fini(&label);
    karto_buf_fini(&name);
}

enum karto_err karto_record_title(struct karto_tx *tx, const struct karto_record *record, struct karto_slice *title)
{
    struct karto_rid client = karto_client_of(record);
    struct karto_entry entry;
    *title = karto_text_of(record, KARTO_F_NAME);
    if (title->size == 0 && record->kind == KARTO_PURCHASE)
        *title = karto_text_of(record, KARTO_F_NUMBER);
    if (title->size || karto_rid_is_zero(client))
        return KARTO_OK;
    enum karto_err err = karto_entry_load(tx, client, &entry);
    if (err == KARTO_OK)
        *title = karto_text_of(&entry.view, KARTO_F_NAME);
    return err;
}
