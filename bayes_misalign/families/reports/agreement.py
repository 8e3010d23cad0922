"""Whether reports are as independent, given the goals, as the model takes them to be.

Two raters who copy each other, or cases that are hard for everybody, make raters agree more often
than independent errors would. How often each pair agrees is compared with replicated data, all
pairs of sources among them, however many there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.families.reports.distinct_reports import DistinctReports
from bayes_misalign.families.reports.few_reports import few
from bayes_misalign.families.reports.latent import among_sampled

Array = NDArray[np.float64]
REPLICATES, FEWEST_REPLICATES = 400, 100
MOST_NUMBERS = 2_000_000  # of replicated agreements: fewer replicates of very many pairs
MOST_AGENTS = 20_000  # of a replicate; larger studies are checked more mildly than they could be
ALPHA = 0.01  # for all pairs together
MOST_KEPT = 300  # pairs that a result keeps: all, or the oddest
SPARSE = 0.1  # part of the agents that a source reported of, below which most products are 0


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
    compared : int
        Number of all pairs that were compared, of which these are the oddest; 0 if these are all.
    agents : ndarray, shape (P,), optional
        Number of agents of whom both reported.
    """

    pairs: tuple[str, ...]
    observed: Array
    replicated: Array
    compared: int = 0
    agents: Array | None = None

    @property
    def number(self) -> int:
        """Number of all pairs that were compared."""
        return self.compared or len(self.pairs)

    @property
    def z(self) -> Array:
        """(P,) observed minus replicated, in replicated sds; 0 where nothing varies."""
        return _z(self.observed, self.replicated)

    @property
    def limit(self) -> float:
        """Absolute z that chance exceeds once in a hundred times, over all pairs.

        Notes
        -----
        Bonferroni, by Student's t: the sd is that of as many replicates as there are.
        """
        from scipy.special import stdtrit

        replicates = len(self.replicated)
        wide = np.sqrt(1 + 1 / replicates)
        return float(-stdtrit(replicates - 1, ALPHA / 2 / max(self.number, 1)) * wide)

    @property
    def odd(self) -> list[int]:
        """Pairs that agree more or less often than the model allows, oddest first.

        Notes
        -----
        The agreement of few agents is far from normal: where replicates nearly always agree, one
        difference is many sds. It has to be rare as a binomial number of agreements too.
        """
        z = np.abs(self.z)
        rare = self._binomial() < ALPHA / max(self.number, 1)
        return [int(i) for i in np.argsort(-z, kind="stable") if z[i] > self.limit and rare[i]]

    def _binomial(self) -> Array:
        """Return how likely as many agreements, or as few, would be of independent agents."""
        from scipy.special import betainc

        if self.agents is None:
            return np.zeros(len(self.pairs))
        number = np.round(self.agents)
        equal = np.round(self.observed * number)
        chance = np.clip(self.replicated.mean(axis=0), 0.0, 1.0)
        # binomial tails as incomplete beta functions; 1 where the tail is everything
        more = np.where(equal > 0, betainc(np.maximum(equal, 1), number - equal + 1, chance), 1.0)
        left = np.maximum(number - equal, 1)
        less = np.where(equal < number, betainc(left, equal + 1, 1 - chance), 1.0)
        return np.asarray(np.minimum(1.0, 2 * np.minimum(more, less)))


def _z(observed: Array, replicated: Array) -> Array:
    sd = replicated.std(axis=0, ddof=1) if len(replicated) > 1 else np.zeros(len(observed))
    gap = observed - replicated.mean(axis=0)
    return np.asarray(np.divide(gap, sd, out=np.zeros_like(gap), where=sd > 0))


def pairs_of(evidence: DistinctReports) -> list[tuple[int, int]]:
    """Return pairs of comparable sources that both spoke of some agent, repeats among them."""
    asked = evidence.per_source
    widths = np.array([span.stop - span.start for span in evidence.spans])
    spoke = (asked > 0).astype(float)
    able = np.zeros((len(widths), len(widths)), bool)
    if evidence.comparable:
        able = np.triu((spoke.T @ spoke > 0) & (widths[:, None] == widths), 1)
    np.fill_diagonal(able, (asked > 1).any(axis=0))
    return [(int(i), int(j)) for i, j in np.argwhere(able)]


def agreement_of(evidence: DistinctReports, pairs: Sequence[tuple[int, int]] | ArrayLike) -> Array:
    """Return how often two reports about the same agent are equal, for each pair of sources.

    A source paired with itself stands for its own repeats; NaN where no agent has both reports.
    """
    return _part(*_equal_and_able(evidence, np.asarray(pairs, np.int64).reshape(-1, 2)))


def _part(equal: Array, able: Array) -> Array:
    nothing = np.full(len(able), np.nan)
    return np.asarray(np.divide(equal, able, out=nothing, where=able > 0))


