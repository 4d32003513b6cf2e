/* Lines of a configuration file: names, values, comments, blanks, and what is none of these. */
#include "core/base/config.h"
#include "tests/check.h"

#include <string.h>

static void expect(struct karto_config *config, unsigned line, const char *name, const char *value)
{
    struct karto_slice got_name, got_value;
    CHECK_INT(karto_config_next(config, &got_name, &got_value), KARTO_CONFIG_PAIR);
    CHECK_INT(config->line, line);
    CHECK(karto_slice_is(got_name, name) && karto_slice_is(got_value, value));
}

int main(void)
{
    static const char text[] =
        "# history\n\n  history_days=730\r\n\t# more\nlang =  uk \nempty =\na = b = c\nnonsense\nx=\0\nlast=1";
    struct karto_config config = {karto_slice(text, sizeof text - 1), 0};
    struct karto_slice name, value;
    expect(&config, 3, "history_days", "730");
    expect(&config, 5, "lang", "uk");
    expect(&config, 6, "empty", "");
    expect(&config, 7, "a", "b = c");
    CHECK_INT(karto_config_next(&config, &name, &value), KARTO_CONFIG_WRONG);
    CHECK_INT(config.line, 8);
    CHECK_INT(karto_config_next(&config, &name, &value), KARTO_CONFIG_WRONG); /* a 0 byte */
    expect(&config, 10, "last", "1");
    CHECK_INT(karto_config_next(&config, &name, &value), KARTO_CONFIG_END);
    config = (struct karto_config){{NULL, 0}, 0};
    CHECK_INT(karto_config_next(&config, &name, &value), KARTO_CONFIG_END);
    return 0;
}
