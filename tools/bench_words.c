/* What finding records by words costs, with persons, activities and purchases around the clients. */
#include "tools/bench.h"

#include "core/base/fatal.h"
#include "core/base/layout.h"
#include "core/base/os_posix.h"
#include "core/base/roman.h"
#include "core/base/token.h"
#include "core/model/schema.h"
#include "core/store/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ACTIVITIES_EACH = 3, PURCHASES_EACH = 2, COLD_TIMES = 200, LIMIT = 50 };

/* ---- the store ---- */

struct part {
    uint32_t kind, each;
};

static const struct part parts[] = {
    {KARTO_CLIENT, 1}, {KARTO_PERSON, 1}, {KARTO_ACTIVITY, ACTIVITIES_EACH}, {KARTO_PURCHASE, PURCHASES_EACH}};

static double load_part(const struct bench *bench, struct karto_store *store, const struct part *part)
{
    struct karto_save *saves = karto_must(calloc(bench->batch, sizeof *saves));
    struct karto_arena arena;
    double seconds = 0;
    uint32_t count = bench->clients * part->each;
    karto_arena_init(&arena);
    for (uint32_t done = 0, some; done < count; done += some) {
        some = count - done < bench->batch ? count - done : bench->batch;
        karto_arena_reset(&arena);
        for (uint32_t i = 0; i < some; i++)
            bench_record_save(bench, part->kind, done + i, &arena, &saves[i]);
        seconds += bench_save_all(store, saves, some);
    }
    karto_arena_fini(&arena);
    free(saves);
    return seconds;
}

/* ---- questions ---- */

enum question { NAME, SURNAME, BEGINNING, COMMON, SEVERAL, CODE, LAST_FOUR, PHONE, LAYOUT, LATIN, PART, TYPO, NOTHING };

struct asking {
    struct karto_asked asked;
    uint32_t count;
};

static enum karto_err ask(struct karto_tx *tx, void *context)
{
    struct asking *asking = context;
    struct karto_found found;
    enum karto_err err = karto_words_find(tx, &asking->asked, &found);
    asking->count = found.count;
    return err;
}

static struct karto_slice field_of(const struct karto_seed_client *record, uint32_t number)
{
    for (uint32_t i = 0; i < record->count; i++)
        if (record->fields[i].number == number)
            return record->fields[i].text;
    return karto_slice(NULL, 0);
}

static struct karto_slice cut_letters(struct karto_slice word, size_t from, size_t count)
{
    size_t begin = 2 * from < word.size ? 2 * from : 0; /* Ukrainian letters: two bytes each */
    return karto_slice(word.data + begin, 2 * count < word.size - begin ? 2 * count : word.size - begin);
}

/* The second and third letter exchanged. */
static struct karto_slice mistype(struct karto_arena *arena, struct karto_slice word)
{
    struct karto_slice copy = karto_arena_copy(arena, word);
    uint8_t *bytes = (uint8_t *)(uintptr_t)copy.data, two[2];
    if (copy.size >= 12) {
        memcpy(two, bytes + 4, 2);
        memcpy(bytes + 4, bytes + 6, 2);
        memcpy(bytes + 6, two, 2);
    }
    return copy;
}

