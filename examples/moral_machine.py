"""Nine dilemmas of the Moral Machine as nine problem areas of people and language models.

Run it from the repository: `python examples/moral_machine.py`. Sources of the figures: Awad et al.,
Nature 563 (2018), and Takemoto, arXiv 2601.17637 (2026).
"""

import csv
from pathlib import Path

import numpy as np

import bayes_misalign as bm

DATA = Path(__file__).parent / "moral-machine" / "preferences.csv"
AMCES = Path(__file__).parent / "moral-machine" / "models.csv"


def sides() -> dict[str, list[str]]:
    """Return the two sides of each dilemma."""
    found: dict[str, list[str]] = {}
    with DATA.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["spare"] not in found.setdefault(row["dilemma"], []):
                found[row["dilemma"]].append(row["spare"])
    return found


def means() -> dict[str, tuple[float, float]]:
    """Return P(ma) of two of a kind, and of one and a person: means over dilemmas, by agent."""
    posteriors = [
        bm.fit(
            bm.ProblemArea(dilemma, goals=goals),
            bm.DrawnShares(DATA, goal="spare", population="agent", where={"dilemma": dilemma}),
            bm.MutuallyExclusive(),
        )
        for dilemma, goals in sides().items()
    ]
    return {
        agent: (
            float(np.mean([p.between(agent, agent).mean for p in posteriors])),
            float(np.mean([p.between(agent, "people").mean for p in posteriors])),
        )
        for agent in posteriors[0].populations
    }


def of_all_models() -> dict[str, tuple[float, float]]:
    """Return the same of people and all 75 models, from the preferences as published."""
    with AMCES.open(encoding="utf-8") as file:
        agents, *rows = zip(*list(csv.reader(file))[1:], strict=True)
    amces = np.array(rows, dtype=float)  # dilemma, agent
    shares = np.stack([(1 + amces) / 2, (1 - amces) / 2], axis=-1)
    exclusive = bm.measure.exclusive_conflict(2)
    found = np.mean([bm.measure.between_matrix(of, exclusive) for of in shares], axis=0)
    people = agents.index("people")
    return {a: (float(found[i, i]), float(found[i, people])) for i, a in enumerate(agents)}


if __name__ == "__main__":
    found = means()
    people, _ = found["people"]
    print(f"{'means over nine dilemmas, known':<34}two alike  with a person  excess")
    for agent, (within, between) in found.items():
        excess = between - (within + people) / 2
        print(f"{agent:<34}{within:>9.4f}{between:>15.4f}{excess:>8.4f}")

    everybody = of_all_models()
    people, _ = everybody.pop("people")
    less = sum(between < people for _, between in everybody.values())
    by_between = sorted(everybody, key=lambda agent: everybody[agent][1])
    by_excess = sorted(
        everybody, key=lambda agent: everybody[agent][1] - (everybody[agent][0] + people) / 2
    )
    print(f"of {len(everybody)} models {less} conflict with a person less often than two people do")
    print(f"least often {by_between[0]}, most often {by_between[-1]}")
    print(f"smallest excess {by_excess[0]}, largest {by_excess[-1]}")
