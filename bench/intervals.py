"""Coverage and pinball loss of intervals by the model and by the errors that were made, and of sums; see README.md beside this file.

The last horizon of each series' past is held back and foretold. Losses are means over the quantiles, over the mean absolute change from one
period to the next before, and per period of a sum.
"""
from __future__ import annotations

import sys

import duckdb

from common import DATA, FORESELL, WORK, measure
from quality import DATA_SETS, Part, inner

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
SETS = (("m3", "m3-monthly", ("ets", "auto"), 1), ("m5-bottom", "m5-bottom", ("seasonal_es", "counts"), 12))  # every 12th series
ORIGINS = 10


def forecast(db: duckdb.DuckDBPyConnection, part: Part, model: str, *more: str) -> float:
    """Forecasts the file of the past into the table `made`; CPU seconds."""
    made = WORK / "intervals-made.parquet"
    cost = measure(FORESELL, "apply", "forecast", WORK / "intervals-past.parquet", "--group", "series", "--order", "period", "--value", "value",
                   "--horizon", part.horizon, "--season", part.season, "--model", model, "--quantile", ",".join(map(str, LEVELS)), *more, "-o", made)
    db.execute(f"create or replace table made as from '{made}'")
    return cost.cpu


def prepare(db: duckdb.DuckDBPyConnection, part: Part, every: int) -> None:
    """The past as a file, what came after as the table `after`, by step and summed up, and each series' scale."""
    chosen = f"hash(series) % {every} = 0"
    db.execute(f"copy (from ({part.past}) where {chosen} order by all) to '{WORK}/intervals-past.parquet' (format parquet)")
    db.execute(f"""create or replace table after as select series, step, value, sum(value) over (partition by series order by step) as total
                   from ({part.after}) where {chosen}""")
    db.execute(f"""create or replace table scale as select series, avg(abs(step)) as scale from (select series,
                   value - lag(value) over (partition by series order by period) as step from '{WORK}/intervals-past.parquet') group by series having scale > 0""")


def score(db: duckdb.DuckDBPyConnection, value: str, where: str, made: str = "made") -> tuple[float, float]:
    """Share inside the outermost quantiles, and scaled pinball loss a period."""
    periods = "step" if value == "total" else "1"
    loss = " + ".join(f'greatest({p:g} * ({value} - "q{p:g}"), {1 - p:g} * ("q{p:g}" - {value}))' for p in LEVELS)
    return db.execute(f"""select avg(cast({value} between "q{LEVELS[0]:g}" and "q{LEVELS[-1]:g}" as integer)),
                          avg(({loss}) / {len(LEVELS)} / scale / {periods}) from {made} join after using (series, step) join scale using (series) {where}""").fetchone()


def added_up() -> str:
    """Quantiles of steps added up, which are not those of sums."""
    sums = ", ".join(f'sum("q{p:g}") over (partition by series order by step) as "q{p:g}"' for p in LEVELS)
    return f"(select series, step, {sums} from made)"


def run(name: str, part: Part, model: str) -> None:
    db, last = DB, f"where step = {part.horizon}"
    for intervals in ("model", "conformal"):
        cpu = forecast(db, part, model, "--origins", str(ORIGINS), "--intervals", intervals)
        print(f"{name:12}{model:13}{'steps, ' + intervals:24}coverage %.3f  loss %.4f" % score(db, "value", ""), f" {cpu:.1f} CPU s", flush=True)
        if intervals == "model":
            print(f"{name:12}{model:13}{'quantiles added up':24}coverage %.3f  loss %.4f" % score(db, "total", last, added_up()), flush=True)
    cpu = forecast(db, part, model, "--origins", str(ORIGINS), "--of", "sum")
    print(f"{name:12}{model:13}{'sum of all steps':24}coverage %.3f  loss %.4f" % score(db, "total", last), f" {cpu:.1f} CPU s", flush=True)


DB = duckdb.connect(config={"threads": 2})


def main() -> None:
    WORK.mkdir(parents=True, exist_ok=True)
    for data, name, models, every in SETS:
        if not (DATA / data.split("-")[0]).exists():
            print(f"{data}: skipped, {DATA / data.split('-')[0]} is not there (FORESELL_DATA names the folder)")
            continue
        part = inner(next(part for part in DATA_SETS[data].parts(DB) if part.name == name))
        prepare(DB, part, int(sys.argv[1]) if len(sys.argv) > 1 else every)
        for model in models:
            run(name, part, model)


if __name__ == "__main__":
    main()
