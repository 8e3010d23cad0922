"""More on what identifies goals: counting rule by case, and the rank with several populations."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from bayes_misalign.families.reports.identification import count_rule, kruskal
from tests.noisy_studies import acted, labelled, ones, symmetric

BLUNT = np.array([[0.8, 0.1, 0.1], [0.1, 0.45, 0.45], [0.1, 0.45, 0.45]])  # b and c look alike
OTHER = BLUNT[[1, 0, 2]][:, [1, 0, 2]]  # a and c look alike


def said(raters: int, categories: str = "ab", labels: str | None = None, **more: Any) -> Any:
    return labelled(
        ones([[0] * raters, [1] * raters], len(labels or categories)), categories, labels, **more
    )


@pytest.mark.parametrize(
    ("evidence", "basis"),
    [
        (said(5, "abc", "ab"), "repeated reports"),
        (said(4, "abc", "ab"), "the prior only"),
        (said(5, "abcd", "ab"), "repeated reports"),
        (said(4, "abcd", "ab"), "the prior only"),
        (said(2, populations="pq"), "repeated reports"),
        (said(1, "abc", emission=symmetric(3, 0.1)[None]), "known error rates"),
        (said(1, "abc", emission=BLUNT[None]), "the prior only"),
        (said(2, "abc", emission=np.stack([BLUNT, OTHER])), "known error rates"),
        (said(1, validation=[[[8, 2], [3, 9]]]), "known error rates"),
        (said(1, validation=[[[5, 5], [5, 5]]]), "the prior only"),
        (said(1, columns={"gold": [0, 1]}), "gold labels"),
        (said(1, columns={"gold": [0, -1]}), "the prior only"),
        (acted([[1, 0, 1, 0, 1, 0]], (("x", "y"), ("u", "v"), ("l", "m"))), "repeated reports"),
        (acted([[1, 0, 1, 0]], (("x", "y"), ("u", "v"))), "the prior only"),
        (acted([[1, 0], [0, 1]], (("x", "y"),), columns={"gold": [0, 1]}), "gold labels"),
    ],
)
def test_the_counting_rule_case_by_case(evidence: Any, basis: str) -> None:
    assert count_rule(evidence)[0] == basis


def simplex(y: np.ndarray) -> np.ndarray:
    e = np.exp(np.append(y, 0.0))
    return np.asarray(e / e.sum())


def missing_rank(sizes: list[int], goals: int, populations: int) -> int:
    """Return by how much the rank of the pattern probabilities falls short of the unknowns."""
    free = populations * (goals - 1) + goals * sum(n - 1 for n in sizes)

    def probabilities(x: np.ndarray) -> np.ndarray:
        parts = iter(
            np.split(
                x,
                np.cumsum([goals - 1] * populations + [n - 1 for n in sizes for _ in range(goals)])[
                    :-1
                ],
            )
        )
        shares = [simplex(next(parts)) for _ in range(populations)]
        rates = [np.stack([simplex(next(parts)) for _ in range(goals)]) for _ in sizes]
        cells = list(product(*map(range, sizes)))
        given = np.array(
            [
                [np.prod([r[k, c] for r, c in zip(rates, cell, strict=True)]) for k in range(goals)]
                for cell in cells
            ]
        )
        return np.concatenate([given @ share for share in shares])

    point, step = np.random.default_rng(1).normal(size=free), 1e-5
    columns = [
        (probabilities(point + step * e) - probabilities(point - step * e)) / (2 * step)
        for e in np.eye(free)
    ]
    return free - int(np.linalg.matrix_rank(np.array(columns), tol=1e-7))


@pytest.mark.parametrize(
    ("sizes", "goals", "populations", "identified"),
    [
        ([2, 2], 2, 1, False),
        ([2, 2, 2], 2, 1, True),
        ([2, 2, 2, 2], 3, 1, False),  # 14 unknowns, 15 equations, and yet deficient
        ([2] * 5, 3, 1, True),
        ([2] * 5, 4, 1, True),
        ([3, 3], 2, 1, False),
        ([2, 2, 3], 3, 1, False),
        ([2, 3, 3], 3, 1, True),
        ([3, 3, 3], 4, 1, False),
        ([2], 2, 2, False),
        ([2, 2], 2, 2, True),  # Hui and Walter
        ([3, 3], 3, 2, True),
        ([2, 2], 3, 3, False),
    ],
)
def test_the_rule_is_the_rank_of_the_model(
    sizes: list[int], goals: int, populations: int, identified: bool
) -> None:
    views = [*sizes, populations] if populations > 1 else sizes
    assert kruskal(views, goals) is identified
    assert (missing_rank(sizes, goals, populations) == 0) is identified
