"""Whether reports are as independent, given the goals, as the model takes them to be.

Two raters who copy each other, or cases that are hard for everybody, make raters agree more often
than independent errors would. How often each pair agrees is compared with replicated data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.families.reports.distinct_reports import DistinctReports
from bayes_misalign.families.reports.latent import among_sampled

Array = NDArray[np.float64]
REPLICATES = 400
MOST_AGENTS = 20_000  # of a replicate; larger studies are checked more mildly than they could be
ALPHA = 0.01  # for all pairs together
MOST_PAIRS = 300


@dataclass(frozen=True, eq=False)
class Agreement:
    """Agreement of pairs of reports, observed and replicated.

    Parameters
    ----------
    pairs : tuple of str, length P
        "one & other", or a source alone where it repeats its own reports.
    observed : ndarray, shape (P,)
        How often two reports about the same agent are equal.
    replicated : ndarray, shape (replicate, P)
        The same in data that the posterior gives rise to.
    """

    pairs: tuple[str, ...]
    observed: Array
    replicated: Array

    @property
    def z(self) -> Array:
        """(P,) observed minus replicated, in replicated sds; 0 where nothing varies."""
        sd = self.replicated.std(axis=0)
        gap = self.observed - self.replicated.mean(axis=0)
        return np.divide(gap, sd, out=np.zeros_like(gap), where=sd > 0)

    @property
    def limit(self) -> float:
        """Absolute z that chance exceeds once in a hundred times, over all pairs."""
        from scipy.special import ndtri

        return float(-ndtri(ALPHA / 2 / max(len(self.pairs), 1)))

    @property
    def odd(self) -> list[int]:
        """Pairs that agree more or less often than the model allows, oddest first."""
        z = np.abs(self.z)
        return [int(i) for i in np.argsort(-z) if z[i] > self.limit]


def pairs_of(evidence: DistinctReports) -> list[tuple[int, int]]:
    """Return pairs of comparable sources that both spoke of some agent, repeats among them."""
    asked = evidence.per_source
    sizes = [span.stop - span.start for span in evidence.spans]
    found = []
    for i in range(len(sizes)):
        if (asked[:, i] > 1).any():
            found.append((i, i))
        for j in range(i + 1, len(sizes)):
            same = evidence.comparable and sizes[i] == sizes[j]
            if same and ((asked[:, i] > 0) & (asked[:, j] > 0)).any():
                found.append((i, j))
    return found[:MOST_PAIRS]


def agreement_of(evidence: DistinctReports, pairs: list[tuple[int, int]]) -> Array:
    """Return how often two reports about the same agent are equal, for each pair of sources.

    A source paired with itself stands for its own repeats; NaN where no agent has both reports.
    """
    found = np.full(len(pairs), np.nan)
    asked = evidence.per_source.astype(float)
    for p, (i, j) in enumerate(pairs):
        one = evidence.reports[:, evidence.spans[i]].astype(float)
        other = evidence.reports[:, evidence.spans[j]].astype(float)
        repeats = asked[:, i] if i == j else 0.0
        both = asked[:, i] * asked[:, j] - repeats
        equal = (one * other).sum(axis=1) - repeats
        able = both > 0
        if (total := evidence.agents[able].sum()) > 0:
            found[p] = evidence.agents[able] @ (equal[able] / both[able]) / total
    return found


def check_agreement(
    evidence: DistinctReports, drawn: Mapping[str, Array], rng: np.random.Generator
) -> Agreement | None:
    """Compare the agreement of reports with data replicated from posterior draws.

    None where no two reports about one agent can be compared.
    """
    if not (pairs := pairs_of(evidence)):
        return None
    model: Any = evidence_model(evidence.model)
    design = evidence
    if evidence.n.sum() > MOST_AGENTS:
        design = model.sized(evidence, MOST_AGENTS // len(evidence.populations), rng)
    total = len(drawn["proportion"])
    # the agents observed are those that were sampled, whatever they weigh
    sampled = {**drawn, "proportion": among_sampled(drawn)}
    chosen = np.linspace(0, total - 1, min(REPLICATES, total)).astype(int)
    replicated = np.stack(
        [
            agreement_of(model.simulate({k: v[i] for k, v in sampled.items()}, design, rng), pairs)
            for i in chosen
        ]
    )
    names = evidence.sources
    labels = tuple(
        f"{names[i]} & {names[j]}" if i != j else f"{names[i]}, repeated" for i, j in pairs
    )
    return Agreement(labels, agreement_of(evidence, pairs), replicated)
