"""Independence of reports, matching of goals, raters, and results that rest on the prior only."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.contract.shares import kept_dims
from bayes_misalign.errors import ResultError
from bayes_misalign.families.reports.agreement import check_agreement
from bayes_misalign.families.reports.distinct_reports import compress
from bayes_misalign.families.reports.identification_checks import ASSUMED, check_identification
from bayes_misalign.inference import groups as tree
from bayes_misalign.inference.diagnose import diagnose
from bayes_misalign.inference.fit_findings import FitView
from bayes_misalign.measure import misalignment
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.models.noisy_labels.model import MODEL as noisy_labels
from bayes_misalign.models.noisy_labels.raters import accuracy_draws, confusions
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_html import to_html
from bayes_misalign.report.render_json import to_json
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.study.study import Study

AREA = bm.ProblemArea("vote", goals=["stay", "leave"])
HOSTILE = ("<script>alert(1)</script>", "=cmd|' /C calc'!A0")
ACCURACY = 0.8


def labelled(goal: np.ndarray, labels: np.ndarray, raters: tuple[str, ...]) -> DistinctLabels:
    """Return patterns of one label of each rater, (agent, rater)."""
    reports = (labels[:, :, None] == np.arange(2)).astype(int).reshape(len(goal), -1)
    first, pattern = compress(reports)
    agents = np.bincount(pattern).astype(float)
    return DistinctLabels(
        categories=("stay", "leave"),
        populations=("all",),
        raters=raters,
        labels=("stay", "leave"),
        reports=reports[first],
        population=np.zeros(len(first), int),
        gold=np.full(len(first), -1),
        agents=agents,
        row_weight=agents,
        row_weight_sq=agents,
    )


def five_raters(copies: bool, agents: int = 600) -> DistinctLabels:
    rng = np.random.default_rng(8)
    goal = (rng.random(agents) < 0.4).astype(int)
    wrong = rng.random((agents, 5)) > ACCURACY
    labels = np.where(wrong, 1 - goal[:, None], goal[:, None])
    if copies:
        labels[:, 1] = labels[:, 0]
    return labelled(goal, labels, ("r1", "r2", "r3", "r4", "r5"))


def truth(raters: int, draws: int = 400) -> dict[str, np.ndarray]:
    emission = np.full((draws, raters, 2, 2), 1 - ACCURACY)
    emission[..., [0, 1], [0, 1]] = ACCURACY
    return {"proportion": np.tile([0.6, 0.4], (draws, 1, 1)), "emission": emission}


def test_raters_who_copy_each_other_are_found() -> None:
    found = check_agreement(five_raters(copies=True), truth(5), np.random.default_rng(1))
    assert found is not None
    assert found.pairs[found.odd[0]] == "r1 & r2"
    assert found.observed[found.odd[0]] == 1
    # two independent raters agree when both are right or both wrong
    expected = ACCURACY**2 + (1 - ACCURACY) ** 2
    assert found.replicated.mean() == pytest.approx(expected, abs=0.005)


def test_independent_raters_are_not() -> None:
    found = check_agreement(five_raters(copies=False), truth(5), np.random.default_rng(1))
    assert found is not None
    assert not found.odd


def test_accuracy_and_confusion_follow_from_draws() -> None:
    labels = five_raters(copies=False)
    drawn = truth(5, draws=2)
    drawn["emission"][:, 2] = [[0.7, 0.3], [0.1, 0.9]]
    accuracy = accuracy_draws(labels, drawn)
    assert accuracy[0] == pytest.approx([0.8, 0.8, 0.6 * 0.7 + 0.4 * 0.9, 0.8, 0.8])
    goal, label, draws = confusions(labels, drawn)["r3"]
    assert (goal, label, draws.mean()) == ("stay", "leave", 0.3)


def chains(study: Study, prior: bool = False, turned: bool = False) -> dict[str, tree.Variable]:
    """Return draws (chain, draw, ...) of the model's prior, as a fit would hold them."""
    rng = np.random.default_rng(2)
    drawn = noisy_labels.draw_prior(study.goals, study.goal_prior, 800, rng)  # type: ignore[arg-type]
    if turned:
        drawn["emission"][:200] = drawn["emission"][:200, :, ::-1]
    dims: Any = kept_dims(noisy_labels, study.goal_prior)
    group = {
        name: ((*tree.SAMPLE_DIMS, *dims[name]), x.reshape(4, 200, *x.shape[1:]))
        for name, x in drawn.items()
    }
    matrix = np.broadcast_to(1 - np.eye(2), (4, 200, 2, 2))
    group["conflict"] = ((*tree.SAMPLE_DIMS, "goal", "goal_other"), matrix)
    pma = misalignment(group["proportion"][1], matrix[:, :, None])
    group["misalignment"] = ((*tree.SAMPLE_DIMS, "population"), pma)
    return group


