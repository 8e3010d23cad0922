"""Few answers where conflict is graded: a prior that treats all goals alike decides much."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.classes import GoalClasses, classes_of
from bayes_misalign.contract.registry import goals_model
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.page.safe_text import named
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.study.goal_classes import known_levels
from bayes_misalign.study.lifted import known_of_categories
from bayes_misalign.study.study import Study

ANSWERS_A_GOAL = 5  # fewer are cautioned
SHOWN = 5  # populations named in one reason


def few_answers(study: Study) -> tuple[str, str] | None:
    """Return what is to be said of few answers under graded conflict, and what to do; or None.

    Notes
    -----
    Where every two goals conflict to one level, P(ma) is that level times what it would be if they
    excluded each other, and the prior was made for that. Where levels differ, on a line or in
    blocks, what it says of unseen goals moves P(ma) in ways that no prior of exchangeable shares
    gets right with few answers, nor soon with more (`benchmarks/interval_coverage.py`).
    """
    model = goals_model(study.goals.model)
    if not model.minds_few_answers(study.goals, study.goal_prior):
        return None
    shares = model.shares_prior(study.goal_prior)
    if shares is None or not shares_of(shares).exchangeable(shares):
        return None
    known = known_levels(study.conflict, study.conflict_priors)
    classes = distinguished(study.goals.categories, known_of_categories(study.goals, known))
    if classes is None:
        return None
    k = len(classes)
    worth = np.minimum(study.goals.n, study.goals.n_effective)
    few = [
        f"{named(name)} ({n:.3g})"
        for name, n in zip(study.goals.populations, worth, strict=True)
        if 0 < n < ANSWERS_A_GOAL * k
    ]
    if not few:
        return None
    more = f" and {len(few) - SHOWN} more" if len(few) > SHOWN else ""
    return (
        f"conflict is graded, and there are fewer than {ANSWERS_A_GOAL} answers a goal, of {k} "
        f"goals, in {', '.join(few[:SHOWN])}{more}: the prior treats all goals alike, and "
        "intervals of P(ma) may contain the true value much less often than they claim",
        f"ask at least {ANSWERS_A_GOAL * k} agents, or state a Dirichlet prior that you can defend",
    )


def distinguished(
    categories: Sequence[str], known: NDArray[np.float64]
) -> tuple[tuple[str, ...], ...] | None:
    """Return classes of goals if known levels between them differ, None where they do not."""
    labels = tuple(categories)
    found = classes_of(labels, known)
    goals = tuple((label,) for label in labels if label != NO_GOAL)
    groups = (GoalClasses(goals) if found is None else found).same
    first = [labels.index(group[0]) for group in groups]
    between = known[np.ix_(first, first)][np.triu_indices(len(first), 1)]
    levels = between[~np.isnan(between)]
    return groups if levels.size and np.ptp(levels) > 0 else None
