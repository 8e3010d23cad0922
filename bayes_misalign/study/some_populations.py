"""A study of some of the populations of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.contract.shares import of_some, shares_of
from bayes_misalign.study.study import Study


def of_populations(study: Study, places: Sequence[int]) -> Study | None:
    """Return the study of the populations at some places, if these can be told without the others.

    That is given what all have in common, where they have something. Of their union nobody knows
    anything, nor who of them meets whom; contrasts and mixtures of populations that are left out
    are too.
    """
    model, conflict = goals_model(study.goals.model), study.conflict
    shares = model.shares_prior(study.goal_prior)
    if shares is None or not (shares_of(shares).draws_apart or shares_of(shares).common):
        return None
    if conflict.joint or conflict.by_population or study.goals.paired_draws:
        return None
    goals = model.of_populations(study.goals, np.asarray(places, dtype=np.intp))
    if goals is None:
        return None
    stated, names = study.populations, set(goals.populations)
    contrasts, mix = stated.contrasts, stated.mix
    chosen = replace(
        stated,
        shares=None,
        contrasts=None
        if contrasts is None
        else tuple(pair for pair in contrasts if names.issuperset(pair)),
        mix=mix if mix is not None and names.issuperset(mix) else None,
        people=None,
        copies=None,
    )
    prior = of_some(model, study.goal_prior, goals.populations)
    study = replace(study, contact=None, union=None)
    return replace(study, goals=goals, goal_prior=prior, populations=chosen)
