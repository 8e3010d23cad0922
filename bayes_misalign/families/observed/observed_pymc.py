"""Observed variables of a PyMC model that know how to be simulated.

Data are collapsed to sufficient statistics, and what nobody saw is summed out, so that the
likelihood is no distribution that PyMC has. An observed variable is declared all the same: its log
density is the likelihood, and its draws are the model's own simulation, of the figures that are
compared. So `pymc.sample_posterior_predictive` replays the data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bayes_misalign.contract.observed import Observed

Replicate = Callable[[Mapping[str, Any], np.random.Generator], Mapping[str, Observed]]


def declare_observed(
    observed: Mapping[str, Observed],
    log_likelihood: Mapping[str, Any],
    parameters: Mapping[str, Any],
    replicate: Replicate,
) -> None:
    """Add observed variables to the open model.

    Parameters
    ----------
    observed : mapping of str to Observed
        Figures of what was observed, by the name of the variable.
    log_likelihood : mapping of str to tensor, shape ()
        Log probability of the data behind these figures. It is a function of the data containers,
        not of the figures: with other data both have to change.
    parameters : mapping of str to tensor
        What `replicate` needs.
    replicate : callable
        Takes numbers in place of the parameters and a generator; returns `observed` anew.
    """
    import pymc as pm
    import pytensor.tensor as pt

    model, names = pm.modelcontext(None), list(parameters)
    given = [pt.as_tensor(parameters[name]) for name in names]
    for variable, found in observed.items():
        model.add_coords({d: x for d, x in found.coords.items() if d not in model.coords})
        values = np.asarray(found.values, dtype=float)
        core = ",".join(
            [
                "()",
                _letters("out", values.ndim),
                *(_letters(f"p{i}", x.ndim) for i, x in enumerate(given)),
            ]
        )
        pm.CustomDist(
            variable,
            log_likelihood[variable],
            np.zeros_like(values),
            *given,
            logp=lambda value, likelihood, *rest: likelihood,
            random=_random_of(replicate, variable, names),
            signature=f"{core}->{_letters('out', values.ndim)}",
            observed=values,
            dims=found.dims,
        )


def _letters(start: str, number: int) -> str:
    return "(" + ",".join(f"{start}{i}" for i in range(number)) + ")"


def _random_of(replicate: Replicate, variable: str, names: list[str]) -> Any:
    def random(likelihood: Any, shape: Any, *given: Any, rng: Any = None, size: Any = None) -> Any:
        del likelihood, shape, size
        made = replicate(dict(zip(names, given, strict=True)), rng)
        return np.asarray(made[variable].values, dtype=float)

    return random


def declared_as(keys: Any, name: str) -> dict[str, Any]:
    """Return variables of the open model by what the model of the contract calls them.

    Those that it has not are left out.
    """
    import pymc as pm

    model = pm.modelcontext(None)
    found = {}
    for key in keys:
        variable = f"{'conflict' if key == 'conflict_level' else key}_{name}" if name else key
        if variable in model.named_vars:
            found[key] = model[variable]
    return found
