"""The table of docs/replay.md: the step order_replay of runs on the real data sets and on a simulated shop; see README.md beside this file."""
from __future__ import annotations

import shutil
import sys
from pathlib import Path

import duckdb

from common import DATA, FORESELL, ROOT, WORK, chosen, measure

SIMULATED = ("--items", "200", "--stores", "4", "--days", "800", "--lines", "300000")
SETTINGS = {"vn2": ("--set", "stock.holding=0.2", "--set", "stock.shortage=1", "--set", "stock.lead_time=2")}  # the rules of the competition
NAMES = ("simulated", "vn2", "m5", "online_retail_ii", "complete_journey", "breakfast_at_the_frat", "dominicks_oj", "olist")
PAGE = ROOT / "docs" / "replay.md"
HEAD = "| data | costs | stock counted | products in stores | periods | these orders | plain planner | less | missed | stock held |\n|---|---|---|---|---|---|---|---|---|---|\n"


def files_of(name: str) -> Path:
    if name != "simulated":
        return DATA / name
    folder = WORK / "replay-files"
    shutil.rmtree(folder, ignore_errors=True)
    measure(FORESELL, "simulate", folder, *SIMULATED)
    return folder


def replayed(name: str) -> Path:
    """The tables of a run as far as order_replay, in a folder of its own."""
    project = WORK / f"replay-{name}"
    shutil.rmtree(project, ignore_errors=True)
    measure(FORESELL, "init", project, "--from", files_of(name), *SETTINGS.get(name, ()))
    measure(FORESELL, "run", project, "--only", "order_replay")
    return project / "runs" / "latest" / "tables"


def sums(tables: Path) -> dict[str, tuple]:
    """By policy: item-stores, periods, cost, share of demand missed, mean stock of all together."""
    rows = duckdb.sql(f"""select policy, count(distinct (item, store)), count(distinct period), sum(cost), sum(missed) / nullif(sum(demand), 0),
        sum(remaining) / count(distinct period) from '{tables}/order_replay.parquet' group by policy""").fetchall()
    return {policy: figures for policy, *figures in rows}


def terms(tables: Path) -> tuple[str, bool]:
    """Where the cost of goods is from, and whether a file counts the stock of all that is replayed."""
    told = duckdb.sql(f"""select string_agg(distinct case when holding_from = 'stock' then 'of holding' else cost_from end, ', ') from '{tables}/stock_terms.parquet'
        semi join '{tables}/replay_items.parquet' using (item, store)""").fetchone()[0]
    counted = duckdb.sql(f"select bool_and(counted) from '{tables}/stock_items.parquet' semi join '{tables}/replay_items.parquet' using (item, store)").fetchone()[0]
    return told or "settings", bool(counted)


def row(name: str) -> str:
    tables = replayed(name)
    found, (told, counted) = sums(tables), terms(tables)
    shutil.rmtree(tables.resolve().parents[2])
    if "orders" not in found or not found["moving average"][2]:
        return f"| {name} | | | | | | | nothing to replay | | |"
    items, periods, cost, missed, stock = found["orders"]
    _, _, plain, plain_missed, plain_stock = found["moving average"]
    return f"| {name} | {told} | {'yes' if counted else 'no'} | {items:,} | {periods:,} | {cost:,.0f} | {plain:,.0f} | {100 * (1 - cost / plain):.1f} % | {100 * missed:.1f} % ({100 * plain_missed:.1f} %) | {stock:,.0f} ({plain_stock:,.0f}) |"


def write(rows: list[str]) -> None:
    """In place of the rows that the page has."""
    before, _, rest = PAGE.read_text().partition(HEAD)
    after = rest.splitlines()
    while after and after[0].startswith("|"):
        del after[0]
    PAGE.write_text(before + HEAD + "\n".join([*rows, *after]) + "\n")


def main(names: list[str]) -> None:
    rows = []
    for name in chosen(names, NAMES, made_up=("simulated",)):
        rows.append(row(name))
        print(rows[-1], flush=True)
    if not names and len(rows) == len(NAMES):
        write(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
