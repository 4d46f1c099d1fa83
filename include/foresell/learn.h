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

/* ---- gradient-boosted trees -------------------------------------------------------------------- */

#define FS_TREE_DEPTH 3
#define FS_TREE_NODES                                                                              \
    16 /* node 1 is the root; from node n to 2 n, or to 2 n + 1 where its condition holds */

/* A node that splits (column >= 0): its condition holds where the number is above the knot, where the text is the level, or,
 * if it is `bare`, where the column is not null; of a null it never holds. Else a leaf, or (node 1 leads not there) nothing. */
typedef struct fs_tree_node {
    int column;
    bool bare;
    int32_t level;
    double knot;
    double share; /* of the rows learnt from that come here: in which the condition holds */
    double value; /* of a leaf */
} fs_tree_node;

typedef struct fs_tree {
    int32_t class; /* to whose score the leaf's value is added */
    fs_tree_node node[FS_TREE_NODES];
} fs_tree;

typedef struct fs_boost_settings {
    int folds; /* of the cross-validation that ends the boosting, stretches of the rows; below 2: no tree is grown */
    uint64_t seed; /* of the rows and columns that a tree sees */
} fs_boost_settings;

/* The score of class k is base[k] and the values of the leaves of its trees. */
typedef struct fs_boost {
    int classes, trees;
    const double *base;
    const fs_tree *tree;
    int64_t rows; /* with a known class */
    int64_t
        sampled; /* those that cross-validation judged: sample[i] is the row, score[i × classes …] its scores by */
    const int64_t
        *sample; /* trees that have not seen it; fold f are those from sampled × f / folds on */
    const double *score;
    int folds; /* 0: too few rows, no tree */
    struct fs_boost_work *work;
} fs_boost;
/* As fs_logistic_fit, by boosting: see boost.c. FS_MEMORY. */
FS_API FS_MUST_CHECK fs_status fs_boost_fit(fs_boost *model, const fs_boost_settings *settings,
                                            const fs_learn_column *column, int columns,
                                            const int32_t *label, int classes, int64_t rows);
FS_API void fs_boost_free(fs_boost *model);

/* ---- classifiers: logistic regression, trees, or both ---------------------------------------------- */

#define FS_CLASS_ROWS 1024 /* that are scored at once, at most */

/* A term of one class. */
typedef struct fs_class_term {
    fs_term term;
    int32_t class;
    double coefficient;
    double mean; /* of the term's value over the rows learnt from */
} fs_class_term;

/* The score of a class is the sum of its coefficients times its terms, and of the leaves of its trees. */
typedef struct fs_class_model {
    int classes;
    int64_t terms, trees;
    const fs_class_term *term;
    const fs_tree *tree;
} fs_class_model;

/* Scores of `count` rows, at most FS_CLASS_ROWS: score[k × FS_CLASS_ROWS + i] of row[i]. effect (NULL: not wanted): what each
 * column adds to each score beside its mean over the rows learnt from: effect[(k × columns + c) × FS_CLASS_ROWS + i]; their sum
 * is the score less the mean score. Texts of unknown level: -1. See class_scores.c. */
FS_API void fs_class_scores(const fs_class_model *model, const fs_learn_column *column, int columns,
                            const int64_t *row, int count, double *score, double *effect);

#define FS_CLASSIFIER_MAP(X)                                                                       \
    X(AUTO, "auto") X(LOGISTIC, "logistic") X(TREES, "trees") X(BOTH, "both")
typedef enum fs_classifier_kind {
#define X(name, text) FS_CLASSIFIER_##name,
    FS_CLASSIFIER_MAP(X)
#undef X
} fs_classifier_kind;

typedef struct fs_classifier_settings {
    fs_classifier_kind kind;       /* AUTO: which foretells rows left out best */
    fs_logistic_settings logistic; /* its folds are those of the trees too */
} fs_classifier_settings;

typedef struct fs_classifier {
    fs_class_model model; /* terms class by class */
    int64_t rows;         /* with a known class */
    double penalty;       /* of the logistic part */
    double factor
        [2]; /* on scores of the logistic part and of the trees, already in them; 0: the part is not there */
    int telltale;        /* a column that alone tells a class all but surely; -1: none */
    double telltale_auc; /* of rows left out */
    struct fs_classifier_work *work;
} fs_classifier;
/* As fs_logistic_fit, which it is where kind is LOGISTIC. See classifier.c. */
FS_API FS_MUST_CHECK fs_status fs_classifier_fit(fs_classifier *c,
                                                 const fs_classifier_settings *settings,
                                                 const fs_learn_column *column, int columns,
                                                 const int32_t *label, int classes, int64_t rows,
                                                 fs_error *error);
FS_API const char *fs_classifier_kind_name(fs_classifier_kind kind);
FS_API void fs_classifier_free(fs_classifier *c);

/* Scores to probabilities that sum to 1, in place; scores beyond ±1e300 count as that. */
FS_API void fs_softmax(double *score, int classes);

/* ---- uplift: whom a treatment changes --------------------------------------------------------------- */

