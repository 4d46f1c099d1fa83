"""Who leaves and whom to keep: figures are those of a plain count, the future is not seen, probabilities are calibrated, and the list earns more than rules do."""
import collections
import csv
import datetime
import math
import random
import shutil
from pathlib import Path

import pytest

from source_shop import ask

DAY = datetime.date
HORIZON = 90
TABLES = ("churn_features", "churn_leaks", "churn_models", "churn_scores", "churn_risks", "churn_replay", "churn_reasons", "customer_churn")


def made(foresell, folder: Path, files: Path, *settings: str) -> Path:
    foresell("init", folder / "p", "--from", files)
    if settings:
        with open(folder / "p" / "foresell.yaml", "a") as project:
            project.write("\n".join(settings) + "\n")
    foresell("run", folder / "p", "--only", "customer_churn", timeout=900)
    return folder / "p" / "runs" / "latest" / "tables"


@pytest.fixture(scope="module")
def files(foresell, tmp_path_factory) -> Path:
    """Two years and a half of a shop; its customer file says whose account is closed."""
    folder = tmp_path_factory.mktemp("churn") / "files"
    foresell("simulate", folder, "--items", 60, "--stores", 2, "--customers", 1500, "--days", 900, "--lines", 120000, "--seed", 5)
    return folder


@pytest.fixture(scope="module")
def shop(foresell, files, tmp_path_factory) -> Path:
    return made(foresell, tmp_path_factory.mktemp("run"), files)


# ---- figures ----


def purchases(files: Path) -> dict[str, set[DAY]]:
    days = collections.defaultdict(set)
    with open(files / "sales.csv", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["customer_id"] and float(row["quantity"]) > 0:
                days[row["customer_id"]].add(DAY.fromisoformat(row["time"][:10]))
    return days


def test_features_are_those_of_a_plain_count(shop, files):
    bought = purchases(files)
    rows = ask(shop, "customer, part, as_of, recency_days, tenure_days, orders, orders_90, orders_before, orders_365, gap_days, label", "churn_features",
               "where what = 'silence'")
    assert len(rows) > 3000 and {row[1] for row in rows} == set(range(9))
    last = max(as_of for _, _, as_of, *_ in rows)
    for customer, part, as_of, recency, tenure, orders, orders_90, before, orders_365, gap, label in rows:
        assert as_of == last - datetime.timedelta(HORIZON * part)
        back = sorted((as_of - day).days for day in bought[customer])
        past = [days for days in back if days >= 0]
        assert (recency, tenure, orders) == (past[0], past[-1], len(past))
        assert (orders_90, before, orders_365) == tuple(sum(low <= days < high for days in past) for low, high in ((0, 90), (90, 180), (0, 365)))
        assert gap == (pytest.approx((tenure - recency) / (orders - 1)) if orders > 1 else None)
        after = any(-HORIZON <= days < 0 for days in back)
        assert label == (None if part == 0 else "stays" if after else "left")
    active = sum(any(0 <= (last - day).days < 365 for day in days) for days in bought.values())
    assert active == sum(part == 0 for _, part, *_ in rows)


def test_a_model_learns_from_horizons_that_had_ended(shop):
    sizes = dict(ask(shop, "part, count(*)", "churn_features", "where what = 'silence' group by part"))
    for part, fitted in ask(shop, "distinct part, fitted", "churn_models", "where what = 'silence'"):
        assert part <= 4 and fitted == sum(sizes.get(part + n, 0) for n in range(1, 5))
    folds = dict(ask(shop, "part, count(*)", "churn_features", "where what = 'label' group by part"))
    for part, fitted in ask(shop, "distinct part, fitted", "churn_models", "where what = 'label'"):
        assert fitted == sum(folds.values()) - folds.get(part, 0)


def area(rows: list[tuple[float, bool]]) -> float:
    """The probability that one who left has the higher value, ties half."""
    ordered = sorted(rows)
    place, sum_of_places, at = 0, 0.0, 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][0] == ordered[at][0]:
            end += 1
        sum_of_places += sum(gone for _, gone in ordered[at:end]) * (at + end + 1) / 2
        at = end
    gone = sum(left for _, left in rows)
    return (sum_of_places - gone * (gone + 1) / 2) / (gone * (len(rows) - gone))


