"""How far a run is, for those who look."""

import os
import pty
import re
import signal
import subprocess
import sys
import time

import foresell
import pytest
from foresell import progress

TOLD = {"progress": "steps: forecast_item", "done": 11, "total": 45, "share": 0.25, "seconds": 4.0, "left": 125.0}
RUN = "import sys, foresell; foresell.run(sys.argv[1], only='demand_total', resume=True, progress=eval(sys.argv[2]))"


def test_a_line_tells_step_and_time_left():
    assert progress.line_of(TOLD) == "steps: forecast_item, 12 of 45, 25 %, about 2 min 5 s left"
    assert progress.line_of({**TOLD, "total": None, "share": 0.0, "left": None}) == "steps: forecast_item"


def test_without_a_terminal_nothing_is_said(again):
    for asked in ("None", "False"):
        said = subprocess.run([sys.executable, "-c", RUN, again, asked], check=True, capture_output=True, text=True)
        assert said.stderr == said.stdout == ""


def on_terminal(words) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=theirs, stdin=theirs) as child:
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(ours, 65536):
                said += piece
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    assert child.returncode == 0, said
    return said.decode()


def test_on_a_terminal_one_line_is_written_over_and_over_and_wiped(again):
    said = on_terminal([sys.executable, "-c", RUN, str(again), "None"])
    lines = said.split("\r")
    assert any(re.match(r"(reading|cleaning|steps|writing)\b.* of \d+, \d+ %", line) for line in lines)
    assert "\n" not in said and lines[-2].strip() == "" == lines[-1]


def test_a_bar_begins_again_with_each_kind_of_work(capsys):
    tqdm = pytest.importorskip("tqdm").tqdm
    bar = progress.Bar(tqdm)
    bar.show(TOLD)
    bar.show({**TOLD, "progress": "writing the report", "done": 0, "total": None, "left": None})
    bar.close()
    said = capsys.readouterr().err
    assert re.search(r"steps: forecast_item \|.*\| 11 of 45, about 2 min 5 s left", said)
    assert re.search(r"writing the report \|.*\| 0 of 1\b", said)


def test_errors_are_errors_also_where_progress_is_shown(project, capsys):
    with pytest.raises(foresell.UsageError) as told:
        foresell.run(project, only="no_such_step", progress=True)
    assert "no_such_step" in told.value.message
    assert "{" not in capsys.readouterr().err


def test_ctrl_c_ends_the_program_too(tmp_path):
    code = "import sys, foresell; foresell.simulate(sys.argv[1], items=20000, stores=50, lines=0, days=3000)"
    child = subprocess.Popen([sys.executable, "-c", code, tmp_path / "files"], stderr=subprocess.PIPE, start_new_session=True,
                             preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # whoever started the tests may ignore it
    deadline = time.monotonic() + 60
    children = []
    while not children and time.monotonic() < deadline:
        time.sleep(0.2)
        children = open(f"/proc/{child.pid}/task/{child.pid}/children").read().split()
    time.sleep(1)
    os.kill(child.pid, signal.SIGINT)  # to Python alone, as a notebook does
    said = child.communicate(timeout=60)[1]
    assert child.returncode != 0 and b"KeyboardInterrupt" in said
    assert not os.path.exists(f"/proc/{children[0]}")
