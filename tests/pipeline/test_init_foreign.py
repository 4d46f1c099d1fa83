"""init on made-up shops that other systems and countries would write (foreign_shops.py)."""
import json

import duckdb
import pytest

import foreign_shops

CHEAP = "missing_kinds"


@pytest.fixture(scope="module")
def opened(foresell, tmp_path_factory):
    done = {}

    def make(shop):
        if shop.__name__ not in done:
            folder = tmp_path_factory.mktemp("foreign") / shop.__name__
            files = folder / "files"
            files.mkdir(parents=True)
            truth = shop(files)
            said = json.loads(foresell("init", folder / "project", "--from", files, "--json").stdout)
            foresell("run", folder / "project", "--only", CHEAP)
            done[shop.__name__] = truth, said, (folder / "project" / "runs" / "latest").resolve()
        return done[shop.__name__]

    return make


every_shop = pytest.mark.parametrize("shop", foreign_shops.SHOPS, ids=lambda shop: shop.__name__)


def ask(run, table, what):
    return duckdb.sql(f"select {what} from '{run}/tables/{table}.parquet'").fetchone()


@every_shop
def test_columns_are_taken_for_what_they_are(opened, shop):
    truth, said, _ = opened(shop)
    found = {c["to"]: c["from"] for f in said["files"] for m in f["mappings"] if m["table"] == "sales" for c in m["columns"]}
    assert {role: found.get(role) for role in truth.roles} == truth.roles


@every_shop
def test_sales_are_complete(opened, shop):
    truth, _, run = opened(shop)
    rows, units, items, first, last = ask(
        run, "sales", "count(*), sum(units), count(distinct item), min(cast(time as date)), max(cast(time as date))")
    assert (rows, units, items) == (truth.rows, pytest.approx(truth.units, rel=1e-12), truth.items)
    assert (str(first), str(last)) == (truth.first, truth.last)
    if truth.amount:
        assert ask(run, "sales", "sum(amount)")[0] == pytest.approx(truth.amount, rel=1e-9)


@every_shop
def test_other_tables_and_settings(opened, shop):
    truth, said, run = opened(shop)
    for table, rows in truth.tables.items():
        assert ask(run, table, "count(*)")[0] == rows, table
    assert (said["period"], said["currency"] or "") == (truth.period, truth.currency)
