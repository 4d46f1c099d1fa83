"""Exports as a spreadsheet opens them: real dates and numbers, no cell that is a formula, and no row left out in silence."""
import csv
import datetime
import shutil
from pathlib import Path

import duckdb
import openpyxl
import pytest

from source_shop import document

NAMES = ["=1+1", "+49 tea", "-10 % off", "@home", "\tTab", '=HYPERLINK("http://127.0.0.1","x")', "plain, with \"quotes\""]
GOLDEN = Path(__file__).resolve().parent / "golden"


@pytest.fixture(scope="module")
def run(foresell, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    files = folder / "files"
    files.mkdir()
    day = datetime.date(2024, 1, 1)
    with open(files / "sales.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["date", "product_id", "quantity", "unit_price", "amount"])
        for n in range(120):
            for i in range(len(NAMES)):
                out.writerow([day + datetime.timedelta(n), f"P{i}", 1 + (n + i) % 3, 2.5, 2.5 * (1 + (n + i) % 3)])
    with open(files / "products.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["product_id", "product_name", "category"])
        out.writerows([f"P{i}", name, "=tea"] for i, name in enumerate(NAMES))
    foresell("init", folder / "shop", "--from", files)
    foresell("run", folder / "shop")
    return (folder / "shop" / "runs" / "latest").resolve()


def sheet(run: Path, name: str):
    return openpyxl.load_workbook(run / "xlsx" / f"{name}.xlsx").active


def test_no_cell_of_a_sheet_is_a_formula(run):
    seen = 0
    for path in sorted((run / "xlsx").glob("*.xlsx")):
        for row in openpyxl.load_workbook(path).active.iter_rows():
            for cell in row:
                assert cell.data_type != "f", f"{path.name} {cell.coordinate}"
                if isinstance(cell.value, str):
                    assert cell.value[:1] not in tuple("=+-@\t\r"), f"{path.name} {cell.coordinate}: {cell.value}"
                    seen += cell.value.startswith("'")
    assert seen > 0


def test_no_text_of_a_csv_file_would_be_a_formula(run):
    seen = 0
    for path in sorted((run / "csv").glob("*.csv")):
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.reader(file):
                for cell in row:
                    if cell[:1] in tuple("=+-@\t\r"):
                        float(cell)  # a negative number may stay one
                    seen += cell.startswith("'")
    assert seen > 0


def test_parquet_keeps_every_name_as_it_was(run):
    names = {r[0] for r in duckdb.sql(f"select name from '{run}/tables/product_summary.parquet'").fetchall()}
    assert {n.strip() for n in names} == {n.strip() for n in NAMES}


def test_dates_are_dates_and_numbers_numbers(run):
    rows = list(sheet(run, "forecast_total").iter_rows(values_only=True))
    at = {name: i for i, name in enumerate(rows[0])}
    assert all(isinstance(r[at["period"]], datetime.datetime) for r in rows[1:])
    assert all(isinstance(r[at["mean"]], (int, float)) for r in rows[1:])
    held = duckdb.sql(f"select period, mean from '{run}/tables/forecast_total.parquet' order by period").fetchall()
    assert [(r[at["period"]].date(), pytest.approx(r[at["mean"]])) for r in rows[1:]] == held


def test_every_result_is_there_in_all_three_forms_and_as_long(run):
    sheets = {p.stem for p in (run / "xlsx").glob("*.xlsx")}
    assert sheets == {p.stem for p in (run / "csv").glob("*.csv")}
    assert {"forecast_item", "product_summary", "peaks", "quarantine", "summary"} <= sheets
    for name in sorted(sheets):
        (rows,) = duckdb.sql(f"select count(*) from '{run}/tables/{name}.parquet'").fetchone()
        with open(run / "csv" / f"{name}.csv", newline="") as file:
            assert sum(1 for _ in csv.reader(file)) - 1 == rows, name
        assert sheet(run, name).max_row - 1 == rows, name


def test_a_table_too_long_for_a_sheet_is_cut_and_said(foresell, tmp_path):
    project = tmp_path / "till"
    shutil.copytree(GOLDEN / "till", project, ignore=shutil.ignore_patterns("expected"))
    with open(project / "till.csv", "a") as file:
        file.writelines(f"{9000 + n},A{n % 50},MUG,1,2024-01-{1 + n % 17:02} 09:00:00,2,C1\n" for n in range(30000))
    foresell("run", project)
    latest = project / "runs" / "latest"
    (rows,) = duckdb.sql(f"select count(*) from '{latest}/tables/sales_lines.parquet'").fetchone()
    held = sheet(latest, "sales_lines").max_row - 1
    assert held < rows
    assert f"sales_lines: the first {held} of {rows} rows" in (latest / "xlsx" / "READ_ME.txt").read_text()
    assert not (latest / "csv" / "READ_ME.txt").exists()


LONG = """-- step: bought_together
-- about: more pairs than anybody opens
select cast(a.n as string) as item, cast(b.n as string) as other, cast(20 as bigint) as together, cast(30 as bigint) as baskets,
    cast(30 as bigint) as other_baskets, 5e-1 as confidence, 5e-1 as back_confidence, 2e0 as lift, 1e0 as lift_low, cast(a.n as bigint) as rank
from numbers as a
join numbers as b on b.n < 51
order by item nulls first, other nulls first
"""


def test_a_table_too_long_to_be_opened_is_parquet_alone_and_that_is_said(foresell, tmp_path):
    project = tmp_path / "till"
    shutil.copytree(GOLDEN / "till", project, ignore=shutil.ignore_patterns("expected"))
    (project / "models").mkdir(exist_ok=True)
    (project / "models" / "bought_together.sql").write_text(LONG)
    foresell("run", project)
    latest = project / "runs" / "latest"
    assert not (latest / "csv" / "bought_together.csv").exists()
    assert "bought_together: 5100000 rows, in tables/bought_together.parquet" in (latest / "csv" / "READ_ME.txt").read_text()
    assert "bought_together: the first" in (latest / "xlsx" / "READ_ME.txt").read_text()
    [block] = [b for page in document(latest)["pages"] for b in page["blocks"] if b.get("id") == "together"]
    assert block["file"] == "tables/bought_together.parquet"
