/* That tables of all programs are read, that a wrong row costs only itself, and that what we write reads back the same.
 */
#include "client/csv.h"
#include "core/base/arena.h"
#include "core/base/os_posix.h"
#include "tests/check.h"

/* Text as a source that gives so many bytes at a time, and then fails if told to. */
struct memory {
    const char *text;
    size_t size, at, step;
    bool fails;
};

static long read_memory(void *context, void *out, size_t size)
{
    struct memory *memory = context;
    size_t left = memory->size - memory->at;
    size_t got = left < memory->step ? left : memory->step;
    got = got < size ? got : size;
    memcpy(out, memory->text + memory->at, got);
    memory->at += got;
    return got == 0 && memory->fails ? -1 : (long)got;
}

static struct karto_csv *open_memory(struct memory *memory, char separator)
{
    struct karto_csv_source source = {memory, read_memory};
    return karto_csv_new(&source, separator);
}

/* Rows as one text: cells in [], a row a line, bad ones with !MESSAGE@row/line/column before them. */
static void print_row(struct karto_buf *out, enum karto_csv_event event, const struct karto_csv_row *row)
{
    if (event == KARTO_CSV_BAD)
        karto_buf_printf(out, "!%d@%d/%d/%d", (int)row->error, (int)row->number, (int)row->line,
                         (int)row->error_column);
    for (size_t i = 0; i < row->cell_count; i++) {
        karto_buf_add_byte(out, '[');
        karto_buf_add_slice(out, row->cells[i]);
        karto_buf_add_byte(out, ']');
    }
    karto_buf_add_byte(out, '\n');
}

static void print_all(struct karto_buf *out, const char *text, size_t size, char separator, size_t step)
{
    struct memory memory = {.text = text, .size = size, .step = step};
    struct karto_csv *csv = open_memory(&memory, separator);
    struct karto_csv_row row;
    enum karto_csv_event event;
    bool has_heading = false;
    while ((event = karto_csv_next(csv, &row)) == KARTO_CSV_ROW || event == KARTO_CSV_BAD) {
        print_row(out, event, &row);
        if (!has_heading)
            karto_csv_expect(csv, row.cell_count);
        has_heading = true;
    }
    CHECK_INT(event, KARTO_CSV_END);
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_END);
    karto_csv_free(csv);
    karto_buf_add_byte(out, 0);
}

static void check_bytes(const char *text, size_t size, char separator, const char *want)
{
    static const size_t steps[] = {1, 2, 3, 7, 100000};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct karto_buf out = KARTO_BUF_EMPTY;
        print_all(&out, text, size, separator, steps[i]);
        CHECK_STR((const char *)out.data, want);
        karto_buf_fini(&out);
    }
}

static void check(const char *text, const char *want)
{
    check_bytes(text, strlen(text), 0, want);
}

static void what_programs_write(void)
{
    check("a,b\n1,2\n", "[a][b]\n[1][2]\n");
    check("a,b\r\n1,2", "[a][b]\n[1][2]\n");
    check("a,b\r1,2\r", "[a][b]\n[1][2]\n");
    check("\xEF\xBB\xBF"
          "a;b\n1,5;2\n",
          "[a][b]\n[1,5][2]\n");
    check("a\tb\n1,5\t2;3\n", "[a][b]\n[1,5][2;3]\n");
    check("sep=;\r\na;b\r\n", "[a][b]\n");
    check("sep=|\na|b\n", "[a][b]\n");
    check("\"a\",\"\"\n\"x\"\"y\",\"1\r\n2\n3\"\n", "[a][]\n[x\"y][1\r\n2\n3]\n");
    check("назва\nТОВ \"Ромашка\"\n", "[назва]\n[ТОВ \"Ромашка\"]\n");
    check("a\n\"\"\nb\n", "[a]\n[]\n[b]\n");
    check("a,\n,\n", "[a][]\n[][]\n");
    check("\n\r\n\na,b\n\n1,2\n\n", "[a][b]\n[1][2]\n");
    check("", "");
    check("\xEF\xBB\xBF", "");
    check_bytes("a;b\n", 4, ',', "[a;b]\n");
    check_bytes("a|b\n", 4, '|', "[a][b]\n");
}

