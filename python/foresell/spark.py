"""Operators on Spark DataFrames: the same kernels, in the executors.

The rows are dealt out by group, sorted inside each partition, and streamed through a pipe by `mapInArrow`. The package
must be installed where the executors run. `spark.sql.execution.arrow.maxBytesPerBatch` at its greatest, 2147483647, as steps
have it, saves a third of what it costs to bring the rows there: Spark measures the batch anew after each row otherwise.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from pyspark.sql.types import StructType

from . import _core
from .columns import choose, declaration, options_text


def is_connect(spark: SparkSession) -> bool:
    """Whether this is a session of Spark Connect: no JVM beside Python, and no `newSession`."""
    return not hasattr(spark, "newSession")


ZONED: dict[str, Any] = {"timezone": "UTC"} if "timezone" in inspect.signature(to_arrow_schema).parameters else {}
"""What newer Spark (4.3) wants to be told to convert a schema; older takes times for UTC without a word."""


def _arrow_schema(df: DataFrame) -> pa.Schema:
    return to_arrow_schema(df.schema, **ZONED)


def _through_pipe(
    operator: str, options: str, group: tuple[str, ...], order: str, names: list[str], batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """One sorted partition through one pipe; batches may cut groups anywhere."""
    pipe = None
    for batch in batches:
        batch = batch.rename_columns(names)
        pipe = pipe or _core.Pipe(operator, options, group, order, batch.schema.__arrow_c_schema__())
        pipe.push(batch.__arrow_c_array__()[1])
        yield from pa.table(pipe).to_batches()
    if pipe:
        pipe.end()
        yield from pa.table(pipe).to_batches()


def quoted(name: str) -> str:
    """A column's name as Spark's SQL wants it, whatever letters it has."""
    return "`" + name.replace("`", "``") + "`"


def plainly_named(df: DataFrame, names: Sequence[str]) -> DataFrame:
    """These columns as c0, c1, …: `mapInArrow` takes a dot or a backtick in a name for more than a letter."""
    return df.select(*[F.col(name).alias(f"c{i}") for i, name in enumerate(map(quoted, names))])


def _partitioned(df: DataFrame, groups: int, in_order: bool) -> DataFrame:
    """Dealt out by the first columns, the groups, and sorted by them and the next one, the order. `in_order`: into partitions
    of which each goes on where the one before it ends, for which Spark looks at a sample of the rows first."""
    keys = [F.col(name).asc_nulls_first() for name in df.columns[: groups + 1]]
    if not groups:
        dealt = df.repartition(1)
    elif in_order:
        dealt = df.repartitionByRange(*keys[:groups])
    else:
        dealt = df.repartition(*[F.col(name) for name in df.columns[:groups]])
    return dealt.sortWithinPartitions(*keys)


def _named(df: DataFrame, group: Sequence[str], order: str) -> list[str]:
    """The columns, groups and order first."""
    keys = [*group, order]
    return keys + [name for name in df.columns if name not in keys]


def result_type(df: DataFrame, operator: str, options: str, group: Sequence[str], order: str) -> StructType:
    """What an operator would give of these rows; tells what is wrong with the columns."""
    schema = _arrow_schema(df)
    taken = pa.schema([schema.field(name) for name in _named(df, group, order)])
    pipe = _core.Pipe(operator, options, tuple(group), order, taken.__arrow_c_schema__())
    return from_arrow_schema(pa.schema(pipe), prefer_timestamp_ntz=True)


def piped(
    df: DataFrame, operator: str, options: str, group: Sequence[str], order: str, *, in_order: bool = False
) -> DataFrame:
    """Rows through an operator, with the text of its parameters as a step has it.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        Long rows with the columns that the operator takes by name.
    operator, options : str
        Its name and its parameters, as in "horizon = 28".
    group : sequence of str
        Columns that tell the series apart.
    order : str
        The column that sorts a series.
    in_order : bool
        Whether groups are to come out in the order of their columns, nulls first, as from the embedded engine.

    Returns
    -------
    pyspark.sql.DataFrame
        Group columns, then results.
    """
    params = _core.parameters(operator, options)
    if params.get("method") == "mllib":  # MLlib wants NumPy, which nothing else here does
        from .classifier import fit as fit_classifier

        return fit_classifier(df, params, group, order)
    if params.get("fitter") == "mllib":
        from .segmentation import fit as fit_segments

        return fit_segments(df, params, group, order)
    result, names = result_type(df, operator, options, group, order), _named(df, group, order)
    return _partitioned(plainly_named(df, names), len(group), in_order).mapInArrow(
        functools.partial(_through_pipe, operator, options, tuple(group), order, names), result
    )


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
        Group columns, then results, for each group the same as the functions of `foresell` give. Lazy, as all of Spark,
        but for what MLlib fits (`method="mllib"` of fit_classifier, `fitter="mllib"` of fit_segments).

    Examples
    --------
    >>> foresell.spark.apply(sales, "forecast", ["item"], "day", value="units", horizon=28)  # doctest: +SKIP
    """
    inputs = {column["name"] for column in declaration(operator)["input"] if column["role"] == "value"}
    named = {name: str(value) for name, value in params.items() if name in inputs and value is not None}
    schema = _arrow_schema(df)
    parts = choose(schema, operator, group, order, named, params)
    options = options_text(parts, {name: value for name, value in params.items() if name not in inputs})
    return piped(df.select(*map(quoted, parts.taken)), operator, options, parts.group, parts.order)
