"""An object store that is slow, breaks off or refuses: a real one, behind a proxy that spoils some answers.

Each ends right or with a message that says what to do, never with a table that lacks rows; and no key is ever told.
"""
import hashlib
import hmac
import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

import source_servers
from faulty_proxy import Fault, faulty
from source_shop import Run, check, delimited, make_lines, open_shop
from test_source_servers import refused, told_nothing

LINES = make_lines(600)
BUSY = '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>'
EXPIRED = '<?xml version="1.0"?><Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>'
SECRET = "s3cr3t-key-of-the-shop"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store") / "buckets"
    (folder / "shop" / "lines").mkdir(parents=True)
    for part in range(3):
        (folder / "shop" / "lines" / f"lines_{part}.csv").write_text(delimited(LINES[part * 200 : part * 200 + 200]))
    (folder / "shop" / "tables").mkdir()
    duckdb.sql("copy (select date '2024-01-01' + cast(range % 300 as integer) as day, 'P' || range % 7 as item, 1 + range % 3 as units,"
               f" 2.5 as price from range(50000)) to '{folder}/shop/tables/sales.parquet'")
    with source_servers.s3(folder) as env:
        yield {**env, "FOLDER": str(folder)}


def through(store: dict, proxy) -> dict:
    return {**store, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{proxy.port}"}


def port(store: dict) -> int:
    return int(store["AWS_ENDPOINT_URL"].rpartition(":")[2])


def signed(store: dict, method: str, path: str, query: str, data: bytes = b"") -> bytes:
    """One request with signature V4, as a client that uploads makes it."""
    def mac(key: bytes, text: str) -> bytes:
        return hmac.new(key, text.encode(), hashlib.sha256).digest()

    host, now, digest = f"127.0.0.1:{port(store)}", time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()), hashlib.sha256(data).hexdigest()
    headers = {"host": host, "x-amz-content-sha256": digest, "x-amz-date": now}
    names = ";".join(headers)
    asked = "\n".join([method, path, query, *(f"{k}:{v}" for k, v in headers.items()), "", names, digest])
    scope = f"{now[:8]}/{store['AWS_REGION']}/s3/aws4_request"
    key = ("AWS4" + store["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in scope.split("/"):
        key = mac(key, part)
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(asked.encode()).hexdigest()])
    headers["Authorization"] = (f"AWS4-HMAC-SHA256 Credential={store['AWS_ACCESS_KEY_ID']}/{scope}, SignedHeaders={names}, "
                                f"Signature={mac(key, text).hex()}")
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request(method, f"{path}?{query}", data, headers)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, body
    return body


def begin_upload(store: dict, path: str, data: bytes) -> None:
    """The first part of an upload that nobody completes."""
    upload = signed(store, "POST", path, "uploads=").partition(b"<UploadId>")[2].partition(b"<")[0].decode()
    signed(store, "PUT", path, f"partNumber=1&uploadId={upload}", data)


