/* The step of a series: how far it is from one period to the next.
 *
 * Dates: where all fall on one day of the month (or each on the last of its month, where the month
 * is shorter than that day) and lie 28 days or more apart, the step is a number of calendar months;
 * else it is the greatest common divisor of the differences in days. Integers and times: the
 * divisor of the differences. Missing periods therefore don't disturb it.
 */
#include <string.h>

#include "foresell/forecast.h"

#define HOUR       INT64_C(3600000000)
#define DAY        (24 * HOUR)
#define GRID_MOST  100000 /* steps allowed whatever the number of periods */
#define GRID_TIMES 400    /* steps allowed per period */

/* b - a for a <= b, without overflow. */
static uint64_t distance(int64_t a, int64_t b) { return (uint64_t)b - (uint64_t)a; }

static uint64_t divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* One day, in the step's kind. */
static int64_t day_of(const fs_step *step) { return step->kind == FS_PERIOD_TIME ? DAY : 1; }

/* Days that the calendar functions can turn into a year of 32 bits. */
static bool is_calendar_day(int64_t days) { return days > -300000000 && days < 300000000; }

static int64_t month_number(fs_civil day) { return (int64_t)day.year * 12 + day.month - 1; }

/* Fills months and month_day where all periods are whole months apart. */
static bool infer_months(const int64_t *period, int64_t count, fs_step *step)
{
    int anchor = 0;
    for (int64_t i = 0; i < count; i++) {
        if (!is_calendar_day(period[i])) return false;
        if (i > 0 && period[i] - period[i - 1] < 28) return false;
        int day = fs_civil_from_days(period[i]).day;
        if (day > anchor) anchor = day;
    }
    uint64_t months = 0;
    bool all_last = true;
    for (int64_t i = 0; i < count; i++) {
        fs_civil day = fs_civil_from_days(period[i]);
        int last = fs_days_in_month(day.year, day.month);
        if (day.day != (anchor < last ? anchor : last)) return false;
        all_last = all_last && day.day == last;
        if (i > 0)
            months = divisor(months, (uint64_t)(month_number(day) -
                                                month_number(fs_civil_from_days(period[i - 1]))));
    }
    if (months == 0 || months > 1200) return false;
    step->months = (int)months;
    step->month_day = all_last ? 31 : anchor;
    return true;
}

static uint64_t common_difference(const int64_t *period, int64_t count)
{
    uint64_t step = 0;
    for (int64_t i = 1; i < count && step != 1; i++)
        step = divisor(step, distance(period[i - 1], period[i]));
    return step;
}

static bool set_named(const char *name, fs_step *step, const int64_t *period, int64_t count)
{
    static const struct {
        const char *name;
        int days, months;
    } names[] = {
        {"day", 1, 0}, {"week", 7, 0}, {"month", 0, 1}, {"quarter", 0, 3}, {"year", 0, 12}};
    if (step->kind == FS_PERIOD_INTEGER) {
        step->size = 1;
        return strcmp(name, "auto") != 0;
    }
    if (strcmp(name, "hour") == 0) {
        step->size = step->kind == FS_PERIOD_TIME ? HOUR : 1;
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].name, name) != 0) continue;
        step->size = day_of(step) * names[i].days;
        step->months = names[i].months;
        step->month_day = 1;
        for (int64_t p = 0; step->months && p < count; p++) {
            int64_t days = floor_divide(period[p], day_of(step));
            if (!is_calendar_day(days)) continue;
            int day = fs_civil_from_days(days).day;
            if (day > step->month_day) step->month_day = day;
        }
        return true;
    }
    return false;
}

static void set_by_difference(fs_step *step, const int64_t *period, int64_t count)
{
    uint64_t difference = common_difference(period, count);
    if (difference == 0) difference = step->kind == FS_PERIOD_TIME ? (uint64_t)DAY : 1;
    if (difference > INT64_MAX) difference = INT64_MAX;
    step->size = (int64_t)difference;
}

/* A step so short that the grid would be all holes is no step: then the usual distance is taken. */
static void check_grid(fs_step *step, const int64_t *period, int64_t count)
{
    if (count < 2 || step->months > 0) return;
    uint64_t steps = distance(period[0], period[count - 1]) / (uint64_t)step->size;
    if (steps <= GRID_MOST || steps / GRID_TIMES <= (uint64_t)count) return;
    step->irregular = true;
    uint64_t mean = distance(period[0], period[count - 1]) / (uint64_t)(count - 1);
    step->size = mean > INT64_MAX ? INT64_MAX : (int64_t)mean;
}

