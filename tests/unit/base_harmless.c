/* That what others wrote commands neither a terminal nor a journal, and that everything else passes as it is. */
#include "core/base/character.h"
#include "core/base/harmless.h"
#include "tests/check.h"

static void becomes(const char *text, const char *wanted)
{
    struct karto_buf out = KARTO_BUF_EMPTY;
    karto_harmless(&out, karto_slice_str(text), "|");
    CHECK(karto_slice_is(karto_buf_slice(&out), wanted));
    karto_buf_fini(&out);
}

int main(void)
{
    becomes("", "");
    becomes("ТОВ «Їжак і Ґава», 12 € 😀", "ТОВ «Їжак і Ґава», 12 € 😀");
    becomes("a\tb\nc\r\nd\re", "a b|c|d e");
    becomes("\033[31m\a\b\x7f", "\uFFFD[31m\uFFFD\uFFFD\uFFFD");
    becomes("\xc2\x80\xc2\x9b"
            "31m\xc2\x9f\u00a0",
            "\uFFFD\uFFFD31m\uFFFD\u00a0");                                      /* C1, and the first behind it */
    becomes("\u202a\u202e\u2066\u2069\u2065", "\uFFFD\uFFFD\uFFFD\uFFFD\u2065"); /* which way one writes */
    becomes("\x9b"
            "31m\xd0",
            "\uFFFD"
            "31m\uFFFD"); /* no UTF-8: a lone byte, and half a letter */
    becomes("\xe2\x80z", "\uFFFD\uFFFDz");
    uint32_t code;
    CHECK(karto_character_at(karto_slice_str("aЇ"), 1, &code) == 2 && code == 0x407);
    return 0;
}
