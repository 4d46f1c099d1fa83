"""Speed and memory of foresell; see README.md beside this file. Rows go to build/bench/results.csv as well."""
from __future__ import annotations

import csv
import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Callable, Iterator

import duckdb

from common import DATA, FORESELL, ROOT, WORK, Cost, measure
from quality import DATA_SETS, Part

REPEATS = 3  # the least CPU seconds of several: other work on the machine only adds to them


@dataclass
class Row:
    """One measured figure with the limit that it is held to, if any (the greatest allowed)."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    note: str = ""

    @property
    def over(self) -> bool:
        return self.limit is not None and self.value > self.limit


def least(run: Callable[[], Cost], repeats: int = REPEATS) -> Cost:
    costs = [run() for _ in range(repeats)]
    return Cost(min(c.cpu for c in costs), max(c.peak_mb for c in costs), min(c.wall for c in costs))


def rows_of(name: str, cost: Cost, cpu: float | None = None, peak: float | None = None, note: str = "") -> Iterator[Row]:
    yield Row(name, round(cost.cpu, 2), "CPU s", cpu, note)
    yield Row(name, round(cost.peak_mb), "MiB peak", peak)
    yield Row(name, round(cost.wall, 1), "s by the clock")


# ---- a retailer's files to the report ----

def online_retail() -> Iterator[Row]:
    """Both years of Online Retail II: init and run."""
    files = sorted((DATA / "online_retail_ii").glob("*")) if DATA.exists() else []
    if not files:
        print(f"online_retail: skipped, {DATA / 'online_retail_ii'} is not there (FORESELL_DATA names the folder)")
        return

    def once() -> Cost:
        project = WORK / "retail"
        shutil.rmtree(project, ignore_errors=True)
        return measure(FORESELL, "init", project, "--from", DATA / "online_retail_ii") + measure(FORESELL, "run", project)

    yield from rows_of("online_retail: init + run", least(once), cpu=30, peak=1024)


def exploring() -> set[str]:
    """The steps of exploration: those in models/ behind the forecasts."""
    return {line.removeprefix("-- step: ").strip() for file in sorted((ROOT / "models").glob("*.sql")) if file.name >= "60"
            for line in file.read_text().splitlines()[:1]}


def exploration() -> Iterator[Row]:
    """A retailer of 59.2 million lines, one row an item, store and day: the steps of exploration, and what is written of them."""
    files, project = WORK / "panel-shop-59200000", WORK / "exploration"
    if not files.exists():
        measure(FORESELL, "simulate", f"{files}.tmp", "--items", 4245, "--stores", 10, "--customers", 100_000, "--days", 1941,
                "--lines", 59_200_000, "--panel", "--parquet")
        Path(f"{files}.tmp").rename(files)
    shutil.rmtree(project, ignore_errors=True)
    yield from rows_of("exploration, 59.2 M lines: init", measure(FORESELL, "init", project, "--from", files))
    whole = measure(FORESELL, "run", project, "--memory", "2GiB")
    yield from rows_of("exploration, 59.2 M lines: the whole run", whole, peak=2048)
    manifest = json.loads((project / "runs" / "latest" / "manifest.json").read_text())
    steps = {step["name"]: step["cpu_seconds"] for step in manifest["steps"]}
    written = whole.wall - manifest["seconds"]
    yield Row("exploration, 59.2 M lines: report and exports", round(written, 1), "s by the clock")
    yield Row("exploration, 59.2 M lines: its steps and the report", round(sum(steps[name] for name in exploring() & set(steps)) + written, 1), "CPU s", 60)
    yield Row("exploration, 59.2 M lines: report.html", round((project / "runs" / "latest" / "report.html").stat().st_size / 2**20, 2), "MiB", 5)


# ---- many series ----

def panel(items: int) -> Path:
    path = WORK / f"panel-{items}.parquet"
    if not path.exists():
        measure(sys.executable, ROOT / "bench" / "panel.py", path, items)
    return path


def forecast(items: int, model: str) -> Cost:
    return measure(FORESELL, "apply", "forecast", panel(items), "--group", "item,store", "--order", "day", "--value", "units",
                   "--model", model, "--memory", "2GiB", "-o", WORK / "forecast.parquet")


def panel_snaive() -> Iterator[Row]:
    """M5's size, 59.2 million rows of Parquet in order of days, to 28 rows a series."""
    yield from rows_of("panel: 59.2 M rows", least(lambda: forecast(3049, "snaive")), cpu=15, peak=2048)


