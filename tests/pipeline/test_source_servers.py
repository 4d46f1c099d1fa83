"""The same shop from databases, web servers and object stores, all real ones on the loopback; and what is said when they refuse.

No password is ever printed or kept in a manifest.
"""
import json
import stat

import pytest

import source_servers
from source_shop import Run, check, delimited, make_lines, open_shop

LINES = make_lines(600)
CODES = sorted({line.product_code for line in LINES})


def literal(value) -> str:
    if value is None:
        return "null"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"


def rows_sql(more: str) -> str:
    return ",\n".join(f"({', '.join(map(literal, line.values()))}, {more})" for line in LINES)


def refused(result, codes: tuple[int, ...], *words: str, secrets: tuple[str, ...] = ()) -> None:
    assert result.returncode in codes, (result.returncode, result.stderr)
    text = result.stdout + result.stderr
    assert len(result.stderr.strip()) < 700 and "Error:" not in text, text
    for word in words:
        assert word in text, (word, text)
    for secret in secrets:
        assert secret not in text, "a secret was printed"


def told_nothing(folder, secret: str) -> None:
    """Neither what a run wrote nor the mappings hold the secret."""
    for path in [*(folder / "runs").rglob("*.json"), *(folder / "sources").glob("*.sql"), *(folder / "runs").rglob("*.csv"),
                 *(folder / "runs").rglob("*.html")]:
        assert secret not in path.read_text(errors="replace"), path
    for path in (folder / "runs").rglob("*.parquet"):
        assert secret.encode() not in path.read_bytes(), path


# ---- databases ----


POSTGRES_LINES = r'"Sales Dept"."Order ""Lines"""'
MYSQL_LINES = '`Order "Lines"`'


@pytest.fixture(scope="module")
def postgres():
    with source_servers.postgres() as server:
        more = """array['a', 'b "c"'], '{"k": [1, 2]}', true, '2024-02-29'"""
        server.run(f"""
            set timezone = 'UTC';
            create schema "Sales Dept";
            create table {POSTGRES_LINES} (invoice varchar(20), "Invoice Date" timestamptz, product_code text, quantity integer,
                unit_price numeric(9,2), customer_id bigint, remark text, tags text[], more jsonb, paid boolean, due date);
            insert into {POSTGRES_LINES} values {rows_sql(more)};
            create table products (product_code text primary key, product_name text, category text, list_price numeric);
            insert into products select distinct product_code, 'Article ' || product_code, left(product_code, 4), 12.5 from {POSTGRES_LINES};
            create view recent as select * from {POSTGRES_LINES};
            create table empty_one (a integer);""")
        yield server


@pytest.fixture(scope="module")
def mysql():
    with source_servers.mysql() as server:
        more = """'{"k": [1, 2]}', '2024-02-29', 1, 'a'"""
        server.run(f"""
            create table {MYSQL_LINES} (invoice varchar(20), `Invoice Date` datetime, product_code varchar(20), quantity integer,
                unit_price decimal(9,2), customer_id bigint unsigned, remark text, more json, due date, paid tinyint(1), sort enum('a', 'b'));
            insert into {MYSQL_LINES} values {rows_sql(more)};
            create table products (product_code varchar(20) primary key, product_name text, category text, list_price decimal(9,2));
            insert into products select distinct product_code, concat('Article ', product_code), left(product_code, 4), 12.5 from {MYSQL_LINES};
            create view recent as select * from {MYSQL_LINES};""")
        yield server


@pytest.fixture(params=["postgres", "mysql"])
def server(request):
    return request.getfixturevalue(request.param)


def as_read(run: Run) -> None:
    account = run.accounted()
    assert account["rows_in"] == account["rows_kept"], account
    assert run.ask("count(*)", "products")[0][0] == len(CODES)
    files = {f["table"]: f for f in run.manifest["files"]}
    assert sum("recent" in table for table in files) == 0, "a view brings no row a second time"
    sales = next(f for table, f in files.items() if "Order" in table)
    run.manifest["files"] = [sales]
    check(run, LINES)


def test_each_table_of_a_database_is_read(foresell, tmp_path, server):
    run = open_shop(foresell, tmp_path / "shop", server.url())
    as_read(run)
    assert server.password in (tmp_path / "shop" / "foresell.yaml").read_text()
    assert stat.S_IMODE((tmp_path / "shop" / "foresell.yaml").stat().st_mode) == 0o600, "a file with a password is for its owner only"
    told_nothing(tmp_path / "shop", server.password)


