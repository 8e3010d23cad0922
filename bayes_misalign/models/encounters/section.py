"""What a report says of encounters: who met whom, and conflict over something else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bayes_misalign.models.encounters.results import EncounterResults, encounter_results
from bayes_misalign.page.blocks import Block, Paragraph, Section, Table
from bayes_misalign.page.columns import CSV, READERS, Count, Label, Mean, Pair
from bayes_misalign.page.number_text import count
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.compared import MOST_ROWS
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import ModelReport, Place
from bayes_misalign.report.posterior import Posterior

MOST_GOALS = 12  # on a terminal
BACKGROUND = (
    "Agents may also be in conflict over something other than these goals. Holders of the same "
    "goal show how often. The conflict level of a pair is what goes beyond that."
)


class EncountersReport(ModelReport):
    """What a report says of encounters."""

    def results(self, result: Posterior) -> tuple[EncounterResults, ...] | None:
        """Return what each source of encounters says; None where there is none."""
        return encounter_results(result) or None

    def sections(
        self, found: tuple[EncounterResults, ...], findings: Findings
    ) -> Sequence[Section]:
        """Return who met whom, and how often agents are in conflict over something else."""
        blocks = [block for one in found for block in _of_source(one)]
        summary = {"encounters": [_summary(one) for one in found]}
        title, place = "The encounters", Place.CONFLICT_MODELS + 0.2
        return [Section("encounters", title, blocks, place, summary=summary)]


def _known(found: EncounterResults) -> float:
    """Return the number of encounters in which both goals are known."""
    return float((found.source.seen_yes + found.source.seen_no).sum())


def _summary(found: EncounterResults) -> dict[str, Any]:
    source = found.source
    return {
        "origin": source.origin,
        "encounters": source.number,
        "with_conflict": source.conflicts,
        "of_known_goals": _known(found),
        "agents_of_uncertain_goals": float(source.trees.agents.sum()),
        "background": found.background,
    }


def _of_source(found: EncounterResults) -> list[Block]:
    source, names = found.source, found.source.categories
    text = (
        f"{count(source.number)} encounters of two agents ({named(source.origin)}), "
        f"{count(source.conflicts)} of them with conflict. "
    )
    if source.uncertain:
        text += (
            f"The goals of {count(source.trees.agents.sum())} agents are seen through reports "
            f"only; in {count(_known(found))} encounters both goals are known. What reports and "
            "encounters say of goals was weighed together, so that shares and conflict levels "
            "depend on each other."
        )
    else:
        text += "The goals of both agents are known."
    every = [
        (source.origin, (one, names[j]), float(source.seen_yes[i, j]), float(source.seen_no[i, j]))
        for i, one in enumerate(names)
        for j in range(i, len(names))
    ]
    columns = [Label("source"), Pair("goals"), Count("with_conflict"), Count("without_conflict")]
    blocks: list[Block] = [
        Paragraph(text),
        Table(columns, every, faces=CSV, name="encounters"),
        Table(
            [Pair("goals"), Count("encounters"), Count("with conflict")],
            [(pair, yes + no, yes) for _, pair, yes, no in every if yes + no],
            "Encounters of known goals",
            most=MOST_ROWS,
        ),
    ]
    if found.background is not None:
        columns = [Label("goal", "holders of"), Mean("level", "in conflict with each other")]
        table = Table(
            columns,
            list(found.background.items()),
            "Conflict over something else",
            READERS,
            most=MOST_ROWS,
            title="Conflict over something else than these goals",
            terminal_most=MOST_GOALS,
        )
        blocks += [Paragraph(BACKGROUND), table]
    return blocks


REPORT = EncountersReport()
