/* The best reading of a whole column, from its tallies. The rules stand at fs_profile_open. */
#include <math.h>

#include "profile_internal.h"

#define UNREAD_MOST 0.02
#define MIXED_MOST  0.001
#define WORDS_MOST  0.2

/* Does a reading of `read` of `cells` cells do for the column? */
static bool suffices(int64_t read, int64_t cells)
{
    return read > 0 && (double)(cells - read) <= UNREAD_MOST * (double)cells;
}

static bool is_calendar(int order) { return order <= FS_YDM; }

/* Cells that count as dates of an order: bare digits only where every cell is such a date. */
static int64_t dates_of(const fs_column_tally *t, int order, int64_t cells)
{
    int64_t all = t->out.dates[order], bare = t->bare_dates[order];
    if (order == FS_DATE_SERIAL || order == FS_DATE_EPOCH) return 0;
    if (t->bare == 0) return all;
    bool every = all == cells && bare == all;
    return every && t->out.distinct > 1 ? all : all - bare;
}

/* The order, of dmy and mdy, by which all are first days of months, where there is one; else ymd. */
static fs_date_order by_first_days(const fs_column_tally *t)
{
    bool by_dmy = t->date_within & 1u << FS_DMY, by_mdy = t->date_within & 1u << FS_MDY;
    if (by_dmy == by_mdy || t->out.distinct <= 2) return FS_YMD;
    return by_dmy ? FS_MDY : FS_DMY;
}

/* Between dmy and mdy, where both read as many: months rather than the first days of one. */
static fs_date_order between_ambiguous(const fs_column_tally *t, int64_t cells)
{
    fs_date_order by_months = by_first_days(t);
    if (by_months != FS_YMD) return by_months;
    return 2 * t->slashed_half > cells ? FS_MDY : FS_DMY;
}

static int64_t span_of(const fs_column_tally *t, fs_date_order order)
{
    return t->date_greatest[order] - t->date_least[order];
}

/* The order that reads most cells. Where two read as many, as they do with two-digit years, the
 * year is not the part that runs through a month: the order with the shorter span is right. */
static fs_date_order best_order(const fs_column_tally *t, int64_t cells, int64_t *read)
{
    static const fs_date_order preferred[] = {FS_DMY,        FS_MDY,       FS_YMD,
                                              FS_DATE_MONTH, FS_DATE_WEEK, FS_YDM};
    fs_date_order best = FS_YMD;
    *read = 0;
    for (size_t i = 0; i < sizeof preferred / sizeof *preferred; i++) {
        int64_t here = dates_of(t, preferred[i], cells);
        bool other_year = (best == FS_DMY || best == FS_MDY) && preferred[i] == FS_YMD;
        bool shorter = here == *read && other_year && span_of(t, FS_YMD) < span_of(t, best);
        if (here == 0 || (here <= *read && !shorter)) continue;
        *read = here;
        best = preferred[i];
    }
    bool tie = dates_of(t, FS_DMY, cells) == dates_of(t, FS_MDY, cells);
    if ((best == FS_DMY || best == FS_MDY) && tie) best = between_ambiguous(t, cells);
    return best;
}

static bool decide_date(fs_column_tally *t, int64_t cells)
{
    int64_t read;
    fs_date_order order = best_order(t, cells, &read);
    fs_column_profile *out = &t->out;
    int64_t numbers = t->point.count > t->comma.count ? t->point.count : t->comma.count;
    if (read == 0) return false;
    out->earliest = t->date_least[order];
    out->latest = t->date_greatest[order];
    bool some = suffices(read, cells) || (suffices(t->any_date, cells) && 2 * read >= cells);
    if (!some || (numbers > read && t->bare_dates[order] < read)) return false;
    out->reading =
        (fs_reading){.kind = t->late > 0 && is_calendar((int)order) ? FS_READ_TIME : FS_READ_DATE,
                     .order = order,
                     .decimal = '.'};
    out->unread = cells - read;
    out->ascending = !(t->date_descends & 1u << order);
    out->date_ambiguous = t->could_swap > 0 && (order == FS_DMY || order == FS_MDY) &&
                          by_first_days(t) == FS_YMD &&
                          dates_of(t, FS_DMY, cells) == dates_of(t, FS_MDY, cells);
    return true;
}

