"""Small designs for calibrating waves: answers of agents, simulated and sampled many times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bayes_misalign.contract.base import Array
from bayes_misalign.inference import nuts
from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.study.options import Fitting

FITTING = Fitting(draws=500, tune=500, chains=2, target_accept=0.9)
RHAT_FAILED = 1.05
DESIGNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[int, ...]]] = {
    # categories, populations and their answers
    "five waves": (
        ("a", "b", "c", NO_GOAL),
        ("2001", "2003", "2004", "2010", "2012"),
        (60, 15, 0, 40, 80),
    ),
    "two series": (
        ("a", "b"),
        ("x, 1", "x, 2", "x, 4", "y, 1", "y, 4", "y, 5"),
        (30, 0, 100, 12, 25, 50),
    ),
}


def counts_of(name: str) -> tuple[tuple[str, ...], tuple[str, ...], Array]:
    """Return categories and populations of a design, and counts with its number of answers."""
    categories, populations, answers = DESIGNS[name]
    counts = np.zeros((len(populations), len(categories)))
    counts[:, 0] = answers
    return categories, populations, counts


class SampledWaves:
    """Draws from the posterior of simulated answers, by NUTS on a model that is compiled once.

    Attributes
    ----------
    fits, failed, divergences : int
        How many fits there were, in how many chains disagreed about P(ma) of exclusive goals, and
        divergent transitions in all.
    """

    def __init__(
        self,
        prior: WavesPrior,
        categories: tuple[str, ...],
        populations: tuple[str, ...],
        fitting: Fitting = FITTING,
    ) -> None:
        from bayes_misalign.models.waves.generative import build

        nuts.usable_compile_cache()
        places = prior.with_populations(populations).places(len(populations))
        built = build(prior, places, categories, populations)
        self._compiled, self._fitting = nuts.Compiled(built), fitting
        self.fits = self.failed = self.divergences = 0

    def __call__(
        self, evidence: Any, prior: Any, draws: int, rng: np.random.Generator
    ) -> dict[str, Array]:
        """Return nearly independent draws of shares and drift, leading axis draw."""
        from arviz_stats.base import array_stats

        del prior
        fitting = replace(self._fitting, seed=int(rng.integers(2**31)))
        tree = self._compiled.sample({"answers": evidence.counts.astype(float)}, fitting)
        found = {name: tree["posterior"][name].values for name in ("proportion", "drift")}
        even = (found["proportion"] ** 2).sum(axis=-1)
        rhat = [float(array_stats.rhat(even[..., s])) for s in range(even.shape[-1])]
        self.fits += 1
        self.failed += not max(rhat) < RHAT_FAILED
        self.divergences += int(tree["sample_stats"]["diverging"].sum())
        flat = {name: x.reshape(-1, *x.shape[2:]) for name, x in found.items()}
        kept = np.linspace(0, len(flat["drift"]) - 1, draws).astype(int)
        return {name: x[kept] for name, x in flat.items()}

    def figures(self) -> dict[str, float]:
        """Return how the fits went, for the record."""
        return {"fits": self.fits, "failed_fits": self.failed, "divergences": self.divergences}
