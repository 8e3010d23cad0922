"""P(ma) by the design of the gold sample, beside the model's."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

import bayes_misalign as bm
from bayes_misalign.contract.registry import goals_model
from bayes_misalign.errors import ResultError
from bayes_misalign.families.reports.design_check import (
    ByDesign,
    check_reasons,
)
from bayes_misalign.families.reports.design_section import design_summary
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.measure import between, exclusive_conflict
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.report.findings import gather
from bayes_misalign.report.sections import sections
from tests.noisy_studies import labelled, made_up, ones, study_of

EXCLUSIVE = PartlyKnown(exclusive_conflict(2), np.zeros((1, 0)))


def two_populations(known: int = 200, **more: Any) -> Any:
    """Labels that are right in one population, and in the other often the first goal instead."""
    rng = np.random.default_rng(7)
    goal = (rng.random(2_000) < 0.3).astype(int)
    of = (np.arange(2_000) % 2).astype(int)
    said = np.where((of == 1) & (rng.random(2_000) < 0.5), 0, goal)
    gold = np.where(np.arange(2_000) < 2 * known, goal, UNKNOWN)
    columns = {"gold": gold, "population": of}
    return labelled(
        ones(said[:, None], 2),
        populations="xy",
        columns=columns,
        **({"gold_random": True} | more),
    )


def shares(p: float, sd: float = 0.01) -> Any:
    drawn = np.random.default_rng(2).normal(p, sd, (4_000, 2))
    return np.stack([1 - drawn, drawn], axis=-1)


def test_the_estimate_holds_in_both_populations_and_the_model_in_one() -> None:
    evidence = two_populations()
    assert evidence.drawn_by_design
    # what a model of the same errors everywhere would say: too little of the second goal in y
    drawn = shares(0.3)
    drawn[:, 1] = [0.85, 0.15]
    drawn[:, 1] += (drawn[:, 0] - drawn[:, 0].mean(axis=0)) / 2
    found = ByDesign(evidence, EXCLUSIVE).check(drawn)
    assert found is not None
    for one in found.populations.values():
        assert abs(one.design.estimate - 0.42) < 3 * one.design.standard_error
        assert one.design.interval[0] < 0.42 < one.design.interval[1]
        assert one.gold == 200
    right, mistaken = found.populations["x"], found.populations["y"]
    assert right.wrong == 0
    assert mistaken.wrong > 20
    assert mistaken.mean == pytest.approx(2 * 0.85 * 0.15, abs=0.005)
    assert mistaken.difference < -4 * mistaken.standard_error
    assert found.odd() == ["y"]
    (reason,) = check_reasons(found)
    assert reason.state == "caution"
    assert reason.what.startswith("P(ma) of y is 0.2")
    assert "the random sample of known goals alone" in reason.what
    assert [row["model_contradicted"] for row in design_summary(found)] == [False, True]


def test_a_difference_varies_at_least_by_half_of_the_estimate() -> None:
    # a posterior as wide as the estimate leaves nothing between the two by theory
    wide = ByDesign(two_populations(), EXCLUSIVE).check(np.clip(shares(0.3, 0.1), 0, 1))
    assert wide is not None
    for one in wide.populations.values():
        assert one.sd > one.design.standard_error
        assert one.standard_error == pytest.approx(one.design.standard_error / 2, rel=0.1)
    assert check_reasons(None) == []


def test_what_the_check_would_find_out_is_found_out_so_often() -> None:
    found = ByDesign(two_populations(20), EXCLUSIVE).check(shares(0.3))
    assert found is not None
    for one in found.populations.values():
        wrong, degrees = one.detectable(found.level), one.design.degrees
        # the power of a test by Student's t against a difference of so many standard errors
        limit = stats.t.ppf(1 - found.level / 2, degrees)
        power = stats.nct.sf(limit, degrees, wrong / one.standard_error)
        assert power == pytest.approx(0.8, abs=0.02)
        assert wrong > 3 * one.standard_error
    assert [row["detectable_difference"] for row in design_summary(found)] == [
        one.detectable(0.005) for one in found.populations.values()
    ]


def test_uncertain_conflict_is_averaged_and_widens_the_interval() -> None:
    unknown = np.array([[0.0, np.nan], [np.nan, 0.0]])
    levels = PartlyKnown(unknown, np.random.default_rng(1).beta(6, 4, (4_000, 1)))
    known = ByDesign(two_populations(), EXCLUSIVE).within()[2]["x"]
    found = ByDesign(two_populations(), levels).within()[2]["x"]
    mean, sd = levels.drawn.mean(), levels.drawn.std()
    assert found.estimate == pytest.approx(mean * known.estimate)
    both = np.hypot(mean * known.standard_error, sd * known.estimate)
    assert found.standard_error == pytest.approx(both, rel=0.01)
    assert found.largest == pytest.approx(mean / 2)


def test_between_populations() -> None:
    every = ByDesign(two_populations(), EXCLUSIVE).between()
    (pair,) = every
    assert pair == ("x", "y")
    truth = float(between([0.7, 0.3], [0.7, 0.3], exclusive_conflict(2)))
    assert every[pair].interval[0] < truth < every[pair].interval[1]
    levels = PartlyKnown(np.array([[0.0, np.nan], [np.nan, 0.0]]), np.full((3, 2, 1), 0.5))
    assert ByDesign(two_populations(), levels).between() == {}


def test_two_different_agents_of_a_known_population() -> None:
    sizes = np.array([1_000, 1_000])
    one = ByDesign(two_populations(population_size=sizes), EXCLUSIVE)
    other = replace(one, different=True)
    with_itself, without = one.within()[2]["y"], other.within()[2]["y"]
    assert without.estimate == pytest.approx(with_itself.estimate * 1_000 / 999)
    # all agents are in the table: only who is of known goal is chance
    free = ByDesign(two_populations(), EXCLUSIVE).within()[2]["y"]
    assert with_itself.standard_error < free.standard_error


def test_a_stated_design_effect_widens_the_sample_of_agents() -> None:
    plain = ByDesign(two_populations(), EXCLUSIVE)
    stated = ByDesign(two_populations(stated_deff=np.array([4.0, np.nan])), EXCLUSIVE)
    assert stated.deff == pytest.approx([4.0, 1.0])
    widened, before = stated.within()[2], plain.within()[2]
    assert widened["x"].standard_error > 1.5 * before["x"].standard_error
    assert widened["y"].standard_error == pytest.approx(before["y"].standard_error)


def posterior(**more: Any) -> bm.Posterior:
    return made_up(study_of(two_populations(**more)), draws=50)


def test_a_posterior_gives_the_estimates() -> None:
    found = posterior()
    estimates = found.design_based()
    assert list(estimates) == ["x", "y"]
    assert estimates["y"].interval[0] < 0.42 < estimates["y"].interval[1]
    likely = found.design_based(proxy="likely goals")["y"]
    assert likely.estimate == pytest.approx(estimates["y"].estimate, abs=0.05)
    both = found.design_based_between("y", "x")
    assert both == found.design_based_between("x", "y")
    assert both.interval[0] < 0.42 < both.interval[1]
    with pytest.raises(ResultError, match="proxy is one of 'face value', 'likely goals'"):
        found.design_based(proxy="votes")  # type: ignore[arg-type]
    with pytest.raises(ResultError, match="no population 'z'"):
        found.design_based_between("x", "z")


def test_nothing_is_said_where_the_study_does_not_say_how_they_were_drawn() -> None:
    found = posterior(gold_random=False)
    with pytest.raises(ResultError, match="Fix: state gold_random, if they were"):
        found.design_based()
    assert found.results("goals").design_check() is None
    assert all(section.key != "design_based" for section in sections(gather(found)))


def test_a_report_has_a_section_of_both() -> None:
    found = posterior().unlocked()
    (section,) = [s for s in sections(gather(found)) if s.key == "design_based"]
    check = found.results("goals").design_check()
    tables = [block for block in section.blocks if block.kind == "table"]
    assert [row[0] for row in tables[0].rows] == ["x", "y"]
    texts = " ".join(block.text for block in section.blocks if block.kind == "paragraph")
    assert "95 % would have an interval that holds P(ma)" in texts
    assert ("Rely on the design-based estimate" in texts) == bool(check.odd())
    if not check.odd():
        assert (
            "is found out about 80 % of the time, and one that is wrong by less mostly is not"
            in texts
        )
    assert "Fewer than 10 known goals of x are other than the labels say" in texts
    said = found.summary()
    assert "Design-based check" in said
    assert f"{check.populations['y'].design.estimate:.3f}" in said
    (summary,) = [s.summary for s in sections(gather(found)) if s.key == "identification"]
    by_design = summary["noisy_reports"]["design_based"]
    assert [row["population"] for row in by_design] == ["x", "y"]
    assert set(by_design[0]) >= {"estimate", "standard_error", "lower", "upper", "difference"}
    assert any(
        "Prediction-Powered" in s
        for s in goals_model(found.study.goals.model).citations(found.study.goals)
    )
