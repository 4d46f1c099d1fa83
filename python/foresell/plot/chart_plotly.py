"""The charts of the report's document by Plotly, a function a kind; each tells the figures under the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from .document import Chart, Drawn
from .draw_plotly import INK, LINE, html
from .picture import COLOURS, NEUTRAL, SCALE, Value, isolated, lines, short

FORMATS = {"share": ".1~%", "integer": ",.0f"}
DATES = {"day": "%-d %b %Y", "week": "%-d %b %Y", "month": "%b %Y", "quarter": "Q%q %Y", "year": "%Y"}
MANY_DOTS = 60
MANY_ROWS = 20  # of more, each name has one line
A_LETTER = 0.013  # of the width


def _colour(i: int) -> str:
    return COLOURS[i % len(COLOURS)]


def _veil(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.25)"


def _small(text: str) -> dict[str, Any]:
    return {"text": html(text), "font": {"size": 11}}


def _format(unit: str) -> str:
    return FORMATS.get(unit, ",.2~f")


def _labels(one: Drawn) -> list[str]:
    return [f"<br>{html(text)}" if text else "" for text in one.label] if one.label else [""] * len(one.x)


def _told(chart: Chart, one: Drawn, value: str) -> str:
    """A figure, its interval and its label, as what is pointed at tells them. customdata: label, low, high."""
    text = f"{html(one.name)} %{{{value}:{_format(chart.unit)}}}"
    if one.low and one.kind != "floating":
        text += f"<br>{one.interval} between %{{customdata[1]:{_format(chart.unit)}}} and %{{customdata[2]:{_format(chart.unit)}}}"
    return text + "%{customdata[0]}<extra></extra>"


def _beside(one: Drawn) -> list[Any]:
    none: list[Value] = [None] * len(one.x)
    return list(zip(_labels(one), one.low or none, one.high or none))


# ---- over time, over numbers, over a few categories ----


def _band(one: Drawn, colour: str) -> list[go.Scatter]:
    if not one.low or not one.high:
        return []
    hidden = {"x": one.x, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    low = go.Scatter(y=one.low, name="low", showlegend=False, **hidden)
    return [low, go.Scatter(y=one.high, name=html(one.band), fill="tonexty", fillcolor=_veil(colour), **hidden)]


def _line(chart: Chart, one: Drawn, colour: str) -> go.Scatter:
    alone = set(isolated(one.y))
    sizes = [4 if i in alone else 0 for i in range(len(one.x))]
    return go.Scatter(
        x=one.x, y=one.y, name=html(one.legend), mode="lines+markers" if alone else "lines", connectgaps=False,
        line={"color": colour, "width": 1.6, "dash": "dash" if one.dashed else "solid"},
        marker={"size": sizes, "color": colour, "opacity": 1} if alone else None,
        customdata=_beside(one), hovertemplate=_told(chart, one, "y"),
    )


def _dots(chart: Chart, one: Drawn, colour: str, many: bool) -> go.Scatter:
    names = [html(text) for text in one.label] or None
    where = f"{html(chart.along)} %{{x:{_format(chart.along_unit)}}}" if chart.axis == "number" else "%{x}"
    text = f"{'<b>%{text}</b><br>' if names else ''}{where}<br>{html(chart.up or one.name)} %{{y:{_format(chart.unit)}}}"
    return go.Scatter(
        x=one.x, y=one.y, text=names, name=html(one.legend), mode="markers",
        marker={"size": 5 if many else 8, "opacity": 0.5 if many else 0.7, "color": colour},
        hovertemplate=f"{text}<extra>{html(one.name) if len(chart.series) > 1 else ''}</extra>",
    )


def _upright_bar(chart: Chart, one: Drawn, colour: str) -> go.Bar:
    told = {"customdata": _beside(one), "hovertemplate": _told(chart, one, "y")}
    return go.Bar(x=one.x, y=one.y, name=html(one.legend), marker={"color": colour}, **told)


def _marks(chart: Chart) -> list[go.Scatter]:
    if not chart.marks:
        return []
    return [
        go.Scatter(
            x=[mark.x for mark in chart.marks], y=[mark.y for mark in chart.marks],
            text=[html(short(mark.label, 24)) for mark in chart.marks], name=chart.marked, showlegend=chart.axis == "date",
            mode="markers+text", textposition="top center" if chart.axis == "date" else "middle right", textfont={"size": 11},
            cliponaxis=False, marker={"size": 9, "color": "white", "line": {"color": INK, "width": 1.5}},
            hovertemplate="%{text}<extra></extra>",
        )
    ]


def _plane(fig: go.Figure, chart: Chart) -> None:
    many = sum(len(one.x) for one in chart.series) > MANY_DOTS
    for i, one in enumerate(chart.series):
        colour = _colour(i)
        fig.add_traces(_band(one, colour))
        if one.kind == "points":
            fig.add_trace(_dots(chart, one, colour, many))
        else:
            fig.add_trace(_upright_bar(chart, one, colour) if one.kind == "bar" else _line(chart, one, colour))
    fig.add_traces(_marks(chart))
    axes = {"type": "log", "dtick": 1} if chart.log else {}
    grid = chart.axis == "number" and chart.kind == "points"
    fig.update_xaxes(title=_small(chart.place), showgrid=grid, gridcolor=LINE, showline=True, linecolor=INK, zeroline=False, **axes)
    fig.update_yaxes(title=_small(chart.counted), gridcolor=LINE, tickformat=_ticks(chart.unit), zerolinecolor=INK, **axes)
    if not chart.log:
        fig.update_yaxes(rangemode="tozero", nticks=6)
    if chart.axis == "date":
        fig.update_xaxes(hoverformat=DATES.get(chart.grain, DATES["day"]))
    elif chart.axis == "number":
        fig.update_xaxes(tickformat=_ticks(chart.along_unit))
    one_by_one = chart.kind == "points" and chart.axis == "number"
    fig.update_layout(hovermode="closest" if one_by_one else "x unified", barmode="relative" if chart.stacked else "group")


def _ticks(unit: str) -> str:
    return ",~%" if unit == "share" else ",~f"


# ---- categories one below another ----


def _ends(chart: Chart, one: Drawn) -> dict[str, Any]:
    if not chart.is_labelled:
        return {}
    return {"text": [chart.text(one, i) for i in range(len(one.x))], "textposition": "outside", "cliponaxis": False}


def _names(one: Drawn) -> list[str]:
    return [html(str(x)) for x in one.x]


def _bar(chart: Chart, one: Drawn, i: int) -> go.Bar:
    return go.Bar(
        y=_names(one), x=one.y, orientation="h", name=html(one.legend), marker={"color": _colour(i)},
        customdata=_beside(one), hovertemplate=_told(chart, one, "x"), **_ends(chart, one),
    )


def _floating(chart: Chart, one: Drawn) -> go.Bar:
    """The text is the figure, which is not the length of a total that begins elsewhere."""
    colours = [NEUTRAL if chart.is_total(one, i) else _colour(int((y or 0) < 0)) for i, y in enumerate(one.y)]
    length = [None if low is None or high is None else high - low for low, high in zip(one.low, one.high)]
    texts = [chart.text(one, i) for i in range(len(one.x))]
    return go.Bar(
        y=_names(one), x=length, base=one.low, orientation="h", name=html(one.name), marker={"color": colours}, width=0.66,
        showlegend=False, customdata=texts, hovertemplate=f"{html(one.name)} %{{customdata}}<extra></extra>", **_ends(chart, one),
    )


def _gaps(fig: go.Figure, chart: Chart) -> None:
    """Slanted gaps in bars that do not begin where the picture does, and what they mean."""
    row = {x: i for i, x in enumerate(chart.categories)}
    for one in chart.series:
        for i, x in enumerate(one.x):
            if chart.is_total(one, i):
                fig.add_shape(type="line", xref="x domain", x0=0.014, x1=0.022, y0=row[x] + 0.36, y1=row[x] - 0.36, line={"color": "white", "width": 3})
    fig.update_xaxes(title=_small(f"{chart.counted} ({chart.total})".strip()))


def _joints(chart: Chart) -> go.Scatter:
    """A thin line from where each bar ends to the next one."""
    row = {x: i for i, x in enumerate(chart.categories)}
    x: list[Value] = []
    y: list[Value] = []
    for one in chart.series:
        for i, (at, value, low, high) in enumerate(zip(one.x, one.y, one.low, one.high)):
            if value is None or row[at] + 1 == len(row):
                continue
            end = high if (high != 0 if chart.is_total(one, i) else value >= 0) else low
            x += [end, end, None]
            y += [row[at] + 0.33, row[at] + 0.67, None]
    return go.Scatter(x=x, y=y, mode="lines", line={"color": NEUTRAL, "width": 1}, hoverinfo="skip", showlegend=False, name="")


def _whisker(chart: Chart, one: Drawn, i: int) -> go.Scatter:
    def far(ends: Sequence[Value]) -> list[float]:
        return [0.0 if end is None or y is None else abs(end - y) for end, y in zip(ends, one.y)]

    error = {"type": "data", "symmetric": False, "array": far(one.high), "arrayminus": far(one.low), "width": 0, "thickness": 2}
    return go.Scatter(
        y=_names(one), x=one.y, mode="markers", name=html(one.legend), marker={"size": 9, "color": _colour(i)},
        error_x=error if one.low else None, customdata=_beside(one), hovertemplate=_told(chart, one, "x"),
    )


def _figures_at_ends(chart: Chart, one: Drawn) -> go.Scatter:
    ends = [y if high is None else high for y, high in zip(one.y, one.high or one.y)]
    texts = [f"  {chart.text(one, i)}" for i in range(len(one.x))]
    beside = {"mode": "text", "textposition": "middle right", "cliponaxis": False}
    return go.Scatter(y=_names(one), x=ends, text=texts, hoverinfo="skip", showlegend=False, name="", **beside)


def _range(chart: Chart) -> list[float] | None:
    """With room for the figures at the ends."""
    y = [] if chart.kind == "floating" else [value for one in chart.series for value in one.y]
    ends = [value for values in (y, *([*one.low, *one.high] for one in chart.series)) for value in values if value is not None]
    if not chart.is_labelled or not ends:
        return None
    low, high = min(0.0, *ends), max(0.0, *ends)
    low = chart.cut or low
    room = (high - low or 1) * A_LETTER * max(len(chart.text(one, i)) + 1 for one in chart.series for i in range(len(one.x)))
    return [low - room if low < 0 else low, high + room if high > 0 or chart.kind != "bar" else high]


def _name(name: str, many: bool) -> str:
    return html(short(name, 34)) if many else "<br>".join(map(html, lines(short(name, 60), 34)))


def _listed(fig: go.Figure, chart: Chart) -> None:
    for i, one in enumerate(chart.series):
        fig.add_trace(_floating(chart, one) if one.kind == "floating" else _whisker(chart, one, i) if one.kind == "whisker" else _bar(chart, one, i))
        if one.kind == "whisker" and chart.is_labelled:
            fig.add_trace(_figures_at_ends(chart, one))
    if chart.kind == "floating":
        fig.add_trace(_joints(chart))
    names = [html(str(name)) for name in chart.categories]
    told = [_name(str(name), len(names) > MANY_ROWS) for name in chart.categories]
    ticks = {"tickmode": "array", "tickvals": names, "ticktext": told}
    fig.update_yaxes(type="category", categoryorder="array", categoryarray=names, range=[len(names) - 0.4, -0.6], showgrid=False, **ticks)
    fig.update_xaxes(
        title=_small(chart.counted), gridcolor=LINE, zeroline=True, zerolinecolor=INK, zerolinewidth=1,
        tickformat=_ticks(chart.unit), nticks=7, range=_range(chart),
    )
    if chart.cut:
        _gaps(fig, chart)
    fig.update_layout(hovermode="y unified", barmode="overlay" if chart.kind == "floating" else "relative" if chart.stacked else "group")


# ---- heat maps ----


def _heat(fig: go.Figure, chart: Chart) -> None:
    columns = chart.categories
    known = [dict(zip(one.x, one.y)) for one in chart.series]
    cells = [[row.get(x) for x in columns] for row in known]
    values = [value for row in cells for value in row if value is not None]
    names = [dict(zip(one.x, one.label)) for one in chart.series]
    told = [[html(of_row.get(x, "")) for x in columns] for of_row in names]
    named = any(map(any, told))
    scale = [[i / (len(SCALE) - 1), colour] for i, colour in enumerate(SCALE)]
    fig.add_trace(
        go.Heatmap(
            z=cells, x=[html(str(x)) for x in columns], y=[html(one.name) for one in chart.series], colorscale=scale,
            zmin=min([*values, 0.0]), zmax=max([*values, 0.0]), xgap=2, ygap=2, hoverongaps=False,
            hovertemplate=f"%{{y}}, %{{x}}<br>%{{z:{_format(chart.unit)}}}{'<br>%{text}' if named else ''}<extra></extra>",
            text=told if named else None, texttemplate=f"<b>%{{text}}</b><br>%{{z:{_format(chart.unit)}}}" if named else None,
            colorbar={"tickformat": _ticks(chart.unit), "thickness": 12, "outlinewidth": 0, "title": _small(chart.counted)},
        )
    )
    fig.update_xaxes(type="category", showgrid=False)
    fig.update_yaxes(type="category", showgrid=False, range=[len(chart.series) - 0.5, -0.5])


# ---- what stands around ----


def _title(chart: Chart) -> str:
    said = [line for text in (chart.finding, chart.unsaid) if text for line in lines(text, 110)]
    title = [html(line) for line in lines(chart.title, 80)]
    return "<br>".join([*title, *(f'<span style="font-size:13px">{html(line)}</span>' for line in said)])


def _height(chart: Chart) -> int:
    if chart.kind == "heat":
        return 60 + (46 if any(one.label for one in chart.series) else 34) * len(chart.series)
    if chart.is_listed:
        return 60 + 30 * len(chart.categories) * (1 if chart.stacked or chart.kind == "floating" else max(1, len(chart.series) // 2))
    return 360


def _layout(fig: go.Figure, chart: Chart) -> None:
    title = _title(chart)
    legend = chart.kind not in ("heat", "floating")
    top = 44 + 22 * title.count("<br>") + (22 if legend else 0)
    fig.update_layout(
        template="plotly_white",
        title={"text": title, "x": 0.01, "xanchor": "left", "y": 1, "yanchor": "top", "yref": "container", "pad": {"t": 14}, "font": {"size": 16}},
        font={"family": "system-ui, sans-serif", "color": INK, "size": 12},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom", "traceorder": "normal"},
        showlegend=legend,
        height=_height(chart) + top,
        margin={"l": 70, "r": 40, "t": top, "b": 52},
        separators=".,",
    )
    fig.update_xaxes(automargin=True)
    fig.update_yaxes(automargin=True)


def draw(chart: Chart) -> go.Figure:
    """One figure."""
    fig = go.Figure()
    _layout(fig, chart)
    if chart.kind == "heat":
        _heat(fig, chart)
    elif chart.is_listed:
        _listed(fig, chart)
    else:
        _plane(fig, chart)
    return fig
