/* Rows in are rows kept, in quarantine and merged, file by file; a mapping that breaks this fails. */
#include <jansson.h>

#include "tiny_shop.h"

static void lines_and_goods(shop *s)
{
    shop_write(s, "foresell.yaml",
               "files:\n  lines: {paths: [a.csv, b.csv], columns: {day: date ymd, qty: number}}\n"
               "  goods: {path: goods.csv}\n  unread: {path: plan.csv, use: none}\n"
               "sources:\n  sales: sources/sales.sql\n  products: sources/products.sql\n");
    shop_write(s, "sources/sales.sql",
               "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, l._file, "
               "l._line from lines as l "
               "where l.sku <> 'test'\n");
    shop_write(
        s, "sources/products.sql",
        "-- step: products\nselect g.sku as item, g.name, g._file, g._line from goods as g\n");
    shop_write(s, "a.csv",
               "day,sku,qty\n2024-01-01,A,1\nnever,A,1\n2024-01-02,test,1\n2024-01-03,B,2\n");
    shop_write(s, "b.csv", "day,sku,qty\n2024-01-03,B,2\n2024-01-04,B,2\n,C,2\n2024-01-05,A,1,9\n");
    shop_write(s, "goods.csv", "sku,name\nA,apple\nA,apple\nB,pear\nB,peach\n");
}

static int64_t number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static json_t *manifest(const shop *s)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/manifest.json", s->outcome.folder);
    json_t *json = json_load_file(path, 0, NULL);
    assert_non_null(json);
    return json;
}

static void every_file_of_the_manifest_adds_up_and_agrees_with_the_tables(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int64_t in, kept, quarantined, merged;
    } expected[] = {{"a.csv", 4, 2, 2, 0}, {"b.csv", 4, 1, 2, 1}, {"goods.csv", 4, 2, 1, 1}};
    shop s;
    shop_open(&s);
    lines_and_goods(&s);
    shop_run(&s);
    shop_adds_up(&s, 12, 5, 5, 2);
    json_t *json = manifest(&s);
    const json_t *files = json_object_get(json, "files");
    assert_int_equal(json_array_size(files), 3);
    for (size_t i = 0; i < 3; i++) {
        const json_t *file = json_array_get(files, i);
        assert_string_equal(json_string_value(json_object_get(file, "path")), expected[i].path);
        assert_int_equal(number(file, "rows_in"), expected[i].in);
        assert_int_equal(number(file, "rows_kept"), expected[i].kept);
        assert_int_equal(number(file, "rows_quarantined"), expected[i].quarantined);
        assert_int_equal(number(file, "rows_merged"), expected[i].merged);
        assert_int_equal(strlen(json_string_value(json_object_get(file, "digest"))), 64);
        assert_true(number(file, "bytes") > 10);
        char sql[256], rows[32];
        snprintf(sql, sizeof sql, "select count(*) from @quarantine where file = '%s'",
                 expected[i].path);
        snprintf(rows, sizeof rows, "%d", (int)expected[i].quarantined);
        assert_string_equal(shop_ask(&s, sql), rows);
    }
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(json, "files_left_alone"), 0)),
        "plan.csv");
    assert_string_equal(shop_ask(&s, "select count(*) from @sales"), "3");
    assert_string_equal(shop_ask(&s, "select count(*) from @products"), "2");
    json_decref(json);
    shop_close(&s);
}

static void the_same_rows_are_there_for_any_number_of_threads(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    lines_and_goods(&s);
    shop_run(&s);
    char first[1200], command[4096] = "cmp \"$A/sales.parquet\" \"$B/sales.parquet\" && cmp "
                                      "\"$A/products.parquet\" \"$B/products.parquet\" && "
                                      "cmp \"$A/quarantine.parquet\" \"$B/quarantine.parquet\" && "
                                      "cmp \"$A/source_files.parquet\" \"$B/source_files.parquet\"";
    snprintf(first, sizeof first, "%s/tables", s.outcome.folder);
    shop_engine(&s, 1);
    shop_run(&s);
    char second[1200];
    snprintf(second, sizeof second, "%s/tables", s.outcome.folder);
    assert_string_not_equal(first, second);
    setenv("A", first, 1);
    setenv("B", second, 1);
    assert_int_equal(system(command), 0);
    shop_close(&s);
}

static void rows_that_lose_their_line_fail_the_run(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    lines_and_goods(&s);
    shop_write(&s, "sources/sales.sql",
               "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, l._file, "
               "cast(7 as bigint) as _line from lines as l\n");
    assert_int_equal(shop_run_with(&s, false, NULL), FS_FAILED);
    if (!strstr(s.error.message, "accounted")) fail_msg("%s", s.error.message);
    assert_non_null(strstr(s.error.remedy, "_line"));
    shop_close(&s);
}

static void a_file_number_that_no_file_has_is_refused(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    lines_and_goods(&s);
    shop_write(&s, "sources/sales.sql",
               "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, cast(99 as "
               "int) as _file, l._line from lines as l\n");
    assert_int_equal(shop_run_with(&s, false, NULL), FS_USAGE);
    assert_non_null(strstr(s.error.message, "_file"));
    shop_close(&s);
}

static void a_mapping_that_takes_no_row_at_all_leaves_them_all_in_quarantine(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    lines_and_goods(&s);
    shop_write(&s, "sources/sales.sql",
               "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, l._file, "
               "l._line from lines as l where 1 = 0\n");
    shop_run(&s);
    shop_adds_up(&s, 12, 2, 8, 2);
    assert_string_equal(
        shop_ask(&s,
                 "select count(*) from @quarantine where reason = 'left out by sources/sales.sql'"),
        "5");
    assert_string_equal(shop_ask(&s, "select home_table from @source_files where file = 'a.csv'"),
                        "sales");
    shop_close(&s);
}

static void a_mapping_that_doubles_rows_counts_each_line_once(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    lines_and_goods(&s);
    shop_write(&s, "sources/sales.sql",
               "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, g.name as "
               "note, l._file, l._line "
               "from lines as l left join goods as g on g.sku = l.sku where l.sku <> 'test'\n");
    shop_run(&s);
    shop_adds_up(&s, 12, 5, 5, 2);
    assert_string_equal(shop_ask(&s, "select count(*) from @sales"), "6");
    shop_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_of_the_manifest_adds_up_and_agrees_with_the_tables),
        cmocka_unit_test(the_same_rows_are_there_for_any_number_of_threads),
        cmocka_unit_test(rows_that_lose_their_line_fail_the_run),
        cmocka_unit_test(a_file_number_that_no_file_has_is_refused),
        cmocka_unit_test(a_mapping_that_takes_no_row_at_all_leaves_them_all_in_quarantine),
        cmocka_unit_test(a_mapping_that_doubles_rows_counts_each_line_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
