"""The draws of a result as trees that the functions of ArviZ take.

What ArviZ summarises and draws has to vary: a level that is known has no R-hat and no density. So
the groups posterior and prior hold what varies, `constant_data` what is known. Levels of conflict
stand there once for each pair, as `conflict_level`. `conflict` in `constant_data` is the matrix of
known levels, without a number where one is uncertain; the draws of whole matrices, with their zeros
on the diagonal, are `conflict` in the group `derived`, unless they are too many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.base import EvidenceModel
from bayes_misalign.contract.registry import goals_model
from bayes_misalign.contract.shares import independent
from bayes_misalign.inference import groups as held
from bayes_misalign.inference.conflict_draws import (
    KNOWN,
    LEVEL,
    MATRIX_DIMS,
    PAIR,
    of_group,
    with_known,
)
from bayes_misalign.inference.free_variables import free_variables
from bayes_misalign.inference.groups import Groups, Variable
from bayes_misalign.inference.outcomes import MOST_NUMBERS, observations
from bayes_misalign.inference.parameters import Part, parts_of
from bayes_misalign.inference.predictive import Replicates
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.study.study import Study

if TYPE_CHECKING:
    import pymc as pm
    import xarray as xr

Array = NDArray[np.float64]
LOG_LIKELIHOOD, LOG_PRIOR = "log_likelihood", "log_prior"
PREDICTIVE_GROUP, DERIVED = "posterior_predictive", "derived"
CLASHES = {"label": "given_label"}  # dims whose names ArviZ's tables take for their own
MOST_PRIOR = 1000  # draws of variables that PyMC alone has, repeated where more are asked for


def plain_tree(study: Study, groups: Groups) -> xr.DataTree:
    """Return posterior with all free variables, prior, statistics, and what was observed."""
    return held.to_datatree(_for_arviz(study, groups))


def _for_arviz(study: Study, groups: Groups) -> Groups:
    free, coords = free_variables(study, groups)
    posterior = {**groups.groups[held.POSTERIOR], **free}
    varying = {name for name, (dims, x) in posterior.items() if _varies(dims, x)}
    constant = dict(groups.groups.get(held.CONSTANT, {}))
    made: dict[str, Mapping[str, Variable]] = {}
    conflict = of_group(with_known(groups))
    moves = _moving(conflict)
    for group in (held.POSTERIOR, held.PRIOR):
        if group not in groups.groups:
            continue
        variables = {**groups.groups[group], **free_variables(study, groups, group)[0]}
        made[group] = {name: x for name, x in variables.items() if name in varying}
        if LEVEL in made[group]:
            dims, levels = made[group][LEVEL]
            made[group] = {**made[group], LEVEL: (dims, np.asarray(levels[..., moves]))}
    for name, (dims, x) in posterior.items():
        if name not in varying and name != LEVEL:
            constant[name] = (dims[2:], np.asarray(x[0, 0]))
    if moves.any() and conflict.size <= MOST_NUMBERS:
        made[DERIVED] = {KNOWN: _whole(conflict, posterior[LEVEL][1].shape[:2])}
    if not moves.all():  # known after the data, if not before them
        level = np.array(constant[KNOWN][1])
        steady = PartlyKnown(conflict.known, conflict.drawn[:1]).whole()
        steady = steady.reshape(-1, *level.shape)[0]
        i, j = conflict.first[~moves], conflict.second[~moves]
        level[i, j] = level[j, i] = steady[i, j]
        constant[KNOWN] = (MATRIX_DIMS, level)
    # tables of what was observed make room for the variables that PyMC observes
    tables = groups.groups.get(held.OBSERVED, {})
    observed: dict[str, Variable] = {}
    for part in parts_of(study, with_known(groups)):
        for name, one in part.model.observed(part.evidence, part.name).items():
            observed[name] = (one.dims, np.asarray(one.values, dtype=float))
            coords |= one.coords
        constant |= _containers(part)
    constant |= {f"{name}_counts": x for name, x in tables.items() if name not in observed}
    made[held.OBSERVED] = observed
    made[held.CONSTANT] = constant
    labels = groups.coords.get(PAIR, ())
    varied = tuple(label for label, yes in zip(labels, moves, strict=True) if yes)
    own = {**coords, **groups.coords, PAIR: varied}
    return Groups(
        {
            group: {name: (_renamed(dims), x) for name, (dims, x) in variables.items()}
            for group, variables in {**groups.groups, **made}.items()
            if variables
        },
        {CLASHES.get(dim, dim): x for dim, x in own.items()},
        groups.metadata,
    )


def _renamed(dims: Sequence[str]) -> tuple[str, ...]:
    return tuple(CLASHES.get(dim, dim) for dim in dims)


def _containers(part: Part) -> dict[str, Variable]:
    """Return the data containers of a part, by which PyMC sees that draws are of these data."""
    if type(part.model).data is EvidenceModel.data:
        return {}
    end = f"_{part.model.name.replace('-', '_')}"
    found: dict[str, Variable] = {}
    for key, values in part.model.data(part.evidence, part.priors).items():
        name = key if part.of_goals else f"{key.removesuffix(end)}_{part.name}"
        array = np.asarray(values)
        if array.dtype == np.int64:
            array = array.astype(np.int32)  # as PyMC stores whole numbers
        found[name] = (tuple(f"{name}_{i}" for i in range(array.ndim)), array)
    return found


def _varies(dims: Sequence[str], values: NDArray[np.generic]) -> bool:
    return tuple(dims[:2]) != held.SAMPLE_DIMS or bool((values != values[:1, :1]).any())


def _moving(conflict: PartlyKnown) -> NDArray[np.bool_]:
    """Return which of the pairs that may be uncertain are so after the data."""
    moves = (conflict.drawn != conflict.drawn[:1]).any(axis=0)
    return np.asarray(moves.any(axis=0) if moves.ndim == 2 else moves)


def _whole(conflict: PartlyKnown, sample: tuple[int, ...]) -> Variable:
    """Return the draws of whole matrices."""
    between = ("population",) if conflict.ndim == 4 else ()
    shape = (*sample, *conflict.shape[1:])
    return (*held.SAMPLE_DIMS, *between, *MATRIX_DIMS), conflict.whole().reshape(shape)


def predictive_tree(
    study: Study, found: Sequence[Replicates], chains: int, coords: Mapping[str, tuple[str, ...]]
) -> xr.DataTree:
    """Return replicates and what was observed, variables of the same names."""
    again: dict[str, Variable] = {}
    seen: dict[str, Variable] = {}
    labels = dict(coords)
    for one in found:
        shape = (chains, -1, *one.replicated.shape[1:])
        dims = one.observed.dims
        again[one.variable] = ((*held.SAMPLE_DIMS, *dims), one.replicated.reshape(shape))
        seen[one.variable] = (dims, np.asarray(one.observed.values, dtype=float))
        labels |= one.observed.coords
    labels |= {"population": study.goals.populations, "goal": study.goals.categories}
    return held.to_datatree(Groups({PREDICTIVE_GROUP: again, held.OBSERVED: seen}, labels, {}))


def observation_groups(
    study: Study, groups: Groups, most: int = MOST_NUMBERS
) -> tuple[dict[str, dict[str, Variable]], dict[str, tuple[str, ...]], dict[str, str]]:
    """Return groups of single observations, the labels of their dims, and notes on variables."""
    chains = groups.groups[held.POSTERIOR]["proportion"][1].shape[0]
    made: dict[str, dict[str, Variable]] = {
        LOG_LIKELIHOOD: {},
        PREDICTIVE_GROUP: {},
        held.OBSERVED: {},
    }
    coords, notes = {}, {}
    for one in observations(study, groups, most):
        dim = f"{one.what}_observed"
        coords[dim] = one.labels
        whole = (*held.SAMPLE_DIMS, dim)
        shape = (chains, -1, len(one.labels))
        made[LOG_LIKELIHOOD][one.what] = (whole, one.log_likelihood.reshape(shape))
        made[PREDICTIVE_GROUP][one.what] = (whole, one.replicated.reshape(shape))
        made[held.OBSERVED][one.what] = ((dim,), one.observed)
        if (most_in_one := one.size.max()) > 1:
            notes[one.what] = (
                f"{one.size.sum():,.0f} observations in {len(one.size):,} random bundles of at "
                f"most {most_in_one:,.0f}, which are left out together; values are means"
            )
    return {name: x for name, x in made.items() if x}, coords, notes


def full_tree(study: Study, groups: Groups, most: int = MOST_NUMBERS) -> xr.DataTree:
    """Return the tree with log-likelihoods, log prior densities and replicates of observations."""
    import xarray as xr

    more, labels, notes = observation_groups(study, groups, most)
    plain = _for_arviz(study, groups)
    tables = {f"{name}_counts": x for name, x in plain.groups.get(held.OBSERVED, {}).items()}
    made = {**plain.groups, **more}
    if held.OBSERVED in more:  # what is observed one by one takes the place of tables
        made[held.CONSTANT] = {**plain.groups.get(held.CONSTANT, {}), **tables}
    if len(study.goals.categories) > 1:
        model = study.to_pymc()
        made[held.PRIOR] = _whole_prior(study, model, plain)
        apart = independent(goals_model(study.goals.model), study.goal_prior)
        if priors := log_prior(model, plain.groups[held.POSTERIOR], independent=apart):
            made[LOG_PRIOR] = priors
    tree = held.to_datatree(Groups(made, {**plain.coords, **labels}, plain.metadata))
    for variable, note in notes.items():
        for group in more:
            data = tree[group].to_dataset()
            data[variable].attrs["observations"] = note
            tree[group] = xr.DataTree(data)
    return tree


def _whole_prior(study: Study, model: pm.Model, groups: Groups) -> dict[str, Variable]:
    """Return prior draws of all variables of the posterior, those that PyMC alone has among them.

    Draws of these belong to no draws of the others.
    """
    from bayes_misalign.inference.densities import prior_draws

    known, posterior = groups.groups[held.PRIOR], groups.groups[held.POSTERIOR]
    missing = [name for name in posterior if name not in known and name in model.named_vars]
    if not missing:
        return dict(known)
    chains, draws = next(iter(known.values()))[1].shape[:2]
    made = prior_draws(model, missing, min(chains * draws, MOST_PRIOR), study.fitting.seed)
    found = {}
    for name, (dims, x) in made.items():
        every = np.resize(x, (chains * draws, *x.shape[1:]))
        found[name] = (
            (*held.SAMPLE_DIMS, *_renamed(dims)),
            every.reshape(chains, draws, *x.shape[1:]),
        )
    return {**known, **found}


def log_prior(
    model: pm.Model, posterior: Mapping[str, Variable], *, independent: bool
) -> dict[str, Variable]:
    """Return the log prior densities of what priors are stated of, with axes chain and draw.

    Notes
    -----
    Effects of groups given their scale, and standard normal numbers that stand for what is
    integrated out or not centred, are left out: power-scaling is meant for priors that somebody
    states (Kallioinen, Paananen, Buerkner and Vehtari, Statistics and Computing 34, 2024, section
    2.2).
    """
    from bayes_misalign.inference.densities import densities, stated_names

    flat = {
        name: x.reshape(x.shape[0] * x.shape[1], *x.shape[2:])
        for name, (dims, x) in posterior.items()
        if dims[:2] == held.SAMPLE_DIMS
    }
    found = densities(model, flat).log_prior
    shape = next(iter(posterior.values()))[1].shape[:2]
    return {
        name: (held.SAMPLE_DIMS, found[name].reshape(shape))
        for name in stated_names(model, independent=independent)
        if np.ptp(found[name]) > 0
    }
