"""What a shop's files tell of its stock: counts, open orders by when they arrive, terms of ordering, costs, too much of something.

Small made-up folders with headers in English, German and Spanish; each figure below is worked out from what is written there.
"""
import csv
import datetime
import json
import math
import random
import statistics

import pytest

from source_shop import ask

FIRST = datetime.date(2023, 1, 2)
DAYS = 182
LAST = FIRST + datetime.timedelta(DAYS - 1)
ITEMS = [f"A{number:02d}" for number in range(8)]
STORES = ("north", "south")


def sold(day: int, item: int, store: int) -> int:
    """A00 is sold in the south alone for the last 120 days and never again in the north; others sell 1 to 3 a day in both."""
    if item == 0:
        return (2 + day % 2 if store else 1 if day < 20 else 0)
    return 1 + (day * 7 + item * 3 + store) % 3


def write(file, header, rows, delimiter=","):
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "w", newline="") as out:
        csv.writer(out, delimiter=delimiter).writerows([header, *rows])


def cells():
    return [(item, store) for item in range(len(ITEMS)) for store in range(len(STORES))]


def write_sales(file, header, date, price, delimiter):
    write(file, header, [(date(FIRST + datetime.timedelta(day)), ITEMS[i], STORES[s], sold(day, i, s), price)
                         for day in range(DAYS) for i, s in cells()], delimiter)


def on_hand(item: int, store: int) -> int:
    return 0 if (item, store) == (0, 1) else 900 if item == 7 else 30 + item


def english(folder):
    write_sales(folder / "sales.csv", ["date", "product_id", "store_id", "units", "price"], str, "9.50", ",")
    write(folder / "products.csv",
          ["product_id", "product_name", "category", "supplier", "unit_cost", "Lead time (weeks)", "Case pack", "Minimum order qty",
           "Shelf life (days)", "Max stock"],
          [(item, f"Thing {item}", f"group {i % 3}", "Acme", 5.25 + i / 4, 2 if i % 2 else 1, 6, 12, 400, 1000) for i, item in enumerate(ITEMS)])
    write(folder / "stock.csv", ["product_id", "store_id", "on_hand"], [(ITEMS[i], STORES[s], on_hand(i, s)) for i, s in cells()])
    write(folder / "open_orders.csv", ["product_id", "store_id", "order_qty", "expected_date"],
          [(ITEMS[i], "north", 24, LAST + datetime.timedelta(i)) for i in range(1, len(ITEMS))] + [(ITEMS[1], "north", 6, LAST)])
    write(folder / "costs.csv", ["product_id", "store_id", "holding_cost", "shortage_cost"],
          [(ITEMS[i], STORES[s], 0.01, 4.05 + i) for i, s in cells()])


def german(folder):
    write_sales(folder / "Verkaeufe.csv", ["Datum", "Artikelnummer", "Filiale", "Menge", "Einzelpreis"], lambda d: d.strftime("%d.%m.%Y"), "9,50", ";")
    write(folder / "Artikelstamm.csv",
          ["Artikelnummer", "Bezeichnung", "Warengruppe", "Lieferant", "Einkaufspreis", "Lieferzeit (Tage)", "Verpackungseinheit",
           "Mindestbestellmenge", "Haltbarkeit (Tage)", "Maximalbestand"],
          [(item, f"Ding {item}", f"Gruppe {i % 3}", "Meier", f"{5 + i},25", 14 if i % 2 else 7, 6, 12, 400, 1000) for i, item in enumerate(ITEMS)], ";")
    write(folder / "Lagerbestand.csv", ["Artikelnummer", "Filiale", "Bestand", "Unterwegs Woche+1", "Unterwegs Woche+2"],
          [(ITEMS[i], STORES[s], on_hand(i, s), i, 2 * i) for i, s in cells()], ";")
    write(folder / "Kosten.csv", ["Artikelnummer", "Filiale", "Lagerkosten", "Fehlmengenkosten"],
          [(ITEMS[i], STORES[s], "0,01", f"{4 + i},05") for i, s in cells()], ";")


