"""Goals placed on scales with error; their conflict grows with distance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.errors import Problems, did_you_mean, listed
from bayes_misalign.families.raters.rating_counts import rating_columns
from bayes_misalign.families.raters.rating_scale import two_ends
from bayes_misalign.models.spatial.evidence import FORMS, SpatialConflict
from bayes_misalign.models.spatial.reading import COLUMNS, Kind, Placements
from bayes_misalign.models.spatial.reading_ratings import rating_steps, read_spatial_ratings
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.goal_pairs import PairNames
from bayes_misalign.reading.misread import read_or_explain
from bayes_misalign.reading.parse_numbers import noted, parse_weight
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.unknown_labels import check_named
from bayes_misalign.tables.chosen import with_points
from bayes_misalign.tables.labels import show

Ends = Mapping[str, tuple[float, float]] | tuple[float, float]


@dataclass(frozen=True)
class Spatial(TableDeclared):
    """Positions of goals, a placement a row, and how conflict grows with their distance.

    Parameters
    ----------
    data : path, data frame or mapping of columns
        The table of positions. An empty position was not given.
    ends : (float, float) or mapping of str to (float, float)
        Ends of the scale, or of the scale of each dimension: 0 and 10, for instance.
    error : str or float, optional
        Column of the standard error of each position, or one error for all of them; 0 for
        positions that are known exactly.
    placed_by : str, optional
        Column of who placed the goal, where several people did and the error is to be learnt.
    sd, count : str, optional
        Columns of the standard deviation and the number of placements, where a row is the mean of
        several and the error is to be learnt.
    form : {"gaussian", "exponential", "linear"}
        c = 1 - exp(-(d/l)^2), 1 - exp(-d/l), or min(1, d/l), at distance d.
    length : float, optional
        The length l, where it is known; a share of the scale's length.
    weights : mapping of str to float, optional
        Weight of each dimension in the squared distance; equal if not given.
    beyond_ends : bool
        Whether positions may lie beyond the ends of a scale, as estimates can.
    goal, position : str
        Columns of the goal and its position.
    dimension : str, optional
        Column of the dimension, where there are several.
    ratings : path, data frame or mapping of columns, optional
        A table of ratings of some pairs, to learn the length from.
    rating_scale : (float, float), optional
        For ratings that are numbers: what means no conflict, and what means full conflict.
    rating_step : float
        From one possible rating to the next.
    rating_levels : sequence of str, optional
        For ratings that are words: all of them, equally spaced from no to full conflict.
    goal_other, rating : str
        Columns of the other goal and of the rating, beside `goal`.
    rater, rating_count : str, optional
        Columns of who rated, and of the number of ratings that the row stands for.
    not_ratings : sequence of str
        Answers that are no ratings, such as "don't know".
    unnamed_pairs : float, optional
        Level of conflict of every pair of goals that no source names and that is not placed.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.

    Examples
    --------
    >>> rows = {"goal": ["a", "b", "c"], "position": [2, 3, 9], "se": [0.5, 0.5, 1]}
    >>> placed = Spatial(rows, ends=(0, 10), error="se")
    >>> placed.read(ProblemArea("vote", ["a", "b", "c"]), Problems()).mean.ravel()
    array([0.2, 0.3, 0.9])
    """

    model: ClassVar[str] = "spatial"
    OUTCOMES: ClassVar[tuple[str, ...]] = ("goal", "rating")
    WORDS: ClassVar[tuple[str, ...]] = ("not_ratings",)
    TUPLES: ClassVar[tuple[str, ...]] = ("ends", "rating_scale", "rating_levels")

    data: Any = None
    ends: Any = None
    error: Any = None
    placed_by: str | None = None
    sd: str | None = None
    count: str | None = None
    form: str = "gaussian"
    length: Any = None
    weights: Any = None
    beyond_ends: bool = False
    goal: str = "goal"
    position: str = "position"
    dimension: str | None = None
    ratings: Any = None
    rating_scale: Any = None
    rating_step: float = 1.0
    rating_levels: Any = None
    goal_other: str = "goal_other"
    rating: str = "rating"
    rater: str | None = None
    rating_count: str | None = None
    not_ratings: tuple[str, ...] = ()
    unnamed_pairs: float | None = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> SpatialConflict | None:
        """Read positions, and ratings if there are some."""
        return read_or_explain(self._read, self, area, problems, base, "goal")

    def _read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None
    ) -> SpatialConflict | None:
        before = len(problems)
        ends = _ends(self.ends, self.dimension, problems)
        error = self._stated_error(problems)
        self._check_form(problems)
        self.check(problems)
        steps = None
        if self.ratings is not None:
            steps = rating_steps(
                self.rating_scale, self.rating_levels, self.rating_step, self.model, problems
            )
        if ends is None or len(problems) > before:
            return None
        names = PairNames(area, problems)
        placements = Placements(names, self.kind, ends, error, self.beyond_ends)
        error_column = self.error if isinstance(self.error, str) else None
        columns = ("goal", "position", "dimension", "placed_by", "sd", "count")
        roles = self.roles(*columns, error=error_column)
        table = self.open(roles, problems, base, "positions", columns=COLUMNS)
        if table is None:
            return None
        placements.read(with_points(table), roles)
        if len(problems) == before:
            placements.check(table.source)
        weights = self._weights(placements.dimensions, problems)
        if len(problems) > before:
            return None
        rated, counts, rated_in = np.zeros((0, 2), np.int64), np.zeros((0, 0)), ""
        notes: tuple[str, ...] = ()
        if steps is not None:
            roles = self.roles(
                "goal", "goal_other", "rating", count=self.rating_count, rater=self.rater
            )
            read_as = rating_columns(as_codes=steps.scale.ends is not None)
            found = self.open(roles, problems, base, "ratings", self.ratings, read_as)
            if found is None:
                return None
            goals, refused = placements.goals, self.not_ratings
            rated, counts, notes = read_spatial_ratings(found, roles, names, steps, goals, refused)
            rated_in = found.source
        if len(problems) > before:
            return None
        each = [ends[d] if isinstance(ends, Mapping) else ends for d in placements.dimensions]
        form: Any = self.form
        return SpatialConflict(
            pairs=(),
            goals=placements.goals,
            dimensions=placements.dimensions,
            ends=np.array(each, dtype=float),
            weights=np.array(weights),
            form=form,
            length=None if self.length is None else float(self.length),
            **placements.figures(),
            rated=rated,
            counts=counts,
            levels=() if steps is None else steps.levels,
            people=len(placements.people),
            origin=table.source,
            rated_in=rated_in,
            notes=(*table.notes, *placements.notes(table.source), *notes),
        )

    @property
    def kind(self) -> Kind:
        """What the rows are."""
        if self.error is not None:
            return "known error"
        return "several placements" if self.sd is None else "summaries"

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what is missing, or does not go together."""
        several = self.roles("placed_by", "sd", "count")
        means, known = {"sd", "count"} & set(several), self.error is not None
        there, missing = ("sd", "count") if "sd" in means else ("count", "sd")
        stated = self.roles("rating_scale", "rating_levels", "rater", "rating_count")
        return (
            (
                known and bool(several),
                f"error and {' and '.join(several)} are both stated",
                "the known error of each position, or several placements to learn it from",
                "leave one of them out",
            ),
            (
                not known and len(means) == 1,
                f"{there} is stated without {missing}",
                "columns of both: each row is then a mean of several placements",
            ),
            (
                not known and len(means) == 2 and self.placed_by is not None,
                "placed_by and sd are both stated",
                "a placement by one person a row, or a mean of several with sd and count",
            ),
            (
                self.ratings is None and bool(stated),
                f"{' and '.join(stated)} is stated, and there are no ratings",
                "",
                "name the table of ratings, or leave this out",
            ),
            (self.data is None, "data is not stated", "a table of positions"),
        )

    def _stated_error(self, problems: Problems) -> float | None:
        if self.error is None or isinstance(self.error, str):
            return None
        return noted(parse_weight, self.error, "error", f"{self.model}, error", problems)

    def _check_form(self, problems: Problems) -> None:
        if self.form not in FORMS:
            problems.add(
                f"the form is {self.form!r}",
                where=self.model,
                valid=listed(FORMS),
                fix=did_you_mean(str(self.form), FORMS),
            )
        if self.length is not None:
            length = noted(parse_weight, self.length, "length", f"{self.model}, length", problems)
            if length == 0:
                problems.add("the length is 0", where=self.model, valid="a number above 0")

    def _weights(self, dimensions: tuple[str, ...], problems: Problems) -> list[float]:
        equal = [1 / max(len(dimensions), 1)] * len(dimensions)
        if self.weights is None:
            return equal
        where = f"{self.model}, weights"
        if not isinstance(self.weights, Mapping):
            problems.add(
                f"the weights are {self.weights!r}", where=where, valid="a number by dimension"
            )
            return equal
        stated = {str(name): weight for name, weight in self.weights.items()}
        valid = "a weight for each dimension"
        if not check_named(
            stated, dimensions, "dimension", "weight of", where, problems, valid=valid
        ):
            return equal
        found = [
            noted(parse_weight, stated.get(name, 0.0), "weight", where, problems) or 0.0
            for name in dimensions
        ]
        if not sum(found) > 0:
            problems.add("no weight is above 0", where=where, valid="a weight above 0")
            return equal
        return [weight / sum(found) for weight in found]


def _ends(stated: Any, dimension: str | None, problems: Problems) -> Ends | None:
    """Return the ends of the scales, or note what is wrong with them."""
    where, valid = "spatial, ends", "two different numbers, as in `ends = [0, 10]`"
    if stated is None:
        problems.add(
            "the ends of the scale are not stated",
            where="spatial",
            valid=f"{valid}, or two for each dimension",
        )
        return None
    if not isinstance(stated, Mapping):
        return two_ends(stated, "the ends are", where, valid, problems)
    if dimension is None and len(stated) != 1:
        problems.add(
            f"ends of {len(stated)} dimensions are stated, and no column names the dimension",
            where="spatial",
            fix='name it, as in `dimension = "dimension"`',
        )
        return None
    found = {
        str(name): two_ends(ends, "the ends are", f"{where} of {show(str(name))}", valid, problems)
        for name, ends in stated.items()
    }
    known = {name: ends for name, ends in found.items() if ends is not None}
    return known if len(known) == len(found) else None
