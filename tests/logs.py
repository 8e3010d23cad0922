"""Small logs of evaluations, written as the programs write them."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

Answers = Mapping[tuple[str, int], str | None]
EPOCHS: Answers = {("q1", 1): "A", ("q1", 2): "A", ("q2", 1): "B", ("q2", 2): "A"}


def samples(
    answers: Answers, scorers: Sequence[str] = ("choice",), **more: Any
) -> list[dict[str, Any]]:
    """Samples of an Inspect log by prompt and epoch; `more` goes into each."""
    return [
        {
            "id": prompt,
            "epoch": epoch,
            "input": f"What about {prompt}?",
            "target": "A",
            "messages": [
                {"role": "system", "content": "You are a mayor."},
                {"role": "user", "content": f"What about {prompt}?"},
            ],
            "output": {"completion": f"I choose {answer}."},
            "scores": {name: {"value": "C", "answer": answer} for name in scorers},
            **more,
        }
        for (prompt, epoch), answer in answers.items()
    ]


def whole(
    found: Sequence[dict[str, Any]], *, model: str = "m/one", status: str = "success", **run: Any
) -> dict[str, Any]:
    """A log as JSON."""
    spec = {"task": "parks", "model": model, **run}
    return {"version": 2, "status": status, "eval": spec, "samples": list(found)}


def log_json(answers: Answers = EPOCHS, **run: Any) -> str:
    """A log as text of JSON."""
    return json.dumps(whole(samples(answers), **run), indent=2)


def zipped(log: Mapping[str, Any], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A log as a zip; one that was not closed has no header."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        start = {"version": log["version"], "eval": log["eval"]}
        file.writestr("_journal/start.json", json.dumps(start))
        for one in log["samples"]:
            file.writestr(f"samples/{one['id']}_epoch_{one['epoch']}.json", json.dumps(one))
        if log["status"] != "started":
            header = {key: value for key, value in log.items() if key != "samples"}
            file.writestr("header.json", json.dumps(header))
    return buffer.getvalue()


def log_eval(answers: Answers = EPOCHS, **run: Any) -> bytes:
    """A log as a zip."""
    return zipped(whole(samples(answers), **run))


def changed(raw: bytes, *, flags: int = 0, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip whose members have other flags, or another method of compression."""
    for mark, at in ((b"PK\x03\x04", 2), (b"PK\x01\x02", 4)):
        first, *pieces = raw.split(mark)
        own = struct.pack("<HH", flags, method)
        raw = mark.join([first, *(piece[:at] + own + piece[at + 4 :] for piece in pieces)])
    return raw


def zstandard(raw: bytes) -> bytes:
    """A zip with the same members, compressed as Inspect does by default."""
    found, contents = io.BytesIO(), dict[str, bytes]()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(found, "w") as file:
        for name in before.namelist():
            contents[name] = before.read(name)
            packed = pa.compress(contents[name], codec="zstd", asbytes=True)
            file.writestr(name, packed)
    made = bytearray(found.getvalue())
    with zipfile.ZipFile(found) as file:
        at = file.start_dir
        for member in file.infolist():
            content = contents[member.filename]
            for start, method, crc, size in ((member.header_offset, 8, 14, 22), (at, 10, 16, 24)):
                struct.pack_into("<H", made, start + method, 93)
                struct.pack_into("<L", made, start + crc, zlib.crc32(content))
                struct.pack_into("<L", made, start + size, len(content))
            name, extra, comment = struct.unpack_from("<HHH", made, at + 28)
            at += 46 + name + extra + comment
    return bytes(made)
