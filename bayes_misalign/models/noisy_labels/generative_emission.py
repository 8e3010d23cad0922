"""What raters say of agents who hold each goal: P(label | goal) of every rater."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.reports.few_reports import few
from bayes_misalign.families.reports.summed_out_pymc import SMALLEST
from bayes_misalign.families.simplex.draws import dirichlet
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.models.noisy_labels.priors import LabelPriors

Array = NDArray[np.float64]


def emission_data(evidence: DistinctLabels, prior: LabelPriors) -> dict[str, Array]:
    """Return what the error rates need of the evidence, by the name of its data container.

    That is `known_log_emission` (R, K, L); of raters whose error rates are not known also
    `labels_by_goal` (rater or 1, K, L), rough counts that choose coordinates, and `validated`
    (rater, K, L), counts of validation studies.
    """
    unknown = ~evidence.is_known
    if not unknown.any():
        return {"known_log_emission": log_known(evidence)}
    rough = np.asarray(evidence.confusion[unknown])
    if prior.pooled(evidence) == "common":
        rough = rough.sum(axis=0, keepdims=True)
    order = np.broadcast_to(label_order(evidence, prior), rough.shape)
    return {
        "known_log_emission": log_known(evidence),
        "labels_by_goal": np.take_along_axis(rough, order, axis=-1),
        "validated": np.asarray(evidence.validation[unknown]),
    }


def log_known(evidence: DistinctLabels) -> Array:
    """Return logarithms of the known error rates, (R, K, L); zero where they are not known."""
    known = np.where(np.isnan(evidence.emission), 1.0, evidence.emission)
    return np.asarray(np.log(np.maximum(known, SMALLEST)))


def label_order(evidence: DistinctLabels, prior: LabelPriors) -> NDArray[np.intp]:
    """Return the labels of each goal, (K, L), its own last: no rater hardly ever uses that one."""
    from bayes_misalign.families.simplex.log_dirichlet_pymc import reference_last

    own = evidence.own_label
    expected = np.where(own < 0, prior.alpha(evidence).argmax(axis=1), own)
    return reference_last(np.arange(len(evidence.labels)) == expected[:, None])


def declare_emission(evidence: DistinctLabels, prior: LabelPriors) -> tuple[Any, Any]:
    """Add the error rates of all raters to the open model.

    Return their logarithms, (R, K, L), and the log-likelihood of validation studies.
    """
    import pymc as pm
    import pytensor.tensor as pt

    model = pm.modelcontext(None)
    model.add_coord("rater", evidence.raters)
    model.add_coord("label", evidence.labels)
    unknown = np.flatnonzero(~evidence.is_known)
    known = pm.Data("known_log_emission", log_known(evidence), dims=("rater", "goal", "label"))
    log_emission: Any = known
    validated: Any = pt.as_tensor(0.0)
    if unknown.size:
        model.add_coord("estimated_rater", [evidence.raters[r] for r in unknown])
        log_unknown, validated = _declare_unknown(evidence, prior)
        if unknown.size == len(evidence.raters):
            log_emission = log_unknown
        else:
            log_emission = pt.set_subtensor(log_emission[unknown], log_unknown)
    pm.Deterministic("emission", pt.exp(log_emission), dims=("rater", "goal", "label"))
    return log_emission, validated


def _declare_unknown(evidence: DistinctLabels, prior: LabelPriors) -> tuple[Any, Any]:
    import pymc as pm
    import pytensor.tensor as pt

    from bayes_misalign.families.simplex.log_dirichlet_pymc import log_dirichlet, put_back

    order = label_order(evidence, prior)
    alpha: Any = np.take_along_axis(prior.alpha(evidence), order, axis=-1)
    found = emission_data(evidence, prior)
    raters, pooled = len(found["validated"]), prior.pooled(evidence)
    model = pm.modelcontext(None)
    model.add_coord("label_place", [f"place {i + 1}" for i in range(len(evidence.labels))])
    model.add_coord("any_rater", ["every rater"])
    who = "any_rater" if pooled == "common" else "estimated_rater"
    counts, dims = found["labels_by_goal"], (who, "goal", "label_place")
    rough = pm.Data("labels_by_goal", counts, dims=dims, shape=counts.shape)
    if pooled == "hierarchical":
        log_mean = log_dirichlet(
            "sorted_log_mean_emission", alpha, rough.sum(axis=0), ("goal", "label_place")
        )
        mean = put_back(pt.exp(log_mean), order)
        pm.Deterministic("mean_emission", mean, dims=("goal", "label"))
        agreement = pm.LogNormal("agreement", np.log(prior.agreement), prior.agreement_spread)
        # one label in all, spread evenly: no parameter comes near zero
        alpha = agreement * pt.exp(log_mean) + 1 / len(evidence.labels)
    rows = 1 if pooled == "common" else raters
    each = pt.as_tensor(alpha)[None]
    if not few(evidence.reports):  # else log Gamma functions of what raters share are taken once
        each = each + pt.zeros((rows, *order.shape))
    log_sorted = log_dirichlet("sorted_log_emission", each, rough, (who, "goal", "label_place"))
    log_unknown = put_back(log_sorted, np.tile(order, (rows, 1, 1)))
    if rows < raters:
        log_unknown = log_unknown + pt.zeros((raters, *order.shape))
    validated = pm.Data("validated", found["validated"], dims=("estimated_rater", "goal", "label"))
    return log_unknown, (validated * log_unknown).sum()


def draw_emission(
    evidence: DistinctLabels, prior: LabelPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of the error rates; what is known is the same in every draw.

    Those are `emission` (draw, R, K, L), and of hierarchical raters `mean_emission` (draw, K, L)
    and `agreement` (draw,).
    """
    emission = np.tile(evidence.emission, (draws, 1, 1, 1))
    unknown = ~evidence.is_known
    raters = int(unknown.sum())
    found: dict[str, Array] = {"emission": emission}
    if not raters:
        return found
    pooled = prior.pooled(evidence)
    alpha = np.broadcast_to(prior.alpha(evidence), (draws, *emission.shape[2:]))
    if pooled == "common":
        emission[:, unknown] = dirichlet(alpha, rng)[:, None]
        return found
    if pooled == "hierarchical":
        mean = dirichlet(alpha, rng)
        agreement = prior.agreement * np.exp(prior.agreement_spread * rng.normal(size=draws))
        found |= {"mean_emission": mean, "agreement": agreement}
        alpha = agreement[:, None, None] * mean + 1 / len(evidence.labels)
    each = np.broadcast_to(alpha[:, None], (draws, raters, *alpha.shape[1:]))
    emission[:, unknown] = dirichlet(each, rng)
    return found
