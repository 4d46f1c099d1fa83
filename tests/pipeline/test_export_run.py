"""foresell export: the results of a run in folders, object stores and databases, all real ones on the loopback, whole or not at all."""
import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import duckdb
import pytest

import source_servers
from conftest import ROOT
from test_source_servers import refused

ODD_NAMES = ["na\"me'; drop table x; --", "b`q\\", "Größe 東京", "select"]
ODD_TEXTS = ["it's", 'a/b=c%2F "q"', "🛒;--", "x/../../../z", "..", "first\nsecond \\n", "=1+1", "-49"]


def add_table(run: Path, name: str, select: str) -> None:
    duckdb.sql(f"copy ({select}) to '{run}/tables/{name}.parquet' (format parquet)")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@pytest.fixture(scope="module")
def project(foresell, shop, tmp_path_factory) -> Path:
    """A project with a run, to whose tables some of every type and with every nasty name and text are added."""
    folder = tmp_path_factory.mktemp("export") / "shop"
    foresell("init", folder, "--from", shop)
    foresell("run", folder)
    run = folder / "runs" / "latest"
    texts = "[" + ", ".join("'" + t.replace("'", "''") + "'" for t in ODD_TEXTS) + ", null]"
    names = ", ".join(f"text as {quoted(n)}" for n in ODD_NAMES)
    add_table(run, "odd", f"""select *, {names} from (select i as number, {texts}[1 + i % {len(ODD_TEXTS) + 1}] as text, i / 3.0::double as third,
        1e-300::double as tiny, i % 2 = 0 as truth, date '2024-02-29' + (i % 3)::integer as day, timestamp '2024-02-29 23:59:59.123456' as moment,
        9223372036854775807 as most, null::varchar as nothing, (i % 7)::integer as small, (i / 8)::float as eighth from range(500) t(i))""")
    add_table(run, "many", "select i as key, i % 3 as third from range(10001) t(i)")
    add_table(run, "empty", "select i as key, case when i > 0 then 'x' else '' end as text from range(3) t(i)")
    add_table(run, "lonely", "select i % 3 as third from range(10) t(i)")
    add_table(run, "none", "select i as key, i % 3 as third from range(0) t(i)")
    add_table(run, "big", "select i as key, 'text of some length ' || i as text, i / 3.0::double as third from range(1500000) t(i)")
    return folder


def stamp(project: Path) -> str:
    return (project / "runs" / "latest").resolve().name


def held(project: Path, table: str) -> str:
    return f"read_parquet('{project}/runs/latest/tables/{table}.parquet')"


def same(con, there: str, project: Path, table: str) -> None:
    """The same columns with the same values in the same number of rows."""
    columns = ", ".join(quoted(r[0]) for r in con.execute(f"describe select * from {held(project, table)}").fetchall())
    here = f"select {columns} from {held(project, table)}"
    for one, other in ((f"select {columns} from {there}", here), (here, f"select {columns} from {there}")):
        left = con.execute(f"({one}) except all ({other})").fetchall()
        assert left == [], (table, left[:3])


def results(project: Path) -> set[str]:
    return {p.stem for p in (project / "runs" / "latest" / "csv").glob("*.csv")}


# ---- folders ----


def test_a_folder_gets_every_result_and_the_manifest(foresell, project, tmp_path):
    said = json.loads(foresell("export", project, "--to", tmp_path / "new" / "out", "--json").stdout)
    whole = tmp_path / "new" / "out" / stamp(project)
    assert {t["name"] for t in said["tables"]} == results(project) == {p.stem for p in whole.glob("*.parquet")}
    for name in results(project):
        same(duckdb.connect(), f"read_parquet('{whole}/{name}.parquet')", project, name)
    assert (whole / "manifest.json").read_bytes() == (project / "runs" / "latest" / "manifest.json").read_bytes()
    assert [p.name for p in whole.parent.iterdir()] == [stamp(project)], "nothing unfinished is left"


