"""Fit the catalogue's Stan programs and write their reference posteriors.

    uv run --group stan python models/fit_reference.py [NAME ...]

For each model folder with a `model.stan`, the program is fitted to `data.json` and `reference.json`
is written in the shape of posteriordb: how it was drawn, diagnostics, checks, and for each quantity
its mean and standard deviation with their Monte Carlo errors. Needs a C++ compiler. The model's
PyMC code takes no part. A model that is another one for some data has a second program, such as
`model_raters.stan`, fitted to `data_raters.json`, with `reference_raters.json`.

`data.json` may name the quantities that are kept, as a list "compared" of the program's own names,
and may override how the program is sampled, as an object "sampling".

References
----------
Magnusson, Bürkner and Vehtari, posteriordb: a set of posteriors for Bayesian inference and
probabilistic programming (2023). Its standard for reference draws is what `checks_made` records.
"""

from __future__ import annotations

import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MODELS = Path(__file__).parent
# 10 chains of 10,000 kept every 10th: 10,000 draws that are nearly independent.
SETTINGS = {
    "num_chains": 10,
    "num_warmup": 10_000,
    "num_samples": 10_000,
    "num_thin": 10,
    "delta": 0.95,
}
SEED = 4711
INDEPENDENT_SETS = 400  # of independent draws, to learn how effective sizes scatter
NOT_QUANTITIES = ("lp__", "accept_stat__", "stepsize__", "treedepth__", "n_leapfrog__")
NOT_QUANTITIES += ("divergent__", "energy__")


def sample(
    path: Path, given: dict[str, Any], settings: dict[str, Any]
) -> dict[str, NDArray[np.float64]]:
    """Return the draws of a Stan program, (chain, draw) for each quantity to keep."""
    import stan

    program = path.read_text(encoding="utf-8")
    fit = stan.build(program, data=given["stan"], random_seed=SEED).sample(**settings)
    of_program = dict(zip(fit.param_names, fit.dims, strict=True))
    shapes: dict[str, Any] = dict.fromkeys(fit.sample_and_sampler_param_names, ())
    shapes.update({name: of_program[name] for name in given.get("compared", of_program)})
    draws: dict[str, NDArray[np.float64]] = {}
    for name, shape in shapes.items():
        # the last axis counts draws first and chains second
        values = fit[name].reshape(*shape, -1, fit.num_chains)
        for index in np.ndindex(*shape):
            label = f"{name}[{','.join(str(i + 1) for i in index)}]" if index else name
            draws[label] = values[index].T
    return draws


def summarise(draws: dict[str, NDArray[np.float64]]) -> dict[str, Any]:
    """Return posteriordb's diagnostics, checks and summary statistics of the draws."""
    import arviz_stats as azs
    import xarray as xr

    names = [name for name in draws if name not in NOT_QUANTITIES]
    every = np.stack([draws[name] for name in names], axis=-1)
    data = xr.Dataset({"all": (("chain", "draw", "quantity"), every)})
    bulk, tail = (azs.ess(data, method=m)["all"].values for m in ("bulk", "tail"))
    rhat = azs.rhat(data)["all"].values
    mean, sd = (azs.mcse(data, method=m)["all"].values for m in ("mean", "sd"))
    energy = draws["energy__"]
    efmi = np.mean(np.diff(energy, axis=1) ** 2, axis=1) / np.var(energy, axis=1)
    divergent = draws["divergent__"].sum(axis=1)
    total = every.shape[0] * every.shape[1]
    low, high = ess_bounds(*every.shape)
    return {
        "diagnostics": {
            "diagnostic_information": {"names": names},
            "ndraws": total,
            "nchains": every.shape[0],
            "effective_sample_size_bulk": _rounded(bulk, 5),
            "effective_sample_size_tail": _rounded(tail, 5),
            "effective_sample_size_bounds": _rounded([low, high], 5),
            "r_hat": _rounded(rhat, 6),
            "divergent_transitions": [int(count) for count in divergent],
            "expected_fraction_of_missing_information": _rounded(efmi, 4),
        },
        "checks_made": {
            "ndraws_is_10k": total == 10_000,
            "nchains_is_gte_4": every.shape[0] >= 4,
            "ess_within_bounds": bool(min(bulk.min(), tail.min()) >= low)
            and bool(max(bulk.max(), tail.max()) <= high),
            "r_hat_below_1_01": bool(np.all(rhat < 1.01)),
            "efmi_above_0_2": bool(np.all(efmi > 0.2)),
            "no_divergent_transitions": not divergent.any(),
        },
        "summary_statistics": {
            "names": names,
            "mean": _rounded(every.mean(axis=(0, 1)), 10),
            "mcse_mean": _rounded(mean, 4),
            "sd": _rounded(every.std(axis=(0, 1), ddof=1), 10),
            "mcse_sd": _rounded(sd, 4),
        },
    }


def ess_bounds(chains: int, draws: int, quantities: int) -> tuple[float, float]:
    """Return bounds that hold every estimated effective size of independent draws, 95 in 100 times.

    The estimates scatter around the number of draws, so the bounds are found by looking at draws
    that are independent by construction.
    """
    import arviz_stats as azs
    import xarray as xr

    rng = np.random.default_rng(SEED)
    least, most = [], []
    for _ in range(INDEPENDENT_SETS):
        normal = rng.normal(size=(chains, draws, quantities))
        data = xr.Dataset({"all": (("chain", "draw", "quantity"), normal)})
        sizes = np.stack([azs.ess(data, method=m)["all"].values for m in ("bulk", "tail")])
        least.append(sizes.min())
        most.append(sizes.max())
    return float(np.quantile(least, 0.025)), float(np.quantile(most, 0.975))


def _rounded(values: Any, digits: int) -> list[float]:
    return [float(f"{value:.{digits}g}") for value in values]


def fit_reference(path: Path) -> bool:
    """Fit one Stan program and write its reference; return whether every check holds."""
    folder, variant = path.parent, path.stem.removeprefix("model")
    given = json.loads((folder / f"data{variant}.json").read_text(encoding="utf-8"))
    settings = SETTINGS | given.get("sampling", {})
    found = summarise(sample(path, given, settings))
    reference = {
        "name": folder.name,
        "inference": {
            "method": "stan_sampling",
            "method_arguments": {**settings, "random_seed": SEED},
        },
        **found,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("pystan", "httpstan", "arviz-stats", "numpy")},
        },
    }
    text = json.dumps(reference, indent=1, allow_nan=False, ensure_ascii=False)
    (folder / f"reference{variant}.json").write_text(text + "\n", encoding="utf-8")
    return all(found["checks_made"].values())


def main(names: list[str]) -> int:
    """Fit the named models, or all that have a Stan program; return 1 if a check failed."""
    programs = sorted(
        path for path in MODELS.glob("*/model*.stan") if not names or path.parent.name in names
    )
    failed = []
    for path in programs:
        good = fit_reference(path)
        name = f"{path.parent.name}/{path.name}"
        print(f"{name}: {'all checks hold' if good else 'A CHECK FAILED'}")
        if not good:
            failed.append(name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
