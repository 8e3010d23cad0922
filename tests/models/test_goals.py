"""What the models of goals and of shares offer the core, beside what they draw."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_misalign.contract.registry import defaults, evidence_model, shares_model
from bayes_misalign.contract.shares import prior_table
from bayes_misalign.errors import Problems, StudyError
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.noisy_labels.calibration import labels, retested_labels
from bayes_misalign.models.noisy_labels.priors import LabelPriors
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.settings import NO_GOAL

NAMES = ("single-choice", "published", "noisy-labels", "behaviour", "choices")
REPORTS = NAMES[2:]


def simulated(name: str, design: Any) -> tuple[Any, dict[str, np.ndarray]]:
    model, rng = evidence_model(name), np.random.default_rng(3)
    truth = model.draw_prior(design, model.priors(), 4, rng)
    return model.simulate({key: x[0] for key, x in truth.items()}, design, rng), truth


CASES = [(name, key) for name in NAMES for key in evidence_model(name).designs()]


@pytest.mark.parametrize(("name", "key"), CASES)
def test_a_calibration_looks_at_the_data_and_at_every_share(name: str, key: str) -> None:
    model = evidence_model(name)
    evidence, drawn = simulated(name, model.designs()[key])
    seen = model.with_data(evidence, drawn)
    assert {name: x.shape for name, x in seen.items()} == dict.fromkeys(
        ("log_likelihood", "residual"), (4,)
    )
    found = model.quantities(evidence, drawn)
    assert all(x.shape == (4,) for x in found.values())
    for population in evidence.populations:
        assert f"misalignment[{population}]" in found
        assert {f"proportion[{population}, {goal}]" for goal in evidence.categories} <= set(found)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_the_priors_is_varied(name: str) -> None:
    model, changed = evidence_model(name), set()
    for design in model.designs().values():
        priors = model.priors()
        for other in model.alternatives(priors, design).values():
            assert other != priors
            if name in ("single-choice", "published"):
                changed.add("shares")
                continue
            differ = [
                f.name for f in fields(priors) if getattr(other, f.name) != getattr(priors, f.name)
            ]
            assert len(differ) == 1
            changed.add(differ[0])
    assert changed | set(model.not_varied) == set(defaults(name)["priors"])


def test_priors_of_raters_are_varied_only_where_they_are_used() -> None:
    model, known = evidence_model("noisy-labels"), labels(3, 1)
    assert "raters with one set of error rates" not in model.alternatives(model.priors(), known)
    known = replace(known, emission=np.eye(3)[None], validation=np.zeros((1, 3, 3)))
    assert set(model.alternatives(model.priors(), known)) == {
        "index-uniform shares",
        "shares ~ Dirichlet(1, ..., 1)",
        "shares ~ Dirichlet(1/2, ..., 1/2)",
    }
    stated = model.priors({"accuracy": {"a": 0.5, "b": 0.8, "c": 0.9}})
    other = model.alternatives(stated, labels())["odds of the expected accuracy of raters doubled"]
    assert other.accuracy == pytest.approx({"a": 2 / 3, "b": 8 / 9, "c": 18 / 19})


def test_other_priors_of_shares_are_named_by_what_they_are() -> None:
    shares, evidence = shares_model(), labels()
    for kind, other in (("matched", "index-uniform"), ("index-uniform", "matched")):
        assert shares.alternatives(SharePrior(kind), evidence) == {
            f"{other} shares": SharePrior(other),
            "shares ~ Dirichlet(1, ..., 1)": SharePrior("concentration", concentration=3.0),
            "shares ~ Dirichlet(1/2, ..., 1/2)": SharePrior("concentration", concentration=1.5),
        }
    vector = SharePrior("dirichlet", dirichlet={"a": 1.0, "b": 2.0, "c": 4.0})
    assert shares.alternatives(vector, evidence) == {
        "matched shares": SharePrior(),
        "concentration of shares halved": SharePrior(
            "dirichlet", dirichlet={"a": 0.5, "b": 1.0, "c": 2.0}
        ),
        "concentration of shares doubled": SharePrior(
            "dirichlet", dirichlet={"a": 2.0, "b": 4.0, "c": 8.0}
        ),
    }
    assert shares.named(SharePrior("concentration", concentration=2.0)) == "concentration 2"
    assert shares.named(vector) == "dirichlet"
    assert SharePrior.of({"model": "independent", "concentration": 2.0}).concentration == 2.0


@pytest.mark.parametrize("name", REPORTS)
def test_goals_given_reports_follow_bayes_rule(name: str) -> None:
    model: Any = evidence_model(name)
    for design in model.designs().values():
        evidence, drawn = simulated(name, design)
        found = np.exp(model.log_holding(evidence, drawn))
        np.testing.assert_allclose(found.sum(axis=-1), 1)
        share = np.where(
            evidence.informs_shares[:, None] > 0, drawn["proportion"][:, evidence.population], 1
        )
        joint = np.exp(model.terms(evidence, drawn)) * share * evidence.allowed
        np.testing.assert_allclose(found, joint / joint.sum(axis=-1, keepdims=True), atol=1e-12)


def test_priors_that_do_not_fit_the_goals_are_all_named() -> None:
    model: Any = evidence_model("noisy-labels")
    wrong = LabelPriors(shares=SharePrior("dirichlet", dirichlet={"x": 1.0}), accuracy={"y": 0.9})
    with pytest.raises(StudyError) as raised:
        model.check(wrong, labels())
    assert len(raised.value.problems) == 2
    model.check(model.priors(), labels())
    single: Any = evidence_model("single-choice")
    with pytest.raises(StudyError, match="every category once"):
        single.check(wrong.shares, single.designs()["answers"])


@pytest.mark.parametrize(("name", "key"), CASES)
def test_evidence_is_read_again_as_it_was_written(name: str, key: str, tmp_path: Path) -> None:
    model = evidence_model(name)
    evidence = simulated(name, model.designs()[key])[0]
    goals = [goal for goal in evidence.categories if goal != NO_GOAL]
    area = ProblemArea(
        "area", goals, no_goal=["none of them"] if len(goals) < len(evidence.categories) else []
    )
    table = dict(model.write(evidence, model.priors(), area, tmp_path) or {})
    assert model.priors(table.pop("prior")) == model.priors()
    assert table.pop("model") == name
    problems = Problems()
    again = model.declaration(**table).read(area, problems, tmp_path)
    assert not list(problems)
    assert again.populations == evidence.populations
    np.testing.assert_array_equal(again.counts.sum(axis=1), evidence.counts.sum(axis=1))


def test_a_table_of_priors_leaves_out_what_is_not_stated() -> None:
    assert prior_table(LabelPriors()) == {
        "shares": {"kind": "matched"},
        "accuracy": 0.75,
        "strength": 8.0,
        "pooling": "auto",
        "agreement": 8.0,
        "agreement_spread": 1.0,
    }


def test_error_rates_that_are_assumed_need_reports_that_name_goals() -> None:
    assert retested_labels().own_report is not None
    assert replace(retested_labels(), labels=("a", "b", "unsure", "unclear")).assuming(0.1) is None
