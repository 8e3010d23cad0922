"""P(ma) of all who were asked, whatever may be of the goals of those who gave no answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.inference.draw_blocks import stream
from bayes_misalign.inference.drawn import Drawn
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.measure.shapes import Conflict
from bayes_misalign.page.estimate import Estimate, Estimates, columns_of
from bayes_misalign.page.frames import Framed
from bayes_misalign.page.identified_set import IdentifiedSet, identified_between
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.reading.left_out import LeftOut
from bayes_misalign.study.refusals import AT_RANDOM, NORMAL_95, Departure, Refusals
from bayes_misalign.study.union import ANSWERS, WEIGHTS

Array = NDArray[np.float64]
Group = str | None  # a population, or None for the union of all
REFUSED = 501  # stream of random numbers
LOWEST, HIGHEST = "lowest possible", "highest possible"
# Draws whose worst cases are worked out: 2^K supports where P(ma) is not concave in the shares.
MOST_SUPPORTS, FEWEST_DRAWS, MOST_DRAWS = 500_000, 50, 1000


@dataclass(frozen=True, eq=False)
class RefusalResults(Framed):
    """P(ma) of all who were asked, by what is assumed of those who gave no answer.

    Parameters
    ----------
    stated : Refusals
        What was assumed.
    part : mapping of group to Estimate
        Part of those asked who gave no answer; a group is a population, or None for all together.
    readings : mapping of str to mapping of group to Estimate
        P(ma) of all who were asked, where those without an answer are like those who answered, and
        under each departure.
    lower, upper : mapping of group to Estimate
        The smallest and the largest P(ma), whatever goals those without an answer hold.
    sets : mapping of group to IdentifiedSet
        The set between them, with an interval; empty where numbers are withheld.
    exact : bool
        Whether the largest is attained; else it is a bound.
    weights_known : bool
        Whether the part is one of weights, or of agents where answers have none.
    """

    stated: Refusals
    part: Mapping[Group, Estimate]
    readings: Mapping[str, Mapping[Group, Estimate]]
    lower: Mapping[Group, Estimate]
    upper: Mapping[Group, Estimate]
    sets: Mapping[Group, IdentifiedSet]
    exact: bool
    weights_known: bool

    def rows(self) -> list[tuple[Group, str, Estimate]]:
        """Return every P(ma): a population, what was assumed, and the estimate."""
        every = {**self.readings, LOWEST: self.lower, HIGHEST: self.upper}
        return [(g, how, found[g]) for g in self.part for how, found in every.items()]

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, an estimate a row."""
        rows = (
            (("union" if g is None else "population", g or "", how), e) for g, how, e in self.rows()
        )
        return columns_of(("scope", "population", "reading"), rows)

    def __str__(self) -> str:
        """Return the estimates as lines of text."""
        return "\n".join(
            f"{'all populations' if g is None else g}, {how}: {e.text()}"
            for g, how, e in self.rows()
        )

    __repr__ = __str__


def refusals(drawn: Drawn, stated: Refusals | None = None) -> RefusalResults | None:
    """Return P(ma) of all who were asked; None where nobody who counts gave no answer.

    Notes
    -----
    A pattern mixture (Little, Journal of the American Statistical Association 88, 1993): goal
    shares of all are (1 - m) p + m q, with p those of agents who answered and q of those who did
    not, q = p at random, q_i in proportion to p_i d_i under departures d (`departing_shares`), and
    any q for the worst cases (`unknown_part`). The part m is drawn too: Beta(1/2 + r, 1/2 + a) of
    effective counts of both, independently of p.
    """
    study, goals = drawn.study, drawn.study.goals
    stated = stated or study.refusals or Refusals()
    left = goals.left_out
    if left is None:
        return None
    chosen = left.chosen(stated.labels, not_asked=stated.not_asked)
    if not left.agents[:, chosen].any():
        return None
    p = drawn.shares()
    rng = stream(study.fitting.seed, REFUSED)
    m = part_without_answer(goals, left, chosen, len(p), rng)
    held = {AT_RANDOM: p} | {
        one.name: _of_refusals(p, one, rng) for one in stated.departures(study.area)
    }
    conflict, matrix = drawn.matrix(), None if drawn.by_population else drawn.matrix()
    weights = None if matrix is None or len(drawn.populations) == 1 else _weights(drawn, m)

    def sized(values: Array, union: bool = False) -> Array:
        sizes = goals.population_size
        if sizes is not None and union:
            sizes = np.asarray(sizes.sum())
        return drawn.sized(values, sizes, None)

    readings: dict[str, dict[Group, Estimate]] = {}
    for name, q in held.items():
        mixed = (1 - m[..., None]) * p + m[..., None] * q
        draws = sized(measure.misalignment(mixed, conflict))
        found = _estimates(drawn, draws, "P(ma) of all asked, {}")
        if weights is not None:
            union = measure.misalignment(measure.union_shares(mixed, weights), drawn.levels())
            draws = sized(np.asarray(union), union=True)
            found[None] = drawn.estimate("P(ma) of all asked", draws, drawn.limits(draws, None))
        readings[name] = found
    lower, upper, exact = _worst_cases(drawn, p, m, weights, sized)
    part: dict[Group, Estimate] = {
        s: drawn.estimate(s, m[:, i]) for i, s in enumerate(drawn.populations)
    }
    if weights is not None:
        part[None] = drawn.estimate("all", (weights * m).sum(axis=-1))
    sets = {} if drawn.withheld else {g: identified_between(lower[g], upper[g]) for g in part}
    known = left.weighted
    return RefusalResults(stated, part, readings, lower, upper, sets, exact, known)


