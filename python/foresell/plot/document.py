"""The charts of the report as report.html holds them (web/src/model.ts): read, nothing of them is made anew."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from ..errors import ResourceError, UsageError
from ..runs import DATA, Run
from .picture import WINDOW, Mark, Value, Where, figure, reaching, tick

Kind = Literal["line", "bar", "points", "heat", "floating", "whisker"]
FEW_ROWS = 15  # of more bars no figures stand at the ends
MANY_NAMES = 12  # of what there is to choose, so many are told


@dataclass(frozen=True)
class Drawn:
    """A series. `low`, `high` and `label` are empty where there are none."""

    name: str
    kind: Kind
    x: list[Where]
    y: list[Value]
    low: list[Value] = field(default_factory=list)
    high: list[Value] = field(default_factory=list)
    interval: str = ""
    dashed: bool = False
    label: list[str] = field(default_factory=list)

    @property
    def legend(self) -> str:
        """Its name, and what its whisker is."""
        return f"{self.name}, line: {self.interval} interval" if self.kind == "whisker" and self.interval else self.name

    @property
    def band(self) -> str:
        """What its band is; nothing without one."""
        return f"{self.interval} interval".lstrip() if self.low and self.kind == "line" else ""

    def part(self, chosen: Sequence[int]) -> Drawn:
        """Some of its points."""
        low, high = ([values[i] for i in chosen] if values else [] for values in (self.low, self.high))
        label = [self.label[i] for i in chosen] if self.label else []
        return replace(self, x=[self.x[i] for i in chosen], y=[self.y[i] for i in chosen], low=low, high=high, label=label)


@dataclass(frozen=True)
class Chart:
    """One chart, or one of its variants."""

    id: str
    title: str
    finding: str
    unit: str
    axis: Literal["date", "category", "number"]
    grain: str
    currency: str
    series: list[Drawn]
    marks: list[Mark]
    marked: str = "peak"
    along: str = ""
    along_unit: str = ""
    up: str = ""
    log: bool = False
    stacked: bool = False
    left_out: int = 0  # points that have no place on logarithmic axes

    @property
    def kind(self) -> Kind:
        """How it is drawn: series of one kind share one way."""
        return self.series[0].kind if self.series else "line"

    @property
    def is_listed(self) -> bool:
        """Categories one below another."""
        return self.axis == "category" and (self.kind in ("floating", "whisker") or all(one.kind == "bar" for one in self.series))

    @property
    def is_labelled(self) -> bool:
        """Do the figures stand at the ends of rows?"""
        if self.kind == "floating":
            return len(self.categories) <= FEW_ROWS
        apart = not self.stacked if self.kind == "bar" else len(self.series) == 1
        return apart and sum(len(one.x) for one in self.series) <= FEW_ROWS

    @property
    def categories(self) -> list[Where]:
        """In the order in which they first come."""
        return list(dict.fromkeys(x for one in self.series for x in one.x))

    @property
    def counted(self) -> str:
        """What the upright axis counts: "pieces a day"."""
        if self.up:
            return self.up
        what = (self.currency or "money") if self.unit == "money" else "pieces" if self.unit == "units" else ""
        return f"{what} a {self.grain}" if what and self.axis == "date" else what

    @property
    def cut(self) -> float:
        """Where the axis of a waterfall begins: not at zero where the changes would be slivers on long bars."""
        ends = [end for one in self.series for i in range(len(one.x)) for end in self._ends(one, i)]
        if self.kind != "floating" or not ends or min(ends) <= 0 or max(ends) == min(ends):
            return 0.0
        least, most = min(ends), max(ends)
        step = 10.0 ** math.floor(math.log10(most - least))
        cut = math.floor((least - 0.3 * (most - least)) / step) * step
        return cut if cut > 0.4 * most else 0.0

    def _ends(self, one: Drawn, i: int) -> list[float]:
        """Of a bar that floats; of a total the one that is not zero."""
        if not one.low or not one.high:
            return []
        return [end for end in (one.low[i], one.high[i]) if end is not None and not (end == 0 and self.is_total(one, i))]

    @property
    def total(self) -> str:
        """What a total is called, and from where on it is seen."""
        return f"total, shown from {ticked(self.cut, self.unit)} on" if self.cut else "total"

    @property
    def place(self) -> str:
        """What the horizontal axis is called."""
        if self.axis == "date":
            return {"week": "week, by its first day"}.get(self.grain, self.grain)
        return self.along

    @property
    def unsaid(self) -> str:
        """What is told below the finding: how much could not be drawn."""
        return f"Not shown, as 0 or less: {self.left_out:,}" if self.left_out else ""

    def is_total(self, one: Drawn, i: int) -> bool:
        """Is a bar that floats a total, not a change?"""
        return one.name != "change" and 0 in (one.low[i], one.high[i])

    def text(self, one: Drawn, i: int) -> str:
        """The figure of a point; a change has its sign."""
        value = one.y[i]
        if value is None:
            return ""
        sign = "+" if one.kind == "floating" and one.name == "change" and value > 0 else ""
        return sign + written(value, self.unit)


def written(value: float, unit: str) -> str:
    """A figure: "1,234", "12.5 %"."""
    if unit != "share":
        return figure(value)
    decimals = 0 if abs(value) >= 0.0995 else 1
    return f"{100 * value:,.{decimals}f}".removesuffix(".0") + " %"


def ticked(value: float, unit: str) -> str:
    """A place on an axis: "12,000", "20 %"."""
    return f"{100 * value:,.10g} %" if unit == "share" else tick(value)


# ---- reading ----


def read(run: Run) -> dict[str, Any]:
    """The document inside of report.html."""
    if not run.report.is_file():
        raise ResourceError("the run has no report", str(run.folder), remedy="run it without only=")
    found = DATA.search(run.report.read_text(encoding="utf-8"))
    if not found:
        raise ResourceError("the report holds no charts", str(run.report), remedy="run the project again")
    document: dict[str, Any] = json.loads(found[1])
    return document


def blocks(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Its charts, in order."""
    return [block for page in document["pages"] for block in page["blocks"] if block["type"] == "chart"]


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:MANY_NAMES]) + (" …" if len(names) > MANY_NAMES else "")


