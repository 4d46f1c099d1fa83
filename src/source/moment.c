/* Dates and times of day as shops write them.
 *
 * A text is taken apart once: up to five numbers and words with the marks between them, then a time
 * of day; each order then says whether the parts are such a date. ISO dates and times, which
 * most machines write, have a path of their own.
 *
 * Two-digit years: 00 … 69 are 2000 … 2069, 70 … 99 are 1970 … 1999. Digits without marks
 * (20240131, 31012024, 240131, 202401) are dates of the years 1900 to 2100 only, since so many codes
 * look like them. A zone is converted to UTC; a time without one is taken as it stands.
 */
#include <string.h>

#include "source_internal.h"

#define MICROS_A_DAY    86400000000ll
#define MICROS_A_SECOND 1000000ll

static inline bool is_digit(char c) { return (unsigned char)(c - '0') < 10; }

/* ---- time of day ---- */

typedef struct place {
    const char *at, *end;
} place;

static bool take_digits(place *p, int least, int most, int64_t *value)
{
    int count = 0;
    *value = 0;
    for (; p->at < p->end && count < most && is_digit(*p->at); p->at++, count++)
        *value = *value * 10 + (*p->at - '0');
    return count >= least && !(p->at < p->end && is_digit(*p->at));
}

static bool take(place *p, char c)
{
    if (p->at == p->end || *p->at != c) return false;
    p->at++;
    return true;
}

static void take_blanks(place *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\t')) p->at++;
    if (p->end - p->at >= 3 && memcmp(p->at, "\xe2\x80\xaf", 3) == 0) p->at += 3;
}

/* Microseconds of .123456789, cut after the sixth digit. */
static bool take_fraction(place *p, int64_t *micros)
{
    int64_t scale = 100000;
    *micros = 0;
    if (p->at == p->end || (*p->at != '.' && *p->at != ',')) return true;
    p->at++;
    if (p->at == p->end || !is_digit(*p->at)) return false;
    for (; p->at < p->end && is_digit(*p->at); p->at++, scale /= 10)
        *micros += scale * (*p->at - '0');
    return true;
}

/* am, a.m., PM … changes the hour. False where the hour does not go with it. */
static bool take_half(place *p, int64_t *hour)
{
    place q = *p;
    take_blanks(&q);
    if (q.at == q.end) return true;
    char half = *q.at | 32;
    if (half != 'a' && half != 'p') return true;
    q.at++;
    take(&q, '.');
    if (q.at < q.end && (*q.at | 32) == 'm')
        q.at++;
    else
        return true;
    take(&q, '.');
    if (*hour < 1 || *hour > 12) return false;
    *hour = *hour % 12 + (half == 'p' ? 12 : 0);
    *p = q;
    return true;
}

static bool take_word(place *p, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(p->end - p->at) < length || memcmp(p->at, word, length) != 0) return false;
    p->at += length;
    return true;
}

/* Z, UTC, GMT, +01, +0100, +01:00: microseconds to take off. */
static bool take_zone(place *p, int64_t *offset)
{
    int64_t hours, minutes = 0;
    *offset = 0;
    take_blanks(p);
    if (p->at == p->end) return true;
    if (take_word(p, "UTC") || take_word(p, "GMT") || take(p, 'Z') || take(p, 'z')) return true;
    bool minus = *p->at == '-';
    if (*p->at != '+' && !minus) return false;
    p->at++;
    size_t left = (size_t)(p->end - p->at);
    if (left == 4 && is_digit(p->at[2])) {
        place first = {p->at, p->at + 2}, second = {p->at + 2, p->end};
        if (!take_digits(&first, 2, 2, &hours) || !take_digits(&second, 2, 2, &minutes))
            return false;
        p->at = p->end;
    } else {
        if (!take_digits(p, 1, 2, &hours)) return false;
        if (take(p, ':') && !take_digits(p, 2, 2, &minutes)) return false;
    }
    if (hours > 15 || minutes > 59) return false;
    *offset = (hours * 60 + minutes) * 60 * MICROS_A_SECOND * (minus ? -1 : 1);
    return true;
}

