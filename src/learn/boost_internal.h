/* boost_internal.h: columns in bins, and the growing of one tree; see boost.c. */
#ifndef FORESELL_BOOST_INTERNAL_H
#define FORESELL_BOOST_INTERNAL_H

#include "learn_internal.h"

/* ---- boost_bins.c ---- */

#define FS_BINS 64 /* of a column at most, that of nulls among them */

/* Bin 0 holds the nulls. Of numbers bin b > 0 holds those above cut[b - 1], not above cut[b] (cut[0] is below all); of texts
 * those of level[b], and the last one all others, its level -1. */
typedef struct fs_bin_column {
    bool text;
    int bins;
    double cut[FS_BINS];
    int32_t level[FS_BINS];
} fs_bin_column;

typedef struct fs_bins {
    int columns;
    int64_t rows;
    fs_bin_column *column;
    uint8_t *bin; /* columns × rows */
    double *scratch;
    int64_t *level_count;
    uint8_t *bin_of_level;
    int64_t column_capacity, bin_capacity, scratch_capacity, level_capacity;
} fs_bins;

/* Bins of row[0 … count - 1], numbered anew from 0. */
FS_MUST_CHECK fs_status fs_bins_make(fs_bins *bins, const fs_learn_column *column, int columns,
                                     const int64_t *row, int64_t count);
void fs_bins_free(fs_bins *bins);

/* ---- boost_tree.c ---- */

/* A condition on bins: above `bin`; of a text, where bin > 0, that very one. */
typedef struct fs_bin_split {
    int column; /* -1: a leaf */
    int bin;
} fs_bin_split;

typedef struct fs_bin_tree {
    fs_bin_split split[FS_TREE_NODES];
    double value[FS_TREE_NODES];
} fs_bin_tree;

typedef struct fs_grower {
    const fs_bins *bins;
    const double *
        slope; /* rows × 2: first and second derivative of the loss by the score, of the rows below */
    int64_t *row; /* those that the tree is grown on, ascending */
    int64_t rows;
    int *column; /* those that it may split */
    int columns;
    double penalty;    /* on the squares of leaves: half of it */
    double least;      /* second derivative that a leaf must hold */
    uint8_t *at;       /* rows: node */
    int64_t *place;    /* rows: those whose histogram is added up */
    uint16_t *offset;  /* of them: where the node's histogram begins */
    double *part;      /* of them × 2: slope */
    double *histogram; /* columns × FS_TREE_NODES / 2 × FS_BINS × 2 */
    double sum[FS_TREE_NODES][2];
    int64_t count[FS_TREE_NODES];
} fs_grower;

void fs_tree_grow(fs_grower *g, fs_bin_tree *tree);
/* The leaf of a row. */
static inline int fs_tree_leaf(const fs_bin_tree *tree, const fs_bins *bins, int64_t row)
{
    int node = 1;
    while (tree->split[node].column >= 0) {
        const fs_bin_split *s = &tree->split[node];
        int bin = bins->bin[s->column * bins->rows + row];
        bool holds = bins->column[s->column].text && s->bin > 0 ? bin == s->bin : bin > s->bin;
        node = 2 * node + holds;
    }
    return node;
}
#endif
