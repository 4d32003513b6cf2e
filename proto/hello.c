/* hello: who a device is and how far it is; where the hub stands. */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "core/model/rights_code.h"
#include "proto/codec.h"
#include "proto/columns.h"

enum { VERSION_MAX = 1000 };

/* ---- request ---- */

enum karto_err karto_hello_encode(const struct karto_hello *hello, uint32_t version, struct karto_buf *out)
{
    if (hello->node_count > KARTO_NODES_MAX || hello->name.size > KARTO_NAME_SIZE_MAX ||
        hello->program.size > KARTO_NAME_SIZE_MAX || hello->version_least > VERSION_MAX ||
        hello->version_most > VERSION_MAX || hello->user.size > KARTO_NAME_SIZE_MAX)
        return KARTO_E_LIMIT;
    karto_pack_uint(out, hello->version_least);
    karto_pack_uint(out, hello->version_most);
    karto_pack_array(out, 2 * hello->node_count);
    for (uint32_t i = 0; i < hello->node_count; i++) {
        karto_pack_uint(out, hello->nodes[i].node.v);
        karto_pack_uint(out, hello->nodes[i].random);
    }
    karto_codec_pack_epoch(out, hello->heard);
    karto_pack_uint(out, hello->cursor);
    karto_codec_pack_sum(out, hello->digest);
    karto_pack_uint(out, hello->pending);
    karto_pack_int(out, hello->clock_ms);
    karto_pack_str(out, hello->name);
    karto_pack_str(out, hello->program);
    if (version < 2)
        return KARTO_OK;
    karto_pack_str(out, hello->user);
    karto_pack_uint(out, hello->told);
    karto_rights_pack(out, &hello->rights);
    return KARTO_OK;
}

static void read_nodes(struct karto_reader *reader, struct karto_arena *arena, struct karto_hello *hello)
{
    uint32_t parts = karto_read_array(reader, 2 * KARTO_NODES_MAX);
    if (parts % 2)
        karto_reader_fail(reader, "a node without its proof");
    struct karto_hello_node *nodes = karto_arena_array(arena, parts / 2, sizeof *nodes);
    for (uint32_t i = 0; i < parts / 2 && !reader->error; i++) {
        nodes[i].node.v = karto_read_uint(reader, UINT64_MAX);
        nodes[i].random = karto_read_uint(reader, UINT64_MAX);
        if (nodes[i].node.v == 0)
            karto_reader_fail(reader, "node 0");
    }
    hello->nodes = nodes;
    hello->node_count = parts / 2;
}

static void read_believed(struct karto_reader *reader, struct karto_arena *arena, struct karto_hello *hello)
{
    hello->user = karto_read_str(reader, KARTO_NAME_SIZE_MAX);
    hello->told = karto_read_uint(reader, UINT64_MAX);
    karto_rights_read(reader, arena, &hello->rights);
}

void karto_hello_decode(struct karto_reader *reader, struct karto_arena *arena, uint32_t version,
                        struct karto_hello *hello)
{
    hello->version_least = (uint32_t)karto_read_uint(reader, VERSION_MAX);
    hello->version_most = (uint32_t)karto_read_uint(reader, VERSION_MAX);
    if (hello->version_least > hello->version_most)
        karto_reader_fail(reader, "a range of versions from above");
    read_nodes(reader, arena, hello);
    hello->heard = karto_codec_read_epoch(reader);
    hello->cursor = karto_read_uint(reader, UINT64_MAX);
    hello->digest = karto_codec_read_sum(reader);
    hello->pending = karto_read_uint(reader, UINT64_MAX);
    hello->clock_ms = karto_read_int(reader);
    hello->name = karto_read_str(reader, KARTO_NAME_SIZE_MAX);
    hello->program = karto_read_str(reader, KARTO_NAME_SIZE_MAX);
    if (version >= 2)
        read_believed(reader, arena, hello);
}

/* ---- answer ---- */

