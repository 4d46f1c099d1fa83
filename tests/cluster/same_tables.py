"""same_tables.py [--part] RUN RUN: whether two runs have the same tables: names, columns, types, rows and their order; integers, dates
and texts exactly, floats to 1e-9 relative. With --part the second may lack some. One line a table; the exit code is 1 where any differ."""
from __future__ import annotations

import sys
from pathlib import Path

import duckdb

CLOSE = 1e-9


def source(path: Path) -> str:
    """Its rows in their order: those of a file, or of the parts of a folder by their names."""
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    return "read_parquet([" + ", ".join("'" + str(file).replace("'", "''") + "'" for file in files) + "])"


def columns(path: Path) -> list[tuple[str, str]]:
    described = duckdb.sql(f"describe select * from {source(path)}").fetchall()
    return [(row[0], row[1]) for row in described]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def differs(name: str, kind: str) -> str:
    a, b = f"a.{quoted(name)}", f"b.{quoted(name)}"
    if kind not in ("DOUBLE", "FLOAT"):
        return f"{a} is distinct from {b}"
    return f"(({a} is null) <> ({b} is null) or abs({a} - {b}) > {CLOSE} * greatest(abs({a}), abs({b})))"


def compare(one: Path, other: Path) -> str | None:
    """What differs first, or None."""
    if columns(one) != columns(other):
        return f"columns: {columns(one)} and {columns(other)}"
    count = [duckdb.sql(f"select count(*) from {source(path)}").fetchone()[0] for path in (one, other)]
    if count[0] != count[1]:
        return f"{count[0]} and {count[1]} rows"
    any_differs = " or ".join(differs(*column) for column in columns(one)) or "false"
    found = duckdb.sql(f"select count(*) from {source(one)} as a positional join {source(other)} as b where {any_differs}").fetchone()[0]
    if found == 0:
        return None
    row = duckdb.sql(f"select a, b from {source(one)} as a positional join {source(other)} as b where {any_differs} limit 1").fetchone()
    return f"{found} rows, first {tuple(row[0].values())} and {tuple(row[1].values())}"


def tables(run: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted((run / "tables").glob("*.parquet"))}


def main() -> int:
    runs = [tables(Path(folder)) for folder in sys.argv[-2:]]
    if "--part" in sys.argv:
        runs[0] = {name: path for name, path in runs[0].items() if name in runs[1]}
    if runs[0].keys() != runs[1].keys():
        print("not in both:", ", ".join(sorted(runs[0].keys() ^ runs[1].keys())))
        return 1
    wrong = 0
    for name, path in runs[0].items():
        said = compare(path, runs[1][name])
        wrong += said is not None
        print(f"{name}: {said or 'same'}")
    print(f"{len(runs[0]) - wrong} of {len(runs[0])} tables are the same")
    return 1 if wrong or not runs[0] else 0


if __name__ == "__main__":
    sys.exit(main())
