"""same_tables.py [--part] RUN RUN: whether two runs have the same tables: names, columns, types, rows and their order; integers, dates
and texts exactly, floats to 1e-9 relative. With --part the second may lack some. One line a table; the exit code is 1 where any differ."""
from __future__ import annotations

import sys
from pathlib import Path

import duckdb

CLOSE = 1e-9


def source(path: Path) -> str:
    pattern = f"{path}/*.parquet" if path.is_dir() else str(path)
    return "read_parquet('" + pattern.replace("'", "''") + "', file_row_number = true)"


def columns(path: Path) -> list[tuple[str, str]]:
    described = duckdb.sql(f"describe select * exclude (file_row_number) from {source(path)}").fetchall()
    return [(row[0], row[1]) for row in described]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def differs(name: str, kind: str) -> str:
    a, b = f"a.{quoted(name)}", f"b.{quoted(name)}"
    if kind not in ("DOUBLE", "FLOAT"):
        return f"{a} is distinct from {b}"
    return f"(({a} is null) <> ({b} is null) or abs({a} - {b}) > {CLOSE} * greatest(abs({a}), abs({b})))"


def numbered(path: Path) -> str:
    order = "filename, file_row_number" if path.is_dir() else "file_row_number"
    rows = source(path).replace("file_row_number = true", "file_row_number = true, filename = true")
    return f"(select *, row_number() over (order by {order}) as _place from {rows})"


def compare(one: Path, other: Path) -> str | None:
    """What differs first, or None."""
    if columns(one) != columns(other):
        return f"columns: {columns(one)} and {columns(other)}"
    count = [duckdb.sql(f"select count(*) from {source(path)}").fetchone()[0] for path in (one, other)]
    if count[0] != count[1]:
        return f"{count[0]} and {count[1]} rows"
    any_differs = " or ".join(differs(*column) for column in columns(one)) or "false"
    found = duckdb.sql(f"""select a._place, count(*) over () from {numbered(one)} as a join {numbered(other)} as b using (_place)
        where {any_differs} order by 1 limit 1""").fetchone()
    if found is None:
        return None
    rows = [duckdb.sql(f"select * exclude (file_row_number, filename, _place) from {numbered(p)} where _place = {found[0]}").fetchone()
            for p in (one, other)]
    return f"{found[1]} rows, first row {found[0]}: {rows[0]} and {rows[1]}"


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