def spanish(folder):
    write_sales(folder / "ventas.csv", ["Fecha", "Producto", "Tienda", "Cantidad", "Precio"], lambda d: d.strftime("%d/%m/%Y"), "9.50", ";")
    write(folder / "productos.csv",
          ["Producto", "Nombre", "Categoría", "Proveedor", "Precio de compra", "Plazo de entrega (días)", "Unidades por caja", "Pedido mínimo",
           "Vida útil (días)", "Stock máximo"],
          [(item, f"Cosa {item}", f"grupo {i % 3}", "Ruiz", 5.25 + i, 14 if i % 2 else 7, 6, 12, 400, 1000) for i, item in enumerate(ITEMS)], ";")
    write(folder / "inventario.csv",
          ["Producto", "Tienda", "Existencias", "En tránsito semana+1", "En tránsito semana+2", "Costo de almacenamiento", "Costo faltante"],
          [(ITEMS[i], STORES[s], on_hand(i, s), i, 2 * i, 0.01, 4.05 + i) for i, s in cells()], ";")


class Shop:
    def __init__(self, foresell, folder, make, *more):
        self.files, self.project, self.foresell = folder / "files", folder / "project", foresell
        make(self.files)
        foresell("init", self.project, "--from", self.files, *more)
        foresell("run", self.project, "--only", "overstock", timeout=300)

    def make(self, table):
        self.foresell("run", self.project, "--only", table, "--resume", timeout=300)

    def order(self, what="item, store, quantity, gain"):
        self.make("order_lines")
        return self.ask("order_lines", what)

    def ask(self, table, what, where=""):
        return ask(self.project / "runs" / "latest" / "tables", what, table, where)


@pytest.fixture(scope="module", params=[english, german, spanish], ids=lambda make: make.__name__)
def shop(request, foresell, tmp_path_factory):
    return Shop(foresell, tmp_path_factory.mktemp("stock") / request.param.__name__, request.param)


def test_counts_are_those_of_the_file(shop):
    told = {(i, s): h for i, s, h, known in shop.ask("stock_now", "item, store, on_hand, known") if known == "counted"}
    assert told == {(ITEMS[i], STORES[s]): on_hand(i, s) for i, s in cells()}


def test_open_orders_come_when_the_file_says(shop, request):
    told = set(shop.ask("open_orders", "item, store, ahead, units, told"))
    if (shop.files / "open_orders.csv").exists():  # the line that was to arrive on the last day is there already
        expected = {(ITEMS[i], "north", i, 24.0, "by the file") for i in range(1, len(ITEMS))}
    else:
        expected = {(ITEMS[i], STORES[s], 7 * week, float(week * i), "by the file") for i, s in cells() for week in (1, 2) if i}
    assert told == expected


def test_terms_are_those_of_the_item_in_the_store(shop):
    for i, s in cells():
        [row] = shop.ask("stock_terms", "lead_time, lead_time_from, review, holding, holding_from, shortage, pack, minimum_order, capacity, shelf_life, supplier",
                         f"where item = '{ITEMS[i]}' and store = '{STORES[s]}'")
        assert row[:5] == (14 if i % 2 else 7, "products", 7, 0.01, "stock")
        assert row[5:10] == (pytest.approx(4.05 + i), 6, 12, 1000, 400)
        assert row[10] in ("Acme", "Meier", "Ruiz")


def test_what_nobody_buys_is_moved_to_the_store_that_lacks_it(shop):
    """A00 lies in the north, where it is not sold, and is out in the south, which sells 2.5 a day: it lacks them until an order is there, 7 days."""
    [(units, lack)] = shop.ask("stock_moves", "units, lack", f"where item = '{ITEMS[0]}' and from_store = 'north' and to_store = 'south'")
    assert 15 <= lack <= 20 and units == lack
    [(kind, excess, moved, action)] = shop.ask("overstock", "kind, excess, moved, action", f"where item = '{ITEMS[0]}' and store = 'north'")
    assert (kind, excess, moved, action) == ("dead", 30, units, "move, clear the rest")


