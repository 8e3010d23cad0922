"""What noisy reports add, in sentences."""

from __future__ import annotations

from bayes_misalign.report.findings import Findings
from bayes_misalign.report.labels import named
from bayes_misalign.report.noisy import Noisy
from bayes_misalign.report.numbers import estimate_text

MOST_IN_WORDS = 6


def percent(rate: str) -> str:
    """Return an assumed error rate as reports print it.

    Examples
    --------
    >>> percent("0.05")
    '5 %'
    """
    return f"{100 * float(rate):g} %"


def verdict_sentence(noisy: Noisy) -> str:
    """Return what the posterior rests on, in a sentence."""
    found = noisy.identification
    if noisy.prior_only:
        return f"Identified by the prior only: {named(found.why)}."
    return f"Identified by {found.basis}: {named(found.why)}."


def row_sentence(findings: Findings, noisy: Noisy) -> str:
    """Return P(ma) for a row of assumed error rates, in a sentence for each population."""
    if not noisy.assumed:
        return "No error rate can be assumed, because reports name no goals."
    if findings.withheld:
        return "P(ma) under assumed error rates is withheld."
    shown = findings.populations[:MOST_IN_WORDS]
    texts = []
    for i, population in enumerate(shown):
        rows = [
            f"{estimate_text(found[population], named=i == j == 0)} if {percent(rate)}"
            + (" of all reports are wrong" if j == 0 else "")
            for j, (rate, found) in enumerate(noisy.assumed.items())
        ]
        where = "" if findings.nameless else f" of {named(population)}"
        texts.append(f"P(ma){where} is {'; '.join(rows)}.")
    return " ".join(texts)