def test_the_replay_is_a_plain_count_of_what_came(shop):
    for kind, as_of in ask(shop, "distinct kind, as_of", "churn_replay", "where kind = 'label' or as_of is not null"):
        day = "is null" if as_of is None else f"= date '{as_of}'"
        told = ask(shop, "round_even(probability, 9), customer, label = 'left', rule, contact, worth", "churn_risks",
                   f"where what = '{kind}' and as_of {day} and label is not null")
        told.sort(key=lambda row: (-row[0], row[1]))
        whole = sum(row[2] for row in told)
        seen, gone, profit, everybody, at = 0, 0, 0.0, 0.0, 0
        rows = ask(shop, "tenth, customers, foretold, left_share, lift, gain, profit, profit_everybody, auc, auc_rule", "churn_replay",
                   f"where kind = '{kind}' and as_of {day} order by tenth")
        for tenth, customers, foretold, left_share, lift, gain, earned, by_all, auc, auc_rule in rows:
            part = told[at : at + customers]
            at += customers
            gone += sum(row[2] for row in part)
            for _, _, left, _, contact, worth in part:
                brings = (0.3 * (0.3 * worth - 10) if left else -10) - 1 if worth is not None else 0 if left else -11
                profit, everybody = profit + brings * contact, everybody + brings
            assert foretold == pytest.approx(sum(row[0] for row in part) / customers, abs=1e-6)
            assert left_share == pytest.approx(sum(row[2] for row in part) / customers)
            assert lift == pytest.approx(left_share / (whole / len(told))) and gain == pytest.approx(gone / whole)
            assert earned == pytest.approx(profit, abs=0.01) and by_all == pytest.approx(everybody, abs=0.01)
            assert auc == pytest.approx(area([(row[0], row[2]) for row in told]), abs=1e-5)
            assert auc_rule == pytest.approx(area([(-1e9 if row[3] is None else row[3], row[2]) for row in told]), abs=1e-5)
        assert at == len(told) and rows[-1][0] == 10


def test_who_is_foretold_to_leave_is_who_has_left_in_truth(shop, files):
    last = ask(shop, "max(as_of)", "churn_features")[0][0]
    with open(files.parent / "files-truth" / "customers.csv", newline="") as truth:
        left = {row["customer_id"]: bool(row["left"]) and DAY.fromisoformat(row["left"]) <= last for row in csv.DictReader(truth)}
    told = ask(shop, "probability, customer", "churn_risks", "where what = 'silence' and part = 0")
    assert len(told) > 800
    auc = area([(probability, left[customer]) for probability, customer in told])
    print(f"simulated: AUC of today's probabilities against the truth {auc:.3f}")
    assert auc > 0.8


def test_probabilities_are_calibrated_and_the_list_earns_most(shop):
    for kind in ("label", "silence"):
        rows = ask(shop, "customers, foretold, left_share, profit, profit_everybody, profit_rule, wins", "churn_replay", f"where kind = '{kind}' and as_of is null order by tenth")
        off = sum(customers * abs(foretold - left) for customers, foretold, left, *_ in rows) / sum(row[0] for row in rows)
        profit, everybody, rule, wins = rows[-1][3:]
        print(f"simulated, {kind}: calibration error {off:.3f}; profit by the list {profit:.0f}, of everybody {everybody:.0f}, by the rule {rule:.0f}, of nobody 0")
        assert wins and off < 0.05
        assert profit > max(0, everybody, rule)


def test_expected_profit_is_the_formula_and_the_list_is_in_its_order(shop):
    for kind in ("label", "silence"):
        rows = ask(shop, "probability, worth, expected_profit, contact, place, horizon_days", "customer_churn", f"where kind = '{kind}' order by place")
        assert [row[4] for row in rows] == list(range(1, len(rows) + 1)) and any(row[3] for row in rows) and not all(row[3] for row in rows)
        for p, worth, profit, contact, _, horizon in rows:
            assert horizon == HORIZON
            if worth is not None:
                assert profit == pytest.approx(p * 0.3 * (0.3 * worth - 10) - (1 - p) * 10 - 1, abs=1e-9)
            assert contact == (profit is not None and profit > 0)
        listed = [row[2] for row in rows if row[3]]
        assert listed == sorted(listed, reverse=True) and all(row[3] for row in rows[: len(listed)])


def test_who_is_known_to_have_left_is_not_contacted(shop):
    closed = f"(select customer from '{shop}/customers.parquet' where churned)"
    assert ask(shop, "count(*) > 100", "churn_risks", f"where what = 'silence' and part = 0 and customer in {closed}") == [(True,)]
    assert ask(shop, "count(*)", "customer_churn", f"where customer in {closed}") == [(0,)]


