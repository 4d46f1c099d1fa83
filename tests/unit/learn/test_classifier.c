/* Boosted trees and the classifier made of them and of logistic regression: they find what made the rows, what each column adds
 * comes to the score exactly and is the Shapley value, and whatever comes in, what comes out is finite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "foresell/learn.h"
#include "foresell/numeric.h"

#define MOST    3000
#define COLUMNS 4

static double a[MOST], b[MOST], c[MOST];
static uint8_t known[MOST];
static int32_t level[MOST], label[MOST];
static int64_t place[MOST];
static double score[32 * FS_CLASS_ROWS], effect[32 * COLUMNS * FS_CLASS_ROWS];
static fs_learn_column column[COLUMNS];

/* Two classes: a and b only matter together (an exclusive or), c does where it is not null, and a level does. */
static void simulate(int64_t rows, int classes)
{
    fs_random random = fs_random_open(7, 0, 0, 0);
    for (int64_t i = 0; i < rows; i++) {
        place[i] = i;
        a[i] = fs_random_normal(&random);
        b[i] = fs_random_normal(&random);
        c[i] = fs_random_normal(&random);
        known[i] = fs_random_uniform(&random) < 0.8;
        level[i] = (int32_t)fs_random_below(&random, 4);
        double logit =
            ((a[i] > 0) == (b[i] > 0) ? 2 : -2) + (known[i] ? c[i] : -1) + (level[i] == 2);
        label[i] = fs_random_uniform(&random) < 1 / (1 + exp(-logit));
        if (classes > 2 && fs_random_uniform(&random) < 0.2) label[i] = 2;
    }
    column[0] = (fs_learn_column){.number = a};
    column[1] = (fs_learn_column){.number = b};
    column[2] = (fs_learn_column){.number = c, .valid = known};
    column[3] = (fs_learn_column){.level = level, .levels = 4};
}

static void fit(fs_classifier *m, fs_classifier_kind kind, int classes, int64_t rows)
{
    fs_classifier_settings settings = {.kind = kind, .logistic = {.knots = 2, .folds = 5}};
    assert_int_equal(fs_classifier_fit(m, &settings, column, COLUMNS, label, classes, rows, NULL),
                     FS_OK);
}

static double loss(const fs_classifier *m, int64_t from, int64_t to)
{
    double sum = 0;
    for (int64_t at = from; at < to; at += 500) {
        fs_class_scores(&m->model, column, COLUMNS, place + at, 500, score, NULL);
        for (int i = 0; i < 500; i++) {
            double p[32];
            for (int k = 0; k < m->model.classes; k++) p[k] = score[k * FS_CLASS_ROWS + i];
            fs_softmax(p, m->model.classes);
            sum -= log(p[label[at + i]]) / (double)(to - from);
        }
    }
    return sum;
}

static void trees_find_what_only_two_columns_together_tell(void **state)
{
    (void)state;
    fs_classifier lines = {0}, trees = {0}, best = {0};
    simulate(2500, 2);
    fit(&lines, FS_CLASSIFIER_LOGISTIC, 2, 1500);
    fit(&trees, FS_CLASSIFIER_TREES, 2, 1500);
    fit(&best, FS_CLASSIFIER_AUTO, 2, 1500);
    double by_lines = loss(&lines, 1500, 2500), by_trees = loss(&trees, 1500, 2500);
    assert_true(by_trees < by_lines - 0.15);
    assert_true(loss(&best, 1500, 2500) < by_trees + 0.005);
    assert_true(lines.model.trees == 0 && trees.factor[0] <= 0 && trees.penalty <= 0);
    fs_classifier_free(&lines), fs_classifier_free(&trees), fs_classifier_free(&best);
}

static void where_lines_tell_all_they_count_most(void **state)
{
    (void)state;
    fs_classifier m = {0};
    fs_random random = fs_random_open(8, 0, 0, 0);
    simulate(1500, 2);
    for (int i = 0; i < 1500; i++)
        label[i] = a[i] + b[i] - 0.5 * c[i] * known[i] >
                   log(fs_random_exponential(&random)) - log(fs_random_exponential(&random));
    fit(&m, FS_CLASSIFIER_AUTO, 2, 1500);
    assert_true(m.factor[0] > 0.6 && m.factor[1] < 0.4);
    fs_classifier_free(&m);
}

