/* Parts of a series: as statsmodels has them, as a plain version has them, and what must hold of any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "foresell/demand.h"
#include "foresell/numeric.h"

#define MOST 1100

/* ---- as statsmodels has them ---- */

typedef struct expected_step {
    int64_t step;
    double trend, each[2], weight;
} expected_step;

typedef struct expected_case {
    const char *name;
    int64_t count;
    fs_decompose_settings settings;
    expected_step step[6];
} expected_case;

#include "decompose_expected.h"

static void fill_expected(const expected_case *c, double *y)
{
    for (int64_t t = 0; t < c->count; t++) {
        y[t] = 40 + (double)t * 0.125 + (double)((t * 37 + t * t * 11) % 101) * 0.0625;
        y[t] += t % 61 == 30 ? 250 : 0;
        for (int k = 0; k < c->settings.seasons; k++) {
            double season = (double)c->settings.season[k],
                   place = (double)(t % c->settings.season[k]);
            y[t] += (8 + k * 4) * (4.0 * place * (season - place) / (season * season));
        }
    }
}

static void assert_near(const char *what, double found, double expected, double within)
{
    if (!(fabs(found - expected) <= within))
        print_message("%s: %.17g, expected %.17g\n", what, found, expected);
    assert_true(fabs(found - expected) <= within);
}

static void parts_are_those_of_statsmodels(void **state)
{
    (void)state;
    double y[MOST];
    fs_decomposition p = {0};
    for (size_t i = 0; i < sizeof expected_cases / sizeof *expected_cases; i++) {
        const expected_case *c = &expected_cases[i];
        fill_expected(c, y);
        assert_int_equal(fs_decompose(&p, &c->settings, y, NULL, c->count), FS_OK);
        for (int s = 0; s < 6; s++) {
            const expected_step *e = &c->step[s];
            assert_near(c->name, p.trend[e->step], e->trend, 1e-9);
            for (int k = 0; k < c->settings.seasons; k++)
                assert_near(c->name, p.each[k][e->step], e->each[k], 1e-9);
            assert_near(c->name, p.weight[e->step], e->weight, 1e-9);
        }
    }
    fs_decomposition_free(&p);
}

/* ---- as a plain version has them ---- */

typedef struct plain {
    int64_t count;
    const double *rho;
    double narrow;
} plain;

/* NAN: nothing has weight. */
static double local_line(const double *x, const double *rho, int64_t n, int64_t window, int64_t at,
                         double narrow)
{
    int64_t taps = window < n ? window : n, left = at - (window - 1) / 2;
    if (left > n - taps) left = n - taps;
    if (left < 0 || window >= n) left = 0;
    double h = fmax((double)(at - left), (double)(left + taps - 1 - at)), total = 0, mean = 0;
    double weight[MOST], variance = 0, result = 0, slope = 0;
    if (window > n) h += (double)((window - n) / 2);
    for (int64_t j = left; j < left + taps; j++) {
        double r = fabs((double)(j - at)), u = r / h;
        weight[j] = r > 0.999 * h ? 0 : r <= 0.001 * h ? 1 : pow(1 - u * u * u, 3);
        total += weight[j] *= rho[j];
    }
    if (!(total > 0)) return NAN;
    for (int64_t j = left; j < left + taps; j++) mean += weight[j] / total * (double)j;
    for (int64_t j = left; j < left + taps; j++)
        variance += weight[j] / total * ((double)j - mean) * ((double)j - mean);
    double away = (double)at - mean;
    if (sqrt(variance) > 0.001 * (double)(n - 1))
        slope = away / fmax(variance, away * away * narrow);
    for (int64_t j = left; j < left + taps; j++)
        result += weight[j] / total * (1 + slope * ((double)j - mean)) * x[j];
    return result;
}

/* Puts what is NAN between those beside it; false where all are. */
static bool bridge(double *fit, const int64_t *at, int64_t fits)
{
    for (int64_t i = 0; i < fits; i++) {
        int64_t a = i, b = i;
        while (a >= 0 && isnan(fit[a])) a--;
        while (b < fits && isnan(fit[b])) b++;
        if (a < 0 && b == fits) return false;
        if (a < 0) a = b;
        if (b == fits) b = a;
        double share = b > a ? (double)(at[i] - at[a]) / (double)(at[b] - at[a]) : 0;
        fit[i] = fit[a] + share * (fit[b] - fit[a]);
    }
    return true;
}

