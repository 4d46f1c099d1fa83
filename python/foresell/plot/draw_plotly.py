"""Charts by Plotly: the same panels, which tell the figures under the pointer."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from .picture import AHEAD, SOLD, Picture, Series, grid, isolated, lines, short

INK, LINE = "#333333", "#ececec"
BAND = "rgba(194, 78, 0, 0.25)"


def html(text: str) -> str:
    """Plotly takes text for markup; names are none."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _sold(series: Series, picture: Picture, first: bool) -> go.Scatter:
    alone = set(isolated(series.sold))
    return go.Scatter(
        x=series.x,
        y=series.sold,
        name=picture.past,
        legendgroup="sold",
        showlegend=first,
        mode="lines+markers" if alone else "lines",
        marker={"size": [4 if i in alone else 0 for i in range(len(series.x))], "color": SOLD, "opacity": 1} if alone else None,
        line={"color": SOLD, "width": 1.5},
        connectgaps=False,
        hovertemplate=f"{picture.past} %{{y:,.2~f}} {html(picture.unit)}<extra></extra>",
    )


def _band(series: Series, picture: Picture, first: bool) -> list[go.Scatter]:
    hidden = {"x": series.ahead, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "legendgroup": "interval"}
    if not series.low:
        return []
    low = go.Scatter(y=series.low, showlegend=False, name="low", **hidden)
    return [low, go.Scatter(y=series.high, fill="tonexty", fillcolor=BAND, name=picture.interval_name, showlegend=first, **hidden)]


def _ahead(series: Series, picture: Picture, first: bool) -> list[go.Scatter]:
    if not series.mean:
        return []
    text = "forecast %{y:,.2~f}"
    within = None
    if series.low:
        text += f"<br>{picture.interval} between %{{customdata[0]:,.2~f}} and %{{customdata[1]:,.2~f}}"
        within = list(zip(series.low, series.high))
    line = {"color": AHEAD, "width": 1.8, "dash": "dash"}
    mean = go.Scatter(
        x=series.ahead, y=series.mean, name="forecast", legendgroup="forecast", showlegend=first, mode="lines", line=line,
        customdata=within, hovertemplate=f"{text}<extra></extra>",
    )
    return [*_band(series, picture, first), mean]


def _marks(picture: Picture) -> go.Scatter:
    marks = picture.marks
    return go.Scatter(
        x=[mark.x for mark in marks],
        y=[mark.y for mark in marks],
        text=[html(short(mark.label, 24)) for mark in marks],
        name=picture.marked,
        mode="markers+text",
        textposition="top center",
        textfont={"size": 11},
        cliponaxis=False,
        marker={"size": 9, "color": "white", "line": {"color": INK, "width": 1.5}},
        hovertemplate="%{text}<extra></extra>",
    )


def _layout(fig: go.Figure, picture: Picture, rows: int) -> None:
    title = "<br>".join(map(html, lines(picture.title, 80)))
    top, bottom, many = 62 + 22 * title.count("<br>"), 52, len(picture.series) > 1
    height = 120 + 210 * rows + top if many else 360 + top
    fig.update_layout(
        template="plotly_white",
        title={"text": title, "x": 0.01, "xanchor": "left", "y": 1, "yanchor": "top", "yref": "container", "pad": {"t": 14}, "font": {"size": 16}},
        font={"family": "system-ui, sans-serif", "color": INK, "size": 12},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1 + (26 * many) / (height - top - bottom), "yanchor": "bottom"},
        height=height + 26 * many,
        margin={"l": 70, "r": 20, "t": top + 26 * many, "b": bottom},
        hovermode="x" if many else "x unified",
        separators=".,",
    )
    fig.update_xaxes(showgrid=False, showline=True, linecolor=INK, ticks="outside", nticks=4 if many else 8)
    fig.update_yaxes(gridcolor=LINE, zeroline=False, rangemode="tozero", tickformat=",~f", nticks=6)


def _one(picture: Picture) -> go.Figure:
    fig = go.Figure([_sold(picture.series[0], picture, True), *_ahead(picture.series[0], picture, True)])
    if picture.marks:
        fig.add_trace(_marks(picture))
    _layout(fig, picture, 1)
    fig.update_xaxes(title={"text": picture.along, "font": {"size": 11}})
    fig.update_yaxes(title={"text": html(picture.unit), "font": {"size": 11}})
    return fig


def _many(picture: Picture) -> go.Figure:
    rows, columns = grid(len(picture.series))
    titles = [html(series.title) for series in picture.series]
    axes: dict[str, Any] = {"x_title": picture.along, "y_title": html(picture.unit)}
    gaps = {"vertical_spacing": 0.34 / rows, "horizontal_spacing": 0.07}
    fig = make_subplots(rows=rows, cols=columns, subplot_titles=titles, **axes, **gaps)
    for i, series in enumerate(picture.series):
        fig.add_traces([_sold(series, picture, i == 0), *_ahead(series, picture, i == 0)], rows=i // columns + 1, cols=i % columns + 1)
    for note in fig.layout.annotations:
        note.font.size = 11 if note.text in axes.values() else 13
    _layout(fig, picture, rows)
    return fig


def draw(picture: Picture) -> go.Figure:
    """One figure with all panels."""
    return _one(picture) if len(picture.series) == 1 else _many(picture)
