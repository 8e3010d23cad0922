"""What of a model depends on its data alone, worked out once and given to it as data.

Data that set coordinates of free variables pass through logarithms and Gamma functions before they
meet a free variable. As constants these cost nothing, but then other data are another graph, which
is compiled anew; as data they cost as much as the rest of a gradient. Worked out ahead they are
data of the same shape: one graph for all studies of a shape, and gradients as cheap as with
constants.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_misalign.inference.program import Program

if TYPE_CHECKING:
    import pymc as pm

NAME = "ahead"  # begins the names of what was worked out


class Ahead:
    """A PyMC model whose log density and named variables take what data alone decide as data.

    All else that is asked of it is the model's own.

    Parameters
    ----------
    model : pymc.Model
        Its data are shared variables, or constants.
    """

    def __init__(self, model: pm.Model) -> None:
        from pytensor.graph import clone_replace

        self._model = model
        wanted = list(model.unobserved_value_vars)
        outputs = [model.logp(), *wanted]
        parts = _parts(outputs, set(model.value_vars))
        self._data = _given(list(dict.fromkeys(parts.values())))
        if parts:
            given = {part: self._data[first] for part, first in parts.items()}
            outputs = list(clone_replace(outputs, given, rebuild_strict=False))
        self._logp, *self.unobserved_value_vars = outputs
        for variable, of_model in zip(self.unobserved_value_vars, wanted, strict=True):
            variable.name = of_model.name

    def logp(self) -> Any:
        """Return the log density of all variables, with the Jacobians of their coordinates."""
        return self._logp

    @property
    def data_vars(self) -> list[Any]:
        """Shared variables of the model, and those of what was worked out."""
        return [*self._model.data_vars, *self._data.values()]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def __enter__(self) -> pm.Model:
        return self._model.__enter__()

    def __exit__(self, *raised: Any) -> None:
        self._model.__exit__(*raised)


def _parts(outputs: Sequence[Any], free: set[Any]) -> dict[Any, Any]:
    """Return the largest parts of graphs that depend on data alone, in the order of the graphs.

    Each with the first of those that compute the same.
    """
    from pytensor.compile.sharedvalue import SharedVariable
    from pytensor.graph.basic import Constant
    from pytensor.graph.traversal import toposort
    from pytensor.tensor.shape import Shape, Shape_i
    from pytensor.tensor.type import TensorType

    # by variable: what it is known by if no free variable decides it, and whether values of data do
    alike: dict[Any, Any] = {}
    told: dict[Any, bool] = {}

    def look(root: Any) -> None:
        if isinstance(root, Constant):
            alike[root] = root.signature()
        elif isinstance(root, SharedVariable) and isinstance(root.type, TensorType):
            alike[root], told[root] = root, True

    nodes = list(toposort(outputs))
    numbers: dict[Any, int] = {}  # of what is computed, by what computes it
    for node in nodes:
        for variable in node.inputs:
            if variable.owner is None and variable not in free:
                look(variable)
        if not all(x in alike for x in node.inputs):
            continue
        made = (node.op, *(alike[x] for x in node.inputs))
        number = numbers.setdefault(made, len(numbers))
        alike |= {x: ("node", number, i) for i, x in enumerate(node.outputs)}
        if not isinstance(node.op, Shape | Shape_i) and any(told.get(x) for x in node.inputs):
            told |= dict.fromkeys(node.outputs, True)

    def largest(variables: Iterable[Any]) -> Iterator[Any]:
        for variable in variables:
            if variable.owner is None or variable not in alike or not told.get(variable):
                continue
            if isinstance(variable.type, TensorType):
                yield variable
            else:  # an index, made of a tensor
                yield from largest(variable.owner.inputs)

    meet = (node for node in nodes if any(x not in alike for x in node.outputs))
    first: dict[Any, Any] = {}
    return {x: first.setdefault(alike[x], x) for node in meet for x in largest(node.inputs)}


def _given(parts: Sequence[Any]) -> dict[Any, Any]:
    """Return shared variables that hold what parts are, as Python evaluates them: always alike."""
    import pytensor

    if not parts:
        return {}
    found = zip(parts, map(np.asarray, Program(parts, exactly=True).run()), strict=True)
    return {
        part: pytensor.shared(value, name=f"{NAME}_{i}", shape=part.type.shape)
        for i, (part, value) in enumerate(found)
    }
