"""More made-up shops, in the shapes that public data sets and shop systems have; the content is invented.

As in foreign_shops.py each function writes its files into a folder and returns what is true of them, counted while writing.
"""
from __future__ import annotations

import csv
import random
from datetime import date, datetime, timedelta
from pathlib import Path

from foreign_shops import Truth, comma, write


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


def sold(truth: Truth, day: date, units: float = 0, amount: float = 0, rows: int = 1) -> None:
    """Counts one line; days may come in any order."""
    truth.rows += rows
    truth.units += units
    truth.amount = round(truth.amount + amount, 4)
    truth.first = min(truth.first or "9999", day.isoformat())
    truth.last = max(truth.last, day.isoformat())


def office_orders(folder: Path) -> Truth:
    """One flat file of orders with everything in it: two dates, customers, places, a hierarchy, profit, a discount as a share."""
    r = random.Random(11)
    truth = Truth(roles={"time": "Order Date", "basket": "Order ID", "line": "Row ID", "item": "Product ID", "customer": "Customer ID",
                         "units": "Quantity", "amount": "Sales", "country": "Country/Region"}, currency="USD", tables={"customers": 90, "products": 120})
    products = [(f"{c[:3].upper()}-{s[:2].upper()}-{1000 + n}", c, s, f'{s} "Mk {n}", grey')
                for n, (c, s) in enumerate((c, s) for c, ss in (("Seating", ("Chairs", "Stools", "Sofas")), ("Paperwork", ("Binders", "Labels", "Pads")))
                                           for s in ss for _ in range(20))]
    people = [(f"{a}{b}-{10000 + n}", f"{a}na {b}oor", r.choice(["Consumer", "Corporate", "Home Office"])) for n, (a, b) in
              enumerate((a, b) for a in "ABCDEFGHI" for b in "JKLMNOPQRS")]
    places = [("Springfield", "Ohio", "43215", "East"), ("Dover", "Delaware", "01990", "East"), ("Reno", "Nevada", "89501", "West")]
    rows, items, buyers = [], set(), set()
    for n in range(800):
        day, k, person, place = date(2021, 1, 3) + timedelta(days=n), n % 3 + 1, people[n % 90], places[n % 3]
        for product in r.sample(products, k):
            units, discount = r.randint(1, 9), r.choice([0, 0, 0.1, 0.2, 0.5])
            amount = round(units * r.uniform(3, 200) * (1 - discount), 2)
            rows.append([len(rows) + 1, f"US-{day.year}-{100000 + n}", f"{day.month}/{day.day}/{day.year}", f"{day + timedelta(days=4):%-m/%-d/%Y}",
                         r.choice(["Standard", "First"]), person[0], person[1], person[2], "United States", place[0], place[1], place[2], place[3],
                         product[0], product[1], product[2], product[3], amount, units, discount, round(amount * r.uniform(-0.3, 0.4), 4)])
            sold(truth, day, units, amount)
            items.add(product[0])
            buyers.add(person[0])
    write(folder / "Sample orders.csv", ["Row ID", "Order ID", "Order Date", "Ship Date", "Ship Mode", "Customer ID", "Customer Name", "Segment",
                                         "Country/Region", "City", "State", "Postal Code", "Region", "Product ID", "Category", "Sub-Category",
                                         "Product Name", "Sales", "Quantity", "Discount", "Profit"], rows, encoding="cp1252")
    truth.items, truth.tables = len(items), {"customers": len(buyers), "products": len(items)}
    return truth


def weekly_departments(folder: Path) -> Truth:
    """Weekly money of a department in a store; features and attributes of the stores; a test file and a template of answers."""
    r = random.Random(12)
    truth = Truth(period="week", roles={"time": "Date", "store": "Store", "item": "Dept", "amount": "Weekly_Sales"}, tables={"stores": 6})
    weeks = [date(2021, 2, 5) + timedelta(days=7 * n) for n in range(80)]
    rows, features, test = [], [], []
    for store in range(1, 7):
        for dept in range(1, 9):
            for n, week in enumerate(weeks):
                amount = round(r.uniform(900, 30000), 2)
                if n >= 70:
                    test.append([store, dept, week, n % 40 == 0])
                    continue
                if r.random() < 0.02:
                    continue
                rows.append([store, dept, week, amount, str(n % 40 == 1).upper()])
                sold(truth, week, amount=amount)
        for n, week in enumerate(weeks):
            features.append([store, week, round(r.uniform(20, 95), 2), round(r.uniform(2.5, 3.9), 3), "NA" if n < 40 else round(r.uniform(5, 9000), 2),
                             "NA" if n < 50 else round(r.uniform(5, 900), 2), round(r.uniform(120, 230), 4), round(r.uniform(5, 12), 3),
                             str(n % 40 == 1).upper()])
    write(folder / "train.csv", ["Store", "Dept", "Date", "Weekly_Sales", "IsHoliday"], rows)
    write(folder / "test.csv", ["Store", "Dept", "Date", "IsHoliday"], test)
    write(folder / "features.csv", ["Store", "Date", "Temperature", "Fuel_Price", "MarkDown1", "MarkDown2", "CPI", "Unemployment", "IsHoliday"], features)
    write(folder / "stores.csv", ["Store", "Type", "Size"], [[s, "ABC"[s % 3], 40000 + s * 9000] for s in range(1, 7)])
    write(folder / "sampleSubmission.csv", ["Id", "Weekly_Sales"], [[f"{s}_{d}_{w}", 0] for s, d, w, _ in test])
    truth.items = 8
    return truth


def grocery_chain(folder: Path) -> Truth:
    """Daily units of item and store with gaps and returns; items, stores, visits a day, a price of oil, regional holidays."""
    r = random.Random(13)
    truth = Truth(roles={"time": "date", "store": "store_nbr", "item": "item_nbr", "units": "unit_sales", "on_promotion": "onpromotion"},
                  tables={"products": 60, "stores": 5})
    rows, visits, n = [], [], 0
    span = days(date(2022, 1, 1), 120)
    items = [r.randint(96995, 2134244) for _ in range(60)]
    for day in span:
        for store in range(1, 6):
            visits.append([day, store, r.randint(500, 4000)])
            for item in r.sample(items, 20):
                n += 1
                units = -1 if r.random() < 0.003 else r.choice([1, 2, 3, 5, 8, 2.345, 0.75])
                rows.append([n, day, store, item, float(units), "" if n < 2000 else str(r.random() < 0.1)])
                sold(truth, day, units)
    write(folder / "train.csv", ["id", "date", "store_nbr", "item_nbr", "unit_sales", "onpromotion"], rows)
    write(folder / "test.csv", ["id", "date", "store_nbr", "item_nbr", "onpromotion"], [[n + k, date(2022, 5, 1), 1, items[k], False] for k in range(60)])
    write(folder / "items.csv", ["item_nbr", "family", "class", "perishable"],
          [[item, r.choice(["GROCERY I", "CLEANING", "DAIRY"]), r.randint(1000, 1100), r.randint(0, 1)] for item in sorted(items)])
    write(folder / "stores.csv", ["store_nbr", "city", "state", "type", "cluster"], [[s, "Quito", "Pichincha", "D", s + 8] for s in range(1, 6)])
    write(folder / "transactions.csv", ["date", "store_nbr", "transactions"], visits)
    write(folder / "oil.csv", ["date", "dcoilwtico"], [[d, round(r.uniform(40, 60), 2) if d.weekday() < 5 else ""] for d in span])
    write(folder / "holidays_events.csv", ["date", "type", "locale", "locale_name", "description", "transferred"],
          [[d, "Holiday", "National", "Ecuador", f"Dia {k}", "False"] for k, d in enumerate(span[::15])])
    truth.items = 60
    return truth


def demand_panel(folder: Path) -> Truth:
    """date, store, item, sales: whole numbers, so pieces; every day written, zeros too."""
    r = random.Random(14)
    truth = Truth(roles={"time": "date", "store": "store", "item": "item", "units": "sales"})
    rows = []
    for store in range(1, 4):
        for item in range(1, 11):
            for day in days(date(2020, 1, 1), 200):
                units = r.randint(0, 60)
                rows.append([day, store, item, units])
                sold(truth, day, units)
    write(folder / "train.csv", ["date", "store", "item", "sales"], rows)
    write(folder / "test.csv", ["id", "date", "store", "item"], [[k, date(2020, 7, 20), 1, k % 10 + 1] for k in range(90)])
    write(folder / "sample_submission.csv", ["id", "sales"], [[k, 52] for k in range(90)])
    truth.items = 10
    return truth


def undated_baskets(folder: Path) -> Truth:
    """Orders without dates, only weekdays and gaps in days: no sales can be made of them, and that is said."""
    r = random.Random(15)
    orders, lines = [], []
    for user in range(1, 101):
        for number in range(1, 6):
            order = len(orders) + 1
            orders.append([order, user, "prior", number, r.randint(0, 6), f"{r.randint(0, 23):02d}", "" if number == 1 else float(r.randint(1, 30))])
            for place, product in enumerate(r.sample(range(1, 81), 4), 1):
                lines.append([order, product, place, r.randint(0, 1)])
    write(folder / "orders.csv", ["order_id", "user_id", "eval_set", "order_number", "order_dow", "order_hour_of_day", "days_since_prior_order"], orders)
    write(folder / "order_products__prior.csv", ["order_id", "product_id", "add_to_cart_order", "reordered"], lines)
    write(folder / "products.csv", ["product_id", "product_name", "aisle_id", "department_id"],
          [[p, f"Ripe thing {p}", p % 12 + 1, p % 4 + 1] for p in range(1, 81)])
    write(folder / "aisles.csv", ["aisle_id", "aisle"], [[a, f"aisle of {a}"] for a in range(1, 13)])
    write(folder / "departments.csv", ["department_id", "department"], [[d, n] for d, n in enumerate(["frozen", "bakery", "produce", "pets"], 1)])
    return Truth(tables={"products": 80, "sales": 0}, roles={})


