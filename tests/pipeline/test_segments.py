"""Segments of customers: figures are those of a plain count, each customer is in one segment by one table, groups that are there are found, and names tell them apart."""
import collections
import csv
import datetime
from pathlib import Path

import pytest

from source_shop import ask

DAY = datetime.date
NAMES = ["Champions", "Loyal", "Potential loyalists", "New", "Promising", "Need attention", "About to sleep", "At risk", "Can't lose", "Hibernating", "Lost"]
TABLES = ("customer_features", "customer_rfm", "segment_models", "customer_segments", "segment_profiles", "segment_moves")


def made(foresell, folder: Path, files: Path) -> dict[str, Path]:
    """Folder of tables by table: a run makes one of the last two, with what it needs."""
    foresell("init", folder / "p", "--from", files)
    found = {}
    for step in ("customer_segments", "segment_moves"):
        foresell("run", folder / "p", "--resume", "--only", step, timeout=900)
        tables = (folder / "p" / "runs" / "latest" / "tables") if (folder / "p" / "runs" / "latest").exists() else None
        for run in sorted((folder / "p" / "runs").glob("2*")):
            for table in TABLES:
                if (run / "tables" / f"{table}.parquet").exists():
                    found[table] = tables if tables and (tables / f"{table}.parquet").exists() else run / "tables"
    return found


def rows(run: dict[str, Path], what: str, table: str, rest: str = "") -> list[tuple]:
    return ask(run[table], what, table, rest)