static void separators_are_found(void)
{
    static const struct {
        const char *text;
        char separator;
    } cases[] = {
        {"Назва, повна;ЄДРПОУ\nА;1\nБ;2\n", ';'}, {"\"a;b;c\",d\n\"1;2;3\",4\n", ','},
        {"name,note\nx,\"a;b\nc;d\"\n", ','},     {"single\nvalue\n", ','},
        {"a\tb c, d\n1\t2\n3\t4, 5\n", '\t'},     {"a;b;c", ';'},
        {"title\n\na;b\n1,5;2\n2;3\n", ';'},      {"a;b\r1,5;2,5\r3,1;4,2\r", ';'},
        {"of, by, for\na\tb\n1\t2\n", '\t'},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct memory memory = {.text = cases[i].text, .size = strlen(cases[i].text), .step = 5};
        struct karto_csv *csv = open_memory(&memory, 0);
        struct karto_csv_row row;
        CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_ROW);
        CHECK_INT(karto_csv_separator(csv), cases[i].separator);
        karto_csv_free(csv);
    }
}

/* What is printed when a row in the midst is bad: its cells stand behind what is wrong with it. */
static void check_bad(const char *text, size_t size, const char *before, enum karto_message error, const char *where,
                      const char *cells, const char *after)
{
    struct karto_buf want = KARTO_BUF_EMPTY;
    karto_buf_printf(&want, "%s!%d@%s%s\n%s", before, (int)error, where, cells, after);
    karto_buf_add_byte(&want, 0);
    check_bytes(text, size, ',', (const char *)want.data);
    karto_buf_fini(&want);
}

#define CHECK_BAD(text, error, where, cells, after)                                                                    \
    check_bad(text, sizeof(text) - 1, "[a][b]\n", error, where, cells, after)

static void a_wrong_row_costs_only_itself(void)
{
    CHECK_BAD("a,b\n1\n3,4\n", KARTO_M_CSV_RAGGED_LESS, "2/2/0", "[1]", "[3][4]\n");
    CHECK_BAD("a,b\n\n1,2,3\n3,4\n", KARTO_M_CSV_RAGGED_MORE, "3/3/0", "[1][2][3]", "[3][4]\n");
    CHECK_BAD("a,b\n\xcd\xee,2\n3,4\n", KARTO_M_CSV_UTF8, "2/2/1", "[\xcd\xee][2]", "[3][4]\n");
    CHECK_BAD("a,b\n1,\"x\"y\n3,4\n", KARTO_M_CSV_QUOTE_AFTER, "2/2/2", "[1][\"x\"y]", "[3][4]\n");
    CHECK_BAD("a,b\n\"x\"y,\"1,2\"\n3,4\n", KARTO_M_CSV_QUOTE_AFTER, "2/2/1", "[\"x\"y][1,2]", "[3][4]\n");
}

/* What was printed of it would end there. */
static void a_zero_byte_is_kept_in_its_cell(void)
{
    struct memory memory = {.text = "a,b\n1,x\0y\n3,4\n", .size = 14, .step = 3};
    struct karto_csv *csv = open_memory(&memory, 0);
    struct karto_csv_row row;
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_ROW);
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_BAD);
    CHECK_INT(row.error, KARTO_M_CSV_NUL);
    CHECK(row.number == 2 && row.error_column == 2 && row.cell_count == 2);
    CHECK(row.cells[1].size == 3 && memcmp(row.cells[1].data, "x\0y", 3) == 0);
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_ROW);
    karto_csv_free(csv);
}

