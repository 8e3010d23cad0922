"""Draws of a study with their labels: what every quantity of a posterior is worked out from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.errors import ResultError, StudyError, did_you_mean, listed
from bayes_misalign.inference.attainable import Ceilings
from bayes_misalign.inference.conflict_draws import (
    LEVEL,
    goals_of_group,
    modern,
    of_group,
    with_known,
)
from bayes_misalign.inference.groups import POSTERIOR, UNION_SHARE, Groups, Variable
from bayes_misalign.inference.loaded import study_and_diagnosis
from bayes_misalign.inference.room import too_large
from bayes_misalign.measure.known_and_drawn import PartlyKnown, as_arithmetic
from bayes_misalign.measure.shapes import Conflict
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.page.limits import Limit
from bayes_misalign.study.options import Agents

Array = NDArray[np.float64]
Limits = tuple[Limit, ...]
SAME_AGENT = (
    "agents may conflict with others who hold the same goals, so that two different agents are no "
    'multiple of two drawn with replacement. Fix: state `agents = "with-replacement"`'
)
WITHIN_ONLY = "conflict was measured within each population; nobody measured it between them"


def always(text: str) -> Callable[[str], str]:
    """Return the function that names every population alike."""
    return lambda population: text


class Drawn:
    """Draws of a study with their labels, and whether their numbers may be shown."""

    def __init__(self, groups: Groups, *, allow_unconverged: bool = False) -> None:
        self.groups = groups = modern(groups)
        self.study, self.diagnosis = study_and_diagnosis(groups)
        self.allow_unconverged = allow_unconverged

    @property
    def withheld(self) -> bool:
        """Whether numbers are withheld, because the fit has not converged."""
        return not self.diagnosis.trustworthy and not self.allow_unconverged

    @property
    def populations(self) -> tuple[str, ...]:
        """Names of the populations, in the study's order."""
        return self.study.goals.populations

    @property
    def categories(self) -> tuple[str, ...]:
        """Goals in the study's order, then "no goal" where the study has it."""
        return self.study.goals.categories

    @property
    def by_population(self) -> bool:
        """Whether conflict levels differ by population, measured in each of several."""
        # in one population there is nothing for them to differ by
        several = len(self.populations) > 1
        return several and self.groups.has(POSTERIOR, LEVEL) and self._held(POSTERIOR).ndim == 4

    def estimate(self, name: str, draws: Array, limits: Limits = ()) -> Estimate:
        """Return flat draws (draw,) as an estimate with the interval of the study."""
        kind = self.study.reporting.interval
        flat = draws.reshape(self.chains, -1)
        return Estimate(name, flat, kind, self.independent, self.withheld, self.worth, limits)

    @property
    def chains(self) -> int:
        """How many chains there are."""
        return int(self.groups.values(POSTERIOR, "misalignment").shape[0])

    @property
    def independent(self) -> bool:
        """Whether draws are independent, not those of Markov chains."""
        return self.diagnosis.method == "exact"

    @cached_property
    def worth(self) -> float:
        """How many independent draws those of this result are worth at most."""
        return min(one.worth for one in (self.study.goals, *self.study.conflict.sources))

    def by_name(
        self,
        title: str,
        draws: Array,
        name: Callable[[str], str] = str,
        limits: Callable[[Array, int], Limits] | None = None,
    ) -> Estimates:
        """Return draws (draw, population) as estimates by population, within their limits."""
        found = {}
        for i, s in enumerate(self.populations):
            within = () if limits is None else limits(draws[:, i], i)
            found[s] = self.estimate(name(s), draws[:, i], within)
        return Estimates(title, found)

    @cached_property
    def ceilings(self) -> Ceilings:
        """The largest P(ma) that any goal shares would reach, with replacement."""
        return Ceilings(self, self.levels())

    def limits(self, draws: Array, place: int | None, agents: Agents | None = None) -> Limits:
        """Return what draws (draw,) of P(ma) cannot pass, of a population or the union (None)."""
        sizes, size = self.study.goals.population_size, None
        if (agents or self.study.reporting.agents) == "different" and sizes is not None:
            size = float(sizes.sum() if place is None else sizes[place])
        return self.ceilings.limits(draws, place, size)

    def limits_under(self, conflict: Conflict) -> Callable[[Array, int], Limits]:
        """Return the limits of P(ma) with replacement under other conflict levels, by place."""
        return partial(Ceilings(self, conflict).limits, size=None)

    def place(self, population: str) -> int:
        """Return the position of a population."""
        if population not in self.populations:
            raise ResultError(
                f"there is no population {population!r}; there are {listed(self.populations)}. "
                + did_you_mean(population, self.populations)
            )
        return self.populations.index(population)

    def shares(self, group: str = POSTERIOR) -> Array:
        """Return draws of goal shares, (draw, population, goal)."""
        draws = self.groups.values(group, "proportion")
        return draws.reshape(-1, *draws.shape[2:])

    def conflict(self, group: str = POSTERIOR, population: str | None = None) -> Array:
        """Return draws of the conflict matrix, (draw, goal, goal); (1, goal, goal) if known.

        Raises
        ------
        ResultError
            When whole matrices for every draw do not fit into the memory of the machine.

        Notes
        -----
        (draw or 1, population, goal, goal) where levels differ by population and none is named.
        Levels that are known are stored once; here they stand in the matrix of each draw.
        """
        found = self._levels(group, population)
        if (said := too_large(8 * found.size)) is not None:
            raise ResultError(
                f"whole matrices of conflict for {len(found):,} draws {said}. Fix: "
                "mean_conflict, or conflict_level in the group posterior of `.tree`, the levels "
                "that are uncertain"
            )
        return found.whole()

    def levels(self, group: str = POSTERIOR, population: str | None = None) -> Conflict:
        """Return the same as it is cheapest to compute with: see `measure.known_and_drawn`."""
        return as_arithmetic(self._levels(group, population))

    def goal_levels(self, group: str = POSTERIOR, population: str | None = None) -> Conflict:
        """Return conflict of goals, (draw or 1, goal, goal), where categories are made of them.

        Else that of the categories, which are goals.
        """
        return as_arithmetic(self._levels(group, population, goals_of_group))

    @cached_property
    def mean_goal_conflict(self) -> Array:
        """Posterior mean of the conflict levels of goals; see `goal_levels`."""
        return np.asarray(self.goal_levels().mean(axis=0))

    def partly_known(self, population: str | None = None) -> PartlyKnown:
        """Return the posterior draws of conflict of goals, its known levels once."""
        return self._levels(POSTERIOR, population, goals_of_group)

    @cached_property
    def partly_known_of_categories(self) -> PartlyKnown:
        """Posterior draws of conflict of categories, its known levels once."""
        return self._held(POSTERIOR)

    def _held(self, group: str) -> PartlyKnown:
        return of_group(with_known(self.groups, group))

    def _levels(
        self,
        group: str,
        population: str | None = None,
        held: Callable[[Mapping[str, Variable]], PartlyKnown] = of_group,
    ) -> PartlyKnown:
        found = held(with_known(self.groups, group))
        if found.ndim == 4 and (population is not None or found.shape[1] == 1):
            found = found[:, 0 if population is None else self.place(population)]
        elif population is not None:
            self.place(population)
        steady = len(found) > 1 and bool((found.drawn == found.drawn[0]).all())
        return found[:1] if steady else found

    def matrix(self, group: str = POSTERIOR) -> Conflict:
        """Return conflict matrices so that they broadcast against shares."""
        conflict = self.levels(group)
        if len(conflict) == 1:
            return (
                conflict[0]
                if isinstance(conflict, np.ndarray) or conflict.own
                else conflict.whole()[0]
            )
        return conflict if conflict.ndim == 4 else conflict[:, None]

    def conflict_of(self, population: str | None) -> Conflict:
        """Return draws (draw or 1, goal, goal) of the one matrix that holds for a population."""
        if population is None and self.by_population:
            raise StudyError(f"{WITHIN_ONLY}. Fix: name a population ({listed(self.populations)})")
        return self.levels(population=population)

    def across(self) -> Conflict:
        """Return the conflict that holds for two agents of whatever populations."""
        if self.by_population:
            raise StudyError(WITHIN_ONLY)
        return self.matrix()

    def union_weights(self, shares: dict[str, float] | None) -> Array | None:
        """Return the share of each population in the union: those given, or the study's.

        That is (population,), or (draw, population) where the study estimated them.
        """
        if shares is not None:
            for name in shares:
                self.place(name)
            weights = np.array([shares.get(name, 0.0) for name in self.populations])
            if (weights < 0).any() or not np.isclose(weights.sum(), 1):
                raise StudyError(f"population shares are >= 0 and sum to 1, not {weights.sum():g}")
            return weights
        if self.groups.has(POSTERIOR, UNION_SHARE):
            drawn = self.groups.values(POSTERIOR, UNION_SHARE)
            return drawn.reshape(-1, drawn.shape[-1])
        union = self.study.union
        return None if union is None else np.array(union.shares)

    def shares_of(self, population: str | None) -> Array:
        """Return draws of the shares (draw, goal) of a population, or of the union of all."""
        if population is not None:
            return self.shares()[:, self.place(population)]
        if len(self.populations) == 1:
            return self.shares()[:, 0]
        weights = self.union_weights(None)
        if weights is None:
            raise StudyError(
                f"name a population ({listed(self.populations)}): their shares in the union are "
                "not known"
            )
        return measure.union_shares(self.shares(), weights)

    def sized(self, values: Array, sizes: Any, agents: Agents | None) -> Array:
        """Return P(ma) of two different agents where the study, or the caller, asks for it."""
        if (agents or self.study.reporting.agents) == "with-replacement":
            return values
        if self.partly_known_of_categories.own:
            raise StudyError(SAME_AGENT)
        if sizes is None:
            raise StudyError(
                "two different agents need a population size. Fix: state `population_size`, or "
                '`agents = "with-replacement"`'
            )
        return measure.distinct_agents(values, sizes)

    def misalignment_draws(self, group: str = POSTERIOR, agents: Agents | None = None) -> Array:
        """Return draws of P(ma), (draw, population)."""
        values = self.groups.values(group, "misalignment")
        sizes = self.study.goals.population_size
        return self.sized(values.reshape(-1, values.shape[-1]), sizes, agents)

    def unbiased(self) -> dict[str, tuple[float, float]]:
        """Return the unbiased estimate of P(ma) and its standard error, by population.

        Returns
        -------
        dict of str to tuple of two float
            From all pairs of different agents of the sample, `measure.unbiased`; of weighted
            answers `measure.weighted_unbiased`, without a standard error. A number that there is
            none of is NaN. Empty where goals are seen through reports, or conflict is uncertain.
        """
        sums, conflict = self.study.goals.pair_sums, self.levels()
        if sums is None or len(conflict) > 1 or not isinstance(conflict, np.ndarray):
            return {}
        value = measure.weighted_unbiased_from_sums(*sums, conflict[0])
        error = np.full_like(value, np.nan)
        if not self.study.goals.weighted:
            variance = measure.unbiased(sums[0], conflict[0]).variance
            error = np.sqrt(np.where(variance > 0, variance, np.nan))
        sizes, scale = self.study.goals.population_size, np.ones(len(self.populations))
        if sizes is not None:
            # different agents of the sample speak for different ones of the population
            once = self.study.reporting.agents == "with-replacement"
            scale = np.where(once, (sizes - 1) / np.maximum(sizes, 1), 1.0)
        both = np.stack(np.broadcast_arrays(value * scale, error * scale), axis=-1)
        return {s: (float(v), float(e)) for s, (v, e) in zip(self.populations, both, strict=True)}

    def thinned(self, most: int) -> NDArray[np.intp]:
        """Return the places of at most so many draws, every nth of each chain."""
        chains, draws = self.groups.values(POSTERIOR, "misalignment").shape[:2]
        step = -(-chains * draws // most)
        return np.arange(chains * draws).reshape(chains, draws)[:, ::step].ravel()

    @cached_property
    def mean_conflict(self) -> Array:
        """Posterior mean of the conflict levels, (goal, goal) or (population, goal, goal)."""
        return np.asarray(self.levels().mean(axis=0))

    @property
    def design_effect(self) -> Array:
        """(population,) design effect of P(ma) at the mean conflict levels."""
        return self.study.goals.design_effect_of(self.mean_conflict)

    @property
    def n_effective(self) -> Array:
        """(population,) agents without weights who would tell as much of P(ma)."""
        return self.study.goals.n_effective_of(self.mean_conflict)

    @property
    def union_effective(self) -> float:
        """Agents without weights who would tell as much of the union's P(ma)."""
        return self.study.union_effective_of(self.mean_conflict)
