/* uplift_internal.h: sums over rows, learners made of them, trees; see uplift.c. */
#ifndef FORESELL_UPLIFT_INTERNAL_H
#define FORESELL_UPLIFT_INTERNAL_H

#include "learn_internal.h"

/* What is known of each row, by its number. */
typedef struct fs_uplift_data {
    const fs_learn_column *column;
    int columns;
    const int8_t *arm;
    const double *outcome; /* within ±1 */
    const double *weight;  /* > 0 */
    bool binary;           /* all outcomes are 0 or 1 */
} fs_uplift_data;

/* ---- uplift_sums.c ---- */

/* Over rows of one arm, x their standardised terms, y their outcome, each row times its weight. */
typedef struct fs_uplift_sums {
    double rows;
    double *gram;   /* sum of x x', terms × terms */
    double *moment; /* sum of x y */
} fs_uplift_sums;

/* tile: (terms + 4) × FS_LEARN_TILE. Both halves of gram are filled. */
void fs_uplift_add(const fs_learn_terms *terms, const fs_uplift_data *data, const int64_t *row,
                   int64_t count, double *tile, fs_uplift_sums *sums);
/* sums = sums + other. */
void fs_uplift_merge(int terms, fs_uplift_sums *sums, const fs_uplift_sums *other);
void fs_uplift_clear(int terms, fs_uplift_sums *sums);

/* ---- uplift_learners.c ---- */

#define FS_UPLIFT_BASE 0.01 /* penalty of what is not the uplift itself */

/* factor: (2 terms)², right: 4 × 2 terms. */
typedef struct fs_uplift_room {
    double *factor, *right;
} fs_uplift_room;

/* Weights of standardised terms whose sum is the uplift; both arms must have rows. */
void fs_uplift_learn(fs_uplift_model learner, double penalty, int terms,
                     const fs_uplift_sums arm[2], const fs_uplift_room *room, double *effect);
/* Those of the outcome whatever the arm, and of being treated. */
void fs_uplift_learn_outcome(int terms, const fs_uplift_sums arm[2], const fs_uplift_room *room,
                             double *weight);
void fs_uplift_learn_treatment(int terms, const fs_uplift_sums arm[2], const fs_uplift_room *room,
                               double *weight);

/* ---- uplift_calibrate.c ---- */

typedef struct fs_uplift_line {
    double level, centre, slope; /* uplift = level + slope (score - centre) */
    double pivot, level_error, slope_error;
    bool known;
} fs_uplift_line;

/* residual: outcome less what is expected whatever the arm. */
fs_uplift_line fs_uplift_calibrate(const double *score, const double *residual, const int8_t *arm,
                                   const double *weight, double share, int64_t rows);

/* ---- uplift_treatment.c ---- */

/* How often a treated row has the higher score than a control of its fold, ties half; and the chance of as many or more
 * where scores tell nothing. from: folds × 2 + 1, see uplift.c; room: as many as there are scores. */
void fs_uplift_test_treatment(const double *score, const int64_t *from, int folds, double *room,
                              double *auc, double *p);
/* weight[row] of all rows: the share of the row's arm over its probability, within a tenth and ten. Gives the share of rows for
 * which neither arm was ten times less likely than on the whole. */
double fs_uplift_weigh(const fs_logistic *treatment, const fs_uplift_data *data, const int64_t *row,
                       int64_t rows, double share, double *weight);

/* ---- uplift_results.c ---- */

/* The list of terms that are handed out, with coefficients for values as they came; room for terms + columns of each. Uplift is
 * offset + factor times the standardised sum; effect NULL: the offset alone. Gives how many. */
int fs_uplift_list_terms(const fs_learn_terms *terms, const fs_uplift_data *data,
                         const double *effect, double factor, double offset, fs_term *term,
                         double *coefficient);

/* ---- uplift_tree.c ---- */

#define FS_UPLIFT_DEPTH 5
#define FS_UPLIFT_NODES ((2 << FS_UPLIFT_DEPTH) - 1) /* of a tree, at most */

typedef struct fs_uplift_forest {
    int trees;
    int64_t nodes;
    fs_uplift_node *node; /* trees × FS_UPLIFT_NODES at most */
    struct fs_uplift_tree_work *work;
} fs_uplift_forest;

/* Takes memory for `trees` trees, and puts the values of row[0 … rows - 1] into bins. */
FS_MUST_CHECK fs_status fs_uplift_forest_open(fs_uplift_forest *forest, const fs_uplift_data *data,
                                              const int64_t *row, int64_t rows, int trees);
/* Grows all trees on some of the rows that were put into bins. */
void fs_uplift_forest_grow(fs_uplift_forest *forest, const fs_uplift_data *data,
                           const fs_uplift_settings *settings, const fs_learn_rows *rows);
/* The mean of the leaves that a row falls into. */
double fs_uplift_forest_score(const fs_uplift_forest *forest, const fs_uplift_data *data,
                              int64_t row);
void fs_uplift_forest_free(fs_uplift_forest *forest);
#endif
