"""Operators on Spark DataFrames: the same kernels, in the executors.

The rows are dealt out by group, sorted inside each partition, and streamed through a pipe by `mapInArrow`. The package
must be installed where the executors run.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

from . import _core
from .columns import choose, declaration, options_text


def _column(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _through_pipe(
    operator: str, options: str, group: tuple[str, ...], order: str, batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """One sorted partition through one pipe; batches may cut groups anywhere."""
    pipe = None
    for batch in batches:
        pipe = pipe or _core.Pipe(operator, options, group, order, batch.schema.__arrow_c_schema__())
        pipe.push(batch.__arrow_c_array__()[1])
        yield from pa.table(pipe).to_batches()
    if pipe:
        pipe.end()
        yield from pa.table(pipe).to_batches()


def _partitioned(df: DataFrame, group: tuple[str, ...], order: str) -> DataFrame:
    keys = [F.col(_column(name)) for name in group]
    dealt = df.repartition(*keys) if keys else df.repartition(1)
    return dealt.sortWithinPartitions(*[key.asc_nulls_first() for key in keys], F.col(_column(order)).asc_nulls_first())


def apply(
    df: DataFrame, operator: str, group: str | Sequence[str] = (), order: str | None = None, **params: object
) -> DataFrame:
    """Applies an operator to a Spark DataFrame.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        Long rows, in any order and partitioning.
    operator : str
        Its name; `foresell operators` lists what there is.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series, in one partition.
    order : str, optional
        The column that sorts a series; default: the one column of dates, else a whole number called like a period.
    **params
        Parameters of the operator, and the columns of its values (`value="units"`).

    Returns
    -------
    pyspark.sql.DataFrame
        Group columns, then results, for each group the same as the functions of `foresell` give. Lazy, as all of Spark.

    Examples
    --------
    >>> foresell.spark.apply(sales, "forecast", ["item"], "day", value="units", horizon=28)  # doctest: +SKIP
    """
    inputs = {column["name"] for column in declaration(operator)["input"] if column["role"] == "value"}
    named = {name: str(value) for name, value in params.items() if name in inputs and value is not None}
    schema = to_arrow_schema(df.schema)
    parts = choose(schema, operator, group, order, named)
    options = options_text(parts, {name: value for name, value in params.items() if name not in inputs})
    taken = pa.schema([schema.field(name) for name in parts.taken])
    pipe = _core.Pipe(operator, options, parts.group, parts.order, taken.__arrow_c_schema__())
    result = from_arrow_schema(pa.schema(pipe))
    sorted_rows = _partitioned(df.select(*map(_column, parts.taken)), parts.group, parts.order)
    return sorted_rows.mapInArrow(functools.partial(_through_pipe, operator, options, parts.group, parts.order), result)
