/* classifier_internal.h: how parts of a classifier are put together, and what gives a class away; see classifier.c. */
#ifndef FORESELL_CLASSIFIER_INTERNAL_H
#define FORESELL_CLASSIFIER_INTERNAL_H

#include "boost_internal.h"

/* ---- stack.c ---- */

/* Scores of rows by fits that have not seen them, of each part rows × classes. */
typedef struct fs_stack {
    const double *score[2];
    const int32_t *label; /* rows */
    int64_t rows;
    int classes;
} fs_stack;

/* Factors of the parts under which the log-loss is least; of a part that is not wanted 0. */
void fs_stack_factors(const fs_stack *s, const bool wanted[2], double factor[2]);
/* The same, of one part or both, whichever is best by more than chance. */
void fs_stack_choose(const fs_stack *s, double factor[2]);

/* ---- class_scores.c ---- */

/* Mean of a term's value over the rows with a label. */
double fs_class_term_mean(const fs_term *term, const fs_learn_column *column, const int32_t *label,
                          int64_t rows);

/* ---- telltale.c ---- */

#define FS_TELLTALE_FOLDS 5
/* The column whose bins alone tell a class best in rows left out, and its area under the ROC curve; -1 where none is above
 * FS_TELLTALE. */
#define FS_TELLTALE 0.99
int fs_find_telltale(const fs_bins *bins, const int32_t *label, int classes, double *auc);
#endif
