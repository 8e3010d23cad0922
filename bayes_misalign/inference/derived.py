"""Quantities over the draws of a study, each as estimates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.contract.registry import conflict_model
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.attainable import limits_of_parts
from bayes_misalign.inference.attribution import Attribution, attribute
from bayes_misalign.inference.contrast import Contrast, compare
from bayes_misalign.inference.drawn import Drawn, always
from bayes_misalign.inference.pair_estimates import PairEstimates, contributions_of, levels_of
from bayes_misalign.inference.reweighted import from_stored, sampled_again
from bayes_misalign.inference.sensitivity import refits
from bayes_misalign.inference.weighing import EXACT, Tried
from bayes_misalign.measure.shapes import Conflict
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.page.frames import FramedDict
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.study.lifted import lifts
from bayes_misalign.study.options import Agents

Array = NDArray[np.float64]
Normaliser = Literal["attainable", "bound"]
UNION = "all populations"


def misalignment(drawn: Drawn, agents: Agents | None) -> Estimates:
    """Return P(ma) by population."""
    draws, within = drawn.misalignment_draws(agents=agents), partial(drawn.limits, agents=agents)
    return drawn.by_name("P(ma), misalignment", draws, "P(ma) of {}".format, within)


def alignment(drawn: Drawn, agents: Agents | None) -> Estimates:
    """Return 1 - P(ma) by population, within the limits of P(ma)."""
    found = misalignment(drawn, agents)
    return Estimates(
        "P(a), alignment",
        {
            s: replace(
                one,
                name=f"P(a) of {s}",
                draws=1 - one.draws,
                limits=tuple(limit.of_complement() for limit in one.limits),
            )
            for s, one in found.items()
        },
    )


def proportions(drawn: Drawn) -> dict[str, Estimates]:
    """Return goal shares by population and goal."""
    draws = drawn.shares()
    return {
        s: Estimates(
            f"goal shares of {s}",
            {g: drawn.estimate(g, draws[:, i, j]) for j, g in enumerate(drawn.categories)},
            of="goal",
        )
        for i, s in enumerate(drawn.populations)
    }


def conflict_levels(
    drawn: Drawn, population: str | None, known: Collection[Pair] = ()
) -> PairEstimates:
    """Return the conflict level of each pair of categories; known ones are never withheld."""
    drawn.conflict_of(population)  # which says where no one matrix holds
    levels = drawn.goal_levels(population=population)
    return levels_of(drawn, levels, drawn.study.conflict.categories, known)


def overall(drawn: Drawn, shares: dict[str, float] | None) -> Estimate | None:
    """Return P(ma) of the union of all populations, or None where there is none to speak of."""
    weights = drawn.union_weights(shares)
    if weights is None or len(drawn.populations) == 1 or drawn.by_population:
        return None
    parts = measure.decompose(drawn.shares(), drawn.matrix(), weights, pair_terms=False)
    sizes = drawn.study.goals.population_size
    total = None if sizes is None else np.asarray(sizes.sum())
    draws = drawn.sized(parts.total, total, None)
    return drawn.estimate(f"P(ma) of {UNION}", draws, drawn.limits(draws, None))


def union_shares(drawn: Drawn) -> Estimates | None:
    """Return the share of each population in the union; None where nothing was estimated."""
    weights = drawn.union_weights(None)
    if weights is None or weights.ndim == 1:
        return None
    return Estimates(
        "shares of the populations in the union",
        {s: drawn.estimate(s, weights[:, i]) for i, s in enumerate(drawn.populations)},
    )


def decompose(drawn: Drawn, shares: dict[str, float] | None) -> Estimates:
    """Return the parts of the union's P(ma) within and between populations."""
    matrix, weights = drawn.across(), drawn.union_weights(shares)
    if weights is None:
        raise StudyError("state the share of each population, as in shares={'a': 0.5, 'b': 0.5}")
    parts = measure.decompose(drawn.shares(), matrix, weights, pair_terms=False)
    named = {"within populations": parts.within, "between populations": parts.between}
    return Estimates(
        "parts of P(ma) of the union", {n: drawn.estimate(n, d) for n, d in named.items()}, "part"
    )


def two_populations(drawn: Drawn, one: str, other: str) -> tuple[Array, Array, Conflict]:
    """Return the shares of two populations, and the conflict that holds between them."""
    matrix, shares = drawn.across(), drawn.shares()
    conflict = matrix if matrix.ndim == 2 else matrix[:, 0]
    return shares[:, drawn.place(one)], shares[:, drawn.place(other)], conflict


def between(drawn: Drawn, one: str, other: str) -> Estimate:
    """Return the probability that an agent of one population conflicts with one of another."""
    a, b, conflict = two_populations(drawn, one, other)
    return drawn.estimate(f"{one} and {other}", measure.between(a, b, conflict))


def mixture(drawn: Drawn, host: str, guest: str, shares: Array) -> list[Estimate]:
    """Return P(ma) of mixtures of two populations, for each share of the guest."""
    a, b, conflict = two_populations(drawn, host, guest)
    found = []
    for w in shares:
        draws = measure.misalignment((1 - w) * a + w * b, conflict)
        within = drawn.limits(draws, None, "with-replacement")
        found.append(drawn.estimate(f"{guest} {w:g}", draws, within))
    return found


