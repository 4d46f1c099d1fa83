/* forecast_work.h: what the operators forecast, backtest and forecast_paths share: their input, and a forecaster fed from rows. */
#ifndef FORESELL_FORECAST_WORK_H
#define FORESELL_FORECAST_WORK_H

#include "forecast_events.h"
#include "foresell/forecast.h"
#include "foresell/operator.h"

/* Declared input columns. */
enum {
    FS_WORK_PERIOD,
    FS_WORK_VALUE,
    FS_WORK_AHEAD,
    FS_WORK_EVENT,
    FS_WORK_INDEX,
    FS_WORK_DECLARED
};

#define FS_CALENDAR_WAVES 6 /* three sines and cosines a month */
#define FS_MONTH_LONGEST  31

typedef struct fs_forecast_work {
    fs_binding binding;
    fs_grid grid; /* the group that is worked on */
    fs_forecaster *forecaster;
    fs_forecast_settings settings;
    int64_t season;
    int seasons, season_of[FS_SEASONS_MOST]; /* given, ascending */
    bool has_end;
    int64_t end;
    int given, regressors; /* columns of regressors in the data; with waves of the calendar */
    bool has_ahead, has_events, has_index, uses_calendar;
    fs_events events;
    double (*wave)[FS_MONTH_LONGEST + 1][FS_CALENDAR_WAVES]; /* by the month's length and the day */
    double *room;                                            /* regressors × (count + horizon) */
    int64_t capacity;
    const double **column; /* regressors: into room */
    const char **name;
    int *driver;
    double *prior, *expected;
    char *kind; /* as it is saved with a model */
} fs_forecast_work;

/* Kinds of regressors: a column, the seasonal index, and the waves of the calendar from the first on. */
#define FS_KIND_COLUMN     'c'
#define FS_KIND_INDEX      'i'
#define FS_KIND_WAVE       'm'
#define FS_CALENDAR_NAME   "time of the month"
#define FS_REGRESSORS_MOST 50 /* columns */
/* Wave k of the calendar on a date. */
double fs_calendar_wave(fs_civil date, int k);
/* Does the column FS_AHEAD_COLUMN say of a row that it is to come? */
bool fs_row_is_ahead(const fs_vector *ahead, int64_t row);
/* What stands in a row of a regressor's column; NAN where it is not known. */
double fs_regressor_value(const fs_vector *column, int64_t row);
/* The same as a regressor: its log. */
double fs_index_value(double index);

extern const fs_column fs_forecast_work_input[];

#define FS_CALENDAR_PARAM                                                                          \
    {                                                                                              \
        .name = "calendar", .type = FS_TYPE_TEXT, .fallback = "auto", .choices = "auto|yes|no",    \
        .doc = "yes: of days, over two months and more, the time of the month (pay days) is a "    \
               "regressor: three waves a month; auto: where the model auto is at work"             \
    }

#define FS_SEASON_PARAMS                                                                           \
    {.name = "season",                                                                             \
     .type = FS_TYPE_INT,                                                                          \
     .fallback = "0",                                                                              \
     .minimum = 0,                                                                                 \
     .maximum = 10000,                                                                             \
     .doc = "length of the season in periods; 0: by the period (day 7, week 52, month 12, "        \
            "quarter 4, hour 24), and of whole numbers the shortest that the data show"},          \
    {                                                                                              \
        .name = "seasons", .type = FS_TYPE_LIST, .fallback = "[]", .minimum = 2, .maximum = 10000, \
        .merges = true,                                                                            \
        .doc =                                                                                     \
            "lengths of several seasons, for mstl, tbats and dhr, such as [7, 365], at most 4; "   \
            "empty: "                                                                              \
            "those "                                                                               \
            "that "                                                                                \
            "the data show, of days 7 and 365, of hours 24 and 168, of whole numbers any; but "    \
            "`season` alone where that is given and none of these, or where auto is not at work"   \
    }

#define FS_FORM_PARAM                                                                              \
    {                                                                                              \
        .name = "form", .type = FS_TYPE_TEXT, .fallback = "ZZZ",                                   \
        .doc = "form of ets: error (A, M), trend (N, A, Ad, M, Md) and season (N, A, M), Z where " \
               "it is to be chosen, as in AAdM or ZZN"                                             \
    }

#define FS_AHEAD_COLUMN                                                                            \
    {                                                                                              \
        .name = "ahead", .type = FS_TYPE_BOOL, .role = FS_ROLE_VALUE, .optional = true,            \
        .doc = "true: a period to come, of which only regressors and events are known; its value " \
               "is not looked at"                                                                  \
    }

