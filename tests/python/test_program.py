"""The program in the package: the command, the main job, and its errors."""

import subprocess
import sys
from pathlib import Path

import foresell
import pytest
from foresell.program import PROGRAM

COMMAND = Path(sys.executable).with_name("foresell")


def test_the_command_is_the_program_of_the_package():
    said = subprocess.run([COMMAND, "--version"], check=True, capture_output=True, text=True).stdout
    assert said.strip() == f"foresell {foresell.__version__}"
    wrong = subprocess.run([COMMAND, "nonsense"], capture_output=True, text=True)
    assert wrong.returncode == 2 and "nonsense" in wrong.stderr


def test_the_program_finds_its_files_inside_the_package():
    said = subprocess.run([COMMAND, "doctor"], check=True, capture_output=True, text=True).stdout
    for what in ("steps", "report", "extensions"):
        line = next(line for line in said.splitlines() if line.split()[1:2] == [what])
        assert line.startswith("ok") and str(PROGRAM.parents[1]) in line


def test_the_main_job_runs_and_gives_its_tables(done, again):
    assert done.report.is_file() and done.headlines
    assert done.rows_in == done.rows_kept + done.rows_quarantined + done.rows_merged
    assert "forecast_item" in done.tables()
    assert done.table("forecast_item").num_rows > 0
    part = foresell.run(again, resume=True, only="forecast_item")
    assert part.table("forecast_item").equals(done.table("forecast_item"))


def test_files_are_made_up_and_looked_at_as_on_the_command_line(tmp_path):
    files = foresell.simulate(tmp_path / "files", items=5, stores=1, customers=9, days=30, lines=200, currency="EUR", panel=True, dirt=0.1)
    assert (files / "sales.csv").is_file() and (tmp_path / "files-truth").is_dir()
    made = foresell.init(tmp_path / "shop", [files / "sales.csv", files / "products.csv"], set={"name": "corner <shop>", "country": "IE"})
    text = (made.folder / "foresell.yaml").read_text()
    assert "corner <shop>" in text and "country: IE" in text
    assert {file["table"] for file in made.understood["files"]} == {"sales", "products"}
    assert "sales.csv" in made._repr_html_() and Path(made) == tmp_path / "shop"
    with pytest.raises(foresell.Error) as told:
        foresell.init(tmp_path / "shop", files)
    assert "--force" in str(told.value)
    with pytest.raises(foresell.UsageError):
        foresell.simulate(tmp_path / "more", dirt=3)


def test_results_are_written_elsewhere_in_folders_by_store(project, done, tmp_path):
    written = foresell.export(project, tmp_path / "out", tables=["forecast_store", "peaks"], partition="store")
    assert written == {name: done.rows(name) for name in ("forecast_store", "peaks")}
    place = tmp_path / "out" / foresell.open_run(project).folder.name
    assert (place / "manifest.json").is_file() and list(place.glob("forecast_store/store=*/*.parquet"))
    with pytest.raises(foresell.Error) as told:
        foresell.export(project, tmp_path / "out", tables=["forecast_store"])
    assert told.value.remedy


def test_errors_of_the_main_job_are_exceptions(project, tmp_path):
    with pytest.raises(foresell.UsageError) as told:
        foresell.run(project, only="no_such_step")
    assert "no_such_step" in told.value.message
    with pytest.raises(foresell.Error) as told:
        foresell.run(tmp_path / "nowhere")
    assert told.value.remedy
    with pytest.raises(foresell.UsageError, match="session of Spark"):
        foresell.run(project, scratch="s3a://bucket/scratch")
    with pytest.raises(foresell.UsageError, match="session of Spark"):
        foresell.run(object(), project, threads=2)
