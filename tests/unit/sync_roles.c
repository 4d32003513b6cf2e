/* Every role, kind and field: what a laptop gets is what its role may have, to the last field, and of the rest there is
 * nothing on it, in no file and in no answer; what it may not write head office does not take, whatever the laptop says
 * to itself. */
#define _GNU_SOURCE
#include "core/base/os_posix.h"
#include "core/model/role_text.h"
#include "core/store/history.h"
#include "core/store/roles.h"
#include "tests/spine.h"

enum { ROUNDS = 2, AMOUNT = 770000000, OUTCOME = 39, NOTE = 31 };

static const char *const north[] = {"01", NULL};
static struct karto_arena arena;

static const enum karto_kind kinds[] = {KARTO_CLIENT, KARTO_PERSON, KARTO_ACTIVITY, KARTO_PURCHASE};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* ---- records with something of its own in every field ---- */

static char *canary(uint32_t kind, uint32_t field, int round)
{
    return karto_arena_printf(&arena, "kanarok%ux%ux%d", (unsigned)kind, (unsigned)field, round);
}

static struct karto_slice text_value(uint32_t kind, uint32_t field, int round)
{
    return karto_value_bytes(&arena, karto_value_text(karto_slice_str(canary(kind, field, round))));
}

static struct karto_slice line_value(uint32_t kind, uint32_t field, int round)
{
    struct karto_slice parts[] = {text_value(kind, field, round), karto_value_bytes(&arena, karto_value_integer(1000)),
                                  karto_value_bytes(&arena, karto_value_money(100, "UAH")),
                                  karto_value_bytes(&arena, karto_value_integer(0))};
    return karto_tuple_bytes(&arena, parts, 4);
}

static struct karto_slice value_of(uint32_t kind, const struct karto_field_def *def, int round)
{
    switch (def->type) {
    case KARTO_TEXT: return text_value(kind, def->number, round);
    case KARTO_MONEY:
        return karto_value_bytes(&arena,
                                 karto_value_money(AMOUNT + 1000 * kind + 10 * def->number + (unsigned)round, "UAH"));
    case KARTO_ENUM: return karto_value_bytes(&arena, karto_value_enum(karto_slice_str(def->choices[round])));
    case KARTO_DATE: return karto_value_bytes(&arena, karto_value_date(20000 + round));
    default: return line_value(kind, def->number, round);
    }
}

/* Hidden and merged are about the record, and a territory or client is where it lies. */
static bool is_plain(uint32_t field)
{
    return field != KARTO_F_HIDDEN && field != KARTO_F_MERGED && field != KARTO_F_TERRITORY && field != KARTO_F_CLIENT;
}

static struct karto_edit edit_of(uint32_t kind, const struct karto_field_def *def, int round)
{
    struct karto_edit edit = {.field = def->number, .value = value_of(kind, def, round)};
    if (def->shape == KARTO_SET)
        edit.key = karto_set_key(&arena, def, edit.value);
    else if (def->shape == KARTO_MAP)
        edit.key = karto_slice_str("1");
    else if (def->shape == KARTO_TIMELINE)
        edit.key = karto_date_key(&arena, KARTO_DATE_MIN);
    return edit;
}

static struct karto_rid id_of(uint32_t kind)
{
    return (struct karto_rid){{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 200, 15, (uint8_t)kind}};
}

static struct karto_edit text_edit(uint32_t field, const char *text)
{
    return (struct karto_edit){field, {NULL, 0}, karto_value_bytes(&arena, karto_value_text(karto_slice_str(text)))};
}

static enum karto_err save(struct karto_tx *tx, void *context)
{
    return karto_save(tx, context, NULL);
}

