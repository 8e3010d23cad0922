"""What the arrays of this room must look like, and the one product that all of it rests on."""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.measure.known_and_drawn import ConflictLike, PartlyKnown

type Floats = NDArray[np.float64]
type Conflict = Floats | PartlyKnown

# Numbers of one block of shares: its two temporaries stay inside the cache of a core.
BLOCK_NUMBERS = 1 << 17
SUM_TOLERANCE = 1e-4  # shares that were stored or printed with a few digits still pass
ROUNDING = 1e-9  # of the largest conflict, by which its two directions may differ


def as_shares(shares: ArrayLike, name: str = "shares") -> Floats:
    """Return an array of shape (..., K), or say what is wrong with it."""
    array = np.asarray(shares, dtype=np.float64)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(
            f"{name} must have shape (..., goals) with at least one goal, not {array.shape}"
        )
    return array


def as_conflict(conflict: ArrayLike, n_goals: int | None = None) -> Floats:
    """Return an array of shape (..., K, K), or say what is wrong with it."""
    array = np.asarray(conflict, dtype=np.float64)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2] or array.shape[-1] == 0:
        raise ValueError(f"conflict must have shape (..., goals, goals), not {array.shape}")
    if n_goals is not None and array.shape[-1] != n_goals:
        raise ValueError(
            f"conflict is between {array.shape[-1]} goals, but the shares are of {n_goals} goals; "
            "both must list the same goals in the same order"
        )
    return array


def proper_shares(shares: ArrayLike, name: str = "shares") -> Floats:
    """Return shares of shape (..., K) that sum to 1, or say which do not."""
    array = as_shares(shares, name)
    # a product with ones is the fastest sum there is; a share that is no number fails too
    off = np.abs(array @ np.ones(array.shape[-1]) - 1.0)
    if not np.all(off <= SUM_TOLERANCE):
        place = np.unravel_index(int(np.argmax(np.nan_to_num(off, nan=np.inf))), off.shape)
        where = f" at {tuple(map(int, place))}" if array.ndim > 1 else ""
        raise ValueError(
            f"{name} must sum to 1 over the goals, but those{where} sum to "
            f"{array[place].sum():g}; divide them by their sum"
        )
    if array.min(initial=0.0) < -SUM_TOLERANCE:
        place = np.unravel_index(int(np.argmin(array)), array.shape)
        where = f" at {tuple(map(int, place))}"
        raise ValueError(f"{name} must not be negative, but that{where} is {array[place]:g}")
    return array


@overload
def proper_conflict(
    conflict: PartlyKnown, n_goals: int | None = None, *, directed: bool = False
) -> PartlyKnown: ...


@overload
def proper_conflict(
    conflict: ArrayLike, n_goals: int | None = None, *, directed: bool = False
) -> Floats: ...


def proper_conflict(
    conflict: ConflictLike, n_goals: int | None = None, *, directed: bool = False
) -> Conflict:
    """Return symmetric conflict of shape (..., K, K) with a zero diagonal, or say what is wrong."""
    if isinstance(conflict, PartlyKnown):
        known = conflict.without_drawn
        if conflict.own:  # a category of agents who hold several goals; see `lifted`
            np.fill_diagonal(known, 0.0)
        proper_conflict(known, n_goals)
        return conflict  # a level of a pair is one number for both directions
    array = as_conflict(conflict, n_goals)
    largest = float(np.abs(array).max(initial=0.0))
    if np.isnan(largest):
        place = np.unravel_index(int(np.argmax(np.isnan(array))), array.shape)
        raise ValueError(
            f"conflict of goals {place[-2]} and {place[-1]} is not a number; state it, or leave "
            "these goals out"
        )
    slack = ROUNDING * largest
    own = np.abs(np.einsum("...ii->...i", array))
    if not np.all(own <= slack):
        place = np.unravel_index(int(np.argmax(own)), own.shape)
        goal = int(place[-1])
        raise ValueError(
            f"conflict of goal {goal} with itself must be 0, not {own[place]:g}: by definition "
            "agents who hold one goal do not conflict over it; for agents who hold several goals "
            "see `holders_misalignment`"
        )
    mirrored = array.swapaxes(-1, -2)
    if directed:
        return 0.5 * (array + mirrored)
    off = np.abs(array - mirrored)
    if not np.all(off <= slack):
        place = np.unravel_index(int(np.argmax(off)), off.shape)
        i, j = int(place[-2]), int(place[-1])
        raise ValueError(
            f"conflict must be symmetric, but that of goals {i} and {j} is {array[place]:g} one "
            f"way and {mirrored[place]:g} the other; mend it, or take the mean of both directions "
            "with directed=True"
        )
    return array


