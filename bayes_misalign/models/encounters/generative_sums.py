"""The probability of encounters, the goals of agents summed out along trees, and in tangles.

With h_a(k) the probability of goal k of agent a given what was reported of it, and f_kl the
probability that agents of goals k and l are seen in conflict, the encounters of a tree have the
probability sum over all goals of prod_a h_a(k_a) prod_edges f^yes (1 - f)^no. It is summed from the
leaves up: what the subtree below an edge says of its parent is one number for each goal of the
parent (Pearl, Probabilistic Reasoning in Intelligent Systems, 1988, chapter 4). Where encounters
come back in circles, it is one number for each combination of the goals of several (`tangles`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.meeting_trees import MeetingTrees
from bayes_misalign.models.encounters.tangles import TangleSums, tangle_sums
from bayes_misalign.models.encounters.tree_plan import TreePlan, plan

Array = NDArray[np.float64]
AT_ONCE = 5_000_000  # numbers of the tables of tangles that are looked up at once
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
    of = plan(trees)
    return _plan_data(of) | _tangle_data(tangle_sums(trees), of)


def _tangle_data(sums: TangleSums, of: TreePlan) -> dict[str, NDArray[Any]]:
    """Return tables of tangles by name; nothing where there are none."""
    if not len(sums.root):
        return {}
    found = {f"table_{step}": places for step, places in enumerate(sums.steps)}
    return found | {
        "member_row": of.row_of[sums.member],
        "tie_yes": sums.yes,
        "tie_no": sums.no,
        "tangle_root": sums.root,
        "tangle_times": sums.times,
    }


def _plan_data(of: TreePlan) -> dict[str, NDArray[Any]]:
    """Return a plan by name, and how often each of its rows and messages is half of a tree."""
    found: dict[str, NDArray[Any]] = {
        key: getattr(of, key) for key in ("pattern", "met_yes", "met_no", "base")
    }
    for height, step in enumerate(of.steps, start=1):
        found |= {f"{key}_{height}": values for key, values in step.items()}
    for group in ("last", "pairs", "roots"):
        found |= {f"{group}_{key}": values for key, values in getattr(of, group).items()}
    times, rows = of.pairs["times"], len(of.base)
    found["row_times"] = np.bincount(of.pairs["row"], times, rows)
    found["message_times"] = np.bincount(of.pairs["message"], times, len(of.last["child"]))
    return found


# which of the arrays are as long as each other
_KINDS = {
    **dict.fromkeys(("pattern", "met_yes", "met_no"), "kind"),
    **dict.fromkeys(("base", "row_times"), "row"),
    "message_times": "last",
}


def declare_trees(
    trees: MeetingTrees, name: str, log_yes: Any, log_no: Any, log_holding: Any
) -> Any:
    """Add encounters of agents of uncertain goals to the open model as data."""
    import pymc as pm
    import pytensor.tensor as pt
    from pytensor.gradient import disconnected_grad

    model, given, of = pm.modelcontext(None), dict[str, Any](), plan(trees)
    sums = tangle_sums(trees)
    of_tangles = _tangle_data(sums, of)
    for key, values in (_plan_data(of) | of_tangles).items():
        base, _, last = key.rpartition("_")
        kind = _KINDS.get(key, base)
        if last.isdigit() and base != "table":
            kind = f"edge_{last}" if base in ("message", "parent", "number") else f"said_{last}"
        dims = [f"{kind}_{name}"]
        if base == "table":
            dims = [f"entry_{last}_{name}", f"term_{last}_{name}"]
        elif values.ndim == 2:
            dims.append(f"met_{name}")
        for dim, length in zip(dims, values.shape, strict=True):
            if dim not in model.coords:
                model.add_coord(dim, np.arange(1, length + 1))
        given[key] = pm.Data(f"{key}_{name}", values, dims=dims)

    def said(inside: Any, child: Any, yes: Any, no: Any) -> Any:
        edge = yes[:, None, None] * log_yes + no[:, None, None] * log_no
        return pt.logsumexp(inside[child][:, :, None] + edge, axis=1)

    inside = log_holding[given["pattern"]]
    inside = inside + given["met_yes"] @ log_yes.T + given["met_no"] @ log_no.T
    inside = inside[given["base"]]
    for step in range(1, len(of.steps) + 1):
        up = said(inside, *(given[f"{key}_{step}"] for key in ("child", "yes", "no")))
        message, parent, number = (
            given[f"{key}_{step}"] for key in ("message", "parent", "number")
        )
        inside = pt.inc_subtensor(inside[parent], number[:, None] * up[message])
    total = (given["roots_times"] * pt.logsumexp(inside[given["roots_row"]], axis=1)).sum()
    # both halves of a tree with the last encounter between them
    up = said(inside, *(given[f"last_{key}"] for key in ("child", "yes", "no")))
    most, most_up = (disconnected_grad(x.max(axis=1)) for x in (inside, up))
    halves = pt.exp(inside - most[:, None])[given["pairs_row"]]
    others = pt.exp(up - most_up[:, None])[given["pairs_message"]]
    total = total + (given["pairs_times"] * pt.log((halves * others).sum(axis=1))).sum()
    total = total + (given["row_times"] * most).sum() + (given["message_times"] * most_up).sum()
    if not of_tangles:
        return total
    k = len(model.coords[f"met_{name}"])
    ties = given["tie_yes"][:, None, None] * log_yes + given["tie_no"][:, None, None] * log_no
    known = pt.concatenate([pt.zeros(1), inside[given["member_row"]].ravel(), ties.ravel()])
    for step in range(len(sums.steps)):
        table = known[given[f"table_{step}"]].sum(axis=1).reshape((-1, k))
        known = pt.concatenate([known, pt.logsumexp(table, axis=1)])
    return total + (given["tangle_times"] * known[given["tangle_root"]]).sum()


def log_likelihood(
    evidence: EncounterConflict, matrix: Array, background: Array, log_holding: Array
) -> Array:
    """Return the log-likelihood of all encounters for draws of the parameters."""
    log_yes, log_no = log_conflict(matrix, background, np.log, np.maximum)
    total = (evidence.seen_yes * log_yes + evidence.seen_no * log_no).sum(axis=(1, 2))
    if not evidence.uncertain:
        return np.asarray(total)
    of_trees, of_tangles = tied_log_likelihood(evidence, log_yes, log_no, log_holding)
    return np.asarray(total + of_trees @ evidence.times + of_tangles @ evidence.tangles)


def tied_log_likelihood(
    evidence: EncounterConflict, log_yes: Array, log_no: Array, log_holding: Array
) -> tuple[Array, Array]:
    """Return the log probability below an agent of each kind, (draw, M), and of tangles, (draw, C).

    The former is that of a tree where the agent is its root.
    """
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
    return np.asarray(logsumexp(inside, axis=2)), _of_tangles(trees, inside, log_yes, log_no)


def _of_tangles(trees: MeetingTrees, inside: Array, log_yes: Array, log_no: Array) -> Array:
    from scipy.special import logsumexp

    draws, k = len(inside), inside.shape[-1]
    found = np.zeros((draws, len(trees.tangles)))
    if not found.size:
        return found
    sums = tangle_sums(trees)
    rows = max(1, AT_ONCE // max(places.size for places in sums.steps))
    for start in range(0, draws, rows):
        some = slice(start, start + rows)
        ties = sums.yes[:, None, None] * log_yes[some, None]
        ties = ties + sums.no[:, None, None] * log_no[some, None]
        own = inside[some][:, sums.member]
        number = len(own)
        parts = [np.zeros((number, 1)), own.reshape(number, -1), ties.reshape(number, -1)]
        known = np.concatenate(parts, axis=1)
        for places in sums.steps:
            table = known[:, places].sum(axis=2).reshape(number, -1, k)
            known = np.concatenate([known, logsumexp(table, axis=2)], axis=1)
        found[some] = known[:, sums.root]
    return found
