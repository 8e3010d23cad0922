"""Kinds of judges: how they are read, what a likelihood makes of them, and what is said of them."""

from typing import Any

import numpy as np
import pymc as pm
import pytest
from scipy.special import expit

import bayes_misalign as bm
from bayes_misalign.contract.registry import conflict_model
from bayes_misalign.models.judged import generative as judged
from bayes_misalign.models.judged.calibration import judges_by_kinds, repeated_by_kinds
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.kinds import again_by_kind, again_cells
from bayes_misalign.models.judged.results import alike_misalignment, judgement_results
from bayes_misalign.page.blocks import Paragraph
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_json import summary_of
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
from tests.models.judged.test_by_raters import evaluated
from tests.models.judged.test_results import AREA, GOALS, made_up
from tests.readers import read, refused
from tests.report.cases import section_of

ROWS = WHO | {"conflict": ["no", "yes", "yes", "yes", "no"]}
TWO_GOALS = JudgedConflict.by_raters(
    *([("a", "b")], ["r", "m", "n"], [0, 1, 2], [0, 0, 0], [1, 0, 1], [0, 1, 0]),
    kinds=["people", "models"],
    kind_of_rater=[0, 1, 1],
)
DESIGNS: dict[str, tuple[JudgedConflict, dict[str, float]]] = {
    "once": (judges_by_kinds(), {}),
    "again": (repeated_by_kinds(), {}),
    "one pair": (TWO_GOALS, {}),
    "all as severe, nobody lapses": (judges_by_kinds(), {"severity": 0, "lapse": 0}),
}
KEYS = ("latent", "kind_location", "slope", "disagreement", "kind_effect", "severity_sd")
KEYS += ("severity", "severity_shift", "lapse", "again_sd", "again")


def declared(change: Any = None, **stated: Any) -> bm.Judged:
    return bm.Judged(ROWS | (change or {}), **(STATED | stated))


def test_kinds_of_judges_are_read_the_reference_first() -> None:
    found = assert_the_reference_is_first(declared, AREA)
    np.testing.assert_array_equal(found.by_kind[0], [[0, 0, 0], [2, 1, 0]])
    np.testing.assert_array_equal(found.by_kind[1], [[1, 0, 0], [0, 0, 1]])
    turned = read(declared(agreement=True), AREA)
    np.testing.assert_array_equal(turned.by_kind, found.by_kind[::-1])


@pytest.mark.parametrize(
    ("change", "stated", "says"),
    [
        *REFUSED,
        (
            {"conflict": [None, "yes", "yes", "yes", "no"]},
            {},
            "nobody of the kind 'people' judged anything",
        ),
    ],
)
def test_kinds_that_cannot_be(change: Any, stated: Any, says: str) -> None:
    assert says in refused(declared(change, **stated), AREA)


def test_who_did_not_judge_needs_no_kind() -> None:
    idle = {
        "conflict": ["no", "yes", "", "yes", "no"],
        "kind": ["people", "model", "", *["model"] * 2],
    }
    assert read(declared(idle), AREA).judgements_by_kind.sum() == 4
    assert read(declared({"conflict": [""] * 5}), AREA).kinds == ()


def test_goals_that_other_kinds_alone_judged_are_a_caution() -> None:
    assert_goals_of_others_alone_are_a_caution(declared, AREA, "judged")


def test_evidence_that_does_not_fit_its_kinds_is_refused() -> None:
    assert_kinds_have_to_fit(read(declared(), AREA))


