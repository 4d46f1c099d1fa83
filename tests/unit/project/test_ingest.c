/* From files to canonical tables: each row ends where it should, for a shop small enough to count. */
#include "tiny_shop.h"

#define SALES_YAML                                                                                 \
    "files:\n  lines:\n    path: lines.csv\n    columns: {day: date ymd, qty: number, price: "     \
    "number}\n"                                                                                    \
    "sources:\n  sales: sources/sales.sql\n"
#define SALES_SQL                                                                                  \
    "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, l.price, l.till, "       \
    "l._file, l._line from lines as l\n"

/* A shop of one file and its mapping. */
static void sales_shop(shop *s, const char *mapping, const char *lines)
{
    shop_open(s);
    shop_write(s, "foresell.yaml", SALES_YAML);
    shop_write(s, "sources/sales.sql", mapping);
    shop_write(s, "lines.csv", lines);
}

static void good_bad_ragged_and_missing_each_have_their_place(void **state)
{
    (void)state;
    shop s;
    sales_shop(&s, SALES_SQL,
               "day,sku,qty,price,till\n"
               "2024-01-01,A,1,2.50,7\n"
               "2024-01-01,B,abc,2.50,7\n"
               "2024-01-01,C,1\n"
               ",D,1,2.50,7\n"
               "2024-01-02,,1,2.50,7\n"
               "2024-01-02,\" F \",-3,,\n");
    shop_run(&s);
    shop_adds_up(&s, 6, 2, 4, 0);
    assert_string_equal(
        shop_ask(
            &s,
            "select item || '/' || units || '/' || coalesce(cast(price as varchar), '-') || '/' || "
            "coalesce(till, '-') || '/' || _line from @sales order by _line"),
        "A/1.0/2.5/7/2 | F/-3.0/-/-/7");
    assert_string_equal(
        shop_ask(&s,
                 "select line || ' ' || table_name || ' ' || file from @quarantine order by line"),
        "3 sales lines.csv | 4 sales lines.csv | 5 sales lines.csv | 6 sales lines.csv");
    assert_string_equal(
        shop_ask(&s, "select row from @quarantine order by line"),
        "2024-01-01,B,abc,2.50,7 | 2024-01-01,C,1 | ,D,1,2.50,7 | 2024-01-02,,1,2.50,7");
    assert_string_equal(
        shop_ask(&s, "select reason from @quarantine where line >= 5 order by line"),
        "sales.time is missing | sales.item is missing");
    assert_non_null(strstr(shop_ask(&s, "select reason from @quarantine where line = 3"), "abc"));
    shop_close(&s);
}

static void a_row_that_the_mapping_leaves_out_is_in_quarantine(void **state)
{
    (void)state;
    shop s;
    sales_shop(
        &s,
        "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, l._file, l._line "
        "from lines as l where l.qty > 0\n",
        "day,sku,qty,price\n2024-01-01,A,1,2\n2024-01-01,B,0,2\n2024-01-02,A,4,2\n");
    shop_run(&s);
    shop_adds_up(&s, 3, 2, 1, 0);
    assert_string_equal(
        shop_ask(&s, "select line || ': ' || reason || ': ' || row from @quarantine"),
        "3: left out by sources/sales.sql: 2024-01-01,B,0,2");
    shop_close(&s);
}

static void rows_of_overlapping_files_count_as_often_as_in_the_fuller_one(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    shop_write(
        &s, "foresell.yaml",
        "files:\n  lines:\n    paths: ['part*.csv']\n    columns: {day: date ymd, qty: number}\n"
        "sources:\n  sales: sources/sales.sql\n");
    shop_write(&s, "sources/sales.sql",
               "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, l.note, "
               "l._file, l._line "
               "from lines as l\n");
    /* A stands 2 times in one file and 3 times in the other; B's note says nothing in both; C differs */
    shop_write(&s, "part1.csv",
               "day,sku,qty,note\n2024-01-01,A,1,\n2024-01-05,A,1,x\n2024-01-05,A,1,x\n2024-01-05,"
               "B,1,nan\n"
               "2024-01-05,C,1,y\n");
    shop_write(
        &s, "part2.csv",
        "day,sku,qty,note\n2024-01-05,C,2,y\n2024-01-05,A,1,x\n2024-01-05,A,1,x\n2024-01-05,A,1,x\n"
        "2024-01-05,B,1,\n2024-01-06,A,1,\n2024-01-06,A,1,\n");
    shop_run(&s);
    shop_adds_up(&s, 12, 9, 0, 3);
    assert_string_equal(shop_ask(&s, "select item || count(*) from @sales where time = timestamp "
                                     "'2024-01-05' group by item order by item"),
                        "A3 | B1 | C2");
    assert_string_equal(shop_ask(&s, "select file || ' ' || rows || '=' || kept || '+' || "
                                     "quarantined || '+' || merged from @source_files"),
                        "part1.csv 5=5+0+0 | part2.csv 7=4+0+3");
    shop_close(&s);
}

