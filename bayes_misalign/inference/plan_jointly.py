"""How many measurements of two kinds together a study needs, at the least cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.contract.measured import AGENTS, CLUSTERS, alike_in_clusters
from bayes_misalign.errors import StudyError, did_you_mean, listed
from bayes_misalign.inference.conflict_draws import LEVEL, assemble_draws, facing_populations
from bayes_misalign.inference.drawn import Drawn
from bayes_misalign.inference.plan import (
    DRAWS,
    FEWEST,
    Asked,
    Block,
    Rest,
    Say,
    blocks_of,
    check_plannable,
)
from bayes_misalign.inference.plan_aims import Width, rounded_up
from bayes_misalign.inference.planned_jointly import Combination, JointPlan
from bayes_misalign.study.lifted import of_categories

Array = NDArray[np.float64]
Numbers = tuple[int, int]
HALVINGS, DOUBLINGS, DOUBLINGS_SAMPLED = 3, 8, 3  # of the first kind, from its number now
CLOSER = 3  # times that the numbers beside the cheapest are looked at
MOST_KEPT = 30_000_000  # numbers of posterior draws that are kept for other combinations


@dataclass
class _Pair:
    """Two kinds of measurement, and studies with so many of both."""

    drawn: Drawn
    asked: Asked
    blocks: tuple[Block, Block]
    costs: tuple[float, float]
    tell: Say
    found: dict[Numbers, Combination] = field(default_factory=dict)
    _kept: dict[tuple[int, int], list[Mapping[str, Array]]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, str]:
        """What is counted."""
        return self.blocks[0].measurement.name, self.blocks[1].measurement.name

    @property
    def now(self) -> Numbers:
        """How many there are."""
        one, other = (max(round(block.measurement.now), FEWEST) for block in self.blocks)
        return one, other

    @property
    def together(self) -> bool:
        """Whether both are measurements of one body of evidence."""
        return self.blocks[0].part.name == self.blocks[1].part.name

    @property
    def sampled(self) -> bool:
        """Whether studies are sampled."""
        return any(block.sampled for block in self.blocks)

    @property
    def simulations(self) -> int:
        """How many studies of each size."""
        return min(block.simulations for block in self.blocks)

    def cost(self, numbers: Sequence[float]) -> float:
        """Return what so many of both cost."""
        return float(numbers[0] * self.costs[0] + numbers[1] * self.costs[1])

    def possible(self, numbers: Numbers) -> bool:
        """Tell whether there can be so many of both: no more clusters than agents."""
        of = dict(zip(self.names, numbers, strict=True))
        both = {AGENTS, CLUSTERS} == set(of)
        return min(numbers) >= FEWEST and not (both and of[CLUSTERS] > of[AGENTS])

    def at(self, numbers: Numbers) -> Combination:
        """Simulate and fit studies with so many of both."""
        if numbers not in self.found:
            words = " and ".join(f"{n:,} {x}" for n, x in zip(numbers, self.names, strict=True))
            self.tell(f"simulating {self.simulations} studies with {words}")
            scores = np.array([self.asked.scores(self.drawn, p) for p in self._studies(numbers)])
            means = scores.mean(axis=0)
            place = int(means.argmin() if self.asked.aim.rising else means.argmax())
            error = scores[:, place].std(ddof=1) / np.sqrt(len(scores))
            of = self.asked.names[place]
            self.found[numbers] = Combination(
                numbers, self.cost(numbers), of, float(means[place]), float(error)
            )
        return self.found[numbers]

    def _studies(self, numbers: Numbers) -> Iterator[Array]:
        """Yield draws of P(ma) (draw, population) of each study."""
        if self.together:
            one, sizes = self.blocks[0], dict(zip(self.names, numbers, strict=True))
            for made in one.made(sizes):
                yield self._misalignment([(one, made)])
            return
        both = (self._made(i, n) for i, n in enumerate(numbers))
        for each in zip(*both, strict=False):
            yield self._misalignment(list(zip(self.blocks, each, strict=True)))

    def _made(self, which: int, number: int) -> Iterator[Mapping[str, Array]]:
        """Yield posterior draws of one part; they are kept for other numbers of the other kind."""
        block, key = self.blocks[which], (which, number)
        if key in self._kept:
            yield from self._kept[key]
            return
        name, size = "proportion" if block.part.of_goals else LEVEL, 0
        kept: list[Mapping[str, Array]] = []
        for made in block.made({block.measurement.name: number}):
            own = {name: np.asarray(made[name])}
            size += own[name].size
            if size <= MOST_KEPT:
                kept.append(own)
            yield own
        if size <= MOST_KEPT:
            self._kept[key] = kept

    @cached_property
    def rest(self) -> Rest:
        """Draws of all else in the study."""
        return Rest(self.drawn, DRAWS)

    def _misalignment(self, parts: Sequence[tuple[Block, Mapping[str, Array]]]) -> Array:
        shares, levels = self.rest.shares, dict(self.rest.levels)
        conflict: Any = self.rest.conflict
        of_conflict = False
        for block, made in parts:
            if block.part.of_goals:
                shares = made["proportion"]
            else:
                levels[block.part.name], of_conflict = made[LEVEL], True
        if of_conflict:
            study = self.drawn.study
            pairs = [(source.pairs, levels[name]) for name, source in self.rest.sources.items()]
            whole = of_categories(study.goals, assemble_draws(study.conflict.categories, pairs))
            conflict = facing_populations(whole)
        return np.asarray(measure.misalignment(shares, conflict))

    # --- the cheapest that is enough

    def enough(self, first: int) -> Combination | None:
        """Return the fewest of the second kind that are enough beside so many of the first."""
        aim, number = self.asked.aim, self.now[1]
        most = number * 2 ** (DOUBLINGS_SAMPLED if self.sampled else DOUBLINGS)
        if not self.possible((first, number)):
            number = first
        here = self.at((first, number))
        while not aim.met(here.average):
            if number * 2 > most:
                return None
            number *= 2
            before, here = here, self.at((first, number))
            if aim.met(here.average):
                return self._between(before, here)
        while self.possible((first, number // 2)) and number // 2 * 64 >= self.now[1]:
            number //= 2
            before, after = self.at((first, number)), here
            if not aim.met(before.average):
                return self._between(before, after)
            here = before
        return here

    def _between(self, few: Combination, many: Combination) -> Combination:
        """Return studies with a number of the second kind between two, that is just enough."""
        aim = self.asked.aim
        scale: Any = (lambda x: x) if aim.rising else np.log
        low, high = scale(few.average), scale(many.average)
        part = (scale(aim.target) - low) / (high - low)
        one, two = few.numbers[1], many.numbers[1]
        number = min(int(rounded_up(one * (two / one) ** part)), two)
        for _ in range(CLOSER):
            here = self.at((few.numbers[0], number))
            if aim.met(here.average) or number >= two:
                return here
            number = min(int(np.ceil(number * 1.03)), two)
        return self.at((few.numbers[0], two))

    def cheapest(self) -> tuple[list[Combination], Combination | None]:
        """Return combinations that are just enough, and the cheapest of them."""
        found: dict[int, Combination] = {}
        doublings = DOUBLINGS_SAMPLED if self.sampled else DOUBLINGS
        now, best = self.now[0], np.inf
        for number in (now * 2**i for i in range(doublings + 1)):
            if number * self.costs[0] >= best:
                break
            if (here := self.enough(number)) is not None:
                found[number], best = here, min(best, here.cost)
        for number in (now // 2**i for i in range(1, HALVINGS + 1)):
            if number < FEWEST or not self.possible((number, max(number, self.now[1]))):
                break
            if (here := self.enough(number)) is None:
                break
            found[number], best = here, min(best, here.cost)
            if here.cost > 2 * best:
                break
        for _ in range(0 if self.sampled or not found else CLOSER - 1):
            known = sorted(found)
            at = known.index(min(known, key=lambda n: found[n].cost))
            for beside in known[max(at - 1, 0) : at] + known[at + 1 : at + 2]:
                between = round((known[at] * beside) ** 0.5)
                if between not in found and (here := self.enough(between)) is not None:
                    found[between] = here
        kept = [found[number] for number in sorted(found)]
        return kept, min(kept, key=lambda x: x.cost, default=None)

    def for_budget(self, budget: float) -> Combination | None:
        """Return the combination within a budget whose studies tell most."""
        parts = (0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95)
        tried = []
        for part in parts[1::2] if self.sampled else parts:
            of = (part, 1 - part)
            numbers = tuple(int(budget * x / c) for x, c in zip(of, self.costs, strict=True))
            if self.possible((numbers[0], numbers[1])):
                tried.append(self.at((numbers[0], numbers[1])))
        sign = -1 if self.asked.aim.rising else 1
        return min(tried, key=lambda x: sign * x.average, default=None)

    # --- in closed form

    def closed(self) -> tuple[float, float] | None:
        """Return the cheapest numbers by the delta method, where the study is exact.

        Widths of two independent parts add as W^2 = V1/n1 + V2/n2, so that the cheapest n1 is
        sqrt(V1/c1) (sqrt(V1 c1) + sqrt(V2 c2)) / W^2 (Cochran, Sampling Techniques, 1977, section
        5.5). Of m answers in each of c clusters W^2 = V (1 + (m - 1) r) / (c m), and the cheapest m
        is sqrt((c1/c2) (1 - r)/r) (section 10.6).
        """
        aim = self.asked.aim
        if not isinstance(aim, Width) or self.sampled or len(self.drawn.populations) > 1:
            return None
        goals = [i for i, block in enumerate(self.blocks) if block.part.of_goals]
        if self.together and {AGENTS, CLUSTERS} == set(self.names):
            return self._of_clusters(aim)
        study = self.drawn.study
        if self.together or len(goals) != 1 or study.goals.tempered:
            return None
        other = 1 - goals[0]
        wide = [0.0, 0.0]
        wide[goals[0]] = self._spread(aim, beside=True)
        # what is left where everybody's goal is known is the other part's alone
        wide[other] = self.blocks[goals[0]].limit() ** 2 * self.now[other]
        root = [np.sqrt(v * c) for v, c in zip(wide, self.costs, strict=True)]
        each = [np.sqrt(v / c) for v, c in zip(wide, self.costs, strict=True)]
        if not all(np.isfinite([*root, *each])) or min(wide) <= 0:
            return None
        total = sum(root) / aim.width**2
        return rounded_up(float(each[0] * total)), rounded_up(float(each[1] * total))

    def _spread(self, aim: Width, *, beside: bool = False) -> float:
        """Return n times the squared width of the interval of P(ma) of one population.

        The mean width is squared; but beside another part, which makes up most of the width, the
        mean of squares counts.
        """
        from scipy.special import ndtri

        row = np.asarray(measure.opposition(self.rest.shares, self.rest.conflict))
        p = self.rest.shares
        variance = (p * row**2).sum(axis=-1) - (p * row).sum(axis=-1) ** 2
        z = float(ndtri((1 + aim.interval.mass) / 2))
        sd = np.sqrt(np.maximum(variance, 0))
        return 16 * z**2 * float((sd**2).mean() if beside else sd.mean() ** 2)

    def _of_clusters(self, aim: Width) -> tuple[float, float] | None:
        evidence = self.blocks[0].part.evidence
        alike = float(alike_in_clusters(evidence)[0])
        limit = self.blocks[self.names.index(CLUSTERS)].limit()
        if not 0 < alike < 1 or not limit < aim.width:
            return None
        cost = dict(zip(self.names, self.costs, strict=True))
        each = max(np.sqrt(cost[CLUSTERS] / cost[AGENTS] * (1 - alike) / alike), 1.0)
        room = aim.width**2 - limit**2
        clusters = self._spread(aim) * (1 + (each - 1) * alike) / (each * room)
        of = {CLUSTERS: rounded_up(float(clusters)), AGENTS: rounded_up(float(clusters * each))}
        return of[self.names[0]], of[self.names[1]]


def plan_jointly(
    drawn: Drawn,
    asked: Asked,
    names: Sequence[str],
    costs: Mapping[str, float],
    budget: float | None,
    simulations: int | None,
    seed: int,
    say: Say | None,
) -> JointPlan:
    """Simulate studies with other numbers of two kinds, until the cheapest that is enough is found.

    Raises
    ------
    StudyError
        When there are no such kinds, a cost is missing, or the budget pays for nothing.
    """
    check_plannable(drawn)
    tell = say or (lambda text: None)
    known = {x.measurement.name: x for x in blocks_of(drawn, asked, simulations, seed, tell)}
    if len(known) < 2:
        raise StudyError(
            f"this study has {listed(known) or 'nothing'} to be had in another number, and two "
            "kinds of measurement are planned jointly. Fix: plan one kind, without jointly"
        )
    for name in names:
        if name not in known:
            raise StudyError(
                f"there is no kind of measurement {name!r}; there are {listed(known)}. "
                + did_you_mean(name, list(known))
            )
    if len(names) != 2 or names[0] == names[1]:
        raise StudyError(f"name two kinds of measurement, of {listed(known)}")
    for name in names:
        if not (np.isfinite(costs.get(name, np.nan)) and costs[name] > 0):
            raise StudyError(
                f"the cost of one of the {name} is not stated as a number above 0. Fix: state the "
                f"costs of both, as in --cost {name}=4"
            )
    for name in costs:
        if name not in names:
            raise StudyError(f"no cost of {name!r} is needed; {listed(names)} are planned")
    one, other = (known[name] for name in names)
    pair = _Pair(drawn, asked, (one, other), (costs[names[0]], costs[names[1]]), tell)
    within = None
    if budget is not None:
        within = pair.for_budget(budget) if np.isfinite(budget) and budget > 0 else None
        if within is None:
            raise StudyError(
                f"a budget of {budget:g} does not pay for {FEWEST} of each kind. Fix: state more, "
                "in the unit of the costs"
            )
    just, cheapest = pair.cheapest()
    return JointPlan(
        asked.aim,
        pair.names,
        pair.now,
        pair.costs,
        tuple(pair.found[x] for x in sorted(pair.found)),
        tuple(just),
        cheapest,
        pair.closed(),
        budget,
        within,
        pair.simulations,
        _notes(drawn, pair),
    )


def _notes(drawn: Drawn, pair: _Pair) -> tuple[str, ...]:
    notes = [
        f"Simulated studies: {pair.simulations} of each combination, with the same truths. All "
        "other evidence is taken as it is in the study."
    ]
    if CLUSTERS in pair.names:
        notes.append(
            "How alike agents of a cluster are is taken as known; from few clusters it hardly is, "
            "and intervals are wider."
        )
    if drawn.study.goals.population_size is not None:
        notes.append("Populations are taken as large.")
    return tuple(notes)
