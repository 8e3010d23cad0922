"""What noisy reports add, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bayes_misalign.families.reports.agreement import Agreement
from bayes_misalign.families.reports.assumed_error_rates import ALPHA
from bayes_misalign.families.reports.design_check import DesignCheck
from bayes_misalign.families.reports.identification import Identification
from bayes_misalign.families.reports.identified_set import IdentifiedSet, identified_sets
from bayes_misalign.families.reports.wrong_words import REPORTS_WRONG, WrongWords
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.findings import Findings

MOST_IN_WORDS = 6


@dataclass(frozen=True)
class Noisy:
    """What only reports behind which goals stand give rise to."""

    identification: Identification  # what the posterior rests on
    naive: Mapping[str, Estimates]  # P(ma) if reports made no errors, by how they are counted
    assumed: Mapping[str, Estimates]  # P(ma) by error rate; empty where data identify the model
    against: Mapping[str, float]  # p-value of the reports under each assumed error rate
    accuracies: Estimates | None  # of raters; None where there are none
    known: tuple[str, ...]  # raters whose error rates are known
    confusions: Mapping[str, tuple[str, str, Estimate]]  # goal, label, P(label | goal) by rater
    labels_given: Mapping[str, float]  # by rater or situation
    agreement: Agreement | None  # of reports, observed and replicated
    wrong: WrongWords = REPORTS_WRONG  # what an error is called
    design: DesignCheck | None = None  # P(ma) by the design of the gold sample

    @cached_property
    def sets(self) -> Mapping[str, IdentifiedSet]:
        """What P(ma) may be by population, whichever of the assumed error rates is right."""
        return identified_sets(self.assumed, {r: self.contradicted(r) for r in self.assumed})

    @property
    def prior_only(self) -> bool:
        """Whether nothing but the prior tells goals from errors."""
        return not self.identification.identified

    def contradicted(self, rate: str) -> bool:
        """Whether the reports themselves speak against an assumed error rate."""
        return self.against.get(rate, 1.0) < ALPHA


def percent(rate: str) -> str:
    """Return an assumed error rate as reports print it."""
    return f"{100 * float(rate):g} %"


def verdict_sentence(noisy: Noisy) -> str:
    """Return what the posterior rests on, in a sentence, and what it assumes."""
    found = noisy.identification
    basis = f"Identified by {found.basis}"
    if found.independence:
        basis += f", assuming {'choices' if noisy.accuracies is None else 'reports'} are "
        basis += "independent given the goal"
    return f"{basis}: {named(found.why)}."


def set_sentence(findings: Findings, noisy: Noisy) -> str:
    """Return what P(ma) may be if all that is known of the error rate is that it is in the row."""
    if not noisy.sets:
        return ""
    texts = []
    for population, found in list(noisy.sets.items())[:MOST_IN_WORDS]:
        where = "" if findings.nameless else f" of {named(population)}"
        low, high = found.interval
        texts.append(
            f"P(ma){where} lies between {found.lower:.2f} and {found.upper:.2f}, and the "
            f"{100 * found.mass:g} % interval for the identified set runs from {low:.2f} to "
            f"{high:.2f}."
        )
    rates = next(iter(noisy.sets.values())).rates
    out = " that the data do not speak against" * (len(rates) < len(noisy.assumed))
    row = percent(rates[0]) if len(rates) == 1 else f"{percent(rates[0])} to {percent(rates[-1])}"
    return (
        f"Suppose that the part of {noisy.wrong.part} is one of those in the table{out} ({row}), "
        f"and that nothing else is known of it. {' '.join(texts)} Wherever in that set P(ma) lies, "
        "the interval holds it with at least that probability (Imbens and Manski, 2004)."
    )


def against_words(noisy: Noisy) -> str:
    """Return how an assumed error rate is marked that the data do not fit."""
    return f"the {'choices' if noisy.accuracies is None else 'labels'} speak against it"


def against_sentence(noisy: Noisy) -> str:
    """Return what such a mark means; empty where no assumed error rate has one."""
    if not any(map(noisy.contradicted, noisy.assumed)):
        return ""
    what = "choices" if noisy.accuracies is None else "labels"
    return (
        f"Where the {what} speak against an error rate, {what} like these would be unlikely with "
        f"that rate, whatever the goal shares are (likelihood ratio, p < {ALPHA:g}). Do not rely "
        "on P(ma) beside it."
    )


def known_sentence(noisy: Noisy) -> str:
    """Return whose error rates are known, where an interval could make them look estimated."""
    found: Mapping[str, Estimate] = noisy.accuracies or {}
    vague = [r for r in noisy.known if not found[r].withheld and found[r].sd > 0]
    if not vague:
        return ""
    who = ", ".join(map(named, vague[:MOST_IN_WORDS])) + " and others" * (
        len(vague) > MOST_IN_WORDS
    )
    return (
        f"The error rates of {who} are known: the interval of the accuracy comes only from the "
        "goal shares over which it is averaged."
    )


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
            + (f" {noisy.wrong.sentence}" if j == 0 else "")
            + (f" ({against_words(noisy)})" if noisy.contradicted(rate) else "")
            for j, (rate, found) in enumerate(noisy.assumed.items())
        ]
        where = "" if findings.nameless else f" of {named(population)}"
        texts.append(f"P(ma){where} is {'; '.join(rows)}.")
    return " ".join(texts)
