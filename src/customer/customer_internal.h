/* customer_internal.h: the likelihoods of models of purchases; see purchases.c. */
#ifndef FORESELL_CUSTOMER_INTERNAL_H
#define FORESELL_CUSTOMER_INTERNAL_H

#include "foresell/customer.h"
#include "foresell/numeric.h"

/* Logarithms that were taken already: the days of histories come again and again. The same x gives the same bits, whatever was kept. Starts
 * with {0}, for x is above 0. */
#define FS_KEPT_LOGS 4096
typedef struct fs_kept_logs {
    double of[FS_KEPT_LOGS], log[FS_KEPT_LOGS];
} fs_kept_logs;
double fs_customer_log(fs_kept_logs *kept, double x);

/* As fs_purchase_likelihood; gradient is never NULL. alive (count, may be NULL): the probability that each is still a customer. */
typedef double fs_customer_likelihood(const fs_history_groups *groups, const double *parameter,
                                      double *gradient, double *alive, fs_kept_logs *kept);
fs_customer_likelihood fs_customer_nbd;
fs_customer_likelihood fs_customer_bg_nbd;
fs_customer_likelihood fs_customer_mbg_nbd;
fs_customer_likelihood fs_customer_pareto_nbd;
fs_customer_likelihood fs_customer_bg_cnbd;
fs_customer_likelihood fs_customer_mbg_cnbd;

/* Only who is alive. */
void fs_customer_alive(int model, const fs_history_groups *groups, const double *parameter,
                       fs_kept_logs *kept, double *alive);

double fs_customer_likelihood_of(int model, const fs_history_groups *groups,
                                 const double *parameter, double *gradient, fs_kept_logs *kept);

#define FS_PURCHASE_BOUND                                                                          \
    30.0 /* of a parameter's logarithm: beyond it the data say nothing of it */
/* As fs_purchase_fit_model, and what the search ended with, in logarithms of the parameters searched for: all but k. */
void fs_customer_fit(int model, const fs_history_groups *groups, fs_minimum *least,
                     fs_purchase_fit *fit);
int fs_customer_searched(int model);
/* From a search in `variables`, the first n of which are logarithms of parameters. */
void fs_customer_set_fit(const fs_minimum *least, int n, int variables, double customers,
                         fs_purchase_fit *fit);
/* Which parameter tells how soon customers leave, -1: they never do; hastens: 1 where they leave sooner the larger it is, else -1. */
int fs_customer_leaving(int model, double *hastens);

/* How many purchases come until t later, of one who is alive. */
double fs_customer_expected(int model, const double *parameter, double repeats, double recency,
                            double age, double t);

/* Whether one may leave after purchases: with a probability that is beta distributed (leave, stay) of the one that comes next. */
bool fs_customer_may_leave(int model, const double *parameter, double repeats, double *leave,
                           double *stay);

/* phases.c: waits of k events each. What the events that have passed of the wait at hand add to the logarithm of the likelihood, and what that changes
 * by the power r + k x; events: their mean. All 0 where phases is 1. */
typedef struct fs_phases_passed {
    double log, by_power, events;
} fs_phases_passed;
fs_phases_passed fs_customer_passed(int phases, double power, double waited, double end);

/* Of one who is alive and does not leave, the purchases that come. */
typedef struct fs_phases {
    int phases; /* events a purchase, k */
    double size,
        chance; /* of the negative binomial of events that come, where none of the wait has passed */
    double passed; /* z = (T - t) / (α + T) */
} fs_phases;
fs_phases fs_customer_phases(int model, const double *parameter, double repeats, double recency,
                             double age, double t);
typedef struct fs_phase_walk {
    fs_phases of;
    int64_t purchases, events[FS_PURCHASE_PHASES];
    double weight[FS_PURCHASE_PHASES], log_weight[FS_PURCHASE_PHASES], rest[FS_PURCHASE_PHASES];
} fs_phase_walk;
void fs_customer_start_walk(const fs_phases *phases, fs_phase_walk *walk);
/* The probability of m purchases or more, m = 1 at the first call, 2 at the second … */
double fs_customer_next_purchase(fs_phase_walk *walk);
/* So many events that their times are no matter: purchases are taken as at random, at the same rate. */
bool fs_customer_many_events(const fs_phases *phases);

