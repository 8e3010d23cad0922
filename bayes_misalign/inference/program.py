"""Graphs evaluated as they stand, one operation after another, by Python.

To rewrite graphs first, as PyTensor's functions do, takes longer than it saves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

# what PyTensor does number by number where it does not compile, by the name of the operation
BY_NUMPY: Mapping[str, Callable[..., Any]] = {
    "Cast": lambda x: x,
    "Clip": lambda x, low, high: np.where(x < low, low, np.where(x > high, high, x)),
    "Log1mexp": lambda x: np.where(x < np.log(0.5), np.log1p(-np.exp(x)), np.log(-np.expm1(x))),
    "Softplus": lambda x: np.logaddexp(0.0, x),
}


class Program:
    """Operations in an order in which they can be done.

    Parameters
    ----------
    wanted : sequence of pytensor variables
        What is computed.
    given : sequence of pytensor variables
        What it is computed from, beside constants and data. What depends on these alone is done
        once.
    exactly : bool
        Whether every operation is PyTensor's own, to the last bit.

    Attributes
    ----------
    largest : int
        How many numbers the largest array had that was computed last.
    """

    def __init__(
        self, wanted: Sequence[Any], given: Sequence[Any] = (), *, exactly: bool = False
    ) -> None:
        from pytensor.graph.traversal import toposort

        self._wanted, self._given = list(wanted), list(given)
        nodes = list(toposort(wanted))
        variables = {*wanted, *given, *(x for node in nodes for x in (*node.inputs, *node.outputs))}
        self._cells = {x: [value_of(x)] for x in variables}
        self.largest = 1
        self._steps: list[tuple[Callable[[], Any], list[list[Any]], list[list[Any]]]] = []
        last = {x: node for node in nodes for x in node.inputs}
        vary, kept = set(given), set(wanted)
        for node in nodes:
            do = _doing(node, self._cells, {} if exactly else BY_NUMPY)
            if vary.isdisjoint(node.inputs):
                do()
                continue
            vary |= set(node.outputs)
            done = [x for x in {*node.inputs, *node.outputs} if last.get(x, node) is node]
            done = [x for x in done if x in vary and x not in kept]
            made, free = ([self._cells[x] for x in each] for each in (node.outputs, done))
            self._steps.append((do, made, free))
        self._vary = [self._cells[x] for x in vary]

    def run(self, arrays: Sequence[Any] = ()) -> list[Any]:
        """Return what is wanted where arrays are given."""
        for x, array in zip(self._given, arrays, strict=True):
            self._cells[x][0] = array
        self.largest = 1
        for do, made, free in self._steps:
            do()
            self.largest = max(self.largest, *(np.size(cell[0]) for cell in made))
            for cell in free:
                cell[0] = None
        found = [self._cells[x][0] for x in self._wanted]
        for cell in self._vary:
            cell[0] = None  # operations write over what they find
        return found


def value_of(variable: Any) -> Any:
    """Return the value of a constant or of data; None of what is computed or given."""
    from pytensor.compile.sharedvalue import SharedVariable
    from pytensor.graph.basic import Constant

    if isinstance(variable, SharedVariable):
        return variable.get_value(borrow=True)
    return variable.data if isinstance(variable, Constant) else None


def _doing(
    node: Any, cells: Mapping[Any, list[Any]], sooner: Mapping[str, Callable[..., Any]]
) -> Callable[[], Any]:
    """Return what does an operation: it reads cells, and writes into others."""
    import pytensor

    flags = {x: [False] for x in node.outputs}
    with pytensor.config.change_flags(cxx=""):
        as_it_is: Callable[[], Any] = node.op.make_thunk(node, cells, flags, [], impl="py")
    if (function := _by_numpy(node.op, sooner) if sooner else None) is None:
        return as_it_is
    given, made = [cells[x] for x in node.inputs], cells[node.outputs[0]]

    def do() -> None:
        with np.errstate(all="ignore"):
            found = function(*(cell[0] for cell in given))
        if found is None:
            as_it_is()
        else:
            made[0] = np.asarray(found, dtype=node.outputs[0].type.dtype)

    return do


def _by_numpy(op: Any, known: Mapping[str, Callable[..., Any]]) -> Callable[..., Any] | None:
    """Return what does an operation sooner than PyTensor, if it is known."""
    from pytensor.tensor.blockwise import Blockwise
    from pytensor.tensor.elemwise import Elemwise
    from pytensor.tensor.subtensor import AdvancedIncSubtensor

    if isinstance(op, Elemwise):
        return known.get(type(op.scalar_op).__name__)
    if not isinstance(op, Blockwise) or not isinstance(op.core_op, AdvancedIncSubtensor):
        return None
    added = not (op.core_op.set_instead_of_inc or op.core_op.ignore_duplicates)
    return _with_rows_added if added and op.core_op.idx_list == (0,) else None


def _with_rows_added(x: Any, y: Any, at: Any) -> Any:
    """Return tables (draw, row, ...) with others added at rows (1, row), which may repeat.

    None where shapes are others.
    """
    from scipy.sparse import csr_array

    if y.ndim < 3 or x.ndim != y.ndim or at.shape != (1, y.shape[1]) or x.shape[2:] != y.shape[2:]:
        return None
    draws, rows, added = len(y), x.shape[1], y.shape[1]
    places = (at[0] % rows, np.arange(added))
    sums = csr_array((np.ones(added), places), shape=(rows, added))
    found = sums @ np.moveaxis(y, 0, 1).reshape(added, -1)
    return x + np.moveaxis(found.reshape(rows, draws, *y.shape[2:]), 1, 0)
