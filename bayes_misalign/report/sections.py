"""The whole report, section by section."""

from __future__ import annotations

from bayes_misalign.page.blocks import Document
from bayes_misalign.page.safe_text import named
from bayes_misalign.report import sections_basis as basis
from bayes_misalign.report import sections_encounters as met
from bayes_misalign.report import sections_findings as found
from bayes_misalign.report import sections_judged as judged
from bayes_misalign.report import sections_noisy as noisy
from bayes_misalign.report import sections_rated as rated
from bayes_misalign.report import sections_spatial as spatial
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.words import (
    NOT_CONVERGED,
    banner,
    headline,
    prior_only,
    threshold_sentences,
)
from bayes_misalign.report.words_noisy import row_sentence, verdict_sentence

STATE_NAMES = {"ok": "ok", "caution": "caution", "not_converged": "not converged"}


def document(findings: Findings) -> Document:
    """Return the report of a posterior as plain blocks.

    Parameters
    ----------
    findings : Findings
        What `gather` returns.

    Returns
    -------
    Document
    """
    text, reasons = banner(findings)
    first = headline(findings)
    state = findings.diagnosis.state
    if state == "not_converged" and not findings.withheld:
        first = f"{NOT_CONVERGED}; the numbers are shown on request and may be wrong. {first}"
    above = threshold_sentences(findings)
    whole = above[-1:] if findings.overall is not None or len(above) == 1 else []
    if prior_only(findings):
        whole = []
        if findings.noisy is not None and not findings.withheld:
            whole = [row_sentence(findings, findings.noisy)]
            first = verdict_sentence(findings.noisy)
    elif findings.noisy is not None:
        whole = [*whole, verdict_sentence(findings.noisy)]
    made = [
        noisy.identification(findings) if prior_only(findings) else None,
        found.by_population(findings),
        None if prior_only(findings) else noisy.identification(findings),
        noisy.raters(findings),
        found.union(findings),
        found.comparisons(findings),
        found.goal_shares(findings),
        found.conflict(findings),
        rated.ratings(findings),
        judged.judgements(findings),
        met.encounters(findings),
        spatial.positions(findings),
        found.drivers(findings),
        found.uncertainty(findings),
        basis.counted(findings),
        basis.sensitivity(findings),
        basis.diagnostics(findings),
        basis.model(findings),
        basis.methods_section(findings),
        basis.citations(findings),
        basis.provenance(findings),
    ]
    return Document(
        title=named(findings.study.title or findings.study.area.name),
        area=named(findings.study.area.name),
        headline=[first, *whole],
        state=STATE_NAMES[state],
        banner=text,
        reasons=reasons,
        sections=tuple(section for section in made if section is not None),
    )
