"""What orders cost, in a replay: foresell's forecasts and the organisers' planner on the past of VN2 (599 items in shops, 157 weeks).

A round is the competition's: orders at the end of weeks 0 to 5 from an origin, to be sold from weeks 3 to 8 on, whose costs count, .2 for a
unit that is left at the end of a week and 1 for a unit that was asked for and not there, which is lost. It opens with stock and open orders by the
organisers' own rule (the mean of the last 52 weeks, rounded up, and as much again in two weeks), the same for both. In a week out of stock nobody
knows what was asked for: it sells nothing and costs nothing. Both planners see what lies before the order, and nothing else.

The organisers' planner: a mean of 13 weeks with the season of the calendar's week taken out, up to four weeks of it, less what is there and on
the way. Ours: paths of the model counts, with the season of the item's department group over all shops as the index that its own is
drawn to; of each path what is left when the order comes, under lost sales, and what is asked for then; the order is the quantile 1 / (1 + .2)
of what is not covered, which is the newsvendor's.

With --run ours are those of `foresell run`: a shop's folder of each round, with the competition's files cut at the week, a project as `foresell init` writes it
with the two costs said, and the step order_lines.
"""
from __future__ import annotations

import shutil
import sys
from typing import Callable

import duckdb

from common import DATA, FORESELL, WORK, Cost, measure

HOLDING, SHORTAGE = 0.2, 1.0
ORDERS, LEAD, LAST = 6, 3, 8  # weeks with an order, from an order to its sale, of the round
ORIGINS = tuple(range(112, 149, 4))  # the last ends with the data
PATHS = 500
YEAR = 52
WINDOW = 13  # of the organisers' mean
FOLDER = DATA / "vn2"


# ---- the data ----

def read(db: duckdb.DuckDBPyConnection) -> None:
    """weeks and sales: units is null out of stock, `sold` zero there."""
    def long(file: str, name: str) -> str:
        return f"""(unpivot (select * from read_csv('{FOLDER}/{file}', header = true, all_varchar = true))
                    on columns(* exclude (Store, Product)) into name day value {name})"""
    db.execute(f"""create or replace table sales as
        select cast(Store as integer) * 1000 + cast(Product as integer) as item, cast(DepartmentGroup as integer) as category,
            cast(dense_rank() over (order by day) - 1 as integer) as week, cast(day as date) as day,
            coalesce(cast(cast(units as double) as integer), 0) as sold, case when upper(known) = 'TRUE' then sold end as units
        from {long('Week 0 - 2024-04-08 - Sales.csv', 'units')} join {long('Week 0 - In Stock.csv', 'known')} using (Store, Product, day)
        join (select * from read_csv('{FOLDER}/Week 0 - Master.csv', header = true, all_varchar = true)) using (Store, Product)""")
    db.execute("create or replace table weeks as select distinct week, day from sales")
    db.execute("create or replace table ahead as select week + 20 as week, day + 140 as day from weeks where week + 20 > (select max(week) from weeks)")
    db.execute("create or replace table calendar as select week, day, weekofyear(day) as place from (from weeks union all from ahead)")


# ---- what the planners make of what lies before the end of a week ----

def benchmark(db: duckdb.DuckDBPyConnection, end: int) -> None:
    """Into the table `targets`: what stock and open orders are filled up to."""
    db.execute(f"""insert into targets
        with season as (
            select place, mean / avg(mean) over () as factor
            from (select place, avg(mean) as mean from (select week, avg(units) as mean from sales where week <= {end} group by week)
                  join calendar using (week) group by place)),
        base as (
            select item, coalesce(avg(units / factor), 0) as mean from sales join calendar using (week) join season using (place)
            where week between {end} - {WINDOW - 1} and {end} group by item)
        select {end}, item, mean * (select sum(coalesce(factor, 1)) from calendar left join season using (place)
                                    where week between {end + 1} and {end + 4}) from base""")


def growth(db: duckdb.DuckDBPyConnection, end: int) -> float:
    """Of a year, of the items' weeks that are known a year apart; drawn to 1 by a thousand units."""
    return db.execute(f"""select coalesce((sum(now.units) + 1000.0) / (sum(before.units) + 1000.0), 1) from sales now join sales before
        on now.item = before.item and now.week = before.week + {YEAR} where now.week <= {end} and now.units is not null and before.units is not null""").fetchone()[0]


