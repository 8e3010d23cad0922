"""The sections of a report on other priors, and on data replicated from the posterior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bayes_misalign.inference.reweighted import ALPHAS
from bayes_misalign.inference.weighing import KHAT
from bayes_misalign.page.blocks import Block, Bullets, Paragraph, Picture, Section, Table
from bayes_misalign.page.columns import CSV, Label, Mean, Number, Text
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.page.number_text import count
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import Place
from bayes_misalign.report.predictive_checks import MASS, REPLICATED, shown_checks
from bayes_misalign.report.words import sensitivity_sentence

MOST_ROWS = 160  # of P(ma) under other priors
MOST_CHECKS = 20
MOVES = 0.05  # sensitivity from which on P(ma) moves noticeably


def sensitivity(findings: Findings) -> Section:
    """Return P(ma) under other priors, and how each was got where not all were drawn exactly."""
    blocks: list[Block] = [Paragraph(sensitivity_sentence(findings))]
    tried, columns = findings.sensitivity, [Label("population"), Mean("P(ma)")]
    sampled = findings.diagnosis.method != "exact"
    if len(tried) > 1 and not findings.withheld:
        how = {one.name: one.how for one in findings.tried}
        shown = _moving_most(tried)
        got = [Text("got by", "worked out by")] if sampled else []
        rows: list[tuple[Any, ...]] = [
            (prior, *([how.get(prior, "the fit")] if sampled else []), *row)
            for prior, estimates in shown.items()
            for row in estimates.items()
        ]
        note = ""
        if len(shown) < len(tried):
            note = f" (the {len(shown) - 1} of {len(tried) - 1} that move it most"
            note += f", their first {MOST_ROWS} rows" * (len(rows) > MOST_ROWS)
            note += "; all in summary.json)"
        caption = f"P(ma) under other priors, agents drawn with replacement{note}"
        blocks.append(Table([Label("prior"), *got, *columns], rows, caption, most=MOST_ROWS))
    summary: dict[str, Any] = {"sensitivity": tried}
    if sampled and not findings.withheld:
        blocks += _not_told(findings)
        blocks += _scaling(findings)
        summary["priors_tried"] = [
            {"prior": one.name, "got_by": one.how, "khat": one.khat, "reliable": one.reliable}
            for one in findings.tried
        ]
        summary["power_scaling"] = findings.scaling
    caption = "P(ma) before the data, from the prior alone"
    if findings.prior:
        blocks.append(Table(columns, list(findings.prior.items()), caption))
    title = "What the prior says, and how much it matters"
    return Section("sensitivity", title, blocks, Place.SENSITIVITY, summary=summary)


def _moving_most(tried: Mapping[str, Estimates]) -> dict[str, Estimates]:
    """Return the study as fitted and as many other priors as fit on a page, in their order."""
    fitted, *others = tried
    own = tried[fitted]
    room = max(MOST_ROWS // len(own) - 1, 1)

    def moved(prior: str) -> float:
        return max(abs(found.mean - own[name].mean) for name, found in tried[prior].items())

    kept = {fitted, *sorted(others, key=moved, reverse=True)[:room]}
    return {prior: found for prior, found in tried.items() if prior in kept}


def _not_told(findings: Findings) -> list[Block]:
    left = [one for one in findings.tried if not one.reliable]
    if not left:
        return []
    items = [
        named(one.name)
        + (f": {one.how}" if one.khat is None else f": {one.how}, k-hat {one.khat:.2f}")
        for one in left
    ]
    text = (
        "P(ma) under these priors is not known. It cannot be worked out from draws of this "
        f"posterior: they are too few where it matters (k-hat above {KHAT:g}), or the model is "
        "another one. `bayes-misalign fit --refit` samples under each of these priors."
    )
    return [Paragraph(text), Bullets(items)]


def _scaling(findings: Findings) -> list[Block]:
    found = findings.scaling
    if not any(found.values()):
        return []
    low, high = ALPHAS
    text = (
        f"Power-scaling: how far the posterior of P(ma) moves as the prior, or the likelihood, is "
        f"raised to powers from {low:g} to {high:g}. Above {MOVES:g} it moves noticeably. Where it "
        "does so for the prior and not for the likelihood, the prior decides the result."
    )
    columns = [Label("population"), Number("prior", form=".2f"), Number("likelihood", form=".2f")]
    rows = [(name, x.get("prior"), x.get("likelihood")) for name, x in found.items()]
    return [Paragraph(text), Table(columns, rows, "Sensitivity of P(ma) to powers")]


def checks(findings: Findings) -> Section:
    """Return what was observed beside data replicated from the posterior."""
    found = findings.checks
    title = "Does the model give rise to data like these?"
    if not found:
        return Section("checks", title, [], Place.CHECKS)
    outside = sum(check.outside for check in found)
    text = (
        f"{REPLICATED} data sets as large as the observed one were simulated from the posterior. "
        f"Of {count(len(found))} numbers that were observed, {count(outside)} "
        f"({100 * outside / len(found):.0f} %) lie outside the central {100 * MASS:g} % of their "
        "replicates. If the model described the data, about 5 % would, or fewer, because the same "
        "data were used to fit it."
    )
    columns = [
        Text("figure"),
        Label("of"),
        Number("observed", form=".3g"),
        Number("replicates from", form=".3g"),
        Number("to", form=".3g"),
    ]
    rows = [(c.what, c.label, c.observed, c.low, c.high) for c in found]
    oddest = shown_checks(found, MOST_CHECKS)
    shown = [(c.what, c.label, c.observed, c.low, c.high) for c in oddest]
    cut = f"; the {len(shown)} of {len(rows)} that fit least, all in tables/" * (
        len(shown) < len(rows)
    )
    caption = f"Observed, and the central {100 * MASS:g} % of replicates{cut}"
    of = found[0].what if len({check.what for check in found}) == 1 else ""
    caption += f": {of}" * bool(of)  # in place of a column that says the same in each row
    table = Table(columns[1:], [row[1:] for row in shown]) if of else Table(columns, shown)
    blocks: list[Block] = [
        Paragraph(text),
        Picture("predictive"),
        replace(table, caption=caption),
        Table(columns, rows, faces=CSV, name="checks"),
    ]
    summary = {"checks": {"figures": len(found), "outside_95": outside}}
    return Section("checks", title, blocks, Place.CHECKS, summary=summary)
