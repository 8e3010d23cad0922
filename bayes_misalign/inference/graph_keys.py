"""What tells two PyTensor graphs apart, as text: equal keys, equal functions.

Whatever is not understood raises `Unkeyed`, so that two graphs never share a key by what was
overlooked. Data in shared variables with a name are told apart by name and type, not by value;
constants by every byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from hashlib import sha256
from types import FunctionType
from typing import Any

import numpy as np

_NOT_OF_SCALARS = {"name"}  # what a scalar operation is called says nothing of what it does
# what is random, or whose result has a shape that depends on values
_REFUSED = ("random", "Random", "Nonzero", "Unique")


class Unkeyed(Exception):
    """Something in a graph has no description that tells it from all others."""


def graph_key(outputs: Sequence[Any], inputs: Sequence[Any], more: Any = ()) -> str:
    """Return the SHA-256 of a graph's description.

    Parameters
    ----------
    outputs, inputs : sequence of pytensor variables
        What is computed, and what it is computed from beside shared variables and constants; in
        this order, whatever they are called.
    more : object
        What else tells two functions apart: numbers, texts, and containers of them.

    Raises
    ------
    Unkeyed
        When something in the graph is not understood.
    """
    digest = sha256()
    Describer(digest).graph(outputs, inputs)
    digest.update(plain(more).encode())
    return digest.hexdigest()


def plain(value: Any) -> str:
    """Return numbers, texts, types and containers of them as a text that no other has."""
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        return f"{type(value).__name__}:{value!r}"
    if isinstance(value, np.dtype):
        return f"dtype:{value.str}"
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if array.dtype.hasobject:
            raise Unkeyed(f"an array of {array.dtype}")
        content = sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
        return f"array:{array.dtype.str}{array.shape}{content}"
    if isinstance(value, slice):
        return f"slice({plain(value.start)},{plain(value.stop)},{plain(value.step)})"
    if isinstance(value, tuple | list):
        return f"{type(value).__name__}[{','.join(map(plain, value))}]"
    if isinstance(value, Mapping):
        # text sorted, so that the order in which a mapping was filled does not count
        items = sorted(f"{plain(key)}={plain(x)}" for key, x in value.items())
        return f"mapping[{','.join(items)}]"
    if isinstance(value, set | frozenset):
        return f"set[{','.join(sorted(map(plain, value)))}]"
    if isinstance(value, type):
        return _named(value)
    raise Unkeyed(f"a {type(value).__module__}.{type(value).__qualname__}")


def _named(thing: Any) -> str:
    """Return where a class or function is defined; those without such a place have no name."""
    name = f"{thing.__module__}.{thing.__qualname__}"
    if "<" in name:
        raise Unkeyed(name)
    return name


def density_key(op: Any) -> tuple[Any, ...]:
    """Return what tells the log density that a random variable has by its operation from others.

    It is the operation with all that it holds, and the code that writes the density down, with what
    that code was given.

    Raises
    ------
    Unkeyed
        When something of it is not understood.
    """
    from bayes_misalign.inference.upstream import density_function

    if (function := density_function(op)) is None:
        raise Unkeyed(f"{type(op)} has no density of its own")
    return Describer(random=True).op(op), _code(function)


def _code(function: Any, within: tuple[Any, ...] = ()) -> Any:
    """Return what tells a function from others: its code, and what it closes over."""
    if isinstance(function, partial):
        given = [plain(function.args), plain(function.keywords)]
        return "partial", _code(function.func, within), *given
    if not isinstance(function, FunctionType):
        return plain(function)
    if function in within:
        raise Unkeyed(f"{function}, which calls itself")
    within = (*within, function)
    try:
        closed = [cell.cell_contents for cell in function.__closure__ or ()]
    except ValueError as error:
        raise Unkeyed(f"{function}, which closes over what is not there yet") from error
    given = [plain(function.__defaults__), plain(function.__kwdefaults__)]
    code = function.__module__, function.__code__
    return *code, *given, *(_code(x, within) for x in closed)


@cache
def _of_any_graph() -> frozenset[str]:
    """Return what any graph holds that is taken for one operation."""
    import pytensor.tensor as pt
    from pytensor.compile.builders import OpFromGraph

    x = pt.scalar()
    return frozenset(vars(OpFromGraph([x], [x])))


class Describer:
    """Feeds the description of a graph to a digest."""

    def __init__(self, digest: Any = None, random: bool = False) -> None:
        self._digest, self._random = digest, random
        self._ops: dict[int, tuple[Any, str]] = {}

    def graph(self, outputs: Sequence[Any], inputs: Sequence[Any]) -> None:
        """Describe a graph."""
        from pytensor.graph.traversal import toposort

        places = {variable: f"input {i}" for i, variable in enumerate(inputs)}
        for variable in inputs:
            self._say("input", self.type(variable.type))
        for number, node in enumerate(toposort(outputs, blockers=inputs)):
            given = [self._place(variable, places) for variable in node.inputs]
            made = [self.type(variable.type) for variable in node.outputs]
            self._say(self.op(node.op), *given, "gives", *made)
            places |= {out: f"node {number} output {i}" for i, out in enumerate(node.outputs)}
        self._say("returns", *[self._place(variable, places) for variable in outputs])

    def _say(self, *words: str) -> None:
        self._digest.update(("\x00".join(words) + "\n").encode())

    def _place(self, variable: Any, places: dict[Any, str]) -> str:
        from pytensor.compile.sharedvalue import SharedVariable
        from pytensor.graph.basic import Constant

        if variable in places:
            return places[variable]
        if isinstance(variable, Constant):
            return f"constant {self.type(variable.type)} {plain(variable.data)}"
        if isinstance(variable, SharedVariable) and variable.name:
            places[variable] = f"shared {variable.name!r} {self.type(variable.type)} "
            return places[variable]
        raise Unkeyed(f"{variable}, which nothing computes")

    def type(self, kind: Any) -> str:
        """Return a type's description."""
        known = {
            "pytensor.tensor.type.TensorType": ("dtype", "shape"),
            "pytensor.scalar.basic.ScalarType": ("dtype",),
            "pytensor.tensor.type_other.NoneTypeT": (),
            "pytensor.tensor.type_other.SliceType": (),
            "pytensor.tensor.random.type.RandomGeneratorType": (),
        }
        name = _named(type(kind))
        if name not in known:
            raise Unkeyed(f"the type {name}")
        return f"{name}{plain([getattr(kind, field) for field in known[name]])}"

    def op(self, op: Any) -> str:
        """Return an operation's description."""
        if id(op) not in self._ops:  # kept, so that no other gets its id
            self._ops[id(op)] = (op, self._new_op(op))
        return self._ops[id(op)][1]

    def _new_op(self, op: Any) -> str:
        from pytensor.graph.op import HasInnerGraph
        from pytensor.scalar.basic import ScalarOp

        name, inner = _named(type(op)), ""
        if not self._random and any(word in name for word in _REFUSED):
            raise Unkeyed(name)
        if isinstance(op, HasInnerGraph):
            digest = sha256()
            Describer(digest, self._random).graph(op.inner_outputs, op.inner_inputs)
            inner = digest.hexdigest()
        # PyTensor takes operations with equal `__props__` for equal, scalar ones by what they hold
        fields = getattr(type(op), "__props__", None)
        if not fields and isinstance(op, ScalarOp):
            fields = () if inner else sorted(vars(op).keys() - _NOT_OF_SCALARS)
        if fields is None and self._random and inner:
            fields = sorted(vars(op).keys() - _of_any_graph())
        if fields is None:
            raise Unkeyed(f"{name} without __props__")
        return f"{name}({self._fields(op, fields)}){inner}"

    def _fields(self, thing: Any, fields: Iterable[str]) -> str:
        return ",".join(f"{field}={self.value(getattr(thing, field))}" for field in fields)

    def value(self, value: Any) -> str:
        """Return the description of a property of an operation."""
        from pytensor.graph.fg import FunctionGraph
        from pytensor.graph.op import Op
        from pytensor.graph.type import Type

        if isinstance(value, Op):
            return self.op(value)
        if isinstance(value, Type):
            return self.type(value)
        if isinstance(value, FunctionGraph):
            digest = sha256()
            Describer(digest).graph(value.outputs, value.inputs)
            return digest.hexdigest()
        if isinstance(value, tuple | list):
            return f"{type(value).__name__}[{','.join(map(self.value, value))}]"
        if (fields := getattr(type(value), "__props__", None)) is not None:
            return f"{_named(type(value))}({self._fields(value, fields)})"
        if callable(value) and not isinstance(value, type):
            return _named(value)
        return plain(value)
