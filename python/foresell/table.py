"""Operators on tables: rows in any order in, groups in the order of their first row out, over all cores.

The rows are sorted by group and order where they are not, cut at groups into ranges of about RANGE_ROWS rows, and each
range goes through a pipe of its own, in C and without the GIL. The ranges do not depend on the number of threads, and
so neither does the result.
"""

from __future__ import annotations

import bisect
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, cast

import pyarrow as pa
import pyarrow.compute as pc

from . import _core
from .columns import Parts, choose, options_text
from .errors import UsageError

RANGE_ROWS = 1 << 18


class ArrowStream(Protocol):
    """A table of any library: of pyarrow, polars, pandas 2.2 or later, a relation of DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object | None = None, /) -> object:
        """A capsule "arrow_array_stream"."""


class ArrowArray(Protocol):
    """One batch of rows."""

    def __arrow_c_array__(self, requested_schema: object | None = None, /) -> tuple[object, object]:
        """Capsules "arrow_schema" and "arrow_array"."""


ArrowData = ArrowStream | ArrowArray


def read(data: ArrowData) -> pa.Table:
    """The data as a table; the index that pandas adds by itself is left out."""
    if not hasattr(data, "__arrow_c_stream__") and not hasattr(data, "__arrow_c_array__"):
        raise UsageError(
            f"data of type {type(data).__name__} are no Arrow data",
            remedy="give a table of pyarrow, polars, pandas (2.2 or later) or DuckDB",
        )
    table = data if isinstance(data, pa.Table) else pa.table(data)
    index = [name for name in table.column_names if name.startswith("__index_level_")]
    return table.drop_columns(index) if index else table


def _is_text(type_: pa.DataType) -> bool:
    names = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view")
    return any(getattr(pa.types, f"is_{name}")(type_) for name in names)


def encode(table: pa.Table) -> pa.Table:
    """Texts as numbers and one dictionary a column: rows are compared and moved without their bytes."""
    for i, column in enumerate(table.columns):
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if _is_text(column.type):
            column = pc.dictionary_encode(column).unify_dictionaries().combine_chunks()
        table = table.set_column(i, table.column_names[i], column)
    return table


def _codes(column: pa.ChunkedArray) -> pa.Int64Array:
    """Equal values, equal numbers: 0, 1, … in the order of their first row; null is a value too."""
    if pa.types.is_dictionary(column.type):
        column = pa.chunked_array([chunk.indices for chunk in column.chunks], pa.int32())
    encoded = pc.dictionary_encode(column, null_encoding="encode").unify_dictionaries().combine_chunks()
    return encoded.indices.cast(pa.int64())


def series_of(table: pa.Table, group: Sequence[str]) -> pa.Int64Array:
    """The number of each row's group, in the order of first rows."""
    series = pa.repeat(pa.scalar(0, pa.int64()), table.num_rows)
    for name in group:
        codes = _codes(table.column(name))
        many = pc.add(pc.max(codes), 1) if len(codes) else 1
        series = _codes(pa.chunked_array([pc.add(pc.multiply(series, many), codes)])) if name != group[0] else codes
    return series


def _is_sorted(keys: pa.Table) -> bool:
    before, after = keys.slice(0, max(keys.num_rows - 1, 0)), keys.slice(1)
    up = pc.less(before["series"], after["series"])
    along = pc.and_(pc.equal(before["series"], after["series"]), pc.less_equal(before["order"], after["order"]))
    return pc.all(pc.or_kleene(up, along), skip_nulls=False).as_py() is True


def sort(table: pa.Table, parts: Parts) -> tuple[pa.Table, pa.Int64Array]:
    """The rows of each group together and sorted, and the group of each row."""
    series = series_of(table, parts.group)
    keys = pa.table({"series": series, "order": table.column(parts.order)})
    if _is_sorted(keys):
        return table, series
    places = pc.sort_indices(keys, sort_keys=[("series", "ascending"), ("order", "ascending")])
    return table.combine_chunks().take(places), series.take(places)


def cuts_of(series: pa.Int64Array) -> list[int]:
    """Where ranges begin and end: at the first row of a group, about RANGE_ROWS apart."""
    rows = memoryview(series.buffers()[1]).cast("q") if len(series) else memoryview(b"")
    rows = rows[series.offset : series.offset + len(series)]
    cuts = [0]
    for row in range(RANGE_ROWS, len(series), RANGE_ROWS):
        start = bisect.bisect_left(rows, rows[row])
        if start > cuts[-1]:
            cuts.append(start)
    return [*cuts, len(series)]


class _Work:
    """One operator on ranges of sorted rows; what comes after a range that failed is not begun any more."""

    def __init__(self, operator: str, options: str, parts: Parts, table: pa.Table) -> None:
        self.operator, self.options, self.parts, self.table = operator, options, parts, table
        self.failed = sys.maxsize  # where a range begins that failed

    def pipe(self) -> _core.Pipe:
        schema = self.table.schema.__arrow_c_schema__()
        return _core.Pipe(self.operator, self.options, self.parts.group, self.parts.order, schema)

    def range(self, begin: int, end: int) -> pa.Table | None:
        if begin > self.failed:
            return None
        try:
            pipe = self.pipe()
            pipe.feed(self.table.slice(begin, end - begin).__arrow_c_stream__())
            pipe.end()
            return pa.table(pipe)
        except BaseException:
            self.failed = min(self.failed, begin)
            raise

    def all(self, cuts: Sequence[int], threads: int) -> pa.Table:
        if threads == 1 or len(cuts) == 2:
            results = list(map(self.range, cuts, cuts[1:]))
        else:
            with ThreadPoolExecutor(threads) as pool:
                results = list(pool.map(self.range, cuts, cuts[1:]))
        return pa.concat_tables(cast("list[pa.Table]", results))


def apply(
    operator: str,
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    columns: Mapping[str, str | None] | None = None,
    params: Mapping[str, object] | None = None,
    threads: int | None = None,
) -> pa.Table:
    """Applies the operator of this name; the functions of `foresell.operators` call it.

    Parameters
    ----------
    operator : str
        Its name; `foresell operators` lists what there is.
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series; default: the one column of dates, else a whole number called like a period.
    columns : mapping, optional
        The column of the data for each value of the operator.
    params : mapping, optional
        Parameters of the operator.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        Group columns, then results; groups in the order of their first row.
    """
    if threads is not None and threads < 1:
        raise UsageError(f"threads is {threads}, but must be 1 or more")
    table = read(data)
    parts = choose(table.schema, operator, group, order, columns or {}, params or {})
    options = options_text(parts, params or {})
    table = table.select(parts.taken)
    result = pa.schema(_Work(operator, options, parts, table).pipe())  # a wrong parameter is told before rows are sorted
    table, series = sort(encode(table), parts)
    return _Work(operator, options, parts, table).all(cuts_of(series), threads or _core.cpu_count()).cast(result)
