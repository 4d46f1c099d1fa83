"""Changes of planners to the forecast: applied, carried to parts and wholes, and held against the models when they are over."""
import csv
import datetime
from pathlib import Path

import pytest

from source_shop import ask

DAY = datetime.date
FIRST, LAST = DAY(2024, 1, 1), DAY(2024, 12, 8)
ITEMS = {"tea 1": "tea", "tea 2": "tea", "tea 3": "tea", "salt": "spice", "mace": "spice"}
SIZE = {"tea 1": 40, "tea 2": 60, "tea 3": 20, "salt": 30, "mace": 10}
STORES = {"north": 1, "south": 2}
HEADER = ["from", "to", "product", "category", "store", "units", "change", "planner", "made", "reason"]


def units(item: str, store: str, day: DAY) -> int:
    fair = 2 if DAY(2024, 10, 7) <= day <= DAY(2024, 10, 13) and item == "tea 2" else 1
    return (SIZE[item] + (day.toordinal() * 7 + len(item)) % 5) * STORES[store] * fair


def sell(folder: Path) -> None:
    folder.mkdir(parents=True)
    with open(folder / "till.csv", "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["date", "store", "item", "units", "revenue"])
        for n in range((LAST - FIRST).days + 1):
            day = FIRST + datetime.timedelta(n)
            rows.writerows([day, store, item, units(item, store, day), units(item, store, day) * 2] for store in STORES for item in ITEMS)
    with open(folder / "products.csv", "w", newline="") as out:
        csv.writer(out).writerows([["item", "category"], *ITEMS.items()])


def planned(foresell, folder: Path, *rows: list) -> Path:
    sell(folder / "files")
    with open(folder / "files" / "overrides.csv", "w", newline="") as out:
        csv.writer(out).writerows([HEADER, *rows])
    foresell("init", folder / "shop", "--from", folder / "files", "--set", "country=GB")
    foresell("run", folder / "shop", timeout=300)
    return folder / "shop" / "runs" / "latest"


def means(tables: Path, table: str, key: str, where: str = "true") -> dict:
    return dict(ask(tables, f"{key}, sum(mean)", table, f"where {where} group by 1"))


WEEK = "period between date '2024-12-16' and date '2024-12-22'"
ROWS = [["2024-12-16", "2024-12-22", "tea 1", "", "", 1400, "", "Anna", "2024-12-06", "town hall"],
        ["2024-12-16", "2024-12-22", "", "tea", "", "", 50, "Ben", "2024-12-07", "TV spot"],
        ["2024-12-16", "2024-12-22", "", "", "south", "", -25, "Ben", "2024-12-07", "roadworks"]]


@pytest.fixture(scope="module")
def several(foresell, tmp_path_factory) -> Path:
    return planned(foresell, tmp_path_factory.mktemp("several"), *ROWS) / "tables"


def test_parts_add_up_with_changes_of_a_product_a_category_and_a_store(several):
    total = means(several, "forecast_total", "period")
    for part in ("item", "category", "store"):
        sums = means(several, f"forecast_{part}", "period")
        assert sums.keys() == total.keys()
        assert all(sums[p] == pytest.approx(total[p], rel=1e-6) for p in total)


def test_the_nearest_change_holds_and_the_rest_of_its_category_follows_that(several):
    items = means(several, "forecast_item", "item", WEEK)
    base = dict(ask(several, "key, sum(mean)", "agreed_means", f"where level = 'item' and {WEEK} group by 1"))
    assert items["tea 1"] == pytest.approx(1400)
    assert items["tea 2"] / base["tea 2"] == pytest.approx(1.5) and items["tea 3"] / base["tea 3"] == pytest.approx(1.5)
    shares = [items[i] / base[i] for i in ("salt", "mace")]  # of the store's change: a quarter less in two thirds of the shop
    assert shares == pytest.approx([shares[0]] * 2) and 0.80 < shares[0] < 0.86


def test_a_store_keeps_its_change_and_the_other_gets_what_products_gain(several):
    stores = means(several, "forecast_store", "store", WEEK)
    base = dict(ask(several, "key, sum(mean)", "agreed_means", f"where level = 'store' and {WEEK} group by 1"))
    assert stores["south"] == pytest.approx(0.75 * base["south"])
    assert stores["north"] > 1.5 * base["north"]


def test_quantiles_money_and_reasons_follow(several):
    low, mean, high, who = ask(several, 'sum("q0.05"), sum(mean), sum("q0.95"), max(planner)', "forecast_item", f"where item = 'tea 1' and {WEEK}")[0]
    assert low < mean < high and who == "Anna (town hall)"
    pieces, model = ask(several, "sum(mean), sum(model_mean)", "forecast_total", f"where {WEEK}")[0]
    money, before = ask(several, "sum(mean), sum(model_mean)", "forecast_revenue", f"where {WEEK}")[0]
    assert money / before == pytest.approx(pieces / model, rel=0.02)
    outside = ask(several, "count(*)", "forecast_total", f"where not {WEEK} and abs(mean - model_mean) > 1e-9")
    assert outside == [(0,)]


def test_nothing_changes_where_nobody_changes_anything(foresell, tmp_path):
    sell(tmp_path / "files")
    foresell("init", tmp_path / "shop", "--from", tmp_path / "files", "--set", "country=GB")
    foresell("run", tmp_path / "shop", "--only", "forecast_item", timeout=300)
    tables = tmp_path / "shop" / "runs" / "latest" / "tables"
    assert ask(tables, "count(*), count(planner)", "forecast_item") == [(5 * 28, 0)]
    assert ask(tables, "count(*)", "planned_means") == [(0,)]


def test_later_changes_replace_earlier_ones_and_a_value_is_spread(foresell, tmp_path):
    run = planned(foresell, tmp_path, ["2024-12-01", "2024-12-14", "", "spice", "", 1400, "", "Ann", "2024-11-30", ""],
                  ["2024-12-12", "", "", "spice", "", 99, "", "Ann", "2024-12-02", "less"])
    day = dict(ask(run / "tables", "cast(period as varchar), mean", "forecast_category", "where category = 'spice' and period <= date '2024-12-14'"))
    assert day["2024-12-12"] == pytest.approx(99)
    assert sum(day.values()) - 99 == pytest.approx(5 * 100, rel=0.05)  # six of its fourteen days lie ahead, one was replaced


def test_what_is_over_is_held_against_what_models_knew_then(foresell, tmp_path):
    run = planned(foresell, tmp_path, ["2024-10-07", "2024-10-13", "tea 2", "", "", "", 100, "Anna", "2024-10-01", "fair"],
                  ["2024-09-02", "2024-09-08", "", "", "", "", -30, "Ben", "2024-08-30", "roadworks"],
                  ["2024-09-02", "2024-12-01", "", "tea", "", 10, "", "Ben", "2024-08-30", "too long"])
    known = dict(ask(run / "tables", "number, known_till", "override_rows"))
    told = ask(run / "tables", "number, model, planner, actual, value_added", "override_results", "order by who, number")
    anna, ben, long = told
    assert known[anna[0]] == DAY(2024, 9, 30) and known[ben[0]] == DAY(2024, 8, 29)
    assert anna[1] == pytest.approx(anna[3] / 2, rel=0.1) and anna[2] == pytest.approx(anna[3], rel=0.1) and anna[4] > 0.7 * anna[3] / 2
    assert ben[1] == pytest.approx(ben[3], rel=0.1) and ben[4] < -0.2 * ben[3]
    assert long[4] is None
    page = (run / "report.html").read_text()
    assert "Of 2 that are over, 1 came nearer to what was sold than the models alone" in page


def test_what_cannot_be_applied_says_why(foresell, tmp_path):
    run = planned(foresell, tmp_path, ["2024-12-10", "2024-12-09", "", "", "", 5, "", "A", "", ""],
                  ["2024-12-10", "", "", "", "", "", "", "B", "", ""], ["2024-12-10", "", "saffron", "", "", 5, "", "C", "", ""],
                  ["2024-12-10", "", "tea 1", "tea", "", 5, "", "D", "", ""], ["2026-12-10", "", "tea 1", "", "", 5, "", "E", "", ""],
                  ["2024-12-10", "", "tea 1", "", "", -5, "", "F", "", ""])
    assert ask(run / "tables", "who, status", "override_rows", "order by 1") == [
        ("A", "ends before it begins"), ("B", "says nothing"), ("C", "not known"), ("D", "of two levels"), ("E", "too far ahead"), ("F", "below zero")]
    assert ask(run / "tables", "count(*)", "planned_means") == [(0,)]
    assert "it names more than one of product, category and store" in (run / "report.html").read_text()


@pytest.mark.parametrize("said, read", [(["20", "-5"], [0.2, -0.05]), (["20%", "-5 %"], [0.2, -0.05]), (["0.2", "-0.05"], [0.2, -0.05]), (["150%", "20%"], [1.5, 0.2])])
def test_changes_are_percent_or_shares_as_they_are_written(foresell, tmp_path, said, read):
    sell(tmp_path / "files")
    with open(tmp_path / "files" / "overrides.csv", "w", newline="") as out:
        csv.writer(out).writerows([HEADER, *(["2024-12-16", "", "", "tea", "", "", change, "Anna", "2024-12-06", "fair"] for change in said)])
    foresell("init", tmp_path / "shop", "--from", tmp_path / "files", "--set", "country=GB")
    foresell("run", tmp_path / "shop", "--only", "override_rows", timeout=300)
    assert [change for (change,) in ask(tmp_path / "shop" / "runs" / "latest" / "tables", "change", "override_rows", "order by number")] == read
