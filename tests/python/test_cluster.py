"""The Spark engine on a real cluster of two workers on this machine: the same run as embedded, table for table; and its faults."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import hdfs
import pytest
import yarn
from conftest import ROOT
from local_cluster import Cluster, s3_jars, settings, without
from source_servers import s3

pytestmark = pytest.mark.spark
SAME = ROOT / "tests" / "cluster" / "same_tables.py"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        pytest.skip("there is no Java")
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    yield started
    started.stop()


def foresell(*words: object, check: bool = True, **environment: str) -> subprocess.CompletedProcess:
    import foresell.program

    command = [str(word) for word in (foresell.program.path(), *words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=settings(**environment))
    assert not check or done.returncode == 0, done.stderr[-2000:]
    return done


def skew(file: Path) -> None:
    """Lines of one item more, until it has over a tenth of all."""
    lines = file.read_text(encoding="utf-8").splitlines()
    sound = [line.split(",") for line in lines[1:] if line.count(",") == lines[0].count(",") and '"' not in line]
    item = lines[0].split(",").index("product_id")
    more = [[str(10**6 + i), *line[1:item], "P000001", *line[item + 1 :]] for i, line in enumerate(sound[::8])]
    file.write_text("\n".join([*lines, *map(",".join, more)]) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    """A project with a few faults in its files, and an item with over a tenth of all lines, as made by init; no run yet."""
    folder = tmp_path_factory.mktemp("shop")
    foresell("simulate", folder / "files", "--items", 40, "--stores", 2, "--customers", 300, "--days", 420, "--lines", 20000,
             "--dirt", 0.01)
    skew(folder / "files" / "sales.csv")
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


def test_what_must_hold_of_a_large_table_is_asked_of_the_executors(spark, shop, tmp_path, monkeypatch):
    import foresell
    import foresell.cluster as engine

    told: list[tuple[str, bool]] = []
    ask = engine.Maker._sound
    monkeypatch.setattr(engine.Maker, "LARGE", 0)
    monkeypatch.setattr(engine.Maker, "_sound", lambda self, asked, path: told.append((asked["step"], ask(self, asked, path))) or told[-1][1])
    project = copied(shop, tmp_path / "project")
    engine.run(spark, project, only="demand_cells")
    assert len(told) > 10 and all(sound for _, sound in told)
    (project / "models").mkdir(exist_ok=True)
    (project / "models" / "zz_broken.sql").write_text(
        "-- step: zz_broken\n-- about: more lines than one of an item\n-- expect: unique(item); units > 0\n"
        "select item, units from sales_lines\n")
    messages = []
    for run in (lambda: engine.run(spark, project, only="zz_broken"), lambda: foresell.run(project, only="zz_broken")):
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


def test_what_breaks_in_the_executors_costs_time_and_nothing_else(shop, cluster, embedded, tmp_path):
    """Files of a shuffle lost, a kernel's process crashed in the middle of a task, and a whole worker killed, all in one run."""
    project = copied(shop, tmp_path / "project")
    import foresell as package

    command = [package.program.path(), "run", project, "--engine", "spark", "--master", cluster.url, "--only", "outliers_item_store"]
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


