"""Accuracy of `foresell apply forecast` on public data sets, and of fit_uplift (uplift.py); see README.md beside this file.

A data set is cut into parts that are forecast in one call each (one frequency). A part is a SELECT of the past
(series, period, value), one of what came after (series, step, value), the season that errors are scaled by, and
weights of the series where the measure has any.
"""
from __future__ import annotations

import csv
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable

import duckdb

import uplift
from common import DATA, FORESELL, ROOT, WORK, Cost, measure

FILE = ROOT / "bench" / "quality.csv"
MODELS = ("snaive", "ets", "dotm", "ces", "arima", "median", "auto")
MEASURES = ("smape", "mase", "owa", "wrmsse", "wape", "wspl")
LEVELS = (0.005, 0.025, 0.165, 0.25, 0.5, 0.75, 0.835, 0.975, 0.995)  # of the M5 competition's uncertainty part
WORSE = 1.005  # --check: half a per cent, for compilers and machines differ in the last digits


@dataclass
class Part:
    name: str
    past: str
    after: str
    horizon: int
    season: int  # that the model is told
    scale: int  # lag of the differences that errors are scaled by
    weight: str | None = None  # series, weight


@dataclass
class DataSet:
    parts: Callable[[duckdb.DuckDBPyConnection], list[Part]]
    measures: tuple[str, ...]
    naive2: tuple[float, float] = (0, 0)  # published sMAPE and MASE, for OWA
    models: tuple[str, ...] = MODELS

    def levels(self) -> tuple[float, ...]:
        return LEVELS if "wspl" in self.measures else ()


# ---- the data sets ----

def m3(db: duckdb.DuckDBPyConnection) -> list[Part]:
    folder = DATA / "m3"
    db.execute(f"create or replace table meta as from read_csv('{folder}/M3_meta.csv')")
    db.execute(f"create or replace table long as from read_csv('{folder}/M3_long.csv.gz')")
    parts = []
    for period, freq, horizon in (("YEARLY", 1, 6), ("QUARTERLY", 4, 8), ("MONTHLY", 12, 18), ("OTHER", 1, 8)):
        of = f"from long join meta using (id) where meta.period = '{period}'"
        parts.append(Part(
            f"m3-{period.lower()}", f"select id as series, t as period, value {of} and set = 'train'",
            f"select id as series, t - n as step, value {of} and set = 'test'", horizon, freq, freq))
    return parts


def m4(frequency: str, horizon: int, season: int, test: str) -> Callable[[duckdb.DuckDBPyConnection], list[Part]]:
    def parts(db: duckdb.DuckDBPyConnection) -> list[Part]:
        def long(table: str, file: Path, name: str) -> str:
            db.execute(f"create or replace table {table} as from read_csv('{file}', all_varchar = true, header = true, null_padding = true)")
            return (f"select V1 as series, cast(substr(place, 2) as integer) - 1 as {name}, cast(value as double) as value "
                    f"from (unpivot {table} on columns(* exclude V1) into name place value value) where value <> ''")
        return [Part(f"m4-{frequency.lower()}", long("train", DATA / "m4" / f"{frequency}-train.csv.gz", "period"),
                     long("test", DATA / "m4" / test, "step"), horizon, season, 1)]
    return parts


def m5_tables(db: duckdb.DuckDBPyConnection) -> None:
    """Units, and revenue of the last 28 days before d_1914."""
    folder = DATA / "m5"
    db.execute(f"create or replace table wide as from read_csv('{folder}/sales_train_evaluation_d1495_d1941.csv.gz')")
    db.execute("""create or replace table sold as select item_id, dept_id, store_id, cast(substr(place, 3) as integer) as d, units
                  from (unpivot wide on columns('d_.*') into name place value units)""")
    db.execute(f"create or replace table calendar as select cast(substr(d, 3) as integer) as d, wm_yr_wk as week from read_csv('{folder}/calendar.csv')")
    db.execute(f"""create or replace table revenue as select item_id, dept_id, store_id, sum(units * sell_price) as revenue
                   from sold join calendar using (d) join (select item_id, store_id, wm_yr_wk as week, sell_price
                   from read_csv('{folder}/sell_prices.csv.gz')) using (item_id, store_id, week)
                   where d between 1886 and 1913 group by all""")