def panel_4x() -> Iterator[Row]:
    """Four times the rows: four times the time, the same memory."""
    one, four = least(lambda: forecast(3049, "snaive"), 1), least(lambda: forecast(12196, "snaive"), 1)
    yield from rows_of("panel: 236.8 M rows", four, peak=2048)
    yield Row("panel: 236.8 M against 59.2 M", round(four.cpu / one.cpu, 2), "times the CPU s", 4.4)


def panel_models() -> Iterator[Row]:
    """A tenth of it with the models that are fitted."""
    for model in ("ets", "auto"):
        cost = least(lambda: forecast(305, model), 1)
        yield from rows_of(f"panel: 5.9 M rows, {model}", cost)
        yield Row(f"panel: 5.9 M rows, {model}", round(cost.cpu / 3050 * 1000, 2), "ms a series of 1,941 days")


def panel_decompose() -> Iterator[Row]:
    """The kernel on series of the panel's length with two seasons, and a tenth of the panel to its parts, as many rows as came."""
    program = on_library("decompose")
    for robust in (2, 0):
        yield Row(f"decompose: kernel, robust = {robust}", min(said_cpu(program, 1941, robust) for _ in range(REPEATS)), "ms a series of 1,941 days",
                  1 if robust else None)
    for name in ("decompose", "clean_outliers"):
        more = ("--season", "7,365") if name == "decompose" else ()
        cost = least(lambda: measure(FORESELL, "apply", name, panel(305), "--group", "item,store", "--order", "day", "--value", "units", *more,
                                     "--memory", "2GiB", "-o", WORK / "parts.parquet"))
        yield from rows_of(f"panel: 5.9 M rows, {name}", cost)
    (WORK / "parts.parquet").unlink()


def panel_change_points() -> Iterator[Row]:
    """The kernel on series of the panel's length, without a change of level and with one; and a tenth of the panel."""
    program = on_library("change_points")
    for share, what in ((0, "no change"), (100, "one change each")):
        yield Row(f"change_points: kernel, {what}", min(said_cpu(program, 1941, share) for _ in range(REPEATS)), "ms a series of 1,941 days", 2)
    cost = least(lambda: measure(FORESELL, "apply", "change_points", panel(305), "--group", "item,store", "--order", "day", "--value", "units",
                                 "--memory", "2GiB", "-o", WORK / "changes.parquet"))
    yield from rows_of("panel: 5.9 M rows, change_points", cost)
    (WORK / "changes.parquet").unlink()


def classifier() -> Iterator[Row]:
    """The kernel of fit_classifier: many rows; and as many as products have in a few years of quarters."""
    program = on_library("classifier")
    for rows, columns, classes, most in ((800_000, 13, 3, 20), (25_000, 13, 5, None)):
        cost = min(said_cpu(program, rows, columns, classes) for _ in range(REPEATS))
        yield Row(f"classifier: kernel, {rows:,} rows, {3 * columns} terms, {classes} classes", cost, "CPU s", most)


def customers() -> Iterator[Row]:
    """The kernels of fit_purchases and purchases on made-up customers."""
    program = on_archive("customers")
    for count, what, name, most in ((1_000_000, "fit", "BG/NBD and Gamma-Gamma", 0.5), (23_570, "pareto", "Pareto/NBD", 0.2),
                                    (20_000, "covariates", "Pareto/NBD with two covariates, no two customers alike", 2),
                                    (1_000_000, "outlook", "a year ahead, with intervals", 2)):
        yield Row(f"customers: {count:,}, {name}", said_cpu(program, count, what), "CPU s", most)


def segments() -> Iterator[Row]:
    """The kernel of fit_segments for k-means: a million rows, ten starts."""
    program = on_library("segments")
    for rows, columns, clusters, most in ((1_000_000, 3, 5, 0.3), (1_000_000, 10, 8, None)):
        cost = min(said_cpu(program, rows, columns, clusters) for _ in range(REPEATS))
        yield Row(f"segments: k-means, {rows:,} rows, {columns} columns, {clusters} clusters", cost, "CPU s", most)


STOCK_LIMITS = {"wagner_whitin": 5, "s_S_poisson_6": 20, "s_S_poisson_20": 200, "r_Q_poisson": 10}  # microseconds


