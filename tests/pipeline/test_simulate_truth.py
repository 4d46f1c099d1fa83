"""The simulated retailer has the effects that its truth says: each is estimated again from its files,
by plain SQL that knows nothing of how they were made, and compared with the truth beside them."""
import hashlib
import subprocess
from pathlib import Path

import duckdb
import pytest


class Shop:
    """The files of a shop as tables, the truth about it with t_ before the name."""

    def __init__(self, foresell, folder: Path, *options: object):
        foresell("simulate", folder, *options)
        self.connection = duckdb.connect()
        for path in folder.glob("*.csv"):
            self.load(path.stem, path)
        for path in Path(f"{folder}-truth").glob("*.csv"):
            self.load("t_" + path.stem, path)

    def load(self, name: str, path: Path):
        self.connection.execute(f"create table {name} as from read_csv('{path}', header = true, sample_size = -1)")

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()

    def value(self, sql: str) -> float:
        return self.rows(sql)[0][0]


@pytest.fixture(scope="module")
def panel(foresell, tmp_path_factory) -> Shop:
    """A row per item, store and day; `demand` is what was wanted: sold, and what the shelf lacked."""
    shop = Shop(foresell, tmp_path_factory.mktemp("panel") / "files", "--panel", "--items", 150, "--stores", 3,
                "--days", 730, "--lines", 1_200_000, "--customers", 10)
    shop.connection.execute("""
        create table demand as
        select s.*, s.units + coalesce(l.lost, 0) as wanted, p.promotion_id, p.promotion_type, p.discount_pct
        from sales as s
        left join t_shortages as l using (date, store_id, product_id)
        left join promotions as p on p.product_id = s.product_id and s.date between p.start_date and p.end_date""")
    return shop


@pytest.fixture(scope="module")
def till(foresell, tmp_path_factory) -> Shop:
    return Shop(foresell, tmp_path_factory.mktemp("till") / "files", "--items", 80, "--stores", 2,
                "--days", 730, "--lines", 250_000, "--customers", 6000)


# What an item sells in a promotion against the three weeks before it, no other promotion of its own near.
AROUND = """
    with one as (
        select p.promotion_id, p.product_id, p.promotion_type, p.discount_pct, t.log_lift, i.elasticity,
               sum(case when d.date between p.start_date and p.end_date then wanted end) as during,
               sum(case when d.date between p.start_date - 21 and p.start_date - 1 then wanted end) / 3 as before,
               sum(case when d.date between p.end_date + 1 and p.end_date + 7 then wanted end) as after
        from promotions as p
        join t_promotions as t using (promotion_id)
        join t_items as i using (product_id)
        join demand as d on d.product_id = p.product_id and d.date between p.start_date - 21 and p.end_date + 7
        where i.season = 0 and p.start_date - 35 > i.launched and p.end_date + 14 < i.ended
          and month(p.start_date) not in (3, 4, 11, 12, 1) and month(p.end_date + 7) not in (3, 4, 11, 12, 1)
        group by all having before > 30)
"""


def test_price_alone_moves_demand_by_its_elasticity(panel):
    """Log units on log price, by least squares through the origin, is as steep as the elasticities."""
    pairs = panel.rows(AROUND + """select ln(during / before), elasticity * ln(1 - discount_pct / 100.0), before
                                   from one where promotion_type = 'price cut'""")
    slope = sum(w * x * y for y, x, w in pairs) / sum(w * x * x for y, x, w in pairs)
    assert len(pairs) > 30
    assert slope == pytest.approx(1, abs=0.12)


def test_each_items_elasticity_orders_the_answers_to_its_price(panel):
    weak, strong = (panel.value(AROUND + f"""
        select sum(ln(during / before) * before) / sum(ln(1 - discount_pct / 100.0) * before) from one
        where promotion_type = 'price cut' and elasticity {where}""") for where in ("> -2", "<= -2"))
    assert strong < weak - 0.5 < 0


def test_feature_and_display_lift_beyond_the_price(panel):
    found, true = panel.rows(AROUND + """
        select ln(sum(during) / sum(before * exp(elasticity * ln(1 - discount_pct / 100.0)))),
               ln(sum(before * exp(elasticity * ln(1 - discount_pct / 100.0) + log_lift))
                  / sum(before * exp(elasticity * ln(1 - discount_pct / 100.0))))
        from one where promotion_type <> 'price cut'""")[0]
    assert true > 0.3
    assert found == pytest.approx(true, abs=0.12)


