"""What a calibration of ratings looks at."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.calibrated import conflict_quantities, single_numbers
from bayes_misalign.families.raters.kind_effects import OF_KINDS
from bayes_misalign.families.raters.rating_counts import FIRST, SECOND
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.generative import cell_probabilities
from bayes_misalign.models.rated.walk import WALK

Array = NDArray[np.float64]
SMALLEST = 1e-300  # a probability of zero, as a number that has a logarithm


def ratings() -> RatedConflict:
    """Return three raters' ratings of five of six pairs, on five levels."""
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
    """Return ratings by holders of two goals of each other, in two of three populations."""
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
    """Return four raters' ratings of three pairs, twice each, on three levels."""
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


def many_ratings(goals: int = 6, unrated: int = 3) -> RatedConflict:
    """Return forty ratings of each pair, but of some of them, by raters who are not named."""
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


def ratings_over_time() -> RatedConflict:
    """Return ratings of three pairs in six waves that are not evenly apart, in one of them none."""
    waves = ("2001", "2002", "2006", "2008", "2011", "2012")
    pairs = list(combinations("abc", 2))
    rated = [wave for wave in range(len(waves)) if waves[wave] != "2006"]
    counts = np.zeros((len(rated) * len(pairs), 3))
    counts[:, 0] = 15
    return RatedConflict.from_counts(
        pairs,
        "123",
        [0, 0.5, 1],
        np.tile(np.arange(len(pairs)), len(rated)).tolist(),
        counts,
        populations=waves,
        population=np.repeat(rated, len(pairs)).tolist(),
        over_time=WALK,
        time={wave: float(wave) for wave in waves},
        origin="a design",
    )


def series_over_time() -> RatedConflict:
    """Return what holders of two goals say of each other in the waves of two series."""
    populations = ("x, 1", "x, 2", "x, 5", "y, 1", "y, 5", "y, 6")
    counts = np.zeros((2 * 5, 2))
    counts[:, 0] = 20
    return RatedConflict.from_counts(
        [("a", "b")],
        "12",
        [0, 1],
        [0] * 10,
        counts,
        side=[FIRST, SECOND] * 5,
        populations=populations,
        population=np.repeat([0, 1, 3, 4, 5], 2).tolist(),
        over_time=WALK,
        origin="a design",
    )


def ratings_by_kinds() -> RatedConflict:
    """Return what three people say of four of six pairs, and three models of all."""
    pairs = list(combinations("abcd", 2))
    rater, pair = np.array([(r, p) for r in range(6) for p in range(4 if r < 3 else 6)]).T
    counts = np.zeros((len(rater), 4))
    counts[:, 0] = 1
    return RatedConflict.from_counts(
        pairs,
        "1234",
        np.linspace(0, 1, 4).tolist(),
        pair.tolist(),
        counts,
        raters=["r1", "r2", "r3", "m1", "m2", "m3"],
        rater=rater.tolist(),
        kinds=["people", "models"],
        kind_of_rater=[0, 0, 0, 1, 1, 1],
        origin="a design",
    )


def repeated_by_kinds() -> RatedConflict:
    """Return two people's ratings of three pairs, and those of two kinds of models, asked often."""
    rater, pair = np.array([(r, p) for r in range(5) for p in range(3)]).T
    counts = np.zeros((len(rater), 3))
    counts[:, 0] = np.array([1, 1, 4, 4, 8])[rater]
    return RatedConflict.from_counts(
        list(combinations("abc", 2)),
        "123",
        [0, 0.4, 1],
        pair.tolist(),
        counts,
        raters=["r1", "r2", "m1", "m2", "n1"],
        rater=rater.tolist(),
        repeated=True,
        kinds=["people", "small models", "large models"],
        kind_of_rater=[0, 0, 1, 1, 2],
        origin="a design",
    )


def designs() -> dict[str, RatedConflict]:
    """Return ratings by raters, holders of goals, again, by nobody named, over time, by kinds."""
    return {
        "raters": ratings(),
        "holders of the goals": mutual_ratings(),
        "raters asked again": repeated_ratings(),
        "nobody named": many_ratings(),
        "over time": ratings_over_time(),
        "kinds of raters": ratings_by_kinds(),
    }


def with_data(evidence: RatedConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return the log-likelihood of ratings, and how far their means are from it, (draw,)."""
    likelihood, residual = [], []
    seen = np.bincount(evidence.pair, evidence.counts @ evidence.values, len(evidence.pairs))
    for draw in range(len(parameters["conflict_level"])):
        chance = cell_probabilities(evidence, {key: x[draw] for key, x in parameters.items()})
        log_chance = np.log(np.maximum(chance, SMALLEST))
        likelihood.append((evidence.counts * log_chance).sum())
        mean = evidence.sizes * (chance @ evidence.values)
        expected = np.bincount(evidence.pair, mean, len(evidence.pairs))
        residual.append(np.abs(seen - expected).sum())
    return {"log_likelihood": np.array(likelihood), "residual": np.array(residual)}


def quantities(evidence: RatedConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return P(ma), levels, and what is known of raters and the scale, each (draw,)."""
    found = conflict_quantities(evidence, parameters) | single_numbers(parameters)
    for name in ("gap", "severity", "width", "side_effect"):
        if name in parameters:
            found[f"{name}[first]"] = parameters[name][:, 0]
    for k, kind in enumerate(evidence.kinds):
        for name in OF_KINDS:
            if name in parameters:
                found[f"{name}[{kind}]"] = parameters[name][:, k]
        for name in ("kind_location", "slope", "disagreement", "noise"):
            if name in parameters and k:
                found[f"{name}[{kind}]"] = parameters[name][:, k - 1]
    if evidence.over_time is not None:
        last, first = (found[f"misalignment[{evidence.populations[at]}]"] for at in (-1, 0))
        found["change of misalignment"] = last - first
    return found
