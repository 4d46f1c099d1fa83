/* wide_label.c: a column's name as a period.
 *
 * 2021-04-12, 12.04.2021, 4/12/2021, 20210412 are days; 2021-04, 04/2021, 202104, Apr 2021, avril-21,
 * "2021 M04" are months; 2021-W07, KW 7/2021, S07-2021 are weeks (of ISO 8601, their Monday); januar …
 * dezember are months of a year that another column gives; d_1495, W01, V2, "Week 3", 17 are numbers.
 * Whether day or month comes first can't be told from one name: the caller tries both on all names,
 * which must go up.
 */
#include <string.h>

#include "detect_internal.h"

/* The first letters that tell the months apart, in English, German, French, Spanish, Portuguese,
 * Italian, Dutch, Polish; folded. */
static const char *const months[12] = {
    "jan january januar janvier janv enero ene janeiro gennaio gen januari styczen sty",
    "feb february februar fevrier fevr fev febrero fevereiro febbraio februari luty lut",
    "mar march marz maerz mrz mars marzo marco maart mrt marzec",
    "apr april avril avr abril abr aprile kwiecien kwi",
    "may mai mayo maio maggio mag mei maj",
    "jun june juni juin junio junho giugno giu czerwiec cze",
    "jul july juli juillet juil julio julho luglio lug lipiec lip",
    "aug august aout aou agosto ago augustus sierpien sie",
    "sep sept september septembre septiembre setembro set settembre wrzesien wrz",
    "oct okt october oktober octobre octubre outubro out ottobre ott pazdziernik paz",
    "nov november novembre noviembre novembro listopad lis",
    "dec dez december dezember decembre diciembre dic dezembro dicembre grudzien gru"};

static const char WEEK_WORDS[] = "w wk week kw woche semaine s sem semana settimana uke v";
static const char DAY_WORDS[] = "d day tag jour dia giorno dag";
static const char QUARTER_WORDS[] = "q quarter quartal trimestre trim t";
/* Words before or behind a date that say that it is one: "WE 07/01/2024", "Sales Jan 2024". */
static const char AROUND[] = "we week weekending ending end of wc wb commencing beginning sales "
                             "units qty quantity sold date "
                             "month menge absatz umsatz ventas ventes vendas unidades";
static const char MONTH_WORDS[] = "m month monat mois mes mese maand";

typedef struct part {
    char text[24]; /* folded letters, or digits */
    size_t size;
    bool digits;
    int value;
} part;

#define PARTS_MAX 8