def test_what_is_held_longer_than_it_is_worth_is_too_much(shop):
    """900 of A07 at two a day: holding a cent a day, a quarter of the cost pays 175 days in one shop and more than its shelf life of 400 in none."""
    [(cost,)] = shop.ask("stock_terms", "unit_cost", f"where item = '{ITEMS[7]}' and store = 'south'")
    rows = shop.ask("overstock", "demand_a_period, keep, excess, on_hand, on_way, tied_up", f"where item = '{ITEMS[7]}' and store = 'south'")
    assert len(rows) == 1
    demand, keep, excess, there, way, tied = rows[0]
    worth = min(0.25 * cost / 0.01, 400)
    assert 1.8 < demand < 2.2
    assert keep == pytest.approx(demand * worth, abs=1)
    assert excess == min(there, there + way - keep) and tied == pytest.approx(excess * cost)
    for i in range(1, 7):  # a month of sales is not
        assert shop.ask("overstock", "count(*)", f"where item = '{ITEMS[i]}'") == [(0,)]


def test_forecasts_are_of_what_is_on_offer(shop):
    rows = shop.ask("stock_forecasts", "item, store, count(*), cast(min(period) as varchar), avg(mean)", "group by item, store")
    assert {row[2:4] for row in rows} == {(28, str(LAST + datetime.timedelta(1)))}
    assert (ITEMS[0], "north") not in {row[:2] for row in rows} and len(rows) == 2 * len(ITEMS) - 1
    for item, store, _, _, mean in rows:
        assert mean == pytest.approx(2.5 if item == ITEMS[0] else 2, abs=0.25), (item, store)


def test_orders_are_whole_packs_of_what_will_be_missing(shop):
    """A00 is out in the south, which sells 2.5 a day: a pack of six and more, and twelve at least. Of A07 there is enough for a year: none."""
    ordered = {(item, store): (quantity, gain) for item, store, quantity, gain in shop.order()}
    assert len(ordered) == 2 * len(ITEMS) - 1
    assert all(quantity % 6 == 0 and (quantity == 0 or quantity >= 12) for quantity, _ in ordered.values())
    assert ordered[ITEMS[7], "south"][0] == 0
    quantity, gain = ordered[ITEMS[0], "south"]
    assert 18 <= quantity <= 48 and gain > 0


def test_lots_add_up_to_the_order(shop):
    ordered = {(item, store): (quantity, gain) for item, store, quantity, gain in shop.order() if quantity > 0}
    shop.make("order_lots")
    lots = {(item, store): (quantity, gain) for item, store, quantity, gain in shop.ask("order_lots", "item, store, sum(quantity), sum(gain)", "group by item, store")}
    assert {key: quantity for key, (quantity, _) in lots.items()} == {key: quantity for key, (quantity, _) in ordered.items()}
    for key, (_, gain) in lots.items():
        assert gain == pytest.approx(ordered[key][1])


def test_an_outlook_has_the_order_in_it_from_its_arrival_on(shop):
    """A00 in the south is on sale after seven days: until then the stock is the same with the order as without it, which is none."""
    ordered = shop.order()
    shop.make("stock_outlook")
    rows = shop.ask("stock_outlook", "step, stock, low, high, stock_without, period", f"where item = '{ITEMS[0]}' and store = 'south' order by step")
    assert [row[0] for row in rows] == list(range(1, 29)) and rows[0][5] == LAST + datetime.timedelta(1)
    assert all(row[1] == row[4] == 0 for row in rows[:7])
    assert rows[7][1] > 10 and all(row[4] == 0 for row in rows) and all(low <= stock <= high for _, stock, low, high, *_ in rows[7:10])
    assert {row[:2] for row in shop.ask("stock_outlook", "distinct item, store")} == {row[:2] for row in ordered if row[2] > 0}


def test_more_service_takes_more_pieces_and_misses_less(shop):
    shop.make("service_costs")
    rows = shop.ask("service_costs", "service, filled, holding, shortage, cost, units", "order by service")
    assert [row[0] for row in rows] == [.5, .6, .7, .8, .9, .95, .98, .99]
    for less, more in zip(rows, rows[1:]):
        assert more[5] >= less[5] and more[1] >= less[1] and more[2] >= less[2] and more[3] <= less[3]
    assert rows[-1][5] > rows[0][5] and rows[-1][1] > rows[0][1]
    assert all(row[4] == pytest.approx(row[2] + row[3]) for row in rows)


