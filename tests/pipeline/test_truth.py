"""Whether what a report says of a shop is true: made-up shops with one thing worth saying each, and real ones, whose facts
are counted here once more with nothing but the csv module."""
import csv
import datetime
import json
import random
from pathlib import Path

import duckdb
import pytest

DAY = datetime.timedelta(days=1)


class Shop:
    """A run and what it says."""

    def __init__(self, project: Path, printed: str):
        self.run = (project / "runs" / "latest").resolve()
        self.said = printed

    def ask(self, table: str, what: str = "*", where: str = "true") -> list[tuple]:
        return duckdb.sql(f"select {what} from '{self.run}/tables/{table}.parquet' where {where}").fetchall()


def made(foresell, folder: Path, source: Path, *settings: str) -> Shop:
    extra = [word for s in settings for word in ("--set", s)]
    foresell("init", folder, "--from", source, *extra)
    return Shop(folder, foresell("run", folder).stdout)


def write(path: Path, header: list[str], rows) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(header)
        out.writerows(rows)
    return path


# ---- a till: shut on Saturdays, one huge order, exported before the last orders were written down ----

@pytest.fixture(scope="module")
def till(foresell, tmp_path_factory) -> Shop:
    folder = tmp_path_factory.mktemp("truth") / "till"
    draw = random.Random(5)
    first, rows, order = datetime.date(2023, 1, 2), [], 1000
    for n in range(420):
        day = first + n * DAY
        orders = 0 if day.isoweekday() == 6 else draw.randint(24, 30) if n < 417 else 5
        for _ in range(orders):
            order += 1
            item = draw.choice(["A1", "B2", "C3"])
            # the till's own columns have names that the pipeline uses too
            rows.append([order, item, draw.randint(1, 4), 2.5, day, f"K{draw.randint(1, 60)}", day.isocalendar()[1], "x", "sale", 7, 1])
        if n == 251:
            rows.append([order + 500000, "B2", 4000, 2.5, day, "K99", day.isocalendar()[1], "x", "sale", 7, 1])
    header = ["Invoice", "Item", "Quantity", "Price", "Date", "Customer", "week", "money", "kind", "pieces", "state"]
    return made(foresell, folder / "project", write(folder / "till.csv", header, rows))


def test_columns_of_the_users_own_may_be_called_as_ours(till):
    assert till.ask("sales_lines", "count(*), count(distinct kind)")[0][1] == 1
    assert till.ask("sales_lines", "count(*)", "kind <> 'sale'") == [(0,)]


def test_a_day_on_which_the_shop_is_shut_stays_shut_in_the_forecast(till):
    closed = till.ask("forecast_total", 'mean, "q0.95"', "isodow(period) = 6")
    assert len(closed) >= 3 and set(closed) == {(0.0, 0.0)}
    assert till.ask("forecast_total", "min(mean)", "isodow(period) <> 6")[0][0] > 30


def test_one_large_order_is_no_peak_of_the_shop(till):
    day = str(datetime.date(2023, 1, 2) + 251 * DAY)
    assert till.ask("peaks", "cause", f"level = 'total' and \"when\" = 'past' and period = '{day}'") == [("one large order",)]
    assert till.ask("peaks", "count(*)", "level = 'total' and \"when\" = 'coming'") == [(0,)]
    assert day not in till.said
    ((value, model),) = till.ask("demand_total", "value, value_model", f"period = '{day}'")
    assert value > 4000 and model < 400


def test_days_told_in_part_are_said_and_not_forecast_from(till):
    assert till.ask("data_quality", "rows, example", "\"check\" like 'last days told in part%'") == [(3, "from 2024-02-23")]
    assert "Nothing is compared: the last 3 days of the files, from 23 Feb 2024 on, are known only in part." in till.said
    ((usual,),) = till.ask("demand_total", "avg(value_model)", "isodow(period) <> 6")
    ((ahead,),) = till.ask("forecast_total", "avg(mean)", "isodow(period) <> 6")
    assert ahead == pytest.approx(usual, rel=0.15)


# ---- a panel whose stores mostly joined it in the last weeks ----

@pytest.fixture(scope="module")
def panel(foresell, tmp_path_factory) -> Shop:
    folder = tmp_path_factory.mktemp("truth") / "panel"
    draw = random.Random(6)
    monday, rows = datetime.date(2021, 1, 4), []
    for week in range(110):
        for store in range(1, 21):
            if store > 3 and week < 104:
                continue
            for item in ("1001", "1002", "1003"):
                rows.append([store, item, monday + 7 * week * DAY, draw.randint(40, 60), 2])
    return made(foresell, folder / "project", write(folder / "panel.csv", ["store_id", "upc", "week_start_date", "units", "price"], rows))


