"""Samples of lm-evaluation-harness: a document a line, with the answers of all its runs.

`resps` and `filtered_resps` hold a list for each request of a document, of the answers to its
repeats; a filter may have made one of them, or have left one. With several filters each document
is there once for each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.tables.conditions import Filter
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.remedies import quoted
from bayes_misalign.tables.table import Damaged

ROLES = {"goal": "filtered_resps", "cluster": "doc_id"}
_ANSWERS = ("filtered_resps", "resps")
_REPEAT = "repeat"  # the column of the number of a run of a document
FILTER = "filter"
_Numbered = tuple[int, dict[str, Any]]


def is_sample(record: Mapping[str, Any]) -> bool:
    """Tell whether an object is a sample."""
    return {"doc_id", "filtered_resps"} <= record.keys()


def runs_of(records: Iterable[_Numbered], wanted: Sequence[str] | None) -> Iterator[_Numbered]:
    """Yield a record for each run of a document, with what the wanted column of answers says."""
    names = [name for name in _ANSWERS if wanted is None or name in wanted]
    for row, record in records:
        if names and is_sample(record):
            for one in _runs(record, names[:1] if wanted is None else names, row, wanted is None):
                yield row, one
        else:
            yield row, record


def _runs(
    record: dict[str, Any], names: Sequence[str], row: int, any_column: bool
) -> Iterator[dict[str, Any]]:
    try:
        found = {name: _answers(record, name, row) for name in names if name in record}
    except Damaged:
        if not any_column:
            raise
        found = {}
    if len({len(answers) for answers in found.values()}) > 1:
        told = " and ".join(f"{len(answers)} in {show(name)}" for name, answers in found.items())
        raise Damaged(
            row,
            f"the numbers of answers of the document differ: {told}",
            valid="one of these columns",
            fix="name the one that holds the answers that count",
        )
    rest = {k: v for k, v in record.items() if k not in found and not (any_column and _many(v))}
    for number, answers in enumerate(zip(*found.values(), strict=True) if found else [()], 1):
        yield {**rest, **dict(zip(found, answers, strict=True)), _REPEAT: number}


def _many(value: Any) -> bool:
    """Tell whether something is a list that stands for no single value."""
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return isinstance(value, list)


def _answers(record: Mapping[str, Any], name: str, row: int) -> list[Any]:
    """Return the answers of the runs of a document."""
    value = record[name]
    if not isinstance(value, list):
        return [value]
    asked = record.get("arguments") or (record.get("resps") if name != "resps" else None)
    several = isinstance(asked, list | dict) and len(asked) > 1
    inside = value[0] if len(value) == 1 else value
    if _is_likelihood(inside) or any(
        _is_likelihood(one[0] if isinstance(one, list) and len(one) == 1 else one)
        for one in (inside if isinstance(inside, list) else ())
    ):
        raise Damaged(
            row,
            f"in {show(name)} there are likelihoods, as of the choices of a question, and no "
            "answer",
            valid="texts that the model wrote",
            fix="run the task so that the model writes its choice, as with output_type: "
            "generate_until",
        )
    if len(value) > 1 and (several or any(isinstance(one, list) for one in value)):
        raise Damaged(
            row,
            f"in {show(name)} there are answers to {len(value)} requests of one document",
            valid="one request a document, of which there may be repeats",
            fix=f"keep those of one request, as jq -c '.{name} |= [.[0]] | .arguments |= "
            "{gen_args_0}' does",
        )
    return inside or [None] if isinstance(inside, list) else [inside]


def _is_likelihood(value: Any) -> bool:
    """Tell whether something is the log probability of a text and whether it was the likeliest."""
    if not isinstance(value, list) or len(value) != 2 or str(value[1]) not in ("True", "False"):
        return False
    try:
        return float(value[0]) <= 0
    except (TypeError, ValueError):
        return False


class Seen:
    """What is noted of samples while a file is looked at: filters, and repeats left aside."""

    def __init__(self) -> None:
        self.documents = self.of_several = 0
        self.filters = dict[str, None]()

    def add(self, record: Mapping[str, Any]) -> None:
        """Look at a document."""
        self.documents += 1
        if (name := record.get(FILTER)) is not None:
            self.filters[str(name)] = None
        self.of_several += _many(record.get("resps")) and not _many(record["filtered_resps"])

    def note(
        self, wanted: Sequence[str], stated: Any, source: str, problems: Problems
    ) -> list[str] | None:
        """Note several filters of which no one was chosen; else return what is to be said."""
        left = [n for n in self.filters if stated is None or Filter(FILTER, stated).accepts(n)]
        answers = [name for name in _ANSWERS if name in wanted]
        if answers and len(left) > 1 and (stated is not None or FILTER not in wanted):
            first = f"`where = {{ {FILTER} = {quoted(left[0])} }}`"
            problems.add(
                f"each document is there {len(left)} times, once for each of the filters "
                f"{shown(left)}, which sort the same answers",
                where=source,
                valid="the answers of one filter",
                fix=f"state {first}, or the like with another of them",
            )
            return None
        if "filtered_resps" in answers and self.of_several:
            documents = f"{self.of_several:,} documents" if self.of_several > 1 else "One document"
            have = "have" if self.of_several > 1 else "has"
            return [
                f"{documents} of {source} {have} several answers, of which the filter left one; "
                "the column 'resps' holds all of them."
            ]
        return []
