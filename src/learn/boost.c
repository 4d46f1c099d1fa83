/* Gradient-boosted trees for classes (Friedman 2001; Friedman 2002 for the drawing of rows; Chen, Guestrin 2016).
 *
 * Each round fits a shallow tree of each class (of two classes: of the second only) to the slopes of the log-loss at the
 * present scores, and adds a part of it, SHRINK. Each tree sees half of the columns and of the rows, of many
 * DRAWN_MOST, drawn by the number of the round, which makes trees unlike one another. How many rounds: cross-validation
 * boosts all folds side by side, on at most SAMPLE rows, until the log-loss of the rows left out has not been lower for
 * PATIENCE rounds; folds are stretches of the rows as they come, as in choose.c. The same number of rounds is then done on
 * all rows.
 *
 * Ours and not a library's: a model has to be a table that every engine carries, its scores the same bytes everywhere, and what
 * a feature adds to a score exact. Three splits deep, so that interactions of three features are found and all that a tree
 * can say of a row is one of 128 cases (class_scores.c).
 *
 * Memory: rows × (columns + 8 classes + 70) bytes; nothing is allocated once the sizes of a call are known.
 * Cost: rounds × rows drawn × columns, some two nanoseconds each, and ten for each round and row.
 */
#include <math.h>
#include <string.h>

#include "boost_internal.h"
#include "foresell/numeric.h"

#define SAMPLE      20000
#define ROUNDS      2000
#define PATIENCE    100
#define SHRINK      0.025
#define DRAWN       0.5
#define DRAWN_MOST  100000.0 /* rows: a leaf of an eighth is known well enough */
#define PENALTY     1.0
#define LEAST       5.0 /* twenty rows of even chances */
#define ROWS_A_FOLD 20  /* fewer tell nothing of when to stop */
#define BETTER      1e-6

/* One course of boosting: rows by their place in the bins, but for those at skip_from … skip_to - 1. */
typedef struct course {
    const fs_bins *bins;
    const int32_t *label;
    int64_t skip_from, skip_to;
    int classes,
        outputs;   /* outputs 1: the score of the second of two classes, that of the first is 0 */
    double *score; /* outputs × rows */
    uint64_t seed, fold;
} course;

struct fs_boost_work {
    fs_bins bins;
    fs_grower grower;
    int64_t *row;    /* those with a known class */
    int32_t *label;  /* of them */
    int64_t *sample; /* of the sample: row, */
    int64_t *place;  /* and place in `row` */
    int32_t *sample_label;
    double *norm; /* rows: log of the sum of the exponentials of scores */
    double *slope;
    double *score;      /* of the course on all rows */
    double *fold_score; /* folds × outputs × sample */
    double *outside;    /* sample × classes */
    double *base;
    fs_tree *tree;
    int64_t row_capacity, score_capacity, fold_capacity, outside_capacity, class_capacity;
    int64_t column_capacity, tree_capacity;
};

void fs_boost_free(fs_boost *model)
{
    struct fs_boost_work *w = model->work;
    if (w) {
        void *all[] = {
            w->row,          w->label,         w->sample,      w->place,           w->sample_label,
            w->norm,         w->slope,         w->score,       w->fold_score,      w->outside,
            w->base,         w->tree,          w->grower.row,  w->grower.column,   w->grower.at,
            w->grower.place, w->grower.offset, w->grower.part, w->grower.histogram};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) fs_free(all[i]);
        fs_bins_free(&w->bins);
    }
    fs_free(w);
    *model = (fs_boost){0};
}

/* ---- one round ---- */

static double *score_of(const course *c, int output) { return c->score + output * c->bins->rows; }

/* The rows that this round sees, and the norm of their scores. */
static void draw_rows(struct fs_boost_work *w, const course *c, int round)
{
    fs_grower *g = &w->grower;
    fs_random random = fs_random_open(c->seed, c->fold, (uint64_t)round, 0);
    double share = fmin(DRAWN, DRAWN_MOST / (double)c->bins->rows);
    g->rows = 0;
    for (int64_t i = 0; i < c->bins->rows; i++) {
        bool seen = fs_random_uniform(&random) < share;
        if (seen && (i < c->skip_from || i >= c->skip_to)) g->row[g->rows++] = i;
    }
}

