"""How much P(ma) would change with each share of agents, and each level of conflict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.drawn import Drawn
from bayes_misalign.measure.levers import steps_of_level, steps_of_move
from bayes_misalign.measure.steps import Steps
from bayes_misalign.page.estimate import MOST_SHOWN, Estimate, cells_of, columns_of, more_rows
from bayes_misalign.page.frames import Framed
from bayes_misalign.page.notebook import Cells, as_html
from bayes_misalign.page.safe_text import named
from bayes_misalign.study.lifted import lifts

if TYPE_CHECKING:
    from bayes_misalign.inference.goal_levers import Falling

Array = NDArray[np.float64]
Names = Sequence[str]

MOVE, LOWER, SHIFT = "agents change goals", "less conflict", "another population"
SHARE, LEVEL, PROBABILITY = 0.05, 0.1, 0.9  # what is tried by default
MOST = 200  # levers of a kind that are worked out draw by draw, the best by their means
NOT_CAUSES = (
    "This is arithmetic of composition: what P(ma) would be if the shares or levels were others "
    "and all else the same. It says nothing of what would bring such a change about, or of what "
    "else that would change."
)


@dataclass(frozen=True, eq=False)
class Lever:
    """One change, and what it does to P(ma).

    Parameters
    ----------
    kind : str
        "agents change goals", "less conflict" or "another population".
    one, other : str
        The goal or the population that agents leave, and the one they take up; or the two goals
        that conflict less.
    size : float
        Share of all agents that changes, or by how much the level is lower.
    change : Estimate
        P(ma) after the change, minus P(ma) before.
    enough : float, optional
        The smallest size that brings P(ma) below a number with the probability asked for;
        infinity where none does, None where nothing was asked.
    """

    kind: str
    one: str
    other: str
    size: float
    change: Estimate
    enough: float | None = None

    @property
    def between(self) -> str:
        """The two goals, or populations, in words."""
        if self.kind == LOWER:
            return f"{named(self.one)} | {named(self.other)}"
        return f"{named(self.one)} to {named(self.other)}"


class Levers(Sequence[Lever], Framed):
    """Changes, those that lower P(ma) most first within each kind."""

    def __init__(
        self, of: str, levers: Iterable[Lever], below: float | None, probability: float
    ) -> None:
        self.of, self.below, self.probability = of, below, probability
        self._levers = tuple(levers)

    def __getitem__(self, place: Any) -> Any:
        """Return the lever at a place, or several."""
        return self._levers[place]

    def __len__(self) -> int:
        """Return the number of levers."""
        return len(self._levers)

    def of_kind(self, kind: str) -> tuple[Lever, ...]:
        """Return the levers of a kind."""
        return tuple(lever for lever in self if lever.kind == kind)

    @property
    def smallest(self) -> dict[str, Lever]:
        """The smallest single change of each kind that is enough; without kinds where none is."""
        found: dict[str, Lever] = {}
        for lever in self:
            if lever.enough is None or not np.isfinite(lever.enough):
                continue
            if lever.kind not in found or lever.enough < (found[lever.kind].enough or 0.0):
                found[lever.kind] = lever
        return found

    @property
    def title(self) -> str:
        """What the numbers are."""
        return f"Change of P(ma){f' of {named(self.of)}' if self.of else ''}"

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, a lever a row."""
        rows = (((x.kind, x.one, x.other), x.change) for x in self)
        columns = columns_of(("what", "one", "other"), rows)
        more: dict[str, list[Any]] = {"size": [x.size for x in self]}
        if self.below is not None:
            more["enough"] = [_finite(x.enough) for x in self]
        return columns | more

    def _cells(self) -> Cells:
        asked = [] if self.below is None else [self._enough]
        rows = [
            [f"{x.kind}, {x.between}", f"{x.size:g}", *cells_of(x.change)]
            + ([] if self.below is None else [enough_text(x.enough)])
            for x in self[:MOST_SHOWN]
        ]
        interval = str(self[0].change.interval_kind) if len(self) else "interval"
        columns = ["what changes", "by", "mean", interval, *asked]
        return Cells(columns, rows, self.title, note=NOT_CAUSES)

    @property
    def _enough(self) -> str:
        return f"enough for P(ma) < {self.below:g} with probability {self.probability:g}"

    def __str__(self) -> str:
        """Return a table as text."""
        if not len(self):
            return f"{self.title}: no two goals conflict"
        shown = self[:MOST_SHOWN]
        texts = [f"{x.kind}, {x.between}, {x.size:g}" for x in shown]
        width = max(map(len, texts))
        lines = [f"{self.title}, mean ({shown[0].change.interval_kind})"]
        for text, lever in zip(texts, shown, strict=True):
            line = f"  {text:<{width}}  {lever.change.text()}"
            if self.below is not None:
                line += f"  {enough_text(lever.enough)}"
            lines.append(line)
        if self.below is not None:
            lines.append(f"last column: {self._enough}")
        lines += filter(None, [more_rows(len(self))])
        return "\n".join([*lines, NOT_CAUSES])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html(self._cells())


def enough_text(size: float | None) -> str:
    """Return how large a change is enough, as text."""
    if size is None:
        return ""
    return f"{size:.3g}" if np.isfinite(size) else "none is"


