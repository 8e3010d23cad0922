"""Log-likelihoods of PyMC models, as terms that tests evaluate."""

from typing import Any

import pymc as pm


def likelihoods(model: pm.Model) -> dict[str, Any]:
    """Return the summed log density of each observed variable, in what the sampler moves."""
    terms = model.logp(vars=list(model.observed_RVs), sum=False, jacobian=False)
    return {rv.name: term.sum() for rv, term in zip(model.observed_RVs, terms, strict=True)}
