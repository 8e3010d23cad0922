"""Sizes of text in a Word document: tables of ten columns fit a page."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STYLES = "word/styles.xml"
TEXT, CELLS = "20", "17"  # half points; cells of tables, and short lists, have the style Compact
CELL_STYLE = "Compact"


def with_smaller_text(document: bytes) -> bytes:
    """Return a document of pandoc whose text has 10 points, and 8.5 in tables."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, _smaller(data) if name == STYLES else data)
    return kept.getvalue()


def _smaller(styles: bytes) -> bytes:
    # the file is pandoc's own, and holds no text of a study
    ElementTree.register_namespace("w", NAMESPACE)  # pandoc adds styles under this prefix
    root = ElementTree.fromstring(styles)
    default = root.find(f".//{_w('rPrDefault')}/{_w('rPr')}")
    if default is not None:
        _set_size(default, TEXT)
    for style in root.iter(_w("style")):
        if style.get(_w("styleId")) == CELL_STYLE:
            found = style.find(_w("rPr"))
            _set_size(ElementTree.SubElement(style, _w("rPr")) if found is None else found, CELLS)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _w(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _set_size(properties: ElementTree.Element, size: str) -> None:
    for name in ("sz", "szCs"):
        found = properties.find(_w(name))
        element = ElementTree.SubElement(properties, _w(name)) if found is None else found
        element.set(_w("val"), size)
