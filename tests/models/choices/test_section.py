"""What a report says of choices, and whether payoffs explain them."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference.fit_findings import FitFindings, FitView
from bayes_misalign.models.choices.calibration import choices
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.choices.fit_of_choices import check_fit_of_choices, shares_of_actions
from bayes_misalign.models.choices.found_in_fit import reasons_of, with_choices
from bayes_misalign.models.choices.model import MODEL as model
from bayes_misalign.models.choices.priors import ChoicePriors
from bayes_misalign.report.figures.draw import draw_figures
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_json import summary
from bayes_misalign.report.render_markdown import to_markdown
from tests.models.choices.test_identified import TWO, chosen
from tests.noisy_studies import HOSTILE, made_up, prior_group, study_of

TRUTH: dict[str, Any] = {
    "proportion": np.array([[0.3, 0.7], [0.6, 0.4]]),
    "rationality": np.array([2.0]),
    "correlation": np.float64(0.1),
}


def simulated(agents: int = 400, **more: Any) -> DistinctChoices:
    design = choices(agents)
    action = np.exp(design.log_action(TRUTH["rationality"])) if not more else more["action"]
    found: DistinctChoices = model.simulate(
        {**TRUTH, "action": action}, design, np.random.default_rng(1)
    )
    return found


def around(evidence: DistinctChoices, draws: int = 400) -> dict[str, np.ndarray]:
    """Return draws near the truth, in place of a posterior."""
    rng = np.random.default_rng(2)
    beta = 2.0 * np.exp(0.02 * rng.normal(size=(draws, 1)))
    return {
        "proportion": np.stack([rng.dirichlet(400 * p, draws) for p in TRUTH["proportion"]], 1),
        "rationality": beta,
        "action": np.exp(evidence.log_action(beta)),
        "correlation": np.full(draws, 0.1),
    }


def test_choices_that_are_as_the_payoffs_make_them_fit() -> None:
    evidence = simulated()
    found = check_fit_of_choices(evidence, around(evidence), np.random.default_rng(3))
    assert not found.odd.any()
    assert (found.p_value > 0.01).all()
    np.testing.assert_allclose(found.observed, shares_of_actions(evidence))
    inside = (found.replicated[0] <= found.observed) & (found.observed <= found.replicated[2])
    assert inside.mean() > 0.7


def test_choices_by_other_payoffs_do_not_in_their_situation_alone() -> None:
    action = np.exp(choices().log_action(TRUTH["rationality"]))
    action[:, 2:] = [0.1, 0.8, 0.1]  # the middle action, which pays most to nobody
    evidence = simulated(action=action)
    found = check_fit_of_choices(evidence, around(evidence), np.random.default_rng(3))
    np.testing.assert_array_equal(found.odd, [False, True])


def test_choices_that_do_not_go_together_are_told_where_their_shares_fit() -> None:
    evidence, rng = simulated(), np.random.default_rng(4)
    assert not check_fit_of_choices(evidence, around(evidence), rng).odd_pairs
    each = np.repeat(np.arange(len(evidence.agents)), evidence.agents.astype(int))
    reports, population, gold = (
        evidence.reports[each],
        evidence.population[each],
        evidence.gold[each],
    )
    for s in range(2):  # what an agent chooses in the second situation is another agent's choice
        here = np.flatnonzero((population == s) & (gold < 0))
        reports[here, 2:] = reports[rng.permutation(here), 2:]
    one = np.ones(len(each))
    mixed_up = replace(
        evidence,
        reports=reports,
        population=population,
        gold=gold,
        agents=one,
        row_weight=one,
        row_weight_sq=one,
    )
    found = check_fit_of_choices(mixed_up, around(evidence), rng)
    assert found.odd_pairs
    assert not found.odd.any()
    (reason,) = reasons_of(mixed_up, around(evidence), found)["pairs"]
    assert "several situations goes together otherwise" in reason.what


def test_agents_chosen_by_their_goal_are_expected_to_hold_it() -> None:
    design = replace(choices(300, gold=280), gold_chosen=True)
    action = np.exp(design.log_action(TRUTH["rationality"]))
    given = {**TRUTH, "action": action}
    evidence = model.simulate(given, design, np.random.default_rng(1))
    found = check_fit_of_choices(evidence, around(evidence), np.random.default_rng(3))
    assert not found.odd.any()


def hostile() -> DistinctChoices:
    evidence = simulated(40)
    return replace(
        evidence,
        situations=(HOSTILE[0], "late"),
        actions=(("x", HOSTILE[1]), *evidence.actions[1:]),
    )


@cache
def posterior() -> bm.Posterior:
    return made_up(study_of(hostile()))


def test_the_report_says_how_rational_choices_are_and_how_they_fit() -> None:
    findings = gather(posterior())
    text = to_markdown(findings)
    for part in ("How choices go with payoffs", "P(best over worst)", "Rationality", "| late"):
        assert part in text
    assert "<script>" not in text
    tables = csv_tables(findings)
    assert {"rationality.csv", "best_actions.csv", "choices_fit.csv"} <= set(tables)
    assert tables["rationality.csv"].splitlines()[1].startswith("all choices,")
    (area,) = summary(posterior())["problem_areas"]
    (rationality,) = area["choices"]["rationality"]
    assert rationality["of"] == "all choices"
    assert len(area["choices"]["fit"]) == 2
    assert area["noisy_reports"]["identification"]["basis"] == "gold labels"
    # observed beside replicated choices are in the one figure of all models
    assert "choices" not in draw_figures(findings)


def said_of(evidence: DistinctChoices, factor: float) -> str:
    """Return what is cautioned where the draws are those of the prior, but for the rationality."""
    study = study_of(evidence)
    before = prior_group(study, 800)
    dims, beta = before["rationality"]
    drawn = {**before, "rationality": (dims, factor * beta)}
    found = with_choices(FitFindings(), FitView(study, drawn, before, {}))
    return " ".join(reason.what for reason in found.reasons)


def test_choices_that_hardly_go_with_goals_are_cautioned() -> None:
    assert "choices may hardly go with goals" in said_of(simulated(40), 0.5)
    assert "hardly" not in said_of(simulated(40), 2.0)


def test_payoffs_that_do_not_hold_are_cautioned() -> None:
    always = np.tile([1, 1, 0, 2, 0], (4, 1))  # the middle action, which pays most to nobody
    evidence = replace(choices(40), reports=always)
    assert "choices in 'second' are not as the stated payoffs make them" in said_of(evidence, 4.0)


def test_one_choice_of_two_is_identified_by_its_prior_only() -> None:
    evidence = chosen(TWO, [1, 0])
    study = study_of(evidence)
    assert any("the prior only" in line for line in model.report().study_lines(study))
    assumed = evidence.assuming(0.1)
    assert assumed is not None
    np.testing.assert_allclose(assumed.likely, [[0.9, 0.1], [0.1, 0.9]])
    np.testing.assert_allclose(assumed.stated_rates(0), assumed.likely)
    certain = model.certain(ChoicePriors())
    drawn = model.draw_prior(assumed, certain, 50, np.random.default_rng(1))
    np.testing.assert_allclose(drawn["rationality"], np.log(9), rtol=1e-4)
    text = to_markdown(gather(made_up(study)))
    assert "Identified by the prior only" in text


@pytest.mark.parametrize("key", ["best_of_two", "spread", "overdispersion", "correlation"])
def test_alternatives_vary_each_number(key: str) -> None:
    prior = ChoicePriors()
    others = model.other_alternatives(prior, choices()).values()
    assert any(getattr(other, key) != getattr(prior, key) for other in others)


def test_goals_that_choose_alike_are_told() -> None:
    evidence = simulated(40)
    assert "choose nearly alike" not in said_of(evidence, 1.0)
    near = replace(evidence, payoffs=np.array([[4.0, 0, 6, 3, 0], [4.0, 0, 6, 3.4, 0]]))
    said = said_of(near, 1.0)
    assert "agents of 'a' and 'b' choose nearly alike, however rational they are" in said
    assert "chances of actions differ by 0.03 at most, and hardly tell" in said
    # with so many choices, such a difference is told
    many = replace(near, agents=near.agents * 1_000)
    assert "choose nearly alike" not in said_of(many, 1.0)
    # other payoffs that seem alike to agents who hardly look at them
    assert "choose nearly alike, as rational as they seem to be" in said_of(evidence, 0.03)
