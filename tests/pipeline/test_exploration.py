"""Breakdowns, prices, discounts, groups of five, trend and seasons, and what earns little: against plain Python over the same lines."""
import collections
import csv
import datetime
import math
import statistics
from pathlib import Path

import pytest
from test_business import COSTS, DAYS, FIRST, TURN, lines_of

from source_shop import ask, document

ITEMS = {"ale": ("drinks", "Hop"), "bread": ("bakery", "Oven"), "cheese": ("dairy", "Oven"), "dates": ("fruit", ""), "eggs": ("dairy", "Hop")}
RATINGS = {"ale": 4.5, "bread": 3.0, "cheese": 2.0, "dates": 5.0, "eggs": 4.0}
BULK = FIRST + datetime.timedelta(500)  # of one large order
STOCK = {"ale": 40, "bread": 4, "dates": 200, "eggs": 3000}


def write(path: Path, rows: list[dict]) -> None:
    with open(path, "w", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def customers_of(lines: list[dict]) -> list[dict]:
    """Distance goes with the number; a third have a card; ages are bands."""
    names = sorted({line["customer"] for line in lines})
    return [{"customer_id": who, "age_group": ["18-34", "35-54", "55+"][n % 3], "loyalty_status": "gold" if n % 3 == 0 else "none",
             "distance_km": round(0.5 + 0.25 * n, 2)} for n, who in enumerate(names)]


@pytest.fixture(scope="module")
def shop(foresell, tmp_path_factory) -> tuple[list[dict], Path]:
    folder = tmp_path_factory.mktemp("exploration")
    lines = lines_of()
    for n, line in enumerate(lines):
        line["payment_method"] = ["card", "cash", "voucher"][n % 7 % 3]
    lines.append({**lines[0], "when": f"{BULK} 12:00:00", "basket": "b99999", "customer": "c2", "item": "bread", "units": 400, "amount": 1600.0, "discount": 0.0, "cost": 2.0})
    files = folder / "files"
    files.mkdir()
    write(files / "till.csv", lines)
    write(files / "products.csv", [{"item": item, "product_name": item.title(), "category": ITEMS[item][0], "brand": ITEMS[item][1], "avg_rating": RATINGS[item]} for item in ITEMS])
    write(files / "customers.csv", customers_of(lines))
    write(files / "stock.csv", [{"item": item, "date": FIRST + datetime.timedelta(DAYS - 1), "on_hand": count} for item, count in STOCK.items()])
    foresell("init", folder / "p", "--from", files)
    foresell("run", folder / "p", timeout=300)
    for line in lines:
        line["day"] = datetime.date.fromisoformat(line["when"][:10])
    return lines, folder / "p" / "runs" / "latest" / "tables"


def split(lines: list[dict], key) -> dict:
    sums = collections.defaultdict(lambda: {"now": 0.0, "before": 0.0, "units": 0.0, "profit": 0.0, "discount": 0.0})
    for line in lines:
        one = sums[key(line)]
        one["now" if line["day"] >= TURN else "before"] += line["amount"]
        if line["day"] >= TURN:
            one["units"] += line["units"]
            one["profit"] += line["amount"] - line["cost"] * line["units"]
            one["discount"] += line["discount"]
    return sums


@pytest.mark.parametrize("dimension", ["category", "brand", "payment", "loyalty", "age"])
def test_each_dimension_adds_up_to_the_whole(shop, dimension):
    lines, tables = shop
    people = {row["customer_id"]: row for row in customers_of(lines)}
    key = {"category": lambda line: ITEMS[line["item"]][0], "brand": lambda line: ITEMS[line["item"]][1] or "(unknown)", "payment": lambda line: line["payment_method"],
           "loyalty": lambda line: people[line["customer"]]["loyalty_status"], "age": lambda line: people[line["customer"]]["age_group"]}[dimension]
    want = split(lines, key)
    what = "value, revenue, units, revenue_before, margin, discount_rate, share, change, place"
    got = {row[0]: row[1:] for row in ask(tables, what, "breakdowns", f"where dimension = '{dimension}'")}
    assert got.keys() == want.keys()
    whole = sum(one["now"] for one in want.values())
    for value, (revenue, units, before, margin, off, share, change, _) in got.items():
        one = want[value]
        for have, wanted in [(revenue or 0, one["now"]), (units or 0, one["units"]), (before or 0, one["before"]), (share, one["now"] / whole)]:
            assert math.isclose(have, wanted, rel_tol=1e-9, abs_tol=1e-9), value
        if one["now"]:
            assert math.isclose(margin, one["profit"] / one["now"], rel_tol=1e-9)
            assert math.isclose(off, one["discount"] / (one["now"] + one["discount"]), rel_tol=1e-9, abs_tol=1e-12)
        if one["before"]:
            assert math.isclose(change, one["now"] / one["before"] - 1, rel_tol=1e-9)
    known = [row[-1] for value, row in sorted(got.items(), key=lambda pair: -(pair[1][0] or 0)) if value != "(unknown)"]
    assert known == sorted(known), "largest first"


def test_what_the_files_do_not_tell_apart_is_no_dimension(shop):
    _, tables = shop
    assert {row[0] for row in ask(tables, "distinct dimension", "breakdowns")} == {"category", "brand", "payment", "loyalty", "age"}


def test_prices_paid_for_one_product(shop):
    lines, tables = shop
    got = {row[0]: row[1:] for row in ask(tables, "item, lines, prices, lowest, low, middle, high, highest", "price_spread")}
    for item in ("ale", "bread", "dates", "eggs"):
        paid = sorted(round(line["amount"] / line["units"], 2) for line in lines if line["item"] == item and line["day"] >= TURN)
        at = lambda share: paid[math.ceil(share * len(paid)) - 1]
        assert got[item] == (len(paid), len(set(paid)), paid[0], at(0.1), at(0.5), at(0.9), paid[-1]), item
    assert "cheese" not in got, "not sold any more"


def test_what_is_sold_at_which_discount(shop):
    lines, tables = shop
    now = [line for line in lines if line["day"] >= TURN]
    off = [line for line in now if line["discount"] > 0]
    got = {row[0]: row[1:] for row in ask(tables, "depth_from, lines, revenue, discount, share", "discount_depths", "where level = 'total'")}
    assert set(got) == {0.0, 0.3}, "1.50 off 4.00"
    assert got[0.3][0] == len(off) and math.isclose(got[0.3][1], sum(line["amount"] for line in off)) and math.isclose(got[0.3][2], sum(line["discount"] for line in off))
    assert math.isclose(got[0.3][3] + got[0.0][3], 1)


def test_customers_in_five_groups_by_distance(shop):
    lines, tables = shop
    spent = collections.defaultdict(float)
    for line in lines:
        spent[line["customer"]] += line["amount"]
    people = sorted(customers_of(lines), key=lambda row: row["distance_km"])
    got = ask(tables, "fifth, measure_from, measure_to, members, revenue, low, high, bought", "fifths", "where subject = 'distance' order by fifth")
    assert sum(row[3] for row in got) == len(people)
    for fifth, first, last, members, revenue, low, high, bought in got:
        group = [spent[row["customer_id"]] for row in people if first <= row["distance_km"] <= last]
        assert (len(group), len(group)) == (members, bought) and math.isclose(revenue, statistics.mean(group))
        half = 1.96 * statistics.stdev(group) / math.sqrt(len(group))
        assert math.isclose(low, revenue - half) and math.isclose(high, revenue + half)
        assert abs(members - len(people) / 5) <= 1
    assert ask(tables, "count(*)", "fifths", "where subject = 'rating'") == [(0,)], "five products are too few"


def test_the_weekday_and_the_trend_are_taken_apart(shop):
    _, tables = shop
    parts = ask(tables, "value, trend, season, season7, season365, remainder", "trend_and_seasons", "where level = 'money'")
    assert len(parts) == DAYS
    for value, trend, season, week, year, rest in parts:
        assert math.isclose(trend + season + rest, value, rel_tol=1e-9) and math.isclose(week + year, season, abs_tol=1e-6)
    shapes = ask(tables, "place, effect, strength", "season_shapes", "where level = 'money' and season = 'week' order by place")
    assert [row[0] for row in shapes] == list(range(1, 8)) and abs(sum(row[1] for row in shapes)) < 0.02
    assert all(0 <= row[2] <= 1 for row in shapes)


def test_what_earns_little_and_the_money_in_its_stock(shop):
    lines, tables = shop
    got = {row[0]: row[1:] for row in ask(tables, "item, reason, tied_up, tied_at, on_hand, cover_days, units", "underperformers")}
    sold = sum(line["units"] for line in lines if line["item"] == "eggs" and line["day"] >= TURN)
    reason, tied, at, on_hand, days, units = got["eggs"]
    assert (reason, at, on_hand, units) == ("stock for more than a year", "cost", 3000, sold)
    assert math.isclose(tied, 3000 * COSTS["eggs"]) and math.isclose(days, 3000 * 364 / sold)
    assert "ale" not in got and "bread" not in got and "cheese" not in got


def test_a_large_order_is_an_unusual_value_and_called_so(shop):
    _, tables = shop
    got = {(row[0], row[1], row[2]): row[3:] for row in ask(tables, "level, key, period, value, usual, cause", "unusual_values")}
    value, usual, cause = got["item", "bread", BULK]
    assert value > 400 and usual < 40 and cause == "one order"


def test_the_report_has_the_charts(shop):
    _, tables = shop
    pages = document(tables.parent)["pages"]
    charts = {block["id"]: block for one in pages for block in one["blocks"] if block["type"] == "chart"}
    assert {"figures", "bridge", "by", "curve", "trend", "weekdays", "hours", "map", "discounts", "fifths"} <= set(charts)
    steps = charts["bridge"]["series"] if charts["bridge"]["series"] else charts["bridge"]["choose"][0]["series"]
    before, change, now = steps
    assert math.isclose(before["y"][0] + sum(change["y"]), now["y"][0], rel_tol=1e-6), "the steps lead from one to the other"
    for chart in charts.values():
        for series in [s for one in chart.get("choose") or [chart] for s in one["series"]]:
            assert len(series["x"]) == len(series["y"]) > 0, chart["id"]
            assert len(set(map(str, series["x"]))) == len(series["x"]) or series["kind"] == "points", f"{chart['id']}: a place twice"


def test_a_customer_without_a_place_has_no_distance(foresell, tmp_path):
    """One degree of latitude is 111.2 km; the last ten customers tell no place and stand in no group."""
    files = tmp_path / "files"
    files.mkdir()
    with open(files / "stores.csv", "w") as out:
        out.write("store_id,name,latitude,longitude\nS1,Main,50.0,10.0\nS2,Side,52.0,10.0\n")
    with open(files / "customers.csv", "w") as out:
        out.write("customer_id,latitude,longitude\n")
        out.writelines(f"C{n},{50 + n % 6},10.0\n" if n < 40 else f"C{n},,\n" for n in range(50))
    with open(files / "sales.csv", "w") as out:
        out.write("date,store_id,customer_id,product_id,quantity,unit_price\n")
        out.writelines(f"2024-{1 + n // 50:02}-{1 + n % 28:02},S1,C{n % 50},P{n % 7},1,2.50\n" for n in range(600))
    foresell("init", tmp_path / "p", "--from", files)
    foresell("run", tmp_path / "p", "--only", "fifths", timeout=300)
    got = ask(tmp_path / "p" / "runs" / "latest" / "tables", "measure_from, measure_to, members", "fifths", "where subject = 'distance' order by fifth")
    assert sum(members for _, _, members in got) == 40
    assert got[0][0] == 0 and math.isclose(got[-1][1], 5 * 12742 * math.pi / 360, rel_tol=1e-6)