static bool smooth(const double *x, const double *rho, int64_t n, int64_t window, double narrow,
                   double *out)
{
    int64_t jump = (window + 9) / 10, at[MOST], fits = 0;
    double fit[MOST];
    if (jump > n - 1) jump = n > 1 ? n - 1 : 1;
    for (int64_t t = 0; t < n - 1; t += jump) at[fits++] = t;
    at[fits++] = n - 1;
    for (int64_t i = 0; i < fits; i++) fit[i] = local_line(x, rho, n, window, at[i], narrow);
    if (!bridge(fit, at, fits)) return false;
    for (int64_t i = 0; i + 1 < fits; i++) {
        double step = (fit[i + 1] - fit[i]) / (double)(at[i + 1] - at[i]);
        for (int64_t t = at[i]; t < at[i + 1]; t++) out[t] = fit[i] + step * (double)(t - at[i]);
    }
    out[n - 1] = fit[fits - 1];
    return true;
}

static bool plain_place(const plain *s, const double *x, int64_t period, int64_t window,
                        int64_t place, double *cycle)
{
    double sub[MOST], rho[MOST], out[MOST];
    int64_t k = 0;
    for (int64_t t = place; t < s->count; t += period) sub[k] = x[t], rho[k++] = s->rho[t];
    if (!smooth(sub, rho, k, window, s->narrow, out)) return false;
    double before = local_line(sub, rho, k, window, -1, s->narrow);
    double after = local_line(sub, rho, k, window, k, s->narrow);
    cycle[place] = isnan(before) ? out[0] : before;
    for (int64_t m = 0; m < k; m++) cycle[(m + 1) * period + place] = out[m];
    cycle[(k + 1) * period + place] = isnan(after) ? out[k - 1] : after;
    return true;
}

/* A place without any weight has the mean of the others. */
static void plain_places(const plain *s, const double *x, int64_t period, int64_t window,
                         double *cycle)
{
    bool known[MOST];
    int64_t end = s->count + 2 * period;
    for (int64_t place = 0; place < period; place++)
        known[place] = plain_place(s, x, period, window, place, cycle);
    for (int64_t from = 0; from < end; from += period) {
        double total = 0, count = 0;
        for (int64_t j = 0; j < period && from + j < end; j++)
            if (known[j]) total += cycle[from + j], count++;
        for (int64_t j = 0; j < period && from + j < end; j++)
            if (!known[j]) cycle[from + j] = total / count;
    }
}

static void moving_mean(const double *x, int64_t n, int64_t size, double *out)
{
    for (int64_t t = 0; t + size <= n; t++) {
        double total = 0;
        for (int64_t i = 0; i < size; i++) total += x[t + i];
        out[t] = total / (double)size;
    }
}

static int64_t odd(double x) { return (int64_t)ceil(x) / 2 * 2 + 1; }

static void plain_pass(const plain *s, const double *y, int64_t period, int64_t window,
                       double *season, double *trend)
{
    static double x[MOST], cycle[3 * MOST], mean[3 * MOST], ones[MOST], low[MOST];
    int64_t n = s->count;
    for (int64_t t = 0; t < n; t++) x[t] = y[t] - trend[t], ones[t] = 1;
    plain_places(s, x, period, window, cycle);
    moving_mean(cycle, n + 2 * period, period, mean);
    moving_mean(mean, n + period + 1, period, mean);
    moving_mean(mean, n + 2, 3, mean);
    smooth(mean, ones, n, odd(fmax(3, (double)period)), 0, low);
    for (int64_t t = 0; t < n; t++) season[t] = cycle[period + t] - low[t];
    for (int64_t t = 0; t < n; t++) x[t] = y[t] - season[t];
    int64_t wide = (int64_t)ceil(1.5 * (double)period / (1 - 1.5 / (double)window));
    smooth(x, s->rho, n, wide % 2 ? wide : wide + 1, s->narrow, trend);
}

