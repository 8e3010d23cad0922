"""What partial pooling says of groups of populations, such as the countries of regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_misalign.contract.base import Array
from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.measure import misalignment
from bayes_misalign.models.pooled.given_common import GROUP_MEAN, GROUP_PART, SPREAD
from bayes_misalign.models.pooled.priors import PooledShares
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.report.posterior import Posterior

BETWEEN_GROUPS, BETWEEN_POPULATIONS, WITHIN_POPULATIONS = (
    "between groups",
    "between populations of a group",
    "within populations",
)


@dataclass(frozen=True)
class GroupResults:
    """How groups of populations are related, and what each is like.

    Parameters
    ----------
    spread : Estimate
        The spread u of the groups' means about the mean of all, from 0 to 1.
    within : Estimate
        The spread of populations about the mean of their group, from 0 to 1.
    part : Estimate
        The part g of the differences between populations that is between groups.
    parts : Estimates
        Parts of all differences between agents: between groups, between populations of a group,
        and within populations. They sum to one.
    members : mapping of str to tuple of str
        The populations of each group.
    mean_shares : mapping of str to Estimates
        By group, its mean shares by goal.
    at_mean : Estimates
        By group, P(ma) of agents with its mean shares; empty where conflict differs by population.
    together : Estimates
        By group, P(ma) of its populations taken together; empty where nobody knows how large these
        are, see `[populations] shares`.
    """

    spread: Estimate
    within: Estimate
    part: Estimate
    parts: Estimates
    members: Mapping[str, tuple[str, ...]]
    mean_shares: Mapping[str, Estimates]
    at_mean: Estimates
    together: Estimates

    @property
    def alone(self) -> tuple[str, ...]:
        """Groups of one population."""
        return tuple(group for group, names in self.members.items() if len(names) == 1)


def group_results(priors: PooledShares, result: Posterior) -> GroupResults | None:
    """Return what partial pooling says of groups; None where populations are in none."""
    if not priors.groups or not isinstance(priors.within, Mapping):
        return None
    values = {
        name: np.asarray(result.groups.values(POSTERIOR, name))
        for name in (SPREAD, GROUP_PART, GROUP_MEAN)
    }
    v2, part = values[SPREAD].ravel() ** 2, values[GROUP_PART].ravel()
    parts = {
        BETWEEN_GROUPS: part * v2,
        BETWEEN_POPULATIONS: (1 - part) * v2,
        WITHIN_POPULATIONS: 1 - v2,
    }
    # nothing is between populations of a group where all that differs is between groups
    rest = np.maximum(1 - part * v2, np.finfo(float).tiny)
    means = values[GROUP_MEAN].reshape(-1, *values[GROUP_MEAN].shape[2:])
    within = priors.within
    members = {
        group: tuple(name for name in result.populations if within.get(name) == group)
        for group in priors.groups
    }
    places = [i for i, group in enumerate(priors.groups) if members[group]]
    return GroupResults(
        result.estimate("spread of groups", np.sqrt(part * v2)),
        result.estimate("spread within groups", np.sqrt((1 - part) * v2 / rest)),
        result.estimate("part between groups", part),
        Estimates(
            "parts of the differences between agents",
            {name: result.estimate(name, draws) for name, draws in parts.items()},
            "part",
        ),
        {priors.groups[i]: members[priors.groups[i]] for i in places},
        {
            priors.groups[i]: Estimates(
                f"mean goal shares, {priors.groups[i]}",
                {
                    goal: result.estimate(goal, means[:, i, k])
                    for k, goal in enumerate(result.categories)
                },
                of="goal",
            )
            for i in places
        },
        _pma(result, "P(ma) at mean shares", {priors.groups[i]: means[:, i] for i in places}),
        _together(result, members),
    )


def _together(result: Posterior, members: Mapping[str, tuple[str, ...]]) -> Estimates:
    """Return P(ma) of the populations of each group taken together, by their sizes."""
    weights, title = result.union_weights(None), "P(ma) of the populations together"
    if weights is None:
        return Estimates(title, {}, "group")
    shares: Array = result.shares()
    weights = np.broadcast_to(weights, shares.shape[:-1])
    found: dict[str, Array] = {}
    for group, names in members.items():
        places = [result.place(name) for name in names]
        own = weights[:, places]
        if names and (own.sum(axis=1) > 0).all():
            parts = own / own.sum(axis=1, keepdims=True)
            found[group] = np.einsum("ds,dsk->dk", parts, shares[:, places])
    return _pma(result, title, found)


def _pma(result: Posterior, title: str, shares: Mapping[str, Array]) -> Estimates:
    """Return P(ma) of shares (draw, goal) by group; empty where conflict differs by population."""
    if result.by_population:
        return Estimates(title, {}, "group")
    matrix: Any = result.across()
    conflict = matrix if matrix.ndim == 2 else matrix[:, 0]
    found = {}
    for group, p in shares.items():
        draws = np.asarray(misalignment(p, conflict))
        found[group] = result.estimate(group, draws, result.limits(draws, None, "with-replacement"))
    return Estimates(title, found, "group")
