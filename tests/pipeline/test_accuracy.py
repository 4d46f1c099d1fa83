"""How good forecasts are is told from trials on the past, and nothing is claimed that chance may make."""
import csv
import datetime
import json
import random
import re
from pathlib import Path

import pytest

from source_shop import ask

FIRST = datetime.date(2023, 1, 2)
WEEK = [0.8, 0.9, 1.0, 1.1, 1.3, 1.6, 0.7]
LEVEL, NOISE = 400, 40
PRICE = {"tea": 2.5, "jam": 4.0}
MEAN_ABSOLUTE = 0.798  # of a normal variable, in standard deviations


def weekly(rng: random.Random, days: int) -> list[float]:
    """A level, weekdays, and noise of known size."""
    return [LEVEL * WEEK[n % 7] + rng.gauss(0, NOISE) for n in range(days)]


def wandering(rng: random.Random, days: int) -> list[float]:
    """Each day is that of a week before, and noise: nothing foretells it better than that day."""
    made = [LEVEL * part for part in WEEK]
    while len(made) < days:
        made.append(max(made[-7] + rng.gauss(0, NOISE), 0))
    return made[:days]


def report_page(folder: Path) -> list[dict]:
    """The blocks of the page on forecasts."""
    text = (folder / "report.html").read_text(encoding="utf-8")
    document = json.loads(re.search(r'id="foresell-data" type="application/json">(.*?)</script>', text, re.S)[1])
    return next((page["blocks"] for page in document["pages"] if page["id"] == "accuracy"), [])


def run_shop(foresell, folder: Path, days: list[float]) -> Path:
    """Three parts of what is sold are tea, one is jam."""
    (folder / "files").mkdir()
    with open(folder / "files" / "till.csv", "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["date", "item", "units", "revenue"])
        for n, sold in enumerate(days):
            tea = round(0.75 * sold)
            for item, units in (("tea", tea), ("jam", round(sold) - tea)):
                rows.writerow([FIRST + datetime.timedelta(n), item, units, f"{units * PRICE[item]:.2f}"])
    foresell("init", folder / "shop", "--from", folder / "files", "--set", "period=day")
    foresell("run", folder / "shop", timeout=300)
    return folder / "shop" / "runs" / "latest"


@pytest.fixture(scope="module")
def usual(foresell, tmp_path_factory) -> Path:
    return run_shop(foresell, tmp_path_factory.mktemp("usual"), weekly(random.Random(3), 420))


@pytest.fixture(scope="module")
def chance(foresell, tmp_path_factory) -> Path:
    return run_shop(foresell, tmp_path_factory.mktemp("chance"), wandering(random.Random(2), 420))


def whole(run: Path, level: str, columns: str) -> tuple:
    return ask(run / "tables", columns, "forecast_accuracy", f"where step is null and level = '{level}'")[0]


def test_a_forecast_is_off_by_as_much_as_the_noise(usual):
    trials, compared, wape, bias = whole(usual, "total", "trials, compared, wape, bias")
    noise = MEAN_ABSOLUTE * NOISE / (LEVEL * sum(WEEK) / 7)
    assert (trials, compared) == (3, 84)
    assert 0.8 * noise < wape < 1.3 * noise and abs(bias) < 0.5 * noise


def test_the_range_holds_about_what_it_should(usual):
    inside, due = whole(usual, "total", "coverage, due")
    assert due == pytest.approx(0.9) and 0.8 < inside < 0.98


def test_what_is_saved_against_a_repeated_week_is_told(usual):
    saved, verdict = whole(usual, "total", "value_added, verdict")
    assert 0.15 < saved < 0.4 and verdict == "better"
    said = report_page(usual)[0]["text"]
    assert said.startswith("In 3 trials on the past, forecasts of all sales together, in money, for 28 days were off by ")
    assert re.search(r"\d % less than repeating the last week would have been; \d+ of 100 days", said)


def test_steps_add_up_to_the_whole(usual):
    for level in ("total", "money", "item"):
        steps = ask(usual / "tables", "count(*), sum(compared), sum(error), sum(naive_error), sum(sold)", "forecast_accuracy",
                    f"where step is not null and level = '{level}'")[0]
        compared, *sums = whole(usual, level, "compared, error, naive_error, sold")
        assert steps[:2] == (28, compared) and list(steps[2:]) == pytest.approx(sums, rel=1e-6)


def test_errors_of_products_are_in_pieces_and_money(usual):
    rows = ask(usual / "tables", "item, rank, sold, error, price, money_error, model", "forecast_errors", "order by rank")
    assert {row[0] for row in rows} == set(PRICE)
    for item, _, sold, error, price, money, model in rows:
        assert price == pytest.approx(PRICE[item], rel=1e-3) and money == pytest.approx(error * price) and 0 < error < sold and model
    assert rows[0][5] >= rows[1][5]
    error, sold = whole(usual, "item", "error, sold")
    assert error == pytest.approx(sum(row[3] for row in rows), rel=1e-6) and sold == pytest.approx(sum(row[2] for row in rows), rel=1e-6)


def test_the_page_shows_steps_levels_products_and_models(usual):
    ids = [block.get("id") for block in report_page(usual)]
    assert ids == [None, "error-ahead", "accuracy-levels", "worst-forecast", "model-errors", None]
    assert (usual / "csv" / "forecast_accuracy.csv").is_file() and (usual / "csv" / "forecast_errors.csv").is_file()


def test_no_win_is_claimed_where_nothing_beats_the_last_week(chance):
    verdicts = ask(chance / "tables", "level, verdict", "forecast_accuracy", "where step is null")
    assert len(verdicts) == 3 and all(verdict != "better" for _, verdict in verdicts)
    assert "less than repeating" not in report_page(chance)[0]["text"]


def test_ten_days_are_too_few_and_the_page_says_so(foresell, tmp_path):
    run = run_shop(foresell, tmp_path, weekly(random.Random(4), 10))
    blocks = report_page(run)
    assert [block["type"] for block in blocks] == ["text"]
    assert blocks[0]["text"].startswith("Too little is known to tell how good the forecasts are: ")
