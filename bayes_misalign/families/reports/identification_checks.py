"""What a fit looks at where goals stand behind reports: identification, independence, matching."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.families.reports.agreement import Agreement, check_agreement
from bayes_misalign.families.reports.assumed_error_rates import under_assumptions
from bayes_misalign.families.reports.identification import (
    PRIOR_ONLY,
    Identification,
    anchored_by_prior,
    count_rule,
)
from bayes_misalign.families.reports.raters import accuracy_draws
from bayes_misalign.families.reports.report_patterns import ReportPatterns
from bayes_misalign.inference import groups as tree
from bayes_misalign.inference.diagnose import Reason
from bayes_misalign.inference.draw_blocks import stream
from bayes_misalign.measure import misalignment
from bayes_misalign.models.behaviour.evidence import ActionPatterns
from bayes_misalign.models.noisy_labels.evidence import LabelPatterns
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]
Group = Mapping[str, tree.Variable]
REPLICATION = 300  # stream of random numbers
REPLICATED, ASSUMED = "posterior_predictive", "assumed_error_rates"
DIFFERENT = 0.1  # squared distance of profiles by which another matching of goals fits better


@dataclass(frozen=True)
class Behind:
    """What was found, ready to be put beside posterior and prior.

    Parameters
    ----------
    groups : mapping
        More groups of the result.
    coords : mapping
        Labels of their dimensions.
    metadata : mapping
        More metadata of the result.
    reasons : tuple of Reason
        What lowers trust in the fit.
    """

    groups: dict[str, dict[str, tree.Variable]] = field(default_factory=dict)
    coords: dict[str, tuple[str, ...]] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()


def flat_draws(study: Study, group: Group) -> dict[str, Array]:
    """Return the goal model's own draws, leading axis draw; shares before unseen agents."""
    names = [name for name in goals_model(study.goals.model).DIMS if name in group]
    found = {name: group[name][1] for name in names}
    if "superpopulation_proportion" in group:
        found["proportion"] = group["superpopulation_proportion"][1]
    return {name: values.reshape(-1, *values.shape[2:]) for name, values in found.items()}


def look_behind(
    study: Study,
    posterior: Group,
    prior: Group,
    sd_ratio: dict[str, float],
    *,
    converged: bool = True,
    say: Callable[[str], None] | None = None,
) -> Behind:
    """Return what identifies a study's goals, and whether its reports are independent.

    Parameters
    ----------
    study : Study
        A study; for one whose answers are goals there is nothing to look at.
    posterior, prior : mapping of str to (dims, array)
        Draws of both.
    sd_ratio : dict of str to float
        Posterior over prior sd of P(ma), by population.
    converged : bool
        Whether the chains agree; assumed error rates are worked out only then.
    say : callable, optional
        Takes a line of text before anything that takes long.

    Returns
    -------
    Behind
    """
    goals = study.goals
    if not isinstance(goals, ReportPatterns):
        return Behind()
    drawn = flat_draws(study, posterior)
    verdict = _verdict(study, drawn, flat_draws(study, prior), sd_ratio)
    reasons = [*_matching(goals, posterior), *_prior_reason(goals, verdict)]
    groups: dict[str, dict[str, tree.Variable]] = {}
    coords: dict[str, tuple[str, ...]] = {}
    if (
        found := check_agreement(goals, drawn, stream(study.fitting.seed, REPLICATION))
    ) is not None:
        chains = study.fitting.chains if len(found.replicated) % study.fitting.chains == 0 else 1
        shape = (chains, -1, len(found.pairs))
        groups[REPLICATED] = {
            "agreement": ((*tree.SAMPLE_DIMS, "report_pair"), found.replicated.reshape(shape))
        }
        groups[tree.OBSERVED] = {"agreement": (("report_pair",), found.observed)}
        coords["report_pair"] = found.pairs
        reasons += _odd_pairs(found)
    # assumed error rates are put in place of the labels alone: encounters would not move with them
    alone = converged and not study.conflict.joint
    if not verdict.identified and alone and (row := _assumed(study, posterior, say)):
        coords["error_rate"], groups[ASSUMED] = row
    return Behind(groups, coords, {"identification": verdict.to_plain()}, tuple(reasons))


