"""The sections of a report on goals that were seen through noisy reports only."""

from __future__ import annotations

import numpy as np

from bayes_misalign.page.blocks import Block, Bullets, Grid, Paragraph, Picture, Section
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import count, interval_text, mean_text
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.words_noisy import (
    against_sentence,
    against_words,
    known_sentence,
    percent,
    row_sentence,
    verdict_sentence,
)

MOST_ROWS = 60


def _cells(estimate: Estimate) -> list[str]:
    return [mean_text(estimate), interval_text(estimate)]


def identification(findings: Findings) -> Section | None:
    """Return what tells goals from errors, and P(ma) with and without the correction."""
    noisy = findings.noisy
    if noisy is None:
        return None
    blocks: list[Block] = [Paragraph(verdict_sentence(noisy))]
    ratios = [
        f"P(ma){'' if findings.nameless else f' of {named(s)}'}: {ratio:.2f}"
        for s, ratio in noisy.identification.misalignment.items()
    ]
    ratios += [
        f"accuracy of {named(rater)}: {ratio:.2f}"
        for rater, ratio in noisy.identification.accuracy.items()
    ]
    if ratios:
        blocks.append(
            Paragraph(
                "What the data did to the prior: posterior sd as a part of the prior sd; near 1 "
                "the data said nothing (0 where they left the prior's central 95 %)."
            )
        )
        blocks.append(Bullets(ratios[:MOST_ROWS]))
    columns = ["population", "how", "P(ma)", str(findings.interval)]
    if noisy.assumed:
        blocks.append(Paragraph(row_sentence(findings, noisy)))
        if text := against_sentence(noisy):
            blocks.append(Paragraph(text))
        blocks.append(Picture("assumed"))
        marks = {
            rate: f" ({against_words(noisy)})" if noisy.contradicted(rate) else ""
            for rate in noisy.assumed
        }
        rows = [
            [named(s), f"{percent(rate)} of reports wrong{marks[rate]}", *_cells(found[s])]
            for s in findings.populations
            for rate, found in noisy.assumed.items()
        ]
        caption = "P(ma) if error rates were known"
        blocks.append(Grid(caption, columns, rows[:MOST_ROWS], labels=2))
    rows = []
    for s in findings.populations:
        rows.append([named(s), "corrected for errors", *_cells(findings.misalignment[s])])
        rows += [[named(s), how, *_cells(found[s])] for how, found in noisy.naive.items()]
    caption = "P(ma) corrected for errors, beside what reports at face value say"
    blocks.append(Grid(caption, columns, rows[:MOST_ROWS], labels=2))
    return Section("identification", "What tells goals from errors", blocks)


def raters(findings: Findings) -> Section | None:
    """Return how often each rater is right, and whether reports are independent given the goal."""
    noisy = findings.noisy
    if noisy is None:
        return None
    blocks: list[Block] = []
    if noisy.accuracies is not None:
        columns = ["rater", "most common confusion", "labels", "accuracy", str(findings.interval)]
        columns += ["P(confusion)", str(findings.interval)]
        rows = []
        for rater, estimate in list(noisy.accuracies.items())[:MOST_ROWS]:
            goal, label, often = noisy.confusions.get(rater, ("", "", None))
            none = "withheld" if findings.withheld else "none"
            words = none if often is None else f"{named(goal)} called {named(label)}"
            row = [named(rater), words, count(noisy.labels_given[rater]), *_cells(estimate)]
            rows.append([*row, *(["", ""] if often is None else _cells(often))])
        caption = "Raters: how often a label is that of the goal, and what is confused most"
        blocks.append(Grid(caption, columns, rows, labels=2))
        if text := known_sentence(noisy):
            blocks.append(Paragraph(text))
    if (found := noisy.agreement) is not None:
        odd, limit = found.odd, f"{found.limit:.1f}"
        blocks.append(
            Paragraph(
                "Given the goal, reports are taken as independent. How often two of them about the "
                "same agent are equal was compared with data that the posterior gives rise to: "
                + (
                    f"{len(odd)} of {len(found.pairs)} pairs differ by more than {limit} sd."
                    if odd
                    else f"no pair differs by more than {limit} sd."
                )
                + " With as many unknowns as agreements, as for three raters with two labels, this "
                "check can find nothing."
            )
        )
        blocks.append(Picture("agreement"))
        low, high = np.quantile(found.replicated, [0.025, 0.975], axis=0)
        rows = [
            [
                named(pair),
                f"{found.observed[i]:.3f}",
                f"{low[i]:.3f} to {high[i]:.3f}",
                f"{found.z[i]:z.1f}",
            ]
            for i, pair in enumerate(found.pairs)
        ]
        columns = ["reports of", "observed", "replicated (95 %)", "difference in sd"]
        caption = "How often two reports about the same agent are equal"
        blocks.append(Grid(caption, columns, rows[:MOST_ROWS]))
    return Section("raters", "Errors of the reports", blocks) if blocks else None
