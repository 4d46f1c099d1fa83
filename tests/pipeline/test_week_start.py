"""The order of weekdays in the report: by the setting week_start, else as people in the country have it."""
import datetime
from pathlib import Path

import pytest

from source_shop import ask, document

WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DAYS = [datetime.date(2024, 1, 1) + datetime.timedelta(n) for n in range(84)]


def shop_of(foresell, folder: Path, *settings: str) -> Path:
    """Twelve weeks, an hour on each weekday in which most is sold."""
    lines = [f"{day} {8 + hour}:00:00,tea,{1 + hour % 3},{2 + day.weekday()}" for day in DAYS for hour in range(4 + day.weekday())]
    (folder / "files").mkdir()
    (folder / "files" / "till.csv").write_text("\n".join(["when,item,units,amount", *lines]) + "\n")
    foresell("init", folder / "p", "--from", folder / "files", *(word for one in settings for word in ("--set", one)))
    return folder / "p"


def block(report: dict, name: str) -> dict:
    return next(b for page in report["pages"] for b in page["blocks"] if b.get("id") == name)


@pytest.mark.parametrize(("settings", "first"), [
    ([], 1), (["country=US"], 7), (["country=EG"], 6), (["country=US", "week_start=monday"], 1), (["week_start=saturday"], 6),
])
def test_weekdays_stand_in_the_readers_order(foresell, tmp_path, settings, first):
    project = shop_of(foresell, tmp_path, *settings)
    foresell("run", project, timeout=300)
    report = document(project / "runs" / "latest")
    order = WEEK[first - 1:] + WEEK[:first - 1]
    assert report["meta"]["first_weekday"] == first
    assert [one["name"] for one in block(report, "hours")["choose"][0]["series"]] == order, "the heat map's rows"
    assert [row[0] for row in block(report, "week")["rows"]] == order
    shape = block(report, "weekdays")
    assert (shape.get("choose") or [shape])[0]["series"][0]["x"] == order
    tables = project / "runs" / "latest" / "tables"
    assert [d for d, in ask(tables, "distinct weekday", "hours_of_week", "order by 1")] == list(range(1, 8)), "tables keep the numbers of ISO"
    assert {d.isoweekday() for d, in ask(tables, "first_day", "business_periods", "where grain = 'week'")} == {1}


def test_a_day_on_which_no_week_begins_is_refused(foresell, tmp_path):
    project = shop_of(foresell, tmp_path)
    text = (project / "foresell.yaml").read_text()
    assert 'week_start: ""' in text
    (project / "foresell.yaml").write_text(text.replace('week_start: ""', "week_start: tuesday"))
    said = foresell("run", project, check=False)
    assert said.returncode != 0 and "week_start" in said.stderr and "monday|sunday|saturday" in said.stderr
