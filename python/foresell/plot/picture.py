"""What a chart shows, whatever draws it: series with their forecasts, the largest ones and the rest together, peaks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from ..errors import UsageError

Chosen = TypeVar("Chosen")
When = date | datetime | int
Where = date | float | str
Value = float | None

COLOURS = ("#0072B2", "#C24E00", "#007A5A", "#A8487F", "#8A6500", "#2F7FB5", "#555555")
"""The report's: Okabe and Ito's palette, told apart by colour-blind people."""
SOLD, AHEAD = COLOURS[0], COLOURS[1]
NEUTRAL = "#8A929A"
"""Of bars that are neither gain nor loss."""
SCALE = ("#E4EFF8", "#B3D3EC", "#6BAAD9", "#2C7FBF", "#0A5493", "#062F5E")
DARK_SCALE = ("#1D2D3D", "#1F4C73", "#2673AB", "#4C9FD6", "#8CC6EC", "#D3EBFB")
"""From little to much; on dark pages the second one."""
PLURAL = {"hour": "hours", "day": "days", "week": "weeks", "month": "months", "quarter": "quarters", "year": "years"}
WINDOW = {"day": 182, "week": 104, "month": 120, "quarter": 60, "year": 60}
"""So many of the last periods are drawn, as the report shows them at first; in several panels half as many."""
WIDEST = 4
"""As many times more at most, so that a peak that is told is among them."""


@dataclass(frozen=True)
class Series:
    """What was sold, null where that is not known, and what is forecast. `low` and `high` are empty without an interval."""

    name: str
    x: list[When]
    sold: list[Value]
    ahead: list[When] = field(default_factory=list)
    mean: list[Value] = field(default_factory=list)
    low: list[Value] = field(default_factory=list)
    high: list[Value] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Of its panel: its name, and the sum of the forecast where there is one."""
        return short(self.name, 34) + (f": {figure(self.expected)}" if self.expected is not None else "")

    @property
    def expected(self) -> float | None:
        """The sum of the forecast; null without one."""
        known = [value for value in self.mean if value is not None]
        return sum(known) if known else None


@dataclass(frozen=True)
class Mark:
    """A peak: where it stands on its line, and its cause."""

    x: Where
    y: float
    label: str
    told: bool = False  # a sentence may tell of it


@dataclass(frozen=True)
class Picture:
    """One panel a series, with what stands around them."""

    title: str
    unit: str  # what the upright axis counts
    along: str  # what the other one counts
    interval: str  # "90 %", or nothing
    series: list[Series]
    marks: list[Mark] = field(default_factory=list)
    marked: str = "peak"
    past: str = "sold"  # what the line is

    @property
    def interval_name(self) -> str:
        """What the shaded band is."""
        return f"{self.interval} interval"


def grid(panels: int) -> tuple[int, int]:
    """Rows and columns for that many panels."""
    columns = 2 if panels <= 4 else 3
    return -(-panels // columns), columns


def largest(by_size: list[Chosen], top: int) -> tuple[list[Chosen], list[Chosen]]:
    """Those that have a panel of their own, and the others, which share one: of a single one that would be a waste."""
    if top < 1:
        raise UsageError(f"top is {top}, but must be 1 or more")
    return (by_size, []) if len(by_size) <= top + 1 else (by_size[:top], by_size[top:])


def window(period: str, panels: int) -> int:
    """How many of the last periods are drawn, unless it is told."""
    many = WINDOW.get(period, WINDOW["day"])
    return many if panels == 1 else many // 2


def reaching(last: int, ago: Iterable[int]) -> int:
    """So many of the last periods that the peaks that are told, so many periods ago, are among them, unless that is too long ago."""
    return max([last, *(many + round(last / 12) for many in ago if many <= WIDEST * last)])


def periods(count: int, period: str) -> str:
    """"28 days", "1 week"."""
    return f"{count:,} {period if count == 1 else PLURAL.get(period, period + 's')}"


def short(text: str, most: int = 42) -> str:
    """Cut where it is longer than `most` letters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def lines(text: str, width: int) -> list[str]:
    """A title in lines of about the same length, none longer than `width` letters."""
    count = len(textwrap.wrap(text, width))
    even = -(-len(text) // max(count, 1)) + 8  # words are not cut, so that a line may be a little longer
    return textwrap.wrap(text, min(width, even))


def figure(value: float) -> str:
    """With separators of thousands; decimals only where the number is small."""
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 1 else f"{value:.2g}"


def tick(value: float) -> str:
    """A place on the upright axis: "12,000", "0.25"."""
    return f"{value:,.12g}"


def isolated(values: Sequence[Value]) -> list[int]:
    """Where a known value has unknown ones on both sides, so that no line would show it."""
    unknown = [True, *[value is None for value in values], True]
    return [i for i in range(len(values)) if unknown[i] and not unknown[i + 1] and unknown[i + 2]]


def runs_of(values: Sequence[Value]) -> list[int]:
    """The number of the stretch of known values that each value belongs to."""
    number, numbers = 0, []
    for i, value in enumerate(values):
        number += i > 0 and value is not None and values[i - 1] is None
        numbers.append(number)
    return numbers


def outer_quantiles(names: Iterable[str]) -> tuple[str, str] | None:
    """The columns of the lowest and the highest quantile: the interval that is drawn."""
    found = {}
    for name in names:
        try:
            found[float(name[1:])] = name if name[0] == "q" else ""
        except (ValueError, IndexError):
            continue
    found = {at: name for at, name in found.items() if name and 0 < at < 1}
    return (found[min(found)], found[max(found)]) if len(found) > 1 else None


def interval_of(quantiles: tuple[str, str] | None) -> str:
    """"90 %" for q0.05 and q0.95."""
    return f"{100 * (float(quantiles[1][1:]) - float(quantiles[0][1:])):.4g} %" if quantiles else ""


def tick_labels(places: Sequence[date | datetime]) -> list[str]:
    """Places on an axis of time: "2024" for a January, "Feb", "17 Feb"; the first one has the year."""
    made = []
    for i, at in enumerate(places):
        clock = isinstance(at, datetime) and (at.hour or at.minute)
        text = f"{at:%H:%M}" if clock else f"{at:%b}" if at.day == 1 else f"{at.day} {at:%b}"
        if not clock and (i == 0 or at.year != places[i - 1].year):
            text = f"{at:%Y}" if at.day == 1 and at.month == 1 else f"{text}\n{at:%Y}"
        made.append(text)
    return made
