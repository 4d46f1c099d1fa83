"""What the fits by Spark's MLlib share: features as numbers, and the keys that tell groups apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from .errors import DataError

LARGEST, ALIKE = 1e140, 1e-9  # as in src/learn/terms.c and src/learn/segments.c
ROWS_A_TASK = 50_000  # at least: a pass over fewer is quicker than a task is started

Key = tuple[Any, ...]


def bounded(number: Column) -> Column:
    """No further from 0 than the kernels go; null where the number is, which Spark's `least` and `greatest` pass over."""
    return F.when(number.isNotNull(), F.greatest(F.least(number, F.lit(LARGEST)), F.lit(-LARGEST)))


def as_number(field: T.StructField, column: Column) -> Column | None:
    """A feature as a number, as operators take it; what is not finite is null. None where it is text."""
    kind = field.dataType
    if isinstance(kind, T.StringType):
        return None
    if isinstance(kind, T.DateType):
        column = F.unix_date(column)
    elif isinstance(kind, (T.TimestampType, T.TimestampNTZType)):
        column = F.unix_micros(column.cast("timestamp"))
    elif not isinstance(kind, (T.NumericType, T.BooleanType, T.NullType)):
        raise DataError(f"column {field.name} of {kind.simpleString()} is no feature", column=field.name, remedy="make it a number or a text, or leave it out")
    number = column.cast("double")
    return F.when(F.abs(number) < F.lit(math.inf), bounded(number))


def of_group(keys: Sequence[str], key: Key) -> Column:
    """Whether a row is of this group."""
    same = [F.col(name).eqNullSafe(F.lit(value)) for name, value in zip(keys, key)]
    return reduce(lambda a, b: a & b, same, F.lit(True))


def drawn(order: str, rows: int, sample: int) -> Column:
    """Whether a row is of the sample: by its order, so that it is the same one each time; all rows where they are no more."""
    return F.pmod(F.xxhash64(order), F.lit(rows)) < sample
