"""Whether the draws that a study asks for have room in memory."""

from __future__ import annotations

import os

from bayes_misalign.contract.registry import conflict_model
from bayes_misalign.errors import StudyError
from bayes_misalign.study.study import Study

MOST_SAMPLED = 10_000  # goal shares of all populations; 900 already take many minutes


def check_room(study: Study, draws: int, at_once: int | None = None) -> None:
    """Refuse more draws than the memory of the machine can hold, before any is made.

    `at_once` is of how many populations goal shares are held together, by default of all.
    """
    goals, populations = len(study.goals.categories), len(study.goals.populations)
    shares = goals * (populations if at_once is None else min(populations, at_once))
    matrices = populations if study.conflict.by_population else 1
    uncertain = sum(
        len(source.pairs)
        for source in study.conflict.sources
        if conflict_model(source.model).traits.drawn != "known"
    )
    numbers = draws * (populations + shares + matrices * uncertain)
    needed, there = 2 * 8 * numbers, _memory()  # of the posterior and of the prior
    if there is not None and needed > there:
        raise StudyError(
            f"{draws:,} draws of {populations:,} populations, {goals:,} categories and "
            f"{uncertain * matrices:,} uncertain levels of conflict take "
            f"{needed / 1e9:,.1f} GB, and this machine has {there / 1e9:,.1f} GB. "
            "Fix: fewer draws, or fewer chains"
        )


def check_sampled(study: Study) -> None:
    """Refuse to sample more goal shares than NUTS gets through, before anything is compiled."""
    goals, populations = len(study.goals.categories), len(study.goals.populations)
    if (shares := goals * populations) > MOST_SAMPLED:
        raise StudyError(
            f"NUTS would have to sample {shares:,} goal shares ({populations:,} populations with "
            f"{goals:,} categories each), and up to {MOST_SAMPLED:,} are possible. Fix: fewer "
            "populations or rare goals put together; goals that agents state (single-choice with "
            '`method = "auto"`) are drawn exactly, without such a limit'
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
