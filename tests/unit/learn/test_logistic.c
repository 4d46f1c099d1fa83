/* Multinomial logistic regression: what is found is the minimum, it is what made the rows, its probabilities are frequencies,
 * and whatever comes in, what comes out is finite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "foresell/learn.h"
#include "foresell/numeric.h"

#define MOST 20000

static double a[MOST], b[MOST];
static uint8_t known[MOST];
static int32_t level[MOST], label[MOST];

static const fs_logistic_settings plain = {.knots = 0, .penalty = 1e-4},
                                  full = {.knots = 2, .folds = 5};

static double value_of(const fs_term *t, const fs_learn_column *column, int64_t i)
{
    const fs_learn_column *c = t->column < 0 ? NULL : &column[t->column];
    bool is_known = c && (!c->valid || c->valid[i]);
    switch (t->kind) {
    case FS_TERM_INTERCEPT: return 1;
    case FS_TERM_LINEAR: return is_known ? c->number[i] : 0;
    case FS_TERM_HINGE: return is_known ? fmax(c->number[i] - t->knot, 0) : 0;
    case FS_TERM_LEVEL: return is_known && c->level[i] == t->level;
    default: return !is_known;
    }
}

static void chances(const fs_logistic *m, const fs_learn_column *column, int64_t i, double *p)
{
    for (int k = 0; k < m->classes; k++) {
        p[k] = 0;
        for (int t = 0; t < m->terms; t++)
            p[k] += m->coefficient[k * m->terms + t] * value_of(&m->term[t], column, i);
    }
    fs_softmax(p, m->classes);
}

static void fit(fs_logistic *m, const fs_logistic_settings *s, const fs_learn_column *column,
                int columns, int classes, int64_t rows)
{
    assert_int_equal(fs_logistic_fit(m, s, column, columns, label, classes, rows, NULL), FS_OK);
}

/* Three classes from two numbers (b with a kink at 0) and a level; returns the columns. */
static void simulate(int64_t rows, fs_learn_column *column)
{
    fs_random random = fs_random_open(3, 0, 0, 0);
    for (int64_t i = 0; i < rows; i++) {
        a[i] = 5 + 2 * fs_random_normal(&random);
        b[i] = fs_random_normal(&random);
        level[i] = (int32_t)fs_random_below(&random, 3);
        double score[] = {0, 0.5 * a[i] - 3, fmax(b[i], 0) * 2 - (level[i] == 1)}, best = -INFINITY;
        for (int k = 0; k < 3; k++) {
            double now = score[k] - log(fs_random_exponential(&random));
            if (now > best) label[i] = k;
            best = fmax(best, now);
        }
    }
    column[0] = (fs_learn_column){.number = a};
    column[1] = (fs_learn_column){.number = b};
    column[2] = (fs_learn_column){.level = level, .levels = 3};
}

static double coefficient(const fs_logistic *m, int k, fs_term_kind kind, int column, int32_t l)
{
    for (int t = 0; t < m->terms; t++)
        if (m->term[t].kind == kind && m->term[t].column == column && m->term[t].level == l)
            return m->coefficient[k * m->terms + t];
    fail();
    return 0;
}

/* ---- tests ---- */

static void without_columns_it_gives_the_log_odds(void **state)
{
    (void)state;
    fs_logistic m = {0};
    for (int i = 0; i < 100; i++) label[i] = i % 4 == 0;
    fit(&m, &plain, NULL, 0, 2, 100);
    assert_int_equal(m.terms, 1);
    assert_int_equal(m.rows, 100);
    assert_true(fabs(m.coefficient[0] - m.coefficient[1] - log(3)) < 1e-4);
    assert_true(fabs(m.coefficient[0] + m.coefficient[1]) < 1e-12);
    fs_logistic_free(&m);
}

