/* suggest.h - what somebody probably meant to type. */
#ifndef KARTO_CLIENT_SUGGEST_H
#define KARTO_CLIENT_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/* The least number of letters to insert, delete, replace or swap with their neighbour that turns a into b (optimal
 * string alignment). Words of more than 64 letters are as far apart as can be: SIZE_MAX. */
size_t karto_distance(const char *a, const char *b);

/* Looks for the word nearest to typed, one candidate after the other. best is NULL, or the first of the nearest that
 * are near enough to be meant: one letter of three may differ, and one in any word of two letters or more. */
struct karto_suggestion {
    const char *typed, *best;
    size_t distance;
};

void karto_suggest_init(struct karto_suggestion *suggestion, const char *typed);
void karto_suggest_try(struct karto_suggestion *suggestion, const char *word);

/* This is what was meant, whatever is nearer by its letters. */
void karto_suggest_know(struct karto_suggestion *suggestion, const char *word);

#endif
