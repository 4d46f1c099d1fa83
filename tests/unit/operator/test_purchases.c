/* The operators fit_purchases and purchases, from Arrow to Arrow: histories to a model, and that to what customers will buy. */
#include "pipe_helpers.h"

#include "foresell/customer.h"
#include "foresell/numeric.h"

enum { COLUMNS = 10, MOST = 700 };

static const char *const names[] = {"what",    "row",     "model", "parameter", "estimate",
                                    "repeats", "recency", "age",   "value",     "log_waits"};
static const enum ArrowType types[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,  NANOARROW_TYPE_STRING, NANOARROW_TYPE_STRING,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE};

/* As both operators take them; NAN: null. */
typedef struct row {
    const char *what;
    int64_t number;
    const char *model, *parameter;
    double of[6]; /* estimate, repeats, recency, age, value, log_waits */
} row;

/* The columns from the third on that are `skipped`, and those from `end` on, are not there. */
static void append(struct ArrowArray *batch, const row *r, int skipped, int end)
{
    int at = 0;
    const char *text[] = {r->what, NULL, r->model, r->parameter};
    for (int c = 0; c < end; c++) {
        if (c >= 2 && c < 2 + skipped) continue;
        struct ArrowArray *child = batch->children[at++];
        if (c == 1)
            assert_int_equal(ArrowArrayAppendInt(child, r->number), 0);
        else if (c < 4 ? !text[c] : isnan(r->of[c - 4]))
            assert_int_equal(ArrowArrayAppendNull(child, 1), 0);
        else if (c < 4)
            assert_int_equal(ArrowArrayAppendString(child, ArrowCharView(text[c])), 0);
        else
            assert_int_equal(ArrowArrayAppendDouble(child, r->of[c - 4]), 0);
    }
    assert_int_equal(ArrowArrayFinishElement(batch), 0);
}

/* What fit_purchases gets has no columns of a model: skipped is 3; purchases gets no log_waits. In batches of `cut` rows. */
static fs_status apply(const char *op, const char *options_text, const row *rows, int count,
                       int cut, fs_buffer *out, int64_t fail_after, bool *failed)
{
    static const char *const by[] = {"what"};
    bool fit = strcmp(op, "fit_purchases") == 0;
    int skipped = fit ? 3 : 0, end = fit ? COLUMNS : COLUMNS - 1, batches = 0;
    const char *name[COLUMNS] = {names[0], names[1]};
    enum ArrowType type[COLUMNS] = {types[0], types[1]};
    for (int c = 2 + skipped; c < end; c++)
        name[c - skipped] = names[c], type[c - skipped] = types[c];
    struct ArrowSchema schema;
    struct ArrowArray *batch = calloc((size_t)count + 1, sizeof *batch);
    fs_options *options = NULL;
    fs_pipe *pipe = NULL;
    fs_error error = {0};
    make_schema(&schema, end - skipped, name, type);
    for (int at = 0; at < count; at += cut) {
        start_batch(&batch[batches], &schema);
        for (int i = at; i < at + cut && i < count; i++)
            append(&batch[batches], &rows[i], skipped, end);
        end_batch(&batch[batches++]);
    }
    fs_alloc_fail_after(fail_after);
    const fs_operator *found = fs_operator_find(op, &error);
    fs_status status = fs_options_parse(found, options_text, &options, &error);
    if (status == FS_OK)
        status = fs_pipe_open(found, options, by, 1, "row", &schema, &pipe, &error);
    for (int b = 0; b < batches && status == FS_OK; b++)
        status = fs_pipe_push(pipe, &batch[b], &error);
    if (status == FS_OK) status = fs_pipe_end(pipe, &error);
    if (failed) *failed = fs_alloc_count() > fail_after;
    fs_alloc_fail_after(-1);
    if (status == FS_OK && out) drain(pipe, out);
    for (int b = 0; b < batches; b++)
        if (batch[b].release) ArrowArrayRelease(&batch[b]);
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
    free(batch);
    return status;
}

static row customer(const char *what, int64_t number, double repeats, double recency, double age,
                    double value)
{
    return (row){what, number, NULL, NULL, {NAN, repeats, recency, age, value, NAN}};
}

