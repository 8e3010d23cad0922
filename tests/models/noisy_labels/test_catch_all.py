"""Labels in no list, where one goal takes them all."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat

from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from bayes_misalign.reading.problem_area import ProblemArea
from tests.readers import read, refused

WITH_OTHER = ProblemArea("vote", ["a", "b", "Other"], not_answers=["Refused"])
WRITTEN_IN = {
    "who": ["x", "x", "y", "y", "z", "z", "z"],
    "by": ["r", "s", "r", "s", "r", "s", "true"],
    "says": ["a", "greens", "b", "Refused", "pirates", "greens", "greens"],
}


def test_labels_in_no_list_count_as_the_catch_all() -> None:
    stated: dict[str, Any] = {"label": "says", "agent": "who", "rater": "by", "gold_rater": "true"}
    found = read(NoisyLabels(WRITTEN_IN, other="Other", **stated), WITH_OTHER)
    merged = [text if text in ("a", "b", "Refused") else "Other" for text in WRITTEN_IN["says"]]
    by_hand = read(NoisyLabels({**WRITTEN_IN, "says": merged}, **stated), WITH_OTHER)
    np.testing.assert_array_equal(found.reports, by_hand.reports)
    np.testing.assert_array_equal(found.gold, by_hand.gold)
    assert set(found.notes) - set(by_hand.notes) == {
        "3 labels in none of the lists (2 different ones) count as 'Other': 'greens', 'pirates'.",
        "One known goal in none of the lists counts as 'Other': 'greens'.",
    }


def test_agents_a_row_count_what_the_catch_all_takes() -> None:
    rows = {"r": ["a", "x", ""], "s": ["b", "a", "y"], "known": ["", "z", ""], "n": [3, 2, 4]}
    stated: dict[str, Any] = {"raters": ["r", "s"], "gold": "known", "count": "n"}
    found = read(NoisyLabels(rows, other="Other", **stated), WITH_OTHER)
    merged = {**rows, "r": ["a", "Other", ""], "s": ["b", "a", "Other"], "known": ["", "Other", ""]}
    by_hand = read(NoisyLabels(merged, **stated), WITH_OTHER)
    np.testing.assert_array_equal(found.reports, by_hand.reports)
    np.testing.assert_array_equal(found.gold, by_hand.gold)
    assert "6 labels in none of the lists (2 different ones)" in str(found.notes)
    assert "2 known goals in none of the lists (one)" in str(found.notes)


def test_the_catch_all_takes_nothing_that_may_be_misspelt_or_missing() -> None:
    stated: dict[str, Any] = {"label": "says", "agent": "who", "rater": "by", "other": "Other"}
    rows = {"who": ["x", "y", "z"], "by": ["r", "r", "r"], "says": ["A", "NA", "a, b"]}
    said = refused(NoisyLabels(rows, **stated), WITH_OTHER)
    for text in ("'A'", "'NA'", "'a, b'"):
        assert text in said
    area = ProblemArea("vote", ["a", "b"])
    said = refused(NoisyLabels(WRITTEN_IN, **stated), area)
    assert "other is 'Other', which is in none of the study's lists" in said
    # a label beside the goals is none of an agent whose goal is known
    stated |= {"gold": "known", "other": "Other", "other_labels": ["Other"]}
    rows = {"who": ["x", "y"], "by": ["r", "r"], "says": ["a", "c"], "known": ["a", "c"]}
    assert "column 'known': the known goal 'c' in row 2" in refused(
        NoisyLabels(rows, **stated), area
    )


def test_the_catch_all_takes_nothing_that_a_file_declares_missing(tmp_path: Path) -> None:
    frame = pd.DataFrame({"r": [1.0, 2.0, 9.0, 7.0], "s": [1.0, 2.0, 2.0, 9.0]})
    meaning = {1: "a", 2: "b", 7: "greens", 9: "No code"}
    labels = {"r": meaning, "s": meaning}
    missing = {"r": [9], "s": [9]}
    pyreadstat.write_sav(
        frame, tmp_path / "a.sav", variable_value_labels=labels, missing_ranges=missing
    )
    declared = NoisyLabels(tmp_path / "a.sav", raters=["r", "s"], other="Other")
    found = read(declared, WITH_OTHER)
    assert found.reports_of_raters.sum(axis=1).tolist() == [3, 3]
    assert "One label in none of the lists counts as 'Other': 'greens'." in found.notes
