"""What is true of the real data sets, counted with the standard library alone: no row is read by foresell here.

Each function reads the files of one data set as its publisher describes them and returns the facts that a test compares
with what init and run made of them. Nothing but counts, sums and ranges leaves this module.
"""
from __future__ import annotations

import csv
import gzip
import io
import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path


@dataclass
class Facts:
    """tables: rows that each canonical table must have; sums: per column of sales; merged and quarantined: of the run."""

    tables: dict[str, int]
    rows_in: int
    sums: dict[str, float] = field(default_factory=dict)
    distinct: dict[str, int] = field(default_factory=dict)
    first: str = ""
    last: str = ""
    merged: int = 0
    quarantined: int = 0


def records(path: Path, encoding: str = "utf-8-sig"):
    """Records of a CSV file as lists, its head first; gzip is seen from the name."""
    opened = gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")
    with opened as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
        yield from filter(None, csv.reader(text))


def rows(path: Path, encoding: str = "utf-8-sig"):
    """The same as dicts."""
    lines = records(path, encoding)
    head = next(lines)
    for line in lines:
        yield dict(zip(head, line, strict=True))


def count(path: Path) -> int:
    return sum(1 for _ in records(path)) - 1


def online_retail_ii(folder: Path) -> Facts:
    """A line that stands in both files counts once for each time it stands in the file that has it more often.

    One file writes nan where the other leaves the description empty: the same line.
    """
    files = [Counter(tuple("" if v == "nan" else v for v in r.values()) for r in rows(path))
             for path in sorted(folder.glob("*.csv.gz"))]
    together = Counter()
    for lines in files:
        for line, times in lines.items():
            together[line] = max(together[line], times)
    head = {name: i for i, name in enumerate(next(rows(sorted(folder.glob("*.csv.gz"))[0])))}
    quantity, invoice, code, customer = (head[n] for n in ("Quantity", "Invoice", "StockCode", "Customer ID"))
    total = sum(sum(lines.values()) for lines in files)
    kept = sum(together.values())
    days = [line[head["InvoiceDate"]][:10] for line in together]
    return Facts(
        tables={"sales": kept, "products": len({line[code].strip() for line in together}),
                "customers": len({line[customer] for line in together} - {""})},
        rows_in=total, merged=total - kept, first=min(days), last=max(days),
        sums={"units": sum(int(line[quantity]) * n for line, n in together.items())},
        distinct={"basket": len({line[invoice] for line in together}), "item": len({line[code].strip() for line in together}),
                  "customer": len({line[customer] for line in together} - {""})},
    )


def breakfast_at_the_frat(folder: Path) -> Facts:
    sales = list(rows(folder / "transactions_observed.csv"))
    flags = sum(int(r["feature"]) + int(r["display"]) + int(r["tpr_only"]) for r in sales)
    prices = {(r["upc"], r["store_id"], r["week_end_date"], r["price"], r["base_price"]) for r in sales if r["price"]}
    products, stores = count(folder / "products.csv"), count(folder / "store.csv")
    return Facts(
        tables={"sales": len(sales), "products": products, "stores": stores, "prices": len(prices), "promotions": flags},
        rows_in=len(sales) + products + stores,
        sums={"units": sum(int(r["units"]) for r in sales), "amount": math.fsum(float(r["spend"]) for r in sales),
              "visitors": sum(int(r["visits"]) for r in sales)},
        distinct={"item": len({r["upc"] for r in sales}), "store": len({r["store_id"] for r in sales})},
        first=min(r["week_end_date"] for r in sales), last=max(r["week_end_date"] for r in sales),
    )


def rossmann(folder: Path) -> Facts:
    sales = list(rows(folder / "train_open_days.csv.gz"))
    stores = count(folder / "store.csv")
    return Facts(
        tables={"sales": len(sales), "stores": stores, "calendar": len(sales), "promotions": sum(r["Promo"] == "1" for r in sales)},
        rows_in=len(sales) + stores,
        sums={"amount": sum(int(r["Sales"]) for r in sales), "visitors": sum(int(r["Customers"]) for r in sales)},
        distinct={"store": len({r["Store"] for r in sales})},
        first=min(r["Date"] for r in sales), last=max(r["Date"] for r in sales),
    )


def m5(folder: Path) -> Facts:
    dates = {r["d"]: r["date"] for r in rows(folder / "calendar.csv")}
    items, stores, units, series = set(), set(), 0, 0
    lines = records(folder / "sales_train_evaluation_d1495_d1941.csv.gz")
    head = next(lines)
    keys = next(n for n, name in enumerate(head) if name in dates)
    item, store, periods = head.index("item_id"), head.index("store_id"), head[keys:]
    for line in lines:
        items.add(line[item])
        stores.add(line[store])
        units += sum(map(int, line[keys:]))
        series += 1
    prices = count(folder / "sell_prices.csv.gz")
    return Facts(
        tables={"sales": series * len(periods), "prices": prices, "calendar": len(dates), "products": len(items), "stores": len(stores)},
        rows_in=series + prices + len(dates), sums={"units": units}, distinct={"item": len(items), "store": len(stores)},
        first=dates[periods[0]], last=dates[periods[-1]],
    )


