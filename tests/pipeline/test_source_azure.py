"""Azure Blob storage: Microsoft's own local server, also behind a proxy that spoils some answers, gives what local files give.

What it refuses is told with what to do about it, and the account's key stands nowhere.
"""
import base64
import gzip
import json

import duckdb
import pytest

import source_servers
from faulty_proxy import Fault, faulty
from source_shop import Run, check, delimited, make_lines, open_shop
from test_export_run import extensions, project, same, stamp  # noqa: F401
from test_source_servers import refused
from test_source_store_faults import at_once

LINES = make_lines(600)
PARTS = [LINES[:200], LINES[200:400], LINES[400:]]
ERROR = '<?xml version="1.0"?><Error><Code>{}</Code><Message>It is so.</Message></Error>'
BUSY, BROKEN, EXPIRED = map(ERROR.format, ("ServerBusy", "InternalError", "AuthenticationFailed"))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The same files as in the container."""
    folder = tmp_path_factory.mktemp("files")
    for part, lines in enumerate(PARTS):
        (folder / f"lines_{part}.csv").write_text(delimited(lines))
    packed = folder / "lines_1.csv.gz"
    packed.write_bytes(gzip.compress((folder / "lines_1.csv").read_bytes()))
    (folder / "lines_1.csv").unlink()
    duckdb.sql("copy (select date '2024-01-01' + cast(range % 300 as integer) as day, 'P' || range % 7 as item, 1 + range % 3 as units,"
               f" 2.5 as price from range(50000)) to '{folder}/sales.parquet'")
    return folder


@pytest.fixture(scope="module")
def account(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("azure") / "account"
    folder.mkdir()
    with source_servers.azure(folder) as server:
        server.make("shop")
        for path in files.glob("lines_*"):
            server.put(f"shop/{path.name}", path.read_bytes())
            server.put(f"shop/lines/2023/{path.name}", path.read_bytes())
        server.put("shop/lines/2023/notes.txt", "not looked at by these patterns")
        server.put("shop/tables/sales.parquet", (files / "sales.parquet").read_bytes())
        yield server


def told_nowhere(folder, *secrets: str) -> None:
    """No file of the project holds the secret, foresell.yaml no more than the rest."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "manifest.json" for path in paths)
    for path in paths:
        for secret in secrets:
            assert secret.encode() not in path.read_bytes(), path


def through(account, proxy) -> dict:
    return account.env(port=proxy.port)


def accounts_of(run: Run) -> list:
    """What the manifest says of each file, without where it lies."""
    return sorted(({**f, "path": f["path"].rpartition("/")[2]} for f in run.manifest["files"]), key=lambda f: f["path"])


# ---- reading ----


def test_the_same_tables_as_from_local_files(foresell, tmp_path, account, files):
    local = open_shop(foresell, tmp_path / "local", *sorted(files.glob("lines_*")))
    stored = open_shop(foresell, tmp_path / "stored", "az://shop/lines_*", env=account.env())
    check(stored, LINES)
    assert accounts_of(stored) == accounts_of(local)
    tables = sorted(path.name for path in (local.result / "tables").glob("*.parquet") if path.stem != "source_files")
    assert len(tables) > 1
    for table in tables:
        here, there = (f"from read_parquet('{run.result}/tables/{table}')" for run in (local, stored))
        assert duckdb.sql(f"select * {here} order by all").fetchall() == duckdb.sql(f"select * {there} order by all").fetchall(), table


@pytest.mark.parametrize("pattern", ["az://shop/lines/2023/lines_*", "azure://shop/lines/*/lines_[012].csv*", "az://${CONTAINER}/lin*/**/lines*",
                                     "az://shopkeeper.blob.core.windows.net/shop/lines/2023/lines*"])
def test_patterns(foresell, tmp_path, account, pattern):
    run = open_shop(foresell, tmp_path / "shop", pattern, env={**account.env(), "CONTAINER": "shop"})
    assert len(run.manifest["files"]) == 3
    check(run, LINES)


def test_a_folder_and_a_pattern_that_is_spread_out_when_it_runs(foresell, tmp_path, account, files):
    account.put("shop/daily/lines_0.csv", delimited(PARTS[0]))
    foresell("init", tmp_path / "shop", "--from", "az://shop/daily/", env=account.env())
    yaml = tmp_path / "shop" / "foresell.yaml"
    yaml.write_text(yaml.read_text().replace("daily/lines_0.csv", "daily/*.csv"))
    for part in (1, 2):
        account.put(f"shop/daily/lines_{part}.csv", delimited(PARTS[part]))
    foresell("run", tmp_path / "shop", "--only", "missing_kinds", env=account.env())
    check(Run(tmp_path / "shop"), LINES)


