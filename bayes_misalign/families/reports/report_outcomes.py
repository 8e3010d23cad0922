"""What was reported, as replicates are compared with it, and how likely each report was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.observed import FreeVariables, Observed, Outcomes
from bayes_misalign.contract.weighted import among_sampled, sampled_free_variables
from bayes_misalign.families.reports import latent
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports
from bayes_misalign.families.reports.few_reports import few
from bayes_misalign.families.simplex.draws import order_of_shares

Array = NDArray[np.float64]
REPORTED = "reported"  # what was observed
SMALLEST = 1e-300


def free_variables(
    evidence: DistinctReports, shares: object, name: str, drawn: Mapping[str, Array]
) -> FreeVariables:
    """Return exact draws as the free variables of the shares in PyMC."""
    order = order_of_shares(evidence.effective_counts, evidence.categories)
    return sampled_free_variables(shares, evidence.categories, order, name, drawn, evidence.tilt)


def observed(evidence: DistinctReports) -> dict[str, Observed]:
    """Return how often each report was given in each population."""
    agents = evidence.effective_agents
    if few(evidence.reports):
        row, cell, times = evidence.given
        shape = len(evidence.populations), evidence.cells
        place = evidence.population[row] * evidence.cells + cell
        counts = np.bincount(place, agents[row] * times, minlength=int(np.prod(shape)))
        counts = counts.reshape(shape)
    else:
        counts = evidence.by_population(agents[:, None] * evidence.reports)
    asked = evidence.by_population(agents[:, None] * evidence.per_source)
    widths = [span.stop - span.start for span in evidence.spans]
    what = f"{evidence.report_noun}s"
    coords = {"report": evidence.report_labels}
    total = np.repeat(asked, widths, axis=1)
    return {REPORTED: Observed(what, ("population", "report"), counts, coords, total)}


def as_it_counts[E: DistinctReports](evidence: E) -> E:
    """Return a design with as many agents as the evidence counts for under design weights."""
    if not evidence.weighted:
        return evidence
    agents = np.round(evidence.effective_agents)
    return replace(evidence, agents=agents, row_weight=agents, row_weight_sq=agents, weighted=False)


def outcomes(
    evidence: DistinctReports,
    terms: Callable[[DistinctReports, Mapping[str, Array]], Array],
    drawn: Mapping[str, Array],
) -> tuple[Outcomes, ...]:
    """Return how likely the reports of each agent were, all that were given of it together."""
    draws, rows = len(drawn["proportion"]), len(evidence.agents)
    found = np.empty((draws, rows))
    for part in latent.batches(evidence, draws):
        some = {name: values[part] for name, values in drawn.items()}
        joint = latent.log_joint(evidence, terms(evidence, some), among_sampled(some))
        top = joint.max(axis=-1)
        found[part] = np.log(np.exp(joint - top[..., None]).sum(axis=-1)) + top
    found += _orders(evidence)
    # agents of whom as much was asked, and as much is known, could have had each other's reports
    gold = np.where(evidence.gold == UNKNOWN, UNKNOWN, np.where(evidence.gold_chosen, 1, 0))
    gold = np.where(gold == 1, evidence.gold + 1, gold)
    asked = np.column_stack([evidence.population, gold, evidence.per_source.astype(int)])
    distinct, question = np.unique(asked, axis=0, return_inverse=True)
    question = np.ravel(question)
    seen = np.zeros((draws, len(distinct)))
    np.add.at(seen.T, question, np.exp(found).T)
    rest = np.log(np.maximum(1 - seen, SMALLEST))
    places = evidence.population
    labels = [f"{evidence.populations[places[d]]}: pattern {d + 1}" for d in range(rows)]
    labels += [f"{evidence.populations[p]}: another pattern" for p in distinct[:, 0]]
    first = np.zeros(len(distinct))
    return (
        Outcomes(
            "agent",
            tuple(labels),
            np.concatenate([found, rest], axis=1),
            np.concatenate([evidence.effective_agents, first]),
            np.concatenate([question, np.arange(len(distinct))]),
            np.concatenate([np.arange(rows, dtype=float), first + rows]),
        ),
    )


def _orders(evidence: DistinctReports) -> Array:
    """Return the logarithm of how many orders each pattern's reports could have come in, (D,)."""
    from scipy.special import gammaln

    ways = gammaln(evidence.per_source + 1.0).sum(axis=1)
    return np.asarray(ways - gammaln(evidence.reports + 1.0).sum(axis=1))
