"""What a report says of goals that were seen through noisy reports only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bayes_misalign.families.reports.agreement import Agreement
from bayes_misalign.families.reports.assumed_error_rates import ALPHA
from bayes_misalign.families.reports.identification import Identification
from bayes_misalign.inference.reported import ReportedResult
from bayes_misalign.inference.result import Result
from bayes_misalign.models.noisy_labels.evidence import LabelPatterns
from bayes_misalign.page.estimate import Estimate, Estimates


@dataclass(frozen=True)
class Noisy:
    """Estimates that only reports behind which goals stand give rise to.

    Parameters
    ----------
    identification : Identification
        What the posterior rests on.
    naive : mapping of str to Estimates
        P(ma) by population if reports made no errors, by how they are counted.
    assumed : mapping of str to Estimates
        P(ma) by population, by assumed error rate; empty where data identify the model.
    against : mapping of str to float
        p-value of the reports under each assumed error rate, whatever the goal shares are.
    accuracies : Estimates or None
        How often each rater is right; None where there are no raters.
    known : tuple of str
        Raters whose error rates are known.
    confusions : mapping of str to (str, str, Estimate)
        Goal, label and P(label | goal) of the most common confusion of each rater.
    labels_given : mapping of str to float
        Number of labels of each rater.
    agreement : Agreement or None
        Agreement of reports, observed and replicated.
    """

    identification: Identification
    naive: Mapping[str, Estimates]
    assumed: Mapping[str, Estimates]
    against: Mapping[str, float]
    accuracies: Estimates | None
    known: tuple[str, ...]
    confusions: Mapping[str, tuple[str, str, Estimate]]
    labels_given: Mapping[str, float]
    agreement: Agreement | None

    @property
    def prior_only(self) -> bool:
        """Whether nothing but the prior tells goals from errors."""
        return not self.identification.identified

    def contradicted(self, rate: str) -> bool:
        """Whether the reports themselves speak against an assumed error rate."""
        return self.against.get(rate, 1.0) < ALPHA


def gather_noisy(result: Result) -> Noisy | None:
    """Return what noisy reports add to a report; None where answers are goals.

    Parameters
    ----------
    result : Result
        A posterior.

    Returns
    -------
    Noisy or None
    """
    if not isinstance(result, ReportedResult) or result.reports is None:
        return None
    if (verdict := result.identification) is None:
        return None
    labels = result.reports if isinstance(result.reports, LabelPatterns) else None
    given = result.reports.agents @ result.reports.per_source
    if result.withheld:  # what the posterior did to the prior is a posterior number too
        verdict = replace(verdict, misalignment={}, accuracy={})
    return Noisy(
        verdict,
        {name: _certain(found) for name, found in result.naive().items()},
        result.assumed(),
        result.against_assumed(),
        None if labels is None else result.accuracies(),
        () if labels is None else tuple(np.array(labels.raters)[labels.is_known].tolist()),
        {} if labels is None or result.withheld else result.confusions(),
        dict(zip(result.reports.sources, map(float, given), strict=True)),
        None if result.withheld else result.agreement(),
    )


def _certain(estimates: Estimates) -> Estimates:
    # what is counted naively rests on no chain, so no state of the fit makes it doubtful
    return Estimates(
        estimates.title,
        {name: replace(e, withheld=False, independent=True) for name, e in estimates.items()},
    )


def noisy_plain(noisy: Noisy) -> dict[str, Any]:
    """Return the findings as dictionaries, lists, texts and numbers."""
    agreement = noisy.agreement
    return {
        "identification": noisy.identification.to_plain(),
        "naive_misalignment": {
            name: {population: e.as_dict() for population, e in found.items()}
            for name, found in noisy.naive.items()
        },
        "assumed_error_rates": [
            {
                "error_rate": float(rate),
                "p_value_of_reports": noisy.against.get(rate),
                "reports_speak_against_it": noisy.contradicted(rate),
                "misalignment": {population: e.as_dict() for population, e in found.items()},
            }
            for rate, found in noisy.assumed.items()
        ],
        "raters": [
            {
                "name": rater,
                "labels": noisy.labels_given[rater],
                "error_rates_known": rater in noisy.known,
                "accuracy": estimate.as_dict(),
                "posterior_over_prior_sd": noisy.identification.accuracy.get(rater),
                "most_common_confusion": None
                if rater not in noisy.confusions
                else {
                    "goal": noisy.confusions[rater][0],
                    "label": noisy.confusions[rater][1],
                    "probability": noisy.confusions[rater][2].as_dict(),
                },
            }
            for rater, estimate in (noisy.accuracies or {}).items()
        ],
        "agreement": None
        if agreement is None
        else {
            "limit_of_z": agreement.limit,
            "largest_z": float(np.abs(agreement.z).max()),
            "pairs": [
                {
                    "reports": pair,
                    "observed": float(agreement.observed[i]),
                    "replicated": np.quantile(
                        agreement.replicated[:, i], [0.025, 0.5, 0.975]
                    ).tolist(),
                    "z": float(agreement.z[i]),
                }
                for i, pair in enumerate(agreement.pairs)
            ],
        },
    }
