"""init and the reading of sources on real data sets, against counts worked out independently (expected_counts.py)."""
import json
from pathlib import Path

import duckdb
import pytest

import expected_counts

CHEAP = "missing_kinds"  # a step that needs the canonical tables and little else


@pytest.fixture(scope="module")
def made(foresell, data, tmp_path_factory):
    """made(name): (what init said, the run's folder, its manifest, the facts); each data set once."""
    done = {}

    def make(name):
        if name not in done:
            project = tmp_path_factory.mktemp("sets") / name
            said = json.loads(foresell("init", project, "--from", data / name, "--json").stdout)
            foresell("run", project, "--only", CHEAP, timeout=1800)
            run = (project / "runs" / "latest").resolve()
            done[name] = said, run, json.loads((run / "manifest.json").read_text()), expected_counts.SETS[name](data / name)
        return done[name]

    return make


def ask(run: Path, table: str, what: str):
    return duckdb.sql(f"select {what} from '{run}/tables/{table}.parquet'").fetchone()


every_set = pytest.mark.parametrize("name", sorted(expected_counts.SETS))


@every_set
def test_each_table_has_the_rows_that_the_files_hold(made, name):
    _, run, manifest, facts = made(name)
    rows = {t["name"]: t["rows"] for t in manifest["tables"]}
    assert {t: rows[t] for t in facts.tables} == facts.tables


@every_set
def test_no_row_is_lost(made, name):
    _, _, manifest, facts = made(name)
    all_in = {key: sum(f[key] for f in manifest["files"]) for key in ("rows_in", "rows_kept", "rows_quarantined", "rows_merged")}
    assert all_in["rows_in"] == facts.rows_in
    for file in manifest["files"]:
        assert file["rows_in"] == file["rows_kept"] + file["rows_quarantined"] + file["rows_merged"], file["path"]


@every_set
def test_sums_and_keys_are_those_of_the_files(made, name):
    _, run, _, facts = made(name)
    table = "sales" if facts.tables["sales"] else next(t for t in facts.tables if t != "sales")
    for column, total in facts.sums.items():
        found = ask(run, table, f"sum(cast({column} as double))")[0]
        assert found == pytest.approx(total, rel=1e-9), column
    for column, number in facts.distinct.items():
        assert ask(run, table, f"count(distinct {column})")[0] == number, column
    if facts.first:
        first, last = ask(run, table, "min(cast(time as date)), max(cast(time as date))")
        assert (str(first), str(last)) == (facts.first, facts.last)


def roles(said, table="sales", file=None):
    """Canonical column: column of the file, as init took them."""
    return {c["to"]: c["from"] for f in said["files"] for m in f["mappings"] if m["table"] == table and (file is None or file in f["name"])
            for c in m["columns"] if not c["passes_through"]}


def test_invoices_in_two_overlapping_files_are_one_table(made):
    said, _, manifest, facts = made("online_retail_ii")
    assert [len(f["paths"]) for f in said["files"]] == [2]
    assert roles(said) == {"time": "InvoiceDate", "item": "StockCode", "customer": "Customer ID", "basket": "Invoice", "units": "Quantity",
                           "price": "Price", "country": "Country", "note": "Description"}
    assert sum(f["rows_merged"] for f in manifest["files"]) == facts.merged == 22523
    assert (said["currency"], said["country"], said["period"], said["absent"]) == ("GBP", "GB", "day", "zero")


def test_weekly_panel_gives_prices_and_promotions_too(made):
    said, _, _, _ = made("breakfast_at_the_frat")
    found = roles(said)
    assert (found["units"], found["amount"], found["price"], found["visitors"]) == ("units", "spend", "price", "visits")
    assert found["on_promotion"] == "feature, display, tpr_only"
    assert "customer" not in found and said["period"] == "week"


def test_days_missing_from_a_panel_of_open_days_are_closed(made):
    said, _, _, _ = made("rossmann")
    assert (said["period"], said["absent"]) == ("day", "closed")
    assert roles(said)["amount"] == "Sales" and roles(said)["visitors"] == "Customers"
    assert roles(said, "calendar")["event"] == "StateHoliday"


