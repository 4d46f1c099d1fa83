/* The simulated retailer: same seed, same bytes; its files and its truth agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "foresell/simulate.h"

static void make_root(char root[64])
{
    strcpy(root, "/tmp/foresell-simulate-XXXXXX");
    assert_non_null(mkdtemp(root));
}

static void remove_root(const char *root)
{
    char command[256];
    snprintf(command, sizeof command, "rm -rf '%s' '%s-truth'", root, root);
    assert_int_equal(system(command), 0);
}

static fs_simulate_settings small(const char *folder)
{
    fs_simulate_settings s = fs_simulate_defaults();
    s.folder = folder;
    s.items = 40;
    s.stores = 2;
    s.customers = 200;
    s.days = 120;
    s.lines = 5000;
    return s;
}

static void run(const fs_simulate_settings *settings)
{
    fs_error error = {0};
    fs_status status = fs_simulate(NULL, settings, NULL, &error);
    if (status != FS_OK) fail_msg("%s", error.message);
}

static char *slurp(const char *root, const char *folder, const char *name)
{
    char path[256];
    const char *slash = name[0] == '-' ? "" : "/"; /* "-truth/…": beside the folder */
    snprintf(path, sizeof path, "%s/%s%s%s", root, folder, slash, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fs_buffer text = {0};
    char piece[4096];
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        assert_int_equal(fs_buffer_add(&text, piece, got), FS_OK);
    fclose(file);
    return text.data;
}

static const char *const all[] = {"sales.csv",
                                  "stock.csv",
                                  "reviews.csv",
                                  "products.csv",
                                  "suppliers.csv",
                                  "customers.csv",
                                  "stores.csv",
                                  "promotions.csv",
                                  "calendar.csv",
                                  "campaign_contacts.csv",
                                  "prices.csv",
                                  "-truth/items.csv",
                                  "-truth/demand.csv",
                                  "-truth/promotions.csv",
                                  "-truth/customers.csv",
                                  "-truth/campaigns.csv",
                                  "-truth/events.csv",
                                  "-truth/shifts.csv",
                                  "-truth/shortages.csv",
                                  "-truth/dirt.csv"};

static void the_same_seed_gives_the_same_bytes(void **state)
{
    (void)state;
    char root[64], one[96], two[96], three[96];
    make_root(root);
    snprintf(one, sizeof one, "%s/one", root);
    snprintf(two, sizeof two, "%s/two", root);
    snprintf(three, sizeof three, "%s/three", root);
    fs_simulate_settings s = small(one);
    s.dirt = 0.05;
    run(&s);
    s.folder = two;
    run(&s);
    s.folder = three;
    s.seed = 2;
    run(&s);
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
        char *a = slurp(root, "one", all[k]), *b = slurp(root, "two", all[k]);
        assert_string_equal(a, b);
        fs_free(a);
        fs_free(b);
    }
    char *a = slurp(root, "one", "sales.csv"), *c = slurp(root, "three", "sales.csv");
    assert_string_not_equal(a, c);
    fs_free(a);
    fs_free(c);
    remove_root(root);
}

/* The n-th field of each row as a number: the sum of those above zero. */
static double sum_positive(char *csv, int field)
{
    double sum = 0;
    char *rest = csv;
    strtok_r(rest, "\n", &rest);
    for (char *row; (row = strtok_r(NULL, "\n", &rest));) {
        for (int k = 0; k < field; k++) row = strchr(row, ',') + 1;
        double value = atof(row);
        if (value > 0) sum += value;
    }
    return sum;
}

static void sold_units_are_those_of_the_truth(void **state)
{
    (void)state;
    char root[64], one[96];
    make_root(root);
    snprintf(one, sizeof one, "%s/one", root);
    fs_simulate_settings s = small(one);
    run(&s);
    char *sales = slurp(root, "one", "sales.csv"),
         *demand = slurp(root, "one", "-truth/demand.csv");
    char *copy = fs_strdup(demand);
    double sold = sum_positive(sales, 6), true_sold = sum_positive(demand, 3);
    double expected = sum_positive(copy, 2);
    assert_true(sold > 3000);
    assert_true(sold == true_sold);
    assert_true(expected > 0.8 * sold && expected < 1.6 * sold);
    fs_free(sales);
    fs_free(demand);
    fs_free(copy);
    remove_root(root);
}

static void lines_come_out_about_as_many_as_asked(void **state)
{
    (void)state;
    char root[64], one[96];
    make_root(root);
    snprintf(one, sizeof one, "%s/one", root);
    fs_simulate_settings s = small(one);
    s.lines = 20000;
    run(&s);
    char *sales = slurp(root, "one", "sales.csv");
    int lines = -1;
    for (const char *p = sales; *p; p++) lines += *p == '\n';
    assert_in_range(lines, 15000, 26000);
    fs_free(sales);
    remove_root(root);
}

static int count_lines_with(const char *text, const char *what)
{
    int count = 0;
    for (const char *p = text; (p = strstr(p, what)); p++) count++;
    return count;
}