#define FS_NONNEGATIVE_PARAM                                                                       \
    {                                                                                              \
        .name = "nonnegative", .type = FS_TYPE_TEXT, .fallback = "auto", .choices = "auto|yes|no", \
        .doc = "whether what would be below zero is set to zero; auto: where the group's values "  \
               "never are below zero"                                                              \
    }

#define FS_EFFORT_PARAM                                                                            \
    {                                                                                              \
        .name = "effort", .type = FS_TYPE_TEXT, .fallback = "usual", .choices = "usual|fast",      \
        .doc = "fast: auto leaves out arima, which takes most of its time"                         \
    }

#define FS_SEARCH_PARAM                                                                            \
    {                                                                                              \
        .name = "search", .type = FS_TYPE_TEXT, .fallback = "stepwise",                            \
        .choices = "stepwise|full",                                                                \
        .doc = "how arima looks for its orders: from neighbour to neighbour, or among all that "   \
               "have p + q + P + Q of at most 5, which takes some five times as long"              \
    }

#define FS_BOX_COX_PARAM                                                                           \
    {                                                                                              \
        .name = "box_cox", .type = FS_TYPE_TEXT, .fallback = "no",                                 \
        .doc = "lambda of a Box-Cox transformation that ets, arima and dhr are fitted after, 0 "   \
               "to 2, "                                                                            \
               "such as 0 for logarithms; auto: by Guerrero's method, 0 to 1; no: none. A series " \
               "with values at or below zero is left as it is, and noted"                          \
    }

#define FS_PATH_PARAMS(least, fewest, doc_of_paths)                                                \
    {.name = "paths",                                                                              \
     .type = FS_TYPE_INT,                                                                          \
     .fallback = least,                                                                            \
     .minimum = fewest,                                                                            \
     .maximum = FS_FORECAST_PATHS,                                                                 \
     .doc = doc_of_paths},                                                                         \
    {                                                                                              \
        .name = "seed", .type = FS_TYPE_INT, .fallback = "1", .minimum = 0, .maximum = 999999,     \
        .doc = "of the simulated paths: the same seed gives the same numbers"                      \
    }

/* What forecast and backtest make quantiles of, and how. */
#define FS_QUANTILE_PARAMS                                                                         \
    {.name = "of",                                                                                 \
     .type = FS_TYPE_TEXT,                                                                         \
     .fallback = "step",                                                                           \
     .choices = "step|sum",                                                                        \
     .doc = "step: each period by itself; sum: all periods from the first one ahead up to it "     \
            "together, as an order over a lead time needs them, from simulated paths"},            \
        {.name = "intervals",                                                                      \
         .type = FS_TYPE_TEXT,                                                                     \
         .fallback = "model",                                                                      \
         .choices = "model|conformal",                                                             \
         .doc = "model: quantiles of a step as the model's theory and errors say; conformal: by "  \
                "the errors that were made so many steps ahead at the points of the past, of "     \
                "which there should then be more (`origins`)"},                                    \
        FS_PATH_PARAMS("2000", 100, "how many paths are simulated where sums are wanted")

/* The parameter `nonnegative` as fs_forecast_settings has it. */
int fs_forecast_work_nonnegative(const fs_options *options);
/* The parameter `end`, where it is given. */
FS_MUST_CHECK fs_status fs_forecast_work_end(const fs_binding *binding, bool *has_end,
                                             int64_t *period, fs_error *error);
/* The parameter `models` as fs_forecast_settings has such. */
uint64_t fs_forecast_work_models(const fs_options *options);
/* `settings` holds what is not the same for all; the other parameters are read here. Where it asks for paths there are no quantiles. */
FS_MUST_CHECK fs_status fs_forecast_work_open(const fs_binding *binding,
                                              const fs_forecast_settings *settings, void **pointer,
                                              fs_error *error);
void fs_forecast_work_close(void *pointer);
/* Group g of the block into work->grid and work->column. Where there are regressors or events, and `ahead` doesn't say, rows behind the
 * last known value are of periods to come. */
FS_MUST_CHECK fs_status fs_forecast_work_fill(fs_forecast_work *w, const fs_block *block, int64_t g,
                                              fs_error *error);
/* What a forecaster is told of them. */
fs_regressors fs_forecast_work_regressors(const fs_forecast_work *w);

#endif
