"""Populations beside people: how near each is, what it is worth, and P(ma) along its share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bayes_misalign.inference.mixing import MixingResult, mixing
from bayes_misalign.inference.stand_in import EquivalentSample, equivalent_sample, nearest
from bayes_misalign.page.estimate import Estimate

if TYPE_CHECKING:
    from bayes_misalign.inference.drawn import Drawn

MOST = 24  # pairs of a population and people that are worked out


@dataclass(frozen=True)
class Beside:
    """One population beside one of people."""

    other: str
    people: str
    excess: Estimate
    between: Estimate
    nearest: float  # posterior probability, of the others or of the people; see `BesidePeople`
    sample: EquivalentSample
    mixing: MixingResult


@dataclass(frozen=True)
class BesidePeople:
    """Every population that is not of people, beside those that are, the nearest first.

    Where there is one population of people, `nearest` is the probability that of the others this
    one is nearest to it; else that of the people these are nearest to the other.
    """

    people: tuple[str, ...]
    rows: tuple[Beside, ...]

    @property
    def others(self) -> tuple[str, ...]:
        """The populations that are not of people."""
        return tuple(dict.fromkeys(row.other for row in self.rows))

    @property
    def is_distance(self) -> bool:
        """Whether conflict makes the error of shares a squared distance."""
        return all(row.sample.is_distance for row in self.rows)


def beside_people(drawn: Drawn) -> BesidePeople | None:
    """Return what is known of populations beside people; None for too many of them."""
    stated, threshold = drawn.study.populations, drawn.study.reporting.threshold
    people = stated.of_people
    others = [name for name in drawn.populations if name not in people]
    if len(people) * len(others) > MOST:
        return None
    if len(people) == 1:
        (host,) = people
        near = nearest(drawn, host, others, "excess")
        every = [(other, host, near, other) for other in near.probabilities]
    else:
        by = {other: nearest(drawn, other, list(people), "excess") for other in others}
        every = [(other, host, by[other], host) for other in others for host in by[other].excess]
    level = threshold if threshold is not None and 0 < threshold < 1 else None
    return BesidePeople(
        people,
        tuple(
            Beside(
                other,
                host,
                near.excess[name],
                near.between[name],
                near.probabilities[name],
                equivalent_sample(drawn, other, host, float("inf")),
                mixing(drawn, host, other, level, other in stated.of_copies),
            )
            for other, host, near, name in every
        ),
    )
