"""The members of a log of Inspect that is a zip: its header, and its samples one by one.

A sample is one member, or a folder of them: what is small, and its metadata, messages and
attachments in parts, each named by the number of its first one.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any

from bayes_misalign.tables.labels import show
from bayes_misalign.tables.table import Damaged

LARGEST = 1 << 29  # bytes of a sample, unpacked
ZSTANDARD = 93  # the number of this compression in a zip
AGAIN = "copy it again from where it was written"
_AS_JSON = (
    "write it as JSON, as inspect log convert --to json --output-dir json does, and name that file"
)
_SAMPLE = re.compile(r"samples/.+_epoch_\d+(\.json|/sample\.json)")
_PART = re.compile(r"(.+)/(\d+)\.json")
_ENCRYPTED = 1  # in the flags of a member of a zip
_HEADERS = ("header.json", "_journal/start.json")

Record = dict[str, Any]


def members(path: Path) -> Iterator[Record]:
    """Yield the header of a log, then each sample."""
    try:
        with zipfile.ZipFile(path) as file:
            found = {one.filename: one for one in file.infolist()}  # the last of one name counts
            if (name := next((name for name in _HEADERS if name in found), None)) is None:
                raise Damaged(
                    0,
                    "the file is a zip archive, but no log of Inspect",
                    valid="a log, as inspect eval writes it",
                )
            yield _object(file, found[name])
            parts = dict[str, list[tuple[int, zipfile.ZipInfo]]]()
            for name, one in found.items():
                if part := _PART.fullmatch(name):
                    parts.setdefault(part[1], []).append((int(part[2]), one))
            for name in found:
                if kind := _SAMPLE.fullmatch(name):
                    sample = _object(file, found[name])
                    if kind[1] != ".json":
                        _put_together(file, name.removesuffix("/sample.json"), found, parts, sample)
                    yield sample
    except (zipfile.BadZipFile, zlib.error, EOFError) as trouble:
        raise Damaged(0, f"the log is a damaged zip archive ({trouble})", fix=AGAIN) from None


def _put_together(
    file: zipfile.ZipFile,
    folder: str,
    found: dict[str, zipfile.ZipInfo],
    parts: dict[str, list[tuple[int, zipfile.ZipInfo]]],
    sample: Record,
) -> None:
    """Give a sample that is a folder its metadata, messages and attachments."""

    def listed(name: str) -> list[Any]:
        own = sorted(parts.get(f"{folder}/{name}", ()), key=lambda part: part[0])
        return [one for _, part in own for one in _content(file, part, list)]

    if (metadata := found.get(f"{folder}/metadata.json")) is not None:
        sample["metadata"] = _object(file, metadata)
    sample["attachments"] = {str(number): text for number, text in enumerate(listed("attachments"))}
    messages = listed("messages")
    sample["messages"] = [
        message
        for pair in sample.get("message_refs") or ()
        if isinstance(pair, list) and len(pair) == 2
        for message in messages[slice(*pair)]
    ]


def _object(file: zipfile.ZipFile, member: zipfile.ZipInfo) -> Record:
    found: Record = _content(file, member, dict)
    return found


def _content(file: zipfile.ZipFile, member: zipfile.ZipInfo, kind: type) -> Any:
    """Return the object, or the list, that a member of the zip holds."""
    name = show(member.filename)
    if member.flag_bits & _ENCRYPTED:
        raise Damaged(
            0,
            f"{name} in the log is encrypted with a password",
            fix="write the log again without a password",
        )
    if member.file_size > LARGEST:
        raise Damaged(
            0,
            f"{name} in the log is {member.file_size:,} bytes large",
            valid=f"at most {LARGEST:,} bytes a sample",
        )
    try:
        found = json.loads(_unpacked(file, member))
    except NotImplementedError:
        raise Damaged(
            0, f"{name} in the log is compressed in a way that is not known here", fix=_AS_JSON
        ) from None
    except (ValueError, RecursionError) as trouble:
        raise Damaged(0, f"{name} in the log is not JSON ({trouble})", fix=AGAIN) from None
    if not isinstance(found, kind):
        what = "object" if kind is dict else "list"
        raise Damaged(0, f"{name} in the log is no JSON {what}", fix=AGAIN)
    return found


def _unpacked(file: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return the bytes of a member, which Inspect may have compressed as Zstandard.

    Of the versions of Python here only the newest knows it, PyArrow knows it everywhere.
    """
    if member.compress_type != ZSTANDARD:
        return file.read(member)
    import pyarrow as pa

    if not pa.Codec.is_available("zstd"):
        raise NotImplementedError
    raw = copy(member)  # the member as it is stored
    raw.compress_type, raw.file_size = zipfile.ZIP_STORED, member.compress_size
    del raw.CRC  # which is that of the content
    try:
        with pa.CompressedInputStream(pa.BufferReader(file.read(raw)), "zstd") as stream:
            found: bytes = stream.read(member.file_size + 1)
    except OSError as trouble:
        raise zipfile.BadZipFile(str(trouble)) from None
    if len(found) != member.file_size or zlib.crc32(found) != member.CRC:
        raise zipfile.BadZipFile(f"Bad CRC-32 for file {member.filename!r}")
    return found