static double norm_of(const course *c, int64_t row)
{
    double most = c->outputs == 1 ? 0 : c->score[row], sum = 0;
    for (int k = 0; k < c->outputs; k++) most = fmax(most, score_of(c, k)[row]);
    for (int k = 0; k < c->outputs; k++) sum += exp(score_of(c, k)[row] - most);
    if (c->outputs == 1) sum += exp(-most);
    return most + log(sum);
}

/* Slopes and curvatures of the drawn rows by the score of one class; of many classes the curvature is that of Friedman 2001,
 * alg. 6, in which the scores of the others go down as this one goes up. */
static void find_slopes(struct fs_boost_work *w, const course *c, int output)
{
    const fs_grower *g = &w->grower;
    const double *score = score_of(c, output);
    int32_t class = c->outputs == 1 ? 1 : output;
    double factor = c->outputs == 1 ? 1 : c->classes / (c->classes - 1.0);
    for (int64_t i = 0; i < g->rows; i++) {
        int64_t row = g->row[i];
        double chance = exp(score[row] - w->norm[i]);
        w->slope[2 * i] = chance - (c->label[row] == class);
        w->slope[2 * i + 1] = factor * chance * (1 - chance);
    }
}

/* Half of the columns, and one more of an odd number; in their order, so that ties go to the first. */
static void draw_columns(struct fs_boost_work *w, const course *c, int round, int output)
{
    fs_grower *g = &w->grower;
    int all = c->bins->columns, wanted = (int)(all - (int)(all * DRAWN));
    fs_random random = fs_random_open(c->seed, c->fold, (uint64_t)round, 1 + (uint64_t)output);
    g->columns = 0;
    for (int j = 0; j < all; j++)
        if (fs_random_below(&random, all - j) < wanted - g->columns) g->column[g->columns++] = j;
}

static void grow(struct fs_boost_work *w, const course *c, int round, int output, fs_bin_tree *tree)
{
    draw_columns(w, c, round, output);
    find_slopes(w, c, output);
    w->grower.bins = c->bins;
    w->grower.slope = w->slope;
    fs_tree_grow(&w->grower, tree);
    for (int n = 1; n < FS_TREE_NODES; n++) tree->value[n] *= SHRINK;
}

/* Adds the tree to the scores of all rows; counts[n]: rows that come to leaf n. */
static void add_tree(const course *c, int output, const fs_bin_tree *tree, int64_t *counts)
{
    double *score = score_of(c, output);
    for (int64_t i = 0; i < c->bins->rows; i++) {
        int leaf = fs_tree_leaf(tree, c->bins, i);
        score[i] += tree->value[leaf];
        counts[leaf]++;
    }
}

static void start_round(struct fs_boost_work *w, const course *c, int round)
{
    draw_rows(w, c, round);
    for (int64_t i = 0; i < w->grower.rows; i++) w->norm[i] = norm_of(c, w->grower.row[i]);
}

/* Scores before the first round: logarithms of the shares of classes, each with half a row more so that none is 0. */
static void start_course(struct fs_boost_work *w, const course *c)
{
    int64_t rows = c->bins->rows;
    for (int k = 0; k < c->classes; k++) w->base[k] = 0.5;
    for (int64_t i = 0; i < rows; i++)
        if (i < c->skip_from || i >= c->skip_to) w->base[c->label[i]]++;
    double all = (double)(rows - (c->skip_to - c->skip_from)) + c->classes / 2.0;
    double first = c->outputs == 1 ? log(w->base[0] / all) : 0;
    for (int k = 0; k < c->classes; k++) w->base[k] = log(w->base[k] / all) - first;
    for (int k = 0; k < c->outputs; k++) {
        double base = w->base[c->outputs == 1 ? 1 : k], *score = score_of(c, k);
        for (int64_t i = 0; i < rows; i++) score[i] = base;
    }
}

/* ---- how many rounds ---- */

static double loss_outside(const course *c)
{
    double loss = 0;
    for (int64_t i = c->skip_from; i < c->skip_to; i++) {
        int own = c->outputs == 1 ? c->label[i] - 1 : c->label[i];
        loss += norm_of(c, i) - (own < 0 ? 0 : score_of(c, own)[i]);
    }
    return loss;
}

static void keep_outside(struct fs_boost_work *w, const course *c)
{
    for (int64_t i = c->skip_from; i < c->skip_to; i++)
        for (int k = 0; k < c->classes; k++) {
            int output = c->outputs == 1 ? k - 1 : k;
            w->outside[i * c->classes + k] = output < 0 ? 0 : score_of(c, output)[i];
        }
}

