"""Operators as functions on tables: any kind of input, any order of rows, any number of threads, one result."""

import datetime
import logging
import subprocess

import foresell
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from conftest import MONDAY, first_rows, sales
from foresell import table as tables
from foresell.program import PROGRAM


def forecast(data, **given) -> pa.Table:
    return foresell.forecast(data, **{"group": "item", "order": "day", "value": "units", "horizon": 5, **given})


# ---- kinds of input


@pytest.fixture(params=["table", "reader", "batch", "chunked", "polars", "pandas", "duckdb"])
def kind(request, shop):
    """The shop in the form of one library after the other."""
    if request.param == "polars":
        return pytest.importorskip("polars").from_arrow(shop)
    if request.param == "pandas":
        pytest.importorskip("pandas")
        return shop.to_pandas()
    if request.param == "duckdb":
        duckdb = pytest.importorskip("duckdb")
        return duckdb.connect().from_arrow(shop)
    whole = shop.combine_chunks()
    chunks = pa.concat_tables([whole.slice(at, 7) for at in range(0, whole.num_rows, 7)])
    return {"table": shop, "reader": shop.to_reader(50), "batch": whole.to_batches()[0], "chunked": chunks}[request.param]


def test_every_kind_of_table_gives_the_same(kind, shop):
    result, expected = forecast(kind), forecast(shop)
    assert result.column_names == expected.column_names
    assert result.cast(expected.schema).equals(expected)


def test_the_result_opens_in_polars_and_pandas(shop):
    result = forecast(shop)
    polars, _ = pytest.importorskip("polars"), pytest.importorskip("pandas")
    assert polars.from_arrow(result)["step"].to_list() == result["step"].to_pylist()
    assert result.to_pandas()["mean"].tolist() == result["mean"].to_pylist()


def test_the_index_that_pandas_adds_is_no_column(shop):
    pandas = pytest.importorskip("pandas")
    frame = shop.to_pandas()
    frame = frame[frame["units"] > 0]  # its index has holes now
    frame.index = pandas.Index(range(5, 5 + 2 * len(frame), 2))
    assert forecast(frame).num_rows == 20


def test_what_is_no_table_is_refused():
    with pytest.raises(foresell.UsageError, match="list are no Arrow data") as told:
        forecast([1, 2])
    assert "polars" in told.value.remedy


# ---- order


def test_groups_come_out_in_the_order_of_their_first_rows(shop):
    assert first_rows(forecast(shop)) == first_rows(shop)
    backwards = shop.sort_by([("item", "descending"), ("day", "descending")])
    assert first_rows(forecast(backwards)) == ["d", "c", "b", "a"]


def test_the_order_of_rows_changes_no_number(shop):
    key = [("item", "ascending"), ("step", "ascending")]
    rows = shop.sort_by([("item", "ascending"), ("day", "ascending")])
    assert forecast(shop).sort_by(key).equals(forecast(rows).sort_by(key))


def test_two_group_columns_with_nulls_in_both():
    lines = [(item, store, day) for item in ("x", None, "y") for store in (2, None, 1) for day in range(30)]
    lines = lines[::-1]
    data = pa.table(
        {
            "item": [line[0] for line in lines],
            "store": pa.array([line[1] for line in lines], pa.int16()),
            "n": [line[2] for line in lines],
            "units": [float(line[2] % 7) for line in lines],
        }
    )
    result = foresell.forecast(data, group=["item", "store"], order="n", value="units", horizon=2)
    assert result.schema.field("store").type == pa.int16()
    groups = list(dict.fromkeys(zip(result["item"].to_pylist(), result["store"].to_pylist())))
    assert groups == [("y", 1), ("y", None), ("y", 2), (None, 1), (None, None), (None, 2), ("x", 1), ("x", None), ("x", 2)]


def test_no_group_is_one_series():
    one = sales({"a": 50}).select(["day", "units"])
    result = foresell.forecast(one, horizon=3)
    assert result.column_names[0] == "period"
    assert result["period"].to_pylist() == [MONDAY + datetime.timedelta(50 + step) for step in range(3)]