static void files_can_be_told_to_be_different(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    shop_write(&s, "foresell.yaml",
               "files:\n  lines:\n    paths: [a.csv, b.csv]\n    merge: nothing\n    columns: "
               "{day: date ymd, qty: number}\n"
               "sources:\n  sales: sources/sales.sql\n");
    shop_write(&s, "sources/sales.sql",
               "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, l._file, "
               "l._line from lines as l\n");
    shop_write(&s, "a.csv", "day,sku,qty\n2024-01-01,A,1\n");
    shop_write(&s, "b.csv", "day,sku,qty\n2024-01-01,A,1\n");
    shop_run(&s);
    shop_adds_up(&s, 2, 2, 0, 0);
    shop_close(&s);
}

static void a_line_id_stands_once(void **state)
{
    (void)state;
    shop s;
    sales_shop(&s,
               "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, l.id as line, "
               "l._file, l._line "
               "from lines as l\n",
               "id,day,sku,qty,price\n1,2024-01-01,A,1,2\n2,2024-01-01,B,1,2\n1,2024-01-01,A,1,"
               "2\n3,2024-01-01,C,1,2\n"
               "2,2024-01-01,B,5,2\n4,2024-01-01,D,1,2\n,2024-01-01,E,1,2\n,2024-01-01,E,1,2\n");
    shop_run(&s);
    shop_adds_up(&s, 8, 6, 1, 1);
    assert_string_equal(shop_ask(&s, "select line || ' ' || reason from @quarantine"),
                        "6 another row with line = 2 says something else");
    shop_close(&s);
}

static void line_numbers_that_begin_anew_in_each_basket_are_not_ids(void **state)
{
    (void)state;
    shop s;
    sales_shop(&s,
               "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, l.bon as "
               "basket, l.n as line, l._file, "
               "l._line from lines as l\n",
               "bon,n,day,sku,qty,price\n1,1,2024-01-01,A,1,2\n1,2,2024-01-01,B,1,2\n2,1,2024-01-"
               "01,C,1,2\n"
               "2,2,2024-01-01,D,1,2\n3,1,2024-01-01,A,1,2\n3,1,2024-01-01,A,1,2\n");
    shop_run(&s);
    shop_adds_up(&s, 6, 5, 0, 1);
    shop_close(&s);
}

static void of_two_rows_of_a_product_the_fuller_is_kept(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    shop_write(&s, "foresell.yaml",
               "files:\n  goods: {path: goods.csv}\nsources:\n  products: sources/products.sql\n");
    shop_write(&s, "sources/products.sql",
               "-- step: products\nselect g.sku as item, g.name, g.cat as category, g._file, "
               "g._line from goods as g\n");
    shop_write(&s, "goods.csv",
               "sku,name,cat\nA,apple,\nB,pear,fruit\nA,apple,fruit\nB,pear,fruit\n,nothing,x\n");
    shop_run(&s);
    shop_adds_up(&s, 5, 2, 2, 1);
    assert_string_equal(shop_ask(&s, "select item || ' ' || name || ' ' || category || ' ' || "
                                     "_line from @products order by item"),
                        "A apple fruit 4 | B pear fruit 3");
    assert_string_equal(
        shop_ask(&s, "select line || ' ' || reason from @quarantine order by line"),
        "2 another row with item = A says something else | 6 products.item is missing");
    shop_close(&s);
}

