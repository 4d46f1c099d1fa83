/* The lint: what it lets through, what it refuses, where it says that it is, and that docs/sql.md says
 * the same as its tables. `engine_test_lint --reference` prints the part of docs/sql.md that is made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan_internal.h"

static const char *const fine[] = {
    "select a from t",
    "select a, t.b, sum(c) as c from t group by a, t.b",
    "with x as (select * from t) select a from x",
    "with recursive n(i) as (select 1 as i union all select i + 1 from n where i < 9) select i "
    "from n",
    "select \"q0.05\", \"Customer ID\" as customer from t",
    "select cast(date_trunc('month', day) as date) as month from t",
    "select cast(floor(x) as bigint) as x, cast(round(x / 7) as int) as y from t",
    "select a / nullif(b, 0) as r, a / 7 as w, a / -2e0 as h, a % 7 as m from t",
    "select a / cast(nullif(b, 0) as double) as r from t",
    "select cast(row_number() over (partition by a order by b desc nulls last, c nulls first) as "
    "int) as n from t",
    "select a from (select a, row_number() over (order by a nulls last) as n from t) as q where n "
    "= 1 and length(a) > 2",
    "select sum(x) over (order by d nulls last rows between 6 preceding and current row) as s from "
    "t",
    "select sum(x) over w as s from t window w as (partition by a order by d nulls last)",
    "select percentile_cont(0.5) within group (order by x) as m from t",
    "select count(*) filter (where x > 0) as n, count(distinct a) as k from t",
    "select a from t order by a nulls last, rows desc nulls first limit 10",
    "select a from t where x is distinct from 3 and y is not null order by name nulls last",
    "select a is distinct from b as changed from t",
    "select n from (values (1), (2)) as v(n)",
    "select case when a like 'x%' then 'y' else null end as k from t",
    "select a || '-' || b as ab from t left join u using (k) where exists (select 1 from v where "
    "v.k = t.k)",
    "select cast(null as double) as p from t",
    "select extract_me.year from extract_me",
    "select cast(extract(year from day) as int) as y from t",
    "select add_days(d, n) as day from t join numbers on n <= days_between(d, e)",
    "select date '2024-01-31' as d, timestamp '2024-01-31 10:00:00' as t from x",
    "select a as interval_a from t -- qualify :: [ in a comment is nobody's business\n",
    "select 'qualify :: [1] it is' as text from t /* nor /* here */ */",
    "select x.pivot from x where text_matches(x.a, '^[0-9]+$')",
    "select a from t union all select b from u",
    "select cast(sum(exact(x)) as double) as x, cast(1.5 as decimal(18, 2)) as y from t",
    "select try_cast(a as bigint) as a, greatest(a, b, c) as m from t;",
};

