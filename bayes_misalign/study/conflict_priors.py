"""The priors of the sources of conflict, as a study states them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayes_misalign.contract.registry import conflict_model
from bayes_misalign.errors import Problems, listed
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.study.checks import attempt


def read_conflict_priors(
    conflict: ConflictEvidence | None, stated: Mapping[str, Any], problems: Problems
) -> tuple[Any, ...]:
    """Return the prior of each source; note one that is missing, wrong, or of no source."""
    if conflict is None:
        return ()
    used = {source.model for source in conflict.sources}
    for source in conflict.sources:
        lacking = conflict_model(source.model).needs_prior(source)
        if lacking is not None and source.model not in stated:
            problems.extend([lacking])
    for model in stated:
        if model not in used:
            problems.add(
                f"a prior is stated for {model!r}, which no source of conflict uses",
                where="[conflict] prior",
                valid=listed(sorted(used)),
            )
    return tuple(
        attempt(
            problems,
            "[conflict] prior",
            conflict_model(source.model).priors,
            stated.get(source.model),
        )
        for source in conflict.sources
    )
