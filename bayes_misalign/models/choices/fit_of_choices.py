"""Whether choices are as the payoffs make them: observed shares of actions, and replicated ones.

How far the observed shares of a situation are from the expected ones is compared with how far
replicated shares are, draw by draw (Gelman, Meng and Stern, Statistica Sinica 6, 1996). The goal
shares are fitted to the same choices, so that the p-values are cautious: a small one counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.families.reports.latent import among_sampled
from bayes_misalign.models.choices.evidence import DistinctChoices

Array = NDArray[np.float64]
REPLICATES, MOST_REPLICATES, PER_SITUATION = 400, 2_000, 100
MOST_PAIRS = 1_000_000  # numbers of pairs of actions, over populations
MOST_AGENTS = 20_000  # of a replicate; larger studies are checked more mildly than they could be
ALPHA = 0.01  # for all situations together
LEVELS = (0.025, 0.5, 0.975)
GROUP = "fit_of_choices"


@dataclass(frozen=True, eq=False)
class FitOfChoices:
    """Shares of actions of those who chose in a situation.

    Parameters
    ----------
    observed : ndarray, shape (S, C)
        By population; NaN where nobody chose.
    replicated : ndarray, shape (3, S, C)
        Quantiles of data that the posterior gives rise to, at `LEVELS`.
    p_value : ndarray, shape (Q,)
        How often replicated shares of a situation are as far from the expected ones; NaN where
        nobody chose.
    p_of_pairs : float
        The same of what agents chose in pairs of situations; NaN where it was not looked at.
    """

    observed: Array
    replicated: Array
    p_value: Array
    p_of_pairs: float = np.nan

    @property
    def odd(self) -> NDArray[np.bool_]:
        """(Q,) whether choices in a situation are not as the payoffs make them."""
        found = np.nan_to_num(self.p_value, nan=1.0)
        return np.asarray(found < ALPHA / max(int((~np.isnan(self.p_value)).sum()), 1))

    @property
    def odd_pairs(self) -> bool:
        """Whether choices of one agent go together otherwise than its goal makes them."""
        return bool(self.p_of_pairs < ALPHA)


def check_fit_of_choices(
    evidence: DistinctChoices, drawn: Mapping[str, Array], rng: np.random.Generator
) -> FitOfChoices:
    """Compare the shares of actions with those of data replicated from posterior draws."""
    model: Any = evidence_model(evidence.model)
    design = evidence
    if evidence.n.sum() > MOST_AGENTS:
        design = model.sized(evidence, MOST_AGENTS // len(evidence.populations), rng)
    sampled = {**drawn, "proportion": among_sampled(drawn)}
    total = len(drawn["proportion"])
    wanted = int(np.clip(PER_SITUATION * len(evidence.situations), REPLICATES, MOST_REPLICATES))
    chosen = np.linspace(0, total - 1, min(wanted, total)).astype(int)
    observed, number = shares_of_actions(evidence), _asked(design)
    farther, pairs = np.zeros(len(evidence.situations)), 0
    several = _several(evidence)
    replicated = []
    for i in chosen:
        one = {key: values[i] for key, values in sampled.items()}
        agents = model.simulate(one, design, rng)
        if several:
            pairs += _pairs_apart(agents, one) >= _pairs_apart(evidence, one)
        made = shares_of_actions(agents)
        replicated.append(made)
        far = [
            _distance(evidence, found, _expected(of, one), number)
            for found, of in ((made, design), (observed, evidence))
        ]
        farther += far[0] >= far[1]
    p = np.where(number.any(axis=0), farther / len(chosen), np.nan)
    # nothing is chosen where nobody is asked, in every replicate
    asked = ~np.isnan(replicated[0])
    made = np.where(asked, np.nan_to_num(np.array(replicated)), 0.0)
    quantiles = np.where(asked, np.quantile(made, LEVELS, axis=0), np.nan)
    return FitOfChoices(observed, quantiles, p, pairs / len(chosen) if several else np.nan)


def shares_of_actions(evidence: DistinctChoices) -> Array:
    """Return how often each action was chosen of those who chose in its situation, (S, C)."""
    counts = evidence.by_population(evidence.agents[:, None] * evidence.reports)
    return _over(evidence, counts)


def _over(evidence: DistinctChoices, counts: Array) -> Array:
    widths = [span.stop - span.start for span in evidence.spans]
    total = np.repeat(evidence.per_situation(counts), widths, axis=-1)
    nothing = np.full_like(counts, np.nan)
    return np.divide(counts, total, out=nothing, where=total > 0)


def _asked(evidence: DistinctChoices) -> Array:
    """Return how many choices there are of each situation in each population, (S, Q)."""
    return evidence.by_population(evidence.agents[:, None] * evidence.per_source.astype(float))


def _expected(evidence: DistinctChoices, one: Mapping[str, Array]) -> Array:
    """Return expected shares of actions, (S, C); agents who were chosen by their goal hold it."""
    holding = one["proportion"][evidence.population]
    chosen = evidence.informs_shares == 0
    gold = np.where(evidence.gold == UNKNOWN, 0, evidence.gold)
    holding = np.where(chosen[:, None], np.eye(holding.shape[1])[gold], holding)
    widths = [span.stop - span.start for span in evidence.spans]
    asked = np.repeat(evidence.per_source.astype(float), widths, axis=1)
    counts = evidence.agents[:, None] * asked * (holding @ one["action"])
    return _over(evidence, evidence.by_population(counts))


def _distance(evidence: DistinctChoices, found: Array, expected: Array, number: Array) -> Array:
    """Return a chi-square distance of shares in each situation, (Q,)."""
    square = np.divide(
        (found - expected) ** 2, expected, out=np.zeros_like(expected), where=expected > 0
    )
    return np.asarray((number * evidence.per_situation(np.nan_to_num(square))).sum(axis=0))


def _several(evidence: DistinctChoices) -> bool:
    """Return whether agents of unknown goal chose in several situations, few enough to look at."""
    asked = evidence.per_source[evidence.gold == UNKNOWN] > 0
    size = len(evidence.populations) * evidence.cells**2
    return size <= MOST_PAIRS and bool((asked.sum(axis=1) > 1).any())


def _pairs_apart(evidence: DistinctChoices, one: Mapping[str, Array]) -> float:
    """Return a chi-square distance of how often two actions were chosen by the same agent.

    It is that of shares of agents, of actions in different situations, whatever their population.
    """
    widths = [span.stop - span.start for span in evidence.spans]
    observed = np.zeros((evidence.cells, evidence.cells))
    expected = np.zeros_like(observed)
    total = 0.0
    for s, shares in enumerate(one["proportion"]):
        here = (evidence.population == s) & (evidence.gold == UNKNOWN)
        agents, reports = evidence.agents[here], evidence.reports[here]
        asked = np.repeat(evidence.per_source[here].astype(float), widths, axis=1)
        weighted = agents[:, None] * reports
        observed += weighted.T @ reports
        number = (agents[:, None] * asked).T @ asked
        expected += number * ((one["action"].T * shares) @ one["action"])
        total += float(agents.sum())
    of = np.repeat(np.arange(len(widths)), widths)
    there = (of[:, None] < of) & (expected > 0)
    gap = observed[there] - expected[there]
    return float((gap**2 / expected[there]).sum() / total) if total else 0.0
