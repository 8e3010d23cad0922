"""Levels of conflict that several experts state, each with the expert's own uncertainty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.errors import Problems, did_you_mean, listed
from bayes_misalign.families.statements.statements import (
    FIGURES,
    open_statements,
    read_statements,
    strictly_inside,
    unpack_statement,
)
from bayes_misalign.models.experts.evidence import POOLINGS, Pooling
from bayes_misalign.models.experts.evidence import ExpertConflict as ExpertConflict
from bayes_misalign.models.experts.expert_statements import Panel
from bayes_misalign.reading.column_problems import note_empty
from bayes_misalign.reading.declared import TableDeclared
from bayes_misalign.reading.evidence import frozen_array
from bayes_misalign.reading.goal_pairs import (
    STATED,
    PairNames,
    StatedPair,
    one_form,
    show_pair,
    stated_pairs,
)
from bayes_misalign.reading.parse_numbers import noted, parse_weight
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.unknown_labels import check_named
from bayes_misalign.tables.labels import show, shown

_EXAMPLE = '{expert = "Ann", between = ["a", "b"], range = [0.7, 1.0]}'
_NAME = "the name of an expert"


@dataclass(frozen=True)
class Experts(TableDeclared):
    """Levels of conflict as several experts state them: ranges, or means and what they are worth.

    Parameters
    ----------
    pairs : mapping or list, optional
        ``{"Ann": {("a", "b"): (low, high)}}``, or ``[{"expert": "Ann", "between": ["a", "b"],
        "range": [low, high], "probability": 0.9}]``, or the same with "mean" and "strength"
        instead of "range".
    data : path, data frame or mapping of columns, optional
        A table, a statement a row, with columns low and high (and probability), or mean and
        strength.
    expert : str
        Column of the expert in the table.
    pooling : {"hierarchical", "linear"}
        A model of how experts differ (the default), or a mixture of their distributions.
    weights : mapping of str to float, optional
        Weight of each expert in a linear pool; equal if not given.
    probability : float
        Probability that a level lies in its range, where the statement itself does not say.
    agreement : bool
        Whether ranges and means are of agreement; the level of conflict is 1 minus agreement.
    unnamed_pairs : float, optional
        Level of conflict of every pair of goals that no source names.
    goal, goal_other : str
        Columns of the two goals in the table.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.

    Examples
    --------
    >>> area = ProblemArea("vote", ["a", "b"])
    >>> stated = Experts({"Ann": {("a", "b"): (0.7, 1.0)}, "Bob": {("a", "b"): (0.5, 0.8)}})
    >>> stated.read(area, Problems()).low
    array([0.7, 0.5])
    """

    model: ClassVar[str] = "experts"

    pairs: Any = None
    data: Any = None
    expert: str = "expert"
    pooling: Pooling = "hierarchical"
    weights: Any = None
    probability: float = 0.9
    unnamed_pairs: float | None = None
    goal: str = "goal"
    goal_other: str = "goal_other"
    agreement: bool = False

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> ExpertConflict | None:
        r"""Read the experts' ranges and means."""
        before = len(problems)
        if not one_form({"pairs": self.pairs, "data": self.data}, self.model, problems):
            return None
        if self.pooling not in POOLINGS:
            problems.add(
                f"the pooling is {self.pooling!r}",
                where=self.model,
                valid=listed(POOLINGS),
                fix=did_you_mean(str(self.pooling), POOLINGS),
            )
        probability = strictly_inside(self.probability, "probability", self.model, problems)
        # a wrong probability is noted once, not again for every statement
        panel = Panel(PairNames(area, problems), probability or 0.5, agreement=self.agreement)
        origin = STATED
        if self.data is not None:
            origin = self._from_table(panel, base)
        elif self.pairs is not None:
            for expert, entry in _stated(self.pairs, problems):
                panel.add(expert, entry.one, entry.other, entry.values, entry.where)
        panel.check_names(f"{self.model}, {origin}")
        if len(problems) > before:
            return None
        weights = self._weights(panel, problems)
        if weights is None:
            return None
        notes = tuple(panel.notes(alone=self.pooling == "hierarchical"))
        return ExpertConflict(
            **panel.statements(),
            weights=frozen_array(weights),
            pooling=self.pooling,
            origin=origin,
            notes=notes,
        )

    def _from_table(self, panel: Panel, base: str | Path | None) -> str:
        problems = panel.names.problems
        table = open_statements(self, (self.expert, self.goal, self.goal_other), problems, base)
        if table is None:
            return ""
        unnamed = []
        for row, record, entry in read_statements(table, self.goal, self.goal_other):
            expert = record[self.expert]
            if not expert.strip():
                unnamed.append(row)
            panel.add(expert, entry.one, entry.other, entry.values, entry.where)
        where = f"{table.source}, column {show(self.expert)}"
        note_empty("expert", len(unnamed), unnamed, where, problems, f"{_NAME} in every row")
        return table.source

    def _weights(self, panel: Panel, problems: Problems) -> list[float] | None:
        """Return the weight of each expert, or None if something is wrong with them."""
        before, experts, where = len(problems), panel.experts, f"{self.model}, weights"
        if self.weights is None:
            return [1.0] * len(experts)
        if self.pooling != "linear":
            problems.add(
                f"weights are stated, and the pooling is {self.pooling!r}",
                where=where,
                valid="weights of a linear pool; the hierarchical model weighs by what is stated",
                fix='state `pooling = "linear"`, or leave `weights` out',
            )
            return None
        if not isinstance(self.weights, Mapping):
            problems.add(
                f"the weights are {self.weights!r}", where=where, valid='as in {"Ann": 2, "Bob": 1}'
            )
            return None
        stated = {str(name): weight for name, weight in self.weights.items()}
        check_named(
            stated,
            experts,
            "expert",
            "weight of",
            where,
            problems,
            valid="a weight for each expert",
            fix="state 0 for those who should not count",
        )
        weight = {
            name: noted(parse_weight, cell, f"weight of {show(name)}", where, problems)
            for name, cell in stated.items()
        }
        if len(problems) == before:
            for pair, spoke in panel.speakers().items():
                if not any(weight[name] for name in spoke):
                    problems.add(
                        f"all who spoke about {show_pair(pair)} have weight 0: {shown(spoke)}",
                        where=where,
                        valid="a weight above 0 for somebody who spoke about the pair",
                    )
        return [weight[name] or 0.0 for name in experts] if len(problems) == before else None


def _stated(pairs: Any, problems: Problems) -> Iterator[tuple[str, StatedPair]]:
    """Iterate over experts and statements of a study, by expert or in one list."""
    keys = ("range", *FIGURES)
    if not isinstance(pairs, Mapping):
        for entry in stated_pairs(pairs, ("expert", *keys), problems, unpack_statement, _EXAMPLE):
            figures = dict(entry.values)
            expert = str(figures.pop("expert", "")).strip()
            if not expert:
                problems.add("the statement names no expert", where=entry.where, valid=_EXAMPLE)
            yield expert, replace(entry, values=figures)
        return
    for expert, stated in pairs.items():
        if not isinstance(expert, str) or not expert.strip():
            problems.add(
                f"{expert!r} is not {_NAME}",
                where="pairs",
                valid='as in {"Ann": {("a", "b"): (0.7, 1.0)}}',
            )
            continue
        own = Problems()
        entries = list(stated_pairs(stated, keys, own, unpack_statement, _EXAMPLE))
        place = f"pairs of {show(expert)}"
        problems.extend(replace(p, where=p.where.replace("pairs", place, 1)) for p in own)
        for entry in entries:
            yield expert, replace(entry, where=entry.where.replace("pairs", place, 1))