static bool put_time(int64_t hour, int64_t minute, int64_t second, int64_t micros, int64_t *time)
{
    if (hour > 24 || minute > 59 || second > 60) return false;
    if (hour == 24 && (minute || second || micros)) return false;
    *time = ((hour * 60 + minute) * 60 + second) * MICROS_A_SECOND + micros;
    return true;
}

/* hh:mm[:ss[.f]] [am] [zone] up to the end. */
static bool read_time(place p, int64_t *time)
{
    int64_t hour, minute = 0, second = 0, micros = 0, offset;
    if (!take_digits(&p, 1, 2, &hour)) return false;
    if (take(&p, ':')) {
        if (!take_digits(&p, 2, 2, &minute)) return false;
        if (take(&p, ':') && (!take_digits(&p, 2, 2, &second) || !take_fraction(&p, &micros)))
            return false;
        if (!take_half(&p, &hour)) return false;
    } else { /* 8 am */
        const char *before = p.at;
        if (!take_half(&p, &hour) || p.at == before) return false;
    }
    if (!take_zone(&p, &offset) || p.at != p.end) return false;
    if (!put_time(hour, minute, second, micros, time)) return false;
    *time -= offset;
    return true;
}

/* hhmm or hhmmss with a zone. */
static bool read_compact_time(place p, int64_t *time)
{
    int64_t digits, offset;
    const char *start = p.at;
    if (!take_digits(&p, 4, 6, &digits) || p.at - start == 5) return false;
    if (p.at - start == 4) digits *= 100;
    int64_t micros = 0;
    if (!take_fraction(&p, &micros) || !take_zone(&p, &offset) || p.at != p.end) return false;
    if (!put_time(digits / 10000, digits / 100 % 100, digits % 100, micros, time)) return false;
    *time -= offset;
    return true;
}

/* ---- parts of a date ---- */

typedef struct part {
    int64_t value; /* number, or month of a word */
    int digits;    /* 0: a word */
    size_t letters;
    char word[FS_SOURCE_WORD];
    char before; /* the mark before it: one of - / . or blank, 0: none */
} part;

typedef struct parts {
    part part[5];
    int count;
    bool has_time;
    int64_t time;
} parts;

static bool add_number(parts *d, place *p, char before)
{
    const char *start = p->at;
    part *q = &d->part[d->count++];
    *q = (part){.before = before};
    for (; p->at < p->end && is_digit(*p->at); p->at++) {
        if (p->at - start >= 16) return false;
        q->value = q->value * 10 + (*p->at - '0');
    }
    q->digits = (int)(p->at - start);
    return true;
}

static bool add_word(parts *d, place *p, char before)
{
    part *q = &d->part[d->count];
    *q = (part){.before = before};
    size_t used = fs_source_fold_word(p->at, (size_t)(p->end - p->at), q->word, &q->letters);
    if (used == 0 || q->letters > FS_SOURCE_WORD) return false;
    p->at += used;
    bool filler =
        (q->letters == 2 && (memcmp(q->word, "de", 2) == 0 || memcmp(q->word, "of", 2) == 0 ||
                             memcmp(q->word, "st", 2) == 0 || memcmp(q->word, "nd", 2) == 0 ||
                             memcmp(q->word, "rd", 2) == 0 || memcmp(q->word, "th", 2) == 0)) ||
        (q->letters == 3 && memcmp(q->word, "del", 3) == 0);
    if (filler) return d->count > 0;
    q->value = fs_source_month(q->word, q->letters);
    d->count++;
    return true;
}

