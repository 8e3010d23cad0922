"""Kinds of raters: how they are read, what a likelihood makes of them, and what is said of them."""

from typing import Any

import numpy as np
import pytest
from scipy.special import expit

import bayes_misalign as bm
from bayes_misalign.contract.registry import conflict_model
from bayes_misalign.families.raters.kind_effects import GOAL_PART, own_effects
from bayes_misalign.families.raters.round_robin import incidence
from bayes_misalign.inference.sampled import settings_asked_for
from bayes_misalign.models.rated import generative as rated
from bayes_misalign.models.rated.calibration import ratings_by_kinds, repeated_by_kinds
from bayes_misalign.models.rated.generative_cells import RatedCells
from bayes_misalign.models.rated.kinds import of_reference
from bayes_misalign.models.rated.results import rating_results
from bayes_misalign.page.blocks import Paragraph
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.study.study import Study
from tests.kinds_of_raters import (
    REFUSED,
    STATED,
    WHO,
    assert_goals_of_others_alone_are_a_caution,
    assert_kinds_are_reported,
    assert_kinds_have_to_fit,
    assert_planned_apart,
    assert_the_reference_is_first,
    resized_and_simulated,
)
from tests.models.rated.test_generative import one_draw
from tests.models.rated.test_results import AREA, made_up, ratings_of
from tests.readers import read, refused
from tests.report.cases import section_of

ROWS = WHO | {"rating": [1, 3, 5, 5, 4]}
PEOPLE = {"kind": ["people", "model", "model", "model", "people"]}
DESIGNS = {"once": ratings_by_kinds(), "again": repeated_by_kinds()}


def declared(change: Any = None, **stated: Any) -> bm.Rated:
    return bm.Rated(ROWS | (change or {}), **({"scale": (1, 5)} | STATED | stated))


def test_kinds_of_raters_are_read_the_reference_first() -> None:
    found = assert_the_reference_is_first(declared, AREA)
    np.testing.assert_array_equal(found.ratings_by_kind, [[1, 0, 0], [2, 1, 1]])
    # the raw mean is that of the kind that defines the level
    np.testing.assert_array_equal(found.raw_level, [[0, np.nan, np.nan]])


def test_a_kind_named_human_is_the_reference_too() -> None:
    turned = declared({"kind": ["Human", "AI", "AI", "AI", "AI"]})
    assert read(turned, AREA).kinds == ("Human", "AI")


@pytest.mark.parametrize(
    ("change", "stated", "says"),
    [
        *REFUSED,
        ({}, {"population": "kind"}, "rater_kind and population are both stated"),
        ({}, {"directed": True}, "rater_kind and directed are both stated"),
        ({"rating": [None, 3, 5, 5, 4]}, {}, "nobody of the kind 'people' rated anything"),
        ({"kind": [""] * 5}, {}, "the rater kind is empty"),
    ],
)
def test_kinds_that_cannot_be(change: Any, stated: Any, says: str) -> None:
    assert says in refused(declared(change, **stated), AREA)


def test_kinds_of_whom_nobody_rated_are_none() -> None:
    assert read(declared({"rating": [None] * 5}), AREA).kinds == ()
    idle = declared(
        {"rating": [1, 3, 5, None, None], "kind": ["people", "model", "model"] + ["x"] * 2}
    )
    assert read(idle, AREA).kinds == ("people", "model", "x")


def test_goals_that_other_kinds_alone_rated_are_a_caution() -> None:
    assert_goals_of_others_alone_are_a_caution(declared, AREA, "rated")
    assert not read(
        declared({"who": ["Ann", "gpt", "gpt", "llama", "Ann"]} | PEOPLE), AREA
    ).cautions


def test_evidence_that_does_not_fit_its_kinds_is_refused() -> None:
    assert_kinds_have_to_fit(read(declared(), AREA))


