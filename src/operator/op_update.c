/* The operator update: models that forecast saved, carried on with what came since, and forecast from there.
 *
 * New rows go to steps after the end of what was saved, by the step that is saved with it. What is behind the last known value is
 * still to come, so a row with a null value is enough to forecast a group again.
 *
 * Cost: reading the text and writing it anew, about 5 µs, and the methods' recursions over what is new.
 */
#include <stdio.h>
#include <string.h>

#include "update_drivers.h"

#define STEPS_MOST (INT64_C(1) << 20) /* behind the end; a row that is farther is left out */

static const fs_column update_input[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "as in the forecast that was saved; rows up to the saved end are left out"},
    {.name = "value",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .doc = "what came since; null: not known. What is behind the last known value is to come"},
    {.name = "saved_model",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .doc = "the model, as forecast with save = [model] or an update gave it, in one row of the "
            "group or in all; null in all: nothing is forecast, and noted"},
    FS_AHEAD_COLUMN,
    {.name = "event",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "as in the forecast that was saved, of new rows and of periods to come; needed where "
            "it had one. A name that it didn't know is an event like the others"},
    {.name = "seasonal_index",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .optional = true,
     .doc = "the same; needed where the forecast had one"},
    {.name = "*",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_REGRESSOR,
     .optional = true,
     .doc =
         "regressors by their names; needed are those that a saved model has, of new rows and of "
         "periods to come, others do nothing"},
    {0}};

static const fs_column update_output[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_RESULT,
     .doc = "the period that is forecast, in the type of the order column"},
    {.name = "step",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "period",
     .doc = "1 for the first period after the last known one, up to the horizon"},
    {.name = "mean",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "expected value; null where there is no model"},
    {.name = "q",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .each = "quantile",
     .doc = "the value that is not exceeded with this probability"},
    {.name = "model",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "the model's name, as in forecast"},
    {.name = "note",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "what was done beside the usual, such as values left out; null: nothing"},
    {.name = "drivers",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "what regressors do to this period's forecast, as in forecast"},
    {.name = "saved_model",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "in the row of step 1: the model as it is now, for the next update"},
    {0}};

static const fs_param update_params[] = {
    {.name = "horizon",
     .type = FS_TYPE_INT,
     .fallback = "28",
     .minimum = 1,
     .maximum = 100000,
     .doc = "how many periods to forecast"},
    {.name = "quantile",
     .type = FS_TYPE_LIST,
     .fallback = "[0.05, 0.25, 0.5, 0.75, 0.95]",
     .minimum = 0.0001,
     .maximum = 0.9999,
     .doc = "probabilities; each gives a column q…. Those that the forecast was saved with are as "
            "exact as its own, others are read off a table"},
    {.name = "absent",
     .type = FS_TYPE_TEXT,
     .fallback = "missing",
     .choices = "missing|zero|closed",
     .doc = "what a period without a row is, up to the last known value or the end: not known "
            "(missing), or nothing was sold (zero, closed)"},
    FS_NONNEGATIVE_PARAM,
    {.name = "end",
     .type = FS_TYPE_TEXT,
     .fallback = "",
     .doc = "the last period of the past, for all groups: a date (YYYY-MM-DD) or a number; values "
            "after it are not looked at, and groups that end earlier are forecast from there on; "
            "empty: each group's last known value"},
    {0}};

/* ---- workspace ---- */

typedef struct workspace {
    fs_binding binding;
    fs_forecaster *forecaster;
    int64_t horizon;
    int quantiles;
    bool absent_is_zero, has_end;
    int64_t end; /* of all groups, where there is one */
    /* of the group at work */
    fs_saved_time time;
    double *value;
    uint8_t *valid;
    int64_t count, capacity;
    int64_t *place; /* of the group's rows: steps behind the end, below 1: none */
    int64_t row_capacity;
    fs_update_drivers drivers;
    int64_t early, far, twice; /* rows left out */
} workspace;

static void update_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_forecaster_close(w->forecaster);
    fs_free(w->value);
    fs_free(w->valid);
    fs_free(w->place);
    fs_update_drivers_free(&w->drivers);
    fs_free(w);
}

