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
FS_MUST_CHECK fs_status fs_series_reserve(fs_series *series, int64_t count);
void fs_series_free(fs_series *series);

/* ---- methods: each has a function that fits and projects ---- */

#define FS_MODEL_NAME 120

/* A mixture of negative binomial distributions, and of none sold: see counts.c. */
#define FS_COUNTS_SIZES 4
#define FS_COUNTS_PACES 4
typedef struct fs_counts_mixture {
    double unit; /* count = y * unit */
    double weight[FS_COUNTS_SIZES]
                 [FS_COUNTS_PACES]; /* their sum is 1; all 0 where nothing was ever sold */
    double level[FS_COUNTS_SIZES][FS_COUNTS_PACES];   /* counts a step, season apart */
    double exposed[FS_COUNTS_SIZES][FS_COUNTS_PACES]; /* steps that the level rests on */
    double out[FS_COUNTS_SIZES]
              [FS_COUNTS_PACES]; /* probability that it is out of sale, at the last observation */
} fs_counts_mixture;

/* What a method makes of a series, in the series' scale. */
typedef struct fs_fit fs_fit;
struct fs_fit {
    char model[FS_MODEL_NAME]; /* as users read it: "ETS(A,Ad,N)" */
    double *mean;              /* horizon */
    double *spread;            /* horizon: deviation of the error of step h over that of step 1 */
    /* count: errors of one step as they would be today, a relative one times the first mean; 0 where y is not known */
    double *residual;
    int64_t from;       /* first observation whose residual counts */
    int64_t parameters; /* estimated, first states among them */
    double aicc;        /* INFINITY where the method has no likelihood */
    /* NULL, or quantiles p[0 … n-1] of step h, in place of those of the errors, for methods that forecast whole distributions */
    void (*quantiles)(const fs_fit *fit, int64_t h, const double *p, int n, double *quantile);
    fs_counts_mixture counts; /* what it works on */
    const double *
        effect; /* horizon: what regressors multiply by, for `quantiles` that hold it; NULL: nothing */
    /* Of a series that was transformed: z = (y^lambda - 1) / lambda; middle (horizon): medians of z, by which quantiles go back. */
    bool is_transformed;
    double lambda, *middle;
    int64_t count_capacity, horizon_capacity;
    /* Of a fit that `keeps`: its parameters and its states behind the last observation, as the method's `resume` takes them; states 0:
     * none, or not to be kept. */
    bool keeps;
    double *state; /* FS_STATES_MOST(season) */
    int64_t states, state_capacity;
    double today; /* `resume`: how much wider errors are than when it was kept */
    const struct fs_error_table *errors; /* what fs_saved_quantiles works on */
};
/* Makes room for a series of `count` and a horizon; an empty fit is {0}. */
FS_MUST_CHECK fs_status fs_fit_reserve(fs_fit *fit, int64_t count, int64_t horizon);
/* And for what is kept of one of such a season. */
FS_MUST_CHECK fs_status fs_fit_reserve_states(fs_fit *fit, int season);
void fs_fit_free(fs_fit *fit);
bool fs_fit_is_finite(const fs_fit *fit, int64_t count, int64_t horizon);
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
    const double *
        effect; /* count and horizon: what regressors multiplied by, which is out of the series; NULL: nothing */
    /* For methods of several seasons: their lengths, ascending, a length of 1 being none; 0: `season` alone. */
    int seasons;
    const int *season_of;
    bool searches_all; /* fs_arima_method: orders, not stepwise */
} fs_forecast_task;

