"""What models of raters have to do where raters are of several kinds, whatever they say."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.registry import conflict_model
from bayes_misalign.inference.calibrate import calibrate
from bayes_misalign.inference.calibrate_sampled import SampledPosterior
from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.inference.uniformity import ALPHA
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.study.options import Fitting
from bayes_misalign.study.stored import from_plain, to_plain
from models import checked
from tests.readers import read
from tests.references import assert_meets, compared, p_of_ma

# who said something of which pair, and of which kind each is
WHO = {
    "goal": ["a", "a", "a", "a", "b"],
    "goal_other": ["b", "b", "c", "b", "c"],
    "who": ["Ann", "gpt", "gpt", "llama", "llama"],
    "kind": ["people", "model", "model", "model", "model"],
}
STATED = {"rater": "who", "rater_kind": "kind"}
Refusal = tuple[dict[str, Any], dict[str, Any], str]
# columns that are others, what is stated otherwise, and what is said of it
REFUSED: tuple[Refusal, ...] = (
    ({}, {"rater": None}, "rater_kind is stated without rater"),
    ({}, {"rater_kind": None, "reference": "people"}, "reference is stated without rater_kind"),
    ({}, {"rater_kind": "sort"}, "column 'sort'"),
    ({}, {"reference": "peple"}, "no rater is of the kind 'peple'"),
    (
        {"kind": ["expert", "model", "model", "model", "model"]},
        {},
        "it is not stated which kind of rater defines the level of conflict",
    ),
    ({"kind": ["people"] * 5}, {}, "all raters are of one kind, 'people'"),
    (
        {"kind": ["people", "model", "people", "model", "model"]},
        {},
        "the rater 'gpt' is of two kinds, 'model' and 'people'",
    ),
    ({"kind": ["people", "", "model", "model", "model"]}, {}, "the rater kind is empty"),
)


def assert_the_reference_is_first(declared: Callable[..., Any], area: Any) -> Any:
    """Return the evidence of declarations of the rows above, by people and models."""
    found = read(declared(), area)
    assert found.kinds == ("people", "model")
    assert found.raters == ("Ann", "gpt", "llama")
    assert found.kind_of_rater.tolist() == [0, 1, 1]
    other = read(declared(reference="model"), area)
    assert other.kinds == ("model", "people")
    assert other.kind_of_rater.tolist() == [1, 0, 0]
    assert from_plain(to_plain(found)) == found
    return found


def assert_kinds_have_to_fit(found: Any) -> None:
    """Refuse evidence whose raters are of no kind, or all of one."""
    for change in ({"kinds": ("one",)}, {"kind_of_rater": [0, 1]}, {"kind_of_rater": [0, 1, 2]}):
        with pytest.raises(ValueError, match=r"of a kind|of one of several kinds"):
            replace(found, **change)


def assert_goals_of_others_alone_are_a_caution(
    declared: Callable[..., Any], area: Any, did: str
) -> None:
    """Look for a goal of whose pairs people said nothing, in the rows above."""
    (caution,) = read(declared(), area).cautions
    assert caution.what == (
        f"no rater of kind people {did} a pair of c: what other kinds see in it may be wrong "
        "unnoticed, and intervals of its levels too narrow"
    )
    assert caution.remedy == "have raters of kind people say something of pairs of it"
    assert not read(declared(reference="model"), area).cautions  # models spoke of all pairs
    assert not read(declared(rater_kind=None), area).cautions


def one_draw(name: str, design: Any) -> dict[str, np.ndarray]:
    """Return one draw of the prior."""
    model = conflict_model(name)
    drawn = model.draw_prior(design, model.priors(), 1, np.random.default_rng(1))
    return {key: values[0] for key, values in drawn.items()}


def assert_planned_apart(name: str, design: Any, unit: str) -> None:
    """Plan more raters of a kind: three people with four answers, three models with six."""
    model, rng = conflict_model(name), np.random.default_rng(1)
    people, models = model.measurements(design)
    told = (people.name, people.now, people.same)
    assert told == ("raters of kind people", 3.0, f"4 {unit} of each")
    assert people.tells_all
    assert not models.tells_all
    for kind, number, kinds in (
        ("people", 7, [7, 3]),
        ("people", 1, [2, 3]),
        ("models", 5, [3, 5]),
    ):
        found = model.resized(design, f"raters of kind {kind}", number, rng)
        assert np.bincount(found.design.kind_of_rater).tolist() == kinds
        assert found.design.sizes.sum() == 4 * kinds[0] + 6 * kinds[1]
        parameters = found.parameters(one_draw(name, design))
        simulated = model.simulate(parameters, found.design, rng)
        np.testing.assert_array_equal(simulated.sizes, found.design.sizes)


def resized_and_simulated(name: str, design: Any, kind: str, number: int) -> Any:
    """Return what so many raters of a kind would say, simulated from the prior."""
    model, rng = conflict_model(name), np.random.default_rng(1)
    found = model.resized(design, f"raters of kind {kind}", number, rng)
    return model.simulate(found.parameters(one_draw(name, design)), found.design, rng)


def assert_kinds_are_reported(findings: Any, source: Mapping[str, Any], result: Any) -> None:
    """Look at tables and results of a made-up posterior of the rows above."""
    first, other = source["kinds"]
    assert (first["kind"], first["raters"], first["bias"]) == ("people", 1, None)
    assert other["slope"]["mean"] == pytest.approx(1, abs=0.2)
    for text in csv_tables(findings).values():  # "kind" is that of an interval
        head = text.splitlines()[0].split(",")
        assert len(set(head)) == len(head)
    assert list(result.severity) == ["gpt", "llama"]  # who is not alone
    both = result.severity["gpt"].draws + result.severity["llama"].draws
    np.testing.assert_allclose(both, 0, atol=1e-12)
    assert [pair for pair, _ in result.kinds.levels] == [("a", "b"), ("a", "c"), ("b", "c")]


def contents(name: str, file: str) -> dict[str, Any]:
    """Return what a file in the folder of a model holds."""
    return dict(json.loads((models_root() / name / file).read_text(encoding="utf-8")))


def assert_stan_was_given(name: str, ours: Any, columns: Mapping[str, np.ndarray]) -> int:
    """Compare data and priors of the Stan program; return how many priors it was given."""
    given, prior = contents(name, "data_kinds.json")["stan"], conflict_model(name).priors()
    assert [tuple("abcd"[i - 1] for i in pair) for pair in given["pair"]] == list(ours.pairs)
    for key, values in columns.items():
        np.testing.assert_array_equal(np.array(given[key]) - 1, values)
    stated = {key: given[f"prior_{key}"] for key in vars(prior) if f"prior_{key}" in given}
    assert stated == {key: getattr(prior, key) for key in stated}
    return len(stated)


def assert_reference_is_met(
    name: str, build: Any, evidence: Any, level: str, target: float
) -> None:
    """Compare a long run of NUTS with the Stan program, whose name of the level is stated."""
    usable_compile_cache()
    model, prior = conflict_model(name), conflict_model(name).priors()
    compiled = Compiled(build(evidence, prior))
    long = Fitting(draws=10_000, target_accept=target)
    tree = compiled.sample(model.data(evidence, prior), long)
    assert int(tree["sample_stats"]["diverging"].sum()) == 0
    posterior = tree["posterior"]
    given, reference = contents(name, "data_kinds.json"), contents(name, "reference_kinds.json")
    assert all(reference["checks_made"].values())
    levels = posterior[f"conflict_{name}"].values
    named = {level: levels, "misalignment": p_of_ma(levels, given["stan"])}
    assert_meets(
        reference["summary_statistics"], compared(given["compared"], named, posterior, name)
    )


def assert_calibration_is_committed(name: str, fits: int) -> str:
    """Look at what the long calibration found; return the text of the card."""
    found = contents(name, "calibration_kinds.json")
    assert found["name"] == name
    assert found["passed"]
    assert found["smallest_p_value_corrected_for_all"] >= ALPHA
    for design in found["designs"]:
        assert design["fits"] >= fits
        kinds = list(design["design"]["kinds"])
        named = {"log_likelihood", "residual", "misalignment", f"slope[{kinds[-1]}]"}
        assert named <= set(design["p_values"])
        assert design["failed_fits"] <= 0.02 * design["fits"]
        assert design["divergences"] <= 0.001 * 1_000 * design["fits"]
    assert found["broken_on_purpose"]
    assert not any(one["passed"] for one in found["broken_on_purpose"])
    text = " ".join((models_root() / name / "README.md").read_text(encoding="utf-8").split())
    assert checked.KINDS[name]["_kinds"] in text
    return text


def assert_calibrated(name: str, design: Any, fitting: Fitting) -> None:
    """Calibrate a hundred fits, and draws of the prior, which must fail."""
    model = conflict_model(name)
    posterior = SampledPosterior(name, design, model.priors(), fitting)
    found = calibrate(name, 100, seed=3, design=design, posterior=posterior)
    assert found.passed, found.to_plain()
    assert {"slope[models]", "disagreement[models]", "misalignment"} <= set(found.p_values)
    assert posterior.figures()["fits"] == 100
    assert posterior.failed <= 2
    broken = calibrate(name, 100, seed=3, design=design, posterior=model.draw_prior)
    assert not broken.passed
