/* The operator backtest: its declaration, and measures from the sums of trials. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "forecast_work.h"

/* ---- declaration ---- */

static const fs_column backtest_output[] = {
    {.name = "model",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "as the parameter names it: snaive, drift, log_theta, ets, dotm, ces, arima, mstl and "
            "auto, or "
            "those of "
            "`models`"},
    {.name = "step",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "period",
     .doc = "the step ahead that the row is of; null: all, where `by` is all"},
    {.name = "origins",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .doc = "points in the past from which was forecast"},
    {.name = "count",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .doc = "known values that forecasts were compared with"},
    {.name = "actual",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "mean of the absolute values that forecasts were compared with; null where there are "
            "none"},
    {.name = "mae",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "mean absolute error; null where nothing could be compared"},
    {.name = "rmse",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "root of the mean squared error"},
    {.name = "mase",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "mean absolute error over that of the seasonal naive method inside what was known; "
            "null where that is zero"},
    {.name = "rmsse",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "root of: mean squared error over that of the naive method inside what was known; null "
            "where that is zero"},
    {.name = "smape",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "mean of twice the absolute error over the sizes of forecast and value, 0 to 2; 0 "
            "where both are zero"},
    {.name = "wape",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "sum of absolute errors over the sum of absolute values; null where that is zero"},
    {.name = "bias",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "mean of forecast minus actual"},
    {.name = "value_added",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "forecast value added: the share of the seasonal naive method's absolute error that "
            "the model saves; below zero: it is worse; null where that error is zero"},
    {.name = "coverage",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "share of values between the lowest and the highest quantile, which should be their "
            "distance; days on which it is always closed are not counted"},
    {.name = "ranges",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .doc = "of how many values that is the share; null without quantiles"},
    {.name = "crps",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "continuous ranked probability score, as far as the quantiles tell: twice their mean "
            "pinball loss"},
    {.name = "spl",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "scaled pinball loss: the mean over the quantiles, over the naive method's mean "
            "absolute error inside what was known; null where that is zero"},
    {.name = "msis",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "mean scaled interval score of the outermost quantiles: their distance, and 2/α of "
            "what values lay outside, scaled as mase is"},
    {.name = "pinball",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .each = "quantile",
     .doc = "mean pinball loss of this quantile"},
    {.name = "below",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .each = "quantile",
     .unit = "share of 1",
     .doc = "share of values that were not above this quantile, which should be its probability"},
    {0}};

static const fs_param backtest_params[] = {
    {.name = "horizon",
     .type = FS_TYPE_INT,
     .fallback = "28",
     .minimum = 1,
     .maximum = 100000,
     .doc = "how many periods each trial forecasts; less where the series is short"},
    {.name = "quantile",
     .type = FS_TYPE_LIST,
     .fallback = "[0.05, 0.25, 0.5, 0.75, 0.95]",
     .minimum = 0.0001,
     .maximum = 0.9999,
     .doc = "probabilities, whose quantiles are judged too"},
    FS_QUANTILE_PARAMS,
    FS_SEASON_PARAMS,
    FS_STEP_PARAMS,
    {.name = "models",
     .type = FS_TYPE_LIST,
     .fallback = "[]",
     .choices = FS_FORECAST_CHOICES,
     .merges = true,
     .doc = "models to try, such as [naive, ets, tsb]; empty: auto and what it combines"},
    {.name = "by",
     .type = FS_TYPE_TEXT,
     .fallback = "all",
     .choices = "all|step",
     .doc = "one row a group and model, or one for each step ahead"},
    FS_FORM_PARAM,
    FS_CALENDAR_PARAM,
    FS_EFFORT_PARAM,
    FS_SEARCH_PARAM,
    FS_BOX_COX_PARAM,
    FS_NONNEGATIVE_PARAM,
    {.name = "origins",
     .type = FS_TYPE_INT,
     .fallback = "3",
     .minimum = 1,
     .maximum = 100,
     .doc = "points in the past from which is forecast, a horizon apart"},
    {.name = "end", .type = FS_TYPE_TEXT, .fallback = "", .doc = "as in forecast"},
    {0}};

/* The models that are asked for, one by one. */
static uint64_t tried(const fs_options *options)
{
    uint64_t models = fs_forecast_work_models(options);
    if (models) return models;
    for (int m = 0; m < FS_FORECAST_MODELS; m++)
        if (fs_forecast_model_competes(m)) models |= (uint64_t)1 << m;
    return models;
}

/* The seasonal naive method is the model, so it is always tried: value added is measured against it. */
static fs_status workspace_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    fs_forecast_settings settings = {
        .model = fs_forecast_model_find("snaive"),
        .tries = tried(binding->options),
        .by_step = strcmp(fs_option_text(binding->options, "by"), "step") == 0,
    };
    return fs_forecast_work_open(binding, &settings, pointer, error);
}

/* ---- rows ---- */

enum {
    MODEL,
    STEP,
    ORIGINS,
    COUNT,
    ACTUAL,
    MAE,
    RMSE,
    MASE,
    RMSSE,
    SMAPE,
    WAPE,
    BIAS,
    VALUE_ADDED,
    COVERAGE,
    RANGES,
    CRPS,
    SPL,
    MSIS,
    PINBALL
};

