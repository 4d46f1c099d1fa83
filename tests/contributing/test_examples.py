"""The worked examples of CONTRIBUTING.md, taken from the page, built and run: a step, an operator, a source format."""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "pipeline"))
from conftest import Foresell, data, foresell, program, shop  # noqa: E402,F401  (the same fixtures)

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def example(kind: str) -> tuple[str, str]:
    """(place, text) of the code block after the comment that names it."""
    match = re.search(rf"<!-- example: {kind}, (\S+) -->\n```\w*\n(.*?)```", PAGE, re.DOTALL)
    assert match, f"CONTRIBUTING.md has no example of a {kind}"
    return match.group(1), match.group(2)


def apply_patch(tree: Path, text: str) -> None:
    """Hunks without line numbers: the old lines must stand in the file exactly once."""
    for part in re.split(r"^--- a/", text, flags=re.MULTILINE)[1:]:
        path = tree / part.splitlines()[0].strip()
        content = path.read_text(encoding="utf-8")
        for hunk in part.split("@@\n")[1:]:
            lines = hunk.splitlines()
            old = "\n".join(line[1:] for line in lines if line[0] in " -")
            new = "\n".join(line[1:] for line in lines if line[0] in " +")
            assert content.count(old) == 1, f"{path.name} has changed, the example is out of date:\n{old}"
            content = content.replace(old, new)
        path.write_text(content, encoding="utf-8")


@pytest.fixture(scope="session")
def grown(tmp_path_factory) -> Foresell:
    """The program with both C examples in it, built from a copy of the tree."""
    tree = tmp_path_factory.mktemp("grown")
    for name in ("CMakeLists.txt", "CMakePresets.json"):
        shutil.copy(ROOT / name, tree)
    for name in ("src", "include", "deps", "models"):
        shutil.copytree(ROOT / name, tree / name)
    place, text = example("operator")
    (tree / place).write_text(text, encoding="utf-8")
    for name in ("registry", "avro"):
        match = re.search(rf"<!-- example: patch, {name} -->\n```diff\n(.*?)```", PAGE, re.DOTALL)
        apply_patch(tree, match.group(1))
    deps = ROOT / "build" / "deps"
    settings = ["-DCMAKE_BUILD_TYPE=Debug", "-DFORESELL_TESTS=OFF", f"-DFORESELL_DEPS={deps}"]
    for command in (["cmake", "-G", "Ninja", "-S", tree, "-B", tree / "out", *settings],
                    ["cmake", "--build", tree / "out", "--target", "foresell"]):
        made = subprocess.run(command, capture_output=True, text=True)
        assert made.returncode == 0, made.stdout[-4000:] + made.stderr[-4000:]
    assert "warning:" not in made.stdout
    os.environ["FORESELL_EXTENSIONS"] = str(deps / "extensions")
    return Foresell(tree / "out" / "foresell")


def test_the_step_runs_in_a_project_of_its_own(foresell, shop, tmp_path):  # noqa: F811
    place, text = example("step")
    project = tmp_path / "project"
    foresell("init", project, "--from", shop)
    (project / place).parent.mkdir(exist_ok=True)
    (project / place).write_text(text, encoding="utf-8")
    assert any(step["name"] == "weekday_sales" for step in json.loads(foresell("plan", project, "--json").stdout)["steps"])
    foresell("run", project, "--only", "weekday_sales")
    import duckdb

    table = project / "runs" / "latest" / "tables" / "weekday_sales.parquet"
    days = duckdb.sql(f"select day_of_week, lines, units from '{table}' order by day_of_week").fetchall()
    with open(shop / "sales.csv", newline="") as file:
        sold = {date.fromisoformat(row["time"][:10]).isoweekday() for row in csv.DictReader(file) if float(row["quantity"]) > 0}
    assert [day for day, _, _ in days] == sorted(sold)
    assert all(lines > 0 and units > 0 for _, lines, units in days)


def test_the_operator_is_on_the_command_line_and_in_the_reference(grown, tmp_path):
    rows = tmp_path / "sales.csv"
    rows.write_text("item,day,units\nb,2024-01-01,5\na,2024-01-01,2\na,2024-01-02,\na,2024-01-03,-4\nb,2024-01-02,7\n")
    told = grown("apply", "spread", rows, "--group", "item", "--order", "day", "--value", "units")
    assert told.stdout.split() == ["item,values,least,greatest", "b,2,5.0,7.0", "a,2,0.0,2.0"]
    lower = grown("apply", "spread", rows, "--group", "item", "--order", "day", "--floor", "-10", "--json")
    assert json.loads(lower.stdout)[1] == {"item": "a", "values": 2, "least": -4, "greatest": 2}
    assert "smaller values count as this" in grown("operators", "spread").stdout


def test_the_source_format_is_read_by_apply_init_and_run(grown, foresell, tmp_path):  # noqa: F811
    files = tmp_path / "files"
    files.mkdir()
    write_avro(files / "sales.avro", [(f"2024-{1 + k // 28:02d}-{1 + k % 28:02d}", f"A{k % 3}", 1 + k % 4) for k in range(300)])
    refused = foresell("init", tmp_path / "before", "--from", files, check=False)
    assert refused.returncode == 3 and "avro" in refused.stderr
    told = grown("apply", "spread", files / "sales.avro", "--group", "item", "--order", "day", "--value", "units")
    assert told.stdout.split()[1] == "A0,100,1.0,4.0"
    grown("init", tmp_path / "project", "--from", files)
    grown("run", tmp_path / "project", "--only", "sales_lines")


def write_avro(path: Path, rows: list[tuple[str, str, int]]) -> None:
    """The container of the Avro specification 1.11, one block, no compression."""
    def number(value: int) -> bytes:  # zigzag, seven bits a byte
        value = (value << 1) ^ (value >> 63)
        out = bytearray()
        while value > 127:
            out.append(value & 127 | 128)
            value >>= 7
        return bytes([*out, value])

    def text(value: str) -> bytes:
        raw = value.encode()
        return number(len(raw)) + raw

    fields = [{"name": "day", "type": "string"}, {"name": "item", "type": "string"}, {"name": "units", "type": "long"}]
    schema = json.dumps({"type": "record", "name": "sale", "fields": fields})
    sync = bytes(range(16))
    body = b"".join(text(day) + text(item) + number(units) for day, item, units in rows)
    head = b"Obj\x01" + number(2) + text("avro.schema") + text(schema) + text("avro.codec") + text("null") + number(0) + sync
    path.write_bytes(head + number(len(rows)) + number(len(body)) + body + sync)
