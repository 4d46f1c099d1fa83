/* A run's folder with hand-made tables, and what its report says. */
#ifndef REPORT_SHOP_H
#define REPORT_SHOP_H

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

static inline void write_text(const char *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static inline char *read_text(const char *folder, const char *name)
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

static inline void make_table(const shop *s, const char *name, const char *select)
{
    char path[256];
    int64_t rows;
    fs_error error = {0};
    snprintf(path, sizeof path, "%s/tables/%s.parquet", s->folder, name);
    if (fs_engine_write_parquet(s->engine, select, path, &rows, &error) != FS_OK)
        fail_msg("%s: %s", name, error.message);
}

/* A shop with two products, three days sold and two ahead, one with an unfriendly name. */
static inline void make_tables(const shop *s)
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

static inline int open_shop(void **state)
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

static inline int close_shop(void **state)
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
static inline json_t *document_of(const char *page)
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

static inline json_t *block_of(json_t *document, const char *id)
{
    size_t p, b;
    json_t *page, *block;
    json_array_foreach(json_object_get(document, "pages"), p, page) json_array_foreach(
        json_object_get(page, "blocks"), b,
        block) if (json_object_get(block, "id") &&
                   strcmp(json_string_value(json_object_get(block, "id")), id) == 0) return block;
    return NULL;
}

static inline char *write_report(const shop *s, const char *web)
{
    fs_error error = {0};
    if (fs_report_write(s->engine, s->project, s->folder, web, &error) != FS_OK)
        fail_msg("%s", error.message);
    char *page = read_text(s->folder, "report.html");
    assert_non_null(page);
    return page;
}

#define IN_A_SHOP(test) cmocka_unit_test_setup_teardown(test, open_shop, close_shop)

#endif
