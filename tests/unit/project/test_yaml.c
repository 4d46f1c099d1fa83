/* foresell.yaml: what it says is what is read; a fault names file, line, key and the nearest word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "project_internal.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/foresell_yaml_XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/foresell.yaml", folder);
    unlink(path);
    return rmdir(folder);
}

static fs_status open_text(const char *text, fs_project **project, fs_error *error)
{
    char path[128];
    snprintf(path, sizeof path, "%s/foresell.yaml", folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
    return fs_project_open(folder, project, error);
}

static fs_project *good(const char *text)
{
    fs_project *project = NULL;
    fs_error error = {0};
    if (open_text(text, &project, &error) != FS_OK) {
        char said[2048];
        fail_msg("%s", fs_error_format(&error, said, sizeof said));
    }
    return project;
}

/* Opening fails on this line with these words in message, column and remedy. */
static void bad(const char *text, int64_t line, const char *column, const char *message,
                const char *remedy)
{
    fs_project *project = NULL;
    fs_error error = {0};
    assert_int_equal(open_text(text, &project, &error), FS_USAGE);
    assert_null(project);
    assert_int_equal(error.line, line);
    assert_non_null(strstr(error.file, "foresell.yaml"));
    if (column) assert_string_equal(error.column, column);
    if (!strstr(error.message, message)) fail_msg("'%s' is not in '%s'", message, error.message);
    if (remedy && !strstr(error.remedy, remedy))
        fail_msg("'%s' is not in '%s'", remedy, error.remedy);
}

static void an_empty_file_gives_every_default(void **state)
{
    (void)state;
    fs_project *p = good("");
    for (int i = 0; fs_setting_at(i); i++) {
        const char *value = fs_project_setting(p, fs_setting_at(i)->name);
        assert_non_null(value);
        assert_int_equal(fs_setting_check(fs_setting_at(i), value, NULL), FS_OK);
    }
    assert_string_equal(fs_project_setting(p, "name"), strrchr(folder, '/') + 1);
    assert_string_equal(fs_project_setting(p, "forecast.horizon"), "28");
    assert_null(fs_project_setting(p, "forecast.horizn"));
    fs_project_close(p);
}

static void defaults_follow_the_period(void **state)
{
    (void)state;
    fs_project *p = good("period: week\n");
    assert_string_equal(fs_project_setting(p, "season"), "52");
    assert_string_equal(fs_project_setting(p, "forecast.horizon"), "13");
    fs_project_close(p);
    p = good("period: month\nseason: 4\n");
    assert_string_equal(fs_project_setting(p, "season"), "4");
    assert_string_equal(fs_project_setting(p, "forecast.horizon"), "12");
    fs_project_close(p);
}

static void settings_may_be_dotted_or_nested(void **state)
{
    (void)state;
    fs_project *p =
        good("forecast: {horizon: 7, quantiles: [0.1, 0.9]}\nforecast.levels: [total]\n");
    assert_string_equal(fs_project_setting(p, "forecast.horizon"), "7");
    assert_string_equal(fs_project_setting(p, "churn.save"), "0.3");
    assert_string_equal(fs_project_setting(p, "customers.columns"), "[]");
    assert_string_equal(fs_project_setting(p, "forecast.quantiles"), "[0.1, 0.9]");
    assert_string_equal(fs_project_setting(p, "forecast.levels"), "[total]");
    fs_project_close(p);
    p = good("stock: {lead_time: 2 weeks, review: 3, holding: 20 % a year, shortage: 0.5}\n");
    assert_string_equal(fs_project_setting(p, "stock.lead_time"), "2 weeks");
    assert_string_equal(fs_project_setting(p, "stock.holding"), "20 % a year");
    fs_project_close(p);
    p = good("period: month\nstock: {holding: 0.2, shortage: margin}\n");
    assert_string_equal(fs_project_setting(p, "stock.review"), "1");
    fs_project_close(p);
}

