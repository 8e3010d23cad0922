"""Every summary keeps to the JSON Schema that ships with the package."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import bayes_misalign as bm
from bayes_misalign.report import render_json
from bayes_misalign.report.render_json import SCHEMA, summary
from tests import told
from tests.models.judged import test_results as judged
from tests.models.rated import test_results as rated
from tests.noisy_studies import prior_only_posterior
from tests.report import cases, test_noisy

FILE = Path(render_json.__file__).with_name("summary.schema.json")
EXAMPLES = Path(__file__).parents[2] / "examples"
GOLDEN = Path(__file__).parents[1] / "golden"
EXACT = [
    "eu-referendum/study",
    "eu-referendum/voters",
    "games-human-ai/accept",
    "games-human-ai/propose",
    "games-human-ai/study",
    "german-parties/study",
    "nonvoters/study",
]
CASES: list[Callable[[], Any]] = [
    cases.elicited_posterior,
    cases.withheld_posterior,
    cases.hostile_posterior,
    cases.census_posterior,
    cases.single_posterior,
    cases.many_posterior,
    prior_only_posterior,
    test_noisy.withheld_posterior,
    test_noisy.behaviour_posterior,
    test_noisy.identified_posterior,
    test_noisy.contradicted_posterior,
    lambda: rated.made_up(rated.by_rater()),
    lambda: rated.made_up(rated.by_side(), trustworthy=False),
    lambda: judged.made_up(judged.study()),
]


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    content = json.loads(FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(content)
    return jsonschema.Draft202012Validator(content)


def test_the_version_is_that_of_summaries(schema: jsonschema.Draft202012Validator) -> None:
    assert schema.schema["properties"]["schema"]["const"] == SCHEMA


@pytest.mark.parametrize("posterior", CASES)
def test_summaries_keep_to_the_schema(
    posterior: Callable[[], Any], schema: jsonschema.Draft202012Validator
) -> None:
    schema.validate(summary(posterior()))


def test_levels_by_population_keep_to_the_schema(schema: jsonschema.Draft202012Validator) -> None:
    with told.known_model():
        schema.validate(summary(bm.fit(told.study())))


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*/summary.json")), ids=lambda p: p.parent.name)
def test_every_example_keeps_to_the_schema(
    file: Path, schema: jsonschema.Draft202012Validator
) -> None:
    schema.validate(json.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", EXACT)
def test_examples_keep_to_the_schema(name: str, schema: jsonschema.Draft202012Validator) -> None:
    study = bm.read_study(EXAMPLES / f"{name}.toml")
    study = replace(study, fitting=replace(study.fitting, draws=50))
    posterior = bm.fit(study, method="exact")
    schema.validate(summary(posterior))


def test_every_key_of_the_core_is_required_and_described(
    schema: jsonschema.Draft202012Validator,
) -> None:
    found = summary(cases.elicited_posterior())
    whole, (area,) = schema.schema, found["problem_areas"]
    part = whole["properties"]["problem_areas"]["items"]
    own = {"noisy_reports"}  # of a model
    of_some = {"priors_tried", "power_scaling", "checks", "agents_in_common", "headline", "design"}
    of_some |= {"refusals", "contact", "beside_people"}
    for content, described in ((found, whole), (area, part)):
        assert set(content) - own == set(described["required"])
        assert set(described["properties"]) - set(described["required"]) <= of_some
        assert all("description" in one for one in described["properties"].values())


@pytest.mark.parametrize("key", ["state", "problem_areas"])
def test_a_summary_without_a_key_is_refused(
    key: str, schema: jsonschema.Draft202012Validator
) -> None:
    found = summary(cases.single_posterior())
    del found[key]
    with pytest.raises(jsonschema.ValidationError, match=f"'{key}' is a required property"):
        schema.validate(found)


def test_a_model_may_add_keys_of_its_own_to_a_problem_area_only(
    schema: jsonschema.Draft202012Validator,
) -> None:
    found = summary(cases.single_posterior())
    found["problem_areas"][0]["something"] = {"of": "a model"}
    schema.validate(found)
    found["something"] = 1
    with pytest.raises(jsonschema.ValidationError, match="Additional properties"):
        schema.validate(found)
