"""foresell: foretell what will sell; sell what you foretold.

Every operator is a function: long rows in, from anything that speaks Arrow, and a pyarrow.Table out. `run` does the main
job on a project; `foresell.spark.apply` is the same for Spark DataFrames.
"""

from __future__ import annotations

from . import operators as _operators
from ._core import version as _version
from .errors import BusyError, CancelledError, DataError, Error, OutOfMemoryError, ResourceError, UsageError
from .operators import *  # noqa: F403
from .program import Run, run
from .table import ArrowData, apply

__version__ = _version()
__all__ = [
    "ArrowData",
    "BusyError",
    "CancelledError",
    "DataError",
    "Error",
    "OutOfMemoryError",
    "ResourceError",
    "Run",
    "UsageError",
    "apply",
    "run",
]
__all__ += _operators.__all__
