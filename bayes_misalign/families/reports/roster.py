"""Agents of a table of reports, by id."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports, IntArray
from bayes_misalign.reading.agents_by_id import Roster


def roster_of(agents: Sequence[str], pattern: IntArray, evidence: DistinctReports) -> Roster:
    """Return the agents with these ids and rows of the evidence, -1 if nothing is known of one.

    Goals are known where they are stated, or where reports are known to be right.
    """
    known = np.array(evidence.gold)
    if evidence.errorless:
        sure = (known == UNKNOWN) & (evidence.face_value.max(axis=1, initial=0) > 1 - 1e-9)
        known[sure] = evidence.face_value[sure].argmax(axis=1)
    goal = np.where(pattern < 0, UNKNOWN, known[pattern] if len(known) else UNKNOWN)
    return Roster({name: i for i, name in enumerate(agents)}, goal, np.asarray(pattern, np.int64))
