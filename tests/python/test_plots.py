"""The charts: the figures of the tables and of the report, in each backend, without a warning."""

import datetime
import json
import math
import re
import subprocess
import sys
import warnings

import foresell
import pyarrow as pa
import pytest
from conftest import MONDAY, sales

matplotlib = pytest.importorskip("matplotlib", reason="what draws is not installed")
pytest.importorskip("seaborn")
pytest.importorskip("plotly")
matplotlib.use("Agg")
import matplotlib.dates  # noqa: E402
import matplotlib.pyplot as plt  # noqa: E402

BACKENDS = ("matplotlib", "seaborn", "plotly")
CHARTS = {"sales": "sales", "total": "total", "categories": "categories", "stores": "stores", "items": "items"}
SOLD, AHEAD = "#0072B2", "#C24E00"
pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(autouse=True)
def no_figure_is_left_open():
    yield
    plt.close("all")


# ---- what is drawn, whatever drew it ----


def at(x):
    """A place on the axis, as a date where it is one."""
    if isinstance(x, datetime.datetime):
        return x.date()
    if isinstance(x, datetime.date):
        return x
    return matplotlib.dates.num2date(x).date() if x > 9999 else int(x)


def points(x, y) -> dict:
    return {at(a): float(b) for a, b in zip(x, y) if b is not None and not math.isnan(b)}


def drawn_by_matplotlib(ax) -> dict:
    """Each line by its colour, and both sides of the band."""
    found = {"sold": {}, "mean": {}, "low": {}, "high": {}}
    for line in ax.lines:
        part = {SOLD: "sold", AHEAD: "mean"}[matplotlib.colors.to_hex(line.get_color()).upper()]
        found[part].update(points(line.get_xdata(), line.get_ydata()))
    for band in ax.collections:
        if not isinstance(band, matplotlib.collections.PolyCollection):
            continue
        for path in band.get_paths():
            for x, y in path.vertices:
                low, high = found["low"].get(at(x), math.inf), found["high"].get(at(x), -math.inf)
                found["low"][at(x)], found["high"][at(x)] = min(low, y), max(high, y)
    return found


def drawn_by_plotly(traces) -> dict:
    found = {"sold": {}, "mean": {}, "low": {}, "high": {}}
    for trace in traces:
        part = {"sold": "sold", "so far": "sold", "forecast": "mean", "low": "low"}.get(trace.name, "high" if "interval" in trace.name else None)
        if part:
            found[part].update(points(trace.x, trace.y))
    return found


def panels(chart, backend) -> dict:
    """What each panel shows, by its title."""
    if backend != "plotly":
        axes = chart.axes if hasattr(chart, "axes") and isinstance(chart.axes, list) else [chart]
        return {ax.get_title(loc="left"): drawn_by_matplotlib(ax) for ax in axes}
    titles = [note.text for note in chart.layout.annotations if ":" in note.text] or [chart.layout.title.text]
    by_axis = {}
    for trace in chart.data:
        by_axis.setdefault(trace.xaxis or "x", []).append(trace)
    return {title: drawn_by_plotly(traces) for title, traces in zip(titles, by_axis.values())}


def words(chart, backend) -> dict:
    """Title and labels of both axes."""
    if backend == "plotly":
        texts = [note.text for note in chart.layout.annotations]
        along, up = chart.layout.xaxis.title.text, chart.layout.yaxis.title.text
        return {"title": chart.layout.title.text.replace("<br>", " "), "x": along or texts[-2], "y": up or texts[-1]}
    if hasattr(chart, "get_suptitle"):
        told = {"title": chart.get_suptitle(), "x": chart.get_supxlabel(), "y": chart.get_supylabel()}
    else:
        told = {"title": chart.get_title(loc="left"), "x": chart.get_xlabel(), "y": chart.get_ylabel()}
    return {name: text.replace("\n", " ") for name, text in told.items()}


def legend(chart, backend) -> list:
    if backend == "plotly":
        return [trace.name for trace in chart.data if trace.showlegend is not False]
    made = chart.get_legend() if hasattr(chart, "get_legend") else chart.legends[0]
    return [text.get_text() for text in made.get_texts()]