static const struct {
    const char *sql;
    int line;
    const char *says; /* in the message */
    const char *remedy;
} refused[] = {
    {"select a from t\nqualify row_number() over (order by a nulls last) = 1", 2, "qualify",
     "row_number()"},
    {"select a::int as a from t", 1, "::", "cast(x as type)"},
    {"select a // b as c from t", 1, "//", "int_div"},
    {"select a ** 2 as c from t", 1, "**", "power"},
    {"select a ^ 2 as c from t", 1, "^", "power"},
    {"select *\nfrom t", 1, "select *", "by name"},
    {"select t.* from t", 1, "select *", "by name"},
    {"with x as (select * exclude (a) from t) select b from x", 1, "exclude", "by name"},
    {"select [1, 2] as l from t", 1, "[", "rows"},
    {"select {'a': 1} as s from t", 1, "{", "columns"},
    {"select a from t group by all", 1, "by all", "by name"},
    {"select a from t order by a", 1, "nulls", "nulls last"},
    {"select a from t order by a nulls last, b", 1, "nulls", "nulls last"},
    {"select row_number() over (partition by a order by b) as n\nfrom t", 1, "nulls", "nulls last"},
    {"select a from t limit 5", 1, "limit", "order by"},
    {"select a\nfrom t asof join u using (a)", 2, "asof", "max_by"},
    {"select a from t where b ilike 'x'", 1, "ilike", "lower"},
    {"select a from t using sample 10", 1, "using sample", "md5"},
    {"select distinct on (a) a from t", 1, "distinct on", "row_number"},
    {"select day - interval 7 days as d from t", 1, "interval", "add_days"},
    {"select now() as n from t", 1, "now", "setting"},
    {"select random() as n from t", 1, "random", "md5"},
    {"select current_date as n from t", 1, "current_date", "setting"},
    {"select concat(a, b) as c from t", 1, "concat", "||"},
    {"select log(a) as c from t", 1, "log", "natural_log"},
    {"select year(d) as y from t", 1, "year", "year_of"},
    {"select date_trunc('month', d) as m from t", 1, "date_trunc", "cast(date_trunc"},
    {"select floor(x) as m from t", 1, "floor", "cast(floor"},
    {"select round(x, 2) as m from t", 1, "round with 2", "round_half_even"},
    {"select a / b as r from t", 1, "division", "nullif"},
    {"select a / 0 as r from t", 1, "division", "nullif"},
    {"select a % b as r from t", 1, "division", "nullif"},
    {"select mod(a, b) as r from t", 1, "division", "nullif"},
    {"select 1.00 / 3 as r from t", 1, "decimal division", "1e0"},
    {"select cast(a * 2.5 as int) as r from t", 1, "cast to whole", "round"},
    {"select cast(avg(a) as bigint) as r from t", 1, "cast to whole", "round"},
    {"select cast(a as varchar) as r from t", 1, "type", "string"},
    {"select cast(a as hugeint) as r from t", 1, "type", "bigint"},
    {"select cast(a as date) - cast(b as date) as r from t", 1, "date minus date", "days_between"},
    {"select sum(a) from t", 1, "unnamed column", "as name"},
    {"select null as a from t", 1, "null column", "cast(null"},
    {"select length(a) as n from t", 1, "type of column", "as int"},
    {"select rank() over (order by a nulls last) as n from t", 1, "type of column", "as int"},
    {"from t", 1, "start", "select"},
    {"with x as (from t) select a from x", 1, "from first", "select"},
    {"select a from 'file.csv'", 1, "table name", "source"},
    {"select a from main.t", 1, "table name", "source"},
    {"select a from read_csv('x')", 1, "read_csv", "source"},
    {"select a, from t", 1, "comma", "leave it out"},
    {"select a from t; select b from u", 1, "one statement", "file"},
    {"drop table t", 1, "start", "select"},
    {"select 'a\\d' as a from t", 1, "backslash", "[0-9]"},
    {"select 'a''b' as a from t", 1, "doubled quote", "chr(39)"},
    {"select '''' as a from t", 1, "doubled quote", "chr(39)"},
    {"select e'a' as a from t", 1, "text prefix", "text"},
    {"select `a` from t", 1, "`", "name"},
    {"select 1_000 as a from t", 1, "number", "digits"},
    {"select (a as b from t", 1, "parenthesis", "partner"},
    {"select a) from t", 1, "parenthesis", "partner"},
    {"select 'a from t", 1, "not closed", "closing"},
    {"select a /* from t", 1, "not closed", "closing"},
    {"select list_transform(a) as b from t", 1, "list_transform", "sql.md"},
    {"select coalesc(a, b) as c from t", 1, "coalesc", "coalesce"},
    {"select array_agg(a order by b nulls last) as l from t", 1, "array_agg", "rows"},
    {"select max_by(a, b order by c nulls last) as l from t", 1, "order in aggregate", "window"},
    {"select a from t, unnest(b) as u(c)", 1, "unnest", "numbers"},
    {"select a from t positional join u", 1, "positional join", "key"},
    {"select a from t union by name select b from u", 1, "union by", "order"},
    {"select a from t where b = any (select c from u)", 1, "any (", "exists"},
    {"select a from t where b = $1", 1, "$", "setting"},
    {"", 1, "start", "select"},
};

