"""Exact draws of the counts of answers behind rounded percentages, all shares averaged over.

Given the prior of the shares, a vector of counts c has the weight n! / prod c_i! times the
probability of such agents one after another, which the model of shares knows. Where rounding leaves
few vectors all are weighed. Where it leaves many they are proposed by convolution, as under shares
~ Dirichlet(1/2, ..., 1/2), and accepted by their weight over that of the proposal, relative to the
largest seen, which is known well after a few thousand: empirical supremum rejection sampling
(Caffo, Booth and Davis, Biometrika 89, 2002).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from bayes_misalign.models.published.rounding import Ranges

Array = NDArray[np.float64]
LogEvidence = Callable[[Array], Array]

MOST_WEIGHED = 1_000  # vectors of counts
PROPOSED = (400, 2_000)  # vectors at once, four for each draw if these are few
EACH = 0.5  # of the Dirichlet distribution that proposes
MOST_PROPOSALS = 400  # blocks of proposals, after which something is wrong


def draw_counts(
    ranges: Ranges, log_evidence: LogEvidence, draws: int, rng: np.random.Generator
) -> Array:
    """Return draws (draws, K) of counts of answers given rounded percentages."""
    if ranges.number <= MOST_WEIGHED:
        vectors = ranges.vectors()
        log_weight = _log_target(ranges, log_evidence, vectors) + ranges.weight_of(vectors)
        weight = np.exp(log_weight - log_weight.max())
        chosen = rng.choice(len(vectors), draws, p=weight / weight.sum())
        return ranges.scale * vectors[chosen, :-1].astype(float)
    return ranges.scale * _accepted(ranges, log_evidence, draws, rng)[:, :-1].astype(float)


def _log_target(ranges: Ranges, log_evidence: LogEvidence, vectors: NDArray[np.int64]) -> Array:
    """Return the log weight (vector,) of vectors of units, beside the ways to have them."""
    counts = np.asarray(ranges.scale * vectors[:, :-1], dtype=float)
    answered = ranges.answers - ranges.scale * vectors[:, -1]
    coefficient = gammaln(np.maximum(answered, 0.0) + 1) - gammaln(counts + 1).sum(axis=1)
    return np.asarray(coefficient + log_evidence(counts))


def _accepted(
    ranges: Ranges, log_evidence: LogEvidence, draws: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    *of_categories, left_out = range(len(ranges.lower))

    def proposing(counts: Array) -> Array:
        return np.asarray(gammaln(counts + EACH) - gammaln(counts + 1))

    terms = [ranges.log_weight[i] + proposing(ranges.counts(i)) for i in of_categories]
    terms.append(ranges.log_weight[left_out])
    kept = np.zeros((0, len(ranges.lower)), np.int64)
    largest, at_once = -np.inf, int(np.clip(4 * draws, *PROPOSED))
    for _ in range(MOST_PROPOSALS):
        vectors = ranges.draw(terms, at_once, rng)
        distinct, place = np.unique(vectors, axis=0, return_inverse=True)
        counts = np.asarray(ranges.scale * distinct[:, :-1], dtype=float)
        log_ratio = _log_target(ranges, log_evidence, distinct) - proposing(counts).sum(axis=1)
        if (top := float(log_ratio.max())) > largest:
            # those accepted before were so by a smaller bound
            kept = kept[rng.random(len(kept)) < np.exp(largest - top)]
            largest = top
        accept = np.log(rng.random(at_once)) < log_ratio[place.ravel()] - largest
        kept = np.concatenate([kept, vectors[accept]])
        if len(kept) >= draws:
            return kept[:draws]
    raise FloatingPointError(f"{len(kept)} of {draws} draws of rounded shares were accepted")
