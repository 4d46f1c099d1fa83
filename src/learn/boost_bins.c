/* Columns into bins, so that a tree looks at 63 places at most instead of at every value.
 *
 * Numbers are cut at quantiles, half way between two values, so that inputs which differ in their last digits fall into the
 * same bins; texts have a bin for each of their most frequent levels and one for the rest. Nulls stand below all.
 *
 * Cost: a sort of each column, of SORTED rows at most, and a binary search for each value.
 */
#include <math.h>
#include <string.h>

#include "boost_internal.h"
#include "foresell/numeric.h"

#define SORTED  100000 /* quantiles of so many rows are off by a few thousandths of a bin */
#define LARGEST 1e140
#define ALIKE   1e-9 /* of the range: values nearer to one another are not told apart */

void fs_bins_free(fs_bins *bins)
{
    fs_free(bins->column);
    fs_free(bins->bin);
    fs_free(bins->scratch);
    fs_free(bins->level_count);
    fs_free(bins->bin_of_level);
    *bins = (fs_bins){0};
}

static double bounded(double value)
{
    return value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value;
}

static bool is_known(const fs_learn_column *column, int64_t row)
{
    return !column->valid || column->valid[row];
}

/* ---- numbers ---- */

/* Known values of rows evenly taken, ascending, into scratch. */
static int64_t gather(fs_bins *bins, const fs_learn_column *column, const int64_t *row)
{
    int64_t taken = bins->rows < SORTED ? bins->rows : SORTED, known = 0;
    for (int64_t i = 0; i < taken; i++) {
        int64_t from = row[i * bins->rows / taken];
        if (is_known(column, from)) bins->scratch[known++] = bounded(column->number[from]);
    }
    fs_sort(bins->scratch, known);
    return known;
}

/* A cut wherever the share of a bin is full, and never between values that are all but equal. */
static void cut_numbers(fs_bin_column *to, const double *sorted, int64_t known)
{
    double least = known > 0 ? ALIKE * (sorted[known - 1] - sorted[0]) : 0;
    int64_t from = 0;
    *to = (fs_bin_column){.bins = 2};
    to->cut[0] = -INFINITY;
    for (int64_t i = 0; i + 1 < known && to->bins < FS_BINS; i++) {
        int64_t left = known - from, bins_left = FS_BINS - to->bins + 1;
        if (!(sorted[i + 1] - sorted[i] > least) || (i + 1 - from) * bins_left < left) continue;
        to->cut[to->bins - 1] = sorted[i] + (sorted[i + 1] - sorted[i]) / 2;
        to->bins++;
        from = i + 1;
    }
}

static void place_numbers(const fs_bin_column *by, const fs_learn_column *column,
                          const int64_t *row, int64_t rows, uint8_t *bin)
{
    for (int64_t i = 0; i < rows; i++) {
        double value = bounded(column->number[row[i]]);
        int low = 0, cuts = by->bins - 1; /* the last cut that is below the value */
        bin[i] = 0;
        if (!is_known(column, row[i])) continue;
        for (int step = FS_BINS / 2; step > 0; step /= 2)
            if (low + step < cuts && value > by->cut[low + step]) low += step;
        bin[i] = (uint8_t)(low + 1);
    }
}

/* ---- texts ---- */

static void cut_texts(fs_bins *bins, fs_bin_column *to, const fs_learn_column *column,
                      const int64_t *row)
{
    int64_t *count = bins->level_count;
    memset(count, 0, (size_t)column->levels * sizeof *count);
    for (int64_t i = 0; i < bins->rows; i++)
        if (is_known(column, row[i])) count[column->level[row[i]]]++;
    *to = (fs_bin_column){.text = true, .bins = 1};
    for (int n = 0; n < FS_LOGISTIC_LEVELS; n++) {
        int32_t most = -1;
        for (int32_t l = 0; l < column->levels; l++)
            if (count[l] > 0 && (most < 0 || count[l] > count[most])) most = l;
        if (most < 0) break;
        to->level[to->bins++] = most;
        count[most] = 0;
    }
    to->level[to->bins++] = -1;
    memset(bins->bin_of_level, to->bins - 1, (size_t)column->levels);
    for (int b = 1; b < to->bins - 1; b++) bins->bin_of_level[to->level[b]] = (uint8_t)b;
}

static void place_texts(const fs_bins *bins, const fs_learn_column *column, const int64_t *row,
                        uint8_t *bin)
{
    for (int64_t i = 0; i < bins->rows; i++)
        bin[i] = is_known(column, row[i]) ? bins->bin_of_level[column->level[row[i]]] : 0;
}

/* ---- all ---- */

static fs_status reserve(fs_bins *bins, const fs_learn_column *column, int columns, int64_t rows)
{
    int64_t levels = 1, all = rows * columns;
    for (int c = 0; c < columns; c++)
        if (column[c].levels > levels) levels = column[c].levels;
    if (columns > bins->column_capacity) {
        FS_LEARN_GROW(bins->column, columns);
        bins->column_capacity = columns;
    }
    if (all > bins->bin_capacity) {
        FS_LEARN_GROW(bins->bin, all);
        bins->bin_capacity = all;
    }
    if (!bins->scratch || (rows < SORTED ? rows : SORTED) > bins->scratch_capacity) {
        bins->scratch_capacity = rows < SORTED ? rows : SORTED;
        FS_LEARN_GROW(bins->scratch, bins->scratch_capacity);
    }
    if (levels > bins->level_capacity) {
        FS_LEARN_GROW(bins->level_count, levels);
        FS_LEARN_GROW(bins->bin_of_level, levels);
        bins->level_capacity = levels;
    }
    return FS_OK;
}

fs_status fs_bins_make(fs_bins *bins, const fs_learn_column *column, int columns,
                       const int64_t *row, int64_t count)
{
    FS_TRY(reserve(bins, column, columns, count));
    bins->columns = columns;
    bins->rows = count;
    for (int c = 0; c < columns; c++) {
        uint8_t *bin = bins->bin + c * count;
        if (column[c].number) {
            cut_numbers(&bins->column[c], bins->scratch, gather(bins, &column[c], row));
            place_numbers(&bins->column[c], &column[c], row, count, bin);
        } else {
            cut_texts(bins, &bins->column[c], &column[c], row);
            place_texts(bins, &column[c], row, bin);
        }
    }
    return FS_OK;
}
