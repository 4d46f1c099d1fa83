/* Weights of standardised terms as coefficients for values as they came.
 *
 * Each is the weight over the term's deviation; the means go into the intercept. A null stood at the mean of its column, so each
 * column of numbers gets a term for nulls that adds what its others add at their means.
 */
#include <math.h>

#include "uplift_internal.h"

static double bounded(double value) { return fmax(-1e300, fmin(value, 1e300)); }

static bool is_curve(const fs_term *term)
{
    return term->kind == FS_TERM_LINEAR || term->kind == FS_TERM_HINGE;
}

/* Terms of one column from `at` on; gives where the next begins. */
static int list_column(const fs_learn_terms *t, int at, int column, const double *effect,
                       double factor, fs_term *term, double *coefficient, int *count)
{
    double missing = 0;
    bool is_number = false;
    for (; at < t->count && t->term[at].column == column; at++) {
        double own = factor * effect[at] * t->inverse[at];
        if (t->term[at].kind == FS_TERM_MISSING) {
            missing += own;
            is_number = true;
            continue;
        }
        if (is_curve(&t->term[at])) {
            missing += own * t->mean[at];
            is_number = true;
        }
        term[*count] = t->term[at];
        coefficient[(*count)++] = bounded(own);
    }
    if (!is_number) return at;
    term[*count] = (fs_term){.kind = FS_TERM_MISSING, .column = column};
    coefficient[(*count)++] = bounded(missing);
    return at;
}

int fs_uplift_list_terms(const fs_learn_terms *terms, const fs_uplift_data *data,
                         const double *effect, double factor, double offset, fs_term *term,
                         double *coefficient)
{
    int count = 1;
    term[0] = (fs_term){.kind = FS_TERM_INTERCEPT, .column = -1};
    coefficient[0] = bounded(offset);
    if (!effect) return count;
    for (int t = 1; t < terms->count; t++)
        offset -= factor * effect[t] * terms->inverse[t] * terms->mean[t];
    coefficient[0] = bounded(offset + factor * effect[0]);
    for (int c = 0, at = 1; c < data->columns; c++)
        at = list_column(terms, at, c, effect, factor, term, coefficient, &count);
    return count;
}
