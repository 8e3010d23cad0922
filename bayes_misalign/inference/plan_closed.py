"""How many measurements are needed by the delta method, beside what simulated studies say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.inference.plan_aims import Width, rounded_up
from bayes_misalign.study.lifted import lifts

if TYPE_CHECKING:
    from bayes_misalign.inference.plan import Block

Array = NDArray[np.float64]


def closed_number(block: Block, limit: float) -> float | None:
    """Return the number by the delta method, where answers or judgements are counted.

    Squared widths of the two parts of a study add, and that of one part goes with one over its
    number: W^2 = V/n + limit^2. Widths are averaged over the posterior draws. None for decisions,
    for what is sampled or has a design, and where no number is enough.
    """
    aim = block.asked.aim
    if not isinstance(aim, Width) or block.sampled or not limit < aim.width:
        return None
    if block.part.of_goals and block.drawn.study.goals.tempered:
        return None
    from scipy.special import ndtri

    z = float(ndtri((1 + aim.interval.mass) / 2))
    wide = _of_answers(block) if block.part.of_goals else _of_levels(block)
    if wide is None:
        return None
    wanted = [block.drawn.place(s) for s in block.asked.names if s] or [0]
    need = 4 * z**2 * wide[wanted] / (aim.width**2 - limit**2)
    return rounded_up(float(np.max(need)))


def _of_answers(block: Block) -> Array:
    """Return n var P(ma) (population,): its variance in n answers is near 4 var_p((C p)_i) / n."""
    rest, goals = block.rest, block.drawn.study.goals
    row = np.asarray(measure.opposition(rest.shares, rest.conflict))
    variance = (rest.shares * row**2).sum(axis=-1) - (rest.shares * row).sum(axis=-1) ** 2
    spread = np.sqrt(np.maximum(variance, 0)).mean(axis=0) ** 2
    n = np.asarray(goals.n, float)
    return np.asarray(4 * spread * n.sum() / n)


def _of_levels(block: Block) -> Array | None:
    """Return n var P(ma) (population,) of levels known from n judgements, by those at hand.

    N = E c(1 - c) / var c is what a level c of a beta distribution is worth in judgements, those of
    its prior among them; n var tends to E c(1 - c). None where levels differ by population, or
    categories are made of goals.
    """
    drawn, part = block.drawn, block.part.evidence
    known, shares = drawn.partly_known(), block.rest.shares
    if known.ndim != 3 or lifts(drawn.study.goals):
        return None
    at = [sorted(map(drawn.categories.index, pair)) for pair in part.pairs]
    one, other = np.array(at).T
    level = known.at(one, other)
    spread = np.atleast_2d(np.cov(level, rowvar=False))
    worth = (level * (1 - level)).mean(axis=0) / np.diagonal(spread)
    parts = 2 * shares[..., one] * shares[..., other]
    variance = np.maximum(np.einsum("dsi,ij,dsj->ds", parts, spread, parts), 0)
    return np.asarray(worth.sum() * np.sqrt(variance).mean(axis=0) ** 2)