/* Parameters of Pareto/NBD, and r + x. */
typedef struct fs_pareto_place {
    double r, alpha, s, beta, power;
} fs_pareto_place;
/* The logarithm of its integral, and what that changes by r, α, s, β. */
typedef struct fs_pareto_integral {
    double log, by[FS_PURCHASE_PARAMETERS];
} fs_pareto_integral;
fs_pareto_integral fs_customer_pareto_integral(const fs_pareto_place *place, double recency,
                                               double age);

/* The same from 0 to `length`; of a short one by fewer points, and exact however short it is. */
fs_pareto_integral fs_customer_pareto_stretch(const fs_pareto_place *place, double length);

/* The log likelihood of Pareto/NBD where each history has an α and a β of its own; `by` is told what it changes by the logarithms of r and s,
 * and what that of a history changes by those of its α and β comes in their place. So histories of many kinds fill the lanes together. */
double fs_customer_pareto_each(const fs_history_groups *groups, double r, double s, double *alpha,
                               double *beta, double by[2], fs_kept_logs *kept);

/* What the gamma distributed rate of purchases gives, the same for all histories of a group: log Γ(r + x) - log Γ(r) + r log α, and
 * its derivative by r. */
typedef struct fs_customer_rate {
    double log, by_shape;
} fs_customer_rate;
fs_customer_rate fs_customer_rate_of(double shape, double log_scale, double repeats);

/* ---- covariates ---- */

/* standard.c: covariates of customers, or of stretches of their time; what the weights add up to is customers. */
typedef struct fs_covariate_rows {
    int64_t count;
    int columns;
    const double *value, *weight; /* count × columns; count */
    double customers;
} fs_covariate_rows;
typedef struct fs_standard {
    double *value; /* count × columns, room of the caller's; 0 where not told */
    double mean[FS_COVARIATES], factor[FS_COVARIATES][FS_COVARIATES]; /* covariate, standard one */
    bool told[FS_COVARIATES]; /* false: constant, or a sum of those before it */
} fs_standard;
void fs_customer_standardise(const fs_covariate_rows *rows, fs_standard *out);

/* covariates.c: a model, and how its covariates move the logarithms of two parameters. */
typedef struct fs_covariate_place {
    int model, leaving; /* which parameter; -1: none */
    int columns;
    const double *mean; /* NULL: 0 */
    double parameter[FS_PURCHASE_PARAMETERS], on_rate[FS_COVARIATES], on_leaving[FS_COVARIATES];
} fs_covariate_place;
/* What its likelihood changes by: by logarithms of parameters, and by on_rate and on_leaving. */
typedef struct fs_covariate_slopes {
    double parameter[FS_PURCHASE_PARAMETERS], on_rate[FS_COVARIATES], on_leaving[FS_COVARIATES];
} fs_covariate_slopes;
fs_covariate_place fs_customer_place(int model, const double *parameter,
                                     const fs_covariate_effects *effects);
/* By how much covariates move a logarithm, by on_rate or on_leaving. */
double fs_customer_moved(const fs_covariate_place *at, const double *factor,
                         const double *covariate);
/* As fs_covariate_likelihood has them; both may be NULL. */
void fs_customer_slopes(const fs_covariate_place *at, const fs_covariate_slopes *by,
                        double *gradient, fs_covariate_effects *slope);
double fs_customer_kinds_likelihood(const fs_covariate_place *at, const fs_history_kinds *kinds,
                                    const double *value, fs_covariate_slopes *out);

/* covariate_search.c: whose log likelihood is to be greatest. */
typedef struct fs_covariate_task {
    int columns;
    const fs_history_groups *all; /* as if there were no covariates */
    const fs_standard *standard;
    double (*likelihood)(const void *context, const fs_covariate_place *at,
                         fs_covariate_slopes *by); /* of standard covariates */
    const void *context;
} fs_covariate_task;
void fs_customer_fit_covariates(int model, const fs_covariate_task *task, fs_covariate_fit *fit);

