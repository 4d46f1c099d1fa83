"""foresell beside statsforecast, command to command: the same CSV in, a CSV of forecasts out, one thread; see bench/README.md.

A pair is one of foresell's models and statsforecast's of the same name. Both commands are run one after the other on the same
file, CPU seconds are those of the whole process, and both results are scored by the same SQL as in bench/quality. What
takes statsforecast minutes is measured on every so many-th series, in the order of a digest of their names. A combination
stands beside the best of statsforecast's models on the same series, chosen with the errors in sight, which is in their favour.
"""
from __future__ import annotations

import csv
import re
import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from common import DATA, FORESELL, ROOT, WORK, Cost, measure
from quality import DATA_SETS, DataSet, Part, errors, inner, summed

HERE = ROOT / "bench" / "forecast"
FILE = HERE / "results.csv"
PAGE = ROOT / "docs" / "accuracy.md"
PEER_PYTHON = WORK / "forecast-venv" / "bin" / "python"
FIELDS = ("data", "model", "peer", "series", "every", "measure", "theirs", "ours", "cpu_theirs", "cpu_ours", "day")
MEASURES = {"smape": "sMAPE", "mase": "MASE", "wrmsse": "WRMSSE", "mae": "MAE"}
WORSE = 1.01  # what is told in words: less than one per cent is within what another sample of series would change

# What stands behind a colon is a second pair of the same model of ours.
PAIRS = {
    "snaive": "SeasonalNaive", "ets": "AutoETS", "arima": "AutoARIMA", "ces": "AutoCES", "theta": "Theta", "otm": "OptimizedTheta",
    "dstm": "DynamicTheta", "dotm": "DynamicOptimizedTheta", "ses": "SimpleExponentialSmoothingOptimized", "holt": "Holt",
    "holt_winters": "HoltWinters", "holt:undamped": "Holt, damped=False", "holt_winters:undamped": "HoltWinters, damped=False",
    "seasonal_es": "SeasonalExponentialSmoothingOptimized",
    "croston": "CrostonClassic", "croston_optimized": "CrostonOptimized", "sba": "CrostonSBA", "tsb": "TSB", "adida": "ADIDA", "imapa": "IMAPA",
}
FOUR = ("ets", "arima", "ces", "dotm")  # that median combines
SEASONAL = ("holt_winters", "holt_winters:undamped", "seasonal_es")  # statsforecast's want a season


@dataclass
class Plan:
    """Which models of a data set are compared, and of how many series one is taken (unnamed: every)."""

    data: str  # as bench/quality names it
    title: str
    models: tuple[str, ...]
    every: dict[str, int]
    measures: tuple[str, ...] = ("smape", "mase")
    usual: int = 1
    only: str = ""  # the part
    origins: int = 0  # of a backtest; none: a forecast


