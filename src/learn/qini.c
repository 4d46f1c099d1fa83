/* The Qini curve and the uplift curve, and the areas under them (Radcliffe 2007; Devriendt, Moldovan, Verbeke 2018).
 *
 * Rows stand in the order of their score, the highest first. With Y1, Y0 the outcomes and N1, N0 the rows of each arm among the
 * first rows, the Qini curve is Y1 - Y0 N1 / N0, the uplift curve (Y1 / N1 - Y0 / N0) (N1 + N0); a mean of no rows counts as
 * 0. Both are read where the score changes only, so rows of equal score share a step and their order does not matter. A coefficient
 * is the area (by trapezes) between the curve and the straight line to its end, over that of the best order. Of Qini
 * that puts outcomes of the treated first and those of the control last; of the uplift curve, for outcomes of 0 and 1,
 * treated with an outcome and controls without one stand first, then those arms' rest, in the order that scikit-uplift gives
 * them. For other outcomes the uplift curve's best order is Qini's.
 *
 * Cost: two or three sorts. Memory: two numbers and an index a row.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learn_internal.h"

typedef struct ranked {
    double score;
    int64_t row;
} ranked;

struct fs_qini_work {
    ranked *own, *best;
    int64_t capacity, rows;
    const int8_t *arm;
    const double *outcome, *weight;
};

/* Descending; of equal ones the later row first. */
static int compare(const void *left, const void *right)
{
    const ranked *a = left, *b = right;
    if (a->score != b->score) return a->score < b->score ? 1 : -1;
    return (a->row < b->row) - (a->row > b->row);
}

static fs_status reserve(fs_qini *q, int64_t rows)
{
    if (!q->work) q->work = fs_alloc_zero(1, sizeof *q->work);
    struct fs_qini_work *w = q->work;
    if (!w) return FS_MEMORY;
    if (rows <= w->capacity) return FS_OK;
    FS_LEARN_GROW(w->own, rows);
    FS_LEARN_GROW(w->best, rows);
    w->capacity = rows;
    return FS_OK;
}

void fs_qini_free(fs_qini *qini)
{
    if (qini->work) {
        fs_free(qini->work->own);
        fs_free(qini->work->best);
    }
    fs_free(qini->work);
    *qini = (fs_qini){0};
}

/* ---- areas ---- */

typedef struct sums {
    double rows[2], outcome[2]; /* by arm */
} sums;

static double mean_of(const sums *s, int arm)
{
    return s->rows[arm] > 0 ? s->outcome[arm] / s->rows[arm] : 0;
}

static double qini_of(const sums *s)
{
    return s->outcome[1] - (s->rows[0] > 0 ? s->outcome[0] * (s->rows[1] / s->rows[0]) : 0);
}

static double uplift_of(const sums *s)
{
    return (mean_of(s, 1) - mean_of(s, 0)) * (s->rows[0] + s->rows[1]);
}

static void add_row(const struct fs_qini_work *w, int64_t row, sums *s)
{
    double weight = w->weight ? w->weight[row] : 1;
    s->rows[w->arm[row]] += weight;
    s->outcome[w->arm[row]] += weight * w->outcome[row];
}

/* Areas between the curves and the straight lines to their ends. */
static void find_areas(const struct fs_qini_work *w, const ranked *order, double *qini,
                       double *uplift)
{
    sums s = {{0}, {0}};
    double before = 0, q = 0, u = 0;
    *qini = *uplift = 0;
    for (int64_t i = 0; i < w->rows; i++) {
        add_row(w, order[i].row, &s);
        if (i + 1 < w->rows && order[i + 1].score == order[i].score) continue;
        double now = s.rows[0] + s.rows[1], width = now - before;
        *qini += width * (q + qini_of(&s)) / 2;
        *uplift += width * (u + uplift_of(&s)) / 2;
        q = qini_of(&s);
        u = uplift_of(&s);
        before = now;
    }
    *qini -= before * q / 2;
    *uplift -= before * u / 2;
}

/* ---- the best order ---- */

static bool is_binary(const struct fs_qini_work *w)
{
    for (int64_t i = 0; i < w->rows; i++) {
        double y = w->outcome[w->own[i].row];
        if (y != 0 && y != 1) return false;
    }
    return true;
}

