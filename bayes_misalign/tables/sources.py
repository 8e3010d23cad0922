"""Find a file, and tell from its content what it is."""

from __future__ import annotations

import json
import os
import re
import stat
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.tables.labels import show
from bayes_misalign.tables.remedies import quoted

if TYPE_CHECKING:
    from bayes_misalign.tables.labelled import LabelledKind

type Kind = (
    Literal["text", "json lines", "json array", "parquet", "arrow", "workbook"]
    | Literal["inspect eval", "inspect json"]
    | LabelledKind
)

_HEAD = 65_536
_LARGE = 100_000_000  # bytes
_ONE_A_LINE = "write an array of objects, one object a line (JSON lines), or CSV"
_SAVED = "save the table as CSV, Parquet or .sav"
_FROM_R = 'save the table from R, as in write.csv(x, "x.csv", na = "", row.names = FALSE)'
_OF_XML = "open it in a spreadsheet program, and save it as .xlsx or as CSV"
_OF_PAGE = f"download the file itself; if a survey tool wrote a table so, {_OF_XML}"
_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (
        rb"\x1f\x8b",
        "a gzip archive, as files of R (.rds, .rda) are too",
        f"unpack it first, for example with gunzip; {_FROM_R}",
    ),
    (rb"BZh[1-9]1AY&SY", "a bzip2 archive", "unpack it first"),
    (rb"\xfd7zXZ\x00", "an xz archive", "unpack it first"),
    (rb"\x28\xb5\x2f\xfd", "a zstandard archive", "unpack it first"),
    (rb"PK\x03\x04", "a zip archive", "unpack it"),
    (rb"RDX[23]\n|RDA[23]\n", "a workspace of R", _FROM_R),
    (rb"[XAB]\n\x00?\x00?\x00?[\x02\x03]", "a file of R (.rds)", _FROM_R),
    (rb"FEA1", "a Feather file of the first version", "write it as Parquet"),
    (rb"\x89HDF", "an HDF5 file", "write the table as CSV or Parquet"),
    (rb"SQLite format 3\x00", "a database", "write the table as CSV or Parquet"),
    (rb"(?s).{0,400}(?i:SPSS PORT FILE)", "an SPSS portable file", _SAVED),
    (rb"HEADER RECORD\*{7}LIBRARY HEADER", "a SAS transport file", _SAVED),
    (rb"(RD[ABX][23]\n)?X\n|RD[AX][23]\n", "a file of R", _FROM_R),
    (rb"%PDF-", "a PDF document", "give the table as CSV"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", "a picture", "give the table as CSV"),
    (rb"(?i)\s*<(!doctype html|html)", "a web page", _OF_PAGE),
    (rb"(\xef\xbb\xbf)?\s*<\?xml", "an XML file", _OF_XML),
)


_PORTABLE_EBCDIC = b"\xc1\xe2\xc3\xc9\xc9@\xe2\xd7\xe2\xe2@\xd7\xd6\xd9\xe3@\xc6\xc9\xd3\xc5"
_SAS = bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")
# how a log of Inspect begins: its members as a zip, its keys as JSON
_IN_LOGS = re.compile(rb"PK\x03\x04.{26}(_journal/|header\.json|samples/)", re.DOTALL)
_LOG = re.compile(rb'\{\s*"version"\s*:\s*\d+\s*,\s*"status"\s*:')
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".ods")
_IN_WORKBOOKS = re.compile(rb"xl/(workbook|worksheets)|application/vnd\.oasis\.opendocument")


def find_file(data: str | Path, base: str | Path | None, problems: Problems) -> Path | None:
    """Return the path of a regular file that is there, and not empty."""
    name = show(str(data))
    if not str(data) or "\0" in str(data):
        problems.add(f"{name} is not the name of a file", valid="a path")
        return None
    try:
        path = (Path(base) if base is not None else Path()) / expanded(data)
    except RuntimeError:
        problems.add(
            f"the file {name} is in the home of a user who is not known here",
            valid="a path",
            fix="write the whole path; a name that begins with ~ is written ./~name",
        )
        return None
    trouble, fix = _why_not(path)
    if not trouble:
        return path
    if "://" in str(data):
        fix = "download the file, and name the copy"
    problems.add(f"the file {name} {trouble}", valid="the name of a table", fix=fix)
    return None


def expanded(data: str | Path) -> Path:
    """Return a path with the home of a user in place of a leading ~, which ./~ does not mean."""
    return Path(data).expanduser() if str(data).startswith("~") else Path(data)


