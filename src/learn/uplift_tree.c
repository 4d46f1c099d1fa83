/* Trees whose splits set apart rows that a treatment changes from those that it does not (Rzepakowski, Jaroszewicz 2012).
 *
 * A split is the better the further apart the outcomes of the two arms are behind it: by the divergence D of the treated's
 * share p from the control's q (sec. 4.1), the gain is the mean of D over the two sides, by rows, less D before. D is (p - q)² twice
 * (Euclidean), p log p / q + … (Kullback-Leibler) or (p - q)² / q + … (chi-squared). Outcomes other than 0 and 1 are no shares: of
 * them it is the square of the difference of means.
 *
 * Trees are honest (Athey, Imbens 2016): each takes half the rows, drawn by key; half of these choose the splits, the
 * others tell the uplift of the leaves, so that a leaf is not large because it was chosen for being so. A leaf where an
 * arm has hardly a row says what the node above it says. As in a random forest (Breiman 2001) a split is sought among a third of the columns,
 * and leaves of all trees are averaged; of uplift see Guelman, Guillén, Pérez-Marín (2015).
 *
 * Values are put into bins once: numbers by 31 quantiles, texts by their 30 most frequent levels. Cost: trees × rows of a
 * tree × depth × a third of the columns. Memory: a byte a row and column.
 */
#include <math.h>
#include <string.h>

#include "uplift_internal.h"
#include "foresell/numeric.h"

#define EDGES       31
#define BINS        (EDGES + 2)
#define NO_BIN      (BINS - 1) /* null: above all edges, and no level */
#define OTHER_LEVEL FS_LOGISTIC_LEVELS
#define LARGEST     1e300
#define ROWS_A_TREE 50000 /* more hardly change splits by 31 quantiles */
#define SPLIT_ROWS  50    /* of each arm on each side: a share's error is then below 0.07 */
#define LEAF_ROWS   10    /* of each arm: with less a leaf tells nothing of its own */

typedef struct bins {
    int count;          /* edges, or levels that have a bin */
    double edge[EDGES]; /* ascending; bin b holds what is above edge b - 1 and at most edge b */
    int32_t level[EDGES];
} bins;

/* A node while its tree grows: its rows are split[from[0] … to[0] - 1] and leaf[from[1] … to[1] - 1]. */
typedef struct branch {
    int64_t from[2], to[2];
    int depth;
    double value; /* uplift, of the rows for leaves */
} branch;

typedef struct counts {
    double rows[2], outcome[2]; /* by arm, weighted */
    int64_t seen[2];
} counts;

struct fs_uplift_tree_work {
    int columns;
    int64_t stride; /* greatest row number + 1 */
    bins *bins;
    uint8_t *bin;    /* columns × stride */
    int64_t *drawn;  /* rows of the tree */
    double *scratch; /* sorted values */
    int64_t *level_count;
    int *order;     /* of the columns */
    int32_t *start; /* of each tree its first node */
    branch branch[FS_UPLIFT_NODES];
};

void fs_uplift_forest_free(fs_uplift_forest *forest)
{
    struct fs_uplift_tree_work *w = forest->work;
    if (w) {
        fs_free(w->bins);
        fs_free(w->bin);
        fs_free(w->drawn);
        fs_free(w->scratch);
        fs_free(w->level_count);
        fs_free(w->order);
        fs_free(w->start);
    }
    fs_free(w);
    fs_free(forest->node);
    *forest = (fs_uplift_forest){0};
}

/* ---- bins ---- */

static bool is_known(const fs_learn_column *column, int64_t row)
{
    return !column->valid || column->valid[row];
}

static void find_edges(struct fs_uplift_tree_work *w, const fs_learn_column *column,
                       const int64_t *row, int64_t rows, bins *b)
{
    int64_t known = 0;
    b->count = 0;
    for (int64_t i = 0; i < rows; i++)
        if (is_known(column, row[i])) /* their differences must be finite */
            w->scratch[known++] = fmax(-LARGEST, fmin(column->number[row[i]], LARGEST));
    if (known == 0) return;
    fs_sort(w->scratch, known);
    double top = w->scratch[known - 1];
    for (int k = 1; k < EDGES; k++) {
        double edge = fs_sorted_quantile(w->scratch, known, k / (double)EDGES);
        if (edge < top && (b->count == 0 || edge > b->edge[b->count - 1]))
            b->edge[b->count++] = edge;
    }
    if (known < rows) b->edge[b->count++] = top; /* all that is known, against null */
}

