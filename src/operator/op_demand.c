/* The operators clean_outliers, peaks and trend: from rows to the kernels of the demand room. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "grid.h"
#include "foresell/demand.h"
#include "foresell/operator.h"

typedef struct workspace {
    fs_binding binding;
    fs_grid grid;
    fs_usual usual;
    int64_t season, top;
    bool outliers_only;
    double limit;
    uint8_t *apart, *outlier; /* grid.count */
    double *cleaned;          /* grid.count */
    int64_t capacity;
    fs_peak *peak;   /* top */
    double *scratch; /* of the trend */
} workspace;

static void workspace_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_grid_free(&w->grid);
    fs_usual_free(&w->usual);
    fs_free(w->apart);
    fs_free(w->outlier);
    fs_free(w->cleaned);
    fs_free(w->peak);
    fs_free(w->scratch);
    fs_free(w);
}

static fs_status workspace_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->binding = *binding;
    w->season = fs_option_int(binding->options, "season");
    fs_grid_open(&w->grid, binding->options);
    return FS_OK;
}

static fs_status reserve(workspace *w, int64_t count)
{
    if (count <= w->capacity && w->cleaned) return FS_OK;
    size_t capacity = (size_t)count + (size_t)count / 4 + 64;
    fs_free(w->apart), fs_free(w->outlier), fs_free(w->cleaned);
    w->capacity = 0;
    w->apart = fs_alloc_zero(capacity, 1);
    w->outlier = fs_alloc(capacity);
    w->cleaned = fs_alloc(capacity * sizeof *w->cleaned);
    if (!w->apart || !w->outlier || !w->cleaned) return FS_MEMORY;
    w->capacity = (int64_t)capacity;
    return FS_OK;
}

/* Steps in a year; 0 where the periods don't tell. */
static int64_t year_of(const fs_step *step)
{
    int64_t day = step->kind == FS_PERIOD_TIME ? INT64_C(86400000000) : 1;
    if (step->kind == FS_PERIOD_INTEGER || step->irregular) return 0;
    if (step->months > 0) return step->months <= 12 ? 12 / step->months : 0;
    return 364 * day / step->size; /* 52 weeks, so that weekdays meet */
}

static int64_t half_window(int season)
{
    if (season <= 1 || season > 14) return 6;
    return season <= 7 ? 2 * season : season;
}

/* ---- clean_outliers ---- */

static const fs_column clean_input[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "a date, a time or a whole number"},
    {.name = "value",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .doc = "demand; null: not known, and stays so"},
    {.name = "on_promotion",
     .type = FS_TYPE_BOOL,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "true: a high value is expected and never an outlier"},
    {0}};

static const fs_column clean_output[] = {
    {.name = "period", .type = FS_TYPE_PERIOD, .role = FS_ROLE_RESULT, .doc = "as it came"},
    {.name = "value", .type = FS_TYPE_DOUBLE, .role = FS_ROLE_RESULT, .doc = "as it came"},
    {.name = "cleaned",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "the value, or where it is an outlier the most that is not one"},
    {.name = "is_outlier",
     .type = FS_TYPE_BOOL,
     .role = FS_ROLE_RESULT,
     .doc = "whether cleaned differs from value"},
    {.name = "reason",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "such as \"12 times its usual 4\"; null where it is no outlier"},
    {0}};

static const fs_param clean_params[] = {
    FS_GRID_PARAMS,
    {.name = "limit",
     .type = FS_TYPE_DOUBLE,
     .fallback = "5",
     .minimum = 1,
     .maximum = 100,
     .doc = "how many usual deviations above what is usual a value may be"},
    {.name = "rows",
     .type = FS_TYPE_TEXT,
     .fallback = "all",
     .choices = "all|outliers",
     .doc = "whether every row comes back, or outliers only"},
    {0}};

static fs_status clean_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    FS_TRY(workspace_open(binding, pointer, error));
    workspace *w = *pointer;
    w->limit = fs_option_double(binding->options, "limit");
    w->outliers_only = strcmp(fs_option_text(binding->options, "rows"), "outliers") == 0;
    return FS_OK;
}

static void read_apart(workspace *w, const fs_block *block, int64_t start)
{
    const fs_vector *promotion = &block->column[2];
    memset(w->apart, 0, (size_t)w->grid.count);
    for (int64_t i = 0; promotion->integer && i < w->grid.rows; i++)
        w->apart[w->grid.place[i]] = promotion->integer[start + i] != 0;
}

