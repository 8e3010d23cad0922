"""Small designs of choices whose payoffs are stated, and what a calibration looks at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]


def designs() -> dict[str, DistinctChoices]:
    """Return choices of one rationality, and choices of goals with one each."""
    return {"choices": choices(), "goals that differ": goals_that_differ()}


def choices(agents: int = 60, *, gold: int = 6, times: int = 2) -> DistinctChoices:
    """Return a design of choices in two situations by agents of two populations."""
    number = np.array([agents - gold, gold, agents - gold, gold], dtype=float)
    return DistinctChoices(
        categories=("a", "b"),
        populations=("one", "other"),
        situations=("first", "second"),
        actions=(("x", "y"), ("u", "v", "w")),
        payoffs=np.array([[4.0, 0.0, 6.0, 3.0, 0.0], [1.0, 2.0, 0.0, 0.5, 1.0]]),
        reports=np.tile([times, 0, times, 0, 0], (4, 1)),
        population=np.array([0, 0, 1, 1]),
        gold=np.array([UNKNOWN, 0, UNKNOWN, 0]),
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )


def goals_that_differ() -> DistinctChoices:
    """Return single choices in three situations of three goals, one of them indifferent."""
    number = np.array([50.0, 8.0, 50.0])
    return DistinctChoices(
        categories=("a", "b", NO_GOAL),
        populations=("one", "other"),
        situations=("first", "second", "third"),
        actions=(("u", "v", "w"), ("x", "y"), ("l", "m")),
        payoffs=np.array(
            [[2.0, 1.0, 0.0, 1.0, 0.0, 0.0, 2.0], [0.0, 1.0, 0.0, 0.0, 3.0, 0.0, 1.0], [0.0] * 7]
        ),
        scale="situation",
        rationality="goal",
        reports=np.tile([1, 0, 0, 1, 0, 1, 0], (3, 1)),
        population=np.array([0, 0, 1]),
        gold=np.array([UNKNOWN, 0, UNKNOWN]),
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )


def rationality_of(evidence: DistinctChoices, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return each rationality."""
    return {
        f"rationality[{name}]": parameters["rationality"][:, g]
        for g, name in enumerate(evidence.ruled)
    }
