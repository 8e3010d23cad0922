"""Which agents the evidence about goals speaks of, by id: what is known of the goal of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.reports.report_patterns import UNKNOWN, ReportPatterns

IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Roster:
    """Agents by id. It is used while tables are read, and never kept.

    Parameters
    ----------
    number : dict of str to int
        Number of each agent.
    goal : (N,) ndarray of int
        The category that each is known to belong to, -1 where that is not known.
    pattern : (N,) ndarray of int
        Row of the evidence about goals that holds what was reported of each, -1 if nothing was.

    Examples
    --------
    >>> Roster({"x": 0}, np.array([2]), np.array([-1])).tells("x")
    True
    """

    number: dict[str, int]
    goal: IntArray
    pattern: IntArray

    @classmethod
    def of_reports(
        cls, agents: Sequence[str], pattern: IntArray, evidence: ReportPatterns
    ) -> Roster:
        """Return the agents of a table of reports.

        Parameters
        ----------
        agents : sequence of str, length N
            Their ids.
        pattern : (N,) ndarray of int
            Row of the evidence that each belongs to; -1 if nothing is known of it.
        evidence : ReportPatterns
            What was reported.

        Returns
        -------
        Roster
            Goals are known where they are stated, or where reports are known to be right.

        Examples
        --------
        >>> from bayes_misalign.errors import Problems
        >>> from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
        >>> from bayes_misalign.reading.problem_area import ProblemArea
        >>> labels = NoisyLabels({"r": ["a", "b"], "known": ["", "a"]}, raters=["r"], gold="known")
        >>> evidence = labels.read(ProblemArea("vote", ["a", "b"]), Problems())
        >>> Roster.of_reports(["x", "y"], np.array([0, 1]), evidence).goal
        array([-1,  0])
        """
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
