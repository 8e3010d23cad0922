"""Nine dilemmas of the Moral Machine as nine problem areas of people and language models.

Run it from the repository: `python examples/moral_machine.py`. Sources of the figures: Awad et al.,
Nature 563 (2018), and Takemoto, arXiv 2601.17637 (2026).
"""

import csv
from pathlib import Path

import numpy as np

import bayes_misalign as bm

DATA = Path(__file__).parent / "moral-machine" / "preferences.csv"


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


if __name__ == "__main__":
    found = means()
    people, _ = found["people"]
    print(f"{'means over nine dilemmas, known':<34}two alike  with a person  excess")
    for agent, (within, between) in found.items():
        excess = between - (within + people) / 2
        print(f"{agent:<34}{within:>9.4f}{between:>15.4f}{excess:>8.4f}")