static fs_status update_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    const fs_options *options = binding->options;
    fs_forecast_settings settings = {.model = FS_FORECAST_AUTO, .is_fast = true, .saves = true};
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->binding = *binding;
    w->horizon = settings.horizon = fs_option_int(options, "horizon");
    settings.quantile = fs_option_numbers(options, "quantile", &settings.quantiles);
    settings.nonnegative = fs_forecast_work_nonnegative(options);
    w->quantiles = settings.quantiles;
    w->absent_is_zero = strcmp(fs_option_text(options, "absent"), "missing") != 0;
    FS_TRY(fs_forecast_work_end(binding, &w->has_end, &w->end, error));
    return fs_forecaster_open(&settings, &w->forecaster, error);
}

/* ---- the saved model of a group ---- */

typedef struct saved_text {
    const char *at;
    size_t bytes;
} saved_text;

static saved_text text_at(const fs_vector *v, int64_t row)
{
    if (v->valid && !v->valid[row]) return (saved_text){NULL, 0};
    return (saved_text){v->bytes + v->offset[row], (size_t)(v->offset[row + 1] - v->offset[row])};
}

/* That of the first row that has one; empty texts are none. */
static fs_status find_text(const fs_block *block, int64_t g, saved_text *found, fs_error *error)
{
    *found = (saved_text){NULL, 0};
    for (int64_t row = block->start[g]; row < block->start[g + 1]; row++) {
        saved_text here = text_at(&block->column[FS_UPDATE_SAVED], row);
        if (here.bytes == 0) continue;
        if (found->bytes == 0) *found = here;
        if (here.bytes == found->bytes && memcmp(here.at, found->at, here.bytes) == 0) continue;
        fs_fail(error, FS_DATA, "rows of one group have different saved models");
        fs_error_remedy(error,
                        "join the model of each group to its rows by all columns of --group");
        return FS_DATA;
    }
    return FS_OK;
}

static fs_status check_kind(const workspace *w, fs_error *error)
{
    static const fs_type of[] = {FS_TYPE_INT, FS_TYPE_DATE, FS_TYPE_TIME};
    fs_type saved = of[w->time.step.kind];
    if (saved == w->binding.order_type) return FS_OK;
    fs_fail(error, FS_DATA, "the order column has the type %s, and the model was saved with %s",
            fs_type_name(w->binding.order_type), fs_type_name(saved));
    fs_error_remedy(error, "cast it to what it was in the forecast");
    return FS_DATA;
}

/* ---- rows to steps ---- */

static fs_status reserve(workspace *w, int64_t count)
{
    if (count <= w->capacity && w->value) return FS_OK;
    size_t capacity = (size_t)count + (size_t)count / 4 + 64;
    void *value = fs_realloc(w->value, capacity * sizeof *w->value);
    if (!value) return FS_MEMORY;
    w->value = value;
    void *valid = fs_realloc(w->valid, capacity);
    if (!valid) return FS_MEMORY;
    w->valid = valid;
    w->capacity = (int64_t)capacity;
    return FS_OK;
}

/* How many steps behind the end; those of an irregular one are the rows, of which `before` came. */
static int64_t place_of(const workspace *w, int64_t period, int64_t before)
{
    if (period <= w->time.end) return 0;
    if (w->time.step.irregular) return before + 1;
    return fs_step_between(&w->time.step, w->time.end, period);
}

static int64_t most_steps(const workspace *w)
{
    if (!w->has_end) return STEPS_MOST;
    int64_t most = fs_step_between(&w->time.step, w->time.end, w->end);
    return most < 0 ? 0 : most < STEPS_MOST ? most : STEPS_MOST;
}

/* Lengthens what is new to `count`, with what absent periods are. */
static fs_status lengthen(workspace *w, int64_t count)
{
    FS_TRY(reserve(w, count));
    for (; w->count < count; w->count++) {
        w->value[w->count] = 0;
        w->valid[w->count] = w->absent_is_zero;
    }
    return FS_OK;
}

static fs_status take_row(workspace *w, int64_t place, double value, bool is_known, int64_t last)
{
    FS_TRY(lengthen(w, place));
    if (place == last) w->twice++;
    w->value[place - 1] = is_known ? value : 0;
    w->valid[place - 1] = is_known;
    return FS_OK;
}

