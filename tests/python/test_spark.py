"""foresell.spark: the same numbers as embedded, to the last bit, however the rows are cut and dealt out."""

import datetime

import foresell
import pyarrow as pa
import pytest
from conftest import sales

pytestmark = pytest.mark.spark
BATCH = 10_000  # rows in a batch that Spark hands over


@pytest.fixture(scope="module")
def apply(spark):
    from foresell.spark import apply

    return apply


def spread(spark, table: pa.Table):
    """The table as a DataFrame; a time without zone stays one."""
    df = spark.createDataFrame(table)
    local = [field.name for field in table.schema if pa.types.is_timestamp(field.type) and not field.type.tz]
    return df.withColumns({name: df[name].cast("timestamp_ntz") for name in local}) if local else df


def numbered(lengths: dict) -> pa.Table:
    """item, n (a whole number), units; shuffled."""
    table = sales(lengths)
    return table.set_column(1, "n", table["day"].cast(pa.int32()).cast(pa.int64()))


def same(result: pa.Table, expected: pa.Table, *keys: str) -> bool:
    """Equal but for the order of groups and the schema's metadata."""
    by = [(key, "ascending") for key in (*keys, expected.column_names[len(keys)])]
    plain = result.replace_schema_metadata(None).cast(expected.schema)
    return plain.sort_by(by).equals(expected.sort_by(by))


