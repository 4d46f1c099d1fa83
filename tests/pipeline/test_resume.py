"""A run that is killed at any moment is resumed or redone, never half seen; what has not changed is not
made again, and what has is."""
import hashlib
import json
import os
import random
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import duckdb
import pytest

MINE = """-- step: mine
-- about: units of each item
-- expect: {expect}
select item, cast(sum(exact(units)) as double) as units from sales_lines
where item is not null group by item order by item nulls last
"""


def sales(price: str = "2.50") -> str:
    return "date,store,product,quantity,price\n" + "".join(
        f"2024-{1 + d // 28 % 12:02d}-{1 + d % 28:02d},S{d % 2},A{d % 3},{1 + d % 5},{price}\n" for d in range(2000))


@pytest.fixture
def project(foresell, tmp_path) -> Path:
    folder = tmp_path / "shop"
    (folder / "models").mkdir(parents=True)
    (folder / "sales.csv").write_text(sales())
    (folder / "models" / "mine.sql").write_text(MINE.format(expect="units >= 0"))
    foresell("init", folder)
    return folder


LINES = ("--only", "demand_cells")
"""Words of a run that reads all files and makes of their lines as much as shows whether that was done again."""


def resumed(foresell, folder: Path, *only: str) -> tuple[int, int]:
    done = json.loads(foresell("run", folder, "--resume", "--json", *only).stdout)
    return done["steps"], done["steps"] - done["skipped"]


def results(folder: Path) -> dict[str, str]:
    latest = folder / "runs" / "latest"
    files = [p for part in ("tables", "csv") for p in (latest / part).iterdir()]
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_what_has_not_changed_is_not_made_again(foresell, project):
    steps, made = resumed(foresell, project)
    assert made == steps > 30
    model = project / "models" / "mine.sql"
    assert resumed(foresell, project)[1] == 0
    model.write_text(model.read_text().replace("select", "-- a remark of no effect\nselect"))
    assert resumed(foresell, project)[1] == 0
    os.utime(project / "sales.csv")
    assert resumed(foresell, project)[1] == 0
    model.write_text(MINE.format(expect="units >= 1"))
    assert resumed(foresell, project)[1] == 1


def test_only_one_step_says_where_its_table_is_and_of_no_report(foresell, project):
    said = foresell("run", project, "--only", "mine").stdout
    done = json.loads(foresell("run", project, "--only", "mine", "--json").stdout)
    assert "/tables; there is no report" in said and done["report"] is None
    assert (project / "runs" / "latest" / "tables" / "mine.parquet").exists()
    assert not (project / "runs" / "latest" / "report.html").exists()


def test_a_byte_changed_under_the_old_size_and_date_is_seen(foresell, project):
    foresell("run", project, *LINES)
    path = project / "sales.csv"
    table = project / "runs" / "latest" / "tables" / "sales.parquet"
    before, old = table.read_bytes(), path.stat()
    path.write_text(sales("3.50"))
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    assert path.stat().st_size == old.st_size
    steps, made = resumed(foresell, project, *LINES)
    assert made == steps
    assert table.read_bytes() != before


def units_sold(folder: Path) -> float:
    return duckdb.sql(f"select sum(units) from '{folder}/runs/latest/tables/sales_lines.parquet'").fetchone()[0]


def open_base(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path)
    base.execute("create table sales (date text, store text, product text, quantity integer, price real)")
    base.executemany("insert into sales values (?, ?, ?, ?, ?)", [line.split(",") for line in sales().splitlines()[1:]])
    base.commit()
    return base


def test_a_change_in_a_database_is_seen(foresell, tmp_path):
    base = open_base(tmp_path / "shop.db")
    foresell("init", tmp_path / "shop", "--from", tmp_path / "shop.db")
    foresell("run", tmp_path / "shop", *LINES)
    before = units_sold(tmp_path / "shop")
    assert resumed(foresell, tmp_path / "shop", *LINES)[1] == 0
    base.execute("update sales set quantity = quantity + 1")
    base.commit()
    steps, made = resumed(foresell, tmp_path / "shop", *LINES)
    assert made == steps
    assert units_sold(tmp_path / "shop") == before + 2000


