"""Charts by Matplotlib, and the same with the lines, grid and ticks of Seaborn. Colours of text are the style's own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.dates import AutoDateLocator, num2date
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import Formatter, FuncFormatter, MaxNLocator

from .picture import AHEAD, SOLD, Mark, Picture, Series, Value, grid, isolated, lines, runs_of, short, tick, tick_labels

Axes = Any  # as the package is checked where Matplotlib is not, too
WIDTH, HEIGHT = 9.5, 4.2  # inches, of one panel alone
PLAIN = {"parse_math": False}  # names are no formulas
SMALL = {"fontsize": 9, **PLAIN}
TITLE = {"fontsize": 12, "fontweight": "bold", **PLAIN}
LETTERS_AN_INCH = 10  # of a title
LABELS_APART = 0.13  # of the width: peaks that are closer have one label


def _naive(number: float) -> datetime:
    at: datetime = num2date(number)  # type: ignore[no-untyped-call, unused-ignore]
    return at.replace(tzinfo=None)


class Dates(Formatter):
    """Few letters a tick; the years stand where they begin."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return tick_labels([_naive(x)])[0]

    def format_ticks(self, values: Any) -> list[str]:
        return tick_labels([_naive(value) for value in values])


class _Panels(Figure):
    """A notebook draws the result of a cell, and at its end what is open: what it has drawn is open no more."""

    def _repr_html_(self) -> Any:
        if "inline" in mpl.get_backend():
            plt.close(self)
        return super()._repr_html_()


class Pen:
    """Draws one line, with gaps where nothing is known."""

    def line(self, ax: Axes, x: Sequence[Any], y: Sequence[Value], **style: Any) -> None:
        numbers = [float("nan") if value is None else value for value in y]
        ax.plot(x, numbers, **style)

    def theme(self) -> AbstractContextManager[Any]:
        return nullcontext()


class SeabornPen(Pen):
    """Seaborn leaves out what is not known, and so would draw over gaps: each stretch of known values is a line."""

    def line(self, ax: Axes, x: Sequence[Any], y: Sequence[Value], **style: Any) -> None:
        import seaborn

        known = [i for i, value in enumerate(y) if value is not None]
        stretch = runs_of(y)
        columns = {"x": [x[i] for i in known], "y": [y[i] for i in known], "stretch": [stretch[i] for i in known]}
        seaborn.lineplot(data=columns, x="x", y="y", units="stretch", estimator=None, sort=False, legend=False, ax=ax, **style)

    def theme(self) -> AbstractContextManager[Any]:
        import seaborn

        context: AbstractContextManager[Any] = seaborn.axes_style("ticks")
        return context


def _lines(ax: Axes, series: Series, pen: Pen) -> None:
    width = 1.1 if len(series.x) > 130 else 1.5
    pen.line(ax, series.x, series.sold, color=SOLD, linewidth=width)
    alone = isolated(series.sold)
    if alone:
        ax.scatter([series.x[i] for i in alone], [series.sold[i] or 0 for i in alone], s=9, color=SOLD, linewidths=0)
    if series.mean:
        pen.line(ax, series.ahead, series.mean, color=AHEAD, linewidth=1.6, linestyle=(0, (4, 2)))
    if series.low:
        nan = float("nan")
        low, high = ([nan if v is None else v for v in values] for values in (series.low, series.high))
        ax.fill_between(series.ahead, low, high, color=AHEAD, alpha=0.25, linewidth=0)


def _time_axis(ax: Axes, series: Series, most: int) -> None:
    axis = ax.xaxis
    if isinstance((series.x or series.ahead)[0], date):
        axis.set_major_locator(AutoDateLocator(minticks=3, maxticks=most))  # type: ignore[no-untyped-call, unused-ignore]
        axis.set_major_formatter(Dates())
    else:
        axis.set_major_locator(MaxNLocator(most, integer=True))


def _frame(ax: Axes, series: Series, most: int) -> None:
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.grid(axis="y", color="#888888", alpha=0.22, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(labelsize=9, left=False)
    ax.yaxis.set_major_locator(MaxNLocator(5, min_n_ticks=3))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))
    _time_axis(ax, series, most)
    known = [value for values in (series.sold, series.mean, series.low) for value in values if value is not None]
    if known and min(known) >= 0:
        ax.set_ylim(bottom=0)
    ax.margins(x=0.01)


