/* foresell/learn.h: kernels that learn from rows, with a known answer or without. Arrays in, arrays out; needs base and numeric.
 *
 * A column has one value a row. Nothing here knows time: what may be learnt from is the caller's choice. Results are finite
 * whatever finite values come in, and depend continuously on them, so that inputs which differ in their last digits give
 * coefficients that do. A struct of results starts with {0}, is used again from call to call, and is given back once.
 */
#ifndef FORESELL_LEARN_H
#define FORESELL_LEARN_H

#include "foresell/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- words: texts as numbers ----------------------------------------------------------------- */

/* Different texts, numbered in the order in which they came. */
typedef struct fs_words {
    int32_t count;
    int64_t *offset; /* text w is bytes[offset[w]] … bytes[offset[w + 1]] */
    char *bytes;
    struct fs_words_work *work;
} fs_words;
/* Number of a text, which is new where it was not there. FS_MEMORY, FS_DATA beyond two billion texts. */
FS_API FS_MUST_CHECK fs_status fs_words_add(fs_words *words, const char *text, size_t bytes,
                                            int32_t *number);
/* Number of a text; -1: it is not there. */
FS_API int32_t fs_words_find(const fs_words *words, const char *text, size_t bytes);
/* Numbers the texts anew, in order of their bytes; renumbered (owned by `words`) tells the new number of each old one. */
FS_API FS_MUST_CHECK fs_status fs_words_sort(fs_words *words, const int32_t **renumbered);
FS_API void fs_words_clear(fs_words *words); /* keeps its memory */
FS_API void fs_words_free(fs_words *words);

/* ---- multinomial logistic regression ----------------------------------------------------------- */

#define FS_LOGISTIC_CLASSES 32
#define FS_LOGISTIC_KNOTS   9
#define FS_LOGISTIC_LEVELS  30 /* of a column of texts; rarer ones have no term */

/* One column of what is learnt from. */
typedef struct fs_learn_column {
    const double *number; /* rows; values beyond ±1e140 count as that. NULL: the column is text */
    const uint8_t *valid; /* rows, 0: null; NULL: none is */
    const int32_t
        *level; /* rows, 0 … levels - 1, in the order of their names; not read where null */
    int32_t levels;
} fs_learn_column;

#define FS_TERM_MAP(X)                                                                             \
    X(INTERCEPT, "intercept")                                                                      \
    X(LINEAR, "linear") X(HINGE, "hinge") X(LEVEL, "level") X(MISSING, "missing")

/* What a score is added up from. The value of a term in a row: intercept 1; linear x; hinge max(0, x - knot); level 1
 * where the text is that one; missing 1 where a number is null (linear and hinge are 0 then). */
typedef enum fs_term_kind {
#define X(name, text) FS_TERM_##name,
    FS_TERM_MAP(X)
#undef X
} fs_term_kind;
FS_API const char *fs_term_kind_name(fs_term_kind kind);

typedef struct fs_term {
    fs_term_kind kind;
    int column;    /* -1: the intercept */
    int32_t level; /* else 0 */
    double knot;   /* else 0 */
} fs_term;

typedef struct fs_logistic_settings {
    int knots;      /* hinges of a column of numbers, at quantiles; 0 … FS_LOGISTIC_KNOTS */
    double penalty; /* see logistic.c; 0: chosen by cross-validation */
    int folds; /* of the cross-validation: stretches of the rows as they come; below 2: none, */
               /* and the penalty is 0.01 where it is not given */
} fs_logistic_settings;

/* The probability of class k is exp(s_k) / (exp(s_1) + exp(s_2) + …), s_k = sum over terms of coefficient times value. */
typedef struct fs_logistic {
    int classes, terms;
    const fs_term *term;       /* terms: the intercept, then column by column */
    const double *coefficient; /* classes × terms, class by class; for values as they came */
    double penalty;
    double temperature; /* factor on all scores that calibrates them, already in the coefficients */
    int64_t rows;       /* with a known class */
    struct fs_logistic_work *work;
} fs_logistic;
/* Fits `rows` rows; label: 0 … classes - 1, below 0: the row is not used. classes: 1 … FS_LOGISTIC_CLASSES. Without
 * a row that is used there are no terms. FS_MEMORY; FS_DATA where there would be more than 4,000 coefficients. Results stay
 * until the next call. See logistic.c. */
FS_API FS_MUST_CHECK fs_status fs_logistic_fit(fs_logistic *model,
                                               const fs_logistic_settings *settings,
                                               const fs_learn_column *column, int columns,
                                               const int32_t *label, int classes, int64_t rows,
                                               fs_error *error);
FS_API void fs_logistic_free(fs_logistic *model);

/* Scores to probabilities that sum to 1, in place; scores beyond ±1e300 count as that. */
FS_API void fs_softmax(double *score, int classes);

/* ---- k-means ---------------------------------------------------------------------------------- */

#define FS_KMEANS_MOST 64

typedef struct fs_kmeans_settings {
    int clusters; /* 1 … FS_KMEANS_MOST */
    int starts;   /* at least 1; the best is kept */
    uint64_t seed;
} fs_kmeans_settings;

