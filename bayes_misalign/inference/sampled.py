"""The blocks of a study that need NUTS, sampled, and paired with the exact ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import defaults, goals_model
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.inference import draw_blocks, nuts
from bayes_misalign.inference.conflict_draws import KNOWN, facing_populations
from bayes_misalign.inference.diagnose import SamplerFigures, diagnose, sampler_figures
from bayes_misalign.inference.groups import (
    POSTERIOR,
    SAMPLE_DIMS,
    STATS,
    Variable,
    from_datatree,
    labels_of,
)
from bayes_misalign.inference.parameters import UNFINISHED, levels_of_sources
from bayes_misalign.measure import misalignment
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.settings import TARGET_ACCEPT
from bayes_misalign.study.joint import SHARES, build_alone, build_conflict
from bayes_misalign.study.options import Fitting
from bayes_misalign.study.study import Study

if TYPE_CHECKING:
    import pymc as pm
    import xarray as xr

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SampledStudy:
    """A posterior of which at least one block came from NUTS."""

    posterior: dict[str, Variable]
    conflict: PartlyKnown
    stats: dict[str, Variable]
    coords: dict[str, tuple[str, ...]]
    tree: xr.DataTree
    interrupted: bool
    fitting: Fitting
    figures: SamplerFigures


def sample_study(
    study: Study,
    goals: dict[str, Array] | None,
    conflict: PartlyKnown | None,
    *,
    progress: bool,
    say: Callable[[str], None] | None,
) -> SampledStudy:
    """Sample what is missing: both blocks as one model, or the one that is not conjugate.

    Notes
    -----
    A fit that has not converged is tried once more, with twice the warm-up and a higher target
    acceptance.
    """
    nuts.usable_compile_cache()
    model = nuts.Frozen(
        _model(study, goals, conflict), kind=_sampled_models(study, goals, conflict), say=say
    )
    used = _asked_by_models(study)
    result = model.sample(used, progress=progress)
    if goals is None:
        _redraw_helpers(study, result.tree)
    figures = sampler_figures(result.tree)
    checked = diagnose(study, {}, tree=result.tree, interrupted=result.interrupted, sampler=figures)
    if checked.state == "not_converged" and not result.interrupted:
        if say is not None:
            say("not converged; once more with twice the warm-up")
        used = nuts.second_attempt(used)
        result = model.sample(used, progress=progress, retried=True)
        if goals is None:
            _redraw_helpers(study, result.tree)
        figures = sampler_figures(result.tree)
    groups = from_datatree(result.tree)
    posterior, levels = _completed(study, groups[POSTERIOR], goals, conflict)
    return SampledStudy(
        posterior,
        levels,
        groups[STATS],
        labels_of(result.tree),
        result.tree,
        result.interrupted,
        used,
        figures,
    )


def _asked_by_models(study: Study) -> Fitting:
    """Return the settings of the fit, with the target acceptance that its models ask for at least.

    Notes
    -----
    A study that states a target acceptance of its own keeps it.
    """
    if study.fitting.target_accept != TARGET_ACCEPT:
        return study.fitting
    names = [study.goals.model, *(source.model for source in study.conflict.sources)]
    asked = [float(defaults(name).get("sampling", {}).get("target_accept", 0.0)) for name in names]
    return replace(study.fitting, target_accept=max(TARGET_ACCEPT, *asked))


def _sampled_models(
    study: Study, goals: dict[str, Array] | None, conflict: PartlyKnown | None
) -> str:
    """Return the names of the models that are sampled."""
    names = [study.goals.model] if goals is None else []
    if conflict is None:
        names += [source.model for source in study.conflict.sources]
    return ", ".join(names)


def _model(study: Study, goals: dict[str, Array] | None, conflict: PartlyKnown | None) -> pm.Model:
    if goals is None and conflict is None:
        return study.to_pymc()
    if goals is None:
        return build_alone(goals_model(study.goals.model), study.goals, study.goal_prior)
    return build_conflict(study.conflict, study.conflict_priors)


def _redraw_helpers(study: Study, tree: xr.DataTree) -> None:
    """Draw variables that only set coordinates anew, given the shares that were sampled.

    Notes
    -----
    Their distribution given the shares is known, so that the joint distribution stays what it is. A
    chain may be slow in them alone, and nothing of the study depends on them.
    """
    model, posterior = goals_model(study.goals.model), tree["posterior"]
    prior = model.shares_prior(study.goal_prior)
    helpers = set() if prior is None else shares_of(prior).helpers & set(posterior.data_vars)
    if not helpers:
        return
    drawn = {
        str(name): _flat(variable.values)
        for name, variable in posterior.data_vars.items()
        if name in model.dims
    }
    free = model.free_variables(study.goals, study.goal_prior, SHARES, drawn).variables
    data = posterior.to_dataset()
    anew = {name: free[name][1].reshape(data[name].shape) for name in sorted(helpers)}
    posterior.dataset = data.assign({name: (data[name].dims, x) for name, x in anew.items()})


def _completed(
    study: Study,
    posterior: dict[str, Any],
    goals: dict[str, Array] | None,
    conflict: PartlyKnown | None,
) -> tuple[dict[str, Any], PartlyKnown]:
    variables = dict(posterior)
    some = next(iter(variables.values()))[1]
    chains, draws = some.shape[:2]
    if goals is not None:
        for name, values in goals.items():
            dims = goals_model(study.goals.model).dims[name]
            drawn = draw_blocks.in_chains(values, study.fitting.chains)[:chains, :draws]
            variables[name] = ((*SAMPLE_DIMS, *dims), drawn)
    if conflict is None:
        flat = {name: _flat(x) for name, (_, x) in variables.items()}
        conflict = levels_of_sources(study, flat)
        variables.pop(KNOWN, None)
    elif len(conflict) > 1:
        levels = draw_blocks.in_chains(conflict.drawn, study.fitting.chains)[:chains, :draws]
        conflict = PartlyKnown(conflict.known, _flat(levels))
    if study.goals.population_size is not None:
        named = [name for name in goals_model(study.goals.model).dims if name in variables]
        flat = {name: _flat(variables[name][1]) for name in named}
        shape = variables["proportion"][1].shape
        finite = draw_blocks.finite_shares(study, flat, prior=False).reshape(shape)
        variables[UNFINISHED] = variables["proportion"]
        variables["proportion"] = (variables["proportion"][0], finite)
    shares = variables["proportion"][1]
    values = misalignment(_flat(shares), facing_populations(conflict))
    variables["misalignment"] = ((*SAMPLE_DIMS, "population"), values.reshape(shares.shape[:-1]))
    return variables, conflict


def _flat(values: Array) -> Array:
    return values.reshape(-1, *values.shape[2:])
