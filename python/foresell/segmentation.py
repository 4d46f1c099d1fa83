"""The operator fit_segments by Spark's MLlib, `fitter = mllib`: for groups of more rows than one task should hold.

Features are standardised over all rows as the kernel does it (src/learn/segments.c), and MLlib's KMeans divides all rows; the
least sum of squares of STARTS starts is taken. How many segments there are the kernel chooses, on a sample. A segment's stability
is a lower bound: the Jaccard distance is a metric (Lipkus 1999), so a segment that agrees by J with one that the kernel finds in
the sample, whose own stability is S, is found again by J + S - 1 or more.

Cost: for each group five passes over its rows, and for each start one for each of MLlib's steps. The driver gets figures of
columns and of segments, and the sample.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyspark.ml.clustering import KMeans
from pyspark.ml.functions import array_to_vector
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from .columns import Parts, options_text
from .errors import DataError, UsageError
from .fitting import ALIKE, LARGEST, ROWS_A_TASK, Key, as_number, bounded, drawn, of_group
from .operators import fit_segments, segment
from .spark import plainly_named, result_type

COLUMNS = 64  # the most, as in foresell/learn.h
SKEWED = 1.0  # as in src/learn/segments.c
SAMPLE = 20_000  # rows for the kernel
STARTS = 3
STEPS, NEAR = 100, 1e-4  # a start ends when no centre moves further than that


@dataclass(frozen=True)
class _Feature:
    """A column that differs, and how it is made comparable."""

    name: str
    value: Column  # null where it is not known
    shift: float
    scale: float
    unit: float | None = None

    def standardised(self) -> Column:
        taken = self.value if self.unit is None else _asinh(self.value, self.unit)
        return F.coalesce(bounded((taken - F.lit(self.shift)) / F.lit(self.scale)), F.lit(0.0))

    def back(self, z: float) -> float:
        value = self.shift + self.scale * z
        if self.unit is not None:
            value = self.unit * math.sinh(max(-700.0, min(value, 700.0)))
        return max(-LARGEST, min(value, LARGEST))


@dataclass(frozen=True)
class _Segment:
    rows: int
    centre: list[float]
    within: float


def _asinh(value: Column, unit: float) -> Column:
    """asinh(value / unit), exact for small values as for large ones of either sign."""
    size = F.least(F.abs(value) / F.lit(unit), F.lit(LARGEST))
    return F.signum(value) * F.log1p(size + size * size / (F.sqrt(size * size + F.lit(1.0)) + F.lit(1.0)))


# ---- columns ----


def _numbers(df: DataFrame, rows: DataFrame, names: Sequence[str], before: int) -> dict[str, Column]:
    """The features: every column after the first `before`, by the name that it came with."""
    found = {}
    for name, plain in zip(names[before:], rows.columns[before:]):
        number = as_number(df.schema[name], F.col(plain))
        if number is None:
            raise DataError(f"operator fit_segments: column {name} is a text", column=name, remedy="give it numbers, or 1 and 0 for a level")
        found[name] = number
    if len(found) > COLUMNS:
        raise DataError(f"{len(found)} columns are more than {COLUMNS}")
    return found


def _asked(rows: DataFrame, each: Mapping[str, Sequence[Column]]) -> dict[str, Any]:
    """Figures of columns, in one pass."""
    if not each:
        return {}
    told = rows.agg(*[F.struct(*[one.alias(f"_{j}") for j, one in enumerate(asked)]).alias(f"_{i}") for i, asked in enumerate(each.values())])
    return dict(zip(each, told.collect()[0]))


def _differs(deviation: float | None, size: float) -> bool:
    return deviation is not None and deviation > ALIKE * size and math.isfinite(1 / deviation)


def _unit(transform: str, skewness: float, median: float | None) -> float | None:
    wanted = transform == "log" or (transform == "auto" and skewness > SKEWED)
    return median if wanted and median and math.isfinite(LARGEST / median) else None


def _features(rows: DataFrame, numbers: Mapping[str, Column], transform: str) -> list[_Feature]:
    """Those that differ: mean and deviation as they are, then skewness, and mean and deviation as logarithms."""
    size = {name: F.abs(number) for name, number in numbers.items()}
    first = _asked(rows, {name: [F.avg(number), F.stddev_pop(number), F.max(size[name]), F.percentile_approx(F.when(number != 0, size[name]), 0.5)]
                          for name, number in numbers.items()})
    first = {name: told for name, told in first.items() if _differs(told[1], told[2])}
    second = _asked(rows, {name: [F.avg(F.pow((numbers[name] - F.lit(mean)) / F.lit(deviation), F.lit(3.0))),
                                  *(f(_asinh(numbers[name], unit or 1.0)) for f in (F.avg, F.stddev_pop))]
                           for name, (mean, deviation, _, unit) in first.items()})
    found = []
    for name, (mean, deviation, _, median) in first.items():
        skewness, log_mean, log_deviation = second[name]
        unit = _unit(transform, skewness, median)
        if unit is None:
            found.append(_Feature(name, numbers[name], mean, deviation))
        elif _differs(log_deviation, math.asinh(first[name][2] / unit)):
            found.append(_Feature(name, numbers[name], log_mean, log_deviation, unit))
    return found


# ---- how many, and how stable ----


def _choose(sample: pa.Table, params: Mapping[str, Any]) -> pa.Table:
    """The kernel's model of the sample, whose first column is its order; no row where nothing differs in it."""
    named = {name: params[name] for name in ("segments", "least", "most", "seed")}
    return fit_segments(sample, order=sample.column_names[0], transform="none", **named)