@pytest.fixture(scope="module")
def files(foresell, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("segments") / "files"
    foresell("simulate", folder, "--items", 120, "--stores", 3, "--customers", 1500, "--lines", 60000, "--seed", 5)
    return folder


@pytest.fixture(scope="module")
def shop(foresell, files, tmp_path_factory) -> dict[str, Path]:
    return made(foresell, tmp_path_factory.mktemp("run"), files)


def truth_of(files: Path) -> dict[str, tuple]:
    with open(files.with_name(files.name + "-truth") / "customers.csv", newline="") as lines:
        return {row["customer_id"]: (float(row["visits_a_day"]), DAY.fromisoformat(row["joined"]), DAY.fromisoformat(row["left"])) for row in csv.DictReader(lines)}


# ---- figures ----


def test_features_are_those_of_a_plain_count(shop, files):
    days, money, items = collections.defaultdict(set), collections.defaultdict(float), collections.defaultdict(set)
    last = DAY.min
    with open(files / "sales.csv", newline="") as lines:
        for row in csv.DictReader(lines):
            day = DAY.fromisoformat(row["time"][:10])
            last = max(last, day)
            if not row["customer_id"]:
                continue
            money[row["customer_id"]] += float(row["amount"])
            if float(row["amount"]) > 0:
                days[row["customer_id"]].add(day)
                items[row["customer_id"]].add(row["product_id"])
    found = rows(shop, "customer, first_day, last_day, recency_days, tenure_days, orders, items, revenue, order_value", "customer_features")
    assert len(found) == len(days) > 1000
    for customer, first, latest, recency, tenure, orders, kinds, revenue, value in found:
        assert (first, latest, orders, kinds) == (min(days[customer]), max(days[customer]), len(days[customer]), len(items[customer]))
        assert (recency, tenure) == ((last - latest).days, (last - first).days)
        assert revenue == pytest.approx(money[customer], abs=0.01) and value == pytest.approx(revenue / orders)


def fifth(values: list[float]) -> list[int]:
    """Of each value, the fifth of the middle of those that equal it."""
    below = {value: place for place, value in reversed(list(enumerate(sorted(values))))}
    ties = collections.Counter(values)
    return [1 + (5 * (2 * below[value] + ties[value] - 1)) // (2 * len(values)) for value in values]


def test_scores_are_fifths_and_the_segment_follows_from_them(shop):
    found = rows(shop, "recency_days, orders, revenue, r, f, m, segment", "customer_rfm")
    for place, score, sign in ((0, 3, -1), (1, 4, 1), (2, 5, 1)):
        assert [row[score] for row in found] == fifth([sign * row[place] for row in found])
    table = ["Lost|Hibernating|At risk|At risk|Can't lose", "Hibernating|Hibernating|At risk|At risk|Can't lose",
             "About to sleep|About to sleep|Need attention|Loyal|Loyal", "Promising|Potential loyalists|Potential loyalists|Loyal|Loyal",
             "New|Potential loyalists|Potential loyalists|Champions|Champions"]
    for *_, r, f, m, segment in found:
        assert segment == table[r - 1].split("|")[(f + m + 1) // 2 - 1]
    assert {row[-1] for row in found} <= set(NAMES)


def test_moves_add_up_and_newcomers_were_nowhere(shop):
    before = dict(rows(shop, "customer, segment_before", "customer_rfm"))
    first = dict(rows(shop, "customer, first_day", "customer_features"))
    border = min(first[customer] for customer, segment in before.items() if segment is None)
    assert all((first[customer] >= border) == (segment is None) for customer, segment in before.items())
    moves = rows(shop, "segment_before, segment_now, customers", "segment_moves")
    assert sum(row[2] for row in moves) == len(before)
    counted = collections.Counter(rows(shop, "segment_before, segment", "customer_rfm"))
    assert {row[:2]: row[2] for row in moves} == counted


# ---- the truth ----


def test_segments_of_recency_and_frequency_tell_who_comes_often_and_who_left(shop, files):
    truth = truth_of(files)
    last = max(row[0] for row in rows(shop, "last_day", "customer_features"))
    gone, often = collections.defaultdict(list), collections.defaultdict(list)
    for customer, segment in rows(shop, "customer, segment", "customer_rfm"):
        gone[segment].append(truth[customer][2] < last)
        often[segment].append(truth[customer][0])
    share = {segment: sum(values) / len(values) for segment, values in gone.items()}
    rate = {segment: sum(values) / len(values) for segment, values in often.items()}
    assert share["Champions"] < 0.15 and share["Loyal"] < share["At risk"] and share["Can't lose"] > 0.8
    assert rate["Champions"] > 3 * rate["Lost"] and rate["Can't lose"] > 2 * rate["Hibernating"]


def test_groups_are_stable_and_tell_those_who_left(shop, files):
    truth = truth_of(files)
    last = max(row[0] for row in rows(shop, "last_day", "customer_features"))
    profiles = rows(shop, "segment, name, words, customers, share, recency_days, stability", "segment_profiles")
    assert 3 <= len(profiles) <= 8 and len({row[1] for row in profiles}) == len(profiles)
    assert sum(row[4] for row in profiles) == pytest.approx(1) and min(row[6] for row in profiles) > 0.75
    assert [row[3] for row in profiles] == sorted((row[3] for row in profiles), reverse=True)
    away = max(profiles, key=lambda row: row[5])
    assert away[1] == "Long away" and f"the last {round(away[5])} days ago" in away[2]
    placed = rows(shop, "customer, segment, name, distance", "customer_segments")
    assert len(placed) == sum(row[3] for row in profiles)
    assert {row[1:3] for row in placed} == {row[:2] for row in profiles}
    left = [truth[customer][2] < last for customer, segment, *_ in placed if segment == away[0]]
    others = [truth[customer][2] < last for customer, segment, *_ in placed if segment != away[0]]
    assert sum(left) / len(left) > 3 * sum(others) / len(others)


# ---- other shops ----


def sales(folder: Path, customers: dict[str, list[tuple[int, float]]]) -> Path:
    """Days and money of each customer."""
    folder.mkdir()
    lines = [f"{DAY(2024, 1, 1) + datetime.timedelta(day)},{customer},a,1,{money}" for customer, bought in customers.items() for day, money in bought]
    (folder / "sales.csv").write_text("\n".join(["date,customer,item,units,price", *sorted(lines)]) + "\n")
    return folder


def test_groups_that_are_there_are_found_and_named_by_what_sets_them_apart(foresell, tmp_path):
    """Three kinds: many small orders, few large ones, and those who came once, long ago."""
    kinds = [lambda n: [(d, 10 + n % 5) for d in range(n % 7, 360, 6)], lambda n: [(d, 400 + 10 * (n % 9)) for d in range(n % 5, 350, 80)],
             lambda n: [(10 + n % 50, 30 + n % 7)]]
    run = made(foresell, tmp_path, sales(tmp_path / "files", {f"c{k}{n:03}": kinds[k](n) for k in range(3) for n in range(60)}))
    placed = rows(run, "customer, segment", "customer_segments")
    assert len({(customer[1], segment) for customer, segment in placed}) == 3 == len({segment for _, segment in placed})
    assert all(row[0] > 0.95 for row in rows(run, "stability", "segment_profiles"))
    kind = {segment: customer[1] for customer, segment in placed}
    names = {kind[segment]: name for segment, name in rows(run, "segment, name", "segment_profiles")}
    assert names["0"].startswith("Often here") and names["1"].startswith("Large orders") and names["2"].startswith(("Long away", "Seldom here", "Small orders"))
    (orders, value), = rows(run, "orders, order_value", "segment_profiles", f"where name = '{names['1']}'")
    assert orders == pytest.approx(4.8, abs=0.5) and value == pytest.approx(440, abs=10)


def test_who_first_bought_long_ago_is_not_called_new(foresell, tmp_path):
    """All joined in one month, two years ago; half of them a fortnight later than the others, and all else is alike."""
    def bought(n: int) -> list[tuple[int, float]]:
        return [(day, 20) for day in range(n % 2 * 20 + n % 3, 700, 10 + n % 4)]
    run = made(foresell, tmp_path, sales(tmp_path / "files", {f"c{n:03}": bought(n) for n in range(180)}))
    profiles = rows(run, "name, tenure_days, recency_days, orders", "segment_profiles")
    assert profiles and any("known less long" in name.lower() for name, *_ in profiles)
    assert not any("new" in name.lower() for name, *_ in profiles)


def test_those_who_came_last_month_are_new(foresell, tmp_path):
    old = {f"a{n:03}": [(day, 20) for day in range(n % 5, 600, 9 + n % 3)] for n in range(90)}
    young = {f"b{n:03}": [(day, 20) for day in range(560 + n % 9, 600, 9 + n % 3)] for n in range(90)}
    run = made(foresell, tmp_path, sales(tmp_path / "files", {**old, **young}))
    (name,), = rows(run, "name", "segment_profiles", "where tenure_days < 60 order by customers desc limit 1")
    assert "new" in name.lower()


@pytest.mark.parametrize("customers", [
    {"c1": [(d, 5) for d in range(100)]},
    {f"c{n}": [(n, 5)] for n in range(20)},
    {f"c{n}": [(0, 5)] for n in range(80)},
    {f"c{n}": [(d, 5) for d in range(30)] for n in range(80)},
], ids=["one customer", "few customers", "one day", "all alike"])
def test_too_little_to_go_by_gives_no_groups_and_no_error(foresell, tmp_path, customers):
    run = made(foresell, tmp_path, sales(tmp_path / "files", customers))
    assert len(rows(run, "customer", "customer_rfm")) == len(customers)
    assert rows(run, "segment", "segment_profiles") == [] and rows(run, "customer", "customer_segments") == []
    if len(customers) == 80:  # equal customers are in the middle
        assert set(rows(run, "r, f, m, segment", "customer_rfm")) == {(3, 3, 3, "Need attention")}


def test_files_without_customers_have_no_segments(foresell, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "sales.csv").write_text("date,item,units,price\n" + "".join(f"2024-01-{d:02},a,2,3.5\n" for d in range(1, 29)))
    run = made(foresell, tmp_path, tmp_path / "files")
    assert all(rows(run, "count(*)", table) == [(0,)] for table in TABLES)


def test_a_cohort_that_joined_two_years_ago_has_no_newcomers(foresell, data, tmp_path):
    if not (data / "btyd_grocery").exists():
        pytest.skip(f"no {data}/btyd_grocery (FORESELL_DATA names the folder of real data sets)")
    run = made(foresell, tmp_path, data / "btyd_grocery")
    profiles = rows(run, "name, tenure_days", "segment_profiles")
    assert profiles and min(tenure for _, tenure in profiles) > 600
    assert not any("new" in name.lower() for name, _ in profiles)


def test_two_years_of_a_wholesaler(foresell, data, tmp_path):
    run = made(foresell, tmp_path, data / "online_retail_ii")
    (customers,), = rows(run, "count(*)", "customer_features")
    assert 5800 < customers < 5950
    profiles = rows(run, "name, revenue_share, stability, customers", "segment_profiles")
    assert 3 <= len(profiles) <= 8 and min(row[2] for row in profiles) > 0.75 and sum(row[3] for row in profiles) == customers
    assert max(row[1] for row in profiles if row[0] == "Often here") > 0.7
    segments = dict(rows(run, "segment, sum(revenue)", "customer_rfm", "group by segment"))
    assert set(segments) == set(NAMES) and segments["Champions"] > 0.5 * sum(segments.values())
