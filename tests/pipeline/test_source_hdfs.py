"""The same shop from a real HDFS: files, folders, patterns, all kinds of names; and what is said when something is wrong."""
import gzip
import json
import signal
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from faulty_proxy import Fault, faulty
from source_shop import Run, check, delimited, make_lines, open_shop
from test_source_servers import refused, told_nothing

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cluster"))
import hdfs as hadoop  # noqa: E402

LINES = make_lines(600)
PARTS = [delimited(LINES[i : i + 200]) for i in (0, 200, 400)]
NAMES = ["a b.csv", "c#1.csv", "50%25 off+.csv", "Zoë & Söhne.csv", "🛒.csv", "what? [1]*.csv"]


@pytest.fixture(scope="module")
def hdfs(tmp_path_factory):
    try:
        with hadoop.cluster(tmp_path_factory.mktemp("hdfs")) as cluster:
            for n, part in enumerate(PARTS):
                cluster.put(f"/shop/lines/2023/lines_{n}.csv", part)
            cluster.put("/shop/lines/2023/_SUCCESS", "")
            cluster.put("/shop/lines/2023/_temporary/0/lines_9.csv", PARTS[0])
            cluster.put("/shop/lines/2023/lines_8.csv._COPYING_", PARTS[0])
            yield cluster
    except hadoop.NotHere as reason:
        pytest.skip(str(reason))


def left_behind(folder: Path) -> list:
    return list(folder.glob("foresell-*"))


