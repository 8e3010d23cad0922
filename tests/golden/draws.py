"""Small studies that are drawn exactly, a model or a setting each, and their draws."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np

import bayes_misalign as bm
from tests.golden.faces import GOLDEN, arithmetic

COMMITTED = GOLDEN / "draws.json"
DRAWS = 250
Draws = dict[str, dict[str, Any]]
QUANTITIES = ("misalignment", "proportion", "conflict")
# Ranges are met by parameters that are solved for: seventh digits depend on the threads of BLAS.
SOLVED = "elicited, ranges"
EVERY = 331  # of all numbers, those kept for processors that round otherwise

AREA = bm.ProblemArea("park", goals=["trees", "houses", "sports"], no_goal=["no matter"])
ANSWERS = {
    "who": ["old"] * 4 + ["young"] * 4,
    "goal": ["trees", "houses", "sports", "no matter"] * 2,
    "n": [14, 9, 3, 6, 5, 16, 11, 0],
}
WEIGHTED = {
    "who": ["old", "young"] * 9,
    "goal": ["trees", "houses", "sports"] * 5 + ["no matter", "trees", "houses"],
    "w": [0.5, 1.5, 2.0] * 6,
}
LABELS = {
    "by hand": ["trees"] * 7 + ["houses"] * 5 + ["sports"] * 4,
    "program": ["trees"] * 7 + ["houses"] * 5 + ["sports"] * 4,
}
MEETINGS = {
    "goal": ["trees", "trees", "houses"],
    "goal_other": ["houses", "sports", "sports"],
    "conflict": ["yes", "no", "yes"],
    "n": [7, 4, 3],
}
POSITIONS = {
    "goal": ["trees", "houses", "sports"],
    "position": [1.5, 8.0, 6.0],
    "se": [0.5, 0.4, 0.8],
}


def _counted(**more: Any) -> bm.SingleChoice:
    return bm.SingleChoice(ANSWERS, goal="goal", count="n", **more)


def _fit(goals: Any = None, conflict: Any = None, area: bm.ProblemArea = AREA, **more: Any) -> Any:
    goals = goals or _counted(population="who")
    conflict = conflict or bm.MutuallyExclusive()
    return bm.fit(area, goals, conflict, draws=DRAWS, method="exact", random_seed=7, **more)


STUDIES: dict[str, Callable[[], Any]] = {
    "single-choice, weights": lambda: _fit(
        bm.SingleChoice(WEIGHTED, goal="goal", population="who", weight="w"),
        populations=bm.Populations(shares="weights"),
    ),
    "single-choice, populations counted, index-uniform prior": lambda: _fit(
        populations=bm.Populations(shares={"old": 0.4, "young": 0.6})
    ),
    "single-choice, finite populations": lambda: _fit(
        _counted(population="who", population_size={"old": 40, "young": 90})
    ),
    "single-choice, concentration prior": lambda: _fit(prior={"concentration": 2.0}),
    "single-choice, dirichlet prior": lambda: _fit(
        prior={"dirichlet": {"trees": 1, "houses": 2, "sports": 0.5, "no goal": 1}}
    ),
    "noisy-labels without error": lambda: _fit(
        bm.NoisyLabels(LABELS, raters=["by hand", "program"], error_rate=0.0),
        area=bm.ProblemArea("park", goals=["trees", "houses", "sports"]),
    ),
    "mutually-exclusive, one population": lambda: _fit(_counted()),
    "fixed": lambda: _fit(
        conflict=bm.Fixed({("trees", "houses"): 0.9, ("trees", "no goal"): 0.1}, unnamed_pairs=0.25)
    ),
    "elicited, means": lambda: _fit(
        conflict=bm.Elicited(
            [{"between": ["trees", "houses"], "mean": 0.8, "strength": 12}], unnamed_pairs=0.1
        )
    ),
    SOLVED: lambda: _fit(
        conflict=bm.Elicited(
            {("trees", "houses"): (0.7, 1.0), ("houses", "sports"): (0.1, 0.5)}, unnamed_pairs=0.0
        )
    ),
    "judged without raters": lambda: _fit(
        conflict=bm.Judged(
            pairs={("trees", "houses"): (14, 2), ("trees", "sports"): (3, 9)}, unnamed_pairs=0.2
        )
    ),
    "encounters of known goals": lambda: _fit(
        conflict=bm.Encounters(MEETINGS, count="n", background=False)
    ),
    "spatial, known errors": lambda: _fit(conflict=bm.Spatial(POSITIONS, ends=(0, 10), error="se")),
    "spatial, exact positions and known length": lambda: _fit(
        conflict=bm.Spatial(POSITIONS, ends=(0, 10), error=0, form="linear", length=0.5)
    ),
    "experts, linear pool": lambda: _fit(
        conflict=bm.Experts(
            {
                "Ann": {("trees", "houses"): (0.7, 0.9)},
                "Bob": {("trees", "houses"): (0.4, 0.8), ("trees", "sports"): (0.1, 0.3)},
            },
            pooling="linear",
            unnamed_pairs=0.0,
        )
    ),
}


def draws(name: str) -> Draws:
    """Return of each quantity the SHA-256 of all its draws, as 64-bit numbers, and some of them."""
    result = STUDIES[name]()
    drawn = {q: result.groups.values("posterior", q) for q in ("misalignment", "proportion")}
    levels = result.conflict()  # once, where all are known
    drawn["conflict"] = np.broadcast_to(levels, (len(result.shares()), *levels.shape[1:]))
    values = {q: np.ascontiguousarray(drawn[q].astype("<f8")) for q in QUANTITIES}
    return {
        quantity: {
            "sha256": hashlib.sha256(array.tobytes()).hexdigest(),
            "some": array.ravel()[::EVERY].round(8).tolist(),
        }
        for quantity, array in values.items()
    }


def golden_draws() -> tuple[dict[str, Draws], str]:
    """Return the draws as they were committed, and the arithmetic of that processor."""
    found = json.loads(COMMITTED.read_text("utf-8"))
    return found["studies"], found["arithmetic"]


def write_draws() -> None:
    """Commit to the draws as they are now."""
    made = {name: draws(name) for name in STUDIES}
    text = json.dumps({"arithmetic": arithmetic(), "studies": made}, indent=1)
    # a list of numbers on one line
    text = re.sub(r"(?<=[\d\[,])\s+(?=[-\d\]])", " ", text)
    COMMITTED.write_text(text + "\n", encoding="utf-8", newline="\n")
