/* The operator decompose: from rows to the parts of a series and back. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "grid.h"
#include "foresell/demand.h"
#include "foresell/operator.h"

static const fs_column decompose_input[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "a date, a time or a whole number; absent periods count as missing, unless `absent` "
            "says that they are zeros"},
    {.name = "value",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .doc = "demand or revenue; null: not known"},
    {0}};

static const fs_column decompose_output[] = {
    {.name = "period", .type = FS_TYPE_PERIOD, .role = FS_ROLE_RESULT, .doc = "as it came"},
    {.name = "value", .type = FS_TYPE_DOUBLE, .role = FS_ROLE_RESULT, .doc = "as it came"},
    {.name = "trend",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "the smooth level; null where not one value of the group is known, as all parts are"},
    {.name = "season",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "how far the period is above or below the trend at this time of all seasons together"},
    {.name = "season",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .each = "season",
     .doc = "the part of the season of this length; 0 where it is left out"},
    {.name = "remainder",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "value - (trend + season); null where the value is"},
    {.name = "note",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "what to mind in the group, such as a season left out; null: nothing"},
    {0}};

static const fs_param decompose_params[] = {
    {.name = "season",
     .type = FS_TYPE_LIST,
     .fallback = "[]",
     .minimum = 1,
     .maximum = 10000,
     .merges = true,
     .doc = "lengths of the seasons in periods, such as 7, 365, at most 8; each gives a column "
            "season…, one that is named twice a single one; empty: one, by the period (day 7, week "
            "52, month 12, quarter 4, hour 24, else "
            "none); 1: none"},
    FS_STEP_PARAMS,
    {.name = "robust",
     .type = FS_TYPE_INT,
     .fallback = "2",
     .minimum = 0,
     .maximum = 50,
     .doc = "times that values far off are made to count less; 0: all count the same"},
    {.name = "window",
     .type = FS_TYPE_INT,
     .fallback = "0",
     .minimum = 0,
     .maximum = 10001,
     .doc = "cycles that a season is smoothed over: few let it change fast (at least 3, and odd; "
            "else the next that is); 0: 11 for the first season, 15 for the second, and so on"},
    {.name = "few",
     .type = FS_TYPE_INT,
     .fallback = "5",
     .minimum = 0,
     .maximum = 1000,
     .doc = "a season of which there are fewer cycles than this is the same in all of them, as a "
            "line through so few would follow them, noise and all; 0: lines always, as the papers "
            "have it"},
    {0}};

/* ---- workspace ---- */

typedef struct workspace {
    fs_binding binding;
    fs_grid grid;
    fs_decomposition parts;
    fs_decompose_settings settings;
    int columns;                           /* of single seasons */
    int part_of[FS_DECOMPOSE_SEASONS + 1]; /* which part a column is; -1: none, it is 0 */
    bool by_period;
} workspace;

static void workspace_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_grid_free(&w->grid);
    fs_decomposition_free(&w->parts);
    fs_free(w);
}

static fs_status refuse(const char *wanted, const char *word, fs_error *error)
{
    fs_fail(error, FS_USAGE, "parameter 'season' has '%s', but %s", word, wanted);
    fs_error_remedy(error, "season: whole numbers of periods, such as [7, 365]");
    return FS_USAGE;
}

/* Seasons of 1 are none; the others in ascending order, whatever the order of the columns. */
static fs_status read_seasons(workspace *w, fs_error *error)
{
    fs_decompose_settings *settings = &w->settings;
    int words = 0;
    const char *const *word = fs_option_words(w->binding.options, "season", &words);
    const double *season = fs_option_numbers(w->binding.options, "season", &w->columns);
    w->by_period = words == 0;
    for (int i = 0; i < w->columns; i++) {
        if (season[i] != floor(season[i]))
            return refuse("seasons are whole numbers", word[i], error);
        if (season[i] < 2) continue;
        if (settings->seasons == FS_DECOMPOSE_SEASONS)
            return refuse("there may be 8 seasons at most", word[i], error);
        int k = settings->seasons++;
        for (; k > 0 && settings->season[k - 1] > (int64_t)season[i]; k--)
            settings->season[k] = settings->season[k - 1];
        settings->season[k] = (int64_t)season[i];
    }
    for (int i = 0; i < w->columns; i++) {
        w->part_of[i] = -1;
        for (int k = 0; k < settings->seasons; k++)
            if (settings->season[k] == (int64_t)season[i]) w->part_of[i] = k;
    }
    return FS_OK;
}

static fs_status workspace_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->binding = *binding;
    fs_grid_open(&w->grid, binding->options);
    int64_t window = fs_option_int(binding->options, "window");
    if (window > 0 && window < 3) window = 3;
    w->settings.window = window > 0 ? window / 2 * 2 + 1 : 0;
    w->settings.robust = (int)fs_option_int(binding->options, "robust");
    w->settings.few = fs_option_int(binding->options, "few");
    return read_seasons(w, error);
}

/* ---- groups ---- */

enum { PERIOD, VALUE, TREND, SEASON, EACH };

typedef struct note {
    char text[320];
    size_t length;
} note;

static void add_note(note *n, const char *text)
{
    if (n->length + strlen(text) + 1 > sizeof n->text) return;
    strcpy(n->text + n->length, text);
    n->length += strlen(text);
}

