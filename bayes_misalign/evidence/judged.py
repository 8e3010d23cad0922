"""Levels of conflict seen through judgements whether two goals conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.errors import Problems
from bayes_misalign.evidence.frozen import Evidence, FloatArray, Pair, frozen_array, frozen_pairs
from bayes_misalign.evidence.judgements import Judgements
from bayes_misalign.evidence.pairs import STATED, PairNames, one_form, stated_pairs
from bayes_misalign.evidence.problem_area import ProblemArea
from bayes_misalign.evidence.tables import open_table

_EXAMPLE = '{between = ["a", "b"], yes = 7, no = 2}'


@dataclass(frozen=True, eq=False)
class JudgedConflict(Evidence):
    """How often each pair of goals was judged to conflict, and how often not.

    Parameters
    ----------
    pairs : tuple of (str, str), length P
        Pairs of categories, each in the order of the categories.
    yes, no : (P,) ndarray of float
        Number of judgements that the goals conflict, and that they do not.
    origin : str
        Where the figures come from.
    notes : tuple of str
        What a reader of a report should know about them.

    Examples
    --------
    >>> JudgedConflict((("a", "b"),), [3], [1], origin="judgements.csv").yes
    array([3.])
    """

    model: ClassVar[str] = "judged"

    pairs: tuple[Pair, ...]
    yes: FloatArray
    no: FloatArray
    origin: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Settle the fields as tuples and read-only arrays."""
        object.__setattr__(self, "pairs", frozen_pairs(self.pairs))
        object.__setattr__(self, "yes", frozen_array(self.yes))
        object.__setattr__(self, "no", frozen_array(self.no))
        object.__setattr__(self, "notes", tuple(self.notes))


@dataclass(frozen=True)
class Judged:
    """Judgements whether two goals conflict, a judgement a row or counted by pair.

    Parameters
    ----------
    data : path, data frame or mapping of columns, optional
        The table.
    pairs : mapping or list, optional
        ``{("a", "b"): (yes, no)}``, or ``[{"between": ["a", "b"], "yes": 7, "no": 2}]``.
    goal, goal_other : str
        Columns of the two goals, which may stand in either order.
    conflict : str
        Column of the judgement, one of the words in `yes` and `no`; empty if not judged.
    count : str, optional
        Column of the number of judgements that the row stands for.
    yes_count, no_count : str, optional
        Columns of the numbers of judgements of each kind, instead of `conflict`.
    yes, no : sequence of str
        Words for the two judgements, in any case.
    rater : str, optional
        Column of who judged, to make sure that nobody judged a pair twice.
    unnamed_pairs : float, optional
        Level of conflict of every pair of goals that no source names.
    encoding : str
        Encoding of a text file without a byte order mark.
    separator : str, optional
        Separator of a text file; by default a tab for .tsv and .tab, else a comma.

    Examples
    --------
    >>> area = ProblemArea("vote", ["a", "b"])
    >>> Judged(pairs={("a", "b"): (7, 2)}).read(area, Problems()).yes
    array([7.])
    """

    model: ClassVar[str] = "judged"
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    data: Any = None
    pairs: Any = None
    goal: str = "goal"
    goal_other: str = "goal_other"
    conflict: str = "conflict"
    count: str | None = None
    yes_count: str | None = None
    no_count: str | None = None
    yes: tuple[str, ...] = ("yes", "1", "true")
    no: tuple[str, ...] = ("no", "0", "false")
    rater: str | None = None
    unnamed_pairs: float | None = None
    encoding: str = "utf-8"
    separator: str | None = None

    def __post_init__(self) -> None:
        """Settle the words as tuples."""
        for name in ("yes", "no"):
            words: Any = getattr(self, name)
            object.__setattr__(self, name, (words,) if isinstance(words, str) else tuple(words))

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> JudgedConflict | None:
        """Read and count the judgements.

        Parameters
        ----------
        area : ProblemArea
            The goals.
        problems : Problems
            Where to note everything that is wrong.
        base : path, optional
            Folder that a relative path in `data` starts at; the working directory if not given.

        Returns
        -------
        JudgedConflict or None
            None if a problem was noted.

        Examples
        --------
        >>> rows = {"goal": ["a", "b"], "goal_other": ["b", "a"], "conflict": ["yes", "no"]}
        >>> judged = Judged(rows).read(ProblemArea("vote", ["a", "b"]), Problems())
        >>> judged.yes, judged.no
        (array([1.]), array([1.]))
        """
        before, names = len(problems), PairNames(area, problems)
        if not one_form({"pairs": self.pairs, "data": self.data}, self.model, problems):
            return None
        self._check(problems)
        judgements = Judgements(names, self.yes, self.no)
        origin = STATED
        if self.data is not None:
            by_pair = self.yes_count is not None
            roles = self._roles()
            table = open_table(
                self.data,
                tuple(roles.values()),
                problems,
                base=base,
                encoding=self.encoding,
                separator=self.separator,
                what="judgements",
            )
            if table is None or len(problems) > before:
                return None
            origin = table.source
            judgements.read_counts(table) if by_pair else judgements.read_rows(table, roles)
        elif self.pairs is not None:
            self._from_pairs(judgements)
        if len(problems) > before:
            return None
        pairs = names.sorted(judgements.counts)
        yes, no = ([judgements.counts[pair][kind] for pair in pairs] for kind in (0, 1))
        notes = judgements.notes(origin)
        return JudgedConflict(pairs, frozen_array(yes), frozen_array(no), origin, notes)

    def _roles(self) -> dict[str, str]:
        roles = {"goal": self.goal, "goal_other": self.goal_other}
        if self.yes_count is not None and self.no_count is not None:
            return roles | {"yes": self.yes_count, "no": self.no_count}
        roles["conflict"] = self.conflict
        for role in ("count", "rater"):
            if (column := getattr(self, role)) is not None:
                roles[role] = column
        return roles

    def _from_pairs(self, judgements: Judgements) -> None:
        names = judgements.names
        for entry in stated_pairs(self.pairs, ("yes", "no"), names.problems, _unpack, _EXAMPLE):
            judgements.add_counts(
                entry.one, entry.other, entry.values.get("yes"), entry.values.get("no"), entry.where
            )

    def _check(self, problems: Problems) -> None:
        for wrong, what, valid in (
            (
                (self.yes_count is None) != (self.no_count is None),
                "only one of yes_count and no_count is stated",
                "both, or conflict for a judgement a row",
            ),
            (
                self.count is not None and self.yes_count is not None,
                "count and yes_count are both stated",
                "count beside conflict, or yes_count beside no_count",
            ),
            (
                self.rater is not None and (self.count or self.yes_count) is not None,
                "rater is stated together with counts",
                "rater where a row is one judgement, counts where it is several",
            ),
        ):
            if wrong:
                problems.add(what, where=self.model, valid=valid)
        if both := sorted({w.casefold() for w in self.yes} & {w.casefold() for w in self.no}):
            problems.add(f"{', '.join(map(repr, both))} means both yes and no", where=self.model)


def _unpack(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, Mapping):
        return value
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2:
        return {"yes": value[0], "no": value[1]}
    return None
