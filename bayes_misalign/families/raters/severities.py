"""How severe each rater is, in units of the level of conflict."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.rating_levels import gap_signs, level_probabilities
from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.report.posterior import Posterior

Array = NDArray[np.float64]
SHOWN_DRAWS = 500  # of each rater's severity, which takes a sum over levels and pairs


def drawn(result: Posterior, name: str) -> Array:
    """Return draws of a variable of the posterior, chains in one."""
    values = result.groups.values(POSTERIOR, name)
    return np.asarray(values.reshape(-1, *values.shape[2:]))


def some_draws(result: Posterior) -> NDArray[np.intp]:
    """Return which of all draws are worked with, as many of each chain."""
    chains, draws = result.groups.values(POSTERIOR, "proportion").shape[:2]
    kept = np.linspace(0, draws - 1, min(SHOWN_DRAWS, draws)).astype(np.intp)
    return np.asarray((np.arange(chains)[:, None] * draws + kept[None]).ravel())


def expected_severities(
    result: Posterior, name: str, raters: tuple[str, ...], values: Array
) -> Estimates:
    """Return the mean over pairs of what each rater is expected to say less the average rater's.

    Notes
    -----
    Of a source by its name, which has severities, and perhaps cut points and widths; `values` are
    what the levels of its scale are worth as conflict, (0, 1) for no and yes.
    """
    severity, rows = drawn(result, f"severity_{name}"), some_draws(result)
    severity = severity[rows]
    draws = len(severity)
    cuts = np.zeros((draws, 1))
    if result.groups.has(POSTERIOR, f"gap_{name}"):
        cuts = drawn(result, f"gap_{name}")[rows] @ gap_signs(len(values)).T
    width = np.zeros(severity.shape)
    if result.groups.has(POSTERIOR, f"width_{name}"):
        width = drawn(result, f"width_{name}")[rows]
    eta = drawn(result, f"latent_{name}")[rows].reshape(draws, -1)

    def expected(shift: Array, scale: Array) -> Array:
        """Return the mean over pairs of expected ratings, (draw,)."""
        latent = eta + shift[:, None]
        cut = np.repeat(cuts * np.exp(-scale)[:, None], latent.shape[1], axis=0)
        chance = level_probabilities(latent.ravel(), cut)
        return np.asarray((chance @ values).reshape(latent.shape).mean(axis=1))

    own = [expected(severity[:, r], width[:, r]) for r in range(len(raters))]
    average = np.mean(own, axis=0)
    return Estimates(
        "severity of raters",
        {rater: result.estimate(rater, own[r] - average) for r, rater in enumerate(raters)},
        of="rater",
    )
