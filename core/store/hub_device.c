/* Devices and invitations: who may ask the hub, and for what. */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "core/base/reader.h"
#include "core/model/rights_code.h"
#include "core/store/databases.h"
#include "core/store/hub.h"
#include "core/store/hub_take.h"
#include "core/store/keys.h"
#include "core/store/query.h"
#include "core/store/roles.h"

#define RETIRED "retired" /* why a device was turned out */

/* ---- rows ---- */

/* What a device claims; of one that was taken out of service, that, as rights of no role. */
static void pack_claims(struct karto_buf *row, const struct karto_device *device)
{
    const struct karto_slice why = karto_slice_str(RETIRED);
    if (device->retired && !device->claims.role)
        karto_rights_pack(row, &(struct karto_rights){.territories = &why, .territory_count = 1});
    else
        karto_rights_pack(row, &device->claims);
}

static void read_claims(struct karto_tx *tx, struct karto_reader *reader, struct karto_device *device)
{
    karto_rights_read(reader, &tx->arena, &device->claims);
    if (device->claims.role)
        return;
    device->retired = device->revoked && device->claims.territory_count == 1 &&
                      karto_slice_is(device->claims.territories[0], RETIRED);
    device->claims = (struct karto_rights){.role = NULL};
}

/* What ends a row, as far as there is any. */
static void pack_end(struct karto_buf *row, const struct karto_device *device)
{
    bool data = device->revoked_ms || device->wiped_ms;
    if (data || device->retired || device->claims.role)
        pack_claims(row, device);
    if (!data)
        return;
    karto_pack_int(row, device->revoked_ms);
    karto_pack_bool(row, device->wipe);
    karto_pack_int(row, device->wiped_ms);
}

static void read_end(struct karto_tx *tx, struct karto_reader *reader, struct karto_device *device)
{
    if (karto_reader_peek(reader) != KARTO_WIRE_END)
        read_claims(tx, reader, device);
    if (karto_reader_peek(reader) == KARTO_WIRE_END)
        return;
    device->revoked_ms = karto_read_int(reader);
    device->wipe = karto_read_bool(reader);
    device->wiped_ms = karto_read_int(reader);
}

enum karto_err karto_hub_put_device(struct karto_tx *tx, const struct karto_device *device)
{
    struct karto_buf row = KARTO_BUF_EMPTY;
    karto_rights_pack(&row, &device->scope);
    karto_pack_str(&row, device->user);
    karto_pack_bin(&row, device->public_key);
    karto_pack_uint(&row, device->rights);
    karto_pack_bool(&row, device->revoked);
    karto_pack_str(&row, device->serial);
    karto_pack_int(&row, device->contact_ms);
    karto_pack_uint(&row, device->unsent);
    karto_pack_int(&row, device->former_until_ms);
    karto_rights_pack(&row, device->former_until_ms ? &device->former : &device->scope);
    karto_pack_int(&row, device->gave.ms);
    karto_pack_uint(&row, device->gave.node.v);
    karto_pack_uint(&row, device->cursor);
    pack_end(&row, device);
    enum karto_err err = karto_kv_put(tx->kv, KARTO_DB_DEVICES, karto_rid_slice(&device->id), karto_buf_slice(&row));
    karto_buf_fini(&row);
    return err;
}

enum karto_err karto_hub_device(struct karto_tx *tx, struct karto_rid id, struct karto_device *device)
{
    struct karto_slice row;
    struct karto_reader reader;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_DEVICES, karto_rid_slice(&id), &row);
    if (err != KARTO_OK)
        return err;
    karto_reader_init(&reader, karto_arena_copy(&tx->arena, row));
    *device = (struct karto_device){.id = id};
    karto_rights_read(&reader, &tx->arena, &device->scope);
    device->user = karto_read_str(&reader, KARTO_AUTHOR_SIZE_MAX);
    device->public_key = karto_read_bin(&reader, KARTO_ENROL_SIZE_MAX);
    device->rights = karto_read_uint(&reader, UINT64_MAX);
    device->revoked = karto_read_bool(&reader);
    device->serial = karto_read_str(&reader, KARTO_NAME_SIZE_MAX);
    device->contact_ms = karto_read_int(&reader);
    device->unsent = karto_read_uint(&reader, UINT64_MAX);
    device->former = device->scope;
    if (karto_reader_peek(&reader) == KARTO_WIRE_END) /* programs before rights were remembered ended it here */
        return karto_reader_end(&reader);
    device->former_until_ms = karto_read_int(&reader);
    karto_rights_read(&reader, &tx->arena, &device->former);
    if (karto_reader_peek(&reader) != KARTO_WIRE_END) { /* rows of older programs end here */
        device->gave.ms = karto_read_int(&reader);
        device->gave.node.v = karto_read_uint(&reader, UINT64_MAX);
    }
    if (karto_reader_peek(&reader) != KARTO_WIRE_END)
        device->cursor = karto_read_uint(&reader, UINT64_MAX);
    read_end(tx, &reader, device);
    return karto_reader_end(&reader);
}

