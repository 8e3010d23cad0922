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

from bayes_misalign.contract.shares import shares_of
from bayes_misalign.contract.weighted import SAMPLED, drawn_shares
from bayes_misalign.families.reports import simulated_reports
from bayes_misalign.families.reports import summed_out_pymc as summed_out
from bayes_misalign.families.reports.distinct_reports import DistinctReports
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
DIMS = {
    "proportion": ("population", "goal"),
    SAMPLED: ("population", "goal"),
    "index": ("population",),
    "log_concentration": ("population",),
    "log_evenness": ("population",),
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
    cells = tuple(f"{rater}: {label}" for rater in evidence.raters for label in evidence.labels)
    given = summed_out.declare_data(evidence, cells)
    log_share, shares = summed_out.declare_latent_shares(evidence, prior.shares, given, name)
    log_emission = declare_emission(evidence, prior)
    by_cell = log_emission.transpose(0, 2, 1).reshape((len(cells), len(evidence.categories)))
    return shares, summed_out.declare_reports(given["reports"] @ by_cell, log_share, given)


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
    if not evidence.errorless:
        return None
    if evidence.gold_chosen and (evidence.gold >= 0).any():
        return None
    found = drawn_shares(prior.shares, evidence.effective, evidence.categories, draws, rng)
    return {**found, "emission": np.tile(evidence.emission, (draws, 1, 1, 1))}


def draw_prior(
    evidence: DistinctLabels, prior: LabelPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of shares and error rates."""
    nothing = np.zeros((len(evidence.populations), len(evidence.categories)))
    model = shares_of(prior.shares)
    shares = model.draw(prior.shares, nothing, evidence.categories, draws, rng)
    return {**shares, **draw_emission(evidence, prior, draws, rng)}


def terms(evidence: DistinctReports, drawn: Mapping[str, Array]) -> Array:
    """Return the log probability of each pattern's labels given each goal, (draw, D, K)."""
    log_emission = np.log(np.maximum(drawn["emission"], summed_out.SMALLEST))
    draws, raters, goals, labels = log_emission.shape
    by_cell = log_emission.transpose(0, 1, 3, 2).reshape(draws, raters * labels, goals)
    return np.asarray(evidence.reports.astype(float) @ by_cell)


def simulate_agents(
    parameters: Mapping[str, Array], design: DistinctLabels, rng: np.random.Generator
) -> tuple[DistinctLabels, simulated_reports.Agents, NDArray[np.intp]]:
    """Simulate, and return also the agents, and the row of the evidence that each stands in."""
    emission = parameters["emission"]
    agents = simulated_reports.draw_agents(parameters["proportion"], design, rng)
    asked = design.by_rater.sum(axis=-1)[agents.row]
    labels = np.zeros((len(agents.row), *emission.shape[::2]), dtype=np.int64)
    for r in range(len(design.raters)):
        labels[:, r] = rng.multinomial(asked[:, r], emission[r, agents.goal])
    made, pattern = agents.patterns(design, labels.reshape(len(labels), -1))
    validated = rng.multinomial(design.validation.sum(axis=-1).astype(int), emission)
    return replace(made, validation=validated.astype(float)), agents, pattern