def test_a_change_still_in_the_write_ahead_file_of_a_database_is_seen(foresell, tmp_path):
    base = open_base(tmp_path / "shop.db")
    base.execute("pragma journal_mode = wal")
    base.execute("pragma wal_autocheckpoint = 0")
    base.execute("update sales set quantity = quantity")
    base.commit()
    foresell("init", tmp_path / "shop", "--from", tmp_path / "shop.db")
    foresell("run", tmp_path / "shop", *LINES)
    before, old = units_sold(tmp_path / "shop"), (tmp_path / "shop.db").stat()
    assert resumed(foresell, tmp_path / "shop", *LINES)[1] == 0
    base.execute("update sales set quantity = quantity + 1")
    base.commit()
    now = (tmp_path / "shop.db").stat()
    assert (now.st_size, now.st_mtime_ns) == (old.st_size, old.st_mtime_ns)
    steps, made = resumed(foresell, tmp_path / "shop", *LINES)
    assert made == steps
    assert units_sold(tmp_path / "shop") == before + 2000
    base.close()  # moves it into the file
    resumed(foresell, tmp_path / "shop", *LINES)
    assert resumed(foresell, tmp_path / "shop", *LINES)[1] == 0


def test_an_expectation_that_fails_is_named_with_rows(foresell, project):
    (project / "models" / "mine.sql").write_text(MINE.format(expect="unique(item); units > 5000"))
    told = foresell("run", project, "--only", "mine", check=False)
    assert told.returncode == 3
    assert "mine.sql, line 3" in told.stderr and "units > 5000" in told.stderr and "item=A0" in told.stderr
    assert not (project / "runs" / "latest").exists()


def test_notes_of_an_earlier_run_that_are_damaged_cost_time_only(foresell, project):
    foresell("run", project)
    whole = results(project)
    chance = random.Random(7)
    latest = (project / "runs" / "latest").resolve()
    for path in [latest / "ingest.json", *sorted((latest / "steps").glob("*.json"))[::2]]:
        text = bytearray(path.read_bytes())
        for _ in range(5):
            text[chance.randrange(len(text))] = chance.randrange(256)
        path.write_bytes(bytes(text) if chance.random() < 0.7 else bytes(text[: len(text) // 2]))
    resumed(foresell, project)
    assert results(project) == whole


class Reader(threading.Thread):
    """Looks at runs/latest all the time: is it a whole run?"""

    def __init__(self, project: Path):
        super().__init__()
        self.project, self.ended, self.looks, self.faults = project, threading.Event(), 0, []

    def run(self):
        while not self.ended.wait(0.005):
            try:
                latest = self.project / "runs" / os.readlink(self.project / "runs" / "latest")
                tables = json.loads((latest / "manifest.json").read_text())["tables"]
                assert (latest / "report.html").stat().st_size > 1000
                names = [t["name"] for t in tables] if isinstance(tables, list) else list(tables)
                assert all((latest / "tables" / f"{name}.parquet").exists() for name in names)
                self.looks += 1
            except (OSError, ValueError, AssertionError) as fault:
                self.faults.append(repr(fault))


def test_a_run_killed_at_any_moment_is_never_half_seen_and_resumes_to_the_same_bytes(foresell, project):
    began = time.time()
    foresell("run", project)
    length, whole = time.time() - began, results(project)
    chance = random.Random(3)
    reader = Reader(project)
    reader.start()
    for kill in range(9):
        if kill % 3 == 0:  # all is to be made again
            (project / "sales.csv").write_text(sales(f"2.5{kill // 3}"))
        command = [foresell.binary, "run", str(project), *(["--resume"] if kill % 2 else [])]
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.random() * length)
        run.kill()
        run.wait()
    (project / "sales.csv").write_text(sales())
    foresell("run", project, "--resume")
    reader.ended.set()
    reader.join()
    assert results(project) == whole
    assert reader.faults == [] and reader.looks > 20
    assert list((project / "runs").glob("*.partial")) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_a_folder_that_may_not_be_written_is_told(foresell, project, tmp_path):
    (project / "runs").mkdir(exist_ok=True)
    for part in [tmp_path, *tmp_path.parents]:
        if part != Path("/") and part.stat().st_uid == 0 and not part.stat().st_mode & 0o005:
            part.chmod(part.stat().st_mode | 0o055)
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", foresell.binary]
    if subprocess.run([*command, "version"], capture_output=True, cwd="/").returncode:
        pytest.skip("another user cannot start the program where it stands")
    told = subprocess.run([*command, "run", str(project)], capture_output=True, text=True, cwd="/", timeout=60,
                          env={**os.environ, "TMPDIR": "/tmp"})
    assert told.returncode == 4
    assert "runs" in told.stderr and "permission" in told.stderr.lower()
