"""Levels of conflict seen through judgements whether two goals conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.errors import Problems
from bayes_misalign.families.raters.rater_kinds import kinds_stated
from bayes_misalign.families.raters.yes_no import YesNo, check_words
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.reading import COLUMNS, Judgements
from bayes_misalign.models.judged.shares_of_yes import in_percent
from bayes_misalign.reading.declared import Contradiction, TableDeclared, both_forms
from bayes_misalign.reading.goal_pairs import (
    STATED,
    PairNames,
    labels_of_pairs,
    one_form,
    own_pairs_stated,
    stated_pairs,
)
from bayes_misalign.reading.misread import read_or_explain
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.wide_columns import Wide

_KEYS = ("yes", "no", "n", "yes_share")
_EXAMPLE = '{between = ["a", "b"], yes = 7, no = 2}'


@dataclass(frozen=True)
class Judged(TableDeclared):
    """Judgements whether two goals conflict, a judgement a row or counted by pair.

    Parameters
    ----------
    data : path, data frame or mapping of columns, optional
        The table. Several files are one table: a list of paths, a pattern like ``"waves/*.csv"``,
        or a folder of Parquet; the column "source" then holds the name of the file.
    pairs : mapping or list, optional
        ``{("a", "b"): (yes, no)}``, or ``[{"between": ["a", "b"], "yes": 7, "no": 2}]``.
    goal, goal_other : str
        Columns of the two goals, which may stand in either order.
    conflict : str
        Column of the judgement, one of the words in `yes` and `no`; empty if not judged.
    columns : mapping of str to (str, str), or str, optional
        The two goals of each column, where a table has a column of judgements for each pair in
        place of these three, as in ``{"A_B": ["A", "B"]}``; or a pattern of their names, such as
        "{goal}_{goal_other}".
    self_judgements : str, optional
        "leave out" leaves judgements of a goal with itself out; without it they are refused.
    count : str, optional
        Column of the number of judgements that the row stands for.
    yes_count, no_count : str, optional
        Columns of the numbers of judgements of each kind, instead of `conflict`; or `yes_count` and
        `count`, the number of all judgements of the pair.
    yes_share : str, optional
        Column of the share of yes among `count` judgements, in percent or from 0 to 1.
    yes, no : sequence of str
        Words for the two judgements, in any case.
    rater : str, optional
        Column of who judged. Raters are then modelled: how easily each says yes, and how often each
        lapses. Without it every judgement is taken for that of another rater.
    rater_kind : str, optional
        Column of what kind each rater is of, such as people and models. One kind defines the level;
        each other has a bias and a slope of its own, so that its judgements tell which pairs
        conflict more, and not how much on average.
    reference : str, optional
        The kind that defines the level. Left out, it is the one that is called people, or human.
    agreement : bool
        Whether it is agreement that was judged: yes is then no conflict, and no is conflict.
    repeated : bool
        Whether raters judged pairs more than once; an error if they did and this is not stated.
    unnamed_pairs : float, optional
        Level of conflict of every pair of goals that no source names.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.

    Examples
    --------
    >>> area = ProblemArea("vote", ["a", "b"])
    >>> Judged(pairs={("a", "b"): (7, 2)}).read(area, Problems()).yes
    array([7.])
    """

    model: ClassVar[str] = "judged"
    WORDS: ClassVar[tuple[str, ...]] = ("yes", "no")

    data: Any = None
    pairs: Any = None
    goal: str = "goal"
    goal_other: str = "goal_other"
    conflict: str = "conflict"
    columns: Any = None
    self_judgements: str | None = None
    count: str | None = None
    yes_count: str | None = None
    no_count: str | None = None
    yes: tuple[str, ...] = ("yes", "1", "true")
    no: tuple[str, ...] = ("no", "0", "false")
    rater: str | None = None
    repeated: bool = False
    unnamed_pairs: float | None = None
    yes_share: str | None = None
    agreement: bool = False
    rater_kind: str | None = None
    reference: str | None = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> JudgedConflict | None:
        """Read and count the judgements."""
        return read_or_explain(self._read, self, area, problems, base, "goal")

    def _read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None
    ) -> JudgedConflict | None:
        before, names = len(problems), PairNames(area, problems)
        if not one_form({"pairs": self.pairs, "data": self.data}, self.model, problems):
            return None
        self.check(problems)
        check_words(self.yes, self.no, self.model, problems)
        if len(problems) > before:
            return None
        judgements = Judgements(
            names,
            repeated=self.repeated,
            agreement=self.agreement,
            own_pairs=self.self_judgements,
            reference=self.reference,
        )
        origin = STATED
        if self.data is not None:
            roles = self._roles()
            wide = Wide(("goal", "goal_other"), "conflict", labels_of_pairs(area), "a judgement")
            if self.yes_count is None:
                table = wide.open(self, roles, COLUMNS, problems, base, "judgements")
            else:
                table = self.open(roles, problems, base, "judgements", columns=COLUMNS)
            if table is None or len(problems) > before:
                return None
            origin = table.source
            if self._by_pair:
                judgements.read_counts(table, roles)
            else:
                words = YesNo(self.yes, self.no, "judgement", "yes nor no", "not judged")
                judgements.read_rows(table, roles, words)
        elif self.pairs is not None:
            self._from_pairs(judgements)
        if len(problems) > before:
            return None
        return judgements.conflict(origin)

    def _roles(self) -> dict[str, str]:
        if self._by_pair:
            parts = {"yes": self.yes_count, "no": self.no_count, "n": self.count}
            return self.roles("goal", "goal_other", "yes_share", **parts)
        return self.roles("goal", "goal_other", "conflict", "count", "rater", "rater_kind")

    @property
    def _by_pair(self) -> bool:
        """Whether a row holds the numbers of judgements of a pair."""
        return self.yes_count is not None or self.yes_share is not None

    def _from_pairs(self, judgements: Judgements) -> None:
        names = judgements.names
        entries = list(stated_pairs(self.pairs, _KEYS, names.problems, _unpack, _EXAMPLE))
        percent = in_percent(entry.values.get("yes_share") for entry in entries)
        for entry in entries:
            parts = dict(entry.values)
            if not ("n" in parts and ("yes_share" in parts or "no" not in parts)):
                parts.setdefault("no", None)  # which is missing
            judgements.add_parts(entry.one, entry.other, parts, entry.where, percent=percent)

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what does not go together."""
        return (
            (
                self.yes_share is None
                and (self.yes_count is None) != (self.no_count is None)
                and (self.yes_count is None or self.count is None),
                "only one of yes_count and no_count is stated",
                "both, or yes_count with count, the number of judgements of the pair, or conflict "
                "for a judgement a row",
                "for shares write `yes_share`, their column, with `count`, and `agreement = true` "
                "where yes is agreement",
            ),
            (
                self.count is not None and self.yes_count is not None and self.no_count is not None,
                "count, yes_count and no_count are all stated",
                "count beside conflict, or yes_count beside no_count or count",
            ),
            (
                self.yes_share is not None and self.count is None,
                "yes_share is stated without count",
                'the column of the number of judgements of each pair too, as in count = "n"',
            ),
            (
                self.yes_share is not None and not (self.yes_count is self.no_count is None),
                "yes_share is stated together with numbers of judgements",
                "yes_share with count, or yes_count with no_count or count",
            ),
            (
                self.rater is not None and self._by_pair,
                "rater is stated together with "
                f"{'yes_count' if self.yes_share is None else 'yes_share'}",
                "rater beside conflict, with count where a row stands for several judgements",
            ),
            (
                self.rater is not None and self.data is None,
                "rater is stated without data",
                "rater for a table of judgements; pairs name nobody",
            ),
            (
                self.repeated and self.rater is None,
                "repeated is stated without rater",
                "`repeated = true` where raters are named and judged a pair more than once",
            ),
            (
                self.columns is not None and (self.yes_count is not None or self.data is None),
                "columns are stated without a table of judgements"
                if self.data is None
                else "columns and yes_count are both stated",
                "columns where a table has a column of judgements for each pair",
            ),
            *kinds_stated(self),
            *both_forms(self, "goal", "goal_other", "conflict"),
            *own_pairs_stated(self.self_judgements, "self_judgements"),
        )


def _unpack(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, Mapping):
        return value
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2:
        return {"yes": value[0], "no": value[1]}
    return None
