/* Customers of several rows, stretches of their time, in the operators fit_purchases and purchases, from Arrow to Arrow. */
#include "table_helpers.h"

#include "foresell/customer.h"
#include "foresell/numeric.h"

enum { MOST = 6000, EACH = 5, TEXTS = 5 };

static const char *const names[] = {"what", "row",   "repeats",  "recency",
                                    "age",  "value", "customer", "promoted"};
static const enum ArrowType texts[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,  NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT32};
static const enum ArrowType whole[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,  NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_INT32,  NANOARROW_TYPE_INT32};
static const enum ArrowType real[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,  NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_INT32};
static const table by_text = {"fit_purchases", names, texts, 8},
                   by_number = {"fit_purchases", names, whole, 8},
                   by_real = {"fit_purchases", names, real, 8},
                   of_rows = {"fit_purchases", names, texts, 6};

/* ---- customers who buy e^0.8 times as often while there is a promotion ---- */

typedef struct made {
    int count;
    cells row[MOST];
    char text[MOST][TEXTS][32];
} made;

static void write_row(made *m, int customer, double repeats, double recency, double age,
                      int promoted)
{
    static const char *const value[] = {"10", "25", NULL};
    int i = m->count++;
    snprintf(m->text[i][0], 32, "%d", i);
    snprintf(m->text[i][1], 32, "%.17g", repeats);
    snprintf(m->text[i][2], 32, "%.17g", recency);
    snprintf(m->text[i][3], 32, "%.17g", age);
    snprintf(m->text[i][4], 32, "%d", customer);
    m->row[i] = (cells){{"a", m->text[i][0], m->text[i][1], m->text[i][2], m->text[i][3],
                         value[i % 3], m->text[i][4], promoted ? "1" : "0"}};
}

/* Stretch by stretch of all customers, so that the rows of one are never beside each other. */
static const made *simulate(int customers)
{
    static made m;
    static double rate[MOST], leaves[MOST];
    m.count = 0;
    for (int j = 0; j < EACH; j++)
        for (int k = 0; k < customers; k++) {
            fs_random random = fs_random_open(5, (uint64_t)k, (uint64_t)j, 0);
            if (j == 0) {
                rate[k] = fs_random_gamma(&random, 0.9) / 5;
                leaves[k] = fs_random_exponential(&random) * 30 / fs_random_gamma(&random, 1);
            }
            int promoted = (j + k) % 3 == 0;
            double own = rate[k] * (promoted ? exp(0.8) : 1), last = 0, repeats = 0;
            double stays = fmin(8, leaves[k] - 8 * j), at = fs_random_exponential(&random) / own;
            for (; at < stays; at += fs_random_exponential(&random) / own) last = at, repeats++;
            write_row(&m, k, repeats, last, 8, promoted);
        }
    return &m;
}

static void fit(const table *t, const char *text, const cells *rows, int count, int cut,
                fs_buffer *out)
{
    fs_error error = {0};
    fs_status status = apply(t, text, rows, count, cut, out, &error, -1, NULL);
    if (status != FS_OK) fail_msg("%s", error.message);
}

static double number_of(const fs_buffer *out, const char *head, double *deviation)
{
    const char *at = strstr(out->data, head);
    double estimate = 0;
    if (!at) fail_msg("no line begins with %s", head);
    assert_true(sscanf(at + strlen(head), "%lf,%lf", &estimate, deviation) >= 1);
    return estimate;
}

static const char promoted[] = "model = pareto_nbd, covariates = [promoted]";

static void a_covariate_that_changes_has_its_coefficient(void **state)
{
    (void)state;
    const made *m = simulate(1200);
    fs_buffer out = {0};
    double deviation, none;
    fit(&by_text, promoted, m->row, m->count, 700, &out);
    double rate = number_of(&out, "a,pareto_nbd,rate:promoted,", &deviation);
    assert_true(fabs(rate - 0.8) < 3.5 * deviation && deviation < 0.1);
    double mean = number_of(&out, "a,pareto_nbd,mean:promoted,", &none);
    assert_true(fabs(mean - 1.0 / 3) < 1e-3);
    assert_non_null(strstr(out.data, ",1200,"));
    assert_non_null(strstr(out.data, "a,gamma_gamma,p,"));
    fs_buffer_free(&out);
}