/* Cuts a name into runs of letters and runs of digits; 0: too many, too long, or other things. */
static int cut_in(fs_arena *arena, const char *name, part *parts)
{
    int n = 0;
    for (const char *at = name; *at;) {
        bool digit = *at >= '0' && *at <= '9';
        bool letter =
            (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (unsigned char)*at >= 0x80;
        if (!digit && !letter) {
            at++;
            continue;
        }
        if (n == PARTS_MAX) return 0;
        part *p = &parts[n++];
        *p = (part){.digits = digit};
        for (; *at && p->size + 1 < sizeof p->text; at++) {
            bool d = *at >= '0' && *at <= '9';
            bool l = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                     (unsigned char)*at >= 0x80;
            if (digit ? !d : !l) break;
            p->text[p->size++] = *at;
            if (digit) p->value = p->size < 10 ? p->value * 10 + (*at - '0') : -1;
        }
        if (p->size + 1 == sizeof p->text) return 0;
        const char *folded;
        if (!digit && fs_words_fold(arena, p->text, &folded, NULL) == FS_OK &&
            strlen(folded) < sizeof p->text) {
            strcpy(p->text, folded);
            p->size = strlen(folded);
        }
    }
    return n;
}

static int cut(const char *name, part *parts)
{
    fs_arena arena = {0};
    int n = cut_in(&arena, name, parts);
    fs_arena_free(&arena);
    return n;
}

static int month_of(const part *p)
{
    for (int m = 0; !p->digits && m < 12; m++)
        if (fs_word_in(p->text, p->size, months[m])) return m + 1;
    return 0;
}

static int year_of(const part *p)
{
    if (!p->digits) return 0;
    if (p->size == 4 && p->value >= 1900 && p->value < 2200) return p->value;
    return p->size == 2 ? 2000 + p->value : 0;
}

static bool is_word(const part *p, const char *list)
{
    return !p->digits && fs_word_in(p->text, p->size, list);
}

/* Monday of an ISO week. */
static int64_t week_day(int year, int week)
{
    int64_t fourth = fs_days_from_civil(year, 1, 4);
    return fourth - (fs_weekday(fourth) - 1) + 7 * (int64_t)(week - 1);
}

static bool set_day(int year, int month, int day, int64_t *out)
{
    if (!fs_civil_is_valid(year, month, day)) return false;
    *out = fs_days_from_civil(year, month, day);
    return true;
}

static bool read_day(const part *p, int n, bool month_first, int64_t *day)
{
    if (n == 1 && p[0].digits && p[0].size == 8)
        return year_of(&(part){.digits = true, .size = 4, .value = p[0].value / 10000}) &&
               set_day(p[0].value / 10000, p[0].value / 100 % 100, p[0].value % 100, day);
    if (n < 3 || !p[0].digits || !p[2].digits) return false;
    int clock = 0; /* "2021-04-12 00:00:00" */
    for (int i = 3; i < n; i++) clock += p[i].digits && p[i].value == 0;
    if (clock != n - 3) return false;
    if (p[0].size == 4) return p[1].digits && set_day(year_of(&p[0]), p[1].value, p[2].value, day);
    int year = year_of(&p[2]), month = month_of(&p[1]);
    if (!year) return false;
    if (month) return set_day(year, month, p[0].value, day);
    if (!p[1].digits) return false;
    return set_day(year, p[month_first ? 0 : 1].value, p[month_first ? 1 : 0].value, day);
}

static bool read_month(const part *p, int n, int64_t *day)
{
    if (n == 1 && p[0].digits && p[0].size == 6) {
        int year = p[0].value / 100;
        return year >= 1900 && year < 2200 && set_day(year, p[0].value % 100, 1, day);
    }
    if (n == 3 && is_word(&p[1], MONTH_WORDS) && p[0].size == 4 && p[2].digits)
        return year_of(&p[0]) && set_day(year_of(&p[0]), p[2].value, 1, day);
    if (n != 2) return false;
    for (int flip = 0; flip < 2; flip++) {
        const part *a = &p[flip], *b = &p[1 - flip];
        int year = year_of(b), month = month_of(a);
        if (year && month) return set_day(year, month, 1, day);
        if (year && b->size == 4 && a->digits && a->size <= 2)
            return set_day(year, a->value, 1, day);
    }
    return false;
}

static bool read_quarter(const part *p, int n, int64_t *day)
{
    for (int q = 0; q < 2 && n == 3; q++) {
        const part *year = q == 0 ? &p[2] : &p[0], *number = q == 0 ? &p[1] : &p[2];
        if (!is_word(&p[q], QUARTER_WORDS) || !number->digits || number->size != 1 ||
            !year->digits || number->value < 1 || number->value > 4 || !year_of(year))
            continue;
        return set_day(year_of(year), 3 * number->value - 2, 1, day);
    }
    return false;
}

static bool read_week(const part *p, int n, int64_t *day)
{
    for (int w = 0; w < n && n == 3; w++) {
        if (!is_word(&p[w], WEEK_WORDS) || w == 2) continue;
        const part *number = &p[w + 1], *other = w == 0 ? &p[2] : &p[0];
        int year = year_of(other);
        if (!year || other->size != 4 || !number->digits || number->value < 1 || number->value > 53)
            continue;
        *day = week_day(year, number->value);
        return true;
    }
    return false;
}

fs_label fs_label_read(const char *name, bool month_first, int64_t *day, int *step, int *stem,
                       bool *iso)
{
    part parts[PARTS_MAX];
    int n = cut(name, parts);
    *step = 0;
    *stem = 0;
    *iso = false;
    if (n == 0) return FS_LABEL_NONE;
    const part *p = parts;
    int m = n;
    while (m > 3 && is_word(p, AROUND)) p++, m--;
    while (m > 3 && is_word(p + m - 1, AROUND)) m--;
    if (m < n && read_day(p, m, month_first, day)) return FS_LABEL_DAY;
    if (read_quarter(parts, n, day)) return FS_LABEL_DAY;
    if (read_day(parts, n, month_first, day)) {
        *iso = strlen(name) == 10 && name[4] == '-' && name[7] == '-';
        return FS_LABEL_DAY;
    }
    if (read_week(parts, n, day) || read_month(parts, n, day)) return FS_LABEL_DAY;
    if (n == 1 && month_of(&parts[0])) {
        *day = month_of(&parts[0]);
        return FS_LABEL_MONTH;
    }
    const part *last = &parts[n - 1];
    size_t bytes = strlen(name);
    if (!last->digits || last->value < 0 || name[bytes - 1] < '0' || name[bytes - 1] > '9' || n > 3)
        return FS_LABEL_NONE;
    *day = last->value;
    *stem = (int)(bytes - last->size);
    if (n >= 2)
        *step = is_word(&parts[n - 2], WEEK_WORDS) && parts[n - 2].size > 1 ? 7
                : is_word(&parts[n - 2], MONTH_WORDS)                       ? 30
                : is_word(&parts[n - 2], DAY_WORDS)                         ? 1
                : parts[n - 2].text[0] == 'w' && parts[n - 2].size == 1     ? 7
                                                                            : 0;
    return FS_LABEL_NUMBER;
}
