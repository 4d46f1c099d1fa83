/* Demand in whole units and over lead times, and the level that costs least. */
#include "stock_helpers.h"

/* ---- what the books say ---- */

static void normal_is_as_in_snyder_and_shen(void **state)
{
    (void)state;
    fs_newsvendor n, at;
    assert_int_equal(fs_newsvendor_normal(50, 8, 0.18, 0.70, &n, NULL), FS_OK);
    expect_near(n.level, 56.603955927, 1e-10);
    expect_near(n.cost, 1.997605193, 1e-9);
    expect_near(n.service, 0.70 / 0.88, 1e-12);
    assert_int_equal(fs_level_cost_normal(n.level, 50, 8, 0.18, 0.70, &at, NULL), FS_OK);
    expect_near(at.cost, n.cost, 1e-15);
    for (double off = -2; off <= 2; off += 0.5) {
        assert_int_equal(fs_level_cost_normal(n.level + off, 50, 8, 0.18, 0.70, &at, NULL), FS_OK);
        assert_true(at.cost > n.cost || off == 0);
    }
}

static void poisson_is_as_in_snyder_and_shen(void **state)
{
    (void)state;
    fs_newsvendor n;
    fs_counts counts = poisson(50);
    assert_int_equal(fs_newsvendor_law((fs_count_law){50, INFINITY}, 0.18, 0.70, &n, NULL), FS_OK);
    expect_near(n.level, 56, 0);
    expect_near(n.cost, 1.797235211809, 1e-12);
    assert_int_equal(fs_newsvendor_counts(&counts, 0.18, 0.70, &n, NULL), FS_OK);
    expect_near(n.level, 56, 0);
    expect_near(n.cost, 1.797235211809, 1e-12);
    free(counts.p);
}

/* ---- against sums over all numbers ---- */

static double chance(fs_count_law law, double k)
{
    if (isinf(law.size)) return exp(k * log(law.mean) - law.mean - fs_log_gamma(k + 1));
    double share = law.mean / (law.mean + law.size);
    return exp(fs_log_gamma(k + law.size) - fs_log_gamma(law.size) - fs_log_gamma(k + 1) +
               law.size * log1p(-share) + k * log(share));
}

static double plain_cost(fs_count_law law, double level, double holding, double shortage)
{
    double sum = 0;
    for (double k = 0; k < 5000; k++)
        sum += chance(law, k) * (holding * fmax(level - k, 0) + shortage * fmax(k - level, 0));
    return sum;
}

static void counts_cost_what_their_sums_say(void **state)
{
    (void)state;
    static const fs_count_law law[] = {{0.03, INFINITY}, {3, INFINITY}, {180, INFINITY},
                                       {0.5, 0.1},       {12, 0.7},     {40, 9}};
    static const double shortage[] = {0.2, 1, 7, 80};
    for (int l = 0; l < 6; l++)
        for (int b = 0; b < 4; b++) {
            fs_newsvendor n, at;
            assert_int_equal(fs_newsvendor_law(law[l], 1, shortage[b], &n, NULL), FS_OK);
            expect_near(n.cost, plain_cost(law[l], n.level, 1, shortage[b]), 1e-10);
            assert_true(n.cost <= plain_cost(law[l], n.level + 1, 1, shortage[b]) + 1e-10);
            assert_true(n.level == 0 ||
                        n.cost <= plain_cost(law[l], n.level - 1, 1, shortage[b]) + 1e-10);
            double level = floor(law[l].mean * 1.3) + 0.25;
            assert_int_equal(fs_level_cost_law(level, law[l], 1, shortage[b], &at, NULL), FS_OK);
            expect_near(at.cost, plain_cost(law[l], level, 1, shortage[b]), 1e-10);
        }
}

static void counts_have_the_moments_of_their_law(void **state)
{
    (void)state;
    static const fs_count_law law[] = {
        {0, INFINITY}, {0.2, 0.05}, {7, INFINITY}, {30, 2}, {1e6, INFINITY}};
    for (int l = 0; l < 5; l++) {
        fs_counts c = counts_of(law[l]);
        double mean = fs_counts_mean(&c), variance = 0, sum = 0;
        for (int64_t k = 0; k < c.count; k++) {
            double off = (double)(c.first + k) - mean;
            variance += off * off * c.p[k], sum += c.p[k];
        }
        expect_near(sum, 1, 1e-13);
        expect_near(mean, law[l].mean, 1e-11);
        expect_near(variance, law[l].mean * (1 + law[l].mean / law[l].size), 1e-9);
        free(c.p);
    }
    assert_true(isinf(fs_count_law_of(4, 3).size));
    expect_near(fs_count_law_of(4, 12).size, 2, 1e-15);
}

