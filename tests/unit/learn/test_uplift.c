/* Uplift: what was planted is found, each learner by itself and the right one by auto; measures agree with published definitions; a
 * treatment that was not random is noticed and made up for; whatever comes in, what comes out is finite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "foresell/learn.h"
#include "foresell/numeric.h"

#define MOST 40000

static double a[MOST], b[MOST], outcome[MOST], truth[MOST], score[MOST];
static uint8_t known[MOST];
static int32_t level[MOST];
static int8_t arm[MOST];

static const fs_uplift_settings usual = {.knots = 2, .folds = 5, .trees = 50, .weigh = true};

static fs_uplift_settings with(fs_uplift_model model)
{
    fs_uplift_settings s = usual;
    s.model = model;
    return s;
}

/* ---- scores of a model ---- */

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

static bool goes_below(const fs_uplift_node *n, const fs_learn_column *column, int64_t i)
{
    const fs_learn_column *c = &column[n->column];
    if (c->valid && !c->valid[i]) return false;
    return c->number ? c->number[i] <= n->knot : c->level[i] == n->level;
}

static double uplift_of(const fs_uplift *m, const fs_learn_column *column, int64_t i)
{
    double sum = 0;
    for (int t = 0; t < m->terms; t++) sum += m->coefficient[t] * value_of(&m->term[t], column, i);
    for (int64_t n = 0; n < m->nodes; n++) {
        if (m->node[n].node > 0) continue;
        const fs_uplift_node *root = &m->node[n], *at = root;
        while (at->below >= 0) at = root + (goes_below(at, column, i) ? at->below : at->above);
        sum += at->value;
    }
    return sum;
}

static void fit(fs_uplift *m, const fs_uplift_settings *s, const fs_learn_column *column,
                int columns, int64_t rows)
{
    assert_int_equal(fs_uplift_fit(m, s, column, columns, arm, outcome, rows, NULL), FS_OK);
}

/* Correlation of what a model says of rows with what was planted in them. */
static double agreement(const fs_uplift *m, const fs_learn_column *column, int64_t from, int64_t to)
{
    double n = (double)(to - from), x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (int64_t i = from; i < to; i++) {
        double u = uplift_of(m, column, i);
        x += u / n;
        y += truth[i] / n;
        xx += u * u / n;
        yy += truth[i] * truth[i] / n;
        xy += u * truth[i] / n;
    }
    return (xy - x * y) / sqrt(fmax((xx - x * x) * (yy - y * y), 1e-300));
}

/* Outcomes of 0 and 1 from a number, another with nulls, and a level; the treatment is a fair draw. The uplift is linear in a and
 * larger for level 1, or, crossed, has the sign of a b. */
static void simulate(int64_t rows, bool crossed, uint64_t seed, fs_learn_column *column)
{
    fs_random random = fs_random_open(seed, 0, 0, 0);
    for (int64_t i = 0; i < rows; i++) {
        a[i] = fs_random_normal(&random);
        b[i] = fs_random_normal(&random);
        level[i] = (int32_t)fs_random_below(&random, 3);
        known[i] = fs_random_uniform(&random) > 0.1;
        arm[i] = fs_random_uniform(&random) < 0.5;
        truth[i] = crossed ? (a[i] * b[i] > 0 ? 0.2 : -0.2)
                           : 0.1 + 0.06 * fmax(-2, fmin(a[i], 2)) + 0.1 * (level[i] == 1);
        double chance = 0.35 + 0.05 * fmax(-2, fmin(b[i], 2)) + arm[i] * truth[i];
        outcome[i] = fs_random_uniform(&random) < chance;
        if (crossed) known[i] = 1;
    }
    column[0] = (fs_learn_column){.number = a};
    column[1] = (fs_learn_column){.number = b, .valid = known};
    column[2] = (fs_learn_column){.level = level, .levels = 3};
}

/* ---- measures ---- */

