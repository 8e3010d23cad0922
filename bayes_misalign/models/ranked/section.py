"""What a report says of agents who order alternatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bayes_misalign.models.ranked import figures
from bayes_misalign.models.ranked.evidence import OrderCounts
from bayes_misalign.models.ranked.results import OrderResults, order_results, rule_name
from bayes_misalign.models.ranked.words import distance_words, unranked_words
from bayes_misalign.page.blocks import Block, Paragraph, Picture, Section, Table
from bayes_misalign.page.columns import (
    MACHINES,
    PAGE,
    READERS,
    Brief,
    Column,
    Group,
    Label,
    Mean,
    Pair,
)
from bayes_misalign.report.figures.canvas import Drawn
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import ModelReport, Place
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.study.study import Study

MOST_ROWS = 400
TERMINAL = frozenset({"terminal"})
ORDERS = (
    "Agents put alternatives in an order, with > between them and = between those that are tied. "
    "Shares, pairs that make up P(ma) and opposition are those of orders, levels of conflict those "
    "of alternatives."
)


class OrderReport(ModelReport):
    """What a report says of orders."""

    def results(self, result: Posterior) -> OrderResults:
        """Return who prefers which alternatives, and P(ma) by other rules."""
        goals: Any = result.study.goals
        return order_results(goals, result)

    def sections(self, found: OrderResults, findings: Findings) -> Sequence[Section]:
        """Return the share that prefers each alternative to each other, and first choices."""
        evidence: Any = findings.study.goals
        of_pairs = _pairs(found, evidence, findings)
        of_first = Table(
            [Group("population"), Label("alternative"), Mean("agents whose first choice it is")],
            [(s, goal, e) for s, own in found.first.items() for goal, e in own.items()],
            f"First choices{findings.each}",
            READERS,
            most=MOST_ROWS,
        )
        said = f"{ORDERS} {distance_words(evidence)}{unranked_words(evidence)}"
        blocks: list[Block] = [
            Paragraph(said, READERS),
            of_pairs,
            Picture(figures.NAME),
            of_first,
        ]
        summary: dict[str, Any] = {"pairs": of_pairs, "first_choices": of_first}
        if found.by_rule:
            rows = [(name, s, e) for name, own in found.by_rule.items() for s, e in own.items()]
            columns = [Label("rule"), Group("population"), Mean("P(ma)")]
            gaps = len(found.by_rule) > 1
            own_rule = rule_name(evidence.distance, evidence.ties, gaps=gaps)
            text = (
                f"P(ma) above is by the rule: {own_rule}. With the same shares and levels other "
                "rules give:"
            )
            by_rule = Table(columns, rows, "P(ma) by other rules", most=MOST_ROWS)
            blocks += [Paragraph(text), by_rule]
            summary["other_rules"] = by_rule
        title, place = "Which alternatives agents prefer", Place.SHARES - 0.1
        return [Section("orders", title, blocks, place, summary={"orders": summary})]

    def figures(self, found: OrderResults, findings: Findings) -> Sequence[Drawn | None]:
        """Return the share that prefers one alternative to another, for every pair."""
        return [None if findings.withheld else figures.draw(found, findings)]

    def study_lines(self, study: Study) -> Sequence[str]:
        """Return how many orders there are, before anything is fitted."""
        goals: Any = study.goals
        evidence: OrderCounts = goals
        seen = int((evidence.counts.sum(axis=0) > 0).sum())
        rule = rule_name(evidence.distance, evidence.ties)
        return (
            f"orders: {len(evidence.categories)} have a share, of which {seen} were stated; "
            f"conflict by {rule}",
        )


def _pairs(found: OrderResults, evidence: OrderCounts, findings: Findings) -> Table:
    """Return the table of pairs, those with the largest part of P(ma) first."""
    by_pairs = evidence.distance == "kendall"
    columns: list[Column] = [
        Group("population"),
        Pair("pair", apart=("alternative", "other alternative")),
        Mean("prefer the first", faces=PAGE | MACHINES),
        Brief("prefer", "prefer the first", faces=TERMINAL),  # which has no room for more
        Brief("prefer the other", faces=PAGE | MACHINES),
        Brief("no preference", faces=PAGE | MACHINES),
    ]
    columns += [Brief("part of P(ma)", faces=PAGE | MACHINES)] if by_pairs else []
    rows: list[tuple[Any, ...]] = []
    for s, own in found.pairs.items():
        ordered = list(own.items())
        if by_pairs and not findings.withheld:
            ordered.sort(key=lambda x: 0.0 if x[1].part is None else -x[1].part.mean)
        for pair, one in ordered:
            part = (one.part,) if by_pairs else ()
            rows.append((s, pair, one.prefers, one.prefers, one.against, one.neither, *part))
    caption = f"Pairs of alternatives{findings.each}"
    if by_pairs:
        caption += ", those with the largest part of P(ma) first"
    return Table(columns, rows, caption, READERS, most=MOST_ROWS)


REPORT = OrderReport()
