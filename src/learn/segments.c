/* Segments of rows: columns made comparable, how many segments there are, and how far each can be trusted.
 *
 * A column of numbers is standardised over the rows where it is known; a null stands at the mean. One that is skewed
 * (skewness above SKEWED, what Bulmer 1979 calls highly) is first put through asinh(x / unit), which is a line for small values and a logarithm for large ones of
 * either sign; the unit is the median of the sizes that are not 0, so it does not matter in which currency money is. A column that does not
 * differ has no part.
 *
 * How many: each number from least to most is tried on a sample. By k-means the one whose silhouette (Rousseeuw 1987) is widest is
 * taken among those that are stable: of BOOTSTRAPS samples with replacement each is divided again, and a segment's stability is
 * the mean over them of the largest Jaccard coefficient that a new segment has with it, counted over the rows drawn (Hennig 2007);
 * all must reach VALID, what Hennig asks of a cluster to be believed. Where no number does, the one whose least stable segment is the most
 * stable is taken. By mixtures the number with the least BIC is taken, and its stability is measured afterwards.
 *
 * Cost: a sort of the columns; SAMPLE² × columns for silhouettes; (most - least + 1) × BOOTSTRAPS fits to a sample; one fit to all
 * rows (k-means) or to EXPECTED of them (mixtures). Memory: a copy of the rows.
 */
#include <math.h>
#include <string.h>

#include "kmeans_internal.h"
#include "segments_internal.h"

#define LARGEST    1e140
#define ALIKE      1e-9
#define SKEWED     1.0
#define SAMPLE     1000
#define EXPECTED   50000
#define BOOTSTRAPS 20
#define VALID      0.75
#define STARTS     10

/* ---- columns ---- */

static double bounded(double value)
{
    return value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value;
}

double fs_segment_value(const fs_segment_scale *scale, double value)
{
    double known = bounded(value);
    if (scale->unit > 0) known = asinh(bounded(known / scale->unit));
    return bounded((known - scale->shift) / scale->scale);
}

double fs_segment_value_back(const fs_segment_scale *scale, double z)
{
    double value = scale->shift + scale->scale * z;
    return bounded(scale->unit > 0 ? scale->unit * sinh(fmax(-700, fmin(value, 700))) : value);
}

static bool is_known(const fs_learn_column *column, int64_t row)
{
    return !column->valid || column->valid[row];
}

/* Mean, deviation and skewness of `count` values. */
static void describe(const double *value, int64_t count, double *mean, double *deviation,
                     double *skewness)
{
    double sum = 0, squares = 0, cubes = 0, size = 0;
    for (int64_t i = 0; i < count; i++) sum += value[i];
    *mean = count > 0 ? sum / (double)count : 0;
    for (int64_t i = 0; i < count; i++) {
        squares += (value[i] - *mean) * (value[i] - *mean);
        size = fmax(size, fabs(value[i]));
    }
    double root = count > 0 ? sqrt(squares / (double)count) : 0;
    *deviation = root > ALIKE * size && isfinite(1 / root) ? root : 0;
    for (int64_t i = 0; *deviation > 0 && i < count; i++)
        cubes += pow((value[i] - *mean) / *deviation, 3);
    *skewness = count > 0 ? cubes / (double)count : 0;
}

/* Median of the sizes that are not 0; 0: there are none. */
static double find_unit(const double *value, int64_t count, double *room)
{
    int64_t other = 0;
    for (int64_t i = 0; i < count; i++)
        if (value[i] != 0) room[other++] = fabs(value[i]);
    double unit = fs_median(room, other);
    return isfinite(LARGEST / unit) ? unit : 0;
}

static fs_segment_scale find_scale(const fs_learn_column *column, int64_t rows,
                                   fs_segment_transform transform, double *value, double *room)
{
    fs_segment_scale scale = {0};
    int64_t known = 0;
    double skewness;
    for (int64_t i = 0; i < rows; i++)
        if (is_known(column, i)) value[known++] = bounded(column->number[i]);
    describe(value, known, &scale.shift, &scale.scale, &skewness);
    if (transform == FS_SEGMENT_PLAIN || (transform == FS_SEGMENT_AUTO && !(skewness > SKEWED)))
        return scale;
    scale.unit = find_unit(value, known, room);
    if (!(scale.unit > 0)) return scale;
    for (int64_t i = 0; i < known; i++) value[i] = asinh(bounded(value[i] / scale.unit));
    describe(value, known, &scale.shift, &scale.scale, &skewness);
    return scale;
}

