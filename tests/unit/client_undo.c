/* What people are told on a terminal, in both languages: after every change how to take it back; after an undo what
 * came back, what did not, who has changed it and when; with the right plurals. */
#include "core/base/os_posix.h"
#include "core/model/merge.h"
#include "core/store/edit.h"
#include "core/store/entry.h"
#include "core/store/query.h"
#include "tests/cli_run.h"
#include "tests/temp_dir.h"

enum { SITE = 29, CREDIT_LIMIT = 30 };

static struct temp_dir root;
static char table[600]; /* the path of a file */
static const char *lang = "uk";

static const char *environment(const char *name)
{
    if (strcmp(name, "KARTO_LANG") == 0)
        return lang;
    return strcmp(name, "KARTO_DB") == 0 ? temp_dir_file(&root, "store") : NULL;
}

static const struct cli cli = {environment, .terminal = true};

#define RUN(...) CLI_RUN(&cli, __VA_ARGS__)

/* The number behind "karto undo " at the end of the answer. */
static char *number(void)
{
    static char text[16];
    const char *at = strstr(out_text, "karto undo ");
    CHECK(at != NULL && sscanf(at, "karto undo %8[0-9a-f]", text) == 1 && strlen(text) == 8);
    CHECK_STR(strstr(at, "\n"), "\n");
    return text;
}