static void plain_weights(const double *y, const double *trend, const double *season,
                          const uint8_t *valid, int64_t n, double *rho)
{
    double size[MOST];
    int64_t known = 0;
    for (int64_t t = 0; t < n; t++)
        if (valid[t]) size[known++] = fabs(y[t] - trend[t] - season[t]);
    double reach = 6 * fs_median(size, known);
    for (int64_t t = 0; t < n; t++) {
        double r = fabs(y[t] - trend[t] - season[t]), u = r / reach;
        rho[t] = !valid[t] || r > 0.999 * reach ? 0
                 : r <= 0.001 * reach           ? 1
                                                : (1 - u * u) * (1 - u * u);
    }
}

static void plain_season(const fs_decompose_settings *settings, const double *y,
                         const uint8_t *valid, int64_t n, double *season, double *trend)
{
    double rho[MOST];
    plain s = {n, rho, 0};
    for (int64_t t = 0; t < n; t++) {
        rho[t] = valid[t], trend[t] = 0;
        if (!valid[t]) s.narrow = 1.0 / 25;
    }
    for (int round = 0;; round++) {
        for (int i = 0; i < settings->inner; i++)
            plain_pass(&s, y, settings->season[0], settings->window, season, trend);
        if (round >= settings->robust) return;
        plain_weights(y, trend, season, valid, n, rho);
    }
}

/* A trend, a season, noise with heavy tails; some values missing, never whole windows of them. */
static void noisy(fs_random *random, int64_t n, int64_t period, bool gaps, double *y,
                  uint8_t *valid)
{
    for (int64_t t = 0; t < n; t++) {
        double tail = 1 / sqrt(fs_random_uniform(random));
        y[t] = 100 + 0.05 * (double)t + 20 * (double)(t % period) / (double)period;
        y[t] += 3 * tail * fs_random_normal(random);
        valid[t] = !gaps || t < 2 * period || t * t / 3 % 5 != 3;
    }
}

static void lanes_give_what_a_plain_version_gives(void **state)
{
    (void)state;
    static double y[MOST], season[MOST], trend[MOST];
    uint8_t valid[MOST];
    fs_random random = fs_random_open(4, 0, 0, 0);
    fs_decomposition p = {0};
    for (int trial = 0; trial < 150; trial++) {
        int64_t period = trial % 3 ? 2 + fs_random_below(&random, 40) : 7, windows = 3 + trial % 9;
        int64_t n = 2 * period + fs_random_below(&random, MOST - 2 * period);
        if (trial % 10 == 9) windows = 100;
        fs_decompose_settings settings = {.seasons = 1,
                                          .season = {period},
                                          .robust = trial % 3,
                                          .inner = 1 + trial % 2,
                                          .window = 2 * windows + 1};
        noisy(&random, n, period, trial % 4 == 3, y, valid);
        plain_season(&settings, y, valid, n, season, trend);
        assert_int_equal(fs_decompose(&p, &settings, y, valid, n), FS_OK);
        for (int64_t t = 0; t < n; t++) {
            assert_near("trend", p.trend[t], trend[t], 1e-9);
            assert_near("season", p.each[0][t], season[t], 1e-9);
        }
    }
    fs_decomposition_free(&p);
}

/* ---- what holds of any ---- */

static const fs_decompose_settings two = {.seasons = 2, .season = {7, 91}, .robust = 2};

static void demand(double *y, int64_t n, uint64_t seed)
{
    fs_random random = fs_random_open(seed, 0, 0, 0);
    for (int64_t t = 0; t < n; t++) {
        double week = (double)(t % 7 == 5 ? 20 : t % 7), year = 10 * sin(2 * M_PI * (double)t / 91);
        y[t] = (double)fs_random_poisson(&random, 30 + 0.02 * (double)t + week + year);
    }
}

