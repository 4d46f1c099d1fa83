"""Promotions that the files tell ahead are in the forecasts of products, and where none is told ahead nothing changes."""
import csv
import shutil
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from source_shop import ask

AHEAD = 60  # days of the file behind the last sale


def read(file: Path) -> list[dict]:
    with open(file, newline="") as rows:
        return list(csv.DictReader(rows))


def write(file: Path, rows: list[dict]) -> None:
    with open(file, "w", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def run_items(foresell, files: Path, name: str) -> Path:
    project = files.parent / name
    foresell("init", project, "--from", files)
    foresell("run", project, "--only", "forecast_item", timeout=300)
    return (project / "runs" / "latest").resolve() / "tables"


def run_stock(foresell, tables: Path) -> Path:
    """What of the same project orders hang on, in a run of its own."""
    project = tables.parents[2]
    foresell("run", project, "--only", "stock_forecasts", "--resume", timeout=300)
    return (project / "runs" / "latest").resolve() / "tables"


class Shop:
    """A simulated retailer up to two months before its end; what was sold then is the truth."""

    def __init__(self, foresell, folder: Path):
        whole = folder / "whole"
        foresell("simulate", whole, "--items", 120, "--stores", 2, "--customers", 400, "--days", 700, "--lines", 80000, "--seed", 6)
        sales = read(whole / "sales.csv")
        self.last = date.fromisoformat(max(row["time"][:10] for row in sales)) - timedelta(AHEAD)
        cut = self.last.isoformat()
        self.sold = defaultdict(float)
        for row in sales:
            if row["time"][:10] > cut:
                self.sold[row["product_id"], row["time"][:10]] += float(row["quantity"] or 0)
        self.files = folder / "files"
        shutil.copytree(whole, self.files)
        write(self.files / "sales.csv", [row for row in sales if row["time"][:10] <= cut])
        write(self.files / "stock.csv", [row for row in read(whole / "stock.csv") if row["date"] <= cut])
        self.promotions = read(whole / "promotions.csv")
        self.stock = {}
        self.told = self.run(foresell, "told")
        write(self.files / "promotions.csv", [row for row in self.promotions if row["end_date"] <= cut])
        self.ended = self.run(foresell, "ended")
        (self.files / "promotions.csv").unlink()
        self.silent = self.run(foresell, "silent")

    def run(self, foresell, name: str) -> Path:
        tables = run_items(foresell, self.files, name)
        self.stock[name] = run_stock(foresell, tables)
        return tables

    def is_promoted(self, item: str, day: str) -> bool:
        return any(row["product_id"] == item and row["start_date"] <= day <= row["end_date"] for row in self.promotions)

    def error(self, tables: Path, promoted: bool) -> tuple[float, float]:
        """Of the days that are promoted or not: absolute errors over what was sold, and what was forecast over it."""
        return self.errors(ask(tables, "item, cast(period as varchar), mean", "model_items"), promoted)

    def stock_error(self, tables: Path, promoted: bool) -> tuple[float, float]:
        """The same of the forecasts that orders hang on, both stores together."""
        return self.errors(ask(tables, "item, cast(period as varchar), sum(mean)", "stock_forecasts", "group by all"), promoted)

    def errors(self, forecasts: list[tuple], promoted: bool) -> tuple[float, float]:
        off = sold = made = 0.0
        for item, day, mean in forecasts:
            if self.is_promoted(item, day) == promoted:
                off += abs(mean - self.sold[item, day])
                sold += self.sold[item, day]
                made += mean
        return off / sold, made / sold


@pytest.fixture(scope="module")
def shop(foresell, tmp_path_factory) -> Shop:
    return Shop(foresell, tmp_path_factory.mktemp("planned"))


def test_forecasts_of_promoted_days_are_better_and_others_no_worse(shop):
    told, share_told = shop.error(shop.told, True)
    silent, share_silent = shop.error(shop.silent, True)
    assert told < 0.93 * silent
    assert share_silent < 0.6 and 0.75 < share_told < 1.25
    assert shop.error(shop.told, False)[0] < 1.01 * shop.error(shop.silent, False)[0]


def test_orders_know_of_promotions(shop):
    told, share_told = shop.stock_error(shop.stock["told"], True)
    silent, share_silent = shop.stock_error(shop.stock["silent"], True)
    assert told < 0.93 * silent
    assert share_silent < 0.6 and 0.75 < share_told < 1.25
    assert shop.stock_error(shop.stock["told"], False)[0] < 1.01 * shop.stock_error(shop.stock["silent"], False)[0]
    assert ask(shop.stock["told"], "count(*) > 0", "stock_forecasts", "where drivers like '%promotion +%'") == [(True,)]


def test_what_a_promotion_does_is_told(shop):
    told = ask(shop.told, "item, cast(period as varchar), drivers", "forecast_item", "where drivers like '%promotion%'")
    assert told and all(shop.is_promoted(item, day) for item, day, _ in told)
    assert sum("promotion +" in drivers for *_, drivers in told) > 0.8 * len(told)


def test_the_series_hold_the_days_of_the_file(shop):
    rows = ask(shop.told, "item, cast(period as varchar), promotion, ahead", "promoted_series", "where promotion is not null")
    assert all(share == shop.is_promoted(item, day) for item, day, share, _ in rows)
    assert {ahead for *_, ahead in rows} == {False, True}
    last = ask(shop.told, "max(cast(period as varchar))", "promoted_series", "where promotion is not null")[0][0]
    assert last == (shop.last + timedelta(28)).isoformat() < max(row["end_date"] for row in shop.promotions)


def test_promotions_that_are_over_change_nothing(shop):
    assert ask(shop.ended, "count(*)", "promoted_series") == [(0,)]
    for name in ("model_items", "forecast_item"):
        assert (shop.ended / f"{name}.parquet").read_bytes() == (shop.silent / f"{name}.parquet").read_bytes()
    assert (shop.stock["ended"] / "stock_forecasts.parquet").read_bytes() == (shop.stock["silent"] / "stock_forecasts.parquet").read_bytes()


def test_part_of_the_stores_and_of_a_week_is_a_share(foresell, tmp_path):
    files = tmp_path / "files"
    files.mkdir()
    first = date(2024, 1, 1)
    sales = [{"date": first + timedelta(7 * week), "store": store, "item": item, "units": 20 + week % 3}
             for week in range(60) for store in ("north", "south") for item in ("jam", "tea")]
    write(files / "sales.csv", sales)
    soon = first + timedelta(7 * 61)
    write(files / "promotions.csv", [
        {"promotion": "P1", "item": "jam", "store": "north", "start": first + timedelta(70), "end": first + timedelta(76)},
        {"promotion": "P2", "item": "jam", "store": "", "start": first + timedelta(140), "end": first + timedelta(141)},
        {"promotion": "P3", "item": "jam", "store": "", "start": soon, "end": soon + timedelta(6)},
        {"promotion": "P4", "item": "tea", "store": "", "start": soon, "end": soon + timedelta(6)},
    ])
    tables = run_items(foresell, files, "shares")
    rows = ask(tables, "item, cast(period as varchar), promotion", "promoted_series", "where promotion > 0 order by period")
    assert [(item, day) for item, day, _ in rows] == [("jam", str(first + timedelta(70))), ("jam", str(first + timedelta(140))), ("jam", str(soon))]
    assert [share for *_, share in rows] == pytest.approx([1 / 2, 2 / 7, 1])
