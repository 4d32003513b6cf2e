/* What a person at a terminal sees on cards: a client with what hangs on it, whose a purchase is, its lines as they are
 * typed, and the answers in Ukrainian. */
#include "tests/cli_run.h"
#include "tests/temp_dir.h"

static struct temp_dir dir;

static const char *env(const char *name)
{
    return strcmp(name, "KARTO_DB") == 0     ? dir.path
           : strcmp(name, "KARTO_LANG") == 0 ? "uk"
           : strcmp(name, "NO_COLOR") == 0   ? "1"
           : strcmp(name, "COLUMNS") == 0    ? "120"
                                             : NULL;
}

static const struct cli cli = {env, .terminal = true};

#define RUN(...) CHECK_INT(CLI_RUN(&cli, __VA_ARGS__), KARTO_EXIT_DONE)

/* Whether the answer has this line, behind the short id that it may begin with. */
static void has(const char *line)
{
    const char *found = strstr(out_text, line);
    if (!found)
        fprintf(stderr, "not there: %s\nin: %s", line, out_text);
    CHECK(found != NULL);
}

static void lacks(const char *text)
{
    CHECK(strstr(out_text, text) == NULL);
}

static void answers(void)
{
    RUN("client", "add", "name=Нова Пошта", "edrpou=14360570");
    has("додано клієнта Нова Пошта (");
    RUN("person", "add", "14360570", "name=Олена", "role=директорка", "phone=0671234567");
    has("додано людину: Олена, директорка, 0671234567, Нова Пошта (");
    RUN("activity", "add", "14360570", "type=візит", "date=2026-11-02",
        "text=розповідали довго й докладно про все, що бачили, і ще трохи більше");
    has("додано контакт: 02.11.2026, візит, розповідали довго й докладно про все, що бачили, і…, Нова Пошта (");
    RUN("purchase", "add", "14360570", "number=17", "date=2026-11-03", "lines.2=сир; 1,5; 100; 10%",
        "lines.10=чай; 1; 5", "lines.1=молоко; 20; 35.50");
    has("додано покупку: 17, 03.11.2026, 850,00 UAH, Нова Пошта (");
}

static void the_card_of_a_client(void)
{
    RUN("client", "show", "14360570");
    has("\nЛюди (1)\n  ");
    has("  Олена, директорка, 0671234567\n");
    has("\nКонтакти (1)\n  ");
    has("  02.11.2026, візит, розповідали довго");
    has("\nПокупки (1)\n  ");
    has("  17, 03.11.2026, 850,00 UAH\n");
    lacks("усі: karto");
    for (char day[] = "date=2026-10-01"; day[14] <= '6'; day[14]++)
        RUN("activity", "add", "14360570", day, "text=тоді");
    RUN("client", "show", "14360570");
    has("\nКонтакти (7)\n  ");
    has("  03.10.2026, примітка, тоді\n  усі: karto activity list ");
    lacks("02.10.2026");
    RUN("client", "show", "14360570", "--limit", "7");
    has("01.10.2026");
    RUN("person", "hide", "Олена", "--reason", "звільнилася");
    has("сховано людину: Олена, директорка, 0671234567, Нова Пошта · повернути: karto person restore ");
    RUN("client", "show", "14360570");
    lacks("Люди");
    RUN("client", "show", "14360570", "--hidden");
    has("\nЛюди (1)\n  ");
    has("  Олена, директорка, 0671234567, сховано\n");
}

static void the_card_of_a_purchase(void)
{
    RUN("purchase", "show", "17");
    has("Клієнт          Нова Пошта, 14360570 (");
    has("Рядки: 1        молоко; 20; 35.50 UAH\nРядки: 2        сир; 1.5; 100.00 UAH; 10%\nРядки: 10       чай; 1; "
        "5.00 UAH\n");
    has("Сума            850");
}

/* Kinds, matches, choices, days and what a record hangs on are said in words. */
static void lists_speak(void)
{
    RUN("person", "restore", "Олена");
    RUN("find", "олена");
    has("людина");
    has("Назва, точно");
    RUN("find", "молоко");
    has("покупка");
    RUN("log", "--limit", "40");
    has("Клієнт: Нова Пошта, ");
    has("Клієнт: Нова Пошта, Вид: візит, Дата:");
    lacks("visit");
    RUN("activity", "list", "14360570");
    has("02.11.2026  візит");
}

int main(void)
{
    dir = temp_dir_make();
    temp_dir_remove(&dir);
    RUN("init");
    answers();
    the_card_of_a_client();
    lists_speak();
    the_card_of_a_purchase();
    temp_dir_remove(&dir);
    cli_forget();
    return 0;
}
