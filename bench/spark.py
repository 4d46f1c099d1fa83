"""What an operator costs on Spark, beside the embedded engine and statsforecast through Fugue; see README.md.

spark.py PANEL SERIES: PANEL is Parquet with item, store, day, units; SERIES of them (0: none) go to statsforecast, which is slow. Rows of
"name,value,unit" on standard output. Two cores, one session; CPU is that of the JVM and of its Python workers together.
"""
from __future__ import annotations

import os
import subprocess
import sys
import time

from processes import cpu_of_all_below

CORES = 2


def timed(name: str, action) -> float:
    """The least of three: what is compiled the first time is not work on rows."""
    costs = []
    for _ in range(3):
        began, clock = cpu_of_all_below(), time.monotonic()
        action()
        costs.append(cpu_of_all_below() - began)
        print(f"{name}: {costs[-1]:.2f} CPU s, {time.monotonic() - clock:.1f} s by the clock", file=sys.stderr)
    return min(costs)


def say(name: str, value: float, unit: str) -> None:
    print(f"{name},{value:.3f},{unit}", flush=True)


def sink(df) -> None:
    df.write.format("noop").mode("overwrite").save()


def embedded(path: str, model: str) -> float:
    """CPU seconds of `apply forecast` on the file, to Parquet."""
    words = [os.environ["FORESELL_BIN"], "apply", "forecast", path, "--group", "item,store", "--order", "day", "--value", "units",
             "--horizon", "28", "--model", model, "--threads", str(CORES), "-o", f"{path}.forecast.parquet"]
    costs = []
    for _ in range(3):
        began = cpu_of_all_below()
        subprocess.run(words, check=True, stderr=subprocess.DEVNULL)
        costs.append(cpu_of_all_below() - began)
    return min(costs)


def forecast(spark, path: str, model: str):
    import foresell.spark

    rows = spark.read.parquet(path)
    return foresell.spark.apply(rows, "forecast", ["item", "store"], "day", value="units", horizon=28, model=model)


def on_spark(spark, path: str, model: str) -> tuple[float, float]:
    """CPU seconds of shuffle and sort alone, and with the operator behind them."""
    from foresell.spark import _partitioned, _plainly_named

    rows = spark.read.parquet(path)
    keys = ["item", "store", "day", "units"]
    alone = timed("shuffle and sort", lambda: sink(_partitioned(_plainly_named(rows.select(*keys), keys), 2)))
    return alone, timed(f"forecast, {model}", lambda: sink(forecast(spark, path, model)))


def compare(spark, path: str, model: str) -> None:
    base = embedded(path, model)
    alone, whole = on_spark(spark, path, model)
    say(f"forecast {model}: embedded", base, "CPU s")
    say(f"forecast {model}: Spark, shuffle and sort alone", alone, "CPU s")
    say(f"forecast {model}: Spark, with the operator", whole, "CPU s")
    say(f"forecast {model}: operator on Spark against embedded", (whole - alone) / base, "times")


def fugue(spark, path: str) -> None:
    """The same series, model and horizon by statsforecast through Fugue."""
    from statsforecast import StatsForecast
    from statsforecast.models import AutoETS

    rows = spark.read.parquet(path).selectExpr("concat(item, '/', store) as unique_id", "cast(day as timestamp) as ds", "cast(units as double) as y")
    forecaster = StatsForecast(models=[AutoETS(season_length=7)], freq="D")
    say("statsforecast AutoETS through Fugue", timed("statsforecast", lambda: sink(forecaster.forecast(df=rows, h=28))), "CPU s")


def main() -> None:
    import duckdb
    from foresell.cluster import _open_session, session_for

    panel, series = sys.argv[1], int(sys.argv[2])
    few = f"{panel}.{series}.parquet"
    if not os.path.exists(few):
        duckdb.sql(f"""copy (select * from '{panel}' where (item, store) in
            (select (item, store) from (select distinct item, store from '{panel}') order by hash(item || store) limit {series}))
            to '{few}' (format parquet)""")
    os.environ["PYSPARK_SUBMIT_ARGS"] = "--driver-memory 4g pyspark-shell"
    spark = session_for(_open_session(f"local[{CORES}]"))
    spark.conf.set("spark.sql.shuffle.partitions", 8)
    compare(spark, panel, "snaive")
    compare(spark, panel, "auto")
    if series:
        say(f"forecast auto: {series} series on Spark", timed("forecast", lambda: sink(forecast(spark, few, "auto"))), "CPU s")
        fugue(spark, few)
    spark.stop()


if __name__ == "__main__":
    main()
