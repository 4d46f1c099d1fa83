/* foresell/customer.h: what customers' purchases so far tell of those to come. Arrays in, arrays out; needs base and numeric.
 *
 * A customer is a history: how many purchases came after the first (repeats), when the last of them was (recency), and until when the
 * customer was seen (age), both counted from the first purchase, in the same unit (weeks, say). Several at one moment are one purchase.
 * Results are finite whatever finite histories come in.
 */
#ifndef FORESELL_CUSTOMER_H
#define FORESELL_CUSTOMER_H

#include "foresell/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- histories ------------------------------------------------------------------------------- */

/* Histories of customers; 0 <= recency <= age, and recency 0 where there are no repeats. */
typedef struct fs_histories {
    int64_t count;
    const double *repeats, *recency, *age;
    const double *weight; /* how many customers have this one; NULL: one each */
    /* The sum of the natural logarithms of the times between purchases, where there are repeats; NULL: not known. It tells how regular purchases are. */
    const double *log_waits;
} fs_histories;

/* Equal histories put together and sorted by repeats, recency and age: a likelihood needs each but once. Starts with {0}, is used
 * again, and is given back once. */
typedef struct fs_history_groups {
    int64_t count;
    double *recency, *age, *weight; /* count */
    int64_t groups;                 /* of equal repeats */
    double *repeats;                /* groups */
    int64_t *first;   /* groups + 1: histories first[g] … first[g + 1] - 1 are of group g */
    double customers; /* the sum of weights */
    double log_waits; /* of all customers together */
    bool
        waits_known; /* of each of them: that a sum is missing, or larger than times that add up to recency have, says that none is */
    int64_t *of;     /* of each history that was given, which of them it is; -1: none */
    struct fs_history_work *work;
} fs_history_groups;
/* FS_MEMORY. Histories that are none (see above) are left out; *left counts their customers. Cost: 100 ns a history. */
FS_API FS_MUST_CHECK fs_status fs_history_groups_make(fs_history_groups *groups,
                                                      const fs_histories *histories, double *left);
FS_API void fs_history_groups_free(fs_history_groups *groups);

/* ---- models of purchases ------------------------------------------------------------------------ */

/* While a customer is one, purchases come at random at a rate of his own, gamma distributed over customers (shape r, rate α).
 * nbd         for ever (Ehrenberg 1959)
 * bg_nbd      until, after any repeat purchase, he leaves with a probability of his own, beta distributed (a, b)
 *             (Fader, Hardie and Lee 2005, Marketing Science 24, 275-284)
 * mbg_nbd     the same, and after the first purchase too (Batislam, Denizel and Filiztekin 2007, IJRM 24, 201-209)
 * pareto_nbd  until he leaves, which may be at any time, at a rate of his own, gamma distributed (s, β)
 *             (Schmittlein, Morrison and Colombo 1987, Management Science 33, 1-24)
 * bg_cnbd_k   as bg_nbd, but purchases are more regular than at random: the times between them are Erlang-k distributed, as of every k-th
 *             event at that rate (k = 1: at random)
 * mbg_cnbd_k  as mbg_nbd, the same (Platzer and Reutterer 2016, Marketing Science 35, 779-799; Reutterer, Platzer and Schröder 2021, IJRM
 *             38, 194-215) */
typedef enum fs_purchase_model {
    FS_NBD,
    FS_BG_NBD,
    FS_MBG_NBD,
    FS_PARETO_NBD,
    FS_BG_CNBD_K,
    FS_MBG_CNBD_K
} fs_purchase_model;
#define FS_PURCHASE_MODELS     6
#define FS_PURCHASE_PARAMETERS 5
#define FS_PURCHASE_PHASES     12                                 /* the largest k */
FS_API const char *fs_purchase_model_name(int model);             /* static text; NULL: none */
FS_API int fs_purchase_parameters(int model);                     /* 2, 4 or 5 */
FS_API const char *fs_purchase_parameter_name(int model, int at); /* r, alpha, a, b, s, beta, k */
/* Whether they are above 0, k a whole number of those, and all such as a fit may give. */
FS_API bool fs_purchase_usable(int model, const double parameter[FS_PURCHASE_PARAMETERS]);

typedef struct fs_purchase_fit {
    double parameter[FS_PURCHASE_PARAMETERS];
    double deviation
        [FS_PURCHASE_PARAMETERS]; /* standard errors; 0: not known, where the likelihood is flat */
    double log_likelihood;
    int evaluations;
    bool found; /* the gradient is zero there; else it is the best that was met */
} fs_purchase_fit;

/* The logarithm of the likelihood, and where gradient is not NULL its derivatives by the parameters, all above 0 (by k: 0). Where the times between
 * purchases are not known it lacks what they add, which depends on k only. */
