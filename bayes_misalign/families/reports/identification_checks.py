"""What a fit looks at where goals stand behind reports: identification, independence, matching."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import evidence_model, goals_model
from bayes_misalign.contract.shares import kept_dims
from bayes_misalign.families.reports.agreement import Agreement, check_agreement
from bayes_misalign.families.reports.assumed_error_rates import under_assumptions
from bayes_misalign.families.reports.design_check import (
    ByDesign,
    check_reasons,
)
from bayes_misalign.families.reports.distinct_reports import DistinctReports
from bayes_misalign.families.reports.identification import (
    PRIOR_ONLY,
    Identification,
    count_rule,
    rests_on_independence,
)
from bayes_misalign.inference.conflict_draws import facing_populations, of_group
from bayes_misalign.inference.diagnose import Reason
from bayes_misalign.inference.draw_blocks import stream
from bayes_misalign.inference.fit_findings import FitFindings, FitView
from bayes_misalign.inference.groups import OBSERVED, SAMPLE_DIMS, Variable
from bayes_misalign.measure import misalignment
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]
Draws = Mapping[str, Array]
Group = Mapping[str, Variable]
REPLICATION = 300  # stream of random numbers
REPLICATED, ASSUMED = "posterior_predictive", "assumed_error_rates"
MOST_ODD = 5  # pairs of reports that are named
DIFFERENT = 0.1  # squared distance of profiles by which another matching of goals fits better


def flat_draws(study: Study, group: Group) -> dict[str, Array]:
    """Return the goal model's own draws, leading axis draw; shares before unseen agents."""
    dims = kept_dims(goals_model(study.goals.model), study.goal_prior)
    names = [name for name in dims if name in group]
    found = {name: group[name][1] for name in names}
    if "superpopulation_proportion" in group:
        found["proportion"] = group["superpopulation_proportion"][1]
    return {name: values.reshape(-1, *values.shape[2:]) for name, values in found.items()}


def check_identification(fit: FitView) -> FitFindings:
    """Return what identifies a study's goals, and whether its reports are independent.

    Assumed error rates are worked out only where chains agree.
    """
    study, posterior = fit.study, fit.posterior
    goals: Any = study.goals
    drawn = flat_draws(study, posterior)
    verdict = _verdict(study, drawn, flat_draws(study, fit.prior), fit.sd_ratio)
    reasons = [*_matching(goals, posterior), *_prior_reason(goals, verdict)]
    groups: dict[str, dict[str, Variable]] = {}
    coords: dict[str, tuple[str, ...]] = {}
    if (
        found := check_agreement(goals, drawn, stream(study.fitting.seed, REPLICATION))
    ) is not None:
        chains = study.fitting.chains if len(found.replicated) % study.fitting.chains == 0 else 1
        shape = (chains, -1, len(found.pairs))
        groups[REPLICATED] = {
            "agreement": ((*SAMPLE_DIMS, "report_pair"), found.replicated.reshape(shape))
        }
        groups[OBSERVED] = {"agreement": (("report_pair",), found.observed)}
        if found.agents is not None:
            groups[OBSERVED]["agreement_agents"] = (("report_pair",), found.agents)
        coords["report_pair"] = found.pairs
        reasons += _odd_pairs(found)
    if goals.drawn_by_design and fit.converged and not study.conflict.joint:
        proportions = posterior["proportion"][1]
        reporting = study.reporting
        different = reporting.agents == "different"
        by_design = ByDesign(goals, of_group(posterior), reporting.interval.mass, different)
        reasons += check_reasons(by_design.check(proportions.reshape(-1, *proportions.shape[2:])))
    # assumed error rates are put in place of the labels alone: encounters would not move with them
    alone = fit.converged and not study.conflict.joint
    if not verdict.identified and alone and (row := _assumed(study, posterior, fit.say)):
        coords["error_rate"], groups[ASSUMED] = row
    metadata: dict[str, Any] = {"identification": verdict.to_plain()}
    if found is not None:
        metadata["pairs_compared"] = found.number
    return FitFindings(groups, coords, metadata, tuple(reasons))


