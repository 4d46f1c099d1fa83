"""The program foresell, which the package carries: making up files, making a project of them, and the main job."""

from __future__ import annotations

import html
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, overload

from .errors import BusyError, CancelledError, DataError, Error, ResourceError, UsageError
from .progress import Silent, listen, shown
from .runs import COUNTS, Run

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PROGRAM = Path(__file__).resolve().parent / "_program" / "bin" / "foresell"
KINDS: dict[int, type[Error]] = {2: UsageError, 3: DataError, 4: ResourceError, 130: CancelledError}


def path() -> Path:
    """The program: the one that started this Python, or else the package's own."""
    told = os.environ.get("FORESELL_PROGRAM")
    return Path(told) if told else PROGRAM


def main() -> NoReturn:
    """The command `foresell`: becomes the program."""
    os.execv(PROGRAM, ["foresell", *sys.argv[1:]])


def _failure(code: int, said: str) -> Error:
    last = said.strip().splitlines()[-1] if said.strip() else ""
    try:
        told = json.loads(last)
    except ValueError:
        return KINDS.get(code, Error)(last or f"foresell ended with exit code {code}")
    kind = BusyError if "another run" in told.get("kind", "") else KINDS.get(code, Error)
    return kind(told["error"], told.get("file"), told.get("line"), told.get("column"), told.get("remedy"))


def answer(code: int, out: str, err: str) -> dict[str, Any]:
    """What the program answered as JSON; or the error that it told."""
    if code != 0:
        raise _failure(code, err)
    told: dict[str, Any] = json.loads(out)
    return told


def words(options: Mapping[str, object]) -> list[str]:
    """Options as the command line has them; None and False: not given, a list: each of it."""
    given: list[str] = []
    for name, value in options.items():
        if value is True:
            given.append(f"--{name}")
        elif isinstance(value, (list, tuple)):
            given += [f"--{name}={one}" for one in value]
        elif value is not None and value is not False:
            given.append(f"--{name}={value}")
    return given


def for_machines(where: Silent) -> list[str]:
    """What lets the program answer in JSON, and tell how far it is where that is shown."""
    return ["--json", "--progress"] if where.wanted else ["--json"]


