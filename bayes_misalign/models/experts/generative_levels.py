"""How experts' statements inform the level of conflict of each pair, as a PyMC model.

On the logit scale, expert e states y_ep with standard deviation s_ep about pair p, of which the
experts together say theta_p:

    y_ep = theta_p + g_p + b_e + e_ep            g_p ~ Normal(0, rho s_p^2)
    theta_p ~ Normal(mu, pair_sd^2)              b_e ~ Normal(0, leaning_sd^2)
    mu ~ Normal(0, centre_sd^2)                  e_ep ~ Normal(0, (1 - rho + r^2) s_ep^2 + tau^2)

with s_p the geometric mean of s_ep over those who spoke. All of these are normal given pair_sd,
leaning_sd, tau and rho, so mu, theta, b and g are integrated out, and drawn from their exact
conditional distribution. The sampler sees four numbers that depend on the data, and standard normal
ones. The level of a pair is that of another expert of the same population, logit c_p = theta_p +
b_new + tau z_p.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.experts.evidence import ExpertConflict

Array = NDArray[np.float64]
# Stated numbers are round. Without this part of its own, statements that agree to the last digit
# would have a likelihood without bound.
ROUNDING = 0.1  # sd of the rounding of a statement, in its own standard deviations


def panel_data(evidence: ExpertConflict, logit: Array, sd: Array, name: str) -> dict[str, Array]:
    """Return statements by expert and pair, by the name of their data container."""
    shape = (len(evidence.experts), len(evidence.pairs))
    found = {"spoke": np.zeros(shape), "stated": np.zeros(shape), "stated_sd": np.ones(shape)}
    at = (evidence.expert, evidence.pair)
    found["spoke"][at], found["stated"][at], found["stated_sd"][at] = 1.0, logit, sd
    found["common"] = common_variance(found["spoke"], found["stated_sd"])
    return {f"{key}_{name}": values for key, values in found.items()}


def common_variance(spoke: Array, sd: Array) -> Array:
    """Return the geometric mean of the experts' own variances of each pair, (P,).

    Notes
    -----
    A mean of the variances would be that of the vaguest expert, and a mean of their inverses that
    of the surest: one statement of either kind would settle how much all of them do not know.
    """
    return np.asarray(np.exp((spoke * np.log(sd**2)).sum(axis=0) / spoke.sum(axis=0)))


def own_variance(sd: Any, shared: Any, disagreement: Any) -> Any:
    """Return the variance of what is an expert's own in a statement: of e_ep."""
    return (1 - shared + ROUNDING**2) * sd**2 + disagreement**2


def declare_levels(given: dict[str, Any], prior: Any, name: str) -> tuple[Any, Any]:
    """Add the experts' levels to the open model; return them (pair), and the log-likelihood."""
    import pymc as pm
    import pytensor.tensor as pt
    from pytensor.tensor.linalg import cholesky, solve_triangular

    pair, expert = f"pair_{name}", f"expert_{name}"
    spoke, stated, sd, common = (
        given[f"{key}_{name}"] for key in ("spoke", "stated", "stated_sd", "common")
    )
    pair_sd = pm.HalfNormal(f"pair_sd_{name}", prior.pair_sd)
    leaning_sd = pm.HalfNormal(f"leaning_sd_{name}", prior.leaning_sd)
    disagreement = pm.HalfNormal(f"disagreement_{name}", prior.disagreement)
    shared = pm.Beta(f"shared_{name}", *prior.shared_beta)
    # draws of what is integrated out: standard normal numbers that no data depend on
    z_centre = pm.Normal(f"z_centre_{name}")
    z_leaning = pm.Normal(f"z_leaning_{name}", dims=expert)
    z_typical = pm.Normal(f"z_typical_{name}", dims=pair)
    z_other_leaning = pm.Normal(f"z_other_leaning_{name}")
    z_other = pm.Normal(f"z_other_{name}", dims=pair)

    # Within a pair the covariance is D + (pair_sd^2 + shared) 11': Sherman and Morrison invert it.
    of_group = shared * common
    between = pair_sd**2 + of_group
    variance = own_variance(sd, shared, disagreement)
    precision = spoke / variance
    known = precision.sum(axis=0)
    total = (precision * stated).sum(axis=0)
    grown = 1 + between * known
    shrunk = between / grown
    # mu and b add a low rank: Woodbury, in units of their prior standard deviations
    rows = pt.concatenate([known[None, :], precision])
    own = precision.sum(axis=1)
    corner = pt.concatenate([own.sum()[None], own])
    gram = pt.diag(corner)
    gram = pt.set_subtensor(gram[0, 1:], own)
    gram = pt.set_subtensor(gram[1:, 0], own)
    gram = gram - (rows * shrunk) @ rows.T
    pull = pt.concatenate([total.sum()[None], (precision * stated).sum(axis=1)])
    pull = pull - rows @ (shrunk * total)
    scale = pt.concatenate([pt.as_tensor([prior.centre_sd]), leaning_sd * pt.ones_like(own)])
    size = rows.shape[0]
    lower = cholesky(pt.eye(size) + scale[:, None] * gram * scale[None, :])
    half = solve_triangular(lower, scale * pull, lower=True)

    log_determinant = (spoke * pt.log(variance)).sum() + pt.log(grown).sum()
    log_determinant += 2 * pt.log(pt.diag(lower)).sum()
    square = (precision * stated**2).sum() - (shrunk * total**2).sum() - (half**2).sum()
    likelihood = -0.5 * (log_determinant + square)

    z = pt.concatenate([z_centre[None], z_leaning])
    drawn = scale * solve_triangular(lower.T, half + z, lower=False)
    centre = drawn[0]
    leaning = pm.Deterministic(f"leaning_{name}", drawn[1:], dims=expert)
    rest = total - (precision * leaning[:, None]).sum(axis=0) - known * centre
    typical = centre + pair_sd**2 * rest / grown
    typical = typical + pair_sd * pt.sqrt((1 + of_group * known) / grown) * z_typical
    pm.Deterministic(f"typical_level_{name}", pm.math.sigmoid(typical), dims=pair)
    other = typical + leaning_sd * z_other_leaning + disagreement * z_other
    return pm.Deterministic(f"conflict_{name}", pm.math.sigmoid(other), dims=pair), likelihood
