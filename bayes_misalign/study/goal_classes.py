"""Which goals of a study conflict with the same others, where their levels are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.classes import GoalClasses, classes_of
from bayes_misalign.contract.registry import conflict_model
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.study.lifted import known_of_categories

LIKELY = 400  # draws of levels that are uncertain


def known_levels(conflict: ConflictEvidence, priors: Sequence[Any]) -> NDArray[np.float64]:
    """Return the levels that are known, (K, K), not a number for those that are uncertain."""
    at = {label: i for i, label in enumerate(conflict.categories)}
    found = np.full((len(at), len(at)), np.nan)
    np.fill_diagonal(found, 0.0)
    for source, prior in zip(conflict.sources, priors, strict=True):
        model = conflict_model(source.model)
        if model.traits.drawn != "known" or not source.pairs:
            continue
        drawn = model.draw(source, prior, 1, np.random.default_rng(0))
        if drawn is None:
            continue
        for (a, b), level in zip(source.pairs, drawn["conflict_level"][0], strict=True):
            found[at[a], at[b]] = found[at[b], at[a]] = level
    return found


def goal_classes(
    goals: Any, conflict: ConflictEvidence, priors: Sequence[Any]
) -> GoalClasses | None:
    """Return the classes of categories with equal known conflict; None without any to merge."""
    known = known_of_categories(goals, known_levels(conflict, priors))
    return classes_of(goals.categories, known)


def likely_levels(conflict: ConflictEvidence, priors: Sequence[Any]) -> NDArray[np.float64]:
    """Return the levels of conflict, (K, K), uncertain ones at their mean.

    That of the posterior where it is drawn exactly, else of the prior; levels that were measured in
    each population are averaged.
    """
    at = {label: i for i, label in enumerate(conflict.categories)}
    found = np.zeros((len(at), len(at)))
    for source, prior in zip(conflict.sources, priors, strict=True):
        if not source.pairs:
            continue
        model, rng = conflict_model(source.model), np.random.default_rng(0)
        drawn = model.draw(source, prior, LIKELY, rng)
        if drawn is None:
            drawn = model.draw_prior(source, prior, LIKELY, rng)
        levels = np.asarray(drawn["conflict_level"]).reshape(-1, len(source.pairs)).mean(axis=0)
        for (a, b), level in zip(source.pairs, levels, strict=True):
            found[at[a], at[b]] = found[at[b], at[a]] = level
    return found
