"""Which column of the data is what to an operator, as `foresell apply` finds it out.

Groups are what is named. The order is what is named, else the one column of dates, else a whole number called like a
period. A value takes the column that is named for it, else the column of its own name, else, where it must be given, the
first numeric column that is left. What is left goes to the regressors where the operator takes any and the column is
numeric, or the operator takes texts too; the rest is left alone. What was guessed is logged (logger `foresell`, level INFO).
"""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa

from . import _core
from .errors import UsageError

PERIOD_WORDS = ("period", "date", "day", "week", "month", "quarter", "year", "time", "timestamp", "ds", "t", "step")
log = logging.getLogger("foresell")


@functools.cache
def declarations() -> dict[str, dict[str, Any]]:
    """All declarations by the operator's name."""
    return {operator["name"]: operator for operator in json.loads(_core.operators())}


def declaration(operator: str) -> dict[str, Any]:
    """The declaration of one operator."""
    found = declarations().get(operator)
    if found is None:
        raise UsageError(f"there is no operator '{operator}'", remedy=f"there are {', '.join(declarations())}")
    return found


@dataclass
class Parts:
    """The part of each column; what is in none of them is left alone."""

    schema: pa.Schema
    group: tuple[str, ...] = ()
    order: str = ""
    values: dict[str, str] = field(default_factory=dict)
    regressors: list[str] = field(default_factory=list)

    @property
    def taken(self) -> list[str]:
        """The columns that the operator reads."""
        return [*self.group, *filter(None, [self.order]), *self.values.values(), *self.regressors]

    def left(self) -> list[str]:
        """The columns that have no part yet, in the order of the data."""
        return [name for name in self.schema.names if name not in self.taken]

    def claim(self, name: str) -> str:
        """Refuses a name that is no column, or has its part already."""
        if self.schema.names.count(name) != 1:
            what = "two columns are" if name in self.schema.names else "no column is"
            raise UsageError(f"{what} called '{name}'", column=name, remedy=f"the columns are {', '.join(self.schema.names)}")
        if name in self.taken:
            raise UsageError(f"column '{name}' cannot be two things at once", column=name)
        return name

    def kind(self, name: str) -> str:
        """What the column can stand for by its type: "number", "date" or "other"."""
        type_ = self.schema.field(name).type
        if pa.types.is_date(type_) or pa.types.is_timestamp(type_):
            return "date"
        number = pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_)
        return "number" if number or pa.types.is_boolean(type_) else "other"


def _guess_order(parts: Parts) -> str | None:
    dated = [name for name in parts.left() if parts.kind(name) == "date"]
    if len(dated) == 1:
        return dated[0]
    fits = dated or [name for name in parts.left() if pa.types.is_integer(parts.schema.field(name).type)]
    named = [name for word in PERIOD_WORDS for name in fits if name.lower() == word]
    return named[0] if named else None


def _take_order(parts: Parts, order: str | None) -> None:
    name = order if order is not None else _guess_order(parts)
    if name is None:
        raise UsageError("which column sorts the rows of a series cannot be told", remedy="name it: order='COLUMN'")
    parts.order = parts.claim(name)
    if order is None:
        log.info("%s: taken as the order", name)


def _suits(parts: Parts, value: Mapping[str, Any], name: str) -> bool:
    kind = parts.kind(name)
    return value["type"] == "text" or kind == ("date" if value["type"] in ("date", "time") else "number")


def _guess_value(parts: Parts, operator: str, value: Mapping[str, Any]) -> None:
    name = next((name for name in parts.left() if _suits(parts, value, name)), None)
    if name is None:
        raise UsageError(f"operator {operator} needs a column for '{value['name']}'", remedy=f"name it: {value['name']}='COLUMN'")
    parts.values[value["name"]] = name
    log.info("%s: taken as %s", name, value["name"])


def _take_values(parts: Parts, declared: Mapping[str, Any], named: Mapping[str, str | None]) -> None:
    values = [column for column in declared["input"] if column["role"] == "value"]
    for value in values:
        own = named.get(value["name"])
        if own is not None:
            parts.values[value["name"]] = parts.claim(own)
    for value in values:
        if value["name"] not in parts.values and value["name"] in parts.left():
            parts.values[value["name"]] = parts.claim(value["name"])


def _take_listed(parts: Parts, declared: Mapping[str, Any], params: Mapping[str, object]) -> None:
    """The columns that a parameter names for regressors."""
    for rest in declared["input"]:
        listed = params.get(rest.get("each", "")) or ()
        if rest["role"] == "regressor" and isinstance(listed, Iterable):
            for name in [listed] if isinstance(listed, str) else listed:
                parts.regressors.append(parts.claim(str(name)))


def choose(
    schema: pa.Schema,
    operator: str,
    group: str | Sequence[str],
    order: str | None,
    named: Mapping[str, str | None],
    params: Mapping[str, object] | None = None,
) -> Parts:
    """Gives each column its part; `named` are the columns that the caller names for values, `params` the operator's parameters."""
    declared, parts = declaration(operator), Parts(schema)
    for name in [group] if isinstance(group, str) else group:
        parts.group = (*parts.group, parts.claim(name))
    if order is not None:
        _take_order(parts, order)
    _take_values(parts, declared, named)
    _take_listed(parts, declared, params or {})
    if order is None:
        _take_order(parts, None)
    for value in declared["input"]:
        if value["role"] == "value" and not value["optional"] and value["name"] not in parts.values:
            _guess_value(parts, operator, value)
    for rest in declared["input"]:
        if rest["role"] == "regressor" and "each" not in rest:
            parts.regressors = [name for name in parts.left() if _suits(parts, rest, name)]
    return parts


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()  # as pandas has its days
    text = repr(float(value)) if isinstance(value, float) else value.isoformat() if isinstance(value, date) else str(value)
    return "'" + text.replace("'", "''") + "'"


def _value(value: object) -> str:
    listed = isinstance(value, Iterable) and not isinstance(value, str)
    return f"[{', '.join(map(_word, value))}]" if listed and isinstance(value, Iterable) else _word(value)


def options_text(parts: Parts, params: Mapping[str, object]) -> str:
    """Parameters and the columns of values, as fs_options_parse reads them."""
    return ", ".join(f"{name} = {_value(value)}" for name, value in {**params, **parts.values}.items())
