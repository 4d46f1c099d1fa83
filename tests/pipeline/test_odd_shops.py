"""Shops that are odd as a whole, not in single cells: each gets a report that is true, says what it cannot say, and holds no figure that is none."""
import datetime
import json
import re
from pathlib import Path

import duckdb
import pytest

from source_shop import document

DAY = datetime.date
FIRST = DAY(2023, 1, 2)  # a Monday


def day(n: int) -> DAY:
    return FIRST + datetime.timedelta(n)


def plain(days: int = 200, first: DAY = FIRST, step: int = 1) -> list[dict]:
    """Three products, a few lines a day."""
    return [{"date": first + datetime.timedelta(n * step), "customer": f"c{(n * 7 + k) % 23}", "item": "abc"[k], "units": 1 + (n + k) % 4, "price": 2.5 + k}
            for n in range(days) for k in range(3)]


def with_columns(rows: list[dict], **more) -> list[dict]:
    return [{**row, **{name: make(n, row) for name, make in more.items()}} for n, row in enumerate(rows)]


def without(rows: list[dict], *names: str) -> list[dict]:
    return [{name: value for name, value in row.items() if name not in names} for row in rows]


SHOPS = {
    "one day": lambda: [{**row, "date": FIRST} for row in plain(60)],
    "one product": lambda: [row for row in plain(300) if row["item"] == "a"],
    "one customer": lambda: [{**row, "customer": "c1"} for row in plain()],
    "one line": lambda: plain(1)[:1],
    "all returns": lambda: [{**row, "units": -row["units"]} for row in plain()],
    "no prices": lambda: without(plain(), "price"),
    "prices without units": lambda: without(plain(), "units"),
    "money without pieces": lambda: [{"date": day(n), "item": "abc"[k], "revenue": 10 + 3 * k + n / 40} for n in range(800) for k in range(3)],
    "two currencies": lambda: with_columns(plain(), currency=lambda n, row: "GBP" if n % 3 else "EUR"),
    "negative margins": lambda: with_columns(plain(400), cost=lambda n, row: 2 * row["price"]),
    "a category for each product": lambda: [{**row, "item": f"i{n}", "category": f"kind {n}"} for n, row in enumerate(plain(700))],
    "forty years": lambda: [row for row in plain(14610, DAY(1985, 1, 1)) if row["item"] == "a"],
    "in the future": lambda: plain(400, DAY(2090, 1, 1)),
    "all on one weekday": lambda: plain(110, step=7),
    "everything for nothing": lambda: [{**row, "price": 0} for row in plain()],
}


def run(foresell, folder: Path, rows: list[dict]) -> Path:
    (folder / "files").mkdir()
    lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
    (folder / "files" / "sales.csv").write_text("\n".join(lines) + "\n")
    foresell("init", folder / "p", "--from", folder / "files")
    foresell("run", folder / "p", timeout=300)
    return folder / "p" / "runs" / "latest"


def no_number_is_none(out: Path) -> None:
    connection = duckdb.connect()
    for path in sorted((out / "tables").glob("*.parquet")):
        columns = [name for name, kind, *_ in connection.sql(f"describe select * from '{path}'").fetchall() if kind in ("DOUBLE", "FLOAT")]
        if columns:
            bad = " + ".join(f'count(*) filter (where not isfinite("{name}"))' for name in columns)
            assert connection.sql(f"select {bad} from '{path}'").fetchall() == [(0,)], path.stem


def sentences(report: dict) -> list[str]:
    blocks = [block for page in report["pages"] for block in page["blocks"]]
    found = [line["text"] for line in report["headlines"]] + [block["text"] for block in blocks if block["type"] == "text"]
    return found + [block["finding"] for block in blocks if block.get("finding")]


@pytest.fixture(scope="module", params=SHOPS)
def shop(request, foresell, tmp_path_factory) -> tuple[str, Path, dict]:
    out = run(foresell, tmp_path_factory.mktemp("odd"), SHOPS[request.param]())
    return request.param, out, document(out)


def test_nothing_is_no_number_and_no_sentence_is_silly(shop):
    name, out, report = shop
    no_number_is_none(out)
    assert report["headlines"], name
    for text in sentences(report):
        assert not re.search(r"\b(nan|inf|null)\b", text, re.I), text
        assert not re.search(r"(by|rose|fell|below|above|more|less) -", text), text
    assert len((out / "report.html").read_bytes()) < 5_000_000


def test_it_says_what_there_is_and_no_more(shop):
    name, out, report = shop
    said = " ".join(sentences(report))
    ids = {block.get("id") for page in report["pages"] for block in page["blocks"]}
    if name == "one day":
        assert not ids & {"bridge", "weekdays", "year", "curve"} - {"curve"} and "next" not in said
    elif name == "one product":
        assert "map" not in ids or "1 product" in said or "bring 80 %" not in said
    elif name == "all returns":
        assert "brought" not in said or "0" in said
    elif name == "no prices":
        assert "GBP" not in said and not ids & {"bridge", "curve", "discounts", "spread"}
    elif name == "money without pieces":  # nothing tells pieces from prices, and what was sold for money was sold
        assert not ids & {"map", "fields"}
        causes = duckdb.sql(f"select distinct cause from '{out / 'tables' / 'growth.parquet'}' where money <> 0").fetchall()
        assert causes == [("same products",)] and "the same products" in said
        assert duckdb.sql(f"select count(*) from '{out / 'tables' / 'underperformers.parquet'}' where reason = 'nothing sold'").fetchall() == [(0,)]
    elif name == "two currencies":
        notes = json.dumps(report)
        assert "currenc" in notes
    elif name == "negative margins":
        reasons = {row[2] for page in report["pages"] for block in page["blocks"] if block.get("id") == "underperformers" for row in block["rows"]}
        assert reasons == {"sold below cost"}
    elif name == "a category for each product":
        assert duckdb.sql(f"select count(*) from '{out / 'tables' / 'demand_category.parquet'}'").fetchall() == [(0,)]
        assert "categories too many to tell anything by" in json.dumps(report)
    elif name == "all on one weekday":
        assert "weekdays" not in ids
    elif name == "forty years":
        assert "year" in ids