PLANS = {
    "m3": Plan("m3", "M3: 3,003 series by year, quarter, month and other, 6 to 18 ahead; four commands, one a frequency, their CPU added up",
               ("snaive", "ses", "holt", "holt:undamped", "holt_winters", "holt_winters:undamped",
                "seasonal_es", "theta", "otm", "dstm", "dotm", "ces", "ets", "arima", "median", "auto"),
               {"holt": 3, "holt:undamped": 3, "holt_winters": 6, "holt_winters:undamped": 6, "ets": 6, "arima": 24, "median": 24, "auto": 24}),
    "m4-yearly": Plan("m4-yearly", "M4 Yearly: 23,000 series, 6 ahead",
                      ("snaive", "ses", "holt", "holt:undamped", "theta", "otm", "dstm", "dotm", "ces", "ets", "arima", "median", "auto"),
                      {"holt": 10, "holt:undamped": 10, "otm": 4, "dotm": 4, "ets": 10, "arima": 40, "median": 40, "auto": 40}),
    "m4-weekly": Plan("m4-weekly", "M4 Weekly: 359 series, 13 ahead, no season",
                      ("snaive", "ses", "holt", "holt:undamped", "theta", "otm", "dstm", "dotm", "ces", "ets", "arima", "median", "auto"),
                      {"theta": 6, "otm": 6, "dstm": 6, "dotm": 6, "ets": 6, "arima": 12, "median": 12, "auto": 12}),
    "m4-weekly-52": Plan("m4-weekly-52", "M4 Weekly: 359 series, 13 ahead, a season of 52",
                         ("snaive", "seasonal_es", "ces", "dotm", "ets"), {"dotm": 12, "ets": 18}),
    "m5": Plan("m5-bottom", "M5: 30,490 items in stores, 419 days, 28 ahead, a season of 7",
               ("snaive", "seasonal_es", "croston", "croston_optimized", "sba", "tsb", "adida", "imapa", "counts", "auto", "dotm", "ces", "ets", "arima"),
               {"dotm": 60, "ces": 60, "ets": 300, "arima": 1000}, ("wrmsse",)),
    "m3-backtest": Plan("m3", "Backtest, M3 monthly: series of 72 months and more, 18 ahead from 2 points of their past",
                        ("snaive", "dotm", "ces", "ets"), {"ets": 6}, ("smape",), only="m3-monthly", origins=2),
    "m5-backtest": Plan("m5-bottom", "Backtest, M5: items in stores, 28 ahead from 3 points of their past, mean absolute error in units a day",
                        ("snaive", "seasonal_es", "tsb", "imapa"), {}, ("mae",), usual=15, origins=3),
}


# ---- series and samples of them ----

def kept(db: duckdb.DuckDBPyConnection, parts: list[Part], origins: int) -> list[Part]:
    """The parts with past and after as tables, so that samples of them are quick, and a rank of each series to take them by. A
    backtest is of series that leave two horizons before the first point: in shorter ones the two sides test fewer steps each."""
    for i, part in enumerate(parts):
        for name in ("past", "after"):
            db.execute(f"create or replace temp table {name}_{i} as select * replace (cast(series as varchar) as series) from ({getattr(part, name)})")
        db.execute(f"""create or replace temp table rank_{i} as select series, row_number() over (order by md5(series)) - 1 as rank
                       from (select series from past_{i} group by series having {origins} = 0 or count(*) >= {(origins + 2) * part.horizon})""")
    return parts


def sampled(parts: list[Part], every: int) -> list[Part]:
    def of(name: str, i: int) -> str:
        return f"select * from {name}_{i} where series in (select series from rank_{i} where rank % {every} = 0)"
    return [replace(part, past=of("past", i), after=of("after", i)) for i, part in enumerate(parts)]


def wanted(plan: Plan, model: str, parts: list[Part], take_all: bool) -> tuple[int, list[Part]]:
    every = 1 if take_all else plan.every.get(model, plan.usual)
    chosen = sampled(parts, every)
    return every, [part for part in chosen if part.season > 1] if model in SEASONAL else chosen


# ---- the two commands ----

def ours(past: Path, made: Path, part: Part, model: str, origins: int) -> Cost:
    what = ["backtest", past, "--models", f"[{model}]", "--origins", origins] if origins else ["forecast", past, "--model", model]
    return measure(FORESELL, "apply", *what, "--group", "series", "--order", "period", "--value", "value", "--horizon", part.horizon,
                   "--season", part.season, "--threads", 1, "-o", made)


def theirs(past: Path, made: Path, part: Part, model: str, origins: int) -> Cost:
    return measure(PEER_PYTHON, HERE / "peer.py", past, made, model, part.horizon, part.season, origins)


def read(db: duckdb.DuckDBPyConnection, made: Path) -> None:
    """The forecasts of either into the table `made`; what is no number is null, which errors() refuses."""
    db.execute(f"""create or replace table made as
        select cast(series as varchar) as series, row_number() over (partition by series order by period) as step,
            case when isfinite(cast(mean as double)) then cast(mean as double) end as mean
        from read_csv('{made}', header = true, sample_size = -1)""")


