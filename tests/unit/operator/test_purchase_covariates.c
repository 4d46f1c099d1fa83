/* Covariates of the operators fit_purchases and purchases, from Arrow to Arrow: to coefficients, and from these to each customer's own outlook. */
#include "table_helpers.h"

#include "foresell/customer.h"
#include "foresell/numeric.h"

enum { MOST = 3000 };

static const char *const names[] = {"what", "row",   "repeats",  "recency",
                                    "age",  "loyal", "distance", "word"};
static const enum ArrowType types[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_INT32, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_STRING};
static const table plain = {"fit_purchases", names, types, 5},
                   one = {"fit_purchases", names, types, 6},
                   fitted = {"fit_purchases", names, types, 7},
                   texts = {"fit_purchases", names, types, 8};

static const char *const told_names[] = {"what",    "row",     "model", "parameter", "estimate",
                                         "repeats", "recency", "age",   "loyal",     "distance"};
static const enum ArrowType told_types[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,  NANOARROW_TYPE_STRING, NANOARROW_TYPE_STRING,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_INT32,  NANOARROW_TYPE_DOUBLE};
static const table told = {"purchases", told_names, told_types, 10},
                   bare = {"purchases", told_names, told_types, 8};

/* ---- customers whose rates and leaving depend on what is known of them ---- */

static const double truth[FS_PURCHASE_PARAMETERS] = {0.8, 6, 0.9, 14};
static const fs_covariate_effects planted = {2, {0, 0}, {0.5, -0.03}, {-0.6, 0.02}};

static void draw(uint64_t i, double *history, double *covariate)
{
    fs_random random = fs_random_open(23, i, 0, 0);
    double own[FS_PURCHASE_PARAMETERS], last = 0, repeats = 0;
    covariate[0] = fs_random_uniform(&random) < 0.4;
    covariate[1] = 10 * fs_random_exponential(&random);
    fs_covariate_parameters(FS_PARETO_NBD, truth, &planted, covariate, own);
    double rate = fs_random_gamma(&random, own[0]) / own[1], age = 40;
    double leaves = fs_random_exponential(&random) * own[3] / fs_random_gamma(&random, own[2]);
    for (double t = fs_random_exponential(&random) / rate; t < fmin(age, leaves);
         t += fs_random_exponential(&random) / rate)
        last = t, repeats++;
    history[0] = repeats, history[1] = last, history[2] = age;
}

/* How far off every 50th customer lives is not known. */
static const cells *simulate(int count)
{
    static cells rows[MOST];
    static char text[MOST][6][32];
    for (int i = 0; i < count; i++) {
        double history[3], covariate[2];
        draw((uint64_t)i, history, covariate);
        snprintf(text[i][0], sizeof text[i][0], "%d", i);
        for (int k = 0; k < 3; k++)
            snprintf(text[i][1 + k], sizeof text[i][0], "%.17g", history[k]);
        snprintf(text[i][4], sizeof text[i][0], "%d", (int)covariate[0]);
        snprintf(text[i][5], sizeof text[i][0], "%.17g", covariate[1]);
        rows[i] = (cells){{"a", text[i][0], text[i][1], text[i][2], text[i][3], text[i][4],
                           i % 50 == 49 ? NULL : text[i][5], "word"}};
    }
    return rows;
}

static const char *line_of(const fs_buffer *out, const char *head)
{
    const char *at = strstr(out->data, head);
    if (!at) fail_msg("no line begins with %s", head);
    return at + strlen(head);
}

static void expect_told(const fs_buffer *out, const char *head, double wanted)
{
    double estimate, deviation;
    assert_int_equal(sscanf(line_of(out, head), "%lf,%lf,", &estimate, &deviation), 2);
    if (!(fabs(estimate - wanted) < 3.5 * deviation && deviation < 0.2))
        fail_msg("%s %g, wanted %g, deviation %g", head, estimate, wanted, deviation);
}

/* ---- a model ---- */

static void a_model_has_the_coefficients_of_its_covariates(void **state)
{
    (void)state;
    fs_buffer out = {0};
    assert_int_equal(apply(&fitted, "model = pareto_nbd, covariates = [loyal, distance]",
                           simulate(MOST), MOST, 700, &out, NULL, -1, NULL),
                     FS_OK);
    expect_told(&out, "a,pareto_nbd,rate:loyal,", planted.rate[0]);
    expect_told(&out, "a,pareto_nbd,leaving:loyal,", planted.leaving[0]);
    expect_told(&out, "a,pareto_nbd,rate:distance,", planted.rate[1]);
    expect_told(&out, "a,pareto_nbd,leaving:distance,", planted.leaving[1]);
    double mean = strtod(line_of(&out, "a,pareto_nbd,mean:loyal,"), NULL);
    assert_true(fabs(mean - 0.4) < 0.03);
    assert_non_null(strstr(line_of(&out, "mean:distance,"),
                           ",2940,60 customers who lack a covariate are left out\n"));
    fs_buffer_free(&out);
}

