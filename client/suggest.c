#include "client/suggest.h"

#include "core/base/character.h"

#include <stdint.h>

enum { WORD_MAX = 64 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The characters of a word, at most WORD_MAX; SIZE_MAX: they are more. */
static size_t letters_of(const char *word, uint32_t letters[WORD_MAX])
{
    struct karto_slice text = karto_slice_str(word);
    size_t count = 0;
    for (size_t at = 0; at < text.size; count++) {
        if (count == WORD_MAX)
            return SIZE_MAX;
        at += karto_character_at(text, at, &letters[count]);
    }
    return count;
}

size_t karto_distance(const char *a_word, const char *b_word)
{
    uint32_t a[WORD_MAX], b[WORD_MAX];
    size_t a_size = letters_of(a_word, a), b_size = letters_of(b_word, b);
    if (a_size == SIZE_MAX || b_size == SIZE_MAX)
        return SIZE_MAX;
    size_t rows[3][WORD_MAX + 1], *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_size; j++) {
        before[j] = 0;
        last[j] = j;
    }
    for (size_t i = 1; i <= a_size; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[b_size];
}

void karto_suggest_init(struct karto_suggestion *suggestion, const char *typed)
{
    *suggestion = (struct karto_suggestion){.typed = typed, .best = NULL, .distance = SIZE_MAX};
}

void karto_suggest_try(struct karto_suggestion *suggestion, const char *word)
{
    uint32_t letters[WORD_MAX];
    size_t size = letters_of(suggestion->typed, letters), distance = karto_distance(suggestion->typed, word);
    size_t allowed = size < 2 ? 0 : size < 6 ? 1 : size / 3;
    if (distance <= allowed && distance < suggestion->distance) {
        suggestion->distance = distance;
        suggestion->best = word;
    }
}

void karto_suggest_know(struct karto_suggestion *suggestion, const char *word)
{
    suggestion->distance = 0;
    suggestion->best = word;
}
