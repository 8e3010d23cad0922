"""What a study says beside its evidence: population shares, what to report, how to fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar, Literal

from bayes_misalign.errors import StudyError, did_you_mean, listed
from bayes_misalign.page.nouns import AGENTS, GOALS, noun
from bayes_misalign.reading.ordered import FEWEST, places_of
from bayes_misalign.reading.typed_fields import check_types
from bayes_misalign.settings import (
    CHAINS,
    DRAWS,
    INTERVAL,
    RANDOM_SEED,
    TARGET_ACCEPT,
    TUNE,
    Interval,
    IntervalKind,
)

Agents = Literal["with-replacement", "different"]
Method = Literal["auto", "exact", "nuts"]
ShareSource = Literal["weights", "sizes", "answers"]
MOST = 10_000_000  # draws, and chains: what nobody means who states more


def _one_of(name: str, value: str, options: tuple[str, ...]) -> None:
    if value not in options:
        raise StudyError(
            f"there is no {name} {value!r}; there are {listed(options)}. "
            + did_you_mean(str(value), options)
        )


@dataclass(frozen=True)
class Populations:
    """How populations make up a union, and which of them are compared.

    Parameters
    ----------
    shares : mapping of str to float, or {"weights", "sizes", "answers"}, optional
        Share of each population in the union, or where to take the shares from. By default from
        the stated population sizes, else from the sums of weights, else there is no union. Stated
        shares and sizes are known; those from weights or answers are estimated, and drawn.
    contrasts : sequence of pairs of str, optional
        Populations to compare, first minus second. By default all pairs of up to 12 populations;
        of populations in an order, such as years, the later minus the earlier.
    mix : pair of str, optional
        Two populations (a, b): misalignment is drawn for every share of b in a mixture with a.
    people : str or sequence of str, optional
        Populations of people. Reports then say of every other one, such as a language model, how
        near it is to them, how many people its answers are worth, and what P(ma) is along its share
        among them.
    copies : str or sequence of str, optional
        Those others that are copies of one agent: all hold one goal, so that two never conflict.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    shares: dict[str, float] | ShareSource | None = None
    contrasts: tuple[tuple[str, str], ...] | None = None
    mix: tuple[str, str] | None = None
    people: str | tuple[str, ...] | None = None
    copies: str | tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        check_types(self, "[populations]")
        if isinstance(self.shares, str):
            _one_of("shares", self.shares, ("weights", "sizes", "answers"))
        if self.contrasts is not None:
            object.__setattr__(self, "contrasts", tuple((a, b) for a, b in self.contrasts))
        if self.mix is not None:
            a, b = self.mix
            object.__setattr__(self, "mix", (a, b))
        for key in ("people", "copies"):
            if (named := getattr(self, key)) is not None:
                names = (named,) if isinstance(named, str) else tuple(named)
                if not names or len(set(names)) != len(names):
                    raise StudyError(f"{key} names populations, each once, not {list(names)}")
                object.__setattr__(self, key, names)
        if self.copies is not None and self.people is None:
            raise StudyError("copies says which populations stand among people; state `people` too")

    @property
    def of_people(self) -> tuple[str, ...]:
        """Populations of people, as stated."""
        return tuple(self.people or ())

    @property
    def of_copies(self) -> tuple[str, ...]:
        """Populations of copies of one agent, as stated."""
        return tuple(self.copies or ())