def stock() -> Iterator[Row]:
    """Kernels of stock control, a problem each; the same by stockpyl where STOCKPYL_PYTHON names a Python that has it."""
    costs = {}
    program = on_library("stock")
    for line in subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines():
        name, micros, costs[name] = line.split()
        yield Row(f"stock: {name}", float(micros), "CPU us", STOCK_LIMITS.get(name), f"costs {costs[name]}")
    peer = os.environ.get("STOCKPYL_PYTHON")
    if not peer:
        print("stock: stockpyl is left out, STOCKPYL_PYTHON names no Python that has it")
        return
    weeks = subprocess.run([program, "demand"], check=True, capture_output=True, text=True).stdout.split()
    for line in subprocess.run([peer, ROOT / "bench" / "stockpyl_peer.py", *weeks], check=True, capture_output=True, text=True).stdout.splitlines():
        name, micros, cost = line.split()
        if abs(float(cost) - float(costs[name])) > 1e-8 * float(cost):
            sys.exit(f"stock: {name} costs {costs[name]}, by stockpyl {cost}")
        yield Row(f"stock: {name} by stockpyl", float(micros), "CPU us")


# ---- forecasting methods, each alone ----

def m5_part(db: duckdb.DuckDBPyConnection) -> list[Part]:
    """All series of M5 at the bottom, d_1495 to d_1913."""
    db.execute(f"create or replace table wide as from read_csv('{DATA}/m5/sales_train_evaluation_d1495_d1941.csv.gz')")
    past = """select item_id || '_' || store_id as series, cast(substr(place, 3) as integer) as period, units as value
              from (unpivot wide on columns('d_.*') into name place value units) where cast(substr(place, 3) as integer) <= 1913"""
    return [Part("m5", past, "", 28, 7, 7)]


def simulated_hours() -> Iterator[str]:
    """Forty days of hours, with a day and a week, their level a walk."""
    chance = random.Random(1)
    for number in range(60):
        day, week = ([chance.gauss(0, size) for _ in range(length)] for size, length in ((8, 24), (4, 7)))
        level, values = 100.0, []
        for hour in range(960):
            level += chance.gauss(0, 0.3)
            values.append(f"{level + day[hour % 24] + week[hour // 24 % 7] + chance.gauss(0, 3):.6g}")
        yield f"H{number} 24,168 48 {' '.join(values)}\n"


def series_file(name: str) -> Path:
    """A line a series, as bench/methods.c reads them."""
    file = WORK / f"series-{name}.txt"
    if name == "hours":
        file.write_text("".join(simulated_hours()))
    if not file.exists():
        db = duckdb.connect(config={"threads": 2})
        with open(f"{file}.tmp", "w") as out:
            for part in m5_part(db) if name == "m5" else DATA_SETS[name].parts(db):
                for series, values in db.execute(f"select series, string_agg(value, ' ' order by period) from ({part.past}) group by all order by all").fetchall():
                    out.write(f"{series} {part.season} {part.horizon} {values}\n")
        Path(f"{file}.tmp").rename(file)
    return file


def on_archive(name: str) -> Path:
    """bench/NAME.c on the static library, with what is inside the room forecast."""
    build, program = FORESELL.parent, WORK / name
    subprocess.run(["cmake", "--build", build, "--target", "foresell_all"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cc", "-O2", "-std=gnu17", f"-I{ROOT / 'include'}", f"-I{ROOT / 'src' / 'forecast'}", ROOT / "bench" / f"{name}.c",
                    "-o", program, build / "libforesell_all.a", "-lm", "-lpthread", "-lsodium"], check=True)
    return program


