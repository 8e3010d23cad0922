"""What a calibration looks at beside the parameters: quantities in which the data take part.

Posterior draws that ignore the data are perfectly calibrated in every parameter. Only quantities
that look at data and parameters together, such as the log-likelihood, give them away. A new kind of
evidence is registered here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import generative_model
from bayes_misalign.families.reports.latent import log_joint, log_likelihood
from bayes_misalign.families.reports.report_patterns import ReportPatterns
from bayes_misalign.families.reports.summed_out_pymc import SMALLEST
from bayes_misalign.models.elicited.declaration import ElicitedConflict
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.generative import known_log_likelihood, seen_in_conflict
from bayes_misalign.models.encounters.reports_and_encounters import (
    ReportsAndEncounters,
    encounters_log_likelihood,
)
from bayes_misalign.models.experts.declaration import ExpertConflict
from bayes_misalign.models.experts.generative_levels import own_variance
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.generative_by_raters import yes_probabilities
from bayes_misalign.models.noisy_labels.evidence import LabelPatterns
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.reading.pair_labels import pair_labels

Array = NDArray[np.float64]


@singledispatch
def with_data(evidence: Any, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return the log-likelihood and a residual for every draw of the parameters.

    Parameters
    ----------
    evidence : evidence
        What was observed.
    parameters : mapping
        Draws of the model's quantities, leading axis draw.

    Returns
    -------
    dict of str to ndarray, shape (draw,)
        `log_likelihood`, up to a constant, and `residual`, a distance between what was observed
        and what was expected. Empty for evidence that no parameter gives rise to.

    Examples
    --------
    >>> judged = JudgedConflict((("a", "b"),), [3], [1], origin="stated")
    >>> found = with_data(judged, {"conflict_level": np.full((1, 1), 0.5)})
    >>> found["residual"]
    array([0.25])
    """
    del evidence, parameters
    return {}


@with_data.register
def _(evidence: ChoiceCounts, parameters: Mapping[str, Array]) -> dict[str, Array]:
    from scipy.special import xlogy

    shares, counts = parameters["proportion"], evidence.effective_counts
    total = counts.sum(axis=-1, keepdims=True)
    seen = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    return {
        "log_likelihood": xlogy(counts, shares).sum(axis=(-2, -1)),
        "residual": np.abs(np.where(total > 0, seen - shares, 0.0)).sum(axis=(-2, -1)),
    }


@with_data.register
def _(evidence: ReportPatterns, parameters: Mapping[str, Array]) -> dict[str, Array]:
    model: Any = generative_model(evidence.model)
    shares = parameters["proportion"]
    joint = log_joint(evidence, model.terms(evidence, parameters), shares)
    likelihood = log_likelihood(evidence, joint)
    if isinstance(evidence, LabelPatterns):
        emission = np.log(np.maximum(parameters["emission"], SMALLEST))
        likelihood = likelihood + (emission * evidence.validation).sum(axis=(1, 2, 3))
        chance = parameters["emission"].transpose(0, 2, 1, 3).reshape(*shares.shape[::2], -1)
    else:
        chance = parameters["action"]
    # how often each thing is reported of the agents of a population, and how often it should be
    asked = np.concatenate(
        [
            np.broadcast_to(evidence.per_source[:, [i]], (len(evidence.agents), s.stop - s.start))
            for i, s in enumerate(evidence.spans)
        ],
        axis=1,
    )
    drawn = (evidence.agents * evidence.informs_shares)[:, None]
    seen, possible = (evidence.by_population(drawn * x) for x in (evidence.reports, asked))
    gap = seen - possible * np.einsum("nsk,nkc->nsc", shares, chance)
    return {"log_likelihood": likelihood, "residual": np.abs(gap).sum(axis=(1, 2))}


