/* k-means: centres such that the sum of squares from each row to its nearest one is least (Lloyd 1982).
 *
 * A start takes centres one after the other, a row with a chance in proportion to its square to the nearest one so far (k-means++:
 * Arthur, Vassilvitskii 2007), the best of 2 + ln k candidates each time. From there centres move to the means of
 * what is nearest to them until nothing changes. Of several starts the best is kept. One left without rows moves to the row that is
 * farthest from its own.
 *
 * Where rows are more than SAMPLE, starts are tried on a sample of them, one row drawn from each of as many equal stretches; all
 * rows then need only the last rounds, which end when one brings less than a share ENOUGH of the sum, far less than another
 * sample of customers would change it by. So nothing is gained here by mini-batches, which give worse centres.
 *
 * Clusters are numbered by size, of equal ones by centre. Cost: rows × clusters × columns × rounds, see kmeans_lanes.c. Memory: a
 * copy of the rows.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "kmeans_internal.h"

#define LARGEST 1e140
#define SAMPLE  10000
#define ENOUGH  1e-6
#define ROUNDS  300
#define LANES   FS_KMEANS_LANES

struct fs_kmeans_work {
    fs_learn_points all, sample;
    fs_kmeans_room room;
    double *block;
    size_t block_capacity;
    int32_t *cluster;
    int64_t cluster_capacity;
    int64_t count[FS_KMEANS_MOST];
    int32_t place[FS_KMEANS_MOST], rank[FS_KMEANS_MOST];
};

/* ---- points ---- */

void fs_learn_point_set(fs_learn_points *p, int64_t i, const double *x, int64_t all, int64_t from)
{
    double *to = p->tile + i / FS_LEARN_TILE * p->columns * FS_LEARN_TILE + i % FS_LEARN_TILE;
    for (int c = 0; c < p->columns; c++) {
        double value = x[c * all + from];
        to[(size_t)c * FS_LEARN_TILE] = value > LARGEST    ? LARGEST
                                        : value < -LARGEST ? -LARGEST
                                                           : value;
    }
}

void fs_learn_point_copy(fs_learn_points *to, int64_t i, const fs_learn_points *from, int64_t j)
{
    double *place = to->tile + i / FS_LEARN_TILE * to->columns * FS_LEARN_TILE + i % FS_LEARN_TILE;
    for (int c = 0; c < to->columns; c++)
        place[(size_t)c * FS_LEARN_TILE] = fs_learn_point_at(from, j, c);
}

double fs_learn_point_distance(const fs_learn_points *p, int64_t i, const double *centre)
{
    double sum = 0;
    for (int c = 0; c < p->columns; c++) {
        double away = fs_learn_point_at(p, i, c) - centre[c];
        sum += away * away;
    }
    return sum;
}

/* ---- room ---- */

size_t fs_kmeans_room_size(int64_t rows, int columns, int clusters)
{
    size_t one = (size_t)clusters * (size_t)columns;
    return 3 * one + 2 * (size_t)rows + one * LANES + (size_t)clusters * LANES;
}

void fs_kmeans_room_cut(fs_kmeans_room *room, int64_t rows, int columns, int clusters, double *at)
{
    size_t one = (size_t)clusters * (size_t)columns;
    room->centre = at;
    room->other = room->centre + one;
    room->best = room->other + one;
    room->nearest = room->best + one;
    room->chance = room->nearest + rows;
    room->sums.sum = room->chance + rows;
    room->sums.count = room->sums.sum + one * LANES;
}

/* ---- a start ---- */

static void set_centre(const fs_learn_points *p, int64_t row, double *centre)
{
    for (int c = 0; c < p->columns; c++) centre[c] = fs_learn_point_at(p, row, c);
}

/* The first row up to which a share of the sum lies. */
static int64_t draw(const double *square, int64_t rows, double sum, fs_random *random)
{
    double left = fs_random_uniform(random) * sum;
    int64_t last = -1;
    for (int64_t i = 0; i < rows; i++) {
        if (!(square[i] > 0)) continue;
        last = i;
        left -= square[i];
        if (left < 0) break;
    }
    return last;
}

/* Squares to the nearest centre if `centre` were one, and their sum. */
static double try_centre(const fs_learn_points *p, const double *centre, const double *nearest,
                         double *square)
{
    double sum = 0;
    for (int64_t i = 0; i < p->rows; i++) {
        double now = fs_learn_point_distance(p, i, centre);
        square[i] = now < nearest[i] ? now : nearest[i];
        sum += square[i];
    }
    return sum;
}

