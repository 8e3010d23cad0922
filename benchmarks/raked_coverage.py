"""How often intervals of P(ma) hold the truth where weights are raked to known margins.

Samples of `n` agents of a population of two sexes and three ages, whose goals go with both. Some
kinds of agents answer less often than others. 90 % intervals without weights, with raked weights
taken as known, and with every replicate raked anew:

    python -m benchmarks.raked_coverage --samples 200
"""

from __future__ import annotations

import argparse

import numpy as np

import bayes_misalign as bm
from bayes_misalign.measure import exclusive_conflict, misalignment, rake

SEX, AGE = ("f", "m"), ("young", "middle", "old")
PARTS = np.array([[0.12, 0.24, 0.15], [0.14, 0.23, 0.12]])
AREA = bm.ProblemArea("x", ["a", "b", "c"])
MARGINS = {
    "sex": dict(zip(SEX, PARTS.sum(axis=1).tolist(), strict=True)),
    "age": dict(zip(AGE, PARTS.sum(axis=0).tolist(), strict=True)),
}


def goals_of(strength: float) -> np.ndarray:
    """Return the goal shares of each kind of agents, (sex, age, goal)."""
    sex, age = np.array([1.0, -1.0])[:, None, None], np.array([-1.0, 0.0, 1.0])[None, :, None]
    towards = np.array([1.0, 0.0, -1.0])
    weights = np.exp(np.array([0.5, 0.0, -0.3]) + strength * (sex + age) * towards)
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def sample(n: int, goals: np.ndarray, rng: np.random.Generator) -> dict[str, list[str]]:
    """Draw agents who answer, young men half as often as others."""
    answers = PARTS * np.array([[0.8, 1.0, 1.2], [0.5, 0.9, 1.1]])
    kind = rng.choice(6, n, p=(answers / answers.sum()).ravel())
    sex, age = kind // 3, kind % 3
    goal = (rng.random(n)[:, None] > goals[sex, age].cumsum(axis=1)).sum(axis=1)
    return {
        "goal": np.array(AREA.goals)[np.minimum(goal, 2)].tolist(),
        "sex": np.array(SEX)[sex].tolist(),
        "age": np.array(AGE)[age].tolist(),
    }


def known_weights(data: dict[str, list[str]]) -> list[float]:
    """Return raked weights as numbers that a table might hold."""
    places = [np.array([list(of).index(x) for x in data[name]]) for name, of in MARGINS.items()]
    totals = [np.array(list(of.values())) * len(data["goal"]) for of in MARGINS.values()]
    return rake(np.ones(len(data["goal"])), places, totals).tolist()


def covers(n: int, strength: float, samples: int, seed: int) -> dict[str, tuple[float, float]]:
    """Return by method how often 90 % intervals held P(ma), and their mean width."""
    goals, rng = goals_of(strength), np.random.default_rng(seed)
    shares = (PARTS[..., None] * goals).sum(axis=(0, 1))
    truth = float(misalignment(shares, exclusive_conflict(3)))
    held: dict[str, list[tuple[bool, float]]] = {}
    for number in range(samples):
        data = sample(n, goals, rng)
        ways = {
            "without weights": bm.SingleChoice(data, goal="goal"),
            "weights as known": bm.SingleChoice(
                {**data, "w": known_weights(data)}, goal="goal", weight="w"
            ),
            "raked anew": bm.SingleChoice(data, goal="goal", rake=MARGINS),
        }
        for name, declared in ways.items():
            found = bm.fit(
                AREA,
                declared,
                bm.MutuallyExclusive(),
                reporting=bm.Reporting(mass=0.9),
                random_seed=number,
                draws=250,
            )
            low, high = found.misalignment()["all"].interval
            held.setdefault(name, []).append((low <= truth <= high, high - low))
    return {
        name: (float(np.mean([h for h, _ in x])), float(np.mean([w for _, w in x])))
        for name, x in held.items()
    }


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=200)
    samples = parser.parse_args().samples
    print("| n | goals go with margins | method | 90 % intervals hold the truth | mean width |")
    print("|---|---|---|---|---|")
    for n in (150, 600):
        for strength in (0.0, 1.5):
            for name, (often, width) in covers(n, strength, samples, 11).items():
                print(f"| {n} | {strength:g} | {name} | {often:.3f} | {width:.4f} |", flush=True)


if __name__ == "__main__":
    main()
