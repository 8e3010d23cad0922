"""P(ma) by area against closed forms, and all that is made of it."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign import measure
from bayes_misalign.areas.draws import Scope
from bayes_misalign.areas.ranks import rank_probabilities
from tests.areas.studies import COUNTS, GOALS, counted, fitted, votes

POLIS = Path(__file__).parents[2] / "examples" / "polis" / "study.toml"
C = measure.exclusive_conflict(2, no_goal=True)
POSTERIOR = fitted()


def moments(counts: tuple[int, ...]) -> tuple[float, float]:
    """Return mean and sd of p'Cp for p ~ Dirichlet(1 + counts)."""
    a = np.array(counts) + 1.0
    total = a.sum()
    q, s, r = a @ C @ a, a @ (C @ a) ** 2, a @ (C * C) @ a
    mean = q / (total * (total + 1))
    square = (q * q + 4 * s + 2 * r) / (total * (total + 1) * (total + 2) * (total + 3))
    return mean, float(np.sqrt(square - mean**2))


@pytest.mark.parametrize(("area", "group"), COUNTS)
def test_within_has_the_moments_of_a_dirichlet(area: str, group: str) -> None:
    mean, sd = moments(COUNTS[area, group])
    found = POSTERIOR.misalignment(group)[area]
    assert found.mean == pytest.approx(mean, abs=4.5 * sd / np.sqrt(found.draws.size))
    assert found.sd == pytest.approx(sd, rel=0.06)


@pytest.mark.parametrize("area", POSTERIOR.areas)
def test_between_has_the_mean_of_two_dirichlets(area: str) -> None:
    shares = [(x := np.array(COUNTS[area, s]) + 1.0) / x.sum() for s in ("men", "women")]
    found = POSTERIOR.misalignment("men", "women")[area]
    assert found.mean == pytest.approx(shares[0] @ C @ shares[1], abs=4.5 * found.mcse)


def test_areas_and_populations_keep_their_order() -> None:
    assert POSTERIOR.areas == ("tax", "roads", "parks")
    assert POSTERIOR.populations == ("men", "women")
    assert POSTERIOR.scopes == (Scope("men"), Scope("women"), Scope("men", "women"))


def test_one_area_is_what_an_ordinary_study_says() -> None:
    alone = bm.SingleChoice(
        {"vote": ["yes", "no", "pass"], "n": list(COUNTS["tax", "men"])}, goal="vote", count="n"
    )
    expected = bm.fit(GOALS, alone, bm.MutuallyExclusive()).misalignment()["all"]
    found = fitted(prior=None).misalignment("men")["tax"]
    assert found.mean == pytest.approx(expected.mean, abs=5 * expected.mcse)
    assert found.interval == pytest.approx(expected.interval, abs=0.02)


def test_the_union_mixes_shares_by_stated_weights() -> None:
    shares = {"men": 0.25, "women": 0.75}
    posterior = fitted(populations=bm.Populations(shares=shares))
    parts = [posterior.draws_of(scope)["tax"] for scope in posterior.scopes[:3]]
    expected = 0.0625 * parts[0] + 0.5625 * parts[1] + 2 * 0.25 * 0.75 * parts[2]
    np.testing.assert_allclose(posterior.draws_of(Scope())["tax"], expected, rtol=1e-12)
    assert posterior.misalignment()["tax"].mean == pytest.approx(expected.mean())


def test_means_over_areas_are_those_of_the_draws() -> None:
    draws = np.stack(list(POSTERIOR.draws_of(Scope("men")).values()), axis=1)
    weights = {"tax": 3.0, "parks": 0.0}
    found = POSTERIOR.aggregate("men", weights=weights)
    for how in ("arithmetic", "geometric", "harmonic"):
        each = measure.across_areas(draws, how, [3, 1, 0])
        np.testing.assert_allclose(found[how].draws.ravel(), each)
    np.testing.assert_allclose(found["max"].draws.ravel(), draws[:, :2].max(axis=1))
    means = [one.mean for one in POSTERIOR.aggregate("men").values()]
    assert means[3] <= means[2] <= means[1] <= means[0] <= means[4]


def test_ranks_are_counted_over_the_draws() -> None:
    draws = np.stack(list(POSTERIOR.draws_of(Scope("men", "women")).values()), axis=1)
    ranks = POSTERIOR.ranks("men", "women")
    place = (draws[:, :, None] < draws[:, None, :]).sum(axis=2)
    for a, area in enumerate(ranks.areas):
        assert ranks.most[area] == pytest.approx((place[:, a] == 0).mean())
        assert ranks.at_most(2)[area] == pytest.approx((place[:, a] <= 1).mean())
        assert ranks.mean[area] == pytest.approx(1 + place[:, a].mean())
    np.testing.assert_allclose(ranks.probabilities.sum(axis=0), 1)
    assert ranks.in_order[0] == "tax"
    assert ranks.intervals["tax"] == (1, 1)