def test_a_password_may_stay_in_the_environment(foresell, tmp_path, server):
    secret = {"SHOP_PASSWORD": server.password}
    url = server.url(password="${SHOP_PASSWORD}")
    as_read(open_shop(foresell, tmp_path / "shop", url, env=secret))
    assert server.password not in (tmp_path / "shop" / "foresell.yaml").read_text()
    assert "${SHOP_PASSWORD}" in (tmp_path / "shop" / "foresell.yaml").read_text()
    refused(foresell("run", tmp_path / "shop", check=False), (2, 4), "SHOP_PASSWORD", "export")


def test_the_usual_variable_of_the_server_gives_the_password(foresell, tmp_path, server):
    name = "PGPASSWORD" if server.scheme == "postgres" else "MYSQL_PWD"
    foresell("init", tmp_path / "shop", "--from", server.url(password="") + "?table=" + ("public" if name == "PGPASSWORD" else "corner") + ".products",
             env={name: server.password})
    assert "Order" not in (tmp_path / "shop" / "foresell.yaml").read_text(), "?table= names what is looked at"


def test_databases_that_refuse_are_told_in_one_message(foresell, tmp_path, server):
    def init(url):
        return foresell("init", tmp_path / "shop", "--from", url, check=False)

    wrong = "not-the-right-one"
    refused(init(server.url(password=wrong)), (4,), "password", server.user, secrets=(wrong, server.password))
    refused(init(server.url(name="nowhere")), (4,), "nowhere", secrets=(server.password,))
    refused(init(server.url(port=source_servers.free_port())), (4,), "server", secrets=(server.password,))
    assert not (tmp_path / "shop" / "foresell.yaml").exists()


def test_a_table_that_is_gone_and_a_password_that_changed_are_told(foresell, tmp_path, server):
    schema = "public" if server.scheme == "postgres" else "corner"
    folder = tmp_path / "shop"
    foresell("init", folder, "--from", server.url() + f"?table={schema}.products")
    yaml = folder / "foresell.yaml"
    yaml.write_text(yaml.read_text().replace(server.password, "no longer it"))
    refused(foresell("run", folder, check=False), (4,), "password", server.user, secrets=("no longer it",))
    yaml.write_text(yaml.read_text().replace("no longer it", server.password))
    server.run("create table kept as select * from products; drop table products;")
    try:
        refused(foresell("run", folder, check=False), (3, 4), f"no table {schema}.products", "init --force", secrets=(server.password,))
    finally:
        server.run("create table products as select * from kept; drop table kept;")


def test_a_row_that_changed_on_the_server_is_seen_by_a_run_that_resumes(foresell, tmp_path, server):
    schema = "public" if server.scheme == "postgres" else "corner"
    folder = tmp_path / "shop"
    server.run("create table till (day date, product varchar(20), quantity integer, price decimal(9,2));"
               + "".join(f"insert into till values ('2024-01-{1 + n % 28:02d}', 'P{n % 3}', {1 + n % 5}, 2.5);" for n in range(300)))
    try:
        foresell("init", folder, "--from", server.url() + f"?table={schema}.till")
        foresell("run", folder)
        same = json.loads(foresell("run", folder, "--resume", "--json").stdout)
        assert same["skipped"] == same["steps"]
        server.run("update till set quantity = quantity + 1;")
        assert json.loads(foresell("run", folder, "--resume", "--json").stdout)["skipped"] == 1  # item_categories: the products are as they were
        assert Run(folder).ask("sum(units)")[0][0] == 1200
    finally:
        server.run("drop table till;")


# ---- web servers ----


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    (folder / "lines.csv").write_text(delimited(LINES))
    yield folder


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return source_servers.certificate(tmp_path_factory.mktemp("certificate"))


def test_https_with_a_certificate_of_ones_own(foresell, tmp_path, site, certificate):
    with source_servers.web(site, certificate) as address:
        refused(foresell("init", tmp_path / "no", "--from", address + "/lines.csv", check=False), (4,), "certificate", "SSL_CERT_FILE")
        check(open_shop(foresell, tmp_path / "shop", address + "/lines.csv", env={"SSL_CERT_FILE": str(certificate[0])}), LINES)
    missing = foresell("run", tmp_path / "shop", check=False, env={"SSL_CERT_FILE": str(tmp_path / "none.pem")})
    refused(missing, (4,), "none.pem", "SSL_CERT_FILE")


