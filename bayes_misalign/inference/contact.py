"""P(ma) of the pairs that meet, beside that of two agents drawn at random."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.contract.registry import goals_model
from bayes_misalign.inference import derived
from bayes_misalign.inference.conflict_draws import with_known
from bayes_misalign.inference.contact_rates import Network, draw_rates, tallies
from bayes_misalign.inference.draw_blocks import stream
from bayes_misalign.inference.drawn import Drawn
from bayes_misalign.inference.parameters import parts_of
from bayes_misalign.page.estimate import Estimate, columns_of
from bayes_misalign.page.frames import Framed
from bayes_misalign.reading.contacts import AGENTS, GOALS, Contacts
from bayes_misalign.reading.evidence import UNKNOWN, Pair

Array = NDArray[np.float64]
MET = 502  # stream of random numbers
AT_ONCE = 1 << 22  # numbers of one block of draws
ATOMS = 64  # of a draw from what contacts between many groups are worth before the data
MOST_GOALS = 12  # whose pairs are listed
RANDOM, IN_CONTACT, BY_NUMBER = "two at random", "two in contact", "as many contacts, at random"
RATIO, MODULARITY = "ratio", "modularity"


@dataclass(frozen=True)
class ContactResults(Framed):
    """P(ma) of two agents in contact, and of two drawn at random.

    Parameters
    ----------
    evidence : Contacts
        Who is in contact with whom.
    random : Estimate
        P(ma) of two agents drawn at random.
    in_contact : Estimate
        P(ma) of two agents who are in contact.
    by_number : Estimate
        What P(ma) in contact would be if agents had as many contacts as they have, with whomever.
    ratio : Estimate or None
        That in contact over that at random; None where the latter may be zero.
    modularity : Estimate
        Newman's modularity of the goals.
    pairs : mapping of (str, str) to (Estimate, Estimate)
        Share of contacts between the holders of two goals, and of pairs drawn at random; empty
        where there are more than 12 goals.
    """

    evidence: Contacts
    random: Estimate
    in_contact: Estimate
    by_number: Estimate
    ratio: Estimate | None
    modularity: Estimate
    pairs: Mapping[Pair, tuple[Estimate, Estimate]]

    def rows(self) -> list[tuple[str, Estimate]]:
        """Return what there is, with its name."""
        found = {
            RANDOM: self.random,
            IN_CONTACT: self.in_contact,
            RATIO: self.ratio,
            BY_NUMBER: self.by_number,
            MODULARITY: self.modularity,
        }
        return [(name, one) for name, one in found.items() if one is not None]

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, an estimate a row."""
        return columns_of(("pairs",), (((name,), one) for name, one in self.rows()))

    def __str__(self) -> str:
        """Return the estimates as lines of text."""
        return "\n".join(f"{name}: {one.text()}" for name, one in self.rows())

    __repr__ = __str__


def contact(drawn: Drawn) -> ContactResults | None:
    """Return P(ma) of those who meet; None where a study says nothing of them.

    Notes
    -----
    See `measure.contact_misalignment`. Contacts of agents that are a sample give rates, see
    `draw_rates`, which goal shares p of the posterior turn into shares of contacts,
    `measure.mixing_from_rates`: the same p stands in P(ma) at random, so that the ratio has the
    uncertainty that both share. Shares of contacts between groups that come from n contacts are
    Dirichlet, before the data worth one contact at random.
    """
    evidence = drawn.study.contact
    if evidence is None:
        return None
    whole = evidence.between == AGENTS and evidence.known
    total, k = len(drawn.shares()), len(drawn.categories)
    conflict = drawn.levels()
    kept = np.zeros((total, k, k)) if k <= MOST_GOALS else None
    found = {name: np.zeros(total) for name in (IN_CONTACT, BY_NUMBER, MODULARITY)}
    shares = np.zeros((total, k))
    for rows, mixing, p in _mixing(drawn, evidence):
        c = conflict if len(conflict) == 1 else conflict[rows]
        ends = mixing.sum(axis=-1)
        found[IN_CONTACT][rows] = measure.contact_misalignment(mixing, c)
        found[BY_NUMBER][rows] = measure.misalignment(ends, c)
        found[MODULARITY][rows] = measure.modularity(mixing)
        shares[rows] = p
        if kept is not None:
            kept[rows] = mixing
    random = _at_random(drawn, shares if whole else None)
    both = {name: drawn.estimate(f"P(ma), {name}", x) for name, x in found.items()}
    below = random.draws.ravel()
    ratio = None
    if (below > 0).all():
        ratio = drawn.estimate("P(ma) in contact over P(ma) at random", found[IN_CONTACT] / below)
    return ContactResults(
        evidence,
        random,
        both[IN_CONTACT],
        both[BY_NUMBER],
        ratio,
        drawn.estimate("modularity", found[MODULARITY]),
        {} if kept is None else _pairs(drawn, kept, shares),
    )


def _at_random(drawn: Drawn, observed: Array | None) -> Estimate:
    """Return P(ma) at random as the study reports it, or among agents who are all there are."""
    if observed is not None:
        conflict = drawn.levels()
        draws = np.asarray(measure.misalignment(observed, conflict))
        assert drawn.study.contact is not None
        size = np.asarray(float(drawn.study.contact.agents))
        return drawn.estimate("P(ma) of two agents at random", drawn.sized(draws, size, None))
    overall = derived.overall(drawn, None)
    return derived.misalignment(drawn, None)[drawn.populations[0]] if overall is None else overall


