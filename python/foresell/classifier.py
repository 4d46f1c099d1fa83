"""The operator fit_classifier by Spark's MLlib, `method = mllib`: for groups of more rows than one task should hold.

What is minimised is what the kernel minimises (src/learn): the same terms, standardised alike, under the same penalty; but by
MLlib's own LogisticRegression, over rows that stay with the executors. The driver gets counts, quantiles, means and coefficients.
The penalty and the temperature are found by the kernel on a sample, as it does itself where rows are many.

Cost: four passes over the rows for all groups, then for each group one for the means and one for each step of MLlib's.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

import pyarrow as pa
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.functions import array_to_vector
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

from .columns import Parts, options_text
from .errors import DataError
from .fitting import ALIKE, ROWS_A_TASK, Key, as_number, drawn, of_group
from .spark import piped, plainly_named, result_type

CLASSES, LEVELS = 32, 30  # the most, as in foresell/learn.h
SAMPLE = 2400  # rows for the kernel, which takes 2,000 of them evenly


@dataclass(frozen=True)
class _Term:
    """What a score is added up from; `value` is null where the number is."""

    kind: str
    feature: str
    value: Column
    level: str | None = None
    knot: float | None = None
    mean: float = 0.0
    deviation: float = 0.0

    @property
    def curved(self) -> bool:
        return self.kind in ("linear", "hinge")

    def standardised(self) -> Column:
        return (F.coalesce(self.value, F.lit(self.mean)) - F.lit(self.mean)) * F.lit(1 / self.deviation)


@dataclass(frozen=True)
class _Table:
    """Rows with a known class, under names without a letter that Spark takes for more."""

    rows: DataFrame
    keys: list[str]
    label: str
    numbers: dict[str, Column]  # by the feature's own name
    texts: dict[str, Column]
    features: list[str]  # in their order

    def grouped(self, *more: str | Column) -> Any:
        return self.rows.groupBy(*self.keys, *more)

    def key(self, row: Any) -> Key:
        return tuple(row[: len(self.keys)])

    def match(self, key: Key) -> Column:
        return of_group(self.keys, key)


@dataclass(frozen=True)
class _Group:
    """What is known of a group before it is fitted."""

    classes: list[str]
    rows: int
    spread: dict[str, tuple[float, float, list[float]]]  # of each feature of numbers: least, greatest, quantiles
    levels: dict[str, list[str]]  # of each feature of texts, the most frequent first
    penalty: float
    temperature: float


# ---- columns ----


def _table(df: DataFrame, group: Sequence[str], order: str, label: str) -> _Table:
    features = [name for name in df.columns if name not in (*group, order, label)]
    names = [*group, order, label, *features]
    rows = plainly_named(df, names)
    plain = dict(zip(names, rows.columns))
    as_numbers = {name: as_number(df.schema[name], F.col(plain[name])) for name in features}
    numbers = {name: column for name, column in as_numbers.items() if column is not None}
    texts = {name: F.col(plain[name]) for name in features if name not in numbers}
    known = rows.where(F.col(plain[label]).isNotNull())
    return _Table(known.persist(), [plain[name] for name in group], plain[label], numbers, texts, features)


# ---- what is known of all groups ----


def _classes(table: _Table) -> dict[Key, dict[str, int]]:
    """Rows of each class, groups in the order of their keys."""
    counted = table.grouped(table.label).count()
    order = [F.col(name).asc_nulls_first() for name in [*table.keys, table.label]]
    found: dict[Key, dict[str, int]] = defaultdict(dict)
    for row in counted.orderBy(*order).collect():
        found[table.key(row)][row[table.label]] = row["count"]
        if len(found[table.key(row)]) > CLASSES:
            raise DataError(f"operator fit_classifier: a group has more than {CLASSES} classes", remedy="put rare ones together into one class")
    return found


def _spreads(table: _Table, knots: int) -> dict[Key, dict[str, tuple[float, float, list[float]]]]:
    if not table.numbers:
        return {}
    shares = [k / (knots + 1) for k in range(1, knots + 1)]
    asked = []
    for number in table.numbers.values():
        quantiles = F.percentile_approx(number, shares) if shares else F.lit(None)
        asked.append(F.struct(F.min(number), F.max(number), quantiles))
    rows = table.grouped().agg(*[one.alias(f"_{i}") for i, one in enumerate(asked)]).collect()
    return {table.key(row): {name: (one[0], one[1], one[2] or []) for name, one in zip(table.numbers, row[len(table.keys) :]) if one[0] is not None} for row in rows}


def _levels(table: _Table) -> dict[Key, dict[str, list[str]]]:
    found: dict[Key, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    if not table.texts:
        return found
    names = list(table.texts)
    pairs = F.explode(F.array(*[F.struct(F.lit(i).alias("_i"), text.alias("_level")) for i, text in enumerate(table.texts.values())]))
    counted = table.rows.select(*table.keys, pairs.alias("_pair")).where("_pair._level is not null").groupBy(*table.keys, "_pair").count()
    among = Window.partitionBy(*table.keys, "_pair._i").orderBy(F.desc("count"), F.asc("_pair._level"))
    frequent = counted.withColumn("_rank", F.row_number().over(among)).where(F.col("_rank") <= LEVELS)
    for row in sorted(frequent.collect(), key=lambda row: int(row["_rank"])):
        found[table.key(row)][names[row["_pair"]["_i"]]].append(row["_pair"]["_level"])
    return found


def _chosen(table: _Table, sizes: Mapping[Key, int], params: Mapping[str, object]) -> dict[Key, tuple[float, float]]:
    """Penalty and temperature of each group: the kernel's, on rows that are drawn by their order."""
    if not sizes:
        return {}
    order = table.rows.columns[len(table.keys)]
    samples = [table.match(key) & drawn(order, rows, SAMPLE) for key, rows in sizes.items()]
    options = options_text(Parts(pa.schema([])), {**params, "label": table.label})
    models = piped(table.rows.where(reduce(or_, samples)), "fit_classifier", options, table.keys, order)
    rows = models.select(*table.keys, "penalty", "temperature").distinct().collect()
    return {table.key(row): (row["penalty"], row["temperature"]) for row in rows}


