#!/usr/bin/env python3
"""A real HDFS on the loopback: a NameNode and a DataNode, each a JVM, in a folder and on ports of their own.

    tests/cluster/hdfs.py get        gets the pinned jars into build/tools/hadoop, where they are not there
    tests/cluster/hdfs.py FOLDER     runs one until it is interrupted, and says how it is reached

In a test: `with hdfs.cluster(folder) as c: c.put("/shop/lines.csv", data)`; `c.address("/shop")`, `c.rpc`, `c.conf` (HADOOP_CONF_DIR).
"""
import contextlib
import getpass
import hashlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path
from typing import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
JARS = ROOT / "build" / "tools" / "hadoop" / "jars"
PINNED = Path(__file__).with_name("hadoop") / "jars.sha256"
CLASSES = {"namenode": "org.apache.hadoop.hdfs.server.namenode.NameNode", "datanode": "org.apache.hadoop.hdfs.server.datanode.DataNode"}


class NotHere(Exception):
    """There is no HDFS to be had on this machine; the text says why."""


def pinned() -> dict[str, str]:
    return {name: digest for digest, name in (line.split() for line in PINNED.read_text().splitlines())}


def get() -> None:
    wanted = pinned()
    if JARS.is_dir() and {p.name for p in JARS.iterdir()} == set(wanted):
        return
    if not shutil.which("mvn"):
        raise NotHere("no Maven to get Hadoop's jars with (Debian package maven)")
    coming = JARS.with_name("coming")
    shutil.rmtree(coming, ignore_errors=True)
    done = subprocess.run(["mvn", "-q", "-B", "-f", PINNED.with_name("pom.xml"), "dependency:copy-dependencies", f"-DoutputDirectory={coming}"],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise NotHere(f"Maven does not get Hadoop's jars: {done.stdout[-500:]}")
    got = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in coming.iterdir()}
    if got != wanted:
        raise SystemExit(f"Hadoop's jars are not those of {PINNED}: {sorted(set(got.items()) ^ set(wanted.items()))[:4]}")
    shutil.rmtree(JARS, ignore_errors=True)
    coming.rename(JARS)


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def site(**properties) -> str:
    rows = "".join(f"<property><name>{name.replace('__', '-').replace('_', '.')}</name><value>{value}</value></property>\n"
                   for name, value in properties.items())
    return f"<configuration>\n{rows}</configuration>\n"


