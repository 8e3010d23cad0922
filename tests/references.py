"""Draws against the summary of those of an independent Stan program."""

from collections.abc import Mapping
from typing import Any

import numpy as np

MEANS, SDS, CERTAIN = 4.0, 0.05, 3.0  # standard errors, relative to the sd, and standard errors


def labelled(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    """Return the draws (chain, draw) of each number of a quantity, by Stan's name of it."""
    return {
        f"{name}[{','.join(str(i + 1) for i in index)}]" if index else name: values[
            (slice(None), slice(None), *index)
        ]
        for index in np.ndindex(values.shape[2:])
    }


def assert_meets(summary: Mapping[str, Any], found: Mapping[str, np.ndarray]) -> None:
    """Compare means and sds of draws (chain, draw) by name with those of the Stan program."""
    import arviz_stats as azs
    import xarray as xr

    assert set(found) == set(summary["names"])
    every = np.stack([found[label] for label in summary["names"]], axis=-1)
    draws = xr.Dataset({"all": (("chain", "draw", "quantity"), every)})
    error = {
        method: np.hypot(azs.mcse(draws, method=method)["all"].values, summary[f"mcse_{method}"])
        for method in ("mean", "sd")
    }
    mean, sd = every.mean(axis=(0, 1)), every.std(axis=(0, 1))
    assert np.all(CERTAIN * error["sd"] <= SDS * sd), "too few draws to compare sds"
    assert np.all(np.abs(mean - summary["mean"]) <= MEANS * error["mean"])
    assert np.all(np.abs(sd / np.array(summary["sd"]) - 1) <= SDS)