typedef enum fs_seasons {
    FS_SEASONS_ANY,
    FS_SEASONS_WITH,
    FS_SEASONS_WITHOUT,
    FS_SEASONS_SEVERAL
} fs_seasons;
typedef struct fs_method fs_method;
struct fs_method {
    const char *name;  /* the word for it in the parameter `model` */
    const char *about; /* what it is and where it comes from, for the reference */
    /* Sets what `fit` has room for. *can is false, and nothing else is set, where the series is too short for the method or not
     * of its kind. Fails only where memory runs out. */
    fs_status (*fit)(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                     fs_fit *fit, bool *can);
    /* Is the series of the kind that the method is made for, so that `auto` is it alone? NULL: none is. It is asked before regressors'
     * effects are taken out. */
    bool (*is_home)(const fs_series *series);
    /* Carries on a fit that was kept, by the parameters it has: task->series is what came since (its count may be 0), fit->state is
     * read, and set to what is behind it. Sets what `fit` has room for, as for a series of that count and 3 seasons + 8; what was known at
     * first is not needed. *can is false, and nothing else is set, where the states are not the method's or the values none that it takes. NULL: a
     * fit is not kept. */
    fs_status (*resume)(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                        fs_fit *fit, bool *can);
    int form;           /* for methods that share a function */
    bool competes;      /* tried where nothing is named, and part of `auto` */
    fs_seasons seasons; /* of those where */
    bool is_slow;       /* left out of `auto` where that has to be fast */
    bool combines;      /* part of the median */
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

/* ---- what is kept of a fit ---- */

/* Goes through the numbers of fit->state in their order, to write or to read them: one function of a method does both, so that it
 * is in one place what they are. A number that is not inside its bounds, and one too many or too few, makes all of them fail. */
typedef struct fs_states {
    double *at;
    int64_t left;
    bool reads, fails;
} fs_states;
#define FS_STATES_MOST(season) (6 * (int64_t)(season) + 1024)
#define FS_STATE_BOUND         1e100              /* its square is finite */
#define FS_STATE_COUNT         (INT64_C(1) << 40) /* of observations */
#define FS_STATE_GAP           (INT64_C(1) << 20) /* missing observations in a row */
fs_states fs_states_write(fs_fit *fit);
fs_states fs_states_read(fs_fit *fit);
void fs_states_number(fs_states *states, double *x, double low, double high);
void fs_states_whole(fs_states *states, int64_t *x, int64_t low, int64_t high);
/* A ring of `places` times `width` numbers that go around with the season, from place `first` on; read, it begins at 0. */
void fs_states_ring(fs_states *states, double *x, int64_t places, int64_t first, int width,
                    double low, double high);
/* Did all go well? Of what was written sets fit->states. */
bool fs_states_end(fs_states *states, fs_fit *fit);

/* ---- regressors ---- */

/* What they do to a series. {0} is empty. */
typedef struct fs_effects {
    int count;
    bool multiplies;     /* else effects are added */
    double *coefficient; /* of going through the range: of the log, or in the series' scale */
    double *usual;       /* where a regressor has no effect */
    double *mean;        /* what counts where it is not known */
    double *range;       /* from its least to its largest value; 0 where it never changes */
    double *effect;      /* series and horizon: factor, or what is added in the series' scale */
    int capacity;
    int64_t length;
    int events, event_capacity;
    double *event; /* events: as coefficients, beside `common` */
    double common;
} fs_effects;
/* given: of the series' periods and of `horizon` more. */
FS_MUST_CHECK fs_status fs_effects_fit(fs_effects *effects, const fs_series *series, int season,
                                       int64_t horizon, const fs_regressors *given,
                                       fs_scratch *scratch);
/* Room for so many, to be set by the caller; effect: of `length` steps. */
FS_MUST_CHECK fs_status fs_effects_reserve(fs_effects *effects, int count, int events,
                                           int64_t length);
/* Sets effect[skip ... skip + steps - 1] by what regressors are at `steps` steps. */
void fs_effects_at(fs_effects *effects, const fs_regressors *given, int64_t skip, int64_t steps);
/* Takes that of step t out of y; false where what is left of it tells nothing. */
bool fs_effects_without(const fs_effects *effects, int64_t t, double *y);
/* The series as it would have been without them. */
void fs_effects_remove(const fs_effects *effects, fs_series *series);
/* What regressor j does where it is x: a share (.2: a fifth more), or in the series' scale. */
double fs_effects_of(const fs_effects *effects, int j, double x);
void fs_effects_free(fs_effects *effects);

/* What an event does beside the usual, as coefficients are. */
double fs_event_effect(const fs_effects *effects, int event);
typedef struct fs_event_evidence {
    int64_t count;
    const double *weight, *residual; /* count */
    double penalty;                  /* of the square of the common effect */
    double dispersion, scale;        /* of the residuals; of the prior of the others, > 0 */
    bool is_first;                   /* step for each event: the prior is left out */
    double most;                     /* that an effect moves in a pass */
    double *room;                    /* 2 * events */
} fs_event_evidence;
/* One step of scoring for the effect that all events have in common, and for each beside it; the largest move. */
double fs_event_effects_learn_common(fs_effects *effects, const int *event,
                                     const fs_event_evidence *evidence);
double fs_event_effects_learn_each(fs_effects *effects, const int *event,
                                   const fs_event_evidence *evidence);

/* ---- exponential smoothing ---- */

extern const fs_method fs_ets_method; /* all forms, by AICc, or those of task->form */
extern const fs_method fs_ses_method, fs_holt_method, fs_holt_damped_method, fs_holt_winters_method,
    fs_holt_winters_multiplicative_method, fs_seasonal_es_method;

/* ---- several seasons ---- */

extern const fs_method fs_mstl_method, fs_tbats_method, fs_dhr_method;

/* The seasons of a task of which its series holds two at least, for methods that take several: those it names, else its one. How many. */
int fs_task_seasons(const fs_forecast_task *task, int season[FS_SEASONS_MOST]);
/* The seasons that a series has, ascending, among candidates (ascending, FS_SEASONS_MOST at most) or, where there are -1, any that show; each seen twice.
 * Returns how many. scratch: FS_SEASONS_SCRATCH(count). */
int fs_seasons_find(const fs_series *series, const int *candidate, int candidates,
                    int season[FS_SEASONS_MOST], double *scratch);
#define FS_SEASONS_SCRATCH(count) (8 * (size_t)(count) + 1024)
/* The shape of a season, smoothed as far as noise of this variance in each of its places asks for. scratch: FS_SEASON_SMOOTH(season). */
void fs_season_smooth(double *shape, int season, double variance, double *scratch);
#define FS_SEASON_SMOOTH(season) (2 * (size_t)(season) + 128)

/* ---- Box and Cox's transformation ---- */

/* Of y > 0, λ >= 0; back, and the slope of the way back. */
double fs_box_cox(double y, double lambda);
double fs_box_cox_back(double z, double lambda);
double fs_box_cox_slope(double z, double lambda);
/* The λ in 0 … 1 by Guerrero's method, of values above 0. */
double fs_box_cox_guerrero(const double *y, const uint8_t *use, int64_t count, int season);
/* From a fit of z to one of y: medians, spreads and errors as they are today. Then the spreads of z again, and what y is at step h by an error of
 * z, as it would be today. */
void fs_box_cox_return(fs_fit *fit, double lambda, int64_t count, int64_t horizon);
double fs_box_cox_spread(const fs_fit *fit, int64_t h);
double fs_box_cox_at(const fs_fit *fit, int64_t h, double error);
/* Fits a method to the series transformed, whose values are above 0; means are means. room: any series' room, grows. */
FS_MUST_CHECK fs_status fs_box_cox_fit(const fs_method *method, const fs_forecast_task *task,
                                       double lambda, fs_series *room, fs_scratch *scratch,
                                       fs_fit *fit, bool *can);

/* ---- others ---- */

extern const fs_method fs_snaive_method, fs_naive_method, fs_median_method, fs_auto_method;
const fs_method *fs_method_at(int model); /* 0 ... FS_FORECAST_MODELS - 1 */

/* ---- classical seasonal adjustment ---- */

typedef enum fs_adjustment { FS_ADJUST_NOT, FS_ADJUST_ADD, FS_ADJUST_MULTIPLY } fs_adjustment;
/* Where the season is significant sets adjusted = y - index or y / index (index: season of them, that of y[t] at
 * t mod season); else adjusted = y. scratch: 2 * count + 2 * season + 4. */
fs_adjustment fs_adjust_season(const double *y, const uint8_t *use, int64_t count, int season,
                               double *adjusted, double *index, double *scratch);
/* sum[k] of the products of deviations k apart, k = 0 ... lags. */
void fs_lagged_products(const double *deviation, int64_t count, int lags, double *sum);
/* The test: does the autocorrelation at lag `season` stand out, at 90 %? The same scratch. */
bool fs_season_is_significant(const double *y, const uint8_t *use, int64_t count, int season,
                              double *scratch);
/* The indices alone, of at least two seasons: of mean 0, or of mean 1 where they multiply; false where they cannot. */
bool fs_season_indices(const double *y, const uint8_t *use, int64_t count, int season,
                       bool multiply, double *index, double *scratch);

/* ---- the Theta method ---- */

extern const fs_method fs_theta_method, fs_otm_method, fs_dstm_method, fs_dotm_method,
    fs_log_theta_method;
/* What they need of their scratch. */
#define FS_THETA_SCRATCH(count, season) (3 * (size_t)(count) + 3 * (size_t)(season) + 4)

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

/* ---- ARIMA ---- */

extern const fs_method fs_arima_method;

#define FS_ARIMA_NEAR 5 /* p and q at most */
#define FS_ARIMA_FAR  2 /* P and Q at most */
#define FS_ARIMA_TAPS ((FS_ARIMA_NEAR + 1) * (FS_ARIMA_FAR + 1) - 1)
/* p + q + P + Q <= 5 and the constant are what a search by least squares has room for. */
#define FS_ARIMA_ORDERS (FS_LSQ_PARAMETERS - 1)

/* Orders; parameters go in this order too: p, then q, P, Q, and the constant. */
typedef struct fs_arima_order {
    int p, q, P, Q;
    bool constant;
} fs_arima_order;
int fs_arima_parameters(const fs_arima_order *order);

/* Of w = (1-B)^d (1-B^m)^D y with mean `mean`, as Box and Jenkins write it, MA with plus signs:
 *   (1 - ar_1 B - ...) (1 - sar_1 B^m - ...) (w_t - mean) = (1 + ma_1 B + ...) (1 + sma_1 B^m + ...) e_t */
typedef struct fs_arima_coefficients {
    double ar[FS_ARIMA_NEAR], ma[FS_ARIMA_NEAR], sar[FS_ARIMA_FAR], sma[FS_ARIMA_FAR], mean;
} fs_arima_coefficients;
/* From coordinates without bounds to a stationary and invertible model; bend[i][j], where not NULL, is the derivative of
 * parameter i by coordinate j. The constant is its own coordinate. */
void fs_arima_place(const fs_arima_order *order, const double x[FS_LSQ_PARAMETERS],
                    fs_arima_coefficients *to, double bend[FS_LSQ_PARAMETERS][FS_LSQ_PARAMETERS]);

/* A polynomial by those of its coefficients that are not 0: sum of value[i] B^lag[i], without that of lag 0. */
typedef struct fs_arima_taps {
    int count, longest;
    int lag[FS_ARIMA_TAPS];
    double value[FS_ARIMA_TAPS];
} fs_arima_taps;
/* Both parts multiplied out, and what differencing takes: w_t = y_t - sum of delta y. */
void fs_arima_expand(const fs_arima_coefficients *c, int season, fs_arima_taps *ar,
                     fs_arima_taps *ma);
void fs_arima_delta(int d, int D, int season, fs_arima_taps *delta);
/* Are all roots farther than `factor` from 0 (as a multiple of 1)? */
bool fs_arima_roots_beyond(const fs_arima_coefficients *c, int season, double factor);
/* What the state of ARIMA_STATES says of w_t before anything is seen: c[i] is the covariance of its part i with w_t, in units of
 * the variance of e; c[0] is the variance of w. scratch: FS_ARIMA_START(states). False where it is not stationary. */
bool fs_arima_start(const fs_arima_taps *ar, const fs_arima_taps *ma, int states, double *c,
                    double *scratch);
#define FS_ARIMA_START(states) (7 * (size_t)(states) + 8)
/* Length of the state: p + mP or q + mQ + 1, whichever is longer. */
int fs_arima_states(const fs_arima_taps *ar, const fs_arima_taps *ma);

/* A differenced series. */
typedef struct fs_arima_past {
    const double *w;
    const uint8_t *use;
    int64_t count, known;
    int season;
} fs_arima_past;

/* Conditional sums of squares: eight models of one series, their parameters as coordinates. */
typedef struct fs_arima_conditional {
    const fs_arima_past *past;
    fs_arima_order order[FS_LSQ_LANES];
    int lanes;    /* in use */
    double *room; /* FS_ARIMA_ROOM(past) */
} fs_arima_conditional;
#define FS_ARIMA_FILTERS 10
#define FS_ARIMA_LEAD(season)                                                                      \
    (FS_ARIMA_FAR * (size_t)(season) > FS_ARIMA_NEAR ? FS_ARIMA_FAR * (size_t)(season)             \
                                                     : FS_ARIMA_NEAR)
#define FS_ARIMA_ROOM(count, season)                                                               \
    (((size_t)(count) + FS_ARIMA_LEAD(season)) * FS_ARIMA_FILTERS * 4)
/* An fs_lsq_objective; context: an fs_arima_conditional. */
void fs_arima_lanes(void *context, double x[FS_LSQ_PARAMETERS][FS_LSQ_LANES], fs_lsq_sums *sums);
/* The same of one model, plainly: error[count] gets the errors that count and 0 elsewhere; scratch: 3 (count + lead). */
double fs_arima_reference(const fs_arima_past *past, const fs_arima_order *order,
                          const fs_arima_coefficients *c, double *error, double *scratch);

/* Exact likelihood of a series without gaps: eight models, or one model at eight points. */
typedef struct fs_arima_exact {
    const double *w;
    int64_t count;
    int lanes;  /* in use, from the first on; rounded up to four */
    int states; /* of the longest */
    double mean[FS_LSQ_LANES], first[FS_LSQ_LANES]; /* first: variance of w, in that of e */
    double *ar, *gain, *turn, *state; /* (states + 1) * FS_LSQ_LANES each, 0 at the end */
    double squares[FS_LSQ_LANES], logs[FS_LSQ_LANES]; /* sums of v^2 / F and log F */
    double *error;                                    /* count * FS_LSQ_LANES: v / sqrt(F) */
} fs_arima_exact;
void fs_arima_exact_lanes(fs_arima_exact *exact);
/* The same of lane k, plainly: uses and leaves its column of ar, gain, turn, state. */
void fs_arima_exact_reference(fs_arima_exact *exact, int k);

/* Exact likelihood with gaps, by the Kalman filter with a diffuse start of what differencing takes. */
typedef struct fs_arima_kalman {
    const double *y;
    const uint8_t *use;
    int64_t count;
    int d, D, season;
    double mean; /* of w */
    fs_arima_taps ar, ma, delta;
    double *room;         /* FS_ARIMA_KALMAN(states of the ARMA part + d + D * season) */
    double *error;        /* count, v / sqrt(F); may be NULL */
    double squares, logs; /* of the innovations that count */
    int64_t counted;
} fs_arima_kalman;
#define FS_ARIMA_KALMAN(states)                                                                    \
    (2 * (size_t)(states) * (size_t)(states) + 11 * (size_t)(states) + 8)
bool fs_arima_kalman_run(fs_arima_kalman *kalman);
/* After it: the mean of each of the next observations. */
void fs_arima_kalman_ahead(fs_arima_kalman *kalman, int64_t horizon, double *mean);
/* After it, and before that: the state before the next observation, of the ARMA part, then of as many values as differencing takes. */
void fs_arima_kalman_next(fs_arima_kalman *kalman, double *state);
/* What the mean of w makes of y at time t. */
double fs_arima_mean_at(int d, int D, int season, double mean, int64_t t);

/* A model as it is kept, to be carried on: see arima_resume.c. */
typedef struct fs_arima_kept {
    int d, D, season;
    fs_arima_order order;
    fs_arima_coefficients c;
    int64_t time;  /* of the next observation */
    double *state; /* as of fs_arima_kalman_next */
} fs_arima_kept;
void fs_arima_keep(const fs_arima_kept *kept, fs_fit *fit);
fs_status fs_arima_resume(const fs_method *method, const fs_forecast_task *task,
                          fs_scratch *scratch, fs_fit *fit, bool *can);
/* As fs_arima_method fits; sets the model that was chosen too, less its state. Room that it takes, in doubles. */
FS_MUST_CHECK fs_status fs_arima_fit_model(const fs_forecast_task *task, fs_scratch *scratch,
                                           fs_fit *fit, fs_arima_kept *model, bool *can);
size_t fs_arima_scratch(int64_t count, int season, bool gaps);
/* Deviations of steps 1 … horizon, of one error at the first as 1. */
void fs_arima_spread(const fs_arima_taps *ar, const fs_arima_taps *ma, const fs_arima_taps *delta,
                     int64_t horizon, double *spread);
/* As R names it; false where that is too long. */
bool fs_arima_name(const fs_arima_kept *kept, char *to);

/* A model tried. */
typedef struct fs_arima_tried {
    fs_arima_order order;
    double x[FS_LSQ_PARAMETERS];
    double aicc; /* INFINITY where it is not one to choose */
} fs_arima_tried;
/* The search among models of one differenced series. */
typedef struct fs_arima_search {
    const fs_arima_past *past;
    fs_arima_kalman *gaps; /* all but mean, ar, ma and error; NULL where there are no gaps */
    fs_arima_order most;   /* constant: whether there may be one */
    bool is_full;          /* all orders, else stepwise */
    fs_arima_conditional conditional;
    fs_arima_exact exact;
    double *start; /* FS_ARIMA_START(most states) + that many + 1 */
} fs_arima_search;
/* Sets the model of least AICc, with estimates of greatest likelihood; false where there is none. */
bool fs_arima_choose(fs_arima_search *search, fs_arima_tried *best);
/* Fits up to eight models from their x by conditional sums of squares, and sets their AICc. */
void fs_arima_fit_together(fs_arima_search *search, fs_arima_tried *tried, int count);
/* From there to greatest likelihood. */
void fs_arima_refine(fs_arima_search *search, fs_arima_tried *tried);
/* Makes lane k of the exact likelihood ready; `states` set. False where the model is not stationary. */
bool fs_arima_exact_ready(fs_arima_exact *exact, int k, const fs_arima_coefficients *c, int season,
                          double *start);

/* How many differences: seasonal by the strength of the season (at most 1), then others by the KPSS test (at most 2).
 * scratch: fs_arima_tests(count, season). */
size_t fs_arima_tests(int64_t count, int season);
int fs_arima_season_differences(const double *y, const uint8_t *use, int64_t count, int season,
                                double *scratch);
int fs_arima_differences(const double *w, const uint8_t *use, int64_t count, double *scratch);

/* ---- intermittent demand ---- */

extern const fs_method fs_croston_method, fs_croston_optimized_method, fs_sba_method, fs_tsb_method,
    fs_adida_method, fs_imapa_method;

/* Smoothed sums of demand, of one length or of all from 1 on (intermittent_sums.c): what adida and imapa keep. */
typedef struct fs_sums {
    bool all;
    int64_t count;       /* observations known so far */
    int64_t least, most; /* lengths of sums; most 0: no demand yet */
    int64_t time;        /* as `count`, from where the rings begin */
    double *alpha;       /* of each length */
    double *value;       /* ring of the last most - 1 */
    double *level; /* of each length k a ring of k, by the place of a sum's last observation */
} fs_sums;
#define FS_SUMS_LENGTHS 40 /* of imapa that can be kept; longer sums leave the fit without states */
#define FS_SUMS_ROOM    1280
#define FS_SUMS_EVEN    0.2 /* alpha where every one is as good */
typedef struct fs_sums_found {
    double alpha, level;
} fs_sums_found;
/* Keeps what a fit found of `count` values; total: count + 1, their running sum; most 0: no demand; found: of each length; room: FS_SUMS_ROOM. */
void fs_sums_keep(const double *y, const double *total, int64_t count, int64_t most, bool all,
                  const fs_sums_found *found, double *room, fs_fit *fit);
/* As a method's resume. */
FS_MUST_CHECK fs_status fs_sums_resume(const fs_method *method, bool all,
                                       const fs_forecast_task *task, fs_scratch *scratch,
                                       fs_fit *fit, bool *can);

/* Simple exponential smoothing that begins at x[0], for eight α: the sum of squared errors. */
void fs_ses_lanes(const double *x, int64_t count, const double alpha[FS_LSQ_LANES],
                  double squares[FS_LSQ_LANES]);
double fs_ses_reference(const double *x, int64_t count, double alpha);
/* Where α is looked for: eight points between two that are above 0. */
typedef struct fs_ses_range {
    double alpha[FS_LSQ_LANES], middle, half; /* of log α */
} fs_ses_range;
fs_ses_range fs_ses_range_of(double low, double high);
/* The α of least squares there; where any is as good their mean. */
double fs_ses_optimize(const fs_ses_range *range, const double *x, int64_t count);

/* y[0] = before, y[i + 1] = a x[i] + r y[i]. x: count, finite; y: count + 1, apart from x. With a = α, r = 1 - α, before = x[0] y[i]
 * is what exponential smoothing expects of x[i]; with a = r = 1 and before = 0 the sum of the first i. */
void fs_running(const double *x, int64_t count, double a, double r, double before, double *y);

/* ---- count distributions ---- */

extern const fs_method fs_counts_method;

/* A series from its first sale on, and what all candidates share. */
typedef struct fs_counts {
    const double *y; /* whole numbers >= 0 */
    const uint8_t *use;
    int64_t count;
    const double *factor; /* count: of the level at each step, by season and regressors */
    const double *ways; /* FS_COUNTS_SIZES × (most + 1): Γ(k + r) / (Γ(r) k!) for k = 0 … most */
    int64_t most;       /* larger counts are as likely as this one */
    double prior, at_first; /* days that the level rests on at first, and the level */
} fs_counts;
/* Candidates after the last observation; [size][pace]. */
typedef struct fs_counts_sums {
    double sold[FS_COUNTS_SIZES][FS_COUNTS_PACES], exposed[FS_COUNTS_SIZES][FS_COUNTS_PACES];
    double out[FS_COUNTS_SIZES][FS_COUNTS_PACES];
    /* the likelihood is mantissa * 2^exponent */
    double mantissa[FS_COUNTS_SIZES][FS_COUNTS_PACES], exponent[FS_COUNTS_SIZES][FS_COUNTS_PACES];
} fs_counts_sums;
extern const double fs_counts_pace[FS_COUNTS_PACES]; /* α */
/* r = 2^(3 i - 4): 1/16, 1/2, 4, 32, as far apart as makes no difference */
#define FS_COUNTS_POWER(i) (3 * (i)-4)
#define FS_COUNTS_SIZE(i)  ((double)(1 << 3 * (i)) / 16)
#define FS_COUNTS_TOLD     2
#define FS_COUNTS_LEAVES   0.002 /* probability to go out of sale: once in 500 steps */
#define FS_COUNTS_RETURNS  0.03  /* to come back: out for a month of days */
#define FS_COUNTS_STRANGE  1e-6  /* likelihood of what no candidate expects */
#define FS_COUNTS_SHRUNK_EVERY                                                                     \
    32 /* steps: so many likelihoods multiply without leaving the range of doubles */
/* ahead: count × FS_COUNTS_PACES, means of one step of the candidates of size FS_COUNTS_TOLD; the other sizes' are much the
 * same. */
void fs_counts_lanes(const fs_counts *counts, double *ahead, fs_counts_sums *sums);
/* The same for one candidate, plainly; `ahead` (count) gets its own means. */
void fs_counts_reference(const fs_counts *counts, int size, int pace, double *ahead,
                         fs_counts_sums *sums);
/* Its two parts: a candidate before the first observation, and on from there, or from wherever it is. */
void fs_counts_begin(const fs_counts *counts, int size, int pace, fs_counts_sums *sums);
void fs_counts_carry_on(const fs_counts *counts, int size, int pace, double *ahead,
                        fs_counts_sums *sums);
/* Weights of the candidates, on sale `steps` after the last observation, and how many are sold of them a step. */
double fs_counts_on_sale(const fs_counts_mixture *mixture, int64_t steps,
                         double weight[FS_COUNTS_SIZES][FS_COUNTS_PACES]);
/* Paths of counts: columns in the order of candidates; factor: horizon, of the season; value gets horizon × width, in the
 * fit's scale. A rank k of `width` draws what lies at (k + .5) / width of a distribution. */
#define FS_PATHS_LANES      8
#define FS_COUNTS_PATH_MOST 65536 /* of a step */
typedef struct fs_counts_paths {
    const fs_counts_mixture *mixture;
    const double *factor;
    const uint16_t *rank; /* horizon × width */
    int64_t horizon, width;
    double *value;
} fs_counts_paths;
void fs_counts_paths_lanes(const fs_counts_paths *paths);
/* The same of one column, plainly; value: horizon. */
void fs_counts_paths_reference(const fs_counts_paths *paths, int64_t column, double *value);
/* How a column begins. */
typedef struct fs_counts_start {
    int size, pace;
    bool out;
} fs_counts_start;
fs_counts_start fs_counts_start_of(const fs_counts_mixture *mixture, double p);
/* An fs_fit.quantiles. */
void fs_counts_quantiles(const fs_fit *fit, int64_t h, const double *p, int n, double *quantile);

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
/* Those of (k + .5) / n, k = 0 ... n - 1, of which the normal's are known. */
void fs_errors_quantiles(fs_errors *errors, const double *normal, int64_t n, double *quantile);
/* The same of one, where both are known: the empirical quantile, and that of the normal distribution of deviation 1. */
double fs_errors_blend(const fs_errors *errors, double empirical, double normal);

#endif
