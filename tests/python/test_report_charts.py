"""The charts of the report by their ids, one of each kind (tests/charts.json), in each backend, without a warning."""

import datetime
import json
import math

import foresell
import pytest
from conftest import ROOT

matplotlib = pytest.importorskip("matplotlib", reason="what draws is not installed")
pytest.importorskip("seaborn")
pytest.importorskip("plotly")
matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.collections import PathCollection, QuadMesh  # noqa: E402

BACKENDS = ("matplotlib", "seaborn", "plotly")
BLOCKS = {block["id"]: block for block in json.loads((ROOT / "tests" / "charts.json").read_text(encoding="utf-8"))}
pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(autouse=True)
def no_figure_is_left_open():
    yield
    plt.close("all")


def run_of(folder, blocks) -> foresell.Run:
    """A run whose report has these charts."""
    document = {"meta": {"currency": "GBP", "period": "day"}, "headlines": [], "pages": [{"blocks": [{"type": "text", "text": ""}, *blocks]}]}
    data = json.dumps(document).replace("<", "\\u003c")
    page = folder / "report.html"
    page.write_text(f'<html><script id="foresell-data" type="application/json">{data}</script></html>', encoding="utf-8")
    return foresell.Run(folder, page, [], 0, 0, 0, 0)


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> foresell.Run:
    return run_of(tmp_path_factory.mktemp("run"), BLOCKS.values())


def series(name) -> list:
    return (BLOCKS[name].get("choose") or [BLOCKS[name]])[0]["series"]


# ---- what is drawn, whatever drew it ----


def known(values) -> list:
    return [None if value is None or math.isnan(value) else round(float(value), 6) for value in values]


def cells(chart, backend) -> list:
    if backend == "plotly":
        return [known(row) for row in chart.data[0].z]
    mesh = next(one for one in chart.collections if isinstance(one, QuadMesh))
    return [known(row) for row in mesh.get_array().filled(math.nan)]


def bars(chart, backend) -> set:
    """From where to where each bar lies."""
    if backend == "plotly":
        found = set()
        for trace in chart.data:
            if trace.type == "bar":
                length = trace.x if trace.orientation == "h" else trace.y
                base = trace.base or [0] * len(length)
                found |= {tuple(sorted((round(b, 4), round(b + x, 4)))) for b, x in zip(base, length)}
        return found
    side = "x" if any("barh" in str(one) or one.orientation == "horizontal" for one in chart.containers) else "y"
    boxes = [bar.get_bbox() for one in chart.containers for bar in one]
    return {tuple(sorted((round(getattr(box, f"{side}0"), 4), round(getattr(box, f"{side}1"), 4)))) for box in boxes}


def dots(chart, backend) -> set:
    if backend == "plotly":
        traces = [trace for trace in chart.data if trace.mode == "markers"]
        return {(round(x, 4), round(y, 4)) for trace in traces for x, y in zip(trace.x, trace.y) if y is not None}
    places = [place for one in chart.collections if isinstance(one, PathCollection) for place in one.get_offsets()]
    return {(round(float(x), 4), round(float(y), 4)) for x, y in places}


def lines(chart, backend) -> list:
    if backend == "plotly":
        return [known(trace.y) for trace in chart.data if trace.name and trace.mode and trace.mode.startswith("lines") and trace.hovertemplate]
    return [known(line.get_ydata()) for line in chart.lines]


def texts(chart, backend) -> list:
    if backend == "plotly":
        return [text.strip() for trace in chart.data if trace.text is not None for text in trace.text]
    return [text.get_text() for text in chart.texts]


def said(chart, backend) -> str:
    """Title, and what is to be seen."""
    if backend == "plotly":
        return chart.layout.title.text
    return "\n".join([chart.get_title(loc="left"), *texts(chart, backend)])


def axes(chart, backend) -> tuple:
    if backend == "plotly":
        return chart.layout.xaxis.title.text or "", chart.layout.yaxis.title.text or ""
    return chart.get_xlabel(), chart.get_ylabel()


def names(chart, backend) -> list:
    """Of the rows, from the top."""
    if backend == "plotly":
        return [text.replace("<br>", " ") for text in chart.layout.yaxis.ticktext]
    return [text.get_text().replace("\n", " ") for text in chart.get_yticklabels()]


def legend(chart, backend) -> list:
    if backend == "plotly":
        return [trace.name for trace in chart.data if trace.showlegend is not False and chart.layout.showlegend]
    return [text.get_text() for text in chart.get_legend().get_texts()] if chart.get_legend() else []


def render(chart, backend):
    if backend == "plotly":
        assert len(chart.to_json()) > 5000
    else:
        chart.figure.canvas.draw()


# ---- of each kind ----