static fs_status reserve_places(workspace *w, int64_t rows)
{
    if (rows <= w->row_capacity) return FS_OK;
    fs_free(w->place);
    w->row_capacity = 0;
    w->place = fs_alloc((size_t)(rows + rows / 4) * sizeof *w->place);
    if (!w->place) return FS_MEMORY;
    w->row_capacity = rows + rows / 4;
    return FS_OK;
}

static fs_status fill(workspace *w, const fs_block *block, int64_t g)
{
    const fs_vector *period = &block->column[FS_UPDATE_PERIOD];
    const fs_vector *value = &block->column[FS_UPDATE_VALUE];
    int64_t most = most_steps(w), rows = 0, last = 0, known = 0, start = block->start[g];
    bool tells_ahead = w->binding.name[FS_UPDATE_AHEAD];
    w->count = w->early = w->far = w->twice = 0;
    FS_TRY(reserve_places(w, block->start[g + 1] - start));
    for (int64_t row = start; row < block->start[g + 1]; row++) {
        bool ahead = tells_ahead && fs_row_is_ahead(&block->column[FS_UPDATE_AHEAD], row);
        bool is_known = !ahead && (!value->valid || value->valid[row]);
        int64_t place = w->place[row - start] = place_of(w, period->integer[row], rows);
        if (place < 1) {
            w->early += is_known;
            continue;
        }
        rows++;
        if (place > most) {
            w->far += is_known && !w->has_end;
            continue;
        }
        FS_TRY(take_row(w, place, value->number[row], is_known, last));
        last = place;
        if (tells_ahead ? !ahead : is_known) known = place;
    }
    if (w->has_end) return w->time.step.irregular ? FS_OK : lengthen(w, most);
    w->count = known;
    return FS_OK;
}

static int64_t new_end(const workspace *w, const fs_block *block, int64_t g)
{
    int64_t left = w->count;
    if (!w->time.step.irregular) return fs_step_add(&w->time.step, w->time.end, w->count);
    for (int64_t row = block->start[g]; row < block->start[g + 1] && left > 0; row++) {
        int64_t period = block->column[FS_UPDATE_PERIOD].integer[row];
        if (period > w->time.end && --left == 0) return period;
    }
    return w->time.end;
}

/* ---- results ---- */

enum { PERIOD, STEP, MEAN, QUANTILE };

static void add_note(fs_forecast *forecast, const char *what, int64_t rows)
{
    size_t used = strlen(forecast->note), room = sizeof forecast->note - used;
    const char *before = used > 0 ? "; " : "";
    if (rows > 0)
        snprintf(forecast->note + used, room, "%s%lld %s", before, (long long)rows, what);
    else if (rows < 0)
        snprintf(forecast->note + used, room, "%s%s", before, what);
}

static fs_status set_text(fs_rows *out, int column, int64_t row, const char *text)
{
    return text && text[0] ? fs_rows_set_text(out, column, row, text, strlen(text)) : FS_OK;
}

static fs_status add_rows(const workspace *w, const fs_forecast *forecast, const char *saved,
                          int64_t g, fs_rows *out)
{
    int64_t first = 0;
    int model = QUANTILE + w->quantiles;
    FS_TRY(fs_rows_extend(out, g, w->horizon, &first));
    for (int64_t h = 0; h < w->horizon; h++) {
        int64_t row = first + h;
        fs_rows_set_integer(out, PERIOD, row, fs_step_add(&w->time.step, w->time.end, h + 1));
        fs_rows_set_integer(out, STEP, row, h + 1);
        FS_TRY(set_text(out, model, row, forecast->model));
        FS_TRY(set_text(out, model + 1, row, forecast->note));
        const char *drivers = forecast->drivers ? forecast->drivers + h * FS_DRIVERS : NULL;
        FS_TRY(set_text(out, model + 2, row, drivers));
        if (!forecast->known) continue;
        fs_rows_set_number(out, MEAN, row, forecast->mean[h]);
        for (int q = 0; q < w->quantiles; q++)
            fs_rows_set_number(out, QUANTILE + q, row, forecast->quantile[h * w->quantiles + q]);
    }
    return set_text(out, model + 3, first, saved);
}