static void each_model_has_rows_of_its_covariates_behind_its_parameters(void **state)
{
    (void)state;
    static const char *const behind[] = {"nbd,alpha",       "bg_nbd,b",    "mbg_nbd,b",
                                         "pareto_nbd,beta", "bg_cnbd_k,k", "mbg_cnbd_k,k"};
    static const char *const of[] = {"mean", "rate", "leaving"};
    fs_buffer out = {0};
    assert_int_equal(apply(&one, "model = all, covariates = [loyal]", simulate(400), 400, 400, &out,
                           NULL, -1, NULL),
                     FS_OK);
    for (int m = 0; m < FS_PURCHASE_MODELS; m++) {
        char head[64];
        snprintf(head, sizeof head, "a,%s,", behind[m]);
        const char *line = line_of(&out, head);
        for (int k = 0; k < (m == FS_NBD ? 2 : 3); k++) {
            line = strchr(line, '\n') + 1;
            snprintf(head, sizeof head, "a,%s,%s:loyal,", fs_purchase_model_name(m), of[k]);
            assert_int_equal(strncmp(line, head, strlen(head)), 0);
        }
        line = strchr(line, '\n') + 1;
        assert_null(strstr(line, head));
    }
    assert_null(strstr(out.data, ":distance"));
    assert_non_null(strstr(out.data, ",400,"));
    fs_buffer_free(&out);
}

static void what_is_the_same_for_all_has_no_coefficient(void **state)
{
    (void)state;
    static cells rows[200];
    memcpy(rows, simulate(200), sizeof rows);
    for (int i = 0; i < 200; i++) rows[i].cell[5] = "7";
    fs_buffer with = {0}, without = {0};
    assert_int_equal(
        apply(&one, "model = bg_nbd, covariates = loyal", rows, 200, 200, &with, NULL, -1, NULL),
        FS_OK);
    assert_int_equal(apply(&plain, "model = bg_nbd", rows, 200, 200, &without, NULL, -1, NULL),
                     FS_OK);
    assert_int_equal(strncmp(with.data, without.data, without.size), 0);
    assert_int_equal(strncmp(line_of(&with, "rate:loyal,"), "0,null,", 7), 0);
    assert_int_equal(strncmp(line_of(&with, "leaving:loyal,"), "0,null,", 7), 0);
    assert_non_null(strstr(line_of(&with, "rate:loyal,"), "it is the same for all"));
    fs_buffer_free(&with), fs_buffer_free(&without);
}

static void what_can_be_no_covariate_is_refused(void **state)
{
    (void)state;
    static const char *const many_names[] = {"what", "row", "repeats", "recency", "age",
                                             "c1",   "c2",  "c3",      "c4",      "c5",
                                             "c6",   "c7",  "c8",      "c9"};
    static enum ArrowType many_types[14];
    memcpy(many_types, types, 5 * sizeof *types);
    for (int c = 5; c < 14; c++) many_types[c] = NANOARROW_TYPE_DOUBLE;
    static const table many = {"fit_purchases", many_names, many_types, 14};
    static const struct {
        const table *table;
        const char *text;
        fs_status status;
        const char *message;
    } wrong[] = {
        {&one, "covariates = [loyl]", FS_USAGE, "there is no column 'loyl' (covariates)"},
        {&plain, "covariates = [age]", FS_USAGE, "column 'age' is wanted twice (covariates)"},
        {&fitted, "covariates = [loyal]", FS_USAGE, "no use for column 'distance'"},
        {&texts, "covariates = [word, loyal, distance]", FS_DATA, "covariate 'word' is a text"},
        {&many, "covariates = [c1, c2, c3, c4, c5, c6, c7, c8, c9]", FS_USAGE, "9 covariates"}};
    static cells rows[9];
    for (int i = 0; i < 9; i++)
        for (int c = 0; c < 14; c++) rows[i].cell[c] = c < 8 ? simulate(9)[i].cell[c] : "1";
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        fs_error error = {0};
        for (int i = 0; i < 9; i++) rows[i].cell[7] = wrong[k].table == &many ? "1" : "word";
        assert_int_equal(apply(wrong[k].table, wrong[k].text, rows, 9, 9, NULL, &error, -1, NULL),
                         wrong[k].status);
        assert_non_null(strstr(error.message, wrong[k].message));
    }
}

/* ---- customers ---- */

#define PARETO(n, row, parameter, estimate)                                                        \
    {                                                                                              \
        {                                                                                          \
            n, row, "pareto_nbd", parameter, estimate                                              \
        }                                                                                          \
    }