/* Customers who buy at rates of their own and leave with a chance of their own, in two shops. */
static const row *simulate(int count)
{
    static row rows[MOST];
    for (int i = 0; i < count; i++) {
        fs_random random = fs_random_open(5, (uint64_t)i, 0, 0);
        double rate = fs_random_gamma(&random, 0.6) / 6, leaves = fs_random_beta(&random, 0.8, 2.4);
        double age = 40 * fs_random_uniform(&random), last = 0, repeats = 0, log_waits = 0;
        for (double t = fs_random_exponential(&random) / rate; t < age;
             t += fs_random_exponential(&random) / rate) {
            log_waits += log(t - last);
            last = t, repeats++;
            if (fs_random_uniform(&random) < leaves) break;
        }
        double value = 20 * fs_random_gamma(&random, 4) / fs_random_gamma(&random, 5);
        rows[i] =
            customer(2 * i < count ? "a" : "b", i, repeats, last, age, repeats > 0 ? value : NAN);
        rows[i].of[5] = log_waits;
    }
    return rows;
}

/* ---- a model ---- */

static void a_model_has_a_row_for_each_parameter(void **state)
{
    (void)state;
    fs_buffer out = {0};
    assert_int_equal(apply("fit_purchases", "model = all", simulate(600), 600, 600, &out, -1, NULL),
                     FS_OK);
    static const char *const heads[] = {"nbd,r,",
                                        "nbd,alpha,",
                                        "bg_nbd,r,",
                                        "bg_nbd,alpha,",
                                        "bg_nbd,a,",
                                        "bg_nbd,b,",
                                        "mbg_nbd,r,",
                                        "mbg_nbd,alpha,",
                                        "mbg_nbd,a,",
                                        "mbg_nbd,b,",
                                        "pareto_nbd,r,",
                                        "pareto_nbd,alpha,",
                                        "pareto_nbd,s,",
                                        "pareto_nbd,beta,",
                                        "bg_cnbd_k,r,",
                                        "bg_cnbd_k,alpha,",
                                        "bg_cnbd_k,a,",
                                        "bg_cnbd_k,b,",
                                        "bg_cnbd_k,k,1,null,",
                                        "mbg_cnbd_k,r,",
                                        "mbg_cnbd_k,alpha,",
                                        "mbg_cnbd_k,a,",
                                        "mbg_cnbd_k,b,",
                                        "mbg_cnbd_k,k,1,null,",
                                        "gamma_gamma,p,",
                                        "gamma_gamma,q,",
                                        "gamma_gamma,gamma,"};
    const char *line = out.data;
    for (int g = 0; g < 2; g++)
        for (size_t i = 0; i < sizeof heads / sizeof *heads; i++, line = strchr(line, '\n') + 1) {
            assert_true(line[0] == "ab"[g]);
            assert_int_equal(strncmp(line + 2, heads[i], strlen(heads[i])), 0);
        }
    assert_true(*line == 0 && strstr(out.data, ",300,null\n"));
    fs_buffer_free(&out);
}

static void auto_takes_one_of_them(void **state)
{
    (void)state;
    fs_buffer out = {0};
    assert_int_equal(apply("fit_purchases", "", simulate(600), 300, 7, &out, -1, NULL), FS_OK);
    assert_true(strstr(out.data, "bg_nbd,r,") && strstr(out.data, "gamma_gamma,q,"));
    assert_null(strstr(out.data, "a,nbd,"));
    assert_null(strstr(out.data, "pareto_nbd"));
    fs_buffer_free(&out);
}

/* Every fourth event is a purchase; and once more without the times between them. */
static void regular_purchases_are_told_by_the_times_between_them(void **state)
{
    (void)state;
    static row rows[MOST];
    fs_buffer known = {0}, unknown = {0};
    for (int i = 0; i < 500; i++) {
        fs_random random = fs_random_open(6, (uint64_t)i, 0, 0);
        double rate = fs_random_gamma(&random, 0.9) / 3, leaves = fs_random_beta(&random, 0.8, 3);
        double last = 0, repeats = 0, log_waits = 0;
        for (double t = fs_random_gamma(&random, 4) / rate; t < 60;
             t += fs_random_gamma(&random, 4) / rate) {
            log_waits += log(t - last), last = t, repeats++;
            if (fs_random_uniform(&random) < leaves) break;
        }
        rows[i] = customer("a", i, repeats, last, 60, NAN);
        rows[i].of[5] = repeats > 0 ? log_waits : NAN;
    }
    assert_int_equal(apply("fit_purchases", "", rows, 500, 500, &known, -1, NULL), FS_OK);
    assert_non_null(strstr(known.data, "bg_cnbd_k,k,4,null,"));
    for (int i = 0; i < 500; i++) rows[i].of[5] = NAN;
    assert_int_equal(
        apply("fit_purchases", "model = mbg_cnbd_k", rows, 500, 500, &unknown, -1, NULL), FS_OK);
    assert_non_null(strstr(unknown.data, "mbg_cnbd_k,k,1,null,"));
    assert_non_null(strstr(unknown.data, "the times between purchases are not known"));
    fs_buffer_free(&known), fs_buffer_free(&unknown);
}

