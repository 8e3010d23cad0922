"""Raters, instruments or programs label agents, and labels may be wrong (Dawid and Skene).

An agent of population s holds goal k with probability p_sk; rater r labels a holder of goal k with
l with probability E_rkl, independently of all other labels given the goal. The goals are summed
out. (Dawid and Skene, Maximum likelihood estimation of observer error-rates using the EM algorithm,
Applied Statistics 28, 1979; pooled raters after Paun et al., TACL 6, 2018.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.observed import Observed, Outcomes
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.contract.weighted import SAMPLED, drawn_shares, shares_given
from bayes_misalign.families.reports import report_outcomes, simulated_reports
from bayes_misalign.families.reports import summed_out_pymc as summed_out
from bayes_misalign.families.reports.distinct_reports import DistinctReports
from bayes_misalign.families.reports.few_reports import few, pattern_sums, report_list
from bayes_misalign.families.reports.report_outcomes import REPORTED, as_it_counts
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.models.noisy_labels.generative_emission import (
    declare_emission,
    draw_emission,
    emission_data,
)
from bayes_misalign.models.noisy_labels.priors import LabelPriors

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]
VALIDATION = "validation"  # labels of a validation study, as an observed variable
DIMS = {
    "proportion": ("population", "goal"),
    SAMPLED: ("population", "goal"),
    "emission": ("rater", "goal", "label"),
    "mean_emission": ("goal", "label"),
    "agreement": (),
}


def coords(evidence: DistinctLabels) -> dict[str, tuple[str, ...]]:
    """Return the labels of the model's own dimensions."""
    return {"rater": evidence.raters, "label": evidence.labels}


def data(evidence: DistinctLabels, prior: LabelPriors) -> dict[str, NDArray[Any]]:
    """Return what a compiled model needs of other evidence of the same shape, by container."""
    return {**summed_out.report_data(evidence), **emission_data(evidence, prior)}


def declare_with_holders(
    evidence: DistinctLabels, prior: LabelPriors, name: str = "proportion"
) -> tuple[Any, Any]:
    """Add the model; return shares, and log P(goal | labels) of each pattern (pattern, goal)."""
    import pytensor.tensor as pt

    from bayes_misalign.families.observed.observed_pymc import declare_observed, declared_as

    given = summed_out.declare_data(evidence)
    log_share, shares = summed_out.declare_latent_shares(evidence, prior.shares, given, name)
    log_emission, validated = declare_emission(evidence, prior)
    by_cell = log_emission.transpose(0, 2, 1).reshape((evidence.cells, len(evidence.categories)))
    terms = summed_out.sums_by_pattern(given, "reports", by_cell)
    log_holding, likelihood = summed_out.sum_out_goals(terms, log_share, given)
    design = as_it_counts(evidence)
    declare_observed(
        observed(evidence),
        {REPORTED: likelihood, VALIDATION: validated},
        {"proportion": pt.exp(log_share), **declared_as(["emission"], "")},
        lambda parameters, rng: observed(simulate_agents(parameters, design, rng)[0]),
    )
    return shares, log_holding


def observed(evidence: DistinctLabels, name: str = "") -> dict[str, Observed]:
    """Return how often each label was given, and how often in a validation study."""
    del name
    found = report_outcomes.observed(evidence)
    unknown = ~evidence.is_known
    if evidence.validation[unknown].any():
        counts = np.asarray(evidence.validation[unknown])
        coords = {
            "estimated_rater": tuple(evidence.raters[r] for r in evidence.estimated),
            "label": evidence.labels,
        }
        dims, total = ("estimated_rater", "goal", "label"), counts.sum(axis=-1, keepdims=True)
        found[VALIDATION] = Observed("labels in a validation study", dims, counts, coords, total)
    return found


