"""The Spark engine: `foresell run DIR --engine spark`, and `foresell.cluster.run(spark, DIR)` in a notebook.

The program does the main job; only the tables of steps that are not little are made here, where it asks for them by a line
of JSON each (src/engine/remote.c). A step is its SELECT, run unchanged, and perhaps an operator, in the executors. They share the folder
of the project, or else a scratch place that all of them reach.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

from pyspark import SparkConf
from pyspark.errors import AnalysisException, ParseException
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F

from . import program as _program
from .errors import DataError, Error, OutOfMemoryError, ResourceError, UsageError, cause
from .progress import listen, shown
from .runs import Run, parts_of, rows_of
from .scratch import Scratch
from .spark import is_connect, piped

SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxBytesPerBatch": "2147483647",  # else Spark measures the batch anew after each row of it
}
"""What the common subset of SQL and the operators need; set on a session of its own, never on the caller's."""

UNSEEN = "where the executors do not see that folder, name a place that all reach: --scratch hdfs://… or s3a://…"

AT_ONCE = 8  # steps; the program asks for no more than are independent


def _models() -> Path:
    """Where the program has its steps; beside them the prelude, which gives names one meaning on each engine."""
    folder = _program.path().resolve().parent
    places = [folder / place for place in ("../share/foresell/models", "models", "../models", "../../models")]
    for place in places:
        if (place / "prelude" / "spark.sql").is_file():
            return place
    raise Error(f"the program at {folder} has no prelude for Spark beside it", remedy="install the package again")


def _statements(sql: str) -> list[str]:
    """The prelude's statements; remarks are lines of their own."""
    text = re.sub(r"^\s*--.*$", "", sql, flags=re.M)
    return [statement for statement in text.split(";") if statement.strip()]


def _beside(spark: SparkSession) -> SparkSession:
    """A session with settings and views of its own; Spark Connect has no `newSession`, and 4.0 no `cloneSession` either."""
    if not is_connect(spark):
        return spark.newSession()
    connected: Any = spark
    connected.conf.get("spark.sql.session.timeZone")  # the server knows a session only once it was asked for something
    return cast(SparkSession, connected.cloneSession() if hasattr(connected, "cloneSession") else type(spark)(connected.client._builder))


def _named(session: SparkSession, step: str) -> None:
    """What this thread does from now on, for Spark's own pages."""
    if is_connect(session):
        session.clearTags()
        session.addTag(f"foresell: {step}")
    else:
        session.sparkContext.setJobDescription(f"foresell: {step}")


def session_for(spark: SparkSession) -> SparkSession:
    """A session beside the caller's, with the settings and the prelude that steps need.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        Any session of the cluster, also of Spark Connect; neither its settings nor its views are touched.

    Returns
    -------
    pyspark.sql.SparkSession
        Shares the cluster with `spark`, and nothing else.
    """
    session = _beside(spark)
    for name, value in SETTINGS.items():
        session.conf.set(name, value)
    for statement in _statements((_models() / "prelude" / "spark.sql").read_text(encoding="utf-8")):
        session.sql(statement)
    return session


# ---- tables ----