/* All fields of all four kinds at head office, anew in each round. */
static void fill(struct spine *s, int round)
{
    for (int i = 0; i < KINDS; i++) {
        uint32_t kind = kinds[i], count = 0;
        struct karto_edit edits[64];
        for (const struct karto_field_def *def = karto_kind(kind)->fields; def->name; def++)
            if (is_plain(def->number))
                edits[count++] = edit_of(kind, def, round);
        if (round == 0 && kind == KARTO_CLIENT)
            edits[count++] = (struct karto_edit){KARTO_F_TERRITORY, karto_date_key(&arena, KARTO_DATE_MIN),
                                                 karto_value_bytes(&arena, karto_value_text(karto_slice_str("01")))};
        else if (round == 0)
            edits[count++] = (struct karto_edit){
                KARTO_F_CLIENT, {NULL, 0}, karto_value_bytes(&arena, karto_value_reference(id_of(KARTO_CLIENT)))};
        struct karto_save job = {.kind = kind,
                                 .record = id_of(kind),
                                 .create = round == 0,
                                 .edits = edits,
                                 .count = count,
                                 .via = KARTO_VIA_CLI};
        CHECK_INT(karto_store_write(s->hub.store, save, &job), KARTO_OK);
    }
}

/* ---- reading ---- */

static bool holds(struct karto_slice bytes, const void *what, size_t size)
{
    return size > 0 && memmem(bytes.data, bytes.size, what, size) != NULL;
}

static void read_store(struct spine_node *node, struct karto_buf *out)
{
    char *path = karto_arena_printf(&arena, "%s/data.mdb", node->dir.path);
    CHECK_INT(karto_os_read_file(path, (size_t)256 << 20, out), KARTO_OK);
}

/* The bytes that give a field away; nothing for those whose values many have. */
static struct karto_slice trace_of(uint32_t kind, const struct karto_field_def *def, int round)
{
    if (def->type == KARTO_TEXT || def->type == KARTO_TUPLE)
        return karto_slice_str(canary(kind, def->number, round));
    return def->type == KARTO_MONEY ? value_of(kind, def, round) : karto_slice(NULL, 0);
}

struct seeing {
    struct karto_rid id;
    uint32_t field;
    struct karto_slice trace;
    bool exists, has, has_trace;
};

static bool has_head(const struct karto_field *field, struct karto_slice trace)
{
    bool has = false;
    for (uint32_t i = 0; field && i < field->count; i++)
        for (uint32_t j = 0; j < field->registers[i].count; j++)
            has = has || holds(field->registers[i].heads[j].value, trace.data, trace.size);
    return has;
}

static enum karto_err see(struct karto_tx *tx, void *context)
{
    struct seeing *seeing = context;
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, seeing->id, &entry);
    seeing->exists = err == KARTO_OK && entry.exists;
    const struct karto_field *field = seeing->exists ? karto_record_field(&entry.view, seeing->field) : NULL;
    seeing->has = field != NULL;
    seeing->has_trace = has_head(field, seeing->trace);
    return err;
}

static bool has_field(struct spine_node *node, uint32_t kind, uint32_t field)
{
    struct seeing seeing = {.id = id_of(kind), .field = field};
    CHECK_INT(karto_store_read(node->store, see, &seeing), KARTO_OK);
    return seeing.has;
}

static bool has_record(struct spine_node *node, uint32_t kind)
{
    struct seeing seeing = {.id = id_of(kind)};
    CHECK_INT(karto_store_read(node->store, see, &seeing), KARTO_OK);
    return seeing.exists;
}

static void check_fields(struct spine *s, int device, const struct karto_role *role, struct karto_slice heard)
{
    struct karto_buf file = KARTO_BUF_EMPTY;
    read_store(&s->devices[device], &file);
    for (int i = 0; i < KINDS; i++) {
        CHECK_INT(has_record(&s->devices[device], kinds[i]), karto_role_has(role, kinds[i]));
        for (const struct karto_field_def *def = karto_kind(kinds[i])->fields; def->name; def++) {
            bool may = karto_role_reads(role, kinds[i], def->number);
            if (!is_plain(def->number))
                continue;
            CHECK_INT(has_field(&s->devices[device], kinds[i], def->number), may);
            for (int round = 0; round < ROUNDS; round++) {
                struct karto_slice trace = trace_of(kinds[i], def, round);
                if (trace.size && (holds(karto_buf_slice(&file), trace.data, trace.size) != may ||
                                   holds(heard, trace.data, trace.size) != may)) {
                    fprintf(stderr, "%s: %s.%s, round %d\n", karto_role_name(role), karto_kind(kinds[i])->name,
                            def->name, round);
                    CHECK(false);
                }
            }
        }
    }
    karto_buf_fini(&file);
}

