"""The union of all populations in several areas, against studies of one area each."""

from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr

import bayes_misalign as bm
from bayes_misalign.areas.unions import draw_unions
from tests.areas.studies import COUNTS, GOALS, counted, fitted, panel, votes

YES_NO = bm.ProblemArea("plans", goals=["yes", "no"])


def weighted() -> dict[str, list[Any]]:
    """Return answers, a row each, with weights."""
    rng = np.random.default_rng(5)
    table = counted()
    made: dict[str, list[Any]] = {name: [] for name in ("area", "group", "vote", "weight")}
    for area, group, vote, n in zip(*table.values(), strict=True):
        for _ in range(n):
            for name, value in (("area", area), ("group", group), ("vote", vote)):
                made[name].append(value)
            made["weight"].append(float(rng.uniform(0.5, 1.5) * (3 if group == "men" else 1)))
    return made


def of_one(table: dict[str, list[Any]], area: str) -> dict[str, list[Any]]:
    kept = [i for i, one in enumerate(table["area"]) if one == area]
    return {name: [column[i] for i in kept] for name, column in table.items() if name != "area"}


def alone(area: str, shares: Any = None) -> bm.Study:
    """Return a study of one of the areas alone."""
    answers = bm.SingleChoice(of_one(weighted(), area), "vote", population="group", weight="weight")
    return bm.Study.of(
        GOALS, answers, bm.MutuallyExclusive(), populations=bm.Populations(shares=shares)
    )


def of_weights(shares: Any = None, **more: Any) -> bm.AreasPosterior:
    answers = bm.SingleChoice(weighted(), "vote", population="group", weight="weight")
    return bm.fit_areas(
        GOALS,
        answers,
        bm.MutuallyExclusive(),
        area="area",
        populations=bm.Populations(shares=shares),
        **more,
    )


@pytest.mark.parametrize("shares", [None, "weights", "answers"])
def test_shares_in_the_union_are_those_of_a_study_of_each_area(shares: str | None) -> None:
    posterior = of_weights(shares, draws=10)
    assert set(posterior.study.unions) == set(posterior.areas)
    for area, union in posterior.study.unions.items():
        assert union == alone(area, shares).union


def test_the_union_is_that_of_a_study_of_each_area() -> None:
    posterior = of_weights()
    for area, found in posterior.misalignment().items():
        expected = bm.fit(alone(area)).overall()
        assert expected is not None
        assert found.mean == pytest.approx(expected.mean, abs=5 * expected.mcse)
        assert found.sd == pytest.approx(expected.sd, rel=0.08)
    assert posterior.ranks().areas == posterior.areas
    assert "All populations together, two agents drawn at random" in posterior.summary()


def test_answers_without_weights_tell_shares_where_asked_for() -> None:
    assert not fitted(draws=10).study.unions
    answers = fitted(draws=10, populations=bm.Populations(shares="answers"))
    for area, union in answers.study.unions.items():
        assert union.counts == tuple(float(sum(COUNTS[area, s])) for s in ("men", "women"))
    assert answers.misalignment()["tax"].mean > 0.4


def test_the_same_agents_have_the_same_part_in_the_union_of_every_area() -> None:
    table = panel(areas=3) | {"q_0": ["yes", "no"] * 60, "q_1": ["no", "yes"] * 60}
    stated = bm.Populations(shares="answers")
    answers = bm.SingleChoice(table, population="group")
    study = bm.AreasStudy.of(
        YES_NO, answers, bm.MutuallyExclusive(), areas="q_{area}", populations=stated
    )
    drawn = draw_unions(study, 200)
    np.testing.assert_array_equal(drawn["0"], drawn["1"])
    # some left out the third area
    assert 0.9 < np.corrcoef(drawn["0"][:, 0], drawn["2"][:, 0])[0, 1] < 1
    shares = study.unions["0"].shares
    np.testing.assert_allclose(draw_unions(study, 20_000)["0"].mean(axis=0), shares, atol=0.002)
    apart = of_weights("answers", draws=10).study
    drawn = draw_unions(apart, 2000)
    assert abs(np.corrcoef(drawn["tax"][:, 0], drawn["roads"][:, 0])[0, 1]) < 0.1