/* Times at one time of day are dates. */
static bool infer_time_months(const int64_t *period, int64_t count, fs_step *step)
{
    if (step->size < 28 * DAY || step->size % DAY != 0) {
        for (int64_t i = 1; i < count; i++)
            if (distance(period[i - 1], period[i]) % DAY != 0) return false;
    }
    int anchor = 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t days = floor_divide(period[i], DAY);
        if (!is_calendar_day(days)) return false;
        if (i > 0 && period[i] - period[i - 1] < 28 * DAY) return false;
        int day = fs_civil_from_days(days).day;
        if (anchor != 0 && day != anchor) return false;
        anchor = day;
    }
    uint64_t months = 0;
    for (int64_t i = 1; i < count; i++) {
        fs_civil a = fs_civil_from_days(floor_divide(period[i - 1], DAY));
        fs_civil b = fs_civil_from_days(floor_divide(period[i], DAY));
        months = divisor(months, (uint64_t)(month_number(b) - month_number(a)));
    }
    if (months == 0 || months > 1200) return false;
    step->months = (int)months;
    step->month_day = anchor;
    return true;
}

void fs_step_infer(fs_period_kind kind, const int64_t *period, int64_t count,
                   const char *period_name, fs_step *step)
{
    *step = (fs_step){.kind = kind, .size = 1, .month_day = 1};
    if (set_named(period_name, step, period, count)) return;
    if (kind == FS_PERIOD_DATE && infer_months(period, count, step)) return;
    set_by_difference(step, period, count);
    if (kind == FS_PERIOD_TIME && count > 1 && infer_time_months(period, count, step)) return;
    check_grid(step, period, count);
}

/* ---- stepping ---- */

static int64_t add_months(const fs_step *step, int64_t days, int64_t steps)
{
    fs_civil from = fs_civil_from_days(days);
    int64_t number = month_number(from) + steps * step->months;
    int64_t year = floor_divide(number, 12);
    if (year < -500000 || year > 500000) return days;
    int32_t month = (int32_t)(number - year * 12) + 1;
    int last = fs_days_in_month((int32_t)year, month);
    return fs_days_from_civil((int32_t)year, month,
                              step->month_day < last ? step->month_day : last);
}

int64_t fs_step_add(const fs_step *step, int64_t from, int64_t steps)
{
    int64_t way = 0, to = 0;
    if (step->months > 0 && step->kind != FS_PERIOD_INTEGER) {
        int64_t unit = day_of(step);
        int64_t days = floor_divide(from, unit);
        if (steps > 1000000 || steps < -1000000 || !is_calendar_day(days)) return from;
        return add_months(step, days, steps) * unit + (from - days * unit);
    }
    if (__builtin_mul_overflow(step->size, steps, &way) || __builtin_add_overflow(from, way, &to))
        return (steps < 0) ? INT64_MIN : INT64_MAX;
    return to;
}

int64_t fs_step_between(const fs_step *step, int64_t from, int64_t to)
{
    if (to < from) return -fs_step_between(step, to, from);
    if (step->months > 0 && step->kind != FS_PERIOD_INTEGER) {
        int64_t unit = day_of(step);
        int64_t a = floor_divide(from, unit), b = floor_divide(to, unit);
        if (!is_calendar_day(a) || !is_calendar_day(b)) return 0;
        int64_t months = month_number(fs_civil_from_days(b)) - month_number(fs_civil_from_days(a));
        return (months + step->months / 2) / step->months;
    }
    if (step->size <= 0) return 0; /* of one period alone, nobody knows how long it is */
    uint64_t size = (uint64_t)step->size, way = distance(from, to);
    uint64_t steps = way / size + (way % size >= size - size / 2 ? 1 : 0);
    return steps > INT64_MAX ? INT64_MAX : (int64_t)steps;
}

bool fs_step_is_day(const fs_step *step)
{
    return step->kind != FS_PERIOD_INTEGER && !step->irregular && step->months == 0 &&
           step->size == day_of(step);
}

fs_civil fs_step_date(const fs_step *step, int64_t period)
{
    return fs_civil_from_days(floor_divide(period, day_of(step)));
}

#define YEAR_DAYS  365.25
#define YEAR_LEAST 4    /* steps in a year that make a season */
#define DAY_STEPS  1440 /* steps in a day at most: minutes */

int fs_step_seasons(const fs_step *step, int season[FS_SEASONS_MOST])
{
    int64_t day = day_of(step), days = step->size / day;
    if (step->kind == FS_PERIOD_INTEGER || step->irregular) return -1;
    if (step->months > 0) {
        season[0] = fs_step_season(step);
        return season[0] > 1;
    }
    if (fs_step_is_day(step)) {
        season[0] = 7, season[1] = 365;
        return 2;
    }
    if (days > 0) {
        season[0] = (int)(YEAR_DAYS / (double)days + 0.5);
        return step->size % day == 0 && season[0] >= YEAR_LEAST;
    }
    if (step->size < 1 || day % step->size != 0 || day / step->size > DAY_STEPS) return 0;
    season[0] = (int)(day / step->size), season[1] = 7 * season[0];
    return 2;
}

int fs_step_season(const fs_step *step)
{
    if (step->kind == FS_PERIOD_INTEGER || step->irregular) return 1;
    if (step->months > 0)
        return step->months < 12 && 12 % step->months == 0 ? 12 / step->months : 1;
    if (fs_step_is_day(step)) return 7;
    if (step->size == 7 * day_of(step)) return 52;
    return step->kind == FS_PERIOD_TIME && step->size == HOUR ? 24 : 1;
}