def test_reasons_have_their_figures(shop):
    reasons = [reason for reason, in ask(shop, "reason_1", "customer_churn", "where probability > 0.7")]
    assert reasons and all(reasons)
    recent = ask(shop, "r.reason, f.recency_days, f.gap_days", "churn_reasons",
                 f"as r join '{shop}/churn_features.parquet' as f on f.customer = r.customer and f.what = r.what where f.what = 'silence' and f.part = 0 and r.theme = 'recency'")
    assert recent
    for reason, days, gap in recent:
        ago = f"{days} day{'s' * (days != 1)} ago"
        if gap is None:
            assert reason == f"bought once, {ago}"
        else:
            usual = "day" if gap < 1.5 else f"{math.floor(gap + 0.5)} days"
            assert reason == f"last bought {ago}, usually buys every {usual}"


def test_reasons_are_what_moves_the_score_most(shop):
    """Each speaks for leaving, the strongest first, and is one of the features of the customer's own score."""
    rows = ask(shop, "r.what, r.customer, r.place, r.effect, f.part", "churn_reasons",
               f"as r join '{shop}/churn_features.parquet' as f on f.customer = r.customer and f.what = r.what where f.label is distinct from 'left' and (f.what = 'label' or f.part = 0) "
               "order by r.what, r.customer, r.place")
    assert {what for what, *_ in rows} == {"label", "silence"}
    before = {}
    for what, customer, place, effect, _ in rows:
        assert 0 < effect <= before.get((what, customer, place - 1), effect) and (place == 1 or (what, customer, place - 1) in before)
        before[what, customer, place] = effect
    scored = ask(shop, "abs(effect_1), abs(effect_2), abs(effect_5)", "churn_scores", "where class = 'left' and effect_5 is not null")
    assert scored and all(first >= second >= fifth for first, second, fifth in scored)


def test_dear_offers_are_made_to_nobody_and_the_horizon_is_the_users(foresell, files, tmp_path):
    tables = made(foresell, tmp_path, files, "churn: {offer: 100000, contact: 2.5, save: 0.5, margin: 0.25, horizon: 60}")
    assert ask(tables, "count(*), count(*) filter (where contact), min(horizon_days), max(horizon_days)", "customer_churn")[0][1:] == (0, 60, 60)
    for p, worth, profit in ask(tables, "probability, worth, expected_profit", "customer_churn", "where worth is not null limit 50"):
        assert profit == pytest.approx(p * 0.5 * (0.25 * worth - 100000) - (1 - p) * 100000 - 2.5)


# ---- leaks ----


