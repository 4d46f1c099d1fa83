"""init on made-up shops in the shapes of public data sets and of shop systems (unseen_shops.py), and on what else lies about."""
import json
import os
import re
import zipfile

import duckdb
import pytest

import unseen_shops

CHEAP = "missing_kinds"


@pytest.fixture(scope="module")
def opened(foresell, tmp_path_factory):
    """opened(shop): (what is true, what init said, the run's folder or None); a run only where it says more than init does."""
    done = {}

    def make(shop):
        if shop.__name__ not in done:
            folder = tmp_path_factory.mktemp("unseen") / shop.__name__
            files = folder / "files"
            files.mkdir(parents=True)
            truth = shop(files)
            said = json.loads(foresell("init", folder / "project", "--from", files, "--json").stdout)
            run = None
            if shop in unseen_shops.RUN:
                foresell("run", folder / "project", "--only", CHEAP)
                run = (folder / "project" / "runs" / "latest").resolve()
            done[shop.__name__] = truth, said, run
        return done[shop.__name__]

    return make


def by_name(shop):
    return shop.__name__


every_shop = pytest.mark.parametrize("shop", unseen_shops.SHOPS, ids=by_name)
shops_that_run = pytest.mark.parametrize("shop", unseen_shops.RUN, ids=by_name)


def ask(run, table, what):
    return duckdb.sql(f"select {what} from '{run}/tables/{table}.parquet'").fetchone()


def roles(said, table="sales"):
    found = {}
    for column in (c for f in said["files"] for m in f["mappings"] if m["table"] == table for c in m["columns"]):
        found.setdefault(column["to"], column)
    return found


@every_shop
def test_columns_are_taken_for_what_they_are(opened, shop):
    truth, said, _ = opened(shop)
    found = roles(said)
    assert {role: found.get(role, {}).get("from") for role in truth.roles} == truth.roles


@every_shop
def test_period_and_currency_are_found(opened, shop):
    truth, said, _ = opened(shop)
    if truth.rows:
        assert (said["period"], said["currency"] or "") == (truth.period, truth.currency)


@shops_that_run
def test_sales_are_complete(opened, shop):
    truth, _, run = opened(shop)
    rows, units, amount, items, first, last = ask(
        run, "sales", "count(*), coalesce(sum(units), 0), coalesce(sum(amount), 0), count(distinct item), min(cast(time as date)), max(cast(time as date))")
    assert (rows, items) == (truth.rows, truth.items)
    if truth.units:
        assert units == pytest.approx(truth.units, rel=1e-9)
    if truth.amount:
        assert amount == pytest.approx(truth.amount, rel=1e-9)
    if truth.rows:
        assert (str(first), str(last)) == (truth.first, truth.last)


@shops_that_run
def test_other_tables_are_complete(opened, shop):
    truth, _, run = opened(shop)
    assert {table: ask(run, table, "count(*)")[0] for table in truth.tables} == truth.tables


def test_a_date_and_a_time_of_day_become_one_time(opened):
    _, _, run = opened(unseen_shops.bakery)
    assert str(ask(run, "sales", "min(time)")[0]) == "2016-10-30 09:58:11"


def test_a_discount_as_a_share_becomes_money(opened):
    _, _, run = opened(unseen_shops.office_orders)
    assert ask(run, "sales", "max(discount / (amount + discount))")[0] == pytest.approx(0.5)


def test_goods_at_their_price_are_no_cost(opened):
    _, said, _ = opened(unseen_shops.supermarket_invoices)
    assert "cost" not in roles(said) and any("cogs is units x price" in text for text in said["assumed"])


def test_kinds_two_files_away_give_products_their_category(opened):
    _, _, run = opened(unseen_shops.pizzeria)
    assert ask(run, "products", "count(*), count(category), count(name), count(price)") == (24, 24, 24, 24)


def test_who_only_looked_bought_nothing(opened, foresell):
    _, said, run = opened(unseen_shops.clicks)
    foresell("run", run.parents[1], "--only", "sales_lines", "--resume")
    tables = (run.parents[1] / "runs" / "latest").resolve()
    found = dict(duckdb.sql(f"select status, (count(*), sum(net_units), max(kind)) from '{tables}/tables/sales_lines.parquet' group by status").fetchall())
    assert found["transaction"][0] == found["transaction"][1] > 0 and found["transaction"][2] == "sale"
    assert {what: found[what][1:] for what in ("view", "addtocart")} == {"view": (0, "zero"), "addtocart": (0, "zero")}


