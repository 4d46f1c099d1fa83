/* A mixture of Gaussians: each row comes from one of a few normal distributions, with the weights, means and covariances under which
 * the rows are likeliest, found by expectation and maximisation (Dempster, Laird, Rubin 1977) from where k-means ends.
 *
 * Columns are standardised within. To each variance comes a share FLOOR of the column's, so that a component cannot shrink onto one
 * row; equal columns and constant ones stay definite by it. A component that is left without rows keeps its shape with weight 0.
 * It ends where the mean log-likelihood of a row rises by less than ENOUGH. BIC is -2 log-likelihood + parameters × log rows (Schwarz 1978; Fraley,
 * Raftery 2002): less is better.
 *
 * Cost: rows × components × columns (full: columns²) a round. Memory: a copy of the rows, and rows × components.
 */
#include <math.h>
#include <string.h>

#include "learn_internal.h"
#include "foresell/numeric.h"

#define LARGEST 1e140
#define FLOOR   1e-6
#define ENOUGH  1e-7
#define ROUNDS  300
#define STARTS  5
#define ALIKE   1e-9 /* below this share of its size a deviation is that of rounding */
#define LOG_2PI 1.8378770664093453

struct fs_mixture_work {
    fs_kmeans start;
    double *block;
    size_t block_capacity;
    double *z, *chance; /* rows × columns, rows × components: by rows */
    double *column;     /* columns × rows */
    double *shift, *scale;
    double *weight, *mean, *covariance, *factor,
        *base; /* standardised; base: log of weight over root of determinant */
    double *away, *out_mean, *out_covariance;
    int32_t *cluster;
    int64_t cluster_capacity;
};

/* ---- memory ---- */

static size_t lay_out(struct fs_mixture_work *w, int64_t rows, int columns, int most, double *at)
{
    size_t n = (size_t)rows, c = (size_t)columns, k = (size_t)most, used = 0;
    struct {
        double **array;
        size_t size;
    } part[] = {{&w->z, n * c},
                {&w->column, n * c},
                {&w->chance, n * k},
                {&w->shift, c},
                {&w->scale, c},
                {&w->weight, k},
                {&w->mean, k * c},
                {&w->covariance, k * c * c},
                {&w->factor, k * c * c},
                {&w->base, k},
                {&w->away, c},
                {&w->out_mean, k * c},
                {&w->out_covariance, k * c * c}};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        if (at) *part[i].array = at + used;
        used += part[i].size;
    }
    return used;
}

static fs_status reserve(struct fs_mixture_work *w, int64_t rows, int columns, int most)
{
    size_t size = lay_out(w, rows, columns, most, NULL);
    if (size > w->block_capacity) {
        FS_LEARN_GROW(w->block, size);
        w->block_capacity = size;
    }
    if (rows > w->cluster_capacity) {
        FS_LEARN_GROW(w->cluster, rows);
        w->cluster_capacity = rows;
    }
    lay_out(w, rows, columns, most, w->block);
    return FS_OK;
}

/* ---- rows ---- */

static double bounded(double value)
{
    return value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value;
}

static void standardise(struct fs_mixture_work *w, const double *x, int columns, int64_t rows)
{
    for (int c = 0; c < columns; c++) {
        double sum = 0, squares = 0, size = 0;
        for (int64_t i = 0; i < rows; i++) sum += bounded(x[c * rows + i]);
        w->shift[c] = sum / (double)rows;
        for (int64_t i = 0; i < rows; i++) {
            double value = bounded(x[c * rows + i]), away = value - w->shift[c];
            squares += away * away;
            size = fmax(size, fabs(value));
        }
        double scale = sqrt(squares / (double)rows);
        w->scale[c] = scale > ALIKE * size && isfinite(1 / scale) ? scale : 1;
        for (int64_t i = 0; i < rows; i++)
            w->z[i * columns + c] = (bounded(x[c * rows + i]) - w->shift[c]) / w->scale[c];
    }
}

/* ---- maximisation ---- */

static void add_outer(const double *away, int columns, bool full, double chance, double *sum)
{
    for (int a = 0; a < columns; a++)
        for (int b = full ? 0 : a; b <= a; b++) sum[a * columns + b] += chance * away[a] * away[b];
}

/* Weight, mean and covariance (lower half) of component k from the rows' chances. */
static void maximise(const fs_mixture *m, int k, int64_t rows, bool full)
{
    struct fs_mixture_work *w = m->work;
    int columns = m->columns, most = m->components;
    double *mean = w->mean + k * columns, *sum = w->covariance + k * columns * columns, weight = 0;
    for (int64_t i = 0; i < rows; i++) weight += w->chance[i * most + k];
    w->weight[k] = weight / (double)rows;
    if (!(w->weight[k] > 1e-12)) return;
    memset(mean, 0, (size_t)columns * sizeof *mean);
    memset(sum, 0, (size_t)columns * (size_t)columns * sizeof *sum);
    for (int64_t i = 0; i < rows; i++)
        for (int c = 0; c < columns; c++)
            mean[c] += w->chance[i * most + k] / weight * w->z[i * columns + c];
    for (int64_t i = 0; i < rows; i++) {
        for (int c = 0; c < columns; c++) w->away[c] = w->z[i * columns + c] - mean[c];
        add_outer(w->away, columns, full, w->chance[i * most + k] / weight, sum);
    }
    for (int c = 0; c < columns; c++) sum[c * columns + c] += FLOOR;
}