@dataclass(frozen=True)
class Reporting:
    """What results show.

    Parameters
    ----------
    mass : float
        Posterior probability inside intervals.
    kind : {"eti", "hdi"}
        Equal-tailed or highest-density intervals.
    threshold : float, optional
        A level of P(ma) of interest; results give the probability of exceeding it.
    agents : {"with-replacement", "different"}
        Whether the two agents drawn at random may be the same one.
    ordered : bool, optional
        Whether populations stand in an order, so that figures draw lines over them, and differences
        are the later minus the earlier. By default where all of their names are years, dates,
        months, quarters, weeks, waves or numbers; true takes other names in the order of the study,
        evenly spaced, and false takes them in no order.
    headline : str, optional
        The number that reports begin with: "overall", P(ma) of all populations together; "within"
        or "between", P(ma) of two agents of the same population or of different ones; or the name
        of a population. By default "overall" where it is known, else every population.
    noun, goal_noun : str or (str, str)
        What reports call agents and goals, in the plural, as in "patients" and "diagnoses"; or in
        singular and plural.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    mass: float = INTERVAL.mass
    kind: IntervalKind = INTERVAL.kind
    threshold: float | None = None
    agents: Agents = "with-replacement"
    ordered: bool | None = None
    headline: str | None = None
    noun: str | tuple[str, str] = AGENTS[1]
    goal_noun: str | tuple[str, str] = GOALS[1]

    def __post_init__(self) -> None:
        check_types(self, "[report]")
        _one_of("agents", self.agents, ("with-replacement", "different"))
        Interval(self.mass, self.kind)
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise StudyError(f"a threshold of P(ma) lies in [0, 1], not {self.threshold}")
        for key in ("noun", "goal_noun"):
            if not isinstance(stated := getattr(self, key), str):  # JSON knows no tuples
                object.__setattr__(self, key, tuple(stated))
            noun(getattr(self, key), key)

    @property
    def interval(self) -> Interval:
        """The interval as one object."""
        return Interval(self.mass, self.kind)


def places(
    populations: Sequence[str], ordered: bool | None, fewest: int = FEWEST
) -> tuple[float, ...] | None:
    """Return where populations stand on one axis; None where they are in no order.

    What a study says of them counts before what their names are.
    """
    if ordered is False or len(populations) < fewest:
        return None
    known = places_of(populations, fewest)
    return known or (tuple(map(float, range(len(populations)))) if ordered else None)


def all_pairs(populations: Sequence[str], ordered: bool | None) -> tuple[tuple[str, str], ...]:
    """Return every pair of populations: the first minus the second, or in an order the later first.

    Examples
    --------
    >>> all_pairs(["men", "women"], None), all_pairs(["1978", "2012"], None)
    ((('men', 'women'),), (('2012', '1978'),))
    """
    at = places(populations, ordered, 2)
    if at is None:
        return tuple(combinations(populations, 2))
    names = [name for _, name in sorted(zip(at, populations, strict=True))]
    return tuple((later, earlier) for earlier, later in combinations(names, 2))


def stated(**settings: Any) -> dict[str, Any]:
    """Return those settings of a fit that somebody states: the others are None."""
    return {name: value for name, value in settings.items() if value is not None}


@dataclass(frozen=True)
class Fitting:
    """How the posterior is drawn.

    Parameters
    ----------
    method : {"auto", "exact", "nuts"}
        Exact draws where a block is conjugate (auto), everywhere or an error (exact), or NUTS on
        the joint model (nuts).
    seed : int
        Seed of every random number.
    draws, tune, chains : int
        Draws a chain, warm-up a chain, and chains.
    target_accept : float
        Target acceptance rate of NUTS.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    method: Method = "auto"
    seed: int = RANDOM_SEED
    draws: int = DRAWS
    tune: int = TUNE
    chains: int = CHAINS
    target_accept: float = TARGET_ACCEPT

    def __post_init__(self) -> None:
        check_types(self, "[fit]")
        _one_of("method", self.method, ("auto", "exact", "nuts"))
        for name, least in (("seed", 0), ("draws", 10), ("tune", 0), ("chains", 1)):
            if getattr(self, name) < least:
                raise StudyError(f"{name} is at least {least}, not {getattr(self, name)}")
            if name != "seed" and getattr(self, name) > MOST:
                raise StudyError(f"{name} is at most {MOST:,}, not {getattr(self, name):,}")
        if not 0 < self.target_accept < 1:
            raise StudyError(f"target_accept lies between 0 and 1, not {self.target_accept}")