def test_people_stock_up_so_that_the_week_after_dips(panel):
    dip = panel.value(AROUND + "select sum(after) / sum(before) from one")
    assert 0.76 < dip < 0.95  # on average 1 - 0.25 exp(-days / 5) = 0.86 in that week
    pulled, lifted = panel.rows("select sum(pulled_units), sum(lifted_units) from t_promotions")[0]
    assert -0.5 * lifted < pulled < 0


# Items that are not promoted themselves nor were lately: units of a week against the item's own usual week.
BESIDE = """
    with weeks as (
        select product_id, cast(date_trunc('week', date) as date) as week, sum(wanted) as wanted, count(*) as cells
        from demand group by all having count(*) filter (where on_promotion) = 0),
    usual as (select product_id, median(wanted / cells) as usual from weeks group by 1),
    beside as (
        select w.product_id, w.week, w.wanted, w.cells * u.usual as usual,
               exists (select 1 from promotions as p join t_items as i using (product_id)
                       where i.halo_product = w.product_id and p.start_date <= w.week + 3 and p.end_date >= w.week + 3) as haloed,
               (select count(*) from promotions as p join products as a using (product_id)
                join products as b on a.subcategory = b.subcategory and b.product_id = w.product_id
                where a.product_id <> w.product_id and p.start_date <= w.week + 3 and p.end_date >= w.week + 3) as rivals
        from weeks as w join usual as u using (product_id) join t_items as i using (product_id)
        where i.season = 0 and u.usual > 0 and w.week > i.launched + 60)
"""


def test_a_promoted_partner_pulls_its_neighbour_along(panel):
    """As many rivals, with and without a promoted partner: 1.15 where it runs the whole week."""
    pairs = panel.rows(BESIDE + """select rivals, sum(wanted) filter (where haloed) / sum(usual) filter (where haloed),
                                   sum(wanted) filter (where not haloed) / sum(usual) filter (where not haloed),
                                   sum(usual) filter (where haloed) from beside group by 1""")
    pairs = [p for p in pairs if p[3] and p[2]]
    ratio = sum(w * a / b for _, a, b, w in pairs) / sum(w for *_, w in pairs)
    assert 1.04 < ratio < 1.24
    assert panel.value("select sum(halo_units) from t_promotions") > 0


def test_rivals_promotions_take_from_an_item(panel):
    none, some = panel.rows(BESIDE + """select sum(wanted) filter (where rivals = 0) / sum(usual) filter (where rivals = 0),
        sum(wanted) filter (where rivals >= 1) / sum(usual) filter (where rivals >= 1) from beside where not haloed""")[0]
    assert 0.85 < some / none < 0.99
    assert panel.value("select sum(cannibalised_units) from t_promotions") < 0


def test_empty_shelves_censor_sales(panel):
    """Where the evening's shelf was empty, less was sold than wanted on many days; elsewhere never."""
    lost_elsewhere = panel.value("""select count(*) from t_shortages as l left join stock as s
        using (date, store_id, product_id) where s.on_hand is null or s.on_hand > 0""")
    days, lost = panel.rows("select count(*), sum(lost) from t_shortages")[0]
    assert lost_elsewhere == 0
    assert days > 500
    share = lost / panel.value("select sum(wanted) from demand")
    assert 0.005 < share < 0.2
    assert panel.value("select count(*) from stock where (on_hand > 0) <> in_stock") == 0


def test_stock_is_of_stores_that_are_open(panel):
    early = panel.value("""select count(*) from stock as s join stores as o using (store_id)
                           where s.date < o.opened""")
    assert early == 0


def test_trends_are_found_in_the_years_growth(panel):
    """Units of the second year's days over the same days of the first, items without promotion or price."""
    pairs = panel.rows("""
        select ln(sum(wanted) filter (where date >= date '2023-01-02' + 364) / sum(wanted) filter (where date < date '2023-01-02' + 364)),
               any_value(i.trend_a_year), sum(wanted)
        from demand join t_items as i using (product_id)
        where date < date '2023-01-02' + 728 and i.launched = date '2023-01-02' and i.ended >= date '2024-12-31'
        group by product_id having count(*) filter (where on_promotion) = 0 and sum(wanted) > 2000""")
    mean_y = sum(y for y, _, _ in pairs) / len(pairs)
    mean_x = sum(x for _, x, _ in pairs) / len(pairs)
    slope = sum((x - mean_x) * (y - mean_y) for y, x, _ in pairs) / sum((x - mean_x) ** 2 for _, x, _ in pairs)
    assert len(pairs) > 20
    assert slope == pytest.approx(1, abs=0.35)