def test_parquet_is_read(foresell, tmp_path, account):
    run = open_shop(foresell, tmp_path / "shop", "az://shop/tables/sales.parquet", env=account.env())
    assert run.ask("count(*), sum(units)") == duckdb.sql("select count(*), sum(1 + range % 3) from range(50000)").fetchall()


def test_more_blobs_than_a_listing_gives_at_once(foresell, tmp_path, account):
    def put(_, n: int) -> None:
        account.put(f"many/other_{n:05d}.txt", b"x")

    account.make("many")
    at_once(put, list(range(5100)))
    for part, lines in enumerate(PARTS):
        account.put(f"many/sales_{part}.csv", delimited(lines))
    with faulty(account.port) as proxy:
        check(open_shop(foresell, tmp_path / "shop", "az://many/*.csv", env=through(account, proxy)), LINES)
    assert any("marker=" in request for request in proxy.requests), "a store gives 5,000 at a time"


def test_a_file_that_changed_is_seen_by_a_run_that_resumes(foresell, tmp_path, account):
    account.put("shop/changing/lines.csv", delimited(LINES))
    foresell("init", tmp_path / "shop", "--from", "az://shop/changing/*.csv", env=account.env())

    def run() -> dict:
        return json.loads(foresell("run", tmp_path / "shop", "--resume", "--json", "--only", "missing_kinds", env=account.env()).stdout)

    run()
    again = run()
    assert again["skipped"] == again["steps"]
    account.put("shop/changing/lines.csv", delimited(PARTS[0]))
    run()
    check(Run(tmp_path / "shop"), PARTS[0])


def test_https_with_a_certificate_of_ones_own(foresell, tmp_path, files):
    (tmp_path / "account").mkdir()
    certified, key = source_servers.certificate(tmp_path)
    with source_servers.azure(tmp_path / "account", (certified, key)) as server:
        server.make("shop")
        server.put("shop/lines.csv", delimited(LINES))
        refused(foresell("init", tmp_path / "no", "--from", "az://shop/lines.csv", check=False, env=server.env()), (4,), "certificate", "SSL_CERT_FILE")
        check(open_shop(foresell, tmp_path / "shop", "az://shop/*.csv", env={**server.env(), "SSL_CERT_FILE": str(certified)}), LINES)
        missing = foresell("run", tmp_path / "shop", check=False, env={**server.env(), "SSL_CERT_FILE": str(tmp_path / "none.pem")})
        refused(missing, (4,), "none.pem", "SSL_CERT_FILE")


# ---- who asks ----


def test_the_key_is_told_nowhere(foresell, tmp_path, account):
    said = [foresell("init", tmp_path / "shop", "--from", "az://shop/lines/2023/lines*", env=account.env()),
            foresell("run", tmp_path / "shop", env=account.env())]
    told_nowhere(tmp_path / "shop", account.key, account.key.rstrip("="))
    assert (tmp_path / "shop" / "runs" / "latest" / "report.html").exists()
    assert not any(account.key in done.stdout + done.stderr for done in said)


def test_a_shared_access_signature_does_instead_of_the_key(foresell, tmp_path, account):
    env = account.shared(ends="2099-01-01T00:00:00Z")
    check(open_shop(foresell, tmp_path / "shop", "az://shop/lines/2023/lines*", env=env), LINES)
    signature = env["AZURE_STORAGE_CONNECTION_STRING"].partition("sig=")[2]
    told_nowhere(tmp_path / "shop", signature)
    for address in ("az://shop/lines/2023/lines_0.csv", "az://shop/*.csv"):
        ended = foresell("init", tmp_path / "no", "--from", address, check=False, env=account.shared(ends="2020-01-01T00:00:00Z"))
        refused(ended, (4,), "refuses", "AZURE_STORAGE_CONNECTION_STRING", "signature", secrets=(signature, "sig="))


def test_what_the_server_refuses_is_told(foresell, tmp_path, account):
    name = "AZURE_STORAGE_CONNECTION_STRING"

    def init(address: str, **other):
        return foresell("init", tmp_path / "shop", "--from", address, check=False, env=account.env(**other))

    wrong = base64.b64encode(b"not-the-key-of-the-shop").decode()
    for address in ("az://shop/lines_0.csv", "az://shop/*.csv"):
        refused(init(address, key=wrong), (4,), "az://shop/", "refuses", name, secrets=(wrong, account.key))
        refused(init(address, key="no base 64"), (4,), "not whole", name, secrets=("no base 64",))
        refused(init(address, account="nobody"), (4,), "does not know the account", name, secrets=(account.key,))
        refused(foresell("init", tmp_path / "shop", "--from", address, check=False, env={name: ""}), (4,), "no key of Azure", name)
        refused(foresell("init", tmp_path / "shop", "--from", address, check=False, env={name: "s3cr3t"}), (4,), "no connection string", name,
                secrets=("s3cr3t",))
        refused(init(address.replace("shop", "none")), (4,), "no such container", "make the container")
    refused(init("az://shop/none.csv"), (4,), "none.csv", "no such file")
    refused(init("az://shop/nothing/*.csv"), (3, 4), "nothing")
    refused(init("az://shop"), (4,), "no file or folder", "az://CONTAINER/")
    refused(init("az://other.blob.core.windows.net/shop/*.csv"), (4,), "of another account", name)
    refused(init("az://shop/*.csv", port=source_servers.free_port()), (4,), "does not answer")
    assert not (tmp_path / "shop" / "foresell.yaml").exists()