static void fetch(struct spine *s, int device)
{
    spine_fetch(s, device, (struct karto_past_limits){.days = 3650, .mb = 100}, 0, SPINE_PAGES_MAX, false);
}

/* First by states, then by changes, then by what happened before. */
static void a_laptop_gets_what_its_role_may_have(const struct karto_role *role)
{
    struct spine s;
    struct karto_buf heard = KARTO_BUF_EMPTY;
    spine_open(&s);
    fill(&s, 0);
    int device = spine_device_as(&s, "oksana", role, karto_role_is_everywhere(role) ? NULL : north);
    s.heard = &heard;
    spine_sync(&s, device);
    fill(&s, 1);
    struct karto_rid late = spine_child(&s.hub, KARTO_ACTIVITY, id_of(KARTO_CLIENT), OUTCOME, "made later");
    spine_sync(&s, device);
    fetch(&s, device);
    CHECK_INT(spine_see(&s.devices[device], late, OUTCOME, "").exists, karto_role_has(role, KARTO_ACTIVITY));
    check_fields(&s, device, role, karto_buf_slice(&heard));
    unsigned requests = spine_sync(&s, device);
    CHECK_INT(requests, 1); /* digests agree */
    spine_close(&s);
    karto_buf_fini(&heard);
    karto_arena_reset(&arena);
}

/* ---- writing ---- */

static enum karto_err set_rights(struct karto_tx *tx, void *context)
{
    return karto_device_set_rights(tx, context);
}

static enum karto_err try_edit(struct spine *s, int device, uint32_t kind, const struct karto_field_def *def)
{
    struct karto_edit edit = edit_of(kind, def, 1);
    struct karto_save job = {.kind = kind, .record = id_of(kind), .edits = &edit, .count = 1, .via = KARTO_VIA_CLI};
    return karto_store_write(s->devices[device].store, save, &job);
}

static bool hub_has(struct spine *s, uint32_t kind, const struct karto_field_def *def)
{
    struct seeing seeing = {.id = id_of(kind), .field = def->number, .trace = trace_of(kind, def, 1)};
    CHECK_INT(karto_store_read(s->hub.store, see, &seeing), KARTO_OK);
    return seeing.has_trace;
}

/* An honest laptop tells its user; one that lies to itself is told by the hub. */
static void what_a_role_may_not_write_is_not_taken(const struct karto_role *role)
{
    struct spine s;
    struct karto_rights office = {.role = karto_role(KARTO_ROLE_OFFICE)};
    spine_open(&s);
    fill(&s, 0);
    int device = spine_device_as(&s, "oksana", role, karto_role_is_everywhere(role) ? NULL : north);
    spine_sync(&s, device);
    for (int i = 0; i < KINDS; i++)
        for (const struct karto_field_def *def = karto_kind(kinds[i])->fields; def->name; def++) {
            bool may = karto_role_writes(role, kinds[i], def->number);
            if (!is_plain(def->number) || !karto_role_has(role, kinds[i]))
                continue;
            CHECK_INT(try_edit(&s, device, kinds[i], def), may ? KARTO_OK : KARTO_E_NOT_PERMITTED);
        }
    CHECK_INT(karto_store_write(s.devices[device].store, set_rights, &office), KARTO_OK);
    for (int i = 0; i < KINDS; i++)
        for (const struct karto_field_def *def = karto_kind(kinds[i])->fields; def->name; def++)
            if (is_plain(def->number) && karto_role_has(role, kinds[i]) &&
                !karto_role_writes(role, kinds[i], def->number))
                CHECK_INT(try_edit(&s, device, kinds[i], def), KARTO_OK);
    spine_sync(&s, device);
    spine_sync(&s, device);
    for (int i = 0; i < KINDS; i++)
        for (const struct karto_field_def *def = karto_kind(kinds[i])->fields; def->name; def++)
            if (is_plain(def->number) && karto_role_has(role, kinds[i]) && trace_of(kinds[i], def, 1).size)
                CHECK_INT(hub_has(&s, kinds[i], def), karto_role_writes(role, kinds[i], def->number));
    spine_close(&s);
    karto_arena_reset(&arena);
}

