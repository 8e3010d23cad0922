"""The probability of encounters, the goals of agents summed out along trees of encounters.

With h_a(k) the probability of goal k of agent a given what was reported of it, and f_kl the
probability that agents of goals k and l are seen in conflict, the encounters of a tree have the
probability sum over all goals of prod_a h_a(k_a) prod_edges f^yes (1 - f)^no. It is summed from the
leaves up: what the subtree below an edge says of its parent is one number for each goal of the
parent (Pearl, Probabilistic Reasoning in Intelligent Systems, 1988, chapter 4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.meeting_trees import MeetingTrees

Array = NDArray[np.float64]
SMALLEST = 1e-300  # a probability of zero, as a number that has a logarithm
_EDGES = ("child", "parent", "edge_yes", "edge_no", "edges")


def log_conflict(matrix: Any, background: Any, log: Callable[..., Any], most: Any) -> Any:
    """Return log probabilities of being seen in conflict, and of not being."""
    # who keeps the peace does so over everything: with their own goal's holders, both of them
    peace = (1 - background) ** 0.5
    unseen = (1 - matrix) * peace[..., :, None] * peace[..., None, :]
    return log(most(1 - unseen, SMALLEST)), log(most(unseen, SMALLEST))


def tree_data(trees: MeetingTrees) -> dict[str, NDArray[Any]]:
    """Return trees as a likelihood takes them, by the name of the data container."""
    if not len(trees.pattern):
        return {}
    found: dict[str, NDArray[Any]] = {
        key: getattr(trees, key) for key in ("pattern", "met_yes", "met_no", "times")
    }
    for height in range(1, int(trees.height.max()) + 1):
        here = trees.height[trees.parent] == height
        found |= {f"{key}_{height}": getattr(trees, key)[here] for key in _EDGES}
    return found


def declare_trees(
    trees: MeetingTrees, name: str, log_yes: Any, log_no: Any, log_holding: Any
) -> Any:
    """Add encounters of agents of uncertain goals to the open model as data."""
    import pymc as pm
    import pytensor.tensor as pt

    model, given = pm.modelcontext(None), dict[str, Any]()
    for key, values in tree_data(trees).items():
        base, _, height = key.rpartition("_")
        dim = f"edge_{height}_{name}" if base in _EDGES else f"kind_{name}"
        if dim not in model.coords:
            model.add_coord(dim, np.arange(1, len(values) + 1))
        dims = (dim, f"met_{name}") if values.ndim == 2 else (dim,)
        given[key] = pm.Data(f"{key}_{name}", values, dims=dims)
    inside = log_holding[given["pattern"]]
    inside = inside + given["met_yes"] @ log_yes.T + given["met_no"] @ log_no.T
    for step in range(1, int(trees.height.max()) + 1):
        child, parent, yes, no, number = (given[f"{key}_{step}"] for key in _EDGES)
        edge = yes[:, None, None] * log_yes + no[:, None, None] * log_no
        up = pt.logsumexp(inside[child][:, :, None] + edge, axis=1)
        inside = pt.inc_subtensor(inside[parent], number[:, None] * up)
    return (given["times"] * pt.logsumexp(inside, axis=1)).sum()


def log_likelihood(
    evidence: EncounterConflict, matrix: Array, background: Array, log_holding: Array
) -> Array:
    """Return the log-likelihood of all encounters for draws of the parameters."""
    log_yes, log_no = log_conflict(matrix, background, np.log, np.maximum)
    total = (evidence.seen_yes * log_yes + evidence.seen_no * log_no).sum(axis=(1, 2))
    if not evidence.uncertain:
        return np.asarray(total)
    of_trees = tree_log_likelihood(evidence, log_yes, log_no, log_holding)
    return np.asarray(total + of_trees @ evidence.times)


def tree_log_likelihood(
    evidence: EncounterConflict, log_yes: Array, log_no: Array, log_holding: Array
) -> Array:
    """Return the log probability of what stands below an agent of each kind, (draw, M)."""
    from scipy.special import logsumexp

    trees = evidence.trees
    inside = log_holding[:, trees.pattern]
    inside = inside + np.einsum("mk,nlk->nml", trees.met_yes, log_yes)
    inside = inside + np.einsum("mk,nlk->nml", trees.met_no, log_no)
    for height in range(1, int(trees.height.max()) + 1):
        here = trees.height[trees.parent] == height
        child, parent, yes, no, number = (getattr(trees, key)[here] for key in _EDGES)
        edge = yes[:, None, None] * log_yes[:, None] + no[:, None, None] * log_no[:, None]
        up = logsumexp(inside[:, child][..., None] + edge, axis=2)
        for n, above in enumerate(parent.tolist()):
            inside[:, above] += number[n] * up[:, n]
    return np.asarray(logsumexp(inside, axis=2))
