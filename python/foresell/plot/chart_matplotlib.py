"""The charts of the report's document by Matplotlib, a function a kind; the same in the style of Seaborn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.dates import AutoDateLocator
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from .document import Chart, Drawn, ticked, written
from .draw_matplotlib import HEIGHT, LETTERS_AN_INCH, PLAIN, SMALL, TITLE, WIDTH, Axes, Dates, Pen, SeabornPen, draw_marks
from .picture import COLOURS, DARK_SCALE, NEUTRAL, SCALE, Value, isolated, lines, short

DAYS = {"day": 1, "week": 7, "month": 28, "quarter": 88, "year": 350}
LEADING = 14  # points, of a line of the finding
LEGEND = 18  # points, of a line of the legend
MANY_DOTS = 60
NAME_LETTERS = 34  # in a line of a name
MANY_ROWS = 20  # of more, each name has one line
SMALL_LETTERS_AN_INCH = 13
CELL_LETTERS_AN_INCH = 15
BROKEN_NAMES = 7  # columns of so many letters have names in several lines


def _colour(i: int) -> str:
    return COLOURS[i % len(COLOURS)]


def _ink() -> Any:
    return mpl.rcParams["text.color"]


def _numbers(values: Sequence[Value]) -> list[float]:
    return [float("nan") if value is None else value for value in values]


# ---- over time, over numbers, over a few categories ----


def _band(ax: Axes, one: Drawn, x: Sequence[Any], colour: str) -> None:
    if one.low and one.high:
        ax.fill_between(x, _numbers(one.low), _numbers(one.high), color=colour, alpha=0.25, linewidth=0)


def _line(ax: Axes, one: Drawn, x: Sequence[Any], colour: str, pen: Pen) -> None:
    style: dict[str, Any] = {"linestyle": (0, (4, 2)), "linewidth": 1.6} if one.dashed else {"linewidth": 1.1 if len(x) > 130 else 1.5}
    pen.line(ax, x, one.y, color=colour, **style)
    alone = isolated(one.y)
    if alone:
        ax.scatter([x[i] for i in alone], [one.y[i] or 0 for i in alone], s=9, color=colour, linewidths=0)


def _dots(ax: Axes, one: Drawn, x: Sequence[Any], colour: str, many: bool) -> None:
    ax.scatter(x, _numbers(one.y), s=8 if many else 26, color=colour, alpha=0.5 if many else 0.7, linewidths=0)


def _widths(chart: Chart) -> tuple[float, float]:
    """Of a bar and of all that stand at one place."""
    beside = 1 if chart.stacked else sum(one.kind == "bar" for one in chart.series)
    whole = 0.8 * (DAYS.get(chart.grain, 1) if chart.axis == "date" else 1)
    return whole / max(beside, 1), whole


def _upright_bars(ax: Axes, chart: Chart, place: dict[Any, Any]) -> None:
    """Beside each other, or on each other: above zero and below it apart."""
    width, whole = _widths(chart)
    ends: dict[tuple[Any, bool], float] = {}
    for at, one in enumerate(chart.series):
        if one.kind != "bar":
            continue
        known = [(place.get(x, x), y) for x, y in zip(one.x, one.y) if y is not None]
        bottom = [ends.get((x, y < 0), 0.0) if chart.stacked else 0.0 for x, y in known]
        x = [x for x, _ in known]
        if not chart.stacked and width < whole and chart.axis != "date":
            x = [x - whole / 2 + (at + 0.5) * width for x in x]
        ax.bar(x, [y for _, y in known], width=width, bottom=bottom, color=_colour(at), linewidth=0)
        for (x_at, y), from_ in zip(known, bottom):
            ends[x_at, y < 0] = from_ + y


def _axis_along(ax: Axes, chart: Chart, most: int) -> None:
    if chart.axis == "date":
        ax.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=most))  # type: ignore[no-untyped-call, unused-ignore]
        ax.xaxis.set_major_formatter(Dates())
    elif chart.axis == "category":
        names = [short(str(name), 24) for name in chart.categories]
        ax.set_xticks(range(len(names)), names, **SMALL)
    else:
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: ticked(value, chart.along_unit)))


def _log(ax: Axes) -> None:
    for axis, scale in ((ax.xaxis, ax.set_xscale), (ax.yaxis, ax.set_yscale)):
        scale("log")
        axis.set_major_locator(LogLocator())
        axis.set_minor_formatter(NullFormatter())


def _frame(ax: Axes, grid: str) -> None:
    for side in ("top", "right", "left", *(["bottom"] if grid == "x" else [])):
        ax.spines[side].set_visible(False)
    ax.grid(axis=grid, color="#888888", alpha=0.22, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(labelsize=9, length=0 if grid == "x" else 3)


def _values(chart: Chart) -> list[float]:
    return [value for one in chart.series for part in (one.y, one.low, one.high) for value in part if value is not None]


def _plane(ax: Axes, chart: Chart, pen: Pen, width: float) -> None:
    place = {name: i for i, name in enumerate(chart.categories)} if chart.axis == "category" else {}
    dots = sum(len(one.x) for one in chart.series)
    if chart.log:
        _log(ax)
    _upright_bars(ax, chart, place)
    for i, one in enumerate(chart.series):
        x = [place.get(at, at) for at in one.x]
        _band(ax, one, x, _colour(i))
        if one.kind == "line":
            _line(ax, one, x, _colour(i), pen)
        elif one.kind == "points":
            _dots(ax, one, x, _colour(i), dots > MANY_DOTS)
    _frame(ax, "both" if chart.kind == "points" else "y")
    if not chart.log:
        ax.yaxis.set_major_locator(MaxNLocator(5, min_n_ticks=3))
    _axis_along(ax, chart, 8 if width > 6 else 4)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: ticked(value, chart.unit)))
    values = _values(chart)
    if not chart.log and values and min(values) >= 0:
        ax.set_ylim(bottom=0)
    elif values and min(values) < 0:
        ax.axhline(0, color=_ink(), linewidth=0.8)
    draw_marks(ax, chart.marks, chart.marked)


# ---- categories one below another ----


def _text(ax: Axes, text: str, x: float, y: float, left: bool = False) -> None:
    where = {"xytext": (-4 if left else 4, 0), "textcoords": "offset points", "ha": "right" if left else "left", "va": "center"}
    ax.annotate(text, (x, y), annotation_clip=False, **where, **SMALL)


def _bars(ax: Axes, chart: Chart, row: dict[Any, int]) -> None:
    ends: dict[tuple[int, bool], float] = {}
    height = 0.7 / (1 if chart.stacked else len(chart.series))
    for at, one in enumerate(chart.series):
        for i, (x, y) in enumerate(zip(one.x, one.y)):
            if y is None:
                continue
            left = ends.get((row[x], y < 0), 0.0) if chart.stacked else 0.0
            middle = row[x] if chart.stacked else row[x] - 0.35 + (at + 0.5) * height
            ax.barh(middle, y, left=left, height=height, color=_colour(at), linewidth=0)
            ends[row[x], y < 0] = left + y
            if chart.is_labelled:
                _text(ax, chart.text(one, i), y, middle, left=y < 0)


def _gap(ax: Axes, row: int) -> None:
    """A slanted gap in a bar that does not begin where the picture does."""
    ax.plot([0.014, 0.022], [row + 0.36, row - 0.36], transform=ax.get_yaxis_transform(), color=ax.get_facecolor(), linewidth=2.5)


def _waterfall(ax: Axes, chart: Chart, row: dict[Any, int]) -> None:
    """Bars, and a thin line from where each ends to the next one."""
    for one in chart.series:
        for i, (x, y, low, high) in enumerate(zip(one.x, one.y, one.low, one.high)):
            if y is None or low is None or high is None:
                continue
            total = chart.is_total(one, i)
            ax.barh(row[x], high - low, left=low, height=0.66, color=NEUTRAL if total else _colour(int(y < 0)), linewidth=0)
            if total and chart.cut:
                _gap(ax, row[x])
            end = high if (high != 0 if total else y >= 0) else low
            if row[x] + 1 < len(row):
                ax.plot([end, end], [row[x] + 0.33, row[x] + 0.67], color=NEUTRAL, linewidth=0.8)
            if chart.is_labelled:
                _text(ax, chart.text(one, i), high, row[x])


def _whiskers(ax: Axes, chart: Chart, row: dict[Any, int]) -> None:
    apart = 0.7 / (len(chart.series) + 1)
    for at, one in enumerate(chart.series):
        for i, (x, y) in enumerate(zip(one.x, one.y)):
            if y is None:
                continue
            middle = row[x] + (at - (len(chart.series) - 1) / 2) * apart
            low, high = ((values[i] if values else None) for values in (one.low, one.high))
            low, high = (y if low is None else low), (y if high is None else high)
            ax.plot([low, high], [middle, middle], color=_colour(at), linewidth=1.8, alpha=0.65, solid_capstyle="butt")
            ax.scatter([y], [middle], s=30, color=_colour(at), linewidths=0, zorder=3)
            if chart.is_labelled:
                _text(ax, chart.text(one, i), max(high, y), middle)


def _fold(name: str, rows: int) -> str:
    return short(name, NAME_LETTERS) if rows > MANY_ROWS else "\n".join(lines(short(name, 2 * NAME_LETTERS - 8), NAME_LETTERS))


def _room(ax: Axes, chart: Chart, width: float) -> None:
    """From zero or where a waterfall begins, and room for the figures at the ends."""
    left, right = ax.get_xlim()
    left, right = chart.cut or min(left, 0), max(right, 0)
    ax.set_xlim(left, right)
    if not chart.is_labelled:
        return
    texts = [(chart.text(one, i), y or 0) for one in chart.series for i, y in enumerate(one.y)]
    a_letter = (right - left) / (0.6 * width * SMALL_LETTERS_AN_INCH)
    below = [len(text) for text, y in texts if y < 0 and chart.kind == "bar"]
    ax.set_xlim(left - a_letter * max(below, default=0), right + a_letter * max([len(text) for text, _ in texts], default=0))


def _listed(ax: Axes, chart: Chart, width: float) -> None:
    row: dict[Any, int] = {name: i for i, name in enumerate(chart.categories)}
    draw = {"floating": _waterfall, "whisker": _whiskers}.get(chart.kind, _bars)
    draw(ax, chart, row)
    _frame(ax, "x")
    ax.set_yticks(range(len(row)), [_fold(str(name), len(row)) for name in row], **SMALL)
    ax.set_ylim(len(row) - 0.4, -0.6)
    if not chart.cut:
        ax.axvline(0, color=_ink(), linewidth=0.8)
    _room(ax, chart, width)
    ax.xaxis.set_major_locator(MaxNLocator(7 if width > 6 else 4))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: ticked(value, chart.unit)))


# ---- heat maps ----


def _is_pale(colour: Any) -> bool:
    red, green, blue = to_rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.46


def _heat(ax: Axes, chart: Chart, width: float) -> None:
    column = {name: i for i, name in enumerate(chart.categories)}
    cells = [[float("nan")] * len(column) for _ in chart.series]
    for r, one in enumerate(chart.series):
        for x, y in zip(one.x, one.y):
            cells[r][column[x]] = float("nan") if y is None else y
    values = _values(chart)
    low, high = min([*values, 0.0]), max([*values, 0.0])
    colours = LinearSegmentedColormap.from_list("foresell", SCALE if _is_pale(ax.get_facecolor()) else DARK_SCALE)
    edges = [[i - 0.5 for i in range(count + 1)] for count in (len(column), len(cells))]
    looks = {"cmap": colours, "edgecolor": ax.get_facecolor(), "linewidth": 1.5}
    mesh = ax.pcolormesh(*edges, cells, vmin=low, vmax=high if high > low else low + 1, **looks)
    bar = ax.figure.colorbar(mesh, ax=ax, fraction=0.03, pad=0.01, format=FuncFormatter(lambda value, _: ticked(value, chart.unit)))
    bar.set_label(chart.counted, **SMALL)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=9, length=0)
    bar.ax.yaxis.set_major_locator(MaxNLocator(4))
    if width / (len(column) + 2) > 0.42:
        _cell_texts(ax, chart, cells, mesh, width)
    _heat_axes(ax, chart, list(column), width)


def _cell_texts(ax: Axes, chart: Chart, cells: Sequence[Sequence[float]], mesh: Any, width: float) -> None:
    """The figure of each cell, below its name where it has one that fits."""
    letters = int(width / (len(chart.categories) + 1) * CELL_LETTERS_AN_INCH)
    names = [dict(zip(one.x, one.label)) for one in chart.series]
    for r, values in enumerate(cells):
        for c, (place, value) in enumerate(zip(chart.categories, values)):
            if value == value:
                name = names[r].get(place, "") if letters > 8 else ""
                told = [short(name, letters)] if name else []
                ink = "#111111" if _is_pale(mesh.cmap(mesh.norm(value))) else "#ffffff"
                ax.text(c, r, "\n".join([*told, written(value, chart.unit)]), color=ink, ha="center", va="center", fontsize=8)


def _heat_axes(ax: Axes, chart: Chart, columns: Sequence[Any], width: float) -> None:
    letters = int(width / (len(columns) + 2) * SMALL_LETTERS_AN_INCH)
    step = max(1, -(-len(columns) * 6 // int(width * SMALL_LETTERS_AN_INCH)))
    if letters >= BROKEN_NAMES:
        told = ["\n".join(lines(short(str(name), 3 * letters), letters)) for name in columns]
    else:
        told = [short(str(name), 14) for name in columns]
    ax.set_xticks(range(0, len(columns), step), told[::step], **SMALL)
    ax.set_yticks(range(len(chart.series)), [short(one.name, 24) for one in chart.series], **SMALL)
    ax.set_ylim(len(chart.series) - 0.5, -0.5)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


# ---- what stands around ----


def _handle(one: Drawn, colour: str) -> list[Any]:
    if one.kind == "bar":
        return [Patch(facecolor=colour, label=one.legend)]
    style: dict[str, Any] = {"linestyle": (0, (4, 2)) if one.dashed else "-"}
    if one.kind in ("points", "whisker"):
        style = {"linestyle": "none", "marker": "o", "markersize": 5}
    band = [Patch(facecolor=colour, alpha=0.25, label=one.band)] if one.band else []
    return [Line2D([], [], color=colour, label=one.legend, **style), *band]


def _handles(ax: Axes, chart: Chart) -> list[Any]:
    """What the legend names: only what is drawn."""
    if chart.kind == "heat":
        return []
    if chart.kind == "floating":
        of_bar = [(one, i) for one in chart.series for i in range(len(one.x))]
        kinds = ["total" if chart.is_total(one, i) else "less" if (one.y[i] or 0) < 0 else "more" for one, i in of_bar]
        colours = {"more": _colour(0), "less": _colour(1), "total": NEUTRAL}
        names = {"more": "more", "less": "less", "total": chart.total}
        return [Patch(facecolor=colour, label=names[name]) for name, colour in colours.items() if name in kinds]
    made = [handle for i, one in enumerate(chart.series) for handle in _handle(one, _colour(i))]
    marks = [one for one in ax.collections if one.get_label() == chart.marked and chart.axis == "date"]
    return made + marks


def _columns(labels: Sequence[str], width: float) -> int:
    """Of the legend: all beside each other where there is room."""
    letters = int(width * SMALL_LETTERS_AN_INCH)
    fit = sum(len(label) + 6 for label in labels) <= letters
    return len(labels) if fit and labels else max(1, letters // (max(map(len, labels), default=1) + 8))


def _words(ax: Axes, chart: Chart, width: float) -> None:
    """From the top: title, what is to be seen, legend."""
    handles = _handles(ax, chart)
    columns = _columns([str(one.get_label()) for one in handles], width)
    above = LEGEND * -(-len(handles) // columns) + (8 if handles else 4)
    if handles:
        place = {"loc": "lower left", "bbox_to_anchor": (-0.005, 1.0), "borderaxespad": 0.2}
        made = ax.legend(handles=handles, ncols=columns, frameon=False, fontsize=9, **place)
        for text in made.get_texts():
            text.set_parse_math(False)
    said = [line for text in (chart.finding, chart.unsaid) if text for line in lines(text, int(width * 1.25 * LETTERS_AN_INCH))]
    if said:
        where = {"xycoords": "axes fraction", "xytext": (0, above), "textcoords": "offset points", "va": "bottom"}
        ax.annotate("\n".join(said), (0, 1), annotation_clip=False, fontsize=10, **where, **PLAIN)
    title = "\n".join(lines(chart.title, max(24, int(width * LETTERS_AN_INCH))))
    ax.set_title(title, loc="left", pad=above + LEADING * len(said) + 4, **TITLE)


def _height(chart: Chart) -> float:
    """In inches."""
    if chart.kind == "heat":
        return 1.6 + 0.36 * len(chart.series)
    beside = 1 if chart.stacked or chart.kind == "floating" else max(1, len(chart.series) / 2)
    return 1.6 + 0.28 * len(chart.categories) * beside if chart.is_listed else HEIGHT


def _draw(chart: Chart, ax: Axes | None, pen: Pen) -> Axes:
    if ax is None:
        width = 0.92 * WIDTH
        _, ax = plt.subplots(figsize=(WIDTH, _height(chart)), layout="constrained")
    else:
        width = ax.get_window_extent().width / ax.figure.dpi
    if chart.kind == "heat":
        _heat(ax, chart, width)
    elif chart.is_listed:
        _listed(ax, chart, width)
    else:
        _plane(ax, chart, pen, width)
    upright = not chart.is_listed and chart.kind != "heat"
    ax.set_xlabel(chart.place if upright else chart.counted if chart.is_listed else "", **SMALL)
    ax.set_ylabel(chart.counted if upright else "", **SMALL)
    _words(ax, chart, width)
    return ax


def draw(chart: Chart, ax: Axes | None, seaborn: bool) -> Axes:
    """On `ax`, or on a figure of its own."""
    pen = SeabornPen() if seaborn else Pen()
    with pen.theme():
        return _draw(chart, ax, pen)
