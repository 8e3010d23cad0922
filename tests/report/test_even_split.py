"""An even split of two goals, in every face of a report."""

import json

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.measure import unbiased
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_html import to_html
from bayes_misalign.report.render_json import to_json
from bayes_misalign.report.render_markdown import to_markdown

AREA = bm.ProblemArea("plan", goals=["stay", "leave"])
NOTE = "† Extended to the attainable maximum, where draws pile up."


def answers(even, uneven):
    rows = {"goal": ["stay", "leave"] * 2, "place": ["even"] * 2 + ["uneven"] * 2}
    return bm.SingleChoice(
        rows | {"n": [*even, *uneven]}, goal="goal", count="n", population="place"
    )


@pytest.fixture(scope="module")
def result():
    return bm.fit(AREA, answers((50, 50), (80, 20)), bm.MutuallyExclusive(), random_seed=1)


def test_it_is_held_and_no_other_interval_changes(result) -> None:
    even, uneven = result.misalignment().values()
    assert even.interval[1] == 0.5
    assert even.kind == "eti_to_maximum"
    assert uneven.kind == "eti"
    assert uneven.interval == tuple(np.quantile(uneven.draws, [0.025, 0.975]))
    assert result.alignment()["even"].interval == pytest.approx((0.5, 1 - even.interval[0]))
    assert result.normalised_misalignment()["even"].interval[1] == 1
    assert result.overall({"even": 1.0, "uneven": 0.0}).interval == even.interval
    assert result.between("even", "uneven").kind == "eti"
    assert result.contrast("even", "uneven").difference.kind == "eti"
    assert result.sensitivity()["as fitted"]["even"].interval == even.interval
    (other,) = result.mixture("even", "uneven", np.array([0.0]))
    assert other.interval == even.interval


def test_every_face_names_it(result) -> None:
    found = gather(result)
    markdown, html, terminal = to_markdown(found), to_html(found), result.summary()
    assert NOTE in markdown
    assert NOTE in html
    assert NOTE in " ".join(terminal.split())
    assert "extended to the attainable maximum: " in markdown.splitlines()[2]
    assert "extended to the attainable maximum where the mean distance" in markdown
    assert "A stroke ends an interval that is extended" in html
    (first, second) = json.loads(to_json(found))["problem_areas"][0]["populations"]
    assert first["misalignment"]["kind"] == "eti_to_maximum"
    assert second["misalignment"]["kind"] == "eti"
    header, *rows = (line.split(",") for line in csv_tables(found)["misalignment.csv"].splitlines())
    assert [row[header.index("kind")] for row in rows] == ["eti_to_maximum", "eti"]
    assert list(result.misalignment().to_frame()["kind"]) == ["eti_to_maximum", "eti"]


def test_the_unbiased_estimate_stands_beside_it(result) -> None:
    expected = unbiased([80, 20], 1 - np.eye(2))
    value, error = result.unbiased()["uneven"]
    assert value == pytest.approx(expected.value)
    assert error == pytest.approx(np.sqrt(expected.variance))
    assert result.unbiased()["even"][0] == pytest.approx(50 / 99)
    found = gather(result)
    assert f"| {value:.3f} (se {error:.3f}) |" in to_markdown(found)
    (_, second) = json.loads(to_json(found))["problem_areas"][0]["populations"]
    assert second["unbiased_estimate"] == {"value": value, "standard_error": error}
    lines = csv_tables(found)["misalignment.csv"].splitlines()
    header, _, row = (line.split(",") for line in lines)
    assert float(row[header.index("unbiased")]) == value


def test_uncertain_conflict_has_no_unbiased_estimate_and_an_uncertain_maximum() -> None:
    conflict = bm.Elicited({("stay", "leave"): (0.7, 1.0)})
    result = bm.fit(AREA, answers((50, 50), (80, 20)), conflict, random_seed=1)
    assert result.unbiased() == {}
    even, uneven = result.misalignment().values()
    assert (even.kind, uneven.kind) == ("eti_to_maximum", "eti")
    top = np.quantile(result.ceilings.attainable.values, 0.975)
    assert even.interval[1] == pytest.approx(top)
    (first, _) = json.loads(to_json(gather(result)))["problem_areas"][0]["populations"]
    assert first["unbiased_estimate"] is None


def test_the_mean_interval_of_two_different_agents_ends_at_their_maximum() -> None:
    rows = {"goal": ["stay", "leave"], "n": [30, 30]}
    goals = bm.SingleChoice(rows, goal="goal", count="n", population_size=400)
    result = bm.fit(AREA, goals, bm.MutuallyExclusive(), random_seed=1)
    (different,) = result.misalignment(agents="different").values()
    (either,) = result.misalignment(agents="with-replacement").values()
    assert different.interval[1] == pytest.approx(0.5 * 400 / 399)
    assert either.interval[1] == 0.5
    # different agents of the sample speak for different agents of the population
    ((value, _),) = result.unbiased().values()
    assert value == pytest.approx(30 / 59 * 399 / 400)


def test_a_conflicting_no_goal_counts_in_the_bound() -> None:
    area = bm.ProblemArea("plan", goals=["stay", "leave"], no_goal=["none"])
    rows = {"goal": ["stay", "leave", "none"], "n": [30, 30, 30]}
    goals = bm.SingleChoice(rows, goal="goal", count="n")
    levels = {("stay", "leave"): 1.0, ("stay", "no goal"): 1.0, ("leave", "no goal"): 1.0}
    result = bm.fit(area, goals, bm.Fixed(levels), random_seed=1)
    (of_three,) = result.normalised_misalignment(by="bound").values()
    assert of_three.draws.max() <= 1
    (attained,) = result.normalised_misalignment().values()
    np.testing.assert_allclose(of_three.draws, attained.draws, rtol=1e-12)