static const cells both[] = {
    PARETO("a", "-9", "r", "1"),
    PARETO("a", "-8", "alpha", "8"),
    PARETO("a", "-7", "s", "2"),
    PARETO("a", "-6", "beta", "32"),
    PARETO("a", "-5", "mean:loyal", "0.5"),
    PARETO("a", "-4", "rate:loyal", "1.3862943611198906"), /* log 4 */
    PARETO("a", "-3", "leaving:loyal", "-2.7725887222397811"),
    PARETO("a", "-2", "rate:flat", "0"),
    {{"a", "1", NULL, NULL, NULL, "3", "20", "30", "1", "9"}},
    {{"a", "2", NULL, NULL, NULL, "3", "20", "30", NULL, NULL}},
    {{"a", "3", NULL, NULL, NULL, "3", "20", "30", "0", NULL}},
    /* the same by hand: √4 times as often, 1 / 4 as soon */
    PARETO("b", "-9", "r", "1"),
    PARETO("b", "-8", "alpha", "4"),
    PARETO("b", "-7", "s", "2"),
    PARETO("b", "-6", "beta", "128"),
    {{"b", "1", NULL, NULL, NULL, "3", "20", "30", "1", "9"}},
    PARETO("c", "-9", "r", "1"),
    PARETO("c", "-8", "alpha", "8"),
    PARETO("c", "-7", "s", "2"),
    PARETO("c", "-6", "beta", "32"),
    {{"c", "2", NULL, NULL, NULL, "3", "20", "30", "1", "9"}},
};
enum { BOTH = sizeof both / sizeof *both };

static void expect_line(const fs_buffer *out, const char *head, const char *as)
{
    double found[4], wanted[4];
    assert_int_equal(
        sscanf(line_of(out, head), "%lf,%lf,%lf,%lf", &found[0], &found[1], &found[2], &found[3]),
        4);
    assert_int_equal(
        sscanf(line_of(out, as), "%lf,%lf,%lf,%lf", &wanted[0], &wanted[1], &wanted[2], &wanted[3]),
        4);
    for (int i = 0; i < 4; i++) assert_true(fabs(found[i] - wanted[i]) < 1e-12 * (1 + wanted[i]));
}

static void each_customer_is_foretold_with_parameters_of_his_own(void **state)
{
    (void)state;
    fs_buffer out = {0};
    assert_int_equal(
        apply(&told, "covariates = [distance, loyal]", both, BOTH, 4, &out, NULL, -1, NULL), FS_OK);
    expect_line(&out, "a,1,52,", "b,1,52,");
    expect_line(&out, "a,2,52,", "c,2,52,"); /* not known: as the mean */
    double more = strtod(strchr(line_of(&out, "a,1,52,"), ',') + 1, NULL);
    double mean = strtod(strchr(line_of(&out, "a,2,52,"), ',') + 1, NULL);
    double less = strtod(strchr(line_of(&out, "a,3,52,"), ',') + 1, NULL);
    assert_true(more > 1.2 * mean && mean > 1.2 * less);
    fs_buffer_free(&out);
}

static void a_covariate_of_the_model_must_be_given(void **state)
{
    (void)state;
    fs_buffer out = {0};
    fs_error error = {0};
    assert_int_equal(apply(&bare, "", both, BOTH, 4, &out, &error, -1, NULL), FS_USAGE);
    assert_non_null(strstr(error.message, "the model has the covariate 'loyal'"));
    assert_non_null(strstr(error.remedy, "covariates = [loyal]"));
    fs_buffer_free(&out);
}

static void outlooks_are_finite_whatever_the_model_says(void **state)
{
    (void)state;
    static const char *const odd[] = {"1e300", "-1e300", "1e3", "-1e3"};
    for (int k = 0; k < 4; k++) {
        cells rows[BOTH];
        fs_buffer out = {0};
        memcpy(rows, both, sizeof rows);
        rows[5].cell[4] = odd[k], rows[6].cell[4] = odd[(k + 1) % 4];
        assert_int_equal(
            apply(&told, "covariates = [loyal, distance]", rows, BOTH, 99, &out, NULL, -1, NULL),
            FS_OK);
        assert_null(strstr(out.data, "nan"));
        assert_null(strstr(out.data, "inf"));
        fs_buffer_free(&out);
    }
}

/* ---- memory ---- */

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char *const text[] = {"model = nbd, covariates = [loyal, distance]",
                                       "covariates = [loyal, distance]"};
    for (int k = 0; k < 2; k++) {
        bool failed = true;
        int64_t n = 0;
        for (; failed && n < 400; n++) {
            fs_error error = {0};
            fs_status status =
                apply(k == 0 ? &fitted : &told, text[k], k == 0 ? simulate(60) : both,
                      k == 0 ? 60 : BOTH, 30, NULL, &error, n, &failed);
            assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        }
        assert_true(n > 8 && !failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_has_the_coefficients_of_its_covariates),
        cmocka_unit_test(each_model_has_rows_of_its_covariates_behind_its_parameters),
        cmocka_unit_test(what_is_the_same_for_all_has_no_coefficient),
        cmocka_unit_test(what_can_be_no_covariate_is_refused),
        cmocka_unit_test(each_customer_is_foretold_with_parameters_of_his_own),
        cmocka_unit_test(a_covariate_of_the_model_must_be_given),
        cmocka_unit_test(outlooks_are_finite_whatever_the_model_says),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
