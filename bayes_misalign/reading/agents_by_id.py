"""Which agents the evidence about goals speaks of, by id: what is known of the goal of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.report_patterns import UNKNOWN, ReportPatterns

IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Roster:
    """Agents by id. It is used while tables are read, and never kept."""

    number: dict[str, int]
    goal: IntArray
    pattern: IntArray

    @classmethod
    def of_reports(
        cls, agents: Sequence[str], pattern: IntArray, evidence: ReportPatterns
    ) -> Roster:
        """Return the agents of a table of reports."""
        known = np.array(evidence.gold)
        if getattr(evidence, "errorless", False):
            sure = (known == UNKNOWN) & (evidence.face_value.max(axis=1, initial=0) > 1 - 1e-9)
            known[sure] = evidence.face_value[sure].argmax(axis=1)
        goal = np.where(pattern < 0, UNKNOWN, known[pattern] if len(known) else UNKNOWN)
        return cls({name: i for i, name in enumerate(agents)}, goal, np.asarray(pattern, np.int64))

    def tells(self, agent: str) -> bool:
        """Return whether anything is known of the goal of an agent who is on the roster."""
        place = self.number[agent]
        return bool(self.goal[place] != UNKNOWN or self.pattern[place] >= 0)


def note_nameless(model: str, field: str, problems: Problems) -> None:
    """Note a declaration of goals that names no column of ids."""
    problems.add(
        "no column names the agents",
        where=model,
        valid="the column of an id of each agent",
        fix=f'name it, as in {field} = "id"',
    )