static bool decide_bool(fs_column_tally *t, int64_t cells)
{
    fs_column_profile *out = &t->out;
    if (t->word_bools == 0 || out->distinct > 4 + UNREAD_MOST * (double)cells) return false;
    if (!suffices(out->bools, cells)) return false;
    out->reading = (fs_reading){.kind = FS_READ_BOOL, .decimal = '.'};
    out->unread = cells - out->bools;
    return true;
}

/* Fractions, negative numbers and a few small numbers again and again are quantities, not codes: there a
 * cell of digits and letters (1O for 10) is a slip. */
static bool is_measured(const fs_column_tally *t, int64_t cells, const fs_number_tally *best)
{
    bool few_small = best->least <= 10 && t->out.distinct * 20 <= cells;
    return best->fractional > 0 || best->negative > 0 || few_small;
}

/* Cells that could be codes make the column text. Two words, or digits without end, in thousands of
 * quantities are slips: few as the values of quantities are, they would make a fifth of them. */
static bool is_code(const fs_column_tally *t, int64_t cells, const fs_number_tally *best)
{
    double few = MIXED_MOST * (double)cells;
    double mixed_most = is_measured(t, cells, best) ? UNREAD_MOST * (double)cells : few;
    bool words = (double)t->words > WORDS_MOST * (double)t->values;
    return t->leading_zeros > 0 || (double)t->long_digits > few ||
           (words && (double)(cells - best->count) > few) || (double)t->out.mixed > mixed_most;
}

static bool decide_number(fs_column_tally *t, int64_t cells, const fs_number_tally *best)
{
    fs_column_profile *out = &t->out;
    if (is_code(t, cells, best) || !suffices(best->count, cells)) return false;
    bool comma = best == &t->comma;
    bool whole = out->integers == best->count && !comma;
    out->reading = (fs_reading){.kind = whole ? FS_READ_INTEGER : FS_READ_NUMBER,
                                .decimal = comma ? ',' : '.'};
    out->unread = cells - best->count;
    out->ascending = best->ascending;
    return true;
}

static void decide_text(fs_column_tally *t)
{
    fs_column_profile *out = &t->out;
    out->reading = (fs_reading){.kind = FS_READ_TEXT, .decimal = '.'};
    out->missing -= t->words_missing; /* words are text there */
    out->unread = 0;
    out->ascending = !t->text_descends && t->texts > 0;
}

static void describe_numbers(fs_column_profile *out, const fs_number_tally *n)
{
    if (n->count == 0) return;
    out->negative = n->negative;
    out->zero = n->zero;
    out->fractional = n->fractional;
    out->least = n->least;
    out->greatest = n->greatest;
    out->mean = isfinite(n->sum) ? n->sum / (double)n->count : n->least / 2 + n->greatest / 2;
}

void fs_source_decide(fs_column_tally *t)
{
    fs_column_profile *out = &t->out;
    out->numbers_point = t->point.count;
    out->numbers_comma = t->comma.count;
    out->missing += t->words_missing;
    out->leading_zeros = t->leading_zeros > 0;
    const fs_number_tally *best = t->comma.count > t->point.count ? &t->comma : &t->point;
    int64_t cells = out->rows - out->missing;
    out->decimal_ambiguous =
        t->comma.count == t->point.count && best->count > 0 && t->comma.sum != t->point.sum;
    describe_numbers(out, best);
    if (cells > 0 &&
        (decide_date(t, cells) || decide_bool(t, cells) || decide_number(t, cells, best)))
        return;
    decide_text(t);
}