static void derived_rows_stand_back_behind_those_of_a_file(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    shop_write(&s, "foresell.yaml",
               "files:\n  goods: {path: goods.csv}\n  lines: {path: lines.csv, columns: {day: date "
               "ymd, qty: number}}\n"
               "sources:\n  sales: sources/sales.sql\n  products: [sources/products.sql, "
               "sources/products_2.sql]\n");
    shop_write(&s, "sources/sales.sql", SALES_SQL);
    shop_write(
        &s, "sources/products.sql",
        "-- step: products\nselect g.sku as item, g.name, g._file, g._line from goods as g\n");
    shop_write(&s, "sources/products_2.sql",
               "-- step: products_2\nselect l.sku as item, max(l.till) as name from lines as l "
               "group by l.sku\n");
    shop_write(&s, "goods.csv", "sku,name\nA,apple\n");
    shop_write(&s, "lines.csv", "day,sku,qty,price,till\n2024-01-01,A,1,2,t\n2024-01-01,B,1,2,u\n");
    shop_run(&s);
    shop_adds_up(&s, 3, 3, 0, 0);
    assert_string_equal(shop_ask(&s, "select item || ' ' || name from @products order by item"),
                        "A apple | B u");
    shop_close(&s);
}

static void what_is_only_looked_up_in_is_kept_and_what_is_not_used_is_not_read(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    shop_write(&s, "foresell.yaml",
               "files:\n  lines: {path: lines.csv, columns: {qty: number}}\n"
               "  weeks: {path: weeks.csv, columns: {day: date ymd}}\n  other: {path: gone.csv, "
               "use: none}\n"
               "sources:\n  sales: sources/sales.sql\n");
    shop_write(
        &s, "sources/sales.sql",
        "-- step: sales\nselect w.day as time, l.sku as item, l.qty as units, l._file, l._line "
        "from lines as l left join weeks as w on w.week = l.week\n");
    shop_write(&s, "lines.csv", "week,sku,qty\n1,A,1\n2,A,1\n3,A,1\n");
    shop_write(&s, "weeks.csv", "week,day\n1,2024-01-01\n2,2024-01-08\n9,oops\n");
    shop_run(&s);
    shop_adds_up(&s, 6, 4, 2, 0);
    assert_string_equal(shop_ask(&s, "select file || ' ' || coalesce(home_table, '-') || ' ' || "
                                     "kept || ' ' || quarantined from @source_files order by file"),
                        "lines.csv sales 2 1 | weeks.csv - 2 1");
    assert_string_equal(
        shop_ask(&s,
                 "select table_name || ' ' || line || ' ' || row from @quarantine order by file"),
        "sales 4 3,A,1 | weeks 4 9,oops");
    shop_close(&s);
}

static void a_wide_file_is_counted_by_its_lines(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    shop_write(&s, "foresell.yaml",
               "files:\n  wide:\n    path: wide.csv\n    columns: {units: number}\n"
               "    unpivot: {columns: ['2024-01-01 .. 2024-01-03'], label: day, value: units}\n"
               "sources:\n  sales: sources/sales.sql\n");
    shop_write(&s, "sources/sales.sql",
               "-- step: sales\nselect cast(w.day as timestamp) as time, w.sku as item, w.units, "
               "w._file, w._line "
               "from wide as w where w.units is not null\n");
    shop_write(
        &s, "wide.csv",
        "sku,kind,2024-01-01,2024-01-02,2024-01-03\nA,x,1,2,3\nB,x,,5,\nC,x,,,\nD,x,1,?,q\n");
    shop_run(&s);
    shop_adds_up(&s, 4, 2, 2, 0);
    assert_string_equal(
        shop_ask(&s, "select item || ' ' || cast(time as date) || ' ' || units from @sales"),
        "A 2024-01-01 1.0 | A 2024-01-02 2.0 | A 2024-01-03 3.0 | B 2024-01-02 5.0");
    assert_string_equal(shop_ask(&s, "select line from @quarantine order by line"), "4 | 5");
    shop_close(&s);
}

static void one_file_may_feed_two_tables_and_counts_once(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    shop_write(
        &s, "foresell.yaml",
        "files:\n  panel: {path: panel.csv, columns: {day: date ymd, qty: number, open: bool}}\n"
        "sources:\n  sales: sources/sales.sql\n  calendar: sources/calendar.sql\n");
    shop_write(&s, "sources/sales.sql",
               "-- step: sales\nselect p.day as time, p.qty as units, p._file, p._line from panel "
               "as p where p.open\n");
    shop_write(&s, "sources/calendar.sql",
               "-- step: calendar\nselect p.day, p.open, p._file, p._line from panel as p where "
               "not p.open\n");
    shop_write(&s, "panel.csv",
               "day,qty,open\n2024-01-01,1,1\n2024-01-02,0,0\n2024-01-03,4,1\n2024-01-04,4,\n");
    shop_run(&s);
    shop_adds_up(&s, 4, 3, 1, 0);
    assert_string_equal(shop_ask(&s, "select item || ' ' || units from @sales order by _line"),
                        "(all) 1.0 | (all) 4.0");
    assert_string_equal(shop_ask(&s, "select cast(day as varchar) || ' ' || open from @calendar"),
                        "2024-01-02 false");
    shop_close(&s);
}

