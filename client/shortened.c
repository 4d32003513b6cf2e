#include "client/shortened.h"

static size_t skip_digits(struct karto_slice text, size_t at)
{
    while (at < text.size && text.data[at] >= '0' && text.data[at] <= '9')
        at++;
    return at;
}

static bool is_one_of(struct karto_slice text, size_t at, char first, char second)
{
    return at < text.size && (text.data[at] == (uint8_t)first || text.data[at] == (uint8_t)second);
}

static struct karto_slice without_blanks(struct karto_slice text)
{
    while (text.size && is_one_of(text, 0, ' ', '\t'))
        text = karto_slice(text.data + 1, text.size - 1);
    while (text.size && is_one_of(text, text.size - 1, ' ', '\t'))
        text.size--;
    return text;
}

bool karto_is_shortened(struct karto_slice text)
{
    text = without_blanks(text);
    size_t at = skip_digits(text, 0);
    if (at != 1)
        return false;
    if (is_one_of(text, at, ',', '.')) {
        size_t behind = skip_digits(text, at + 1);
        if (behind == at + 1)
            return false;
        at = behind;
    }
    if (!is_one_of(text, at, 'E', 'e') || !is_one_of(text, at + 1, '+', '-'))
        return false;
    at += 2;
    return skip_digits(text, at) == text.size && text.size >= at + 2;
}
