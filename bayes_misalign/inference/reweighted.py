"""P(ma) under other priors where a block was sampled, and how it got there.

A block that is conjugate is drawn again, whatever the other one needed. Draws of a sampled block
are weighted by how much likelier the model with the other prior makes them and the data, with
Pareto-smoothed importance sampling (Vehtari, Simpson, Gelman, Yao and Gabry, Pareto smoothed
importance sampling, Journal of Machine Learning Research 25, 2024): both models are taken at the
same values of their free variables, and P(ma) is that of the other model there. Where the smoothed
tail is too heavy (k-hat above 0.7) the weights say nothing, and only sampling again does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.contract.shares import independent, kept_dims
from bayes_misalign.inference import draw_blocks
from bayes_misalign.inference.conflict_draws import facing_populations, of_group, with_known
from bayes_misalign.inference.diagnose import Diagnosis
from bayes_misalign.inference.groups import (
    POSTERIOR,
    SAMPLE_DIMS,
    Groups,
    Variable,
)
from bayes_misalign.inference.parameters import UNFINISHED, levels_of_sources
from bayes_misalign.inference.sensitivity import alternatives
from bayes_misalign.measure import misalignment
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.study.joint import build_alone, build_common, build_conflict, source_names
from bayes_misalign.study.lifted import of_categories
from bayes_misalign.study.study import Study

if TYPE_CHECKING:
    import pymc as pm

    from bayes_misalign.inference.densities import Terms

Array = NDArray[np.float64]
SENSITIVITY = "sensitivity"  # group of a result, and key of its metadata
SCALING = "power_scaling"
KHAT = 0.7
NO_TAIL = 9.0  # k-hat of a tail that no Pareto distribution fits
RESAMPLED = 1000  # draws that stand for weighted ones
RESAMPLING = 402  # stream of random numbers
FLAT = 1e-9  # log densities that differ by no more are the same
ALPHAS = (0.8, 1.25)  # powers that prior and likelihood are raised to
EXACT, WEIGHTED, SAMPLED, NOT_TRIED = (
    "exact draws",
    "weighted draws",
    "sampled again",
    "not without sampling again",
)
Say = Callable[[str], None]
Refit = Callable[[Study], tuple[Groups, Diagnosis]]


@dataclass(frozen=True, eq=False)
class Tried:
    """P(ma) under one other prior.

    Parameters
    ----------
    name : str
        The prior.
    how : str
        How its draws were got.
    draws : ndarray, shape (draw, population)
        Empty where there are none.
    khat : float, optional
        Of weighted draws.
    worth : float
        How many independent draws they are worth at most.
    """

    name: str
    how: str
    draws: Array
    khat: float | None = None
    worth: float = float("inf")

    @property
    def reliable(self) -> bool:
        """Whether the draws say something."""
        return len(self.draws) > 0 and (self.khat is None or self.khat <= KHAT)


@dataclass(frozen=True, eq=False)
class _Block:
    """A sampled block: its model under given priors, and what is asked of it."""

    build: Callable[[Study], pm.Model]
    outputs: tuple[str, ...]


def try_others(
    study: Study,
    posterior: Mapping[str, Variable],
    *,
    refit: Refit | None = None,
    say: Say | None = None,
    terms: Terms | None = None,
) -> list[Tried]:
    """Return P(ma) under every alternative to the priors of a study of which a part was sampled.

    Parameters
    ----------
    study : Study
        What was fitted.
    posterior : mapping of str to (dims, ndarray)
        Its draws, all free variables among them.
    refit : callable, optional
        Fits a study; what weights cannot tell is then sampled again.
    say : callable, optional
        Takes a line of text before anything that takes long.
    terms : densities.Terms, optional
        Parts of log densities at these draws, kept for whoever asks for them next.
    """
    flat = _flat(posterior)
    shares, held = flat["proportion"], of_group(posterior)
    few = 10
    conflict = None if study.conflict.joint else draw_blocks.draw_conflict(study, few)
    found: list[Tried] = []
    weighing: dict[bool, _Weighing] = {}
    for name, changed in alternatives(study).items():
        of_goals = changed.goal_prior is not study.goal_prior
        if of_goals and not study.conflict.joint and draw_blocks.draw_goals(changed, few):
            found.append(Tried(name, EXACT, _misalignment(_new_shares(changed, len(shares)), held)))
            continue
        if not of_goals and conflict is not None:
            levels = draw_blocks.draw_conflict(changed, len(shares))
            if levels is not None:
                levels = of_categories(study.goals, levels)
                found.append(Tried(name, EXACT, _misalignment(shares, levels)))
                continue
        if of_goals not in weighing:
            block = _block(study, of_goals)
            weighing[of_goals] = _Weighing(study, block, flat, held, terms)
        one = weighing[of_goals].under(name, changed)
        if refit is not None and not one.reliable:
            if say is not None:
                say(f"sampling again with {name}")
            one = _sampled(name, changed, refit)
        found.append(one)
    return found


def _flat(posterior: Mapping[str, Variable]) -> dict[str, Array]:
    return {
        name: x.reshape(x.shape[0] * x.shape[1], *x.shape[2:])
        for name, (dims, x) in posterior.items()
        if dims[:2] == SAMPLE_DIMS
    }


def _misalignment(shares: Array, conflict: PartlyKnown) -> Array:
    return misalignment(shares, facing_populations(conflict))


def _new_shares(study: Study, draws: int) -> Array:
    drawn = draw_blocks.draw_goals(study, draws)
    assert drawn is not None  # the block is conjugate under the study's own prior
    return draw_blocks.finite_shares(study, drawn, prior=False)


def _block(study: Study, of_goals: bool) -> _Block:
    kept = tuple(kept_dims(goals_model(study.goals.model), study.goal_prior))
    if of_goals and draw_blocks.in_common(study):
        # shares given what is in common have nothing to do with its prior
        return _Block(lambda s: build_common(s.goals, s.goal_prior, None, ()), ())
    if study.conflict.joint:
        levels = _level_variables(study)
        return _Block(lambda s: s.to_pymc(), (*kept, *levels))
    if of_goals:
        return _Block(
            lambda s: build_alone(goals_model(s.goals.model), s.goals, s.goal_prior), kept
        )
    return _Block(lambda s: build_conflict(s.conflict, s.conflict_priors), _level_variables(study))


def _level_variables(study: Study) -> tuple[str, ...]:
    return tuple(f"conflict_{name}" for name in source_names(study.conflict))


class _Weighing:
    """Draws of a sampled block, weighted by how likely other priors make them."""

    def __init__(
        self,
        study: Study,
        block: _Block,
        flat: Mapping[str, Array],
        conflict: PartlyKnown,
        terms: Terms | None,
    ) -> None:
        from bayes_misalign.inference.densities import Terms, densities, free_names

        self.study, self.block, self.conflict = study, block, conflict
        self.flat = dict(flat)
        if UNFINISHED in self.flat:
            self.flat["proportion"] = self.flat[UNFINISHED]
        model = block.build(study)
        self.free = free_names(model)
        # most of a model is the same under another prior
        self.terms = terms or Terms()
        self.log_joint = densities(model, self.flat, terms=self.terms).log_joint

    def under(self, name: str, changed: Study) -> Tried:
        """Return P(ma) under another prior."""
        from arviz_stats.base import array_stats

        from bayes_misalign.inference.densities import densities, free_names

        nothing = np.zeros((0, len(self.study.goals.populations)))
        model = self.block.build(changed)
        if free_names(model) != self.free:
            return Tried(name, NOT_TRIED, nothing)
        asked = [x for x in self.block.outputs if x in model.named_vars and x not in self.free]
        other = densities(model, self.flat, asked, self.terms)
        ratio = other.log_joint - self.log_joint
        if not np.isfinite(ratio).all():
            return Tried(name, NOT_TRIED, nothing)
        if np.ptp(ratio) < 1e-9:  # it is another reading of the same draws
            log_weights, khat = np.zeros_like(ratio), 0.0
        else:
            with np.errstate(all="ignore"):  # of tails that hardly vary
                # ArviZ weights by one over the density that it is given
                log_weights, khat = array_stats.psislw(ratio.max() - ratio)
        drawn = {**self.flat, **other.outputs}
        shares = self._shares(changed, drawn)
        draws = _misalignment(shares, self._levels(changed, drawn))
        khat = float(khat) if np.isfinite(khat) else NO_TAIL
        weights = np.exp(np.asarray(log_weights) - np.max(log_weights))
        worth = float(weights.sum() ** 2 / (weights**2).sum())
        return Tried(name, WEIGHTED, draws[_resampled(weights, self.study)], khat, worth)

    def _levels(self, changed: Study, drawn: Mapping[str, Array]) -> PartlyKnown:
        """Return the levels of conflict of the model with the other prior."""
        if not set(_level_variables(self.study)) & set(self.block.outputs):
            return self.conflict  # of another block, and as it was
        return of_categories(changed.goals, levels_of_sources(changed, drawn))

    def _shares(self, changed: Study, drawn: Mapping[str, Array]) -> Array:
        """Return shares in the populations at hand."""
        if self.study.goals.population_size is None:
            return drawn["proportion"]
        return draw_blocks.finite_shares(changed, drawn, prior=False)


def _resampled(weights: Array, study: Study) -> NDArray[np.intp]:
    """Return places of draws, each about as often as its weight says: systematic resampling."""
    cumulative = np.cumsum(weights) / weights.sum()
    rng = draw_blocks.stream(study.fitting.seed, RESAMPLING)
    points = (np.arange(RESAMPLED) + rng.random()) / RESAMPLED
    found = np.minimum(np.searchsorted(cumulative, points), len(cumulative) - 1)
    return np.asarray(rng.permutation(found), np.intp)


def sampled_again(study: Study, name: str, refit: Refit) -> Tried:
    """Return P(ma) under one of the alternatives, by fitting it."""
    return _sampled(name, alternatives(study)[name], refit)


def _sampled(name: str, changed: Study, refit: Refit) -> Tried:
    groups, diagnosis = refit(changed)
    values = groups.values(POSTERIOR, "misalignment")
    draws = values.reshape(-1, values.shape[-1])
    if not diagnosis.trustworthy:
        return Tried(name, f"{SAMPLED}, not converged", draws[:0])
    return Tried(name, SAMPLED, draws, worth=diagnosis.figures.get("ess_bulk_min", np.inf))


def stored(tried: list[Tried]) -> tuple[dict[str, Variable], list[dict[str, Any]]]:
    """Return the alternatives as variables of a group, and what there is to say of each."""
    shown = [
        {"name": one.name, "how": one.how}
        | ({} if one.khat is None else {"khat": round(one.khat, 3)})
        | ({} if np.isinf(one.worth) else {"worth": round(one.worth, 1)})
        for one in tried
    ]
    variables: dict[str, Variable] = {}
    for i, one in enumerate(tried):
        if len(one.draws):
            every = np.linspace(0, len(one.draws) - 1, min(RESAMPLED, len(one.draws))).astype(int)
            variables[f"misalignment_{i}"] = ((f"resample_{i}", "population"), one.draws[every])
    return variables, shown


def from_stored(groups: Groups) -> list[Tried] | None:
    """Return the alternatives that a result holds; None of a result that was not asked."""
    shown = groups.metadata.get(SENSITIVITY)
    if shown is None:
        return None
    nothing = np.zeros((0, groups.values(POSTERIOR, "misalignment").shape[-1]))
    held = groups.groups.get(SENSITIVITY, {})
    return [
        Tried(
            one["name"],
            one["how"],
            held[f"misalignment_{i}"][1] if f"misalignment_{i}" in held else nothing,
            one.get("khat"),
            one.get("worth", float("inf")),
        )
        for i, one in enumerate(shown)
    ]


def power_scaling(
    study: Study, posterior: Mapping[str, Variable], terms: Terms | None = None
) -> dict[str, dict[str, float]]:
    """Return how much P(ma) of each population depends on prior and likelihood.

    Returns
    -------
    dict of str to dict of str to float
        By population `prior` and `likelihood`, ArviZ's sensitivity; what cannot be told is left
        out.

    Notes
    -----
    The posterior is weighted by the prior, or the likelihood, to the powers 0.8 - 1 and 1.25 - 1;
    the sensitivity is the cumulative Jensen-Shannon distance to it, by log2 of the power
    (Kallioinen, Paananen, Buerkner and Vehtari, Statistics and Computing 34, 57, 2024). What is
    integrated out of a likelihood stays so.
    """
    import arviz_stats as azs
    import xarray as xr

    from bayes_misalign.inference.densities import densities, stated_names

    if draw_blocks.in_common(study):
        model = build_common(study.goals, study.goal_prior, study.conflict, study.conflict_priors)
    else:
        model = study.to_pymc()
    found = densities(model, _flat(posterior), terms=terms)
    dims, values = posterior["misalignment"]
    shape, apart = values.shape[:2], independent(goals_model(study.goals.model), study.goal_prior)
    stated = [found.log_prior[name] for name in stated_names(model, independent=apart)]
    likelihood = found.log_joint - np.sum(list(found.log_prior.values()), axis=0)
    parts = {"prior": np.sum(stated, axis=0), "likelihood": likelihood}
    tree = xr.DataTree.from_dict(
        {
            "/posterior": xr.Dataset({"misalignment": (dims, values)}),
            **{
                f"/log_{key}": xr.Dataset({key: (SAMPLE_DIMS, parts[key].reshape(shape))})
                for key in parts
            },
        }
    )
    made: dict[str, dict[str, float]] = {s: {} for s in study.goals.populations}
    for group, density in parts.items():
        if np.ptp(density) < FLAT:  # it has no power to scale
            continue
        try:
            sensitivity = azs.psense(tree, group=group, alphas=ALPHAS)["misalignment"].values
        except ValueError:  # its tail does not vary
            continue
        for name, value in zip(study.goals.populations, np.ravel(sensitivity), strict=True):
            if np.isfinite(value):
                made[name][group] = float(value)
    return made


def examine(
    study: Study, groups: Groups, *, refit: Refit | None = None, say: Say | None = None
) -> tuple[Groups, dict[str, Array]]:
    """Return a result with other priors and power-scaling worked out, where a part was sampled.

    With it the draws of P(ma) (draw, population) under each other prior that weights can tell.
    """
    from bayes_misalign.inference.densities import Terms
    from bayes_misalign.inference.free_variables import free_variables
    from bayes_misalign.inference.nuts import untraced

    if say is not None:
        say("weighing other priors")
    free, _ = free_variables(study, groups)
    posterior = {**with_known(groups), **free}
    terms = Terms()  # most of the density is asked for in both
    with untraced():
        tried = try_others(study, posterior, refit=refit, say=say, terms=terms)
        scaling = power_scaling(study, posterior, terms)
    variables, shown = stored(tried)
    more = {SENSITIVITY: variables} if variables else {}
    metadata = {**groups.metadata, SENSITIVITY: shown, SCALING: scaling}
    told = {one.name: one.draws for one in tried if one.reliable}
    return replace(groups, groups={**groups.groups, **more}, metadata=metadata), told
