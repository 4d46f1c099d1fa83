"""The chart of a history and of what `foresell.forecast` made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..columns import choose
from ..errors import UsageError
from ..table import ArrowData, read
from .picture import Picture, Series, Value, When, figure, interval_of, largest, outer_quantiles, periods, short, window

SPACING = {1: "day", 7: "week", 28: "month", 29: "month", 30: "month", 31: "month", 365: "year", 366: "year"}
Key = tuple[Any, ...]
Rows = dict[Key, dict[str, list[Any]]]


def _group_of(result: pa.Table) -> list[str]:
    names = result.column_names
    if "period" not in names or "mean" not in names:
        raise UsageError("result is not what foresell.forecast gives: it has no columns period and mean", remedy="plot.forecast(history, result)")
    return list(names[: names.index("period")])


def _series_of(table: pa.Table, group: Sequence[str], order: str, columns: Mapping[str, str]) -> Rows:
    """The rows of each group, sorted, by the names that `columns` gives them."""
    found: Rows = {}
    table = table.sort_by(order)
    keys = list(zip(*(table[name].to_pylist() for name in group))) if group else [()] * table.num_rows
    values = {name: _values(table[column]) for name, column in columns.items()}
    for i, key in enumerate(keys):
        rows = found.setdefault(key, {name: [] for name in columns})
        for name, all_values in values.items():
            rows[name].append(all_values[i])
    return found


def _values(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_decimal(column.type) or pa.types.is_boolean(column.type):
        column = pc.cast(column, pa.float64())
    return list(column.to_pylist())


def _period_of(x: Sequence[Any]) -> str:
    """How far it is from one row to the next, mostly."""
    if len(x) < 2 or isinstance(x[0], int):
        return "period"
    apart = sorted((after - before).total_seconds() / 86400 for before, after in zip(x, x[1:]))
    middle = apart[len(apart) // 2]
    return SPACING.get(int(middle), "period") if middle == int(middle) else "period"


def _label(key: Key) -> str:
    return ", ".join("(none)" if part is None else str(part) for part in key) or "All"


def _chosen(result: Rows, past: Rows, key: Any, top: int) -> tuple[list[Key], list[Key]]:
    sizes = {one: sum(value or 0 for value in past.get(one, {"value": []})["value"]) for one in result}
    by_size = sorted(result, key=lambda one: -sizes[one])
    split = largest(by_size, top)
    if key is not None:
        wanted = tuple(key) if isinstance(key, (list, tuple)) else (key,)
        if wanted not in result:
            raise UsageError(f"there is no series '{_label(wanted)}'", remedy=f"there are {'; '.join(map(_label, by_size[:8]))}")
        return [wanted], []
    return split


def _added(rows: Sequence[dict[str, list[Any]]], x: str, y: str) -> tuple[list[When], list[Value]]:
    sums: dict[When, Value] = {}
    for one in rows:
        for at, value in zip(one[x], one[y]):
            sums[at] = value if sums.get(at) is None else (sums[at] or 0) + (value or 0)
    return sorted(sums), [sums[at] for at in sorted(sums)]


def _rest(past: Rows, ahead: Rows, others: Sequence[Key], first: When) -> Series:
    """The others together: what they sold, and what those of them should sell whose forecast begins at `first`, too."""
    x, sold = _added([past[key] for key in others if key in past], "x", "value")
    forecast = [ahead[key] for key in others if ahead[key]["x"][0] == first]
    then, mean = _added(forecast, "x", "mean")
    some = f", {len(forecast):,} forecast" if len(forecast) < len(others) else ""
    return Series(f"the other {len(others):,} together{some}", x, sold, then, mean)


# ---- periods without a row ----


def _after(at: Any, period: str, step: int) -> Any:
    if period == "month":
        return at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)
    return at + (step if isinstance(at, int) else timedelta(days=7 if period == "week" else 1))


def _filled(series: Series, period: str, absent: str) -> Series:
    """Periods without a row come back, as unknown or as zeros, or else the line would run over them."""
    x = series.x
    regular = period in ("day", "week") or (period == "month" and all(at.day == x[0].day <= 28 for at in x))  # type: ignore[union-attr]
    if not x or not (regular or isinstance(x[0], int)):
        return series
    step = min((after - before for before, after in zip(x, x[1:])), default=1) if isinstance(x[0], int) else 1  # type: ignore[operator]
    if isinstance(x[0], int) and (x[-1] - x[0]) // (step or 1) > 20 * len(x):  # type: ignore[operator]
        return series  # numbers that only sort
    known, at, every = dict(zip(x, series.sold)), x[0], []
    while at <= x[-1]:  # type: ignore[operator]
        every.append(at)
        at = _after(at, period, step or 1)  # type: ignore[arg-type]
    if not set(x) <= set(every):
        return series
    return replace(series, x=every, sold=[known.get(one, 0.0 if absent == "zero" else None) for one in every])


def _last(series: Series, count: int) -> Series:
    return replace(series, x=series.x[-count:], sold=series.sold[-count:])


def _title(series: Sequence[Series], others: int, unit: str, period: str) -> str:
    ahead = f"the next {periods(max(len(one.ahead) for one in series), period)}"
    if len(series) == 1:
        return f"{short(series[0].name)}: {figure(series[0].expected or 0)} {unit} are forecast for {ahead}"
    largest = f"the {len(series) - 1} largest series, and for the other {others:,} together," if others else "each series"
    return f"What is forecast for {largest} in {ahead}, in {unit}"


def picture(
    history: ArrowData,
    result: ArrowData,
    *,
    order: str | None,
    value: str | None,
    key: Any,
    top: int,
    last: int | None,
    unit: str | None,
    absent: str,
) -> Picture:
    """What `foresell.plot.forecast` draws; see there."""
    past_table, ahead_table = read(history), read(result)
    group = _group_of(ahead_table)
    parts = choose(past_table.schema, "forecast", group, order, {"value": value})
    quantiles = outer_quantiles(ahead_table.column_names)
    names = {"x": "period", "mean": "mean", **(dict(zip(("low", "high"), quantiles)) if quantiles else {})}
    past = _series_of(past_table, group, parts.order, {"x": parts.order, "value": parts.values["value"]})
    ahead = _series_of(ahead_table, group, "period", names)
    if not ahead:
        raise UsageError("result has no rows")
    drawn, others = _chosen(ahead, past, key, top)
    nothing: dict[str, list[Any]] = {"x": [], "value": []}
    series = []
    for one in drawn:
        rows, then = past.get(one, nothing), ahead[one]
        series.append(Series(_label(one), rows["x"], rows["value"], then["x"], then["mean"], then.get("low", []), then.get("high", [])))
    if others:
        series.append(_rest(past, ahead, others, series[0].ahead[0]))
    period = _period_of(series[0].x or series[0].ahead)
    unit = unit or parts.values["value"]
    last = last or window(period, len(series))
    series = [_last(_filled(one, period, absent), last) for one in series]
    per = f"{unit} a {period}" if period != "period" else unit
    return Picture(_title(series, len(others), unit, period), per, parts.order, interval_of(quantiles), series, past="so far")
