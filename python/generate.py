#!/usr/bin/env python3
"""Writes foresell/operators.py, a typed function for every operator, from the declarations.

generate.py DECLARATIONS [OUT]: DECLARATIONS is what `foresell operators --json` prints, a file or - for standard input.
"""

from __future__ import annotations

import json
import keyword
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

WIDTH = 120
HEAD = '''"""Operators as functions, one for each. Made from their declarations by generate.py; `make docs` writes it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import pyarrow as pa

from .table import ArrowData, apply

__all__ = [{names}]
'''
CHOICES = re.compile(r"^Literal\[(.*)\]$")
TYPES = {"bool": "bool", "int": "int", "double": "float", "text": "str | int | date", "date": "str | date"}


def words(text: str) -> list[str]:
    """The words of a list's default, "[0.1, 0.9]"."""
    return [word.strip().strip("'") for word in text.strip("[]").split(",") if word.strip()]


def is_numbers(param: dict[str, Any]) -> bool:
    """Whether a list is of numbers: it has no choices, and bounds or a default of numbers."""
    listed = words(param.get("default") or "")
    numbers = bool(listed) and all(word.lstrip("-").replace(".", "").isdigit() for word in listed)
    return "choices" not in param and ("minimum" in param or numbers)


def type_of(param: dict[str, Any]) -> str:
    """The type hint of a parameter."""
    one = TYPES.get(param["type"], "float" if is_numbers(param) else "str")
    if "choices" in param:
        one = "Literal[" + ", ".join(f'"{choice}"' for choice in param["choices"].split("|")) + "]"
    return f"Sequence[{one}]" if param["type"] == "list" else one


def default_of(param: dict[str, Any]) -> str | None:
    """The default as Python writes it, None where there is none."""
    text = param.get("default")
    if text is None:
        return None
    if param["type"] == "list":
        listed = [word if is_numbers(param) else json.dumps(word) for word in words(text)]
        return "(" + ", ".join(listed) + ("," if len(listed) == 1 else "") + ")"
    if param["type"] == "bool":
        return str(text in ("true", "yes", "on", "1"))
    return text if param["type"] == "int" else repr(float(text)) if param["type"] == "double" else json.dumps(text)


def argument(column: dict[str, Any]) -> str:
    """The parameter that names a column; a word of Python's gets an underscore."""
    return column["name"] + "_" * keyword.iskeyword(column["name"])


