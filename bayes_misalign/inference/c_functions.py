"""The two C functions of a model that nutpie calls, around compiled graphs.

nutpie makes such functions too. Its own put each array of data into a copy of the tuple of all of
them, which takes the compiler as long as the rest of a model where there are dozens. What they
take and return is the same, and so is what is computed.
numba reads the functions, and infers their types, so that they have no annotations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Data = Sequence[tuple[str, str, tuple[int, ...]]]  # name, dtype and shape, as `Machine` has them


def logp_function(inner: Any, n_dim: int, data: Data, asked: Sequence[str]) -> tuple[Any, Any]:
    """Return a function that writes a log density and its gradient, and its signature.

    The compiled graph takes a point and the data that it asks for, by name.
    """
    import numba

    values = _with_data(inner, data, asked)

    def log_density(dim, point, slope, value, given):  # type: ignore[no-untyped-def]
        if dim != n_dim:
            return -1
        try:
            found, gradient = values(numba.carray(point, (n_dim,)), given)
            if gradient.size != n_dim:
                return 1
            density, finite = np.asarray(found)[()], True
            value[0] = density
            for i in range(n_dim):
                slope[i] = gradient[i]
                finite = finite and np.isfinite(gradient[i])
            if not finite:
                return 3
            if not np.isfinite(density):
                return 4
        except Exception:  # nutpie asks for a number, whatever was raised
            return 1
        return 0

    of = numba.types
    numbers = of.CPointer(of.double)
    return log_density, of.int64(of.uint64, numbers, numbers, numbers, of.voidptr)


def expand_function(
    inner: Any, n_dim: int, n_expanded: int, data: Data, asked: Sequence[str]
) -> tuple[Any, Any]:
    """Return a function that writes all variables of a point, and its signature."""
    import numba

    values = _with_data(inner, data, asked)

    def expand(dim, expanded, point, whole, given):  # type: ignore[no-untyped-def]
        if dim != n_dim or expanded != n_expanded:
            return -1
        try:
            (found,) = values(numba.carray(point, (n_dim,)), given)
            if found.size != n_expanded:
                return -2
            for i in range(n_expanded):
                whole[i] = found[i]
        except Exception:  # nutpie asks for a number, whatever was raised
            return -2
        return 0

    of = numba.types
    numbers = of.CPointer(of.double)
    return expand, of.int64(of.uint64, of.uint64, numbers, numbers, of.voidptr)


def _with_data(inner: Any, data: Data, asked: Sequence[str]) -> Any:
    """Return a function of a point and the address of a record of data, as `layout` makes it."""
    import numba

    if not asked:
        return numba.njit(lambda point, given: inner(point), inline="always")
    arrays = _arrays(data, asked)
    return numba.njit(lambda point, given: inner(point, *arrays(given)), inline="always")


def _arrays(data: Data, asked: Sequence[str]) -> Any:
    """Return what makes a tuple of the arrays that are asked for, of the address of a record."""
    from numba import types
    from numba.extending import intrinsic
    from numba.np import arrayobj, numpy_support

    names = [name for name, _, _ in data]
    sizes = np.array([len(shape) for _, _, shape in data])
    # a record has all addresses first, then all sizes, then all shapes
    begins = 2 * len(data) + np.cumsum(sizes) - sizes
    places = [names.index(name) for name in asked]
    kinds = [
        types.Array(numpy_support.from_dtype(np.dtype(data[i][1])), len(data[i][2]), "C")
        for i in places
    ]
    made = types.Tuple(kinds)

    @intrinsic  # type: ignore[untyped-decorator]  # numba has no annotations
    def arrays(typing: Any, given: Any) -> Any:
        del typing

        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            word = context.get_value_type(types.intp)
            record = builder.bitcast(args[0], word.as_pointer())

            def number(at: int) -> Any:
                return builder.load(builder.gep(record, [word(int(at))]))

            found = []
            for place, kind in zip(places, kinds, strict=True):
                array = arrayobj.make_array(kind)(context, builder)
                step = word(context.get_abi_sizeof(context.get_data_type(kind.dtype)))
                shape = [number(begins[place] + axis) for axis in range(kind.ndim)]
                steps = [step]  # rows first, so that the last axis moves by one number
                for length in reversed(shape[1:]):
                    steps.insert(0, builder.mul(steps[0], length))
                arrayobj.populate_array(
                    array,
                    data=builder.inttoptr(number(place), array.data.type),
                    shape=shape,
                    strides=steps[: kind.ndim],
                    itemsize=step,
                    meminfo=None,
                )
                found.append(array._getvalue())
            return context.make_tuple(builder, signature.return_type, found)

        return made(given), generate

    return arrays
