/* The text of parameters, and the registry. */
#include "foresell/forecast.h"
#include "pipe_helpers.h"

static const fs_param params[] = {
    {.name = "horizon",
     .type = FS_TYPE_INT,
     .fallback = "28",
     .minimum = 1,
     .maximum = 100,
     .doc = "how far"},
    {.name = "share", .type = FS_TYPE_DOUBLE, .fallback = "0.5"},
    {.name = "quantile",
     .type = FS_TYPE_LIST,
     .fallback = "[0.1, 0.9]",
     .minimum = 0.01,
     .maximum = 0.99},
    {.name = "model", .type = FS_TYPE_TEXT, .fallback = "auto", .choices = "auto|snaive|ets"},
    {.name = "words", .type = FS_TYPE_LIST, .fallback = "[]", .choices = "a|b|c"},
    {.name = "fast", .type = FS_TYPE_BOOL, .fallback = "no"},
    {.name = "since", .type = FS_TYPE_DATE, .fallback = ""},
    {.name = "title", .type = FS_TYPE_TEXT, .fallback = ""},
    {0}};
static const fs_operator op = {
    .name = "sample", .input = echo_input, .output = echo_output, .params = params};
static const fs_param needed[] = {{.name = "must", .type = FS_TYPE_INT, .doc = "a number"}, {0}};
static const fs_operator strict = {
    .name = "strict", .input = echo_input, .output = echo_output, .params = needed};

static fs_options *parse(const char *text)
{
    fs_options *options = NULL;
    fs_error error = {0};
    fs_status status = fs_options_parse(&op, text, &options, &error);
    if (status != FS_OK) print_message("%s: %s\n", text, error.message);
    assert_int_equal(status, FS_OK);
    return options;
}

static void refuse(const char *text, const char *named)
{
    fs_options *options = NULL;
    fs_error error = {0};
    fs_status status = fs_options_parse(&op, text, &options, &error);
    if (status != FS_USAGE || !strstr(error.message, named))
        print_message("%s: %s\n", text, error.message);
    assert_int_equal(status, FS_USAGE);
    assert_null(options);
    assert_non_null(strstr(error.message, "operator sample"));
    assert_non_null(strstr(error.message, named));
}

static void defaults_stand_where_nothing_is_given(void **state)
{
    (void)state;
    fs_options *o = parse("");
    int count = 0;
    assert_int_equal(fs_option_int(o, "horizon"), 28);
    assert_true(fs_option_double(o, "share") == 0.5);
    assert_true(fs_option_numbers(o, "quantile", &count)[1] == 0.9);
    assert_int_equal(count, 2);
    fs_option_words(o, "words", &count);
    assert_int_equal(count, 0);
    assert_string_equal(fs_option_text(o, "model"), "auto");
    assert_false(fs_option_bool(o, "fast"));
    assert_string_equal(fs_option_text(o, "title"), "");
    fs_options_free(o);
}

static void every_type_is_read(void **state)
{
    (void)state;
    fs_options *o =
        parse(" horizon=7,share = -1.5e2 , quantile = [0.2,0.5 , 0.8], model = 'ets', "
              "words = [c, \"a\"], fast = yes, since = 2024-02-29, title = 'it''s, [so] = x'");
    int count = 0;
    assert_int_equal(fs_option_int(o, "horizon"), 7);
    assert_true(fs_option_double(o, "share") == -150);
    assert_true(fs_option_numbers(o, "quantile", &count)[2] == 0.8);
    assert_int_equal(count, 3);
    assert_string_equal(fs_option_words(o, "words", &count)[1], "a");
    assert_true(fs_option_bool(o, "fast"));
    assert_int_equal(fs_option_int(o, "since"), fs_days_from_civil(2024, 2, 29));
    assert_string_equal(fs_option_text(o, "title"), "it's, [so] = x");
    fs_options_free(o);
    o = parse("quantile = 0.5");
    fs_option_numbers(o, "quantile", &count);
    assert_int_equal(count, 1);
    fs_options_free(o);
}

