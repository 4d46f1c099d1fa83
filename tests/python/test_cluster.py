"""The Spark engine on a real cluster of two workers on this machine: the same run as embedded, table for table; and its faults."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = pytest.mark.spark
SAME = ROOT / "tests" / "cluster" / "same_tables.py"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Cluster:
    """A master and two workers of one core each, all on the loopback."""

    def __init__(self, folder: Path) -> None:
        import pyspark

        self.folder, self.home = folder, Path(pyspark.__file__).parent
        self.port, self.web = free_port(), free_port()
        self.url = f"spark://127.0.0.1:{self.port}"
        self.daemons = [self._start("master.Master", "--host", "127.0.0.1", "--port", self.port, "--webui-port", self.web)]
        self._await(0)
        self.workers = [self.worker(), self.worker()]
        self._await(2)

    def _start(self, name: str, *words: object) -> subprocess.Popen:
        log = open(self.folder / f"{name}-{time.monotonic_ns()}.log", "wb")
        environment = {**os.environ, "SPARK_HOME": str(self.home), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable,
                       "SPARK_DAEMON_MEMORY": "256m"}
        command = [self.home / "bin" / "spark-class", f"org.apache.spark.deploy.{name}", *words]
        return subprocess.Popen([str(word) for word in command], stdout=log, stderr=log, env=environment, start_new_session=True)

    def worker(self) -> subprocess.Popen:
        started = self._start("worker.Worker", self.url, "--cores", 1, "--memory", "1g", "--host", "127.0.0.1", "--webui-port", 0,
                              "--work-dir", self.folder / "work")
        self.daemons.append(started)
        return started

    def _alive(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.web}/json/", timeout=5) as answer:
            return sum(worker["state"] == "ALIVE" for worker in json.load(answer)["workers"])

    def _await(self, workers: int) -> None:
        for _ in range(240):
            try:
                if self._alive() >= workers:
                    return
            except OSError:
                pass
            time.sleep(0.25)
        raise TimeoutError("the cluster did not come up")

    def stop(self) -> None:
        for daemon in self.daemons:
            try:
                os.killpg(daemon.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            daemon.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        pytest.skip("there is no Java")
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    yield started
    started.stop()


def settings() -> dict[str, str]:
    """The environment of the program: this Python, the loopback, and few partitions, for little data."""
    folder = Path(tempfile.gettempdir()) / f"foresell-spark-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    (folder / "spark-defaults.conf").write_text("spark.sql.shuffle.partitions 4\nspark.driver.host 127.0.0.1\nspark.log.level ERROR\n")
    return {**os.environ, "FORESELL_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_CONF_DIR": str(folder)}


def foresell(*words: object, check: bool = True) -> subprocess.CompletedProcess:
    import foresell.program

    command = [str(word) for word in (foresell.program.PROGRAM, *words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=settings())
    assert not check or done.returncode == 0, done.stderr[-2000:]
    return done


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    """A project with a few faults in its files, as made by init; no run yet."""
    folder = tmp_path_factory.mktemp("shop")
    foresell("simulate", folder / "files", "--items", 40, "--stores", 2, "--customers", 300, "--days", 420, "--lines", 20000,
             "--dirt", 0.01)
    foresell("init", folder / "project", "--from", folder / "files")
    return folder / "project"


def copied(shop: Path, folder: Path) -> Path:
    shutil.copytree(shop, folder, ignore=shutil.ignore_patterns("runs"))
    return folder


def latest(project: Path) -> Path:
    return (project / "runs" / "latest").resolve()


def same(one: Path, other: Path) -> str:
    done = subprocess.run([sys.executable, SAME, one, other], capture_output=True, text=True, check=False)
    return "same" if done.returncode == 0 else done.stdout


def same_as_far(one: Path, part: Path) -> str:
    """Whether the tables of a run that made only some are those of the other."""
    done = subprocess.run([sys.executable, SAME, "--part", one, part], capture_output=True, text=True, check=False)
    return "same" if done.returncode == 0 else done.stdout


@pytest.fixture(scope="module")
def embedded(shop, tmp_path_factory) -> Path:
    project = copied(shop, tmp_path_factory.mktemp("embedded") / "project")
    foresell("run", project)
    return latest(project)


@pytest.fixture(scope="module")
def distributed(shop, cluster, tmp_path_factory) -> Path:
    project = copied(shop, tmp_path_factory.mktemp("distributed") / "project")
    done = foresell("run", project, "--engine", "spark", "--master", cluster.url)
    assert "The report is" in done.stdout
    return latest(project)


def test_every_table_is_the_same_on_both_engines(embedded, distributed):
    assert same(embedded, distributed) == "same"


def test_the_folder_of_the_run_is_the_same(embedded, distributed):
    names = [sorted(str(path.relative_to(run)) for path in run.rglob("*") if path.is_file()) for run in (embedded, distributed)]
    assert names[0] == names[1]
    told = [json.loads((run / "manifest.json").read_text()) for run in (embedded, distributed)]
    assert [m["engine"] for m in told] == ["duckdb", "spark"]
    assert [[s["name"], s["rows"]] for s in told[0]["steps"]] == [[s["name"], s["rows"]] for s in told[1]["steps"]]
    assert told[0]["accounting"] == told[1]["accounting"]


def test_the_other_engine_goes_on_where_one_has_stopped(distributed, embedded):
    project = distributed.parents[1]
    foresell("run", project, "--resume")  # nothing has changed: nothing is made again
    told = json.loads((latest(project) / "manifest.json").read_text())
    assert all(step["skipped"] for step in told["steps"])
    assert same(embedded, latest(project)) == "same"


def test_a_step_that_spark_cannot_run_is_named_and_leaves_the_run_before(shop, cluster, tmp_path):
    project = copied(shop, tmp_path / "project")
    (project / "models").mkdir(exist_ok=True)
    (project / "models" / "zz_wrong.sql").write_text(
        "-- step: zz_wrong\n-- about: a date that is none\nselect cast(item as date) as day from sales_facts cross join products\n")
    done = foresell("run", project, "--engine", "spark", "--master", cluster.url, "--only", "zz_wrong", check=False)
    assert done.returncode in (1, 2, 3) and "zz_wrong.sql" in done.stderr and "Spark: " in done.stderr
    assert not (project / "runs" / "latest").exists()


def test_a_worker_that_is_killed_costs_time_and_nothing_else(shop, cluster, embedded, tmp_path):
    project = copied(shop, tmp_path / "project")
    import foresell as package

    command = [package.program.PROGRAM, "run", project, "--engine", "spark", "--master", cluster.url, "--only", "offered"]
    run = subprocess.Popen(command, env=settings(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for _ in range(1200):
        if list(project.glob("runs/*.partial/steps/sales_lines.json")) or run.poll() is not None:
            break
        time.sleep(0.1)
    os.killpg(cluster.workers[0].pid, signal.SIGKILL)
    cluster.worker()
    out, err = run.communicate(timeout=600)
    assert run.returncode == 0, err[-2000:]
    assert same_as_far(embedded, latest(project)) == "same"


def test_a_driver_that_is_killed_leaves_no_run_and_is_resumed(shop, cluster, embedded, tmp_path):
    project = copied(shop, tmp_path / "project")
    import foresell as package

    command = [package.program.PROGRAM, "run", project, "--engine", "spark", "--master", cluster.url, "--only", "demand_cells"]
    run = subprocess.Popen(command, env=settings(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    for _ in range(1200):
        if list(project.glob("runs/*.partial/steps/offers.json")) or run.poll() is not None:
            break
        time.sleep(0.1)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert not (project / "runs" / "latest").exists()
    foresell("run", project, "--engine", "spark", "--master", cluster.url, "--only", "demand_cells", "--resume")
    told = json.loads((latest(project) / "manifest.json").read_text())
    assert any(step["skipped"] for step in told["steps"]) and not all(step["skipped"] for step in told["steps"])
    assert same_as_far(embedded, latest(project)) == "same"


def test_a_table_in_parts_is_read_as_one(spark, tmp_path):
    from foresell.cluster import write

    rows = spark.range(0, 100_000, numPartitions=4).withColumnRenamed("id", "n").orderBy("n")
    spark.conf.set("spark.sql.shuffle.partitions", "4")
    assert write(rows, tmp_path / "numbers.parquet") == 100_000
    assert (tmp_path / "numbers.parquet").is_dir()
    assert write(rows.limit(0), tmp_path / "nothing.parquet") == 0
    assert (tmp_path / "nothing.parquet").is_file()
    assert write(rows.limit(7), tmp_path / "numbers.parquet") == 7
    assert (tmp_path / "numbers.parquet").is_file()
