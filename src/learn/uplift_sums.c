/* Sums of products of terms, by arm: all that linear learners need of the rows.
 *
 * One pass makes them for each fold and arm; every learner, penalty and fold of the cross-validation is then a small linear
 * system (uplift_learners.c), whatever the number of rows.
 *
 * Cost: rows × terms² / 2. Sums go by lanes of fixed order, so results are the same on every machine.
 */
#include <string.h>

#include "uplift_internal.h"
#include "foresell/numeric.h"

#define TILE  FS_LEARN_TILE
#define WIDTH 4

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));
#define AT(pointer) ((const vector *)(const void *)(pointer))
#define TO(pointer) ((vector *)(void *)(pointer))
#define INLINE      static inline __attribute__((always_inline))

/* The products of z with four terms at once. */
INLINE void dot_four(const double *z, const double *x, double *sum)
{
    vector s[4] = {{0}};
    for (int i = 0; i < TILE / WIDTH; i++)
        for (int k = 0; k < 4; k++) s[k] += AT(z)[i] * AT(x + k * TILE)[i];
    for (int k = 0; k < 4; k++) sum[k] += (s[k][0] + s[k][1]) + (s[k][2] + s[k][3]);
}

/* Of each term the products with those up to it, and with y. z: room for a term. */
FS_LANES static void add_tile(const double *tile, int terms, const double *weight, const double *y,
                              double *z, double *gram, double *moment)
{
    double sum[4];
    for (int t = 0; t < terms; t++) {
        for (int i = 0; i < TILE / WIDTH; i++) TO(z)[i] = AT(tile + t * TILE)[i] * AT(weight)[i];
        for (int u = 0; u <= t; u += 4) {
            memset(sum, 0, sizeof sum);
            dot_four(z, tile + u * TILE, sum);
            for (int k = 0; k < 4 && u + k <= t; k++) gram[t * terms + u + k] += sum[k];
        }
        for (int i = 0; i < TILE; i++) moment[t] += z[i] * y[i];
    }
}

static void mirror(int terms, double *gram)
{
    for (int t = 0; t < terms; t++)
        for (int u = 0; u < t; u++) gram[u * terms + t] = gram[t * terms + u];
}

void fs_uplift_add(const fs_learn_terms *terms, const fs_uplift_data *data, const int64_t *row,
                   int64_t count, double *tile, fs_uplift_sums *sums)
{
    double weight[TILE], y[TILE], z[TILE];
    memset(tile + (size_t)terms->count * TILE, 0, 4 * TILE * sizeof *tile);
    for (int64_t at = 0; at < count; at += TILE) {
        int some = (int)(count - at < TILE ? count - at : TILE);
        for (int i = 0; i < TILE; i++) {
            weight[i] = i < some ? data->weight[row[at + i]] : 0;
            y[i] = i < some ? data->outcome[row[at + i]] : 0;
            sums->rows += weight[i];
        }
        fs_learn_terms_fill(terms, data->column, row + at, some, tile);
        add_tile(tile, terms->count, weight, y, z, sums->gram, sums->moment);
    }
    mirror(terms->count, sums->gram);
}

void fs_uplift_merge(int terms, fs_uplift_sums *sums, const fs_uplift_sums *other)
{
    sums->rows += other->rows;
    for (int i = 0; i < terms * terms; i++) sums->gram[i] += other->gram[i];
    for (int i = 0; i < terms; i++) sums->moment[i] += other->moment[i];
}

void fs_uplift_clear(int terms, fs_uplift_sums *sums)
{
    sums->rows = 0;
    memset(sums->gram, 0, (size_t)terms * (size_t)terms * sizeof *sums->gram);
    memset(sums->moment, 0, (size_t)terms * sizeof *sums->moment);
}
