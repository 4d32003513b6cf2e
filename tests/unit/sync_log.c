/* That an event in the journal is one line, and commands no terminal, whatever a peer put into it. */
#include "syncd/log.h"
#include "tests/check.h"

#include <unistd.h>

int main(void)
{
    char line[4096] = "";
    FILE *journal = tmpfile();
    int before = dup(STDERR_FILENO);
    CHECK(journal && before >= 0 && dup2(fileno(journal), STDERR_FILENO) >= 0);
    karto_log(KARTO_LOG_WARNING, "D-OFFLINE", "%s",
              "hub\033[2J \xc2\x9b"
              "31m\u202eolleh\nD-FAKE");
    CHECK(dup2(before, STDERR_FILENO) >= 0);
    rewind(journal);
    CHECK(fgets(line, sizeof line, journal) != NULL);
    CHECK(strncmp(line, "<4>warning ", 11) == 0);
    CHECK(strstr(line, " D-OFFLINE hub\uFFFD[2J \uFFFD31m\uFFFDolleh?D-FAKE\n") != NULL);
    CHECK(fgets(line, sizeof line, journal) == NULL);
    fclose(journal);
    return 0;
}
