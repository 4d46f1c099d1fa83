"""Spark's own standalone cluster on the loopback of this machine, for tests and comparisons."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from source_servers import free_port

ROOT = Path(__file__).resolve().parents[2]
S3_JARS = ROOT / "build" / "tools" / "spark-s3"


def without(folder: Path) -> list[str | Path]:
    """Words before a command that does not see the folder: a machine of its own, as far as that goes."""
    return ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', folder]


class Cluster:
    """A master and workers of one core each, all on the loopback; `hidden` is a folder that the workers do not see."""

    def __init__(self, folder: Path, hidden: Path | None = None, workers: int = 2, memory: str = "1g") -> None:
        self.folder, self.hidden, self.memory, self.home = folder, hidden, memory, home()
        self.local = folder / "local"  # shuffle files
        self.port, self.web = free_port(), free_port()
        self.url = f"spark://127.0.0.1:{self.port}"
        self.daemons = [self._start("master.Master", "--host", "127.0.0.1", "--port", self.port, "--webui-port", self.web)]
        self._await(0)
        self.workers = [self.worker() for _ in range(workers)]
        self._await(workers)

    def _start(self, name: str, *words: object) -> subprocess.Popen:
        log = open(self.folder / f"{name}-{time.monotonic_ns()}.log", "wb")
        environment = {**os.environ, "SPARK_HOME": str(self.home), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable,
                       "SPARK_LOCAL_DIRS": str(self.local), "SPARK_DAEMON_MEMORY": "256m"}
        command = [self.home / "bin" / "spark-class", f"org.apache.spark.deploy.{name}", *words]
        if self.hidden and "worker" in name:
            command = [*without(self.hidden), *command]
        return subprocess.Popen([str(word) for word in command], stdout=log, stderr=log, env=environment, start_new_session=True)

    def worker(self) -> subprocess.Popen:
        started = self._start("worker.Worker", self.url, "--cores", 1, "--memory", self.memory, "--host", "127.0.0.1", "--webui-port", 0,
                              "--work-dir", self.folder / "work")
        self.daemons.append(started)
        return started

    def _alive(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.web}/json/", timeout=5) as answer:
            return sum(worker["state"] == "ALIVE" for worker in json.load(answer)["workers"])

    def _await(self, workers: int) -> None:
        for _ in range(240):
            try:
                if self._alive() >= workers:
                    return
            except OSError:
                pass
            time.sleep(0.25)
        raise TimeoutError("the cluster did not come up")

    def stop(self) -> None:
        for daemon in self.daemons:
            try:
                os.killpg(daemon.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            daemon.wait()


def home() -> Path:
    """Where PySpark has its Spark."""
    import pyspark

    return Path(pyspark.__file__).parent


def s3_jars() -> list[Path]:
    """What Spark needs for S3; none where they are not here, or are not of the version of Hadoop that this Spark has."""
    hadoop = "".join(jar.stem.removeprefix("hadoop-client-api") for jar in home().glob("jars/hadoop-client-api-*.jar"))
    return sorted(S3_JARS.glob("*.jar")) if (S3_JARS / f"hadoop-aws{hadoop}.jar").exists() else []


QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Java for little data, which ends before the better compiler has paid."""


# On little data most of the time goes into making and compiling Java of each query, and a fifth into plans written out that nobody
# reads; tests/cluster/parity on whole data sets does all that.
INTERPRETED = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.debug.maxToStringFields": "1",
    "spark.sql.maxPlanStringLength": "100",
}


def settings(little: bool = True, **more: str) -> dict[str, str]:
    """The environment of the program: this Python, the loopback, few partitions, and the jars for S3; for little data, or not."""
    folder = Path(tempfile.gettempdir()) / f"foresell-spark-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    jars = ",".join(map(str, s3_jars()))
    executors, driver = (f"spark.executor.extraJavaOptions {QUICK}\n", {"SPARK_SUBMIT_OPTS": QUICK}) if little else ("", {})
    interpreted = "".join(f"{name} {value}\n" for name, value in INTERPRETED.items())
    (folder / "spark-defaults.conf").write_text(f"spark.sql.shuffle.partitions {4 if little else 16}\n{executors}"
                                                f"{interpreted if little else ''}"
                                                "spark.driver.host 127.0.0.1\nspark.log.level ERROR\n"
                                                "spark.hadoop.fs.s3a.attempts.maximum 3\n"
                                                f"spark.yarn.jars local:{home()}/jars/*\nspark.yarn.am.memory 512m\n"
                                                + (f"spark.jars {jars}\n" if jars else ""))
    return {**os.environ, "FORESELL_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_CONF_DIR": str(folder), **driver, **more}
