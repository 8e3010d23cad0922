"""Logs of Inspect evaluations: a row a sample, from .eval (a zip of JSON) or from .json.

Nothing is unpacked to the disk, and one sample at a time is in memory as JSON.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.tables.chats import last_of, text_of
from bayes_misalign.tables.conditions import Filter
from bayes_misalign.tables.inspect_zip import AGAIN, members
from bayes_misalign.tables.json_lines import alone, lookup, paths, rows_of
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.remedies import of_scorer, of_unfinished
from bayes_misalign.tables.table import Damaged, Table, check_columns

# the columns of a log by the roles that they have in most studies
ROLES = {"goal": "answer", "population": "model", "cluster": "sample"}
FINISHED = "success"
_FILTERED = "content_filter"  # why a provider stopped an answer
_NEWEST = 2  # version of the form that is known
_OF_SCORER = ("answer", "score")
_IS_ANSWER = re.compile(r"answer|scores\..*\.answer")
_TEXT = "read 'completion' to tell refusals"
_AS_TABLE = (
    "write its samples as a table, as samples_df and to_csv do, of inspect_ai.analysis and pandas, "
    "and name that file"
)
_UNSCORED = "name 'completion', the text of the model; or score the log, as inspect score does"

Record = dict[str, Any]


class Log(NamedTuple):
    """What a log says of the whole run, and a record of each sample."""

    status: str
    of_run: Record
    samples: list[Record]
    task: str


def open_inspect_eval(
    path: Path, columns: Sequence[str] | None, problems: Problems, *, statuses: Any, what: str
) -> Table | None:
    """Open a log that is a zip; `statuses` are those of runs that count, None if not stated."""
    return _open(lambda log: _log(members(log)), path, columns, problems, statuses, what)


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
    if _note_twice(log.samples, source, problems):
        return None
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
        _notes(samples, source, columns or ()),
        told={role: name for role, name in ROLES.items() if name in there},
        runs=_runs(log, statuses),
    )


def _runs(log: Log, statuses: Any) -> frozenset[str]:
    """Return what tells the runs that count from all others, in this log and in others."""
    if statuses is not None and not Filter("status", statuses).accepts(log.status):
        return frozenset()
    ids = (
        str(one.get("uuid") or (log.task and f"{log.task}/{one.get('sample')}/{one.get('epoch')}"))
        for one in log.samples
    )
    return frozenset(filter(None, ids))


def _note_twice(samples: Sequence[Record], source: str, problems: Problems) -> bool:
    """Note samples that are there twice with one number of their epoch; tell whether any are."""
    times = Counter((str(one["sample"]), one.get("epoch")) for one in samples if "sample" in one)
    twice = [key for key, n in times.items() if n > 1]
    if twice:
        prompt, epoch = twice[0]
        more = f"; so {'are' if len(twice) > 2 else 'is'} {len(twice) - 1:,} more" * (
            len(twice) > 1
        )
        problems.add(
            f"the sample {show(prompt)} is there {times[twice[0]]} times with epoch {epoch}{more}",
            where=source,
            valid="each run of a prompt once",
            fix="take the others out of the log",
        )
    return bool(twice)


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


def _notes(samples: Sequence[Record], source: str, wanted: Sequence[str]) -> list[str]:
    """Return how many samples hold no answer because something went wrong."""
    found = []
    answers = [name for name in wanted if _IS_ANSWER.fullmatch(name)]
    for wrong, one, several in (
        (
            lambda record: "error" in record,
            "ended in an error, and counts as not asked",
            "ended in an error, and count as not asked",
        ),
        (
            lambda record: "invalid" in record,
            "is said to be invalid by the log, and counts as not asked",
            "are said to be invalid by the log, and count as not asked",
        ),
        (
            lambda record: record.get("stop_reason") == _FILTERED,
            "was stopped by a filter of contents: look at what it holds",
            "were stopped by a filter of contents: look at what they hold",
        ),
        (
            lambda record: bool(
                record.get("completion")
                and any(lookup(record, name)[1] in (None, "") for name in answers)
            ),
            f"holds a text in which the scorer found no answer, and counts as not asked: {_TEXT}",
            f"hold texts in which the scorer found no answer, and count as not asked: {_TEXT}",
        ),
    ):
        if n := sum(map(wrong, samples)):
            subject = (
                f"{n:,} samples of {source} {several}" if n > 1 else f"One sample of {source} {one}"
            )
            found.append(f"{subject}.")
    return found


def _of_run(header: Mapping[str, Any]) -> tuple[str, Record]:
    """Return the status of a run, and what is the same of all its samples."""
    version = header.get("version", _NEWEST)
    if type(version) is not int or version > _NEWEST:
        raise Damaged(
            0,
            f"the log has version {show(str(version))} of its form, which is not known here",
            valid=f"version {_NEWEST}, or an older one",
            fix=_AS_TABLE,
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


def _of_sample(sample: Mapping[str, Any], scorer: str) -> Record:
    """Return what a study may ask of a sample; messages and events are left out.

    `scorer` is the name of the one score of a sample in logs of the first version.
    """
    kept = _mapping(sample.get("attachments"))

    def text(content: Any) -> Any:
        """Return a text that may stand in an attachment."""
        found = text_of(content)
        return kept.get(found.removeprefix("attachment://"), found) if found else None

    output, given = _mapping(sample.get("output")), sample.get("input")
    messages = [m for m in sample.get("messages") or () if isinstance(m, dict)]
    said = output.get("completion")
    first = next((c for c in output.get("choices") or () if isinstance(c, dict)), {})
    if said is None:
        said = _mapping(first.get("message")).get("content")
    record: Record = {
        "sample": sample.get("id"),
        "epoch": sample.get("epoch"),
        "uuid": sample.get("uuid"),
        "input": text(given) if isinstance(given, str) else text(last_of(given, "user")),
        "target": sample.get("target"),
        "system": text(last_of(messages, "system")),
        "completion": text(said),
        "stop_reason": first.get("stop_reason"),
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
        for name, score in _mapping(sample.get("scores") or {scorer: sample.get("score")}).items()
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
        whole = _mapping(json.loads(path.read_bytes()))
    except (ValueError, RecursionError) as trouble:
        raise Damaged(0, f"the log is not JSON ({trouble})", fix=AGAIN) from None
    samples = [one for one in whole.get("samples") or () if isinstance(one, dict)]
    return _log(iter([whole, *samples]))


def _log(members: Iterator[Record]) -> Log:
    """Return a log of its header, and of samples, one of which is looked at at a time."""
    header = next(members)
    status, of_run = _of_run(header)
    scorer = _mapping(_mapping(header.get("results")).get("scorer")).get("name")
    return Log(
        status,
        of_run,
        [_of_sample(sample, str(scorer or "scorer")) for sample in members],
        _task(header),
    )


def _task(header: Mapping[str, Any]) -> str:
    """Return what logs of one run, and of what was retried of it, have in common."""
    spec = _mapping(header.get("eval"))
    return str(spec.get("task_id") or spec.get("eval_id") or "")
