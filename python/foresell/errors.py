"""What goes wrong, as the C library says it: what, in which file, line and column, and what to do about it."""

from __future__ import annotations


class Error(Exception):
    """Anything that foresell refuses or cannot do.

    Attributes
    ----------
    message : str
        What went wrong.
    file, column : str or None
        Where; None where there is no such place.
    line : int or None
        Line of the file, counted from 1.
    remedy : str or None
        What to do about it.
    """

    def __init__(
        self,
        message: str,
        file: str | None = None,
        line: int | None = None,
        column: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message, file, line, column, remedy)
        self.message, self.file, self.line, self.column, self.remedy = message, file, line, column, remedy

    def __str__(self) -> str:
        place = [self.file, f"line {self.line}" if self.line else None, f"column {self.column}" if self.column else None]
        text = ": ".join(filter(None, [", ".join(filter(None, place)), self.message]))
        return f"{text}. {self.remedy}" if self.remedy else text


class UsageError(Error, ValueError):
    """The call or its parameters are wrong."""


class DataError(Error, ValueError):
    """The data were refused."""


class ResourceError(Error):
    """A file, disk, permission or service is not there."""


class OutOfMemoryError(ResourceError, MemoryError):
    """Memory ran out."""


class BusyError(ResourceError):
    """Another run is at work on this project."""


class CancelledError(Error):
    """Stopped on request."""


KINDS: dict[str, type[Error]] = {
    "USAGE": UsageError,
    "DATA": DataError,
    "RESOURCE": ResourceError,
    "MEMORY": OutOfMemoryError,
    "BUSY": BusyError,
    "CANCELLED": CancelledError,
}


def from_core(status: str, message: str, file: str, line: int, column: str, remedy: str) -> Error:
    """The exception for an fs_error; the C extension calls this."""
    return KINDS.get(status, Error)(message, file or None, line or None, column or None, remedy or None)


def cause(fault: Exception) -> str:
    """What lies at the bottom of a fault, in one line; of one of Java's, without its trace."""
    java = getattr(fault, "java_exception", None)
    while java is not None and java.getCause() is not None:
        java = java.getCause()
    text = str(fault) if java is None else java.toString()
    return " ".join(text.split())[:600]
