/* The words of the SQL subset: functions, types, keywords and shapes that mean the same on DuckDB 1.5
 * and Spark 4.1 (ANSI), and for each that does not, what to write instead.
 *
 * This is the one place. lint.c holds SQL against it, docs/sql.md is printed from it (a test compares
 * them), and the prelude of each engine defines exactly the functions that are marked PRELUDE here.
 * A function that is not in the table is refused, with the nearest one that is.
 */
#include <string.h>
#include <strings.h>

#include "plan_internal.h"

#define SAME(name, least, most, note)                                                              \
    {                                                                                              \
        name, FS_LINT_ALLOWED, least, most, note, NULL                                             \
    }
#define CAST(name, least, most, note, instead)                                                     \
    {                                                                                              \
        name, FS_LINT_CAST, least, most, note, instead                                             \
    }
#define RESULT(name, least, most, note)                                                            \
    {                                                                                              \
        name, FS_LINT_RESULT, least, most, note, NULL                                              \
    }
#define OURS(name, least, most, note)                                                              \
    {                                                                                              \
        name, FS_LINT_PRELUDE, least, most, note, NULL                                             \
    }
#define NOT(name, note, instead)                                                                   \
    {                                                                                              \
        name, FS_LINT_FORBIDDEN, 0, -1, note, instead                                              \
    }

