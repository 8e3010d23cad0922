"""The prior of the goal shares of waves in words and formulas."""

from __future__ import annotations

from typing import Any

from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.models.waves.walk import holders, level_scale
from bayes_misalign.settings import NO_GOAL


def describe_shares(prior: WavesPrior, categories: tuple[str, ...]) -> tuple[str, str]:
    """Return the prior of the shares as a formula, and its reason."""
    goals, has_none = len(holders(categories)), NO_GOAL in categories
    r = "r_t" if has_none else "p_t"
    formulas = []
    if has_none:
        formulas += [
            "p_t = ((1 - p_t0) r_t, p_t0), log(p_t0 / (1 - p_t0)) = v + y_t",
            "e^v / (1 + e^v) ~ Beta(1/2, 1), var(y_t - y_s) = W^2 |t - s|",
        ]
    if goals > 1:
        scale = level_scale(prior, goals)
        formulas += [
            f"{r} = softmax(m + x_t), m_i - m_j ~ Cauchy(0, {scale:.3g}), isotropic",
            "var(x_ti - x_tj - x_si + x_sj) = W^2 |t - s|, isotropic",
        ]
    means = " and ".join(["x_t"] * (goals > 1) + ["y_t"] * has_none)
    formulas += [
        f"{means} random walks less their means over waves; t = 0 at the first wave, 1 at the last",
        f"W ~ half-t(3 degrees of freedom, scale {prior.drift:g})",
    ]
    return (
        "; ".join(formulas),
        "Shares: waves. They go from one wave to the next by a random walk of log odds, in which "
        "all goals are alike and whose size, the drift W, is learnt from all waves: it is the "
        "standard deviation of the change of the log odds of any two goals from the first wave to "
        "the last. What the prior says of P(ma) at the level of a series is near what the matched "
        "prior says of one population. A wave in which nobody answered is known by the others.",
    )


def prior_in_brief(prior: WavesPrior, evidence: Any = None) -> str:
    """Return the prior in a few words."""
    del evidence
    return (
        "goal shares of waves related by a random walk of log odds, its size half-t of scale "
        f"{prior.drift:g} from the first wave to the last"
    )


def named(prior: WavesPrior) -> str:
    """Return the name of the prior."""
    default = WavesPrior.of()
    own = [
        f"{name} {getattr(prior, name):g}"
        for name in ("level", "drift")
        if getattr(prior, name) != getattr(default, name)
    ]
    return ", ".join(["waves", *own])