def made_up(raters: tuple[str, ...]) -> bm.Posterior:
    """Return a result of two raters whose draws are made up, with assumed error rates."""
    labels = five_raters(copies=False)
    two = DistinctLabels(
        **{
            **{f: getattr(labels, f) for f in ("categories", "populations", "labels", "gold")},
            **{f: getattr(labels, f) for f in ("population", "agents", "row_weight")},
        },
        row_weight_sq=labels.row_weight_sq,
        raters=raters,
        reports=labels.by_rater[:, :2].reshape(len(labels.agents), -1),
    )
    study = Study.of(AREA, two, bm.MutuallyExclusive())
    group = chains(study)
    behind = check_identification(
        FitView(study, group, chains(study), {"all": 0.5}, converged=False)
    )
    diagnosis = diagnose(study, {"all": 0.5}, found=behind.reasons)
    row = np.stack([group["misalignment"][1]] * 2)
    groups = {
        tree.POSTERIOR: group,
        tree.PRIOR: chains(study),
        **behind.groups,
        ASSUMED: {"misalignment": (("error_rate", *tree.SAMPLE_DIMS, "population"), row)},
    }
    coords = {"population": ("all",), "goal": two.categories, "goal_other": two.categories}
    coords |= {"error_rate": ("0.05", "0.1"), **behind.coords, **noisy_labels.coords(two)}
    metadata = {"study": study.to_plain(), "diagnosis": diagnosis.to_plain(), **behind.metadata}
    return bm.Posterior(tree.Groups(groups, coords, metadata))


def test_that_only_the_prior_speaks_is_said_first_everywhere() -> None:
    posterior = made_up(("r1", "r2"))
    assert posterior.identification is not None
    assert not posterior.identification.identified
    assert posterior.diagnosis.state == "caution"
    said = "Identified by the prior only"
    assert posterior.summary().startswith(said)
    findings = gather(posterior)
    for text in (to_html(findings, drawn={}), to_markdown(findings)):
        body = text.partition("<body")[2] or text
        assert said in body
        assert body.index(said) < body.index("vote")
    assert "if 5 % of all reports are wrong" in to_markdown(findings)


def test_hostile_names_of_raters_are_shown_and_do_nothing() -> None:
    findings = gather(made_up(HOSTILE))
    assert "<script>alert" not in to_html(findings, drawn={})
    assert "\n=cmd" not in csv_tables(findings)["raters.csv"]
    assert "alert(1)" in to_json(findings)


def test_chains_that_match_goals_in_other_ways_have_not_converged() -> None:
    study = Study.of(AREA, five_raters(copies=False), bm.MutuallyExclusive())
    straight = check_identification(FitView(study, chains(study), chains(study), {"all": 0.5}))
    turned = check_identification(
        FitView(study, chains(study, turned=True), chains(study), {"all": 0.5})
    )
    assert not [r for r in straight.reasons if r.state == "not_converged"]
    assert "chains disagree about which reports stand for which goals" in [
        reason.what for reason in turned.reasons
    ]
    assert diagnose(study, {}, found=turned.reasons).state == "not_converged"


def test_goals_of_agents_follow_bayes_rule() -> None:
    labels = five_raters(copies=False)
    known = replace(labels, emission=truth(5)["emission"][0])
    study = Study.of(AREA, known, bm.MutuallyExclusive())
    group = chains(study)
    diagnosis = diagnose(study, {})
    metadata = {"study": study.to_plain(), "diagnosis": diagnosis.to_plain()}
    groups = {tree.POSTERIOR: group, tree.PRIOR: group}
    coords = {"population": ("all",), "goal": labels.categories, "goal_other": labels.categories}
    posterior = bm.Posterior(tree.Groups(groups, coords, metadata))
    found = posterior.pattern_goals()
    np.testing.assert_allclose(found.sum(axis=1), 1)
    shares = group["proportion"][1].reshape(-1, 2)
    right = np.array([[0.8, 0.2], [0.2, 0.8]])  # P(label | goal), a goal a row
    given = labels.by_rater[0].argmax(axis=1)
    likelihood = np.prod([right[:, label] for label in given], axis=0)
    joint = shares * likelihood
    np.testing.assert_allclose(found[0], (joint / joint.sum(axis=1, keepdims=True)).mean(axis=0))


def test_a_study_of_answers_has_no_raters() -> None:
    answers = bm.SingleChoice({"goal": ["stay", "leave"], "n": [3, 4]}, goal="goal", count="n")
    posterior = bm.fit(AREA, answers, bm.MutuallyExclusive())
    assert posterior.identification is None
    assert posterior.naive() == posterior.assumed() == {}
    for ask in (posterior.accuracies, posterior.confusions, posterior.pattern_goals):
        with pytest.raises(ResultError):
            ask()
