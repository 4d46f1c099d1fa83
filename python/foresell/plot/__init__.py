"""The charts of the report, and of forecasts, for notebooks: by Matplotlib, Seaborn or Plotly.

The figures are those of the run's tables. What draws them is installed by `pip install 'foresell[plot]'`; nothing of it is
loaded before the first chart.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Literal

from ..errors import ResourceError, UsageError
from ..runs import Run
from ..table import ArrowData
from . import document as _document
from . import history as _history
from . import levels as _levels
from .picture import Picture

__all__ = [
    "accuracy",
    "categories",
    "chart",
    "charts",
    "churn",
    "cohorts",
    "customer_values",
    "forecast",
    "items",
    "orders",
    "sales",
    "segments",
    "stores",
    "total",
]

Backend = Literal["matplotlib", "seaborn", "plotly"]
TRIED = {
    "money": "All, in money",
    "total": "All together",
    "category": "Categories, one by one",
    "store": "Stores, one by one",
    "item": "Products, one by one",
}
SEGMENTS = {"map": "segment-map", "sizes": "segment-sizes", "moves": "segment-moves"}
VALUES = {"curve": "value-curve", "segments": "value-segments", "replay": "value-replay"}
CHURN = {"map": "churn-map", "gains": "churn-gains", "profit": "churn-profit", "calibration": "churn-calibration"}
ORDERS = {"budget": "order-budget", "stock": "stock-outlook", "service": "service-cost", "replay": "order-replay"}
BACKENDS = {"matplotlib": ("matplotlib",), "seaborn": ("matplotlib", "seaborn"), "plotly": ("plotly",)}


def _need(backend: str) -> None:
    if backend not in BACKENDS:
        raise UsageError(f"there is no backend '{backend}'", remedy=f"there are {', '.join(BACKENDS)}")
    for module in BACKENDS[backend]:
        try:
            importlib.import_module(module)
        except ImportError as fault:
            said = f"charts by {backend} need {module}, which cannot be loaded: {fault}"
            raise ResourceError(said, remedy="pip install 'foresell[plot]'") from None


def _check_ax(backend: str, ax: Any) -> None:
    if backend == "plotly" and ax is not None:
        raise UsageError("Plotly draws on no ax of Matplotlib", remedy="leave ax out")


def _draw(picture: Picture, backend: str, ax: Any) -> Any:
    if ax is not None and len(picture.series) > 1:
        raise UsageError(f"there are {len(picture.series)} panels, and ax is one", remedy="name one with key=, or leave ax out")
    _check_ax(backend, ax)
    if backend == "plotly":
        from . import draw_plotly

        return draw_plotly.draw(picture)
    from . import draw_matplotlib

    return draw_matplotlib.draw(picture, ax, backend == "seaborn")


def _level(run: Run, name: str, backend: str, ax: Any, **choice: Any) -> Any:
    _need(backend)
    return _draw(_levels.picture(run, name, **choice), backend, ax)


def charts(run: Run) -> list[tuple[str, str]]:
    """Names the charts of the report, in its order.

    Parameters
    ----------
    run : Run
        What `foresell.run` or `foresell.open_run` gave.

    Returns
    -------
    list of tuple of str
        Of each chart its id, which `chart` takes, and its title.

    Examples
    --------
    >>> foresell.plot.charts(foresell.open_run("shop"))  # doctest: +SKIP
    """
    return [(block["id"], block["title"]) for block in _document.blocks(_document.read(run))]


def chart(run: Run, id: str, *, choose: str | None = None, backend: Backend = "matplotlib", ax: Any = None) -> Any:
    """Draws one chart of the report, from the figures that stand in the report.

    Parameters
    ----------
    run : Run
        What `foresell.run` or `foresell.open_run` gave.
    id : str
        Which one: an id that `charts` names.
    choose : str, optional
        One of its variants by its name, where there is a choice in the report; default: the first.
    backend : {"matplotlib", "seaborn", "plotly"}
        What draws it.
    ax : matplotlib.axes.Axes, optional
        Where it is drawn; default: a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes or plotly.graph_objects.Figure
        The chart. Of a long time the last periods are drawn, as the report shows them at first.

    Examples
    --------
    >>> foresell.plot.chart(foresell.open_run("shop"), "total", backend="plotly")  # doctest: +SKIP
    """
    _need(backend)
    _check_ax(backend, ax)
    found = _document.chart(run, id, choose)
    if backend == "plotly":
        from . import chart_plotly

        return chart_plotly.draw(found)
    from . import chart_matplotlib

    return chart_matplotlib.draw(found, ax, backend == "seaborn")


def accuracy(
    run: Run,
    *,
    level: Literal["money", "total", "category", "store", "item"] | None = None,
    backend: Backend = "matplotlib",
    ax: Any = None,
) -> Any:
    """Draws how far off forecasts would have been in the past, by how far ahead, beside repeating the last season.

    Parameters
    ----------
    run : Run
        What `foresell.run` or `foresell.open_run` gave.
    level : {"money", "total", "category", "store", "item"}, optional
        Of what; default: the first of these that was tried.
    backend : {"matplotlib", "seaborn", "plotly"}
        What draws it.
    ax : matplotlib.axes.Axes, optional
        Where it is drawn; default: a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes or plotly.graph_objects.Figure
        The chart. The table `forecast_accuracy` has its figures.

    Examples
    --------
    >>> foresell.plot.accuracy(foresell.open_run("shop"), level="item")  # doctest: +SKIP
    """
    if level is not None and level not in TRIED:
        raise UsageError(f"there is no level '{level}'", remedy=f"there are {', '.join(TRIED)}")
    return chart(run, "error-ahead", choose=None if level is None else TRIED[level], backend=backend, ax=ax)


def _viewed(run: Run, views: dict[str, str], view: str, choose: str | None, backend: Backend, ax: Any) -> Any:
    if view not in views:
        raise UsageError(f"there is no view '{view}'", remedy=f"there are {', '.join(views)}")
    return chart(run, views[view], choose=choose, backend=backend, ax=ax)


def segments(
    run: Run,
    *,
    view: Literal["map", "sizes", "moves"] = "map",
    choose: str | None = None,
    backend: Backend = "matplotlib",
    ax: Any = None,
) -> Any:
    """Draws the segments of customers: by recency and frequency, their sizes, or where customers went.

    Parameters
    ----------
    run : Run
        What `foresell.run` or `foresell.open_run` gave.
    view : {"map", "sizes", "moves"}
        The map of scores, what each segment is of customers and money, or from which segment to which customers went.
    choose : str, optional
        What is counted, as "Money"; default: customers, of the sizes both.
    backend : {"matplotlib", "seaborn", "plotly"}
        What draws it.
    ax : matplotlib.axes.Axes, optional
        Where it is drawn; default: a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes or plotly.graph_objects.Figure
        The chart. The tables `customer_rfm` and `segment_moves` have its figures.

    Examples
    --------
    >>> foresell.plot.segments(foresell.open_run("shop"), view="moves")  # doctest: +SKIP
    """
    return _viewed(run, SEGMENTS, view, choose, backend, ax)


def cohorts(run: Run, *, choose: str | None = None, backend: Backend = "matplotlib", ax: Any = None) -> Any:
    """Draws who comes back: a row for the customers of each first month or quarter, a column for each that followed.

    Parameters
    ----------
    run : Run
        What `foresell.run` or `foresell.open_run` gave.
    choose : str, optional
        What is counted, as "Money"; default: the share that bought again.
    backend : {"matplotlib", "seaborn", "plotly"}
        What draws it.
    ax : matplotlib.axes.Axes, optional
        Where it is drawn; default: a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes or plotly.graph_objects.Figure
        The chart. The table `cohorts` has its figures.

    Examples
    --------
    >>> foresell.plot.cohorts(foresell.open_run("shop"), choose="Money")  # doctest: +SKIP
    """
    return chart(run, "cohorts", choose=choose, backend=backend, ax=ax)


def customer_values(
    run: Run,
    *,
    view: Literal["curve", "segments", "replay"] = "curve",
    backend: Backend = "matplotlib",
    ax: Any = None,
) -> Any:
    """Draws whose purchases bring the coming year's money, by customer or by segment, or what such figures were worth on the past.

    Parameters
    ----------
    run : Run
        What `foresell.run` or `foresell.open_run` gave.
    view : {"curve", "segments", "replay"}
        The share that the first customers bring, what each segment brought and will bring, or purchases expected beside those that came.
    backend : {"matplotlib", "seaborn", "plotly"}
        What draws it.
    ax : matplotlib.axes.Axes, optional
        Where it is drawn; default: a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes or plotly.graph_objects.Figure
        The chart. The tables `customer_values` and `purchase_replay` have its figures.

    Examples
    --------
    >>> foresell.plot.customer_values(foresell.open_run("shop"), view="replay")  # doctest: +SKIP
    """
    return _viewed(run, VALUES, view, None, backend, ax)


def churn(
    run: Run,
    *,
    view: Literal["map", "gains", "profit", "calibration"] = "map",
    choose: str | None = None,
    backend: Backend = "matplotlib",
    ax: Any = None,
) -> Any:
    """Draws how likely customers leave, by what they are worth, or how right such a list was on the past.

    Parameters
    ----------
    run : Run
        What `foresell.run` or `foresell.open_run` gave.
    view : {"map", "gains", "profit", "calibration"}
        Customers by probability and worth; the share of those who left that the list reached; the profit of contacting; how many
        were foretold to leave and did.
    choose : str, optional
        Of the map what is counted, of the others which date; default: customers, all dates together.
    backend : {"matplotlib", "seaborn", "plotly"}
        What draws it.
    ax : matplotlib.axes.Axes, optional
        Where it is drawn; default: a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes or plotly.graph_objects.Figure
        The chart. The tables `customer_churn` and `churn_replay` have its figures.

    Examples
    --------
    >>> foresell.plot.churn(foresell.open_run("shop"), view="gains")  # doctest: +SKIP
    """
    return _viewed(run, CHURN, view, choose, backend, ax)


def orders(
    run: Run,
    *,
    view: Literal["budget", "stock", "service", "replay"] = "replay",
    choose: str | None = None,
    backend: Backend = "matplotlib",
    ax: Any = None,
) -> Any:
    """Draws what the order list is worth: on the past, under a smaller budget, in stock ahead, and what more safety costs.

    Parameters
    ----------
    run : Run
        What `foresell.run` or `foresell.open_run` gave.
    view : {"budget", "stock", "service", "replay"}
        What each sum of money spent gains; how the stock of one product runs with its order and without; what holding and missing
        cost by the share of demand that is there; costs of the past beside those of a plain planner.
    choose : str, optional
        Of stock which product; default: the one whose order gains most.
    backend : {"matplotlib", "seaborn", "plotly"}
        What draws it.
    ax : matplotlib.axes.Axes, optional
        Where it is drawn; default: a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes or plotly.graph_objects.Figure
        The chart. The tables `order_lots`, `stock_outlook`, `service_costs` and `order_replay` have its figures.

    Examples
    --------
    >>> foresell.plot.orders(foresell.open_run("shop"), view="stock")  # doctest: +SKIP
    """
    return _viewed(run, ORDERS, view, choose, backend, ax)


def sales(run: Run, *, last: int | None = None, backend: Backend = "matplotlib", ax: Any = None) -> Any:
    """Draws all sales in money, their forecast and peaks; in pieces where the files tell no money.

    Parameters
    ----------
    run : Run
        What `foresell.run` or `foresell.open_run` gave.
    last : int, optional
        How many periods of the past are drawn; default: 182 days, 104 weeks or 120 months, and more
        where the highest peak lies further back, four times as many at most.
    backend : {"matplotlib", "seaborn", "plotly"}
        What draws it.
    ax : matplotlib.axes.Axes, optional
        Where it is drawn; default: a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes or plotly.graph_objects.Figure
        The chart.

    Examples
    --------
    >>> foresell.plot.sales(foresell.open_run("shop"))  # doctest: +SKIP
    """
    return _level(run, "revenue" if _levels.has_money(run) else "total", backend, ax, last=last)


def total(run: Run, *, last: int | None = None, backend: Backend = "matplotlib", ax: Any = None) -> Any:
    """Draws all products together, in pieces where the files tell them, their forecast and peaks.

    Parameters
    ----------
    run : Run
        What `foresell.run` or `foresell.open_run` gave.
    last : int, optional
        How many periods of the past are drawn; default: 182 days, 104 weeks or 120 months, and more
        where the highest peak lies further back, four times as many at most.
    backend : {"matplotlib", "seaborn", "plotly"}
        What draws it.
    ax : matplotlib.axes.Axes, optional
        Where it is drawn; default: a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes or plotly.graph_objects.Figure
        The chart.

    Examples
    --------
    >>> foresell.plot.total(foresell.open_run("shop"), last=90)  # doctest: +SKIP
    """
    return _level(run, "total", backend, ax, last=last)


def categories(
    run: Run, *, key: str | None = None, top: int = 5, last: int | None = None, backend: Backend = "matplotlib", ax: Any = None
) -> Any:
    """Draws the largest categories, a panel each, and the others together in one; or one category.

    Parameters
    ----------
    run : Run
        What `foresell.run` or `foresell.open_run` gave.
    key : str, optional
        One category; default: the largest.
    top : int
        So many of the largest have a panel of their own. The interval of the others is not known, so none is drawn.
    last : int, optional
        How many periods of the past are drawn; default: 182 days, 104 weeks or 120 months, in several panels half.
    backend : {"matplotlib", "seaborn", "plotly"}
        What draws it.
    ax : matplotlib.axes.Axes, optional
        Where one category is drawn; default: a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes, matplotlib.figure.Figure or plotly.graph_objects.Figure
        The chart: Axes where it is one panel, Figure where there are several. Beside each name stands the sum of its
        forecast.

    Examples
    --------
    >>> foresell.plot.categories(foresell.open_run("shop"), top=3)  # doctest: +SKIP
    """
    return _level(run, "category", backend, ax, key=key, top=top, last=last)


def stores(
    run: Run, *, key: str | None = None, top: int = 5, last: int | None = None, backend: Backend = "matplotlib", ax: Any = None
) -> Any:
    """Draws the largest stores, a panel each, and the others together in one; or one store.

    Parameters
    ----------
    run : Run
        What `foresell.run` or `foresell.open_run` gave.
    key : str, optional
        One store; default: the largest.
    top : int
        So many of the largest have a panel of their own. The interval of the others is not known, so none is drawn.
    last : int, optional
        How many periods of the past are drawn; default: 182 days, 104 weeks or 120 months, in several panels half.
    backend : {"matplotlib", "seaborn", "plotly"}
        What draws it.
    ax : matplotlib.axes.Axes, optional
        Where one store is drawn; default: a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes, matplotlib.figure.Figure or plotly.graph_objects.Figure
        The chart: Axes where it is one panel, Figure where there are several. Beside each name stands the sum of its
        forecast.

    Examples
    --------
    >>> foresell.plot.stores(foresell.open_run("shop"), backend="plotly")  # doctest: +SKIP
    """
    return _level(run, "store", backend, ax, key=key, top=top, last=last)


def items(
    run: Run, *, key: str | None = None, top: int = 5, last: int | None = None, backend: Backend = "matplotlib", ax: Any = None
) -> Any:
    """Draws the products that earn most, a panel each, and the others together in one; or one product.

    Parameters
    ----------
    run : Run
        What `foresell.run` or `foresell.open_run` gave.
    key : str, optional
        One product by its code or its name; default: those that earn most of those on offer.
    top : int
        So many have a panel of their own. The interval of the others is not known, so none is drawn.
    last : int, optional
        How many periods of the past are drawn; default: 182 days, 104 weeks or 120 months, in several panels half.
    backend : {"matplotlib", "seaborn", "plotly"}
        What draws it.
    ax : matplotlib.axes.Axes, optional
        Where one product is drawn; default: a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes, matplotlib.figure.Figure or plotly.graph_objects.Figure
        The chart: Axes where it is one panel, Figure where there are several. Beside each name stands the sum of its
        forecast.

    Examples
    --------
    >>> foresell.plot.items(foresell.open_run("shop"), key="P000001")  # doctest: +SKIP
    """
    return _level(run, "item", backend, ax, key=key, top=top, last=last)


def forecast(
    history: ArrowData,
    result: ArrowData,
    *,
    order: str | None = None,
    value: str | None = None,
    key: str | Sequence[object] | None = None,
    top: int = 5,
    last: int | None = None,
    unit: str | None = None,
    absent: Literal["missing", "zero"] = "missing",
    backend: Backend = "matplotlib",
    ax: Any = None,
) -> Any:
    """Draws what `foresell.forecast` gave behind the rows that it was given.

    Parameters
    ----------
    history : ArrowData
        The table that `foresell.forecast` was given.
    result : ArrowData
        The table that it gave.
    order, value : str, optional
        Columns of `history`, as `foresell.forecast` was given them; default: found as there.
    key : str or sequence, optional
        One series: the values of its group columns; default: the largest.
    top : int
        So many of the largest have a panel of their own, the others one together, without an interval.
    last : int, optional
        How many periods of the past are drawn; default: 182 days, 104 weeks or 120 months, in several panels half.
    unit : str, optional
        What is counted, as "pieces" or "GBP"; default: the name of the column.
    absent : {"missing", "zero"}
        What a period without a row is, as `foresell.forecast` was told: not known, or nothing was sold.
    backend : {"matplotlib", "seaborn", "plotly"}
        What draws it.
    ax : matplotlib.axes.Axes, optional
        Where one series is drawn; default: a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes, matplotlib.figure.Figure or plotly.graph_objects.Figure
        The chart: Axes where it is one panel, Figure where there are several.

    Examples
    --------
    >>> result = foresell.forecast(sales, group="item", order="day", value="units")  # doctest: +SKIP
    >>> foresell.plot.forecast(sales, result, unit="pieces")  # doctest: +SKIP
    """
    _need(backend)
    choice: dict[str, Any] = {"order": order, "value": value, "key": key, "top": top, "last": last, "unit": unit, "absent": absent}
    return _draw(_history.picture(history, result, **choice), backend, ax)
