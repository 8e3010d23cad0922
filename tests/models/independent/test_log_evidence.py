"""How likely counts are under each prior of shares: over all counts they sum to one."""

from itertools import product

import numpy as np
import pytest
from scipy.special import gammaln

from bayes_misalign.contract.classes import GoalClasses
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.settings import NO_GOAL

AGENTS = 5
MERGED = GoalClasses((("a", "b"), ("c",)), (NO_GOAL,), ("a", "b", "c", NO_GOAL))
PRIORS = {
    "matched": (SharePrior(), ("a", "b", "c", NO_GOAL)),
    "matched, two goals": (SharePrior(), ("a", "b")),
    "matched, one goal": (SharePrior(), ("a", NO_GOAL)),
    "matched in classes": (SharePrior(classes=MERGED), ("a", "b", "c", NO_GOAL)),
    "index-uniform": (SharePrior("index-uniform"), ("a", "b", "c")),
    "concentration": (SharePrior("concentration", concentration=1.7), ("a", "b", "c")),
    "dirichlet": (SharePrior("dirichlet", dirichlet={"a": 0.3, "b": 2.0}), ("a", "b")),
}


@pytest.mark.parametrize("name", PRIORS)
def test_counts_are_as_likely_as_shares_of_the_prior_make_them(name: str) -> None:
    prior, categories = PRIORS[name]
    every = product(range(AGENTS + 1), repeat=len(categories))
    counts = np.array([c for c in every if sum(c) == AGENTS], dtype=float)
    ways = gammaln(AGENTS + 1) - gammaln(counts + 1).sum(axis=1)
    chance = np.exp(prior.log_evidence(counts, categories) + ways)
    assert chance.sum() == pytest.approx(1, abs=1e-5)
    # beside draws of shares
    draws = 40_000
    shares = prior.draw(np.zeros((1, len(categories))), categories, draws, np.random.default_rng(1))
    p = np.maximum(shares["proportion"][:, 0], 1e-300)
    found = np.exp(np.log(p) @ counts.T + ways)
    error = found.std(axis=0) / np.sqrt(draws)
    assert (abs(found.mean(axis=0) - chance) < 4.5 * error + 1e-9).all()
