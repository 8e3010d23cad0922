"""Functions compiled with no more work than needed: they compute the same, and so do others."""

import gc
import subprocess
import sys
from pathlib import Path
from threading import get_ident
from typing import Any
from unittest.mock import Mock

import numba
import numpy as np
import pytest
from llvmlite.binding import ffi
from numba.core.codegen import CPUCodeLibrary

from bayes_misalign.inference.lean_compiler import OnDemand, engine, lean, uncalled

SIGNATURE = "float64(float64)"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the names of modules that machine code is made of."""
    demanded, found = engine(), []
    add = demanded._engine.add_module

    def adding(module: Any) -> None:
        found.append(module.name)
        add(module)

    monkeypatch.setattr(demanded._engine, "add_module", adding)
    return found


def a_whole() -> Any:
    """Return a function that calls another one, of which Python has no face."""

    @numba.njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)
    def a_part(x):  # type: ignore[no-untyped-def]
        if x < 0:
            raise ValueError("it is negative")
        return np.sqrt(x) + np.arange(3.0).sum() / (1 + x)

    def whole(x):  # type: ignore[no-untyped-def]
        return a_part(x) + a_part(2 * x)

    return whole


def test_parts_get_no_machine_code_and_the_whole_computes_the_same(made: list[str]) -> None:
    whole = a_whole()
    with lean({whole.__qualname__}):
        found = numba.cfunc(SIGNATURE)(whole)
    (only,) = made
    assert "whole" in only
    plain = numba.cfunc(SIGNATURE)(a_whole())
    assert sum("a_part" in name for name in made) == 1
    points = np.linspace(0.0, 5.0, 50)
    assert [found.ctypes(x) for x in points] == [plain.ctypes(x) for x in points]


def test_what_waits_is_made_when_somebody_asks(made: list[str]) -> None:
    with lean(()):

        @numba.njit("float64(float64)")
        def twice(x):  # type: ignore[no-untyped-def]
            if x < 0:
                raise ValueError("it is negative")
            return 2 * x

    assert twice(2.5) == 5.0
    with pytest.raises(ValueError, match="it is negative"):
        twice(-1.0)

    @numba.njit
    def more(x):  # type: ignore[no-untyped-def]
        return twice(x) + 1

    assert more(2.0) == 5.0


def as_it_is() -> tuple[Any, ...]:
    """What numba, LLVM and Python's collector would do."""
    library = CPUCodeLibrary
    methods = library._optimize_final_module, library._optimize_functions
    told, seldom = list(ffi.lib._lock._cblist), gc.get_threshold()
    return *methods, library.serialize_using_object_code, told, seldom


def test_the_compiler_is_as_it_was_afterwards(made: list[str]) -> None:
    inside: list[Any] = []

    def fail() -> None:
        inside.extend(as_it_is())
        raise KeyError("whatever goes wrong")

    before = as_it_is()
    with pytest.raises(KeyError), lean(()):
        fail()
    assert as_it_is() == before
    assert all(one != other for one, other in zip(inside, before, strict=True))
    assert engine().thread is None

    @numba.njit
    def half(x):  # type: ignore[no-untyped-def]
        return x / 2

    assert half(3.0) == 1.5
    assert any("half" in name for name in made)


def test_what_others_take_in_has_no_face_for_python(made: list[str]) -> None:
    @numba.njit
    def a_middle(x):  # type: ignore[no-untyped-def]
        return 3 * x

    def around(x):  # type: ignore[no-untyped-def]
        return a_middle(x) + 1

    uncalled(a_middle)
    with lean({around.__qualname__}):
        found = numba.cfunc(SIGNATURE)(around)
    assert found.ctypes(2.0) == 7.0
    assert not any("a_middle" in name for name in made)
    assert a_middle._cache.cache_path is None


KEPT = """
import sys
import numba
import numpy as np

@numba.njit(cache=True)
def part(x):
    return np.exp(x) - np.array([x, 1.0]).max()

@numba.njit(cache=True)
def whole(x):
    return part(x) + part(x + 1)

if __name__ == "__main__":
    if sys.argv[1] == "lean":
        from bayes_misalign.inference.lean_compiler import lean
        with lean(()):
            found = whole(0.3)
    else:
        found = whole(0.3)
    print(found.hex(), sum(whole.stats.cache_hits.values()), sum(part.stats.cache_hits.values()))
"""


def test_files_of_either_way_are_read_by_the_other(tmp_path: Path) -> None:
    script = tmp_path / "kept.py"
    script.write_text(KEPT, encoding="utf-8")

    def run(way: str, of: str) -> list[str]:
        place = tmp_path / of
        place.mkdir(exist_ok=True)
        command = [
            sys.executable,
            "-c",
            f"import os; os.environ['NUMBA_CACHE_DIR'] = {str(place)!r}; "
            f"import sys, runpy; sys.argv = ['x', {way!r}]; "
            f"runpy.run_path({str(script)!r}, run_name='__main__')",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.split()

    plain, one = run("plain", "first"), run("lean", "first")
    other, two = run("lean", "second"), run("plain", "second")
    assert plain[0] == one[0] == other[0] == two[0]
    assert plain[1] == other[1] == "0"
    assert one[1] == two[1] == "1"


def test_the_engine_is_asked_to_finish_what_it_took_only() -> None:
    engine = Mock()
    own = OnDemand(engine)
    own.finalize_object()
    own.thread = get_ident()
    own.finalize_object()
    assert engine.finalize_object.call_count == 1
    own.add_module(Mock(functions=[], global_variables=[]))  # read from a file, and empty
    own.finalize_object()
    assert engine.finalize_object.call_count == 2
    own.thread = None
    own.finalize_object()
    assert engine.finalize_object.call_count == 3


def test_arrays_are_turned_and_filled_as_ever() -> None:
    @numba.njit
    def turned(x, y):  # type: ignore[no-untyped-def]
        found = np.empty((4, 2, 3))
        found[...] = np.transpose(x, (2, 0, 1))
        found[0] = y
        return found

    x, y = np.arange(24.0).reshape(2, 3, 4), np.arange(3.0)
    with lean(()):
        found = turned(x, y)
        with pytest.raises(ValueError, match="shapes do not fit"):
            turned(x, np.zeros(2))
    expected = np.transpose(x, (2, 0, 1)).copy()
    expected[0] = y
    np.testing.assert_array_equal(found, expected)

    @numba.njit
    def filled(x, y):  # type: ignore[no-untyped-def]
        x[...] = y
        return x

    with pytest.raises(ValueError, match=r"slice of shape \(3,\) from input of shape \(2,\)"):
        filled(np.zeros(3), np.zeros(2))


def test_places_of_integers_are_sorted_as_ever() -> None:
    @numba.njit
    def sorted_places(x):  # type: ignore[no-untyped-def]
        return np.argsort(x)

    rng = np.random.default_rng(7)
    with lean(()):
        for n in (0, 1, 2, 3, 9, 10, 40, 1000):
            numbers = rng.integers(0, n + 1, n)
            places = sorted_places(numbers)
            np.testing.assert_array_equal(np.sort(places), np.arange(n))
            np.testing.assert_array_equal(numbers[places], np.sort(numbers))
            if n < 10:  # axes of an array: equal ones as they stand
                np.testing.assert_array_equal(places, np.argsort(numbers, kind="stable"))
