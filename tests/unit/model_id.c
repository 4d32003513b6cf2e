/* Ids: what is printed can be read back, a record id is a UUIDv7, a node id proves its key. */
#include "core/model/id.h"

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "tests/check.h"

struct fake {
    int64_t now_ms;
    uint8_t byte;
};

static int64_t now(void *context)
{
    return ((struct fake *)context)->now_ms;
}

static void fill(void *context, void *out, size_t size)
{
    memset(out, ((struct fake *)context)->byte, size);
}

static struct karto_rid make(int64_t now_ms, uint8_t byte)
{
    struct fake fake = {now_ms, byte};
    struct karto_sys sys = {&fake, now, fill, NULL};
    return karto_rid_make(&sys);
}

static void a_record_id_is_a_uuid_of_version_7(void)
{
    char text[KARTO_RID_TEXT], tail[KARTO_SHORT_TEXT];
    struct karto_rid ones = make(0x019abc325800, 0xff), zeros = make(0x019abc325800, 0);
    karto_rid_print(ones, text);
    CHECK_STR(text, "019abc3258007fffbfffffffffffffff");
    karto_rid_print(zeros, text);
    CHECK_STR(text, "019abc32580070008000000000000000");
    karto_rid_print_short(ones, tail);
    CHECK_STR(tail, "ffffffff");
    CHECK(karto_rid_compare(make(1000, 0xff), make(1001, 0)) < 0);
}

static void printed_ids_are_read_back(void)
{
    for (int byte = 0; byte < 256; byte++) {
        char text[KARTO_RID_TEXT];
        struct karto_rid id = make(byte * 1000003LL, (uint8_t)byte), back;
        karto_rid_print(id, text);
        CHECK_INT(karto_rid_parse(karto_slice_str(text), &back), KARTO_OK);
        CHECK(karto_rid_equal(id, back));
        CHECK(karto_rid_equal(karto_rid_read(karto_rid_slice(&id).data), id));
    }
}

static void what_is_no_id_is_refused(void)
{
    static const char *const wrong[] = {"",
                                        "019abc3258007fffbffffffffffffff",
                                        "019abc3258007fffbfffffffffffffff0",
                                        "019abc3258007fffbffffffffffffffg",
                                        "019abc3258007fffbfffffffffffffF ",
                                        "019abc32-5800-7fff-bfff-fffffff"};
    struct karto_rid id = make(1, 2), kept = id;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_INT(karto_rid_parse(karto_slice_str(wrong[i]), &id), KARTO_E_INVALID);
        CHECK(karto_rid_equal(id, kept));
    }
    CHECK_INT(karto_rid_parse(karto_slice_str("019ABC3258007FFFBFFFFFFFFFFFFFFF"), &id), KARTO_OK);
    CHECK(!karto_rid_is_zero(id));
    CHECK(karto_rid_is_zero((struct karto_rid){{0}}));
}

static void a_node_is_the_hash_of_its_key(void)
{
    char text[KARTO_NODE_TEXT];
    uint8_t digest[32];
    static const uint8_t random[8] = {0, 0, 0, 0, 0, 0, 1, 2};
    struct karto_node node = karto_node_make(karto_slice_str("key"), 0x0102);
    karto_sha256(karto_slice_str("key"), karto_slice(random, 8), digest);
    CHECK(node.v == karto_be64(digest));
    CHECK(!karto_node_equal(node, karto_node_make(karto_slice_str("key"), 0x0103)));
    CHECK(!karto_node_equal(node, karto_node_make(karto_slice_str("kex"), 0x0102)));
    karto_node_print((struct karto_node){0x0a}, text);
    CHECK_STR(text, "000000000000000a");
}

static void dots_sort_by_node_and_number(void)
{
    char text[KARTO_DOT_TEXT];
    struct karto_dot a = {{1}, UINT64_MAX}, b = {{2}, 1}, c = {{2}, 2};
    CHECK(karto_dot_compare(a, b) < 0);
    CHECK(karto_dot_compare(c, b) > 0);
    CHECK(karto_dot_equal(b, b));
    karto_dot_print(a, text);
    CHECK_STR(text, "0000000000000001-18446744073709551615");
}

int main(void)
{
    a_record_id_is_a_uuid_of_version_7();
    printed_ids_are_read_back();
    what_is_no_id_is_refused();
    a_node_is_the_hash_of_its_key();
    dots_sort_by_node_and_number();
    return 0;
}
