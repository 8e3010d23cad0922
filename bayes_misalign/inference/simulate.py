"""Data sets with known truth, from a study's own generative model."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.matrices import assemble
from bayes_misalign.contract.registry import conflict_model, goals_model
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.draw_blocks import CONFLICT, GOALS, stream
from bayes_misalign.measure import misalignment
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.study.lifted import whole_of_categories
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]
SIMULATION = 100  # streams of random numbers, apart from those of a fit


@dataclass(frozen=True)
class Simulated:
    """A study on simulated evidence, and the truth behind it.

    Parameters
    ----------
    study : Study
        The same study with simulated evidence.
    proportion : ndarray, shape (population, goal)
        True goal shares.
    conflict : ndarray, shape (goal, goal) or (population, goal, goal)
        True conflict levels of the goals, those of each population where a source measures them
        there.
    misalignment : ndarray, shape (population,)
        True P(ma).
    """

    study: Study
    proportion: Array
    conflict: Array
    misalignment: Array


def simulate(study: Study, agents: int, seed: int) -> Simulated:
    """Draw a truth from the study's priors, and evidence of the study's shape from the truth."""
    if study.given:
        raise StudyError(
            "draws made elsewhere come without the model and the data behind them, so nothing can "
            "be simulated"
        )
    model = goals_model(study.goals.model)
    rng = stream(seed, SIMULATION, GOALS)
    design = model.sized(study.goals, agents, rng)
    truth = {
        name: draws[0] for name, draws in model.draw_prior(design, study.goal_prior, 1, rng).items()
    }
    goals = model.simulate(truth, design, rng)
    sources, parts = [], []
    for i, (source, prior) in enumerate(
        zip(study.conflict.sources, study.conflict_priors, strict=True)
    ):
        of_conflict = conflict_model(source.model)
        rng = stream(seed, SIMULATION, CONFLICT + i)
        drawn = of_conflict.draw_prior(source, prior, 1, rng)
        parts.append((source.pairs, drawn["conflict_level"]))
        behind = {name: values[0] for name, values in drawn.items()}
        sources.append(of_conflict.simulate(behind, source, rng))
    levels = assemble(study.conflict.categories, parts)[0]
    evidence = ConflictEvidence(study.conflict.categories, tuple(sources))
    union = study.union
    shares = None if union is None else dict(zip(goals.populations, union.shares, strict=True))
    made = replace(
        study,
        goals=goals,
        conflict=evidence,
        name=f"{study.name}-simulated",
        title=f"{study.title} (simulated data)",
        contact=None,  # who meets whom is not simulated
        # weights and sizes are gone, and with them what depends on them
        populations=replace(study.populations, shares=shares),
        reporting=replace(study.reporting, agents="with-replacement"),
    )
    return Simulated(
        made,
        truth["proportion"],
        levels,
        misalignment(truth["proportion"], whole_of_categories(goals, levels)),
    )
