"""What a panel of experts states about pairs of goals, one statement of a pair by each expert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import nan
from typing import Any

import numpy as np

from bayes_misalign.families.statements.statements import (
    FIGURES,
    statement_figures,
    turned_around,
)
from bayes_misalign.reading.evidence import Pair, frozen_array
from bayes_misalign.reading.goal_pairs import PairNames, show_pair
from bayes_misalign.reading.unknown_labels import note_unreadable
from bayes_misalign.tables.labels import show

_SHOWN_PAIRS = 12


class Panel:
    """Statements by pair and expert, growing while they are read."""

    def __init__(self, names: PairNames, probability: float, *, agreement: bool = False) -> None:
        self.names, self._agreement = names, agreement
        self._probability = probability
        self._found: dict[tuple[Pair, str], Mapping[str, float]] = {}
        self._places: dict[tuple[Pair, str], str] = {}
        self._experts: dict[str, None] = {}

    @property
    def experts(self) -> list[str]:
        """Experts in the order in which they appear."""
        return list(self._experts)

    def add(self, expert: Any, one: Any, other: Any, values: Mapping[str, Any], where: str) -> None:
        """Add one statement, or note what is wrong with it."""
        problems = self.names.problems
        pair = self.names.pair(one, other, where)
        figures = statement_figures(values, self._probability, where, problems)
        name = str(expert).strip()
        if not name:
            return
        self._experts.setdefault(name)
        if pair is None:
            return
        if (pair, name) in self._places:
            problems.add(
                f"{show(name)} states the pair {show_pair(pair)} twice, before in "
                f"{self._places[pair, name]}",
                where=where,
                several="{n} statements are of a pair that their expert named before",
                value=f"{show_pair(pair)} by {show(name)}",
                valid="one statement of each pair by each expert, in either order of the goals",
            )
            return
        self._places[pair, name] = where
        figures = turned_around(figures) if figures and self._agreement else figures
        self._found[pair, name] = figures or {}

    def check_names(self, where: str) -> None:
        """Note names of experts that nobody can read, or tell from another."""
        note_unreadable("expert", self.experts, where, self.names.problems)

    def speakers(self) -> dict[Pair, list[str]]:
        """Return who spoke about each pair, pairs in the order of the categories."""
        found: dict[Pair, list[str]] = {}
        for pair, name in self._found:
            found.setdefault(pair, []).append(name)
        return {pair: found[pair] for pair in self.names.sorted(found)}

    def statements(self) -> dict[str, Any]:
        """Return pairs, experts and statements, ordered by pair and then by expert."""
        experts, pairs = self.experts, list(self.speakers())
        order = sorted(self._found, key=lambda key: (pairs.index(key[0]), experts.index(key[1])))
        return {
            "pairs": tuple(pairs),
            "experts": tuple(experts),
            "pair": frozen_array([pairs.index(pair) for pair, _ in order], np.int64),
            "expert": frozen_array([experts.index(name) for _, name in order], np.int64),
            **{
                figure: frozen_array([self._found[key].get(figure, nan) for key in order])
                for figure in FIGURES
            },
        }

    def notes(self, *, alone: bool) -> Iterator[str]:
        """Iterate over what a reader of a report should know about the statements."""
        speakers, experts = self.speakers(), self.experts
        if not speakers:
            return
        yield (
            f"{len(experts)} expert{'s' * (len(experts) > 1)} spoke about {len(speakers)} "
            f"pair{'s' * (len(speakers) > 1)} of goals, in {len(self._found)} "
            f"statement{'s' * (len(self._found) > 1)}."
        )
        if len(experts) == 1 and alone:
            yield "There is one expert: how far experts disagree rests on the prior alone."
        apart = list(filter(None, (self._apart(pair) for pair in speakers)))
        yield from apart[:_SHOWN_PAIRS]
        if (more := len(apart) - _SHOWN_PAIRS) > 0:
            yield f"For {more} more pair{'s' * (more > 1)} some ranges do not overlap either."

    def _apart(self, pair: Pair) -> str:
        """Return a sentence if two experts' ranges for a pair have nothing in common."""
        ranges = [
            (name, self._found[pair, name]["low"], self._found[pair, name]["high"])
            for name in self.experts
            if "low" in self._found.get((pair, name), {})
        ]
        if not ranges:
            return ""
        upper, lower = max(ranges, key=lambda one: one[1]), min(ranges, key=lambda one: one[2])
        if upper[1] <= lower[2]:
            return ""
        says = (f"{show(name)} says {low:g} to {high:g}" for name, low, high in (upper, lower))
        return f"The ranges for {show_pair(pair)} do not overlap: {', '.join(says)}."
