"""Small designs of reports of agents, and of all models that have to be sampled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bayes_misalign.inference.conflict_designs import encounters, panel, placements, ratings
from bayes_misalign.models.behaviour.calibration import actions
from bayes_misalign.models.behaviour.calibration import unstated_actions as unstated_actions
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.meeting_trees import to_trees
from bayes_misalign.models.encounters.reports_and_encounters import ReportsAndEncounters
from bayes_misalign.models.noisy_labels.calibration import labels
from bayes_misalign.models.noisy_labels.calibration import retested_labels as retested_labels


def labelled_who_met(agents: int = 80, pairs: int = 20, stars: int = 4) -> ReportsAndEncounters:
    """Return agents who are labelled by three raters, and meet in pairs, stars and alone.

    Parameters
    ----------
    agents, pairs : int
        How many there are in all, and pairs of agents who meet nobody else.
    stars : int
        How many agents meet three others each, one of them twice, and somebody of known goal.

    Returns
    -------
    ReportsAndEncounters

    Examples
    --------
    >>> labelled_who_met().met.number
    64.0
    """
    goals = labels(3, 3, agents, gold=8)
    met: dict[tuple[int, int], tuple[float, float]] = {}
    for i in range(pairs):
        met[2 * i, 2 * i + 1] = (0.0, 1.0)
    first = 2 * pairs
    known = np.zeros((first + 4 * stars, 3))
    for i in range(stars):
        middle = first + 4 * i
        known[middle, i % 3] = 1.0
        for j, times in ((1, 1.0), (2, 1.0), (3, 2.0)):
            met[middle, middle + j] = (0.0, times)
    trees = to_trees([0] * len(known), np.zeros_like(known), known, met)
    seen = np.zeros((3, 3))
    seen_no = np.triu(np.full((3, 3), 4.0))
    return ReportsAndEncounters(
        goals,
        EncounterConflict.of(
            goals.categories,
            (("a", "b"), ("a", "c"), ("b", "c")),
            seen,
            seen_no,
            background=True,
            trees=trees,
            origin="a design",
        ),
    )


SAMPLED_DESIGNS: dict[str, Callable[[], Any]] = {
    "noisy-labels": labels,
    "behaviour": actions,
    "rated": ratings,
    "encounters": encounters,
    "experts": panel,
    "spatial": placements,
}
