"""A finished run in a notebook, and runs of earlier."""

import dataclasses
import html
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import foresell
import pyarrow.compute as pc
import pytest


def test_an_earlier_run_is_opened_as_it_was(project, done):
    for place in (project, str(done.folder)):
        again = foresell.open_run(place)
        assert again.folder.resolve() == done.folder.resolve()
        assert again.report.resolve() == done.report.resolve()
        told = dataclasses.asdict(again)
        assert {**told, "folder": 0, "report": 0} == {**dataclasses.asdict(done), "folder": 0, "report": 0}
    assert len(done.headlines) > 2
    assert done.settings["currency"] == "GBP" and done.settings["forecast.horizon"] == "28"


def test_where_there_is_no_run_the_error_says_so(tmp_path):
    with pytest.raises(foresell.ResourceError) as told:
        foresell.open_run(tmp_path)
    assert told.value.file == str(tmp_path) and told.value.remedy
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(foresell.ResourceError, match="manifest.json"):
        foresell.open_run(tmp_path)


def test_columns_and_rows_of_a_table_may_be_chosen(done):
    whole = done.table("demand_item")
    some = done.table("demand_item", ["item", "value"], pc.field("item") == whole["item"][0])
    assert some.column_names == ["item", "value"]
    assert 0 < some.num_rows == pc.sum(pc.equal(whole["item"], whole["item"][0])).as_py() < done.rows("demand_item") == whole.num_rows
    assert done.schema("demand_item").names == whole.column_names
    with pytest.raises(foresell.UsageError, match="'valeu'.*value"):
        done.table("demand_item", ["valeu"])
    with pytest.raises(foresell.UsageError, match="no table 'demand'.*demand_item"):
        done.table("demand")


def test_a_table_in_parts_counts_as_one(done, tmp_path):
    import pyarrow.parquet as pq

    whole = done.table("demand_item")
    parts = tmp_path / "tables" / "demand_item.parquet"
    parts.mkdir(parents=True)
    pq.write_table(whole.slice(0, 10), parts / "part-0.parquet")
    pq.write_table(whole.slice(10), parts / "part-1.parquet")
    apart = dataclasses.replace(done, folder=tmp_path)
    assert apart.rows("demand_item") == whole.num_rows
    assert apart.table("demand_item").equals(whole)


class Tags(HTMLParser):
    """Checks that what is opened is closed, and keeps the text of cells."""

    def __init__(self, text):
        super().__init__()
        self.open, self.cells, self.links = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "td":
            self.cells.append(data)


def test_in_a_notebook_a_run_shows_what_matters(done, monkeypatch):
    monkeypatch.chdir(done.folder.parent)
    text = dataclasses.replace(done, headlines=['<script>"a" & b</script>'])._repr_html_()
    tags = Tags(text)
    assert "<script" not in text and html.escape('<script>"a" & b</script>') in text
    counts = [int(count.replace(",", "")) for count in re.findall(r"<b>([\d,]+)</b>", text)]
    assert counts == [done.rows_in, done.rows_kept, done.rows_quarantined, done.rows_merged]
    assert counts[0] == sum(counts[1:])
    assert f"{done.folder.name}/report.html" in tags.links, "relative below the notebook, as its server wants it"
    named = dict(zip(tags.cells[::3], zip(tags.cells[1::3], tags.cells[2::3])))
    assert sorted(named) == done.tables()
    assert named["forecast_total"] == ("28", ", ".join(done.table("forecast_total").column_names))
    assert len(text) < 40_000 and "color" not in text, "small, and readable on light and on dark pages"


def test_the_report_is_shown_in_the_browser_where_there_is_no_notebook(done, tmp_path):
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >{seen}\n')
    browser.chmod(0o755)
    code = "import sys, foresell; foresell.open_run(sys.argv[1]).show()"
    environment = {**os.environ, "BROWSER": f"{browser} %s"}
    subprocess.run([sys.executable, "-c", code, done.folder], check=True, env=environment)
    assert seen.read_text().strip() == done.report.resolve().as_uri()


def test_a_run_without_a_report_says_so(again):
    part = foresell.run(again, resume=True, only="demand_total")
    assert "Report" not in part._repr_html_() and "demand_total" in part._repr_html_()
    with pytest.raises(foresell.ResourceError, match="no report"):
        part.show()
    assert Path(part.folder).is_dir()
