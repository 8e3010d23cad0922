"""Coordinates that go by how much choices tell: against arithmetic, and a derivative by steps."""

from dataclasses import replace

import numpy as np
import pymc as pm
import pytensor
import pytest

from bayes_misalign.families.actions.telling_pymc import telling, telling_data
from bayes_misalign.models.choices.calibration import choices
from bayes_misalign.models.choices.model import MODEL
from tests.models.choices.test_identified import TWO, chosen
from tests.noisy_studies import PLAIN


def part_of(chances: list[list[float]], times: int = 1, rho: float | None = None) -> float:
    """Return the part that choices with these chances tell."""
    evidence = chosen(TWO, [times, 0])
    with pm.Model():
        found = telling(evidence, np.log(chances), rho)
    return float(pytensor.function([], found, mode=PLAIN)())


def test_the_part_of_a_choice_is_what_it_tells_of_shares() -> None:
    # at even odds: the square of the difference
    assert part_of([[0.65, 0.35], [0.35, 0.65]]) == pytest.approx(0.3**2)
    assert part_of([[0.5, 0.5], [0.5, 0.5]]) == pytest.approx(0.0, abs=1e-12)
    once = part_of([[0.9, 0.1], [0.2, 0.8]])
    assert 1 - part_of([[0.9, 0.1], [0.2, 0.8]], 3) == pytest.approx((1 - once) ** 3)
    # choices of one agent that are all alike tell what one does
    alike = part_of([[0.9, 0.1], [0.2, 0.8]], 3, 1.0)
    assert alike == pytest.approx(once)


def test_of_one_goal_all_is_told() -> None:
    assert telling(chosen([[1, 0]], [1, 0]), np.zeros((1, 2))) == 1.0


def test_known_goals_are_told() -> None:
    design = choices(60, gold=15)
    assert telling_data(design)["known_part"] == pytest.approx(0.25)
    assert telling_data(replace(design, gold_chosen=True))["known_part"] == 0.0
    np.testing.assert_allclose(telling_data(design)["asked"], [2, 2])


@pytest.mark.slow
def test_the_density_has_the_slope_of_coordinates_that_move_with_the_rationality() -> None:
    design = choices(60, gold=4)
    evidence = MODEL.simulate(
        {
            "proportion": np.array([[0.3, 0.7], [0.6, 0.4]]),
            "action": np.exp(design.log_action(np.array([0.7]))),
            "correlation": np.float64(0.1),
        },
        design,
        np.random.default_rng(1),
    )
    model = MODEL.build(evidence, MODEL.priors())
    values = list(model.value_vars)
    names = [value.name for value in values]
    shares, rho = model.replace_rvs_by_values([model["proportion"], model["correlation"]])
    outputs = [model.logp(jacobian=True) - model.logp(jacobian=False), shares, rho]
    run = pytensor.function(values, outputs, mode=PLAIN)
    start, rng, step = model.initial_point(), np.random.default_rng(2), 1e-5
    at = next(i for i, name in enumerate(names) if "sorted_log" in name)
    for rationality in (-4.0, 0.0, 1.5):
        point = [rng.normal(size=np.shape(start[name])) for name in names]
        point[names.index("z_rationality")] = np.array([rationality])
        jacobian, _, correlation = run(*point)
        ratio = []
        for sign in (-1, 1):
            moved = [x + sign * step if i == at else x for i, x in enumerate(point)]
            share = run(*moved)[1]
            ratio.append(np.log(share[:, 0] / share[:, 1]))
        slope = np.abs(ratio[1] - ratio[0]) / (2 * step)
        expected = np.log(slope).sum() + np.log(correlation * (1 - correlation))
        assert jacobian == pytest.approx(expected, rel=1e-5, abs=1e-5)
