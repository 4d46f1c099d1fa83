"""panel.py OUT ITEMS: the sales of ITEMS products in ten shops on 1,941 days, one row each, as Parquet in order of days.

That is the shape of M5 with 3,049 products. `foresell simulate` makes 305 products (a shop's list, with new and
ending products, promotions and closed days); each stands there several times under other names, and days on which
one was not on the list count as zero, as in M5, so that every series has every day.
"""
import subprocess
import sys
from pathlib import Path

import duckdb

from common import FORESELL, WORK

BASE, DAYS, STORES = 305, 1941, 10


def shape(folder: Path) -> str:
    """A SELECT of the simulated sales, dense, in order of days."""
    sales = folder / "sales.parquet"
    if not sales.exists():
        subprocess.run([FORESELL, "simulate", folder, "--items", str(BASE), "--stores", str(STORES), "--days", str(DAYS),
                        "--customers", "60000", "--lines", "0", "--panel", "--parquet"], check=True, stdout=subprocess.DEVNULL)
    return f"""
        with sold as (select product_id, store_id, date, sum(units) as units from '{sales}' group by all),
        items as (select product_id, row_number() over (order by product_id) - 1 as number from (select distinct product_id from sold)),
        stores as (select distinct store_id from sold),
        days as (select (select min(date) from sold) + cast(d as integer) as date from range({DAYS}) as r(d))
        select date, product_id, number, store_id, cast(coalesce(units, 0) as integer) as units
        from days cross join items cross join stores left join sold using (date, product_id, store_id)
        order by date, product_id, store_id"""


def main() -> None:
    out, items = Path(sys.argv[1]), int(sys.argv[2])
    copies = -(-items // BASE)
    db = duckdb.connect(config={"threads": 2, "memory_limit": "3GB"})
    db.execute(f"create table shape as {shape(WORK / 'panel-shop')}")
    db.execute(f"""
        copy (select product_id || '-' || lpad(cast(copy as varchar), 4, '0') as item, store_id as store, date as day, units
              from shape, range({copies}) as r(copy) where copy * {BASE} + number < {items})
        to '{out}.tmp' (format parquet)""")
    rows, series = db.execute(f"select count(*), count(distinct (item, store)) from read_parquet('{out}.tmp')").fetchone()
    assert (rows, series) == (items * STORES * DAYS, items * STORES), (rows, series)
    Path(f"{out}.tmp").rename(out)


if __name__ == "__main__":
    main()
