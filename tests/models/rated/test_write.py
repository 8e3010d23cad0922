"""A study with ratings, written to a folder and read back."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference.simulate import simulate
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.study.write import write_study

AREA = bm.ProblemArea("plan", goals=["a", "b", "c"], no_goal=["none"])
ANSWERS = {
    "goal": ["a", "b", "c"] * 2,
    "year": ["1"] * 3 + ["2"] * 3,
    "n": [50, 30, 20, 20, 20, 20],
}
GOALS = bm.SingleChoice(ANSWERS, goal="goal", count="n", population="year")
BY_RATER = {
    "goal": ["a", "c", "a", "b"],
    "goal_other": ["b", "b", "b", "none"],
    "rating": [1, 5, 2, 3],
    "who": ["Ann", "Ann", "Bob", "Bob"],
}
BY_SIDE = {
    "goal": ["a", "b", "b", "a"],
    "goal_other": ["b", "a", "c", "b"],
    "rating": [10, 80, 60, 20],
    "n": [3, 4, 2, 1],
    "year": ["1", "1", "1", "2"],
}
WAYS: dict[str, Any] = {
    "by rater": bm.Rated(BY_RATER, scale=(1, 5), rater="who"),
    "again": bm.Rated(BY_RATER | {"who": ["Ann"] * 4}, scale=(1, 5), rater="who", repeated=True),
    "by kind": bm.Rated(
        BY_RATER | {"kind": ["model"] * 2 + ["people"] * 2},
        scale=(1, 5),
        rater="who",
        rater_kind="kind",
    ),
    "by side": bm.Rated(BY_SIDE, scale=(100, 0), directed=True, count="n", population="year"),
    "over time": bm.Rated(
        BY_SIDE,
        scale=(100, 0),
        directed=True,
        count="n",
        population="year",
        over_time="walk",
        time={"1": "2001-05", "2": "2002-05"},
    ),
}


def of(study: bm.Study) -> RatedConflict:
    (source,) = (s for s in study.conflict.sources if isinstance(s, RatedConflict))
    return source


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("simulated", [False, True])
def test_what_is_written_is_what_is_read(way: str, simulated: bool, tmp_path: Path) -> None:
    prior = {"rated": {"severity": 0.7}}
    study = bm.Study.of(AREA, GOALS, WAYS[way], conflict_prior=prior)
    study = simulate(study, 40, seed=1).study if simulated else study
    kept, again = of(study), of(bm.read_study(write_study(study, tmp_path)))
    assert again.pairs == kept.pairs
    assert again.levels == kept.levels
    assert set(again.raters) == set(kept.raters)
    assert again.populations == kept.populations
    assert (again.directed, again.repeated) == (kept.directed, kept.repeated)
    assert again.kinds == kept.kinds
    assert (again.over_time, again.time) == (kept.over_time, kept.time)

    def cells(source: RatedConflict) -> dict[Any, list[float]]:
        names = (*source.raters, "nobody")
        columns = zip(
            *(source.rater, source.pair, source.side, source.population, source.kind),
            source.counts,
            strict=True,
        )
        return {(names[r], p, s, t, k): n.tolist() for r, p, s, t, k, n in columns}

    assert cells(again) == cells(kept)
    np.testing.assert_allclose(again.raw_level, kept.raw_level)
    assert bm.read_study(tmp_path / "study.toml").conflict_priors == study.conflict_priors


@pytest.mark.parametrize("way", ["by side", "over time"])
def test_a_study_survives_a_dictionary(way: str) -> None:
    study = bm.Study.of(AREA, GOALS, WAYS[way])
    assert bm.Study.from_plain(study.to_plain()) == study