def log_likelihood_by_a_loop(evidence: JudgedConflict, values: dict[str, Any]) -> float:
    """Return the sum over judgements, with what each rater sees worked out by itself."""
    judged_pairs = [p for p, n in enumerate(evidence.judgements) if n]
    average = sum(float(values["latent"][p]) for p in judged_pairs) / len(judged_pairs)
    again = dict(zip(again_cells(evidence), np.atleast_1d(values.get("again", [])), strict=True))
    total = 0.0
    for cell, (rater, pair) in enumerate(zip(evidence.rater, evidence.pair, strict=True)):
        kind, saying = evidence.kind_of_rater[rater], float(values["latent"][pair])
        if kind:
            beyond, saying = saying - average, float(values["kind_location"][kind - 1])
            if "slope" in values:
                saying += values["slope"][kind - 1] * beyond + values["kind_effect"][kind - 1, pair]
        saying += values["severity"][rater] if "severity" in values else 0.0
        saying += again.get(cell, 0.0)
        lapse = values["lapse"][rater] if "lapse" in values else 0.0
        chance = lapse * 0.5 + (1 - lapse) / (1 + np.exp(-saying))
        total += evidence.cell_yes[cell] * np.log(chance)
        total += evidence.cell_no[cell] * np.log(1 - chance)
    return total


@pytest.mark.parametrize("name", DESIGNS)
def test_the_likelihood_is_that_of_a_loop_and_levels_those_of_people(name: str) -> None:
    design, stated = DESIGNS[name]
    prior, rng = judged.priors(stated), np.random.default_rng(1)
    drawn = judged.draw_prior(design, prior, 1, rng)
    evidence = judged.simulate({key: x[0] for key, x in drawn.items()}, design, rng)
    model = judged.build(evidence, prior)
    values, level, log_likelihood = evaluated(model, keys=KEYS)
    expected = log_likelihood_by_a_loop(evidence, values)
    assert float(log_likelihood) == pytest.approx(expected, rel=1e-10)
    with_data = conflict_model("judged").with_data(
        evidence, {k: v[None] for k, v in values.items()}
    )
    assert with_data["log_likelihood"][0] == pytest.approx(expected, rel=1e-10)
    # people drawn one by one from the population of which those asked are a sample
    z, v = np.random.default_rng(4).normal(size=(2, 400_000))
    own = values.get("severity_shift", 0.0) + values.get("severity_sd", np.zeros(1))[0] * z
    if again_by_kind(evidence)[0]:
        own = own + values["again_sd"][0] * v
    found = [expit(eta + own).mean() for eta in values["latent"]]
    np.testing.assert_allclose(level, found, atol=2e-3)
    # draws of the prior are variables of the model, and variables have dimensions
    dims = {v.name: v.ndim for v in [*model.deterministics, *model.free_RVs]}
    for key, x in drawn.items():
        variable = "conflict_judged" if key == "conflict_level" else f"{key}_judged"
        assert x.ndim - 1 == dims[variable], key
    for variable in [*model.free_RVs, *model.deterministics, *model.data_vars]:
        assert len(model.named_vars_to_dims.get(variable.name, ())) == variable.ndim
    assert judged.draw(evidence, prior, 2, rng) is None


@pytest.mark.slow
def test_draws_of_the_prior_have_the_law_of_the_model() -> None:
    """Sums of squares tell scales, and products how effects hang together."""
    design, prior = repeated_by_kinds(), judged.priors({"lapse": 0})
    ours = judged.draw_prior(design, prior, 40_000, np.random.default_rng(1))
    model = judged.build(design, prior)
    keys = [key for key in KEYS if f"{key}_judged" in model.named_vars]
    theirs = pm.draw([model[f"{key}_judged"] for key in keys], draws=4_000, random_seed=1)
    for key, draws in zip(keys, theirs, strict=True):
        one, other = (np.reshape(x, (len(x), -1)) for x in (ours[key], draws))
        for name, of in (("size", np.abs), ("square root of it", lambda x: np.sqrt(np.abs(x)))):
            mean, error = of(one).mean(axis=0), of(other).std(axis=0) / np.sqrt(len(other))
            gap = np.abs(of(other).mean(axis=0) - mean)
            assert (gap <= 4.5 * error + 1e-12).all(), (key, name)
    products = [
        x.reshape(len(x), -1) for x in (ours["kind_effect"], theirs[keys.index("kind_effect")])
    ]
    one, other = (np.corrcoef(np.sign(x[:, :5]).T) for x in products)
    np.testing.assert_allclose(one, other, atol=0.07)


