"""Reports that no goal can give rise to, when probabilities of zero are stated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports
from bayes_misalign.tables.labels import show

_REPORTS_NAMED = 6


def note_impossible(
    evidence: DistinctReports,
    impossible: NDArray[np.bool_],
    cell_names: Sequence[str],
    rates: str,
    problems: Problems,
) -> None:
    """Note patterns of reports that have probability zero under every goal."""
    if not impossible.any():
        return
    seen = evidence.reports > 0
    never = seen.any(axis=0) & impossible.all(axis=0)
    for cell in np.flatnonzero(never):
        problems.add(
            f"{cell_names[int(cell)]} is in the data, but {rates} give it probability 0 under "
            "every goal",
            where=evidence.source,
            several=f"{{n}} reports are in the data to which {rates} give probability 0 under "
            "every goal",
            value=cell_names[int(cell)],
            valid="a probability above 0 for whatever was seen",
            fix="correct its name, or state its probability",
        )
    impossible = impossible & ~never
    able = evidence.allowed.copy()
    for goal in np.flatnonzero(impossible.any(axis=1)):
        able[:, goal] &= ~seen[:, impossible[goal]].any(axis=1)
    rows = np.flatnonzero(~able.any(axis=1))
    for row in rows:
        _note(evidence, int(row), seen[row], cell_names, rates, problems)


def _note(
    evidence: DistinctReports,
    row: int,
    seen: NDArray[np.bool_],
    cell_names: Sequence[str],
    rates: str,
    problems: Problems,
) -> None:
    cells = np.flatnonzero(seen)
    names = ", ".join(cell_names[cell] for cell in cells[:_REPORTS_NAMED])
    more = f" and {len(cells) - _REPORTS_NAMED} more" if len(cells) > _REPORTS_NAMED else ""
    n, gold = evidence.agents[row], int(evidence.gold[row])
    of = "1 agent" if n == 1 else f"{n:,.0f} agents"
    who = "any goal" if gold == UNKNOWN else f"the known goal {show(evidence.categories[gold])}"
    problems.add(
        f"{rates} say that this cannot come from {who}, but it was seen of {of}: {names}{more}",
        where=evidence.source,
        several=f"{rates} say that {{n}} patterns cannot come from {who}",
        value=f"{names}{more} (of {of})",
        valid="reports that at least one goal can give rise to",
        fix="state a probability above 0 for what can happen, however rarely",
    )