def _named(run: Run, document: dict[str, Any], wanted: str) -> dict[str, Any]:
    there = blocks(document)
    for block in there:
        if block["id"] == wanted:
            return block
    remedy = f"it has {', '.join(block['id'] for block in there)}" if there else "it has none"
    raise UsageError(f"the report has no chart '{wanted}'", str(run.report), remedy=remedy)


def _variant(run: Run, block: dict[str, Any], wanted: str | None) -> dict[str, Any]:
    """The chart with what the variant says otherwise; the first unless one is named."""
    variants: list[dict[str, Any]] = block.get("choose") or []
    found = variants[:1] if wanted is None else [one for one in variants if one["name"] == wanted][:1]
    if wanted is not None and not found:
        remedy = f"it has {_some([one['name'] for one in variants])}" if variants else "it has one, leave choose out"
        raise UsageError(f"the chart {block['id']} has no variant '{wanted}'", str(run.report), remedy=remedy)
    told = {name: value for one in found for name, value in one.items() if name != "name" and value is not None}
    return {**block, **told}


def _place(x: Any, axis: str) -> Where:
    if axis == "date":
        return date.fromisoformat(f"{x}-01"[:10])
    return float(x) if axis == "number" else str(x)


def _drawn(one: dict[str, Any], axis: str) -> Drawn:
    low, high, label = (one.get(name) or [] for name in ("low", "high", "label"))
    x = [_place(x, axis) for x in one["x"]]
    interval, dashed = one.get("interval") or "", bool(one.get("dashed"))
    return Drawn(one["name"], one["kind"], x, one["y"], low, high, interval, dashed, [text or "" for text in label])


def _marks(marks: Sequence[dict[str, Any]], series: Sequence[Drawn], axis: str) -> list[Mark]:
    """On the first line that is known there."""
    made = []
    for mark in marks:
        x = _place(mark["x"], axis)
        heights = [y for one in series for at, y in zip(one.x, one.y) if at == x and y is not None]
        if heights:
            made.append(Mark(x, heights[0], mark["label"], bool(mark.get("told"))))
    return made


def _recent(series: list[Drawn], marks: Sequence[Mark], grain: str) -> list[Drawn]:
    """The last periods, as the report shows them at first: those peaks that are told are among them."""
    past, many = series[0].x if series else [], WINDOW.get(grain, WINDOW["day"])
    if len(past) <= 1.4 * many:
        return series
    ago = [len(past) - past.index(mark.x) for mark in marks if mark.told and mark.x in past]
    start: Any = past[-min(reaching(many, ago), len(past))]
    return [one.part([i for i, x in enumerate(one.x) if x >= start]) for one in series]


def _above_zero(series: list[Drawn]) -> tuple[list[Drawn], int]:
    """What has a place on logarithmic axes, and how many have none."""
    kept = []
    for one in series:
        places: Any = zip(one.x, one.y)
        kept.append(one.part([i for i, (x, y) in enumerate(places) if x > 0 and (y is None or y > 0)]))
    return kept, sum(len(one.x) for one in series) - sum(len(one.x) for one in kept)


def chart(run: Run, wanted: str, choose: str | None) -> Chart:
    """One chart of the report.

    Parameters
    ----------
    run : foresell.Run
        The run.
    wanted : str
        Its id.
    choose : str, optional
        The name of one of its variants.
    """
    document = read(run)
    block = _variant(run, _named(run, document, wanted), choose)
    meta, axis, along = document["meta"], block["x"], block.get("along") or {}
    grain = block.get("grain") or meta["period"]
    series, left_out = [_drawn(one, axis) for one in block.get("series") or []], 0
    marks = _marks(block.get("marks") or [], series, axis)
    if axis == "date":
        series = _recent(series, marks, grain)
        marks = [one for one in marks if any(one.x in drawn.x for drawn in series)]
    elif block.get("log"):
        series, left_out = _above_zero(series)
    return Chart(
        id=block["id"],
        title=block["title"],
        finding=block.get("finding") or "",
        unit=block["unit"],
        axis=axis,
        grain=grain,
        currency=meta.get("currency") or "",
        series=series,
        marks=marks,
        marked=" ".join(filter(None, ["peak", block.get("marked")])),
        along=along.get("label") or "",
        along_unit=along.get("unit") or "",
        up=block.get("up") or "",
        log=bool(block.get("log")),
        stacked=bool(block.get("stacked")),
        left_out=left_out,
    )