def test_areas_with_the_same_value_share_their_ranks() -> None:
    found = rank_probabilities([[0.5, 0.2, 0.5], [0.1, 0.1, 0.1]])
    third = 1 / 3
    expected = [
        [(0.5 + third) / 2, (0.5 + third) / 2, third / 2],
        [third / 2, third / 2, (1 + third) / 2],
        [(0.5 + third) / 2, (0.5 + third) / 2, third / 2],
    ]
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize("relative", [False, True])
def test_bedfellows_are_counted_over_the_draws(relative: bool) -> None:
    choices = bm.AreaChoices(opposed=0.4, agreed=0.2, relative=relative)
    posterior = fitted(choices=choices)
    men, women, between = (posterior.draws_of(scope) for scope in posterior.scopes)
    far = {a: between[a] - relative * (men[a] + women[a]) / 2 for a in posterior.areas}
    found = posterior.bedfellows(least=0.0)
    assert (found[0].opposed, found[0].agreed) == ("tax", "roads")
    for one in found:
        both = (far[one.opposed] > 0.4) & (between[one.agreed] < 0.2)
        assert one.probability == pytest.approx(both.mean())
        assert one.p_opposed == pytest.approx((far[one.opposed] > 0.4).mean())
    some = [(far[a] > 0.4) & (between[b] < 0.2) for a in far for b in between if a != b]
    assert posterior.any_bedfellows()["men", "women"] == pytest.approx(np.any(some, axis=0).mean())


def test_goals_may_be_bedfellows_where_conflict_differs_by_area() -> None:
    calm = bm.Fixed([{"between": ["yes", "no"], "conflict": 0.05}])
    posterior = fitted(conflict_of={"parks": calm})
    expected = moments(COUNTS["parks", "men"])[0] * 0.05
    assert posterior.misalignment("men")["parks"].mean == pytest.approx(expected, rel=0.02)
    pairs = {(one.opposed, one.agreed) for one in posterior.goal_bedfellows()}
    assert pairs == {("tax", "parks"), ("roads", "parks")}
    assert not fitted().goal_bedfellows()


def test_areas_of_their_own_have_different_goals() -> None:
    def study(goals: list[str], numbers: list[int]) -> bm.Study:
        answers = bm.SingleChoice({"g": goals, "n": numbers}, goal="g", count="n")
        return bm.Study.of(bm.ProblemArea("x", goals), answers, bm.MutuallyExclusive())

    studies = {"vote": study(["a", "b"], [50, 50]), "colour": study(["r", "g", "b"], [90, 5, 5])}
    posterior = bm.fit_areas(studies, draws=500)
    assert posterior.ranks().most["vote"] == 1
    alone = bm.fit(studies["colour"]).misalignment()["all"]
    found = posterior.misalignment()["colour"]
    assert found.mean == pytest.approx(alone.mean, abs=5 * found.mcse)
    # no two areas go up and down together, though their studies state one seed
    draws = list(posterior.draws_of(Scope("all")).values())
    assert abs(np.corrcoef(draws)[0, 1]) < 0.1


def test_an_area_in_which_some_were_not_asked_is_left_out() -> None:
    counts = {key: n for key, n in COUNTS.items() if key != ("parks", "men")}
    answers = votes(data=counted(counts))
    posterior = bm.fit_areas(GOALS, answers, bm.MutuallyExclusive(), area="area", draws=200)
    assert list(posterior.misalignment("men")) == ["tax", "roads"]
    assert list(posterior.misalignment("men", "women")) == ["tax", "roads"]
    assert len(posterior.misalignment("women")) == 3


def test_the_example_meets_its_plug_in_values() -> None:
    study = bm.read_areas(POLIS)
    posterior = bm.fit_areas(study, draws=500)
    published = {
        "44": (0.1289, 0.1715, 0.6455),
        "18": (0.0554, 0.2418, 0.6269),
        "7": (0.0366, 0.0923, 0.0653),
    }
    for area, values in published.items():
        part, place = study.place(area)
        counts = part.study.goals.counts[part.places[place]]
        p, q = counts / counts.sum(axis=1, keepdims=True)
        found = [p @ C @ p, q @ C @ q, p @ C @ q]
        np.testing.assert_allclose(found, values, atol=6e-5)
        for scope, value in zip(posterior.scopes, found, strict=True):
            estimate = posterior.estimate(scope, area)
            assert estimate.interval[0] < value < estimate.interval[1]
    one, other = posterior.populations
    assert posterior.bedfellows(one, other, least=0.9)
    assert ("44", "7") in {(x.opposed, x.agreed) for x in posterior.bedfellows(least=0.9)}


def test_numbers_become_frames() -> None:
    frame = POSTERIOR.to_frame("polars")
    assert frame.shape[0] == 9
    assert POSTERIOR.ranks("men").to_frame("polars")["p_most"].sum() == pytest.approx(1)
    found = POSTERIOR.bedfellows(least=0.0).to_frame("polars")
    assert set(found["one"]) == {"men"}
    assert len(list(combinations(POSTERIOR.populations, 2))) == 1
