"""Log densities of a PyMC model at many draws at once, without compiling anything.

The graph is vectorised over draws and evaluated as it stands: seconds, where compiling a function
for each of several models takes minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.inference.graph_keys import Unkeyed, graph_key

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]
NUMBERS = 10_000_000  # of one array of a batch
BATCH = 500  # draws at a time, so that arrays stay in memory


@dataclass(frozen=True, eq=False)
class Densities:
    """Values at draws of a model's free variables, leading axis draw.

    Parameters
    ----------
    log_prior : mapping of str to ndarray
        Log density of each free variable given those above it, by name.
    log_joint : ndarray, shape (draw,)
        Log density of all variables and the data together, up to a constant in the variables.
    outputs : mapping of str to ndarray
        Other variables of the model that were asked for.
    """

    log_prior: Mapping[str, Array]
    log_joint: Array
    outputs: Mapping[str, Array]


def stated_names(model: pm.Model, *, independent: bool) -> list[str]:
    """Return the free variables that a prior is stated of: see `trees.log_prior`.

    Shares of `independent` populations are among them, though theirs depends on a concentration
    that is uncertain itself. Where populations have something in common, the prior is of that.
    """
    from pytensor.graph.traversal import ancestors

    from bayes_misalign.study.joint import SHARES

    free = set(model.free_RVs)
    found = []
    for rv in model.free_RVs:
        above = free & set(ancestors(rv.owner.inputs))
        auxiliary = rv.name.startswith("z_") or rv.name.endswith("_z")
        of_shares = rv.name.startswith("sorted_log_") and rv.name.endswith(SHARES)
        of_shares = of_shares and independent
        if of_shares or not (above or auxiliary):
            found.append(rv.name)
    return found


def free_names(model: pm.Model) -> dict[str, tuple[int, ...]]:
    """Return the names of a model's free variables, with their shapes."""
    shapes = {rv.name: _shape(model, rv) for rv in model.free_RVs}
    if unknown := [rv for rv in model.free_RVs if shapes[rv.name] is None]:
        import pytensor

        # one function, by Python: the default mode compiles, which takes longer than all else
        with pytensor.config.change_flags(cxx=""):
            found = pytensor.function([], [rv.shape for rv in unknown], mode="FAST_COMPILE")()
        shapes |= {rv.name: tuple(x.tolist()) for rv, x in zip(unknown, found, strict=True)}
    return {name: shape for name, shape in shapes.items() if shape is not None}


def _shape(model: pm.Model, rv: Any) -> tuple[int, ...] | None:
    """Return the shape of a variable by its type or its dims, None where a graph has to tell."""
    if all(n is not None for n in rv.type.shape):
        return tuple(rv.type.shape)
    lengths = [model.dim_lengths.get(dim) for dim in model.named_vars_to_dims.get(rv.name, ())]
    if len(lengths) != rv.ndim or not all(
        hasattr(x, "get_value") or hasattr(x, "data") for x in lengths
    ):
        return None
    return tuple(int(x.get_value() if hasattr(x, "get_value") else x.data) for x in lengths)


class Terms:
    """Parts of log densities at the same draws, each worked out once for all models that have it.

    Notes
    -----
    A part is known again by all that its graph computes, with the values of data and draws.
    """

    def __init__(self) -> None:
        self._found: dict[str, Array] = {}
        self._digests: dict[int, tuple[Array, str]] = {}

    def key(self, term: Any, given: Mapping[Any, tuple[str, Array]]) -> str | None:
        """Return what a part is known by; None where nobody can tell.

        Variables are `given` with their names and values.
        """
        from pytensor.graph.traversal import ancestors

        above = set(ancestors([term]))
        needed = [(name, x) for x, (name, _) in given.items() if x in above]
        needed.sort(key=lambda one: one[0])
        digests = [(name, self._digest(given[x][1])) for name, x in needed]
        try:
            return graph_key([term], [x for _, x in needed], digests, values=True)
        except Unkeyed:
            return None

    def _digest(self, values: Array) -> str:
        # an array that is held keeps its id
        if id(values) not in self._digests:
            content = np.ascontiguousarray(values).tobytes()
            digest = sha256(f"{values.dtype.str}{values.shape}".encode() + content).hexdigest()
            self._digests[id(values)] = (values, digest)
        return self._digests[id(values)][1]

    def get(self, key: Any) -> Array | None:
        """Return a part that was worked out."""
        return self._found.get(key) if isinstance(key, str) else None

    def keep(self, key: Any, values: Array) -> None:
        """Remember a part; what is not known by a text is not remembered."""
        if isinstance(key, str):
            self._found[key] = values


