"""Cells of a workbook that its reader takes for empty: errors, and formulas without a result.

A formula that finds nothing ("#N/A") is no empty cell: whoever is left out by it, a person should
know. Only the XML of .xlsx and .xlsm is looked at.
"""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

_LARGEST = 500_000_000  # bytes of a sheet
_SHEET = re.compile(rb"<sheet\b[^>]*>")
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_CELL = re.compile(rb"<c\b([^>]*[^>/])>(.*?)</c>", re.DOTALL)
_VALUE = re.compile(rb"<v>(.+?)</v>", re.DOTALL)
_FORMULA = re.compile(rb"<f\b[^>]*>(.*?)</f>", re.DOTALL)
_PLACE = re.compile(r"([A-Z]+)([0-9]+)")

Place = tuple[int, str]  # the row, from 1, and the letters of the column


def unread_cells(path: Path, sheet: str) -> dict[Place, str]:
    """Return the texts of errors, and of formulas that nothing has worked out, by their place."""
    try:
        with zipfile.ZipFile(path) as book:
            if (member := _member(book, sheet)) is None:
                return {}
            if book.getinfo(member).file_size > _LARGEST:
                return {}
            content = book.read(member)
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError):
        return {}
    return _texts(content)


def _member(book: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the member of the archive that holds a sheet."""
    for tag in _SHEET.findall(book.read("xl/workbook.xml")):
        if _attribute(tag, "name") == sheet:
            number = _attribute(tag, "r:id")
            for relation in _RELATION.findall(book.read("xl/_rels/workbook.xml.rels")):
                if number and _attribute(relation, "Id") == number:
                    target = _attribute(relation, "Target")
                    return target[1:] if target.startswith("/") else f"xl/{target}"
    return None


def _texts(content: bytes) -> dict[Place, str]:
    found = dict[Place, str]()
    if b't="e"' not in content and b"<f" not in content:
        return found
    for attributes, inside in _CELL.findall(content):
        kind, value = _attribute(attributes, "t"), _VALUE.search(inside)
        formula = _FORMULA.search(inside)
        if kind == "e" and value is not None:
            text = value[1].decode(errors="replace")
        elif formula is not None and value is None and kind != "str":
            text = f"={html.unescape(formula[1].decode(errors='replace'))}"
        else:
            continue
        if (place := _PLACE.fullmatch(_attribute(attributes, "r"))) is not None:
            found[int(place[2]), place[1]] = text
    return found


def _attribute(tag: bytes, name: str) -> str:
    found = re.search(rb"(?:^|\s)" + name.encode() + rb"=([\"'])(.*?)\1", tag, re.DOTALL)
    return html.unescape(found[2].decode(errors="replace")) if found else ""