def leading_shape(shares: Floats, conflict: Conflict, *more: Floats) -> tuple[int, ...]:
    """Return the broadcast shape of everything before the goal axes."""
    shapes = [shares.shape[:-1], conflict.shape[:-2], *(array.shape[:-1] for array in more)]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        before = shares.shape[:-1], *(array.shape[:-1] for array in more)
        raise ValueError(
            f"the axes before the goals do not fit together: shares have {before}, conflict has "
            f"{conflict.shape[:-2]}; give conflict the shape (draws, 1, goals, goals) to use one "
            "matrix for all the populations of a draw"
        ) from None


def without_population_axis(conflict: Conflict) -> Conflict:
    """Return conflict without its axis of populations, (..., K, K) for (..., 1, K, K).

    Where two populations meet there is one matrix for both of them, so that axis holds one entry.
    """
    if conflict.ndim == 2:
        return conflict
    if conflict.shape[-3] != 1:
        raise ValueError(
            "one conflict matrix must serve all populations: its shape is (goals, goals) or "
            f"(..., 1, goals, goals), not {conflict.shape}"
        )
    return conflict[..., 0, :] if isinstance(conflict, PartlyKnown) else conflict[..., 0, :, :]


def facing(shares: Floats, conflict: Conflict) -> Floats:
    """Return C p along the last axis, shape (..., K)."""
    if isinstance(conflict, PartlyKnown):
        return conflict.facing(shares)
    if conflict.ndim == 2:
        return shares @ conflict.T
    if conflict.shape[-3] == 1:
        # One matrix for a whole block of populations is one matrix product, not one for each.
        rows = shares if shares.ndim > 1 else shares[np.newaxis]
        return rows @ conflict[..., 0, :, :].swapaxes(-1, -2)
    return (conflict @ shares[..., np.newaxis])[..., 0]


def bilinear(left: Floats, conflict: Conflict, right: Floats) -> Floats:
    """Return left' C right, shape (...,), with temporaries no larger than a block of draws."""
    shape = leading_shape(left, conflict, right)
    numbers = int(np.prod(shape, dtype=np.int64)) * left.shape[-1]
    if not shape or numbers <= BLOCK_NUMBERS:
        whole: Floats = np.einsum("...i,...i->...", left, facing(right, conflict))
        return whole
    out = np.empty(shape)
    step = max(1, BLOCK_NUMBERS * shape[0] // numbers)
    axes = len(shape)
    for start in range(0, shape[0], step):
        block = slice(start, start + step)
        # An axis that an array lacks, or holds once, is broadcast, so it must not be cut.
        a, b = (
            array[block] if array.ndim - 1 == axes and array.shape[0] > 1 else array
            for array in (left, right)
        )
        c = conflict[block] if conflict.ndim - 2 == axes and conflict.shape[0] > 1 else conflict
        np.einsum("...i,...i->...", a, facing(b, c), out=out[block])
    return out


def as_agents(
    goals: ArrayLike, weights: ArrayLike | None, n_goals: int
) -> tuple[NDArray[np.intp], Floats]:
    """Return goal positions and weights of a list of agents, each of shape (n,)."""
    g = np.asarray(goals)
    if g.ndim != 1 or (g.size and not np.issubdtype(g.dtype, np.integer)):
        raise ValueError(
            f"goals must be whole numbers of shape (agents,), not {g.dtype} of shape {g.shape}"
        )
    if g.size and (g.min() < 0 or g.max() >= n_goals):
        raise ValueError(
            f"goals must lie between 0 and {n_goals - 1}, the goals of conflict, not between "
            f"{g.min()} and {g.max()}"
        )
    w = np.ones(len(g)) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != g.shape:
        raise ValueError(f"weights must have shape {g.shape}, one for each agent, not {w.shape}")
    if not np.all(w >= 0):
        raise ValueError("weights must be non-negative numbers")
    return g.astype(np.intp), w