/* Three digits that count, never an exponent: 0.25, 8.9, 3873. `text` has room for 32 letters. */
static void write_figure(char *text, size_t size, double figure)
{
    if (!(figure < 1e15)) {
        snprintf(text, size, "over 1000000000000000");
        return;
    }
    double digits = figure > 0 ? floor(log10(figure)) : 0;
    int decimals = digits >= 2 ? 0 : digits < -3 ? 6 : 2 - (int)digits;
    int length = snprintf(text, size, "%.*f", decimals, figure);
    while (decimals > 0 && length > 1 && text[length - 1] == '0') text[--length] = 0, decimals--;
    if (length > 1 && text[length - 1] == '.') text[--length] = 0;
}

static fs_status set_reason(const workspace *w, int64_t t, fs_rows *out, int64_t row)
{
    char text[96];
    double usual = w->usual.expected[t], value = w->grid.value[t];
    if (w->usual.intermittent || !(usual > 0)) usual = w->usual.size;
    char times[32], size[32];
    write_figure(times, sizeof times, value < 0 ? -value : value / usual);
    write_figure(size, sizeof size, usual);
    if (value < 0)
        snprintf(text, sizeof text, "%s below zero, where %s is usual", times, size);
    else
        snprintf(text, sizeof text, "%s times its usual %s", times, size);
    return fs_rows_set_text(out, 4, row, text, strlen(text));
}

static fs_status set_cleaned(const workspace *w, int64_t period, int64_t t, fs_rows *out,
                             int64_t row)
{
    fs_rows_set_integer(out, 0, row, period);
    fs_rows_set_integer(out, 3, row, w->outlier[t]);
    if (!w->grid.valid[t]) return FS_OK;
    fs_rows_set_number(out, 1, row, w->grid.value[t]);
    fs_rows_set_number(out, 2, row, w->cleaned[t]);
    return w->outlier[t] ? set_reason(w, t, out, row) : FS_OK;
}

static int64_t count_cleaned(const workspace *w)
{
    int64_t count = 0;
    if (!w->outliers_only) return w->grid.rows;
    for (int64_t i = 0; i < w->grid.rows; i++) count += w->outlier[w->grid.place[i]];
    return count;
}

static fs_status add_cleaned(const workspace *w, const fs_block *block, int64_t group, fs_rows *out)
{
    int64_t row = 0, start = block->start[group];
    FS_TRY(fs_rows_extend(out, group, count_cleaned(w), &row));
    for (int64_t i = 0; i < w->grid.rows; i++) {
        int64_t t = w->grid.place[i];
        if (w->outliers_only && !w->outlier[t]) continue;
        FS_TRY(set_cleaned(w, block->column[0].integer[start + i], t, out, row++));
    }
    return FS_OK;
}

static fs_status clean_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    (void)error;
    for (int64_t g = 0; g < block->groups; g++) {
        FS_TRY(fs_grid_fill(&w->grid, &w->binding, block, g, w->season));
        FS_TRY(reserve(w, w->grid.count));
        read_apart(w, block, block->start[g]);
        fs_usual_settings settings = {w->grid.season, half_window(w->grid.season)};
        FS_TRY(fs_usual_find(&w->usual, &settings, w->grid.value, w->grid.valid, w->apart,
                             w->grid.count));
        fs_outliers_mark(&w->usual, w->limit, year_of(&w->grid.step), w->grid.value, w->grid.valid,
                         w->apart, w->grid.count, w->outlier, w->cleaned);
        FS_TRY(add_cleaned(w, block, g, out));
    }
    return FS_OK;
}

const fs_operator fs_clean_outliers_operator = {
    .name = "clean_outliers",
    .summary = "Flags values that cannot be ordinary demand, and dampens them in a copy.",
    .details =
        "What is usual is a rolling median, seasonally adjusted; how far values usually stray from "
        "it is their median absolute deviation, which grows with the root of the level (Hampel "
        "1974). In series that are mostly zero the sizes of the sales themselves are compared. A "
        "value more than `limit` deviations and more than its own size away is an outlier if "
        "nearly "
        "no other value of the series, at whatever time, is as high (their upper decile, times its "
        "ratio to the median to the power 1.5), unless it is on promotion, comes back a year "
        "before "
        "or after, or lasts four periods or more. "
        "Zeros are never outliers: stock-outs and closed days are for other rules. One row out for "
        "each row in, or for each outlier.",
    .example = "foresell apply clean_outliers sales.csv --group item --order week --value units "
               "-o cleaned.csv",
    .version = 3,
    .input = clean_input,
    .output = clean_output,
    .params = clean_params,
    .open = clean_open,
    .block = clean_block,
    .close = workspace_close,
};

