"""The result of drawn or loaded groups, of the class that they ask for."""

from __future__ import annotations

from pathlib import Path

from bayes_misalign.inference.groups import IN_BLOCKS, Groups, load
from bayes_misalign.report.posterior import Posterior


def posterior_of(groups: Groups) -> Posterior:
    """Return the posterior in groups; of very many populations one that draws them when asked."""
    if IN_BLOCKS in groups.metadata:
        from bayes_misalign.report.many_populations import ManyPopulations

        return ManyPopulations(groups)
    return Posterior(groups)


def loaded(path: str | Path) -> Posterior:
    """Return the posterior in a file."""
    return posterior_of(load(path))
