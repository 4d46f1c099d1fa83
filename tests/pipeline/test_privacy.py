"""Who customers are: what init leaves out, numbers that are digested on the way in, and customers who are forgotten."""

import json

import duckdb
import pytest

SALT = "a secret of the shop, long enough"


@pytest.fixture(scope="module")
def files(foresell, tmp_path_factory):
    folder = tmp_path_factory.mktemp("people") / "files"
    foresell("simulate", folder, "--items", "20", "--stores", "2", "--customers", "120", "--lines", "6000",
                 "--days", "200", "--dirt", "0.01")
    return folder


@pytest.fixture
def project(foresell, files, tmp_path):
    foresell("init", tmp_path / "shop", "--from", files)
    return tmp_path / "shop"


def table(project, name, run="latest"):
    return f"'{project}/runs/{run}/tables/{name}.parquet'"


def one(sql):
    return duckdb.sql(sql).fetchone()[0]


def texts_of(project, run="latest"):
    """Every text that stands in a table of the run, table by table."""
    for path in sorted((project / "runs" / run / "tables").glob("*.parquet")):
        columns = duckdb.sql(f"select * from '{path}'").columns
        for column in columns:
            for (value,) in duckdb.sql(f"select distinct cast(\"{column}\" as varchar) from '{path}'").fetchall():
                if value is not None:
                    yield path.stem, column, value


def busiest(project):
    return one(f"select customer from {table(project, 'sales')} where customer is not null group by 1 order by count(*) desc, 1 limit 1")


