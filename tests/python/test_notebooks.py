"""The lessons in examples/: each runs from its first cell to its last, without a fault or a warning, and ends with a decision."""

import os
import re
import sys

import pytest
from conftest import ROOT
from local_cluster import settings

nbformat = pytest.importorskip("nbformat", reason="what runs notebooks is not installed")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")
for module in ("matplotlib", "pandas"):
    pytest.importorskip(module)

LESSONS = sorted(path.stem for path in (ROOT / "examples").glob("*.ipynb"))
DECISION = {
    "cluster": r"(Store S00\d: GBP [\d,]+ .*\n){4}Held ready for all: GBP [\d,]+, which is GBP [\d,]+ less",
    "customers": r"Contact [1-9]\d* of \d+ customers: that should earn GBP [1-9][\d,]* in 90 days\.\n"
    r"On the past this choice earned GBP [1-9][\d,]*, .*\n(First C\d+ \(.+\), worth GBP [\d,]+: offer \w.*\n?)+",
    "explore": r"(\d+) of \d+ products should leave.*\n.*GBP [\d,]+ a year saved",
    "forecast": r"Order [\d,]+ pieces for GBP [\d,]+ .*\n.*earned GBP [1-9][\d,]* a week more",
    "mllib": r"MLlib picks that one in \d\d% .*\n.*\nWrite to \d+ of them first, worth GBP [\d,]+ a year; \d\d% of them did stay away"
    r"\.\n.* to judge by\nLog-loss is 0\.\d+ by foresell and 0\.\d+ by MLlib, .*\nLeave method at foresell",
    "stock": r"Order [1-9][\d,]* pieces for GBP [\d,]+: that should save GBP [1-9][\d,]* against not ordering\.\nOn the past such orders cost [1-9]\d% less "
    r"than a plain planner's\.\n(\w.*, for S00\d, [\w -]+: [\d,]+ pieces of \d+ products\.\n){1,3}With GBP [\d,]+ order [1-9][\d,]* pieces, which saves "
    r"[5-9]\d% of that",
}


def executed(notebook, folder, monkeypatch):
    """With this Python as its kernel, in `folder`."""
    kernels = folder / "kernels" / "lesson"
    kernels.mkdir(parents=True)
    command = f'["{sys.executable}", "-m", "ipykernel_launcher", "-f", "{{connection_file}}"]'
    (kernels / "kernel.json").write_text(f'{{"argv": {command}, "display_name": "lesson", "language": "python"}}')
    for name, place in {"JUPYTER_PATH": folder, "TMPDIR": folder, "IPYTHONDIR": folder / "ipython", "MPLBACKEND": ""}.items():
        monkeypatch.setenv(name, str(place))
    monkeypatch.delenv("MPLBACKEND")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    here = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=900, kernel_name="lesson", resources=here).execute()
    return notebook


def outputs(notebook, kind):
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs if output.output_type == kind]


def images(cell) -> int:
    return sum("image/png" in output.get("data", {}) for output in cell.outputs)


def said(notebook, name) -> str:
    return "".join(output.text for output in outputs(notebook, "stream") if output.name == name)


def run_lesson(name, folder, monkeypatch):
    notebook = executed(nbformat.read(ROOT / "examples" / f"{name}.ipynb", 4), folder, monkeypatch)
    assert re.search(DECISION[name], said(notebook, "stdout")), said(notebook, "stdout")
    assert not re.search(r"\w*Warning\b", said(notebook, "stderr")), said(notebook, "stderr")
    for cell in notebook.cells:
        if cell.source.startswith("foresell.plot."):
            assert images(cell) == 1, cell.source
    return notebook


def test_all_lessons_are_run_here():
    assert sorted(DECISION) == LESSONS


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_kept_without_what_it_printed(name):
    notebook = nbformat.read(ROOT / "examples" / f"{name}.ipynb", 4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert cell.cell_type == "markdown" or (cell.outputs == [] and cell.execution_count is None)


@pytest.mark.parametrize("name", ["customers", "explore", "forecast", "stock"])
def test_a_lesson_ends_with_a_decision(name, tmp_path, monkeypatch):
    run_lesson(name, tmp_path, monkeypatch)


@pytest.mark.spark
@pytest.mark.parametrize("name", ["cluster", "mllib"])
def test_a_lesson_of_spark_ends_with_a_decision(name, tmp_path, monkeypatch):
    import shutil

    pytest.importorskip("pyspark", reason="PySpark is not installed")
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        pytest.skip("there is no Java")
    if name == "mllib":
        pytest.importorskip("sklearn", reason="scikit-learn, which MLlib is compared with, is not installed")
    monkeypatch.setenv("SPARK_CONF_DIR", settings()["SPARK_CONF_DIR"])  # of little data
    run_lesson(name, tmp_path, monkeypatch)


def test_a_chart_is_shown_once_however_its_cell_ends(done, tmp_path, monkeypatch):
    pytest.importorskip("plotly")
    begin = f"import foresell\ndone = foresell.open_run({str(done.folder)!r})"
    chart = "foresell.plot.stores(done)"
    sources = [begin, chart, f"{chart};", f"figure = {chart}", "figure", f"{chart}\n1", "done.show(300)", f"{chart[:-1]}, backend='plotly')"]
    notebook = executed(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources]), tmp_path, monkeypatch)
    assert [images(cell) for cell in notebook.cells] == [0, 1, 1, 1, 1, 1, 0, 0]
    assert "<iframe srcdoc=" in notebook.cells[-2].outputs[0].data["text/html"]
    assert "application/vnd.plotly.v1+json" in notebook.cells[-1].outputs[0].data


def test_a_notebook_shows_progress_and_wipes_it(again, tmp_path, monkeypatch):
    pytest.importorskip("tqdm")
    source = f"import foresell\nforesell.run({str(again)!r}, only='demand_total', resume=True, progress=None)"
    notebook = executed(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), tmp_path, monkeypatch)
    shown = said(notebook, "stderr")
    assert re.search(r"(reading|cleaning|steps): \w+ \|.*\| \d+ of \d+", shown)
    assert shown.rsplit("\r", 2)[-2].strip() == ""
