"""P(ma) for a row of assumed error rates, where data cannot tell goals from errors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.evidence.action_patterns import ActionPatterns
from bayes_misalign.evidence.label_patterns import LabelPatterns
from bayes_misalign.generative.catalogue import generative_model
from bayes_misalign.generative.goals.action_priors import ActionPriors
from bayes_misalign.inference.nuts import Compiled
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]
ERROR_RATES = (0.01, 0.05, 0.1, 0.15, 0.2, 0.3)
CERTAIN = 1e6  # observed actions that an assumption is worth


def symmetric(labels: LabelPatterns, error: float) -> LabelPatterns:
    """Return the labels with one error rate for every rater whose own is not known.

    Parameters
    ----------
    labels : LabelPatterns
        Each goal has a label of its own.
    error : float
        Probability of a wrong label; all wrong labels are equally likely.

    Returns
    -------
    LabelPatterns
    """
    k, wrong = len(labels.categories), error / (len(labels.labels) - 1)
    rates = np.full((k, len(labels.labels)), wrong)
    rates[np.arange(k), labels.own_label] = 1 - error
    emission = np.where(labels.is_known[:, None, None], labels.emission, rates)
    return replace(labels, emission=emission, validation=np.zeros_like(emission))


def diluted(actions: ActionPatterns, error: float) -> ActionPatterns:
    """Return the actions with stated probabilities of which a part says nothing of the goal.

    Parameters
    ----------
    actions : ActionPatterns
        With stated probabilities for every goal.
    error : float
        Part of the choices that are made without regard to the goal, all actions equally likely.

    Returns
    -------
    ActionPatterns
    """
    even = np.concatenate([np.full(len(names), 1 / len(names)) for names in actions.actions])
    return replace(actions, expected=(1 - error) * actions.expected + error * even)


def assumptions(study: Study) -> list[tuple[float, Any, Any]]:
    """Return error rates, each with evidence and prior that take it as known.

    Parameters
    ----------
    study : Study
        With goals that are seen through reports.

    Returns
    -------
    list of (float, evidence, prior)
        Empty where an error rate has no meaning, because labels or actions name no goals.
    """
    goals, prior = study.goals, study.goal_prior
    if isinstance(goals, LabelPatterns) and (goals.own_label >= 0).all():
        return [(error, symmetric(goals, error), prior) for error in ERROR_RATES]
    if isinstance(goals, ActionPatterns) and not np.isnan(goals.expected).any():
        certain: ActionPriors = replace(prior, strength=CERTAIN)
        return [(error, diluted(goals, error), certain) for error in ERROR_RATES]
    return []


def under_assumptions(study: Study) -> tuple[tuple[float, ...], Array] | None:
    """Return draws of goal shares under each assumed error rate.

    Parameters
    ----------
    study : Study
        With goals that are seen through reports.

    Returns
    -------
    rates : tuple of float, length E
    shares : ndarray, shape (E, chain, draw, population, goal)
        None where no error rate can be assumed.
    """
    if not (rows := assumptions(study)):
        return None
    model: Any = generative_model(study.goals.model)
    _, first, prior = rows[0]
    compiled = Compiled(model.build(first, prior))
    found = [
        compiled.sample(model.data(evidence, given), study.fitting)["posterior"]["proportion"]
        for _, evidence, given in rows
    ]
    return tuple(error for error, _, _ in rows), np.stack([draws.values for draws in found])