/* k is a whole number from 1 to 12; of another one nothing is foretold. */
static void a_model_of_no_whole_regularity_is_none(void **state)
{
    (void)state;
    static const double k[] = {3, 2.5, 13};
    row rows[6] = {{"a", -9, "mbg_cnbd_k", "r", {0.8, NAN, NAN, NAN, NAN, NAN}},
                   {"a", -8, "mbg_cnbd_k", "alpha", {2, NAN, NAN, NAN, NAN, NAN}},
                   {"a", -7, "mbg_cnbd_k", "a", {0.8, NAN, NAN, NAN, NAN, NAN}},
                   {"a", -6, "mbg_cnbd_k", "b", {2.4, NAN, NAN, NAN, NAN, NAN}},
                   {"a", -5, "mbg_cnbd_k", "k", {3, NAN, NAN, NAN, NAN, NAN}},
                   customer("a", 0, 4, 20, 24, NAN)};
    for (int i = 0; i < 3; i++) {
        fs_buffer out = {0};
        rows[4].of[0] = k[i];
        assert_int_equal(apply("purchases", "", rows, 6, 99, &out, -1, NULL), FS_OK);
        assert_true(!strstr(out.data, "a,0,52,null,") == (i == 0));
        fs_buffer_free(&out);
    }
}

static void batches_may_be_cut_anywhere(void **state)
{
    (void)state;
    fs_buffer whole = {0}, cut = {0};
    assert_int_equal(apply("fit_purchases", "", simulate(600), 600, 600, &whole, -1, NULL), FS_OK);
    assert_int_equal(apply("fit_purchases", "", simulate(600), 600, 11, &cut, -1, NULL), FS_OK);
    assert_string_equal(whole.data, cut.data);
    fs_buffer_free(&whole), fs_buffer_free(&cut);
}

static void what_is_no_history_is_not_learnt_from(void **state)
{
    (void)state;
    row rows[] = {customer("a", 0, 2, 3, 9, 10),   customer("a", 1, 0, 0, 9, NAN),
                  customer("a", 2, 1, 0, 0, 5),    customer("a", 3, NAN, 3, 9, 10),
                  customer("a", 4, 2, 10, 9, 10),  customer("a", 5, 2.5, 3, 9, -4),
                  customer("a", 6, -1, 0, 9, 10),  customer("a", 7, 0, 1, 9, 10),
                  customer("b", 0, NAN, NAN, 3, 1)};
    fs_buffer out = {0};
    assert_int_equal(apply("fit_purchases", "model = nbd", rows, 9, 9, &out, -1, NULL), FS_OK);
    assert_non_null(strstr(out.data, ",3,")); /* customers */
    assert_null(strstr(out.data, "b,"));
    assert_null(strstr(out.data, "nan"));
    fs_buffer_free(&out);
}

static void a_note_says_that_nobody_bought_twice(void **state)
{
    (void)state;
    row rows[] = {customer("a", 0, 0, 0, 9, NAN), customer("a", 1, 0, 0, 0, NAN)};
    fs_buffer out = {0};
    assert_int_equal(apply("fit_purchases", "model = all", rows, 2, 2, &out, -1, NULL), FS_OK);
    assert_non_null(strstr(out.data, "nobody bought twice"));
    assert_null(strstr(out.data, "gamma_gamma"));
    assert_null(strstr(out.data, "nan"));
    assert_null(strstr(out.data, "inf"));
    fs_buffer_free(&out);
}

/* ---- customers ---- */

static const row model[] = {
    {"a", -9, "bg_nbd", "r", {0.243, NAN, NAN, NAN, NAN, NAN}},
    {"a", -8, "bg_nbd", "alpha", {4.414, NAN, NAN, NAN, NAN, NAN}},
    {"a", -7, "bg_nbd", "a", {0.793, NAN, NAN, NAN, NAN, NAN}},
    {"a", -6, "bg_nbd", "b", {2.426, NAN, NAN, NAN, NAN, NAN}},
    {"a", -5, "gamma_gamma", "p", {6.25, NAN, NAN, NAN, NAN, NAN}},
    {"a", -4, "gamma_gamma", "q", {3.74, NAN, NAN, NAN, NAN, NAN}},
    {"a", -3, "gamma_gamma", "gamma", {15.44, NAN, NAN, NAN, NAN, NAN}},
};
enum { MODEL = sizeof model / sizeof *model };

static int with_model(row *rows, int first, const row *customers, int count)
{
    int n = 0;
    for (int i = first; i < MODEL; i++) rows[n++] = model[i];
    for (int i = 0; i < count; i++) rows[n++] = customers[i];
    return n;
}