def test_categories_of_subcategories_have_their_names(opened):
    _, said, run = opened(unseen_shops.bicycle_works)
    assert ask(run, "products", "count(distinct subcategory), count(distinct category), min(category), min(subcategory)") == (20, 4, "Accessories", "Group 1")
    assert roles(said, "stock")["on_hand"]["from"] == "Quantity"


def test_the_list_of_products_says_what_is_there(opened):
    _, said, run = opened(unseen_shops.trading_company)
    assert {role: column["from"] for role, column in roles(said, "stock").items()} == {"item": "ProductID", "on_hand": "UnitsInStock", "on_order": "UnitsOnOrder"}
    assert ask(run, "products", "count(distinct category), min(category)") == (4, "Kind 1")
    assert "ContactName" not in {column["from"] for column in roles(said, "suppliers").values()}


def test_what_stands_on_the_first_line_of_an_order_is_of_all_its_lines(opened):
    _, _, run = opened(unseen_shops.webshop_lines)
    assert ask(run, "sales", "count(*) filter (status is null or payment is null), count(distinct status)") == (0, 2)


def test_totals_of_orders_are_not_amounts_of_lines(opened):
    _, said, _ = opened(unseen_shops.webshop_lines)
    assert "amount" not in roles(said) and any("Total is the same on all lines" in text for text in said["assumed"])


def test_a_line_of_totals_is_left_out_and_that_is_said(opened):
    _, said, run = opened(unseen_shops.wide_with_totals)
    assert any("a word for a total" in text for text in said["assumed"])
    assert ask(run, "quarantine", "count(*), min(line)") == (1, 22)


def test_two_shop_systems_are_both_sales_and_that_is_said(opened):
    _, said, _ = opened(unseen_shops.shop_and_web)
    assert sorted(f["paths"][0].rsplit("/", 1)[1] for f in said["files"] if f["table"] == "sales") == ["Kassenbons.csv", "web_orders.csv"]
    assert any("receipts differ" in text for text in said["assumed"])


def test_the_same_sales_in_another_format_count_once(opened):
    _, said, _ = opened(unseen_shops.exported_twice)
    assert [f["use"] for f in said["files"]].count("home") == 1
    assert "twice" in next(f["why"] for f in said["files"] if f["use"] == "none")


@pytest.mark.parametrize("shop", [unseen_shops.headless, unseen_shops.demand_panel, unseen_shops.fashion_chain], ids=by_name)
def test_what_no_name_says_is_said_to_be_less_sure(opened, shop):
    _, said, _ = opened(shop)
    unsure = {unseen_shops.headless: "item", unseen_shops.demand_panel: "units", unseen_shops.fashion_chain: "time"}[shop]
    assert 0.5 <= roles(said)[unsure]["sure"] < 0.9


def test_orders_without_dates_are_no_sales(opened):
    _, said, _ = opened(unseen_shops.undated_baskets)
    assert not roles(said)
    assert "no column says when" in next(f["why"] for f in said["files"] if "order_products" in f["name"])
    assert roles(said, "products")["name"]["from"] == "product_name"


def test_codes_of_categories_get_their_names(opened):
    _, _, run = opened(unseen_shops.undated_baskets)
    assert ask(run, "products", "count(distinct category) filter (category = 'bakery'), min(subcategory)") == (1, "aisle of 1")


PEOPLE = {"flags": (["Senior", "Age"], lambda n: [n % 5 == 0 and 1 or 0, 18 + n % 60], "Age"),
          "a flag called age": (["Age", "Churn"], lambda n: [n % 2, "Yes" if n % 3 else "No"], None),
          "yes and no": (["SeniorCitizen", "Churn"], lambda n: ["Yes" if n % 5 else "No", n % 2], None),
          "bands": (["AgeGroup", "Churn"], lambda n: [f"{20 + n % 5 * 10}-{29 + n % 5 * 10}", n % 2], "AgeGroup"),
          "numbered bands": (["age_group", "Churn"], lambda n: [1 + n % 6, n % 2], "age_group"),
          "years": (["birth_year", "Churn"], lambda n: [1950 + n % 50, n % 2], "birth_year"),
          "amounts": (["Alter", "Churn"], lambda n: [3000 + n * 7, n % 2], None)}