def departures(drawn: Drawn) -> dict[str, Estimates]:
    """Return P(ma) of all who were asked by population, by what a study says of refusals."""
    found = None if drawn.study.refusals is None else refusals(drawn)
    if found is None:
        return {}
    return {
        f"no answer: {how}": Estimates(how, {s: by_group[s] for s in drawn.populations})
        for how, by_group in found.readings.items()
    }


def part_without_answer(
    goals: GoalEvidence, left: LeftOut, chosen: NDArray[np.bool_], draws: int, rng: Any
) -> Array:
    """Return draws (draw, population) of the part of those asked who gave no answer.

    Notes
    -----
    The rule of effective counts for goals under design weights, for two categories; then divided
    so that the part has the variance of the design, widened for its degrees of freedom, or by a
    stated design effect. Where those without an answer have no place in the design, by the design
    effect of the answers.
    """
    sums = goals.weight_total, goals.weight_sq_total, goals.n
    effective = left.effective(chosen, sums)
    counts, scale = effective
    if goals.design is not None:
        parts = np.column_stack([sums[0] if left.weighted else goals.n, left.weight_sum])
        factor = goals.design.left_out_factor(effective, parts, chosen)
        if factor is None:
            factor = np.maximum(np.nan_to_num(goals.design_effect, nan=1.0), 1.0)
        counts = counts / factor[:, None]
    if goals.stated_deff is not None:
        counts = counts / np.where(goals.stated, goals.stated_deff, 1.0)[:, None]
    drawn = rng.beta(0.5 + counts[:, 1], 0.5 + counts[:, 0], size=(draws, len(counts)))
    both = np.stack([1 - drawn, drawn], axis=-1)
    return np.asarray(measure.population_shares(both, scale)[..., 1])


def _of_refusals(p: Array, departure: Departure, rng: Any) -> Array:
    """Return goal shares (draw, population, goal) of those who gave no answer."""
    if departure.shares is not None:
        return np.broadcast_to(departure.shares, p.shape)
    low, high = np.log(departure.low), np.log(departure.high)
    odds = np.exp(0.5 * (low + high))
    if (high > low).any():
        spread = (high - low) / (2 * NORMAL_95)
        odds = np.exp(0.5 * (low + high) + spread * rng.standard_normal((len(p), 1, len(low))))
    return measure.departing_shares(p / p.sum(axis=-1, keepdims=True), odds)


def _weights(drawn: Drawn, m: Array) -> Array | None:
    """Return the share (draw, population) of each population among all who were asked.

    Shares that come from answers are those of agents who gave one.
    """
    weights, union, goals = drawn.union_weights(None), drawn.study.union, drawn.study.goals
    if weights is None or union is None:
        return None
    census = goals.population_size is not None and bool((goals.population_size == goals.n).all())
    weights = np.broadcast_to(weights, m.shape)
    if union.origin in (WEIGHTS, ANSWERS) or census:
        weights = weights / np.maximum(1 - m, 1e-12)
        weights = weights / weights.sum(axis=-1, keepdims=True)
    return weights


def _estimates(drawn: Drawn, draws: Array, name: str) -> dict[Group, Estimate]:
    within = partial(drawn.limits, agents=None)
    found = drawn.by_name(name, draws, name.format, lambda x, i: within(x, i))
    return dict[Group, Estimate](found.items())


def _worst_cases(
    drawn: Drawn, p: Array, m: Array, weights: Array | None, sized: Callable[..., Array]
) -> tuple[dict[Group, Estimate], dict[Group, Estimate], bool]:
    """Return the smallest and the largest P(ma) by group, and whether the latter is attained."""
    groups = p.shape[1] + (weights is not None)
    affordable = MOST_SUPPORTS // (2 ** min(p.shape[2], 12) * groups)
    kept = drawn.thinned(int(np.clip(affordable, FEWEST_DRAWS, MOST_DRAWS)))
    conflict = drawn.matrix()
    p, m, matrices = p[kept], m[kept], _whole(conflict, kept)
    p = p / p.sum(axis=-1, keepdims=True)
    found = measure.unknown_part(p, m, matrices)
    exact, ends = found.exact, dict[str, dict[Group, Estimate]]()
    for end, values in (("lower", found.lower), ("upper", found.upper)):
        shown = sized(values)
        ends[end] = {s: drawn.estimate(s, shown[:, i]) for i, s in enumerate(drawn.populations)}
    if weights is not None:
        w = weights[kept]
        # each population's refusals may hold any goals, so that those of all together may
        whole = (w * m).sum(axis=-1)
        answered = (w * (1 - m))[..., None] * p
        known = answered.sum(axis=1)
        total = known.sum(axis=-1, keepdims=True)
        shares = np.divide(known, total, out=np.full_like(known, 1 / p.shape[2]), where=total > 0)
        of_all = matrices if matrices.ndim == 2 else matrices[:, 0]
        united = measure.unknown_part(shares, np.clip(whole, 0.0, 1.0), of_all)
        exact = exact and united.exact
        for end, values in (("lower", united.lower), ("upper", united.upper)):
            ends[end][None] = drawn.estimate("all", sized(values, union=True))
    return ends["lower"], ends["upper"], exact


def _whole(conflict: Conflict, kept: NDArray[np.intp]) -> Array:
    """Return the matrices of some draws, (goal, goal) or (draw, population or 1, goal, goal)."""
    if isinstance(conflict, PartlyKnown):
        return conflict[kept].whole()
    return conflict if conflict.ndim == 2 else conflict[kept]