static void measures_have_the_digits_of_the_published_definitions(void **state)
{
    (void)state;
    static const double s[] = {.9, .8, .8, .7, .6, .5, .4, .3, .2, .1};
    static const int8_t t[] = {1, 0, 1, 1, 0, 1, 0, 0, 1, 0};
    static const double y[] = {1, 0, 1, 0, 1, 0, 0, 1, 0, 1},
                        most[] = {1, 1, 1, 0, 1, 1, 1, 1, 0, 1};
    fs_qini q = {0};
    assert_int_equal(fs_qini_measure(&q, s, t, y, NULL, 10), FS_OK);
    assert_true(q.known && q.treated == 5 && q.control == 5);
    assert_float_equal(q.qini, 0.6306306306306307, 1e-14);
    assert_float_equal(q.auuc, 0.6383219954648525, 1e-14);
    fs_qini_point p = fs_qini_at(&q, 0.5);
    assert_true(p.known && p.known_by_group && p.rows == 5 && p.treated == 3);
    assert_float_equal(p.uplift, 1.0 / 6, 1e-15);
    assert_float_equal(p.by_group, 0.5, 1e-15);
    assert_float_equal(fs_qini_at(&q, 1).gained, q.gained, 1e-15);
    assert_int_equal(fs_qini_measure(&q, s, t, most, NULL, 10), FS_OK); /* many controls respond */
    assert_float_equal(q.qini, 0.15217391304347827, 1e-14);
    assert_float_equal(q.auuc, 0.2732142857142857, 1e-14);
    fs_qini_free(&q);
}

static void weights_count_as_so_many_rows(void **state)
{
    (void)state;
    static const double s[] = {5, 4, 3, 2, 1}, y[] = {1, 0, 0, 1, 1}, w[] = {2, 1, 1, 1, 1};
    static const double s2[] = {5, 5, 4, 3, 2, 1}, y2[] = {1, 1, 0, 0, 1, 1};
    static const int8_t t[] = {1, 0, 1, 0, 0}, t2[] = {1, 1, 0, 1, 0, 0};
    fs_qini q = {0}, twice = {0};
    assert_int_equal(fs_qini_measure(&q, s, t, y, w, 5), FS_OK);
    assert_int_equal(fs_qini_measure(&twice, s2, t2, y2, NULL, 6), FS_OK);
    assert_float_equal(q.qini, twice.qini, 1e-15);
    assert_float_equal(q.auuc, twice.auuc, 1e-15);
    fs_qini_free(&q);
    fs_qini_free(&twice);
}

static void where_nothing_can_be_gained_no_measure_is_known(void **state)
{
    (void)state;
    static const double s[] = {3, 2, 1, 0}, none[] = {0, 0, 0, 0}, some[] = {1, 0, 1, 0};
    static const int8_t t[] = {1, 0, 1, 0}, one[] = {1, 1, 1, 1}, nobody[] = {-1, -1, -1, -1};
    fs_qini q = {0};
    assert_int_equal(fs_qini_measure(&q, s, t, none, NULL, 4), FS_OK);
    assert_true(!q.known && q.qini == 0 && q.auuc == 0);
    assert_int_equal(fs_qini_measure(&q, s, one, some, NULL, 4), FS_OK);
    assert_false(q.known);
    assert_false(fs_qini_at(&q, 0.5).known);
    assert_int_equal(fs_qini_measure(&q, s, nobody, some, NULL, 4), FS_OK);
    assert_true(!q.known && q.rows == 0 && fs_qini_at(&q, 1).rows == 0);
    fs_qini_free(&q);
}

/* ---- what is found ---- */

static void without_columns_the_uplift_is_the_difference_of_means(void **state)
{
    (void)state;
    fs_uplift m = {0};
    for (int i = 0; i < 6; i++) {
        arm[i] = i % 2;
        outcome[i] = i;
    }
    fs_uplift_settings s = usual;
    fit(&m, &s, NULL, 0, 6);
    assert_true(m.terms == 1 && m.treated == 3 && m.control == 3 && m.limit == 5);
    assert_float_equal(m.coefficient[0], 1, 1e-6);
    assert_true(!m.judged && !m.tested && !m.calibrated);
    fs_uplift_free(&m);
}

