/* Numbers as shops write them.
 *
 *   number  = [sign | "("] [currency] [sign] digits [decimal digits] [exponent] [currency | "%"] ["-" | ")"]
 *   digits  = plain, or groups of three (the first of one to three; 1,00,000 too) with one kind of
 *             mark between them: the other of . and , or a blank, a no-break blank or '
 *
 * "5 %" is 0.05. A first group of 0 is none: 0.500 has a decimal point whatever the column says.
 *
 * Most cells are a sign, digits and a point: read_plain takes them in one pass. Digits that fit
 * 53 bits with a power of ten up to 22 are exact in one multiplication or division of doubles
 * (W. D. Clinger, "How to read floating point numbers accurately", PLDI 1990). Up to 64 bits and
 * 10^27, where long double has 64 bits, the same is done there; its rounding to double is right
 * unless it hits exactly the middle between two doubles. What is left goes to strtod in the C locale.
 */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "source_internal.h"

#define LONGEST 400 /* characters; more is no number that anybody wrote */

static inline bool is_digit(char c) { return (unsigned char)(c - '0') < 10; }

/* ---- decimal digits to double ---- */

typedef struct scaled {
    uint64_t digits;
    int count;    /* significant digits in `digits`; over 19: cut */
    int exponent; /* value = digits * 10^exponent */
} scaled;

static const double power[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

#if LDBL_MANT_DIG == 64
static const long double long_power[28] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,
                                           1e7L,  1e8L,  1e9L,  1e10L, 1e11L, 1e12L, 1e13L,
                                           1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L,
                                           1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};

static bool exact_long(const scaled *d, double *value)
{
    if (d->exponent < -27 || d->exponent > 27) return false;
    long double wide = (long double)d->digits;
    wide = d->exponent < 0 ? wide / long_power[-d->exponent] : wide * long_power[d->exponent];
    uint64_t bits;
    memcpy(&bits, &wide, 8);
    if ((bits & 0x7ff) == 0x400) return false;
    *value = (double)wide;
    return true;
}
#else
static bool exact_long(const scaled *d, double *value)
{
    (void)d;
    (void)value;
    return false;
}
#endif

/* Right to the last bit, or false. */
static bool exact(const scaled *d, double *value)
{
    if (d->digits == 0) {
        *value = 0;
        return true;
    }
    if (d->count > 19) return false;
    if (d->digits > 1ull << 53 || d->exponent < -22 || d->exponent > 22)
        return exact_long(d, value);
    double whole = (double)d->digits;
    *value = d->exponent < 0 ? whole / power[-d->exponent] : whole * power[d->exponent];
    return true;
}

/* `text` is digits, '.', exponent only, and short. */
static bool slow(const char *text, size_t bytes, double *value)
{
    char copy[LONGEST + 1];
    memcpy(copy, text, bytes);
    copy[bytes] = '\0';
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c) return false;
    char *end;
    *value = strtod_l(copy, &end, c);
    freelocale(c);
    return end == copy + bytes && isfinite(*value);
}

static void add_digit(scaled *d, char c)
{
    if (d->count < 19) d->digits = d->digits * 10 + (uint64_t)(c - '0');
    if (d->digits || d->count) d->count++;
}

static bool read_exponent(const char *text, size_t bytes, size_t *at, int *exponent)
{
    size_t i = *at + 1;
    bool minus = i < bytes && text[i] == '-';
    if (i < bytes && (text[i] == '-' || text[i] == '+')) i++;
    if (i == bytes || !is_digit(text[i])) return false;
    int value = 0;
    for (; i < bytes && is_digit(text[i]); i++)
        if (value < 100000) value = value * 10 + (text[i] - '0');
    *exponent += minus ? -value : value;
    *at = i;
    return true;
}