static void a_files_entry_is_read_as_written(void **state)
{
    (void)state;
    fs_project *p =
        good("files:\n"
             "  lines:\n"
             "    paths: [a.csv, 'b \"c\" \xf0\x9f\x8d\x8e.csv']\n"
             "    encoding: latin-1\n"
             "    delimiter: tab\n"
             "    quote: none\n"
             "    header: false\n"
             "    skip: 3\n"
             "    columns: {Preis: 'number ,', \"Customer ID\": text, Datum: date dmy}\n"
             "    unpivot: {columns: [d_1 .. d_9, extra], label: d, value: units}\n"
             "    merge: nothing\n"
             "    use: lookup\n"
             "  sheet: {path: x.xlsx, table: Sheet1}\n");
    assert_int_equal(p->files_count, 2);
    const fs_project_files *f = &p->files[0];
    assert_string_equal(f->name, "lines");
    assert_int_equal(f->paths, 2);
    assert_string_equal(f->path[1], "b \"c\" \xf0\x9f\x8d\x8e.csv");
    assert_int_equal(f->format, FS_FORMAT_CSV);
    assert_int_equal(f->dialect.encoding, FS_LATIN1);
    assert_int_equal(f->dialect.delimiter, '\t');
    assert_int_equal(f->dialect.quote, 0);
    assert_false(f->dialect.header);
    assert_int_equal(f->dialect.skip, 3);
    assert_int_equal(f->columns, 3);
    assert_int_equal(f->column[0].reading.decimal, ',');
    assert_int_equal(f->column[2].reading.order, FS_DMY);
    assert_string_equal(f->unpivot.item[0], "d_1");
    assert_string_equal(f->unpivot.last[0], "d_9");
    assert_null(f->unpivot.last[1]);
    assert_false(f->merge);
    assert_int_equal(f->use, FS_USE_LOOKUP);
    assert_int_equal(p->files[1].format, FS_FORMAT_XLSX);
    assert_true(p->files[1].merge);
    assert_int_equal(p->files[1].tables, 1);
    assert_string_equal(p->files[1].table[0], "Sheet1");
    fs_project_close(p);
}

static void widths_are_places_and_tables_go_with_paths(void **state)
{
    (void)state;
    fs_project *p = good("files:\n"
                         "  lines: {path: a.txt, widths: [8, 20, rest], runs: true}\n"
                         "  book: {path: b.xlsx, tables: [Year 1, Year 2], skip: 2}\n"
                         "  base: {path: 'postgres://host/db', table: public.x}\n");
    const fs_dialect *d = &p->files[0].dialect;
    assert_int_equal(d->widths, 3);
    assert_int_equal(d->start[1], 8);
    assert_int_equal(d->start[2], 28);
    assert_int_equal(d->delimiter, 0);
    assert_int_equal(d->quote, 0);
    assert_true(d->runs);
    assert_int_equal(p->files[1].tables, 2);
    assert_string_equal(p->files[1].table[1], "Year 2");
    assert_int_equal(p->files[2].format, FS_FORMAT_DATABASE);
    fs_project_close(p);
    bad("files:\n  a: {path: a.txt, widths: [8, x, rest]}\n", 2, "widths", "characters", NULL);
    bad("files:\n  a: {paths: [a.xlsx, b.xlsx, c.xlsx], tables: [x, y]}\n", 2, "a",
        "as many tables", NULL);
}

static void sources_come_in_the_order_of_the_tables(void **state)
{
    (void)state;
    fs_project *p = good("sources:\n  stores: s.sql\n  sales: [b.sql, a.sql]\n");
    assert_int_equal(p->sources, 3);
    assert_string_equal(p->source[0].path, "b.sql");
    assert_string_equal(p->source[1].path, "a.sql");
    assert_string_equal(p->source[2].table->name, "stores");
    fs_project_close(p);
}

static void policies_override_the_tables(void **state)
{
    (void)state;
    fs_project *p = good(
        "policy: {sales.customer: quarantine, sales.store: fill the old town, sales.time: keep}\n");
    const fs_canonical_table *sales = fs_canonical_find("sales");
    const char *fill;
    for (const fs_canonical_column *c = sales->column; c->name; c++) {
        fs_missing missing = fs_project_missing(p, sales, c, &fill);
        if (strcmp(c->name, "customer") == 0)
            assert_int_equal(missing, FS_MISSING_QUARANTINE);
        else if (strcmp(c->name, "time") == 0)
            assert_int_equal(missing, FS_MISSING_KEEP);
        else if (strcmp(c->name, "store") == 0)
            assert_string_equal(fill, "the old town");
        else
            assert_int_equal(missing, c->missing);
    }
    fs_project_close(p);
}

