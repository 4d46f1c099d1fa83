"""Named events of `foresell apply forecast`, and rows that are ahead."""
from __future__ import annotations

import csv
import random
from datetime import date, timedelta

import pytest

FIRST, DAYS, HORIZON = date(2021, 1, 1), 3 * 365, 28
OPTIONS = ["--order", "day", "--value", "units", "--horizon", HORIZON, "--calendar", "no"]
EFFECTS = {"Fair": 0.8, "Strike": -0.6}


def event_of(day: date) -> str:
    """A fair each month on the 10th, a strike in January, April … on the 15th, and in the last January something that never was."""
    if day.day == 10:
        return "Fair"
    if day.day == 15 and day.month % 3 == 1:
        return "Strike"
    return "Comet" if day == date(2024, 1, 20) else ""


def usual(day: date) -> float:
    return 100 * (1 + 0.4 * (day.weekday() == 5))


def write(file, days=DAYS, nothing="", secret=""):
    chance = random.Random(1)
    with open(file, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["day", "units", "event", "ahead"])
        for n in range(days + HORIZON):
            day = FIRST + timedelta(n)
            event = event_of(day)
            units = usual(day) * (1 + EFFECTS.get(event, 0)) * chance.uniform(0.95, 1.05)
            writer.writerow([day, f"{units:.3f}" if n < days else secret, event or nothing, "true" if n >= days else "false"])
    return file


@pytest.fixture
def apply(foresell):
    def to_rows(operator, file, out, *options):
        foresell("apply", operator, file, *options, "-o", out)
        with open(out, newline="", encoding="utf-8") as made:
            return list(csv.DictReader(made))
    return to_rows


def test_forecast_follows_events_by_their_names(apply, tmp_path):
    made = apply("forecast", write(tmp_path / "in.csv"), tmp_path / "out.csv", *OPTIONS)
    assert [row["period"] for row in made] == [str(FIRST + timedelta(DAYS + n)) for n in range(HORIZON)]
    for row in made:
        day = date.fromisoformat(row["period"])
        event = event_of(day)
        if event == "Comet":
            continue
        assert abs(float(row["mean"]) / (usual(day) * (1 + EFFECTS.get(event, 0))) - 1) < 0.1
        assert row["drivers"] == "" if not event else row["drivers"].startswith(f"{event} {'+' if EFFECTS[event] > 0 else '-'}")


def test_backtest_is_better_with_events(apply, tmp_path):
    file = write(tmp_path / "in.csv")
    plain = tmp_path / "plain.csv"
    plain.write_text("".join(",".join(line.split(",")[:2]) + "\n" for line in file.read_text().splitlines() if ",true" not in line))
    with_them, without = ({row["model"]: float(row["mae"]) for row in apply("backtest", one, tmp_path / "tested.csv", *OPTIONS)} for one in (file, plain))
    assert with_them["auto"] < 0.7 * without["auto"]


def test_what_is_ahead_is_not_looked_at(apply, tmp_path):
    honest = apply("forecast", write(tmp_path / "in.csv"), tmp_path / "out.csv", *OPTIONS)
    assert apply("forecast", write(tmp_path / "in.csv", secret="1000000"), tmp_path / "out.csv", *OPTIONS) == honest


def test_the_word_of_usual_days_is_no_event(apply, tmp_path):
    honest = apply("forecast", write(tmp_path / "in.csv"), tmp_path / "out.csv", *OPTIONS)
    assert apply("forecast", write(tmp_path / "in.csv", nothing="nothing"), tmp_path / "out.csv", *OPTIONS) == honest


def test_a_value_that_is_not_known_does_not_end_the_past(apply, tmp_path):
    file = write(tmp_path / "in.csv")
    lines = file.read_text().splitlines()
    for n in (DAYS - 1, DAYS):
        cells = lines[n].split(",")
        lines[n] = ",".join([cells[0], "", *cells[2:]])
    file.write_text("\n".join(lines) + "\n")
    made = apply("forecast", file, tmp_path / "out.csv", *OPTIONS)
    assert made[0]["period"] == str(FIRST + timedelta(DAYS))


@pytest.mark.parametrize("ahead", ["true", "middle", "none"])
def test_rows_that_are_ahead_anywhere(apply, tmp_path, ahead):
    marks = {"true": ["true"] * 60, "middle": ["false"] * 20 + ["true"] * 20 + ["false"] * 20, "none": [""] * 60}[ahead]
    (tmp_path / "in.csv").write_text("day,units,ahead\n" + "".join(
        f"{FIRST + timedelta(n)},{10 if not mark.startswith('t') else 99999},{mark}\n" for n, mark in enumerate(marks)))
    made = apply("forecast", tmp_path / "in.csv", tmp_path / "out.csv", *OPTIONS)
    if ahead == "true":
        assert made[0]["period"] == str(FIRST) and {row["mean"] for row in made} == {""}
    else:
        assert made[0]["period"] == str(FIRST + timedelta(60))
        assert all(abs(float(row["mean"]) - 10) < 1e-6 for row in made)


@pytest.mark.parametrize("words", ["unique", "long", "one", "many"])
def test_strange_events(apply, tmp_path, words):
    chance = random.Random(5)
    name = {"unique": lambda n: f"event {n}", "long": lambda n: "a" + "ü" * (31 + n % 3) + "x" * 300 if n % 10 == 0 else "",
            "one": lambda n: "always", "many": lambda n: f"of {n % 97}" if n % 2 else "'; drop table x; --"}[words]
    with open(tmp_path / "in.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["day", "units", "event", "ahead"])
        writer.writerows([FIRST + timedelta(n), f"{chance.uniform(50, 60):.2f}" if n < 400 else "", name(n), n >= 400] for n in range(428))
    made = apply("forecast", tmp_path / "in.csv", tmp_path / "out.csv", *OPTIONS)
    assert len(made) == HORIZON and all(35 < float(row["mean"]) < 85 for row in made)
