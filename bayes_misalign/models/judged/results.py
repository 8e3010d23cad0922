"""What judgements by named raters say beside the levels: severities, lapses, and raters alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.kinds_section import KindsFound
from bayes_misalign.families.raters.severities import drawn, expected_severities
from bayes_misalign.inference.conflict_draws import facing_populations
from bayes_misalign.inference.draw_blocks import stream
from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.measure import misalignment
from bayes_misalign.measure.known_and_drawn import PartlyKnown, as_arithmetic
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.generative import draw
from bayes_misalign.models.judged.results_kinds import kinds_of
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.study.joint import source_names
from bayes_misalign.study.lifted import of_categories

Array = NDArray[np.float64]
ALIKE = 400  # stream of random numbers


@dataclass(frozen=True)
class JudgementResults:
    """What one source of judgements by named raters says beside the levels of conflict."""

    source: JudgedConflict
    # how much more conflict each rater sees than the average of those who were asked, in units of
    # the level, averaged over the pairs; where there are kinds of raters, than the average of its
    # own kind; None of a single rater, or if all are alike
    severity: Estimates | None
    lapse: Estimates | None  # part of judgements that are coin flips; None if nobody lapses
    judgements: Mapping[str, tuple[float, float]]  # numbers of yes and of no of each rater
    kinds: KindsFound | None = None  # how kinds of raters see pairs; None where all are alike


def judgement_results(result: Posterior) -> tuple[JudgementResults, ...]:
    """Return what each source of judgements says beside the levels; empty if no judge is named."""
    conflict = result.study.conflict
    found = [
        results_of(source, name, result)
        for name, source in zip(source_names(conflict), conflict.sources, strict=True)
        if isinstance(source, JudgedConflict)
    ]
    return tuple(one for one in found if one is not None)


def results_of(source: JudgedConflict, name: str, result: Posterior) -> JudgementResults | None:
    """Return what one source, by its name in the study, says; None where no judge is named."""
    if not source.raters:
        return None
    severity, kinds = None, kinds_of(result, source, name)
    if kinds is not None:
        severity = kinds[1]
    elif len(source.raters) > 1 and result.groups.has(POSTERIOR, f"severity_{name}"):
        severity = expected_severities(result, name, source.raters, np.array([0.0, 1.0]))
    lapse = _lapse(result, source, name)
    found = None if kinds is None else kinds[0]
    return JudgementResults(source, severity, lapse, source.by_rater, found)


def _lapse(result: Posterior, source: JudgedConflict, name: str) -> Estimates | None:
    if not result.groups.has(POSTERIOR, f"lapse_{name}"):
        return None
    flat = drawn(result, f"lapse_{name}")
    return Estimates(
        "lapses of raters",
        {rater: result.estimate(rater, flat[:, r]) for r, rater in enumerate(source.raters)},
        of="rater",
    )


def alike_misalignment(result: Posterior) -> Estimates | None:
    """Return P(ma) by population with every judgement taken for that of another rater.

    Notes
    -----
    Nobody lapses then: the same shares and other levels, and judged levels from their Beta
    posteriors. Where raters are of several kinds, only judgements by the one that defines the level
    count. None where no judge is named.
    """
    conflict, goals = result.study.conflict, result.study.goals
    priors = result.study.conflict_priors
    judged = [
        (n, source, prior)
        for n, (source, prior) in enumerate(zip(conflict.sources, priors, strict=True))
        if isinstance(source, JudgedConflict) and source.raters
    ]
    if not judged:
        return None
    shares = result.shares()
    place = {label: i for i, label in enumerate(conflict.categories)}
    held = result.partly_known()
    levels = np.array(np.broadcast_to(held.drawn, (len(shares), *held.drawn.shape[1:])))
    column = np.full(held.known.shape, -1)
    column[held.first, held.second] = np.arange(len(held.first))
    for n, source, prior in judged:
        rng = stream(result.study.fitting.seed, ALIKE, n)
        yes, no = source.by_kind[:, 0]
        nameless = JudgedConflict(source.pairs, yes, no, source.origin)
        level = draw(nameless, prior, len(shares), rng)
        assert level is not None  # conjugate, since nobody is named
        at = [column[place[a], place[b]] for a, b in source.pairs]
        each = level["conflict_level"]
        levels[..., at] = each if levels.ndim == 2 else each[:, None]
    other = of_categories(goals, PartlyKnown(held.known, levels))
    draws = np.asarray(misalignment(shares, facing_populations(other)))
    within = result.limits_under(as_arithmetic(other))
    return result.by_name("P(ma) with raters alike", draws, limits=within)