/* A group without a model: its rows tell where it stands. */
static fs_status add_nothing(workspace *w, const fs_block *block, int64_t g, fs_rows *out)
{
    static const fs_period_kind kind[] = {[FS_TYPE_INT] = FS_PERIOD_INTEGER,
                                          [FS_TYPE_DATE] = FS_PERIOD_DATE,
                                          [FS_TYPE_TIME] = FS_PERIOD_TIME};
    const int64_t *period = block->column[FS_UPDATE_PERIOD].integer + block->start[g];
    int64_t rows = block->start[g + 1] - block->start[g];
    fs_forecast forecast = {.model = "none"};
    fs_step_infer(kind[w->binding.order_type], period, rows, "auto", &w->time.step);
    w->time.end = period[rows - 1];
    add_note(&forecast, "no saved model: forecast with save = [model]", -1);
    return add_rows(w, &forecast, NULL, g, out);
}

static fs_status update_group(workspace *w, const fs_block *block, int64_t g, fs_rows *out,
                              fs_error *error)
{
    saved_text found;
    fs_forecast forecast;
    const char *saved = NULL;
    FS_TRY(find_text(block, g, &found, error));
    if (found.bytes == 0) return add_nothing(w, block, g, out);
    FS_TRY(fs_forecaster_load(w->forecaster, found.at, found.bytes, &w->time, error));
    FS_TRY(check_kind(w, error));
    FS_TRY(fill(w, block, g));
    fs_update_steps steps = {.place = w->place,
                             .time = &w->time,
                             .count = w->count + w->horizon,
                             .needs = fs_forecaster_needs(w->forecaster)};
    FS_TRY(fs_update_drivers_fill(&w->drivers, &w->binding, block, g, &steps, error));
    FS_TRY(fs_forecaster_update(w->forecaster, w->value, w->valid, w->count, &w->drivers.given,
                                &forecast, error));
    w->time.end = new_end(w, block, g);
    add_note(&forecast, "left out, up to the saved end", w->early);
    add_note(&forecast, "left out, too far behind it", w->far);
    add_note(&forecast, "on the period of another, the last counts", w->twice);
    if (forecast.known) FS_TRY(fs_forecaster_save(w->forecaster, &w->time, &saved, error));
    return add_rows(w, &forecast, saved, g, out);
}

static fs_status update_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    for (int64_t g = 0; g < block->groups; g++) {
        fs_status status = update_group(pointer, block, g, out, error);
        if (status == FS_DATA) fs_rows_refuse(out, g);
        FS_TRY(status);
    }
    return FS_OK;
}

const fs_operator fs_update_operator = {
    .name = "update",
    .summary = "Forecasts with saved models and what came since, without fitting anew.",
    .details =
        "forecast with `save` = [model] gives each group's fitted model as a text, in the column "
        "saved_model of the row of step 1. update takes the rows that came since, with that text "
        "joined to them, moves the model over them with the parameters that it has, and forecasts "
        "what comes next, with the model as it is then. Nothing is estimated: an update takes "
        "microseconds where a fit takes milliseconds, and every so often, after a season or so, "
        "one "
        "should fit anew.\n\n"
        "Between two fits a forecast is the same as if all of the series had been filtered with "
        "the "
        "parameters of the fit (of arima: once its filter has come to rest). Weights of auto stay "
        "what they are; intervals follow the size of the errors that were made since. Format: "
        "docs/saved.md.\n\n"
        "What regressors and events do stays as it was fitted too: it is taken out of what is new, "
        "and put back into what is forecast, by the columns of the same names. A table that lacks "
        "one of them is refused.\n\n"
        "Periods between the saved end and the last known value that have no row count as missing "
        "unless `absent` says otherwise; rows up to the saved end are left out and noted. Values "
        "that "
        "a model can't take, such as parts of pieces for counts, count as missing, and the note "
        "says "
        "to fit anew.",
    .example = "foresell apply update new.csv --group item --order day --value units "
               "--horizon 14 -o out.csv",
    .version = 3,
    .input = update_input,
    .output = update_output,
    .params = update_params,
    .open = update_open,
    .block = update_block,
    .close = update_close,
};