def _groups(table: _Table, classes: Mapping[Key, dict[str, int]], params: Mapping[str, Any]) -> dict[Key, _Group]:
    sizes = {key: sum(counts.values()) for key, counts in classes.items()}
    spreads, levels, chosen = _spreads(table, params["knots"]), _levels(table), _chosen(table, sizes, params)
    return {key: _Group(list(classes[key]), rows, spreads.get(key, {}), levels[key], *chosen[key]) for key, rows in sizes.items()}


# ---- one group ----


def _of_numbers(name: str, number: Column, spread: tuple[float, float, list[float]] | None) -> Iterator[_Term]:
    if spread:
        least, top, quantiles = spread
        yield _Term("linear", name, number)
        last, apart = least, ALIKE * (top - least)
        for knot in quantiles:
            if last + apart < knot < top - apart:
                above = F.when(number.isNotNull(), F.greatest(number - F.lit(knot), F.lit(0.0)))
                yield _Term("hinge", name, above, knot=knot)
                last = knot
    yield _Term("missing", name, F.when(number.isNull(), 1.0).otherwise(0.0))


def _candidates(table: _Table, group: _Group) -> Iterator[_Term]:
    for name in table.features:
        if name in table.numbers:
            yield from _of_numbers(name, table.numbers[name], group.spread.get(name))
        for level in group.levels.get(name, []) if name in table.texts else []:
            yield _Term("level", name, F.when(table.texts[name] == F.lit(level), 1.0).otherwise(0.0), level=level)


def _measured(rows: DataFrame, group: _Group, terms: Sequence[_Term]) -> list[_Term]:
    """The terms that differ from row to row, with mean and deviation."""
    if not terms:
        return []
    found = rows.agg(*[F.struct(F.avg(term.value), F.stddev_pop(term.value)).alias(f"_{i}") for i, term in enumerate(terms)]).collect()[0]
    kept = []
    for term, (mean, deviation) in zip(terms, found):
        least = ALIKE * max(map(abs, group.spread[term.feature][:2])) if term.curved else 0.0
        deviation = deviation if term.curved else math.sqrt(mean * (1 - mean))
        if deviation > least and math.isfinite(1 / deviation):
            kept.append(replace(term, mean=mean, deviation=deviation))
    return kept


