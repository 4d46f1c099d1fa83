# Databricks notebook source
# MAGIC %md
# MAGIC # foresell, every night
# MAGIC Reads the tables that the job names, forecasts, says which products earn and which only tie up money, and leaves a report
# MAGIC and tables of results. Run it once by hand and look at what it took each column for; then let the job do it.

# COMMAND ----------

import os
from pathlib import Path

import foresell
import foresell.catalog


def given(name: str, default: str) -> str:
    """What the job says, as a widget of the notebook; outside Databricks a variable of the environment."""
    try:
        dbutils.widgets.text(name, default)
        return dbutils.widgets.get(name)
    except NameError:
        return os.environ.get(f"FORESELL_{name.upper()}", default)


catalog, schema = given("catalog", "main"), given("schema", "retail")
results, volume = given("results", "foresell"), given("volume", "foresell")
tables = [name.strip() for name in given("tables", "sales").split(",") if name.strip()]

# COMMAND ----------

# MAGIC %md
# MAGIC ## Where things lie
# MAGIC The project is a folder of a volume: foresell.yaml, the mappings and the runs. Driver and executors all see it.

# COMMAND ----------

spark.sql(f"create schema if not exists `{catalog}`.`{results}`")
place = os.environ.get("FORESELL_PLACE")  # outside Databricks, where there are no volumes
if place is None:
    spark.sql(f"create volume if not exists `{catalog}`.`{results}`.`{volume}`")
    place = f"/Volumes/{catalog}/{results}/{volume}"
files, project = Path(place) / "files", Path(place) / "project"

# COMMAND ----------

# MAGIC %md
# MAGIC ## The tables
# MAGIC The executors write each as Parquet beside the project; nothing goes through the driver.

# COMMAND ----------

for name in tables:
    rows = foresell.catalog.bring(spark, f"{catalog}.{schema}.{name}", files)
    print(f"{name}: {rows:,} rows")

# COMMAND ----------

# MAGIC %md
# MAGIC ## The project
# MAGIC Made the first time. What it took each column for stands in foresell.yaml and in mappings; correct it there.

# COMMAND ----------

if not (project / "foresell.yaml").exists():
    print(foresell.init(project, from_=[files]))

# COMMAND ----------

# MAGIC %md
# MAGIC ## The run
# MAGIC What has not changed since the last run is not made again.

# COMMAND ----------

done = foresell.run(spark, project, resume=True)
for line in done.headlines:
    print("-", line)
done

# COMMAND ----------

# MAGIC %md
# MAGIC ## Results as tables
# MAGIC For dashboards and for whoever orders. The decision that each row asks for is in its columns.

# COMMAND ----------

wanted = ["forecast_item", "forecast_total", "product_summary", "best_products", "worst_products", "peaks"]
published = foresell.catalog.publish(spark, done, f"{catalog}.{results}", [name for name in wanted if name in done.tables()])
for name, rows in published.items():
    print(f"{name}: {rows:,} rows")