def _pairs(drawn: Drawn, mixing: Array, p: Array) -> dict[Pair, tuple[Estimate, Estimate]]:
    names = drawn.categories
    found = {}
    for i, j in combinations_with_replacement(range(len(names)), 2):
        times, name = 1 + (i != j), f"{names[i]} and {names[j]}"
        both = (times * mixing[:, i, j], times * p[:, i] * p[:, j])
        one, other = (drawn.estimate(name, draws) for draws in both)
        found[names[i], names[j]] = (one, other)
    return found


Block = tuple[slice, Array, Array]  # draws, shares of contacts between goals, goal shares


def _mixing(drawn: Drawn, evidence: Contacts) -> Iterator[Block]:
    """Yield shares of contacts between goals, block by block of the draws."""
    rng = stream(drawn.study.fitting.seed, MET)
    if evidence.between == AGENTS:
        yield from _of_agents(drawn, evidence, rng)
        return
    p = drawn.shares_of(None)
    size, k = len(evidence.labels), p.shape[-1]
    step = max(1, AT_ONCE // ((0 if evidence.known else size**2) + size * k + k**2))
    weights = None if evidence.between == GOALS else drawn.union_weights(None)
    for rows in _blocks(len(p), step):
        if weights is None:
            yield rows, _of_groups(evidence, p[rows], rng), p[rows]
            continue
        w = np.broadcast_to(weights, (len(p), weights.shape[-1]))[rows]
        contacts = _of_groups(evidence, w, rng)
        yield rows, measure.mixing_of_populations(contacts, drawn.shares()[rows]), p[rows]


def _blocks(total: int, step: int) -> Iterator[slice]:
    return (slice(start, min(start + step, total)) for start in range(0, total, step))


def _of_groups(evidence: Contacts, shares: Array, rng: np.random.Generator) -> Array:
    """Return draws (draw or 1, L, L) of shares of contacts between groups with these shares."""
    size = len(evidence.labels)
    if evidence.known:
        return evidence.mixing[np.newaxis]  # the same in all draws
    one, other = np.triu_indices(size)
    twice = 1 + (one != other)
    counts = evidence.contacts * twice * evidence.mixing[one, other]
    met = counts > 0
    found = np.zeros((len(shares), size, size))
    if (~met).sum() <= ATOMS:
        drawn = rng.gamma(counts + twice * shares[:, one] * shares[:, other]) / twice
        found[:, one, other] = found[:, other, one] = drawn
    else:
        drawn = rng.gamma(counts[met], size=(len(shares), int(met.sum()))) / twice[met]
        found[:, one[met], other[met]] = found[:, other[met], one[met]] = drawn
        _add_prior(found, shares, rng)
    return np.asarray(found / found.sum(axis=(1, 2), keepdims=True))


def _add_prior(found: Array, shares: Array, rng: np.random.Generator) -> None:
    """Add what contacts are worth before the data, where most groups do not meet.

    Notes
    -----
    Gamma variates of all pairs of groups, in proportion to products of shares, are one of shape 1
    times a Dirichlet draw, which is a sum of broken sticks at pairs drawn by these shares
    (Sethuraman, Statistica Sinica 4, 1994, 639-650). After 64 of them 2^-64 is left on average.
    """
    draws = len(shares)
    broken = rng.random((draws, ATOMS))
    broken[:, -1] = 1.0
    left = np.cumprod(1 - broken, axis=1)
    sticks = broken * np.concatenate([np.ones((draws, 1)), left[:, :-1]], axis=1)
    sticks *= rng.standard_gamma(1.0, draws)[:, np.newaxis] / 2
    upto = shares.cumsum(axis=1)
    ends = [
        (rng.random((draws, ATOMS, 1)) * upto[:, np.newaxis, -1:] >= upto[:, np.newaxis, :-1]).sum(
            axis=2
        )
        for _ in range(2)
    ]
    rows = np.arange(draws)[:, np.newaxis]
    np.add.at(found, (rows, ends[0], ends[1]), sticks)
    np.add.at(found, (rows, ends[1], ends[0]), sticks)


def _of_agents(drawn: Drawn, evidence: Contacts, rng: np.random.Generator) -> Iterator[Block]:
    network = Network(evidence.agents, evidence.one, evidence.other, evidence.weight)
    total, k = len(drawn.shares()), len(drawn.categories)
    p = None if evidence.known else drawn.shares_of(None)
    sums = None if evidence.uncertain else tallies(network, evidence.goal[None], k)
    numbers = 4 * network.agents * k + 6 * len(network.one) + 4 * k * k
    for rows in _blocks(total, max(1, AT_ONCE // numbers)):
        draws = rows.stop - rows.start
        found = sums or tallies(network, _drawn_goals(drawn, evidence, rows, rng), k)
        if p is None:
            shape = (draws, k, k)
            yield (
                rows,
                np.broadcast_to(found.mixing, shape),
                np.broadcast_to(found.shares, shape[:2]),
            )
        else:
            rates = draw_rates(found, draws, rng)
            yield rows, measure.mixing_from_rates(rates, p[rows]), p[rows]


def _drawn_goals(
    drawn: Drawn, evidence: Contacts, rows: slice, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return goals (draw, agent), those that only reports tell of drawn given these."""
    draws = rows.stop - rows.start
    goals: NDArray[np.int64] = np.tile(evidence.goal, (draws, 1))
    unknown = np.flatnonzero(evidence.goal == UNKNOWN)
    places = np.arange(rows.start, rows.stop)
    goals_of = parts_of(drawn.study, with_known(drawn.groups), places)[0]
    model = goals_model(drawn.study.goals.model)
    holding = np.asarray(model.log_holding(goals_of.evidence, goals_of.parameters))
    upto = np.exp(holding).cumsum(axis=-1)[:, evidence.pattern[unknown]]
    u = rng.uniform(size=(draws, len(unknown), 1)) * upto[..., -1:]
    goals[:, unknown] = (u >= upto[..., :-1]).sum(axis=-1)
    return goals
