"""PyMC models that nobody samples, made in half the time: here PyMC and PyTensor are changed.

Outside of `untransformed`, and in other threads, both do what they always do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pymc as pm

_LOCK = Lock()
_PLAIN: ContextVar[bool] = ContextVar("plain", default=False)


@contextmanager
def untransformed() -> Iterator[None]:
    """Make models inside the block without transforms, with dims as constants.

    Notes
    -----
    Whenever a variable is declared PyMC makes the graph of its transform, to learn its type, and
    PyTensor rewrites the graph of its shape: most of the time that making a model takes.
    """
    with _LOCK:
        _ask_whether_plain()
    token = _PLAIN.set(True)
    try:
        yield
    finally:
        _PLAIN.reset(token)


@cache
def _ask_whether_plain() -> None:
    """Let PyMC and PyTensor ask whether a model is of the kind, once in a process."""
    import pymc as pm
    import pytensor.tensor as pt
    from pytensor.tensor import basic
    from pytensor.tensor.random import op

    created, added, inferred = pm.Model.create_value_var, pm.Model.add_coord, op.infer_static_shape

    def create(model: pm.Model, rv_var: Any, **given: Any) -> Any:
        if _PLAIN.get():
            given |= {"transform": None, "default_transform": None}
        return created(model, rv_var, **given)

    def add(model: pm.Model, name: str, values: Any = None, *, length: Any = None) -> None:
        if _PLAIN.get() and values is not None and length is None:
            length = pt.constant(len(values), dtype="int64")
        added(model, name, values, length=length)

    def infer(shape: Any) -> tuple[Sequence[Any], Sequence[int | None]]:
        if _PLAIN.get():
            lengths = [pt.as_tensor_variable(x, ndim=0) for x in shape]
            with suppress(LookupError):
                return lengths, tuple(_length(x) for x in lengths)
        return inferred(shape)  # type: ignore[no-any-return]  # of PyTensor, by a name that it imports

    pm.Model.create_value_var, pm.Model.add_coord = create, add
    basic.infer_static_shape = op.infer_static_shape = infer


def _length(variable: Any) -> int:
    """Return a length that constants and types tell; a LookupError says that they do not."""
    if "int" not in variable.type.dtype:
        raise LookupError
    return int(_told(variable))


def _told(variable: Any) -> Any:
    from pytensor.graph.basic import Constant
    from pytensor.tensor.shape import Shape

    if isinstance(variable, Constant):
        return variable.data
    if (node := variable.owner) is None:
        raise LookupError
    if isinstance(node.op, Shape):
        if None in (shape := node.inputs[0].type.shape):
            raise LookupError
        return np.array(shape, "int64")
    made: list[list[Any]] = [[None] for _ in node.outputs]
    node.op.perform(node, [_told(x) for x in node.inputs], made)
    return made[node.outputs.index(variable)][0]