def render(chart, backend, folder) -> bytes:
    """As a notebook does; nothing may warn."""
    if backend == "plotly":
        return chart.to_json().encode()
    figure = chart if hasattr(chart, "get_suptitle") else chart.figure
    figure.savefig(folder / "chart.png")
    return (folder / "chart.png").read_bytes()


# ---- what the report shows ----


@pytest.fixture(scope="module")
def reported(done) -> dict:
    """The charts in the report: of each its variants, of each the points."""
    text = done.report.read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="foresell-data" type="application/json">(.*?)</script>', text, re.S)[1])
    blocks = [block for page in data["pages"] for block in page["blocks"] if block.get("id") in CHARTS]
    return {block["id"]: {"series": variants_of(block), "marks": block.get("marks", [])} for block in blocks}


def variants_of(block) -> dict:
    return {one.get("name", ""): parts_of(one["series"]) for one in block.get("choose") or [block]}


def parts_of(series) -> dict:
    day = datetime.date.fromisoformat
    found = {"sold": points(map(day, series[0]["x"]), series[0]["y"])}
    for name, values in {"mean": "y", "low": "low", "high": "high"}.items():
        found[name] = points(map(day, series[1]["x"]), series[1][values])
    return found


def assert_same(ours, theirs, last):
    days = sorted(theirs["sold"])[-last:]
    assert sorted(ours["sold"]) == days
    for part in ("sold", "mean", "low", "high"):
        wanted = {day: value for day, value in theirs[part].items() if part != "sold" or day in set(days)}
        assert ours[part] == pytest.approx(wanted, abs=0.00501), part


def test_the_charts_of_what_was_sold_have_each_a_function(reported):
    assert sorted(reported) == sorted(CHARTS)
    assert set(CHARTS) <= set(foresell.plot.__all__)


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_chart_of_the_report_is_drawn_by_its_id(done, reported, backend, tmp_path):
    there = dict(foresell.plot.charts(done))
    assert set(CHARTS) <= set(there)
    for wanted, title in there.items():
        chart = foresell.plot.chart(done, wanted, backend=backend)
        told = chart.layout.title.text.replace("<br>", " ") if backend == "plotly" else chart.get_title(loc="left").replace("\n", " ")
        assert told.startswith(title)
        plt.close("all")
    chart = foresell.plot.chart(done, "total", backend=backend)
    assert len(render(chart, backend, tmp_path)) > 5000
    assert_same(next(iter(panels(chart, backend).values())), next(iter(reported["total"]["series"].values())), 182)


def test_a_variant_is_one_of_the_choice_in_the_report(done, reported):
    name = list(reported["items"]["series"])[3]
    shown = drawn_by_matplotlib(foresell.plot.chart(done, "items", choose=name))
    assert_same(shown, reported["items"]["series"][name], 182)


@pytest.mark.parametrize("backend", ("matplotlib", "plotly"))
@pytest.mark.parametrize("level", ("money", "item"))
def test_how_far_off_forecasts_were_is_that_of_the_table(done, level, backend, tmp_path):
    chart = foresell.plot.accuracy(done, level=level, backend=backend)
    assert len(render(chart, backend, tmp_path)) > 5000
    rows = [row for row in done.table("forecast_accuracy").to_pylist() if row["level"] == level and row["step"] and row["wape"] is not None]
    lines = [trace for trace in chart.data if trace.name] if backend == "plotly" else [line for line in chart.lines if len(line.get_ydata()) > 2]
    drawn = [(list(one.x), list(one.y)) if backend == "plotly" else (list(one.get_xdata()), list(one.get_ydata())) for one in lines]
    assert len(rows) > 20 and len(drawn) == 2
    for (x, y), column in zip(drawn, ("wape", "naive_wape")):
        assert x == [row["step"] for row in rows]
        assert y == pytest.approx([row[column] for row in rows], abs=0.00005)
    assert legend(chart, backend) == ["forecast", "repeating the last week"]


def test_a_level_that_is_not_tried_is_named(done):
    with pytest.raises(foresell.UsageError, match="there is no level 'shop'"):
        foresell.plot.accuracy(done, level="shop")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", CHARTS)
