"""Draws of conflict levels as groups hold them: known levels once, the others by draw and pair.

`constant_data` holds the matrix of known levels, without a number where a level is uncertain;
posterior and prior hold `conflict_level`, the levels of these pairs in the order of the matrix's
rows. Whoever computes with draws gets both from one mapping, see `with_known`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.inference.groups import (
    CONSTANT,
    POSTERIOR,
    PRIOR,
    SAMPLE_DIMS,
    SCHEMA,
    Groups,
    Variable,
)
from bayes_misalign.measure.known_and_drawn import PartlyKnown, as_arithmetic
from bayes_misalign.measure.shapes import Conflict
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.reading.pair_labels import pair_labels

Array = NDArray[np.float64]
KNOWN, LEVEL, PAIR = "conflict", "conflict_level", "pair"
MATRIX_DIMS = ("goal", "goal_other")


class Names(NamedTuple):
    """What a group calls conflict: known levels, uncertain ones, these pairs, and two goals."""

    known: str
    level: str
    pair: str
    dims: tuple[str, str]


OF_CATEGORIES = Names(KNOWN, LEVEL, PAIR, MATRIX_DIMS)
# beside it, where categories are made of goals
OF_GOALS = Names(
    "goal_conflict", "goal_conflict_level", "goal_pair", ("held_goal", "held_goal_other")
)

_KNOWN = (OF_CATEGORIES.known, OF_GOALS.known)


def assemble_draws(
    categories: Sequence[str], parts: Iterable[tuple[Sequence[Pair], Array]]
) -> PartlyKnown:
    """Return draws of the conflict matrix from the levels that each source speaks for.

    Notes
    -----
    Levels are (draw, pair), or (draw, population, pair) where they were measured in each
    population; those with one draw are known. If any are by population, all are.
    """
    parts = [(pairs, levels) for pairs, levels in parts if pairs]
    place = {label: i for i, label in enumerate(categories)}
    k = len(place)
    rows = max((len(levels) for _, levels in parts), default=1)
    populations = next((x.shape[1:2] for _, x in parts if x.ndim == 3), ())
    known, column = np.zeros((k, k)), np.full((k, k), -1)
    for pairs, levels in parts:
        i, j = _places(place, pairs)
        once = len(levels) == 1 and levels.ndim == 2
        known[i, j] = known[j, i] = levels[0] if once else np.nan
    first, second = np.nonzero(np.triu(np.isnan(known), 1))
    column[first, second] = np.arange(len(first))
    drawn = np.empty((rows, *populations, len(first)))
    for pairs, levels in parts:
        if len(levels) == 1 and levels.ndim == 2:
            continue
        i, j = _places(place, pairs)
        each = levels[:, None] if populations and levels.ndim == 2 else levels
        drawn[..., column[np.minimum(i, j), np.maximum(i, j)]] = each
    return PartlyKnown(known, drawn)


def _places(place: Mapping[str, int], pairs: Sequence[Pair]) -> tuple[Any, Any]:
    return np.array([place[a] for a, _ in pairs]), np.array([place[b] for _, b in pairs])


def alike(one: PartlyKnown, other: PartlyKnown) -> tuple[PartlyKnown, PartlyKnown]:
    """Return both with the same pairs uncertain: those that are in either, or differ."""
    same = (one.known == other.known) & ~np.isnan(one.known)
    return _with_uncertain(one, ~same), _with_uncertain(other, ~same)


def _with_uncertain(conflict: PartlyKnown, uncertain: NDArray[np.bool_]) -> PartlyKnown:
    known = np.where(uncertain, np.nan, conflict.known)
    first, second = np.nonzero(np.triu(uncertain))
    return PartlyKnown(known, np.asarray(conflict.at(first, second)))


def facing_populations(conflict: PartlyKnown) -> Conflict:
    """Return conflict as it is cheapest to compute with against shares (draw, population, goal)."""
    return as_arithmetic(conflict if conflict.ndim == 4 else conflict[:, None])


def as_variables(
    conflict: PartlyKnown, chains: int, draws: int, names: Names = OF_CATEGORIES
) -> dict[str, Variable]:
    """Return what a group holds of conflict, known levels among it: see `parted`."""
    found: dict[str, Variable] = {names.known: (names.dims, conflict.known)}
    if len(conflict.first):
        levels = conflict.drawn
        every = np.broadcast_to(levels, (chains * draws, *levels.shape[1:]))
        between = ("population",) if levels.ndim == 3 else ()
        shaped = every.reshape(chains, draws, *levels.shape[1:])
        found[names.level] = ((*SAMPLE_DIMS, *between, names.pair), shaped)
    return found


def of_group(group: Mapping[str, Variable], names: Names = OF_CATEGORIES) -> PartlyKnown:
    """Return the conflict that a group holds, chains one after the other; see `with_known`."""
    known = np.asarray(group[names.known][1])
    if names.level not in group:
        return PartlyKnown(known, np.zeros((1, 0)))
    levels = np.asarray(group[names.level][1])
    return PartlyKnown(known, levels.reshape(-1, *levels.shape[2:]))


def goals_of_group(group: Mapping[str, Variable]) -> PartlyKnown:
    """Return the conflict of goals that a group holds, which is that of most categories too."""
    return of_group(group, OF_GOALS if OF_GOALS.known in group else OF_CATEGORIES)


def with_known(groups: Groups, group: str = POSTERIOR) -> dict[str, Variable]:
    """Return the variables of a group, and the known levels of conflict."""
    constant = groups.groups[CONSTANT]
    return {**groups.groups[group], **{name: constant[name] for name in _KNOWN if name in constant}}


def parted(
    posterior: Mapping[str, Variable], prior: Mapping[str, Variable]
) -> dict[str, dict[str, Variable]]:
    """Return posterior and prior as groups, and what both know of conflict as another."""
    return {
        POSTERIOR: {name: x for name, x in posterior.items() if name not in _KNOWN},
        PRIOR: {name: x for name, x in prior.items() if name not in _KNOWN},
        CONSTANT: {name: posterior[name] for name in _KNOWN if name in posterior},
    }


def pair_coords(
    categories: Sequence[str], conflict: PartlyKnown, names: Names = OF_CATEGORIES
) -> dict[str, tuple[str, ...]]:
    """Return the labels of the pairs whose levels are uncertain, if there are any."""
    pairs = [
        (categories[i], categories[j]) for i, j in zip(conflict.first, conflict.second, strict=True)
    ]
    return {names.pair: tuple(pair_labels(pairs))} if pairs else {}


def modern(groups: Groups) -> Groups:
    """Return a result with its known levels of conflict once; older ones hold them for each draw.

    The draws are the same.
    """
    old = {
        name: groups.groups[name]
        for name in (POSTERIOR, PRIOR)
        if KNOWN in groups.groups.get(name, {})
    }
    if not old:
        return groups
    matrices = {name: np.asarray(group[KNOWN][1]) for name, group in old.items()}
    first = next(iter(matrices.values()))
    level = first.reshape(-1, *first.shape[-2:])[0]
    uncertain = np.zeros(level.shape, bool)
    for matrix in matrices.values():
        uncertain |= (matrix != level).any(axis=tuple(range(matrix.ndim - 2)))
    known = np.where(uncertain, np.nan, level)
    i, j = np.nonzero(np.triu(uncertain, 1))
    made = {name: dict(group) for name, group in groups.groups.items()}
    for name, group in old.items():
        dims = group[KNOWN][0]
        del made[name][KNOWN]
        if len(i):
            made[name][LEVEL] = ((*dims[:-2], PAIR), matrices[name][..., i, j])
    made[CONSTANT] = {**made.get(CONSTANT, {}), KNOWN: (MATRIX_DIMS, known)}
    labels = pair_coords(groups.coords["goal"], PartlyKnown(known, np.zeros((1, len(i)))))
    return replace(
        groups,
        groups=made,
        coords={**groups.coords, **labels},
        metadata={**groups.metadata, "schema": SCHEMA},
    )