def test_stores_that_join_the_files_are_no_growth_and_no_peak(panel):
    joined = datetime.date(2021, 1, 4) + 7 * 104 * DAY
    assert panel.ask("demand_total", "min(period)", "comparable") == [(joined,)]
    assert panel.ask("peaks", "count(*)", "level = 'total'") == [(0,)]
    ((expected,),) = panel.ask("forecast_total", "avg(mean)")
    assert expected == pytest.approx(20 * 3 * 50, rel=0.05)
    assert "more than" not in panel.said and "less than" not in panel.said
    assert panel.ask("data_quality", "example", "\"check\" like 'periods before most%'") == [(f"before {joined}",)]


def test_a_forecast_unlike_most_of_the_history_says_why(panel):
    means = panel.ask("demand_total", "avg(revenue) filter (not comparable), avg(revenue) filter (comparable)")
    before, since = (f"{mean:,.0f}" for mean in means[0])
    assert f"only in the week of 2 Jan 2023: an average week brought {before} before and {since} since" in panel.said


def test_a_trend_is_that_of_the_stores_that_were_there_all_along(panel):
    assert all(abs(trend) < 0.1 for (trend,) in panel.ask("item_trends", "trend"))


# ---- shops that do not tell everything ----

@pytest.fixture(scope="module")
def visits(foresell, tmp_path_factory) -> Shop:
    folder = tmp_path_factory.mktemp("truth") / "visits"
    draw = random.Random(7)
    first = datetime.date(2023, 1, 1)
    rows = [[draw.randint(1, 300), first + n // 6 * DAY] for n in range(6 * 500)]
    return made(foresell, folder / "project", write(folder / "purchase_log.csv", ["customer_id", "date"], rows))


def test_a_shop_without_products_has_no_best_product(visits):
    assert visits.ask("best_products") == visits.ask("worst_products") == []
    assert "product" not in visits.said and "(all)" not in visits.said
    assert visits.ask("summary", "*", "measure in ('items', 'items on offer')") == []
    assert ("product of a sale",) in visits.ask("missing_kinds", "kind")


@pytest.fixture(scope="module")
def pieces(foresell, tmp_path_factory) -> Shop:
    folder = tmp_path_factory.mktemp("truth") / "pieces"
    monday, size = datetime.date(2022, 1, 3), {"1001": 90, "1002": 30, "1003": 12, "1004": 8}
    rows = [[item, monday + 7 * w * DAY, units + w % 3] for item, units in size.items() for w in range(60)]
    return made(foresell, folder / "project", write(folder / "sales.csv", ["product_id", "week", "units"], rows))


def test_a_shop_without_money_ranks_by_pieces(pieces):
    assert pieces.ask("best_products", "item", "measure = 'units' and rank <= 2") == [("1001",), ("1002",)]
    assert pieces.ask("worst_products", "item", "measure = 'units' and rank = 1") == [("1004",)]
    assert "Of 4 products, product 1001 leads with 5,460" in pieces.said
    assert "revenue" not in pieces.said


def test_pieces_of_fuel_are_not_added_to_pieces_of_bread(foresell, tmp_path):
    day = datetime.date(2023, 1, 2)
    rows = [[n // 4, item, units, units * price, day + n // 40 * DAY] for n in range(2400)
            for item, units, price in [[("fuel", 4000 + n % 7, 0.0005), ("bread", 1 + n % 3, 2.5), ("milk", 2, 1.2), ("jam", 1, 3.1)][n % 4]]]
    shop = made(foresell, tmp_path / "project", write(tmp_path / "sales.csv", ["basket_id", "product", "quantity", "sales_value", "date"], rows))
    money = sum(r[3] for r in rows)
    assert f"sales brought in {money:,.0f} (in a currency" in shop.said and "pieces were sold" not in shop.said
    assert shop.ask("data_quality", "example", "\"check\" like 'most of the pieces%'") == [("fuel",)]
    assert "Most of these pieces are one product's (fuel)" in (shop.run / "report.html").read_text()


def test_nothing_to_forecast_is_said_in_a_sentence(foresell, tmp_path):
    rows = [[f"C{n}", n % 70, "Yes" if n % 4 == 0 else "No"] for n in range(400)]
    shop = made(foresell, tmp_path / "project", write(tmp_path / "customers.csv", ["customerID", "tenure", "Churn"], rows))
    assert "The files hold no sales" in shop.said
    assert "Of 400 customers, 100 have left (25 %)." in shop.said
    assert "The files hold no sales" in (shop.run / "report.html").read_text()


# ---- real shops ----

@pytest.fixture(scope="module")
def real(foresell, data, tmp_path_factory):
    done: dict[str, Shop] = {}

    def make(name: str) -> Shop:
        if not (data / name).is_dir():
            pytest.skip(f"no {name} in {data}")
        if name not in done:
            done[name] = made(foresell, tmp_path_factory.mktemp("real") / name, data / name)
        return done[name]

    return make


def test_weeks_out_of_stock_and_before_the_first_stock_are_not_zeros(real, data):
    shop = real("vn2")
    sales, stock = (list(csv.reader(open(next((data / "vn2").glob(f"Week 0*{n}.csv"))))) for n in ("Sales", "In Stock"))
    told = {tuple(r[:2]): [x == "True" for x in r[2:]] for r in stock[1:]}
    count = {"sold": 0, "stock-out": 0, "zero": 0, "not offered": 0}
    for row in sales[1:]:
        units, there = [float(x) for x in row[2:]], told[tuple(row[:2])]
        begins = next(i for i, u in enumerate(units) if u > 0 or there[i])
        for i, u in enumerate(units):
            count["sold" if u > 0 else "not offered" if i < begins else "zero" if there[i] else "stock-out"] += 1
    found = dict(shop.ask("demand_item_store", "state, count(*)", "true group by state"))
    given_up = shop.ask("offers", "sum((select max(number) from '{0}/tables/periods.parquet' where not ahead) - last_number)".format(shop.run),
                        "off_offer")[0][0] or 0
    assert found["sold"] == count["sold"] and found["stock-out"] == count["stock-out"]
    assert found["zero"] + given_up == count["zero"]
    assert found["not offered"] == count["not offered"] + given_up
    assert shop.ask("demand_item_store", "count(*)", "state in ('stock-out', 'not offered') and units_model is not null") == [(0,)]


def test_christmas_is_dampened_in_next_to_no_product(real):
    shop = real("vn2")
    ((flagged, sold),) = shop.ask("demand_item_store", "count(outlier_reason), count(*)", "state = 'sold'")
    assert flagged < 0.001 * sold
    assert shop.ask("demand_item_store", "count(outlier_reason)", "period = '2023-12-18'")[0][0] <= 2
    assert shop.ask("peaks", "period", "level = 'total' and \"when\" = 'past' and rank = 1") == [(datetime.date(2023, 12, 18),)]


def test_the_weeks_of_a_growing_panel_are_told_apart(real, data):
    shop = real("breakfast_at_the_frat")
    rows = list(csv.DictReader(open(data / "breakfast_at_the_frat" / "transactions_observed.csv")))
    pieces, money = sum(int(r["units"]) for r in rows), sum(float(r["spend"]) for r in rows)
    assert f"{pieces:,} pieces were sold for {money:,.0f}" in shop.said
    assert shop.ask("demand_total", "min(period)", "comparable") == [(datetime.date(2011, 12, 12),)]
    assert shop.ask("peaks", "count(*)", "level = 'total'") == [(0,)]
    flags = {k: sum(r[k] == "1" for r in rows) for k in ("feature", "display", "tpr_only")}
    assert dict(shop.ask("promotions", "kind, count(*)", "true group by kind")) == flags
    series: dict[tuple, set] = {}
    for r in rows:
        series.setdefault((r["store_id"], r["upc"]), set()).add(datetime.date.fromisoformat(r["week_end_date"]))
    last = max(max(weeks) for weeks in series.values())
    gaps = 0
    for weeks in series.values():
        silent, selling = (last - max(weeks)).days, (max(weeks) - min(weeks)).days
        gone = silent >= 91 and silent * (len(weeks) - 1) >= 8 * selling
        length = ((max(weeks) if gone else last) - min(weeks)).days // 7 + 1
        gaps += length - len(weeks) if 4 * len(weeks) >= length else 0
    assert shop.ask("demand_item_store", "count(*)", "state = 'missing'") == [(gaps,)]


# ---- two branches, twenty slow items, and a file that only names what had run out ----

@pytest.fixture(scope="module")
def slow(foresell, tmp_path_factory) -> Shop:
    folder = tmp_path_factory.mktemp("truth") / "slow"
    draw = random.Random(11)
    first, rows, order = datetime.date(2023, 1, 2), [], 0
    for n in range(200):
        for branch in ("north", "south"):
            for i in range(20):
                if n in (0, 199) or draw.random() < 0.3:
                    order += 1
                    if (n, branch, i) != (100, "north", 3):
                        rows.append([order, f"S{i:02}", branch, draw.randint(1, 3), 4.0, first + n * DAY])
    write(folder / "files" / "sales.csv", ["Invoice", "Item", "Store", "Quantity", "Price", "Date"], rows)
    out = [[f"S{i:02}", "north", first + n * DAY, 0] for n, i in ((100, 3), *((120, i) for i in range(8)))]
    write(folder / "files" / "stock.csv", ["Item", "Store", "Date", "OnHand"], out)
    return made(foresell, folder / "project", folder / "files")


def test_what_is_hidden_is_a_share_of_all_that_is_on_offer(slow):
    first = datetime.date(2023, 1, 2)
    one, many = str(first + 100 * DAY), str(first + 120 * DAY)
    assert slow.ask("offered", "offers", f"level = 'store' and key = 'north' and period = '{one}'") == [(20,)]
    assert slow.ask("demand_store", "hidden_share, value_model is null", f"store = 'north' and period = '{one}'") == [(0.05, False)]
    assert slow.ask("demand_store", "hidden_share, value_model is null", f"store = 'north' and period = '{many}'") == [(0.4, True)]
    assert slow.ask("demand_total", "hidden_share, value_model is null", f"period = '{many}'") == [(0.2, False)]
    assert slow.ask("demand_item", "hidden_share", f"item = 'S03' and period = '{one}'") == [(0.5,)]


def test_items_have_no_row_for_a_plain_zero_and_are_forecast_with_it(slow):
    assert slow.ask("demand_item_store", "count(*)", "state = 'zero' and period not in ('2023-01-02', '2023-07-20')") == [(0,)]
    ((rows, pieces),) = slow.ask("demand_item", "count(*), sum(value_model)", "item = 'S05'")
    assert rows < 150  # of 200 days
    ((mean,),) = slow.ask("forecast_item", "avg(mean)", "item = 'S05'")
    assert abs(mean - pieces / 200) < 0.35 * pieces / 200  # not the mean of the days that have a row


def test_days_that_no_file_tells_are_called_made_up(foresell, tmp_path):
    rows = [[f"Y{i}", week, 5 + i + week % 3] for week in range(1, 90) for i in range(3)]
    source = write(tmp_path / "files" / "sales.csv", ["item", "week", "units"], rows)
    shop = made(foresell, tmp_path / "project", source)
    assert "(made-up days: the files only number their weeks)" in shop.said
    assert shop.ask("data_quality", "rows", "\"check\" like 'days are counted from a made-up%'") == [(267,)]
    told = made(foresell, tmp_path / "told", source, "sales.start=2020-01-06")
    assert "made-up" not in told.said
    assert told.ask("data_quality", "count(*)", "\"check\" like 'days are counted from a made-up%'") == [(0,)]
    assert "From 6 Jan 2020" in told.said


@pytest.mark.parametrize("name,sentence", [
    ("hillstrom", "Of 42,694 people that a promotion reached, 17 % responded; of 21,306 left out, 11 % did."),
    ("telco_churn", "Of 7,043 customers, 1,869 have left (27 %)."),
])
def test_files_without_sales_say_what_they_can(real, name, sentence):
    shop = real(name)
    assert "The files hold no sales" in shop.said and sentence in shop.said
    assert json.loads((shop.run / "manifest.json").read_text())["tables"]


def test_a_product_whose_name_speaks_of_adjustment_is_no_correction_of_the_books(foresell, tmp_path):
    names = {"CH-10": "Leather Chair with Pneumatic Height Adjustment, Black", "DE-20": "Desk, Oak", "LA-30": "Lamp", "RU-40": "Rug"}
    first, rows = datetime.date(2024, 1, 1), []
    for n in range(120):
        for at, (code, name) in enumerate(names.items()):
            rows.append([n, first + n * DAY, code, name, 1 + at, 10.0 * (at + 1)])
    for n, remark in enumerate(["adjust bad debt", "reverse previous adjustment", "Re-adjustment"]):
        rows.append([900 + n, first + n * DAY, "RU-40", remark, 1, 5.0])
    shop = made(foresell, tmp_path / "project", write(tmp_path / "lines.csv", ["Order", "Date", "Code", "Description", "Quantity", "Price"], rows))
    assert shop.ask("sales_lines", "kind, count(*)", "true group by kind order by kind") == [("adjustment", 3), ("sale", 480)]
    assert shop.ask("product_summary", "units", "item = 'CH-10'") == [(120.0,)]