struct visiting {
    karto_device_visit *visit;
    void *context;
};

static enum karto_err visit_row(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    struct visiting *visiting = context;
    struct karto_device device;
    (void)row;
    if (key.size != sizeof device.id.b)
        return KARTO_E_CORRUPT;
    enum karto_err err = karto_hub_device(tx, karto_rid_read(key.data), &device);
    return err == KARTO_OK ? visiting->visit(tx, &device, visiting->context) : err;
}

enum karto_err karto_hub_each_device(struct karto_tx *tx, karto_device_visit *visit, void *context)
{
    struct visiting visiting = {visit, context};
    return karto_each_row(tx, KARTO_DB_DEVICES, visit_row, &visiting);
}

enum karto_err karto_hub_set_scope(struct karto_tx *tx, struct karto_device *device, const struct karto_rights *scope)
{
    if (device->former_until_ms == 0) {
        device->former = device->scope;
        device->former_until_ms = karto_sys_now_ms(tx->sys) + KARTO_LATE_MS_MAX;
    }
    device->scope = *scope;
    device->rights++;
    return karto_hub_put_device(tx, device);
}

enum karto_err karto_hub_settle(struct karto_tx *tx, struct karto_device *device)
{
    if (device->former_until_ms == 0)
        return KARTO_OK;
    device->former_until_ms = 0;
    return karto_hub_put_device(tx, device);
}

/* ---- the records that everybody has ---- */

enum karto_err karto_hub_owner(struct karto_tx *tx, struct karto_node node, struct karto_rid *device)
{
    uint8_t key[8];
    struct karto_slice row;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_NODES, karto_key_node(node, key), &row);
    if (err == KARTO_OK && row.size != 16)
        return KARTO_E_CORRUPT;
    if (err == KARTO_OK)
        *device = karto_rid_read(row.data);
    return err;
}

/* By nobody: it follows from what a device has proved or an invitation has said. */
static enum karto_err write_device_record(struct karto_tx *tx, struct karto_rid id, const struct karto_edit *edits,
                                          uint32_t count)
{
    const struct karto_slice nobody = karto_slice(NULL, 0);
    return karto_hub_rule_edit(tx, KARTO_DEVICE, id, edits, count, nobody, nobody);
}

static struct karto_edit node_edit(struct karto_tx *tx, struct karto_node node)
{
    char *text = karto_arena_alloc(&tx->arena, KARTO_NODE_TEXT);
    karto_node_print(node, text);
    struct karto_slice name = karto_slice(text, KARTO_NODE_TEXT - 1);
    return (struct karto_edit){KARTO_F_NODE, name, karto_value_bytes(&tx->arena, karto_value_text(name))};
}

static struct karto_edit text_edit(struct karto_tx *tx, uint32_t field, struct karto_slice text)
{
    return (struct karto_edit){field, karto_slice(NULL, 0), karto_value_bytes(&tx->arena, karto_value_text(text))};
}

static enum karto_err enter_node(struct karto_tx *tx, struct karto_node node, struct karto_rid device)
{
    uint8_t key[8];
    return karto_kv_put(tx->kv, KARTO_DB_NODES, karto_key_node(node, key), karto_rid_slice(&device));
}

