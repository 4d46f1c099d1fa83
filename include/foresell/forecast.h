/* foresell/forecast.h: what will come, from what was. Arrays in, arrays out.
 *
 * A series is `count` values at even steps, `valid` telling which are known (1) and which are
 * missing (0; NULL: all known). Missing is not zero. Workspaces belong to one thread and grow to the
 * longest series seen.
 */
#ifndef FORESELL_FORECAST_H
#define FORESELL_FORECAST_H

#include "foresell/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- periods ---------------------------------------------------------------------- */

typedef enum fs_period_kind {
    FS_PERIOD_INTEGER,
    FS_PERIOD_DATE, /* days since 1970-01-01 */
    FS_PERIOD_TIME  /* microseconds since 1970-01-01 */
} fs_period_kind;

#define FS_SEASONS_MOST 4 /* of one series */

/* How far it is from one period to the next: `size` of the kind's unit, or calendar months. */
typedef struct fs_step {
    fs_period_kind kind;
    int64_t size;
    int months;     /* > 0: calendar months instead of size */
    int month_day;  /* day of the month that periods fall on; 31: its last day */
    bool irregular; /* no even step fits: periods are taken as they follow one another */
} fs_step;

/* The step of ascending periods. `period`: "auto", "day", "week", "month", "quarter", "year",
 * "hour": what the caller knows. With "auto" the largest step that all of them fit, months seen
 * from equal days of the month; one period alone gives a day, an hour's time or 1. A grid of very
 * many more steps than there are periods is taken as irregular. */
FS_API void fs_step_infer(fs_period_kind kind, const int64_t *period, int64_t count,
                          const char *period_name, fs_step *step);
/* The period `steps` after (before: negative) `from`; kept inside int64. */
FS_API int64_t fs_step_add(const fs_step *step, int64_t from, int64_t steps);
/* Whole steps from `from` to `to` (rounded to the nearest); 0 where a step has no length. */
FS_API int64_t fs_step_between(const fs_step *step, int64_t from, int64_t to);
/* Is a step one day? */
FS_API bool fs_step_is_day(const fs_step *step);
/* The date of a period that is a date or a time. */
FS_API fs_civil fs_step_date(const fs_step *step, int64_t period);
/* Usual season of such a step: day 7, week 52, month 12, quarter 4, hour 24, else 1. */
FS_API int fs_step_season(const fs_step *step);
/* Seasons that it may have, ascending: day 7, 365; hour 24, 168, and so with shorter steps that go into a day; else the usual one, or that of
 * a year. Returns how many; -1: the step says nothing of seasons, as of whole numbers. */
FS_API int fs_step_seasons(const fs_step *step, int season[FS_SEASONS_MOST]);

/* ---- forecasts --------------------------------------------------------------------------- */

/* Models are told by their place in FS_FORECAST_CHOICES, 0 to FS_FORECAST_MODELS - 1. Methods are those that are no combination
 * of others; FS_FORECAST_AUTO is one of several, weighted by how good they were in the series' own past. */
#define FS_FORECAST_MODELS 32
#define FS_FORECAST_METHODS                                                                        \
    "snaive|naive|drift|mean|window_average|seasonal_window_average|ets|ses|holt|holt_damped|"     \
    "holt_winters|holt_winters_multiplicative|seasonal_es|log_theta|theta|otm|dstm|dotm|"          \
    "ces|arima|mstl|tbats|dhr|croston|"                                                            \
    "croston_optimized|sba|tsb|adida|imapa|counts"
#define FS_FORECAST_CHOICES FS_FORECAST_METHODS "|median|auto"
#define FS_FORECAST_AUTO    (FS_FORECAST_MODELS - 1)
FS_API const char *fs_forecast_model_name(int model); /* static text; NULL where there is none */
FS_API int fs_forecast_model_find(const char *name);  /* -1 where there is none */
FS_API bool fs_forecast_model_competes(int model);    /* is it tried where nothing is named? */

/* Forms of exponential smoothing: error (A, M), trend (N, A, Ad, M, Md), season (N, A, M), each part also Z: chosen by AICc. As in
 * "AAdM", "MZN", "ZZZ". */
FS_API bool fs_ets_form_is_valid(const char *form);

#define FS_FORECAST_PATHS 50000 /* at most */

