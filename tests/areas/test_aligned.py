"""Who is nearest to whom in each area, against excesses of the draws and published values."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign import measure
from bayes_misalign.areas.aligned import OVER_ALL
from bayes_misalign.areas.sections import sections
from bayes_misalign.errors import StudyError
from tests.areas.studies import COUNTS, fitted

DILEMMAS = Path(__file__).parents[2] / "examples" / "moral-machine" / "dilemmas.toml"
SIMILAR = {(area, "models"): COUNTS[area, "women"] for area in ("tax", "roads", "parks")}
C = measure.exclusive_conflict(2, no_goal=True)


def of_three(**more: Any) -> bm.AreasPosterior:
    """Fit men, women, and models who answer as women do."""
    rows = [
        (area, group, vote, n)
        for (area, group), numbers in (COUNTS | SIMILAR).items()
        for vote, n in zip(("yes", "no", "pass"), numbers, strict=True)
    ]
    names = ("area", "group", "vote", "n")
    data = {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    goals = bm.SingleChoice(data, goal="vote", population="group", count="n")
    area = bm.ProblemArea("plans", goals=["yes", "no"], no_goal=["pass"])
    return bm.fit_areas(area, goals, bm.MutuallyExclusive(), area="area", draws=500, **more)


def test_the_excess_of_an_area_is_that_of_its_shares() -> None:
    posterior = fitted()
    found = posterior.excess("men", "women")
    part, place = posterior.study.place("tax")
    shares = posterior.posterior_of(part).shares()
    at = [part.places[place, part.populations.index(name)] for name in ("men", "women")]
    expected = measure.excess(shares[:, at[0]], shares[:, at[1]], C)
    np.testing.assert_allclose(found["tax"].draws.ravel(), expected, atol=1e-12)
    assert found["tax"].mean > found["roads"].mean


def test_the_nearest_is_counted_over_the_draws() -> None:
    posterior = of_three()
    found = posterior.nearest("models")
    every = {name: posterior.excess("models", name) for name in ("men", "women")}
    near = every["women"]["tax"].draws < every["men"]["tax"].draws
    assert found.probabilities["tax"]["women"] == pytest.approx(near.mean())
    over = {
        name: np.mean([by[area].draws for area in posterior.areas], axis=0)
        for name, by in every.items()
    }
    for name, draws in over.items():
        np.testing.assert_allclose(found.over[name].draws, draws, atol=1e-12)
    assert found.nearest() == ("women", found.probabilities_over["women"])
    assert found.probabilities_over["women"] > 0.95
    assert OVER_ALL in str(found)
    assert found.to_frame("polars").shape[0] == 2 * (len(posterior.areas) + 1)


def test_weights_say_which_areas_count() -> None:
    found = of_three().nearest("models", ["men"], weights={"roads": 0, "parks": 0})
    np.testing.assert_allclose(found.over["men"].draws, found.excess["tax"]["men"].draws)
    assert found.probabilities_over == {"men": 1.0}


def test_a_report_has_it_where_the_study_names_people(tmp_path: Path) -> None:
    posterior = of_three(populations=bm.Populations(people=("men", "women")))
    (section,) = [one for one in sections(posterior) if one.key == "aligned"]
    assert section.blocks[0].text.startswith("Over 3 areas, women is nearest to models")
    posterior.write(tmp_path / "results", figures=False)
    again = bm.AreasPosterior.load(tmp_path / "results")
    assert again.study.people == ("men", "women")
    lines = (tmp_path / "results" / "tables" / "aligned.csv").read_text(encoding="utf-8")
    assert len(lines.splitlines()) == 1 + 2 * 4
    assert not [one for one in sections(of_three()) if one.key == "aligned"]


def test_the_example_meets_published_preferences() -> None:
    posterior = bm.fit_areas(bm.read_areas(DILEMMAS))
    found = posterior.nearest("people")
    known = {"GPT-4, April 2024": 0.0161, "DeepSeek V3.2": 0.0149, "Qwen2.5 3B": 0.0766}
    for name, excess in known.items():
        assert found.over[name].mean == pytest.approx(excess, abs=5e-5)
    assert found.nearest() == ("DeepSeek V3.2", 1.0)
    assert posterior.aggregate("people")["arithmetic"].mean == pytest.approx(0.4272, abs=5e-5)
    between = posterior.aggregate("people", "GPT-4, April 2024")
    assert between["arithmetic"].mean == pytest.approx(0.4017, abs=5e-5)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda p: p.excess("men", "men"), "two populations, not 'men' twice"),
        (lambda p: p.excess("men", "child"), "there is no population 'child'"),
        (lambda p: p.nearest("men", ["men"]), "populations other than 'men'"),
        (lambda p: p.nearest("men", []), "populations other than 'men'"),
        (lambda p: p.nearest("men", weights={"tax": -1}), "non-negative numbers"),
        (lambda p: p.nearest("men", weights={"taxes": 1}), "there is no area 'taxes'"),
    ],
)
def test_what_cannot_be_is_refused(call: Any, says: str) -> None:
    with pytest.raises(StudyError, match=says):
        call(fitted())


@pytest.mark.parametrize(
    ("people", "says"),
    [(("men", "child"), "people names the population 'child'"), (("men", "women"), "all pop")],
)
def test_people_are_some_of_the_populations(people: tuple[str, ...], says: str) -> None:
    with pytest.raises(StudyError, match=says):
        fitted(populations=bm.Populations(people=people))