@pytest.mark.parametrize(
    "type_",
    [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string()), pa.binary()],
    ids=str,
)
def test_texts_of_any_arrow_type_are_keys(shop, type_):
    kept = pa.string() if type_ == pa.string_view() or pa.types.is_dictionary(type_) else type_
    if pa.types.is_dictionary(type_):
        column = shop["item"].dictionary_encode().cast(type_)
    else:
        column = shop["item"].cast(type_)
    for data in (shop, shop.sort_by([("item", "ascending"), ("day", "ascending")])):
        result = forecast(shop.set_column(0, "item", column))
        assert result.schema.field("item").type == kept
        assert result["item"].cast(pa.binary()).equals(forecast(shop)["item"].cast(pa.binary()))


@pytest.mark.parametrize("type_", [pa.int8(), pa.uint32(), pa.int64(), pa.date32(), pa.bool_(), pa.timestamp("us")], ids=str)
def test_keys_leave_in_the_type_they_came_in(type_):
    short = sales({0: 30, 1: 40})
    key = short["item"].cast(pa.int32()).cast(pa.date32()) if type_ == pa.date32() else short["item"].cast(type_)
    result = forecast(short.set_column(0, "item", key))
    assert result.schema.field("item").type == type_
    assert first_rows(result) == first_rows(short.set_column(0, "item", key))


@pytest.mark.parametrize("type_", [pa.int32(), pa.int64(), pa.timestamp("us"), pa.timestamp("ms", "UTC")], ids=str)
def test_the_period_leaves_in_the_type_of_the_order(shop, type_):
    number = shop["day"].cast(pa.int32())
    order = number.cast(type_) if pa.types.is_integer(type_) else shop["day"].cast(type_)
    result = forecast(shop.set_column(1, "day", order))
    assert result.schema.field("period").type == type_


def test_dictionaries_that_differ_from_chunk_to_chunk(shop):
    chunks = [shop.slice(at, 60) for at in range(0, shop.num_rows, 60)]
    parts = [chunk.set_column(0, "item", chunk["item"].dictionary_encode()) for chunk in chunks]
    assert forecast(pa.concat_tables(parts)).equals(forecast(shop))


# ---- sizes and threads


def test_the_result_is_the_same_for_any_number_of_threads(monkeypatch):
    monkeypatch.setattr(tables, "RANGE_ROWS", 500)
    many = sales({f"i{n}": 20 + 37 * n % 90 for n in range(60)})
    results = [forecast(many, threads=threads) for threads in (1, 2, 5)]
    assert results[0].equals(results[1]) and results[0].equals(results[2])
    monkeypatch.setattr(tables, "RANGE_ROWS", 1 << 18)
    assert forecast(many).equals(results[0])


def test_ranges_begin_at_groups(monkeypatch):
    monkeypatch.setattr(tables, "RANGE_ROWS", 4)
    series = pa.array([0] * 3 + [1] * 10 + [2] + [3] * 3, pa.int64())
    assert tables.cuts_of(series) == [0, 3, 14, 17]
    assert tables.cuts_of(series.slice(3)) == [0, 11, 14]
    assert tables.cuts_of(series.slice(0, 0)) == [0, 0]


def test_the_first_group_that_fails_is_named_whatever_the_threads(monkeypatch):
    monkeypatch.setattr(tables, "RANGE_ROWS", 100)
    data = sales({f"i{n}": 60 for n in range(20)}).sort_by([("item", "ascending"), ("day", "ascending")])
    twice = data.filter(pc.is_in(data["item"], pa.array(["i13", "i5", "i7"])))
    for threads in (1, 2, 4):
        with pytest.raises(foresell.DataError, match="item='i13': a period stands there twice") as told:
            forecast(pa.concat_tables([data, twice]), threads=threads)
        assert told.value.column == "day" and "sum the rows" in told.value.remedy


def test_no_rows_give_no_rows_of_the_same_kind(shop):
    empty = forecast(shop.slice(0, 0))
    assert empty.num_rows == 0 and empty.schema.equals(forecast(shop).schema)


@pytest.mark.parametrize("model", ["auto", "snaive"])
def test_the_program_gives_the_same_numbers(tmp_path, shop, model):
    pq.write_table(shop, tmp_path / "sales.parquet")
    words = ["--group", "item", "--order", "day", "--value", "units", "--horizon", "5", "--model", model]
    command = [PROGRAM, "apply", "forecast", tmp_path / "sales.parquet", *words, "-o", tmp_path / "out.parquet"]
    subprocess.run(command, check=True, capture_output=True)
    result = forecast(shop, model=model)
    assert pq.read_table(tmp_path / "out.parquet").cast(result.schema).equals(result)