# ---- what goes wrong on the way ----


def test_a_file_that_disappears_is_told(foresell, tmp_path, account):
    for part, lines in enumerate(PARTS):
        account.put(f"shop/fleeting/lines_{part}.csv", delimited(lines))
    foresell("init", tmp_path / "shop", "--from", "az://shop/fleeting/*.csv", env=account.env())
    gone = Fault("", 1, only="fleeting/lines_2.csv", first=lambda: account.remove("shop/fleeting/lines_2.csv"))
    with faulty(account.port, gone) as proxy:
        refused(foresell("run", tmp_path / "shop", check=False, env=through(account, proxy)), (4,), "lines_2.csv", "no such file")
    assert gone.times == 0
    refused(foresell("run", tmp_path / "shop", check=False, env=account.env()), (4,), "lines_2.csv", "no such file", secrets=(account.key,))
    assert not (tmp_path / "shop" / "runs" / "latest").exists()


def test_a_file_that_is_written_anew_while_it_is_read_is_not_mixed(foresell, tmp_path, account):
    def rows(item: str, count: int) -> str:
        return "day,item,units,price\n" + "".join(f"2024-01-{1 + n % 28:02d},{item}{n % 50},1,2.50\n" for n in range(count))

    account.put("shop/anew/sales.csv", rows("OLD", 500_000))
    foresell("init", tmp_path / "shop", "--from", "az://shop/anew/sales.csv", env=account.env())
    faults = [Fault("", 1, only="sales.csv", method="GET"),
              Fault("", 1, only="sales.csv", method="GET", first=lambda: account.put("shop/anew/sales.csv", rows("NEW", 400_000)))]
    with faulty(account.port, *faults) as proxy:
        said = foresell("run", tmp_path / "shop", "--only", "missing_kinds", check=False, env=through(account, proxy))
    assert faults[1].times == 0
    refused(said, (4,), "sales.csv", "changed while it was read", "start again")


def test_parquet_that_is_written_anew_while_it_is_read_is_not_mixed(foresell, tmp_path, account):
    def rows(item: str, count: int) -> bytes:
        duckdb.sql(f"copy (select date '2024-01-01' + cast(range % 300 as integer) as day, '{item}' || range % 7 as item, 1 as units, 2.5 as price"
                   f" from range({count})) to '{tmp_path}/{item}.parquet'")
        return (tmp_path / f"{item}.parquet").read_bytes()

    account.put("shop/anew/sales.parquet", rows("OLD", 50_000))
    foresell("init", tmp_path / "shop", "--from", "az://shop/anew/sales.parquet", env=account.env())
    later = rows("NEW", 60_000)
    for wait in (0, 1, 4):
        account.put("shop/anew/sales.parquet", (tmp_path / "OLD.parquet").read_bytes())
        change = Fault("", 1, only="sales.parquet", method="GET", first=lambda: account.put("shop/anew/sales.parquet", later))
        with faulty(account.port, Fault("", wait, only="sales.parquet", method="GET"), change) as proxy:
            said = foresell("run", tmp_path / "shop", "--only", "missing_kinds", check=False, env=through(account, proxy))
        assert change.times == 0
        refused(said, (3, 4), "sales.parquet")


def test_what_passes_is_tried_again(foresell, tmp_path, account):
    faults = [Fault("503", 3, body=BUSY), Fault("500", 3, body=BROKEN), Fault("reset", 3), Fault("cut", 5, only=".csv", method="GET"),
              Fault("503", 3, only="comp=list", body=BUSY), Fault("cut", 2, only="comp=list", method="GET")]

    def meets(n: int, fault: Fault) -> Run:
        with faulty(account.port, fault) as proxy:
            run = open_shop(foresell, tmp_path / str(n), "az://shop/lines/2023/lines*", env=through(account, proxy))
        assert fault.times == 0, ("the fault was met", fault)
        return run

    for run in at_once(meets, faults):
        check(run, LINES)