def test_the_charts_are_named_in_the_order_of_the_report(run):
    assert foresell.plot.charts(run) == [(name, block["title"]) for name, block in BLOCKS.items()]


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("backend", ("matplotlib", "plotly"))
def test_title_and_finding_stand_above_every_chart(run, name, backend):
    chart = foresell.plot.chart(run, name, backend=backend)
    render(chart, backend)
    assert BLOCKS[name]["title"] in said(chart, backend)
    assert (BLOCKS[name].get("finding") or "") in said(chart, backend)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_heat_map_has_a_cell_for_each_value(run, backend):
    chart = foresell.plot.chart(run, "hours", backend=backend)
    assert cells(chart, backend) == [known(one["y"]) for one in series("hours")]
    if backend == "plotly":
        assert list(chart.data[0].y) == [one["name"] for one in series("hours")] and chart.data[0].zmin == 0
    else:
        assert names(chart, backend) == [one["name"] for one in series("hours")]
        assert next(one for one in chart.collections if isinstance(one, QuadMesh)).get_clim()[0] == 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_cell_with_a_name_shows_it_above_its_figure(run, backend):
    chart = foresell.plot.chart(run, "segments", backend=backend)
    if backend == "plotly":
        assert list(chart.data[0].text[0]) == series("segments")[0]["label"] and "%{text}" in chart.data[0].texttemplate
        assert chart.data[0].text[2][2] == "" and "%{text}" in chart.data[0].hovertemplate
        assert foresell.plot.chart(run, "hours", backend=backend).data[0].text is None
    else:
        told = [text.get_text() for text in chart.texts if text.get_text()]
        assert told[:2] == ["Cannot lose them\n14", "At risk\n58"] and "Lost\n510" in told
        assert len(told) - len([text for text in told if text.startswith('"Champions')]) == 14


VIEWS = [
    *[(foresell.plot.segments, {"view": view}, f"segment-{view}") for view in ("map", "sizes", "moves")],
    (foresell.plot.cohorts, {}, "cohorts"),
    *[(foresell.plot.customer_values, {"view": view}, f"value-{view}") for view in ("curve", "segments", "replay")],
    *[(foresell.plot.churn, {"view": view}, f"churn-{view}") for view in ("map", "gains", "profit", "calibration")],
    *[(foresell.plot.orders, {"view": view}, name) for view, name in
      (("budget", "order-budget"), ("stock", "stock-outlook"), ("service", "service-cost"), ("replay", "order-replay"))],
]


@pytest.mark.parametrize("draw,choice,name", VIEWS, ids=[name for _, _, name in VIEWS])
@pytest.mark.parametrize("backend", BACKENDS)
def test_charts_of_customers_and_orders_are_those_of_the_report(tmp_path, draw, choice, name, backend):
    made = run_of(tmp_path, [{**BLOCKS["hours"], "id": one, "title": f"This is {one}"} for _, _, one in VIEWS])
    chart = draw(made, **choice, backend=backend)
    assert f"This is {name}" in said(chart, backend)
    if draw is not foresell.plot.customer_values:
        assert "In pieces, too" in said(draw(made, **choice, choose="Pieces an hour", backend=backend), backend)


@pytest.mark.parametrize("draw", (foresell.plot.segments, foresell.plot.customer_values, foresell.plot.churn, foresell.plot.orders))
def test_a_view_that_is_not_there_is_named_beside_those_that_are(run, draw):
    with pytest.raises(foresell.UsageError, match="there is no view 'pie'"):
        draw(run, view="pie")


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_bars_of_a_waterfall_lie_where_the_document_says(run, backend):
    chart = foresell.plot.chart(run, "why", backend=backend)
    assert bars(chart, backend) == {(round(low, 4), round(high, 4)) for one in series("why") for low, high in zip(one["low"], one["high"])}
    assert names(chart, backend) == ["Before: 2023", "Price", "Quantity", "New products", "Products no longer sold", "Returns", "Now: 2024"]
    assert {"48,000", "+3,120", "-8,240", "+11,850"} <= set(texts(chart, backend))
    if backend == "plotly":
        assert chart.data[1].marker.color == ("#0072B2", "#C24E00", "#0072B2", "#C24E00", "#C24E00")
    else:
        assert legend(chart, backend) == ["more", "less", "total, shown from 30,000 on"]


