"""Judges say yes or no to "do these two goals conflict?"; the share of yes is the conflict level.

The yes answers about a pair are binomial in its conflict level, whose Beta prior is conjugate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import StudyError
from bayes_misalign.evidence.judged import JudgedConflict
from bayes_misalign.generative.catalogue import with_overrides
from bayes_misalign.generative.conflict.labels import pair_labels
from bayes_misalign.generative.description import Description

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]


@dataclass(frozen=True)
class JudgedPriors:
    """Beta prior of every judged conflict level, as judgements seen beforehand.

    Parameters
    ----------
    yes, no : float
        Parameters of the Beta distribution, positive.
    """

    yes: float
    no: float

    def __post_init__(self) -> None:
        if not (self.yes > 0 and self.no > 0 and np.isfinite(self.yes + self.no)):
            raise StudyError(f"a Beta prior takes positive numbers, not {self.yes} and {self.no}")


def priors(overrides: Mapping[str, Any] | None = None) -> JudgedPriors:
    """Return the default Beta prior, or the study's."""
    return JudgedPriors(**with_overrides("judged", overrides))


def declare(evidence: JudgedConflict, prior: JudgedPriors, name: str = "judged") -> Any:
    """Add the conflict levels and the judgements to the open model; return the levels (pair)."""
    import pymc as pm

    pm.modelcontext(None).add_coord(f"pair_{name}", pair_labels(evidence.pairs))
    level = pm.Beta(f"conflict_{name}", prior.yes, prior.no, dims=f"pair_{name}")
    pm.Binomial(
        f"yes_{name}",
        n=(evidence.yes + evidence.no).astype(int),
        p=level,
        observed=evidence.yes.astype(int),
        dims=f"pair_{name}",
    )
    return level


def build(evidence: JudgedConflict, prior: JudgedPriors) -> pm.Model:
    """Return the model of the judged conflict levels alone, with coord pair_judged."""
    import pymc as pm

    with pm.Model() as model:
        declare(evidence, prior)
    return model


def draw(
    evidence: JudgedConflict, prior: JudgedPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return exact posterior draws of `conflict_level` (draw, pair)."""
    size = (draws, len(evidence.pairs))
    return {"conflict_level": rng.beta(prior.yes + evidence.yes, prior.no + evidence.no, size)}


def draw_prior(
    evidence: JudgedConflict, prior: JudgedPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of `conflict_level` (draw, pair)."""
    return {"conflict_level": rng.beta(prior.yes, prior.no, size=(draws, len(evidence.pairs)))}


def simulate(
    parameters: Mapping[str, Array], design: JudgedConflict, rng: np.random.Generator
) -> JudgedConflict:
    """Return as many judgements of each pair as the design has, drawn from given levels.

    Parameters
    ----------
    parameters : mapping
        `conflict_level` (pair).
    design : JudgedConflict
        Its pairs and number of judgements are kept.
    rng : numpy.random.Generator
        Source of randomness.
    """
    total = (design.yes + design.no).astype(int)
    yes = rng.binomial(total, parameters["conflict_level"]).astype(float)
    return replace(design, yes=yes, no=total - yes, notes=("simulated data",), origin="simulated")


def describe(evidence: JudgedConflict, prior: JudgedPriors) -> Description:
    """Return the model and its prior in words and formulas."""
    total = int((evidence.yes + evidence.no).sum())
    return Description(
        f"The conflict level of a judged pair is the probability that a judge calls it a conflict; "
        f"{total} yes or no judgements were modelled as binomial, each pair on its own.",
        (
            "yes_ij ~ Binomial(judgements_ij, c_ij)",
            f"c_ij ~ Beta({prior.yes:g}, {prior.no:g}) for each judged pair",
        ),
        (f"Judged conflict: Beta({prior.yes:g}, {prior.no:g}) for every pair, independent.",),
    )