def test_what_does_not_pass_ends_with_a_message(foresell, tmp_path, account):
    def meets(n: int, case: tuple) -> None:
        address, fault, word = case
        with faulty(account.port, fault) as proxy:
            said = foresell("init", tmp_path / str(n), "--from", address, check=False, env=through(account, proxy))
        refused(said, (4,), "az://shop/lines/", word, secrets=(account.key,))
        assert not (tmp_path / str(n) / "foresell.yaml").exists()

    at_once(meets, [(address, fault, word) for address in ("az://shop/lines/2023/lines_0.csv", "az://shop/lines/2023/lines*") for fault, word in (
        (Fault("503", body=BUSY), "busy"), (Fault("500", body=BROKEN), "out of order"), (Fault("reset"), "does not answer"),
        (Fault("403", method="GET", body=EXPIRED), "refuses the key"))])


def test_one_file_of_many_that_fails_is_not_left_out(foresell, tmp_path, account):
    with faulty(account.port, Fault("503", only="lines_2.csv", body=BUSY)) as proxy:
        said = foresell("init", tmp_path / "shop", "--from", "az://shop/lines/2023/lines*", check=False, env=through(account, proxy))
    refused(said, (4,), "lines_2.csv", "busy")
    assert not (tmp_path / "shop" / "foresell.yaml").exists()


# ---- writing ----


@pytest.fixture(scope="module")
def warehouse(account):
    account.make("warehouse")
    return account


@pytest.fixture(scope="module")
def reader(warehouse):
    """DuckDB by itself, as another program would read what was written."""
    con = duckdb.connect()
    con.execute(f"load '{extensions()}/azure.duckdb_extension'")
    con.execute(f"create secret (type azure, connection_string '{warehouse.env()['AZURE_STORAGE_CONNECTION_STRING']}')")
    return con


def blobs(reader, place: str) -> set[str]:
    return {name.removeprefix(place + "/") for (name,) in reader.execute(f"select file from glob('{place}/**')").fetchall()}


def test_an_export_is_whole_and_never_written_over(foresell, project, warehouse, reader):
    def export():
        return foresell("export", project, "--to", "az://warehouse/all/", "--table", "odd,many,big", check=False, env=warehouse.env())

    place = f"az://warehouse/all/{stamp(project)}"
    done = export()
    assert done.returncode == 0 and warehouse.key not in done.stdout + done.stderr, done.stderr
    for name in ("odd", "many", "big"):
        same(reader, f"read_parquet('{place}/{name}.parquet')", project, name)
    written = reader.execute(f"select content from read_blob('{place}/manifest.json')").fetchone()[0]
    assert written == (project / "runs" / "latest" / "manifest.json").read_bytes()
    refused(export(), (2,), "there already", "another prefix")


def test_partitions_that_others_read(foresell, project, warehouse, reader):
    foresell("export", project, "--to", "az://warehouse/divided", "--partition", "small", "--table", "odd,none", env=warehouse.env())
    place = f"az://warehouse/divided/{stamp(project)}/odd"
    same(reader, f"read_parquet('{place}/*/*.parquet', hive_partitioning = true, hive_types = {{'small': integer}})", project, "odd")


def test_an_unfinished_export_is_done_anew(foresell, project, warehouse, reader):
    foresell("export", project, "--to", "az://warehouse/again", "--partition", "small", "--table", "odd,peaks", env=warehouse.env())
    warehouse.remove(f"warehouse/again/{stamp(project)}/manifest.json")
    foresell("export", project, "--to", "az://warehouse/again", "--table", "odd", env=warehouse.env())
    assert blobs(reader, f"az://warehouse/again/{stamp(project)}") == {"manifest.json", "odd.parquet"}


def test_an_export_that_is_broken_off_is_not_whole(foresell, project, warehouse, reader):
    fault = Fault("403", only="big.parquet", method="PUT", body=ERROR.format("AuthorizationPermissionMismatch"))
    with faulty(warehouse.port, fault) as proxy:
        said = foresell("export", project, "--to", "az://warehouse/broken", "--table", "odd,big", check=False, env=through(warehouse, proxy))
    refused(said, (4,), "az://warehouse/broken", "refuses", secrets=(warehouse.key,))
    assert "manifest.json" not in blobs(reader, f"az://warehouse/broken/{stamp(project)}")


def test_a_store_that_refuses_an_export_is_told(foresell, project, warehouse):
    def export(to, **other):
        return foresell("export", project, "--to", to, check=False, env=warehouse.env(**other))

    wrong = base64.b64encode(b"not-the-key-of-the-shop").decode()
    refused(export("az://warehouse/x", key=wrong), (4,), "az://warehouse/x", "AZURE_STORAGE_CONNECTION_STRING", secrets=(wrong,))
    refused(export("az://nowhere/x"), (4,), "az://nowhere/x", "no such container")
