"""Covariates of `foresell apply fit_purchases` and `purchases`: from a table of customers to a model, and from both to what each will buy."""
from __future__ import annotations

import csv
import math
import random

import pytest

FIELDS = ["row", "model", "parameter", "estimate", "customer", "repeats", "recency", "age", "loyal", "town", "sale"]


def customers(count: int):
    """Who is loyal buys half as often again, e^0.4, and leaves a third as soon, e^-1.1; the town is a text."""
    chance = random.Random(8)
    for row in range(count):
        loyal = chance.random() < 0.5
        rate = chance.gammavariate(0.9, 1 / 5) * (1.5 if loyal else 1)
        leaves = chance.expovariate(chance.gammavariate(1, 1 / 20) * (1 / 3 if loyal else 1))
        age, day, recency, repeats = 60.0, chance.expovariate(rate), 0.0, 0
        while day < min(age, leaves):
            recency, repeats = day, repeats + 1
            day += chance.expovariate(rate)
        yield {"row": row, "repeats": repeats, "recency": recency, "age": age, "loyal": "yes" if loyal else "no", "town": "Ulm"}


def write(path, rows):
    rows = list(rows)
    with open(path, "w", newline="") as out:
        writer = csv.DictWriter(out, [name for name in FIELDS if any(name in row for row in rows)])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def apply(foresell, tmp_path):
    def to_rows(operator, file, *options):
        foresell("apply", operator, file, "--order", "row", *options, "-o", tmp_path / "out.csv")
        with open(tmp_path / "out.csv", newline="") as made:
            return list(csv.DictReader(made))

    return to_rows


@pytest.mark.parametrize("as_number", [False, True], ids=["yes or no", "numbers"])
def test_a_covariate_goes_from_customers_to_what_they_will_buy(apply, tmp_path, as_number):
    people = list(customers(3000))
    for one in people:
        one["loyal"] = int(one["loyal"] == "yes") if as_number else one["loyal"]
    made = apply("fit_purchases", write(tmp_path / "c.csv", people), "--model", "pareto_nbd", "--covariates", "loyal")
    of = {row["parameter"]: (float(row["estimate"]), float(row["deviation"] or 0)) for row in made}
    assert list(of) == ["r", "alpha", "s", "beta", "mean:loyal", "rate:loyal", "leaving:loyal"]
    for name, wanted in (("rate:loyal", 0.405), ("leaving:loyal", -1.099)):
        assert abs(of[name][0] - wanted) < 3.5 * of[name][1] < 1
    model = [{"row": -20 + i, "model": row["model"], "parameter": row["parameter"], "estimate": row["estimate"]} for i, row in enumerate(made)]
    yes, no = (1, 0) if as_number else ("yes", "no")
    alike = [{"row": i, "repeats": 3, "recency": 30, "age": 60, "loyal": loyal} for i, loyal in enumerate((yes, no, ""))]
    made = apply("purchases", write(tmp_path / "both.csv", [*model, *alike]), "--covariates", "loyal")
    loyal, other, unknown = (float(row["expected"]) for row in made)
    assert loyal > 1.2 * unknown > 1.2 * 1.2 * other > 0


def test_other_columns_are_left_alone_whatever_is_in_them(foresell, tmp_path):
    people = list(customers(300))
    for one in people:
        one["town"] = 89073 + one["row"] if one["row"] < 299 else "Ulm"
    result = foresell("apply", "fit_purchases", write(tmp_path / "c.csv", people), "--order", "row", "--covariates", "loyal")
    assert "rate:loyal" in result.stdout and "town" not in result.stdout


def test_a_column_that_is_none_or_a_text_is_refused(foresell, tmp_path):
    file = write(tmp_path / "c.csv", customers(50))
    for name, says in (("loyl", "no column 'loyl'"), ("town", "covariate 'town' is a text"), ("age", "cannot be two things at once")):
        result = foresell("apply", "fit_purchases", file, "--order", "row", "--covariates", name, check=False)
        assert result.returncode != 0 and says in result.stderr


def stretches(count: int):
    """Each customer's time in six stretches of eight weeks, two of them a sale, in which one buys e^0.7 times as often."""
    chance = random.Random(9)
    for person in range(count):
        rate, leaves = chance.gammavariate(0.9, 1 / 5), chance.expovariate(chance.gammavariate(1, 1 / 30))
        for number in range(6):
            sale = (person + number) % 3 == 0
            day, recency, repeats = 0.0, 0.0, 0
            while (day := day + chance.expovariate(rate * (2.0138 if sale else 1))) < min(8, leaves - 8 * number):
                recency, repeats = day, repeats + 1
            yield {"row": 6 * person + number, "customer": 1000 + person, "repeats": repeats, "recency": recency, "age": 8, "sale": int(sale)}


def test_a_covariate_that_changes_goes_from_stretches_to_what_is_bought_in_a_sale_to_come(apply, foresell, tmp_path):
    rows = list(stretches(800))
    file = write(tmp_path / "c.csv", rows)
    made = apply("fit_purchases", file, "--model", "pareto_nbd", "--covariates", "sale")
    of = {row["parameter"]: (float(row["estimate"]), float(row["deviation"] or 0)) for row in made}
    assert abs(of["rate:sale"][0] - 0.7) < 3.5 * of["rate:sale"][1] < 0.35
    model = [{"row": -20 + i, "model": row["model"], "parameter": row["parameter"], "estimate": row["estimate"]} for i, row in enumerate(made)]
    ahead = [{"row": 9000 + i, "customer": 1000, "age": age, "sale": sale} for i, (age, sale) in enumerate(((4, 1), ("", 0)))]
    both = write(tmp_path / "both.csv", [*model, *rows[:12], *ahead])
    sale, after, *_ = (float(row["expected"]) for row in apply("purchases", both, "--covariates", "sale", "--ahead", "4,8"))
    both = write(tmp_path / "both.csv", [*model, *rows[:12]])
    plain, longer, *_ = (float(row["expected"]) for row in apply("purchases", both, "--covariates", "sale", "--ahead", "4,8"))
    assert sale / plain == pytest.approx(math.exp(of["rate:sale"][0]), rel=0.1)
    assert after - sale < longer  # the sale is over
    result = foresell("apply", "fit_purchases", file, "--order", "row", "--covariates", "sale", check=False)
    assert result.returncode != 0 and "that 'auto' does not know" in result.stderr
