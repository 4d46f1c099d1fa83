/* report.html and the exports, from hand-made tables of a run. */
#include "report_shop.h"

static void a_report_without_the_bundle_is_plain_and_says_so(void **state)
{
    const shop *s = *state;
    make_tables(s);
    char *page = write_report(s, "/nowhere");
    assert_non_null(strstr(page, "the web bundle was not found"));
    assert_non_null(strstr(page, "<title>Tom &amp; Co &lt;shop&gt;</title>"));
    assert_non_null(strstr(page, "<td>a.csv</td>"));
    assert_non_null(strstr(page, "<li>stock: would add order lists</li>"));
    assert_null(strstr(page, "<b>"));
    free(page);
}

static void no_text_of_the_data_can_end_the_script(void **state)
{
    const shop *s = *state;
    make_tables(s);
    char web[128];
    snprintf(web, sizeof web, "%s/web", s->folder);
    mkdir(web, 0777);
    write_text(web, "report.js", "const end = '</script>';");
    write_text(web, "report.css", "body{color:red}");
    char *page = write_report(s, web);
    assert_non_null(strstr(page, "const end = '<\\/script>';"));
    assert_non_null(strstr(page, "<style>body{color:red}</style>"));
    assert_null(strstr(page, "was not found"));
    json_t *document = document_of(page);
    json_t *best = block_of(document, "best-revenue");
    assert_string_equal(
        json_string_value(json_array_get(json_array_get(json_object_get(best, "rows"), 0), 2)),
        "=cmd|'</script><b>");
    json_decref(document);
    free(page);
}

static void the_chart_holds_what_was_sold_and_the_interval_ahead(void **state)
{
    const shop *s = *state;
    make_tables(s);
    char *page = write_report(s, NULL);
    json_t *document = document_of(page);
    json_t *series = json_object_get(block_of(document, "total"), "series");
    assert_int_equal(json_array_size(series), 2);
    json_t *sold = json_array_get(series, 0), *ahead = json_array_get(series, 1);
    assert_int_equal(json_array_size(json_object_get(sold, "x")), 3);
    assert_string_equal(json_string_value(json_array_get(json_object_get(ahead, "x"), 1)),
                        "2024-01-05");
    assert_true(json_number_value(json_array_get(json_object_get(ahead, "low"), 0)) == 2.9);
    assert_true(json_number_value(json_array_get(json_object_get(ahead, "high"), 0)) == 3.1);
    assert_string_equal(json_string_value(json_object_get(ahead, "interval")), "90 %");
    json_decref(document);
    free(page);
}

static void the_same_run_gives_the_same_report(void **state)
{
    const shop *s = *state;
    make_tables(s);
    char *first = write_report(s, NULL), *second = write_report(s, NULL);
    assert_string_equal(first, second);
    free(first);
    free(second);
}

static void an_empty_run_gives_a_report(void **state)
{
    const shop *s = *state;
    char *page = write_report(s, NULL);
    json_t *document = document_of(page);
    assert_int_equal(json_array_size(json_object_get(document, "headlines")), 0);
    assert_non_null(strstr(page, "What was assumed"));
    json_decref(document);
    free(page);
}

static void headlines_are_sentences_from_the_tables(void **state)
{
    const shop *s = *state;
    make_tables(s);
    fs_buffer out = {0};
    fs_error error = {0};
    if (fs_report_headlines(s->engine, s->project, s->folder, &out, &error) != FS_OK)
        fail_msg("%s", error.message);
    assert_string_equal(
        out.data,
        "From 1 Jan 2024 to 3 Jan 2024, 6 pieces were sold for GBP 60.00, after 25 % of the money "
        "went back for returns and cancellations.\n"
        "The next 2 days should bring 6 pieces, 50 % more than the 2 days before (4 pieces).\n"
        "Of 2 products, =cmd|'</script><b> leads with GBP 40.00.\n"
        "Of 7 rows read, 6 are used and 1 was refused, most often because: time is missing.\n");
    fs_buffer_free(&out);
}

/* Six days with one large order each, above an ordinary peak on 2 Jan 2024. */
static void make_peaks(const shop *s)
{
    make_table(
        s, "peaks",
        "select 'total' as level, '(all)' as key, date '2024-01-02' - cast(6 - n as integer) "
        "* 10 as period, 'past' as \"when\", 30.0 - 4 * n as value, 2.0 as expected, case "
        "when n < 6 then 'one large order' end as cause, 0.9 as certainty, n + 1 as rank "
        "from range(7) as t(n)");
}