FS_API double fs_purchase_likelihood(int model, const fs_history_groups *groups,
                                     const double parameter[FS_PURCHASE_PARAMETERS],
                                     double gradient[FS_PURCHASE_PARAMETERS]);
/* The parameters of most likelihood; k is 1 where the times between purchases are not known. Where nobody bought twice there are none: found is false, and the rate is near zero. */
FS_API void fs_purchase_fit_model(int model, const fs_history_groups *groups, fs_purchase_fit *fit);

/* Of each history of `groups`: alive[i] is the probability that these customers are still there at their age; expected[k * count + i]
 * how many more purchases come until ahead[k] later, of those who left too. alive may be NULL. */
FS_API FS_MUST_CHECK fs_status fs_purchase_foretell(int model,
                                                    const double parameter[FS_PURCHASE_PARAMETERS],
                                                    const fs_history_groups *groups,
                                                    const double *ahead, int times, double *alive,
                                                    double *expected);

/* What comes of one customer until some time later. */
typedef struct fs_outlook {
    double alive, expected; /* as above */
    double discounted;      /* expected, a purchase at t counted as exp(-discount t) */
    double low,
        high; /* whole numbers between which the purchases lie with probability `interval` at least */
    double none; /* the probability of no purchase */
    double log_money,
        log_variance; /* of n > 0 purchases that are Γ(p n) together: mean and variance of the logarithm */
} fs_outlook;
typedef struct fs_outlook_settings {
    double ahead;    /* how much later; >= 0 */
    double discount; /* a unit of time, continuous; >= 0 */
    double interval; /* in (0, 1) */
    double p;        /* of Gamma-Gamma; 0: money is not asked for */
} fs_outlook_settings;
/* out: one of each history of `groups`. The distribution is exact where customers leave after purchases, or never; that of Pareto/NBD has the
 * exact mean and variance. That the parameters are estimates is not in it. */
FS_API FS_MUST_CHECK fs_status fs_purchase_look_ahead(
    int model, const double parameter[FS_PURCHASE_PARAMETERS], const fs_history_groups *groups,
    const fs_outlook_settings *settings, fs_outlook *out);

/* ---- covariates: what sets customers apart from the beginning --------------------------------------- */

#define FS_COVARIATES 8
/* What is known of each customer beside the history and does not change, as numbers. */
typedef struct fs_covariates {
    int columns;                     /* 0 … FS_COVARIATES */
    const double *of[FS_COVARIATES]; /* a value for each history; not finite: not known */
} fs_covariates;

/* Histories put together by equal covariates. Starts with {0}, is used again, and is given back once. */
typedef struct fs_history_kinds {
    fs_history_groups all; /* of those whose covariates are known, as if there were none */
    int columns;
    int64_t kinds;
    fs_history_groups *kind; /* kinds, one after the other; they own nothing */
    double *covariate;       /* kinds × columns */
    int64_t count;           /* histories of all kinds; of two kinds equal ones are two */
    const int64_t *of;       /* of each history that was given, which of them it is; -1: none */
    struct fs_kind_work *work;
} fs_history_kinds;
/* FS_MEMORY. What is no history, and where a covariate is not known, is left out; *left counts these customers. Cost: 2 µs a history. */
FS_API FS_MUST_CHECK fs_status fs_history_kinds_make(fs_history_kinds *kinds,
                                                     const fs_histories *histories,
                                                     const fs_covariates *covariates, double *left);
FS_API void fs_history_kinds_free(fs_history_kinds *kinds);

/* A customer with covariates z has the model's parameters but for two (Fader and Hardie 2007, "Incorporating time-invariant covariates
 * into the Pareto/NBD and BG/NBD models"): α exp(-rate (z - mean)), so that his rate of purchases is exp(rate (z - mean)) times as large;
 * and β exp(-leaving (z - mean)), where he leaves at a rate, or a exp(leaving (z - mean)), where he leaves after purchases: that rate, or the
 * odds a / b of leaving, are exp(leaving (z - mean)) times as large. Parameters stay within e^±30. */
typedef struct fs_covariate_effects {
    int columns;
    double mean[FS_COVARIATES];    /* over customers */
    double rate[FS_COVARIATES];    /* coefficients */
    double leaving[FS_COVARIATES]; /* 0 where customers never leave */
} fs_covariate_effects;
/* own: those of a customer with these covariates. */
FS_API void fs_covariate_parameters(int model, const double parameter[FS_PURCHASE_PARAMETERS],
                                    const fs_covariate_effects *effects, const double *covariate,
                                    double own[FS_PURCHASE_PARAMETERS]);

