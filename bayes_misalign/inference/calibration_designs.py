"""Small designs of reports of agents, and of all models that have to be sampled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bayes_misalign.families.reports.report_patterns import UNKNOWN
from bayes_misalign.inference.conflict_designs import encounters, panel, placements, ratings
from bayes_misalign.models.behaviour.evidence import ActionPatterns
from bayes_misalign.models.encounters.calibration import reported_who_met
from bayes_misalign.models.encounters.reports_and_encounters import ReportsAndEncounters
from bayes_misalign.models.noisy_labels.evidence import LabelPatterns
from bayes_misalign.settings import NO_GOAL


def labels(
    goals: int = 3,
    raters: int = 3,
    agents: int = 80,
    *,
    repeats: int = 1,
    gold: int = 8,
    validated: float = 10.0,
) -> LabelPatterns:
    """Return a design of labels by several raters, a few gold labels, and a validation study.

    Parameters
    ----------
    goals, raters, agents : int
        How many there are.
    repeats : int
        Labels of an agent by each rater.
    gold : int
        Agents whose goal is known.
    validated : float
        Labels by the first rater of agents of each goal, in a validation study.

    Returns
    -------
    LabelPatterns

    Examples
    --------
    >>> labels().n
    array([80.])
    """
    names = tuple("abcdefgh"[:goals])
    reports = np.zeros((2, raters, goals), dtype=np.int64)
    reports[:, :, 0] = repeats
    validation = np.zeros((raters, goals, goals))
    validation[0, :, 0] = validated
    number = np.array([agents - gold, gold], dtype=float)
    return LabelPatterns(
        categories=names,
        populations=("all",),
        raters=tuple(f"r{i + 1}" for i in range(raters)),
        labels=names,
        validation=validation,
        reports=reports.reshape(2, -1),
        population=np.zeros(2, np.int64),
        gold=np.array([UNKNOWN, 0]),
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )


def actions(agents: int = 60, *, gold: int = 6, choices: int = 3) -> ActionPatterns:
    """Return a design of choices in two situations by agents of two populations.

    Parameters
    ----------
    agents : int
        Agents of each population.
    gold : int
        Agents of each population whose goal is known.
    choices : int
        Choices of each agent in each situation.

    Returns
    -------
    ActionPatterns

    Examples
    --------
    >>> actions().n
    array([60., 60.])
    """
    number = np.array([agents - gold, gold, agents - gold, gold], dtype=float)
    return ActionPatterns(
        categories=("a", "b"),
        populations=("one", "other"),
        situations=("first", "second"),
        actions=(("x", "y"), ("u", "v", "w")),
        expected=np.array([[0.8, 0.2, 0.6, 0.3, 0.1], [0.3, 0.7, 0.2, 0.2, 0.6]]),
        reports=np.tile([choices, 0, choices, 0, 0], (4, 1)),
        population=np.array([0, 0, 1, 1]),
        gold=np.array([UNKNOWN, 0, UNKNOWN, 0]),
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )


def retested_labels() -> LabelPatterns:
    """Return two raters who label everybody twice, and an instrument of known errors.

    Returns
    -------
    LabelPatterns
        Of two populations, one goal of which is to hold none, and one label of which names no
        goal; agents of known goals were chosen by these.

    Examples
    --------
    >>> retested_labels().is_known
    array([False, False,  True])
    """
    reports = np.tile([2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0], (6, 1))
    emission = np.full((3, 3, 4), np.nan)
    emission[2] = [[0.7, 0.1, 0.1, 0.1], [0.2, 0.6, 0.1, 0.1], [0.1, 0.1, 0.5, 0.3]]
    number = np.array([40.0, 6.0, 6.0, 60.0, 6.0, 6.0])
    return LabelPatterns(
        categories=("a", "b", NO_GOAL),
        populations=("one", "other"),
        raters=("r1", "r2", "instrument"),
        labels=("a", "b", NO_GOAL, "unclear"),
        emission=emission,
        reports=reports,
        population=np.array([0, 0, 0, 1, 1, 1]),
        gold=np.array([UNKNOWN, 0, 1, UNKNOWN, 1, 2]),
        gold_chosen=True,
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )


def unstated_actions() -> ActionPatterns:
    """Return choices of three goals, two of which are known by agents who were chosen for them.

    Returns
    -------
    ActionPatterns
        Nothing is stated of one goal; the numbers of choices differ.

    Examples
    --------
    >>> bool(np.isnan(unstated_actions().expected).any())
    True
    """
    number = np.array([30.0, 20.0, 8.0, 8.0, 30.0])
    n = np.nan
    return ActionPatterns(
        categories=("a", "b", NO_GOAL),
        populations=("one", "other"),
        situations=("first", "second"),
        actions=(("u", "v", "w"), ("x", "y")),
        expected=np.array([[0.6, 0.3, 0.1, 0.2, 0.8], [n, n, n, n, n], [0.2, 0.2, 0.6, 0.5, 0.5]]),
        reports=np.array([[2, 0, 0, 4, 0], [4, 0, 0, 2, 0], [4, 0, 0, 4, 0]])[[0, 1, 2, 2, 1]],
        population=np.array([0, 0, 0, 1, 1]),
        gold=np.array([UNKNOWN, UNKNOWN, 0, 1, UNKNOWN]),
        gold_chosen=True,
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )


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
    return reported_who_met(labels(3, 3, agents, gold=8), pairs, stars)


SAMPLED_DESIGNS: dict[str, Callable[[], Any]] = {
    "noisy-labels": labels,
    "behaviour": actions,
    "rated": ratings,
    "encounters": encounters,
    "experts": panel,
    "spatial": placements,
}
