"""Small made-up shops, each written as another system or country would: what init has to find out by itself.

Every function writes the files into a folder and returns what is true of them, counted while writing.
"""
from __future__ import annotations

import csv
import json
import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path


@dataclass
class Truth:
    rows: int = 0                      # of sales, after a wide file is laid long
    units: float = 0
    amount: float = 0                  # money of the lines, where the files tell
    first: str = ""                    # first and last day
    last: str = ""
    items: int = 0
    roles: dict[str, str] = field(default_factory=dict)  # canonical column of sales: column of the file
    period: str = "day"
    currency: str = ""
    tables: dict[str, int] = field(default_factory=dict)  # canonical table: rows


def comma(value: float) -> str:
    """1234.5 as 1.234,50."""
    whole, cents = f"{value:,.2f}".split(".")
    return whole.replace(",", ".") + "," + cents


def write(path: Path, head: list[str], rows: list[list], delimiter: str = ",", encoding: str = "utf-8") -> None:
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(head)
        writer.writerows(rows)


def german_till(folder: Path) -> Truth:
    """Semicolons, decimal commas, dd.mm.yyyy, Latin-1, German names; two files by year, and an article list."""
    random.seed(1)
    truth = Truth(currency="EUR", roles={"time": "Datum", "basket": "Bon-Nr", "item": "Artikelnummer", "units": "Menge",
                                         "price": "Einzelpreis", "amount": "Umsatz (€)", "store": "Filiale"})
    articles = [(f"{1000 + i:06d}", f"Müsli Sorte {i}", random.choice(["Getreide", "Süßwaren", "Getränke"]), 1 + i * 0.37)
                for i in range(40)]
    write(folder / "Artikelstamm.csv", ["Artikelnummer", "Bezeichnung", "Warengruppe", "VK-Preis"],
          [[a, n, g, comma(p)] for a, n, g, p in articles], ";", "latin-1")
    receipt = 70000
    seen = set()
    for year in (2022, 2023):
        rows, day = [], date(year, 1, 2)
        while day.year == year:
            for _ in range(3):
                receipt += 1
                for article, _, _, price in random.sample(articles, 2):
                    units = random.randint(1, 4)
                    rows.append([f"{day:%d.%m.%Y}", receipt, random.choice(["Köln", "Bonn"]), article, units, comma(price),
                                 comma(round(units * round(price, 2), 2))])
                    truth.units += units
                    truth.amount += round(units * round(price, 2), 2)
                    seen.add(article)
                    truth.first = truth.first or day.isoformat()
                    truth.last = day.isoformat()
            day += timedelta(days=1 if day.weekday() < 5 else 2)
        write(folder / f"Umsätze_{year}.csv", ["Datum", "Bon-Nr", "Filiale", "Artikelnummer", "Menge", "Einzelpreis", "Umsatz (€)"],
              rows, ";", "cp1252")
        truth.rows += len(rows)
    truth.items = len(seen)
    truth.tables = {"products": 40}
    return truth


def american_export(folder: Path) -> Truth:
    """Month first, dollars with thousands commas in quotes, tabs, refunds in parentheses."""
    random.seed(2)
    truth = Truth(currency="USD", roles={"time": "Order Date", "basket": "Order #", "item": "SKU", "units": "Qty",
                                         "amount": "Line Total", "customer": "Customer Email", "note": "Product Title"})
    rows, items = [], set()
    day = date(2021, 1, 1)
    for n in range(1500):
        sku = random.randint(1, 60)
        units, price = random.randint(1, 30), round(3 + sku * 1.75, 2)
        back = random.random() < 0.03
        total = round(units * price, 2)
        rows.append([f"{day:%m/%d/%Y}", 50000 + n, f"SKU-{sku:03d}", f"Thing no. {sku}", -units if back else units, f"${price:,.2f}",
                     f"(${total:,.2f})" if back else f"${total:,.2f}", f"user{random.randint(1, 300)}@example.com"])
        truth.units += -units if back else units
        truth.amount += -total if back else total
        items.add(sku)
        truth.last = day.isoformat()
        day += timedelta(days=n % 3 == 0)
    write(folder / "orders export.tsv",
          ["Order Date", "Order #", "SKU", "Product Title", "Qty", "Unit Price", "Line Total", "Customer Email"], rows, "\t")
    truth.rows, truth.first, truth.items = len(rows), "2021-01-01", len(items)
    return truth


