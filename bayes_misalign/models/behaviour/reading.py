"""What must hold of stated probabilities and of known goals, together with what agents did."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.tables.labels import shown


def untied(evidence: DistinctActions, coded: CodedTable) -> Iterator[str]:
    """Yield notes on goals that nothing ties to actions, or note that they could be swapped."""
    acted = evidence.reports.any(axis=1)
    known = evidence.gold[acted & (evidence.gold != UNKNOWN)]
    gold = np.bincount(known, minlength=len(evidence.categories))
    stated = ~np.isnan(evidence.expected).all(axis=1)
    free = [
        name
        for name, n, is_stated in zip(evidence.categories, gold, stated, strict=True)
        if not n and not is_stated
    ]
    # One goal besides stated ones is what does not fit them; two could be renamed at will.
    if len(free) > 1 or (free and not stated.any()):
        coded.problems.add(
            f"nothing ties actions to {shown(free)}: no agent who acted is known to hold "
            f"{'it' if len(free) == 1 else 'them'}, and no action is expected of "
            f"{'it' if len(free) == 1 else 'them'}",
            where=coded.where("gold") if "gold" in coded.roles else "expected",
            valid="for every goal an agent who is known to hold it, or expected probabilities",
            fix="state `expected`, P(action | goal), for each of these goals",
        )
    for name in free:
        yield (
            f"Nothing is stated of the actions of the goal {shown([name])}; they are learned from "
            "agents whose actions fit no other goal."
        )
