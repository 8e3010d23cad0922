"""The whole report, section by section."""

from __future__ import annotations

from dataclasses import replace

from bayes_misalign.page.blocks import Document, LargeNumber, Section, Table
from bayes_misalign.page.estimate import named_before
from bayes_misalign.page.number_text import interval_text, mean_text, pairs_text
from bayes_misalign.page.safe_text import named
from bayes_misalign.report import sections_basis as basis
from bayes_misalign.report import sections_checks as checked
from bayes_misalign.report import sections_drivers as driven
from bayes_misalign.report import sections_findings as found
from bayes_misalign.report.beside_people import beside_people
from bayes_misalign.report.contact import contact
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.headlines import first_number
from bayes_misalign.report.hooks import report_of
from bayes_misalign.report.in_words import World, say_block, world_of
from bayes_misalign.report.methods import descriptions
from bayes_misalign.report.refusals import refusals
from bayes_misalign.report.sections_what_if import what_if
from bayes_misalign.report.words import (
    NOT_CONVERGED,
    banner,
    headline,
    rests_sentences,
    threshold_sentences,
)

STATE_NAMES = {"ok": "ok", "caution": "caution", "not_converged": "not converged"}
MOST_RESTS = 3
_MADE, _PAGE = "_sections", "_document"  # where findings keep them, for all faces
CORE = (
    found.by_population,
    found.union,
    found.comparisons,
    beside_people,
    contact,
    refusals,
    found.goal_shares,
    driven.conflict,
    driven.drivers,
    what_if,
    driven.uncertainty,
    basis.counted,
    checked.sensitivity,
    checked.checks,
    basis.diagnostics,
    basis.model,
    basis.methods_section,
    basis.citations,
    basis.provenance,
)


def sections(findings: Findings) -> list[Section]:
    """Return every section with its blocks for all faces, in the order of a page."""
    made: list[Section] | None = vars(findings).get(_MADE)
    if made is None:
        made = [section(findings) for section in CORE]
        for name, of_its_own in findings.of_models.items():
            made += report_of(name).sections(of_its_own, findings)
        made.sort(key=lambda section: section.place)
        vars(findings)[_MADE] = made
    return list(made)


def document(findings: Findings) -> Document:
    """Return the report as pages show it: tables as texts, and no section without blocks."""
    made: Document | None = vars(findings).get(_PAGE)
    if made is None:
        made = vars(findings)[_PAGE] = _document(findings)
    return made


def _document(findings: Findings) -> Document:
    text, reasons = banner(findings)
    state, world = findings.diagnosis.state, world_of(findings.study)
    pages = [_page(section, world, findings.nameless) for section in sections(findings)]
    return Document(
        title=named(findings.study.title or findings.study.area.name),
        area=named(findings.study.area.name),
        headline=world.say_all(_first_lines(findings)),
        state=STATE_NAMES[state],
        banner=world.say(text),
        reasons=world.say_all(reasons),
        number=_number(findings),
        rests_on=world.say_all(_rests_on(findings)),
        warns=findings.prior_only or state == "not_converged",
        sections=tuple(page for page in pages if page.blocks),
    )


def _page(section: Section, world: World, nameless: bool) -> Section:
    """Return a section as pages show it, in the words of the study; what to cite stays.

    The only population of a study, which has no name, has no column either.
    """
    blocks = section.of("page")
    if section.key != "citations":
        blocks = [say_block(block, world) for block in blocks]
    left_out = "population" if nameless else ""
    shown = [b.unlabelled(left_out) if isinstance(b, Table) else b for b in blocks]
    return replace(section, title=world.say(section.title), blocks=shown)


def _number(findings: Findings) -> LargeNumber | None:
    """Return P(ma) of all agents; nothing where chains disagree, or the prior decides it."""
    found = first_number(findings)
    converged = findings.diagnosis.state != "not_converged"
    if found is None or not converged or findings.prior_only:
        return None
    name = "" if found.sd == 0 else named_before(found).strip().rstrip(":") + " "
    return LargeNumber(mean_text(found), name + interval_text(found), pairs_text(found))


def _rests_on(findings: Findings) -> list[str]:
    """Return assumptions of the models that were used: of goals first, of conflict at least one."""
    goals, *conflict = descriptions(findings)
    every = [*goals.rests_on[: MOST_RESTS - 1], *(x for d in conflict for x in d.rests_on[:1])]
    return [f"{text}." for text in list(dict.fromkeys(every))[:MOST_RESTS]]


def _first_lines(findings: Findings) -> list[str]:
    first, of_goals = headline(findings), findings.goals_headline
    if findings.diagnosis.state == "not_converged" and not findings.withheld:
        first = f"{NOT_CONVERGED}; the numbers are shown on request and may be wrong. {first}"
    above = threshold_sentences(findings)
    whole = above[-1:] if findings.overall is not None or len(above) == 1 else []
    rests = rests_sentences(findings)
    if of_goals is None:
        return [first, *rests, *whole]
    if of_goals.prior_only:
        return [first] if findings.withheld else [of_goals.verdict, *rests, of_goals.row]
    return [first, *rests, *whole, of_goals.verdict]