static bool answer_fits(const struct karto_hello_answer *answer)
{
    return answer->version <= VERSION_MAX && answer->known_count <= KARTO_NODES_MAX &&
           answer->role.size <= KARTO_ROLE_TEXT_MAX && answer->hub.size <= KARTO_NAME_SIZE_MAX;
}

static void pack_recovery(const struct karto_hello_answer *answer, struct karto_buf *out)
{
    karto_pack_uint(out, answer->recovering);
    karto_pack_bool(out, answer->wanted);
    karto_pack_uint(out, answer->log_position);
    for (uint32_t i = 0; i < answer->known_count; i++)
        karto_pack_uint(out, answer->known[i].mark);
}

enum karto_err karto_hello_answer_encode(const struct karto_hello_answer *answer, uint32_t version,
                                         struct karto_buf *out)
{
    if (!answer_fits(answer))
        return KARTO_E_LIMIT;
    karto_pack_uint(out, answer->version);
    karto_codec_pack_epoch(out, answer->epoch);
    karto_pack_uint(out, answer->rights);
    karto_pack_array(out, 2 * answer->known_count);
    for (uint32_t i = 0; i < answer->known_count; i++) {
        karto_pack_uint(out, answer->known[i].seq);
        karto_pack_uint(out, answer->known[i].hash);
    }
    karto_pack_uint(out, answer->position);
    karto_codec_pack_sum(out, answer->digest);
    karto_pack_int(out, answer->clock_ms);
    karto_pack_bool(out, answer->everything);
    enum karto_err err = karto_codec_pack_territories(out, answer->territories, answer->territory_count);
    karto_pack_str(out, answer->role);
    karto_pack_str(out, answer->hub);
    if (version >= 2)
        pack_recovery(answer, out);
    return err;
}

static struct karto_hello_known *read_known(struct karto_reader *reader, struct karto_arena *arena,
                                            struct karto_hello_answer *answer)
{
    uint32_t parts = karto_read_array(reader, 2 * KARTO_NODES_MAX);
    if (parts % 2)
        karto_reader_fail(reader, "a known change without its hash");
    struct karto_hello_known *known = karto_arena_array(arena, parts / 2, sizeof *known);
    for (uint32_t i = 0; i < parts / 2 && !reader->error; i++) {
        known[i].seq = karto_read_uint(reader, UINT64_MAX);
        known[i].hash = karto_read_uint(reader, UINT64_MAX);
    }
    answer->known = known;
    answer->known_count = parts / 2;
    return known;
}

static void read_recovery(struct karto_reader *reader, struct karto_hello_answer *answer,
                          struct karto_hello_known *known)
{
    answer->recovering = karto_read_uint(reader, 1) != 0;
    answer->wanted = karto_read_bool(reader);
    answer->log_position = karto_read_uint(reader, UINT64_MAX);
    for (uint32_t i = 0; i < answer->known_count; i++)
        known[i].mark = karto_read_uint(reader, UINT64_MAX);
}

void karto_hello_answer_decode(struct karto_reader *reader, struct karto_arena *arena, uint32_t version,
                               struct karto_hello_answer *answer)
{
    answer->version = (uint32_t)karto_read_uint(reader, VERSION_MAX);
    answer->epoch = karto_codec_read_epoch(reader);
    answer->rights = karto_read_uint(reader, UINT64_MAX);
    struct karto_hello_known *known = read_known(reader, arena, answer);
    answer->position = karto_read_uint(reader, UINT64_MAX);
    answer->digest = karto_codec_read_sum(reader);
    answer->clock_ms = karto_read_int(reader);
    answer->everything = karto_read_bool(reader);
    answer->territories = karto_codec_read_territories(reader, arena, &answer->territory_count);
    answer->role = karto_read_str(reader, KARTO_ROLE_TEXT_MAX);
    answer->hub = karto_read_str(reader, KARTO_NAME_SIZE_MAX);
    if (version >= 2)
        read_recovery(reader, answer, known);
}