def test_exceptions_are_said_in_words(shop):
    shop.make("order_exceptions")
    said = {(item, store, what) for item, store, what in shop.ask("order_exceptions", "item, store, what")}
    assert (ITEMS[0], "south", "nothing is there and nothing is on its way") in said
    assert not [row for row in said if row[0] == ITEMS[7] and "lasts" in row[2]]
    money = [row[0] for row in shop.ask("order_exceptions", "money", "order by rank")]
    assert money == sorted(money, reverse=True)


def test_a_budget_buys_what_saves_most_for_its_money(foresell, tmp_path):
    """Half the money buys the lots of most gain for it, and no more than it says; twice the money buys the whole list."""
    shop = Shop(foresell, tmp_path / "free", english)
    free = {row[:2]: row[2:] for row in shop.order("item, store, quantity, gain, cost")}
    whole = sum(cost for _, _, cost in free.values())
    shop.make("order_lots")
    lots = shop.ask("order_lots", "item, store, gain / cost, cost, quantity", "order by gain / cost desc, item, store, lot")
    half = Shop(foresell, tmp_path / "half", english, "--set", f"stock.budget={whole / 2}")
    rows = half.order("item, store, quantity, gain, cost, note, risk, risk_without")
    bought, spent = {}, 0
    for item, store, _, cost, quantity in lots:
        spent += cost
        if spent > whole / 2:
            break
        bought[item, store] = bought.get((item, store), 0) + quantity
    assert 0 < sum(row[4] for row in rows) <= whole / 2
    for item, store, quantity, gain, cost, note, risk, without in rows:
        assert quantity == bought.get((item, store), 0), (item, store)
        assert (quantity < free[item, store][0]) == ("cut by the budget" in (note or ""))
        assert gain <= free[item, store][1] + 1e-9 and risk <= without + 1e-9
        assert quantity > 0 or (gain == cost == 0 and risk == without)
    half.make("stock_outlook")
    arriving = dict(((item, store), units) for item, store, units in half.ask("stock_outlook", "item, store, sum(ordered)", "group by all"))
    assert arriving == {row[:2]: row[2] for row in rows if row[2] > 0}
    assert any("cut by the budget" in (row[5] or "") for row in rows if row[2] > 0)
    twice = Shop(foresell, tmp_path / "twice", english, "--set", f"stock.budget={whole * 2}")
    for row in twice.order("item, store, quantity, gain, cost"):
        assert row[2:] == pytest.approx(free[row[:2]])


def test_settings_stand_in_for_what_no_file_says(foresell, tmp_path):
    def bare(folder):
        write_sales(folder / "sales.csv", ["date", "product_id", "store_id", "units", "price"], str, "10", ",")
        write(folder / "stock.csv", ["product_id", "store_id", "date", "on_hand"],
              [(ITEMS[i], STORES[s], LAST - datetime.timedelta(3 if i == 2 else 0), -4 if i == 3 else 30) for i, s in cells()])

    shop = Shop(foresell, tmp_path, bare, "--set", "stock.lead_time=2 weeks", "--set", "stock.review=3", "--set", "stock.holding=20 %", "--set", "stock.shortage=50 %",
                "--set", "stock.service=0.9", "--set", "stock.order_cost=2.5")
    assert set(shop.ask("stock_terms", "lead_time, lead_time_from, review, unit_cost, cost_from, shortage, shortage_from, holding_from")) \
        == {(14, "settings", 3, 7.0, "price", 5.0, "settings", "settings")}
    assert shop.ask("stock_terms", "max(holding)")[0][0] == pytest.approx(7 * 0.2 / 365.25)
    since = sum(sold(day, 2, 0) for day in range(DAYS - 3, DAYS))
    assert shop.ask("stock_now", "on_hand, known, note", f"where item = '{ITEMS[2]}' and store = 'north'") \
        == [(30 - since, "worked out", "the count less what was sold since")]
    assert shop.ask("stock_now", "on_hand, note", f"where item = '{ITEMS[3]}' and store = 'north'") == [(0, "counted below zero, taken as zero")]
    shop.order()
    assert shop.ask("order_cases", "min(order_cost), max(order_cost)") == [(2.5, 2.5)]
    risks = shop.ask("order_lines", "risk, risk_without, quantity", "where risk is not null")
    assert risks and all(risk <= 0.1 + 1e-9 and (quantity > 0) == (without > 0.1) for risk, without, quantity in risks)
    shop.make("order_exceptions")
    assert set(shop.ask("order_exceptions", "store, what", f"where item = '{ITEMS[3]}'")) >= {(store, "counted below zero, taken as zero") for store in STORES}
    assert shop.ask("order_exceptions", "count(*)", "where what like '%settings%' or what like '%from the price%'") == [(0,)]
    said = (shop.project / "foresell.yaml").read_text()
    assert "stock.lead_time: 2 weeks  # as you said" in said and said.count("stock.lead_time") == 1
    for text in ("soon", "-3 days", "14 moons"):
        assert foresell("init", tmp_path / "odd", "--from", shop.files, "--set", f"stock.lead_time={text}", check=False).returncode != 0


