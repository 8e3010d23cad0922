"""Small designs of evidence about conflict: who says how much; what is said does not count."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.experts.declaration import ExpertConflict
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.rated.evidence import FIRST, SECOND, RatedConflict
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.settings import NO_GOAL


def ratings() -> RatedConflict:
    """Return three raters' ratings of five of six pairs, on five levels.

    Returns
    -------
    RatedConflict

    Examples
    --------
    >>> ratings().unrated
    (('c', 'd'),)
    """
    pairs = list(combinations("abcd", 2))
    rated = np.arange(5)
    counts = np.zeros((15, 5))
    counts[:, 0] = 1
    return RatedConflict.from_counts(
        pairs,
        "12345",
        np.linspace(0, 1, 5).tolist(),
        np.tile(rated, 3).tolist(),
        counts,
        raters=["r1", "r2", "r3"],
        rater=np.repeat(np.arange(3), 5).tolist(),
        origin="a design",
    )


def mutual_ratings() -> RatedConflict:
    """Return ratings by holders of two goals of each other, in two of three populations.

    Returns
    -------
    RatedConflict
        Nobody is named; ten ratings of each side.

    Examples
    --------
    >>> mutual_ratings().directed
    True
    """
    counts = np.zeros((4, 4))
    counts[:, 0] = 10
    return RatedConflict.from_counts(
        [("a", "b")],
        "1234",
        [0, 0.2, 0.7, 1],
        [0, 0, 0, 0],
        counts,
        side=[FIRST, SECOND, FIRST, SECOND],
        populations=["s", "t", "u"],
        population=[0, 0, 2, 2],
        origin="a design",
    )


def repeated_ratings() -> RatedConflict:
    """Return four raters' ratings of three pairs, twice each, on three levels.

    Returns
    -------
    RatedConflict

    Examples
    --------
    >>> repeated_ratings().sizes.tolist()[:3]
    [2.0, 2.0, 2.0]
    """
    counts = np.zeros((12, 3))
    counts[:, 0] = 2
    return RatedConflict.from_counts(
        list(combinations("abc", 2)),
        "123",
        [0, 0.5, 1],
        np.tile(np.arange(3), 4).tolist(),
        counts,
        raters=["r1", "r2", "r3", "r4"],
        rater=np.repeat(np.arange(4), 3).tolist(),
        repeated=True,
        origin="a design",
    )


def judges(raters: int = 4, goals: int = 3, judgements: int = 1) -> JudgedConflict:
    """Return a design of named raters who say of most pairs whether they conflict.

    Parameters
    ----------
    raters, goals : int
        How many there are; the last of several raters does not judge the last pair.
    judgements : int
        Of a pair by each rater.

    Returns
    -------
    JudgedConflict

    Examples
    --------
    >>> judges().raters_of_pair
    array([4, 4, 3])
    """
    pairs = list(combinations("abcdefgh"[:goals], 2))
    rater, pair = np.divmod(np.arange(raters * len(pairs) - (raters > 1)), len(pairs))
    number = np.full(len(pair), float(judgements))
    return JudgedConflict.by_raters(
        pairs,
        [f"r{i + 1}" for i in range(raters)],
        rater,
        pair,
        number,
        np.zeros(len(pair)),
        repeated=judgements > 1,
        origin="a design",
    )


def many_ratings(goals: int = 6, unrated: int = 3) -> RatedConflict:
    """Return forty ratings of each pair, but of some of them, by raters who are not named.

    Parameters
    ----------
    goals : int
        How many there are.
    unrated : int
        Pairs that nobody rated, the last ones.

    Returns
    -------
    RatedConflict
        So many that levels of pairs are known better than their scales.

    Examples
    --------
    >>> many_ratings().ratings.sum()
    np.float64(480.0)
    """
    pairs = list(combinations("abcdefghijkl"[:goals], 2))
    rated = len(pairs) - unrated
    return RatedConflict.from_counts(
        pairs,
        "123",
        [0, 0.5, 1],
        np.arange(rated).tolist(),
        np.tile([13.0, 14.0, 13.0], (rated, 1)),
        origin="a design",
    )


def panel(
    experts: int = 4, pairs: int = 3, *, silent: int = 1, strengths: tuple[float, ...] = (12.0, 4.0)
) -> ExpertConflict:
    """Return a design of experts who state means of several pairs, each a little less surely.

    Parameters
    ----------
    experts, pairs : int
        How many there are; pairs are those of three goals.
    silent : int
        How many experts, the last ones, do not speak about the last pair.
    strengths : tuple of float
        Of the statements, one after the other.

    Returns
    -------
    ExpertConflict

    Examples
    --------
    >>> panel().spoke.sum(axis=0)
    array([4, 4, 3])
    """
    spoke = np.ones((experts, pairs), dtype=bool)
    spoke[experts - silent :, -1] = False
    pair, expert = np.nonzero(spoke.T)
    nothing = np.full(len(pair), np.nan)
    return ExpertConflict(
        pairs=(("a", "b"), ("a", "c"), ("b", "c"))[:pairs],
        experts=tuple(f"e{i + 1}" for i in range(experts)),
        pair=pair,
        expert=expert,
        low=nothing,
        high=nothing,
        probability=nothing,
        mean=np.full(len(pair), 0.5),
        strength=np.resize(np.asarray(strengths), len(pair)),
        weights=np.ones(experts),
        pooling="hierarchical",
        origin="a design",
    )


def encounters() -> EncounterConflict:
    """Return encounters of holders of two goals each, of the same goal, and of none.

    Returns
    -------
    EncounterConflict
        Conflict over something else is modelled.

    Examples
    --------
    >>> encounters().number
    44.0
    """
    none = np.zeros((4, 4))
    met = np.array([[5, 12, 6, 3], [0, 4, 0, 2], [0, 0, 8, 3], [0, 0, 0, 1]], dtype=float)
    pairs = (("a", "b"), ("a", "c"), ("b", "c"))
    categories = ("a", "b", "c", NO_GOAL)
    return EncounterConflict.of(categories, pairs, none, met, background=True, origin="a design")


def placements() -> SpatialConflict:
    """Return four goals that several people placed on two dimensions, and ratings of three pairs.

    Returns
    -------
    SpatialConflict
        One goal was placed by a single person on the second dimension. Five levels; six ratings of
        a pair.

    Examples
    --------
    >>> placements().rated_pairs
    (('a', 'b'), ('a', 'd'), ('c', 'd'))
    """
    number = np.array([[5.0, 5], [5, 3], [4, 2], [3, 1]])
    return SpatialConflict.from_means(
        "abcd",
        np.full((4, 2), 0.5),
        number=number,
        square=0.01 * (number - 1),
        weights=[2, 1],
        rated=[[0, 1], [0, 3], [2, 3]],
        counts=np.tile([0.0, 0, 6, 0, 0], (3, 1)),
        origin="a design",
    )


def placed_with_known_error() -> SpatialConflict:
    """Return three goals placed with small and large errors, and ratings in the exponential form.

    Returns
    -------
    SpatialConflict
        Ten ratings of each of two pairs, on three levels.

    Examples
    --------
    >>> placed_with_known_error().learns_noise
    False
    """
    return SpatialConflict.from_means(
        "abc",
        [[0.5], [0.5], [0.5]],
        error=[[0.001], [0.02], [0.06]],
        form="exponential",
        rated=[[0, 1], [1, 2]],
        counts=np.tile([0.0, 10, 0], (2, 1)),
        origin="a design",
    )


def placed_exactly() -> SpatialConflict:
    """Return four goals whose positions are known, and ratings of four pairs on the linear form.

    Returns
    -------
    SpatialConflict
        Four ratings of each pair, on eleven levels.

    Examples
    --------
    >>> placed_exactly().is_exact
    True
    """
    counts = np.zeros((4, 11))
    counts[:, 5] = 4
    return SpatialConflict.from_means(
        "abcd",
        [[0.1], [0.3], [0.55], [1.0]],
        error=0.0,
        form="linear",
        rated=[[0, 1], [0, 2], [1, 3], [2, 3]],
        counts=counts,
        origin="a design",
    )
