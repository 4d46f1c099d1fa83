"""The class of the next quarter: figures are those of a plain count, nothing later leaks into what was foretold, and it is shown only where it wins."""
import collections
import csv
import datetime
import math
import shutil
from pathlib import Path

import pytest

from source_shop import ask, document

DAY = datetime.date
SECTIONS = ("abc_revenue", "demand")


def made(foresell, folder: Path, files: Path, *only: str) -> Path:
    foresell("init", folder / "p", "--from", files)
    foresell("run", folder / "p", *(word for step in only for word in ("--only", step)), timeout=900)
    return folder / "p" / "runs" / "latest"


@pytest.fixture(scope="module")
def files(foresell, tmp_path_factory) -> Path:
    """Three years of a shop with a range that changes."""
    folder = tmp_path_factory.mktemp("classes") / "files"
    foresell("simulate", folder, "--items", 120, "--stores", 2, "--days", 1095, "--customers", 60, "--lines", 60000, "--seed", 3)
    return folder


@pytest.fixture(scope="module")
def shop(foresell, files, tmp_path_factory) -> Path:
    return made(foresell, tmp_path_factory.mktemp("run"), files)


# ---- figures ----


def quarters_of(files: Path, last: DAY) -> dict:
    """Net revenue and pieces sold of each product, in quarters back from the last day."""
    money = collections.defaultdict(float)
    weeks = collections.defaultdict(lambda: collections.defaultdict(float))
    with open(files / "sales.csv", newline="") as lines:
        for row in csv.DictReader(lines):
            back = (last - DAY.fromisoformat(row["time"][:10])).days
            if back < 0 or not row["product_id"]:
                continue
            money[row["product_id"], back // 91] += float(row["amount"])
            if float(row["quantity"]) > 0:
                weeks[row["product_id"], back // 91][back // 7] += float(row["quantity"])
    return {key: (money[key], sold) for key, sold in weeks.items()}


def test_classes_of_a_quarter_are_those_of_a_plain_count(shop, files):
    tables = shop / "tables"
    last = ask(tables, "now_to", "compared_days")[0][0]
    counted = quarters_of(files, last)
    rows = ask(tables, "item, quarter, revenue, sold_weeks, cv2, abc", "item_quarters")
    assert len(rows) > 500
    for item, quarter, revenue, weeks, cv2, _ in rows:
        money, sold = counted[item, quarter]
        assert revenue == pytest.approx(money, abs=0.01) and weeks == len(sold)
        mean = sum(sold.values()) / weeks
        square = sum((value - mean) ** 2 for value in sold.values()) / max(weeks - 1, 1)
        assert cv2 == pytest.approx(square / mean ** 2, abs=1e-6)
    latest = sorted(((revenue, item, abc) for item, quarter, revenue, *_, abc in rows if quarter == 0), key=lambda row: (-row[0], row[1]))
    whole, above = sum(max(revenue, 0) for revenue, *_ in latest), 0.0
    for revenue, _, abc in latest:
        assert abc == ("C" if revenue <= 0 or above >= 0.95 * whole else "B" if above >= 0.8 * whole else "A")
        above += max(revenue, 0)


def test_the_next_class_is_that_of_the_next_quarter(shop):
    tables = shop / "tables"
    classes = {(item, quarter): (abc, demand) for item, quarter, abc, demand in ask(tables, "item, quarter, abc, demand", "item_quarters")}
    rows = ask(tables, "item, quarter, abc_now, abc_next, demand_now, demand_next", "class_features")
    assert len(rows) > 500
    for item, quarter, abc, abc_next, demand, demand_next in rows:
        assert (abc, demand) == classes.get((item, quarter), ("none", "none"))
        assert (abc_next, demand_next) == ((None, None) if quarter == 0 else classes.get((item, quarter - 1), ("none", "none")))


def test_a_model_learns_from_quarters_that_had_ended(shop):
    tables = shop / "tables"
    features = collections.Counter(quarter for quarter, in ask(tables, "quarter", "class_features"))
    places = {as_of: quarter for as_of, quarter in ask(tables, "distinct as_of, quarter", "class_features")}
    fitted = ask(tables, "distinct what, as_of, fitted", "class_models")
    assert {places[as_of] for _, as_of, _ in fitted} == set(range(min(4, max(features) - 2) + 1))
    for _, as_of, rows in fitted:
        origin = places[as_of]
        assert rows == sum(features[quarter] for quarter in range(origin + 1, origin + 9))


def test_the_replay_counts_what_was_right(shop):
    tables = shop / "tables"
    for what, now, then in (("abc_revenue", "abc_now", "abc_next"), ("demand", "demand_now", "demand_next")):
        told = ask(tables, f"s.as_of, s.class, f.{now}, f.{then}, s.probability", "class_scores",
                   f"as s join '{tables}/class_features.parquet' as f on f.as_of = s.as_of and f.place = s.row where s.what = '{what}' and s.likeliest and f.quarter > 0")
        row = ask(tables, "quarters, products, right_model, right_same, won, lost, wins", "class_replay", f"where what = '{what}' and as_of is null")[0]
        right, same = [said == after for _, said, _, after, _ in told], [before == after for _, _, before, after, _ in told]
        assert row[:2] == (len({as_of for as_of, *_ in told}), len(told))
        assert row[2] == pytest.approx(sum(right) / len(told)) and row[3] == pytest.approx(sum(same) / len(told))
        won, lost = sum(a and not b for a, b in zip(right, same)), sum(b and not a for a, b in zip(right, same))
        assert row[4:6] == (won, lost)
        assert row[6] == (won - lost > 1.96 * math.sqrt(won + lost) and row[0] >= 3)


def test_it_is_shown_only_where_it_wins(shop):
    tables = shop / "tables"
    wins = {what for what, in ask(tables, "what", "class_replay", "where wins")}
    assert {what for what, in ask(tables, "distinct what", "next_classes")} == wins
    page = next(page for page in document(shop)["pages"] if page["id"] == "products")
    ids = {block.get("id") for block in page["blocks"]}
    assert ("next-classes-right" in ids) == bool(wins)
    said = [block["text"] for block in page["blocks"] if block["type"] == "text" and "quarters" in block["text"]]
    assert len(said) == 2
    for text, what in zip(said, SECTIONS):
        assert ("same as now" in text) == (what not in wins)


def test_probabilities_sum_to_one_and_one_is_the_likeliest(shop):
    rows = ask(shop / "tables", "sum(probability), count(*) filter (where likeliest), max(probability), max(probability) filter (where likeliest)", "class_scores",
               'group by what, as_of, "row"')
    assert len(rows) > 500
    assert all(abs(whole - 1) < 1e-12 and first == 1 and most == its for whole, first, most, its in rows)


# ---- leaks ----


def with_other_future(files: Path, folder: Path, after: DAY) -> Path:
    """A copy in which other products are sold after a day, in other numbers, at other prices; days and baskets are the same."""
    shutil.copytree(files, folder)
    with open(files / "sales.csv", newline="") as lines:
        rows = list(csv.DictReader(lines))
    items = sorted({row["product_id"] for row in rows if row["product_id"]})
    with open(folder / "sales.csv", "w", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        for n, row in enumerate(rows):
            if DAY.fromisoformat(row["time"][:10]) > after and float(row["quantity"]) > 0:
                units, price = 1 + n % 9, 1 + n * 7 % 40
                row = {**row, "product_id": items[n * 53 % len(items) if n % 3 else n % 40], "quantity": units, "unit_price": price, "amount": units * price, "discount": 0}
            writer.writerow(row)
    return folder


def told_of(tables: Path, as_of: DAY) -> list:
    names = "s.what, f.item, s.class, s.probability"
    return ask(tables, names, "class_scores", f"as s join '{tables}/class_features.parquet' as f on f.as_of = s.as_of and f.place = s.row "
               f"where s.as_of = date '{as_of}' order by 1, 2, 3")


def test_what_is_foretold_does_not_know_what_came_after(foresell, shop, files, tmp_path):
    tables = shop / "tables"
    origins = sorted(as_of for as_of, in ask(tables, "distinct as_of", "class_models"))
    origin = origins[2]
    other = made(foresell, tmp_path, with_other_future(files, tmp_path / "files", origin), "class_scores") / "tables"
    assert ask(other, "count(*)", "item_quarters") != ask(tables, "count(*)", "item_quarters")
    for as_of in origins[:3]:
        before, after = told_of(tables, as_of), told_of(other, as_of)
        assert len(before) > 100 and before == after
    assert told_of(tables, origins[-1]) != told_of(other, origins[-1])


# ---- little to learn from, and real shops ----


@pytest.mark.parametrize("days, items", [(500, 60), (1000, 20)])
def test_with_little_history_or_few_products_nothing_is_foretold(foresell, tmp_path, days, items):
    foresell("simulate", tmp_path / "files", "--items", items, "--stores", 1, "--days", days, "--customers", 40, "--lines", 8000)
    tables = made(foresell, tmp_path, tmp_path / "files", "next_classes") / "tables"
    for table in ("class_features", "class_models", "class_scores", "class_replay", "next_classes"):
        assert ask(tables, "count(*)", table) == [(0,)]


@pytest.mark.parametrize("name, shown", [("online_retail_ii", {"abc_revenue", "demand"}), ("olist", {"abc_revenue", "demand"}), ("vn2", {"demand"})])
def test_real_shops(foresell, data, tmp_path, name, shown):
    tables = made(foresell, tmp_path, data / name, "next_classes") / "tables"
    wins = {what for what, in ask(tables, "what", "class_replay", "where wins")}
    assert wins == shown
    for what, as_of, loss, usual, error in ask(tables, "what, as_of, log_loss, log_loss_usual, calibration_error", "class_replay", "where as_of is null"):
        assert loss < usual and error < 0.1, (what, loss, usual, error)