def test_a_warehouse_is_not_full_of_dead_stock(foresell, tmp_path):
    """What lies where nothing is sold is not dead while it is on offer in a store."""
    def with_warehouse(folder):
        write_sales(folder / "sales.csv", ["date", "product_id", "store_id", "units", "price"], str, "10", ",")
        write(folder / "stock.csv", ["product_id", "store_id", "on_hand"], [*((ITEMS[i], STORES[s], 30) for i, s in cells()), *((item, "warehouse", 500) for item in ITEMS), ("Z99", "warehouse", 7)])

    shop = Shop(foresell, tmp_path, with_warehouse)
    assert shop.ask("overstock", "item, kind, excess", "where store = 'warehouse'") == [("Z99", "dead", 7)]
    assert shop.ask("stock_moves", "count(*)", "where from_store = 'warehouse' or to_store = 'warehouse'") == [(0,)]


def test_one_place_by_two_names_is_the_same(foresell, tmp_path):
    """Sales that name no store, and the stock of the one there is."""
    def one_place(folder):
        write(folder / "sales.csv", ["date", "product_id", "units", "price"],
              [(FIRST + datetime.timedelta(day), ITEMS[i], sold(day, i, 0), 10) for day in range(DAYS) for i in range(1, 8)])
        write(folder / "stock.csv", ["product_id", "store_id", "on_hand", "In Transit W+1"], [(ITEMS[i], "high street", 10 * i, i) for i in range(1, 8)])

    shop = Shop(foresell, tmp_path, one_place)
    assert set(shop.ask("stock_now", "item, store, on_hand, on_offer")) == {(ITEMS[i], "(all)", 10.0 * i, True) for i in range(1, 8)}
    assert shop.ask("open_orders", "min(store), max(store), sum(units)") == [("(all)", "(all)", 28)]
    assert shop.ask("stock_forecasts", "count(*)") == [(7 * 28,)]


def test_what_a_count_says_is_late_comes_next(foresell, tmp_path):
    """A count that says what is on its way and when it was due; an order that was due is there already."""
    def late(folder):
        write_sales(folder / "sales.csv", ["date", "product_id", "store_id", "units", "price"], str, "10", ",")
        write(folder / "stock.csv", ["product_id", "store_id", "on_hand", "on_order", "expected_date"],
              [(ITEMS[i], STORES[s], 30, 5 + i, LAST + datetime.timedelta(3 if s else -3 * i)) for i, s in cells()])

    shop = Shop(foresell, tmp_path, late)
    assert set(shop.ask("open_orders", "item, store, ahead, units")) == {(ITEMS[i], STORES[s], 3 if s else 1, 5.0 + i) for i, s in cells()}


def only_sales(folder):
    write_sales(folder / "sales.csv", ["date", "product_id", "store_id", "units", "price"], str, "10", ",")