class Bench:
    """One data set, with what was measured of it so far, so that nothing is forecast twice."""

    def __init__(self, plan: Plan, take_all: bool, is_inner: bool) -> None:
        self.plan, self.take_all = plan, take_all
        self.db = duckdb.connect(config={"threads": 2})
        self.db.execute(f"set temp_directory = '{WORK}/forecast-spill'")
        self.data: DataSet = replace(DATA_SETS[plan.data], measures=plan.measures)
        parts = [inner(part) if is_inner else part for part in self.data.parts(self.db) if plan.only in ("", part.name)]
        self.parts = kept(self.db, parts, plan.origins)
        self.known: dict[tuple[str, str, int], tuple[dict[str, float], float, int]] = {}

    def file(self, side: str, model: str, part: Part, every: int) -> Path:
        return WORK / f"forecast-{self.plan.data}-{part.name}-{self.plan.origins}-{side}-{model}-{every}.csv"

    def fresh_scores(self) -> None:
        self.db.execute("""create or replace table scores (part text, series text, smape double, mase double, rmsse double, off double,
                           total double, spl double, weight double)""")

    def scored(self, side: str, model: str) -> tuple[dict[str, float], float, int]:
        """Errors, CPU seconds and series of one model of one side."""
        every, parts = wanted(self.plan, model, self.parts, self.take_all)
        return self.scored_on(side, model, every, parts)

    def scored_on(self, side: str, model: str, every: int, parts: list[Part]) -> tuple[dict[str, float], float, int]:
        model = model.split(":")[0] if side == "ours" else model
        if (side, model, every) not in self.known:
            self.fresh_scores()
            cpu = sum(self.once(side, model, part, every).cpu for part in parts)
            self.known[side, model, every] = self.sums(), cpu, self.series()
        return self.known[side, model, every]

    def series(self) -> int:
        return self.db.execute("select count(*) from scores").fetchone()[0]

    def once(self, side: str, model: str, part: Part, every: int) -> Cost:
        past, made = WORK / f"forecast-{self.plan.data}-{self.plan.origins}-past.csv", self.file(side, model, part, every)
        self.db.execute(f"copy ({part.past} order by all) to '{past}' (format csv, header)")
        command, name = (ours, model) if side == "ours" else (theirs, PAIRS[model])
        cost = command(past, made, part, name, self.plan.origins)
        if self.plan.origins:
            self.judge_backtest(made, part)
        else:
            read(self.db, made)
            errors(self.db, part, ())
        return cost

    def judge_backtest(self, made: Path, part: Part) -> None:
        """Either command has taken the errors itself: a row a series."""
        self.db.execute(f"""insert into scores (part, series, smape, off)
                            select '{part.name}', series, 100 * smape, mae from read_csv('{made}', header = true, sample_size = -1)""")

    def sums(self) -> dict[str, float]:
        if not self.plan.origins:
            return summed(self.db, self.data)
        return dict(zip(("smape", "mae"), self.db.execute("select avg(smape), avg(off) from scores").fetchone()))

    def median_of_theirs(self, every: int, parts: list[Part]) -> tuple[dict[str, float], float, int]:
        """The median of their four at each step: what statsforecast has no name for, but what a user of it would take."""
        cpu = sum(self.scored_on("theirs", model, every, parts)[1] for model in FOUR)
        self.fresh_scores()
        for part in parts:
            for i, model in enumerate(FOUR):
                read(self.db, self.file("theirs", model, part, every))
                self.db.execute("create or replace temp table four as from made" if i == 0 else "insert into four from made")
            self.db.execute("create or replace table made as select series, step, median(mean) as mean from four group by all")
            errors(self.db, part, ())
        return summed(self.db, self.data), cpu, self.series()

    def best_of_theirs(self, every: int, parts: list[Part]) -> tuple[str, tuple[dict[str, float], float, int]]:
        if "median" in self.plan.models:
            for model in FOUR:
                self.scored_on("theirs", model, every, parts)
        series = self.scored_on("ours", "auto", every, parts)[2]
        same = {model: found for (side, model, n), found in self.known.items() if side == "theirs" and n == every and found[2] == series}
        best = min(same, key=lambda model: same[model][0][self.plan.measures[-1]])
        return f"the best: {PAIRS[best]}", same[best]

    def pair(self, model: str) -> list[dict[str, str]]:
        every, parts = wanted(self.plan, model, self.parts, self.take_all)
        if model in PAIRS:
            peer, there = PAIRS[model], self.scored("theirs", model)
        elif model == "median":
            peer, there = "the median of " + ", ".join(PAIRS[one] for one in FOUR), self.median_of_theirs(every, parts)
        else:
            peer, there = self.best_of_theirs(every, parts)
        here = self.scored("ours", model)
        if here[2] != there[2]:
            sys.exit(f"bench/forecast: {model} was judged on {here[2]} series, {peer} on {there[2]}")
        return [{"model": model, "peer": peer, "series": str(here[2]), "every": str(every), "measure": name, "theirs": f"{there[0][name]:.4f}",
                 "ours": f"{here[0][name]:.4f}", "cpu_theirs": f"{there[1]:.2f}", "cpu_ours": f"{here[1]:.2f}", "day": date.today().isoformat()}
                for name in self.plan.measures]


