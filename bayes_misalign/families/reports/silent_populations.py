"""Populations of which the data say nothing."""

from __future__ import annotations

from collections.abc import Sequence

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.distinct_reports import DistinctReports
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.tables.labels import show


def note_unknown_populations(evidence: DistinctReports, coded: CodedTable, did: str) -> None:
    """Note populations without agents of whom something is reported, or whose goal is known."""
    informs = evidence.reports.any(axis=1) | (evidence.informs_shares * (evidence.gold >= 0) > 0)
    note_silent(
        evidence.populations,
        evidence.by_population(evidence.agents * informs),
        evidence.by_population(evidence.row_weight * informs),
        did,
        coded.where("population") if "population" in coded.roles else evidence.source,
        coded.problems,
    )


def note_silent(
    populations: Sequence[str],
    number: FloatArray,
    weight: FloatArray,
    did: str,
    where: str,
    problems: Problems,
) -> None:
    """Note populations of which nothing was reported, or only of agents with weight 0."""
    for name, n, total in zip(populations, number, weight, strict=True):
        if not n:
            problems.add(
                f"no agent of population {show(name)} {did}",
                where=where,
                several=f"in {{n}} populations no agent {did}",
                value=show(name),
                valid="at least one such agent in every population",
                fix="leave the population out, or add its data",
            )
        elif not total:
            problems.add(
                f"all agents of population {show(name)} have weight 0",
                where=where,
                several="in {n} populations all agents have weight 0",
                value=show(name),
                valid="at least one agent with a weight above 0",
            )
