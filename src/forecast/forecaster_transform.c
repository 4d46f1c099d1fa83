/* Which methods of a forecaster are fitted to a series after Box and Cox's transformation, and to which series that can be done. */
#include "forecaster_internal.h"

static bool takes(const fs_method *method)
{
    return method == &fs_ets_method || method == &fs_arima_method || method == &fs_dhr_method;
}

fs_status fs_forecaster_try(fs_forecaster *f, const fs_forecast_task *task, const fs_method *method,
                            fs_fit *fit, bool *can)
{
    const fs_series *s = task->series;
    bool is_wanted = f->settings.transforms && takes(method);
    double lambda = f->settings.lambda;
    *can = false;
    fit->is_transformed = false;
    f->is_left_plain |= is_wanted && !(s->least > 0);
    if (is_wanted && s->least > 0) {
        if (lambda < 0) lambda = fs_box_cox_guerrero(s->y, s->use, s->count, task->season);
        FS_TRY(fs_box_cox_fit(method, task, lambda, &f->transformed, &f->scratch, fit, can));
    }
    if (*can) return FS_OK;
    fit->is_transformed = false;
    return method->fit(method, task, &f->scratch, fit, can);
}
