"""Goals that stand in an order: their conflict grows with the steps between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.errors import Problems
from bayes_misalign.models.ordinal.evidence import OrdinalConflict as OrdinalConflict
from bayes_misalign.reading.declared import Contradiction, Declared
from bayes_misalign.reading.goal_pairs import PairNames
from bayes_misalign.reading.parse_numbers import NotANumber, parse_number
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.labels import show, shown

_POWER = "a number above 0: 1 for the distance itself, 2 for its square"


@dataclass(frozen=True)
class Ordinal(Declared):
    """Conflict that follows from an order of the goals, as of answers from disagree to agree.

    Parameters
    ----------
    order : sequence of str, optional
        Goals from one end of the scale to the other; by default all goals of the problem area, as
        it lists them.
    power : float
        The level of conflict is s / (k - 1) to this power, for goals s steps apart in an order of
        k. The ends conflict for certain.
    threshold : int, optional
        In place of a power: goals at least so many steps apart conflict for certain, others not at
        all.
    unnamed_pairs : float, optional
        Level of conflict of every pair of goals that no source names, such as one with a goal that
        is not in the order.

    Notes
    -----
    With a power of 1, 2 P(ma) is the Potential for Conflict Index PCI2 with the plain distance
    (Vaske, Beaman, Barreto and Shelby, Leisure Sciences 32, 2010). It corrects for an odd number of
    people, which P(ma) of a population has no need of.

    Examples
    --------
    >>> area = ProblemArea("wolves", ["oppose", "neither", "support"])
    >>> Ordinal().read(area, Problems()).conflict
    array([0.5, 1. , 0.5])
    >>> Ordinal(power=2).read(area, Problems()).conflict
    array([0.25, 1.  , 0.25])
    >>> Ordinal(threshold=2).read(area, Problems()).conflict
    array([0., 1., 0.])
    """

    model: ClassVar[str] = "ordinal"

    order: tuple[str, ...] | None = None
    power: Any = 1.0
    threshold: Any = None
    unnamed_pairs: float | None = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> OrdinalConflict | None:
        """Return the level of conflict of every pair of ordered goals."""
        if not self.check(problems):
            return None
        before = len(problems)
        order = self._order(area, problems)
        threshold = None if self.threshold is None else int(self.threshold)
        if threshold is not None and len(order) > 1 and not 1 <= threshold < len(order):
            problems.add(
                f"the threshold is {threshold} steps, but {len(order)} goals are "
                f"{len(order) - 1} steps apart at most",
                where=f"{self.model}, threshold",
                valid=f"a whole number from 1 to {len(order) - 1}",
            )
        if len(problems) > before:
            return None
        return OrdinalConflict.of(
            order, area.categories, power=float(self.power), threshold=threshold
        )

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what does not go together, and numbers that are none."""
        both = self.threshold is not None and self.power != 1
        fix = "leave one of them out"
        yield both, "a power and a threshold are stated", "one of them", fix
        try:
            power = parse_number(self.power, "power", _POWER)
            yield power <= 0, f"the power is {power:g}", _POWER
            if self.threshold is not None:
                valid = "a whole number of steps, as in threshold = 2"
                steps = parse_number(self.threshold, "threshold", valid, whole=True)
                yield steps != int(steps), f"the threshold is {steps:g}", valid
        except NotANumber as trouble:
            yield True, str(trouble), trouble.valid, trouble.fix

    def _order(self, area: ProblemArea, problems: Problems) -> tuple[str, ...]:
        stated = area.goals if self.order is None else self.order
        names, where, found = PairNames(area, problems), f"{self.model}, order", list[str]()
        for label in stated:
            if (category := names.category(label, where)) is None:
                continue
            if category not in area.goals:
                problems.add(
                    f"{show(label)} means holding no goal, which has no place on a scale",
                    where=where,
                    valid=shown(area.goals),
                    fix="leave it out of the order; or move it from `no_goal` to `goals`, as the "
                    "answer in the middle",
                )
            elif category in found:
                problems.add(
                    f"{show(category)} is in the order twice", where=where, valid="each goal once"
                )
            else:
                found.append(category)
        if len(stated) < 2:
            goals = "no goal" if not stated else f"one goal, {show(stated[0])}"
            problems.add(f"the order has {goals}", where=where, valid="two goals or more")
        return tuple(found)
