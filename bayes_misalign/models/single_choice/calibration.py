"""What a calibration of answers looks at."""

from __future__ import annotations

from bayes_misalign.families.answers.counts_pymc import with_data as with_data
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.settings import NO_GOAL


def designs() -> dict[str, ChoiceCounts]:
    """Return answers of a small and of a large population."""
    counts = [[15, 0, 0, 0], [60, 0, 0, 0]]
    categories, populations = ("a", "b", "c", NO_GOAL), ("small", "large")
    return {"answers": ChoiceCounts.from_counts(categories, populations, counts)}
