"""Who is in contact with whom: agents, goals or populations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.evidence import Evidence, FloatArray, IntArray, Shape

AGENTS, GOALS, POPULATIONS = "agents", "goals", "populations"


def _no_places() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


def _no_numbers() -> NDArray[np.float64]:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class Contacts(Evidence):
    """Contacts between agents, whose ids are not kept, or shares of contacts between groups.

    Parameters
    ----------
    between : {"agents", "goals", "populations"}
        What is known of the two who are in contact.
    labels : tuple of str, length L
        The goals, "no goal" among them; or the populations.
    mixing : (L, L) ndarray of float
        Shares of contacts between groups, symmetric, with a sum of 1; empty between agents.
    contacts : float
        How many contacts these are the shares of, or how many pairs of agents are in contact.
    known : bool
        Whether these are all contacts there are, or shares that are known; else they are a sample.
    goal : (N,) ndarray of int
        The goal of each agent, -1 where only reports tell of it.
    pattern : (N,) ndarray of int
        Row of the evidence about goals that holds what was reported of each, -1 where it is known.
    one, other : (E,) ndarray of int
        The two agents of each pair in contact.
    weight : (E,) ndarray of float
        How much their contact counts.
    origin : str
        Where the contacts come from.
    notes : tuple of str
        What a reader of a report should know about them.
    """

    model: ClassVar[str] = "contact"
    SHAPES: ClassVar[dict[str, Shape]] = {"mixing": (None, None)}

    between: str
    labels: tuple[str, ...]
    mixing: FloatArray
    contacts: float
    known: bool
    goal: IntArray = field(default_factory=_no_places)
    pattern: IntArray = field(default_factory=_no_places)
    one: IntArray = field(default_factory=_no_places)
    other: IntArray = field(default_factory=_no_places)
    weight: FloatArray = field(default_factory=_no_numbers)
    origin: str = "contacts"
    notes: tuple[str, ...] = ()

    @classmethod
    def of_groups(
        cls,
        between: str,
        labels: Sequence[str],
        cells: Any,
        contacts: float | None,
        origin: str,
        notes: Sequence[str] = (),
    ) -> Contacts:
        """Return shares of contacts between groups; known where their number is not told."""
        found = np.asarray(cells, dtype=float)
        found = (found + found.T) / (2 * found.sum())
        number, known = contacts or 0.0, contacts is None
        return cls(between, tuple(labels), found, number, known, origin=origin, notes=tuple(notes))

    @property
    def agents(self) -> int:
        """How many agents there are who may be in contact."""
        return len(self.goal)

    @property
    def uncertain(self) -> bool:
        """Whether there are agents whose goals only reports tell of."""
        return bool((self.pattern >= 0).any())