static void what_means_the_same_on_both_engines_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        fs_error error = {0};
        if (fs_lint_sql("a.sql", 1, fine[i], &error) != FS_OK)
            fail_msg("%s\n  refused: %s (%s)", fine[i], error.message, error.remedy);
    }
}

static void what_differs_is_refused_with_line_and_remedy(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        fs_error error = {0};
        if (fs_lint_sql("a.sql", 10, refused[i].sql, &error) != FS_USAGE)
            fail_msg("%s\n  passed", refused[i].sql);
        if (!strstr(error.message, refused[i].says) || !strstr(error.remedy, refused[i].remedy))
            fail_msg("%s\n  says: %s (%s)", refused[i].sql, error.message, error.remedy);
        assert_string_equal(error.file, "a.sql");
        if (error.line != 9 + refused[i].line)
            fail_msg("%s\n  line %d", refused[i].sql, (int)error.line);
    }
}

static void every_word_of_the_table_is_refused_where_it_stands(void **state)
{
    (void)state;
    const fs_lint_function *f;
    for (int i = 0; (f = fs_engine_lint_function_at(i)); i++) {
        if (f->use != FS_LINT_FORBIDDEN) continue;
        char sql[128];
        snprintf(sql, sizeof sql, "select %s(a, b) as x from t", f->name);
        fs_error error = {0};
        assert_int_equal(fs_lint_sql("a.sql", 1, sql, &error), FS_USAGE);
        if (!strstr(error.remedy, f->instead))
            fail_msg("%s: %s %s", f->name, error.message, error.remedy);
    }
}

static void no_function_stands_twice_in_the_table(void **state)
{
    (void)state;
    const fs_lint_function *f;
    for (int i = 0; (f = fs_engine_lint_function_at(i)); i++)
        assert_ptr_equal(fs_engine_lint_function(f->name, strlen(f->name)), f);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    const char *sql =
        "with x as (select coalesce(a, 1) as a from t) select sum(a) as a, md5(b) as b from x";
    for (int n = 0; n < 1000; n++) {
        fs_error error = {0};
        fs_alloc_fail_after(n);
        fs_status status = fs_lint_sql("a.sql", 1, sql, &error);
        fs_alloc_fail_after(-1);
        if (status == FS_OK) {
            assert_true(n > 0);
            return;
        }
        assert_int_equal(status, FS_MEMORY);
    }
    fail_msg("it never succeeds");
}

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    char *text = calloc(1, 1 << 20);
    size_t got = fread(text, 1, (1 << 20) - 1, file);
    (void)got;
    fclose(file);
    return text;
}

static void the_page_says_what_the_tables_say(void **state)
{
    (void)state;
    const char *root = getenv("FORESELL_SOURCE");
    if (!root) skip();
    char path[1024];
    snprintf(path, sizeof path, "%s/docs/sql.md", root);
    char *page = read_whole(path);
    assert_non_null(page);
    fs_buffer reference = {0};
    assert_int_equal(fs_engine_lint_reference(&reference), FS_OK);
    if (!strstr(page, reference.data))
        fail_msg("docs/sql.md is not what lint_words.c says: put the output of engine_test_lint "
                 "--reference there");
    fs_buffer_free(&reference);
    free(page);
}

static int print_reference(void)
{
    fs_buffer reference = {0};
    if (fs_engine_lint_reference(&reference) != FS_OK) return 1;
    fputs(reference.data, stdout);
    fs_buffer_free(&reference);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--reference") == 0) return print_reference();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_means_the_same_on_both_engines_passes),
        cmocka_unit_test(what_differs_is_refused_with_line_and_remedy),
        cmocka_unit_test(every_word_of_the_table_is_refused_where_it_stands),
        cmocka_unit_test(no_function_stands_twice_in_the_table),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(the_page_says_what_the_tables_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
