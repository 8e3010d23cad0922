"""How large a part of their union each population is, known or estimated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems, did_you_mean, listed
from bayes_misalign.measure import effective_counts, population_shares
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.reading.parse_numbers import PERCENT

Array = NDArray[np.float64]
SUM_TOLERANCE = 0.02  # published shares are rounded; they are scaled to sum to one
STATED, SIZES = "stated in the study", "population sizes"
WEIGHTS, ANSWERS = "sums of weights", "numbers of answers"


@dataclass(frozen=True)
class UnionShares:
    """Share of each population in the union, and where the shares come from.

    Parameters
    ----------
    shares : tuple of float
        In the order of the populations, summing to one.
    origin : str
        "stated in the study", "population sizes", "sums of weights" or "numbers of answers".
    counts : tuple of float, optional
        Effective numbers of agents that the shares were estimated from; None where they are known.
    scale : tuple of float, optional
        What one of these agents weighs, by population.

    Notes
    -----
    Estimated shares are drawn: q ~ Dirichlet(counts), and the share of population s is
    q_s scale_s / sum_t q_t scale_t, as of goals under design weights. Without a prior of their own
    they have, on average, the value that was estimated.
    """

    shares: tuple[float, ...]
    origin: str
    counts: tuple[float, ...] | None = None
    scale: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        """Settle lists as tuples."""
        for name in ("shares", "counts", "scale"):
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, tuple(map(float, value)))

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> UnionShares:
        """Return shares from a stored dictionary; those stored without counts are known."""
        return cls(plain["shares"], plain["origin"], plain.get("counts"), plain.get("scale"))

    @property
    def estimated(self) -> bool:
        """Whether the shares are uncertain."""
        return self.counts is not None

    def draw(self, draws: int, rng: np.random.Generator) -> Array:
        """Return draws of the shares, (draw, population)."""
        if self.counts is None:
            return np.broadcast_to(np.array(self.shares), (draws, len(self.shares)))
        found: Array = rng.dirichlet(np.array(self.counts), size=draws)
        return found if self.scale is None else population_shares(found, np.array(self.scale))


def estimated_shares(goals: GoalEvidence, origin: str, places: Any = ...) -> UnionShares:
    """Return the shares of several populations, from sums of weights or numbers of answers.

    By default of all; else the union is of those at some places.
    """
    weighted = origin == WEIGHTS
    n, weights, squares = (x[places] for x in (goals.n, goals.weight_total, goals.weight_sq_total))
    parts = weights if weighted else n
    shares = tuple(map(float, parts / np.sum(parts)))
    if len(shares) == 1:
        return UnionShares(shares, origin)
    if not weighted and (goals.design is None or goals.weighted):
        return UnionShares(shares, origin, tuple(map(float, n)))
    found = effective_counts(weights, squares, np.asarray(n.sum()))
    design = goals.design
    if design is not None and places is not ...:
        every = goals.weight_total if weighted else goals.n
        design = design.of_union(every / every.sum(), places)
    factor = 1.0 if design is None else design.union_factor(found)
    counts = tuple(map(float, found.counts / factor))
    return UnionShares(shares, origin, counts, tuple(map(float, found.scale)))


def union_effective(goals: GoalEvidence, union: UnionShares, conflict: Array) -> float:
    """Return the number of agents without weights who would tell as much of the union's P(ma).

    Notes
    -----
    n / deff with n the agents of all populations and deff the variance of P(ma) over that of a
    simple random sample of n, both by the delta method. With pi_s the share of population s, p its
    goal shares, d_i = (Cp)_i - p'Cp in the union and d_s the mean of d_i in population s,
    var = 4 (sum_s pi_s^2 v_s / n*_s + sum_s pi_s^2 d_s^2 / m_s): v_s is the variance of d_i in
    population s (under its effective counts n*_s), and the second sum, over the effective numbers
    m_s of agents that the pi_s were estimated from, is left out where the pi_s are known. Where all
    goals are opposed alike, it is the size 1 / sum_s pi_s^2 / n_eff,s of a stratified sample
    (Cochran, Sampling Techniques, 1977, section 5.3). Populations with clusters in common add
    sum_{s != t} pi_s pi_t (Cp)'V_st(Cp), V_st the covariances of their shares.
    """
    pi, n = np.array(union.shares), goals.n
    if (n[pi > 0] == 0).any():
        return 0.0
    if np.isnan(n).any():
        return float("nan")
    sums, squares, agents = goals.seen_weights
    total = sums.sum(axis=1, keepdims=True)
    p = np.divide(sums, total, out=np.zeros_like(sums), where=total > 0)
    together = pi @ p
    d = conflict @ together - together @ conflict @ together
    mean = p @ d
    from_mean = p * (d - mean[:, None]) ** 2
    scale = effective_counts(sums, squares, agents).scale
    deff = goals.n_effective_of(conflict)
    within = (from_mean * scale).sum(axis=1) / np.where(total[:, 0] > 0, total[:, 0], 1.0)
    if goals.stated_deff is not None or goals.design is not None or not goals.weighted:
        plain = from_mean.sum(axis=1) / np.where(deff > 0, deff, 1.0)
        known = goals.stated | goals.designed | (not goals.weighted)
        within = np.where(known, plain, within)
    variance = float((pi**2 * within).sum())
    if goals.design is not None and not goals.stated.any():
        variance += goals.design.in_common(pi, conflict @ together)
    if union.counts is not None:
        q = np.array(union.counts)
        variance += float((pi**2 * mean**2 / np.where(q > 0, q, 1.0)).sum())
    simple = float((together * d**2).sum() / n.sum())
    stratified = pi[pi > 0] ** 2 / deff[pi > 0]
    tells = simple > 1e-12 * float((conflict @ together).max(initial=0.0)) ** 2 and variance > 0
    return float(n.sum() * simple / variance) if tells else float(1 / stratified.sum())


def union_shares(
    stated: Mapping[str, float] | str | None, goals: GoalEvidence, problems: Problems
) -> UnionShares | None:
    """Return the shares of the populations in their union, or None where nobody can know them.

    Parameters
    ----------
    stated : mapping, str or None
        What the study says, see `Populations`.
    goals : GoalEvidence
        Evidence with sizes, sums of weights and numbers of answers.
    problems : Problems
        Where to note what is wrong.

    Returns
    -------
    UnionShares or None
    """
    names = goals.populations
    if isinstance(stated, Mapping):
        return stated_shares(stated, names, problems)
    sources: dict[str, tuple[str, Any]] = {
        "sizes": (SIZES, goals.part_sizes),
        "weights": (WEIGHTS, goals.weight_total if goals.weighted else None),
        "answers": (ANSWERS, goals.n),
    }
    asked = [stated] if stated else ["sizes", "weights"]
    for source in asked:
        origin, parts = sources[source]
        if parts is not None and np.min(parts) > 0:
            if origin != SIZES:
                return estimated_shares(goals, origin)
            return UnionShares(tuple(map(float, parts / np.sum(parts))), origin)
    if stated:
        problems.add(
            f"population shares are to come from {stated!r}, and some population has none",
            where="[populations] shares",
            valid="'sizes' (needs population_size), 'weights', 'answers', or a table of shares",
        )
    return None


def stated_shares(
    stated: Mapping[str, float], names: tuple[str, ...], problems: Problems
) -> UnionShares | None:
    """Return shares that a study states of all populations, scaled to sum to one."""
    where = "[populations] shares"
    before = len(problems)
    for name in stated:
        if name not in names:
            problems.add(
                f"there is no population {name!r}",
                where=where,
                valid=listed(names),
                fix=did_you_mean(name, names),
            )
    missing = [name for name in names if name not in stated]
    if missing:
        problems.add(f"no share is stated for {listed(missing)}", where=where)
    values = np.array([stated.get(name, 0.0) for name in names], dtype=float)
    if not np.isfinite(values).all() or (values < 0).any():
        problems.add("a share is negative or not a number", where=where, valid="numbers >= 0")
    elif not missing and abs(values.sum() - 1) > SUM_TOLERANCE:
        fix = PERCENT if abs(values.sum() / 100 - 1) <= SUM_TOLERANCE else ""
        problems.add(
            f"the shares sum to {values.sum():g}", where=where, valid="a sum of 1", fix=fix
        )
    if len(problems) > before:
        return None
    return UnionShares(tuple(map(float, values / values.sum())), STATED)
