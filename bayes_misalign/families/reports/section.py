"""What a report says of goals that were seen through noisy reports only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.families.reports.agreement import Agreement
from bayes_misalign.families.reports.design_section import design_section, design_summary
from bayes_misalign.families.reports.figures import draw_agreement, draw_assumed
from bayes_misalign.families.reports.identification import count_rule
from bayes_misalign.families.reports.identification_checks import overdispersed
from bayes_misalign.families.reports.section_words import (
    Noisy,
    against_sentence,
    against_words,
    known_sentence,
    percent,
    row_sentence,
    set_sentence,
    verdict_sentence,
)
from bayes_misalign.page.blocks import Block, Bullets, Paragraph, Picture, Section, Table
from bayes_misalign.page.columns import (
    CSV,
    JSON,
    PAGE,
    TERMINAL,
    Column,
    Count,
    Label,
    Mean,
    Number,
    Shown,
    Text,
)
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.page.number_text import count
from bayes_misalign.page.safe_text import few_of, named, plain, short
from bayes_misalign.report.compared import MOST_ROWS, beside
from bayes_misalign.report.figures.canvas import Drawn
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import Headline, ModelReport, Place
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.study.study import Study

MOST_RATERS = 12  # on a terminal
RATIOS = (
    "How much the data taught: the posterior sd divided by the prior sd. Near 1 they taught "
    "nothing; 0 means that the posterior left the central 95 % of the prior."
)
AGREEMENT = (
    "Given the goal, reports are taken as independent. How often two of them about the same agent "
    "are equal was compared with data simulated from the posterior: "
)
WEAK_CHECK = (
    " There are as many unknowns as pairs to compare here, as with three raters and two labels: "
    "this check cannot find anything."
)


class ReportsReport(ModelReport):
    """What a report says of noisy labels, and of behaviour."""

    nothing: ClassVar[Mapping[str, Any]] = {"noisy_reports": None}

    def results(self, result: Posterior) -> Noisy | None:
        """Return what noisy reports add to a report; None where answers are goals."""
        reports: Any = result.study.goals
        if (verdict := result.identification) is None:
            return None
        named_raters = reports.source_noun == "raters"
        given = reports.agents @ reports.per_source
        if result.withheld:  # what the posterior did to the prior is a posterior number too
            verdict = replace(verdict, misalignment={}, accuracy={})
        return Noisy(
            verdict,
            {name: _certain(found) for name, found in result.naive().items()},
            result.assumed(),
            result.against_assumed(),
            result.accuracies() if named_raters else None,
            tuple(np.array(reports.raters)[reports.is_known].tolist()) if named_raters else (),
            result.confusions() if named_raters and not result.withheld else {},
            dict(zip(reports.sources, map(float, given), strict=True)),
            None if result.withheld else result.agreement(),
            reports.wrong,
            result.results("goals").design_check(),
        )

    def headline(self, found: Noisy, findings: Findings) -> Headline:
        """Return the verdict first, and a row of numbers where one would rest on the prior."""
        k = len(findings.study.area.goals)
        what = "choices that tell of" if found.accuracies is None else "labels of one of"
        given = count(sum(found.labels_given.values()))
        return Headline(
            verdict_sentence(found),
            found.prior_only,
            row_sentence(findings, found),
            _instead(found, findings) if found.assumed else (),
            f"are seen through {given} {what} {k} goals",
            "Agents by goal at face value",
        )

    def sections(self, found: Noisy, findings: Findings) -> Sequence[Section]:
        """Return what tells goals from errors, and the errors of the reports."""
        place = Place.VERDICT if found.prior_only else Place.REPORTS
        tried = {f"{rate} {found.wrong.rows}": e for rate, e in found.assumed.items()}
        rows = [(how, *row) for how, e in {**found.naive, **tried}.items() for row in e.items()]
        columns = [Text("reading"), Label("population"), Mean("P(ma)")]
        blocks = _identification(found, findings)
        blocks.append(Table(columns, rows, faces=CSV, name="other_readings"))
        agreement = None if found.agreement is None else _agreement(found.agreement)
        errors = _raters(found, findings)
        if found.agreement is not None and agreement is not None:
            text = AGREEMENT + _odd(found.agreement) + WEAK_CHECK
            errors += [Paragraph(text), Picture("agreement"), agreement]
        summary = {"noisy_reports": _summary(found, agreement)}
        title, last = "What tells goals from errors", Place.DRIVERS
        checked = () if found.design is None else design_section(found.design, findings)
        return [
            *checked,
            Section("identification", title, blocks, place, last, summary=summary),
            Section("raters", "Errors of the reports", errors, Place.REPORTS, last),
        ]

    def figures(self, found: Noisy, findings: Findings) -> Sequence[Drawn | None]:
        """Return P(ma) under assumed error rates, and the agreement of reports."""
        if findings.withheld:
            return ()
        return (
            draw_assumed(found, findings) if found.assumed else None,
            None if found.agreement is None else draw_agreement(found.agreement),
        )

    def study_lines(self, study: Study) -> Sequence[str]:
        """Return how many reports there are, and what identifies the model."""
        goals: Any = study.goals
        reports = float(goals.agents @ goals.per_source.sum(axis=1))
        patterns = f"{count(len(goals.agents))} distinct patterns"
        basis, why = count_rule(goals, overdispersed(study))
        return (
            f"{count(reports)} reports of {len(goals.sources)} {goals.source_noun}, {patterns}",
            f"identified by {basis}: {plain(why)}",
        )


def _certain(estimates: Estimates) -> Estimates:
    # what is counted naively rests on no chain, so no state of the fit makes it doubtful
    free = {n: replace(e, withheld=False, independent=True) for n, e in estimates.items()}
    return Estimates(estimates.title, free)


def _assumed_rows(noisy: Noisy, findings: Findings) -> list[tuple[str, str, Any]]:
    return [
        (population, rate, found[population])
        for population in findings.populations
        for rate, found in noisy.assumed.items()
    ]


def _instead(noisy: Noisy, findings: Findings) -> list[Block]:
    """Return what a terminal shows in place of the table of P(ma)."""
    rows = [
        (population, percent(rate) + " *" * noisy.contradicted(rate), estimate)
        for population, rate, estimate in _assumed_rows(noisy, findings)
    ]
    columns = [Label("population"), Shown(noisy.wrong.heading), Mean("P(ma)")]
    title = "P(ma) for a row of assumed error rates"
    blocks: list[Block] = [Table(columns, rows, faces=TERMINAL, title=title)]
    if any(map(noisy.contradicted, noisy.assumed)):
        text = f"* {against_words(noisy)}, whatever the goal shares are"
        blocks.append(Paragraph(text, TERMINAL, apart=False))
    if text := set_sentence(findings, noisy):
        blocks.append(Paragraph(text, TERMINAL))
    return blocks


def _identification(noisy: Noisy, findings: Findings) -> list[Block]:
    """Return the verdict, what it rests on, and P(ma) with and without the correction."""
    blocks: list[Block] = [Paragraph(verdict_sentence(noisy))]
    verdict = noisy.identification
    ratios = [
        f"P(ma){'' if findings.nameless else f' of {named(s)}'}: {ratio:.2f}"
        for s, ratio in verdict.misalignment.items()
    ]
    ratios += [f"accuracy of {named(r)}: {ratio:.2f}" for r, ratio in verdict.accuracy.items()]
    if ratios:
        blocks += [Paragraph(RATIOS), Bullets(ratios[:MOST_ROWS])]
    columns: list[Column] = [Label("population"), Text("how"), Mean("P(ma)")]
    if noisy.assumed:
        blocks.append(Paragraph(row_sentence(findings, noisy)))
        for text in (against_sentence(noisy), set_sentence(findings, noisy)):
            blocks += [Paragraph(text)] if text else []
        mark = f" ({against_words(noisy)})"
        rows = [
            (s, f"{percent(rate)} {noisy.wrong.rows}{mark * noisy.contradicted(rate)}", estimate)
            for s, rate, estimate in _assumed_rows(noisy, findings)
        ]
        caption = "P(ma) if error rates were known"
        blocks += [Picture("assumed"), Table(columns, rows, caption, most=MOST_ROWS)]
    caption = "P(ma) corrected for errors, beside what reports at face value say"
    naive = [(s, how, found[s]) for s in findings.populations for how, found in noisy.naive.items()]
    title = "Without correcting for errors"
    blocks += [
        beside(findings, caption, "corrected for errors", noisy.naive),
        Table(columns, naive, faces=TERMINAL, title=title, width=28),
    ]
    return blocks


def _raters(noisy: Noisy, findings: Findings) -> list[Block]:
    """Return how often each rater is right, and what it confuses most."""
    if noisy.accuracies is None:
        return []
    rows: list[Any] = []
    long: list[Any] = []
    for rater, estimate in noisy.accuracies.items():
        goal, label, often = noisy.confusions.get(rater, ("", "", None))
        words = "withheld" if findings.withheld else "none"
        brief = "nothing"
        if often is not None:
            words = f"{named(goal)} called {named(label)}"
            brief = f"{short(goal, 14)} as {short(label, 14)}"
        rows.append((rater, words, brief, noisy.labels_given[rater], estimate, often))
        long.append((rater, "accuracy", "", "", estimate))
        long.append((rater, "most common confusion", goal, label, often))
    columns = [
        Label("rater"),
        Text("most common confusion", faces=PAGE),
        Text("confuses most", faces=TERMINAL),
        Count("labels", faces=PAGE),
        Mean("accuracy"),
        Mean("P(confusion)", faces=PAGE),
    ]
    caption = "Raters: how often a label is that of the goal, and what is confused most"
    machine = [Label("rater"), Text("quantity"), Label("goal"), Label("label"), Mean("number")]
    blocks: list[Block] = [
        Table(
            columns,
            rows,
            caption,
            PAGE | TERMINAL,
            most=MOST_ROWS,
            title="Raters",
            terminal_most=MOST_RATERS,
            width=32,
        ),
        Table(machine, long, faces=CSV, name="raters"),
    ]
    if text := known_sentence(noisy):
        blocks.append(Paragraph(text))
    return blocks


def _odd(found: Agreement) -> str:
    limit, kept = f"{found.limit:.1f}", len(found.pairs)
    shown = "" if kept == found.number else f" The {kept} oddest of {found.number} are kept."
    if not found.odd:
        return f"no pair differs by more than {limit} sd.{shown}"
    differ = "differs" if len(found.odd) == 1 else "differ"
    oddest = few_of([found.pairs[i] for i in found.odd], 5)
    return (
        f"{len(found.odd)} of {found.number} pairs {differ} by more than {limit} sd, the oddest "
        f"first: {oddest}.{shown}"
    )


def _agreement(found: Agreement) -> Table:
    """Return how often two reports about the same agent are equal, observed and replicated."""
    middle = np.quantile(found.replicated, [0.025, 0.5, 0.975], axis=0)
    rows = [
        (
            pair,
            float(found.observed[i]),
            middle[:, i],
            f"{middle[0, i]:.3f} to {middle[2, i]:.3f}",
            found.replicated[:, i].mean(),
            float(found.z[i]),
        )
        for i, pair in enumerate(found.pairs)
    ]
    columns = [
        Label("reports", "reports of"),
        Number("observed"),
        Column("replicated", faces=JSON),
        Shown("replicated (95 %)", faces=PAGE),
        Number("replicated_mean", faces=CSV),
        Number("difference_in_sd", "difference in sd", plain="z", form="z.1f"),
    ]
    caption = "How often two reports about the same agent are equal"
    return Table(columns, rows, caption, PAGE | CSV, "agreement", most=MOST_ROWS)


def _summary(noisy: Noisy, agreement: Table | None) -> dict[str, Any]:
    raters = [
        {
            "name": rater,
            "labels": noisy.labels_given[rater],
            "error_rates_known": rater in noisy.known,
            "accuracy": estimate,
            "posterior_over_prior_sd": noisy.identification.accuracy.get(rater),
            "most_common_confusion": None
            if rater not in noisy.confusions
            else dict(zip(("goal", "label", "probability"), noisy.confusions[rater], strict=True)),
        }
        for rater, estimate in (noisy.accuracies or {}).items()
    ]
    return {
        "identification": noisy.identification.to_plain(),
        "naive_misalignment": noisy.naive,
        "assumed_error_rates": [
            {
                "error_rate": float(rate),
                "p_value_of_reports": noisy.against.get(rate),
                "reports_speak_against_it": noisy.contradicted(rate),
                "misalignment": found,
            }
            for rate, found in noisy.assumed.items()
        ],
        "identified_set": {name: found.as_dict() for name, found in noisy.sets.items()},
        "raters": raters,
        **({} if noisy.design is None else {"design_based": design_summary(noisy.design)}),
        "agreement": None
        if noisy.agreement is None
        else {
            "limit_of_z": noisy.agreement.limit,
            "pairs_compared": noisy.agreement.number,
            "largest_z": float(np.abs(noisy.agreement.z).max()),
            "pairs": agreement,
        },
    }


REPORT = ReportsReport()