static void a_customer_may_be_a_text_or_a_number_and_batches_cut_anywhere(void **state)
{
    (void)state;
    const made *m = simulate(60);
    fs_buffer text = {0}, number = {0}, half = {0};
    fit(&by_text, promoted, m->row, m->count, 300, &text);
    fit(&by_number, promoted, m->row, m->count, 7, &number);
    fit(&by_real, promoted, m->row, m->count, 31, &half);
    assert_string_equal(text.data, number.data);
    assert_string_equal(text.data, half.data);
    fs_buffer_free(&text), fs_buffer_free(&number), fs_buffer_free(&half);
}

static void one_row_a_customer_is_as_without_the_column(void **state)
{
    (void)state;
    static cells rows[200];
    memcpy(rows, simulate(200)->row, sizeof rows);
    for (int i = 0; i < 200; i += 9) rows[i].cell[6] = NULL;
    fs_buffer with = {0}, without = {0};
    static const table named = {"fit_purchases", names, texts, 7};
    fit(&named, "model = all", rows, 200, 50, &with);
    fit(&of_rows, "model = all", rows, 200, 50, &without);
    assert_string_equal(with.data, without.data);
    fs_buffer_free(&with), fs_buffer_free(&without);
}

static void other_models_refuse_several_rows(void **state)
{
    (void)state;
    static const char *const other[] = {"nbd", "bg_nbd", "mbg_cnbd_k", "auto", "all"};
    const made *m = simulate(20);
    for (int k = 0; k < 5; k++) {
        char text[64], says[64];
        fs_error error = {0};
        snprintf(text, sizeof text, "model = %s, covariates = promoted", other[k]);
        snprintf(says, sizeof says, "that '%s' does not know", other[k]);
        assert_int_equal(apply(&by_text, text, m->row, m->count, 9, NULL, &error, -1, NULL),
                         FS_USAGE);
        assert_non_null(strstr(error.message, says));
        assert_non_null(strstr(error.remedy, "model = pareto_nbd"));
    }
}

static void
stretches_to_come_are_not_learnt_from_and_who_lacks_a_covariate_is_left_out(void **state)
{
    (void)state;
    static cells rows[MOST];
    const made *m = simulate(60);
    fs_buffer past = {0}, all = {0}, fewer = {0};
    int count = m->count;
    memcpy(rows, m->row, (size_t)count * sizeof *rows);
    fit(&by_text, promoted, rows, count, 99, &past);
    static const cells later[] = {
        {{"a", "9001", NULL, NULL, "4", NULL, "3", "1"}},
        {{"a", "9002", NULL, NULL, NULL, NULL, "3", NULL}},
        {{"a", "9003", NULL, NULL, "4", NULL, "11", NULL}},
    };
    memcpy(rows + count, later, sizeof later);
    fit(&by_text, promoted, rows, count + 3, 99, &all);
    assert_string_equal(past.data, all.data);
    rows[60 + 7].cell[7] = NULL;
    fit(&by_text, promoted, rows, count + 3, 99, &fewer);
    assert_non_null(strstr(fewer.data, ",59,1 customers who lack a covariate are left out"));
    fs_buffer_free(&past), fs_buffer_free(&all), fs_buffer_free(&fewer);
}

/* ---- what is foretold ---- */

static const char *const told_names[] = {"what",     "row",      "model",   "parameter",
                                         "estimate", "repeats",  "recency", "age",
                                         "value",    "customer", "promoted"};
static const enum ArrowType told_types[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,  NANOARROW_TYPE_STRING, NANOARROW_TYPE_STRING,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT32};
static const table told = {"purchases", told_names, told_types, 11};

#define TELLS(row, model, parameter, estimate)                                                     \
    {                                                                                              \
        {                                                                                          \
            "a", row, model, parameter, estimate                                                   \
        }                                                                                          \
    }
#define STRETCH(row, repeats, recency, age, value, customer, promoted)                             \
    {                                                                                              \
        {                                                                                          \
            "a", row, NULL, NULL, NULL, repeats, recency, age, value, customer, promoted           \
        }                                                                                          \
    }
