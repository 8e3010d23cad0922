"""Log densities of a PyMC model at many draws at once, without compiling anything.

The graph is vectorised over draws and evaluated as it stands: seconds, where compiling a function
for each of several models takes minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.inference.terms import Terms

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]


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
    wanted = [_places(model, outputs, values, known) for model, outputs in asked]
    made = iter(known.at_draws([place for places in wanted for place in places]))
    found = []
    for (model, outputs), places in zip(asked, wanted, strict=True):
        whole = [next(made) for _ in places]
        factors = len(whole) - len(outputs)
        priors = dict(zip([rv.name for rv in model.free_RVs], whole, strict=False))
        rest = dict(zip(outputs, whole[factors:], strict=True))
        found.append(Densities(priors, reduce(np.add, whole[:factors]), rest))
    return found


def _places(
    model: pm.Model, outputs: Sequence[str], values: Mapping[str, Array], terms: Terms
) -> list[Any]:
    """Return the places of log densities of all variables, free ones first, and of outputs.

    Notes
    -----
    PyMC rewrites all of a model to find log densities of what is made of random variables. Where
    every variable has a density of its own, each is asked for it, which takes a tenth of the time.
    """
    at = {rv: terms.drawn(rv, rv.name, values[rv.name]) for rv in model.free_RVs}
    seen = {rv: model.rvs_to_values[rv] for rv in model.observed_RVs}
    at |= dict(zip(seen, terms.places(list(seen.values()), {}), strict=True))
    found = [terms.density(rv, at, seen.get(rv)) for rv in (*model.free_RVs, *seen)]
    found += terms.places([x.sum() for x in model.potentials], at)
    found += terms.places([model[name] for name in outputs], at)
    if not terms.random(found):
        return found
    from pymc.model.transform.conditioning import remove_value_transforms

    plain = remove_value_transforms(model)
    factors = [x.sum() for x in plain.logp(sum=False, jacobian=False)]
    others = plain.replace_rvs_by_values([plain[name] for name in outputs])
    own = {rv: plain.rvs_to_values[rv] for rv in plain.free_RVs}
    at = {x: terms.drawn(x, rv.name, values[rv.name]) for rv, x in own.items()}
    return terms.places([*factors, *others], at)


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
