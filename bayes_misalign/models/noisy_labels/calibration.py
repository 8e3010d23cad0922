"""What a calibration of labels looks at, and small designs of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.families.reports.summed_out_pymc import SMALLEST
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]


def designs() -> dict[str, DistinctLabels]:
    """Return labels by several raters, and labels that are given twice."""
    return {"labels": labels(), "retested labels": retested_labels()}


def labels(
    goals: int = 3,
    raters: int = 3,
    agents: int = 80,
    *,
    repeats: int = 1,
    gold: int = 8,
    validated: float = 10.0,
) -> DistinctLabels:
    """Return a design of labels by several raters, a few gold labels, and a validation study."""
    names = tuple("abcdefgh"[:goals])
    reports = np.zeros((2, raters, goals), dtype=np.int64)
    reports[:, :, 0] = repeats
    validation = np.zeros((raters, goals, goals))
    validation[0, :, 0] = validated
    number = np.array([agents - gold, gold], dtype=float)
    return DistinctLabels(
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


def retested_labels() -> DistinctLabels:
    """Return two raters who label everybody twice, and an instrument of known errors.

    One label names no goal; agents of known goals were chosen by these.
    """
    reports = np.tile([2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0], (6, 1))
    emission = np.full((3, 3, 4), np.nan)
    emission[2] = [[0.7, 0.1, 0.1, 0.1], [0.2, 0.6, 0.1, 0.1], [0.1, 0.1, 0.5, 0.3]]
    number = np.array([40.0, 6.0, 6.0, 60.0, 6.0, 6.0])
    return DistinctLabels(
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


def validated(evidence: DistinctLabels, parameters: Mapping[str, Array]) -> Array:
    """Return the log-likelihood of a validation study."""
    emission = np.log(np.maximum(parameters["emission"], SMALLEST))
    return np.asarray((emission * evidence.validation).sum(axis=(1, 2, 3)))


def accuracies(evidence: DistinctLabels, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return how often raters of unknown accuracy give each goal its own label."""
    found: dict[str, Array] = {}
    own = evidence.own_label
    for k in map(int, np.flatnonzero(own >= 0)):
        goal = evidence.categories[k]
        for r in evidence.estimated:
            right = parameters["emission"][:, r, k, own[k]]
            found[f"accuracy[{evidence.raters[r]}, {goal}]"] = right
        if "mean_emission" in parameters:
            found[f"mean_accuracy[{goal}]"] = parameters["mean_emission"][:, k, own[k]]
    return found