static course fold_course(struct fs_boost_work *w, const course *all, int folds, int fold)
{
    course c = *all;
    int64_t rows = c.bins->rows;
    c.fold = 1 + (uint64_t)fold;
    c.skip_from = rows * fold / folds;
    c.skip_to = rows * (fold + 1) / folds;
    c.score = w->fold_score + fold * c.outputs * rows;
    return c;
}

static double boost_folds(struct fs_boost_work *w, const course *all, int folds, int round)
{
    double loss = 0;
    for (int f = 0; f < folds; f++) {
        course c = fold_course(w, all, folds, f);
        int64_t counts[FS_TREE_NODES] = {0};
        fs_bin_tree tree;
        start_round(w, &c, round);
        for (int k = 0; k < c.outputs; k++) {
            grow(w, &c, round, k, &tree);
            add_tree(&c, k, &tree, counts);
        }
        loss += loss_outside(&c);
    }
    return loss;
}

/* 0: no tree is better than the shares of the classes. */
static int find_rounds(struct fs_boost_work *w, const course *all, int folds)
{
    double best = 0;
    int rounds = 0;
    for (int f = 0; f < folds; f++) {
        course c = fold_course(w, all, folds, f);
        start_course(w, &c);
        keep_outside(w, &c);
        best += loss_outside(&c);
    }
    for (int r = 1; r <= ROUNDS && r - rounds <= PATIENCE; r++) {
        double loss = boost_folds(w, all, folds, r);
        if (!(loss < best - BETTER * best)) continue;
        best = loss;
        rounds = r;
        for (int f = 0; f < folds; f++) {
            course c = fold_course(w, all, folds, f);
            keep_outside(w, &c);
        }
    }
    return rounds;
}

/* ---- the fit ---- */

static void set_tree(const fs_bins *bins, const fs_bin_tree *tree, int32_t class, int64_t *counts,
                     fs_tree *to)
{
    *to = (fs_tree){.class = class};
    for (int n = FS_TREE_NODES - 1; n > 0; n--) {
        const fs_bin_split *s = &tree->split[n];
        fs_tree_node *node = &to->node[n];
        node->column = s->column;
        if (n > 1) counts[n / 2] += counts[n];
        if (s->column < 0) {
            node->value = tree->value[n];
            continue;
        }
        const fs_bin_column *by = &bins->column[s->column];
        node->bare = s->bin == 0;
        if (!node->bare && by->text) node->level = by->level[s->bin];
        if (!node->bare && !by->text) node->knot = by->cut[s->bin];
        node->share = counts[n] > 0 ? (double)counts[2 * n + 1] / (double)counts[n] : 0;
    }
}

static void boost_all(struct fs_boost_work *w, const course *c, int rounds)
{
    start_course(w, c);
    for (int r = 1; r <= rounds; r++) {
        start_round(w, c, r);
        for (int k = 0; k < c->outputs; k++) {
            int64_t counts[FS_TREE_NODES] = {0};
            fs_bin_tree tree;
            grow(w, c, r, k, &tree);
            add_tree(c, k, &tree, counts);
            set_tree(c->bins, &tree, c->outputs == 1 ? 1 : k, counts,
                     &w->tree[(r - 1) * c->outputs + k]);
        }
    }
}

/* ---- memory ---- */

static fs_status reserve_rows(struct fs_boost_work *w, int64_t rows)
{
    if (rows <= w->row_capacity) return FS_OK;
    FS_LEARN_GROW(w->row, rows);
    FS_LEARN_GROW(w->label, rows);
    FS_LEARN_GROW(w->norm, rows);
    FS_LEARN_GROW(w->slope, 2 * rows);
    FS_LEARN_GROW(w->grower.row, rows);
    FS_LEARN_GROW(w->grower.at, rows);
    FS_LEARN_GROW(w->grower.place, rows);
    FS_LEARN_GROW(w->grower.offset, rows);
    FS_LEARN_GROW(w->grower.part, 2 * rows);
    if (!w->sample) FS_LEARN_GROW(w->sample, SAMPLE);
    if (!w->place) FS_LEARN_GROW(w->place, SAMPLE);
    if (!w->sample_label) FS_LEARN_GROW(w->sample_label, SAMPLE);
    w->row_capacity = rows;
    return FS_OK;
}