/* The mean of (p - y) z plus the penalty's share is zero for each standardised term z. */
static void the_gradient_is_zero_where_it_ends(void **state)
{
    (void)state;
    enum { ROWS = 3001 };
    fs_logistic m = {0};
    fs_learn_column column[3];
    fs_logistic_settings settings = {.knots = 2, .penalty = 0.01};
    simulate(ROWS, column);
    fit(&m, &settings, column, 3, 3, ROWS);
    for (int t = 1; t < m.terms; t++) {
        double mean = 0, square = 0, away[3] = {0}, p[3];
        if (m.term[t].kind == FS_TERM_MISSING) continue;
        for (int64_t i = 0; i < ROWS; i++) mean += value_of(&m.term[t], column, i) / ROWS;
        for (int64_t i = 0; i < ROWS; i++)
            square += pow(value_of(&m.term[t], column, i) - mean, 2) / ROWS;
        for (int64_t i = 0; i < ROWS; i++) {
            chances(&m, column, i, p);
            for (int k = 0; k < 3; k++)
                away[k] += (p[k] - (label[i] == k)) * (value_of(&m.term[t], column, i) - mean) /
                           sqrt(square) / ROWS;
        }
        for (int k = 0; k < 3; k++)
            assert_true(fabs(away[k] + 0.01 * m.coefficient[k * m.terms + t] * sqrt(square)) <
                        1e-11);
    }
    fs_logistic_free(&m);
}

/* What the score of class k gains where the first column goes from one value to another. */
static double effect(const fs_logistic *m, int k, double from, double to)
{
    const fs_learn_column before = {.number = &from}, after = {.number = &to};
    double sum = 0;
    for (int t = 1; t < m->terms; t++)
        if (m->term[t].column == 0)
            sum += m->coefficient[k * m->terms + t] *
                   (value_of(&m->term[t], &after, 0) - value_of(&m->term[t], &before, 0));
    return sum;
}

static void it_finds_what_made_the_rows(void **state)
{
    (void)state;
    fs_logistic m = {0};
    fs_learn_column column[3];
    simulate(MOST, column);
    fit(&m, &full, column, 3, 3, MOST);
    double rise = (effect(&m, 1, 3, 7) - effect(&m, 0, 3, 7)) / 4;
    double by_level = 0;
    for (int k = 0; k < 3; k += 2)
        by_level += (k - 1) * (coefficient(&m, k, FS_TERM_LEVEL, 2, 1) -
                               coefficient(&m, k, FS_TERM_LEVEL, 2, 0));
    assert_true(fabs(rise - 0.5) < 0.06);
    assert_true(fabs(by_level + 1) < 0.15);
    assert_true(m.penalty <= 0.01 && fabs(m.temperature - 1) < 0.1);
    fs_logistic_free(&m);
}

static void of_rows_that_are_given_a_chance_so_many_are_of_the_class(void **state)
{
    (void)state;
    enum { LEARNT = MOST / 2 };
    fs_logistic m = {0};
    fs_learn_column column[3];
    simulate(MOST, column);
    fit(&m, &full, column, 3, 3, LEARNT);
    double given[10] = {0}, seen[10] = {0}, p[3], error = 0;
    int count[10] = {0};
    for (int64_t i = LEARNT; i < MOST; i++) {
        chances(&m, column, i, p);
        assert_true(fabs(p[0] + p[1] + p[2] - 1) < 1e-12);
        for (int k = 0; k < 3; k++) {
            int bin = (int)fmin(p[k] * 10, 9);
            given[bin] += p[k];
            seen[bin] += label[i] == k;
            count[bin]++;
        }
    }
    for (int bin = 0; bin < 10; bin++) error += fabs(given[bin] - seen[bin]);
    assert_true(error / (3 * (MOST - LEARNT)) < 0.015);
    assert_true(count[0] > 100 && count[7] > 100);
    fs_logistic_free(&m);
}

