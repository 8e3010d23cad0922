"""Posterior draws of conflict levels that somebody made elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.draws.columns import Cells, counted, optional
from bayes_misalign.families.draws.given import Axis, Given, from_array
from bayes_misalign.families.draws.trees import from_netcdf, from_tree, is_tree, netcdf_path
from bayes_misalign.models.drawn_conflict.evidence import DrawnLevels
from bayes_misalign.models.drawn_conflict.reading import BETWEEN, EQUAL, to_evidence
from bayes_misalign.reading.declared import TableDeclared
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables import Table
from bayes_misalign.tables.chosen import with_points
from bayes_misalign.tables.table import check_columns


@dataclass(frozen=True)
class DrawnConflict(TableDeclared):
    """Posterior draws of conflict levels from another program.

    Parameters
    ----------
    data : array, data tree, path, data frame or mapping of columns
        An array (draw, goal, goal), or (draw, pair) if `pairs` are stated, perhaps with an axis of
        chains in front; a tree or data set of ArviZ or xarray; a netCDF file of one; or a table
        with a row for each draw and pair.
    goals : sequence of str, optional
        Labels of the axes of goals, if they have none; by default those of the problem area.
    pairs : sequence of pairs of str, optional
        Labels of the axis of pairs, if it has none.
    variable, group : str
        Name of the levels in a tree or data set, and group of the tree.
    goal, goal_other : str
        Columns or dims of the two goals.
    pair : str
        Dim of the pair, labelled as in "a | b", if there is one instead.
    chain : str, optional
        Column or dim of the chain; by default "chain", if it is there.
    draw : str
        Column or dim of the draw.
    conflict : str
        Column of the level.
    paired : bool
        Whether the draws belong, one by one, to those of a `DrawnShares` that is paired too.
    unnamed_pairs : float, optional
        Level of conflict of every pair of goals that no source names.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.

    Examples
    --------
    >>> drawn = DrawnConflict([[0.5], [0.75]], pairs=[("a", "b")])
    >>> drawn.read(ProblemArea("vote", ["a", "b"]), Problems()).levels[:, 0]
    array([0.5 , 0.75])
    """

    model: ClassVar[str] = "drawn-conflict"
    TUPLES: ClassVar[tuple[str, ...]] = ("pairs",)

    data: Any
    goals: tuple[str, ...] | None = None
    pairs: tuple[tuple[str, str], ...] | None = None
    variable: str = "conflict"
    group: str = "posterior"
    goal: str = "goal"
    goal_other: str = "goal_other"
    pair: str = "pair"
    chain: str | None = None
    draw: str = "draw"
    conflict: str = "conflict"
    paired: bool = False
    unnamed_pairs: float | None = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> DrawnLevels | None:
        """Read the draws; None if a problem was noted."""
        given = self._given(area, problems, base) if self.check(problems) else None
        return None if given is None else to_evidence(given, area, self.paired, problems)

    def _given(self, area: ProblemArea, problems: Problems, base: Any) -> Given | None:
        sample, where = (self.chain or "chain", self.draw), (self.variable, self.group)
        named = (
            None
            if self.pairs is None
            else tuple(BETWEEN.join(map(str, pair)) for pair in self.pairs)
        )

        def axes_of(dims: Sequence[str]) -> list[Axis]:
            if self.pair in dims:
                return [Axis(self.pair, "pairs", named)]
            dims_of_goals = (self.goal, self.goal_other)
            return [Axis(dim, "goals", self.goals, area.categories) for dim in dims_of_goals]

        if is_tree(self.data):
            return from_tree(self.data, *where, sample, axes_of, problems)
        if isinstance(self.data, str | Path) and (path := netcdf_path(self.data, base)):
            return from_netcdf(path, *where, sample, axes_of, problems)
        if isinstance(self.data, np.ndarray | list | tuple):
            return from_array(self.data, axes_of([self.pair] if named else []), problems)
        table = self.open(None, problems, base, "draws")
        return None if table is None else self._from_table(with_points(table), problems)

    def _from_table(self, table: Table, problems: Problems) -> Given | None:
        before = len(problems)
        for name in ("goals", "pairs"):
            if getattr(self, name) is not None:
                problems.add(
                    f"{name} is stated, and a table has labels of its own",
                    where=table.source,
                    fix=f"leave `{name}` out",
                )
        chain = optional(table, self.chain, "chain", problems)
        wanted = (self.draw, self.goal, self.goal_other, self.conflict)
        if not check_columns(table.columns, wanted, table.source, problems):
            return None
        if len(problems) > before:
            return None
        cells = Cells(table, problems)
        draw, one, other, level = (table.columns.index(column) for column in wanted)
        of = None if chain is None else table.columns.index(chain)
        for row, texts in table:
            key = ("" if of is None else texts[of], texts[draw])
            cells.add(key, (texts[one], texts[other]), texts[level], row, self.conflict)
        values, names = cells.array()
        if len(problems) > before or not counted(values, names, table.source, problems):
            return None
        return _each_pair_once(
            Given(values, (tuple(map(BETWEEN.join, names)),), table.source), names, problems
        )


def _each_pair_once(given: Given, names: list[tuple[str, ...]], problems: Problems) -> Given | None:
    """Return draws of pairs named in one direction: what the other direction says has to agree."""
    before, kept = len(problems), []
    for i, (one, other) in enumerate(names):
        if one == other:
            own = np.zeros(given.values.shape, dtype=bool)
            own[..., i] = given.values[..., i] != 0
            given.note(
                own,
                "a goal conflicts with itself at level {}",
                problems,
                "0, because agents with the same goal agree",
            )
            continue
        mirror = names.index((other, one)) if (other, one) in names else i
        if mirror >= i:
            kept.append(i)
            continue
        odd = np.zeros(given.values.shape, dtype=bool)
        odd[..., i] = np.abs(given.values[..., i] - given.values[..., mirror]) > EQUAL
        given.note(
            odd,
            "the conflict is not the same in both directions: {}, and another level",
            problems,
            "one level for both directions",
        )
    if not kept:
        problems.add("there is no pair of goals", where=given.source)
    labels = tuple(given.labels[0][i] for i in kept)
    return (
        Given(given.values[..., kept], (labels,), given.source) if len(problems) == before else None
    )
