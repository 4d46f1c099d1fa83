"""What a customer may want next, and when: the operators similar_items and recommend, and the steps that tell."""

import duckdb
import pytest


def rows(path, sql):
    return duckdb.sql(sql.format(t=f"'{path}'")).fetchall()


def table(project, name):
    """Of the newest run that has it."""
    return max(project.glob(f"runs/20*/tables/{name}.parquet"))


@pytest.fixture(scope="module")
def purchases(tmp_path_factory):
    """Coffee goes with filters, tea with honey; b6 buys all."""
    path = tmp_path_factory.mktemp("purchases") / "purchases.csv"
    lists = {"b1": "coffee filters", "b2": "coffee filters milk", "b3": "tea honey", "b4": "tea honey milk", "b5": "coffee",
             "b6": "coffee filters tea honey milk"}
    lines = [f"{buyer},{item}" for buyer, items in lists.items() for item in items.split()]
    lines += ["b5,coffee", ",coffee", "b1,"]
    path.write_text("row,buyer,item\n" + "".join(f"{n},{line}\n" for n, line in enumerate(lines)))
    return path


def test_similar_items_go_by_buyers_in_common(foresell, purchases, tmp_path):
    foresell("apply", "similar_items", purchases, "--order", "row", "--buyer", "buyer", "--item", "item", "-o", tmp_path / "o.parquet")
    found = {(a, b): (s, n) for a, b, s, n in rows(tmp_path / "o.parquet", "select item, other, similarity, together from {t}")}
    assert found["coffee", "filters"][1] == 3 and found["filters", "coffee"] == found["coffee", "filters"]
    assert found["tea", "honey"][0] == pytest.approx(1)
    weights = {"b1": 1 / 2, "b2": 1 / 3, "b5": 1, "b6": 1 / 5}
    both = weights["b1"] + weights["b2"] + weights["b6"]
    assert found["coffee", "filters"][0] == pytest.approx(both / (sum(weights.values()) * both) ** 0.5, rel=1e-12)
    assert ("coffee", "tea") not in found, "one buyer of both tells nothing"


def test_recommend_tells_what_the_buyer_does_not_have(foresell, purchases, tmp_path):
    foresell("apply", "recommend", purchases, "--order", "row", "--buyer", "buyer", "--item", "item", "-o", tmp_path / "o.parquet")
    told = rows(tmp_path / "o.parquet", "select buyer, place, item, because from {t} order by buyer, place")
    assert ("b5", 1, "filters", "coffee") in told
    have = set(rows(purchases, "select buyer, item from {t} where item is not null"))
    assert not [row for row in told if (row[0], row[2]) in have]
    assert "b6" not in {row[0] for row in told}


@pytest.mark.parametrize("method", ["buyers", "factors"])
def test_the_order_of_rows_and_names_does_not_matter(foresell, purchases, tmp_path, method):
    given = rows(purchases, "select row, buyer, item from {t}")
    results = []
    for n, lines in enumerate([given, given[::-1]]):
        path = tmp_path / f"{n}.csv"
        path.write_text("row,buyer,item\n" + "".join(f"{i},{b or ''},{x or ''}\n" for i, (_, b, x) in enumerate(lines)))
        foresell("apply", "similar_items", path, "--order", "row", "--buyer", "buyer", "--item", "item", "--method", method,
                 "--factors", 3, "-o", tmp_path / f"{n}.parquet")
        results.append(rows(tmp_path / f"{n}.parquet", "select * from {t} order by item, place"))
    assert results[0] == results[1]


@pytest.mark.parametrize("lines", [[], ["0,b1,tea"], ["0,,"], ["0,b1,tea", "1,b1,tea"]])
def test_purchases_that_tell_nothing_give_an_empty_table(foresell, tmp_path, lines):
    path = tmp_path / "few.csv"
    path.write_text("\n".join(["row,buyer,item", *lines]) + "\n")
    for operator in ("similar_items", "recommend"):
        done = foresell("apply", operator, path, "--order", "row", "--buyer", "buyer", "--item", "item", check=bool(lines))
        assert not done.stdout.strip().splitlines()[1:]


