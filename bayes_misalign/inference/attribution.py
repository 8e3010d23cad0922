"""Where the variance of P(ma) comes from, and so what to measure next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.measure.known_and_drawn import PartlyKnown, Places
from bayes_misalign.measure.shapes import Conflict, bilinear, facing
from bayes_misalign.page.frames import Framed
from bayes_misalign.page.notebook import Cells, as_html
from bayes_misalign.page.safe_text import named

Array = NDArray[np.float64]
AT_ONCE = 1 << 24  # draws times pairs of goals
MOST_PAIRS = 10  # that a notebook shows
MOST_WORK = 400_000_000  # products of shares that a mean over draws is made of


@dataclass(frozen=True, eq=False)
class Attribution(Framed):
    """Shares of the posterior variance of P(ma); they sum to one, or are all zero.

    Parameters
    ----------
    shares : float
        Part due to not knowing the goal shares.
    conflict : float
        Part due to not knowing the conflict levels.
    interaction : float
        Part due to both together.
    pairs : mapping of str to float
        The conflict part by pair of goals, as "one | other".
    variance : float
        Posterior variance of P(ma).
    populations : float
        Part due to not knowing how large a part of the union each population is; 0 where that is
        known, and in a single population.
    """

    shares: float
    conflict: float
    interaction: float
    pairs: dict[str, float]
    variance: float
    populations: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the attribution as plain numbers."""
        return {
            "shares": self.shares,
            "conflict": self.conflict,
            "interaction": self.interaction,
            "populations": self.populations,
            "conflict_by_pair": dict(self.pairs),
            "sd": float(np.sqrt(self.variance)),
        }

    @property
    def named_parts(self) -> dict[str, float]:
        """The parts of the variance by what they are due to."""
        found = {"goal shares": self.shares, "conflict levels": self.conflict}
        if self.populations > 0:
            found["shares of the populations"] = self.populations
        return {**found, "both together": self.interaction}

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame: a part a row, then the conflict level of each pair."""
        rows: list[tuple[str, str | None, str | None, float]]
        rows = [(what, None, None, part) for what, part in self.named_parts.items()]
        for pair, part in self.pairs.items():
            one, _, other = pair.partition(" | ")
            rows.append(("conflict level", one, other, part))
        names = ("part", "goal", "goal_other", "part_of_variance")
        columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
        return columns if self.pairs else {k: columns[k] for k in (names[0], names[3])}

    def _repr_html_(self) -> str:
        rows = [[what, f"{100 * part:.0f} %"] for what, part in self.named_parts.items()]
        largest = sorted(self.pairs.items(), key=lambda item: -item[1])[:MOST_PAIRS]
        rows += [[f"conflict level of {named(p)}", f"{100 * part:.0f} %"] for p, part in largest]
        sd = f"sd {np.sqrt(self.variance):.2g}"
        caption = f"Where the posterior variance of P(ma) comes from ({sd})"
        return as_html(Cells(["due to", "part of variance"], rows, caption))

    def __str__(self) -> str:
        """Return the shares of the variance as one line."""
        parts = {"shares": self.shares, "conflict": self.conflict, "both": self.interaction}
        if self.populations > 0:
            parts["population shares"] = self.populations
        said = ", ".join(f"{100 * part:.0f} % {name}" for name, part in parts.items())
        return f"variance of P(ma) (sd {np.sqrt(self.variance):.2g}): {said}"

    __repr__ = __str__


def attribute(
    shares: Array,
    conflict: Conflict,
    names: tuple[str, ...],
    *,
    together: bool = False,
    joint: bool = False,
    union: tuple[Array, Array] | None = None,
) -> Attribution:
    """Split the variance of p'Cp between p and C.

    Parameters
    ----------
    shares : ndarray, shape (draw, K)
        Posterior draws of the shares.
    conflict : ndarray, shape (draw or 1, K, K)
        Posterior draws of the conflict matrix of the same population, independent of the shares
        unless `joint`.
    names : tuple of str, length K
        Labels of the categories.
    together : bool
        Whether levels of different pairs are correlated, as where the same raters gave them.
    joint : bool
        Whether shares and levels depend on each other, because agents of uncertain goals met.
    union : tuple of ndarray, optional
        Where the shares are those of a union whose parts were estimated: draws (draw, S, K) of the
        shares in each population, and (draw, S) of the parts, independent of them.

    Returns
    -------
    Attribution

    Notes
    -----
    With M = pp', f = tr(CM) is bilinear in the independent C and M, so f - E f =
    tr(E[C] (M - E M)) + tr((C - E C) E[M]) + tr((C - E C)(M - E M)) are uncorrelated parts: the
    functional ANOVA (Sobol', 1993) of f. The parts are estimated from the draws and scaled to sum
    to one. The conflict part is split into the variances of its terms; where levels are correlated,
    into the covariances of its terms with their sum, negative ones set to zero. Where p and C
    depend on each other, the parts are correlated, and each is counted by its covariance with f,
    negative ones set to zero (Li et al., Journal of Physical Chemistry A 114, 2010). In a union
    p'E[C]p is taken apart further: into its mean over the parts of the populations, its mean over
    their goal shares, and the rest, which counts as due to several together.

    Examples
    --------
    >>> p = np.array([[0.5, 0.5], [0.6, 0.4]])
    >>> attribute(p, np.array([[[0.0, 1.0], [1.0, 0.0]]]), ("a", "b")).shares
    1.0
    """
    mean_conflict: Conflict = conflict.mean(axis=0)
    if isinstance(conflict, PartlyKnown) and conflict.own:
        mean_conflict = conflict.averaged()
    terms = _Terms(shares, *_uncertain(conflict))
    of_shares = measure.misalignment(shares, mean_conflict)
    alone = [of_shares, terms.of_conflict, terms.of_both]
    if union is not None:
        of_goals, of_parts = _of_union(*union, mean_conflict)
        alone = [of_goals, *alone[1:], of_parts, of_shares - of_goals - of_parts]
    parts = np.array([np.var(part) for part in alone])
    if joint:
        whole = np.sum(np.broadcast_arrays(*alone), axis=0)
        whole = whole - whole.mean()
        parts = np.array([max(float(np.mean(part * whole)), 0.0) for part in alone])
    total = parts.sum()
    scaled = parts / total if total > 0 else np.zeros(len(parts))
    populations = float(scaled[3]) if union is not None else 0.0
    together_part = scaled[2] + (scaled[4] if union is not None else 0.0)
    by_pair = terms.together() if together else terms.by_pair
    by_pair = by_pair / by_pair.sum() * scaled[1] if by_pair.sum() > 0 else by_pair
    return Attribution(
        float(scaled[0]),
        float(scaled[1]),
        float(together_part),
        {
            f"{names[i]} | {names[j]}": float(v)
            for i, j, v in zip(terms.first, terms.second, by_pair, strict=True)
            if v > 0
        },
        float(total),
        populations,
    )


def _uncertain(conflict: Conflict) -> tuple[Places, Places, Array]:
    """Return the pairs that vary, all where they are few, with their levels (draw, pair)."""
    if isinstance(conflict, PartlyKnown):
        return conflict.first, conflict.second, conflict.drawn
    first, second = measure.pairs(conflict.shape[-1])
    if len(conflict) == 1:
        first, second = first[:0], second[:0]
    return first, second, conflict[:, first, second]


class _Terms:
    """Sums over pairs of goals of what their levels add to P(ma), a block of pairs at a time."""

    def __init__(self, shares: Array, first: Places, second: Places, levels: Array) -> None:
        self.shares, self.first, self.second, self.levels = shares, first, second, levels
        self.of_conflict, self.of_both = np.zeros(len(levels)), np.zeros(len(shares))
        self.by_pair = np.zeros(len(first))
        for part in self._blocks():
            centred, products = self._block(part)
            mean = products.mean(axis=0)
            self.of_conflict = self.of_conflict + centred @ mean
            self.of_both = self.of_both + (centred * (products - mean)).sum(axis=1)
            self.by_pair[part] = centred.var(axis=0) * mean**2

    def _blocks(self) -> Iterator[slice]:
        step = max(1, AT_ONCE // len(self.shares))
        for start in range(0, len(self.first), step):
            yield slice(start, start + step)

    def _block(self, part: slice) -> tuple[Array, Array]:
        levels = self.levels[:, part]
        first, second = self.first[part], self.second[part]
        times = np.where(first == second, 1.0, 2.0)  # each pair stands twice in p'Cp
        products = times * self.shares[:, first] * self.shares[:, second]
        return levels - levels.mean(axis=0), products

    def together(self) -> Array:
        """Return the covariance of each term with the sum of all, zero where it is negative."""
        found = np.zeros(len(self.first))
        whole = sum(self._terms(part).sum(axis=1, keepdims=True) for part in self._blocks())
        for part in self._blocks():
            found[part] = np.maximum((self._terms(part) * whole).mean(axis=0), 0.0)
        return found

    def _terms(self, part: slice) -> Array:
        centred, products = self._block(part)
        return centred * products.mean(axis=0)


def _of_union(shares: Array, parts: Array, conflict: Conflict) -> tuple[Array, Array]:
    """Return the union's P(ma) for every draw of the goal shares, and of the populations' parts.

    Each is the mean over the other; of many populations over some of its draws only.
    """
    between = shares.shape[1] ** 2 * shares.shape[2]
    kept = np.linspace(0, len(shares) - 1, int(np.clip(MOST_WORK // between, 50, len(shares))))
    some = shares[kept.astype(int)]
    # with B_st = E[p_s' C p_t] the mean over shares is pi' B pi
    faced = facing(some, conflict)
    mean_between = np.tensordot(some, faced, axes=((0, 2), (0, 2))) / len(some)
    of_parts = np.einsum("ns,ns->n", parts @ mean_between, parts)
    # E[pi pi'] is the product of means and the covariance, whose root has as many rows as needed
    mean = parts.mean(axis=0)
    root = np.linalg.svd((parts - mean) / np.sqrt(len(parts)), full_matrices=False)
    rows = np.vstack([mean, root[1][:, None] * root[2]])
    rows = rows[np.abs(rows).max(axis=1) > 1e-12]
    # roots of a covariance are no shares
    of_goals = sum(bilinear(row @ shares, conflict, row @ shares) for row in rows)
    return np.asarray(of_goals), of_parts
