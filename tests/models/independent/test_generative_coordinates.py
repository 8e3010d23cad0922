"""Coordinates of shares: inverses of each other, with the slope that they say."""

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest

from bayes_misalign.models.independent.generative_coordinates import SplitAgain
from tests.noisy_studies import PLAIN

COUNTS = np.array([[4.0, 0.0, 0.0, 9.0, 30.0], [0.0, 2.0, 7.0, 7.0, 800.0]])


@pytest.mark.parametrize("uncertain", [False, True])
@pytest.mark.parametrize(("goals", "apart"), [(5, False), (4, True), (1, True), (2, True)])
def test_there_and_back(goals: int, apart: bool, uncertain: bool) -> None:
    k = goals + apart
    rng, alpha = np.random.default_rng(1), np.array([[0.3] * k, [60.0] * k])
    y = rng.normal(scale=3, size=(2, k - 1))
    given = [pt.as_tensor(x) for x in (alpha, COUNTS[:, -k:], np.tile(np.arange(float(k)), (2, 1)))]
    way, at = SplitAgain(goals, apart, uncertain), pt.matrix("y", dtype="float64")
    logs = way.backward(at, *given)
    # the Jacobian of log ratios to the last place, as numbers
    slopes = [pt.grad((logs[:, i] - logs[:, -1]).sum(), at) for i in range(k - 1)]
    outputs = [logs, way.forward(logs, *given), way.log_jac_det(at, *given), *slopes]
    log_share, again, said, *slopes = pytensor.function([at], outputs, mode=PLAIN)(y)
    np.testing.assert_allclose(np.exp(log_share).sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(again, y, rtol=1e-6, atol=1e-9)
    jacobian = np.linalg.slogdet(np.stack(slopes, axis=1))[1]
    np.testing.assert_allclose(said, jacobian, rtol=1e-8)


def test_places_need_not_stand_in_their_order() -> None:
    rng, shape = np.random.default_rng(2), COUNTS.shape
    rank = np.array([[2.0, 0.0, 1.0, 3.0, 4.0], [0.0, 4.0, 1.0, 3.0, 2.0]])
    order = np.argsort(rank, axis=1)
    alpha, y = np.full(shape, 0.7), rng.normal(size=(2, 4))
    mixed = [pt.as_tensor(x) for x in (alpha, COUNTS, rank)]
    standing = [pt.as_tensor(np.take_along_axis(x, order, axis=1)) for x in (alpha, COUNTS, rank)]
    ours, plain = SplitAgain(5, False, False, shape), SplitAgain(5, False, False)
    at = pt.as_tensor(y)
    back = ours.backward(at, *mixed)
    outputs = [back, ours.forward(back, *mixed), ours.log_jac_det(at, *mixed)]
    outputs += [plain.backward(at, *standing), plain.log_jac_det(at, *standing)]
    shares, again, said, expected, same = pytensor.function([], outputs, mode=PLAIN)()
    np.testing.assert_allclose(np.take_along_axis(shares, order, axis=1), expected, rtol=1e-12)
    np.testing.assert_allclose(again, y, rtol=1e-9)
    np.testing.assert_allclose(said, same, rtol=1e-12)


def test_a_tail_of_a_thousand_lies_within_a_few_units() -> None:
    counts, rank = np.array([[0.0, 0.0, 30.0]]), np.array([[0.0, 1.0, 2.0]])
    given = [pt.as_tensor(x) for x in (np.ones((1, 3)), counts, rank)]
    logs = pt.as_tensor(np.array([[-1000.0, -300.0, 0.0]]))
    y = SplitAgain(3, False, False).forward(logs, *given).eval(mode=PLAIN)
    assert (np.abs(y) > 4).all()
    assert (np.abs(y) < 8).all()
