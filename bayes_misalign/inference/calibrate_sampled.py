"""Posterior draws for calibrating a model that has to be sampled: compiled once, sampled often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import evidence_model, goals_model
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.inference import nuts
from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.study.joint import build_alone, build_common
from bayes_misalign.study.options import Fitting

Array = NDArray[np.float64]
FITTING = Fitting(draws=500, tune=500, chains=2, target_accept=0.9)
RHAT_FAILED = 1.05


class SampledPosterior:
    """Draws from the posterior of simulated data, by NUTS on a model that is compiled once.

    Parameters
    ----------
    name : str
        Name of a model.
    design : evidence
        Data of the shape that will be simulated.
    prior : object
        What the model's `priors` returned.
    fitting : Fitting
        Chains, draws and warm-up of each fit; the seed comes with the data.
    once_more : bool
        Whether a fit whose chains disagree is tried once more, as that of a study is.

    Attributes
    ----------
    fits, failed, divergences : int
        How many fits there were, in how many chains disagreed about P(ma), and divergent
        transitions in all.
    """

    def __init__(
        self,
        name: str,
        design: Any,
        prior: Any,
        fitting: Fitting = FITTING,
        *,
        once_more: bool = False,
    ) -> None:
        usable_compile_cache()
        self._model = evidence_model(name).for_design(design)
        self._prior, self._fitting, self._once_more = prior, fitting, once_more
        built = build_alone(self._model, design, prior)
        self._compiled = Compiled(built)
        asked = self._model.draw_prior(design, prior, 1, np.random.default_rng(0))
        of_source = {key: variable_of(key, name) for key in asked}
        named = {k: v if v in built.named_vars else k for k, v in of_source.items()}
        self._variables = {k: v for k, v in named.items() if v in built.named_vars}
        self.fits = self.failed = self.divergences = 0

    def __call__(
        self, evidence: Any, prior: Any, draws: int, rng: np.random.Generator
    ) -> dict[str, Array]:
        """Return nearly independent draws of the model's quantities, leading axis draw."""
        if prior != self._prior:
            raise ValueError("the model was compiled with another prior")
        fitting = replace(self._fitting, seed=int(rng.integers(2**31)))
        flat, rhat, divergences = self._fit(evidence, fitting)
        if self._once_more and not rhat < RHAT_FAILED:
            flat, rhat, divergences = self._fit(evidence, nuts.second_attempt(fitting))
        self.fits += 1
        self.failed += not rhat < RHAT_FAILED
        self.divergences += divergences
        size = len(next(iter(flat.values())))
        kept = np.linspace(0, size - 1, draws).astype(int)
        return {key: values[kept] for key, values in flat.items()}

    def _fit(self, evidence: Any, fitting: Fitting) -> tuple[dict[str, Array], float, int]:
        """Return draws, the largest R-hat of P(ma), and the number of divergent transitions."""
        from arviz_stats.base import array_stats

        tree = self._compiled.sample(self._model.data(evidence, self._prior), fitting)
        found = {key: tree["posterior"][name].values for key, name in self._variables.items()}
        flat = {key: values.reshape(-1, *values.shape[2:]) for key, values in found.items()}
        shape = next(iter(found.values())).shape[:2]
        rhat = [
            float(array_stats.rhat(values.reshape(shape)))
            for key, values in self._model.quantities(evidence, flat).items()
            if key.startswith("misalignment")
        ]
        # that of chains which do not move is no number, and has failed
        largest = max(rhat) if np.isfinite(rhat).all() else np.inf
        return flat, largest, int(tree["sample_stats"]["diverging"].sum())

    def figures(self) -> Mapping[str, float]:
        """Return how the fits went, for the record."""
        return {"fits": self.fits, "failed_fits": self.failed, "divergences": self.divergences}


class CommonPosterior:
    """Draws from the posterior of counts whose populations have something in common.

    What they have in common is sampled by NUTS on a model that is compiled once; all else is drawn
    exactly given it, as in a study.

    Parameters
    ----------
    name : str
        Name of a model of goals that counts.
    design : evidence
        Data of the shape that will be simulated.
    prior : object
        What the model's `priors` returned.
    fitting : Fitting
        Chains, draws and warm-up of each fit.
    """

    def __init__(self, name: str, design: Any, prior: Any, fitting: Fitting = FITTING) -> None:
        usable_compile_cache()
        self._model = goals_model(name)
        self._shares, self._prior = self._model.shares_prior(prior), prior
        self._fitting = fitting
        self._compiled = Compiled(build_common(design, prior, None, ()))
        self.fits = self.failed = self.divergences = 0

    def __call__(
        self, evidence: Any, prior: Any, draws: int, rng: np.random.Generator
    ) -> dict[str, Array]:
        """Return nearly independent draws of the model's quantities, leading axis draw."""
        from arviz_stats.base import array_stats

        if prior != self._prior:
            raise ValueError("the model was compiled with another prior")
        shares, categories = shares_of(self._shares), evidence.categories
        data = shares.common_data(self._shares, categories, evidence.effective_counts)
        fitting = replace(self._fitting, seed=int(rng.integers(2**31)))
        tree = self._compiled.sample(data, fitting)
        dims = shares.dims_of(self._shares)
        found = {name: tree["posterior"][name].values for name in dims}
        single = [x for x in found.values() if x.ndim == 2]
        rhat = max((float(array_stats.rhat(x)) for x in single), default=1.0)
        self.fits += 1
        self.failed += not rhat < RHAT_FAILED
        self.divergences += int(tree["sample_stats"]["diverging"].sum())
        flat = {name: x.reshape(-1, *x.shape[2:]) for name, x in found.items()}
        kept = np.linspace(0, len(next(iter(flat.values()))) - 1, draws).astype(int)
        common = {name: x[kept] for name, x in flat.items()}
        return {**common, **self._model.draw_given(evidence, prior, common, rng)}

    def figures(self) -> Mapping[str, float]:
        """Return how the fits went, for the record."""
        return {"fits": self.fits, "failed_fits": self.failed, "divergences": self.divergences}


def variable_of(quantity: str, name: str) -> str:
    """Return the variable of a quantity in the PyMC model of a source of conflict."""
    base = "conflict" if quantity == "conflict_level" else quantity
    return f"{base}_{name.replace('-', '_')}"