@pytest.mark.parametrize("heads, values, age", PEOPLE.values(), ids=PEOPLE)
def test_an_age_has_ages(foresell, tmp_path, heads, values, age):
    files = tmp_path / "files"
    files.mkdir()
    unseen_shops.write(files / "people.csv", ["customer_id", "gender", *heads], [[f"K{n:04d}", "mf"[n % 2], *values(n)] for n in range(300)])
    said = json.loads(foresell("init", tmp_path / "p", "--from", files, "--json").stdout)
    found = roles(said, "customers")
    assert found["customer"]["from"] == "customer_id"
    assert found.get("age", {}).get("from") == age


def numbered(folder, name: str, count: int, heads=None):
    """Series side by side whose periods are only numbered; the n-th value of series k is 100 k + n."""
    folder.mkdir()
    heads = heads or [f"V{n + 1}" for n in range(count)]
    unseen_shops.write(folder / name, ["series", *heads], [[f"T{k}", *(100 * k + n for n in range(1, count + 1))] for k in range(1, 5)])


LENGTHS = {"Yearly-train.csv": (20, "month", "2001-01-01 2002-01-01 2020-01-01", "counts years"),
           "sales_quarterly.csv": (20, "month", "2001-01-01 2001-04-01 2005-10-01", "counts quarters"),
           "Monthly-train.csv": (30, "month", "2001-01-01 2001-02-01 2003-06-01", None),
           "weekly sales.csv": (30, "week", "2001-01-01 2001-01-08 2001-07-23", None),
           "Daily-train.csv": (30, "day", "2001-01-01 2001-01-02 2001-01-30", None),
           "Hourly-train.csv": (50, "day", "2001-01-01 00:00:00 2001-01-01 01:00:00 2001-01-03 01:00:00", "counts hours"),
           "sales.csv": (30, "month", "2001-01-01 2001-02-01 2003-06-01", "no name tells: each is taken for a month"),
           "long_sales.csv": (450, "day", "2001-01-01 2001-01-02 2002-03-26", "no name tells: each is taken for a day")}


@pytest.mark.parametrize("name", LENGTHS)
def test_how_long_a_numbered_period_is_the_file_tells_or_it_is_said(foresell, tmp_path, name):
    count, period, times, assumed = LENGTHS[name]
    numbered(tmp_path / "files", name, count)
    said = json.loads(foresell("init", tmp_path / "p", "--from", tmp_path / "files", "--json").stdout)
    assert said["period"] == period and (assumed is None or any(assumed in text for text in said["assumed"]))
    assert assumed is not None or not any("no name tells" in text or "counts" in text for text in said["assumed"])
    foresell("run", tmp_path / "p", "--only", CHEAP)
    found = duckdb.sql(f"select time::varchar from '{tmp_path}/p/runs/latest/tables/sales.parquet' where item = 'T1' order by time").fetchall()
    told = [found[0][0], found[1][0], found[-1][0]]
    assert len(found) == count
    assert " ".join(told if "Hourly" in name else [t[:10] for t in told]) == times


def test_a_period_that_is_set_is_that_of_numbers(foresell, tmp_path):
    numbered(tmp_path / "files", "sales.csv", 30)
    said = json.loads(foresell("init", tmp_path / "p", "--from", tmp_path / "files", "--json", "--set", "period=week").stdout)
    assert said["period"] == "week" and not any("no name tells" in text for text in said["assumed"])
    assert "7 *" in (tmp_path / "p" / "sources" / "sales.sql").read_text()


def test_columns_named_by_years_are_years(foresell, tmp_path):
    numbered(tmp_path / "files", "sales.csv", 12, [str(2010 + n) for n in range(12)])
    foresell("init", tmp_path / "p", "--from", tmp_path / "files")
    foresell("run", tmp_path / "p", "--only", CHEAP)
    found = ask(tmp_path / "p" / "runs" / "latest", "sales", "min(time)::date::varchar, max(time)::date::varchar, count(*)")
    assert found == ("2010-01-01", "2021-01-01", 48)


