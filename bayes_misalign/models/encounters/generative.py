"""Two agents met, and were seen in conflict or not; their goals are known, or seen through reports.

Agents of goals i and j are seen in conflict with probability f_ij, where 1 - f_ij =
(1 - c_ij) sqrt((1 - b_i) (1 - b_j)): over their goals, or over something else, as holders of one
goal are with probability b_i. Goals that are not known are summed out, together for all agents who
are tied by encounters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import StudyError
from bayes_misalign.models.encounters.encounter_outcomes import observed, replicated
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.generative_sums import (
    declare_trees,
    log_conflict,
    log_likelihood,
    tree_data,
)
from bayes_misalign.models.encounters.priors import EncounterPriors
from bayes_misalign.models.encounters.words import describe_encounters
from bayes_misalign.reading.pair_labels import pair_labels
from bayes_misalign.settings import NO_GOAL

if TYPE_CHECKING:
    import pymc as pm

    from bayes_misalign.contract.description import Description

Array = NDArray[np.float64]


def data(
    evidence: EncounterConflict, prior: EncounterPriors, name: str = "encounters"
) -> dict[str, NDArray[Any]]:
    """Return what a compiled model needs of other encounters of the same shape, by container."""
    del prior
    found = {"seen_yes": evidence.seen_yes, "seen_no": evidence.seen_no}
    found |= tree_data(evidence.trees)
    return {f"{key}_{name}": value for key, value in found.items()}


def declare(evidence: EncounterConflict, prior: EncounterPriors, name: str = "encounters") -> Any:
    """Add the conflict levels to the open model; return them, (pair).

    The encounters themselves are added by `observe`, once the levels of all pairs are there.
    """
    import pymc as pm

    pm.modelcontext(None).add_coord(f"pair_{name}", pair_labels(evidence.pairs))
    return pm.Beta(f"conflict_{name}", prior.yes, prior.no, dims=f"pair_{name}")


def observe(
    evidence: EncounterConflict,
    prior: EncounterPriors,
    name: str,
    matrix: Any,
    log_holding: Any | None = None,
) -> None:
    """Add the encounters to the open model."""
    import pymc as pm
    import pytensor.tensor as pt

    from bayes_misalign.families.observed.observed_pymc import declare_observed

    if evidence.uncertain and log_holding is None:
        raise StudyError(
            "agents of uncertain goals met: these encounters are modelled together with the "
            "evidence about goals. Fix: build the study's joint model, Study.to_pymc()"
        )
    model = pm.modelcontext(None)
    dims = (f"met_{name}", f"met_other_{name}")
    for dim in dims:
        model.add_coord(dim, evidence.categories)
    background = pt.zeros(len(evidence.categories))
    if evidence.background:
        own = (prior.background_yes, prior.background_no)
        background = pm.Beta(f"background_{name}", *own, dims=dims[0])
    log_yes, log_no = log_conflict(matrix, background, pt.log, pt.maximum)
    seen = {
        key: pm.Data(f"{key}_{name}", getattr(evidence, key), dims=dims)
        for key in ("seen_yes", "seen_no")
    }
    total = (seen["seen_yes"] * log_yes + seen["seen_no"] * log_no).sum()
    likelihood = {f"seen_in_conflict_{name}": total}
    parameters = {"conflict": matrix, "background": background}
    if evidence.uncertain:
        told = declare_trees(evidence.trees, name, log_yes, log_no, log_holding)
        likelihood[f"conflicts_{name}"] = told
        parameters["log_holding"] = log_holding
    declare_observed(
        observed(evidence, name),
        likelihood,
        parameters,
        lambda given, rng: replicated(given, evidence, rng, name),
    )


def build(evidence: EncounterConflict, prior: EncounterPriors) -> pm.Model:
    """Return the model of the levels alone, where goals are known."""
    import pymc as pm
    import pytensor.tensor as pt

    k = len(evidence.categories)
    with pm.Model() as model:
        level = declare(evidence, prior)
        rows, columns = evidence.places
        half = pt.set_subtensor(pt.zeros((k, k))[rows, columns], level)
        observe(evidence, prior, "encounters", half + half.T)
    return model


def draw(
    evidence: EncounterConflict, prior: EncounterPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array] | None:
    """Return exact posterior draws of `conflict_level` (draw, pair), where they are conjugate.

    That is where all goals are known, and conflict over something else is ruled out.
    """
    if evidence.uncertain or evidence.background or evidence.elsewhere:
        return None
    yes, no = evidence.between.T
    size = (draws, len(evidence.pairs))
    return {"conflict_level": rng.beta(prior.yes + yes, prior.no + no, size)}


def draw_prior(
    evidence: EncounterConflict, prior: EncounterPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of `conflict_level` (draw, pair), and of `background` (draw, goal)."""
    level = rng.beta(prior.yes, prior.no, size=(draws, len(evidence.pairs)))
    if not evidence.background:
        return {"conflict_level": level}
    size = (draws, len(evidence.categories))
    background = rng.beta(prior.background_yes, prior.background_no, size=size)
    return {"conflict_level": level, "background": background}


