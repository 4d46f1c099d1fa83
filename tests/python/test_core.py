"""The extension: capsules are moved and released once, nothing leaks, and the GIL is free while a pipe works."""

import ctypes
import gc
import sys
import threading

import foresell
import pyarrow as pa
import pytest
from conftest import sales
from foresell import _core


def pipe_for(table: pa.Table, operator: str = "forecast", options: str = "value = 'units', horizon = 3") -> _core.Pipe:
    return _core.Pipe(operator, options, ("item",), "day", table.schema.__arrow_c_schema__())


def sorted_batch(lengths=None) -> pa.RecordBatch:
    table = sales(lengths or {"a": 60, "b": 70}).sort_by([("item", "ascending"), ("day", "ascending")])
    return table.combine_chunks().to_batches()[0]


def test_what_is_pushed_comes_out_in_any_of_three_ways():
    batch = sorted_batch()
    pulled, streamed, fed = (pipe_for(batch) for _ in range(3))
    for pipe in (pulled, streamed):
        for at in range(0, batch.num_rows, 33):
            pipe.push(batch.slice(at, 33).__arrow_c_array__()[1])
        pipe.end()
    fed.feed(pa.table(batch).__arrow_c_stream__())
    fed.end()
    one = pa.RecordBatch._import_from_c_capsule(pulled.schema(), pulled.pull())
    assert pulled.pull() is None
    assert pa.table(streamed).to_batches() == [one] and pa.table(fed).to_batches() == [one]
    assert pa.table(fed).num_rows == 0, "taken out once"


def test_a_capsule_is_taken_once():
    batch = sorted_batch()
    pipe = pipe_for(batch)
    array = batch.__arrow_c_array__()[1]
    pipe.push(array)
    with pytest.raises(foresell.UsageError, match="arrow_array is empty"):
        pipe.push(array)
    stream = pa.table(batch).__arrow_c_stream__()
    pipe_for(batch).feed(stream)
    with pytest.raises(foresell.UsageError, match="arrow_array_stream is empty"):
        pipe_for(batch).feed(stream)
    with pytest.raises(ValueError, match="incorrect name"):
        pipe.push(batch.__arrow_c_array__()[0])


def test_a_stream_of_other_columns_is_refused():
    batch = sorted_batch()
    with pytest.raises(foresell.UsageError, match="other columns"):
        pipe_for(batch).feed(pa.table(batch).select(["item", "day"]).__arrow_c_stream__())
    other = pa.table(batch).set_column(2, "units", pa.array(range(batch.num_rows)))
    with pytest.raises(foresell.UsageError, match="other columns"):
        pipe_for(batch).feed(other.__arrow_c_stream__())


def test_the_error_of_a_stream_comes_through():
    batch = sorted_batch()

    def broken():
        yield batch.slice(0, 10)
        raise OSError("the disk is gone")

    with pytest.raises(foresell.Error, match="the disk is gone"):
        pipe_for(batch).feed(pa.RecordBatchReader.from_batches(batch.schema, broken()).__arrow_c_stream__())


def test_a_broken_pipe_takes_nothing_more():
    batch = sorted_batch()
    pipe = pipe_for(batch)
    with pytest.raises(foresell.DataError, match="go backwards"):
        pipe.push(batch.take(pa.array([5, 3])).__arrow_c_array__()[1])
    with pytest.raises(foresell.DataError, match="takes no more rows"):
        pipe.push(batch.__arrow_c_array__()[1])
    with pytest.raises(foresell.DataError):
        pipe.end()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("forcast", "", ("item",), "day"), "did you mean 'forecast'"), (("trend", "x = 1", (), "day"), "no parameter 'x'")],
)
def test_what_cannot_be_opened_says_why(arguments, message):
    with pytest.raises(foresell.UsageError) as told:
        _core.Pipe(*arguments, sorted_batch().schema.__arrow_c_schema__())
    assert message in str(told.value)