FRENCH = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]


def french_months(folder: Path) -> Truth:
    """A column a month with French names of months, a row an article and shop."""
    random.seed(3)
    truth = Truth(period="month", roles={"item": "Référence", "store": "Magasin"}, first="2021-01-01", last="2023-12-01")
    labels = [f"{FRENCH[m]} {y}" for y in (2021, 2022, 2023) for m in range(12)]
    rows = []
    for article in range(50):
        for shop in ("Lyon", "Nantes"):
            values = [random.randint(0, 90) for _ in labels]
            truth.units += sum(values)
            rows.append([f"R{article:04d}", f"Produit {article}", random.choice(["Épicerie", "Frais"]), shop, *values])
    write(folder / "ventes mensuelles.csv", ["Référence", "Désignation", "Rayon", "Magasin", *labels], rows, ";")
    truth.rows, truth.items = len(rows) * len(labels), 50
    return truth


def till_with_headers(folder: Path) -> Truth:
    """A point of sale that exports receipts and their lines apart, and a customer list."""
    random.seed(4)
    truth = Truth(roles={"item": "plu", "basket": "receipt_no", "units": "qty", "price": "price_each", "time": "sold_at",
                         "store": "shop", "payment": "tender", "customer": "member_no"}, first="2023-03-01")
    receipts, lines, items = [], [], set()
    moment = datetime(2023, 3, 1, 9, 0)
    for n in range(900):
        receipts.append([f"T{n:07d}", moment.isoformat(sep=" "), random.choice(["North", "South", "East"]),
                         random.choice(["cash", "card"]), random.choice(["", f"M{random.randint(1, 150):05d}"])])
        for k in range(random.randint(1, 4)):
            plu = random.randint(100, 160)
            units = random.randint(1, 3)
            lines.append([f"T{n:07d}", k + 1, plu, units, f"{plu * 0.05:.2f}"])
            truth.units += units
            items.add(plu)
        truth.last = moment.date().isoformat()
        moment += timedelta(minutes=random.randint(20, 200))
    write(folder / "receipts.csv", ["receipt_no", "sold_at", "shop", "tender", "member_no"], receipts)
    write(folder / "receipt_lines.csv", ["receipt_no", "pos", "plu", "qty", "price_each"], lines)
    write(folder / "members.csv", ["member_no", "birth_year", "gender", "postcode"],
          [[f"M{m:05d}", random.randint(1940, 2004), random.choice("fm"), f"{random.randint(1000, 9999):05d}"] for m in range(1, 151)])
    truth.rows, truth.items, truth.tables = len(lines), len(items), {"customers": 150}
    return truth


def webshop_json(folder: Path) -> Truth:
    """JSON lines with ISO times and zones, camelCase names, a status."""
    random.seed(5)
    truth = Truth(roles={"time": "createdAt", "basket": "orderId", "item": "productSku", "units": "quantity", "price": "unitPrice",
                         "customer": "customerId", "status": "orderStatus"}, first="2024-01-01")
    items = set()
    with (folder / "orders.jsonl").open("w", encoding="utf-8") as file:
        for n in range(1200):
            moment = datetime(2024, 1, 1, 10) + timedelta(hours=2 * n)
            sku, units = random.randint(1, 45), random.randint(1, 3)
            file.write(json.dumps({"orderId": f"W{n // 2}", "createdAt": moment.isoformat() + "Z", "customerId": f"c{random.randint(1, 200)}",
                                   "productSku": f"P{sku:03d}", "productTitle": f"Nice thing {sku}", "quantity": units,
                                   "unitPrice": round(4 + sku * 0.5, 2), "orderStatus": random.choice(["paid", "paid", "paid", "cancelled"])}) + "\n")
            truth.units += units
            truth.last = moment.date().isoformat()
            items.add(sku)
    truth.rows, truth.items = 1200, len(items)
    return truth


