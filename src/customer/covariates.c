/* Covariates in the models of purchases: what is known of customers scales the rate at which they buy and how soon they leave.
 *
 *   α_i = α exp(-g (z_i - m)),  β_i = β exp(-d (z_i - m)) or a_i = a exp(d (z_i - m))
 *
 * (Fader and Hardie 2007, "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models"). Where customers leave after
 * purchases a alone is scaled: the mean chance of leaving is a / (a + b), and would not change if b were scaled as well. So d is that of the odds of
 * leaving there, and that of the rate of leaving of Pareto/NBD. m are the means, so that α, β and a are those of a mean customer, whatever zero a
 * covariate is counted from. Customers of one kind have the likelihood that there is, at parameters of their own, and the chain rule gives what
 * it changes by g and d.
 *
 * The search goes over coefficients of standard covariates (kinds.c), from the parameters without any, with the curvature that there is where
 * covariates have nothing to do with histories: H of the parameters, and for the two coefficients of each covariate that of α and β in H. So it
 * ends after some ten steps. z - m = R times the standard ones, so coefficients and their errors are those of the search by the transposed inverse of R.
 *
 * Cost: .25 µs a kind and evaluation of NBD, .4 µs of BG/NBD, 1.4 µs of Pareto/NBD; some thirty evaluations for two covariates.
 */
#include <math.h>
#include <string.h>

#include "customer_internal.h"

#define MOST  FS_PURCHASE_PARAMETERS
#define BOUND FS_PURCHASE_BOUND
#define ALPHA 1

/* A model, and how its covariates move the logarithms of two parameters. */
typedef struct place {
    int model, leaving; /* which parameter; -1: none */
    int columns;
    const double *mean; /* NULL: 0 */
    double parameter[MOST], on_rate[FS_COVARIATES], on_leaving[FS_COVARIATES];
} place;

/* What its likelihood changes by: by logarithms of parameters, and by on_rate and on_leaving. */
typedef struct slopes {
    double parameter[MOST], on_rate[FS_COVARIATES], on_leaving[FS_COVARIATES];
} slopes;

/* p exp(by), within bounds; whether it is free to move there. */
static bool move(double *p, double by)
{
    if (by == 0) return true;
    double at = log(*p) + by;
    *p = exp(fmin(fmax(at, -BOUND), BOUND));
    return fabs(at) <= BOUND;
}

static double sum_of(const place *at, const double *factor, const double *covariate)
{
    double sum = 0;
    for (int c = 0; c < at->columns; c++) {
        double one = factor[c] * (covariate[c] - (at->mean ? at->mean[c] : 0));
        sum += fmin(fmax(one, -10 * BOUND), 10 * BOUND); /* not finite is none */
    }
    return sum;
}

/* The parameters of a customer; free: which of the two may move. */
static void own_parameters(const place *at, const double *covariate, double own[MOST],
                           bool is_free[2])
{
    memcpy(own, at->parameter, MOST * sizeof *own);
    is_free[0] = move(&own[ALPHA], sum_of(at, at->on_rate, covariate));
    is_free[1] = at->leaving >= 0;
    if (is_free[1]) is_free[1] = move(&own[at->leaving], sum_of(at, at->on_leaving, covariate));
}

static void add_slopes(const place *at, const double *covariate, const bool is_free[2],
                       const double by[MOST], slopes *out)
{
    double by_rate = is_free[0] ? by[ALPHA] : 0;
    double by_leaving = is_free[1] ? by[at->leaving] : 0;
    for (int i = 0; i < MOST; i++)
        if (i != ALPHA && i != at->leaving) out->parameter[i] += by[i];
    out->parameter[ALPHA] += by_rate;
    if (at->leaving >= 0) out->parameter[at->leaving] += by_leaving;
    for (int c = 0; c < at->columns; c++) {
        double z = covariate[c] - (at->mean ? at->mean[c] : 0);
        out->on_rate[c] += by_rate * z, out->on_leaving[c] += by_leaving * z;
    }
}

/* Of Pareto/NBD: histories of all kinds together, for kinds are too small for its lanes. */
static double mixed_likelihood(const place *at, const fs_history_kinds *kinds, const double *value,
                               fs_kept_logs *kept, slopes *out)
{
    const fs_kind_work *w = kinds->work;
    double own[MOST], by_shapes[2];
    bool is_free[2];
    for (int64_t i = 0; i < w->mixed.count; i++) {
        own_parameters(at, value + w->kind[i] * at->columns, own, is_free);
        w->alpha[i] = own[ALPHA], w->beta[i] = own[at->leaving];
    }
    double sum =
        fs_customer_pareto_each(&w->mixed, own[0], own[2], w->alpha, w->beta, by_shapes, kept);
    for (int64_t i = 0; i < w->mixed.count; i++) {
        const double *z = value + w->kind[i] * at->columns;
        own_parameters(at, z, own, is_free);
        add_slopes(at, z, is_free, (double[MOST]){0, w->alpha[i], 0, w->beta[i]}, out);
    }
    out->parameter[0] += by_shapes[0], out->parameter[2] += by_shapes[1];
    return sum;
}

