/* The operator forecast: its declaration, and the way from rows to the kernels of the forecast room and back. */
#include <string.h>

#include "forecast_work.h"

/* ---- declarations ---- */

static const fs_column forecast_output[] = {
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_RESULT,
     .doc = "the period that is forecast, in the type of the order column; of sums the last one"},
    {.name = "step",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "period",
     .doc = "1 for the first period after the last, up to the horizon; of sums how many periods"},
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
            "full; MSTL(seasons) and the form of what is left, log where seasons multiply; "
            "TBATS(lambda, "
            "{p,q}, phi, {<season,harmonics>}); DHR({<season,harmonics>}) and the orders of ARIMA; "
            "several "
            "with commas for their median, with their weights for their mean; or none"},
    {.name = "note",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc = "what was done beside the usual, such as values left out; null: nothing"},
    {.name = "drivers",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .doc =
         "what regressors do to this period's forecast, the largest first, as \"promotion +38 %, "
         "holiday -12 %\": against their smaller value where they have two, else against their "
         "mean; null: nothing of 1 % or more"},
    {.name = "saved_",
     .type = FS_TYPE_TEXT,
     .role = FS_ROLE_RESULT,
     .each = "save",
     .doc = "in the row of step 1: the fitted model as a text, for the operator update "
            "(docs/saved.md); null where it can't be saved"},
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
    FS_QUANTILE_PARAMS,
    FS_SEASON_PARAMS,
    FS_STEP_PARAMS,
    {.name = "model",
     .type = FS_TYPE_TEXT,
     .fallback = "auto",
     .choices = FS_FORECAST_CHOICES,
     .doc = "auto combines several by how good they were in the group's own past"},
    {.name = "models",
     .type = FS_TYPE_LIST,
     .fallback = "[]",
     .choices = FS_FORECAST_METHODS,
     .merges = true,
     .doc = "what auto combines, such as [ets, croston, tsb]; empty: ets, dotm, ces, arima, "
            "snaive where there is a season, drift and log_theta where there is none, and mstl "
            "where there are "
            "several"},
    FS_FORM_PARAM,
    FS_CALENDAR_PARAM,
    FS_EFFORT_PARAM,
    FS_SEARCH_PARAM,
    FS_BOX_COX_PARAM,
    FS_NONNEGATIVE_PARAM,
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
    {.name = "save",
     .type = FS_TYPE_LIST,
     .fallback = "[]",
     .choices = "model",
     .merges = true,
     .doc = "[model]: the fitted models come along, in a column saved_model, to be carried on by "
            "update with what comes next"},
    {0}};

/* ---- workspace ---- */

static fs_status workspace_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    const fs_options *options = binding->options;
    fs_forecast_settings settings = {
        .model = fs_forecast_model_find(fs_option_text(options, "model")),
        .parts = fs_forecast_work_models(options),
    };
    int saved = 0;
    (void)fs_option_words(options, "save", &saved);
    settings.saves = saved > 0;
    return fs_forecast_work_open(binding, &settings, pointer, error);
}

/* ---- rows ---- */

enum { PERIOD, STEP, MEAN, QUANTILE };

static fs_status set_words(const fs_forecast_work *w, const fs_forecast *forecast, fs_rows *out,
                           int64_t row, int64_t h)
{
    int model = QUANTILE + w->settings.quantiles;
    const char *drivers = forecast->drivers ? forecast->drivers + h * FS_DRIVERS : "";
    FS_TRY(fs_rows_set_text(out, model, row, forecast->model, strlen(forecast->model)));
    if (forecast->note[0])
        FS_TRY(fs_rows_set_text(out, model + 1, row, forecast->note, strlen(forecast->note)));
    if (!drivers[0]) return FS_OK;
    return fs_rows_set_text(out, model + 2, row, drivers, strlen(drivers));
}

