"""Whether the draws that a study asks for have room in memory."""

from __future__ import annotations

import os

from bayes_misalign.errors import StudyError
from bayes_misalign.study.study import Study


def check_room(study: Study, draws: int) -> None:
    """Refuse more draws than the memory of the machine can hold, before any is made."""
    goals, populations = len(study.goals.categories), len(study.goals.populations)
    matrices = populations if study.conflict.by_population else 1
    numbers = draws * (populations * (goals + 1) + matrices * goals**2)
    needed, there = 2 * 8 * numbers, _memory()  # of the posterior and of the prior
    if there is not None and needed > there:
        raise StudyError(
            f"{draws:,} draws of {populations} populations and {goals} categories take "
            f"{needed / 1e9:,.1f} GB, and this machine has {there / 1e9:,.1f} GB. "
            "Fix: fewer draws, or fewer chains"
        )


def too_large(needed: float) -> str | None:
    """Return how much memory is asked for, and how much there is, if it is too much."""
    there = _memory()
    if there is None or needed <= there:
        return None
    return f"take {needed / 1e9:,.1f} GB, and this machine has {there / 1e9:,.1f} GB"


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # not on every system
        return None
