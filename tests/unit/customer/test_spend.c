/* What a purchase brings, and opportunities that are counted: published figures, truth found again, units, odd values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foresell/customer.h"
#include "foresell/numeric.h"

static void expect_near(double value, double wanted, double within)
{
    if (!(fabs(value - wanted) <= within))
        fail_msg("%.12g, wanted %.12g within %g", value, wanted, within);
}

static FILE *open_data(const char *name)
{
    const char *data = getenv("FORESELL_DATA");
    char path[512];
    snprintf(path, sizeof path, "%s/cdnow/%s", data ? data : "../shared/data", name);
    FILE *file = fopen(path, "r");
    if (!file) {
        print_message("%s is not there: FORESELL_DATA names its folder\n", path);
        skip();
    }
    return file;
}

/* Repeat purchases on different days until 30 September 1997, and what they brought on average; sorted by customer and date. */
static int64_t read_spend(FILE *file, double *repeats, double *mean)
{
    char line[256], id[16], last[16] = "";
    int64_t count = -1;
    int date, first = 0, now = 0;
    double money, sum = 0;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%*s %15s %d %*d %lf", id, &date, &money) != 3 || date > 19970930)
            continue;
        if (strcmp(id, last) != 0) {
            if (count >= 0 && repeats[count] > 0) mean[count] = sum / repeats[count];
            count++;
            repeats[count] = mean[count] = sum = 0;
            strcpy(last, id);
            first = now = date;
        }
        if (date == first) continue;
        repeats[count] += date != now, now = date, sum += money;
    }
    if (count >= 0 && repeats[count] > 0) mean[count] = sum / repeats[count];
    fclose(file);
    return count + 1;
}

static void cdnow_brings_what_is_published(void **state)
{
    (void)state;
    FILE *file = open_data("CDNOW_sample.txt");
    static double repeats[3000], mean[3000];
    int64_t count = read_spend(file, repeats, mean);
    fs_spend_fit fit;
    assert_int_equal(fs_spend_fit_model(repeats, mean, count, &fit), FS_OK);
    assert_true(fit.found);
    expect_near(fit.p, 6.249572, 2e-5), expect_near(fit.q, 3.744224, 1e-5),
        expect_near(fit.gamma, 15.443520, 1e-4);
    expect_near(fit.log_likelihood, -4055.917695, 1e-4);
    double whole = fs_spend_expected(&fit, 0, 0);
    expect_near(whole, fit.p * fit.gamma / (fit.q - 1), 1e-9 * whole);
    expect_near(fs_spend_expected(&fit, 1e9, 50), 50, 1e-5);
    assert_true(fs_spend_expected(&fit, 1, 100) < 100 && fs_spend_expected(&fit, 1, 100) > whole);
}

/* Shape p, scales that are gamma with shape q and rate γ. */
static int64_t draw(double p, double q, double gamma, double unit, double *repeats, double *mean)
{
    for (int64_t i = 0; i < 5000; i++) {
        fs_random random = fs_random_open(3, (uint64_t)i, 0, 0);
        double rate = fs_random_gamma(&random, q) / gamma;
        repeats[i] = 1 + (double)fs_random_below(&random, 6);
        mean[i] = unit * fs_random_gamma(&random, p * repeats[i]) / rate / repeats[i];
    }
    return 5000;
}

static void the_truth_is_found_in_any_currency(void **state)
{
    (void)state;
    static double repeats[5000], mean[5000];
    fs_spend_fit one, other;
    assert_int_equal(fs_spend_fit_model(repeats, mean, draw(5, 3.5, 20, 1, repeats, mean), &one),
                     FS_OK);
    assert_true(one.found);
    expect_near(one.p, 5, 3.5 * one.deviation[0]), expect_near(one.q, 3.5, 3.5 * one.deviation[1]);
    expect_near(one.gamma, 20, 3.5 * one.deviation[2]);
    assert_int_equal(
        fs_spend_fit_model(repeats, mean, draw(5, 3.5, 20, 1e7, repeats, mean), &other), FS_OK);
    expect_near(other.p, one.p, 1e-6), expect_near(other.q, one.q, 1e-6);
    expect_near(other.gamma / one.gamma, 1e7, 10);
}

static void odd_spend_has_a_finite_answer(void **state)
{
    (void)state;
    double repeats[] = {0, 1, 2, 3, -1, NAN}, mean[] = {5, 0, -3, NAN, 5, 5},
           same[] = {7, 7, 7, 7, 7, 7};
    double some[] = {1, 1, 2, 3, 4, 5};
    fs_spend_fit fit;
    assert_int_equal(fs_spend_fit_model(repeats, mean, 6, &fit), FS_OK);
    assert_true(!fit.found && fit.log_likelihood == 0);
    assert_int_equal(fs_spend_fit_model(some, same, 6, &fit), FS_OK); /* no spread at all */
    assert_true(isfinite(fit.p) && isfinite(fit.q) && isfinite(fit.gamma) &&
                isfinite(fit.log_likelihood));
    expect_near(fs_spend_expected(&fit, 5, 7), 7, 0.1);
}

/* ---- opportunities ---- */

static void donations_have_their_published_parameters(void **state)
{
    (void)state;
    FILE *file = open_data("donations.csv");
    int32_t taken[64], last[64], offered[64];
    double weight[64];
    char line[256];
    int count = 0;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "%d,%d,%d,%lf", &taken[count], &last[count], &offered[count],
                   &weight[count]) == 4)
            count++;
    fclose(file);
    fs_chances chances = {count, taken, last, offered, weight};
    fs_chance_fit fit;
    fs_chance_fit_model(&chances, &fit);
    assert_true(fit.found);
    expect_near(fit.alpha, 1.20352, 6e-6), expect_near(fit.beta, 0.74972, 6e-6);
    expect_near(fit.gamma, 0.65672, 6e-6), expect_near(fit.delta, 2.78344, 2e-5);
    expect_near(fit.log_likelihood, -33225.5813, 5e-5);
}

static void chances_that_cannot_be_are_left_out(void **state)
{
    (void)state;
    int32_t taken[] = {-1, 3, 0, 2}, last[] = {1, 2, 4, 5}, offered[] = {5, 5, 5, 4};
    fs_chances chances = {4, taken, last, offered, NULL};
    fs_chance_fit fit;
    fs_chance_fit_model(&chances, &fit);
    assert_true(!fit.found && fit.log_likelihood == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cdnow_brings_what_is_published),
        cmocka_unit_test(the_truth_is_found_in_any_currency),
        cmocka_unit_test(odd_spend_has_a_finite_answer),
        cmocka_unit_test(donations_have_their_published_parameters),
        cmocka_unit_test(chances_that_cannot_be_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