def test_columns_of_a_wide_table_are_dated_by_the_calendar(made):
    said, _, _, _ = made("m5")
    wide = next(f for f in said["files"] if f["table"] == "sales")
    assert wide["periods"] == 447
    assert roles(said, "products") == {"item": "item_id", "category": "cat_id", "subcategory": "dept_id"}


def test_nine_files_hang_together(made):
    said, run, _, _ = made("olist")
    use = {f["name"]: (f["table"] or f["use"]) for f in said["files"]}
    assert sorted(use.values()) == sorted(["customers", "lookup", "sales", "lookup", "reviews", "lookup", "products", "stores", "lookup"])
    found = roles(said)
    assert (found["time"], found["store"], found["payment"]) == ("order_purchase_timestamp", "seller_id", "payment_type")
    assert found["customer"] == "customer_unique_id"
    assert ask(run, "sales", "count(*) filter (status is null), count(*) filter (payment is null and time is not null)")[0] == 0


def test_all_kinds_of_source_are_found(made):
    said, _, _, _ = made("complete_journey")
    assert {m["table"] for f in said["files"] for m in f["mappings"]} >= {"sales", "products", "customers", "promotions"}
    assert roles(said)["time"] == "transaction_timestamp"


def test_weeks_of_exposure_are_dated_by_the_transactions(made, data):
    _, run, _, _ = made("complete_journey")
    first, last = ask(run, "promotions", "min(start) filter (store is not null), max(start) filter (store is not null)")
    weeks = {}
    for r in expected_counts.rows(data / "complete_journey" / "transactions_sample_100k.csv.gz"):
        day = r["transaction_timestamp"][:10]
        weeks.setdefault(int(r["week"]), []).append(day)
    shown = {int(r["week"]) for r in expected_counts.rows(data / "complete_journey" / "promotions_sample_1p95m.csv.gz")}
    assert str(first) <= min(weeks[min(shown)]) and str(last) <= min(weeks[max(shown)])
    assert (last - first).days == 7 * (max(shown) - min(shown))


def test_weeks_that_nothing_dates_say_so(made):
    said, _, _, _ = made("dominicks_oj")
    assert said["period"] == "week"
    assert any("nothing dates the numbers in week" in text for text in said["assumed"])


def test_stock_flags_are_not_sales(made):
    said, run, _, facts = made("vn2")
    use = {f["paths"][0].rsplit(" - ", 1)[1]: f["table"] or f["use"] for f in said["files"]}
    assert use == {"Initial State.csv": "stock", "Sales.csv": "sales", "In Stock.csv": "stock", "Master.csv": "products",
                   "Submission Template.csv": "none"}
    assert said["period"] == "week"


@pytest.mark.parametrize("name, table", [("telco_churn", "customers"), ("hillstrom", "promotions")])
def test_files_without_sales_are_taken_for_what_they_are(made, foresell, data, tmp_path, name, table):
    said, _, manifest, _ = made(name)
    assert [f["table"] for f in said["files"]] == [table]
    text = foresell("init", tmp_path / "shop", "--from", data / name).stdout
    assert "NO SALES" in text


def test_a_correction_wins(foresell, data, tmp_path):
    said = json.loads(foresell("init", tmp_path / "shop", "--from", data / "online_retail_ii", "--json", "--set", "sales.item=Description",
                               "--set", "currency=EUR").stdout)
    assert roles(said)["item"] == "Description" and said["currency"] == "EUR"


def test_a_purchase_log_counts_each_line_once(foresell, data, tmp_path):
    foresell("init", tmp_path / "shop", "--from", data / "btyd_grocery")
    foresell("run", tmp_path / "shop", "--only", CHEAP)
    events = list(expected_counts.rows(data / "btyd_grocery" / "groceryElog.csv"))
    run = (tmp_path / "shop" / "runs" / "latest").resolve()
    assert ask(run, "sales", "count(*), sum(units), count(distinct customer)") == (len(events), len(events), len({e["cust"] for e in events}))
