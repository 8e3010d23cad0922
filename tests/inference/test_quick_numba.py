"""Functions that only compiled ones call are compiled as parts of these, and compute the same."""

import ctypes
from typing import Any

import numba
import numpy as np
from numba.core.codegen import JITCodeLibrary
from numba.core.cpu import CPUContext

from bayes_misalign.inference.quick_numba import quick_numba

SIGNATURE = numba.float64(numba.float64)


def outer() -> Any:
    """A callback in C that calls a function that Python cannot call."""

    @numba.njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)
    def inner(x: float) -> float:
        total = 0.0
        for i in range(1, 9):
            total += np.exp(x / i) * np.log1p(i)
        return total

    return numba.cfunc(SIGNATURE)(lambda x: inner(x) - inner(-x))


def values(callback: Any) -> list[float]:
    function = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(callback.address)
    return [function(x) for x in (-2.0, 0.1, 3.7)]


def test_the_same_is_computed_to_the_last_bit() -> None:
    plain = values(outer())
    with quick_numba():
        quick = outer()
    assert values(quick) == plain


def test_what_python_calls_is_compiled_as_ever_and_numba_is_left_as_it_was() -> None:
    before = JITCodeLibrary.finalize, JITCodeLibrary.get_pointer_to_function
    executable = CPUContext.get_executable
    with quick_numba():
        twice = numba.njit(lambda x: 2 * x)
        assert twice(4) == 8
        assert JITCodeLibrary.finalize is not before[0]
    assert (JITCodeLibrary.finalize, JITCodeLibrary.get_pointer_to_function) == before
    assert CPUContext.get_executable is executable
    assert twice(2.5) == 5.0
