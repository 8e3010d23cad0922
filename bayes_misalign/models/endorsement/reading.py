"""From what is told of agents to counts of kinds of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.counted_rows import NOT_ASKED, Alike, settled, with_design
from bayes_misalign.families.answers.lists import AnswerLists
from bayes_misalign.models.endorsement.evidence import StrengthCounts
from bayes_misalign.models.endorsement.kinds import Strengths, kinds_of
from bayes_misalign.models.endorsement.scale import StrengthScale
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.parse_numbers import NotANumber
from bayes_misalign.reading.populations import settle_populations
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.survey_notes import sample_notes
from bayes_misalign.settings import EVERYONE, NO_GOAL
from bayes_misalign.tables.labels import show, shown

MOST_KINDS = 1_500  # different strengths of all goals, of which levels of conflict fit into memory
STEP = 0.1  # proposed where there are more
Cell = float | str | None  # a strength, the label of a non-answer, or nothing


@dataclass
class Told:
    """Agents who are alike: what is told of them, how many there are, and where the first is."""

    cells: Sequence[Cell]  # of the goals in their order
    row: str
    agents: float
    nobody: bool = False  # told to hold no goal


@dataclass
class Agents:
    """The agents of a table."""

    told: list[Told]
    alike: Alike
    source: str
    where: str
    where_population: str
    notes: tuple[str, ...] = ()
    found: DistinctRows | None = None  # its distinct rows, where each is an entry


@dataclass
class CellReader:
    """Reads cells, and gathers those that nobody can read."""

    scale: StrengthScale
    lists: AnswerLists
    wrong: dict[tuple[str, str], list[tuple[str, str, NotANumber]]] = field(default_factory=dict)

    def cell(self, text: str, where: str, row: str) -> Cell:
        """Return what a cell says."""
        plain = text.strip()
        if not plain:
            return None
        if plain in self.lists.area.not_answers and plain not in self.scale.points:
            return plain
        try:
            return self.scale.strength(plain)
        except NotANumber as trouble:
            self.wrong.setdefault((where, trouble.what), []).append((row, plain, trouble))
            return None

    def note(self, problems: Problems) -> None:
        """Note cells that say no strength, those of one column and reason in one line."""
        for (where, what), cells in self.wrong.items():
            (row, text, trouble), n = cells[0], len(cells)
            value = trouble.value or show(text)
            problems.add(
                f"{what}: {value} in row {row}" + f", and in {n - 1:,} more rows" * (n > 1),
                where=where,
                valid=trouble.valid,
                fix=trouble.fix,
            )


def to_strengths(
    agents: Agents, declared: Any, area: ProblemArea, scale: StrengthScale, problems: Problems
) -> StrengthCounts | None:
    """Return the agents as counts of kinds; None where something about them is wrong."""
    before = len(problems)
    names = list(dict.fromkeys(agents.alike.populations)) or [EVERYONE]
    distinct = [name for name in names if name.strip()]
    populations = settle_populations(
        distinct, declared.populations, agents.where_population, problems
    )
    meanings = _Meanings(declared, area, agents.where)
    meant = [meanings.of(one) for one in agents.told]
    meanings.note(problems)
    if len(problems) > before or len(distinct) < len(names):
        return None
    seen = dict.fromkeys(one for one in meant if isinstance(one, tuple) and any(one))
    goals = area.categories
    categories, strength = kinds_of(goals, seen, scale.room if declared.room else ())
    if len(seen) > MOST_KINDS:
        problems.add(
            f"agents hold the goals with {len(seen):,} different combinations of strengths",
            where=agents.source,
            valid=f"at most {MOST_KINDS:,}, of which levels of conflict fit into memory",
            fix=f"round strengths to fewer steps, such as {STEP:g}; or leave out goals",
        )
        return None
    if not strength[:, : len(area.goals)].any():
        problems.add(
            "nobody holds any goal, and there is no room for anybody who does",
            where=agents.source,
            valid="a strength above 0",
            fix="state `room = true`",
        )
        return None
    column_of = {tuple(row[: len(area.goals)]): m for m, row in enumerate(strength.tolist())}
    category = [column_of[x] if isinstance(x, tuple) else None for x in meant]
    left = [x if isinstance(x, str) else None for x in meant]
    labels = dict.fromkeys(x for x in left if x is not None and x != NOT_ASKED)
    counts = agents.alike.counts(category, left, populations, len(categories), list(labels))
    evidence = StrengthCounts(
        categories=categories,
        goals=goals,
        strength=strength,
        lift=declared.lift,
        average=declared.average,
        source=agents.source,
        **counts,
    )
    evidence = settled(evidence, declared, agents.where_population, "answers", problems)
    if agents.found is not None:
        evidence = with_design(evidence, agents.found, category, declared)
    notes = (*agents.notes, *sample_notes(evidence), *meanings.notes(), *_notes(evidence))
    return replace(evidence, notes=notes)


@dataclass
class _Meanings:
    """What is meant by cells that are empty, and by strengths that are all zero."""

    declared: Any
    area: ProblemArea
    where: str
    partly: list[Told] = field(default_factory=list)
    nothing: list[Told] = field(default_factory=list)

    def of(self, one: Told) -> Strengths | str:
        """Return strengths, or the label of a non-answer; all zero where no goal is held."""
        zero = (0.0,) * len(self.area.goals)
        given = [cell for cell in one.cells if isinstance(cell, float)]
        labels = [cell for cell in one.cells if isinstance(cell, str)]
        if one.nobody and not any(given):
            return zero
        if not given:
            if labels:
                return labels[0]
            if self.declared.empty_row != "no goal":
                return NOT_ASKED
            return self._held(one, zero)
        if len(given) < len(one.cells):
            self.partly.append(one)
            if self.declared.empty_cell != "not held":
                return NOT_ASKED
        return self._held(one, tuple(x if isinstance(x, float) else 0.0 for x in one.cells))

    def _held(self, one: Told, strengths: Strengths) -> Strengths:
        if not any(strengths) and not self.area.has_no_goal and one.agents:
            self.nothing.append(one)
        return strengths

    def note(self, problems: Problems) -> None:
        """Note agents of whom it is not said what empty cells mean, or who hold no goal."""
        if self.partly and self.declared.empty_cell is None:
            n = _agents(self.partly)
            problems.add(
                f"{n:,.0f} {'agents have' if n != 1 else 'agent has'} strengths of some goals and "
                f"empty cells of others, the first in row {self.partly[0].row}",
                where=self.where,
                valid="a strength of every goal, or `empty_cell`, which says what it means",
                fix='state `empty_cell = "not held"`, or `empty_cell = "left out"` to leave out '
                "these agents",
            )
        if self.nothing:
            n = _agents(self.nothing)
            problems.add(
                f"all strengths are zero of {n:,.0f} {'agents' if n != 1 else 'agent'}, the first "
                f"in row {self.nothing[0].row}",
                where=self.where,
                valid="a goal of every agent, or a problem area with `no_goal`",
                fix='state `no_goal = ["none of these"]` under [problem_area]: they hold no goal',
            )

    def notes(self) -> Iterator[str]:
        """Yield what was done with agents of whom some strengths are not told."""
        if (n := _agents(self.partly)) and self.declared.empty_cell == "left out":
            yield f"{n:,.0f} agents without a strength of every goal were left out."
        elif n:
            yield f"Of {n:,.0f} agents goals without a strength were taken as not held."


def _agents(told: Sequence[Told]) -> float:
    return float(sum(one.agents for one in told))


def _notes(evidence: StrengthCounts) -> Iterator[str]:
    held = evidence.counts.sum(axis=0) @ evidence.held
    nobody = [goal for goal, n in zip(evidence.goals, held, strict=True) if not n]
    nobody = [goal for goal in nobody if goal != NO_GOAL]
    if nobody and held.any():
        yield f"Nobody holds {shown(nobody)}; what is said of it rests on the prior alone."
