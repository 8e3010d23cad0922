"""Single observations behind the sufficient statistics, for cross-validation one by one.

A likelihood of counts is one observation to leave-one-out cross-validation, where each respondent
should be one. What a model says of distinct outcomes is spread over observations here, when asked
for: one for each respondent, rating or judgement. Where these are more than fit into memory, equal
numbers of them are bundled at random; their log-likelihoods still sum to that of all data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.observed import Outcomes
from bayes_misalign.inference.conflict_draws import with_known
from bayes_misalign.inference.draw_blocks import stream
from bayes_misalign.inference.groups import Groups
from bayes_misalign.inference.parameters import parts_of
from bayes_misalign.inference.predictive import with_holders
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]
OBSERVATIONS = 401  # stream of random numbers
MOST_NUMBERS = 25_000_000  # draws times observations of one variable: 200 MB


@dataclass(frozen=True, eq=False)
class Observations:
    """Observations of one kind, each of one trial or of a bundle of them.

    Parameters
    ----------
    what : str
        Name of the variable.
    labels : tuple of str, length N
        What was observed, in words.
    log_likelihood : ndarray, shape (draw, N)
        Log probability of each.
    observed : ndarray, shape (N,)
        Each as a number; of a bundle the mean.
    replicated : ndarray, shape (draw, N)
        The same of trials drawn anew.
    size : ndarray, shape (N,)
        How many trials each stands for.
    """

    what: str
    labels: tuple[str, ...]
    log_likelihood: Array
    observed: Array
    replicated: Array
    size: Array


def observations(study: Study, groups: Groups, most: int = MOST_NUMBERS) -> list[Observations]:
    """Return every observation of a study, for all draws of its posterior."""
    found = []
    parts = with_holders(study, parts_of(study, with_known(groups)))
    for number, part in enumerate(parts):
        for k, outcomes in enumerate(part.model.outcomes(part.evidence, part.parameters)):
            rng = stream(study.fitting.seed, OBSERVATIONS, number, k)
            what = outcomes.what if part.of_goals else f"{outcomes.what}_{part.name}"
            if (outcomes.times > 0).any():
                found.append(_spread(what, outcomes, most, rng))
    return found


def _spread(what: str, outcomes: Outcomes, most: int, rng: np.random.Generator) -> Observations:
    draws = len(outcomes.log_likelihood)
    if outcomes.replicates is not None:
        size = np.asarray(outcomes.times)
        scaled = outcomes.log_likelihood * size
        return Observations(
            what, outcomes.labels, scaled, outcomes.values, outcomes.replicates, size
        )
    # tempered answers are not whole: as many trials as there are, rounded up, each worth less
    whole = np.ceil(outcomes.times - 1e-9).astype(np.int64)
    worth = np.divide(outcomes.times, whole, out=np.zeros(len(whole)), where=whole > 0)
    bundle = max(1, -(-int(whole.sum()) * draws // most))
    columns: dict[str, list[Array]] = {"likelihood": [], "observed": [], "again": [], "size": []}
    labels: list[str] = []
    for question in np.unique(outcomes.question):
        able = np.flatnonzero(outcomes.question == question)
        if not whole[able].any():
            continue
        own = _bundles(whole[able], bundle, rng)
        sizes, values = own.sum(axis=1).astype(float), outcomes.values[able]
        log_p = outcomes.log_likelihood[:, able]
        chance = np.exp(log_p - log_p.max(axis=1, keepdims=True))
        columns["likelihood"].append(log_p @ (own * worth[able]).T)
        columns["observed"].append(own @ values / sizes)
        columns["again"].append(_drawn(chance, values, sizes, rng))
        columns["size"].append(sizes)
        labels += [_label(outcomes, able, row) for row in own]
    joined = {key: np.concatenate(parts, axis=-1) for key, parts in columns.items()}
    return Observations(
        what,
        tuple(labels),
        joined["likelihood"],
        joined["observed"],
        joined["again"],
        joined["size"],
    )


def _bundles(times: NDArray[np.int64], bundle: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return how often each bundle holds each outcome, (bundle, outcome)."""
    if bundle == 1:  # in order: all who gave the same answer stand together
        place = np.repeat(np.arange(len(times)), times)
        alone = np.zeros((len(place), len(times)), np.int64)
        alone[np.arange(len(place)), place] = 1
        return alone
    rows, left = [], times.copy()
    while left.sum() > 0:
        size = min(bundle, int(left.sum()))
        rows.append(rng.multivariate_hypergeometric(left, size, method="marginals"))
        left = left - rows[-1]
    return np.array(rows)


def _drawn(chance: Array, values: Array, sizes: Array, rng: np.random.Generator) -> Array:
    """Return means of this many outcomes (draw, bundle), their chances (draw, outcome) given."""
    cumulative = chance.cumsum(axis=1)
    cumulative /= cumulative[:, -1:]
    if (sizes == 1).all():
        point = rng.random((len(chance), len(sizes)))
        return np.stack(
            [values[np.searchsorted(c, x)] for c, x in zip(cumulative, point, strict=True)]
        )
    parts = np.diff(cumulative, axis=1, prepend=0.0)
    return np.stack([rng.multinomial(int(size), parts) @ values / size for size in sizes], axis=1)


def _label(outcomes: Outcomes, able: NDArray[np.intp], row: Array) -> str:
    parts = [
        outcomes.labels[able[k]] + (f" ({row[k]:,.0f})" if row.sum() > 1 else "")
        for k in np.flatnonzero(row)
    ]
    return "; ".join(parts)