static void trend_season_and_one_slip_are_told_apart(void **state)
{
    (void)state;
    static const double week[] = {-3, -2, -1, 0, 1, 2, 3};
    double y[400];
    fs_decomposition p = {0};
    fs_decompose_settings settings = {.seasons = 1, .season = {7}, .robust = 6};
    for (int t = 0; t < 400; t++) y[t] = 50 + 0.1 * t + week[t % 7];
    y[200] += 500;
    assert_int_equal(fs_decompose(&p, &settings, y, NULL, 400), FS_OK);
    for (int t = 0; t < 400; t++) {
        assert_near("trend", p.trend[t], 50 + 0.1 * t, 1e-3);
        assert_near("season", p.season[t], week[t % 7], 1e-3);
        assert_near("remainder", p.remainder[t], t == 200 ? 500 : 0, 1e-3);
    }
    assert_true(p.weight[200] == 0 && p.weight[199] > 0.9);
    settings.robust = 0;
    assert_int_equal(fs_decompose(&p, &settings, y, NULL, 400), FS_OK);
    assert_true(fabs(p.trend[200] - 70) > 5 && p.weight[200] == 1);
    fs_decomposition_free(&p);
}

/* The gap is longer than any window of a week; one weekday is never known. */
static void what_is_missing_shapes_nothing_and_leaves_no_hole(void **state)
{
    (void)state;
    static const double week[] = {-3, -2, -1, 1, 2, 3, 0};
    double y[500];
    uint8_t valid[500];
    fs_decomposition p = {0};
    fs_decompose_settings settings = {.seasons = 1, .season = {7}, .robust = 2};
    for (int t = 0; t < 500; t++) {
        valid[t] = t % 7 != 6 && !(t >= 200 && t < 320) && t >= 10 && t < 480;
        y[t] = valid[t] ? 50 + 0.1 * t + week[t % 7] : t % 2 ? NAN : 1e300;
    }
    assert_int_equal(fs_decompose(&p, &settings, y, valid, 500), FS_OK);
    assert_true(p.used[0] && p.known < 400);
    for (int t = 10; t < 470; t++) {
        bool gap = t >= 195 && t < 325;
        assert_near("trend", p.trend[t], 50 + 0.1 * t, gap ? 0.6 : 0.01);
        assert_near("season", p.season[t], week[t % 7], 0.01);
        if (!valid[t]) assert_true(p.remainder[t] == 0 && p.weight[t] == 0);
    }
    for (int t = 0; t < 500; t++) assert_near("trend", p.trend[t], 50 + 0.1 * t, 2.5);
    fs_decomposition_free(&p);
}

/* Most of it is the same to the last digit, so that next to nothing would be near enough to count. */
static void a_sudden_change_of_level_stays_one(void **state)
{
    (void)state;
    double y[800];
    fs_decomposition p = {0};
    fs_decompose_settings settings = {.seasons = 1, .season = {7}, .robust = 2};
    for (int t = 0; t < 800; t++) y[t] = (t < 400 ? 50 : 80) + t % 7;
    assert_int_equal(fs_decompose(&p, &settings, y, NULL, 800), FS_OK);
    for (int t = 0; t < 800; t++)
        if (t < 393 || t > 406) assert_near("trend", p.trend[t], t < 400 ? 53 : 83, 1);
    fs_decomposition_free(&p);
}

static void parts_add_up_and_weights_are_shares(void **state)
{
    (void)state;
    double y[700];
    fs_decomposition p = {0};
    demand(y, 700, 1);
    assert_int_equal(fs_decompose(&p, &two, y, NULL, 700), FS_OK);
    double least = 1;
    for (int t = 0; t < 700; t++) {
        assert_true(p.season[t] == p.each[0][t] + p.each[1][t]);
        assert_true(p.remainder[t] == y[t] - (p.trend[t] + p.season[t]));
        assert_true(p.weight[t] >= 0 && p.weight[t] <= 1);
        least = fmin(least, p.weight[t]);
    }
    assert_true(least < 0.8 && p.used[0] && p.used[1]);
    fs_decomposition_free(&p);
}