def _clear(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


MOUNTED = ("/Volumes/", "/Workspace/", "/dbfs/")


def _local_url(path: Path) -> str:
    """A folder that all machines see, as Spark is told of it: never a path of the cluster's default file system. What
    Databricks mounts it knows by its name alone."""
    return str(path) if str(path).startswith(MOUNTED) else path.absolute().as_uri()


def _written(df: DataFrame, url: str) -> int:
    """Writes the rows; gives how many there were by the executors' own count."""
    counted = Observation()
    df.observe(counted, F.count(F.lit(1)).alias("rows")).write.parquet(url)
    told = counted.get.get("rows")  # Spark Connect tells none where the plan came to nothing on its way
    return int(df.count() if told is None else told)


def _settle(beside: Path, path: Path) -> None:
    """Parts as a table: one file, or a folder of parts in the order of the rows; under its name only when it is whole."""
    parts = [part for part in parts_of(beside) if rows_of(part) > 0] or parts_of(beside)[:1]
    _clear(path)
    if len(parts) == 1:
        os.replace(parts[0], path)
        _clear(beside)
    else:
        for other in set(beside.iterdir()) - set(parts):
            _clear(other)
        os.replace(beside, path)


def write(df: DataFrame, path: Path, scratch: Scratch | None = None) -> tuple[int, str]:
    """Writes a table into the run, through the scratch place where there is one.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        The rows, in their order.
    path : pathlib.Path
        What the table is to be called: one file, or a folder of parts.
    scratch : Scratch, optional
        Where the executors write; default: beside `path`.

    Returns
    -------
    tuple of int and str
        How many rows it has, and where Spark reads it from now on.
    """
    for left in path.parent.glob(f"{path.name}.*.parts"):  # by a driver that was killed
        shutil.rmtree(left, ignore_errors=True)
    # a name of its own: executors of that driver may write on for a while, and must not write in here
    beside = path.with_name(f"{path.name}.{uuid.uuid4().hex[:12]}.parts")
    url = scratch.fresh(path.name) if scratch else _local_url(beside)
    rows = _written(df, url)
    if rows == 0:  # no partition has written anything
        url = scratch.fresh(path.name) if scratch else url
        df.sparkSession.createDataFrame([], df.schema).coalesce(1).write.mode("overwrite").parquet(url)
    if scratch:
        scratch.get(url, beside)
    if rows_of(beside) != rows:
        raise ResourceError(
            f"the executors have written {rows} rows of {path.stem}, but {rows_of(beside)} are in {path.parent}",
            remedy=UNSEEN,
        )
    _settle(beside, path)
    return rows, url if scratch else _local_url(path)


class Maker:
    """Makes the tables that a run asks for.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        A session of the cluster.
    scratch : str, optional
        URL of a place that all executors reach, where they do not see the folder of the project.
    """

    LARGE = 5_000_000
    """Rows of a table that the executors look through for what must hold of it; of a smaller one the program has done it before
    Spark has made a plan."""

    def __init__(self, spark: SparkSession, scratch: str | None = None) -> None:
        self._session = session_for(spark)
        self._scratch = Scratch(self._session, scratch) if scratch else None
        self._lock = threading.Lock()
        self._seen: dict[str, str] = {}
        self._urls: dict[Path, str] = {}  # where Spark reads a table of the run

    def _url(self, path: Path) -> str:
        """Tables that the program made, or took over from an earlier run, are put into the scratch place here."""
        if path not in self._urls:
            self._urls[path] = self._scratch.put(path, path.name) if self._scratch else _local_url(path)
        return self._urls[path]

    def _attach(self, name: str, path: Path) -> None:
        with self._lock:
            if name != "numbers" and self._seen.get(name) != self._url(path):
                self._session.read.parquet(self._url(path)).createOrReplaceTempView(f"`{name}`")
                self._seen[name] = self._url(path)

    def _table(self, asked: dict[str, Any]) -> DataFrame:
        rows = self._session.sql(asked["sql"])
        operator = asked["operator"]
        if operator:
            return piped(rows, operator["name"], operator["options"], operator["group"], operator["order"], in_order=True)
        if asked["sort"]:
            rows.createOrReplaceTempView(f"`{asked['step']} unsorted`")
            return self._session.sql(f"select * from \"{asked['step']} unsorted\" order by {asked['sort']}")
        return rows

    def _sound(self, asked: dict[str, Any], path: Path) -> bool:
        """Does all hold of a table what must? Where not, or where Spark cannot say, the program looks itself and tells the rows."""
        self._attach(asked["step"], path)
        try:
            return all(self._session.sql(check).collect()[0][0] == 0 for check in asked["checks"])
        except Exception:  # noqa: BLE001 - a condition that fails is told better by the program
            return False

    def make(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Makes one table and gives the answer that the program waits for; no fault escapes."""
        path = Path(asked["path"])
        inputs = {name: path.with_name(f"{name}.parquet") for name in asked["inputs"]}
        try:
            _named(self._session, asked["step"])
            for name, table in inputs.items():
                self._attach(name, table)
            rows, self._urls[path] = write(self._table(asked), path, self._scratch)
            return {"id": asked["id"], "rows": rows, "sound": rows >= self.LARGE and self._sound(asked, path)}
        except Exception as fault:  # noqa: BLE001 - whatever it is, the program has to hear of it
            there = [table for table in inputs.values() if f"{table} does not exist" in str(fault) and table.exists()]
            if there and not self._scratch:
                fault = ResourceError(f"the executors do not see {there[0]}", remedy=UNSEEN)
            return {"id": asked["id"], **_told(fault)}


    def close(self) -> None:
        """Clears the scratch place."""
        if self._scratch:
            self._scratch.remove()


KINDS = {DataError: "data", UsageError: "usage", OutOfMemoryError: "memory", ResourceError: "resource"}


def _told(fault: Exception) -> dict[str, str]:
    """A fault as the program wants it: in a line, with what it is."""
    kind = next((name for known, name in KINDS.items() if isinstance(fault, known)), None)
    if isinstance(fault, Error) and kind:
        return {"error": fault.message, "status": kind, "remedy": fault.remedy or ""}
    ours = re.search(r"foresell\.errors\.(\w+): (.*)", str(fault))
    if ours:
        status = {known.__name__: name for known, name in KINDS.items()}.get(ours[1], "failed")
        return {"error": ours[2].strip(), "status": status}
    if isinstance(fault, (AnalysisException, ParseException)):
        return {"error": "Spark: " + " ".join(str(fault).split())[:600], "status": "usage"}
    if isinstance(fault, OSError):
        return {"error": str(fault), "status": "resource"}
    return {"error": "Spark: " + cause(fault), "status": "failed"}


# ---- the run ----


def _serve(maker: Maker, requests: int, answers: int) -> None:
    """Answers until the program has ended; several steps at once."""
    lock = threading.Lock()

    def answer(line: str) -> None:
        text = json.dumps(maker.make(json.loads(line))) + "\n"
        with lock:
            try:
                os.write(answers, text.encode())
            except BrokenPipeError:
                pass  # the program is gone: nobody waits

    with os.fdopen(requests, encoding="utf-8") as lines, ThreadPoolExecutor(AT_ONCE) as pool:
        for line in lines:
            pool.submit(answer, line)


def _run(
    maker: Maker, words: Sequence[str], heard: Callable[[subprocess.Popen[str]], object] | None = None, **popen: Any
) -> int:
    """Starts the program on a project, makes what it asks for, and waits for its end; `heard` reads its pipes meanwhile."""
    our_requests, their_requests = os.pipe()
    their_answers, our_answers = os.pipe()
    command = [str(_program.path()), "run", *words, "--engine=spark", f"--maker={their_requests},{their_answers}"]
    with subprocess.Popen(command, pass_fds=(their_requests, their_answers), **popen) as child, ThreadPoolExecutor(1) as pool:
        os.close(their_requests)
        os.close(their_answers)
        listener = pool.submit(heard, child) if heard else None
        try:
            _serve(maker, our_requests, our_answers)
        except BaseException:
            child.terminate()
            raise
        finally:
            os.close(our_answers)
            maker.close()
        if listener:
            listener.result()
    return child.returncode


def run(
    spark: SparkSession,
    project: str | os.PathLike[str],
    *,
    only: str | None = None,
    resume: bool = False,
    memory: str | None = None,
    scratch: str | None = None,
    driver_rows: int | None = None,
    progress: bool | None = None,
) -> Run:
    """Does the main job on a project with the steps on Spark.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        A session of the cluster; steps get one of their own beside it.
    project : path
        The folder with `foresell.yaml`.
    only : str, optional
        Makes this step and what it needs, nothing else.
    resume : bool
        Goes on with a run that was cut short, on whichever engine.
    memory : str, optional
        At most this much memory for the program beside the driver, as "2GiB".
    scratch : str, optional
        A place that the driver and all executors reach, as "hdfs://head:8020/tmp" or "s3a://bucket/scratch", for the tables
        while the run lasts; default: the folder of the project, which then all of them must see under the same name.
    driver_rows : int, optional
        Steps whose inputs have fewer rows, all together, are made beside the driver by the program, which has done it before
        Spark has made a plan; default: 100,000; 0: none.
    progress : bool, optional
        Shows how far it is; default: in notebooks and on terminals.

    Returns
    -------
    foresell.Run
        Where the tables and the report are.

    Examples
    --------
    >>> done = foresell.cluster.run(spark, "shop")  # doctest: +SKIP
    """
    maker = Maker(spark, scratch)
    where, said = shown(progress), ["", ""]
    words = [os.path.abspath(os.fspath(project)), *_program.for_machines(where)]
    words += _program.words({"only": only, "memory": memory, "resume": resume, "driver-rows": driver_rows})

    def hear(child: subprocess.Popen[str]) -> None:
        said[:] = listen(child, where)

    try:
        code = _run(maker, words, hear, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    finally:
        where.close()
    return _program.run_of(_program.answer(code, *said))


def _s3_settings() -> dict[str, str]:
    """What Spark does not take from the usual AWS_… variables by itself, as the embedded engine does."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    settings = {"endpoint": endpoint, "endpoint.region": region or ""}
    if endpoint and "amazonaws.com" not in endpoint:  # only Amazon's own serves each bucket under a name of its own
        settings["path.style.access"] = "true"
    return {f"spark.hadoop.fs.s3a.{name}": value for name, value in settings.items() if value}


ARROW = "-Darrow.enable_unsafe_memory_access=true -Darrow.enable_null_check_for_get=false"
"""Arrow's Java looks at each bound once more before it writes a value: half of what it costs to bring rows to an operator."""


def _hasten() -> dict[str, str]:
    """Options of Java for the driver, which is yet to start, and for the executors; beside those that are set elsewhere."""
    given = os.environ.get("SPARK_SUBMIT_OPTS", "").replace(ARROW, "").strip()  # by an earlier session of this process
    os.environ["SPARK_SUBMIT_OPTS"] = f"{given} {ARROW}".strip()
    return {"spark.executorEnv.JDK_JAVA_OPTIONS": ARROW}


def _open_session(master: str | None) -> SparkSession:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if (master or "").startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    conf = SparkConf().setAppName("foresell").set("spark.ui.showConsoleProgress", "false")
    conf.setIfMissing("spark.ui.enabled", "false")  # it would listen on every address of the machine
    for name, value in {**_s3_settings(), **_hasten()}.items():
        conf.setIfMissing(name, value)
    if master:
        conf.setMaster(master)
    session = SparkSession.builder.config(conf=conf).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def main(words: Sequence[str] | None = None) -> int:
    """What `foresell run DIR --engine spark` becomes; also for `spark-submit`."""
    given = list(sys.argv[1:] if words is None else words)
    parser = argparse.ArgumentParser(prog="foresell run --engine spark", description="Runs the steps of a project on Spark.")
    parser.add_argument("project")
    parser.add_argument("--master")
    parser.add_argument("--scratch")
    known, _ = parser.parse_known_args(given)
    session = _open_session(known.master)
    try:
        rest = [os.path.abspath(known.project) if word == known.project else word for word in given]
        return _run(Maker(session, known.scratch), rest)
    except ResourceError as fault:
        print(f"foresell: {fault}", file=sys.stderr)
        return 4
    finally:
        session.stop()


if __name__ == "__main__":
    sys.exit(main())
