"""What simulate plants in a shop is found again, against the truth beside its files: lasting shifts, growth, the year, what earns little."""
import collections
import csv
import datetime
import statistics
from pathlib import Path

import pytest

from source_shop import ask

DAY = datetime.date


def rows(path: Path) -> list[dict]:
    with open(path, newline="") as lines:
        return list(csv.DictReader(lines))


def truth(files: Path, name: str) -> list[dict]:
    return rows(files.with_name("files-truth") / f"{name}.csv")


@pytest.fixture(scope="module")
def planted(foresell, tmp_path_factory) -> tuple[Path, Path]:
    """Three years of three stores, one of which sells a quarter less from a day on, and of two categories, one of which sells three tenths more."""
    folder = tmp_path_factory.mktemp("planted")
    foresell("simulate", folder / "files", "--items", 96, "--stores", 3, "--days", 1095, "--customers", 50, "--lines", 60000, "--shifts", 2,
             "--seed", 2)
    foresell("init", folder / "p", "--from", folder / "files")
    foresell("run", folder / "p")
    return folder / "files", folder / "p" / "runs" / "latest" / "tables"


def test_planted_shifts_are_found_at_their_day_and_size(planted):
    files, tables = planted
    shifts = [(row["what"], row["key"], DAY.fromisoformat(row["day"]), float(row["factor"]) - 1) for row in truth(files, "shifts")]
    found = ask(tables, "level, key, period, change, low, high, certainty, sure, money_a_year, cause", "change_points", "where level <> 'item'")
    assert {what for what, *_ in shifts} == {"store", "category"}
    for level, key, day, change in shifts:
        near = [row for row in found if row[:2] == (level, key) and abs((row[2] - day).days) <= 14]
        assert len(near) == 1, (level, key, day, found)
        *_, share, low, high, certainty, sure, money, cause = near[0]
        assert share == pytest.approx(change, abs=0.1) and low < share < high
        assert certainty > 0.95 and sure and cause is None and money * change > 0
    days = [day for _, _, day, _ in shifts]
    others = [row for row in found if not any(abs((row[2] - day).days) <= 14 for day in days)]
    assert len(others) <= 1, others


def test_few_products_shift_by_themselves(planted):
    _, tables = planted
    products = ask(tables, "count(distinct key)", "past_shifts", "where level = 'item'")[0][0]
    looked_at = ask(tables, "count(*)", "product_summary", "where active and revenue_rank <= 300 and cumulative_share - revenue_share < 0.8")[0][0]
    assert looked_at > 10 and products <= 0.5 * looked_at


def expected_weeks(files: Path) -> dict[DAY, float]:
    """Pieces that customers were to want in each week, over all products and stores."""
    weeks = collections.defaultdict(float)
    for row in truth(files, "demand"):
        weeks[DAY.fromisoformat(row["week"])] += float(row["expected"])
    return dict(sorted(weeks.items()))


def around(weeks: list[float], at: int) -> float:
    return statistics.mean(weeks[at - 26:at + 27])


def test_growth_is_that_of_what_was_to_be_wanted(planted):
    files, tables = planted
    weeks = list(expected_weeks(files).values())
    trend = [row[0] for row in ask(tables, "trend", "trend_and_seasons", "where level = 'total' order by period")]
    first, last = 40, len(weeks) - 41
    grown = around(weeks, last) / around(weeks, first)
    assert trend[7 * last] / trend[7 * first] == pytest.approx(grown, abs=0.06)


def test_the_months_stand_as_they_were_to_stand(planted):
    files, tables = planted
    weeks = expected_weeks(files)
    values, months = list(weeks.values()), collections.defaultdict(list)
    for at, week in enumerate(weeks):
        if 26 <= at < len(values) - 26:
            months[week.month].append(values[at] / around(values, at) - 1)
    want = {month: statistics.mean(ratios) for month, ratios in months.items()}
    got = dict(ask(tables, "place, effect", "season_shapes", "where level = 'total' and season = 'year'"))
    assert set(got) == set(want) == set(range(1, 13))
    assert statistics.correlation([want[m] for m in sorted(want)], [got[m] for m in sorted(want)]) > 0.5  # the year moves sales by a twentieth only
    assert max(got, key=got.get) == max(want, key=want.get)


def test_what_earns_little_was_to_earn_little(planted):
    files, tables = planted
    prices = {row["product_id"]: float(row["list_price"]) for row in rows(files / "products.csv")}
    money = collections.defaultdict(float)
    year = ask(tables, "now_from, now_to", "compared_days")[0]
    for row in truth(files, "demand"):
        if year[0] <= DAY.fromisoformat(row["week"]) <= year[1]:
            money[row["product_id"]] += float(row["expected"]) * prices[row["product_id"]]
    offered = sorted((row[0] for row in ask(tables, "item", "item_classes", "where active and life_cycle <> 'new'")), key=lambda item: money[item])
    told = {row[0] for row in ask(tables, "item", "underperformers", "where reason = 'low demand, low profit'")}
    assert len(told) >= 5 and told <= set(offered[:len(offered) * 2 // 3])
    lowest = offered[:max(3, len(offered) // 12)]
    anyhow = {row[0] for row in ask(tables, "item", "underperformers")}
    assert sum(item in anyhow for item in lowest) >= 0.7 * len(lowest)  # those of many small pieces are no class C in pieces


def test_the_money_tied_up_is_that_of_the_last_count(planted):
    files, tables = planted
    last = {(row["product_id"], row["store_id"]): float(row["on_hand"]) for row in sorted(rows(files / "stock.csv"), key=lambda row: row["date"])}
    costs = {row["product_id"]: float(row["unit_cost"]) for row in rows(files / "products.csv")}
    for item, tied, at in ask(tables, "item, tied_up, tied_at", "underperformers"):
        held = [count for (product, _), count in last.items() if product == item]
        assert at == "cost" and tied == pytest.approx(sum(held) * costs[item], rel=1e-9, abs=1e-9), item
