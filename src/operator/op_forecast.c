/* The operators forecast and backtest: declarations, and the way from rows to the kernels of the
 * forecast room and back. */
#include <math.h>
#include <string.h>

#include "grid.h"
#include "foresell/operator.h"

/* ---- declarations ---- */

static const fs_column series_input[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_ORDER,
     .doc = "a date, a time or a whole number; absent periods count as missing, unless `absent` "
            "says that they are zeros"},
    {.name = "value",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_VALUE,
     .doc = "what is forecast; null: not known (which is not zero)"},
    {.name = "*",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_REGRESSOR,
     .optional = true,
     .doc = "further columns are allowed and are not used yet: neither model looks at them"},
    {0}};

static const fs_column forecast_output[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_RESULT,
     .doc = "the period that is forecast, in the type of the order column"},
    {.name = "step",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "period",
     .doc = "1 for the first period after the last, up to the horizon"},
    {.name = "mean",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "expected value; null where not one value of the group is known"},
    {.name = "q",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .each = "quantile",
     .doc = "the value that is not exceeded with this probability"},
    {.name = "model",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "the model's name: ETS(error,trend,season) with N none, A additive, Ad damped, M "
            "multiplicative; STM, OTM, DSTM, DOTM; CES(season) with N none, S simple, P partial, F "
            "full; several with commas for their median; or none"},
    {.name = "note",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "what was done beside the usual, such as values left out; null: nothing"},
    {0}};

static const fs_param forecast_params[] = {
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
     .doc = "probabilities; each gives a column q…"},
    FS_GRID_PARAMS,
    {.name = "model",
     .type = FS_TYPE_TEXT,
     .fallback = "auto",
     .choices = FS_FORECAST_CHOICES,
     .doc = "auto takes the median of several, or what was clearly better in the group's own past"},
    {.name = "nonnegative",
     .type = FS_TYPE_TEXT,
     .fallback = "auto",
     .choices = "auto|yes|no",
     .doc = "whether what would be below zero is set to zero; auto: where the group's values never "
            "are below zero"},
    {.name = "origins",
     .type = FS_TYPE_INT,
     .fallback = "3",
     .minimum = 0,
     .maximum = 100,
     .doc = "points in the past at which the models are tried out"},
    {.name = "end",
     .type = FS_TYPE_TEXT,
     .fallback = "",
     .doc = "the last period of the past, for all groups: a date (YYYY-MM-DD) or a number; values "
            "after it are not looked at, and groups that end earlier are forecast from there on; "
            "empty: each group's own last period"},
    {0}};

/* ---- workspace ---- */

typedef struct workspace {
    fs_binding binding;
    fs_grid grid;
    fs_forecaster *forecaster;
    int64_t horizon, season;
    int quantiles;
    bool has_end;
    int64_t end;
} workspace;

static int nonnegative_of(const fs_options *options)
{
    const char *text = fs_option_text(options, "nonnegative");
    return strcmp(text, "yes") == 0 ? 1 : strcmp(text, "no") == 0 ? 0 : -1;
}

static fs_status read_end(workspace *w, fs_error *error)
{
    const char *end = fs_option_text(w->binding.options, "end");
    w->has_end = end[0] != '\0';
    if (!w->has_end || fs_grid_read_period(w->binding.order_type, end, &w->end)) return FS_OK;
    fs_fail(error, FS_USAGE, "parameter 'end' is '%s', which is no %s", end,
            w->binding.order_type == FS_TYPE_INT ? "whole number" : "date");
    fs_error_remedy(error, w->binding.order_type == FS_TYPE_INT
                               ? "write it as the order column has it, such as 156"
                               : "write it as YYYY-MM-DD");
    return FS_USAGE;
}

static void workspace_close(void *pointer)
{
    workspace *w = pointer;
    if (!w) return;
    fs_grid_free(&w->grid);
    fs_forecaster_close(w->forecaster);
    fs_free(w);
}

static fs_status fill_workspace(workspace *w, fs_error *error)
{
    const fs_options *options = w->binding.options;
    w->horizon = fs_option_int(options, "horizon");
    w->season = fs_option_int(options, "season");
    fs_grid_open(&w->grid, options);
    const double *quantile = fs_option_numbers(options, "quantile", &w->quantiles);
    fs_forecast_settings settings = {.horizon = w->horizon,
                                     .model =
                                         fs_forecast_model_find(fs_option_text(options, "model")),
                                     .nonnegative = nonnegative_of(options),
                                     .origins = (int)fs_option_int(options, "origins"),
                                     .quantiles = w->quantiles,
                                     .quantile = quantile};
    FS_TRY(read_end(w, error));
    return fs_forecaster_open(&settings, &w->forecaster, error);
}

