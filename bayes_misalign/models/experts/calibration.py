"""What a calibration of a panel of experts looks at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.calibrated import conflict_quantities, single_numbers
from bayes_misalign.contract.observed import Outcomes
from bayes_misalign.models.experts.evidence import ExpertConflict
from bayes_misalign.models.experts.generative import data
from bayes_misalign.models.experts.generative_levels import own_variance
from bayes_misalign.reading.pair_labels import pair_labels

Array = NDArray[np.float64]
REPLICATES = 0  # seed of statements that are drawn anew


def panel(
    experts: int = 4, pairs: int = 3, *, silent: int = 1, strengths: tuple[float, ...] = (12.0, 4.0)
) -> ExpertConflict:
    """Return experts who state means of pairs of three goals, each a little less surely.

    The last, `silent` of them, do not speak about the last pair.
    """
    spoke = np.ones((experts, pairs), dtype=bool)
    spoke[experts - silent :, -1] = False
    pair, expert = np.nonzero(spoke.T)
    nothing = np.full(len(pair), np.nan)
    return ExpertConflict(
        pairs=(("a", "b"), ("a", "c"), ("b", "c"))[:pairs],
        experts=tuple(f"e{i + 1}" for i in range(experts)),
        pair=pair,
        expert=expert,
        low=nothing,
        high=nothing,
        probability=nothing,
        mean=np.full(len(pair), 0.5),
        strength=np.resize(np.asarray(strengths), len(pair)),
        weights=np.ones(experts),
        pooling="hierarchical",
        origin="a design",
    )


def designs() -> dict[str, ExpertConflict]:
    """Return a small panel."""
    return {"a panel": panel()}


def with_data(evidence: ExpertConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return the log-likelihood of statements and their distances from the middle, (draw,)."""
    if evidence.pooling == "linear":
        return {}  # nothing is observed
    likelihood, gap = _by_pair(evidence, parameters)
    return {"log_likelihood": likelihood.sum(axis=1), "residual": np.abs(gap).sum(axis=(1, 2))}


def _by_pair(evidence: ExpertConflict, parameters: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return the log-likelihood of the statements of each pair, and their distances."""
    from scipy.special import logit

    given = data(evidence, None)
    spoke, stated, sd, common = (
        given[f"{key}_experts"] for key in ("spoke", "stated", "stated_sd", "common")
    )
    middle = logit(parameters["typical_level"])[:, None] + parameters["leaning"][:, :, None]
    gap = spoke * (stated - middle)
    shared, disagreement = (parameters[key][:, None, None] for key in ("shared", "disagreement"))
    variance = own_variance(sd, shared, disagreement)
    # the shared error of a pair is integrated out: its covariance is that of Sherman and Morrison
    together = shared[:, 0] * common
    grown = 1 + together * (spoke / variance).sum(axis=1)
    square = (gap**2 / variance).sum(axis=1) - together * (gap / variance).sum(axis=1) ** 2 / grown
    size = (spoke * np.log(variance)).sum(axis=1) + np.log(grown) + square
    return -size / 2, gap


def outcomes(evidence: ExpertConflict, parameters: Mapping[str, Array]) -> tuple[Outcomes, ...]:
    """Return how likely the statements of each pair were: they share an error, so are one."""
    if evidence.pooling == "linear":
        return ()
    from scipy.special import logit

    given = data(evidence, None)
    spoke, stated, sd, common = (
        given[f"{key}_experts"] for key in ("spoke", "stated", "stated_sd", "common")
    )
    rng = np.random.default_rng(REPLICATES)
    shared, disagreement = (parameters[key][:, None, None] for key in ("shared", "disagreement"))
    middle = logit(parameters["typical_level"])[:, None] + parameters["leaning"][:, :, None]
    group = np.sqrt(shared * common) * rng.normal(size=(len(shared), 1, spoke.shape[1]))
    own = np.sqrt(own_variance(sd, shared, disagreement)) * rng.normal(size=middle.shape)
    spoken = spoke.sum(axis=0)
    return (
        Outcomes(
            "statements_of_pair",
            tuple(pair_labels(evidence.pairs)),
            _by_pair(evidence, parameters)[0],
            np.ones(len(spoken)),
            np.arange(len(spoken)),
            (spoke * stated).sum(axis=0) / spoken,
            (spoke * (middle + group + own)).sum(axis=1) / spoken,
        ),
    )


def quantities(evidence: ExpertConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return P(ma), levels, and what the hierarchical model knows beside them, each (draw,)."""
    found = conflict_quantities(evidence, parameters)
    if "leaning" not in parameters:
        return found
    found |= single_numbers(parameters)
    for i, label in enumerate(pair_labels(evidence.pairs)):
        found[f"typical_level[{label}]"] = parameters["typical_level"][:, i]
    for i, name in enumerate(evidence.experts):
        found[f"leaning[{name}]"] = parameters["leaning"][:, i]
    return found