static void a_quote_that_is_not_closed_costs_its_line(void)
{
    CHECK_BAD("a,b\n1,\"x\n3,4\n5,6\n", KARTO_M_CSV_QUOTE_OPEN, "2/2/2", "[1][\"x]", "[3][4]\n[5][6]\n");
    CHECK_BAD("a,b\n\"1,x\n3,4\n", KARTO_M_CSV_QUOTE_OPEN, "2/2/1", "[\"1][x]", "[3][4]\n");
    /* The quote is closed, but in the midst of the row after next, which is a good one. */
    CHECK_BAD("a,b\n1,\"x\n3,4\n\"5\",6\n7,8\n", KARTO_M_CSV_QUOTE_OPEN, "2/2/2", "[1][\"x]",
              "[3][4]\n[5][6]\n[7][8]\n");
    CHECK_BAD("a,b\n\"1\n1\",\"x\n3,4\n", KARTO_M_CSV_QUOTE_OPEN, "2/2/2", "[1\n1][\"x]", "[3][4]\n");
    CHECK_BAD("a,b\n1,\"", KARTO_M_CSV_QUOTE_OPEN, "2/2/2", "[1][\"]", "");
    /* It is closed in the next row, at the end of a cell, and both rows look like rows. */
    CHECK_BAD("a,b\n\"1,x\n3,4\"\n5,6\n", KARTO_M_CSV_QUOTE_OPEN, "2/2/1", "[\"1][x]", "[3][4\"]\n[5][6]\n");
    check("a,b\n\"1\n2,3\",4\n", "[a][b]\n[1\n2,3][4]\n");
}

/* A row that could be several is taken, and somebody should look at it. */
static void rows_may_be_joined(void)
{
    static const struct {
        const char *text;
        size_t joined;
    } cases[] = {
        {"a,b\n\"1,x\n2\",y\n", 2}, {"a,b\n\"1,x\n2,y\r\n3\",z\n", 3},
        {"a,b\n1,\"x\ny\"\n", 0},   {"a,b\n1,\"x,y\"\n", 0},
        {"a\n\"1\n2\"\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct memory memory = {.text = cases[i].text, .size = strlen(cases[i].text), .step = 3};
        struct karto_csv *csv = open_memory(&memory, ',');
        struct karto_csv_row row;
        CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_ROW);
        karto_csv_expect(csv, row.cell_count);
        CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_ROW);
        CHECK_INT(row.joined, cases[i].joined);
        karto_csv_free(csv);
    }
}

/* What spreadsheets leave where something once stood is no cell; a cell that is missing is one. */
static void empty_cells_behind_the_last_are_none(void)
{
    check("a,b\n1,2,,\n3,,,\n", "[a][b]\n[1][2]\n[3][]\n");
    CHECK_BAD("a,b\n1,,,2\n", KARTO_M_CSV_RAGGED_MORE, "2/2/0", "[1][][][2]", "");
    CHECK_BAD("a,b\n1,,\"x\"y,\n", KARTO_M_CSV_QUOTE_AFTER, "2/2/3", "[1][][\"x\"y]", "");
}

/* Before the heading is known nothing is ragged. */
static void a_title_is_no_wrong_row(void)
{
    struct memory memory = {.text = "title\na,b\n1\n", .size = 12, .step = 5};
    struct karto_csv *csv = open_memory(&memory, 0);
    struct karto_csv_row row;
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_ROW);
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_ROW);
    CHECK_INT(row.cell_count, 2);
    karto_csv_expect(csv, 2);
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_BAD);
    karto_csv_free(csv);
}

/* A quote that is not closed looks for its end no further than a row may be long, also where there are lines. */
static void an_open_quote_is_bounded(void)
{
    enum { LINES = 300000 };
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_buf_add_str(&text, "a,b\n1,\"x\n");
    for (int i = 0; i < LINES; i++)
        karto_buf_add_str(&text, "12345,6\n");
    struct memory memory = {.text = (const char *)text.data, .size = text.size, .step = 60000};
    struct karto_csv *csv = open_memory(&memory, ',');
    struct karto_csv_row row;
    uint64_t rows = 0;
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_ROW);
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_BAD);
    CHECK_INT(row.error, KARTO_M_CSV_QUOTE_OPEN);
    CHECK_INT(row.number, 2);
    CHECK(row.cell_count == 2 && karto_slice_is(row.cells[1], "\"x"));
    for (; karto_csv_next(csv, &row) == KARTO_CSV_ROW; rows++)
        CHECK(row.cell_count == 2);
    CHECK_INT(rows, LINES);
    karto_csv_free(csv);
    karto_buf_fini(&text);
}