/* Adds the best candidate as centre k; the sum of squares that is left. */
static double add_centre(const fs_learn_points *p, int k, double sum, fs_random *random,
                         fs_kmeans_room *room)
{
    double *centre = room->centre + (size_t)k * (size_t)p->columns, least = INFINITY;
    int64_t best = 0;
    int candidates = 2 + (int)log(k + 1.0);
    for (int n = 0; n < candidates; n++) {
        int64_t row = draw(room->nearest, p->rows, sum, random);
        set_centre(p, row, centre);
        double now = try_centre(p, centre, room->nearest, room->chance);
        if (now < least) best = row;
        least = fmin(least, now);
    }
    set_centre(p, best, centre);
    least = try_centre(p, centre, room->nearest, room->chance);
    memcpy(room->nearest, room->chance, (size_t)p->rows * sizeof *room->nearest);
    return least;
}

static int start(const fs_learn_points *p, int clusters, fs_random *random, fs_kmeans_room *room)
{
    set_centre(p, fs_random_below(random, p->rows), room->centre);
    for (int64_t i = 0; i < p->rows; i++) room->nearest[i] = DBL_MAX;
    double sum = try_centre(p, room->centre, room->nearest, room->chance);
    memcpy(room->nearest, room->chance, (size_t)p->rows * sizeof *room->nearest);
    int k = 1;
    for (; k < clusters && sum > 0; k++) sum = add_centre(p, k, sum, random, room);
    return k;
}

/* ---- rounds ---- */

static double total(const double *lane) { return (lane[0] + lane[1]) + (lane[2] + lane[3]); }

static int64_t find_farthest(const fs_learn_points *p, const double *centre, int clusters)
{
    int64_t farthest = 0;
    double most = -1;
    for (int64_t i = 0; i < p->rows; i++) {
        double least = INFINITY;
        for (int k = 0; k < clusters; k++)
            least = fmin(least, fs_learn_point_distance(p, i, centre + k * p->columns));
        if (least > most) farthest = i;
        most = fmax(most, least);
    }
    return farthest;
}

/* Means of the sums into room->other; whether any differs from its centre. */
static bool move_centres(const fs_learn_points *p, int clusters, fs_kmeans_room *room)
{
    int columns = p->columns;
    bool moved = false, filled = false;
    for (int k = 0; k < clusters; k++) {
        double count = total(room->sums.count + k * LANES), *to = room->other + k * columns;
        const double *from = room->centre + k * columns;
        for (int c = 0; c < columns; c++)
            to[c] = count > 0 ? total(room->sums.sum + (k * columns + c) * LANES) / count : from[c];
        if (!(count > 0) && !filled) {
            set_centre(p, find_farthest(p, room->centre, clusters), to);
            filled = true;
        }
        moved |= memcmp(to, from, (size_t)columns * sizeof *to) != 0;
    }
    return moved;
}

double fs_kmeans_settle(const fs_learn_points *p, int clusters, double enough, fs_kmeans_room *room,
                        int *rounds)
{
    double before = INFINITY, within = 0;
    for (*rounds = 0; *rounds < ROUNDS; ++*rounds) {
        fs_kmeans_pass(p, room->centre, clusters, &room->sums, NULL);
        within = total(room->sums.within);
        if (before - within < enough * within) break;
        if (!move_centres(p, clusters, room)) break;
        memcpy(room->centre, room->other, (size_t)clusters * (size_t)p->columns * sizeof(double));
        before = within;
    }
    return within;
}

int fs_kmeans_best(const fs_learn_points *p, int clusters, int starts, uint64_t seed, uint64_t key,
                   fs_kmeans_room *room, double *within)
{
    size_t bytes = (size_t)clusters * (size_t)p->columns * sizeof(double);
    int found = 0, rounds;
    *within = INFINITY;
    for (int s = 0; s < starts; s++) {
        fs_random random = fs_random_open(seed, key, (uint64_t)s, (uint64_t)clusters);
        int count = start(p, clusters, &random, room);
        double now = fs_kmeans_settle(p, count, 0, room, &rounds);
        if (!(now < *within)) continue;
        *within = now;
        found = count;
        memcpy(room->best, room->centre, bytes);
    }
    memcpy(room->centre, room->best, bytes);
    return found;
}

/* ---- the fit ---- */

