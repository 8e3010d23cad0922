"""The model of positions in words and formulas."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from bayes_misalign.contract.description import Description
from bayes_misalign.models.spatial.evidence import Form, SpatialConflict
from bayes_misalign.models.spatial.generative_levels import growth, level
from bayes_misalign.models.spatial.priors import MIDDLE, SpatialPriors

FORMULAS: dict[str, str] = {
    "gaussian": "c_ij = 1 - exp(-(d_ij/l)^2)",
    "exponential": "c_ij = 1 - exp(-d_ij/l)",
    "linear": "c_ij = min(1, d_ij/l)",
}

RESTS_ON = (  # assumptions of the card
    "Conflict depends on the distance alone, the same for all pairs of goals, and never falls with "
    "it",
)


def implied_levels(prior: SpatialPriors, form: Form, distance: float = 0.5) -> tuple[float, ...]:
    """Return the 2.5, 50 and 97.5 % points of the prior of c at a known distance."""
    points = [prior.length_spread * NormalDist().inv_cdf(p) for p in (0.975, 0.5, 0.025)]
    lengths = prior.length * np.exp(points)
    grown = growth(np.full(3, distance**2), lengths, form, np.sqrt)
    return tuple(map(float, level(grown, form, np.expm1, np.minimum)))


def describe_positions(evidence: SpatialConflict, prior: SpatialPriors) -> Description:
    """Return the model and its priors in words and formulas."""
    many = len(evidence.dimensions) > 1
    formulas = [FORMULAS[evidence.form]]
    weights = ", ".join(f"{weight:.3g}" for weight in evidence.weights)
    formulas.append(
        "d_ij^2 = sum_k w_k (x_ik - x_jk)^2, w = " + weights if many else "d_ij = |x_i - x_j|"
    )
    words = (
        f"{len(evidence.goals)} goals were placed on {len(evidence.dimensions)} "
        f"scale{'s' * many}; positions and distances are shares of the length of a scale"
        + (", opposite corners being one apart. " if many else ". ")
    )
    stated: list[str] = []
    x, y = ("x_ik", "y_ik") if many else ("x_i", "y_i")
    if evidence.is_exact:
        words += "Positions are known exactly. "
    else:
        formulas.append(f"{x} ~ Normal({MIDDLE:g}, {prior.position:g}^2)")
        stated.append(
            f"Positions: normal about the middle of the scale with a standard deviation of "
            f"{prior.position:g} of its length."
        )
    if evidence.learns_noise:
        formulas.append(f"placement {y} ~ Normal({x}, noise{'_k' * many}^2)")
        formulas.append(f"noise{'_k' * many} ~ HalfNormal({prior.noise:g})")
        number = f"{evidence.number.sum():,.0f}"
        words += f"Their error was learnt from how {number} placements scatter. "
    elif not evidence.is_exact:
        formulas.append(f"placement {y} ~ Normal({x}, known error^2)")
        words += "They were placed with known errors. "
    words += "The conflict level of two goals grows with their distance, on the scale of a length l"
    if evidence.length is None:
        formulas.append(f"l ~ LogNormal(log({prior.length:g}), {prior.length_spread:g}^2)")
        low, middle, high = implied_levels(prior, evidence.form)
        stated.append(
            f"Length l: median {prior.length:g} of the length of the scale. Before any rating, two "
            f"goals half a scale apart conflict with a level of {middle:.2f} in the median, and "
            f"{low:.2f} to {high:.2f} with a probability of 95 %."
        )
    else:
        words += f" that is known, {evidence.length:g}"
    if evidence.has_ratings:
        formulas.append(
            f"rating of ij, 0 to {len(evidence.levels) - 1} ~ "
            f"BetaBinomial({len(evidence.levels) - 1}, c_ij phi, (1 - c_ij) phi)"
        )
        formulas.append(f"phi ~ LogNormal(log({prior.precision:g}), {prior.precision_spread:g}^2)")
        words += (
            f"; {evidence.counts.sum():,.0f} ratings of {len(evidence.rated)} pairs teach it, each "
            "of them c on average"
        )
    elif evidence.length is None:
        words += ", which nothing but its prior is known of"
    return Description(words + ".", tuple(formulas), tuple(stated), RESTS_ON)
