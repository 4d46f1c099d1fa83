/* The search of coefficients of covariates that are most likely.
 *
 * It goes over coefficients of standard covariates (standard.c), from the parameters without any, with the curvature that there is where
 * covariates have nothing to do with histories: H of the parameters, and for the two coefficients of each covariate that of α and β in H. So it
 * ends after some ten steps. z - m = R times the standard ones, so coefficients and their errors are those of the search by the transposed inverse of R.
 *
 * Cost: some thirty evaluations of the likelihood for two covariates.
 */
#include <math.h>
#include <string.h>

#include "customer_internal.h"

#define MOST  FS_PURCHASE_PARAMETERS
#define BOUND FS_PURCHASE_BOUND
#define ALPHA 1

typedef struct search {
    const fs_covariate_task *task;
    fs_covariate_place at;
    int parameters, used; /* searched for; covariates that tell something */
    int column[FS_COVARIATES];
    int variables;
} search;

static double loss(void *context, const double *x, double *slope)
{
    search *s = context;
    fs_covariate_slopes by;
    int n = s->parameters, leaving = s->at.leaving >= 0;
    double share = 1 / s->task->all->customers;
    for (int i = 0; i < n; i++) s->at.parameter[i] = exp(x[i]);
    for (int c = 0; c < s->used; c++) {
        s->at.on_rate[s->column[c]] = x[n + c];
        if (leaving) s->at.on_leaving[s->column[c]] = x[n + s->used + c];
    }
    double value = s->task->likelihood(s->task->context, &s->at, &by);
    for (int i = 0; i < n; i++) slope[i] = -by.parameter[i] * share;
    for (int c = 0; c < s->used; c++) {
        slope[n + c] = -by.on_rate[s->column[c]] * share;
        if (leaving) slope[n + s->used + c] = -by.on_leaving[s->column[c]] * share;
    }
    return -value * share;
}

/* The inverse of a symmetric matrix; false where it is not positive definite. */
static bool invert(const double *matrix, int n, double *inverse)
{
    double factor[MOST * MOST];
    memcpy(factor, matrix, (size_t)(n * n) * sizeof *factor);
    if (!fs_cholesky_factorise(factor, n)) return false;
    for (int i = 0; i < n; i++) {
        double column[MOST] = {0};
        column[i] = 1;
        fs_cholesky_solve(factor, n, column);
        for (int j = 0; j < n; j++) inverse[j * n + i] = column[j];
    }
    return true;
}

/* Of rate and leaving of a covariate, as of α and of what leaving depends on. */
static bool guess_block(const search *s, const fs_minimum *plain, double block[4])
{
    double curvature[MOST * MOST], part[4];
    int n = s->parameters, two = s->at.leaving >= 0 ? 2 : 1;
    const int of[2] = {ALPHA, s->at.leaving};
    if (!(plain->inverse[0] > 0) || !invert(plain->inverse, n, curvature)) return false;
    for (int i = 0; i < two; i++)
        for (int j = 0; j < two; j++) part[i * two + j] = curvature[of[i] * n + of[j]];
    return invert(part, two, block);
}

/* From the parameters without covariates on. */
static void begin(const search *s, const fs_minimum *plain, fs_minimum *at)
{
    double block[4];
    int n = s->parameters, all = s->variables, two = s->at.leaving >= 0 ? 2 : 1;
    *at = (fs_minimum){0};
    memcpy(at->x, plain->x, (size_t)n * sizeof *at->x);
    if (!guess_block(s, plain, block)) return;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) at->inverse[i * all + j] = plain->inverse[i * n + j];
    for (int c = 0; c < s->used; c++)
        for (int i = 0; i < two; i++)
            for (int j = 0; j < two; j++)
                at->inverse[(n + i * s->used + c) * all + n + j * s->used + c] = block[i * two + j];
}

/* Row c of R'^-1: what coefficients of standard covariates are in one as it came. */
static void take_row(const search *s, int c, double row[FS_COVARIATES])
{
    const fs_standard *w = s->task->standard;
    memset(row, 0, FS_COVARIATES * sizeof *row);
    for (int j = c; j < s->used; j++) { /* Σ_j row_j factor_kj = 1 where k is c, else 0 */
        double rest = j == c;
        for (int i = c; i < j; i++) rest -= row[i] * w->factor[s->column[j]][s->column[i]];
        row[j] = rest / w->factor[s->column[j]][s->column[j]];
    }
}

/* A coefficient and its error, from those at `first` of the search. */
static double coefficient(const search *s, const fs_minimum *least, int c, int first,
                          double *deviation)
{
    double row[FS_COVARIATES], sum = 0, variance = 0;
    take_row(s, c, row);
    for (int i = c; i < s->used; i++) {
        sum += row[i] * least->x[first + i];
        for (int j = c; j < s->used; j++)
            variance += row[i] * row[j] * least->inverse[(first + i) * s->variables + first + j];
    }
    *deviation = sqrt(fmax(variance, 0) / fmax(s->task->all->customers, 1));
    return sum;
}

static void set_coefficients(const search *s, const fs_minimum *least, fs_covariate_fit *fit)
{
    double hastens;
    bool leaving = fs_customer_leaving(s->at.model, &hastens) >= 0;
    for (int c = 0; c < s->used; c++) {
        int k = s->column[c], n = s->parameters;
        fit->effects.rate[k] = -coefficient(s, least, c, n, &fit->rate_deviation[k]);
        if (leaving)
            fit->effects.leaving[k] =
                hastens * coefficient(s, least, c, n + s->used, &fit->leaving_deviation[k]);
    }
}

void fs_customer_fit_covariates(int model, const fs_covariate_task *task, fs_covariate_fit *fit)
{
    double hastens;
    search s = {.task = task, .parameters = fs_customer_searched(model)};
    fs_minimum plain, least;
    *fit = (fs_covariate_fit){.effects = {.columns = task->columns}};
    fs_customer_fit(model, task->all, &plain, &fit->base);
    for (int c = 0; c < task->columns; c++) {
        fit->effects.mean[c] = task->standard->mean[c];
        fit->told[c] = task->standard->told[c];
        if (fit->told[c]) s.column[s.used++] = c;
    }
    if (s.used == 0) return;
    s.at = (fs_covariate_place){.model = model, .columns = task->columns};
    s.at.leaving = fs_customer_leaving(model, &hastens);
    memcpy(s.at.parameter, fit->base.parameter, sizeof s.at.parameter); /* k stays */
    s.variables = s.parameters + s.used * (s.at.leaving >= 0 ? 2 : 1);
    begin(&s, &plain, &least);
    fs_minimise(loss, &s, s.variables, BOUND, &least);
    fs_customer_set_fit(&least, s.parameters, s.variables, task->all->customers, &fit->base);
    set_coefficients(&s, &least, fit);
}
