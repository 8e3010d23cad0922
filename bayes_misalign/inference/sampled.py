"""The blocks of a study that need NUTS, sampled, and paired with the exact ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import evidence_model, goals_model
from bayes_misalign.contract.shares import kept_dims, shares_of
from bayes_misalign.inference import draw_blocks, nuts
from bayes_misalign.inference.conflict_draws import OF_CATEGORIES, OF_GOALS, facing_populations
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
from bayes_misalign.reading.evidence import Evidence
from bayes_misalign.settings import TARGET_ACCEPT
from bayes_misalign.study.joint import SHARES, build_alone, build_common, build_conflict
from bayes_misalign.study.lifted import of_categories
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
    fitting: Fitting
    figures: SamplerFigures


@nuts.untraced()
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
    whole = goals is None and not draw_blocks.in_common(study)
    made = _sample(
        study,
        _model(study, goals, conflict),
        _what_is_sampled(study, goals, conflict),
        _redraw_helpers if whole else None,
        progress=progress,
        say=say,
    )
    groups = from_datatree(made.tree)
    posterior, levels = _completed(study, groups[POSTERIOR], goals, conflict)
    return SampledStudy(
        posterior,
        levels,
        groups[STATS],
        labels_of(made.tree),
        made.tree,
        made.fitting,
        made.figures,
    )


@dataclass(frozen=True)
class _Made:
    """Draws of NUTS, with the settings of the attempt that they are of, and its figures."""

    tree: xr.DataTree
    fitting: Fitting
    figures: SamplerFigures


def _sample(
    study: Study,
    model: pm.Model,
    sampled: Sequence[Evidence],
    afterwards: Callable[[Study, xr.DataTree], None] | None = None,
    *,
    progress: bool,
    say: Callable[[str], None] | None,
) -> _Made:
    """Sample a model, and once more where chains disagree."""
    kind = ", ".join(one.model for one in sampled)
    compiled = nuts.Frozen(model, kind=kind, say=say)
    used = settings_asked_for(study.fitting, sampled)

    def once() -> _Made:
        tree = compiled.sample(used, progress=progress)
        if afterwards is not None:
            afterwards(study, tree)
        return _Made(tree, used, sampler_figures(tree))

    made = once()
    if not diagnose(study, {}, tree=made.tree, sampler=made.figures).trustworthy:
        if say is not None:
            say("not converged; once more with twice the warm-up")
        used = nuts.second_attempt(used)
        made = once()
    return made


@dataclass(frozen=True)
class SampledCommon:
    """Draws of what populations have in common, their shares integrated out.

    Parameters
    ----------
    variables, stats : mapping of str to (dims, ndarray)
        Of the posterior, and of the sampler.
    coords : mapping of str to tuple of str
        Labels of their dimensions.
    common : tuple of str
        Those of the variables that shares are drawn given.
    fitting : Fitting
        Settings of the attempt that they are of.
    seen : mapping
        What a diagnosis looks at.
    """

    variables: dict[str, Variable]
    stats: dict[str, Variable]
    coords: dict[str, tuple[str, ...]]
    common: tuple[str, ...]
    fitting: Fitting
    seen: dict[str, Any]

    def flat(self) -> dict[str, Array]:
        """Return the draws by name, leading axis draw."""
        return {name: _flat(self.variables[name][1]) for name in self.common}


@nuts.untraced()
def sample_common(
    study: Study, *, progress: bool, say: Callable[[str], None] | None
) -> SampledCommon:
    """Sample what populations have in common, where all else is drawn exactly."""
    model = build_common(study.goals, study.goal_prior, None, ())
    made = _sample(study, model, (study.goals,), progress=progress, say=say)
    groups, common = from_datatree(made.tree), draw_blocks.in_common(study)
    return SampledCommon(
        dict(groups[POSTERIOR]),
        groups[STATS],
        labels_of(made.tree),
        common,
        made.fitting,
        {"tree": made.tree, "sampler": made.figures},
    )


def settings_asked_for(fitting: Fitting, sampled: Iterable[Evidence]) -> Fitting:
    """Return settings with the largest target acceptance that what is sampled asks for.

    Notes
    -----
    A study that states a target acceptance of its own keeps it.
    """
    if fitting.target_accept != TARGET_ACCEPT:
        return fitting
    asked = [evidence_model(one.model).target_accept(one) or TARGET_ACCEPT for one in sampled]
    return replace(fitting, target_accept=max(asked, default=TARGET_ACCEPT))


def _what_is_sampled(
    study: Study, goals: dict[str, Array] | None, conflict: PartlyKnown | None
) -> tuple[Evidence, ...]:
    """Return the evidence whose models are sampled."""
    of_goals = (study.goals,) if goals is None else ()
    return (*of_goals, *(study.conflict.sources if conflict is None else ()))


def _model(study: Study, goals: dict[str, Array] | None, conflict: PartlyKnown | None) -> pm.Model:
    if goals is None and draw_blocks.in_common(study):
        sampled = study.conflict if conflict is None else None
        return build_common(study.goals, study.goal_prior, sampled, study.conflict_priors)
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
        if name in kept_dims(model, study.goal_prior)
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
    kept = kept_dims(goals_model(study.goals.model), study.goal_prior)
    if goals is not None:
        for name, values in goals.items():
            drawn = draw_blocks.in_chains(values, study.fitting.chains)
            variables[name] = ((*SAMPLE_DIMS, *kept[name]), drawn)
    elif names := draw_blocks.in_common(study):
        common = {name: _flat(variables[name][1]) for name in names}
        for name, values in draw_blocks.draw_given(study, common).items():
            drawn = values.reshape(chains, draws, *values.shape[1:])
            variables[name] = ((*SAMPLE_DIMS, *kept[name]), drawn)
    if conflict is None:
        flat = {name: _flat(x) for name, (_, x) in variables.items()}
        conflict = levels_of_sources(study, flat)
        for matrix in (OF_CATEGORIES.known, OF_GOALS.known):
            variables.pop(matrix, None)
    elif len(conflict) > 1:
        levels = draw_blocks.in_chains(conflict.drawn, study.fitting.chains)
        conflict = PartlyKnown(conflict.known, _flat(levels))
    if study.goals.population_size is not None:
        named = [name for name in kept if name in variables]
        flat = {name: _flat(variables[name][1]) for name in named}
        shape = variables["proportion"][1].shape
        finite = draw_blocks.finite_shares(study, flat, prior=False).reshape(shape)
        variables[UNFINISHED] = variables["proportion"]
        variables["proportion"] = (variables["proportion"][0], finite)
    shares = variables["proportion"][1]
    lifted = of_categories(study.goals, conflict)
    values = misalignment(_flat(shares), facing_populations(lifted))
    variables["misalignment"] = ((*SAMPLE_DIMS, "population"), values.reshape(shares.shape[:-1]))
    return variables, conflict


def _flat(values: Array) -> Array:
    return values.reshape(-1, *values.shape[2:])