def brazilian_notes(folder: Path) -> Truth:
    """An ERP's list of invoices: semicolons, dd/mm/aaaa, R$ 1.234,56, Latin-1, capitals."""
    r = random.Random(16)
    truth = Truth(currency="BRL", roles={"time": "DATA EMISSÃO", "basket": "NUM. NOTA", "item": "CÓD. PRODUTO", "units": "QTDE.", "customer": "CÓD. CLIENTE",
                                         "price": "VALOR UNITÁRIO", "amount": "VALOR TOTAL", "store": "FILIAL", "payment": "FORMA DE PAGAMENTO"})
    rows, items = [], set()
    for n in range(900):
        day, product, units = date(2022, 3, 1) + timedelta(days=n // 4), r.randint(1, 50), r.randint(1, 40)
        price = round(2.5 + product * 1.9, 2)
        rows.append([f"{day:%d/%m/%Y}", 30000 + n // 2, f"{product:06d}", f"PÃO DE AÇÚCAR Nº {product}", units, "R$ " + comma(price),
                     "R$ " + comma(units * price), f"C{r.randint(1, 99):04d}", r.choice(["MATRIZ", "SÃO JOSÉ"]), r.choice(["PIX", "CARTÃO", "BOLETO"])])
        sold(truth, day, units, round(units * price, 2))
        items.add(product)
    write(folder / "relatorio_notas.csv", ["DATA EMISSÃO", "NUM. NOTA", "CÓD. PRODUTO", "DESCRIÇÃO", "QTDE.", "VALOR UNITÁRIO", "VALOR TOTAL",
                                           "CÓD. CLIENTE", "FILIAL", "FORMA DE PAGAMENTO"], rows, ";", "latin-1")
    truth.items = len(items)
    return truth


def webshop_lines(folder: Path) -> Truth:
    """A webshop's export of orders: what belongs to the order stands on its first line only; totals are the order's, not the line's."""
    r = random.Random(17)
    truth = Truth(currency="EUR", roles={"time": "Created at", "basket": "Name", "item": "Lineitem sku", "units": "Lineitem quantity",
                                         "price": "Lineitem price", "customer": "Email", "note": "Lineitem name"})
    rows, items = [], set()
    for n in range(500):
        moment = datetime(2023, 5, 1, 8) + timedelta(hours=7 * n)
        stamp = f"{moment:%Y-%m-%d %H:%M:%S} +0200"
        lines = [(r.randint(1, 40), r.randint(1, 3)) for _ in range(r.randint(1, 3))]
        total = sum(q * (9.5 + s) for s, q in lines)
        for k, (sku, units) in enumerate(lines):
            first = [r.choice(["paid", "paid", "refunded"]), stamp, "fulfilled", stamp, "EUR", f"{total:.2f}", "4.90", f"{total * 0.19:.2f}", f"{total + 4.9:.2f}"]
            rows.append([f"#{1001 + n}", f"buyer{n % 180}@example.org", *(first if k == 0 else [""] * 9), stamp, units, f"Candle, scent {sku}", f"{9.5 + sku:.2f}",
                         "", f"CD-{sku:03d}", "true", "Berlin" if k == 0 else "", "DE" if k == 0 else "", "PayPal" if k == 0 else ""])
            utc = moment - timedelta(hours=2)
            sold(truth, utc.date(), units)
            items.add(sku)
    write(folder / "orders_export_1.csv", ["Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Currency", "Subtotal", "Shipping",
                                           "Taxes", "Total", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem compare at price",
                                           "Lineitem sku", "Lineitem requires shipping", "Billing City", "Billing Country", "Payment Method"], rows)
    truth.items = len(items)
    return truth


def till_items(folder: Path) -> Truth:
    """A card till's item export: date and time in two columns, dollars with signs, gross, discount and net, refunds."""
    r = random.Random(18)
    truth = Truth(currency="USD", roles={"item": "SKU", "units": "Qty", "amount": "Net Sales", "basket": "Transaction ID", "store": "Location",
                                         "customer": "Customer ID"})
    rows, items = [], set()

    def dollars(value: float) -> str:
        return f"-${-value:,.2f}" if value < 0 else f"${value:,.2f}"

    for n in range(1200):
        moment = datetime(2023, 9, 1, 7) + timedelta(minutes=37 * n)
        sku, units = r.randint(1, 30), r.choice([1, 1, 1, 2])
        if r.random() < 0.02:
            units = -units
        gross = round(units * (2.25 + sku / 4), 2)
        off = round(-abs(gross) * 0.1, 2) if r.random() < 0.2 and units > 0 else 0.0
        rows.append([f"{moment:%m/%d/%Y}", f"{moment:%H:%M:%S}", "Eastern Time (US & Canada)", r.choice(["Hot", "Cold"]), f"Drink {sku}", f"{units}.0", "Regular",
                     f"DR{sku:03d}", "", dollars(gross), dollars(off), dollars(gross + off), dollars(round((gross + off) * 0.08, 2)), f"tx{n // 2:06d}", f"pay{n // 2:06d}",
                     "Till 1", "Refund" if units < 0 else "Payment", r.choice(["Harbour", "Station"]), f"cu{r.randint(1, 90)}" if n % 3 else ""])
        sold(truth, moment.date(), units, round(gross + off, 2))
        items.add(sku)
    write(folder / "items-2023-09-01-2023-10-02.csv", ["Date", "Time", "Time Zone", "Category", "Item", "Qty", "Price Point Name", "SKU", "Modifiers Applied",
                                                       "Gross Sales", "Discounts", "Net Sales", "Tax", "Transaction ID", "Payment ID", "Device Name",
                                                       "Event Type", "Location", "Customer ID"], rows)
    truth.items = len(items)
    return truth


def marketplace_report(folder: Path) -> Truth:
    """A marketplace's report of all orders: tabs, ISO times with a zone, a price only where the line was not cancelled."""
    r = random.Random(19)
    truth = Truth(currency="GBP", roles={"time": "purchase-date", "basket": "order-id", "item": "sku", "units": "quantity", "status": "order-status",
                                         "country": "ship-country", "amount": "item-price"})
    rows, items = [], set()
    for n in range(900):
        moment, sku, gone = datetime(2023, 2, 1) + timedelta(hours=5 * n), r.randint(1, 35), r.random() < 0.06
        units = 0 if gone else r.choice([1, 1, 1, 2, 3])
        rows.append([f"202-{n:07d}-{n * 7 % 9999999:07d}", f"{moment.isoformat()}+00:00", f"{(moment + timedelta(days=2)).isoformat()}+00:00",
                     "Cancelled" if gone else "Shipped", "Merchant", "market.example", "Standard", f"Lamp {sku}", f"LM-{sku:03d}", f"B0{sku:08d}", units,
                     "" if gone else "GBP", "" if gone else f"{units * (7 + sku):.2f}", "" if gone else "0.00", "LEEDS", "GB", ""])
        sold(truth, moment.date(), units, units * (7 + sku))
        items.add(sku)
    write(folder / "all-orders.txt", ["order-id", "purchase-date", "last-updated-date", "order-status", "fulfillment-channel", "sales-channel",
                                      "ship-service-level", "product-name", "sku", "asin", "quantity", "currency", "item-price", "item-tax", "ship-city",
                                      "ship-country", "promotion-ids"], rows, "\t")
    truth.items = len(items)
    return truth


def supermarket_invoices(folder: Path) -> Truth:
    """One line an invoice: date and time apart, a tax, a total with it, the costs of goods of the line, a rating."""
    r = random.Random(20)
    truth = Truth(roles={"basket": "Invoice ID", "item": "Product line", "units": "Quantity", "price": "Unit price", "amount": "Total",
                         "payment": "Payment"})
    rows = []
    for n in range(1000):
        moment = datetime(2019, 1, 1, 10) + timedelta(minutes=123 * n)
        units, price = r.randint(1, 10), round(r.uniform(10, 100), 2)
        net = round(units * price, 2)
        rows.append([f"{100 + n // 9}-{10 + n % 90}-{1000 + n}", "ABC"[n % 3], ["Yangon", "Naypyitaw", "Mandalay"][n % 3], r.choice(["Member", "Normal"]),
                     r.choice(["Female", "Male"]), r.choice(["Health and beauty", "Sports and travel", "Food and beverages"]), price, units,
                     round(net * 0.05, 4), round(net * 1.05, 4), f"{moment.month}/{moment.day}/{moment.year}", f"{moment:%H:%M}",
                     r.choice(["Ewallet", "Cash", "Credit card"]), net, 4.761904762, round(net * 0.05, 4), round(r.uniform(4, 10), 1)])
        sold(truth, moment.date(), units, round(net * 1.05, 4))
    write(folder / "supermarket.csv", ["Invoice ID", "Branch", "City", "Customer type", "Gender", "Product line", "Unit price", "Quantity", "Tax 5%", "Total",
                                       "Date", "Time", "Payment", "cogs", "gross margin percentage", "gross income", "Rating"], rows)
    truth.items = 3
    return truth


def coffee_workbook(folder: Path) -> Truth:
    """A workbook with real dates and times in two columns, a hierarchy of three levels, an identifier of the line."""
    import openpyxl

    r = random.Random(21)
    truth = Truth(roles={"item": "product_id", "units": "transaction_qty", "price": "unit_price", "store": "store_id"}, tables={"stores": 3})
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Transactions"
    sheet.append(["transaction_id", "transaction_date", "transaction_time", "transaction_qty", "store_id", "store_location", "product_id", "unit_price",
                  "product_category", "product_type", "product_detail"])
    shops = [(3, "Old Mill"), (5, "Quay Side"), (8, "Hill Top")]
    items = set()
    for n in range(1500):
        moment = datetime(2023, 1, 1, 7) + timedelta(minutes=25 * n)
        shop, product, units = r.choice(shops), r.randint(20, 60), r.choice([1, 1, 2])
        sheet.append([n + 1, datetime(moment.year, moment.month, moment.day), moment.time(), units, shop[0], shop[1], product, round(1.5 + product / 20, 2),
                      "Coffee" if product < 40 else "Tea", f"Type {product // 5}", f"Detail {product}"])
        sold(truth, moment.date(), units)
        items.add(product)
    book.save(folder / "coffee.xlsx")
    truth.items = len(items)
    truth.tables["products"] = len(items)
    return truth


def pizzeria(folder: Path) -> Truth:
    """Orders with date and time apart, their lines, what is on the menu with its price, and its kinds: the category is two joins away."""
    r = random.Random(22)
    truth = Truth(roles={"item": "pizza_id", "basket": "order_id", "units": "quantity", "line": "order_details_id"}, tables={"products": 24})
    kinds = [(f"kind_{k}", f"The {k} Pizza", r.choice(["Classic", "Veggie", "Meat"]), "Tomatoes, Garlic, Cheese") for k in range(8)]
    menu = [(f"{k[0]}_{s.lower()}", k[0], s, p) for k in kinds for s, p in (("S", 12.0), ("M", 16.25), ("L", 20.5))]
    orders, lines, items = [], [], set()
    for n in range(400):
        moment = datetime(2022, 1, 1, 11, 38) + timedelta(minutes=190 * n)
        orders.append([n + 1, f"{moment:%Y-%m-%d}", f"{moment:%H:%M:%S}"])
        for pizza in r.sample(menu, r.randint(1, 4)):
            units = r.choice([1, 1, 1, 2])
            lines.append([len(lines) + 1, n + 1, pizza[0], units])
            sold(truth, moment.date(), units)
            items.add(pizza[0])
    write(folder / "orders.csv", ["order_id", "date", "time"], orders)
    write(folder / "order_details.csv", ["order_details_id", "order_id", "pizza_id", "quantity"], lines)
    write(folder / "pizzas.csv", ["pizza_id", "pizza_type_id", "size", "price"], menu)
    write(folder / "pizza_types.csv", ["pizza_type_id", "name", "category", "ingredients"], kinds, encoding="cp1252")
    truth.items = len(items)
    return truth


def fashion_chain(folder: Path) -> Truth:
    """One row a piece, no quantity: hashed customers, ten-digit articles with a leading zero, prices on a scale of their own."""
    r = random.Random(23)
    truth = Truth(roles={"time": "t_dat", "customer": "customer_id", "item": "article_id", "price": "price"}, tables={"products": 50, "customers": 120})
    people = [f"{r.getrandbits(256):064x}" for _ in range(120)]
    articles = [f"0{108775015 + 37 * n}" for n in range(50)]
    rows, items = [], set()
    for n in range(3000):
        day, a = date(2019, 1, 1) + timedelta(days=n // 15), r.choice(articles)
        rows.append([day, r.choice(people), a, round(r.uniform(0.005, 0.09), 10), r.randint(1, 2)])
        sold(truth, day, 1)
        items.add(a)
    write(folder / "transactions_train.csv", ["t_dat", "customer_id", "article_id", "price", "sales_channel_id"], rows)
    write(folder / "articles.csv", ["article_id", "product_code", "prod_name", "product_type_no", "product_type_name", "product_group_name",
                                    "graphical_appearance_no", "department_no", "department_name", "index_code", "index_name", "section_no", "section_name", "detail_desc"],
          [[a, a[:7], f"Strap top {k}", k % 9, f"Type {k % 9}", f"Garment {k % 3}", 1010016, k % 20, f"Dept {k % 20}", "A", "Ladieswear", k % 6, f"Section {k % 6}",
            "Jersey top with narrow shoulder straps."] for k, a in enumerate(articles)])
    write(folder / "customers.csv", ["customer_id", "FN", "Active", "club_member_status", "fashion_news_frequency", "age", "postal_code"],
          [[p, "" if k % 2 else 1.0, "" if k % 2 else 1.0, "ACTIVE", "NONE", r.randint(18, 70), f"{r.getrandbits(64):016x}"] for k, p in enumerate(people)])
    truth.items = len(items)
    return truth


def month_in_the_name(folder: Path) -> Truth:
    """A file a month with totals per product; only the file's name says which month."""
    r = random.Random(24)
    truth = Truth(period="month", roles={"item": "Article no.", "units": "Sold pieces", "amount": "Turnover"}, tables={"products": 40})
    for month in range(1, 13):
        rows = []
        for article in range(1, 41):
            units = r.randint(0, 90)
            rows.append([f"A{article:03d}", f"Article {article}", units, round(units * (1 + article / 10), 2)])
            sold(truth, date(2023, month, 1), units, rows[-1][-1])
        write(folder / f"turnover_2023-{month:02d}.csv", ["Article no.", "Description", "Sold pieces", "Turnover"], rows)
    truth.items = 40
    return truth


def bakery(folder: Path) -> Truth:
    """Date, Time, Transaction, Item: a line a piece."""
    r = random.Random(25)
    truth = Truth(roles={"basket": "Transaction", "item": "Item"})
    rows, items, moment = [], set(), datetime(2016, 10, 30, 9, 58, 11)
    for n in range(1, 601):
        for item in r.sample(["Bread", "Scandinavian", "Hot chocolate", "Jam", "Cookies", "Muffin", "Coffee", "Pastry", "NONE"], r.randint(1, 3)):
            rows.append([f"{moment:%Y-%m-%d}", f"{moment:%H:%M:%S}", n, item])
            sold(truth, moment.date(), 1)
            items.add(item)
        moment += timedelta(minutes=r.randint(5, 90))
    write(folder / "BreadBasket.csv", ["Date", "Time", "Transaction", "Item"], rows)
    truth.items = len(items)
    return truth


def report_with_titles(folder: Path) -> Truth:
    """As a person saves it from a sheet: titles above, empty lines, a line of totals below, thousands with commas."""
    r = random.Random(26)
    truth = Truth(currency="GBP", roles={"time": "Sale Date", "item": "Item Code", "units": "Qty Sold", "amount": "Total (£)", "store": "Branch"})
    lines = []
    for n in range(400):
        day, code, units = date(2023, 1, 1) + timedelta(days=n // 4), r.randint(1, 25), r.randint(1, 700)
        total = round(units * (1.1 + code), 2)
        lines.append([f"{day:%d/%m/%Y}", "Leeds" if n % 2 else "York", f"IC{code:03d}", f"{units:,}", f"{total:,.2f}"])
        sold(truth, day, units, total)
    with (folder / "Sales report.csv").open("w", newline="", encoding="utf-8-sig") as file:
        out = csv.writer(file)
        out.writerow(["Sales report 1 Jan 2023 to 10 Apr 2023", "", "", "", ""])
        out.writerow(["Printed by: Sam", "", "", "", ""])
        out.writerow(["", "", "", "", ""])
        out.writerow(["Sale Date", "Branch", "Item Code", "Qty Sold", "Total (£)"])
        out.writerows(lines)
        out.writerow(["", "", "", "", ""])
        out.writerow(["Grand total", "", "", f"{truth.units:,.0f}", f"{truth.amount:,.2f}"])
    truth.items = 25
    return truth


def wide(name: str, heads: list[str], dates: list[date], period: str, extra: tuple[str, ...] = (), file: str = "sales.csv"):
    def shop(folder: Path) -> Truth:
        r = random.Random(name)
        truth = Truth(period=period, roles={"item": "SKU"}, items=30)
        rows = []
        for sku in range(30):
            values = [r.randint(0, 40) for _ in dates]
            for day, units in zip(dates, values):
                sold(truth, day, units)
            rows.append([f"S{sku:03d}", f"Thing {sku}", *values, *([sum(values)] * len(extra))])
        write(folder / file, ["SKU", "Product", *heads, *extra], rows)
        return truth
    shop.__name__ = name
    return shop


def monday(n: int) -> date:
    return date(2023, 1, 2) + timedelta(days=7 * n)


MONTHS = [date(2022 + n // 12, n % 12 + 1, 1) for n in range(24)]
WIDE = [
    wide("wide_iso_weeks", [f"2023-W{n + 1:02d}" for n in range(40)], [monday(n) for n in range(40)], "week"),
    wide("wide_slashed_months", [f"{m:%m/%Y}" for m in MONTHS], MONTHS, "month", ("Total",)),
    wide("wide_quarters", [f"Q{n % 4 + 1} {2019 + n // 4}" for n in range(16)], [date(2019 + n // 4, 3 * (n % 4) + 1, 1) for n in range(16)], "month"),
    wide("wide_iso_days", [f"{d:%Y-%m-%d}" for d in days(date(2023, 3, 1), 60)], days(date(2023, 3, 1), 60), "day"),
    wide("wide_short_months", [f"{m:%b-%y}" for m in MONTHS], MONTHS, "month", ("Grand Total",)),
    wide("wide_american_days", [f"{d.month}/{d.day}/{d.year % 100}" for d in days(date(2023, 1, 25), 45)], days(date(2023, 1, 25), 45), "day"),
    wide("wide_spanish_months", [f"{m} {y}" for y in (2022, 2023) for m in
                                 ("Enero", "Febrero", "Marzo", "Abril", "Mayo", "Junio", "Julio", "Agosto", "Septiembre", "Octubre", "Noviembre", "Diciembre")],
         MONTHS, "month"),
    wide("wide_week_ending", [f"WE {monday(n):%d/%m/%Y}" for n in range(30)], [monday(n) for n in range(30)], "week"),
]


SPANISH = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"]
TIMES = {"seconds": lambda t: int(t.timestamp()), "milliseconds": lambda t: int(t.timestamp() * 1000), "whole": lambda t: f"{t:%Y%m%d}",
         "english": lambda t: f"{t:%d-%b-%y}", "spanish": lambda t: f"{t.day:02d}-{SPANISH[t.month - 1]}-{t.year}",
         "american": lambda t: f"{t.month}/{t.day}/{t.year} {t:%I:%M %p}".replace(" 0", " "), "dotted": lambda t: f"{t.day}.{t.month}.{t:%y}",
         "chinese": lambda t: f"{t.year}年{t.month}月{t.day}日", "zoned": lambda t: f"{t:%a, %d %b %Y %H:%M:%S} GMT", "iso_z": lambda t: f"{t:%Y-%m-%dT%H:%M:%S.000Z}"}


def times(name: str, form):
    def shop(folder: Path) -> Truth:
        from datetime import timezone

        r = random.Random(27)
        truth = Truth(roles={"time": "sold", "item": "sku", "units": "qty", "price": "unit price"}, items=20)
        rows = []
        for n in range(500):
            t = datetime(2023, 1, 3, 9, 15, 30, tzinfo=timezone.utc) + timedelta(hours=17 * n)
            units = r.randint(1, 4)
            rows.append([form(t), f"K{n % 20:02d}", units, 2.5])
            sold(truth, t.date(), units)
        write(folder / "till.csv", ["sold", "sku", "qty", "unit price"], rows)
        return truth
    shop.__name__ = f"time_{name}"
    return shop


NUMBERS = {
    "swiss": ("CHF", ";", lambda v: f"{v:,.2f}".replace(",", "'"), "Betrag CHF"),
    "french": ("EUR", ";", lambda v: f"{v:,.2f}".replace(",", "\u202f").replace(".", ",") + " €", "Montant"),
    "indian": ("INR", ",", lambda v: "₹" + indian(v), "Amount"),
    "yen": ("JPY", ",", lambda v: f"¥{v:,.0f}", "Amount"),
    "real": ("BRL", ";", lambda v: "R$ " + comma(v), "Valor total"),
    "zloty": ("PLN", ";", lambda v: f"{v:,.2f}".replace(",", "\u00a0").replace(".", ",") + " zł", "Wartość"),
    "krona": ("", ";", lambda v: f"{v:,.2f}".replace(",", " ").replace(".", ",") + " kr", "Belopp"),
    "minus_behind": ("", ";", lambda v: comma(abs(v)) + ("-" if v < 0 else ""), "Betrag"),
    "lira": ("TRY", ";", lambda v: "₺" + comma(v), "Tutar"),
    "code_first": ("AUD", ",", lambda v: f"AUD {v:.2f}", "Line total"),
}


def indian(v: float) -> str:
    whole, cents = f"{v:.2f}".split(".")
    head, tail = whole[:-3], whole[-3:]
    groups = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*groups, tail]) + "." + cents


def numbers(name: str, currency: str, delimiter: str, form, head: str):
    def shop(folder: Path) -> Truth:
        r = random.Random(28)
        truth = Truth(currency=currency, roles={"time": "date", "item": "sku", "units": "quantity", "amount": head}, items=20)
        rows = []
        for n in range(500):
            day, units = date(2023, 1, 3) + timedelta(days=n // 3), r.randint(1, 90)
            value = round(units * (17.37 + n % 20 * 91.5), 0 if name == "yen" else 2)
            if name == "minus_behind" and n % 50 == 49:
                units, value = -units, -value
            rows.append([day, f"K{n % 20:02d}", form(units).split(",")[0] + "-" if units < 0 else units, form(value)])
            sold(truth, day, units, value)
        write(folder / "lines.csv", ["date", "sku", "quantity", head], rows, delimiter)
        return truth
    shop.__name__ = f"money_{name}"
    return shop


LANGUAGES = {
    "japanese": ("売上日", "商品コード", "数量", "単価", "売上金額", "店舗"), "chinese": ("销售日期", "商品编号", "数量", "单价", "销售额", "门店"),
    "korean": ("판매일자", "상품코드", "수량", "단가", "매출액", "매장"), "russian": ("Дата продажи", "Артикул", "Количество", "Цена", "Сумма", "Магазин"),
    "polish": ("Data sprzedaży", "Kod towaru", "Ilość", "Cena jedn.", "Wartość brutto", "Sklep"), "turkish": ("Satış Tarihi", "Ürün Kodu", "Adet", "Birim Fiyat", "Toplam Tutar", "Mağaza"),
    "arabic": ("التاريخ", "رمز المنتج", "الكمية", "السعر", "الإجمالي", "الفرع"), "hindi": ("दिनांक", "उत्पाद कोड", "मात्रा", "मूल्य", "कुल राशि", "दुकान"),
    "swedish": ("Försäljningsdatum", "Artikelnr", "Antal", "Pris", "Belopp", "Butik"), "portuguese": ("Data da venda", "Código do produto", "Quantidade", "Preço unitário", "Valor total", "Loja"),
    "dutch": ("Verkoopdatum", "Artikelcode", "Aantal", "Stuksprijs", "Omzet", "Winkel"), "italian": ("Data vendita", "Codice articolo", "Quantità", "Prezzo unitario", "Importo", "Negozio"),
    "french": ("Date de vente", "Réf. article", "Qté", "Prix unitaire", "Montant TTC", "Magasin"), "spanish": ("Fecha de venta", "Cód. artículo", "Cantidad", "Precio unitario", "Importe", "Tienda"),
    "greek": ("Ημερομηνία", "Κωδικός είδους", "Ποσότητα", "Τιμή", "Αξία", "Κατάστημα"), "indonesian": ("Tanggal", "Kode Barang", "Jumlah", "Harga Satuan", "Total Harga", "Toko"),
    "vietnamese": ("Ngày bán", "Mã hàng", "Số lượng", "Đơn giá", "Thành tiền", "Cửa hàng"), "czech": ("Datum prodeje", "Kód zboží", "Množství", "Cena za kus", "Částka", "Prodejna"),
    "ukrainian": ("Дата продажу", "Код товару", "Кількість", "Ціна", "Сума", "Магазин"), "danish": ("Salgsdato", "Varenummer", "Antal", "Stykpris", "Beløb", "Butik"),
}


def language(name: str, heads: tuple[str, ...]):
    def shop(folder: Path) -> Truth:
        r = random.Random(29)
        truth = Truth(roles=dict(zip(("time", "item", "units", "price", "amount", "store"), heads)), items=20)
        rows = []
        for n in range(400):
            day, units, price = date(2023, 1, 3) + timedelta(days=n // 3), r.randint(1, 9), 2.25 + n % 20
            rows.append([day, f"K{n % 20:02d}", units, price, round(units * price, 2), f"M{n % 3}"])
            sold(truth, day, units, round(units * price, 2))
        write(folder / "data.csv", list(heads), rows, encoding="utf-8-sig")
        return truth
    shop.__name__ = f"words_{name}"
    return shop


def headless(folder: Path) -> Truth:
    """No header at all: time, receipt, article, quantity, price, amount."""
    r = random.Random(30)
    truth = Truth(roles={"time": "column_1", "basket": "column_2", "item": "column_3", "units": "column_4", "price": "column_5", "amount": "column_6"}, items=30)
    with (folder / "sales_dump.csv").open("w", newline="") as file:
        out = csv.writer(file)
        for n in range(900):
            moment, units, sku = datetime(2023, 6, 1, 8) + timedelta(minutes=123 * (n // 3)), r.randint(1, 5), n * 7 % 30
            price = 1.25 + sku
            out.writerow([f"{moment:%Y-%m-%d %H:%M:%S}", f"R{n // 3:06d}", f"P{sku:04d}", units, f"{price:.2f}", f"{units * price:.2f}"])
            sold(truth, moment.date(), units, units * price)
    return truth


def all_quoted(folder: Path) -> Truth:
    """Every field quoted, quotes inside escaped, a line break and delimiters in texts."""
    r = random.Random(31)
    truth = Truth(roles={"time": "Order Time", "basket": "Order No", "item": "Item Code", "units": "Quantity", "price": "Unit Price", "note": "Item Name"}, items=25)
    with (folder / "orders.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, quoting=csv.QUOTE_ALL)
        out.writerow(["Order Time", "Order No", "Item Code", "Item Name", "Quantity", "Unit Price", "Remark"])
        for n in range(600):
            moment, units, sku = datetime(2023, 6, 1, 8) + timedelta(minutes=91 * n), r.randint(1, 5), n % 25
            out.writerow([f"{moment:%Y/%m/%d %H:%M}", 5000 + n // 2, f"00{sku:03d}", f'Shelf 12" x 3", no. {sku}', units, f"{2 + sku / 4:.2f}",
                          'said "ring twice",\nthen left' if n % 90 == 0 else ""])
            sold(truth, moment.date(), units)
    return truth


def shop_and_web(folder: Path) -> Truth:
    """Two sources of sales in different shapes: the till's lines and the web shop's; the same products, other receipts."""
    r = random.Random(32)
    truth = Truth(items=30, tables={"products": 30})
    till, web = [], []
    for n in range(600):
        moment, units, sku = datetime(2023, 6, 1, 8) + timedelta(minutes=191 * n), r.randint(1, 5), n * 7 % 30
        till.append([f"{moment:%d.%m.%Y %H:%M}", f"B{70000 + n // 2}", f"A-{sku:03d}", units, comma(units * (2.5 + sku))])
        sold(truth, moment.date(), units, units * (2.5 + sku))
    for n in range(300):
        moment, units, sku = datetime(2023, 6, 3, 8) + timedelta(minutes=351 * n), r.randint(1, 3), n * 11 % 30
        web.append([f"WEB-{9000 + n // 2}", moment.isoformat(), f"u{n % 77}@example.net", f"A-{sku:03d}", f"Good thing {sku}", units, f"{3 + sku:.2f}", f"{units * (3 + sku):.2f}"])
        sold(truth, moment.date(), units, units * (3 + sku))
    write(folder / "Kassenbons.csv", ["Zeit", "Bon-Nr", "Artikelnummer", "Menge", "Betrag"], till, ";")
    write(folder / "web_orders.csv", ["order_id", "created_at", "email", "sku", "title", "quantity", "unit_price", "line_total"], web)
    write(folder / "Artikel.csv", ["Artikelnummer", "Bezeichnung", "Warengruppe"], [[f"A-{k:03d}", f"Ding {k}", "AB"[k % 2]] for k in range(30)], ";")
    return truth


def exported_twice(folder: Path) -> Truth:
    """The same sales once as CSV and once as a workbook: they count once."""
    import openpyxl

    r = random.Random(33)
    truth = Truth(items=10, roles={"time": "Date", "item": "SKU", "units": "Qty", "amount": "Total"})
    rows = []
    for n in range(400):
        day, units, sku = date(2023, 1, 1) + timedelta(days=n // 4), r.randint(1, 9), n % 10
        rows.append([day, f"R{n // 2}", f"S{sku}", units, round(units * 3.25, 2)])
        sold(truth, day, units, round(units * 3.25, 2))
    head = ["Date", "Receipt", "SKU", "Qty", "Total"]
    write(folder / "sales 2023.csv", head, rows)
    book = openpyxl.Workbook()
    book.active.append(head)
    for row in rows:
        book.active.append([datetime(row[0].year, row[0].month, row[0].day), *row[1:]])
    book.save(folder / "sales 2023.xlsx")
    return truth


def whole_retailer(folder: Path) -> Truth:
    """All nine kinds under names of their own: four levels of products, prices with from and to, daily stock, members, reviews."""
    r = random.Random(34)
    truth = Truth(currency="EUR", roles={"time": "txn_ts", "basket": "receipt_id", "item": "article_no", "units": "qty", "amount": "line_value", "store": "shop_no",
                                         "customer": "card_no", "on_promotion": "promo_yn"}, items=24)
    span = days(date(2023, 1, 2), 90)
    lines = []
    for n in range(2400):
        moment = datetime(2023, 1, 2, 9) + timedelta(minutes=53 * n)
        article, units = r.randint(1, 24), r.randint(1, 3)
        if moment.date() > span[-1]:
            break
        lines.append([moment.isoformat(sep=" "), f"T{n // 3:06d}", f"{article:05d}", units, round(units * (1 + article / 2), 2), n % 4 + 1,
                      f"L{r.randint(1, 150):05d}" if n % 2 else "", "Y" if article == 3 else "N"])
        sold(truth, moment.date(), units, round(units * (1 + article / 2), 2))
    write(folder / "till_lines.csv", ["txn_ts", "receipt_id", "article_no", "qty", "line_value", "shop_no", "card_no", "promo_yn"], lines)
    write(folder / "article_master.csv", ["article_no", "article_name", "division", "department", "class", "subclass", "vendor_name", "cost_price_eur"],
          [[f"{a:05d}", f"Jam no. {a}", "Food", "AB"[a % 2] + " dept", f"Class {a % 4}", f"Sub {a % 8}", "Field & Co", round(0.4 + a / 4, 2)] for a in range(1, 25)])
    write(folder / "price_list.csv", ["article_no", "valid_from", "valid_to", "selling_price"],
          [[f"{a:05d}", d, e, round(1 + a / 2, 2)] for a in range(1, 25) for d, e in ((date(2023, 1, 1), date(2023, 1, 31)), (date(2023, 2, 1), date(9999, 12, 31)))])
    write(folder / "stock_snapshot.csv", ["snapshot_date", "shop_no", "article_no", "qty_on_hand"],
          [[d, s, f"{a:05d}", r.randint(0, 30)] for d in span[:30] for s in range(1, 5) for a in range(1, 25)])
    write(folder / "loyalty_members.csv", ["card_no", "date_of_birth", "gender", "joined_on", "tier", "postcode", "town"],
          [[f"L{m:05d}", date(1950, 1, 5) + timedelta(days=113 * m), "FM"[m % 2], date(2020, 1, 1) + timedelta(days=m), "gold", f"{m % 99:05d}", "Graz"] for m in range(1, 151)])
    write(folder / "shops.csv", ["shop_no", "shop_name", "lat", "lng", "town", "opened_on", "sqm"],
          [[s, f"Shop {s}", round(47 + s / 10, 5), round(15 + s / 9, 5), "Graz", date(2010, 1, s), 200 + s] for s in range(1, 5)])
    write(folder / "product_reviews.csv", ["review_id", "article_no", "card_no", "stars", "review_text", "submitted_at"],
          [[k, f"{k % 24 + 1:05d}", f"L{k % 150 + 1:05d}", r.randint(1, 5), "good enough, would buy again", f"2023-02-{k % 28 + 1:02d}"] for k in range(1, 201)])
    write(folder / "promo_calendar.csv", ["promo_id", "promo_name", "article_no", "start_date", "end_date", "discount_pct"],
          [[k, f"Offer {k}", f"{k % 24 + 1:05d}", span[k], span[k] + timedelta(days=6), 10 + 5 * (k % 3)] for k in range(1, 41)])
    write(folder / "holidays.csv", ["date", "holiday_name"], [[date(2023, 1, 6), "Epiphany"], [date(2023, 4, 10), "Easter Monday"], [date(2023, 5, 1), "Labour Day"]])
    truth.tables = {"products": 24, "prices": 48, "stock": 2880, "customers": 150, "stores": 4, "reviews": 200, "promotions": 40, "calendar": 3}
    return truth


def year_in_sheets(folder: Path) -> Truth:
    """A workbook with a sheet a month, all of the same columns."""
    import openpyxl

    truth = Truth(roles={"time": "Date", "item": "SKU", "units": "Qty", "amount": "Total"}, items=9)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for month in (1, 2, 3):
        sheet = book.create_sheet(f"{date(2023, month, 1):%b %Y}")
        sheet.append(["Date", "SKU", "Qty", "Total"])
        for k in range(60):
            day, units = date(2023, month, k % 28 + 1), k % 4 + 1
            sheet.append([datetime(day.year, day.month, day.day), f"S{k % 9}", units, units * 2.5])
            sold(truth, day, units, units * 2.5)
    book.save(folder / "year.xlsx")
    return truth


def wide_with_totals(folder: Path) -> Truth:
    """A column a month, and a last line with the sums of all products."""
    r = random.Random(35)
    truth = Truth(period="month", roles={"item": "SKU", "units": "units"}, items=20)
    rows = [[f"S{k:02d}", f"Thing {k}", *(r.randint(0, 9) for _ in MONTHS)] for k in range(20)]
    for row in rows:
        for month, units in zip(MONTHS, row[2:]):
            sold(truth, month, units)
    write(folder / "sales.csv", ["SKU", "Product", *(f"{m:%Y-%m}" for m in MONTHS)],
          [*rows, ["Total", "", *(sum(row[2 + n] for row in rows) for n in range(len(MONTHS)))]])
    return truth


def shop_plugin(folder: Path) -> Truth:
    """A plug-in's export: qualifiers in parentheses, totals of the order on each line, the line's money called a cost."""
    r = random.Random(36)
    truth = Truth(currency="EUR", items=20, roles={"time": "Order Date", "basket": "Order Number", "item": "SKU", "units": "Quantity (- Refund)",
                                                   "price": "Item Cost", "customer": "Email (Billing)", "status": "Order Status"})
    rows = []
    for n in range(300):
        moment, lines = datetime(2023, 1, 1, 10) + timedelta(hours=19 * n), [(r.randint(1, 20), r.randint(1, 3)) for _ in range(r.randint(1, 3))]
        total = sum(units * (3 + sku) for sku, units in lines)
        for place, (sku, units) in enumerate(lines, 1):
            rows.append([1000 + n, "Cancelled" if n % 9 == 0 else "Completed", moment, "", "Ann", f"a{n % 50}@example.org", "ES", "Card", 0, total, 5, 0, total + 5,
                         round(total * 0.21, 2), f"W{sku:02d}", place, f"Wool {sku}", units, f"{3 + sku}.00", 0])
            sold(truth, moment.date(), units)
    write(folder / "orders.csv", ["Order Number", "Order Status", "Order Date", "Customer Note", "First Name (Billing)", "Email (Billing)", "Country Code (Billing)",
                                  "Payment Method Title", "Cart Discount Amount", "Order Subtotal Amount", "Order Shipping Amount", "Order Refund Amount",
                                  "Order Total Amount", "Order Total Tax Amount", "SKU", "Item #", "Item Name", "Quantity (- Refund)", "Item Cost",
                                  "Discount Amount"], rows)
    return truth


def trading_company(folder: Path) -> Truth:
    """A trader's database: orders of employees who are numbered as products are, suppliers without terms, what is there in the list of products."""
    r = random.Random(37)
    truth = Truth(items=40, roles={"time": "OrderDate", "basket": "OrderID", "item": "ProductID", "units": "Quantity", "price": "UnitPrice",
                                   "customer": "CustomerID", "discount": "Discount"}, currency="EUR",
                  tables={"products": 40, "customers": 60, "suppliers": 8, "stock": 40, "calendar": 0, "stores": 0})
    products = [(n, f"Tea {n}", 1 + n % 8, 1 + n % 4, "10 boxes x 20 bags", round(5 + 0.7 * n, 2), r.randint(0, 120), r.choice([0, 0, 20]), 10, 0) for n in range(1, 41)]
    write(folder / "Products.csv", ["ProductID", "ProductName", "SupplierID", "CategoryID", "QuantityPerUnit", "UnitPrice", "UnitsInStock", "UnitsOnOrder",
                                    "ReorderLevel", "Discontinued"], products)
    write(folder / "Categories.csv", ["CategoryID", "CategoryName", "Description"], [(n, f"Kind {n}", f"all of kind {n}") for n in range(1, 5)])
    write(folder / "Suppliers.csv", ["SupplierID", "CompanyName", "ContactName", "ContactTitle", "Address", "City", "Country", "Phone"],
          [(n, f"Leaves & Sons {n}", f"Ann {n}", "Sales Manager", f"{n} Quay", "London", "UK", f"555-{n:04d}") for n in range(1, 9)])
    write(folder / "Customers.csv", ["CustomerID", "CompanyName", "ContactName", "Address", "City", "PostalCode", "Country", "Phone"],
          [(f"C{n:04d}", f"Shop {n}", f"Bob {n}", f"{n} Road", "Berlin", f"{10000 + n}", "Germany", f"030-{n:05d}") for n in range(60)])
    write(folder / "Employees.csv", ["EmployeeID", "LastName", "FirstName", "Title", "BirthDate", "HireDate"],
          [(n, f"Smith{n}", f"Jo{n}", "Sales Representative", f"19{60 + n}-01-{n:02d}", f"2015-05-{n:02d}") for n in range(1, 10)])
    write(folder / "Shippers.csv", ["ShipperID", "CompanyName", "Phone"], [(n, f"Fast {n}", f"555-9{n:03d}") for n in range(1, 4)])
    orders, lines, day = [], [], date(2022, 7, 4)
    for n in range(10248, 11448):
        day += timedelta(days=r.choice([0, 0, 1]))
        orders.append((n, f"C{r.randrange(60):04d}", r.randint(1, 9), day, day + timedelta(days=28), day + timedelta(days=r.randint(1, 9)), r.randint(1, 3),
                       round(r.uniform(1, 99), 2)))
        for product in r.sample(products, r.randint(1, 4)):
            lines.append((n, product[0], product[5], r.randint(1, 30), r.choice([0, 0, 0.05])))
            sold(truth, day, lines[-1][3])
    write(folder / "Orders.csv", ["OrderID", "CustomerID", "EmployeeID", "OrderDate", "RequiredDate", "ShippedDate", "ShipVia", "Freight"], orders)
    write(folder / "Order Details.csv", ["OrderID", "ProductID", "UnitPrice", "Quantity", "Discount"], lines)
    return truth


def bicycle_works(folder: Path) -> Truth:
    """A maker's database: heads and lines of orders, territories, categories two files away, levels of stock that are wanted beside a file of what is there."""
    r = random.Random(38)
    truth = Truth(items=60, roles={"time": "OrderDate", "basket": "SalesOrderID", "line": "SalesOrderDetailID", "item": "ProductID", "units": "OrderQty",
                                   "price": "UnitPrice", "amount": "LineTotal", "customer": "CustomerID"}, currency="USD",
                  tables={"products": 60, "stock": 120, "stores": 10, "calendar": 0})
    write(folder / "ProductCategory.csv", ["ProductCategoryID", "Name", "rowguid", "ModifiedDate"],
          [(n, kind, f"c{n}", "2008-04-30") for n, kind in enumerate(("Bikes", "Components", "Clothing", "Accessories"), 1)])
    write(folder / "ProductSubcategory.csv", ["ProductSubcategoryID", "ProductCategoryID", "Name", "rowguid", "ModifiedDate"],
          [(n, 1 + n % 4, f"Group {n}", f"s{n}", "2008-04-30") for n in range(1, 21)])
    products = [(680 + n, f"Wheel {n}", f"BK-{n:04d}", "Red", 100, 75, round(10 + n * 2.3, 2), round(20 + n * 4.1, 2), "M", r.randint(0, 4), 1 + n % 20, "2011-05-31", f"p{n}")
                for n in range(60)]
    write(folder / "Product.csv", ["ProductID", "Name", "ProductNumber", "Color", "SafetyStockLevel", "ReorderPoint", "StandardCost", "ListPrice", "Size",
                                   "DaysToManufacture", "ProductSubcategoryID", "SellStartDate", "rowguid"], products)
    write(folder / "ProductInventory.csv", ["ProductID", "LocationID", "Shelf", "Bin", "Quantity", "rowguid", "ModifiedDate"],
          [(p[0], place, "A", 3, r.randint(0, 600), f"{place}i{p[0]}", "2014-08-12") for p in products for place in (50, 60)])
    write(folder / "SalesTerritory.csv", ["TerritoryID", "Name", "CountryRegionCode", "Group", "SalesYTD", "SalesLastYear"],
          [(n, f"Land {n}", "US", "North America", 7887186.78 + n, 3298694.49) for n in range(1, 11)])
    heads, lines, moment = [], [], datetime(2011, 5, 31)
    for n in range(43659, 44459):
        moment, total = moment + timedelta(hours=17), 0.0
        for p in r.sample(products, r.randint(1, 4)):
            units = r.randint(1, 5)
            lines.append((n, len(lines) + 1, "4911", units, p[0], p[7], 0, round(units * p[7], 2), f"d{len(lines)}", "2011-05-31"))
            total += units * p[7]
            sold(truth, moment.date(), units, round(units * p[7], 2))
        heads.append((n, 8, moment, moment + timedelta(12), moment + timedelta(7), 5, 0, f"SO{n}", 11000 + r.randrange(90), r.randint(274, 290), r.randint(1, 10),
                      round(total, 2), round(total * 0.08, 2), 5, round(total * 1.08 + 5, 2), f"h{n}", "2011-06-07"))
    write(folder / "SalesOrderHeader.csv", ["SalesOrderID", "RevisionNumber", "OrderDate", "DueDate", "ShipDate", "Status", "OnlineOrderFlag", "SalesOrderNumber", "CustomerID",
                                            "SalesPersonID", "TerritoryID", "SubTotal", "TaxAmt", "Freight", "TotalDue", "rowguid", "ModifiedDate"], heads)
    write(folder / "SalesOrderDetail.csv", ["SalesOrderID", "SalesOrderDetailID", "CarrierTrackingNumber", "OrderQty", "ProductID", "UnitPrice", "UnitPriceDiscount",
                                            "LineTotal", "rowguid", "ModifiedDate"], lines)
    return truth


def clicks(folder: Path) -> Truth:
    """What visitors of a shop did, in milliseconds since 1970: one in thirty of the events is a purchase."""
    r = random.Random(39)
    truth = Truth(roles={"time": "timestamp", "item": "itemid", "customer": "visitorid", "basket": "transactionid", "status": "event"}, rows=0)
    rows, items = [], set()
    for n in range(9000):
        what = r.choices(["view", "addtocart", "transaction"], [90, 6, 4])[0]
        moment, item = datetime(2015, 4, 25, 23) + timedelta(seconds=40 * n), r.randint(1, 300)
        rows.append([int(moment.timestamp() * 1000), r.randint(1, 1500), what, item, 5000 + n if what == "transaction" else ""])
        sold(truth, moment.date())
        items.add(item)
    write(folder / "events.csv", ["timestamp", "visitorid", "event", "itemid", "transactionid"], rows)
    truth.items = len(items)
    return truth


def bonus_cards(folder: Path) -> Truth:
    """Lines of a loyalty card: the amount counts pieces, the price is the line's, the asset what it cost."""
    r = random.Random(40)
    truth = Truth(roles={"time": "TRANSACTION_DT", "item": "PRODUCT_ID", "customer": "CUSTOMER_ID", "units": "AMOUNT", "amount": "SALES_PRICE"}, items=80)
    goods, rows = [(4710000000000 + 37 * n, 100100 + n % 12, 15 + 7 * (n % 40)) for n in range(80)], []
    for n in range(3600):
        day, (item, kind, price), units = date(2000, 11, 1) + timedelta(days=n // 30), goods[n % 80], r.choice([1, 1, 1, 2, 3])
        rows.append([f"{day.month}/{day.day}/{day.year}", f"{r.randint(1, 200):08d}", r.choice(["25-29", "30-34"]), r.choice(["115", "221"]), kind, item, units,
                     round(price * 0.8) * units, price * units])
        sold(truth, day, units, price * units)
    write(folder / "all months.csv", ["TRANSACTION_DT", "CUSTOMER_ID", "AGE_GROUP", "PIN_CODE", "PRODUCT_SUBCLASS", "PRODUCT_ID", "AMOUNT", "ASSET", "SALES_PRICE"], rows)
    return truth


def flagged_weeks(folder: Path) -> Truth:
    """Weekly money of stores beside a flag of holidays and figures of the economy, one of which is a price."""
    r = random.Random(41)
    truth = Truth(items=1, period="week", roles={"time": "Date", "store": "Store", "amount": "Weekly_Sales", "price": None, "item": None})
    rows = []
    for store in range(1, 13):
        for week in range(80):
            day, amount = date(2010, 2, 5) + timedelta(weeks=week), round(1e6 + store * 1e4 + r.uniform(0, 1e5), 2)
            rows.append([store, f"{day:%d-%m-%Y}", amount, int(week % 26 == 1), round(r.uniform(40, 80), 2), round(r.uniform(2, 4), 3), 211.09, 8.1])
            sold(truth, day, 0, amount)
    write(folder / "Stores.csv", ["Store", "Date", "Weekly_Sales", "Holiday_Flag", "Temperature", "Fuel_Price", "CPI", "Unemployment"], rows)
    return truth


def toy_chain(folder: Path) -> Truth:
    """Numbered sales of a chain, prices with a sign behind spaces, what is there in each store, a list of days, a dictionary of the fields."""
    r = random.Random(42)
    truth = Truth(items=35, currency="USD", roles={"time": "Date", "basket": "Sale_ID", "item": "Product_ID", "store": "Store_ID", "units": "Units", "amount": None},
                  tables={"products": 35, "stores": 10, "stock": 350})
    write(folder / "products.csv", ["Product_ID", "Product_Name", "Product_Category", "Product_Cost", "Product_Price"],
          [(n, f"Toy {n}", ("Toys", "Games", "Sports")[n % 3], f"${5 + n / 2:.2f} ", f"${9 + n * 0.7:.2f} ") for n in range(1, 36)])
    write(folder / "stores.csv", ["Store_ID", "Store_Name", "Store_City", "Store_Location", "Store_Open_Date"],
          [(n, f"Toys City {n}", f"City {n}", "Downtown", f"199{n % 10}-06-11") for n in range(1, 11)])
    write(folder / "inventory.csv", ["Store_ID", "Product_ID", "Stock_On_Hand"], [(s, p, r.randint(0, 40)) for s in range(1, 11) for p in range(1, 36)])
    write(folder / "calendar.csv", ["Date"], [(f"{d.month}/{d.day}/{d.year}",) for d in days(date(2022, 1, 1), 150)])
    write(folder / "data_dictionary.csv", ["Table", "Field", "Description"], [("Products", "Product_ID", "which product"), ("Sales", "Units", "pieces sold")] * 4)
    rows = []
    for n in range(6000):
        day, units = date(2022, 1, 1) + timedelta(days=n // 40), r.choice([1, 1, 1, 2])
        rows.append([n + 1, day, r.randint(1, 10), 1 + n % 35, units])
        sold(truth, day, units)
    write(folder / "sales.csv", ["Sale_ID", "Date", "Store_ID", "Product_ID", "Units"], rows)
    return truth


def numbered_lines(folder: Path) -> Truth:
    """Lines that are numbered as items, products by sku, figures by customer beside them; empty columns at the end."""
    r = random.Random(43)
    truth = Truth(items=60, roles={"time": "created_at", "item": "sku", "customer": "Customer ID", "units": "qty_ordered", "price": "price",
                                   "amount": "grand_total", "status": "status", "visitors": None})
    rows = []
    for n in range(2400):
        day, units, price = date(2016, 7, 1) + timedelta(days=n // 12), r.randint(1, 3), 100 + 13 * (n % 60)
        rows.append([211131 + n, r.choice(["complete", "complete", "canceled"]), f"{day.month}/{day.day}/{day.year}", f"kreations_{n % 60}-L", price, units,
                     price * units, 1 + n % 400, 14100 + n % 90, round(r.uniform(10, 99)), "", ""])
        sold(truth, day, units, price * units)
    write(folder / "Largest dataset.csv", ["item_id", "status", "created_at", "sku", "price", "qty_ordered", "grand_total", "Customer ID", "Customer Zipcode",
                                           "Sales per customer", "", ""], rows)
    return truth


def counted_a_day(folder: Path) -> Truth:
    """What each shop sold of each product, a line a day, only where something was; beside look-ups, a test file and a template of answers."""
    r = random.Random(44)
    truth = Truth(items=40, roles={"time": "date", "item": "item_id", "store": "shop_id", "units": "item_cnt_day", "price": "item_price"},
                  tables={"products": 40, "stores": 9})
    rows = []
    for n, day in enumerate(days(date(2013, 1, 1), 200)):
        for shop, item in sorted(r.sample([(a, b) for a in range(9) for b in range(40)], 20)):
            units = r.choice([1, 1, 1, 2, 3, -1])
            rows.append([day.strftime("%d.%m.%Y"), day.month - 1, shop, 20000 + item, 99.0 + 50 * (item % 7), float(units)])
            sold(truth, day, units, units * (99.0 + 50 * (item % 7)))
    write(folder / "sales_train.csv", ["date", "date_block_num", "shop_id", "item_id", "item_price", "item_cnt_day"], rows)
    write(folder / "items.csv", ["item_name", "item_id", "item_category_id"], [[f"ИГРА {n} (PC) D", 20000 + n, n % 5] for n in range(40)])
    write(folder / "item_categories.csv", ["item_category_name", "item_category_id"], [[f"Игры - PS{n}", n] for n in range(5)])
    write(folder / "shops.csv", ["shop_name", "shop_id"], [[f'Город ТЦ "Центр {n}"', n] for n in range(9)])
    write(folder / "test.csv", ["ID", "shop_id", "item_id"], [[n, n % 9, 20000 + n % 40] for n in range(90)])
    write(folder / "sample_submission.csv", ["ID", "item_cnt_month"], [[n, 0.5] for n in range(90)])
    truth.amount = 0
    return truth


def bread_routes(folder: Path) -> Truth:
    """Numbered weeks; units and money of this week beside those that come back the next; names of products written NombreProducto."""
    r = random.Random(45)
    truth = Truth(items=12, period="week", roles={"time": "Semana", "item": "Producto_ID", "store": "Agencia_ID", "customer": "Cliente_ID", "units": "Venta_uni_hoy",
                                                  "amount": "Venta_hoy"}, tables={"products": 12, "stores": 3})
    rows = []
    for week in range(1, 10):
        for _ in range(400):
            item, units, back = r.randrange(12), r.randint(1, 20), r.choice([0] * 15 + [1, 2])
            price = 3.7 + item
            rows.append([week, 1110 + r.randrange(3), r.choice([1, 2, 7]), r.choice([1001, 3301, 3302]), r.randrange(15000, 15200), 1212 + item, units,
                         round(units * price, 2), back, round(back * price, 2), max(units - back, 0)])
            sold(truth, date(2001, 1, 1) + timedelta(days=7 * (week - 1)), units, round(units * price, 2))
    write(folder / "train.csv", ["Semana", "Agencia_ID", "Canal_ID", "Ruta_SAK", "Cliente_ID", "Producto_ID", "Venta_uni_hoy", "Venta_hoy", "Dev_uni_proxima",
                                 "Dev_proxima", "Demanda_uni_equil"], rows)
    write(folder / "producto_tabla.csv", ["Producto_ID", "NombreProducto"], [[1212 + n, f"Pan {n} 640g"] for n in range(12)])
    write(folder / "town_state.csv", ["Agencia_ID", "Town", "State"], [[1110 + n, f"200{n} AG. NORTE", "ESTADO"] for n in range(3)])
    return truth


def stock_beside_sales(folder: Path) -> Truth:
    """A panel of products in stores that says what was there, what was sold, and what competitors ask."""
    r = random.Random(46)
    truth = Truth(items=8, roles={"time": "Date", "item": "Product ID", "store": "Store ID", "units": "Units Sold", "price": "Price", "amount": None},
                  tables={"stock": 8 * 3 * 120})
    rows = []
    for day in days(date(2022, 1, 1), 120):
        for store in range(1, 4):
            for item in range(1, 9):
                there, price = r.randint(50, 500), round(r.uniform(10, 100), 2)
                units = min(there, r.randint(10, 300))
                rows.append([day, f"S00{store}", f"P{item:04d}", r.choice(["North", "South"]), there, units, r.randint(20, 200), round(units * 1.1, 2), price,
                             r.choice([0, 5, 10, 20]), r.choice(["Rainy", "Sunny"]), r.choice([0, 1]), round(price * 1.05, 2)])
                sold(truth, day, units)
    write(folder / "retail_store_inventory.csv", ["Date", "Store ID", "Product ID", "Region", "Inventory Level", "Units Sold", "Units Ordered", "Demand Forecast", "Price",
                                                  "Discount", "Weather Condition", "Holiday/Promotion", "Competitor Pricing"], rows)
    return truth


def fruit_market(folder: Path) -> Truth:
    """Weeks, kinds and regions; pieces by size and by bag beside the volume, of which none is money."""
    r = random.Random(47)
    truth = Truth(items=2, period="week", roles={"time": "Date", "item": "type", "store": "region", "units": "Total Volume", "price": "AveragePrice", "amount": None})
    rows = []
    for region in ("Albany", "Boston", "Dallas"):
        for kind in ("conventional", "organic"):
            for n in range(110):
                day, parts = date(2015, 1, 4) + timedelta(days=7 * n), [round(r.uniform(10, 90000), 2) for _ in range(6)]
                rows.append([n % 52, day, round(r.uniform(0.8, 2.2), 2), round(sum(parts), 2), *parts[:3], round(sum(parts[3:]), 2), *parts[3:], kind, day.year, region])
                sold(truth, day, round(sum(parts), 2))
    write(folder / "fruit.csv", ["", "Date", "AveragePrice", "Total Volume", "4046", "4225", "4770", "Total Bags", "Small Bags", "Large Bags", "XLarge Bags", "type",
                                 "year", "region"], rows)
    return truth


def far_addresses(folder: Path) -> Truth:
    """Each purchase has an address of its own: that is no store."""
    r = random.Random(48)
    truth = Truth(items=4, roles={"time": "TransactionDate", "item": "ProductID", "store": None, "customer": "CustomerID", "units": "Quantity", "amount": "TotalAmount",
                                  "payment": "PaymentMethod"})
    rows = []
    for n in range(1200):
        day, units, price, off = date(2023, 4, 1) + timedelta(days=n // 4), r.randint(1, 9), round(r.uniform(10, 100), 6), round(r.uniform(0, 20), 6)
        amount = units * price * (1 - off / 100)
        rows.append([100 + n % 400, "ABCD"[n % 4], units, price, f"{day.month}/{day.day}/{day.year} {n % 24}:{n % 60:02d}", r.choice(["Cash", "PayPal"]),
                     f"{1000 + n} Lee Street\nPort, IA 0{1000 + n}", r.choice(["Books", "Clothing"]), off, amount])
        sold(truth, day, units, 0)
    write(folder / "Retail_Transaction_Dataset.csv", ["CustomerID", "ProductID", "Quantity", "Price", "TransactionDate", "PaymentMethod", "StoreLocation",
                                                      "ProductCategory", "DiscountApplied(%)", "TotalAmount"], rows)
    return truth


def products_sideways(folder: Path) -> Truth:
    """A row a day and a column a product, with the weekday and a total beside them; a file of weather of the same shape."""
    r = random.Random(49)
    names = ["Brot", "Brötchen", "Kuchen", "N05B"]
    truth = Truth(items=4, roles={"time": "Datum", "item": "item", "units": "units", "amount": None, "note": None})
    rows = []
    for day in days(date(2024, 1, 1), 150):
        units = [r.randint(0, 60) for _ in names]
        rows.append([f"{day:%d.%m.%Y}", f"{day:%A}", *units, sum(units)])
        for count in units:
            sold(truth, day, count)
    write(folder / "sales per day.csv", ["Datum", "Wochentag", *names, "Gesamt"], rows)
    write(folder / "weather.csv", ["Datum", "tmax", "tmin", "prcp"], [[f"{day:%d.%m.%Y}", r.randint(0, 30), r.randint(0, 9), r.random()]
                                                                     for day in days(date(2024, 1, 1), 150)])
    return truth


def dirty_cafe(folder: Path) -> Truth:
    """ERROR and UNKNOWN in every column, dates and numbers as well: those are missing values."""
    r = random.Random(50)
    truth = Truth(items=6, roles={"time": "Transaction Date", "item": "Item", "store": "Location", "basket": "Transaction ID", "units": "Quantity",
                                  "price": "Price Per Unit", "amount": "Total Spent", "payment": "Payment Method"})
    prices = {"Coffee": 2.0, "Tea": 1.5, "Salad": 5.0, "Cake": 3.0, "Juice": 2.5, "Cookie": 1.0}
    rows = []
    for n in range(1500):
        day, item, units = date(2023, 1, 1) + timedelta(days=n // 5), r.choice(list(prices)), r.randint(1, 5)
        line = [units, prices[item], units * prices[item], r.choice(["Cash", "Credit Card"]), r.choice(["In-store", "Takeaway"])]
        missing = r.random() < 0.06
        if missing:
            line[r.randrange(3)] = r.choice(["ERROR", "UNKNOWN", ""])
        late = r.choice(["ERROR", "UNKNOWN"]) if n % 40 == 7 else day
        rows.append([f"TXN_{1000000 + n}", item, *line, late])
        if n % 40 != 7:
            sold(truth, day)
    write(folder / "dirty_cafe_sales.csv", ["Transaction ID", "Item", "Quantity", "Price Per Unit", "Total Spent", "Payment Method", "Location", "Transaction Date"], rows)
    return truth


def numbered_months(folder: Path) -> Truth:
    """Year and month in two columns; the description of a product is no event."""
    r = random.Random(51)
    truth = Truth(items=30, period="month", roles={"time": "MONTH", "item": "ITEM CODE", "amount": "RETAIL SALES"}, tables={"products": 30, "calendar": 0})
    rows = []
    for year in (2018, 2019, 2020):
        for month in range(1, 13):
            for k in range(30):
                rows.append([year, month, f"SUPPLIER {k % 4}", 100000 + k, f"WINE {k} 750ML", "WINE" if k % 2 else "BEER", round(r.uniform(1, 50), 2), 7.5])
                sold(truth, date(year, month, 1), 0, rows[-1][-2])
    write(folder / "Warehouse_and_Retail_Sales.csv", ["YEAR", "MONTH", "SUPPLIER", "ITEM CODE", "ITEM DESCRIPTION", "ITEM TYPE", "RETAIL SALES", "RETAIL TRANSFERS"], rows)
    return truth


def one_series(folder: Path) -> Truth:
    """Months and one column of numbers with a long name; a line of text at the end."""
    r = random.Random(52)
    truth = Truth(items=1, period="month", roles={"time": "Month", "units": "Monthly champagne in millions ?64-?72"})
    rows = []
    for n in range(105):
        rows.append([f"{1964 + n // 12}-{n % 12 + 1:02d}", r.randint(1500, 9000)])
        sold(truth, date(1964 + n // 12, n % 12 + 1, 1), rows[-1][1])
    write(folder / "champagne.csv", ["Month", "Monthly champagne in millions ?64-?72"], [*rows, ["Monthly champagne ?64-?72", ""]])
    return truth


def bike_stores(folder: Path) -> Truth:
    """Tables of a database: lines numbered by item_id beside product_id, the price of the list with a share off, heads of orders, stock by quantity."""
    r = random.Random(53)
    truth = Truth(items=50, roles={"time": "order_date", "item": "product_id", "store": "store_id", "customer": "customer_id", "basket": "order_id", "units": "quantity",
                                   "price": "list_price", "discount": "discount"}, tables={"products": 50, "stores": 3, "customers": 200, "stock": 150})
    orders, lines = [], []
    for k in range(1, 500):
        day = date(2016, 1, 1) + timedelta(days=k * 3 // 2)
        orders.append([k, 1 + r.randrange(200), 4, day, day + timedelta(days=2), day + timedelta(days=1), k % 3 + 1, k % 10 + 1])
        for n in range(1, r.randint(2, 6)):
            lines.append([k, n, 1 + r.randrange(50), r.randint(1, 2), r.choice([599.99, 469.99, 1299.0]), r.choice([0.05, 0.07, 0.1, 0.2])])
            sold(truth, day, lines[-1][3])
    write(folder / "order_items.csv", ["order_id", "item_id", "product_id", "quantity", "list_price", "discount"], lines)
    write(folder / "orders.csv", ["order_id", "customer_id", "order_status", "order_date", "required_date", "shipped_date", "store_id", "staff_id"], orders)
    write(folder / "products.csv", ["product_id", "product_name", "brand_id", "category_id", "model_year", "list_price"],
          [[k, f"Trek {k} - 2016", k % 9 + 1, k % 7 + 1, 2016 + k % 3, 300 + 7.5 * k] for k in range(1, 51)])
    write(folder / "categories.csv", ["category_id", "category_name"], [[k, f"Kind {k}"] for k in range(1, 8)])
    write(folder / "customers.csv", ["customer_id", "city", "state", "zip_code"], [[k, "Orchard", "NY", 14127] for k in range(1, 201)])
    write(folder / "stores.csv", ["store_id", "store_name", "city", "state"], [[k, f"Shop {k}", "Town", "CA"] for k in range(1, 4)])
    write(folder / "stocks.csv", ["store_id", "product_id", "quantity"], [[s, p, r.randint(0, 30)] for s in (1, 2, 3) for p in range(1, 51)])
    return truth


def accounting_sheet(folder: Path) -> Truth:
    """A sheet in accounting format: " $ 1,200.00 ", " $- ", gross and net, first days of months that read both ways, names of months."""
    r = random.Random(54)
    truth = Truth(items=5, period="month", currency="USD", roles={"time": "Date", "item": "Product", "units": "Units Sold", "price": "Sale Price", "amount": "Sales",
                                                                  "discount": "Discounts", "note": None}, tables={"calendar": 0})

    def money(value: float) -> str:
        return f" ${value:,.2f} " if value else " $-   "

    rows = []
    for n in range(400):
        day, units, price = date(2013 + n % 16 // 12, n % 16 % 12 + 1, 1), r.randint(200, 4000), r.choice([7, 12, 15, 20, 125, 300])
        gross, off = units * price, round(units * price * r.choice([0, 0.01, 0.05, 0.1]), 2)
        rows.append([r.choice(["Government", "Midmarket"]), f" {r.choice(['Carretera', 'Montana', 'Paseo', 'Velo', 'Amarilla'])} ", " None ", f" {units:,.2f} ", money(3),
                     money(price), money(gross), money(off), money(gross - off), money(round(gross * 0.7, 2)), f"{day.month}/{day.day}/{day.year}", day.month,
                     f" {day:%B} ", day.year])
        sold(truth, day, units, round(gross - off, 2))
    write(folder / "Financials.csv", ["Segment", " Product ", " Discount Band ", "Units Sold", " Manufacturing Price ", " Sale Price ", " Gross Sales ", " Discounts ",
                                      "  Sales ", " COGS ", "Date", "Month Number", " Month Name ", "Year"], rows)
    return truth


def weighed_market(folder: Path) -> Truth:
    """Sales by weight with date and time of day in two columns; a code and a name of each category; wholesale prices and losses beside them."""
    r = random.Random(55)
    truth = Truth(items=20, roles={"time": "Date", "item": "Item Code", "units": "Quantity Sold (kilo)", "price": "Unit Selling Price (RMB/kg)"}, tables={"products": 20})
    rows, wholesale, first = [], [], 102900005115000
    for day in days(date(2020, 7, 1), 90):
        wholesale += [[day, first + k, round(r.uniform(2, 9), 2)] for k in range(20)]
        for n in range(20):
            item, weight, back = r.randrange(20), round(r.uniform(0.05, 2), 3), n == 7 and day.day == 3
            rows.append([day, f"{9 + n % 12:02d}:{r.randrange(60):02d}:{r.randrange(60):02d}.{r.randrange(1000):03d}", first + item, -weight if back else weight,
                         round(r.uniform(3, 14), 2), "return" if back else "sale", r.choice(["Yes", "No", "No"])])
            sold(truth, day, rows[-1][3])
    write(folder / "annex1.csv", ["Item Code", "Item Name", "Category Code", "Category Name"],
          [[first + k, f"Cabbage {k}", 1011010101 + k % 3, ["Leaves", "Capsicum", "Mushroom"][k % 3]] for k in range(20)])
    write(folder / "annex2.csv", ["Date", "Time", "Item Code", "Quantity Sold (kilo)", "Unit Selling Price (RMB/kg)", "Sale or Return", "Discount (Yes/No)"], rows)
    write(folder / "annex3.csv", ["Date", "Item Code", "Wholesale Price (RMB/kg)"], wholesale)
    write(folder / "annex4.csv", ["Item Code", "Item Name", "Loss Rate (%)"], [[first + k, f"Cabbage {k}", round(r.uniform(1, 20), 2)] for k in range(20)])
    return truth


def member_purchases(folder: Path) -> Truth:
    """Who bought what on which day, and nothing else."""
    r = random.Random(56)
    truth = Truth(items=9, roles={"time": "Date", "item": "itemDescription", "customer": "Member_number"})
    rows = []
    for n in range(1500):
        day = date(2014, 1, 1) + timedelta(days=n // 3)
        rows.append([1000 + r.randrange(200), f"{day:%d-%m-%Y}", f"whole thing {n % 9}"])
        sold(truth, day, 1)
    write(folder / "Groceries_dataset.csv", ["Member_number", "Date", "itemDescription"], rows)
    return truth


def web_warehouse(folder: Path) -> Truth:
    """A warehouse's tables, each with a key called id beside a sku or an email; a line a piece; a second list of the pieces in stock."""
    r = random.Random(57)
    truth = Truth(items=40, currency="BRL", roles={"time": "created_at", "item": "product_id", "customer": "user_id", "basket": "order_id", "price": "sale_price",
                                                   "status": "status"}, tables={"products": 40, "customers": 300})
    lines, stock = [], []
    for n in range(1600):
        made, item = datetime(2019, 1, 5, 9) + timedelta(hours=5 * n), 1 + n % 40
        status = "Cancelled" if n % 9 == 4 else "Complete"
        lines.append([n + 1, n // 2 + 1, 1 + r.randrange(300), item, n + 1, status, f"{made}+00:00", f"{made + timedelta(days=2)}+00:00", round(10 + item * 1.37, 2)])
        stock.append([n + 1, item, f"{made - timedelta(days=20)}+00:00", f"{made}+00:00", round(5 + item * 0.6, 3), f"Thing {item}", f"SKU{item:06d}"])
        sold(truth, made.date(), 1)
    write(folder / "order_items.csv", ["id", "order_id", "user_id", "product_id", "inventory_item_id", "status", "created_at", "delivered_at", "sale_price"], lines)
    write(folder / "products.csv", ["id", "cost", "category", "name", "brand", "retail_price", "sku"],
          [[k, round(5 + k * 0.6, 3), ["Tops", "Jeans"][k % 2], f"Thing {k}", f"Brand {k % 5}", round(10 + k * 1.37, 2), f"SKU{k:06d}"] for k in range(1, 41)])
    write(folder / "users.csv", ["id", "first_name", "email", "age", "gender", "city", "country", "traffic_source"],
          [[k, f"Ana{k}", f"ana{k}@example.org", 18 + k % 50, "MF"[k % 2], f"Town {k % 20}", "Brasil", "Search"] for k in range(1, 301)])
    write(folder / "inventory_items.csv", ["id", "product_id", "created_at", "sold_at", "cost", "product_name", "product_sku"], stock)
    return truth


RUN = [member_purchases, web_warehouse, bike_stores, accounting_sheet, weighed_market, dirty_cafe, numbered_months, one_series, products_sideways, counted_a_day, bread_routes, stock_beside_sales, fruit_market, far_addresses, trading_company, bicycle_works, clicks, bonus_cards, flagged_weeks, toy_chain, numbered_lines, year_in_sheets, wide_with_totals, shop_plugin, office_orders, weekly_departments, grocery_chain, demand_panel, undated_baskets, brazilian_notes, webshop_lines, till_items, marketplace_report,
       supermarket_invoices, coffee_workbook, pizzeria, fashion_chain, month_in_the_name, bakery, report_with_titles, headless, all_quoted, shop_and_web,
       exported_twice, whole_retailer, WIDE[0], WIDE[2], WIDE[4], WIDE[7]]
_TIMES = [times(k, v) for k, v in TIMES.items()]
_NUMBERS = [numbers(k, *v) for k, v in NUMBERS.items()]
RUN += _TIMES[:2] + _TIMES[7:8] + _NUMBERS[2:4] + _NUMBERS[7:8]
SHOPS = [*RUN, *(s for s in [*WIDE, *_TIMES, *_NUMBERS] if s not in RUN), *(language(k, v) for k, v in LANGUAGES.items())]
