"""Agents choose actions as their goals' payoffs say, more or less rationally.

An agent of population s holds goal k with probability p_sk, and in situation q chooses action a
with probability softmax_a(beta u_kqa): the same for all agents of the goal, or spread around it
from agent to agent (Dirichlet-multinomial). The goals are summed out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.shares import shares_of
from bayes_misalign.contract.weighted import SAMPLED
from bayes_misalign.families.actions.acted_pymc import acted_data, declare_acted
from bayes_misalign.families.actions.simulated_choices import simulate_agents
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.choices.priors import ChoicePriors

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]
DIMS = {
    "proportion": ("population", "goal"),
    SAMPLED: ("population", "goal"),
    "action": ("goal", "choice"),
    "rationality": ("ruled",),
    "correlation": (),
}


def coords(evidence: DistinctChoices) -> dict[str, tuple[str, ...]]:
    """Return the labels of the model's own dimensions."""
    return {"choice": evidence.cell_names, "ruled": evidence.ruled}


def _own_data(evidence: DistinctChoices, prior: ChoicePriors) -> dict[str, NDArray[Any]]:
    stated = [prior.log_median(evidence), prior.spread]
    return {"rationality_prior": np.array(stated), "utility": np.asarray(evidence.utility)}


def data(evidence: DistinctChoices, prior: ChoicePriors) -> dict[str, NDArray[Any]]:
    """Return what a compiled model needs of other evidence of the same shape, by container."""
    return acted_data(evidence, prior.overdispersed(evidence), scaled=True) | _own_data(
        evidence, prior
    )


def declare_with_holders(
    evidence: DistinctChoices, prior: ChoicePriors, name: str = "proportion"
) -> tuple[Any, Any]:
    """Add the model; return shares, and log P(goal | choices) of each pattern (pattern, goal)."""
    return declare_acted(
        evidence,
        prior.shares,
        lambda: _declare_actions(evidence, prior),
        prior.correlation_beta if prior.overdispersed(evidence) else None,
        simulate_agents,
        ["action", "correlation"],
        name,
        scaled=True,
    )


def _declare_actions(evidence: DistinctChoices, prior: ChoicePriors) -> Any:
    """Add the rationality; return log P(action | goal), (goal, choice)."""
    import pymc as pm
    import pytensor.tensor as pt

    model = pm.modelcontext(None)
    model.add_coord("ruled", evidence.ruled)
    model.add_coord("moment", ("median of log", "sd of log"))
    dims: dict[str, tuple[str, ...]]
    dims = {"rationality_prior": ("moment",), "utility": ("goal", "choice")}
    given = {
        key: pm.Data(key, values, dims=dims[key], shape=values.shape)
        for key, values in _own_data(evidence, prior).items()
    }
    median, spread = given["rationality_prior"][0], given["rationality_prior"][1]
    z = pm.Normal("z_rationality", dims="ruled")
    rationality = pm.Deterministic("rationality", pt.exp(median + spread * z), dims="ruled")
    # the situation of each choice, and the sum over its situation, as products with known numbers
    of = np.repeat(np.arange(len(evidence.spans)), [s.stop - s.start for s in evidence.spans])
    same = (of[:, None] == np.arange(len(evidence.spans))).astype(float)
    # the best action of each situation scores 0, so that the sum is never below 1
    score = rationality[evidence.rules[:, of]] * given["utility"]
    log_action = score - (pt.log(pt.exp(score) @ same) @ same.T)
    pm.Deterministic("action", pt.exp(log_action), dims=("goal", "choice"))
    return log_action


def build(evidence: DistinctChoices, prior: ChoicePriors) -> pm.Model:
    """Return the model of shares and choices alone, with named coords."""
    import pymc as pm

    with pm.Model(coords={"population": evidence.populations, "goal": evidence.categories}) as m:
        declare_with_holders(evidence, prior)
    return m


def draw_prior(
    evidence: DistinctChoices, prior: ChoicePriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of shares, rationality, action probabilities and their correlation."""
    populations, categories = len(evidence.populations), evidence.categories
    shares = shares_of(prior.shares)
    found = shares.draw_prior(prior.shares, populations, categories, draws, rng)
    z = rng.normal(size=(draws, len(evidence.ruled)))
    found["rationality"] = np.exp(prior.log_median(evidence) + prior.spread * z)
    found["action"] = np.exp(evidence.log_action(found["rationality"]))
    if prior.overdispersed(evidence):
        found["correlation"] = rng.beta(*prior.correlation_beta, size=draws)
    return found
