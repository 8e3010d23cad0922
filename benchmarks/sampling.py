"""What benchmarks of sampled models share: runs of a compiled model, and how good they are."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import arviz_stats as azs
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SEED = 20_220_601
CHAINS, TUNE, DRAWS = 4, 1_000, 1_000
TARGET_ACCEPT = 0.95


def one_core() -> None:
    """Hold this process to one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def quality(drawn: Array, taken: float, steps: float, divergences: int) -> dict[str, float]:
    """Return effective draws, R-hat, mean and its Monte Carlo error of P(ma), (chain, draw)."""
    axes = {"chain_axis": 0, "draw_axis": 1}
    return {
        "ess": float(azs.ess(drawn, method="bulk", **axes)),
        "rhat": float(azs.rhat(drawn, **axes)),
        "mean": float(drawn.mean()),
        "error": float(azs.mcse(drawn, method="mean", **axes)),
        "sampling": taken,
        "steps": steps,
        "divergences": divergences,
    }


def sampled(
    model: Any, drawn: Callable[[Any], Array], runs: int, target: float = TARGET_ACCEPT
) -> list[dict[str, float]]:
    """Compile a PyMC model once, and sample it with several seeds on one core.

    Parameters
    ----------
    model : pymc.Model
        What to sample.
    drawn : callable
        Takes the posterior; returns draws of P(ma), (chain, draw).
    runs : int
        How many.
    target : float
        Target acceptance.
    """
    import nutpie

    from bayes_misalign.inference.nuts import reproducible

    with reproducible():
        compiled = nutpie.compile_pymc_model(model, freeze_model=True)
    found = []
    for number in range(runs):
        start = time.perf_counter()
        tree = nutpie.sample(
            compiled,
            draws=DRAWS,
            tune=TUNE,
            chains=CHAINS,
            cores=1,
            seed=SEED + number,
            target_accept=target,
            progress_bar=False,
        )
        taken = time.perf_counter() - start
        stats = tree["sample_stats"]
        steps, divergences = float(stats["n_steps"].mean()), int(stats["diverging"].sum())
        found.append(quality(drawn(tree["posterior"]), taken, steps, divergences))
    return found


def sampled_by_stan(program: str, data: dict[str, Any], runs: int) -> list[dict[str, float]]:
    """Sample a Stan program that has a quantity `misalignment`, with several seeds."""
    import stan as pystan

    found = []
    for number in range(runs):
        built = pystan.build(program, data=data, random_seed=SEED + number)
        start = time.perf_counter()
        fit = built.sample(
            num_chains=CHAINS, num_warmup=TUNE, num_samples=DRAWS, delta=TARGET_ACCEPT
        )
        taken = time.perf_counter() - start
        drawn = fit["misalignment"].reshape(-1, CHAINS).T
        steps, divergences = float(fit["n_leapfrog__"].mean()), int(fit["divergent__"].sum())
        found.append(quality(drawn, taken, steps, divergences))
    return found