def test_what_is_there_is_not_written_over_and_what_is_unfinished_is(foresell, project, tmp_path):
    half = tmp_path / f"{stamp(project)}.partial" / "old"
    half.mkdir(parents=True)
    (half / "rubbish").write_text("x")
    foresell("export", project, "--to", tmp_path, "--table", "peaks")
    whole = tmp_path / stamp(project)
    assert sorted(p.name for p in whole.iterdir()) == ["manifest.json", "peaks.parquet"]
    again = foresell("export", project, "--to", tmp_path, "--table", "summary", check=False)
    refused(again, (2,), str(whole), "remove it")
    assert sorted(p.name for p in whole.iterdir()) == ["manifest.json", "peaks.parquet"]


def test_of_two_exports_at_once_the_second_is_told(foresell, project, tmp_path):
    half = tmp_path / f"{stamp(project)}.partial"
    half.mkdir()
    (half / "of the first").write_text("x")
    lock = os.open(half, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        refused(foresell("export", project, "--to", tmp_path, check=False), (4,), "another export")
        assert (half / "of the first").exists()
    finally:
        os.close(lock)


@pytest.mark.parametrize("column", ["text", "day", "truth", "small"])
def test_a_divided_table_is_read_back_as_it_was(foresell, project, tmp_path, column):
    said = foresell("export", project, "--to", tmp_path, "--table", "odd,peaks,none", "--partition", column).stdout
    assert f"no column {column}" in said and "peaks" in said and "odd" not in said.partition("Written whole")[2]
    folder = tmp_path / stamp(project) / "odd"
    assert all(p.name.startswith(f"{column}=") for p in folder.iterdir())
    assert (folder / f"{column}=__HIVE_DEFAULT_PARTITION__").is_dir() == (column == "text")
    kind = "varchar" if column == "text" else {"day": "date", "truth": "boolean", "small": "integer"}[column]
    same(duckdb.connect(), f"read_parquet('{folder}/*/*.parquet', hive_partitioning = true, hive_types = {{'{column}': {kind}}})", project, "odd")
    assert {p for p in tmp_path.rglob("*")} == {p for p in (tmp_path / stamp(project)).rglob("*")} | {tmp_path / stamp(project)}


def test_tables_that_cannot_be_divided_are_told_or_written_whole(foresell, project, tmp_path):
    def export(*more):
        return foresell("export", project, "--to", tmp_path / "out", *more, check=False)

    refused(export("--table", "many", "--partition", "key"), (2,), "10001 different values of key", "fewer values")
    refused(export("--table", "empty", "--partition", "text"), (3,), "empty text", "nullif")
    refused(export("--table", "many", "--partition", "thrid"), (2,), "no", "did you mean third?")
    assert not (tmp_path / "out").exists(), "nothing is begun"
    assert "Written whole" in export("--table", "lonely,many,none", "--partition", "third").stdout
    whole = tmp_path / "out" / stamp(project)
    same(duckdb.connect(), f"read_parquet('{whole}/lonely.parquet')", project, "lonely")
    assert list((whole / "none").rglob("*.parquet")) == []


def test_wrong_words_are_told_with_the_right_ones(foresell, project, tmp_path):
    def export(*words):
        return foresell("export", *words, check=False)

    out = tmp_path / "out"
    refused(export(project), (2,), "--to")
    refused(export(project, "--to", out, "--table", "forecast_itm"), (2,), "did you mean forecast_item?")
    refused(export(project, "--to", out, "--table", ","), (2,), "--table")
    refused(export(project, "--to", out, "--table", "../tables/peaks"), (2,), "no table")
    refused(export(project, "--to", out, "--run", "2020-01-01T000000Z"), (4,), "no run 2020-01-01T000000Z")
    refused(export(project, "--to", out, "--run", "../runs"), (4,), "no run")
    refused(export(tmp_path, "--to", out), (4,), "no whole run", "foresell run")
    refused(export(project, "--to", "hdfs://host/x"), (2,), "hdfs dfs -put")
    refused(export(project, "--to", "https://me:wrong@host/x"), (2,), "not written to", secrets=("wrong",))
    refused(export(project, "--to", "s3://bucket/*"), (2,), "prefix")
    refused(export(project, "--to", "postgres://host/x", "--partition", "store"), (2,), "--partition")
    assert not out.exists()


def test_a_run_that_is_not_whole_is_not_exported(foresell, project, tmp_path):
    copy = tmp_path / "shop"
    shutil.copytree(project / "runs" / "latest", copy / "runs" / "2024-01-01T000000Z.partial")
    for words in ([], ["--run", "2024-01-01T000000Z.partial"], ["--run", "2024-01-01T000000Z"]):
        refused(foresell("export", copy, "--to", tmp_path / "out", *words, check=False), (4,), "whole", "foresell run")


def test_an_older_run_is_exported_where_it_is_named(foresell, project, tmp_path):
    copy = tmp_path / "shop"
    for name in ("2024-01-01T000000Z", "2024-01-02T000000Z-2"):
        shutil.copytree(project / "runs" / "latest", copy / "runs" / name)
    (copy / "runs" / "latest").symlink_to("2024-01-02T000000Z-2")
    foresell("export", copy, "--to", tmp_path / "out", "--table", "peaks")
    foresell("export", copy, "--to", tmp_path / "out", "--table", "peaks", "--run", "2024-01-01T000000Z")
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"2024-01-01T000000Z", "2024-01-02T000000Z-2"}