/* Of rows in the order of a score, the highest first: what targeting the first of them gains. arm: 1 treated, 0 control, below 0:
 * the row does not count. Definitions as in scikit-uplift; see qini.c. Results stay until the next call. */
typedef struct fs_qini {
    int64_t rows, treated, control;
    bool known;        /* both arms have rows, and the best order gains anything: else both are 0 */
    double qini, auuc; /* area between the curve and the random line, over that of the best order */
    double gained;     /* extra outcomes of all treated: the random line's end */
    struct fs_qini_work *work;
} fs_qini;
/* weight: of each row, NULL: 1; only measures by fs_qini_measure know it. Allocates where `rows` is more than ever before. */
FS_API FS_MUST_CHECK fs_status fs_qini_measure(fs_qini *qini, const double *score,
                                               const int8_t *arm, const double *outcome,
                                               const double *weight, int64_t rows);
typedef struct fs_qini_point {
    int64_t rows, treated, control;
    bool known, known_by_group; /* whether each arm has a row there; what is not known is 0 */
    double uplift; /* mean outcome of the treated among the first rows, less that of the control */
    double by_group;      /* the same of the first share of each arm by itself */
    double gained;        /* extra outcomes of the treated among them: the Qini curve */
    double uplift_gained; /* uplift times rows: the uplift curve */
} fs_qini_point;
/* The first rows, `share` (0 … 1) of all, rounded down. */
FS_API fs_qini_point fs_qini_at(const fs_qini *qini, double share);
FS_API void fs_qini_free(fs_qini *qini);

#define FS_UPLIFT_MAP(X)                                                                           \
    X(AUTO, "auto") X(S, "s") X(T, "t") X(X, "x") X(TRANSFORM, "transform") X(TREE, "tree")
typedef enum fs_uplift_model {
#define X(name, text) FS_UPLIFT_##name,
    FS_UPLIFT_MAP(X)
#undef X
} fs_uplift_model;
FS_API const char *fs_uplift_model_name(fs_uplift_model model);

/* Features that foretell the treatment with less than this p say that it was not random. */
#define FS_UPLIFT_NOT_BY_CHANCE 0.01

/* By which a split of an uplift tree is judged: Kullback-Leibler, squared Euclidean, chi-squared divergence of the arms. */
typedef enum fs_uplift_criterion { FS_UPLIFT_ED, FS_UPLIFT_KL, FS_UPLIFT_CHI } fs_uplift_criterion;

typedef struct fs_uplift_settings {
    fs_uplift_model model;
    int knots; /* hinges of a column of numbers, at quantiles; 0 … FS_LOGISTIC_KNOTS */
    int folds; /* of the cross-validation; below 2: none */
    int trees; /* of the forest */
    fs_uplift_criterion criterion;
    bool weigh; /* where features foretell the treatment: by the inverse of its probability */
    uint64_t seed;
} fs_uplift_settings;

/* A node of a tree, numbered in its tree from 0, the root. A row goes to `below` where its number is at most the knot, or its text
 * is the level; else, null as well, to `above`. */
typedef struct fs_uplift_node {
    int tree, node, below, above; /* below < 0: a leaf */
    int column;
    int32_t level; /* of a column of texts */
    double knot;   /* of a column of numbers */
    double value;  /* of a leaf: what it adds to the uplift */
} fs_uplift_node;

/* The uplift of a row is the sum of coefficients times terms and of the leaves that it falls into. */
typedef struct fs_uplift {
    fs_uplift_model model; /* which it is; never AUTO */
    int terms;             /* the intercept, then column by column */
    const fs_term *term;
    const double *coefficient; /* for values as they came */
    int64_t nodes;
    const fs_uplift_node *node;
    int64_t treated, control; /* rows that were learnt from */
    double limit;             /* greatest outcome less the least: no uplift is beyond it */
    bool judged;              /* qini and auuc are known */
    double qini, auuc;        /* means over the folds, each foretold without itself */
    bool calibrated; /* the next three are known, and the interval that follows from them */
    double pivot;    /* the uplift whose error is least: level_error */
    double level_error;
    double slope_error; /* of uplift less pivot, as a share of it */
    bool tested;        /* the next two are known */
    double treatment_auc,
        treatment_p; /* how well features foretell the treatment; by chance alone */
    bool weighted;
    double
        overlap; /* share of rows that could well have been in either arm; 1 where not weighted */
    struct fs_uplift_work *work;
} fs_uplift;
/* arm: 1 treated, 0 control, below 0: the row is not used. Where an arm has no row there are no terms. FS_MEMORY; FS_DATA where
 * there would be more than 1,000 terms. Results stay until the next call. See uplift.c. */
FS_API FS_MUST_CHECK fs_status fs_uplift_fit(fs_uplift *model, const fs_uplift_settings *settings,
                                             const fs_learn_column *column, int columns,
                                             const int8_t *arm, const double *outcome, int64_t rows,
                                             fs_error *error);
FS_API void fs_uplift_free(fs_uplift *model);

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
