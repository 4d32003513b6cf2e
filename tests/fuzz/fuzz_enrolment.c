/* Any bytes as what a stranger sends before anybody knows him: a request to enrol, the answer to one, an invitation.
 * The first byte says which. What decodes is encoded, and decodes to the same. */
#include "core/base/reader.h"
#include "proto/enrolment.h"
#include "proto/invitation.h"
#include "tests/fuzz/fuzz.h"

static void fuzz_request(struct karto_slice bytes)
{
    struct karto_enrolment first, second;
    struct karto_buf out = KARTO_BUF_EMPTY, again = KARTO_BUF_EMPTY;
    if (karto_enrolment_decode(bytes, &first) == KARTO_OK) {
        karto_enrolment_encode(&first, &out);
        KARTO_ASSERT(karto_enrolment_decode(karto_buf_slice(&out), &second) == KARTO_OK);
        karto_enrolment_encode(&second, &again);
        fuzz_expect_equal(&out, &again);
    }
    karto_buf_fini(&out);
    karto_buf_fini(&again);
}

static void fuzz_answer(struct karto_slice bytes)
{
    struct karto_arena arena;
    struct karto_enrolment_answer first, second;
    struct karto_buf out = KARTO_BUF_EMPTY, again = KARTO_BUF_EMPTY;
    karto_arena_init(&arena);
    if (karto_enrolment_answer_decode(&arena, bytes, &first) == KARTO_OK) {
        karto_enrolment_answer_encode(&first, &out);
        KARTO_ASSERT(karto_enrolment_answer_decode(&arena, karto_buf_slice(&out), &second) == KARTO_OK);
        karto_enrolment_answer_encode(&second, &again);
        fuzz_expect_equal(&out, &again);
    }
    karto_buf_fini(&out);
    karto_buf_fini(&again);
    karto_arena_fini(&arena);
}

static void fuzz_invitation(struct karto_slice text)
{
    struct karto_invitation first, second;
    struct karto_buf out = KARTO_BUF_EMPTY, again = KARTO_BUF_EMPTY;
    if (karto_invitation_parse(text, &first) == KARTO_OK) {
        karto_invitation_print(&first, &out);
        KARTO_ASSERT(karto_invitation_parse(karto_buf_slice(&out), &second) == KARTO_OK);
        karto_invitation_print(&second, &again);
        fuzz_expect_equal(&out, &again);
    }
    karto_buf_fini(&out);
    karto_buf_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct karto_slice rest = karto_slice(data + 1, size - 1);
    switch (data[0] % 3) {
    case 0: fuzz_request(rest); break;
    case 1: fuzz_answer(rest); break;
    case 2: fuzz_invitation(rest); break;
    }
    return 0;
}