def outcomes(evidence: DistinctLabels, parameters: Mapping[str, Array]) -> tuple[Outcomes, ...]:
    """Return how likely the labels of each agent were, and those of a validation study."""
    found = report_outcomes.outcomes(evidence, terms, parameters)
    if VALIDATION not in observed(evidence):
        return found
    unknown = evidence.estimated
    chance = np.maximum(parameters["emission"][:, unknown], summed_out.SMALLEST)
    raters, goals, labels = chance.shape[1:]
    names = [
        f"{evidence.raters[r]}, {goal}: {label}"
        for r in unknown
        for goal in evidence.categories
        for label in evidence.labels
    ]
    validated = Outcomes(
        "validated_label",
        tuple(names),
        np.log(chance).reshape(len(chance), -1),
        evidence.validation[unknown].ravel(),
        np.repeat(np.arange(raters * goals), labels),
        np.tile(np.arange(float(labels)), raters * goals),
    )
    return (*found, validated)


def build(evidence: DistinctLabels, prior: LabelPriors) -> pm.Model:
    """Return the model of shares and error rates alone, with named coords."""
    import pymc as pm

    with pm.Model(coords={"population": evidence.populations, "goal": evidence.categories}) as m:
        declare_with_holders(evidence, prior)
    return m


def draw(
    evidence: DistinctLabels, prior: LabelPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array] | None:
    """Return exact draws where labels are known to be right, as of single-choice; else None."""
    if counted(evidence) is None:
        return None
    found = drawn_shares(prior.shares, evidence.effective, evidence.categories, draws, rng)
    return None if found is None else _with_known_rates(evidence, found, draws)


def counted(evidence: DistinctLabels) -> Array | None:
    """Return the effective counts of goals where labels are known to be right; else None."""
    if not evidence.errorless or (evidence.gold_chosen and (evidence.gold >= 0).any()):
        return None
    return evidence.effective_counts


def draw_given(
    evidence: DistinctLabels,
    prior: LabelPriors,
    common: Mapping[str, Array],
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Return exact draws given draws of what populations have in common."""
    found = shares_given(prior.shares, evidence.effective, evidence.categories, common, rng)
    return _with_known_rates(evidence, found, len(found["proportion"]))


def _with_known_rates(
    evidence: DistinctLabels, drawn: Mapping[str, Array], draws: int
) -> dict[str, Array]:
    return {**drawn, "emission": np.tile(evidence.emission, (draws, 1, 1, 1))}


def draw_prior(
    evidence: DistinctLabels, prior: LabelPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of shares and error rates."""
    populations, categories = len(evidence.populations), evidence.categories
    model = shares_of(prior.shares)
    shares = model.draw_prior(prior.shares, populations, categories, draws, rng)
    return {**shares, **draw_emission(evidence, prior, draws, rng)}


def terms(evidence: DistinctReports, drawn: Mapping[str, Array]) -> Array:
    """Return the log probability of each pattern's labels given each goal, (draw, D, K)."""
    log_emission = np.log(np.maximum(drawn["emission"], summed_out.SMALLEST))
    draws, raters, goals, labels = log_emission.shape
    by_cell = log_emission.transpose(0, 1, 3, 2).reshape(draws, raters * labels, goals)
    return pattern_sums(evidence.reports, by_cell)


def simulate_agents(
    parameters: Mapping[str, Array], design: DistinctLabels, rng: np.random.Generator
) -> tuple[DistinctLabels, simulated_reports.Agents, NDArray[np.intp]]:
    """Simulate, and return also the agents, and the row of the evidence that each stands in."""
    # a file may have rounded last digits
    emission = parameters["emission"] / parameters["emission"].sum(axis=-1, keepdims=True)
    agents = simulated_reports.draw_agents(parameters["proportion"], design, rng)
    asked = design.per_source[agents.row].astype(np.int64)
    if few(design.reports):
        who, rater = np.nonzero(asked)
        given = rng.multinomial(asked[who, rater], emission[rater, agents.goal[who]])
        number, label, times = report_list(given)
        cell = rater[number] * len(design.labels) + label
        made, pattern = agents.patterns_of_few(design, (who[number], cell, times))
    else:
        labels = np.zeros((len(agents.row), *emission.shape[::2]), dtype=np.int64)
        for r in range(len(design.raters)):
            labels[:, r] = rng.multinomial(asked[:, r], emission[r, agents.goal])
        made, pattern = agents.patterns(design, labels.reshape(len(labels), -1))
    validated = rng.multinomial(design.validation.sum(axis=-1).astype(int), emission)
    return replace(made, validation=validated.astype(float)), agents, pattern
