"""The same shop from every kind of source: what is read is what was written, to the last text, and every row is accounted for."""
import functools
import gzip
import json
import re
import sqlite3
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from source_files import cells, with_formulas, written_workbook
from source_shop import COLUMNS, WESTERN, Line, Run, check, delimited, make_lines, open_shop, text_of

LINES = make_lines()
PLAIN = make_lines(remarks=WESTERN)


def write(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path


# ---- delimited text ----


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "~", "^", "\x01", "\x1f"], ids=repr)
def test_delimited_text(foresell, tmp_path, delimiter):
    write(tmp_path / "shop", "lines.txt", delimited(LINES, delimiter))
    check(open_shop(foresell, tmp_path / "shop"), LINES)


@pytest.mark.parametrize("encoding,bom", [("utf-8", ""), ("utf-8", "\ufeff"), ("latin-1", ""), ("cp1252", ""),
                                          ("utf-16-le", "\ufeff"), ("utf-16-be", "\ufeff"), ("utf-16-le", "")], ids=repr)
def test_encodings(foresell, tmp_path, encoding, bom):
    lines = make_lines(remarks=[*WESTERN[:-1], "costs 5 € – “fine”"]) if encoding == "cp1252" else PLAIN
    write(tmp_path / "shop", "lines.csv", bom + delimited(lines), encoding)
    check(open_shop(foresell, tmp_path / "shop"), lines)


def lined_up(lines: list[Line], gap: int, titles: list[str] = [], right: tuple[int, ...] = (3, 4)) -> str:
    """Columns of fixed width; numbers at the right edge of theirs. Remarks hold blanks, and may be empty, as customers may."""
    rows = [COLUMNS] + [[text_of(v) for v in line.values()] for line in lines]
    order = [0, 1, 2, 5, 6, 3, 4]  # the remark inside, not at the end
    widths = {i: max(len(row[i]) for row in rows) for i in order}
    text = ["".join((row[i].rjust if i in right else row[i].ljust)(widths[i]) + " " * gap for i in order).rstrip() for row in rows]
    return "\n".join(titles + text) + "\n"


@pytest.mark.parametrize("gap", [1, 3])
@pytest.mark.parametrize("titles", [[], ["Sales of the corner shop, as of 1 January", ""]], ids=["plain", "titles"])
def test_columns_of_fixed_width(foresell, tmp_path, gap, titles):
    write(tmp_path / "shop", "lines.txt", lined_up(PLAIN, gap, titles))
    check(open_shop(foresell, tmp_path / "shop"), PLAIN)
    assert "widths: [" in (tmp_path / "shop" / "foresell.yaml").read_text()


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16-le"])
def test_fixed_width_counts_characters_not_bytes(foresell, tmp_path, encoding):
    write(tmp_path / "shop", "lines.txt", ("\ufeff" if "16" in encoding else "") + lined_up(PLAIN, 2), encoding)
    check(open_shop(foresell, tmp_path / "shop"), PLAIN)


def test_a_value_that_runs_over_its_fixed_width_goes_to_quarantine(foresell, tmp_path):
    text = lined_up(PLAIN, 1).splitlines(keepends=True)
    text[1000] = "x" * 90 + "\n"
    write(tmp_path / "shop", "lines.txt", "".join(text))
    run = open_shop(foresell, tmp_path / "shop")
    account = run.accounted()
    assert (account["rows_in"], account["rows_quarantined"]) == (len(PLAIN), 1)
    assert run.ask("line, reason, row", "quarantine")[0] == (1001, "a value runs into the next column", "x" * 90)