/* Scales of all columns, and the standardised values of those that differ, one behind the other. */
static int standardise(fs_segments *m, const fs_learn_column *column, int columns, int64_t rows,
                       fs_segment_transform transform)
{
    struct fs_segments_work *w = m->work;
    int used = 0;
    for (int c = 0; c < columns; c++) {
        double *z = w->z + (int64_t)used * rows;
        fs_segment_scale scale = find_scale(&column[c], rows, transform, z, w->scratch);
        if (!(scale.scale > 0)) continue;
        w->scale[used] = scale;
        w->column[used++] = c;
        for (int64_t i = 0; i < rows; i++)
            z[i] = is_known(&column[c], i) ? fs_segment_value(&scale, column[c].number[i]) : 0;
    }
    return used;
}

/* ---- a sample ---- */

static void take_sample(struct fs_segments_work *w, int used, int64_t rows, int64_t count,
                        uint64_t seed)
{
    fs_random random = fs_random_open(seed, (uint64_t)rows, (uint64_t)used, 2);
    w->rows = count;
    for (int64_t i = 0; i < count; i++) {
        int64_t from = i * rows / count, to = (i + 1) * rows / count;
        int64_t row = from + fs_random_below(&random, to - from);
        for (int c = 0; c < used; c++) w->sample[c * count + i] = w->z[c * rows + row];
    }
}

/* ---- one way of dividing rows ---- */

static fs_status divide(struct fs_segments_work *w, const fs_segments_settings *s, int segments,
                        int starts, uint64_t seed, const double *z, int used, int64_t rows,
                        fs_error *error)
{
    fs_kmeans_settings plain = {.clusters = segments, .starts = starts, .seed = seed};
    fs_mixture_settings mixed = {.components = segments, .seed = seed};
    if (s->mixture) {
        FS_TRY(fs_mixture_fit(&w->mixture, &mixed, z, used, rows, error));
        w->found = w->mixture.components;
        w->cluster = w->mixture.cluster;
        return FS_OK;
    }
    FS_TRY(fs_kmeans_fit(&w->kmeans, &plain, z, used, rows, error));
    w->found = w->kmeans.clusters;
    w->cluster = w->kmeans.cluster;
    return FS_OK;
}

/* ---- silhouettes (Rousseeuw 1987) ---- */

static double distance(const struct fs_segments_work *w, int used, int64_t i, int64_t j)
{
    double sum = 0;
    for (int c = 0; c < used; c++) {
        double away = w->sample[c * w->rows + i] - w->sample[c * w->rows + j];
        sum += away * away;
    }
    return sqrt(sum);
}

/* Of the row whose distances to the rows of each segment sum to w->sum; 0 where it is alone. */
static double width(const struct fs_segments_work *w, int own)
{
    double inside = w->size[own] > 1 ? w->sum[own] / (w->size[own] - 1) : 0, outside = INFINITY;
    for (int k = 0; k < w->found; k++)
        if (k != own && w->size[k] > 0) outside = fmin(outside, w->sum[k] / w->size[k]);
    double most = fmax(inside, outside);
    return w->size[own] > 1 && isfinite(most) && most > 0 ? (outside - inside) / most : 0;
}

static double find_silhouette(struct fs_segments_work *w, int used)
{
    double sum = 0;
    memset(w->size, 0, sizeof w->size);
    for (int64_t i = 0; i < w->rows; i++) w->size[w->own[i]]++;
    for (int64_t i = 0; i < w->rows; i++) {
        memset(w->sum, 0, sizeof w->sum);
        for (int64_t j = 0; j < w->rows; j++) w->sum[w->own[j]] += distance(w, used, i, j);
        sum += width(w, w->own[i]);
    }
    return sum / (double)w->rows;
}

/* ---- stability (Hennig 2007) ---- */

/* Adds the largest Jaccard coefficient of each segment with one of the resample. */
static void add_agreement(struct fs_segments_work *w, int segments)
{
    double both[FS_SEGMENTS_MOST][FS_SEGMENTS_MOST] = {{0}}, old[FS_SEGMENTS_MOST] = {0},
           new[FS_SEGMENTS_MOST] = {0};
    for (int64_t i = 0; i < w->rows; i++) {
        if (i > 0 && w->drawn[i] == w->drawn[i - 1]) continue;
        both[w->own[w->drawn[i]]][w->cluster[i]]++;
        old[w->own[w->drawn[i]]]++;
        new[w->cluster[i]]++;
    }
    for (int k = 0; k < segments; k++) {
        double most = 0;
        for (int l = 0; l < w->found; l++)
            most = fmax(most, both[k][l] / fmax(old[k] + new[l] - both[k][l], 1));
        w->stability[k] += most / BOOTSTRAPS;
    }
}

