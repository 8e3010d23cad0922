"""Levels of conflict of mutually exclusive goals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bayes_misalign.families.statements.known_levels import FixedConflict


@dataclass(frozen=True, eq=False)
class ExclusiveConflict(FixedConflict):
    """Levels of conflict of mutually exclusive goals: all 1."""

    model: ClassVar[str] = "mutually-exclusive"