def test_a_table_in_parts_becomes_one(foresell, project, tmp_path):
    copy = tmp_path / "shop" / "runs" / "2024-01-01T000000Z"
    shutil.copytree(project / "runs" / "latest", copy)
    (copy.parent / "latest").symlink_to(copy.name)
    whole = (copy / "tables" / "odd.parquet").rename(copy / "tables" / "odd.whole")
    (copy / "tables" / "odd.parquet").mkdir()
    for part in range(2):
        duckdb.sql(f"copy (select * from read_parquet('{whole}') where number % 2 = {part}) to '{copy}/tables/odd.parquet/part-{part}.parquet'")
    foresell("export", copy.parents[1], "--to", tmp_path / "out", "--table", "odd")
    same(duckdb.connect(), f"read_parquet('{tmp_path}/out/{copy.name}/odd.parquet')", project, "odd")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a small disk")
def test_a_full_disk_leaves_nothing_that_looks_whole(foresell, project, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        refused(foresell("export", project, "--to", disk, "--table", "summary,big", check=False), (4,), "full")
        assert not (disk / stamp(project)).exists()
        refused(foresell("export", project, "--to", disk, "--table", "big", "--partition", "third", check=False), (2,), "different values")
        foresell("export", project, "--to", disk, "--table", "summary")
        assert sorted(p.name for p in (disk / stamp(project)).iterdir()) == ["manifest.json", "summary.parquet"]
    finally:
        subprocess.run(["umount", str(disk)], check=False)


# ---- object stores ----


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store") / "buckets"
    (folder / "warehouse").mkdir(parents=True)
    with source_servers.s3(folder) as env:
        yield env, folder / "warehouse"


@pytest.fixture(scope="module")
def reader(store):
    """DuckDB by itself, as another program would read what was written."""
    con = duckdb.connect()
    con.execute(f"load '{extensions()}/httpfs.duckdb_extension'")
    env = store[0]
    con.execute(f"""create secret (type s3, key_id '{env['AWS_ACCESS_KEY_ID']}', secret '{env['AWS_SECRET_ACCESS_KEY']}', region 'us-east-1',
        endpoint '{env['AWS_ENDPOINT_URL'].removeprefix('http://')}', url_style 'path', use_ssl false)""")
    return con


def extensions() -> Path:
    return Path(os.environ.get("FORESELL_EXTENSIONS", ROOT / "build" / "deps" / "extensions"))


def test_an_object_store_gets_every_result_and_the_manifest(foresell, project, store, reader):
    env = {**store[0], "PREFIX": "all"}
    said = foresell("export", project, "--to", "s3://warehouse/${PREFIX}/", env=env).stdout
    assert "s3://warehouse/${PREFIX}" in said
    place = f"s3://warehouse/all/{stamp(project)}"
    for name in results(project):
        same(reader, f"read_parquet('{place}/{name}.parquet')", project, name)
    there = store[1] / "all" / stamp(project)
    assert (there / "manifest.json").read_bytes() == (project / "runs" / "latest" / "manifest.json").read_bytes()
    refused(foresell("export", project, "--to", "s3://warehouse/all", env=env, check=False), (2,), "there already", "another prefix")


def test_a_store_holds_partitions_that_others_read(foresell, project, store, reader):
    foresell("export", project, "--to", "s3://warehouse/divided", "--partition", "small", "--table", "odd,none", env=store[0])
    place = f"s3://warehouse/divided/{stamp(project)}/odd"
    same(reader, f"read_parquet('{place}/*/*.parquet', hive_partitioning = true, hive_types = {{'small': integer}})", project, "odd")
    foresell("export", project, "--to", "s3://warehouse/texts", "--partition", "text", "--table", "odd", env=store[0])
    folders = {p.name for p in (store[1] / "texts" / stamp(project) / "odd").iterdir()}
    assert folders >= {"text=__HIVE_DEFAULT_PARTITION__", "text=a%2Fb%3Dc%252F%20%22q%22", "text=x%2F..%2F..%2F..%2Fz"}


def test_an_unfinished_export_to_a_store_is_done_anew(foresell, project, store):
    foresell("export", project, "--to", "s3://warehouse/again", "--partition", "small", "--table", "odd,peaks", env=store[0])
    there = store[1] / "again" / stamp(project)
    (there / "manifest.json").unlink()
    foresell("export", project, "--to", "s3://warehouse/again", "--table", "odd", env=store[0])
    assert {p.name for p in there.rglob("*") if p.is_file()} == {"manifest.json", "odd.parquet"}


def test_a_store_that_refuses_is_told(foresell, project, store):
    def export(to, **env):
        return foresell("export", project, "--to", to, check=False, env={**store[0], **env})

    secret = "not-the-secret-key"
    refused(export("s3://warehouse/x", AWS_SECRET_ACCESS_KEY=secret), (4,), "s3://warehouse/x", "AWS_SECRET_ACCESS_KEY", secrets=(secret,))
    refused(export("s3://nowhere/x"), (4,), "s3://nowhere/x", "no such bucket")
    refused(export("s3://warehouse/x", AWS_ENDPOINT_URL=f"http://127.0.0.1:{source_servers.free_port()}"), (4,), "does not answer")
    assert not (store[1] / "x").exists()


def start(foresell, *words, env=None) -> subprocess.Popen:
    return subprocess.Popen([foresell.binary, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})


def wait_until(true, process: subprocess.Popen) -> None:
    for _ in range(3000):
        if true():
            return
        assert process.poll() is None, ("it was over before", process.communicate())
        time.sleep(0.01)
    pytest.fail("it never came so far")


def test_an_export_that_is_killed_is_not_whole_in_a_store(foresell, project, store):
    there = store[1] / "killed" / stamp(project)
    process = start(foresell, "export", project, "--to", "s3://warehouse/killed", "--table", "summary,big", env=store[0])
    wait_until((there / "summary.parquet").exists, process)
    process.kill()
    process.communicate()
    assert not (there / "manifest.json").exists()
    foresell("export", project, "--to", "s3://warehouse/killed", "--table", "peaks", env=store[0])
    assert {p.name for p in there.rglob("*") if p.is_file()} == {"manifest.json", "peaks.parquet"}


# ---- databases ----


def ask(server, sql: str) -> list[str]:
    done = subprocess.run([*server.client, *(["-At"] if server.scheme == "postgres" else ["-N"])], input=sql, text=True, capture_output=True,
                          env={**os.environ, **server.env}, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def postgres():
    with source_servers.postgres() as server:
        yield server


@pytest.fixture(scope="module")
def mysql():
    with source_servers.mysql() as server:
        server.run("grant all on corner.* to shopkeeper@'127.0.0.1'; alter database corner character set latin1;")
        yield server


@pytest.fixture(params=["postgres", "mysql"])
def server(request):
    """One of the servers, with nothing in it."""
    server = request.getfixturevalue(request.param)
    if server.scheme == "postgres":
        server.run("drop schema public cascade; create schema public;")
    else:
        server.run("drop database corner; create database corner character set latin1;")
    return server


def opened(server, schema: str | None = None):
    """DuckDB over the server, as another program would read what was written; and what to put before a table."""
    con = duckdb.connect()
    con.execute(f"load '{extensions()}/{server.scheme}_scanner.duckdb_extension'")
    con.execute(f"""create secret s (type {server.scheme}, host '127.0.0.1', port '{server.port}', user '{server.user}',
        password '{server.password}', database '{server.name}')""")
    con.execute(f"attach '' as db (type {server.scheme}, secret s, read_only)")
    return con, f"db.{quoted(schema or ('public' if server.scheme == 'postgres' else 'corner'))}."


def tables(server) -> set[str]:
    if server.scheme == "postgres":
        return set(ask(server, "select tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"))
    return set(ask(server, "show tables"))


def test_a_database_gets_every_result_and_the_list_of_them(foresell, project, server):
    said = foresell("export", project, "--to", server.url())
    assert server.password not in said.stdout + said.stderr
    assert tables(server) == results(project) | {"foresell_exports"}
    con, at = opened(server)
    for name in results(project):
        same(con, at + quoted(name), project, name)
    rows = dict(con.execute(f"select name, rows from {at}foresell_exports where run = '{stamp(project)}'").fetchall())
    assert rows == {n: duckdb.sql(f"select count(*) from {held(project, n)}").fetchone()[0] for n in results(project)}


def test_names_types_and_texts_of_every_kind_arrive(foresell, project, server):
    foresell("export", project, "--to", server.url(), "--table", "odd,none")
    con, at = opened(server)
    if server.scheme == "postgres":
        same(con, at + "odd", project, "odd")
    else:  # DuckDB cannot read a ` in a name: the server is asked
        assert ask(server, "select count(*), sum(`b``q\\` <=> text), sum(`na\"me'; drop table x; --` <=> text), sum(`Größe 東京` <=> text), sum(`select` <=> text) from odd;") == ["500\t500\t500\t500\t500"]
        server.run("alter table odd drop column `b``q\\`;")
        con, at = opened(server)
        columns = "number, text, third, tiny, truth, day, moment, most, nothing, small, eighth, \"select\""
        assert con.execute(f"(select {columns} from {at}odd) except all (select {columns} from {held(project, 'odd')})").fetchall() == []
    assert con.execute(f"select count(*) from {at}none").fetchone() == (0,)
    kinds = {n: str(t) for n, t, *_ in con.execute(f"describe {at}odd").fetchall()}
    assert {k: kinds[k] for k in ("number", "third", "truth", "day", "moment", "text", "small")} == {
        "number": "BIGINT", "third": "DOUBLE", "truth": "BOOLEAN", "day": "DATE", "moment": "TIMESTAMP", "text": "VARCHAR", "small": "BIGINT"}


def test_what_foresell_wrote_is_replaced_and_what_others_wrote_is_not(foresell, project, server):
    foresell("export", project, "--to", server.url(), "--table", "summary,peaks")
    server.run("delete from peaks; drop table summary; create table summary (mine integer); insert into summary values (7);")
    refused(foresell("export", project, "--to", server.url(), "--table", "peaks,summary", check=False), (2,), "summary", "--replace",
            secrets=(server.password,))
    assert ask(server, "select mine from summary;") == ["7"] and ask(server, "select count(*) from peaks;") == ["0"]
    foresell("export", project, "--to", server.url(), "--table", "peaks")
    con, at = opened(server)
    same(con, at + "peaks", project, "peaks")
    foresell("export", project, "--to", server.url(), "--table", "summary", "--replace")
    con, at = opened(server)
    same(con, at + "summary", project, "summary")
    assert con.execute(f"select name from {at}foresell_exports order by 1").fetchall() == [("peaks",), ("summary",)]
    assert tables(server) == {"peaks", "summary", "foresell_exports"}


def test_a_list_that_others_wrote_is_left_alone(foresell, project, server):
    server.run("create table foresell_exports (mine integer);")
    refused(foresell("export", project, "--to", server.url(), "--table", "peaks", check=False), (2,), "foresell_exports")
    assert tables(server) == {"foresell_exports"}


def test_a_name_that_the_server_does_not_take_is_told_and_nothing_is_seen(foresell, project, server):
    name = {"postgres": "x" * 64, "mysql": "sold 🛒"}[server.scheme]
    add_table(project / "runs" / "latest", "named", f'select 1 as "{name}"')
    refused(foresell("export", project, "--to", server.url(), "--table", "summary,named", check=False), (3,), "named", name, "another name")
    assert tables(server) == set()
    longest = {"mysql": "ö" * 64, "postgres": "sold 🛒"}[server.scheme]
    add_table(project / "runs" / "latest", "named", f'select 1 as "{longest}"')
    foresell("export", project, "--to", server.url(), "--table", "summary,named")
    assert tables(server) == {"summary", "named", "foresell_exports"}


def busy(server) -> bool:
    if server.scheme == "postgres":
        return ask(server, "select count(*) from pg_stat_activity where query ilike 'copy%big%'") != ["0"]
    return ask(server, "select count(*) from information_schema.processlist where info like 'insert%foresell_new_1%'") != ["0"]


def cut_off(server) -> None:
    """Ends the connections of the export, as a server that goes down would."""
    if server.scheme == "postgres":
        server.run("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend';")
        return
    for number in ask(server, "select id from information_schema.processlist where user = 'shopkeeper'"):
        server.run(f"kill {number};")


@pytest.mark.parametrize("how", ["cut off", "killed", "stopped"])
def test_an_export_that_ends_midway_is_not_seen(foresell, project, server, how):
    foresell("export", project, "--to", server.url(), "--table", "peaks")
    server.run("delete from peaks;")
    process = start(foresell, "export", project, "--to", server.url(), "--table", "peaks,big")
    wait_until(lambda: busy(server), process)
    if how == "cut off":
        cut_off(server)
    else:
        process.send_signal({"killed": signal.SIGKILL, "stopped": signal.SIGINT}[how])
    out, err = process.communicate(timeout=120)
    assert process.returncode == {"cut off": 4, "killed": -9, "stopped": 130}[how], (out, err)
    if how == "cut off":
        assert "nothing of this export" in err and server.password not in err, err
    for _ in range(600):
        if not busy(server):
            break
        time.sleep(0.1)
    assert ask(server, "select count(*) from peaks;") == ["0"], "others still see what was there"
    assert "big" not in tables(server)
    foresell("export", project, "--to", server.url(), "--table", "peaks,summary")
    assert tables(server) == {"peaks", "summary", "foresell_exports"}, "and what was left is gone"


def test_of_two_exports_to_one_database_the_second_is_told(foresell, project, server):
    hold = {"postgres": "begin; select pg_advisory_xact_lock(hashtext('foresell_exports'));\n",
            "mysql": "select get_lock('foresell_exports corner', 0);\n"}[server.scheme]
    first = subprocess.Popen([*server.client, *([] if server.scheme == "postgres" else ["-n"])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                             env={**os.environ, **server.env})
    try:
        first.stdin.write(hold)
        first.stdin.flush()
        assert first.stdout.readline()
        refused(foresell("export", project, "--to", server.url(), "--table", "peaks", check=False), (4,), "another export")
    finally:
        first.communicate(timeout=30)
    foresell("export", project, "--to", server.url(), "--table", "peaks")


def test_two_exports_at_once_never_mix(foresell, project, server):
    foresell("export", project, "--to", server.url(), "--table", "peaks")
    first = start(foresell, "export", project, "--to", server.url(), "--table", "peaks,big")
    wait_until(lambda: busy(server), first)
    refused(foresell("export", project, "--to", server.url(), "--table", "peaks", check=False), (4,), "another export")
    out, err = first.communicate(timeout=300)
    assert first.returncode == 0, err
    assert ask(server, "select count(*) from big;") == ["1500000"]


def test_databases_that_refuse_are_told_in_one_message(foresell, project, server):
    def export(url):
        return foresell("export", project, "--to", url, "--table", "peaks", check=False)

    wrong = "not-the-right-one"
    refused(export(server.url(password=wrong)), (4,), "password", server.user, secrets=(wrong, server.password))
    refused(export(server.url(name="nowhere")), (4,), "nowhere", secrets=(server.password,))
    refused(export(server.url(port=source_servers.free_port())), (4,), "server", secrets=(server.password,))
    reader = {"postgres": "drop role if exists clerk; create role clerk login password 'only looks';",
              "mysql": "drop user if exists clerk@'127.0.0.1'; create user clerk@'127.0.0.1' identified by 'only looks'; grant select on corner.* to clerk@'127.0.0.1';"}
    server.run(reader[server.scheme])
    refused(export(server.url(user="clerk", password="only looks")), (4,), "denied", secrets=("only looks",))
    assert tables(server) == set()


def test_a_password_may_stay_in_the_environment(foresell, project, server):
    said = foresell("export", project, "--to", server.url(password="${SHOP_PASSWORD}"), "--table", "peaks", env={"SHOP_PASSWORD": server.password})
    assert "${SHOP_PASSWORD}" in said.stdout and server.password not in said.stdout


def test_a_schema_is_made_and_named_as_it_is_written(foresell, project, postgres):
    name = 'the "Sales" dept; drop table x'
    url = postgres.url() + "?schema=" + name.replace(" ", "%20").replace('"', "%22")
    foresell("export", project, "--to", url, "--table", "peaks")
    foresell("export", project, "--to", url, "--table", "peaks,summary")
    con, at = opened(postgres, name)
    same(con, at + "peaks", project, "peaks")
    postgres.run("create schema plans; create role planner login password 'writes here'; grant usage, create on schema plans to planner;")
    foresell("export", project, "--to", postgres.url(user="planner", password="writes here") + "?schema=plans", "--table", "peaks")
    refused(foresell("export", project, "--to", postgres.url(user="planner", password="writes here") + "?schema=other", "--table", "peaks", check=False),
            (4,), "denied", secrets=("writes here",))


def test_views_and_grants_outlive_an_export(foresell, project, postgres):
    to = postgres.url() + "?schema=lasting"
    foresell("export", project, "--to", to, "--table", "summary")
    postgres.run("create view lasting.mine as select * from lasting.summary; grant select on lasting.summary to public; delete from lasting.summary;")
    foresell("export", project, "--to", to, "--table", "summary")
    (rows,) = duckdb.sql(f"select count(*) from {held(project, 'summary')}").fetchone()
    assert ask(postgres, "select count(*) from lasting.mine") == [str(rows)]
    assert "=r/" in ask(postgres, "select relacl from pg_class where oid = 'lasting.summary'::regclass")[0]
    postgres.run("drop view lasting.mine; alter table lasting.summary add column more integer; create view lasting.mine as select * from lasting.summary;")
    refused(foresell("export", project, "--to", to, "--table", "summary", check=False), (4,), "view lasting.mine depends")
    assert ask(postgres, "select count(*) from lasting.mine") == [str(rows)]


# ---- SQLite ----


def in_file(file: Path, project: Path, table: str) -> None:
    con = duckdb.connect()
    con.execute(f"load '{extensions()}/sqlite_scanner.duckdb_extension'; attach '{file}' as db (type sqlite, read_only)")
    there = "(select " + ", ".join(f"cast({quoted(r[0])} as {r[1]}) as {quoted(r[0])}"
                                   for r in con.execute(f"describe select * from {held(project, table)}").fetchall()) + f" from db.{table})"
    same(con, there, project, table)


def test_a_file_of_sqlite_gets_every_result(foresell, project, tmp_path):
    foresell("export", project, "--to", f"sqlite://{tmp_path}/results.db")
    for name in results(project):
        in_file(tmp_path / "results.db", project, name)
    foresell("export", project, "--to", f"sqlite://{tmp_path}/results.db", "--table", "odd,peaks")
    in_file(tmp_path / "results.db", project, "odd")
    in_file(tmp_path / "results.db", project, "peaks")


def sqlite(file: Path, sql: str) -> list[str]:
    done = subprocess.run(["sqlite3", file, sql], text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_table_of_sqlite_that_changed_is_left_alone(foresell, project, tmp_path):
    file = tmp_path / "results.db"
    to = f"sqlite://{file}"
    foresell("export", project, "--to", to, "--table", "peaks,summary")
    sqlite(file, "delete from peaks where rowid = 1; create table \"Many\" (mine integer)")
    before = sqlite(file, "select count(*) from peaks")
    refused(foresell("export", project, "--to", to, "--table", "summary,peaks", check=False), (2,), "peaks", "--replace")
    refused(foresell("export", project, "--to", to, "--table", "summary,many", check=False), (2,), "Many", "--replace")
    assert sqlite(file, "select count(*) from peaks") == before
    foresell("export", project, "--to", to, "--table", "summary,peaks,many", "--replace")
    in_file(file, project, "peaks")
    in_file(file, project, "many")


def test_an_export_to_sqlite_that_fails_leaves_no_file(foresell, project, tmp_path):
    file = tmp_path / "results.db"
    damaged = project / "runs" / "latest" / "tables" / "damaged.parquet"
    whole = (project / "runs" / "latest" / "tables" / "big.parquet").read_bytes()
    middle = len(whole) // 2
    damaged.write_bytes(whole[:middle] + bytes(4096) + whole[middle + 4096 :])
    assert foresell("export", project, "--to", f"sqlite://{file}", "--table", "summary,damaged", check=False).returncode in (1, 3, 4)
    assert not file.exists()
    foresell("export", project, "--to", f"sqlite://{file}", "--table", "summary")
    assert foresell("export", project, "--to", f"sqlite://{file}", "--table", "peaks,damaged", check=False).returncode in (1, 3, 4)
    assert sqlite(file, ".tables")[0].split() == ["foresell_exports", "summary"]
    refused(foresell("export", project, "--to", f"sqlite://{tmp_path}/no/x.db", check=False), (4,), "unable to open")
    (tmp_path / "note.txt").write_text("no database at all, but a note\n" * 99)
    refused(foresell("export", project, "--to", f"sqlite://{tmp_path}/note.txt", check=False), (4,), "not a database")
    assert (tmp_path / "note.txt").read_text().startswith("no database at all")