def test_given_widths_without_blanks_between(foresell, tmp_path):
    """What no look at the file can tell: 536365002023-01-02085033B…, as mainframes write it."""
    folder = tmp_path / "shop"
    rows = "".join(f"{line.invoice:>8}{line.invoice_date:%Y%m%d}{line.product_code:<6}{line.quantity:>4}{line.unit_price:>7}\n" for line in PLAIN)
    write(folder, "lines.txt", rows)
    (folder / "sources").mkdir()
    (folder / "foresell.yaml").write_text(
        "name: mainframe\nfiles:\n  lines:\n    path: lines.txt\n    format: csv\n    header: false\n    widths: [8, 8, 6, 4, 7]\n"
        "    columns: {column_1: text, column_2: date ymd, column_3: text, column_4: integer, column_5: number}\nsources:\n  sales: sources/sales.sql\n")
    (folder / "sources" / "sales.sql").write_text(
        "-- step: sales\n-- about: lines\nselect l.column_2 as time, l.column_3 as item, l.column_1 as basket, l.column_4 as units, l.column_5 as price, "
        "l._file, l._line from lines as l\n")
    foresell("run", folder, "--only", "missing_kinds")
    run = Run(folder)
    assert run.accounted()["rows_kept"] == len(PLAIN)
    assert run.ask("sum(units), count(distinct item)")[0] == (sum(line.quantity for line in PLAIN), len({line.product_code for line in PLAIN}))


def packed(data: bytes, ending: str) -> bytes:
    if ending == ".zst":
        return subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True, check=True).stdout
    return gzip.compress(data) if ending == ".gz" else data


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_compressed_text(foresell, tmp_path, ending):
    write(tmp_path / "shop", "lines.csv" + ending, packed(delimited(LINES).encode(), ending))
    check(open_shop(foresell, tmp_path / "shop"), LINES)


def test_gzip_of_several_members_is_read_whole(foresell, tmp_path):
    text = delimited(LINES).encode()  # cut anywhere, as programs that append do it
    write(tmp_path / "shop", "lines.csv.gz", gzip.compress(text[:20_001]) + gzip.compress(text[20_001:]) + gzip.compress(b""))
    check(open_shop(foresell, tmp_path / "shop"), LINES)


# ---- Parquet ----

TYPES = {"invoice": "varchar", "invoice_date": "timestamp", "product_code": "varchar", "quantity": "integer", "unit_price": "decimal(9,2)",
         "customer_id": "integer", "remark": "varchar"}


@functools.cache
def base() -> duckdb.DuckDBPyConnection:
    database = duckdb.connect()
    database.execute("set timezone = 'UTC'")
    database.execute(f"create table all_lines (n integer, {', '.join(f'{name} {kind}' for name, kind in TYPES.items())})")
    row = f"({', '.join('?' * (len(COLUMNS) + 1))})"
    for at in range(0, len(LINES), 200):  # one statement for many rows: far quicker than one each
        part = LINES[at : at + 200]
        values = [value for n, line in enumerate(part, at) for value in (n, *line.values())]
        database.execute(f"insert into all_lines values {', '.join([row] * len(part))}", values)
    return database


def as_table(first: int = 0, last: int = len(LINES), **types: str) -> duckdb.DuckDBPyConnection:
    """A connection with a table `lines` of some of the shop's lines, its columns of the types given."""
    columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in {**TYPES, **types}.items())
    base().execute(f"create or replace table lines as select {columns} from all_lines where n >= {first} and n < {last} order by n")
    return base()


