/* Prints a table of made-up records, as `karto import` takes it: tool-seed-csv --kind KIND --count N [--clients N]
 * [--seed N]. The same arguments give the same table, of any length, in constant memory. Persons, activities and
 * purchases hang on clients 0 to --clients - 1 (100,000) of the same seed, by their codes. A purchase takes a row for
 * each of its lines. */
#include "tools/seed.h"

#include "core/base/buf.h"
#include "core/model/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void make_fields(const struct karto_seed *seed, uint32_t number, struct karto_arena *arena,
                         struct karto_seed_client *out);

struct table {
    const char *kind;
    make_fields *make;
    uint32_t columns[KARTO_SEED_FIELDS_MAX]; /* fields of the schema, ended by 0 */
};

enum { PRODUCT = KARTO_F_LINES };

static const struct table tables[] = {
    {"client", karto_seed_client, {16, 18, 21, 29, 20, 40, 41, 42, 43, 44, 2, 17, 27, 23, 28, 31}},
    {"person", karto_seed_person, {16, 34, 20, 21, 31}},
    {"activity", karto_seed_activity, {36, 37, 38, 39, 70}},
    {"purchase", karto_seed_purchase, {72, 37, 75, PRODUCT}},
};

struct arguments {
    const struct table *table;
    uint32_t count, clients;
    uint64_t seed;
};

static bool parse(int count, char **words, struct arguments *out)
{
    *out = (struct arguments){.clients = 100000, .seed = 1};
    for (int i = 1; i + 1 < count; i += 2) {
        uint64_t number = strtoull(words[i + 1], NULL, 10);
        for (size_t t = 0; strcmp(words[i], "--kind") == 0 && t < sizeof tables / sizeof *tables; t++)
            if (strcmp(words[i + 1], tables[t].kind) == 0)
                out->table = &tables[t];
        if (strcmp(words[i], "--count") == 0)
            out->count = (uint32_t)number;
        else if (strcmp(words[i], "--clients") == 0)
            out->clients = (uint32_t)number;
        else if (strcmp(words[i], "--seed") == 0)
            out->seed = number;
    }
    return count % 2 == 1 && out->table && out->count && out->clients;
}

static bool is_of_client(const struct table *table)
{
    return table->make != karto_seed_client;
}

static void add_cell(struct karto_buf *row, struct karto_slice text)
{
    if (row->size)
        karto_buf_add_byte(row, ',');
    karto_buf_add_byte(row, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"')
            karto_buf_add_byte(row, '"');
        karto_buf_add_byte(row, text.data[i]);
    }
    karto_buf_add_byte(row, '"');
}

static void add_line_cells(struct karto_buf *row, uint32_t line, struct karto_slice product)
{
    char key[16];
    snprintf(key, sizeof key, "%u", (unsigned)line);
    add_cell(row, karto_slice_str(key));
    add_cell(row, product);
    add_cell(row, karto_slice_str("1"));
    add_cell(row, karto_slice_str("25.50 UAH"));
}

/* All of a field in one cell; of a purchase's products, that of this line in four. */
static void add_field(struct karto_buf *row, const struct karto_seed_client *record, uint32_t field, uint32_t line)
{
    struct karto_buf cell = KARTO_BUF_EMPTY;
    uint32_t seen = 0;
    for (uint32_t i = 0; i < record->count; i++) {
        if (record->fields[i].number != field)
            continue;
        if (field == PRODUCT && ++seen == line)
            add_line_cells(row, line, record->fields[i].text);
        if (cell.size)
            karto_buf_add_str(&cell, "; ");
        karto_buf_add_slice(&cell, record->fields[i].text);
    }
    if (field != PRODUCT)
        add_cell(row, karto_buf_slice(&cell));
    karto_buf_fini(&cell);
}

static uint32_t lines_of(const struct karto_seed_client *record)
{
    uint32_t lines = 0;
    for (uint32_t i = 0; i < record->count; i++)
        lines += record->fields[i].number == PRODUCT;
    return lines ? lines : 1;
}

static void print_row(const struct karto_buf *row)
{
    printf("%.*s\n", (int)row->size, (const char *)row->data);
}

static void print_heading(const struct table *table, uint32_t kind)
{
    struct karto_buf row = KARTO_BUF_EMPTY;
    if (is_of_client(table))
        add_cell(&row, karto_slice_str("client"));
    for (const uint32_t *field = table->columns; *field; field++) {
        static const char *const parts[] = {"lines.key", "lines.product", "lines.quantity", "lines.price"};
        for (size_t i = 0; *field == PRODUCT && i < sizeof parts / sizeof *parts; i++)
            add_cell(&row, karto_slice_str(parts[i]));
        if (*field != PRODUCT)
            add_cell(&row, karto_slice_str(karto_field_def(kind, *field)->name));
    }
    print_row(&row);
    karto_buf_fini(&row);
}

static void print_record(const struct arguments *a, const struct karto_seed *seed, uint32_t number,
                         struct karto_arena *arena)
{
    struct karto_seed_client record, client;
    struct karto_buf row = KARTO_BUF_EMPTY;
    a->table->make(seed, number, arena, &record);
    karto_seed_client(seed, number % a->clients, arena, &client);
    for (uint32_t line = 1; line <= lines_of(&record); line++) {
        karto_buf_clear(&row);
        for (uint32_t i = 0; is_of_client(a->table) && i < client.count; i++)
            if (client.fields[i].number == KARTO_F_EDRPOU)
                add_cell(&row, client.fields[i].text);
        for (const uint32_t *field = a->table->columns; *field; field++)
            add_field(&row, &record, *field, line);
        print_row(&row);
    }
    karto_buf_fini(&row);
}

int main(int argc, char **argv)
{
    struct arguments a;
    struct karto_arena arena;
    if (!parse(argc, argv, &a)) {
        fputs("usage: tool-seed-csv --kind client|person|activity|purchase --count N [--clients N] [--seed N]\n",
              stderr);
        return 2;
    }
    struct karto_seed *seed = karto_seed_new(a.seed, getenv("KARTO_DATA"));
    karto_arena_init(&arena);
    print_heading(a.table, karto_kind_named(karto_slice_str(a.table->kind))->number);
    for (uint32_t i = 0; i < a.count; i++) {
        print_record(&a, seed, i, &arena);
        karto_arena_reset(&arena);
    }
    karto_arena_fini(&arena);
    karto_seed_free(seed);
    return ferror(stdout) || fflush(stdout) != 0;
}