@pytest.fixture(scope="module")
def project(foresell, shop, tmp_path_factory):
    folder = tmp_path_factory.mktemp("next") / "shop"
    foresell("init", folder, "--from", shop)
    for step in ("next_product_replay", "next_products", "next_purchases"):
        foresell("run", folder, "--only", step, "--resume")
    return folder


def test_lists_hold_five_products_of_each_kind_at_most(project):
    told = rows(table(project, "next_products"), "select customer, kind, place, item, because, days from {t}")
    assert len(told) > 500
    for customer, kind, place, item, because, days in told:
        assert 1 <= place <= 5 and (days is not None and days >= 2) == (kind == "again") == (because is None), customer


def test_the_replay_counts_what_was_bought_after_the_lists_were_made(project):
    """Counted anew from the tables: of customers who bought something new to them, how many bought one of the five."""
    t = {n: f"'{table(project, n)}'" for n in ("customer_items", "product_scores", "sales_lines")}
    judged, hit = duckdb.sql(f"""
        with origin as (select min(as_of) as as_of from {t['customer_items']}),
        had as (select customer, item from {t['customer_items']} join origin using (as_of)),
        later as (select distinct customer, item from {t['sales_lines']}, origin where kind = 'sale' and day > as_of
            and customer in (select customer from had)),
        fresh as (select * from later anti join had using (customer, item)),
        told as (select customer, item from {t['product_scores']} join origin using (as_of) where kind = 'new')
        select count(distinct fresh.customer), count(distinct fresh.customer) filter (where told.item is not null)
        from fresh left join told using (customer, item)""").fetchone()
    found = rows(table(project, "next_product_replay"), "select customers, hit from {t} where kind = 'new' and method = 'told'")
    assert found == [(judged, pytest.approx(hit / judged))] and judged > 20


def test_lists_of_the_replay_know_nothing_later(foresell, project, shop, tmp_path):
    """Without the last 60 days of the files today's lists are those that the replay judged."""
    last, = rows(table(project, "business_days"), "select max(day) from {t}")[0]
    origin, = rows(table(project, "customer_items"), "select min(as_of) from {t}")[0]
    assert (last - origin).days == 60
    cut = tmp_path / "files"
    cut.mkdir()
    for path in shop.glob("*.csv"):
        if path.name != "sales.csv":
            (cut / path.name).write_bytes(path.read_bytes())
    header, *lines = (shop / "sales.csv").read_text().splitlines()
    column = next(i for i, cell in enumerate(lines[0].split(",")) if cell[:2] == "20" and cell[4] == "-")
    kept = [line for line in lines if line.split(",")[column][:10] <= str(origin)]
    (cut / "sales.csv").write_text("\n".join([header, *kept]) + "\n")
    foresell("init", tmp_path / "shop", "--from", cut)
    foresell("run", tmp_path / "shop", "--only", "product_scores")
    early = rows(table(tmp_path / "shop", "product_scores"), f"select * from {{t}} where as_of = date '{origin}' order by all")
    assert early == rows(table(project, "product_scores"), f"select * from {{t}} where as_of = date '{origin}' order by all")
    assert len(early) > 100


def test_the_next_purchase_lies_a_usual_pause_after_the_last(project):
    for last, early, usual, late, expected, silent, overdue in rows(
            table(project, "next_purchases"),
            "select last_day, early_gap, usual_gap, late_gap, expected_day, silent, overdue from {t}"):
        assert early <= usual <= late and abs((expected - last).days - max(usual, 1)) <= 0.5 and overdue == (silent > late)


def test_on_real_sales_lists_beat_best_sellers(foresell, data, tmp_path):
    foresell("init", tmp_path / "shop", "--from", data / "online_retail_ii")
    foresell("run", tmp_path / "shop", "--only", "next_product_replay")
    hit = {(k, m): h for k, m, h in rows(table(tmp_path / "shop", "next_product_replay"), "select kind, method, hit from {t}")}
    assert hit["new", "told"] > 1.5 * hit["new", "best sellers"]
    assert hit["again", "told"] > hit["again", "best sellers"]
