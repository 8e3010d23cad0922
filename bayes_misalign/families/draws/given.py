"""Draws as they were given: numbers by chain and draw, the axes after these labelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.tables.labels import show

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Axis:
    """An axis after those of chains and draws: its dim, and the labels that a study states.

    `option` is the key of the declaration that states labels, and `default` are those of an axis
    without any.
    """

    dim: str
    option: str
    stated: tuple[str, ...] | None = None
    default: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Given:
    """Draws (chain, draw, *axes); one chain where nobody said which chain a draw is of."""

    values: Array
    labels: tuple[tuple[str, ...], ...]
    source: str

    def place(self, index: Sequence[int]) -> str:
        """Return where a number is, in words; draws are counted from 1."""
        chain, draw, *rest = map(int, index)
        of_chain = f" of chain {chain + 1}" if len(self.values) > 1 else ""
        names = [show(labels[i]) for labels, i in zip(self.labels, rest, strict=False)]
        return f"draw {draw + 1}{of_chain}" + "".join(f", {name}" for name in names)

    def note(
        self, bad: NDArray[np.bool_], what: str, problems: Problems, valid: str, fix: str = ""
    ) -> None:
        """Note numbers that cannot be, once for all of them, with the place of the first.

        `what` may hold ``{}``, which the first of the numbers replaces.
        """
        if not bad.any():
            return
        first = np.argwhere(bad)[0]
        inside = self.values[tuple(first)]
        value = f"{inside:.6g}" if inside.ndim == 0 else f"{inside.sum():.8g}"
        more = int(bad.sum()) - 1
        problems.add(
            f"{what.format(value)} in {self.place(first)}" + (f" and {more} more" if more else ""),
            where=self.source,
            valid=valid,
            fix=fix,
        )


def in_order(
    values: Array,
    axes: Sequence[Axis],
    known: Sequence[tuple[str, ...] | None],
    source: str,
    problems: Problems,
) -> Given | None:
    """Return (chain, draw, *axes) with labels: those that the data have, or those stated."""
    before, labels = len(problems), []
    for axis, size, own in zip(axes, values.shape[2:], known, strict=True):
        if own is not None and axis.stated is not None:
            problems.add(
                f"{axis.option} is stated, and the axis {show(axis.dim)} has labels of its own",
                where=source,
                fix=f"leave `{axis.option}` out",
            )
            continue
        named = own or axis.stated or axis.default
        if named is None:
            problems.add(
                f"the axis {show(axis.dim)} has no labels",
                where=source,
                fix=f'state them, as in `{axis.option} = ["..."]`',
            )
        elif len(named) != size:
            problems.add(
                f"the axis {show(axis.dim)} has length {size}, and there are {len(named)} labels",
                where=source,
                valid=f"a label for each, in {axis.option}",
            )
        else:
            labels.append(named)
    if not values.shape[0] or not values.shape[1]:
        problems.add("there are no draws", where=source)
    return Given(values, tuple(labels), source) if len(problems) == before else None


def from_array(
    data: object, axes: Sequence[Axis], problems: Problems, source: str = "array"
) -> Given | None:
    """Return draws of an array (draw, *axes), or with chains in front."""
    try:
        values = np.asarray(data, dtype=float)
    except (TypeError, ValueError):
        problems.add("the draws are not an array of numbers", where=source)
        return None
    shape = ", ".join(axis.dim for axis in axes)
    if values.ndim - len(axes) not in (1, 2):
        problems.add(
            f"the array has {values.ndim} axes",
            where=source,
            valid=f"(draw, {shape}), or (chain, draw, {shape})",
            fix=" and ".join(f"{a.option} names the axis {a.dim}" for a in axes),
        )
        return None
    values = values[None] if values.ndim == len(axes) + 1 else values
    chains, draws = values.shape[:2]
    if chains > max(draws, 1):
        problems.add(
            f"the array has {chains} chains of {draws} draws, so its first two axes are others",
            where=source,
            valid=f"(chain, draw, {shape})",
            fix="state `populations`, if the second axis is that of populations",
        )
        return None
    return in_order(values, axes, [None] * len(axes), source, problems)


def duplicates(labels: Iterable[str]) -> list[str]:
    """Return the labels that are there twice."""
    names = list(labels)
    return sorted({name for name in names if names.count(name) > 1})