def sniff(path: Path, problems: Problems, encoding: str = "utf-8") -> Kind | None:
    r"""Return what a file holds, by its content first and its ending second."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            file.seek(-min(4, path.stat().st_size), os.SEEK_END)
            tail = file.read()
    except OSError as trouble:
        problems.add(f"cannot be read: {trouble.strerror}", where=path.name)
        return None
    if kind := _known(head, tail, path.suffix.lower()):
        return kind
    if path.suffix.lower() == ".por":  # some begin with a table of another character set
        problems.add("the file is an SPSS portable file", where=path.name, valid=_VALID, fix=_SAVED)
        return None
    for magic, what, fix in _REFUSED:
        if re.match(magic, head):
            problems.add(f"the file is {what}", where=path.name, valid=_VALID, fix=fix)
            return None
    # of two or four bytes a character, most of which are NUL
    wide = re.match(r"utf[-_ ]?(16|32)", encoding, re.IGNORECASE)
    if not wide and _binary(head):
        fix = _wide_characters(head)
        problems.add("the file is binary, not a table", where=path.name, valid=_VALID, fix=fix)
        return None
    return _text_kind(head, path, problems)


_VALID = (
    "CSV, TSV, JSON, Parquet, Arrow, a workbook (.xlsx, .xls, .ods), SPSS (.sav, .por), Stata "
    "(.dta), SAS (.sas7bdat, .xpt) or a log of Inspect (.eval)"
)


def _why_not(path: Path) -> tuple[str, str]:
    try:
        found = path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            return "is a link to a file that is not there", ""
        folder = path.parent
        others = [other.name for other in folder.iterdir()] if folder.is_dir() else []
        return "does not exist", did_you_mean(path.name, others)
    except OSError as trouble:
        return f"cannot be read: {trouble.strerror}", ""
    if stat.S_ISDIR(found.st_mode):
        endings = Counter(file.suffix for file in path.iterdir() if file.is_file() and file.suffix)
        ending, several = next(iter(endings.most_common(1)), ("", 0))
        all_of = f", or several as a pattern, {path.name}/*{ending}" if several > 1 else ""
        return "is a directory", f"name the file in it{all_of}"
    if not stat.S_ISREG(found.st_mode):
        kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
        kind = kinds.get(stat.S_IFMT(found.st_mode), "a device")
        return f"is {kind}, not a regular file", "write its content to a file first"
    if not found.st_size:
        return "is empty", "check that it was written to the end"
    if not os.access(path, os.R_OK):
        return "cannot be read: permission denied", ""
    return "", ""


def _known(head: bytes, tail: bytes, suffix: str) -> Kind | None:
    if head.startswith(b"PAR1") and (tail == b"PAR1" or suffix == ".parquet"):
        return "parquet"
    if head.startswith(b"ARROW1"):
        return "arrow"
    if head.startswith((b"$FL2@(#)", b"$FL3@(#)")):
        return "spss"
    if head.startswith(_PORTABLE_EBCDIC) or b"ASCII SPSS PORT FILE" in head[:240]:
        return "spss portable"
    if head.startswith(_SAS):
        return "sas"
    if head.startswith(b"HEADER RECORD*******LIB"):
        return "sas transport"
    if head.startswith(b"PK\x03\x04") and (suffix in _WORKBOOKS or _IN_WORKBOOKS.search(head)):
        return "workbook"
    if head.startswith(b"PK") and (suffix == ".eval" or _IN_LOGS.match(head)):
        return "inspect eval"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "workbook"
    old_stata = re.match(rb"[\x66-\x73][\x01\x02]\x01", head) and suffix == ".dta"
    if head.startswith(b"<stata_dta>") or old_stata:
        return "stata"
    return None


def _wide_characters(head: bytes) -> str:
    """Return what to state of text with two bytes a character and no mark of it."""
    for encoding, start in (("utf-16-le", 1), ("utf-16-be", 0)):
        half, other = head[start::2], head[1 - start :: 2]
        if 2 * half.count(0) > len(half) and 0 not in other:
            return f"state `encoding = {quoted(encoding)}` if it is a text file of Windows"
    return ""


def _binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    # A single NUL in a text is reported with its row instead; many of them are no text.
    return len(re.findall(rb"[\x00-\x08\x0e-\x1f]", head)) > max(3, len(head) // 20)


def _text_kind(head: bytes, path: Path, problems: Problems) -> Kind | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    suffix = path.suffix.lower()
    if _LOG.match(start):
        return "inspect json"
    if not start:
        problems.add("the file is empty", where=path.name, valid=_VALID)
        return None
    if re.match(rb"\[\s*(\{|\]\s*$)", start) or (start.startswith(b"[") and suffix == ".json"):
        return "json array"
    if suffix in (".jsonl", ".ndjson"):
        return "json lines"
    if start.startswith(b"{"):
        try:
            first = json.loads(start.splitlines()[0])
        except (ValueError, RecursionError):
            first = None
        if isinstance(first, dict):
            return "json lines"
    if suffix == ".json":
        whole = _whole(path)
        if {"version", "eval", "samples"} <= set(whole):
            return "inspect json"
        from bayes_misalign.tables.json_lines import note_inside

        if not note_inside(whole, path.name, problems):
            problems.add(
                "the file is JSON, but neither an array of objects nor one object a line",
                where=path.name,
                fix=_ONE_A_LINE,
            )
        return None
    return "text"


def _whole(path: Path) -> dict[str, Any]:
    """Return the object that a JSON file is; an empty one if it is none, or too large to tell."""
    if path.stat().st_size > _LARGE:
        return {}
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError):
        return {}
    return found if isinstance(found, dict) else {}