/* saved: NULL or the model, in the row of the first step behind the other columns. */
static fs_status add_forecast(const fs_forecast_work *w, const fs_forecast *forecast,
                              const char *saved, int64_t group, fs_rows *out)
{
    int64_t first = 0;
    FS_TRY(fs_rows_extend(out, group, w->settings.horizon, &first));
    for (int64_t h = 0; h < w->settings.horizon; h++) {
        int64_t row = first + h;
        fs_rows_set_integer(out, PERIOD, row, fs_step_add(&w->grid.step, w->grid.last, h + 1));
        fs_rows_set_integer(out, STEP, row, h + 1);
        FS_TRY(set_words(w, forecast, out, row, h));
        if (!forecast->known) continue;
        fs_rows_set_number(out, MEAN, row, forecast->mean[h]);
        for (int q = 0; q < w->settings.quantiles; q++)
            fs_rows_set_number(out, QUANTILE + q, row,
                               forecast->quantile[h * w->settings.quantiles + q]);
    }
    if (!saved) return FS_OK;
    return fs_rows_set_text(out, QUANTILE + w->settings.quantiles + 3, first, saved, strlen(saved));
}

static void add_note(fs_forecast *forecast, const char *text)
{
    if (strlen(forecast->note) + strlen(text) + 3 > sizeof forecast->note) return;
    if (forecast->note[0]) strcat(forecast->note, "; ");
    strcat(forecast->note, text);
}

/* The fitted model as a text; NULL where none is wanted or can be had. */
static fs_status save(fs_forecast_work *w, fs_forecast *forecast, const char **text,
                      fs_error *error)
{
    fs_saved_time time = {.step = w->grid.step, .end = w->grid.last, .season = forecast->season};
    *text = NULL;
    if (!w->settings.saves || !forecast->known) return FS_OK;
    FS_TRY(fs_forecaster_save(w->forecaster, &time, text, error));
    if (!*text) add_note(forecast, "this model can't be saved");
    return FS_OK;
}

static fs_status forecast_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    fs_forecast_work *w = pointer;
    for (int64_t g = 0; g < block->groups; g++) {
        fs_forecast forecast;
        const char *saved;
        FS_TRY(fs_forecast_work_fill(w, block, g, error));
        fs_regressors regressors = fs_forecast_work_regressors(w);
        FS_TRY(fs_forecaster_run(w->forecaster, w->grid.season, w->grid.value, w->grid.valid,
                                 w->grid.count, &regressors, &forecast, error));
        if (w->grid.step.irregular)
            add_note(&forecast, "uneven periods, taken as they follow one another");
        FS_TRY(save(w, &forecast, &saved, error));
        FS_TRY(add_forecast(w, &forecast, saved, g, out));
    }
    return FS_OK;
}

