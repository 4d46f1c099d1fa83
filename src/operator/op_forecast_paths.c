/* The operator forecast_paths: what may come, played through, instead of quantiles of it. */
#include <string.h>

#include "forecast_work.h"

/* ---- declarations ---- */

static const fs_column paths_output[] = {
    {.name = "path",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .doc = "1 to the number of paths"},
    {.name = "period",
     .type = FS_TYPE_PERIOD,
     .role = FS_ROLE_RESULT,
     .doc = "the period that is played through, in the type of the order column"},
    {.name = "step",
     .type = FS_TYPE_INT,
     .role = FS_ROLE_RESULT,
     .unit = "period",
     .doc = "1 for the first period after the last, up to the horizon"},
    {.name = "value",
     .type = FS_TYPE_DOUBLE,
     .role = FS_ROLE_RESULT,
     .doc = "what comes on this path; null where not one value of the group is known"},
    {0}};

static const fs_param paths_params[] = {
    {.name = "horizon",
     .type = FS_TYPE_INT,
     .fallback = "28",
     .minimum = 1,
     .maximum = 100000,
     .doc = "how many periods each path has"},
    FS_PATH_PARAMS("100", 1, "how many paths each group gets"),
    FS_SEASON_PARAMS,
    FS_STEP_PARAMS,
    {.name = "model",
     .type = FS_TYPE_TEXT,
     .fallback = "auto",
     .choices = FS_FORECAST_CHOICES,
     .doc = "as in forecast"},
    {.name = "models",
     .type = FS_TYPE_LIST,
     .fallback = "[]",
     .choices = FS_FORECAST_METHODS,
     .merges = true,
     .doc = "as in forecast"},
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
     .doc = "as in forecast"},
    {.name = "end", .type = FS_TYPE_TEXT, .fallback = "", .doc = "as in forecast"},
    {0}};

/* ---- rows ---- */

enum { PATH, PERIOD, STEP, VALUE };

static fs_status workspace_open(const fs_binding *binding, void **pointer, fs_error *error)
{
    const fs_options *options = binding->options;
    fs_forecast_settings settings = {
        .model = fs_forecast_model_find(fs_option_text(options, "model")),
        .parts = fs_forecast_work_models(options),
        .paths = fs_option_int(options, "paths"),
    };
    return fs_forecast_work_open(binding, &settings, pointer, error);
}

static fs_status add_paths(const fs_forecast_work *w, const fs_forecast *forecast, int64_t group,
                           fs_rows *out)
{
    int64_t horizon = w->settings.horizon, row = 0;
    FS_TRY(fs_rows_extend(out, group, w->settings.paths * horizon, &row));
    for (int64_t path = 0; path < w->settings.paths; path++)
        for (int64_t h = 0; h < horizon; h++, row++) {
            fs_rows_set_integer(out, PATH, row, path + 1);
            fs_rows_set_integer(out, PERIOD, row, fs_step_add(&w->grid.step, w->grid.last, h + 1));
            fs_rows_set_integer(out, STEP, row, h + 1);
            if (forecast->known)
                fs_rows_set_number(out, VALUE, row, forecast->path[path * horizon + h]);
        }
    return FS_OK;
}

static fs_status paths_block(void *pointer, const fs_block *block, fs_rows *out, fs_error *error)
{
    fs_forecast_work *w = pointer;
    for (int64_t g = 0; g < block->groups; g++) {
        fs_forecast forecast;
        FS_TRY(fs_forecast_work_fill(w, block, g, error));
        fs_regressors regressors = fs_forecast_work_regressors(w);
        FS_TRY(fs_forecaster_run(w->forecaster, w->grid.season, w->grid.value, w->grid.valid,
                                 w->grid.count, &regressors, &forecast, error));
        FS_TRY(add_paths(w, &forecast, g, out));
    }
    return FS_OK;
}

const fs_operator fs_forecast_paths_operator = {
    .name = "forecast_paths",
    .summary = "Plays through what may come in each group's series.",
    .details =
        "Paths of the model that forecast would take, for simulations of stock and orders. On a "
        "path "
        "an error lasts as far as the model lets it: errors are drawn from their distribution at "
        "one step, weights of past errors follow from how theory widens later steps (Box and "
        "Jenkins 1970); their sign is taken as plus, which is that of smoothing and of random "
        "walks, and else makes sums wider. Counts are drawn from their distribution, and the level "
        "follows what was drawn. At each step the paths cover the distribution in equal shares (a "
        "Latin hypercube: McKay, Beckman and Conover 1979), in pairs that mirror each other.\n\n"
        "Regressors, nonnegative values and closed days are as in forecast, and the mean of many "
        "paths is its mean, but where values are kept from falling below zero. What is drawn "
        "depends on the seed alone: path 7 of one group and path 7 of another draw high at "
        "the same steps, so sums over groups path by path are those of groups that err together.",
    .example = "foresell apply forecast_paths sales.csv --group item --order week --value units "
               "--horizon 6 --paths 200 -o paths.csv",
    .version = 3,
    .input = fs_forecast_work_input,
    .output = paths_output,
    .params = paths_params,
    .open = workspace_open,
    .block = paths_block,
    .close = fs_forecast_work_close,
};
