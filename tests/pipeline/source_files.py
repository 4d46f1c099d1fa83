"""Workbooks as other programs write them."""
import re
import zipfile
from pathlib import Path
from typing import Callable

import openpyxl

from source_shop import Line


def cells(line: Line) -> list:
    """A line as a spreadsheet holds it: numbers are numbers, also invoices, but for those with a letter."""
    values = line.values()
    return [int(line.invoice) if line.invoice.isdigit() else line.invoice, *values[1:4], float(line.unit_price), *values[5:]]


def written_workbook(path: Path, sheets: list[tuple[str, list[list]]], errors: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for row in sheet.iter_rows() if errors else ():
            for cell in row:
                if cell.value == "#N/A":
                    cell.data_type = "e"
    book.save(path)


def with_formulas(path: Path, column: str, formula: Callable[[int], str]) -> None:
    """Puts a formula before each value of a column, which stays as what the program computed last."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    cell = re.compile(rf'(<c r="{column}(\d+)"[^>]*>)<v>')
    text = cell.sub(lambda m: f"{m[1]}<f>{formula(int(m[2]))}</f><v>" if 't="' not in m[1] or 't="n"' in m[1] else m[0], members[name].decode())
    assert "<f>" in text
    members[name] = text.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
