"""foresell: foretell what will sell; sell what you foretold.

Every operator is a function: long rows in, from anything that speaks Arrow, and a pyarrow.Table out. `run` does the main
job on a project that `init` made, `foresell.plot` draws what came of it; `foresell.spark.apply` is for Spark DataFrames.
"""

from __future__ import annotations

from . import operators as _operators
from . import plot
from ._core import version as _version
from .errors import BusyError, CancelledError, DataError, Error, OutOfMemoryError, ResourceError, UsageError
from .operators import *  # noqa: F403
from .program import Project, export, init, run, simulate
from .runs import Run, open_run
from .table import ArrowData, apply

__version__ = _version()
__all__ = [
    "ArrowData",
    "BusyError",
    "CancelledError",
    "DataError",
    "Error",
    "OutOfMemoryError",
    "Project",
    "ResourceError",
    "Run",
    "UsageError",
    "apply",
    "export",
    "init",
    "open_run",
    "plot",
    "run",
    "simulate",
]
__all__ += _operators.__all__
