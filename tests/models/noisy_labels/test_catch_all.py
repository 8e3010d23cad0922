"""Labels in no list, where one goal takes them all."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat

from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from bayes_misalign.reading.problem_area import ProblemArea
from tests.readers import read, refused

AREA = ProblemArea("vote", ["a", "b"], no_goal=["Unsure"], not_answers=["Refused"])
TWO = ProblemArea("vote", ["a", "b"])
# agents x1..x6 in two populations, labelled by r1 and r2
WIDE: dict[str, list[Any]] = {
    "id": ["x1", "x2", "x3", "x4", "x5", "x6"],
    "r1": ["a", "a", "Unsure", "b", "a", "Refused"],
    "r2": ["a", "b", "", "b", "a", "b"],
    "where": ["s", "s", "s", "t", "t", "t"],
    "w": [2.0, 1.0, 0.5, 1.0, 1.0, 0.0],
    "truth": ["a", "", "", "b", "", ""],
}
LONG: dict[str, list[Any]] = {
    "id": [name for name in WIDE["id"] for _ in range(2)],
    "by": ["r1", "r2"] * 6,
    "says": [label for pair in zip(WIDE["r1"], WIDE["r2"], strict=True) for label in pair],
    **{name: [v for v in WIDE[name] for _ in range(2)] for name in ("where", "w", "truth")},
}
COUNTED: dict[str, list[Any]] = {
    "r1": ["a", "b", "a", "b", "", "b"],
    "r2": ["a", "b", "b", "", "", "b"],
    "n": [3, 2, 1, 4, 1, 1],
}
SHARED = {"population": "where", "weight": "w", "gold": "truth"}


def wide(**more: Any) -> NoisyLabels:
    return NoisyLabels(WIDE, **({"raters": ("r1", "r2"), **SHARED} | more))


def long(change: dict[str, Any] | None = None, **more: Any) -> NoisyLabels:
    table = LONG | (change or {})
    return NoisyLabels(table, **({"label": "says", "agent": "id", "rater": "by", **SHARED} | more))


def rows(says: list[str], by: list[str] | None = None, **more: Any) -> NoisyLabels:
    """Labels of agents x, y, ... by one rater, or of one agent by several."""
    ids = [f"x{i}" for i in range(len(says))] if by is None else ["x"] * len(says)
    table = {"id": ids, "says": says} | ({} if by is None else {"by": by})
    extra = {} if by is None else {"rater": "by"}
    return NoisyLabels(table, label="says", agent="id", **extra, **more)


WITH_OTHER = ProblemArea("vote", ["a", "b", "Other"], not_answers=["Refused"])
WRITTEN_IN = {
    "who": ["x", "x", "y", "y", "z", "z", "z"],
    "by": ["r", "s", "r", "s", "r", "s", "true"],
    "says": ["a", "greens", "b", "Refused", "pirates", "greens", "greens"],
}


def test_labels_in_no_list_count_as_the_catch_all() -> None:
    stated = {"label": "says", "agent": "who", "rater": "by", "gold_rater": "true"}
    found = read(NoisyLabels(WRITTEN_IN, other="Other", **stated), WITH_OTHER)  # type: ignore[arg-type]
    merged = [text if text in ("a", "b", "Refused") else "Other" for text in WRITTEN_IN["says"]]
    by_hand = read(NoisyLabels({**WRITTEN_IN, "says": merged}, **stated), WITH_OTHER)  # type: ignore[arg-type]
    np.testing.assert_array_equal(found.reports, by_hand.reports)
    np.testing.assert_array_equal(found.gold, by_hand.gold)
    assert set(found.notes) - set(by_hand.notes) == {
        "3 labels in none of the lists (2 different ones) count as 'Other': 'greens', 'pirates'.",
        "One known goal in none of the lists counts as 'Other': 'greens'.",
    }


def test_agents_a_row_count_what_the_catch_all_takes() -> None:
    rows = {"r": ["a", "x", ""], "s": ["b", "a", "y"], "known": ["", "z", ""], "n": [3, 2, 4]}
    stated = {"raters": ["r", "s"], "gold": "known", "count": "n"}
    found = read(NoisyLabels(rows, other="Other", **stated), WITH_OTHER)  # type: ignore[arg-type]
    merged = {**rows, "r": ["a", "Other", ""], "s": ["b", "a", "Other"], "known": ["", "Other", ""]}
    by_hand = read(NoisyLabels(merged, **stated), WITH_OTHER)  # type: ignore[arg-type]
    np.testing.assert_array_equal(found.reports, by_hand.reports)
    np.testing.assert_array_equal(found.gold, by_hand.gold)
    assert "6 labels in none of the lists (2 different ones)" in str(found.notes)
    assert "2 known goals in none of the lists (one)" in str(found.notes)


def test_the_catch_all_takes_nothing_that_may_be_misspelt_or_missing() -> None:
    stated = {"label": "says", "agent": "who", "rater": "by", "other": "Other"}
    rows = {"who": ["x", "y", "z"], "by": ["r", "r", "r"], "says": ["A", "NA", "a, b"]}
    said = refused(NoisyLabels(rows, **stated), WITH_OTHER)  # type: ignore[arg-type]
    for text in ("'A'", "'NA'", "'a, b'"):
        assert text in said
    area = ProblemArea("vote", ["a", "b"])
    said = refused(NoisyLabels(WRITTEN_IN, **stated), area)  # type: ignore[arg-type]
    assert "other is 'Other', which is in none of the study's lists" in said
    # a label beside the goals is none of an agent whose goal is known
    stated |= {"gold": "known", "other": "Other", "other_labels": ["Other"]}
    rows = {"who": ["x", "y"], "by": ["r", "r"], "says": ["a", "c"], "known": ["a", "c"]}
    assert "column 'known': the known goal 'c' in row 2" in refused(
        NoisyLabels(rows, **stated), area
    )  # type: ignore[arg-type]


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
