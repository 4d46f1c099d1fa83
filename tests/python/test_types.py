"""The package is typed: mypy --strict finds nothing in it, and finds wrong calls."""

import subprocess
import sys

import pytest
from conftest import ROOT

pytest.importorskip("mypy")
CALLS = """
import foresell
import pyarrow as pa

def use(sales: pa.Table) -> None:
    foresell.forecast(sales, group=["item"], horizon=28, quantile=[0.1], model="ets")
    foresell.forecast(sales, model="prophet")
    foresell.forecast(sales, horizon="long")
    foresell.forecast(sales, horison=3)
    foresell.forecast([1, 2])

def draw(done: foresell.Run) -> None:
    foresell.plot.sales(done, backend="plotly")
    foresell.plot.sales(done, backend="ggplot")
    foresell.plot.categories(done, top="most")
    foresell.open_run(foresell.init("shop", ["files"], set={"currency": "EUR"})).show()
    foresell.simulate("files", items="many")
"""


def mypy(folder, *words) -> list[str]:
    config = ["--config-file", ROOT / "python" / "pyproject.toml", "--strict", "--cache-dir", "/dev/null"]
    done = subprocess.run([sys.executable, "-m", "mypy", *config, *words], capture_output=True, text=True, cwd=folder)
    return done.stdout.splitlines()


def test_mypy_finds_nothing(tmp_path):
    found = mypy(tmp_path, "-p", "foresell")
    assert found[-1].startswith("Success"), found


def test_wrong_calls_are_found(tmp_path):
    (tmp_path / "calls.py").write_text(CALLS)
    found = mypy(tmp_path, "calls.py")
    lines = sorted({int(line.split(":")[1]) for line in found if ": error:" in line})
    assert lines == [7, 8, 9, 10, 14, 15, 17], found