def contrast(drawn: Drawn, one: str, other: str) -> Contrast:
    """Return how P(ma) of one population compares with that of another."""
    draws, (i, j) = drawn.misalignment_draws(), (drawn.place(one), drawn.place(other))
    if not drawn.by_population:
        return compare(one, other, draws[:, i], draws[:, j], drawn.estimate)
    sizes, shares = drawn.study.goals.population_size, drawn.shares()
    different = drawn.study.reporting.agents == "different"
    parts = measure.change(
        shares[:, i],
        drawn.conflict_of(one),
        shares[:, j],
        drawn.conflict_of(other),
        (sizes[i], sizes[j]) if different and sizes is not None else None,
    )
    return compare(one, other, draws[:, i], draws[:, j], drawn.estimate, parts)


def probability_above(drawn: Any, threshold: float) -> FramedDict[str, float]:
    """Return the posterior probability that P(ma) exceeds a threshold, by population."""
    found = {s: e.probability_above(threshold) for s, e in drawn.misalignment().items()}

    def columns(above: Mapping[str, float]) -> dict[str, list[Any]]:
        names, values = list(above), list(above.values())
        numbers = {"threshold": [threshold] * len(names), "probability_above": values}
        return {"population": names, **numbers}

    return FramedDict(found, columns)


def contributions(drawn: Drawn, population: str | None) -> PairEstimates:
    """Return the part of P(ma) that each pair of goals makes up."""
    return contributions_of(drawn, drawn.shares_of(population), drawn.conflict_of(population))


def opposition(drawn: Drawn, population: str | None) -> Estimates:
    """Return how likely a random agent conflicts with a holder of each goal."""
    conflict = drawn.conflict_of(population)
    draws = measure.opposition(drawn.shares_of(population), conflict)
    names = drawn.categories
    found = {g: drawn.estimate(g, draws[:, j]) for j, g in enumerate(names)}
    return Estimates("opposition", found, of="goal")


def _in_conflict(drawn: Drawn) -> int:
    """Return how many goals the bound (k - 1)/k counts: with g_0, where it conflicts with any."""
    goals = len(drawn.study.area.goals)
    if lifts(drawn.study.goals):
        what = "the bound (k - 1)/k is that of agents who hold one goal each"
        raise StudyError(f'{what}. Fix: the attainable maximum, by="attainable"')
    return goals + int((drawn.mean_conflict[..., goals:, :] > 0).any())


def normalised(drawn: Drawn, by: Normaliser) -> Estimates:
    """Return P(ma) as a part of the largest value that any shares would give, by population."""
    draws = drawn.misalignment_draws(agents="with-replacement")
    if by == "bound":
        scaled = measure.normalised_by_bound(draws, _in_conflict(drawn))
        label, exact = "P(ma) / ((k - 1) / k)", False
    else:
        top = drawn.ceilings.attainable
        label = "P(ma) / attainable maximum" + ("" if top.exact else " (best found)")
        scaled, exact = top.parts(draws), top.exact
    return drawn.by_name(label, scaled, always(label), limits_of_parts if exact else None)


def attribution(drawn: Drawn, population: str | None) -> Attribution:
    """Return where the variance of P(ma) comes from."""
    sources = drawn.study.conflict.sources
    parts = drawn.union_weights(None) if population is None else None
    several = parts is not None and parts.ndim == 2 and len(drawn.populations) > 1
    return attribute(
        drawn.shares_of(population),
        drawn.conflict_of(population),
        drawn.categories,
        together=any(conflict_model(s.model).hang_together(s) for s in sources),
        joint=drawn.study.conflict.joint or drawn.study.goals.paired_draws > 0,
        union=(drawn.shares(), parts) if several and parts is not None else None,
    )


def tried(drawn: Drawn, refit: bool = False) -> list[Tried]:
    """Return P(ma) under other priors, and how it was got; empty where that was not worked out."""
    if drawn.diagnosis.method == "exact":
        return [Tried(name, EXACT, draws) for name, draws in refits(drawn.study).items()]
    found = from_stored(drawn.groups) or []
    if not refit:
        return found
    from bayes_misalign.inference.fit import run

    again = partial(run, others=False)
    return [one if one.reliable else sampled_again(drawn.study, one.name, again) for one in found]


def sensitivity(drawn: Drawn, others: Sequence[Tried]) -> dict[str, Estimates]:
    """Return P(ma) by population under other priors, by the name of the prior."""
    if not others:
        return {}
    known, within = len(drawn.levels()) == 1, partial(drawn.limits, agents="with-replacement")
    draws = drawn.misalignment_draws(agents="with-replacement")
    fitted = drawn.by_name("as fitted", draws, always("as fitted"), within)
    # under other priors of conflict levels their maxima are others
    limits = within if known else None
    return {"as fitted": fitted} | {
        one.name: Estimates(
            one.name, {s: _weighted(drawn, one, i, limits) for i, s in enumerate(drawn.populations)}
        )
        for one in others
        if one.reliable
    }


def _weighted(drawn: Drawn, one: Tried, place: int, limits: Any) -> Estimate:
    worth, draws = min(drawn.worth, one.worth), one.draws[:, place]
    kind = drawn.study.reporting.interval
    within = () if limits is None else limits(draws, place)
    return Estimate(one.name, draws[None, :], kind, True, drawn.withheld, worth, within)