/* Answers that depend on nothing: a large penalty, and no chance far from the frequencies. */
static void where_there_is_nothing_to_learn_it_says_so(void **state)
{
    (void)state;
    fs_logistic m = {0};
    fs_learn_column column[3];
    double p[2], away = 0;
    simulate(400, column);
    fs_random random = fs_random_open(9, 0, 0, 0);
    for (int i = 0; i < 400; i++) label[i] = fs_random_uniform(&random) < 0.3;
    fit(&m, &full, column, 3, 2, 400);
    for (int i = 0; i < 400; i++) {
        chances(&m, column, i, p);
        away += fabs(p[1] - 0.3) / 400;
    }
    assert_true(away < 0.05 && m.penalty >= 0.1);
    fs_logistic_free(&m);
}

static void last_digits_of_the_input_move_last_digits_of_the_result(void **state)
{
    (void)state;
    static double first[4096];
    fs_logistic m = {0};
    fs_learn_column column[3];
    simulate(3000, column);
    fit(&m, &full, column, 3, 3, 3000);
    int count = m.classes * m.terms;
    memcpy(first, m.coefficient, (size_t)count * sizeof *first);
    for (int i = 0; i < 3000; i++) a[i] *= 1 + (i % 3 - 1) * DBL_EPSILON;
    fit(&m, &full, column, 3, 3, 3000);
    assert_int_equal(m.classes * m.terms, count);
    for (int i = 0; i < count; i++)
        assert_true(fabs(m.coefficient[i] - first[i]) <= 1e-10 * fmax(1, fabs(first[i])));
    fs_logistic_free(&m);
}

static void a_null_counts_as_the_mean_and_for_what_nulls_have_in_common(void **state)
{
    (void)state;
    fs_logistic m = {0};
    fs_learn_column column = {.number = a, .valid = known};
    double p[2];
    for (int i = 0; i < 900; i++) {
        known[i] = i % 3 > 0;
        a[i] = known[i] ? i % 7 : NAN;
        label[i] = known[i] ? i % 2 : i % 30 > 0;
    }
    fit(&m, &plain, &column, 1, 2, 900);
    assert_int_equal(m.terms, 3);
    chances(&m, &column, 0, p);
    assert_true(fabs(p[1] - 0.9) < 0.01);
    for (int i = 0; i < 900; i++) known[i] = 1, a[i] = i % 7, label[i] = i % 7 > i % 5;
    fit(&m, &plain, &column, 1, 2, 900);
    double at_mean = coefficient(&m, 1, FS_TERM_LINEAR, 0, 0) * 3;
    double of_null = coefficient(&m, 1, FS_TERM_MISSING, 0, 0);
    assert_true(fabs(at_mean - of_null) < 0.01 * fabs(of_null)); /* mean of i % 7: nearly 3 */
    fs_logistic_free(&m);
}

static void rare_levels_and_columns_that_never_differ_have_no_term(void **state)
{
    (void)state;
    fs_logistic m = {0};
    fs_learn_column column[] = {{.level = level, .levels = 50}, {.number = a}};
    for (int i = 0; i < 5000; i++) {
        level[i] = (int32_t)sqrt(i / 2.0); /* level l has 2 (2 l + 1) rows */
        a[i] = 7e200;
        label[i] = i % 2;
    }
    fit(&m, &plain, column, 2, 2, 5000);
    assert_int_equal(m.terms, 1 + FS_LOGISTIC_LEVELS);
    for (int t = 1; t < m.terms; t++) assert_int_equal(m.term[t].level, 50 - t);
    fs_logistic_free(&m);
}

static void all_is_finite(const fs_logistic *m)
{
    assert_true(isfinite(m->penalty) && isfinite(m->temperature));
    for (int i = 0; i < m->classes * m->terms; i++) assert_true(isfinite(m->coefficient[i]));
    for (int t = 0; t < m->terms; t++) assert_true(isfinite(m->term[t].knot));
}

