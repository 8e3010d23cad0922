"""log Gamma and log Beta are SciPy's, to the bit, and cost no import of `scipy.special`."""

import subprocess
import sys

import numpy as np
import pytest
import scipy.special

from bayes_misalign.families.simplex import log_gamma

RNG = np.random.default_rng(4)
PLACES = np.concatenate(
    [[1e-300, 1e-9, 0.5, 1.0, 2.0, 3.0, 13.0, 170.9, 1e3, 1e8, 1e15], RNG.random(5_000) * 200]
)


def test_the_extension_alone_says_what_scipy_says() -> None:
    alone = log_gamma._extension()
    assert alone is not None
    np.testing.assert_array_equal(alone.gammaln(PLACES), scipy.special.gammaln(PLACES))
    other = RNG.permutation(PLACES)
    np.testing.assert_array_equal(alone.betaln(PLACES, other), scipy.special.betaln(PLACES, other))


def test_functions_are_those_of_closed_forms() -> None:
    np.testing.assert_allclose(log_gamma.gammaln([1.0, 4.0, 0.5]), np.log([1, 6, np.sqrt(np.pi)]))
    np.testing.assert_allclose(log_gamma.betaln([1.0, 2.0], [1.0, 3.0]), np.log([1, 1 / 12]))


def test_where_the_extension_is_elsewhere_scipy_is_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log_gamma, "EXTENSION", "_no_such_extension")
    assert log_gamma._extension() is None
    monkeypatch.setattr(log_gamma, "_extension", lambda: None)
    monkeypatch.delitem(sys.modules, "scipy.special")
    log_gamma._functions.cache_clear()
    try:
        assert log_gamma.gammaln(5.0) == pytest.approx(np.log(24))
    finally:
        log_gamma._functions.cache_clear()


def test_a_draw_of_shares_imports_neither_scipy_nor_pydantic() -> None:
    code = (
        "import sys; import bayes_misalign as bm\n"
        "answers = bm.SingleChoice({'goal': ['a', 'b'], 'n': [3, 4]}, goal='goal', count='n')\n"
        "bm.fit(bm.ProblemArea('x', goals=['a', 'b']), answers, bm.MutuallyExclusive(), draws=10)\n"
        "print(*{m.split('.')[0] for m in sys.modules} & {'scipy', 'pydantic', 'matplotlib'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