def test_without_stock_there_are_levels_and_no_orders(foresell, tmp_path):
    """Without a count what to order is not known, but how much to hold is: of what sells most, as many as the setting says."""
    shop = Shop(foresell, tmp_path / "all", only_sales)
    assert shop.order() == []
    shop.make("overstock")
    for table in ("stock_now", "open_orders", "overstock", "stock_moves"):
        assert shop.ask(table, "count(*)") == [(0,)], table
    shop.make("stock_levels")
    assert "stock." not in (shop.project / "foresell.yaml").read_text()
    on_offer = [(ITEMS[i], STORES[s]) for i, s in cells() if (i, s) != (0, 0)]
    rows = {row[:2]: row[2:] for row in shop.ask("stock_levels", "item, store, level, demand, safety, risk, lead_time, review, unit_cost, money, note")}
    assert sorted(rows) == on_offer
    for (item, store), (level, demand, safety, risk, lead_time, review, cost, money, note) in rows.items():
        i, s = ITEMS.index(item), STORES.index(store)
        usual = 21 * sum(sold(day, i, s) for day in range(DAYS - 42, DAYS)) / 42
        assert (lead_time, review, cost, note) == (14, 7, 7.0, None)
        assert demand == pytest.approx(usual, rel=0.1) and level == pytest.approx(demand + safety) and money == pytest.approx(7 * level)
        assert level == round(level) and demand < level < 2 * demand and 0 < risk < 0.2
    least = Shop(foresell, tmp_path / "two", only_sales, "--set", "stock.levels=2")
    least.make("stock_levels")
    assert [row[:2] for row in least.ask("stock_levels", "item, store, place", "order by place")] \
        == [row[:2] for row in shop.ask("stock_levels", "item, store, place", "order by place limit 2")]
    none = Shop(foresell, tmp_path / "none", only_sales, "--set", "stock.levels=0")
    none.make("stock_levels")
    for table in ("stock_items", "stock_terms", "stock_forecasts", "stock_levels"):
        assert none.ask(table, "count(*)") == [(0,)], table


def test_where_sales_name_no_product_nothing_is_held(foresell, tmp_path):
    """All sales together are no product that somebody could hold."""
    def unnamed(folder):
        write(folder / "sales.csv", ["date", "store_id", "customer_id", "units"],
              [(FIRST + datetime.timedelta(day), STORES[s], f"c{(day * 7 + s) % 23}", 1 + day % 3) for day in range(DAYS) for s in range(2)])

    shop = Shop(foresell, tmp_path, unnamed)
    shop.make("stock_levels")
    assert shop.ask("sales", "count(*)") == [(2 * DAYS,)] and shop.ask("stock_levels", "count(*)") == [(0,)]


def test_a_level_gives_the_service_that_is_wanted(foresell, tmp_path):
    """Pieces of a Poisson distribution of 2 a day, and what three weeks of it stay below in 19 of 20 cases, by the sum of its probabilities."""
    chance = random.Random(5)

    def poisson(mean):
        count, left = -1, 1.0
        while left > math.exp(-mean):
            left *= chance.random()
            count += 1
        return count

    def by_chance(folder):
        write(folder / "sales.csv", ["date", "product_id", "units", "price"],
              [(FIRST + datetime.timedelta(day), item, poisson(2), 10) for day in range(2 * DAYS) for item in ITEMS])

    shop = Shop(foresell, tmp_path, by_chance, "--set", "stock.service=0.95")
    shop.make("stock_levels")
    wanted, below = -1, 0.0
    while below < 0.95:
        wanted += 1
        below += math.exp(wanted * math.log(42) - 42 - math.lgamma(wanted + 1))
    rows = shop.ask("stock_levels", "level, demand, risk")
    assert len(rows) == len(ITEMS) and all(risk <= 0.05 for *_, risk in rows)
    assert statistics.mean(level - demand for level, demand, _ in rows) == pytest.approx(wanted - 42, rel=0.25)
    assert statistics.mean(demand for _, demand, _ in rows) == pytest.approx(42, rel=0.05)


def test_what_is_not_counted_beside_what_is_gets_a_level(foresell, tmp_path):
    """In the south the files count four of the items: those are ordered, the others held, none both."""
    def some(folder):
        only_sales(folder)
        write(folder / "stock.csv", ["product_id", "store_id", "on_hand"], [(item, "south", 5) for item in ITEMS[:4]])

    shop = Shop(foresell, tmp_path, some)
    assert sorted(shop.order("item, store")) == [(item, "south") for item in ITEMS[:4]]
    shop.make("stock_levels")
    assert sorted(shop.ask("stock_levels", "item, store")) == sorted([(item, "north") for item in ITEMS[1:]] + [(item, "south") for item in ITEMS[4:]])