static void order_best(struct fs_qini_work *w, bool of_uplift)
{
    double responding = 0, failing = 0; /* controls with an outcome, treated without */
    for (int64_t i = 0; i < w->rows; i++) {
        int64_t row = w->own[i].row;
        responding += w->arm[row] == 0 && w->outcome[row] == 1;
        failing += w->arm[row] == 1 && w->outcome[row] == 0;
    }
    for (int64_t i = 0; i < w->rows; i++) {
        int64_t row = w->own[i].row;
        double y = w->outcome[row], arm = w->arm[row];
        double score = w->arm[row] ? y : -y;
        if (of_uplift) score = 2 * (y == arm) + (responding > failing ? y : arm);
        w->best[i] = (ranked){.score = score, .row = row};
    }
    qsort(w->best, (size_t)w->rows, sizeof *w->best, compare);
}

static double share_of(double area, double best)
{
    return best > 0 ? fmax(-1e300, fmin(area / best, 1e300)) : 0;
}

static void measure(fs_qini *q)
{
    struct fs_qini_work *w = q->work;
    double own_qini, own_uplift, best_qini, best_uplift, other;
    find_areas(w, w->own, &own_qini, &own_uplift);
    order_best(w, false);
    find_areas(w, w->best, &best_qini, &best_uplift);
    if (is_binary(w)) {
        order_best(w, true);
        find_areas(w, w->best, &other, &best_uplift);
    }
    q->known = best_qini > 0 && best_uplift > 0;
    q->qini = q->known ? share_of(own_qini, best_qini) : 0;
    q->auuc = q->known ? share_of(own_uplift, best_uplift) : 0;
}

fs_status fs_qini_measure(fs_qini *qini, const double *score, const int8_t *arm,
                          const double *outcome, const double *weight, int64_t rows)
{
    FS_TRY(reserve(qini, rows));
    struct fs_qini_work *w = qini->work;
    sums s = {{0}, {0}};
    *qini = (fs_qini){.work = w};
    w->rows = 0;
    w->arm = arm;
    w->outcome = outcome;
    w->weight = weight;
    for (int64_t i = 0; i < rows; i++) {
        if (arm[i] < 0) continue;
        w->own[w->rows++] = (ranked){.score = score[i], .row = i};
        qini->treated += arm[i];
        add_row(w, i, &s);
    }
    qini->rows = w->rows;
    qini->control = w->rows - qini->treated;
    qini->gained = qini_of(&s);
    qsort(w->own, (size_t)w->rows, sizeof *w->own, compare);
    if (qini->treated > 0 && qini->control > 0) measure(qini);
    return FS_OK;
}

/* ---- one point ---- */

/* Of the first rows of an arm by itself. */
static double mean_of_arm(const struct fs_qini_work *w, int arm, int64_t most)
{
    double sum = 0;
    int64_t count = 0;
    for (int64_t i = 0; i < w->rows && count < most; i++)
        if (w->arm[w->own[i].row] == arm) {
            sum += w->outcome[w->own[i].row];
            count++;
        }
    return count > 0 ? sum / (double)count : 0;
}

fs_qini_point fs_qini_at(const fs_qini *qini, double share)
{
    const struct fs_qini_work *w = qini->work;
    fs_qini_point p = {.rows = (int64_t)((double)qini->rows * share)};
    int64_t treated = (int64_t)((double)qini->treated * share);
    int64_t control = (int64_t)((double)qini->control * share);
    sums s = {{0}, {0}};
    for (int64_t i = 0; i < p.rows; i++) {
        int64_t row = w->own[i].row;
        s.rows[w->arm[row]]++;
        s.outcome[w->arm[row]] += w->outcome[row];
    }
    p.treated = (int64_t)s.rows[1];
    p.control = (int64_t)s.rows[0];
    p.known = p.treated > 0 && p.control > 0;
    p.known_by_group = treated > 0 && control > 0;
    if (p.known) p.uplift = mean_of(&s, 1) - mean_of(&s, 0);
    if (p.known_by_group) p.by_group = mean_of_arm(w, 1, treated) - mean_of_arm(w, 0, control);
    p.gained = qini_of(&s);
    p.uplift_gained = uplift_of(&s);
    return p;
}
