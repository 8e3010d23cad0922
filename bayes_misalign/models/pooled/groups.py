"""Groups that populations are in, such as the countries of regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import StudyError, did_you_mean, listed
from bayes_misalign.page.safe_text import named
from bayes_misalign.reading.typed_fields import shown_value
from bayes_misalign.tables.remedies import quoted

Array = NDArray[np.float64]
SHOWN = 4  # names in a message
LEAVE_OUT = "leave within out of [shares], so that all populations have one mean in common"


def stated_within(stated: Any) -> str | dict[str, str] | None:
    """Return what a study states as `within`: the name of a column, or the group by population."""
    if stated is None or (isinstance(stated, str) and stated.strip()):
        return stated
    if isinstance(stated, Mapping) and stated:
        texts = {str(name): str(group) for name, group in stated.items()}
        if all(text.strip() for text in texts.values()):
            return texts
    raise StudyError(
        f"`within` of 'pooled' is {shown_value(stated)}; it is the name of a column that says in "
        "which group each population is, or a table of the groups by population. Fix: state one "
        f"of them, or {LEAVE_OUT}"
    )


def check_groups(within: Mapping[str, str], populations: Sequence[str]) -> None:
    """Raise a StudyError where groups are not those of the populations, or say nothing."""
    lacking = [name for name in populations if name not in within]
    if lacking:
        other = [name for name in within if name not in populations]
        near = did_you_mean(lacking[0], other)
        near = near[:1].upper() + near[1:] + " " if near else ""
        raise StudyError(
            f"`within` names no group of {listed([named(x) for x in lacking[:SHOWN]])}"
            + (f" and {len(lacking) - SHOWN:,} more" if len(lacking) > SHOWN else "")
            + f". {near}Fix: add a group for each, as in "
            f"`within = {{ {quoted(lacking[0])} = {quoted(next(iter(within.values())))} }}`, or "
            + LEAVE_OUT
        )
    groups = {within[name] for name in populations}
    if len(groups) == 1:
        raise StudyError(
            f"all populations are within one group, {named(next(iter(groups)))}, so that there is "
            f"nothing above them. Fix: {LEAVE_OUT}"
        )
    if len(groups) == len(populations):
        raise StudyError(
            "each population is alone within its group, so that differences within groups and "
            f"between them cannot be told apart. Fix: {LEAVE_OUT}"
        )


def order_of_all(counts: Array, goals: int) -> NDArray[np.intp]:
    """Return the goals from rare to frequent in all populations taken together, counts (S, K)."""
    parts = counts / (counts.sum(axis=-1, keepdims=True) + 1)
    return np.argsort(parts.sum(axis=0)[:goals], kind="stable")


def order_of_groups(counts: Array, membership: Array) -> NDArray[np.intp]:
    """Return the categories of each group (G, K) from rare to frequent in its populations.

    Counts are (S, K), membership is (G, S). Coordinates of a group's mean have the last one for
    their reference, "no goal" too where that is what most of its agents hold.
    """
    parts = counts / (counts.sum(axis=-1, keepdims=True) + 1)
    return np.argsort(membership @ parts, axis=-1, kind="stable")


def order_of_mean(order: NDArray[np.intp], goals: int) -> NDArray[np.intp]:
    """Return the goals in the order in which their mean shares are sampled, a frequent one last.

    That is the order of their places in all populations, (S, K).
    """
    score = np.argsort(order, axis=-1).sum(axis=0)[:goals]
    return np.argsort(score * goals + np.arange(goals))
