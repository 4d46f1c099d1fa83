/* Errors of one step as they are saved: a table of quantiles in place of the errors themselves.
 *
 * The quantiles that were asked for are in it, so that these come out as if all errors were there; others are read off between
 * its points. It is in units of the deviation. That one goes on with what came since: the mean square of all errors, new ones, which were made out
 * of sample, less by the factor by which such are wider.
 */
#include <math.h>

#include "saved_internal.h"

#define POINTS ((int)(sizeof always / sizeof *always))

static const double always[] = {0,   0.01, 0.025, 0.05, 0.1, 0.2,  0.25,  0.3,  0.4, 0.5,
                                0.6, 0.7,  0.75,  0.8,  0.9, 0.95, 0.975, 0.99, 1};

static bool has_point(const fs_error_table *table, double p)
{
    for (int i = 0; i < table->points; i++)
        if (table->p[i] == p) return true;
    return false;
}

void fs_saved_tabulate(fs_forecaster *f, fs_error_table *table)
{
    fs_errors *errors = &f->errors;
    table->errors = (fs_errors){
        .count = errors->count, .deviation = errors->deviation, .factor = errors->factor};
    table->points = 0;
    for (int i = 0; i < POINTS; i++) table->p[table->points++] = always[i];
    for (int q = 0; q < f->settings.quantiles && table->points < FS_SAVED_TABLE; q++)
        if (!has_point(table, f->settings.quantile[q]))
            table->p[table->points++] = f->settings.quantile[q];
    fs_sort(table->p, table->points);
    if (!errors->is_sorted) fs_sort(errors->sorted, errors->count);
    errors->is_sorted = true;
    for (int i = 0; i < table->points; i++) {
        bool is_any = errors->count > 0 && errors->deviation > 0;
        double q = is_any ? fs_sorted_quantile(errors->sorted, errors->count, table->p[i]) : 0;
        table->quantile[i] = is_any ? q / errors->deviation : 0;
    }
}

void fs_saved_learn(fs_error_table *table, const fs_fit *fit, const fs_series *news)
{
    fs_errors *errors = &table->errors;
    double sum = 0, count = (double)errors->count, factor = errors->factor;
    for (int64_t t = 0; t < news->count; t++)
        if (news->use[t]) sum += fit->residual[t] * fit->residual[t];
    if (news->known == 0 || !(factor > 0)) return;
    double square = errors->deviation * errors->deviation;
    square = (count * square + sum / (factor * factor)) / (count + (double)news->known);
    if (!(square <= FS_STATE_BOUND)) return;
    errors->deviation = sqrt(square);
    errors->count += news->known;
}

static double read_off(const fs_error_table *table, double p)
{
    int i = 1;
    while (i < table->points - 1 && table->p[i] < p) i++;
    double low = table->p[i - 1], share = (p - low) / (table->p[i] - low);
    return table->quantile[i - 1] * (1 - share) + table->quantile[i] * share;
}

void fs_saved_quantiles(const fs_fit *fit, int64_t h, const double *p, int n, double *quantile)
{
    const fs_error_table *table = fit->errors;
    for (int q = 0; q < n; q++) {
        double empirical = read_off(table, p[q]) * table->errors.deviation;
        double error = fs_errors_blend(&table->errors, empirical, fs_normal_quantile(p[q]));
        quantile[q] = fit->is_transformed ? fs_box_cox_at(fit, h, fs_box_cox_spread(fit, h) * error)
                                          : fit->mean[h] + fit->spread[h] * error;
    }
}
