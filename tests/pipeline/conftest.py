"""What the pipeline tests stand on: the program, the real data sets, a simulated shop."""
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


CORES = sorted(os.sched_getaffinity(0))


def pytest_runtest_setup(item):
    """Where files of tests run side by side, one a core, each keeps to its own: what two threads do on a small shop costs a fifth more
    than what one does. Tests with real data run as users do, on all."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.sched_setaffinity(0, CORES if "data" in item.fixturenames else [CORES[int(worker.removeprefix("gw")) % len(CORES)]])


class Foresell:
    """Runs the program: foresell("run", folder). A failure is an error unless check=False."""

    def __init__(self, binary: Path):
        self.binary = str(binary)

    def __call__(self, *args, check=True, timeout=600, cwd=None, env=None, stdin=None, prefix=()):
        command = [*map(str, prefix), self.binary, *map(str, args)]
        result = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=cwd,
            env=None if env is None else {**os.environ, **env},
            input=stdin if isinstance(stdin, str) else None,
            stdin=None if isinstance(stdin, str) else (stdin or subprocess.DEVNULL),
        )
        if check and result.returncode != 0:
            pytest.fail(f"{' '.join(command)}\nexit code {result.returncode}\n{result.stderr[-4000:]}")
        return result


def program() -> Path:
    named = os.environ.get("FORESELL_BIN")
    place = Path(named) if named else ROOT / "build" / "release" / "foresell"
    if place.is_file():
        return place.resolve()
    pytest.exit(f"there is no program at {place}: run make build, or set FORESELL_BIN", 4)


@pytest.fixture(scope="session")
def foresell() -> Foresell:
    return Foresell(program())


@pytest.fixture(scope="session")
def data() -> Path:
    folder = Path(os.environ.get("FORESELL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data sets in {folder} (FORESELL_DATA names their folder)")
    return folder


@pytest.fixture(scope="session")
def shop(foresell, tmp_path_factory) -> Path:
    """The files of a small simulated retailer; tests read it and write elsewhere."""
    folder = tmp_path_factory.mktemp("simulated") / "files"
    foresell("simulate", folder, "--items", 60, "--stores", 2, "--customers", 400, "--days", 420, "--lines", 30000)
    return folder
