"""Whether choices tell the shares of goals and the rationality apart, given the payoffs.

With stated payoffs P(action | goal) is known up to a few numbers, so that fewer choices will do
than where it is free. The model is locally identified where the scores of all these numbers are
linearly independent (Rothenberg, Econometrica 39, 1971; for latent classes Goodman, Biometrika 61,
1974). The rank is that of scores of simulated choices at points drawn at random: it is the same at
almost all of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.actions.repeats import choice_terms
from bayes_misalign.families.reports.distinct_reports import UNKNOWN

if TYPE_CHECKING:
    from bayes_misalign.models.choices.evidence import DistinctChoices

Array = NDArray[np.float64]
Payoffs = Literal["stated payoffs"]
PAYOFFS: Payoffs = "stated payoffs"
MOST_POPULATIONS, MOST_QUESTIONS = 12, 40
POINTS, SEED = 3, 20_251
STEP, SMALLEST = 1e-4, 1e-5  # of a derivative; of a singular value, over the largest


def identified(evidence: DistinctChoices, overdispersed: bool) -> tuple[Payoffs | None, str]:
    """Return "stated payoffs", or None where the prior alone does it, and why."""
    questions = _questions(evidence)
    k, populations = len(evidence.categories), len(np.unique(questions[:, 0]))
    if not len(questions):
        return None, "no agent of unknown goal chose anything"
    rng, of_shares, of_all = np.random.default_rng(SEED), 0, 0
    needed = populations * (k - 1)
    more = len(evidence.ruled) + overdispersed
    for _ in range(POINTS):
        scores = _scores(evidence, questions, overdispersed, rng)
        of_shares = max(of_shares, _rank(scores[:, :needed]))
        of_all = max(of_all, _rank(scores))
    if of_all == needed + more:
        words = "with these payoffs, choices tell the shares of goals from the rationality"
        return PAYOFFS, words
    if of_shares < needed:
        return None, (
            f"even if the rationality were known, these choices would not tell {k} goals apart"
        )
    return None, "other shares of goals with another rationality lead to the same choices"


def _questions(evidence: DistinctChoices) -> NDArray[np.int64]:
    """Return distinct populations and numbers of choices, (question, 1 + Q), by frequency."""
    asked = evidence.per_source.astype(np.int64)
    here = (evidence.gold == UNKNOWN) & (evidence.agents > 0) & asked.any(axis=1)
    every = np.column_stack([evidence.population, asked])[here]
    found, of = np.unique(every, axis=0, return_inverse=True)
    agents = np.bincount(np.ravel(of), evidence.agents[here], minlength=len(found))
    found = found[np.argsort(-agents, kind="stable")]
    kept = list(dict.fromkeys(found[:, 0].tolist()))[:MOST_POPULATIONS]
    found = found[np.isin(found[:, 0], kept)]
    first = np.unique(found[:, 0], return_index=True)[1]  # one question of each population at least
    some = np.union1d(first, np.arange(min(len(found), MOST_QUESTIONS)))
    return np.asarray(found[some])


def _scores(
    evidence: DistinctChoices,
    questions: NDArray[np.int64],
    overdispersed: bool,
    rng: np.random.Generator,
) -> Array:
    """Return scores of simulated choices, (agent, shares of each population and other numbers)."""
    places = np.unique(questions[:, 0])
    k, g = len(evidence.categories), len(evidence.ruled)
    unknown = len(places) * (k - 1) + g + overdispersed
    agents = 4 * unknown + 20
    shares = rng.dirichlet(np.full(k, 3.0), size=len(places))
    point = np.append(rng.normal(np.log(2.0), 0.4, size=g), rng.normal(-1.5, 0.3))
    action = np.exp(evidence.log_action(np.exp(point[:g])))
    of = np.repeat(np.searchsorted(places, questions[:, 0]), agents)
    goal = np.array([rng.choice(k, p=shares[s]) for s in of])
    chosen = np.repeat(questions[:, 1:], agents, axis=0)
    made = np.zeros((len(of), evidence.cells), np.int64)
    for q, span in enumerate(evidence.spans):
        made[:, span] = rng.multinomial(chosen[:, q], action[goal, span])
    ones = np.ones(len(of))
    seen: Any = replace(
        evidence,
        reports=made,
        population=places[of],
        gold=np.full(len(of), UNKNOWN),
        agents=ones,
        row_weight=ones,
        row_weight_sq=ones,
        stated_deff=None,
        design=None,
    )
    steps = np.concatenate([np.zeros((1, g + 1)), STEP * np.eye(g + 1), -STEP * np.eye(g + 1)])
    moved = point + steps
    rho = 1 / (1 + np.exp(-moved[:, g])) if overdispersed else None
    terms = choice_terms(seen, evidence.log_action(np.exp(moved[:, :g])), rho)
    joint = terms + np.log(shares[of])
    top = joint.max(axis=-1, keepdims=True)
    log_sum = (np.log(np.exp(joint - top).sum(axis=-1, keepdims=True)) + top)[..., 0]
    holding = np.exp(joint[0] - log_sum[0][:, None]) - shares[of]
    scores = np.zeros((len(of), len(places), k - 1))
    scores[np.arange(len(of)), of] = holding[:, : k - 1]
    others = (log_sum[1 : g + 2] - log_sum[g + 2 :]).T / (2 * STEP)
    return np.column_stack([scores.reshape(len(of), -1), others[:, : g + overdispersed]])


def _rank(scores: Array) -> int:
    size = np.sqrt((scores**2).sum(axis=0))
    scores = scores[:, size > SMALLEST] / size[size > SMALLEST]
    if not scores.size:
        return 0
    values = np.linalg.svd(scores, compute_uv=False)
    return int((values > SMALLEST * values[0]).sum())
