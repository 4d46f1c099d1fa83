/* Columns into standardised terms.
 *
 * A column of numbers gives itself and hinges at quantiles of the rows learnt from, so that what goes with it may bend there
 * (a linear spline: Hastie, Tibshirani, Friedman 2009, sec. 5.2); and, where it is ever null, whether it is. A null stands
 * at the mean of the others. A column of texts gives a term for each of its most frequent levels. A term has mean 0 and
 * variance 1, so that one penalty means the same for all; what hardly differs from row to row has no term.
 *
 * Cost: a sort of each column of numbers. Terms are filled in anew for every tile of rows, which is cheap beside what is done
 * with them, and needs no memory.
 */
#include <math.h>
#include <string.h>

#include "learn_internal.h"
#include "foresell/numeric.h"

#define LARGEST 1e140
/* Below this share of its size a deviation is that of rounding. */
#define ALIKE 1e-9

void fs_learn_terms_free(fs_learn_terms *terms)
{
    fs_free(terms->term);
    fs_free(terms->mean);
    fs_free(terms->inverse);
    fs_free(terms->scratch);
    fs_free(terms->level_count);
    *terms = (fs_learn_terms){0};
}

static double bounded(double value)
{
    return value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value;
}

static bool is_known(const fs_learn_column *column, int64_t row)
{
    return !column->valid || column->valid[row];
}

/* ---- what terms there are ---- */

static void add_term(fs_learn_terms *terms, fs_term term, double mean, double deviation)
{
    if (!(deviation > 0) || !isfinite(1 / deviation)) return;
    terms->term[terms->count] = term;
    terms->mean[terms->count] = mean;
    terms->inverse[terms->count++] = 1 / deviation;
}

/* The sorted values in scratch, or what is above the knot. */
static void add_curve(fs_learn_terms *terms, fs_term term, int64_t count)
{
    const double *value = terms->scratch;
    bool hinge = term.kind == FS_TERM_HINGE;
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < count; i++) sum += hinge ? fmax(value[i] - term.knot, 0) : value[i];
    double mean = sum / (double)count;
    for (int64_t i = 0; i < count; i++) {
        double away = (hinge ? fmax(value[i] - term.knot, 0) : value[i]) - mean;
        squares += away * away;
    }
    double deviation = sqrt(squares / (double)count);
    double size = fmax(fabs(value[0]), fabs(value[count - 1]));
    add_term(terms, term, mean, deviation > ALIKE * size ? deviation : 0);
}

static void add_share(fs_learn_terms *terms, fs_term term, int64_t part, int64_t whole)
{
    double share = (double)part / (double)whole;
    add_term(terms, term, share, sqrt(share * (1 - share)));
}

/* The known values into scratch, ascending. */
static int64_t gather(fs_learn_terms *terms, const fs_learn_column *column,
                      const fs_learn_rows *rows)
{
    int64_t known = 0;
    for (int64_t i = 0; i < rows->count; i++)
        if (is_known(column, rows->row[i]))
            terms->scratch[known++] = bounded(column->number[rows->row[i]]);
    fs_sort(terms->scratch, known);
    return known;
}

static void add_numbers(fs_learn_terms *terms, const fs_learn_column *column, int number, int knots,
                        const fs_learn_rows *rows)
{
    int64_t known = gather(terms, column, rows);
    if (known > 0) {
        double last = terms->scratch[0], top = terms->scratch[known - 1];
        double least = ALIKE * (top - last);
        add_curve(terms, (fs_term){.kind = FS_TERM_LINEAR, .column = number}, known);
        for (int k = 1; k <= knots; k++) {
            double knot = fs_sorted_quantile(terms->scratch, known, k / (knots + 1.0));
            if (!(knot > last + least) || !(knot < top - least)) continue;
            add_curve(terms, (fs_term){.kind = FS_TERM_HINGE, .column = number, .knot = knot},
                      known);
            last = knot;
        }
    }
    add_share(terms, (fs_term){.kind = FS_TERM_MISSING, .column = number}, rows->count - known,
              rows->count);
}

