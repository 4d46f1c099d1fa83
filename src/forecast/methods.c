/* The methods that there are, by the names that users give. */
#include <string.h>

#include "forecast_internal.h"

/* In the order of FS_FORECAST_CHOICES. */
static const fs_method *const methods[FS_FORECAST_MODELS] = {&fs_snaive_method,
                                                             &fs_naive_method,
                                                             &fs_drift_method,
                                                             &fs_mean_method,
                                                             &fs_window_average_method,
                                                             &fs_seasonal_window_average_method,
                                                             &fs_ets_method,
                                                             &fs_ses_method,
                                                             &fs_holt_method,
                                                             &fs_holt_damped_method,
                                                             &fs_holt_winters_method,
                                                             &fs_holt_winters_multiplicative_method,
                                                             &fs_seasonal_es_method,
                                                             &fs_log_theta_method,
                                                             &fs_theta_method,
                                                             &fs_otm_method,
                                                             &fs_dstm_method,
                                                             &fs_dotm_method,
                                                             &fs_ces_method,
                                                             &fs_arima_method,
                                                             &fs_mstl_method,
                                                             &fs_tbats_method,
                                                             &fs_dhr_method,
                                                             &fs_croston_method,
                                                             &fs_croston_optimized_method,
                                                             &fs_sba_method,
                                                             &fs_tsb_method,
                                                             &fs_adida_method,
                                                             &fs_imapa_method,
                                                             &fs_counts_method,
                                                             &fs_median_method,
                                                             &fs_auto_method};

const fs_method *fs_method_at(int model) { return methods[model]; }

const char *fs_forecast_model_name(int model)
{
    return model < 0 || model >= FS_FORECAST_MODELS ? NULL : methods[model]->name;
}

int fs_forecast_model_find(const char *name)
{
    for (int m = 0; m < FS_FORECAST_MODELS; m++)
        if (strcmp(methods[m]->name, name) == 0) return m;
    return -1;
}

bool fs_forecast_model_competes(int model)
{
    return model >= 0 && model < FS_FORECAST_MODELS && methods[model]->competes;
}

bool fs_forecast_has_auto(const fs_forecast_settings *settings)
{
    return settings->model == FS_FORECAST_AUTO || settings->tries >> FS_FORECAST_AUTO & 1;
}