def orders() -> Iterator[Row]:
    """The kernels of order and replay_orders; and order on 100,000 item-stores with nine quantiles of 28 days."""
    program = on_archive("orders")
    for review in (1, 7):
        yield Row(f"orders: kernel, next order after {review} days", min(said_cpu(program, review) for _ in range(REPEATS)), "µs an item-store", 60)
    yield Row("replay_orders: kernel, moving average", min(said_cpu(program, 0) for _ in range(REPEATS)), "ns a period", 60e9 / (100_000 * 52))
    file, quantiles = WORK / "ahead.parquet", (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
    level = "0.05 * exp(i % 512 * 6.5 / 512) * (1 + 0.4 * (d % 7 > 4)::int)"
    spread = [f"floor(greatest(0, level + sqrt(level + level * level / 2) * {NormalDist().inv_cdf(q)})) as \"q{q:g}\"" for q in quantiles]
    duckdb.sql(f"""copy (select i as item, d as day, level as mean, {", ".join(spread)}, floor(level * 4) as on_hand, 3 as lead_time, 0.01 as holding,
        1 as shortage, 1 + i % 5 as pack from (select i, d, {level} as level from range(100000) a(i), range(28) b(d))) to '{file}'""")
    for review in ("1", "7"):
        cost = least(lambda: measure(FORESELL, "apply", "order", file, "--group", "item", "--order", "day", "--review", review, "-o", WORK / "orders.parquet"))
        yield from rows_of(f"orders: apply, 100,000 item-stores, next after {review} days", cost, 6)
    file.unlink(), (WORK / "orders.parquet").unlink()


def methods() -> Iterator[Row]:
    """The kernels of forecasting methods on public data sets: what the fits cost, without reading and preparing."""
    program = on_archive("methods")
    for name, kernels in METHODS:
        if name != "hours" and not (DATA / name.split("-")[0]).exists():
            print(f"methods: {name} skipped, {DATA / name.split('-')[0]} is not there (FORESELL_DATA names the folder)")
            continue
        for kernel, most in kernels:
            yield Row(f"methods: {name}, {kernel}", said_cpu(program, kernel, series_file(name), WORK / f"{kernel}-{name}.csv"), "CPU s", most)


METHODS: list[tuple[str, list[tuple[str, float | None]]]] = [
    ("hours", [("mstl", 0.1), ("tbats", None), ("dhr", None)]),
    ("m3", [("ets", 0.8), ("arima", None), ("mstl", 0.5), ("tbats", None), ("dhr", None), ("theta", 0.1), ("otm", 0.1), ("dstm", 0.1), ("dotm", 0.1), ("ces", 0.1)]),
    ("m4-yearly", [("ets", 0.5), ("log_theta", 0.2), ("theta", 0.2), ("otm", 0.2), ("dstm", 0.2), ("dotm", 0.2), ("ces", None)]),
    ("m4-weekly-52", [("dotm", None)]),
    ("m5", [(name, 0.1) for name in ("seasonal_es", "croston", "croston_optimized", "sba", "tsb", "adida", "imapa")]),
]


def short_series() -> Iterator[Row]:
    """A million groups of one row each, to 28 rows each: what a group costs beside its rows."""
    file = WORK / "short-series.parquet"
    if not file.exists():
        duckdb.sql(f"""copy (select 'item' || lpad(cast(range as varchar), 7, '0') as item, date '2024-01-01' as day,
            cast(range % 17 as double) as units from range(1000000)) to '{file}'""")
    cost = least(lambda: measure(FORESELL, "apply", "forecast", file, "--group", "item", "--order", "day", "--value", "units",
                                 "--memory", "1GiB", "-o", WORK / "forecast.parquet"), 1)
    yield from rows_of("short_series: 1 M series of one row", cost, peak=1024)


# ---- reading CSV ----

LINES_STEP = "-- step: lines\n-- about: how many sales lines there are\nselect count(*) as lines from sales\n"


def sales_csv(lines: int) -> Path:
    folder = WORK / f"shop-{lines}"
    if not folder.exists():
        measure(FORESELL, "simulate", folder, "--items", 5000, "--stores", 20, "--customers", 100000, "--lines", lines)
    return folder / "sales.csv"


def whole_ingest(file: Path, threads: int) -> Cost:
    """To the canonical table: also cleaned, without repetitions, accounted for, as Parquet."""
    project = WORK / "csv-project"
    if not (project / "foresell.yaml").exists():
        measure(FORESELL, "init", project, "--from", file)
        (project / "models").mkdir(exist_ok=True)
        (project / "models" / "lines.sql").write_text(LINES_STEP)
    shutil.rmtree(project / "runs", ignore_errors=True)
    return measure(FORESELL, "run", project, "--only", "lines", "--threads", threads)


def on_library(name: str) -> Path:
    """bench/NAME.c on the shared library."""
    build, program = FORESELL.parent, WORK / name
    subprocess.run(["cmake", "--build", build, "--target", "foresell_shared"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cc", "-O2", "-std=gnu17", f"-I{ROOT / 'include'}", ROOT / "bench" / f"{name}.c", "-o", program,
                    f"-L{build}", "-lforesell", f"-Wl,-rpath,{build}", f"-Wl,-rpath-link,{ROOT / 'build' / 'deps' / 'lib'}", "-lm"], check=True)
    return program


def said_cpu(*command: object) -> float:
    """CPU seconds that a program says of the part of itself that counts."""
    return float(subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout)


def csv_ingest() -> Iterator[Row]:
    """Sales lines, typed, checked, digested, into a table, against DuckDB's read_csv into a table."""
    file, program = sales_csv(5_000_000), on_library("ingest")
    for threads in (1, 2):
        ours, theirs = [], []
        for _ in range(REPEATS):  # in turn, so that both meet the same machine
            theirs.append(said_cpu(sys.executable, ROOT / "bench" / "read_csv.py", file, threads))
            ours.append(said_cpu(program, file, threads))
        name = f"csv, {threads} thread{'s' if threads > 1 else ''}"
        yield Row(f"{name}: read_csv into a table", min(theirs), "CPU s")
        yield Row(f"{name}: ours into a table", min(ours), "CPU s")
        yield Row(f"{name}: ours against read_csv", round(min(ours) / min(theirs), 2), "times the CPU s", 2)
        whole = least(lambda: whole_ingest(file, threads), 1)
        yield from rows_of(f"{name}: to the canonical table", whole)
        yield Row(f"{name}: all of it against read_csv", round(whole.cpu / min(theirs), 2), "times the CPU s")


# ---- kernels ----

def kernel() -> Iterator[Row]:
    """The recursion of exponential smoothing, by instruction set."""
    flags = Path("/proc/cpuinfo").read_text()
    for level, needs in (("x86-64", "sse2"), ("x86-64-v3", "avx2"), ("x86-64-v4", "avx512f")):
        if f" {needs} " not in flags:
            print(f"kernel: {level} skipped, this machine has no {needs}")
            continue
        program = WORK / f"kernel-{level}"
        subprocess.run(["cc", "-O3", "-std=gnu17", f"-march={level}", "-ffp-contract=off", "-fno-math-errno",
                        f"-I{ROOT / 'include'}", f"-I{ROOT / 'src' / 'forecast'}", ROOT / "bench" / "kernel.c",
                        "-o", program, "-lm"], check=True)
        said = subprocess.run([program, "419"], check=True, capture_output=True, text=True).stdout
        yield Row(f"kernel: smoothing, {needs}", float(said), "ns an observation and lane")


# ---- the simulator ----

def simulate() -> Iterator[Row]:
    """Lines a second; ten times the lines in the same memory."""
    peaks = []
    for lines in (1_000_000, 10_000_000):
        def once() -> Cost:
            for folder in (WORK / "simulated", WORK / "simulated-truth"):
                shutil.rmtree(folder, ignore_errors=True)
            return measure(FORESELL, "simulate", WORK / "simulated", "--items", 5000, "--stores", 20, "--customers", 100000,
                           "--lines", lines, "--parquet")
        cost = least(once, 1)
        peaks.append(cost.peak_mb)
        yield from rows_of(f"simulate: {lines // 1_000_000} M lines", cost)
        yield Row(f"simulate: {lines // 1_000_000} M lines", round(lines / cost.cpu), "lines a CPU s")
    yield Row("simulate: memory, 10 M against 1 M", round(peaks[1] / peaks[0], 2), "times", 1.25)
    shutil.rmtree(WORK / "simulated", ignore_errors=True)


BENCHMARKS: dict[str, Callable[[], Iterator[Row]]] = {
    "online_retail": online_retail,
    "exploration": exploration,
    "panel": panel_snaive,
    "panel_4x": panel_4x,
    "panel_models": panel_models,
    "panel_decompose": panel_decompose,
    "panel_change_points": panel_change_points,
    "classifier": classifier,
    "customers": customers,
    "segments": segments,
    "orders": orders,
    "stock": stock,
    "methods": methods,
    "short_series": short_series,
    "csv": csv_ingest,
    "kernel": kernel,
    "simulate": simulate,
}


def show(row: Row) -> None:
    limit = "" if row.limit is None else f"asked {row.limit:g}"
    print(f"{row.name:44} {row.value:>10,g} {row.unit:26} {limit:12} {'over' if row.over else ''}", flush=True)


def main() -> None:
    names = sys.argv[1:] or list(BENCHMARKS)
    for name in names:
        if name not in BENCHMARKS:
            sys.exit(f"bench/run: there is no benchmark '{name}'; there are {', '.join(BENCHMARKS)}")
    if not FORESELL.exists():
        sys.exit(f"bench/run: {FORESELL} is not there: run make build first")
    WORK.mkdir(parents=True, exist_ok=True)
    with open(WORK / "results.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["name", "value", "unit", "asked", "over"])
        for name in names:
            for row in BENCHMARKS[name]():
                show(row)
                out.writerow([row.name, row.value, row.unit, row.limit, "over" if row.over else ""])
                file.flush()


if __name__ == "__main__":
    main()
