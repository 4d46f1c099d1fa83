/* Whether the treatment was random, and weights where it was not.
 *
 * Where features that stood before the treatment foretell it, on rows that this was not learnt from, beyond chance, it was not
 * random: then arms differ by more than the treatment. The test is Mann and Whitney's (1947) over the rows of each fold, put
 * together as van Elteren (1960) does, one-sided; ties are not taken off the variance, which makes it say so less often.
 *
 * The remedy are weights: the share of an arm over the probability that a row is of it (Rosenbaum, Rubin 1983; stabilised:
 * Robins, Hernán, Brumback 2000), by the room's logistic regression. They are clipped so that no row counts for more than ten. What no feature tells stays.
 */
#include <math.h>

#include "uplift_internal.h"
#include "foresell/numeric.h"

#define LARGEST_WEIGHT 10.0
#define LARGEST        1e300

/* Pairs of a treated and a control in which the treated is higher; both ascending. */
static double count_higher(const double *treated, int64_t n, const double *control, int64_t m)
{
    double higher = 0;
    int64_t below = 0, upto = 0;
    for (int64_t i = 0; i < n; i++) {
        while (below < m && control[below] < treated[i]) below++;
        if (upto < below) upto = below;
        while (upto < m && control[upto] <= treated[i]) upto++;
        higher += ((double)below + (double)upto) / 2;
    }
    return higher;
}

void fs_uplift_test_treatment(const double *score, const int64_t *from, int folds, double *room,
                              double *auc, double *p)
{
    double higher = 0, pairs = 0, variance = 0;
    for (int64_t i = 0; i < from[2 * folds]; i++) room[i] = score[i];
    for (int f = 0; f < folds; f++) {
        const int64_t *at = from + 2 * f;
        int64_t control = at[1] - at[0], treated = at[2] - at[1];
        double both = (double)control * (double)treated;
        fs_sort(room + at[0], control);
        fs_sort(room + at[1], treated);
        higher += count_higher(room + at[1], treated, room + at[0], control);
        pairs += both;
        variance += both * ((double)(control + treated) + 1) / 12;
    }
    *auc = pairs > 0 ? higher / pairs : 0.5;
    *p = variance > 0 ? fs_normal_below((pairs / 2 - higher) / sqrt(variance)) : 1;
}

/* ---- weights ---- */

static double bounded(double value)
{
    return value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value;
}

static double value_of(const fs_term *term, const fs_learn_column *column, int64_t row)
{
    if (term->kind == FS_TERM_INTERCEPT) return 1;
    const fs_learn_column *of = &column[term->column];
    bool known = !of->valid || of->valid[row];
    switch (term->kind) {
    case FS_TERM_LINEAR: return known ? of->number[row] : 0;
    case FS_TERM_HINGE: return known ? fmax(of->number[row] - term->knot, 0) : 0;
    case FS_TERM_LEVEL: return known && of->level[row] == term->level;
    default: return !known;
    }
}

/* Probability of class 1 of two. */
static double probability(const fs_logistic *m, const fs_learn_column *column, int64_t row)
{
    double score[2] = {0, 0};
    for (int k = 0; k < 2; k++)
        for (int t = 0; t < m->terms; t++) {
            double value = bounded(value_of(&m->term[t], column, row));
            score[k] = bounded(score[k] + bounded(m->coefficient[k * m->terms + t] * value));
        }
    fs_softmax(score, 2);
    return score[1];
}

double fs_uplift_weigh(const fs_logistic *treatment, const fs_uplift_data *data, const int64_t *row,
                       int64_t rows, double share, double *weight)
{
    int64_t overlapping = 0;
    for (int64_t i = 0; i < rows; i++) {
        double p = probability(treatment, data->column, row[i]);
        bool is_treated = data->arm[row[i]] == 1;
        double own = is_treated ? share : 1 - share, chance = is_treated ? p : 1 - p;
        overlapping += p * LARGEST_WEIGHT >= share && (1 - p) * LARGEST_WEIGHT >= 1 - share;
        weight[row[i]] = fmin(fmax(own / fmax(chance, 1e-12), 1 / LARGEST_WEIGHT), LARGEST_WEIGHT);
    }
    return (double)overlapping / (double)rows;
}
