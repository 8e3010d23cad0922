"""What positions say beside the levels: from exact posteriors, a made-up one, and one real fit."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.contract.matrices import assemble
from bayes_misalign.inference import draw_blocks as blocks
from bayes_misalign.inference import groups as tree
from bayes_misalign.models.spatial import generative as spatial
from bayes_misalign.models.spatial.results import spatial_results
from bayes_misalign.page.blocks import Grid, Paragraph
from bayes_misalign.report.figures.draw import draw_figures
from bayes_misalign.report.findings import Findings, gather
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_json import summary_of
from bayes_misalign.report.render_terminal import as_text
from tests.report.cases import section_of

AREA = bm.ProblemArea("plan", goals=["a", "b", "c"])
GOALS = bm.SingleChoice({"goal": ["a", "b", "c"], "n": [5, 3, 2]}, goal="goal", count="n")
ROWS = {
    "goal": ["a", "a", "b", "b", "c", "c"],
    "scale": ["x", "y"] * 3,
    "position": [1, 90, 3, 40, 5, 10],
    "se": [0.5, 5, 0.5, 8, 1, 5],
}
PEOPLE = {"goal": ["a", "a", "b", "c"], "position": [1, 2, 3, 5]}
RATINGS = {"goal": ["a", "b"], "goal_other": ["b", "c"], "rating": [2, 5]}
ENDS = {"x": (1, 5), "y": (100, 0)}


def area_of(findings: Findings) -> dict[str, Any]:
    """Return what the JSON says of the only problem area."""
    return dict(json.loads(json.dumps(summary_of(findings)))["problem_areas"][0])


def fitted(declared: Any, **more: Any) -> bm.Posterior:
    return bm.fit(AREA, GOALS, declared, random_seed=1, **more)


@pytest.fixture(scope="module")
def two_scales() -> bm.Posterior:
    return fitted(bm.Spatial(ROWS, dimension="scale", ends=ENDS, error="se"))


@pytest.fixture(scope="module")
def rated() -> Posterior:
    """Return a result with ratings whose draws are those of the prior."""
    declared = bm.Spatial(PEOPLE, ends=(0, 10), ratings=RATINGS, rating_scale=(1, 5))
    study = bm.Study.of(AREA, GOALS, declared).with_fitting(draws=50)
    source: Any = study.conflict.sources[0]
    total, chains = 200, study.fitting.chains
    drawn = spatial.draw_prior(source, spatial.priors(), total, np.random.default_rng(1))
    goals = blocks.draw_goals(study, total)
    assert goals is not None
    matrix = assemble(study.goals.categories, [(source.pairs, drawn["conflict_level"])])
    shares = goals["proportion"]
    found = {
        "proportion": (("population", "goal"), shares),
        "misalignment": (("population",), np.einsum("dsi,dij,dsj->ds", shares, matrix, shares)),
        "conflict": (("goal", "goal_other"), matrix),
        "position_spatial": (("goal_spatial", "dimension_spatial"), drawn["position"]),
        "noise_spatial": (("dimension_spatial",), drawn["noise"]),
        "length_spatial": ((), drawn["length"]),
        "precision_spatial": ((), drawn["precision"]),
    }
    posterior = {
        name: ((*tree.SAMPLE_DIMS, *dims), values.reshape(chains, -1, *values.shape[1:]))
        for name, (dims, values) in found.items()
    }
    diagnosis = {"state": "ok", "method": "nuts", "reasons": [], "figures": {}}
    metadata = {"study": study.to_plain(), "diagnosis": diagnosis}
    groups = {tree.POSTERIOR: posterior, tree.PRIOR: posterior}
    return Posterior(
        tree.Groups(
            groups, {"population": ("all",), "goal": AREA.categories}, {**metadata, "schema": 1}
        )
    )


def test_positions_are_in_the_units_of_their_scale(two_scales: bm.Posterior) -> None:
    (found,) = spatial_results(two_scales)
    assert list(found.positions) == ["x", "y"]
    x, y = found.positions["x"], found.positions["y"]
    assert x["b"].mean == pytest.approx(3, abs=0.05)
    assert y["a"].mean == pytest.approx(90, abs=1)  # from 100 down to 0
    # an error of 0.125 and a prior sd of 0.5, both in units of the scale
    assert x["a"].sd == pytest.approx(4 * 0.125 / np.sqrt(1 + 0.125**2 / 0.25), rel=0.05)
    assert found.length is not None
    assert found.length.median == pytest.approx(0.667, rel=0.05)
    assert found.noise == {}
    assert found.precision is None


def test_levels_rest_on_the_positions_that_are_kept(two_scales: bm.Posterior) -> None:
    (found,) = spatial_results(two_scales)
    a, c = (np.stack([found.positions[d][goal].draws.ravel() for d in ENDS]) for goal in ("a", "c"))
    width = np.array([[4.0], [100.0]])
    square = (((a - c) / width) ** 2).mean(axis=0)
    assert found.length is not None
    level = 1 - np.exp(-square / found.length.draws.ravel() ** 2)
    np.testing.assert_allclose(two_scales.conflict()[:, 0, 2], level)
    tree_of = two_scales.tree["posterior"]
    assert tree_of["position_spatial"].dims[2:] == ("goal_spatial", "dimension_spatial")
    assert list(tree_of["goal_spatial"].values) == ["a", "b", "c"]


def test_a_saved_posterior_keeps_the_positions(two_scales: bm.Posterior, tmp_path: Any) -> None:
    again = bm.load(two_scales.save(tmp_path / "posterior.nc"))
    (found,), (kept,) = spatial_results(again), spatial_results(two_scales)
    assert found.positions["y"]["b"].mean == kept.positions["y"]["b"].mean
    assert as_text(again) == as_text(two_scales)


def test_the_report_says_that_the_length_is_the_prior(two_scales: bm.Posterior) -> None:
    findings = gather(two_scales)
    made = section_of(findings, "positions")
    texts = " ".join(block.text for block in made.blocks if isinstance(block, Paragraph))
    assert "3 goals were placed on 2 scales (data frame), with stated errors" in texts
    assert "No pair was rated, so this is the prior of the length" in texts
    grids = {block.caption: block for block in made.blocks if isinstance(block, Grid)}
    (grid,) = (grid for caption, grid in grids.items() if caption.startswith("Positions"))
    assert [row[:2] for row in grid.rows][:2] == [["x", "a"], ["x", "b"]]
    assert "this is the prior" in " ".join(as_text(two_scales).split())
    plain = area_of(findings)["positions"][0]
    assert plain["dimensions"][1]["ends"] == [100, 0]
    assert plain["length"]["median"] == pytest.approx(0.667, rel=0.05)
    lines = csv_tables(findings)["positions.csv"].splitlines()
    assert lines[0].startswith("source,quantity,dimension,goal,mean")
    assert [line.split(",")[1] for line in lines[1:]] == ["position"] * 6 + ["length"]
    tried = two_scales.sensitivity()
    halved = tried["median of the length of conflict halved"]["all"].mean
    assert halved > two_scales.misalignment()["all"].mean


def test_the_report_names_the_ratings_that_taught_the_length(rated: Posterior) -> None:
    findings = gather(rated)
    made = section_of(findings, "positions")
    texts = " ".join(block.text for block in made.blocks if isinstance(block, Paragraph))
    assert "4 placements; their error is learnt" in texts
    assert "learnt from 2 ratings of 2 pairs (data frame)" in texts
    grids = {block.caption: block for block in made.blocks if isinstance(block, Grid)}
    assert grids["Ratings that the length was learnt from"].rows[0] == ["a", "b", "1", "0.25"]
    assert "How much single placements of a goal scatter" in grids
    plain = area_of(findings)["positions"][0]
    assert plain["ratings"] == [
        {"goals": ["a", "b"], "ratings": 1.0},
        {"goals": ["b", "c"], "ratings": 1.0},
    ]
    assert plain["precision"]["mean"] > 0
    levels = {tuple(row["goals"]): row["source"] for row in area_of(findings)["conflict"]}
    assert levels["a", "b"] == "data frame"


def test_withheld_results_keep_back_positions(rated: Posterior) -> None:
    metadata = dict(rated.groups.metadata)
    metadata["diagnosis"] = {**metadata["diagnosis"], "state": "not_converged"}
    findings = gather(Posterior(replace(rated.groups, metadata=metadata)))
    assert "positions" not in draw_figures(findings)
    plain = area_of(findings)["positions"][0]
    assert plain["length"]["mean"] is None
    assert plain["dimensions"][0]["positions"]["a"]["mean"] is None


def test_two_scales_are_a_map_and_others_rows(two_scales: bm.Posterior, rated: Posterior) -> None:
    drawn, rows = (draw_figures(gather(result))["positions"] for result in (two_scales, rated))
    assert "which cross at the mean" in drawn.caption
    assert ">x</text>" in drawn.svg
    assert "position, a" in rows.alt


def test_goals_that_were_not_placed_have_no_positions() -> None:
    posterior = fitted(bm.MutuallyExclusive())
    assert spatial_results(posterior) == ()
    assert gather(posterior).of_models == {}
    assert "positions" not in area_of(gather(posterior))


def test_known_positions_and_length_are_constants() -> None:
    rows = {"goal": ["a", "b", "c"], "position": [0, 5, 10]}
    known = fitted(bm.Spatial(rows, ends=(0, 10), error=0))
    assert known.conflict().shape[0] > 1  # the length is uncertain
    known = fitted(bm.Spatial(rows, ends=(0, 10), error=0, length=0.5))
    levels = known.conflict_levels()
    assert levels["a | b"].sd == 0
    assert levels["a | b"].mean == pytest.approx(1 - np.exp(-1))
    assert "is taken as known, 0.5" in " ".join(as_text(known).split())


@pytest.mark.slow
def test_ratings_teach_the_length() -> None:
    ratings = {
        "goal": ["a", "a"] * 20,
        "goal_other": ["b", "c"] * 20,
        "rating": [3, 5] * 20,  # a level of one half at a distance of 0.15
    }
    placed = {"goal": ["a", "b", "c"], "position": [1, 2.5, 5], "se": [0.01, 0.01, 0.01]}
    posterior = fitted(
        bm.Spatial(placed, ends=(0, 10), error="se", ratings=ratings, rating_scale=(1, 5))
    )
    assert posterior.diagnosis.trustworthy
    assert posterior.diagnosis.figures["divergences"] == 0
    (found,) = spatial_results(posterior)
    assert found.length is not None
    low, high = found.length.interval
    assert low < 0.15 / np.sqrt(np.log(2)) < high
    assert high - low < 0.1


@pytest.mark.slow
def test_nuts_on_the_whole_study_agrees_with_exact_draws(two_scales: bm.Posterior) -> None:
    found = bm.fit(two_scales.study.with_fitting(method="nuts"))
    assert found.diagnosis.trustworthy
    one, other = (posterior.misalignment()["all"] for posterior in (found, two_scales))
    assert one.mean == pytest.approx(other.mean, abs=4.5 * np.hypot(one.mcse, other.mcse))
    (sampled,), (exact,) = spatial_results(found), spatial_results(two_scales)
    for dimension, positions_of in exact.positions.items():
        for goal, estimate in positions_of.items():
            again = sampled.positions[dimension][goal]
            error = 4.5 * np.hypot(estimate.mcse, again.mcse)
            assert again.mean == pytest.approx(estimate.mean, abs=error)


@pytest.mark.slow
def test_exact_positions_stand_beside_goals_that_are_sampled() -> None:
    labels = {
        "id": [i for i in range(40) for _ in range(3)],
        "who": ["r", "s", "t"] * 40,
        "label": ["a", "a", "a", "b", "b", "b", "c", "c", "a", "a", "b", "b"] * 10,
    }
    goals = bm.NoisyLabels(labels, agent="id", rater="who", label="label")
    placed = bm.Spatial(ROWS, dimension="scale", ends=ENDS, error="se")
    posterior = bm.fit(AREA, goals, placed, random_seed=1)
    assert posterior.diagnosis.method == "nuts"
    (found,) = spatial_results(posterior)
    draws = found.positions["x"]["a"].draws
    assert draws.shape == posterior.tree["posterior"]["misalignment"].shape[:2]
    assert found.positions["x"]["b"].mean == pytest.approx(3, abs=0.05)
