"""Draws of many populations, some at a time, each block from random numbers of its own.

What is drawn of a block follows from the study and the seed alone, so that it need not be kept: it
is summarised, and drawn again when somebody asks for it. The prior is the same for all populations
of one prior, so it is drawn once; each population has these draws in an order of its own.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.errors import StudyError
from bayes_misalign.inference import draw_blocks
from bayes_misalign.study.lifted import lifts
from bayes_misalign.study.some_populations import of_populations
from bayes_misalign.study.study import Study

if TYPE_CHECKING:
    from concurrent.futures import Future

Array = NDArray[np.float64]
Common = Mapping[str, Array]
MOST_WHOLE = 1 << 26  # numbers of shares that are drawn and kept whole: half a GB
POPULATIONS = 64  # of a block
MOST_AT_ONCE = 4  # blocks that are drawn at the same time
# streams of random numbers, apart from those of whole arrays
BLOCK, ORDER, OF_UNION = 2_000_000, 2_000_001, 2_000_002


def wanted(study: Study) -> bool:
    """Return whether a study has so many populations that it is drawn in blocks, and can be."""
    numbers = len(study.goals.populations) * len(study.goals.categories) * total(study)
    return numbers > MOST_WHOLE and study.fitting.method != "nuts" and possible(study)


def possible(study: Study) -> bool:
    """Return whether populations can be drawn exactly, one without the others.

    That may be given what they have in common, which is sampled before.
    """
    one = None if lifts(study.goals) else of_populations(study, [0])
    if one is None or draw_blocks.draw_conflict(one, 2) is None:
        return False
    return bool(draw_blocks.in_common(study)) or draw_blocks.draw_goals(one, 2) is not None


def total(study: Study) -> int:
    """Return how many draws there are."""
    return study.fitting.chains * study.fitting.draws


def places_of(study: Study) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Yield the number of each block, and the places of its populations."""
    populations = len(study.goals.populations)
    for number, start in enumerate(range(0, populations, POPULATIONS)):
        yield number, np.arange(start, min(start + POPULATIONS, populations))


def block_of(place: int) -> tuple[int, int]:
    """Return the number of the block of a population, and its place there."""
    return divmod(place, POPULATIONS)


def block(study: Study, number: int) -> Study:
    """Return the study of one block, with a seed of its own."""
    start = number * POPULATIONS
    stop = min(start + POPULATIONS, len(study.goals.populations))
    found = of_populations(study, range(start, stop))
    if found is None:
        raise StudyError("the populations of this study cannot be drawn one without the others")
    return found.with_fitting(seed=_seed(study, BLOCK, number))


def draws(study: Study, number: int, common: Common | None = None) -> NDArray[Any]:
    """Return posterior draws of the shares in the populations of a block, (draw, S, goal).

    `common` holds draws of what all populations have in common, by name, if they have something.
    Shares given it may be of single precision.
    """
    own = block(study, number)
    if common and (quick := draw_blocks.draw_quickly(own, common)) is not None:
        return quick
    drawn = (
        draw_blocks.draw_given(own, common) if common else draw_blocks.draw_goals(own, total(study))
    )
    if drawn is None:
        raise StudyError("the shares of this study are not drawn exactly")
    return draw_blocks.finite_shares(own, drawn, prior=False)


def each[T](
    study: Study, common: Common, use: Callable[[NDArray[np.intp], NDArray[Any]], T]
) -> Iterator[T]:
    """Yield what is made of the places and the draws of each block, in the order of blocks.

    A block has random numbers of its own, and NumPy works on several at once: no digit depends on
    how many.
    """

    def made(number: int, places: NDArray[np.intp]) -> T:
        return use(places, draws(study, number, common))

    at_once = min(os.cpu_count() or 1, MOST_AT_ONCE)
    from concurrent.futures import ThreadPoolExecutor  # few studies need it

    ahead: deque[Future[T]] = deque()
    pool = ThreadPoolExecutor(at_once)
    try:
        for number, places in places_of(study):
            ahead.append(pool.submit(made, number, places))
            if len(ahead) > at_once:
                yield ahead.popleft().result()
        for one in ahead:
            yield one.result()
    finally:
        pool.shutdown(cancel_futures=True)


def prior_draws(study: Study) -> Array:
    """Return prior draws of the shares of one population, however large, (draw, goal)."""
    return np.asarray(_prior_of_one(study)["proportion"][:, 0])


def prior_common(study: Study) -> Common:
    """Return prior draws of what populations have in common, by name; empty if they have none."""
    names = draw_blocks.in_common(study)
    drawn = _prior_of_one(study) if names else {}
    return {name: drawn[name] for name in names}


def _prior_of_one(study: Study) -> Common:
    one = of_populations(study, [0])
    drawn = None if one is None else draw_blocks.draw_goals(one, total(study), prior=True)
    if drawn is None:
        raise StudyError("a model without prior draws cannot be reported")
    return drawn


def prior_of(study: Study, place: int, drawn: Array, common: Common | None = None) -> Array:
    """Return prior draws (draw, goal) of the shares in one population, in its own order.

    Populations that have something in common are related before the data too: each is drawn given
    the same draws of it.

    Notes
    -----
    Let x_1, ..., x_M be independent draws, and let orders be random, uniform and independent of
    each other. One population has x in some order: its draws are still independent, each from the
    prior. Two have (x_i, x_j) at the same place, (i, j) uniform on all pairs. Where i is not j, as
    in all but 1 of M cases, these two are independent; so every expectation of a function of both,
    bounded by B, is that of independent draws but for at most 2 B / M, less than the Monte Carlo
    error. A mean over many populations is another matter: it would vary as of independent
    populations, about the mean of M draws in place of that of the prior. Unions have draws of
    their own, see `union_prior`.
    """
    rng = draw_blocks.stream(study.fitting.seed, ORDER, place)
    own = drawn if common else drawn[rng.permutation(len(drawn))]
    if study.goals.population_size is None and not common:
        return np.asarray(own)
    one = of_populations(study, [place])
    if one is None:
        raise StudyError("the populations of this study cannot be drawn one without the others")
    if common:
        own = draw_blocks.draw_prior_given(one, common, rng)["proportion"][:, 0]
    one = one.with_fitting(seed=_seed(study, ORDER, place))
    found = draw_blocks.finite_shares(one, {"proportion": own[:, None]}, prior=True)
    return np.asarray(found[:, 0])


def union_prior(study: Study, weights: Array, common: Common | None = None) -> Array:
    """Return prior draws of the shares in the union of all populations, (draw, goal)."""
    found = np.zeros((total(study), len(study.goals.categories)))
    model = goals_model(study.goals.model)
    for number, places in places_of(study):
        own = block(study, number)
        rng = draw_blocks.stream(own.fitting.seed, OF_UNION)
        if common:
            drawn = draw_blocks.draw_prior_given(own, common, rng)
        else:
            drawn = model.draw_prior(own.goals, own.goal_prior, len(found), rng)
        shares = draw_blocks.finite_shares(own, drawn, prior=True)
        found += np.einsum("s,dsk->dk", weights[places], shares)
    return found


def _seed(study: Study, *key: int) -> int:
    state = np.random.SeedSequence(study.fitting.seed, spawn_key=key).generate_state(1, np.uint64)
    return int(state[0] >> 1)  # a seed is below 2^63
