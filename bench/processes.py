"""What this process and all below it use, by /proc."""
from __future__ import annotations

import os
from pathlib import Path


def below(top: int) -> dict[int, list[str]]:
    """The lines of /proc/PID/stat, behind the name, of a process and all below it."""
    stats: dict[int, list[str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
    mine, grown = {top}, True
    while grown:
        more = {pid for pid, fields in stats.items() if int(fields[1]) in mine} - mine
        mine |= more
        grown = bool(more)
    return {pid: stats[pid] for pid in mine if pid in stats}


def cpu_of_all_below() -> float:
    """CPU seconds of this process, of those below it that live, and of those below that they have waited for."""
    ticks = sum(int(field) for fields in below(os.getpid()).values() for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")
