"""Posterior draws of goal shares that somebody made elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.draws.columns import Cells, optional, shaped
from bayes_misalign.families.draws.given import Axis, Given, from_array
from bayes_misalign.families.draws.trees import from_netcdf, from_tree, is_tree, netcdf_path
from bayes_misalign.models.drawn_shares.evidence import DrawnGoals
from bayes_misalign.models.drawn_shares.reading import to_evidence
from bayes_misalign.reading.declared import TableDeclared
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables import Table
from bayes_misalign.tables.chosen import with_points
from bayes_misalign.tables.labels import shown
from bayes_misalign.tables.table import check_columns


@dataclass(frozen=True)
class DrawnShares(TableDeclared):
    """Posterior draws of goal shares from another program, such as brms, Stan or an MRP fit.

    Parameters
    ----------
    data : array, data tree, path, data frame or mapping of columns
        An array (draw, goal), or (draw, population, goal) if `populations` are stated, perhaps with
        an axis of chains in front; a tree or data set of ArviZ or xarray; a netCDF file of one; or
        a table, with a row for each draw, population and goal, or with a column for each goal.
    goals : sequence of str, optional
        Labels of the axis of goals, if it has none; by default those of the problem area.
    populations : sequence of str, optional
        Labels of the axis of populations, if it has none. Without such an axis there is one
        population, "all".
    variable, group : str
        Name of the shares in a tree or data set, and group of the tree.
    goal : str
        Column or dim of the goal.
    population, chain : str, optional
        Columns or dims of the population and of the chain; by default "population" and "chain", if
        they are there.
    draw : str
        Column or dim of the draw.
    share : str
        Column of the share, where a row is one draw of one goal.
    paired : bool
        Whether the draws belong, one by one, to those of a `DrawnConflict` that is paired too.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.

    Examples
    --------
    >>> drawn = DrawnShares([[0.5, 0.5], [0.25, 0.75]])
    >>> drawn.read(ProblemArea("vote", ["a", "b"]), Problems()).shares[:, 0]
    array([[0.5 , 0.5 ],
           [0.25, 0.75]])
    """

    model: ClassVar[str] = "drawn-shares"

    data: Any
    goals: tuple[str, ...] | None = None
    populations: tuple[str, ...] | None = None
    variable: str = "proportion"
    group: str = "posterior"
    goal: str = "goal"
    population: str | None = None
    chain: str | None = None
    draw: str = "draw"
    share: str = "share"
    paired: bool = False

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> DrawnGoals | None:
        """Read the draws; None if a problem was noted."""
        before = len(problems)
        for name in ("goals", "populations"):
            if isinstance(text := getattr(self, name), str):
                problems.add(
                    f"{name} is the single text {text!r}",
                    where=self.model,
                    valid=f"a list, as in [{text!r}]",
                )
        given = None if len(problems) > before else self._given(area, problems, base)
        if given is None:
            return None
        return to_evidence(given, area, self.paired, problems)

    def _given(self, area: ProblemArea, problems: Problems, base: Any) -> Given | None:
        sample, where = (self.chain or "chain", self.draw), (self.variable, self.group)

        def axes_of(dims: Sequence[str]) -> list[Axis]:
            population = Axis(self.population or "population", "populations", self.populations)
            goal = Axis(self.goal, "goals", self.goals, area.categories)
            return [population, goal] if population.dim in dims else [goal]

        if is_tree(self.data):
            return from_tree(self.data, *where, sample, axes_of, problems)
        if isinstance(self.data, str | Path) and (path := netcdf_path(self.data, base)):
            return from_netcdf(path, *where, sample, axes_of, problems)
        if isinstance(self.data, np.ndarray | list | tuple):
            stated = [] if self.populations is None else [self.population or "population"]
            return from_array(self.data, axes_of(stated), problems)
        table = self.open(None, problems, base, "draws")
        return None if table is None else self._from_table(with_points(table), area, problems)

    def _from_table(self, table: Table, area: ProblemArea, problems: Problems) -> Given | None:
        before = len(problems)
        for name in ("goals", "populations"):
            if getattr(self, name) is not None:
                problems.add(
                    f"{name} is stated, and a table has labels of its own",
                    where=table.source,
                    fix=f"leave `{name}` out",
                )
        population = optional(table, self.population, "population", problems)
        chain = optional(table, self.chain, "chain", problems)
        wide = [c for c in table.columns if area.category_of(c) and c not in (population, chain)]
        long = {self.goal, self.share} <= set(table.columns) or not wide
        wanted = [self.draw, self.goal, self.share] if long else []
        if not check_columns(table.columns, wanted, table.source, problems):
            if long:
                problems.add(
                    "there is neither a column for each goal, nor one of the goal and of its share",
                    where=table.source,
                    valid=f"columns {shown(wanted)}, or {shown([self.draw, *area.categories])}",
                )
            return None
        if len(problems) > before:
            return None
        cells = Cells(table, problems)
        rows = self._long(table) if long else self._wide(table, wide, population)
        place = {column: i for i, column in enumerate(table.columns)}
        for row, texts, draw, pairs in rows:
            of = texts[place[population]] if population else "all"
            key = (texts[place[chain]] if chain else "", draw)
            for goal, text, column in pairs:
                cells.add(key, (of, goal), text, row, column)
        return shaped(cells) if len(problems) == before else None

    def _long(self, table: Table) -> Iterator[tuple[int, tuple[str, ...], str, Any]]:
        draw, goal, share = (table.columns.index(c) for c in (self.draw, self.goal, self.share))
        for row, texts in table:
            yield row, texts, texts[draw], [(texts[goal], texts[share], self.share)]

    def _wide(
        self, table: Table, goals: Sequence[str], population: str | None
    ) -> Iterator[tuple[int, tuple[str, ...], str, Any]]:
        places = [table.columns.index(goal) for goal in goals]
        draw = table.columns.index(self.draw) if self.draw in table.columns else None
        of = None if population is None else table.columns.index(population)
        seen: dict[str, int] = {}
        for row, texts in table:
            name = "" if of is None else texts[of]
            seen[name] = seen.get(name, 0) + 1
            number = str(seen[name]) if draw is None else texts[draw]
            cells = [(g, texts[i], g) for g, i in zip(goals, places, strict=True)]
            yield row, texts, number, cells
