/* Levenberg-Marquardt in lanes: known answers, bounds, lanes that do not see each other, values that are no numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "least_squares_internal.h"

#define LANES  FS_LSQ_LANES
#define POINTS 20

typedef double lanes[FS_LSQ_PARAMETERS][LANES];

static fs_lsq_problem problem_of(int parameters)
{
    fs_lsq_problem p = {.parameters = parameters, .rounds = 200, .tolerance = 1e-14};
    for (int k = 0; k < LANES; k++) p.free[k] = (1u << parameters) - 1;
    for (int i = 0; i < FS_LSQ_PARAMETERS; i++) {
        p.low[i] = -1e6;
        p.high[i] = 1e6;
        p.longest[i] = 1e6;
    }
    return p;
}

static void add_residual(fs_lsq_sums *sums, int k, int parameters, double r, const double *d)
{
    sums->squares[k] += r * r;
    for (int i = 0; i < parameters; i++) {
        sums->slope[i][k] += r * d[i];
        for (int j = 0; j <= i; j++) sums->product[i * (i + 1) / 2 + j][k] += d[i] * d[j];
    }
}

/* Lane k: y = (1 + k) exp(-(0.1 + 0.05 k) t), without noise. */
static void decay(void *context, lanes x, fs_lsq_sums *sums)
{
    (void)context;
    memset(sums, 0, sizeof *sums);
    for (int k = 0; k < LANES; k++)
        for (int t = 0; t < POINTS; t++) {
            double y = (1 + k) * exp(-(0.1 + 0.05 * k) * t), e = exp(-x[1][k] * t);
            double d[] = {e, -x[0][k] * t * e};
            add_residual(sums, k, 2, x[0][k] * e - y, d);
        }
}

static void curves_are_found(void **state)
{
    (void)state;
    fs_lsq_problem p = problem_of(2);
    lanes x = {{0}};
    double squares[LANES];
    for (int k = 0; k < LANES; k++) x[0][k] = 3, x[1][k] = 0.3;
    fs_least_squares(decay, NULL, &p, x, squares);
    for (int k = 0; k < LANES; k++) {
        assert_true(fabs(x[0][k] - (1 + k)) < 1e-6 && fabs(x[1][k] - (0.1 + 0.05 * k)) < 1e-6);
        assert_true(squares[k] < 1e-12);
    }
}

/* Rosenbrock's valley: r = 10 (y - x^2), 1 - x. */
static void valley(void *context, lanes x, fs_lsq_sums *sums)
{
    int *calls = context;
    (*calls)++;
    memset(sums, 0, sizeof *sums);
    for (int k = 0; k < LANES; k++) {
        const double first[] = {-20 * x[0][k], 10}, second[] = {-1, 0};
        add_residual(sums, k, 2, 10 * (x[1][k] - x[0][k] * x[0][k]), first);
        add_residual(sums, k, 2, 1 - x[0][k], second);
    }
}

static void the_bottom_of_a_bent_valley_is_found_in_few_rounds(void **state)
{
    (void)state;
    fs_lsq_problem p = problem_of(2);
    lanes x = {{0}};
    double squares[LANES];
    int calls = 0;
    for (int k = 0; k < LANES; k++) x[0][k] = -1.2 - k, x[1][k] = 1 + k;
    fs_least_squares(valley, &calls, &p, x, squares);
    for (int k = 0; k < LANES; k++)
        assert_true(fabs(x[0][k] - 1) < 1e-6 && fabs(x[1][k] - 1) < 1e-6 && squares[k] < 1e-12);
    assert_true(calls < 60);
}

