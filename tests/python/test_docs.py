"""The examples of docs/python.md, in their order, run as they stand."""

import re

import foresell
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, sales

EXAMPLES = re.findall(r"<!-- example:? ?(\w*) -->\n```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(encoding="utf-8"), re.S)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with the file that the examples read."""
    monkeypatch.chdir(tmp_path)
    pq.write_table(sales({"a": 400, "b": 380}), "sales.parquet")
    return tmp_path


@pytest.mark.parametrize(("needs", "text"), EXAMPLES, ids=[needs or "pyarrow" for needs, _ in EXAMPLES])
def test_the_example_runs(place, needs, text, request, monkeypatch):
    names = {}
    if needs == "project":
        pytest.importorskip("pandas")
        foresell.simulate("files", items=20, stores=1, customers=50, days=200, lines=3000)
    elif needs == "charts":
        pytest.importorskip("matplotlib").use("Agg")
        monkeypatch.setattr("plotly.io.renderers.default", "json")  # shows it nowhere
        (place / "shop").symlink_to(request.getfixturevalue("project"))
        request.getfixturevalue("done")
    elif needs == "mllib":
        pytest.importorskip("numpy", reason="MLlib needs NumPy")
        names["spark"] = request.getfixturevalue("spark")
        text = text.replace('"shop/runs', f'"file://{request.getfixturevalue("project")}/runs')
        request.getfixturevalue("done")
    elif needs == "pyspark":
        names["spark"] = request.getfixturevalue("spark")
        text = text.replace('"sales.parquet"', f'"file://{place}/sales.parquet"').replace('"forecast.parquet"', f'"file://{place}/out"')
    elif needs:
        pytest.importorskip(needs)
    exec("import foresell\n" + text, names)
    if needs == "pyspark":
        assert pq.read_table(place / "out").num_rows == 56


def test_every_kind_of_example_is_there():
    assert [needs for needs, _ in EXAMPLES] == ["", "polars", "pandas", "duckdb", "project", "charts", "pyspark", "mllib"]