static const fs_lint_function functions[] = {
    /* the prelude: one name, one meaning, defined per engine */
    OURS("days_between", 2, 2, "bigint: days from the first date to the second"),
    OURS("add_days", 2, 2, "date: so many days later"),
    OURS("add_months", 2, 2, "date: so many months later, at most the month's last day"),
    OURS("iso_weekday", 1, 1, "int: Monday 1 … Sunday 7"),
    OURS("week_start", 1, 1, "date: the Monday of the week"),
    OURS("month_start", 1, 1, "date: the first of the month"),
    OURS("year_start", 1, 1, "date: the first of January"),
    OURS("year_of", 1, 1, "int: the year"),
    OURS("month_of", 1, 1, "int: the month, 1 … 12"),
    OURS("day_of", 1, 1, "int: the day of the month"),
    OURS("hour_of", 1, 1, "int: the hour, 0 … 23"),
    OURS("round_half_even", 2, 2, "double: to so many digits, a half to the even one"),
    OURS("int_div", 2, 2,
         "bigint: whole part of the quotient, toward 0; null where the divisor is 0"),
    OURS("natural_log", 1, 1, "double: logarithm to base e; null at 0 and below"),
    OURS("square_root", 1, 1, "double: null below 0"),
    OURS("text_matches", 2, 2, "boolean: the regular expression is found anywhere in the text"),
    OURS("exact", 1, 1,
         "decimal(28, 6), rounded half to even: sums of it do not depend on the order of the rows"),
    /* aggregates */
    SAME("count", 0, -1, "bigint"),
    SAME("sum", 1, 1,
         "of whole numbers: cast(sum(x) as bigint); of doubles: cast(sum(exact(x)) as double)"),
    SAME("avg", 1, 1, "double"),
    SAME("min", 1, 1, ""),
    SAME("max", 1, 1, ""),
    SAME("min_by", 2, 2, "filter nulls, and order by something without ties"),
    SAME("max_by", 2, 2, "filter nulls, and order by something without ties"),
    SAME("bool_and", 1, 1, ""),
    SAME("bool_or", 1, 1, ""),
    SAME("stddev_samp", 1, 1, "double"),
    SAME("stddev_pop", 1, 1, "double"),
    SAME("var_samp", 1, 1, "double"),
    SAME("var_pop", 1, 1, "double"),
    SAME("covar_samp", 2, 2, "double"),
    SAME("covar_pop", 2, 2, "double"),
    SAME("percentile_cont", 1, 1, "percentile_cont(0.5) within group (order by x)"),
    SAME("percentile_disc", 1, 1, "percentile_disc(0.5) within group (order by x)"),
    SAME("median", 1, 1, "double"),
    RESULT("grouping", 1, 1, "bigint here, tinyint there"),
    /* windows */
    RESULT("row_number", 0, 0, "bigint here, int there; order by something without ties"),
    RESULT("rank", 0, 0, "bigint here, int there"),
    RESULT("dense_rank", 0, 0, "bigint here, int there"),
    SAME("percent_rank", 0, 0, ""),
    SAME("cume_dist", 0, 0, ""),
    RESULT("ntile", 1, 1, "bigint here, int there"),
    SAME("lag", 1, 3, ""),
    SAME("lead", 1, 3, ""),
    SAME("first_value", 1, 1, "in a window only"),
    SAME("last_value", 1, 1, "in a window only"),
    SAME("nth_value", 2, 2, "in a window only"),
    /* values */
    SAME("coalesce", 1, -1, ""),
    SAME("nullif", 2, 2, ""),
    SAME("greatest", 2, -1, "nulls are passed over"),
    SAME("least", 2, -1, "nulls are passed over"),
    SAME("cast", 1, 1, "cast(x as type); of doubles to string only between 0.001 and 10 million"),
    SAME("try_cast", 1, 1, "null where it can't be"),
    /* numbers */
    SAME("abs", 1, 1, ""),
    SAME("round", 1, 1, "to a whole number, a half away from 0; for digits: round_half_even"),
    SAME("exp", 1, 1, ""),
    SAME("power", 2, 2, "double"),
    SAME("mod", 2, 2, "the divisor a number that is not 0, or nullif(y, 0)"),
    SAME("sin", 1, 1, ""),
    SAME("cos", 1, 1, ""),
    SAME("tan", 1, 1, ""),
    SAME("asin", 1, 1, ""),
    SAME("acos", 1, 1, ""),
    SAME("atan", 1, 1, ""),
    SAME("atan2", 2, 2, ""),
    SAME("radians", 1, 1, ""),
    SAME("degrees", 1, 1, ""),
    SAME("pi", 0, 0, ""),
    CAST("floor", 1, 1, "double here, bigint there", "cast(floor(x) as bigint)"),
    CAST("ceil", 1, 1, "double here, bigint there", "cast(ceil(x) as bigint)"),
    CAST("sign", 1, 1, "tinyint here, double there", "cast(sign(x) as int)"),
    /* text */
    RESULT("length", 1, 1, "bigint here, int there; characters"),
    SAME("lower", 1, 1, ""),
    SAME("upper", 1, 1, ""),
    SAME("trim", 1, 1, "blanks"),
    SAME("ltrim", 1, 1, "blanks"),
    SAME("rtrim", 1, 1, "blanks"),
    SAME("substr", 2, 3, "from 1"),
    SAME("substring", 2, 3, "from 1"),
    SAME("left", 2, 2, ""),
    SAME("right", 2, 2, ""),
    SAME("replace", 3, 3, ""),
    SAME("lpad", 3, 3, ""),
    SAME("rpad", 3, 3, ""),
    SAME("repeat", 2, 2, ""),
    SAME("reverse", 1, 1, ""),
    RESULT("instr", 2, 2, "bigint here, int there; position from 1, 0: not in it"),
    SAME("split_part", 3, 3, "parts count from 1"),
    SAME("translate", 3, 3, ""),
    SAME("ascii", 1, 1, ""),
    SAME("chr", 1, 1, ""),
    SAME("md5", 1, 1, "hexadecimal"),
    SAME("concat_ws", 2, -1, "nulls are passed over"),
    SAME("regexp_extract", 3, 3, "text, pattern, group; '' where nothing is found"),
    /* dates */
    SAME("make_date", 3, 3, ""),
    SAME("last_day", 1, 1, "of the month"),
    CAST("date_trunc", 2, 2, "a date here, a timestamp there",
         "cast(date_trunc('month', d) as date)"),
    CAST("extract", 1, 1, "bigint here, int there", "cast(extract(year from d) as int)"),
    CAST("quarter", 1, 1, "bigint here, int there", "cast(quarter(d) as int)"),
    CAST("dayofyear", 1, 1, "bigint here, int there", "cast(dayofyear(d) as int)"),
    CAST("weekofyear", 1, 1, "bigint here, int there (ISO week)", "cast(weekofyear(d) as int)"),
    /* what differs */
    NOT("concat", "a null makes the result null on Spark and is passed over by DuckDB",
        "a || b, with coalesce(a, '') where nulls are to be passed over"),
    NOT("log", "base 10 in DuckDB, base e in Spark",
        "natural_log(x), natural_log(x) / 2.302585092994046e0"),
    NOT("ln", "at 0 an error in DuckDB, null in Spark", "natural_log(x)"),
    NOT("log10", "at 0 an error in DuckDB, null in Spark", "natural_log(x) / 2.302585092994046e0"),
    NOT("log2", "at 0 an error in DuckDB, null in Spark", "natural_log(x) / 0.6931471805599453e0"),
    NOT("sqrt", "below 0 an error in DuckDB, NaN in Spark", "square_root(x)"),
    NOT("ceiling", "one name is enough", "cast(ceil(x) as bigint)"),
    NOT("pow", "one name is enough", "power(x, y)"),
    NOT("bround", "not in DuckDB", "round_half_even(x, n)"),
    NOT("round_even", "not in Spark", "round_half_even(x, n)"),
    NOT("div", "not in DuckDB", "int_div(a, b)"),
    NOT("trunc", "means numbers in DuckDB, dates in Spark", "int_div(x, 1) or month_start(d)"),
    NOT("if", "another form for what has one", "case when a then b else c end"),
    NOT("iff", "not in Spark", "case when a then b else c end"),
    NOT("count_if", "without rows null in DuckDB, 0 in Spark", "count(*) filter (where condition)"),
    NOT("regr_slope", "without variance NaN here and null there",
        "covar_pop(y, x) / nullif(var_pop(x), 0)"),
    NOT("regr_intercept", "without variance NaN here and null there",
        "avg(y) - avg(x) * covar_pop(y, x) / nullif(var_pop(x), 0)"),
    NOT("levenshtein", "counts bytes in DuckDB, characters in Spark",
        "a comparison of texts that are cleaned before"),
    NOT("weekday", "Sunday is 0 in DuckDB, Monday 0 in Spark", "iso_weekday(d)"),
    NOT("ifnull", "one name is enough", "coalesce(a, b)"),
    NOT("nvl", "not in DuckDB", "coalesce(a, b)"),
    NOT("any_value", "which one is left to chance", "min(x), or max_by(x, time)"),
    NOT("first", "which one is left to chance", "min_by(x, time), or first_value in a window"),
    NOT("last", "which one is left to chance", "max_by(x, time), or last_value in a window"),
    NOT("arbitrary", "which one is left to chance", "min(x)"),
    NOT("mode", "ties are left to chance",
        "count, then row_number() over (order by n desc nulls last, x nulls last)"),
    NOT("arg_min", "not in Spark", "min_by(x, y)"),
    NOT("arg_max", "not in Spark", "max_by(x, y)"),
    NOT("skewness", "of the sample in DuckDB, of the population in Spark", "sums of powers"),
    NOT("kurtosis", "of the sample in DuckDB, of the population in Spark", "sums of powers"),
    NOT("corr", "without variance NaN here and null there",
        "covar_pop(x, y) / nullif(stddev_pop(x) * stddev_pop(y), 0)"),
    NOT("stddev", "one name is enough", "stddev_samp(x)"),
    NOT("variance", "one name is enough", "var_samp(x)"),
    NOT("quantile", "not in Spark", "percentile_disc(q) within group (order by x)"),
    NOT("quantile_cont", "not in Spark", "percentile_cont(q) within group (order by x)"),
    NOT("percentile", "not in DuckDB", "percentile_cont(q) within group (order by x)"),
    NOT("approx_quantile", "the approximations differ",
        "percentile_cont(q) within group (order by x)"),
    NOT("approx_percentile", "the approximations differ",
        "percentile_cont(q) within group (order by x)"),
    NOT("approx_count_distinct", "the approximations differ", "count(distinct x)"),
    NOT("array_agg", "order and nulls differ, and a table holds no lists",
        "rows: a join, or min_by and max_by"),
    NOT("list", "a table holds no lists", "rows: a join, or min_by and max_by"),
    NOT("collect_list", "a table holds no lists", "rows: a join, or min_by and max_by"),
    NOT("string_agg", "its order is written in two ways", "rows, joined where they are shown"),
    NOT("listagg", "its order is written in two ways", "rows, joined where they are shown"),
    NOT("group_concat", "not in Spark", "rows, joined where they are shown"),
    NOT("unnest", "Spark has explode", "join the table `numbers` or `calendar`"),
    NOT("explode", "DuckDB has unnest", "join the table `numbers` or `calendar`"),
    NOT("range", "a table function in DuckDB",
        "the table `numbers` (n = 0, 1 …): add_days(first, n)"),
    NOT("generate_series", "not in Spark", "the table `numbers` (n = 0, 1 …): add_days(first, n)"),
    NOT("sequence", "not in DuckDB", "the table `numbers` (n = 0, 1 …): add_days(first, n)"),
    NOT("struct", "a table holds no structs", "columns"),
    NOT("struct_pack", "a table holds no structs", "columns"),
    NOT("row", "a table holds no structs", "columns"),
    NOT("map", "a table holds no maps", "columns or rows"),
    NOT("array", "a table holds no lists", "columns or rows"),
    NOT("list_value", "a table holds no lists", "columns or rows"),
    NOT("columns", "not in Spark", "the columns by name"),
    NOT("year", "bigint here, int there", "year_of(d)"),
    NOT("month", "bigint here, int there", "month_of(d)"),
    NOT("day", "bigint here, int there", "day_of(d)"),
    NOT("dayofmonth", "bigint here, int there", "day_of(d)"),
    NOT("hour", "bigint here, int there", "hour_of(t)"),
    NOT("minute", "bigint here, int there", "cast(extract(minute from t) as int)"),
    NOT("week", "bigint here, not in Spark", "cast(weekofyear(d) as int)"),
    NOT("dayofweek", "Sunday is 0 in DuckDB, 1 in Spark", "iso_weekday(d)"),
    NOT("isodow", "not in Spark", "iso_weekday(d)"),
    NOT("date_part", "bigint here, int there",
        "year_of(d), month_of(d), … or cast(extract(… from d) as int)"),
    NOT("datepart", "bigint here, int there",
        "year_of(d), month_of(d), … or cast(extract(… from d) as int)"),
    NOT("date_add", "takes an interval in DuckDB, days in Spark", "add_days(d, n)"),
    NOT("date_sub", "another meaning in each", "add_days(d, -n)"),
    NOT("datediff", "other arguments in each", "days_between(a, b)"),
    NOT("date_diff", "other arguments in each", "days_between(a, b)"),
    NOT("months_between", "not in DuckDB",
        "12 * (year_of(b) - year_of(a)) + month_of(b) - month_of(a)"),
    NOT("to_date", "not in DuckDB", "cast(x as date) of YYYY-MM-DD text"),
    NOT("to_timestamp", "another meaning in each", "cast(x as timestamp) of ISO text"),
    NOT("strptime", "not in Spark", "cast(x as date) of YYYY-MM-DD text"),
    NOT("strftime", "not in Spark", "cast(d as string), or its parts by year_of(d), month_of(d)"),
    NOT("date_format", "not in DuckDB",
        "cast(d as string), or its parts by year_of(d), month_of(d)"),
    NOT("date", "a cast in other clothes", "cast(x as date)"),
    NOT("epoch", "not in Spark", "days_between(cast('1970-01-01' as date), d)"),
    NOT("now", "not the same in two runs", "a setting: ${forecast.start}, or max(day) of the data"),
    NOT("current_date", "not the same in two runs",
        "a setting: ${forecast.start}, or max(day) of the data"),
    NOT("today", "not the same in two runs",
        "a setting: ${forecast.start}, or max(day) of the data"),
    NOT("current_timestamp", "not the same in two runs", "a setting, or max(time) of the data"),
    NOT("random", "not the same in two runs", "md5 of a key"),
    NOT("rand", "not the same in two runs", "md5 of a key"),
    NOT("uuid", "not the same in two runs", "md5 of a key"),
    NOT("setseed", "not the same in two runs", "md5 of a key"),
    NOT("hash", "other values on each engine", "md5(x)"),
    NOT("regexp_replace", "the first find in DuckDB, all in Spark",
        "replace(x, a, b), or regexp_extract"),
    NOT("regexp_matches", "not in Spark", "text_matches(x, pattern)"),
    NOT("regexp_like", "not in DuckDB", "text_matches(x, pattern)"),
    NOT("regexp_full_match", "not in Spark", "text_matches(x, '^(pattern)$')"),
    NOT("position", "written otherwise", "instr(x, part)"),
    NOT("strpos", "not in Spark", "instr(x, part)"),
    NOT("locate", "not in DuckDB", "instr(x, part)"),
    NOT("contains", "other types on each engine", "instr(x, part) > 0"),
    NOT("starts_with", "not in Spark", "x like 'part%'"),
    NOT("startswith", "not in DuckDB", "x like 'part%'"),
    NOT("ends_with", "not in Spark", "x like '%part'"),
    NOT("endswith", "not in DuckDB", "x like '%part'"),
    NOT("format", "not in Spark", "||"),
    NOT("printf", "other formats", "||, lpad"),
    NOT("initcap", "not in DuckDB", "upper(left(x, 1)) || lower(substr(x, 2))"),
    NOT("len", "one name is enough", "length(x)"),
    NOT("read_csv", "a step reads tables", "a source in foresell.yaml"),
    NOT("read_parquet", "a step reads tables", "a source in foresell.yaml"),
};

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

