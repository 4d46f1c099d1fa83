"""What suppliers ask for: the days on which they take orders, the least value of an order, the pallets that their truck takes.

Twelve products of four suppliers, sold in two stores; each figure below is worked out from what the files say.
"""
import datetime

import pytest

from source_shop import ask
from test_stock import FIRST, LAST, Shop, write

DAYS = 182  # the last one is a Sunday
STORES = ("north", "south")
SUPPLIERS = ("Acme", "Bolt", "Carry", "Dull")
ITEMS = [(f"{supplier[0]}{number}", supplier) for supplier in SUPPLIERS for number in range(3)]
LEAST = {"Bolt": 3000, "Dull": 500000}
TERMS = [("10077", "Acme", 3, "Tue, Fri", "", ""), ("Bolt", "Bolt plc", 5, "", LEAST["Bolt"], ""), ("Carry", "Carry Inc", 4, "1;4", "", 1),
         ("Dull", "Dull & Sons", 2, "whenever", LEAST["Dull"], "")]


def sold(day: int, item: int, store: int) -> int:
    return 2 + (day * 7 + item * 3 + store) % 5


def files(folder, terms=TERMS):
    write(folder / "sales.csv", ["date", "product_id", "store_id", "units", "price"],
          [(FIRST + datetime.timedelta(day), item, store, sold(day, i, s), "9.50")
           for day in range(DAYS) for i, (item, _) in enumerate(ITEMS) for s, store in enumerate(STORES)])
    write(folder / "products.csv", ["product_id", "product_name", "category", "supplier", "unit_cost", "Units per pallet"],
          [(item, f"Thing {item}", f"group {i % 3}", supplier, 5.25, 40) for i, (item, supplier) in enumerate(ITEMS)])
    write(folder / "stock.csv", ["product_id", "store_id", "on_hand"], [(item, store, 10) for item, _ in ITEMS for store in STORES])
    if terms:
        write(folder / "suppliers.csv", ["supplier", "supplier_name", "lead time (days)", "order days", "minimum order value", "pallets per truck"], terms)


@pytest.fixture(scope="module")
def shop(foresell, tmp_path_factory):
    return Shop(foresell, tmp_path_factory.mktemp("suppliers"), files)


@pytest.fixture(scope="module")
def free(foresell, tmp_path_factory):
    """The same shop, of whose suppliers nothing is known but how fast they are."""
    return Shop(foresell, tmp_path_factory.mktemp("free"), lambda folder: files(folder, [(*row[:3], "", "", "") for row in TERMS]))


def lines(shop, what):
    shop.make("supplier_orders")
    return {(item, store): row for item, store, *row in shop.ask("order_lines", f"item, store, {what}")}


def orders(shop, what):
    shop.make("supplier_orders")
    return {(supplier, store): row for supplier, store, *row in shop.ask("supplier_orders", f"supplier, store, {what}")}


def test_init_knows_the_file(shop):
    told = shop.ask("supplier_terms", "supplier, name, lead_days, minimum_value, truck")
    assert set(told) == {("10077", "Acme", 3, None, None), ("Bolt", "Bolt plc", 5, 3000, None), ("Carry", "Carry Inc", 4, None, 1),
                         ("Dull", "Dull & Sons", 2, 500000, None)}


def test_the_next_order_is_on_the_suppliers_next_day(shop):
    days = {supplier: row for supplier, *row in shop.ask("supplier_terms", "supplier, order_on, wait, next_order, note")}
    tuesday, monday = LAST + datetime.timedelta(2), LAST + datetime.timedelta(1)
    assert LAST.isoweekday() == 7
    assert days["10077"] == [tuesday, 1, 3, None]
    assert days["Carry"] == [monday, 0, 3, None]
    assert days["Bolt"] == [None, 0, None, None]
    assert days["Dull"] == [None, 0, None, "order_days names no day of the week: any day is taken"]
    terms = set(shop.ask("stock_terms", "item, lead_time, lead_time_from, wait, review", "where item like '%0'"))
    assert terms == {("A0", 3, "suppliers", 1, 3), ("B0", 5, "suppliers", 0, 7), ("C0", 4, "suppliers", 0, 3), ("D0", 2, "suppliers", 0, 7)}


def test_an_order_that_waits_arrives_later_and_lasts_until_the_next(shop):
    """On Tuesday, for three days on: it is on sale after 1 + 3 days, and four items a day are sold of each."""
    for (item, _), (on, demand, why) in lines(shop, "order_on, demand, reason").items():
        if item[0] != "A":
            continue
        assert on == LAST + datetime.timedelta(2)
        assert demand == pytest.approx(12, abs=2.5)
        assert "when it arrives in 4 days" in why


