/* A forecast out of several: at each step the median of their means (the mean of the middle two). The median of a few unlike
 * methods is hard to beat and needs no weights (Petropoulos and Svetunkov 2020, International Journal of Forecasting 36: "A simple
 * combination of univariate models", sixth in the M4 competition). */
#include <math.h>
#include <stdio.h>

#include "forecast_internal.h"

#define MOST 8

static double median_at(double *const *of, int parts, int64_t at)
{
    double value[MOST];
    for (int i = 0; i < parts; i++) value[i] = of[i][at];
    return fs_median(value, parts);
}

static double mean_spread(const fs_fit *const *part, int parts, int64_t h)
{
    double sum = 0;
    for (int i = 0; i < parts; i++) sum += part[i]->spread[h];
    return sum / parts;
}

/* "ETS(A,N,A), DOTM" */
static void name_parts(const fs_fit *const *part, int parts, char *name)
{
    size_t used = 0;
    name[0] = '\0';
    for (int i = 0; i < parts && used < FS_MODEL_NAME - 1; i++)
        used += (size_t)snprintf(name + used, FS_MODEL_NAME - used, "%s%s", i > 0 ? ", " : "",
                                 part[i]->model);
}

void fs_combine(const fs_fit *const *part, int parts, int64_t count, int64_t horizon, fs_fit *fit)
{
    double *mean[MOST], *residual[MOST];
    fit->from = 0;
    fit->parameters = 0;
    fit->aicc = INFINITY;
    for (int i = 0; i < parts; i++) {
        mean[i] = part[i]->mean;
        residual[i] = part[i]->residual;
        if (part[i]->from > fit->from) fit->from = part[i]->from;
        fit->parameters += part[i]->parameters;
    }
    fit->parameters /= parts;
    name_parts(part, parts, fit->model);
    for (int64_t h = 0; h < horizon; h++) {
        fit->mean[h] = median_at(mean, parts, h);
        fit->spread[h] = mean_spread(part, parts, h);
    }
    for (int64_t t = 0; t < count; t++) fit->residual[t] = median_at(residual, parts, t);
}

const fs_method fs_median_method = {
    .name = "median",
    .about = "the median of ets, dotm and ces at each step",
    .competes = true,
};
