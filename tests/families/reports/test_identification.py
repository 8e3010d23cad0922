"""What identifies goals behind reports, by counting and by the rank of the model itself."""

from itertools import product

import numpy as np
import pytest

from bayes_misalign.families.reports.identification import count_rule, kruskal
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels

CATEGORIES = "abcdefgh"


def labels(
    times: list[int],
    goals: int = 2,
    gold: tuple[int, ...] = (),
    populations: int = 1,
    **more: object,
) -> DistinctLabels:
    """Return agents who were labelled so many times by each rater, and agents of known goal."""
    names = tuple(CATEGORIES[:goals])
    rows = populations + len(gold)
    reports = np.zeros((rows, len(times), goals), dtype=int)
    reports[:, :, 0] = times
    return DistinctLabels(
        categories=names,
        populations=tuple(f"p{s}" for s in range(populations)),
        raters=tuple(f"r{r}" for r in range(len(times))),
        labels=names,
        reports=reports.reshape(rows, -1),
        population=np.array([*range(populations), *[0] * len(gold)]),
        gold=np.array([*[-1] * populations, *gold]),
        agents=np.full(rows, 10.0),
        row_weight=np.full(rows, 10.0),
        row_weight_sq=np.full(rows, 10.0),
        **more,  # type: ignore[arg-type]
    )


ERRORS = np.array([[[0.9, 0.1], [0.2, 0.8]]])


@pytest.mark.parametrize(
    ("evidence", "basis"),
    [
        (labels([1]), "the prior only"),
        (labels([1, 1]), "the prior only"),
        (labels([2]), "the prior only"),
        (labels([1, 1], populations=2), "repeated reports"),
        (labels([1], populations=2), "the prior only"),
        (labels([1, 1, 1]), "repeated reports"),
        (labels([3]), "repeated reports"),
        (labels([1, 1, 1], goals=3), "repeated reports"),
        (labels([1], gold=(0, 1)), "gold labels"),
        (labels([1], gold=(0,)), "the prior only"),
        (labels([1], emission=ERRORS), "known error rates"),
        (labels([1], emission=np.full((1, 2, 2), 0.5)), "the prior only"),
        (labels([1], validation=100 * ERRORS), "known error rates"),
        (labels([1], validation=[[[9, 1], [0, 0]]]), "the prior only"),
    ],
)
def test_the_counting_rule(evidence: DistinctLabels, basis: str) -> None:
    found, why = count_rule(evidence)
    assert found == basis
    assert why


def test_choices_are_counted_as_labels_are() -> None:
    def acted(times: int) -> DistinctActions:
        return DistinctActions(
            categories=("a", "b"),
            populations=("all",),
            situations=("game",),
            actions=(("x", "y"),),
            expected=np.array([[0.8, 0.2], [0.3, 0.7]]),
            reports=np.array([[times, 0]]),
            population=np.array([0]),
            gold=np.array([-1]),
            agents=np.ones(1),
            row_weight=np.ones(1),
            row_weight_sq=np.ones(1),
        )

    assert [count_rule(acted(n))[0] for n in (1, 2, 3)] == [
        "the prior only",
        "the prior only",
        "repeated reports",
    ]
    # where agents of one goal differ, all choices in one situation are one report
    assert count_rule(acted(30), overdispersed=True)[0] == "the prior only"


def rank_is_full(sizes: list[int], goals: int) -> bool:
    """Tell whether shares and error rates move the probabilities of patterns independently."""
    rng = np.random.default_rng(5)
    free = goals - 1 + goals * sum(n - 1 for n in sizes)

    def probabilities(x: np.ndarray) -> np.ndarray:
        def simplex(y: np.ndarray) -> np.ndarray:
            e = np.exp(np.append(y, 0.0))
            return np.asarray(e / e.sum())

        shares, at = simplex(x[: goals - 1]), goals - 1
        emission = []
        for n in sizes:
            rows = x[at : at + goals * (n - 1)].reshape(goals, n - 1)
            emission.append(np.stack([simplex(row) for row in rows]))
            at += goals * (n - 1)
        cells = product(*(range(n) for n in sizes))
        return np.array(
            [
                sum(
                    shares[k] * np.prod([e[k, v] for e, v in zip(emission, cell, strict=True)])
                    for k in range(goals)
                )
                for cell in cells
            ]
        )

    point, step = rng.normal(size=free), 1e-5
    columns = [
        (probabilities(point + step * e) - probabilities(point - step * e)) / (2 * step)
        for e in np.eye(free)
    ]
    values = np.linalg.svd(np.array(columns), compute_uv=False)
    return bool(len(values) == free and values[-1] > 1e-7 * values[0])


@pytest.mark.parametrize(
    ("sizes", "goals"),
    [
        ([2], 2),
        ([2, 2], 2),
        ([2, 2, 2], 2),
        ([3, 3], 3),
        ([3, 3, 3], 3),
        ([2, 2, 2], 3),
        ([2] * 5, 3),
        ([4, 4, 2], 4),
    ],
)
def test_what_the_rule_calls_identified_is(sizes: list[int], goals: int) -> None:
    # the rule is sufficient, not necessary: what it leaves out may be identified all the same
    assert rank_is_full(sizes, goals) or not kruskal(sizes, goals)
    if len(sizes) < 3:
        assert not rank_is_full(sizes, goals)