static void faults_name_the_operator_and_the_parameter(void **state)
{
    (void)state;
    refuse("horizon = 0", "'horizon'");
    refuse("horizon = 101", "'horizon'");
    refuse("horizon = 1.5", "'horizon'");
    refuse("horizon = many", "'horizon'");
    refuse("horizon = [1, 2]", "'horizon'");
    refuse("share = 0x10", "'share'");
    refuse("share = nan", "'share'");
    refuse("share = 1e999", "'share'");
    refuse("quantile = [0.5, 1.5]", "'quantile'");
    refuse("quantile = [0.5, 0.50]", "twice");
    refuse("quantile = [half]", "'quantile'");
    refuse("model = arima", "auto|snaive|ets");
    refuse("model = sna", "'model'");
    refuse("model = snaiv", "auto|snaive|ets");
    refuse("model = ''", "'model'");
    refuse("words = [d]", "'words'");
    refuse("fast = maybe", "'fast'");
    refuse("since = 2023-02-29", "'since'");
    refuse("horizon = 1, horizon = 2", "twice");
    refuse("value = a, value = b", "twice");
    refuse("value = [a, b]", "'value'");
}

static void broken_text_is_refused(void **state)
{
    (void)state;
    const char *const texts[] = {"horizon",
                                 "horizon =",
                                 "= 3",
                                 "horizon 3",
                                 "horizon = 3,",
                                 ",",
                                 "horizon = 3 share = 1",
                                 "quantile = [0.1",
                                 "quantile = [0.1 0.2]",
                                 "quantile = [,]",
                                 "title = 'open",
                                 "quantile = [0.1,]",
                                 "]",
                                 "title = \"x"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) refuse(texts[i], "sample");
}

static void an_unknown_name_is_answered_with_the_nearest(void **state)
{
    (void)state;
    fs_options *options = NULL;
    fs_error error = {0};
    assert_int_equal(fs_options_parse(&op, "horizn = 3", &options, &error), FS_USAGE);
    assert_non_null(strstr(error.remedy, "'horizon'"));
    assert_int_equal(fs_options_parse(&op, "valeu = 3", &options, &error), FS_USAGE);
    assert_non_null(strstr(error.remedy, "'value'"));
    assert_int_equal(fs_options_parse(&op, "zzzzzzzzzz = 3", &options, &error), FS_USAGE);
    assert_null(strstr(error.remedy, "did you mean"));
}

static void a_parameter_without_default_must_be_given(void **state)
{
    (void)state;
    fs_options *options = NULL;
    fs_error error = {0};
    assert_int_equal(fs_options_parse(&strict, "", &options, &error), FS_USAGE);
    assert_non_null(strstr(error.message, "'must'"));
    assert_int_equal(fs_options_parse(&strict, "must = 3", &options, &error), FS_OK);
    fs_options_free(options);
}

static void the_normal_form_does_not_depend_on_how_it_was_written(void **state)
{
    (void)state;
    fs_options *a = parse("horizon = 7, title = 'it''s', value = units, fast=on"),
               *b = parse(
                   "fast = true,value='units' , title=\"it's\",horizon=7.0, quantile=[0.1,0.90]");
    fs_buffer x = {0}, y = {0};
    assert_int_equal(fs_options_format(a, &x), FS_OK);
    assert_int_equal(fs_options_format(b, &y), FS_OK);
    assert_string_equal(x.data, y.data);
    assert_string_equal(
        x.data, "fast = true, horizon = 7, model = 'auto', quantile = [0.1, 0.9], share = 0.5, "
                "since = '', title = 'it''s', words = [], value = 'units'");
    fs_options *again = parse(x.data);
    fs_buffer z = {0};
    assert_int_equal(fs_options_format(again, &z), FS_OK);
    assert_string_equal(x.data, z.data);
    fs_options_free(a), fs_options_free(b), fs_options_free(again);
    fs_buffer_free(&x), fs_buffer_free(&y), fs_buffer_free(&z);
}