def test_costs_of_a_period_are_no_rates_and_both_weeks_on_the_way_count(foresell, data, tmp_path):
    """vn2's state tells what holding cost in the week (0), which is no rate, and what comes in one and in two weeks."""
    said = json.loads(foresell("init", tmp_path / "shop", "--from", data / "vn2", "--json", "--set", "stock.holding=0.2", "--set", "stock.shortage=1").stdout)
    taken = [(c["from"], c["to"]) for f in said["files"] for m in f["mappings"] for c in m["columns"] if not c["passes_through"]]
    assert ("In Transit W+1", "on_order") in taken and ("In Transit W+2", "on_order") in taken
    assert not {"holding", "shortage", "cost"} & {to for _, to in taken}
    foresell("run", tmp_path / "shop", "--only", "overstock", timeout=600)
    tables = tmp_path / "shop" / "runs" / "latest" / "tables"
    with open(next((data / "vn2").glob("*Initial State.csv"))) as file:
        state = list(csv.DictReader(file))
    for week in (1, 2):
        assert ask(tables, "coalesce(sum(units), 0)", "open_orders", f"where ahead = {week}") == [(sum(float(r[f"In Transit W+{week}"]) for r in state),)]
    assert ask(tables, "sum(on_hand), count(*)", "stock_now") == [(sum(float(r["End Inventory"]) for r in state), len(state))]
    assert ask(tables, "min(lead_time), max(lead_time), min(review), min(holding), max(shortage)", "stock_terms") == [(2, 2, 1, 0.2, 1.0)]


def test_what_planners_change_is_ordered_for(foresell, tmp_path):
    """A03 is doubled, the south is half more, all is a fifth more: each cell of demand is multiplied by what is nearest to its product and to its store."""
    english(tmp_path / "files")
    span = [LAST + datetime.timedelta(1), LAST + datetime.timedelta(400)]
    write(tmp_path / "files" / "overrides.csv", ["first_day", "last_day", "item", "store", "change", "who"],
          [(*span, ITEMS[3], "", "100 %", "Ada"), (*span, "", "south", "50 %", "Bo"), (*span, "", "", "20 %", "Cy")])
    foresell("init", tmp_path / "project", "--from", tmp_path / "files")
    foresell("run", tmp_path / "project", "--only", "order_cases", timeout=300)
    tables = tmp_path / "project" / "runs" / "latest" / "tables"
    means = {cell[:3]: cell[3:] for cell in ask(tables, 'item, store, period, mean, "q0.95"', "stock_forecasts")}
    cases = ask(tables, 'item, store, period, mean, "q0.95"', "order_cases")
    assert len(cases) == len(means) > 0
    for item, store, period, *figures in cases:
        times = (2 if item == ITEMS[3] else 1.2) * (1.5 / 1.2 if store == "south" else 1)
        assert figures == pytest.approx([times * figure for figure in means[item, store, period]])


def test_where_sales_name_no_store_all_places_are_added_up(foresell, tmp_path):
    """Two warehouses, of which one was counted a day later, and what one of them has on its way."""
    files = tmp_path / "files"
    write(files / "sales.csv", ["date", "product_id", "units", "price"],
          [(FIRST + datetime.timedelta(day), item, 1 + (day + i) % 3, "9.50") for day in range(DAYS) for i, item in enumerate(ITEMS)])
    write(files / "stock.csv", ["product_id", "warehouse", "date", "on_hand"],
          [(item, place, LAST - datetime.timedelta(back), 10 * i + 100 * back + (place == "west")) for i, item in enumerate(ITEMS)
           for place, backs in (("east", (1, 0)), ("west", (2, 1, 0))) for back in backs])
    foresell("init", tmp_path / "project", "--from", files)
    foresell("run", tmp_path / "project", "--only", "stock_now", timeout=300)
    tables = tmp_path / "project" / "runs" / "latest" / "tables"
    assert ask(tables, "item, store, on_hand, known", "stock_now") == [(item, "(all)", 20.0 * i + 1, "counted") for i, item in enumerate(ITEMS)]