/* ---- peaks ---- */

static const fs_column peaks_input[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "a date, a time or a whole number"},
    {.name = "value", .type = FS_TYPE_DOUBLE, .role = FS_ROLE_VALUE, .doc = "demand or revenue"},
    {.name = "event",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "what happened in the period; given back with the peak"},
    {0}};

static const fs_column peaks_output[] = {
    {.name = "rank",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .doc = "1: the largest excess of the group"},
    {.name = "period", .type = FS_TYPE_PERIOD, .role = FS_ROLE_RESULT, .doc = "as it came"},
    {.name = "value", .type = FS_TYPE_DOUBLE, .role = FS_ROLE_RESULT, .doc = "as it came"},
    {.name = "expected",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "what is usual at that time: rolling median, seasonally adjusted"},
    {.name = "excess",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "value / expected - 1; null where nothing is usual"},
    {.name = "certainty",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "that it is no accident: z²/(1+z²), whatever the distribution (Cantelli)"},
    {.name = "event", .type = FS_TYPE_TEXT, .role = FS_ROLE_RESULT, .doc = "as it came"},
    {0}};

static const fs_param peaks_params[] = {
    FS_GRID_PARAMS,
    {.name = "top",
     .type = FS_TYPE_INT,
     .fallback = "10",
     .minimum = 1,
     .maximum = 10000,
     .doc = "how many of each group at most"},
    {.name = "minimum",
     .type = FS_TYPE_DOUBLE,
     .fallback = "3",
     .minimum = 0,
     .maximum = 1000,
     .doc = "usual deviations that a peak must be above what is usual"},
    {0}};

static fs_status peaks_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    FS_TRY(workspace_open(binding, pointer, error));
    workspace *w = *pointer;
    w->limit = fs_option_double(binding->options, "minimum");
    w->top = fs_option_int(binding->options, "top");
    w->peak = fs_alloc((size_t)w->top * sizeof *w->peak);
    return w->peak ? FS_OK : fs_fail_memory(error, (size_t)w->top * sizeof *w->peak);
}

static fs_status add_peak(const workspace *w, const fs_block *block, int64_t group, int64_t index,
                          fs_rows *out, int64_t row)
{
    const fs_peak *peak = &w->peak[index];
    const fs_vector *event = &block->column[2];
    int64_t at = fs_grid_row_at(&w->grid, peak->step), from = block->start[group] + at;
    bool is_row = w->grid.place[at] == peak->step; /* else a period that is absent, and zero */
    fs_rows_set_integer(out, 0, row, index + 1);
    fs_rows_set_integer(out, 1, row,
                        is_row ? block->column[0].integer[from]
                               : fs_step_add(&w->grid.step, w->grid.first, peak->step));
    fs_rows_set_number(out, 2, row, peak->value);
    fs_rows_set_number(out, 3, row, peak->expected);
    double excess = peak->value / peak->expected - 1;
    if (peak->expected > 0 && isfinite(excess)) fs_rows_set_number(out, 4, row, excess);
    fs_rows_set_number(out, 5, row, peak->certainty);
    if (!is_row || !event->offset || (event->valid && !event->valid[from])) return FS_OK;
    return fs_rows_set_text(out, 6, row, event->bytes + event->offset[from],
                            (size_t)(event->offset[from + 1] - event->offset[from]));
}

/* Wider than for outliers, so that a season of the year stands out instead of being usual. */
static int64_t half_of_peaks(const fs_grid *grid)
{
    int64_t year = year_of(&grid->step), half = 2 * half_window(grid->season);
    return year > 0 && half > year / 4 && year / 4 > 6 ? year / 4 : half;
}

