"""What bench/measure.py and bench/quality share: paths, and a command with what it cost."""
from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "bench"
FORESELL = Path(os.environ.get("FORESELL_BIN", ROOT / "build" / "release" / "foresell"))
DATA = Path(os.environ.get("FORESELL_DATA", ROOT / ".." / "shared" / "data"))
os.environ.setdefault("FORESELL_EXTENSIONS", str(ROOT / "build" / "deps" / "extensions"))


@dataclass
class Cost:
    """CPU seconds of the command and all its children, the greatest resident set, seconds by the clock."""

    cpu: float
    peak_mb: float
    wall: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.cpu + other.cpu, max(self.peak_mb, other.peak_mb), self.wall + other.wall)


def measure(*command: object) -> Cost:
    """Runs a command to its end; stops the benchmark with what it said where it fails."""
    log = WORK / "last.log"
    began = time.monotonic()
    with open(log, "wb") as out:
        child = subprocess.Popen([str(word) for word in command], stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - began
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(str(word) for word in command)}\n{log.read_text(errors='replace')[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, wall)


def chosen(asked: list[str], names: tuple[str, ...], made_up: tuple[str, ...] = ()) -> Iterator[str]:
    """The data sets that are asked for, all of `names` where none is; tells those that are not there. Those in `made_up` need no files."""
    unknown = [name for name in asked if name not in names]
    if unknown:
        sys.exit(f"no such data set: {unknown[0]}; there are {', '.join(names)}")
    WORK.mkdir(parents=True, exist_ok=True)
    for name in asked or names:
        if name in made_up or (DATA / name).is_dir():
            yield name
        else:
            print(f"{name}: not in {DATA}, skipped")


def own_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