static fs_status reserve_fit(struct fs_boost_work *w, int columns, int classes, int outputs,
                             int64_t rows, int64_t sample, int folds)
{
    if (columns > w->column_capacity || !w->grower.histogram) {
        FS_LEARN_GROW(w->grower.column, columns + 1);
        FS_LEARN_GROW(w->grower.histogram,
                      (int64_t)(columns + 1) * FS_TREE_NODES / 2 * FS_BINS * 2);
        w->column_capacity = columns;
    }
    if (classes > w->class_capacity) {
        FS_LEARN_GROW(w->base, classes);
        w->class_capacity = classes;
    }
    if (rows * outputs > w->score_capacity) {
        FS_LEARN_GROW(w->score, rows * outputs);
        w->score_capacity = rows * outputs;
    }
    if (folds * outputs * sample > w->fold_capacity) {
        FS_LEARN_GROW(w->fold_score, folds * outputs * sample);
        w->fold_capacity = folds * outputs * sample;
    }
    if (sample * classes > w->outside_capacity) {
        FS_LEARN_GROW(w->outside, sample * classes);
        w->outside_capacity = sample * classes;
    }
    return FS_OK;
}

static fs_status reserve_trees(struct fs_boost_work *w, int64_t trees)
{
    if (trees <= w->tree_capacity) return FS_OK;
    FS_LEARN_GROW(w->tree, trees);
    w->tree_capacity = trees;
    return FS_OK;
}

/* ---- rows ---- */

static int64_t take_rows(struct fs_boost_work *w, const int32_t *label, int64_t rows)
{
    int64_t used = 0;
    for (int64_t i = 0; i < rows; i++)
        if (label[i] >= 0) {
            w->row[used] = i;
            w->label[used++] = label[i];
        }
    return used;
}

static int64_t take_sample(struct fs_boost_work *w, int64_t used)
{
    int64_t rows = used < SAMPLE ? used : SAMPLE;
    for (int64_t i = 0; i < rows; i++) {
        w->place[i] = i * used / rows;
        w->sample[i] = w->row[w->place[i]];
        w->sample_label[i] = w->label[w->place[i]];
    }
    return rows;
}

/* Folds on the sample, whose bins are those of all rows where it is all of them; then all rows. */
static fs_status fit(fs_boost *m, const fs_boost_settings *settings, const fs_learn_column *column,
                     int columns)
{
    struct fs_boost_work *w = m->work;
    int outputs = m->classes == 2 ? 1 : m->classes, rounds = 0;
    course c = {.bins = &w->bins,
                .label = w->sample_label,
                .classes = m->classes,
                .outputs = outputs,
                .seed = settings->seed};
    w->grower.penalty = PENALTY;
    w->grower.least = LEAST;
    if (m->folds > 0) {
        FS_TRY(fs_bins_make(&w->bins, column, columns, w->sample, m->sampled));
        rounds = find_rounds(w, &c, m->folds);
    }
    FS_TRY(reserve_trees(w, (int64_t)rounds * outputs));
    if (m->sampled < m->rows || m->folds == 0)
        FS_TRY(fs_bins_make(&w->bins, column, columns, w->row, m->rows));
    c.label = w->label;
    c.score = w->score;
    boost_all(w, &c, rounds);
    m->trees = rounds * outputs;
    return FS_OK;
}

fs_status fs_boost_fit(fs_boost *m, const fs_boost_settings *settings,
                       const fs_learn_column *column, int columns, const int32_t *label,
                       int classes, int64_t rows)
{
    if (!m->work) m->work = fs_alloc_zero(1, sizeof *m->work);
    struct fs_boost_work *w = m->work;
    if (!w) return FS_MEMORY;
    m->classes = classes;
    m->trees = m->folds = 0;
    FS_TRY(reserve_rows(w, rows));
    m->rows = take_rows(w, label, rows);
    m->sampled = take_sample(w, m->rows);
    bool enough = settings->folds >= 2 && m->sampled >= (int64_t)ROWS_A_FOLD * settings->folds;
    m->folds = enough && classes > 1 && columns > 0 ? settings->folds : 0;
    FS_TRY(reserve_fit(w, columns, classes, classes == 2 ? 1 : classes, m->rows, m->sampled,
                       m->folds));
    w->base[0] = 0;
    if (m->rows > 0 && classes > 1) FS_TRY(fit(m, settings, column, columns));
    m->base = w->base;
    m->tree = w->tree;
    m->sample = w->sample;
    m->score = w->outside;
    return FS_OK;
}
