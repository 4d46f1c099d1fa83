/* One tree on histograms (Chen, Guestrin 2016, sec. 2.2 and 3.3; Ke et al. 2017).
 *
 * The loss near the present scores is a sum of parabolas, G v + (H + penalty) v² / 2 for the value v of a leaf whose rows have
 * the slopes g and curvatures h with sums G and H. So a leaf's value is -G / (H + penalty), which lowers the loss by
 * G² / (H + penalty) / 2; of all splits of a node the one is taken that lowers it most. Sums are added up by bin; of two
 * children the one with fewer rows is added up, the other is the rest of its parent.
 *
 * Cost: rows × columns for the root and at most half of that for each further level.
 */
#include <string.h>

#include "boost_internal.h"

#define SIZE (FS_BINS * 2) /* of one histogram */

typedef double pair __attribute__((vector_size(16), aligned(8), may_alias));
#define PAIR(pointer) ((pair *)(void *)(pointer))

/* Histograms of one node stand side by side, FS_TREE_NODES / 2 of each column. */
static double *histogram(const fs_grower *g, int column, int node)
{
    return g->histogram + ((int64_t)column * (FS_TREE_NODES / 2) + node) * SIZE;
}

/* ---- sums ---- */

/* Adds the listed rows, column by column. */
static void add_listed(fs_grower *g, int64_t listed)
{
    for (int j = 0; j < g->columns; j++) {
        const uint8_t *bin = g->bins->bin + g->column[j] * g->bins->rows;
        double *to = histogram(g, j, 0);
        for (int64_t i = 0; i < listed; i++)
            *PAIR(to + g->offset[i] + 2 * bin[g->place[i]]) += *PAIR(g->part + 2 * i);
    }
}

/* The rows of nodes that are marked. */
static int64_t list_rows(fs_grower *g, const bool *added)
{
    int64_t listed = 0;
    for (int64_t i = 0; i < g->rows; i++) {
        if (!added[g->at[i]]) continue;
        g->place[listed] = g->row[i];
        g->offset[listed] = (uint16_t)(g->at[i] * SIZE);
        *PAIR(g->part + 2 * listed) = *PAIR(g->slope + 2 * i);
        listed++;
    }
    return listed;
}

static void clear(fs_grower *g, int node)
{
    for (int j = 0; j < g->columns; j++)
        memset(histogram(g, j, node), 0,
               (size_t)g->bins->column[g->column[j]].bins * 2 * sizeof(double));
}

static void subtract(fs_grower *g, int node, int parent, int sibling)
{
    for (int j = 0; j < g->columns; j++) {
        double *to = histogram(g, j, node), *all = histogram(g, j, parent),
               *part = histogram(g, j, sibling);
        for (int b = 0; b < 2 * g->bins->column[g->column[j]].bins; b++) to[b] = all[b] - part[b];
    }
}

/* Histograms of the nodes first … 2 first - 1 that are there. */
static void add_up(fs_grower *g, const fs_bin_tree *tree, int first)
{
    bool added[FS_TREE_NODES] = {false};
    for (int n = first; n < 2 * first; n++) {
        bool there = n == 1 || tree->split[n / 2].column >= 0;
        added[n] = there && (n == 1 || g->count[n] < g->count[n ^ 1] ||
                             (g->count[n] == g->count[n ^ 1] && n % 2 == 0));
        if (added[n]) clear(g, n);
    }
    add_listed(g, list_rows(g, added));
    for (int n = first; n < 2 * first; n++)
        if (n > 1 && tree->split[n / 2].column >= 0 && !added[n]) subtract(g, n, n / 2, n ^ 1);
}

/* ---- splits ---- */

typedef struct best_split {
    fs_bin_split split;
    double gain, sum[2]; /* of the rows in which it holds */
} best_split;

static double worth(const fs_grower *g, double slope, double curvature)
{
    return slope * slope / (curvature + g->penalty);
}

static void consider(const fs_grower *g, const double *all, const double *in, int column, int bin,
                     best_split *best)
{
    double out[2] = {all[0] - in[0], all[1] - in[1]};
    if (in[1] < g->least || out[1] < g->least) return;
    double gain = worth(g, in[0], in[1]) + worth(g, out[0], out[1]) - worth(g, all[0], all[1]);
    if (!(gain > best->gain)) return;
    *best = (best_split){.split = {column, bin}, .gain = gain, .sum = {in[0], in[1]}};
}

static void look_at_column(const fs_grower *g, int j, int node, best_split *best)
{
    int column = g->column[j];
    const fs_bin_column *of = &g->bins->column[column];
    const double *sum = histogram(g, j, node), *all = g->sum[node];
    double above[2] = {all[0], all[1]};
    for (int b = 0; b + 1 < of->bins; b++) {
        above[0] -= sum[2 * b];
        above[1] -= sum[2 * b + 1];
        if (!of->text || b == 0)
            consider(g, all, above, column, b, best);
        else
            consider(g, all, sum + 2 * b, column, b, best);
    }
}

static bool split(fs_grower *g, fs_bin_tree *tree, int node)
{
    best_split best = {.split = {-1, 0}};
    for (int j = 0; j < g->columns; j++) look_at_column(g, j, node, &best);
    tree->split[node] = best.split;
    if (best.split.column < 0) return false;
    for (int p = 0; p < 2; p++) {
        g->sum[2 * node + 1][p] = best.sum[p];
        g->sum[2 * node][p] = g->sum[node][p] - best.sum[p];
    }
    return true;
}

/* Rows go on to the children. */
static void send_rows(fs_grower *g, const fs_bin_tree *tree)
{
    const fs_bins *bins = g->bins;
    memset(g->count, 0, sizeof g->count);
    for (int64_t i = 0; i < g->rows; i++) {
        const fs_bin_split *s = &tree->split[g->at[i]];
        if (s->column < 0) continue;
        int bin = bins->bin[s->column * bins->rows + g->row[i]];
        bool holds = bins->column[s->column].text && s->bin > 0 ? bin == s->bin : bin > s->bin;
        g->at[i] = (uint8_t)(2 * g->at[i] + holds);
        g->count[g->at[i]]++;
    }
}

void fs_tree_grow(fs_grower *g, fs_bin_tree *tree)
{
    for (int n = 0; n < FS_TREE_NODES; n++) tree->split[n].column = -1;
    memset(g->at, 1, (size_t)g->rows);
    memset(g->sum, 0, sizeof g->sum);
    for (int64_t i = 0; i < g->rows; i++)
        for (int p = 0; p < 2; p++) g->sum[1][p] += g->slope[2 * i + p];
    for (int first = 1, more = 1; more && first < FS_TREE_NODES / 2; first *= 2) {
        more = 0;
        add_up(g, tree, first);
        for (int n = first; n < 2 * first; n++)
            if (n == 1 || tree->split[n / 2].column >= 0) more += split(g, tree, n);
        if (more) send_rows(g, tree);
    }
    for (int n = 1; n < FS_TREE_NODES; n++)
        tree->value[n] = -g->sum[n][0] / (g->sum[n][1] + g->penalty);
}