/* kinds.c: standard covariates of kinds, for the search of coefficients. */
struct fs_kind_work {
    fs_standard standard;
    fs_history_groups mixed; /* the histories of all kinds, by repeats */
    int64_t *kind;           /* of each of them */
    double *alpha, *beta;    /* room for as many */
    struct fs_kind_row *row;
    double *weight, *number; /* of those given; columns of histories */
    int64_t *first, *of;
    int64_t room; /* of each column */
};
typedef struct fs_kind_work fs_kind_work;

/* stretches.c: customers one after the other, each with his stretches so far and those to come. */
typedef struct fs_stretch_customer {
    int64_t first, last, end; /* stretches so far; `last` is that of the last purchase */
    int64_t next, next_end;   /* those to come, among these */
    double repeats, recency;  /* of all; from the beginning of `last` */
} fs_stretch_customer;
/* One of a customer's stretches, as parameters have it. */
typedef struct fs_stretch_step {
    double log_b, log_d, b, d; /* by what purchases and leaving are scaled */
    bool moves_rate, moves_leaving;
    double weight; /* the share of the likelihood that he left in it */
    double a, c;   /* where its integral begins, (α + B) / b and (β + D) / d */
    fs_pareto_integral gone;
} fs_stretch_step;
struct fs_stretch_work {
    fs_stretch_customer *customer;
    double *repeats, *length, *weight, *covariate; /* stretches so far; × columns */
    double *next_length, *next_covariate;          /* to come */
    double *history; /* repeats, recency, age of each customer given */
    int64_t *of, count, next;
    int columns;
    fs_standard standard;
    fs_stretch_step *step; /* as many as the customer of most has */
    double *number;
    int64_t room;
};
typedef struct fs_stretch_work fs_stretch_work;
/* What is left of a customer at the end of his stretches so far. */
typedef struct fs_stretch_end {
    double power, alpha, beta; /* r + x, α + B and β + D */
    double log, alive;
} fs_stretch_end;
/* Fills work->step from first on. value: of the stretches so far, covariates as they came or standard ones. */
fs_stretch_end fs_customer_walk_stretches(const fs_covariate_place *at, fs_stretch_work *work,
                                          const fs_stretch_customer *customer, const double *value);
void fs_customer_scale_stretch(const fs_covariate_place *at, const double *covariate,
                               fs_stretch_step *step);

/* outlook.c: of one who is alive, purchases by their mean, and size and chance of their negative binomial. */
typedef struct fs_counts {
    fs_phases of;
    double alive, mean; /* mean: when alive */
    double stay, leave; /* b' and a; leave 0: purchases end nobody */
} fs_counts;
/* Digamma and trigamma of p n, for n until made. */
#define FS_MONEY_KEPT 1024
typedef struct fs_money_logs {
    double p, mean[FS_MONEY_KEPT], variance[FS_MONEY_KEPT];
    int made;
} fs_money_logs;
/* Low, high, none and money. */
void fs_customer_spread(const fs_counts *counts, double interval, fs_money_logs *money,
                        fs_outlook *out);
/* The mean of the time that one stays of t more, and of its square, who leaves at a rate Γ(s, b). */
double fs_customer_stay(double s, double b, double t);
double fs_customer_squared_stay(double s, double b, double t);

/* Who bought each product: buyer[first[p]] … buyer[first[p + 1] - 1]; buyers whose weight is 0 are left out. */
typedef struct fs_by_product {
    const int64_t *first, *buyer;
    const double *weight;
} fs_by_product;
/* item_factors.c: products × factors. FS_MEMORY. */
fs_status fs_customer_factors(const fs_bought *bought, const fs_by_product *by, int factors,
                              uint64_t seed, double *product);

/* Brings the first `most` of `count` rows by `compare`, which knows no ties, to the front, in order; how many they are. */
int64_t fs_customer_best_rows(void *rows, int64_t count, size_t size, int64_t most,
                              int (*compare)(const void *, const void *));

#endif