static fs_status workspace_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    workspace *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->binding = *binding;
    return fill_workspace(w, error);
}

/* ---- forecast ---- */

enum { PERIOD, STEP, MEAN, QUANTILE };

static fs_status set_words(const workspace *w, const fs_forecast *forecast, fs_rows *out,
                           int64_t row)
{
    int model = QUANTILE + w->quantiles;
    FS_TRY(fs_rows_set_text(out, model, row, forecast->model, strlen(forecast->model)));
    if (!forecast->note[0]) return FS_OK;
    return fs_rows_set_text(out, model + 1, row, forecast->note, strlen(forecast->note));
}

static fs_status add_forecast(const workspace *w, const fs_forecast *forecast, int64_t group,
                              fs_rows *out)
{
    int64_t first = 0;
    FS_TRY(fs_rows_extend(out, group, w->horizon, &first));
    for (int64_t h = 0; h < w->horizon; h++) {
        int64_t row = first + h;
        fs_rows_set_integer(out, PERIOD, row, fs_step_add(&w->grid.step, w->grid.last, h + 1));
        fs_rows_set_integer(out, STEP, row, h + 1);
        FS_TRY(set_words(w, forecast, out, row));
        if (!forecast->known) continue;
        fs_rows_set_number(out, MEAN, row, forecast->mean[h]);
        for (int q = 0; q < w->quantiles; q++)
            fs_rows_set_number(out, QUANTILE + q, row, forecast->quantile[h * w->quantiles + q]);
    }
    return FS_OK;
}

static void note_grid(const workspace *w, fs_forecast *forecast)
{
    static const char text[] = "uneven periods, taken as they follow one another";
    if (!w->grid.step.irregular || strlen(forecast->note) + sizeof text + 2 > sizeof forecast->note)
        return;
    if (forecast->note[0]) strcat(forecast->note, "; ");
    strcat(forecast->note, text);
}

static fs_status forecast_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    for (int64_t g = 0; g < block->groups; g++) {
        fs_forecast forecast;
        FS_TRY(fs_grid_fill(&w->grid, &w->binding, block, g, w->season));
        if (w->has_end) FS_TRY(fs_grid_end_at(&w->grid, w->end));
        FS_TRY(fs_forecaster_run(w->forecaster, w->grid.season, w->grid.value, w->grid.valid,
                                 w->grid.count, &forecast, error));
        note_grid(w, &forecast);
        FS_TRY(add_forecast(w, &forecast, g, out));
    }
    return FS_OK;
}

const fs_operator fs_forecast_operator = {
    .name = "forecast",
    .summary = "Forecasts each group's series, with quantiles.",
    .details =
        "Models: snaive, the last value of the same season; naive, the last value; drift, the line "
        "from the first to the last; mean; window_average, of the last season; "
        "seasonal_window_average, of the same place in the last three. Exponential smoothing "
        "(ets), "
        "its form by AICc among fifteen: additive or multiplicative error, no trend, an additive "
        "or "
        "a damped one, no season, an additive or a multiplicative one (Hyndman, Koehler, Ord and "
        "Snyder 2008; errors and seasons that multiply want values above zero). The Theta method "
        "(theta), its optimised (otm), dynamic (dstm) and dynamic optimised form (dotm; Fiorucci "
        "and others 2016). Complex exponential smoothing (ces; Svetunkov, Kourentzes and Ord "
        "2022). "
        "For demand with many zeros: croston (1972), croston_optimized, sba (Syntetos and Boylan "
        "2005), tsb (Teunter, Syntetos and Babai 2011), adida (Nikolopoulos and others 2011), "
        "imapa "
        "(Petropoulos and Kourentzes 2015). The median of ets, dotm and ces at each step "
        "(median).\n\n"
        "With auto, ets, dotm, ces, snaive and the median are tried at several points of the "
        "group's past, where they see only what lay before; the median is used unless another's "
        "mean absolute error is clearly smaller. A model that cannot take a group (too short, or "
        "with values below zero) leaves it to ets.\n\n"
        "Quantiles come from the model's own errors: their distribution at one step, widened by "
        "theory for later steps and by how much larger the errors of the trial were than theory "
        "said. They ascend with the probability, and are never below zero where the values never "
        "are.\n\n"
        "Missing values are skipped, not taken as zero, and so are absent periods unless `absent` "
        "says otherwise; a value more than 1,000 times the usual size is left out and noted. A "
        "group never fails: too short, constant or all-zero series get the simplest forecast that "
        "makes sense, and a note. A group in which nothing is known gets rows with a null mean.",
    .example = "foresell apply forecast sales.csv --group item --order week --value units "
               "--horizon 13 -o out.csv",
    .version = 4,
    .input = series_input,
    .output = forecast_output,
    .params = forecast_params,
    .open = workspace_open,
    .block = forecast_block,
    .close = workspace_close,
};

