"""What is known of raters after a fit: how often each is right, and what it takes for what."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.noisy_labels.evidence import DistinctLabels

Array = NDArray[np.float64]


def goal_weights(labels: DistinctLabels, drawn: Mapping[str, Array]) -> Array:
    """Return the shares of the goals among all labelled agents, (draw, K)."""
    part = labels.n / max(labels.n.sum(), 1)
    return np.asarray(np.einsum("s,dsk->dk", part, drawn["proportion"]))


def accuracy_draws(labels: DistinctLabels, drawn: Mapping[str, Array]) -> Array:
    """Return how often each rater gives an agent the label of its goal, (draw, R).

    That is averaged over the goals that have a label of their own, as they are shared out.
    """
    own = labels.own_label
    named = np.flatnonzero(own >= 0)
    weight = goal_weights(labels, drawn)[:, named]
    right = drawn["emission"][:, :, named, own[named]]
    total = np.maximum(weight.sum(axis=1), 1e-300)
    return np.asarray(np.einsum("dk,drk->dr", weight, right) / total[:, None])


def confusions(
    labels: DistinctLabels, drawn: Mapping[str, Array]
) -> dict[str, tuple[str, str, Array]]:
    """Return the most common confusion of each rater: goal, label, draws of P(label | goal).

    Of all labelled agents, most get it. A rater of whom nothing but right labels is known has none.
    """
    emission = drawn["emission"]
    often = np.einsum("dk,drkl->rkl", goal_weights(labels, drawn), emission) / len(emission)
    own = labels.own_label
    for k in np.flatnonzero(own >= 0):
        often[:, k, own[k]] = 0.0
    found = {}
    for r, rater in enumerate(labels.raters):
        k, label = np.unravel_index(int(often[r].argmax()), often[r].shape)
        if often[r, k, label] > 0:
            found[rater] = labels.categories[k], labels.labels[label], emission[:, r, k, label]
    return found
