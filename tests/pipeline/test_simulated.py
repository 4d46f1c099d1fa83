"""A simulated shop has true answers: are they found again?"""
import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest


def rows(path: Path) -> list[dict]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def run(foresell, folder: Path, *options: str) -> Path:
    data, project = folder / "data", folder / "project"
    foresell("simulate", str(data), *options)
    foresell("init", str(project), "--from", str(data))
    foresell("run", str(project))
    return project / "runs" / "latest"


@pytest.fixture(scope="module")
def dirty(foresell, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dirty")
    return folder / "data", run(foresell, folder, "--items", "60", "--stores", "2", "--customers", "400",
                                "--days", "400", "--lines", "30000", "--dirt", "0.02")


@pytest.fixture(scope="module")
def clean(foresell, tmp_path_factory):
    folder = tmp_path_factory.mktemp("clean")
    return folder / "data", run(foresell, folder, "--items", "60", "--stores", "2", "--customers", "400",
                                "--days", "500", "--lines", "40000")


def test_each_bad_row_is_in_quarantine_at_its_line(dirty):
    data, out = dirty
    truth = {int(d["line"]) for d in rows(data.with_name("data-truth") / "dirt.csv") if d["fault"] != "duplicate"}
    found = {int(q["line"]) for q in rows(out / "csv" / "quarantine.csv") if q["file"].endswith("sales.csv")}
    assert len(truth) > 200
    assert found == truth


def test_each_duplicate_is_merged(dirty):
    data, out = dirty
    truth = sum(d["fault"] == "duplicate" for d in rows(data.with_name("data-truth") / "dirt.csv"))
    (sales,) = [f for f in json.loads((out / "manifest.json").read_text())["files"] if f["path"].endswith("sales.csv")]
    assert truth > 50 and sales["rows_merged"] == truth
    assert sales["rows_in"] == sales["rows_kept"] + sales["rows_quarantined"] + sales["rows_merged"]


def test_all_nine_kinds_are_found(clean):
    _, out = clean
    counts = {t["name"]: t["rows"] for t in json.loads((out / "manifest.json").read_text())["tables"]}
    empty = [t for t in ("sales", "products", "customers", "promotions", "stores", "calendar", "stock", "prices", "reviews")
             if not counts[t]]
    assert empty == []


def test_units_and_money_are_those_that_were_sold(clean):
    data, out = clean
    sold = rows(data / "sales.csv")
    total = {r["measure"]: float(r["value"]) for r in rows(out / "csv" / "summary.csv") if r["value"]}
    assert total["revenue"] == pytest.approx(sum(float(r["amount"]) for r in sold), rel=1e-9)
    assert total["units"] == pytest.approx(sum(int(r["quantity"]) for r in sold), rel=1e-9)


def test_returns_are_tied_to_their_sales(clean):
    _, out = clean
    lines = rows(out / "csv" / "sales_lines.csv")
    returns = [r for r in lines if r["kind"] == "return" and r["customer"]]
    tied = sum(r["matched"].lower() == "true" for r in returns)
    assert len(returns) > 100
    assert tied / len(returns) > 0.95


def test_the_forecast_of_the_total_is_near_what_the_shop_expects(clean):
    data, out = clean
    forecast = rows(out / "csv" / "forecast_total.csv")
    weeks = {}
    for r in rows(data.with_name("data-truth") / "demand.csv"):
        weeks[r["week"]] = weeks.get(r["week"], 0) + float(r["expected"])
    daily = [weeks[w] / 7 for w in sorted(weeks)][-9:-1]
    mean = sum(float(f["mean"]) for f in forecast) / len(forecast)
    assert len({f["period"] for f in forecast}) == len(forecast) > 0
    assert 0.7 * min(daily) < mean < 1.3 * max(daily)


def test_a_shop_that_is_shut_on_sundays_is_forecast_to_be(foresell, tmp_path):
    """Also where the stock file counts shelves on Sundays, and finds them empty."""
    foresell("simulate", tmp_path / "data", "--items", "40", "--stores", "2", "--customers", "200", "--days", "300", "--lines", "20000")
    sold = {r["time"][:10] for r in rows(tmp_path / "data" / "sales.csv")}
    assert not any(date.fromisoformat(day).isoweekday() == 7 for day in sold)
    stock = rows(tmp_path / "data" / "stock.csv")
    kept = [r for r in stock if date.fromisoformat(r["date"]).isoweekday() != 7]
    empty = [{**r, "date": str(date.fromisoformat(r["date"]) - timedelta(days=1)), "on_hand": "0", "in_stock": "no"}
             for r in kept if date.fromisoformat(r["date"]).isoweekday() == 1]
    with open(tmp_path / "data" / "stock.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, stock[0].keys())
        writer.writeheader()
        writer.writerows(kept + empty)
    foresell("init", tmp_path / "project", "--from", tmp_path / "data")
    foresell("run", tmp_path / "project")
    out = tmp_path / "project" / "runs" / "latest" / "csv"
    for table, column in (("forecast_total", "mean"), ("forecast_revenue", "mean"), ("forecast_store", "mean")):
        by_day = [(date.fromisoformat(r["period"]).isoweekday(), float(r[column])) for r in rows(out / f"{table}.csv")]
        assert {value for day, value in by_day if day == 7} == {0.0}, table
        assert min(value for day, value in by_day if day != 7) > 0, table
    states = {(date.fromisoformat(r["period"]).isoweekday() == 7, r["state"]) for r in rows(out / "demand_total.csv")}
    assert (True, "closed") in states and not {(True, "zero"), (True, "stock-out"), (True, "sold")} & states