static void lines_and_rows_are_counted(void)
{
    struct memory memory = {.text = "sep=,\na,b\n\"1\n\r\n2\",x\n\nc,d\n", .step = 4};
    static const uint64_t numbers[] = {1, 2, 4}, lines[] = {2, 3, 7};
    memory.size = strlen(memory.text);
    struct karto_csv *csv = open_memory(&memory, 0);
    struct karto_csv_row row;
    for (size_t i = 0; i < 3; i++) {
        CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_ROW);
        CHECK_INT(row.number, numbers[i]);
        CHECK_INT(row.line, lines[i]);
    }
    CHECK(karto_slice_is(row.raw, "c,d"));
    karto_csv_free(csv);
}

static void rows_have_a_limit(void)
{
    for (int over = -1; over <= 1; over++) {
        for (int quoted = 0; quoted <= 1; quoted++) {
            size_t size = (size_t)(KARTO_CSV_ROW_SIZE_MAX + over);
            char *text = malloc(size + 16);
            CHECK(text);
            memset(text, 'x', size);
            if (quoted)
                text[0] = text[size - 1] = '"';
            strcpy(text + size, "\nbehind\n");
            struct memory memory = {.text = text, .size = size + 8, .step = 50000};
            struct karto_csv *csv = open_memory(&memory, ',');
            struct karto_csv_row row;
            CHECK_INT(karto_csv_next(csv, &row), over > 0 ? KARTO_CSV_BAD : KARTO_CSV_ROW);
            if (over > 0)
                CHECK_INT(row.error, KARTO_M_CSV_LONG);
            else
                CHECK_INT(row.cells[0].size, size - (quoted ? 2 : 0));
            CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_ROW);
            CHECK(karto_slice_is(row.cells[0], "behind") && row.number == 2 && row.line == 2);
            CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_END);
            karto_csv_free(csv);
            free(text);
        }
    }
}

static void cells_have_a_limit(void)
{
    for (int over = -1; over <= 1; over++) {
        size_t size = (size_t)(KARTO_CSV_CELLS_MAX + over);
        char *text = malloc(size);
        CHECK(text);
        memset(text, ',', size);
        text[size - 1] = '\n'; /* size - 1 separators are size cells */
        struct memory memory = {.text = text, .size = size, .step = 50000};
        struct karto_csv *csv = open_memory(&memory, ',');
        struct karto_csv_row row;
        CHECK_INT(karto_csv_next(csv, &row), over > 0 ? KARTO_CSV_BAD : KARTO_CSV_ROW);
        CHECK_INT(row.cell_count, over > 0 ? KARTO_CSV_CELLS_MAX : size);
        if (over > 0)
            CHECK_INT(row.error, KARTO_M_CSV_CELLS);
        karto_csv_free(csv);
        free(text);
    }
}

/* Gives its bytes over and over: a line, or a quote, that never ends. */
static long read_endless(void *context, void *out, size_t size)
{
    size_t *left = context;
    size_t got = size < *left ? size : *left;
    memset(out, 'x', got);
    if (got && *left == 40 * 1024 * 1024)
        *(char *)out = '"';
    *left -= got;
    return (long)got;
}

static void no_more_than_a_row_is_held(void)
{
    size_t left = 40 * 1024 * 1024;
    struct karto_csv_source source = {&left, read_endless};
    struct karto_csv *csv = karto_csv_new(&source, ',');
    struct karto_csv_row row;
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_BAD);
    CHECK_INT(row.error, KARTO_M_CSV_LONG);
    CHECK(row.raw.size <= KARTO_CSV_ROW_SIZE_MAX);
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_END);
    CHECK_INT(left, 0);
    karto_csv_free(csv);
}

static void a_source_may_fail(void)
{
    struct memory memory = {.text = "a,b\n1,2\n3", .size = 9, .step = 9, .fails = true};
    struct karto_csv *csv = open_memory(&memory, 0);
    struct karto_csv_row row;
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_FAILED);
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_FAILED);
    karto_csv_free(csv);
}

