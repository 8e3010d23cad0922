"""Functions that nutpie calls, around small functions in place of compiled graphs."""

import ctypes
from typing import Any

import numba
import numpy as np
import pytest

from bayes_misalign.inference.c_functions import Data, expand_function, logp_function
from bayes_misalign.inference.machine_code import Machine, evaluate, layout

VALUES = {
    "unasked": np.arange(4.0),
    "number": np.array(3.0),
    "table": np.arange(6.0).reshape(2, 3),
    "places": np.array([1, 0]),
    "cube": np.arange(24.0).reshape(2, 3, 4),
}
DATA: Data = tuple((name, x.dtype.str, x.shape) for name, x in VALUES.items())
ASKED = ("table", "number", "places", "cube")


@numba.njit
def density(point, table, number, places, cube):  # type: ignore[no-untyped-def]
    if point[0] == 7:
        raise ValueError
    slope = point * number + table[places[0], 2] + cube[1, 2, 3]
    return np.log(point[1]), slope if point[0] != 8 else slope / 0.0


@numba.njit
def whole(point, table, number, places, cube):  # type: ignore[no-untyped-def]
    return (np.concatenate((point, table[places[1]], cube[1, :, 0], np.array([number.item()]))),)


@numba.njit
def alone(point):  # type: ignore[no-untyped-def]
    return -(point**2).sum(), -2 * point


def machine(n_dim: int, n_expanded: int, data: Data) -> Machine:
    none: Any = {}
    return Machine(none, none, none, none, tuple(data), n_dim, n_expanded, (), (), ())


@pytest.fixture(scope="module")
def places() -> dict[str, Any]:
    made = {
        "logp": logp_function(density, 2, DATA, ASKED),
        "expand": expand_function(whole, 2, 9, DATA, ASKED),
    }
    return {name: numba.cfunc(signature)(x) for name, (x, signature) in made.items()}


def outcome(
    places: dict[str, Any], point: list[float], n_dim: int = 2
) -> tuple[list[int], float, np.ndarray, np.ndarray]:
    asked = machine(n_dim, 9, DATA)
    record, _kept = layout(asked, VALUES)
    addresses = {name: one.address for name, one in places.items()}
    codes, value, slope, expanded = evaluate(asked, addresses, np.array(point), record)
    numbers = [np.frombuffer(x) for x in (value, slope, expanded)]
    return np.frombuffer(codes, np.int64).tolist(), float(numbers[0][0]), numbers[1], numbers[2]


def test_functions_take_points_and_the_data_they_ask_for(places: dict[str, Any]) -> None:
    codes, value, slope, expanded = outcome(places, [0.5, 2.0])
    assert codes == [0, 0]
    assert value == np.log(2.0)
    np.testing.assert_array_equal(slope, [0.5 * 3 + 5 + 23, 2 * 3 + 5 + 23])
    np.testing.assert_array_equal(expanded, [0.5, 2, 0, 1, 2, 12, 16, 20, 3])


@pytest.mark.parametrize(
    ("point", "n_dim", "codes"),
    [
        ([7.0, 1.0], 2, [1, 0]),  # what is raised
        ([8.0, 1.0], 2, [3, 0]),  # a gradient that is not finite
        ([1.0, 0.0], 2, [4, 0]),  # a log density that is not
        ([1.0, 1.0, 1.0], 3, [-1, -1]),  # another number of coordinates
    ],
)
def test_what_fails_is_told_by_a_number(
    places: dict[str, Any], point: list[float], n_dim: int, codes: list[int]
) -> None:
    assert outcome(places, point, n_dim)[0] == codes


def test_a_function_without_data_needs_no_record() -> None:
    function, signature = logp_function(alone, 2, (), ())
    made = numba.cfunc(signature)(function)
    pointer = ctypes.c_void_p
    call = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_uint64, *[pointer] * 4)(made.address)
    point, slope, value = np.array([1.0, 2.0]), np.zeros(2), np.zeros(())
    assert call(2, point.ctypes.data, slope.ctypes.data, value.ctypes.data, None) == 0
    assert float(value) == -5
    np.testing.assert_array_equal(slope, [-2, -4])