/* Rows of the sample drawn with replacement, in their order. */
static void resample(struct fs_segments_work *w, int used, uint64_t seed, uint64_t number)
{
    fs_random random = fs_random_open(seed, number, (uint64_t)w->rows, 3);
    memset(w->times, 0, (size_t)w->rows * sizeof *w->times);
    for (int64_t i = 0; i < w->rows; i++) w->times[fs_random_below(&random, w->rows)]++;
    for (int64_t row = 0, i = 0; row < w->rows; row++)
        for (int32_t n = 0; n < w->times[row]; n++) w->drawn[i++] = (int32_t)row;
    for (int c = 0; c < used; c++)
        for (int64_t i = 0; i < w->rows; i++)
            w->again[c * w->rows + i] = w->sample[c * w->rows + w->drawn[i]];
}

/* Of the segments in w->own; the stability of the least stable one in *least. */
static fs_status find_stability(struct fs_segments_work *w, const fs_segments_settings *s,
                                int segments, int used, double *least, fs_error *error)
{
    memset(w->stability, 0, sizeof w->stability);
    for (int b = 0; b < BOOTSTRAPS; b++) {
        resample(w, used, s->seed, (uint64_t)b);
        FS_TRY(
            divide(w, s, segments, 1, s->seed + 1 + (uint64_t)b, w->again, used, w->rows, error));
        add_agreement(w, segments);
    }
    *least = 1;
    for (int k = 0; k < segments; k++) *least = fmin(*least, w->stability[k]);
    return FS_OK;
}

/* ---- how many ---- */

static fs_status try_number(fs_segments *m, const fs_segments_settings *s, int segments, int used,
                            fs_segment_trial *trial, fs_error *error)
{
    struct fs_segments_work *w = m->work;
    FS_TRY(divide(w, s, segments, STARTS, s->seed, w->sample, used, w->rows, error));
    *trial = (fs_segment_trial){.segments = w->found, .bic = s->mixture ? w->mixture.bic : 0};
    memcpy(w->own, w->cluster, (size_t)w->rows * sizeof *w->own);
    trial->silhouette = find_silhouette(w, used);
    if (s->mixture) return FS_OK;
    return find_stability(w, s, w->found, used, &trial->stability, error);
}

static bool is_better(const fs_segment_trial *a, const fs_segment_trial *b, bool mixture)
{
    if (mixture) return a->bic < b->bic;
    bool valid = a->stability >= VALID, other = b->stability >= VALID;
    if (valid != other) return valid;
    return valid ? a->silhouette > b->silhouette : a->stability > b->stability;
}

static fs_status choose(fs_segments *m, const fs_segments_settings *s, int used, int *segments,
                        fs_error *error)
{
    int from = s->segments > 0 ? s->segments : s->least, to = s->segments > 0 ? from : s->most;
    int best = 0;
    m->trials = 0;
    for (int k = from; k <= to; k++) {
        fs_segment_trial *now = &m->trial[m->trials];
        FS_TRY(try_number(m, s, k, used, now, error));
        if (is_better(now, &m->trial[best], s->mixture)) best = m->trials;
        m->trials++;
        if (now->segments < k) break; /* there are no more different rows */
    }
    *segments = m->trial[best].segments;
    m->silhouette = m->trial[best].silhouette;
    return FS_OK;
}

/* ---- the result ---- */

/* Means, deviations and sizes of the segments of all rows, in order of size as the fit gives them. */
static void set_segments(fs_segments *m, const fs_segments_settings *s, int used)
{
    struct fs_segments_work *w = m->work;
    m->segments = w->found;
    m->bic = s->mixture ? w->mixture.bic : 0;
    for (int k = 0; k < w->found; k++) {
        m->weight[k] =
            s->mixture ? w->mixture.weight[k] : (double)w->kmeans.count[k] / (double)m->fitted;
        for (int c = 0; c < used; c++) {
            int at = k * used + c;
            w->centre[at] = s->mixture ? w->mixture.mean[at] : w->kmeans.centre[at];
            w->deviation[at] = s->mixture ? sqrt(w->mixture.covariance[at * used + c]) : 0;
        }
    }
}

