"""Tables of Delta and Iceberg: a folder that is one source, on this machine and in an object store. What was taken out of it is not read.

lakes/iceberg_sales.tar.gz was written by PyIceberg 0.12: four days of a hundred rows, of which one was deleted.
"""
import json
import tarfile
import uuid
from pathlib import Path

import duckdb
import pytest

import source_servers
from source_shop import Run, open_shop


def write_delta(folder: Path, days: list[int], removed: list[int]) -> None:
    """A part a day, each added by a version of its own; the `removed` ones are taken out again and still lie there."""
    log = folder / "_delta_log"
    log.mkdir(parents=True)
    fields = [{"name": n, "type": t, "nullable": True, "metadata": {}} for n, t in (("day", "date"), ("item", "string"), ("units", "long"), ("price", "double"))]
    versions = [[{"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
                 {"metaData": {"id": str(uuid.UUID(int=7)), "format": {"provider": "parquet", "options": {}}, "partitionColumns": [],
                               "schemaString": json.dumps({"type": "struct", "fields": fields}), "configuration": {}, "createdTime": 0}}]]
    for day in days:
        path = folder / f"part-{day}.parquet"
        duckdb.sql(f"copy (select date '2024-01-01' + {day} as day, 'P' || range % 7 as item, 1 + range % 3 as units, 2.5::double as price"
                   f" from range(100)) to '{path}'")
        versions.append([{"add": {"path": path.name, "partitionValues": {}, "size": path.stat().st_size, "modificationTime": 0, "dataChange": True}}])
    versions += [[{"remove": {"path": f"part-{day}.parquet", "deletionTimestamp": 0, "dataChange": True}}] for day in removed]
    for number, actions in enumerate(versions):
        (log / f"{number:020d}.json").write_text("".join(json.dumps(action) + "\n" for action in actions))


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lake") / "buckets"
    write_delta(folder / "shop" / "lake" / "sales", list(range(30)), [3, 4])
    (folder / "shop" / "lake" / "products.csv").write_text("item,name\n" + "".join(f"P{n},Article {n}\n" for n in range(7)))
    return folder


def as_in_the_table(run: Run) -> None:
    assert run.ask("count(*), count(distinct cast(time as date))") == [(2800, 28)]
    assert run.ask("count(*)", "products") == [(7,)]
    account = run.accounted()
    assert account["rows_in"] == account["rows_kept"] == 2807


def test_a_delta_table_is_one_source(foresell, tmp_path, lake):
    as_in_the_table(open_shop(foresell, tmp_path / "shop", lake / "shop" / "lake"))


def test_a_delta_table_in_an_object_store(foresell, tmp_path, lake):
    with source_servers.s3(lake) as env:
        as_in_the_table(open_shop(foresell, tmp_path / "shop", "s3://shop/lake/", env=env))
        assert "s3://shop/lake/sales/\"" in (tmp_path / "shop" / "foresell.yaml").read_text()


def test_an_iceberg_table(foresell, tmp_path, lake):
    with tarfile.open(Path(__file__).parent / "lakes" / "iceberg_sales.tar.gz") as packed:
        packed.extractall(lake / "shop" / "iceberg")
    with source_servers.s3(lake) as env:
        for source in (lake / "shop" / "iceberg", "s3://shop/iceberg/"):
            foresell("init", tmp_path / "shop", "--force", "--from", source, env=env)
            foresell("run", tmp_path / "shop", "--only", "missing_kinds", env=env)
            assert Run(tmp_path / "shop").ask("count(*), count(distinct cast(time as date)), sum(units)") == [(300, 3, 597)]
