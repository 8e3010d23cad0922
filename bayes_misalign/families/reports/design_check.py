"""P(ma) by the design of the gold sample, beside the model's: whether the model's errors hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports
from bayes_misalign.families.reports.proxies import Proxy, two_samples
from bayes_misalign.inference.diagnose import Reason
from bayes_misalign.measure import (
    DesignBased,
    GoldSample,
    attainable_maximum,
    design_based,
    design_based_between,
    distinct_agents,
    misalignment,
)
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.measure.shapes import bilinear
from bayes_misalign.page.design_estimate import DesignEstimate
from bayes_misalign.page.safe_text import named

Array = NDArray[np.float64]
ALPHA = 0.01  # for all populations together
LEAST = 0.25  # of the design-based variance that the variance of a difference is at least
FEW_WRONG = 10  # known goals that labels get wrong, below which an interval is rough
MOST_NAMED = 3
POWER = 0.8  # with which the check finds a difference that is called detectable


@dataclass(frozen=True)
class Beside:
    """P(ma) of one population by the model and by the design, and how they differ.

    Parameters
    ----------
    design : DesignEstimate
        By the design.
    mean, sd : float
        Posterior mean and standard deviation by the model, conflict at its mean.
    standard_error : float
        Of the difference, if the model holds.
    gold, wrong : float
        Agents of known goal, and of how many the labels' majority is another.
    worth : float
        What the labels count for: 1 in full, 0 not at all.
    """

    design: DesignEstimate
    mean: float
    sd: float
    standard_error: float
    gold: float
    wrong: float
    worth: float

    @property
    def difference(self) -> float:
        """The model's minus the design-based one."""
        return self.mean - self.design.estimate

    @property
    def z(self) -> float:
        """The difference in its standard errors."""
        return self.difference / self.standard_error if self.standard_error else 0.0

    @property
    def p_value(self) -> float:
        """How likely so large a difference is if the model holds, by Student's t."""
        from scipy.special import stdtr

        return float(2 * stdtr(self.design.degrees, -abs(self.z)))

    def detectable(self, level: float) -> float:
        """Return the difference that a test of this level finds with the probability `POWER`."""
        from scipy.special import stdtrit

        quantiles = stdtrit(self.design.degrees, np.array([1 - level / 2, POWER]))
        return float(quantiles.sum() * self.standard_error)


@dataclass(frozen=True)
class DesignCheck:
    """Estimates by population, and what they say of the model."""

    populations: Mapping[str, Beside]

    @property
    def level(self) -> float:
        """The level of the test of each population."""
        return ALPHA / max(len(self.populations), 1)

    def odd(self) -> list[str]:
        """Return populations where the two differ by more than chance allows, worst first."""
        found = [s for s, one in self.populations.items() if one.p_value < self.level]
        return sorted(found, key=lambda s: self.populations[s].p_value)