/* ---- backtest ---- */

static const fs_column backtest_output[] = {
    {.name = "model",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "snaive, ets, dotm, ces or median"},
    {.name = "origins",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .doc = "points in the past from which was forecast"},
    {.name = "count",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .doc = "known values that forecasts were compared with"},
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
    {.name = "wape",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .unit = "share of 1",
     .doc = "sum of absolute errors over the sum of absolute values; null where that is zero"},
    {.name = "bias",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "mean of forecast minus actual"},
    {0}};

enum { MODEL, ORIGINS, COUNT, MAE, RMSE, MASE, WAPE, BIAS };

static fs_status add_errors(const fs_backtest *b, const char *model, fs_rows *out, int64_t row)
{
    FS_TRY(fs_rows_set_text(out, MODEL, row, model, strlen(model)));
    fs_rows_set_integer(out, ORIGINS, row, b->origins);
    fs_rows_set_integer(out, COUNT, row, b->count);
    if (b->count == 0) return FS_OK;
    double count = (double)b->count;
    fs_rows_set_number(out, MAE, row, b->absolute / count);
    fs_rows_set_number(out, RMSE, row, sqrt(b->squared / count));
    if (b->scaled_count > 0)
        fs_rows_set_number(out, MASE, row, b->scaled / (double)b->scaled_count);
    if (b->actual > 0) fs_rows_set_number(out, WAPE, row, b->absolute / b->actual);
    fs_rows_set_number(out, BIAS, row, b->error / count);
    return FS_OK;
}

static int competitors(void)
{
    int count = 0;
    for (int m = 0; m < FS_FORECAST_MODELS; m++) count += fs_forecast_model_competes(m);
    return count;
}

static fs_status backtest_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    workspace *w = pointer;
    for (int64_t g = 0; g < block->groups; g++) {
        fs_forecast forecast;
        int64_t first = 0;
        FS_TRY(fs_grid_fill(&w->grid, &w->binding, block, g, w->season));
        if (w->has_end) FS_TRY(fs_grid_end_at(&w->grid, w->end));
        FS_TRY(fs_forecaster_backtest(w->forecaster, w->grid.season, w->grid.value, w->grid.valid,
                                      w->grid.count, &forecast, error));
        FS_TRY(fs_rows_extend(out, g, competitors(), &first));
        for (int m = 0; m < FS_FORECAST_MODELS; m++)
            if (fs_forecast_model_competes(m))
                FS_TRY(add_errors(&forecast.backtest[m], fs_forecast_model_name(m), out, first++));
    }
    return FS_OK;
}

static const fs_param backtest_params[] = {
    {.name = "horizon",
     .type = FS_TYPE_INT,
     .fallback = "28",
     .minimum = 1,
     .maximum = 100000,
     .doc = "how many periods each trial forecasts; less where the series is short"},
    FS_GRID_PARAMS,
    {.name = "nonnegative",
     .type = FS_TYPE_TEXT,
     .fallback = "auto",
     .choices = "auto|yes|no",
     .doc = "as in forecast"},
    {.name = "origins",
     .type = FS_TYPE_INT,
     .fallback = "3",
     .minimum = 1,
     .maximum = 100,
     .doc = "points in the past from which is forecast, a horizon apart"},
    {.name = "end", .type = FS_TYPE_TEXT, .fallback = "", .doc = "as in forecast"},
    {0}};

const fs_operator fs_backtest_operator = {
    .name = "backtest",
    .summary = "Tells how good each forecasting model was in each group's past.",
    .details = "From several points of the past, each a horizon apart, every model forecasts what "
               "came after from what lay before, and nothing else. One row a group and model.",
    .example = "foresell apply backtest sales.csv --group item --order week --value units "
               "--horizon 13 -o errors.csv",
    .version = 3,
    .input = series_input,
    .output = backtest_output,
    .params = backtest_params,
    .open = workspace_open,
    .block = backtest_block,
    .close = workspace_close,
};