static void customers_have_what_the_kernel_says(void **state)
{
    (void)state;
    row rows[MODEL + 2],
        who[] = {customer("a", 0, 2, 30.43, 38.86, 22.35), customer("a", 4, 0, 0, 20, NAN)};
    double first, expected, low, high, order, value, number, ahead;
    fs_buffer out = {0};
    int count = with_model(rows, 0, who, 2), lines = 0;
    assert_int_equal(
        apply("purchases", "ahead = [39, 52], discount = 0", rows, count, 3, &out, -1, NULL),
        FS_OK);
    assert_int_equal(sscanf(out.data, "a,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf", &number, &ahead, &first,
                            &expected, &low, &high, &order, &value),
                     8);
    /* Fader, Hardie and Lee 2005, Excel note: customer 1 of the sample of CDNOW, 39 weeks */
    assert_true(number == 0 && ahead == 39 && fabs(expected - 1.226) < 0.0005);
    assert_true(first > 0.6 && first < 0.8 && low == 0 && high >= 2);
    assert_true(fabs(value - order * expected) < 1e-9 * value && order > 22.35 && order < 25);
    for (const char *line = out.data; *line; line = strchr(line, '\n') + 1) lines++;
    assert_int_equal(lines, 4);
    fs_buffer_free(&out);
}

static void no_row_is_lost(void **state)
{
    (void)state;
    row who[] = {customer("a", 0, NAN, 3, 9, 1),       customer("a", 1, 2, 10, 9, 1),
                 customer("a", 2, 0, 0, 0, NAN),       customer("a", 3, 100000, 100, 101, 1e9),
                 customer("a", 4, 3, 0, 0, -7),        customer("a", 5, 1, 5, 6, 0),
                 customer("a", 6, 1e300, 1, 2, 1e300), customer("a", 7, 5, 5, 1e12, 1e99)};
    row rows[MODEL + 8];
    for (int first = 0; first <= MODEL; first++) { /* a whole model, parts of it, none */
        fs_buffer out = {0};
        int count = with_model(rows, first, who, 8), lines = 0;
        assert_int_equal(apply("purchases", "", rows, count, 2, &out, -1, NULL), FS_OK);
        for (const char *line = out.data; *line; line = strchr(line, '\n') + 1) lines++;
        assert_int_equal(lines, 8);
        assert_null(strstr(out.data, "nan"));
        assert_null(strstr(out.data, "inf"));
        assert_non_null(strstr(out.data, "a,0,52,null,null,null,null,null,null,null,null\n"));
        assert_non_null(strstr(out.data, "a,1,52,null,"));
        assert_true(!strstr(out.data, "a,5,52,null,") == (first == 0));
        fs_buffer_free(&out);
    }
}

static void the_first_whole_model_is_taken(void **state)
{
    (void)state;
    row rows[MODEL + 4] = {{"a", -20, "nbd", "r", {0.5, NAN, NAN, NAN, NAN, NAN}},
                           {"a", -19, "nbd", "alpha", {NAN, NAN, NAN, NAN, NAN, NAN}}};
    row who[] = {customer("a", 0, 4, 3, 40, NAN)};
    fs_buffer other = {0}, nbd = {0};
    int count = 2 + with_model(rows + 2, 0, who, 1);
    assert_int_equal(apply("purchases", "", rows, count, 99, &other, -1, NULL), FS_OK);
    assert_null(strstr(other.data, "a,0,52,1,")); /* who stays away for long may have left */
    rows[1].of[0] = 5;
    assert_int_equal(apply("purchases", "", rows, count, 99, &nbd, -1, NULL), FS_OK);
    assert_non_null(strstr(nbd.data, "a,0,52,1,"));
    fs_buffer_free(&other), fs_buffer_free(&nbd);
}

/* ---- memory ---- */

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char *const ops[] = {"fit_purchases", "purchases"};
    for (int k = 0; k < 2; k++) {
        bool failed = true;
        int64_t n = 0;
        for (; failed && n < 400; n++) {
            fs_status status = apply(ops[k], "", simulate(60), 60, 30, NULL, n, &failed);
            assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        }
        assert_true(n > 8 && !failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_has_a_row_for_each_parameter),
        cmocka_unit_test(auto_takes_one_of_them),
        cmocka_unit_test(regular_purchases_are_told_by_the_times_between_them),
        cmocka_unit_test(a_model_of_no_whole_regularity_is_none),
        cmocka_unit_test(batches_may_be_cut_anywhere),
        cmocka_unit_test(what_is_no_history_is_not_learnt_from),
        cmocka_unit_test(a_note_says_that_nobody_bought_twice),
        cmocka_unit_test(customers_have_what_the_kernel_says),
        cmocka_unit_test(no_row_is_lost),
        cmocka_unit_test(the_first_whole_model_is_taken),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
