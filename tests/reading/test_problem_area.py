import dataclasses

import numpy as np
import pytest

from bayes_misalign.errors import Problems, StudyError
from bayes_misalign.reading.problem_area import ProblemArea


def check(*args: object, **kwargs: object) -> str:
    problems = Problems()
    ProblemArea("vote", *args, **kwargs).check(problems)  # type: ignore[arg-type]
    return "\n".join(map(str, problems))


def test_no_goal_comes_last_and_only_if_declared() -> None:
    assert ProblemArea("v", ["b", "a"]).categories == ("b", "a")
    area = ProblemArea("v", np.array(["b", "a"]), no_goal=["Unsure", "None of them"])  # type: ignore[arg-type]
    assert area.goals == ("b", "a")
    assert area.categories == ("b", "a", "no goal")
    assert area.has_no_goal


@pytest.mark.parametrize(
    ("label", "category"),
    [("a", "a"), ("Unsure", "no goal"), ("no goal", "no goal"), ("Refused", None), ("A", None)],
)
def test_category_of_a_label(label: str, category: str | None) -> None:
    area = ProblemArea("v", ["a"], no_goal=["Unsure"], not_answers=["Refused"])
    assert area.category_of(label) == category


def test_no_goal_is_no_category_unless_declared() -> None:
    assert ProblemArea("v", ["a"]).category_of("no goal") is None


def test_one_goal_is_enough() -> None:
    assert check(["a"]) == ""
    assert check(["a"], no_goal=["no goal"]) == ""


@pytest.mark.parametrize(
    ("args", "kwargs", "says"),
    [
        (([],), {}, "no goal is declared"),
        ((["a", "a"],), {}, "'a' is listed 2 times"),
        ((["a"],), {"not_answers": ["a"]}, "'a' is listed 2 times"),
        ((["Left", "left"],), {}, "only by case, white space or Unicode form: 'Left', 'left'"),
        ((["a"],), {"no_goal": ["a "]}, "'a', 'a '"),
        ((["caf\u00e9", "cafe\u0301"],), {}, "'caf\u00e9', 'cafe\\u0301'"),
        ((["no goal"],), {"no_goal": ["Unsure"]}, "'no goal' is the name of holding no goal"),
        ((["a"],), {"no_goal": ["u"], "not_answers": ["No Goal"]}, "'No Goal' is the name"),
        ((["a\u200b"],), {}, "invisible character \\u200b"),
        (([""],), {}, "a label is empty"),
        (([1],), {}, 'the label 1 is not text. Fix: write it between quotes, as in "1"'),
        ((["#REF!"],), {}, "error value of a spreadsheet"),
    ],
)
def test_wrong_labels_are_named(args: tuple[object], kwargs: dict[str, object], says: str) -> None:
    assert says in check(*args, **kwargs)


def test_all_problems_are_found_in_one_pass() -> None:
    assert len(check(["a", "a", "", "B", "b"]).splitlines()) == 3


def test_a_single_text_is_no_list_of_labels() -> None:
    with pytest.raises(StudyError, match="not the single text 'Left'"):
        ProblemArea("vote", "Left")  # type: ignore[arg-type]


def test_it_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ProblemArea("vote", ["a"]).name = "other"  # type: ignore[misc,arg-type]