static void each_fault_is_written_down_with_its_line(void **state)
{
    (void)state;
    char root[64], one[96];
    make_root(root);
    snprintf(one, sizeof one, "%s/one", root);
    fs_simulate_settings s = small(one);
    s.dirt = 0.1;
    run(&s);
    char *sales = slurp(root, "one", "sales.csv"), *dirt = slurp(root, "one", "-truth/dirt.csv");
    int ragged = count_lines_with(dirt, ",ragged"), numbers = count_lines_with(dirt, ",number");
    assert_true(ragged > 20 && numbers > 20);
    assert_int_equal(count_lines_with(sales, ",surplus"), ragged);
    assert_int_equal(count_lines_with(sales, ",1O,"), numbers);
    fs_free(sales);
    fs_free(dirt);
    remove_root(root);
}

static void a_panel_has_a_row_a_day_and_holds_zeros(void **state)
{
    (void)state;
    char root[64], one[96];
    make_root(root);
    snprintf(one, sizeof one, "%s/one", root);
    fs_simulate_settings s = small(one);
    s.panel = true;
    run(&s);
    char *sales = slurp(root, "one", "sales.csv");
    assert_non_null(strstr(sales, "date,store_id,product_id,units,price,on_promotion\n"));
    assert_true(count_lines_with(sales, ",0,") > 100);
    assert_true(count_lines_with(sales, "nan") + count_lines_with(sales, "inf") == 0);
    fs_free(sales);
    remove_root(root);
}

static void shifts_are_written_down_and_planted_where_asked_or_large(void **state)
{
    (void)state;
    char root[64], one[96], two[96];
    make_root(root);
    snprintf(one, sizeof one, "%s/one", root);
    snprintf(two, sizeof two, "%s/two", root);
    fs_simulate_settings s = small(one);
    run(&s);
    s.folder = two;
    s.shifts = 3;
    run(&s);
    char *none = slurp(root, "one", "-truth/shifts.csv");
    char *some = slurp(root, "two", "-truth/shifts.csv");
    assert_string_equal(none, "day,what,key,factor\n");
    assert_int_equal(count_lines_with(some, ",store,S002,0.7500\n"), 1);
    assert_int_equal(count_lines_with(some, ",category,Bakery,1.3000\n"), 1);
    assert_int_equal(count_lines_with(some, "\n"), 4);
    fs_free(none);
    fs_free(some);
    remove_root(root);
    make_root(root);
    snprintf(one, sizeof one, "%s/one", root);
    s = small(one);
    s.days = 730;
    s.stores = 4;
    run(&s);
    some = slurp(root, "one", "-truth/shifts.csv");
    assert_int_equal(count_lines_with(some, "\n"), 1 + FS_SIMULATE_SHIFTS);
    fs_free(some);
    remove_root(root);
}

static void wrong_settings_are_refused(void **state)
{
    (void)state;
    char root[64];
    make_root(root);
    fs_error error = {0};
    fs_simulate_settings s = small(root);
    s.items = 0;
    assert_int_equal(fs_simulate(NULL, &s, NULL, &error), FS_USAGE);
    assert_non_null(strstr(error.message, "items"));
    s = small(root);
    s.shifts = FS_SIMULATE_SHIFTS_MOST + 1;
    assert_int_equal(fs_simulate(NULL, &s, NULL, &error), FS_USAGE);
    assert_non_null(strstr(error.message, "shifts"));
    s = small(root);
    s.start = "2023-02-30";
    assert_int_equal(fs_simulate(NULL, &s, NULL, &error), FS_USAGE);
    assert_non_null(strstr(error.message, "2023-02-30"));
    remove_root(root);
}

static void a_folder_that_holds_files_is_left_alone(void **state)
{
    (void)state;
    char root[64];
    make_root(root);
    fs_simulate_settings s = small(root);
    run(&s);
    fs_error error = {0};
    assert_int_equal(fs_simulate(NULL, &s, NULL, &error), FS_USAGE);
    assert_non_null(strstr(error.message, "not empty"));
    remove_root(root);
}

static void each_failing_allocation_is_an_error_not_a_crash(void **state)
{
    (void)state;
    for (int64_t n = 0;; n += n < 64 ? 1 : 97) {
        char root[64];
        make_root(root);
        fs_error error = {0};
        fs_simulate_settings s = small(root);
        s.days = 12;
        s.lines = 300;
        fs_alloc_fail_after(n);
        fs_status status = fs_simulate(NULL, &s, NULL, &error);
        fs_alloc_fail_after(-1);
        remove_root(root);
        if (status == FS_OK) break;
        assert_int_equal(status, FS_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_bytes),
        cmocka_unit_test(sold_units_are_those_of_the_truth),
        cmocka_unit_test(lines_come_out_about_as_many_as_asked),
        cmocka_unit_test(each_fault_is_written_down_with_its_line),
        cmocka_unit_test(a_panel_has_a_row_a_day_and_holds_zeros),
        cmocka_unit_test(shifts_are_written_down_and_planted_where_asked_or_large),
        cmocka_unit_test(wrong_settings_are_refused),
        cmocka_unit_test(a_folder_that_holds_files_is_left_alone),
        cmocka_unit_test(each_failing_allocation_is_an_error_not_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