def index(db: duckdb.DuckDBPyConnection, end: int) -> None:
    """The table `season`: the factor of each place of the year, of a category drawn to all. Sold over what the items sell in the year about it."""
    db.execute(f"""create or replace temp table season as
        with past as (
            select item, category, week, place, units / power({growth(db, end)!r}, (week - {end}) / {YEAR}.0) as units
            from sales join calendar using (week) where week <= {end}),
        years as (
            select item, week, avg(units) over (partition by item order by week rows between {YEAR // 2} preceding and {YEAR // 2 - 1} following) as level
            from past),
        beside as (
            select past.*, level from past join years on past.item = years.item
                and years.week = least(greatest(past.week, {YEAR // 2}), greatest({end} + 1 - {YEAR // 2}, {YEAR // 2})) where units is not null),
        sums as (select category, place, sum(units) as sold, sum(level) as usual from beside group by category, place),
        whole as (select place, (sum(sold) + 200) / (sum(usual) + 200) as factor from sums group by place)
        select category, place, factor * (sold + 100) / (usual * factor + 100) as factor from sums join whole using (place)""")


def past(db: duckdb.DuckDBPyConnection, end: int) -> None:
    """Into the table `past`: what lies before the end, from where an item first was in stock, and the index of the weeks ahead."""
    index(db, end)
    db.execute(f"""insert into past
        with first as (select item, category, min(week) filter (units is not null and week <= {end}) as first from sales group by item, category)
        select {end}, item, calendar.day, case when calendar.week <= {end} then units end, calendar.week > {end}, season.factor
        from first cross join calendar left join sales using (item, week) left join season on season.category = first.category and season.place = calendar.place
        where calendar.week between coalesce(first, {end}) and {end + LEAD}""")


def forecast(db: duckdb.DuckDBPyConnection) -> Cost:
    """The file of `past` to the table `paths`: what is asked for in the three weeks of each path."""
    given, made = WORK / "stock-past.parquet", WORK / "stock-paths.parquet"
    db.execute(f"copy (from past order by all) to '{given}' (format parquet)")
    cost = measure(FORESELL, "apply", "forecast_paths", given, "--group", "week_end,item", "--order", "day", "--value", "units", "--ahead", "ahead",
                   "--seasonal_index", "factor", "--model", "counts", "--season", 1, "--horizon", LEAD, "--paths", PATHS, "-o", made)
    db.execute(f"""create or replace table paths as
        select week_end as week, item, path, {', '.join(f'coalesce(max(value) filter (step = {i}), 0) as asked_{i}' for i in range(1, LEAD + 1))}
        from '{made}' group by week_end, item, path""")
    return cost


# ---- what a run makes of it ----

def write_shop(db: duckdb.DuckDBPyConnection, origin: int, end: int) -> None:
    """The competition's files as of the end of a week of the round."""
    folder = WORK / "stock-shop"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    last, = db.execute("select day from weeks where week = ?", [end]).fetchone()
    shutil.copy(FOLDER / "Week 0 - Master.csv", folder / f"{last} - Master.csv")
    days = ", ".join(f'"{day}"' for day, in db.execute("select day from weeks where week <= ? order by week", [end]).fetchall())
    for name, file in (("Sales", "Week 0 - 2024-04-08 - Sales.csv"), ("In Stock", "Week 0 - In Stock.csv")):
        db.execute(f"""copy (select Store, Product, {days} from read_csv('{FOLDER}/{file}', header = true, all_varchar = true))
                       to '{folder}/{last} - {name}.csv' (header)""")
    db.execute(f"""copy (select item // 1000 as "Store", item % 1000 as "Product", cast(stock as integer) as "End Inventory",
                             cast(soon as integer) as "In Transit W+1", cast(later as integer) as "In Transit W+2"
                         from state where origin = {origin} order by item) to '{folder}/{last} - State.csv' (header)""")


def listed(db: duckdb.DuckDBPyConnection, week: int) -> str:
    """The order lists of a week of all rounds, one run each."""
    db.execute("create or replace table lists (origin integer, item integer, ordered integer)")
    project = WORK / "stock-project"
    for origin, in db.execute("select distinct origin from state order by origin").fetchall():
        write_shop(db, origin, origin + week)
        shutil.rmtree(project, ignore_errors=True)
        measure(FORESELL, "init", project, "--from", WORK / "stock-shop", "--set", f"stock.holding={HOLDING}", "--set", f"stock.shortage={SHORTAGE:.0f}")
        measure(FORESELL, "run", project, "--only", "order_lines")
        db.execute(f"""insert into lists select {origin}, cast(store as integer) * 1000 + cast(item as integer), cast(quantity as integer)
                       from '{project}/runs/latest/tables/order_lines.parquet'""")
    return "select origin, item, coalesce(ordered, 0) as ordered from state left join lists using (origin, item)"


