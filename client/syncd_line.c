#include "client/syncd_line.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

void karto_syncd_hear(void *context, const char *line)
{
    struct karto_syncd_line *heard = context;
    snprintf(heard->text, sizeof heard->text, "%s", line);
}

enum karto_err karto_syncd_understand(const char *line, const char **rest)
{
    size_t word = strcspn(line, " ");
    const char *behind = line + word + (line[word] ? 1 : 0);
    if (rest)
        *rest = behind;
    if (strncmp(line, "ok ", 3) == 0)
        return KARTO_OK;
    bool names_error = strncmp(line, "err ", 4) == 0 || strncmp(line, "end ", 4) == 0;
    return names_error ? karto_err_of_id(behind, strlen(behind)) : KARTO_E_PROTOCOL;
}

char *karto_syncd_word(const char *word)
{
    return (char *)(uintptr_t)word;
}
