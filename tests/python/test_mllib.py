"""foresell.mllib: tables of a run as MLlib takes them, and tables that nobody would wish for."""

import datetime
import math

import foresell
import pytest

pytestmark = pytest.mark.spark
DAY = datetime.date(2024, 2, 29)


@pytest.fixture(scope="module")
def features(spark):
    pytest.importorskip("numpy", reason="MLlib needs NumPy")
    from foresell.mllib import features

    return features


def vectors(model, df):
    return [row["features"].toArray().tolist() for row in model.transform(df).select("features").collect()]


@pytest.mark.parametrize("table", ["product_summary", "demand_levels", "forecast_item", "sales_lines"])
def test_tables_of_a_run_fit_as_they_are(spark, features, done, table):
    df = spark.read.parquet(str(done.folder / "tables" / f"{table}.parquet"))
    rows = vectors(features(df, ["item"]).fit(df), df)
    assert len(rows) == df.count() > 0 and len(rows[0]) > 3
    assert all(math.isfinite(number) for row in rows for number in row)


def test_products_are_clustered_without_further_work(spark, features, done):
    from pyspark.ml import Pipeline
    from pyspark.ml.clustering import KMeans

    df = spark.read.parquet(str(done.folder / "tables" / "product_summary.parquet"))
    groups = Pipeline(stages=[features(df, ["item", "name"], scale=True), KMeans(k=3, seed=1)]).fit(df).transform(df)
    assert groups.select("prediction").distinct().count() == 3


def test_what_is_missing_is_the_median_and_said(spark, features):
    df = spark.createDataFrame([(1.0, True, "x"), (None, None, "y"), (3.0, False, None), (8.0, True, "x")], "a double, b boolean, c string")
    rows = vectors(features(df).fit(df), df)
    assert [row[0] for row in rows] == [1.0, 3.0, 3.0, 8.0]
    assert [row[2] for row in rows] == [0.0, 1.0, 0.0, 0.0]
    assert all(sum(row[4:]) == 1 for row in rows)


def test_names_dates_and_kinds_that_nobody_expects(spark, features):
    names = ["a.b", "a`b", "say \"x\"", "day", "kind", "never", "code", "naïve ; drop"]
    rows = [(float(n), n, float("nan") if n == 1 else 2.0, DAY, "it's" if n % 2 else "", None, f"C{n}", n) for n in range(40)]
    df = spark.createDataFrame(rows, "c0 double, c1 int, c2 double, c3 date, c4 string, c5 string, c6 string, c7 bigint").toDF(*names)
    model = features(df, scale=True).fit(df)
    assert all(math.isfinite(number) for row in vectors(model, df) for number in row)
    unseen = spark.createDataFrame([(None, 1, 1.0, None, "other", None, "C99", 7)], df.schema)
    assert all(math.isfinite(number) for row in vectors(model, unseen) for number in row)


def test_a_table_of_names_alone_is_told_of(spark, features):
    df = spark.createDataFrame([(f"C{n}", None) for n in range(50)], "item string, nothing double")
    with pytest.raises(foresell.DataError, match="no column that could be a feature"):
        features(df)


def test_a_column_called_like_the_flag_of_another_is_kept(spark, features):
    df = spark.createDataFrame([(1.0, 5.0), (None, 6.0)], "a double, a_missing double")
    assert vectors(features(df).fit(df), df) == [[1.0, 5.0, 0.0], [1.0, 6.0, 1.0]]
    other = df.select("a_missing", "a")
    assert vectors(features(other).fit(other), other) == [[5.0, 1.0, 0.0], [6.0, 1.0, 1.0]]