def test_the_figures_are_those_of_the_report(done, reported, name, backend, tmp_path):
    many = name not in ("sales", "total")
    chart = getattr(foresell.plot, name)(done, backend=backend)
    assert len(render(chart, backend, tmp_path)) > 5000
    told, shown = words(chart, backend), panels(chart, backend)
    assert told["x"] == "day" and told["y"] == ("GBP a day" if name == "sales" else "pieces a day")
    assert "next 28 days" in told["title"] and (told["y"].split()[0] in told["title"])
    wanted = list(reported[name]["series"].items())
    if not many:
        assert_same(next(iter(shown.values())), wanted[0][1], 182)
        return
    largest = [title for title in shown if not title.startswith("the other")]
    assert len(largest) == min(5, len(wanted)) and len(shown) == len(largest) + (len(wanted) > 5)
    for title, (label, theirs) in zip(largest, wanted):
        assert title.rsplit(":", 1)[0] == foresell.plot.picture.short(label, 34)
        assert_same(shown[title], theirs, 91)
        assert float(title.rsplit(":", 1)[1].replace(",", "")) == pytest.approx(sum(theirs["mean"].values()), abs=0.6)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_title_is_the_headline_of_the_run(done, backend):
    expected = re.search(r"should bring (GBP \d[\d,]*\d)", " ".join(done.headlines))[1]
    assert words(foresell.plot.sales(done, backend=backend), backend)["title"].endswith(expected)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_rest_is_what_the_largest_leave(done, backend):
    shown = panels(foresell.plot.stores(done, top=2, backend=backend), backend)
    assert len(shown) == 3
    *largest, rest = shown.values()
    assert list(shown)[-1].startswith("the other 6 stores together: ")
    rows = done.table("demand_store", ["store", "period", "value"]).to_pylist()
    for day, value in rest["sold"].items():
        whole = sum(row["value"] or 0 for row in rows if row["period"] == day and row["store"] != "(all)")
        assert value == pytest.approx(whole - sum(one["sold"].get(day, 0) for one in largest))
    assert rest["low"] == {}, "intervals cannot be added up"
    means = done.table("forecast_store", ["mean"])["mean"].to_pylist()
    assert sum(rest["mean"].values()) == pytest.approx(sum(means) - sum(sum(one["mean"].values()) for one in largest))


def test_the_legend_names_only_what_is_there(done):
    for backend in BACKENDS:
        assert sorted(legend(foresell.plot.total(done, backend=backend), backend)) == ["90 % interval", "forecast", "peak", "sold"]
        assert sorted(legend(foresell.plot.total(done, backend=backend, last=20), backend)) == ["90 % interval", "forecast", "sold"]
        assert sorted(legend(foresell.plot.stores(done, backend=backend), backend)) == ["90 % interval", "forecast", "sold"]


def test_peaks_are_those_of_the_report(done, reported):
    assert reported["total"]["marks"], "this shop has peaks"
    wanted = {mark["x"]: mark["label"] for mark in reported["total"]["marks"]}
    chart = foresell.plot.total(done, last=10**6, backend="plotly")
    drawn = next(trace for trace in chart.data if trace.name == "peak")
    assert dict(zip(map(str, drawn.x), drawn.text)) == wanted
    chart = foresell.plot.total(done, last=10**6)
    dots = next(one for one in chart.collections if one.get_label() == "peak").get_offsets()
    assert {str(at(x)) for x, _ in dots} == set(wanted)
    assert {text.get_text() for text in chart.texts} <= set(wanted.values()) and chart.texts


# ---- choices and faults ----


def test_one_series_is_named_by_its_key_or_its_label(done, reported):
    label = list(reported["items"]["series"])[3]
    item = done.table("product_summary").sort_by("revenue_rank")["item"].to_pylist()
    by_label = foresell.plot.items(done, key=label)
    key = next(one for one in item if one in label) if any(one in label for one in item) else label
    assert drawn_by_matplotlib(by_label) == drawn_by_matplotlib(foresell.plot.items(done, key=key))
    with pytest.raises(foresell.UsageError, match="no store 'nowhere'.*there are S0"):
        foresell.plot.stores(done, key="nowhere")


def test_a_chart_goes_where_it_is_told(done):
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
    assert foresell.plot.sales(done, ax=left, last=30) is left
    assert foresell.plot.items(done, key=done.table("product_summary")["item"][0].as_py(), ax=right) is right
    assert len(drawn_by_matplotlib(left)["sold"]) == 30
    figure.canvas.draw()
    with pytest.raises(foresell.UsageError, match="6 panels.*key="):
        foresell.plot.stores(done, ax=left)
    with pytest.raises(foresell.UsageError, match="Plotly draws on no ax"):
        foresell.plot.sales(done, ax=left, backend="plotly")


