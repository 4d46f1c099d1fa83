/* Scores of rows by terms and trees, and what each column adds to them.
 *
 * A term adds its coefficient times what its value is away from its mean. What the columns of a tree add are the Shapley
 * values of the tree's mean where only some columns are known, the unknown splits going by the shares of the rows learnt from
 * (Lundberg et al. 2020, alg. 1). They are added up leaf by leaf: a leaf of value v on whose path stand the columns j, each with
 * o_j (1 where the row goes towards the leaf at all of its splits, else 0) and z_j (the product of the shares that do), has the mean
 * v times the product of o_j for known and z_j for unknown columns. With three columns at most their Shapley values are written out.
 * They depend on the row only by which conditions hold, seven bits, so each tree has a table of 128 rows, made once for all rows
 * that are scored together.
 *
 * Cost: rows × terms, and for each tree some ten nanoseconds a row with effects, two without.
 */
#include <math.h>
#include <string.h>

#include "classifier_internal.h"

#define LARGEST_SCORE 1e300
#define LARGEST       1e140 /* a value that is learnt from */
#define ROWS          FS_CLASS_ROWS
#define SPLITS        (FS_TREE_NODES / 2 - 1)

static double bounded(double value)
{
    return value > LARGEST_SCORE ? LARGEST_SCORE : value < -LARGEST_SCORE ? -LARGEST_SCORE : value;
}

static bool is_known(const fs_learn_column *column, int64_t row)
{
    return !column->valid || column->valid[row];
}

/* ---- terms ---- */

static double value_of(const fs_term *t, const fs_learn_column *of, int64_t row)
{
    if (t->kind == FS_TERM_INTERCEPT) return 1;
    bool known = is_known(of, row);
    if (t->kind == FS_TERM_LEVEL) return known && of->level[row] == t->level;
    if (t->kind == FS_TERM_MISSING) return !known;
    if (!known) return 0;
    double number = of->number[row];
    return t->kind == FS_TERM_LINEAR ? bounded(number) : bounded(fmax(number - t->knot, 0));
}

double fs_class_term_mean(const fs_term *term, const fs_learn_column *column, const int32_t *label,
                          int64_t rows)
{
    const fs_learn_column *of = term->column < 0 ? NULL : &column[term->column];
    double sum = 0, count = 0;
    for (int64_t i = 0; i < rows; i++) {
        if (label[i] < 0) continue;
        double value = value_of(term, of, i);
        sum += value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value;
        count++;
    }
    return count > 0 ? sum / count : 0;
}

static void add_term(const fs_class_term *t, const fs_learn_column *column, const int64_t *row,
                     int count, double *score, double *effect)
{
    double mean = bounded(t->coefficient * bounded(t->mean));
    for (int i = 0; i < count; i++) {
        double share = bounded(t->coefficient * value_of(&t->term, column, row[i]));
        score[i] = bounded(score[i] + share);
        if (effect) effect[i] = bounded(effect[i] + bounded(share - mean));
    }
}

/* ---- trees ---- */

static bool holds(const fs_tree_node *node, const fs_learn_column *of, int64_t row)
{
    if (!is_known(of, row)) return false;
    if (node->bare) return true;
    return of->number ? of->number[row] > node->knot : of->level[row] == node->level;
}

static void add_leaves(const fs_tree *tree, const fs_learn_column *column, const int64_t *row,
                       int count, double *score)
{
    for (int i = 0; i < count; i++) {
        int n = 1;
        while (tree->node[n].column >= 0)
            n = 2 * n + holds(&tree->node[n], &column[tree->node[n].column], row[i]);
        score[i] = bounded(score[i] + tree->node[n].value);
    }
}

/* Which columns a tree splits, and what each adds in each case: effect[bits][slot]. */
typedef struct tree_table {
    int slots, column[SPLITS];
    int slot[FS_TREE_NODES / 2];
    double effect[1 << SPLITS][SPLITS];
} tree_table;

