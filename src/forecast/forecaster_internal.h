/* forecaster_internal.h: a forecaster at work: fits, their trial on the past, and what users get of them. */
#ifndef FORESELL_FORECASTER_INTERNAL_H
#define FORESELL_FORECASTER_INTERNAL_H

#include "forecast_internal.h"

/* A point of the past: `steps` are forecast from the `at` observations before it. */
typedef struct fs_past {
    int64_t at, steps;
} fs_past;

#define FS_CLOSED_SEASONS 8  /* a place of the season that was zero in all of them is closed */
#define FS_CLOSED_LONGEST 14 /* steps in a season that has closed places */

/* What a model's trial gave; of a model that is not tried nothing is set. */
typedef struct fs_tested {
    double *made;      /* origin × horizon */
    fs_backtest *sums; /* rows */
    double *pinball;   /* rows × quantiles; where `sums` point to */
    int64_t *below;    /* the same */
    double *score;     /* origin × horizon: errors over what theory expects, NAN where not known;
                          NULL where intervals are not by them */
    double absolute;   /* Σ of absolute errors of steps, and of their weights */
    double weight;
    int64_t compared; /* how many these are */
    double wider;     /* Σ of squared standardised errors, and of how many */
    int64_t wider_count;
} fs_tested;

/* Paths of one fit after another, a column each. All but `rank` is room. */
typedef struct fs_paths {
    int64_t horizon, width; /* columns: a multiple of FS_PATHS_LANES */
    uint16_t *
        rank; /* horizon + 2 rows of width: what each column draws at a step; their order; what it draws of what all steps share */
    double *
        normal; /* width: quantiles of the normal distribution, of rank k in the middle of its share */
    double *table;  /* width: of the errors */
    double *weight; /* horizon: of past errors, or factors of a season */
    double *value;  /* horizon × width, in the series' scale */
    double *sum;    /* width */
    double *room;   /* FS_QUANTILES_ROOM(width) */
    double *given;  /* paths × horizon; NULL where sums are wanted */
} fs_paths;
/* Which fits a forecast was made of: f->fit[fit[i]], by the method method[i]; one alone, their median, or their mean with weights. */
typedef struct fs_mixed {
    int parts, fit[FS_COMBINED], method[FS_COMBINED];
    double weight[FS_COMBINED];
    bool is_median;
} fs_mixed;

struct fs_forecaster {
    fs_forecast_settings settings;
    int64_t rows;          /* of sums: horizon or 1 */
    fs_series series;      /* whole, for the forecast */
    fs_series before;      /* what an origin sees */
    fs_series transformed; /* room */
    bool is_left_plain;    /* a series that should have been transformed */
    fs_scratch scratch;
    fs_fit fit[FS_FORECAST_MODELS]; /* of the series that is worked on */
    bool fitted[FS_FORECAST_MODELS];
    bool could[FS_FORECAST_MODELS]; /* else it is exponential smoothing instead */
    fs_errors errors;
    const fs_regressors *regressors; /* of this call; NULL: none */
    const double **column;           /* of the regressors, from the series' first known value on */
    const int *event;                /* the same; NULL: none */
    int64_t told;                    /* where steps to come begin in them */
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
    fs_paths paths;                 /* empty where settings ask for none */
    double *scores;                 /* (origins + 1) × horizon, to pool them; NULL: not wanted */
    bool keeps;                     /* the fits that are made now */
    int method[FS_FORECAST_MODELS]; /* that made fit[m] */
    fs_mixed mixed;                 /* what the last fit was made of */
    struct fs_saved *saved;         /* NULL until something is saved or loaded */
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
/* Fits a method, to the series transformed where that is wanted and can be. */
FS_MUST_CHECK fs_status fs_forecaster_try(fs_forecaster *f, const fs_forecast_task *task,
                                          const fs_method *method, fs_fit *fit, bool *can);
/* The errors of one step of a fit, and how wide, into f->errors. */
FS_MUST_CHECK fs_status fs_forecaster_settle(fs_forecaster *f, const fs_series *series, int model);
/* Another series is about to be fitted, of which `horizon` steps will be forecast: takes the effects of regressors out of it. */
FS_MUST_CHECK fs_status fs_forecaster_begin(fs_forecaster *f, fs_series *series, int season,
                                            int64_t horizon);

/* Of a fit that is to be saved what does not stand in it. */
FS_MUST_CHECK fs_status fs_saved_note_fit(fs_forecaster *f, int model);
void fs_saved_close(fs_forecaster *f);

/* Takes regressors' effects out of a series and sets f->adjusted, where that is not worse than to let them be. */
FS_MUST_CHECK fs_status fs_drivers_remove(fs_forecaster *f, fs_series *series, int season,
                                          int64_t horizon);
/* Regressors of this call, from the series' first known value on, which `skipped` come before, to `count` and the horizon; NULL: none. */
FS_MUST_CHECK fs_status fs_drivers_open(fs_forecaster *f, const fs_regressors *regressors,
                                        int64_t skipped, int64_t count);
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
/* Quantiles of f->fit[model] by f->errors, step by step; or, where that is wanted, by the trials at the first `origins` points of the
 * past. */
void fs_deliver_quantiles(fs_forecaster *f, const fs_series *series, int model, int origins,
                          int season, int64_t horizon, double *quantile);
/* Paths of f->fit[model] into f->paths.value, in the series' scale; `clips`: nothing is below zero where that is wanted. */
void fs_deliver_paths(fs_forecaster *f, const fs_series *series, int model, int season,
                      int64_t horizon, bool clips);
bool fs_is_nonnegative(const fs_forecaster *f, const fs_series *series);
/* Places of the season, from the first step ahead on, at which nothing was sold for long, while something was on nearly all of the others: there it
 * is forecast with certainty. False where there is none, and `closed` is not all set. */
bool fs_find_closed(const fs_series *series, int season, bool closed[FS_CLOSED_LONGEST]);
/* Quantiles of the sums of steps 1 ... h: of each h, or of the last only, whose place they have. */
void fs_deliver_sums(fs_forecaster *f, const fs_series *series, int model, int season,
                     int64_t horizon, bool only_last, double *quantile);
/* Paths as they are given, one after another. */
void fs_deliver_given(fs_forecaster *f);
/* Finite: the largest number there is instead of more, 0 instead of what is no number. */
double fs_bounded(double value);

/* ---- simulated paths ---- */

FS_MUST_CHECK fs_status fs_paths_open(fs_paths *paths, const fs_forecast_settings *settings);
void fs_paths_close(fs_paths *paths);
/* Simulates a fit into paths->value: `horizon` of its steps. Of whole distributions it is what happens, else what happens less the mean. */
void fs_paths_simulate(fs_paths *paths, const fs_fit *fit, fs_errors *errors, int64_t horizon);

/* ---- conformal intervals ---- */

/* Has the model made enough errors at the first `origins` points of the past? */
bool fs_conformal_is_ready(const fs_forecaster *f, int model, int origins);
/* Quantiles of f->fit[model] by the errors of its trials, in the series' scale; `quantile` holds those of the model, which are mixed in. */
void fs_conformal_quantiles(fs_forecaster *f, int model, int origins, int64_t horizon,
                            double *quantile);

#endif
