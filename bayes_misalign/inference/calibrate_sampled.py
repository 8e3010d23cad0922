"""Posterior draws for calibrating a model that has to be sampled: compiled once, sampled often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.generative.catalogue import generative_model
from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.study.options import Fitting

Array = NDArray[np.float64]
FITTING = Fitting(draws=500, tune=500, chains=2, target_accept=0.9)
RHAT_FAILED = 1.05


class SampledPosterior:
    """Draws from the posterior of simulated data, by NUTS on a model that is compiled once.

    Parameters
    ----------
    name : str
        Name of a model of goals behind reports.
    design : evidence
        Data of the shape that will be simulated.
    prior : object
        What the model's `priors` returned.
    fitting : Fitting
        Chains, draws and warm-up of each fit; the seed comes with the data.

    Attributes
    ----------
    fits, failed, divergences : int
        How many fits there were, in how many chains disagreed about P(ma), and divergent
        transitions in all.
    """

    def __init__(self, name: str, design: Any, prior: Any, fitting: Fitting = FITTING) -> None:
        usable_compile_cache()
        self._model: Any = generative_model(name)
        self._prior, self._fitting = prior, fitting
        self._compiled = Compiled(self._model.build(design, prior))
        self.fits = self.failed = self.divergences = 0

    def __call__(
        self, evidence: Any, prior: Any, draws: int, rng: np.random.Generator
    ) -> dict[str, Array]:
        """Return nearly independent draws of the model's quantities, leading axis draw.

        Raises
        ------
        ValueError
            When the prior is not the one that was compiled, which would be sampled all the same.
        """
        from dataclasses import replace

        from arviz_stats.base import array_stats

        if prior != self._prior:
            raise ValueError("the model was compiled with another prior")
        fitting = replace(self._fitting, seed=int(rng.integers(2**31)))
        data = self._model.data(evidence, prior)
        tree = self._compiled.sample(data, fitting)
        posterior = tree["posterior"]
        names = [name for name in self._model.DIMS if name in posterior]
        found = {name: posterior[name].values for name in names}
        unlike = 1 - (found["proportion"] ** 2).sum(axis=-1)
        rhat = max(float(array_stats.rhat(unlike[..., s])) for s in range(unlike.shape[-1]))
        self.fits += 1
        self.failed += not rhat < RHAT_FAILED
        self.divergences += int(tree["sample_stats"]["diverging"].sum())
        flat = {name: values.reshape(-1, *values.shape[2:]) for name, values in found.items()}
        kept = np.linspace(0, len(flat["proportion"]) - 1, draws).astype(int)
        return {name: values[kept] for name, values in flat.items()}

    def figures(self) -> Mapping[str, float]:
        """Return how the fits went, for the record."""
        return {"fits": self.fits, "failed_fits": self.failed, "divergences": self.divergences}