def at_once(work, cases: list) -> list:
    """Most of each is waiting."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(work, range(len(cases)), cases))


def met(foresell, folder: Path, store: dict, address: str, faults: list[Fault]) -> list:
    """A shop of the address for each fault, which the store has while it is read."""
    def meets(n: int, fault: Fault) -> Run:
        with faulty(port(store), fault) as proxy:
            run = open_shop(foresell, folder / str(n), address, env=through(store, proxy))
        assert fault.times == 0, ("the fault was met", fault)
        return run

    return at_once(meets, faults)


def test_what_passes_is_tried_again(foresell, tmp_path, store):
    faults = [Fault("503", 3, body=BUSY), Fault("500", 3), Fault("reset", 3), Fault("cut", 2, only=".csv", method="GET"),
              Fault("503", 3, only="list-type", body=BUSY)]
    for run in met(foresell, tmp_path, store, "s3://shop/lines/*.csv", faults):
        check(run, LINES)
        told_nothing(run.folder, SECRET)


def test_parquet_is_read_whole(foresell, tmp_path, store):
    faults = [Fault("503", 3, body=BUSY), Fault("reset", 3), Fault("cut", 2, method="GET")]
    for run in met(foresell, tmp_path, store, "s3://shop/tables/sales.parquet", faults):
        assert run.ask("count(*)") == [(50000,)]


def test_what_does_not_pass_ends_with_a_message(foresell, tmp_path, store):
    def meets(n: int, case: tuple) -> None:
        address, fault, word = case
        with faulty(port(store), fault) as proxy:
            said = foresell("init", tmp_path / str(n), "--from", address, check=False, env=through(store, proxy))
        refused(said, (4,), "s3://shop/lines/", word, secrets=(SECRET,))
        assert not (tmp_path / str(n) / "foresell.yaml").exists()

    at_once(meets, [(address, fault, word) for address in ("s3://shop/lines/lines_0.csv", "s3://shop/lines/*.csv") for fault, word in (
        (Fault("503", body=BUSY), "busy"), (Fault("reset"), "does not answer"), (Fault("cut", only=".csv", method="GET"), "broke off"),
        (Fault("403", body=EXPIRED), "AWS_SESSION_TOKEN"))])


def test_one_file_of_many_that_fails_is_not_left_out(foresell, tmp_path, store):
    with faulty(port(store), Fault("503", only="lines_1.csv", body=BUSY)) as proxy:
        said = foresell("init", tmp_path / "shop", "--from", "s3://shop/lines/*.csv", check=False, env=through(store, proxy))
    refused(said, (4,), "lines_1.csv", "busy")
    foresell("init", tmp_path / "shop", "--from", "s3://shop/lines/*.csv", env=store)
    with faulty(port(store), Fault("503", only="lines_2.csv", body=BUSY)) as proxy:
        refused(foresell("run", tmp_path / "shop", check=False, env=through(store, proxy)), (4,), "lines_2.csv", "busy")


def test_a_file_that_is_half_uploaded_is_not_there(foresell, tmp_path, store):
    """Only what the store has whole is listed: an upload in parts that nobody completed is no file."""
    begin_upload(store, "/shop/half/lines_1.csv", delimited(LINES[200:400]).encode())
    (Path(store["FOLDER"]) / "shop" / "half").mkdir(exist_ok=True)
    (Path(store["FOLDER"]) / "shop" / "half" / "lines_0.csv").write_text(delimited(LINES[:200]))
    run = open_shop(foresell, tmp_path / "shop", "s3://shop/half/*.csv", env=store)
    check(run, LINES[:200])
    refused(foresell("init", tmp_path / "other", "--from", "s3://shop/half/lines_1.csv", check=False, env=store), (4,), "no such file")


def test_a_bucket_a_region_or_a_user_that_is_wrong_is_told(foresell, tmp_path, store):
    def init(address, **env):
        return foresell("init", tmp_path / "shop", "--from", address, check=False, env={**store, **env})

    refused(init("s3://none/lines/lines_0.csv"), (4,), "s3://none", "no such file", secrets=(SECRET,))
    refused(init("s3://none/lines/*.csv"), (4,), "s3://none", "bucket", secrets=(SECRET,))
    refused(init("s3://shop/lines/lines_0.csv", AWS_REGION="eu-west-3"), (4,), "AWS_REGION", secrets=(SECRET,))
    refused(init("s3://shop/lines/*.csv", AWS_REGION="eu-west-3"), (4,), "AWS_REGION", secrets=(SECRET,))
    refused(init("s3://shop/lines/*.csv", AWS_ACCESS_KEY_ID="nobody"), (4,), "AWS_ACCESS_KEY_ID", secrets=(SECRET,))
    refused(init("s3://shop/lines/*.csv", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""), (4,), "AWS_ACCESS_KEY_ID")


def test_ten_thousand_keys_come_in_pieces(foresell, tmp_path, store):
    many = Path(store["FOLDER"]) / "shop" / "many"
    many.mkdir()
    for n in range(10000):
        (many / f"other_{n:05d}.txt").touch()
    for part in range(3):
        (many / f"sales_{part}.csv").write_text(delimited(LINES[part * 200 : part * 200 + 200]))
    with faulty(port(store)) as proxy:
        run = open_shop(foresell, tmp_path / "shop", "s3://shop/many/*.csv", env=through(store, proxy))
    check(run, LINES)
    assert sum("list-type" in request for request in proxy.requests) >= 10, "a store gives 1,000 at a time"
