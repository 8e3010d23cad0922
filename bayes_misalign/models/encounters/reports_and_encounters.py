"""Encounters of agents whose goals are uncertain, and the reports of these agents, as one model.

Shares and conflict levels have one posterior here, so that the two are calibrated together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.errors import StudyError
from bayes_misalign.families.reports.distinct_reports import DistinctReports
from bayes_misalign.models.encounters import generative as encounters
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.generative_sums import log_likelihood
from bayes_misalign.models.encounters.meeting_trees import to_trees
from bayes_misalign.models.encounters.priors import EncounterPriors
from bayes_misalign.models.encounters.priors import priors as encounter_priors
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.study.joint import build_joint

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ReportsAndEncounters:
    """What was reported of agents, and whom they met.

    Parameters
    ----------
    goals : DistinctReports
        Reports.
    met : EncounterConflict
        Encounters, some of them of these agents; the source of all levels.
    """

    goals: DistinctReports
    met: EncounterConflict


@dataclass(frozen=True)
class JointPriors:
    """Priors of the model of goals, and of encounters."""

    goals: Any
    met: EncounterPriors


def priors(evidence: ReportsAndEncounters, overrides: Any = None) -> JointPriors:
    """Return the default priors, those of the model of goals with a study's own put over them."""
    model: Any = goals_model(evidence.goals.model)
    return JointPriors(model.priors(overrides), encounter_priors())


def build(evidence: ReportsAndEncounters, prior: JointPriors) -> pm.Model:
    """Return the model of shares, reports, conflict levels and encounters."""
    conflict = ConflictEvidence(evidence.goals.categories, (evidence.met,))
    return build_joint(evidence.goals, prior.goals, conflict, [prior.met])


def data(evidence: ReportsAndEncounters, prior: JointPriors) -> dict[str, NDArray[Any]]:
    """Return what a compiled model needs of other evidence of the same shape, by container."""
    of_goals = goals_model(evidence.goals.model).data(evidence.goals, prior.goals)
    return {**of_goals, **encounters.data(evidence.met, prior.met)}


def draw_prior(
    evidence: ReportsAndEncounters, prior: JointPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of all that the two models know."""
    of_goals = goals_model(evidence.goals.model).draw_prior(evidence.goals, prior.goals, draws, rng)
    return {**of_goals, **encounters.draw_prior(evidence.met, prior.met, draws, rng)}


def simulate(
    parameters: Mapping[str, Array], design: ReportsAndEncounters, rng: np.random.Generator
) -> ReportsAndEncounters:
    """Return reports and encounters of as many agents, who meet as those of the design do."""
    model = goals_model(design.goals.model)
    goals, agents, pattern = model.simulate_agents(parameters, design.goals, rng)
    trees = design.met.trees
    kind, met = trees.expanded()
    who = _take(agents.row, trees.pattern[kind])
    goal = agents.goal[who]
    seen = encounters.seen_in_conflict(design.met, parameters)
    known = (trees.met_yes + trees.met_no)[kind].astype(int)
    yes = rng.binomial(known, np.clip(seen[goal], 0, 1))
    both = {}
    for one, other, with_conflict, without in met:
        number = int(with_conflict + without)
        found = float(rng.binomial(number, seen[goal[one], goal[other]]))
        both[one, other] = (found, number - found)
    made = to_trees(pattern[who].tolist(), yes, known - yes, both)
    nobody = encounters.of_known_goals(design.met)
    of_known = encounters.simulate(parameters, nobody, rng)
    met_again = EncounterConflict.of(
        of_known.categories,
        of_known.pairs,
        of_known.seen_yes,
        of_known.seen_no,
        background=of_known.background,
        trees=made,
        origin=of_known.origin,
        notes=of_known.notes,
    )
    return replace(design, goals=goals, met=met_again)


def holding(evidence: ReportsAndEncounters, parameters: Mapping[str, Array]) -> Array:
    """Return log P(goal | reports) of every pattern, (draw, D, K)."""
    return goals_model(evidence.goals.model).log_holding(evidence.goals, parameters)


def encounters_log_likelihood(
    evidence: ReportsAndEncounters, parameters: Mapping[str, Array]
) -> Array:
    """Return the log probability of the encounters given the reports, (draw,)."""
    matrix = encounters.conflict_matrix(evidence.met, parameters["conflict_level"])
    background = np.asarray(parameters.get("background", np.zeros(matrix.shape[:2])))
    return log_likelihood(evidence.met, matrix, background, holding(evidence, parameters))


def _take(rows: NDArray[np.intp], asked: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a different agent for each row that is asked for."""
    places = {row: list(np.flatnonzero(rows == row)[::-1]) for row in np.unique(asked)}
    if any(
        len(places[row]) < n for row, n in zip(*np.unique(asked, return_counts=True), strict=True)
    ):
        raise StudyError("more agents meet than reports were made of")
    return np.array([places[row].pop() for row in asked], np.int64)
