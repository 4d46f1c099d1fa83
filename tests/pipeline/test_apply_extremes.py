"""foresell apply on what nobody means to give it: each ends right, or with one clear message; never with a crash or a smaller table."""
import csv
import io
import re

import duckdb
import pytest

OPERATORS = ["forecast", "forecast_paths", "clean_outliers", "decompose", "backtest", "peaks", "trend"]
ROWS = {"forecast": 3 * 28, "forecast_paths": 3 * 100 * 28, "clean_outliers": 3 * 60, "decompose": 3 * 60, "backtest": 3 * 9, "peaks": 3, "trend": 3}  # of three series of 60 days
DAY = "date '2024-01-01' + cast(n as integer)"
UNITS = "cast(5 + (n * 7 + g) % 11 + case when n = 30 then 200 else 0 end as double)"
every_operator = pytest.mark.parametrize("operator", OPERATORS)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def put(folder, item="'G' || g", day=DAY, units=UNITS, name="item", ending="parquet", rows="range(3) a(g), range(60) b(n)"):
    path = folder / f"in.{ending}"
    form = "format csv, header" if ending == "csv" else "format parquet"
    duckdb.sql(f"copy (select {item} as {quoted(name)}, {day} as day, {units} as units from {rows}) to '{path}' ({form})")
    return path


def applied(foresell, operator, path, *more, group="item", check=True):
    return foresell("apply", operator, path, f"--group={group}", "--order", "day", "--value", "units", *more, check=check, timeout=120)


def table(result) -> list[list[str]]:
    return list(csv.reader(io.StringIO(result.stdout)))


def refused(result, *words: str) -> None:
    assert result.returncode in (2, 3), result.stderr
    assert len(result.stderr) < 800 and "Error" not in result.stderr and "Assertion" not in result.stderr
    for word in words:
        assert re.search(word, result.stderr), (word, result.stderr)


# ---- names of columns ----

NAMES = ['a"b', "it's", "two words", "🛒", 'x"; drop table foresell_input; --', "select", "a,b", "*", "a.b", "%s%n", "${name}", "null", "1", "line\nbreak",
         "\u202eabc", "é", "e\u0301", "n" * 5000, "file_row_number", "foresell_places", "p", "r"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:20])
def test_a_group_may_be_called_anything(foresell, tmp_path, name, ending):
    plain = table(applied(foresell, "trend", put(tmp_path, ending=ending)))
    head, *rows = table(applied(foresell, "trend", put(tmp_path, name=name, ending=ending), group=name))
    assert head == [name, *plain[0][1:]] and rows == plain[1:]


@pytest.mark.parametrize("ending", ["csv", "parquet", "json", "xlsx"])
@pytest.mark.parametrize("name", ["period", "MEAN", "model"])
def test_results_that_are_called_as_a_group_get_a_number(foresell, tmp_path, name, ending):
    out = tmp_path / f"out.{ending}"
    applied(foresell, "forecast", put(tmp_path, name=name), "-o", out, group=name)
    if ending != "xlsx":
        names = [row[0] for row in duckdb.sql(f"describe select * from '{out}'").fetchall()]
        assert names[0] == name and f"{name.lower()}_2" in names and len(set(map(str.lower, names))) == len(names)
        assert duckdb.sql(f"select count(*), count(distinct {quoted(name)}) from '{out}'").fetchone() == (84, 3)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("name", ["_file", "_line", "_problem", "_ROW"])
def test_a_column_called_as_one_of_the_readers_own_gets_a_number(foresell, tmp_path, name, ending):
    path = put(tmp_path, name=name, ending=ending)
    assert len(table(applied(foresell, "trend", path, group=f"{name}_2"))) == 4
    refused(applied(foresell, "trend", path, group=name, check=False), f"its columns are {name}_2, day, units")


def test_a_name_that_sorting_needs_is_refused(foresell, tmp_path):
    path = put(tmp_path, name="_foresell_series")
    refused(applied(foresell, "trend", path, group="_foresell_series", check=False), "_foresell_series", "give it a name")


