"""The Spark engine on a real cluster of two workers on this machine: the same run as embedded, table for table; and its faults."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from local_cluster import Cluster, settings
from spark_runs import MOSTLY_ON_SPARK, ON_SPARK, copied, foresell, latest, same, same_as_far

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        pytest.skip("there is no Java")
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def distributed(skewed, cluster, tmp_path_factory) -> Path:
    project = copied(skewed, tmp_path_factory.mktemp("distributed") / "project")
    done = foresell("run", project, *ON_SPARK, "--master", cluster.url)
    assert "The report is" in done.stdout
    return latest(project)


def test_every_table_is_the_same_on_both_engines(embedded, distributed):
    assert same(embedded, distributed) == "same"


def contents(run: Path) -> list[str]:
    """The files of a run; a table is one file, or a folder of parts where it is larger, and counts as one by its name."""
    return sorted({re.sub(r"(\.parquet)/part-[^/]*$", r"\1", str(path.relative_to(run))) for path in run.rglob("*") if path.is_file()})


def test_the_folder_of_the_run_is_the_same(embedded, distributed):
    names = [contents(run) for run in (embedded, distributed)]
    assert names[0] == names[1]
    assert all(path.is_file() for path in embedded.glob("tables/*"))
    told = [json.loads((run / "manifest.json").read_text()) for run in (embedded, distributed)]
    assert [m["engine"] for m in told] == ["duckdb", "spark"]
    assert [[s["name"], s["rows"]] for s in told[0]["steps"]] == [[s["name"], s["rows"]] for s in told[1]["steps"]]
    assert all({s["name"]: s["rows"] for s in told[0]["steps"]}[name] > 0 for name in ("order_lines", "stock_levels", "order_replay"))
    assert told[0]["accounting"] == told[1]["accounting"]


def test_the_other_engine_goes_on_where_one_has_stopped(distributed, embedded):
    project = distributed.parents[1]
    foresell("run", project, "--resume")  # nothing has changed: nothing is made again
    told = json.loads((latest(project) / "manifest.json").read_text())
    assert all(step["skipped"] for step in told["steps"])
    assert same(embedded, latest(project)) == "same"


def test_what_is_little_is_made_beside_the_driver_and_nothing_differs(skewed, cluster, embedded, tmp_path):
    project = copied(skewed, tmp_path / "project")
    foresell("run", project, "--engine", "spark", "--master", cluster.url, "--driver-rows", 30000, "--only", "peaks")
    told = json.loads((latest(project) / "manifest.json").read_text())
    engines = {step["name"]: step["engine"] for step in told["steps"]}
    assert engines["peaks"] == "spark" and "duckdb" in engines.values()
    assert same_as_far(embedded, latest(project)) == "same"


def test_a_step_that_spark_cannot_run_is_named_and_leaves_the_run_before(skewed, cluster, tmp_path):
    project = copied(skewed, tmp_path / "project")
    (project / "models").mkdir(exist_ok=True)
    (project / "models" / "zz_wrong.sql").write_text(
        "-- step: zz_wrong\n-- about: a date that is none\nselect cast(item as date) as day from sales_facts cross join products\n")
    done = foresell("run", project, *ON_SPARK, "--master", cluster.url, "--only", "zz_wrong", check=False)
    assert done.returncode in (1, 2, 3) and "zz_wrong.sql" in done.stderr and "Spark: " in done.stderr
    assert not (project / "runs" / "latest").exists()


def test_what_must_hold_of_a_large_table_is_asked_of_the_executors(spark, skewed, tmp_path, monkeypatch):
    import foresell
    import foresell.cluster as engine

    told: list[tuple[str, bool]] = []
    ask = engine.Maker._sound
    monkeypatch.setattr(engine.Maker, "LARGE", 0)
    monkeypatch.setattr(engine.Maker, "_sound", lambda self, asked, path: told.append((asked["step"], ask(self, asked, path))) or told[-1][1])
    project = copied(skewed, tmp_path / "project")
    engine.run(spark, project, only="demand_cells", driver_rows=0)
    assert len(told) > 10 and all(sound for _, sound in told)
    (project / "models").mkdir(exist_ok=True)
    (project / "models" / "zz_broken.sql").write_text(
        "-- step: zz_broken\n-- about: more lines than one of an item\n-- expect: unique(item); units > 0\n"
        "select item, units from sales_lines\n")
    messages = []
    for run in (lambda: engine.run(spark, project, only="zz_broken", driver_rows=0), lambda: foresell.run(project, only="zz_broken")):
        with pytest.raises(foresell.DataError) as fault:
            run()
        messages.append(str(fault.value))
    assert told[-1] == ("zz_broken", False)
    assert messages[0] == messages[1] and "break unique(item)" in messages[0]


def await_step(project: Path, step: str, run: subprocess.Popen) -> None:
    for _ in range(3000):
        if list(project.glob(f"runs/*.partial/steps/{step}.json")) or run.poll() is not None:
            return
        time.sleep(0.1)


def python_workers(cluster: Cluster) -> list[int]:
    """Processes in which kernels run: children of PySpark's daemons, below the cluster's workers."""
    found = subprocess.run(["pgrep", "-f", "pyspark.daemon"], capture_output=True, text=True, check=False).stdout.split()
    groups = {daemon.pid for daemon in cluster.daemons}
    return [int(pid) for pid in found if os.path.exists(f"/proc/{pid}") and os.getpgid(int(pid)) in groups]


def test_what_breaks_in_the_executors_costs_time_and_nothing_else(skewed, cluster, embedded, tmp_path):
    """Files of a shuffle lost, a kernel's process crashed in the middle of a task, and a whole worker killed, all in one run."""
    project = copied(skewed, tmp_path / "project")
    import foresell as package

    command = [package.program.path(), "run", project, *MOSTLY_ON_SPARK, "--master", cluster.url, "--only", "outliers_item_store"]
    run = subprocess.Popen(command, env=settings(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    await_step(project, "sales_facts", run)
    lost = list(cluster.local.rglob("shuffle_*.data"))
    for path in lost:
        path.unlink(missing_ok=True)
    await_step(project, "sales_lines", run)
    os.killpg(cluster.workers[0].pid, signal.SIGKILL)
    cluster.worker()
    crashed: list[int] = []
    while not crashed and run.poll() is None:
        time.sleep(0.02)
        crashed = python_workers(cluster)
    for process in crashed:
        os.kill(process, signal.SIGSEGV)
    out, err = run.communicate(timeout=900)
    assert run.returncode == 0, err[-2000:]
    assert lost and crashed
    assert same_as_far(embedded, latest(project)) == "same"


def test_a_driver_that_is_killed_leaves_no_run_and_is_resumed(skewed, cluster, embedded, tmp_path):
    project = copied(skewed, tmp_path / "project")
    import foresell as package

    command = [package.program.path(), "run", project, *MOSTLY_ON_SPARK, "--master", cluster.url, "--only", "demand_cells"]
    run = subprocess.Popen(command, env=settings(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    await_step(project, "offers", run)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert not (project / "runs" / "latest").exists()
    foresell("run", project, *MOSTLY_ON_SPARK, "--master", cluster.url, "--only", "demand_cells", "--resume")
    told = json.loads((latest(project) / "manifest.json").read_text())
    assert any(step["skipped"] for step in told["steps"]) and not all(step["skipped"] for step in told["steps"])
    assert same_as_far(embedded, latest(project)) == "same"


def test_a_table_in_parts_is_read_as_one(spark, tmp_path):
    from foresell.cluster import write as written

    def write(rows, path):
        return written(rows, path)[0]

    rows = spark.range(0, 100_000, numPartitions=4).withColumnRenamed("id", "n").orderBy("n")
    spark.conf.set("spark.sql.shuffle.partitions", "4")
    assert write(rows, tmp_path / "numbers.parquet") == 100_000
    assert (tmp_path / "numbers.parquet").is_dir()
    assert write(rows.limit(0), tmp_path / "nothing.parquet") == 0
    assert (tmp_path / "nothing.parquet").is_file()
    assert write(rows.limit(7), tmp_path / "numbers.parquet") == 7
    assert (tmp_path / "numbers.parquet").is_file()
