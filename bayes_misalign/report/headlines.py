"""The number that a report begins with: the one that the study names, or P(ma) of all agents."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bayes_misalign import measure
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.findings import Findings
from bayes_misalign.study.checks import BETWEEN, OVERALL, WITHIN


class Asked(NamedTuple):
    """A number that a study names as its headline."""

    whence: str  # of which agents it is, after "Two agents drawn at random"
    estimate: Estimate


def asked_for(findings: Findings) -> Asked | None:
    """Return the headline that the study names; None where it names none, or the usual one."""
    asked, names = findings.study.reporting.headline, findings.populations
    if asked is None or asked == OVERALL:
        return None
    if asked == BETWEEN and len(names) == 2:
        one, other = names
        whence = f", one from {named(one)} and one from {named(other)},"
        return Asked(whence, findings.result.between(one, other))
    if asked in (WITHIN, BETWEEN):
        of = "the same population" if asked == WITHIN else "different populations"
        return Asked(f" from {of}", _given_where(findings, asked))
    return Asked(f" from {named(asked)}", findings.misalignment[asked])


def _given_where(findings: Findings, asked: str) -> Estimate:
    """Return P(ma) of two agents of the union, given whether both are of one population."""
    result = findings.result
    weights = result.union_weights(None)
    assert weights is not None  # the study was checked
    parts = measure.decompose(result.shares(), result.across(), weights, pair_terms=False)
    same = np.sum(np.asarray(weights) ** 2, axis=-1)
    draws = parts.within / same if asked == WITHIN else parts.between / (1 - same)
    return result.estimate(f"P(ma) {asked} populations", draws)


def first_number(findings: Findings) -> Estimate | None:
    """Return the number that a page shows large; None where there is none for all agents."""
    asked = asked_for(findings)
    if asked is not None:
        return asked.estimate
    if findings.overall is None and len(findings.misalignment) == 1:
        return next(iter(findings.misalignment.values()))
    return findings.overall