const fs_operator fs_forecast_operator = {
    .name = "forecast",
    .summary = "Forecasts each group's series, with quantiles.",
    .details =
        "Models: snaive, the last value of the same season; naive, the last value; drift, the "
        "line from the first to the last; mean; window_average, of the last season; "
        "seasonal_window_average, of the same place in the last three. Exponential smoothing "
        "(ets), its form by AICc among fifteen: additive or multiplicative error, no trend, an "
        "additive or a damped one, no season, an additive or a multiplicative one (Hyndman, "
        "Koehler, Ord and Snyder 2008; errors and seasons that multiply want values above "
        "zero). By name: ses, holt, holt_damped, holt_winters (additive), "
        "holt_winters_multiplicative, seasonal_es (each place of the season smoothed by "
        "itself); `form` gives any of the thirty forms. The Theta method (theta), its "
        "optimised (otm), dynamic (dstm) and dynamic optimised form (dotm; Fiorucci and others "
        "2016), and theta of logarithms, for growth by a share (log_theta). Complex exponential "
        "smoothing (ces; Svetunkov, Kourentzes and Ord 2022). For "
        "demand with many zeros: croston (1972), croston_optimized, sba (Syntetos and Boylan "
        "2005), tsb (Teunter, Syntetos and Babai 2011), adida (Nikolopoulos and others 2011), "
        "imapa (Petropoulos and Kourentzes 2015). For whole numbers that are small, as of slow "
        "movers, counts: a mixture of negative binomials that forecasts their whole "
        "distribution (after Snyder, Ord and Beaumont 2012). Seasonal ARIMA (arima), orders by "
        "AICc and a stepwise search (Hyndman and Khandakar 2008), or among all (`search`), exact "
        "likelihood. Several "
        "seasons, as of days 7 and 365: mstl, which takes them out by STL and forecasts the rest "
        "by ets without season (Bandara, Hyndman and Bergmeir 2021); tbats, in which each "
        "season "
        "is a sum of waves, as many as AICc says, with ARMA errors after a transformation of Box "
        "and Cox (De Livera, Hyndman and Snyder 2011); and dhr, such waves that stay as they are, "
        "and "
        "ARIMA without season for what they leave (Hyndman and Athanasopoulos, Forecasting: "
        "Principles and Practice, 10.5). The median "
        "of ets, dotm, ces and arima at each step (median).\n\n"
        "With auto a group of slow movers (whole numbers, at least a fifth of zeros, or a mean "
        "of at most 20 over 100 periods or more) is forecast as counts. Of others ets, dotm, "
        "ces, arima, and snaive where there is a season, drift and log_theta where there is none, "
        "or those "
        "that `models` names, are tried at several points of the group's past, where they see "
        "only what lay before. The forecast is their mean, weighted by the inverse square of "
        "their mean absolute errors there, each point counting twice the one before where there is "
        "no season (Bates and "
        "Granger 1969); the column model tells the "
        "weights. Where the past is too short to try, it is their median. A model that cannot "
        "take a group (too short, or with values below zero) is left out, or leaves it to ets.\n\n"
        "Seasons, where none are given, are those that the period suggests (of days 7 and 365, of "
        "hours 24 and 168) or, of whole numbers, peaks of the autocorrelation, seen twice at least "
        "and significant at 1 %. Where a group has two or more, auto tries mstl too; the column "
        "note tells them, and the season that was found where the period has none.\n\n"
        "Regressors (further columns) multiply a series without values below zero, and add to "
        "others: y = level x season x exp(b (x - usual)), b by quasi-likelihood with the level "
        "as a mean over near periods (Santos Silva and Tenreyro 2006; Robinson 1988), drawn to "
        "zero by a prior and safe against outliers. With auto the time of the month is such a "
        "regressor of days (`calendar`). Any model is then fitted to the series without them; "
        "counts are left whole, and their level is multiplied instead. Events (the column "
        "`event`) do so by name: one effect that all have in common and one of each beside it, "
        "both drawn to zero, so that a seldom one is taken for an event like the others.\n\n"
        "With `box_cox` ets, arima and dhr are fitted to (y^lambda - 1) / lambda, by name or as "
        "parts of auto and median (Box and Cox 1964; lambda by Guerrero 1993). Means that come "
        "back are means, not medians; quantiles and paths go back as they are, and in combinations "
        "errors are widened by the slope at the median.\n\n"
        "Quantiles of counts are those of their distribution. Others come from the model's own "
        "errors: their distribution at one step, widened by theory for later steps and by how "
        "much larger the errors of the trial were than theory said. They ascend with the "
        "probability, and are never below zero where the values never are. With `intervals` "
        "conformal they come from the errors that the trial made so many steps ahead, with "
        "their sign, over what theory expected (split conformal prediction with rolling "
        "origins: Lei and others 2018; Stankeviciute and others 2021); of neighbouring steps "
        "together where trials are few, mixed with the model's own by the number of trials, and "
        "as by the model where there are fewer than five errors.\n\n"
        "With `of` sum a row is of the sum of all periods up to its own, which is what an order "
        "over a lead time must cover: quantiles of a sum are not sums of quantiles. They are read "
        "from simulated paths, in which an error lasts as far as the model lets it: errors are "
        "drawn from their distribution at one step, weights of past errors follow from how "
        "theory widens later steps; counts are drawn from their distribution, and the level "
        "follows what was drawn. The operator forecast_paths gives such paths.\n\n"
        "Missing values are skipped, not taken as zero, and so are absent periods unless "
        "`absent` says otherwise; a value more than 1,000 times the usual size is left out and "
        "noted. A group never fails: too short, constant or all-zero series get the simplest "
        "forecast that makes sense, and a note. A group in which nothing is known gets rows "
        "with a null mean.",
    .example = "foresell apply forecast sales.csv --group item --order week --value units "
               "--horizon 13 -o out.csv",
    .version = 8,
    .input = fs_forecast_work_input,
    .output = forecast_output,
    .params = forecast_params,
    .open = workspace_open,
    .block = forecast_block,
    .close = fs_forecast_work_close,
};
