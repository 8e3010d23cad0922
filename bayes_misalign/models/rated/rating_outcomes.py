"""What was rated, as replicates are compared with it, and how likely each rating was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.observed import Observed, Outcomes
from bayes_misalign.families.raters.rating_counts import FIRST
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.reading.pair_labels import pair_labels

Array = NDArray[np.float64]
SMALLEST = 1e-300  # a probability of zero, as a number that has a logarithm


def _rated(evidence: RatedConflict) -> tuple[list[str], NDArray[np.int64]]:
    """Return what was rated in words, and which of them each cell is about: no rater is told."""
    pairs = pair_labels(evidence.pairs)
    columns = np.stack([evidence.kind, evidence.population, evidence.pair, -evidence.side])
    distinct, cell = np.unique(columns, axis=1, return_inverse=True)
    words = []
    for kind, population, pair, turned in distinct.T:
        text = pairs[pair]
        if evidence.directed:
            one, other = evidence.pairs[pair][:: 1 if -turned == FIRST else -1]
            text = f"{one} of {other}"
        if evidence.kinds:
            text = f"{text} by {evidence.kinds[kind]}"
        words.append(
            f"{evidence.populations[population]}: {text}" if evidence.populations else text
        )
    return words, np.asarray(np.ravel(cell), np.int64)


def observed(evidence: RatedConflict, name: str) -> dict[str, Observed]:
    """Return how often each level was given, by what was rated, all raters of a kind together."""
    if evidence.silent:
        return {}
    words, cell = _rated(evidence)
    counts = np.zeros((len(words), len(evidence.levels)))
    np.add.at(counts, cell, evidence.counts)
    dims = (f"rated_{name}", f"level_{name}")
    coords = {dims[0]: tuple(words), dims[1]: evidence.levels}
    total = counts.sum(axis=1, keepdims=True)
    return {f"ratings_{name}": Observed("ratings", dims, counts, coords, total)}


def other_scores(evidence: RatedConflict) -> dict[str, RatedConflict]:
    """Return ratings whose inner levels stand for less conflict, or for more, than they do."""
    if len(evidence.levels) < 3:
        return {}
    return {
        "inner levels of the scale scored lower (squared)": replace(
            evidence, values=evidence.values**2
        ),
        "inner levels of the scale scored higher (square root)": replace(
            evidence, values=evidence.values**0.5
        ),
    }


def compared(evidence: RatedConflict, found: Mapping[str, Observed]) -> list[Observed]:
    """Return mean ratings, as conflict from 0 to 1: their number by level would be too much."""
    return [
        replace(
            one,
            what="mean ratings, from no to full conflict",
            dims=one.dims[:1],
            values=one.values @ evidence.values / one.values.sum(axis=1),
            totals=None,
        )
        for one in found.values()
    ]


def outcomes(evidence: RatedConflict, chance: Array) -> tuple[Outcomes, ...]:
    """Return how likely each rating was, from probabilities (draw, cell, level)."""
    if evidence.silent:
        return ()
    words, cell = _rated(evidence)
    who = [f"{evidence.raters[r]}: " if r >= 0 else "" for r in evidence.rater]
    cells, levels = evidence.counts.shape
    return (
        Outcomes(
            "rating",
            tuple(
                f"{who[i]}{words[cell[i]]}: {level}"
                for i in range(cells)
                for level in evidence.levels
            ),
            np.log(np.maximum(chance, SMALLEST)).reshape(len(chance), -1),
            evidence.counts.ravel(),
            np.repeat(np.arange(cells), levels),
            np.tile(evidence.values, cells),
        ),
    )
