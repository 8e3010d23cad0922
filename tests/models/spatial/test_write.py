"""A study with positions, written to a folder and read back."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference.simulate import simulate
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.study.write import write_study

AREA = bm.ProblemArea("plan", goals=["a", "b", "c", "d"], no_goal=["none"])
GOALS = bm.SingleChoice({"goal": ["a", "b", "c", "d"], "n": [5, 4, 3, 2]}, goal="goal", count="n")
ROWS = {
    "goal": ["a", "a", "b", "b", "c", "c"],
    "scale": ["x", "y"] * 3,
    "position": [1, 90, 3, 40, 5, 10],
    "se": [0.5, 5, 0.5, 8, 1, 5],
}
PEOPLE = {"goal": ["a", "a", "b", "c"], "position": [1, 2, 3, 5]}
RATINGS = {"goal": ["a", "b"], "goal_other": ["b", "c"], "rating": [2, 5]}
ENDS = {"x": (1, 5), "y": (100, 0)}
STATED: Any = {"dimension": "scale", "ends": ENDS}
WAYS: dict[str, Any] = {
    "known error": bm.Spatial(ROWS, error="se", weights={"x": 2, "y": 1}, **STATED),
    "exact": bm.Spatial(ROWS, error=0, length=0.4, form="linear", **STATED),
    "learnt": bm.Spatial(PEOPLE, ends=(0, 10), ratings=RATINGS, rating_scale=(1, 5)),
}
REST = bm.Fixed({("a", "d"): 1, ("b", "d"): 1, ("c", "d"): 0.5})


def of(study: bm.Study) -> SpatialConflict:
    (source,) = (s for s in study.conflict.sources if isinstance(s, SpatialConflict))
    return source


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("simulated", [False, True])
def test_what_is_written_is_what_is_read(way: str, simulated: bool, tmp_path: Path) -> None:
    prior = {"spatial": {"length": 0.4}}
    study = bm.Study.of(AREA, GOALS, [WAYS[way], REST], conflict_prior=prior)
    study = simulate(study, 40, seed=1).study if simulated else study
    kept, again = of(study), of(bm.read_study(write_study(study, tmp_path)))
    for name in ("pairs", "goals", "dimensions", "form", "length", "levels"):
        assert getattr(again, name) == getattr(kept, name)
    for name in ("ends", "weights", "number", "mean", "square", "error", "rated", "counts"):
        np.testing.assert_allclose(getattr(again, name), getattr(kept, name), rtol=1e-9, atol=1e-12)
    assert bm.read_study(tmp_path / "study.toml").conflict_priors == study.conflict_priors


@pytest.mark.parametrize("way", WAYS)
def test_a_study_survives_a_dictionary(way: str) -> None:
    study = bm.Study.of(AREA, GOALS, [WAYS[way], REST])
    assert bm.Study.from_plain(study.to_plain()) == study
