"""Cells of a workbook that its reader takes for empty: errors, and formulas without a result.

A formula that finds nothing ("#N/A") is no empty cell: whoever is left out by it, a person should
know. Only .xlsx and .xlsm are looked at, which are archives of XML.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

_LARGEST = 500_000_000  # bytes of a sheet
_PLACE = re.compile(r"([A-Z]+)([0-9]+)")

Place = tuple[int, str]  # the row, from 1, and the letters of the column


def unread_cells(path: Path, sheet: str) -> dict[Place, str]:
    """Return the texts of errors, and of formulas that nothing has worked out, by their place."""
    from xml.etree import ElementTree

    try:
        with zipfile.ZipFile(path) as book:
            if (member := _member(book, sheet)) is None:
                return {}
            if book.getinfo(member).file_size > _LARGEST:
                return {}
            return _texts(book.read(member))
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, ElementTree.ParseError):
        return {}


def _local(name: str) -> str:
    """Return a name without its namespace, of which there are two in use."""
    return name.rpartition("}")[2]


def _member(book: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the member of the archive that holds a sheet."""
    from xml.etree import ElementTree

    for one in ElementTree.fromstring(book.read("xl/workbook.xml")).iter():
        if _local(one.tag) == "sheet" and one.get("name") == sheet:
            known = {value for name, value in one.attrib.items() if name.endswith("}id")}
            for relation in ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels")):
                if relation.get("Id") in known:
                    target = relation.get("Target", "")
                    return target[1:] if target.startswith("/") else f"xl/{target}"
    return None


def _texts(content: bytes) -> dict[Place, str]:
    from xml.etree import ElementTree

    found = dict[Place, str]()
    if b't="e"' not in content and b"<f" not in content:  # as nearly always, and quickly seen
        return found
    for _, one in ElementTree.iterparse(io.BytesIO(content)):
        if _local(one.tag) == "row":
            one.clear()  # so that memory holds one row
        if _local(one.tag) != "c" or not len(one):
            continue
        parts, kind = {_local(part.tag): part.text or "" for part in one}, one.get("t")
        if kind == "e" and parts.get("v"):
            text = parts["v"]
        elif "f" in parts and not parts.get("v") and kind != "str":
            text = f"={parts['f']}"
        else:
            continue
        if (place := _PLACE.fullmatch(one.get("r", ""))) is not None:
            found[int(place[2]), place[1]] = text
    return found