def test_an_order_below_the_least_value_is_filled_with_what_loses_least(shop, free):
    needed, ordered = orders(free, "cost, gain, quantity"), orders(shop, "cost, gain, quantity, note")
    for store in STORES:
        cost, gain, _, note = ordered["Bolt", store]
        assert needed["Bolt", store][0] < LEAST["Bolt"] <= cost < LEAST["Bolt"] + 60
        assert 0 < gain < needed["Bolt", store][1]
        assert note == "filled up to the least order"
    more, why = lines(shop, "quantity, note, reason"), "more than is needed, to fill the least order of Bolt"
    for cell, (quantity,) in lines(free, "quantity").items():
        if cell[0][0] == "B":
            assert more[cell][0] > quantity
            assert more[cell][1] == why
            assert more[cell][2].endswith(f": order {quantity:.0f}; ordered are {more[cell][0]:.0f}, {why}")


def test_a_least_value_that_is_not_worth_it_means_no_order(shop, free):
    for cell, (quantity, gain, risk, note) in lines(shop, "quantity, gain, risk, note").items():
        if cell[0][0] == "D":
            assert (quantity, gain, note) == (0, 0, "nothing, since the least order of Dull is not worth it")
            assert risk >= lines(free, "risk")[cell][0]
    for store in STORES:
        assert orders(shop, "quantity, note")["Dull", store] == [0, "nothing, since the least order is not worth it"]


def test_a_truck_takes_what_gains_most(shop, free):
    loads, needed = orders(shop, "pallets, quantity, gain, note"), orders(free, "pallets, quantity, gain")
    three_days = [cell for cell in lines(shop, "quantity") if cell[0][0] == "C"]
    for store in STORES:
        pallets, quantity, gain, _ = loads["Carry", store]
        assert pallets == pytest.approx(quantity / 40)
        assert pallets <= 1 < needed["Carry", store][0]
        assert pallets > 1 - 2 / 40
    assert len(three_days) == 6
    assert any(note == "cut to what the truck of Carry takes" for note, in lines(shop, "note").values())


def test_what_suppliers_do_not_limit_is_as_it_was(shop, free):
    """Without a least value, a truck or days of ordering the list is that of least cost."""
    plain = lines(free, "quantity, gain, cost, order_on")
    best = {(item, store): row for item, store, *row in free.ask("best_orders", "item, store, quantity, gain, cost")}
    for cell, (quantity, gain, cost, on) in plain.items():
        assert [quantity, gain, cost] == best[cell]
        assert on is None


def test_a_budget_below_the_least_value_leaves_the_supplier_out(foresell, tmp_path):
    shop = Shop(foresell, tmp_path, files, "--set", "stock.budget=2500")
    cut = orders(shop, "quantity, cost, note")
    assert sum(cost for _, cost, _ in cut.values()) <= 2500
    for store in STORES:
        assert cut["Bolt", store][0] == 0
        assert cut["Bolt", store][2] == "nothing, since the budget leaves less than the least order"


def test_a_budget_places_some_orders_whole_and_not_all_in_part(shop, foresell, tmp_path):
    """Bolt asks for as much as two thirds of what it is sent: money for one of its two orders goes into one of them, not half into each."""
    whole = lines(shop, "cost, gain")
    bolt = {store: cost for (supplier, store), (cost, _) in orders(shop, "cost, note").items() if supplier == "Bolt"}
    assert all(cost >= LEAST["Bolt"] for cost in bolt.values())
    others = [(gain / cost, cost) for (item, _), (cost, gain) in whole.items() if item[0] in "AC" and cost > 0]
    budget = sum(cost for cost, _ in whole.values()) - LEAST["Bolt"]
    less = Shop(foresell, tmp_path, files, "--set", f"stock.budget={budget}")
    cut = orders(less, "cost, note")
    got = lines(less, "cost, gain")
    assert others and sum(cost for cost, _ in got.values()) <= budget
    placed = [cut["Bolt", store][0] for store in STORES]
    assert max(placed) >= LEAST["Bolt"] and all(cost == 0 or cost >= LEAST["Bolt"] for cost in placed)
    share = [sum(row[k] for row in got.values()) / sum(row[k] for row in whole.values()) for k in (0, 1)]
    assert share[1] >= share[0] > 0.3


def test_odd_terms_are_said(foresell, tmp_path):
    below = "a term below zero, or a truck without room, is left out"
    rows = {"Acme": ("", "-3", "", "", ""), "Bolt": ("", "", "", "-5", "0"), "Carry": ("", "", "daily", "", ""), "Dull": ("", "", "Mittwochs und freitags", "", "")}
    files(tmp_path / "files", [(supplier, *row) for supplier, row in rows.items()])
    foresell("init", tmp_path / "project", "--from", tmp_path / "files")
    foresell("run", tmp_path / "project", "--only", "supplier_terms")
    found = ask(tmp_path / "project" / "runs" / "latest" / "tables", "supplier, lead_days, wait, next_order, minimum_value, truck, note", "supplier_terms")
    assert found == [("Acme", None, 0, None, None, None, below), ("Bolt", None, 0, None, None, None, below), ("Carry", None, 0, None, None, None, None),
                     ("Dull", None, 2, 2, None, None, None)]
