"""What a run costs on a cluster, by step, beside the embedded engine; see README.md. cluster.py LINES [WORKERS]; bench/cluster
gets the package and PySpark.

Of a step on Spark: CPU of its tasks in the JVM, the memory that its sorts and aggregations held at most in a task, and what went
through shuffles, from Spark's own event log. Of the whole: CPU of all processes, and the most memory that executors and their Python
workers held, sampled four times a second.
"""
from __future__ import annotations

import argparse
import collections
import json
import os
import resource
import shutil
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "cluster"), str(ROOT / "tests" / "pipeline")]

from local_cluster import Cluster, settings  # noqa: E402
from parity import compared, latest, program  # noqa: E402
from processes import below, cpu_of_all_below  # noqa: E402

WORK = ROOT / "build" / "bench"
MIB = 1 << 20


def projects_of(lines: int) -> tuple[Path, Path]:
    """Two projects, for the embedded engine and for Spark, on one simulated shop of so many lines; the shop is made once."""
    shop, first, second = WORK / f"cluster-shop-{lines}", WORK / "cluster" / "embedded", WORK / "cluster" / "distributed"
    if not shop.exists():
        program("simulate", f"{shop}.tmp", "--items", 3000, "--stores", 10, "--customers", 100_000, "--lines", lines, "--parquet")
        Path(f"{shop}.tmp").rename(shop)
    for project in (first, second):
        shutil.rmtree(project, ignore_errors=True)
    began = time.monotonic()
    program("init", first, "--from", shop)
    print(f"init: {time.monotonic() - began:.0f} s by the clock", flush=True)
    shutil.copytree(first, second)
    return first, second


# ---- what processes use ----


class Watch:
    """The most memory that the workers' processes held together, and the CPU of all processes, while it is open."""

    def __init__(self, workers: list[int]) -> None:
        self.workers, self.peak, self.ended = workers, 0, threading.Event()
        self.began = cpu_of_all_below()
        self.sampler = threading.Thread(target=self._sample, daemon=True)

    def _sample(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE")
        while not self.ended.wait(0.25):
            held = sum(int(fields[21]) * page for worker in self.workers for fields in below(worker).values())
            self.peak = max(self.peak, held)

    def __enter__(self) -> Watch:
        self.sampler.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self.ended.set()
        self.sampler.join()
        self.cpu = cpu_of_all_below() - self.began


# ---- what Spark says of its steps ----


def steps_of(log: Path) -> dict[str, collections.Counter]:
    """CPU seconds, memory and shuffled bytes of each step, by the event log."""
    name_of: dict[int, str] = {}
    costs: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    for line in log.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if event["Event"] == "SparkListenerStageSubmitted":
            said = (event.get("Properties") or {}).get("spark.job.description", "")
            name_of[event["Stage Info"]["Stage ID"]] = said.removeprefix("foresell: ")
        elif event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
            metrics, cost = event["Task Metrics"], costs[name_of.get(event["Stage ID"], "")]
            cost["cpu"] += metrics["Executor CPU Time"] / 1e9
            cost["memory"] = max(cost["memory"], metrics["Peak Execution Memory"])
            cost["shuffled"] += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
    return costs


def on_spark(project: Path, workers: int) -> tuple[dict[str, collections.Counter], Watch, float]:
    import foresell.cluster

    logs = WORK / "cluster" / "events"
    shutil.rmtree(logs, ignore_errors=True)
    (logs / "cluster").mkdir(parents=True)
    environment = settings(little=False)
    with open(Path(environment["SPARK_CONF_DIR"]) / "spark-defaults.conf", "a") as defaults:
        defaults.write(f"spark.eventLog.enabled true\nspark.eventLog.dir {logs.as_uri()}\nspark.eventLog.rolling.enabled false\n"
                       "spark.eventLog.compress false\nspark.executor.memory 3g\n")
    os.environ.update({name: value for name, value in environment.items() if name.startswith("SPARK")})
    cluster = Cluster(logs / "cluster", workers=workers, memory="3g")
    try:
        spark = foresell.cluster._open_session(cluster.url)
        began = time.monotonic()
        with Watch([worker.pid for worker in cluster.workers]) as watch:
            foresell.cluster.run(spark, project, driver_rows=0, progress=False)
        took = time.monotonic() - began
        spark.stop()
    finally:
        cluster.stop()
    return steps_of(next(path for path in logs.iterdir() if path.is_file())), watch, took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=int)
    parser.add_argument("workers", type=int, nargs="?", default=2)
    asked = parser.parse_args()
    embedded, distributed = projects_of(asked.lines)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    program("run", embedded)
    after, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"embedded: {cpu:.0f} CPU s, {took:.0f} s by the clock, {after.ru_maxrss / 1024:.0f} MiB at most", flush=True)
    costs, watch, took = on_spark(distributed, asked.workers)
    print(f"Spark, {asked.workers} workers: {watch.cpu:.0f} CPU s, {took:.0f} s by the clock, {watch.peak / MIB:.0f} MiB at most in "
          "executors and their Python")
    print(f"{'step':24} {'rows':>11} {'embedded CPU s':>15} {'Spark tasks CPU s':>18} {'MiB in a task':>14} {'MiB shuffled':>13}")
    for step in json.loads((latest(embedded) / "manifest.json").read_text())["steps"]:
        cost = costs.get(step["name"], collections.Counter())
        print(f"{step['name']:24} {step['rows']:11,} {step['cpu_seconds']:15.2f} {cost['cpu']:18.2f} {cost['memory'] / MIB:14.0f} "
              f"{cost['shuffled'] / MIB:13.1f}")
    print(compared(latest(embedded), latest(distributed))[-1])


if __name__ == "__main__":
    main()
