"""Logs of Inspect evaluations: a row a sample, from .eval (a zip of JSON) or from .json.

Nothing is unpacked to the disk, and one sample at a time is in memory as JSON.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any, NamedTuple

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.tables.chats import last_of, text_of
from bayes_misalign.tables.json_lines import alone, lookup, paths, rows_of
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.remedies import of_scorer, of_unfinished
from bayes_misalign.tables.table import Damaged, Table, check_columns

# the columns of a log by the roles that they have in most studies
ROLES = {"goal": "answer", "population": "model", "cluster": "sample"}
FINISHED = "success"
LARGEST = 1 << 29  # bytes of a sample, unpacked
_NEWEST = 2  # version of the form that is known
_SAMPLE = re.compile(r"samples/.+_epoch_\d+\.json")
_OF_SCORER = ("answer", "score")
_AS_JSON = (
    "write it as JSON, as inspect log convert --to json --output-dir json does, and name that file"
)
_AGAIN = "copy it again from where it was written"
_UNSCORED = "name 'completion', the text of the model; or score the log, as inspect score does"
ZSTANDARD = 93  # the number of this compression in a zip
_ENCRYPTED = 1  # in the flags of a member of a zip

Record = dict[str, Any]


class Log(NamedTuple):
    """What a log says of the whole run, and a record of each sample."""

    status: str
    of_run: Record
    samples: list[Record]


def open_inspect_eval(
    path: Path, columns: Sequence[str] | None, problems: Problems, *, statuses: Any, what: str
) -> Table | None:
    """Open a log that is a zip; `statuses` are those of runs that count, None if not stated."""
    return _open(_of_zip, path, columns, problems, statuses, what)


def open_inspect_json(
    path: Path, columns: Sequence[str] | None, problems: Problems, *, statuses: Any, what: str
) -> Table | None:
    """Open a log that is JSON; `statuses` are those of runs that count, None if not stated."""
    return _open(_of_json, path, columns, problems, statuses, what)


def _open(
    read: Callable[[Path], Log],
    path: Path,
    columns: Sequence[str] | None,
    problems: Problems,
    statuses: Any,
    what: str,
) -> Table | None:
    source = path.name
    try:
        log = read(path)
    except Damaged as trouble:
        problems.add(trouble.what, where=source, valid=trouble.valid, fix=trouble.fix)
        return None
    except OSError as trouble:
        problems.add(f"cannot be read: {trouble.strerror or trouble}", where=source)
        return None
    if log.status != FINISHED and statuses is None:
        held = f"{len(log.samples):,} samples" if len(log.samples) != 1 else "one sample"
        problems.add(
            f"the run did not finish: its status is {show(log.status)}, and it has {held}",
            where=source,
            valid=f"a run with the status {show(FINISHED)}",
            fix=of_unfinished(log.status),
        )
        return None
    if not log.samples:
        problems.add("the log holds no samples", where=source, valid="a log with its samples")
        return None
    scorers = tuple(dict.fromkeys(name for one in log.samples for name in one.get("scores", ())))
    samples = [
        {**log.of_run, **record, "status": log.status, **_of_only_scorer(record, scorers)}
        for record in log.samples
    ]
    there = _columns(samples)
    # of all columns, those that hold single values
    wanted = tuple([n for n, plain in there.items() if plain] if columns is None else columns)
    if _note_scorers(wanted, there, scorers, source, problems):
        return None
    if not check_columns(list(there), wanted, source, problems):
        return None
    return Table(
        source,
        wanted,
        lambda: rows_of(enumerate(samples, 1), wanted),
        problems,
        what,
        _notes(samples, source),
        told={role: name for role, name in ROLES.items() if name in there},
    )


def _of_only_scorer(record: Record, scorers: Sequence[str]) -> Record:
    """Return the answer and the score of a sample, where the log has one scorer."""
    if len(scorers) != 1:
        return {}
    found = record.get("scores", {}).get(scorers[0], {})
    return {"answer": found.get("answer"), "score": found.get("value")}


def _columns(samples: Sequence[Record]) -> dict[str, bool]:
    """Return the names of columns, and whether their cells hold single values in all samples."""
    names: dict[str, bool] = {}
    for record in samples:
        for name in paths(record):
            value = alone(lookup(record, name)[1])
            names[name] = names.get(name, True) and not isinstance(value, list | dict)
    return names


def _note_scorers(
    wanted: Sequence[str],
    there: Collection[str],
    scorers: Sequence[str],
    source: str,
    problems: Problems,
) -> bool:
    """Note answers and scores of no scorer, or of one that is not there; tell whether any are."""
    missing = [name for name in wanted if name not in there]
    of_any = [name for name in missing if name in _OF_SCORER]
    for name in of_any:
        kind = "answer" if name == "answer" else "value"
        problems.add(
            f"there are {len(scorers)} scorers, {shown(scorers)}, each with its own {name}"
            if scorers
            else f"there is no {name}: the samples have no scores",
            where=source,
            valid=shown(f"scores.{scorer}.{kind}" for scorer in scorers)
            if scorers
            else "one of " + shown(there),
            fix=of_scorer(f"scores.{scorers[0]}.{kind}") if scorers else _UNSCORED,
        )
    unknown = [
        name
        for name in missing
        if name.startswith("scores.") and not any(name.startswith(f"scores.{s}.") for s in scorers)
    ]
    for name in unknown:
        own = [column for column in there if column.startswith("scores.")]
        problems.add(
            f"there is no scorer of {show(name)}",
            where=source,
            valid=f"one of the scorers {shown(scorers)}" if scorers else "a log that was scored",
            fix=did_you_mean(name, own),
        )
    return bool(of_any or unknown)


def _notes(samples: Sequence[Record], source: str) -> list[str]:
    """Return how many samples hold no answer because something went wrong."""
    found = []
    for key, said in (
        ("error", "ended in an error, and {} no answer"),
        ("invalid", "{} said to be invalid by the log, and {} no answer"),
    ):
        if n := sum(key in record for record in samples):
            verbs = ("are", "count as") if n > 1 else ("is", "counts as")
            subject = f"{n:,} samples of {source}" if n > 1 else f"One sample of {source}"
            words = said.format(*(verbs if key == "invalid" else verbs[1:]))
            found.append(f"{subject} {words}.")
    return found


def _of_run(header: Mapping[str, Any]) -> tuple[str, Record]:
    """Return the status of a run, and what is the same of all its samples."""
    version = header.get("version")
    if isinstance(version, int) and version > _NEWEST:
        raise Damaged(
            0,
            f"the log has version {version} of its form",
            valid=f"version {_NEWEST}, or an older one",
            fix=_AS_JSON,
        )
    spec = _mapping(header.get("eval"))
    told: Record = {name: spec[name] for name in ("model", "task") if spec.get(name)}
    for key, name in (
        ("task_args", "task_args"),
        ("model_args", "model_args"),
        ("model_generate_config", "config"),
        ("metadata", "run"),
    ):
        if found := _mapping(spec.get(key)):
            told[name] = found
    return str(header.get("status") or "started"), told


def _mapping(value: Any) -> Record:
    return value if isinstance(value, dict) else {}


def _of_sample(sample: Mapping[str, Any]) -> Record:
    """Return what a study may ask of a sample; messages and events are left out."""
    kept = _mapping(sample.get("attachments"))

    def text(content: Any) -> Any:
        """Return a text that may stand in an attachment."""
        found = text_of(content)
        return kept.get(found.removeprefix("attachment://"), found) if found else None

    output, given = _mapping(sample.get("output")), sample.get("input")
    messages = [m for m in sample.get("messages") or () if isinstance(m, dict)]
    said = output.get("completion")
    if said is None:
        first = next((c for c in output.get("choices") or () if isinstance(c, dict)), {})
        said = _mapping(first.get("message")).get("content")
    record: Record = {
        "sample": sample.get("id"),
        "epoch": sample.get("epoch"),
        "uuid": sample.get("uuid"),
        "input": text(given) if isinstance(given, str) else text(last_of(given, "user")),
        "target": sample.get("target"),
        "system": text(last_of(messages, "system")),
        "completion": text(said),
        "limit": _mapping(sample.get("limit")).get("type"),
    }
    record = {key: value for key, value in record.items() if value is not None}
    if sample.get("error"):
        record["error"] = str(_mapping(sample["error"]).get("message") or "error")
    if sample.get("invalidation"):
        record["invalid"] = "invalid"
    if metadata := _mapping(sample.get("metadata")):
        record["metadata"] = metadata
    scores = {
        name: {
            "answer": text(score.get("answer")),
            "value": score.get("value"),
        }
        for name, score in _mapping(sample.get("scores")).items()
        if isinstance(score, dict)
    }
    if {"error", "invalid"} & set(record):
        scores = {name: {"answer": None, "value": None} for name in scores}
        record.pop("completion", None)
    if scores:
        record["scores"] = scores
    return record


def _of_json(path: Path) -> Log:
    try:
        whole = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as trouble:
        raise Damaged(0, f"the log is not JSON ({trouble})", fix=_AGAIN) from None
    found = _mapping(whole).get("samples")
    samples = [_of_sample(one) for one in found or () if isinstance(one, dict)]
    return Log(*_of_run(_mapping(whole)), samples)


def _of_zip(path: Path) -> Log:
    try:
        with zipfile.ZipFile(path) as file:
            members = {one.filename: one for one in file.infolist()}  # the last of one name counts
            for name in ("header.json", "_journal/start.json"):
                if name in members:
                    header = _member(file, members[name])
                    break
            else:
                raise Damaged(
                    0,
                    "the file is a zip archive, but no log of Inspect",
                    valid="a log, as inspect eval writes it",
                )
            run = _of_run(header)
            names = [name for name in members if _SAMPLE.fullmatch(name)]
            return Log(*run, [_of_sample(_member(file, members[name])) for name in names])
    except (zipfile.BadZipFile, zlib.error, EOFError) as trouble:
        raise Damaged(0, f"the log is a damaged zip archive ({trouble})", fix=_AGAIN) from None


def _content(file: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
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


def _member(file: zipfile.ZipFile, member: zipfile.ZipInfo) -> Record:
    """Return the object that a member of the zip holds."""
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
        found = json.loads(_content(file, member))
    except NotImplementedError:
        raise Damaged(
            0, f"{name} in the log is compressed in a way that is not known here", fix=_AS_JSON
        ) from None
    except (ValueError, RecursionError) as trouble:
        raise Damaged(0, f"{name} in the log is not JSON ({trouble})", fix=_AGAIN) from None
    if not isinstance(found, dict):
        raise Damaged(0, f"{name} in the log is no JSON object", fix=_AGAIN)
    return found
