"""What customers will buy: published figures by the operator, the truth about a simulated retailer's customers, a replay that sees nothing later, odd files."""
import collections
import csv
import datetime
import math
from pathlib import Path

import duckdb
import pytest

from source_shop import ask

DAY = datetime.date
FIRST = DAY(2023, 1, 2)
TABLES = ("customer_histories", "purchase_models", "purchase_scores", "purchase_errors", "customer_outlooks", "customer_values")


def made(foresell, folder: Path, files: Path, step: str = "customer_values") -> Path:
    foresell("init", folder / "p", "--from", files)
    foresell("run", folder / "p", "--only", step)
    return (folder / "p" / "runs" / "latest").resolve() / "tables"


def finite(tables: Path) -> None:
    for name in TABLES:
        for column, kind, *_ in duckdb.sql(f"describe from '{tables}/{name}.parquet'").fetchall():
            if kind == "DOUBLE":
                assert ask(tables, "count(*)", name, f"""where not isfinite("{column}")""") == [(0,)], f"{name}.{column}"


# ---- published figures ----


def histories(purchases: list[tuple], until: DAY, file: Path) -> None:
    """One row a customer, as the operator takes them: of (customer, day, money)."""
    days = collections.defaultdict(lambda: collections.defaultdict(float))
    for who, day, money in purchases:
        if day <= until:
            days[who][day] += money
    with open(file, "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["row", "repeats", "recency", "age", "value"])
        for who in sorted(days):
            first, *more = sorted(days[who])
            value = sum(days[who][day] for day in more) / len(more) if more else ""
            rows.writerow([who, len(more), (max(days[who]) - first).days / 7, (until - first).days / 7, value])


def cdnow(data: Path, name: str) -> list[tuple]:
    file = data / "cdnow" / name
    if not file.exists():
        pytest.skip(f"no {file} (FORESELL_DATA names the folder of real data sets)")
    lines = [line.split() for line in file.read_text().splitlines()]
    return [(int(w[-4]), DAY(int(w[-3][:4]), int(w[-3][4:6]), int(w[-3][6:])), float(w[-1])) for w in lines if w and w[-1].replace(".", "").isdigit()]


def fitted(foresell, folder: Path, purchases: list[tuple]) -> dict:
    histories(purchases, DAY(1997, 9, 30), folder / "customers.csv")
    foresell("apply", "fit_purchases", folder / "customers.csv", "--order", "row", "--model", "all", "-o", folder / "model.csv")
    with open(folder / "model.csv", newline="") as rows:
        return {(row["model"], row["parameter"]): row for row in csv.DictReader(rows)}


@pytest.fixture(scope="module")
def all_of_cdnow(foresell, data, tmp_path_factory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("cdnow")
    return folder, fitted(foresell, folder, cdnow(data, "CDNOW_master.txt"))


def test_the_sample_of_cdnow_has_its_published_parameters(foresell, data, tmp_path):
    """Fader, Hardie and Lee 2005; Fader and Hardie 2005 and 2013."""
    model = fitted(foresell, tmp_path, cdnow(data, "CDNOW_sample.txt"))
    published = {("bg_nbd", "r"): 0.243, ("bg_nbd", "alpha"): 4.414, ("bg_nbd", "a"): 0.793, ("bg_nbd", "b"): 2.426,
                 ("pareto_nbd", "r"): 0.553, ("pareto_nbd", "alpha"): 10.578, ("pareto_nbd", "s"): 0.606, ("pareto_nbd", "beta"): 11.669,
                 ("gamma_gamma", "p"): 6.25, ("gamma_gamma", "q"): 3.74, ("gamma_gamma", "gamma"): 15.44}
    for key, value in published.items():
        assert float(model[key]["estimate"]) == pytest.approx(value, rel=0.002), key
        assert float(model[key]["deviation"]) > 0 and model[key]["note"] == ""
    assert float(model["bg_nbd", "r"]["log_likelihood"]) == pytest.approx(-9582.4, abs=0.1)
    assert float(model["pareto_nbd", "r"]["log_likelihood"]) == pytest.approx(-9595.0, abs=0.1)


def test_all_of_cdnow_has_its_likelihoods(all_of_cdnow):
    model = all_of_cdnow[1]
    assert float(model["bg_nbd", "r"]["log_likelihood"]) == pytest.approx(-95368.4439, abs=1e-3)
    assert float(model["pareto_nbd", "r"]["log_likelihood"]) == pytest.approx(-95415.1186, abs=1e-3)
    assert {int(row["customers"]) for (name, _), row in model.items() if name != "gamma_gamma"} == {23570}


def scored(foresell, folder: Path, model: dict, name: str, *options) -> dict[int, dict]:
    with open(folder / "both.csv", "w", newline="") as out, open(folder / "customers.csv", newline="") as rows:
        write = csv.writer(out)
        write.writerow(["row", "model", "parameter", "estimate", "repeats", "recency", "age", "value"])
        chosen = [row for (of, _), row in model.items() if of in (name, "gamma_gamma")]
        write.writerows([n - 100, row["model"], row["parameter"], row["estimate"], "", "", "", ""] for n, row in enumerate(chosen))
        write.writerows([row["row"], "", "", "", row["repeats"], row["recency"], row["age"], row["value"]] for row in csv.DictReader(rows))
    foresell("apply", "purchases", folder / "both.csv", "--order", "row", *options, "-o", folder / f"{name}.csv")
    with open(folder / f"{name}.csv", newline="") as rows:
        return {int(row["row"]): {key: float(value) for key, value in row.items()} for row in csv.DictReader(rows)}


def test_purchases_of_cdnow_are_foretold_as_its_models_do(foresell, data, all_of_cdnow):
    """39 weeks ahead: plain models foretell 13 and 14 % too little, which is theirs, and nine in ten customers lie in their intervals."""
    folder, model = all_of_cdnow
    days = {(who, day) for who, day, _ in cdnow(data, "CDNOW_master.txt")}
    came = collections.Counter(who for who, day in days if day > DAY(1997, 9, 30))
    assert sum(came.values()) == 19684
    for name, total, each in (("pareto_nbd", -0.129, 0.794), ("bg_nbd", -0.143, 0.819)):
        rows = scored(foresell, folder, model, name, "--ahead", 39, "--interval", 0.9)
        assert sum(row["expected"] for row in rows.values()) / 19684 - 1 == pytest.approx(total, abs=0.001)
        assert sum(abs(row["expected"] - came[who]) for who, row in rows.items()) / len(rows) == pytest.approx(each, abs=0.001)
        within = sum(row["low"] <= came[who] <= row["high"] for who, row in rows.items()) / len(rows)
        assert within > 0.9, f"{name}: {within}"


def test_all_of_cdnow_is_replayed(foresell, data, tmp_path):
    """The model that earlier purchases choose is nearer than everybody's own rate."""
    (tmp_path / "files").mkdir()
    with open(tmp_path / "files" / "sales.csv", "w", newline="") as out:
        write = csv.writer(out)
        write.writerow(["date", "customer", "quantity", "amount"])
        write.writerows([day, f"k{who:05}", 1, money] for who, day, money in cdnow(data, "CDNOW_master.txt"))
    tables = made(foresell, tmp_path, tmp_path / "files", "purchase_replay")
    replays = collections.defaultdict(dict)
    for as_of, model, chosen, expected, came, each in ask(tables, "as_of, model, chosen, expected, came, error_each", "purchase_replay"):
        replays[as_of]["chosen" if chosen else model] = (expected / came - 1, each)
    assert len(replays) == 2
    for as_of, rows in replays.items():
        assert abs(rows["chosen"][0]) < 0.22 < rows["own rate"][0], as_of
        assert rows["chosen"][1] < 0.85 * rows["own rate"][1], as_of


# ---- a simulated retailer, and the truth about it ----


@pytest.fixture(scope="module")
def files(foresell, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("customers") / "files"
    foresell("simulate", folder, "--items", 60, "--stores", 2, "--customers", 1200, "--days", 900, "--lines", 60000, "--seed", 4)
    return folder


@pytest.fixture(scope="module")
def tables(foresell, files, tmp_path_factory) -> Path:
    return made(foresell, tmp_path_factory.mktemp("run"), files)


def test_histories_are_those_of_a_plain_count(tables, files):
    with open(files / "sales.csv", newline="") as lines:
        rows = list(csv.DictReader(lines))
    days = collections.defaultdict(set)
    for row in rows:
        if row["customer_id"] and float(row["quantity"]) > 0:
            days[row["customer_id"]].add(DAY.fromisoformat(row["time"][:10]))
    origins = ask(tables, "distinct as_of, horizon, weeks", "customer_histories", "order by horizon")
    assert [horizon for _, horizon, _ in origins] == [0, 1, 2]
    for as_of, horizon, weeks in origins:
        found = {who: figures for who, *figures in ask(tables, "customer, repeats, recency, age, log_waits, later", "customer_histories", f"where horizon = {horizon}")}
        counted = {}
        for who, all_days in days.items():
            known = sorted(day for day in all_days if day <= as_of)
            later = sum(as_of < day <= as_of + datetime.timedelta(7 * weeks) for day in all_days)
            waits = sum(math.log((b - a).days / 7) for a, b in zip(known, known[1:])) if len(known) > 1 else None
            if known:
                counted[who] = [len(known) - 1, (known[-1] - known[0]).days / 7, (as_of - known[0]).days / 7, waits, later if horizon else None]
        assert found.keys() == counted.keys()
        for who, figures in counted.items():
            assert found[who] == pytest.approx(figures, abs=1e-3), who


def test_who_has_left_is_told(tables, files):
    """P(alive) against the day on which the simulator let each customer go."""
    (last,), = ask(tables, "max(as_of)", "customer_histories")
    truth = Path(f"{files}-truth") / "customers.csv"
    with open(truth, newline="") as lines:
        there = {row["customer_id"]: DAY.fromisoformat(row["left"]) > last for row in csv.DictReader(lines)}
    alive = {who: share for who, share in ask(tables, "customer, alive", "customer_values")}
    stayed, left = [alive[who] for who in alive if there[who]], [alive[who] for who in alive if not there[who]]
    right = sum((a > b) + (a == b) / 2 for a in stayed for b in left) / (len(stayed) * len(left))
    assert right > 0.95, "the area under the ROC curve"
    assert sum(alive.values()) == pytest.approx(len(stayed), rel=0.05)
    for low in (0, 0.25, 0.5, 0.75):
        some = [who for who, share in alive.items() if low <= share <= low + 0.25]
        share, came = sum(alive[who] for who in some) / len(some), sum(there[who] for who in some) / len(some)
        assert came == pytest.approx(share, abs=0.05 + 2 * math.sqrt(share * (1 - share) / len(some)))


def test_values_are_whole(tables):
    finite(tables)
    rows = ask(tables, "place, value, value_low, value_high, orders_low, orders_high, expected_orders, order_value, model", "customer_values", "order by place")
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert all(a[1] >= b[1] for a, b in zip(rows, rows[1:])), "place 1 is worth most"
    for _, value, low, high, fewest, most, expected, order_value, model in rows:
        assert 0 <= low <= high and 0 <= fewest <= most and model in ("nbd", "bg_nbd", "mbg_nbd", "pareto_nbd", "bg_cnbd_k", "mbg_cnbd_k")
        assert 0.9 * expected * order_value <= value <= expected * order_value * (1 + 1e-9), "a year's discount is no more than a tenth"


def test_the_chosen_model_is_nearer_than_everybodys_own_rate(tables):
    rows = ask(tables, "as_of, model, chosen, expected / came, error_each", "purchase_errors", "where customers is not null")
    for as_of in {row[0] for row in rows}:
        (chosen,) = [row for row in rows if row[0] == as_of and row[2]]
        (own,) = [row for row in rows if row[0] == as_of and row[1] == "own rate"]
        assert abs(chosen[3] - 1) < 0.15 and chosen[4] < 0.9 * own[4]


def test_intervals_hold_what_came(foresell, tables, tmp_path):
    """Nine in ten of a model that knew nothing later, on the last year of the files."""
    (weeks, model), = ask(tables, "distinct weeks, (select model from '%s/purchase_errors.parquet' as e where chosen and e.as_of = h.as_of)" % tables,
                          "customer_histories", "as h where horizon = 1")
    duckdb.sql(f"""copy (
        select -row_number() over (order by model, parameter) as row, model, parameter, estimate, null::double as repeats, null::double as recency,
               null::double as age, null::double as value
        from '{tables}/purchase_models.parquet' as m
        where model = '{model}' and as_of = (select max(as_of) from '{tables}/customer_histories.parquet' where horizon = 1)
        union all
        select place, null, null, null, repeats, recency, age, value from '{tables}/customer_histories.parquet' where horizon = 1
        order by 1) to '{tmp_path}/both.parquet'""")
    foresell("apply", "purchases", tmp_path / "both.parquet", "--order", "row", "--ahead", weeks, "-o", tmp_path / "told.parquet")
    within, = duckdb.sql(f"""select avg((later between low and high)::int) from '{tmp_path}/told.parquet' as t
        join '{tables}/customer_histories.parquet' as h on h.horizon = 1 and h.place = t.row""").fetchone()
    assert 0.86 < within <= 0.99


def test_a_replay_sees_nothing_later(foresell, tables, files, tmp_path):
    """A run of the files as they were on the day of the replay has the same histories, models and choice."""
    (as_of,), = ask(tables, "distinct as_of", "customer_histories", "where horizon = 1")
    (tmp_path / "files").mkdir()
    for file in files.glob("*.csv"):
        with open(file, newline="") as lines:
            rows = list(csv.reader(lines))
        if file.name == "sales.csv":
            time = rows[0].index("time")
            rows = [rows[0], *(row for row in rows[1:] if row[time][:10] <= str(as_of))]
        with open(tmp_path / "files" / file.name, "w", newline="") as out:
            csv.writer(out).writerows(rows)
    earlier = made(foresell, tmp_path, tmp_path / "files")
    known = "customer, place, first_day, last_day, orders, revenue, repeats, recency, age, value"
    assert ask(earlier, known, "customer_histories", "where horizon = 0") == ask(tables, known, "customer_histories", "where horizon = 1")
    model = "model, parameter, estimate, log_likelihood"
    assert ask(earlier, model, "purchase_models", f"where as_of = '{as_of}'") == ask(tables, model, "purchase_models", f"where as_of = '{as_of}'")


# ---- odd files ----


def plain(days: int = 300) -> list[dict]:
    return [{"date": FIRST + datetime.timedelta(n), "customer": f"c{(n * n + k) % 47}", "item": "abc"[k], "units": 1 + (n + k) % 4, "price": 2.5 + k}
            for n in range(days) for k in range(3)]


def without(rows: list[dict], *names: str) -> list[dict]:
    return [{name: value for name, value in row.items() if name not in names} for row in rows]


ODD = {
    "no customers": lambda: without(plain(), "customer"),
    "one customer": lambda: [{**row, "customer": "c1"} for row in plain()],
    "one day": lambda: [{**row, "date": FIRST} for row in plain()],
    "one line": lambda: plain(1)[:1],
    "no money": lambda: without(plain(), "price"),
    "everything for nothing": lambda: [{**row, "price": 0} for row in plain()],
    "all returns": lambda: [{**row, "units": -row["units"]} for row in plain()],
    "nobody twice": lambda: [{**row, "customer": f"c{n}"} for n, row in enumerate(plain())],
    "every day": lambda: [{**row, "customer": f"c{k % 3}"} for k, row in enumerate(plain())],
    "a customer without a number": lambda: [{**row, "customer": "" if n % 3 else row["customer"]} for n, row in enumerate(plain())],
    "more comes back than went out": lambda: [{**row, "units": -9 if n % 5 == 0 and row["customer"] == "c1" else row["units"]} for n, row in enumerate(plain())],
}


@pytest.mark.parametrize("name", ODD)
def test_odd_files_lose_no_customer(foresell, tmp_path, name):
    rows = ODD[name]()
    (tmp_path / "files").mkdir()
    with open(tmp_path / "files" / "sales.csv", "w", newline="") as out:
        write = csv.DictWriter(out, rows[0])
        write.writeheader()
        write.writerows(rows)
    tables = made(foresell, tmp_path, tmp_path / "files")
    finite(tables)
    buyers = {row["customer"] for row in rows if row.get("customer") and row["units"] > 0}
    told = set() if name in ("one day", "one line") else buyers  # of so short a past no year ahead is told
    assert {who for who, in ask(tables, "customer", "customer_values")} == told
    assert ask(tables, "count(*)", "customer_values", "where alive is null") == [(0,)]
    if name in ("no money", "everything for nothing", "nobody twice"):
        assert ask(tables, "count(value)", "customer_values") == [(0,)]
