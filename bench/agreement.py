"""Errors of forecasts in a run, by level: of each series by itself, and as they add up; see README.md beside this file.

A run is made with forecast.start a horizon, two, four and seven before the end of the sales, so that it sees nothing later; what it says is held
against what a run of the whole makes of the sales. A product without a row was not sold where the total of that period is known.
"""
from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import duckdb

from common import DATA, FORESELL, WORK, chosen, measure

NAMES = ("vn2", "dominicks_oj", "olist", "online_retail_ii", "complete_journey", "breakfast_at_the_frat")
BACK = (1, 2, 4, 7)
LEAST = 60  # periods before the start
DAYS = {"day": (28, 1), "week": (13, 7)}


def made(project: Path, step: str) -> Path:
    measure(FORESELL, "run", project, "--only", step)
    return project / "runs" / "latest" / "tables"


def prepare(name: str) -> tuple[Path, str]:
    """A project of the data set, and the length of its periods."""
    project = WORK / f"agreement-{name}"
    shutil.rmtree(project, ignore_errors=True)
    measure(FORESELL, "init", project, "--from", DATA / name)
    period = re.search(r"^period: *(\w+)", (project / "foresell.yaml").read_text(), re.M)
    return project, period.group(1) if period else "day"


def actuals(db: duckdb.DuckDBPyConnection, project: Path) -> None:
    tables = made(project, "demand_levels")
    db.execute(f"""create or replace table sold as select level, key, period, value from '{tables}/demand_levels.parquet' where level <> 'money'""")


def errors(db: duckdb.DuckDBPyConnection, tables: Path) -> list[tuple]:
    """By level: series, WAPE of what each model says by itself, and of what adds up."""
    return db.execute(f"""with said as (select level, key, period, mean / nullif(factor, 0) as alone, mean, factor from '{tables}/agreed_means.parquet'),
        beside as (select said.level, said.key, case when said.factor > 0 then alone end as alone, mean,
            coalesce(sold.value, case when said.level = 'item' and total.value is not null then 0 end) as value from said
            left join sold using (level, key, period) left join sold as total on total.level = 'total' and total.period = said.period)
        select level, count(distinct key), sum(abs(alone - value)) / sum(value), sum(abs(mean - value)) / sum(value) from beside
        where value is not null and alone is not null and level <> 'money' group by level having sum(value) > 0 order by level""").fetchall()


def run(name: str) -> None:
    db = duckdb.connect()
    project, period = prepare(name)
    actuals(db, project)
    horizon, days = DAYS[period]
    config = project / "foresell.yaml"
    plain = config.read_text().replace("\nforecast:", "\n# forecast:")
    for back in BACK:
        start, known = db.execute(f"""with ends as (select max(period) - {horizon * back * days} + {days} as start from sold where value is not null)
            select cast(start as date), (select count(distinct period) from sold where level = 'total' and period < start) from ends""").fetchone()
        if known < LEAST:
            continue
        config.write_text(f"{plain}\nforecast:\n  start: {start}\n")
        for level, series, alone, agreed in errors(db, made(project, "agreed_means")):
            print(f"{name:24}{start!s:12}{level:10}{series:7} series  WAPE by itself {alone:.4f}  adding up {agreed:.4f}", flush=True)
    shutil.rmtree(project)


def main(names: list[str]) -> None:
    for name in chosen(names, NAMES):
        run(name)


if __name__ == "__main__":
    main(sys.argv[1:])