static void the_peak_that_the_headline_tells_is_marked_first_in_the_charts(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_peaks(s);
    make_table(s, "forecast_revenue",
               "select date '2024-01-04' as period, 30.0 as mean, 29.0 as \"q0.05\", 31.0 as "
               "\"q0.95\"");
    fs_buffer said = {0};
    fs_error error = {0};
    assert_int_equal(fs_report_headlines(s->engine, s->project, s->folder, &said, &error), FS_OK);
    assert_non_null(strstr(said.data,
                           "the highest peak was on 2 Jan 2024: 3.0 times the usual number of "
                           "pieces; the data name no cause."));
    char *page = write_report(s, NULL);
    json_t *document = document_of(page);
    json_t *marks = json_object_get(block_of(document, "sales"), "marks");
    assert_int_equal(json_array_size(marks), 6);
    for (size_t m = 0; m < 6; m++)
        assert_int_equal(json_is_true(json_object_get(json_array_get(marks, m), "told")), m == 0);
    json_t *told = json_array_get(marks, 0);
    assert_string_equal(json_string_value(json_object_get(told, "x")), "2024-01-02");
    assert_string_equal(json_string_value(json_object_get(told, "label")), "3.0×");
    assert_string_equal(json_string_value(json_object_get(told, "detail")),
                        "peak: 3.0 times the usual number of pieces");
    json_decref(document);
    free(page);
    fs_buffer_free(&said);
}

/* The second headline, of three days of which `columns` says value, value_model and comparable. */
static void assert_outlook(const shop *s, const char *columns, const char *expected)
{
    char select[512];
    fs_buffer out = {0};
    fs_error error = {0};
    snprintf(select, sizeof select,
             "select date '2024-01-01' + cast(n as integer) as period, 2.0 as units, 20.0 as "
             "revenue, 'sold' as state, %s from range(3) as t(n)",
             columns);
    make_tables(s);
    make_table(s, "demand_total", select);
    if (fs_report_headlines(s->engine, s->project, s->folder, &out, &error) != FS_OK)
        fail_msg("%s", error.message);
    const char *line = strchr(out.data, '\n');
    assert_non_null(line);
    assert_memory_equal(line + 1, expected, strlen(expected));
    fs_buffer_free(&out);
}

static void a_history_that_begins_late_explains_the_forecast(void **state)
{
    assert_outlook(*state,
                   "case when n = 2 then 3.0 else 2.0 end as value, case when n = 2 then 3.0 end "
                   "as value_model, n = 2 as "
                   "comparable",
                   "The next 2 days should bring 6 pieces. Most of what sells today came into the "
                   "files only on 3 Jan 2024: an average day brought 2 pieces before and 3 pieces "
                   "since, and the forecast goes by the days since alone.\n");
}

static void days_known_in_part_are_not_compared(void **state)
{
    assert_outlook(*state,
                   "2.0 as value, case when n < 2 then 2.0 end as value_model, true as comparable",
                   "The next 2 days should bring 6 pieces. Nothing is compared: the last day of "
                   "the files, from 3 Jan 2024 on, is known only in part.\n");
}

static void files_left_alone_and_looked_up_are_named(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_table(s, "source_files",
               "select 'a.csv' as file, 7::bigint as rows, 7::bigint as kept, 0::bigint as "
               "quarantined, 0::bigint as merged, null::varchar as home_table");
    char *page = write_report(s, NULL);
    assert_non_null(strstr(page, "<li>left &lt;alone&gt;.csv</li>"));
    assert_non_null(strstr(page, "(look-up)"));
    free(page);
}

static void what_products_would_come_to_by_themselves_is_told(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_table(
        s, "forecast_item",
        "select item, date '2024-01-04' as period, 5.0 as mean, 'none' as model from (values "
        "('A'), ('B')) as t(item)");
    make_table(
        s, "forecast_factors",
        "select 'item' as level, '(all)' as key, 10.0 as parts, 6.0 as whole, true as agreed, "
        "0.6 as factor");
    char *page = write_report(s, NULL);
    assert_non_null(strstr(
        page, "Forecast by themselves, all products would come to 10 pieces, and were multiplied"));
    assert_non_null(strstr(page, "no forecast: too little is known"));
    free(page);
}

/* Trials of the total and the two products: better than the naive method where `verdict` says so. */
static void make_trials(const shop *s, const char *verdict)
{
    char select[1024];
    snprintf(select, sizeof select,
             "select level, step, 2 as series, 3 as trials, 84 as compared, 100.0 as sold, 20.0 as "
             "error, 30.0 as naive_error, 0.2 as wape, 0.3 as naive_wape, -0.05 as bias, 0.88 as "
             "coverage, 0.9 as due, 1.0 / 3 as value_added, case when step is null then '%s' end "
             "as verdict from (values ('total'), ('item')) as l(level) cross join (values "
             "(null::bigint), (1), (2)) as t(step)",
             verdict);
    make_table(s, "forecast_accuracy", select);
    make_table(s, "forecast_errors",
               "select * from (values ('A', 1, 30.0, 12.0, 14.0, 0.4, 0.1, 24.0, 'counts'), ('B', "
               "2, 10.0, 5.0, 4.0, 0.5, -0.2, 20.0, 'ETS(A,N,A)')) as t(item, rank, sold, error, "
               "naive_error, wape, bias, money_error, model) cross join (select 84 as compared, "
               "84 as ranges, 0.9 as coverage)");
}

