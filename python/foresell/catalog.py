"""Tables of a Spark catalog (Unity Catalog, Hive, Iceberg, Delta, JDBC) as sources of a project, and results as its tables.

A project reads files. What lies in a catalog is written by the executors as Parquet into a folder that the project reads; tables
of a run go back under names of the catalog.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from .cluster import write
from .errors import UsageError
from .runs import Run


def _file_name(name: str) -> str:
    """The last part of a name, as a file may be called."""
    last = name.split(".")[-1].strip("`") or "table"
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in last)


def bring(spark: SparkSession, table: str | DataFrame, folder: str | os.PathLike[str], name: str | None = None) -> int:
    """Writes a table of the catalog as Parquet into a folder of source files; whole, or not at all.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        The session that knows the table.
    table : str or pyspark.sql.DataFrame
        Its name, as "main.retail.sales", or rows of any other origin.
    folder : path
        Where the project's files lie; the driver and all executors see it under this name.
    name : str, optional
        What the file is to be called; default: the last part of the table's name.

    Returns
    -------
    int
        How many rows it has.

    Examples
    --------
    >>> foresell.catalog.bring(spark, "main.retail.sales", "/Volumes/main/retail/foresell/files")  # doctest: +SKIP
    """
    if isinstance(table, DataFrame) and not name:
        raise UsageError("rows without a name were given", remedy="say name=, as bring(spark, rows, folder, name='sales')")
    rows = spark.table(table) if isinstance(table, str) else table
    target = Path(os.path.abspath(os.fspath(folder)))
    target.mkdir(parents=True, exist_ok=True)
    return write(rows, target / f"{_file_name(name or str(table))}.parquet")[0]


def publish(spark: SparkSession, run: Run, schema: str, tables: Iterable[str] | None = None, prefix: str = "") -> dict[str, int]:
    """Writes tables of a run under names of the catalog, in place of those that are there.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        The session that writes, in its own default format (Delta on Databricks).
    run : foresell.Run
        A finished run.
    schema : str
        Where they go, as "main.forecasts".
    tables : iterable of str, optional
        Which; default: all of the run.
    prefix : str
        Before each name, as "foresell_".

    Returns
    -------
    dict of str to int
        Full names, and how many rows each has.

    Examples
    --------
    >>> foresell.catalog.publish(spark, done, "main.forecasts", ["forecast_item"])  # doctest: +SKIP
    """
    counts = {name: run.rows(name) for name in (run.tables() if tables is None else tables)}  # an unknown name shows before a row goes
    for name in counts:
        rows = spark.read.parquet(str(run.folder / "tables" / f"{name}.parquet"))
        rows.write.mode("overwrite").saveAsTable(f"{schema}.{prefix}{name}")
    return {f"{schema}.{prefix}{name}": rows for name, rows in counts.items()}
