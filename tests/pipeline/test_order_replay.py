"""The order list played through the past of a run: nothing gets lost, the future is not seen, and what it costs beside a plain planner."""
import csv
import datetime

import pytest

from source_shop import ask

FIRST, DAYS, CHANGED = datetime.date(2023, 1, 2), 210, 12
LAST = FIRST + datetime.timedelta(DAYS - 1)
POLICIES = ("moving average", "orders")
COLUMNS = "policy, item, store, period, arrived, on_hand, demand, sold, missed, remaining, waste, ordered, cost_holding, cost_shortage, cost"


def write(file, header, rows):
    with open(file, "w", newline="") as out:
        csv.writer(out).writerows([header, *rows])


def replay_of(foresell, folder, last=1, stock=True):
    """Eight items, sold anew each day; those of the last days `last` times."""
    files, project = folder / "files", folder / "project"
    files.mkdir(parents=True)
    items = range(8)
    write(files / "sales.csv", ["date", "product_id", "store_id", "units", "price"],
          [(FIRST + datetime.timedelta(day), f"A{i}", "north", (1 + (day * 7 + i * 3 + day * day) % (4 + i)) * (last if day >= DAYS - CHANGED else 1), "9.50")
           for day in range(DAYS) for i in items])
    write(files / "products.csv", ["product_id", "product_name", "unit_cost", "Lead time (days)", "Case pack"],
          [(f"A{i}", f"Thing {i}", 5, 2 + i % 3, 1 + i % 2) for i in items])
    if stock:
        write(files / "stock.csv", ["product_id", "store_id", "on_hand", "holding_cost", "shortage_cost"], [(f"A{i}", "north", 30, 0.05, 4) for i in items])
    foresell("init", project, "--from", files)
    foresell("run", project, "--only", "order_replay", timeout=300)
    return project / "runs" / "latest" / "tables"


@pytest.fixture(scope="module")
def tables(foresell, tmp_path_factory):
    return replay_of(foresell, tmp_path_factory.mktemp("replay"))


def test_what_is_there_is_sold_or_left(tables):
    rows = ask(tables, COLUMNS, "order_replay", "order by policy, item, store, period")
    assert {row[0] for row in rows} == set(POLICIES) and len({row[1] for row in rows}) == 8
    before = None
    for row in rows:
        policy, item, store, period, arrived, there, demand, sold, missed, left, waste, ordered, holding, shortage, cost = row
        assert there == pytest.approx(sold + left + waste) and demand == pytest.approx(sold + missed)
        assert holding == pytest.approx(0.05 * left) and shortage == pytest.approx(4 * missed) and cost == pytest.approx(holding + shortage)
        if before and before[:3] == row[:3]:
            assert there == pytest.approx(before[9] + arrived) and period == before[3] + datetime.timedelta(1)
        before = row


def test_what_was_ordered_arrives_after_its_lead_time(tables):
    for policy in POLICIES:
        for i in range(8):
            rows = ask(tables, "ordered, arrived", "order_replay", f"where policy = '{policy}' and item = 'A{i}' order by period")
            ordered, arrived = zip(*rows)
            wait = 2 + i % 3 + 1
            assert sum(ordered) > 0 and arrived[wait:] == ordered[:-wait]
            assert all(units % (1 + i % 2) == 0 for units in ordered)


def test_both_see_the_same_days_and_begin_with_the_same_stock(tables):
    sides = [ask(tables, "item, store, period, demand", "order_replay", f"where policy = '{policy}' order by all") for policy in POLICIES]
    assert sides[0] == sides[1]
    opening = [ask(tables, "item, min_by(on_hand, period)", name, "group by item order by item") for name in ("replay_ours", "replay_plain")]
    assert opening[0] == opening[1]


def test_the_future_is_not_seen(foresell, tables, tmp_path):
    other = replay_of(foresell, tmp_path, last=5)
    change = LAST - datetime.timedelta(CHANGED - 1)
    select = "policy, item, store, period, ordered, remaining, cost"
    past = f"where period < date '{change}' order by all"
    assert ask(other, select, "order_replay", past) == ask(tables, select, "order_replay", past)
    later = f"where period >= date '{change}' order by all"
    assert ask(other, select, "order_replay", later) != ask(tables, select, "order_replay", later)


def test_without_a_count_the_same_is_replayed(foresell, tables, tmp_path):
    """What is there now is nothing to the past: the same periods of the same items, by costs that are worked out where no file tells them."""
    uncounted = replay_of(foresell, tmp_path, stock=False)
    cells = "policy, item, store, period, demand"
    assert ask(uncounted, cells, "order_replay", "order by all") == ask(tables, cells, "order_replay", "order by all")
    rows = ask(uncounted, "missed, remaining, cost", "order_replay")
    holding, shortage = 5 * 0.25 / 365.25, 9.5 - 5
    assert all(cost == pytest.approx(holding * left + shortage * missed) for missed, left, cost in rows)
    assert sum(cost for *_, cost in rows) > 0


def test_the_list_costs_less_than_the_plain_planner_on_vn2(foresell, data, tmp_path):
    if not (data / "vn2").is_dir():
        pytest.skip(f"no vn2 in {data}")
    foresell("init", tmp_path / "vn2", "--from", data / "vn2", "--set", "stock.holding=0.2", "--set", "stock.shortage=1")
    foresell("run", tmp_path / "vn2", "--only", "order_replay", timeout=600)
    cost = dict(ask(tmp_path / "vn2" / "runs" / "latest" / "tables", "policy, sum(cost)", "order_replay", "group by policy"))
    assert 0 < cost["orders"] < cost["moving average"]