/* Digits, a decimal mark, digits, an exponent, and nothing else. */
static bool read_unsigned(const char *text, size_t bytes, char mark, double *value)
{
    scaled d = {0};
    size_t i = 0, whole, part = 0;
    for (; i < bytes && is_digit(text[i]); i++) add_digit(&d, text[i]);
    whole = i;
    if (i < bytes && text[i] == mark) {
        size_t start = ++i;
        for (; i < bytes && is_digit(text[i]); i++) add_digit(&d, text[i]);
        part = i - start;
    }
    if (whole + part == 0) return false;
    d.exponent = -(int)part;
    if (i < bytes && (text[i] == 'e' || text[i] == 'E') &&
        !read_exponent(text, bytes, &i, &d.exponent))
        return false;
    if (i != bytes) return false;
    if (exact(&d, value)) return true;
    if (mark == '.' || whole == i) return slow(text, bytes, value);
    char copy[LONGEST + 1];
    memcpy(copy, text, bytes);
    if (part || copy[whole] == mark) copy[whole] = '.';
    return slow(copy, bytes, value);
}

static bool read_plain(const char *text, size_t bytes, char mark, double *value)
{
    bool minus = bytes > 0 && text[0] == '-';
    bool sign = minus || (bytes > 0 && text[0] == '+');
    if (!read_unsigned(text + sign, bytes - sign, mark, value)) return false;
    if (minus) *value = -*value;
    return true;
}

/* ---- what stands around the digits ---- */

typedef struct view {
    const char *text;
    size_t bytes;
} view;

typedef struct word {
    size_t length;
    const char *text;
} word;
#define WORD(text)                                                                                 \
    {                                                                                              \
        sizeof(text) - 1, text                                                                     \
    }
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const word blanks[] = {WORD(" "), WORD("\t"), WORD("\xc2\xa0"), WORD("\xe2\x80\xaf"),
                              WORD("\xe2\x80\x89")};
static const word minuses[] = {WORD("-"), WORD("\xe2\x88\x92")};

static bool starts_with(view v, word w)
{
    return v.bytes >= w.length && v.text[0] == w.text[0] && memcmp(v.text, w.text, w.length) == 0;
}

/* Cuts one of the words at either end. */
static bool cut_front(view *v, const word *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!starts_with(*v, words[i])) continue;
        v->text += words[i].length;
        v->bytes -= words[i].length;
        return true;
    }
    return false;
}

static bool cut_back(view *v, const word *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = words[i].length;
        if (v->bytes < length ||
            !starts_with((view){v->text + v->bytes - length, length}, words[i]))
            continue;
        v->bytes -= length;
        return true;
    }
    return false;
}

static bool cut_first(view *v, char c)
{
    if (v->bytes == 0 || v->text[0] != c) return false;
    v->text++;
    v->bytes--;
    return true;
}

static bool cut_last(view *v, char c)
{
    if (v->bytes == 0 || v->text[v->bytes - 1] != c) return false;
    v->bytes--;
    return true;
}

static void cut_blanks(view *v)
{
    while (cut_front(v, blanks, COUNT(blanks))) {
    }
    while (cut_back(v, blanks, COUNT(blanks))) {
    }
}

/* U+2212 is a minus too. */
static bool cut_sign(view *v, bool *minus)
{
    if (cut_front(v, minuses, COUNT(minuses))) {
        *minus = !*minus;
        return true;
    }
    return cut_first(v, '+');
}

typedef struct dress {
    bool minus, percent, money;
} dress;

static bool cut_currency_front(view *v)
{
    size_t length = v->bytes ? fs_source_currency_before(v->text, v->bytes) : 0;
    v->text += length;
    v->bytes -= length;
    return length > 0;
}

static bool cut_currency_back(view *v)
{
    size_t length = v->bytes ? fs_source_currency_behind(v->text, v->bytes) : 0;
    v->bytes -= length;
    return length > 0;
}

/* Takes signs, parentheses, currency and percent off; false where they contradict each other. */
static bool undress(view *v, dress *d)
{
    *d = (dress){0};
    if (v->bytes == 0 || v->bytes > LONGEST) return false;
    if (is_digit(v->text[0]) && is_digit(v->text[v->bytes - 1])) return true;
    bool sign = cut_first(v, '(');
    if (cut_last(v, ')') != sign) return false;
    d->minus = sign;
    cut_blanks(v);
    if (!sign) sign = cut_sign(v, &d->minus);
    cut_blanks(v);
    d->money = cut_currency_front(v);
    cut_blanks(v);
    if (!sign && d->money) sign = cut_sign(v, &d->minus);
    if (!sign && v->bytes > 1 && cut_last(v, '-')) d->minus = true;
    cut_blanks(v);
    d->percent = cut_last(v, '%');
    if (!d->percent && !d->money) d->money = cut_currency_back(v);
    cut_blanks(v);
    if (!sign && !d->minus && d->money && v->bytes > 1 && cut_last(v, '-')) d->minus = true;
    return v->bytes > 0;
}