def test_groups_that_batches_cut_in_two(spark, apply):
    table = numbered({"long": 2 * BATCH + 3, "short": 17, "exact": BATCH, "medium": BATCH // 3, "one more": 7777})
    given = {"group": "item", "order": "n", "value": "units"}
    for operator, params in (("forecast", {"model": "snaive", "season": 7, "horizon": 3}), ("clean_outliers", {"season": 7})):
        out = apply(spark.createDataFrame(table), operator, "item", "n", value="units", **params).toArrow()
        assert same(out, getattr(foresell, operator)(table, **given, **params), "item")


@pytest.mark.parametrize("rows", [7, 64, 1000])
def test_batches_of_any_size(spark, apply, rows):
    table = sales({"a": 70, "b": 64, "c": 200, None: 63})
    before = spark.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch")
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", rows)
    try:
        out = apply(spark.createDataFrame(table), "forecast", "item", "day", value="units", horizon=4).toArrow()
    finally:
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", before)
    assert same(out, foresell.forecast(table, group="item", order="day", value="units", horizon=4), "item")


MIDNIGHT = datetime.datetime(2024, 1, 1)
KEYS = {
    "text": (["b", "a", None], pa.string()),
    "date": ([datetime.date(2024, 5, 1), None, datetime.date(1969, 1, 1)], pa.date32()),
    "timestamp": ([MIDNIGHT, None, MIDNIGHT + datetime.timedelta(microseconds=1)], pa.timestamp("us", "UTC")),
    "local": ([MIDNIGHT, None, MIDNIGHT + datetime.timedelta(microseconds=1)], pa.timestamp("us")),
    "integer": ([7, -1, None], pa.int32()),
    "bigint": ([2**40, None, -1], pa.int64()),
    "bool": ([True, False, None], pa.bool_()),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys_of_every_type_and_null(spark, apply, name):
    values, type_ = KEYS[name]
    table = sales({0: 40, 1: 35, 2: 50})
    table = table.set_column(0, "key", pa.array(values, type_).take(table["item"]))
    out = apply(spread(spark, table), "forecast", ["key"], "day", value="units", horizon=2).toArrow()
    assert out.schema.field("key").type == type_
    assert same(out, foresell.forecast(table, group="key", order="day", value="units", horizon=2), "key")


def test_groups_come_in_order_where_a_step_wants_them_so(spark):
    """And the kernels run once: nothing is sorted, and so sampled, behind them."""
    from foresell.spark import piped

    table = sales({name: 10 + place for place, name in enumerate(["b", "ä", None, "", "a", "Z", "aa", "😀", *map(str, range(60))])})
    spark.conf.set("spark.sql.adaptive.coalescePartitions.enabled", "false")
    try:
        out = piped(spark.createDataFrame(table), "forecast", "horizon = 2, model = 'snaive'", ["item"], "day", in_order=True)
        plan = out._jdf.queryExecution().optimizedPlan().toString()
        parts = [part for part in out.rdd.glom().map(len).collect() if part]
    finally:
        spark.conf.unset("spark.sql.adaptive.coalescePartitions.enabled")
    assert plan.startswith("MapInArrow") and len(parts) > 1
    items = out.toArrow()["item"].to_pylist()
    assert items == sorted(items, key=lambda item: (item is not None, (item or "").encode()))


def test_times_in_a_session_that_lives_elsewhere(spark, apply):
    table = sales({0: 40, 1: 50})
    table = table.set_column(0, "key", pa.array(KEYS["timestamp"][0][::2], pa.timestamp("us", "UTC")).take(table["item"]))
    table = table.set_column(1, "when", table["day"].cast(pa.timestamp("us", "UTC")))
    spark.conf.set("spark.sql.session.timeZone", "America/New_York")
    try:
        out = apply(spread(spark, table), "forecast", ["key"], "when", value="units", horizon=2).toArrow()
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")
    assert same(out, foresell.forecast(table, group="key", order="when", value="units", horizon=2), "key")


@pytest.mark.parametrize("type_", [pa.int32(), pa.int64(), pa.date32(), pa.timestamp("us", "UTC"), pa.timestamp("us")], ids=str)
def test_orders_of_every_type(spark, apply, type_):
    table = sales({"a": 40, "b": 50})
    day = table["day"].cast(pa.int32()) if pa.types.is_integer(type_) else table["day"]
    table = table.set_column(1, "when", day.cast(type_))
    out = apply(spread(spark, table), "forecast", "item", "when", value="units", horizon=2).toArrow()
    assert out.schema.field("period").type == type_
    assert same(out, foresell.forecast(table, group="item", order="when", value="units", horizon=2), "item")


def test_two_keys_and_odd_names(spark, apply):
    table = sales({n: 30 + n for n in range(12)})
    item = table["item"].to_pylist()
    odd = pa.table({"it.em": [f"i{n % 4}" for n in item], "sto`re": [n // 4 for n in item], "d ay": table["day"], "units": table["units"]})
    out = apply(spark.createDataFrame(odd), "forecast", ["it.em", "sto`re"], "d ay", value="units", horizon=2).toArrow()
    expected = foresell.forecast(odd, group=["it.em", "sto`re"], order="d ay", value="units", horizon=2)
    assert same(out, expected, "it.em", "sto`re")


def test_no_group_is_one_series_in_one_partition(spark, apply):
    table = numbered({"a": 2 * BATCH + 1}).drop_columns("item")
    out = apply(spark.createDataFrame(table).repartition(3), "forecast", (), "n", value="units", horizon=2, model="snaive").toArrow()
    assert out.replace_schema_metadata(None).equals(foresell.forecast(table, order="n", value="units", horizon=2, model="snaive"))


def test_no_rows(spark, apply):
    df = spark.createDataFrame(sales({"a": 30})).where("units < 0")
    out = apply(df, "forecast", "item", "day", value="units", horizon=2)
    assert out.columns[:4] == ["item", "period", "step", "mean"] and out.count() == 0


def test_columns_are_guessed_and_left_alone_as_in_tables(spark, apply):
    table = sales({"a": 30, "b": 40})
    wider = table.append_column("shelf", pa.array(["s"] * table.num_rows))
    out = apply(spark.createDataFrame(wider), "forecast", "item", horizon=2).toArrow()
    assert same(out, foresell.forecast(table, group="item", horizon=2), "item")


def test_a_wrong_call_is_refused_before_spark_runs(spark, apply):
    df = spark.createDataFrame(sales({"a": 30}))
    for given in ({"horizon": 0}, {"horison": 2}, {"value": "unit"}, {"group": "itm"}):
        with pytest.raises(foresell.UsageError):
            apply(df, "forecast", **{"group": "item", "order": "day", **given})


def test_bad_rows_are_named_in_the_error_of_the_job(spark, apply):
    table = sales({"a": 30, "b": 30})
    df = spark.createDataFrame(pa.concat_tables([table, table.slice(0, 1)]))
    with pytest.raises(Exception, match="a period stands there twice"):
        apply(df, "forecast", "item", "day", value="units").toArrow()
