"""The section of a report on encounters, and their part of its JSON."""

from __future__ import annotations

from typing import Any

from bayes_misalign.models.encounters.results import EncounterResults
from bayes_misalign.page.blocks import Block, Grid, Paragraph, Section
from bayes_misalign.page.number_text import count, interval_text, mean_text
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.findings import Findings

MOST_ROWS = 60


def encounters(findings: Findings) -> Section | None:
    """Return who met whom, and how often agents are in conflict over something else."""
    if not findings.encounters:
        return None
    blocks: list[Block] = []
    for found in findings.encounters:
        blocks += _of_source(findings, found)
    return Section("encounters", "The encounters", blocks)


def encounters_plain(found: EncounterResults) -> dict[str, Any]:
    """Return the findings as dictionaries, lists, texts and numbers."""
    source = found.source
    return {
        "origin": source.origin,
        "encounters": source.number,
        "with_conflict": source.conflicts,
        "of_known_goals": float((source.seen_yes + source.seen_no).sum()),
        "agents_of_uncertain_goals": float(source.trees.agents.sum()),
        "background": None
        if found.background is None
        else {goal: estimate.as_dict() for goal, estimate in found.background.items()},
    }


def _of_source(findings: Findings, found: EncounterResults) -> list[Block]:
    source = found.source
    known = float((source.seen_yes + source.seen_no).sum())
    text = (
        f"{count(source.number)} encounters of two agents ({named(source.origin)}), "
        f"{count(source.conflicts)} of them with conflict. "
    )
    if source.uncertain:
        text += (
            f"The goals of {count(source.trees.agents.sum())} agents are seen through reports "
            f"only; in {count(known)} encounters both goals are known. What reports and encounters "
            "say of goals was weighed together, so that shares and conflict levels depend on each "
            "other."
        )
    else:
        text += "The goals of both agents are known."
    blocks: list[Block] = [Paragraph(text)]
    rows = []
    for i, one in enumerate(source.categories):
        for j in range(i, len(source.categories)):
            yes, no = source.seen_yes[i, j], source.seen_no[i, j]
            if yes + no:
                rows.append([named(one), named(source.categories[j]), count(yes + no), count(yes)])
    if rows:
        columns = ["goal", "other goal", "encounters", "with conflict"]
        blocks.append(Grid("Encounters of known goals", columns, rows[:MOST_ROWS], labels=2))
    if found.background is not None:
        blocks.append(
            Paragraph(
                "Agents may be in conflict over something else than these goals, as holders of one "
                "goal are with each other. The conflict level of a pair is what goes beyond that."
            )
        )
        rows = [
            [named(goal), mean_text(estimate), interval_text(estimate)]
            for goal, estimate in found.background.items()
        ]
        columns = ["holders of", "in conflict with each other", str(findings.interval)]
        blocks.append(Grid("Conflict over something else", columns, rows[:MOST_ROWS]))
    return blocks
