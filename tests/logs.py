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


def in_parts(log: Mapping[str, Any]) -> bytes:
    """A log as a zip in which each sample is a folder, its lists in parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for one in log["samples"]:
            folder = f"samples/{one['id']}_epoch_{one['epoch']}"
            texts = list(one.get("attachments", {}).values())
            apart = ("messages", "metadata", "attachments")
            shell = {key: value for key, value in one.items() if key not in apart}
            # one message of somebody else's before those of the conversation
            messages = [{"role": "system", "content": "other"}, *one.get("messages", ())]
            shell["message_refs"] = [[1, len(messages)]]
            lists = {"messages": messages, "attachments": texts, "events": [{}]}
            file.writestr(f"{folder}/sample.json", json.dumps(shell))
            if "metadata" in one:
                file.writestr(f"{folder}/metadata.json", json.dumps(one["metadata"]))
            for name, content in lists.items():
                for start in reversed(range(0, len(content), 2)):  # in any order
                    part = json.dumps(content[start : start + 2])
                    file.writestr(f"{folder}/{name}/{start}.json", part)
            file.writestr(f"{folder}/events/stats.json", "{}")
        header = {key: value for key, value in log.items() if key != "samples"}
        file.writestr("header.json", json.dumps(header))
    return buffer.getvalue()


def documents(
    answers: Mapping[int, Sequence[str]], filters: Sequence[str] = ("none",), **more: Any
) -> str:
    """Samples of lm-evaluation-harness: the answers of the repeats of each document."""
    rows = [
        {
            "doc_id": number,
            "doc": {"category": "parks"},
            "arguments": {"gen_args_0": {"arg_0": f"What about {number}?", "arg_1": {"until": []}}},
            "resps": [[f"I choose {answer}." for answer in of_one]],
            "filtered_resps": [list(of_one)],
            "filter": name,
            **more,
        }
        for name in filters
        for number, of_one in answers.items()
    ]
    return "\n".join(map(json.dumps, rows))


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
