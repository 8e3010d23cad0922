from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.models.elicited.declaration import Elicited
from bayes_misalign.models.fixed.declaration import Fixed, FixedConflict
from bayes_misalign.models.judged.declaration import Judged
from bayes_misalign.models.mutually_exclusive.declaration import MutuallyExclusive
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.conflict_sources import BY_DEFAULT, WITHOUT_GOAL, read_conflict

AREA = ProblemArea("area", ["a", "b", "c"], no_goal=["Unsure"])


def together(*declarations: Any, area: ProblemArea = AREA) -> ConflictEvidence:
    problems = Problems()
    evidence = read_conflict(declarations, area, problems)
    assert [str(problem) for problem in problems] == []
    assert evidence is not None
    return evidence


def refused(*declarations: Any, area: ProblemArea = AREA, base: Path | None = None) -> str:
    problems = Problems()
    assert read_conflict(declarations, area, problems, base) is None
    return "\n".join(map(str, problems))


def test_exclusive_goals_and_nothing_about_holding_none() -> None:
    evidence = together(MutuallyExclusive())
    assert [source.model for source in evidence.sources] == ["mutually-exclusive", "fixed"]
    goals, none = evidence.sources
    assert isinstance(goals, FixedConflict)
    assert isinstance(none, FixedConflict)
    assert goals.pairs == (("a", "b"), ("a", "c"), ("b", "c"))
    np.testing.assert_array_equal(goals.conflict, [1, 1, 1])
    assert none.origin == WITHOUT_GOAL
    assert none.pairs == (("a", "no goal"), ("b", "no goal"), ("c", "no goal"))
    np.testing.assert_array_equal(none.conflict, [0, 0, 0])


def test_each_pair_has_its_own_source() -> None:
    evidence = together(
        Fixed({("a", "b"): 0.5, ("a", "Unsure"): 0.1}, unnamed_pairs=0.3),
        Judged(pairs={("c", "a"): (3, 1)}),
    )
    assert evidence.source_of("b", "a").model == "fixed"
    assert evidence.source_of("a", "c").model == "judged"
    assert evidence.source_of("c", "b").origin == BY_DEFAULT
    assert evidence.source_of("a", "no goal").origin == "stated in the study"
    assert evidence.source_of("no goal", "b").origin == WITHOUT_GOAL
    default = evidence.source_of("b", "c")
    assert isinstance(default, FixedConflict)
    np.testing.assert_array_equal(default.conflict, [0.3])
    with pytest.raises(KeyError):
        evidence.source_of("a", "a")


def test_notes_of_all_sources_are_kept() -> None:
    evidence = together(Judged(pairs={("a", "b"): (0, 0)}, unnamed_pairs=0))
    assert len(evidence.notes) == 1


def test_one_goal_has_no_pairs() -> None:
    assert together(MutuallyExclusive(), area=ProblemArea("v", ["a"])).sources == ()
    assert together(area=ProblemArea("v", ["a"])).pairs == ()


def test_missing_pairs_are_listed_and_never_zero() -> None:
    text = refused(Fixed({("a", "b"): 0.5}))
    assert (
        "nothing is said about the conflict of 2 pairs of goals: 'a' and 'c'; 'b' and 'c'" in text
    )
    assert "unnamed_pairs=0.5" in text
    assert "3 pairs of goals" in refused()
    many = ProblemArea("v", [f"g{i}" for i in range(20)])
    assert "of 190 pairs" in (text := refused(area=many))
    assert "and 178 more" in text


def test_two_sources_for_one_pair_name_each_other() -> None:
    text = refused(MutuallyExclusive(), Elicited({("b", "a"): (0.2, 0.4)}))
    assert "two sources name the same pair: 'a' and 'b'" in text
    assert "source 1 (mutually-exclusive, mutually exclusive goals)" in text
    assert "source 2 (elicited, stated in the study)" in text


@pytest.mark.parametrize(
    ("levels", "says"),
    [
        ((0.2, 0.3), "unnamed_pairs is stated differently: 0.2"),
        ((2, None), "fixed, unnamed_pairs: the conflict is outside [0, 1]: 2"),
        ((float("nan"), None), "the conflict is not a number"),
    ],
)
def test_one_default_for_all(levels: tuple[Any, Any], says: str) -> None:
    fixed, judged = (Fixed(unnamed_pairs=levels[0]), Judged(unnamed_pairs=levels[1]))
    assert says in refused(fixed, judged)


def test_the_same_default_may_be_stated_twice() -> None:
    assert len(together(Fixed(unnamed_pairs=0.2), Judged(unnamed_pairs=0.2)).sources) == 2


def test_problems_of_all_sources_come_in_one_pass(tmp_path: Path) -> None:
    (tmp_path / "j.csv").write_text("goal,goal_other,conflict\na,b,perhaps\n")
    text = refused(
        Judged("j.csv"), Fixed({("a", "c"): 2}), Elicited({("b", "c"): (0, 1)}), base=tmp_path
    )
    assert [line.split(":")[0] for line in text.splitlines()] == [
        "j.csv, row 2, column 'conflict'",
        "pairs, 'a' and 'c'",
        "pairs, 'b' and 'c'",
    ]


@pytest.mark.parametrize("pairs", [(), (("a", "b"), ("a", "b"))], ids=["none", "twice"])
def test_evidence_cannot_be_incomplete(pairs: Any) -> None:
    source = FixedConflict(pairs, np.ones(len(pairs)), "test")
    with pytest.raises(ValueError, match="exactly one source"):
        ConflictEvidence(("a", "b"), (source,))