def m5_part(name: str, series: str) -> Part:
    of = f"select {series} as series, date '2011-01-28' + d as period, sum(units) as value from sold"
    return Part(f"m5-{name}", f"{of} where d <= 1913 group by all",
                f"select series, period - date '2016-04-24' as step, value from ({of} where d > 1913 group by all)", 28, 7, 1,
                f"select {series} as series, sum(revenue) as weight from revenue group by all")


def m5(db: duckdb.DuckDBPyConnection) -> list[Part]:
    """Total, stores, departments and their pairs."""
    m5_tables(db)
    return [m5_part(name, series) for name, series in (
        ("total", "'total'"), ("store", "store_id"), ("dept", "dept_id"), ("store-dept", "store_id || ' ' || dept_id"))]


def m5_bottom(db: duckdb.DuckDBPyConnection) -> list[Part]:
    """Each item in each store."""
    m5_tables(db)
    return [m5_part("bottom", "item_id || ' ' || store_id")]


def rossmann(db: duckdb.DuckDBPyConnection) -> list[Part]:
    """The last six weeks of each store; days on which it was closed are not there, and are not judged."""
    db.execute(f"create or replace table stores as from read_csv('{DATA}/rossmann/train_open_days.csv.gz', sample_size = -1)")
    last = "date '2015-06-19'"
    return [Part("rossmann", f"select Store as series, Date as period, Sales as value from stores where Date <= {last}",
                 f"select Store as series, Date - {last} as step, Sales as value from stores where Date > {last}", 42, 7, 7)]


def rossmann_known(db: duckdb.DuckDBPyConnection) -> list[Part]:
    """The same, told which days have a promotion, a public and a school holiday, for the six weeks to come as well."""
    part, = rossmann(db)
    part.past = f"""select Store as series, Date as period, case when Date <= date '2015-06-19' then Sales end as value, cast(Promo as double) as promotion,
                    cast(StateHoliday <> '0' as double) as holiday, cast(SchoolHoliday as double) as school_holiday from stores"""
    return [part]


DATA_SETS = {
    "m3": DataSet(m3, ("smape", "mase")),
    "m4-weekly": DataSet(m4("Weekly", 13, 1, "Weekly-test.csv"), ("smape", "mase", "owa"), (9.161, 2.777)),
    "m4-weekly-52": DataSet(m4("Weekly", 13, 52, "Weekly-test.csv"), ("smape", "mase", "owa"), (9.161, 2.777)),
    "m4-yearly": DataSet(m4("Yearly", 6, 1, "Yearly-test.csv.gz"), ("smape", "mase", "owa"), (16.342, 3.974)),
    "m5": DataSet(m5, ("wrmsse",)),
    "m5-bottom": DataSet(m5_bottom, ("wrmsse", "wspl"), models=("snaive", "ets", "counts", "auto")),
    "rossmann": DataSet(rossmann, ("mase", "wape")),
    "rossmann-known": DataSet(rossmann_known, ("mase", "wape")),
}
UPLIFTS = {"hillstrom": uplift.hillstrom}  # data set: from a model to its row
NAMES = (*DATA_SETS, *UPLIFTS)


def models_of(name: str) -> tuple[str, ...]:
    return uplift.MODELS if name in UPLIFTS else DATA_SETS[name].models


