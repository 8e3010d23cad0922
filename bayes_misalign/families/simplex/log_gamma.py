"""log Gamma and log Beta, by SciPy's compiled functions without the package around them.

Importing `scipy.special` takes longer than a small exact study: it imports `scipy.linalg`, and with
it `numpy.f2py` and `numpy.testing`. The two functions stand in one extension module that needs
nothing of these. It is loaded alone, from its place in the installed SciPy; where a version keeps
them elsewhere, they are imported as anybody would. They are the same machine code in both ways, so
that no digit depends on which it was.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
PACKAGE, EXTENSION = "scipy.special", "_special_ufuncs"


def gammaln(x: ArrayLike) -> Array:
    """Return log |Gamma(x)|, elementwise."""
    return np.asarray(_functions().gammaln(x))


def betaln(a: ArrayLike, b: ArrayLike) -> Array:
    """Return log |B(a, b)| = log |Gamma(a) Gamma(b) / Gamma(a + b)|, elementwise."""
    return np.asarray(_functions().betaln(a, b))


@cache
def _functions() -> Any:
    """Return a module with both functions, the lightest that there is."""
    loaded = None if PACKAGE in sys.modules else _extension()
    if loaded is not None:
        return loaded
    import scipy.special

    return scipy.special


def _extension() -> Any:
    """Return the extension module by itself; None where SciPy is laid out in another way."""
    try:
        whole = PathFinder.find_spec("scipy")
        folders = [
            str(Path(f) / "special") for f in (whole and whole.submodule_search_locations) or ()
        ]
        spec = PathFinder.find_spec(f"{PACKAGE}.{EXTENSION}", folders)
        if spec is None or spec.loader is None:
            return None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return module if hasattr(module, "gammaln") and hasattr(module, "betaln") else None
    except (ImportError, OSError):  # a library beside SciPy that only its package finds
        return None
