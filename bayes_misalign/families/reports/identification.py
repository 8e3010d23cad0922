"""What tells goals from errors, where goals are seen through noisy reports only.

The counting rule is generic identifiability of latent classes: the reports of an agent are split
into three groups, each as good as one report with the product of their numbers of labels; the model
is identified, but for measure-zero exceptions, when the three ranks sum to 2 K + 2 or more
(Kruskal, Linear Algebra and its Applications 18, 1977; Allman, Matias and Rhodes, Annals of
Statistics 37, 2009, corollary 5). Populations whose shares differ while errors do not are one more
report (Hui and Walter, Biometrics 36, 1980).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from itertools import product
from math import comb
from typing import Any, Literal

from bayes_misalign.errors import listed
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports

Basis = Literal[
    "known error rates", "gold labels", "repeated reports", "stated payoffs", "the prior only"
]
PRIOR_ONLY: Basis = "the prior only"
MOST_VIEWS = 9  # more reports than these make no difference to any number of goals in use


@dataclass(frozen=True)
class Identification:
    """What the posterior of P(ma) rests on beside its prior.

    Parameters
    ----------
    basis : str
        "known error rates", "gold labels", "repeated reports", "stated payoffs" or "the prior
        only".
    why : str
        The rule that says so, in a sentence.
    misalignment : mapping of str to float
        Posterior over prior sd of P(ma), by population.
    accuracy : mapping of str to float
        Posterior over prior sd of the accuracy of each rater that was estimated.
    independence : bool
        Whether some agent has several reports, which are taken as independent given the goal.
    """

    basis: Basis
    why: str
    misalignment: dict[str, float] = field(default_factory=dict)
    accuracy: dict[str, float] = field(default_factory=dict)
    independence: bool = False

    @property
    def identified(self) -> bool:
        """Whether data can tell goals from errors."""
        return self.basis != PRIOR_ONLY

    def to_plain(self) -> dict[str, Any]:
        """Return the verdict as JSON can hold it."""
        return asdict(self)


def count_rule(evidence: DistinctReports, overdispersed: bool = False) -> tuple[Basis, str]:
    """Return what identifies the model by counting reports, and why.

    Where agents of one goal differ, all choices of an agent in one situation are one report, of as
    many values as there are counts.
    """
    goals = len(evidence.categories)
    if sure := evidence.known_sources:
        return "known error rates", f"the error rates of {listed(sure)} are known"
    if not (missing := _goals_without_gold(evidence)):
        known = evidence.gold_counts.sum()
        return "gold labels", f"the goals of {known:g} agents are known, some of each goal"
    if (own := evidence.identified_by(overdispersed)) is not None:
        return own[0] or PRIOR_ONLY, own[1]
    most, where = _most_reports(evidence, overdispersed)
    several = len(evidence.populations) > 1
    views = [*where, len(evidence.populations)] if several else where
    what = "situation" if overdispersed else evidence.report_noun
    if kruskal(views, goals):
        words = f"agents have up to {most} independent {what}s each"
        if not kruskal(where, goals):
            words += ", in populations that may differ in their shares"
        return "repeated reports", words + f", enough for {goals} goals"
    have = f"{most} {what}{'s' * (most != 1)}"
    words = f"no agent has more than {have}, too few to tell {goals} goals from errors"
    if evidence.gold_counts.any():
        words += f", and no agent is known to hold {listed(missing)}"
    return PRIOR_ONLY, words


def rests_on_independence(evidence: DistinctReports, overdispersed: bool = False) -> bool:
    """Return whether several reports of an agent are taken as independent given the goal.

    Where all reports are known to be right, or goals are known, nothing is left to assume.
    """
    if evidence.errorless:
        return False
    open_goal = (evidence.gold == UNKNOWN) & (evidence.agents > 0)
    spoke = evidence.per_source > 0
    several = spoke.sum(axis=1) if overdispersed else evidence.per_source.sum(axis=1)
    return bool((several[open_goal] > 1).any())


def kruskal(labels: list[int], goals: int) -> bool:
    """Tell whether independent reports with these numbers of labels identify K goals."""
    used = sorted((n for n in labels if n > 1), reverse=True)[:MOST_VIEWS]
    if len(used) < 3:
        return False
    best = 0
    for groups in product(range(3), repeat=len(used)):
        ranks = [1, 1, 1]
        for group, n in zip(groups, used, strict=True):
            ranks[group] = min(goals, ranks[group] * n)
        best = max(best, sum(ranks) if min(ranks) > 1 else 0)
    return best >= 2 * goals + 2


def _goals_without_gold(evidence: DistinctReports) -> list[str]:
    reported = evidence.reports.sum(axis=1) > 0
    known = (evidence.gold != UNKNOWN) & reported & (evidence.agents > 0)
    held = set(evidence.gold[known].tolist())
    return [goal for k, goal in enumerate(evidence.categories) if k not in held]


def _most_reports(evidence: DistinctReports, overdispersed: bool) -> tuple[int, list[int]]:
    """Return the largest number of reports of one agent, and their numbers of labels."""
    if not evidence.agents.size:
        return 0, []
    row = int(evidence.per_source.sum(axis=1).argmax())
    labels: list[int] = []
    for span, times in zip(evidence.spans, evidence.per_source[row], strict=True):
        number, n = span.stop - span.start, int(times)
        # counts of n choices between so many actions; or n reports on their own
        counts = [comb(n + number - 1, n)] if n else []
        labels += counts if overdispersed else [number] * n
    return len(labels), labels