def test_seasons_peak_when_the_truth_says(panel):
    """Of the seasonal items, the quarter around the peak sells more than the opposite one, as its size says."""
    found, true = panel.rows("""
        with days as (
            select product_id, i.season, wanted,
                   cos(2 * pi() * (dayofyear(date) - 1 - i.season_peak) / 365.25) as turn
            from demand join t_items as i using (product_id)
            where i.season > 0.2 and not on_promotion and month(date) not in (11, 12)
              and i.launched = date '2023-01-02' and i.ended >= date '2024-12-31'),
        items as (
            select product_id, ln(avg(wanted) filter (where turn > 0.7) / avg(wanted) filter (where turn < -0.7)) as found,
                   season * (avg(turn) filter (where turn > 0.7) - avg(turn) filter (where turn < -0.7)) as truth,
                   sum(wanted) as weight from days group by product_id, season)
        select sum(found * weight) / sum(weight), sum(truth * weight) / sum(weight) from items where found is not null""")[0]
    assert true > 0.4
    assert found == pytest.approx(true, rel=0.2)


def test_holidays_move_the_total(panel):
    friday = panel.value("""
        select sum(wanted) filter (where date = date '2023-11-24') / (sum(wanted) filter (where date in (date '2023-11-10', date '2023-11-17')) / 2)
        from demand""")
    assert friday == pytest.approx(2.718281828 ** 0.6, rel=0.2)
    closed = panel.value("select count(*) from demand where month(date) = 12 and day(date) = 25")
    assert closed == 0


def test_popularity_is_skewed(panel):
    share = panel.value("""
        with items as (select sum(wanted) as units from demand group by product_id),
        ranked as (select units, row_number() over (order by units desc) as place, count(*) over () as items from items)
        select sum(units) filter (where place <= items / 5) / sum(units) from ranked""")
    assert 0.45 < share < 0.85


def test_new_and_ending_products_sell_only_while_they_are_there(panel):
    outside = panel.value("""select count(*) from sales join t_items as i using (product_id)
                             where date < i.launched or date >= i.ended""")
    new, ending = panel.rows("""select count(*) filter (where launched > date '2023-01-02'),
                                count(*) filter (where ended < date '2024-12-31') from t_items""")[0]
    assert outside == 0
    assert new >= 5 and ending >= 5


def test_customers_who_left_buy_no_more_and_come_as_often_as_their_rate(till):
    late = till.value("""select count(*) from sales as s join t_customers as c using (customer_id)
                         where s.quantity > 0 and (cast(s.time as date) >= c."left" or cast(s.time as date) < c.joined)""")
    assert late == 0
    gone = till.value("""select count(*) from t_customers where "left" < date '2024-12-31'""")
    assert gone > 1000
    often, seldom = till.rows("""
        with visits as (select customer_id, count(distinct basket_id) as n from sales where quantity > 0 group by 1),
        people as (select c.*, coalesce(n, 0) as n, date_diff('day', joined, least("left", date '2025-01-01')) as days
                   from t_customers as c left join visits using (customer_id))
        select sum(n) filter (where visits_a_day > 0.05) / sum(days * visits_a_day) filter (where visits_a_day > 0.05),
               sum(n) filter (where visits_a_day <= 0.05) / sum(days * visits_a_day) filter (where visits_a_day <= 0.05)
        from people where days > 60""")[0]
    assert seldom == pytest.approx(often, rel=0.3)


def test_a_good_quarter_of_the_customers_is_lost_in_a_year(till):
    lost, share = till.rows("""select count(*) filter (where "left" < joined + 365) / count(*),
        count(*) filter (where "left" < date '2025-01-01') / count(*) from t_customers where joined = date '2023-01-02'""")[0]
    assert 0.2 < lost < 0.3 and share < 0.5


def test_randomised_campaigns_bring_visits_to_the_treated_alone(till):
    """Visits of treated over control in the four weeks, by segment, against the true uplift."""
    rows = till.rows("""
        with visits as (
            select t.campaign_id, t.customer_id, t.treated, c.segment, count(distinct s.basket_id) as n
            from campaign_contacts as t join t_customers as c using (customer_id)
            left join sales as s on s.customer_id = t.customer_id and s.quantity > 0
                 and cast(s.time as date) between t.sent_date + 1 and t.sent_date + 27
            group by all)
        select u.uplift, avg(n) filter (where treated) / avg(n) filter (where not treated) - 1, count(*)
        from visits join t_campaigns as u using (campaign_id, segment) group by campaign_id, segment, u.uplift""")
    large = [(true, found) for true, found, _ in rows if true >= 0.3]
    none = [found for true, found, _ in rows if true == 0]
    assert len(rows) == 12 and len(large) == 4
    assert sum(f for _, f in large) / 4 == pytest.approx(sum(t for t, _ in large) / 4, abs=0.2)
    assert sum(none) / len(none) == pytest.approx(0, abs=0.12)