def test_judgements_of_other_kinds_say_nothing_of_the_average_level() -> None:
    drawn = judged.draw_prior(judges_by_kinds(), judged.priors(), 20_000, np.random.default_rng(1))
    average, location = drawn["latent"].mean(axis=1), drawn["kind_location"][:, 0]
    assert abs(np.corrcoef(average, location)[0, 1]) < 0.03
    np.testing.assert_allclose(drawn["kind_effect"].mean(axis=-1), 0, atol=1e-12)
    for some in (slice(3), slice(3, 6)):  # severities sum to zero within each kind
        np.testing.assert_allclose(drawn["severity"][:, some].sum(axis=1), 0, atol=1e-9)
    # a level has the prior that it has without kinds, where the raters are as many
    alone = JudgedConflict.by_raters(
        judges_by_kinds().pairs, ["r", "s", "t"], [0, 1, 2], [0] * 3, [1] * 3, [0] * 3
    )
    other = judged.draw_prior(alone, judged.priors(), 20_000, np.random.default_rng(2))
    ends = (0.05, 0.25, 0.5, 0.75, 0.95)
    one, two = (np.quantile(x["conflict_level"][:, 0], ends) for x in (drawn, other))
    np.testing.assert_allclose(one, two, atol=0.012)


def test_more_judges_of_one_kind_are_planned_apart() -> None:
    assert_planned_apart("judged", judges_by_kinds(), "judgements")
    simulated = resized_and_simulated("judged", repeated_by_kinds(), "small models", 3)
    assert simulated.judgements_by_kind.sum(axis=1).tolist() == [12, 60, 40]


def by_kind(**prior: float) -> Study:
    return Study.of(AREA, GOALS, declared(), conflict_prior={"judged": prior})


def test_the_report_says_how_kinds_differ() -> None:
    result = made_up(by_kind())
    findings = gather(result)
    section = section_of(findings, "judgements")
    texts = " ".join(block.text for block in section.blocks if isinstance(block, Paragraph))
    assert "The level of conflict is that of raters of kind people, who gave 1 judgement." in texts
    assert "2 pairs have no judgements of that kind" in texts
    assert "Only judgements by raters of kind people count." in texts
    (source,) = summary_of(findings)["problem_areas"][0]["judgements"]["sources"]
    tables = csv_tables(findings)
    assert {"judge_kinds.csv", "levels_by_kind.csv", "judges.csv"} <= set(tables)
    assert "Ann,0,1,severity" not in tables["judges.csv"]
    (found,) = judgement_results(result)
    assert_kinds_are_reported(findings, source, found)
    (alike,) = judgement_results(made_up(by_kind(severity=0)))
    assert alike.severity is None
    assert alike.kinds is not None


def test_raters_alike_are_those_of_the_kind_that_defines_the_level() -> None:
    alike = alike_misalignment(made_up(by_kind()))
    only = {key: cells[:1] for key, cells in ROWS.items() if key != "kind"}
    people = bm.Judged(only, rater="who")
    fixed = bm.Elicited({("a", "c"): (0.05, 0.95), ("b", "c"): (0.05, 0.95)})
    other = alike_misalignment(made_up(Study.of(AREA, GOALS, [people, fixed])))
    assert alike is not None
    assert other is not None
    assert alike["all"].mean == pytest.approx(0.28, abs=0.08)


def test_sources_say_how_many_judgements_define_the_level() -> None:
    model, found = conflict_model("judged"), read(declared(), AREA)
    said = "judged: 2 yes, 1 no by 3 raters, of kind people 0 yes, 1 no (data frame)"
    assert model.source_text(found, ("a", "b")) == said
    assert model.advice(found, "them") == "have them judged by more raters of kind people"
    words = model.prior_in_brief(judged.priors(), found)
    assert words == "judged conflict levels Beta(1, 1) for the average rater of kind people"


@pytest.mark.parametrize("name", DESIGNS)
def test_the_model_of_kinds_is_described(name: str) -> None:
    design, stated = DESIGNS[name]
    said = judged.describe(design, judged.priors(stated))
    text = " ".join(said.formulas)
    assert "define the level" in said.words
    assert ("b_k (eta_ij" in text) == (name != "one pair")
    assert ("v_r,ij" in text) == design.repeated
    assert "kind 'people'" in said.rests_on[0]