static void each_learner_finds_what_was_planted(void **state)
{
    (void)state;
    fs_learn_column column[3];
    simulate(MOST, false, 1, column);
    for (int model = FS_UPLIFT_AUTO; model <= FS_UPLIFT_TREE; model++) {
        fs_uplift m = {0};
        fs_uplift_settings s = with((fs_uplift_model)model);
        double mean = 0;
        fit(&m, &s, column, 3, MOST / 2);
        assert_true(model == FS_UPLIFT_AUTO || (int)m.model == model);
        assert_true(m.judged && m.qini > 0.02 && m.calibrated && m.tested && !m.weighted);
        assert_true(agreement(&m, column, MOST / 2, MOST) >
                    (model == FS_UPLIFT_TREE ? 0.85 : 0.95));
        for (int64_t i = MOST / 2; i < MOST; i++)
            mean += (uplift_of(&m, column, i) - truth[i]) / (MOST / 2.0);
        assert_true(fabs(mean) < 0.03); /* four standard errors of the difference of means */
        fs_uplift_free(&m);
    }
}

static void where_no_sum_of_terms_is_right_auto_takes_trees(void **state)
{
    (void)state;
    fs_learn_column column[3];
    simulate(20000, true, 2, column);
    for (int c = FS_UPLIFT_ED; c <= FS_UPLIFT_CHI; c++) {
        fs_uplift m = {0};
        fs_uplift_settings s = usual;
        s.criterion = (fs_uplift_criterion)c;
        fit(&m, &s, column, 3, 16000);
        assert_int_equal(m.model, FS_UPLIFT_TREE);
        assert_true(agreement(&m, column, 16000, 20000) > 0.6);
        fs_uplift_free(&m);
    }
}

static void where_treatment_changes_all_alike_uplift_is_all_but_alike(void **state)
{
    (void)state;
    fs_learn_column column[3];
    fs_uplift m = {0};
    fs_random random = fs_random_open(9, 0, 0, 0);
    fs_uplift_settings s = usual;
    double least = 1, most = -1;
    simulate(20000, false, 3, column);
    for (int64_t i = 0; i < 20000; i++)
        outcome[i] = fs_random_uniform(&random) < 0.3 + 0.1 * arm[i];
    fit(&m, &s, column, 3, 20000);
    for (int64_t i = 0; i < 20000; i++) {
        least = fmin(least, uplift_of(&m, column, i));
        most = fmax(most, uplift_of(&m, column, i));
    }
    assert_true(most - least < 0.1 && least > 0 && most < 0.2);
    fs_uplift_free(&m);
}

/* How often the planted mean lies within 1.645 errors of what is said: of 60 samples with a chance of 0.9 at least 46 nearly always. */
static void errors_are_as_large_as_they_say(void **state)
{
    (void)state;
    fs_learn_column column[3];
    fs_uplift m = {0};
    int inside = 0;
    for (uint64_t k = 0; k < 60; k++) {
        fs_uplift_settings s = with(FS_UPLIFT_S);
        double away = 0, u = 0, mean = 0;
        simulate(2000, false, 100 + k, column);
        fit(&m, &s, column, 3, 2000);
        assert_true(m.calibrated);
        for (int64_t i = 0; i < 2000; i++) {
            u += uplift_of(&m, column, i) / 2000;
            mean += truth[i] / 2000;
        }
        away = m.slope_error * (u - m.pivot);
        inside += fabs(u - mean) <= 1.645 * hypot(m.level_error, away);
    }
    assert_in_range(inside, 46, 60);
    fs_uplift_free(&m);
}

/* ---- treatment ---- */

static void a_random_treatment_is_rarely_called_anything_else(void **state)
{
    (void)state;
    fs_learn_column column[3];
    fs_uplift m = {0};
    int called = 0;
    for (uint64_t k = 0; k < 60; k++) {
        fs_uplift_settings s = with(FS_UPLIFT_S);
        simulate(500, false, 200 + k, column);
        fit(&m, &s, column, 3, 500);
        called += m.treatment_p < FS_UPLIFT_NOT_BY_CHANCE;
    }
    assert_in_range(called, 0, 4);
    fs_uplift_free(&m);
}

