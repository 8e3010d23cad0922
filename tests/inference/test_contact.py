"""P(ma) of those who meet: against sums over all pairs, closed forms, and one another."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign import measure
from bayes_misalign.contract.registry import goals_model
from bayes_misalign.inference.conflict_draws import with_known
from bayes_misalign.inference.contact import ContactResults, _of_groups
from bayes_misalign.inference.contact_rates import Network, draw_rates, tallies
from bayes_misalign.inference.parameters import parts_of
from bayes_misalign.page.blocks import Paragraph
from bayes_misalign.reading.contacts import Contacts
from bayes_misalign.report.contact import contact as contact_section
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_json import summary
from bayes_misalign.report.render_markdown import to_markdown
from benchmarks.contact_coverage import cells, covers
from tests.report import test_noisy

KARATE = nx.karate_club_graph()
AREA = bm.ProblemArea("club", ["Mr. Hi", "Officer"])
MEMBERS = {
    "id": [str(node) for node in KARATE],
    "club": [KARATE.nodes[node]["club"] for node in KARATE],
}
EXCLUSIVE = measure.exclusive_conflict(2)


def karate(conflict: Any = None, **more: Any) -> bm.Posterior:
    goals = bm.SingleChoice(MEMBERS, goal="club", respondent="id")
    stated = bm.Contact(KARATE, **more)
    return bm.fit(AREA, goals, conflict or bm.MutuallyExclusive(), contact=stated, random_seed=2)


@cache
def sampled() -> ContactResults:
    return karate().contact()


def test_contacts_of_many_groups_that_hardly_meet_are_dirichlet() -> None:
    """Broken sticks in place of a gamma variate of every pair: means and variances are the same."""
    rng, size, draws = np.random.default_rng(3), 13, 40_000
    shares = rng.dirichlet(np.ones(size))
    counts = np.zeros((size, size))
    counts[0, 1] = counts[1, 0] = 3.0  # six contacts, and two within a group
    counts[2, 2] = 2.0
    evidence = Contacts(
        between="goals",
        labels=tuple(f"g{i}" for i in range(size)),
        mixing=counts / counts.sum(),
        contacts=float(counts.sum()),
        known=False,
    )
    found = _of_groups(evidence, np.tile(shares, (draws, 1)), rng)
    np.testing.assert_allclose(found, found.swapaxes(1, 2), rtol=1e-9)
    once = np.triu_indices(size)
    times = 1 + (once[0] != once[1])
    worth = times * (counts + np.outer(shares, shares))[once]
    mean = worth / worth.sum()
    sd = np.sqrt(mean * (1 - mean) / (worth.sum() + 1))
    drawn = times * found[:, *once]
    assert np.abs((drawn.mean(axis=0) - mean) / (sd / np.sqrt(draws))).max() < 4.5
    often = sd > 0.014  # others are so rare that their spread is hardly told
    assert often.sum() > 10
    np.testing.assert_allclose(drawn.std(axis=0)[often], sd[often], rtol=0.06)


def test_of_a_whole_network_nothing_but_conflict_is_uncertain() -> None:
    found = karate(whole=True).contact()
    parts = [{n for n in KARATE if KARATE.nodes[n]["club"] == club} for club in AREA.goals]
    q = nx.community.modularity(KARATE, parts, weight=None)
    ends = np.array([sum(KARATE.degree(n) for n in part) for part in parts]) / (2 * 78)
    assert found.in_contact.mean == pytest.approx(1 - (ends**2).sum() - q)
    assert found.modularity.mean == pytest.approx(q)
    assert found.by_number.mean == pytest.approx(1 - (ends**2).sum())
    assert found.ratio is not None
    assert found.ratio.mean == pytest.approx(2 * 11 / 78)
    assert found.ratio.sd == 0
    levels = karate(bm.Elicited({("Mr. Hi", "Officer"): (0.4, 0.8)}), whole=True)
    level = levels.levels()[:, 0, 1]
    np.testing.assert_allclose(levels.contact().in_contact.draws.ravel(), 11 / 78 * level)
    ratio = levels.contact().ratio
    assert ratio is not None
    assert ratio.sd < 1e-9


def test_shares_of_the_posterior_stand_in_both_numbers() -> None:
    result, found = karate(), sampled()
    assert found.ratio is not None
    p = result.shares()[:, 0]
    at_random = measure.misalignment(p, EXCLUSIVE)
    np.testing.assert_allclose(found.random.draws.ravel(), at_random)
    share, expected = found.pairs["Mr. Hi", "Officer"]
    np.testing.assert_allclose(share.draws, found.in_contact.draws)
    np.testing.assert_allclose(expected.draws, found.random.draws)
    np.testing.assert_allclose(
        found.ratio.draws.ravel(), found.in_contact.draws.ravel() / at_random
    )
    assert abs(found.in_contact.mean - 11 / 78) < 0.03


def edges_by_block(rng: np.random.Generator, goals: Any, chance: Any) -> Network:
    one, other = np.triu_indices(len(goals), 1)
    met = rng.uniform(size=len(one)) < chance[goals[one], goals[other]]
    return Network(len(goals), one[met], other[met], np.ones(int(met.sum())))


def test_sums_are_those_of_a_loop() -> None:
    rng = np.random.default_rng(6)
    network = edges_by_block(rng, rng.integers(3, size=12), np.full((3, 3), 0.4))
    network = Network(12, network.one, network.other, rng.uniform(1, 3, len(network.one)))
    goals = rng.integers(3, size=(5, 12))
    found = tallies(network, goals, 3)
    for t in range(5):
        degree, total, squares = np.zeros((12, 3)), np.zeros((3, 3)), np.zeros((3, 3))
        for a, b, w in zip(network.one, network.other, network.weight, strict=True):
            degree[a, goals[t, b]] += w
            degree[b, goals[t, a]] += w
            i, j = sorted((goals[t, a], goals[t, b]))
            total[i, j] += w
            squares[i, j] += w * w
        np.testing.assert_allclose(found.degree[t], degree)
        np.testing.assert_allclose(found.total[t], total)
        np.testing.assert_allclose(found.squares[t], squares)
        np.testing.assert_allclose(
            found.mixing[t],
            measure.mixing_of_contacts(
                goals[t, network.one], goals[t, network.other], 3, network.weight
            ),
        )


def test_rates_are_gamma_where_agents_do_not_differ() -> None:
    # a ring: each agent meets two, one of its own goal and one of the other
    goals = np.tile([0, 0, 1, 1], 10)
    ring = np.arange(40)
    network = Network(40, ring, (ring + 1) % 40, np.ones(40))
    rng = np.random.default_rng(7)
    drawn = draw_rates(tallies(network, goals[None], 2), 40_000, rng)
    # 20 contacts between goals of 400 pairs, 10 within each of 190; one before the data
    for (i, j), counted, pairs in (((0, 1), 20.5, 400), ((0, 0), 10.25, 190), ((1, 1), 10.25, 190)):
        assert drawn[:, i, j].mean() == pytest.approx(counted / pairs, rel=0.01)
        assert drawn[:, i, j].var() == pytest.approx(counted / pairs**2, rel=0.03)
    np.testing.assert_array_equal(drawn, drawn.swapaxes(1, 2))


def test_agents_who_differ_widen_rates() -> None:
    # three hubs, each of whom meets six agents who meet nobody else
    one = np.repeat([0, 1, 2], 6)
    network = Network(21, one, np.arange(3, 21), np.ones(18))
    found = tallies(network, np.zeros((1, 21), int), 1)
    drawn = draw_rates(found, 100_000, np.random.default_rng(8))[:, 0, 0]
    # moments of Dirichlet weights of agents, and of the gamma distribution
    degree = found.degree[0, :, 0]
    beyond = np.sqrt(1 - degree.mean() / degree.var(ddof=1))
    x = 1 + beyond * (degree / degree.mean() - 1)
    weights = np.random.default_rng(9).dirichlet(np.ones(21), size=100_000)
    spread = (weights @ x) ** 2
    assert drawn.mean() == pytest.approx(19 / 210 * spread.mean(), rel=0.01)
    ratio = 1 + drawn.var() / drawn.mean() ** 2
    expected = (1 + 1 / 19) * (1 + spread.var() / spread.mean() ** 2)
    assert ratio == pytest.approx(expected, rel=0.01)


def test_goals_that_nobody_in_the_network_holds_meet_as_all_do() -> None:
    network = Network(4, np.array([0, 1, 2]), np.array([1, 2, 3]), np.ones(3))
    goals = np.array([[0, 0, 1, 1]])
    drawn = draw_rates(tallies(network, goals, 3), 100, np.random.default_rng(9))
    assert np.isfinite(drawn).all()
    np.testing.assert_allclose(drawn[:, 2], 3 / 6)


def test_counted_contacts_of_goals_have_a_dirichlet_posterior() -> None:
    rows = {"a": ["x", "x", "y"], "b": ["x", "y", "y"], "n": [40, 15, 45]}
    goals = bm.SingleChoice(counts={"x": 50, "y": 50})
    met = bm.Contact(rows, goal="a", goal_other="b", count="n")
    area = bm.ProblemArea("v", ["x", "y"])
    result = bm.fit(area, goals, bm.MutuallyExclusive(), contact=met, random_seed=1, draws=20_000)
    found, p = result.contact(), result.shares()[:, 0]
    before = (2 * p[:, 0] * p[:, 1]).mean()
    mean = (15 + before) / 101
    assert found.in_contact.mean == pytest.approx(mean, abs=0.001)
    assert found.in_contact.sd == pytest.approx(np.sqrt(mean * (1 - mean) / 102), rel=0.03)


def test_known_contacts_of_populations_are_misalignment_within_and_between() -> None:
    area = bm.ProblemArea("v", ["x", "y"])
    counts = {"s": {"x": 60, "y": 40}, "t": {"x": 20, "y": 80}}
    result = bm.fit(
        area,
        bm.SingleChoice(counts=counts),
        bm.MutuallyExclusive(),
        contact=bm.Contact(shares=[[0.5, 0.1], [0.1, 0.3]], of="populations"),
        populations=bm.Populations(shares={"s": 0.5, "t": 0.5}),
    )
    found, within = result.contact(), result.misalignment()
    expected = 0.5 * within["s"].draws + 0.3 * within["t"].draws
    expected = expected + 0.2 * result.between("s", "t").draws
    np.testing.assert_allclose(found.in_contact.draws, expected)
    overall = result.overall()
    assert overall is not None
    np.testing.assert_allclose(found.random.draws, overall.draws)


def of_reports(made: bm.Posterior, agents: int, *, known: bool) -> bm.Posterior:
    """A result whose agents, one report after the other, stand in a ring and meet."""
    result, ring = bm.Posterior(made.groups), np.arange(agents)
    met = Contacts(
        "agents",
        result.categories,
        np.zeros((0, 0)),
        float(agents),
        known,
        goal=np.full(agents, -1),
        pattern=ring % len(result.study.goals.agents),
        one=ring,
        other=(ring + 1) % agents,
        weight=np.ones(agents),
    )
    result.study = replace(result.study, contact=met)
    return result


def test_goals_behind_reports_are_drawn_for_each_agent() -> None:
    result = of_reports(test_noisy.identified_posterior(), 1600, known=True)
    met, study = result.study.contact, result.study
    assert met is not None
    part = parts_of(study, with_known(result.groups))[0]
    model = goals_model(study.goals.model)
    holding = np.exp(model.log_holding(part.evidence, part.parameters))[:, met.pattern]
    one, other = holding[:, met.one], holding[:, met.other]
    expected = 1 - (one * other).sum(axis=-1).mean(axis=1)
    found = result.contact()
    np.testing.assert_allclose(found.in_contact.draws.ravel(), expected, atol=0.06)
    shares = holding.mean(axis=1)
    at_random = measure.misalignment(shares, EXCLUSIVE)
    np.testing.assert_allclose(found.random.draws.ravel(), at_random, atol=0.06)


def test_of_a_sample_with_reports_every_face_says_what_contacts_do_not() -> None:
    result = of_reports(test_noisy.known_posterior(), 60, known=False)
    found = result.contact()
    assert found.in_contact.sd > 0
    assert 0 <= found.in_contact.draws.min() <= found.in_contact.draws.max() <= 1
    text = " ".join(
        b.text
        for b in contact_section(replace(gather(result), contact=found)).blocks
        if isinstance(b, Paragraph)
    )
    assert "Contacts do not help to tell them" in text


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 8, 14, 22, 28])
def test_intervals_contain_what_they_should_in_block_models(number: int) -> None:
    _, cell = cells()[number]
    in_contact, ratio, _, width_of_products = covers(cell, 200, 900 + number)
    assert in_contact > 0.83
    assert ratio > 0.83
    assert width_of_products > 1


def test_every_face_tells_it(tmp_path: Path) -> None:
    result = karate()
    findings = gather(result)
    found = summary(result)["problem_areas"][0]["contact"]
    assert (found["agents"], found["contacts"], found["known"]) == (34, 78, False)
    assert found["ratio"]["mean"] == pytest.approx(sampled().ratio.mean)  # type: ignore[union-attr]
    json.dumps(found)
    assert "P(ma) of two agents who are in contact (78 pairs of 34 agents, graph)" in str(result)
    tables = csv_tables(findings)
    assert tables["contact.csv"].splitlines()[1].startswith("two at random,")
    assert len(tables["contact_shares.csv"].splitlines()) == 7
    text = to_markdown(findings)
    assert "## Pairs that meet" in text
    assert "Newman, M. E. J. (2003)" in text
    again = bm.load(result.save(tmp_path / "p.nc"))
    np.testing.assert_array_equal(again.contact().in_contact.draws, sampled().in_contact.draws)


def test_a_study_without_contacts_has_no_such_number() -> None:
    goals = bm.SingleChoice(counts={"Mr. Hi": 3, "Officer": 4})
    result = bm.fit(AREA, goals, bm.MutuallyExclusive())
    with pytest.raises(bm.ResultError, match="does not say who is in contact"):
        result.contact()
    assert "contact" not in summary(result)["problem_areas"][0]


def test_agents_of_several_populations_meet_in_their_union() -> None:
    sides = dict(zip(MEMBERS["id"], MEMBERS["club"], strict=True))
    data = {**MEMBERS, "year": ["old" if int(i) < 12 else "new" for i in sides]}
    result = bm.fit(
        AREA,
        bm.SingleChoice(data, goal="club", respondent="id", population="year"),
        bm.Elicited({("Mr. Hi", "Officer"): (0.4, 0.8)}),
        contact=bm.Contact(KARATE),
        populations=bm.Populations(shares={"old": 0.3, "new": 0.7}),
        random_seed=4,
    )
    found, overall = result.contact(), result.overall()
    assert overall is not None
    np.testing.assert_allclose(found.random.draws, overall.draws)
    share, _ = found.pairs["Mr. Hi", "Officer"]
    level = result.levels()[:, 0, 1]
    np.testing.assert_allclose(found.in_contact.draws.ravel(), share.draws.ravel() * level)
    ends = share.draws.ravel() / 2 + found.pairs["Mr. Hi", "Mr. Hi"][0].draws.ravel()
    np.testing.assert_allclose(found.by_number.draws.ravel(), 2 * ends * (1 - ends) * level)