def inner(part: Part) -> Part:
    """The same on the past alone, its last horizon held back: for choices, which must not see what came after."""
    ends = (f"(select *, row_number() over (partition by series order by period desc) as back, count(*) over (partition by series) as lines "
            f"from ({part.past}))")
    return replace(part, past=f"select series, period, value from {ends} where back > {part.horizon} and lines > {part.horizon + 6}",
                   after=f"select series, {part.horizon} - back + 1 as step, value from {ends} where back <= {part.horizon} and lines > {part.horizon + 6}")


# ---- forecasts and errors ----

def forecast(db: duckdb.DuckDBPyConnection, part: Part, model: str, levels: tuple[float, ...]) -> tuple[Cost, list[str]]:
    """Puts what the part's forecasts are into the table `made`."""
    past, made = WORK / "quality-past.parquet", WORK / "quality-made.parquet"
    db.execute(f"copy ({part.past} order by all) to '{past}' (format parquet)")
    options = ["apply", "forecast", past, "--group", "series", "--order", "period", "--value", "value", "--horizon", part.horizon,
               "--season", part.season, "--model", model, *(["--end", "2015-06-19"] if part.name == "rossmann" else []),
               *(["--quantile", ",".join(map(str, levels))] if levels else [])]
    cost = measure(FORESELL, *options, "-o", made)
    wanted = ", ".join(["step", "mean", *(f'"q{p:g}"' for p in levels)])
    db.execute(f"create or replace table made as select cast(series as varchar) as series, {wanted} from '{made}'")
    return cost, [str(word) for word in options if word is not past]


def pinball(levels: tuple[float, ...]) -> str:
    """The mean pinball loss over the levels, as SQL."""
    losses = [f'greatest({p:g} * (value - "q{p:g}"), {1 - p:g} * ("q{p:g}" - value))' for p in levels]
    return f"avg({' + '.join(losses)}) / {len(losses)}" if levels else "null"


def errors(db: duckdb.DuckDBPyConnection, part: Part, levels: tuple[float, ...]) -> None:
    """Adds a row a series to the table `scores`: sMAPE, MASE, RMSSE, sums of absolute errors and values, scaled pinball loss, weight."""
    weight = part.weight or "select distinct series, 1 as weight from after"
    db.execute(f"create or replace temp table after as select cast(series as varchar) as series, cast(step as integer) as step, value from ({part.after})")
    db.execute(f"""
        insert into scores
        with past as (select cast(series as varchar) as series, period, cast(value as double) as value from ({part.past})),
        known as (from past qualify max(value <> 0) over (partition by series order by period)),
        steps as (select series, value - lag(value, {part.scale}) over (partition by series order by period) as step from known),
        scale as (select series, avg(abs(step)) as absolute, avg(step * step) as squared from steps group by series),
        weights as ({weight})
        select '{part.name}', series,
            avg(case when abs(value) + abs(mean) = 0 then 0 else 200 * abs(value - mean) / (abs(value) + abs(mean)) end),
            avg(abs(value - mean)) / any_value(scale.absolute), sqrt(avg((value - mean) ** 2) / any_value(scale.squared)),
            sum(abs(value - mean)), sum(abs(value)), {pinball(levels)} / any_value(scale.absolute), any_value(weights.weight)
        from after left join made using (series, step) join scale using (series) join weights using (series)
        group by series""")
    missing, = db.execute("select count(*) from after left join made using (series, step) where mean is null").fetchone()
    if missing:
        sys.exit(f"bench/quality: {missing} values of {part.name} have no forecast")


def summed(db: duckdb.DuckDBPyConnection, data: DataSet) -> dict[str, float]:
    smape, mase, wape, wrmsse, wspl = db.execute("""
        with parts as (select part, sum(rmsse * weight) / sum(weight) as wrmsse, sum(spl * weight) / sum(weight) as wspl from scores group by part)
        select avg(smape), avg(mase) filter (isfinite(mase)), sum(off) / sum(total), (select avg(wrmsse) from parts), (select avg(wspl) from parts) from scores""").fetchone()
    all_of_them = {"smape": smape, "mase": mase, "wape": wape, "wrmsse": wrmsse, "wspl": wspl}
    if data.naive2[0]:
        all_of_them["owa"] = (smape / data.naive2[0] + mase / data.naive2[1]) / 2
    return {name: all_of_them[name] for name in data.measures}