static void effects_and_the_mean_come_to_the_score(void **state)
{
    (void)state;
    for (int classes = 2; classes <= 3; classes++) {
        fs_classifier m = {0};
        simulate(1000, classes);
        fit(&m, FS_CLASSIFIER_BOTH, classes, 1000);
        assert_true(m.model.trees > 0);
        fs_class_scores(&m.model, column, COLUMNS, place, 1000, score, effect);
        for (int k = 0; k < classes; k++) {
            double base = NAN;
            for (int i = 0; i < 1000; i++) {
                double rest = score[k * FS_CLASS_ROWS + i];
                for (int j = 0; j < COLUMNS; j++)
                    rest -= effect[(k * COLUMNS + j) * FS_CLASS_ROWS + i];
                if (i == 0) base = rest;
                assert_true(fabs(rest - base) < 1e-9);
            }
        }
        fs_classifier_free(&m);
    }
}

/* The mean of a tree where only the columns in `open` are known of the row. */
static double mean_of(const fs_tree *tree, int n, unsigned open, int64_t row)
{
    const fs_tree_node *node = &tree->node[n];
    if (node->column < 0) return node->value;
    const fs_learn_column *of = &column[node->column];
    bool is_known = !of->valid || of->valid[row];
    bool holds =
        is_known &&
        (node->bare || (of->number ? of->number[row] > node->knot : of->level[row] == node->level));
    if (open >> node->column & 1) return mean_of(tree, 2 * n + holds, open, row);
    return node->share * mean_of(tree, 2 * n + 1, open, row) +
           (1 - node->share) * mean_of(tree, 2 * n, open, row);
}

static double shapley(const fs_tree *tree, int j, int64_t row)
{
    static const double weight[] = {1 / 4.0, 1 / 12.0, 1 / 12.0,
                                    1 / 4.0}; /* by how many are known */
    double sum = 0;
    for (unsigned open = 0; open < 16; open++) {
        if (open >> j & 1) continue;
        double more = mean_of(tree, 1, open | 1u << j, row) - mean_of(tree, 1, open, row);
        sum += weight[__builtin_popcount(open)] * more;
    }
    return sum;
}

static void effects_of_trees_are_shapley_values(void **state)
{
    (void)state;
    fs_classifier m = {0};
    simulate(1000, 2);
    fit(&m, FS_CLASSIFIER_TREES, 2, 1000);
    fs_class_scores(&m.model, column, COLUMNS, place, 50, score, effect);
    for (int i = 0; i < 50; i++)
        for (int j = 0; j < COLUMNS; j++) {
            double sum = 0;
            for (int64_t t = 0; t < m.model.trees; t++) sum += shapley(&m.model.tree[t], j, i);
            assert_true(fabs(sum - effect[(COLUMNS + j) * FS_CLASS_ROWS + i]) < 1e-9);
        }
    fs_classifier_free(&m);
}

static void the_same_rows_give_the_same_trees_whatever_came_before(void **state)
{
    (void)state;
    fs_classifier one = {0}, other = {0};
    simulate(900, 3);
    fit(&other, FS_CLASSIFIER_AUTO, 3, 900);
    fit(&one, FS_CLASSIFIER_AUTO, 3, 500);
    fit(&other, FS_CLASSIFIER_AUTO, 3, 500);
    assert_int_equal(one.model.trees, other.model.trees);
    for (int64_t t = 0; t < one.model.trees; t++)
        for (int n = 1; n < FS_TREE_NODES; n++)
            assert_true(one.model.tree[t].node[n].column == other.model.tree[t].node[n].column &&
                        !(one.model.tree[t].node[n].value < other.model.tree[t].node[n].value) &&
                        !(one.model.tree[t].node[n].value > other.model.tree[t].node[n].value));
    fs_classifier_free(&one), fs_classifier_free(&other);
}

