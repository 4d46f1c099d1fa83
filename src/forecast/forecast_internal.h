/* forecast_internal.h: what the methods of this room share. */
#ifndef FORESELL_FORECAST_INTERNAL_H
#define FORESELL_FORECAST_INTERNAL_H

#include "foresell/forecast.h"
#include "foresell/numeric.h"

/* ---- a series made ready: from its first known value on, scaled by a power of two ---- */

typedef struct fs_series {
    int64_t count, known;
    int64_t absurd;  /* values left out: more than 1,000 times the usual size */
    double unit;     /* value = y * unit; a power of two, so nothing is rounded */
    double least;    /* least known value, scaled */
    double *y;       /* count; 0 where not in use */
    uint8_t *use;    /* count; 1 where known and not absurd */
    double *scratch; /* count */
    int64_t capacity;
} fs_series;
FS_MUST_CHECK fs_status fs_series_fill(fs_series *series, const double *value, const uint8_t *valid,
                                       int64_t count);
void fs_series_free(fs_series *series);

/* ---- methods: each has a function that fits and projects ---- */

#define FS_MODEL_NAME 120

/* What a method makes of a series, in the series' scale. */
typedef struct fs_fit {
    char model[FS_MODEL_NAME]; /* as users read it: "ETS(A,Ad,N)" */
    double *mean;              /* horizon */
    double *spread;            /* horizon: deviation of the error of step h over that of step 1 */
    /* count: errors of one step as they would be today, a relative one times the first mean; 0 where y is not known */
    double *residual;
    int64_t from;       /* first observation whose residual counts */
    int64_t parameters; /* estimated, first states among them */
    double aicc;        /* INFINITY where the method has no likelihood */
    int64_t count_capacity, horizon_capacity;
} fs_fit;
/* Makes room for a series of `count` and a horizon; an empty fit is {0}. */
FS_MUST_CHECK fs_status fs_fit_reserve(fs_fit *fit, int64_t count, int64_t horizon);
void fs_fit_free(fs_fit *fit);
/* Of a fit by least squares, the variance among its parameters; INFINITY where there are too few values for it. */
double fs_aicc(double squares, int64_t known, int64_t parameters);

/* Room that a method works in: it grows to the largest that was asked for. {0} is empty. */
typedef struct fs_scratch {
    double *at;
    size_t size;
} fs_scratch;
/* `doubles` of them, with whatever is in them; NULL where memory runs out. */
double *fs_scratch_reserve(fs_scratch *scratch, size_t doubles);
void fs_scratch_free(fs_scratch *scratch);

/* What all methods are told. */
typedef struct fs_forecast_task {
    const fs_series *series; /* at least one value known */
    int season;              /* >= 1 */
    int64_t horizon;
    const char *form; /* of fs_ets_method, as fs_ets_form_is_valid takes it; NULL: ZZZ */
} fs_forecast_task;

typedef struct fs_method fs_method;
struct fs_method {
    const char *name;  /* the word for it in the parameter `model` */
    const char *about; /* what it is and where it comes from, for the reference */
    /* Sets what `fit` has room for. *can is false, and nothing else is set, where the series is too short for the method or not
     * of its kind. Fails only where memory runs out. */
    fs_status (*fit)(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                     fs_fit *fit, bool *can);
    int form;          /* for methods that share a function */
    bool competes;     /* tried where nothing is named, and part of `auto` */
    bool wants_season; /* of those only where there is a season */
    bool combines;     /* part of the median */
};
/* Combinations have no `fit`: they set one out of those of several methods; room for count and horizon is there. At most
 * FS_COMBINED parts. */
#define FS_COMBINED FS_FORECAST_MODELS
void fs_combine_median(const fs_fit *const *part, int parts, int64_t count, int64_t horizon,
                       fs_fit *fit);
/* weight: of sum 1 */
void fs_combine_mean(const fs_fit *const *part, const double *weight, int parts, int64_t count,
                     int64_t horizon, fs_fit *fit);
/* Weights of sum 1 by the mean absolute errors that the parts made. */
void fs_combine_weights(const double *error, int parts, double *weight);

/* ---- exponential smoothing ---- */

extern const fs_method fs_ets_method; /* all forms, by AICc, or those of task->form */
extern const fs_method fs_ses_method, fs_holt_method, fs_holt_damped_method, fs_holt_winters_method,
    fs_holt_winters_multiplicative_method, fs_seasonal_es_method;
/* Error (A, M), trend (N, A, Ad, M, Md), season (N, A, M), each part also Z: chosen by AICc. As in "AAdM", "MZN". */
bool fs_ets_form_is_valid(const char *form);

/* ---- others ---- */

extern const fs_method fs_snaive_method, fs_naive_method, fs_median_method, fs_auto_method;
const fs_method *fs_method_at(int model); /* 0 ... FS_FORECAST_MODELS - 1 */

/* ---- classical seasonal adjustment ---- */

typedef enum fs_adjustment { FS_ADJUST_NOT, FS_ADJUST_ADD, FS_ADJUST_MULTIPLY } fs_adjustment;
/* Where the season is significant sets adjusted = y - index or y / index (index: season of them, that of y[t] at
 * t mod season); else adjusted = y. scratch: 2 * count + 2 * season + 4. */