def _equal_and_able(evidence: DistinctReports, pairs: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return agents of whom both of a pair reported, as far as equal, and all of them, (P,) each.

    Notes
    -----
    The probability that a report of one source and a report of another about an agent are equal is
    the product of what each of them says most often, summed over labels: a product of matrices for
    all pairs at once.
    """
    if few(evidence.reports):
        return _of_few(evidence, pairs)
    equal, able = np.zeros(len(pairs)), np.zeros(len(pairs))
    asked, agents = evidence.per_source.astype(float), evidence.agents
    widths = np.array([span.stop - span.start for span in evidence.spans])
    itself = pairs[:, 0] == pairs[:, 1]
    for width in np.unique(widths[pairs]):
        members = np.flatnonzero(widths == width)
        place = np.full(len(widths), -1)
        place[members] = np.arange(len(members))
        columns = np.array([evidence.spans[i].start for i in members])
        given = [evidence.reports[:, columns + label].astype(float) for label in range(width)]
        number = asked[:, members]
        here = (widths[pairs[:, 0]] == width) & ~itself
        if here.any():
            one, other = place[pairs[here]].T
            share = 1 / np.maximum(number, 1)
            equal[here] = sum(_product(label * share, agents)[one, other] for label in given)
            able[here] = _product((number > 0).astype(float), agents)[one, other]
        here = (widths[pairs[:, 0]] == width) & itself
        if here.any():
            of = place[pairs[here, 0]]
            both = (number**2 - number)[:, of]
            same = sum(label[:, of] ** 2 for label in given) - number[:, of]
            part = np.divide(same, both, out=np.zeros_like(both), where=both > 0)
            equal[here], able[here] = agents @ part, agents @ (both > 0)
    return equal, able


def _of_few(evidence: DistinctReports, pairs: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return the same by sparse matrices of the reports, (row, source) for each label."""
    from scipy.sparse import csr_array

    row, cell, times = evidence.given
    starts = np.array([span.start for span in evidence.spans])
    source = np.searchsorted(starts, cell, side="right") - 1
    label, number = cell - starts[source], evidence.per_source[row, source].astype(float)
    shape, agents = (len(evidence.agents), len(starts)), evidence.agents

    def products(values: Array, some: NDArray[np.bool_]) -> Array:
        x = csr_array((values[some], (row[some], source[some])), shape=shape)
        x.sum_duplicates()
        found = (x.multiply(agents[:, None]).T @ x).todense()
        return np.asarray(found)[pairs[:, 0], pairs[:, 1]]

    labels = range(int(label.max(initial=-1)) + 1)
    equal = np.sum([products(times / number, label == one) for one in labels], axis=0)
    able = products(1 / np.bincount(row * shape[1] + source)[row * shape[1] + source], row >= 0)
    itself = pairs[:, 0] == pairs[:, 1]
    if itself.any():
        both = number**2 - number
        part = np.divide(times**2 - times, both, out=np.zeros_like(both), where=both > 0)
        asked = evidence.per_source[:, pairs[itself, 0]] > 1
        same = np.bincount(source, part * agents[row], minlength=shape[1])
        equal[itself], able[itself] = same[pairs[itself, 0]], agents @ asked
    return equal, able


def _product(columns: Array, weights: Array) -> Array:
    """Return X' diag(w) X, by sparse matrices where most of X is zero."""
    if np.count_nonzero(columns) > SPARSE * columns.size:
        return np.asarray((columns * weights[:, None]).T @ columns)
    from scipy.sparse import csr_array

    few = csr_array(columns)
    return np.asarray((few.multiply(weights[:, None]).T @ few).todense())


def check_agreement(
    evidence: DistinctReports, drawn: Mapping[str, Array], rng: np.random.Generator
) -> Agreement | None:
    """Compare the agreement of reports with data replicated from posterior draws.

    None where no two reports about one agent can be compared. Of many pairs the oddest are kept.
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
    replicates = int(np.clip(MOST_NUMBERS // len(pairs), FEWEST_REPLICATES, REPLICATES))
    chosen = np.linspace(0, total - 1, min(replicates, total)).astype(int)
    every = np.asarray(pairs, np.int64)
    replicated = np.stack(
        [
            agreement_of(model.simulate({k: v[i] for k, v in sampled.items()}, design, rng), every)
            for i in chosen
        ]
    )
    equal, able = _equal_and_able(evidence, every)
    observed = _part(equal, able)
    kept = np.arange(len(pairs))
    if len(pairs) > MOST_KEPT:
        kept = np.argsort(-np.abs(np.nan_to_num(_z(observed, replicated))), kind="stable")
        kept = kept[:MOST_KEPT]
    names = evidence.sources
    labels = tuple(
        f"{names[i]} & {names[j]}" if i != j else f"{names[i]}, repeated" for i, j in every[kept]
    )
    return Agreement(labels, observed[kept], replicated[:, kept], len(pairs), able[kept])