static void how_good_forecasts_are_is_told_from_trials(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_trials(s, "better");
    char *page = write_report(s, NULL);
    assert_non_null(strstr(page, "off by 20 % of what was sold, day by day, 33 % less than"));
    json_t *document = document_of(page);
    json_t *choose = json_object_get(block_of(document, "error-ahead"), "choose");
    assert_int_equal(json_array_size(choose), 2);
    assert_int_equal(json_array_size(json_object_get(json_array_get(choose, 0), "series")), 2);
    json_t *row = json_array_get(json_object_get(block_of(document, "worst-forecast"), "rows"), 0);
    assert_string_equal(json_string_value(json_array_get(row, 0)), "=cmd|'</script><b>");
    assert_true(json_number_value(json_array_get(row, 1)) == 24.0);
    assert_int_equal(json_array_size(json_object_get(block_of(document, "model-errors"), "rows")),
                     2);
    json_decref(document);
    free(page);
}

static void of_too_few_trials_no_figure_is_shown(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_trials(s, "too short");
    char *page = write_report(s, NULL);
    assert_non_null(strstr(page, "Too little is known to tell how good the forecasts are"));
    json_t *document = document_of(page);
    assert_null(block_of(document, "error-ahead"));
    assert_null(block_of(document, "worst-forecast"));
    json_decref(document);
    free(page);
}

static void exports_hold_every_row_and_no_formula(void **state)
{
    const shop *s = *state;
    make_tables(s);
    fs_error error = {0};
    if (fs_report_export(s->engine, s->project, s->folder, &error) != FS_OK)
        fail_msg("%s", error.message);
    char *text = read_text(s->folder, "csv/best_products.csv");
    assert_non_null(text);
    assert_non_null(strstr(text, "'=cmd|"));
    assert_null(strstr(text, ",=cmd|"));
    free(text);
    text = read_text(s->folder, "xlsx/best_products.xlsx");
    assert_non_null(text);
    assert_memory_equal(text, "PK", 2);
    free(text);
    text = read_text(s->folder, "csv/demand_total.csv");
    assert_non_null(text);
    int lines = 0;
    for (const char *at = text; *at; at++) lines += *at == '\n';
    assert_int_equal(lines, 4);
    free(text);
}

static fs_status write_all(const shop *s, fs_error *error)
{
    fs_buffer said = {0};
    fs_status status = fs_report_write(s->engine, s->project, s->folder, "/nowhere", error);
    if (status == FS_OK)
        status = fs_report_headlines(s->engine, s->project, s->folder, &said, error);
    if (status == FS_OK) status = fs_report_export(s->engine, s->project, s->folder, error);
    fs_buffer_free(&said);
    return status;
}

static void each_failing_allocation_is_an_error_not_a_crash(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_trials(s, "better");
    make_peaks(s);
    fs_error error = {0};
    assert_int_equal(write_all(s, &error), FS_OK);
    char *whole = read_text(s->folder, "report.html");
    for (int64_t n = 0;; n += n < 40 ? 1 : n / 9) {
        fs_alloc_fail_after(n);
        fs_status status = write_all(s, &error);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        if (status == FS_OK && !failed) break;
        if (status == FS_OK) fail_msg("allocation %lld: done without", (long long)n);
        if (status != FS_MEMORY) fail_msg("allocation %lld: %s", (long long)n, error.message);
    }
    char *again = read_text(s->folder, "report.html");
    assert_string_equal(again, whole);
    free(whole);
    free(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_SHOP(a_report_without_the_bundle_is_plain_and_says_so),
        IN_A_SHOP(no_text_of_the_data_can_end_the_script),
        IN_A_SHOP(the_chart_holds_what_was_sold_and_the_interval_ahead),
        IN_A_SHOP(the_same_run_gives_the_same_report),
        IN_A_SHOP(an_empty_run_gives_a_report),
        IN_A_SHOP(headlines_are_sentences_from_the_tables),
        IN_A_SHOP(the_peak_that_the_headline_tells_is_marked_first_in_the_charts),
        IN_A_SHOP(a_history_that_begins_late_explains_the_forecast),
        IN_A_SHOP(days_known_in_part_are_not_compared),
        IN_A_SHOP(files_left_alone_and_looked_up_are_named),
        IN_A_SHOP(what_products_would_come_to_by_themselves_is_told),
        IN_A_SHOP(how_good_forecasts_are_is_told_from_trials),
        IN_A_SHOP(of_too_few_trials_no_figure_is_shown),
        IN_A_SHOP(exports_hold_every_row_and_no_formula),
        IN_A_SHOP(each_failing_allocation_is_an_error_not_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
