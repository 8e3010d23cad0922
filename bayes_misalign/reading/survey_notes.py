"""What a reader should know about a survey that is not wrong, but not as it usually is either."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.reading.near_labels import near_key
from bayes_misalign.tables.labels import shown
from bayes_misalign.tables.remedies import is_figure, is_missing_code

_FEW_EFFECTIVE = 0.1  # share of n
_FAR = 3.0  # times the largest number that is no code
_MANY_DATES = 0.2  # share of labels
_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = re.compile(
    rf"\d{{1,2}}[-/. ]{_MONTH}([-/. ]\d{{2,4}})?|{_MONTH}[-/. ]\d{{1,4}}"
    r"|\d{4}-\d{1,2}-\d{1,2}( 00:00:00)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}",
    re.IGNORECASE,
)


def survey_notes(
    counts: GoalEvidence, labels: Sequence[str], *, coded: bool = False
) -> Iterator[str]:
    """Return remarks about a survey, one sentence or two each."""
    yield from sample_notes(counts)
    seen = counts.counts.sum(axis=0)
    if seen.any():
        for name, found in zip(counts.categories, seen, strict=True):
            if not found:
                yield f"No agent named the goal {shown([name])}; it is known by the prior alone."
    yield from label_notes(labels, coded)


def sample_notes(counts: GoalEvidence, did: str = "answered") -> Iterator[str]:
    """Return remarks about the number of agents and their weights, one sentence each."""
    for n, says in (
        (0, "Nobody {} in population {}; it is known by the prior alone."),
        (1, "Only one agent {} in population {}."),
    ):
        names = [p for p, found in zip(counts.populations, counts.n, strict=True) if found == n]
        if names:
            yield says.format(did, shown(names))
    for names in near_names(counts.populations):
        yield f"The names of populations {shown(names)} differ only by accents or punctuation."
    if odd := codes_among(counts.populations):
        yield (
            f"The name of population {shown(odd)} usually means a missing answer. If it does, say "
            "so with missing, and what becomes of its agents with empty_population."
        )
    yield from _weight_notes(counts)


def near_names(names: Sequence[str]) -> list[list[str]]:
    """Return groups of names that differ only by accents, width or punctuation."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(near_key(name), []).append(name)
    return [group for key, group in groups.items() if key and len(group) > 1]


def codes_among(names: Sequence[str]) -> list[str]:
    """Return names that are codes for a missing answer, far from all others, which are numbers."""
    if not all(map(is_figure, names)):
        return []
    odd = [name for name in names if is_missing_code(name)]
    others = [abs(float(name)) for name in names if name not in odd]
    if not others:
        return []
    far = [name for name in odd if float(name) < 0 or float(name) > _FAR * max(others)]
    return far if min(float(name) for name in names if name not in odd) >= 0 else []


def _weight_notes(counts: GoalEvidence) -> Iterator[str]:
    if counts.zero_weights:
        yield f"Agents with weight 0, which count for nothing: {counts.zero_weights:,}."
    for name, n, effective in zip(counts.populations, counts.n, counts.n_effective, strict=True):
        if n > 1 and effective < _FEW_EFFECTIVE * n:
            what = f"The weights in population {shown([name])} are extreme"
            if counts.design is not None:
                what = f"The design of the sample in population {shown([name])} tells little"
            yield f"{what}: {n:,.0f} agents tell as much as {effective:,.1f} unweighted ones."


def label_notes(labels: Sequence[str], coded: bool) -> Iterator[str]:
    """Return remarks about labels that may have lost their meaning, one or two sentences each."""
    different = list(dict.fromkeys(labels))
    dates = [label for label in different if _DATE.fullmatch(label.strip())]
    if dates and len(dates) >= _MANY_DATES * len(different):
        yield (
            f"Labels look like dates: {shown(dates)}. Spreadsheets turn entries such as 2-3 "
            "into dates."
        )
    odd = [label for label in different if is_missing_code(label)]
    if odd and not coded and all(re.fullmatch(r"-?\d+", label) for label in different):
        yield (
            f"All labels are numbers, and {shown(odd)} usually mean a missing answer. "
            "Say with codes what the numbers stand for."
        )