# ---- the rounds ----

OURS = f"""select origin, item, cast(greatest(0, ceil(quantile_disc(asked_3 - greatest(greatest(stock + soon - asked_1, 0) + later - asked_2, 0),
               {SHORTAGE / (SHORTAGE + HOLDING)!r}) - 1e-9)) as integer) as ordered
           from state join paths using (item) where paths.week = state.origin + %d group by origin, item"""
THEIRS = """select origin, item, cast(greatest(0, round_even(target - stock - soon - later, 0)) as integer) as ordered
            from state join targets using (item) where targets.week = state.origin + %d"""


def open_rounds(db: duckdb.DuckDBPyConnection, origins: list[int]) -> None:
    db.execute(f"""create or replace table state as
        with opening as (select origin, item, avg(sold) as mean from sales cross join (select unnest({origins}) as origin)
                         where week between origin - {YEAR - 1} and origin group by origin, item)
        select origin, item, ceil(mean) as stock, 0 as soon, cast(greatest(0, round_even(mean * 2 - ceil(mean), 0)) as integer) as later from opening""")


def play(db: duckdb.DuckDBPyConnection, origins: list[int], orders: Callable[[int], str]) -> list[tuple[int, float, float]]:
    """Origin, holding and shortage of each round."""
    open_rounds(db, origins)
    db.execute("create or replace table costs (origin integer, holding double, shortage double)")
    for week in range(LAST + 1):
        if week > 0:
            db.execute(f"""create or replace table sold as select origin, item, units, stock + soon as stock, later as soon, ordered as later
                           from state join orders using (origin, item) join sales using (item) where sales.week = origin + {week}""")
            db.execute(f"""insert into costs select origin, sum({HOLDING} * greatest(stock - units, 0)), sum({SHORTAGE} * greatest(units - stock, 0))
                           from sold where {week} >= {LEAD} group by origin""")
            db.execute("create or replace table state as select origin, item, greatest(stock - coalesce(units, 0), 0) as stock, soon, later from sold")
        db.execute(f"create or replace table orders as {orders(week) if week < ORDERS else 'select origin, item, 0 as ordered from state'}")
    return db.execute("select origin, sum(holding), sum(shortage) from costs group by origin order by origin").fetchall()


def show(db: duckdb.DuckDBPyConnection, ours: list[tuple[int, float, float]], theirs: list[tuple[int, float, float]]) -> None:
    line = "{:8}{:>12}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}"
    print(line.format("origin", "week of", "holding", "shortage", "cost", "holding", "shortage", "cost", "less"))
    for (origin, *mine), (_, *other) in zip(ours, theirs):
        day, = db.execute("select day from weeks where week = ?", [origin]).fetchone()
        print(line.format(origin, str(day), *(f"{x:.0f}" for x in (*mine, sum(mine), *other, sum(other))), f"{100 * (1 - sum(mine) / sum(other)):.1f} %"))
    mean, base = (sum(h + s for _, h, s in rows) / len(rows) for rows in (ours, theirs))
    print(f"mean of {len(ours)}: {mean:.0f} beside {base:.0f}, {100 * (1 - mean / base):.1f} % less")


def main() -> None:
    by_run = "--run" in sys.argv[1:]
    origins = [int(word) for word in sys.argv[1:] if word != "--run"] or list(ORIGINS)
    if not FOLDER.exists():
        print(f"vn2: skipped, {FOLDER} is not there (FORESELL_DATA names the folder)")
        return
    WORK.mkdir(parents=True, exist_ok=True)
    db = duckdb.connect(config={"threads": 2})
    read(db)
    db.execute("create table targets (week integer, item integer, target double)")
    db.execute("create table past (week_end integer, item integer, day date, units integer, ahead boolean, factor double)")
    for end in sorted({origin + week for origin in origins for week in range(ORDERS)}):
        benchmark(db, end)
        if not by_run:
            past(db, end)
    theirs = play(db, origins, lambda week: THEIRS % week)
    if by_run:
        show(db, play(db, origins, lambda week: listed(db, week)), theirs)
        return
    cost = forecast(db)
    show(db, play(db, origins, lambda week: OURS % week), theirs)
    print(f"forecasts: {cost.cpu:.1f} CPU s")


if __name__ == "__main__":
    main()