static void policies_fill_refuse_or_keep(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    shop_write(
        &s, "foresell.yaml",
        SALES_YAML
        "policy: {sales.store: fill the old town, sales.item: keep, sales.units: quarantine}\n");
    shop_write(&s, "sources/sales.sql",
               "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, l.shop as "
               "store, l._file, l._line from lines as l\n");
    shop_write(&s, "lines.csv",
               "day,sku,qty,price,shop\n2024-01-01,A,1,2,\n2024-01-01,,1,2,x\n2024-01-01,A,,2,x\n");
    shop_run(&s);
    shop_adds_up(&s, 3, 2, 1, 0);
    assert_string_equal(
        shop_ask(&s, "select coalesce(item, '-') || ' ' || store from @sales order by _line"),
        "A the old town | - x");
    assert_string_equal(shop_ask(&s, "select reason from @quarantine"), "sales.units is missing");
    shop_close(&s);
}

static void all_nine_tables_are_there_with_all_their_columns(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    shop_write(
        &s, "foresell.yaml",
        "files:\n  people: {path: people.csv}\nsources:\n  customers: sources/customers.sql\n");
    shop_write(&s, "sources/customers.sql",
               "-- step: customers\nselect p.id as customer, p.left as churned, p._file, p._line "
               "from people as p\n");
    shop_write(&s, "people.csv", "id,left\n007,Yes\n8,No\n9,perhaps\n");
    shop_run(&s);
    shop_adds_up(&s, 3, 2, 1, 0);
    for (int i = 0; i < FS_CANONICAL_TABLES; i++) {
        const fs_canonical_table *t = fs_canonical_at(i);
        for (const fs_canonical_column *c = t->column; c->name; c++) {
            char sql[256];
            snprintf(sql, sizeof sql, "select count(\"%s\") from @%s where false", c->name,
                     t->name);
            assert_string_equal(shop_ask(&s, sql), "0");
        }
        char sql[128];
        snprintf(sql, sizeof sql, "select count(*) + count(_file) + count(_line) from @%s",
                 t->name);
        assert_string_equal(shop_ask(&s, sql), strcmp(t->name, "customers") == 0 ? "6" : "0");
    }
    assert_string_equal(
        shop_ask(&s, "select customer || ' ' || churned from @customers order by _line"),
        "007 true | 8 false");
    assert_string_equal(shop_ask(&s, "select reason from @quarantine"),
                        "customers.churned: 'perhaps' is not true or false");
    shop_close(&s);
}

static void hostile_names_do_no_harm(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    shop_write(
        &s, "foresell.yaml",
        "files:\n  lines:\n    paths: [\"'; drop table sales; -- \xf0\x9f\x8d\x90 [x]*.csv\"]\n"
        "    columns: {\"the \\\"day\\\"\": date ymd, \"qty'; --\": number}\n"
        "sources:\n  sales: sources/sales.sql\n");
    shop_write(&s, "sources/sales.sql",
               "-- step: sales\nselect l.\"the \"\"day\"\"\" as time, l.\"\xf0\x9f\x8d\x8e item\" "
               "as item, l.\"qty'; --\" as units, "
               "l.\"select * from sales\", l._file, l._line from lines as l\n");
    shop_write(&s, "'; drop table sales; -- \xf0\x9f\x8d\x90 [x]*.csv",
               "\"the \"\"day\"\"\",\xf0\x9f\x8d\x8e item,qty'; --,select * from "
               "sales\n2024-01-01,A,1,'x'\n2024-01-02,B,''; drop,y\n");
    shop_run(&s);
    shop_adds_up(&s, 2, 1, 1, 0);
    assert_string_equal(shop_ask(&s, "select \"select * from sales\" from @sales"), "'x'");
    assert_string_equal(shop_ask(&s, "select file from @quarantine"),
                        "'; drop table sales; -- \xf0\x9f\x8d\x90 [x]*.csv");
    shop_close(&s);
}

