"""parity.py [--scratch s3|hdfs] [--steps FILE] [NAME…]: each data set through `init` and `run`, embedded and on a standalone Spark cluster of two
workers, and every table of the two runs compared (same_tables.py). Without a NAME: a simulated shop, and all data sets of
FORESELL_DATA. Start it by tests/cluster/parity, which gets the package and PySpark."""
from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "cluster"), str(ROOT / "tests" / "pipeline")]

import hdfs  # noqa: E402
import source_servers  # noqa: E402
from local_cluster import Cluster, settings  # noqa: E402

DATA = Path(os.environ.get("FORESELL_DATA", ROOT / ".." / "shared" / "data"))


def program(*words: object) -> None:
    import foresell.program

    done = subprocess.run([str(foresell.program.path()), *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"foresell {words[0]}: {done.stderr.strip()[-500:]}")


def files_of(name: str, folder: Path) -> Path:
    """Where the files of a data set lie; the simulated shop is made first, with faults in its files."""
    if name != "simulated":
        return DATA / name
    program("simulate", folder / "simulated-files", "--items", 60, "--stores", 3, "--customers", 500, "--lines", 40000, "--dirt", 0.01)
    return folder / "simulated-files"


def latest(project: Path) -> Path:
    return (project / "runs" / "latest").resolve()


def compared(one: Path, other: Path) -> list[str]:
    """What same_tables.py says; its last line counts."""
    words = [sys.executable, str(ROOT / "tests" / "cluster" / "same_tables.py"), str(one), str(other)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip().splitlines()


def of_files(patterns: list[str]) -> list[str]:
    """The steps of the program whose files are called so, as `9*` or `88_class_models`."""
    found = {path.stem.split("_", 1)[1] for pattern in patterns for path in (ROOT / "models").glob(f"{pattern}.sql")}
    if patterns and not found:
        raise SystemExit(f"models/ has no {', '.join(patterns)}")
    return sorted(found)


def without(project: Path, steps: list[str]) -> None:
    """Lets --resume make these steps again, of tables that the run has."""
    for step in steps:
        (latest(project) / "steps" / f"{step}.json").unlink(missing_ok=True)


def both(spark, name: str, folder: Path, scratch: str | None, steps: list[str]) -> tuple[Path, Path, float, float]:
    """A data set's run on each engine, and the seconds that each took."""
    import foresell.cluster

    embedded, distributed = folder / name / "embedded", folder / name / "distributed"
    program("init", embedded, "--from", files_of(name, folder))
    if not steps:
        shutil.copytree(embedded, distributed)
    began = time.monotonic()
    program("run", embedded)
    spark_began = time.monotonic()
    if steps:
        shutil.copytree(embedded, distributed, symlinks=True)
        without(distributed, steps)
    run = foresell.cluster.run(spark, distributed, scratch=scratch, driver_rows=0, resume=bool(steps))
    made = {step["name"] for step in run.manifest["steps"] if not step["skipped"]}
    if steps and not made <= set(steps):
        raise RuntimeError(f"{name}: made on Spark as well: {', '.join(sorted(made - set(steps)))}")
    return latest(embedded), latest(distributed), spark_began - began, time.monotonic() - spark_began


def pair(spark, name: str, folder: Path, scratch: str | None, steps: list[str]) -> bool:
    """One data set on both engines; says how long each took and what differs. What is the same is not kept."""
    try:
        embedded, distributed, own, on_spark = both(spark, name, folder, scratch, steps)
    except Exception as fault:  # noqa: BLE001 - the other data sets are still to be compared
        print(f"{name}: {fault}", flush=True)
        return False
    lines = compared(embedded, distributed)
    print(f"{name}: {lines[-1]}; embedded {own:.0f} s, Spark {on_spark:.0f} s", flush=True)
    for line in lines[:-1]:
        if not line.endswith(": same"):
            print(f"    {line[:400]}", flush=True)
    same = all(line.endswith(": same") for line in lines[:-1])
    if same:
        shutil.rmtree(folder / name)
    return same


@contextlib.contextmanager
def scratch_place(kind: str | None, folder: Path) -> Iterator[str | None]:
    """A real store on the loopback for the tables while a run lasts, or none."""
    if kind is None:
        yield None
    elif kind == "s3":
        (folder / "buckets" / "shop").mkdir(parents=True)
        with source_servers.s3(folder / "buckets") as environment:
            os.environ.update(environment)
            yield "s3a://shop/scratch"
    else:
        with hdfs.cluster(folder / "hdfs") as store:
            yield f"hdfs://127.0.0.1:{store.rpc}/scratch"


def session(cluster: Cluster, little: bool):
    """As `foresell run --engine spark --master …` opens it."""
    from foresell.cluster import _open_session

    os.environ.update({name: value for name, value in settings(little).items() if name.startswith("SPARK")})
    return _open_session(cluster.url)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scratch", choices=["s3", "hdfs"])
    parser.add_argument("--little", action="store_true", help="Spark set for little data: quicker where a set has fewer than a million lines")
    parser.add_argument("--keep", type=Path, help="an empty folder, in which the projects that differ are left")
    parser.add_argument("--steps", action="append", default=[], metavar="FILE", help="makes on Spark only the steps of these files of models/, as '9*', of the tables that the embedded run has")
    parser.add_argument("name", nargs="*")
    asked = parser.parse_args()
    found = sorted(path.name for path in DATA.iterdir() if path.is_dir()) if DATA.is_dir() else []
    if not found:
        print(f"{DATA} is not there: the simulated shop alone is compared (FORESELL_DATA names the folder)")
    folder = Path(tempfile.mkdtemp(prefix="foresell-parity-"))
    projects = asked.keep.absolute() if asked.keep else folder
    (folder / "cluster").mkdir()
    cluster, wrong = Cluster(folder / "cluster"), 0
    try:
        with scratch_place(asked.scratch, folder) as scratch:
            names = asked.name or ["simulated", *found]
            spark = session(cluster, little=asked.little or names == ["simulated"])
            for name in names:
                wrong += not pair(spark, name, projects, scratch, of_files(asked.steps))
            spark.stop()
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