def test_an_area_in_which_somebody_was_not_asked_has_no_union() -> None:
    every = counted()
    asked = [pair != ("tax", "men") for pair in zip(every["area"], every["group"], strict=True)]
    table = {name: list(compress(column, asked)) for name, column in every.items()}
    for shares in ("answers", {"men": 0.5, "women": 0.5}):
        stated = {"area": "area", "draws": 10, "populations": bm.Populations(shares=shares)}
        found = bm.fit_areas(GOALS, votes(data=table), bm.MutuallyExclusive(), **stated)
        assert set(found.misalignment()) == {"roads", "parks"}
    nobody = bm.Populations(shares={"men": 0.0, "women": 1.0})
    found = fitted(draws=10, populations=nobody)
    np.testing.assert_allclose(
        found.misalignment()["tax"].draws, found.misalignment("women")["tax"].draws
    )


def test_stated_shares_are_read_as_those_of_one_area() -> None:
    rounded = fitted(draws=10, populations=bm.Populations(shares={"men": 0.4, "women": 0.59}))
    assert rounded.study.shares == pytest.approx({"men": 0.4 / 0.99, "women": 0.59 / 0.99})
    with pytest.raises(bm.StudyError, match="no share is stated for 'women'"):
        fitted(populations=bm.Populations(shares={"men": 1.0}))
    with pytest.raises(bm.StudyError, match="did you mean 'women'"):
        fitted(populations=bm.Populations(shares={"men": 0.5, "woman": 0.5}))
    with pytest.raises(bm.StudyError, match=r"sizes of populations are\. Fix: state the share"):
        fitted(populations=bm.Populations(shares="sizes"))


def test_conflict_in_any_area_of_the_union_is_that_within_and_between() -> None:
    answers = bm.SingleChoice(panel(), population="group")
    stated = {"areas": "q_{area}", "draws": 100}
    posterior = bm.fit_areas(
        YES_NO,
        answers,
        bm.MutuallyExclusive(),
        populations=bm.Populations(shares={"men": 0.3, "women": 0.7}),
        **stated,
    )
    found = posterior.together()
    one, other = posterior.together("men"), posterior.together("women")
    both = posterior.together("men", "women")
    expected = 0.09 * one.any.draws + 0.49 * other.any.draws + 0.42 * both.any.draws
    np.testing.assert_allclose(found.any.draws, expected, rtol=1e-12)
    assert found.agents == one.agents + other.agents
    assert (found.population, found.other) == (None, None)
    drawn = bm.fit_areas(
        YES_NO,
        answers,
        bm.MutuallyExclusive(),
        populations=bm.Populations(shares="answers"),
        **stated,
    )
    weights = np.mean(list(draw_unions(drawn.study, 400).values()), axis=0)
    parts = weights[:, 0] ** 2, weights[:, 1] ** 2, 2 * weights[:, 0] * weights[:, 1]
    first, second = drawn.populations
    draws = [
        drawn.together(*scope).any.draws.ravel() for scope in ((first,), (second,), (first, second))
    ]
    expected = sum(part * x for part, x in zip(parts, draws, strict=True))
    np.testing.assert_allclose(drawn.together().any.draws.ravel(), expected, rtol=1e-12)
    nobody = bm.fit_areas(YES_NO, answers, bm.MutuallyExclusive(), **stated)
    with pytest.raises(bm.StudyError, match="their shares in the union are not known"):
        nobody.together()


def test_unions_are_read_back(tmp_path: Path) -> None:
    posterior = of_weights(draws=50)
    again = bm.AreasPosterior.load(posterior.write(tmp_path / "r", figures=False))
    assert again.study.unions == posterior.study.unions
    assert again.summary() == posterior.summary()
    assert ",," in (tmp_path / "r" / "tables" / "areas.csv").read_text(encoding="utf-8")