def test_arguments_of_wrong_types_are_refused():
    schema = sorted_batch().schema.__arrow_c_schema__()
    for wrong in ((1, "", (), "day", schema), ("trend", "", "day", "day", schema), ("trend", "", (3,), "day", schema)):
        with pytest.raises(TypeError):
            _core.Pipe(*wrong)
    with pytest.raises(ValueError):
        _core.Pipe("trend", "", (), "day", None)


class MallInfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()]


def in_use() -> int:
    gc.collect()
    libc = ctypes.CDLL(None)
    libc.mallinfo2.restype = MallInfo
    info = libc.mallinfo2()
    return info.uordblks + info.hblkhd


def leaves_things_behind(batch: pa.RecordBatch) -> None:
    """All that can be left half done: nothing pulled, a capsule not taken, errors, a broken pipe. (A quick model: the fits' memory is the kernels'.)"""
    quick = "value = 'units', model = snaive"
    pipe = pipe_for(batch, options=quick)
    pipe.push(batch.__arrow_c_array__()[1])
    pipe.end()
    pipe_for(batch, options=quick).push(batch.__arrow_c_array__()[1])
    done = pipe_for(batch, options=quick)
    done.feed(pa.table(batch).__arrow_c_stream__())
    done.end()
    for _ in (done.schema(), done.__arrow_c_schema__(), done.__arrow_c_stream__(), pipe.pull(), pa.table(done)):
        pass
    with pytest.raises(foresell.UsageError):
        pipe_for(batch, options="horizon = 0")
    backwards = pipe_for(batch, options=quick)
    with pytest.raises(foresell.DataError):
        backwards.push(batch.take(pa.array([5, 3])).__arrow_c_array__()[1])
    with pytest.raises(foresell.UsageError):
        pipe_for(batch, options=quick).feed(pa.table(batch).select(["day"]).__arrow_c_stream__())
    foresell.forecast(pa.table(batch), group="item", order="day", value="units", model="snaive", threads=2)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="the C library does not count its memory")
def test_nothing_leaks():
    batch = sorted_batch({"a": 800, "b": 900})
    for _ in range(30):
        leaves_things_behind(batch)
    before, arrow = in_use(), pa.total_allocated_bytes()
    for _ in range(100):
        leaves_things_behind(batch)
    assert pa.total_allocated_bytes() == arrow
    assert in_use() - before < 100_000, "a leak of one batch in each round would be 100 times 40 kB"


def test_the_gil_is_free_while_a_pipe_works():
    batch = sorted_batch({f"i{n}": 500 for n in range(200)})
    pipe = pipe_for(batch, options="value = 'units', horizon = 3, origins = 9")
    pipe.push(batch.slice(0, 30_000).__arrow_c_array__()[1])  # less than a block: the work is in end()
    go, ran = threading.Event(), threading.Event()
    watcher = threading.Thread(target=lambda: (go.wait(), ran.set()))
    watcher.start()
    before = sys.getswitchinterval()
    sys.setswitchinterval(1000)  # nobody is made to give the GIL up
    try:
        go.set()
        assert not ran.is_set(), "the other thread waits for the GIL"
        pipe.end()
        assert ran.is_set(), "it got the GIL during end()"
    finally:
        sys.setswitchinterval(before)
        watcher.join()


def test_a_pipe_at_work_is_nobody_elses():
    batch = sorted_batch()
    pipe = pipe_for(batch)
    said = []

    def meddling():
        for call in (pipe.end, pipe.pull, pipe.__arrow_c_stream__, lambda: pipe.push(batch.__arrow_c_array__()[1])):
            try:
                call()
            except foresell.UsageError as error:
                said.append(str(error))
        yield batch

    pipe.feed(pa.RecordBatchReader.from_batches(batch.schema, meddling()).__arrow_c_stream__())
    assert len(said) == 4 and all("at work in another thread" in one for one in said)
    pipe.end()
    assert pa.table(pipe).num_rows == 6


def test_what_the_module_tells():
    assert _core.version() == foresell.__version__
    assert _core.cpu_count() >= 1
