"""What the model of several experts says of itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.description import Description
from bayes_misalign.models.experts.evidence import ExpertConflict
from bayes_misalign.models.experts.generative_levels import ROUNDING

SHOWN = 40  # statements that are listed one by one


def describe_experts(
    evidence: ExpertConflict, prior: Any, alpha: NDArray[np.float64], beta: NDArray[np.float64]
) -> Description:
    """Return the pooling of experts in words and formulas, and what they stated."""
    number, experts = len(evidence.pair), len(evidence.experts)
    asked = f"{number} statement{'s' * (number != 1)} of {experts} expert{'s' * (experts != 1)}"
    said = [
        f"{evidence.experts[e]} on {' and '.join(evidence.pairs[p])}: {_statement(evidence, i)}, "
        f"Beta({alpha[i]:.3g}, {beta[i]:.3g})."
        for i, (e, p) in enumerate(zip(evidence.expert, evidence.pair, strict=True))
    ][:SHOWN]
    if number > SHOWN:
        said.append(f"{number - SHOWN} more statements.")
    if evidence.pooling == "linear":
        return Description(
            f"The conflict levels in {asked} were given Beta distributions and pooled linearly: "
            f"{_weights(evidence)}; an expert is believed about all pairs at once.",
            ("c_ij ~ sum_e w_e Beta(a_eij, b_eij) over those who spoke about the pair",),
            tuple(said),
            ("One expert is drawn for all pairs at once, so that leanings stay",),
        )
    a, b = prior.shared_beta
    return Description(
        f"The conflict levels in {asked} were pooled by a hierarchical model on the logit scale, "
        "in which experts lean to one side, disagree about single pairs, and share a part of their "
        "own uncertainty. The level of a pair is what another expert of the same population would "
        "say: the disagreement of the experts is part of it, however many they are. Where no chain "
        "was run, the four scales pair_sd, leaning_sd, disagreement and shared were drawn by "
        "rejection, bounded by the largest weight of at least 20,000 proposals (of twelve panels "
        "at most 3e-5 of the posterior lay above it), and all else exactly given them.",
        (
            "logit c_ij = theta_ij + leaning_new + disagreement z_ij",
            "y_eij ~ Normal(theta_ij + leaning_e + g_ij, "
            f"(1 - shared + {ROUNDING**2:g}) s_eij^2 + disagreement^2)",
            "y_eij, s_eij: mean and sd of the logit in the statement; g_ij ~ Normal(0, shared "
            "s_ij^2), s_ij the geometric mean of s_eij",
            "theta_ij ~ Normal(mu, pair_sd^2), leaning_e ~ Normal(0, leaning_sd^2)",
        ),
        (
            f"Experts: mu ~ Normal(0, {prior.centre_sd:g}^2), pair_sd ~ HalfNormal("
            f"{prior.pair_sd:g}).",
            f"Experts: leaning_sd ~ HalfNormal({prior.leaning_sd:g}), disagreement ~ HalfNormal("
            f"{prior.disagreement:g}), shared ~ Beta({a:g}, {b:g}).",
            *said,
        ),
        (
            "Experts are a sample from a population of experts, and the level is that of another "
            "of its members",
        ),
    )


def _weights(evidence: ExpertConflict) -> str:
    if np.ptp(evidence.weights) == 0:
        return "a mixture with equal weights"
    shares = evidence.weights / evidence.weights.sum()
    stated = (f"{name} {share:.2g}" for name, share in zip(evidence.experts, shares, strict=True))
    return f"a mixture with the weights {', '.join(stated)}"


def _statement(evidence: ExpertConflict, i: int) -> str:
    if np.isnan(evidence.mean[i]):
        low, high, q = evidence.low[i], evidence.high[i], evidence.probability[i]
        return f"{low:g} to {high:g} with probability {q:g}"
    return f"mean {evidence.mean[i]:g} with the strength of {evidence.strength[i]:g} judgements"