/* 年 月 日 and 년 월 일 behind a number: the mark of a date, '-', or at its end nothing. */
static bool take_unit(place *p, bool *last)
{
    static const char units[6][4] = {"\xe5\xb9\xb4", "\xe6\x9c\x88", "\xe6\x97\xa5",
                                     "\xeb\x85\x84", "\xec\x9b\x94", "\xec\x9d\xbc"};
    for (size_t i = 0; i < 6 && p->end - p->at >= 3; i++) {
        if (memcmp(p->at, units[i], 3) != 0) continue;
        p->at += 3;
        *last = i % 3 == 2;
        if (!*last && p->at < p->end && *p->at == ' ') p->at++;
        return true;
    }
    return false;
}

/* Marks between two parts: one of - / . or blanks; also ". " and ", ". '?' where it is none. */
static char take_mark(place *p)
{
    char mark = 0;
    bool last = false;
    if (take_unit(p, &last) && !last) return p->at == p->end ? '.' : '-';
    const char *start = p->at;
    while (p->at < p->end && p->at - start < 3) {
        char c = *p->at;
        if (c == ' ')
            mark = mark ? mark : ' ';
        else if ((c == '-' || c == '/' || c == '.' || c == ',') && (mark == 0 || mark == ' '))
            mark = c;
        else
            break;
        p->at++;
    }
    if (p->at < p->end && *p->at == ' ') return '?';
    return mark == ',' ? ' ' : mark;
}

/* Does a time of day begin at `at`: digits and a colon, or "8 am"? */
static bool time_begins(place p)
{
    const char *at = p.at;
    while (at < p.end && is_digit(*at)) at++;
    if (at == p.at || at - p.at > 2 || at == p.end) return false;
    if (*at == ':') return true;
    while (at < p.end && *at == ' ') at++;
    return p.end - at >= 2 && ((*at | 32) == 'a' || (*at | 32) == 'p') &&
           ((at[1] | 32) == 'm' || (at[1] == '.' && p.end - at >= 3 && (at[2] | 32) == 'm'));
}

/* After the date: T and a time. */
static bool take_iso_time(parts *d, place p)
{
    p.at++;
    d->has_time = true;
    return read_time(p, &d->time) || read_compact_time(p, &d->time);
}

static bool take_apart(const char *text, size_t bytes, parts *d)
{
    place p = {text, text + bytes};
    d->count = 0;
    d->has_time = false;
    d->time = 0;
    while (p.at < p.end) {
        char mark = d->count ? take_mark(&p) : 0;
        if (mark == '?') return false;
        if (p.at == p.end) return mark == '.' || (unsigned char)p.end[-1] >= 0x80;
        if (d->count && mark == ' ' && time_begins(p)) {
            d->has_time = true;
            return read_time(p, &d->time);
        }
        bool iso = (*p.at == 'T' || *p.at == 't') && d->count && !mark && p.end - p.at > 1 &&
                   is_digit(p.at[1]);
        if (iso) return take_iso_time(d, p);
        if (d->count && mark == ' ' && d->part[0].digits == 8 && d->count == 1 && is_digit(*p.at)) {
            d->has_time = true;
            return read_compact_time(p, &d->time);
        }
        if (d->count == 5) return false;
        if (!(is_digit(*p.at) ? add_number(d, &p, mark) : add_word(d, &p, mark))) return false;
    }
    return d->count > 0;
}

/* ---- parts to days, by order ---- */

static bool year_of(const part *p, int64_t *year)
{
    if (p->digits == 4) return *year = p->value, p->value >= 1000;
    if (p->digits != 2) return false;
    *year = p->value + (p->value < 70 ? 2000 : 1900);
    return true;
}

static bool days_of(int64_t year, int64_t month, int64_t day, int64_t *days)
{
    if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1000 || year > 9999) return false;
    if (!fs_civil_is_valid((int32_t)year, (int32_t)month, (int32_t)day)) return false;
    *days = fs_days_from_civil((int32_t)year, (int32_t)month, (int32_t)day);
    return true;
}

