/* forecaster_internal.h: a forecaster at work: fits, their trial on the past, and what users get of them. */
#ifndef FORESELL_FORECASTER_INTERNAL_H
#define FORESELL_FORECASTER_INTERNAL_H

#include "forecast_internal.h"

/* A point of the past: `steps` are forecast from the `at` observations before it. */
typedef struct fs_past {
    int64_t at, steps;
} fs_past;

/* What a model's trial gave; of a model that is not tried nothing is set. */
typedef struct fs_tested {
    double *made;      /* origin × horizon */
    fs_backtest *sums; /* rows */
    double *pinball;   /* rows × quantiles; where `sums` point to */
    int64_t *below;    /* the same */
    double wider;      /* Σ of squared standardised errors, and of how many */
    int64_t wider_count;
} fs_tested;

struct fs_forecaster {
    fs_forecast_settings settings;
    int64_t rows;     /* of sums: horizon or 1 */
    fs_series series; /* whole, for the forecast */
    fs_series before; /* what an origin sees */
    fs_scratch scratch;
    fs_fit fit[FS_FORECAST_MODELS]; /* of the series that is worked on */
    bool fitted[FS_FORECAST_MODELS];
    bool could[FS_FORECAST_MODELS]; /* else it is exponential smoothing instead */
    fs_errors errors;
    const fs_regressors *regressors; /* of this call; NULL: none */
    const double **column;           /* of the regressors, from the series' first known value on */
    int columns;                     /* room for so many */
    fs_effects effects;              /* of the series that is worked on */
    bool adjusted;                   /* were they taken out of it? */
    const fs_method *owner;          /* the method that is AUTO alone on it; NULL: several are */
    char *drivers;                   /* horizon × FS_DRIVERS; NULL until there are regressors */
    double *mean;                    /* horizon */
    double *quantile;                /* horizon × quantiles */
    fs_past *origin;                 /* settings.origins */
    int origins;                     /* that the last backtest had */
    fs_tested tested[FS_FORECAST_MODELS];
    int expected, expected_of[FS_SEASONS_MOST]; /* as fs_forecaster_set_seasons was told */
    bool are_given;
    int seasons,
        season_of[FS_SEASONS_MOST]; /* of the series that is worked on; 0: the one of the call */
    bool named;                     /* a model of several seasons is asked for by name */
    bool several;                   /* has the whole series more than one? */
    bool found;                     /* the one of the call was found, and it is `shortest` */
    int shortest;
};

/* Is it one of those whose trial has room? */
bool fs_forecaster_tries(const fs_forecast_settings *settings, int model);
/* Room for the trials, and its end. */
FS_MUST_CHECK fs_status fs_backtest_open(fs_forecaster *f);
void fs_backtest_close(fs_forecaster *f);
/* Tries models on what lies before points of the past: `only` this one and its parts; -1: all that there is room for. `value` begins at
 * its first known one, as f->series does. Intervals are judged where `judges_intervals`. */
FS_MUST_CHECK fs_status fs_backtest_run(fs_forecaster *f, const double *value, const uint8_t *valid,
                                        int season, int only, bool judges_intervals);
/* How much wider than theory the model's intervals must be, by its trial so far. */
double fs_backtest_widening(const fs_forecaster *f, int model);

/* Is `part` a method that this combination is made of? season 0: of any. */
bool fs_forecaster_combines(const fs_forecast_settings *settings, int model, int part, int season);
/* Fits a model to a series, where a method was not yet; AUTO by what the trials have shown so far. */
FS_MUST_CHECK fs_status fs_forecaster_fit(fs_forecaster *f, const fs_series *series, int model,
                                          int season, int64_t horizon);
/* The errors of one step of a fit, and how wide, into f->errors. */
FS_MUST_CHECK fs_status fs_forecaster_settle(fs_forecaster *f, const fs_series *series, int model);
/* Another series is about to be fitted, of which `horizon` steps will be forecast: takes the effects of regressors out of it. */
FS_MUST_CHECK fs_status fs_forecaster_begin(fs_forecaster *f, fs_series *series, int season,
                                            int64_t horizon);

/* Takes regressors' effects out of a series and sets f->adjusted, where that is not worse than to let them be. */
FS_MUST_CHECK fs_status fs_drivers_remove(fs_forecaster *f, fs_series *series, int season,
                                          int64_t horizon);
/* Regressors of this call, from the series' first known value on, which `skipped` come before; NULL: none. */
FS_MUST_CHECK fs_status fs_drivers_open(fs_forecaster *f, const fs_regressors *regressors,
                                        int64_t skipped);
void fs_drivers_close(fs_forecaster *f);
/* What drives each step, into f->drivers. */
void fs_drivers_tell(fs_forecaster *f, const fs_fit *fit);
/* Notes which are not known of a step to come: they count as their mean there. */
void fs_drivers_note(const fs_forecaster *f, fs_forecast *forecast);
/* ---- seasons (forecaster_seasons.c) ---- */

/* Those of the whole series, f->series, before anything is tried; a season of 0 gets the shortest, 1 where there is none. is_owned: AUTO is one
 * method alone on it. */
FS_MUST_CHECK fs_status fs_seasons_open(fs_forecaster *f, bool is_owned, int *season);
/* Those of a series that is about to be fitted. */
FS_MUST_CHECK fs_status fs_seasons_begin(fs_forecaster *f, const fs_series *series);
/* Is AUTO to combine the model with others, as far as seasons go? */
bool fs_seasons_suit(const fs_forecaster *f, int model);
void fs_seasons_note(const fs_forecaster *f, fs_forecast *forecast);

void fs_forecast_note(fs_forecast *forecast, const char *text);

/* A fit as users get it: in the series' units, finite, not below zero where that is wanted, zero where it is closed. */
void fs_deliver_mean(const fs_forecaster *f, const fs_series *series, const fs_fit *fit, int season,
                     int64_t horizon, double *mean);
/* Its quantiles by f->errors, step by step. */
void fs_deliver_quantiles(fs_forecaster *f, const fs_series *series, const fs_fit *fit, int season,
                          int64_t horizon, double *quantile);
/* Finite: the largest number there is instead of more, 0 instead of what is no number. */
double fs_bounded(double value);

#endif