typedef struct fs_covariate_fit {
    fs_purchase_fit base; /* of a customer whose covariates are all at their means */
    fs_covariate_effects effects;
    double rate_deviation[FS_COVARIATES], leaving_deviation[FS_COVARIATES]; /* 0: not known */
    bool told
        [FS_COVARIATES]; /* false: a covariate that is constant, or a sum of those before it; its coefficients are 0 */
} fs_covariate_fit;
/* As fs_purchase_fit_model; k is that of most likelihood without covariates. Cost: about thirty times the likelihood, more with each covariate. */
FS_API void fs_covariate_fit_model(int model, const fs_history_kinds *kinds, fs_covariate_fit *fit);
/* As fs_purchase_likelihood; its derivatives by the coefficients are in `slope`, whose means stay as they are. Both may be NULL. */
FS_API double fs_covariate_likelihood(int model, const fs_history_kinds *kinds,
                                      const double parameter[FS_PURCHASE_PARAMETERS],
                                      const fs_covariate_effects *effects,
                                      double gradient[FS_PURCHASE_PARAMETERS],
                                      fs_covariate_effects *slope);
/* As fs_purchase_look_ahead; out: kinds->count. */
FS_API FS_MUST_CHECK fs_status fs_covariate_look_ahead(
    int model, const double parameter[FS_PURCHASE_PARAMETERS], const fs_covariate_effects *effects,
    const fs_history_kinds *kinds, const fs_outlook_settings *settings, fs_outlook *out);

/* ---- covariates that change: stretches of time ----------------------------------------------------- */

/* Customers whose time since the first purchase is cut into stretches, one after the other, over each of which covariates are constant. */
typedef struct fs_stretches {
    int64_t customers;
    const int64_t
        *first; /* customers + 1: stretches first[i] … first[i + 1] - 1 are customer i's */
    const double *repeats; /* purchases in it, but for the first of all; NaN: it is to come */
    const double *recency; /* time from its beginning to the last of them; 0 where there are none */
    const double *length;  /* >= 0 */
    fs_covariates covariates; /* values for each stretch; not finite in one to come: as the mean */
} fs_stretches;

/* They sorted out. Starts with {0}, is used again, and is given back once. */
typedef struct fs_stretch_set {
    fs_history_groups
        all; /* of the customers whose covariates so far are known, as if nothing changed */
    int64_t customers;
    const int64_t *of; /* of each customer that was given, which of them it is; -1: none */
    struct fs_stretch_work *work;
} fs_stretch_set;
/* FS_MEMORY. Left out, and counted in *left, is who has no stretch so far or one that is no history, one so far after one to come, or does not
 * know a covariate of one so far. The last stretch lasts on, and its length may be NaN where it is to come. Cost: 0.1 µs a stretch. */
FS_API FS_MUST_CHECK fs_status fs_stretch_set_make(fs_stretch_set *set,
                                                   const fs_stretches *stretches, int64_t *left);
FS_API void fs_stretch_set_free(fs_stretch_set *set);

/* Pareto/NBD where covariates change (Bachmann, Meierer and Näf 2021, "The role of time-varying contextual factors in latent attrition models
 * for customer base analysis", Marketing Science 40, 783-809): in a stretch with covariates z a customer buys exp(rate (z - mean)) times, and leaves
 * exp(leaving (z - mean)) times as fast. Means are over customers, of the mean over each one's time so far. As fs_covariate_…; where covariates do
 * not change so are results. Cost of the likelihood: 0.7 µs a
 * change since the last purchase. */
FS_API double fs_stretch_likelihood(const fs_stretch_set *set,
                                    const double parameter[FS_PURCHASE_PARAMETERS],
                                    const fs_covariate_effects *effects,
                                    double gradient[FS_PURCHASE_PARAMETERS],
                                    fs_covariate_effects *slope);
FS_API void fs_stretch_fit_model(const fs_stretch_set *set, fs_covariate_fit *fit);
/* out: set->customers. The mean and variance of purchases, and what is discounted, are those of the stretches to come. */
FS_API FS_MUST_CHECK fs_status fs_stretch_look_ahead(const fs_stretch_set *set,
                                                     const double parameter[FS_PURCHASE_PARAMETERS],
                                                     const fs_covariate_effects *effects,
                                                     const fs_outlook_settings *settings,
                                                     fs_outlook *out);

/* ---- what a purchase brings ---------------------------------------------------------------------- */

/* Gamma-Gamma: the value of a purchase is gamma distributed (shape p), its scale too over customers (shape q, scale γ), and neither depends on
 * how often one buys (Fader and Hardie 2013, "The Gamma-Gamma model of monetary value"). */
