"""The pipeline's steps on small hand-made shops whose right answers are written beside them.

golden/SHOP holds a project (files, foresell.yaml, mappings) and expected/TABLE.csv: the columns named there, all rows
(or those of expected/TABLE.where), worked out by hand.
"""
import csv
import math
import re
import shutil
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).resolve().parent / "golden"
MODELS = sorted((ROOT / "models").glob("*.sql"))
SHOPS = sorted(folder.name for folder in GOLDEN.iterdir() if folder.is_dir())


@pytest.fixture(scope="module")
def runs(foresell, tmp_path_factory):
    done: dict[str, Path] = {}

    def run(shop: str) -> Path:
        if shop not in done:
            project = tmp_path_factory.mktemp("golden") / shop
            shutil.copytree(GOLDEN / shop, project, ignore=shutil.ignore_patterns("expected"))
            foresell("run", project)
            done[shop] = (project / "runs" / "latest").resolve()
        return done[shop]

    return run


def table(run: Path, name: str, columns: str, where: str = "true") -> list[tuple]:
    return duckdb.sql(f"select {columns} from '{run}/tables/{name}.parquet' where {where}").fetchall()


def same(found, expected: str) -> bool:
    if expected == "":
        return found is None
    if isinstance(found, bool):
        return str(found).lower() == expected
    if isinstance(found, (int, float)):
        return math.isclose(found, float(expected), rel_tol=1e-9, abs_tol=1e-9)
    return str(found) == expected


@pytest.mark.parametrize("shop,name", [(s, e.stem) for s in SHOPS for e in sorted((GOLDEN / s / "expected").glob("*.csv"))])
def test_a_table_is_as_worked_out_by_hand(runs, shop, name):
    expected = GOLDEN / shop / "expected"
    with open(expected / f"{name}.csv", newline="") as file:
        header, *rows = csv.reader(file)
    columns = ", ".join(f'"{c}"' for c in header)
    where = expected / f"{name}.where"
    condition = where.read_text().strip() if where.exists() else "true"
    if name == "summary":
        condition = f"measure in ({', '.join(repr(r[0]) for r in rows)})"
    found = sorted(table(runs(shop), name, columns, condition), key=lambda r: tuple(map(str, r)))
    assert len(found) == len(rows)
    kept = sorted(rows, key=lambda r: tuple(map(str, r)))
    key = {c: i for i, c in enumerate(header)}
    place = [key[c] for c in ("_line", "level", "key", "item", "store", "measure", "period") if c in key]
    by_key = {tuple(str(r[i]) for i in place): r for r in found}
    wrong = [(r, by_key.get(tuple(r[i] for i in place))) for r in kept]
    wrong = [(r, f) for r, f in wrong if f is None or not all(same(x, y) for x, y in zip(f, r))]
    assert wrong == []


@pytest.mark.parametrize("shop", SHOPS)
def test_no_number_is_infinite_or_not_one(runs, shop):
    for path in sorted((runs(shop) / "tables").glob("*.parquet")):
        doubles = [c[0] for c in duckdb.sql(f"describe from '{path}'").fetchall() if c[1] == "DOUBLE"]
        for column in doubles:
            (bad,) = duckdb.sql(f"""select count(*) from '{path}' where not isfinite("{column}")""").fetchone()
            assert bad == 0, f"{path.stem}.{column}"


def test_forecasts_follow_the_last_period_without_a_gap(runs):
    till = table(runs("till"), "forecast_total", "cast(min(period) as varchar), count(*)")
    assert till == [("2024-01-18", 7)]
    stock = table(runs("stock"), "forecast_total", "cast(min(period) as varchar), count(*)")
    assert stock == [("2024-02-26", 4)]


def test_a_closed_sunday_stays_closed_in_the_forecast(runs):
    ((sunday, monday),) = table(runs("closed"), "forecast_total",
                                "max(mean) filter (where isodow(period) = 7), min(mean) filter (where isodow(period) = 1)")
    assert sunday < 0.2 * monday


def test_a_run_without_sales_says_what_is_missing(runs):
    assert ("sales", ) in table(runs("nothing"), "missing_kinds", "kind")
    report = (runs("nothing") / "report.html").read_text()
    assert "everything: demand, forecasts, peaks" in report


