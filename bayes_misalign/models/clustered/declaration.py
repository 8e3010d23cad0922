"""Answers that come in clusters, such as many runs of each prompt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.lists import AnswerLists
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.models.clustered.reading import answer_columns, read_answers, to_clusters
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.misread import read_or_explain
from bayes_misalign.reading.problem_area import ProblemArea

BY_DESIGN = 'state `model = "single-choice"`, whose variance by the design takes both'


@dataclass(frozen=True)
class Clustered(TableDeclared):
    """A table with one answer a row, or counts of them, and the cluster that each belongs to.

    Parameters
    ----------
    data : path, data frame or mapping of columns
        The table. Several files are one table: a list of paths, or a pattern such as
        ``"logs/*.eval"``.
    goal : str
        Column of the answer: a goal, a label of `no_goal` or of `not_answers`, or empty if nobody
        was asked.
    cluster : str or sequence of str
        Column of what several answers have in common: the prompt that was run a hundred times, the
        person who was asked ten times, the class of a school; or several columns that make it up,
        as in ``["task", "sample"]``.
    population : str or sequence of str, optional
        Column of the population, or several that make it up; without it there is one population,
        "all".
    count : str, optional
        Column of the number of answers that the row stands for.
    populations : sequence of str, optional
        Order of the populations; it may name some in which nobody answered.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.
    codes : mapping of str to str, optional
        Label that each code in the goal column stands for.
    patterns : mapping of str to str, optional
        For answers in free text: regular expressions (of RE2), each with the label of the answers
        that hold what it describes.
    other : str, optional
        Label that every answer in none of the lists counts as.
    weight, strata : None
        Not taken: a model of answers has neither weights nor strata.

    Examples
    --------
    >>> runs = {"prompt": [1, 1, 1, 2, 2, 2], "said": ["a", "a", "b", "b", "b", "b"]}
    >>> found = Clustered(runs, goal="said", cluster="prompt")
    >>> evidence = found.read(ProblemArea("choice", ["a", "b"]), Problems())
    >>> evidence.patterns.tolist(), evidence.clusters.tolist()
    ([[0.0, 3.0], [2.0, 1.0]], [2.0])
    """

    model: ClassVar[str] = "clustered"

    data: Any = None
    goal: str | None = None
    cluster: str | tuple[str, ...] | None = None
    population: str | tuple[str, ...] | None = None
    count: str | None = None
    populations: tuple[str, ...] | None = None
    codes: dict[str, str] | None = None
    patterns: dict[str, str] | None = None
    other: str | None = None
    weight: str | None = None
    strata: str | None = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> ClusterCounts | None:
        """Read the table into clusters; None if a problem was noted."""
        return read_or_explain(self._read, self, area, problems, base, "goal")

    def _read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None
    ) -> ClusterCounts | None:
        before, whole = len(problems), self.check(problems)
        lists = AnswerLists(area, self.codes or {}, self.other, self.patterns)
        lists.check(problems)
        if not whole or len(problems) > before:
            return None
        roles = self.roles("goal", "cluster", "population", "count")
        columns = answer_columns(lists, lazy=False)
        table = self.open(roles, problems, base, "responses", columns=columns)
        found = None if table is None else read_answers(table, roles, lists, problems)
        if found is None or len(problems) > before:
            return None
        evidence = to_clusters(found, lists, self.populations)
        return None if len(problems) > before else evidence

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what is missing, or stated together and must not be."""
        yield self.data is None, "the key 'data' is missing", "a table"
        yield (
            self.goal is None,
            "the key 'goal' is missing",
            'the column of the answers, as in `goal = "answer"`',
        )
        yield (
            self.cluster is None,
            "the key 'cluster' is missing",
            'the column of what several answers have in common, as in `cluster = "prompt"`',
            'name it; where each answer is an agent of its own, state `model = "single-choice"`',
        )
        for name in ("weight", "strata"):
            yield (
                getattr(self, name) is not None,
                f"{name} is stated, and clusters are modelled",
                "one or the other",
                BY_DESIGN,
            )
