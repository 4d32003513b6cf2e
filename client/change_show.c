#include "client/change_show.h"

#include "client/field_show.h"
#include "client/person.h"
#include "client/register_name.h"
#include "client/value_said.h"
#include "core/store/query.h"

/* ---- what was set ---- */

static void show_set(struct karto_out *out, const struct karto_change *change, const struct karto_touch *touch,
                     const struct karto_set *set)
{
    const struct karto_field_def *def = karto_field_def(change->kind, touch->field);
    struct karto_buf field = KARTO_BUF_EMPTY;
    karto_register_label(&field, change->kind, touch->field, karto_slice(NULL, 0));
    karto_out_object(out);
    karto_text_show_as(out, "field", karto_buf_slice(&field));
    karto_out_key(out, "key");
    karto_key_show(out, def, set->key);
    karto_out_key(out, "old");
    karto_value_show(out, def, set->old);
    karto_out_key(out, "new");
    karto_value_show(out, def, set->value);
    karto_out_object_end(out);
    karto_buf_fini(&field);
}

/* Of a record that is named in another, for people, its name. */
static struct karto_slice say_value(struct karto_out *out, struct karto_tx *tx, const struct karto_field_def *def,
                                    struct karto_slice bytes)
{
    struct karto_value value;
    struct karto_entry entry;
    if (karto_out_form(out) != KARTO_FORM_TABLE)
        return karto_value_written(&tx->arena, def, bytes, KARTO_LANG_EN);
    if (bytes.size && karto_value_decode(bytes, &value) == KARTO_OK && value.type == KARTO_REFERENCE &&
        karto_entry_load(tx, value.rid, &entry) == KARTO_OK && entry.exists)
        return karto_text_of(&entry.view, KARTO_F_NAME);
    return karto_value_said(&tx->arena, def, bytes, karto_out_lang(out));
}

/* For people: "site: romashka.ua → romashka.com.ua". */
static void say_set(struct karto_out *out, struct karto_tx *tx, const struct karto_change *change,
                    const struct karto_touch *touch, const struct karto_set *set)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    bool for_people = karto_out_form(out) == KARTO_FORM_TABLE; /* else the same in every language */
    enum karto_lang lang = for_people ? karto_out_lang(out) : KARTO_LANG_EN;
    struct karto_slice nothing = karto_slice_str(karto_message_text(lang, KARTO_M_EMPTY_VALUE));
    const struct karto_field_def *def = karto_field_def(change->kind, touch->field);
    struct karto_slice old = say_value(out, tx, def, set->old), new = say_value(out, tx, def, set->value);
    if (for_people)
        karto_register_heading(&text, lang, change->kind, touch->field, set->key);
    else
        karto_register_label(&text, change->kind, touch->field, set->key);
    karto_buf_add_str(&text, ": ");
    if (old.size) {
        karto_buf_add_slice(&text, old);
        karto_buf_add_str(&text, " → ");
    }
    karto_buf_add_slice(&text, new.size ? new : nothing);
    karto_out_text(out, karto_buf_slice(&text));
    karto_buf_fini(&text);
}

void karto_sets_show(struct karto_out *out, struct karto_tx *tx, const struct karto_change *change,
                     karto_set_filter *wanted, const void *context)
{
    bool for_people = karto_out_form(out) != KARTO_FORM_JSON;
    karto_out_key(out, "sets");
    karto_out_array(out);
    for (uint32_t i = 0; i < change->count; i++)
        for (uint32_t j = 0; j < change->touches[i].count; j++) {
            const struct karto_touch *touch = &change->touches[i];
            if (wanted && !wanted(change, touch, touch->sets[j].key, context))
                continue;
            if (for_people)
                say_set(out, tx, change, touch, &touch->sets[j]);
            else
                show_set(out, change, touch, &touch->sets[j]);
        }
    karto_out_array_end(out);
}

/* ---- why not ---- */

struct karto_slice karto_refusal_text(enum karto_lang lang, struct karto_slice reason, bool for_people)
{
    enum karto_message message = KARTO_M_E_UNKNOWN;
    struct karto_arena arena;
    karto_arena_init(&arena);
    bool found = karto_message_find(karto_arena_string(&arena, reason), &message);
    karto_arena_fini(&arena);
    if (karto_slice_is(reason, karto_err_id(KARTO_E_NOT_FOUND))) /* "here" would be another place */
        message = KARTO_M_REFUSAL_ELSEWHERE;
    else if (karto_slice_is(reason, karto_err_id(KARTO_E_NOT_PERMITTED)))
        message = KARTO_M_REFUSAL_NOT_PERMITTED;
    return for_people && !found ? reason : karto_slice_str(karto_message_text(lang, message));
}

void karto_refusal_show(struct karto_out *out, struct karto_slice reason)
{
    bool for_people = karto_out_form(out) == KARTO_FORM_TABLE;
    struct karto_slice text = karto_refusal_text(karto_out_lang(out), reason, for_people);
    karto_out_key(out, "refusal");
    if (reason.size == 0) {
        karto_out_null(out);
    } else if (for_people) {
        karto_out_text(out, text);
    } else {
        karto_out_object(out);
        karto_text_show_as(out, "id", reason);
        karto_text_show_as(out, "text", text);
        karto_out_object_end(out);
    }
}

/* ---- when ---- */

void karto_moment_show(struct karto_out *out, const char *key, int64_t utc_ms)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_out_key(out, key);
    if (karto_out_form(out) == KARTO_FORM_TABLE) {
        karto_person_time(utc_ms, &text);
        karto_out_text(out, karto_buf_slice(&text));
    } else {
        karto_out_time(out, utc_ms);
    }
    karto_buf_fini(&text);
}