def test_init_leaves_out_columns_that_tell_who_somebody_is(foresell, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    people = ["Customer No,First Name,Surname,E-Mail,Phone Number,Street,City,Gender,Has Phone,Loyalty Level"]
    people += [f"K{i:05d},Ann{i},Smith{i},a{i}@example.org,0{i}77{i},Long Road {i},Leeds,{'mf'[i % 2]},{['yes', 'no'][i % 2]},"
               f"{['gold', 'silver'][i % 2]}" for i in range(300)]
    (folder / "clients.csv").write_text("\n".join(people) + "\n")
    lines = ["date,sku,customer no,customer name,qty,price"]
    lines += [f"2024-{1 + i % 12:02d}-{1 + i % 28:02d},P{i % 30},K{i % 300:05d},Ann{i % 300} Smith{i % 300},{1 + i % 3},{2.5 + i % 30}"
              for i in range(3000)]
    (folder / "sales.csv").write_text("\n".join(lines) + "\n")
    said = json.loads(foresell("init", tmp_path / "shop", "--from", folder, "--json").stdout)
    mappings = {m["table"]: m for t in said["files"] for m in t["mappings"]}
    assert mappings["customers"]["personal"] == ["First Name", "Surname", "E-Mail", "Phone Number", "Street"]
    assert mappings["sales"]["personal"] == ["customer name"]
    assert "Has Phone" in [c["from"] for c in mappings["customers"]["columns"]], "a yes or no tells nobody's number"
    foresell("run", tmp_path / "shop", "--only", "summary")
    stands = {value for _, _, value in texts_of(tmp_path / "shop")}
    assert not [value for value in stands if "Smith" in value or "@example" in value or "Long Road" in value]
    assert "gold" in stands


def test_hashed_numbers_stand_nowhere_and_the_tables_stay_the_same(foresell, project):
    foresell("run", project)
    plain = busiest(project)
    lines, revenue, customers = duckdb.sql(
        f"select count(*), sum(revenue), count(distinct customer) from {table(project, 'sales_lines')}").fetchone()
    numbers = {row[0] for row in duckdb.sql(f"select customer from {table(project, 'customers')}").fetchall()}
    with open(project / "foresell.yaml", "a") as out:
        out.write("\nprivacy: {customer: hash}\n")
    failed = foresell("run", project, check=False)
    assert failed.returncode == 2 and "FORESELL_SALT" in failed.stderr
    short = foresell("run", project, check=False, env={"FORESELL_SALT": "short"})
    assert short.returncode == 2 and "shorter than 16" in short.stderr
    foresell("run", project, env={"FORESELL_SALT": SALT})
    assert duckdb.sql(f"select count(*), sum(revenue), count(distinct customer) from {table(project, 'sales_lines')}"
                      ).fetchone() == (lines, revenue, customers)
    for name, column, value in texts_of(project):
        assert value not in numbers and plain not in value and SALT not in value, f"{name}.{column} says {value}"
    latest = (project / "runs" / "latest").resolve()
    for path in [*latest.glob("csv/*.csv"), latest / "manifest.json", latest / "report.html"]:
        text = path.read_text()
        assert plain not in text and SALT not in text, path
    joined = one(f"select count(*) from {table(project, 'sales')} as s join {table(project, 'customers')} as c using (customer)")
    assert joined > 0, "the same number has the same name in every table"
    again = busiest(project)
    foresell("run", project, "--only", "summary", env={"FORESELL_SALT": SALT + "!"})
    assert busiest(project) != again, "another salt, another name"


def test_a_forgotten_customer_is_gone_from_every_run_and_stays_gone(foresell, project):
    foresell("run", project)
    first = (project / "runs" / "latest").resolve().name
    who = busiest(project)
    sums = duckdb.sql(f"select count(*), sum(revenue) from {table(project, 'sales_lines')}").fetchone()
    said = foresell("forget", project, "--customer", who).stdout
    assert "in 1 of 1 runs" in said and "sales.csv:" in said and "customers.csv: 1 lines" in said
    for name, column, value in texts_of(project):
        assert who not in value, f"{name}.{column} says {value}"
    assert duckdb.sql(f"select count(*), sum(revenue) from {table(project, 'sales_lines')}").fetchone() == sums
    assert one(f"select count(*) from {table(project, 'customers')} where customer = '{who}' or customer is null") == 0
    folder = project / "runs" / first
    for path in [*folder.glob("csv/*.csv"), folder / "report.html", project / "forgotten.txt"]:
        assert who not in path.read_text(), path
    assert json.loads((folder / "manifest.json").read_text())["customers_forgotten"] == 1
    for option in ([], ["--resume"]):
        foresell("run", project, *option)
        for name, column, value in texts_of(project):
            assert who not in value, f"{name}.{column} says {value}"
        assert duckdb.sql(f"select count(*), sum(revenue) from {table(project, 'sales_lines')}").fetchone() == sums
        assert one(f"select count(*) from {table(project, 'quarantine')} where reason = 'the customer is forgotten'") >= 1
        manifest = json.loads((project / "runs" / "latest" / "manifest.json").read_text())
        assert all(f["rows_in"] == f["rows_kept"] + f["rows_quarantined"] + f["rows_merged"] for f in manifest["files"])


def test_a_customer_is_forgotten_by_number_or_by_pseudonym(foresell, project):
    with open(project / "foresell.yaml", "a") as out:
        out.write("\nprivacy: {customer: hash}\n")
    env = {"FORESELL_SALT": SALT}
    foresell("run", project, env=env)
    name = busiest(project)
    assert "in 1 of 1 runs" in foresell("forget", project, "--customer", name, env=env).stdout
    foresell("run", project, "--only", "summary", env=env)
    assert name not in {value for _, _, value in texts_of(project)}


@pytest.mark.parametrize("arguments, code, words", [
    ([], 2, "needs --customer"),
    (["--customer", "nobody at all"], 0, "is the number right?"),
    (["--customer", "it's \"odd\"; drop table x"], 0, "is the number right?"),
])
def test_odd_calls_of_forget(foresell, project, arguments, code, words):
    foresell("run", project, "--only", "summary")
    done = foresell("forget", project, *arguments, check=False)
    assert done.returncode == code and words in done.stdout + done.stderr


def test_a_list_that_is_no_list_is_refused_with_its_line(foresell, project):
    (project / "forgotten.txt").write_text("# remark\nC0000004\n")
    done = foresell("run", project, check=False)
    assert done.returncode == 2 and "forgotten.txt" in done.stderr and "2" in done.stderr
