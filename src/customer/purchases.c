/* Models of purchases: their names, and the parameters of most likelihood.
 *
 * In logarithms of the parameters, from ones; of very many histories from what a sample of them says. k of regular purchases is whole: one after the
 * other is tried, each from the parameters of the one before, until the likelihood falls. Standard errors: the inverse of the observed information; of a parameter p = exp(z) that
 * of z times p.
 */
#include <math.h>
#include <string.h>

#include "customer_internal.h"
#include "foresell/numeric.h"

#define MOST  FS_PURCHASE_PARAMETERS
#define BOUND FS_PURCHASE_BOUND

typedef struct model {
    const char *name;
    int parameters;
    const char *parameter[MOST];
    fs_customer_likelihood *likelihood;
    bool regular;   /* the last parameter is k */
    int leaving;    /* the parameter that covariates of leaving scale; -1: none */
    double hastens; /* and whether leaving comes sooner the larger it is: 1 or -1 */
} model;

static const model models[FS_PURCHASE_MODELS] = {
    [FS_NBD] = {"nbd", 2, {"r", "alpha"}, fs_customer_nbd, false, -1, 0},
    [FS_BG_NBD] = {"bg_nbd", 4, {"r", "alpha", "a", "b"}, fs_customer_bg_nbd, false, 2, 1},
    [FS_MBG_NBD] = {"mbg_nbd", 4, {"r", "alpha", "a", "b"}, fs_customer_mbg_nbd, false, 2, 1},
    [FS_PARETO_NBD] =
        {"pareto_nbd", 4, {"r", "alpha", "s", "beta"}, fs_customer_pareto_nbd, false, 3, -1},
    [FS_BG_CNBD_K] =
        {"bg_cnbd_k", 5, {"r", "alpha", "a", "b", "k"}, fs_customer_bg_cnbd, true, 2, 1},
    [FS_MBG_CNBD_K] =
        {"mbg_cnbd_k", 5, {"r", "alpha", "a", "b", "k"}, fs_customer_mbg_cnbd, true, 2, 1},
};

static const model *model_at(int m) { return m >= 0 && m < FS_PURCHASE_MODELS ? &models[m] : NULL; }

const char *fs_purchase_model_name(int m) { return model_at(m) ? models[m].name : NULL; }

int fs_purchase_parameters(int m) { return model_at(m) ? models[m].parameters : 0; }

const char *fs_purchase_parameter_name(int m, int at)
{
    return model_at(m) && at >= 0 && at < models[m].parameters ? models[m].parameter[at] : NULL;
}

/* e^±31: a fit goes to e^±30. */
bool fs_purchase_usable(int m, const double parameter[MOST])
{
    if (!model_at(m)) return false;
    for (int i = 0; i < models[m].parameters; i++)
        if (!(parameter[i] > 3e-14 && parameter[i] < 3e13)) return false;
    double k = models[m].regular ? parameter[models[m].parameters - 1] : 1;
    return k == floor(k) && k <= FS_PURCHASE_PHASES;
}

double fs_purchase_likelihood(int m, const fs_history_groups *groups, const double parameter[MOST],
                              double gradient[MOST])
{
    double unused[MOST];
    fs_kept_logs kept = {0};
    return models[m].likelihood(groups, parameter, gradient ? gradient : unused, NULL, &kept);
}

double fs_customer_likelihood_of(int m, const fs_history_groups *groups, const double *parameter,
                                 double *gradient, fs_kept_logs *kept)
{
    return models[m].likelihood(groups, parameter, gradient, NULL, kept);
}

void fs_customer_alive(int m, const fs_history_groups *groups, const double *parameter,
                       fs_kept_logs *kept, double *alive)
{
    double unused[MOST];
    (void)models[m].likelihood(groups, parameter, unused, alive, kept);
}

int fs_customer_leaving(int m, double *hastens)
{
    *hastens = models[m].hastens;
    return models[m].leaving;
}

double fs_customer_log(fs_kept_logs *kept, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    size_t at = bits * 0x9E3779B97F4A7C15u >> 52; /* a Fibonacci hash */
    if (kept->of[at] != x) kept->of[at] = x, kept->log[at] = log(x);
    return kept->log[at];
}

/* ---- the most likely parameters ---- */

typedef struct search {
    const model *model;
    const fs_history_groups *groups;
    int phases; /* k */
} search;

static int searched(const model *m) { return m->parameters - m->regular; }

int fs_customer_searched(int m) { return searched(&models[m]); }

