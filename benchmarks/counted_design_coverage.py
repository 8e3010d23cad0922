"""Samples of clusters of agents who hold several goals, goals with strengths, or orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from common import publish, table, verdict
from numpy.typing import NDArray

import bayes_misalign as bm
from bayes_misalign.contract.registry import goals_model
from bayes_misalign.errors import Problems
from bayes_misalign.measure import exclusive_conflict
from bayes_misalign.study.lifted import levels_of_categories

Array = NDArray[np.float64]
SAMPLES, DRAWS, NODES = 200, 600, 40_000
SEED, MASS = 20_261_201, 0.9
LOWEST, HIGHEST = 0.86, 0.94
GOALS = ("a", "b", "c")
SHIFT = np.array([0.3, -0.2, -0.6])  # of the wish for each goal, which is normal
APART = np.array([0.4, -0.4, 0.4])  # of the two strata, to either side
SCALE = {"0": 0.0, "1": 1 / 3, "2": 2 / 3, "3": 1.0}
MODELS = ("endorsement", "multi-select", "ranked")
DESIGNS = (  # persons or classes, rows of each, how alike these are, whether in two strata
    (30, 8, 0.4, False),
    (60, 5, 0.3, True),
)


def wishes(
    clusters: int, each: int, alike: float, strata: bool, rng: np.random.Generator
) -> tuple[Array, NDArray[np.intp]]:
    """Return how much agents wish for each goal, and the cluster of each."""
    common = np.sqrt(alike) * rng.standard_normal((clusters, 1, len(GOALS)))
    own = np.sqrt(1 - alike) * rng.standard_normal((clusters, each, len(GOALS)))
    cluster = np.repeat(np.arange(clusters), each)
    found = (common + own).reshape(-1, len(GOALS)) + SHIFT
    if strata:
        found = found + np.where(cluster % 2, 1, -1)[:, None] * APART
    return found, cluster


def evidence_of(model: str, wish: Array, cluster: Any, strata: bool) -> Any:
    """Return evidence of a table with a row for each agent; a cluster of None names no design."""
    area = bm.ProblemArea("x", GOALS, [] if model == "ranked" else ["none"])
    more: dict[str, Any] = {}
    if model == "endorsement":
        cells = np.digitize(wish, [0.0, 0.7, 1.4]).astype(str)
        more["scale"] = SCALE
    elif model == "multi-select":
        cells = (wish > 0).astype(int)
    else:
        cells = np.argsort(np.argsort(-wish, axis=1), axis=1) + 1
    data: dict[str, Any] = {goal: cells[:, i] for i, goal in enumerate(GOALS)}
    if cluster is not None:
        data["who"], more["cluster"] = cluster, "who"
        if strata:
            data["part"], more["strata"] = cluster % 2, "part"
    kind = {"endorsement": bm.Endorsement, "multi-select": bm.MultiSelect, "ranked": bm.Ranked}
    problems = Problems()
    found = kind[model](data, columns="{goal}", **more).read(area, problems)
    problems.raise_if_any()
    return found


def square(shares: Array, levels: Array) -> Array:
    """Return P(ma); agents who hold the same may conflict."""
    return np.asarray((shares @ levels * shares).sum(axis=-1))


def rows(rng: np.random.Generator) -> Iterator[list[object]]:
    """Yield how often intervals hold P(ma), with the design and without."""
    for model in MODELS:
        conflict = exclusive_conflict(len(GOALS), model != "ranked")
        offered = goals_model(model)
        for clusters, each, alike, strata in DESIGNS:
            wish, _ = wishes(NODES, 1, 0.0, strata, rng)
            whole = evidence_of(model, wish, None, strata)
            truth = square(whole.counts[0] / NODES, levels_of_categories(whole, conflict))
            inside, wide = np.zeros(2), np.zeros(2)
            for _ in range(SAMPLES):
                wish, cluster = wishes(clusters, each, alike, strata, rng)
                for which, of in enumerate((cluster, None)):
                    evidence = evidence_of(model, wish, of, strata)
                    levels = levels_of_categories(evidence, conflict)
                    evidence = evidence.toward(levels)
                    drawn: Any = offered.draw(evidence, offered.priors(None), DRAWS, rng)
                    pma = square(drawn["proportion"][:, 0], levels)
                    low, high = np.quantile(pma, [(1 - MASS) / 2, (1 + MASS) / 2])
                    inside[which] += low <= truth <= high
                    wide[which] += high - low
            known, blind = inside / SAMPLES
            design = f"{clusters} clusters of {each}{', two strata' * strata}"
            met = verdict(LOWEST <= known <= HIGHEST)
            ratio = f"{wide[0] / wide[1]:.2f}"
            line = [model, design, alike, f"{known:.3f}", f"{blind:.3f}", ratio, met]
            print(*line, flush=True)
            yield line


def main() -> None:
    """Write the table."""
    publish(
        "counted_design_coverage",
        f"How often the {100 * MASS:g} % equal-tailed interval of P(ma) of three exclusive goals "
        f"holds the truth in samples of clusters: {SAMPLES:,} simulated samples a line, standard "
        f"error {np.sqrt(MASS * (1 - MASS) / SAMPLES):.3f} at {MASS:g}. Aim: {LOWEST:.2f} to "
        f"{HIGHEST:.2f}. With `cluster` (and `strata`), and without; how much wider intervals are. "
        "Wishes for goals are normal, and as alike in a cluster as the third column says.",
        table(
            ["model", "sample", "alike", "with", "without", "width", "aim"],
            list(rows(np.random.default_rng(SEED))),
        ),
    )


if __name__ == "__main__":
    main()