typedef struct fs_kmeans {
    int clusters, columns;         /* fewer clusters than asked for where rows differ in fewer */
    const double *centre;          /* clusters × columns */
    const int32_t *cluster;        /* rows: the nearest centre, 0 is that of the largest cluster */
    int64_t count[FS_KMEANS_MOST]; /* rows of each */
    double within;                 /* sum of squares from each row to its centre */
    int rounds;                    /* over all rows */
    struct fs_kmeans_work *work;
} fs_kmeans;
/* x: columns × rows, column by column, finite; values beyond ±1e140 count as that. Without rows there is no cluster. FS_MEMORY.
 * Results stay until the next call. See kmeans.c. */
FS_API FS_MUST_CHECK fs_status fs_kmeans_fit(fs_kmeans *model, const fs_kmeans_settings *settings,
                                             const double *x, int columns, int64_t rows,
                                             fs_error *error);
FS_API void fs_kmeans_free(fs_kmeans *model);

/* ---- Gaussian mixtures ------------------------------------------------------------------------- */

typedef struct fs_mixture_settings {
    int components; /* 1 … FS_KMEANS_MOST */
    bool full;      /* covariances; false: variances only */
    uint64_t seed;
} fs_mixture_settings;

typedef struct fs_mixture {
    int components, columns;   /* fewer components than asked for where rows differ in fewer */
    const double *weight;      /* components, sum 1 */
    const double *mean;        /* components × columns */
    const double *covariance;  /* components × columns × columns */
    const double *probability; /* rows × components: that the row comes from it */
    const int32_t *cluster;    /* rows: the likeliest */
    double log_likelihood, bic;
    int rounds;
    struct fs_mixture_work *work;
} fs_mixture;
/* As fs_kmeans_fit. See gaussian_mixture.c. */
FS_API FS_MUST_CHECK fs_status fs_mixture_fit(fs_mixture *model,
                                              const fs_mixture_settings *settings, const double *x,
                                              int columns, int64_t rows, fs_error *error);
FS_API void fs_mixture_free(fs_mixture *model);

/* ---- segments: rows that are alike --------------------------------------------------------------- */

#define FS_SEGMENTS_MOST   32
#define FS_SEGMENT_COLUMNS 64

/* What is done to a column before it is standardised. AUTO: LOG where it is skewed, else PLAIN. */
typedef enum fs_segment_transform {
    FS_SEGMENT_AUTO,
    FS_SEGMENT_PLAIN,
    FS_SEGMENT_LOG
} fs_segment_transform;

/* z = (x - shift) / scale, or where unit > 0 (asinh(x / unit) - shift) / scale. */
typedef struct fs_segment_scale {
    double unit, shift, scale;
} fs_segment_scale;
FS_API double fs_segment_value(const fs_segment_scale *scale, double value);
FS_API double fs_segment_value_back(const fs_segment_scale *scale, double z);

typedef struct fs_segments_settings {
    int segments;    /* 0: chosen from least … most; 1 … FS_SEGMENTS_MOST */
    int least, most; /* 1 <= least <= most <= FS_SEGMENTS_MOST */
    bool mixture;    /* of Gaussians, variances only; false: k-means */
    fs_segment_transform transform;
    uint64_t seed;
} fs_segments_settings;

/* One number of segments that was tried, on a sample. */
typedef struct fs_segment_trial {
    int segments;
    double silhouette; /* mean width, -1 … 1 */
    double stability;  /* of the least stable segment, 0 … 1; k-means */
    double bic;        /* mixtures */
} fs_segment_trial;

/* A model, and how it was chosen; centres and deviations are of standardised values. */
typedef struct fs_segments {
    int segments, columns; /* columns: those that differ; 0 segments: there is none, or no row */
    bool mixture;
    const int *column;                  /* columns: which of those given */
    const fs_segment_scale *scale;      /* columns */
    const double *centre;               /* segments × columns */
    const double *deviation;            /* the same; mixtures */
    double weight[FS_SEGMENTS_MOST];    /* share of the rows */
    double stability[FS_SEGMENTS_MOST]; /* mean Jaccard coefficient over resamples, 0 … 1 */
    double silhouette, within, bic;     /* within: k-means, bic: mixtures */
    int64_t fitted;                     /* rows that the fit has seen */
    fs_segment_trial trial[FS_SEGMENTS_MOST];
    int trials;
    struct fs_segments_work *work;
} fs_segments;
/* Columns of numbers; a null stands at the mean. FS_MEMORY; FS_DATA beyond FS_SEGMENT_COLUMNS. Results stay until the next
 * call. See segments.c. */
FS_API FS_MUST_CHECK fs_status fs_segments_fit(fs_segments *model,
                                               const fs_segments_settings *settings,
                                               const fs_learn_column *column, int columns,
                                               int64_t rows, fs_error *error);
FS_API void fs_segments_free(fs_segments *model);
/* Segment of a standardised row z (columns) of a model with at least one; chance: segments, by mixtures the probability of each;
 * distance to its centre. Reads segments, columns, mixture, centre, deviation and weight alone. */
FS_API int fs_segment_nearest(const fs_segments *model, const double *z, double *chance,
                              double *distance);

#ifdef __cplusplus
}
#endif
#endif
