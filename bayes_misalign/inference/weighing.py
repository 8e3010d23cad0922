"""Draws of a sampled block, weighted by how likely other priors make them.

Draws are weighted by how much likelier the model with the other prior makes them and the data, with
Pareto-smoothed importance sampling (Vehtari, Simpson, Gelman, Yao and Gabry, Pareto smoothed
importance sampling, Journal of Machine Learning Research 25, 2024): both models are taken at the
same values of their free variables, and P(ma) is that of the other model there. Where the smoothed
tail is too heavy (k-hat above 0.7) the weights say nothing, and only sampling again does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.contract.shares import kept_dims
from bayes_misalign.inference import draw_blocks
from bayes_misalign.inference.conflict_draws import facing_populations
from bayes_misalign.inference.parameters import UNFINISHED, levels_of_sources
from bayes_misalign.measure import misalignment
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.study.joint import build_alone, build_common, build_conflict, source_names
from bayes_misalign.study.lifted import of_categories
from bayes_misalign.study.study import Study

if TYPE_CHECKING:
    import pymc as pm

    from bayes_misalign.inference.terms import Terms

Array = NDArray[np.float64]
KHAT = 0.7
NO_TAIL = 9.0  # k-hat of a tail that no Pareto distribution fits
RESAMPLED = 1000  # draws that stand for weighted ones
RESAMPLING = 402  # stream of random numbers
EXACT, WEIGHTED, SAMPLED, NOT_TRIED = (
    "exact draws",
    "weighted draws",
    "sampled again",
    "not without sampling again",
)


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
class Block:
    """A sampled block: its model under given priors, and what is asked of it."""

    build: Callable[[Study], pm.Model]
    outputs: tuple[str, ...]


def misalignment_of(shares: Array, conflict: PartlyKnown) -> Array:
    """Return P(ma) at draws of shares and conflict, each population facing its own."""
    return misalignment(shares, facing_populations(conflict))


def block_of(study: Study, of_goals: bool) -> Block:
    """Return the block of goals, or of conflict, or both where they are one."""
    kept = tuple(kept_dims(goals_model(study.goals.model), study.goal_prior))
    if of_goals and draw_blocks.in_common(study):
        # shares given what is in common have nothing to do with its prior
        return Block(lambda s: build_common(s.goals, s.goal_prior, None, ()), ())
    if study.conflict.joint:
        levels = _level_variables(study)
        return Block(lambda s: s.to_pymc(), (*kept, *levels))
    if of_goals:
        return Block(lambda s: build_alone(goals_model(s.goals.model), s.goals, s.goal_prior), kept)
    return Block(lambda s: build_conflict(s.conflict, s.conflict_priors), _level_variables(study))


def _level_variables(study: Study) -> tuple[str, ...]:
    return tuple(f"conflict_{name}" for name in source_names(study.conflict))


class Weighing:
    """Draws of a sampled block, weighted by how likely other priors make them."""

    def __init__(
        self,
        study: Study,
        block: Block,
        flat: Mapping[str, Array],
        conflict: PartlyKnown,
        terms: Terms | None,
    ) -> None:
        self.study, self.block, self.conflict = study, block, conflict
        self.flat = dict(flat)
        if UNFINISHED in self.flat:
            self.flat["proportion"] = self.flat[UNFINISHED]
        self.terms = terms

    def under(self, others: Mapping[str, Study]) -> Iterator[Tried]:
        """Yield P(ma) under each of the other priors."""
        from bayes_misalign.inference.densities import densities_of_each, free_names
        from bayes_misalign.inference.unsampled import untransformed

        nothing = np.zeros((0, len(self.study.goals.populations)))
        with untransformed():
            stated = self.block.build(self.study)
            models = {name: self.block.build(changed) for name, changed in others.items()}
            free = free_names(stated)
            asked: dict[str, tuple[pm.Model, tuple[str, ...]]] = {}
            for name, model in models.items():
                if free_names(model) == free:
                    own = (x for x in self.block.outputs if x in model.named_vars and x not in free)
                    asked[name] = (model, tuple(own))
            # most of a model is the same under another prior
            base, *found = densities_of_each([(stated, ()), *asked.values()], self.flat, self.terms)
        ratios = {
            name: (one.log_joint - base.log_joint, one.outputs)
            for name, one in zip(asked, found, strict=True)
        }
        for name, changed in others.items():
            ratio, outputs = ratios.get(name, (np.array([np.nan]), {}))
            if np.isfinite(ratio).all():
                yield self._weighted(name, changed, ratio, outputs)
            else:
                yield Tried(name, NOT_TRIED, nothing)

    def _weighted(
        self, name: str, changed: Study, ratio: Array, outputs: Mapping[str, Array]
    ) -> Tried:
        """Return P(ma) under another prior, by the log of how much likelier it makes each draw."""
        from arviz_stats.base import array_stats

        if np.ptp(ratio) < 1e-9:  # it is another reading of the same draws
            log_weights, khat = np.zeros_like(ratio), 0.0
        else:
            with np.errstate(all="ignore"):  # of tails that hardly vary
                # ArviZ weights by one over the density that it is given
                log_weights, khat = array_stats.psislw(ratio.max() - ratio)
        drawn = {**self.flat, **outputs}
        shares, levels = self._shares(changed, drawn), self._levels(changed, drawn)
        khat = float(khat) if np.isfinite(khat) else NO_TAIL
        weights = np.exp(np.asarray(log_weights) - np.max(log_weights))
        worth = float(weights.sum() ** 2 / (weights**2).sum())
        at = _resampled(weights, self.study)
        draws = misalignment_of(shares[at], levels if len(levels) == 1 else levels[at])
        return Tried(name, WEIGHTED, draws, khat, worth)

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
