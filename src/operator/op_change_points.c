/* The operator change_points: from rows to the lasting changes of a series' level. */
#include <string.h>

#include "grid.h"
#include "foresell/demand.h"
#include "foresell/operator.h"

static const fs_column change_input[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "a date, a time or a whole number"},
    {.name = "value",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .doc = "demand or revenue; null: not known, and no evidence"},
    {0}};

enum { PERIOD, BEFORE, AFTER, CHANGE, LOW, HIGH, CERTAINTY, LASTED, NOTE };

static const fs_column change_output[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_RESULT,
     .doc = "the first of the new level, as near as the values tell"},
    {.name = "before",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "level just before, a period: the mean of a year at most, free of season, growth and "
            "single values"},
    {.name = "after",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "level from then on, likewise"},
    {.name = "change",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "after / before - 1; null where before is not above zero, as its interval is"},
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
     .doc = "that it is no accident: less the chance that noise alone is so far off, at any of the "
            "places looked at"},
    {.name = "lasted",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "period",
     .doc = "how many periods until the next change or the end"},
    {.name = "note",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "what to mind, such as that there is no other year to compare with; null: nothing"},
    {0}};

static const fs_param change_params[] = {
    {.name = "season",
     .type = FS_TYPE_INT,
     .fallback = "0",
     .minimum = 0,
     .maximum = 400,
     .doc = "periods that are looked at together, such as the days of a week; 0: a week where "
            "periods are days or shorter, else 1"},
    FS_STEP_PARAMS,
    {.name = "minimum",
     .type = FS_TYPE_INT,
     .fallback = "0",
     .minimum = 0,
     .maximum = 100000,
     .doc = "periods that a level must last, before a change and after; 0: eight weeks, four "
            "months or quarters, else 8"},
    {.name = "limit",
     .type = FS_TYPE_DOUBLE,
     .fallback = "4",
     .minimum = 1,
     .maximum = 100,
     .doc = "standard errors that a change must be from none"},
    {.name = "least",
     .type = FS_TYPE_DOUBLE,
     .fallback = "0.05",
     .minimum = 0,
     .maximum = 100,
     .doc = "smaller changes are left out, as a share of the level before"},
    {0}};

typedef struct workspace {
    fs_binding binding;
    fs_grid grid;
    fs_changes changes;
    fs_changes_settings settings; /* as the user gave them; 0: by the period */
} workspace;

static void workspace_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_grid_free(&w->grid);
    fs_changes_free(&w->changes);
    fs_free(w);
}

static fs_status workspace_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->binding = *binding;
    fs_grid_open(&w->grid, binding->options);
    w->settings.season = fs_option_int(binding->options, "season");
    w->settings.minimum = fs_option_int(binding->options, "minimum");
    w->settings.limit = fs_option_double(binding->options, "limit");
    w->settings.least = fs_option_double(binding->options, "least");
    return FS_OK;
}

/* Length of a step in days; 0 where it has none. */
static double days_of(const fs_step *step)
{
    if (step->kind == FS_PERIOD_INTEGER || step->irregular) return 0;
    if (step->months > 0) return 365.25 / 12 * step->months;
    return step->kind == FS_PERIOD_TIME ? (double)step->size / 86400e6 : (double)step->size;
}

static int64_t steps_of_a_week(double days)
{
    double steps = days > 0 ? 7 / days : 0;
    return days <= 1 && steps >= 2 && steps <= 400 && steps == (double)(int64_t)steps
               ? (int64_t)steps
               : 1;
}

static int64_t minimum_of(const fs_step *step, double days)
{
    if (days == 0) return 8;
    if (step->months > 0 || days > 14) return 4;
    return (int64_t)(56 / days);
}

static fs_changes_settings settings_of(const workspace *w)
{
    fs_changes_settings settings = w->settings;
    double days = days_of(&w->grid.step);
    settings.year = days > 0 ? 365.25 / days : 0;
    if (settings.season == 0) settings.season = steps_of_a_week(days);
    if (settings.minimum == 0) settings.minimum = minimum_of(&w->grid.step, days);
    return settings;
}

/* Of a step without a row the period is counted. */
static int64_t period_at(const workspace *w, const fs_block *block, int64_t group, int64_t step)
{
    int64_t row = fs_grid_row_at(&w->grid, step);
    if (w->grid.place[row] == step) return block->column[0].integer[block->start[group] + row];
    return fs_step_add(&w->grid.step, w->grid.first, step);
}

static fs_status set_change(const workspace *w, const fs_change *change, fs_rows *out, int64_t row)
{
    static const char no_year[] = "no other year to compare with: may be the season of the year";
    static const char uneven[] = "uneven periods, taken as they follow one another";
    fs_rows_set_number(out, BEFORE, row, change->before);
    fs_rows_set_number(out, AFTER, row, change->after);
    fs_rows_set_number(out, CERTAINTY, row, change->certainty);
    fs_rows_set_integer(out, LASTED, row, change->lasted);
    if (change->is_share) {
        fs_rows_set_number(out, CHANGE, row, change->change);
        fs_rows_set_number(out, LOW, row, change->low);
        fs_rows_set_number(out, HIGH, row, change->high);
    }
    if (w->grid.step.irregular) return fs_rows_set_text(out, NOTE, row, uneven, strlen(uneven));
    if (change->by_year || days_of(&w->grid.step) == 0) return FS_OK;
    return fs_rows_set_text(out, NOTE, row, no_year, strlen(no_year));
}

static fs_status change_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    (void)error;
    for (int64_t g = 0; g < block->groups; g++) {
        int64_t first = 0;
        FS_TRY(fs_grid_fill(&w->grid, &w->binding, block, g, 1));
        fs_changes_settings settings = settings_of(w);
        FS_TRY(
            fs_changes_find(&w->changes, &settings, w->grid.value, w->grid.valid, w->grid.count));
        FS_TRY(fs_rows_extend(out, g, w->changes.count, &first));
        for (int64_t i = 0; i < w->changes.count; i++) {
            const fs_change *change = &w->changes.change[i];
            fs_rows_set_integer(out, PERIOD, first + i, period_at(w, block, g, change->step));
            FS_TRY(set_change(w, change, out, first + i));
        }
    }
    return FS_OK;
}

const fs_operator fs_change_points_operator = {
    .name = "change_points",
    .summary = "Finds when the level of each group changed for good.",
    .details =
        "Means of weeks (where periods are days), as logarithms, are told by a level, the year, "
        "growth where that makes the shorter story, and steps (the partial structural change of "
        "Bai "
        "and Perron 1998): the step that explains most is added until none is sure, all are placed "
        "anew, and what is not sure beside the others goes. A change is sure that is `limit` "
        "standard "
        "errors from none, by the long-run variance of what is left, since what one week leaves to "
        "the "
        "next is no news. It must also stand beside a slope of its own, of a year and of half a "
        "year, "
        "and have no like at the same time of another year. So growth, seasons and single weeks "
        "are no change.\n\n"
        "Groups without a change have no row. 12 changes a group at most.",
    .example = "foresell apply change_points sales.csv --group item --order day --value units "
               "-o changes.csv",
    .version = 1,
    .input = change_input,
    .output = change_output,
    .params = change_params,
    .open = workspace_open,
    .block = change_block,
    .close = workspace_close,
};