def _placed(sample: pa.Table, model: pa.Table) -> list[int]:
    """The segment of each row of the sample."""
    models = model.select(["segment", "feature", "shift", "scale", "centre"])
    models = models.append_column("row", pa.array(range(-models.num_rows, 0), pa.int64()))
    rows = sample.drop_columns(sample.column_names[:1]).append_column("row", pa.array(range(sample.num_rows), pa.int64()))
    placed: list[int] = segment(pa.concat_tables([models, rows], promote_options="default"), order="row")["segment"].to_pylist()
    return placed


def _as_model(segments: Sequence[Sequence[float]], columns: Sequence[str]) -> pa.Table:
    """Centres as the rows that segment takes."""
    rows = [(number, name, 0.0, 1.0, value) for number, centre in enumerate(segments, 1) for name, value in zip(columns, centre)]
    kinds = {"segment": pa.int64(), "feature": pa.string(), "shift": pa.float64(), "scale": pa.float64(), "centre": pa.float64()}
    return pa.table([pa.array(column, kind) for column, kind in zip(zip(*rows), kinds.values())], names=list(kinds))


def _stability(sample: pa.Table, model: pa.Table, centres: Sequence[Sequence[float]]) -> list[float]:
    """Of each segment at least so much is found again; see above."""
    ours, theirs = _placed(sample, _as_model(centres, sample.column_names[1:])), _placed(sample, model)
    own, others, both = Counter(ours), Counter(theirs), Counter(zip(ours, theirs))
    stable = dict(zip(model["segment"].to_pylist(), model["stability"].to_pylist()))
    return [max(0.0, *(both[one, other] / (own[one] + others[other] - both[one, other]) + stable[other] - 1 for other in others)) for one in range(1, len(centres) + 1)]


# ---- one group ----


def _divide(ready: DataFrame, count: int, seed: int) -> Any:
    """MLlib's best of several starts."""
    starts = [KMeans(k=count, seed=seed + start, maxIter=STEPS, tol=NEAR, featuresCol="_vector", predictionCol="_segment").fit(ready) if count > 1 else None
              for start in range(STARTS if count > 1 else 1)]
    return min(starts, key=lambda model: model.summary.trainingCost if model else 0.0)