def values(operator: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns that a caller names: all but order and regressors."""
    return [column for column in operator["input"] if column["role"] == "value"]


def signature(operator: dict[str, Any]) -> list[str]:
    """The parameters of the function, one a line."""
    given = [f"{param['name']}: {type_of(param)}" for param in operator["params"] if default_of(param) is None]
    own = [f"{argument(value)}: str | None = None" for value in values(operator)]
    rest = [f"{p['name']}: {type_of(p)} = {default_of(p)}" for p in operator["params"] if default_of(p) is not None]
    head = ["data: ArrowData", "*", "group: str | Sequence[str] = ()", "order: str | None = None"]
    return [*head, *own, *given, *rest, "threads: int | None = None"]


def paragraph(text: str, indent: int, mark: str = "") -> list[str]:
    """Wrapped lines of one or more paragraphs, the first line of each after a mark."""
    blanks, lines = " " * indent, []
    for part in text.replace("\\", "\\\\").split("\n\n"):
        lines += [*textwrap.wrap(part, WIDTH, initial_indent=blanks + mark, subsequent_indent=blanks + " " * len(mark)), ""]
    return lines[:-1]


def sentence(text: str) -> str:
    """With its full stop."""
    return text if text.endswith((".", "…", "?")) else text + "."


def bounds(param: dict[str, Any]) -> str:
    """What a parameter may be, in words."""
    return f" From {param['minimum']:g} to {param['maximum']:g}." if "minimum" in param else ""


def documented(name: str, type_: str, text: str) -> list[str]:
    """One entry of a numpy section."""
    return [f"    {name} : {type_}" if type_ else f"    {name}", *paragraph(sentence(text[0].upper() + text[1:]), 8)]


def parameters(operator: dict[str, Any]) -> list[str]:
    """The section Parameters."""
    order = operator["input"][0]
    lines = ["    Parameters", "    ----------"]
    lines += documented("data", "ArrowData", "a table of pyarrow, polars, pandas or DuckDB, its rows in any order")
    lines += documented("group", "str or sequence of str", "columns that tell the series apart; none: all rows are one series")
    lines += documented("order", "str, optional", f"the column that sorts a series: {order['doc']}. Default: the one column of dates")
    for value in values(operator):
        fallback = "the column of this name, or none" if value["optional"] else "the column of this name, else the first number"
        lines += documented(argument(value), "str, optional", f"the column of: {value['doc']}. Default: {fallback}")
    for param in operator["params"]:
        default = default_of(param)
        kind = CHOICES.sub(r"{\1}", type_of(param))
        text = sentence(param.get("doc", "")) + bounds(param)
        lines += documented(param["name"], kind + ("" if default is None else f", default {default}"), text)
    return lines + documented("threads", "int, optional", "worker threads; default: all cores. The result is the same for any number")


def returns(operator: dict[str, Any]) -> list[str]:
    """The section Returns: the columns, with units."""
    lines = ["", "    Returns", "    -------", "    pyarrow.Table", "        The group columns, then:", ""]
    for column in operator["output"]:
        name = f"{column['name']}…" if "each" in column else column["name"]
        kind = column["type"] + (f", {column['unit']}" if "unit" in column else "")
        each = f"; one for each of {column['each']}" if "each" in column else ""
        lines += paragraph(f"`{name}` ({kind}{each}): {sentence(column.get('doc', ''))}", 8, "- ")
    return lines


def example(operator: dict[str, Any]) -> list[str]:
    """The section Examples."""
    own = "".join(f', {argument(value)}="units"' for value in values(operator) if not value["optional"])
    call = f'foresell.{operator["name"]}(sales, group=["item"], order="day"{own})'
    return ["", "    Examples", "    --------", f"    >>> {call}  # doctest: +SKIP"]


def call(operator: dict[str, Any]) -> list[str]:
    """The body of the function."""
    named = [f'"{value["name"]}": {argument(value)}' for value in values(operator)]
    columns = [f"        columns={{{', '.join(named)}}},"]
    if len(columns[0]) > WIDTH:
        columns = ["        columns={", *(f"            {one}," for one in named), "        },"]
    lines = ["    return apply(", f'        "{operator["name"]}",', "        data,", "        group=group,", "        order=order,"]
    lines += [*columns, "        params={"]
    lines += [f'            "{param["name"]}": {param["name"]},' for param in operator["params"]]
    return [*lines, "        },", "        threads=threads,", "    )"]


def function(operator: dict[str, Any]) -> str:
    """The function of one operator."""
    details = ["", *paragraph(operator["details"], 4)] if "details" in operator else []
    doc = [*paragraph(operator["summary"], 4), *details, "", *parameters(operator), *returns(operator), *example(operator)]
    doc[0] = '    """' + doc[0].strip()
    lines = [f"def {operator['name']}(", *(f"    {one}," for one in signature(operator)), ") -> pa.Table:"]
    return "\n".join([*lines, *doc, '    """', *call(operator)]).replace("    *,,", "    *,")


def text_of(declarations: list[dict[str, Any]]) -> str:
    """The whole module."""
    listed = ", ".join(f'"{operator["name"]}"' for operator in declarations)
    head = HEAD.replace("{names}", "\n" + textwrap.fill(listed, WIDTH, initial_indent="    ", subsequent_indent="    ") + ",\n")
    return "\n\n".join([head, *(function(operator) + "\n" for operator in declarations)])


def main() -> None:
    """Reads the declarations, writes the module."""
    source = sys.stdin.read() if sys.argv[1] == "-" else Path(sys.argv[1]).read_text(encoding="utf-8")
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).resolve().parent / "foresell" / "operators.py"
    out.write_text(text_of(json.loads(source)), encoding="utf-8")


if __name__ == "__main__":
    main()