typedef struct fs_spend_fit {
    double p, q, gamma;
    double deviation[3];
    double log_likelihood;
    int evaluations;
    bool found;
} fs_spend_fit;
/* repeats[i] purchases brought mean[i] each on average; those without repeats, or with a mean that is not above 0, are left out. FS_MEMORY. */
FS_API FS_MUST_CHECK fs_status fs_spend_fit_model(const double *repeats, const double *mean,
                                                  int64_t count, fs_spend_fit *fit);
/* What one more purchase brings; that of a customer of whom none is known where repeats is 0, or mean is not above 0. */
FS_API double fs_spend_expected(const fs_spend_fit *fit, double repeats, double mean);

typedef struct fs_spend_outlook {
    double order_value; /* as fs_spend_expected */
    double value;       /* discounted money of all purchases that come */
    double low, high;   /* between which it lies with probability `interval`, about */
} fs_spend_outlook;
FS_API fs_spend_outlook fs_spend_foretell(const fs_spend_fit *fit, double repeats, double mean,
                                          const fs_outlook *purchases, double interval);

/* ---- opportunities that are counted ---------------------------------------------------------------- */

/* BG/BB: of n opportunities, as yearly appeals, x were taken, the last of them the t-th (Fader, Hardie and Shang 2010, Marketing Science 29,
 * 1086-1108): each is taken with a probability of one's own (beta: α, β) until one leaves, with a probability too (γ, δ). */
typedef struct fs_chances {
    int64_t count;
    const int32_t *taken, *last, *offered; /* 0 <= taken <= last <= offered */
    const double *weight;                  /* NULL: one each */
} fs_chances;
typedef struct fs_chance_fit {
    double alpha, beta, gamma, delta;
    double deviation[4];
    double log_likelihood;
    int evaluations;
    bool found;
} fs_chance_fit;
FS_API void fs_chance_fit_model(const fs_chances *chances, fs_chance_fit *fit);

/* ---- what goes with what ------------------------------------------------------------------------- */

/* Who bought what: buyer b (a customer, or a basket) the products product[first[b]] … product[first[b + 1] - 1], each
 * once, ascending, numbered 0 … products - 1. */
typedef struct fs_bought {
    int64_t buyers;
    int32_t products;
    const int64_t *first; /* buyers + 1 */
    const int32_t *product;
} fs_bought;

typedef struct fs_similar_settings {
    int most;      /* products that are told of each; 1 or more */
    int least;     /* buyers of both, fewer tell nothing */
    int factors;   /* 0: by buyers in common; else by so many factors, FS_SIMILAR_FACTORS at most */
    uint64_t seed; /* of the factors' start */
} fs_similar_settings;
#define FS_SIMILAR_FACTORS 64
/* Who bought more different products than this bought for others too, and tells nothing; left out. */
#define FS_SIMILAR_LARGEST 2000

/* The products most like each: of product p the rows first[p] … first[p + 1] - 1, most alike first. Starts with {0}, is used
 * again, and is given back once. */
typedef struct fs_similar {
    int64_t *first; /* products + 1 */
    int32_t *other;
    double *similarity; /* 0 … 1 */
    int64_t *together;  /* buyers of both */
    int64_t *buyers;    /* products: buyers of each */
    struct fs_similar_work *work;
} fs_similar;
/* By buyers in common: each buyer counts 1 for all of his products together, so that those who buy much do not outvote the others, and similarity is
 * the cosine (Karypis 2001, "Evaluation of item-based top-N recommendation algorithms", CIKM). By factors: the cosine of the products'
 * vectors in a factorisation of who bought what (item_factors.c). FS_MEMORY. Cost: the sum of squares of what buyers bought. */
FS_API FS_MUST_CHECK fs_status fs_similar_items(fs_similar *similar, const fs_bought *bought,
                                                const fs_similar_settings *settings);
FS_API void fs_similar_free(fs_similar *similar);

/* What each buyer may take up next: for buyer b the rows first[b] … first[b + 1] - 1, the likeliest first. Starts with {0}, is used again, and is
 * given back once. */
typedef struct fs_recommended {
    int64_t *first;   /* buyers + 1 */
    int32_t *product; /* none that the buyer has */
    double *score;    /* the sum of its similarities to the products of `recent`; above 0 */
    int32_t *because; /* the product of `recent` that it is most like */
    int64_t rows;
    struct fs_recommended_work *work;
} fs_recommended;
/* had: what each buyer has; recent: what of it counts, a part of `had`, in any order. At most `most` a buyer. FS_MEMORY. Cost: recent purchases ×
 * what is told of each product. */
FS_API FS_MUST_CHECK fs_status fs_recommend(fs_recommended *recommended, const fs_similar *similar,
                                            const fs_bought *had, const fs_bought *recent,
                                            int most);
FS_API void fs_recommended_free(fs_recommended *recommended);

#ifdef __cplusplus
}
#endif

#endif