static const cells both[] = {
    TELLS("-19", "pareto_nbd", "r", "1"),
    TELLS("-18", "pareto_nbd", "alpha", "8"),
    TELLS("-17", "pareto_nbd", "s", "2"),
    TELLS("-16", "pareto_nbd", "beta", "32"),
    TELLS("-15", "pareto_nbd", "mean:promoted", "0.5"),
    TELLS("-14", "pareto_nbd", "rate:promoted", "1.3862943611198906"), /* log 4 */
    TELLS("-13", "pareto_nbd", "leaving:promoted", "-0.5"),
    TELLS("-12", "gamma_gamma", "p", "6"),
    TELLS("-11", "gamma_gamma", "q", "4"),
    TELLS("-10", "gamma_gamma", "gamma", "15"),
    STRETCH("1", "2", "9", "10", "20", "in one row", "0"),
    STRETCH("2", "0", "0", "4", NULL, "in three", "0"),
    STRETCH("3", "2", "9", "10", "20", "promoted", "0"),
    STRETCH("4", "2", "5", "5", "20", "in three", "0"),
    STRETCH("5", NULL, NULL, "3", NULL, "promoted", "1"),
    STRETCH("6", "0", "0", "1", NULL, "in three", "0"),
    STRETCH("7", NULL, NULL, NULL, NULL, "promoted", "0"),
    STRETCH("8", NULL, NULL, "4", NULL, "only to come", "0"),
    STRETCH("9", "0", "0", "4", NULL, NULL, "0"),
    STRETCH("10", "0", "0", "4", NULL, NULL, "0"),
    STRETCH("11", NULL, NULL, "4", NULL, "backwards", "0"),
    STRETCH("12", "0", "0", "4", NULL, "backwards", "0"),
};
enum { BOTH = sizeof both / sizeof *both };

/* What stands behind a row and its time ahead. */
static void line_of(const fs_buffer *out, const char *head, double found[8])
{
    const char *at = strstr(out->data, head);
    if (!at) fail_msg("no line begins with %s", head);
    int count = sscanf(at + strlen(head), "%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf", &found[0], &found[1],
                       &found[2], &found[3], &found[4], &found[5], &found[6], &found[7]);
    assert_int_equal(count, 8);
}

static void a_customer_is_foretold_by_his_stretches(void **state)
{
    (void)state;
    fs_buffer out = {0};
    double one[8], three[8], more[8];
    fit(&told, "ahead = [2, 52], covariates = promoted", both, BOTH, 5, &out);
    line_of(&out, "a,1,52,", one), line_of(&out, "a,2,52,", three), line_of(&out, "a,3,52,", more);
    for (int i = 0; i < 8; i++) assert_true(fabs(one[i] - three[i]) < 1e-9 * (1 + one[i]));
    assert_true(more[1] > 1.1 * one[1] && more[0] == one[0] && more[4] == one[4]);
    assert_true(more[5] > 1.1 * one[5]);
    line_of(&out, "a,1,2,", one), line_of(&out, "a,3,2,", more);
    assert_true(more[1] > 3.9 * one[1] && more[1] < 4.2 * one[1]); /* all of it is promoted */
    line_of(&out, "a,9,52,", one), line_of(&out, "a,10,52,", more);
    assert_true(one[1] == more[1]); /* each a customer */
    assert_non_null(strstr(out.data, "a,8,52,null,null,null,"));
    assert_non_null(strstr(out.data, "a,11,52,null,null,null,"));
    assert_null(strstr(out.data, "a,4,"));
    fs_buffer_free(&out);
}

static void a_model_of_another_kind_is_refused(void **state)
{
    (void)state;
    static const cells nbd[] = {TELLS("-9", "nbd", "r", "1"), TELLS("-8", "nbd", "alpha", "8"),
                                STRETCH("1", "2", "9", "10", "20", "one", "0"),
                                STRETCH("2", "2", "9", "10", "20", "one", "0")};
    fs_error error = {0};
    assert_int_equal(apply(&told, "covariates = promoted", nbd, 4, 4, NULL, &error, -1, NULL),
                     FS_USAGE);
    assert_non_null(strstr(error.message, "that 'nbd' does not know"));
}

/* ---- memory ---- */

static void every_allocation_may_fail(void **state)
{
    (void)state;
    const made *m = simulate(12);
    for (int k = 0; k < 2; k++) {
        bool failed = true;
        int64_t n = 0;
        for (; failed && n < 500; n++) {
            fs_error error = {0};
            fs_status status = apply(
                k == 0 ? &by_text : &told, k == 0 ? promoted : "covariates = promoted",
                k == 0 ? m->row : both, k == 0 ? m->count : BOTH, 30, NULL, &error, n, &failed);
            assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        }
        assert_true(n > 12 && !failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_covariate_that_changes_has_its_coefficient),
        cmocka_unit_test(a_customer_may_be_a_text_or_a_number_and_batches_cut_anywhere),
        cmocka_unit_test(one_row_a_customer_is_as_without_the_column),
        cmocka_unit_test(other_models_refuse_several_rows),
        cmocka_unit_test(
            stretches_to_come_are_not_learnt_from_and_who_lacks_a_covariate_is_left_out),
        cmocka_unit_test(a_customer_is_foretold_by_his_stretches),
        cmocka_unit_test(a_model_of_another_kind_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
