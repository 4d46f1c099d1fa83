/* ets_internal.h: exponential smoothing, the thirty forms: what its files share. */
#ifndef FORESELL_ETS_INTERNAL_H
#define FORESELL_ETS_INTERNAL_H

#include "forecast_internal.h"

typedef enum fs_ets_part { FS_ETS_NONE, FS_ETS_ADDITIVE, FS_ETS_MULTIPLICATIVE } fs_ets_part;

/* One form with its parameters and first states (Hyndman, Koehler, Ord, Snyder 2008, tables 2.2, 2.3):
 *   q = l + phi b or l b^phi     mean = q, q + s or q s     e = y - mean (0 where y is not known)
 *   u = e or e / s     v = e or e / q
 *   l <- q + alpha u     b <- phi b + beta u or b^phi + beta u / l     s <- s + gamma v
 * whether errors are additive or multiplicative: that makes the likelihood another one only. */
typedef struct fs_ets {
    fs_ets_part error, trend, season; /* error is never NONE */
    bool damped;
    double alpha, beta, gamma, phi; /* beta < alpha, gamma < 1 - alpha; phi 1 where not damped */
    double first_level, first_slope;
    double level, slope; /* after the last observation */
    double squares; /* sum of squared errors, relative ones where the error is multiplicative */
    int64_t observations;
    double aicc;
} fs_ets;
/* "ETS(A,Ad,N)" into name[FS_MODEL_NAME]. */
void fs_ets_name(const fs_ets *ets, char *name);
/* How many are estimated, the variance among them. */
int64_t fs_ets_parameters(const fs_ets *ets, int period);

/* The letters of a form, or of several: 'Z' is any part. */
typedef struct fs_ets_letters {
    char error, trend, season;
    bool damped;    /* of a trend that is not 'Z' */
    bool is_method; /* not given by the user, but those of a method as holt */
} fs_ets_letters;
/* NULL, and what is no form: ZZZ. */
fs_ets_letters fs_ets_letters_of(const char *form);
/* Is it one of those? period: of the series. */
bool fs_ets_allows(const fs_ets_letters *letters, const fs_ets *form, int period);
/* Does what errors of long ago count for go to nothing? room: period + 2 doubles. */
bool fs_ets_is_admissible(const fs_ets *ets, int period, double *room);

/* A series, and the first seasonal states. */
typedef struct fs_ets_past {
    const double *y;
    const uint8_t *use;
    int64_t count;
    int period;                 /* 1 without season */
    const double *first_season; /* period */
} fs_ets_past;
/* One set of parameters, plainly. Sets level, slope, squares and observations from the first states; season[period] goes from
 * first to last; residual[count], where not NULL, gets errors, relative ones for a multiplicative error. False where
 * the form does not hold (a mean that is not above zero, a number that is none). */
bool fs_ets_reference(const fs_ets_past *past, fs_ets *ets, double *season, double *residual);

/* Log likelihood of Gaussian errors at their best variance, but for what depends on the count n alone: with errors e
 * - n/2 log sum e^2, with relative ones r - n/2 log sum r^2 - sum log |mean| (Hyndman, Koehler, Ord, Snyder 2008, equation 5.4).
 * Finite: -1e300 where the form breaks down, 1e300 where nothing is left to chance. season: as above. */
double fs_ets_likelihood(const fs_ets_past *past, const fs_ets *ets, double *season);

/* Where the coordinates x of a fit stand; without a season there is no GAMMA. */
enum { FS_ETS_ALPHA, FS_ETS_BETA, FS_ETS_PHI, FS_ETS_LEVEL, FS_ETS_SLOPE, FS_ETS_GAMMA };

#define FS_ETS_HALVES 2
#define FS_ETS_STARTS (FS_LSQ_LANES / FS_ETS_HALVES) /* lanes of a half */
/* Eight sets of parameters and first states in two halves of one kind of error each, and how they change with the coordinates. */
typedef struct fs_ets_lanes {
    double alpha[FS_LSQ_LANES], beta[FS_LSQ_LANES], gamma[FS_LSQ_LANES], phi[FS_LSQ_LANES];
    double level[FS_LSQ_LANES], slope[FS_LSQ_LANES];
    fs_ets_part error[FS_ETS_HALVES]; /* of the four lanes of each half; NONE: not in use */
    double alpha_by_alpha[FS_LSQ_LANES], beta_by_alpha[FS_LSQ_LANES], gamma_by_alpha[FS_LSQ_LANES];
    double beta_by_beta[FS_LSQ_LANES], gamma_by_gamma[FS_LSQ_LANES], phi_by_phi[FS_LSQ_LANES];
    double level_by_level[FS_LSQ_LANES], slope_by_slope[FS_LSQ_LANES];
} fs_ets_lanes;
/* Sums of squares of the halves in use with their derivatives by x, all of one kind of trend (ADDITIVE serves none as well) and season. Of a half with
 * multiplicative error the residuals are relative errors times the geometric mean of the means, so that least squares are
 * greatest likelihood. room: fs_ets_room(period) doubles. */
void fs_ets_lanes_sums(const fs_ets_past *past, fs_ets_part trend, fs_ets_part season,
                       const fs_ets_lanes *lanes, double *room, fs_lsq_sums *sums);
/* Sums of squares alone, for additive errors and trends, whatever lanes->error says. */
void fs_ets_lanes_squares(const fs_ets_past *past, fs_ets_part season, const fs_ets_lanes *lanes,
                          double *room, double squares[FS_LSQ_LANES]);
size_t fs_ets_room(int period);
/* What the method needs of its scratch. */
size_t fs_ets_scratch(int season);

/* First level, slope and season from the first seasons of a series. */
typedef struct fs_ets_start {
    double level, slope; /* of a line through the first seasons, at time 0 */
    double flat;         /* level without slope */
    double unit;         /* mean step of the series: the unit of search for states */
} fs_ets_start;
void fs_ets_begin(const fs_series *series, int period, fs_ets_part season, fs_ets_start *start,
                  double *first_season, double *room); /* room: period doubles */

/* Forms of one kind of trend and season, fitted together. */
typedef struct fs_ets_group {
    fs_ets_past past;
    fs_ets_start start;
    fs_ets_part trend, season;
    /* with parameters and aicc, once fitted; error NONE: no form; each half of one error, and one form only where its
     * trend is named */
    fs_ets form[FS_LSQ_LANES];
    int period; /* of the series, also where the forms have no season */
    bool trend_is_named;
    bool trend_is_quick; /* may be: beta up to alpha, as far as that is admissible */
    double *room;
    fs_ets_part error[FS_ETS_HALVES];          /* of the forms of each half; NONE: there are none */
    double x[FS_LSQ_PARAMETERS][FS_LSQ_LANES]; /* of `lanes` */
    fs_ets_lanes lanes;
} fs_ets_group;
void fs_ets_fit(fs_ets_group *group);

/* Means of steps 1 ... horizon and, relative to one step's, the deviations of their errors. season: states at the end. */
void fs_ets_project(const fs_ets *ets, const fs_ets_past *past, const double *season,
                    int64_t horizon, double *mean, double *spread);

/* What an error of 1 is today: the mean of the next step where errors are relative, else 1. */
double fs_ets_today(const fs_ets *ets, const fs_fit *fit);
/* Keeps a fit that does: ets with its states behind past, `season` too. */
void fs_ets_keep(const fs_ets *ets, const fs_ets_past *past, double *season, fs_fit *fit);
fs_status fs_ets_resume(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                        fs_fit *fit, bool *can);

#endif