typedef struct fs_forecast_settings {
    int64_t horizon; /* >= 1 */
    int model;       /* the one to use */
    int nonnegative; /* 1 yes, 0 no, -1: where no known value is below zero */
    int origins;     /* of the backtest, >= 0 */
    uint64_t parts;  /* bit m: AUTO combines method m; 0: those that compete */
    uint64_t tries;  /* bit m: a backtest tries model m; 0: those that compete */
    bool by_step;    /* a backtest's sums are of each step, not of all */
    bool is_fast;    /* AUTO leaves out what takes long */
    bool saves;      /* fs_forecaster_save will be called */
    bool
        transforms; /* ets, arima and dhr are fitted after Box and Cox's transformation, not to be saved */
    double lambda;     /* 0 … 2; below 0: by Guerrero's method */
    bool searches_all; /* arima tries all orders */
    const char *form;  /* that ets may take; NULL: any; kept by reference */
    bool sums; /* quantiles, and what a backtest measures, are of the sums of steps 1 ... h */
    bool
        is_conformal; /* quantiles of steps by the errors that a backtest made so many steps ahead */
    int64_t paths; /* simulated, <= FS_FORECAST_PATHS: what sums are read from, else to be given */
    uint64_t seed; /* of the paths */
    int quantiles;
    const double *quantile; /* each in (0, 1); kept by reference */
} fs_forecast_settings;

/* What is known beside a series: columns of its count and the horizon, NAN where not known. */
typedef struct fs_regressors {
    int count;
    const double *const *value;
    const char *const *name;
    const int
        *driver; /* < 64; neighbours of the same number are told as one; NULL: each for itself */
    const double *
        prior; /* deviation of the effects of going through the range that is thought likely, of the log; NULL: FS_REGRESSOR_PRIOR */
    const double *
        expected; /* effects of 1 more, of the log, that those found are drawn to, `prior` being of 1 more too; NULL, 0: none; of no use where effects are added */
    const int *
        event; /* of each step: its number, FS_EVENT_NONE or FS_EVENT_OTHER; NULL: there are no events */
    int events; /* numbers 0 ... events - 1 */
    const char *const *event_name;
    /* Kept with a saved model beside the names: a letter (a ... z) for each regressor, the caller's own; NULL: all 'c'; and an event that is no
     * event, as it stands at most periods; NULL: none. */
    const char *kind;
    const char *event_usual;
} fs_regressors;
#define FS_REGRESSOR_PRIOR 0.5
#define FS_EVENT_NONE      (-1)
#define FS_EVENT_OTHER     (-2) /* one that was never seen with a known value */

/* What a model's forecasts of the past were worth. Sums over origins and steps with a known value, e = forecast - actual. */
typedef struct fs_backtest {
    int64_t origins, count;
    double absolute, squared, error; /* Σ|e|, Σe², Σe */
    double actual;                   /* Σ|actual| */
    double relative;                 /* Σ 2|e| / (|forecast| + |actual|) */
    double scaled;                   /* Σ|e| / (mean |y_t - y_{t-season}| before the origin) */
    int64_t scaled_count;
    double scaled_squared; /* Σe² / (mean (y_t - y_{t-1})² before the origin) */
    int64_t stepped_count;
    /* of intervals, set by fs_forecaster_backtest only */
    int64_t ranges;  /* values whose range was foretold: all but those of places that are closed */
    int64_t inside;  /* of these between the outermost quantiles */
    double interval; /* Σ interval score of the outermost quantiles, scaled as `scaled` is */
    double scaled_loss; /* Σ over quantiles of the pinball loss / (mean |y_t - y_{t-1}|) */
    int64_t loss_count;
    double *pinball; /* quantiles: Σ loss */
    int64_t *below;  /* quantiles: how many values were not above it */
} fs_backtest;

#define FS_DRIVERS 160
typedef struct fs_forecast {
    bool known;        /* false: not one value is known, nothing is forecast */
    double *mean;      /* horizon: of step h, or of the sum up to it */
    double *quantile;  /* horizon × quantiles, step by step */
    double *path;      /* paths × horizon, path by path; NULL where none are to be given */
    const char *model; /* "snaive", "ETS(A,N,A)" … */
    int season;        /* >= 1: that it was made with, given or found */
    char *
        drivers; /* horizon texts of FS_DRIVERS bytes: "promotion +38 %"; NULL without regressors */
    char note[200]; /* what was done beside the usual; empty: nothing */
} fs_forecast;

/* Is AUTO the model, or one of those that a backtest tries? */
FS_API bool fs_forecast_has_auto(const fs_forecast_settings *settings);