/* Lines that are bad, refused, left out, the same as another and another's id, beside three good ones. */
static void each_fate_of_a_line_is_told_with_its_text(void **state)
{
    (void)state;
    shop s;
    sales_shop(
        &s,
        "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, l.till as line, "
        "l._file, l._line from lines as l where l.sku <> 'test' or l.sku is null\n",
        "day,sku,qty,price,till\n2024-01-01,A,1,2,8\n2024-01-01,B,x,2,9\n2024-01-01,A,1,2,8\n"
        "2024-01-02,A,5,2,8\n2024-01-03,test,1,2,10\n2024-01-04,,1,2,11\n2024-01-05,A,1e16,2,"
        "12\n2024-01-06,A,1,2,13\n2024-01-07,A,1,2,14\n");
    shop_run(&s);
    shop_adds_up(&s, 9, 3, 5, 1);
    assert_string_equal(
        shop_ask(&s, "select line || ' ' || reason || ': ' || row from @quarantine order by line"),
        "3 qty: 'x' is not a number: 2024-01-01,B,x,2,9 | "
        "5 another row with line = 8 says something else: 2024-01-02,A,5,2,8 | "
        "6 left out by sources/sales.sql: 2024-01-03,test,1,2,10 | "
        "7 sales.item is missing: 2024-01-04,,1,2,11 | "
        "8 sales.units is larger than anything that a shop has: 2024-01-05,A,1e16,2,12");
    shop_close(&s);
}

static void a_file_that_its_mapping_need_not_read_is_counted(void **state)
{
    (void)state;
    shop s;
    sales_shop(
        &s,
        "-- step: sales\nselect l.day as time, l.sku as item, l._file, l._line from lines as "
        "l where 1 = 0\n",
        "day,sku,qty,price,till\n2024-01-01,A,1,2,8\nnever,B,1,2,9\n2024-01-02,A,1\n");
    shop_run(&s);
    shop_adds_up(&s, 3, 0, 3, 0);
    assert_string_equal(
        shop_ask(&s, "select count(*) from @quarantine where reason like 'left out by %'"), "1");
    shop_close(&s);
}

static void a_mapping_may_read_its_file_twice(void **state)
{
    (void)state;
    shop s;
    sales_shop(
        &s,
        "-- step: sales\nselect l.day as time, l.sku as item, l.qty as units, p.price, "
        "l._file, l._line from lines as l left join (select sku, min(price) as price from "
        "lines group by sku) as p on p.sku = l.sku\n",
        "day,sku,qty,price,till\n2024-01-01,A,1,2,8\n2024-01-02,A,x,1,9\n2024-01-03,A,2,3,7\n");
    shop_run(&s);
    shop_adds_up(&s, 3, 2, 1, 0);
    assert_string_equal(shop_ask(&s, "select price || '/' || _line from @sales order by _line"),
                        "2.0/2 | 2.0/4");
    shop_close(&s);
}

static void texts_that_say_nothing_are_missing_and_blanks_are_cut(void **state)
{
    (void)state;
    shop s;
    sales_shop(&s,
               "-- step: sales\nselect l.day as time, l.sku as item, l.note, l._file, l._line from "
               "lines as l\n",
               "day,sku,qty,price,note\n2024-01-01,A,,,\xc2\xa0two words\xc2\xa0\n2024-01-01,A,,,"
               "NULL\n2024-01-01,A,,,\"\xc2\xa0 \"\n2024-01-01,A,,,NA\n2024-01-01,A,,,voil\xc3\xa0"
               "\n2024-01-01,A,,,#N/A\n2024-01-01,A,,,nan\xc2\xa0\n2024-01-01,A,,,banana\n");
    shop_run(&s);
    shop_adds_up(&s, 8, 8, 0, 0);
    assert_string_equal(shop_ask(&s, "select coalesce(note, '-') from @sales order by _line"),
                        "two words | - | - | NA | voil\xc3\xa0 | - | - | banana");
    shop_close(&s);
}

static void numbers_that_are_none_become_missing(void **state)
{
    (void)state;
    shop s;
    sales_shop(&s,
               "-- step: sales\nselect l.day as time, l.sku as item, cast(l.note as double) as "
               "units, cast(l.note as double) as extra, "
               "l._file, l._line from lines as l\n",
               "day,sku,qty,price,note\n2024-01-01,A,1,2,inf\n2024-01-01,B,1,2,3\n2024-01-01,C,1,2,"
               "-inf\n");
    shop_run(&s);
    shop_adds_up(&s, 3, 3, 0, 0);
    assert_string_equal(
        shop_ask(&s, "select coalesce(cast(units as varchar), '-') || coalesce(cast(extra as "
                     "varchar), '-') from @sales order by _line"),
        "-- | 3.03.0 | --");
    shop_close(&s);
}