/* ---- another role ---- */

struct changing {
    struct karto_rid device;
    struct karto_rights rights;
};

static enum karto_err change(struct karto_tx *tx, void *context)
{
    struct changing *changing = context;
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, changing->device, &device);
    return err == KARTO_OK ? karto_hub_set_scope(tx, &device, &changing->rights) : err;
}

static void change_role(struct spine *s, int device, const struct karto_role *role)
{
    struct changing changing = {s->devices[device].device, {.role = role}};
    CHECK_INT(karto_store_write(s->hub.store, change, &changing), KARTO_OK);
}

static const struct karto_field_def *note(void)
{
    return karto_field_named(KARTO_CLIENT, karto_slice_str("note"));
}

/* What may not be read any more goes, from the log as well, but for what she wrote herself and saw there then; what is
 * pending still counts, and is not shown. With the right it all comes back. */
static void a_right_is_lost_and_gained(void)
{
    struct spine s;
    spine_open(&s);
    fill(&s, 0);
    int device = spine_device_as(&s, "oksana", karto_role(KARTO_ROLE_OFFICE), NULL);
    struct spine_node *laptop = &s.devices[device];
    spine_sync(&s, device);
    fetch(&s, device);
    struct karto_rid client = id_of(KARTO_CLIENT), bare = spine_client(&s.hub, "without a note", "01");
    CHECK_INT(spine_set(&s.hub, client, note()->number, "", "kanarokhub"), KARTO_OK);
    CHECK_INT(spine_set(&s.hub, client, note()->number, "", "what she replaces herself"), KARTO_OK);
    spine_sync(&s, device);
    CHECK(spine_logs(laptop, "kanarokhub"));
    CHECK_INT(spine_set(laptop, client, note()->number, "", "oksana's own"), KARTO_OK);
    CHECK_INT(spine_set(laptop, bare, note()->number, "", "oksana's first"), KARTO_OK);
    change_role(&s, device, karto_role(KARTO_ROLE_ACCOUNTANT));
    spine_sync(&s, device);
    CHECK_INT(s.last.pulled, 1); /* the client whose note is gone */
    CHECK(!spine_see(laptop, bare, note()->number, "").heads);
    CHECK_STR(spine_see(&s.hub, bare, note()->number, "").text, "oksana's first");
    CHECK_STR(spine_see(&s.hub, client, note()->number, "").text, "oksana's own");
    CHECK(!has_field(laptop, KARTO_CLIENT, note()->number));
    CHECK(!has_record(laptop, KARTO_PERSON) && !has_record(laptop, KARTO_ACTIVITY));
    CHECK(has_record(laptop, KARTO_PURCHASE));
    CHECK(!spine_logs(laptop, "kanarokhub"));
    CHECK_INT(spine_set(laptop, client, note()->number, "", "blind"), KARTO_E_NOT_PERMITTED);
    CHECK_INT(spine_sync(&s, device), 1);
    spine_is_whole(laptop);
    change_role(&s, device,
                karto_role(KARTO_ROLE_ACCOUNTANT)); /* nothing new: it compares everything, and fetches nothing */
    spine_sync(&s, device);
    CHECK(s.last.reconciled);
    CHECK_INT(s.last.pulled, 0);
    change_role(&s, device, karto_role(KARTO_ROLE_OFFICE));
    spine_sync(&s, device);
    fetch(&s, device);
    CHECK_STR(spine_see(laptop, client, note()->number, "").text, "oksana's own");
    CHECK(has_record(laptop, KARTO_PERSON) && has_record(laptop, KARTO_ACTIVITY));
    CHECK_INT(spine_sync(&s, device), 1);
    spine_close(&s);
}