static fs_status reserve(struct fs_kmeans_work *w, int64_t rows, int64_t sample, int columns,
                         int clusters)
{
    size_t all = FS_POINTS_ROOM(rows) * (size_t)columns;
    size_t part = FS_POINTS_ROOM(sample) * (size_t)columns;
    size_t size = all + part + fs_kmeans_room_size(sample, columns, clusters);
    if (size > w->block_capacity) {
        FS_LEARN_GROW(w->block, size);
        w->block_capacity = size;
    }
    if (rows > w->cluster_capacity) {
        FS_LEARN_GROW(w->cluster, rows);
        w->cluster_capacity = rows;
    }
    memset(w->block, 0, (all + part) * sizeof *w->block);
    w->all = (fs_learn_points){w->block, rows, columns};
    w->sample = (fs_learn_points){w->block + all, sample, columns};
    fs_kmeans_room_cut(&w->room, sample, columns, clusters, w->block + all + part);
    return FS_OK;
}

static void take_rows(struct fs_kmeans_work *w, const double *x, uint64_t seed)
{
    int64_t rows = w->all.rows, sample = w->sample.rows;
    fs_random random = fs_random_open(seed, (uint64_t)rows, 0, 1);
    for (int64_t i = 0; i < rows; i++) fs_learn_point_set(&w->all, i, x, rows, i);
    for (int64_t i = 0; i < sample; i++) {
        int64_t from = i * rows / sample, to = (i + 1) * rows / sample;
        fs_learn_point_copy(&w->sample, i, &w->all, from + fs_random_below(&random, to - from));
    }
}

/* Whether cluster a is named before cluster b. */
static bool is_before(const struct fs_kmeans_work *w, int a, int b)
{
    int columns = w->all.columns;
    if (w->count[a] != w->count[b]) return w->count[a] > w->count[b];
    for (int c = 0; c < columns; c++) {
        double left = w->room.centre[a * columns + c], right = w->room.centre[b * columns + c];
        if (left != right) return left < right;
    }
    return a < b;
}

static void put_in_order(fs_kmeans *model)
{
    struct fs_kmeans_work *w = model->work;
    int clusters = model->clusters, columns = model->columns;
    for (int k = 0; k < clusters; k++) w->count[k] = (int64_t)total(w->room.sums.count + k * LANES);
    for (int k = 0; k < clusters; k++) {
        w->rank[k] = 0;
        for (int other = 0; other < clusters; other++)
            w->rank[k] += other != k && is_before(w, other, k);
    }
    for (int k = 0; k < clusters; k++) {
        model->count[w->rank[k]] = w->count[k];
        memcpy(w->room.other + w->rank[k] * columns, w->room.centre + k * columns,
               (size_t)columns * sizeof(double));
    }
    for (int64_t i = 0; i < w->all.rows; i++) w->cluster[i] = w->rank[w->cluster[i]];
    model->centre = w->room.other;
    model->cluster = w->cluster;
}

fs_status fs_kmeans_fit(fs_kmeans *model, const fs_kmeans_settings *settings, const double *x,
                        int columns, int64_t rows, fs_error *error)
{
    int64_t sample = rows < SAMPLE ? rows : SAMPLE;
    int most = settings->clusters;
    if (!model->work) model->work = fs_alloc_zero(1, sizeof *model->work);
    struct fs_kmeans_work *w = model->work;
    if (!w) return fs_fail_memory(error, sizeof *w);
    model->clusters = model->rounds = 0;
    model->columns = columns;
    model->within = 0;
    if (rows == 0 || columns == 0) return FS_OK;
    if (reserve(w, rows, sample, columns, most) != FS_OK)
        return fs_fail_memory(error, (size_t)rows * (size_t)columns * sizeof *x);
    take_rows(w, x, settings->seed);
    model->clusters = fs_kmeans_best(&w->sample, most, settings->starts, settings->seed, 0,
                                     &w->room, &model->within);
    fs_kmeans_settle(&w->all, model->clusters, rows > SAMPLE ? ENOUGH : 0, &w->room,
                     &model->rounds);
    fs_kmeans_pass(&w->all, w->room.centre, model->clusters, &w->room.sums, w->cluster);
    model->within = total(w->room.sums.within);
    put_in_order(model);
    return FS_OK;
}

void fs_kmeans_free(fs_kmeans *model)
{
    if (model->work) {
        fs_free(model->work->block);
        fs_free(model->work->cluster);
    }
    fs_free(model->work);
    *model = (fs_kmeans){0};
}
