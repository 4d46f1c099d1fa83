"""A finished run: its tables, what became of the rows, its report; and runs of earlier."""

from __future__ import annotations

import functools
import html
import json
import os
import re
import sys
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .errors import ResourceError, UsageError

COUNTS = ("rows_in", "rows_kept", "rows_quarantined", "rows_merged")
DATA = re.compile(r'<script id="foresell-data" type="application/json">(.*?)</script>', re.S)


def parts_of(table: Path) -> list[Path]:
    """The files of a table: itself, or the parts of its folder, in the order of the rows."""
    if not table.is_dir():
        return [table]
    return sorted(path for path in table.glob("*.parquet") if path.name[0] not in "._")


def rows_of(table: Path) -> int:
    """How many rows a table has, by what its files say of themselves."""
    return sum(pq.ParquetFile(part).metadata.num_rows for part in parts_of(table))


@dataclass(frozen=True)
class Run:
    """A finished run. In a notebook it shows what matters most, what became of the rows, and which tables there are.

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

    @functools.cached_property
    def manifest(self) -> dict[str, Any]:
        """What the run read and made, and how: `manifest.json`."""
        return _manifest(self.folder)

    @property
    def settings(self) -> dict[str, str]:
        """The settings that the run was made with, as foresell.yaml has them: "currency", "period" …"""
        return dict(self.manifest["settings"])

    def tables(self) -> list[str]:
        """Names of the tables of the run."""
        return sorted(path.stem for path in (self.folder / "tables").glob("*.parquet"))

    def table(self, name: str, columns: Sequence[str] | None = None, where: pc.Expression | None = None) -> pa.Table:
        """One table of the run, or some of its columns and rows.

        Parameters
        ----------
        name : str
            One of `tables()`.
        columns : sequence of str, optional
            The columns to read; default: all.
        where : pyarrow.compute.Expression, optional
            The rows to read, as `pyarrow.compute.field("item") == "P1"`; default: all.

        Returns
        -------
        pyarrow.Table
            `.to_pandas()` and `polars.from_arrow()` take it on.
        """
        there = self.schema(name).names
        for column in columns or ():
            if column not in there:
                raise UsageError(f"the table {name} has no column '{column}'", column=column, remedy=f"it has {', '.join(there)}")
        return pq.read_table(self._path(name), columns=None if columns is None else list(columns), filters=where)

    def schema(self, name: str) -> pa.Schema:
        """The columns of one table and their types."""
        return pq.read_schema(parts_of(self._path(name))[0])

    def rows(self, name: str) -> int:
        """How many rows one table has."""
        return rows_of(self._path(name))

    def _path(self, name: str) -> Path:
        path = self.folder / "tables" / f"{name}.parquet"
        if name not in self.tables():
            raise UsageError(f"the run has no table '{name}'", str(self.folder), remedy=f"it has {', '.join(self.tables())}")
        return path

    def show(self, height: int = 800) -> None:
        """Shows the report: inside a notebook, else in the browser.

        Parameters
        ----------
        height : int
            Of the frame in a notebook, in pixels. The whole report goes into the notebook, and so needs no server.
        """
        if not self.report.is_file():
            raise ResourceError("the run has no report", str(self.folder), remedy="run it without only=")
        if "IPython" in sys.modules and sys.modules["IPython"].get_ipython():
            sys.modules["IPython"].display.display(_Frame(self.report, height))
        else:
            webbrowser.open(self.report.resolve().as_uri())

    def _repr_html_(self) -> str:
        counts = (
            f"<b>{self.rows_in:,}</b> rows in = <b>{self.rows_kept:,}</b> kept + <b>{self.rows_quarantined:,}</b> in quarantine"
            f" + <b>{self.rows_merged:,}</b> merged as duplicates"
        )
        lines = "".join(f"<li>{html.escape(line)}</li>" for line in self.headlines)
        parts = [f"<ol>{lines}</ol>" if lines else "", f"<p>{counts}</p>", self._links(), self._table_of_tables()]
        return f'<div style="max-width:60rem">{"".join(parts)}</div>'

    def _links(self) -> str:
        links = [("Report", self.report)] if self.report.is_file() else []
        links.append(("Folder", self.folder))
        return "".join(f'<p>{what}: <a href="{_link(path)}" target="_blank">{html.escape(str(path))}</a></p>' for what, path in links)

    def _table_of_tables(self) -> str:
        right, left = 'style="text-align:right"', 'style="text-align:left"'
        rows = []
        for name in self.tables():
            columns = html.escape(", ".join(self.schema(name).names))
            rows.append(f"<tr><td {left}>{html.escape(name)}</td><td {right}>{self.rows(name):,}</td><td {left}>{columns}</td></tr>")
        head = f"<tr><th {left}>table</th><th {right}>rows</th><th {left}>columns</th></tr>"
        body = f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
        return f"<details><summary>{len(rows)} tables: run.table(NAME)</summary>{body}</details>"


@dataclass(frozen=True)
class _Frame:
    """The report in a frame of its own, whose styles and scripts stay in it."""

    report: Path
    height: int

    def _repr_html_(self) -> str:
        text = html.escape(self.report.read_text(encoding="utf-8"))
        return f'<iframe srcdoc="{text}" title="report" style="width:100%;height:{self.height}px;border:1px solid #8888"></iframe>'


def _link(path: Path) -> str:
    """Relative where it lies below the notebook, as its server wants it."""
    whole = path.resolve()
    here = Path.cwd().resolve()
    near = whole.relative_to(here).as_posix() if whole.is_relative_to(here) else whole.as_uri()
    return html.escape(near)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    try:
        made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        remedy = "name a project that was run, or a folder in its runs/"
        raise ResourceError("there is no finished run", str(folder), remedy=remedy) from None
    except (OSError, ValueError) as fault:
        raise ResourceError(f"it cannot be read: {fault}", str(path)) from None
    return made


def _headlines(report: Path) -> list[str]:
    """As the report has them; none where there is no report."""
    if not report.is_file():
        return []
    found = DATA.search(report.read_text(encoding="utf-8"))
    return [line["text"] for line in json.loads(found[1])["headlines"]] if found else []


def open_run(folder: str | os.PathLike[str]) -> Run:
    """Opens a run that was made earlier.

    Parameters
    ----------
    folder : path
        The folder of a run, or a project: then its latest run.

    Returns
    -------
    Run
        The same as `foresell.run` gave.

    Examples
    --------
    >>> foresell.open_run("shop").headlines  # doctest: +SKIP
    """
    place = Path(folder)
    latest = place / "runs" / "latest"
    place = latest.resolve() if latest.exists() else place
    counts = _manifest(place)["accounting"]
    report = place / "report.html"
    return Run(place, report if report.is_file() else Path(), _headlines(report), **{name: counts[name] for name in COUNTS})
