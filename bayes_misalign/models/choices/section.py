"""What a report says of choices: how rational they are, and whether payoffs explain them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bayes_misalign.families.reports.section import ReportsReport
from bayes_misalign.families.reports.section_words import Noisy
from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.choices.fit_of_choices import GROUP, FitOfChoices
from bayes_misalign.page.blocks import Block, Paragraph, Section, Table
from bayes_misalign.page.columns import CSV, MACHINES, PAGE, Label, Mean, Number, Shown
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.safe_text import few_of, named
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import Place
from bayes_misalign.report.posterior import Posterior

MOST_ROWS = 40
RATIONALITY = (
    "Each goal was stated to pay actions so much. With the range of payoffs as the unit, beta is "
    "the log odds of the best action against the worst: at 0 choices have nothing to do with "
    "goals, and the larger it is, the surer the best action is chosen. An agent of a goal is one "
    "that chooses as if it had these payoffs, for whatever reason."
)
FIT = (
    "Shares of actions were compared with those of data simulated from the posterior. The shares "
    "of goals are fitted to the same choices, so that the p-values are cautious: "
)


@dataclass(frozen=True)
class Chosen(Noisy):
    """What choices add to a report beside what all reports of goals do."""

    evidence: DistinctChoices | None = None
    beta: tuple[Estimate, ...] = ()  # by what has a rationality of its own
    best_of_two: tuple[Estimate, ...] = ()
    best: tuple[tuple[str, str, str, Estimate], ...] = ()  # goal, situation, best actions
    fits: FitOfChoices | None = None


class ChoicesReport(ReportsReport):
    """What a report says of choices."""

    def results(self, result: Posterior) -> Chosen | None:
        """Return what noisy reports add, with the rationality and the fit of choices."""
        found, evidence, groups = super().results(result), result.study.goals, result.groups
        if found is None:
            return None
        assert isinstance(evidence, DistinctChoices)
        beta = np.asarray(groups.values(POSTERIOR, "rationality")).reshape(-1, len(evidence.ruled))
        fits = None
        if groups.has(GROUP, "p_value") and not result.withheld:
            keys = ("observed", "replicated", "p_value")
            observed, replicated, p_value = (groups.values(GROUP, key) for key in keys)
            fits = FitOfChoices(observed, replicated, p_value)
        return Chosen(
            **vars(found),
            evidence=evidence,
            beta=tuple(result.estimate(f"beta of {n}", b) for n, b in _each(evidence, beta)),
            best_of_two=tuple(
                result.estimate(f"P(best of two), {n}", 1 / (1 + np.exp(-b)))
                for n, b in _each(evidence, beta)
            ),
            best=tuple(_best(result, evidence)),
            fits=fits,
        )

    def sections(self, found: Noisy, findings: Findings) -> Sequence[Section]:
        """Return what reports of goals say, and how choices go with payoffs."""
        common = super().sections(found, findings)
        if not isinstance(found, Chosen) or found.evidence is None:
            return common
        evidence = found.evidence
        rationality = Table(
            [Label("of"), Mean("beta"), Mean("best_of_two", "P(best over worst)")],
            list(zip(evidence.ruled, found.beta, found.best_of_two, strict=True)),
            "Rationality",
            PAGE | MACHINES,
            "rationality",
            most=MOST_ROWS,
        )
        best = Table(
            [Label("goal"), Label("situation"), Shown("best", "best action"), Mean("P(best)")],
            list(found.best),
            "How often an agent of each goal chooses what is best for it",
            PAGE | CSV,
            "best_actions",
            most=MOST_ROWS,
        )
        blocks: list[Block] = [Paragraph(RATIONALITY), rationality, best]
        summary = {"rationality": rationality, "fit": None}
        if found.fits is not None:
            p = _p_values(found.fits, evidence)
            blocks += [Paragraph(FIT + _odd(found.fits, evidence)), p]
            blocks.append(_shares(found.fits, evidence))
            summary["fit"] = p
        title = "How choices go with payoffs"
        own = Section("choices", title, blocks, Place.REPORTS, summary={"choices": summary})
        return [*common, own]


def _each(evidence: DistinctChoices, draws: np.ndarray) -> list[tuple[str, np.ndarray]]:
    return [(name, draws[:, g]) for g, name in enumerate(evidence.ruled)]


def _best(result: Posterior, evidence: DistinctChoices) -> list[tuple[str, str, str, Estimate]]:
    """Return goal, situation, its best actions, and how often they are chosen."""
    shape = len(evidence.categories), evidence.cells
    action = np.asarray(result.groups.values(POSTERIOR, "action")).reshape(-1, *shape)
    found = []
    for k, goal in enumerate(evidence.categories):
        for span, situation, names in zip(
            evidence.spans, evidence.situations, evidence.actions, strict=True
        ):
            own = evidence.utility[k, span] == 0
            if own.all():  # whatever it chooses is best
                continue
            words = few_of([named(n) for n, best in zip(names, own, strict=True) if best], 3)
            draws = action[:, k, span][:, own].sum(axis=1)
            found.append((goal, situation, words, result.estimate(f"P(best), {goal}", draws)))
    return found


def _odd(fits: FitOfChoices, evidence: DistinctChoices) -> str:
    odd = [name for name, is_odd in zip(evidence.situations, fits.odd, strict=True) if is_odd]
    if not odd:
        return "no situation stands out."
    return (
        f"choices in {few_of(list(map(named, odd)), 5)} are not as the payoffs make them. What is "
        "said of goals there rests on payoffs that do not hold."
    )


def _p_values(fits: FitOfChoices, evidence: DistinctChoices) -> Table:
    number = evidence.agents @ evidence.per_source
    rows = [
        (name, float(n), None if np.isnan(p) else float(p))
        for name, n, p in zip(evidence.situations, number, fits.p_value, strict=True)
    ]
    columns = [Label("situation"), Number("choices", form=",.0f"), Number("p_value", "p-value")]
    caption = "How well the payoffs explain the choices of each situation"
    return Table(columns, rows, caption, PAGE | MACHINES, "choices_fit", most=MOST_ROWS)


def _shares(fits: FitOfChoices, evidence: DistinctChoices) -> Table:
    """Return observed shares of actions beside those of replicated data."""
    low, middle, high = fits.replicated
    rows = [
        (
            population,
            choice,
            float(fits.observed[s, c]),
            float(middle[s, c]),
            f"{low[s, c]:.3f} to {high[s, c]:.3f}",
        )
        for s, population in enumerate(evidence.populations)
        for c, choice in enumerate(evidence.cell_names)
        if not np.isnan(fits.observed[s, c])
    ]
    columns = [
        Label("population"),
        Label("choice"),
        Number("observed"),
        Number("expected"),
        Shown("replicated (95 %)", faces=PAGE),
    ]
    caption = "Shares of actions, observed and expected"
    return Table(columns, rows, caption, PAGE | CSV, "choices_observed", most=MOST_ROWS)


REPORT = ChoicesReport()
