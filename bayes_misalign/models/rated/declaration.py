"""Levels of conflict that raters give to pairs of goals on a scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.errors import Problems
from bayes_misalign.families.raters.rater_kinds import kinds_stated
from bayes_misalign.families.raters.rating_counts import rating_columns, read_ratings
from bayes_misalign.families.raters.rating_scale import rating_scale
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.reading import to_conflict
from bayes_misalign.models.rated.walk import WALK
from bayes_misalign.reading.declared import Contradiction, TableDeclared, both_forms
from bayes_misalign.reading.goal_pairs import PairNames, labels_of_pairs, own_pairs_stated
from bayes_misalign.reading.misread import read_or_explain
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.typed_fields import shown_value
from bayes_misalign.reading.wide_columns import Wide, tells_population

_OWN_FIX = 'state `self_ratings = "leave out"` to leave ratings of a goal with itself out'
_TURNED = "state `agreement = true` if ratings are of agreement"


@dataclass(frozen=True)
class Rated(TableDeclared):
    """Ratings of how much two goals conflict, a rating a row or a pair a column.

    Parameters
    ----------
    data : path, data frame or mapping of columns
        The table. Several files are one table: a list of paths, a pattern like ``"waves/*.csv"``,
        or a folder of Parquet; the column "source" then holds the name of the file.
    scale : (float, float), optional
        For ratings that are numbers: what means no conflict, and what means full conflict. The
        first may be the larger one, as in ``(100, 0)`` for degrees of warmth.
    levels : sequence of str, optional
        For ratings that are words or codes: all of them, from no conflict to full conflict.
    values : sequence of float, optional
        Conflict that each level stands for; equally spaced from 0 to 1 if not given.
    agreement : bool
        Whether it is agreement that was rated: `scale` then names no agreement and full agreement,
        `levels` go from no agreement to full agreement, and `values` are of agreement. Conflict is
        1 minus agreement.
    goal, goal_other, rating : str
        Columns of the two goals, and of the rating; an empty rating was not given.
    columns : mapping of str to (str, str), or str, optional
        The two goals of each column, where a table has a column of ratings for each pair in place
        of these three, as in ``{"A_B": ["A", "B"]}``; or a pattern of their names, such as
        "rate_{goal}_{goal_other}".
    self_ratings : str, optional
        "leave out" leaves ratings of a goal with itself out; without it they are refused.
    rater : str, optional
        Column of who rated. Without it every rating is taken for that of another rater.
    rater_kind : str, optional
        Column of what kind each rater is of, such as people and models. One kind defines the level;
        each other has a bias and a slope of its own, so that its ratings tell which pairs conflict
        more, and not how much on average.
    reference : str, optional
        The kind that defines the level. Left out, it is the one that is called people, or human.
    directed : bool
        Whether raters hold the first goal of the row and rate the other. The level of conflict is
        then the mean of both directions.
    population : str or sequence of str, optional
        Column of the population whose conflict was rated; without it there is one level for all.
    over_time : {"walk"}, optional
        Populations are waves: the conflict of each pair goes from one to the next by a random walk,
        whose size is learnt. Without it no population is nearer to one than to another.
    time : mapping of str to float, or of str to str, optional
        When each population was, or each wave, where names have several parts: numbers, or texts
        such as ISO dates. Left out, the names of the populations say it.
    count : str, optional
        Column of the number of ratings that the row stands for.
    repeated : bool
        Whether raters rated pairs more than once; an error if they did and this is not stated.
    not_ratings : sequence of str
        Answers that are no ratings, such as "don't know".
    unnamed_pairs : float, optional
        Level of conflict of every pair of goals that no source names. Without it, pairs that nobody
        rated borrow from those that were.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.

    Examples
    --------
    >>> rows = {"goal": ["a", "a"], "goal_other": ["b", "b"], "rating": [2, 5], "who": ["r", "s"]}
    >>> rated = Rated(rows, scale=(1, 5), rater="who")
    >>> rated.read(ProblemArea("vote", ["a", "b"]), Problems()).raw_level
    array([[0.625]])
    """

    model: ClassVar[str] = "rated"
    OUTCOMES: ClassVar[tuple[str, ...]] = ("goal", "rating")
    WORDS: ClassVar[tuple[str, ...]] = ("not_ratings",)
    TUPLES: ClassVar[tuple[str, ...]] = ("scale", "levels", "values")

    data: Any = None
    scale: Any = None
    levels: Any = None
    values: Any = None
    goal: str = "goal"
    goal_other: str = "goal_other"
    rating: str = "rating"
    columns: Any = None
    self_ratings: str | None = None
    rater: str | None = None
    rater_kind: str | None = None
    reference: str | None = None
    directed: bool = False
    population: str | tuple[str, ...] | None = None
    over_time: str | None = None
    time: dict[str, float | str] | None = None
    count: str | None = None
    repeated: bool = False
    not_ratings: tuple[str, ...] = ()
    unnamed_pairs: float | None = None
    agreement: bool = False

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> RatedConflict | None:
        """Read and count the ratings."""
        return read_or_explain(self._read, self, area, problems, base, "goal")

    def _read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None
    ) -> RatedConflict | None:
        before = len(problems)
        scale = rating_scale(
            self.scale,
            self.levels,
            self.values,
            self.model,
            problems,
            agreement=self.agreement,
        )
        if not self.check(problems) or scale is None:
            return None
        roles = self.roles(
            "goal", "goal_other", "rating", "count", "rater", "population", "rater_kind"
        )
        described = rating_columns(as_codes=scale.ends is not None)
        wide = Wide(("goal", "goal_other"), "rating", labels_of_pairs(area), "a rating")
        if (by_wave := wide.with_population(self.columns)) is not wide:
            wide, roles = by_wave, {**roles, "population": "population of the column"}
        table = wide.open(self, roles, described, problems, base, "ratings")
        if table is None or len(problems) > before:
            return None
        names = PairNames(area, problems)
        how = {"directed": self.directed, "repeated": self.repeated}
        ratings = read_ratings(
            table,
            roles,
            names,
            scale,
            self.not_ratings,
            own_pairs=self.self_ratings,
            own_fix=_OWN_FIX if self.agreement else f"{_OWN_FIX}; {_TURNED}",
            reference=self.reference,
            **how,
        )
        if ratings is None or len(problems) > before:
            return None
        found = to_conflict(ratings, scale, table.source, **how)
        time = None if self.time is None else tuple(self.time.items())
        return replace(found, over_time=self.over_time, time=time)

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what is missing."""
        return (
            (self.data is None, "data is not stated", "a table of ratings"),
            *both_forms(self, "goal", "goal_other", "rating"),
            (
                self.population is not None and tells_population(self.columns),
                "population is stated, and the names of the columns tell it",
                "one of the two",
            ),
            *own_pairs_stated(self.self_ratings),
            *self._of_time(),
            *kinds_stated(self),
            *self._of_kinds(),
        )

    def _of_kinds(self) -> Iterable[Contradiction]:
        together = self.population is not None or tells_population(self.columns)
        for there, what, why in (
            (together, "population", "conflict is the same in all populations"),
            (self.directed, "directed", "raters of a kind rate both goals alike"),
        ):
            yield (
                self.rater_kind is not None and there,
                f"rater_kind and {what} are both stated",
                "one of the two: kinds of raters are compared in one level for each pair",
                f"leave `rater_kind` out, or leave `{what}` out, so that {why}",
            )

    def _of_time(self) -> Iterable[Contradiction]:
        by_wave = self.population is not None or tells_population(self.columns)
        yield (
            self.over_time not in (None, WALK),
            f"over_time is {shown_value(self.over_time)}",
            f'"{WALK}", or nothing',
            f'state `over_time = "{WALK}"`, or leave it out',
        )
        yield (
            self.over_time is not None and not by_wave,
            "over_time is stated, and no column says in which wave a rating was given",
            "ratings by wave",
            "name the column of the waves as `population`, or leave `over_time` out, so that "
            "conflict is the same in all",
        )
        yield (
            self.time is not None and self.over_time is None,
            "time is stated without over_time, and nothing is made of it",
            "both of them",
            f'state `over_time = "{WALK}"` too, or leave `time` out',
        )
