"""Regressors of `foresell apply forecast`: columns beside the value, rows of periods to come."""
from __future__ import annotations

import csv
import random
from datetime import date, timedelta

import pytest


def rows(group: str, days: int, to_come: int, gain: float):
    chance = random.Random(group)
    for day in range(days + to_come):
        promotion = int(day % 9 in (3, 4, 5))
        units = 40 * (1 + 0.5 * (day % 7 == 5)) * (1 + gain * promotion) * chance.uniform(0.95, 1.05)
        yield {"item": group, "day": day, "units": round(units, 3) if day < days else "", "promotion": promotion}


@pytest.fixture
def sales(tmp_path):
    file = tmp_path / "sales.csv"
    with open(file, "w", newline="") as out:
        writer = csv.DictWriter(out, ["item", "day", "units", "promotion"])
        writer.writeheader()
        for group, gain in (("a", 0.6), ("b", 0.0)):
            writer.writerows(rows(group, 210, 14, gain))
    return file


@pytest.fixture
def apply(foresell):
    def to_rows(operator, file, out, *options):
        foresell("apply", operator, file, *options, "-o", out)
        with open(out, newline="") as made:
            return list(csv.DictReader(made))
    return to_rows


OPTIONS = ["--group", "item", "--order", "day", "--value", "units", "--horizon", "14", "--season", "7"]


def test_forecast_follows_the_promotions_that_are_planned(apply, sales, tmp_path):
    made = apply("forecast", sales, tmp_path / "out.csv", *OPTIONS)
    assert [row["period"] for row in made if row["item"] == "a"] == [str(day) for day in range(210, 224)]
    for row in made:
        day = int(row["period"])
        promoted = day % 9 in (3, 4, 5)
        usual = 40 * (1 + 0.5 * (day % 7 == 5)) * (1.6 if promoted and row["item"] == "a" else 1)
        assert abs(float(row["mean"]) / usual - 1) < 0.06
        assert row["drivers"].startswith("promotion +") == (promoted and row["item"] == "a")


def test_backtest_is_better_with_regressors(apply, sales, tmp_path):
    plain = tmp_path / "plain.csv"
    with open(sales) as file, open(plain, "w", newline="") as out:
        writer = csv.DictWriter(out, ["item", "day", "units"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(row for row in csv.DictReader(file) if row["units"])
    with_them = {row["item"]: float(row["mae"]) for row in apply("backtest", sales, tmp_path / "with.csv", *OPTIONS) if row["model"] == "auto"}
    without = {row["item"]: float(row["mae"]) for row in apply("backtest", plain, tmp_path / "without.csv", *OPTIONS) if row["model"] == "auto"}
    assert with_them["a"] < 0.5 * without["a"]
    assert with_them["b"] < 1.1 * without["b"]


def test_what_is_planned_may_be_unknown(apply, sales, tmp_path):
    made = apply("forecast", sales, tmp_path / "out.csv", *OPTIONS[:-4], "--horizon", 20, "--season", 7)
    assert len(made) == 40
    assert all("promotion not known of 6 of 20 periods, taken as its mean" in row["note"] for row in made)


@pytest.fixture
def paid(tmp_path):
    """Half as much again is sold in the first week of the month; nothing is said of that."""
    chance, file = random.Random(3), tmp_path / "paid.csv"
    days = [date(2023, 1, 1) + timedelta(day) for day in range(500)]
    file.write_text("day,units\n" + "".join(
        f"{day},{200 * (1.5 if day.day <= 7 else 1) * (1 + 0.3 * (day.weekday() == 5)) * chance.uniform(0.95, 1.05):.3f}\n" for day in days))
    return file


DAILY = ["--order", "day", "--value", "units", "--horizon", 31]


def test_pay_days_are_seen_in_the_calendar(apply, paid, tmp_path):
    made = apply("forecast", paid, tmp_path / "out.csv", *DAILY)
    for row in made:
        day = date.fromisoformat(row["period"])
        usual = 200 * (1 + 0.3 * (day.weekday() == 5))
        if 3 <= day.day <= 5:
            assert float(row["mean"]) > 1.3 * usual
            assert "time of the month +" in row["drivers"]
        if 12 <= day.day <= 27:
            assert abs(float(row["mean"]) / usual - 1) < 0.15
    for plain in (["--calendar", "no"], ["--model", "ets"]):
        assert not any(row["drivers"] for row in apply("forecast", paid, tmp_path / "plain.csv", *DAILY, *plain))
    named = apply("forecast", paid, tmp_path / "named.csv", *DAILY, "--model", "ets", "--calendar", "yes")
    assert any("time of the month" in row["drivers"] for row in named)
    better, worse = ({row["model"]: float(row["mae"]) for row in apply("backtest", paid, tmp_path / "tested.csv", *DAILY, *more)}
                     for more in ([], ["--calendar", "no"]))
    assert better["auto"] < 0.6 * worse["auto"]


def test_slow_movers_stay_counts_and_follow_pay_days(apply, tmp_path):
    chance, file = random.Random(4), tmp_path / "slow.csv"
    days = [date(2023, 1, 1) + timedelta(day) for day in range(300)]
    file.write_text("day,units\n" + "".join(f"{day},{int(chance.random() < (0.8 if 3 <= day.day <= 9 else 0.2))}\n" for day in days))
    made = apply("forecast", file, tmp_path / "out.csv", *DAILY)
    assert {row["model"] for row in made} == {"counts"}
    assert all(float(row["q0.95"]).is_integer() for row in made)
    means = {kind: [float(row["mean"]) for row in made if (4 <= int(row["period"][8:]) <= 8) == kind] for kind in (True, False)}
    assert min(means[True]) > 1.2 * sum(means[False]) / len(means[False])
    flat = apply("forecast", file, tmp_path / "flat.csv", *DAILY, "--calendar", "no")
    assert max(float(row["mean"]) for row in flat) < 1.4 * min(float(row["mean"]) for row in flat)


def test_text_is_no_regressor(foresell, tmp_path):
    (tmp_path / "sales.csv").write_text("item,day,units\n" + "".join(f"a,2024-01-{day:02d},{day}\n" for day in range(1, 29)))
    foresell("init", tmp_path / "project", "--from", tmp_path / "sales.csv")
    (tmp_path / "project" / "models").mkdir(exist_ok=True)
    (tmp_path / "project" / "models" / "90_words.sql").write_text(
        "-- step: words\n-- about: a text beside the value\n-- operator: forecast(horizon = 2)\n-- order: day\n-- expect: all(count(*) = 2)\n"
        "select n as day, cast(n as double) as value, 'a' as item from numbers where n <= 20\n")
    result = foresell("run", tmp_path / "project", "--only", "words", check=False)
    assert result.returncode != 0
    assert "column 'item' is text, and regressors are numbers" in result.stderr


def test_a_group_that_knows_nothing_of_a_column_is_forecast_as_without_it(apply, sales, tmp_path):
    with open(sales) as file:
        rows_of = list(csv.DictReader(file))
    made = {}
    for name, columns in (("plain", ["item", "day", "units"]), ("silent", ["item", "day", "units", "promotion"])):
        source = tmp_path / f"{name}.csv"
        with open(source, "w", newline="") as out:
            writer = csv.DictWriter(out, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows({**row, "promotion": row["promotion"] if row["item"] == "a" else ""} for row in rows_of if row["units"])
        made[name] = apply("forecast", source, tmp_path / f"{name}-out.csv", *OPTIONS)
    of_b = {name: [row for row in rows if row["item"] == "b"] for name, rows in made.items()}
    assert of_b["plain"] == of_b["silent"] and len(of_b["plain"]) == 14