def with_other_future(files: Path, folder: Path, after: DAY) -> Path:
    """A copy in which, after a day, others buy other things for other money; that there are sales on each day is the same."""
    shutil.copytree(files, folder)
    with open(files / "sales.csv", newline="") as lines:
        rows = list(csv.DictReader(lines))
    customers = sorted({row["customer_id"] for row in rows if row["customer_id"]})
    with open(folder / "sales.csv", "w", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        for n, row in enumerate(rows):
            if DAY.fromisoformat(row["time"][:10]) > after and float(row["quantity"]) > 0:
                who = f"new{n}" if n % 5 == 0 else customers[n * 53 % 40]
                row = {**row, "customer_id": who, "quantity": 1 + n % 9, "amount": (1 + n % 9) * float(row["unit_price"])}
            writer.writerow(row)
    return folder


def test_what_is_foretold_does_not_know_what_came_after(foresell, shop, files, tmp_path):
    origins = dict(ask(shop, "distinct part, as_of", "churn_features", "where what = 'silence'"))
    other = made(foresell, tmp_path, with_other_future(files, tmp_path / "files", origins[2]))
    features = "* exclude (label)"
    for part in range(2, 9):
        where = f"where what = 'silence' and part = {part} order by place"
        before, after = ask(shop, features, "churn_features", where), ask(other, features, "churn_features", where)
        assert len(before) > 100 and before == after
    for part in range(2, 5):
        where = f"where what = 'silence' and part = {part} order by all"
        assert ask(shop, "*", "churn_models", where) == ask(other, "*", "churn_models", where) != []
        assert ask(shop, "*", "churn_scores", where) == ask(other, "*", "churn_scores", where) != []
    assert ask(shop, features, "churn_features", "where part = 1 order by place") != ask(other, features, "churn_features", "where part = 1 order by place")


def customers_file(folder: Path, count: int = 800, **columns) -> Path:
    """Customers of whom those with little tenure and a dear tariff leave; `columns` replaces or adds columns: a function of number and row."""
    dice = random.Random(4)
    folder.mkdir(parents=True)
    rows = []
    for n in range(count):
        months, plan = dice.randrange(1, 60), dice.choice(["basic", "plus", "gold"])
        risk = 1 / (1 + math.exp(months / 12 - (2 if plan == "gold" else 0)))
        row = {"customer_id": f"c{n:05}", "gender": dice.choice(["female", "male"]), "tenure": months, "Monthly, [fee]": round(dice.uniform(10, 90), 2), "tariff": plan,
               "kind": dice.choice(["a", "b"]), "churn": "Yes" if dice.random() < risk else "No"}
        rows.append({**row, **{name: make(n, row) for name, make in columns.items()}})
    with open(folder / "customers.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_columns_of_any_name_are_features(foresell, tmp_path):
    tables = made(foresell, tmp_path, customers_file(tmp_path / "files"))
    used = {name for name, in ask(tables, "distinct feature", "churn_models", "where feature is not null")}
    assert {"tenure", "own_tariff", "own_Monthly, [fee]", "own_kind"} <= used
    auc, wins = ask(tables, "max(auc), bool_or(wins)", "churn_replay")[0]
    assert auc > 0.75 and wins is not None
    assert ask(tables, "count(*)", "churn_leaks") == [(0,)]


def test_since_when_one_is_a_customer_is_told_as_a_date(foresell, tmp_path):
    joined = lambda n, row: DAY(2024, 6, 30) - datetime.timedelta(30 * row["tenure"] + n % 30)
    files = customers_file(tmp_path / "files", tenure=lambda n, row: "", joined=joined)
    tables = made(foresell, tmp_path, files)
    with open(files / "customers.csv", newline="") as lines:
        since = {row["customer_id"]: DAY.fromisoformat(row["joined"]) for row in csv.DictReader(lines)}
    told = ask(tables, "customer, reason", "churn_reasons", "where theme = 'joined_days'")
    assert len(told) > 100
    assert all(reason == f"a customer since {since[who].day} {since[who]:%B %Y}" for who, reason in told)


def test_names_of_columns_may_hold_any_letters(foresell, tmp_path):
    odd = ["it's", "a; b", "why?", "per.cent", "100 %", "c`d", "{z}", "a--b", "$1", "${x}", "日本", "back\\slash", 'quo"te', "class", "kind", "label", "fold", "place"]
    tables = made(foresell, tmp_path, customers_file(tmp_path / "files", **{name: (lambda n, row: "ab"[n % 2] + row["tariff"]) for name in odd}))
    used = {name.removeprefix("own_") for name, in ask(tables, "distinct feature", "churn_models", "where feature like 'own%'")}
    assert len(used & set(odd)) >= 14 and "back\\slash" not in used
    assert ask(tables, "count(*) > 100", "customer_churn", "where reason_1 is not null") == [(True,)]


@pytest.mark.parametrize("leak", [lambda n, row: "moved away" if row["churn"] == "Yes" else "", lambda n, row: 3 + n % 5 if row["churn"] == "Yes" else 0])
def test_a_column_that_gives_the_label_away_is_told_and_not_used(foresell, tmp_path, leak):
    tables = made(foresell, tmp_path, customers_file(tmp_path / "files", reason=leak))
    assert ask(tables, "feature", "churn_leaks") == [("own_reason",)]
    assert ask(tables, "count(*)", "churn_models", "where feature = 'own_reason'") == [(0,)]
    assert ask(tables, "max(auc)", "churn_replay")[0][0] < 0.95
    foresell("run", tmp_path / "p", "--only", "data_quality", "--resume")
    said = ask(tmp_path / "p" / "runs" / "latest" / "tables", "rows, example", "data_quality", "where subject = 'customers' and \"check\" like 'columns that tell who has left%'")
    assert said == [(1, "reason")]


# ---- little to learn from ----


ODD = {
    "none churned": {"churn": lambda n, row: "No"},
    "all churned": {"churn": lambda n, row: "Yes"},
    "few churned": {"churn": lambda n, row: "Yes" if n < 20 else "No"},
}


@pytest.mark.parametrize("name", ODD)
def test_with_one_kind_of_customer_nothing_is_foretold(foresell, tmp_path, name):
    tables = made(foresell, tmp_path, customers_file(tmp_path / "files", **ODD[name]))
    assert ask(tables, "count(*)", "churn_features") == [(800,)]
    for table in TABLES[1:]:
        assert ask(tables, "count(*)", table) == [(0,)]


def test_constant_columns_are_no_features(foresell, tmp_path):
    tables = made(foresell, tmp_path, customers_file(tmp_path / "files", fixed=lambda n, row: "same", nought=lambda n, row: 0))
    assert ask(tables, "count(*)", "churn_models", "where feature in ('own_fixed', 'own_nought')") == [(0,)]
    assert ask(tables, "count(*) > 0", "churn_replay") == [(True,)]


def test_who_has_no_label_is_foretold_by_all_who_have(foresell, tmp_path):
    tables = made(foresell, tmp_path, customers_file(tmp_path / "files", churn=lambda n, row: "" if n % 4 == 0 else row["churn"]))
    unknown = ask(tables, "count(*), count(distinct probability) > 10", "customer_churn", "where substr(customer, 2)::int % 4 = 0")
    assert unknown == [(200, True)]


def sales_file(folder: Path, customers: int, days: int) -> Path:
    folder.mkdir(parents=True)
    with open(folder / "sales.csv", "w") as file:
        file.write("date,customer,item,units,price\n")
        for n in range(days):
            file.writelines(f"{DAY(2022, 1, 3) + datetime.timedelta(n)},{f'c{(n * 7 + k) % customers}' if customers else ''},{'abc'[k]},1,{2.5 + k}\n" for k in range(3))
    return folder


@pytest.mark.parametrize("customers, days", [(1, 800), (23, 1), (23, 200), (0, 800)])
def test_with_few_customers_or_days_nothing_is_foretold(foresell, tmp_path, customers, days):
    tables = made(foresell, tmp_path, sales_file(tmp_path / "files", customers, days))
    for table in TABLES[1:]:
        assert ask(tables, "count(*)", table) == [(0,)]


# ---- real data ----


def test_telco_customers(foresell, data, tmp_path):
    source = data / "telco_churn"
    if not source.is_dir():
        pytest.skip(f"no telco_churn in {data}")
    tables = made(foresell, tmp_path, source)
    auc, wins = ask(tables, "max(auc), bool_or(wins)", "churn_replay", "where kind = 'label'")[0]
    rows = ask(tables, "customers, foretold, left_share, profit, profit_everybody, profit_rule, lift", "churn_replay", "order by tenth")
    off = sum(customers * abs(foretold - left) for customers, foretold, left, *_ in rows) / 7043
    print(f"telco_churn: AUC {auc:.4f}, lift of the first tenth {rows[0][6]:.2f}, calibration error {off:.4f}, "
          f"profit by the list {rows[-1][3]:.0f}, of everybody {rows[-1][4]:.0f}, by tenure {rows[-1][5]:.0f}")
    assert 0.83 <= auc < 0.87 and wins and off < 0.02 and rows[0][6] > 2.5
    assert rows[-1][3] > max(0, rows[-1][4], rows[-1][5])
    assert ask(tables, "count(*)", "customer_churn") == [(5174,)]
    assert ask(tables, "count(*)", "customer_churn", "where probability > 0.5 and reason_1 is null") == [(0,)]


def test_online_retail(foresell, data, tmp_path):
    source = data / "online_retail_ii"
    if not source.is_dir():
        pytest.skip(f"no online_retail_ii in {data}")
    tables = made(foresell, tmp_path, source)
    auc, rule, wins = ask(tables, "max(auc), max(auc_rule), bool_or(wins)", "churn_replay", "where as_of is null")[0]
    profit, everybody, by_rule = ask(tables, "profit, profit_everybody, profit_rule", "churn_replay", "where as_of is null and tenth = 10")[0]
    print(f"online_retail_ii: AUC {auc:.4f}, by recency {rule:.4f}; profit by the list {profit:.0f}, of everybody {everybody:.0f}, by recency {by_rule:.0f}")
    assert wins and auc > rule + 0.04 and profit > by_rule
    assert ask(tables, "count(*) > 4000, bool_and(probability between 0 and 1)", "customer_churn") == [(True, True)]