static void the_unit_does_not_matter(void **state)
{
    (void)state;
    double y[700], scaled[700];
    fs_decomposition a = {0}, b = {0};
    static const double factors[] = {0x1p40, 0x1p-900, 0x1p900, 1000, 1e-200};
    demand(y, 700, 2);
    assert_int_equal(fs_decompose(&a, &two, y, NULL, 700), FS_OK);
    for (int i = 0; i < 5; i++) {
        for (int t = 0; t < 700; t++) scaled[t] = y[t] * factors[i];
        assert_int_equal(fs_decompose(&b, &two, scaled, NULL, 700), FS_OK);
        for (int t = 0; t < 700; t++) {
            if (i < 3) assert_true(b.trend[t] == a.trend[t] * factors[i]);
            if (i < 3) assert_true(b.each[1][t] == a.each[1][t] * factors[i]);
            assert_near("trend", b.trend[t] / factors[i], a.trend[t], 1e-9);
            assert_near("weight", b.weight[t], a.weight[t], 1e-9);
        }
    }
    fs_decomposition_free(&a);
    fs_decomposition_free(&b);
}

static void a_season_without_two_cycles_is_left_out(void **state)
{
    (void)state;
    double y[181];
    uint8_t valid[182];
    fs_decomposition p = {0};
    for (int t = 0; t < 181; t++) y[t] = 10 + t % 7;
    memset(valid, 1, sizeof valid);
    assert_int_equal(fs_decompose(&p, &two, y, NULL, 181), FS_OK);
    assert_true(p.used[0] && !p.used[1]);
    for (int t = 0; t < 181; t++) assert_true(p.each[1][t] == 0 && p.season[t] == p.each[0][t]);
    assert_int_equal(fs_decompose(&p, &two, y, valid, 13), FS_OK);
    assert_true(!p.used[0] && !p.used[1]);
    valid[0] = 0; /* what is missing at the ends does not make it longer */
    assert_int_equal(fs_decompose(&p, &two, y, valid, 14), FS_OK);
    assert_false(p.used[0]);
    assert_int_equal(fs_decompose(&p, &two, y, valid, 15), FS_OK);
    assert_true(p.used[0]);
    fs_decomposition_free(&p);
}

/* Two years of noise: as lines the yearly season is all of it, as means half. */
static void a_season_of_few_cycles_is_the_same_in_all(void **state)
{
    (void)state;
    static double y[728];
    fs_random random = fs_random_open(5, 0, 0, 0);
    fs_decomposition p = {0};
    fs_decompose_settings settings = {.seasons = 1, .season = {364}, .few = 5};
    for (int t = 0; t < 728; t++) y[t] = 100 + 10 * fs_random_normal(&random);
    double rest[2] = {0};
    for (int lines = 0; lines < 2; lines++) {
        settings.few = lines ? 0 : 5;
        assert_int_equal(fs_decompose(&p, &settings, y, NULL, 728), FS_OK);
        for (int t = 0; t < 364 && !lines; t++)
            assert_near("season", p.season[t], p.season[t + 364], 0.5);
        for (int t = 0; t < 728; t++) rest[lines] += p.remainder[t] * p.remainder[t] / 728;
    }
    assert_true(rest[1] < 5 && rest[0] > 35 && rest[0] < 65);
    fs_decomposition_free(&p);
}

static void without_a_season_there_is_a_trend(void **state)
{
    (void)state;
    double y[2000];
    fs_decomposition p = {0};
    fs_decompose_settings settings = {.robust = 2};
    for (int t = 0; t < 2000; t++) y[t] = 5 - 0.25 * t;
    y[30] = 1e6;
    for (int64_t n = 1; n <= 2000; n = n * 2 + 1) {
        assert_int_equal(fs_decompose(&p, &settings, y, NULL, n), FS_OK);
        if (n >= 100) assert_near("trend", p.trend[30], 5 - 0.25 * 30, 1e-5);
        if (n == 1) assert_true(p.trend[0] == 5 && p.remainder[0] == 0);
        if (n == 3) assert_near("trend", p.trend[2], 4.5, 1e-12);
    }
    assert_int_equal(fs_decompose(&p, &settings, y, NULL, 0), FS_OK);
    fs_decomposition_free(&p);
}