static void a_lane_does_not_see_its_neighbours(void **state)
{
    (void)state;
    fs_lsq_problem p = problem_of(2);
    lanes all = {{0}}, one;
    double squares[LANES], alone[LANES];
    int calls = 0;
    for (int k = 0; k < LANES; k++) all[0][k] = -1.2 - k, all[1][k] = 1 + k;
    memcpy(one, all, sizeof one);
    for (int k = 0; k < LANES; k++)
        if (k != 3) p.free[k] = 0, one[0][k] = k;
    fs_least_squares(valley, &calls, &p, one, alone);
    p = problem_of(2);
    fs_least_squares(valley, &calls, &p, all, squares);
    assert_true(all[0][3] == one[0][3] && all[1][3] == one[1][3] && squares[3] == alone[3]);
    assert_true(one[0][0] == 0 && one[0][5] == 5); /* none free: none moved */
}

static void bounds_hold_and_what_is_not_free_stays(void **state)
{
    (void)state;
    fs_lsq_problem p = problem_of(2);
    lanes x = {{0}};
    double squares[LANES];
    for (int k = 0; k < LANES; k++) x[0][k] = 0.5, x[1][k] = 0.3;
    p.high[0] = 4;
    p.free[7] = 1;
    fs_least_squares(decay, NULL, &p, x, squares);
    for (int k = 0; k < LANES; k++) assert_true(x[0][k] <= 4);
    assert_true(fabs(x[0][6] - 4) < 1e-9 && x[1][7] == 0.3);
    assert_true(fabs(x[0][2] - 3) < 1e-6);
}

/* No number beyond 1, the least at 3: it gets as near as numbers go. */
static void cliff(void *context, lanes x, fs_lsq_sums *sums)
{
    (void)context;
    memset(sums, 0, sizeof *sums);
    for (int k = 0; k < LANES; k++) {
        const double d[] = {1};
        add_residual(sums, k, 1, x[0][k] > 1 || k == 2 ? NAN : x[0][k] - 3, d);
    }
}

static void values_that_are_no_numbers_are_refused(void **state)
{
    (void)state;
    fs_lsq_problem p = problem_of(1);
    lanes x = {{0}};
    double squares[LANES];
    fs_least_squares(cliff, NULL, &p, x, squares);
    for (int k = 0; k < LANES; k++)
        assert_true(k == 2 ? x[0][k] == 0 : x[0][k] > 0.8 && x[0][k] <= 1);
    assert_true(squares[2] == 1e300 && squares[0] < 9);
}

/* Two parameters that do the same: the sum falls to zero all the same. */
static void twins(void *context, lanes x, fs_lsq_sums *sums)
{
    (void)context;
    memset(sums, 0, sizeof *sums);
    for (int k = 0; k < LANES; k++) {
        const double d[] = {1, 1};
        add_residual(sums, k, 2, x[0][k] + x[1][k] - k, d);
    }
}

static void parameters_that_do_the_same_do_no_harm(void **state)
{
    (void)state;
    fs_lsq_problem p = problem_of(2);
    lanes x = {{0}};
    double squares[LANES];
    fs_least_squares(twins, NULL, &p, x, squares);
    for (int k = 0; k < LANES; k++) assert_true(squares[k] < 1e-9 && isfinite(x[0][k]));
}

/* ---- lanes against the plain version ---- */

/* Mostly usual numbers, now and then what is none or far off. */
static double strange(fs_random *random)
{
    static const double nasty[] = {0, -0.0, INFINITY, -INFINITY, NAN, 1e300, -1e300, 1e-300};
    uint64_t draw = fs_random_bits(random);
    return draw % 16 == 0 ? nasty[draw / 16 % 8] : fs_random_normal(random);
}

static void fill_sums(fs_random *random, fs_lsq_sums *sums)
{
    for (int k = 0; k < LANES; k++) {
        sums->squares[k] = fabs(strange(random));
        for (int i = 0; i < FS_LSQ_PARAMETERS; i++) sums->slope[i][k] = strange(random);
        for (int i = 0; i < FS_LSQ_PRODUCTS; i++) sums->product[i][k] = strange(random);
        for (int i = 0; i < FS_LSQ_PARAMETERS; i++) /* a diagonal that mostly outweighs the rest */
            sums->product[fs_lsq_entry(i, i)][k] = 4 + fabs(strange(random));
    }
}

