"""The section of a report on agents who gave no answer."""

from __future__ import annotations

from typing import Any

from bayes_misalign.inference.refusals import HIGHEST, LOWEST, RefusalResults
from bayes_misalign.page.blocks import Block, Paragraph, Picture, Section, Table
from bayes_misalign.page.columns import (
    CSV,
    PAGE,
    READERS,
    TERMINAL,
    Brief,
    Group,
    Label,
    Mean,
    Shown,
)
from bayes_misalign.page.number_text import NOTHING, WITHHELD, count, mean_text
from bayes_misalign.page.safe_text import few_of
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.findings import Group as GroupOf
from bayes_misalign.report.hooks import Place
from bayes_misalign.report.words import of_group
from bayes_misalign.study.refusals import AT_RANDOM

MOST_ROWS = 1000
MOST_ON_TERMINAL = 40
ODDS = (
    "Odds of a goal × 2: among agents who gave no answer the odds of holding it, against not "
    "holding it, are twice those among agents who answered, and the other goals keep their "
    "proportions to each other."
)
PATTERN = (
    "Goal shares of all are (1 − m) p + m q: p are those of agents who answered, q those of agents "
    "who did not, and m is the part of the latter, drawn with its own uncertainty."
)


def refusals(findings: Findings) -> Section:
    """Return P(ma) of all who were asked, by what is assumed of those who gave no answer."""
    found, title = findings.refusals, "Agents who gave no answer"
    place = Place.COMPARISONS + 0.5
    if found is None:
        return Section("refusals", title, [], place)
    rows = found.rows()
    columns = [Group("population"), Label("reading", "if they are"), Mean("P(ma)")]
    terminal = findings.study.refusals is not None and len(rows) <= MOST_ON_TERMINAL
    caption = "P(ma) of all who were asked"
    readings = Table(
        columns,
        [row for row in rows if row[1] not in (LOWEST, HIGHEST)],
        caption,
        PAGE | TERMINAL if terminal else PAGE,
        most=MOST_ROWS,
        title=caption,
        width=30,
    )
    blocks: list[Block] = [
        Paragraph(worst_case_sentence(findings, found), READERS),
        Paragraph(PATTERN + _weights(found)),
        Picture("refusals"),
        _ends(findings, found),
    ]
    if len(found.readings) > 1:
        blocks += [readings, Paragraph(ODDS)]
    blocks.append(Table(columns, rows, faces=CSV, name="refusals"))
    blocks.append(Paragraph(_assumes(findings)))
    return Section(
        "refusals", title, blocks, place, summary={"refusals": _summary(found)}, finding=True
    )


def worst_case_sentence(findings: Findings, found: RefusalResults) -> str:
    """Return how many gave no answer, and between what P(ma) lies whatever goals they hold."""
    left = findings.study.goals.left_out
    assert left is not None
    chosen = left.chosen(found.stated.labels, not_asked=found.stated.not_asked)
    number = float(left.agents[:, chosen].sum())
    names = [label for label, counts in zip(left.labels, chosen, strict=False) if counts]
    names += ["empty"] if chosen[-1] else []
    group = _group(found)
    agents = f"{count(number)} agent{'s' * (number != 1)}"
    start = f"{agents} gave no answer ({few_of(names)})"
    if findings.withheld:
        return f"{start}. P(ma) of all who were asked is {WITHHELD}."
    if group == "":
        parts = [100 * e.mean for e in found.part.values()]
        widths = [_width(ends) for ends in found.sets.values()]
        return (
            f"{start}, {min(parts):.2g} to {max(parts):.2g} % of a population. Whatever goals they "
            f"hold, P(ma) of all who were asked is known to {min(widths):.2g} to "
            f"{max(widths):.2g} by population, beside the uncertainty of a sample."
        )
    part, ends = found.part[group], found.sets[group]
    low, high = (mean_text(end[group]) for end in (found.lower, found.upper))
    return (
        f"{start}, {100 * part.mean:.2g} % of those asked. Whatever goals they hold, P(ma)"
        f"{'' if group is None else of_group(group)} of all who were asked lies between {low} and "
        f"{'' if found.exact else 'at most '}{high}; the {100 * ends.mass:g} % interval for this "
        f"set runs from {ends.interval[0]:.3f} to {ends.interval[1]:.3f} (Imbens and Manski, 2004)."
    )


def _width(ends: Any) -> float:
    return float(ends.upper - ends.lower)


def _group(found: RefusalResults) -> GroupOf:
    """Return the group that stands for all, or an empty text where there is none."""
    if None in found.part:
        return None
    return next(iter(found.part)) if len(found.part) == 1 else ""


def _weights(found: RefusalResults) -> str:
    if found.weights_known:
        return ""
    return (
        " Not all of the latter have a weight, so that their part is one of agents, not of weights."
    )


def _ends(findings: Findings, found: RefusalResults) -> Table:
    """Return the part without an answer, P(ma) at random, and its worst cases, by population."""
    mass = f"{100 * findings.interval.mass:g} %"
    columns = [
        Group("population"),
        Brief("part without an answer"),
        Brief(f"P(ma), {AT_RANDOM}"),
        Brief("lowest possible"),
        Brief("highest possible" if found.exact else "highest possible, at most"),
        Shown(f"{mass} interval for the set"),
    ]
    rows = [
        (
            g,
            found.part[g],
            found.readings[AT_RANDOM][g],
            found.lower[g],
            found.upper[g],
            NOTHING if g not in found.sets else "{:.3f} to {:.3f}".format(*found.sets[g].interval),
        )
        for g in found.part
    ]
    caption = "P(ma) of all who were asked, whatever goals those without an answer hold"
    return Table(columns, rows, caption, most=MOST_ROWS)


def _assumes(findings: Findings) -> str:
    stated = findings.study.refusals is not None
    text = (
        "The numbers of all other sections are of agents who answered: they are those of all who "
        "were asked if agents without an answer are like them within each population (missing at "
        "random)."
    )
    return text + ("" if stated else " Departures from that are stated as `odds` in [refusals].")


def _summary(found: RefusalResults) -> dict[str, Any]:
    groups = list(found.part)

    def by_group(estimates: Any) -> list[dict[str, Any]]:
        return [{"population": g, "misalignment": estimates[g]} for g in groups]

    return {
        "part": [{"population": g, "part": found.part[g]} for g in groups],
        "readings": [
            {"reading": how, "misalignment": by_group(estimates)}
            for how, estimates in found.readings.items()
        ],
        "lowest": by_group(found.lower),
        "highest": by_group(found.upper),
        "highest_is_attained": found.exact,
        "identified_set": [
            {"population": g, **({} if g not in found.sets else found.sets[g].as_dict())}
            for g in groups
        ],
    }