@pytest.mark.parametrize("path", ["/shop/lines", "/shop/*/2023/lines_?.csv", "/shop/**/lines_[012].csv"])
def test_files_of_a_folder_or_a_pattern(foresell, tmp_path, hdfs, path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    run = open_shop(foresell, tmp_path / "shop", hdfs.address(path), env={"TMPDIR": str(scratch)})
    check(run, LINES)
    assert [f["path"] for f in run.manifest["files"]] == [hdfs.address(f"/shop/lines/2023/lines_{n}.csv") for n in range(3)]
    assert not left_behind(scratch)


def test_a_pattern_in_the_project_is_spread_out_when_it_runs(foresell, tmp_path, hdfs):
    foresell("init", tmp_path / "shop", "--from", hdfs.address("/shop/lines/2023/lines_0.csv"))
    yaml = tmp_path / "shop" / "foresell.yaml"
    yaml.write_text(yaml.read_text().replace("lines_0.csv", "lines_*.csv"))
    foresell("run", tmp_path / "shop", "--only", "missing_kinds")
    check(Run(tmp_path / "shop"), LINES)


def test_a_name_may_hold_any_sign(foresell, tmp_path, hdfs):
    for n, name in enumerate(NAMES):
        hdfs.put(f"/names/{name}", delimited(LINES[n * 100 : n * 100 + 100]))
    run = open_shop(foresell, tmp_path / "shop", *[hdfs.address(f"/names/{name}") for name in NAMES])
    check(run, LINES)
    assert sorted(f["path"] for f in run.manifest["files"]) == sorted(hdfs.address(f"/names/{name}") for name in NAMES)


def test_packed_text_parquet_by_partition_and_json(foresell, tmp_path, hdfs):
    hdfs.put("/packed/lines.csv.gz", gzip.compress(delimited(LINES).encode()))
    check(open_shop(foresell, tmp_path / "gz", hdfs.address("/packed/lines.csv.gz")), LINES)
    for year in (2023, 2024):
        duckdb.sql(f"copy (select date '{year}-01-01' + cast(range % 300 as integer) as day, 'P' || range % 7 as item, 1 + range % 3 as units,"
                   f" 2.5 as price from range(1000)) to '{tmp_path}/{year}.parquet'")
        hdfs.put(f"/tables/year={year}/part-0.parquet", (tmp_path / f"{year}.parquet").read_bytes())
    hdfs.put("/tables/products.json", "\n".join(json.dumps({"item": f"P{n}", "name": f"Article {n}"}) for n in range(7)))
    run = open_shop(foresell, tmp_path / "tables", hdfs.address("/tables"))
    assert run.ask("count(*), sum(units)") == [(2000, 3998)]
    assert sorted(run.ask("distinct year")) == [(2023,), (2024,)], "the folder's name is a column"
    assert run.ask("count(*)", "products") == [(7,)]


def test_a_damaged_file_is_told_by_its_address(foresell, tmp_path, hdfs):
    hdfs.put("/damaged/lines.parquet", b"PAR1" + b"\0" * 200 + b"PAR1")
    said = foresell("init", tmp_path / "shop", "--from", hdfs.address("/damaged/lines.parquet"), check=False)
    refused(said, (3,), hdfs.address("/damaged/lines.parquet"))
    assert "/hdfs-" not in said.stderr, "the name of the copy helps nobody"


def test_hadoops_configuration_knows_the_namenodes(foresell, tmp_path, hdfs):
    lines = "/shop/lines/2023/lines_0.csv"
    known = {"HADOOP_CONF_DIR": str(hdfs.conf)}
    for address in (f"hdfs://127.0.0.1:{hdfs.rpc}{lines}", f"hdfs://{lines}", f"webhdfs://127.0.0.1:{hdfs.http}{lines}"):
        foresell("init", tmp_path / "shop", "--force", "--from", address, env=known)
    conf = tmp_path / "conf"
    conf.mkdir()
    dead = hadoop.free_ports(1)[0]
    (conf / "hdfs-site.xml").write_text("<?xml version='1.0'?><configuration>\n" + "".join(
        f"<property><name>{name}</name><!-- a remark --><value> {value} </value></property>" for name, value in {
            "dfs.nameservices": "corner", "dfs.ha.namenodes.corner": "nn1, nn2", "dfs.namenode.rpc-address.corner.nn1": f"127.0.0.1:{dead}",
            "dfs.namenode.http-address.corner.nn1": f"127.0.0.1:{dead}", "dfs.namenode.rpc-address.corner.nn2": f"127.0.0.1:{hdfs.rpc}",
            "dfs.namenode.http-address.corner.nn2": f"0.0.0.0:{hdfs.http}"}.items()) + "</configuration>")
    foresell("init", tmp_path / "shop", "--force", "--from", f"hdfs://corner{lines}", env={"HADOOP_CONF_DIR": str(conf)})
    (conf / "hdfs-site.xml").write_text("<configuration>\n<property></configuration>")
    broken = foresell("init", tmp_path / "shop", "--force", "--from", f"hdfs://corner{lines}", env={"HADOOP_CONF_DIR": str(conf)}, check=False)
    refused(broken, (4,), "hdfs-site.xml, line 2", "HADOOP_CONF_DIR")


def test_a_folder_of_many_files_comes_in_pieces(foresell, tmp_path, hdfs):
    for n in range(250):  # the cluster gives 100 at a time
        hdfs.do(f"/many/day_{n:03d}.d", "op=MKDIRS")
    hdfs.put("/many/lines.csv", PARTS[0])
    with faulty(hdfs.http) as proxy:
        foresell("init", tmp_path / "shop", "--from", f"webhdfs://127.0.0.1:{proxy.port}/many/*.csv")
    assert sum("LISTSTATUS_BATCH" in request and "/many?" in request for request in proxy.requests) == 3


def test_what_is_not_there_or_not_for_us_is_told(foresell, tmp_path, hdfs):
    def init(url, **env):
        return foresell("init", tmp_path / "shop", "--from", url, check=False, env=env)

    hdfs.put("/secret/lines.csv", PARTS[0])
    hdfs.do("/secret", "op=SETPERMISSION&permission=700")
    refused(init(hdfs.address("/shop/none.csv")), (4,), "/shop/none.csv", "no such file")
    refused(init(hdfs.address("/shop/lines/*.txt")), (3,), "there are no files")
    refused(init(hdfs.address("/secret/lines.csv"), HADOOP_USER_NAME="mallory"), (4,), "mallory", "HADOOP_USER_NAME", "/secret")
    refused(init(f"hdfs://127.0.0.1:{hdfs.rpc}/shop"), (4,), "port of RPC", "9870")
    refused(init(f"hdfs://me@127.0.0.1:{hdfs.http}/shop"), (2,), "HADOOP_USER_NAME")
    refused(init("hdfs:///shop"), (2,), "names no namenode", "HADOOP_CONF_DIR")
    hdfs.put("/lake/part-0.parquet", b"")
    hdfs.do("/lake/_delta_log", "op=MKDIRS")
    refused(init(hdfs.address("/lake")), (3,), "table of Delta")
    assert not (tmp_path / "shop" / "foresell.yaml").exists()


def test_a_namenode_that_is_down_is_told(foresell, tmp_path, hdfs):
    dead = hadoop.free_ports(1)[0]
    refused(foresell("init", tmp_path / "shop", "--from", f"hdfs://127.0.0.1:{dead}/shop", check=False), (4,), "does not answer", f"127.0.0.1:{dead}")


def test_a_file_that_is_still_being_written_is_refused(foresell, tmp_path, hdfs):
    with hdfs.writing("/open/lines.csv", PARTS[0].encode()[:5000]):
        said = foresell("init", tmp_path / "shop", "--from", hdfs.address("/open/lines.csv"), check=False)
        refused(said, (3,), "/open/lines.csv", "still being written", "wait")
    foresell("init", tmp_path / "shop", "--from", hdfs.address("/open/lines.csv"))


def test_a_run_reads_what_is_there_then(foresell, tmp_path, hdfs):
    hdfs.put("/till/lines.csv", PARTS[0])
    folder = tmp_path / "shop"
    foresell("init", folder, "--from", hdfs.address("/till/lines.csv"))
    foresell("run", folder, "--only", "missing_kinds")
    check(Run(folder), LINES[:200])
    hdfs.put("/till/lines.csv", delimited(LINES))
    foresell("run", folder, "--only", "missing_kinds", "--resume")
    check(Run(folder), LINES)
    hdfs.put("/till/lines.csv", "a;b\n1;2\n")
    refused(foresell("run", folder, check=False), (2, 3), hdfs.address("/till/lines.csv"))


def test_what_passes_is_tried_again(foresell, tmp_path, hdfs):
    token = "Zm9yZXNlbGw-sEcReT"
    big = delimited(LINES)
    hdfs.put("/again/lines.csv", big)
    with faulty(hdfs.http, Fault("503", 2), Fault("reset", 2, only="GETFILESTATUS"), Fault("cut", 2, only="through="),
                Fault("403", 1, only="op=OPEN", body='{"RemoteException": {"exception": "StandbyException", "message": "state standby"}}')) as proxy:
        address = f"webhdfs://127.0.0.1:{proxy.port}/again/lines.csv"
        foresell("init", tmp_path / "shop", "--from", address, env={"HADOOP_TOKEN": f"{token},other"})
        assert all(f"delegation={token}" in r and "other" not in r for r in proxy.requests if "through=" not in r)
        offsets = [request.partition("offset=")[2].partition("&")[0] for request in proxy.requests if "through=" in request]
        assert len(offsets) == 3 and int(offsets[1]) > 0 and int(offsets[2]) > int(offsets[1]), "it goes on where it broke off"
    gone = foresell("run", tmp_path / "shop", check=False, env={"HADOOP_TOKEN": token})
    refused(gone, (4,), "does not answer", secrets=(token,))
    told_nothing(tmp_path / "shop", token)


def test_what_does_not_pass_ends_with_a_message(foresell, tmp_path, hdfs):
    def init(*faults):
        with faulty(hdfs.http, *faults) as proxy:
            return foresell("init", tmp_path / "shop", "--from", f"webhdfs://127.0.0.1:{proxy.port}/shop/lines/2023/lines_0.csv", check=False)

    refused(init(Fault("401", body="<html>Authentication required</html>")), (4,), "Kerberos", "HADOOP_TOKEN")
    refused(init(Fault("403", body='{"RemoteException": {"exception": "InvalidToken", "message": "token expired"}}')), (4,), "HADOOP_TOKEN", "no longer")


def test_a_datanode_that_hangs_or_is_down(foresell, tmp_path, hdfs):
    folder, lines = tmp_path / "shop", hdfs.address("/shop/lines/2023/lines_0.csv")
    node = hdfs.running["datanode"]
    node.send_signal(signal.SIGSTOP)
    threading.Timer(2, node.send_signal, [signal.SIGCONT]).start()
    began = time.monotonic()
    foresell("init", folder, "--from", lines)
    assert time.monotonic() - began > 1.5, "it waited"
    hdfs.stop("datanode")
    try:
        refused(foresell("run", folder, check=False), (4,), lines, "datanode")
    finally:
        hdfs.start("datanode")
        hdfs.wait()
    foresell("run", folder, "--only", "missing_kinds")
    check(Run(folder), LINES[:200])
