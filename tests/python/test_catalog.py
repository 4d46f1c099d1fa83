"""Tables of a Spark catalog as sources, results as its tables; and the notebook of examples/databricks from its first line to its last."""

import os
import runpy
import shutil

import pytest
from conftest import ROOT

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def tables(spark, tmp_path_factory):
    """A made-up shop as tables of the session's catalog; the names of those tables."""
    import foresell

    files = tmp_path_factory.mktemp("catalog") / "files"
    foresell.simulate(files, items=30, stores=2, customers=200, days=400, lines=8000, parquet=True)
    spark.sql("create schema if not exists retail")
    names = sorted(path.stem for path in files.glob("*.parquet"))
    for name in names:
        rows = spark.read.parquet(str(files / f"{name}.parquet"))
        rows.repartition(3).write.mode("overwrite").saveAsTable(f"retail.{name}")
    yield names
    spark.sql("drop schema if exists retail cascade")
    spark.sql("drop schema if exists foresell_results cascade")


def test_a_table_is_brought_whole_and_replaces_the_one_before(spark, tables, tmp_path):
    from foresell.catalog import bring

    assert bring(spark, "retail.sales", tmp_path) == spark.table("retail.sales").count()
    assert spark.read.parquet(str(tmp_path / "sales.parquet")).count() == spark.table("retail.sales").count()
    assert bring(spark, spark.table("retail.sales").limit(5), tmp_path, name="sales") == 5
    assert [path.name for path in tmp_path.iterdir()] == ["sales.parquet"]


def test_rows_without_a_name_and_unknown_tables_are_refused(spark, tables, tmp_path):
    import foresell
    from foresell.catalog import bring, publish

    with pytest.raises(foresell.UsageError, match="name="):
        bring(spark, spark.range(3), tmp_path)
    run = foresell.Run(tmp_path, tmp_path / "report.html", [], 0, 0, 0, 0)
    with pytest.raises(foresell.UsageError, match="no_such_table"):
        publish(spark, run, "retail", ["no_such_table"])


def test_the_notebook_for_databricks_runs_from_its_first_line_to_its_last(spark, tables, tmp_path, monkeypatch, capsys):
    """With Spark's own catalog in the place of Unity Catalog, and a folder in the place of a volume."""
    wanted = {"place": str(tmp_path), "catalog": "spark_catalog", "schema": "retail", "results": "foresell_results",
              "tables": ",".join(tables)}
    for name, value in wanted.items():
        monkeypatch.setenv(f"FORESELL_{name.upper()}", value)
    notebook = ROOT / "examples" / "databricks" / "nightly.py"
    runpy.run_path(str(notebook), init_globals={"spark": spark})
    said = capsys.readouterr().out
    assert "forecast_item" in said
    found = spark.table("spark_catalog.foresell_results.forecast_item")
    here = spark.read.parquet(os.fspath(tmp_path / "project" / "runs" / "latest" / "tables" / "forecast_item.parquet"))
    assert found.count() == here.count() > 0 and found.columns == here.columns
    shutil.rmtree(tmp_path / "project")