/* ---- faults ---- */

static void refuse(shop *s, fs_status status, const char *message, const char *file,
                   const char *remedy)
{
    assert_int_equal(shop_run_with(s, false, NULL), status);
    char said[2048];
    fs_error_format(&s->error, said, sizeof said);
    if (!strstr(said, message)) fail_msg("'%s' is not in '%s'", message, said);
    if (!strstr(said, file)) fail_msg("'%s' is not in '%s'", file, said);
    if (!strstr(said, remedy)) fail_msg("'%s' is not in '%s'", remedy, said);
    char latest[512];
    snprintf(latest, sizeof latest, "%s/runs/latest", s->folder);
    assert_int_not_equal(access(latest, F_OK), 0);
}

static void files_that_are_not_what_they_were_are_named(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    shop_write(&s, "foresell.yaml", SALES_YAML);
    shop_write(&s, "sources/sales.sql", SALES_SQL);
    refuse(&s, FS_RESOURCE, "lines.csv", "lines.csv", "");
    shop_write(&s, "lines.csv", "date,sku,qty,price,till\n2024-01-01,A,1,2.50,7\n");
    refuse(&s, FS_DATA, "day", "lines.csv", "foresell init --force");
    shop_write(&s, "lines.csv", "");
    assert_int_not_equal(shop_run_with(&s, false, NULL), FS_OK);
    shop_close(&s);
}

static void faults_of_mappings_are_told_with_their_file(void **state)
{
    (void)state;
    shop s;
    shop_open(&s);
    shop_write(&s, "foresell.yaml", SALES_YAML);
    shop_write(&s, "lines.csv", "day,sku,qty,price,till\n2024-01-01,A,1,2.50,7\n");
    refuse(&s, FS_RESOURCE, "sales.sql", "foresell.yaml", "foresell init --force");
    shop_write(&s, "sources/sales.sql",
               "-- step: sales\nselect l.sku as item, l._file, l._line from lines as l\n");
    refuse(&s, FS_USAGE, "no column time", "sales.sql", "policy");
    shop_write(&s, "foresell.yaml",
               "files:\n  lines: {path: lines.csv}\nsources:\n  sales: sources/stores.sql\n");
    shop_write(&s, "sources/stores.sql",
               "-- step: stores\nselect l.day as time, l._file, l._line from lines as l\n");
    refuse(&s, FS_USAGE, "called stores", "stores.sql", "-- step: sales");
    shop_write(&s, "foresell.yaml", SALES_YAML);
    shop_write(&s, "sources/sales.sql",
               "-- step: sales\nselect l.day as time, l._file, l._line from liens as l\n");
    assert_int_not_equal(shop_run_with(&s, false, NULL), FS_OK);
    assert_non_null(strstr(s.error.message, "liens"));
    shop_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_bad_ragged_and_missing_each_have_their_place),
        cmocka_unit_test(a_row_that_the_mapping_leaves_out_is_in_quarantine),
        cmocka_unit_test(rows_of_overlapping_files_count_as_often_as_in_the_fuller_one),
        cmocka_unit_test(files_can_be_told_to_be_different),
        cmocka_unit_test(a_line_id_stands_once),
        cmocka_unit_test(line_numbers_that_begin_anew_in_each_basket_are_not_ids),
        cmocka_unit_test(of_two_rows_of_a_product_the_fuller_is_kept),
        cmocka_unit_test(derived_rows_stand_back_behind_those_of_a_file),
        cmocka_unit_test(what_is_only_looked_up_in_is_kept_and_what_is_not_used_is_not_read),
        cmocka_unit_test(a_wide_file_is_counted_by_its_lines),
        cmocka_unit_test(one_file_may_feed_two_tables_and_counts_once),
        cmocka_unit_test(policies_fill_refuse_or_keep),
        cmocka_unit_test(all_nine_tables_are_there_with_all_their_columns),
        cmocka_unit_test(hostile_names_do_no_harm),
        cmocka_unit_test(each_fate_of_a_line_is_told_with_its_text),
        cmocka_unit_test(a_file_that_its_mapping_need_not_read_is_counted),
        cmocka_unit_test(a_mapping_may_read_its_file_twice),
        cmocka_unit_test(texts_that_say_nothing_are_missing_and_blanks_are_cut),
        cmocka_unit_test(numbers_that_are_none_become_missing),
        cmocka_unit_test(files_that_are_not_what_they_were_are_named),
        cmocka_unit_test(faults_of_mappings_are_told_with_their_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