def sampled(**more: Any) -> dict[str, list[Any]]:
    """Return a sample of 30 clusters in two strata, whose agents answered in three areas."""
    rng = np.random.default_rng(8)
    number, cluster = 240, np.repeat(np.arange(30), 8)
    pull = rng.normal(size=30)[cluster] + (cluster % 2)
    made: dict[str, list[Any]] = {
        "group": rng.choice(["men", "women"], number).tolist(),
        "psu": [f"c{one}" for one in cluster],
        "half": [f"s{one % 2}" for one in cluster],
        "weight": rng.uniform(0.5, 1.5, number).round(2).tolist(),
        "all": ["500"] * number,
    }
    for area in range(3):
        yes = pull + rng.normal(size=number) > 0.7
        made[f"q_{area}"] = np.where(yes, "yes", "no").tolist()
    return made | more


DESIGNS: dict[str, dict[str, str]] = {
    "clusters": {"cluster": "psu"},
    "strata and clusters, weighted": {"strata": "half", "cluster": "psu", "weight": "weight"},
    "strata of agents": {"strata": "half"},
    "all agents of strata counted": {"strata": "half", "fpc": "all"},
}


@pytest.mark.parametrize("stated", DESIGNS.values(), ids=DESIGNS)
def test_a_design_is_that_of_a_study_of_each_area(stated: dict[str, str]) -> None:
    table, shares = sampled(), None if "weight" in stated else "answers"
    several = bm.AreasStudy.of(
        YES_NO,
        bm.SingleChoice(table, population="group", **stated),
        bm.MutuallyExclusive(),
        areas="q_{area}",
        populations=bm.Populations(shares=shares),
    )
    part = several.parts[0]
    for area in ("0", "2"):
        one = bm.Study.of(
            YES_NO,
            bm.SingleChoice(table, goal=f"q_{area}", population="group", **stated),
            bm.MutuallyExclusive(),
            populations=bm.Populations(shares=shares),
        )
        places = part.places_of(area, ("men", "women"))
        effective = part.study.goals.effective.counts[places]
        np.testing.assert_allclose(effective, one.goals.effective.counts, rtol=1e-9)
        assert one.union is not None
        np.testing.assert_allclose(several.unions[area].counts, one.union.counts, rtol=1e-9)


def test_areas_of_a_sample_of_clusters_go_together() -> None:
    posterior = bm.fit_areas(
        YES_NO,
        bm.SingleChoice(sampled(), population="group", cluster="psu"),
        bm.MutuallyExclusive(),
        areas="q_{area}",
        populations=bm.Populations(shares="answers"),
        draws=250,
    )
    assert posterior.diagnosis.state == "ok"
    one, other = (posterior.misalignment("men")[area].draws.ravel() for area in ("0", "1"))
    beside = posterior.misalignment("women")["0"].draws.ravel()
    goals = posterior.study.parts[0].study.goals
    assert goals.coupling is not None
    drawn = [spearmanr(one, beyond).statistic for beyond in (other, beside)]
    places = posterior.study.parts[0].places
    told = [goals.coupling.correlation[places[0, 0], at] for at in (places[1, 0], places[0, 1])]
    assert np.abs(told).min() > 0.2
    np.testing.assert_allclose(drawn, told, atol=0.15)
    assert posterior.together("men").agents < 0.8 * sampled()["group"].count("men")


def test_sizes_of_strata_need_agents_who_are_told_apart() -> None:
    every = counted() | {"half": ["s"] * len(counted()["n"]), "all": ["900"] * len(counted()["n"])}
    answers = votes(data=every, strata="half", fpc="all")
    with pytest.raises(bm.StudyError, match=r"of the same agent\. Fix: name the column"):
        bm.AreasStudy.of(GOALS, answers, bm.MutuallyExclusive(), area="area")


def test_a_design_of_too_many_areas_has_no_union(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bayes_misalign.reading.survey_design.MOST_IN_UNION", 5)
    answers = bm.SingleChoice(sampled(), population="group", cluster="psu")
    stated = {"areas": "q_{area}", "populations": bm.Populations(shares="answers")}
    with pytest.raises(bm.StudyError, match="not worked out of 6 areas by populations"):
        bm.AreasStudy.of(YES_NO, answers, bm.MutuallyExclusive(), **stated)
