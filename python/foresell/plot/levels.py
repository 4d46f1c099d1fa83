"""The report's charts from the tables of a run: the same rows, levels, largest ones and marks (src/report/charts.c)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import DataError, UsageError
from ..runs import Run
from .picture import Mark, Picture, Series, Value, When, figure, interval_of, largest, outer_quantiles, periods, reaching, short, window


@dataclass(frozen=True)
class Level:
    """Which tables hold a level, and how it is spoken of."""

    name: str
    demand: str
    forecast: str
    key: str | None
    value: str
    one: str
    many: str


LEVELS = {
    level.name: level
    for level in (
        Level("revenue", "demand_total", "forecast_revenue", None, "revenue", "Total", ""),
        Level("total", "demand_total", "forecast_total", None, "value", "Total", ""),
        Level("category", "demand_category", "forecast_category", "category", "value", "category", "categories"),
        Level("store", "demand_store", "forecast_store", "store", "value", "store", "stores"),
        Level("item", "demand_item", "forecast_item", "item", "value", "product", "products"),
    )
}


def _has(run: Run, *tables: str) -> bool:
    return set(tables) <= set(run.tables())


def has_money(run: Run) -> bool:
    """Do the sales tell their money?"""
    if not _has(run, "forecast_revenue", "demand_total"):
        return False
    other: bool | None = pc.any(pc.not_equal(run.table("demand_total", ["revenue"])["revenue"], 0.0)).as_py()
    return other is True


def in_units(run: Run) -> bool:
    """Is demand forecast in pieces, or else in money?"""
    rows = run.table("demand_total", ["value", "units"])
    rows = rows.filter(pc.greater(rows["value"], 0.0))
    same: int = pc.sum(pc.equal(rows["value"], rows["units"])).as_py() or 0
    units: bool = rows.num_rows == 0 or (rows.num_rows - same) * 2 < rows.num_rows
    return units


# ---- which keys ----


@dataclass(frozen=True)
class Key:
    """One category, store or product."""

    key: str
    label: str
    size: float | None


def _by_size(keys: Sequence[Key]) -> list[Key]:
    return sorted(keys, key=lambda one: (one.size is None, -(one.size or 0), one.key))


def _product_label(item: str, name: str | None) -> str:
    if not name:
        return item
    return name if name == item or name.endswith(f" {item}") else f"{name} ({item})"


def _products(run: Run) -> list[Key]:
    columns = ["item", "name", "revenue", "units"]
    rows = run.table("product_summary", columns, pc.field("active")).to_pylist()
    return [Key(row["item"], _product_label(row["item"], row["name"]), row["revenue"] or row["units"]) for row in rows]


def _store_names(run: Run) -> dict[str, str]:
    if not _has(run, "stores"):
        return {}
    rows = run.table("stores", ["store", "name"]).to_pylist()
    return {row["store"]: row["name"] for row in sorted(rows, key=lambda row: row["name"] or "", reverse=True) if row["name"]}


def _places(run: Run, level: Level) -> list[Key]:
    assert level.key
    rows = run.table(level.demand, [level.key, "revenue", "value"])
    sums = rows.group_by(level.key).aggregate([("revenue", "sum"), ("value", "sum")]).to_pylist()
    names = _store_names(run) if level.name == "store" else {}
    keys = []
    for row in sums:
        key = row[level.key]
        if key is None or (level.name == "store" and key == "(all)"):
            continue
        label = key if level.name == "category" else f"{names[key]} ({key})" if key in names else f"Store {key}"
        keys.append(Key(key, label, row["revenue_sum"] or row["value_sum"]))
    return keys


def keys_of(run: Run, level: Level) -> list[Key]:
    """All keys of a level, the largest first."""
    return _by_size(_products(run) if level.name == "item" else _places(run, level))


def _named(keys: Sequence[Key], level: Level, wanted: str) -> list[Key]:
    found = [key for key in keys if wanted in (key.key, key.label)]
    if not found:
        some = ", ".join(key.key for key in keys[:8]) + (" …" if len(keys) > 8 else "")
        raise UsageError(f"there is no {level.one} '{wanted}'", remedy=f"there are {some}")
    return found[:1]


# ---- rows of series ----


def _all_periods(run: Run) -> list[date]:
    return sorted(set(run.table("demand_total", ["period"])["period"].to_pylist()))


def _columns(table: pa.Table, *names: str) -> list[list[Any]]:
    table = table.sort_by("period")
    return [table[name].to_pylist() for name in names]


def _filled(level: Level, run: Run, x: list[date], y: list[Value], every: list[date]) -> tuple[list[date], list[Value]]:
    """Of products only periods that are no plain zero have a row: the others between the first and the last come back."""
    if level.name != "item" or run.settings.get("absent") == "missing" or not x:
        return x, y
    known = dict(zip(x, y))
    between = [at for at in every if x[0] <= at <= x[-1]]
    return between, [known.get(at, 0.0) for at in between]


def _sold(run: Run, level: Level, key: str | None, every: list[date], start: date) -> tuple[list[date], list[Value]]:
    where = None if level.key is None else pc.field(level.key) == key
    x, y = _columns(run.table(level.demand, ["period", level.value], where), "period", level.value)
    x, y = _filled(level, run, x, y, every)
    first = next((i for i, at in enumerate(x) if at >= start), len(x))
    return x[first:], y[first:]


def _forecast(run: Run, level: Level, key: str | None, quantiles: tuple[str, str] | None) -> dict[str, list[Any]]:
    if not _has(run, level.forecast):
        return {}
    where = None if level.key is None else pc.field(level.key) == key
    names = ["period", "mean", *(quantiles or ())]
    ahead = _columns(run.table(level.forecast, names, where), *names)
    return dict(zip(("ahead", "mean", "low", "high"), ahead)) if ahead[0] else {}


def _rest(run: Run, level: Level, others: Sequence[Key], every: list[date], start: date) -> Series:
    """The others together. Their intervals cannot be added up, so there is none."""
    assert level.key
    among = pc.field(level.key).isin([key.key for key in others])
    rows = run.table(level.demand, ["period", level.value], among & (pc.field("period") >= start))
    sums = rows.group_by("period").aggregate([(level.value, "sum")])
    known = dict(zip(sums["period"].to_pylist(), sums[f"{level.value}_sum"].to_pylist()))
    zero = 0.0 if level.name == "item" and run.settings.get("absent") != "missing" else None
    x = [at for at in every if at >= start]
    ahead: dict[str, list[Any]] = {}
    if _has(run, level.forecast):
        means = run.table(level.forecast, ["period", "mean"], among).group_by("period").aggregate([("mean", "sum")])
        ahead = dict(zip(("ahead", "mean"), _columns(means, "period", "mean_sum")))
    name = f"the other {len(others):,} {level.many} together"
    return Series(name, cast("list[When]", x), [known.get(at, zero) for at in x], **ahead)


# ---- marks ----


def _mark_label(row: dict[str, Any]) -> str:
    label = row["cause"] or f"{row['value'] / row['expected']:.1f}×"
    return label if row["when"] == "past" else f"{label}?"


def _may_be_told(row: dict[str, Any]) -> bool:
    return row["cause"] != "one large order" if row["when"] == "past" else (row["certainty"] or 0) >= 0.5


def _is_marked(row: dict[str, Any]) -> bool:
    past = row["when"] == "past"
    return row["rank"] <= (5 if past else 3) and (past or (row["certainty"] or 0) >= 0.5)


def _peaks(run: Run) -> list[dict[str, Any]]:
    """The five highest past and three highest coming peaks of the total, and those that a headline may tell."""
    if not _has(run, "peaks"):
        return []
    of_total = (pc.field("level") == "total") & (pc.field("expected") > 0)
    rows = run.table("peaks", where=of_total).sort_by("rank").to_pylist()
    first = {row["when"]: row["rank"] for row in reversed(rows) if _may_be_told(row)}
    rows = [{**row, "told": row["rank"] == first.get(row["when"])} for row in rows]
    return [row for row in rows if row["told"] or _is_marked(row)]


def _marks(peaks: list[dict[str, Any]], series: Series) -> list[Mark]:
    heights = {**dict(zip(series.ahead, series.mean)), **dict(zip(series.x, series.sold))}
    known = [(row, heights.get(row["period"])) for row in peaks]
    return [Mark(row["period"], height, _mark_label(row), row["told"]) for row, height in known if height is not None]


def _seen(every: list[date], peaks: list[dict[str, Any]], period: str, panels: int) -> int:
    """How many of the last periods are drawn, unless it is told."""
    ago = [len(every) - every.index(row["period"]) for row in peaks if row["told"] and row["period"] in every]
    return reaching(window(period, panels), ago)


# ---- the picture ----


def _money(run: Run) -> str:
    return run.settings.get("currency") or "money"


def _amount(value: float, money: bool, currency: str) -> str:
    return f"bring {currency} {figure(value)}" if money else f"sell {figure(value)} pieces"


def _title_of_one(series: Series, subject: str, money: bool, currency: str, period: str) -> str:
    if series.expected is None:
        return f"{subject}: what was sold"
    return f"{subject}: the next {periods(len(series.ahead), period)} should {_amount(series.expected, money, currency)}"


def _title_of_many(level: Level, shown: int, others: int, ahead: int, unit: str, period: str, money: bool) -> str:
    which = f"the {shown} largest {level.many}" if others else f"each {level.one}"
    rest = f", and the other {others:,} together," if others else ""
    what = f"should {'bring' if money else 'sell'} in the next {periods(ahead, period)}" if ahead else "sold"
    return f"What {which}{rest} {what}, in {unit}"


def _check(run: Run, level: Level) -> None:
    needed = [level.demand, *(["product_summary"] if level.name == "item" else [])]
    missing = [name for name in needed if not _has(run, name)]
    if missing:
        raise DataError(f"the run has no table {missing[0]}", str(run.folder), remedy="run the whole project, without only=")


def _choose(keys: list[Key], level: Level, key: str | None, top: int) -> tuple[list[Key], list[Key]]:
    """The keys to draw, and the others."""
    split = largest(keys, top)
    if not keys:
        raise DataError(f"the run tells no {level.many} apart")
    return split if key is None else (_named(keys, level, key), [])


def picture(run: Run, name: str, *, key: str | None = None, top: int = 5, last: int | None = None) -> Picture:
    """One chart of the report.

    Parameters
    ----------
    run : foresell.Run
        The run.
    name : str
        The level: revenue, total, category, store or item.
    key : str, optional
        One category, store or product.
    top : int
        Else so many of the largest.
    last : int, optional
        How many periods of the past are drawn.
    """
    level = LEVELS[name]
    _check(run, level)
    period, every = run.settings.get("period", "day"), _all_periods(run)
    quantiles = outer_quantiles(run.schema(level.forecast).names) if _has(run, level.forecast) else None
    drawn, others = _choose(keys_of(run, level), level, key, top) if level.key else ([Key("", level.one, None)], [])
    peaks = [] if level.key else _peaks(run)
    last = last or _seen(every, peaks, period, len(drawn))
    start = every[-min(last, len(every))] if every else date.min
    series = []
    for one in drawn:
        x, y = _sold(run, level, one.key, every, start)
        series.append(Series(one.label, cast("list[When]", x), y, **_forecast(run, level, one.key, quantiles)))
    if others:
        series.append(_rest(run, level, others, every, start))
    pieces, currency = in_units(run), _money(run)
    money = name == "revenue" or not pieces
    unit = currency if money else "pieces"
    if len(series) == 1:
        subject = "All sales" if not level.key else short(drawn[0].label)
        title = _title_of_one(series[0], subject, money, currency, period)
    else:
        title = _title_of_many(level, len(drawn), len(others), max(len(one.ahead) for one in series), unit, period, money)
    return Picture(
        title=title,
        unit=f"{unit} a {period}",
        along={"week": "week, by its first day"}.get(period, period),
        interval=interval_of(quantiles),
        series=series,
        marks=_marks(peaks, series[0]),
        marked="peak in pieces" if money and pieces else "peak",
    )
