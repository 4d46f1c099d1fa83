"""What the tests of the package share: made-up rows, a made-up shop and its run, one Spark session."""

import datetime
import os
import random
import shutil
import sys
from pathlib import Path

import foresell
import pyarrow as pa
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "pipeline"), str(ROOT / "tests" / "cluster")]
import spark_runs  # noqa: E402
from local_cluster import INTERPRETED, QUICK  # noqa: E402

os.environ["SPARK_SUBMIT_OPTS"] = QUICK  # of Spark's drivers, also those of lessons
MONDAY = datetime.date(2024, 1, 1)


def sales(lengths: dict, seed: int = 1) -> pa.Table:
    """Rows of items with that many days each, shuffled: item, day, units."""
    draw = random.Random(seed)
    rows = [
        (item, MONDAY + datetime.timedelta(day), 5.0 + 3 * (day % 7) + draw.random())
        for item, days in lengths.items()
        for day in range(days)
    ]
    draw.shuffle(rows)
    columns = [list(column) for column in zip(*rows)] or [[], [], []]
    item = pa.array(columns[0], pa.string() if all(isinstance(key, (str, type(None))) for key in lengths) else None)
    return pa.table({"item": item, "day": pa.array(columns[1], pa.date32()), "units": pa.array(columns[2], pa.float64())})


def first_rows(table: pa.Table, column: str = "item") -> list:
    """The values of a column in the order of their first rows."""
    return list(dict.fromkeys(table[column].to_pylist()))


@pytest.fixture
def shop() -> pa.Table:
    return sales({"b": 70, "a": 91, "d": 64, "c": 80})


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Path:
    """A made-up shop: more stores and products than a chart has panels, two categories, and a Christmas."""
    folder = tmp_path_factory.mktemp("shop")
    files = foresell.simulate(folder / "files", items=100, stores=8, customers=100, days=420, lines=9000)
    return foresell.init(folder / "project", files).folder


@pytest.fixture(scope="session")
def done(project) -> foresell.Run:
    """Its run."""
    return foresell.run(project, threads=2, memory="1GiB")


@pytest.fixture(scope="session")
def again(tmp_path_factory, project, done) -> Path:
    """The same shop, for those who run it once more: the latest run of the other stays what it was."""
    return Path(shutil.copytree(project, tmp_path_factory.mktemp("again") / "project", symlinks=True))


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """Spark on two cores of this machine; skipped where Java or PySpark is missing."""
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        pytest.skip("there is no Java")
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"  # also where the machine's name leads nowhere
    builder = SparkSession.builder.master("local[2]").appName("foresell")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "3",
        "spark.sql.adaptive.coalescePartitions.enabled": "false",
        "spark.log.level": "ERROR",
        **INTERPRETED,
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="session")
def skewed(tmp_path_factory) -> Path:
    """A project with a few faults in its files, an item with over a tenth of all lines and items that nobody counts, as made by init; no run yet."""
    folder = tmp_path_factory.mktemp("shop")
    spark_runs.foresell("simulate", folder / "files", "--items", 40, "--stores", 2, "--customers", 300, "--days", 420, "--lines", 20000,
                        "--dirt", 0.01)
    spark_runs.skew(folder / "files" / "sales.csv")
    spark_runs.uncount(folder / "files" / "stock.csv")
    spark_runs.foresell("init", folder / "project", "--from", folder / "files")
    return folder / "project"


@pytest.fixture(scope="session")
def embedded(skewed, tmp_path_factory) -> Path:
    project = spark_runs.copied(skewed, tmp_path_factory.mktemp("embedded") / "project")
    spark_runs.foresell("run", project)
    return spark_runs.latest(project)
