"""Designs with another number of raters: those there are, and others who are like them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.measured import Measurement

Array = NDArray[np.float64]
RATERS = "raters"


@dataclass(frozen=True, eq=False)
class OtherRaters:
    """Raters of a design, each like one of those who were observed.

    Parameters
    ----------
    names : tuple of str, length M
        What they are called.
    like : (M,) ndarray of int
        Whom each is like.
    """

    names: tuple[str, ...]
    like: NDArray[np.intp]

    def cells(self, rater: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Return the cells (N,) of the design as places of those observed, and whose they are.

        Cells of nobody, whose rater is negative, stay as they are.
        """
        nobody = np.flatnonzero(rater < 0)
        own = [np.flatnonzero(rater == place) for place in self.like]
        whose = [np.full(len(cells), number) for number, cells in enumerate(own)]
        places = np.concatenate([nobody, *own])
        return places, np.concatenate([rater[nobody], *whose]).astype(np.int64)

    def of(
        self,
        parameters: Mapping[str, Array],
        *,
        raters: Sequence[str] = (),
        cells: Sequence[str] = (),
        places: NDArray[np.intp] | None = None,
    ) -> dict[str, Array]:
        """Return parameters of the design; those named have a leading axis of raters, or cells."""
        found = dict(parameters)
        found |= {name: found[name][self.like] for name in raters if name in found}
        return found | {name: found[name][places] for name in cells if name in found}

    def of_again(
        self,
        places: NDArray[np.intp],
        again: tuple[NDArray[np.int64], NDArray[np.int64]],
        raters: Sequence[str],
        parameters: Mapping[str, Array],
    ) -> dict[str, Array]:
        """Return the same where `again` is told of some cells only: of those now, of the design."""
        found = self.of(parameters, raters=raters)
        if "again" in found:
            every = np.zeros(max(places.max(), again[0].max()) + 1)
            every[again[0]] = found["again"]
            found["again"] = every[places][again[1]]
        return found


def other_raters(raters: Sequence[str], number: int, rng: np.random.Generator) -> OtherRaters:
    """Return so many raters: fewer are some of those there are, more are others like them.

    Everybody is there as often as anybody else, or once more.
    """
    rounds, rest = divmod(number, len(raters))
    some = np.sort(rng.choice(len(raters), rest, replace=False))
    like = np.concatenate([np.tile(np.arange(len(raters)), rounds), some]).astype(np.intp)
    return OtherRaters(tuple(f"rater {i + 1}" for i in range(number)), like)


def raters_of_kind(
    kinds: Sequence[str], kind_of_rater: NDArray[np.int64], given: Array, what: str
) -> tuple[Measurement, ...]:
    """Return the raters of each kind; only those of the first, which defines the level, tell all.

    Their number is that of the raters who were asked, `given` what they gave together.
    """
    number = np.bincount(kind_of_rater, minlength=len(kinds))
    return tuple(
        Measurement(
            f"{RATERS} of kind {kind}",
            float(number[k]),
            f"{given[k] / number[k]:.3g} {what} of each",
            tells_all=k == 0,
        )
        for k, kind in enumerate(kinds)
    )


def others_of_kind(
    name: str,
    kinds: Sequence[str],
    kind_of_rater: NDArray[np.int64],
    number: int,
    rng: np.random.Generator,
) -> OtherRaters:
    """Return so many raters of the kind that a measurement names, those of others as they are.

    Where there are two now, there are no fewer: one alone has no severity.
    """
    kind = [f"{RATERS} of kind {kind}" for kind in kinds].index(name)
    own = np.flatnonzero(kind_of_rater == kind)
    more = other_raters([""] * len(own), max(number, min(2, len(own))), rng)
    like = np.concatenate([np.flatnonzero(kind_of_rater != kind), own[more.like]]).astype(np.intp)
    return OtherRaters(tuple(f"rater {i + 1}" for i in range(len(like))), like)


def scaled(sizes: Array, number: int) -> Array:
    """Return whole numbers in proportion to those given, that sum to so many; zeros stay.

    Those with the largest fractions are rounded up.
    """
    total = sizes.sum()
    if not total:
        return np.zeros_like(sizes)
    exact = sizes * (number / total)
    found = np.floor(exact)
    order = np.argsort(-(exact - found), kind="stable")
    found[order[: round(number - found.sum())]] += 1
    return np.asarray(found)