def olist(folder: Path) -> Facts:
    table = {path.stem.removeprefix("olist_").removesuffix("_dataset"): list(rows(path)) for path in folder.glob("*.csv")}
    order = {r["order_id"]: r for r in table["orders"]}
    person = {r["customer_id"]: r["customer_unique_id"] for r in table["customers"]}
    lines = [(r, order.get(r["order_id"])) for r in table["order_items"]]
    days = [head["order_purchase_timestamp"][:10] for _, head in lines if head]
    return Facts(
        tables={"sales": len(days), "products": len(table["products"]), "stores": len(table["sellers"]),
                "reviews": len(table["order_reviews"]), "customers": len(set(person.values()))},
        rows_in=sum(len(t) for t in table.values()),
        sums={"units": len(days), "price": math.fsum(float(r["price"]) for r, head in lines if head)},
        distinct={"item": len({r["product_id"] for r, _ in lines}), "basket": len({r["order_id"] for r, _ in lines}),
                  "store": len({r["seller_id"] for r, _ in lines}),
                  "customer": len({person[head["customer_id"]] for _, head in lines if head})},
        first=min(days), last=max(days),
    )


def complete_journey(folder: Path) -> Facts:
    sales = list(rows(folder / "transactions_sample_100k.csv.gz"))
    customers = {r["household_key"] for r in rows(folder / "household_summary_2500.csv")}
    customers |= {r["household_key"] for r in rows(folder / "hh_demographic.csv")}
    products = count(folder / "product.csv.gz")
    promotions = [count(folder / name) for name in ("campaign_desc.csv", "campaign_table.csv", "coupon.csv", "coupon_redempt.csv",
                                                    "household_campaign_lift.csv.gz", "promotions_sample_1p95m.csv.gz")]
    return Facts(
        tables={"sales": len(sales), "products": products, "customers": len(customers), "promotions": sum(promotions)},
        rows_in=len(sales) + products + sum(promotions) + count(folder / "household_summary_2500.csv"),
        sums={"units": sum(int(r["quantity"]) for r in sales), "amount": math.fsum(float(r["sales_value"]) for r in sales)},
        distinct={"item": len({r["product_id"] for r in sales}), "customer": len({r["household_id"] for r in sales}),
                  "basket": len({r["basket_id"] for r in sales}), "store": len({r["store_id"] for r in sales})},
        first=min(r["transaction_timestamp"][:10] for r in sales), last=max(r["transaction_timestamp"][:10] for r in sales),
    )


def dominicks_oj(folder: Path) -> Facts:
    sales = list(rows(folder / "orangeJuice_yx.csv.gz"))
    stores = count(folder / "orangeJuice_storedemo.csv")
    weeks = {int(r["week"]) for r in sales}
    return Facts(
        tables={"sales": len(sales), "stores": stores}, rows_in=len(sales) + stores,
        sums={"units": math.fsum(math.exp(float(r["logmove"])) for r in sales),
              "price": math.fsum(float(r["price" + r["brand"]]) for r in sales)},
        distinct={"item": len({r["brand"] for r in sales}), "store": len({r["store"] for r in sales}),
                  "time": max(weeks) - min(weeks) + 1 if len(weeks) == max(weeks) - min(weeks) + 1 else len(weeks)},
    )


def vn2(folder: Path) -> Facts:
    def one(word: str) -> list[dict]:
        return list(rows(next(folder.glob(f"*{word}*.csv"))))

    sales, stock, master, state = one("Sales"), one("In Stock"), one("Master"), one("Initial State")
    weeks = [name for name in sales[0] if name[:2] == "20"]
    items = {r["Product"] for r in master}
    known = sum(1 for r in stock for w in weeks if r[w] != "")
    coming = sum(float(r[f"In Transit W+{week}"]) != 0 for r in state for week in (1, 2))
    return Facts(
        tables={"sales": len(sales) * len(weeks), "stock": known + len(state) + coming, "products": len(items),
                "stores": len({r["Store"] for r in master})},
        rows_in=len(sales) + len(stock) + len(master) + len(state), merged=len(master) - len(items),
        sums={"units": math.fsum(float(r[w] or 0) for r in sales for w in weeks)},
        distinct={"item": len(items), "store": len({r["Store"] for r in sales})},
        first=date.fromisoformat(min(weeks)).isoformat(), last=max(weeks),
    )


def telco_churn(folder: Path) -> Facts:
    people = list(rows(folder / "Telco-Customer-Churn.csv"))
    return Facts(tables={"sales": 0, "customers": len({r["customerID"] for r in people})}, rows_in=len(people),
                 sums={"churned": sum(r["Churn"] == "Yes" for r in people),
                       "spend": math.fsum(float(r["TotalCharges"]) for r in people if r["TotalCharges"].strip())})


def hillstrom(folder: Path) -> Facts:
    people = list(rows(folder / "hillstrom.csv.gz"))
    return Facts(tables={"sales": 0, "promotions": len(people)}, rows_in=len(people),
                 sums={"treated": sum(r["segment"] != "No E-Mail" for r in people), "redeemed": sum(r["visit"] == "1" for r in people),
                       "spend": math.fsum(float(r["spend"]) for r in people)})


SETS = {f.__name__: f for f in (online_retail_ii, breakfast_at_the_frat, rossmann, m5, olist, complete_journey, dominicks_oj, vn2,
                                telco_churn, hillstrom)}