def overdispersed(study: Study) -> bool:
    """Return whether agents of one goal differ in what they do, by the study's prior."""
    goals, prior = study.goals, study.goal_prior
    return isinstance(goals, ActionPatterns) and bool(prior.overdispersed(goals))


def _verdict(
    study: Study, drawn: Mapping[str, Array], prior: Mapping[str, Array], sd_ratio: dict[str, float]
) -> Identification:
    basis, why = count_rule(study.goals, overdispersed(study))  # type: ignore[arg-type]  # reports
    verdict = Identification(basis, why, dict(sd_ratio))
    if not isinstance(study.goals, LabelPatterns):
        return verdict
    after, before = (accuracy_draws(study.goals, draws) for draws in (drawn, prior))
    spread = {
        rater: float(after[:, r].std() / before[:, r].std())
        for r, rater in enumerate(study.goals.raters)
        if not study.goals.is_known[r] and before[:, r].std() > 0
    }
    return replace(verdict, accuracy=spread)


def _prior_reason(goals: ReportPatterns, verdict: Identification) -> list[Reason]:
    if verdict.basis != PRIOR_ONLY:
        return []
    what = "labels" if isinstance(goals, LabelPatterns) else "choices"
    return [
        Reason(
            f"identified by the prior only: {verdict.why}; {anchored_by_prior(goals)} alone tells "
            "goals from errors",
            f"three independent {what} of some agents, gold labels for some agents of each goal, "
            "or known error rates",
        )
    ]


def _odd_pairs(found: Agreement) -> list[Reason]:
    reasons = []
    for i in found.odd[:5]:
        low, high = np.quantile(found.replicated[:, i], [0.025, 0.975])
        more = "more" if found.z[i] > 0 else "less"
        reasons.append(
            Reason(
                f"reports of {found.pairs[i]} agree {more} often ({found.observed[i]:.3f}) than "
                f"independent errors would ({low:.3f} to {high:.3f} in replicated data)",
                "count copies, or raters who follow the same cues, as one; split goals that some "
                "agents make hard to tell",
            )
        )
    return reasons


def _matching(goals: ReportPatterns, posterior: Group) -> list[Reason]:
    """Return whether chains, or labels and goals, are matched in different ways."""
    name = "emission" if isinstance(goals, LabelPatterns) else "action"
    means = posterior[name][1].mean(axis=1)
    profiles = means.mean(axis=1) if name == "emission" else means
    reasons = []
    if any(_matched_otherwise(profiles[0], profile) for profile in profiles[1:]):
        reasons.append(
            Reason(
                "chains disagree about which reports stand for which goals",
                "gold labels for some agents, or a stronger prior of what reports say",
                "not_converged",
            )
        )
    if isinstance(goals, LabelPatterns) and (goals.own_label >= 0).all():
        k = np.arange(len(goals.categories))
        right = float(profiles.mean(axis=0)[k, goals.own_label].mean())
        if right < 1 / len(goals.labels):
            reasons.append(
                Reason(
                    f"raters give the goal's own label with a mean probability of {right:.2f} "
                    "only, less than by chance: labels may stand for other goals",
                    "compare some labels with known goals",
                )
            )
    return reasons


def _matched_otherwise(one: Array, other: Array) -> bool:
    from scipy.optimize import linear_sum_assignment

    distance = ((one[:, None] - other[None]) ** 2).sum(axis=-1)
    rows, columns = linear_sum_assignment(distance)
    return bool(np.trace(distance) - distance[rows, columns].sum() > DIFFERENT)


def _assumed(
    study: Study, posterior: Group, say: Callable[[str], None] | None
) -> tuple[tuple[str, ...], dict[str, tree.Variable]] | None:
    if say is not None:
        say("identified by the prior only: P(ma) for a row of assumed error rates")
    if (row := under_assumptions(study)) is None:
        return None
    rates, shares = row
    draws = min(shares.shape[2], posterior["conflict"][1].shape[1])
    matrix = posterior["conflict"][1][:, :draws]
    levels = matrix[None] if matrix.ndim == 5 else matrix[None, :, :, None]
    values = misalignment(shares[:, :, :draws], levels)
    dims = ("error_rate", *tree.SAMPLE_DIMS, "population")
    return tuple(f"{rate:g}" for rate in rates), {"misalignment": (dims, values)}