static void note_seasons(const workspace *w, note *n)
{
    int left_out = 0;
    char text[48];
    for (int k = 0; k < w->settings.seasons; k++) left_out += !w->parts.used[k];
    if (left_out == 0) return;
    add_note(n, n->length ? "; " : "");
    for (int k = 0, done = 0; k < w->settings.seasons; k++) {
        if (w->parts.used[k]) continue;
        snprintf(text, sizeof text, "%s%lld",
                 done           ? ", "
                 : left_out > 1 ? "seasons "
                                : "season ",
                 (long long)w->settings.season[k]);
        add_note(n, text);
        done++;
    }
    add_note(n, " left out: fewer than two cycles known");
}

static void make_note(const workspace *w, note *n)
{
    char text[80];
    *n = (note){0};
    if (w->parts.known == 0) {
        add_note(n, "no value known");
        return;
    }
    if (w->parts.known < w->grid.count) {
        snprintf(text, sizeof text, "%lld of %lld values missing",
                 (long long)(w->grid.count - w->parts.known), (long long)w->grid.count);
        add_note(n, text);
    }
    note_seasons(w, n);
    if (w->parts.intermittent && w->settings.robust > 0) {
        add_note(n, n->length ? "; " : "");
        add_note(n, "mostly zeros, all count the same");
    }
    if (!w->grid.step.irregular) return;
    add_note(n, n->length ? "; " : "");
    add_note(n, "uneven periods, taken as they follow one another");
}

static void set_parts(const workspace *w, int64_t t, fs_rows *out, int64_t row)
{
    const fs_decomposition *p = &w->parts;
    fs_rows_set_number(out, TREND, row, p->trend[t]);
    fs_rows_set_number(out, SEASON, row, p->season[t]);
    for (int i = 0; i < w->columns; i++)
        fs_rows_set_number(out, EACH + i, row, w->part_of[i] < 0 ? 0 : p->each[w->part_of[i]][t]);
    if (!w->grid.valid[t]) return;
    fs_rows_set_number(out, VALUE, row, w->grid.value[t]);
    fs_rows_set_number(out, EACH + w->columns, row, p->remainder[t]);
}

/* Where each step is a row, and known: column by column. */
static void set_whole_parts(const workspace *w, fs_rows *out, int64_t first)
{
    const fs_decomposition *p = &w->parts;
    int64_t rows = w->grid.rows;
    fs_rows_set_numbers(out, VALUE, first, w->grid.value, rows);
    fs_rows_set_numbers(out, TREND, first, p->trend, rows);
    fs_rows_set_numbers(out, SEASON, first, p->season, rows);
    for (int i = 0; i < w->columns; i++) {
        if (w->part_of[i] >= 0)
            fs_rows_set_numbers(out, EACH + i, first, p->each[w->part_of[i]], rows);
        else
            for (int64_t t = 0; t < rows; t++) fs_rows_set_number(out, EACH + i, first + t, 0);
    }
    fs_rows_set_numbers(out, EACH + w->columns, first, p->remainder, rows);
}

static fs_status add_group(const workspace *w, const fs_block *block, int64_t group, fs_rows *out)
{
    int64_t first = 0, rows = w->grid.rows, known = w->parts.known;
    note n;
    make_note(w, &n);
    FS_TRY(fs_rows_extend(out, group, rows, &first));
    fs_rows_set_integers(out, PERIOD, first, block->column[0].integer + block->start[group], rows);
    if (known == rows && rows == w->grid.count)
        set_whole_parts(w, out, first);
    else
        for (int64_t i = 0; known > 0 && i < rows; i++)
            set_parts(w, w->grid.place[i], out, first + i);
    if (n.length == 0) return FS_OK;
    return fs_rows_repeat_text(out, EACH + w->columns + 1, first, rows, n.text, n.length);
}

static fs_status decompose_block(void *pointer, const fs_block *block, fs_rows *out,
                                 fs_error *error)
{
    workspace *w = pointer;
    (void)error;
    for (int64_t g = 0; g < block->groups; g++) {
        FS_TRY(fs_grid_fill(&w->grid, &w->binding, block, g, w->by_period ? 0 : 1));
        if (w->by_period) {
            w->settings.seasons = w->grid.season > 1;
            w->settings.season[0] = w->grid.season;
        }
        FS_TRY(fs_decompose(&w->parts, &w->settings, w->grid.value, w->grid.valid, w->grid.count));
        FS_TRY(add_group(w, block, g, out));
    }
    return FS_OK;
}

const fs_operator fs_decompose_operator = {
    .name = "decompose",
    .summary = "Takes each group's series apart into trend, seasons and remainder.",
    .details =
        "One season: STL (Cleveland, Cleveland, McRae and Terpenning 1990). Several: MSTL "
        "(Bandara, Hyndman and Bergmeir 2021), which takes out one after the other, the shortest "
        "first, twice over. No season: the trend alone, by loess. All smoothing is by local lines "
        "(loess of degree 1) with the windows of these papers, fitted at every tenth of a window; "
        "seasons may change slowly, but for those of `few` cycles (degree 0).\n\n"
        "Robust: after a fit, values more than six median sizes of the remainder away (and more "
        "than a hundredth of the median value) count nothing, and nearer ones count the more the "
        "nearer they are; then all is fitted again, `robust` times. Where half of the values are "
        "zero or more that would leave only zeros, so all count the same, which is noted.\n\n"
        "Missing values have no weight and nothing is put in their place. A season of which fewer "
        "than two cycles are known is left out and noted. One row out for each row in; trend and "
        "seasons also where the value is null.",
    .example = "foresell apply decompose sales.csv --group item --order week --value units "
               "-o parts.csv",
    .version = 2,
    .input = decompose_input,
    .output = decompose_output,
    .params = decompose_params,
    .open = workspace_open,
    .block = decompose_block,
    .close = workspace_close,
};