struct telling {
    const char *text;
    bool told;
};

static enum karto_err tell(struct karto_tx *tx, const struct karto_history_item *item, void *context)
{
    struct telling *telling = context;
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    (void)tx;
    karto_change_encode(&item->change, false, &bytes);
    telling->told = telling->told || holds(karto_buf_slice(&bytes), telling->text, strlen(telling->text));
    karto_buf_fini(&bytes);
    return KARTO_OK;
}

static enum karto_err read_history(struct karto_tx *tx, void *context)
{
    return karto_history(tx, NULL, 0, tell, context);
}

/* Whether any change in the log or the past says so. */
static bool tells(struct spine_node *node, const char *text)
{
    struct telling telling = {text, false};
    CHECK_INT(karto_store_read(node->store, read_history, &telling), KARTO_OK);
    return telling.told;
}

/* Changes of which she had a part are hers as a whole, when she may have them. */
static void what_is_gained_has_a_past(void)
{
    struct spine s;
    spine_open(&s);
    fill(&s, 0);
    int device = spine_device_as(&s, "oksana", karto_role(KARTO_ROLE_ANALYST), NULL);
    struct karto_rid person = id_of(KARTO_PERSON);
    spine_sync(&s, device);
    const struct karto_edit both[] = {text_edit(KARTO_F_NAME, "kanarokname"), text_edit(NOTE, "kanaroknote")};
    struct karto_save job = {.kind = KARTO_PERSON, .record = person, .edits = both, .count = 2, .via = KARTO_VIA_CLI};
    CHECK_INT(karto_store_write(s.hub.store, save, &job), KARTO_OK);
    CHECK_INT(spine_set(&s.hub, person, KARTO_F_NAME, "", "another"), KARTO_OK);
    spine_sync(&s, device);
    fetch(&s, device);
    CHECK(tells(&s.devices[device], "kanaroknote") && !tells(&s.devices[device], "kanarokname"));
    change_role(&s, device, karto_role(KARTO_ROLE_OFFICE));
    spine_sync(&s, device);
    fetch(&s, device);
    CHECK(tells(&s.devices[device], "kanaroknote") && tells(&s.devices[device], "kanarokname"));
    CHECK_INT(spine_sync(&s, device), 1);
    spine_close(&s);
}

/* ---- roles that an enterprise makes ---- */

static const char *const own_texts[] = {
    /* who rings people up, and is told nothing of money */
    "role caller\nwhere territories\n"
    "client read hidden territory merged name phone note status\nclient write note status\n"
    "person read all but email\nperson write note phone\nactivity read all\nactivity write all\nactivity make\n",
    /* who buys in: everything of purchases, and of all else as good as nothing */
    "role buyer\nwhere everywhere\nclient read hidden territory merged name\npurchase read all\n",
    "role all-but\nwhere everywhere\nperson read nothing\nother read all but note phone\nother write all but note "
    "phone "
    "hidden merged territory\n",
};

static struct karto_arena roles;

static const struct karto_role *role_of(const char *text)
{
    struct karto_role *role = karto_arena_alloc(&roles, sizeof *role);
    struct karto_role_problem problem;
    CHECK_INT(karto_role_parse(&roles, karto_slice_str(text), role, &problem), KARTO_OK);
    return role;
}

struct keeping {
    const struct karto_role *role;
    struct karto_role_kept kept;
};

static enum karto_err keep(struct karto_tx *tx, void *context)
{
    struct keeping *keeping = context;
    return karto_keep_role(tx, keeping->role, &keeping->kept);
}

static struct karto_role_kept kept(struct spine *s, const char *text)
{
    struct keeping keeping = {.role = role_of(text)};
    CHECK_INT(karto_store_write(s->hub.store, keep, &keeping), KARTO_OK);
    return keeping.kept;
}

static enum karto_err is_common(struct karto_tx *tx, void *context)
{
    const struct karto_role *role;
    enum karto_err err = karto_find_role(tx, karto_slice_str("accountant"), &role);
    *(bool *)context = role == karto_role(KARTO_ROLE_ACCOUNTANT);
    return err;
}

