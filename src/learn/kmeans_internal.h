/* kmeans_internal.h: points in tiles, one round of k-means over them in lanes, and fits to them; see kmeans.c. */
#ifndef FORESELL_KMEANS_INTERNAL_H
#define FORESELL_KMEANS_INTERNAL_H

#include "learn_internal.h"
#include "foresell/numeric.h"

#define FS_KMEANS_LANES 4

/* Value of row i, column c: tile[(i / 64 * columns + c) * 64 + i % 64]; behind the last row zeros. */
typedef struct fs_learn_points {
    double *tile; /* FS_POINTS_ROOM(rows) * columns */
    int64_t rows;
    int columns;
} fs_learn_points;
#define FS_POINTS_ROOM(rows) (((size_t)(rows) + FS_LEARN_TILE - 1) / FS_LEARN_TILE * FS_LEARN_TILE)

/* Value of row `from` of the columns x (columns × all rows) into row i. Beyond ±1e140 it counts as that. */
void fs_learn_point_set(fs_learn_points *points, int64_t i, const double *x, int64_t all,
                        int64_t from);
void fs_learn_point_copy(fs_learn_points *to, int64_t i, const fs_learn_points *from, int64_t j);

static inline double fs_learn_point_at(const fs_learn_points *p, int64_t i, int column)
{
    return p->tile[(i / FS_LEARN_TILE * p->columns + column) * FS_LEARN_TILE + i % FS_LEARN_TILE];
}

double fs_learn_point_distance(const fs_learn_points *p, int64_t i, const double *centre);

/* Sums of the rows that are nearest to each centre. */
typedef struct fs_kmeans_sums {
    double *sum;   /* clusters × columns × lanes */
    double *count; /* clusters × lanes */
    double within[FS_KMEANS_LANES];
} fs_kmeans_sums;

/* Adds up what is nearest to which centre (the first of equals); cluster: rows, or NULL. */
void fs_kmeans_pass(const fs_learn_points *points, const double *centre, int clusters,
                    fs_kmeans_sums *sums, int32_t *cluster);

/* What a fit works with; all sizes are those of the largest call. */
typedef struct fs_kmeans_room {
    double *centre, *other;   /* clusters × columns */
    double *best;             /* the same, of the best start */
    double *nearest, *chance; /* rows: squares to the nearest centre; those with a candidate */
    fs_kmeans_sums sums;
} fs_kmeans_room;
size_t fs_kmeans_room_size(int64_t rows, int columns, int clusters);
void fs_kmeans_room_cut(fs_kmeans_room *room, int64_t rows, int columns, int clusters, double *at);

/* Moves room->centre to where no row changes, or where a round brings less than a share `enough`. Returns the sum of squares. */
double fs_kmeans_settle(const fs_learn_points *points, int clusters, double enough,
                        fs_kmeans_room *room, int *rounds);
/* The best of so many starts in room->centre; how many clusters: fewer than asked for where rows differ in fewer. */
int fs_kmeans_best(const fs_learn_points *points, int clusters, int starts, uint64_t seed,
                   uint64_t key, fs_kmeans_room *room, double *within);
#endif
