"""Draws against the summary of those of an independent Stan program."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bayes_misalign.measure import misalignment

MEANS, SDS, CERTAIN = 4.0, 0.05, 3.0  # standard errors, relative to the sd, and standard errors


def labelled(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    """Return the draws (chain, draw) of each number of a quantity, by Stan's name of it."""
    return {
        f"{name}[{','.join(str(i + 1) for i in index)}]" if index else name: values[
            (slice(None), slice(None), *index)
        ]
        for index in np.ndindex(values.shape[2:])
    }


def p_of_ma(level: np.ndarray, stan: Mapping[str, Any]) -> np.ndarray:
    """Return P(ma) (chain, draw, ...) of levels of pairs (chain, draw, ..., pair)."""
    goals = len(stan["shares"])
    matrix = np.zeros((*level.shape[:-1], goals, goals))
    for p, (i, j) in enumerate(stan["pair"]):
        matrix[..., i - 1, j - 1] = matrix[..., j - 1, i - 1] = level[..., p]
    return np.asarray(misalignment(np.array(stan["shares"]), matrix))


def compared(
    names: Sequence[str], named: Mapping[str, np.ndarray], posterior: Any, source: str
) -> dict[str, np.ndarray]:
    """Return draws of quantities by Stan's names: stated ones, or variables of a source."""
    found: dict[str, np.ndarray] = {}
    for name in names:
        values = named[name] if name in named else posterior[f"{name}_{source}"].values
        found |= labelled(name, values)
    return found


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