def workbook(folder: Path) -> Truth:
    """One workbook: sheets with sales, products and stores; real dates."""
    import openpyxl

    random.seed(6)
    truth = Truth(roles={"time": "Date", "item": "Product Code", "store": "Branch", "units": "Units Sold", "amount": "Revenue"},
                  first="2023-01-02")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Daily sales"
    sheet.append(["Date", "Branch", "Product Code", "Units Sold", "Revenue"])
    for n in range(120):
        day = datetime(2023, 1, 2) + timedelta(days=n)
        for branch in ("B1", "B2"):
            for code in range(1, 9):
                units = random.randint(0, 12)
                sheet.append([day, branch, f"PC{code}", units, round(units * (2.5 + code), 2)])
                truth.rows += 1
                truth.units += units
                truth.amount += round(units * (2.5 + code), 2)
        truth.last = day.date().isoformat()
    products = book.create_sheet("Products")
    products.append(["Product Code", "Product Name", "Category"])
    for code in range(1, 9):
        products.append([f"PC{code}", f"Article {code}", "A" if code < 5 else "B"])
    stores = book.create_sheet("Branches")
    stores.append(["Branch", "City", "Floor Area"])
    stores.append(["B1", "Leeds", 420])
    stores.append(["B2", "York", 310])
    book.save(folder / "shop data.xlsx")
    truth.items, truth.tables = 8, {"products": 8, "stores": 2}
    return truth


def sap_tables(folder: Path) -> Truth:
    """Cryptic names as SAP exports have them, dates as 20230115, material numbers with leading zeros."""
    random.seed(7)
    truth = Truth(currency="EUR", roles={"time": "BUDAT", "item": "MATNR", "store": "WERKS", "units": "MENGE", "amount": "DMBTR"},
                  first="2023-01-02")
    rows, items = [], set()
    for n in range(2000):
        day = date(2023, 1, 2) + timedelta(days=n // 8)
        material, units = random.randint(1, 70), random.randint(1, 20)
        rows.append([f"{4900000000 + n // 3}", n % 3 + 1, f"{material:018d}", random.choice(["1000", "1010", "2000"]), f"{day:%Y%m%d}",
                     f"{units}.000", "ST", f"{units * (1 + material * 0.2):.2f}", "EUR"])
        truth.units += units
        truth.amount += round(units * (1 + material * 0.2), 2)
        truth.last = day.isoformat()
        items.add(material)
    write(folder / "MSEG_export.txt", ["MBLNR", "ZEILE", "MATNR", "WERKS", "BUDAT", "MENGE", "MEINS", "DMBTR", "WAERS"], rows, "|")
    write(folder / "MAKT.txt", ["MATNR", "SPRAS", "MAKTX"], [[f"{m:018d}", "E", f"Screw M{m}"] for m in range(1, 71)], "|")
    truth.rows, truth.items, truth.tables = 2000, len(items), {"products": 70}
    return truth


def weekly_numbers(folder: Path) -> Truth:
    """Columns W1 … W60 with a calendar that dates them, and a price list; names nobody has seen."""
    random.seed(8)
    truth = Truth(period="week", roles={"item": "article_key", "store": "outlet_key"}, first="2022-05-02", last="2023-06-19")
    labels = [f"W{n}" for n in range(1, 61)]
    rows = []
    for article in range(30):
        for outlet in (11, 12, 13):
            values = [random.randint(0, 25) for _ in labels]
            truth.units += sum(values)
            rows.append([f"A{article:03d}", outlet, *values])
    write(folder / "demand_history.csv", ["article_key", "outlet_key", *labels], rows)
    days = [date(2022, 5, 2) + timedelta(days=n) for n in range(420)]
    write(folder / "dates.csv", ["full_date", "week_label", "holiday"],
          [[d.isoformat(), f"W{n // 7 + 1}", "Christmas" if (d.month, d.day) == (12, 25) else ""] for n, d in enumerate(days)])
    truth.rows, truth.items, truth.tables = 90 * 60, 30, {"calendar": 420}
    return truth


SHOPS = [german_till, american_export, french_months, till_with_headers, webshop_json, workbook, sap_tables, weekly_numbers]