def run(name: str, model: str, is_inner: bool) -> dict[str, str]:
    if name in UPLIFTS:
        return UPLIFTS[name](model)
    data, db = DATA_SETS[name], duckdb.connect(config={"threads": 2})
    db.execute("create table scores (part text, series text, smape double, mase double, rmsse double, off double, total double, spl double, weight double)")
    cpu, said = 0.0, ""
    for part in map(inner, data.parts(db)) if is_inner else data.parts(db):
        cost, options = forecast(db, part, model, data.levels())
        errors(db, part, data.levels())
        cpu += cost.cpu
        said = " ".join(["foresell", *options]) if not said else said
    row = {"data": name, "model": model, "series": str(db.execute("select count(*) from scores").fetchone()[0])}
    row |= {m: f"{v:.4f}" for m, v in summed(db, data).items()}
    return row | {"cpu_s": f"{cpu:.1f}", "command": said}


# ---- the file ----

FIELDS = ("data", "model", "series", *MEASURES, *uplift.MEASURES, "cpu_s", "command")


def known_rows() -> dict[tuple[str, str], dict[str, str]]:
    if not FILE.exists():
        return {}
    with open(FILE, newline="") as file:
        return {(row["data"], row["model"]): row for row in csv.DictReader(file)}


def worse(row: dict[str, str], known: dict[str, str]) -> list[str]:
    both = [m for m in (*MEASURES, *uplift.MEASURES) if row.get(m) and known.get(m)]
    return [f"{row['data']} {row['model']}: {m} {row[m]}, was {known[m]}" for m in both
            if (float(row[m]) > float(known[m]) * WORSE if m in MEASURES else float(row[m]) * WORSE < float(known[m]))]


def main() -> None:
    check, is_inner = "--check" in sys.argv, "--inner" in sys.argv
    for word in sys.argv[1:]:
        if word.startswith("--") and word not in ("--check", "--inner"):
            sys.exit(f"bench/quality: there is no option '{word}'; there are --check and --inner, and names of data sets: {', '.join(NAMES)}")
    names = [word for word in sys.argv[1:] if not word.startswith("--")] or list(NAMES)
    WORK.mkdir(parents=True, exist_ok=True)
    rows, faults = known_rows(), []
    for name in names:
        if name not in NAMES:
            sys.exit(f"bench/quality: there is no data set '{name}'; there are {', '.join(NAMES)}")
        if not (DATA / name.split("-")[0]).exists():
            print(f"{name}: skipped, {DATA / name.split('-')[0]} is not there (FORESELL_DATA names the folder)")
            continue
        if is_inner and (name.startswith("rossmann") or name in UPLIFTS):
            continue  # closed days are not there: its rows are not its days; fit_uplift chooses inside
        for model in models_of(name):
            row = run(name, model, is_inner)
            print(f"{name:14}{model:8}", *(f"{m} {row[m]}" for m in (*MEASURES, *uplift.MEASURES) if m in row), f"{row['cpu_s']} CPU s", flush=True)
            faults += worse(row, rows.get((name, model), {})) if not is_inner else []
            rows[name, model] = row
    if check:
        sys.exit("worse than bench/quality.csv says:\n" + "\n".join(faults) if faults else 0)
    if is_inner:
        return
    with open(FILE, "w", newline="") as file:
        out = csv.DictWriter(file, FIELDS, restval="", lineterminator="\n")
        out.writeheader()
        out.writerows(rows[key] for name in NAMES for key in ((name, m) for m in models_of(name)) if key in rows)


if __name__ == "__main__":
    main()