def test_a_driver_that_is_killed_leaves_no_run_and_is_resumed(shop, cluster, embedded, tmp_path):
    project = copied(shop, tmp_path / "project")
    import foresell as package

    command = [package.program.path(), "run", project, "--engine", "spark", "--master", cluster.url, "--only", "demand_cells"]
    run = subprocess.Popen(command, env=settings(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    await_step(project, "offers", run)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert not (project / "runs" / "latest").exists()
    foresell("run", project, "--engine", "spark", "--master", cluster.url, "--only", "demand_cells", "--resume")
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


# ---- machines that share no folder ----


@pytest.fixture(scope="module")
def apart(shop, tmp_path_factory):
    """A cluster whose workers do not see the folder of the project; and that project."""
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("folders cannot be hidden from the workers here")
    project = copied(shop, tmp_path_factory.mktemp("apart") / "project")
    started = Cluster(tmp_path_factory.mktemp("cluster_apart"), hidden=project)
    yield started, project
    started.stop()


def test_executors_that_do_not_see_the_folder_are_told_of(apart):
    cluster, project = apart
    done = foresell("run", project, "--engine", "spark", "--master", cluster.url, "--only", "text_kinds", check=False)
    assert done.returncode == 4 and "--scratch" in done.stderr
    assert not (project / "runs" / "latest").exists()


def test_a_scratch_place_on_s3_gives_the_same_tables_and_is_left_empty(apart, embedded, tmp_path):
    if not s3_jars():
        pytest.skip("the jars that this Spark needs for S3 are not here (tests/python/test gets them where there is Maven)")
    cluster, project = apart
    (tmp_path / "buckets" / "shop").mkdir(parents=True)
    with s3(tmp_path / "buckets") as store:
        words = ["run", project, "--engine", "spark", "--master", cluster.url, "--scratch", "s3a://shop/scratch", "--only", "offered"]
        done = foresell(*words, **store)
        wrong = foresell(*words, check=False, **{**store, "AWS_SECRET_ACCESS_KEY": "n0t-the-key"})
    assert same_as_far(embedded, latest(project)) == "same"
    assert not [path for path in (tmp_path / "buckets" / "shop").rglob("*") if path.is_file()]
    assert wrong.returncode == 4 and "s3a://shop/scratch" in wrong.stderr
    for said in (done.stdout, done.stderr, wrong.stdout, wrong.stderr):
        assert store["AWS_SECRET_ACCESS_KEY"] not in said and "n0t-the-key" not in said


def test_yarn_with_a_scratch_place_on_hdfs_gives_the_same_tables_and_leaves_nothing_there(apart, embedded, tmp_path):
    _, project = apart
    try:
        with hdfs.cluster(tmp_path / "hdfs") as store, yarn.cluster(tmp_path / "yarn", store, without(project)) as machines:
            words = ["--engine", "spark", "--master", "yarn", "--scratch", "hdfs:///scratch", "--only", "offered"]
            foresell("run", project, *words, HADOOP_CONF_DIR=str(machines.conf))
            ended = [(done["name"], done["finalStatus"]) for done in machines.applications()]
            left = json.loads(store.ask("GET", "/scratch", "op=LISTSTATUS").read())
    except hdfs.NotHere as reason:
        pytest.skip(str(reason))
    assert ended == [("foresell", "SUCCEEDED")]
    assert left["FileStatuses"]["FileStatus"] == []
    assert same_as_far(embedded, latest(project)) == "same"


CONNECTED = """
import sys
from pyspark.sql import SparkSession
import foresell

spark = SparkSession.builder.remote("local[2]").getOrCreate()
done = foresell.run(spark, sys.argv[1], only=sys.argv[2], progress=False)
assert not hasattr(spark, "newSession"), "this is no session of Spark Connect"
assert spark.catalog.listTables() == [], "the caller's session has views of the run"
try:
    foresell.run(spark, sys.argv[1], scratch="hdfs://nowhere/tmp", progress=False)
except foresell.UsageError as fault:
    print("refused:", fault)
"""


def test_a_session_of_spark_connect_will_do(shop, embedded, tmp_path):
    """As notebooks have it where the cluster is shared: no JVM beside Python, steps asked for over the network."""
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    pytest.importorskip("grpc", reason="what Spark Connect needs is not installed")
    project = copied(shop, tmp_path / "project")
    command = [sys.executable, "-c", CONNECTED, project, "outliers_item_store"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=settings(PYSPARK_PYTHON=sys.executable))
    assert done.returncode == 0, done.stderr[-2000:]
    assert "refused: a scratch place needs a classic session" in done.stdout
    assert same_as_far(embedded, latest(project)) == "same"
