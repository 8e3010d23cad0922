"""The summary for programs: its keys, its numbers, and what is withheld."""

import json

import pytest

import bayes_misalign as bm
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_json import summary, to_json
from tests.report.cases import (
    census_posterior,
    elicited_posterior,
    hostile_posterior,
    many_posterior,
    single_posterior,
    withheld_posterior,
)
from tests.studies import POPULATIONS

TOP = {"trustworthy", "state", "reasons", "method", "seed", "versions", "interval", "problem_areas"}
POPULATION = {
    "name",
    "n",
    "n_effective",
    "design_effect",
    "population_size",
    "not_answers",
    "not_asked",
    "misalignment",
    "prior_misalignment",
    "normalised_misalignment",
    "proportions",
    "probability_above",
}
NUMBERS = {"mean", "sd", "median", "interval", "mass", "kind", "mcse"}


def area_of(posterior: bm.Posterior) -> dict:
    (area,) = summary(posterior)["problem_areas"]
    return area


def test_keys() -> None:
    found = summary(elicited_posterior())
    assert set(found) >= TOP
    (area,) = found["problem_areas"]
    assert set(area["populations"][0]) >= POPULATION
    assert set(area["populations"][0]["misalignment"]) == NUMBERS
    assert [p["name"] for p in area["populations"]] == list(POPULATIONS)
    assert len(area["between"]) == len(area["contrasts"]) == len(area["contributions"]) == 3
    assert area["union"]["origin"] == "sums of weights"
    assert sum(area["union"]["shares"].values()) == pytest.approx(1)
    assert len(area["mixture"]["points"]) > 10


def test_numbers_are_those_of_the_result() -> None:
    posterior = elicited_posterior()
    area = area_of(posterior)
    for population in area["populations"]:
        name = population["name"]
        assert population["misalignment"] == posterior.misalignment()[name].as_dict()
        above = posterior.probability_above(0.3)[name]
        assert population["probability_above"] == {"threshold": 0.3, "probability": above}
        shares = posterior.proportions()[name]
        assert population["proportions"] == {g: e.as_dict() for g, e in shares.items()}
    assert area["overall"]["misalignment"] == posterior.overall().as_dict()
    assert area["attribution"]["overall"] == posterior.attribution().as_dict()
    parts = area["decomposition"]
    total = parts["within"]["mean"] + parts["between"]["mean"]
    assert total == pytest.approx(area["overall"]["misalignment"]["mean"], rel=1e-12)
    drivers = sum(part["contribution"]["mean"] for part in area["contributions"])
    assert drivers == pytest.approx(area["overall"]["misalignment"]["mean"], rel=1e-12)


def test_withheld_numbers_are_null_and_the_rest_stays() -> None:
    found = summary(withheld_posterior())
    assert found["trustworthy"] is False
    assert found["state"] == "not_converged"
    (area,) = found["problem_areas"]
    first, open_area = area["populations"][0], area_of(elicited_posterior())
    for key in ("misalignment", "normalised_misalignment"):
        assert {first[key][n] for n in ("mean", "sd", "median", "mcse")} == {None}
        assert first[key]["interval"] is None
    assert first["probability_above"]["probability"] is None
    assert area["attribution"] is None
    for contrast in area["contrasts"]:
        assert contrast["probability_greater"] is None
        assert contrast["difference"]["mean"] is None
    for kept in ("n", "n_effective", "design_effect", "prior_misalignment", "counts"):
        assert first[kept] == open_area["populations"][0][kept]
    levels = {tuple(pair["goals"]): pair["level"]["mean"] for pair in area["conflict"]}
    assert levels == {("Biden", "Trump"): None, ("Biden", "no goal"): 0, ("Trump", "no goal"): 0}


@pytest.mark.parametrize(
    "posterior",
    [elicited_posterior, withheld_posterior, hostile_posterior, census_posterior, single_posterior],
)
def test_the_text_is_strict_json(posterior: object) -> None:
    text = to_json(gather(posterior()))  # type: ignore[operator]

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    assert json.loads(text, parse_constant=refuse) == json.loads(text)


def test_what_is_left_out_is_said() -> None:
    area = area_of(many_posterior())
    assert area["between"] == area["contrasts"] == area["contributions"] == []
    assert area["overall"] is None
    assert area["union"] is None
    assert "up to 12" in " ".join(area["notes"])


def test_normalised_with_many_uncertain_goals() -> None:
    hostile = area_of(hostile_posterior())["populations"][0]
    normalised = hostile["normalised_misalignment"]
    assert hostile["misalignment"]["mean"] < normalised["mean"] < 1
    assert "attainable maximum" in normalised["by"]


def test_other_priors() -> None:
    tried = area_of(elicited_posterior())["sensitivity"]
    assert next(iter(tried)) == "as fitted"
    assert len(tried) >= 3
    assert area_of(withheld_posterior())["sensitivity"] == {}