static void errors_are_explained(void)
{
    struct memory memory = {.text = "a,b\n1\n\xff,2\n", .size = 10, .step = 10};
    struct karto_csv *csv = open_memory(&memory, 0);
    struct karto_csv_row row;
    struct karto_buf said = KARTO_BUF_EMPTY;
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_ROW);
    karto_csv_expect(csv, 2);
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_BAD);
    karto_csv_explain(&said, KARTO_LANG_UK, &row, karto_slice_str("a"));
    CHECK(karto_slice_is(karto_buf_slice(&said), "рядок 2: Тут 1 значення, а стовпців 2: десь бракує роздільника."));
    karto_buf_clear(&said);
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_BAD);
    karto_csv_explain(&said, KARTO_LANG_EN, &row, karto_slice_str(NULL));
    karto_csv_explain(&said, KARTO_LANG_EN, &row, karto_slice_str("a"));
    karto_buf_add_byte(&said, 0);
    CHECK(strncmp((const char *)said.data, "row 3, column 1: The text is not UTF-8", 38) == 0);
    CHECK(strstr((const char *)said.data, "row 3, column 1 (a): The text is not UTF-8"));
    CHECK(strstr((const char *)said.data, "--encoding"));
    karto_buf_fini(&said);
    karto_csv_free(csv);
}

/* -- writing -- */

static void what_is_written(void)
{
    struct karto_buf out = KARTO_BUF_EMPTY;
    struct karto_csv_writer writer;
    karto_csv_write_begin(&writer, &out, ';', true);
    static const char *const cells[] = {"a", "", "x;y", "q\"q", " b", "c,d", "1\n2"};
    for (size_t i = 0; i < 7; i++)
        karto_csv_write(&writer, karto_slice_str(cells[i]));
    karto_csv_write_end_row(&writer);
    karto_csv_write(&writer, karto_slice_str(""));
    karto_csv_write_end_row(&writer);
    karto_csv_write(&writer, karto_slice_str(""));
    karto_csv_write(&writer, karto_slice_str(""));
    karto_csv_write_end_row(&writer);
    karto_csv_write_quoted(&writer, karto_slice_str("a, \"b\""));
    karto_csv_write_quoted(&writer, karto_slice_str(""));
    karto_csv_write_end_row(&writer);
    karto_buf_add_byte(&out, 0);
    CHECK_STR((const char *)out.data,
              "\xEF\xBB\xBF"
              "a;;\"x;y\";\"q\"\"q\";\" b\";c,d;\"1\n2\"\r\n\"\"\r\n;\r\n\"a, \"\"b\"\"\";\"\"\r\n");
    karto_buf_fini(&out);
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 16;
}

/* Rows of random cells, from characters that matter, read back the same. */
static void what_is_written_reads_back(void)
{
    static const char *const pieces[] = {"\"", ",", ";", "\t", "\n", "\r", "\r\n", " ", "x", "ї", "sep=", "\"\"", ""};
    uint32_t state = 7;
    for (unsigned round = 0; round < 300; round++) {
        struct karto_buf text = KARTO_BUF_EMPTY, want = KARTO_BUF_EMPTY, got = KARTO_BUF_EMPTY;
        struct karto_csv_writer writer;
        char separator = ",;\t"[next_random(&state) % 3];
        size_t columns = 1 + next_random(&state) % 4;
        karto_csv_write_begin(&writer, &text, separator, round % 2);
        for (unsigned rows = 0; rows < 8; rows++) {
            for (size_t i = 0; i < columns; i++) {
                struct karto_buf cell = KARTO_BUF_EMPTY;
                karto_buf_add_str(&cell, rows == 0 && i == 0 ? "head" : "");
                for (unsigned size = next_random(&state) % 6; size > 0; size--)
                    karto_buf_add_str(&cell, pieces[next_random(&state) % 13]);
                karto_csv_write(&writer, karto_buf_slice(&cell));
                karto_buf_printf(&want, "[");
                karto_buf_add_slice(&want, karto_buf_slice(&cell));
                karto_buf_printf(&want, "]");
                karto_buf_fini(&cell);
            }
            karto_csv_write_end_row(&writer);
            karto_buf_add_byte(&want, '\n');
        }
        karto_buf_add_byte(&want, 0);
        print_all(&got, (const char *)text.data, text.size, separator, 1 + round);
        CHECK_STR((const char *)got.data, (const char *)want.data);
        karto_buf_fini(&text);
        karto_buf_fini(&want);
        karto_buf_fini(&got);
    }
}

