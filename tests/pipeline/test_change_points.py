"""Lasting shifts: their figures are those of a plain count, and odd data give none. (Those that simulate plants: test_planted.py.)"""
import datetime
import math
import statistics
from pathlib import Path

import pytest

from source_shop import ask

DAY = datetime.date


# ---- plain figures ----


def made(foresell, folder: Path, text: str, *settings: str) -> Path:
    (folder / "files").mkdir()
    (folder / "files" / "till.csv").write_text(text)
    foresell("init", folder / "p", "--from", folder / "files", *(word for s in settings for word in ("--set", s)))
    foresell("run", folder / "p", "--only", "change_points")
    return folder / "p" / "runs" / "latest" / "tables"


FIRST, DAYS, TURN = DAY(2022, 1, 3), 728, 434  # a Monday; the turn is one too


def till(price, units, promoted=lambda n: False, stores=("north", "south")) -> str:
    """Each store and day a line of each product: units(store, item, n), at price(item, n)."""
    lines = ["date,store,item,units,revenue,on_promotion"]
    for n in range(DAYS):
        for store in stores:
            for item in ("ale", "bread"):
                count = units(store, item, n)
                if count:
                    lines.append(f"{FIRST + datetime.timedelta(n)},{store},{item},{count},{count * price(item, n):.2f},{int(promoted(n))}")
    return "\n".join(lines) + "\n"


def usual(store, item, n):
    return 40 + n * 37 % 11 + 10 * (n % 7 == 5)


def found_of(tables: Path, level: str, key: str) -> dict:
    names = "period, before, after, change, money_a_year, cause, price_change, offered_change, promoted_change, lasted"
    rows = [dict(zip(names.split(", "), row)) for row in ask(tables, names, "change_points", f"where level = '{level}' and key = '{key}'")]
    assert len(rows) == 1, rows
    return rows[0]


def test_levels_and_money_are_those_of_a_plain_count(foresell, tmp_path):
    tables = made(foresell, tmp_path, till(lambda item, n: 2.5, lambda store, item, n: usual(store, item, n) // (2 if store == "south" and n >= TURN else 1)))
    south = found_of(tables, "store", "south")
    sold = [sum(usual("south", item, n) // (2 if n >= TURN else 1) for item in ("ale", "bread")) for n in range(DAYS)]
    before, after = statistics.mean(sold[TURN - 364:TURN]), statistics.mean(sold[TURN:])
    assert abs((south["period"] - FIRST).days - TURN) <= 3 and south["lasted"] == DAYS - (south["period"] - FIRST).days
    assert south["before"] == pytest.approx(before, rel=0.02) and south["after"] == pytest.approx(after, rel=0.02)
    assert south["change"] == pytest.approx(after / before - 1, abs=0.02)
    assert south["money_a_year"] == pytest.approx((south["after"] - south["before"]) * 365.25 * 2.5)
    assert south["cause"] is None
    assert ask(tables, "count(*)", "change_points", "where key = 'north'") == [(0,)]


def test_a_price_that_moved_then_is_the_cause_and_how_far_it_moved(foresell, tmp_path):
    tables = made(foresell, tmp_path, till(lambda item, n: 3.0 if item == "ale" and n >= TURN else 2.5,
                                           lambda store, item, n: int(usual(store, item, n) * (0.7 if item == "ale" and n >= TURN else 1))))
    ale = found_of(tables, "item", "ale")
    assert ale["cause"] == "price" and ale["price_change"] == pytest.approx(0.2) and ale["change"] == pytest.approx(-0.3, abs=0.03)


def test_a_price_that_moved_at_another_time_is_none(foresell, tmp_path):
    tables = made(foresell, tmp_path, till(lambda item, n: 3.0 if item == "ale" and n >= TURN - 150 else 2.5,
                                           lambda store, item, n: int(usual(store, item, n) * (0.7 if item == "ale" and n >= TURN else 1))))
    ale = found_of(tables, "item", "ale")
    assert ale["cause"] is None and ale["price_change"] == pytest.approx(0)


def test_a_store_that_opens_is_the_cause_of_more(foresell, tmp_path):
    tables = made(foresell, tmp_path, till(lambda item, n: 2.5, lambda store, item, n: usual(store, item, n) // 2 if store == "south" and n >= TURN
                                           else usual(store, item, n) if store == "north" else 0))
    total = found_of(tables, "total", "(all)")
    assert total["cause"] == "store opened" and total["change"] == pytest.approx(0.5, abs=0.05)
    assert found_of(tables, "item", "ale")["cause"] == "store opened"


# ---- other periods, little and odd data ----


def test_weekly_and_monthly_files(foresell, tmp_path):
    def text(step):
        first = DAY(2019, 1, 7)
        days = [first + datetime.timedelta(7 * n) for n in range(156)] if step == 7 else [DAY(2016 + n // 12, 1 + n % 12, 1) for n in range(60)]
        return "date,item,units,revenue\n" + "".join(f"{day},tea,{(200 if n < len(days) * 0.6 else 140) + n * 37 % 11},{3 * (200 + n % 7)}\n" for n, day in enumerate(days))

    for name, step, at in (("week", 7, DAY(2019, 1, 7) + datetime.timedelta(7 * 94)), ("month", 30, DAY(2019, 1, 1))):
        (tmp_path / name).mkdir()
        tables = made(foresell, tmp_path / name, text(step))
        total = found_of(tables, "total", "(all)")
        assert total["period"] == at and total["change"] == pytest.approx(-0.29, abs=0.03), name


ODD = {
    "one day": "date,item,units,revenue\n" + "2024-03-01,tea,1,2.5\n" * 3,
    "no prices": "date,item,units\n" + "".join(f"{DAY(2024, 1, 1) + datetime.timedelta(n)},tea,{1 + n % 4 + 9 * (n > 100)}\n" for n in range(200)),
    "all returns": "date,item,units,revenue\n" + "".join(f"{DAY(2024, 1, 1) + datetime.timedelta(n)},tea,-1,-2.5\n" for n in range(140)),
    "nothing but zeros": "date,item,units,revenue\n" + "".join(f"{DAY(2024, 1, 1) + datetime.timedelta(n)},tea,0,0\n" for n in range(140)),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_data_give_finite_figures_or_none(foresell, tmp_path, name):
    tables = made(foresell, tmp_path, ODD[name])
    rows = ask(tables, "*", "change_points")
    assert len(rows) == (2 if name == "no prices" else 0), rows
    assert not any(isinstance(cell, float) and not math.isfinite(cell) for row in rows for cell in row)
    if rows:
        assert ask(tables, "distinct money_a_year, sure", "change_points") == [(None, False)]
