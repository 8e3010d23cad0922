"""Draws of how often the holders of each two goals are in contact, from contacts of agents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Network:
    """Who is in contact with whom: N agents by number, E pairs of them.

    Parameters
    ----------
    agents : int
        Number of agents.
    one, other : (E,) ndarray of int
        The two agents of each pair, each pair once.
    weight : (E,) ndarray of float
        How much their contact counts.
    """

    agents: int
    one: Whole
    other: Whole
    weight: Array


@dataclass(frozen=True)
class Tallies:
    """Sums over a network whose agents hold these goals; T is the number of draws of goals, or 1.

    Parameters
    ----------
    held : (T, N, K) ndarray of float
        One where an agent holds a goal.
    degree : (T, N, K) ndarray of float
        Weight of the contacts of an agent with holders of a goal.
    total, squares : (T, K, K) ndarray of float
        Weight of the contacts between holders of two goals, and the sum of their squared weights,
        each contact once: above the diagonal, and on it.
    """

    held: Array
    degree: Array
    total: Array
    squares: Array

    @property
    def mixing(self) -> Array:
        """(T, K, K) shares of contacts between goals, symmetric."""
        both = 0.5 * (self.total + self.total.swapaxes(1, 2))
        return both / both.sum(axis=(1, 2), keepdims=True)

    @property
    def shares(self) -> Array:
        """(T, K) goal shares of the agents."""
        held: Array = self.held.mean(axis=1)
        return held


def tallies(network: Network, goals: Whole, k: int) -> Tallies:
    """Return sums over a network, for goals (T, N) of its agents."""
    draws, n = goals.shape
    at = np.arange(draws)[:, None]
    first, second = goals[:, network.one], goals[:, network.other]
    pair = at * k * k + np.minimum(first, second) * k + np.maximum(first, second)

    def by_pair(weight: Array) -> Array:
        found = np.bincount(pair.ravel(), np.tile(weight, draws), draws * k * k)
        return found.reshape(draws, k, k)

    weight = np.tile(network.weight, draws)
    degree = np.zeros(draws * n * k)
    for agent, goal in ((network.one, second), (network.other, first)):
        place = (at * n + agent) * k + goal
        degree += np.bincount(place.ravel(), weight, draws * n * k)
    held = (goals[..., None] == np.arange(k)).astype(float)
    return Tallies(
        held, degree.reshape(draws, n, k), by_pair(network.weight), by_pair(network.weight**2)
    )


def draw_rates(found: Tallies, draws: int, rng: np.random.Generator) -> Array:
    """Return draws (draw, K, K) of the rates of contact between holders of each two goals.

    Notes
    -----
    Given the goals of the agents, the weight of the contacts between goals i and j is Poisson times
    a mean weight, and its rate has a gamma posterior: its shape is the effective number of these
    contacts, (sum w)^2 / sum w^2, and that of one contact which, before the data, is as likely
    between any two agents. This tells of chance in who met whom. That agents differ in how many
    they meet is told by a Bayesian bootstrap of agents (Rubin, Annals of Statistics 9, 1981):
    Dirichlet(1, ..., 1) weights of the holders of each goal. Because the numbers of contacts of
    agents differ by chance too, which was counted once, their spread is first shrunk to what is
    beyond it, by moments. Weights of pairs as products of weights of agents, the bootstrap that is
    usual, count chance up to three times (Owen, Annals of Applied Statistics 1, 2007).
    """
    k = found.total.shape[-1]
    n = found.held.sum(axis=1)  # (T, K)
    agents = found.held.shape[1]
    upper = np.triu(np.ones((k, k)))
    possible = n[:, :, None] * n[:, None, :]
    own = np.arange(k)
    possible[:, own, own] = n * (n - 1) / 2
    q = n / agents
    random = (2 - np.eye(k)) * q[:, :, None] * q[:, None, :]
    whole, squares = found.total.sum(axis=(1, 2)), found.squares.sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = found.total > 0
        scale = np.where(seen, found.squares / found.total, (squares / whole)[:, None, None])
        shape = np.where(seen, found.total / scale, 0.0) + random
        overall = whole / (agents * (agents - 1) / 2)
        drawn = rng.gamma(np.broadcast_to(shape, (draws, k, k))) * scale
        # where no two such agents are there, nothing is known but how often agents meet at all
        rate = np.where(possible > 0, drawn / possible, overall[:, None, None]) * upper
    rate = rate + np.triu(rate, 1).swapaxes(1, 2)
    spread = _spread(found, n, draws, rng)
    return np.asarray(rate * spread * spread.swapaxes(1, 2))


def _spread(found: Tallies, n: Array, draws: int, rng: np.random.Generator) -> Array:
    """Return draws (draw, K, K) of how many holders of j those of i meet, over the mean."""
    k = n.shape[-1]
    noise = found.squares + found.squares.swapaxes(1, 2)  # on the diagonal from both ends
    holders = found.held.swapaxes(1, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = n[:, :, None]
        mean = holders @ found.degree / each
        variance = (holders @ found.degree**2 - each * mean**2) / (each - 1)
        beyond = np.clip((variance - noise / each) / variance, 0.0, 1.0)
        shrunk = np.sqrt(np.nan_to_num(beyond, nan=0.0, posinf=0.0, neginf=0.0))
        weights = rng.standard_exponential((draws, 1, found.held.shape[1])) * holders
        weights = weights / weights.sum(axis=2, keepdims=True)
        relative = weights @ found.degree / mean
    known = np.isfinite(relative) & (mean > 0)
    return np.where(known, 1 + shrunk * (relative - 1), 1.0).reshape(draws, k, k)
