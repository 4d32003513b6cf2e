/* That JSON is read as RFC 8259 has it, and what is not JSON is told from it. */
#include "client/json_tree.h"
#include "tests/check.h"

static bool reads(const char *text, struct karto_arena *arena, struct karto_json *value)
{
    size_t at = 0;
    struct karto_slice all = karto_slice_str(text);
    return karto_json_read(arena, all, &at, value) && !karto_json_more(all, &at);
}

static void refuses(const char *text)
{
    struct karto_arena arena;
    struct karto_json value;
    karto_arena_init(&arena);
    CHECK(!reads(text, &arena, &value));
    karto_arena_fini(&arena);
}

static void values(void)
{
    struct karto_arena arena;
    struct karto_json value;
    karto_arena_init(&arena);
    CHECK(reads(" {\"a\" : [1, -2.50e+3,true,null] ,\n\"b\":{}, \"a\":\"\\u0407жак\\n\\ud83d\\ude00\\/\\\"\"}\r\n",
                &arena, &value));
    CHECK(value.type == KARTO_JSON_OBJECT && value.count == 3);
    const struct karto_json *list = &value.items[0];
    CHECK(list->type == KARTO_JSON_ARRAY && list->count == 4);
    CHECK(karto_slice_is(list->items[1].text, "-2.50e+3"));
    CHECK(list->items[2].type == KARTO_JSON_BOOL && list->items[3].type == KARTO_JSON_NULL);
    CHECK(karto_slice_is(karto_json_member(&value, "a")->text, "Їжак\n😀/\""));
    CHECK(karto_json_member(&value, "b")->count == 0 && !karto_json_member(&value, "c"));
    CHECK(reads("0", &arena, &value) && reads("[]", &arena, &value) && reads("\"\"", &arena, &value));
    karto_arena_fini(&arena);
}

static void nesting(void)
{
    char text[2 * (KARTO_JSON_DEPTH_MAX + 1) + 1];
    struct karto_arena arena;
    struct karto_json value;
    karto_arena_init(&arena);
    for (unsigned depth = KARTO_JSON_DEPTH_MAX; depth <= KARTO_JSON_DEPTH_MAX + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        text[2 * (size_t)depth] = 0;
        CHECK(reads(text, &arena, &value) == (depth == KARTO_JSON_DEPTH_MAX));
    }
    karto_arena_fini(&arena);
}

/* Every beginning of a value is none, and nothing is read behind its end. */
static void cuts(void)
{
    static const char whole[] = "{\"kind\":\"client\",\"f\":[\"\\u0457\",-1.5,false]}";
    for (size_t size = 0; size + 1 < sizeof whole; size++) {
        char *cut = malloc(size + 1);
        struct karto_arena arena;
        struct karto_json value;
        size_t at = 0;
        CHECK(cut != NULL);
        memcpy(cut, whole, size);
        karto_arena_init(&arena);
        CHECK(!karto_json_read(&arena, karto_slice(cut, size), &at, &value) && at <= size);
        karto_arena_fini(&arena);
        free(cut);
    }
}

int main(void)
{
    static const char *const wrong[] = {
        "",
        "{",
        "}",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{\"a\":1,}",
        "01",
        "-",
        "1.",
        "1e",
        "+1",
        "tru",
        "\"",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\xff\"",
        "'a'",
        "NaN",
        "1 2",
    };
    values();
    nesting();
    cuts();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuses(wrong[i]);
    return 0;
}
