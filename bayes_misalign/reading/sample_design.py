"""How agents came into a sample, as far as the variance of their weighted goal shares needs it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.measure import (
    EffectiveCounts,
    effective_covariance,
    student_widening,
    variance_ratio,
)
from bayes_misalign.reading.evidence import Evidence, FloatArray


class Coupling(NamedTuple):
    """Correlations (S, S) of P(ma) of populations, and the conflict levels of that P(ma)."""

    correlation: FloatArray
    conflict: FloatArray


@dataclass(frozen=True, eq=False)
class SampleDesign(Evidence):
    """The variance matrix of the weighted shares of each population, by the sample's design.

    Parameters
    ----------
    method : str
        How the variance was worked out, in words.
    covariance : (S, K, K) ndarray of float
        Variance matrix; not a number where nobody answered.
    df : (S,) ndarray of float
        Degrees of freedom: clusters with answers of the population less strata with some.
    clusters, strata : (S,) ndarray of float
        Number of clusters and strata with answers of the population; 0 where replicates do not say.
    units : str
        What the sampled units are called: "clusters", "agents" or "replicates".
    shared : bool
        Whether some clusters have answers of several populations.
    union_variance, union_df : float, or None
        Sum of the variances of the shares of populations in their union, by sums of weights, and
        its degrees of freedom; None where nobody worked them out.
    union_covariance : (S, S) ndarray of float, or None
        Variance matrix of these shares; kept while a study is read.
    plain : (S, K, K) ndarray of float, or None
        What the variance matrix would be without clusters, where it is not that of answers but of
        goals that are seen through reports.
    together : (S K, S K) ndarray of float, or None
        Covariances of the shares of all populations, where they have clusters in common and are
        not too many.
    asked : (S, L + 2, L + 2) ndarray of float, or None
        Variance matrix of the shares of those who answered, of each declared non-answer, and of
        those who were not asked; None where nobody, or not everybody, of the latter has a place in
        the design.
    asked_df : (S,) ndarray of float, or None
        Its degrees of freedom.
    toward : (K, K) ndarray of float, or None
        Conflict levels of the P(ma) whose variance the posterior has; a study settles them.
    """

    model: ClassVar[str] = "sample-design"

    method: str
    covariance: FloatArray
    df: FloatArray
    clusters: FloatArray
    strata: FloatArray
    units: str = "clusters"
    shared: bool = False
    union_variance: float | None = None
    union_df: float | None = None
    union_covariance: FloatArray | None = None
    plain: FloatArray | None = None
    together: FloatArray | None = None
    asked: FloatArray | None = None
    asked_df: FloatArray | None = None
    toward: FloatArray | None = None

    def of_populations(self, places: NDArray[np.intp]) -> Self:
        """Return the design of some of the populations."""
        names = ("covariance", "df", "clusters", "strata")
        own = {name: getattr(self, name)[places] for name in names}
        for name in ("plain", "asked", "asked_df"):
            every = getattr(self, name)
            own[name] = None if every is None else every[places]
        if self.together is not None:
            k = self.covariance.shape[-1]
            kept = (places[:, None] * k + np.arange(k)).ravel()
            own["together"] = self.together[np.ix_(kept, kept)]
        return replace(self, union_variance=None, union_df=None, union_covariance=None, **own)

    def correlation(self, shares: FloatArray, conflict: FloatArray) -> FloatArray | None:
        """Return the correlations (S, S) of P(ma) of populations with clusters in common.

        `shares` are (S, K). None where nobody worked them out.
        """
        if self.together is None or len(self.df) < 2:
            return None
        number, k = shares.shape
        gradient = np.zeros((number, number * k))
        for s, own in enumerate(shares):
            of = conflict if conflict.ndim == 2 else conflict[s]
            gradient[s, s * k : (s + 1) * k] = of @ own
        spread = gradient @ np.nan_to_num(self.together) @ gradient.T
        size = np.sqrt(np.maximum(np.diag(spread), 0.0))
        both = np.outer(size, size)
        found = np.divide(spread, both, out=np.zeros_like(spread), where=both > 0)
        np.fill_diagonal(found, 1.0)
        return np.asarray(np.clip(found, -1.0, 1.0))

    def of_union(self, shares: FloatArray, places: NDArray[np.intp]) -> Self:
        """Return the design with the variance of shares in a union of some populations alone.

        `shares` are those of all populations in the union of all.
        """
        if self.union_covariance is None:
            return replace(self, union_variance=None)
        part = shares[places] / shares[places].sum()
        # the derivatives of x_s = u_s / sum_t u_t are (1 - x_s) / sum_t u_t and -x_s / sum_t u_t
        turned = (np.eye(len(part)) - part[:, None]) / shares[places].sum()
        own = turned @ self.union_covariance[np.ix_(places, places)] @ turned.T
        return replace(self, union_variance=float(np.trace(own)))

    def union_factor(self, effective: EffectiveCounts) -> float:
        """Return by what effective counts of populations in their union are divided.

        The variances of the shares are summed; where they are not known, nothing is divided.
        """
        if self.union_variance is None or not self.union_df:
            return 1.0
        plain = float(np.trace(effective_covariance(*effective)))
        if plain <= 0:
            return 1.0
        ratio = max(self.union_variance / plain, 1 / (self.union_df + 1))
        return ratio * float(student_widening(max(self.union_df, 1.0)))

    def in_common(self, parts: FloatArray, gradient: FloatArray) -> float:
        """Return what covariances of populations add to the variance of P(ma) of their union.

        That is the sum over s != t of parts_s parts_t g'V_st g; 0 where nobody worked them out.
        """
        if self.together is None:
            return 0.0
        number, k = len(parts), len(gradient)
        blocks = np.nan_to_num(self.together).reshape(number, k, number, k)
        spread = np.einsum("i,sitj,j->st", gradient, blocks, gradient)
        np.fill_diagonal(spread, 0.0)
        return float(parts @ spread @ parts)

    @property
    def told(self) -> NDArray[np.bool_]:
        """(S,) whether the design tells a variance: it needs a degree of freedom."""
        return np.asarray(np.isfinite(self.covariance).all(axis=(-2, -1)) & (self.df >= 1))

    def ratio(self, plain: FloatArray, shares: FloatArray, conflict: FloatArray) -> FloatArray:
        """Return the variance (S,) of P(ma) over that with these matrices (S, K, K) of the shares.

        Not a number where the design tells none, or all answers are alike. It is at least
        1 / (df + 1): few clusters that happen to agree do not show that there is no variance.
        """
        plain = plain if self.plain is None else self.plain
        usable = np.where(self.told[:, None, None], self.covariance, np.nan)
        found = variance_ratio(usable, plain, shares, conflict)
        return np.asarray(np.maximum(found, 1 / (self.df + 1)))

    def left_out_factor(
        self, effective: EffectiveCounts, parts: FloatArray, chosen: NDArray[np.bool_]
    ) -> FloatArray | None:
        """Return by what counts of those who answered and who did not are divided, (S,).

        `effective` are counts (S, 2), `parts` the weights (S, L + 2) that `asked` is about, and
        `chosen` which of the last L + 1 give no answer. None where the design does not tell.
        """
        if self.asked is None or self.asked_df is None:
            return None
        no = np.append(False, chosen)
        whole = parts.sum(axis=1, keepdims=True)
        x = np.divide(parts, whole, out=np.zeros_like(parts), where=whole > 0)
        yes, without = x[:, 0], x[:, no].sum(axis=1)
        both = np.where(yes + without > 0, yes + without, 1.0)
        gradient = np.where(no, (yes / both**2)[:, None], 0.0)
        gradient[:, 0] = -without / both**2
        spread = np.einsum("si,sij,sj->s", gradient, np.nan_to_num(self.asked), gradient)
        plain = effective_covariance(*effective)[:, 1, 1]
        df = np.maximum(self.asked_df, 1.0)
        ratio = np.divide(spread, plain, out=np.ones_like(spread), where=(plain > 0) & (spread > 0))
        return np.asarray(np.maximum(ratio, 1 / (df + 1)) * student_widening(df))

    def factor(self, effective: EffectiveCounts, conflict: FloatArray) -> FloatArray:
        """Return by what effective counts are divided, (S,), to have the design's variance.

        Notes
        -----
        The ratio of the design's variance of P(ma) to that under the effective counts, times
        (t / z)^2 of the central 95 %: the variance is itself an estimate with so many degrees of
        freedom. Where all answers are alike, or the clusters tell no variance, each cluster counts
        as one answer.
        """
        counts, scale = effective
        weights = counts * scale
        total = weights.sum(axis=1, keepdims=True)
        shares = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
        found = self.ratio(effective_covariance(counts, scale), shares, conflict)
        found = found * student_widening(np.maximum(self.df, 1.0))
        each_one = np.divide(
            counts.sum(axis=1), self.clusters, out=np.ones(len(counts)), where=self.clusters > 0
        )
        return np.where(np.isnan(found), np.maximum(each_one, 1.0), found)
