/* A forecaster fed from rows, for the operators forecast and backtest. */
#include <string.h>

#include "forecast_work.h"

const fs_column fs_forecast_work_input[] = {
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
     .doc = "further columns are allowed and are not used yet: no model looks at them"},
    {0}};

static int nonnegative_of(const fs_options *options)
{
    const char *text = fs_option_text(options, "nonnegative");
    return strcmp(text, "yes") == 0 ? 1 : strcmp(text, "no") == 0 ? 0 : -1;
}

static fs_status read_end(fs_forecast_work *w, fs_error *error)
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

uint64_t fs_forecast_work_models(const fs_options *options)
{
    uint64_t models = 0;
    int count = 0;
    const char *const *word = fs_option_words(options, "models", &count);
    for (int i = 0; i < count; i++) models |= (uint64_t)1 << fs_forecast_model_find(word[i]);
    return models;
}

void fs_forecast_work_close(void *pointer)
{
    fs_forecast_work *w = pointer;
    if (!w) return;
    fs_grid_free(&w->grid);
    fs_forecaster_close(w->forecaster);
    fs_free(w);
}

fs_status fs_forecast_work_open(const fs_binding *binding, const fs_forecast_settings *settings,
                                void **pointer, fs_error *error)
{
    const fs_options *options = binding->options;
    fs_forecast_settings all = *settings;
    fs_forecast_work *w = fs_alloc_zero(1, sizeof *w);
    if (!w) return fs_fail_memory(error, sizeof *w);
    *pointer = w;
    w->binding = *binding;
    w->horizon = all.horizon = fs_option_int(options, "horizon");
    w->season = fs_option_int(options, "season");
    fs_grid_open(&w->grid, options);
    all.quantile = fs_option_numbers(options, "quantile", &w->quantiles);
    all.quantiles = w->quantiles;
    all.nonnegative = nonnegative_of(options);
    all.origins = (int)fs_option_int(options, "origins");
    FS_TRY(read_end(w, error));
    return fs_forecaster_open(&all, &w->forecaster, error);
}

fs_status fs_forecast_work_fill(fs_forecast_work *w, const fs_block *block, int64_t g)
{
    FS_TRY(fs_grid_fill(&w->grid, &w->binding, block, g, w->season));
    return w->has_end ? fs_grid_end_at(&w->grid, w->end) : FS_OK;
}