def test_doubled_names_and_doubled_groups(foresell, tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("item,item,day,units\n" + "".join(f"A,{n % 2},2024-01-{n // 2 + 1:02d},{n}\n" for n in range(60)))
    assert len(table(applied(foresell, "trend", path, group="item,item_2"))) == 3
    refused(applied(foresell, "trend", path, group="item,item", check=False), "two things at once")


# ---- values of groups ----

KEYS = {"long": "L" * 10000, "emoji": "👩‍👩‍👧", "nul": "a\0b", "quote": "o'k\"", "line": "a\nb", "word": "NULL", "nan": "NaN", "escape": "\x1b[31m",
        "sql": "'; drop table x; --", "comma": "a,b", "formula": "=1+1", "upper": "A", "lower": "a", "zeros": "007", "number": "7", "empty": ""}


@every_operator
def test_keys_may_be_any_text(foresell, tmp_path, operator):
    base = duckdb.connect()
    base.execute("create table t (item varchar, day date, units double)")
    base.executemany(f"insert into t select ?, {DAY}, 5 + n % 7 + case when n = 30 then 100 else 0 end from range(60) b(n)", [[key] for key in KEYS.values()])
    base.execute(f"copy t to '{tmp_path}/in.parquet' (format parquet)")
    applied(foresell, operator, tmp_path / "in.parquet", "-o", tmp_path / "out.parquet")
    found = base.execute(f"select coalesce(item, ''), count(*) from '{tmp_path}/out.parquet' group by 1").fetchall()
    assert {key for key, _ in found} == set(KEYS.values())
    assert {count for _, count in found} == {ROWS[operator] // 3}


TYPES = {"float": ("cast(['1.5', 'nan', 'inf'][g + 1] as float)", ["1.5", "inf", "nan"]),
         "decimal": ("cast(g + 0.10 as decimal(9, 2))", ["0.10", "1.10", "2.10"]),
         "timestamp": ("timestamp '2024-01-01 10:00:00.123456' + to_days(cast(g as integer))", [f"2024-01-0{d} 10:00:00.123456" for d in (1, 2, 3)]),
         "date": ("date '2024-01-01' + cast(g as integer)", [f"2024-01-0{d}" for d in (1, 2, 3)]),
         "boolean": ("[true, false, null][g + 1]", ["", "false", "true"]),
         "large": ("18446744073709551600::ubigint + g::ubigint", [f"1844674407370955160{d}" for d in range(3)]),
         "list": ("[g, g]", ["[0,0]", "[1,1]", "[2,2]"]), "blob": (r"['a'::blob, '\xff\x00'::blob, null][g + 1]", ["", r"\xFF\x00", "a"])}


@every_operator
@pytest.mark.parametrize("kind", TYPES)
def test_keys_may_be_of_any_type(foresell, tmp_path, kind, operator):
    sql, keys = TYPES[kind]
    _, *rows = table(applied(foresell, operator, put(tmp_path, item=sql)))
    assert sorted({row[0] for row in rows}) == keys and len(rows) == ROWS[operator]


# ---- the order ----

@every_operator
def test_a_row_without_a_period_is_named(foresell, tmp_path, operator):
    for day in (f"case when n = 7 then null else {DAY} end", "cast(null as date)"):
        refused(applied(foresell, operator, put(tmp_path, day=day), check=False), "group item='G0': a row has no period", "leave out")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("day", ["'w' || n", "n % 2 = 0", "n + 0.5", "cast('nan' as double) + n"])
def test_what_cannot_sort_is_told(foresell, tmp_path, day, ending):
    refused(applied(foresell, "forecast", put(tmp_path, day=day, ending=ending), check=False), "in." + ending, "'day' holds neither dates nor whole numbers")


FAR = {"first": "-9223372036854775808 + n", "last": "9223372036854775700 + n", "both": "(case when n % 2 = 0 then -9223372036854775800 else 9223372036854775700 end) + n",
       "far": "date '5000000-01-01' + cast(n as integer)", "past": "date '5877641-06-23 (BC)' + cast(n as integer)",
       "mixed": f"case when n = 7 then timestamp '294247-01-10 04:00:54' else {DAY} end"}


@every_operator
@pytest.mark.parametrize("far", FAR)
def test_periods_at_the_ends_of_their_type(foresell, tmp_path, far, operator):
    found = applied(foresell, operator, put(tmp_path, day=FAR[far]), "-o", tmp_path / "out.parquet", check=False)
    if found.returncode:
        return refused(found, "column")
    rows = duckdb.sql(f"select count(*) from '{tmp_path}/out.parquet'").fetchone()[0]
    assert rows == ROWS[operator] or operator == "peaks"


# ---- values ----

EXTREMES = {"not finite": "case when n % 9 = 0 then cast('nan' as double) when n % 9 = 1 then cast('inf' as double) else 5.0 + n % 3 end",
            "largest": "1.7e308", "both ends": "1.7e308 * (1 - 2 * (n % 2))", "one largest": "case when n % 7 = 0 then 1.7e308 else 1.0 end",
            "smallest": "5e-324", "far apart": "case when n % 7 = 0 then 5e-324 else 1e300 end", "unknown": "null", "flags": "n % 3 = 0"}


@every_operator
@pytest.mark.parametrize("kind", EXTREMES)
def test_results_are_finite_and_whole(foresell, tmp_path, kind, operator):
    kinds = "boolean" if kind == "flags" else "double"
    applied(foresell, operator, put(tmp_path, units=f"cast({EXTREMES[kind]} as {kinds})"), "-o", tmp_path / "out.parquet")
    found = duckdb.sql(f"from '{tmp_path}/out.parquet'")
    assert len(found) == ROWS[operator] or operator == "peaks"
    for name, sort in zip(found.columns, found.types):
        if str(sort) == "DOUBLE":
            assert found.filter(f"{quoted(name)} is not null and not isfinite({quoted(name)})").fetchall() == []


@every_operator
def test_one_row_and_none(foresell, tmp_path, operator):
    applied(foresell, operator, put(tmp_path, rows="range(1) a(g), range(1) b(n)"))
    refused(applied(foresell, operator, put(tmp_path, rows="range(0) a(g), range(1) b(n)"), check=False), "no rows")


@pytest.mark.parametrize("operator, rows", [("clean_outliers", 200_000), ("decompose", 200_000), ("trend", 1), ("peaks", None), ("change_points", 0)])
def test_one_long_series(foresell, tmp_path, operator, rows):
    path = put(tmp_path, item="1", day="timestamp '1990-01-01' + to_hours(cast(n as integer))", units="cast(10 + n % 24 + hash(n) % 5 as double)",
               rows="range(200000) b(n)")
    said = applied(foresell, operator, path, "-o", tmp_path / "out.parquet").stdout
    assert "of 1 series" in said and (rows is None or said.startswith(f"{rows} rows"))


@pytest.mark.parametrize("operator", ["clean_outliers", "decompose", "trend"])
def test_as_many_series_as_rows(foresell, tmp_path, operator):
    path = put(tmp_path, item="'K' || n", day="date '2024-01-01' + cast(n % 300 as integer)", units="cast(n % 24 as double)", rows="range(100000) b(n)")
    assert applied(foresell, operator, path, "-o", tmp_path / "out.parquet").stdout.startswith("100000 rows of 100000 series")


# ---- where the result goes ----

@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet", "json"])
def test_a_result_is_the_same_in_any_file(foresell, tmp_path, ending):
    out = tmp_path / f"out.{ending}"
    plain = table(applied(foresell, "trend", put(tmp_path, item="'=' || g", ending="csv")))
    applied(foresell, "trend", tmp_path / "in.csv", "-o", out)
    reader = {"parquet": "read_parquet", "json": "read_json"}.get(ending, "read_csv")
    names = [row[0] for row in duckdb.sql(f"select item from {reader}('{out}')").fetchall()]
    harmless = ending not in ("parquet", "json")
    assert [row[0] for row in plain[1:]] == ["'=0", "'=1", "'=2"] and names == (["'=0", "'=1", "'=2"] if harmless else ["=0", "=1", "=2"])


def test_a_result_of_no_kind_is_refused_before_anything_is_read(foresell, tmp_path):
    refused(foresell("apply", "trend", tmp_path / "not-there.csv", "--order", "day", "--value", "units", "-o", tmp_path / "out.docx", check=False), "not a kind of file that is written")
    assert not (tmp_path / "out.docx").exists()


def test_a_file_may_be_replaced_by_its_result(foresell, tmp_path):
    path = put(tmp_path)
    plain = table(applied(foresell, "decompose", path))
    applied(foresell, "decompose", path, "-o", path)
    assert duckdb.sql(f"select count(*) from '{path}' where trend is not null").fetchone()[0] == len(plain) - 1
