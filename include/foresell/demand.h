/* foresell/demand.h: what is usual in a series, and what is not: outliers, peaks, trend, lasting changes of level; and its parts.
 *
 * A series is `count` values at even steps, `valid` telling which are known (1) and which are
 * missing (0; NULL: all known). Workspaces belong to one thread and grow to the longest series.
 */
#ifndef FORESELL_DEMAND_H
#define FORESELL_DEMAND_H

#include "foresell/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what is usual ------------------------------------------------------------------- */

typedef struct fs_usual_settings {
    int season;   /* steps; 1: none */
    int64_t half; /* the rolling median looks this many steps to either side */
} fs_usual_settings;

/* Per step: the value to expect and the deviation that is usual around it. */
typedef struct fs_usual {
    double *expected;  /* count */
    double *deviation; /* count; > 0 unless the whole series is zero */
    double size;       /* median of the values that are not zero, in size; 0 where there is none */
    double size_deviation; /* robust deviation of these */
    double fence;          /* what hardly a value is above, wherever in the series: see usual.c */
    bool intermittent;     /* at least half of the known values are zero */
    /* workspace */
    double *window, *scratch;
    int64_t capacity;
} fs_usual;
/* `apart` (may be NULL) marks steps that should not shape what is usual, such as promotions; it is
 * heeded where they are fewer than half of the known ones. */
FS_API FS_MUST_CHECK fs_status fs_usual_find(fs_usual *usual, const fs_usual_settings *settings,
                                             const double *value, const uint8_t *valid,
                                             const uint8_t *apart, int64_t count);
FS_API void fs_usual_free(fs_usual *usual);

/* ---- outliers ------------------------------------------------------------------------- */

/* A value that is more than `limit` usual deviations and more than once its size away from what is
 * usual, is above what the series has at other times (`fence`) or below zero, stands alone (runs of four or more such values are no slips), does not come back a year
 * (`year` steps; 0: not known) before or after, and is not set `apart`. outlier[t] gets 1, and cleaned[t] the
 * value moved to the fence; else 0 and the value itself. Returns how many. */
FS_API int64_t fs_outliers_mark(const fs_usual *usual, double limit, int64_t year,
                                const double *value, const uint8_t *valid, const uint8_t *apart,
                                int64_t count, uint8_t *outlier, double *cleaned);

/* ---- peaks ------------------------------------------------------------------------------ */

typedef struct fs_peak {
    int64_t step;
    double value, expected, deviations; /* how many usual deviations above */
    double certainty; /* 0 … 1 that it is no accident: z²/(1+z²), Cantelli's bound */
} fs_peak;
/* The values at least `minimum` deviations above what is usual, by excess, at most `top` of them
 * (room for top). Returns how many. */
FS_API int64_t fs_peaks_find(const fs_usual *usual, double minimum, const double *value,
                             const uint8_t *valid, int64_t count, fs_peak *peak, int64_t top);

/* ---- trend -------------------------------------------------------------------------------- */

typedef struct fs_trend {
    bool known;       /* false: too few values, or nothing usual to measure against */
    bool by_year;     /* only the same places of different years were compared */
    double a_year;    /* change a year: as a share of the year before, or else of the usual level */
    double low, high; /* 95 % interval */
    double certainty; /* 0 … 1 that there is a trend at all (Mann-Kendall) */
} fs_trend;
/* The same blocks of consecutive years, or Theil and Sen's slope over block means; see trend.c. `year`: steps in a year; where 0, the change
 * is for the whole length of the series. `scratch` is grown and kept by the caller: free it. */
FS_API FS_MUST_CHECK fs_status fs_trend_find(const double *value, const uint8_t *valid,
                                             int64_t count, int season, int64_t year,
                                             double **scratch, fs_trend *trend);

/* ---- lasting changes of level ------------------------------------------------------------------ */

#define FS_CHANGES_MOST 12 /* of one series */

typedef struct fs_changes_settings {
    int64_t season;  /* steps whose mean is one observation, such as 7 days; 1: each step is */
    double year;     /* steps in a year, 365.25 days; 0: not known */
    int64_t minimum; /* steps that a level lasts, before a change and after */
    double limit;    /* standard errors that a change is from none, at least */
    double least;    /* smaller changes are left out, as a share of the level before */
} fs_changes_settings;

/* Levels are in the unit of the values, a step: free of season and growth. */
typedef struct fs_change {
    int64_t step;         /* first step of the new level */
    int64_t lasted;       /* steps until the next change or the end */
    double before, after; /* levels just before and from then on */
    bool is_share;        /* before > 0; else the next three are 0 */
    double change;        /* after / before - 1 */
    double low, high;     /* 95 % interval of it */
    double certainty; /* 0 … 1 that it is no accident, as many places as there are looked at */
    bool by_year;     /* the year before or after has been compared, and shows no such step */
} fs_change;

typedef struct fs_changes {
    fs_change change[FS_CHANGES_MOST]; /* by step */
    int64_t count;
    struct fs_changes_work *work;
} fs_changes;
/* Where the level of a series changed for good, after season, trend, single values and what comes again a year later
 * are allowed for. None where less than two levels of `minimum` steps are known. Finite whatever finite values come
 * in. Fails for want of memory only, at its first call: the workspace (about 300 kB) has one size. See change_points.c. */
FS_API FS_MUST_CHECK fs_status fs_changes_find(fs_changes *changes,
                                               const fs_changes_settings *settings,
                                               const double *value, const uint8_t *valid,
                                               int64_t count);
FS_API void fs_changes_free(fs_changes *changes);

/* ---- parts ---------------------------------------------------------------------------------- */

#define FS_DECOMPOSE_SEASONS 8

typedef struct fs_decompose_settings {
    int seasons;                          /* 0: a trend only */
    int64_t season[FS_DECOMPOSE_SEASONS]; /* steps, each 2 or more, ascending */
    int robust;     /* times that values are weighed anew by how far they are off; 0: all weigh 1 */
    int inner;      /* passes between; 0: as usual, 1 where robust and else 2 */
    int64_t window; /* cycles that a season is smoothed over, odd, 3 or more; 0: 11, 15, 19 … */
    int64_t few;    /* a season of fewer cycles is the same in all of them (degree 0); 0: none is */
} fs_decompose_settings;

/* Per step, `count` of each. What is not known has the remainder and the weight 0, and all parts are 0
 * where nothing at all is known. season = each[0] + each[1] + …; remainder = value - (trend + season). */
typedef struct fs_decomposition {
    double *trend, *season, *remainder;
    double *each[FS_DECOMPOSE_SEASONS]; /* as in the settings; 0 where it is left out */
    double *weight;                     /* robust weight, 0 … 1 */
    bool used[FS_DECOMPOSE_SEASONS];    /* false: fewer than two cycles of it are known */
    int64_t known;                      /* values */
    bool intermittent;                  /* half of these are zero: all weigh the same */
    struct fs_decompose_work *work;
} fs_decomposition;
/* Results stay until the next call. Finite whatever finite values come in; a step whose parts would be
 * beyond what a double holds has the trend 0 and its value as remainder. See decompose.c. */
FS_API FS_MUST_CHECK fs_status fs_decompose(fs_decomposition *parts,
                                            const fs_decompose_settings *settings,
                                            const double *value, const uint8_t *valid,
                                            int64_t count);
FS_API void fs_decomposition_free(fs_decomposition *parts);

#ifdef __cplusplus
}
#endif
#endif