/* value: kinds × columns, the covariates as they came or standard ones. */
static double likelihood(const place *at, const fs_history_kinds *kinds, const double *value,
                         slopes *out)
{
    fs_kept_logs kept = {0};
    double sum = 0;
    *out = (slopes){0};
    if (at->model == FS_PARETO_NBD && at->columns > 0 && kinds->kinds > 1)
        return mixed_likelihood(at, kinds, value, &kept, out);
    for (int64_t i = 0; i < kinds->kinds; i++, value += at->columns) {
        double own[MOST], by[MOST] = {0};
        bool is_free[2];
        own_parameters(at, value, own, is_free);
        sum += fs_customer_likelihood_of(at->model, &kinds->kind[i], own, by, &kept);
        for (int p = 0; p < MOST; p++) by[p] *= own[p];
        add_slopes(at, value, is_free, by, out);
    }
    return sum;
}

/* ---- as they came ---- */

static place place_of(int model, const double *parameter, const fs_covariate_effects *effects)
{
    double hastens;
    place at = {.model = model, .columns = effects->columns, .mean = effects->mean};
    at.leaving = fs_customer_leaving(model, &hastens);
    for (int i = 0; i < fs_purchase_parameters(model); i++) at.parameter[i] = parameter[i];
    for (int c = 0; c < effects->columns; c++)
        at.on_rate[c] = -effects->rate[c], at.on_leaving[c] = hastens * effects->leaving[c];
    return at;
}

void fs_covariate_parameters(int model, const double parameter[MOST],
                             const fs_covariate_effects *effects, const double *covariate,
                             double own[MOST])
{
    place at = place_of(model, parameter, effects);
    bool is_free[2];
    own_parameters(&at, covariate, own, is_free);
}

double fs_covariate_likelihood(int model, const fs_history_kinds *kinds,
                               const double parameter[MOST], const fs_covariate_effects *effects,
                               double gradient[MOST], fs_covariate_effects *slope)
{
    double hastens;
    place at = place_of(model, parameter, effects);
    slopes by;
    double value = likelihood(&at, kinds, kinds->covariate, &by);
    (void)fs_customer_leaving(model, &hastens);
    for (int i = 0; gradient && i < fs_purchase_parameters(model); i++)
        gradient[i] = by.parameter[i] / parameter[i];
    for (int c = 0; slope && c < effects->columns; c++)
        slope->rate[c] = -by.on_rate[c], slope->leaving[c] = hastens * by.on_leaving[c];
    return value;
}

/* ---- the most likely ones ---- */

typedef struct search {
    const fs_history_kinds *kinds;
    place at;
    int parameters, used; /* searched for; covariates that tell something */
    int column[FS_COVARIATES];
    int variables;
} search;

static double loss(void *context, const double *x, double *slope)
{
    search *s = context;
    slopes by;
    int n = s->parameters, leaving = s->at.leaving >= 0;
    double share = 1 / s->kinds->all.customers;
    for (int i = 0; i < n; i++) s->at.parameter[i] = exp(x[i]);
    for (int c = 0; c < s->used; c++) {
        s->at.on_rate[s->column[c]] = x[n + c];
        if (leaving) s->at.on_leaving[s->column[c]] = x[n + s->used + c];
    }
    double value = likelihood(&s->at, s->kinds, s->kinds->work->standard, &by);
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
    const fs_kind_work *w = s->kinds->work;
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
    *deviation = sqrt(fmax(variance, 0) / fmax(s->kinds->all.customers, 1));
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

void fs_covariate_fit_model(int model, const fs_history_kinds *kinds, fs_covariate_fit *fit)
{
    double hastens;
    search s = {.kinds = kinds, .parameters = fs_customer_searched(model)};
    fs_minimum plain, least;
    *fit = (fs_covariate_fit){.effects = {.columns = kinds->columns}};
    fs_customer_fit(model, &kinds->all, &plain, &fit->base);
    for (int c = 0; c < kinds->columns; c++) {
        fit->effects.mean[c] = kinds->work->mean[c];
        fit->told[c] = kinds->work->told[c];
        if (fit->told[c]) s.column[s.used++] = c;
    }
    if (s.used == 0) return;
    s.at = (place){.model = model, .columns = kinds->columns};
    s.at.leaving = fs_customer_leaving(model, &hastens);
    memcpy(s.at.parameter, fit->base.parameter, sizeof s.at.parameter); /* k stays */
    s.variables = s.parameters + s.used * (s.at.leaving >= 0 ? 2 : 1);
    begin(&s, &plain, &least);
    fs_minimise(loss, &s, s.variables, BOUND, &least);
    fs_customer_set_fit(&least, s.parameters, s.variables, kinds->all.customers, &fit->base);
    set_coefficients(&s, &least, fit);
}