static void a_column_that_alone_tells_the_class_is_named(void **state)
{
    (void)state;
    fs_classifier m = {0};
    simulate(1000, 2);
    fit(&m, FS_CLASSIFIER_AUTO, 2, 1000);
    assert_int_equal(m.telltale, -1);
    for (int i = 0; i < 1000; i++) c[i] = label[i] ? 5 + b[i] / 10 : b[i];
    memset(known, 1, sizeof known);
    fit(&m, FS_CLASSIFIER_LOGISTIC, 2, 1000);
    assert_int_equal(m.telltale, 2);
    assert_true(m.telltale_auc > 0.99 && m.telltale_auc <= 1);
    fs_classifier_free(&m);
}

static void expect_finite(fs_classifier *m, int classes, int rows)
{
    fit(m, FS_CLASSIFIER_BOTH, classes, rows);
    fs_class_scores(&m->model, column, COLUMNS, place, rows, score, effect);
    for (int k = 0; k < classes; k++)
        for (int i = 0; i < rows; i++) {
            assert_true(isfinite(score[k * FS_CLASS_ROWS + i]));
            for (int j = 0; j < COLUMNS; j++)
                assert_true(isfinite(effect[(k * COLUMNS + j) * FS_CLASS_ROWS + i]));
        }
    for (int64_t t = 0; t < m->model.trees; t++)
        for (int n = 1; n < FS_TREE_NODES; n++) {
            const fs_tree_node *node = &m->model.tree[t].node[n];
            assert_true(isfinite(node->knot) && isfinite(node->value) && node->share >= 0 &&
                        node->share <= 1);
        }
}

static void whatever_comes_what_is_learnt_is_finite(void **state)
{
    (void)state;
    fs_classifier m = {0};
    simulate(1000, 2);
    for (int i = 0; i < 1000; i++) a[i] = i % 7 == 0 ? 1e300 : i % 5 == 0 ? -1e308 : a[i];
    expect_finite(&m, 2, 1000);
    for (int i = 0; i < 1000; i++) a[i] = 3, b[i] = 0;
    expect_finite(&m, 2, 1000);
    memset(known, 0, sizeof known);
    expect_finite(&m, 2, 1000);
    for (int i = 0; i < 1000; i++) label[i] = 1; /* the first has no row */
    expect_finite(&m, 2, 1000);
    for (int i = 0; i < 1000; i++) label[i] = 0;
    expect_finite(&m, 1, 1000);
    simulate(2, 2);
    expect_finite(&m, 2, 2);
    expect_finite(&m, 2, 0);
    for (int i = 0; i < 1000; i++) label[i] = -1;
    expect_finite(&m, 2, 1000);
    assert_true(m.rows == 0 && m.model.terms == 0);
    fs_classifier_free(&m);
}

static void levels_may_be_as_many_as_rows(void **state)
{
    (void)state;
    fs_classifier m = {0};
    simulate(1000, 2);
    for (int i = 0; i < 1000; i++) level[i] = i;
    column[3].levels = 1000;
    expect_finite(&m, 2, 1000);
    fs_classifier_free(&m);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    fs_classifier_settings settings = {.logistic = {.knots = 1, .folds = 2}};
    bool failed = true;
    int64_t n = 0;
    simulate(200, 2);
    for (; failed && n < 500; n++) {
        fs_classifier m = {0};
        fs_alloc_fail_after(n);
        fs_status status = fs_classifier_fit(&m, &settings, column, COLUMNS, label, 2, 200, NULL);
        failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        fs_classifier_free(&m);
    }
    assert_in_range(n, 40, 499);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_find_what_only_two_columns_together_tell),
        cmocka_unit_test(where_lines_tell_all_they_count_most),
        cmocka_unit_test(effects_and_the_mean_come_to_the_score),
        cmocka_unit_test(effects_of_trees_are_shapley_values),
        cmocka_unit_test(the_same_rows_give_the_same_trees_whatever_came_before),
        cmocka_unit_test(a_column_that_alone_tells_the_class_is_named),
        cmocka_unit_test(whatever_comes_what_is_learnt_is_finite),
        cmocka_unit_test(levels_may_be_as_many_as_rows),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
