/* learn_internal.h: terms, the objective on tiles of rows, its minimum, and the choice of the penalty; see logistic.c. */
#ifndef FORESELL_LEARN_INTERNAL_H
#define FORESELL_LEARN_INTERNAL_H

#include "foresell/learn.h"

/* Room for `count` items, or FS_MEMORY from the function that stands around it. */
#define FS_LEARN_GROW(array, count)                                                                \
    do {                                                                                           \
        void *more_ = fs_realloc((array), (size_t)(count) * sizeof *(array));                      \
        if (!more_) return FS_MEMORY;                                                              \
        (array) = more_;                                                                           \
    } while (0)

#define FS_LEARN_TILE 64 /* rows that are worked on together */

/* ---- terms.c ---- */

/* Terms whose values differ, standardised: (value - mean) * inverse. The first is the intercept, 1 as it is. */
typedef struct fs_learn_terms {
    int count, capacity;
    fs_term *term;
    double *mean, *inverse; /* of a number: over the rows where it is known */
    double *scratch;        /* a row each */
    int64_t scratch_capacity;
    int64_t *level_count;
    int64_t level_capacity;
} fs_learn_terms;

/* Rows that are learnt from: row[0 … count - 1] without those at skip_from … skip_to - 1. */
typedef struct fs_learn_rows {
    const int64_t *row;
    int64_t count, skip_from, skip_to;
} fs_learn_rows;

FS_MUST_CHECK fs_status fs_learn_terms_make(fs_learn_terms *terms, int knots,
                                            const fs_learn_column *column, int columns,
                                            const fs_learn_rows *rows);
/* Standardised values of `count` rows: tile[t * FS_LEARN_TILE + i]; 0 behind the last row. */
void fs_learn_terms_fill(const fs_learn_terms *terms, const fs_learn_column *column,
                         const int64_t *row, int count, double *tile);
void fs_learn_terms_free(fs_learn_terms *terms);

/* ---- objective.c ---- */

/* What is minimised, and its arrays; weights and gradients are classes × terms, class by class. */
typedef struct fs_learn_objective {
    const fs_learn_terms *terms;
    const fs_learn_column *column;
    const int32_t *label;
    fs_learn_rows rows;
    fs_learn_rows sample; /* of them, whose curvature is near theirs; count 0: none */
    int classes;
    double penalty;
    double *tile;      /* terms × FS_LEARN_TILE */
    double *chance;    /* classes × FS_LEARN_TILE: scores, then probabilities */
    double *product;   /* FS_LEARN_TILE */
    double *curvature; /* for each pair of classes terms × terms, lower half: mean of p q x x' */
} fs_learn_objective;

/* Penalised mean log-loss at `weight`; its gradient; and the curvature of the loss where that is wanted. */
double fs_learn_evaluate(fs_learn_objective *o, const double *weight, double *gradient,
                         bool curvature);
/* Scores of `count` rows, classes × FS_LEARN_TILE. */
void fs_learn_scores(const fs_learn_objective *o, const double *weight, const int64_t *row,
                     int count, double *score);
double fs_learn_penalty_of(const fs_learn_objective *o, int term);

/* ---- newton.c ---- */

#define FS_LEARN_TIGHT 1e-12
#define FS_LEARN_LOOSE 1e-4 /* enough to tell which of two penalties is better */

typedef struct fs_learn_newton {
    double enough; /* the share of the weights below which a step is the last */
    double *gradient, *step, *other, *other_gradient; /* classes × terms */
    double *factor, *right;                           /* reduced: (classes - 1) × terms, square */
    bool curved; /* the objective has some curvature: near enough to begin with */
} fs_learn_newton;

/* Moves `weight` from where it is to the minimum. */
void fs_learn_minimise(fs_learn_objective *o, fs_learn_newton *n, double *weight);

/* ---- choose.c ---- */

typedef struct fs_learn_choice {
    int64_t *row; /* a sample of all rows, in their order */
    int64_t rows;
    int folds;
    double *weight;              /* folds × classes × terms */
    double *score;               /* rows × classes: of each row by the fit without its fold */
    double penalty, temperature; /* what is chosen */
} fs_learn_choice;

void fs_learn_choose(fs_learn_objective *o, fs_learn_newton *n, fs_learn_choice *c);
#endif
