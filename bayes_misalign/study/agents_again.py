"""What a study says of agents who are in several populations, and of rows that belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.page.safe_text import named
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.settings import EVERYONE

if TYPE_CHECKING:
    from bayes_misalign.study.study import Study

MOST_NAMED = 6  # pairs of populations
Pairs = list[tuple[tuple[str, str], float]]


def in_common(goals: GoalEvidence) -> Pairs:
    """Return how many agents each two populations have in common, where they have some."""
    if goals.pairing is None:
        return []
    number, names = goals.pairing.in_common(), goals.populations
    first, second = np.nonzero(np.triu(number, 1))
    return [((names[i], names[j]), float(number[i, j])) for i, j in zip(first, second, strict=True)]


def uses_pairs(study: Study) -> bool:
    """Tell whether populations with agents in common are drawn jointly."""
    shares = goals_model(study.goals.model).shares_prior(study.goal_prior)
    sampled = study.fitting.method == "nuts" or study.conflict.joint
    return not sampled and shares is not None and shares_of(shares).draws_pairs


def pairs_sentence(study: Study) -> str:
    """Return how many agents are in several populations, and what follows; empty if none are."""
    pairs = in_common(study.goals)
    if not pairs or study.goals.pairing is None:
        return ""
    number = study.goals.pairing.counts.sum()
    each = [f"{n:,.0f} in {named(a)} and {named(b)}" for (a, b), n in pairs[:MOST_NAMED]]
    more = f" and {len(pairs) - MOST_NAMED:,} more pairs" if len(pairs) > MOST_NAMED else ""
    are = f"{number:,.0f} agent{'s are' if number != 1 else ' is'} in several populations"
    if not uses_pairs(study):
        return f"{are} ({', '.join(each)}{more}); contrasts do not use these pairs."
    text = f"{are}; contrasts use these pairs: {', '.join(each)}{more}."
    if study.goals.population_size is not None:
        text += (
            " Agents whom nobody observed are drawn apart in each population, which leaves these "
            "contrasts wider than they would be if they were known to be the same."
        )
    return text


def clusters_sentence(goals: GoalEvidence) -> str:
    """Return how many clusters the answers come from; empty where nobody says."""
    if goals.clusters is None:
        return ""
    each = [
        ("" if name == EVERYONE else f"{named(name)}: ")
        + f"{clusters:,.0f} cluster{'s' * bool(clusters != 1)}, "
        + f"{rows:,.0f} row{'s' * bool(rows != 1)}"
        for name, clusters, rows in zip(goals.populations, goals.clusters, goals.n, strict=True)
    ]
    more = f"; and {len(each) - MOST_NAMED:,} more populations" if len(each) > MOST_NAMED else ""
    return "; ".join(each[:MOST_NAMED]) + more


def design_cautions(study: Study) -> list[tuple[str, str]]:
    """Return what makes intervals too wide or too narrow, each with what helps."""
    goals, found = study.goals, []
    if in_common(goals) and not uses_pairs(study):
        found.append(
            (
                "some agents are in several populations, but the populations were drawn as if they "
                "had none in common, so that intervals of contrasts between them are too wide",
                "use method = 'auto', with independent shares",
            )
        )
    if goals.clusters is not None and (goals.n > goals.clusters).any():
        found.append(
            (
                f"rows outnumber clusters ({clusters_sentence(goals)}); every row counts as an "
                "independent answer, so that intervals are too narrow where rows of one cluster "
                "are alike",
                "state the design effect, as in deff = 2.5, or give one row for each cluster",
            )
        )
    return found