/* One that everybody has is made anew: its laptops, and only those, get what it has now; and lose it when it is as it
 * was. */
static void a_role_is_made_anew(void)
{
    struct spine s;
    bool common;
    spine_open(&s);
    fill(&s, 0);
    int books = spine_device_as(&s, "oksana", karto_role(KARTO_ROLE_ACCOUNTANT), NULL);
    int office = spine_device_as(&s, "petro", karto_role(KARTO_ROLE_OFFICE), NULL);
    spine_sync(&s, books);
    spine_sync(&s, office);
    struct karto_role_kept first = kept(&s, "role accountant\nwhere everywhere\nclient read all\nclient write note\n");
    CHECK(first.changed && first.devices == 1 && first.nowhere == 0);
    CHECK_INT(karto_store_read(s.hub.store, is_common, &common), KARTO_OK);
    CHECK(!common);
    CHECK(!kept(&s, "role accountant # the same\nwhere everywhere\nclient  read all\nclient write note\n").changed);
    spine_sync(&s, books);
    CHECK(s.last.reconciled);
    CHECK_INT(spine_sync(&s, books), 1);
    CHECK_INT(spine_sync(&s, office), 1);
    CHECK(has_field(&s.devices[books], KARTO_CLIENT, note()->number) && !has_record(&s.devices[books], KARTO_PURCHASE));
    CHECK_INT(spine_set(&s.devices[books], id_of(KARTO_CLIENT), note()->number, "", "books"), KARTO_OK);
    spine_sync(&s, books);
    CHECK_STR(spine_see(&s.hub, id_of(KARTO_CLIENT), note()->number, "").text, "books");
    struct karto_rights unknown = {.role = role_of("role accountant\nwhere everywhere\nclient read all\n")};
    CHECK_INT(karto_store_write(s.devices[books].store, set_rights, &unknown), KARTO_OK);
    CHECK_INT(spine_set(&s.devices[books], id_of(KARTO_CLIENT), note()->number, "", "no"), KARTO_E_NOT_PERMITTED);
    CHECK_INT(kept(&s, karto_arena_string(&roles, karto_role(KARTO_ROLE_ACCOUNTANT)->text)).devices, 1);
    CHECK_INT(karto_store_read(s.hub.store, is_common, &common), KARTO_OK);
    CHECK(common);
    spine_sync(&s, books);
    CHECK(!has_field(&s.devices[books], KARTO_CLIENT, note()->number) && has_record(&s.devices[books], KARTO_PURCHASE));
    spine_close(&s);
}

static void who_has_everything_keeps_it(void)
{
    struct spine s;
    struct keeping administrator = {.role = role_of("role administrator\nwhere everywhere\nclient read all\n")};
    spine_open(&s);
    int device = spine_device_as(&s, "oksana", karto_role(KARTO_ROLE_ANALYST), NULL);
    CHECK_INT(karto_store_write(s.hub.store, keep, &administrator), KARTO_E_USAGE);
    CHECK_INT(kept(&s, "role analyst\nwhere territories\nother read all\n").nowhere, 1);
    spine_sync(&s, device);
    spine_close(&s);
}

int main(void)
{
    karto_arena_init(&arena);
    karto_arena_init(&roles);
    for (int role = 1; role <= KARTO_ROLE_LAST; role++) {
        a_laptop_gets_what_its_role_may_have(karto_role((uint32_t)role));
        what_a_role_may_not_write_is_not_taken(karto_role((uint32_t)role));
    }
    for (size_t i = 0; i < sizeof own_texts / sizeof *own_texts; i++) {
        a_laptop_gets_what_its_role_may_have(role_of(own_texts[i]));
        what_a_role_may_not_write_is_not_taken(role_of(own_texts[i]));
    }
    a_right_is_lost_and_gained();
    what_is_gained_has_a_past();
    a_role_is_made_anew();
    who_has_everything_keeps_it();
    karto_arena_fini(&roles);
    karto_arena_fini(&arena);
    return 0;
}