# ---- the file and the page ----

Key = tuple[str, str, str]


def known_rows() -> dict[Key, dict[str, str]]:
    if not FILE.exists():
        return {}
    with open(FILE, newline="") as file:
        return {(row["data"], row["model"], row["measure"]): row for row in csv.DictReader(file)}


def write_file(new: list[dict[str, str]]) -> None:
    rows = known_rows() | {(row["data"], row["model"], row["measure"]): row for row in new}
    order = [(name, model, m) for name, plan in PLANS.items() for model in plan.models for m in plan.measures]
    with open(FILE, "w", newline="") as file:
        out = csv.DictWriter(file, FIELDS, lineterminator="\n")
        out.writeheader()
        out.writerows(rows[key] for key in order if key in rows)


def times(theirs: str, ours: str) -> str:
    ratio = float(theirs) / max(float(ours), 0.01)
    return f"{ratio:.1f}" if ratio < 10 else f"{ratio:,.0f}"


def table(name: str, plan: Plan, rows: dict[Key, dict[str, str]]) -> list[str]:
    heads = [f"{MEASURES[m]} {side}" for m in plan.measures for side in ("theirs", "ours")]
    lines = [f"### {plan.title}", "", " | ".join(["| foresell", "statsforecast", "series", *heads, "CPU s theirs", "ours", "times |"]),
             "|---|---|" + "---:|" * (len(heads) + 4)]
    for model in plan.models:
        found = [rows[name, model, m] for m in plan.measures if (name, model, m) in rows]
        if found:
            values = [f"{float(row[side]):.2f}" if row["measure"] == "smape" else f"{float(row[side]):.3f}" for row in found for side in ("theirs", "ours")]
            one = found[0]
            lines.append(" | ".join([f"| {model.split(':')[0]}", one["peer"], f"{int(one['series']):,}", *values, one["cpu_theirs"], one["cpu_ours"],
                                     f"{times(one['cpu_theirs'], one['cpu_ours'])} |"]))
    return [*lines, ""] if len(lines) > 4 else []


