"""The program foresell, which the package carries, and its main job."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pyarrow as pa
import pyarrow.parquet as pq

from .errors import BusyError, CancelledError, DataError, Error, ResourceError, UsageError

PROGRAM = Path(__file__).resolve().parent / "_program" / "bin" / "foresell"
KINDS: dict[int, type[Error]] = {2: UsageError, 3: DataError, 4: ResourceError, 130: CancelledError}


def path() -> Path:
    """The program: the one that started this Python, or else the package's own."""
    told = os.environ.get("FORESELL_PROGRAM")
    return Path(told) if told else PROGRAM


def main() -> NoReturn:
    """The command `foresell`: becomes the program."""
    os.execv(PROGRAM, ["foresell", *sys.argv[1:]])


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes
    ----------
    folder, report : pathlib.Path
        The folder of the run and its report.
    headlines : list of str
        What matters most.
    rows_in, rows_kept, rows_quarantined, rows_merged : int
        What became of the rows that were read.
    """

    folder: Path
    report: Path
    headlines: list[str]
    rows_in: int
    rows_kept: int
    rows_quarantined: int
    rows_merged: int

    def tables(self) -> list[str]:
        """Names of the tables of the run."""
        return sorted(path.stem for path in (self.folder / "tables").glob("*.parquet"))

    def table(self, name: str) -> pa.Table:
        """One table of the run."""
        return pq.read_table(self.folder / "tables" / f"{name}.parquet")


def _failure(code: int, said: str) -> Error:
    last = said.strip().splitlines()[-1] if said.strip() else ""
    try:
        told = json.loads(last)
    except ValueError:
        return KINDS.get(code, Error)(last or f"foresell ended with exit code {code}")
    kind = BusyError if "another run" in told.get("kind", "") else KINDS.get(code, Error)
    return kind(told["error"], told.get("file"), told.get("line"), told.get("column"), told.get("remedy"))


def told(code: int, out: str, err: str) -> Run:
    """What the program answered, as JSON, to `run`; or the error that it told."""
    if code != 0:
        raise _failure(code, err)
    answer = json.loads(out)
    counts = {name: answer[name] for name in ("rows_in", "rows_kept", "rows_quarantined", "rows_merged")}
    report = answer["report"] or ""
    return Run(Path(answer["folder"]), Path(report), answer["headlines"], **counts)


def run(
    project: str | os.PathLike[str],
    *,
    only: str | None = None,
    resume: bool = False,
    memory: str | None = None,
    threads: int | None = None,
) -> Run:
    """Does the main job on a project, as `foresell run` does.

    Parameters
    ----------
    project : path
        The folder with `foresell.yaml`, made by `foresell init`.
    only : str, optional
        Makes this step and what it needs, nothing else.
    resume : bool
        Goes on with a run that was cut short.
    memory : str, optional
        At most this much memory, as "2GiB".
    threads : int, optional
        Worker threads; default: all cores.

    Returns
    -------
    Run
        Where the tables and the report are.

    Examples
    --------
    >>> done = foresell.run("shop")  # doctest: +SKIP
    >>> done.table("forecast_item").to_pandas()  # doctest: +SKIP
    """
    options = {"--only": only, "--memory": memory, "--threads": threads}
    words = [word for name, value in options.items() if value is not None for word in (name, str(value))]
    command = [str(path()), "run", os.fspath(project), "--json", *words, *(["--resume"] if resume else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", check=False)
    return told(done.returncode, done.stdout, done.stderr)
