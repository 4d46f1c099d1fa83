/* Names with one meaning on every engine.
 *
 * Steps keep to a common subset of SQL; where DuckDB and Spark have no common text for a thing, both
 * define the same name. These are DuckDB's definitions, as macros (but exact, a function: exact.c); the lint knows the names
 * (lint_words.c) and the Spark driver has its own definitions of them.
 */
#include "engine_internal.h"

static const char prelude[] =
    "create or replace macro days_between(a, b) as "
    "  cast(cast(b as date) - cast(a as date) as bigint);"
    "create or replace macro add_days(d, n) as cast(d as date) + cast(n as integer);"
    "create or replace macro add_months(d, n) as "
    "  cast(cast(d as date) + to_months(cast(n as integer)) as date);"
    "create or replace macro iso_weekday(d) as cast(isodow(cast(d as date)) as integer);"
    "create or replace macro week_start(d) as cast(date_trunc('week', cast(d as date)) as date);"
    "create or replace macro month_start(d) as cast(date_trunc('month', cast(d as date)) as date);"
    "create or replace macro year_start(d) as cast(date_trunc('year', cast(d as date)) as date);"
    "create or replace macro year_of(d) as cast(year(d) as integer);"
    "create or replace macro month_of(d) as cast(month(d) as integer);"
    "create or replace macro day_of(d) as cast(day(d) as integer);"
    "create or replace macro hour_of(t) as cast(hour(t) as integer);"
    "create or replace macro round_half_even(x, n) as "
    "  round_even(cast(x as double) * pow(10, n), 0) / pow(10, n);"
    "create or replace macro int_div(a, b) as "
    "  cast(a as bigint) // nullif(cast(b as bigint), 0);"
    "create or replace macro natural_log(x) as "
    "  case when cast(x as double) > 0 then ln(cast(x as double)) end;"
    "create or replace macro square_root(x) as "
    "  case when cast(x as double) >= 0 then sqrt(cast(x as double)) end;"
    "create or replace macro text_matches(s, pattern) as regexp_matches(s, pattern);"
    "create or replace view numbers as select cast(range as integer) as n from range(100000);";

fs_status fs_engine_add_prelude(fs_engine *engine, fs_error *error)
{
    return fs_engine_execute(engine, prelude, error);
}
