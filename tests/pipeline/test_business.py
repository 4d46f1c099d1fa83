"""Key figures, growth, hours, concentration, classes and pairs of a made-up shop, against plain Python over the same lines."""
import collections
import csv
import datetime
import math
import statistics
from pathlib import Path

import pytest

from source_shop import ask, document

DAY = datetime.date
FIRST, DAYS = DAY(2022, 1, 3), 728  # a Monday; two times 52 weeks
TURN = FIRST + datetime.timedelta(364)
COSTS = {"ale": 6.0, "bread": 2.0, "cheese": 9.0, "dates": 1.0, "eggs": 1.5}


def lines_of() -> list[dict]:
    """Ale gets dearer in the second year, bread sells more, cheese goes, dates come; eggs sell every fourth day by ones and threes."""
    lines, basket = [], 0
    for n in range(DAYS):
        day, later = FIRST + datetime.timedelta(n), n >= 364
        for hour, customer, wanted in [
            (10, f"c{n % 7}", {"ale": 1 + n % 2, "bread": 2}),
            (13, f"c{20 + n % 90}", {"ale": 1, "bread": 1} if n % 3 == 0 else {"bread": 1 + later}),
            (17, f"d{n}" if n % 50 == 0 else "c1", {"dates" if later else "cheese": 1, **({"eggs": 1 + 2 * (n // 4 % 2)} if n % 4 == 0 else {})}),
        ]:
            basket += 1
            for item, units in wanted.items():
                price = {"ale": 12.0 if later else 10.0, "bread": 4.0, "cheese": 20.0, "dates": 3.0, "eggs": 2.5}[item]
                off = 1.5 if item == "bread" and n % 10 == 0 else 0.0
                lines.append({"when": f"{day} {hour}:{n % 60:02}:00", "basket": f"b{basket:05}", "customer": customer, "item": item, "units": units,
                              "amount": units * (price - off), "discount": units * off, "cost": COSTS[item]})
    return lines


@pytest.fixture(scope="module")
def shop(foresell, tmp_path_factory) -> tuple[list[dict], Path]:
    folder = tmp_path_factory.mktemp("business")
    lines = lines_of()
    (folder / "files").mkdir()
    with open(folder / "files" / "till.csv", "w", newline="") as out:
        writer = csv.DictWriter(out, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    foresell("init", folder / "p", "--from", folder / "files")
    foresell("run", folder / "p", timeout=300)
    for line in lines:
        line["day"], line["hour"] = DAY.fromisoformat(line["when"][:10]), int(line["when"][11:13])
    return lines, folder / "p" / "runs" / "latest" / "tables"



def test_orders_are_the_baskets(shop):
    lines, tables = shop
    want = collections.defaultdict(float)
    for line in lines:
        want[line["basket"]] += line["amount"]
    got = dict(ask(tables, "basket, revenue", "orders"))
    assert got.keys() == want.keys() and all(math.isclose(got[key], want[key]) for key in want)


@pytest.mark.parametrize("grain, start", [("day", lambda d: d), ("week", lambda d: d - datetime.timedelta(d.weekday())), ("month", lambda d: d.replace(day=1)),
                                          ("quarter", lambda d: DAY(d.year, 1 + (d.month - 1) // 3 * 3, 1)), ("year", lambda d: DAY(d.year, 1, 1))])
def test_key_figures_of_every_grain(shop, grain, start):
    lines, tables = shop
    first_order, sums = {}, collections.defaultdict(lambda: collections.defaultdict(float))
    people, baskets = collections.defaultdict(set), collections.defaultdict(set)
    for line in lines:
        first_order.setdefault(line["customer"], line["day"])
        at = start(line["day"])
        for name in ("units", "amount", "discount"):
            sums[at][name] += line[name]
        sums[at]["profit"] += line["amount"] - line["cost"] * line["units"]
        people[at].add(line["customer"])
        baskets[at].add(line["basket"])
    what = "first_day, revenue, units, orders, customers, new_customers, margin, discount_rate, order_value, return_rate"
    got = {row[0]: row[1:] for row in ask(tables, what, "business_periods", f"where grain = '{grain}'")}
    assert got.keys() == sums.keys()
    for at, (revenue, units, orders, customers, new, margin, discount_rate, order_value, return_rate) in got.items():
        want = sums[at]
        assert (units, orders, customers, return_rate) == (want["units"], len(baskets[at]), len(people[at]), 0)
        assert new == sum(start(first_order[who]) == at for who in people[at])
        for one, other in [(revenue, want["amount"]), (margin, want["profit"] / want["amount"]), (order_value, want["amount"] / len(baskets[at])),
                           (discount_rate, want["discount"] / (want["amount"] + want["discount"]))]:
            assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def test_changes_are_between_whole_periods_only(shop):
    _, tables = shop
    got = {row[0]: row[1:] for row in ask(tables, "first_day, revenue, change, change_in_a_year, complete", "business_periods", "where grain = 'month'")}
    assert got[DAY(2022, 1, 1)][3], "two days late at most: the shop may have been closed"
    assert math.isclose(got[DAY(2023, 3, 1)][1], got[DAY(2023, 3, 1)][0] / got[DAY(2023, 2, 1)][0] - 1)
    assert math.isclose(got[DAY(2023, 3, 1)][2], got[DAY(2023, 3, 1)][0] / got[DAY(2022, 3, 1)][0] - 1)
    assert got[DAY(2022, 3, 1)][2] is None


def test_growth_is_taken_apart_and_adds_up(shop):
    lines, tables = shop
    assert ask(tables, "*", "compared_days") == [(TURN, FIRST + datetime.timedelta(DAYS - 1), FIRST, TURN - datetime.timedelta(1), True)]
    money, units = collections.defaultdict(lambda: [0.0, 0.0]), collections.defaultdict(lambda: [0, 0])
    for line in lines:
        money[line["item"]][line["day"] >= TURN] += line["amount"]
        units[line["item"]][line["day"] >= TURN] += line["units"]
    kept = ["ale", "bread", "eggs"]
    before, now = (sum(money[item][k] for item in kept) for k in (0, 1))
    prices = sum(money[item][1] - units[item][1] * money[item][0] / units[item][0] for item in kept)
    pieces = (sum(units[item][1] for item in kept) - sum(units[item][0] for item in kept)) * before / sum(units[item][0] for item in kept)
    want = {"prices": prices, "pieces": pieces, "mix": now - before - prices - pieces, "new products": money["dates"][1], "lost products": -money["cheese"][0]}
    got = dict(ask(tables, "cause, money", "growth", "where level = 'total'"))
    assert got.keys() == want.keys() and all(math.isclose(got[cause], want[cause], abs_tol=1e-6) for cause in want)
    assert math.isclose(sum(got.values()), sum(after - earlier for earlier, after in money.values()), abs_tol=1e-6)


def test_hours_of_a_usual_week(shop):
    lines, tables = shop
    counts = collections.Counter((line["day"].isoweekday(), line["hour"]) for line in lines)
    got = {row[:2]: row[2:] for row in ask(tables, "weekday, hour, lines, share", "hours_of_week")}
    assert got.keys() == counts.keys()
    assert all(math.isclose(got[key][0], counts[key] / 104) and math.isclose(got[key][1], counts[key] / len(lines)) for key in counts)


def test_on_how_few_the_money_rests(shop):
    lines, tables = shop
    money = collections.Counter()
    for line in lines:
        money[line["customer"]] += line["amount"]
    sizes = sorted(money.values(), reverse=True)
    for count_share, members, first, share in ask(tables, "count_share, members, first_members, share", "concentration", "where kind = 'customers'"):
        assert (members, first) == (len(sizes), math.floor(count_share * len(sizes) + 1e-9))
        assert math.isclose(share, sum(sizes[:first]) / sum(sizes))


def test_pairs_that_stand_together(shop):
    lines, tables = shop
    baskets = collections.defaultdict(set)
    for line in lines:
        if line["day"] >= TURN:
            baskets[line["basket"]].add(line["item"])
    count = collections.Counter(item for items in baskets.values() for item in items)
    both = collections.Counter((a, b) for items in baskets.values() for a in items for b in items if a < b)
    want = {pair: n * len(baskets) / (count[pair[0]] * count[pair[1]]) for pair, n in both.items()}
    got = {row[:2]: row[2:] for row in ask(tables, "item, other, together, lift, lift_low, confidence", "bought_together")}
    assert set(got) == {("ale", "bread"), ("dates", "eggs")}
    for (item, other), (together, lift, low, confidence) in got.items():
        assert together == both[item, other] and math.isclose(lift, want[item, other]) and 1 < low < lift
        assert math.isclose(confidence, together / count[item])


def test_classes(shop):
    lines, tables = shop
    got = {row[0]: row[1:] for row in ask(tables, "item, abc_revenue, abc_units, demand, adi, cv2, life_cycle, field, xyz", "item_classes")}
    sizes = [line["units"] for line in lines if line["item"] == "eggs" and line["day"] >= TURN]
    days = [line["day"] for line in lines if line["item"] == "eggs" and line["day"] >= TURN]
    assert got["eggs"][2] == "intermittent"
    assert math.isclose(got["eggs"][4], (statistics.stdev(sizes) / statistics.mean(sizes)) ** 2, rel_tol=1e-9)
    assert got["eggs"][3] == pytest.approx(4, rel=0.02) and len(days) == 91
    assert got["bread"][2] == "smooth" and got["bread"][3] == 1 and got["bread"][7] == "X"
    assert got["ale"][0] == "A" and got["eggs"][0] == "C" and got["bread"][1] == "A"
    assert got["cheese"][5] == "ended" and got["cheese"][6] is None
    assert got["ale"][6] == "high demand, high profit"


def test_the_report_holds_each_whole_period_beside_the_one_before_and_the_year_before(shop):
    lines, tables = shop
    blocks = [b for page in document(tables.parent)["pages"] for b in page["blocks"]]
    told = {(one["grain"], one["first"]): one for b in blocks if b.get("id") == "compared" for one in b["choose"]}
    months = collections.defaultdict(float)
    for line in lines:
        months[f"{line['day']:%Y-%m}"] += line["amount"]
    november = told["month", "2023-11-01"]
    assert (november["name"], november["before"], november["year_before"]) == ("November 2023", "October 2023", "November 2022")
    revenue = november["items"][0]
    want = [months[name] for name in ("2023-11", "2023-10", "2022-11")]
    assert [revenue[name] for name in ("now", "before", "year_before")] == pytest.approx(want)
    assert november["finding"].startswith(f"November 2023 brought {want[0]:,.0f}, ")
    orders = next(one for one in november["items"] if one["label"] == "Orders")
    assert orders["now"] == len({line["basket"] for line in lines if f"{line['day']:%Y-%m}" == "2023-11"})
    weeks = [one for grain, one in told if grain == "week"]
    assert len(weeks) == 26 and max(weeks) == "2023-12-25" and all(DAY.fromisoformat(day).isoweekday() == 1 for day in weeks)
    assert "year_before" not in told["year", "2023-01-01"], "of a year the one before is the year before"
    assert ("month", "2024-01-01") not in told


def test_the_tables_of_a_report_are_bounded_and_tell_how_many_rows_there_are(foresell, tmp_path):
    items = [f"item {n:04}" for n in range(2500)]
    lines = [f"{DAY(2024, 1, 1) + datetime.timedelta(n % 60 + 20 * k)},{item},{1 + n % 3},{5 + n % 40}" for n, item in enumerate(items) for k in range(3)]
    report = document(made(foresell, tmp_path, "date,item,units,revenue\n" + "\n".join(lines) + "\n").parent)
    tables = [b for page in report["pages"] for b in page["blocks"] if b["type"] == "table"]
    assert max(len(table["rows"]) for table in tables) <= 600
    assert max(table["total"] for table in tables) >= len(items)
    assert all(table["total"] == len(table["rows"]) or "file" in table for table in tables), "of a cut table a file holds the rest"


def test_a_shop_without_products_that_is_shut_on_saturdays_is_told_of_as_it_is(foresell, tmp_path):
    days = [FIRST + datetime.timedelta(n) for n in range(DAYS)]
    lines = [f"{day},{store},{200 + 40 * day.weekday() + n % 17 + store}" for n, day in enumerate(days) for store in (1, 2) if day.weekday() != 5 or n == 5]
    tables = made(foresell, tmp_path, "date,store,revenue\n" + "\n".join(lines) + "\n")
    blocks = {b["id"]: b for page in document(tables.parent)["pages"] for b in page["blocks"] if "id" in b}
    assert "bridge" not in blocks and "growth" not in blocks, "nothing is known of prices and products"
    shape = (blocks["weekdays"].get("choose") or [blocks["weekdays"]])[0]["series"][0]
    assert shape["x"] == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Sunday"]
    assert min(effect for effect, in ask(tables, "effect", "season_shapes")) >= -1
    columns = {c["name"]: at for at, c in enumerate(blocks["months"]["columns"])}
    assert {row[columns["returned"]] for row in blocks["months"]["rows"]} == {None}, "no returns are known, which is not none"


# ---- little and odd data ----


def made(foresell, folder: Path, text: str) -> Path:
    (folder / "files").mkdir()
    (folder / "files" / "till.csv").write_text(text)
    foresell("init", folder / "p", "--from", folder / "files")
    foresell("run", folder / "p", timeout=300)
    return folder / "p" / "runs" / "latest" / "tables"


ODD = {
    "one day": "date,item,units,revenue\n" + "2024-03-01,tea,1,2.5\n" * 3,
    "no prices": "date,item,units\n" + "".join(f"{DAY(2024, 1, 1) + datetime.timedelta(n)},tea,{1 + n % 4}\n" for n in range(90)),
    "all returns": "date,item,units,revenue\n" + "".join(f"{DAY(2024, 1, 1) + datetime.timedelta(n)},tea,-1,-2.5\n" for n in range(40)),
    "forty years": "date,item,units,revenue\n" + "".join(f"{DAY(1984 + n // 12, 1 + n % 12, 1)},tea,{1 + n % 4},{2 + n % 3}\n" for n in range(480)),
    "one weekday": "date,item,units,revenue\n" + "".join(f"{DAY(2024, 1, 1) + datetime.timedelta(7 * n)},tea,{1 + n % 4},{2 + n % 3}\n" for n in range(60)),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_data_give_true_tables(foresell, tmp_path, name):
    tables = made(foresell, tmp_path, ODD[name])
    total = ask(tables, "sum(units), sum(revenue)", "business_periods", "where grain = (select max(grain) filter (where grain in ('day', 'year')) from "
                 f"'{tables}/business_periods.parquet')")[0]
    lines = ask(tables, "sum(net_units), sum(revenue)", "sales_lines")[0]
    assert total[0] == pytest.approx(lines[0]) and (total[1] == lines[1] or total[1] == pytest.approx(lines[1]))
    for table in ("growth", "hours_of_week", "item_classes", "bought_together", "concentration"):
        for row in ask(tables, "*", table):
            assert not any(isinstance(cell, float) and not math.isfinite(cell) for cell in row), (table, row)
