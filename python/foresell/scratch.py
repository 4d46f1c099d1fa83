"""A place that all executors reach, `hdfs://…` or `s3a://…`, for the tables of a run on a cluster whose machines share no folder.

Spark's own file systems move the bytes, with the credentials that Spark has; nothing is known here of any store in particular.
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any, cast

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from .errors import ResourceError, UsageError, cause
from .spark import is_connect


class Scratch:
    """A folder of its own under a URL; gone when the run ends.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        A classic session: the copying is done by its JVM, in the driver.
    url : str
        Where the folder is made, as "hdfs://head:8020/tmp" or "s3a://bucket/scratch".
    """

    def __init__(self, spark: SparkSession, url: str) -> None:
        if is_connect(spark):
            raise UsageError(
                "a scratch place needs a classic session of Spark, not one of Spark Connect",
                remedy="keep the project in a folder that the server and its executors see, such as a volume",
            )
        self._jvm = cast(Any, spark._jvm)
        self._configuration = cast(Any, spark._jsc).hadoopConfiguration()
        self.url = f"{url.rstrip('/')}/foresell-{uuid.uuid4().hex[:12]}"
        self._make(url)

    def _make(self, url: str) -> None:
        try:
            system, path = self._at(self.url)
            system.mkdirs(path)
        except Py4JJavaError as fault:
            raise ResourceError(
                f"nothing can be written to {url}: {cause(fault)}",
                remedy="look at the address, the jars and the credentials that Spark has (docs/cluster.md)",
            ) from None

    def _at(self, url: str) -> tuple[Any, Any]:
        path = self._jvm.org.apache.hadoop.fs.Path(url)
        return path.getFileSystem(self._configuration), path

    def _local(self, path: Path) -> tuple[Any, Any]:
        return self._at(path.absolute().as_uri())

    def _copy(self, origin: tuple[Any, Any], target: tuple[Any, Any]) -> None:
        self._jvm.org.apache.hadoop.fs.FileUtil.copy(*origin, *target, False, self._configuration)

    def fresh(self, name: str) -> str:
        """The URL of a table that nobody has written yet."""
        return f"{self.url}/{name}.{uuid.uuid4().hex[:12]}"

    def put(self, path: Path, name: str) -> str:
        """A local file, or folder of parts, as a table here; gives its URL."""
        url = self.fresh(name)
        self._copy(self._local(path), self._at(url))
        return url

    def get(self, url: str, folder: Path) -> None:
        """A table from here as a local folder of parts, which must not be there yet."""
        beside = folder.with_name(f"{folder.name}.fetching")
        shutil.rmtree(beside, ignore_errors=True)
        self._copy(self._at(url), self._local(beside))
        for check in beside.glob(".*.crc"):
            check.unlink()
        beside.rename(folder)

    def remove(self) -> None:
        """Everything that was put here."""
        system, path = self._at(self.url)
        system.delete(path, True)