/* ---- thousands ---- */

/* Length of a thousands mark at `text`, 0 where there is none. */
static size_t thousands_mark(const char *text, size_t bytes, char decimal)
{
    if (text[0] == (decimal == ',' ? '.' : ',') || text[0] == '\'' || text[0] == ' ') return 1;
    static const word marks[] = {WORD("\xc2\xa0"), WORD("\xe2\x80\xaf"), WORD("\xe2\x80\x99")};
    for (size_t i = 0; i < COUNT(marks); i++)
        if (starts_with((view){text, bytes}, marks[i])) return marks[i].length;
    return 0;
}

/* Copies without marks; *out bytes. False where the groups are not of three. */
static bool ungroup(const char *text, size_t bytes, char decimal, char *to, size_t *out)
{
    size_t i = 0, n = 0, group = 0, mark = 0, marks = 0;
    const char *first = NULL;
    for (; i < bytes; i += mark ? mark : 1) {
        mark = 0;
        if (is_digit(text[i])) {
            to[n++] = text[i];
            group++;
            continue;
        }
        mark = thousands_mark(text + i, bytes - i, decimal);
        if (!mark) break;
        bool right =
            marks == 0 ? group >= 1 && group <= 3 && text[0] != '0' : group == 3 || group == 2;
        if (!right || (first && memcmp(first, text + i, mark) != 0)) return false;
        first = text + i;
        group = 0;
        marks++;
    }
    if (marks == 0 || group != 3) return false;
    memcpy(to + n, text + i, bytes - i);
    *out = n + bytes - i;
    return true;
}

bool fs_source_read_number(const char *text, size_t bytes, char decimal, double *value)
{
    if (bytes > LONGEST) return false;
    if (read_plain(text, bytes, decimal, value)) return true;
    view v = {text, bytes};
    dress d;
    char digits[LONGEST];
    size_t count;
    if (!undress(&v, &d)) return false;
    if (!read_unsigned(v.text, v.bytes, decimal, value)) {
        if (!is_digit(v.text[0]) || !ungroup(v.text, v.bytes, decimal, digits, &count))
            return false;
        if (!read_unsigned(digits, count, decimal, value)) return false;
    }
    if (d.percent) *value /= 100;
    if (d.minus) *value = -*value;
    return true;
}

/* ---- integers ---- */

static bool read_digits(const char *text, size_t bytes, bool minus, int64_t *value)
{
    if (bytes == 0) return false;
    uint64_t sum = 0;
    for (size_t i = 0; i < bytes; i++) {
        uint64_t digit = (unsigned char)(text[i] - '0');
        if (digit > 9) return false;
        if (sum > (UINT64_MAX - digit) / 10) return false;
        sum = sum * 10 + digit;
    }
    if (sum > (uint64_t)INT64_MAX + minus) return false;
    *value = minus ? (int64_t)(0 - sum) : (int64_t)sum;
    return true;
}

static bool read_short_digits(const char *text, size_t bytes, int64_t *value)
{
    int64_t sum = 0;
    for (size_t i = 0; i < bytes; i++) {
        unsigned digit = (unsigned char)(text[i] - '0');
        if (digit > 9) return false;
        sum = sum * 10 + (int64_t)digit;
    }
    *value = sum;
    return bytes > 0;
}

bool fs_source_read_integer(const char *text, size_t bytes, int64_t *value)
{
    if (bytes <= 18 && read_short_digits(text, bytes, value)) return true;
    if (bytes == 0 || bytes > LONGEST) return false;
    if (text[0] == '-' && read_digits(text + 1, bytes - 1, true, value)) return true;
    view v = {text, bytes};
    dress d;
    char digits[LONGEST];
    size_t count;
    if (!undress(&v, &d) || d.money || d.percent || v.bytes == 0) return false;
    if (read_digits(v.text, v.bytes, d.minus, value)) return true;
    return is_digit(v.text[0]) && ungroup(v.text, v.bytes, '.', digits, &count) &&
           read_digits(digits, count, d.minus, value);
}