def _segments(rows: DataFrame, columns: Sequence[str]) -> list[_Segment]:
    """Means of the segments, which is a step of Lloyd's more, their sizes and squares; the largest first."""
    asked = [F.struct(F.avg(name), F.var_pop(name)).alias(f"_of{i}") for i, name in enumerate(columns)]
    found = []
    for row in rows.groupBy("_segment").agg(F.count(F.lit(1)).alias("rows"), *asked).collect():
        of = [row[f"_of{i}"] for i in range(len(columns))]
        found.append(_Segment(row["rows"], [one[0] for one in of], row["rows"] * sum(one[1] for one in of)))
    return sorted(found, key=lambda one: (-one.rows, one.centre))


def _fitted(rows: DataFrame, columns: Sequence[str], count: int, seed: int) -> list[_Segment]:
    ready = rows.select(*columns, array_to_vector(F.array(*columns)).alias("_vector")).persist()
    try:
        model = _divide(ready, count, seed)
        return _segments(model.transform(ready) if model else ready.withColumn("_segment", F.lit(0)), columns)
    finally:
        ready.unpersist()


def _model(rows: DataFrame, order: str, numbers: Mapping[str, Column], size: int, params: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of one group's model, but for its key."""
    features = _features(rows, numbers, params["transform"])
    if not features:
        return
    columns = [f"_z{i}" for i in range(len(features))]
    values = rows.select(order, *[one.standardised().alias(name) for one, name in zip(features, columns)])
    sample = values.where(drawn(order, size, SAMPLE)).toArrow()
    model = _choose(sample, params)
    if not model.num_rows:
        return
    found = _fitted(values, columns, max(model["segment"].to_pylist()), params["seed"])
    stability, silhouette = _stability(sample, model, [one.centre for one in found]), model["silhouette"][0].as_py()
    within = sum(one.within for one in found)
    for number, (one, stable) in enumerate(zip(found, stability), 1):
        for feature, centre in zip(features, one.centre):
            yield (number, feature.name, feature.unit, feature.shift, feature.scale, centre, None, feature.back(centre),
                   one.rows / size, stable, silhouette, within, None, size)


# ---- all ----


def _sizes(rows: DataFrame, keys: Sequence[str]) -> dict[Key, int]:
    """Rows of each group, groups in the order of their keys."""
    counted = rows.groupBy(*keys).count()
    ordered = counted.orderBy(*[F.col(name).asc_nulls_first() for name in keys]) if keys else counted
    return {tuple(row[: len(keys)]): row["count"] for row in ordered.collect() if row["count"]}


def fit(df: DataFrame, options: Mapping[str, Any], group: Sequence[str], order: str) -> DataFrame:
    """The table that the operator fit_segments gives, fitted by MLlib, at once.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        Order and features of each row.
    options : mapping
        The operator's parameters.
    group : sequence of str
        Columns that tell groups apart, each of which gets a model; a few, of many rows each.
    order : str
        The column that sorts a group; the sample is drawn by it.

    Returns
    -------
    pyspark.sql.DataFrame
        Group columns, then the model's: a row for each segment and feature, groups in the order of their keys.
    """
    if options["method"] != "kmeans":
        raise UsageError("MLlib's mixtures have covariances, which segment does not know", remedy="leave method at kmeans, or fitter at foresell")
    params = {**options, "fitter": "foresell"}
    type_ = result_type(df, "fit_segments", options_text(Parts(pa.schema([])), params), group, order)
    names = [*group, order, *(name for name in df.columns if name not in (*group, order))]
    rows = plainly_named(df, names).persist()
    try:
        keys, numbers = rows.columns[: len(group)], _numbers(df, rows, names, len(group) + 1)
        sizes = _sizes(rows, keys)
        few = rows.coalesce(1 + sum(sizes.values()) // ROWS_A_TASK)
        found = [(*key, *row) for key, size in sizes.items() for row in _model(few.where(of_group(keys, key)), rows.columns[len(keys)], numbers, size, params)]
    finally:
        rows.unpersist()
    return df.sparkSession.createDataFrame(found, type_).coalesce(1)