def said_of(rows: dict[Key, dict[str, str]]) -> list[str]:
    """What is worse than the peer, in words: by the last measure of the data set, or in CPU."""
    worse, slower = [], []
    for (name, model, m), row in rows.items():
        if m == PLANS[name].measures[-1]:
            pair = f"{model.split(':')[0]} on {name} beside {row['peer'].removeprefix('the best: ')}"
            more = float(row["ours"]) / float(row["theirs"])
            worse += [f"- {pair}: {MEASURES[m]} {(more - 1) * 100:.1f} % more ({int(row['series']):,} series)"] if more > WORSE else []
            slower += [f"- {pair}: {row['cpu_ours']} against {row['cpu_theirs']} s"] if float(row["cpu_ours"]) > float(row["cpu_theirs"]) else []
    days = sorted({row["day"] for row in rows.values()})
    return [f"Measured {' to '.join(dict.fromkeys((days[0], days[-1])))}.", "", "Worse than statsforecast by more than 1 % in the last error of the table:", "", *(worse or ["- nothing"]), "",
            "More CPU than statsforecast:", "", *(slower or ["- nothing"]), ""]


def write_page() -> None:
    rows = known_rows()
    lines = [*said_of(rows), *(line for name, plan in PLANS.items() for line in table(name, plan, rows))]
    block = "<!-- figures: written by bench/forecast/run --write -->\n\n" + "\n".join(lines) + "\n<!-- end of figures -->"
    text, found = re.subn(r"<!-- figures:.*?<!-- end of figures -->", lambda _: block, PAGE.read_text(), flags=re.DOTALL)
    if found != 1:
        sys.exit(f"bench/forecast: {PAGE} has no block of figures between its two marks")
    PAGE.write_text(text)


# ---- the run ----

def warm(bench: Bench) -> None:
    """Once before, on one series: what Python compiles and the disk brings the first time is not what is compared."""
    part = sampled(bench.parts, 10**9)[0]
    bench.once("theirs", "snaive", part, 0)
    cost = bench.once("theirs", "snaive", part, 0)
    print(f"one series: {cost.cpu:.2f} CPU s of statsforecast's, {bench.once('ours', 'snaive', part, 0).cpu:.2f} of ours", flush=True)


def run(name: str, take_all: bool, is_inner: bool, only: list[str]) -> list[dict[str, str]]:
    bench, rows = Bench(PLANS[name], take_all, is_inner), []
    bench.fresh_scores()
    warm(bench)
    for model in (model for model in PLANS[name].models if not only or model in only):
        found = bench.pair(model)
        one = found[0]
        print(f"{name:13}{model:18}{one['series']:>6} series", *(f"{r['measure']} {r['theirs']} {r['ours']}" for r in found),
              f"{one['cpu_theirs']} {one['cpu_ours']} CPU s, {times(one['cpu_theirs'], one['cpu_ours'])} times", flush=True)
        rows += [{"data": name} | row for row in found]
    return rows


def chosen(words: list[str]) -> list[str]:
    """The models after --models=; none: all. A combination stands beside the best of the others, so it is measured with them."""
    only = [model for word in words if word.startswith("--models=") for model in word.removeprefix("--models=").split(",")]
    for model in only:
        if model not in PAIRS:
            sys.exit(f"bench/forecast: '{model}' is no model to measure by itself; there are {', '.join(PAIRS)}")
    return only


def main() -> None:
    take_all, write, is_inner, only = "--all" in sys.argv, "--write" in sys.argv, "--inner" in sys.argv, chosen(sys.argv[1:])
    if write and is_inner:
        sys.exit("bench/forecast: --inner is for choices, and is not written")
    names = [word for word in sys.argv[1:] if not word.startswith("--")] or list(PLANS)
    WORK.mkdir(parents=True, exist_ok=True)
    for name in names:
        if name not in PLANS:
            sys.exit(f"bench/forecast: there is no data set '{name}'; there are {', '.join(PLANS)}")
        if not (DATA / name.split("-")[0]).exists():
            print(f"{name}: skipped, {DATA / name.split('-')[0]} is not there (FORESELL_DATA names the folder)")
            continue
        rows = run(name, take_all, is_inner, only)
        if write:
            write_file(rows)
            write_page()


if __name__ == "__main__":
    main()