def test_wrong_choices_are_refused(done):
    with pytest.raises(foresell.UsageError, match="no backend 'ggplot'.*plotly"):
        foresell.plot.sales(done, backend="ggplot")
    with pytest.raises(foresell.UsageError, match="top is 0"):
        foresell.plot.items(done, top=0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_names_are_no_markup(backend, tmp_path):
    rows = sales({"a $x$ <b>&": 60, "b_{2}": 60})
    result = foresell.forecast(rows, group="item", order="day", value="units", horizon=7, quantile=[0.1, 0.9])
    chart = foresell.plot.forecast(rows, result, value="units", backend=backend)
    render(chart, backend, tmp_path)
    if backend == "plotly":
        assert "<b>" not in chart.to_json().encode().decode("unicode_escape")
    else:
        assert [ax._left_title.get_parse_math() for ax in chart.axes] == [False, False]


# ---- of operators ----


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_forecast_is_drawn_behind_its_history(backend, tmp_path):
    rows = sales({f"i{n}": 60 for n in range(9)})
    result = foresell.forecast(rows, group="item", order="day", value="units", horizon=7, quantile=[0.1, 0.5, 0.9])
    chart = foresell.plot.forecast(rows, result, value="units", unit="pieces", top=3, backend=backend)
    render(chart, backend, tmp_path)
    shown = panels(chart, backend)
    assert len(shown) == 4 and list(shown)[-1].startswith("the other 6 together")
    for title, parts in list(shown.items())[:3]:
        item = title.split(":")[0]
        past = {row["day"]: row["units"] for row in rows.to_pylist() if row["item"] == item}
        ahead = [row for row in result.to_pylist() if row["item"] == item]
        assert parts["sold"] == pytest.approx(past)
        for part, column in {"mean": "mean", "low": "q0.1", "high": "q0.9"}.items():
            assert parts[part] == pytest.approx({row["period"]: row[column] for row in ahead})
    assert sorted(legend(chart, backend)) == ["80 % interval", "forecast", "so far"]
    told = words(chart, backend)
    assert told == {"title": "What is forecast for the 3 largest series, and for the other 6 together, in the next 7 days, in pieces",
                    "x": "day", "y": "pieces a day"}


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_not_known_is_a_gap(backend, tmp_path):
    rows = sales({"a": 60}).sort_by("day")
    rows = rows.filter(pa.array([i not in (20, 40, 42) for i in range(60)]))  # 41 stands alone
    result = foresell.forecast(rows, order="day", value="units", horizon=7)
    chart = foresell.plot.forecast(rows, result, value="units", backend=backend)
    render(chart, backend, tmp_path)
    day = [MONDAY + datetime.timedelta(i) for i in range(60)]
    if backend == "plotly":
        drawn = dict(zip(chart.data[0].x, chart.data[0].y))
        assert [d for d in day if drawn[d] is None] == [day[20], day[40], day[42]] and not chart.data[0].connectgaps
    else:
        stretches = [sorted(points(x, y)) for x, y in stretches_of(chart)]
        assert [(one[0], one[-1]) for one in stretches] == [(day[0], day[19]), (day[21], day[39]), (day[41], day[41]), (day[43], day[59])]
    zero = foresell.plot.forecast(rows, result, value="units", absent="zero", backend=backend)
    assert [next(iter(panels(zero, backend).values()))["sold"][day[i]] for i in (20, 40, 42)] == [0, 0, 0]


def stretches_of(ax):
    """Stretches of the line without a gap."""
    for line in ax.lines:
        if matplotlib.colors.to_hex(line.get_color()).upper() != SOLD:
            continue
        x, y, begin = list(line.get_xdata()), list(line.get_ydata()), 0
        for i in range(len(y) + 1):
            if i == len(y) or math.isnan(y[i]):
                if i > begin:
                    yield x[begin:i], y[begin:i]
                begin = i + 1


def test_periods_may_be_months_numbers_and_times():
    month = [datetime.date(2020 + i // 12, i % 12 + 1, 1) for i in range(40)]
    monthly = pa.table({"month": month, "units": [float(10 + i % 12) for i in range(40)]})
    chart = foresell.plot.forecast(monthly, foresell.forecast(monthly, order="month", value="units", horizon=6), value="units")
    assert chart.get_ylabel() == "units a month" and "next 6 months" in chart.get_title(loc="left")
    numbered = monthly.append_column("t", pa.array(range(40))).drop_columns(["month"])
    chart = foresell.plot.forecast(numbered, foresell.forecast(numbered, order="t", value="units", horizon=6), value="units")
    assert len(drawn_by_matplotlib(chart)["sold"]) == 40 and "next 6 periods" in chart.get_title(loc="left")
    hours = [datetime.datetime(2024, 1, 1) + datetime.timedelta(hours=i) for i in range(96)]
    hourly = pa.table({"at": pa.array(hours, pa.timestamp("us")), "units": [float(i % 24) for i in range(96)]})
    chart = foresell.plot.forecast(hourly, foresell.forecast(hourly, order="at", value="units", horizon=24), value="units")
    chart.figure.canvas.draw()
    assert chart.get_title(loc="left").replace("\n", " ").startswith("All: ")


def test_numbers_that_only_sort_are_no_calendar():
    rows = pa.table({"t": [1, 2, 3, 4, 10**9], "units": [1.0, 2, 3, 4, 5]})
    result = foresell.forecast(rows, order="t", value="units", horizon=2)
    assert list(foresell.plot.forecast(rows, result, value="units").lines[0].get_xdata()) == rows["t"].to_pylist()


def test_what_is_no_forecast_is_refused(shop):
    with pytest.raises(foresell.UsageError, match="not what foresell.forecast gives"):
        foresell.plot.forecast(shop, shop)
    result = foresell.forecast(shop, group="item", order="day", value="units", horizon=3)
    with pytest.raises(foresell.UsageError, match="no series 'z'.*there are"):
        foresell.plot.forecast(shop, result, value="units", key="z")


# ---- what need not be there ----


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True).stdout


def test_nothing_that_draws_is_loaded_before_the_first_chart():
    assert python("import sys, foresell; print({'matplotlib', 'seaborn', 'plotly', 'pandas', 'IPython', 'tqdm'} & set(sys.modules))") == "set()\n"


@pytest.mark.parametrize(("backend", "gone"), [("matplotlib", "matplotlib"), ("seaborn", "seaborn"), ("plotly", "plotly")])
def test_where_it_is_missing_the_error_names_the_command(done, backend, gone):
    code = f"""
import sys, foresell
sys.modules[{gone!r}] = None
try:
    foresell.plot.sales(foresell.open_run({str(done.folder)!r}), backend={backend!r})
except foresell.ResourceError as fault:
    print(fault)
"""
    said = python(code)
    assert gone in said and "pip install 'foresell[plot]'" in said


def test_ticks_have_the_year_where_it_begins():
    from foresell.plot.picture import tick_labels

    days = [datetime.datetime(2024, 11, 1), datetime.datetime(2024, 12, 15), datetime.datetime(2025, 1, 1), datetime.datetime(2025, 2, 1)]
    assert tick_labels(days) == ["Nov\n2024", "15 Dec", "2025", "Feb"]


def test_numbers_are_written_as_large_as_they_are():
    from foresell.plot.picture import figure, tick

    assert [figure(value) for value in (48403.2, 12.34, 7.0, 0.0421, 0)] == ["48,403", "12.3", "7", "0.042", "0"]
    assert [tick(value) for value in (0.05, 0.30000000000000004, 1.5, 12000.0, 2e9)] == ["0.05", "0.3", "1.5", "12,000", "2,000,000,000"]


def test_a_long_title_is_cut_into_even_lines():
    from foresell.plot.picture import lines

    cut = lines("What the 5 largest products, and the other 216 together, should sell in the next 28 days, in pieces", 95)
    assert len(cut) == 2 and min(map(len, cut)) > 35
    assert lines("Short", 95) == ["Short"]


def test_the_style_of_the_notebook_is_kept(done):
    with plt.style.context("dark_background"), warnings.catch_warnings():
        chart = foresell.plot.total(done)
        assert chart.title.get_color() == plt.rcParams["axes.titlecolor"].replace("auto", plt.rcParams["text.color"])
        assert chart.get_facecolor() == matplotlib.colors.to_rgba("black")