static void without_parameters_the_normal_form_is_an_empty_text(void **state)
{
    (void)state;
    static const fs_operator bare = {.name = "bare", .input = echo_input, .output = echo_output};
    fs_options *options = NULL;
    fs_buffer form = {0};
    assert_int_equal(fs_options_parse(&bare, "", &options, NULL), FS_OK);
    assert_int_equal(fs_options_format(options, &form), FS_OK);
    assert_string_equal(form.data, "");
    fs_options_free(options);
    fs_buffer_free(&form);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (int64_t n = 0;; n++) {
        fs_options *options = NULL;
        fs_alloc_fail_after(n);
        fs_status status =
            fs_options_parse(&op, "words = [a, b], title = 'x', value = u", &options, NULL);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        fs_options_free(options);
        if (!failed) break;
    }
}

/* ---- registry ---- */

static void operators_are_sorted_and_whole(void **state)
{
    (void)state;
    assert_true(fs_operator_count() >= 5);
    for (int i = 0; i < fs_operator_count(); i++) {
        const fs_operator *o = fs_operator_at(i);
        if (i > 0) assert_true(strcmp(fs_operator_at(i - 1)->name, o->name) < 0);
        assert_ptr_equal(fs_operator_find(o->name, NULL), o);
        assert_true(o->summary && o->details && o->example && o->version > 0);
        assert_non_null(strstr(o->example, o->name));
        assert_int_equal(o->input[0].role, FS_ROLE_ORDER);
        for (const fs_column *c = o->input; c->name; c++) assert_non_null(c->doc);
        for (const fs_column *c = o->output; c->name; c++) assert_non_null(c->doc);
        bool asks = false; /* for what has no default */
        for (const fs_param *p = o->params; p->name; p++) {
            assert_non_null(p->doc);
            asks |= !p->fallback;
        }
        fs_options *options = NULL;
        assert_int_equal(fs_options_parse(o, "", &options, NULL), asks ? FS_USAGE : FS_OK);
        fs_options_free(options);
    }
}

static void an_unknown_operator_is_answered_with_the_nearest(void **state)
{
    (void)state;
    fs_error error = {0};
    assert_null(fs_operator_find("forcast", &error));
    assert_int_equal(error.status, FS_USAGE);
    assert_non_null(strstr(error.remedy, "'forecast'"));
    assert_null(fs_operator_at(-1));
    assert_null(fs_operator_at(fs_operator_count()));
}

static void a_declaration_is_told_as_json(void **state)
{
    (void)state;
    fs_buffer one = {0}, all = {0};
    fs_error error = {0};
    const fs_operator *forecast = fs_operator_find("forecast", &error);
    assert_int_equal(fs_operator_describe(forecast, &one, &error), FS_OK);
    assert_non_null(strstr(one.data, "\"name\": \"forecast\""));
    assert_non_null(strstr(one.data, "\"choices\": \"" FS_FORECAST_CHOICES "\""));
    assert_non_null(strstr(one.data, "\"maximum\": 100000.0"));
    assert_int_equal(fs_operator_describe(NULL, &all, &error), FS_OK);
    assert_int_equal(all.data[0], '[');
    for (int i = 0; i < fs_operator_count(); i++)
        assert_non_null(strstr(all.data, fs_operator_at(i)->name));
    fs_buffer none = {0};
    fs_alloc_fail_after(0);
    assert_int_equal(fs_operator_describe(forecast, &none, &error), FS_MEMORY);
    fs_alloc_fail_after(-1);
    fs_buffer_free(&none);
    fs_buffer_free(&one);
    fs_buffer_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_stand_where_nothing_is_given),
        cmocka_unit_test(every_type_is_read),
        cmocka_unit_test(faults_name_the_operator_and_the_parameter),
        cmocka_unit_test(broken_text_is_refused),
        cmocka_unit_test(an_unknown_name_is_answered_with_the_nearest),
        cmocka_unit_test(a_parameter_without_default_must_be_given),
        cmocka_unit_test(the_normal_form_does_not_depend_on_how_it_was_written),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(without_parameters_the_normal_form_is_an_empty_text),
        cmocka_unit_test(operators_are_sorted_and_whole),
        cmocka_unit_test(a_declaration_is_told_as_json),
        cmocka_unit_test(an_unknown_operator_is_answered_with_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
