"""Small studies that several tests share."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.families.statements.known_levels import FixedConflict
from bayes_misalign.models.elicited.evidence import ElicitedConflict
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.options import Populations, Reporting
from bayes_misalign.study.study import Study

AREA = ProblemArea("candidate", goals=["Biden", "Trump"], no_goal=["Unsure"])
PAIRS = (("Biden", "Trump"), ("Biden", "no goal"), ("Trump", "no goal"))
POPULATIONS = ("rarely/never", "sporadic", "always")
# FiveThirtyEight and Ipsos, "Why Many Americans Don't Vote", 2020: Biden, Trump, Unsure
COUNTS = [[549, 398, 451], [1297, 860, 389], [931, 649, 203]]
WEIGHTS = [
    [580.0114, 459.2663, 527.7699],
    [1174.3766, 886.4716, 395.523],
    [820.5206, 636.0725, 195.9082],
]
SQUARES = [
    [694.5615, 581.93, 691.7605],
    [1200.0829, 990.8763, 448.4073],
    [826.9206, 660.8058, 211.2805],
]


def counts(weighted: bool = True, sizes: ArrayLike | None = None) -> ChoiceCounts:
    return ChoiceCounts.from_counts(
        AREA.categories,
        POPULATIONS,
        COUNTS,
        weight_sum=WEIGHTS if weighted else None,
        weight_sq_sum=SQUARES if weighted else None,
        population_size=sizes,
    )


def fixed(level: float = 1.0) -> FixedConflict:
    return FixedConflict(PAIRS, [level, 0.0, 0.0], origin="stated in the study")


def elicited(low: float = 0.7, high: float = 1.0) -> ElicitedConflict:
    n = [np.nan]
    return ElicitedConflict(PAIRS[:1], [low], [high], n, n, n, origin="stated in the study")


def judged(yes: int = 14, no: int = 6) -> JudgedConflict:
    return JudgedConflict(PAIRS[:1], [yes], [no], origin="stated in the study")


def conflict(*sources: ConflictSource) -> ConflictEvidence:
    named = {pair for source in sources for pair in source.pairs}
    rest = tuple(pair for pair in PAIRS if pair not in named)
    if rest:
        none = FixedConflict(rest, np.zeros(len(rest)), origin="holding no goal")
        sources = (*sources, none)
    return ConflictEvidence(AREA.categories, sources)


def study(
    *sources: ConflictSource,
    goals: ChoiceCounts | None = None,
    prior: object = None,
    shares: object = "weights",
    threshold: float | None = None,
) -> Study:
    evidence = counts() if goals is None else goals
    if shares == "weights" and not evidence.weighted:
        shares = None
    made = Study.of(
        AREA,
        evidence,
        conflict(*(sources or (fixed(),))),
        prior=prior,
        populations=Populations(shares=shares),  # type: ignore[arg-type]
    )
    return replace(made, reporting=Reporting(threshold=threshold))