/* Minus the log likelihood a customer, by logarithms of the parameters. */
static double loss(void *context, const double *at, double *slope)
{
    const search *s = context;
    double parameter[MOST] = {0}, gradient[MOST], share = 1 / s->groups->customers;
    int n = searched(s->model);
    fs_kept_logs kept = {0};
    for (int i = 0; i < n; i++) parameter[i] = exp(at[i]);
    if (s->model->regular) parameter[n] = s->phases;
    double value = s->model->likelihood(s->groups, parameter, gradient, NULL, &kept);
    for (int i = 0; i < n; i++) slope[i] = -gradient[i] * parameter[i] * share;
    return -value * share;
}

/* ---- where to begin ---- */

#define FEW  2048 /* histories of a sample; 80 KiB */
#define MANY 16   /* times as many are worth taking one */

typedef struct sample {
    double recency[FEW], age[FEW], weight[FEW], repeats[FEW];
    int64_t first[FEW + 1];
    fs_history_groups groups;
} sample;

static void add_history(sample *s, double repeats, double recency, double age, double weight)
{
    fs_history_groups *g = &s->groups;
    int64_t i = g->count++;
    if (g->groups == 0 || s->repeats[g->groups - 1] != repeats)
        s->repeats[g->groups] = repeats, s->first[g->groups++] = i;
    s->recency[i] = recency, s->age[i] = age, s->weight[i] = weight;
    g->customers += weight, s->first[g->groups] = i + 1;
}

/* Every n-th customer in the order of histories: a history of many is there once, and weighs as often as it is hit. */
static void take_sample(const fs_history_groups *all, sample *s)
{
    double stride = all->customers / FEW, next = stride / 2, passed = 0;
    s->groups = (fs_history_groups){.recency = s->recency,
                                    .age = s->age,
                                    .weight = s->weight,
                                    .repeats = s->repeats,
                                    .first = s->first};
    for (int64_t g = 0; g < all->groups; g++)
        for (int64_t i = all->first[g]; i < all->first[g + 1]; i++) {
            double hits = 0;
            for (passed += all->weight[i]; next < passed; next += stride) hits++;
            if (hits > 0 && s->groups.count < FEW)
                add_history(s, all->repeats[g], all->recency[i], all->age[i], hits);
        }
}

static void begin(const search *s, int n, fs_minimum *at)
{
    sample part;
    search few = {.model = s->model, .groups = &part.groups, .phases = s->phases};
    fs_minimum least = {0};
    if (s->groups->count < MANY * FEW) return;
    take_sample(s->groups, &part);
    fs_minimise(loss, &few, n, BOUND, &least);
    if (least.found) *at = least;
}

void fs_customer_set_fit(const fs_minimum *least, int n, int variables, double customers,
                         fs_purchase_fit *fit)
{
    for (int i = 0; i < n; i++) {
        fit->parameter[i] = exp(least->x[i]);
        fit->deviation[i] = sqrt(fmax(least->inverse[i * variables + i], 0) / fmax(customers, 1)) *
                            fit->parameter[i];
    }
    fit->log_likelihood = -least->value * customers;
    fit->evaluations += least->evaluations;
    fit->found = least->found;
}

static void set_fit(const search *s, const fs_minimum *least, fs_purchase_fit *fit)
{
    int n = searched(s->model);
    fs_customer_set_fit(least, n, n, s->groups->customers, fit);
    if (s->model->regular) fit->parameter[n] = s->phases;
}

/* k = 2, 3 … as long as the likelihood rises. */
static void try_phases(search *s, fs_minimum *best, fs_purchase_fit *fit)
{
    fs_minimum least = *best;
    for (s->phases = 2; s->phases <= FS_PURCHASE_PHASES; s->phases++) {
        fs_purchase_fit next = {.evaluations = fit->evaluations};
        least.x[1] +=
            log((s->phases - 1.0) / s->phases); /* alpha: events are as many times as fast */
        fs_minimise(loss, s, searched(s->model), BOUND, &least);
        set_fit(s, &least, &next);
        if (!(next.log_likelihood > fit->log_likelihood)) break;
        *fit = next, *best = least;
    }
}

void fs_customer_fit(int m, const fs_history_groups *groups, fs_minimum *least,
                     fs_purchase_fit *fit)
{
    search s = {.model = &models[m], .groups = groups, .phases = 1};
    int n = searched(s.model);
    *least = (fs_minimum){0};
    *fit = (fs_purchase_fit){0};
    begin(&s, n, least);
    if (groups->customers > 0) fs_minimise(loss, &s, n, BOUND, least);
    set_fit(&s, least, fit);
    if (s.model->regular && groups->waits_known && groups->customers > 0)
        try_phases(&s, least, fit);
}

void fs_purchase_fit_model(int m, const fs_history_groups *groups, fs_purchase_fit *fit)
{
    fs_minimum least;
    fs_customer_fit(m, groups, &least, fit);
}