static const fs_lint_construct constructs[] = {
    {"qualify", NULL, "Spark does not know it",
     "a subquery with row_number() and a where around it"},
    {"asof", NULL, "Spark does not know it", "a join on <= and max_by, or row_number()"},
    {"positional", "join", "Spark does not know it", "a join on a key"},
    {"pivot", NULL, "it is written in two ways", "max(case when k = 'a' then v end) as a"},
    {"unpivot", NULL, "it is written in two ways", "union all of one select a column"},
    {"lateral", NULL, "it is written in two ways", "a join, or a window"},
    {"semi", "join", "Spark wants left semi join", "where exists (select 1 from …)"},
    {"anti", "join", "Spark wants left anti join", "where not exists (select 1 from …)"},
    {"natural", NULL, "a new column would change the join", "join … using (a, b)"},
    {"ilike", NULL, "it folds letters in other ways", "lower(x) like 'part%'"},
    {"similar", "to", "Spark does not know it", "text_matches(x, '^(pattern)$')"},
    {"glob", NULL, "Spark does not know it", "like, or text_matches(x, pattern)"},
    {"rlike", NULL, "DuckDB does not know it", "text_matches(x, pattern)"},
    {"regexp", NULL, "DuckDB does not know it", "text_matches(x, pattern)"},
    {"collate", NULL, "the collations differ", "lower(x)"},
    {"interval", NULL, "date + interval is a timestamp in DuckDB, a date in Spark",
     "add_days(d, n), add_months(d, n)"},
    {"using", "sample", "not the same in two runs", "a condition on md5 of a key"},
    {"tablesample", NULL, "not the same in two runs", "a condition on md5 of a key"},
    {"distinct", "on", "Spark does not know it", "row_number() in a subquery, and where n = 1"},
    {"by", "all", "what it covers is not seen", "the columns by name"},
    {"union", "by", "Spark does not know it", "union all with the columns in the same order"},
    {"all", "by", "Spark does not know it", "union all with the columns in the same order"},
    {"materialized", "(", "Spark does not know it", "with name as (…)"},
    {"groups", "between", "Spark does not know it", "rows between or range between"},
    {"ignore", "nulls", "it stands in other places", "a where or a filter without the nulls"},
    {"respect", "nulls", "it stands in other places", "leave it out"},
    {"at", "time", "times have no zone", "leave it out"},
    {"isnull", NULL, "Spark does not know it here", "is null"},
    {"notnull", NULL, "Spark does not know it here", "is not null"},
    {"fetch", NULL, "Spark does not know it", "order by … limit n"},
    {"lambda", NULL, "a table holds no lists", "rows and a join"},
    {"current_date", NULL, "not the same in two runs",
     "a setting: ${forecast.start}, or max(day) of the data"},
    {"current_timestamp", NULL, "not the same in two runs", "a setting, or max(time) of the data"},
    {"localtimestamp", NULL, "not the same in two runs", "a setting, or max(time) of the data"},
    {"any", "(", "Spark does not know it", "in (…), or exists (select 1 from …)"},
    {"some", "(", "Spark does not know it", "in (…), or exists (select 1 from …)"},
    {"::", NULL, "Spark 3.5 does not know it", "cast(x as type)"},
    {"//", NULL, "Spark does not know it", "int_div(a, b)"},
    {"**", NULL, "Spark does not know it", "power(x, y)"},
    {"^", NULL, "a power in DuckDB, exclusive or in Spark", "power(x, y)"},
    {"->", NULL, "lambdas differ, and a table holds no lists", "rows and a join"},
    {"->>", NULL, "Spark does not know it", "columns: a mapping takes JSON apart"},
    {"=>", NULL, "arguments by name differ", "arguments in their order"},
    {":=", NULL, "arguments by name differ", "arguments in their order"},
    {"==", NULL, "one sign is enough", "="},
    {"<=>", NULL, "DuckDB does not know it", "a is not distinct from b"},
    {"~", NULL, "a regular expression in DuckDB, a bit operation in Spark",
     "text_matches(x, pattern)"},
    {"!~", NULL, "Spark does not know it", "not text_matches(x, pattern)"},
    {"~~", NULL, "Spark does not know it", "like"},
    {"!~~", NULL, "Spark does not know it", "not like"},
    {"~~*", NULL, "Spark does not know it", "lower(x) like 'part%'"},
    {"~*", NULL, "Spark does not know it", "text_matches(lower(x), pattern)"},
    {"^@", NULL, "Spark does not know it", "x like 'part%'"},
    {"&&", NULL, "a table holds no lists", "and"},
    {"&", NULL, "bit operations are not in the subset", "mod and int_div"},
    {"|", NULL, "bit operations are not in the subset", "mod and int_div"},
    {"<<", NULL, "bit operations are not in the subset", "power(2, n)"},
    {">>", NULL, "bit operations are not in the subset", "int_div(x, power(2, n))"},
    {"@>", NULL, "a table holds no lists", "in (…), or rows and a join"},
    {"<@", NULL, "a table holds no lists", "in (…), or rows and a join"},
    {"[", NULL, "a table holds no lists",
     "rows and a join; split_part(x, ',', 2) for a part of a text"},
    {"]", NULL, "a table holds no lists", "rows and a join"},
    {"{", NULL, "a table holds no structs", "columns"},
    {"}", NULL, "a table holds no structs", "columns"},
    {"!", NULL, "another meaning in each", "not"},
    {"@", NULL, "Spark does not know it", "abs(x)"},
    {"#", NULL, "Spark does not know it", "the column by name"},
    {"$", NULL, "parameters are not in the subset", "a setting: ${name}"},
    {"$$", NULL, "Spark does not know it", "'text'"},
    {"?", NULL, "parameters are not in the subset", "a setting: ${name}"},
    {":", NULL, "Spark does not know it", "x as name; cast(x as type)"},
    {"...", NULL, "it is no SQL", "the columns by name"},
    {"`", NULL, "DuckDB does not know it", "\"name\""},
    {"\\", NULL, "it is no SQL", "leave it out"},
};