# ---- parts


def test_columns_are_found_as_the_program_finds_them(shop, caplog):
    with caplog.at_level(logging.INFO, "foresell"):
        result = foresell.forecast(shop, group=["item"], horizon=5)
    assert result.equals(forecast(shop))
    assert [record.getMessage() for record in caplog.records] == ["day: taken as the order", "units: taken as value"]


def test_columns_that_nothing_uses_are_left_alone(shop):
    wider = shop.append_column("shelf", pa.array(["s"] * shop.num_rows)).append_column("price", pa.array([2.5] * shop.num_rows))
    assert forecast(wider).equals(forecast(shop))
    trend = foresell.trend(wider, group="item", order="day", value="units")
    assert trend.num_rows == 4


def test_an_order_called_like_a_period_is_found(shop):
    numbered = shop.set_column(1, "Week", shop["day"].cast(pa.int32()))
    assert foresell.forecast(numbered, group="item", value="units", horizon=5).num_rows == 20
    with pytest.raises(foresell.UsageError, match="cannot be told"):
        foresell.forecast(numbered.rename_columns(["item", "w", "units"]), group="item", value="units")


def test_names_with_quotes_commas_and_brackets(shop):
    odd = shop.rename_columns(["it'em", "d,a]y", "uni'ts = ["])
    result = foresell.forecast(odd, group="it'em", order="d,a]y", value="uni'ts = [", horizon=5)
    assert result.drop_columns("it'em").equals(forecast(shop).drop_columns("item"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"group": "itm"}, "no column is called 'itm'"),
        ({"order": "units"}, "cannot be two things at once"),
        ({"threads": 0}, "threads is 0"),
        ({"horizon": 0}, "must lie from 1 to 100000"),
        ({"model": "crosston"}, "did you mean 'croston'"),
        ({"quantile": [0.5, 0.5]}, "stands in the list twice"),
        ({"end": "soon"}, "which is no date"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_call_is_refused_before_anything_is_done(shop, given, message):
    with pytest.raises(foresell.UsageError) as told:
        forecast(shop, **given)
    assert message in str(told.value) and isinstance(told.value, ValueError)


def test_an_unknown_operator_is_refused(shop):
    with pytest.raises(foresell.UsageError, match="no operator 'forcast'"):
        foresell.apply("forcast", shop)


def test_numbers_dates_and_lists_reach_the_operator_as_they_are(shop):
    end = MONDAY + datetime.timedelta(40)
    result = forecast(shop, quantile=(0.025, 1e-3), end=end)
    assert "q0.025" in result.column_names and "q0.001" in result.column_names
    assert min(result["period"].to_pylist()) == end + datetime.timedelta(1)
    assert forecast(shop, end=datetime.datetime.combine(end, datetime.time()), quantile=[0.025, 0.001]).equals(result)
    assert forecast(shop, end=end.isoformat(), quantile=[0.025, 0.001]).equals(result)


def test_errors_say_all_they_know_and_survive_pickling():
    import pickle

    error = foresell.DataError("bad", "a.csv", 3, "units", "do this")
    assert str(error) == "a.csv, line 3, column units: bad. do this"
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is foresell.DataError and again.remedy == "do this" and again.line == 3


# ---- columns that a parameter names


def test_covariates_are_the_columns_that_are_named():
    bought = [(row // 2 * 7 % 11 // 3, row % 2) for row in range(400)]
    customers = pa.table(
        {
            "row": range(400),
            "repeats": [float(repeats * (1 + loyal)) for repeats, loyal in bought],
            "recency": [9.0 + row % 20 if repeats else 0.0 for row, (repeats, _) in enumerate(bought)],
            "age": [30.0] * 400,
            "loyal": [loyal == 1 for _, loyal in bought],
            "points": [row % 5 for row in range(400)],
        }
    )
    model = foresell.fit_purchases(customers, order="row", model="nbd", covariates=["loyal"])
    assert model["parameter"].to_pylist() == ["r", "alpha", "mean:loyal", "rate:loyal"]
    assert model["estimate"].to_pylist()[3] == pytest.approx(0.693, abs=0.05), "twice as often"
    with pytest.raises(foresell.UsageError, match="pionts"):
        foresell.fit_purchases(customers, order="row", covariates=["pionts"])
    with pytest.raises(foresell.UsageError, match="two things"):
        foresell.fit_purchases(customers, order="row", covariates=["age"])