# ---- corrections ------------------------------------------------------------------------------------------


@pytest.fixture
def panel(tmp_path):
    (tmp_path / "files").mkdir()
    unseen_shops.demand_panel(tmp_path / "files")
    return tmp_path


def test_what_was_unsure_is_corrected_by_set(foresell, panel):
    said = json.loads(foresell("init", panel / "p", "--from", panel / "files", "--json", "--set", "sales.amount=sales").stdout)
    assert roles(said)["amount"]["from"] == "sales" and "units" not in roles(said)


def test_a_correction_that_is_not_utf8_is_refused(foresell, panel):
    told = foresell("init", panel / "p", "--from", panel / "files", "--set", os.fsdecode(b"name=K\xf6ln"), check=False)
    assert told.returncode == 2 and "--set is not UTF-8" in told.stderr


def test_paths_that_are_not_utf8_are_told_to_be_renamed(foresell, panel):
    other = os.fsdecode(os.fsencode(panel) + b"/K\xf6ln")
    for verb in (["init", other, "--from", panel / "files"], ["run", other], ["plan", other]):
        told = foresell(*verb, check=False)
        assert told.returncode == 2 and "K?ln is not UTF-8" in told.stderr and "rename" in told.stderr
    assert not os.path.exists(other)
    (panel / "files" / os.fsdecode(b"G\xf6teborg.csv")).write_text("day,sku,qty\n2024-01-01,A,1\n")
    said = json.loads(foresell("init", panel / "p", "--from", panel / "files", "--json").stdout)
    assert "G?teborg.csv: left alone: its path is not UTF-8; rename it" in said["left_alone"] and roles(said)
    foresell("plan", panel / "p")
    alone = panel / "files" / os.fsdecode(b"G\xf6teborg.csv")
    assert "G?teborg.csv is not UTF-8" in foresell("init", panel / "q", "--from", alone, check=False).stderr


@pytest.mark.parametrize("name", ["train", "train.csv"])
def test_a_file_is_named_as_it_is_called(foresell, panel, name):
    said = json.loads(foresell("init", panel / "p", "--from", panel / "files", "--json", "--set", f"files.{name}.use=none").stdout)
    assert {f["use"] for f in said["files"] if "train" in f["paths"][0]} == {"none"}


@pytest.mark.parametrize("wrong, told", [("sales.item=itm", "no column itm; the nearest is item"), ("sales.unitz=sales", "the nearest is sales.units"),
                                         ("curency=EUR", "the nearest is currency"), ("files.trian.use=none", "the nearest is train"),
                                         ("files.train.columns.dat=date dmy", "no column dat; the nearest is date"), ("sales.file=tran.csv", "the nearest is train")])
def test_a_wrong_correction_is_told_with_the_nearest_name(foresell, panel, wrong, told):
    text = foresell("init", panel / "p", "--from", panel / "files", "--set", wrong).stdout
    assert told in next(line for line in text.splitlines() if line.startswith("NOT USED"))


# ---- what else lies about ------------------------------------------------------------------------------------


