"""The season of the year that stock is ordered by: of a category, so that it holds for a product that never saw the season itself.

A made-up shop of 148 weeks that ends on the Sunday before week 45. Coats sell twice as much in weeks 45 to 52, soap never; one of the coats is new this year.
"""
import csv
import datetime

import pytest

from source_shop import ask

FIRST, WEEKS, NEW = datetime.date(2021, 1, 4), 148, 112
USUAL, PEAK = 100, 200
PEAK_INDEX = PEAK / ((8 * PEAK + 44 * USUAL) / 52)
ITEMS = {f"C{n}": "coats" for n in range(5)} | {f"S{n}": "soap" for n in range(4)}


def sold(item: str, day: datetime.date, n: int) -> int:
    busy = ITEMS[item] == "coats" and day.isocalendar().week >= 45
    return (PEAK if busy else USUAL) + (n * 7 + int(item[1]) * 3) % 5 - 2


def write(file, header, rows):
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "w", newline="") as out:
        csv.writer(out).writerows([header, *rows])


@pytest.fixture
def tables(foresell, tmp_path):
    def run(period, first_week=0):
        files, project = tmp_path / "files", tmp_path / "project"
        days = [(n, FIRST + datetime.timedelta(n)) for n in range(7 * first_week, 7 * WEEKS)]
        write(files / "sales.csv", ["date", "product_id", "units", "price"],
              [(day, item, sold(item, day, n), "9.50") for n, day in days for item in ITEMS if item != "C4" or n >= 7 * NEW])
        write(files / "products.csv", ["product_id", "product_name", "category"], [(item, f"Thing {item}", kind) for item, kind in ITEMS.items()])
        write(files / "stock.csv", ["product_id", "on_hand"], [(item, 500) for item in ITEMS])
        foresell("init", project, "--from", files, "--set", f"period={period}")
        foresell("run", project, "--only", "order_lines", timeout=300)
        return project / "runs" / "latest" / "tables"
    return run


@pytest.mark.parametrize("period", ["day", "week"])
def test_a_new_product_sells_by_the_season_of_its_category(tables, period):
    made = tables(period)
    index = {(kind, place): factor for kind, place, factor in ask(made, "distinct category, place, factor", "season_index")}
    for place in (46, 48, 50):
        assert index["coats", place] == pytest.approx(PEAK_INDEX, rel=0.06)
        assert index["soap", place] == pytest.approx(1, abs=0.06)
        assert index["soap", place] < index[None, place] < index["coats", place]
    assert index["coats", 20] == pytest.approx(PEAK_INDEX / 2, rel=0.06)
    days = 1 if period == "day" else 7
    means = dict(ask(made, "item, avg(mean)", "stock_forecasts", "where step <= 5 group by item"))
    assert means["C4"] == pytest.approx(PEAK * days, rel=0.15)
    assert means["S0"] == pytest.approx(USUAL * days, rel=0.05)


def test_months_have_an_index_of_their_own(tables):
    made = tables("month")
    index = {(kind, place): factor for kind, place, factor in ask(made, "distinct category, place, factor", "season_index")}
    assert {place for _, place in index} == set(range(1, 13))
    assert index["coats", 12] > 1.5 and index["coats", 5] < 0.95 and index["soap", 12] == pytest.approx(1, abs=0.06)


def test_below_two_years_there_is_none(tables):
    made = tables("week", WEEKS - 100)
    assert ask(made, "count(*)", "season_index") == [(0,)]
    assert ask(made, "count(distinct item), min(mean) > 0", "stock_forecasts") == [(len(ITEMS), True)]