/* Those who would buy anyway are treated more often; the treatment gives each 0.2 more. */
static double confounded_mean(bool weigh, fs_uplift *m)
{
    fs_learn_column column[3];
    fs_random random = fs_random_open(4, 0, 0, 0);
    fs_uplift_settings s = with(FS_UPLIFT_TRANSFORM);
    double mean = 0;
    s.weigh = weigh;
    simulate(20000, false, 4, column);
    for (int64_t i = 0; i < 20000; i++) {
        arm[i] = fs_random_uniform(&random) < 1 / (1 + exp(-1.5 * a[i]));
        outcome[i] =
            fs_random_uniform(&random) < 0.3 + 0.1 * fmax(-2, fmin(a[i], 2)) + 0.2 * arm[i];
    }
    fit(m, &s, column, 3, 20000);
    for (int64_t i = 0; i < 20000; i++) mean += uplift_of(m, column, i) / 20000;
    return mean;
}

static void a_treatment_that_was_not_random_is_noticed_and_made_up_for(void **state)
{
    (void)state;
    fs_uplift m = {0};
    double plain = confounded_mean(false, &m);
    assert_true(m.tested && m.treatment_p < 1e-6 && m.treatment_auc > 0.65 && !m.weighted);
    double weighted = confounded_mean(true, &m);
    assert_true(m.weighted && m.overlap > 0.5);
    assert_true(fabs(weighted - 0.2) < 0.03 && fabs(weighted - 0.2) < fabs(plain - 0.2) / 2);
    fs_uplift_free(&m);
}

static void a_feature_that_is_the_treatment_leaves_nothing_to_compare(void **state)
{
    (void)state;
    fs_learn_column column[3];
    fs_uplift m = {0};
    fs_uplift_settings s = usual;
    simulate(4000, false, 5, column);
    for (int64_t i = 0; i < 4000; i++) b[i] = arm[i];
    column[1].valid = NULL;
    fit(&m, &s, column, 3, 4000);
    assert_true(m.treatment_auc > 0.99 && m.treatment_p < 1e-6 && m.overlap < 0.5);
    for (int64_t i = 0; i < 4000; i++) assert_true(isfinite(uplift_of(&m, column, i)));
    fs_uplift_free(&m);
}

/* ---- nasty input ---- */

static void an_arm_without_rows_gives_no_model(void **state)
{
    (void)state;
    fs_learn_column column[3];
    fs_uplift m = {0};
    fs_uplift_settings s = usual;
    simulate(100, false, 6, column);
    for (int value = -1; value <= 1; value++) {
        memset(arm, value, 100);
        fit(&m, &s, column, 3, 100);
        assert_true(m.terms == 0 && m.nodes == 0 && !m.judged);
    }
    fit(&m, &s, column, 3, 0);
    assert_int_equal(m.terms, 0);
    fs_uplift_free(&m);
}

static void expect_finite(const fs_learn_column *column, int columns, int64_t rows)
{
    fs_uplift m = {0};
    for (int model = FS_UPLIFT_AUTO; model <= FS_UPLIFT_TREE; model++) {
        fs_uplift_settings s = with((fs_uplift_model)model);
        fit(&m, &s, column, columns, rows);
        assert_true(m.terms >= 1);
        for (int t = 0; t < m.terms; t++) assert_true(isfinite(m.coefficient[t]));
        for (int64_t n = 0; n < m.nodes; n++)
            assert_true(isfinite(m.node[n].value) && isfinite(m.node[n].knot));
        assert_true(isfinite(m.qini) && isfinite(m.auuc) && isfinite(m.limit) &&
                    isfinite(m.pivot) && isfinite(m.level_error) && isfinite(m.slope_error) &&
                    isfinite(m.treatment_auc) && isfinite(m.treatment_p));
    }
    fs_uplift_free(&m);
}

static void whatever_comes_what_is_learnt_is_finite(void **state)
{
    (void)state;
    fs_learn_column column[3];
    simulate(600, false, 7, column);
    for (int64_t i = 0; i < 600; i++) outcome[i] = 0;
    expect_finite(column, 3, 600);
    for (int64_t i = 0; i < 600; i++) outcome[i] = 1;
    expect_finite(column, 3, 600);
    simulate(600, false, 7, column);
    for (int64_t i = 0; i < 600; i++) a[i] = i % 7 ? (i % 2 ? 1e300 : -1e300) : 1e-300;
    expect_finite(column, 3, 600);
    for (int64_t i = 0; i < 600; i++) outcome[i] *= i % 3 ? 1e300 : -1e300;
    expect_finite(column, 3, 600);
    for (int64_t i = 0; i < 600; i++) outcome[i] = i % 2 ? 1e-300 : 0;
    expect_finite(column, 3, 600);
    simulate(600, false, 7, column);
    for (int64_t i = 0; i < 600; i++) {
        a[i] = 3;
        known[i] = 0;
        level[i] = 0;
    }
    expect_finite(column, 3, 600);
    simulate(2, false, 7, column);
    arm[0] = 0;
    arm[1] = 1;
    expect_finite(column, 3, 2);
    simulate(600, false, 7, column);
    for (int64_t i = 0; i < 600; i++) arm[i] = i == 300; /* one treated */
    expect_finite(column, 3, 600);
}

