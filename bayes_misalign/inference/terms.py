"""Parts of graphs of several models at the same draws: equal parts are one, and worked out once.

Every operation in the graphs has a number. Two have the same where they do the same to the same, so
that what models have in common is known at sight, before anything is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.inference.graph_keys import Describer, Unkeyed, density_key, plain
from bayes_misalign.inference.program import Program, value_of

Array = NDArray[np.float64]
Place = tuple[int, int]  # number of an operation, place among what it gives
NUMBERS = 2_000_000  # of the largest array of a batch of draws, so that arrays stay in caches
FEW, MOST = 1, 1000  # draws at a time, first and at most


@dataclass(frozen=True, eq=False)
class _Part:
    """An operation of a graph, or a variable that nothing computes, or one with draws."""

    what: Any
    inputs: tuple[Place, ...] = ()
    draws: Array | None = None


class Terms:
    """Parts of graphs at the same draws, each worked out once for all models that have it.

    Notes
    -----
    A part is known again by all that it computes, with the values of data and draws.
    """

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self._numbers: dict[Any, int] = {}
        self._found: dict[Place, Array] = {}
        self._densities: dict[Any, Place] = {}
        self._digests: dict[int, tuple[Array, str]] = {}
        self._describer = Describer()
        self._total = 0  # draws

    def drawn(self, variable: Any, name: str, draws: Array) -> Place:
        """Return the place of a variable that draws are given of, whatever model it stands in."""
        self._total = len(draws)
        key = ("draws", name, variable.type, self._digest(draws))
        return self._numbered(key, _Part(variable, draws=draws)), 0

    def places(self, wanted: Sequence[Any], at: dict[Any, Place]) -> list[Place]:
        """Return the places of variables; those in their graphs are added to what is `at` one."""
        from pytensor.compile.builders import OpFromGraph
        from pytensor.graph.traversal import toposort
        from pytensor.tensor.random.op import RNGConsumerOp

        for node in toposort(wanted, blockers=list(at)):
            given = tuple(self._place(x, at) for x in node.inputs)
            if _is_idle(node):
                found = [given[0]]
            elif isinstance(node.op, OpFromGraph) and not isinstance(node.op, RNGConsumerOp):
                found = self.places(node.op.fgraph.bind(node.inputs), at)
            else:
                types = tuple(x.type for x in node.outputs)
                number = self._numbered((self._op(node.op), given, types), _Part(node, given))
                found = [(number, i) for i in range(len(types))]
            at |= {x: place for x, place in zip(node.outputs, found, strict=True) if x not in at}
        return [self._place(x, at) for x in wanted]

    def density(self, rv: Any, at: dict[Any, Place], seen: Any = None) -> Place:
        """Return the place of the log density of a random variable, summed, at what was seen of it.

        At its draws where nothing was. PyMC is asked for a graph where no other model had the same.
        """
        import pymc as pm
        from pytensor.tensor.random.type import RandomType

        given = [x for x in rv.owner.inputs if not isinstance(x.type, RandomType)]
        given.append(rv if seen is None else seen)
        key: tuple[Any, ...]
        try:
            key = density_key(rv.owner.op), *self.places(given, at)
        except Unkeyed:
            key = (object(),)  # like no other
        if key not in self._densities:
            if seen is None:
                seen = rv.type()
                at[seen] = at[rv]
            graph = pm.logp(rv, seen, warn_rvs=False).sum()
            self._densities[key] = self.places([graph], at)[0]
        return self._densities[key]

    def random(self, places: Iterable[Place]) -> bool:
        """Return whether anything random is left in what these places are computed from."""
        from pytensor.tensor.random.op import RNGConsumerOp

        parts = (self._parts[number] for number in self._needed(places))
        return any(isinstance(getattr(x.what, "op", None), RNGConsumerOp) for x in parts)

    def at_draws(self, places: Sequence[Place]) -> list[Array]:
        """Return what stands at places, leading axis draw."""
        new = [place for place in dict.fromkeys(places) if place not in self._found]
        if new:
            self._found |= zip(new, self._evaluated(new), strict=True)
        return [self._found[place] for place in places]

    def _numbered(self, key: Any, part: _Part) -> int:
        number = self._numbers.setdefault(key, len(self._parts))
        if number == len(self._parts):
            self._parts.append(part)
        return number

    def _place(self, variable: Any, at: dict[Any, Place]) -> Place:
        from pytensor.compile.sharedvalue import SharedVariable
        from pytensor.graph.basic import Constant

        if variable not in at:
            key: Any = variable
            with suppress(Unkeyed):
                if isinstance(variable, Constant | SharedVariable):
                    key = isinstance(variable, Constant), variable.type, plain(value_of(variable))
            at[variable] = self._numbered(key, _Part(variable)), 0
        return at[variable]

    def _op(self, op: Any) -> Any:
        try:
            return self._describer.op(op)
        except Unkeyed:
            return op.__class__, id(op)

    def _digest(self, values: Array) -> str:
        # an array that is held keeps its id
        if id(values) not in self._digests:
            content = np.ascontiguousarray(values).tobytes()
            digest = sha256(f"{values.dtype.str}{values.shape}".encode() + content).hexdigest()
            self._digests[id(values)] = (values, digest)
        return self._digests[id(values)][1]

    def _needed(self, places: Iterable[Place]) -> set[int]:
        """Return the numbers of all that places are computed from, with their own."""
        found: set[int] = set()
        todo = [number for number, _ in places]
        while todo:
            if (number := todo.pop()) not in found:
                found.add(number)
                todo += [x for x, _ in self._parts[number].inputs]
        return found

    def _vectorised(self, places: Sequence[Place]) -> tuple[list[Any], dict[Any, Array]]:
        """Return graphs of places with an axis of draws, and draws by the variable they go to.

        What depends on no draws has an axis of one.
        """
        import pytensor.tensor as pt
        from pytensor.tensor.shape import Shape

        from bayes_misalign.inference.upstream import vectorised

        made: dict[int, Sequence[Any]] = {}
        draws: dict[Any, Array] = {}
        vary: set[int] = set()
        for number in sorted(self._needed(places)):  # what is computed from others comes later
            part = self._parts[number]
            given = [made[x][i] for x, i in part.inputs]
            if part.draws is not None:
                kind = part.what.type
                made[number] = [pt.tensor(dtype=kind.dtype, shape=(None, *kind.shape))]
                draws[made[number][0]] = np.asarray(part.draws, kind.dtype)
            elif not given:
                made[number] = getattr(part.what, "outputs", [part.what])
                continue
            elif vary.isdisjoint(x for x, _ in part.inputs):
                made[number] = part.what.clone_with_new_inputs(given).outputs
                continue
            elif isinstance(part.what.op, Shape):
                made[number] = [given[0].shape[1:]]
                continue  # all draws have the same
            else:
                made[number] = vectorised(part.what, given)
            vary.add(number)
        graphs = [made[number][i] for number, i in places]
        vary_too = [number in vary for number, _ in places]
        return [x if y else x[None] for x, y in zip(graphs, vary_too, strict=True)], draws

    def _evaluated(self, places: Sequence[Place]) -> list[Array]:
        wanted, draws = self._vectorised(places)
        program = Program(wanted, list(draws))
        parts: list[list[Array]] = [[] for _ in wanted]
        start, size = 0, FEW
        while start < self._total:
            size = min(size, self._total - start)
            made = program.run([array[start : start + size] for array in draws.values()])
            for column, part in zip(parts, made, strict=True):
                column.append(np.broadcast_to(np.asarray(part, float), (size, *part.shape[1:])))
            start += size
            # the first draws tell how large arrays are
            size = int(np.clip(NUMBERS * size // program.largest, 1, MOST))
        return [np.concatenate(column) for column in parts]


def _is_idle(node: Any) -> bool:
    """Return whether what an operation gives is the first thing that it is given.

    Checks of parameters are left out: draws lie in the support, but for the last digits that a file
    has rounded. So is what matters to gradients alone.
    """
    from pymc.logprob.utils import CheckParameterValue
    from pytensor.compile.ops import ViewOp
    from pytensor.tensor.basic import Alloc

    if isinstance(node.op, Alloc):
        shape = node.inputs[0].type.shape
        return None not in shape and shape == node.outputs[0].type.shape
    return isinstance(node.op, CheckParameterValue | ViewOp)