/* Digits without marks. */
static bool read_bare(const part *p, fs_date_order order, int64_t *days)
{
    int64_t v = p->value, a, b, c; /* in the order they stand in */
    bool year_first = order == FS_YMD || order == FS_YDM;
    if (p->digits == 8) {
        a = year_first ? v / 10000 : v / 1000000;
        b = year_first ? v / 100 % 100 : v / 10000 % 100;
        c = year_first ? v % 100 : v % 10000;
    } else if (p->digits == 6) {
        a = v / 10000;
        b = v / 100 % 100;
        c = v % 100;
        *(year_first ? &a : &c) += (year_first ? a : c) < 70 ? 2000 : 1900;
    } else {
        return false;
    }
    int64_t year = year_first ? a : c;
    int64_t month = order == FS_YMD || order == FS_DMY ? b : order == FS_MDY ? a : c;
    int64_t day = order == FS_YMD ? c : order == FS_DMY ? a : b;
    return year >= 1900 && year <= 2100 && days_of(year, month, day, days);
}

static bool is_day(const part *p) { return p->digits == 1 || p->digits == 2; }
static bool is_month(const part *p) { return is_day(p) || (p->digits == 0 && p->value > 0); }

/* The parts of a day, month and year stand at these places, by order. */
static bool read_three(const part *p, fs_date_order order, int64_t *days)
{
    static const unsigned char places[4][3] = {{2, 1, 0}, {0, 1, 2}, {1, 0, 2}, {1, 2, 0}};
    const part *day = &p[places[order][0]], *month = &p[places[order][1]];
    const part *year = &p[places[order][2]];
    int64_t y;
    bool names = month->digits == 0;
    if (!names && p[1].before != p[2].before) return false;
    if (!names && !p[1].before) return false;
    return is_day(day) && is_month(month) && year_of(year, &y) &&
           days_of(y, month->value, day->value, days);
}

/* The Monday of an ISO week. */
static bool week_days(int64_t year, int64_t week, int64_t *days)
{
    if (year < 1000 || year > 9999 || week < 1 || week > 53) return false;
    int64_t fourth = fs_days_from_civil((int32_t)year, 1, 4);
    int64_t monday = fourth - fs_weekday(fourth) + 1 + 7 * (week - 1);
    fs_civil thursday = fs_civil_from_days(monday + 3);
    *days = monday;
    return thursday.year == year;
}

static bool is_week_word(const part *p)
{
    static const char words[][8] = {"w", "kw", "wk", "week", "s", "sem", "semaine", "semana", "cw"};
    for (size_t i = 0; p->digits == 0 && i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == p->letters && memcmp(words[i], p->word, p->letters) == 0)
            return true;
    return false;
}

static bool year_and(const part *year, const part *other, int64_t *y)
{
    return year->digits == 4 && year->value >= 1000 && is_day(other) && (*y = year->value, true);
}

static bool read_week(const parts *d, int64_t *days)
{
    const part *p = d->part;
    int64_t y;
    if (d->count == 1)
        return p->digits == 6 && p->value >= 190000 && p->value < 210100 &&
               week_days(p->value / 100, p->value % 100, days);
    bool dotted = p[1].before == '.';
    if (d->count == 2 && !dotted && p[1].before && year_and(&p[0], &p[1], &y))
        return week_days(y, p[1].value, days);
    if (d->count == 2 && !dotted && p[1].before && year_and(&p[1], &p[0], &y))
        return week_days(y, p[0].value, days);
    if (d->count != 3) return false;
    if (is_week_word(&p[1]) && year_and(&p[0], &p[2], &y)) return week_days(y, p[2].value, days);
    if (is_week_word(&p[0]) && year_and(&p[2], &p[1], &y)) return week_days(y, p[1].value, days);
    return is_week_word(&p[0]) && year_and(&p[1], &p[2], &y) && week_days(y, p[2].value, days);
}

static bool is_quarter_word(const part *p)
{
    return p->digits == 0 && p->letters == 1 && (p->word[0] == 'q' || p->word[0] == 't');
}