typedef struct fs_forecaster fs_forecaster;
FS_API FS_MUST_CHECK fs_status fs_forecaster_open(const fs_forecast_settings *settings,
                                                  fs_forecaster **forecaster, fs_error *error);
/* Of the series that come next: `count` lengths, ascending, FS_SEASONS_MOST at most, that methods of several seasons take
 * as they are, where they are given, else those of them that a series shows; -1: any that it shows; 0, as at first: the season of the call. */
FS_API void fs_forecaster_set_seasons(fs_forecaster *forecaster, const int *length, int count,
                                      bool are_given);
/* Forecasts the steps after the last of `count`; with regressors (NULL: none) their effect is taken out before anything is fitted, at each
 * origin of the backtest anew from what lay before it, and put back into what is forecast, by what they are then. `season` is its length in steps, 1: none, 0: the shortest of those found. What `forecast` points to is owned by the
 * forecaster and valid until the next call. Fails only where memory runs out: what can't be fitted
 * falls back, and `note` says so. All results are finite, quantiles ascending in p. */
FS_API FS_MUST_CHECK fs_status fs_forecaster_run(fs_forecaster *forecaster, int season,
                                                 const double *value, const uint8_t *valid,
                                                 int64_t count, const fs_regressors *regressors,
                                                 fs_forecast *forecast, fs_error *error);
/* Only the backtest, of all models that settings try, and `model`; of AUTO its parts too. */
FS_API FS_MUST_CHECK fs_status fs_forecaster_backtest(fs_forecaster *forecaster, int season,
                                                      const double *value, const uint8_t *valid,
                                                      int64_t count,
                                                      const fs_regressors *regressors,
                                                      fs_forecast *forecast, fs_error *error);

/* ---- updates: a fit is saved as a text (docs/saved.md) and carried on with what came since, without fitting anew ---- */

/* Where a series stands. */
typedef struct fs_saved_time {
    fs_step step;
    int64_t end; /* its last period */
    int season;  /* >= 1 */
} fs_saved_time;
/* After a run with `saves`, or an update, that gave a known forecast: what it was made by; regressors of that call must be there still. *text (ended by
 * NUL) is owned by the forecaster until the next call; NULL where one of the models can't be saved. */
FS_API FS_MUST_CHECK fs_status fs_forecaster_save(fs_forecaster *forecaster,
                                                  const fs_saved_time *time, const char **text,
                                                  fs_error *error);
/* Reads such a text. FS_DATA where it is none, or of another version. */
FS_API FS_MUST_CHECK fs_status fs_forecaster_load(fs_forecaster *forecaster, const char *text,
                                                  size_t bytes, fs_saved_time *time,
                                                  fs_error *error);
/* After fs_forecaster_load: what the update needs to be told beside values: count, name and kind, events, event_name and event_usual are set. It
 * belongs to the forecaster until the next text is loaded. Regressors that never changed in the fit are not among them. */
FS_API const fs_regressors *fs_forecaster_needs(const fs_forecaster *forecaster);
/* After fs_forecaster_load, once: takes the `count` (0 allowed) values after the end of what was saved, with the parameters that it
 * has, and forecasts what comes after them; settings of models are not looked at. regressors: the columns (and their `driver`) that are needed, in that
 * order, and the event of each step, of the `count` and the horizon; NULL where none is. FS_DATA where some are lacking. Values that a model can't take count as missing, and
 * `note` says so. */
FS_API FS_MUST_CHECK fs_status fs_forecaster_update(fs_forecaster *forecaster, const double *value,
                                                    const uint8_t *valid, int64_t count,
                                                    const fs_regressors *regressors,
                                                    fs_forecast *forecast, fs_error *error);

/* Sums of the last backtest (that fs_forecaster_run makes of `model`, and of AUTO's parts): all of them in row 0, or with by_step those of step row + 1; NULL where the model was not tried. Valid until the next call. */
FS_API const fs_backtest *fs_forecaster_tested(const fs_forecaster *forecaster, int model,
                                               int64_t row);
/* The forecasts that the last backtest made: *steps of them from origin `origin` (0: the earliest),
 * where *at observations had been seen. NULL where there is no such origin. */
FS_API const double *fs_forecaster_past(const fs_forecaster *forecaster, int model, int origin,
                                        int64_t *at, int64_t *steps);
FS_API void fs_forecaster_close(fs_forecaster *forecaster);

#ifdef __cplusplus
}
#endif
#endif
