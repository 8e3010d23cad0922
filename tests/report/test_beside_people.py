"""Populations beside people in a report: what is said of them, and what is not."""

from dataclasses import replace
from typing import Any

import pytest

import bayes_misalign as bm
from bayes_misalign.errors import ResultError, StudyError
from bayes_misalign.inference.beside_people import MOST, beside_people
from bayes_misalign.page.number_text import estimate_text, probability
from bayes_misalign.report.beside_people import MANY, TITLE
from bayes_misalign.report.figures.draw import draw_figures
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_json import summary
from bayes_misalign.report.sections import sections
from tests.report.cases import with_state
from tests.report.test_people import games


def beside(posterior: bm.Posterior, threshold: float | None = None, **stated: Any) -> bm.Posterior:
    """Return the same draws of a study that says which populations are people."""
    study = posterior.study
    reporting = replace(study.reporting, threshold=threshold)
    stated_too = replace(study, populations=bm.Populations(**stated), reporting=reporting)
    return bm.fit(stated_too, random_seed=1)


def section(posterior: bm.Posterior) -> Any:
    (found,) = [one for one in sections(gather(posterior)) if one.key == "people"]
    return found


def test_each_other_population_is_beside_people_and_the_nearest_is_first() -> None:
    posterior = beside(games(), people="people", threshold=0.42)
    found = beside_people(posterior)
    assert found is not None
    assert [row.other for row in found.rows] == ["GPT-3.5", "GPT-4"]
    assert sum(row.nearest for row in found.rows) == pytest.approx(1)
    for row in found.rows:
        assert row.excess.mean == posterior.excess(row.other, "people").mean
        alone = posterior.mixing("people", row.other, threshold=0.42)
        assert row.mixing.chance_to_rise == alone.chance_to_rise
        assert row.mixing.height.mean == alone.height.mean
        assert row.sample.median == posterior.equivalent_sample(row.other, "people").median
    first = found.rows[0]
    chance = probability(first.nearest, first.excess.draws.size)
    (said, *_) = section(posterior).blocks
    assert said.text == (
        f"Of 2 populations, GPT-3.5 is nearest to people, with probability {chance}; their excess "
        f"is {estimate_text(first.excess)}."
    )


def test_of_several_populations_of_people_each_other_has_a_nearest() -> None:
    found = beside_people(beside(games(), people=["people", "GPT-4"]))
    assert found is not None
    assert [(row.other, row.people) for row in found.rows] == [
        ("GPT-3.5", "people"),
        ("GPT-3.5", "GPT-4"),
    ]
    near = games().nearest("GPT-3.5", ["people", "GPT-4"])
    assert [row.nearest for row in found.rows] == list(near.probabilities.values())
    title = section(beside(games(), people=["people", "GPT-4"])).blocks[0].text
    assert title.startswith("Of 2 populations of people, people is nearest to GPT-3.5")


def test_copies_hold_one_goal() -> None:
    posterior = beside(games(), people="people", copies="GPT-3.5")
    found = beside_people(posterior)
    assert found is not None
    assert [row.mixing.one_goal for row in found.rows] == [True, False]
    assert found.rows[0].mixing.at(1).mean == 0
    assert "All agents of GPT-3.5 are taken to hold one goal" in str(section(posterior).blocks)


def test_machines_have_the_numbers_and_a_figure_its_words() -> None:
    posterior = beside(games(), people="people", threshold=0.42)
    findings = gather(posterior)
    (area,) = summary(posterior)["problem_areas"]
    assert [one["population"] for one in area["beside_people"]] == ["GPT-3.5", "GPT-4"]
    (gpt, _) = area["beside_people"]
    assert gpt["equivalent_sample"]["median"] == pytest.approx(
        posterior.equivalent_sample("GPT-3.5", "people").median
    )
    table = csv_tables(findings)["beside_people.csv"]
    assert "GPT-4,people,share at which P(ma) rises above 0.42" in table
    figure = draw_figures(findings)["people"]
    half = posterior.mixing("people", "GPT-4").at(0.5)
    assert f"GPT-4 among people, half and half {estimate_text(half)}" in figure.alt
    assert len(posterior.plot.people().axes) == 1


def test_without_people_nothing_is_said() -> None:
    assert not section(games()).blocks
    assert "people" not in draw_figures(gather(games()))
    with pytest.raises(ResultError, match="which populations are of people"):
        games().plot.people()


def test_of_very_many_populations_it_says_how_to_ask() -> None:
    names = [f"p{i}" for i in range(MOST + 2)]
    rows = {"who": names * 2, "goal": ["a"] * len(names) + ["b"] * len(names)}
    goals = bm.SingleChoice(rows, goal="goal", population="who")
    area = bm.ProblemArea("x", goals=["a", "b"])
    stated = bm.Populations(people="p0")
    posterior = bm.fit(area, goals, bm.MutuallyExclusive(), populations=stated, draws=20)
    assert section(posterior).title == TITLE
    assert [block.text for block in section(posterior).blocks] == [MANY]


def test_withheld_numbers_stay_so() -> None:
    withheld = with_state(beside(games(), people="people"), "not_converged")
    text = str([block for block in section(withheld).blocks if hasattr(block, "text")])
    assert "withheld" in text
    (area,) = summary(withheld)["problem_areas"]
    one = area["beside_people"][0]
    assert one["probability_nearest"] is one["equivalent_sample"]["median"] is None
    assert one["excess"]["mean"] is None


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ({"people": ["people", "nobody"]}, "there is no population 'nobody'"),
        ({"people": ["people", "GPT-4", "GPT-3.5"]}, "all populations are of people"),
        ({"people": "people", "copies": "people"}, "'people' is of people, and of copies"),
        ({"copies": "GPT-4"}, "state `people` too"),
        ({"people": []}, "people names populations, each once"),
        ({"people": ["people", "people"]}, "people names populations, each once"),
    ],
)
def test_what_cannot_be_is_refused(stated: dict[str, Any], says: str) -> None:
    study = games().study
    rows = {"who": list(study.goals.populations) * 2, "goal": ["less"] * 3 + ["more"] * 3}
    goals = bm.SingleChoice(rows, goal="goal", population="who")
    with pytest.raises(StudyError, match=says):
        bm.Study.of(study.area, goals, bm.MutuallyExclusive(), populations=bm.Populations(**stated))


def test_a_study_keeps_what_it_says() -> None:
    study = bm.example("games-human-ai")
    assert study.populations.of_people == ("people",)
    assert bm.Study.from_plain(study.to_plain()).populations == study.populations