/* Rules that lint.c keeps by looking at more than one word. */
static const fs_lint_construct shapes[] = {
    {"start", NULL, "a step is one select", "select …, or with name as (…) select …"},
    {"one statement", NULL, "a step is one select", "a file for each step"},
    {"parenthesis", NULL, "it has no partner", "its partner, or leave it out"},
    {"not closed", NULL,
     "a text, name or comment that begins here has no end, or a character is not SQL",
     "the closing ' or \" or */"},
    {"backslash", NULL, "Spark takes a backslash in a text as an escape, DuckDB as it is",
     "[0-9] for \\d, [.] for \\., chr(92) for the character"},
    {"doubled quote", NULL, "Spark 4.0 reads '' in a text as nothing, DuckDB as one quote",
     "'Can' || chr(39) || 't' for 'Can''t'"},
    {"text prefix", NULL, "the engines read e'…', r'…', x'…' in other ways",
     "'text', and chr(n) for odd characters"},
    {"number", NULL, "numbers with _, 0x or letters differ", "digits, with . or e: 1000, 0.5, 1e3"},
    {"select *", NULL, "the columns of a step's table are written down; CTEs may use *",
     "the columns by name"},
    {"* exclude", NULL, "Spark does not know it", "the columns by name"},
    {"unnamed column", NULL, "each engine makes up another name", "expression as name"},
    {"type of column", NULL,
     "a result column of row_number, rank, length … is bigint in DuckDB, int in Spark",
     "cast(row_number() over (…) as int) as name"},
    {"null column", NULL, "it has another type on each engine", "cast(null as type) as name"},
    {"nulls", NULL, "the engines put nulls at other ends",
     "order by x nulls last (or nulls first), for each key"},
    {"order in aggregate", NULL, "Spark 4.1 has no order by inside a function",
     "min_by, max_by, or a window"},
    {"limit", NULL, "without order by it takes any rows",
     "order by a key without ties, then limit"},
    {"division", NULL, "by 0 it is null or infinite in DuckDB, an error in Spark",
     "x / nullif(y, 0), or a number that is not 0"},
    {"decimal division", NULL, "1.00 / 3 is a double in DuckDB, a decimal in Spark",
     "1e0 / 3, or a whole number"},
    {"cast to whole", NULL, "DuckDB rounds, Spark cuts",
     "cast(round(x) as bigint), or floor, ceil, int_div"},
    {"type", NULL, "the type has another name or meaning on each engine",
     "boolean, int, bigint, double, string, date, timestamp, decimal(p, s)"},
    {"date minus date", NULL, "days in DuckDB, an interval in Spark", "days_between(a, b)"},
    {"from first", NULL, "Spark does not know it", "select … from …"},
    {"table name", NULL, "a step reads tables of this run, by their plain name",
     "a source in foresell.yaml, or a step"},
    {"comma", NULL, "Spark does not take a comma at the end of a list", "leave it out"},
};

