"""The Spark engine where driver and executors share no folder, or not even a process: scratch places on S3 and HDFS, YARN, Connect."""

import json
import subprocess
import sys

import hdfs
import pytest
import yarn
from local_cluster import Cluster, s3_jars, settings, without
from source_servers import s3
from spark_runs import MOSTLY_ON_SPARK, ON_SPARK, copied, foresell, latest, same_as_far

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def apart(skewed, tmp_path_factory):
    """A cluster whose workers do not see the folder of the project; and that project."""
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("folders cannot be hidden from the workers here")
    project = copied(skewed, tmp_path_factory.mktemp("apart") / "project")
    started = Cluster(tmp_path_factory.mktemp("cluster_apart"), hidden=project)
    yield started, project
    started.stop()


def test_executors_that_do_not_see_the_folder_are_told_of(apart):
    cluster, project = apart
    done = foresell("run", project, *ON_SPARK, "--master", cluster.url, "--only", "text_kinds", check=False)
    assert done.returncode == 4 and "--scratch" in done.stderr
    assert not (project / "runs" / "latest").exists()


def test_a_scratch_place_on_s3_gives_the_same_tables_and_is_left_empty(apart, embedded, tmp_path):
    if not s3_jars():
        pytest.skip("the jars that this Spark needs for S3 are not here (tests/python/test gets them where there is Maven)")
    cluster, project = apart
    (tmp_path / "buckets" / "shop").mkdir(parents=True)
    with s3(tmp_path / "buckets") as store:
        words = ["run", project, *MOSTLY_ON_SPARK, "--master", cluster.url, "--scratch", "s3a://shop/scratch", "--only", "offered"]
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
            words = [*MOSTLY_ON_SPARK, "--master", "yarn", "--scratch", "hdfs:///scratch", "--only", "offered"]
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
done = foresell.run(spark, sys.argv[1], only=sys.argv[2], driver_rows=15000, progress=False)
assert not hasattr(spark, "newSession"), "this is no session of Spark Connect"
assert spark.catalog.listTables() == [], "the caller's session has views of the run"
try:
    foresell.run(spark, sys.argv[1], scratch="hdfs://nowhere/tmp", progress=False)
except foresell.UsageError as fault:
    print("refused:", fault)
"""


def test_a_session_of_spark_connect_will_do(skewed, embedded, tmp_path):
    """As notebooks have it where the cluster is shared: no JVM beside Python, steps asked for over the network."""
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    pytest.importorskip("grpc", reason="what Spark Connect needs is not installed")
    project = copied(skewed, tmp_path / "project")
    command = [sys.executable, "-c", CONNECTED, project, "outliers_item_store"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=settings(PYSPARK_PYTHON=sys.executable))
    assert done.returncode == 0, done.stderr[-2000:]
    assert "refused: a scratch place needs a classic session" in done.stdout
    assert same_as_far(embedded, latest(project)) == "same"
