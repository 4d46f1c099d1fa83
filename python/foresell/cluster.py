"""The Spark engine: `foresell run DIR --engine spark`, and `foresell.cluster.run(spark, DIR)` in a notebook.

The program does the main job; only the tables of steps are made here, where it asks for them by a line of JSON each
(src/engine/remote.c). A step is its SELECT, run unchanged, and perhaps an operator, in the executors. The folder of the
project must be one that the driver and all executors see under the same name.
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
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pyspark import SparkConf
from pyspark.errors import AnalysisException, ParseException
from pyspark.sql import DataFrame, SparkSession

from . import program as _program
from .errors import Error
from .spark import piped

SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
}
"""What the common subset of SQL needs; set on a session of its own, never on the caller's."""

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


def session_for(spark: SparkSession) -> SparkSession:
    """A session beside the caller's, with the settings and the prelude that steps need.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        Any session of the cluster; neither its settings nor its views are touched.

    Returns
    -------
    pyspark.sql.SparkSession
        Shares the cluster with `spark`, and nothing else.
    """
    session = spark.newSession()
    for name, value in SETTINGS.items():
        session.conf.set(name, value)
    for statement in _statements((_models() / "prelude" / "spark.sql").read_text(encoding="utf-8")):
        session.sql(statement)
    return session


# ---- tables ----


def _parts(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.parquet") if path.name[0] not in "._")


def _rows(path: Path) -> int:
    files = _parts(path) if path.is_dir() else [path]
    return sum(pq.ParquetFile(file).metadata.num_rows for file in files)


def _clear(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write(df: DataFrame, path: Path) -> int:
    """Writes a table: one file, or a folder of parts in the order of the rows; under its name only when it is whole.

    Returns
    -------
    int
        How many rows it has.
    """
    for left in path.parent.glob(f"{path.name}.*.parts"):  # by a driver that was killed
        shutil.rmtree(left, ignore_errors=True)
    # a name of its own: executors of that driver may write on for a while, and must not write in here
    beside = path.with_name(f"{path.name}.{uuid.uuid4().hex[:12]}.parts")
    df.write.parquet(str(beside))
    if not _parts(beside):  # no partition had a row
        _clear(beside)
        df.sparkSession.createDataFrame([], df.schema).coalesce(1).write.parquet(str(beside))
    parts = [part for part in _parts(beside) if _rows(part) > 0] or _parts(beside)[:1]
    _clear(path)
    if len(parts) == 1:
        os.replace(parts[0], path)
        _clear(beside)
    else:
        for other in set(beside.iterdir()) - set(parts):
            _clear(other)
        os.replace(beside, path)
    return _rows(path)


class Maker:
    """Makes the tables that a run asks for.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        A session of the cluster.
    """

    def __init__(self, spark: SparkSession) -> None:
        self._session = session_for(spark)
        self._lock = threading.Lock()
        self._seen: dict[str, Path] = {}

    def _attach(self, name: str, path: Path) -> None:
        with self._lock:
            if name != "numbers" and self._seen.get(name) != path:
                self._session.read.parquet(str(path)).createOrReplaceTempView(f"`{name}`")
                self._seen[name] = path

    def _table(self, asked: dict[str, Any]) -> DataFrame:
        rows = self._session.sql(asked["sql"])
        operator = asked["operator"]
        if operator:
            return piped(rows, operator["name"], operator["options"], operator["group"], operator["order"], in_order=True)
        if asked["sort"]:
            rows.createOrReplaceTempView(f"`{asked['step']} unsorted`")
            return self._session.sql(f"select * from \"{asked['step']} unsorted\" order by {asked['sort']}")
        return rows

    def make(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Makes one table and gives the answer that the program waits for; no fault escapes."""
        path = Path(asked["path"])
        try:
            for name in asked["inputs"]:
                self._attach(name, path.with_name(f"{name}.parquet"))
            return {"id": asked["id"], "rows": write(self._table(asked), path)}
        except Exception as fault:  # noqa: BLE001 - whatever it is, the program has to hear of it
            return {"id": asked["id"], **_told(fault)}


def _told(fault: Exception) -> dict[str, str]:
    """A fault as the program wants it: in a line, with what it is."""
    text = str(fault)
    ours = re.search(r"foresell\.errors\.(\w+): (.*)", text)
    if ours:
        kind = {"DataError": "data", "UsageError": "usage", "ResourceError": "resource", "OutOfMemoryError": "memory"}
        return {"error": ours[2].strip(), "status": kind.get(ours[1], "failed")}
    if isinstance(fault, (AnalysisException, ParseException)):
        return {"error": "Spark: " + " ".join(text.split())[:600], "status": "usage"}
    if isinstance(fault, OSError):
        return {"error": text, "status": "resource"}
    return {"error": "Spark: " + " ".join(text.split())[:600], "status": "failed"}


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


def _run(spark: SparkSession, words: Sequence[str], **popen: Any) -> subprocess.Popen[str]:
    """Starts the program on a project, makes what it asks for, and waits for its end."""
    maker = Maker(spark)
    our_requests, their_requests = os.pipe()
    their_answers, our_answers = os.pipe()
    command = [str(_program.path()), "run", *words, "--engine=spark", f"--maker={their_requests},{their_answers}"]
    with subprocess.Popen(command, pass_fds=(their_requests, their_answers), **popen) as child:
        os.close(their_requests)
        os.close(their_answers)
        try:
            _serve(maker, our_requests, our_answers)
        except BaseException:
            child.terminate()
            raise
        finally:
            os.close(our_answers)
        if child.stdout or child.stderr:
            child.said, child.told = child.communicate()  # type: ignore[attr-defined]
    return child


def run(
    spark: SparkSession,
    project: str | os.PathLike[str],
    *,
    only: str | None = None,
    resume: bool = False,
    memory: str | None = None,
) -> _program.Run:
    """Does the main job on a project with the steps on Spark.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        A session of the cluster; steps get one of their own beside it.
    project : path
        The folder with `foresell.yaml`; the driver and all executors see it under this name.
    only : str, optional
        Makes this step and what it needs, nothing else.
    resume : bool
        Goes on with a run that was cut short, on whichever engine.
    memory : str, optional
        At most this much memory for the program beside the driver, as "2GiB".

    Returns
    -------
    foresell.Run
        Where the tables and the report are.

    Examples
    --------
    >>> done = foresell.cluster.run(spark, "shop")  # doctest: +SKIP
    """
    options = {"--only": only, "--memory": memory}
    words = [os.path.abspath(os.fspath(project)), "--json"]
    words += [f"{name}={value}" for name, value in options.items() if value is not None]
    words += ["--resume"] if resume else []
    done = _run(spark, words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    return _program.told(done.returncode, done.said, done.told)  # type: ignore[attr-defined]


def _open_session(master: str | None) -> SparkSession:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if (master or "").startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    conf = SparkConf().setAppName("foresell").set("spark.ui.showConsoleProgress", "false")
    conf.setIfMissing("spark.ui.enabled", "false")  # it would listen on every address of the machine
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
    known, _ = parser.parse_known_args(given)
    session = _open_session(known.master)
    try:
        rest = [os.path.abspath(known.project) if word == known.project else word for word in given]
        return _run(session, rest).returncode
    finally:
        session.stop()


if __name__ == "__main__":
    sys.exit(main())
