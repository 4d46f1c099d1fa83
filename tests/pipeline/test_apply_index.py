"""The seasonal index that `foresell apply forecast` is given: it holds for groups that never saw the season themselves."""
from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest

FIRST, WEEKS, HORIZON = date(2024, 1, 1), 30, 4
OPTIONS = ["--order", "week", "--value", "units", "--ahead", "ahead", "--horizon", HORIZON]
BUSY = 2  # times as much, from the second week ahead on


def write(file, index=lambda n: BUSY if n > WEEKS else 1):
    """4, 5, 4, 3 … a week of an item, and nothing that tells of a season."""
    with open(file, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["week", "units", "ahead", "index"])
        for n in range(WEEKS + HORIZON):
            units = 4 + (n % 4 == 1) - (n % 4 == 3) if n < WEEKS else ""
            writer.writerow([FIRST + timedelta(7 * n), units, "true" if n >= WEEKS else "false", index(n)])
    return file


@pytest.fixture
def apply(foresell):
    def to_rows(file, out, *options):
        foresell("apply", "forecast", file, *OPTIONS, "--seasonal_index", "index", *options, "-o", out)
        with open(out, newline="", encoding="utf-8") as made:
            return list(csv.DictReader(made))
    return to_rows


@pytest.mark.parametrize("model", ["counts", "ets", "auto"])
def test_forecast_follows_the_index(apply, tmp_path, model):
    made = apply(write(tmp_path / "in.csv"), tmp_path / "out.csv", "--model", model)
    usual = float(made[0]["mean"])
    assert 3.5 < usual < 4.5
    for row in made[1:]:
        assert abs(float(row["mean"]) / (BUSY * usual) - 1) < 0.1
        assert row["drivers"] == "index +100 %"


def test_year_is_left_to_the_index(foresell, tmp_path):
    """Three years of weeks with a season of their own: where the index tells the year, it is not learnt a second time."""
    def season(n):
        return 1 + (n % 52 > 40)

    file = tmp_path / "in.csv"
    for name, index in (("flat", lambda n: 1), ("told", season)):
        with open(file, "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["week", "units", "ahead", "index"])
            for n in range(156 + HORIZON):
                writer.writerow([FIRST + timedelta(7 * n), (30 + n % 5) * season(n) if n < 156 else "", "true" if n >= 156 else "false", index(n)])
        made = []
        for weeks in ("52", "1"):
            foresell("apply", "forecast", file, *OPTIONS, "--seasonal_index", "index", "--model", "ets", "--season", weeks, "-o", tmp_path / "out.csv")
            made.append((tmp_path / "out.csv").read_text())
        assert (made[0] == made[1]) == (name == "told")


def test_index_that_is_not_known_does_nothing_and_is_noted(apply, tmp_path):
    made = apply(write(tmp_path / "in.csv", lambda n: "" if n % 2 else 0), tmp_path / "out.csv", "--model", "counts")
    one = apply(write(tmp_path / "one.csv", lambda n: 1), tmp_path / "one-out.csv", "--model", "counts")
    assert [row["mean"] for row in made] == [row["mean"] for row in one]
    assert all(float(row["mean"]) < 4.5 and row["drivers"] == "" for row in made)
    assert all("index not known of 4 of 4 periods" in row["note"] for row in made)


def test_model_with_an_index_is_carried_on(foresell, apply, tmp_path):
    """An update of weeks to come alone says what the forecast did; without the index it is refused."""
    made = apply(write(tmp_path / "in.csv"), tmp_path / "out.csv", "--model", "ets", "--save", "model")
    options = [*OPTIONS, "--saved_model", "saved"]
    for column in ("index", "other"):
        with open(tmp_path / "news.csv", "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["week", "units", "ahead", column, "saved"])
            for row in made:
                writer.writerow([row["period"], "", "true", BUSY if row["step"] > "1" else 1, made[0]["saved_model"]])
        named = ["--seasonal_index", "index"] if column == "index" else []
        done = foresell("apply", "update", tmp_path / "news.csv", *options, *named, "-o", tmp_path / f"{column}.csv", check=bool(named))
    assert "needs the seasonal_index 'index'" in done.stderr
    with open(tmp_path / "index.csv", newline="", encoding="utf-8") as out:
        again = list(csv.DictReader(out))
    assert [(row["period"], row["mean"], row["drivers"]) for row in again] == [(row["period"], row["mean"], row["drivers"]) for row in made]
