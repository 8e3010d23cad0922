"""What a report says of agents who hold goals with strengths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bayes_misalign.models.endorsement.evidence import StrengthCounts
from bayes_misalign.models.endorsement.results import (
    EndorsementResults,
    endorsement_results,
    rule_name,
)
from bayes_misalign.models.endorsement.words import lift_words
from bayes_misalign.page.blocks import Block, Paragraph, Section, Table
from bayes_misalign.page.columns import READERS, Brief, Group, Label, Mean
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import ModelReport, Place
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.study.study import Study

MOST_ROWS = 400
KINDS = (
    "Agents hold each goal with a strength from 0, not at all, to 1. Agents who hold all goals "
    'alike are of one kind, written as in "a 0.5 + b 1"; shares, pairs that make up P(ma) and '
    "opposition are those of kinds, levels of conflict those of goals."
)


class EndorsementReport(ModelReport):
    """What a report says of goals and of their strengths."""

    def results(self, result: Posterior) -> EndorsementResults:
        """Return who holds each goal, how strongly, and P(ma) by other rules."""
        goals: Any = result.study.goals
        return endorsement_results(goals, result)

    def sections(self, found: EndorsementResults, findings: Findings) -> Sequence[Section]:
        """Return who holds each goal and how strongly, and P(ma) by other rules."""
        evidence: Any = findings.study.goals
        of_goals = Table(
            [Group("population"), Label("goal"), Mean("agents who hold it")],
            [(s, goal, e) for s, own in found.holders.items() for goal, e in own.items()],
            f"Share of agents that hold each goal{findings.each}",
            READERS,
            most=MOST_ROWS,
        )
        strengths = Table(
            [Group("population"), Label("goal"), Brief("mean strength among its holders")],
            [(s, goal, e) for s, own in found.strength.items() for goal, e in own.items()],
            f"How strongly each goal is held{findings.each}",
            READERS,
            most=MOST_ROWS,
        )
        blocks: list[Block] = [
            Paragraph(f"{KINDS} {lift_words(evidence)}", READERS),
            of_goals,
            strengths,
        ]
        summary: dict[str, Any] = {"goals": of_goals, "strengths": strengths}
        if found.by_rule:
            rows = [(name, s, e) for name, own in found.by_rule.items() for s, e in own.items()]
            columns = [Label("rule"), Group("population"), Mean("P(ma)")]
            text = (
                f"P(ma) above is by the rule {rule_name(evidence.lift, evidence.average)}. With "
                "the same shares and levels other rules and averages give:"
            )
            by_rule = Table(columns, rows, "P(ma) by other rules", most=MOST_ROWS)
            blocks += [Paragraph(text), by_rule]
            summary["other_rules"] = by_rule
        title, place = "How strongly agents hold each goal", Place.SHARES - 0.1
        return [Section("strengths", title, blocks, place, summary={"strengths": summary})]

    def study_lines(self, study: Study) -> Sequence[str]:
        """Return how many kinds of agents there are, before anything is fitted."""
        goals: Any = study.goals
        evidence: StrengthCounts = goals
        seen = int((evidence.counts.sum(axis=0) > 0).sum())
        return (
            f"strengths: {len(evidence.categories)} kinds of agents, of which {seen} were seen; "
            f"conflict lifted by {rule_name(evidence.lift, evidence.average)}",
        )


REPORT = EndorsementReport()
