#include "client/currency.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

enum { CODE_SIZE = 3 };

/* Where one begins with another, the longer stands first. */
static const struct {
    const char *sign, *code;
} signs[] = {{"гривень", "UAH"}, {"гривня", "UAH"}, {"гривні", "UAH"}, {"грн.", "UAH"}, {"грн", "UAH"}, {"₴", "UAH"},
             {"$", "USD"},       {"€", "EUR"},      {"євро", "EUR"},   {"zł", "PLN"},   {"£", "GBP"}};

/* Takes a sign or a word off the beginning or the end of text, and says of what: UAH where there is none. */
static const char *take_sign(char **text)
{
    size_t size = strlen(*text);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t length = strlen(signs[i].sign);
        if (size < length)
            continue;
        if (strncmp(*text, signs[i].sign, length) == 0) {
            *text += length;
            return signs[i].code;
        }
        if (strcmp(*text + size - length, signs[i].sign) == 0) {
            (*text)[size - length] = 0;
            return signs[i].code;
        }
    }
    return "UAH";
}

static bool is_code(const char *text)
{
    for (unsigned i = 0; i < CODE_SIZE; i++)
        if (text[i] < 'A' || text[i] > 'Z')
            return false;
    return true;
}

/* A code in capitals, or one that is known in other letters. */
static bool read_code(const char *text, char code[CODE_SIZE + 1])
{
    for (unsigned i = 0; i < CODE_SIZE; i++)
        code[i] = (char)toupper((unsigned char)text[i]);
    code[CODE_SIZE] = 0;
    return is_code(text) || (is_code(code) && karto_currency_is_known(code));
}

void karto_currency_take(char **text, char currency[4])
{
    size_t size = strlen(*text);
    if (size > CODE_SIZE && read_code(*text, currency))
        *text += CODE_SIZE;
    else if (size > CODE_SIZE && read_code(*text + size - CODE_SIZE, currency))
        (*text)[size - CODE_SIZE] = 0;
    else
        memcpy(currency, take_sign(text), CODE_SIZE + 1);
}

bool karto_currency_is_known(const char *code)
{
    static const char known[] =
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
        "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL "
        "HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD "
        "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG "
        "QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD "
        "TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";
    for (size_t at = 0; at < sizeof known; at += CODE_SIZE + 1)
        if (strncmp(known + at, code, CODE_SIZE) == 0)
            return true;
    return false;
}
