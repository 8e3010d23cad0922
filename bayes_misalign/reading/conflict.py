"""All that is known about which goals conflict: every pair of categories has one source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any, ClassVar

from bayes_misalign.errors import Problems, did_you_mean, listed
from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.evidence import Evidence, Pair


@dataclass(frozen=True, eq=False)
class ConflictEvidence(Evidence):
    """Evidence about the conflict of every unordered pair of categories.

    Parameters
    ----------
    categories : tuple of str, length K
        The goals, then "no goal" if it is an answer.
    sources : tuple of ConflictSource
        Together they name each of the K(K-1)/2 pairs exactly once.
    """

    model: ClassVar[str] = "conflict"

    categories: tuple[str, ...]
    sources: tuple[ConflictSource, ...]

    def __post_init__(self) -> None:
        """Settle the fields, and see that each pair has one source."""
        super().__post_init__()
        named = [pair for source in self.sources for pair in source.pairs]
        if sorted(named) != sorted(self.pairs):
            raise ValueError("each pair of categories needs exactly one source")

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs of different categories, in the order of the categories."""
        return tuple(combinations(self.categories, 2))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of a report should know, from all sources."""
        return tuple(note for source in self.sources for note in source.notes)

    @property
    def by_population(self) -> tuple[str, ...]:
        """The populations in each of which a source measured conflict; empty if none did."""
        named = {s.measured_in for s in self.sources if s.pairs} - {()}
        if len(named) > 1:
            raise ValueError("all sources by population must name the same ones in one order")
        return next(iter(named), ())

    @property
    def joint(self) -> bool:
        """Whether evidence about conflict depends on goals that are themselves uncertain.

        Shares and conflict then have one posterior, not two independent ones.
        """
        return any(source.uncertain for source in self.sources)

    def of_populations(self, populations: tuple[str, ...], problems: Problems) -> ConflictEvidence:
        """Return the same evidence, by populations in the order of the evidence about goals."""
        sources: list[Any] = []
        for source in self.sources:
            named = source.measured_in
            where = f"[conflict] {source.model}, {source.origin}"
            sources.append(source)
            if not named or named == populations:
                continue
            borrows = source.ordered(named) is not None
            if borrows and set(named) <= set(populations):
                sources[-1] = source.ordered(populations)
            elif set(named) != set(populations):
                _note_missing(named, populations, where, problems, borrows=borrows)
            else:
                problems.add(
                    "conflict and goals list the populations in different orders",
                    where=where,
                    valid=listed(populations),
                    fix="list them in this order",
                )
        same = all(new is old for new, old in zip(sources, self.sources, strict=True))
        return self if same else replace(self, sources=tuple(sources))

    def source_of(self, one: str, other: str) -> ConflictSource:
        """Return the source that speaks about a pair of different categories."""
        found = self._sources
        return found[(one, other) if (one, other) in found else (other, one)]

    @cached_property
    def _sources(self) -> dict[Pair, ConflictSource]:
        return {pair: source for source in self.sources for pair in source.pairs}


def _note_missing(
    named: tuple[str, ...],
    goals: tuple[str, ...],
    where: str,
    problems: Problems,
    *,
    borrows: bool = False,
) -> None:
    for name in named:
        if name not in goals:
            problems.add(
                f"conflict was measured in {name!r}, about whose goals there is no evidence",
                where=where,
                valid=listed(goals),
                fix=did_you_mean(name, goals) or "leave it out, or add evidence about its goals",
            )
    for name in () if borrows else goals:
        if name not in named:
            problems.add(
                f"there is evidence about goals in {name!r}, where conflict was not measured",
                where=where,
                valid=f"the same populations; conflict was measured in {listed(named)}",
                fix=did_you_mean(name, named)
                or "measure it there too, or leave the population out",
            )