/* ---- samples and quantiles ---- */

static double sample_cost(const double *x, int n, double level, double holding, double shortage)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += (holding * fmax(level - x[i], 0) + shortage * fmax(x[i] - level, 0)) / n;
    return sum;
}

static void a_sample_is_its_own_distribution(void **state)
{
    (void)state;
    static const double x[] = {0, 0, 1, 2, 2, 2, 5, 9, 30, 31};
    for (double shortage = 0.05; shortage < 200; shortage *= 1.7) {
        fs_newsvendor n;
        assert_int_equal(fs_newsvendor_sorted(x, 10, 1, shortage, &n, NULL), FS_OK);
        expect_near(n.cost, sample_cost(x, 10, n.level, 1, shortage), 1e-13);
        for (double level = 0; level <= 32; level++)
            assert_true(n.cost <= sample_cost(x, 10, level, 1, shortage) + 1e-12);
    }
}

/* Quantiles of N(50, 8), close by: the same level, and the cost but for the tails that are cut. */
static void quantiles_of_a_law_give_its_level(void **state)
{
    (void)state;
    enum { LEVELS = 999 };
    double p[LEVELS], q[LEVELS];
    fs_newsvendor n;
    for (int i = 0; i < LEVELS; i++)
        p[i] = (i + 1) / 1000.0, q[i] = 50 + 8 * fs_normal_quantile(p[i]);
    assert_int_equal(fs_newsvendor_quantiles(p, q, LEVELS, 0.18, 0.70, &n, NULL), FS_OK);
    expect_near(n.level, 56.603955927, 1e-5);
    expect_near(n.cost, 1.997605193, 3e-3);
    expect_near(n.service, 0.70 / 0.88, 1e-12);
}

static void quantiles_between_two_levels_lie_on_a_line(void **state)
{
    (void)state;
    static const double p[] = {0.25, 0.75}, q[] = {10, 20};
    fs_newsvendor n;
    assert_int_equal(fs_newsvendor_quantiles(p, q, 2, 1, 1, &n, NULL), FS_OK);
    expect_near(n.level, 15, 1e-13); /* 10 at .25, evenly 10 … 20, 20 at .25 */
    expect_near(n.left, 0.25 * 5 + 0.25 * 2.5, 1e-13);
    expect_near(n.missing, n.left, 1e-13);
    assert_int_equal(fs_newsvendor_quantiles(p, q, 2, 1, 99, &n, NULL), FS_OK);
    expect_near(n.level, 20, 1e-13);
    expect_near(n.service, 1, 0);
    expect_near(n.missing, 0, 1e-13);
    assert_int_equal(fs_newsvendor_quantiles(p, q, 1, 1, 99, &n, NULL), FS_OK);
    expect_near(n.level, 10, 0), expect_near(n.cost, 0, 1e-14);
}

/* ---- over lead time and review ---- */

static void a_lead_time_may_be_random(void **state)
{
    (void)state;
    fs_moments out;
    assert_int_equal(fs_lead_moments((fs_moments){10, 16}, (fs_moments){3, 0.5}, &out, NULL),
                     FS_OK);
    expect_near(out.mean, 30, 1e-15), expect_near(out.variance, 98, 1e-15);
}

static void lead_times_are_mixed_exactly(void **state)
{
    (void)state;
    double chances[] = {0.2, 0.5, 0, 0.3}; /* 1, 2, 4 periods */
    fs_counts period = poisson(3), lead = {1, 4, chances}, out = {0};
    int64_t room = FS_LEAD_ROOM(&period, &lead);
    double *spare = calloc(2 * (size_t)room, sizeof *spare);
    out.p = calloc((size_t)room, sizeof *out.p);
    assert_int_equal(fs_lead_counts(&period, &lead, spare, &out, NULL), FS_OK);
    assert_int_equal(out.count, room);
    for (int k = 0; k < 40; k++) {
        double wanted = 0;
        for (int l = 0; l < 4; l++)
            wanted += chances[l] * chance((fs_count_law){3.0 * (l + 1), INFINITY}, k);
        expect_near(out.p[k], wanted, 1e-14);
    }
    fs_moments moments;
    double mean = 0.2 + 1.0 + 1.2, square = 0.2 + 2.0 + 4.8, variance = 0;
    assert_int_equal(fs_lead_moments((fs_moments){3, 3}, (fs_moments){mean, square - mean * mean},
                                     &moments, NULL),
                     FS_OK);
    for (int64_t k = 0; k < out.count; k++)
        variance += out.p[k] * ((double)k - moments.mean) * ((double)k - moments.mean);
    expect_near(fs_counts_mean(&out), moments.mean, 1e-12);
    expect_near(variance, moments.variance, 1e-12);
    free(period.p), free(spare), free(out.p);
}