class Cluster:
    def __init__(self, folder: Path):
        self.folder, self.conf, self.user = folder, folder / "conf", getpass.getuser()
        self.rpc, self.http, self.data_port, self.data_http, self.data_ipc = free_ports(5)
        self.running: dict[str, subprocess.Popen] = {}
        for name in ("hdfs", "datanode", "static"):  # pages for people, of which none is wanted
            (folder / "webapps" / name).mkdir(parents=True)
        self.conf.mkdir()
        (self.conf / "core-site.xml").write_text(site(
            fs_defaultFS=f"hdfs://127.0.0.1:{self.rpc}", hadoop_tmp_dir=folder / "tmp",
            hadoop_http_authentication_kerberos_principal="HTTP/localhost@LOCALHOST"))  # else it asks what this machine is called
        (self.conf / "hdfs-site.xml").write_text(site(
            dfs_namenode_http__address=f"127.0.0.1:{self.http}", dfs_datanode_address=f"127.0.0.1:{self.data_port}",
            dfs_datanode_http_address=f"127.0.0.1:{self.data_http}", dfs_datanode_ipc_address=f"127.0.0.1:{self.data_ipc}",
            dfs_datanode_hostname="127.0.0.1", dfs_namenode_name_dir=f"file://{folder}/name", dfs_datanode_data_dir=f"file://{folder}/data",
            dfs_replication=1, dfs_ls_limit=100, dfs_heartbeat_interval=1, dfs_namenode_safemode_extension=0))

    def java(self, name: str, *arguments: str) -> subprocess.Popen:
        paths = f"{self.conf}:{self.folder}:{JARS}/*"
        with open(self.folder / f"{name}.log", "ab") as log:
            return subprocess.Popen(["java", "--add-opens", "java.base/java.lang=ALL-UNNAMED", "-Xmx256m", "-XX:+UseSerialGC",
                                     "-XX:TieredStopAtLevel=1", "-cp", paths, CLASSES[name], *arguments],
                                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)

    def start(self, name: str) -> None:
        self.running[name] = self.java(name)

    def stop(self, name: str) -> None:
        process = self.running.pop(name)
        process.terminate()
        process.wait(60)

    def wait(self) -> None:
        """Until a file can be written and read."""
        for _ in range(900):
            for name, process in self.running.items():
                if process.poll() is not None:
                    raise RuntimeError(f"the {name} ended: {(self.folder / f'{name}.log').read_text()[-2000:]}")
            with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
                self.put("/probe", b"")
                self.put("/probe", b"bytes")
                return
            time.sleep(0.2)
        raise RuntimeError("HDFS does not start")

    def ask(self, method: str, path: str, question: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=60)
        connection.request(method, f"/webhdfs/v1{urllib.parse.quote(path)}?{question}&user.name={self.user}")
        return connection.getresponse()

    def to_datanode(self, path: str) -> tuple[http.client.HTTPConnection, str]:
        """Where the bytes of a new file go."""
        answer = self.ask("PUT", path, "op=CREATE&overwrite=true")
        assert answer.status == 307, answer.read()
        to = urllib.parse.urlsplit(answer.headers["Location"])
        return http.client.HTTPConnection(to.netloc, timeout=60), f"{to.path}?{to.query}"

    def put(self, path: str, data: bytes | str) -> None:
        connection, target = self.to_datanode(path)
        connection.request("PUT", target, data.encode() if isinstance(data, str) else data)
        answer = connection.getresponse()
        assert answer.status == 201, answer.read()
        connection.close()

    def do(self, path: str, question: str) -> None:
        answer = self.ask("PUT", path, question)
        assert answer.status == 200, answer.read()

    @contextlib.contextmanager
    def writing(self, path: str, data: bytes) -> Iterator[None]:
        """A file that somebody has begun to write."""
        connection, target = self.to_datanode(path)
        connection.putrequest("PUT", target)
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        connection.send(b"%x\r\n%s\r\n" % (len(data), data))
        for _ in range(100):  # it is there once its first bytes are
            if self.ask("GET", path, "op=GETFILESTATUS").status == 200:
                break
            time.sleep(0.1)
        try:
            yield
            connection.send(b"0\r\n\r\n")
            connection.getresponse().read()
        finally:
            connection.close()

    def address(self, path: str) -> str:
        return f"hdfs://127.0.0.1:{self.http}{path}"


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    if not shutil.which("java"):
        raise NotHere("no Java for HDFS (Debian package default-jre-headless)")
    if not JARS.is_dir():
        raise NotHere("no HDFS here (tests/cluster/hdfs.py get brings it into build/tools where there is Maven)")
    c = Cluster(folder)
    try:
        if c.java("namenode", "-format", "-nonInteractive").wait(120) != 0:
            raise RuntimeError((folder / "namenode.log").read_text()[-2000:])
        c.start("namenode")
        c.start("datanode")
        c.wait()
        yield c
    finally:
        for name in list(c.running):
            c.stop(name)


def main(argument: str) -> None:
    if argument == "get":
        get()
        return
    folder = Path(argument).absolute()
    folder.mkdir(parents=True)
    with cluster(folder) as c:
        print(f"fs.defaultFS hdfs://127.0.0.1:{c.rpc}, WebHDFS {c.address('/')}, HADOOP_CONF_DIR={c.conf}", flush=True)
        until_interrupted()


def until_interrupted() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)


def as_program(main: Callable[[str], None], usage: str | None) -> None:
    """What this file and its like do when they are started by hand, with one argument."""
    try:
        main(sys.argv[1] if len(sys.argv) == 2 else sys.exit(usage))
    except NotHere as reason:
        print(f"{reason}: tests that need it are skipped")


if __name__ == "__main__":
    as_program(main, __doc__)