def written_parquet(path: Path, first: int = 0, last: int = len(LINES), **types: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    as_table(first, last, **types).execute(f"copy lines to '{path}' (format parquet)")


@pytest.mark.parametrize("types", [{}, {"invoice_date": "timestamptz"}, {"unit_price": "double", "quantity": "bigint"},
                                   {"unit_price": "decimal(38,4)", "quantity": "hugeint"},
                                   {"invoice_date": "timestamp_ns"}, {"invoice_date": "timestamp_s"}, {"customer_id": "varchar"}], ids=str)
def test_parquet(foresell, tmp_path, types):
    written_parquet(tmp_path / "shop" / "lines.parquet", **types)
    check(open_shop(foresell, tmp_path / "shop"), LINES)


def test_parquet_of_dictionaries_and_other_packings(foresell, tmp_path):
    database = as_table()
    path = tmp_path / "shop" / "lines.parquet"
    path.parent.mkdir()
    database.execute("create or replace type code as enum (select distinct product_code from lines order by 1)")
    database.execute(f"copy (select * replace (product_code::code as product_code) from lines) to '{path}' (format parquet, codec zstd, row_group_size 2048)")
    check(open_shop(foresell, tmp_path / "shop"), LINES)


def test_several_parquet_files_are_one_table(foresell, tmp_path):
    for part in range(4):
        written_parquet(tmp_path / "shop" / f"lines_{part}.parquet", part * 300, part * 300 + 300)
    run = open_shop(foresell, tmp_path / "shop")
    assert len(run.manifest["files"]) == 4
    check(run, LINES)


def test_a_folder_partitioned_by_year_and_month(foresell, tmp_path):
    database = as_table()
    (tmp_path / "shop").mkdir()
    database.execute(f"""copy (select *, case when quantity % 2 = 0 then 'North' else 'South' end as region,
        month(invoice_date) as month from lines) to '{tmp_path}/shop/lines' (format parquet, partition_by (region, month))""")
    run = open_shop(foresell, tmp_path / "shop")
    check(run, LINES)
    assert run.ask("count(*) filter (cast(region as varchar) = 'North'), count(*) filter (cast(month as integer) = 1)")[0] == (
        sum(line.quantity % 2 == 0 for line in LINES), sum(line.invoice_date.month == 1 for line in LINES))


# ---- JSON ----


def as_json(line: Line) -> dict:
    return {**dict(zip(COLUMNS, line.values())), "invoice_date": line.invoice_date.isoformat(), "unit_price": float(line.unit_price)}


@pytest.mark.parametrize("pack", ["", ".gz", ".zst"])
@pytest.mark.parametrize("form", ["array", "lines", "pretty"])
def test_json(foresell, tmp_path, form, pack):
    rows = [as_json(line) for line in LINES]
    text = "\n".join(json.dumps(r, ensure_ascii=False) for r in rows) if form == "lines" else json.dumps(rows, indent=2 if form == "pretty" else None)
    write(tmp_path / "shop", ("lines.jsonl" if form == "lines" else "lines.json") + pack, packed(text.encode(), pack))
    check(open_shop(foresell, tmp_path / "shop"), LINES)


def test_objects_inside_json_rows_are_spread_out(foresell, tmp_path):
    rows = [{**{k: v for k, v in as_json(line).items() if k not in ("product_code", "customer_id")},
             "product": {"code": line.product_code}, "customer": {"id": line.customer_id}} for line in LINES]
    write(tmp_path / "shop", "lines.json", json.dumps(rows))
    check(open_shop(foresell, tmp_path / "shop"), LINES)


def test_items_inside_orders_are_told(foresell, tmp_path):
    orders = {}
    for line in LINES:
        order = orders.setdefault(line.invoice, {"invoice": line.invoice, "invoice_date": line.invoice_date.isoformat(), "items": []})
        order["items"].append({"product_code": line.product_code, "quantity": line.quantity, "unit_price": float(line.unit_price)})
    write(tmp_path / "shop", "orders.json", json.dumps(list(orders.values())))
    told = foresell("init", tmp_path / "shop", check=False)
    assert re.search("items.*(list|nested|inside)", told.stdout + told.stderr), told.stdout + told.stderr


# ---- workbooks ----


def test_workbook_with_codes_late_and_real_dates(foresell, tmp_path):
    written_workbook(tmp_path / "shop" / "book.xlsx", [("Sheet1", [COLUMNS, *map(cells, LINES)])])
    check(open_shop(foresell, tmp_path / "shop"), LINES)


def test_workbook_with_titles_above_and_empty_columns(foresell, tmp_path):
    rows = [["Sales of the corner shop"], ["printed on", datetime(2024, 1, 1)], [], [None, *COLUMNS[:3], None, *COLUMNS[3:]]]
    rows += [[None, *c[:3], None, *c[3:]] for c in map(cells, LINES)]
    written_workbook(tmp_path / "shop" / "book.xlsx", [("Sheet1", rows)])
    check(open_shop(foresell, tmp_path / "shop"), LINES)


def test_workbook_of_two_sheets(foresell, tmp_path):
    written_workbook(tmp_path / "shop" / "book.xlsx", [("Year 1", [COLUMNS, *map(cells, LINES[:700])]), ("Year 2", [COLUMNS, *map(cells, LINES[700:])]),
                                                       ("Empty", [])])
    check(open_shop(foresell, tmp_path / "shop"), LINES)


def test_several_workbooks_are_one_table(foresell, tmp_path):
    for part in range(3):
        written_workbook(tmp_path / "shop" / f"book_{part}.xlsx", [("Sheet1", [COLUMNS, *map(cells, LINES[part * 400 : part * 400 + 400])])])
    check(open_shop(foresell, tmp_path / "shop"), LINES)


def test_workbook_with_dates_as_bare_serials(foresell, tmp_path):
    rows = [[*c[:1], (c[1] - datetime(1899, 12, 30)) / timedelta(days=1), *c[2:]] for c in map(cells, LINES)]
    written_workbook(tmp_path / "shop" / "book.xlsx", [("Sheet1", [COLUMNS, *rows])])
    check(open_shop(foresell, tmp_path / "shop"), LINES)


def test_workbook_with_an_error_in_a_cell(foresell, tmp_path):
    rows = [cells(line) for line in LINES]
    rows[500][3] = "#N/A"  # of the kind that a formula gives
    written_workbook(tmp_path / "shop" / "book.xlsx", [("Sheet1", [COLUMNS, *rows])], errors=True)
    run = open_shop(foresell, tmp_path / "shop")
    assert run.accounted()["rows_in"] == len(LINES)
    assert run.ask("sum(units)")[0][0] == sum(line.quantity for line in LINES) - LINES[500].quantity


def test_workbook_with_formulas_gives_their_values(foresell, tmp_path):
    path = tmp_path / "shop" / "book.xlsx"
    written_workbook(path, [("Sheet1", [[*COLUMNS, "amount"], *[[*cells(line), float(line.quantity * line.unit_price)] for line in LINES]])])
    with_formulas(path, "H", lambda row: f"D{row}*E{row}")
    run = open_shop(foresell, tmp_path / "shop")
    check(run, LINES)
    assert run.ask("sum(amount)")[0][0] == pytest.approx(float(sum(line.quantity * line.unit_price for line in LINES)))


# ---- databases in a file ----


@pytest.mark.parametrize("name", ["shop.db", "shop.sqlite", "shop"])
def test_sqlite(foresell, tmp_path, name):
    (tmp_path / "files").mkdir()
    with sqlite3.connect(tmp_path / "files" / name) as base:
        base.execute('create table "Order ""Lines""" (invoice, invoice_date text, product_code text, quantity integer, unit_price decimal(9,2), '
                     "customer_id integer, remark text)")
        base.executemany('insert into "Order ""Lines""" values (?, ?, ?, ?, ?, ?, ?)',
                         [[int(line.invoice) if line.invoice.isdigit() else line.invoice, str(line.invoice_date), line.product_code, line.quantity,
                           float(line.unit_price), line.customer_id, line.remark] for line in LINES])
        base.execute("create table products (product_code text primary key, product_name text, category text)")
        base.executemany("insert into products values (?, ?, ?)",
                         [(code, f"Article {code}", "A" if code > "85030" else "B") for code in sorted({line.product_code for line in LINES})])
    base.close()
    run = open_shop(foresell, tmp_path / "shop", tmp_path / "files")
    assert run.ask("count(*), count(distinct category)", "products")[0] == (len({line.product_code for line in LINES}), 2)
    assert run.ask("count(*), sum(units)")[0] == (len(LINES), sum(line.quantity for line in LINES))
    run.accounted()