fs_adjustment fs_adjust_season(const double *y, const uint8_t *use, int64_t count, int season,
                               double *adjusted, double *index, double *scratch);
/* The test: does the autocorrelation at lag `season` stand out, at 90 %? The same scratch. */
bool fs_season_is_significant(const double *y, const uint8_t *use, int64_t count, int season,
                              double *scratch);
/* The indices alone, of at least two seasons: of mean 0, or of mean 1 where they multiply; false where they cannot. */
bool fs_season_indices(const double *y, const uint8_t *use, int64_t count, int season,
                       bool multiply, double *index, double *scratch);

/* ---- the Theta method ---- */

extern const fs_method fs_theta_method, fs_otm_method, fs_dstm_method, fs_dotm_method;

/* The trend line through the observations before t: intercept + slope * (t + 1). */
typedef struct fs_theta_line {
    double intercept, slope;
} fs_theta_line;
/* The error of one step is a - shift * b - weight * c: shift is what the first level is off y[0], weight is 1 - 1/θ. Of
 * each α the sums of their products, over the observations in use from `from` on. */
typedef struct fs_theta_sums {
    double aa[FS_LSQ_LANES], ab[FS_LSQ_LANES], ac[FS_LSQ_LANES];
    double bb[FS_LSQ_LANES], bc[FS_LSQ_LANES], cc[FS_LSQ_LANES];
} fs_theta_sums;
void fs_theta_lanes_sums(const double *y, const uint8_t *use, const fs_theta_line *line,
                         int64_t count, int64_t from, const double alpha[FS_LSQ_LANES],
                         fs_theta_sums *sums);
/* The same for one α, plainly, into lane `lane`. */
void fs_theta_reference_sums(const double *y, const uint8_t *use, const fs_theta_line *line,
                             int64_t count, int64_t from, double alpha, int lane,
                             fs_theta_sums *sums);

/* ---- complex exponential smoothing ---- */

extern const fs_method fs_ces_method;

typedef enum fs_ces_form { FS_CES_NONE, FS_CES_SIMPLE, FS_CES_PARTIAL, FS_CES_FULL } fs_ces_form;
/* Parameters, in the order of the search: those that a form has are at the beginning. */
enum { FS_CES_ALPHA0, FS_CES_ALPHA1, FS_CES_LEVEL, FS_CES_BETA0, FS_CES_BETA1, FS_CES_PARAMETERS };
#define FS_CES_STARTS 4
typedef struct fs_ces {
    const double *y;
    const uint8_t *use;
    int64_t count;
    fs_ces_form form;
    int season;          /* 1 in the form without */
    const double *index; /* season: where the seasons begin; 0 in the form without */
    double *state; /* FS_CES_STATE(season): of the recursion, at the end that of the last one */
} fs_ces;
/* Doubles for the states of all starts with their derivatives. */
#define FS_CES_STATE(season) ((size_t)(season)*FS_CES_STARTS * 2 * (1 + FS_CES_PARAMETERS) + 2)
/* An fs_lsq_objective of the first FS_CES_STARTS lanes; context: an fs_ces. */
void fs_ces_lanes(void *context, double x[FS_LSQ_PARAMETERS][FS_LSQ_LANES], fs_lsq_sums *sums);
/* The same for one set of parameters, plainly and without derivatives: the sum of squares; residual gets count errors. */
double fs_ces_reference(const fs_ces *ces, const double x[FS_CES_PARAMETERS], double *residual);
/* Moves the states of fs_ces_reference one observation on, that of time t, by its error; returns what they say of it. */
double fs_ces_ahead(const fs_ces *ces, int64_t t);
void fs_ces_move(const fs_ces *ces, const double x[FS_CES_PARAMETERS], int64_t t, double error);

/* ---- intermittent demand ---- */

extern const fs_method fs_croston_method, fs_croston_optimized_method, fs_sba_method, fs_tsb_method,
    fs_adida_method, fs_imapa_method;

/* Simple exponential smoothing that begins at x[0], for eight α: the sum of squared errors and its derivative by α. */
void fs_ses_lanes(const double *x, int64_t count, const double alpha[FS_LSQ_LANES],
                  double squares[FS_LSQ_LANES], double slope[FS_LSQ_LANES]);
double fs_ses_reference(const double *x, int64_t count, double alpha, double *slope);
/* The α of least squares in low … high. */
double fs_ses_optimize(const double *x, int64_t count, double low, double high);

/* ---- averages and the drift ---- */

extern const fs_method fs_mean_method, fs_drift_method, fs_window_average_method,
    fs_seasonal_window_average_method;

/* ---- intervals ---- */

/* What is known of the errors of one step: centred, with their standard deviation; sorted once a
 * quantile is asked for. */
typedef struct fs_errors {
    double *sorted; /* room for the series' length */
    bool is_sorted;
    int64_t count, capacity;
    double deviation;
    double factor; /* from the backtest: how much wider they were out of sample */
} fs_errors;
FS_MUST_CHECK fs_status fs_errors_reserve(fs_errors *errors, int64_t count);
/* Centres and sorts `count` errors in errors->sorted; `parameters` were fitted to get them. */
void fs_errors_settle(fs_errors *errors, int64_t count, int64_t parameters);
/* Quantile p of an error of one step. */
double fs_errors_quantile(fs_errors *errors, double p);

#endif