def test_what_is_no_data_is_told_in_a_line_and_left_alone(foresell, panel):
    files = panel / "files"
    for name, content in {"readme.txt": b"Ask Jo.\n", "manual.pdf": b"%PDF-1.4\n", "logo.png": b"\x89PNG\r\n\x1a\n" + bytes(99), ".DS_Store": bytes(99),
                          "~$till.xlsx": bytes(50), "dump.sql": b"create table a (b int);", "photo.csv": b"\xff\xd8\xff\xe0" + bytes(range(256)),
                          "empty.csv": b"", "letter.txt": b"Dear Sam,\n\nas you know, December was good, we hope.\nJo\n", "bare.csv": b"date,sku,qty\n"}.items():
        (files / name).write_bytes(content)
    with zipfile.ZipFile(files / "old.zip", "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    lines = foresell("init", panel / "p", "--from", files).stdout.splitlines()
    for name in ("readme.txt", "manual.pdf", "logo.png", ".DS_Store", "~$till.xlsx", "dump.sql", "photo.csv", "empty.csv", "letter.txt", "bare.csv", "old.zip",
                 "test.csv", "sample_submission.csv"):
        told = [line for line in lines if line.startswith(name + ":")]
        assert len(told) == 1 and "left alone" in told[0], name
    assert not [line for line in lines if line.startswith("  give ")]


def test_what_foresell_made_in_a_folder_before_is_no_data(foresell, panel):
    """Its runs and exports hold tables by the dozen; what else lies in the project is data still."""
    before = panel / "files" / "before"
    before.mkdir()
    (before / "test.csv").write_text((panel / "files" / "train.csv").read_text())
    foresell("init", before)
    foresell("run", before, timeout=120)
    said = json.loads(foresell("init", panel / "p", "--from", panel / "files", "--json").stdout)
    read = {path for f in said["files"] for path in f["paths"]}
    assert any(path.endswith("before/test.csv") for path in read) and not any("/runs/" in path for path in read)
    assert [line for line in said["left_alone"] if "/runs: " in line] == ["before/runs: left alone: what foresell made there before, no data"]


@pytest.mark.parametrize("name", ["offered", "Peaks", "sales_facts", "sales"])
def test_a_file_may_be_called_as_a_table_of_the_run(foresell, panel, name):
    (panel / "files" / "train.csv").rename(panel / "files" / f"{name}.csv")
    said = json.loads(foresell("init", panel / "p", "--from", panel / "files", "--json").stdout)
    assert [f["name"] for f in said["files"] if name in f["paths"][0]] == [f"{name.lower()}_file"]
    foresell("run", panel / "p", timeout=120)


def test_a_raw_table_with_the_name_of_a_step_is_told_where_it_stands(foresell, panel):
    foresell("init", panel / "p", "--from", panel / "files")
    settings = panel / "p" / "foresell.yaml"
    lines = settings.read_text().replace("\n  train:", "\n  offered:").splitlines()
    settings.write_text("\n".join(lines) + "\n")
    mapping = panel / "p" / "sources" / "sales.sql"
    mapping.write_text(re.sub(r"\btrain\b", "offered", mapping.read_text()))
    told = foresell("run", panel / "p", check=False)
    assert told.returncode == 2 and "the raw table offered has the name of a step" in told.stderr and "init --force" in told.stderr
    here = next(number for number, line in enumerate(lines, 1) if line.startswith("  offered:"))
    assert f"foresell.yaml, line {here}" in told.stderr


@pytest.mark.parametrize("times", [["12:05:00 AM", "1:30:00 AM", "12:59:59 PM", "11:07:00 PM"], ["0:05", "01:30", "12:59", "23:07"], ["12:05 a.m.", "1:30am", "12:59 p.m.", "11:07pm"]])
def test_times_of_day_in_a_column_of_their_own(foresell, tmp_path, times):
    files = tmp_path / "files"
    files.mkdir()
    rows = [f"{n},2023-{n % 12 + 1:02d}-{n % 28 + 1:02d},{times[n % 4]},D{n % 7},{n % 3 + 1},2.5" for n in range(400)]
    (files / "orders.csv").write_text("\n".join(["order_id,order_date,order_time,item_id,quantity,price", *rows]))
    foresell("init", tmp_path / "p", "--from", files)
    foresell("run", tmp_path / "p", "--only", CHEAP)
    run = (tmp_path / "p" / "runs" / "latest").resolve()
    assert ask(run, "sales", "list(distinct hour(time) * 100 + minute(time) order by hour(time) * 100 + minute(time))") == ([5, 130, 1259, 2307],)


def test_an_empty_folder_says_what_to_do(foresell, tmp_path):
    (tmp_path / "files").mkdir()
    result = foresell("init", tmp_path / "p", "--from", tmp_path / "files", check=False)
    assert result.returncode == 3 and "Put your data there" in result.stderr


def test_thousands_of_tiny_files_are_one_table(foresell, tmp_path):
    files = tmp_path / "files"
    files.mkdir()
    for k in range(2000):
        (files / f"receipt_{k:05d}.csv").write_text(f"time,sku,qty,price\n2023-{k % 12 + 1:02d}-{k % 28 + 1:02d} 10:00,S{k % 30},{k % 3 + 1},2.50\n")
    said = json.loads(foresell("init", tmp_path / "p", "--from", files, "--json").stdout)
    assert [(len(f["paths"]), f["rows"], f["table"]) for f in said["files"]] == [(2000, 2000, "sales")]