static void whatever_comes_what_is_learnt_is_finite(void **state)
{
    (void)state;
    static const double odd[][4] = {{0, 1, 0, 1},           {1e300, -1e300, 1e300, 0},
                                    {DBL_MAX, -DBL_MAX},    {1e-300, 2e-300, 0, -1e-300},
                                    {1e15, 1e15 + 1, 1e15}, {5e-324, 0}};
    fs_logistic m = {0};
    fs_learn_column column = {.number = a, .valid = known};
    for (int o = 0; o < 6; o++)
        for (int kind = 0; kind < 5; kind++)
            for (int rows = 1; rows < 300; rows = rows * 2 + kind) {
                for (int i = 0; i < rows; i++) {
                    a[i] = odd[o][i % 4];
                    known[i] = kind != 3 && (kind != 2 || i % 5 > 0);
                    label[i] = kind == 0   ? a[i] > 0
                               : kind == 1 ? 2 * i > rows
                               : kind == 4 ? -1
                                           : i % 2;
                }
                fit(&m, rows % 2 ? &full : &plain, &column, 1, 2, rows);
                assert_int_equal(m.rows, kind == 4 ? 0 : rows);
                assert_int_equal(m.terms > 0, kind != 4);
                all_is_finite(&m);
            }
    fs_logistic_free(&m);
}

static void classes_that_can_be_told_apart_and_one_alone_are_no_trouble(void **state)
{
    (void)state;
    fs_logistic m = {0};
    fs_learn_column column = {.number = a};
    double p[3];
    for (int i = 0; i < 300; i++) a[i] = i, label[i] = i / 100;
    fit(&m, &full, &column, 1, 3, 300);
    all_is_finite(&m);
    chances(&m, &column, 10, p);
    assert_true(p[0] > 0.9);
    for (int i = 0; i < 300; i++) label[i] = 0;
    fit(&m, &full, &column, 1, 1, 300);
    assert_true(m.coefficient[0] == 0);
    fit(&m, &full, &column, 1, 3, 2);
    all_is_finite(&m);
    fs_logistic_free(&m);
}

static void too_many_coefficients_are_refused(void **state)
{
    (void)state;
    fs_logistic m = {0};
    fs_error error = {0};
    static fs_learn_column column[2000];
    for (int c = 0; c < 2000; c++) column[c].number = a;
    for (int i = 0; i < 40; i++) a[i] = i * i, label[i] = i % 3;
    assert_int_equal(fs_logistic_fit(&m, &full, column, 2000, label, 3, 40, &error), FS_DATA);
    assert_non_null(strstr(error.message, "coefficients"));
    fs_logistic_free(&m);
}

static void scores_beyond_all_bounds_are_probabilities_still(void **state)
{
    (void)state;
    double score[] = {INFINITY, -INFINITY, 1e308, 0};
    fs_softmax(score, 4);
    assert_true(score[0] == 0.5 && score[1] == 0 && score[2] == 0.5 && score[3] == 0);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    fs_learn_column column[3];
    bool failed = true;
    simulate(300, column);
    for (int64_t n = 0; failed; n++) {
        fs_logistic m = {0};
        fs_alloc_fail_after(n);
        fs_status status = fs_logistic_fit(&m, &full, column, 3, label, 3, 300, NULL);
        failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        fs_logistic_free(&m);
        assert_in_range(n, 0, 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_columns_it_gives_the_log_odds),
        cmocka_unit_test(the_gradient_is_zero_where_it_ends),
        cmocka_unit_test(it_finds_what_made_the_rows),
        cmocka_unit_test(of_rows_that_are_given_a_chance_so_many_are_of_the_class),
        cmocka_unit_test(where_there_is_nothing_to_learn_it_says_so),
        cmocka_unit_test(last_digits_of_the_input_move_last_digits_of_the_result),
        cmocka_unit_test(a_null_counts_as_the_mean_and_for_what_nulls_have_in_common),
        cmocka_unit_test(rare_levels_and_columns_that_never_differ_have_no_term),
        cmocka_unit_test(whatever_comes_what_is_learnt_is_finite),
        cmocka_unit_test(classes_that_can_be_told_apart_and_one_alone_are_no_trouble),
        cmocka_unit_test(too_many_coefficients_are_refused),
        cmocka_unit_test(scores_beyond_all_bounds_are_probabilities_still),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
