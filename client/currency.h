/* currency.h - currencies as people write them beside an amount. */
#ifndef KARTO_CLIENT_CURRENCY_H
#define KARTO_CLIENT_CURRENCY_H

#include <stdbool.h>

/* Takes a currency off the beginning or the end of *text, which has no blanks: a sign, a Ukrainian word, or a code of
 * three letters; in small letters only one that is known. currency is its code; UAH where there is none. */
void karto_currency_take(char **text, char currency[4]);

/* Whether money is counted in it somewhere (ISO 4217). code has three letters. */
bool karto_currency_is_known(const char *code);

#endif
