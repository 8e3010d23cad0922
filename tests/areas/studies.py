"""Small studies of several problem areas."""

from collections.abc import Mapping
from typing import Any

import numpy as np

import bayes_misalign as bm

GOALS = bm.ProblemArea("plans", goals=["yes", "no"], no_goal=["pass"])
FLAT = {"dirichlet": {"yes": 1.0, "no": 1.0, "no goal": 1.0}}
# yes, no and pass in each area and population
COUNTS = {
    ("tax", "men"): (8, 30, 4),
    ("tax", "women"): (31, 7, 2),
    ("roads", "men"): (35, 2, 5),
    ("roads", "women"): (36, 3, 1),
    ("parks", "men"): (20, 15, 7),
    ("parks", "women"): (18, 19, 3),
}


def counted(counts: Mapping[tuple[str, str], tuple[int, ...]] = COUNTS) -> dict[str, list[Any]]:
    """Return counts as a table with a row for each answer."""
    rows = [
        (area, group, vote, n)
        for (area, group), numbers in counts.items()
        for vote, n in zip(("yes", "no", "pass"), numbers, strict=True)
    ]
    names = ("area", "group", "vote", "n")
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def votes(**more: Any) -> bm.SingleChoice:
    """Return these counts as evidence."""
    stated = {"data": counted(), "goal": "vote", "population": "group", "count": "n", **more}
    return bm.SingleChoice(**stated)


def fitted(**more: Any) -> bm.AreasPosterior:
    """Fit them."""
    stated = {"area": "area", "prior": FLAT, "draws": 1000, **more}
    return bm.fit_areas(GOALS, votes(), bm.MutuallyExclusive(), **stated)


def panel(n: int = 120, areas: int = 4, seed: int = 1) -> dict[str, list[str]]:
    """Return simulated answers of agents of two kinds, a column an area, some left empty."""
    rng = np.random.default_rng(seed)
    kind = rng.random(n) < 0.5
    made = {
        f"q_{a}": [
            "" if rng.random() < 0.1 else "yes" if rng.random() < (0.85 if one else 0.2) else "no"
            for one in kind
        ]
        for a in range(areas)
    }
    made["group"] = ["men" if rng.random() < 0.5 else "women" for _ in range(n)]
    return made
