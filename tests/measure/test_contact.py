"""Pairs that meet: against networkx's modularity, random contacts, and sums over all contacts."""

import networkx as nx
import numpy as np
import pytest

from bayes_misalign import measure
from bayes_misalign.measure.known_and_drawn import PartlyKnown

KARATE = nx.karate_club_graph()
CLUBS = ["Mr. Hi", "Officer"]


def mixing_of(graph: nx.Graph, weight: str | None = None) -> np.ndarray:
    """Return the shares of the edges of a graph between the clubs."""
    place = {node: CLUBS.index(graph.nodes[node]["club"]) for node in graph}
    edges = [(place[u], place[v], w) for u, v, w in graph.edges(data=weight, default=1)]
    one, other, weights = (np.array(column) for column in zip(*edges, strict=True))
    return measure.mixing_of_contacts(one, other, 2, weights)


@pytest.mark.parametrize("weight", [None, "weight"])
def test_exclusive_goals_give_one_minus_degree_shares_and_modularity(weight: str | None) -> None:
    m = mixing_of(KARATE, weight)
    parts = [{n for n in KARATE if KARATE.nodes[n]["club"] == club} for club in CLUBS]
    q = nx.community.modularity(KARATE, parts, weight=weight)
    np.testing.assert_allclose(measure.modularity(m), q, atol=1e-12)
    ends = m.sum(axis=1)
    found = measure.contact_misalignment(m, measure.exclusive_conflict(2))
    np.testing.assert_allclose(found, 1 - (ends**2).sum() - q, atol=1e-12)


def test_mixing_is_that_of_networkx() -> None:
    expected = nx.attribute_mixing_matrix(
        KARATE, "club", mapping={c: i for i, c in enumerate(CLUBS)}
    )
    np.testing.assert_allclose(mixing_of(KARATE), expected, atol=1e-12)
    r = nx.attribute_assortativity_coefficient(KARATE, "club")
    ends = expected.sum(axis=1)
    np.testing.assert_allclose(measure.modularity(expected), r * (1 - (ends**2).sum()), atol=1e-12)


def test_of_the_karate_club_a_contact_in_seven_is_across() -> None:
    found = measure.contact_misalignment(mixing_of(KARATE), measure.exclusive_conflict(2))
    np.testing.assert_allclose(found, 11 / 78, atol=1e-12)


def test_random_contacts_give_p_c_p() -> None:
    rng = np.random.default_rng(3)
    p = rng.dirichlet(np.ones(4), size=50)
    levels = np.triu(rng.uniform(size=(50, 4, 4)), 1)
    c = levels + levels.swapaxes(1, 2)
    m = measure.mixing_from_rates(np.full((4, 4), 7.0), p)
    np.testing.assert_allclose(measure.contact_misalignment(m, c), measure.misalignment(p, c))
    np.testing.assert_allclose(measure.modularity(m), 0, atol=1e-14)


def test_contacts_of_populations_are_misalignment_within_and_between() -> None:
    rng = np.random.default_rng(4)
    p = rng.dirichlet(np.ones(3), size=(20, 2))
    c = np.array([[0, 0.2, 0.7], [0.2, 0, 0.4], [0.7, 0.4, 0]])
    contacts = np.array([[0.5, 0.1], [0.1, 0.3]])
    m = measure.mixing_of_populations(contacts, p)
    within = measure.misalignment(p, c) @ np.array([0.5, 0.3])
    across = 0.2 * measure.between(p[:, 0], p[:, 1], c)
    np.testing.assert_allclose(measure.contact_misalignment(m, c), within + across)
    np.testing.assert_allclose(m, m.swapaxes(-1, -2))


def test_rates_weigh_every_pair_of_agents() -> None:
    p, r = np.array([0.2, 0.3, 0.5]), np.array([[4.0, 1, 2], [1, 3, 0], [2, 0, 5]])
    agents = np.repeat(np.arange(3), (2, 3, 5))
    weight = r[agents[:, None], agents[None, :]]
    expected = np.zeros((3, 3))
    np.add.at(expected, (agents[:, None], agents[None, :]), weight / weight.sum())
    np.testing.assert_allclose(measure.mixing_from_rates(r, p), expected)


def test_levels_known_once_give_the_same() -> None:
    known = np.array([[0, 0.3, np.nan], [0.3, 0, 1], [np.nan, 1, 0]])
    levels = np.random.default_rng(5).uniform(size=(10, 1))
    partly = PartlyKnown(known, levels)
    m = measure.mixing_from_rates(np.eye(3) + 1, np.full(3, 1 / 3))
    found = measure.contact_misalignment(m, partly)
    np.testing.assert_allclose(found, measure.contact_misalignment(m, partly.whole()))
    assert found.shape == (10,)


def test_one_way_or_the_other_a_contact_counts_alike() -> None:
    c = np.array([[0, 0.4], [0.4, 0]])
    both = measure.contact_misalignment([[0.4, 0.1], [0.1, 0.4]], c)
    one = measure.contact_misalignment([[0.4, 0.2], [0.0, 0.4]], c)
    np.testing.assert_allclose(both, one)
    np.testing.assert_allclose(
        measure.modularity([[0.4, 0.1], [0.1, 0.4]]), measure.modularity([[0.4, 0.2], [0, 0.4]])
    )


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: measure.modularity([[3, 1], [1, 3]]), "sum to 1"),
        (lambda: measure.modularity([[1.2, -0.1], [-0.1, 0]]), "negative"),
        (lambda: measure.modularity([0.5, 0.5]), "shape"),
        (lambda: measure.mixing_of_contacts([0], [2], 2), "between 0 and 1"),
        (lambda: measure.mixing_of_contacts([0, 1], [1], 2), "two agents"),
        (lambda: measure.mixing_of_contacts([], [], 2), "between 0|no contact|whole numbers"),
        (lambda: measure.mixing_of_contacts([0], [1], 2, [-1]), "non-negative"),
        (lambda: measure.mixing_of_populations([[1.0]], [0.5, 0.5]), "populations, goals"),
        (lambda: measure.mixing_from_rates([[1, 2], [3, 1]], [0.5, 0.5]), "symmetric"),
        (lambda: measure.mixing_from_rates(np.zeros((2, 2)), [0.5, 0.5]), "nobody meets"),
        (lambda: measure.mixing_from_rates([[1.0]], [0.5, 0.5]), "shape"),
        (
            lambda: measure.contact_misalignment(np.full((3, 2, 2), 0.25), np.zeros((2, 2, 2))),
            "do not fit",
        ),
    ],
)
def test_what_is_no_mixing_is_refused(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