/* -- the files of csv-spectrum, where they are at hand -- */

/* The next string of a JSON text of strings only, decoded; false behind the last. */
static bool next_string(const char **at, struct karto_buf *out)
{
    karto_buf_clear(out);
    *at = strchr(*at, '"');
    if (!*at)
        return false;
    for (++*at; **at != '"'; ++*at) {
        char letter = **at;
        if (letter == '\\')
            letter = *++*at == 'n' ? '\n' : **at == 'r' ? '\r' : **at;
        if (letter != '\r') /* the files lost theirs on the way */
            karto_buf_add_byte(out, (uint8_t)letter);
    }
    ++*at;
    return true;
}

static void check_row_is(const struct karto_slice *names, const struct karto_csv_row *row, const char **at)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    for (size_t i = 0; i < row->cell_count; i++) {
        CHECK(next_string(at, &text) && karto_slice_equal(karto_buf_slice(&text), names[i]));
        CHECK(next_string(at, &text) && karto_slice_equal(karto_buf_slice(&text), row->cells[i]));
    }
    karto_buf_fini(&text);
}

static void check_spectrum(const char *data, const char *name)
{
    struct karto_arena arena;
    struct karto_buf csv_text = KARTO_BUF_EMPTY, json = KARTO_BUF_EMPTY;
    karto_arena_init(&arena);
    const char *csv_path = karto_arena_printf(&arena, "%s/csv-spectrum/csvs/%s.csv", data, name);
    const char *json_path = karto_arena_printf(&arena, "%s/csv-spectrum/json/%s.json", data, name);
    CHECK_INT(karto_os_read_file(csv_path, 1 << 20, &csv_text), KARTO_OK);
    CHECK_INT(karto_os_read_file(json_path, 1 << 20, &json), KARTO_OK);
    karto_buf_add_byte(&json, 0);

    struct memory memory = {.text = (const char *)csv_text.data, .size = csv_text.size, .step = 10};
    struct karto_csv *csv = open_memory(&memory, 0);
    struct karto_csv_row row;
    struct karto_slice names[16];
    CHECK_INT(karto_csv_next(csv, &row), KARTO_CSV_ROW);
    CHECK(row.cell_count <= 16);
    for (size_t i = 0; i < row.cell_count; i++)
        names[i] = karto_arena_copy(&arena, row.cells[i]);
    const char *at = (const char *)json.data;
    enum karto_csv_event event;
    while ((event = karto_csv_next(csv, &row)) == KARTO_CSV_ROW)
        check_row_is(names, &row, &at);
    CHECK_INT(event, KARTO_CSV_END);
    CHECK(!strchr(at, '"'));
    karto_csv_free(csv);
    karto_buf_fini(&csv_text);
    karto_buf_fini(&json);
    karto_arena_fini(&arena);
}

static void spectrum(void)
{
    /* location_coordinates is left out: its JSON is of other data than its CSV. */
    static const char *const names[] = {"comma_in_quotes",
                                        "empty",
                                        "empty_crlf",
                                        "escaped_quotes",
                                        "json",
                                        "newlines",
                                        "newlines_crlf",
                                        "quotes_and_newlines",
                                        "simple",
                                        "simple_crlf",
                                        "utf8"};
    const char *data = getenv("KARTO_DATA");
    if (!data) {
        printf("skipped: KARTO_DATA does not name the folder of csv-spectrum\n");
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_spectrum(data, names[i]);
}

int main(void)
{
    what_programs_write();
    separators_are_found();
    a_wrong_row_costs_only_itself();
    a_zero_byte_is_kept_in_its_cell();
    a_quote_that_is_not_closed_costs_its_line();
    rows_may_be_joined();
    empty_cells_behind_the_last_are_none();
    a_title_is_no_wrong_row();
    an_open_quote_is_bounded();
    lines_and_rows_are_counted();
    rows_have_a_limit();
    cells_have_a_limit();
    no_more_than_a_row_is_held();
    a_source_may_fail();
    errors_are_explained();
    what_is_written();
    what_is_written_reads_back();
    spectrum();
    return 0;
}
