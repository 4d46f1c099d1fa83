/* The periods of a replay and the forecasts made at their ends: a period's own row, and behind it one for each period ahead.
 *
 * Rows ahead may come in any order. A period ahead that is not told is as the one before it. Cost: linear in periods times the
 * farthest period ahead.
 */
#include "replay_rows.h"

#include <math.h>
#include <string.h>

#include "vector.h"

void fs_replay_rows_free(fs_replay_rows *r)
{
    fs_free(r->row);
    fs_free(r->mean);
    fs_free(r->quantile);
    *r = (fs_replay_rows){0};
}

static fs_status grow(double **array, int64_t count)
{
    double *more = fs_realloc(*array, (size_t)count * sizeof *more);
    if (!more) return FS_MEMORY;
    *array = more;
    return FS_OK;
}

static fs_status reserve_rows(fs_replay_rows *r, int64_t count)
{
    if (count <= r->rows_capacity) return FS_OK;
    int64_t *more = fs_realloc(r->row, (size_t)count * sizeof *more);
    if (!more) return FS_MEMORY;
    r->row = more;
    r->rows_capacity = count;
    return FS_OK;
}

static fs_status reserve_values(fs_replay_rows *r)
{
    int64_t count = r->count * r->horizon;
    if (count <= r->values_capacity) return FS_OK;
    r->values_capacity = 0;
    FS_TRY(grow(&r->mean, count));
    FS_TRY(grow(&r->quantile, count * r->quantiles.count));
    r->values_capacity = count;
    return FS_OK;
}

/* From 0; below zero: the row tells no forecast. */
static int64_t ahead_of(const fs_replay_rows *r, const fs_block *block, int64_t row)
{
    const fs_vector *v = &block->column[r->ahead_column];
    if (!fs_vector_known(v, row)) return -1;
    double ahead = v->number[row];
    return ahead >= 1 && ahead <= FS_ORDER_PERIODS ? (int64_t)ahead - 1 : -1;
}

static void find_periods(fs_replay_rows *r, const fs_block *block, int64_t first, int64_t end)
{
    bool many = r->quantiles.count > 0;
    r->count = 0;
    r->horizon = 1;
    while (many && first < end && ahead_of(r, block, first) >= 0) first++;
    for (int64_t i = first; i < end; i++) {
        int64_t ahead = many ? ahead_of(r, block, i) : -1;
        if (ahead < 0) r->row[r->count++] = i;
        if (ahead >= r->horizon) r->horizon = ahead + 1;
    }
    r->row[r->count] = end;
}

static void take_forecast(fs_replay_rows *r, const fs_block *block, int64_t row, int64_t place)
{
    const fs_vector *mean = &block->column[r->mean_column];
    int count = r->quantiles.count;
    if (!fs_vector_known(mean, row) || !(mean->number[row] >= 0)) return;
    r->mean[place] = mean->number[row];
    for (int k = 0; k < count; k++) {
        const fs_vector *v = &block->column[r->quantiles.column[k]];
        bool told = (v->number || v->integer) && fs_vector_known(v, row);
        r->quantile[place * count + k] = told ? fs_vector_number(v, row) : NAN;
    }
}

static void carry_on(fs_replay_rows *r, int64_t first)
{
    size_t count = (size_t)r->quantiles.count;
    for (int64_t i = first + 1; i < first + r->horizon; i++) {
        if (!isnan(r->mean[i])) continue;
        r->mean[i] = r->mean[i - 1];
        memcpy(r->quantile + (size_t)i * count, r->quantile + (size_t)(i - 1) * count,
               count * sizeof *r->quantile);
    }
}

static void take_period(fs_replay_rows *r, const fs_block *block, int64_t t)
{
    int64_t first = t * r->horizon;
    for (int64_t i = 0; i < r->horizon; i++) r->mean[first + i] = NAN;
    for (int64_t i = 0; i < r->horizon * r->quantiles.count; i++)
        r->quantile[first * r->quantiles.count + i] = NAN;
    for (int64_t i = r->row[t]; i < r->row[t + 1]; i++) {
        int64_t ahead = ahead_of(r, block, i);
        if (ahead >= 0) take_forecast(r, block, i, first + ahead);
    }
    carry_on(r, first);
}

fs_status fs_replay_rows_take(fs_replay_rows *r, const fs_block *block, int64_t group)
{
    int64_t first = block->start[group], end = block->start[group + 1];
    FS_TRY(reserve_rows(r, end - first + 1));
    find_periods(r, block, first, end);
    if (r->quantiles.count == 0) return FS_OK;
    FS_TRY(reserve_values(r));
    for (int64_t t = 0; t < r->count; t++) take_period(r, block, t);
    return FS_OK;
}