static void what_is_constant_is_trend(void **state)
{
    (void)state;
    double y[300];
    uint8_t valid[300] = {0};
    fs_decomposition p = {0};
    for (int t = 0; t < 300; t++) y[t] = 7;
    assert_int_equal(fs_decompose(&p, &two, y, NULL, 300), FS_OK);
    for (int t = 0; t < 300; t++) assert_near("trend", p.trend[t], 7, 1e-12);
    valid[123] = 1; /* one value is known */
    assert_int_equal(fs_decompose(&p, &two, y, valid, 300), FS_OK);
    assert_int_equal(p.known, 1);
    for (int t = 0; t < 300; t++) assert_near("trend", p.trend[t], 7, 1e-12);
    assert_true(!p.used[0] && p.season[123] == 0);
    valid[123] = 0;
    assert_int_equal(fs_decompose(&p, &two, y, valid, 300), FS_OK);
    assert_int_equal(p.known, 0);
    for (int t = 0; t < 300; t++) assert_true(p.trend[t] == 0 && p.remainder[t] == 0);
    fs_decomposition_free(&p);
}

static void a_series_gives_the_same_whatever_came_before(void **state)
{
    (void)state;
    double y[700], other[900], trend[700], remainder[700];
    uint8_t valid[900];
    fs_decomposition p = {0};
    demand(y, 700, 3);
    assert_int_equal(fs_decompose(&p, &two, y, NULL, 700), FS_OK);
    memcpy(trend, p.trend, sizeof trend);
    memcpy(remainder, p.remainder, sizeof remainder);
    for (int t = 0; t < 900; t++) other[t] = t % 3 ? -1e300 : 1e300, valid[t] = t % 5 > 0;
    for (int64_t n = 900; n > 0; n = n * 2 / 3) {
        fs_decompose_settings settings = {
            .seasons = 3, .season = {2, 7, 30}, .robust = (int)(n % 3)};
        assert_int_equal(fs_decompose(&p, &settings, other, valid, n), FS_OK);
        assert_int_equal(fs_decompose(&p, &two, y, NULL, 700), FS_OK);
        assert_memory_equal(p.trend, trend, sizeof trend);
        assert_memory_equal(p.remainder, remainder, sizeof remainder);
    }
    fs_decomposition_free(&p);
}

/* Sundays are never known, and half a year is missing: some days of the year are not known in any. */
static void nor_does_it_where_places_are_never_known(void **state)
{
    (void)state;
    static double y[941], trend[941], other[800];
    static uint8_t valid[941];
    const fs_decompose_settings years = {.seasons = 2, .season = {7, 365}, .robust = 2, .few = 5};
    fs_decomposition p = {0};
    demand(y, 941, 3);
    demand(other, 800, 4);
    for (int t = 0; t < 941; t++) valid[t] = t % 7 != 4 && (t < 546 || t >= 705);
    for (int round = 0; round < 4; round++) {
        assert_int_equal(fs_decompose(&p, &years, y, valid, 941), FS_OK);
        if (round == 0) memcpy(trend, p.trend, sizeof trend);
        assert_memory_equal(p.trend, trend, sizeof trend);
        if (round == 1) assert_int_equal(fs_decompose(&p, &years, other, NULL, 757), FS_OK);
    }
    fs_decomposition_free(&p);
}

static uint64_t digest_of(uint64_t digest, const double *x, int64_t n)
{
    for (int64_t t = 0; t < n; t++) {
        uint64_t bits;
        memcpy(&bits, &x[t], sizeof bits);
        digest = (digest ^ bits) * UINT64_C(1099511628211); /* Fowler, Noll and Vo's */
    }
    return digest;
}

/* Whatever the machine and the compiler. Where this changes for good, the operator's version does. */
static void parts_are_the_same_to_the_last_bit(void **state)
{
    (void)state;
    double y[MOST];
    uint8_t valid[MOST];
    uint64_t digest = UINT64_C(14695981039346656037);
    fs_random random = fs_random_open(9, 0, 0, 0);
    fs_decomposition p = {0};
    for (int trial = 0; trial < 60; trial++) {
        int64_t n = 1 + fs_random_below(&random, MOST);
        for (int64_t t = 0; t < n; t++) {
            y[t] = (double)fs_random_below(&random, 1 + trial) + (double)(t % 7 * 3);
            valid[t] = fs_random_below(&random, 9) > 0;
        }
        fs_decompose_settings settings = {.seasons = trial % 4,
                                          .season = {7, 30, 365},
                                          .robust = trial % 3,
                                          .window = trial % 5 ? 0 : 9};
        assert_int_equal(fs_decompose(&p, &settings, y, trial % 2 ? valid : NULL, n), FS_OK);
        digest = digest_of(digest, p.trend, n);
        digest = digest_of(digest, p.season, n);
        digest = digest_of(digest, p.weight, n);
    }
    fs_decomposition_free(&p);
    assert_int_equal(digest, UINT64_C(0x244a9639924d52ca));
}