def header(text: str, word: str) -> list[str]:
    return re.findall(rf"^-- {word}: (.*)$", text, re.M)


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.stem)
def test_a_step_is_named_as_its_file_and_says_what_it_makes(path):
    text = path.read_text()
    assert re.fullmatch(r"\d\d_" + header(text, "step")[0], path.stem)
    assert len(header(text, "about")) == 1
    assert any("unique(" in e or "all(" in e for e in header(text, "expect")), "a step says what must hold of its rows"


def test_the_reference_page_tells_every_step_in_its_own_words():
    page = (ROOT / "docs" / "pipeline.md").read_text()
    told = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", page, re.M))
    steps = {header(p.read_text(), "step")[0]: header(p.read_text(), "about")[0] for p in MODELS}
    assert told == steps


# ---- real data, where it is there ----

@pytest.fixture(scope="module")
def online_retail(foresell, data, tmp_path_factory):
    source = data / "online_retail_ii"
    if not source.is_dir():
        pytest.skip(f"no online_retail_ii in {data}")
    project = tmp_path_factory.mktemp("real") / "project"
    foresell("init", project, "--from", source)
    foresell("run", project, "--only", "summary", timeout=900)
    return source, project / "runs" / "latest"


def test_real_sums_are_those_of_a_plain_count(online_retail):
    """Units and money of all lines that stand once, counted with nothing but the csv module and fractions of a penny."""
    import gzip

    source, run = online_retail
    files = []
    for path in sorted(source.glob("*.csv.gz")):
        with gzip.open(path, "rt", newline="") as file:
            files.append([tuple("" if v == "nan" else v for v in r) for r in csv.reader(file)][1:])
    first, second = files
    counts: dict[tuple, int] = {}
    for row in first:
        counts[row] = counts.get(row, 0) + 1
    lines = list(first)
    for row in second:
        if counts.get(row, 0) > 0:
            counts[row] -= 1
        else:
            lines.append(row)
    assert len(lines) == 525461 + 541909 - 22523
    units = sum(int(r[3]) for r in lines)
    pence = sum(round(int(r[3]) * float(r[5]) * 1000) for r in lines) / 1000
    negative = sum(int(r[3]) < 0 for r in lines)
    cancelled = sum(r[0].startswith("C") for r in lines)
    ((rows, found_units, found_money, found_negative, found_cancelled),) = table(
        run, "sales_lines", "count(*), sum(units), sum(revenue), count(*) filter (where units < 0), "
        "count(*) filter (where basket like 'C%' and kind in ('cancellation', 'charge', 'adjustment'))")
    assert (rows, found_units, found_negative, found_cancelled) == (len(lines), units, negative, cancelled)
    assert math.isclose(found_money, pence, rel_tol=1e-9)
    charges = {"POST", "DOT", "M", "BANK CHARGES", "AMAZONFEE", "CRUK", "C2", "D"}
    assert table(run, "sales_lines", "count(*)", f"item in {tuple(charges)} and kind in ('sale', 'return', 'cancellation')") == [(0,)]
    ((net,),) = table(run, "summary", "value", "measure = 'revenue'")
    ((by_product,),) = table(run, "product_summary", "sum(revenue)")
    assert math.isclose(net, by_product, rel_tol=1e-9)


@pytest.mark.parametrize(("day", "told"), [("", ("2021-01", "2023-12")), ("-17", ("2021-01-17", "2023-12-17"))])
def test_files_that_tell_months_are_spoken_of_in_months(foresell, tmp_path, day, told):
    rows = [f"{2021 + n // 12}-{n % 12 + 1:02}{day},{item},{20 + n % 12},{3 * (20 + n % 12)}" for n in range(36) for item in "AB"]
    (tmp_path / "sales.csv").write_text("\n".join(["month,item,units,revenue", *rows]) + "\n")
    foresell("init", tmp_path / "shop", "--from", tmp_path / "sales.csv", "--set", "forecast.period=month")
    foresell("run", tmp_path / "shop")
    found = table((tmp_path / "shop" / "runs" / "latest").resolve(), "summary", "text", "measure in ('first day', 'last day') order by place")
    assert [text for text, in found] == list(told)
