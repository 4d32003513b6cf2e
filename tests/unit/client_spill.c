/* That memory with a file behind it is zero, stays where it is and says when there is no room, and that a tally in it
 * finds each text again. */
#include "client/tally.h"
#include "tests/check.h"
#include "tests/temp_dir.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

static unsigned files_in(const char *dir)
{
    unsigned count = 0;
    DIR *open = opendir(dir);
    CHECK(open != NULL);
    for (const struct dirent *entry; (entry = readdir(open)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(open);
    return count;
}

static void what_is_taken_stays(const char *dir)
{
    enum { PIECES = 3000 };
    static unsigned char *pieces[PIECES];
    struct karto_spill spill;
    karto_spill_init(&spill, dir);
    for (unsigned i = 0; i < PIECES; i++) {
        size_t size = 1 + i % 1000;
        pieces[i] = karto_spill_take(&spill, size);
        CHECK(pieces[i] != NULL && (uintptr_t)pieces[i] % sizeof(uint64_t) == 0);
        for (size_t j = 0; j < size; j++)
            CHECK(pieces[i][j] == 0);
        memset(pieces[i], (int)(i % 251 + 1), size);
    }
    for (unsigned i = 0; i < PIECES; i++)
        CHECK(pieces[i][0] == i % 251 + 1 && pieces[i][i % 1000] == i % 251 + 1);
    CHECK_INT(files_in(dir), 0); /* it has no name */
    karto_spill_fini(&spill);
    karto_spill_fini(&spill);
}

static void no_room_is_an_error(const char *dir)
{
    struct karto_spill spill;
    karto_spill_init(&spill, "/nonexistent/directory");
    CHECK(karto_spill_take(&spill, 8) == NULL);
    CHECK_INT(errno, ENOENT);
    karto_spill_fini(&spill);

    struct rlimit before, little;
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    little = before;
    little.rlim_cur = 1024 * 1024;
    signal(SIGXFSZ, SIG_IGN);
    CHECK(setrlimit(RLIMIT_FSIZE, &little) == 0);
    karto_spill_init(&spill, dir);
    unsigned char *first = karto_spill_take(&spill, 8);
    CHECK(first != NULL);
    *first = 7;
    CHECK(karto_spill_take(&spill, 2 * 1024 * 1024) == NULL);
    CHECK_INT(errno, EFBIG);
    CHECK_INT(*first, 7);
    CHECK(karto_spill_take(&spill, 8) == first + sizeof(uint64_t)); /* what fits still does */
    karto_spill_fini(&spill);
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
}

static void a_tally_finds_what_it_had(const char *dir)
{
    enum { TEXTS = 5000 };
    struct karto_spill spill;
    struct karto_tally tally;
    char text[32];
    karto_spill_init(&spill, dir);
    karto_tally_init(&tally, &spill);
    for (unsigned round = 0; round < 3; round++)
        for (unsigned i = 0; i < TEXTS; i++) {
            snprintf(text, sizeof text, "text %u", i);
            struct karto_tally_entry *entry = karto_tally_of(&tally, karto_slice_str(text));
            CHECK(entry != NULL);
            CHECK_INT(entry->count, round);
            CHECK_INT(entry->mark, round ? i : 0);
            entry->count++;
            entry->mark = i;
        }
    CHECK_INT(tally.entry_count, TEXTS);
    karto_spill_fini(&spill);
}

int main(void)
{
    struct temp_dir dir = temp_dir_make();
    what_is_taken_stays(dir.path);
    no_room_is_an_error(dir.path);
    a_tally_finds_what_it_had(dir.path);
    temp_dir_remove(&dir);
    return 0;
}
