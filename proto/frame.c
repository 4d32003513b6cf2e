#include "proto/frame.h"

#include "core/base/limits.h"
#include "core/base/pack.h"
#include "core/base/reader.h"
#include "proto/deflate.h"

enum { PARTS = 7, PARTS_MAX = 15, VERSION_MAX = 1000, TYPE_MAX = 0xff };

enum flag { FLAG_DEFLATED = 1, FLAG_DICTIONARY = 2, FLAG_ERROR = 4, FLAGS_ALL = 7 };

/* ---- encode ---- */

static void pack_header(struct karto_buf *out, const struct karto_frame *frame, unsigned flags)
{
    karto_pack_array(out, PARTS);
    karto_pack_uint(out, frame->version ? frame->version : KARTO_PROTOCOL_MOST);
    karto_pack_uint(out, frame->type);
    karto_pack_uint(out, flags);
    karto_pack_uint(out, frame->body.size);
    karto_pack_int(out, frame->token.epoch.ms);
    karto_pack_uint(out, frame->token.epoch.node.v);
    karto_pack_uint(out, frame->token.rights);
}

enum karto_err karto_frame_encode(const struct karto_frame *frame, struct karto_buf *out)
{
    struct karto_buf deflated = KARTO_BUF_EMPTY;
    bool dictionary = false;
    unsigned flags = frame->error ? FLAG_ERROR : 0;
    if (frame->body.size > KARTO_BODY_SIZE_MAX)
        return KARTO_E_LIMIT;
    if (karto_deflate(frame->body, &deflated, &dictionary)) {
        pack_header(out, frame, flags | FLAG_DEFLATED | (dictionary ? FLAG_DICTIONARY : 0u));
        karto_buf_add_slice(out, karto_buf_slice(&deflated));
    } else {
        pack_header(out, frame, flags);
        karto_buf_add_slice(out, frame->body);
    }
    karto_buf_fini(&deflated);
    return KARTO_OK;
}

/* ---- decode ---- */

struct header {
    uint32_t version;
    unsigned flags;
    uint64_t body_size;
};

static bool is_spoken(uint32_t version)
{
    return version >= KARTO_PROTOCOL_LEAST && version <= KARTO_PROTOCOL_MOST;
}

/* A header of another version may be longer or shorter; where its version stands is the same in all. */
static void read_header(struct karto_reader *reader, struct karto_frame *frame, struct header *header)
{
    uint32_t parts = karto_read_array(reader, PARTS_MAX);
    header->version = (uint32_t)karto_read_uint(reader, VERSION_MAX);
    if (reader->error || !is_spoken(header->version))
        return;
    if (parts != PARTS)
        karto_reader_fail(reader, "a header of other than seven parts");
    frame->type = (uint32_t)karto_read_uint(reader, TYPE_MAX);
    header->flags = (unsigned)karto_read_uint(reader, FLAGS_ALL);
    header->body_size = karto_read_uint(reader, UINT32_MAX);
    frame->token.epoch.ms = karto_read_int(reader);
    frame->token.epoch.node.v = karto_read_uint(reader, UINT64_MAX);
    frame->token.rights = karto_read_uint(reader, UINT64_MAX);
    frame->error = (header->flags & FLAG_ERROR) != 0;
}

static enum karto_err take_body(struct karto_arena *arena, struct karto_slice rest, const struct header *header,
                                struct karto_slice *body)
{
    bool dictionary = (header->flags & FLAG_DICTIONARY) != 0;
    if (header->body_size > KARTO_BODY_SIZE_MAX)
        return KARTO_E_LIMIT;
    size_t size = (size_t)header->body_size;
    if (!(header->flags & FLAG_DEFLATED)) {
        *body = rest;
        return dictionary || rest.size != size ? KARTO_E_PROTOCOL : KARTO_OK;
    }
    if (size == 0 || !karto_inflate_possible(rest.size, size))
        return KARTO_E_PROTOCOL;
    uint8_t *out = karto_arena_alloc(arena, size);
    *body = karto_slice(out, size);
    return karto_inflate(rest, dictionary, out, size);
}

/* The header alone; whether it can be read. */
static bool peek(struct karto_slice bytes, struct karto_frame *frame, struct header *header)
{
    struct karto_reader reader;
    *frame = (struct karto_frame){.type = 0};
    *header = (struct header){0, 0, 0};
    karto_reader_init(&reader, bytes);
    read_header(&reader, frame, header);
    return !reader.error;
}

uint32_t karto_frame_version(struct karto_slice bytes)
{
    struct karto_frame frame;
    struct header header;
    peek(bytes, &frame, &header);
    return is_spoken(header.version) ? header.version : KARTO_PROTOCOL_MOST;
}

uint32_t karto_frame_type(struct karto_slice bytes)
{
    struct karto_frame frame;
    struct header header;
    return peek(bytes, &frame, &header) ? frame.type : 0;
}

enum karto_err karto_frame_decode(struct karto_arena *arena, struct karto_slice bytes, struct karto_frame *frame)
{
    struct karto_reader reader;
    struct header header = {0, 0, 0};
    *frame = (struct karto_frame){.type = 0};
    if (bytes.size > KARTO_FRAME_SIZE_MAX)
        return KARTO_E_LIMIT;
    karto_reader_init(&reader, bytes);
    read_header(&reader, frame, &header);
    if (reader.error)
        return KARTO_E_PROTOCOL;
    if (!is_spoken(header.version))
        return KARTO_E_VERSION;
    frame->version = header.version;
    return take_body(arena, karto_slice(reader.at, (size_t)(reader.end - reader.at)), &header, &frame->body);
}