static void an_unknown_key_names_its_line_and_the_nearest_one(void **state)
{
    (void)state;
    bad("name: x\nforecast:\n  horizn: 3\n", 3, "forecast.horizn", "not known", "forecast.horizon");
    bad("curency: EUR\n", 1, "curency", "not known", "currency");
    bad("files:\n  a: {paths: [x.csv], delimeter: ';'}\n", 2, "delimeter", "not known",
        "delimiter");
    bad("sources:\n  sale: a.sql\n", 2, "sale", "not known", "sales");
    bad("policy: {sales.custmer: keep}\n", 1, "custmer", "not known", "customer");
    bad("zzzzzzzzzzzz: 1\n", 1, "zzzzzzzzzzzz", "not known", "Known are");
}

static void a_value_out_of_bounds_names_its_line(void **state)
{
    (void)state;
    bad("forecast: {horizon: 0}\n", 1, "forecast.horizon", "between", NULL);
    bad("churn: {save: 1.5}\n", 1, "churn.save", "between", NULL);
    bad("churn: {offer: a lot}\n", 1, "churn.offer", "not a number", NULL);
    bad("stock: {lead_time: soon}\n", 1, "stock.lead_time", "14 days", NULL);
    bad("stock: {lead_time: 14 moons}\n", 1, "stock.lead_time", "14 days", NULL);
    bad("stock: {lead_time: -3 days}\n", 1, "stock.lead_time", "between", NULL);
    bad("stock: {review: 0}\n", 1, "stock.review", "between", NULL);
    bad("stock: {holding: margin}\n", 1, "stock.holding", "25 %", NULL);
    bad("stock: {holding: 25 percent}\n", 1, "stock.holding", "25 %", NULL);
    bad("stock: {shortage: much}\n", 1, "stock.shortage", "nor margin", NULL);
    bad("forecast: {horizon: ten}\n", 1, "forecast.horizon", "not a number", NULL);
    bad("forecast: {horizon: 1.5}\n", 1, "forecast.horizon", "whole", NULL);
    bad("\nperiod: hour\n", 2, "period", "day|week|month", NULL);
    bad("forecast: {quantiles: [0.1, 1.5]}\n", 1, "forecast.quantiles", "between", NULL);
    bad("forecast: {quantiles: []}\n", 1, "forecast.quantiles", "empty", NULL);
    bad("forecast: {start: tomorrow}\n", 1, "forecast.start", "date", NULL);
    bad("season: [7]\n", 1, "season", "one value", NULL);
}

static void faults_in_files_are_told(void **state)
{
    (void)state;
    bad("files:\n  a:\n    format: csv\n", 2, "a", "paths is missing", NULL);
    bad("files:\n  sales: {path: a.csv}\n", 2, "sales", "name of a table", NULL);
    bad("files:\n  Ab: {path: a.csv}\n", 2, "Ab", "a-z", NULL);
    bad("files:\n  a: {path: a.csv, columns: {x: nmber}}\n", 2, "x", "nmber", NULL);
    bad("files:\n  a: {path: a.csv, delimiter: abc}\n", 2, "delimiter", "one character", NULL);
    bad("files:\n  a: {path: a.csv, skip: -1}\n", 2, "skip", "number of lines", NULL);
    bad("files:\n  a: {path: a.csv, unpivot: {label: d}}\n", 2, "unpivot",
        "columns, label and value", NULL);
    bad("files: [a, b]\n", 1, "files", "map", NULL);
    bad("policy: {sales.item: drop}\n", 1, "sales.item", "keep, quarantine", NULL);
}