static fs_status peaks_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    (void)error;
    for (int64_t g = 0; g < block->groups; g++) {
        int64_t first = 0;
        FS_TRY(fs_grid_fill(&w->grid, &w->binding, block, g, w->season));
        int season = w->grid.season > 14 ? 1 : w->grid.season; /* the year itself has peaks */
        fs_usual_settings settings = {season, half_of_peaks(&w->grid)};
        FS_TRY(
            fs_usual_find(&w->usual, &settings, w->grid.value, w->grid.valid, NULL, w->grid.count));
        int64_t found = fs_peaks_find(&w->usual, w->limit, w->grid.value, w->grid.valid,
                                      w->grid.count, w->peak, w->top);
        FS_TRY(fs_rows_extend(out, g, found, &first));
        for (int64_t i = 0; i < found; i++) FS_TRY(add_peak(w, block, g, i, out, first + i));
    }
    return FS_OK;
}

const fs_operator fs_peaks_operator = {
    .name = "peaks",
    .summary = "Finds the periods that stand highest above what is usual.",
    .details = "What is usual is a rolling median over some weeks or months, adjusted for the "
               "weekday where periods are days; a peak is a value at least `minimum` usual "
               "deviations above it. The largest excesses of each group come first. Groups without "
               "a peak have no row.",
    .example =
        "foresell apply peaks sales.csv --group item --order week --value units -o peaks.csv",
    .version = 1,
    .input = peaks_input,
    .output = peaks_output,
    .params = peaks_params,
    .open = peaks_open,
    .block = peaks_block,
    .close = workspace_close,
};

/* ---- trend ---- */

static const fs_column trend_input[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "a date, a time or a whole number"},
    {.name = "value", .type = FS_TYPE_DOUBLE, .role = FS_ROLE_VALUE, .doc = "demand or revenue"},
    {0}};

static const fs_column trend_output[] = {
    {.name = "trend",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "change in a year as a share of the year before; where the series is shorter than two "
            "years, of the usual level (the median month); where periods are whole numbers, change "
            "over the whole series; null where it can't be told"},
    {.name = "low",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "lower end of its 95 % interval"},
    {.name = "high",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "upper end of its 95 % interval"},
    {.name = "certainty",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "that there is a trend at all, by the Mann-Kendall test"},
    {.name = "note",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "what to mind; null: nothing"},
    {0}};

static const fs_param trend_params[] = {FS_GRID_PARAMS, {0}};

static const char *trend_note(const fs_trend *trend, const fs_grid *grid)
{
    int64_t year = year_of(&grid->step);
    if (!trend->known) return "too few known values, or none above zero";
    if (year == 0) return "change over the whole series";
    if (!trend->by_year && year > 1) return "less than two years: may be the season of the year";
    return NULL;
}

static fs_status add_trend(const workspace *w, const fs_trend *trend, int64_t group, fs_rows *out)
{
    int64_t row = 0;
    FS_TRY(fs_rows_extend(out, group, 1, &row));
    const char *note = trend_note(trend, &w->grid);
    if (note) FS_TRY(fs_rows_set_text(out, 4, row, note, strlen(note)));
    if (!trend->known) return FS_OK;
    fs_rows_set_number(out, 0, row, trend->a_year);
    fs_rows_set_number(out, 1, row, trend->low);
    fs_rows_set_number(out, 2, row, trend->high);
    fs_rows_set_number(out, 3, row, trend->certainty);
    return FS_OK;
}

static fs_status trend_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    (void)error;
    for (int64_t g = 0; g < block->groups; g++) {
        fs_trend trend;
        FS_TRY(fs_grid_fill(&w->grid, &w->binding, block, g, w->season));
        FS_TRY(fs_trend_find(w->grid.value, w->grid.valid, w->grid.count, w->grid.season,
                             year_of(&w->grid.step), &w->scratch, &trend));
        FS_TRY(add_trend(w, &trend, g, out));
    }
    return FS_OK;
}

const fs_operator fs_trend_operator = {
    .name = "trend",
    .summary = "Measures how fast each group grows or shrinks a year, and how sure that is.",
    .details =
        "Blocks of about four weeks are compared. Where the series spans two years, only the "
        "same places of different years are, so that the season is no trend (Hirsch, Slack "
        "and Smith 1982): the trend is the sum of blocks over that of the same blocks a year "
        "before, less 1 (a ratio estimator, Cochran 1977). Else it is Theil and Sen's "
        "slope, the median of the slopes between all pairs of blocks, over the median block. "
        "Single huge values count in sums as they are: clean_outliers dampens them.",
    .example =
        "foresell apply trend sales.csv --group item --order week --value units -o trend.csv",
    .version = 3,
    .input = trend_input,
    .output = trend_output,
    .params = trend_params,
    .open = workspace_open,
    .block = trend_block,
    .close = workspace_close,
};