/* Null where there is nothing to divide by; sums of the largest numbers may be too large for one. */
static void set_ratio(fs_rows *out, int column, int64_t row, double sum, double by)
{
    if (by > 0) fs_rows_set_number(out, column, row, fmax(-DBL_MAX, fmin(sum / by, DBL_MAX)));
}

static void set_root(fs_rows *out, int column, int64_t row, double sum, double by)
{
    if (by > 0) fs_rows_set_number(out, column, row, sqrt(sum / by));
}

static void add_points(const fs_backtest *b, const fs_backtest *naive, fs_rows *out, int64_t row)
{
    double count = (double)b->count;
    set_ratio(out, ACTUAL, row, b->actual, count);
    set_ratio(out, MAE, row, b->absolute, count);
    set_root(out, RMSE, row, b->squared, count);
    set_ratio(out, MASE, row, b->scaled, (double)b->scaled_count);
    set_root(out, RMSSE, row, b->scaled_squared, (double)b->stepped_count);
    set_ratio(out, SMAPE, row, b->relative, count);
    set_ratio(out, WAPE, row, b->absolute, b->actual);
    set_ratio(out, BIAS, row, b->error, count);
    set_ratio(out, VALUE_ADDED, row, naive->absolute - b->absolute, naive->absolute);
}

static void add_intervals(const fs_backtest *b, int quantiles, fs_rows *out, int64_t row)
{
    double count = (double)b->count, loss = 0;
    if (quantiles == 0) return;
    for (int q = 0; q < quantiles; q++) {
        loss += b->pinball[q];
        set_ratio(out, PINBALL + q, row, b->pinball[q], count);
        set_ratio(out, PINBALL + quantiles + q, row, (double)b->below[q], count);
    }
    set_ratio(out, COVERAGE, row, (double)b->inside, (double)b->ranges);
    fs_rows_set_integer(out, RANGES, row, b->ranges);
    set_ratio(out, CRPS, row, 2 * loss, count * quantiles);
    set_ratio(out, SPL, row, b->scaled_loss, (double)b->loss_count * quantiles);
    set_ratio(out, MSIS, row, b->interval, (double)b->scaled_count);
}

static fs_status add_model(const fs_forecast_work *w, int model, int64_t group, fs_rows *out)
{
    bool by_step = w->settings.by_step;
    int64_t rows = by_step ? w->settings.horizon : 1, first = 0;
    const char *name = fs_forecast_model_name(model);
    FS_TRY(fs_rows_extend(out, group, rows, &first));
    for (int64_t i = 0; i < rows; i++) {
        const fs_backtest *b = fs_forecaster_tested(w->forecaster, model, i);
        const fs_backtest *naive = fs_forecaster_tested(w->forecaster, w->settings.model, i);
        FS_TRY(fs_rows_set_text(out, MODEL, first + i, name, strlen(name)));
        if (by_step) fs_rows_set_integer(out, STEP, first + i, i + 1);
        fs_rows_set_integer(out, ORIGINS, first + i, b->origins);
        fs_rows_set_integer(out, COUNT, first + i, b->count);
        add_points(b, naive, out, first + i);
        add_intervals(b, w->settings.quantiles, out, first + i);
    }
    return FS_OK;
}

static fs_status backtest_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    fs_forecast_work *w = pointer;
    for (int64_t g = 0; g < block->groups; g++) {
        fs_forecast forecast;
        FS_TRY(fs_forecast_work_fill(w, block, g, error));
        fs_regressors regressors = fs_forecast_work_regressors(w);
        FS_TRY(fs_forecaster_backtest(w->forecaster, w->grid.season, w->grid.value, w->grid.valid,
                                      w->grid.count, &regressors, &forecast, error));
        for (int m = 0; m < FS_FORECAST_MODELS; m++)
            if (w->settings.tries >> m & 1) FS_TRY(add_model(w, m, g, out));
    }
    return FS_OK;
}

const fs_operator fs_backtest_operator = {
    .name = "backtest",
    .summary = "Tells how good each forecasting model was in each group's past.",
    .details =
        "From several points of the past, each a horizon apart, every model forecasts what came "
        "after from what lay before, and nothing else; of regressors it knows what they were. "
        "Quantiles are those that a user would have "
        "got then. One row a group and model, or one a step ahead as well. With `of` sum what is "
        "measured is the sum over the whole trial, or by step the sum up to each, where all its "
        "values are known; scaled measures are then of a step of it. Mean absolute scaled "
        "error (mase): Hyndman and Koehler 2006; rmsse and spl as in the M5 competition "
        "(Makridakis "
        "and others 2022), msis as in the M4 (Gneiting and Raftery 2007).",
    .example = "foresell apply backtest sales.csv --group item --order week --value units "
               "--horizon 13 --models '[naive, ets, auto]' -o errors.csv",
    .version = 7,
    .input = fs_forecast_work_input,
    .output = backtest_output,
    .params = backtest_params,
    .open = workspace_open,
    .block = backtest_block,
    .close = fs_forecast_work_close,
};