enum karto_err karto_hub_init(struct karto_tx *tx)
{
    struct karto_slice name;
    struct karto_rid id = karto_rid_make(tx->sys);
    enum karto_err err = karto_meta_get(tx, "name", &name);
    if (err != KARTO_OK)
        return err;
    tx->ledger.epoch = (struct karto_epoch){karto_sys_now_ms(tx->sys), tx->ledger.node};
    tx->ledger.day = karto_sys_today(tx->sys);
    err = karto_meta_put(tx, "device", karto_rid_slice(&id));
    if (err == KARTO_OK)
        err = enter_node(tx, tx->ledger.node, id);
    if (err == KARTO_OK)
        err = enter_node(tx, tx->ledger.rule_node, id);
    struct karto_edit edits[] = {text_edit(tx, KARTO_F_NAME, name), node_edit(tx, tx->ledger.node),
                                 node_edit(tx, tx->ledger.rule_node)};
    return err == KARTO_OK ? write_device_record(tx, id, edits, 3) : err;
}

enum karto_err karto_hub_enter_own_nodes(struct karto_tx *tx)
{
    struct karto_slice row;
    enum karto_err err = karto_meta_get(tx, "device", &row);
    if (err == KARTO_OK && row.size != 16)
        err = KARTO_E_CORRUPT;
    if (err != KARTO_OK)
        return err;
    struct karto_rid id = karto_rid_read(row.data);
    const struct karto_edit edits[] = {node_edit(tx, tx->ledger.node), node_edit(tx, tx->ledger.rule_node)};
    err = enter_node(tx, tx->ledger.node, id);
    if (err == KARTO_OK)
        err = enter_node(tx, tx->ledger.rule_node, id);
    return err == KARTO_OK ? write_device_record(tx, id, edits, 2) : err;
}

enum karto_err karto_hub_enter(struct karto_tx *tx, const struct karto_device *device, struct karto_slice name)
{
    struct karto_edit edits[] = {text_edit(tx, KARTO_F_NAME, name), text_edit(tx, KARTO_F_USER, device->user)};
    enum karto_err err = karto_hub_put_device(tx, device);
    return err == KARTO_OK ? write_device_record(tx, device->id, edits, 2) : err;
}

enum karto_err karto_hub_enrol(struct karto_tx *tx, const struct karto_device *device, struct karto_slice name)
{
    struct karto_device entered = *device;
    entered.gave = tx->ledger.epoch; /* it has nothing yet that could be given back */
    return karto_hub_enter(tx, &entered, name);
}

enum karto_err karto_hub_rename(struct karto_tx *tx, struct karto_rid id, struct karto_slice name, bool *renamed)
{
    struct karto_entry entry;
    struct karto_slice user;
    *renamed = false;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK && !entry.exists)
        err = KARTO_E_NOT_FOUND;
    if (err == KARTO_OK)
        err = karto_user(tx, &user);
    if (err != KARTO_OK || karto_slice_equal(karto_text_of(&entry.view, KARTO_F_NAME), name))
        return err;
    const struct karto_edit edit = text_edit(tx, KARTO_F_NAME, name);
    *renamed = true;
    return karto_hub_rule_edit(tx, KARTO_DEVICE, id, &edit, 1, user, karto_slice(NULL, 0));
}

/* A device cannot make the hub and everybody else remember node ids without end. */
static enum karto_err check_room(struct karto_tx *tx, struct karto_rid device)
{
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, device, &entry);
    const struct karto_field *nodes = karto_record_field(&entry.view, KARTO_F_NODE);
    return err == KARTO_OK && nodes && nodes->count >= KARTO_DEVICE_NODES_MAX ? KARTO_E_PROTOCOL : err;
}

enum karto_err karto_hub_prove(struct karto_tx *tx, const struct karto_device *device, struct karto_node node,
                               uint64_t random)
{
    struct karto_rid owner;
    enum karto_err err = karto_hub_owner(tx, node, &owner);
    if (err == KARTO_OK)
        return karto_rid_equal(owner, device->id) ? KARTO_OK : KARTO_E_PROTOCOL;
    if (err != KARTO_E_NOT_FOUND)
        return err;
    if (!karto_node_equal(karto_node_make(device->public_key, random), node))
        return KARTO_E_PROTOCOL;
    err = check_room(tx, device->id);
    if (err != KARTO_OK)
        return err;
    struct karto_edit edit = node_edit(tx, node);
    err = enter_node(tx, node, device->id);
    return err == KARTO_OK ? write_device_record(tx, device->id, &edit, 1) : err;
}

/* ---- invitations ---- */

static struct karto_slice token_key(const uint8_t token[16], uint8_t out[32])
{
    karto_sha256(karto_slice(token, 16), karto_slice(NULL, 0), out);
    return karto_slice(out, 32);
}