/* Segment of each row of the sample by the model, whose stability is then found. */
static fs_status set_stability(fs_segments *m, const fs_segments_settings *s, int used,
                               fs_error *error)
{
    struct fs_segments_work *w = m->work;
    double chance[FS_SEGMENTS_MOST], least, row[FS_SEGMENT_COLUMNS];
    for (int64_t i = 0; i < w->rows; i++) {
        for (int c = 0; c < used; c++) row[c] = w->sample[c * w->rows + i];
        w->own[i] = (int32_t)fs_segment_nearest(m, row, chance, &least);
    }
    FS_TRY(find_stability(w, s, m->segments, used, &least, error));
    memcpy(m->stability, w->stability, sizeof m->stability);
    return FS_OK;
}

/* ---- memory ---- */

static size_t lay_out(struct fs_segments_work *w, int columns, int64_t rows, double *at)
{
    size_t used = 0, part_rows = (size_t)(rows < EXPECTED ? rows : EXPECTED);
    size_t few = (size_t)(rows < SAMPLE ? rows : SAMPLE), c = (size_t)columns;
    struct {
        double **array;
        size_t size;
    } part[] = {{&w->z, (c + 1) * (size_t)rows},    {&w->scratch, (size_t)rows},
                {&w->sample, c * part_rows},        {&w->again, c * few},
                {&w->centre, c * FS_SEGMENTS_MOST}, {&w->deviation, c * FS_SEGMENTS_MOST}};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        if (at) *part[i].array = at + used;
        used += part[i].size;
    }
    return used;
}

static fs_status reserve(struct fs_segments_work *w, int columns, int64_t rows)
{
    size_t size = lay_out(w, columns, rows, NULL);
    if (size > w->block_capacity) {
        FS_LEARN_GROW(w->block, size);
        w->block_capacity = size;
    }
    if (!w->own) FS_LEARN_GROW(w->own, SAMPLE);
    if (!w->times) FS_LEARN_GROW(w->times, SAMPLE);
    if (!w->drawn) FS_LEARN_GROW(w->drawn, SAMPLE);
    lay_out(w, columns, rows, w->block);
    return FS_OK;
}

void fs_segments_free(fs_segments *m)
{
    struct fs_segments_work *w = m->work;
    if (w) {
        fs_kmeans_free(&w->kmeans);
        fs_mixture_free(&w->mixture);
        fs_free(w->block);
        fs_free(w->own);
        fs_free(w->times);
        fs_free(w->drawn);
    }
    fs_free(w);
    *m = (fs_segments){0};
}

/* ---- the fit ---- */

static fs_status fit(fs_segments *m, const fs_segments_settings *s, int used, int64_t rows,
                     fs_error *error)
{
    struct fs_segments_work *w = m->work;
    int segments = 0;
    take_sample(w, used, rows, rows < SAMPLE ? rows : SAMPLE, s->seed);
    FS_TRY(choose(m, s, used, &segments, error));
    const double *z = w->z;
    m->fitted = rows;
    if (s->mixture && rows > EXPECTED) {
        m->fitted = EXPECTED;
        take_sample(w, used, rows, EXPECTED, s->seed);
        z = w->sample;
    }
    FS_TRY(divide(w, s, segments, STARTS, s->seed, z, used, m->fitted, error));
    m->within = s->mixture ? 0 : w->kmeans.within;
    set_segments(m, s, used);
    take_sample(w, used, rows, rows < SAMPLE ? rows : SAMPLE, s->seed);
    return set_stability(m, s, used, error);
}

fs_status fs_segments_fit(fs_segments *m, const fs_segments_settings *settings,
                          const fs_learn_column *column, int columns, int64_t rows, fs_error *error)
{
    if (!m->work) m->work = fs_alloc_zero(1, sizeof *m->work);
    struct fs_segments_work *w = m->work;
    if (!w) return fs_fail_memory(error, sizeof *w);
    m->segments = m->trials = m->columns = 0;
    m->fitted = 0;
    if (columns > FS_SEGMENT_COLUMNS)
        return fs_fail(error, FS_DATA, "%d columns are more than %d", columns, FS_SEGMENT_COLUMNS);
    if (reserve(w, columns, rows) != FS_OK)
        return fs_fail_memory(error, (size_t)rows * (size_t)(columns + 2) * sizeof(double));
    m->columns = standardise(m, column, columns, rows, settings->transform);
    m->column = w->column;
    m->scale = w->scale;
    m->centre = w->centre;
    m->deviation = w->deviation;
    m->mixture = settings->mixture;
    if (rows == 0 || m->columns == 0) return FS_OK;
    return fit(m, settings, m->columns, rows, error);
}
