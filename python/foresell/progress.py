"""How far the program is, shown while it works: a bar in a notebook, one line on a terminal, nothing elsewhere.

The program tells it on standard error, an object of JSON a line (`--json --progress`); what else it says there is kept.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

WIDTH = 100  # of the line on a terminal, at most


def in_notebook() -> bool:
    """Is this the kernel of a notebook?"""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell is not None and hasattr(shell, "kernel")


def duration(seconds: float) -> str:
    """"4 s", "2 min 5 s", "1 h 3 min", as the program writes it."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"


def line_of(told: dict[str, Any]) -> str:
    """What is at work, how far it is, and how long it still takes, as far as these are known."""
    parts = [told["progress"]]
    if told["total"] and 1 < told["total"] < 1000:
        parts.append(f"{min(told['done'] + 1, told['total'])} of {told['total']}")
    if told["share"]:
        parts.append(f"{100 * told['share']:.0f} %")
    if told["left"] is not None and told["seconds"] >= 1:
        parts.append(f"about {duration(told['left'])} left")
    return ", ".join(parts)


class Silent:
    """Shows nothing, and is what the others are made of."""

    wanted = False  # does the program have to tell?

    def show(self, told: dict[str, Any]) -> None:
        """One report of the program."""

    def close(self) -> None:
        """The work is done, or has failed."""


class Line(Silent):
    """One line of standard error, written over and over."""

    wanted = True

    def _write(self, text: str, end: str = "") -> None:
        width = min(WIDTH, shutil.get_terminal_size().columns - 1)
        sys.stderr.write("\r" + text[:width].ljust(width) + end)
        sys.stderr.flush()

    def show(self, told: dict[str, Any]) -> None:
        self._write(line_of(told))

    def close(self) -> None:
        self._write("", "\r")


class Bar(Silent):
    """A bar of tqdm; it begins again with each kind of work."""

    wanted = True
    FORMAT = "{desc} |{bar}| {n:.0f} of {total:.0f}{postfix}"

    def __init__(self, tqdm: Any) -> None:
        self._bar = tqdm(total=1, desc="starting", bar_format=self.FORMAT, leave=False, miniters=0, mininterval=0.1)

    def show(self, told: dict[str, Any]) -> None:
        left = f"about {duration(told['left'])} left" if told["left"] is not None and told["seconds"] >= 1 else ""
        self._bar.total, self._bar.n = told["total"] or 1, told["done"]
        self._bar.set_description_str(told["progress"], refresh=False)
        self._bar.postfix = left
        self._bar.refresh()

    def close(self) -> None:
        self._bar.close()


def _notebook_bar() -> Silent:
    try:
        with warnings.catch_warnings():  # without ipywidgets the bar is of text, which is as good
            warnings.filterwarnings("ignore", message=".*IProgress")
            from tqdm.auto import tqdm

            return Bar(tqdm)
    except ImportError:
        return Line()


def shown(progress: bool | None) -> Silent:
    """Where progress goes. `progress`: True, False, or None: where somebody looks."""
    if progress is False or (progress is None and not in_notebook() and not sys.stderr.isatty()):
        return Silent()
    return _notebook_bar() if in_notebook() else Line()


def _told(line: str) -> dict[str, Any] | None:
    if not line.startswith('{"progress"'):
        return None
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def listen(child: subprocess.Popen[str], where: Silent) -> tuple[str, str]:
    """Shows what the program tells until it ends; what else it said on standard output and standard error."""
    assert child.stdout and child.stderr
    kept = []
    with ThreadPoolExecutor(1) as pool:  # neither pipe may fill up
        out = pool.submit(child.stdout.read)
        try:
            for line in child.stderr:
                told = _told(line)
                if told:
                    where.show(told)
                else:
                    kept.append(line)
        except BaseException:  # Ctrl-C: nobody waits for it any more
            child.terminate()
            raise
        return out.result(), "".join(kept)