def conflict_matrix(evidence: EncounterConflict, level: Array) -> Array:
    """Return levels of pairs as matrices, zero where these encounters are not the source."""
    rows, columns = evidence.places
    found = np.zeros((*level.shape[:-1], len(evidence.categories), len(evidence.categories)))
    found[..., rows, columns] = found[..., columns, rows] = level
    return found


def seen_in_conflict(evidence: EncounterConflict, parameters: Mapping[str, Array]) -> Array:
    """Return how likely agents of each two goals are seen in conflict, (..., K, K)."""
    matrix = conflict_matrix(evidence, parameters["conflict_level"])
    background = np.asarray(parameters.get("background", np.zeros(matrix.shape[-1])))
    return np.asarray(np.exp(log_conflict(matrix, background, np.log, np.maximum)[0]))


def known_log_likelihood(evidence: EncounterConflict, parameters: Mapping[str, Array]) -> Array:
    """Return the log-likelihood of the encounters of known goals, (draw,)."""
    matrix = conflict_matrix(evidence, parameters["conflict_level"])
    background = np.asarray(parameters.get("background", np.zeros(matrix.shape[:2])))
    nobody = of_known_goals(evidence)
    return log_likelihood(nobody, matrix, background, np.zeros((len(matrix), 0, matrix.shape[-1])))


def of_known_goals(evidence: EncounterConflict) -> EncounterConflict:
    """Return the encounters of known goals alone."""
    return EncounterConflict.of(
        evidence.categories,
        evidence.pairs,
        evidence.seen_yes,
        evidence.seen_no,
        background=evidence.background,
        origin=evidence.origin,
        notes=evidence.notes,
    )


def simulate(
    parameters: Mapping[str, Array], design: EncounterConflict, rng: np.random.Generator
) -> EncounterConflict:
    """Return as many encounters of the same goals as the design has."""
    if design.uncertain:
        raise StudyError(
            "encounters of agents whose goals are uncertain are not simulated. Fix: name the "
            "goals of the two agents in each row, in goal and goal_other"
        )
    if _of_another_source(design):
        raise StudyError(
            "encounters that tell of pairs of another source are not simulated. Fix: leave the "
            "other source out"
        )
    total = (design.seen_yes + design.seen_no).astype(int)
    yes = rng.binomial(total, np.clip(seen_in_conflict(design, parameters), 0, 1)).astype(float)
    notes = ("simulated data",)
    return replace(design, seen_yes=yes, seen_no=total - yes, notes=notes, origin="simulated")


def _of_another_source(evidence: EncounterConflict) -> bool:
    """Return whether goals met whose level these encounters are not the source of."""
    met = np.array(evidence.seen_yes + evidence.seen_no)
    met[evidence.places] = 0
    np.fill_diagonal(met, 0)
    goals = [label != NO_GOAL for label in evidence.categories]
    return bool(met[np.ix_(goals, goals)].any())


def describe(evidence: EncounterConflict, prior: EncounterPriors) -> Description:
    """Return the model and its priors in words and formulas."""
    return describe_encounters(evidence, prior)