/* ---- what is none ---- */

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    fs_newsvendor n;
    fs_moments m;
    static const double falls[] = {3, 2}, p[] = {0.5, 0.5}, negative[] = {-1}, big[] = {1.5};
    expect_refused(fs_newsvendor_normal(NAN, 1, 1, 1, &n, &error), "mean");
    expect_refused(fs_newsvendor_normal(1, -1, 1, 1, &n, &error), "deviation");
    expect_refused(fs_newsvendor_normal(1, 1, 0, 1, &n, &error), "holding");
    expect_refused(fs_newsvendor_normal(1, 1, 1, INFINITY, &n, &error), "shortage");
    expect_refused(fs_newsvendor_law((fs_count_law){-1, 1}, 1, 1, &n, &error), "mean");
    expect_refused(fs_newsvendor_law((fs_count_law){1, 0}, 1, 1, &n, &error), "size");
    expect_refused(fs_newsvendor_law((fs_count_law){1e14, INFINITY}, 1, 1, &n, &error), "too many");
    expect_refused(fs_newsvendor_law((fs_count_law){1e6, 1e-6}, 1, 1, &n, &error), "too many");
    expect_refused(fs_level_cost_law(NAN, (fs_count_law){1, 1}, 1, 1, &n, &error), "level");
    expect_refused(fs_newsvendor_sorted(falls, 2, 1, 1, &n, &error), "demand");
    expect_refused(fs_newsvendor_sorted(falls, 0, 1, 1, &n, &error), "no demand");
    expect_refused(fs_newsvendor_quantiles(p, p, 2, 1, 1, &n, &error), "rise");
    expect_refused(fs_newsvendor_quantiles(big, p, 1, 1, 1, &n, &error), "rise");
    expect_refused(fs_newsvendor_quantiles(p, falls, 2, 1, 1, &n, &error), "quantile");
    expect_refused(fs_lead_moments((fs_moments){1, 1}, (fs_moments){-1, 0}, &m, &error), "lead");
    double one = 0.5;
    fs_counts half = {0, 1, &one}, below = {-1, 1, &one};
    expect_refused(fs_newsvendor_counts(&half, 1, 1, &n, &error), "add up");
    expect_refused(fs_newsvendor_counts(&below, 1, 1, &n, &error), "whole numbers");
    assert_int_equal(fs_counts_room((fs_count_law){NAN, 1}), 0);
    assert_int_equal(fs_newsvendor_sorted(negative, 1, 1, 1, &n, NULL), FS_OK); /* returns count */
    expect_near(n.level, -1, 0);
}

static void no_demand_and_no_spread_cost_nothing(void **state)
{
    (void)state;
    fs_newsvendor n;
    assert_int_equal(fs_newsvendor_law((fs_count_law){0, INFINITY}, 1, 9, &n, NULL), FS_OK);
    expect_near(n.level, 0, 0), expect_near(n.cost, 0, 0), expect_near(n.service, 1, 0);
    assert_int_equal(fs_newsvendor_law((fs_count_law){0, 3}, 1, 9, &n, NULL), FS_OK);
    expect_near(n.level, 0, 0), expect_near(n.cost, 0, 0);
    assert_int_equal(fs_newsvendor_normal(7, 0, 1, 9, &n, NULL), FS_OK);
    expect_near(n.level, 7, 0), expect_near(n.cost, 0, 0);
    assert_int_equal(fs_newsvendor_normal(7, 2, 1e-300, 1e300, &n, NULL), FS_OK);
    assert_true(isfinite(n.level) && isfinite(n.cost));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_is_as_in_snyder_and_shen),
        cmocka_unit_test(poisson_is_as_in_snyder_and_shen),
        cmocka_unit_test(counts_cost_what_their_sums_say),
        cmocka_unit_test(counts_have_the_moments_of_their_law),
        cmocka_unit_test(a_sample_is_its_own_distribution),
        cmocka_unit_test(quantiles_of_a_law_give_its_level),
        cmocka_unit_test(quantiles_between_two_levels_lie_on_a_line),
        cmocka_unit_test(a_lead_time_may_be_random),
        cmocka_unit_test(lead_times_are_mixed_exactly),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(no_demand_and_no_spread_cost_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
