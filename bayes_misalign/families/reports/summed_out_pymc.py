"""Agents whose goals nobody sees: each agent's goal is summed out of the likelihood.

An agent of population s holds goal k with probability p_sk; what is reported of it then has the
probability exp(T_dk), where d is its pattern of reports. The log-likelihood is the sum over
distinct patterns of (number of agents) log sum_k p_sk exp(T_dk), so that its cost does not depend
on the number of agents. Under design weights p are the shares among the agents sampled, which the
weights tilt to those of the population.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.reports.distinct_reports import DistinctReports
from bayes_misalign.families.reports.few_reports import few, report_list
from bayes_misalign.families.simplex.draws import order_of_shares

EXCLUDED = -1e9  # log probability of a goal that gold labels rule out; exp of it is zero
SMALLEST = 1e-300  # a probability of zero, as a number that has a logarithm


def share_order(evidence: DistinctReports) -> NDArray[np.intp]:
    """Return the categories of each population, by their frequency at face value."""
    return order_of_shares(evidence.effective_counts, evidence.categories)


def report_data(evidence: DistinctReports) -> dict[str, NDArray[Any]]:
    """Return what the likelihood needs of the evidence, by the name of its data container.

    The order of the categories is among it, so that it cannot be another evidence's.
    """
    counts = np.asarray(evidence.effective_counts, dtype=float)
    order = share_order(evidence)
    # whether shares are tilted depends on the weights, not on what the goals are taken for
    tilted = evidence.weighted and (evidence.uneven & ~evidence.stated).any()
    tilt = {"share_scale": evidence.effective.scale} if tilted else {}
    return {
        **tilt,
        **table_data("reports", evidence.reports),
        "agents": np.asarray(evidence.effective_agents, dtype=float),
        "population_of": evidence.population.astype(np.int64),
        "excluded": np.where(evidence.allowed, 0.0, EXCLUDED),
        "informs_shares": evidence.informs_shares,
        "face_value": np.take_along_axis(counts, order, axis=-1),
        "share_order": order.astype(np.int64),
    }


def table_data(name: str, table: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return a table of patterns by things reported as data: whole, or each report of it."""
    if not few(table):
        return {name: table.astype(float)}
    parts = zip(("row", "column", "times"), report_list(table), strict=True)
    return {f"{name}_{part}": values for part, values in parts}


def sums_by_pattern(given: dict[str, Any], name: str, values: Any) -> Any:
    """Return sums over what was reported, (D, K), of values of each thing reported, (C, K).

    Of a table that is given report by report the cost goes with the number of reports.
    """
    import pytensor.tensor as pt

    if name in given:
        return given[name] @ values
    row, column, times = (given[f"{name}_{part}"] for part in ("row", "column", "times"))
    nothing = pt.zeros_like(given["excluded"])
    return nothing[row].inc(values[column] * pt.as_tensor(times)[:, None])


def declare_data(evidence: DistinctReports) -> dict[str, Any]:
    """Add the reports to the open model as data, with the labels of what can be reported."""
    import pymc as pm

    model = pm.modelcontext(None)
    model.add_coord("report", evidence.report_labels)
    model.add_coord("place", [f"place {i + 1}" for i in range(len(evidence.categories))])
    model.add_coord("pattern", [f"pattern {d + 1}" for d in range(len(evidence.agents))])
    dims: dict[str, tuple[str, ...] | None] = {
        "reports": ("pattern", "report"),
        **dict.fromkeys(("reports_row", "reports_column", "reports_times")),
        "agents": ("pattern",),
        "population_of": ("pattern",),
        "excluded": ("pattern", "goal"),
        "informs_shares": ("pattern",),
        "face_value": ("population", "place"),
        "share_order": ("population", "place"),
        "share_scale": ("population", "goal"),
    }
    found = report_data(evidence)
    same = {name: found[name].shape for name in ("face_value", "share_order")}
    return {
        name: pm.Data(name, found[name], dims=dims[name], shape=same.get(name))
        for name in dims
        if name in found
    }


def declare_latent_shares(
    evidence: DistinctReports, prior: Any, data: dict[str, Any], name: str, told: Any = 1.0
) -> tuple[Any, Any]:
    """Add goal shares; return the logarithm of those among the sampled, and them, (S, K).

    Reports at face value choose the coordinates; `told` as in `SharesModel.declare`.
    """
    from bayes_misalign.families.simplex.tilted_pymc import declare_tilted

    counts, order = data["face_value"], data["share_order"]
    return declare_tilted(
        prior, evidence.categories, counts, order, name, data.get("share_scale"), told
    )


def sum_out_goals(terms: Any, log_share: Any, data: dict[str, Any]) -> tuple[Any, Any]:
    """Return log P(goal | reports), (D, K), and the log-likelihood, the goals summed out.

    The terms are log probabilities T of each pattern given each goal.
    """
    import pytensor.tensor as pt
    from pytensor.gradient import disconnected_grad

    prior = log_share[data["population_of"]] * data["informs_shares"][:, None]
    joint = terms + prior + data["excluded"]
    top = disconnected_grad(joint.max(axis=1, keepdims=True))
    log_likelihood = pt.log(pt.exp(joint - top).sum(axis=1)) + top[:, 0]
    return joint - log_likelihood[:, None], (data["agents"] * log_likelihood).sum()
