"""Which agents the evidence about goals speaks of, by id: what is known of the goal of each."""

from __future__ import annotations

from dataclasses import dataclass

from bayes_misalign.errors import Problems
from bayes_misalign.reading.evidence import UNKNOWN, IntArray


@dataclass(frozen=True, eq=False)
class Roster:
    """Agents by id. It is used while tables are read, and never kept.

    Parameters
    ----------
    number : dict of str to int
        Number of each agent.
    goal : (N,) ndarray of int
        The category that each is known to belong to, -1 where that is not known.
    pattern : (N,) ndarray of int
        Row of the evidence about goals that holds what was reported of each, -1 if nothing was.
    """

    number: dict[str, int]
    goal: IntArray
    pattern: IntArray

    def tells(self, agent: str) -> bool:
        """Return whether anything is known of the goal of an agent who is on the roster."""
        place = self.number[agent]
        return bool(self.goal[place] != UNKNOWN or self.pattern[place] >= 0)


def note_nameless(model: str, field: str, problems: Problems) -> None:
    """Note a declaration of goals that names no column of ids."""
    problems.add(
        "no column names the agents",
        where=model,
        valid="the column of an id of each agent",
        fix=f'name it, as in `{field} = "id"`',
    )
