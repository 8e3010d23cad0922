"""What a study says of agents who are in several populations, and of rows that belong together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.contract.shares import independent, shares_of
from bayes_misalign.page.safe_text import named
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.reading.sample_design import SampleDesign
from bayes_misalign.settings import EVERYONE

if TYPE_CHECKING:
    from bayes_misalign.study.study import Study

MOST_NAMED = 6  # pairs of populations
FEW_DF = 5  # degrees of freedom of a variance, below which a report says how few they are
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
    return not _is_sampled(study) and shares is not None and shares_of(shares).draws_pairs


def uses_clusters(study: Study) -> bool:
    """Tell whether populations are drawn with the correlations that the design tells."""
    goals = study.goals
    apart = independent(goals_model(goals.model), study.goal_prior)
    return apart and goals.coupling is not None and not _is_sampled(study)


def _is_sampled(study: Study) -> bool:
    return study.fitting.method == "nuts" or study.conflict.joint


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
    if uses_clusters(study):
        return (
            f"{are} ({', '.join(each)}{more}); contrasts use the covariances by the design, which "
            "know of them."
        )
    text = f"{are}; contrasts use these pairs: {', '.join(each)}{more}."
    if study.goals.population_size is not None:
        text += (
            " Agents whom nobody observed are drawn apart in each population, which leaves these "
            "contrasts wider than they would be if they were known to be the same."
        )
    return text


def design_sentence(goals: GoalEvidence) -> str:
    """Return by what design the answers are worth what they are; empty where nobody says."""
    if (design := goals.design) is None:
        return ""
    each = []
    for s, name in enumerate(goals.populations):
        parts = [_number(goals.n[s], "row")]
        if design.units == "clusters":
            parts = [_number(design.clusters[s], "cluster"), *parts]
        if design.strata[s] > 1:
            parts = [f"{parts[0]} in {_number(design.strata[s], 'stratum')}", *parts[1:]]
        worth = f"{design.df[s]:,.0f} degrees of freedom"
        if goals.stated[s]:
            worth = "design effect as stated"
        whom = "" if name == EVERYONE else f"{named(name)}: "
        each.append(whom + ", ".join([*parts, worth]))
    more = f"; and {len(each) - MOST_NAMED:,} more populations" if len(each) > MOST_NAMED else ""
    same = "; populations have clusters in common" if design.shared and len(each) > 1 else ""
    return f"{design.method}. {'; '.join(each[:MOST_NAMED])}{more}{same}"


def _number(n: float, what: str) -> str:
    several = "strata" if what == "stratum" else f"{what}s"
    return f"{n:,.0f} {what if n == 1 else several}"


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
    if (design := goals.design) is not None:
        found += list(_of_design(goals, design, coupled=uses_clusters(study)))
    return found


def _of_design(
    goals: GoalEvidence, design: SampleDesign, *, coupled: bool
) -> Iterator[tuple[str, str]]:
    """Yield what a design does not tell, or hardly, each with what helps."""
    names = np.array(goals.populations, dtype=object)
    silent = goals.designed & ~design.told
    if silent.any():
        of = _of(names[silent].tolist())
        yield (
            f"the design tells no variance{of}: each of its clusters counts as one answer",
            "sample more clusters there, or state the design effect, as in deff = 2.5",
        )
    few = goals.designed & design.told & (design.df < FEW_DF)
    if few.any():
        number, of = _number(design.df[few].min(), "degree"), _of(names[few].tolist())
        yield (
            f"the variance by the design{of} has {number} of freedom; the posterior is widened as "
            f"Student's t, and still depends on few {design.units}",
            "sample more clusters, or merge strata",
        )
    if design.shared and len(names) > 1 and not coupled:
        yield (
            "some clusters have answers of several populations, but the populations were drawn as "
            "independent, so that intervals of contrasts and of the union do not take account of "
            "what clusters have in common",
            "use method = 'auto', with single-choice evidence of no more than a few dozen "
            "populations; P(ma) of each population alone is not concerned",
        )


def _of(names: Sequence[str]) -> str:
    several = [named(name) for name in names if name != EVERYONE]
    more = f" and {len(several) - MOST_NAMED:,} more" if len(several) > MOST_NAMED else ""
    return f" of {', '.join(several[:MOST_NAMED])}{more}" if several else ""
