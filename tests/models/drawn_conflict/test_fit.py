"""Draws of conflict levels in a study: P(ma) is p'Cp of the given draws, and the report says so."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.contract.registry import conflict_model
from bayes_misalign.report.write import write_folder
from bayes_misalign.study.write import write_study

AREA = bm.ProblemArea("plan", goals=["a", "b", "c"], no_goal=["none"])
PAIRS = [("a", "b"), ("a", "c"), ("b", "c")]
LEVELS = np.random.default_rng(1).beta(4, 3, size=(4000, 3))
CONFLICT = bm.DrawnConflict(LEVELS, pairs=PAIRS)
CENSUS = {"goal": ["a", "b", "c", "none"], "n": [50, 25, 15, 10]}
GOALS = bm.SingleChoice(CENSUS, goal="goal", count="n", population_size=100)  # shares are known
PMA = 2 * LEVELS @ [0.5 * 0.25, 0.5 * 0.15, 0.25 * 0.15]


def drawn(posterior: bm.Posterior) -> Any:
    return posterior.misalignment()["all"].draws.ravel()


def test_misalignment_is_that_of_the_given_draws() -> None:
    posterior = bm.fit(AREA, GOALS, CONFLICT)
    np.testing.assert_allclose(np.sort(drawn(posterior)), np.sort(PMA), rtol=1e-12)
    level = posterior.conflict_levels()["a | c"]
    np.testing.assert_array_equal(np.sort(level.draws.ravel()), np.sort(LEVELS[:, 1]))
    assert posterior.attribution("all").conflict == pytest.approx(1)


def test_it_is_one_source_among_others() -> None:
    given = bm.DrawnConflict(LEVELS[:, :1], pairs=[("b", "a")], unnamed_pairs=0.5)
    found = drawn(bm.fit(AREA, GOALS, [given, bm.Elicited({("a", "c"): (0.2, 0.4)})]))
    assert found.mean() == pytest.approx(
        2 * (LEVELS[:, 0].mean() * 0.125 + 0.3 * 0.075 + 0.5 * 0.0375), rel=0.02
    )
    with pytest.raises(bm.DataError, match="nothing is said about the conflict of 2 pairs"):
        bm.fit(AREA, GOALS, replace(given, unnamed_pairs=None))
    with pytest.raises(bm.DataError, match="two sources name the same pair: 'a' and 'b'"):
        bm.fit(AREA, GOALS, [CONFLICT, given])


def test_a_saved_posterior_gives_its_own_levels_again(tmp_path: Path) -> None:
    first = bm.fit(AREA, GOALS, CONFLICT)
    first.save(tmp_path / "posterior.nc")
    again = bm.fit(AREA, GOALS, bm.DrawnConflict(tmp_path / "posterior.nc"))
    # what a saved result knows of agents without a goal is no draw
    assert next(s.model for s in again.study.conflict.sources if s.pairs) == "drawn-conflict"
    np.testing.assert_array_equal(np.sort(drawn(again)), np.sort(drawn(first)))


def test_a_study_file_reads_the_same(tmp_path: Path) -> None:
    parts = [
        bm.DrawnConflict(LEVELS[:50, :2], pairs=PAIRS[:2]),
        bm.DrawnConflict(LEVELS[:, 2:], pairs=[("b", "c")]),
        bm.DrawnConflict(LEVELS[:50, 2:], pairs=[("a", "none")], unnamed_pairs=0),
    ]
    study = bm.Study.of(AREA, GOALS, parts)
    write_study(study, tmp_path)
    read = bm.read_study(tmp_path / "study.toml")
    for one, other in zip(study.conflict.sources, read.conflict.sources, strict=True):
        if one.model == "drawn-conflict":
            settled = {"notes": one.notes, "origin": one.origin}
            assert replace(other, **settled) == one  # type: ignore[type-var]
        assert one.pairs == other.pairs
    assert bm.Study.from_plain(json.loads(json.dumps(study.to_plain()))) == study


def test_the_report_says_whose_draws_they_are(tmp_path: Path) -> None:
    posterior = bm.fit(AREA, GOALS, CONFLICT)
    write_folder(posterior, tmp_path / "out")
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "The draws of conflict levels come from array, 4000 of them; whether they" in text
    assert "their 4000 posterior draws were taken from array" in text
    assert "they were taken as independent of the goal shares" in text
    assert "before the data" in text  # which are about goals
    assert "conjugate" not in text


def test_a_prior_is_refused() -> None:
    with pytest.raises(bm.StudyError, match="takes no prior: that of the draws is inside them"):
        bm.fit(AREA, GOALS, CONFLICT, conflict_prior={"drawn-conflict": {"yes": 1}})


def test_nothing_is_observed_simulated_or_varied() -> None:
    model, rng = conflict_model("drawn-conflict"), np.random.default_rng(1)
    (evidence, _) = bm.Study.of(AREA, GOALS, CONFLICT).conflict.sources
    assert not model.observes(evidence)
    assert model.simulate({}, evidence, rng) is evidence
    assert dict(model.designs()) == dict(model.alternatives(None, evidence)) == {}
    assert dict(model.with_data(evidence, {})) == {}
    for way in (model.draw, model.draw_prior):
        assert way(evidence, None, 7, rng)["conflict_level"].shape == (7, 3)  # type: ignore[index]
