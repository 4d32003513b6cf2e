#include "proto/enrolment.h"

#include "core/base/limits.h"
#include "core/base/pack.h"
#include "core/base/reader.h"
#include "core/model/rights_code.h"

#include <string.h>

enum { VERSION = 1 };

void karto_enrolment_encode(const struct karto_enrolment *enrolment, struct karto_buf *out)
{
    karto_pack_array(out, 4);
    karto_pack_uint(out, VERSION);
    karto_pack_bin(out, karto_slice(enrolment->token, sizeof enrolment->token));
    karto_pack_str(out, enrolment->name);
    karto_pack_str(out, enrolment->request);
}

enum karto_err karto_enrolment_decode(struct karto_slice bytes, struct karto_enrolment *enrolment)
{
    struct karto_reader reader;
    karto_reader_init(&reader, bytes);
    if (karto_read_array(&reader, 4) != 4 || karto_read_uint(&reader, UINT32_MAX) != VERSION)
        karto_reader_fail(&reader, "another version of enrolment");
    struct karto_slice token = karto_read_bin(&reader, sizeof enrolment->token);
    enrolment->name = karto_read_str(&reader, KARTO_NAME_SIZE_MAX);
    enrolment->request = karto_read_str(&reader, KARTO_ENROL_SIZE_MAX);
    if (karto_reader_end(&reader) != KARTO_OK || token.size != sizeof enrolment->token)
        return KARTO_E_PROTOCOL;
    memcpy(enrolment->token, token.data, token.size);
    return KARTO_OK;
}

void karto_enrolment_answer_encode(const struct karto_enrolment_answer *answer, struct karto_buf *out)
{
    karto_pack_array(out, answer->error == KARTO_OK ? 9 : 2);
    karto_pack_uint(out, VERSION);
    karto_pack_str(out, karto_slice_str(karto_err_id(answer->error)));
    if (answer->error != KARTO_OK)
        return;
    karto_pack_str(out, answer->certificate);
    karto_pack_bin(out, karto_rid_slice(&answer->device));
    karto_pack_str(out, answer->user);
    karto_pack_str(out, answer->hub);
    karto_pack_int(out, answer->clock_ms);
    karto_rights_pack(out, &answer->rights);
}

enum karto_err karto_enrolment_answer_decode(struct karto_arena *arena, struct karto_slice bytes,
                                             struct karto_enrolment_answer *answer)
{
    struct karto_reader reader;
    karto_reader_init(&reader, bytes);
    memset(answer, 0, sizeof *answer);
    uint32_t parts = karto_read_array(&reader, 9);
    if (karto_read_uint(&reader, UINT32_MAX) != VERSION)
        karto_reader_fail(&reader, "another version of enrolment");
    struct karto_slice id = karto_read_str(&reader, KARTO_NAME_SIZE_MAX);
    answer->error = id.size ? karto_err_of_id((const char *)id.data, id.size) : KARTO_E_PROTOCOL;
    if (parts == 2)
        return karto_reader_end(&reader) == KARTO_OK && answer->error != KARTO_OK ? KARTO_OK : KARTO_E_PROTOCOL;
    answer->certificate = karto_read_str(&reader, KARTO_ENROL_SIZE_MAX);
    struct karto_slice device = karto_read_bin(&reader, 16);
    answer->user = karto_read_str(&reader, KARTO_AUTHOR_SIZE_MAX);
    answer->hub = karto_read_str(&reader, KARTO_NAME_SIZE_MAX);
    answer->clock_ms = karto_read_int(&reader);
    karto_rights_read(&reader, arena, &answer->rights);
    if (!answer->rights.role)
        karto_reader_fail(&reader, "no role");
    if (device.size == 16)
        answer->device = karto_rid_read(device.data);
    bool fine = karto_reader_end(&reader) == KARTO_OK && device.size == 16 && parts == 9 && answer->error == KARTO_OK;
    return fine ? KARTO_OK : KARTO_E_PROTOCOL;
}