static double odd_value(fs_random *random, int kind)
{
    switch (kind) {
    case 0: return 0;
    case 1: return fs_random_below(random, 2) ? DBL_MAX : -DBL_MAX;
    case 2: return 1e300 * fs_random_normal(random);
    case 3: return 5e-324 * (double)fs_random_below(random, 3);
    case 4: return -5;
    case 5: return fs_random_below(random, 50) ? 0 : 3;
    case 6: return fs_random_below(random, 9) ? 1e-300 : 1e300;
    case 7: return DBL_MAX;
    default: return fs_random_normal(random);
    }
}

static void nothing_breaks_on_odd_series(void **state)
{
    (void)state;
    double y[200];
    uint8_t valid[200];
    fs_decomposition p = {0};
    fs_random random = fs_random_open(78, 0, 0, 0);
    for (int trial = 0; trial < 3000; trial++) {
        int64_t n = fs_random_below(&random, 200), known = 1 + fs_random_below(&random, 5);
        for (int64_t t = 0; t < n; t++) {
            valid[t] = fs_random_below(&random, 5) < known;
            y[t] = valid[t] ? odd_value(&random, trial % 9) : 0;
        }
        fs_decompose_settings settings = {.seasons = trial % 4,
                                          .season = {2 + trial % 6, 12, 52},
                                          .robust = trial % 5,
                                          .window = trial % 7 ? 0 : 3};
        assert_int_equal(fs_decompose(&p, &settings, y, known < 5 ? valid : NULL, n), FS_OK);
        for (int64_t t = 0; t < n; t++) {
            assert_true(isfinite(p.trend[t]) && isfinite(p.season[t]) && isfinite(p.remainder[t]));
            assert_true(p.weight[t] >= 0 && p.weight[t] <= 1);
            if (valid[t]) assert_true(p.remainder[t] == y[t] - (p.trend[t] + p.season[t]));
        }
    }
    fs_decomposition_free(&p);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    double y[700];
    fs_decomposition p = {0};
    demand(y, 700, 5);
    bool failed = true;
    int64_t n = 0;
    for (; failed && n < 100; n++) {
        fs_alloc_fail_after(n);
        fs_status status = fs_decompose(&p, &two, y, NULL, 700);
        failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        if (failed) { /* and it goes on where it stopped, or from the start */
            if (n % 2) fs_decomposition_free(&p);
            assert_int_equal(fs_decompose(&p, &two, y, NULL, 200), FS_OK);
            fs_decomposition_free(&p);
        }
    }
    assert_in_range(n, 5, 99);
    fs_alloc_fail_after(0); /* once grown, nothing is allocated */
    assert_int_equal(fs_decompose(&p, &two, y, NULL, 700), FS_OK);
    fs_alloc_fail_after(-1);
    fs_decomposition_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_those_of_statsmodels),
        cmocka_unit_test(lanes_give_what_a_plain_version_gives),
        cmocka_unit_test(trend_season_and_one_slip_are_told_apart),
        cmocka_unit_test(what_is_missing_shapes_nothing_and_leaves_no_hole),
        cmocka_unit_test(a_sudden_change_of_level_stays_one),
        cmocka_unit_test(parts_add_up_and_weights_are_shares),
        cmocka_unit_test(the_unit_does_not_matter),
        cmocka_unit_test(a_season_without_two_cycles_is_left_out),
        cmocka_unit_test(a_season_of_few_cycles_is_the_same_in_all),
        cmocka_unit_test(without_a_season_there_is_a_trend),
        cmocka_unit_test(what_is_constant_is_trend),
        cmocka_unit_test(a_series_gives_the_same_whatever_came_before),
        cmocka_unit_test(nor_does_it_where_places_are_never_known),
        cmocka_unit_test(parts_are_the_same_to_the_last_bit),
        cmocka_unit_test(nothing_breaks_on_odd_series),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
