"""What a report says of clusters: agents of different ones, and of the same one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.models.clustered.results import ClusterResults
from bayes_misalign.page.blocks import Block, Paragraph, Section, Table
from bayes_misalign.page.columns import CSV, JSON, PAGE, TERMINAL, Count, Label, Mean
from bayes_misalign.page.number_text import count
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import ModelReport, Place
from bayes_misalign.report.posterior import Posterior

MOST_ROWS = 40


class ClusterReport(ModelReport):
    """What a report says of clusters."""

    def results(self, result: Posterior) -> ClusterResults | None:
        """Return how alike answers of one cluster are."""
        found: ClusterResults | None = result.results("goals")
        return found

    def sections(self, found: ClusterResults, findings: Findings) -> Sequence[Section]:
        """Return P(ma) within and between clusters, and what the answers are worth."""
        result = findings.result
        evidence = result.study.goals
        assert isinstance(evidence, ClusterCounts)
        between = result.misalignment("with-replacement")
        rows = [
            (
                name,
                float(evidence.n[s]),
                float(evidence.clusters[s]),
                found.correlation[name],
                between[name],
                found.within[name],
                found.worth[name],
            )
            for s, name in enumerate(evidence.populations)
            if evidence.n[s]
        ]
        table = Table(
            [
                Label("population"),
                Count("answers", faces=PAGE | CSV | JSON),
                Count("clusters", faces=PAGE | CSV | JSON),
                Mean("correlation", "correlation in a cluster", "rho"),
                Mean("between", "P(ma), two clusters", faces=PAGE | CSV | JSON),
                Mean("within", "P(ma), one cluster", "one cluster"),
                Mean("worth", "answers worth", "worth"),
            ],
            rows,
            "Two agents of different clusters, and two of the same one",
            PAGE | TERMINAL | CSV,
            "clusters",
            most=MOST_ROWS,
        )
        blocks: list[Block] = [Paragraph(_words(evidence, found)), table]
        summary: dict[str, Any] = {
            "answers": float(evidence.n.sum()),
            "clusters": float(evidence.clusters.sum()),
            "correlation_shared": found.shared,
            "by_population": table,
        }
        title, place = "Clusters", Place.MISALIGNMENT + 0.5
        return [Section("clusters", title, blocks, place, summary={"clusters": summary})]


def _words(evidence: ClusterCounts, found: ClusterResults) -> str:
    number, answers = float(evidence.clusters.sum()), float(evidence.n.sum())
    largest = max(evidence.populations, key=lambda s: evidence.n[evidence.populations.index(s)])
    s = evidence.populations.index(largest)
    each = float(np.divide(evidence.n[s], max(evidence.clusters[s], 1.0)))
    text = (
        f"{count(answers)} answers come from {count(number)} clusters. An agent of this report is "
        "a random answer of a random cluster, so that P(ma) is that of two agents of different "
        "clusters. Two agents of the same cluster conflict less: they are alike, and their P(ma) "
        "is (1 - correlation) times as large. "
    )
    text += (
        f"{each:.3g} answers of one cluster tell as much of the goal shares as "
        f"{found.worth_of_one[largest]} of as many clusters do"
        + ("." if len(evidence.populations) == 1 else f", in {largest!r}.")
    )
    return text


REPORT = ClusterReport()
