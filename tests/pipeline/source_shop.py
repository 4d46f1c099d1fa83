"""One small shop, as Python values, and what must be found of it wherever its rows are stored.

Every kind of source gets the same lines: with missing customers, prices in decimals, times, and remarks that hold line breaks, quotes,
delimiters and letters from all over the world. Invoice numbers are numbers but for a few cancelled ones far down, C53...
"""
import json
import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

REMARKS = [None, "plain", 'said "thanks"', "first line\nsecond line", "semi; comma, bar | tab", "Zoë, 東京, 🛒, naïve", "it's 5\" long", "50 % off"]
# The same for files whose encoding holds the letters of western Europe only, and for those that hold one record a line.
WESTERN = [None, "plain", "Zoë", "naïve café", "Größe 5", "señor", "50 % off", "à la carte"]
COLUMNS = ["invoice", "invoice_date", "product_code", "quantity", "unit_price", "customer_id", "remark"]


@dataclass(frozen=True)
class Line:
    invoice: str
    invoice_date: datetime
    product_code: str
    quantity: int
    unit_price: Decimal
    customer_id: int | None
    remark: str | None

    def values(self) -> list:
        return [getattr(self, name) for name in COLUMNS]


def make_lines(count: int = 1200, remarks: list = REMARKS, letters_after: float = 0.9) -> list[Line]:
    """`letters_after`: the share of the lines before the first invoice number with a letter."""
    dice = random.Random(17)
    lines = []
    moment = datetime(2023, 1, 2, 9)
    for n in range(count):
        invoice = 536365 + n // 3
        back = n > count * letters_after and n % 40 == 0
        lines.append(Line(
            invoice=f"C{invoice}" if back else str(invoice),
            invoice_date=moment,
            product_code=f"{85000 + dice.randrange(60)}{dice.choice(['', '', 'A', 'B'])}",
            quantity=-dice.randint(1, 3) if back else dice.randint(1, 12),
            unit_price=Decimal(dice.randint(40, 4000)) / 100,
            customer_id=None if dice.random() < 0.2 else dice.randint(12000, 12200),
            remark=remarks[n % len(remarks)],
        ))
        if n % 3 == 2:
            moment += timedelta(minutes=dice.randint(30, 500))
    return lines


def text_of(value) -> str:
    if value is None:
        return ""
    return value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else str(value)


def quoted(text: str, delimiter: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in (delimiter, '"', "\n", "\r")) else text


def delimited(lines: list[Line], delimiter: str = ",", names: list[str] = COLUMNS) -> str:
    rows = [names] + [[text_of(v) for v in line.values()] for line in lines]
    return "".join(delimiter.join(quoted(cell, delimiter) for cell in row) + "\n" for row in rows)


def ask(tables: Path, what: str, table: str, rest: str = "") -> list[tuple]:
    """Rows of a table in a run's folder of tables."""
    return duckdb.sql(f"select {what} from '{tables}/{table}.parquet' {rest}").fetchall()


class Run:
    """What a run of a project made."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.result = (self.folder / "runs" / "latest").resolve()
        self.manifest = json.loads((self.result / "manifest.json").read_text())

    def ask(self, what: str, table: str = "sales", rest: str = ""):
        return ask(self.result / "tables", what, table, rest)

    def accounted(self) -> dict:
        """The accounts of the files summed; each adds up by itself."""
        total = {"rows_in": 0, "rows_kept": 0, "rows_quarantined": 0, "rows_merged": 0}
        for f in self.manifest["files"]:
            assert f["rows_in"] == f["rows_kept"] + f["rows_quarantined"] + f["rows_merged"], f
            for key in total:
                total[key] += f[key]
        return total


def open_shop(foresell, folder: Path, *sources, env=None, sets=()) -> Run:
    """init and run, as cheaply as all canonical tables allow."""
    arguments = [part for source in sources for part in ("--from", source)] + [part for s in sets for part in ("--set", s)]
    foresell("init", folder, *arguments, env=env)
    foresell("run", folder, "--only", "missing_kinds", env=env)
    return Run(folder)


def check(run: Run, lines: list[Line], remarks: bool = True) -> None:
    """Counts, sums, dates, texts and missing values are those of the shop, and every row is accounted for."""
    account = run.accounted()
    assert (account["rows_in"], account["rows_kept"]) == (len(lines), len(lines)), account
    count, units, first, last, nobody, items, baskets = run.ask(
        "count(*), sum(units), min(time), max(time), count(*) filter (customer is null), count(distinct item), count(distinct basket)")[0]
    assert count == len(lines)
    assert units == sum(line.quantity for line in lines)
    assert (first, last) == (min(line.invoice_date for line in lines), max(line.invoice_date for line in lines))
    assert nobody == sum(line.customer_id is None for line in lines)
    assert items == len({line.product_code for line in lines})
    assert baskets == len({line.invoice for line in lines})
    found = {basket for (basket,) in run.ask("distinct basket")}
    assert found == {line.invoice for line in lines}
    paid = run.ask("sum(cast(round(units * price * 100) as bigint))")[0][0]
    assert paid == sum(int(line.quantity * line.unit_price * 100) for line in lines)
    if remarks:
        column = "note" if run.ask("count(note)")[0][0] else "remark"
        kept = sorted(text for (text,) in run.ask(column, rest=f"where {column} is not null"))
        assert kept == sorted(line.remark for line in lines if line.remark)


def document(run: Path) -> dict:
    """What a run's report holds; a word that is no number fails."""
    text = (run / "report.html").read_text()
    held = re.search(r'<script[^>]*id="foresell-data"[^>]*>(.*?)</script>', text, re.S)[1]

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} in the report")

    return json.loads(held, parse_constant=refuse)
