#!/usr/bin/env python3
"""A real YARN on the loopback: a ResourceManager and a NodeManager, each a JVM, beside the HDFS that it keeps its files in.

    tests/cluster/yarn.py FOLDER     runs both until it is interrupted, and says how they are reached

In a test: `with yarn.cluster(folder, hdfs) as y: y.conf` (HADOOP_CONF_DIR for Spark's `--master yarn`), `y.applications()`. `before`:
words before the NodeManager's command, such as what hides a folder from it.
"""
from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import hdfs

CLASSES = {
    "resourcemanager": "org.apache.hadoop.yarn.server.resourcemanager.ResourceManager",
    "nodemanager": "org.apache.hadoop.yarn.server.nodemanager.NodeManager",
}
SCHEDULER = "org.apache.hadoop.yarn.server.resourcemanager.scheduler.fifo.FifoScheduler"

LOG = """log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.SimpleLayout
"""


class Cluster:
    def __init__(self, folder: Path, store: hdfs.Cluster, before: Sequence[str | Path] = ()):
        self.folder, self.conf, self.before = folder, folder / "conf", {"nodemanager": before}
        self.conf.mkdir(parents=True)
        client, scheduler, tracker, admin, self.web, node, localizer, node_web = hdfs.free_ports(8)
        (self.conf / "core-site.xml").write_text((store.conf / "core-site.xml").read_text())
        (self.conf / "hdfs-site.xml").write_text((store.conf / "hdfs-site.xml").read_text())
        (self.conf / "yarn-site.xml").write_text(hdfs.site(
            yarn_resourcemanager_address=f"127.0.0.1:{client}", yarn_resourcemanager_scheduler_address=f"127.0.0.1:{scheduler}",
            yarn_resourcemanager_resource__tracker_address=f"127.0.0.1:{tracker}", yarn_resourcemanager_admin_address=f"127.0.0.1:{admin}",
            yarn_resourcemanager_webapp_address=f"127.0.0.1:{self.web}", yarn_resourcemanager_scheduler_class=SCHEDULER,
            yarn_nodemanager_address=f"127.0.0.1:{node}", yarn_nodemanager_localizer_address=f"127.0.0.1:{localizer}",
            yarn_nodemanager_webapp_address=f"127.0.0.1:{node_web}", yarn_nodemanager_hostname="127.0.0.1",
            yarn_nodemanager_local__dirs=folder / "local", yarn_nodemanager_log__dirs=folder / "logs",
            yarn_nodemanager_resource_memory__mb=6144, yarn_nodemanager_resource_cpu__vcores=4, yarn_nodemanager_vmem__check__enabled="false",
            yarn_nodemanager_disk__health__checker_enable="false", yarn_scheduler_minimum__allocation__mb=256))
        (self.conf / "log4j.properties").write_text(LOG)
        self.running: list[subprocess.Popen] = []

    def start(self, name: str) -> None:
        paths = f"{self.conf}:{hdfs.JARS}/*"
        with open(self.folder / f"{name}.log", "ab") as log:
            self.running.append(subprocess.Popen(
                [*self.before.get(name, ()), "java", "--add-opens", "java.base/java.lang=ALL-UNNAMED", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                 "-cp", paths, CLASSES[name]], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder))

    def ask(self, what: str) -> dict:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.web}/ws/v1/cluster/{what}", timeout=10) as answer:
            return json.load(answer)

    def applications(self) -> list[dict]:
        """What was run, as YARN tells of it."""
        return (self.ask("apps")["apps"] or {}).get("app", [])

    def wait(self) -> None:
        """Until there is a machine that takes work."""
        for _ in range(600):
            for process in self.running:
                if process.poll() is not None:
                    raise RuntimeError(f"YARN ended: {self.told()}")
            with contextlib.suppress(OSError):
                if self.ask("metrics")["clusterMetrics"]["activeNodes"]:
                    return
            time.sleep(0.2)
        raise RuntimeError(f"YARN does not start: {self.told()}")

    def told(self) -> str:
        return "\n".join((self.folder / f"{name}.log").read_text()[-2000:] for name in CLASSES)

    def stop(self) -> None:
        for process in reversed(self.running):
            process.terminate()
        for process in self.running:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


@contextlib.contextmanager
def cluster(folder: Path, store: hdfs.Cluster, before: Sequence[str | Path] = ()) -> Iterator[Cluster]:
    try:
        socket.gethostbyname(socket.gethostname())
    except OSError as reason:
        raise hdfs.NotHere("no YARN where this machine's own name leads nowhere (/etc/hosts)") from reason
    started = Cluster(folder, store, before)
    try:
        started.start("resourcemanager")
        started.start("nodemanager")
        started.wait()
        yield started
    finally:
        started.stop()


def main(argument: str) -> None:
    folder = Path(argument).absolute()
    for name in ("hdfs", "yarn"):
        (folder / name).mkdir(parents=True)
    with hdfs.cluster(folder / "hdfs") as store, cluster(folder / "yarn", store) as started:
        print(f"HADOOP_CONF_DIR={started.conf}, http://127.0.0.1:{started.web}/cluster", flush=True)
        hdfs.until_interrupted()


if __name__ == "__main__":
    hdfs.as_program(main, __doc__)
