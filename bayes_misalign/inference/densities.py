"""Log densities of a PyMC model at many draws at once, without compiling anything.

The graph is vectorised over draws and evaluated as it stands: seconds, where compiling a function
for each of several models takes minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

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


def stated_names(model: pm.Model) -> list[str]:
    """Return the free variables that a prior is stated of: see `trees.log_prior`.

    Shares are among them, though theirs depends on a concentration that is uncertain itself.
    """
    from pytensor.graph.traversal import ancestors

    from bayes_misalign.study.joint import SHARES

    free = set(model.free_RVs)
    found = []
    for rv in model.free_RVs:
        above = free & set(ancestors(rv.owner.inputs))
        auxiliary = rv.name.startswith("z_") or rv.name.endswith("_z")
        of_shares = rv.name.startswith("sorted_log_") and rv.name.endswith(SHARES)
        if of_shares or not (above or auxiliary):
            found.append(rv.name)
    return found


def free_names(model: pm.Model) -> dict[str, tuple[int, ...]]:
    """Return the names of a model's free variables, with their shapes."""
    return {rv.name: tuple(rv.shape.eval()) for rv in model.free_RVs}


def _batch(arrays: Sequence[Array]) -> int:
    """Return how many draws at a time: fewer of many goals, whose prior compares each with all."""
    work = max((array[0].size * array.shape[-1] for array in arrays if array.ndim > 1), default=1)
    return int(np.clip(NUMBERS // max(work, 1), 1, BATCH))


def densities(
    model: pm.Model, values: Mapping[str, Array], outputs: Sequence[str] = ()
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

    Raises
    ------
    KeyError
        When a free variable is missing.
    """
    import pytensor
    import pytensor.tensor as pt
    from pymc.model.transform.conditioning import remove_value_transforms
    from pytensor.compile.mode import Mode, get_mode
    from pytensor.graph.replace import vectorize_graph

    plain = remove_value_transforms(model)
    names = [rv.name for rv in plain.free_RVs]
    given = [plain.rvs_to_values[rv] for rv in plain.free_RVs]
    each = plain.logp(vars=list(plain.free_RVs), sum=False, jacobian=False)
    asked = plain.replace_rvs_by_values([plain[name] for name in outputs])
    single = [*[x.sum() for x in each], plain.logp(jacobian=False), *asked]
    batched = [
        pt.tensor(f"{x.name}_draws", dtype=x.type.dtype, shape=(None, *x.type.shape)) for x in given
    ]
    vectorised = vectorize_graph(single, dict(zip(given, batched, strict=True)))
    # draws lie in the support; checks would refuse those whose last digits a file has rounded
    mode = get_mode("FAST_COMPILE")
    plainly = mode.provided_optimizer.including("local_remove_check_parameter")
    with pytensor.config.change_flags(cxx=""):
        function = pytensor.function(
            batched,
            vectorised,
            mode=Mode(linker=mode.linker, optimizer=plainly),
            on_unused_input="ignore",
        )
    arrays = [np.asarray(values[n], x.type.dtype) for n, x in zip(names, given, strict=True)]
    total, batch = len(arrays[0]), _batch(arrays)
    parts: list[list[Array]] = [[] for _ in single]
    for start in range(0, total, batch):
        size = min(batch, total - start)
        made = function(*(array[start : start + size] for array in arrays))
        for column, part in zip(parts, made, strict=True):
            column.append(_wide(part, size))
    found = [np.concatenate(column) for column in parts]
    priors = dict(zip(names, found, strict=False))
    rest = dict(zip(outputs, found[len(names) + 1 :], strict=True))
    return Densities(priors, found[len(names)], rest)


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