def _asked(verb: str, folder: str | os.PathLike[str], options: Mapping[str, object], progress: bool | None) -> dict[str, Any]:
    where = shown(progress)
    command = [str(path()), verb, os.fspath(folder), *for_machines(where), *words(options)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    try:
        with subprocess.Popen(command, **pipes) as child:
            out, err = listen(child, where)
    finally:
        where.close()
    return answer(child.returncode, out, err)


def run_of(told: Mapping[str, Any]) -> Run:
    """The run of which the program told."""
    return Run(Path(told["folder"]), Path(told["report"] or ""), told["headlines"], **{name: told[name] for name in COUNTS})


@overload
def run(
    project: str | os.PathLike[str],
    *,
    only: str | None = None,
    resume: bool = False,
    memory: str | None = None,
    threads: int | None = None,
    progress: bool | None = None,
) -> Run: ...
@overload
def run(
    project: SparkSession,
    folder: str | os.PathLike[str],
    *,
    only: str | None = None,
    resume: bool = False,
    memory: str | None = None,
    scratch: str | None = None,
    driver_rows: int | None = None,
    progress: bool | None = None,
) -> Run: ...
def run(
    project: str | os.PathLike[str] | SparkSession,
    folder: str | os.PathLike[str] | None = None,
    *,
    only: str | None = None,
    resume: bool = False,
    memory: str | None = None,
    threads: int | None = None,
    scratch: str | None = None,
    driver_rows: int | None = None,
    progress: bool | None = None,
) -> Run:
    """Does the main job on a project, as `foresell run` does; `run(spark, project)` with the steps on a cluster.

    Parameters
    ----------
    project : path or pyspark.sql.SparkSession
        The folder with `foresell.yaml`, made by `foresell.init`; after a session of Spark comes that folder.
    folder : path, optional
        The project, where the first is a session.
    only : str, optional
        Makes this step and what it needs, nothing else.
    resume : bool
        Goes on with a run that was cut short.
    memory : str, optional
        At most this much memory, as "2GiB".
    threads : int, optional
        Worker threads, without Spark; default: all cores.
    scratch : str, optional
        With Spark: a place that all its machines reach (`foresell.cluster.run`).
    driver_rows : int, optional
        With Spark: steps of fewer rows are made beside the driver (`foresell.cluster.run`).
    progress : bool, optional
        Shows how far it is; default: in notebooks and on terminals.

    Returns
    -------
    Run
        Where the tables and the report are.

    Examples
    --------
    >>> done = foresell.run("shop")  # doctest: +SKIP
    >>> done.table("forecast_item").to_pandas()  # doctest: +SKIP
    >>> foresell.run(spark, "shop")  # doctest: +SKIP
    """
    if isinstance(project, (str, os.PathLike)):
        if folder is not None or scratch is not None or driver_rows is not None:
            raise UsageError(
                "one project, and neither a scratch place nor driver_rows",
                remedy="a session of Spark goes before: run(spark, project)",
            )
        options = {"only": only, "resume": resume, "memory": memory, "threads": threads}
        return run_of(_asked("run", project, options, progress))
    if folder is None or threads is not None:
        raise UsageError("a session of Spark, then the project, and no threads", remedy="run(spark, project)")
    from .cluster import run as on_spark  # PySpark is there only where it is wanted

    return on_spark(
        project, folder, only=only, resume=resume, memory=memory, scratch=scratch, driver_rows=driver_rows, progress=progress
    )


def export(
    project: str | os.PathLike[str],
    to: str | os.PathLike[str],
    *,
    tables: Sequence[str] | None = None,
    partition: str | None = None,
    run: str | None = None,
    replace: bool = False,
    progress: bool | None = None,
) -> dict[str, int]:
    """Writes results of a run to a folder, an object store or a database, as `foresell export` does.

    Parameters
    ----------
    project : path
        The project whose run it is.
    to : path
        A folder, "s3://bucket/prefix", "postgres://user@host/database", "mysql://…" or "sqlite://file".
    tables : sequence of str, optional
        Tables of the run; default: the results.
    partition : str, optional
        Files: a folder COLUMN=value for each value, in tables that have the column.
    run : str, optional
        The name of the run's folder; default: the newest.
    replace : bool
        Databases: replaces tables of the same names that foresell did not write, too.
    progress : bool, optional
        Shows how far it is; default: in notebooks and on terminals.

    Returns
    -------
    dict of str to int
        How many rows were written of each table.

    Examples
    --------
    >>> foresell.export("shop", "s3://warehouse/forecasts", partition="store")  # doctest: +SKIP
    """
    names = None if tables is None else ",".join(tables)
    options = {"to": os.fspath(to), "table": names, "partition": partition, "run": run, "replace": replace}
    return {table["name"]: table["rows"] for table in _asked("export", project, options, progress)["tables"]}


@dataclass(frozen=True)
class Project:
    """A project that `foresell.init` made; functions that want its folder take it as it is.

    Attributes
    ----------
    folder : pathlib.Path
        Where its foresell.yaml is.
    understood : dict
        What was found out: of each file and column what it was taken for, how sure that is, and why.
    """

    folder: Path
    understood: dict[str, Any]

    def __fspath__(self) -> str:
        return str(self.folder)

    def __repr__(self) -> str:
        return f"Project({str(self.folder)!r}: {', '.join(f['name'] for f in self.understood['files'])})"

    def _repr_html_(self) -> str:
        cells = [
            (Path(file["paths"][0]).name if file["paths"] else file["name"], file["table"] or "left alone", f"{file['rows']:,}", file["why"])
            for file in self.understood["files"]
        ]
        rows = "".join("<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>" for row in cells)
        head = "<tr><th>file</th><th>taken for</th><th>rows</th><th>because of</th></tr>"
        place = html.escape(str(self.folder / "foresell.yaml"))
        return f"<div><table><thead>{head}</thead><tbody>{rows}</tbody></table><p>{place}</p></div>"


def init(
    folder: str | os.PathLike[str],
    from_: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
    *,
    set: Mapping[str, object] | None = None,
    force: bool = False,
    memory: str | None = None,
    threads: int | None = None,
    progress: bool | None = None,
) -> Project:
    """Looks at a retailer's files and writes a project, as `foresell init` does.

    Parameters
    ----------
    folder : path
        Where the project goes.
    from_ : path or sequence of path
        Files, folders or URLs to read; default: the files in `folder`.
    set : mapping, optional
        Corrects what was found out: `{"sales.item": "StockCode", "currency": "EUR"}`.
    force : bool
        Writes over a foresell.yaml that is there.
    memory : str, optional
        At most this much memory, as "2GiB".
    threads : int, optional
        Worker threads; default: all cores.
    progress : bool, optional
        Shows how far it is; default: in notebooks and on terminals.

    Returns
    -------
    Project
        Its folder, and what was found out.

    Examples
    --------
    >>> foresell.init("shop", ["exports"], set={"currency": "EUR"})  # doctest: +SKIP
    """
    sources = [from_] if isinstance(from_, (str, os.PathLike)) else list(from_)
    corrections = [f"{name}={value}" for name, value in (set or {}).items()]
    options = {"from": [os.fspath(one) for one in sources], "set": corrections, "force": force}
    told = _asked("init", folder, {**options, "memory": memory, "threads": threads}, progress)
    return Project(Path(folder), told)


def simulate(
    folder: str | os.PathLike[str],
    *,
    items: int | None = None,
    stores: int | None = None,
    customers: int | None = None,
    days: int | None = None,
    lines: int | None = None,
    shifts: int | None = None,
    start: str | None = None,
    currency: str | None = None,
    country: str | None = None,
    dirt: float | None = None,
    panel: bool = False,
    parquet: bool = False,
    seed: int | None = None,
    progress: bool | None = None,
) -> Path:
    """Makes up a retailer whose true answers are known, as `foresell simulate` does.

    Parameters
    ----------
    folder : path
        Where the files go; the truth is written beside them, in FOLDER-truth.
    items, stores, customers, days, lines : int, optional
        How large it is; `lines` of sales, about.
    shifts : int, optional
        Lasting shifts of stores and categories; default: 2 in a shop of two years and four stores or more.
    start : str, optional
        The first day, as "2023-01-02".
    currency, country : str, optional
        Codes, as "GBP" and "GB".
    dirt : float, optional
        Share of rows with a fault.
    panel : bool
        Sales as one row per item, store and day instead of lines of baskets.
    parquet : bool
        Writes Parquet instead of CSV.
    seed : int, optional
        Another seed, another shop; the same seed, the same bytes.
    progress : bool, optional
        Shows how far it is; default: in notebooks and on terminals.

    Returns
    -------
    pathlib.Path
        The folder.

    Examples
    --------
    >>> foresell.simulate("files", items=100, stores=2)  # doctest: +SKIP
    """
    sizes = {"items": items, "stores": stores, "customers": customers, "days": days, "lines": lines, "shifts": shifts}
    options = {**sizes, "start": start, "currency": currency, "country": country, "dirt": dirt, "panel": panel}
    _asked("simulate", folder, {**options, "parquet": parquet, "seed": seed}, progress)
    return Path(folder)
