"""Choices of agents whose goals are summed out, given the probability of each action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.actions.acted import ActedReports
from bayes_misalign.families.actions.repeats import choice_data
from bayes_misalign.families.actions.telling_pymc import telling, telling_data
from bayes_misalign.families.reports import summed_out_pymc as summed_out
from bayes_misalign.families.reports.report_outcomes import REPORTED, as_it_counts, observed

Simulate = Callable[[Mapping[str, Any], Any, np.random.Generator], Any]


def acted_data(
    evidence: ActedReports, overdispersed: bool, *, scaled: bool = False
) -> dict[str, NDArray[Any]]:
    """Return what the likelihood needs of other evidence of the same shape, by container."""
    found = summed_out.report_data(evidence)
    if overdispersed:
        found = {name: x for name, x in found.items() if not name.startswith("reports")}
        found |= _repeat_data(evidence)
    return found | telling_data(evidence) if scaled else found


def _repeat_data(evidence: ActedReports) -> dict[str, NDArray[Any]]:
    """Return `choice_data`, tables of which most is zero report by report."""
    found = choice_data(evidence)
    tables = (summed_out.table_data(name, found.pop(name)) for name in ("first", "again"))
    return {name: x for one in (*tables, found) for name, x in one.items()}


def declare_acted(
    evidence: ActedReports,
    shares: Any,
    actions: Callable[[], Any],
    correlation: tuple[float, float] | None,
    simulate: Simulate,
    own: list[str],
    name: str = "proportion",
    *,
    scaled: bool = False,
) -> tuple[Any, Any]:
    """Add the model; return shares, and log P(goal | choices) of each pattern (pattern, goal).

    `actions` declares the log probabilities of actions (goal, choice); `correlation` are the
    parameters of the Beta prior of that of two choices of one agent, None if there is none; `own`
    names the quantities that `simulate` needs beside the shares. `scaled` says that coordinates of
    shares go by how much choices tell of goals.
    """
    import pymc as pm
    import pytensor.tensor as pt

    from bayes_misalign.families.observed.observed_pymc import declare_observed, declared_as

    model = pm.modelcontext(None)
    model.add_coord("choice", evidence.cell_names)
    given = summed_out.declare_data(evidence)
    log_share: Any = None
    if not scaled:  # the order in which they are declared is that of what a seed draws
        log_share, proportion = summed_out.declare_latent_shares(evidence, shares, given, name)
    log_action = actions()
    rho = None if correlation is None else pm.Beta("correlation", *correlation)
    if scaled:
        part = telling(evidence, log_action, rho)
        log_share, proportion = summed_out.declare_latent_shares(
            evidence, shares, given, name, part
        )
    if rho is None:
        terms = summed_out.sums_by_pattern(given, "reports", log_action.T)
    else:
        found = _repeat_data(evidence)
        model.add_coord("repeat", [f"repeat {i + 1}" for i in range(len(found["again_cell"]))])
        model.add_coord("times", [f"{i + 1}" for i in range(found["chosen"].shape[1])])
        dims = {
            "first": ("pattern", "report"),
            "again": ("pattern", "repeat"),
            "again_cell": ("repeat",),
            "again_number": ("repeat",),
            "chosen": ("pattern", "times"),
        }
        x = {key: pm.Data(key, values, dims=dims.get(key)) for key, values in found.items()}
        given |= x
        action = pt.exp(log_action)[:, x["again_cell"]]
        more = pt.log((1 - rho) * action + x["again_number"] * rho).T
        terms = summed_out.sums_by_pattern(given, "first", (log_action + pt.log1p(-rho)).T)
        terms = terms + summed_out.sums_by_pattern(given, "again", more)
        j = pt.arange(x["chosen"].shape[1])
        terms = terms - (x["chosen"] @ pt.log(1 - rho + j * rho))[:, None]
    log_holding, likelihood = summed_out.sum_out_goals(terms, log_share, given)
    design = as_it_counts(evidence)
    declare_observed(
        observed(evidence),
        {REPORTED: likelihood},
        {"proportion": pt.exp(log_share), **declared_as(own, "")},
        lambda parameters, rng: observed(simulate(parameters, design, rng)[0]),
    )
    return proportion, log_holding