@with_data.register
def _(evidence: JudgedConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    from scipy.special import xlog1py, xlogy

    if "latent" in parameters:
        return _of_raters(evidence, parameters)
    level, total = parameters["conflict_level"], evidence.yes + evidence.no
    seen = np.divide(evidence.yes, total, out=np.zeros_like(total), where=total > 0)
    likelihood = xlogy(evidence.yes, level) + xlog1py(evidence.no, -level)
    return {
        "log_likelihood": likelihood.sum(axis=-1),
        "residual": np.abs(np.where(total > 0, seen - level, 0.0)).sum(axis=-1),
    }


def _of_raters(evidence: JudgedConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    from scipy.special import xlog1py, xlogy

    chance = yes_probabilities(evidence, parameters)
    likelihood = xlogy(evidence.cell_yes, chance) + xlog1py(evidence.cell_no, -chance)
    gap = evidence.cell_yes - evidence.sizes * chance
    by_pair = np.stack([gap[:, evidence.pair == p].sum(axis=1) for p in range(len(evidence.pairs))])
    return {
        "log_likelihood": likelihood.sum(axis=1),
        "residual": np.abs(by_pair).sum(axis=0),
    }


@with_data.register
def _(evidence: EncounterConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    total = evidence.seen_yes + evidence.seen_no
    gap = evidence.seen_yes - total * seen_in_conflict(evidence, parameters)
    return {
        "log_likelihood": known_log_likelihood(evidence, parameters),
        "residual": np.abs(gap).sum(axis=(-2, -1)),
    }


@with_data.register
def _(evidence: ReportsAndEncounters, parameters: Mapping[str, Array]) -> dict[str, Array]:
    of_reports = with_data(evidence.goals, parameters)
    likelihood = encounters_log_likelihood(evidence, parameters)
    # how often agents were seen in conflict, and how often two agents at random would be
    shares = parameters["proportion"].mean(axis=1)
    seen = seen_in_conflict(evidence.met, parameters)
    expected = np.einsum("nk,nkl,nl->n", shares, seen, shares)
    return {
        "log_likelihood": of_reports["log_likelihood"] + likelihood,
        "log_likelihood_of_encounters": likelihood,
        "residual": np.abs(evidence.met.conflicts - evidence.met.number * expected),
    }


@with_data.register
def _(evidence: RatedConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    from bayes_misalign.models.rated.generative import cell_probabilities

    likelihood, residual = [], []
    seen = np.bincount(evidence.pair, evidence.counts @ evidence.values, len(evidence.pairs))
    for draw in range(len(parameters["conflict_level"])):
        chance = cell_probabilities(evidence, {key: x[draw] for key, x in parameters.items()})
        log_chance = np.log(np.maximum(chance, SMALLEST))
        likelihood.append((evidence.counts * log_chance).sum())
        mean = evidence.sizes * (chance @ evidence.values)
        expected = np.bincount(evidence.pair, mean, len(evidence.pairs))
        residual.append(np.abs(seen - expected).sum())
    return {"log_likelihood": np.array(likelihood), "residual": np.array(residual)}


@with_data.register
def _(evidence: SpatialConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    from bayes_misalign.models.spatial import generative_levels as levels

    position = parameters["position"]
    likelihood = residual = np.zeros(len(position))
    if not evidence.is_exact:
        gap, variance = evidence.mean - position, evidence.error**2
        if evidence.learns_noise:
            each = parameters["noise"][:, None] ** 2
            variance = each / evidence.number
            scatter = (evidence.number - 1) * np.log(each) + evidence.square / each
            likelihood = likelihood - scatter.sum(axis=(1, 2)) / 2
        placed = np.log(variance) + gap**2 / variance
        likelihood = likelihood - placed.sum(axis=(1, 2)) / 2
        residual = residual + np.abs(gap).sum(axis=(1, 2))
    if evidence.has_ratings:
        expected, tallies = parameters["expected_rating"], levels.rating_tallies(evidence)
        steps = len(evidence.levels) - 1
        rated = levels.rating_log_likelihood(expected, parameters["precision"], tallies, steps, np)
        likelihood = likelihood + rated.sum(axis=1)
        given = evidence.counts @ np.linspace(0, 1, steps + 1)
        asked = evidence.counts.sum(axis=1)
        residual = residual + np.abs(given - asked * expected).sum(axis=1)
    if evidence.is_exact and not evidence.has_ratings:
        return {}
    return {"log_likelihood": likelihood, "residual": residual}


@with_data.register
def _(evidence: ExpertConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    if evidence.pooling == "linear":
        return {}  # nothing is observed
    from scipy.special import logit

    model: Any = generative_model(evidence.model)
    given = model.data(evidence, None)
    spoke, stated, sd, common = (
        given[f"{key}_experts"] for key in ("spoke", "stated", "stated_sd", "common")
    )
    middle = logit(parameters["typical_level"])[:, None] + parameters["leaning"][:, :, None]
    gap = spoke * (stated - middle)
    shared, disagreement = (parameters[key][:, None, None] for key in ("shared", "disagreement"))
    variance = own_variance(sd, shared, disagreement)
    # the shared error of a pair is integrated out: its covariance is that of Sherman and Morrison
    together = shared[:, 0] * common
    grown = 1 + together * (spoke / variance).sum(axis=1)
    square = (gap**2 / variance).sum(axis=1) - together * (gap / variance).sum(axis=1) ** 2 / grown
    size = (spoke * np.log(variance)).sum(axis=1) + np.log(grown) + square
    return {"log_likelihood": -size.sum(axis=1) / 2, "residual": np.abs(gap).sum(axis=(1, 2))}


@singledispatch
def against_statements(evidence: Any, prior: Any, level: Array) -> dict[str, float]:
    """Return how well draws keep what somebody stated, as a p-value for each statement.

    Parameters
    ----------
    evidence : evidence
        With statements.
    prior : object
        Priors of its model.
    level : ndarray, shape (draw, pair)
        Independent draws of the conflict levels.

    Returns
    -------
    dict of str to float
        For a range, the exact binomial p-value of the number of draws inside it; for a mean, the
        p-value of the draws' average. Empty for evidence without statements.
    """
    del evidence, prior, level
    return {}


@against_statements.register
def _(evidence: ElicitedConflict, prior: Any, level: Array) -> dict[str, float]:
    from scipy.special import ndtr
    from scipy.stats import binomtest

    found: dict[str, float] = {}
    for i, label in enumerate(pair_labels(evidence.pairs)):
        mean, strength = evidence.mean[i], evidence.strength[i]
        if np.isnan(mean):
            stated = evidence.probability[i]
            stated = prior.probability if np.isnan(stated) else stated
            inside = (level[:, i] >= evidence.low[i]) & (level[:, i] <= evidence.high[i])
            test = binomtest(int(inside.sum()), len(level), float(stated))
            found[f"mass in the range[{label}]"] = float(test.pvalue)
        else:
            sd = np.sqrt(mean * (1 - mean) / (strength + 1) / len(level))
            found[f"mean[{label}]"] = float(2 * ndtr(-abs(level[:, i].mean() - mean) / sd))
    return found