static void list_columns(const fs_tree *tree, tree_table *t)
{
    t->slots = 0;
    for (int n = 1; n <= SPLITS; n++) {
        int s = 0, column = tree->node[n].column;
        if (column < 0) continue;
        while (s < t->slots && t->column[s] != column) s++;
        if (s == t->slots) t->column[t->slots++] = column;
        t->slot[n] = s;
    }
}

/* One leaf's path: its columns, each once. */
typedef struct path {
    int length, slot[FS_TREE_DEPTH];
    double open[FS_TREE_DEPTH], share[FS_TREE_DEPTH];
} path;

static path path_to(const fs_tree *tree, const tree_table *t, int leaf, int bits)
{
    path p = {0};
    for (int n = leaf; n > 1; n /= 2) {
        const fs_tree_node *above = &tree->node[n / 2];
        int slot = t->slot[n / 2], j = 0;
        bool right = n % 2, goes = (bits >> (n / 2 - 1) & 1) == right;
        while (j < p.length && p.slot[j] != slot) j++;
        if (j == p.length) {
            p.slot[p.length++] = slot;
            p.open[j] = p.share[j] = 1;
        }
        p.open[j] *= goes;
        p.share[j] *= right ? above->share : 1 - above->share;
    }
    return p;
}

/* The mean, over the orders in which columns become known, of the product of the others at the time. */
static double weight_of(const path *p, int j)
{
    if (p->length == 1) return 1;
    int a = (j + 1) % p->length, b = (j + 2) % p->length;
    if (p->length == 2) return (p->open[a] + p->share[a]) / 2;
    return (p->open[a] * p->open[b] + p->share[a] * p->share[b]) / 3 +
           (p->open[a] * p->share[b] + p->share[a] * p->open[b]) / 6;
}

static void fill_table(const fs_tree *tree, tree_table *t)
{
    list_columns(tree, t);
    int cases = 1;
    for (int n = 1; n <= SPLITS; n++)
        if (tree->node[n].column >= 0) cases = 1 << n;
    for (int bits = 0; bits < cases; bits++) {
        memset(t->effect[bits], 0, sizeof t->effect[bits]);
        for (int n = 2; n < FS_TREE_NODES; n++) {
            if (tree->node[n / 2].column < 0 || tree->node[n].column >= 0) continue;
            path p = path_to(tree, t, n, bits);
            for (int j = 0; j < p.length; j++)
                t->effect[bits][p.slot[j]] +=
                    tree->node[n].value * (p.open[j] - p.share[j]) * weight_of(&p, j);
        }
    }
}

static void add_effects(const fs_tree *tree, const fs_learn_column *column, const int64_t *row,
                        int count, double *effect)
{
    tree_table t;
    fill_table(tree, &t);
    for (int i = 0; i < count; i++) {
        int bits = 0;
        for (int n = 1; n <= SPLITS; n++)
            if (tree->node[n].column >= 0)
                bits |= holds(&tree->node[n], &column[tree->node[n].column], row[i]) << (n - 1);
        for (int s = 0; s < t.slots; s++) effect[t.column[s] * ROWS + i] += t.effect[bits][s];
    }
}

/* ---- all ---- */

void fs_class_scores(const fs_class_model *m, const fs_learn_column *column, int columns,
                     const int64_t *row, int count, double *score, double *effect)
{
    memset(score, 0, (size_t)m->classes * ROWS * sizeof *score);
    if (effect) memset(effect, 0, (size_t)m->classes * (size_t)columns * ROWS * sizeof *effect);
    for (int64_t t = 0; t < m->terms; t++) {
        const fs_class_term *one = &m->term[t];
        int c = one->term.column;
        double *to = effect && c >= 0 ? effect + (one->class * (int64_t)columns + c) * ROWS : NULL;
        add_term(one, c < 0 ? NULL : &column[c], row, count, score + one->class * ROWS, to);
    }
    for (int64_t t = 0; t < m->trees; t++) {
        const fs_tree *tree = &m->tree[t];
        add_leaves(tree, column, row, count, score + tree->class * ROWS);
        if (effect)
            add_effects(tree, column, row, count, effect + (int64_t)tree->class * columns * ROWS);
    }
}
