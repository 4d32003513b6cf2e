/* The examples of docs/FORMAT.md are what the encoders write. Each block of hexadecimal digits that begins with
 * "```hex NAME" is compared, byte by byte; what stands behind a semicolon is explanation. Differences print what the
 * document should show. */
#include "tests/model.h"

static struct karto_arena arena;

/* ---- the document ---- */

static char *read_document(void)
{
    FILE *file = fopen(KARTO_SOURCE_DIR "/docs/FORMAT.md", "rb");
    CHECK(file != NULL);
    char *content = karto_arena_alloc(&arena, 1 << 20);
    size_t size = fread(content, 1, (1 << 20) - 1, file);
    CHECK(size > 0 && size < (1 << 20) - 1);
    fclose(file);
    return content;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes of one line, up to its semicolon. */
static void add_line(struct karto_buf *out, const char *line, size_t size)
{
    for (size_t i = 0; i < size && line[i] != ';'; i++) {
        if (line[i] == ' ')
            continue;
        CHECK(i + 1 < size && digit(line[i]) >= 0 && digit(line[i + 1]) >= 0);
        karto_buf_add_byte(out, (uint8_t)(digit(line[i]) << 4 | digit(line[i + 1])));
        i++;
    }
}

static struct karto_buf block(const char *document, const char *name)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    const char *at = strstr(document, karto_arena_printf(&arena, "```hex %s\n", name));
    if (!at) {
        fprintf(stderr, "docs/FORMAT.md has no block named %s\n", name);
        exit(1);
    }
    for (at = strchr(at, '\n') + 1; strncmp(at, "```", 3) != 0; at = strchr(at, '\n') + 1) {
        CHECK(strchr(at, '\n') != NULL);
        add_line(&bytes, at, (size_t)(strchr(at, '\n') - at));
    }
    return bytes;
}

static void compare(const char *document, const char *name, struct karto_slice want)
{
    struct karto_buf shown_bytes = block(document, name);
    if (!karto_slice_equal(karto_buf_slice(&shown_bytes), want)) {
        fprintf(stderr, "docs/FORMAT.md, %s: the encoder writes\n", name);
        for (size_t i = 0; i < want.size; i++)
            fprintf(stderr, "%02x%s", want.data[i], i % 32 == 31 || i + 1 == want.size ? "\n" : " ");
        exit(1);
    }
    karto_buf_fini(&shown_bytes);
}

/* ---- the examples ---- */

/* Оксана makes a client; Петро sees it and gives it a phone; Оксана, who has not heard of that, a site. */
static struct karto_record example(struct karto_change *change)
{
    struct writer oksana = writer_make(0x1111111111111111, "oksana"), petro = writer_make(0x2222222222222222, "petro");
    struct karto_edit edits[] = {
        {KARTO_F_TERRITORY, karto_date_key(&arena, KARTO_DATE_MIN), text(&arena, "14")},
        edit(&arena, KARTO_F_NAME, "", "Ромашка"),
    };
    struct karto_change made = writes(&arena, &oksana, 0, edits, 2);
    CHECK_INT(hears(&arena, &petro, &made), KARTO_APPLIED);
    struct karto_change called = sets(&arena, &petro, 1, KARTO_F_PHONE, "380671234567", "067 123-45-67");
    struct karto_edit renamed[] = {edit(&arena, KARTO_F_NAME, "", "ТОВ Ромашка"),
                                   edit(&arena, SITE, "", "romashka.ua")};
    *change = writes(&arena, &oksana, 2, renamed, 2);
    change->reason = str("візитка");
    CHECK_INT(hears(&arena, &oksana, &called), KARTO_APPLIED);
    return oksana.copy;
}

static struct karto_slice sum_bytes(struct karto_sum sum)
{
    uint8_t bytes[16];
    karto_sum_write(sum, bytes);
    return karto_arena_copy(&arena, karto_slice(bytes, sizeof bytes));
}

int main(void)
{
    karto_arena_init(&arena);
    const char *document = read_document();
    struct karto_change change;
    struct karto_record record = example(&change);
    struct karto_change refused = karto_change_void(&arena, &change);
    compare(document, "record", record_bytes(&arena, &record));
    compare(document, "change", change_bytes(&arena, &change, true));
    compare(document, "refused", change_bytes(&arena, &refused, false));
    struct karto_buf room = KARTO_BUF_EMPTY;
    compare(document, "field-sum",
            sum_bytes(karto_field_sum(&room, record.id, karto_record_field(&record, KARTO_F_NAME))));
    karto_buf_fini(&room);
    compare(document, "hidden", hidden(&arena, true, "закрились"));
    karto_arena_fini(&arena);
    return 0;
}
