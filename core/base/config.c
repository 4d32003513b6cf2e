#include "core/base/config.h"

#include <ctype.h>
#include <string.h>

static struct karto_slice trim(struct karto_slice text)
{
    while (text.size && isspace(text.data[0]))
        text = karto_slice(text.data + 1, text.size - 1);
    while (text.size && isspace(text.data[text.size - 1]))
        text.size--;
    return text;
}

static struct karto_slice take_line(struct karto_config *config)
{
    struct karto_slice text = config->rest;
    const uint8_t *end = memchr(text.data, '\n', text.size);
    size_t size = end ? (size_t)(end - text.data) : text.size, step = end ? size + 1 : size;
    config->rest = karto_slice(text.data + step, text.size - step);
    config->line++;
    return trim(karto_slice(text.data, size));
}

enum karto_config_line karto_config_next(struct karto_config *config, struct karto_slice *name,
                                         struct karto_slice *value)
{
    while (config->rest.size) {
        struct karto_slice line = take_line(config);
        if (line.size == 0 || line.data[0] == '#')
            continue;
        const uint8_t *equals = memchr(line.data, '=', line.size);
        if (!equals || memchr(line.data, 0, line.size))
            return KARTO_CONFIG_WRONG;
        size_t size = (size_t)(equals - line.data);
        *name = trim(karto_slice(line.data, size));
        *value = trim(karto_slice(equals + 1, line.size - size - 1));
        return KARTO_CONFIG_PAIR;
    }
    return KARTO_CONFIG_END;
}
