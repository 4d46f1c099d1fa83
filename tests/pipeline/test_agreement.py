"""Forecasts of products, categories and stores add up to that of the total."""
import csv
import datetime
import random
from pathlib import Path

import pytest

from source_shop import ask

DAY = datetime.date
FIRST, LAST = DAY(2022, 1, 1), DAY(2024, 12, 10)
TEAS = [f"tea {n}" for n in range(6)]
RARE = [f"spice {n}" for n in range(12)]
STORES = {"north": 1, "south": 2}


def sold(rng: random.Random, item: str, store: str, day: DAY) -> int:
    if item in TEAS:
        busy = 3 if day in (DAY(2022, 4, 16), DAY(2023, 4, 8), DAY(2024, 3, 30)) else 1
        return (20 + rng.randrange(5)) * STORES[store] * busy
    return int(rng.random() < 0.05)


@pytest.fixture(scope="module")
def tables(foresell, tmp_path_factory) -> Path:
    """Two stores shut on Christmas Day, teas that sell daily, spices that sell every twentieth day, and Christmas ahead."""
    folder = tmp_path_factory.mktemp("agreement")
    (folder / "files").mkdir()
    rng = random.Random(1)
    with open(folder / "files" / "till.csv", "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["date", "store", "item", "units", "revenue"])
        for n in range((LAST - FIRST).days + 1):
            day = FIRST + datetime.timedelta(n)
            for store in STORES if (day.month, day.day) != (12, 25) else ():
                for item in TEAS + RARE:
                    if units := sold(rng, item, store, day):
                        rows.writerow([day, store, item, units, f"{units * 2.5:.2f}"])
    with open(folder / "files" / "products.csv", "w", newline="") as out:
        csv.writer(out).writerows([["item", "category"], *([i, "tea"] for i in TEAS), *([i, "spice"] for i in RARE)])
    foresell("init", folder / "shop", "--from", folder / "files", "--set", "country=GB", "--set", "absent=zero")
    foresell("run", folder / "shop", timeout=300)
    return folder / "shop" / "runs" / "latest" / "tables"


@pytest.mark.parametrize("part", ["item", "category", "store"])
def test_parts_add_up_to_the_total_in_each_period(tables, part):
    total = dict(ask(tables, "period, mean", "forecast_total"))
    sums = dict(ask(tables, "period, sum(mean)", f"forecast_{part}", "group by 1"))
    assert sums.keys() == total.keys() and len(total) == 28
    for period, mean in total.items():
        assert sums[period] == pytest.approx(mean, rel=1e-6, abs=1e-4)


def test_products_know_the_holidays_of_their_category(tables):
    usual, = ask(tables, "avg(mean)", "forecast_item", "where item like 'tea%' and period < date '2024-12-20'")[0]
    closed, model = ask(tables, "max(mean), max(model_mean)", "forecast_item", "where item like 'tea%' and period = date '2024-12-25'")[0]
    assert closed < 0.1 * usual < model


def test_quantiles_follow_the_mean_and_pieces_stay_whole(tables):
    quantiles = ["q0.05", "q0.25", "q0.5", "q0.75", "q0.95"]
    rows = ask(tables, "model, " + ", ".join(f'"{q}"' for q in quantiles), "forecast_item")
    assert all(list(row[1:]) == sorted(row[1:]) and row[1] >= 0 for row in rows)
    slow = [q for row in rows if row[0] == "counts" for q in row[1:]]
    assert slow and all(q == int(q) for q in slow)


def test_what_was_done_is_told(tables):
    told = ask(tables, "level, key, bool_and(agreed), sum(parts) / sum(whole)", "forecast_factors", "group by all order by all")
    assert [row[:2] for row in told] == [("category", "(all)"), ("item", "spice"), ("item", "tea"), ("store", "(all)")]
    assert all(row[2] and 0.5 < row[3] < 2 for row in told)


def test_products_that_are_not_sold_yet_have_their_share(foresell, tmp_path):
    """Each product sells for four weeks: 46 of the 112 days on which the four at a time will sell are those of products not known yet."""
    (tmp_path / "files").mkdir()
    with open(tmp_path / "files" / "till.csv", "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["date", "item", "units", "revenue"])
        for n in range(400):
            rows.writerows([FIRST + datetime.timedelta(n), f"book {(n + 7 * place) // 28}-{place}", 10, 50] for place in range(4))
    foresell("init", tmp_path / "shop", "--from", tmp_path / "files", "--set", "country=GB")
    foresell("run", tmp_path / "shop", timeout=300)
    tables = tmp_path / "shop" / "runs" / "latest" / "tables"
    ((windows, share),) = ask(tables, "windows, share", "new_item_share")
    assert windows == 3 and share == pytest.approx(46 / 112)
    ((total,),) = ask(tables, "sum(mean)", "forecast_total")
    ((items,),) = ask(tables, "sum(mean)", "forecast_item")
    assert items == pytest.approx(total * (1 - share), rel=1e-6)
    assert "of it from products that are not sold yet and have no forecast of their own" in (tables.parent / "report.html").read_text()


def test_files_that_join_late_are_no_new_products(foresell, tmp_path):
    """Two products for two years, forty more from the files of the last five weeks: these were sold before, only not told."""
    (tmp_path / "files").mkdir()
    with open(tmp_path / "files" / "till.csv", "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["date", "item", "units", "revenue"])
        for n in range(730):
            rows.writerows([FIRST + datetime.timedelta(n), f"book {place}", 10 + n % 3, 50] for place in range(42 if n >= 695 else 2))
    foresell("init", tmp_path / "shop", "--from", tmp_path / "files", "--set", "country=GB")
    foresell("run", tmp_path / "shop", "--only", "forecast_item", timeout=300)
    tables = tmp_path / "shop" / "runs" / "latest" / "tables"
    assert ask(tables, "count(*) filter (where comparable)", "demand_total") == [(35,)]
    assert ask(tables, "windows, share", "new_item_share") == [(0, 0)]
