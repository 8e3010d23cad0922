"""What a report says of agents who hold several goals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bayes_misalign.models.multi_select.evidence import HoldingCounts
from bayes_misalign.models.multi_select.results import HoldingResults, holding_results, rule_name
from bayes_misalign.models.multi_select.words import lift_words
from bayes_misalign.page.blocks import Block, Paragraph, Section, Table
from bayes_misalign.page.columns import READERS, Brief, Group, Label, Mean
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import ModelReport, Place
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.study.study import Study

MOST_ROWS = 400
HOLDINGS = (
    "Agents may hold several goals. A holding is the set of all goals that an agent holds, written "
    "with + between them; shares, pairs that make up P(ma) and opposition are those of holdings, "
    "levels of conflict those of goals."
)
SAME = "from the same goals"


class HoldingReport(ModelReport):
    """What a report says of holdings."""

    def results(self, result: Posterior) -> HoldingResults:
        """Return who holds each goal, and P(ma) by other rules."""
        goals: Any = result.study.goals
        return holding_results(goals, result)

    def sections(self, found: HoldingResults, findings: Findings) -> Sequence[Section]:
        """Return the share of agents that hold each goal, and P(ma) by other rules."""
        evidence: Any = findings.study.goals
        of_goals = Table(
            [Group("population"), Label("goal"), Mean("agents who hold it")],
            [(s, goal, e) for s, own in found.holders.items() for goal, e in own.items()],
            f"Share of agents that hold each goal{findings.each}",
            READERS,
            most=MOST_ROWS,
        )
        of_agents = Table(
            [Group("population"), Mean("goals of an agent"), Brief(f"part of P(ma) {SAME}")],
            [(s, found.held[s], found.same[s]) for s in found.held],
            f"Goals of an agent{findings.each}",
            most=MOST_ROWS,
        )
        blocks: list[Block] = [
            Paragraph(f"{HOLDINGS} {lift_words(evidence)}", READERS),
            of_goals,
            of_agents,
        ]
        summary: dict[str, Any] = {"goals": of_goals, "agents": of_agents}
        if found.by_rule:
            rows = [(name, s, e) for name, own in found.by_rule.items() for s, e in own.items()]
            columns = [Label("rule"), Group("population"), Mean("P(ma)")]
            text = (
                f"P(ma) above is by the rule {rule_name(evidence.lift, evidence.same_goals)}. With "
                "the same shares and levels other rules give:"
            )
            by_rule = Table(columns, rows, "P(ma) by other rules", most=MOST_ROWS)
            blocks += [Paragraph(text), by_rule]
            summary["other_rules"] = by_rule
        title, place = "Agents who hold each goal", Place.SHARES - 0.1
        return [Section("holders", title, blocks, place, summary={"holders": summary})]

    def study_lines(self, study: Study) -> Sequence[str]:
        """Return how many holdings there are, before anything is fitted."""
        goals: Any = study.goals
        evidence: HoldingCounts = goals
        seen = int((evidence.counts.sum(axis=0) > 0).sum())
        return (
            f"holdings: {len(evidence.categories)} sets of goals, of which {seen} were named; "
            f"conflict lifted by {rule_name(evidence.lift, evidence.same_goals)}",
        )


REPORT = HoldingReport()
