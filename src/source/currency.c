/* Signs and codes of currencies: which words may stand beside a number, and what they mean.
 *
 * One table for both. A longer sign stands before a shorter one that it begins or ends with. Some
 * signs are several countries' ($, kr, ¥): the first code is the likeliest, unless the country of the
 * shop says another one of those; kr alone is no one's.
 */
#include <string.h>

#include "source_internal.h"

#define SIGN(text, codes)                                                                          \
    {                                                                                              \
        text, sizeof(text) - 1, codes                                                              \
    }
static const fs_source_currency signs[] = {
    SIGN("US$", "USD"),
    SIGN("R$", "BRL"),
    SIGN("A$", "AUD"),
    SIGN("AU$", "AUD"),
    SIGN("C$", "CAD"),
    SIGN("CA$", "CAD"),
    SIGN("NZ$", "NZD"),
    SIGN("HK$", "HKD"),
    SIGN("NT$", "TWD"),
    SIGN("S$", "SGD"),
    SIGN("MX$", "MXN"),
    SIGN("$", "USD CAD AUD NZD MXN ARS CLP COP SGD HKD TWD"),
    SIGN("\xe2\x82\xac", "EUR"),
    SIGN("\xc2\xa3", "GBP"),
    SIGN("\xc2\xa5", "JPY CNY"),
    SIGN("\xef\xbf\xa5", "JPY CNY"),
    SIGN("\xe5\x86\x86", "JPY"),
    SIGN("\xe5\x85\x83", "CNY TWD"),
    SIGN("\xe2\x82\xb9", "INR"),
    SIGN("Rs.", "INR PKR LKR"),
    SIGN("\xe2\x82\xa9", "KRW"),
    SIGN("\xec\x9b\x90", "KRW"),
    SIGN("\xe2\x82\xba", "TRY"),
    SIGN("TL", "TRY"),
    SIGN("\xe2\x82\xbd", "RUB"),
    SIGN("\xd1\x80\xd1\x83\xd0\xb1.", "RUB"),
    SIGN("\xd1\x80\xd1\x83\xd0\xb1", "RUB"),
    SIGN("\xe2\x82\xb4", "UAH"),
    SIGN("\xd0\xb3\xd1\x80\xd0\xbd", "UAH"),
    SIGN("z\xc5\x82", "PLN"),
    SIGN("K\xc4\x8d", "CZK"),
    SIGN("kr.", "? DKK SEK NOK ISK"),
    SIGN("kr", "? SEK NOK DKK ISK"),
    SIGN("Ft", "HUF"),
    SIGN("lei", "RON"),
    SIGN("SFr.", "CHF"),
    SIGN("Fr.", "CHF"),
    SIGN("Rp", "IDR"),
    SIGN("RM", "MYR"),
    SIGN("\xe2\x82\xab", "VND"),
    SIGN("\xc4\x91", "VND"),
    SIGN("\xe0\xb8\xbf", "THB"),
    SIGN("\xe2\x82\xb1", "PHP"),
    SIGN("\xe2\x82\xaa", "ILS"),
    SIGN("\xe2\x82\xa6", "NGN"),
};

static const char codes[] =
    "EUR USD GBP CHF JPY CNY INR BRL PLN SEK NOK DKK CZK HUF RON TRY RUB UAH AUD CAD NZD MXN ZAR "
    "SGD HKD TWD KRW IDR THB PHP VND MYR AED SAR EGP ILS COP CLP ARS PEN BGN ISK PKR LKR NGN KES "
    "MAD QAR KWD BDT";

static bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

static const char *code_at(const char *text)
{
    for (const char *at = codes; *at; at += at[3] ? 4 : 3)
        if (memcmp(at, text, 3) == 0) return at;
    return NULL;
}

/* No sign and no code holds one; most numbers begin and end with one. */
static bool is_digit(char c) { return (unsigned char)(c - '0') < 10; }

size_t fs_source_currency_before(const char *text, size_t bytes)
{
    if (bytes == 0 || is_digit(text[0])) return 0;
    if (bytes >= 3 && is_capital(text[0]) && is_capital(text[1]) && is_capital(text[2]) &&
        code_at(text))
        return 3;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (bytes >= signs[i].bytes && text[0] == signs[i].text[0] &&
            memcmp(text, signs[i].text, signs[i].bytes) == 0)
            return signs[i].bytes;
    return 0;
}

size_t fs_source_currency_behind(const char *text, size_t bytes)
{
    if (bytes == 0 || is_digit(text[bytes - 1])) return 0;
    if (bytes >= 3 && is_capital(text[bytes - 1]) && is_capital(text[bytes - 2]) &&
        is_capital(text[bytes - 3]) && code_at(text + bytes - 3))
        return 3;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t length = signs[i].bytes;
        if (bytes >= length && text[bytes - 1] == signs[i].text[length - 1] &&
            memcmp(text + bytes - length, signs[i].text, length) == 0)
            return length;
    }
    return 0;
}

/* The code of `list` that is `own`, else its first. */
static const char *one_of(const char *list, const char *own, char code[4])
{
    const char *found = own && strlen(own) == 3 ? strstr(list, own) : NULL;
    if (!found && list[0] == '?') return NULL;
    memcpy(code, found ? found : list, 3);
    code[3] = '\0';
    return code;
}

/* Letters of a sign must not go on in the text: Ft of "Ft" is one, of "After" is none. */
static bool stands_alone(const char *text, const char *at, size_t bytes)
{
    bool letter = ((unsigned char)at[bytes - 1] | 32) - 97u < 26u || (at[0] | 32) - 97u < 26u;
    bool before = at > text && ((unsigned char)at[-1] | 32) - 97u < 26u;
    bool after = ((unsigned char)at[bytes] | 32) - 97u < 26u || (unsigned char)at[bytes] >= 0x80;
    return !letter || (!before && !after);
}

const char *fs_currency_written(const char *text, const char *own, char code[4])
{
    for (const char *at = text; *at; at++) {
        if (is_capital(at[0]) && is_capital(at[1]) && is_capital(at[2]) && code_at(at) &&
            stands_alone(text, at, 3))
            return one_of(code_at(at), NULL, code);
    }
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        const char *at = strstr(text, signs[i].text);
        if (at && stands_alone(text, at, signs[i].bytes)) return one_of(signs[i].codes, own, code);
    }
    return NULL;
}