def overdispersed(study: Study) -> bool:
    """Return whether agents of one goal differ in what they do, by the study's prior."""
    model: Any = evidence_model(study.goals.model)
    return bool(model.overdispersed(study.goals, study.goal_prior))


def _verdict(
    study: Study, drawn: Draws, prior: Draws, sd_ratio: Mapping[str, float]
) -> Identification:
    goals: Any = study.goals
    model: Any = evidence_model(goals.model)
    basis, why = count_rule(goals, overdispersed(study))
    independence = rests_on_independence(goals, overdispersed(study))
    verdict = Identification(basis, why, dict(sd_ratio), independence=independence)
    after, before = (model.accuracy(goals, draws) for draws in (drawn, prior))
    if after is None:
        return verdict
    spread = {
        goals.sources[r]: float(after[:, r].std() / before[:, r].std())
        for r in goals.estimated
        if before[:, r].std() > 0
    }
    return replace(verdict, accuracy=spread)


def _prior_reason(goals: DistinctReports, verdict: Identification) -> list[Reason]:
    if verdict.basis != PRIOR_ONLY:
        return []
    return [
        Reason(
            f"identified by the prior only: {verdict.why}; {goals.anchor} alone tells "
            "goals from errors",
            f"three independent {goals.report_noun}s of some agents, gold labels for some agents "
            "of each goal, or known error rates",
            rests_on=f"{goals.anchor}, which alone tells goals from errors",
        )
    ]


def _odd_pairs(found: Agreement) -> list[Reason]:
    reasons = []
    for i in found.odd[:MOST_ODD]:
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
    if (rest := len(found.odd) - MOST_ODD) > 0:
        reasons.append(
            Reason(
                f"reports of {rest} more of {found.number} pairs agree more or less often than "
                "independent errors would",
                "see how often pairs agree, under the errors of the reports",
            )
        )
    return reasons


def _matching(goals: DistinctReports, posterior: Group) -> list[Reason]:
    """Return whether chains, or labels and goals, are matched in different ways."""
    profiles = goals.profiles(posterior[goals.rates][1].mean(axis=1))
    reasons = []
    if any(_matched_otherwise(profiles[0], profile) for profile in profiles[1:]):
        reasons.append(
            Reason(
                "chains disagree about which reports stand for which goals",
                "gold labels for some agents, or a stronger prior of what reports say",
                "not_converged",
            )
        )
    if (own := goals.own_report) is not None:
        k, what = np.arange(len(goals.categories)), goals.report_noun
        right = float(profiles.mean(axis=0)[k, own].mean())
        if right < 1 / profiles.shape[-1]:
            reasons.append(
                Reason(
                    f"{goals.source_noun} give the goal's own {what} with a mean probability of "
                    f"{right:.2f} only, less than by chance: {what}s may stand for other goals",
                    f"compare some {what}s with known goals",
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
) -> tuple[tuple[str, ...], dict[str, Variable]] | None:
    if say is not None:
        say("identified by the prior only: P(ma) for a row of assumed error rates")
    if (row := under_assumptions(study)) is None:
        return None
    rates, shares = row
    conflict, (chains, each) = of_group(posterior), posterior["proportion"][1].shape[:2]
    draws = min(shares.shape[2], each)
    if len(conflict.first):  # in every chain the draws that there are of both
        levels = conflict.drawn.reshape(chains, each, *conflict.drawn.shape[1:])[:, :draws]
        conflict = PartlyKnown(conflict.known, levels.reshape(-1, *levels.shape[2:]))
    facing, some = facing_populations(conflict), shares[:, :, :draws]
    values = np.stack(
        [
            misalignment(row.reshape(-1, *row.shape[2:]), facing).reshape(row.shape[:-1])
            for row in some
        ]
    )
    dims = ("error_rate", *SAMPLE_DIMS, "population")
    return tuple(f"{rate:g}" for rate in rates), {"misalignment": (dims, values)}