def _batch(arrays: Sequence[Array]) -> int:
    """Return how many draws at a time: fewer of many goals, whose prior compares each with all."""
    work = max((array[0].size * array.shape[-1] for array in arrays if array.ndim > 1), default=1)
    return int(np.clip(NUMBERS // max(work, 1), 1, BATCH))


def densities(
    model: pm.Model,
    values: Mapping[str, Array],
    outputs: Sequence[str] = (),
    terms: Terms | None = None,
) -> Densities:
    """Return log densities of a model, and other variables of it, at draws of its free variables.

    Parameters
    ----------
    model : pymc.Model
        Whatever it is; transforms are taken off, as draws are those of the variables themselves.
    values : mapping of str to ndarray
        All free variables by name, leading axis draw.
    outputs : sequence of str
        Names of deterministic variables.
    terms : Terms, optional
        What other models, and this one, have in common is worked out once.

    Raises
    ------
    KeyError
        When a free variable is missing.
    """
    return densities_of_each([(model, outputs)], values, terms)[0]


def densities_of_each(
    asked: Sequence[tuple[pm.Model, Sequence[str]]],
    values: Mapping[str, Array],
    terms: Terms | None = None,
) -> list[Densities]:
    """Return what `densities` does of each of several models at the same draws, in one evaluation.

    Models are asked with the names of their other variables. What they have in common is worked
    out once.
    """
    known = terms or Terms()
    given: dict[str, Any] = {}  # a variable for each name and type, so that parts can be shared
    at: dict[Any, tuple[str, Array]] = {}
    new: dict[Any, Any] = {}  # parts that nobody has worked out, by key or by themselves
    wanted = []
    for model, outputs in asked:
        own, single = _graphs(model, outputs, given)
        names = [rv.name for rv in model.free_RVs]
        here = {x: (name, values[name]) for x, name in zip(own, names, strict=True)}
        at |= here
        keys = [known.key(term, here) or term for term in single]
        wanted.append((names, outputs, keys))
        new |= {key: term for key, term in zip(keys, single, strict=True) if known.get(key) is None}
    fresh = dict(zip(new, _evaluated(list(new.values()), at), strict=True))
    for key, made in fresh.items():
        known.keep(key, made)
    found = []
    for names, outputs, keys in wanted:
        held = [known.get(key) for key in keys]
        whole = [fresh[key] if x is None else x for key, x in zip(keys, held, strict=True)]
        factors = len(whole) - len(outputs)
        priors = dict(zip(names, whole, strict=False))
        rest = dict(zip(outputs, whole[factors:], strict=True))
        found.append(Densities(priors, reduce(np.add, whole[:factors]), rest))
    return found


def _graphs(
    model: pm.Model, outputs: Sequence[str], shared: dict[str, Any]
) -> tuple[list[Any], list[Any]]:
    """Return values of the free variables; log densities of all variables there, and outputs.

    Notes
    -----
    PyMC rewrites all of a model to find log densities of what is made of random variables. Where
    every variable has a density of its own, each is asked for it, which takes a tenth of the time.
    """
    import pymc as pm
    from pymc.pytensorf import rvs_in_graph
    from pytensor.graph.replace import clone_replace

    given = [_shared_with(shared, rv) for rv in model.free_RVs]
    at = dict(zip(model.free_RVs, given, strict=True))
    at |= {rv: model.rvs_to_values[rv] for rv in model.observed_RVs}
    own = [pm.logp(rv, value, warn_rvs=False).sum() for rv, value in at.items()]
    graphs = [*own, *(x.sum() for x in model.potentials), *(model[name] for name in outputs)]
    found = list(clone_replace(graphs, at, rebuild_strict=False))
    if not rvs_in_graph(found):
        return given, found
    from pymc.model.transform.conditioning import remove_value_transforms

    plain = remove_value_transforms(model)
    factors = [x.sum() for x in plain.logp(sum=False, jacobian=False)]
    others = plain.replace_rvs_by_values([plain[name] for name in outputs])
    return [plain.rvs_to_values[rv] for rv in plain.free_RVs], [*factors, *others]


def _shared_with(shared: dict[str, Any], rv: Any) -> Any:
    """Return the value of a variable that models share, or one of its own where types differ."""
    value = shared.setdefault(rv.name, rv.type(name=rv.name))
    return value if value.type == rv.type else rv.type(name=rv.name)


def _evaluated(single: Sequence[Any], at: Mapping[Any, tuple[str, Array]]) -> list[Array]:
    """Return tensors at draws of the variables that they are computed from."""
    import pytensor
    import pytensor.tensor as pt
    from pymc.logprob.utils import local_remove_check_parameter
    from pytensor.compile.mode import Mode, get_mode
    from pytensor.compile.rewriting import inline_ofg_expansion
    from pytensor.graph.replace import vectorize_graph
    from pytensor.graph.rewriting.basic import MergeOptimizer, SequentialGraphRewriter, in2out

    if not single:
        return []
    batched = [
        pt.tensor(f"{name}_draws", dtype=x.type.dtype, shape=(None, *x.type.shape))
        for x, (name, _) in at.items()
    ]
    vectorised = vectorize_graph(list(single), dict(zip(at, batched, strict=True)))
    # draws lie in the support; checks would refuse those whose last digits a file has rounded
    plainly = SequentialGraphRewriter(
        in2out(local_remove_check_parameter), in2out(inline_ofg_expansion), MergeOptimizer()
    )
    # what a graph is rewritten to by default saves less than rewriting costs
    with pytensor.config.change_flags(cxx=""):
        function = pytensor.function(
            batched,
            vectorised,
            mode=Mode(linker=get_mode("FAST_COMPILE").linker, optimizer=plainly),
            on_unused_input="ignore",
        )
    arrays = [np.asarray(values, x.type.dtype) for x, (_, values) in at.items()]
    total, batch = len(arrays[0]), _batch(arrays)
    parts: list[list[Array]] = [[] for _ in single]
    for start in range(0, total, batch):
        size = min(batch, total - start)
        made = function(*(array[start : start + size] for array in arrays))
        for column, part in zip(parts, made, strict=True):
            column.append(_wide(part, size))
    return [np.concatenate(column) for column in parts]


def _wide(values: Any, size: int) -> Array:
    """Return values of a batch; those that depend on no variable are the same for all draws."""
    array = np.asarray(values, dtype=float)
    if array.ndim and len(array) == size:
        return array
    return np.broadcast_to(array, (size, *array.shape))


def prior_draws(
    model: pm.Model, names: Sequence[str], draws: int, seed: int
) -> dict[str, tuple[tuple[str, ...], Array]]:
    """Return draws of variables of a model from its prior, with dims after the axis of draws."""
    import logging

    import pymc as pm

    log = logging.getLogger("pymc")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        tree = pm.sample_prior_predictive(
            draws,
            model=model,
            var_names=list(names),
            random_seed=seed,
            compile_kwargs={"mode": "FAST_COMPILE"},
        )
    finally:
        log.setLevel(before)
    data = tree["prior"].to_dataset()
    return {
        name: (
            tuple(map(str, data[name].dims[2:])),
            data[name].values.reshape(draws, *data[name].shape[2:]),
        )
        for name in names
    }
