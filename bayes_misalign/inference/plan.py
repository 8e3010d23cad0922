"""How many agents, raters or judgements a study needs, by simulating it before it is made.

A truth is one posterior draw of the study at hand. From it evidence of another size is simulated
and fitted as the study was; what its posterior is like, averaged over truths and data, is what a
study of that size may be expected to tell. One kind of measurement is varied at a time, all other
evidence being what it is.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.contract.measured import Measurement
from bayes_misalign.errors import StudyError, did_you_mean, listed
from bayes_misalign.inference.calibrate_study import sampler
from bayes_misalign.inference.conflict_draws import (
    LEVEL,
    assemble_draws,
    facing_populations,
    with_known,
)
from bayes_misalign.inference.draw_blocks import in_common, stream
from bayes_misalign.inference.drawn import Drawn
from bayes_misalign.inference.parameters import Part, parts_of
from bayes_misalign.inference.plan_aims import (
    Aim,
    Decision,
    Width,
    read_statement,
    rounded_up,
)
from bayes_misalign.inference.plan_closed import closed_number
from bayes_misalign.inference.plan_progress import followed, said_of
from bayes_misalign.inference.planned import Kind, Plan, Size
from bayes_misalign.study.lifted import of_categories

Array = NDArray[np.float64]
Say = Callable[[str], None]
PLANNED = 500  # stream of random numbers, apart from those of fits and of simulated studies
DRAWS = 1000  # of the posterior of a simulated study
SIMULATIONS, SAMPLED = 200, 12  # studies of each size: drawn exactly, and by NUTS
MOST_TIMES, MOST_TIMES_SAMPLED = 256, 8  # how far numbers go up, and down
FEWEST = 2
UNION = "all populations"
KEEPS = "Every other kind of evidence is taken as it is in the study."


@dataclass(frozen=True)
class Asked:
    """What is asked of planning, checked.

    Parameters
    ----------
    aim : Aim
        What studies are to reach.
    names : tuple of str, length T
        Populations, or pairs of them, that it is asked of.
    values : callable
        Takes draws of P(ma), (draw, population), to (draw, T).
    places : tuple of int
        Which population each of the T is; empty where they are differences.
    """

    aim: Aim
    names: tuple[str, ...]
    values: Callable[[Array], Array]
    places: tuple[int, ...] = ()

    def scores(self, drawn: Drawn, misalignment: Array) -> Array:
        """Return what is averaged over studies, (T,), of draws of P(ma) (draw, population)."""
        values = self.values(misalignment)
        if len(drawn.levels()) > 1:  # the largest P(ma) differs by draw, and draws do not pile up
            return self.aim.scores(values)
        limits = [drawn.limits(values[:, i], place) for i, place in enumerate(self.places)]
        return self.aim.scores(values, limits or None)


def plan(
    drawn: Drawn,
    asked: Asked,
    costs: Mapping[str, float],
    simulations: int | None,
    seed: int,
    say: Say | None,
) -> Plan:
    """Simulate studies of other sizes until the aim is met, for each kind of measurement."""
    check_plannable(drawn)
    tell = say or (lambda text: None)
    blocks = list(blocks_of(drawn, asked, simulations, seed, tell))
    if not blocks:
        raise StudyError(
            "nothing in this study can be had in another number: shares and levels are stated"
        )
    names = [block.measurement.name for block in blocks]
    for name, cost in costs.items():
        if name not in names:
            raise StudyError(
                f"no cost of {name!r} is needed; there are {listed(names)}. "
                + did_you_mean(name, names)
            )
        if not (np.isfinite(cost) and cost > 0):
            raise StudyError(f"the cost of one of the {name} is a number above 0, not {cost:g}")
    kinds = [block.kind(costs.get(block.measurement.name)) for block in blocks]
    return Plan(asked.aim, kinds, blocks[0].simulations, _notes(drawn, blocks))


def check_plannable(drawn: Drawn) -> None:
    """Refuse studies of which nothing can be simulated."""
    if drawn.study.given:
        raise StudyError("draws made elsewhere come without the model, so nothing is simulated")
    if drawn.study.conflict.joint:
        raise StudyError(
            "the agents whose conflict was seen are those whose goals are reported, so that more "
            "of one is more of the other; such a study is not planned here. Fix: plan it with the "
            "levels of conflict that it found stated, in place of the table of who met whom; or, "
            "where the goals of those who met are known, with these in that table"
        )
    if drawn.withheld:
        raise StudyError("the fit has not converged, and nothing is planned from its draws")


def _notes(drawn: Drawn, blocks: Sequence[Block]) -> list[str]:
    each = (f"{x.simulations} of each number of {x.measurement.name}" for x in blocks)
    notes = [f"Simulated studies: {', '.join(each)}. {KEEPS}"]
    if drawn.study.goals.population_size is not None:
        notes.append(
            "Populations are taken as large: where a study asks a good part of all agents, it "
            "needs fewer."
        )
    return notes


# --- what is asked


def asked_of(
    drawn: Drawn,
    *,
    width: float | None,
    decide: str | None,
    compare: Sequence[str] | None,
    population: str | None,
    certainty: float,
    power: float,
) -> Asked:
    """Return what is asked, one thing of three."""
    if sum(x is not None for x in (width, decide, compare)) != 1:
        raise StudyError(
            "state one aim: the width of the interval of P(ma) (0.05), a statement to decide "
            "('P > 0.3'), or two populations to compare"
        )
    if compare is not None:
        return _comparison(drawn, list(compare), certainty, power)
    if decide is not None:
        of, above, value = read_statement(decide)
        if of is not None and population not in (None, of):
            raise StudyError(f"{decide!r} is about {of!r}, not {population!r}")
        names, values, places = _columns(drawn, of if of is not None else population)
        what = f"P(ma) of {names[0]}" if len(names) == 1 and names[0] else "P(ma)"
        return Asked(Decision(value, above, what, certainty, power), names, values, places)
    assert width is not None
    return Asked(Width(width, drawn.study.reporting.interval), *_columns(drawn, population))


def _columns(
    drawn: Drawn, population: str | None
) -> tuple[tuple[str, ...], Callable[[Array], Array], tuple[int, ...]]:
    if population is not None:
        place = drawn.place(population)
        return (population,), lambda p: p[:, [place]], (place,)
    if len(drawn.populations) == 1:
        return ("",), lambda p: p, (0,)
    return drawn.populations, lambda p: p, tuple(range(len(drawn.populations)))


def _comparison(drawn: Drawn, names: list[str], certainty: float, power: float) -> Asked:
    if len(names) != 2 or names[0] == names[1]:
        raise StudyError(f"name two populations to compare, of {listed(drawn.populations)}")
    one, other = (drawn.place(name) for name in names)
    what = f"P(ma) of {names[0]} - P(ma) of {names[1]}"
    return Asked(
        Decision(0.0, True, what, certainty, power),
        ("",),
        lambda p: (p[:, one] - p[:, other])[:, None],
    )


# --- studies of another size


@dataclass
class Block:
    """One kind of measurement, and the rest of the study."""

    drawn: Drawn
    asked: Asked
    part: Part  # truths, a draw each
    measurement: Measurement
    simulations: int
    sampled: bool
    seed: int
    number: int
    tell: Say

    def kind(self, cost: float | None) -> Kind:
        """Simulate as many sizes as are needed, and read off the number that is enough."""
        limit, found, own = self.limit(), self.sizes(), self.measurement
        needed, closed = self._needed(found, limit), closed_number(self, limit)
        most = self._most if self._out_of_reach(found) else found[-1].number
        return Kind(own.name, own.now, own.same, tuple(found), limit, needed, cost, closed, most)

    def sizes(self) -> list[Size]:
        """Return studies with half or twice as many, and so on, until the aim is met or is not."""
        now, aim, most = round(self.measurement.now), self.asked.aim, self._most
        first = (now, 2 * now) if self.sampled or now < 2 * FEWEST else (now // 2, now, 2 * now)
        found = {number: self.at(number) for number in first}
        possible = np.isnan(self.limit()) or aim.met(self.limit())
        while possible and not aim.met(found[max(found)].average) and max(found) < most:
            if self._out_of_reach(list(found.values())):
                break
            found[2 * max(found)] = self.at(2 * max(found))
        while (
            aim.met(found[min(found)].average)
            and min(found) // 2 >= FEWEST
            and min(found) * (most // now) > now
        ):
            found[min(found) // 2] = self.at(min(found) // 2)
        return [found[number] for number in sorted(found)]

    @property
    def _most(self) -> int:
        """Largest number that is tried."""
        return round(self.measurement.now) * (MOST_TIMES_SAMPLED if self.sampled else MOST_TIMES)

    def _out_of_reach(self, found: Sequence[Size]) -> bool:
        """Tell that no number to be tried would be enough, as the last doubling shows."""
        one, two = found[-2:]
        gain, more = one.average - two.average, self._most / two.number
        gain += 2 * np.hypot(one.error, two.error)
        return self.sampled and self.asked.aim.out_of_reach(two.average, gain, np.log2(more))

    def at(self, number: int) -> Size:
        """Simulate and fit studies with so many."""
        own, start = self.measurement.name, time.monotonic()
        text = f"simulating {self.simulations} studies with {number:,} {own}"
        scores = np.array(list(followed(self._scores(number), text, self.simulations, self.tell)))
        means = scores.mean(axis=0)
        place = int(means.argmin() if self.asked.aim.rising else means.argmax())
        error = scores[:, place].std(ddof=1) / np.sqrt(len(scores)) if len(scores) > 1 else np.nan
        size = Size(own, number, self.asked.names[place], float(means[place]), float(error))
        if self.sampled:
            self.tell(said_of(number, own, self.asked.aim.heading, size.average, start))
        return size

    def _scores(self, number: int) -> Iterator[Array]:
        for made in self.made({self.measurement.name: number}):
            yield self.asked.scores(self.drawn, self.misalignment(made, self.rest))

    def made(self, sizes: Mapping[str, int]) -> Iterator[Mapping[str, Array]]:
        """Yield posterior draws of this part, of studies with so many of some measurements.

        Truths are the same whatever the sizes, one for each study.
        """
        rng = stream(self.seed, PLANNED, self.number, *sizes.values())
        part, fit = self.part, None
        for turn in range(self.simulations):
            resized = part.model.resized_together(part.evidence, sizes, rng)
            truth = {key: values[turn] for key, values in part.parameters.items()}
            design = resized.design
            evidence = part.model.simulate(resized.parameters(truth), design, rng)
            if not self.sampled:
                made = part.model.draw(evidence, part.priors, DRAWS, rng)
            else:
                fit = fit or self._fitted(design)
                made = fit(evidence, part.priors, DRAWS, rng)
            assert made is not None  # whether it is sampled was looked at before
            yield made

    def _fitted(self, design: Any) -> Any:
        common = self.part.of_goals and bool(in_common(self.drawn.study))
        return sampler(self.part.model.name, design, self.part.priors, common=common)

    def limit(self) -> float:
        """Return the average score if this part of the study were known; NaN where it never is."""
        return self._limit if self.measurement.tells_all else np.nan

    @cached_property
    def _limit(self) -> float:
        key = "proportion" if self.part.of_goals else LEVEL
        # all draws, for their Monte Carlo error is in every one of these alike
        rest, draws = Rest(self.drawn), len(self.drawn.shares())
        known = (
            self.misalignment({key: np.broadcast_to(x, (draws, *x.shape))}, rest)
            for x in self.part.parameters[key][: self.simulations]
        )
        means = np.mean([self.asked.scores(self.drawn, p) for p in known], axis=0)
        return float(means.min() if self.asked.aim.rising else means.max())

    def misalignment(self, made: Mapping[str, Array], rest: Rest) -> Array:
        """Return P(ma) (draw, population), this part as it was made, the others as they are."""
        if self.part.of_goals:
            return np.asarray(measure.misalignment(made["proportion"], rest.conflict))
        parts = [
            (source.pairs, made[LEVEL] if name == self.part.name else rest.levels[name])
            for name, source in rest.sources.items()
        ]
        study = self.drawn.study
        levels = of_categories(study.goals, assemble_draws(study.conflict.categories, parts))
        return np.asarray(measure.misalignment(rest.shares, facing_populations(levels)))

    @cached_property
    def rest(self) -> Rest:
        """Draws of what is not varied."""
        return Rest(self.drawn, DRAWS)

    # --- reading off

    def _needed(self, found: Sequence[Size], limit: float) -> float:
        """Return the smallest number that is enough, between two that were simulated."""
        aim = self.asked.aim
        met = [aim.met(size.average) for size in found]
        if not any(met):
            return np.nan if np.isnan(limit) or aim.met(limit) else np.inf
        last = max((i for i, good in enumerate(met) if not good), default=-1)
        if last == len(found) - 1:
            return np.nan
        if last < 0:
            return float(found[0].number)
        one, two = found[last], found[last + 1]
        # widths go with a power of the number, parts of studies with its logarithm
        scale: Any = (lambda x: x) if aim.rising else np.log
        low, high = scale(one.average), scale(two.average)
        part = (scale(aim.target) - low) / (high - low)
        return rounded_up(float(one.number * (two.number / one.number) ** part))


class Rest:
    """Draws of the study at hand, all of them or some."""

    def __init__(self, drawn: Drawn, some: int | None = None) -> None:
        total = len(drawn.shares())
        rows = np.linspace(0, total - 1, some or total).astype(np.intp)
        self.shares = drawn.shares()[rows]
        known = drawn.partly_known()
        levels = known[rows] if len(known) > 1 else known
        self.conflict = facing_populations(of_categories(drawn.study.goals, levels))
        parts = parts_of(drawn.study, with_known(drawn.groups), rows)
        sources = [part for part in parts if not part.of_goals and part.evidence.pairs]
        self.sources = {part.name: part.evidence for part in sources}
        self.levels = {part.name: part.parameters[LEVEL] for part in sources}


def blocks_of(
    drawn: Drawn, asked: Asked, simulations: int | None, seed: int, tell: Say
) -> Iterator[Block]:
    """Yield the kinds of measurement that a study may have more of, or less."""
    total, count = len(drawn.shares()), itertools.count()
    some = stream(seed, PLANNED).permutation(total)
    rows = some[: max(simulations or 0, SIMULATIONS)]
    for part in parts_of(drawn.study, with_known(drawn.groups), rows):
        found = part.model.measurements(part.evidence)
        if not found:
            continue
        sampled = part.model.draw(part.evidence, part.priors, 2, stream(seed, PLANNED)) is None
        number = simulations or (SAMPLED if sampled else SIMULATIONS)
        for measurement in found:
            yield Block(
                *(drawn, asked, part, measurement, min(number, total)),
                *(sampled, seed, next(count), tell),
            )
