"""How often intervals of P(ma) hold the truth where weights are raked to known margins.

Samples of `n` agents of a population of two sexes and three ages, whose goals go with both. Some
kinds of agents answer less often than others. 90 % intervals without weights, with raked weights
taken as known, and with every replicate raked anew; then two populations with margins of their own:

    uv run python benchmarks/raked_coverage.py --samples 200
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from common import publish, table, verdict
from numpy.typing import NDArray

import bayes_misalign as bm
from bayes_misalign.measure import exclusive_conflict, misalignment, rake

Array = NDArray[np.float64]

SEX, AGE = ("f", "m"), ("young", "middle", "old")
PARTS = np.array([[0.12, 0.24, 0.15], [0.14, 0.23, 0.12]])  # of all, (sex, age)
NORTH = np.array([[0.15, 0.25, 0.30], [0.06, 0.10, 0.14]])  # women, and old
SOUTH = np.array([[0.14, 0.10, 0.06], [0.30, 0.25, 0.15]])  # men, and young
ANSWER = np.array([[0.8, 1.0, 1.2], [0.5, 0.9, 1.1]])  # how often each kind does, relative
AREA = bm.ProblemArea("x", ["a", "b", "c"])
MASS = 0.9
LOWEST, HIGHEST = 0.86, 0.94
DRAWS = 250
SEED = 11
AGENTS = (150, 600)
STRENGTHS = {0.0: "not at all", 1.5: "strongly"}
Margins = dict[str, dict[str, float]]
Data = dict[str, list[str]]


def margins(parts: Array) -> Margins:
    """Return the margins of a population."""
    return {
        "sex": dict(zip(SEX, parts.sum(axis=1).tolist(), strict=True)),
        "age": dict(zip(AGE, parts.sum(axis=0).tolist(), strict=True)),
    }


def goals_of(strength: float) -> Array:
    """Return the goal shares of each kind of agents, (sex, age, goal)."""
    sex, age = np.array([1.0, -1.0])[:, None, None], np.array([-1.0, 0.0, 1.0])[None, :, None]
    towards = np.array([1.0, 0.0, -1.0])
    weights = np.exp(np.array([0.5, 0.0, -0.3]) + strength * (sex + age) * towards)
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def true_pma(parts: Array, goals: Array) -> float:
    """Return P(ma) of a population."""
    shares = (parts[..., None] * goals).sum(axis=(0, 1))
    return float(misalignment(shares, exclusive_conflict(3)))


def sample(n: int, parts: Array, goals: Array, rng: np.random.Generator) -> Data:
    """Draw agents who answer, young men half as often as others."""
    answers = parts * ANSWER
    kind = rng.choice(6, n, p=(answers / answers.sum()).ravel())
    sex, age = kind // 3, kind % 3
    goal = (rng.random(n)[:, None] > goals[sex, age].cumsum(axis=1)).sum(axis=1)
    return {
        "goal": np.array(AREA.goals)[np.minimum(goal, 2)].tolist(),
        "sex": np.array(SEX)[sex].tolist(),
        "age": np.array(AGE)[age].tolist(),
    }


def known_weights(data: Data, known: Margins) -> list[float]:
    """Return raked weights as numbers that a table might hold."""
    places = [np.array([list(of).index(x) for x in data[name]]) for name, of in known.items()]
    totals = [np.array(list(of.values())) * len(data["goal"]) for of in known.values()]
    return rake(np.ones(len(data["goal"])), places, totals).tolist()


@dataclass
class Found:
    """Whether intervals held the truth, and how wide they were."""

    held: list[bool] = field(default_factory=list)
    width: list[float] = field(default_factory=list)

    def add(self, ends: tuple[float, float], truth: float) -> None:
        """Take an interval."""
        self.held.append(ends[0] <= truth <= ends[1])
        self.width.append(ends[1] - ends[0])

    @property
    def rate(self) -> float:
        """How often intervals held the truth."""
        return float(np.mean(self.held))


Find = Callable[[int, float, int], dict[str, Found]]


def fitted(declared: bm.SingleChoice, seed: int) -> bm.Posterior:
    """Return the exact posterior."""
    return bm.fit(
        AREA,
        declared,
        bm.MutuallyExclusive(),
        reporting=bm.Reporting(mass=MASS),
        random_seed=seed,
        draws=DRAWS,
    )


def of_all(n: int, strength: float, samples: int) -> dict[str, Found]:
    """Return what intervals of a sample of one population did, by method."""
    goals, rng, known = goals_of(strength), np.random.default_rng(SEED), margins(PARTS)
    truth, found = true_pma(PARTS, goals), dict[str, Found]()
    for number in range(samples):
        data = sample(n, PARTS, goals, rng)
        weighted = {**data, "w": known_weights(data, known)}
        ways = {
            "without weights": bm.SingleChoice(data, goal="goal"),
            "weights as known": bm.SingleChoice(weighted, goal="goal", weight="w"),
            "raked anew": bm.SingleChoice(data, goal="goal", rake=known),
        }
        for name, declared in ways.items():
            ends = fitted(declared, number).misalignment()["all"].interval
            found.setdefault(name, Found()).add(ends, truth)
    return found


def by_population(n: int, strength: float, samples: int) -> dict[str, Found]:
    """Return what intervals of two populations in one sample did, by method."""
    goals, rng = goals_of(strength), np.random.default_rng(SEED)
    parts: Mapping[str, Array] = {"north": NORTH, "south": SOUTH}
    truth = {name: true_pma(of, goals) for name, of in parts.items()}
    own = {name: margins(of) for name, of in parts.items()}
    found: dict[str, Found] = {}
    for number in range(samples):
        data: Data = {"goal": [], "sex": [], "age": [], "where": []}
        north = int(rng.binomial(2 * n, 0.5))
        for (name, of), agents in zip(parts.items(), (north, 2 * n - north), strict=True):
            for key, values in sample(agents, of, goals, rng).items():
                data[key] += values
            data["where"] += [name] * agents
        whole = margins((NORTH + SOUTH) / 2)
        ways = {
            "without weights": None,
            "margins of all": whole,
            "margins of each": own,
        }
        for way, stated in ways.items():
            declared = bm.SingleChoice(data, goal="goal", population="where", rake=stated)
            pma = fitted(declared, number).misalignment()
            for name in parts:
                found.setdefault(way, Found()).add(pma[name].interval, truth[name])
    return found


def rows_of(find: Find, samples: int, methods: tuple[str, ...]) -> tuple[list[list[str]], Array]:
    """Return lines of a table, and the coverage of the last method."""
    rows, last = [], []
    for n in AGENTS:
        for strength, words in STRENGTHS.items():
            found = find(n, strength, samples)
            widths = [np.mean(found[method].width) for method in methods]
            rows.append([str(n), words, *(f"{found[method].rate:.3f}" for method in methods)])
            rows[-1].append(f"{widths[-1] / widths[-2]:.2f}")
            last.append(found[methods[-1]].rate)
            print(rows[-1], flush=True)
    return rows, np.array(last)


def main() -> None:
    """Publish two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=200)
    samples = parser.parse_args().samples
    head = ["n", "goals go with margins"]
    one = ("without weights", "weights as known", "raked anew")
    two = ("without weights", "margins of all", "margins of each")
    first, of_one = rows_of(of_all, samples, one)
    second, of_each = rows_of(by_population, samples, two)
    error = np.sqrt(MASS * (1 - MASS) / samples)
    rates = np.concatenate([of_one, of_each])
    words = (
        f"How often {100 * MASS:g} % intervals of P(ma) hold the truth where weights are raked to "
        "known margins of sex and age: three exclusive goals, some kinds of agents answer half as "
        f"often as others, {samples} simulated samples a line, standard error {error:.3f} at "
        f"{MASS:g} (about 0.7 of it in the second table: two populations a sample). `width` is the "
        "mean of the last method over that of the one before."
    )
    middle = (
        "Two populations in one sample, about n agents of each: women and the old are most of one, "
        "men and the young of the other. Margins of all are wrong for each."
    )
    low = (rates < LOWEST) | (rates > HIGHEST)
    end = (
        f"Raked anew, and with margins of each: {rates.mean():.3f} on average, {rates.min():.3f} "
        f"to {rates.max():.3f}; {low.sum()} of {len(rates)} outside {LOWEST} to {HIGHEST} "
        f"({verdict(not low.any())})."
    )
    publish(
        "raked_coverage",
        words,
        table([*head, *one, "width"], first),
        middle,
        table([*head, *two, "width"], second),
        end,
        command=f"python benchmarks/raked_coverage.py --samples {samples}",
    )


if __name__ == "__main__":
    main()
