"""What the tests of the Spark engine share: the program with little Spark, copies of a project, tables compared."""

import shutil
import subprocess
import sys
from pathlib import Path

from local_cluster import settings

ON_SPARK = ("--engine", "spark", "--driver-rows", "0")
"""Words of a run all of whose steps are Spark's, however little they are."""

MOSTLY_ON_SPARK = (*ON_SPARK[:-1], "14000")
"""The same without the littlest: of the shop of these tests, what has all its lines to read."""

SAME = Path(__file__).resolve().parents[1] / "cluster" / "same_tables.py"


def foresell(*words: object, check: bool = True, **environment: str) -> subprocess.CompletedProcess:
    """The program with these words."""
    import foresell.program

    command = [str(word) for word in (foresell.program.path(), *words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=settings(**environment))
    assert not check or done.returncode == 0, done.stderr[-2000:]
    return done


def skew(file: Path) -> None:
    """Lines of one item more, until it has over a tenth of all."""
    lines = file.read_text(encoding="utf-8").splitlines()
    sound = [line.split(",") for line in lines[1:] if line.count(",") == lines[0].count(",") and '"' not in line]
    item = lines[0].split(",").index("product_id")
    more = [[str(10**6 + i), *line[1:item], "P000001", *line[item + 1 :]] for i, line in enumerate(sound[::8])]
    file.write_text("\n".join([*lines, *map(",".join, more)]) + "\n", encoding="utf-8")


def uncount(file: Path) -> None:
    """Nobody counts the stock of items whose number ends in 0, 4 or 8; they have a level to hold."""
    lines = file.read_text(encoding="utf-8").splitlines()
    item = lines[0].split(",").index("product_id")
    kept = [line for line in lines[1:] if line.count(",") < item or not line.split(",")[item][-1:] in "048"]
    file.write_text("\n".join([lines[0], *kept]) + "\n", encoding="utf-8")


def copied(shop: Path, folder: Path) -> Path:
    shutil.copytree(shop, folder, ignore=shutil.ignore_patterns("runs"))
    return folder


def latest(project: Path) -> Path:
    return (project / "runs" / "latest").resolve()


def same(one: Path, other: Path) -> str:
    done = subprocess.run([sys.executable, SAME, one, other], capture_output=True, text=True, check=False)
    return "same" if done.returncode == 0 else done.stdout


def same_as_far(one: Path, part: Path) -> str:
    """Whether the tables of a run that made only some are those of the other."""
    done = subprocess.run([sys.executable, SAME, "--part", one, part], capture_output=True, text=True, check=False)
    return "same" if done.returncode == 0 else done.stdout