enum karto_err karto_hub_invite(struct karto_tx *tx, const uint8_t token[16], const struct karto_invite *invite)
{
    uint8_t key[32];
    struct karto_buf row = KARTO_BUF_EMPTY;
    karto_pack_str(&row, invite->user);
    karto_rights_pack(&row, &invite->rights);
    karto_pack_int(&row, invite->expires_ms);
    karto_pack_bin(&row, invite->public_key);
    karto_pack_bin(&row, karto_rid_slice(&invite->device));
    karto_pack_bin(&row, invite->certificate);
    enum karto_err err = karto_kv_put(tx->kv, KARTO_DB_INVITES, token_key(token, key), karto_buf_slice(&row));
    karto_buf_fini(&row);
    return err;
}

enum karto_err karto_hub_decode_invite(struct karto_tx *tx, struct karto_slice row, struct karto_invite *invite)
{
    struct karto_reader reader;
    karto_reader_init(&reader, karto_arena_copy(&tx->arena, row));
    invite->user = karto_read_str(&reader, KARTO_AUTHOR_SIZE_MAX);
    karto_rights_read(&reader, &tx->arena, &invite->rights);
    invite->expires_ms = karto_read_int(&reader);
    invite->public_key = karto_read_bin(&reader, KARTO_ENROL_SIZE_MAX);
    struct karto_slice device = karto_read_bin(&reader, 16);
    if (device.size == 16)
        invite->device = karto_rid_read(device.data);
    invite->certificate = karto_read_bin(&reader, KARTO_ENROL_SIZE_MAX);
    return karto_reader_end(&reader);
}

enum karto_err karto_hub_find_invite(struct karto_tx *tx, const uint8_t token[16], struct karto_slice public_key,
                                     struct karto_invite *invite)
{
    uint8_t key[32];
    struct karto_slice row;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_INVITES, token_key(token, key), &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_E_INVITATION : err;
    err = karto_hub_decode_invite(tx, row, invite);
    if (err == KARTO_OK)
        err = karto_renew_role(tx, &invite->rights);
    if (err != KARTO_OK)
        return err;
    if (invite->public_key.size)
        return karto_slice_equal(invite->public_key, public_key) ? KARTO_OK : KARTO_E_INVITATION;
    return karto_hub_is_open(tx, invite) ? KARTO_OK : KARTO_E_INVITATION;
}

bool karto_hub_is_open(const struct karto_tx *tx, const struct karto_invite *invite)
{
    return invite->public_key.size == 0 && invite->expires_ms >= karto_sys_now_ms(tx->sys);
}

struct inviting {
    karto_invite_visit *visit;
    void *context;
};

static enum karto_err visit_invite(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    const struct inviting *inviting = context;
    struct karto_invite invite;
    (void)key;
    enum karto_err err = karto_hub_decode_invite(tx, row, &invite);
    if (err == KARTO_E_CORRUPT)
        return KARTO_OK;
    return err == KARTO_OK ? inviting->visit(tx, &invite, inviting->context) : err;
}

enum karto_err karto_hub_each_invite(struct karto_tx *tx, karto_invite_visit *visit, void *context)
{
    struct inviting inviting = {visit, context};
    return karto_each_row(tx, KARTO_DB_INVITES, visit_invite, &inviting);
}

static bool is_withdrawn(const struct karto_invite *invite, const struct karto_slice *user)
{
    return invite->public_key.size == 0 && (!user || karto_slice_equal(invite->user, *user));
}

enum karto_err karto_hub_withdraw(struct karto_tx *tx, const struct karto_slice *user, uint64_t *open)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    *open = 0;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_INVITES, &cursor);
    if (err != KARTO_OK)
        return err;
    while (err == KARTO_OK && (err = karto_kv_next(cursor, &key, &row)) == KARTO_OK) {
        struct karto_invite invite;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = karto_hub_decode_invite(tx, row, &invite);
        bool readable = err == KARTO_OK, goes = readable ? is_withdrawn(&invite, user) : !user;
        if (err == KARTO_E_CORRUPT)
            err = KARTO_OK;
        *open += readable && goes && karto_hub_is_open(tx, &invite);
        if (err == KARTO_OK && goes)
            err = karto_kv_cursor_delete(cursor);
        karto_arena_release(&tx->arena, mark);
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}