def test_treated_and_control_are_alike_before(till):
    treated, control = till.rows("""
        select avg(n) filter (where treated), avg(n) filter (where not treated) from (
            select t.customer_id, t.campaign_id, t.treated, count(distinct s.basket_id) as n
            from campaign_contacts as t left join sales as s on s.customer_id = t.customer_id
                 and cast(s.time as date) between t.sent_date - 60 and t.sent_date - 1
            where campaign_id = 'CAMP1' group by all)""")[0]
    assert treated == pytest.approx(control, rel=0.12)


def test_what_contacts_spent_is_in_the_sales(till):
    wrong = till.value("""
        with spent as (
            select t.campaign_id, t.customer_id, any_value(t.spend) as noted, coalesce(sum(s.amount), 0) as found
            from campaign_contacts as t left join sales as s on s.customer_id = t.customer_id and s.quantity > 0
                 and cast(s.time as date) between t.sent_date + 1 and t.sent_date + 27
            group by t.campaign_id, t.customer_id)
        select count(*) from spent where abs(noted - found) > 0.02""")
    assert wrong == 0


def test_items_come_back_at_their_rate(till):
    found, true = till.rows("""
        select sum(back) / sum(lines), sum(rate * lines) / sum(lines) from (
            select product_id, count(*) filter (where quantity < 0) as back, count(*) filter (where quantity > 0) as lines,
                   any_value(return_rate) as rate
            from sales join t_items using (product_id) where cast(time as date) < date '2024-11-25' group by 1)""")[0]
    assert found == pytest.approx(true, rel=0.15)


def digests(folder: Path) -> dict[str, str]:
    both = [*folder.iterdir(), *Path(f"{folder}-truth").iterdir()]
    return {f"{p.parent.name[-5:]}/{p.name}": hashlib.sha256(p.read_bytes()).hexdigest() for p in both}


@pytest.mark.parametrize("form", [(), ("--parquet",), ("--panel", "--dirt", "0.05")])
def test_the_same_seed_gives_the_same_bytes_for_any_threads(foresell, tmp_path, form):
    small = ("--items", 30, "--stores", 2, "--customers", 200, "--days", 90, "--lines", 6000, *form)
    for threads in (1, 3):
        (tmp_path / f"{threads}").mkdir()
        foresell("simulate", tmp_path / f"{threads}" / "files", *small, "--threads", threads)
    assert digests(tmp_path / "1" / "files") == digests(tmp_path / "3" / "files")


def test_memory_does_not_grow_with_the_lines(foresell, tmp_path):
    peaks = []
    for lines in (60_000, 900_000):
        out = tmp_path / f"peak{lines}"
        foresell("simulate", tmp_path / f"s{lines}", "--lines", lines, "--days", 300,
                 prefix=["/usr/bin/time", "-f", "%M", "-o", out])
        peaks.append(int(out.read_text()))
    assert peaks[1] < peaks[0] + 24 * 1024, "kilobytes"


@pytest.mark.parametrize("options, word", [
    (("--items", "0"), "items"), (("--items", "many"), "items"), (("--dirt", "0.5"), "dirt"), (("--dirt", "nan"), "dirt"),
    (("--start", "2023-02-30"), "2023-02-30"), (("--start", "9999-12-31"), "start"), (("--days", "1e9"), "days"),
    (("--lines", "-1"), "lines"), (("--lines", "1e18"), "lines"), (("--dirt", "0.1", "--parquet"), "CSV"),
    (("--itms", "5"), "items"), (("--items", "10000000", "--stores", "100000"), "memory"),
    (("--items", "1", "--stores", "1", "--days", "1", "--lines", "1000000000000"), "lines")])
def test_bad_options_are_told(foresell, tmp_path, options, word):
    result = foresell("simulate", tmp_path / "files", *options, check=False, timeout=60)
    assert result.returncode in (2, 4), result.stderr
    assert word in result.stderr
    assert not (tmp_path / "files").exists()


def test_a_full_disk_is_told(foresell, tmp_path):
    result = subprocess.run(["bash", "-c", 'ulimit -f 200; trap "" XFSZ; exec "$@"', "x", foresell.binary, "simulate",
                             str(tmp_path / "files")], capture_output=True, text=True, timeout=120)
    assert result.returncode == 4 and "files" in result.stderr
