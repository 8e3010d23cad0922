"""Posteriors that are broken on purpose: a calibration has to find them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from bayes_misalign.contract.registry import evidence_model


def without_data(name: str, design: Any = None) -> Callable[..., Any]:
    """Return a posterior that ignores the data."""
    return evidence_model(name).for_design(design).draw_prior


TWICE = {
    "single-choice": ("counts", "weight_sum", "weight_sq_sum"),
    "multi-select": ("counts", "weight_sum", "weight_sq_sum"),
    "endorsement": ("counts", "weight_sum", "weight_sq_sum"),
    "ranked": ("counts", "weight_sum", "weight_sq_sum"),
    "published": ("asked",),
    "judged": ("yes", "no"),
    "experts": ("strength",),
}


def answers_twice(name: str) -> Callable[..., Any]:
    """Return a posterior that takes every answer or judgement for two."""

    def draw(evidence: Any, prior: Any, draws: int, rng: np.random.Generator) -> Any:
        fields = TWICE[name]
        doubled = replace(evidence, **{field: 2 * getattr(evidence, field) for field in fields})
        return evidence_model(name).draw(doubled, prior, draws, rng)

    return draw


def too_wide(name: str) -> Callable[..., Any]:
    """Return draws that keep the stated middle but not the stated certainty."""

    def draw(evidence: Any, prior: Any, draws: int, rng: np.random.Generator) -> Any:
        level = evidence_model(name).draw(evidence, prior, draws, rng)["conflict_level"]
        middle = level.mean(axis=0)
        return {"conflict_level": np.clip(middle + 1.3 * (level - middle), 0.0, 1.0)}

    return draw


# what a broken posterior turns round, and along which axis
MIXED_UP = {
    "noisy-labels": ("emission", 1),
    "behaviour": ("action", 1),
    "choices": ("action", 1),
    "rated": ("severity", 1),
    "rated_walk": ("population_effect", 1),
    "rated_kinds": ("severity", 1),
    "encounters": ("background", 1),
    "encounters_reports": ("emission", 1),
    "spatial": ("position", 1),
    "judged_raters": ("severity", 1),
    "judged_kinds": ("severity", 1),
    "waves": ("proportion", 1),
    "pooled": ("proportion", 1),
    "pooled_groups": ("proportion", 1),
    "pooled_labels_groups": ("proportion", 1),
    "pooled_actions_groups": ("proportion", 1),
    "pooled_published_groups": ("proportion", 1),
    "poststratified": ("intercept", 1),
    "clustered": ("proportion", -1),
}


def mixed_up(name: str, drawn: dict[str, Any]) -> dict[str, Any]:
    """Return draws in which something belongs to another rater, goal or pair."""
    changed, axis = MIXED_UP[name]
    mixed = {**drawn, changed: np.roll(drawn[changed], 1, axis=axis)}
    if name in ("rated", "rated_kinds"):  # levels go with the effects
        mixed["conflict_level"] = np.roll(drawn["conflict_level"], 1, axis=-1)
    if name == "rated_walk":
        mixed["conflict_level"] = np.roll(drawn["conflict_level"], 1, axis=1)
    return mixed


BROKEN = {"it ignores the data": without_data, "it counts every answer twice": answers_twice}
SURER = {
    "it ignores the data": without_data,
    "it takes statements for twice as sure": answers_twice,
}
OTHERWISE: dict[str, dict[str, Any]] = {
    "elicited": {"its draws are spread too widely": too_wide},
    "experts": SURER,
}


def broken_of(name: str) -> dict[str, Any]:
    """Return what makes the broken posteriors of a model that is drawn exactly."""
    return OTHERWISE.get(name, BROKEN)
