-- The prelude's names on Spark 4.1 (ANSI on, time zone UTC): the same meaning as DuckDB's macros of the same names,
-- which are made by the embedded engine. One statement a name; the list is that of docs/sql.md.
create or replace temporary function days_between(a timestamp, b timestamp) returns bigint
    return cast(datediff(cast(b as date), cast(a as date)) as bigint);
create or replace temporary function add_days(d date, n bigint) returns date
    return date_add(d, cast(n as int));
-- add_months is Spark's own, of the same meaning; Spark lets nobody redefine it.
create or replace temporary function iso_weekday(d date) returns int
    return extract(dayofweek_iso from d);
create or replace temporary function week_start(d date) returns date
    return trunc(d, 'week');
create or replace temporary function month_start(d date) returns date
    return trunc(d, 'month');
create or replace temporary function year_start(d date) returns date
    return trunc(d, 'year');
create or replace temporary function year_of(d timestamp) returns int
    return year(d);
create or replace temporary function month_of(d timestamp) returns int
    return month(d);
create or replace temporary function day_of(d timestamp) returns int
    return day(d);
create or replace temporary function hour_of(t timestamp) returns int
    return hour(t);
create or replace temporary function round_half_even(x double, n int) returns double
    return rint(x * power(10, n)) / power(10, n);
create or replace temporary function int_div(a bigint, b bigint) returns bigint
    return a div nullif(b, 0);
create or replace temporary function natural_log(x double) returns double
    return case when x > 0 then ln(x) end;
create or replace temporary function square_root(x double) returns double
    return case when x >= 0 then sqrt(x) end;
create or replace temporary function text_matches(s string, pattern string) returns boolean
    return s rlike pattern;
create or replace temporary function exact(x double) returns decimal(28, 6)
    return cast(rint(x * 1e6) / 1e6 as decimal(28, 6));
create or replace temporary view numbers as
    select cast(id as int) as n from range(100000);
