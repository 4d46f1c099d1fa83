/* report.html and the exports, from hand-made tables of a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "report_internal.h"

typedef struct shop {
    char folder[64];
    fs_engine *engine;
    fs_project *project;
} shop;

static void write_text(const char *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static char *read_text(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = calloc(1, (size_t)size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, file), (size_t)size);
    fclose(file);
    return text;
}

static void make_table(const shop *s, const char *name, const char *select)
{
    char path[256];
    int64_t rows;
    fs_error error = {0};
    snprintf(path, sizeof path, "%s/tables/%s.parquet", s->folder, name);
    if (fs_engine_write_parquet(s->engine, select, path, &rows, &error) != FS_OK)
        fail_msg("%s: %s", name, error.message);
}

/* A shop with two products, three days sold and two ahead, one with an unfriendly name. */
static void make_tables(const shop *s)
{
    make_table(s, "summary",
               "select * from (values (1, 'revenue', 60.0, null), (5, 'units', 6.0, null), (4, "
               "'return share', 0.25, null), "
               "(23, 'first day', null, '2024-01-01'), (24, 'last day', null, '2024-01-03')) as "
               "t(place, measure, value, text)");
    make_table(s, "demand_total",
               "select date '2024-01-01' + cast(n as integer) as period, 2.0 as units, 20.0 as "
               "revenue, 'sold' as state, "
               "2.0 as value, 2.0 as value_model, true as comparable from range(3) as t(n)");
    make_table(
        s, "forecast_total",
        "select date '2024-01-04' + cast(n as integer) as period, n + 1 as step, 3.0 as "
        "mean, 2.9 as \"q0.05\", "
        "3.1 as \"q0.95\", 'snaive' as model, '' as note, 'Fair +9 %, time of the month +2 %' "
        "as drivers, 3.0 as model_mean from range(2) as t(n)");
    make_table(
        s, "product_summary",
        "select * from (values ('A', '=cmd|''</script><b>', 40.0, 4.0, 1, 0.67, 0.67), ('B', "
        "'plain', 20.0, 2.0, 2, 0.33, 1.0)) as "
        "t(item, name, revenue, units, revenue_rank, revenue_share, cumulative_share) cross join "
        "(select null::varchar as category, null::double as profit, 0.0 as return_rate, "
        "null::double as trend, "
        "false as trend_sure, date '2024-01-03' as last_sold, true as active)");
    make_table(s, "best_products",
               "select 'revenue' as measure, 1 as rank, 'A' as item, '=cmd|''</script><b>' as "
               "name, 40.0 as value");
    make_table(s, "source_files",
               "select 'a.csv' as file, 7::bigint as rows, 6::bigint as kept, 1::bigint as "
               "quarantined, 0::bigint as merged, 'sales' as home_table");
    make_table(s, "quarantine",
               "select 'sales' as table_name, 'a.csv' as file, 5::bigint as line, 'time is "
               "missing' as reason, ',A,1' as \"row\"");
    make_table(s, "data_quality",
               "select 'sales' as subject, 'refused: time is missing' as \"check\", 1::bigint as "
               "rows, 0.14 as share, 'a.csv, line 5' as example");
    write_text(s->folder, "manifest.json", "{\"files_left_alone\": [\"left <alone>.csv\"]}");
    make_table(s, "missing_kinds", "select 1 as place, 'stock' as kind, 'order lists' as effect");
}

static int open_shop(void **state)
{
    shop *s = calloc(1, sizeof *s);
    strcpy(s->folder, "/tmp/foresell_report_XXXXXX");
    fs_error error = {0};
    char tables[128];
    assert_non_null(mkdtemp(s->folder));
    snprintf(tables, sizeof tables, "%s/tables", s->folder);
    assert_int_equal(mkdir(tables, 0777), 0);
    write_text(s->folder, "foresell.yaml",
               "name: Tom & Co <shop>\ncurrency: GBP\nperiod: day\nforecast: {horizon: 2}\n");
    fs_engine_settings settings = {.memory = 1 << 30, .threads = 1};
    if (fs_engine_open(&settings, &s->engine, &error) != FS_OK) fail_msg("%s", error.message);
    if (fs_project_open(s->folder, &s->project, &error) != FS_OK) fail_msg("%s", error.message);
    *state = s;
    return 0;
}

static int close_shop(void **state)
{
    shop *s = *state;
    char command[128];
    fs_project_close(s->project);
    fs_engine_close(s->engine);
    snprintf(command, sizeof command, "rm -rf '%s'", s->folder);
    int result = system(command);
    free(s);
    return result;
}

/* The JSON inside the page. */
static json_t *document_of(const char *page)
{
    const char *start = strstr(page, "type=\"application/json\">");
    assert_non_null(start);
    start += strlen("type=\"application/json\">");
    const char *end = strstr(start, "</script>");
    assert_non_null(end);
    json_error_t fault;
    json_t *document = json_loadb(start, (size_t)(end - start), 0, &fault);
    if (!document) fail_msg("the data are no JSON: %s", fault.text);
    return document;
}

static json_t *block_of(json_t *document, const char *id)
{
    size_t p, b;
    json_t *page, *block;
    json_array_foreach(json_object_get(document, "pages"), p, page) json_array_foreach(
        json_object_get(page, "blocks"), b,
        block) if (json_object_get(block, "id") &&
                   strcmp(json_string_value(json_object_get(block, "id")), id) == 0) return block;
    return NULL;
}

static char *write_report(const shop *s, const char *web)
{
    fs_error error = {0};
    if (fs_report_write(s->engine, s->project, s->folder, web, &error) != FS_OK)
        fail_msg("%s", error.message);
    char *page = read_text(s->folder, "report.html");
    assert_non_null(page);
    return page;
}

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
               "0.9 as coverage)");
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

#define IN_A_SHOP(test) cmocka_unit_test_setup_teardown(test, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_SHOP(a_report_without_the_bundle_is_plain_and_says_so),
        IN_A_SHOP(no_text_of_the_data_can_end_the_script),
        IN_A_SHOP(the_chart_holds_what_was_sold_and_the_interval_ahead),
        IN_A_SHOP(the_same_run_gives_the_same_report),
        IN_A_SHOP(an_empty_run_gives_a_report),
        IN_A_SHOP(headlines_are_sentences_from_the_tables),
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