static bool read_quarter(const part *p, int64_t *days)
{
    int64_t y;
    bool last = is_quarter_word(&p[1]) && year_and(&p[0], &p[2], &y);
    bool first = !last && is_quarter_word(&p[0]) && year_and(&p[2], &p[1], &y);
    if (!first && !last) return false;
    int64_t quarter = last ? p[2].value : p[1].value;
    return quarter >= 1 && quarter <= 4 && days_of(y, 3 * quarter - 2, 1, days);
}

static bool read_month(const parts *d, int64_t *days)
{
    const part *p = d->part;
    int64_t y;
    if (d->count == 1)
        return p->digits == 6 && p->value >= 190000 && p->value < 210100 &&
               days_of(p->value / 100, p->value % 100, 1, days);
    if (d->count == 3 && p[1].letters == 1 && p[1].word[0] == 'm' && year_and(&p[0], &p[2], &y))
        return days_of(y, p[2].value, 1, days);
    if (d->count == 3) return read_quarter(p, days);
    if (d->count != 2) return false;
    if (p[0].digits == 0) return year_of(&p[1], &y) && days_of(y, p[0].value, 1, days);
    if (p[1].digits == 0) return year_of(&p[0], &y) && days_of(y, p[1].value, 1, days);
    if (!p[1].before || p[1].before == '.') return false;
    if (year_and(&p[0], &p[1], &y)) return days_of(y, p[1].value, 1, days);
    return year_and(&p[1], &p[0], &y) && days_of(y, p[0].value, 1, days);
}

/* Drops the name of a weekday in front. */
static void drop_weekday(parts *d)
{
    if (d->count != 4 || d->part[0].digits) return;
    if (!fs_source_is_weekday(d->part[0].word, d->part[0].letters)) return;
    d->count--;
    memmove(&d->part[0], &d->part[1], 3 * sizeof(part));
    d->part[0].before = 0;
}

static bool by_order(const parts *d, fs_date_order order, int64_t *days)
{
    if (order == FS_DATE_WEEK) return !d->has_time && read_week(d, days);
    if (order == FS_DATE_MONTH) return !d->has_time && read_month(d, days);
    if (d->count == 1) return read_bare(&d->part[0], order, days);
    return d->count == 3 && read_three(d->part, order, days);
}

/* ---- numbers as dates ---- */

static bool read_serial(const char *text, size_t bytes, int64_t *value, bool *has_time)
{
    double days;
    if (bytes == 0 || !is_digit(text[0]) || memchr(text, 'e', bytes)) return false;
    if (!fs_source_read_number(text, bytes, '.', &days)) return false;
    if (days < 1 || days >= 2958466) return false;
    int64_t whole = (int64_t)days;
    double seconds = (days - (double)whole) * 86400; /* spreadsheets keep no finer than this */
    int64_t micros = (int64_t)(seconds * 1000 + 0.5) * 1000;
    *has_time = micros != 0;
    *value = (whole - 25569) * MICROS_A_DAY + micros;
    return true;
}

static bool read_epoch(const char *text, size_t bytes, int64_t *value, bool *has_time)
{
    int64_t whole;
    size_t digits = 0;
    while (digits < bytes && (is_digit(text[digits]) || (digits == 0 && text[0] == '-'))) digits++;
    if (!fs_source_read_integer(text, digits, &whole) || whole < -(1ll << 61)) return false;
    int64_t size = whole < 0 ? -whole : whole;
    int64_t scale = size >= 100000000000000 ? 1 : size >= 100000000000 ? 1000 : 1000000;
    int64_t micros = 0;
    if (digits < bytes) {
        place p = {text + digits, text + bytes};
        if (scale != 1000000 || text[digits] != '.' || !take_fraction(&p, &micros) || p.at != p.end)
            return false;
    }
    if (size >= 253402300800000000) return false; /* the year 10000 */
    *value = whole * scale + (whole < 0 ? -micros : micros);
    *has_time = *value % MICROS_A_DAY != 0;
    return true;
}

/* ---- the usual case: 2024-01-31, 2024-01-31 08:26:00 ---- */

