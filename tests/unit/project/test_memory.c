/* init and run with each allocation of the calling thread failing in turn: out of memory is an error
 * that says so, never a crash, and leaves neither half a project nor half a run.
 *
 * The first hundred fail one by one, later ones in steps, so that all places are come by in a few
 * seconds. FORESELL_EVERY=1 tries every one. */
#include "tiny_shop.h"

static int64_t step_after(int64_t n)
{
    if (getenv("FORESELL_EVERY")) return n + 1;
    return n < 100 ? n + 1 : n + n / 9;
}

static void write_sales(shop *s)
{
    fs_buffer text = {0};
    assert_int_equal(fs_buffer_text(&text, "date,store,item,units,price\n"), FS_OK);
    for (int k = 0; k < 60; k++)
        assert_int_equal(fs_buffer_printf(&text, "2024-%02d-%02d,S%d,A%d,%d,%d.50\n", 1 + k / 28,
                                          1 + k % 28, k % 2, k % 3, 1 + k % 5, 2 + k % 3),
                         FS_OK);
    shop_write(s, "sales.csv", text.data);
    fs_buffer_free(&text);
    shop_write(s, "items.csv", "item,name,category\nA0,a,x\nA1,b,x\nA2,c,y\n");
}

static bool is_there(const shop *s, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", s->folder, name);
    return access(path, F_OK) == 0;
}

static void init_fails_whole(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    write_sales(&s);
    shop_write(&s, "stock.csv",
               "item,store,on_hand,In Transit W+1,In Transit W+2\nA0,S0,3,1,0\nA1,S1,4,0,2\n");
    fs_init_settings settings = {.project = s.folder};
    int64_t tried = 0;
    for (int64_t n = 0;; n = step_after(n), tried++) {
        fs_buffer said = {0};
        fs_error error = {0};
        fs_alloc_fail_after(n);
        fs_status status = fs_project_init(s.engine, &settings, &said, NULL, &error);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        if (status == FS_OK && failed) /* done without: then nothing may be left out */
            assert_true(strstr(said.data, "sales.csv: 60 rows") && strstr(said.data, "items.csv"));
        fs_buffer_free(&said);
        if (status == FS_OK && !failed) break;
        if (status != FS_OK && status != FS_MEMORY)
            fail_msg("allocation %lld: %s", (long long)n, error.message);
        settings.force = is_there(&s, "foresell.yaml"); /* it was whole: only what is said failed */
    }
    assert_true(tried > 100);
    assert_true(is_there(&s, "foresell.yaml") && is_there(&s, "sources/sales.sql"));
    assert_true(is_there(&s, "sources/stock_2.sql")); /* what is on its way */
    shop_close(&s);
}

static void run_fails_whole(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    write_sales(&s);
    shop_write(
        &s, "models/10_totals.sql",
        "-- step: totals\n-- about: units of each item\n-- expect: unique(item)\n"
        "select item, cast(sum(exact(units)) as double) as units\nfrom sales\ngroup by item\n"
        "order by item nulls last\n");
    shop_write(&s, "models/20_trends.sql",
               "-- step: trends\n-- about: trends\n-- operator: trend()\n-- group: item\n"
               "-- order: period\n"
               "select item, cast(time as date) as period, sum(units) as value\nfrom sales\n"
               "group by item, cast(time as date)\n");
    fs_init_settings settings = {.project = s.folder};
    assert_int_equal(fs_project_init(s.engine, &settings, NULL, NULL, &s.error), FS_OK);
    for (int64_t n = 0;; n = step_after(n)) {
        fs_alloc_fail_after(n);
        fs_status status = shop_run_with(&s, n % 3 == 0, NULL);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        if (status == FS_OK) shop_adds_up(&s, 63, 63, 0, 0);
        if (status == FS_OK && !failed) break;
        if (status != FS_OK && status != FS_MEMORY)
            fail_msg("allocation %lld: %s", (long long)n, s.error.message);
    }
    assert_string_equal(shop_ask(&s, "select count(*) from @totals"), "3");
    shop_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_fails_whole),
        cmocka_unit_test(run_fails_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
