"""`foresell apply order` on what `foresell apply forecast` gives, and `replay_orders` on the past: orders that are worth it, and a replay that adds up."""
from __future__ import annotations

import csv
import random
from datetime import date, timedelta

import pytest

FIRST, WEEKS, LEAD = date(2021, 1, 4), 104, 2


def demand_of(item: str) -> list[int]:
    chance = random.Random(item)
    return [sum(chance.random() < 0.3 for _ in range(20)) if item == "brisk" else int(chance.random() < 0.2) * 2 for _ in range(WEEKS)]


@pytest.fixture
def apply(foresell):
    def to_rows(operator, file, out, *options):
        foresell("apply", operator, file, *options, "-o", out)
        with open(out, newline="") as made:
            return list(csv.DictReader(made))
    return to_rows


def write(path, rows):
    with open(path, "w", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_forecast_becomes_an_order_list_and_lots_under_a_budget(apply, tmp_path):
    sales = write(tmp_path / "sales.csv", [{"item": item, "week": FIRST + timedelta(7 * n), "units": units}
                                           for item in ("brisk", "rare") for n, units in enumerate(demand_of(item))])
    group = ["--group", "item", "--order", "week"]
    ahead = apply("forecast", sales, tmp_path / "ahead.csv", *group, "--value", "units", "--horizon", "6")
    state = write(tmp_path / "state.csv", [{"item": row["item"], "week": row["period"], **{name: row[name] for name in row if name == "mean" or name[:2] == "q0"},
                                            "on_hand": 14 if row["item"] == "brisk" else 0, "lead_time": LEAD, "holding": 0.2, "shortage": 1, "unit_cost": 3, "pack": 2}
                                           for row in ahead])
    orders = {row["item"]: row for row in apply("order", state, tmp_path / "orders.csv", *group)}
    assert set(orders) == {"brisk", "rare"}
    brisk = orders["brisk"]
    assert 4 <= float(brisk["quantity"]) <= 12 and float(brisk["quantity"]) % 2 == 0  # six a week, two weeks of lead, 14 there
    assert float(brisk["gain"]) > 0 and float(brisk["risk"]) < float(brisk["risk_without"])
    assert "of 14 when it arrives in 2 weeks" in brisk["reason"] and f"order {float(brisk['quantity']):.0f} (" in brisk["reason"]
    lots = apply("order", state, tmp_path / "lots.csv", *group, "--rows", "pack")
    for item, order in orders.items():
        own = [lot for lot in lots if lot["item"] == item]
        gains = [float(lot["gain"]) / float(lot["packs"]) for lot in own]
        assert gains == sorted(gains, reverse=True) and all(gain > 0 for gain in gains)
        assert sum(float(lot["quantity"]) for lot in own) == float(order["quantity"])
        assert sum(float(lot["gain"]) for lot in own) == pytest.approx(float(order["gain"]))
    one, two = (apply("order", state, tmp_path / f"{threads}.csv", *group, "--threads", threads) for threads in ("1", "2"))
    assert one == two


def test_a_replay_of_the_moving_average_is_that_of_a_plain_loop(apply, tmp_path):
    items = ("brisk", "rare")
    past = write(tmp_path / "past.csv", [{"item": item, "week": FIRST + timedelta(7 * n), "demand": units, "lead_time": LEAD, "holding": 0.2, "shortage": 1, "opening": 20}
                                         for item in items for n, units in enumerate(demand_of(item))])
    rows = apply("replay_orders", past, tmp_path / "replay.csv", "--group", "item", "--order", "week", "--policy", "moving_average", "--past", "52")
    for item in items:
        demand, stock, coming, cost = demand_of(item), 20, [0] * (WEEKS + LEAD + 1), 0.0
        for n in range(52, WEEKS):
            stock += coming[n]
            missed, stock = max(demand[n] - stock, 0), max(stock - demand[n], 0)
            cost += 0.2 * stock + missed
            level = sum(demand[n - 12:n + 1]) / 13 * 4
            coming[n + LEAD + 1] = -int(-max(level - stock - sum(coming[n + 1:]), 0) // 1)
        own = [row for row in rows if row["item"] == item]
        assert len(own) == WEEKS - 52
        assert sum(float(row["cost"]) for row in own) == pytest.approx(cost)
        assert float(own[-1]["remaining"]) == stock
        assert 20 + sum(float(row["arrived"]) for row in own) == sum(float(row["sold"]) + float(row["waste"]) for row in own) + stock