@dataclass(frozen=True, eq=False)
class ByDesign:
    """Design-based estimates of a study, ready to be asked for.

    Parameters
    ----------
    evidence : DistinctReports
        Reports, and known goals with what the study says of how they were drawn.
    conflict : PartlyKnown
        Draws of conflict (draw, [population,] goal, goal), one where all levels are known.
    mass : float
        Of intervals.
    different : bool
        Whether P(ma) is that of two different agents.
    proxy : {"face value", "likely goals"}
        What stands for the goal of an agent.
    """

    evidence: DistinctReports
    conflict: PartlyKnown
    mass: float = 0.95
    different: bool = False
    proxy: Proxy = "face value"

    def sample(self) -> GoldSample:
        """Return sums over the agents, and those of known goal."""
        return two_samples(self.evidence, self.proxy)

    @property
    def mean_conflict(self) -> Array:
        """Mean of the levels of conflict, ([population,] goal, goal)."""
        return np.asarray(self.conflict.mean(axis=0))

    @property
    def sizes(self) -> Array:
        """(S,) agents of each whole population, infinite where unknown, or under weights."""
        sizes = self.evidence.population_size
        if sizes is None or self.evidence.weighted:
            return np.full(len(self.evidence.populations), np.inf)
        return np.asarray(sizes, float)

    @property
    def deff(self) -> Array:
        """(S,) by what clusters, or a stated design effect, widen the sample of agents."""
        found, evidence = self.evidence.by_clusters.copy(), self.evidence
        if evidence.stated_deff is None:
            return found
        total = np.maximum(evidence.weight_total, np.finfo(float).tiny) ** 2
        own = evidence.n * evidence.weight_sq_total / total  # what weights alone make of it
        stated = np.divide(evidence.stated_deff, own, out=np.ones_like(own), where=own > 0)
        return np.where(evidence.stated, stated, found)

    def found(self) -> tuple[GoldSample, DesignBased]:
        """Return the sums, and the estimates within each population."""
        sample = self.sample()
        return sample, design_based(sample, self.mean_conflict, sizes=self.sizes, deff=self.deff)

    def within(self) -> tuple[GoldSample, DesignBased, dict[str, DesignEstimate]]:
        """Return the estimates of each population with at least two known goals."""
        sample, found = self.found()
        added = self._of_conflict(found.shares, found.shares)
        estimates = {}
        for i, s in enumerate(self.evidence.populations):
            if np.isnan(found.value[i]):
                continue
            scale = self._scale(i)
            estimates[s] = DesignEstimate(
                f"P(ma) of {s}",
                float(found.value[i]) * scale,
                float(np.sqrt(found.variance[i] + added[i])) * scale,
                float(found.degrees[i]),
                min(1.0, self._largest(i) * scale),
                self.mass,
            )
        return sample, found, estimates

    def between(self) -> dict[tuple[str, str], DesignEstimate]:
        """Return the estimates between each two populations."""
        sample, within = self.found()
        if self.conflict.ndim == 4:
            return {}
        found = design_based_between(
            sample, self.mean_conflict, within, sizes=self.sizes, deff=self.deff
        )
        names, result = self.evidence.populations, {}
        top = float(self.mean_conflict.max())
        for i, one in enumerate(names):
            for j in range(i + 1, len(names)):
                if np.isnan(found.value[i, j]):
                    continue
                added = self._of_conflict(within.shares[i : i + 1], within.shares[j : j + 1])[0]
                result[one, names[j]] = DesignEstimate(
                    f"P(ma) between {one} and {names[j]}",
                    float(found.value[i, j]),
                    float(np.sqrt(found.variance[i, j] + added)),
                    float(found.degrees[i, j]),
                    top,
                    self.mass,
                )
        return result

    def _scale(self, place: int) -> float:
        """Return by what P(ma) with replacement is multiplied."""
        sizes = self.evidence.population_size
        if sizes is None or not self.different:
            return 1.0
        return float(distinct_agents(1.0, sizes[place]))

    def _largest(self, place: int) -> float:
        c = self.mean_conflict
        one = c[place] if c.ndim == 3 else c
        found = attainable_maximum(one)
        return float(found.value if found.exact else one.max())

    def _of_conflict(self, p: Array, q: Array) -> Array:
        """Return the variance that uncertain levels of conflict add, (S,)."""
        if len(self.conflict) == 1:
            return np.zeros(len(p))
        levels = self.conflict if self.conflict.ndim == 4 else self.conflict[:, None]
        return np.asarray(bilinear(_proper(p), levels, _proper(q)).var(axis=0, ddof=1))

    def check(self, shares: Array) -> DesignCheck | None:
        """Return the estimates beside the model's, from draws of its shares (draw, S, K).

        Notes
        -----
        If the model holds, its posterior mean is the better estimate of the two, and their
        difference varies by as much as one varies more than the other (Hausman, Econometrica 46,
        1978). At least a quarter of the design-based variance is taken, which is worked out at the
        shares that the model says: so it does not depend on where the estimate happens to lie.
        """
        c = self.mean_conflict
        sample, found, estimates = self.within()
        supposed = design_based(
            sample, c, sizes=self.sizes, deff=self.deff, supposed=shares.mean(axis=0)
        ).variance
        model = misalignment(shares, c)  # at mean levels: those of the draws are in both alike
        wrong = _wrong(self.evidence)
        beside = {}
        for i, s in enumerate(self.evidence.populations):
            if s not in estimates:
                continue
            scale = self._scale(i)
            variance, own = float(supposed[i]), float(model[:, i].var(ddof=1))
            error = np.sqrt(max(variance - own, LEAST * variance)) * scale
            beside[s] = Beside(
                estimates[s],
                float(model[:, i].mean()) * scale,
                float(np.sqrt(own)) * scale,
                float(error),
                float(wrong[1][i]),
                float(wrong[0][i]),
                float(found.worth[i]),
            )
        return DesignCheck(beside) if beside else None


def check_reasons(found: DesignCheck | None) -> list[Reason]:
    """Return what is said of a fit whose P(ma) the design-based estimate speaks against."""
    if found is None:
        return []
    reasons = []
    for s in found.odd()[:MOST_NAMED]:
        one = found.populations[s]
        where = f" of {named(s)}" if len(found.populations) > 1 else ""
        low, high = one.design.interval
        reasons.append(
            Reason(
                f"P(ma){where} is {one.mean:.2f} by the model, and {one.design.estimate:.2f} by "
                f"the random sample of known goals alone ({100 * one.design.mass:g} % confidence "
                f"interval {low:.2f} to {high:.2f}): they differ by {abs(one.z):.1f} standard "
                "errors, so errors depend on what the model leaves out",
                "rely on the design-based estimate; or fit populations apart whose agents are "
                "mistaken in other ways",
            )
        )
    return reasons


def _proper(p: Array) -> Array:
    held = np.clip(p, 0.0, None)
    return np.asarray(held / np.maximum(held.sum(axis=1, keepdims=True), np.finfo(float).tiny))


def _wrong(evidence: DistinctReports) -> tuple[Array, Array]:
    """Return agents of known goal whose labels name another, and all of them, (S,) each."""
    known = (evidence.gold != UNKNOWN) & evidence.per_source.any(axis=1)
    right = evidence.face_value[np.arange(len(known)), np.maximum(evidence.gold, 0)]
    number = np.where(known, evidence.agents, 0.0)
    return evidence.by_population(number * (1 - right)), evidence.by_population(number)