static void prepare(const fs_mixture *m, int k)
{
    struct fs_mixture_work *w = m->work;
    int columns = m->columns;
    size_t size = (size_t)columns * (size_t)columns;
    double *factor = w->factor + k * (int64_t)size;
    memcpy(factor, w->covariance + k * (int64_t)size, size * sizeof *factor);
    (void)fs_cholesky_factorise(factor, columns);
    w->base[k] = log(fmax(w->weight[k], 1e-300)) - columns * LOG_2PI / 2;
    for (int c = 0; c < columns; c++) w->base[k] += log(factor[c * columns + c]);
}

/* ---- expectation ---- */

/* Log of weight times density of component k at z. */
static double log_density(const fs_mixture *m, int k, const double *z, double *away)
{
    const struct fs_mixture_work *w = m->work;
    int columns = m->columns;
    const double *factor = w->factor + k * columns * columns;
    double square = 0;
    for (int c = 0; c < columns; c++) {
        double value = z[c] - w->mean[k * columns + c];
        for (int b = 0; b < c; b++) value -= factor[c * columns + b] * away[b];
        away[c] = value * factor[c * columns + c];
        square += away[c] * away[c];
    }
    return fmax(w->base[k] - square / 2, -1e300);
}

/* Chances of each component in each row; the mean log-likelihood of a row. */
static double expect(const fs_mixture *m, int64_t rows)
{
    const struct fs_mixture_work *w = m->work;
    int count = m->components;
    double sum = 0;
    for (int k = 0; k < count; k++) prepare(m, k);
    for (int64_t i = 0; i < rows; i++) {
        double *chance = w->chance + i * count, most = -INFINITY, all = 0;
        for (int k = 0; k < count; k++) {
            chance[k] = log_density(m, k, w->z + i * m->columns, w->away);
            most = fmax(most, chance[k]);
        }
        for (int k = 0; k < count; k++) all += exp(chance[k] - most);
        for (int k = 0; k < count; k++) chance[k] = exp(chance[k] - most) / all;
        sum += most + log(all);
    }
    return sum / (double)rows;
}

static double iterate(fs_mixture *m, int64_t rows, bool full)
{
    double before = -INFINITY, now = 0;
    for (m->rounds = 0; m->rounds < ROUNDS; m->rounds++) {
        for (int k = 0; k < m->components; k++) maximise(m, k, rows, full);
        now = expect(m, rows);
        if (now - before < ENOUGH) break;
        before = now;
    }
    return now;
}

/* ---- results ---- */

static void set_results(fs_mixture *m, int64_t rows, bool full, double mean_log)
{
    struct fs_mixture_work *w = m->work;
    int columns = m->columns, count = m->components;
    m->log_likelihood = mean_log * (double)rows;
    for (int c = 0; c < columns; c++) m->log_likelihood -= (double)rows * log(w->scale[c]);
    double shape = full ? columns * (columns + 1) / 2.0 : columns;
    double parameters = count * (columns + shape) + count - 1;
    m->bic = -2 * m->log_likelihood + parameters * log((double)rows);
    for (int k = 0; k < count; k++)
        for (int a = 0; a < columns; a++) {
            const double *own = w->covariance + k * columns * columns;
            double *out = w->out_covariance + k * columns * columns;
            w->out_mean[k * columns + a] = w->shift[a] + w->scale[a] * w->mean[k * columns + a];
            for (int b = 0; b < columns; b++)
                out[a * columns + b] =
                    w->scale[a] * w->scale[b] * own[a >= b ? a * columns + b : b * columns + a];
        }
    for (int64_t i = 0; i < rows; i++) {
        w->cluster[i] = 0;
        for (int k = 1; k < count; k++)
            if (w->chance[i * count + k] > w->chance[i * count + w->cluster[i]]) w->cluster[i] = k;
    }
    m->weight = w->weight;
    m->mean = w->out_mean;
    m->covariance = w->out_covariance;
    m->probability = w->chance;
    m->cluster = w->cluster;
}

/* Each row in the component that k-means puts it into. */
static fs_status begin(fs_mixture *m, const fs_mixture_settings *settings, int64_t rows,
                       fs_error *error)
{
    struct fs_mixture_work *w = m->work;
    int columns = m->columns;
    fs_kmeans_settings start = {
        .clusters = settings->components, .starts = STARTS, .seed = settings->seed};
    for (int64_t i = 0; i < rows; i++)
        for (int c = 0; c < columns; c++) w->column[c * rows + i] = w->z[i * columns + c];
    FS_TRY(fs_kmeans_fit(&w->start, &start, w->column, columns, rows, error));
    m->components = w->start.clusters;
    for (int64_t i = 0; i < rows; i++)
        for (int k = 0; k < m->components; k++)
            w->chance[i * m->components + k] = w->start.cluster[i] == k;
    return FS_OK;
}

fs_status fs_mixture_fit(fs_mixture *m, const fs_mixture_settings *settings, const double *x,
                         int columns, int64_t rows, fs_error *error)
{
    if (!m->work) m->work = fs_alloc_zero(1, sizeof *m->work);
    struct fs_mixture_work *w = m->work;
    if (!w) return fs_fail_memory(error, sizeof *w);
    m->components = m->rounds = 0;
    m->columns = columns;
    m->log_likelihood = m->bic = 0;
    if (rows == 0 || columns == 0) return FS_OK;
    if (reserve(w, rows, columns, settings->components) != FS_OK)
        return fs_fail_memory(error, (size_t)rows * (size_t)columns * sizeof *x);
    standardise(w, x, columns, rows);
    FS_TRY(begin(m, settings, rows, error));
    set_results(m, rows, settings->full, iterate(m, rows, settings->full));
    return FS_OK;
}

void fs_mixture_free(fs_mixture *m)
{
    if (m->work) {
        fs_kmeans_free(&m->work->start);
        fs_free(m->work->block);
        fs_free(m->work->cluster);
    }
    fs_free(m->work);
    *m = (fs_mixture){0};
}