static const char *const types[] = {"boolean", "tinyint", "smallint",  "int",
                                    "integer", "bigint",  "float",     "double",
                                    "string",  "date",    "timestamp", "decimal"};

/* May stand before ( without being a function. */
static const char *const keywords[] = {
    "select",    "from",     "where",  "having",    "by",      "on",     "and",    "or",
    "not",       "in",       "as",     "exists",    "between", "like",   "when",   "then",
    "else",      "case",     "join",   "using",     "over",    "filter", "group",  "union",
    "all",       "distinct", "except", "intersect", "values",  "limit",  "offset", "with",
    "recursive", "rollup",   "cube",   "sets",      "window",  "is"};

static bool same_word(const char *word, const char *name, size_t size)
{
    return strlen(word) == size && strncasecmp(word, name, size) == 0;
}

const fs_lint_function *fs_engine_lint_function(const char *name, size_t size)
{
    for (int i = 0; i < COUNT(functions); i++)
        if (same_word(functions[i].name, name, size)) return &functions[i];
    return NULL;
}

const fs_lint_function *fs_engine_lint_function_at(int index)
{
    return index >= 0 && index < COUNT(functions) ? &functions[index] : NULL;
}

const fs_lint_construct *fs_engine_lint_construct_at(int index)
{
    return index >= 0 && index < COUNT(constructs) ? &constructs[index] : NULL;
}

const fs_lint_construct *fs_engine_lint_shape_at(int index)
{
    return index >= 0 && index < COUNT(shapes) ? &shapes[index] : NULL;
}

const fs_lint_construct *fs_engine_lint_shape(const char *rule)
{
    for (int i = 0; i < COUNT(shapes); i++)
        if (strcmp(shapes[i].word, rule) == 0) return &shapes[i];
    return NULL;
}

const char *fs_engine_lint_type_at(int index)
{
    return index >= 0 && index < COUNT(types) ? types[index] : NULL;
}

bool fs_engine_lint_type(const char *name, size_t size)
{
    for (int i = 0; i < COUNT(types); i++)
        if (same_word(types[i], name, size)) return true;
    return false;
}

bool fs_engine_lint_keyword(const char *name, size_t size)
{
    for (int i = 0; i < COUNT(keywords); i++)
        if (same_word(keywords[i], name, size)) return true;
    return false;
}

bool fs_engine_prelude_table(const char *name) { return strcasecmp(name, "numbers") == 0; }