def _weights(table: _Table, rows: DataFrame, group: _Group, terms: Sequence[_Term]) -> list[list[float]]:
    """Of each class: the intercept, and a weight for each standardised term."""
    if len(group.classes) == 1:
        return [[0.0] * (1 + len(terms))]
    values = [term.standardised() for term in terms] or [F.lit(0.0)]
    number = F.array_position(F.array(*map(F.lit, group.classes)), F.col(table.label)) - 1
    ready = rows.select(number.cast("double").alias("label"), array_to_vector(F.array(*values)).alias("features"))
    model = LogisticRegression(family="multinomial", regParam=group.penalty, standardization=False, maxIter=500).fit(ready)
    weights = [[float(first), *map(float, row)] for first, row in zip(model.interceptVector.toArray(), model.coefficientMatrix.toArray())]
    if not all(map(math.isfinite, sum(weights, []))):
        raise DataError("MLlib's fit of a classifier ends nowhere", remedy="look for features of wild sizes, or leave method at foresell")
    return [row[: 1 + len(terms)] for row in weights]


def _listed(table: _Table, terms: Sequence[_Term]) -> Iterator[tuple[_Term, bool]]:
    """The terms that are handed out, and whether they were fitted: each feature of numbers says what a null adds."""
    for name in table.features:
        own = [term for term in terms if term.feature == name]
        yield from ((term, True) for term in own)
        if name in table.numbers and own and own[-1].kind != "missing":
            yield _Term("missing", name, F.lit(None)), False


def _coefficients(table: _Table, terms: Sequence[_Term], weights: Sequence[float]) -> Iterator[tuple[_Term | None, float]]:
    """For values as they came; a null stands at the mean of the others."""
    slopes = {id(term): weight / term.deviation for term, weight in zip(terms, weights[1:])}
    yield None, weights[0] - sum(slopes[id(term)] * term.mean for term in terms)
    for term, fitted in _listed(table, terms):
        own = slopes[id(term)] if fitted else 0.0
        if term.kind == "missing":
            own += sum(slopes[id(other)] * other.mean for other in terms if other.curved and other.feature == term.feature)
        yield term, own


def _mean(term: _Term, terms: Sequence[_Term]) -> float:
    """Of the term's value over all rows; that of a number is 0 where it is null."""
    null = sum(other.mean for other in terms if other.kind == "missing" and other.feature == term.feature)
    return term.mean * (1 - null) if term.curved else term.mean


def _model(table: _Table, key: Key, group: _Group) -> Iterator[tuple[Any, ...]]:
    rows = table.rows.where(table.match(key))
    terms = _measured(rows, group, list(_candidates(table, group)))
    for name, weights in zip(group.classes, _weights(table, rows, group, terms)):
        for term, own in _coefficients(table, terms, weights):
            what = (term.kind, term.feature, term.level, term.knot) if term else ("intercept", None, None, None)
            mean = _mean(term, terms) if term else 1.0
            yield (*key, name, *what, group.temperature * own, group.rows, group.penalty, group.temperature, mean, None)


# ---- all ----


def _models(table: _Table, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    classes = _classes(table)
    rows = sum(sum(counts.values()) for counts in classes.values())
    few = replace(table, rows=table.rows.coalesce(1 + rows // ROWS_A_TASK))
    return [row for key, known in _groups(few, classes, params).items() for row in _model(few, key, known)]


def _label(columns: Iterable[str], taken: Sequence[str], named: str | None) -> str:
    """The column of classes: the one that is named, else `label`, else the first that is left, as a pipe takes it."""
    left = [name for name in columns if name not in taken]
    return named or next((name for name in left if name == "label"), left[0] if left else "label")


def fit(df: DataFrame, options: Mapping[str, Any], group: Sequence[str], order: str) -> DataFrame:
    """The table that the operator fit_classifier gives, fitted by MLlib, at once.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        Order, label and features of each row.
    options : mapping
        The operator's parameters; `label` names the column of classes.
    group : sequence of str
        Columns that tell groups apart, each of which gets a model; a few, of many rows each.
    order : str
        The column that sorts a group.

    Returns
    -------
    pyspark.sql.DataFrame
        Group columns, then the model's: a row for each class and term, groups in the order of their keys.
    """
    label = _label(df.columns, (*group, order), options.get("label"))
    if options.get("model", "auto") not in ("auto", "logistic"):
        raise DataError("MLlib fits logistic regression only", remedy="leave model at auto or logistic, or method at foresell")
    params = {**options, "label": label, "method": "foresell", "model": "logistic"}
    type_ = result_type(df, "fit_classifier", options_text(Parts(pa.schema([])), params), group, order)
    table = _table(df, group, order, label)
    try:
        found = _models(table, params)
    finally:
        table.rows.unpersist()
    return df.sparkSession.createDataFrame(found, type_).coalesce(1)