static void write_table(const char *text)
{
    snprintf(table, sizeof table, "%s", temp_dir_file(&root, "clients.csv"));
    FILE *file = fopen(table, "w");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void every_change_says_how_to_take_it_back(void)
{
    CHECK_INT(RUN("init"), KARTO_EXIT_DONE);
    CHECK_INT(RUN("client", "add", "name=Ромашка", "edrpou=14360570"), KARTO_EXIT_DONE);
    HAS(out_text, ") · скасувати: karto undo ");
    number();
    CHECK_INT(RUN("client", "set", "Ромашка", "site=a.ua"), KARTO_EXIT_DONE);
    HAS(out_text, "змінено 1 клієнта · скасувати: karto undo ");
    CHECK_INT(RUN("client", "set", "Ромашка", "site=b.ua", "--lang", "en"), KARTO_EXIT_DONE);
    HAS(out_text, "1 client changed · undo: karto undo ");
    CHECK_INT(RUN("client", "hide", "Ромашка", "--reason", "закрились"), KARTO_EXIT_DONE);
    HAS(out_text, "сховано клієнта Ромашка · скасувати: karto undo ");
    CHECK_INT(RUN("client", "restore", "14360570"), KARTO_EXIT_DONE);
    HAS(out_text, "знову на місці · скасувати: karto undo ");
    CHECK_INT(RUN("client", "restore", "14360570"), KARTO_EXIT_DONE);
    CHECK_STR(out_text, "Усе вже так і є, нічого не змінено.\n");
    CHECK_INT(RUN("client", "set", "Ромашка", "site=c.ua", "-n"), KARTO_EXIT_DONE);
    CHECK(strstr(out_text, "karto undo") == NULL);
    write_table("name,edrpou,site\nРомашка,14360570,c.ua\nМак,,m.ua\nТюльпан,,t.ua\nБратки,,b.ua\nАйстра,,\n");
    CHECK_INT(RUN("import", table, "--kind", "client", "--match", "edrpou,name"), KARTO_EXIT_DONE);
    HAS(out_text, "нових 4, оновлено 1, без змін 0");
    HAS(out_text, " · скасувати: karto undo ");
}

/* Five, one, two: as Ukrainian counts; and English. */
static void an_undo_says_what_came_back(void)
{
    char import[16], undo[16];
    strcpy(import, number());
    CHECK_INT(RUN("undo", import, "-n"), KARTO_EXIT_DONE);
    HAS(out_text, "Айстра · Сховано: ні → так\n");
    HAS(out_text, "Ромашка · Сайт: c.ua → b.ua\n");
    HAS(out_text, "повернуто, як було, 5 записів\n");
    CHECK_INT(RUN("undo", "--lang", "en"), KARTO_EXIT_DONE);
    HAS(out_text, "5 records put back as they were · undo: karto undo ");
    strcpy(undo, number());
    CHECK_INT(RUN("client", "set", "Ромашка", "site=d.ua"), KARTO_EXIT_DONE);
    CHECK_INT(RUN("undo"), KARTO_EXIT_DONE);
    HAS(out_text, "повернуто, як було, 1 запис · скасувати: karto undo ");
    CHECK_INT(RUN("undo", undo), KARTO_EXIT_DONE);
    HAS(out_text, "повернуто, як було, 5 записів · ");
    CHECK_INT(RUN("undo", undo), KARTO_EXIT_DONE);
    CHECK_STR(out_text, "Усе вже так і є, нічого не змінено.\n");
    write_table("name,edrpou,site\nРомашка,14360570,x.ua\nМак,,x.ua\n");
    CHECK_INT(RUN("import", table, "--kind", "client", "--match", "name"), KARTO_EXIT_DONE);
    CHECK_INT(RUN("undo"), KARTO_EXIT_DONE);
    HAS(out_text, "повернуто, як було, 2 записи · ");
}

/* Марія changes what was just entered here, having seen it. */
static enum karto_err by_maria(struct karto_tx *tx, void *context)
{
    struct karto_rid id;
    uint32_t count;
    (void)context;
    struct karto_edit edit = {SITE, karto_slice(NULL, 0),
                              karto_value_bytes(&tx->arena, karto_value_text(karto_slice_str("maria.ua")))};
    struct karto_save save = {.kind = KARTO_CLIENT, .edits = &edit, .count = 1, .via = KARTO_VIA_CLI};
    save.author = karto_slice_str("Марія");
    enum karto_err err = karto_find(tx, KARTO_CLIENT, karto_slice_str("Ромашка"), &id, 1, &count);
    save.record = id;
    return err == KARTO_OK ? karto_save(tx, &save, NULL) : err;
}

static void an_undo_says_what_stayed(void)
{
    char set[16];
    CHECK_INT(RUN("client", "set", "Ромашка", "site=e.ua"), KARTO_EXIT_DONE);
    strcpy(set, number());
    const struct karto_store_options options = {.dir = temp_dir_file(&root, "store"), .sys = karto_os_sys()};
    struct karto_store *store;
    CHECK_INT(karto_store_open(&options, &store), KARTO_OK);
    CHECK_INT(karto_store_write(store, by_maria, NULL), KARTO_OK);
    karto_store_close(store);
    CHECK_INT(RUN("undo", set), KARTO_EXIT_PARTLY);
    HAS(out_text, "Не повернуто 1:\n  Ромашка · Сайт: змінено пізніше, тепер «maria.ua» – Марія, ");
    HAS(out_text, "; було б «");
    CHECK(strstr(out_text, "нічого не змінено") == NULL);
    CHECK_INT(RUN("undo", set, "--lang", "en"), KARTO_EXIT_PARTLY);
    HAS(out_text, "Not put back, 1:\n  Ромашка · Site: changed since, now “maria.ua” – Марія, ");
    CHECK_INT(RUN("undo", "--list"), KARTO_EXIT_DONE);
    HAS(out_text, "Скасувати");
    HAS(out_text, set);
    HAS(out_text, "імпорт");
    CHECK_INT(RUN("undo", "12345678"), KARTO_EXIT_NOT_FOUND);
    HAS(err_text, "Зміни 12345678 в журналі цієї картотеки немає. [E-NOT-FOUND]");
}

int main(void)
{
    root = temp_dir_make();
    every_change_says_how_to_take_it_back();
    an_undo_says_what_came_back();
    an_undo_says_what_stayed();
    struct temp_dir dir = {""};
    snprintf(dir.path, sizeof dir.path, "%.200s/store", root.path);
    temp_dir_remove(&dir);
    temp_dir_remove(&root);
    cli_forget();
    return 0;
}