static void find_levels(struct fs_uplift_tree_work *w, const fs_learn_column *column,
                        const int64_t *row, int64_t rows, bins *b)
{
    int64_t *count = w->level_count;
    memset(count, 0, (size_t)column->levels * sizeof *count);
    for (int64_t i = 0; i < rows; i++)
        if (is_known(column, row[i])) count[column->level[row[i]]]++;
    for (b->count = 0; b->count < FS_LOGISTIC_LEVELS; b->count++) {
        int32_t most = -1;
        for (int32_t l = 0; l < column->levels; l++)
            if (count[l] > 0 && (most < 0 || count[l] > count[most])) most = l;
        if (most < 0) return;
        b->level[b->count] = most;
        count[most] = 0;
    }
}

static uint8_t bin_of(const bins *b, const fs_learn_column *column, int64_t row)
{
    int low = 0, high = b->count;
    if (!is_known(column, row)) return NO_BIN;
    if (!column->number) {
        while (low < b->count && b->level[low] != column->level[row]) low++;
        return (uint8_t)(low < b->count ? low : OTHER_LEVEL);
    }
    while (low < high) {
        int middle = (low + high) / 2;
        if (column->number[row] <= b->edge[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return (uint8_t)low;
}

static fs_status reserve(fs_uplift_forest *f, const fs_uplift_data *data, const int64_t *row,
                         int64_t rows, int trees)
{
    if (!f->work) f->work = fs_alloc_zero(1, sizeof *f->work);
    struct fs_uplift_tree_work *w = f->work;
    int64_t levels = 1, columns = data->columns > 0 ? data->columns : 1;
    if (!w) return FS_MEMORY;
    for (int c = 0; c < data->columns; c++)
        if (data->column[c].levels > levels) levels = data->column[c].levels;
    w->columns = data->columns;
    w->stride = 0;
    for (int64_t i = 0; i < rows; i++)
        if (row[i] >= w->stride) w->stride = row[i] + 1;
    FS_LEARN_GROW(w->bins, columns);
    FS_LEARN_GROW(w->bin, columns * w->stride);
    FS_LEARN_GROW(w->drawn, rows);
    FS_LEARN_GROW(w->scratch, rows);
    FS_LEARN_GROW(w->level_count, levels);
    FS_LEARN_GROW(w->order, columns);
    FS_LEARN_GROW(w->start, trees + 1);
    FS_LEARN_GROW(f->node, (int64_t)trees * FS_UPLIFT_NODES);
    return FS_OK;
}

fs_status fs_uplift_forest_open(fs_uplift_forest *forest, const fs_uplift_data *data,
                                const int64_t *row, int64_t rows, int trees)
{
    FS_TRY(reserve(forest, data, row, rows, trees));
    struct fs_uplift_tree_work *w = forest->work;
    forest->trees = trees;
    forest->nodes = 0;
    for (int c = 0; c < data->columns; c++) {
        const fs_learn_column *column = &data->column[c];
        if (column->number)
            find_edges(w, column, row, rows, &w->bins[c]);
        else
            find_levels(w, column, row, rows, &w->bins[c]);
        uint8_t *bin = w->bin + c * w->stride;
        for (int64_t i = 0; i < rows; i++) bin[row[i]] = bin_of(&w->bins[c], column, row[i]);
    }
    return FS_OK;
}

/* ---- splits ---- */

static void count_row(const fs_uplift_data *data, int64_t row, counts *c)
{
    int arm = data->arm[row];
    c->seen[arm]++;
    c->rows[arm] += data->weight[row];
    c->outcome[arm] += data->weight[row] * data->outcome[row];
}

static void add_counts(counts *c, const counts *more, double sign)
{
    for (int a = 0; a < 2; a++) {
        c->rows[a] += sign * more->rows[a];
        c->outcome[a] += sign * more->outcome[a];
        c->seen[a] += (int64_t)sign * more->seen[a];
    }
}

/* Half a row with and half a row without an outcome keep shares off 0 and 1. */
static double share_of(const counts *c, int arm)
{
    return (c->outcome[arm] + 0.5) / (c->rows[arm] + 1);
}

static double divergence(const counts *c, const fs_uplift_data *data, fs_uplift_criterion criterion)
{
    double p, q;
    if (criterion == FS_UPLIFT_ED || !data->binary) {
        p = c->rows[1] > 0 ? c->outcome[1] / c->rows[1] : 0;
        q = c->rows[0] > 0 ? c->outcome[0] / c->rows[0] : 0;
        return 2 * (p - q) * (p - q);
    }
    p = share_of(c, 1);
    q = share_of(c, 0);
    if (criterion == FS_UPLIFT_KL) return p * log(p / q) + (1 - p) * log((1 - p) / (1 - q));
    return (p - q) * (p - q) * (1 / q + 1 / (1 - q));
}

static double all_rows(const counts *c) { return c->rows[0] + c->rows[1]; }

static bool is_enough(const counts *c, int64_t least)
{
    return c->seen[0] >= least && c->seen[1] >= least;
}

typedef struct split {
    int column, bin; /* column below 0: none */
    double gain;
} split;

/* The best bin of a column to split at. */
static void try_column(const struct fs_uplift_tree_work *w, const fs_uplift_data *data,
                       fs_uplift_criterion criterion, const branch *b, const counts *all,
                       int column, split *best)
{
    counts bin[BINS], below = {{0}, {0}, {0}};
    bool number = data->column[column].number;
    const uint8_t *of = w->bin + column * w->stride;
    double before = divergence(all, data, criterion);
    memset(bin, 0, sizeof bin);
    for (int64_t i = b->from[0]; i < b->to[0]; i++)
        count_row(data, w->drawn[i], &bin[of[w->drawn[i]]]);
    for (int k = 0; k < w->bins[column].count; k++) {
        if (!number) below = (counts){{0}, {0}, {0}};
        add_counts(&below, &bin[k], 1);
        counts above = *all;
        add_counts(&above, &below, -1);
        if (!is_enough(&below, SPLIT_ROWS) || !is_enough(&above, SPLIT_ROWS)) continue;
        double after = all_rows(&below) * divergence(&below, data, criterion) +
                       all_rows(&above) * divergence(&above, data, criterion);
        double gain = after / all_rows(all) - before;
        if (gain > best->gain) *best = (split){.column = column, .bin = k, .gain = gain};
    }
}

static split find_split(struct fs_uplift_tree_work *w, const fs_uplift_data *data,
                        fs_uplift_criterion criterion, const branch *b, fs_random *random)
{
    split best = {.column = -1, .gain = 1e-12}; /* less is rounding */
    counts all = {{0}, {0}, {0}};
    for (int64_t i = b->from[0]; i < b->to[0]; i++) count_row(data, w->drawn[i], &all);
    if (!is_enough(&all, 2 * SPLIT_ROWS)) return best;
    for (int c = 0; c < w->columns; c++) w->order[c] = c;
    for (int c = 0; c < (w->columns + 2) / 3; c++) {
        int at = c + (int)fs_random_below(random, w->columns - c), one = w->order[at];
        w->order[at] = w->order[c];
        w->order[c] = one;
        try_column(w, data, criterion, b, &all, one, &best);
    }
    return best;
}

/* ---- a tree ---- */

static bool is_below(const struct fs_uplift_tree_work *w, const fs_uplift_data *data,
                     const split *s, int64_t row)
{
    int bin = w->bin[s->column * w->stride + row];
    return data->column[s->column].number ? bin <= s->bin : bin == s->bin;
}

/* Puts the rows that go below first; gives where the others begin. */
static int64_t part(struct fs_uplift_tree_work *w, const fs_uplift_data *data, const split *s,
                    int64_t from, int64_t to)
{
    for (int64_t i = from; i < to; i++) {
        int64_t row = w->drawn[i];
        if (!is_below(w, data, s, row)) continue;
        w->drawn[i] = w->drawn[from];
        w->drawn[from++] = row;
    }
    return from;
}

static double value_of(const struct fs_uplift_tree_work *w, const fs_uplift_data *data,
                       const branch *b, double above)
{
    counts all = {{0}, {0}, {0}};
    for (int64_t i = b->from[1]; i < b->to[1]; i++) count_row(data, w->drawn[i], &all);
    if (!is_enough(&all, LEAF_ROWS)) return above;
    return all.outcome[1] / all.rows[1] - all.outcome[0] / all.rows[0];
}

/* A node's two sides; their branches stand behind all others. */
static void branch_out(struct fs_uplift_tree_work *w, const fs_uplift_data *data, const split *s,
                       int from, int first)
{
    branch *own = &w->branch[from], *below = &w->branch[first], *above = below + 1;
    *below = *above = *own;
    for (int half = 0; half < 2; half++)
        below->to[half] = above->from[half] = part(w, data, s, own->from[half], own->to[half]);
    below->depth = above->depth = own->depth + 1;
    below->value = value_of(w, data, below, own->value);
    above->value = value_of(w, data, above, own->value);
}

static void grow_tree(fs_uplift_forest *f, const fs_uplift_data *data,
                      fs_uplift_criterion criterion, int tree, int64_t drawn, fs_random *random)
{
    struct fs_uplift_tree_work *w = f->work;
    fs_uplift_node *node = f->node + f->nodes;
    int nodes = 1;
    w->branch[0] = (branch){.from = {0, drawn / 2}, .to = {drawn / 2, drawn}};
    w->branch[0].value = value_of(w, data, &w->branch[0], 0);
    for (int n = 0; n < nodes; n++) {
        split s = {.column = -1};
        if (w->branch[n].depth < FS_UPLIFT_DEPTH)
            s = find_split(w, data, criterion, &w->branch[n], random);
        node[n] = (fs_uplift_node){.tree = tree, .node = n, .below = -1, .above = -1};
        node[n].value = w->branch[n].value;
        node[n].column = s.column;
        if (s.column < 0) continue;
        branch_out(w, data, &s, n, nodes);
        node[n].below = nodes;
        node[n].above = nodes + 1;
        node[n].level = s.bin; /* its bin, until the forest is handed out */
        nodes += 2;
    }
    f->nodes += nodes;
}

/* The first `wanted` of w->drawn become a draw without putting back. */
static void draw(struct fs_uplift_tree_work *w, int64_t all, int64_t wanted, fs_random *random)
{
    for (int64_t i = 0; i < wanted; i++) {
        int64_t at = i + fs_random_below(random, all - i), row = w->drawn[at];
        w->drawn[at] = w->drawn[i];
        w->drawn[i] = row;
    }
}

void fs_uplift_forest_grow(fs_uplift_forest *forest, const fs_uplift_data *data,
                           const fs_uplift_settings *settings, const fs_learn_rows *rows)
{
    struct fs_uplift_tree_work *w = forest->work;
    int64_t all = 0;
    for (int64_t i = 0; i < rows->count; i++)
        if (i < rows->skip_from || i >= rows->skip_to) w->drawn[all++] = rows->row[i];
    int64_t wanted = all / 2 < ROWS_A_TREE ? all / 2 : ROWS_A_TREE;
    forest->nodes = 0;
    for (int t = 0; t < forest->trees; t++) {
        fs_random random = fs_random_open(settings->seed, 1, (uint64_t)t, 0);
        w->start[t] = (int32_t)forest->nodes;
        draw(w, all, wanted, &random);
        grow_tree(forest, data, settings->criterion, t, wanted, &random);
    }
    for (int64_t n = 0; n < forest->nodes; n++) {
        fs_uplift_node *one = &forest->node[n];
        if (one->below < 0) continue;
        const bins *b = &w->bins[one->column];
        one->knot = data->column[one->column].number ? b->edge[one->level] : 0;
        one->level = data->column[one->column].number ? 0 : b->level[one->level];
    }
}

/* ---- scores ---- */

static bool goes_below(const fs_uplift_node *n, const fs_learn_column *column, int64_t row)
{
    if (!is_known(column, row)) return false;
    return column->number ? column->number[row] <= n->knot : column->level[row] == n->level;
}

double fs_uplift_forest_score(const fs_uplift_forest *forest, const fs_uplift_data *data,
                              int64_t row)
{
    double sum = 0;
    for (int t = 0; t < forest->trees; t++) {
        const fs_uplift_node *root = forest->node + forest->work->start[t], *n = root;
        while (n->below >= 0)
            n = root + (goes_below(n, &data->column[n->column], row) ? n->below : n->above);
        sum += n->value;
    }
    return sum / forest->trees;
}
