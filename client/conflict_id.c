#include "client/conflict_id.h"

void karto_conflict_id(struct karto_buf *out, const struct karto_record *record, uint32_t field, struct karto_slice key)
{
    char id[KARTO_RID_TEXT];
    const struct karto_field_def *def = karto_field_def(record->kind, field);
    int year, month, day;
    int64_t since;
    karto_rid_print(record->id, id);
    karto_buf_add_str(out, id);
    if (def)
        karto_buf_printf(out, "/%s", def->name);
    else
        karto_buf_printf(out, "/%u", (unsigned)field);
    if (key.size == 0)
        return;
    karto_buf_add_byte(out, '/');
    if (def && def->shape == KARTO_TIMELINE && karto_date_of_key(key, &since)) {
        karto_date_split(since, &year, &month, &day);
        karto_buf_printf(out, "%04d-%02d-%02d", year, month, day);
    } else {
        karto_buf_add_slice(out, key);
    }
}
