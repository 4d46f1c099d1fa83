/* A column that alone tells a class all but surely, which real foreknowledge hardly ever does: most often it was written down
 * after the event (a date of cancelling, a reason for it). Such a leak is said, not removed: who knows the data decides.
 *
 * Each stretch of the rows is foretold by the share of the class in each bin of the others; over all stretches that gives the area
 * under the ROC curve (Hanley, McNeil 1982).
 *
 * Cost: rows × columns, and a sort of at most bins × folds cells for each column and class.
 */
#include <stdlib.h>
#include <string.h>

#include "classifier_internal.h"

#define FOLDS FS_TELLTALE_FOLDS
#define FEW   10 /* rows of a class: of fewer it may be chance */

/* Rows of one stretch in one bin. */
typedef struct cell {
    double chance;
    double in, out; /* of the class, and not */
} cell;

static int by_chance(const void *left, const void *right)
{
    double a = ((const cell *)left)->chance, b = ((const cell *)right)->chance;
    return (a > b) - (a < b);
}

static void count(const fs_bins *bins, const int32_t *label, int column, int32_t class,
                  cell cells[FOLDS][FS_BINS])
{
    const uint8_t *bin = bins->bin + column * bins->rows;
    memset(cells, 0, FOLDS * sizeof *cells);
    for (int f = 0; f < FOLDS; f++)
        for (int64_t i = bins->rows * f / FOLDS; i < bins->rows * (f + 1) / FOLDS; i++)
            *(label[i] == class ? &cells[f][bin[i]].in : &cells[f][bin[i]].out) += 1;
}

static void foretell(cell cells[FOLDS][FS_BINS])
{
    for (int b = 0; b < FS_BINS; b++) {
        double in = 0, out = 0;
        for (int f = 0; f < FOLDS; f++) {
            in += cells[f][b].in;
            out += cells[f][b].out;
        }
        for (int f = 0; f < FOLDS; f++) {
            cell *c = &cells[f][b];
            c->chance = (in - c->in + 0.5) / (in - c->in + out - c->out + 1);
        }
    }
}

/* The share of pairs, one row of the class and one not, of which the first has the higher chance; ties count half. */
static double area(cell *cells, int count)
{
    double below = 0, pairs = 0, in = 0;
    qsort(cells, (size_t)count, sizeof *cells, by_chance);
    for (int i = 0, j; i < count; i = j) {
        double more_in = 0, more_out = 0;
        for (j = i; j < count && cells[j].chance <= cells[i].chance; j++) {
            more_in += cells[j].in;
            more_out += cells[j].out;
        }
        pairs += more_in * (below + more_out / 2);
        below += more_out;
        in += more_in;
    }
    return in < FEW || below < FEW ? 0 : pairs / (in * below);
}

int fs_find_telltale(const fs_bins *bins, const int32_t *label, int classes, double *auc)
{
    cell cells[FOLDS][FS_BINS];
    int found = -1;
    *auc = FS_TELLTALE;
    for (int c = 0; c < bins->columns; c++)
        for (int32_t k = classes == 2; k < classes; k++) {
            count(bins, label, c, k, cells);
            foretell(cells);
            double own = area(cells[0], FOLDS * FS_BINS);
            if (!(own > *auc)) continue;
            *auc = own;
            found = c;
        }
    return found;
}
