"""Tables for Spark's MLlib: the columns of a table as the vector that its classifiers and clusterings learn from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pyspark.ml import Pipeline
from pyspark.ml.feature import Imputer, OneHotEncoder, SQLTransformer, StandardScaler, StringIndexer, VectorAssembler
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from .errors import DataError
from .spark import quoted

LEVELS = 20  # values of a column of texts that is taken for kinds, not for names


def _number(column: T.StructField) -> str | None:
    """The column as a number, in SQL; None where it is none."""
    name = quoted(column.name)
    if isinstance(column.dataType, (T.NumericType, T.BooleanType)):
        return f"cast({name} as double)"
    if isinstance(column.dataType, (T.DateType, T.TimestampType, T.TimestampNTZType)):
        return f"cast(datediff(cast({name} as date), date '1970-01-01') as double)"
    return None


@dataclass
class _Chosen:
    """What becomes features: names and the SQL of each."""

    numbers: dict[str, str] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)  # of numbers that are missing
    kinds: dict[str, str] = field(default_factory=dict)

    def fresh(self, name: str) -> str:
        """A name for a feature that no other has; dots and backticks are more than letters to MLlib."""
        name = "_" + re.sub(r"[.`]", "_", name)
        while name in self.numbers or name in self.flags or name in self.kinds:
            name += "_"
        return name

    def select(self) -> str:
        every = {**self.numbers, **self.flags, **self.kinds}
        return "select *, " + ", ".join(f"{sql} as `{name}`" for name, sql in every.items()) + " from __THIS__"

    def ready(self) -> list[str]:
        """The columns that go into the vector."""
        return [f"{name} " for name in self.numbers] + list(self.flags) + [f"{name} " for name in self.kinds]


def _counts(df: DataFrame, columns: Sequence[T.StructField]) -> list[tuple[int, int, int]]:
    """Rows, rows with a value, and about how many values, of each column; in one pass."""
    asked = [F.count(F.lit(1)).alias("rows")]
    for i, column in enumerate(columns):
        values = F.col(quoted(column.name))
        asked += [F.count(values).alias(f"there{i}"), F.approx_count_distinct(values).alias(f"values{i}")]
    row = df.agg(*asked).collect()[0]
    return [(row["rows"], row[f"there{i}"], row[f"values{i}"]) for i in range(len(columns))]


def _choose(df: DataFrame, leave: Sequence[str]) -> _Chosen:
    chosen = _Chosen()
    columns = [column for column in df.schema.fields if column.name not in leave]
    for column, (rows, there, values) in zip(columns, _counts(df, columns)):
        sql, name = _number(column), chosen.fresh(column.name)
        if there > 0 and sql:
            chosen.numbers[name] = sql
            if there < rows:
                chosen.flags[chosen.fresh(f"{column.name}_missing")] = f"cast({sql} is null as double)"
        elif there > 0 and isinstance(column.dataType, T.StringType) and values <= LEVELS:
            chosen.kinds[name] = f"coalesce(nullif({quoted(column.name)}, ''), '(none)')"
    if not chosen.numbers and not chosen.kinds:
        raise DataError("the table has no column that could be a feature", remedy="see that it has numbers, dates or kinds besides its keys")
    return chosen


def _stages(chosen: _Chosen, vector: str) -> list[Any]:
    stages: list[Any] = [SQLTransformer(statement=chosen.select())]
    if chosen.numbers:
        stages.append(Imputer(inputCols=list(chosen.numbers), outputCols=[f"{name} " for name in chosen.numbers], strategy="median"))
    if chosen.kinds:
        indices = [f"{name} #" for name in chosen.kinds]
        stages.append(StringIndexer(inputCols=list(chosen.kinds), outputCols=indices, handleInvalid="keep"))
        stages.append(OneHotEncoder(inputCols=indices, outputCols=[f"{name} " for name in chosen.kinds], dropLast=False))
    return [*stages, VectorAssembler(inputCols=chosen.ready(), outputCol=vector)]


def features(df: DataFrame, leave: Sequence[str] = (), *, scale: bool = False, output: str = "features") -> Pipeline:
    """Stages that make a vector of MLlib out of the columns of a table, whatever it has.

    Numbers, flags and dates (as days) become one feature each, with the median where a value is missing and, where that happens
    in `df`, one more feature that says so. Texts of at most 20 values become one feature a value. Left out are texts of more,
    which are names, and columns with no value at all.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        The table to learn from; it is looked through once.
    leave : sequence of str
        Columns that are no features, such as keys and what is to be learned.
    scale : bool
        Brings each feature to mean 0 and deviation 1, as clusterings want it.
    output : str
        The column that the vector goes into.

    Returns
    -------
    pyspark.ml.Pipeline
        Not yet fitted, so that it can be the first stage of one that ends with a classifier, and learns its medians from the
        same rows. The features are called like their columns, with a `_` before.

    Examples
    --------
    >>> Pipeline(stages=[foresell.mllib.features(table, ["item"], scale=True), KMeans(k=4)]).fit(table)  # doctest: +SKIP
    """
    vector = f"{output} as they are" if scale else output
    stages = _stages(_choose(df, leave), vector)
    if scale:
        stages.append(StandardScaler(inputCol=vector, outputCol=output, withMean=True))
    return Pipeline(stages=stages)
