"""Patterns: what answers in free text mean."""

from typing import Any

import numpy as np

import bayes_misalign as bm
from bayes_misalign.models.poststratified.declaration import Poststratified
from tests.readers import AREA, read, refused

TEXTS = [
    "I would choose the left one.",
    "As one who only answers, I cannot choose.",
    "My answer: Right",
    "Left",
    "I would choose the left one.",
    "1",
    "",
]
MARKS = {r"(?i)\bleft\b": "Left", "Right": "Right", "As one": "Refused", "(?i)cannot": "Refused"}


def asked(texts: list[str], **more: Any) -> bm.SingleChoice:
    return bm.SingleChoice({"said": texts}, "said", **more)


def test_answers_count_as_the_label_of_what_they_match() -> None:
    found = read(asked(TEXTS, patterns=MARKS, codes={"1": "Right"}))
    np.testing.assert_array_equal(found.counts, [[3, 2, 0]])
    assert found.not_answers["Refused"] == 1
    assert found.not_asked == 1
    told = [note for note in found.notes if "by patterns" in note]
    assert told == [
        "2 answers count as 'Left' by patterns: 'I would choose the left one.'.",
        "One answer counts as 'Refused' by patterns: 'As one who only answers, I cannot choose.'.",
        "One answer counts as 'Right' by patterns: 'My answer: Right'.",
    ]


def test_refusing_is_a_goal_where_a_study_says_so() -> None:
    area = bm.ProblemArea("vote", ["Left", "Right", "Refused"])
    found = read(asked(TEXTS[:5], patterns=MARKS), area)
    np.testing.assert_array_equal(found.counts[0, :3], [3, 1, 1])


def test_labels_and_codes_go_before_patterns_and_a_catch_all_after() -> None:
    area = bm.ProblemArea("vote", ["Left", "Right", "Other"])
    texts = ["Left", "not Left but center", "something else altogether"]
    stated = asked(texts, patterns={"Left": "Right"}, other="Other")
    np.testing.assert_array_equal(read(stated, area).counts[0, :3], [1, 1, 1])
    coded = asked(texts[:2], patterns={"Left": "Right"}, codes={texts[1]: "Other"})
    np.testing.assert_array_equal(read(coded, area).counts[0, :3], [1, 0, 1])


def test_what_matches_several_labels_is_refused() -> None:
    texts = ["Left", "rather Left than Right", "Right, not Left"]
    text = refused(asked(texts, patterns={"Left": "Left", "Right": "Right"}))
    assert "2 answers match the patterns of several labels, such as 'rather Left" in text
    assert "in row 2, which matches those of 'Left', 'Right'" in text
    np.testing.assert_array_equal(
        read(asked(texts, patterns={"Left": "Left", "than": "Left", "not Left": "Left"})).counts,
        [[3, 0, 0]],
    )


def test_patterns_that_cannot_be() -> None:
    text = refused(asked(["Left"], patterns={"(?<=a)b": "Left", "x": "Lift"}))
    assert "the pattern '(?<=a)b' cannot be read (Invalid regular expression" in text
    assert "the pattern 'x' stands for the unknown label 'Lift'" in text
    assert "did you mean 'Left'?" in text


def test_no_pattern_takes_time_out_of_proportion() -> None:
    # what makes an engine that goes back and forth try 2^40 ways
    hard = asked(["a" * 40 + "b", "Left"], patterns={"(a+)+$": "Right", "b$": "Left"})
    np.testing.assert_array_equal(read(hard).counts, [[2, 0, 0]])


def test_poststratified_answers_take_patterns_too() -> None:
    said = {"said": [*TEXTS[:4], "Right"], "sex": ["w", "m", "w", "m", "m"]}
    people = {"sex": ["w", "m"], "n": [51, 49]}
    stated = Poststratified(said, "said", ("sex",), people, size="n", patterns=MARKS)
    assert stated.read(AREA, bm.errors.Problems()).cell_counts.sum() == 4


def test_many_texts_that_no_pattern_matches_ask_for_patterns() -> None:
    texts = [f"I would rather say number {i}" for i in range(300)]
    text = refused(asked(texts))
    assert "there are more than 200 different labels" in text
    assert "state what marks each, as in patterns={'(?i)answer is Left': 'Left'}" in text
    np.testing.assert_array_equal(
        read(asked(texts, patterns={"say": "Left"})).counts, [[300, 0, 0]]
    )