def test_http_on_this_machine_and_tokens_that_stay_secret(foresell, tmp_path, site):
    with source_servers.web(site) as address:
        env = {"SITE": address}
        run = open_shop(foresell, tmp_path / "shop", "${SITE}/lines.csv".replace("${SITE}", address) + "?token=abc123xyz", env=env)
        check(run, LINES)
    told_nothing(tmp_path / "shop", "abc123xyz")
    gone = foresell("run", tmp_path / "shop", check=False)
    refused(gone, (4,), "does not answer", "lines.csv", secrets=("abc123xyz",))


def test_a_name_before_the_host_makes_no_other_machine_this_one(foresell, tmp_path):
    gone = foresell("init", tmp_path / "shop", "--from", "http://localhost:secret@192.0.2.1/lines.csv", check=False)
    refused(gone, (2,), "not encrypted")


@pytest.mark.parametrize("name", ["lines.csv", "lines.parquet", "lines.json"])
def test_what_a_web_server_lacks_or_breaks_off_is_told(foresell, tmp_path, name):
    site = tmp_path / "site"
    site.mkdir()
    if name.endswith("csv"):
        (site / name).write_text(delimited(LINES))
    elif name.endswith("json"):
        (site / name).write_text(json.dumps([{"invoice": line.invoice, "quantity": line.quantity} for line in LINES]))
    else:
        import duckdb
        duckdb.sql(f"copy (select range as item, range as quantity from range(20000)) to '{site}/{name}'")
    with source_servers.web(site) as address:
        refused(foresell("init", tmp_path / "shop", "--from", f"{address}/none.{name}", check=False), (4,), f"none.{name}", "no such file")
        refused(foresell("init", tmp_path / "shop", "--from", f"{address}/cut/{name}", check=False), (3, 4), name, "broke off")
        foresell("init", tmp_path / "shop", "--from", f"{address}/{name}")
    refused(foresell("init", tmp_path / "other", "--from", f"{address}/{name}", check=False), (4,), name, "does not answer")


# ---- object stores ----


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store") / "buckets"
    (folder / "shop" / "lines" / "2023").mkdir(parents=True)
    for part in range(3):
        (folder / "shop" / "lines" / "2023" / f"lines_{part}.csv").write_text(delimited(LINES[part * 200 : part * 200 + 200]))
    with source_servers.s3(folder) as env:
        yield env


@pytest.mark.parametrize("pattern", ["s3://shop/lines/2023/*.csv", "s3://shop/lines/", "s3://${BUCKET}/lines/*/lines_[012].csv"])
def test_files_of_an_object_store(foresell, tmp_path, store, pattern):
    env = {**store, "BUCKET": "shop"}
    run = open_shop(foresell, tmp_path / "shop", pattern, env=env)
    assert len(run.manifest["files"]) == 3
    check(run, LINES)
    told_nothing(tmp_path / "shop", store["AWS_SECRET_ACCESS_KEY"])


def test_a_pattern_in_the_project_is_spread_out_when_it_runs(foresell, tmp_path, store):
    foresell("init", tmp_path / "shop", "--from", "s3://shop/lines/2023/lines_0.csv", env=store)
    yaml = tmp_path / "shop" / "foresell.yaml"
    yaml.write_text(yaml.read_text().replace("lines_0.csv", "lines_*.csv").replace("path: s3", "path: s3"))
    foresell("run", tmp_path / "shop", "--only", "missing_kinds", env=store)
    check(Run(tmp_path / "shop"), LINES)


def test_an_object_store_that_refuses_is_told(foresell, tmp_path, store):
    def init(url, **env):
        return foresell("init", tmp_path / "shop", "--from", url, check=False, env={**store, **env})

    secret = "not-the-secret-key"
    refused(init("s3://shop/lines/2023/lines_0.csv", AWS_SECRET_ACCESS_KEY=secret), (4,), "lines_0.csv", "AWS_SECRET_ACCESS_KEY", secrets=(secret,))
    refused(init("s3://shop/lines/*.csv", AWS_SECRET_ACCESS_KEY=secret), (4,), "s3://shop", secrets=(secret,))
    refused(init("s3://shop/lines/none.csv"), (4,), "none.csv", "no such file")
    refused(init("s3://shop/nothing/*.csv"), (3, 4), "nothing")
    refused(init("s3://shop/lines/2023/lines_0.csv", AWS_ENDPOINT_URL=f"http://127.0.0.1:{source_servers.free_port()}"), (4,), "does not answer")