static void fill_state(fs_random *random, const fs_lsq_problem *problem, fs_lsq_state *s)
{
    *s = (fs_lsq_state){.problem = problem};
    fill_sums(random, &s->at);
    fs_lsq_lanes_keep_finite(&s->at);
    for (int k = 0; k < LANES; k++) {
        s->damping[k] = fabs(fs_random_normal(random)), s->growth[k] = 2;
        s->refused[k] = fs_random_below(random, FS_LSQ_REFUSALS);
        s->done[k] = fs_random_below(random, 4) == 0 ? -1 : 0;
        for (int i = 0; i < FS_LSQ_PARAMETERS; i++) {
            s->x[i][k] = fs_random_normal(random);
            s->free[i][k] = fs_random_below(random, 4) == 0 ? 0 : -1;
        }
    }
}

#define SAME(a, b) assert_memory_equal(&(a), &(b), sizeof(a))

static void sums_are_kept_finite_as_by_the_reference(void **state)
{
    (void)state;
    fs_random random = fs_random_open(1, 0, 0, 0);
    for (int round = 0; round < 2000; round++) {
        fs_lsq_sums fast, plain;
        fill_sums(&random, &fast);
        plain = fast;
        fs_lsq_lanes_keep_finite(&fast);
        for (int k = 0; k < LANES; k++) fs_lsq_reference_keep_finite(&plain, k);
        SAME(fast, plain);
    }
}

/* Of lanes that are done only that they stand still counts. */
static void assert_same(const fs_lsq_state *fast, const fs_lsq_state *plain)
{
    SAME(fast->done, plain->done);
    for (int k = 0; k < LANES; k++) {
        for (int i = 0; i < FS_LSQ_PARAMETERS; i++) {
            SAME(fast->x[i][k], plain->x[i][k]);
            assert_true(fast->step[i][k] == plain->step[i][k]);
            SAME(fast->at.slope[i][k], plain->at.slope[i][k]);
        }
        for (int i = 0; i < FS_LSQ_PRODUCTS; i++)
            SAME(fast->at.product[i][k], plain->at.product[i][k]);
        SAME(fast->at.squares[k], plain->at.squares[k]);
        if (plain->done[k]) continue;
        SAME(fast->promise[k], plain->promise[k]);
        SAME(fast->damping[k], plain->damping[k]);
        SAME(fast->growth[k], plain->growth[k]);
        SAME(fast->refused[k], plain->refused[k]);
    }
}

static void a_round_is_that_of_the_reference(void **state)
{
    (void)state;
    fs_random random = fs_random_open(2, 0, 0, 0);
    for (int round = 0; round < 4000; round++) {
        fs_lsq_problem p = problem_of(1 + round % FS_LSQ_PARAMETERS);
        fs_lsq_state fast, plain;
        fs_lsq_sums tried;
        p.longest[0] = 0.1, p.high[1] = 0.2, p.low[1] = -0.2;
        fill_state(&random, &p, &fast);
        plain = fast;
        fs_lsq_lanes_plan(&fast);
        for (int k = 0; k < LANES; k++) fs_lsq_reference_plan(&plain, k);
        assert_same(&fast, &plain);
        fill_sums(&random, &tried);
        fs_lsq_lanes_keep_finite(&tried);
        fs_lsq_lanes_judge(&fast, &tried);
        for (int k = 0; k < LANES; k++) fs_lsq_reference_judge(&plain, &tried, k);
        assert_same(&fast, &plain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves_are_found),
        cmocka_unit_test(the_bottom_of_a_bent_valley_is_found_in_few_rounds),
        cmocka_unit_test(a_lane_does_not_see_its_neighbours),
        cmocka_unit_test(bounds_hold_and_what_is_not_free_stays),
        cmocka_unit_test(values_that_are_no_numbers_are_refused),
        cmocka_unit_test(parameters_that_do_the_same_do_no_harm),
        cmocka_unit_test(sums_are_kept_finite_as_by_the_reference),
        cmocka_unit_test(a_round_is_that_of_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