static void add_levels(fs_learn_terms *terms, const fs_learn_column *column, int number,
                       const fs_learn_rows *rows)
{
    int64_t *count = terms->level_count;
    memset(count, 0, (size_t)column->levels * sizeof *count);
    for (int64_t i = 0; i < rows->count; i++)
        if (is_known(column, rows->row[i])) count[column->level[rows->row[i]]]++;
    for (int n = 0; n < FS_LOGISTIC_LEVELS; n++) {
        int32_t most = -1;
        for (int32_t l = 0; l < column->levels; l++)
            if (count[l] > 0 && (most < 0 || count[l] > count[most])) most = l;
        if (most < 0) return;
        add_share(terms, (fs_term){.kind = FS_TERM_LEVEL, .column = number, .level = most},
                  count[most], rows->count);
        count[most] = 0;
    }
}

static fs_status reserve(fs_learn_terms *terms, int knots, const fs_learn_column *column,
                         int columns, int64_t rows)
{
    int most = 1;
    int64_t levels = 1;
    for (int c = 0; c < columns; c++) {
        most += column[c].number ? 2 + knots : FS_LOGISTIC_LEVELS;
        if (column[c].levels > levels) levels = column[c].levels;
    }
    if (most > terms->capacity) {
        FS_LEARN_GROW(terms->term, most);
        FS_LEARN_GROW(terms->mean, most);
        FS_LEARN_GROW(terms->inverse, most);
        terms->capacity = most;
    }
    if (rows > terms->scratch_capacity) {
        FS_LEARN_GROW(terms->scratch, rows);
        terms->scratch_capacity = rows;
    }
    if (levels > terms->level_capacity) {
        FS_LEARN_GROW(terms->level_count, levels);
        terms->level_capacity = levels;
    }
    return FS_OK;
}

fs_status fs_learn_terms_make(fs_learn_terms *terms, int knots, const fs_learn_column *column,
                              int columns, const fs_learn_rows *rows)
{
    FS_TRY(reserve(terms, knots, column, columns, rows->count));
    terms->count = 1;
    terms->term[0] = (fs_term){.kind = FS_TERM_INTERCEPT, .column = -1};
    terms->mean[0] = 0;
    terms->inverse[0] = 1;
    for (int c = 0; c < columns; c++) {
        if (column[c].number)
            add_numbers(terms, &column[c], c, knots, rows);
        else
            add_levels(terms, &column[c], c, rows);
    }
    return FS_OK;
}

/* ---- their values ---- */

/* Values of a column of numbers, above the knot where there is one; of nulls the mean. */
static void fill_numbers(const fs_term *term, double mean, const fs_learn_column *column,
                         const int64_t *row, int count, double *value)
{
    double knot = term->kind == FS_TERM_HINGE ? term->knot : 0;
    double least = term->kind == FS_TERM_HINGE ? 0 : -LARGEST;
    for (int i = 0; i < count; i++) {
        double above = bounded(column->number[row[i]]) - knot;
        value[i] = above > least ? above : least;
    }
    if (!column->valid) return;
    for (int i = 0; i < count; i++)
        if (!column->valid[row[i]]) value[i] = mean;
}

static void fill_marks(const fs_term *term, const fs_learn_column *column, const int64_t *row,
                       int count, double *value)
{
    bool missing = term->kind == FS_TERM_MISSING;
    for (int i = 0; i < count; i++) {
        bool known = is_known(column, row[i]);
        value[i] = missing ? !known : known && column->level[row[i]] == term->level;
    }
}

void fs_learn_terms_fill(const fs_learn_terms *terms, const fs_learn_column *column,
                         const int64_t *row, int count, double *tile)
{
    for (int i = 0; i < FS_LEARN_TILE; i++) tile[i] = i < count;
    for (int t = 1; t < terms->count; t++) {
        const fs_term *term = &terms->term[t];
        const fs_learn_column *of = &column[term->column];
        double *value = tile + t * FS_LEARN_TILE, mean = terms->mean[t],
               inverse = terms->inverse[t];
        if (term->kind == FS_TERM_LINEAR || term->kind == FS_TERM_HINGE)
            fill_numbers(term, mean, of, row, count, value);
        else
            fill_marks(term, of, row, count, value);
        for (int i = 0; i < count; i++) value[i] = (value[i] - mean) * inverse;
        for (int i = count; i < FS_LEARN_TILE; i++) value[i] = 0;
    }
}