static void too_many_terms_are_refused(void **state)
{
    (void)state;
    static fs_learn_column column[600];
    fs_uplift m = {0};
    fs_error error = {0};
    simulate(100, false, 8, column);
    for (int c = 0; c < 600; c++) column[c] = (fs_learn_column){.number = a};
    assert_int_equal(fs_uplift_fit(&m, &usual, column, 600, arm, outcome, 100, &error), FS_DATA);
    assert_non_null(strstr(error.message, "terms"));
    fs_uplift_free(&m);
}

static void a_struct_may_be_used_again_for_more_and_for_fewer_rows(void **state)
{
    (void)state;
    fs_learn_column column[3];
    fs_uplift used = {0};
    fs_uplift_settings s = usual;
    for (int64_t rows = 200; rows <= 3200; rows = rows == 3200 ? 9999 : rows * 4) {
        fs_uplift m = {0};
        simulate(3200, false, 10, column);
        fit(&used, &s, column, 3, 3200 + 200 - rows);
        fit(&used, &s, column, 3, rows);
        fit(&m, &s, column, 3, rows);
        assert_true(m.model == used.model && m.terms == used.terms && m.nodes == used.nodes);
        assert_memory_equal(m.coefficient, used.coefficient,
                            (size_t)m.terms * sizeof *m.coefficient);
        assert_true(m.qini == used.qini && m.pivot == used.pivot);
        fs_uplift_free(&m);
    }
    fs_uplift_free(&used);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    fs_learn_column column[3];
    fs_uplift_settings s = usual;
    bool failed = true;
    s.trees = 3;
    simulate(300, false, 11, column);
    for (int64_t i = 0; i < 300; i++) a[i] += arm[i]; /* weights as well */
    for (int64_t n = 0; failed; n++) {
        fs_uplift m = {0};
        fs_alloc_fail_after(n);
        fs_status status = fs_uplift_fit(&m, &s, column, 3, arm, outcome, 300, NULL);
        failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        assert_true(failed || m.weighted);
        fs_uplift_free(&m);
        assert_in_range(n, 0, 200);
    }
    failed = true;
    for (int64_t n = 0; failed; n++) {
        fs_qini q = {0};
        fs_alloc_fail_after(n);
        fs_status status = fs_qini_measure(&q, score, arm, outcome, NULL, 300);
        failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        fs_qini_free(&q);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_have_the_digits_of_the_published_definitions),
        cmocka_unit_test(weights_count_as_so_many_rows),
        cmocka_unit_test(where_nothing_can_be_gained_no_measure_is_known),
        cmocka_unit_test(without_columns_the_uplift_is_the_difference_of_means),
        cmocka_unit_test(each_learner_finds_what_was_planted),
        cmocka_unit_test(where_no_sum_of_terms_is_right_auto_takes_trees),
        cmocka_unit_test(where_treatment_changes_all_alike_uplift_is_all_but_alike),
        cmocka_unit_test(errors_are_as_large_as_they_say),
        cmocka_unit_test(a_random_treatment_is_rarely_called_anything_else),
        cmocka_unit_test(a_treatment_that_was_not_random_is_noticed_and_made_up_for),
        cmocka_unit_test(a_feature_that_is_the_treatment_leaves_nothing_to_compare),
        cmocka_unit_test(an_arm_without_rows_gives_no_model),
        cmocka_unit_test(whatever_comes_what_is_learnt_is_finite),
        cmocka_unit_test(too_many_terms_are_refused),
        cmocka_unit_test(a_struct_may_be_used_again_for_more_and_for_fewer_rows),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