@pytest.mark.parametrize("backend", ("matplotlib", "plotly"))
def test_a_waterfall_does_not_begin_at_zero_where_its_changes_would_be_slivers(run, tmp_path, backend):
    def begins(chart):
        return chart.layout.xaxis.range[0] if backend == "plotly" else chart.get_xlim()[0]

    assert begins(foresell.plot.chart(run, "why", backend=backend)) == 30000
    block = {**BLOCKS["why"], "series": [{"name": "change", "kind": "floating", "x": ["a"], "y": [3], "low": [1], "high": [4]}]}
    assert begins(foresell.plot.chart(run_of(tmp_path, [block]), "why", backend=backend)) <= 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_whiskers_go_from_low_to_high(run, backend):
    chart = foresell.plot.chart(run, "holidays", backend=backend)
    (one,) = series("holidays")
    wanted = {(low, high) for low, high in zip(one["low"], one["high"]) if low is not None}
    if backend == "plotly":
        trace = chart.data[0]
        ends = {(round(y - down, 6), round(y + up, 6)) for y, down, up in zip(trace.x, trace.error_x.arrayminus, trace.error_x.array) if up}
    else:
        ends = {tuple(known(line.get_xdata())) for line in chart.lines if len(set(line.get_xdata())) == 2 and len(set(line.get_ydata())) == 1}
    assert ends == wanted
    assert {"142 %", "-92 %", "-4 %"} <= set(texts(chart, backend))
    assert legend(chart, backend) == ["effect, line: 90 % interval"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_dots_on_logarithmic_axes_leave_out_what_is_not_above_zero_and_say_so(run, backend):
    chart = foresell.plot.chart(run, "spread", backend=backend)
    wanted = {(x, y) for one in series("spread") for x, y in zip(one["x"], one["y"]) if x > 0 and y > 0}
    assert dots(chart, backend) == wanted and len(wanted) == 27
    assert "Not shown, as 0 or less: 3" in said(chart, backend)
    assert axes(chart, backend) == ("pieces", "revenue")
    assert legend(chart, backend) == ["steady", "now and then"]
    if backend == "plotly":
        assert (chart.layout.xaxis.type, chart.layout.yaxis.type) == ("log", "log")
        assert chart.data[1].text[0] == "Lamp &lt;b&gt; 1"
    else:
        assert (chart.get_xscale(), chart.get_yscale()) == ("log", "log")


@pytest.mark.parametrize("backend", BACKENDS)
def test_bars_of_categories_have_their_figures_at_the_ends(run, backend):
    chart = foresell.plot.chart(run, "growth", backend=backend)
    (one,) = series("growth")
    assert bars(chart, backend) == {tuple(sorted((0, y))) for y in one["y"]}
    assert names(chart, backend) == one["x"]
    assert {"48 %", "0.4 %", "-26 %"} <= set(texts(chart, backend))
    many = foresell.plot.chart(run, "best", backend=backend)
    assert len(bars(many, backend)) == 40
    assert not any(text.replace(",", "").isdigit() for text in texts(many, backend))


@pytest.mark.parametrize("backend", ("matplotlib", "plotly"))
def test_stacked_bars_stand_on_each_other_above_and_below_zero(tmp_path, backend):
    block = {"type": "chart", "id": "s", "title": "Stacked", "unit": "units", "x": "date", "grain": "month", "stacked": True, "series": [
        {"name": "shop", "kind": "bar", "x": ["2024-01-01", "2024-02-01"], "y": [3, 4]},
        {"name": "web", "kind": "bar", "x": ["2024-01-01", "2024-02-01"], "y": [2, -1]}]}
    chart = foresell.plot.chart(run_of(tmp_path, [block]), "s", backend=backend)
    render(chart, backend)
    if backend == "plotly":
        assert chart.layout.barmode == "relative"
    else:
        assert bars(chart, backend) == {(0, 3), (0, 4), (3, 5), (-1, 0)}
    assert axes(chart, backend) == ("month", "pieces a month")


@pytest.mark.parametrize("backend", BACKENDS)
def test_lines_over_numbers_have_both_units(run, backend):
    chart = foresell.plot.chart(run, "concentration", backend=backend)
    render(chart, backend)
    assert lines(chart, backend)[:2] == [known(one["y"]) for one in series("concentration")]
    assert axes(chart, backend) == ("share of products", "share of revenue")
    assert "A products" in texts(chart, backend)
    assert legend(chart, backend) == ["revenue", "if all sold alike"]
    if backend == "plotly":
        assert (chart.layout.xaxis.tickformat, chart.layout.yaxis.tickformat) == (",~%", ",~%")
    else:
        assert "20 %" in [text.get_text() for text in chart.get_xticklabels()]


@pytest.mark.parametrize("backend", BACKENDS)
def test_lines_over_time_have_gaps_bands_and_marks(run, backend):
    chart = foresell.plot.chart(run, "quarters", backend=backend)
    render(chart, backend)
    sold, ahead = series("quarters")
    if backend != "seaborn":  # whose lines are one for each stretch
        assert lines(chart, backend)[:2] == [known(sold["y"]), known(ahead["y"])]
    assert sorted(legend(chart, backend)) == ["90 % interval", "customers", "forecast", "peak"]
    assert "fair?" in texts(chart, backend)
    assert axes(chart, backend)[0] == "quarter"
    if backend == "plotly":
        assert [list(trace.y) for trace in chart.data if trace.name in ("low", "90 % interval")] == [ahead["low"], ahead["high"]]


# ---- choices and faults ----


@pytest.mark.parametrize("backend", ("matplotlib", "plotly"))
def test_a_variant_is_chosen_by_its_name_and_has_its_own_unit_and_finding(run, backend):
    chart = foresell.plot.chart(run, "hours", choose="Pieces an hour", backend=backend)
    assert cells(chart, backend) == [known(one["y"]) for one in BLOCKS["hours"]["choose"][1]["series"]]
    assert "In pieces, too, Saturday afternoon is the busiest." in said(chart, backend)


def test_of_a_long_time_the_last_periods_are_drawn(tmp_path):
    day = [datetime.date(2023, 1, 1) + datetime.timedelta(i) for i in range(500)]
    block = {"type": "chart", "id": "long", "title": "Long", "unit": "money", "x": "date", "series": [
        {"name": "sold", "kind": "line", "x": [str(at) for at in day[:450]], "y": list(range(450))},
        {"name": "forecast", "kind": "line", "x": [str(at) for at in day[450:]], "y": list(range(50))}]}
    chart = foresell.plot.chart(run_of(tmp_path, [block]), "long", backend="plotly")
    assert [(trace.x[0], len(trace.x)) for trace in chart.data] == [(day[450 - 182], 182), (day[450], 50)]
    assert axes(chart, "plotly") == ("day", "GBP a day")
    block["marks"] = [{"x": str(day[450 - 340]), "label": "3.6×", "told": True}, {"x": str(day[9]), "label": "2.2×", "told": False}]
    (tmp_path / "told").mkdir()
    chart = foresell.plot.chart(run_of(tmp_path / "told", [block]), "long", backend="plotly")
    assert [(trace.x[0], len(trace.x)) for trace in chart.data] == [(day[450 - 355], 355), (day[450], 50), (day[450 - 340], 1)]


def test_what_is_not_there_is_named_beside_what_is(run):
    with pytest.raises(foresell.UsageError, match="no chart 'hour'.*it has hours, why, holidays"):
        foresell.plot.chart(run, "hour")
    with pytest.raises(foresell.UsageError, match="hours has no variant 'Baskets'.*it has Revenue an hour, Pieces an hour"):
        foresell.plot.chart(run, "hours", choose="Baskets")
    with pytest.raises(foresell.UsageError, match="why has no variant 'x'.*leave choose out"):
        foresell.plot.chart(run, "why", choose="x")
    with pytest.raises(foresell.UsageError, match="no backend 'ggplot'"):
        foresell.plot.chart(run, "why", backend="ggplot")


def test_a_run_without_a_report_is_refused(tmp_path):
    bare = foresell.Run(tmp_path, tmp_path / "report.html", [], 0, 0, 0, 0)
    for call in (foresell.plot.charts, lambda run: foresell.plot.chart(run, "total")):
        with pytest.raises(foresell.ResourceError, match="no report.*without only="):
            call(bare)


def test_a_chart_goes_where_it_is_told(run):
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
    assert foresell.plot.chart(run, "why", ax=left) is left
    assert foresell.plot.chart(run, "spread", ax=right, backend="seaborn") is right
    figure.canvas.draw()
    with pytest.raises(foresell.UsageError, match="Plotly draws on no ax"):
        foresell.plot.chart(run, "why", ax=left, backend="plotly")


@pytest.mark.parametrize("backend", BACKENDS)
def test_names_are_no_markup(tmp_path, backend):
    block = {"type": "chart", "id": "names", "title": "a $x$ <b>&", "finding": "b_{2} <i>", "unit": "units", "x": "category", "series": [
        {"name": "$y$ <b>", "kind": "bar", "x": ["$z_{1}$", "<i>tea"], "y": [1, 2]}]}
    chart = foresell.plot.chart(run_of(tmp_path, [block]), "names", backend=backend)
    if backend == "plotly":
        text = chart.to_json().encode().decode("unicode_escape")
        assert "<b>" not in text and "<i>" not in text
    else:
        render(chart, backend)
        every = [chart._left_title, *chart.texts, *chart.get_yticklabels(), *chart.get_legend().get_texts()]
        assert not any(text.get_parse_math() for text in every)


def test_on_a_dark_page_much_is_pale(run):
    def most(chart):
        return sum(next(one for one in chart.collections if isinstance(one, QuadMesh)).cmap(1.0)[:3])

    light = most(foresell.plot.chart(run, "hours"))
    with plt.style.context("dark_background"):
        assert most(foresell.plot.chart(run, "hours")) > 2 > light
