"""Agents choose actions in situations; a goal makes some actions likelier than others.

An agent of population s holds goal k with probability p_sk, and in situation q chooses action a
with a probability around theta_kqa: the same for all agents of the goal, or spread around it from
agent to agent (Dirichlet-multinomial). The goals are summed out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.shares import shares_of
from bayes_misalign.contract.weighted import SAMPLED
from bayes_misalign.families.actions.acted_pymc import acted_data, declare_acted
from bayes_misalign.families.actions.simulated_choices import simulate_agents
from bayes_misalign.families.simplex.draws import dirichlet
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.behaviour.priors import ActionPriors

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]
DIMS = {
    "proportion": ("population", "goal"),
    SAMPLED: ("population", "goal"),
    "action": ("goal", "choice"),
    "correlation": (),
}


def coords(evidence: DistinctActions) -> dict[str, tuple[str, ...]]:
    """Return the labels of the model's own dimensions."""
    return {"choice": evidence.cell_names}


def _blocks(evidence: DistinctActions) -> dict[int, NDArray[np.int64]]:
    """Return columns (situation, action) of the situations with each number of actions."""
    cells = np.arange(evidence.cells)
    found: dict[int, list[NDArray[np.int64]]] = {}
    for span, names in zip(evidence.spans, evidence.actions, strict=True):
        found.setdefault(len(names), []).append(cells[span])
    return {number: np.stack(columns) for number, columns in found.items()}


def _sorted(
    evidence: DistinctActions, prior: ActionPriors, columns: NDArray[np.int64]
) -> tuple[Array, Array, NDArray[np.intp]]:
    """Return Dirichlet parameters and rough counts of a block, its likeliest action last."""
    from bayes_misalign.families.simplex.log_dirichlet_pymc import reference_last

    alpha = prior.alpha(evidence)[:, columns]
    order = reference_last(alpha)
    counts = evidence.actions_by_goal[:, columns]
    return (
        np.take_along_axis(alpha, order, axis=-1),
        np.take_along_axis(counts, order, axis=-1),
        order,
    )


def data(evidence: DistinctActions, prior: ActionPriors) -> dict[str, NDArray[Any]]:
    """Return what a compiled model needs of other evidence of the same shape, by container."""
    found = acted_data(evidence, prior.overdispersed(evidence))
    for number, columns in _blocks(evidence).items():
        alpha, counts, _ = _sorted(evidence, prior, columns)
        found |= {f"action_prior_{number}": alpha, f"actions_by_goal_{number}": counts}
    return found


def declare_with_holders(
    evidence: DistinctActions, prior: ActionPriors, name: str = "proportion"
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
    )


def _declare_actions(evidence: DistinctActions, prior: ActionPriors) -> Any:
    import pymc as pm
    import pytensor.tensor as pt

    from bayes_misalign.families.simplex.log_dirichlet_pymc import log_dirichlet, put_back

    model, goals = pm.modelcontext(None), len(evidence.categories)
    parts, cells = [], []
    for number, columns in _blocks(evidence).items():
        alpha, counts, order = _sorted(evidence, prior, columns)
        dims = ("goal", f"situation_{number}", f"action_{number}")
        model.add_coord(dims[1], [evidence.cell_names[row[0]] for row in columns])
        model.add_coord(dims[2], [f"place {i + 1}" for i in range(number)])
        rough = pm.Data(f"actions_by_goal_{number}", counts, dims=dims, shape=counts.shape)
        given = pm.Data(f"action_prior_{number}", alpha, dims=dims, shape=alpha.shape)
        block = log_dirichlet(f"sorted_log_action_{number}", given, rough, dims)
        parts.append(put_back(block, order).reshape((goals, columns.size)))
        cells.append(columns.ravel())
    log_action = parts[0] if len(parts) == 1 else pt.concatenate(parts, axis=1)
    places = np.argsort(np.concatenate(cells), kind="stable")
    if (places != np.arange(len(places))).any():
        log_action = log_action[:, places]
    pm.Deterministic("action", pt.exp(log_action), dims=("goal", "choice"))
    return log_action


def build(evidence: DistinctActions, prior: ActionPriors) -> pm.Model:
    """Return the model of shares and actions alone, with named coords."""
    import pymc as pm

    with pm.Model(coords={"population": evidence.populations, "goal": evidence.categories}) as m:
        declare_with_holders(evidence, prior)
    return m


def draw_prior(
    evidence: DistinctActions, prior: ActionPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of shares, action probabilities and their correlation."""
    populations, categories = len(evidence.populations), evidence.categories
    shares = shares_of(prior.shares)
    found = shares.draw_prior(prior.shares, populations, categories, draws, rng)
    alpha = prior.alpha(evidence)
    action = np.empty((draws, *alpha.shape))
    for span in evidence.spans:
        each = np.broadcast_to(alpha[:, span], (draws, *alpha[:, span].shape))
        action[:, :, span] = dirichlet(each, rng)
    found["action"] = action
    if prior.overdispersed(evidence):
        found["correlation"] = rng.beta(*prior.correlation_beta, size=draws)
    return found
