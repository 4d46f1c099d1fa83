/* One round of k-means over tiles of rows: which centre is nearest, and the sums of those rows, sixteen rows at a time.
 *
 * Distances are added up column by column, and rows into the sums by masks, so there is no branch and no scatter. Each
 * lane has sums of its own, added in one order: the same bits on every machine. A row costs clusters × columns × 5 operations
 * on a lane, some 12 cycles for 5 clusters of 3 columns, less than it costs to keep Hamerly's or Elkan's bounds for it (those
 * pay from some tens of clusters on; FS_SEGMENTS_MOST is below).
 */
#include <string.h>

#include "kmeans_internal.h"

#define WIDTH FS_KMEANS_LANES
#define WIDE  4 /* vectors that are worked on together */

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));
typedef int64_t choice __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));
#define AT(pointer) ((const vector *)(const void *)(pointer))
#define TO(pointer) ((vector *)(void *)(pointer))
#define INLINE      static inline __attribute__((always_inline))

typedef struct group {
    vector best[WIDE];
    choice which[WIDE];
} group;

INLINE void find_nearest(const double *x, int columns, const double *centre, int clusters, group *g)
{
    for (int v = 0; v < WIDE; v++) {
        g->best[v] = (vector){0} + 1e308;
        g->which[v] = (choice){0};
    }
    for (int k = 0; k < clusters; k++) {
        vector square[WIDE] = {{0}};
        for (int c = 0; c < columns; c++)
            for (int v = 0; v < WIDE; v++) {
                vector away = AT(x + c * FS_LEARN_TILE)[v] - centre[k * columns + c];
                square[v] += away * away;
            }
        for (int v = 0; v < WIDE; v++) {
            choice nearer = square[v] < g->best[v];
            g->best[v] = (vector)(((choice)square[v] & nearer) | ((choice)g->best[v] & ~nearer));
            g->which[v] = (nearer & (int64_t)k) | (g->which[v] & ~nearer);
        }
    }
}

/* Rows from `left` on are not there. */
INLINE void leave_out(group *g, int64_t left)
{
    for (int v = 0; v < WIDE; v++) {
        choice place = (choice){0, 1, 2, 3} + (int64_t)v * WIDTH, here = place < left;
        g->which[v] = (g->which[v] & here) | ~here;
        g->best[v] = (vector)((choice)g->best[v] & here);
    }
}

INLINE void add_group(const double *x, int columns, int clusters, const group *g, fs_kmeans_sums *s)
{
    const vector one = (vector){0} + 1.0;
    *TO(s->within) += (g->best[0] + g->best[1]) + (g->best[2] + g->best[3]);
    for (int k = 0; k < clusters; k++) {
        choice is[WIDE];
        vector part[WIDE];
        for (int v = 0; v < WIDE; v++) {
            is[v] = g->which[v] == (int64_t)k;
            part[v] = (vector)((choice)one & is[v]);
        }
        TO(s->count)[k] += (part[0] + part[1]) + (part[2] + part[3]);
        for (int c = 0; c < columns; c++) {
            for (int v = 0; v < WIDE; v++)
                part[v] =
                    (vector)(((const choice *)(const void *)(x + c * FS_LEARN_TILE))[v] & is[v]);
            TO(s->sum)[k * columns + c] += (part[0] + part[1]) + (part[2] + part[3]);
        }
    }
}

INLINE void add_rows(const double *x, int64_t left, int columns, const double *centre, int clusters,
                     fs_kmeans_sums *sums, int32_t *cluster)
{
    group g;
    find_nearest(x, columns, centre, clusters, &g);
    if (left < WIDE * WIDTH) leave_out(&g, left);
    add_group(x, columns, clusters, &g, sums);
    for (int i = 0; cluster && i < WIDE * WIDTH && i < left; i++)
        cluster[i] = (int32_t)g.which[i / WIDTH][i % WIDTH];
}

FS_LANES void fs_kmeans_pass(const fs_learn_points *points, const double *centre, int clusters,
                             fs_kmeans_sums *sums, int32_t *cluster)
{
    int columns = points->columns;
    memset(sums->within, 0, sizeof sums->within);
    memset(sums->count, 0, (size_t)clusters * WIDTH * sizeof *sums->count);
    memset(sums->sum, 0, (size_t)clusters * (size_t)columns * WIDTH * sizeof *sums->sum);
    for (int64_t at = 0; at < points->rows; at += WIDE * WIDTH) {
        const double *x =
            points->tile + at / FS_LEARN_TILE * columns * FS_LEARN_TILE + at % FS_LEARN_TILE;
        add_rows(x, points->rows - at, columns, centre, clusters, sums,
                 cluster ? cluster + at : NULL);
    }
}