static struct karto_slice text_for(const struct bench *bench, enum question what, uint32_t number,
                                   struct karto_arena *arena)
{
    static const char *const common[] = {"знижку",  "каталог",  "шампунь", "вул",
                                         "договір", "директор", "тов",     "конкурентом"};
    struct karto_seed_client client, person;
    karto_seed_client(bench->seed, number, arena, &client);
    karto_seed_person(bench->seed, number, arena, &person);
    struct karto_slice name = field_of(&client, KARTO_F_NAME), code = field_of(&client, KARTO_F_EDRPOU);
    struct karto_slice phone = field_of(&person, KARTO_F_PHONE), full = field_of(&person, KARTO_F_NAME);
    struct karto_tokens words = karto_tokens_of(arena, full);
    struct karto_slice surname = words.all[0].text;
    switch (what) {
    case NAME: return name;
    case SURNAME: return surname;
    case BEGINNING: return cut_letters(surname, 0, 3 + number % 3);
    case COMMON: return karto_slice_str(common[number % (sizeof common / sizeof *common)]);
    case SEVERAL: return full;
    case CODE: return code;
    case LAST_FOUR: return karto_slice(code.data + code.size - 4, 4);
    case PHONE: return phone;
    case LAYOUT: return karto_layout_other(arena, full);
    case LATIN: return karto_roman(arena, full);
    case PART: return cut_letters(surname, 2, 4);
    case TYPO: return mistype(arena, surname);
    case NOTHING: return karto_slice_str("йцщфґх ъьжєї");
    }
    return name;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Nothing here waits, so that what the processor works is what it takes on a machine that does nothing else. */
static void ask_all(struct bench *bench, struct karto_store *store, enum question what, const char *name, double aim)
{
    uint32_t rounds = bench->asked < 500 ? bench->asked : 500, found = 0;
    double *took = karto_must(calloc(rounds, sizeof *took));
    struct karto_arena arena;
    karto_arena_init(&arena);
    for (uint32_t i = 0; i < rounds; i++) {
        uint32_t number = (uint32_t)(karto_seed_random(bench->seed, i, 8000 + what) % bench->clients);
        struct asking asking = {{.text = text_for(bench, what, number, &arena), .limit = LIMIT}, 0};
        double began = bench_cpu();
        bench_must(karto_store_read(store, ask, &asking), "asking for words");
        took[i] = bench_cpu() - began;
        found += asking.count > 0;
        karto_arena_reset(&arena);
    }
    karto_arena_fini(&arena);
    KARTO_ASSERT(what == NOTHING ? found == 0 : found > rounds * 9 / 10);
    qsort(took, rounds, sizeof *took, compare);
    bench_row(bench, (struct bench_row){.what = name,
                                        .unit = "ms",
                                        .value = took[rounds * 99 / 100] * 1e3,
                                        .limit_what = "ms at the median",
                                        .limit = took[rounds / 2] * 1e3,
                                        .aim = BENCH_AT_MOST,
                                        .aim_value = aim});
    free(took);
}

/* ---- a process that has just begun ---- */

/* The seconds that the processor has worked for processes that have ended. */
static double children_cpu(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double run_once(const struct bench *bench, const char *dir, const char *text)
{
    double before = children_cpu();
    bench_run(bench, "../karto", "/dev/null", (const char *[]){"find", text, "--db", dir, NULL});
    return children_cpu() - before;
}

static void ask_cold(struct bench *bench, const char *dir)
{
    double took[COLD_TIMES];
    struct karto_arena arena;
    karto_arena_init(&arena);
    for (uint32_t i = 0; i < COLD_TIMES; i++) {
        enum question what = i % 3 == 0 ? NAME : i % 3 == 1 ? SEVERAL : PHONE;
        const char *text = karto_arena_string(&arena, text_for(bench, what, i * 31 % bench->clients, &arena));
        took[i] = run_once(bench, dir, text);
    }
    karto_arena_fini(&arena);
    qsort(took, COLD_TIMES, sizeof *took, compare);
    bench_row(bench, (struct bench_row){.what = "  in a new process",
                                        .unit = "ms",
                                        .value = took[COLD_TIMES * 99 / 100] * 1e3,
                                        .limit_what = "ms at the median",
                                        .limit = took[COLD_TIMES / 2] * 1e3,
                                        .aim = BENCH_AT_MOST,
                                        .aim_value = 30});
}

/* ---- all of it ---- */

static const struct {
    enum question what;
    const char *name;
    double aim; /* ms, of all but one in a hundred */
} questions[] = {{NAME, "  a client's name", 3},
                 {SURNAME, "  a surname", 3},
                 {BEGINNING, "  its beginning", 3},
                 {COMMON, "  a word that everybody has", 3},
                 {SEVERAL, "  three words", 3},
                 {CODE, "  a code", 3},
                 {LAST_FOUR, "  its last four digits", 20},
                 {PHONE, "  a phone as written", 3},
                 {LAYOUT, "  on the other layout", 3},
                 {LATIN, "  in Latin letters", 3},
                 {PART, "  a part of a word", 20},
                 {TYPO, "  mistyped", 20},
                 {NOTHING, "  nothing like it", 20}};

static void load(struct bench *bench, struct karto_store *store)
{
    double seconds = 0;
    uint32_t records = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        bench_say(bench, "loading kind %u to be found by words", parts[i].kind);
        seconds += load_part(bench, store, &parts[i]);
        records += bench->clients * parts[i].each;
    }
    bench_row(bench, (struct bench_row){
                         .what = "records loaded, to be found by words", .unit = "/s", .value = records / seconds});
}

void bench_words(struct bench *bench)
{
    struct karto_store *store = bench_store_make(bench, "words", KARTO_LOCAL, karto_slice_str("benchmark"));
    load(bench, store);
    double began = bench_now();
    bench_must(karto_words_settle(store, 0), "settling words");
    bench_row(bench,
              (struct bench_row){.what = "  the last of them settled", .unit = "s", .value = bench_now() - began});
    bench_say(bench, "finding by words");
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        ask_all(bench, store, questions[i].what, questions[i].name, questions[i].aim);
    bench_pages(bench, store);
    karto_store_close(store);
    ask_cold(bench, bench_path(bench, "words"));
}