@pytest.mark.parametrize("name", DESIGNS)
def test_the_likelihood_is_that_of_a_loop_over_ratings(name: str) -> None:
    """Another formula: a logistic variate around what a rater sees, whose scale is the noise."""
    design = DESIGNS[name]
    truth = one_draw(design, seed=4)
    evidence = rated.simulate(truth, design, np.random.default_rng(5))
    cuts = np.concatenate([[0.0], np.cumsum(truth["gap"])])
    middle = (cuts[(len(cuts) - 1) // 2] + cuts[len(cuts) // 2]) / 2
    cells, total = RatedCells(evidence, rated.priors()), 0.0
    theta = rated._latent(cells, {k: np.asarray(v)[None] for k, v in truth.items()})[0, 0, :, 0]
    again = dict(zip(cells.again_cells, np.atleast_1d(truth.get("again", [])), strict=True))
    for n, counts in enumerate(evidence.counts):
        rater, pair = evidence.rater[n], evidence.pair[n]
        kind = evidence.kind_of_rater[rater]
        seen, noise = theta[pair], 1.0
        if kind:
            seen = truth["kind_location"][kind - 1] + truth["kind_effect"][kind - 1, pair]
            seen += truth["slope"][kind - 1] * (theta[pair] - truth["location"])
            noise = np.exp(truth["noise"][kind - 1])
        seen += truth["severity"][rater] + again.get(n, 0.0)
        points = (cuts - middle) * np.exp(-truth["width"][rater])
        chance = np.diff([0.0, *expit((points - seen) / noise), 1.0])
        total += float(counts @ np.log(np.maximum(chance, 1e-300)))
    # the PyMC model has this one, as test_generative shows
    found = conflict_model("rated").with_data(evidence, {k: v[None] for k, v in truth.items()})
    assert found["log_likelihood"][0] == pytest.approx(total, rel=1e-9)


def test_ratings_of_other_kinds_say_nothing_of_the_average_level() -> None:
    """The prior of what another kind gives on average does not go with that of the level."""
    drawn = rated.draw_prior(ratings_by_kinds(), rated.priors(), 20_000, np.random.default_rng(1))
    assert abs(np.corrcoef(drawn["location"], drawn["kind_location"][:, 0])[0, 1]) < 0.03
    one = {key: x[:200] for key, x in drawn.items()}
    cells = RatedCells(ratings_by_kinds(), rated.priors())
    reference = of_reference(cells, one)
    np.testing.assert_array_equal(reference["severity_sd"], one["severity_sd"][:, 0])
    # severities and widths of every kind sum to zero
    for key in ("severity", "width"):
        np.testing.assert_allclose(one[key][:, :3].sum(axis=1), 0, atol=1e-9)
        np.testing.assert_allclose(one[key][:, 3:].sum(axis=1), 0, atol=1e-9)


@pytest.mark.parametrize("members", [3, 4, 6])
def test_half_of_what_a_kind_sees_in_a_pair_comes_from_its_goals(members: int) -> None:
    belongs = incidence(members)
    pairs = len(belongs)
    apart = own_effects(2.0, GOAL_PART, np.zeros((pairs, members)), np.eye(pairs), members)
    centred = np.eye(members) - 1 / members
    of_goals = own_effects(2.0, GOAL_PART, centred, np.zeros((members, pairs)), members)
    found = apart.T @ apart + of_goals.T @ of_goals
    # effects of both goals, a quarter of the variance each, and of the pair, less their mean
    less = np.eye(pairs) - 1 / pairs
    stated = 4 * (0.25 * belongs @ belongs.T + 0.5 * np.eye(pairs))
    np.testing.assert_allclose(found, less @ stated @ less, atol=1e-12)


def test_more_raters_of_one_kind_are_planned_apart() -> None:
    assert_planned_apart("rated", ratings_by_kinds(), "ratings")
    simulated = resized_and_simulated("rated", repeated_by_kinds(), "small models", 3)
    assert simulated.ratings_by_kind.sum(axis=1).tolist() == [6, 36, 24]


def by_kind() -> Study:
    goals = bm.SingleChoice({"goal": ["a", "b", "c"], "n": [5, 3, 2]}, goal="goal", count="n")
    return Study.of(AREA, goals, declared())


def test_kinds_are_sampled_in_smaller_steps() -> None:
    study = by_kind()
    assert settings_asked_for(study.fitting, study.conflict.sources).target_accept == 0.99
    stated = study.with_fitting(target_accept=0.85)
    assert settings_asked_for(stated.fitting, study.conflict.sources).target_accept == 0.85
    model = conflict_model("rated")
    assert model.target_accept(read(declared(rater_kind=None), AREA)) == 0.98
    assert conflict_model("judged").target_accept(None) == 0.0  # the usual one will do


def test_the_report_says_how_kinds_differ() -> None:
    findings = gather(made_up(by_kind()))
    section = section_of(findings, "ratings")
    texts = " ".join(block.text for block in section.blocks if isinstance(block, Paragraph))
    assert "The level of conflict is that of raters of kind people, who gave 1 rating." in texts
    assert "2 pairs have no ratings of that kind" in texts
    (source,) = ratings_of(findings)["sources"]
    assert {"rater_kinds.csv", "levels_by_kind.csv", "severity.csv"} <= set(csv_tables(findings))
    (found,) = rating_results(made_up(by_kind()))
    assert_kinds_are_reported(findings, source, found)


def test_sources_say_how_many_ratings_define_the_level() -> None:
    model, found = conflict_model("rated"), read(declared(), AREA)
    assert model.source_text(found, ("a", "b")).startswith("rated: 3 ratings, 1 by people")
    assert model.advice(found, "them") == "have them rated by more raters of kind people"