def _label_marks(ax: Axes, marks: Sequence[Mark]) -> None:
    """Labels of the highest ones first; one that would lie on another is left out."""
    left, right = ax.get_xlim()
    taken: list[float] = []
    for mark in sorted(marks, key=lambda one: -one.y):
        at = (ax.convert_xunits(mark.x) - left) / (right - left)
        if any(abs(at - other) < LABELS_APART for other in taken):
            continue
        taken.append(at)
        side = "left" if at < 0.1 else "right" if at > 0.9 else "center"
        where = {"xytext": (0, 7), "textcoords": "offset points", "ha": side, **SMALL}
        ax.annotate(short(mark.label, 24), (mark.x, mark.y), **where)


def draw_marks(ax: Axes, marks: Sequence[Mark], label: str) -> None:
    if not marks:
        return
    ink = mpl.rcParams["text.color"]
    ax.scatter(
        [mark.x for mark in marks],
        [mark.y for mark in marks],
        s=32, facecolor=mpl.rcParams["axes.facecolor"], edgecolor=ink, linewidths=1.3, zorder=5, label=label,
    )
    ax.set_ylim(top=max(ax.get_ylim()[1], 1.12 * max(mark.y for mark in marks)))
    _label_marks(ax, marks)


def _handles(ax: Axes, picture: Picture) -> tuple[list[Any], list[str]]:
    """What the legend names: only what is drawn."""
    handles: list[Any] = [Line2D([], [], color=SOLD, linewidth=1.5)]
    labels = [picture.past]
    if any(series.mean for series in picture.series):
        handles.append(Line2D([], [], color=AHEAD, linewidth=1.6, linestyle=(0, (4, 2))))
        labels.append("forecast")
    if any(series.low for series in picture.series):
        handles.append(Rectangle((0, 0), 1, 1, color=AHEAD, alpha=0.25, linewidth=0))
        labels.append(picture.interval_name)
    if picture.marks:
        handles.append(next(one for one in ax.collections if one.get_label() == picture.marked))
        labels.append(picture.marked)
    return handles, labels


def _panel(ax: Axes, series: Series, picture: Picture, pen: Pen, most: int) -> None:
    _lines(ax, series, pen)
    _frame(ax, series, most)
    draw_marks(ax, picture.marks, picture.marked)


def _one(picture: Picture, ax: Axes | None, pen: Pen) -> Axes:
    if ax is None:
        width = 0.92 * WIDTH  # what the figure's layout will leave it
        _, ax = plt.subplots(figsize=(WIDTH, HEIGHT), layout="constrained")
    else:
        width = ax.get_window_extent().width / ax.figure.dpi
    _panel(ax, picture.series[0], picture, pen, 8 if width > 6 else 4)
    ax.set_xlabel(picture.along, **SMALL)
    ax.set_ylabel(picture.unit, **SMALL)
    title = "\n".join(lines(picture.title, max(24, int(width * LETTERS_AN_INCH))))
    ax.set_title(title, loc="left", pad=26, **TITLE)
    handles, labels = _handles(ax, picture)
    place = {"loc": "lower left", "bbox_to_anchor": (-0.005, 1.0), "borderaxespad": 0.2}
    ax.legend(handles, labels, ncols=len(labels), frameon=False, fontsize=9, **place)
    return ax


def _many(picture: Picture, pen: Pen) -> Any:
    rows, columns = grid(len(picture.series))
    fig, axes = plt.subplots(rows, columns, figsize=(WIDTH, 0.9 + 2.1 * rows), layout="constrained", squeeze=False, FigureClass=_Panels)
    panels = list(axes.flat)
    for ax, series in zip(panels, picture.series):
        _panel(ax, series, picture, pen, 5)
        ax.set_title(series.title, loc="left", fontsize=10, **PLAIN)
        ax.set_xlabel("")
        ax.set_ylabel("")
    for ax in panels[len(picture.series) :]:
        ax.remove()
    title = "\n".join(lines(picture.title, int(WIDTH * LETTERS_AN_INCH)))
    fig.suptitle(title, x=0.01, ha="left", **TITLE)
    fig.supylabel(picture.unit, **SMALL)
    fig.supxlabel(picture.along, **SMALL)
    handles, labels = _handles(panels[0], picture)
    fig.legend(handles, labels, loc="outside lower left", ncols=len(labels), frameon=False, fontsize=9)
    return fig


def draw(picture: Picture, ax: Axes | None, seaborn: bool) -> Any:
    """One panel on `ax` or a figure of its own; or several on one figure."""
    pen = SeabornPen() if seaborn else Pen()
    with pen.theme():
        return _one(picture, ax, pen) if len(picture.series) == 1 else _many(picture, pen)
