"""foresell apply reads and writes each kind of file, with the same figures; doctor says which kinds this machine can read."""
import json
from datetime import date, timedelta

import duckdb
import pytest

from source_files import written_workbook

NAMES = ["item", "day", "units"]
ROWS = [[item, date(2024, 1, 1) + timedelta(days=n), (n * 7 + k * 3) % 11 + k] for k, item in enumerate(["A1", "B 2", "Ø3"]) for n in range(60)]


def put(folder, ending):
    path = folder / f"in.{ending}"
    if ending == "xlsx":
        written_workbook(path, [("Sheet1", [NAMES, *ROWS])])
        return path
    database = duckdb.connect()
    database.execute("create table t (item varchar, day date, units integer)")
    database.executemany("insert into t values (?, ?, ?)", ROWS)
    if ending == "txt":
        lines = [NAMES] + [[str(v) for v in row] for row in ROWS]
        path.write_text("".join(f"{a:<8}{b:<14}{c:>5}\n" for a, b, c in lines))
    else:
        options = {"csv": "format csv, header", "csv.gz": "format csv, header, compression gzip", "parquet": "format parquet", "jsonl": "format json"}
        database.execute(f"copy t to '{path}' ({options[ending]})")
    return path


def get(path):
    if path.suffix == ".xlsx":
        import openpyxl
        names, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
        return [(row[names.index("item")], str(row[names.index("period")])[:10], round(float(row[names.index("mean")]), 6)) for row in rows]
    rows = duckdb.sql(f"select item, cast(period as varchar)[:10], mean from '{path}'").fetchall()
    return [(item, period, round(float(mean), 6)) for item, period, mean in rows]


@pytest.fixture(scope="module")
def expected(foresell, tmp_path_factory):
    folder = tmp_path_factory.mktemp("expected")
    foresell("apply", "forecast", put(folder, "csv"), "--group", "item", "--order", "day", "--value", "units", "--horizon", 5, "-o", folder / "out.csv")
    found = get(folder / "out.csv")
    assert len(found) == 15 and [item for item, _, _ in found[::5]] == ["A1", "B 2", "Ø3"] and found[0][1] == "2024-03-01"
    return found


@pytest.mark.parametrize("ending", ["csv.gz", "txt", "parquet", "jsonl", "xlsx"])
def test_input_of_any_kind_gives_the_same(foresell, tmp_path, expected, ending):
    foresell("apply", "forecast", put(tmp_path, ending), "--group", "item", "--order", "day", "--value", "units", "--horizon", 5, "-o", tmp_path / "out.parquet")
    assert get(tmp_path / "out.parquet") == expected


@pytest.mark.parametrize("ending", ["parquet", "jsonl", "json", "xlsx"])
def test_output_of_any_kind_holds_the_same(foresell, tmp_path, expected, ending):
    foresell("apply", "forecast", put(tmp_path, "csv"), "--group", "item", "--order", "day", "--value", "units", "--horizon", 5, "-o", tmp_path / f"out.{ending}")
    assert get(tmp_path / f"out.{ending}") == expected


def test_doctor_says_which_kinds_of_source_can_be_read(foresell):
    found = json.loads(foresell("doctor", "--json").stdout)
    (works,) = [f["found"] for f in found if f["subject"] == "extensions"]
    for extension in ("httpfs", "excel", "postgres_scanner", "mysql_scanner", "sqlite_scanner"):
        assert extension in works


def test_doctor_says_what_is_missing(foresell, tmp_path):
    found = json.loads(foresell("doctor", "--json", env={"FORESELL_EXTENSIONS": str(tmp_path)}).stdout)
    missing = [f for f in found if f["subject"] == "extension"]
    assert {"httpfs", "excel"} <= {f["found"].split(":")[0] for f in missing} and all("reinstall" in f["remedy"] for f in missing)
    (tmp_path / "lines.csv").write_text("a,b\n1,2\n")
    written_workbook(tmp_path / "book.xlsx", [("Sheet1", [NAMES, *ROWS])])
    refused = foresell("init", tmp_path / "shop", "--from", tmp_path / "book.xlsx", check=False, env={"FORESELL_EXTENSIONS": str(tmp_path)})
    assert refused.returncode == 4 and "excel" in refused.stderr and "install foresell again" in refused.stderr
