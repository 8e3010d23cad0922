"""Draw goal shares by a model of its own, a small poststratification, and write them as a table.

Run it from the repository: `python examples/drawn/make_draws.py`. It needs NumPy only; nothing in
it knows this package. Answers by how often people vote are those of `examples/nonvoters`
(FiveThirtyEight and Ipsos, 2020, CC BY 4.0); the chances of turning out are made up.
"""

import csv
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
DRAWS = 1000
GOALS = ["Biden", "Trump", "Unsure"]
# voted and did not vote, of 100 people of each kind: made up, and taken as uncertain
TURNOUT = {"always": (92, 8), "sporadic": (58, 42), "rarely/never": (9, 91)}


def draw() -> dict[str, np.ndarray]:
    """Return draws (draw, goal) of the shares among all adults, and among likely voters."""
    rng = np.random.default_rng(20201103)
    cells: dict[tuple[str, str], tuple[float, float]] = {}
    with (HERE.parent / "nonvoters" / "answers.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sums = float(row["sum_weight"]), float(row["sum_weight_sq"])
            cells[row["voter_category"], row["candidate"]] = sums
    shares, size, turnout = [], [], []
    for group, (voted, stayed) in TURNOUT.items():
        weight, squares = np.array([cells[group, goal] for goal in GOALS]).T
        effective = weight.sum() ** 2 / squares.sum()
        shares.append(rng.dirichlet(1 / 3 + effective * weight / weight.sum(), size=DRAWS))
        size.append(weight.sum())
        turnout.append(rng.beta(voted, stayed, size=DRAWS))
    by_group, adults = np.stack(shares, axis=1), np.tile(size, (DRAWS, 1))
    voters = adults * np.stack(turnout, axis=1)
    return {
        name: (by_group * (part / part.sum(axis=1, keepdims=True))[:, :, None]).sum(axis=1)
        for name, part in (("all adults", adults), ("likely voters", voters))
    }


def rows() -> list[list[str]]:
    """Return the rows of the table, a draw of one population each; rounded, they sum to 1."""
    found = []
    for population, shares in draw().items():
        for number, row in enumerate(shares, start=1):
            first = [round(float(share), 6) for share in row[:-1]]
            cells = [f"{share:.6f}" for share in (*first, 1 - sum(first))]
            found.append([str(number), population, *cells])
    return found


if __name__ == "__main__":
    with (HERE / "draws.csv").open("w", encoding="utf-8", newline="") as table:
        csv.writer(table, lineterminator="\n").writerows([["draw", "population", *GOALS], *rows()])