static void what_is_not_yaml_is_told_with_its_line(void **state)
{
    (void)state;
    bad("name: x\nforecast: {horizon: 3\nperiod: day\n", 3, NULL, "not YAML", "indentation");
    bad("- a\n- b\n", 1, NULL, "map", NULL);
    bad("name: x\ncurrency: *a\n", 2, "currency", "aliases", NULL);
    bad("name: &a x\ncurrency: *a\n", 1, "name", "anchors", NULL);
    bad("forecast: &a\n  horizon: 3\n", 1, "forecast", "anchors", NULL);
    bad("&a name: x\n", 1, NULL, "a key is a text", NULL);
    bad("? [name]\n: x\n", 1, NULL, "a key is a text", NULL);
    bad("? ::\t :", 1, NULL, "", NULL);
    bad("name: x\n---\nname: y\n", 2, NULL, "second document", NULL);
    bad("name: x\ncurrency: \xff\n", 2, NULL, "not text in UTF-8", "UTF-8");
    bad("name: x\ncurrency: a\x07z\n", 2, NULL, "a control character, number 7", "Delete");
    bad("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 1, NULL, "too deep", NULL);
    bad("name: \"a\\0b\"\n", 1, "name", "NUL", NULL);
    bad("name: a\nname: b\n", 2, "name", "comes twice", NULL);
    bad("forecast: {horizon: 3, levels: [total], horizon: 4}\n", 1, "horizon", "comes twice", NULL);
}

static void a_project_that_is_not_there_says_how_to_make_one(void **state)
{
    (void)state;
    fs_project *project;
    fs_error error = {0};
    assert_int_equal(fs_project_open("/nowhere/at/all", &project, &error), FS_RESOURCE);
    assert_non_null(strstr(error.remedy, "foresell init"));
    char path[128];
    snprintf(path, sizeof path, "%s/foresell.yaml", folder);
    unlink(path);
    assert_int_equal(fs_project_open(folder, &project, &error), FS_RESOURCE);
    assert_non_null(strstr(error.remedy, "foresell init"));
}

static void running_out_of_memory_anywhere_is_an_error_not_a_crash(void **state)
{
    (void)state;
    static const char text[] = "name: x\nforecast: {horizon: 3, levels: [total]}\nfiles:\n  a: "
                               "{paths: [b, c], columns: {d: text}, "
                               "unpivot: {columns: [a .. b], label: l, value: v}}\nsources: "
                               "{sales: [x, y]}\npolicy: {sales.item: keep}\n";
    fs_project_close(good(text));
    int failures = 0;
    for (int64_t n = 0; n < 1000; n++) {
        fs_project *project = NULL;
        fs_error error = {0};
        fs_alloc_fail_after(n);
        fs_status status = fs_project_open(folder, &project, &error);
        fs_alloc_fail_after(-1);
        if (status == FS_OK) {
            fs_project_close(project);
            break;
        }
        assert_int_equal(status, FS_MEMORY);
        failures++;
    }
    assert_true(failures > 1);
    assert_true(failures < 1000);
}

/* ---- the reference pages are what the program knows ---- */

static const char *page(fs_arena *arena, const char *name)
{
    const char *source = getenv("FORESELL_SOURCE");
    if (!source) {
        print_message("FORESELL_SOURCE is not set: the page is not looked at\n");
        skip();
    }
    char path[1024];
    snprintf(path, sizeof path, "%s/docs/%s", source, name);
    size_t bytes;
    const char *text = fs_project_read_file(arena, path, &bytes, NULL);
    assert_non_null(text);
    return text;
}

static void the_page_of_settings_is_the_table_of_settings(void **state)
{
    (void)state;
    fs_arena arena = {0};
    fs_buffer known = {0};
    const char *text = page(&arena, "project.md");
    assert_int_equal(fs_setting_reference(&known), FS_OK);
    if (!strstr(text, known.data)) fail_msg("docs/project.md should hold this:\n%s", known.data);
    fs_buffer_free(&known);
    fs_arena_free(&arena);
}

static void the_page_of_tables_is_the_canonical_tables(void **state)
{
    (void)state;
    fs_arena arena = {0};
    fs_buffer known = {0};
    const char *text = page(&arena, "tables.md");
    assert_int_equal(fs_canonical_reference(&known), FS_OK);
    assert_string_equal(text, known.data);
    fs_buffer_free(&known);
    fs_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_gives_every_default),
        cmocka_unit_test(defaults_follow_the_period),
        cmocka_unit_test(settings_may_be_dotted_or_nested),
        cmocka_unit_test(a_files_entry_is_read_as_written),
        cmocka_unit_test(widths_are_places_and_tables_go_with_paths),
        cmocka_unit_test(sources_come_in_the_order_of_the_tables),
        cmocka_unit_test(policies_override_the_tables),
        cmocka_unit_test(an_unknown_key_names_its_line_and_the_nearest_one),
        cmocka_unit_test(a_value_out_of_bounds_names_its_line),
        cmocka_unit_test(faults_in_files_are_told),
        cmocka_unit_test(what_is_not_yaml_is_told_with_its_line),
        cmocka_unit_test(a_project_that_is_not_there_says_how_to_make_one),
        cmocka_unit_test(running_out_of_memory_anywhere_is_an_error_not_a_crash),
        cmocka_unit_test(the_page_of_settings_is_the_table_of_settings),
        cmocka_unit_test(the_page_of_tables_is_the_canonical_tables),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
