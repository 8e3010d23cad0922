"""Labels of the same agents in three forms, and studies of them."""

from typing import Any

from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from bayes_misalign.reading.problem_area import ProblemArea

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
