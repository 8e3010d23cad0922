"""What a calibration of encounters looks at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.calibrated import conflict_quantities
from bayes_misalign.contract.registry import goals_model, names_of
from bayes_misalign.families.reports.distinct_reports import DistinctReports
from bayes_misalign.measure import misalignment
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.generative import (
    conflict_matrix,
    known_log_likelihood,
    seen_in_conflict,
)
from bayes_misalign.models.encounters.meeting_trees import to_trees
from bayes_misalign.models.encounters.reports_and_encounters import (
    ReportsAndEncounters,
    encounters_log_likelihood,
)
from bayes_misalign.reading.pair_labels import pair_labels
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]


def encounters() -> EncounterConflict:
    """Return encounters of holders of two goals each, of the same goal, and of none."""
    none = np.zeros((4, 4))
    met = np.array([[5, 12, 6, 3], [0, 4, 0, 2], [0, 0, 8, 3], [0, 0, 0, 1]], dtype=float)
    pairs = (("a", "b"), ("a", "c"), ("b", "c"))
    categories = ("a", "b", "c", NO_GOAL)
    return EncounterConflict.of(categories, pairs, none, met, background=True, origin="a design")


def reported_who_met(
    goals: DistinctReports, pairs: int = 20, stars: int = 4
) -> ReportsAndEncounters:
    """Return agents of three goals, seen through reports, who meet in pairs, in stars and alone.

    In the middle of a star is an agent who meets three others, one of them twice, and somebody of
    known goal.
    """
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


def designs() -> dict[str, Any]:
    """Return encounters of known goals, and of agents who are labelled."""
    seen = next(m for m in map(goals_model, names_of("goals")) if m.traits.uncertain_agents)
    labelled = next(iter(seen.designs().values()))
    return {
        "goals known": encounters(),
        "goals seen through reports": reported_who_met(labelled),
    }


def with_data(evidence: EncounterConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return the log-likelihood of encounters of known goals, and how far off they are, (draw,)."""
    total = evidence.seen_yes + evidence.seen_no
    gap = evidence.seen_yes - total * seen_in_conflict(evidence, parameters)
    return {
        "log_likelihood": known_log_likelihood(evidence, parameters),
        "residual": np.abs(gap).sum(axis=(-2, -1)),
    }


def quantities(evidence: EncounterConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return P(ma), levels, and how often there is conflict over something else, each (draw,)."""
    found = conflict_quantities(evidence, parameters)
    if "background" in parameters:
        for i, label in enumerate(evidence.categories):
            found[f"background[{label}]"] = parameters["background"][:, i]
    return found


def with_reports(
    evidence: ReportsAndEncounters, parameters: Mapping[str, Array]
) -> dict[str, Array]:
    """Return log-likelihoods of reports and encounters, and how far conflicts are off, (draw,)."""
    of_reports = goals_model(evidence.goals.model).with_data(evidence.goals, parameters)
    likelihood = encounters_log_likelihood(evidence, parameters)
    # how often agents were seen in conflict, and how often two agents at random would be
    shares = parameters["proportion"].mean(axis=1)
    seen = seen_in_conflict(evidence.met, parameters)
    expected = np.einsum("nk,nkl,nl->n", shares, seen, shares)
    return {
        "log_likelihood": of_reports["log_likelihood"] + likelihood,
        "log_likelihood_of_encounters": likelihood,
        "residual": np.abs(evidence.met.conflicts - evidence.met.number * expected),
    }


def joint_quantities(
    evidence: ReportsAndEncounters, parameters: Mapping[str, Array]
) -> dict[str, Array]:
    """Return P(ma) with shares and conflict both uncertain, and the quantities of either."""
    found = dict(goals_model(evidence.goals.model).quantities(evidence.goals, parameters))
    matrix = conflict_matrix(evidence.met, parameters["conflict_level"])
    pma = misalignment(parameters["proportion"], matrix[:, None])
    for s, population in enumerate(evidence.goals.populations):
        found[f"misalignment[{population}]"] = pma[:, s]
    for i, label in enumerate(pair_labels(evidence.met.pairs)):
        found[f"conflict_level[{label}]"] = parameters["conflict_level"][:, i]
    for i, label in enumerate(evidence.met.categories):
        found[f"background[{label}]"] = parameters["background"][:, i]
    return found