static inline unsigned two(const char *p)
{
    unsigned a = (unsigned char)(p[0] - '0'), b = (unsigned char)(p[1] - '0');
    return a < 10 && b < 10 ? 10 * a + b : 1000;
}

static bool read_iso(const char *t, size_t bytes, int64_t *value, bool *has_time)
{
    if (bytes != 10 && bytes != 19) return false;
    if ((t[4] != '-' && t[4] != '/' && t[4] != '.') || t[7] != t[4]) return false;
    unsigned century = two(t), year = two(t + 2), month = two(t + 5), day = two(t + 8);
    int64_t days;
    if (century > 99 || year > 99 || !days_of(century * 100 + year, month, day, &days))
        return false;
    *value = days * MICROS_A_DAY;
    *has_time = bytes == 19;
    if (bytes == 10) return true;
    unsigned hour = two(t + 11), minute = two(t + 14), second = two(t + 17);
    if ((t[10] != ' ' && t[10] != 'T') || t[13] != ':' || t[16] != ':') return false;
    if (hour > 23 || minute > 59 || second > 59) return false;
    *value += ((int64_t)(hour * 60 + minute) * 60 + second) * MICROS_A_SECOND;
    return true;
}

bool fs_source_read_moment(const char *text, size_t bytes, fs_date_order order, int64_t *value,
                           bool *has_time)
{
    if (order == FS_YMD && read_iso(text, bytes, value, has_time)) return true;
    if (order == FS_DATE_SERIAL) return read_serial(text, bytes, value, has_time);
    if (order == FS_DATE_EPOCH) return read_epoch(text, bytes, value, has_time);
    parts d;
    int64_t days;
    if (bytes < 3 || bytes > 64 || !take_apart(text, bytes, &d)) return false;
    drop_weekday(&d);
    if (!by_order(&d, order, &days)) return false;
    *value = days * MICROS_A_DAY + d.time;
    *has_time = d.has_time;
    return true;
}

/* 2024-01-31 can be ymd or ydm and nothing else. */
static unsigned read_iso_both(const char *text, size_t bytes, int64_t value[8], bool *has_time)
{
    if (!read_iso(text, bytes, &value[FS_YMD], has_time)) return 0;
    if (value[FS_YMD] < 0) return 0; /* before 1970: the long way */
    int64_t day = value[FS_YMD] % MICROS_A_DAY, days;
    fs_civil c = fs_civil_from_days(value[FS_YMD] / MICROS_A_DAY);
    if (!days_of(c.year, c.day, c.month, &days)) return 1u << FS_YMD;
    value[FS_YDM] = days * MICROS_A_DAY + day;
    return 1u << FS_YMD | 1u << FS_YDM;
}

unsigned fs_source_read_moments(const char *text, size_t bytes, bool number, int64_t value[8],
                                bool *has_time)
{
    parts d;
    bool timed;
    *has_time = false;
    unsigned orders = read_iso_both(text, bytes, value, has_time);
    if (orders) return orders;
    *has_time = false;
    if (number && read_serial(text, bytes, &value[FS_DATE_SERIAL], &timed))
        orders |= 1u << FS_DATE_SERIAL;
    if (number && read_epoch(text, bytes, &value[FS_DATE_EPOCH], &timed))
        orders |= 1u << FS_DATE_EPOCH;
    if (number && bytes != 6 && bytes != 8) return orders; /* digits with marks of numbers */
    if (bytes < 3 || bytes > 64 || !take_apart(text, bytes, &d)) return orders;
    drop_weekday(&d);
    for (int order = 0; order < 8; order++) {
        int64_t days;
        if (order == FS_DATE_SERIAL || order == FS_DATE_EPOCH) continue;
        if (!by_order(&d, (fs_date_order)order, &days)) continue;
        value[order] = days * MICROS_A_DAY + d.time;
        orders |= 1u << order;
        *has_time = d.has_time;
    }
    return orders;
}