def levers(
    drawn: Drawn,
    population: str | None,
    share: float,
    level: float,
    below: float | None,
    probability: float,
    *,
    moves: bool = True,
) -> Levers:
    """Return what each change of one share, or of one level, would do to P(ma)."""
    for name, value in {"share": share, "level": level, "probability": probability}.items():
        if not 0 < value <= 1:
            raise StudyError(f"{name} is a number in (0, 1], not {value:g}")
    if below is not None and not 0 < below <= 1:
        raise StudyError(f"below is a probability in (0, 1], not {below:g}")
    p, c = drawn.shares_of(population), drawn.conflict_of(population)
    scale = scale_of(drawn, population)
    goal = None if below is None else below / scale
    opposed = np.asarray(measure.opposition(p, c))
    now, found = np.asarray((p * opposed).sum(axis=-1)), []

    def lever(
        kind: str, pair: tuple[int, int], steps: Steps | Falling, size: float, of: Names
    ) -> None:
        one, other = (of[i] for i in pair)
        enough = None if goal is None else steps.smallest(now, goal, probability)
        estimate = drawn.estimate(kind, scale * steps.change(size))
        found.append(Lever(kind, one, other, size, estimate, enough))

    means, mean_level = p.mean(axis=0), np.asarray(c.mean(axis=0))
    names = drawn.categories
    for pair in _best_moves(means, opposed.mean(axis=0), mean_level, share) if moves else []:
        lever(MOVE, pair, steps_of_move(p, c, opposed, *pair), share, names)
    if lifts(drawn.study.goals):
        # levels of categories that are made of goals do not move one by one
        from bayes_misalign.inference.goal_levers import best_pairs, steps_of_goals

        levels, names = drawn.partly_known(population), drawn.study.conflict.categories
        for pair in best_pairs(drawn, p, levels, level):
            lever(LOWER, pair, steps_of_goals(drawn, p, levels, pair, now), level, names)
    else:
        parts = means[:, None] * means * mean_level
        for pair in _largest(np.triu(parts, 1), MOST):
            lever(LOWER, pair, steps_of_level(p, c, *pair), level, names)
    found += _shifts(drawn, population, share, goal, probability, scale)
    every = sorted(found, key=lambda x: (_KINDS.index(x.kind), float(x.change.draws.mean())))
    return Levers(whose(drawn, population), every, below, probability)


_KINDS = (MOVE, LOWER, SHIFT)


def _best_moves(means: Array, opposed: Array, level: Array, share: float) -> list[tuple[int, int]]:
    """Return moves from one goal to another, those first that lower P(ma) most by the means."""
    step = np.minimum(share, means)[:, None]
    own = np.diagonal(level)
    bend = own[:, None] + own - 2 * level
    change = 2 * step * (opposed[None, :] - opposed[:, None]) + step**2 * bend
    np.fill_diagonal(change, np.inf)
    change[means <= 0] = np.inf
    return _largest(-change, MOST)


def _largest(values: Array, most: int) -> list[tuple[int, int]]:
    order = np.argsort(-values, axis=None, kind="stable")[:most]
    where = [np.unravel_index(k, values.shape) for k in order]
    return [(int(i), int(j)) for i, j in where if np.isfinite(values[i, j]) and values[i, j] != 0]


def _shifts(
    drawn: Drawn,
    population: str | None,
    share: float,
    goal: float | None,
    probability: float,
    scale: float,
) -> list[Lever]:
    """Return what it would do if agents of one population were of another, in the union."""
    names = drawn.populations
    weights = None if population is not None else drawn.union_weights(None)
    if (
        weights is None
        or drawn.by_population
        or len(names) == 1
        or len(names) * (len(names) - 1) > MOST
    ):
        return []
    matrix = _between(drawn)
    w = np.broadcast_to(weights, matrix.shape[:-1])
    facing = np.einsum("dst,dt->ds", matrix, w)
    now, found = (w * facing).sum(axis=-1), []
    for s, one in enumerate(names):
        for t, other in enumerate(names):
            if s == t:
                continue
            steps = Steps(
                2 * (facing[:, t] - facing[:, s]),
                matrix[:, s, s] + matrix[:, t, t] - 2 * matrix[:, s, t],
                w[:, s],
            )
            enough = None if goal is None else steps.smallest(now, goal, probability)
            change = drawn.estimate(SHIFT, scale * steps.change(share))
            found.append(Lever(SHIFT, one, other, share, change, enough))
    return found


def _between(drawn: Drawn) -> Array:
    """Return P(ma) between every two populations, and within each, (draw, S, S)."""
    shares, many = drawn.shares(), len(drawn.populations)
    conflict = drawn.levels()
    found = np.empty((len(shares), many, many))
    for s in range(many):
        for t in range(s, many):
            found[:, s, t] = measure.between(shares[:, s], shares[:, t], conflict)
            found[:, t, s] = found[:, s, t]
    return found


def place_of(drawn: Drawn, population: str | None) -> int | None:
    """Return the position of a population, or of the only one; None of the union."""
    if population is not None:
        return drawn.place(population)
    return 0 if len(drawn.populations) == 1 else None


def scale_of(drawn: Drawn, population: str | None) -> float:
    """Return what P(ma) of two draws with replacement is multiplied by, of two different agents."""
    sizes, place = drawn.study.goals.population_size, place_of(drawn, population)
    size = None if sizes is None else sizes.sum() if place is None else sizes[place]
    return float(drawn.sized(np.ones(1), None if size is None else np.asarray(size), None)[0])


def whose(drawn: Drawn, population: str | None) -> str:
    """Return what a population is called; nothing where it is the only one."""
    if population is not None:
        return population
    return "" if len(drawn.populations) == 1 else "all populations"


def _finite(size: float | None) -> float | None:
    return None if size is None or not np.isfinite(size) else size
